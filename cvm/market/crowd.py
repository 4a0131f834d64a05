"""The people of a market: what is lasting about each, drawn before anything happens.

Everything here is settled once for a person; the months are in :mod:`cvm.market.months`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cvm import behaviour, satisfaction, value
from cvm.levers import needs_world
from cvm.luck import Luck
from cvm.market.parameters import DESK, Market
from cvm.value import Offer

__all__ = ["Crowd", "gather"]

Single = NDArray[np.float32]
Index = NDArray[np.intp]


@dataclass(frozen=True, kw_only=True)
class Crowd:
    """One array a trait, each of length ``n``; see the fields' comments for units."""

    n: int
    start: int  # number of the first person
    segment: NDArray[np.int8]  # positions in SEGMENTS
    tier: NDArray[np.int8]  # positions in TIERS, were the person a customer
    member: NDArray[np.bool_]  # would join the reward programme
    delivered: NDArray[np.float64]  # delivered value of each firm, shape (n, 3)
    shares: NDArray[np.float64]  # chance of choosing each firm, shape (n, 3)
    rate: Single  # purchases a month, all firms together
    spend: Single  # mean worth of a purchase, yuan
    lasting: Single  # performance the person usually meets, points
    risk: Single  # risk of leaving, 1 for the average
    provider: NDArray[np.int8]  # positions in FIRMS, in the first month
    tenure: Index  # months as a customer before the first month
    desk: Index  # which complaint desk
    desks: NDArray[np.float64]  # people at each desk
    asked: NDArray[np.int8]  # month of the year in which the survey would ask; -1 never

    @property
    def worth(self) -> Single:
        """Usual spending on the category, yuan a month: what tiers go by."""
        return self.rate * self.spend


@needs_world
def gather(market: Market, luck: Luck, *, n: int, start: int, group: int) -> Crowd:
    """Draw the people.

    Parameters
    ----------
    market : Market
        Levers and assumptions.
    luck : Luck
        The luck.
    n, start : int
        People, and the number of the first.
    group : int
        People of one market (a replicate); complaint desks do not reach beyond it.

    Returns
    -------
    Crowd
    """
    segment = _segments(market, luck.uniform("segment", n, start=start))
    rate, spend = _buying(market, luck, segment, n, start)
    values, shares = _choices(market, luck, n, start)
    tier = _tiers(market, rate * spend)
    extra = np.array(
        [market.firm.effort_key, market.firm.effort_ordinary, market.firm.effort_small]
    )
    served = satisfaction.performance(values[:, 0]) + extra[tier]
    lasting = served + market.satisfaction.leniency * luck.normal("leniency", n, start=start)
    place = np.arange(n)
    desk = place // group * -(-group // DESK) + place % group // DESK
    return Crowd(
        n=n, start=start, segment=segment, tier=tier, delivered=values, shares=shares,
        rate=rate.astype(np.float32), spend=spend.astype(np.float32),
        lasting=np.clip(lasting, 0, 100).astype(np.float32),
        member=_members(market, luck.uniform("programme", n, start=start), rate),
        risk=_risks(market, shares[:, 0]).astype(np.float32),
        provider=_providers(market, luck.uniform("first provider", n, start=start), shares),
        tenure=_tenures(market, luck.uniform("tenure", n, start=start)),
        desk=desk, desks=np.bincount(desk).astype(float),
        asked=_asked(market, luck.uniform("survey", n, 2, start=start)),
    )  # fmt: skip


def _segments(market: Market, u: NDArray[np.float64]) -> NDArray[np.int8]:
    youth, business = market.people.youth, market.people.business
    return np.where(u < youth, 1, np.where(u >= 1 - business, 2, 0)).astype(np.int8)


def _buying(
    market: Market, luck: Luck, segment: NDArray[np.int8], n: int, start: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    people, world = market.people, market.behaviour
    spread = world.rate_spread
    gammas = luck.gamma("rate", n, shape=1 / spread**2 if spread else 1.0, start=start)
    often = np.array([1, people.youth_rate, people.business_rate])[segment]
    much = np.array([1, people.youth_spend, people.business_spend])[segment]
    rate = behaviour.purchase_rates(gammas, world) * often
    return rate, behaviour.spend_means(luck.normal("spend mean", n, start=start), world) * much


def _choices(
    market: Market, luck: Luck, n: int, start: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    minding = value.cost_weight(luck.normal("minding costs", n, start=start), market.value)
    offers: list[Offer] = [market.offer, market.rival_a, market.rival_b]
    values = np.stack([value.offer_value(o, market.value, minding=minding) for o in offers], axis=1)
    tastes = luck.normal("tastes", n, 3, start=start)
    pulled = value.utility(values, [o.presence for o in offers], tastes, market.value)
    return values, value.shares(pulled)


def _tiers(market: Market, worth: NDArray[np.float64]) -> NDArray[np.int8]:
    firm = market.firm
    return np.where(worth >= firm.key_from, 0, np.where(worth >= firm.ordinary_from, 1, 2)).astype(
        np.int8
    )


def _members(
    market: Market, u: NDArray[np.float64], rate: NDArray[np.float64]
) -> NDArray[np.bool_]:
    # Self-selection: the more one buys, the sooner one joins.
    firm, people = market.firm, market.people
    usual = max(market.behaviour.rate, 1e-12)
    keen = (rate / usual) ** people.keenness if people.keenness else np.ones_like(rate)
    return u < (firm.enrol * keen if firm.programme else 0.0)


def _risks(market: Market, share: NDArray[np.float64]) -> NDArray[np.float64]:
    # 1 for somebody to whom the three firms are alike.
    return ((1 - share) / (2 / 3)) ** market.people.pull


def _providers(
    market: Market, u: NDArray[np.float64], shares: NDArray[np.float64]
) -> NDArray[np.int8]:
    # What the firm, perhaps just launched, has not got yet its rivals have between them.
    first = market.people.present * shares[:, 0]
    others = np.maximum(1 - shares[:, 0], 1e-300)
    second = first + (1 - first) * shares[:, 1] / others
    return ((u >= first).astype(np.int8) + (u >= second)).astype(np.int8)


def _tenures(market: Market, u: NDArray[np.float64], *, most: int = 120) -> Index:
    # Those who are there at the start have been so for a while; the spread is for teaching.
    return np.minimum(-market.people.there * np.log1p(-u), most).astype(np.intp)


def _asked(market: Market, u: NDArray[np.float64]) -> NDArray[np.int8]:
    return np.where(u[:, 0] < market.firm.asked, (u[:, 1] * 12).astype(np.int8), -1).astype(np.int8)
