"""What a claim is, and what a trial of it hands back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import pandas as pd

from cvm.errors import CvmError
from cvm.results import Result
from cvm.words import N_, _

__all__ = ["Claim", "Data", "Trial", "verdict_of"]

#: Real transaction logs by name: each with ``customer``, ``date`` and ``amount``.
Data = Mapping[str, pd.DataFrame]
Seen = Literal["seen", "second hand"]

VERDICTS = (N_("holds"), N_("holds under conditions"), N_("does not hold"), N_("undecided"))
SEEN = (N_("seen"), N_("second hand"))
COLUMNS = ("data", "measure", "value", "low", "high", "holds")


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Trial(Result):
    """What came out when a claim was tried.

    Parameters
    ----------
    claim : str
        Its id.
    verdict : {"holds", "holds under conditions", "does not hold", "undecided"}
        What the table comes to.
    finding : str
        The finding in words, already translated.
    seed : int
        The luck of the simulated part.
    table : DataFrame
        One row a condition and measure. Always there: ``data`` ("simulated" or
        "real"), ``measure``, ``value``, ``low``, ``high`` (95 % interval), ``holds``
        (True, False, or missing where the row cannot decide). Beside them, the
        conditions.
    """

    claim: str
    verdict: str
    finding: str
    seed: int
    table: pd.DataFrame = field(repr=False)

    def __post_init__(self) -> None:
        missing = [name for name in COLUMNS if name not in self.table]
        if missing or self.verdict not in VERDICTS:
            raise TypeError(f"a trial of {self.claim} lacks {missing or 'a known verdict'}")

    def to_frame(self) -> pd.DataFrame:
        """Give the map: one row a condition and measure."""
        return self.table.copy()

    def sentence(self) -> str:
        """Say the verdict and the finding."""
        verdict = _(self.verdict)
        return verdict[:1].upper() + verdict[1:] + ". " + self.finding


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A claim of the course, where it comes from, and how it is tried.

    Parameters
    ----------
    id : str
        Short name, such as "pareto".
    chapter : str
        Two digits.
    wording : str
        What the course says, in English.
    wording_zh : str
        What the trainers say in Chinese; empty where the material has no fixed words.
    source : str
        Whom it goes back to.
    measured : str
        What the source really measured.
    folklore : str
        What the retelling made of it.
    estimand : str
        The quantity a trial must find.
    advice : str
        What a manager should say instead.
    seen : {"seen", "second hand"}
        Whether the source itself was read, or is quoted from others.
    run : callable
        Makes the trial from ``seed`` and ``data``.
    """

    id: str
    chapter: str
    wording: str
    source: str
    measured: str
    folklore: str
    estimand: str
    advice: str
    seen: Seen
    run: Callable[[int, Data], Trial] = field(repr=False, compare=False)
    wording_zh: str = ""

    def trial(self, *, seed: int = 1, data: Data | None = None) -> Trial:
        """Try the claim in the simulated market, and on real data if given.

        Parameters
        ----------
        seed : int
            The luck of the simulated part; the same seed gives the same trial.
        data : mapping of str to DataFrame, optional
            Real transaction logs by name, each with ``customer``, ``date`` and
            ``amount``, such as ``{"cdnow": cvm.datasets.load("cdnow")}``.

        Returns
        -------
        Trial

        Raises
        ------
        CvmError
            If ``data`` is not such a mapping, or a log lacks a column.
        """
        return self.run(seed, _checked(data))

    def __str__(self) -> str:
        return _("{id}: {wording}", id=self.id, wording=_(self.wording))


def verdict_of(holds: pd.Series) -> str:
    """Sum up a map: True and False rows decide, missing ones do not.

    Parameters
    ----------
    holds : Series
        True, False or missing, one entry a condition.

    Returns
    -------
    str
        "holds", "does not hold", "holds under conditions", or "undecided" if no row
        decides.
    """
    decided = holds.dropna().astype(bool)
    if decided.empty:
        return VERDICTS[3]
    if decided.all():
        return VERDICTS[0]
    return VERDICTS[1] if decided.any() else VERDICTS[2]


def _checked(data: Data | None) -> Data:
    if data is None:
        return {}
    if not isinstance(data, Mapping):
        raise CvmError(
            _("Real data comes as logs by name."),
            given=type(data).__name__,
            remedy=_("Give for example data={'cdnow': cvm.datasets.load('cdnow')}."),
        )
    for name, log in data.items():
        missing = [c for c in ("customer", "date", "amount") if c not in log]
        if missing:
            raise CvmError(
                _("The log '{name}' has no column '{column}'.", name=name, column=missing[0]),
                given=list(log.columns),
                remedy=_("Rename its columns to customer, date and amount first."),
            )
    return data
