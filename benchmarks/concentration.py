"""A thousand bootstrap resamples of 10,000 customers, against the plain loop."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from benchmarks.runner import Benchmark
from cvm.tiering import concentration

CUSTOMERS, RESAMPLES = 10_000, 1000


@contextmanager
def values(customers: int = CUSTOMERS) -> Iterator[np.ndarray]:
    """Draw a base with the spread of a real one."""
    yield np.random.default_rng(0).gamma(0.5, 100, customers)


def batched(x: np.ndarray) -> tuple[float, float]:
    """Give our interval."""
    seen = concentration(x, resamples=RESAMPLES)
    return seen.low, seen.high


def loop(x: np.ndarray) -> tuple[float, float]:
    """Do what a textbook does: draw, sort, add up, again and again."""
    rng, shares = np.random.default_rng(1), []
    for _ in range(RESAMPLES):
        drawn = np.sort(rng.choice(x, len(x)))
        shares.append(drawn[-len(x) // 5 :].sum() / drawn.sum())
    low, high = np.quantile(shares, [0.025, 0.975])
    return float(low), float(high)


def near(ours: tuple[float, float], theirs: tuple[float, float]) -> bool:
    """Compare within the noise of a thousand resamples."""
    return bool(np.allclose(ours, theirs, atol=0.003))


CONCENTRATION = Benchmark(
    name="concentration", peer="loop of NumPy choice, sort", aim=1.3, material=values,
    ours=batched, theirs=loop, agree=near,
    note="The loop takes whole customers only, ours the last one in part.",
)  # fmt: skip
