r"""Delivered value (客户让渡价值): what a customer gets, what it costs, whom it makes choose.

**1. Delivered value.** A customer weighs four benefits - product, service, personnel and
image - against four costs - money, time, energy and psychic strain,

.. math:: V_j = \sum_k w_k\, b_{jk} - m \sum_l c_l\, k_{jl},

all scored 0-10, the weights of each side brought to a sum of 1, so that :math:`V_j` of
firm :math:`j` lies between -10 and 10 points. :math:`m` is how much a customer minds
costs: lognormal over people with mean 1, the same for everybody where ``cost_spread`` is 0.

**2. Choice.** Among the firm and its two rivals, by multinomial logit,

.. math:: P_j = \frac{e^{U_j}}{\sum_h e^{U_h}}, \qquad
   U_j = \beta V_j + \text{presence}_j + \tau\,\varepsilon_j,

:math:`\varepsilon_j` a customer's lasting taste for firm :math:`j` (standard normal) and
``presence`` the reach a firm has whatever it offers. Without taste and cost spread every
customer has the same shares; with ``sensitivity`` 0 and equal presence each firm has a third.

**3. The value map** (Gale 1994). Each firm's quality, attribute by attribute, as a ratio
to the mean of its rivals, and weighted; its price likewise; the two against each other.

**The estimand** of :func:`cvm.value.estimate_choice` is :math:`\beta`, the log-odds a point of
delivered value is worth, from choices people made among described offers.

**What the naive answer gets wrong.** "The firm with the most value takes the market."
A lead of a point at the default :math:`\beta` of 0.8 turns a third into a bare half
(52.7 %), and where tastes differ (:math:`\tau > 0`) into less: a model that ignores tastes reads a
:math:`\beta` that is too small (:func:`cvm.value.estimate_choice` shows by how much).

**Where it comes from.** The four benefits and four costs: Kotler's customer delivered
value. The logit of choice: McFadden (1974). The map: Gale (1994). Known to us at second
hand; the default scores and weights are for teaching.

**Simplified for teaching.** Value is linear and offers do not interact; no firm is ever
out of mind; a rival's offer stays what it is.

References
----------
Gale, B. T. (1994). *Managing Customer Value*. Free Press.
Kotler, P. (2000). *Marketing Management*, 10th ed. Prentice Hall.
McFadden, D. (1974). Conditional logit analysis of qualitative choice behavior. In
P. Zarembka (ed.), *Frontiers in Econometrics*, 105-142. Academic Press.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cvm.errors import CvmError
from cvm.inputs import number_array
from cvm.levers import Levers, assumption, lever, needs_world
from cvm.words import N_, _

__all__ = [
    "BENEFITS",
    "COSTS",
    "FIRMS",
    "Offer",
    "Value",
    "choose",
    "cost_weight",
    "delivered_value",
    "offer_value",
    "shares",
    "utility",
    "value_elasticity",
]

Floats = NDArray[np.float64]

#: What a customer gets, and what it costs, in the order the functions take them.
BENEFITS = (N_("product"), N_("service"), N_("personnel"), N_("image"))
COSTS = (N_("money"), N_("time"), N_("energy"), N_("psychic"))
#: The firm and its two rivals, in the order of every array with a firm axis.
FIRMS = (N_("firm"), N_("rival a"), N_("rival b"))


class Offer(Levers):
    """What one firm offers, as its customers would score it."""

    product: float = lever(
        8.0, low=0, high=10, unit=N_("score"),
        meaning=N_("Product: how well network and tariffs do what customers need"),
    )  # fmt: skip
    service: float = lever(
        7.5, low=0, high=10, unit=N_("score"), meaning=N_("Service: shops, hotline, repair")
    )
    personnel: float = lever(
        7.5, low=0, high=10, unit=N_("score"), meaning=N_("Personnel: knowledge and manner")
    )
    image: float = lever(
        7.0, low=0, high=10, unit=N_("score"), meaning=N_("Image: the standing of the brand")
    )
    money: float = lever(
        3.0, low=0, high=10, unit=N_("score"), meaning=N_("Money cost: how dear it is")
    )
    time: float = lever(
        2.0, low=0, high=10, unit=N_("score"), meaning=N_("Time cost: waiting and queueing")
    )
    energy: float = lever(
        2.0, low=0, high=10, unit=N_("score"), meaning=N_("Energy cost: trouble to buy and use")
    )
    psychic: float = lever(
        2.0, low=0, high=10, unit=N_("score"), meaning=N_("Psychic cost: worry and doubt")
    )
    presence: float = assumption(
        0.0, low=-4, high=4, unit=N_("log-odds"),
        meaning=N_("Reach a firm has whatever it offers: shops, coverage, being known"),
    )  # fmt: skip


class Value(Levers):
    """How customers weigh benefits against costs, and how value makes them choose."""

    weight_product: float = assumption(0.35, low=0, high=1, meaning=N_("Weight of the product"))
    weight_service: float = assumption(0.25, low=0, high=1, meaning=N_("Weight of service"))
    weight_personnel: float = assumption(0.2, low=0, high=1, meaning=N_("Weight of personnel"))
    weight_image: float = assumption(0.2, low=0, high=1, meaning=N_("Weight of image"))
    weight_money: float = assumption(0.5, low=0, high=1, meaning=N_("Weight of the money cost"))
    weight_time: float = assumption(0.2, low=0, high=1, meaning=N_("Weight of the time cost"))
    weight_energy: float = assumption(0.15, low=0, high=1, meaning=N_("Weight of the energy cost"))
    weight_psychic: float = assumption(
        0.15, low=0, high=1, meaning=N_("Weight of the psychic cost")
    )
    sensitivity: float = assumption(
        0.8, low=0, high=5, unit=N_("log-odds a point"),
        meaning=N_("How strongly a point of delivered value sways the choice"),
        source=N_("form: McFadden 1974; number: teaching"),
    )  # fmt: skip
    taste: float = assumption(
        1.0, low=0, high=5, unit=N_("log-odds"),
        meaning=N_("Spread of customers' lasting tastes for one firm or another"),
    )  # fmt: skip
    cost_spread: float = assumption(
        0.2, low=0, high=1, meaning=N_("Spread between customers in how much they mind costs")
    )

    def benefit_weights(self) -> Floats:
        """Give the weights of :data:`BENEFITS`, shape (4,), adding to 1."""
        return _normalised([getattr(self, f"weight_{name}") for name in BENEFITS], BENEFITS)

    def cost_weights(self) -> Floats:
        """Give the weights of :data:`COSTS`, shape (4,), adding to 1."""
        return _normalised([getattr(self, f"weight_{name}") for name in COSTS], COSTS)


@needs_world
def delivered_value(
    benefits: ArrayLike, costs: ArrayLike, world: Value, *, minding: ArrayLike = 1.0
) -> Floats:
    """Weigh benefits against costs: equation 1.

    Parameters
    ----------
    benefits, costs : array_like, shape (..., 4)
        Scores 0-10, in the order of :data:`BENEFITS` and :data:`COSTS`.
    world : Value
        Uses the weights.
    minding : array_like, optional
        How much a customer minds costs, from :func:`cost_weight`; broadcast.

    Returns
    -------
    ndarray, shape (...)
        Points, -10 to 10 where ``minding`` is 1.
    """
    gets = _four(benefits, "benefits") @ world.benefit_weights()
    gives = _four(costs, "costs") @ world.cost_weights()
    return gets - number_array(minding, name="minding") * gives


@needs_world
def offer_value(offer: Offer, world: Value, *, minding: ArrayLike = 1.0) -> Floats:
    """Give the delivered value of one firm's offer: :func:`delivered_value` of its scores.

    Parameters
    ----------
    offer : Offer
        Its eight scores.
    world : Value
        Uses the weights.
    minding : array_like, optional
        How much a customer minds costs, from :func:`cost_weight`.

    Returns
    -------
    ndarray
        Points, in the shape of ``minding``.
    """
    benefits = [getattr(offer, name) for name in BENEFITS]
    costs = [getattr(offer, name) for name in COSTS]
    return delivered_value(benefits, costs, world, minding=minding)


@needs_world
def cost_weight(normals: ArrayLike, world: Value) -> Floats:
    """Turn standard normals into how much each customer minds costs: lognormal, mean 1.

    Parameters
    ----------
    normals : array_like
        One a customer.
    world : Value
        Uses ``cost_spread``.

    Returns
    -------
    ndarray
        Above 0; all 1 where ``cost_spread`` is 0.
    """
    spread = world.cost_spread
    return np.exp(spread * number_array(normals, name="normals") - spread**2 / 2)


@needs_world
def utility(value: ArrayLike, presence: ArrayLike, tastes: ArrayLike, world: Value) -> Floats:
    """Add up what speaks for each firm.

    Parameters
    ----------
    value : array_like, shape (..., firms)
        Delivered value in points.
    presence : array_like, shape (firms,)
        Log-odds.
    tastes : array_like, shape (..., firms)
        Standard normals, one a customer and firm.
    world : Value
        Uses ``sensitivity`` and ``taste``.

    Returns
    -------
    ndarray, shape (..., firms)
        Log-odds up to a constant.
    """
    worth, reach = number_array(value, name="value"), number_array(presence, name="presence")
    return world.sensitivity * worth + reach + world.taste * number_array(tastes, name="tastes")


def shares(utilities: ArrayLike) -> Floats:
    """Give the chance of each firm by multinomial logit: equation 2.

    Parameters
    ----------
    utilities : array_like, shape (..., firms)
        From :func:`utility`; minus infinity for a firm that is not on offer.

    Returns
    -------
    ndarray, shape (..., firms)
        Probabilities that add to 1 over the last axis.
    """
    u = np.asarray(utilities)
    numbers = u.ndim > 0 and u.size > 0 and u.dtype.kind in "bif"
    if not numbers or not (u < np.inf).all() or not (u > -np.inf).any(axis=-1).all():
        wrong = _("Utilities are numbers, one a firm; minus infinity for one that is not on offer.")
        raise CvmError(wrong, given=utilities, remedy=_("Write for example {name}={example}.", name="utilities", example=[0.5, 0.0, 0.2]))  # fmt: skip
    # Subtracting the largest changes no share and keeps the exponential from overflowing.
    # Firm by firm, for along a short axis NumPy is slow.
    largest = reduce(np.maximum, np.moveaxis(u, -1, 0))
    odds = np.exp(u - np.expand_dims(largest, -1))
    return odds / odds.sum(axis=-1, keepdims=True)


def choose(probabilities: ArrayLike, uniforms: ArrayLike) -> NDArray[np.int8]:
    """Let each customer choose, by the luck that is given.

    Parameters
    ----------
    probabilities : array_like, shape (..., firms)
        From :func:`shares`.
    uniforms : array_like, shape (...)
        On [0, 1).

    Returns
    -------
    ndarray of int8, shape (...)
        Positions in :data:`FIRMS`. A higher chance of the first firm never loses it a customer.
    """
    steps = np.cumsum(number_array(probabilities, name="probabilities"), axis=-1)[..., :-1]
    return (
        (number_array(uniforms, name="uniforms")[..., None] >= steps).sum(axis=-1).astype(np.int8)
    )


@needs_world
def value_elasticity(share: ArrayLike, world: Value) -> Floats:
    r"""Give the share won per point of delivered value, :math:`\beta P (1-P)`.

    Parameters
    ----------
    share : array_like
        Share of choice, 0 to 1.
    world : Value
        Uses ``sensitivity``.

    Returns
    -------
    ndarray
        Share a point.
    """
    p = number_array(share, name="share")
    return world.sensitivity * p * (1 - p)


def _four(scores: ArrayLike, name: str) -> Floats:
    found = number_array(scores, name=name)
    if found.shape[-1:] != (4,):
        wrong = _("{name} are four scores, one for each part.", name=name)
        raise CvmError(wrong, given=scores, remedy=_("Write for example {name}={example}.", name=name, example=[8, 7, 7, 6]))  # fmt: skip
    return found


def _normalised(weights: Sequence[float], names: Sequence[str]) -> Floats:
    total = sum(weights)
    if total == 0:
        wrong = _("At least one of the weights must be above zero.")
        remedy = _("Raise one of: {names}.", names=", ".join(f"weight_{name}" for name in names))
        raise CvmError(wrong, remedy=remedy)
    return np.asarray(weights, float) / total
