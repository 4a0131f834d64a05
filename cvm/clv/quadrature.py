r"""Two integrals, safe for any parameters.

**Over dropping out** (BG/NBD): :math:`E_p[(1 - (1+p\,t/\beta)^{-n})/p]` for
:math:`p \sim \text{Beta}(a, b)`. In :math:`u = \operatorname{logit} p` everything is smooth
and dies away at both ends, so equal steps of a sinh-stretched :math:`u` converge
geometrically. The steps are fine enough for the narrowest of the spread of :math:`u` and the
places where its factors bend.

**Over the day of death** (Pareto/NBD), relative to being alive at T:

.. math::

   D = \int_0^g \Bigl(1+\tfrac{u}{A}\Bigr)^{-n}\Bigl(1+\tfrac{u}{B}\Bigr)^{-s-1} du,
   \qquad A = \alpha + t_x,\; B = \beta + t_x,\; g = T - t_x .

If A = B the integrand is a power of :math:`m + u`; with m the harmonic mean of A and B
weighted by n and s + 1, the power matches the slope at the start. In
:math:`v = ((m+u)/m)^{-(n+s)/8}` the integrand is then close to :math:`v^7`, which 16 Gauss
points take exactly. Where A and B differ by more than a factor of 12, eight panels of 16
points in the logarithm of time follow both scales. Against 40-digit arithmetic on 700 hard
cases (r, s from 0.03 to 60, scales from 0.01 to 3,000, up to 1,000 purchases) the error in
the log-likelihood stays below 3e-11; the textbook difference of two hypergeometric functions
has no digit left on some of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_expit

__all__ = ["DEATH_NODES", "death_nodes", "mean_over_beta"]

Floats = NDArray[np.float64]

#: Gauss points a row, and the power the easy rule is built for.
DEATH_NODES, POWER = 16, 8
#: ln(A/B) up to which the easy rule serves, and the panels beyond.
EASY, PANELS = 2.5, 8
#: Nodes at most for the mean over dropping out, and cells worked at once.
MOST, CELLS = 4000, 2_000_000
#: Rows worked at once in the integral over the day of death.
PIECE = 1_024
_X, _W = np.polynomial.legendre.leggauss(DEATH_NODES)


def mean_over_beta(n: Any, rate: Any, a: Any, b: Any, ahead: Any) -> Floats:
    """Give the expected purchases until dropping out or the end, whichever comes first.

    Parameters
    ----------
    n, rate : array_like
        Shape and rate of the gamma distribution of a living customer's buying.
    a, b : array_like
        Of the beta distribution of the chance to drop out after a purchase.
    ahead : array_like
        Time, zero or positive.

    Returns
    -------
    ndarray
        Broadcast; between 0 and ``n / rate * ahead``.
    """
    args = np.broadcast_arrays(*(np.asarray(v, float) for v in (n, rate, a, b, ahead)))
    shape = args[0].shape
    rows, back = np.unique(np.column_stack([v.ravel() for v in args]), axis=0, return_inverse=True)
    size = _nodes(*rows.T)
    block = max(1, CELLS // size)
    parts = [_beta_rows(rows[i : i + block], size) for i in range(0, len(rows), block)]
    return np.concatenate(parts)[back.ravel()].reshape(shape)


def _reach(n: Floats, c: Floats, a: Floats, b: Floats) -> tuple[Floats, Floats, Floats]:
    """Give the spread of the logit, how far to go, and how fine, in the stretched variable."""
    spread = np.sqrt(1 / a + 1 / b)
    left = np.log1p(n) + np.log1p(c)  # where (1 - (1+pc)^-n)/p bends
    far = 40 / np.minimum(a, b) / spread + left / spread
    bend = np.abs(np.log(a / b)) + left + 3
    return (
        spread,
        np.arcsinh(np.maximum(far, 10)),
        np.minimum(0.15, 0.5 / np.sqrt(spread**2 + bend**2)),
    )


def _nodes(n: Floats, rate: Floats, a: Floats, b: Floats, ahead: Floats) -> int:
    _spread, end, step = _reach(n, ahead / rate, a, b)
    return int(min(MOST, np.ceil(2 * np.max(end / step)) + 1))


def _beta_rows(rows: Floats, size: int) -> Floats:
    n, rate, a, b, ahead = rows.T
    c = ahead / rate
    spread, end, _step = _reach(n, c, a, b)
    grid = end[:, None] * np.linspace(-1, 1, size)
    u = np.log(a / b)[:, None] + spread[:, None] * np.sinh(grid)
    density = a[:, None] * log_expit(u) + b[:, None] * log_expit(-u) + np.log(np.cosh(grid))
    weight = np.exp(density - density.max(axis=1, keepdims=True))
    p = np.exp(np.maximum(log_expit(u), -600))
    gain = -np.expm1(-n[:, None] * np.log1p(p * c[:, None])) / p
    return (weight * gain).sum(axis=1) / weight.sum(axis=1)


def death_nodes(
    n: Floats, s: Any, A: Floats, B: Floats, g: Floats
) -> Iterator[tuple[Any, Floats, Floats]]:
    """Give the points and weights of the integral over the day of death.

    Parameters
    ----------
    n : ndarray, shape (rows,)
        Exponent of A.
    s : float or ndarray
        Exponent of B, less one.
    A, B : ndarray, shape (rows,)
        Scales.
    g : ndarray, shape (rows,)
        The length of the interval.

    Yields
    ------
    rows : ndarray of int or slice
        Which rows; a few at a time, so that what is worked on stays in the cache.
    u, log_weight : ndarray, shape (rows, points)
        Their points, and the logs of the weights that the integrand is to be multiplied with.
    """
    s = np.broadcast_to(np.asarray(s, float), n.shape)
    easy = np.abs(np.log(A / B)) <= EASY
    for chosen, rule, piece in ((easy, _powers, PIECE), (~easy, _panels, PIECE // PANELS)):
        places = np.flatnonzero(chosen)
        for begin in range(0, len(places), piece):
            rows = places[begin : begin + piece]
            yield rows, *rule(n[rows], s[rows], A[rows], B[rows], g[rows])


def _powers(n: Floats, s: Floats, A: Floats, B: Floats, g: Floats) -> tuple[Floats, Floats]:
    m = (n + s + 1) / (n / A + (s + 1) / B)
    k = (n + s) / POWER
    width = -np.expm1(-k * np.log1p(g / m))
    log_v = np.log1p(-width[:, None] * ((1 - _X) / 2))
    z = -log_v / k[:, None]
    # du = m e^z dz and dz = -dv / (k v)
    scale = np.log(np.maximum(m * width / (2 * k), 1e-300))
    return m[:, None] * np.expm1(z), np.log(_W) + scale[:, None] + z - log_v


def _panels(n: Floats, s: Floats, A: Floats, B: Floats, g: Floats) -> tuple[Floats, Floats]:
    c = np.minimum(A / n, B / (s + 1))
    half = np.log1p(g / c) / PANELS / 2
    places = (2 * np.arange(PANELS)[:, None] + 1 + _X).ravel()
    z = half[:, None] * places
    scale = np.log(np.maximum(c * half, 1e-300))
    return c[:, None] * np.expm1(z), np.tile(np.log(_W), PANELS) + scale[:, None] + z
