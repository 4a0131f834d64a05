r"""Behaviour: staying, sharing the wallet, buying, spending, referring, costing.

What loyalty is worth is decided here: attitude and intention (:mod:`cvm.loyalty`) earn
nothing until a customer stays, buys, pays or talks. Months are :math:`t`, tenure
:math:`k` counts months since the customer joined, :math:`A` is attitude (0-1).

**1. Retention.** The chance to leave this month is a hazard; with :math:`r` the monthly
retention that loyalty implies and :math:`\rho` a customer's lasting risk,

.. math:: h = \min\bigl(1, \rho\,(1 - r)\bigr).

A constant hazard makes life geometric, :math:`\Pr(T \ge k) = (1-h)^k`, with mean
:math:`1/h`. Habit grows with tenure, :math:`H_k = 1 - e^{-k/\text{habit\_months}}`.

**2. Share of wallet.** :math:`w = w_0 + (1 - w_0) A`: what even the indifferent bring, and
the rest as attitude rises.

**3. Purchases** are heterogeneous Poisson: customer :math:`i` buys at a rate gamma over
customers,

.. math:: N_{it} \sim \text{Poisson}(\lambda_i\, w\, q), \qquad
   \lambda_i = \text{rate}\cdot G_i, \; G_i \text{ gamma with mean 1 and deviation rate\_spread}.

With ``rate_spread`` 0 counts are Poisson, with it negative binomial (Ehrenberg 1959).

**4. Spend.** A purchase is worth :math:`m_i` times a gamma of mean 1 and shape
``spend_shape``; :math:`m_i` is lognormal over customers.

**5. Price.** Up to a premium of :math:`\text{tolerance}\cdot A` a customer does not react;
beyond it, and to a price cut, by a constant semi-elasticity,

.. math:: q = e^{-\eta\,[(p - 1) - \text{tolerance}\, A]^+ + \eta\,[1-p]^+}.

**6. Referral.** A customer brings the firm up in talk with probability
:math:`\text{referral}\cdot A` a month.

**7. Cost to serve** falls as firm and customer learn,
:math:`c_k = c\,[f + (1-f)\,e^{-k/\text{learning}}]`, plus so much a purchase and a contact.

**What the naive answer gets wrong.** Observed retention rises with tenure even where
nobody's loyalty ever changed: those with a high hazard leave first. A rising curve of
survivors is no proof that customers grow loyal.

**Where it comes from.** Negative binomial purchases: Ehrenberg (1959). Gamma spend over a
lasting mean: after Colombo & Jiang (1999), Fader, Hardie & Lee (2005). Growth, cost and
referral by tenure: Reichheld & Sasser (1990), whose rise with tenure Reinartz & Kumar
(2000) did not find: the default learning is mild. At second hand; numbers for teaching.

**Simplified for teaching.** Rate and hazard of a customer are independent; a purchase's
worth does not depend on how often one buys.

References
----------
Colombo, R. & Jiang, W. (1999). A stochastic RFM model. *Journal of Interactive Marketing*
13(3), 2-12.
Ehrenberg, A. S. C. (1959). The pattern of consumer purchases. *Applied Statistics* 8(1), 26-41.
Fader, P. S., Hardie, B. G. S. & Lee, K. L. (2005). RFM and CLV: using iso-value curves for
customer base analysis. *Journal of Marketing Research* 42(4), 415-430.
Reichheld, F. F. & Sasser, W. E. (1990). Zero defections: quality comes to services.
*Harvard Business Review* 68(5), 105-111.
Reinartz, W. J. & Kumar, V. (2000). On the profitability of long-life customers in a
noncontractual setting. *Journal of Marketing* 64(4), 17-35.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaincinv

from cvm.levers import Levers, assumption, needs_world
from cvm.luck import poisson
from cvm.words import N_

__all__ = [
    "Behaviour",
    "cost_to_serve",
    "habit",
    "hazard",
    "price_response",
    "purchase_rates",
    "purchases",
    "referral_chance",
    "share_of_wallet",
    "spend_factor",
    "spend_means",
]

# The market runs these in single precision; they keep the precision they are given.
Array = NDArray[np.floating[Any]]


class Behaviour(Levers):
    """How customers of a market buy, pay, talk and leave."""

    habit_months: float = assumption(
        30.0, low=1, high=240, unit=N_("months"), meaning=N_("Months until 63 % of habit is formed")
    )
    wallet_floor: float = assumption(
        0.45, low=0, high=1, unit="share",
        meaning=N_("Share of wallet of a customer without any attachment"),
    )  # fmt: skip
    rate: float = assumption(
        1.1, low=0, high=20, unit=N_("purchases a month"),
        meaning=N_("Purchases of the category by the average customer, all firms together"),
    )  # fmt: skip
    rate_spread: float = assumption(
        0.55, low=0, high=3,
        meaning=N_("Spread of purchase rates between customers: deviation over mean"),
        source=N_("form: Ehrenberg 1959; number: teaching"),
    )  # fmt: skip
    spend: float = assumption(
        90.0, low=0.01, high=100_000, unit=N_("yuan"),
        meaning=N_("Worth of an average customer's average purchase"),
    )  # fmt: skip
    spend_spread: float = assumption(
        0.45, low=0, high=2,
        meaning=N_("Spread between customers of a purchase's worth (deviation of its logarithm)"),
    )  # fmt: skip
    spend_shape: float = assumption(
        3.0, low=0.2, high=200,
        meaning=N_("Evenness of one customer's purchases: shape of the gamma"),
        source=N_("form: Colombo & Jiang 1999; number: teaching"),
    )  # fmt: skip
    tolerance: float = assumption(
        0.15, low=0, high=1, unit="share",
        meaning=N_("Price premium a fully attached customer does not react to"),
    )  # fmt: skip
    price_sensitivity: float = assumption(
        1.5, low=0, high=10, meaning=N_("Purchases lost per 1 % of price beyond tolerance, in %")
    )
    referral: float = assumption(
        0.05, low=0, high=1, unit="share",
        meaning=N_("Chance in a month that a fully attached customer refers somebody"),
    )  # fmt: skip
    serve: float = assumption(
        8.0, low=0, high=10_000, unit=N_("yuan a month"),
        meaning=N_("Cost of serving a new customer for a month"),
    )  # fmt: skip
    serve_floor: float = assumption(
        0.85, low=0, high=1, unit="share",
        meaning=N_("Part of that cost which remains when all is learned"),
        source=N_("direction: Reichheld & Sasser 1990; mild after Reinartz & Kumar 2000"),
    )  # fmt: skip
    learning: float = assumption(
        18.0, low=1, high=240, unit=N_("months"),
        meaning=N_("Months until 63 % of the learning is done"),
    )  # fmt: skip
    serve_purchase: float = assumption(
        2.0, low=0, high=10_000, unit=N_("yuan"), meaning=N_("Cost of handling a purchase")
    )
    serve_contact: float = assumption(
        15.0, low=0, high=10_000, unit=N_("yuan"), meaning=N_("Cost of a service contact")
    )


@needs_world
def habit(tenure: ArrayLike, world: Behaviour) -> Array:
    """Give the habit formed after some months, 0 to 1.

    Parameters
    ----------
    tenure : array_like
        Months since joining, zero or more.
    world : Behaviour
        Uses ``habit_months``.

    Returns
    -------
    ndarray
        0 for a new customer, near 1 in the end.
    """
    return -np.expm1(-np.asarray(tenure) / world.habit_months)


def hazard(retention: ArrayLike, *, risk: ArrayLike = 1.0) -> Array:
    """Give the chance to leave this month: equation 1.

    Parameters
    ----------
    retention : array_like
        Monthly chance to stay that loyalty implies, 0 to 1.
    risk : array_like
        A customer's lasting risk, 1 for the average; zero or more.

    Returns
    -------
    ndarray
        Probability.
    """
    return np.minimum(np.asarray(risk) * (1 - np.asarray(retention)), 1)


@needs_world
def share_of_wallet(attitude: ArrayLike, world: Behaviour) -> Array:
    """Give the part of a customer's purchases that comes to the firm: equation 2.

    Parameters
    ----------
    attitude : array_like
        0 to 1.
    world : Behaviour
        Uses ``wallet_floor``.

    Returns
    -------
    ndarray
        Share, ``wallet_floor`` to 1.
    """
    return world.wallet_floor + (1 - world.wallet_floor) * np.asarray(attitude)


@needs_world
def purchase_rates(gammas: ArrayLike, world: Behaviour) -> Array:
    """Give each customer's purchases a month, all firms together: equation 3.

    Parameters
    ----------
    gammas : array_like
        One draw a customer, gamma with shape ``1 / rate_spread ** 2`` and scale 1; not
        looked at where ``rate_spread`` is 0.
    world : Behaviour
        Uses ``rate`` and ``rate_spread``.

    Returns
    -------
    ndarray
    """
    if world.rate_spread == 0:
        return np.full(np.shape(gammas), world.rate)
    return world.rate * world.rate_spread**2 * np.asarray(gammas, float)


def purchases(uniforms: ArrayLike, rate: ArrayLike) -> NDArray[np.int64]:
    """Turn luck into purchases: Poisson counts, never fewer at a higher rate.

    Parameters
    ----------
    uniforms : array_like
        On [0, 1).
    rate : array_like
        Expected purchases, zero or more; broadcast.

    Returns
    -------
    ndarray of int

    Raises
    ------
    CvmError
        If a rate is negative.
    """
    return poisson(uniforms, rate)


@needs_world
def spend_means(normals: ArrayLike, world: Behaviour) -> Array:
    """Give the mean worth of each customer's purchases: lognormal, mean ``spend``.

    Parameters
    ----------
    normals : array_like
        Standard normals, one a customer.
    world : Behaviour
        Uses ``spend`` and ``spend_spread``.

    Returns
    -------
    ndarray
        Yuan.
    """
    spread = world.spend_spread
    return world.spend * np.exp(spread * np.asarray(normals, float) - spread**2 / 2)


@needs_world
def spend_factor(uniforms: ArrayLike, world: Behaviour) -> Array:
    """Turn luck into what a purchase is worth relative to its customer's mean: equation 4.

    Parameters
    ----------
    uniforms : array_like
        On [0, 1), one a purchase.
    world : Behaviour
        Uses ``spend_shape``.

    Returns
    -------
    ndarray
        Gamma quantiles with mean 1, from a table exact to a relative 1e-4 between the
        chances of one in three million at either end, beyond which they are cut.

    Notes
    -----
    The table is even in the logit of the chance, where the logarithm of the quantile is
    nearly straight; inverting the gamma itself costs a hundred times as much.
    """
    u, floor = np.asarray(uniforms, float), np.float32(3e-7)
    below, above = u.astype(np.float32), (1 - u).astype(np.float32)
    place = np.log(np.maximum(below, floor)) - np.log(np.maximum(above, floor))
    place += EDGE
    place *= NODES / (2 * EDGE)
    node = np.minimum(place.astype(np.int32), NODES - 1)
    place -= node.astype(np.float32)
    table, slope = _gamma_table(world.spend_shape)
    return np.exp(table[node] + place * slope[node])


@needs_world
def price_response(price: float, attitude: ArrayLike, world: Behaviour) -> Array:
    """Give the factor by which purchases react to a price: equation 5.

    Parameters
    ----------
    price : float
        Relative to the going price, 1.
    attitude : array_like
        0 to 1.
    world : Behaviour
        Uses ``tolerance`` and ``price_sensitivity``.

    Returns
    -------
    ndarray
        1 where the price is the going one or the premium is tolerated.
    """
    held = np.asarray(attitude)
    if price <= 1:
        cut = np.exp(world.price_sensitivity * (1 - price))
        return np.full(held.shape, cut, held.dtype if held.dtype.kind == "f" else float)
    beyond = np.maximum((price - 1) - world.tolerance * held, 0)
    return np.exp(-world.price_sensitivity * beyond)


@needs_world
def referral_chance(attitude: ArrayLike, world: Behaviour) -> Array:
    """Give the chance that a customer refers somebody this month: equation 6.

    Parameters
    ----------
    attitude : array_like
        0 to 1.
    world : Behaviour
        Uses ``referral``.

    Returns
    -------
    ndarray
        Probability.
    """
    return world.referral * np.asarray(attitude)


@needs_world
def cost_to_serve(tenure: ArrayLike, world: Behaviour) -> Array:
    """Give the monthly cost of serving a customer, without purchases and contacts: equation 7.

    Parameters
    ----------
    tenure : array_like
        Months since joining, zero or more.
    world : Behaviour
        Uses ``serve``, ``serve_floor`` and ``learning``.

    Returns
    -------
    ndarray
        Yuan a month, falling with tenure.
    """
    learned = np.exp(-np.asarray(tenure) / world.learning)
    return world.serve * (world.serve_floor + (1 - world.serve_floor) * learned)


#: The spend table: nodes, and the logit at its ends (a chance of 3e-7).
NODES = 2048
EDGE = 15.02


@lru_cache(maxsize=32)
def _gamma_table(shape: float) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Tabulate the log quantile of a gamma with mean 1, and its slope to the next node."""
    logit = np.linspace(-EDGE, EDGE, NODES + 1)
    quantile = gammaincinv(shape, 1 / (1 + np.exp(-logit))) / shape
    log = np.log(np.maximum(quantile, 1e-300))
    return log[:-1].astype(np.float32), np.diff(log).astype(np.float32)
