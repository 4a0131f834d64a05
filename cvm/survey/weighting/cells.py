r"""Raking cells: iterative proportional fitting, for one sample or for many replicates at once.

Respondents who share all their categories share their factor, so a sample is a few cells.
Each round takes one margin after the other and multiplies every cell by what its category
lacks,

.. math:: w_c \leftarrow w_c \cdot \frac{T_{k(c)}}{\sum_{c': k(c') = k(c)} w_{c'}},

until no category is off by more than :data:`ENOUGH` of all. Of all weights that meet the
margins these are the nearest to the ones begun with, in Kullback-Leibler divergence
(Ireland & Kullback 1968). With a cap, a weight above it is cut to it in every round, so the
others are lifted to meet the margins.

References
----------
Deming, W. E. & Stephan, F. F. (1940). On a least squares adjustment of a sampled frequency
table when the expected marginal totals are known. *Annals of Mathematical Statistics* 11(4),
427-444. Ireland, C. T. & Kullback, S. (1968). Contingency tables with given marginals.
*Biometrika* 55(1), 179-188. The second at second hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["ENOUGH", "Fitted", "fit_cells"]

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]

#: Share of all by which a category may be off in the end.
ENOUGH = 1e-9
ROUNDS = 500


@dataclass(frozen=True)
class Fitted:
    """What raking gives.

    Parameters
    ----------
    factors : ndarray, shape (r, c)
        What each cell's weight is multiplied by; total weight 1 for each replicate.
    gap : ndarray, shape (r,)
        The largest miss of a category, as a share of all; not-a-number where a category
        that should be there has nobody.
    rounds : int
        Rounds until the last replicate was done.
    """

    factors: Floats
    gap: Floats
    rounds: int


def fit_cells(
    weights: Floats,
    codes: Sequence[Codes],
    targets: Sequence[Floats],
    *,
    limit: Floats | None = None,
) -> Fitted:
    """Rake blocks of cells to margins.

    Parameters
    ----------
    weights : ndarray, shape (r, c)
        Total weight begun with in each cell of each replicate.
    codes : sequence of ndarray of int, shape (c,)
        The category of each cell in each margin.
    targets : sequence of ndarray, shape (k,)
        The share of each category, adding up to 1.
    limit : ndarray, shape (r, c), optional
        No factor may be above it.

    Returns
    -------
    Fitted
    """
    sides = [np.eye(len(target))[code] for code, target in zip(codes, targets, strict=True)]
    factors = np.broadcast_to(1 / weights.sum(axis=1, keepdims=True), weights.shape).copy()
    gap = np.full(len(weights), np.inf)
    active = np.arange(len(weights))
    rounds = 0
    while len(active) and rounds < ROUNDS:
        rounds += 1
        part = _round(weights[active], factors[active], codes, sides, targets)
        off = np.zeros(len(active))
        if limit is not None:
            off = ((part - limit[active]).clip(0) * weights[active]).max(axis=1)
            part = np.minimum(part, limit[active])
        factors[active] = part
        gap[active] = np.maximum(_gap(weights[active] * part, sides, targets), off)
        active = active[gap[active] > ENOUGH]  # a replicate without a category is nan: done
    if limit is not None:
        factors = _settled(weights, factors, limit, gap > ENOUGH)
    left = _gap(weights * factors, sides, targets)
    return Fitted(factors, np.where(np.isnan(gap), np.nan, left), rounds)


def _round(
    weights: Floats,
    factors: Floats,
    codes: Sequence[Codes],
    sides: Sequence[Floats],
    targets: Sequence[Floats],
) -> Floats:
    for code, side, target in zip(codes, sides, targets, strict=True):
        seen = (weights * factors) @ side
        ratio = np.where(seen > 0, target / np.where(seen > 0, seen, 1.0), np.nan)
        factors = factors * ratio[:, code]
    return factors


def _settled(weights: Floats, factors: Floats, limit: Floats, missed: NDArray[np.bool_]) -> Floats:
    """Where margins and cap cannot both hold, let the cap hold and the weights add up to 1."""
    for _again in range(ROUNDS * bool(missed.any())):
        even = factors / (weights * factors).sum(axis=1, keepdims=True)
        cut = np.where(missed[:, None], np.minimum(even, limit), factors)
        if np.allclose(cut, factors, rtol=1e-10, atol=0, equal_nan=True):
            break
        factors = cut
    return factors


def _gap(weights: Floats, sides: Sequence[Floats], targets: Sequence[Floats]) -> Floats:
    misses = [np.abs(weights @ s - t).max(axis=1) for s, t in zip(sides, targets, strict=True)]
    return np.asarray(np.max(misses, axis=0))
