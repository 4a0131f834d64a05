r"""The PLS algorithm on covariance matrices, for a whole batch of samples at once.

A construct's score is a weighted sum of its items, :math:`y_j = x_j^\top w_j`, scaled to
variance 1. Everything the algorithm needs is the covariance matrix :math:`S` of the items:
:math:`\operatorname{cov}(x, y) = SW` and :math:`\operatorname{cov}(y) = C = W^\top SW`.
Each round,

1. *inner*: a construct is approximated by its neighbours, :math:`z = yE`. The centroid
   scheme takes the sign of their correlation, :math:`e_{jk} = \operatorname{sign} c_{jk}`; the
   factorial scheme the correlation itself; the path scheme the regression coefficient for a
   predecessor and the correlation for a successor.
2. *outer*: mode A (reflective) sets :math:`w_j \propto \operatorname{cov}(x_j, z_j)`, mode B
   (formative) :math:`w_j \propto S_{jj}^{-1}\operatorname{cov}(x_j, z_j)`,

until no weight moves. On correlations this is the standardised metric, on covariances the
raw one. A batch of samples runs together; those that have settled are frozen and leave.

A score's sign is free: it is set so that the loadings of its items sum to more than nothing,
and in a bootstrap sample so that its loadings agree with those of the whole sample.

References
----------
Lohmöller, J.-B. (1989). *Latent Variable Path Modeling with Partial Least Squares*.
Physica (at second hand). Tenenhaus et al. (2005), see :mod:`cvm.survey.structure.model`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cvm.survey.structure.model import PathModel

__all__ = ["SCHEMES", "Weighed", "Wiring", "outer_weights", "regress", "wire"]

Floats = NDArray[np.float64]

SCHEMES = ("path", "centroid", "factorial")

#: No weight may move more than this in the last round, and how many rounds there may be.
TOLERANCE, ROUNDS = 1e-8, 300

#: A determinant of correlations below this cannot be told from nothing.
SINGULAR = 1e-10


@dataclass(frozen=True, kw_only=True)
class Wiring:
    """A model as positions.

    Parameters
    ----------
    owner : ndarray of int, shape (items,)
        The construct of each item.
    mask : ndarray of bool, shape (items, constructs)
        The same as a table.
    causes : tuple of ndarray of int
        The predecessors of each construct.
    linked : ndarray of bool, shape (constructs, constructs)
        Whether a path joins them, in either direction.
    formative : tuple of int
        Constructs of mode B.
    """

    owner: NDArray[np.intp]
    mask: NDArray[np.bool_]
    causes: tuple[NDArray[np.intp], ...]
    linked: NDArray[np.bool_]
    formative: tuple[int, ...]


def wire(model: PathModel) -> Wiring:
    """Turn names into positions."""
    place = {name: j for j, name in enumerate(model.constructs)}
    owner = np.repeat(np.arange(len(place)), [len(model.blocks[name]) for name in place])
    causes = tuple(
        np.array([place[c] for c in model.paths.get(name, ())], dtype=np.intp) for name in place
    )
    linked = np.zeros((len(place), len(place)), dtype=bool)
    for to, froms in enumerate(causes):
        linked[to, froms] = linked[froms, to] = True
    return Wiring(
        owner=owner,
        mask=owner[:, None] == np.arange(len(place)),
        causes=causes,
        linked=linked,
        formative=tuple(sorted(place[name] for name in model.formative)),
    )


@dataclass(frozen=True, kw_only=True)
class Weighed:
    """Outer weights of a batch.

    Parameters
    ----------
    weights : ndarray, shape (batch, items, constructs)
        Each construct's score has variance 1; nan where a sample did not settle.
    rounds : ndarray of int, shape (batch,)
        How many rounds each sample took.
    """

    weights: Floats
    rounds: NDArray[np.intp]


def outer_weights(
    covariance: Floats, wiring: Wiring, *, scheme: str, like: Floats | None = None
) -> Weighed:
    """Find the outer weights of every sample of a batch.

    Parameters
    ----------
    covariance : ndarray, shape (batch, items, items)
        Covariances (raw metric) or correlations (standardised metric).
    wiring : Wiring
        The model.
    scheme : {"path", "centroid", "factorial"}
        The inner scheme.
    like : ndarray, shape (items,), optional
        Loadings whose signs the scores should follow.
    """
    found = np.full((len(covariance), *wiring.mask.shape), np.nan)
    rounds = np.full(len(covariance), ROUNDS)
    running = np.flatnonzero(np.isfinite(covariance).all(axis=(1, 2)))
    S = covariance[running]
    W = _unit(S, np.broadcast_to(wiring.mask, (len(S), *wiring.mask.shape)).astype(float))
    for count in range(1, ROUNDS + 1):
        new = _round(S, W, wiring, scheme)
        moved = np.abs(new - W).max(axis=(1, 2), initial=0.0)
        done = moved < TOLERANCE
        found[running[done]], rounds[running[done]] = new[done], count
        go_on = ~done & np.isfinite(moved)
        if not go_on.any():
            break
        running, S, W = running[go_on], S[go_on], new[go_on]
    return Weighed(weights=_signed(covariance, found, wiring, like), rounds=rounds)


def _round(S: Floats, W: Floats, wiring: Wiring, scheme: str) -> Floats:
    with_scores = S @ W
    C = W.swapaxes(1, 2) @ with_scores
    outer = np.where(wiring.mask, with_scores @ _inner(C, wiring, scheme), 0.0)
    for j in wiring.formative:
        own = np.flatnonzero(wiring.owner == j)
        solved = regress(S[:, own[:, None], own], outer[:, own, j])
        outer[:, own, j] = solved
    return _unit(S, outer)


def _inner(C: Floats, wiring: Wiring, scheme: str) -> Floats:
    """Inner weights: column j mixes the neighbours of construct j."""
    if scheme == "centroid":
        return np.sign(C) * wiring.linked
    E = C * wiring.linked
    if scheme == "path":
        for j, causes in enumerate(wiring.causes):
            if len(causes):
                E[:, causes, j] = regress(C[:, causes[:, None], causes], C[:, causes, j])
    return E


def regress(inside: Floats, towards: Floats) -> Floats:
    """Solve the normal equations of a batch; a singular system gives nan.

    Parameters
    ----------
    inside : ndarray, shape (batch, k, k)
        Covariances among the predictors.
    towards : ndarray, shape (batch, k)
        Their covariances with the outcome.
    """
    sizes = np.diagonal(inside, axis1=1, axis2=2).prod(axis=1)
    usable = np.abs(np.linalg.det(inside)) > SINGULAR * sizes
    safe = np.where(usable[:, None, None], inside, np.eye(inside.shape[1]))
    solved = np.linalg.solve(safe, towards[:, :, None])[:, :, 0]
    return np.where(usable[:, None], solved, np.nan)


def _unit(S: Floats, W: Floats) -> Floats:
    """Scale weights so that every score has variance 1."""
    variance = ((S @ W) * W).sum(axis=1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(W / np.sqrt(variance))


def _signed(S: Floats, W: Floats, wiring: Wiring, like: Floats | None) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        loadings = (S @ W) * wiring.mask / np.sqrt(np.diagonal(S, axis1=1, axis2=2))[:, :, None]
    agree = loadings.sum(axis=1) if like is None else (loadings * like[:, None]).sum(axis=1)
    return W * np.where(agree < 0, -1.0, 1.0)[:, None, :]
