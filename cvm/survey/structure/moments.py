"""Weighted means and covariances, of the answers and of all bootstrap samples at once.

Everything a path model needs of the answers is their mean vector and covariance matrix.
A bootstrap sample is a row of counts (how often each respondent was drawn), so the moments
of all samples are one matrix product: counts times the products of pairs of items. With
case weights, respondents are drawn with equal chances and carry their weight along.

Covariances divide by the sum of weights (maximum likelihood), not by n - 1.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["covariance_to_correlation", "moments", "resampled"]

Floats = NDArray[np.float64]

#: Numbers held at once in a matrix of counts, and in one of products, which stays in the cache.
BLOCK, CACHE = 2_000_000, 60_000


def moments(values: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Give the weighted mean and covariance, as a batch of one.

    Parameters
    ----------
    values : ndarray, shape (n, items)
    weights : ndarray, shape (n,)

    Returns
    -------
    mean : ndarray, shape (1, items)
    covariance : ndarray, shape (1, items, items)
    """
    return _weighted(values, weights[None, :])


def resampled(
    values: Floats,
    weights: Floats,
    *,
    resamples: int,
    rng: np.random.Generator,
    clusters: NDArray[np.intp] | None = None,
) -> tuple[Floats, Floats]:
    """Give mean and covariance of every bootstrap sample.

    Parameters
    ----------
    values : ndarray, shape (n, items)
    weights : ndarray, shape (n,)
    resamples : int
        Bootstrap samples.
    rng : Generator
        Its luck.
    clusters : ndarray of int, shape (n,), optional
        Which cluster a respondent belongs to, from 0: then whole clusters are drawn.

    Returns
    -------
    mean : ndarray, shape (resamples, items)
    covariance : ndarray, shape (resamples, items, items)
    """
    units = len(values) if clusters is None else int(clusters.max()) + 1
    step = max(1, BLOCK // len(values))
    parts = []
    for start in range(0, resamples, step):
        counts = _counts(min(step, resamples - start), units, rng)
        parts.append(
            _weighted(values, (counts if clusters is None else counts[:, clusters]) * weights)
        )
    mean, covariance = (np.concatenate(part) for part in zip(*parts, strict=True))
    return mean, covariance


def covariance_to_correlation(covariance: Floats) -> Floats:
    """Turn a batch of covariance matrices into correlations; no spread gives nan."""
    sd = np.sqrt(np.diagonal(covariance, axis1=-2, axis2=-1))
    with np.errstate(divide="ignore", invalid="ignore"):
        return covariance / (sd[..., :, None] * sd[..., None, :])


def _counts(samples: int, units: int, rng: np.random.Generator) -> Floats:
    drawn = rng.integers(0, units, size=(samples, units)) + units * np.arange(samples)[:, None]
    return (
        np.bincount(drawn.ravel(), minlength=samples * units).reshape(samples, units).astype(float)
    )


def _weighted(values: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Moments under each row of weights, in blocks of respondents."""
    items = values.shape[1]
    centre = values.mean(axis=0)  # products of centred answers lose no digits
    above, right = np.triu_indices(items)
    total = weights.sum(axis=1, keepdims=True)
    first = np.zeros((len(weights), items))
    second = np.zeros((len(weights), len(above)))
    step = max(1, CACHE // len(above))
    for start in range(0, len(values), step):
        part = (values[start : start + step] - centre).T.copy()
        w = weights[:, start : start + step]
        first += w @ part.T
        second += w @ (part[above] * part[right]).T
    first, second = first / total, second / total
    second -= first[:, above] * first[:, right]
    covariance = np.empty((len(weights), items, items))
    covariance[:, above, right] = second
    covariance[:, right, above] = second
    return first + centre, covariance
