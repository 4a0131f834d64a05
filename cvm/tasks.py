"""Tasks: what a worker runs. It imports next to nothing, so that a worker is there at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from cvm.errors import CvmError
from cvm.words import _

__all__ = ["LOST", "OWN", "Cell", "Function", "Task", "joined", "work"]

#: What a sweep itself calls its columns.
OWN = ("cell", "replicate")
#: And what it notes of a task that failed, by names that no function would give.
LOST = ("sweep.seed", "sweep.error", "sweep.message")

Cell = dict[str, Any]
Function = Callable[[Cell, int], Any]
Task = tuple[int, Cell, int, int]  # cell, its parameters, replicate, luck


def work(function: Function, at: int, tasks: Sequence[Task]) -> tuple[int, pd.DataFrame]:
    """Do one block: what a worker runs.

    Parameters
    ----------
    function : callable
        Of a cell and a luck; gives a mapping, a list of mappings or a DataFrame.
    at : int
        The block's number, handed back.
    tasks : sequence of tuple
        Cell, parameters, replicate and luck of each.

    Returns
    -------
    tuple of int and DataFrame
        The number, and a row a result: ``cell``, ``replicate``, what the function gave; or
        ``cell``, ``replicate`` and :data:`LOST` where it failed.
    """
    rows: list[Cell] = []
    for cell, values, replicate, luck in tasks:
        own = {"cell": cell, "replicate": replicate}
        try:
            rows += [own | row for row in _rows(function(dict(values), luck), values)]
        except Exception as problem:
            told = (luck, type(problem).__name__, str(problem))
            rows.append(own | dict(zip(LOST, told, strict=True)))
    return at, pd.DataFrame(rows, columns=None if rows else list(OWN))


def _rows(given: Any, values: Cell) -> list[Cell]:
    """Give the rows of one task, as plain mappings."""
    if isinstance(given, pd.DataFrame):
        given = given.to_dict("records")
    rows = [dict(row) for row in ([given] if isinstance(given, Mapping) else given)]
    for row in rows:
        twice = [str(c) for c in row if c in values or c in (*OWN, *LOST)]
        if twice:
            wrong = _("The function gives back a column that the sweep has already: '{name}'.", name=twice[0])  # fmt: skip
            raise CvmError(wrong, remedy=_("Call it something else."))
    return rows


def joined(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Put tables below each other; empty ones have no say in the kinds of the columns.

    Parameters
    ----------
    parts : sequence of DataFrame
        One or more.
    """
    full = [part for part in parts if len(part)]
    return pd.concat(full or parts[:1], ignore_index=True)
