r"""One offer among three: delivered value part by part, shares, and what a point wins.

Yunhe's offer and its market are one set of levers, :class:`Rivalry`; the equations are those
of :mod:`cvm.value.offers`. Two rivals stand beside it (:data:`RIVALS`): a cheap one and a
brilliant, dear one. They may copy a share of what Yunhe moves,

.. math:: b^{\text{rival}} \leftarrow b^{\text{rival}} + \text{copied}\,(b - b_0),

:math:`b_0` being Yunhe's score before it moved; costs likewise.

**The estimands.** Yunhe's share of choice, over people who differ in taste and in how much
they mind costs; and the share won by one point more of each of the eight parts.

**What the naive answer gets wrong.** "We deliver the most, so we lead." At the defaults Yunhe
delivers most value, 4.35 points against 4.20 and 3.68, and is chosen by 26 %, least of the
three: a newcomer's reach is smaller, and a lead of a seventh of a point moves few.

**Where it comes from.** The parts: Kotler's customer delivered value; the line of the map:
Gale (1994); both at second hand. Scores, prices and reach are for teaching.

**Simplified for teaching.** Every part is worth its weight wherever it stands: there is no
point of enough. Copying is at once, and by both rivals alike.

References
----------
Gale, B. T. (1994). *Managing Customer Value*. Free Press.
Kotler, P. (2000). *Marketing Management*, 10th ed. Prentice Hall.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cvm.errors import CvmError
from cvm.inputs import need_columns, numbers_in, real_number, whole_number
from cvm.levers import assumption, lever, needs_world
from cvm.luck import Luck
from cvm.results import Result, number
from cvm.value import (
    BENEFITS,
    COSTS,
    Offer,
    Value,
    cost_weight,
    delivered_value,
    offer_value,
    shares,
    utility,
)
from cvm.words import N_, _

__all__ = [
    "NAMES",
    "PARTS",
    "RIVALS",
    "Rivalry",
    "Shares",
    "choice_shares",
    "fair_value_line",
    "market_offers",
    "point_gains",
    "rate_firms",
    "value_parts",
]

Floats = NDArray[np.float64]

#: The eight parts of delivered value: four benefits, then four costs.
PARTS = (*BENEFITS, *COSTS)
#: The three firms of the case, in the order of :data:`cvm.value.FIRMS`.
NAMES = (N_("Yunhe"), N_("rival a"), N_("rival b"))
#: The rivals of the case: a is cheap and plain, b brilliant and dear.
RIVALS = (
    Offer(product=6.5, service=6.0, personnel=6.0, image=6.0,
          money=2.0, time=3.0, energy=3.0, psychic=3.0, presence=0.2),
    Offer(product=8.5, service=8.0, personnel=8.0, image=9.0,
          money=6.5, time=2.0, energy=2.0, psychic=1.5, presence=0.3),
)  # fmt: skip


class Rivalry(Offer, Value):
    """Yunhe's offer and the market in which it is chosen."""

    service: float = lever(
        6.5, low=0, high=10, unit=N_("score"), meaning=N_("Service: shops, hotline, repair")
    )
    image: float = lever(
        6.5, low=0, high=10, unit=N_("score"), meaning=N_("Image: the standing of the brand")
    )
    time: float = lever(
        3.5, low=0, high=10, unit=N_("score"), meaning=N_("Time cost: waiting and queueing")
    )
    energy: float = lever(
        2.5, low=0, high=10, unit=N_("score"), meaning=N_("Energy cost: trouble to buy and use")
    )
    presence: float = assumption(
        -0.5, low=-4, high=4, unit=N_("log-odds"),
        meaning=N_("Reach a firm has whatever it offers: shops, coverage, being known"),
    )  # fmt: skip
    copied: float = assumption(
        0.0, low=0, high=1, unit="share",
        meaning=N_("How much of what Yunhe moves both rivals copy"),
    )  # fmt: skip


@needs_world
def market_offers(world: Rivalry) -> tuple[Offer, ...]:
    """Give the three offers on the table: Yunhe's and, where they copy, the rivals' answer.

    Parameters
    ----------
    world : Rivalry
        Yunhe's scores and ``copied``.

    Returns
    -------
    tuple of three Offer
        In the order of :data:`cvm.value.FIRMS`.
    """
    own = Offer(**{item.name: getattr(world, item.name) for item in Offer.declared()})
    if world.copied == 0:
        return own, *RIVALS
    start = Rivalry()
    step = {name: world.copied * (getattr(world, name) - getattr(start, name)) for name in PARTS}
    answers = (
        {name: min(max(getattr(rival, name) + step[name], 0.0), 10.0) for name in PARTS}
        for rival in RIVALS
    )
    return own, *(rival.replace(**answer) for rival, answer in zip(RIVALS, answers, strict=True))


