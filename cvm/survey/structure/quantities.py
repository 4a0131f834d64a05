r"""What a path model says, computed for a whole batch of samples from their moments.

With the outer weights in hand, all else is arithmetic on the correlations :math:`C` of the
scores. Path coefficients are regressions on :math:`C`; total effects
:math:`(I-B)^{-1} - I`.

**Consistent PLS.** Scores hold the errors of their items, so :math:`C` is too small where
constructs are measured by few noisy items (attenuation). Dijkstra & Henseler (2015) put
this right: the reliability of a score is

.. math::

   \rho_A = (w^\top w)^2\,\frac{w^\top(S - \operatorname{diag} S)w}
   {w^\top(ww^\top - \operatorname{diag} ww^\top)w},

the correlation of two constructs is :math:`c_{jk}/\sqrt{\rho_j\rho_k}` and the loadings are
:math:`w\sqrt{\rho_A}/(w^\top w)`. Single items and formative constructs count as reliable.

**Reliability.** ``alpha`` is Cronbach's of the standardised items; ``rho_c`` composite
reliability (Jöreskog; Dillon-Goldstein) from the loadings; ``rho_a`` as above; ``ave`` the
average variance extracted (Fornell & Larcker 1981). ``htmt`` is the mean absolute correlation
between the items of two constructs over the geometric mean of those within (Henseler, Ringle &
Sarstedt 2015, whose correlations are all positive); it should stay under 0.85 or 0.9.

**Index and impact.** With unstandardised weights :math:`u`, a construct's index is

.. math:: 100\,\frac{\sum u_k(x_k - \min_k)}{\sum u_k(\max_k - \min_k)}

(Fornell et al. 1996). The impact of one on another is the path coefficient times the ratio
of the indexes' standard deviations: index points gained for one point more. With consistent
PLS both deviations are those without error.

References
----------
Dijkstra, T. K. & Henseler, J. (2015). Consistent partial least squares path modeling. *MIS
Quarterly* 39(2), 297-316.
Fornell, C. & Larcker, D. F. (1981). Evaluating structural equation models with unobservable
variables and measurement error. *Journal of Marketing Research* 18(1), 39-50.
Henseler, J., Ringle, C. M. & Sarstedt, M. (2015). A new criterion for assessing discriminant
validity. *Journal of the Academy of Marketing Science* 43(1), 115-135.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cvm.survey.structure.algorithm import Wiring, outer_weights, regress
from cvm.survey.structure.moments import covariance_to_correlation

__all__ = ["Plan", "Quantities", "quantities"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How a path model is to be estimated; fields as the arguments of ``pls``."""

    wiring: Wiring
    scheme: str
    raw: bool
    consistent: bool
    low: Floats
    high: Floats


@dataclass(frozen=True, kw_only=True)
class Quantities:
    """Everything estimated, with a first axis for the batch.

    Parameters
    ----------
    weights, loadings : ndarray, shape (batch, items)
    correlations, paths, total, htmt, direct_impact, total_impact : ndarray
        Shape (batch, constructs, constructs); ``paths[b, to, cause]``, and so the others.
    r2, alpha, rho_c, rho_a, ave, index, index_sd : ndarray, shape (batch, constructs)
    scoring : ndarray, shape (batch, items)
        Index points for one point of an item above its lowest answer.
    rounds : ndarray of int, shape (batch,)
    proper : ndarray of bool, shape (batch,)
        Whether the constructs' correlations can be correlations at all (no eigenvalue below
        nothing). Consistent PLS may give others.
    """

    weights: Floats
    loadings: Floats
    correlations: Floats
    paths: Floats
    total: Floats
    r2: Floats
    alpha: Floats
    rho_c: Floats
    rho_a: Floats
    ave: Floats
    htmt: Floats
    index: Floats
    index_sd: Floats
    direct_impact: Floats
    total_impact: Floats
    scoring: Floats
    rounds: NDArray[np.intp]
    proper: NDArray[np.bool_]


