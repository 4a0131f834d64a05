r"""Pareto/NBD: customers who buy at random and may drop out at any moment.

Customer :math:`i` buys as a Poisson process of rate :math:`\lambda_i \sim
\text{Gamma}(r, \alpha)` and lives a time exponential in :math:`\mu_i \sim
\text{Gamma}(s, \beta)`. Either the customer is alive at :math:`T`, or died at some
:math:`\tau` since the last purchase at :math:`t_x`:

.. math::

   L = \frac{\Gamma(r+x)\,\alpha^r\beta^s}{\Gamma(r)} \Bigl[
       \frac{1}{(\alpha+T)^{r+x}(\beta+T)^{s}}
     + \int_{t_x}^{T} \frac{s\,d\tau}{(\alpha+\tau)^{r+x}(\beta+\tau)^{s+1}} \Bigr].

The books solve the integral by Gaussian hypergeometric functions and lose all digits when
:math:`\alpha` and :math:`\beta` lie apart; here it is a sum over nodes
(:mod:`cvm.clv.quadrature`), and so are its slopes. With :math:`D` the second term over the
first, :math:`P(\text{alive}) = 1/(1+D)`, and

.. math::

   E[Y(t)] = P(\text{alive})\,\frac{r+x}{\alpha+T}
     \int_0^t \Bigl(\frac{\beta+T}{\beta+T+u}\Bigr)^{s} du .

**Assumed.** As for BG/NBD, but a customer can leave without having bought.

**What the naive answer gets wrong.** See :mod:`cvm.clv.bgnbd`: this model promises 1,665 of
CDNOW's 1,882 holdout purchases, straight lines 2,930.

References
----------
Schmittlein, D. C., Morrison, D. G. & Colombo, R. (1987). Counting your customers: who are
they and what will they do next? *Management Science* 33(1), 1-24.
Fader, P. S. & Hardie, B. G. S. (2005). A note on deriving the Pareto/NBD model and related
expressions. Technical note.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit, exprel

from cvm.clv.bgnbd import nbd_start
from cvm.clv.fit import Fit, fit
from cvm.clv.model import CustomerModel, History, Params, rising
from cvm.clv.quadrature import death_nodes
from cvm.words import N_

__all__ = ["ParetoNBD", "pareto_nbd"]

Floats = NDArray[np.float64]


class ParetoNBD(CustomerModel):
    """The Pareto/NBD model; parameters as in :class:`cvm.clv.CustomerModel`."""

    label = N_("Pareto/NBD")
    names = ("r", "alpha", "s", "beta")
    columns = ("frequency", "recency", "T")
    signs: ClassVar[Mapping[str, float]] = {"alpha": -1.0, "beta": -1.0}

    @classmethod
    def terms(cls, params: Params, history: History) -> tuple[Floats, dict[str, Floats]]:
        """Give each row's log-likelihood and its slopes in the logs of the parameters."""
        r, alpha, s, beta = (params[name] for name in cls.names)
        x, T = history["frequency"], history["T"]
        odds, slopes = _dead(params, history)
        dead = expit(odds)
        up, up_r = rising(r, x)
        waited, lived = np.log1p(T / alpha), np.log1p(T / beta)
        value = up - r * waited - x * np.log(alpha + T) - s * lived + np.logaddexp(0, odds)
        slope = {
            "r": r * (up_r - waited) + dead * slopes["r"],
            "alpha": (r * T - x * alpha) / (alpha + T) + dead * slopes["alpha"],
            "s": -s * lived + dead * slopes["s"],
            "beta": s * T / (beta + T) + dead * slopes["beta"],
        }
        return value, slope

    @staticmethod
    def start(history: History, weights: Floats) -> dict[str, float]:
        """Take the rate from the negative binomial's moments, dying from the length seen."""
        r, alpha = nbd_start(history, weights)
        age = max(float(np.average(history["T"], weights=weights)), 1e-6)
        return {"r": r, "alpha": alpha, "s": 0.6, "beta": age / 3}

    @staticmethod
    def alive(params: Params, history: History) -> Floats:
        """Give the probability to be alive at ``T``."""
        return expit(-_dead(params, history, slopes=False)[0])

    @classmethod
    def expected(cls, params: Params, history: History, ahead: Any) -> Floats:
        """Give the expected purchases in the time ``ahead`` of ``T``."""
        rate = (params["r"] + history["frequency"]) / (params["alpha"] + history["T"])
        scale = params["beta"] + history["T"]
        span = np.log1p(ahead / scale)
        # (beta+T) ((1+t/(beta+T))^(1-s) - 1) / (1-s), without a hole at s = 1
        lived = scale * span * exprel((1 - params["s"]) * span)
        return cls.alive(params, history) * rate * lived

    @classmethod
    def ahead(
        cls, params: Params, history: History, ends: Floats, rng: np.random.Generator
    ) -> NDArray[np.int64]:
        """Draw purchases up to each of some times ahead, shape (customers, ends)."""
        x, T = history["frequency"], history["T"]
        n = len(x)
        rate = rng.gamma(params["r"] + x, 1 / (params["alpha"] + T), n)
        hazard = rng.gamma(params["s"] * np.ones(n), 1 / (params["beta"] + T))
        life = rng.exponential(size=n) / np.maximum(hazard, 1e-300)
        life = np.where(rng.random(n) < cls.alive(params, history), life, 0.0)
        seen = np.minimum(np.concatenate([[0.0], ends]), life[:, None])
        return rng.poisson(rate[:, None] * np.diff(seen, axis=1)).cumsum(axis=1)


