r"""One common factor by maximum likelihood, for many covariance matrices at once.

The model says :math:`\Sigma = \lambda\lambda' + \Psi`, :math:`\Psi` diagonal. The discrepancy

.. math:: F = \ln|\Sigma| + \operatorname{tr}(S\Sigma^{-1}) - \ln|S| - k

is brought down by Fisher scoring. With :math:`W = \Sigma^{-1}`, :math:`v = W\lambda` and
:math:`c = \lambda'v`,

.. math::

   \nabla_\lambda F &= 2\,W(\Sigma - S)v, &
   \nabla_\psi F &= \operatorname{diag}\bigl(W(\Sigma - S)W\bigr), \\
   H_{\lambda\lambda} &= 2\,(cW + vv'), &
   H_{\psi\psi} &= W \circ W, \qquad H_{\lambda\psi} = 2\,W \circ (v\mathbf 1'),

and :math:`2 H^{-1}/(n-1)` is the covariance of the estimates under normal answers. A
bootstrap refits the model a thousand times: here as one block of matrices, from the
estimates of the sample, in a handful of steps.

A uniqueness that wants to fall below :data:`FLOOR` (a Heywood case) is held there and
reported.

References
----------
Lawley, D. N. & Maxwell, A. E. (1971). *Factor Analysis as a Statistical Method*, 2nd ed.
Butterworths.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["FLOOR", "OneFactor", "one_factor"]

Floats = NDArray[np.float64]

#: Smallest uniqueness of a standardised item, as in common programs.
FLOOR = 0.005
STEPS, ENOUGH = 200, 1e-10


@dataclass(frozen=True)
class OneFactor:
    """Fits of the one-factor model to correlation matrices.

    Parameters
    ----------
    loadings, uniquenesses : ndarray, shape (r, k)
        Of standardised items; loadings add up to more than nothing.
    discrepancy : ndarray, shape (r,)
        F at the end; times n - 1 it is the likelihood ratio statistic.
    converged : ndarray of bool, shape (r,)
        Whether the last step was small.
    """

    loadings: Floats
    uniquenesses: Floats
    discrepancy: Floats
    converged: NDArray[np.bool_]


def one_factor(correlation: Floats, *, start: tuple[Floats, Floats] | None = None) -> OneFactor:
    """Fit one factor to each of a block of correlation matrices.

    Parameters
    ----------
    correlation : ndarray, shape (r, k, k)
        Positive definite, k at least 3.
    start : pair of ndarray, shape (k,), optional
        Loadings and uniquenesses to start from.

    Returns
    -------
    OneFactor
    """
    r, k, _same = correlation.shape
    load, unique = _start(correlation) if start is None else start
    theta = np.concatenate(
        [np.broadcast_to(load, (r, k)), np.broadcast_to(unique, (r, k))], axis=1
    ).copy()
    value = _discrepancy(correlation, theta)
    active = np.ones(r, bool)
    for _step in range(STEPS):
        at = np.flatnonzero(active)
        if not len(at):
            break
        old, s = theta[at], correlation[at]
        gradient, information = scores(s, old)
        stuck = (old[:, k:] <= FLOOR) & (gradient[:, k:] > 0)
        move = _solved(gradient, information, stuck)
        new, found = _shortened(s, old, value[at], move)
        theta[at], value[at] = new, found
        active[at] = np.abs(new - old).max(axis=1) > ENOUGH
    sign = np.where(theta[:, :k].sum(axis=1, keepdims=True) < 0, -1.0, 1.0)
    return OneFactor(theta[:, :k] * sign, theta[:, k:], value, ~active)


def scores(s: Floats, theta: Floats) -> tuple[Floats, Floats]:
    """Give the gradient of F and its expected Hessian.

    Parameters
    ----------
    s : ndarray, shape (r, k, k)
        Correlation matrices.
    theta : ndarray, shape (r, 2 k)
        Loadings, then uniquenesses.

    Returns
    -------
    gradient : ndarray, shape (r, 2 k)
    information : ndarray, shape (r, 2 k, 2 k)
    """
    k = s.shape[-1]
    load = theta[:, :k]
    sigma = _implied(theta)
    w = np.linalg.inv(sigma)
    v = np.einsum("rij,rj->ri", w, load)
    c = np.einsum("ri,ri->r", load, v)
    gap = w @ (sigma - s)
    gradient = np.concatenate(
        [2 * np.einsum("rij,rj->ri", gap, v), np.einsum("rij,rji->ri", gap, w)], axis=1
    )
    information = np.empty((len(s), 2 * k, 2 * k))
    information[:, :k, :k] = 2 * (c[:, None, None] * w + v[:, :, None] * v[:, None, :])
    information[:, k:, k:] = w**2
    information[:, :k, k:] = 2 * w * v[:, None, :]
    information[:, k:, :k] = information[:, :k, k:].transpose(0, 2, 1)
    return gradient, information


def _start(correlation: Floats) -> tuple[Floats, Floats]:
    """Take the first principal axis, drawn in a little."""
    roots, axes = np.linalg.eigh(correlation)
    load = axes[:, :, -1] * np.sqrt(roots[:, -1:]) * 0.8
    return load, np.clip(1 - load**2, 0.1, 1)


def _implied(theta: Floats) -> Floats:
    k = theta.shape[1] // 2
    load = theta[:, :k]
    return np.asarray(load[:, :, None] * load[:, None, :] + theta[:, k:, None] * np.eye(k))


def _discrepancy(s: Floats, theta: Floats) -> Floats:
    k = s.shape[-1]
    load, unique = theta[:, :k], theta[:, k:]
    # One factor: determinant and inverse need no matrix algebra.
    scaled = load / unique
    c = 1 + np.einsum("ri,ri->r", load, scaled)
    inner = np.einsum("ri,rij,rj->r", scaled, s, scaled) / c
    trace = np.einsum("rii,ri->r", s, 1 / unique) - inner
    own = np.linalg.slogdet(s)[1]
    return np.asarray(np.log(unique).sum(axis=1) + np.log(c) + trace - own - k)


def _solved(gradient: Floats, information: Floats, stuck: NDArray[np.bool_]) -> Floats:
    k = stuck.shape[1]
    held = np.concatenate([np.zeros_like(stuck), stuck], axis=1)
    keep = ~(held[:, :, None] | held[:, None, :])
    ridge = 1e-10 * np.eye(2 * k)
    fixed = np.where(keep, information, 0.0) + held[:, :, None] * np.eye(2 * k) + ridge
    return np.asarray(np.linalg.solve(fixed, np.where(held, 0.0, gradient)[..., None])[..., 0])


def _shortened(s: Floats, old: Floats, value: Floats, move: Floats) -> tuple[Floats, Floats]:
    """Take the step, halved where it would climb."""
    k = s.shape[-1]
    length = np.ones((len(s), 1))
    for _half in range(12):
        new = old - length * move
        new[:, k:] = np.maximum(new[:, k:], FLOOR)
        found = _discrepancy(s, new)
        worse = ~(found <= value + 1e-12)
        if not worse.any():
            return new, found
        length[worse] /= 2
    new[worse], found[worse] = old[worse], value[worse]
    return new, found
