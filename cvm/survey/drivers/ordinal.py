r"""Ordered answers: the cumulative model, with its score and its Hessian.

An answer :math:`y` on a scale of :math:`J` ordered points is a satisfaction on a
continuous scale that was cut at thresholds :math:`\alpha_1 < \dots < \alpha_{J-1}`. With
drivers :math:`x`, coefficients :math:`\beta` and a distribution function :math:`F`
(logistic or normal),

.. math:: P(y \le j \mid x) = F(\alpha_j - x'\beta).

**The estimands.** :math:`\beta_k`: by how much one unit of driver :math:`k` moves the
satisfaction behind the answer, in log-odds (logit) or standard deviations (probit);
:math:`\alpha`: where respondents change their answer. Nobody need believe that 9 is as
far from 10 as 1 is from 2, which the mean of an answer takes for granted.

**Assumptions.** Respondents answer independently; one :math:`\beta` serves all thresholds
(parallel lines, for the logit "proportional odds").

**How it is found.** With :math:`u = \alpha_y - x'\beta`, :math:`l = \alpha_{y-1} - x'\beta`,
:math:`P = F(u) - F(l)` and :math:`A = f(u)/P`, :math:`B = f(l)/P`, the log-likelihood has

.. math::

   \frac{\partial \log P}{\partial \alpha_y} = A, \quad
   \frac{\partial \log P}{\partial \alpha_{y-1}} = -B, \quad
   \frac{\partial \log P}{\partial x'\beta} = B - A,

and second derivatives from :math:`A_2 = f'(u)/P - A^2`, :math:`B_2 = -f'(l)/P - B^2` and
:math:`AB`. It is concave for both links (Pratt 1981), so Newton's steps, halved where they
go too far, lead to its one maximum: five or six of them, against some hundred numerical
slopes where the score is not given.

**Weights.** *Counts* say that a row stands for several respondents: they count fully.
*Case weights* say that a respondent stands for more of the population than another: they
carry no more information, so the standard errors are those of the sandwich,
:math:`H^{-1}\bigl(\sum_i w_i^2 s_i s_i'\bigr)H^{-1}`, which do not change if all weights double.
**What the naive answer gets wrong**: weights handed to a program that takes them for counts.
With weights that sum to ten times the sample, its standard errors are too small by the
factor 3.2.

References
----------
McCullagh, P. (1980). Regression models for ordinal data. *Journal of the Royal
Statistical Society B* 42(2), 109-142.
Pratt, J. W. (1981). Concavity of the log likelihood. *Journal of the American
Statistical Association* 76(373), 103-106.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit, ndtr, ndtri

from cvm.errors import CvmError
from cvm.words import _

__all__ = [
    "LINKS",
    "Link",
    "Slopes",
    "Top",
    "at_cuts",
    "climb",
    "curvature",
    "gradient",
    "predicted",
    "slopes",
]

Floats = NDArray[np.float64]
Function = Callable[[Floats], Floats]

#: Beyond the last threshold; far enough that no answer lies there.
FAR = 1e3
#: A chance below this is a rounding error; its logarithm still is a number.
TINY = 1e-300
#: Standardised coefficients beyond this have no end.
ENDLESS = 50.0


@dataclass(frozen=True)
class Link:
    """A distribution of what lies behind the answer.

    Parameters
    ----------
    name : str
        ``"logit"`` or ``"probit"``.
    cdf, density, bend : callable
        Distribution function, density, and the slope of the density.
    quantile : callable
        The distribution function turned round.
    """

    name: str
    cdf: Function
    density: Function
    bend: Function
    quantile: Function


def _logistic(z: Floats) -> Floats:
    tail = np.exp(-np.abs(z))
    return tail / (1 + tail) ** 2


def _normal(z: Floats) -> Floats:
    return np.exp(-0.5 * z * z) / np.sqrt(2 * np.pi)


#: The two links by name.
LINKS = {
    "logit": Link("logit", expit, _logistic, lambda z: _logistic(z) * -np.tanh(z / 2), logit),
    "probit": Link("probit", ndtr, _normal, lambda z: -z * _normal(z), ndtri),
}


@dataclass(frozen=True)
class Slopes:
    """The likelihood of each answer and its derivatives, as the module's text names them."""

    chance: Floats
    A: Floats
    B: Floats
    A2: Floats
    B2: Floats