def pareto_nbd(
    summary: pd.DataFrame,
    *,
    covariates: Sequence[str] = (),
    on: Sequence[str] | None = None,
    weights: str | None = None,
) -> Fit:
    """Fit the Pareto/NBD model by maximum likelihood.

    Parameters
    ----------
    summary : DataFrame
        One row a customer with ``frequency``, ``recency`` and ``T``, as from
        :func:`cvm.clv.summary`.
    covariates : sequence of str
        Columns of numbers that do not change over time. A positive effect ``alpha[z]`` means
        buying more often, ``beta[z]`` dying sooner.
    on : sequence of str, optional
        Which of ``alpha``, ``beta`` they shift; both without it.
    weights : str, optional
        The column that says how many customers a row stands for.

    Returns
    -------
    Fit
        Parameters ``r``, ``alpha``, ``s``, ``beta``; the scales in the unit of ``T``.

    Raises
    ------
    CvmError
        For an unusable summary.
    """
    return fit(ParetoNBD, summary, covariates=covariates, on=on, weights=weights)


def _dead(
    params: Params, history: History, *, slopes: bool = True
) -> tuple[Floats, dict[str, Floats]]:
    """Give the log of dead against alive, and its slopes in the logs of the parameters."""
    recency, T = history["recency"], history["T"]
    one = np.ones(len(T))
    r, alpha, s, beta = (params[name] * one for name in ParetoNBD.names)
    n, A, B, g = (
        r + history["frequency"],
        alpha + recency,
        beta + recency,
        np.maximum(T - recency, 0),
    )
    gap_a, gap_b = np.log1p(g / A), np.log1p(g / B)
    odds = np.empty(len(T))
    mean: dict[str, Floats] = {name: np.empty(len(T)) for name in ("A", "B", "a", "b")}
    for rows, u, weight in death_nodes(n, s, A, B, g):
        ua, ub = u / A[rows, None], u / B[rows, None]
        la, lb = np.log1p(ua), np.log1p(ub)
        cell = weight - n[rows, None] * la - (s[rows, None] + 1) * lb
        top = cell.max(axis=1)
        share = np.exp(cell - top[:, None])
        total = share.sum(axis=1)
        odds[rows] = top + np.log(total)
        if not slopes:
            continue
        share /= total[:, None]
        # means over the day of death of ln(1+u/A), ln(1+u/B) and of the shares of u
        for name, part in (("A", la), ("B", lb), ("a", ua / (1 + ua)), ("b", ub / (1 + ub))):
            mean[name][rows] = np.einsum("ij,ij->i", share, part)
    odds += np.log(s / B) + n * gap_a + s * gap_b
    odds = np.where(g > 0, odds, -np.inf)
    if not slopes:
        return odds, {}
    return odds, {
        "r": r * (gap_a - mean["A"]),
        "alpha": n * alpha / A * (mean["a"] - g / (A + g)),
        "s": 1 + s * (gap_b - mean["B"]),
        "beta": beta / B * ((s + 1) * mean["b"] - 1 - s * g / (B + g)),
    }
