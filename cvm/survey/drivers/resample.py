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
    z = (columns - centre) / scale
    upper = np.triu_indices(z.shape[1])
    each = weights[:, None] * np.column_stack([np.ones(len(z)), z, z[:, upper[0]] * z[:, upper[1]]])
    drawn = _drawn(each, resamples, Luck(seed)) if resamples else np.empty((0, each.shape[1]))
    return _moments(np.vstack([each.mean(axis=0), drawn]), centre, scale, upper)


def _drawn(each: Floats, resamples: int, luck: Luck) -> Floats:
    rng, n = luck.generator("resampled respondents"), len(each)
    if n > LARGE:
        centred = each - each.mean(axis=0)
        values, vectors = np.linalg.eigh(centred.T @ centred / n**2)
        root = vectors * np.sqrt(np.maximum(values, 0))
        draws = rng.standard_normal((resamples, each.shape[1]))
        return np.asarray(each.mean(axis=0) + draws @ root.T)
    size, blocks = max(1, BLOCK // n), []
    for start in range(0, resamples, size):
        b = min(size, resamples - start)
        places = rng.integers(0, n, (b, n)) + n * np.arange(b)[:, None]
        counts = np.bincount(places.ravel(), minlength=b * n).reshape(b, n)
        blocks.append(counts @ each / n)
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
