"""Month after month: contacts, judgement, loyalty, referral, leaving and joining.

One pass a month over the customers of that month, in single precision and in this order:
service contacts and complaints; this month's performance, judgement and satisfaction;
attitude and the chance to leave; referrals; then who leaves and who joins, effective next
month. One number a person and month is drawn, for everybody, customer or not, so that a
scenario with more customers meets the same people with the same luck. It decides who moves;
whatever else a month decides hangs on it (:func:`cvm.luck.spread`, a slot each: :data:`SLOTS`)
and is made only for those whom it concerns: a quarter are customers, and few of them in contact.
Purchases and money feed back on nothing within the run and are made afterwards
(:mod:`cvm.market.books`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from cvm import satisfaction
from cvm.levers import needs_world
from cvm.luck import Luck, spread
from cvm.market.chains import CHANCE, LOAD, SPAN, Chains
from cvm.market.crowd import Crowd
from cvm.market.parameters import DESK, Market
from cvm.service import moments as service

__all__ = ["History", "walk"]

Floats = NDArray[np.float64]
Single = NDArray[np.float32]
Flags = NDArray[np.bool_]
Index = NDArray[np.intp]

#: Position of selling in CHANNELS: those it wins were pushed.
PUSH = 2
#: What hangs on a person's draw of the month, by its slot: first what every customer needs,
#: then every contact, then all who move.
SLOTS = {
    name: np.uint64(slot)
    for slot, name in enumerate((
        "contact", "refer", "purchases", "met", "human", "business", "hidden", "voice", "silent",
        "settled", "day", "where",
    ))
}  # fmt: skip


def slots(*names: str) -> NDArray[np.uint64]:
    """Name what to draw, as a column that :func:`cvm.luck.spread` sets against people."""
    return np.array([SLOTS[name] for name in names])[:, None]


#: What every customer needs, and every contact.
CUSTOMER = slots("contact", "refer", "purchases", "met")
CONTACT = slots("human", "business", "hidden", "voice", "silent", "settled")
#: Below any draw but nought, at which a normal would be without bound.
LEAST = 2.0**-54


@dataclass(frozen=True, kw_only=True)
class Pulls:
    """What brings outsiders in."""

    share: Floats  # chance of choosing the firm, once it is considered
    media: Floats  # chance a month to consider it, adding advertising, selling, web
    regained: float  # the same for a lost customer, by win-back
    talk: float  # chance to consider it, for somebody who was referred
    most: float  # no outsider considers or looks with a higher chance, but for talk
    first_rival: Floats  # chance of the first rival against the second


@dataclass(kw_only=True)
class State:
    """Where everybody stands; changed month by month."""

    active: Flags
    ever: Flags
    provider: NDArray[np.int8]
    since: Index  # month of joining, below 0 before the first
    satisfaction: Single  # of customers; what it was when they left, of the lost
    learned: Single
    risk: Single  # with the channel's part in it
    heard: Floats  # share of outsiders whom last month's talk reached, by desk


@dataclass(frozen=True, kw_only=True)
class Month:
    """What came of one month; arrays of its customers, its contacts, or its moves."""

    who: Index  # customers
    satisfaction: Single
    hazard: Single
    tenure: Index
    wallet: Single
    luck: Floats  # in purchases
    contact: Index  # positions in who of those in contact
    drawn: Floats  # the month's draw of each contact
    quality: Floats  # of the moment
    failed: Flags
    complained: Flags
    days: Floats  # until the answer, for each complaint
    settled: Flags
    referring: Index
    leaving: Index
    joining: Index
    channel: NDArray[np.int8]  # of each who joins
    again: int  # how many of those had been customers before


@dataclass(frozen=True, kw_only=True)
class History:
    """What came of the run."""

    months: list[Month]
    active: Flags  # customer of the firm in a month, shape (months, n)
    ever: Flags  # is or has been one
    provider: NDArray[np.int8]  # positions in FIRMS

    def between(self, first: int, end: int) -> History:
        """Give the part from one month up to before another."""
        part = slice(first, end)
        return History(
            months=self.months[part], active=self.active[part], ever=self.ever[part],
            provider=self.provider[part],
        )  # fmt: skip

    def joined(self, name: str) -> NDArray[Any]:
        """Put a field of all months behind one another."""
        return np.concatenate([getattr(month, name) for month in self.months])

    def lengths(self, name: str) -> NDArray[np.intp]:
        """Count the entries of a field in each month."""
        return np.array([len(getattr(month, name)) for month in self.months])


@needs_world
def walk(market: Market, crowd: Crowd, chains: Chains, luck: Luck, *, months: int) -> History:
    """Let the months pass.

    Parameters
    ----------
    market : Market
        Levers and assumptions.
    crowd : Crowd
        The people.
    chains : Chains
        The topics' curves.
    luck : Luck
        The luck.
    months : int
        How many.

    Returns
    -------
    History
    """
    drawn = luck.months("month", crowd.n, start=crowd.start)
    state, pulls = _begin(market, crowd), _pulls(market, crowd)
    member = crowd.member.astype(np.intp) * SPAN
    history = History(
        months=[], active=np.empty((months, crowd.n), bool), ever=np.empty((months, crowd.n), bool),
        provider=np.empty((months, crowd.n), np.int8),
    )  # fmt: skip
    for month in range(months):
        history.active[month], history.ever[month] = state.active, state.ever
        history.provider[month] = state.provider
        history.months.append(
            _month(market, crowd, chains, state, pulls, member, drawn(month), month)
        )
    return history


def _month(
    market: Market,
    crowd: Crowd,
    chains: Chains,
    state: State,
    pulls: Pulls,
    member: Index,
    drawn: Floats,
    month: int,
) -> Month:
    """Let one month pass: give what came of it, and leave the state as the next finds it."""
    who = np.flatnonzero(state.active)
    tenure = month - state.since.take(who)
    own = drawn.take(who)
    touched, refers, luck, met = spread(own, CUSTOMER)
    served, gone, change = _serve(market, crowd, chains, who, own, touched)
    satisfied = _judge(market, crowd, state, who, met, served["contact"], change)
    node = chains.node(satisfied)
    hazard = _hazard(chains, node, member.take(who), tenure, state.risk.take(who))
    referring = who[refers < chains.referral.take(node)]
    leaves = own < hazard
    leaves[gone] = True
    leaving = who[leaves]
    joining, channel, again, looking = _join(market, crowd, state, pulls, drawn, month)
    state.active[leaving] = False
    _turn(state, np.concatenate([leaving, looking]), drawn, pulls)
    _talk(crowd, state, who, referring)
    return Month(
        who=who, satisfaction=satisfied, hazard=hazard, tenure=tenure,
        wallet=chains.wallet.take(node), luck=luck, referring=referring, leaving=leaving,
        joining=joining, channel=channel, again=again, **served,
    )  # fmt: skip


def _begin(market: Market, crowd: Crowd) -> State:
    begins = crowd.provider == 0
    rested = satisfaction.resting_point(crowd.lasting, market.satisfaction).astype(np.float32)
    return State(
        active=begins, ever=begins.copy(), provider=crowd.provider.copy(),
        since=-crowd.tenure, satisfaction=rested, learned=crowd.lasting.copy(),
        risk=crowd.risk.copy(), heard=np.zeros(len(crowd.desks)),
    )  # fmt: skip


def _serve(
    market: Market, crowd: Crowd, chains: Chains, who: Index, own: Floats, touched: Floats
) -> tuple[dict[str, Any], Index, Single]:
    """Meet this month's contacts; give what came of them, who (by place) left, and points moved."""
    world = market.service
    contact = np.flatnonzero(touched < market.people.contacts)
    people, drawn = who.take(contact), own.take(contact)
    human, business, hidden, voice, silence, fixed = spread(drawn, CONTACT)
    quality = service.contact_outcome(human, business, hidden, world)
    bad = service.failed(quality, world)
    voiced = bad & service.voices(voice, world)
    silent = bad & ~voiced & service.silent_exits(silence, world)
    days = _response(crowd, chains, people[voiced])
    settled = fixed[voiced] < world.resolution
    change = np.where(bad, -world.failure_loss, 0.0)
    change[voiced] += service.recovery(days, settled, world)
    met = {
        "contact": contact, "drawn": drawn, "quality": quality, "failed": bad,
        "complained": voiced, "days": days, "settled": settled,
    }  # fmt: skip
    return met, contact[silent], change.astype(np.float32)


