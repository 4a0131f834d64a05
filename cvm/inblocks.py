"""In blocks: tables too large for memory, written to Parquet part by part, and safe to kill.

Whatever can be simulated block by block, each block exactly as in the whole, is written by
:func:`write_blocks`: each block's tables under a temporary name, moved to
``TABLE/part-00042.parquet``, and only then is the block ticked off in ``done/``. A run that
was killed repeats what was not ticked off, under the same names: nothing is lost, nothing is
there twice. What run a folder holds stands in its ``run.json``; a folder of another run, or
of something else, is refused. The market and the survey are stored this way.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

import pandas as pd

from cvm.errors import CvmError, MissingExtra, near_miss
from cvm.words import _

__all__ = ["Bar", "read_blocks", "write_blocks"]

Made = Mapping[str, pd.DataFrame]


def write_blocks(
    folder: str | Path,
    *,
    label: Mapping[str, Any],
    tables: Sequence[str],
    blocks: int,
    make: Callable[[int], Made] | None = None,
    make_all: Callable[[Sequence[int]], Iterable[tuple[int, Made]]] | None = None,
    progress: bool = True,
) -> Path:
    """Make tables block by block and write them, or go on where that stopped.

    Parameters
    ----------
    folder : str or Path
        Where to: new, empty, or holding a part of the very same run, which is completed.
    label : mapping
        What tells this run from another; written to ``run.json``.
    tables : sequence of str
        The tables a block has.
    blocks : int
        How many blocks.
    make : callable, optional
        Makes one block, given its number from 0; a mapping from table names to tables.
    make_all : callable, optional
        Instead of ``make``: given the numbers of all blocks that are still to be made, yields
        each with its tables, in whatever order they are done.
    progress : bool
        Whether to show a bar on the standard error stream.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    CvmError
        For a folder that holds another run or something else.
    MissingExtra
        Without pyarrow.
    """
    try:
        import pyarrow  # noqa: F401
    except ImportError:
        raise MissingExtra("pyarrow", extra="files", purpose=_("Writing Parquet")) from None
    where = _folder(folder)
    _claim(where, label, tables)
    ticks = [where / "done" / f"{block:05d}" for block in range(blocks)]
    todo = [block for block in range(blocks) if not _stands(where, block, tables)]
    bar = Bar(blocks, done=blocks - len(todo), out=sys.stderr if progress else None)
    made = ((block, make(block)) for block in todo) if make else (make_all or _none)(todo)
    for block, parts in made:
        for name in tables:
            _write(parts[name], where / name / f"part-{block:05d}.parquet")
        ticks[block].touch()
        bar.step()
    return where


def _folder(folder: str | Path) -> Path:
    """Take a folder that is one, or can be made."""
    if not isinstance(folder, str | Path):
        wrong = _("A folder is given by its path.")
        raise CvmError(wrong, given=folder, remedy=_("Write for example folder='market'."))
    where = Path(folder)
    if any(place.exists() and not place.is_dir() for place in (where, *where.parents)):
        wrong = _("The folder is a file, or lies in one.")
        raise CvmError(wrong, given=str(folder), remedy=_("Give a new or empty folder."))
    return where


def _stands(where: Path, block: int, tables: Sequence[str]) -> bool:
    """Tell whether a block is ticked off and all its parts are still there."""
    made = [where / name / f"part-{block:05d}.parquet" for name in tables]
    return all(path.exists() for path in (where / "done" / f"{block:05d}", *made))


def _none(_blocks: Sequence[int]) -> Iterable[tuple[int, Made]]:
    return ()


def read_blocks(folder: Path, table: str, *, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Read one table whole; for a large one only columns that fit memory.

    Parameters
    ----------
    folder : Path
        Where :func:`write_blocks` wrote.
    table : str
        Its name.
    columns : sequence of str, optional
        Only these.

    Returns
    -------
    DataFrame

    Raises
    ------
    CvmError
        If the table was not stored.
    """
    folder = _folder(folder)
    stored = sorted({path.parent.name for path in folder.glob("*/part-*.parquet")})
    if table not in stored:
        wrong = _("The table '{name}' was not stored.", name=table)
        raise CvmError(wrong, remedy=near_miss(table, stored))
    parts = sorted((folder / table).glob("part-*.parquet"))
    tables = [pd.read_parquet(p, columns=_wanted(p, columns)) for p in parts]
    # A part without rows has no say in the kinds of the columns.
    full = [one for one in tables if len(one)] or tables[:1]
    return pd.concat(full, ignore_index=True)


def _wanted(part: Path, columns: Sequence[str] | None) -> list[str] | None:
    """Take the columns asked for, all of which are there."""
    if columns is None:
        return None
    from pyarrow.parquet import read_schema

    names = list(columns) if isinstance(columns, Iterable) and not isinstance(columns, str) else []
    there = read_schema(part).names
    unknown = [name for name in names if name not in there]
    if unknown or not names:
        wrong = _("Columns are a list of names of the table.")
        given = unknown[0] if unknown else columns
        raise CvmError(wrong, given=given, remedy=near_miss(given, there))
    return names


def _claim(folder: Path, run: Mapping[str, Any], tables: Sequence[str]) -> None:
    """Make the folder this run's own, or see that it already is."""
    label = folder / "run.json"
    if label.exists():
        if not _same(label, run):
            raise CvmError(
                _("The folder holds another run."),
                given=str(folder),
                remedy=_("Give the very same {names}, or a new folder.", names=", ".join(run)),
            )
    elif folder.exists() and any(folder.iterdir()):
        raise CvmError(
            _("The folder holds something else."),
            given=str(folder),
            remedy=_("Give a new or empty folder."),
        )
    for name in (*tables, "done"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for rough in folder.rglob("*.part"):  # what a kill left half written
        rough.unlink()
    if not label.exists():
        _replace(label, json.dumps(run, indent=1).encode())


def _same(label: Path, run: Mapping[str, Any]) -> bool:
    try:
        return bool(json.loads(label.read_text(encoding="utf-8")) == run)
    except ValueError:  # no text, or no JSON
        return False


def _write(table: pd.DataFrame, path: Path) -> None:
    rough = path.with_suffix(".part")
    table.to_parquet(rough, index=False)
    os.replace(rough, path)


def _replace(path: Path, content: bytes) -> None:
    rough = path.with_suffix(".part")
    rough.write_bytes(content)
    os.replace(rough, path)


class Bar:
    """A progress bar of one line.

    Parameters
    ----------
    total : int
        Blocks in all.
    done : int
        Those done before; how fast it goes is told by the others.
    out : text stream, optional
        Where to write; nowhere without it.
    """

    def __init__(self, total: int, *, done: int = 0, out: TextIO | None = None) -> None:
        self.total, self.before, self.done, self.out = total, done, done, out
        self.began = time.monotonic()
        if done == total:
            self._show()

    def step(self) -> None:
        """Count one more block, and show how many there are and how long the rest will take."""
        self.done += 1
        self._show()

    def _show(self) -> None:
        if self.out is None:
            return
        each = (time.monotonic() - self.began) / max(1, self.done - self.before)
        filled = "#" * (30 * self.done // max(1, self.total))
        text = _("{done} of {total} blocks, {left} s left", done=self.done, total=self.total,
                 left=round(each * (self.total - self.done)))  # fmt: skip
        end = "\n" if self.done == self.total else ""
        self.out.write(f"\r[{filled:<30}] {text}   {end}")
        self.out.flush()
