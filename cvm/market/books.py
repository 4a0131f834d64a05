"""The books: purchases and money, made after the months have passed, in whole cents.

Every amount is rounded once, where it arises - a purchase, a customer's cost of a month,
a bill for the whole district - and from there on only added, so the ledger, the customers'
months and the transactions agree to the cent.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cvm import behaviour
from cvm.luck import spread
from cvm.market.chains import Chains
from cvm.market.crowd import Crowd
from cvm.market.months import History
from cvm.market.parameters import DESK, Market

__all__ = ["Books", "keep_books"]

Cents = NDArray[np.int64]
Index = NDArray[np.intp]

#: Days on which purchases fall; every month has them.
DAYS = 28


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
    who = history.joined("who")
    month = np.repeat(np.arange(len(history.months)), history.lengths("who"))
    count = _purchases(market, crowd, history, who)
    buyer, slot, day, amount = _amounts(market, crowd, history, who, count)
    revenue = np.bincount(buyer, weights=amount, minlength=len(who)).astype(np.int64)
    costs = _costs(market, crowd, chains, history, who, count, revenue)
    ledger = _ledger(market, crowd, history, group, who, month, count, {"revenue": revenue} | costs)
    return Books(
        who=who, month=month, purchases=count, revenue=revenue, cost=sum(costs.values()),  # type: ignore[arg-type]
        buyer=buyer, slot=slot, day=day, amount=amount, ledger=ledger,
    )  # fmt: skip


def _purchases(market: Market, crowd: Crowd, history: History, who: Index) -> NDArray[np.int64]:
    rate = crowd.rate * (1 + market.people.lift * crowd.member)
    return behaviour.purchases(history.joined("luck"), rate[who] * history.joined("wallet"))


def _amounts(
    market: Market, crowd: Crowd, history: History, who: Index, count: NDArray[np.int64]
) -> tuple[Index, NDArray[np.int64], NDArray[np.int64], Cents]:
    buys = np.flatnonzero(count)
    times = count[buys]
    buyer = np.repeat(buys, times)
    slot = np.arange(len(buyer)) - np.repeat(np.cumsum(times) - times, times)
    luck = history.joined("worth")[buyer]
    # Even slots are for what a purchase is worth, odd ones for its day.
    factor = behaviour.spend_factor(spread(luck, 2 * slot), market.behaviour)
    day = (spread(luck, 2 * slot + 1) * DAYS).astype(np.int64)
    cents = np.rint(100 * market.firm.price * crowd.spend[who[buyer]] * factor.astype(float))
    return buyer, slot, day, np.maximum(cents, 1).astype(np.int64)


def _costs(
    market: Market,
    crowd: Crowd,
    chains: Chains,
    history: History,
    who: Index,
    count: NDArray[np.int64],
    revenue: Cents,
) -> dict[str, Cents]:
    """Give what each customer caused in each month, line by line, in cents."""
    firm, world, bonds = market.firm, market.behaviour, market.loyalty
    segment = np.array([1, 1, market.people.business_serve], np.float32)[crowd.segment]
    effort = np.array([firm.effort_key, firm.effort_ordinary, firm.effort_small])[crowd.tier]
    fixed = np.rint(100 * (firm.effort_cost * effort)).astype(np.int64)
    tie = round(100 * firm.bond_cost * (bonds.social + bonds.structural))
    serve = 100 * chains.serve[history.joined("tenure")] * segment[who]
    serve += (100 * world.serve_purchase) * count
    before = np.cumsum(history.lengths("who")) - history.lengths("who")
    contacts = history.joined("contact") + np.repeat(before, history.lengths("contact"))
    serve[contacts] += 100 * world.serve_contact
    return {
        "goods": np.rint(revenue * ((1 - firm.margin) / firm.price)).astype(np.int64),
        "service": np.rint(serve).astype(np.int64),
        "rewards": np.rint(revenue * (firm.reward * crowd.member[who])).astype(np.int64),
        "tier_service": fixed[who],
        "bonds": np.full(len(who), tie, dtype=np.int64),
    }


def _ledger(
    market: Market,
    crowd: Crowd,
    history: History,
    group: int,
    who: Index,
    month: Index,
    count: NDArray[np.int64],
    lines: dict[str, Cents],
) -> dict[str, Cents]:
    months, groups = len(history.months), -(-crowd.n // group)
    # Months come one after another and people in order within them, so each cell of the
    # ledger is a stretch, and its sum a difference of running sums of whole cents.
    ends = np.searchsorted(month * groups + who // group, np.arange(months * groups + 1))

    def added(line: Cents) -> Cents:
        running = np.concatenate([[0], np.cumsum(line)])
        return np.diff(running[ends]).reshape(months, groups).T.ravel()

    def events(rows: list[Index]) -> Cents:
        by_group = [np.bincount(row // group, minlength=groups) for row in rows]
        return np.array(by_group, dtype=np.int64).reshape(months, groups).T.ravel()

    every = history.months
    contacts = [row.who[row.contact] for row in every]
    complaints = [row[m.complained] for row, m in zip(contacts, every, strict=True)]
    ever = np.count_nonzero(history.ever.reshape(months, groups, -1), axis=2)
    customers = np.diff(ends).reshape(months, groups)
    counts = {
        "customers": customers.T.ravel(), "joined": events([m.joining for m in every]),
        "left": events([m.leaving for m in every]), "contacts": events(contacts),
        "complaints": events(complaints), "referrals": events([m.referring for m in every]),
        "purchases": added(count),
    }  # fmt: skip
    people = np.repeat(np.minimum(group, crowd.n - group * np.arange(groups)), months)
    money = {name: added(line) for name, line in lines.items()}
    money |= _bills(market, people, counts["joined"], (ever - customers).T.ravel())
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
