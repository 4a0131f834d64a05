r"""BG/NBD and MBG/NBD: customers who buy at random and drop out after a purchase.

Without a contract nobody says goodbye. The model lets customer :math:`i`

1. buy as a Poisson process of rate :math:`\lambda_i`, while alive;
2. with :math:`\lambda_i \sim \text{Gamma}(r, \alpha)`, mean :math:`r/\alpha`;
3. toss a coin after every repeat purchase and be gone for good with probability
   :math:`p_i \sim \text{Beta}(a, b)`.

The MBG/NBD tosses a coin after the *first* purchase too, so a customer who never came back
may be gone; under BG/NBD whoever has not yet repeated is alive with certainty.

With :math:`c` the coins tossed (:math:`c = x` for BG, :math:`x + 1` for MBG) the likelihood
of :math:`x` repeats, the last at :math:`t_x`, seen until :math:`T`, is

.. math::

   L = \frac{\Gamma(r+x)\,\alpha^r}{\Gamma(r)(\alpha+T)^{r+x}}
       \frac{B(a, b+c)}{B(a,b)} \Bigl(1 + e^{w}\Bigr), \qquad
   e^{w} = \frac{a}{b+c-1}\Bigl(\frac{\alpha+T}{\alpha+t_x}\Bigr)^{r+x}

(:math:`e^w = 0` where no coin was tossed). So :math:`P(\text{alive}) = 1/(1+e^w)`, and a
living customer has :math:`\lambda \sim \text{Gamma}(r+x, \alpha+T)` and
:math:`p \sim \text{Beta}(a, b+c)`. Purchases in the next :math:`t`:

.. math::

   E[Y(t)] = P(\text{alive})\; E_p\!\left[\frac{1 - \bigl(1 + p\,t/(\alpha+T)\bigr)^{-(r+x)}}
   {p}\right].

The mean over :math:`p` is a sum over nodes of its logit. The usual closed form divides by
:math:`a - 1` and takes a difference of hypergeometric functions; the sum has no such hole.

**Estimands.** The four parameters, the chance that a customer is still one, purchases ahead.

**Assumed.** Rates and chances of dropping out are independent over customers and constant
over time; no season; no return of the gone.

**What the naive answer gets wrong.** It lets customers go on as they did. On CDNOW's first
39 weeks that promises 2,930 purchases in the next 39; 1,882 came, BG/NBD says 1,653.

References
----------
Fader, P. S., Hardie, B. G. S. & Lee, K. L. (2005). "Counting your customers" the easy way.
*Marketing Science* 24(2), 275-284.
Batislam, E. P., Denizel, M. & Filiztekin, A. (2007). Empirical validation and comparison of
models for customer base analysis. *International Journal of Research in Marketing* 24(3),
201-209.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit

from cvm.clv.fit import Fit, fit
from cvm.clv.model import CustomerModel, History, Params, each_count, rising
from cvm.clv.quadrature import mean_over_beta
from cvm.words import N_

__all__ = ["BetaGeometricNBD", "ModifiedBetaGeometricNBD", "bg_nbd", "mbg_nbd"]

Floats = NDArray[np.float64]


class BetaGeometricNBD(CustomerModel):
    """The BG/NBD model; parameters as in :class:`cvm.clv.CustomerModel`."""

    label = N_("BG/NBD")
    names = ("r", "alpha", "a", "b")
    columns = ("frequency", "recency", "T")
    signs: ClassVar[Mapping[str, float]] = {"alpha": -1.0, "a": 1.0, "b": 1.0}
    first_coin: ClassVar[float] = 0.0

    @classmethod
    def _odds(cls, params: Params, history: History) -> tuple[Floats, Floats, Floats]:
        """Give w, ln((alpha + T) / (alpha + t_x)), and the coins tossed but one, plus b."""
        x, recency, T = history["frequency"], history["recency"], history["T"]
        gap = np.log1p(np.maximum(T - recency, 0) / (params["alpha"] + recency))
        counts, at = each_count(x, params)
        # b + (coins - 1), in this order: a tiny b is lost in b + coins.
        tossed = np.maximum(counts + cls.first_coin - 1, 0) + params["b"]
        odds = np.where(counts + cls.first_coin > 0, np.log(params["a"] / tossed), -np.inf)
        return odds[at] + (params["r"] + x) * gap, gap, tossed[at]

    @classmethod
    def terms(cls, params: Params, history: History) -> tuple[Floats, dict[str, Floats]]:
        """Give each row's log-likelihood and its slopes in the logs of the parameters."""
        r, alpha, a, b = (params[name] for name in cls.names)
        x, recency, T = history["frequency"], history["recency"], history["T"]
        w, gap, tossed = cls._odds(params, history)
        # ln(1 + e^w) and its slope share one exponential, the dearest part of a step
        small = np.exp(-np.abs(w))
        both = 1 + small
        gone, either = np.where(w > 0, 1.0, small) / both, np.maximum(w, 0) + np.log(both)
        counts, at = each_count(x, params)
        up, up_r = rising(r, counts)
        held, held_b = rising(b, counts + cls.first_coin)
        all_, all_ab = rising(a + b, counts + cls.first_coin)
        often = r + x
        waited = np.log1p(T / alpha)
        value = (up - counts * np.log(alpha) + held - all_)[at] + either - often * waited
        since = np.maximum(T - recency, 0) / (alpha + recency)
        slope = {
            "r": r * (up_r[at] - waited + gone * gap),
            "alpha": (r * T - x * alpha - gone * often * alpha * since) / (alpha + T),
            "a": gone - (a * all_ab)[at],
            "b": (b * (held_b - all_ab))[at] - gone * b / tossed,
        }
        return value, slope

    @staticmethod
    def start(history: History, weights: Floats) -> dict[str, float]:
        """Take the rate from the negative binomial's moments, dropping out from experience."""
        r, alpha = nbd_start(history, weights)
        return {"r": r, "alpha": alpha, "a": 0.8, "b": 2.5}

    @classmethod
    def alive(cls, params: Params, history: History) -> Floats:
        """Give the probability to be alive at ``T``."""
        return expit(-cls._odds(params, history)[0])

    @classmethod
    def expected(cls, params: Params, history: History, ahead: Any) -> Floats:
        """Give the expected purchases in the time ``ahead`` of ``T``."""
        x, coins = history["frequency"], history["frequency"] + cls.first_coin
        mean = mean_over_beta(
            params["r"] + x, params["alpha"] + history["T"], params["a"], params["b"] + coins, ahead
        )
        return cls.alive(params, history) * mean

    @classmethod
    def ahead(
        cls, params: Params, history: History, ends: Floats, rng: np.random.Generator
    ) -> NDArray[np.int64]:
        """Draw purchases up to each of some times ahead, shape (customers, ends)."""
        x, n = history["frequency"], len(history["frequency"])
        here = rng.random(n) < cls.alive(params, history)
        rate = rng.gamma(params["r"] + x, 1 / (params["alpha"] + history["T"]), n)
        drop = rng.beta(params["a"] * np.ones(n), params["b"] + x + cls.first_coin)
        last = np.where(here, rng.geometric(np.clip(drop, 1e-12, 1)), 0)
        steps = np.diff(np.concatenate([[0.0], ends]))
        wanted = rng.poisson(rate[:, None] * steps).cumsum(axis=1)
        return np.minimum(wanted, last[:, None])


