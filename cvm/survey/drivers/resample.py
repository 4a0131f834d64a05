"""Bootstrap of means and covariances: all resamples at once.

Everything the key drivers need - correlations, importance, means - comes from the means
and covariances of a few columns. So a resample is a row of counts (how often each
respondent was drawn), and all resamples are one product of the counts with the
respondents' squares and products, in blocks of bounded memory. Case weights travel with
the respondent who has them.

For more than :data:`LARGE` respondents the resampled means of squares and products are
drawn from the normal distribution they tend to, with their own covariances: the answer is
the same to the third digit, and it takes no longer for a million.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cvm.errors import CvmError
from cvm.luck import Luck
from cvm.words import _

__all__ = ["Moments", "resampled_moments"]

Floats = NDArray[np.float64]

#: Above so many respondents the normal limit of the resampled moments is drawn.
LARGE = 10_000
#: Counts held at once.
BLOCK = 4_000_000


@dataclass(frozen=True)
class Moments:
    """Means and covariances of q columns, of the sample and of its resamples.

    Parameters
    ----------
    mean : ndarray, shape (1 + resamples, q)
        The sample's first.
    covariance : ndarray, shape (1 + resamples, q, q)
        With divisor n: importance only needs ratios.
    """

    mean: Floats
    covariance: Floats


def resampled_moments(columns: Floats, weights: Floats, *, resamples: int, seed: int) -> Moments:
    """Give the weighted moments of the sample and of its resamples.

    Parameters
    ----------
    columns : ndarray, shape (n, q)
        No empty cells.
    weights : ndarray, shape (n,)
        Case weights.
    resamples : int
        Zero or more; with zero only the sample's own moments are given.
    seed : int
        The luck of the bootstrap.

    Returns
    -------
    Moments
    """
    if isinstance(resamples, bool) or not isinstance(resamples, int) or resamples < 0:
        raise CvmError(
            _("The number of resamples is zero or a positive whole number."),
            given=resamples,
            remedy=_("Give for example resamples=1000."),
        )
    centre, scale = np.average(columns, axis=0, weights=weights), columns.std(axis=0)
    upper = np.triu_indices(columns.shape[1])
    each = _products((columns - centre) / scale, weights, upper)
    here = each.mean(axis=1)
    drawn = _drawn(each, here, resamples, Luck(seed)) if resamples else np.empty((0, len(each)))
    return _moments(np.vstack([here, drawn]), centre, scale, upper)


def _products(z: Floats, weights: Floats, upper: tuple[NDArray[Any], ...]) -> Floats:
    """Give each respondent's weight, values and products: one row a quantity, so rows are dense."""
    n, q = z.shape
    each = np.empty((1 + q + len(upper[0]), n))
    each[0] = weights
    np.multiply(z.T, weights, out=each[1 : q + 1])
    columns = np.ascontiguousarray(z.T)
    for row, (a, b) in enumerate(zip(*upper, strict=True), start=q + 1):
        np.multiply(each[1 + a], columns[b], out=each[row])
    return each


def _drawn(each: Floats, here: Floats, resamples: int, luck: Luck) -> Floats:
    rng, (width, n) = luck.generator("resampled respondents"), each.shape
    if n > LARGE:
        values, vectors = np.linalg.eigh((each @ each.T / n - np.outer(here, here)) / n)
        root = vectors * np.sqrt(np.maximum(values, 0))
        return np.asarray(here + rng.standard_normal((resamples, width)) @ root.T)
    size, blocks = max(1, BLOCK // n), []
    for start in range(0, resamples, size):
        b = min(size, resamples - start)
        places = rng.integers(0, n, (b, n)) + n * np.arange(b)[:, None]
        counts = np.bincount(places.ravel(), minlength=b * n).reshape(b, n)
        blocks.append(counts @ each.T / n)
    return np.concatenate(blocks)


def _moments(
    sums: Floats, centre: Floats, scale: Floats, upper: tuple[NDArray[Any], ...]
) -> Moments:
    q = len(centre)
    shares = sums / sums[:, :1]
    mean = shares[:, 1 : q + 1]
    second = np.empty((len(sums), q, q))
    second[:, upper[0], upper[1]] = shares[:, q + 1 :]
    second[:, upper[1], upper[0]] = shares[:, q + 1 :]
    covariance = second - mean[:, :, None] * mean[:, None, :]
    return Moments(centre + mean * scale, covariance * np.outer(scale, scale))