def quantities(
    mean: Floats, covariance: Floats, plan: Plan, *, like: Floats | None = None
) -> Quantities:
    """Estimate a model in every sample of a batch.

    Parameters
    ----------
    mean : ndarray, shape (batch, items)
    covariance : ndarray, shape (batch, items, items)
    plan : Plan
        Model and method.
    like : ndarray, shape (items,), optional
        Loadings whose signs to follow.

    Returns
    -------
    Quantities
        A sample that cannot be estimated (not settled, or singular) has nan in ``paths``.
    """
    wiring = plan.wiring
    R = covariance_to_correlation(covariance)
    weighed = outer_weights(covariance if plan.raw else R, wiring, scheme=plan.scheme, like=like)
    sd = np.sqrt(np.diagonal(covariance, axis1=1, axis2=2))
    # From here on weights are for standardised items, so that both metrics share what follows.
    W = weighed.weights * (sd[:, :, None] if plan.raw else 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        C, loadings, reliable = _scores(R, W, plan)
        B, r2 = _paths(C, wiring)
        alpha, htmt = _between(R, wiring)
        scoring = _scoring(W.sum(axis=2) / sd, plan)
        index_cov = _grouped(covariance * scoring[:, :, None] * scoring[:, None, :], wiring)
        index_sd = np.sqrt(np.diagonal(index_cov, axis1=1, axis2=2))
        true_sd = index_sd * np.sqrt(reliable if plan.consistent else 1.0)
        ratio = true_sd[:, :, None] / true_sd[:, None, :]
    total = np.linalg.inv(np.eye(B.shape[1]) - B) - np.eye(B.shape[1])
    rho_c, ave = _composite(loadings, wiring)
    return Quantities(
        weights=W.sum(axis=2), loadings=loadings, correlations=C, paths=B, total=total, r2=r2,
        alpha=alpha, rho_c=rho_c, rho_a=_only_reflective(reliable, wiring), ave=ave, htmt=htmt,
        index=((mean - plan.low) * scoring) @ wiring.mask, index_sd=index_sd,
        direct_impact=B * ratio, total_impact=total * ratio, scoring=scoring,
        rounds=weighed.rounds, proper=_possible(C),
    )  # fmt: skip


def _scores(R: Floats, W: Floats, plan: Plan) -> tuple[Floats, Floats, Floats]:
    """Correlations of the constructs, loadings, and the reliability of the scores."""
    mask, w = plan.wiring.mask, W.sum(axis=2)
    RW = R @ W
    C = W.swapaxes(1, 2) @ RW
    loadings = (RW * mask).sum(axis=2)
    size = w**2 @ mask
    # Scores have variance 1, so w'(S - diag S)w is 1 less the sum of squares of the weights.
    reliable = size**2 * (1 - size) / (size**2 - w**4 @ mask)
    for j in (*plan.wiring.formative, *np.flatnonzero(mask.sum(axis=0) == 1)):
        reliable[:, j] = np.where(np.isnan(size[:, j]), np.nan, 1.0)
    if plan.consistent:
        root = np.sqrt(np.where(reliable > 0, reliable, np.nan))
        C = C / (root[:, :, None] * root[:, None, :])
        C[:, range(C.shape[1]), range(C.shape[1])] = 1.0
        mended = w * ((root / size) @ mask.T)
        free = [j for j in range(mask.shape[1]) if j not in plan.wiring.formative]
        loadings = np.where(mask[:, free].any(axis=1), mended, loadings)
    return C, loadings, reliable


def _possible(C: Floats) -> NDArray[np.bool_]:
    """Say which matrices are correlation matrices: no eigenvalue below nothing."""
    whole = np.asarray(np.isfinite(C).all(axis=(1, 2)))
    safe = np.where(whole[:, None, None], C, np.eye(C.shape[1]))
    return np.asarray(whole & (np.linalg.eigvalsh(safe)[:, 0] > 0))


def _paths(C: Floats, wiring: Wiring) -> tuple[Floats, Floats]:
    B, r2 = np.zeros_like(C), np.full(C.shape[:2], np.nan)
    for j, causes in enumerate(wiring.causes):
        if len(causes):
            B[:, j, causes] = regress(C[:, causes[:, None], causes], C[:, causes, j])
            r2[:, j] = (B[:, j, causes] * C[:, causes, j]).sum(axis=1)
    return B, r2


def _grouped(M: Floats, wiring: Wiring) -> Floats:
    """Sum a batch of item matrices over the blocks of two constructs."""
    mask = wiring.mask.astype(float)
    return np.asarray(mask.T @ M @ mask)


def _between(R: Floats, wiring: Wiring) -> tuple[Floats, Floats]:
    """Standardised alpha, and HTMT of every two constructs."""
    k = wiring.mask.sum(axis=0).astype(float)
    alpha = k / (k - 1) * (1 - k / np.diagonal(_grouped(R, wiring), axis1=1, axis2=2))
    sums = _grouped(np.abs(R), wiring)
    # A single item agrees with itself.
    own = np.diagonal(sums, axis1=1, axis2=2)
    inside = np.where(k > 1, (own - k) / (k * (k - 1)), 1.0)
    across = sums / np.outer(k, k)
    htmt = across / np.sqrt(inside[:, :, None] * inside[:, None, :])
    htmt[:, range(len(k)), range(len(k))] = np.nan
    return _only_reflective(np.where(k > 1, alpha, np.nan), wiring), htmt


def _composite(loadings: Floats, wiring: Wiring) -> tuple[Floats, Floats]:
    mask = wiring.mask.astype(float)
    summed, squares, k = (loadings @ mask) ** 2, loadings**2 @ mask, mask.sum(axis=0)
    rho_c = _only_reflective(summed / (summed + k - squares), wiring)
    return rho_c, _only_reflective(squares / k, wiring)


def _only_reflective(values: Floats, wiring: Wiring) -> Floats:
    """Blank what says nothing: the reliability of a single item, or of what is no mirror."""
    silent: NDArray[np.bool_] = np.asarray(wiring.mask.sum(axis=0) == 1)
    silent[list(wiring.formative)] = True
    return np.where(silent, np.nan, values)


def _scoring(u: Floats, plan: Plan) -> Floats:
    mask = plan.wiring.mask
    span = (u * (plan.high - plan.low)) @ mask
    return 100 * u / (span @ mask.T)
