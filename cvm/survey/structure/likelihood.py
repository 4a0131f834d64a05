r"""Maximum likelihood for covariance structures, in one or several groups.

The model of group :math:`g`, for items :math:`x` and constructs :math:`\eta`:

.. math::

   x = \nu + \Lambda\eta + \varepsilon, \qquad \eta = \alpha + B\eta + \zeta, \qquad
   \Sigma = \Lambda(I-B)^{-1}\Psi(I-B)^{-\top}\Lambda^\top + \Theta, \quad
   \mu = \nu + \Lambda(I-B)^{-1}\alpha,

:math:`\Theta` diagonal. The discrepancy to observed moments :math:`S, m` is

.. math::

   F_g = \log|\Sigma| - \log|S| + \operatorname{tr}(S\Sigma^{-1}) - p
       + (m-\mu)^\top\Sigma^{-1}(m-\mu),

and :math:`\sum_g n_g F_g` at its minimum is the chi-square of the model (Bollen 1989). It is
minimised by Fisher scoring with the exact derivatives of :math:`\Sigma` and :math:`\mu`,
damped (Levenberg-Marquardt) where the information is nearly singular, as it is when a model
is improper. The inverse of the information gives the standard errors.

With case weights, or where answers are not normal, the *robust* version holds: a sandwich
for the standard errors, and the mean of chi-square put right by a factor (Satorra & Bentler
1994).

References
----------
Bollen, K. A. (1989). *Structural Equations with Latent Variables*. Wiley.
Satorra, A. & Bentler, P. M. (1994). Corrections to test statistics and standard errors in
covariance structure analysis. In *Latent Variables Analysis*, 399-419. Sage.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Cell", "Fitted", "Group", "Implied", "fit", "implied", "robust"]

Floats = NDArray[np.float64]

#: Scoring ends when a step promises to lower chi-square by less than this.
ENOUGH, ROUNDS = 1e-9, 1000


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One entry of one matrix of one group.

    Parameters
    ----------
    kind : {"loading", "path", "factor", "residual", "intercept", "mean"}
        Of Lambda, B, Psi, Theta, nu or alpha.
    group, row, col : int
        Its place; vectors use ``row``. A path's row is the effect.
    free : int
        Position of its parameter; -1 if it is fixed. Cells that share a position are equal.
    value : float
        The fixed value, or where to start.
    """

    kind: str
    group: int
    row: int
    col: int
    free: int
    value: float


@dataclass(frozen=True, kw_only=True)
class Group:
    """What was observed in a group.

    Parameters
    ----------
    x : ndarray, shape (n, items)
    weights : ndarray, shape (n,)
        Case weights with mean 1 over all groups.
    mean : ndarray, shape (items,)
    covariance : ndarray, shape (items, items)
        Divided by the sum of weights.
    """

    x: Floats
    weights: Floats
    mean: Floats
    covariance: Floats

    @property
    def n(self) -> float:
        """The sum of weights."""
        return float(self.weights.sum())


@dataclass(frozen=True, kw_only=True)
class Implied:
    """The matrices of a group, and what they imply."""

    loading: Floats
    path: Floats
    factor: Floats
    residual: Floats
    intercept: Floats
    mean: Floats
    total: Floats
    phi: Floats
    sigma: Floats
    mu: Floats


@dataclass(frozen=True, kw_only=True)
class Fitted:
    """A minimum.

    Parameters
    ----------
    theta : ndarray, shape (parameters,)
    chi2 : float
    information : ndarray, shape (parameters, parameters)
        Expected.
    converged : bool
    rounds : int
    """

    theta: Floats
    chi2: float
    information: Floats
    converged: bool
    rounds: int


