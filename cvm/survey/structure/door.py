"""The door of the structure models: a table and its weights become clean arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cvm.errors import CvmError, near_miss
from cvm.inputs import need_columns
from cvm.words import _

__all__ = ["Answers", "complete", "scale_ends"]

Floats = NDArray[np.float64]
Weights = pd.Series | Sequence[float] | NDArray[np.float64] | str | None


@dataclass(frozen=True, kw_only=True)
class Answers:
    """Complete answers.

    Parameters
    ----------
    x : ndarray, shape (n, items)
        The answers.
    weights : ndarray, shape (n,)
        Case weights with mean 1.
    kept : ndarray of bool, shape (rows of the table,)
        Which rows are here.
    weighted : bool
        Whether weights were given.
    """

    x: Floats
    weights: Floats
    kept: NDArray[np.bool_]
    weighted: bool

    @property
    def n(self) -> int:
        """Respondents with complete answers."""
        return len(self.x)

    @property
    def dropped(self) -> int:
        """Rows left out because an answer or the weight was missing."""
        return len(self.kept) - self.n


def complete(table: pd.DataFrame, columns: Sequence[str], *, weights: Weights = None) -> Answers:
    """Take the rows that answered every one of the columns.

    Parameters
    ----------
    table : DataFrame
        One row a respondent.
    columns : sequence of str
        Items.
    weights : Series, sequence or str, optional
        Case weights above 0, by position, or the name of their column. A missing weight
        drops its row.

    Raises
    ------
    CvmError
        For a missing column, answers that are not numbers, bad weights, too few rows, an
        item that everybody answers alike.
    """
    if not isinstance(table, pd.DataFrame):
        wrong = _("The answers are not a table.")
        raise CvmError(wrong, given=type(table).__name__, remedy=_("Give a pandas DataFrame."))
    for column in columns:
        if column not in table:
            wrong = _("The table has no item '{column}'.", column=column)
            raise CvmError(wrong, remedy=near_miss(column, table.columns))
    values = np.column_stack([_numbers(table[column], column) for column in columns])
    w = _case_weights(table, weights)
    kept = np.isfinite(values).all(axis=1) & np.isfinite(w)
    answers = Answers(
        x=values[kept],
        weights=w[kept] / w[kept].mean() if kept.any() else w[kept],
        kept=kept,
        weighted=weights is not None,
    )
    _check_enough(answers, columns)
    return answers


def _numbers(column: pd.Series, name: str) -> Floats:
    try:
        return np.asarray(pd.to_numeric(column), dtype=float)
    except (TypeError, ValueError):
        wrong = _("The item '{column}' holds answers that are not numbers.", column=name)
        words = [v for v in column.dropna().unique() if not isinstance(v, int | float)]
        remedy = _("Code the answers as numbers first.")
        raise CvmError(wrong, given=[str(word) for word in words[:3]], remedy=remedy) from None


def _case_weights(table: pd.DataFrame, weights: Weights) -> Floats:
    if weights is None:
        return np.ones(len(table))
    if isinstance(weights, str):
        need_columns(table, [weights])
        weights = table[weights]
    w = np.asarray(weights, dtype=float)
    if w.shape != (len(table),):
        wrong = _("There is not one weight for each row.")
        remedy = _("The table has {rows} rows: give as many weights.", rows=len(table))
        raise CvmError(wrong, given=w.shape, remedy=remedy)
    if np.isinf(w).any() or (w[~np.isnan(w)] <= 0).any():
        wrong = _("A case weight is above zero and finite.")
        bad = w[~np.isnan(w) & ~((w > 0) & np.isfinite(w))]
        remedy = _("Drop the rows that should not count.")
        raise CvmError(wrong, given=float(bad[0]), remedy=remedy)
    return w


def _check_enough(answers: Answers, columns: Sequence[str]) -> None:
    if answers.n <= len(columns):
        raise CvmError(
            _("There are not more complete answers than items."),
            given={"complete": answers.n, "items": len(columns)},
            remedy=_("Use fewer items, or look at which item is often left blank."),
        )
    same = np.ptp(answers.x, axis=0) == 0
    if same.any():
        name = columns[int(np.flatnonzero(same)[0])]
        wrong = _("Everybody gives the same answer to the item '{column}'.", column=name)
        raise CvmError(wrong, remedy=_("Leave it out: it can explain nothing."))


def scale_ends(
    scale: tuple[float, float] | Mapping[str, tuple[float, float]], columns: Sequence[str]
) -> tuple[Floats, Floats]:
    """Give the lowest and the highest answer of each item.

    Parameters
    ----------
    scale : pair of float, or mapping of item to pair
        Ends of the answering scale.
    columns : sequence of str
        Items.

    Returns
    -------
    low, high : ndarray, shape (items,)
    """
    ends = []
    for column in columns:
        if isinstance(scale, Mapping) and column not in scale:
            wrong = _("The scale of the item '{column}' is not given.", column=column)
            raise CvmError(wrong, remedy=near_miss(column, scale))
        pair = tuple(scale[column] if isinstance(scale, Mapping) else scale)
        if len(pair) != 2 or not pair[0] < pair[1]:
            wrong = _("A scale is a lowest and a highest answer.")
            raise CvmError(wrong, given=pair, remedy=_("Give for example scale=(1, 10)."))
        ends.append(pair)
    low, high = np.array(ends, dtype=float).T
    return low, high