def _response(crowd: Crowd, chains: Chains, who: Index) -> Floats:
    """Give the days until each complaint is answered: a desk's own load, scaled to a full desk."""
    load = np.bincount(crowd.desk[who], minlength=len(crowd.desks)) * (DESK / crowd.desks)
    days = chains.response[np.minimum(load + 0.5, LOAD).astype(np.intp)]
    return days[crowd.desk[who]]


def _judge(
    market: Market,
    crowd: Crowd,
    state: State,
    who: Index,
    luck: Floats,
    contact: Index,
    change: Single,
) -> Single:
    """Let the month's performance and contacts move expectation and satisfaction."""
    world, learned = market.satisfaction, state.learned.take(who)
    met = ndtri(np.maximum(luck, LEAST)).astype(np.float32)
    met *= world.noise
    met += crowd.lasting.take(who)
    expected = satisfaction.expectation(learned, world)
    judged = satisfaction.judgement(satisfaction.perceived(met, expected, world), expected, world)
    satisfied = satisfaction.kept(state.satisfaction.take(who), judged, world)
    satisfied[contact] = np.minimum(np.maximum(satisfied[contact] + change, 0), 100)
    state.satisfaction[who] = satisfied
    state.learned[who] = satisfaction.adapted(learned, met, world)
    return satisfied


