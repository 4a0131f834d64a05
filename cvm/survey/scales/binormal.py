r"""The bivariate normal distribution, for whole arrays at once.

.. math:: \Phi_2(a, b; \rho) = \Phi(a)\Phi(b) + \frac{1}{2\pi} \int_0^{\arcsin\rho}
   \exp\!\left(-\frac{a^2 + b^2 - 2ab\sin\theta}{2\cos^2\theta}\right) d\theta,

by Gauss-Legendre quadrature. The error stays below 1e-12 for correlations up to 0.999 (a
test holds it against SciPy's own).

References
----------
Drezner, Z. & Wesolowsky, G. O. (1990). On the computation of the bivariate normal integral.
*Journal of Statistical Computation and Simulation* 35, 101-107. Genz, A. (2004). Numerical
computation of rectangular bivariate and trivariate normal and t probabilities. *Statistics
and Computing* 14, 251-260. Both at second hand.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

__all__ = ["binormal_cdf", "binormal_pdf"]

Floats = NDArray[np.float64]

NODES, WEIGHTS = np.polynomial.legendre.leggauss(48)
#: Beyond eight standard deviations there is nobody.
FAR = 8.5


def binormal_cdf(a: ArrayLike, b: ArrayLike, rho: ArrayLike) -> Floats:
    """Give the chance that both standard normals stay below their bounds.

    Parameters
    ----------
    a, b : array_like
        Bounds, infinite ones allowed; broadcast.
    rho : array_like
        Correlation, between -1 and 1 without the ends; broadcast.

    Returns
    -------
    ndarray
    """
    x, y, r = np.broadcast_arrays(*(np.asarray(v, float) for v in (a, b, rho)))
    x, y = np.clip(x, -FAR, FAR), np.clip(y, -FAR, FAR)
    half = np.arcsin(r) / 2
    total = np.zeros(x.shape)
    squares, product = (x**2 + y**2) / 2, x * y
    for node, weight in zip(NODES, WEIGHTS, strict=True):  # a loop of arrays holds little
        sine = np.sin(half * (1 + node))
        total += weight * np.exp((product * sine - squares) / (1 - sine**2))
    return np.asarray(ndtr(x) * ndtr(y) + total * half / (2 * np.pi))


def binormal_pdf(a: ArrayLike, b: ArrayLike, rho: ArrayLike) -> Floats:
    """Give the density of two standard normals; 0 at infinity.

    Parameters
    ----------
    a, b, rho
        As in :func:`binormal_cdf`.

    Returns
    -------
    ndarray
    """
    x, y, r = np.broadcast_arrays(*(np.asarray(v, float) for v in (a, b, rho)))
    far = np.isinf(x) | np.isinf(y)
    x, y = np.where(far, 0, x), np.where(far, 0, y)
    left = 1 - r**2
    density = np.exp(-(x**2 - 2 * r * x * y + y**2) / (2 * left)) / (2 * np.pi * np.sqrt(left))
    return np.where(far, 0.0, density)