def implied(cells: Sequence[Cell], theta: Floats, *, group: int, items: int) -> Implied:
    """Fill the matrices of a group and work out the moments they imply.

    Parameters
    ----------
    cells : sequence of Cell
    theta : ndarray, shape (parameters,)
    group, items : int
        Which group; how many items.
    """
    constructs = 1 + max((c.col for c in cells if c.kind == "loading"), default=-1)
    shapes = {
        "loading": (items, constructs), "path": (constructs, constructs),
        "factor": (constructs, constructs), "residual": (items, 1), "intercept": (items, 1),
        "mean": (constructs, 1),
    }  # fmt: skip
    m = {kind: np.zeros(shape) for kind, shape in shapes.items()}
    for c in cells:
        if c.group == group:
            value = c.value if c.free < 0 else theta[c.free]
            m[c.kind][c.row, c.col] = value
            if c.kind == "factor":
                m["factor"][c.col, c.row] = value
    total = np.asarray(np.linalg.inv(np.eye(constructs) - m["path"]), dtype=float)
    phi = total @ m["factor"] @ total.T
    sigma = m["loading"] @ phi @ m["loading"].T + np.diagflat(m["residual"])
    mu = (m["intercept"] + m["loading"] @ total @ m["mean"])[:, 0]
    return Implied(
        loading=m["loading"], path=m["path"], factor=m["factor"], residual=m["residual"][:, 0],
        intercept=m["intercept"][:, 0], mean=m["mean"][:, 0], total=total, phi=phi, sigma=sigma,
        mu=mu,
    )  # fmt: skip


def _derivatives(
    cells: Sequence[Cell], at: Implied, *, group: int, parameters: int
) -> tuple[Floats, Floats]:
    """Derivatives of sigma (parameters, items, items) and mu (parameters, items)."""
    items = len(at.sigma)
    reach, along = at.loading @ at.total, at.loading @ at.phi
    level = at.total @ at.mean
    unit = np.eye(items)
    dsigma, dmu = np.zeros((parameters, items, items)), np.zeros((parameters, items))
    for c in cells:
        if c.group != group or c.free < 0:
            continue
        if c.kind in ("loading", "path"):
            side = unit[:, c.row] if c.kind == "loading" else reach[:, c.row]
            half = np.outer(side, along[:, c.col])
            dsigma[c.free] += half + half.T
            dmu[c.free] += side * level[c.col]
        elif c.kind == "factor":
            half = np.outer(reach[:, c.row], reach[:, c.col])
            dsigma[c.free] += half if c.row == c.col else half + half.T
        elif c.kind == "residual":
            dsigma[c.free, c.row, c.row] += 1
        else:
            dmu[c.free] += unit[:, c.row] if c.kind == "intercept" else reach[:, c.row]
    return dsigma, dmu


def _discrepancy(at: Implied, group: Group, structured: bool) -> float:
    """Chi-square of a group; infinite where sigma is no covariance matrix."""
    try:
        root = np.linalg.cholesky(at.sigma)
    except np.linalg.LinAlgError:
        return np.inf
    log = 2 * np.log(np.diagonal(root)).sum() - np.linalg.slogdet(group.covariance)[1]
    inverse = np.linalg.inv(at.sigma)
    gap = group.mean - at.mu if structured else np.zeros(len(at.mu))
    return float(
        group.n * (log + (inverse * group.covariance).sum() - len(at.sigma) + gap @ inverse @ gap)
    )


def _scoring(
    cells: Sequence[Cell], theta: Floats, groups: Sequence[Group]
) -> tuple[float, Floats, Floats]:
    """Chi-square, half its gradient, and the expected information."""
    structured = any(c.kind == "intercept" for c in cells)
    q = len(theta)
    chi2, gradient, information = 0.0, np.zeros(q), np.zeros((q, q))
    for g, group in enumerate(groups):
        at = implied(cells, theta, group=g, items=len(group.mean))
        chi2 += _discrepancy(at, group, structured)
        if not np.isfinite(chi2):
            return np.inf, gradient, information
        inverse = np.linalg.inv(at.sigma)
        dsigma, dmu = _derivatives(cells, at, group=g, parameters=q)
        gap = group.mean - at.mu if structured else np.zeros(len(at.mu))
        off = inverse @ (at.sigma - group.covariance - np.outer(gap, gap)) @ inverse
        gradient += group.n * (0.5 * np.einsum("kij,ij->k", dsigma, off) - dmu @ inverse @ gap)
        turned = (inverse @ dsigma).reshape(q, -1)
        back = (dsigma @ inverse).reshape(q, -1)
        information += group.n * (0.5 * turned @ back.T + dmu @ inverse @ dmu.T)
    return chi2, gradient, information


