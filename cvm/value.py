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

**The estimand** of :func:`estimate_choice` is :math:`\beta`, the log-odds a point of
delivered value is worth, from choices people made among described offers.

**What the naive answer gets wrong.** "The firm with the most value takes the market."
A lead of a point at the default :math:`\beta` of 0.8 turns a third into a bare half
(52.7 %), and where tastes differ (:math:`\tau > 0`) into less: a model that ignores tastes reads a
:math:`\beta` that is too small (:func:`estimate_choice` shows by how much).

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
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from cvm.errors import CvmError, near_miss
from cvm.levers import Levers, assumption, lever
from cvm.luck import Luck
from cvm.results import Result, number
from cvm.words import N_, _

__all__ = [
    "BENEFITS",
    "COSTS",
    "FIRMS",
    "ChoiceModel",
    "Offer",
    "Value",
    "choose",
    "cost_weight",
    "delivered_value",
    "estimate_choice",
    "offer_value",
    "shares",
    "simulate_choices",
    "utility",
    "value_elasticity",
    "value_map",
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
        8.0, low=0, high=10, unit=N_("points"),
        meaning=N_("Product: how well network and tariffs do what customers need"),
    )  # fmt: skip
    service: float = lever(
        7.5, low=0, high=10, unit=N_("points"), meaning=N_("Service: shops, hotline, repair")
    )
    personnel: float = lever(
        7.5, low=0, high=10, unit=N_("points"), meaning=N_("Personnel: knowledge and manner")
    )
    image: float = lever(
        7.0, low=0, high=10, unit=N_("points"), meaning=N_("Image: the standing of the brand")
    )
    money: float = lever(
        3.0, low=0, high=10, unit=N_("points"), meaning=N_("Money cost: how dear it is")
    )
    time: float = lever(
        2.0, low=0, high=10, unit=N_("points"), meaning=N_("Time cost: waiting and queueing")
    )
    energy: float = lever(
        2.0, low=0, high=10, unit=N_("points"), meaning=N_("Energy cost: trouble to buy and use")
    )
    psychic: float = lever(
        2.0, low=0, high=10, unit=N_("points"), meaning=N_("Psychic cost: worry and doubt")
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
    gets = np.asarray(benefits, float) @ world.benefit_weights()
    gives = np.asarray(costs, float) @ world.cost_weights()
    return gets - np.asarray(minding) * gives


def offer_value(offer: Offer, world: Value, *, minding: ArrayLike = 1.0) -> Floats:
    """Give the delivered value of one firm's offer: :func:`delivered_value` of its scores."""
    benefits = [getattr(offer, name) for name in BENEFITS]
    costs = [getattr(offer, name) for name in COSTS]
    return delivered_value(benefits, costs, world, minding=minding)


def cost_weight(normals: ArrayLike, world: Value) -> Floats:
    """Turn standard normals into how much each customer minds costs: lognormal, mean 1."""
    spread = world.cost_spread
    return np.exp(spread * np.asarray(normals, float) - spread**2 / 2)


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
    pulled = world.sensitivity * np.asarray(value, float) + np.asarray(presence, float)
    return pulled + world.taste * np.asarray(tastes, float)


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
    u = np.asarray(utilities, float)
    # Subtracting the largest changes no share and keeps the exponential from overflowing.
    odds = np.exp(u - u.max(axis=-1, keepdims=True))
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
    steps = np.cumsum(np.asarray(probabilities, float), axis=-1)[..., :-1]
    return (np.asarray(uniforms)[..., None] >= steps).sum(axis=-1).astype(np.int8)


def value_elasticity(share: ArrayLike, world: Value) -> Floats:
    r"""Give the share won per point of delivered value, :math:`\beta P (1-P)`."""
    p = np.asarray(share, float)
    return world.sensitivity * p * (1 - p)


def simulate_choices(
    world: Value,
    *,
    n: int,
    seed: int,
    offers: Sequence[Offer] = (Offer(), Offer(), Offer()),
    spread: float = 1.0,
) -> pd.DataFrame:
    """Ask people to choose among three offers described to them (a choice survey).

    Parameters
    ----------
    world : Value
        How people weigh and choose.
    n : int
        People; each is asked once.
    seed : int
        The luck.
    offers : three Offer
        The offers the descriptions vary around.
    spread : float
        Standard deviation of the described scores around the offers, in points.

    Returns
    -------
    DataFrame
        Three rows a person: ``customer``, ``firm`` (a word of :data:`FIRMS`), the eight scores,
        ``chosen`` (bool), and the truth ``true_value`` and ``true_share``.
    """
    _people(n)
    luck = Luck(seed)
    centre = np.array([[getattr(o, name) for name in (*BENEFITS, *COSTS)] for o in offers])
    drawn = luck.normal("choice survey scores", n, 24).reshape(n, 3, 8)
    scores = np.clip(centre + spread * drawn, 0, 10)
    minding = cost_weight(luck.normal("minding costs", n), world)[:, None]
    value = delivered_value(scores[..., :4], scores[..., 4:], world, minding=minding)
    tastes = luck.normal("tastes", n, 3)
    share = shares(utility(value, [o.presence for o in offers], tastes, world))
    chosen = choose(share, luck.uniform("choice", n))
    table = pd.DataFrame(scores.reshape(-1, 8), columns=[*BENEFITS, *COSTS])
    table.insert(0, "customer", np.repeat(np.arange(n), 3))
    table.insert(1, "firm", np.tile(np.array(FIRMS, dtype=object), n))
    table["chosen"] = (chosen[:, None] == np.arange(3)).ravel()
    return table.assign(true_value=value.ravel(), true_share=share.ravel())


@dataclass(frozen=True, kw_only=True, repr=False)
class ChoiceModel(Result):
    """What a point of delivered value is worth in log-odds, with its interval."""

    sensitivity: float
    se: float
    low: float
    high: float
    n: int
    log_likelihood: float
    level: float = 0.95

    def sentence(self) -> str:
        """Say what a point is worth."""
        return _(
            "A point of delivered value moves the log-odds of being chosen by {value} "
            "({level} interval {low} to {high}; n = {n} people): it turns a share of a third "
            "into {share}.",
            value=number(self.sensitivity),
            level=number(self.level, "share", digits=2),
            low=number(self.low),
            high=number(self.high),
            n=number(self.n),
            share=number(1 / (1 + 2 * np.exp(-self.sensitivity)), "share"),
        )


def estimate_choice(choices: pd.DataFrame, *, world: Value | None = None) -> ChoiceModel:
    """Estimate how strongly delivered value sways choice, by conditional logit.

    Parameters
    ----------
    choices : DataFrame
        As from :func:`simulate_choices`: one row a person and firm.
    world : Value, optional
        Whose weights make delivered value of the scores; the defaults without it.

    Returns
    -------
    ChoiceModel
        ``sensitivity`` in log-odds a point. Where tastes differ (``taste`` above 0) this is
        smaller than the truth: an average over people whose minds are partly made up.

    Raises
    ------
    CvmError
        If a column is missing, or someone did not choose exactly one firm.
    """
    from statsmodels.discrete.conditional_models import ConditionalLogit

    needed = ["customer", "firm", "chosen", *BENEFITS, *COSTS]
    _columns(choices, needed)
    if not (choices.groupby("customer")["chosen"].sum() == 1).all():
        raise CvmError(
            _("Everybody must have chosen exactly one firm."),
            remedy=_("Give one row a person and firm, with chosen true in one of them."),
        )
    value = delivered_value(choices[[*BENEFITS]], choices[[*COSTS]], world or Value())
    firms = pd.get_dummies(choices["firm"], dtype=float).iloc[:, 1:]
    exog = np.column_stack([value, firms.to_numpy()])
    people = pd.factorize(choices["customer"])[0]
    fit = ConditionalLogit(choices["chosen"].to_numpy(float), exog, groups=people).fit(disp=False)
    beta, se = float(fit.params[0]), float(fit.bse[0])
    return ChoiceModel(
        sensitivity=beta, se=se, low=beta - 1.959964 * se, high=beta + 1.959964 * se,
        n=int(people.max()) + 1, log_likelihood=float(fit.llf),
    )  # fmt: skip


def value_map(ratings: pd.DataFrame, *, quality_weight: float = 0.5) -> pd.DataFrame:
    """Draw up Gale's customer value map as a table.

    Parameters
    ----------
    ratings : DataFrame
        One row a firm: ``firm``, ``price`` (above 0, currency) and one column an attribute of
        quality, scored by customers (above 0). The columns named ``weight_...`` are not
        needed: a last row with firm "weight" may give each attribute's weight, else they
        count alike.
    quality_weight : float
        How much quality counts against price in ``value_index``, 0 to 1.

    Returns
    -------
    DataFrame
        One row a firm: ``firm``, ``quality_ratio`` and ``price_ratio`` (each to the mean of
        the other firms, 1 = par), ``value_index`` (weighted mean of quality ratio and inverse
        price ratio) and ``region``: "better value" above the fair-value line, "worse value"
        below, "fair value" within 1 %.

    Raises
    ------
    CvmError
        For fewer than two firms, a missing column, or a score or price that is not above 0.
    """
    _columns(ratings, ["firm", "price"])
    weights_row = ratings["firm"].eq("weight")
    firms = ratings[~weights_row].reset_index(drop=True)
    attributes = [c for c in ratings.columns if c not in ("firm", "price")]
    scores, prices = firms[attributes].to_numpy(float), firms["price"].to_numpy(float)
    if len(firms) < 2 or not attributes or not (scores > 0).all() or not (prices > 0).all():
        raise CvmError(
            _("A value map needs two firms or more, with scores and prices above zero."),
            remedy=_("Give one row a firm: firm, price, and a column for each attribute."),
        )
    weights = np.ones(len(attributes))
    if weights_row.any():
        weights = ratings.loc[weights_row, attributes].to_numpy(float)[0]
    quality = _to_rivals(scores) @ (weights / weights.sum())
    price = _to_rivals(prices[:, None])[:, 0]
    index = quality_weight * quality + (1 - quality_weight) / price
    region = np.select([index > 1.01, index < 0.99], ["better value", "worse value"], "fair value")
    return pd.DataFrame(
        {
            "firm": firms["firm"], "quality_ratio": quality, "price_ratio": price,
            "value_index": index, "region": region,
        }
    )  # fmt: skip


REGIONS = [N_("better value"), N_("worse value"), N_("fair value")]


def _to_rivals(scores: Floats) -> Floats:
    """Divide each firm's scores by the mean of all the others', column by column."""
    others = (scores.sum(axis=0) - scores) / (len(scores) - 1)
    return scores / others


def _normalised(weights: Sequence[float], names: Sequence[str]) -> Floats:
    total = sum(weights)
    if total == 0:
        wrong = _("At least one of the weights must be above zero.")
        remedy = _("Raise one of: {names}.", names=", ".join(f"weight_{name}" for name in names))
        raise CvmError(wrong, remedy=remedy)
    return np.asarray(weights, float) / total


def _columns(table: pd.DataFrame, needed: Sequence[str]) -> None:
    missing = [name for name in needed if name not in table.columns]
    if missing:
        wrong = _("The table has no column '{name}'.", name=missing[0])
        raise CvmError(wrong, remedy=near_miss(missing[0], [str(c) for c in table.columns]))


def _people(n: int) -> None:
    if isinstance(n, bool) or not isinstance(n, int | np.integer) or n < 1:
        raise CvmError(
            _("The number of people is a whole number above zero."),
            given=n,
            remedy=_("Give for example n=1000."),
        )
