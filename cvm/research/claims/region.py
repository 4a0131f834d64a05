"""Where a claim holds: the region of its assumptions, which of them matters, how sure.

A trial is a table with a row a condition. This module reads it as a map. For each pair of
assumptions it counts the conditions that decide and those in which the claim holds; it
says which assumption the answer hangs on; and it tries the claim again with other luck.

**What matters** is the share of the variance of the answer (1 holds, 0 does not) that lies
between the levels of an assumption: 1 if it alone decides, 0 if it says nothing. It
describes the conditions that were tried, each counted once. They are a grid the trial
chose, not a sample of markets; so "holds in 40 % of conditions" is no probability.

**The naive reading** is the verdict's word alone. "Holds under conditions" may mean all but
one or one alone, and conditions in which the interval straddles the border decide nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import pandas as pd

from cvm.errors import CvmError, near_miss
from cvm.research.claims.claim import COLUMNS, Claim, Data, Trial
from cvm.results import Result, number
from cvm.words import _

__all__ = ["Region", "Stability", "region", "stability"]

#: What a trial notes beside its assumptions.
_NOTES = ("log", "base")


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Region(Result):
    """Where a claim holds.

    Parameters
    ----------
    claim : str
        Its id.
    measure : str
        What was measured.
    x, y : str
        The assumptions of the map; ``y`` is empty if the trial moved one alone.
    table : DataFrame
        One row a pair of levels: the columns ``x`` and ``y``, ``conditions`` (tried),
        ``decided``, ``holds`` (counts), ``share`` (of the decided; missing if none).
    matters : DataFrame
        One row an assumption the trial moved, the weightiest first: ``assumption``,
        ``levels``, ``explained`` (share of variance, 0 to 1).
    """

    claim: str
    measure: str
    x: str
    y: str
    table: pd.DataFrame = field(repr=False)
    matters: pd.DataFrame = field(repr=False)

    def to_frame(self) -> pd.DataFrame:
        """Give the map: one row a pair of levels."""
        return self.table.copy()

    def sentence(self) -> str:
        """Say in how many conditions the claim holds, and on what that hangs."""
        counts = self.table[["conditions", "decided", "holds"]].sum()
        first = self.matters.iloc[0]
        told = _(
            "{claim} holds in {holds} of the {decided} simulated conditions that decide, of {all} tried.",
            claim=self.claim, holds=number(counts["holds"]), decided=number(counts["decided"]),
            all=number(counts["conditions"]),
        )  # fmt: skip
        if not first["explained"] > 0:
            return told
        return told + " " + _(
            "It hangs most on {name}, which explains {share} of the difference.",
            name=first["assumption"], share=number(first["explained"], "share"),
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Stability(Result):
    """A claim tried again and again, each time with other luck.

    Parameters
    ----------
    claim : str
        Its id.
    table : DataFrame
        One row a seed: ``seed``, ``verdict``, and of the measure that decides most
        ``decided``, ``holds`` (counts of simulated conditions), ``share`` (of the decided).
    """

    claim: str
    table: pd.DataFrame = field(repr=False)

    def to_frame(self) -> pd.DataFrame:
        """Give one row a seed."""
        return self.table.copy()

    def sentence(self) -> str:
        """Say how often the verdict came out, and between what the share moved."""
        often = self.table["verdict"].value_counts()
        return _(
            "{claim}: '{verdict}' with {times} of {all} lucks; it holds in {low} to {high} of the "
            "conditions that decide.",
            claim=self.claim, verdict=_(str(often.index[0])), times=number(often.iloc[0]),
            all=number(len(self.table)), low=number(self.table["share"].min(), "share"),
            high=number(self.table["share"].max(), "share"),
        )  # fmt: skip


def region(trial: Trial, *, x: str = "", y: str = "", measure: str = "") -> Region:
    """Read a trial as a map over two of its assumptions.

    Parameters
    ----------
    trial : Trial
        From ``cvm.research.claim(id).trial()``.
    x, y : str, optional
        Assumptions; without them the two that together tell most.
    measure : str, optional
        Which measure; without it the one that decides most conditions.

    Returns
    -------
    Region

    Raises
    ------
    CvmError
        If the trial has no such assumption or measure, or nothing in it decides.
    """
    made = trial.table[trial.table["data"] == "simulated"]
    made = made[made["measure"] == _measure(trial, made, measure)]
    names = _assumptions(made)
    for given in (x, y):
        if given and given not in names:
            wrong = _("The trial of {claim} did not move '{name}'.", claim=trial.claim, name=given)
            raise CvmError(wrong, remedy=near_miss(given, names))
    told = pd.Series({name: _explained(made, [name]) for name in names}, dtype=float)
    matters = told.rename_axis("assumption").rename("explained").reset_index()
    matters.insert(1, "levels", [made[name].nunique() for name in names])
    matters = matters.sort_values("explained", ascending=False, kind="stable", ignore_index=True)
    x = x or next(name for name in matters["assumption"] if name != y)
    others = [name for name in matters["assumption"] if name != x]
    y = y or max(others, key=lambda name: _explained(made, [x, name]), default="")
    return Region(claim=trial.claim, measure=str(made["measure"].iloc[0]), x=x, y=y,
                  table=_counted(made, [name for name in (x, y) if name]), matters=matters)  # fmt: skip


def stability(
    claim: Claim, *, seeds: Iterable[int] = range(1, 6), data: Data | None = None
) -> Stability:
    """Try a claim with several lucks.

    Parameters
    ----------
    claim : Claim
        From ``cvm.research.claim(id)``.
    seeds : iterable of int, optional
        One trial each.
    data : mapping of str to DataFrame, optional
        Real logs, as for :meth:`Claim.trial`.

    Returns
    -------
    Stability

    Raises
    ------
    CvmError
        If there is no seed.
    """
    rows = []
    for seed in seeds:
        trial = claim.trial(seed=seed, data=data)
        made = trial.table[trial.table["data"] == "simulated"]
        # The same measure as on the map, or the two could not be compared.
        answers = made.loc[made["measure"] == _telling(made), "holds"].dropna().astype(bool)
        rows.append({"seed": seed, "verdict": trial.verdict, "decided": len(answers),
                     "holds": int(answers.sum()), "share": answers.mean()})  # fmt: skip
    if not rows:
        raise CvmError(_("There is no luck to try."), remedy=_("Give for example seeds=[1, 2, 3]."))
    return Stability(claim=claim.id, table=pd.DataFrame(rows))


def _measure(trial: Trial, made: pd.DataFrame, measure: str) -> str:
    if measure:
        if measure not in set(made["measure"]):
            wrong = _("The trial of {claim} did not measure '{name}'.", claim=trial.claim, name=measure)  # fmt: skip
            raise CvmError(wrong, remedy=near_miss(measure, made["measure"].unique()))
        return measure
    if made["holds"].isna().all():
        wrong = _("No simulated condition of {claim} decides.", claim=trial.claim)
        raise CvmError(wrong, remedy=_("Try another seed, or look at to_frame()."))
    return _telling(made)


def _telling(made: pd.DataFrame) -> str:
    """Name the measure that decides most conditions."""
    return str(made.groupby("measure", sort=False)["holds"].count().idxmax())


def _assumptions(made: pd.DataFrame) -> list[str]:
    """List what the trial moved: the columns that those before them do not fix."""
    names: list[str] = []
    for name in sorted(made.columns, key=lambda name: name == "condition"):  # words come last
        if name in COLUMNS or name in _NOTES or str(name).startswith("true_"):
            continue
        levels = made.groupby(names)[name] if names else [("", made[name])]
        if any(len(group.unique()) > 1 for _key, group in levels):
            names.append(str(name))
    return names


def _explained(made: pd.DataFrame, names: list[str]) -> float:
    decided = made.dropna(subset="holds")
    answers = decided["holds"].astype(float)
    spread = answers.var(ddof=0)
    if not spread > 0:
        return 0.0
    middle = answers.groupby([decided[name] for name in names]).transform("mean")
    return float(middle.var(ddof=0) / spread)


def _counted(made: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    # Missing answers count as tried, not as decided; their sum leaves them out.
    answers = made.assign(holds=made["holds"].astype("boolean"))
    found = answers.groupby(names, sort=False)["holds"].agg(["size", "count", "sum"])
    found = found.set_axis(["conditions", "decided", "holds"], axis=1).astype(int).reset_index()
    return found.assign(share=found["holds"] / found["decided"].where(found["decided"] > 0))
