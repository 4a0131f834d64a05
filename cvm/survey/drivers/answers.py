"""The door of the drivers: complete answers, their weights, and what is wrong with them.

Every method of :mod:`cvm.survey.drivers` takes a table with one row a respondent, one
column that is to be explained and some that may explain it. Here that table is checked
once: columns that are not there, words where numbers are wanted, a driver that never
varies, weights that are no weights. Respondents who left one of the columns empty are
dropped, and counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from cvm.errors import CvmError
from cvm.inputs import need_columns
from cvm.words import _

__all__ = ["Answers", "check_rank", "gather", "weigh"]

Floats = NDArray[np.float64]
Weights = str | ArrayLike | None


@dataclass(frozen=True, kw_only=True)
class Answers:
    """Complete answers, ready for arithmetic.

    Parameters
    ----------
    outcome : Series
        What is to be explained, as it was given, complete rows only.
    drivers : DataFrame, shape (n, k)
        What may explain it, as given, complete rows only.
    weights : ndarray, shape (n,)
        Case weights with mean 1; all 1 where none were given.
    counts : ndarray, shape (n,)
        Respondents a row stands for; all 1 where none were given.
    dropped : int
        Rows left out because a column used was empty.
    weighted : bool
        Whether weights were given.
    """

    outcome: pd.Series
    drivers: pd.DataFrame
    weights: Floats
    counts: Floats
    dropped: int
    weighted: bool

    @property
    def n(self) -> int:
        """Respondents, not rows."""
        return int(self.counts.sum())


def gather(
    table: pd.DataFrame,
    outcome: str,
    drivers: Sequence[str],
    *,
    weights: Weights = None,
    counts: str | None = None,
    numeric: bool = True,
) -> Answers:
    """Take the complete answers out of a table, or say what is wrong with it.

    Parameters
    ----------
    table : DataFrame
        One row a respondent (or a kind of respondent, with ``counts``).
    outcome : str
        The column to be explained.
    drivers : sequence of str
        The columns that may explain it.
    weights : str or array_like, optional
        Case weights above zero: a column's name, or one value a row, by position.
    counts : str, optional
        Column with the number of respondents a row stands for.
    numeric : bool
        Whether outcome and drivers must be numbers.

    Returns
    -------
    Answers

    Raises
    ------
    CvmError
        For all that the module's text lists.
    """
    if not isinstance(table, pd.DataFrame):
        wrong = _("The answers must be a pandas DataFrame, one row a respondent.")
        raise CvmError(wrong, given=table, remedy=_("Read a file with cvm.readers.read_table."))
    names = _names(drivers)
    _check_columns(table, outcome, names, counts)
    used = table[[outcome, *names]]
    if numeric:
        _check_numbers(used)
    whole = used.notna().all(axis=1).to_numpy()
    number, weight = _counts(table, counts), weigh(weights, table)
    whole = whole & (number > 0)
    _check_enough(whole, len(names))
    kept = used[whole]
    _check_varies(kept)
    share = weight[whole]
    return Answers(
        outcome=kept[outcome], drivers=kept[names], counts=number[whole],
        weights=share * number[whole].sum() / (share @ number[whole]),
        dropped=int(((number > 0) & ~whole).sum()), weighted=weights is not None,
    )  # fmt: skip


def weigh(weights: Weights, table: pd.DataFrame) -> Floats:
    """Read case weights: above zero, one for each row of the table, by position.

    Parameters
    ----------
    weights : str or array_like, optional
        A column's name, or one value a row; all 1 without it.
    table : DataFrame
        The table they belong to.

    Returns
    -------
    ndarray, shape (n,)
    """
    if weights is None:
        return np.ones(len(table))
    if isinstance(weights, str):
        need_columns(table, [weights])
        weights = table[weights]
    try:
        found = np.asarray(weights, dtype=float)
    except (TypeError, ValueError):
        wrong = _("Weights are numbers, one for each respondent.")
        raise CvmError(
            wrong, given=weights, remedy=_("Give a column's name or a Series.")
        ) from None
    if found.shape != (len(table),):
        wrong = _("There must be one weight for each row of the table.")
        given = _("{weights} weights for {rows} rows", weights=found.size, rows=len(table))
        raise CvmError(wrong, given=given, remedy=_("Weights are matched by position."))
    bad = ~(np.isfinite(found) & (found > 0))
    if bad.any():
        raise CvmError(
            _("Every weight must be a number above zero; {count} are not.", count=int(bad.sum())),
            given=float(found[bad][0]),
            remedy=_("Leave out those who should not count, and fill no gaps with 0."),
        )
    return found


def check_rank(x: pd.DataFrame) -> None:
    """Name the first driver that the ones before it make up.

    Parameters
    ----------
    x : DataFrame, shape (n, k)
        Numbers, none constant.
    """
    correlation = x.corr().to_numpy()
    for k in range(2, len(correlation) + 1):
        if np.linalg.eigvalsh(correlation[:k, :k])[0] < 1e-9:
            raise CvmError(
                _("The driver '{driver}' repeats what the others say together.",
                  driver=x.columns[k - 1]),
                given=", ".join(map(str, x.columns)),
                remedy=_("Leave one of them out; a total cannot stand beside all of its parts."),
            )  # fmt: skip


def _names(drivers: Any) -> list[str]:
    if isinstance(drivers, str) or not isinstance(drivers, Sequence | pd.Index):
        raise CvmError(
            _("The drivers are a list of column names."),
            given=drivers,
            remedy=_("Write for example ['network', 'price']."),
        )
    names = list(drivers)
    if not names:
        raise CvmError(_("There is no driver."), given=names, remedy=_("Name at least one column."))
    return names


def _check_columns(table: pd.DataFrame, outcome: str, names: list[str], counts: str | None) -> None:
    need_columns(table, [outcome, *names, *([counts] if counts is not None else [])])
    twice = [name for name in names if names.count(name) > 1 or name == outcome]
    if twice:
        raise CvmError(
            _("The column '{column}' is named twice.", column=twice[0]),
            given=[outcome, *names],
            remedy=_("What is explained cannot explain itself, and each driver counts once."),
        )


def _check_numbers(used: pd.DataFrame) -> None:
    for name in used:
        if not pd.api.types.is_numeric_dtype(used[name]):
            first = used[name].dropna()
            raise CvmError(
                _("The column '{column}' must hold numbers.", column=name),
                given=first.iloc[0] if len(first) else None,
                remedy=_("Turn the answers into their scale points first."),
            )
        if np.isinf(used[name].to_numpy(dtype=float, na_value=np.nan)).any():
            wrong = _("The column '{column}' holds a number that is not finite.", column=name)
            raise CvmError(wrong, remedy=_("Correct it, or leave it empty."))


def _counts(table: pd.DataFrame, counts: str | None) -> Floats:
    if counts is None:
        return np.ones(len(table))
    given = pd.to_numeric(table[counts], errors="coerce").to_numpy(dtype=float)
    bad = ~(np.isfinite(given) & (given >= 0) & (given == np.floor(given)))
    if bad.any():
        raise CvmError(
            _("The column '{column}' must hold counts: 0, 1, 2, ...", column=counts),
            given=table[counts].iloc[int(np.flatnonzero(bad)[0])],
            remedy=_("Case weights that are not counts go to weights=."),
        )
    return given


def _check_enough(whole: NDArray[np.bool_], drivers: int) -> None:
    if whole.sum() < drivers + 3:
        raise CvmError(
            _("Too few complete answers for so many drivers."),
            given=_("{complete} complete rows of {rows}, {drivers} drivers",
                    complete=int(whole.sum()), rows=len(whole), drivers=drivers),
            remedy=_("Use fewer drivers, or see which column is mostly empty."),
        )  # fmt: skip


def _check_varies(kept: pd.DataFrame) -> None:
    for name in kept:
        if kept[name].nunique() < 2:
            raise CvmError(
                _("The column '{column}' has one value only: it can explain nothing.", column=name),
                given=kept[name].iloc[0],
                remedy=_("Leave it out."),
            )
