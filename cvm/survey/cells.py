"""Cells: segments beside factors, checked at the door and laid out as arrays.

The equations are those of :mod:`cvm.survey.value_return`, whose arithmetic this is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cvm.errors import CvmError
from cvm.results import number
from cvm.words import _

__all__ = [
    "NEEDED",
    "Floats",
    "Grid",
    "believed",
    "filled",
    "grid_of",
    "in_rows_of",
    "marginal",
    "returned",
]

Floats = NDArray[np.float64]

#: Columns of the cells; the numbers from the third on.
NEEDED = ("segment", "factor", "customers", "value", "slope", "weight", "score", "room", "cost")


@dataclass(frozen=True, kw_only=True, eq=False)
class Grid:
    """The cells as arrays: segments in rows, by falling value; factors in columns."""

    segments: list[str]
    factors: list[str]
    customers: Floats  # (K, 1)
    value: Floats  # (K, 1)
    slope: Floats  # (K, 1)
    weight: Floats  # (K, F), as all that follow
    score: Floats
    room: Floats
    cost: Floats
    rows: NDArray[np.intp]  # (K, F): where a cell stands in the table

    @cached_property
    def total(self) -> float:
        """Give the number of customers."""
        return float(self.customers.sum())

    @cached_property
    def points(self) -> Floats:
        """Satisfaction to be gained."""
        return self.weight * self.room

    @cached_property
    def worth(self) -> Floats:
        """Yuan a head to be gained."""
        return self.value * self.slope * self.points


def _met(spend: Floats, grid: Grid, shared: float) -> Floats:
    """What a head meets of the money: its own segment's, and what spills over."""
    return (1 - shared) * spend / grid.customers + shared * spend.sum(axis=0) / grid.total


def filled(spend: Floats, grid: Grid, shared: float) -> Floats:
    """Say what part of the room is filled."""
    return -np.expm1(-_met(spend, grid, shared) / grid.cost)


def returned(spend: Floats, grid: Grid, shared: float) -> float:
    """Say what a plan returns in yuan: R of the model."""
    return float((grid.customers * grid.worth * filled(spend, grid, shared)).sum())


def marginal(spend: Floats, grid: Grid, shared: float) -> Floats:
    """Say what the next yuan spent on a cell returns, on all whom it reaches."""
    each = grid.worth / grid.cost * np.exp(-_met(spend, grid, shared) / grid.cost)
    mean = (grid.customers * each).sum(axis=0) / grid.total
    return (1 - shared) * each + shared * mean


def grid_of(cells: pd.DataFrame) -> Grid:
    """Check the cells and lay them out."""
    missing = [name for name in NEEDED if name not in cells]
    if missing:
        raise CvmError(
            _("The cells have no column '{name}'.", name=missing[0]),
            given=list(cells.columns),
            remedy=_("Make them with cvm.survey.priority_cells, or give: {columns}.",
                     columns=", ".join(NEEDED)),
        )  # fmt: skip
    row, segments = pd.factorize(cells["segment"])
    column, factors = pd.factorize(cells["factor"])
    place = np.argsort(row * len(factors) + column, kind="stable")
    _check_pairs(row * len(factors) + column, len(segments) * len(factors))

    numbers = cells[list(NEEDED[2:])].to_numpy(float)
    _check_cells(cells, numbers)
    laid = numbers[place].reshape(len(segments), len(factors), -1)
    _check_alike(laid)
    order = np.argsort(-laid[:, 0, NEEDED.index("value") - 2], kind="stable")
    segments, laid = segments[order], laid[order]
    rows = place.reshape(len(order), -1)[order]
    wide = {name: laid[:, :, at] for at, name in enumerate(NEEDED[2:])}
    return Grid(
        segments=[str(name) for name in segments], factors=[str(name) for name in factors],
        rows=rows, **{name: wide[name][:, :1] for name in ("customers", "value", "slope")},
        **{name: wide[name] for name in ("weight", "score", "room", "cost")},
    )  # fmt: skip


def in_rows_of(cells: pd.DataFrame, seen: pd.DataFrame) -> pd.DataFrame:
    """Put what a survey shows in the order of the cells."""
    grid_of(seen)
    pair = ["segment", "factor"]
    found = cells[pair].merge(seen[[*pair, "weight", "score"]], on=pair, how="left")
    if found["weight"].isna().any():
        lost = found[found["weight"].isna()].iloc[0]
        wrong = _("The survey shows other segments or factors than the cells.")
        remedy = _("Make it with cvm.survey.priorities_seen(answers, cells).")
        raise CvmError(wrong, given=f"{lost['segment']}, {lost['factor']}", remedy=remedy)
    return found


def believed(truth: Grid, seen: pd.DataFrame) -> Grid:
    """Put what a survey shows in place of weights and scores."""
    missing = [name for name in ("weight", "score") if name not in seen]
    if missing or len(seen) != truth.rows.size:
        raise CvmError(
            _("A survey has a weight and a score in each row of the cells."),
            given=_("{rows} rows with {columns}", rows=number(len(seen)),
                    columns=", ".join(map(str, seen.columns))),
            remedy=_("Make it with cvm.survey.priorities_seen(answers, cells)."),
        )  # fmt: skip
    weight, score = (seen[name].to_numpy(float)[truth.rows] for name in ("weight", "score"))
    return replace(truth, weight=weight, score=score)


def _check_pairs(pairs: NDArray[np.intp], full: int) -> None:
    if len(pairs) != full or len(np.unique(pairs)) != full or not full:
        raise CvmError(
            _("Every segment must stand beside every factor exactly once."),
            given=_("{rows} rows for {full} pairs", rows=number(len(pairs)), full=number(full)),
            remedy=_("Give one row for each pair of segment and factor."),
        )


def _check_cells(cells: pd.DataFrame, numbers: Floats) -> None:
    bad = ~np.isfinite(numbers) | (numbers < 0)
    for name in ("customers", "cost"):
        at = NEEDED.index(name) - 2
        bad[:, at] |= numbers[:, at] == 0
    if bad.any():
        row, at = np.argwhere(bad)[0]
        name, place = NEEDED[at + 2], cells.iloc[int(row)]
        raise CvmError(
            _("The column '{name}' of the cells holds a number that cannot be.", name=name),
            given=f"{place['segment']}, {place['factor']}: {place[name]}",
            remedy=_("Give finite numbers of 0 or more; customers and cost above 0."),
        )


def _check_alike(laid: Floats) -> None:
    for name in ("customers", "value", "slope"):
        column = laid[:, :, NEEDED.index(name) - 2]
        if (column != column[:, :1]).any():
            raise CvmError(
                _("The column '{name}' must be the same in all rows of a segment.", name=name),
                remedy=_("A segment has one number of customers, one value and one slope."),
            )
