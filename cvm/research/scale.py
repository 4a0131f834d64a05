"""Sweeps: the same question over many assumptions and replicates, on all cores, safe to kill.

A sweep is a table of cells (one row a set of assumptions) and a function that answers one cell
with one luck. Cells times replicates are the tasks.

**The same table, whatever computes it.** A task's luck is the replicate's, drawn from the seed
and from nothing else: not from the worker, the order, or which other cells there are. So all
cells meet the same luck (their differences are paired), one worker or ten give the same table,
and a sweep that was killed and started again ends with the table it would have had, bit for bit.

**Safe to kill.** Tasks come in blocks. A block's results are written to a Parquet file under
a temporary name, moved to their place, and only then is the block ticked off
(:mod:`cvm.inblocks`); whoever starts the same sweep on the same folder goes on from there. A
folder of another sweep is refused: other cells, function, seed, or versions.

**A task that fails** is recorded with its cell, its luck and its message, and stops nothing.

**Engines.** joblib's own processes by default; on an existing cluster by the name of its joblib
backend (``backend="dask"`` with a Dask client, ``backend="ray"`` after
``ray.util.joblib.register_ray()``), the sweep unchanged.
"""

from __future__ import annotations

import hashlib
import importlib
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import pandas as pd

from cvm.errors import CvmError, MissingExtra
from cvm.inblocks import Bar, read_blocks, write_blocks
from cvm.inputs import whole_number
from cvm.luck import Luck
from cvm.research.record import fingerprint, versions
from cvm.results import Result, number
from cvm.tasks import LOST, OWN, Cell, Function, Task, joined, work
from cvm.words import _

__all__ = ["Sweep", "grid", "sweep"]

Made = Iterator[tuple[int, pd.DataFrame]]

#: A sweep writes about so many blocks, unless told otherwise.
BLOCKS = 100


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Sweep(Result):
    """What a sweep found.

    Parameters
    ----------
    table : DataFrame
        One row a result: ``cell`` (position in the cells), the cell's parameters,
        ``replicate`` (from 0), and what the function gave. In the order of the cells,
        whatever order they were done in.
    failures : DataFrame
        One row a task that failed: ``cell``, the parameters, ``replicate``, ``seed``,
        ``error`` (its kind), ``message``.
    tasks, failed : int
        Cells times replicates, and those that failed.
    """

    table: pd.DataFrame = field(repr=False)
    failures: pd.DataFrame = field(repr=False)
    tasks: int
    failed: int

    def to_frame(self) -> pd.DataFrame:
        """Give one row a result."""
        return self.table.copy()

    def sentence(self) -> str:
        """Say how many tasks were done, and what the first failure was."""
        told = _("{done} of {tasks} tasks gave a result.", done=number(self.tasks - self.failed),
                 tasks=number(self.tasks))  # fmt: skip
        if self.failed:
            first = self.failures.iloc[0]
            told += " " + _("The first that did not: cell {cell}, replicate {replicate}: {message}",
                            cell=first["cell"], replicate=first["replicate"],
                            message=first["message"])  # fmt: skip
        return told


def grid(choices: Mapping[str, Iterable[Any]]) -> pd.DataFrame:
    """Make a table of cells: every combination.

    Parameters
    ----------
    choices : mapping of str to iterable
        The values of each parameter.

    Returns
    -------
    DataFrame
        One row a combination, the last parameter moving fastest.

    Examples
    --------
    >>> grid({"n": [100, 200], "effect": [0.0, 1.0]})["n"].tolist()
    [100, 100, 200, 200]
    """
    fine = isinstance(choices, Mapping) and all(
        isinstance(values, Iterable) and not isinstance(values, str) for values in choices.values()
    )
    if not fine:
        wrong = _("Choices are parameters by name, each with a list of values.")
        raise CvmError(wrong, given=choices, remedy=_("Write for example grid({'n': [100, 200]})."))
    rows = [dict(zip(choices, values, strict=True)) for values in product(*choices.values())]
    return pd.DataFrame(rows, columns=list(choices))


