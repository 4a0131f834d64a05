"""The books: purchases and money, made after the months have passed, in whole cents.

Every amount is rounded once, where it arises - a purchase, a customer's cost of a month,
a bill for the whole district - and from there on only added, so the ledger, the customers'
months and the transactions agree to the cent.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cvm import behaviour
from cvm.levers import needs_world
from cvm.luck import PIECE, spread
from cvm.market.chains import Chains
from cvm.market.crowd import Crowd
from cvm.market.months import History
from cvm.market.parameters import DESK, Market

__all__ = ["Books", "keep_books"]

Cents = NDArray[np.int64]
Index = NDArray[np.intp]

#: Days on which purchases fall; every month has them.
DAYS = 28
#: Lines of the ledger that single customers cause.
CAUSED = ("revenue", "goods", "service", "rewards", "tier_service", "bonds")


@dataclass(frozen=True, kw_only=True)
class Books:
    """Customers' months, their purchases, and the ledger by group and month."""

    who: Index  # customer of each customer-month
    month: Index
    purchases: NDArray[np.int64]  # in each customer-month
    revenue: Cents
    cost: Cents  # all that a customer causes: goods, service, rewards, effort, bonds
    buyer: Index  # one entry a purchase: its customer-month
    slot: NDArray[np.int64]  # which of the month's, from 0
    day: NDArray[np.int64]  # 0 to 27
    amount: Cents
    ledger: dict[str, Cents]  # one array a line, of length groups x months


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What buying and serving come to for each person, settled once."""

    rate: NDArray[np.float64]  # purchases a month, all firms together, the programme's lift in it
    spend: NDArray[np.float32]  # mean worth of a purchase at the firm's price, cents
    serve: NDArray[np.float32]  # factor of the cost of serving
    reward: NDArray[np.float64]  # share of revenue given back
    effort: Cents  # service above standard, a month
    tie: int  # cents a customer and month for bonds


@needs_world
def keep_books(
    market: Market, crowd: Crowd, chains: Chains, history: History, *, group: int
) -> Books:
    """Make purchases, amounts, costs and the ledger.

    Parameters
    ----------
    market : Market
        Levers and assumptions.
    crowd, chains, history
        The people, the curves, and what came of the months.
    group : int
        People for whom one ledger is kept.

    Returns
    -------
    Books
    """
    terms, edges = _terms(market, crowd), np.arange(-(-crowd.n // group) + 1) * group
    parts = [_rows(market, chains, terms, stretch, edges) for stretch in _stretches(history)]
    first = 0  # of the stretch's customer-months among all
    for rows, _sums in parts:
        rows["buyer"] += first
        first += len(rows["who"])
    columns = {name: np.concatenate([rows[name] for rows, _sums in parts]) for name in parts[0][0]}
    sums = {name: np.concatenate([by[name] for _rows, by in parts]) for name in parts[0][1]}
    return Books(
        month=np.repeat(np.arange(len(history.months)), history.lengths("who")),
        ledger=_ledger(market, crowd, history, group, sums), **columns,
    )  # fmt: skip


def _terms(market: Market, crowd: Crowd) -> Terms:
    firm, bonds = market.firm, market.loyalty
    effort = np.array([firm.effort_key, firm.effort_ordinary, firm.effort_small])[crowd.tier]
    return Terms(
        rate=crowd.rate * (1 + market.people.lift * crowd.member),
        spend=100 * firm.price * crowd.spend,
        serve=np.array([1, 1, market.people.business_serve], np.float32)[crowd.segment],
        reward=crowd.member * np.float64(firm.reward),
        effort=np.rint(100 * (firm.effort_cost * effort)).astype(np.int64),
        tie=round(100 * firm.bond_cost * (bonds.social + bonds.structural)),
    )  # fmt: skip


def _stretches(history: History) -> list[History]:
    """Cut the run into stretches of months whose arrays fit a processor's cache."""
    usual = max(int(history.lengths("who").mean()), 1)
    step = max(PIECE // usual, 1)
    return [history.between(at, at + step) for at in range(0, len(history.months), step)]


def _rows(
    market: Market, chains: Chains, terms: Terms, stretch: History, edges: Index
) -> tuple[dict[str, NDArray[Any]], dict[str, Cents]]:
    """Give a stretch's books: its columns, and its lines by month and group."""
    who = stretch.joined("who")
    rate = terms.rate.take(who) * stretch.joined("wallet")
    count = behaviour.purchases(stretch.joined("luck"), rate)
    bought = _bought(market, terms, stretch, who, count)
    revenue = np.bincount(bought["buyer"], weights=bought["amount"], minlength=len(who))
    revenue = revenue.astype(np.int64)
    costs = _costs(market, chains, terms, stretch, who, count, revenue)
    customers = np.array([np.diff(np.searchsorted(month.who, edges)) for month in stretch.months])
    lines = {"purchases": count, "revenue": revenue} | costs
    sums = {name: _added(line, customers) for name, line in lines.items()}
    sums |= {"customers": customers, "bonds": terms.tie * customers}
    cost = reduce(np.add, costs.values()) + terms.tie
    return {"who": who, "purchases": count, "revenue": revenue, "cost": cost} | bought, sums


def _bought(
    market: Market, terms: Terms, stretch: History, who: Index, count: NDArray[np.int64]
) -> dict[str, NDArray[np.int64]]:
    """Give the purchases one by one."""
    buys = np.flatnonzero(count > 0)
    times = count.take(buys)
    buyer = np.repeat(buys, times)
    slot = np.arange(len(buyer)) - np.repeat(np.cumsum(times) - times, times)
    luck = stretch.joined("luck").take(buyer)
    # Even slots are for what a purchase is worth, odd ones for its day.
    worth, when = spread(luck, 2 * slot + np.array([[0], [1]]))
    factor = behaviour.spend_factor(worth, market.behaviour)
    day = (when * DAYS).astype(np.int64)
    cents = np.rint(terms.spend.take(who.take(buyer)) * factor.astype(float))
    return {
        "buyer": buyer, "slot": slot, "day": day, "amount": np.maximum(cents, 1).astype(np.int64),
    }  # fmt: skip


def _costs(
    market: Market,
    chains: Chains,
    terms: Terms,
    stretch: History,
    who: Index,
    count: NDArray[np.int64],
    revenue: Cents,
) -> dict[str, Cents]:
    """Give what each customer caused in each month, line by line, in cents; bonds apart."""
    firm, world = market.firm, market.behaviour
    serve = 100 * chains.serve.take(stretch.joined("tenure")) * terms.serve.take(who)
    serve += (100 * world.serve_purchase) * count
    before = np.cumsum(stretch.lengths("who")) - stretch.lengths("who")
    contacts = stretch.joined("contact") + np.repeat(before, stretch.lengths("contact"))
    serve[contacts] += 100 * world.serve_contact
    return {
        "goods": np.rint(revenue * ((1 - firm.margin) / firm.price)).astype(np.int64),
        "service": np.rint(serve).astype(np.int64),
        "rewards": np.rint(revenue * terms.reward.take(who)).astype(np.int64),
        "tier_service": terms.effort.take(who),
    }


def _added(line: Cents, customers: NDArray[np.int64]) -> Cents:
    """Add a line up by month and group, whose customer-months stand together."""
    lengths = customers.ravel()
    some = np.flatnonzero(lengths)
    sums = np.zeros(len(lengths), dtype=np.int64)
    sums[some] = np.add.reduceat(line, (np.cumsum(lengths) - lengths)[some])
    return sums.reshape(customers.shape)


def _ledger(
    market: Market, crowd: Crowd, history: History, group: int, sums: dict[str, Cents]
) -> dict[str, Cents]:
    months, groups = sums["customers"].shape
    lines = {name: line.T.ravel() for name, line in sums.items()}

    def events(name: str, who: Index) -> Cents:
        month = np.repeat(np.arange(months), history.lengths(name))
        cells = np.bincount(who // group * months + month, minlength=groups * months)
        return cells.astype(np.int64)

    contacts = [month.who.take(month.contact) for month in history.months]
    complaints = [who[m.complained] for who, m in zip(contacts, history.months, strict=True)]
    ever = np.count_nonzero(history.ever.reshape(months, groups, -1), axis=2).T.ravel()
    counts = {
        "customers": lines["customers"], "joined": events("joining", history.joined("joining")),
        "left": events("leaving", history.joined("leaving")),
        "contacts": events("contact", np.concatenate(contacts)),
        "complaints": events("days", np.concatenate(complaints)),
        "referrals": events("referring", history.joined("referring")),
        "purchases": lines["purchases"],
    }  # fmt: skip
    people = np.repeat(np.minimum(group, crowd.n - group * np.arange(groups)), months)
    money = {name: lines[name] for name in CAUSED}
    money |= _bills(market, people, counts["joined"], ever - counts["customers"])
    profit = money["revenue"] - sum(v for k, v in money.items() if k != "revenue")
    return counts | money | {"profit": profit}


def _bills(
    market: Market, people: NDArray[np.int64], joined: Cents, lost: NDArray[np.int64]
) -> dict[str, Cents]:
    """Give what no single customer causes, by group and month, in cents."""
    firm = market.firm
    each = {
        "advertising": firm.advertising * people, "selling": firm.selling * people,
        "web": firm.web * people, "welcome": firm.welcome * joined, "win_back": firm.winback * lost,
        "complaint_desk": firm.wage * market.service.staff * people / DESK,
        "overhead": firm.overhead * people,
    }  # fmt: skip
    return {name: np.rint(100 * yuan).astype(np.int64) for name, yuan in each.items()}
