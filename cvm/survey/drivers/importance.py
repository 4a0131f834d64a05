r"""Relative importance: how much of what is explained belongs to which driver.

Drivers that move together share what they explain, and no formula can say whose it is
without a rule. Two rules that treat all drivers alike, and add up to :math:`R^2`:

**Shapley (LMG).** The gain in :math:`R^2` when driver :math:`j` enters, averaged over all
orders in which the :math:`p` drivers can enter,

.. math:: L_j = \sum_{S \not\ni j} \frac{|S|!\,(p-|S|-1)!}{p!}
          \left[R^2(S \cup j) - R^2(S)\right].

**Johnson's relative weights.** The drivers are replaced by the closest uncorrelated ones,
:math:`Z`; with :math:`R_{xx} = V D V'`, :math:`\Lambda = V D^{1/2} V'` and
:math:`\beta = \Lambda^{-1} r_{xy}`, driver :math:`j` gets
:math:`\varepsilon_j = \sum_k \Lambda_{jk}^2 \beta_k^2`. The two agree closely; this one
costs nothing with many drivers.

**The estimand** is a share of explained variance, not an effect: a driver that does nothing
gets a share from those it moves with. What that costs is shown, truth known, in
:mod:`cvm.survey.drivers.compare`.

All :math:`2^p` subsets come from one walk: a covariance matrix with the outcome last is
swept driver by driver, once with it and once without, so each step halves what is left to
do. Both functions take a whole stack of matrices, one a bootstrap sample.

References
----------
Grömping, U. (2007). Estimators of relative importance in linear regression based on
variance decomposition. *The American Statistician* 61(2), 139-147.
Johnson, J. W. (2000). A heuristic method for estimating the relative weight of predictor
variables in multiple regression. *Multivariate Behavioral Research* 35(1), 1-19.
Lindeman, R. H., Merenda, P. F. & Gold, R. Z. (1980). *Introduction to Bivariate and
Multivariate Analysis*. Scott Foresman (at second hand).
"""

from __future__ import annotations

from collections.abc import Callable
from math import comb

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cvm.errors import CvmError
from cvm.words import N_, _

__all__ = ["METHODS", "MOST", "johnson", "regression", "separate", "shapley"]

Floats = NDArray[np.float64]

#: Beyond so many drivers Shapley's subsets (2 to that power) take too long.
MOST = 14
#: Matrix elements worked on at once.
BLOCK = 4_000_000


def shapley(covariance: ArrayLike) -> Floats:
    """Share out R² by Shapley's rule (LMG).

    Parameters
    ----------
    covariance : array_like, shape (..., p + 1, p + 1)
        Covariances (or correlations) of the drivers and, last, the outcome.

    Returns
    -------
    ndarray, shape (..., p)
        Parts of R², adding to it.

    Raises
    ------
    CvmError
        For more than 14 drivers.
    """
    stack, shape = _stack(covariance)
    p = stack.shape[-1] - 1
    if p > MOST:
        raise CvmError(
            _("Shapley's shares are exact for up to {most} drivers.", most=MOST),
            given=p,
            remedy=_("Use method='johnson', which agrees closely, or fewer drivers."),
        )
    weights, size = _order_weights(p), max(1, BLOCK // (10 * 2**p))
    blocks = [stack[i : i + size] for i in range(0, len(stack), size)]
    return np.concatenate([_subsets(block) @ weights for block in blocks]).reshape(*shape, p)


def johnson(covariance: ArrayLike) -> Floats:
    """Share out R² by Johnson's relative weights; parameters as in :func:`shapley`.

    Parameters
    ----------
    covariance : array_like, shape (..., p + 1, p + 1)
        As in :func:`shapley`.

    Returns
    -------
    ndarray, shape (..., p)
        Parts of R², adding to it, none below 0.
    """
    stack, shape = _stack(covariance)
    values, vectors = np.linalg.eigh(stack[:, :-1, :-1])
    root = np.sqrt(np.maximum(values, 1e-12))
    turned = np.swapaxes(vectors, 1, 2)
    beta = vectors @ ((turned @ stack[:, :-1, -1:]) / root[..., None])
    load = vectors @ (root[..., None] * turned)
    return np.asarray((load**2 @ beta**2)[..., 0]).reshape(*shape, -1)


def regression(covariance: ArrayLike) -> Floats:
    """Square the standardised regression coefficients; parameters as in :func:`shapley`.

    Parameters
    ----------
    covariance : array_like, shape (..., p + 1, p + 1)
        As in :func:`shapley`.

    Returns
    -------
    ndarray, shape (..., p)
        What each driver would explain if it varied alone; it does not add to R².
    """
    stack, shape = _stack(covariance)
    beta = np.linalg.solve(stack[:, :-1, :-1], stack[:, :-1, -1:])
    return np.asarray(beta[..., 0] ** 2).reshape(*shape, -1)


def separate(covariance: ArrayLike) -> Floats:
    """Square each driver's own correlation with the outcome; parameters as in :func:`shapley`.

    Parameters
    ----------
    covariance : array_like, shape (..., p + 1, p + 1)
        As in :func:`shapley`.

    Returns
    -------
    ndarray, shape (..., p)
        What each driver explains alone; what they share is counted for each.
    """
    stack, shape = _stack(covariance)
    return np.asarray(stack[:, :-1, -1] ** 2).reshape(*shape, -1)


#: The four rules by name; the last two do not add to R².
METHODS: dict[str, Callable[[ArrayLike], Floats]] = {
    N_("shapley"): shapley,
    N_("johnson"): johnson,
    N_("regression"): regression,
    N_("correlation"): separate,
}


def _stack(covariance: ArrayLike) -> tuple[Floats, tuple[int, ...]]:
    """Make one stack of correlation matrices; a variance of 0 correlates with nothing."""
    given = np.asarray(covariance, float)
    stack = given.reshape(-1, *given.shape[-2:])
    spread = np.sqrt(np.maximum(np.diagonal(stack, axis1=1, axis2=2), 0))
    spread = np.where(spread > 0, spread, np.inf)
    scaled = stack / spread[:, :, None] / spread[:, None, :]
    here = np.arange(stack.shape[-1])
    scaled[:, here, here] = 1
    return scaled, given.shape[:-2]


def _subsets(stack: Floats) -> Floats:
    """Give R² for every subset, shape (matrices, 2**p); bit j of the position says j is in."""
    left = stack[:, None]
    for _driver in range(stack.shape[-1] - 1):
        pivot, row, without = left[..., :1, :1], left[..., :1, 1:], left[..., 1:, 1:]
        # What earlier drivers say in full (a pivot of 0) adds nothing.
        part = row / np.where(pivot > 1e-10, pivot, np.inf)
        left = np.concatenate([without, without - np.swapaxes(row, -1, -2) * part], axis=1)
    return 1 - left[..., 0, 0]


def _order_weights(p: int) -> Floats:
    """Give the weight of each subset's R² in each driver's share, shape (2**p, p)."""
    subsets = np.arange(2**p)
    within = (subsets[:, None] >> np.arange(p)) & 1
    size = within.sum(axis=1)
    enters = np.array([1 / (p * comb(p - 1, k)) for k in range(p)])
    gained = enters[np.maximum(size - 1, 0)][:, None] * within
    return gained - enters[np.minimum(size, p - 1)][:, None] * (1 - within)