@needs_world
def value_parts(offers: Mapping[str, Offer], *, world: Value) -> pd.DataFrame:
    """Take delivered value apart: what each of the eight parts adds or takes.

    Parameters
    ----------
    offers : mapping of str to Offer
        The offers by the firm's name.
    world : Value
        Uses the weights.

    Returns
    -------
    DataFrame
        One row a firm and part: ``firm``, ``part``, ``side`` ("benefit" or "cost"), ``score``
        (0-10), ``weight`` and ``points`` (below 0 for a cost). A firm's points add up to its
        delivered value.
    """
    named = isinstance(offers, Mapping) and all(isinstance(o, Offer) for o in offers.values())
    if not named or not offers:
        wrong = _("There is no offer to take apart.")
        remedy = _("Give for example {example}.", example="{'Yunhe': Offer()}")
        raise CvmError(wrong, given=offers or None, remedy=remedy)
    weights = [*world.benefit_weights(), *world.cost_weights()]
    sides = ["benefit"] * len(BENEFITS) + ["cost"] * len(COSTS)
    tables = []
    for firm, offer in offers.items():
        score = [getattr(offer, name) for name in PARTS]
        table = pd.DataFrame({"part": PARTS, "side": sides, "score": score, "weight": weights})
        table.insert(0, "firm", firm)
        sign = np.where(table["side"] == "benefit", 1.0, -1.0)
        tables.append(table.assign(points=sign * table["weight"] * table["score"]))
    return pd.concat(tables, ignore_index=True)


@dataclass(frozen=True, kw_only=True, repr=False)
class Shares(Result):
    """Who is chosen, and whether by those to whom it delivers most.

    Parameters
    ----------
    table : DataFrame
        One row a firm: ``firm``, ``value`` (points, to somebody who minds costs as most do),
        ``most_value`` (share of people to whom it delivers the most), ``share`` (of choice).
    share : float
        Yunhe's share of choice.
    follow : float
        Share of people who choose the firm that delivers most value to them.
    n : int
        People.
    """

    table: pd.DataFrame = field(compare=False)
    share: float
    follow: float
    n: int

    def sentence(self) -> str:
        """Say Yunhe's value and share, and how many follow value alone."""
        return _(
            "Yunhe delivers {value} points and is chosen by {share}. {follow} of people choose "
            "the firm that delivers most to them (n = {n}).",
            value=number(self.table["value"].iloc[0]), share=number(self.share, "share"),
            follow=number(self.follow, "share"), n=number(self.n),
        )  # fmt: skip

    def to_frame(self) -> pd.DataFrame:
        """Give one row a firm."""
        return self.table.copy()


@needs_world
def choice_shares(world: Rivalry, *, n: int, seed: int) -> Shares:
    """Let people choose among the three offers.

    Parameters
    ----------
    world : Rivalry
        Offer and market.
    n : int
        People, 1 or more; a larger ``n`` keeps the first ones.
    seed : int
        The luck; the same people under any levers.

    Returns
    -------
    Shares
        The average of the people's own chances, so that no luck of choosing is in it.
    """
    n = whole_number(n, name="n")
    offers = market_offers(world)
    value, chance = _chances(world, offers, n=n, seed=seed)
    best = value.argmax(axis=1)
    table = pd.DataFrame({
        "firm": list(NAMES),
        "value": [float(offer_value(offer, world)) for offer in offers],
        "most_value": np.bincount(best, minlength=3) / n,
        "share": chance.mean(axis=0),
    })  # fmt: skip
    follow = float(np.take_along_axis(chance, best[:, None], axis=1).mean())
    return Shares(table=table, share=float(table["share"].iloc[0]), follow=follow, n=n)


def _chances(
    world: Rivalry, offers: tuple[Offer, ...], *, n: int, seed: int
) -> tuple[Floats, Floats]:
    """Give what each firm delivers to each person, and that person's chance to choose it."""
    luck = Luck(seed)
    minding = cost_weight(luck.normal("minding costs", n), world)[:, None]
    scores = np.array([[getattr(offer, name) for name in PARTS] for offer in offers])
    value = delivered_value(scores[:, :4], scores[:, 4:], world, minding=minding)
    presence = [offer.presence for offer in offers]
    return value, shares(utility(value, presence, luck.normal("tastes", n, 3), world))


