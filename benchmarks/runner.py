"""The runner: by turns, the ratio of each round, one row a benchmark."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["Benchmark", "Row", "as_json", "as_table", "measure"]


@dataclass(frozen=True, kw_only=True)
class Benchmark:
    """One comparison.

    Parameters
    ----------
    name : str
        What it is called on the command line.
    peer : str
        What ours is compared with, version not named: it is the installed one.
    aim : float
        The ratio that ours should reach.
    material : callable
        Gives a context manager whose value both sides work on; made once, cleaned up
        after.
    ours, theirs : callable
        What is timed, called with the material.
    agree : callable
        Called with both answers; says whether they are the same.
    rounds : int
        Rounds measured.
    seconds : callable, optional
        How long a callable took on the material; CPU time of this process without it.
    note : str
        What the comparison leaves out.
    """

    name: str
    peer: str
    aim: float
    material: Callable[[], AbstractContextManager[Any]]
    ours: Callable[[Any], Any]
    theirs: Callable[[Any], Any]
    agree: Callable[[Any, Any], bool]
    rounds: int = 5
    seconds: Callable[[Callable[[Any], Any], Any], float] | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Row:
    """What was measured: the ratio of the rounds, and whether the aim holds.

    ``holds`` asks the median: the slowest round of a busy machine proves nothing.
    """

    name: str
    peer: str
    ratio: float
    low: float
    high: float
    aim: float
    holds: bool


def measure(benchmark: Benchmark) -> Row:
    """Run both sides by turns and compare.

    Raises
    ------
    AssertionError
        If the two answers differ.
    """
    seconds = benchmark.seconds or _cpu
    with benchmark.material() as material:
        if not benchmark.agree(benchmark.ours(material), benchmark.theirs(material)):
            raise AssertionError(f"{benchmark.name}: ours and {benchmark.peer} give two answers")
        ratios = [
            seconds(benchmark.theirs, material) / seconds(benchmark.ours, material)
            for _ in range(benchmark.rounds)
        ]
    ratio = statistics.median(ratios)
    return Row(
        name=benchmark.name, peer=benchmark.peer, ratio=round(ratio, 2), low=round(min(ratios), 2),
        high=round(max(ratios), 2), aim=benchmark.aim, holds=ratio >= benchmark.aim,
    )  # fmt: skip


def _cpu(work: Callable[[Any], Any], material: Any) -> float:
    start = time.process_time()
    work(material)
    return max(time.process_time() - start, 1e-9)


def as_json(rows: Iterator[Row]) -> Iterator[str]:
    """Write each row as a line of JSON."""
    for row in rows:
        yield json.dumps(asdict(row))


def as_table(rows: Iterator[Row]) -> Iterator[str]:
    """Write each row as a line for people, under a heading."""
    yield f"{'name':<26}{'peer':<28}{'ratio':>7}{'low':>7}{'high':>7}{'aim':>7}  holds"
    for row in rows:
        numbers = f"{row.ratio:>7.2f}{row.low:>7.2f}{row.high:>7.2f}{row.aim:>7.2f}"
        yield f"{row.name:<26}{row.peer:<28}{numbers}  {'yes' if row.holds else 'NO'}"