def sweep(
    cells: pd.DataFrame,
    function: Function,
    *,
    store: str | Path | None = None,
    replicates: int = 1,
    seed: int = 1,
    workers: int | None = None,
    backend: str | None = None,
    block: int | None = None,
    progress: bool = True,
) -> Sweep:
    """Answer every cell, replicate by replicate.

    Parameters
    ----------
    cells : DataFrame
        One row a cell; its columns are the parameters. :func:`grid` makes every combination.
    function : callable
        ``function(cell, seed)`` with the cell as a dict and the luck as a whole number; gives
        a mapping (one row), a list of mappings or a DataFrame. With several workers it must be
        importable from a module (or be a lambda or a notebook's own function, which joblib
        takes along).
    store : str or Path, optional
        A folder for the results as they come, to go on from after a stop. Needs pyarrow.
    replicates : int
        Lucks for each cell.
    seed : int
        Of all lucks; more replicates keep the first ones.
    workers : int, optional
        Processes; one (this very process) without it, or all that ``backend`` has.
    backend : str, optional
        The name of a joblib backend: "loky" (the default), "threading", or that of an
        engine which is registered with joblib.
    block : int, optional
        Tasks that are done and written together; about 100 blocks without it. Larger blocks
        cost less, and more is done again after a kill.
    progress : bool
        Whether to show a bar on the standard error stream.

    Returns
    -------
    Sweep

    Raises
    ------
    CvmError
        For cells that are no table, a parameter with a name the sweep needs, a backend that
        joblib does not know, or a folder of another sweep.
    MissingExtra
        Without joblib where there are several workers, or without pyarrow where there is a
        store.
    """
    _check(cells, function)
    total = len(cells) * whole_number(replicates, name="replicates")
    size = whole_number(block, name="block") if block else max(1, -(-total // BLOCKS))
    tasks = _Tasks(cells, replicates, seed, size)
    make_all = partial(_computed, tasks, function, workers, backend)
    blocks = -(-total // size)
    if store is None:
        rows = _in_memory(make_all, blocks, progress)
    else:
        label = _label(cells, function, replicates, seed, size)
        where = write_blocks(store, label=label, tables=["results"], blocks=blocks,
                             make_all=lambda todo: _named(make_all(todo)), progress=progress)  # fmt: skip
        rows = read_blocks(where, "results")
    return _finished(cells, rows, total)


def _named(made: Made) -> Iterator[tuple[int, dict[str, pd.DataFrame]]]:
    for at, table in made:
        yield at, {"results": table}


class _Tasks:
    """The tasks of a sweep, by block: only what a worker needs travels to it."""

    def __init__(self, cells: pd.DataFrame, replicates: int, seed: int, size: int) -> None:
        self.cells: list[Cell] = [
            {str(k): v for k, v in row.items()} for row in cells.to_dict("records")
        ]
        drawn = Luck(seed).generator("replicates").integers(2**31, size=replicates)
        self.lucks = [int(one) for one in drawn]
        self.size = size

    def block(self, at: int) -> list[Task]:
        total, many = len(self.cells) * len(self.lucks), len(self.lucks)
        span = range(at * self.size, min((at + 1) * self.size, total))
        return [(i // many, self.cells[i // many], i % many, self.lucks[i % many]) for i in span]


def _computed(
    tasks: _Tasks, function: Function, workers: int | None, backend: str | None, todo: Sequence[int]
) -> Made:
    """Yield each block as it is done."""
    if backend is None and workers in (None, 1):
        for at in todo:
            yield work(function, at, tasks.block(at))
        return
    joblib, parallel = _parallel(workers, backend)
    many = max(1, parallel._effective_n_jobs())
    # Where an engine cannot hand results over one by one, they come in rounds.
    step = len(todo) if parallel.return_generator else 4 * many
    for start in range(0, len(todo), max(1, step)):
        calls = (
            joblib.delayed(work)(function, at, tasks.block(at)) for at in todo[start : start + step]
        )
        try:
            yield from parallel(calls)
        except Exception as problem:  # a task's own errors never come this far
            raise CvmError(
                _("The workers stopped: {why}", why=problem), given=_name(function),
                remedy=_("What was stored is kept. Put the function into a module, or use one worker."),
            ) from problem  # fmt: skip


def _parallel(workers: int | None, backend: str | None) -> tuple[Any, Any]:
    """Make joblib's Parallel on an engine."""
    try:
        joblib: Any = importlib.import_module("joblib")
    except ImportError:
        raise MissingExtra("joblib", extra="research", purpose=_("A sweep on several cores")) from None  # fmt: skip
    jobs = -1 if workers is None else whole_number(workers, name="workers")
    # One thread a process: more would fight over the cores, and could add up in another order.
    inner = {"inner_max_num_threads": 1} if backend in (None, "loky") else {}
    try:
        with joblib.parallel_config(backend=backend or "loky", n_jobs=jobs, **inner):
            try:
                return joblib, joblib.Parallel(return_as="generator_unordered", batch_size=1)
            except ValueError:
                return joblib, joblib.Parallel(batch_size=1)
    except (ValueError, ImportError, KeyError) as problem:
        raise CvmError(
            _("joblib has no such backend ready: {why}", why=problem), given=backend,
            remedy=_("Start and register the engine first, or leave backend= out."),
        ) from problem  # fmt: skip


def _in_memory(make_all: Callable[[Sequence[int]], Made], blocks: int, progress: bool) -> pd.DataFrame:  # fmt: skip
    bar = Bar(blocks, out=sys.stderr if progress else None)
    made: dict[int, pd.DataFrame] = {}
    for at, table in make_all(range(blocks)):
        made[at] = table
        bar.step()
    return joined([made[at] for at in sorted(made)])


def _finished(cells: pd.DataFrame, rows: pd.DataFrame, total: int) -> Sweep:
    """Part what failed from what was found, and bring the kinds of the columns in order."""
    for name in LOST:
        if name not in rows:
            rows[name] = None
    lost = rows[LOST[1]].notna()
    plain = {name: name.removeprefix("sweep.") for name in LOST}
    failures = _with_cells(cells, rows.loc[lost, [*OWN, *LOST]].rename(columns=plain))
    found = _with_cells(cells, rows.loc[~lost].drop(columns=list(LOST)).infer_objects())
    return Sweep(table=found, failures=failures, tasks=total, failed=int(lost.sum()))


def _with_cells(cells: pd.DataFrame, part: pd.DataFrame) -> pd.DataFrame:
    """Write each row's parameters behind the number of its cell."""
    whole = [name for name in ("cell", "replicate", "seed") if name in part]
    # A missing word is None in memory and one or the other after a file: here it is None.
    gaps = {str(c): part[c].where(part[c].notna(), None) for c in part if part[c].dtype == object}
    part = part.assign(**gaps).reset_index(drop=True).astype(dict.fromkeys(whole, "int64"))
    at = part["cell"].to_numpy()
    named = cells.set_axis([str(c) for c in cells.columns], axis=1)
    values = named.take(at).reset_index(drop=True)
    return pd.concat([part[["cell"]], values, part.drop(columns="cell")], axis=1)


def _label(
    cells: pd.DataFrame, function: Function, replicates: int, seed: int, size: int
) -> dict[str, Any]:
    return {"cells": fingerprint(cells), "function": _name(function), "replicates": replicates,
            "seed": int(seed), "block": size, "versions": versions()}  # fmt: skip


def _name(function: Any) -> str:
    """Name a function so that another one has another name."""
    if isinstance(function, partial):
        told = repr((function.args, sorted(function.keywords.items())))
        short = hashlib.sha256(told.encode()).hexdigest()[:16]
        return f"{_name(function.func)} with {short}"
    return (
        f"{getattr(function, '__module__', '')}.{getattr(function, '__qualname__', repr(function))}"
    )


def _check(cells: object, function: object) -> None:
    if not isinstance(cells, pd.DataFrame) or not len(cells):
        wrong = _("The cells of a sweep are a table with a row each.")
        raise CvmError(wrong, given=cells, remedy=_("Make one with grid({'n': [100, 200]})."))
    own = (*OWN, "seed", "error", "message")
    taken = [str(c) for c in cells.columns if c in own]
    if taken:
        wrong = _("A cell cannot have a parameter named '{name}': the sweep has one.", name=taken[0])  # fmt: skip
        raise CvmError(wrong, remedy=_("Call it something else."))
    if cells.columns.duplicated().any():
        twice = str(cells.columns[cells.columns.duplicated()][0])
        raise CvmError(_("Two parameters are named '{name}'.", name=twice), remedy=_("Rename one."))
    if not callable(function):
        wrong = _("A sweep needs a function of a cell and a seed.")
        raise CvmError(wrong, given=function, remedy=_("It is called as function(cell, seed)."))