@needs_world
def point_gains(world: Rivalry, *, n: int, seed: int, step: float = 1.0) -> pd.DataFrame:
    """Say what a point of each part wins: benefits up, costs down, one at a time.

    Parameters
    ----------
    world : Rivalry
        Offer and market; where ``copied`` is above 0, rivals answer.
    n, seed : int
        People and luck; the same people for every part.
    step : float
        Points moved, above 0; a score stops at 0 and 10.

    Returns
    -------
    DataFrame
        One row a part, largest gain first: ``part``, ``side``, ``weight``, ``share`` (now),
        ``share_moved``, ``gain`` (shares).
    """
    if not real_number(step, name="step") > 0:
        wrong = _("A step is a number of points above zero.")
        raise CvmError(wrong, given=step, remedy=_("Give for example step=1."))
    now = choice_shares(world, n=n, seed=seed).share
    parts = value_parts({"": world}, world=world)
    rows = []
    for row in parts.itertuples():
        better = step if row.side == "benefit" else -step
        score = min(max(getattr(world, str(row.part)) + better, 0.0), 10.0)
        moved = choice_shares(world.replace(**{str(row.part): score}), n=n, seed=seed).share
        rows.append({"part": row.part, "side": row.side, "weight": row.weight, "share": now,
                     "share_moved": moved, "gain": moved - now})  # fmt: skip
    table = pd.DataFrame(rows)
    return table.sort_values("gain", ascending=False, ignore_index=True, kind="stable")


@needs_world
def rate_firms(survey: pd.DataFrame, *, prices: Mapping[str, float], world: Value) -> pd.DataFrame:
    """Make of a survey what :func:`cvm.value.value_map` reads: mean scores, prices, weights.

    Parameters
    ----------
    survey : DataFrame
        As from :func:`cvm.value.simulate_choices`: ``firm`` and the four benefits.
    prices : mapping of str to float
        Currency a month, by firm.
    world : Value
        Gives the weights of the benefits.

    Returns
    -------
    DataFrame
        One row a firm in the order of the survey: ``firm``, ``price`` and the mean of each
        benefit; last a row "weight".
    """
    need_columns(survey, ("firm", *BENEFITS), remedy=_("Ask for all four benefits."))
    scores = pd.DataFrame(numbers_in(survey, BENEFITS), columns=[*BENEFITS])
    scores.insert(0, "firm", survey["firm"].to_numpy(dtype=object))
    table = scores.groupby("firm", sort=False, dropna=False)[[*BENEFITS]].mean().reset_index()
    if not isinstance(prices, Mapping):
        wrong = _("The prices are given by firm.")
        raise CvmError(wrong, given=prices, remedy=_("Write for example prices={example}.", example="{'firm': 60}"))  # fmt: skip
    unpriced = [name for name in table["firm"] if name not in prices]
    if unpriced:
        wrong = _("There is no price for '{firm}'.", firm=unpriced[0])
        raise CvmError(wrong, given=dict(prices), remedy=_("Name every firm of the survey."))
    table.insert(
        1,
        "price",
        [real_number(prices[name], name="price", least=0, example=60) for name in table["firm"]],
    )
    weights = dict(zip(BENEFITS, world.benefit_weights(), strict=True))
    return pd.concat([table, pd.DataFrame([{"firm": "weight", **weights}])], ignore_index=True)


def fair_value_line(
    *, low: float, high: float, quality_weight: float = 0.5, points: int = 50
) -> pd.DataFrame:
    r"""Give the line of the value map on which quality and price are worth each other.

    On it the index :math:`w\,q + (1-w)/p` is 1, hence :math:`p = (1-w)/(1-w\,q)`.

    Parameters
    ----------
    low, high : float
        Ends of the quality ratio, with 0 < low < high < 1 / ``quality_weight``.
    quality_weight : float
        :math:`w`, above 0 and below 1, as in :func:`cvm.value.value_map`.
    points : int
        Points on the line.

    Returns
    -------
    DataFrame
        ``quality_ratio`` and ``price_ratio``.
    """
    ends = {"low": low, "high": high, "quality_weight": quality_weight}
    low, high, quality_weight = (real_number(v, name=name) for name, v in ends.items())
    if not (0 < quality_weight < 1 and 0 < low < high < 1 / quality_weight):
        raise CvmError(
            _("The fair-value line runs from a quality above zero to one below {end}.",
              end=_("1 / quality_weight")),
            given=(low, high, quality_weight),
            remedy=_("Give for example low=0.8, high=1.3, quality_weight=0.5."),
        )  # fmt: skip
    quality = np.linspace(low, high, whole_number(points, name="points", least=2))
    price = (1 - quality_weight) / (1 - quality_weight * quality)
    return pd.DataFrame({"quality_ratio": quality, "price_ratio": price})


# What stands in tables and on figures.
SIDES = [N_("benefit"), N_("cost")]