def fit(cells: Sequence[Cell], groups: Sequence[Group]) -> Fitted:
    """Minimise chi-square.

    Parameters
    ----------
    cells : sequence of Cell
        The model; means are part of it if it has intercepts.
    groups : sequence of Group

    Returns
    -------
    Fitted
    """
    theta = np.zeros(1 + max(c.free for c in cells))
    for c in cells:
        if c.free >= 0:
            theta[c.free] = c.value
    here = _scoring(cells, theta, groups)
    damp, rounds, promised = 1e-3, 0, np.inf
    while rounds < ROUNDS and damp < 1e12:
        rounds += 1
        chi2, gradient, information = here
        step = -np.linalg.solve(information + damp * np.diag(np.diagonal(information)), gradient)
        promised = float(-gradient @ step)
        there = _scoring(cells, theta + step, groups)
        if there[0] <= chi2 + 1e-12:
            theta, here, damp = theta + step, there, max(damp / 10, 1e-12)
            if promised < ENOUGH:
                break
        else:
            damp *= 10
    return Fitted(
        theta=theta, chi2=here[0], information=here[2], converged=bool(promised < ENOUGH),
        rounds=rounds,
    )  # fmt: skip


def robust(
    cells: Sequence[Cell], fitted: Fitted, groups: Sequence[Group], *, df: int
) -> tuple[Floats, float]:
    """Give the sandwich covariance of the parameters, and the factor of chi-square.

    Parameters
    ----------
    cells, groups
        As given to :func:`fit`.
    fitted : Fitted
        What it found.
    df : int
        Degrees of freedom of chi-square.

    Returns
    -------
    covariance : ndarray, shape (parameters, parameters)
    factor : float
        The mean of chi-square over its degrees of freedom; nan without degrees.
    """
    structured = any(c.kind == "intercept" for c in cells)
    q = len(fitted.theta)
    meat, spread = np.zeros((q, q)), 0.0
    for g, group in enumerate(groups):
        at = implied(cells, fitted.theta, group=g, items=len(group.mean))
        dsigma, dmu = _derivatives(cells, at, group=g, parameters=q)
        inverse = np.linalg.inv(at.sigma)
        y = (group.x - group.mean) @ inverse
        own, mine = inverse @ group.covariance @ inverse, group.weights**2
        # The score of a case, about its mean over the cases.
        flat = 0.5 * dsigma.reshape(q, -1)
        score = _products(y, flat) - flat @ own.ravel() + (y @ dmu.T if structured else 0.0)
        meat += (score * mine[:, None]).T @ score
        length = (y @ at.sigma * y).sum(axis=1)
        size = 0.5 * length**2 - (y @ group.covariance * y).sum(axis=1)
        size += 0.5 * (own * group.covariance).sum()
        spread += float(mine @ (size + (length if structured else 0.0))) / group.n
    bread = np.linalg.pinv(fitted.information)
    factor = (spread - float((bread * meat).sum())) / df if df else np.nan
    return bread @ meat @ bread, factor


def _products(y: Floats, flat: Floats, block: int = 4096) -> Floats:
    """Sum of products of pairs of columns of ``y``, weighed by each row of ``flat``."""
    parts = []
    for start in range(0, len(y), block):
        part = y[start : start + block]
        parts.append((part[:, :, None] * part[:, None, :]).reshape(len(part), -1) @ flat.T)
    return np.concatenate(parts)
