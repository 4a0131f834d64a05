"""The bootstrap, all replicates at once: counts of who was drawn, times what they add.

A statistic of sums needs no drawn sample, only how often each unit was drawn. Rows that are
alike are one row with a count: 100,000 answers on a scale of eleven steps are eleven rows,
and a thousand replicates cost a thousand multinomial draws of eleven numbers. Where rows
differ, the draws are made in blocks that bound the memory. Clusters are resampled whole.

References
----------
Efron, B. & Tibshirani, R. J. (1993). *An Introduction to the Bootstrap*. Chapman & Hall.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cvm.luck import Luck
from cvm.survey.measure.answers import Answers

__all__ = ["compressed", "drawn_counts", "percentile", "resampled_means", "resampled_sums"]

Floats = NDArray[np.float64]

#: Counts held at a time.
BLOCK = 2_000_000
#: Single draws made at a time: so many stay in the cache.
DRAWS = 60_000
#: A multinomial count costs about as much as this many single draws.
MULTINOMIAL = 8


def drawn_counts(
    counts: NDArray[np.integer], *, resamples: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Draw how often each distinct row is in each replicate.

    Parameters
    ----------
    counts : ndarray of int, shape (m,)
        How often each distinct row was seen.
    resamples : int
        Replicates.
    rng : Generator
        The luck.

    Returns
    -------
    ndarray of int, shape (resamples, m)
        Each row adds up to the sum of ``counts``.
    """
    n, m = int(counts.sum()), len(counts)
    if m * MULTINOMIAL <= n:
        return rng.multinomial(n, counts / n, size=resamples)
    owner = np.repeat(np.arange(m), counts) if m < n else None
    out, step = np.empty((resamples, m), dtype=np.int64), max(1, DRAWS // n)
    for start in range(0, resamples, step):
        size = min(step, resamples - start)
        at = rng.integers(0, n, size=(size, n))
        at = (at if owner is None else owner[at]) + (np.arange(size) * m)[:, None]
        seen = np.bincount(at.ravel(), minlength=size * m)
        out[start : start + size] = seen.reshape(size, m)
    return out


def resampled_sums(
    rows: Floats, counts: NDArray[np.integer], *, resamples: int, rng: np.random.Generator
) -> Floats:
    """Add the rows up in each replicate.

    Parameters
    ----------
    rows : ndarray, shape (m, c)
        What each distinct unit adds to each sum.
    counts : ndarray of int, shape (m,)
        How many units are alike.
    resamples : int
        Replicates.
    rng : Generator
        The luck.

    Returns
    -------
    ndarray, shape (resamples, c)
    """
    out = np.empty((resamples, rows.shape[1]))
    step = max(1, BLOCK // len(counts))
    for start in range(0, resamples, step):
        size = min(step, resamples - start)
        drawn = drawn_counts(counts, resamples=size, rng=rng)
        out[start : start + size] = drawn.astype(float) @ rows
    return out


def compressed(answers: Answers, rows: Floats) -> tuple[Floats, NDArray[np.integer]]:
    """Give the distinct units and how often each was seen.

    Parameters
    ----------
    answers : Answers
        Whose value and weight decide the rows; clusters are added up to one unit each.
    rows : ndarray, shape (n, c)
        What each answer adds; rows with one value and weight must be alike.

    Returns
    -------
    rows : ndarray, shape (m, c)
    counts : ndarray of int, shape (m,)
    """
    if answers.units is not None:
        summed = answers.by_unit(rows)
        return summed, np.ones(len(summed), dtype=np.int64)
    value, values = pd.factorize(answers.y)
    code = value
    if answers.weighted:
        weight, weights = pd.factorize(answers.weights)
        if len(values) * len(weights) * MULTINOMIAL > answers.n:  # hardly two alike
            return rows, np.ones(len(rows), dtype=np.int64)
        code = value * len(weights) + weight
    # The order of the first replicate must not hang on the order of the answers.
    found, first, counts = np.unique(code, return_index=True, return_counts=True)
    if not answers.weighted:
        order = np.argsort(values[found], kind="stable")
        first, counts = first[order], counts[order]
    return rows[first], counts


def resampled_means(answers: Answers, *, resamples: int, seed: int, name: str) -> Floats:
    """Give the weighted mean in each bootstrap replicate.

    Parameters
    ----------
    answers : Answers
        Whole clusters are resampled where there are any.
    resamples, seed : int
        Replicates, and the luck.
    name : str
        The stream of luck.

    Returns
    -------
    ndarray, shape (resamples,)
    """
    rows = np.column_stack([answers.weights * answers.y, answers.weights])
    distinct, counts = compressed(answers, rows)
    rng = Luck(seed).generator(name)
    sums = resampled_sums(distinct, counts, resamples=resamples, rng=rng)
    return sums[:, 0] / sums[:, 1]


def percentile(replicates: Floats, level: float) -> tuple[float, float]:
    """Give the percentile interval; replicates without a value are left out.

    Parameters
    ----------
    replicates : ndarray, shape (r,)
        The statistic in each replicate.
    level : float
        Confidence level.

    Returns
    -------
    low, high : float
    """
    low, high = np.nanquantile(replicates, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
