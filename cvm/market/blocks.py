"""A market too large for memory: block by block to Parquet, and safe to kill.

A complaint desk serves 10,000 people and nobody's life reaches beyond a desk's district, so
a market of a million is a hundred blocks that can be run one after another, each exactly as
in the whole. :mod:`cvm.inblocks` writes them so that a run that was killed goes on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from cvm.errors import CvmError, near_miss
from cvm.inblocks import read_blocks, write_blocks
from cvm.levers import needs_world
from cvm.luck import Luck
from cvm.market.parameters import DESK, Market
from cvm.market.simulation import simulate, whole_above_zero
from cvm.market.tables import NAMES
from cvm.words import _

__all__ = ["StoredMarket", "store"]


@dataclass(frozen=True, kw_only=True)
class StoredMarket:
    """A market on disk.

    Parameters
    ----------
    folder : Path
        Where it lies.
    n, months, seed : int
        As it was run.
    """

    folder: Path
    n: int
    months: int
    seed: int

    def path(self, table: str) -> str:
        """Give the pattern of a table's files, as DuckDB and others take it."""
        return str(self.folder / table / "*.parquet")

    def read(self, table: str, *, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Read one table whole; for a large market only columns that fit memory."""
        return read_blocks(self.folder, table, columns=columns)

    def ledger(self) -> pd.DataFrame:
        """Add the blocks' ledgers up to one: one row a month, to the cent."""
        parts = self.read("ledger")
        money = parts.select_dtypes("float").columns
        parts[money] = (100 * parts[money]).round().astype("int64")
        whole = parts.groupby(["month", "date"], as_index=False).sum()
        whole[money] = whole[money] / 100
        return whole


@needs_world
def store(
    market: Market,
    *,
    n: int,
    months: int,
    seed: int,
    folder: str | Path,
    tables: Sequence[str] = NAMES,
    progress: bool = True,
) -> StoredMarket:
    """Run a market of any size and write its tables to Parquet, or go on where that stopped.

    Parameters
    ----------
    market : Market
        Levers and assumptions.
    n, months, seed : int
        As in :func:`cvm.market.simulate`; memory does not grow with ``n``.
    folder : str or Path
        Where to; a folder that holds a part of the very same run is completed.
    tables : sequence of str
        Which tables to keep; the ledger always is.
    progress : bool
        Whether to show a bar on the standard error stream.

    Returns
    -------
    StoredMarket

    Raises
    ------
    CvmError
        For an unknown table, or a folder that holds another run or something else.
    MissingExtra
        Without pyarrow.
    """
    names = _tables(tables)
    n, months, seed = whole_above_zero("n", n), whole_above_zero("months", months), Luck(seed).seed

    def make(block: int) -> dict[str, pd.DataFrame]:
        start = block * DESK
        run = simulate(market, n=min(DESK, n - start), months=months, seed=seed, start=start)
        return {name: getattr(run, name) for name in names}

    label = {"market": market.to_dict(), "n": n, "months": months, "seed": int(seed),
             "tables": sorted(names)}  # fmt: skip
    where = write_blocks(folder, label=label, tables=names, blocks=-(-n // DESK), make=make,
                         progress=progress)  # fmt: skip
    return StoredMarket(folder=where, n=n, months=months, seed=seed)


def _tables(tables: Sequence[str]) -> list[str]:
    """Take the names of tables, each once, the ledger among them."""
    if isinstance(tables, str) or not isinstance(tables, Iterable):
        wrong = _("The tables are given as a list of names.")
        raise CvmError(wrong, given=tables, remedy=_("Write for example tables=['transactions']."))
    names = [*dict.fromkeys([*map(str, tables), "ledger"])]
    for name in names:
        if name not in NAMES:
            wrong = _("A market has no table '{name}'.", name=name)
            raise CvmError(wrong, remedy=near_miss(name, NAMES))
    return names