def slopes(answer: NDArray[np.int64], eta: Floats, thresholds: Floats, link: Link) -> Slopes:
    r"""Give each answer's likelihood and its first and second derivatives.

    Parameters
    ----------
    answer : ndarray of int, shape (n,)
        Which point of the scale, from 0.
    eta : ndarray, shape (n,)
        The drivers' sum, :math:`x'\beta`.
    thresholds : ndarray, shape (J - 1,)
        Rising.
    link : Link
        Of :data:`LINKS`.

    Returns
    -------
    Slopes
    """
    far = FAR + np.abs(thresholds).max() + np.abs(eta).max()
    cuts = np.concatenate([[-far], thresholds, [far]])
    upper, lower = cuts[answer + 1] - eta, cuts[answer] - eta
    # In the right tail both ends are near 1 and their difference is lost; mirror it.
    right = lower + upper > 0
    top, bottom = np.where(right, -lower, upper), np.where(right, -upper, lower)
    chance = np.maximum(link.cdf(top) - link.cdf(bottom), TINY)
    A, B = link.density(upper) / chance, link.density(lower) / chance
    return Slopes(
        chance, A, B, link.bend(upper) / chance - A * A, -link.bend(lower) / chance - B * B
    )


@dataclass(frozen=True)
class Top:
    """Where the climb ended: parameters, derivatives there, steps taken."""

    params: Floats
    hessian: Floats
    score: Floats
    steps: int


def climb(
    answer: NDArray[np.int64],
    z: Floats,
    weights: Floats,
    *,
    link: Link,
    names: Sequence[str],
    start: Floats | None = None,
    maxiter: int = 50,
    tolerance: float = 1e-9,
) -> Top:
    """Find the maximum by Newton's steps on standardised drivers.

    Parameters
    ----------
    answer : ndarray of int, shape (n,)
        Which point of the scale, from 0.
    z : ndarray, shape (n, k)
        Drivers, standardised.
    weights : ndarray, shape (n,)
        What each row counts.
    link : Link
        Of :data:`LINKS`.
    names : sequence of str
        The drivers' names, for messages.
    start : ndarray, optional
        Where to start; from the shares of the answers without it.
    maxiter : int
        Steps at most.
    tolerance : float
        The climb ends where a step promises less than this times the log-likelihood.

    Returns
    -------
    Top

    Raises
    ------
    CvmError
        If drivers repeat each other, or if the coefficients have no end.
    """
    points, k = int(answer.max()) + 1, z.shape[1]
    params = _start(answer, weights, points, k, link) if start is None else start
    at, height = _look(params, answer, z, weights, k, link)
    for step in range(1, maxiter + 1):
        score = gradient(at, answer, z, weights, points)
        hessian = curvature(at, answer, z, weights, points)
        move = _solve(hessian, score, names)
        if score @ move < tolerance * 1e-3 * (1 + abs(height)):
            return Top(params, hessian, score, step)
        ahead, higher = _look(params + move, answer, z, weights, k, link)
        while not higher >= height - 1e-12 * abs(height):  # too long a step, or thresholds crossed
            move = move / 2
            ahead, higher = _look(params + move, answer, z, weights, k, link)
        params, at, height = params + move, ahead, higher
        if np.abs(params[:k]).max() > ENDLESS:
            break
    raise CvmError(
        _("The drivers tell the answers apart so well that the coefficients have no end."),
        given=", ".join(names),
        remedy=_("Join rare points of the scale, or leave out the driver that decides alone."),
    )


