"""A market too large for memory: block by block to Parquet, and safe to kill.

A complaint desk serves 10,000 people and nobody's life reaches beyond a desk's district, so
a market of a million is a hundred blocks that can be run one after another, each exactly as
in the whole. Each block's tables are written under a temporary name, moved to
``TABLE/part-00042.parquet``, and only then is the block ticked off in ``done/``. A run that
was killed repeats what was not ticked off, under the same names: nothing is lost, nothing is
there twice.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import numpy as np
import pandas as pd

from cvm.errors import CvmError, MissingExtra, near_miss
from cvm.market.parameters import DESK, Market
from cvm.market.simulation import simulate
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
        if not (self.folder / table).is_dir():
            stored = [path.name for path in self.folder.iterdir() if path.is_dir()]
            wrong = _("The table '{name}' was not stored.", name=table)
            raise CvmError(wrong, remedy=near_miss(table, [s for s in stored if s != "done"]))
        parts = sorted((self.folder / table).glob("part-*.parquet"))
        wanted = None if columns is None else list(columns)
        return pd.concat([pd.read_parquet(p, columns=wanted) for p in parts], ignore_index=True)

    def ledger(self) -> pd.DataFrame:
        """Add the blocks' ledgers up to one: one row a month, to the cent."""
        parts = self.read("ledger")
        money = parts.select_dtypes("float").columns
        parts[money] = (100 * parts[money]).round().astype("int64")
        whole = parts.groupby(["month", "date"], as_index=False).sum()
        whole[money] = whole[money] / 100
        return whole


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
    names = [*dict.fromkeys([*tables, "ledger"])]
    _check(n, names)
    where = Path(folder)
    _claim(where, market, n, months, seed, names)
    starts = range(0, n, DESK)
    bar = _Bar(len(starts), sys.stderr if progress else None)
    for block, start in enumerate(starts):
        tick = where / "done" / f"{block:05d}"
        if not tick.exists():
            size = min(DESK, n - start)
            run = simulate(market, n=size, months=months, seed=seed, start=start)
            for name in names:
                _write(getattr(run, name), where / name / f"part-{block:05d}.parquet")
            tick.touch()
        bar.show(block + 1)
    return StoredMarket(folder=where, n=n, months=months, seed=seed)


def _check(n: int, names: Sequence[str]) -> None:
    for name in names:
        if name not in NAMES:
            wrong = _("A market has no table '{name}'.", name=name)
            raise CvmError(wrong, remedy=near_miss(name, NAMES))
    if isinstance(n, bool) or not isinstance(n, int | np.integer) or n < 1:
        raise CvmError(
            _("{name} is a whole number above zero.", name="n"),
            given=n,
            remedy=_("Give for example {name}={example}.", name="n", example=1_000_000),
        )
    try:
        import pyarrow  # noqa: F401
    except ImportError:
        raise MissingExtra("pyarrow", extra="files", purpose=_("Writing Parquet")) from None


def _claim(
    folder: Path, market: Market, n: int, months: int, seed: int, names: Sequence[str]
) -> None:
    """Make the folder this run's own, or see that it already is."""
    label = folder / "run.json"
    run = {"n": int(n), "months": int(months), "seed": int(seed), "tables": sorted(names),
           "market": market.to_dict()}  # fmt: skip
    if label.exists():
        if json.loads(label.read_text(encoding="utf-8")) != run:
            raise CvmError(
                _("The folder holds another run."),
                given=str(folder),
                remedy=_("Give the very same market, n, months, seed and tables, or a new folder."),
            )
    elif folder.exists() and any(folder.iterdir()):
        raise CvmError(
            _("The folder holds something else."),
            given=str(folder),
            remedy=_("Give a new or empty folder."),
        )
    for name in (*names, "done"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for rough in folder.rglob("*.part"):  # what a kill left half written
        rough.unlink()
    if not label.exists():
        _replace(label, json.dumps(run, indent=1).encode())


def _write(table: pd.DataFrame, path: Path) -> None:
    rough = path.with_suffix(".part")
    table.to_parquet(rough, index=False)
    os.replace(rough, path)


def _replace(path: Path, content: bytes) -> None:
    rough = path.with_suffix(".part")
    rough.write_bytes(content)
    os.replace(rough, path)


class _Bar:
    """A progress bar of one line."""

    def __init__(self, total: int, out: TextIO | None) -> None:
        self.total, self.out, self.began = total, out, time.monotonic()

    def show(self, done: int) -> None:
        if self.out is None:
            return
        left = (time.monotonic() - self.began) / done * (self.total - done)
        filled = "#" * (30 * done // self.total)
        text = _("{done} of {total} blocks, {left} s left", done=done, total=self.total,
                 left=round(left))  # fmt: skip
        end = "\n" if done == self.total else ""
        self.out.write(f"\r[{filled:<30}] {text}   {end}")
        self.out.flush()