class ModifiedBetaGeometricNBD(BetaGeometricNBD):
    """The MBG/NBD model; parameters as in :class:`cvm.clv.CustomerModel`."""

    label = N_("MBG/NBD")
    first_coin = 1.0


def bg_nbd(
    summary: pd.DataFrame,
    *,
    covariates: Sequence[str] = (),
    on: Sequence[str] | None = None,
    weights: str | None = None,
) -> Fit:
    """Fit the BG/NBD model by maximum likelihood.

    Parameters
    ----------
    summary : DataFrame
        One row a customer with ``frequency``, ``recency`` and ``T``, as from
        :func:`cvm.clv.summary`.
    covariates : sequence of str
        Columns of numbers that do not change over time. A positive effect ``alpha[z]`` means
        buying more often, ``a[z]`` dropping out sooner, ``b[z]`` later.
    on : sequence of str, optional
        Which of ``alpha``, ``a``, ``b`` they shift; all three without it.
    weights : str, optional
        The column that says how many customers a row stands for.

    Returns
    -------
    Fit
        Parameters ``r``, ``alpha`` (in the unit of ``T``), ``a``, ``b``.

    Raises
    ------
    CvmError
        For an unusable summary.

    Examples
    --------
    >>> table = pd.DataFrame({"frequency": [0, 0, 1, 2, 5, 0, 1, 9], "T": [30.0] * 8,
    ...                       "recency": [0, 0, 4.0, 10.0, 29.0, 0, 25.0, 28.0]})
    >>> list(bg_nbd(table).params.index)
    ['r', 'alpha', 'a', 'b']
    """
    return fit(BetaGeometricNBD, summary, covariates=covariates, on=on, weights=weights)


def mbg_nbd(
    summary: pd.DataFrame,
    *,
    covariates: Sequence[str] = (),
    on: Sequence[str] | None = None,
    weights: str | None = None,
) -> Fit:
    """Fit the MBG/NBD model by maximum likelihood.

    Parameters
    ----------
    summary, covariates, on, weights
        As in :func:`bg_nbd`.

    Returns
    -------
    Fit
        Parameters ``r``, ``alpha`` (in the unit of ``T``), ``a``, ``b``.
    """
    return fit(ModifiedBetaGeometricNBD, summary, covariates=covariates, on=on, weights=weights)


def nbd_start(history: History, weights: Floats) -> tuple[float, float]:
    """Give r and alpha from the mean and the variance of the frequencies.

    Parameters
    ----------
    history : mapping
        With ``frequency`` and ``T``.
    weights : ndarray
        Customers a row stands for.
    """
    x = history["frequency"]
    mean, age = np.average(x, weights=weights), np.average(history["T"], weights=weights)
    variance = np.average((x - mean) ** 2, weights=weights)
    r = float(np.clip(mean**2 / max(variance - mean, 1e-9), 0.1, 5)) if mean > 0 else 0.1
    return r, float(max(r * max(age, 1e-9) / max(mean, 1e-3), 1e-6))
