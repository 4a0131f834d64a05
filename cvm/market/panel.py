"""The panel: one row a person and month, most of what a market hands out.

Its columns lie in one block of memory and are filled a month at a time, while the month is in
the processor's cache. Made one by one, the columns of a large panel cost more time in asking the
operating system for memory than in being filled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cvm.market.parameters import STATES
from cvm.value import FIRMS

if TYPE_CHECKING:
    from cvm.market.tables import MarketTables

__all__ = ["panel"]

#: The columns and how they are kept.
COLUMNS = {
    "customer": np.int64, "month": np.int16, "state": np.int8, "tenure": np.int16,
    "purchases": np.int32, "revenue": np.float64, "cost": np.float64, "true_provider": np.int8,
    "true_satisfaction": np.float32, "true_attitude": np.float32, "true_hazard": np.float32,
}  # fmt: skip
#: Columns that hold positions in a list of words.
WORDS = {"state": STATES, "true_provider": FIRMS}
#: Columns begin at multiples of so many bytes.
LINE = 64


def panel(tables: MarketTables) -> pd.DataFrame:
    """Put what happened to each person in each month into one table.

    Parameters
    ----------
    tables : MarketTables
        A finished run.

    Returns
    -------
    DataFrame
        One row a person and month, months one after another; who is no customer in a month
        has zeros, and no satisfaction, attitude or chance to leave.
    """
    from cvm.market.tables import as_words  # tables asks for the panel in turn

    history, crowd = tables.history, tables.crowd
    columns = _columns(tables.months, crowd.n)
    columns["customer"][:] = np.arange(crowd.start, crowd.start + crowd.n)
    columns["month"][:] = np.arange(tables.months)[:, None]
    columns["true_provider"][:] = history.provider
    # Potential 0, actual 1, lost 2: who is active has been a customer too.
    np.multiply(history.ever.view(np.int8), 2, out=columns["state"])
    columns["state"] -= history.active.view(np.int8)
    ends = np.cumsum(history.lengths("who"))
    for month, end in enumerate(ends):
        row = {name: column[month] for name, column in columns.items()}
        _fill(row, tables, month, slice(end - len(history.months[month].who), end))
    flat: dict[str, Any] = {name: column.ravel() for name, column in columns.items()}
    flat |= {name: as_words(flat[name], words) for name, words in WORDS.items()}
    return pd.DataFrame(flat, copy=False)


def _columns(months: int, n: int) -> dict[str, NDArray[Any]]:
    """Cut one block of memory into columns of shape (months, n)."""
    sizes = [-(-months * n * np.dtype(kind).itemsize // LINE) * LINE for kind in COLUMNS.values()]
    block, parts = np.empty(sum(sizes), np.uint8), np.cumsum([0, *sizes[:-1]])
    return {
        name: block[at : at + months * n * np.dtype(kind).itemsize].view(kind).reshape(months, n)
        for at, (name, kind) in zip(parts, COLUMNS.items(), strict=True)
    }


def _fill(row: dict[str, NDArray[Any]], tables: MarketTables, month: int, place: slice) -> None:
    """Fill a month of the panel, its customer-months standing at a place in the books."""
    met, books, chains = tables.history.months[month], tables.books, tables.chains
    attitude = chains.attitude.take(chains.node(met.satisfaction))
    for name, values, empty in (
        ("tenure", met.tenure, 0), ("purchases", books.purchases[place], 0),
        ("revenue", books.revenue[place] / 100, 0), ("cost", books.cost[place] / 100, 0),
        ("true_satisfaction", met.satisfaction, np.nan), ("true_attitude", attitude, np.nan),
        ("true_hazard", met.hazard, np.nan),
    ):  # fmt: skip
        row[name].fill(empty)
        row[name][met.who] = values