def _hazard(chains: Chains, node: Index, member: Index, tenure: Index, risk: Single) -> Single:
    """Give each customer's chance to leave this month."""
    place = node + member
    stays = chains.formed.take(place)
    stays *= chains.habit.take(tenure)
    stays += chains.unformed.take(place)
    stays *= CHANCE
    hazard = chains.leave.take(stays.astype(np.intp))
    hazard *= risk
    return np.minimum(hazard, 1, out=hazard)


def _talk(crowd: Crowd, state: State, who: Index, referring: Index) -> None:
    """Spread the word: how many outsiders of a desk's district hear of the firm next month."""
    desks = len(crowd.desks)
    said = np.bincount(crowd.desk[referring], minlength=desks)
    inside = np.bincount(crowd.desk[who], minlength=desks) if desks > 1 else len(who)
    state.heard = -np.expm1(-said / np.maximum(crowd.desks - inside, 1))


def _join(
    market: Market, crowd: Crowd, state: State, pulls: Pulls, drawn: Floats, month: int
) -> tuple[Index, NDArray[np.int8], int, Index]:
    """Decide which outsiders join, by which channel, and which look from rival to rival."""
    heard = pulls.talk * state.heard
    outside = np.flatnonzero(drawn < pulls.most + heard.max())
    outside = outside[~state.active[outside]]
    luck, told, lost = drawn[outside], heard[crowd.desk[outside]], state.ever[outside]
    chance = pulls.share[outside] * (pulls.media[2] + told + pulls.regained * lost)
    joins = luck < chance
    looking = outside[~joins & (luck < market.people.look)]
    joining, again = outside[joins], int(np.count_nonzero(lost[joins]))
    channel = _channel(pulls, luck[joins] / pulls.share[joining], told[joins])
    state.active[joining] = state.ever[joining] = True
    state.provider[joining], state.since[joining] = 0, month + 1
    state.satisfaction[joining] = state.learned[joining] = crowd.lasting[joining]
    pushed = np.where(channel == PUSH, market.people.push_risk, 1)
    state.risk[joining] = crowd.risk[joining] * pushed
    return joining, channel, again, looking


def _channel(pulls: Pulls, luck: Floats, told: Floats) -> NDArray[np.int8]:
    """Give positions in CHANNELS: the draw that said whether says which, as it fell so low."""
    ends = (*pulls.media, pulls.media[2] + told)  # beyond the last, win-back
    return np.int8(1) + sum((luck >= end).view(np.int8) for end in ends)  # 0 is "from the start"


def _turn(state: State, who: Index, drawn: Floats, pulls: Pulls) -> None:
    """Let each choose one of the rivals."""
    where = spread(drawn.take(who), SLOTS["where"])
    state.provider[who] = 1 + (where >= pulls.first_rival.take(who))


def _pulls(market: Market, crowd: Crowd) -> Pulls:
    firm, people = market.firm, market.people
    spent = np.array([firm.advertising, firm.selling, firm.web])
    most = np.array([firm.reach_advertising, firm.reach_selling, firm.reach_web])
    media = np.cumsum(people.look * most * -np.expm1(-spent / firm.saturation))
    regained = firm.winback_reach * -np.expm1(-firm.winback)
    rivals = np.maximum(crowd.shares[:, 1:].sum(axis=1), 1e-300)
    return Pulls(
        share=crowd.shares[:, 0], media=media, regained=regained, talk=people.talk,
        most=max(people.look, media[2] + regained), first_rival=crowd.shares[:, 1] / rivals,
    )  # fmt: skip