def _look(
    params: Floats, answer: NDArray[np.int64], z: Floats, weights: Floats, k: int, link: Link
) -> tuple[Any, float]:
    if (np.diff(params[k:]) <= 0).any():
        return None, -np.inf
    at = slopes(answer, z @ params[:k], params[k:], link)
    return at, float(weights @ np.log(at.chance))


def _start(answer: NDArray[np.int64], weights: Floats, points: int, k: int, link: Link) -> Floats:
    share = np.bincount(answer, weights, points) / weights.sum()
    return np.concatenate([np.zeros(k), link.quantile(np.cumsum(share)[:-1])])


def _solve(hessian: Floats, score: Floats, names: Sequence[str]) -> Floats:
    scale = np.sqrt(np.abs(np.diag(hessian)))
    if np.linalg.cond(hessian / np.outer(scale, scale)) > 1e12:
        raise CvmError(
            _("Some drivers repeat what the others say together."),
            given=", ".join(names),
            remedy=_("Leave one of them out; a total cannot stand beside all of its parts."),
        )
    return np.asarray(np.linalg.solve(-hessian, score), float)


def gradient(
    at: Slopes, answer: NDArray[np.int64], x: Floats, weights: Floats, points: int
) -> Floats:
    """Give the slope of the log-likelihood; parameters as in :func:`slopes` and :func:`climb`."""
    up = np.bincount(answer, weights * at.A, points)[:-1]
    down = np.bincount(answer, weights * at.B, points)[1:]
    return np.concatenate([x.T @ (weights * (at.B - at.A)), up - down])


def curvature(
    at: Slopes, answer: NDArray[np.int64], x: Floats, weights: Floats, points: int
) -> Floats:
    """Give the second derivatives; parameters as in :func:`slopes` and :func:`climb`."""
    k, cross = x.shape[1], weights * at.A * at.B
    up, down = weights * at.A2, weights * at.B2
    whole = np.empty((k + points - 1, k + points - 1))
    whole[:k, :k] = x.T @ (x * (up + down + 2 * cross)[:, None])
    cuts = whole[k:, k:]
    cuts[:] = np.diag(np.bincount(answer, up, points)[:-1] + np.bincount(answer, down, points)[1:])
    between = np.bincount(answer, cross, points)[1:-1]
    cuts += np.diag(between, 1) + np.diag(between, -1)
    # By answer: what moves the upper threshold, and what moves the lower one.
    member = np.eye(points)[answer]
    upper = member.T @ (x * (up + cross)[:, None])
    lower = member.T @ (x * (down + cross)[:, None])
    whole[k:, :k] = -(upper[:-1] + lower[1:])
    whole[:k, k:] = whole[k:, :k].T
    return whole


def at_cuts(up: Floats, down: Floats, answer: NDArray[np.int64], points: int) -> Floats:
    """Put each row's slopes at its own two thresholds.

    Parameters
    ----------
    up, down : ndarray, shape (n,)
        Slopes by the threshold above the answer, and by the one below it.
    answer : ndarray of int, shape (n,)
        Which point of the scale, from 0.
    points : int
        Points of the scale.

    Returns
    -------
    ndarray, shape (n, points - 1)
    """
    wide = np.zeros((len(answer), points + 1))  # with the two ends that are no parameters
    row = np.arange(len(answer))
    wide[row, answer + 1] += up
    wide[row, answer] += down
    return wide[:, 1:-1]


def predicted(params: Any, exog: Any, link: Link) -> Floats:
    """Give the chance of each point of the scale.

    Parameters
    ----------
    params : array_like
        Coefficients, then thresholds.
    exog : array_like, shape (n, k)
        Drivers.
    link : Link
        Of :data:`LINKS`.

    Returns
    -------
    ndarray, shape (n, J)
        Rows add to 1.
    """
    x, given = np.asarray(exog, float), np.asarray(params, float)
    eta = x @ given[: x.shape[1]]
    below = link.cdf(given[x.shape[1] :] - eta[:, None])
    ends = np.zeros((len(x), 1)), np.ones((len(x), 1))
    return np.asarray(np.diff(np.hstack([ends[0], below, ends[1]]), axis=1), float)
