"""The door of a study: what one's own table must be before the planned analysis may read it.

A formula takes nearly anything. A column of numbers in which one cell says "n/a" is a column of
words, and a formula makes a group of every number in it; a treatment written 0, 1 and 2 is read as a dose; a treatment
that everybody got gives a coefficient that is an accident of the algebra. None of these
stops a computer. So each column is held against what the plan believed it to be: the world of
the design is simulated once, small, and its columns say which are numbers and which yes or no.

What cannot be meant is refused. What can be meant, though it was not planned, is told as a
deviation: a column of three values that was to have two, customers that come twice.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cvm.errors import CvmError
from cvm.levers import Levers
from cvm.research.study.data import simulate_data
from cvm.research.study.strategies import Strategy
from cvm.results import number
from cvm.words import _

if TYPE_CHECKING:
    from cvm.research.study.design import Design

__all__ = ["as_planned", "copies", "readable"]

#: Customers simulated to see what the plan's columns hold.
FEW = 400
#: So many rows of either kind at least: the spread of one or two tells nothing of their error.
LEAST = 3
#: Fields of a strategy whose columns are no treatment and no outcome.
ASIDE = ("covariates", "cluster", "group", "months")


def readable(table: pd.DataFrame, strategy: Strategy) -> None:
    """Refuse a table on which an answer would be an accident.

    Parameters
    ----------
    table : DataFrame
        From :func:`cvm.research.study.columns.prepared`, with every column that is needed.
    strategy : Strategy
        The analysis.

    Raises
    ------
    CvmError
        For a number that is infinite, or a treatment or outcome that is the same everywhere, or
        but for one row or two.
    """
    for column in table:
        values = table[column]
        if values.dtype.kind == "f" and not np.isfinite(values.to_numpy()).all():
            wrong = _("The column '{column}' holds an infinite number.", column=column)
            raise CvmError(
                wrong, remedy=_("Look for a division by zero where the column was made.")
            )
    for column in _centre(strategy):
        if table[column].nunique() < 2:
            wrong = _("The column '{column}' is the same in every row: nothing can be compared.",
                      column=column)  # fmt: skip
            remedy = _("Keep those with and those without: see how the rows were chosen.")
            raise CvmError(wrong, given=table[column].iloc[0], remedy=remedy)
        counts = table[column].value_counts()
        if len(counts) == 2 and counts.min() < LEAST:
            wrong = _("Only {count} of {n} rows have the one value of '{column}': no error can be "
                      "told from so few.", count=number(counts.min()), n=number(len(table)),
                      column=column)  # fmt: skip
            raise CvmError(wrong, given=counts.index[-1],
                           remedy=_("Take more of them, {least} at the very least.", least=LEAST))  # fmt: skip


def as_planned(
    table: pd.DataFrame, design: Design, strategy: Strategy
) -> list[tuple[str, str, str]]:
    """Hold the columns of a table against those of the world the design believes in.

    Parameters
    ----------
    table : DataFrame
        The columns under their planned names.
    design : Design
        With its world.
    strategy : Strategy
        The analysis that will read them.

    Returns
    -------
    list of (str, str, str)
        What is unlike the plan and can still be meant: what, planned, done.

    Raises
    ------
    CvmError
        For words where numbers were planned, or a treatment or outcome that is not 1 or 0.
    """
    told = []
    centre, world = _centre(strategy), _world(design.data, design.seed)
    for column in _numbers(strategy):
        if column not in table or column not in world:
            continue
        _no_words(table, world, column)
        found = list(pd.unique(table[column].dropna()))
        if _two(world[column]) and not set(found) <= {0, 1}:
            if column in centre:
                _refuse_levels(column, found)
            told.append((_("column '{column}' of another kind", column=column), _("yes or no"),
                         _("{count} values", count=number(len(found)))))  # fmt: skip
    return told


def copies(table: pd.DataFrame) -> int:
    """Count the rows that are a copy of another row.

    Parameters
    ----------
    table : DataFrame
        Any. Rows without a name cannot be told from others alike, and are not counted: one
        column or two must be a name (a customer; a customer and a month), different in every
        row but for the copies.

    Returns
    -------
    int
    """
    twice = table.astype(str).duplicated()
    once = table[~twice.to_numpy()]
    if not 0 < twice.sum() <= len(once):
        return 0
    plain = [c for c in once if once[c].dtype.kind != "f"]
    pairs = [[c] for c in plain] + [list(pair) for pair in combinations(plain, 2)]
    named = any(not once.duplicated(pair).any() for pair in pairs)
    return int(twice.sum()) if named else 0


@lru_cache(maxsize=16)
def _world(data: Levers, seed: int) -> pd.DataFrame:
    return simulate_data(data, n=FEW, seed=seed)


def _centre(strategy: Strategy) -> list[str]:
    """Name the columns that the answer is about: outcome, treatment, what carries it."""
    needs, term = strategy.needs(), getattr(strategy, "term", "")
    if hasattr(strategy, "formula"):
        return [c for c in needs if c == needs[0] or re.search(rf"\b{re.escape(c)}\b", term)]
    aside: set[str] = set()
    for name in ASIDE:
        value = getattr(strategy, name, None) or ()
        aside |= {value} if isinstance(value, str) else set(value)
    return [c for c in needs if c not in aside]


def _numbers(strategy: Strategy) -> Sequence[str]:
    """Name the columns that are read as numbers: not groups, and not C(...) of a formula."""
    formula = getattr(strategy, "formula", "")
    groups = {getattr(strategy, "cluster", None)}
    groups |= {getattr(strategy, "group", None)} if formula else set()
    as_groups = set(re.findall(r"\bC\(\s*(\w+)", formula))
    return [c for c in strategy.needs() if c not in groups | as_groups]


def _two(column: pd.Series) -> bool:
    return column.dtype.kind in "biu" and set(pd.unique(column)) <= {0, 1}


def _no_words(table: pd.DataFrame, world: pd.DataFrame, column: str) -> None:
    if world[column].dtype.kind not in "biuf":
        return
    kind = table[column].dropna().infer_objects()
    if kind.empty or pd.api.types.is_numeric_dtype(kind):
        return
    unread = pd.to_numeric(kind.astype(str), errors="coerce").isna().to_numpy()
    at = int(unread.argmax())  # the first that is no number, or simply the first
    row = int(np.flatnonzero(table[column].notna())[at])
    yes_no = _two(world[column])
    raise CvmError(
        _("The column '{column}' was planned as {kind} and holds something else, first in row "
          "{row}.", column=column, kind=_("yes or no (1 or 0)") if yes_no else _("numbers"),
          row=number(row + 1)),
        given=str(kind.iloc[at]),
        remedy=_("Say who is a 1 and who is a 0: table['{column}'] == 'yes'.", column=column)
        if yes_no else _("Read the file with cvm.readers.read_table, or leave such cells empty."),
    )  # fmt: skip


def _refuse_levels(column: str, found: Sequence[object]) -> None:
    levels = sorted(map(str, found))
    raise CvmError(
        _("The column '{column}' was planned as yes or no (1 or 0) and has {count} other or more "
          "values.", column=column, count=number(len(levels))),
        given=levels[:9],
        remedy=_("Say which of them is the 1 and which the 0, and leave the other rows out; "
                 "the report then tells it."),
    )  # fmt: skip
