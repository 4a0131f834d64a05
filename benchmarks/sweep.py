"""A sweep on two cores against one, and what a sweep costs beside the work itself."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.runner import Benchmark
from cvm.research.scale import grid, sweep

TASKS, SHORT = 64, 400


def work(cell: dict[str, Any], seed: int) -> dict[str, float]:
    """Keep one core busy for some tens of milliseconds, in small pieces of memory."""
    rng, total = np.random.default_rng((seed, cell["x"])), 0.0
    for _ in range(cell["pieces"]):
        total += float(np.sort(rng.normal(size=4000))[2000])
    return {"median": total / cell["pieces"]}


@contextmanager
def long_tasks(tasks: int = TASKS) -> Iterator[pd.DataFrame]:
    """Give the cells; the workers are there already."""
    cells = grid({"x": range(tasks), "pieces": [200]})
    sweep(cells.head(2), work, workers=2, progress=False)
    yield cells


@contextmanager
def short_tasks(tasks: int = SHORT) -> Iterator[pd.DataFrame]:
    """Give cells of three to five milliseconds each."""
    yield grid({"x": range(tasks), "pieces": [25]})


def two_cores(cells: pd.DataFrame) -> pd.DataFrame:
    return sweep(cells, work, workers=2, progress=False).table


def one_core(cells: pd.DataFrame) -> pd.DataFrame:
    return sweep(cells, work, progress=False).table


def stored(cells: pd.DataFrame) -> pd.DataFrame:
    with tempfile.TemporaryDirectory() as folder:
        return sweep(cells, work, store=Path(folder) / "sweep", progress=False).table


def loop(cells: pd.DataFrame) -> pd.DataFrame:
    """Do what a script would: a loop and a list."""
    luck = int(sweep(cells.head(1), lambda _cell, seed: {"luck": seed}, progress=False).table["luck"].iloc[0])  # fmt: skip
    rows = [{**cell, **work(cell, luck)} for cell in cells.to_dict("records")]
    return pd.DataFrame(rows)


def same(ours: pd.DataFrame, theirs: pd.DataFrame) -> bool:
    """Compare the answers exactly."""
    return bool((ours["median"].to_numpy() == theirs["median"].to_numpy()).all())


def wall(call: Callable[[Any], Any], material: Any) -> float:
    """Measure what a person waits: the work of other processes is not this one's CPU time."""
    start = time.perf_counter()
    call(material)
    return time.perf_counter() - start


SWEEP = (
    Benchmark(
        name="sweep:cores", peer="the same on one core", aim=1.7, material=long_tasks,
        ours=two_cores, theirs=one_core, agree=same, rounds=3, seconds=wall,
        note="The workers are started before; a first call waits for them once.",
    ),
    Benchmark(
        name="sweep:overhead", peer="a loop and a list", aim=0.7, material=short_tasks,
        ours=stored, theirs=loop, agree=same, rounds=3,
        note="Tasks of three to five milliseconds, written as they come, safe to kill. The overhead "
        "of a task is (1 / ratio - 1) of it.",
    ),
)  # fmt: skip
