r"""A year of business accounts whose end is known: who goes quiet, shrinks, defaults, drains.

**Rhythm.** Account :math:`i` orders every :math:`m_i` days on average; its gaps are
:math:`m_i\,G/k` with :math:`G \sim \Gamma(k)`. The *regularity* :math:`k` says how even the
rhythm is: the gaps' standard deviation is :math:`m_i/\sqrt{k}`, so 1 is pure chance and 16 a
clock. :math:`m_i` is lognormal and cut to 7 to 45 days.

**Trouble.** One in three accounts gets into one kind of trouble. It begins on a day nobody
sees, the *onset*; some days later, after the *notice*, the damage is done, the *event*.

==========  =========================================  ==============================
trouble     from the onset                             the event
==========  =========================================  ==============================
leaves      only a share ``fading`` of its orders      it has signed with a rival
shrinks     a share ``shrink`` of each order is gone   a rival's contract fixes it
defaults    it pays no invoice any more                it is insolvent
drains      selling to it costs ``drain`` more         the year's profit on it is gone
==========  =========================================  ==============================

**Innocent look-alikes.** Some accounts pause for a while and come back; all pay a little
late, now and then, and no account keeps to its plan or its budget exactly.

**The estimand** of the warnings is in :mod:`cvm.alerts.judge`: how many days before the
event an account was called upon, and how many calls were for nothing.

**Simplified for teaching.** One trouble an account; no season; an order is invoiced on its
day and due after 30; nothing an account manager does changes the course of things, so that
lead time is what a warning *could* have been worth. All sizes are assumptions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cvm.inputs import whole_number
from cvm.levers import Levers, assumption, lever, needs_world
from cvm.luck import Luck, bernoulli, poisson
from cvm.words import N_

__all__ = ["INDUSTRIES", "PRODUCTS", "START", "TROUBLES", "Accounts", "AccountsYear", "Course", "course", "simulate_accounts_year"]  # fmt: skip

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: First day of the year, and its length.
START, DAYS = pd.Timestamp("2025-01-01"), 365
#: Kinds of trouble; "none" is the last.
TROUBLES = (N_("leaves"), N_("shrinks"), N_("defaults"), N_("drains"), N_("none"))
INDUSTRIES = ("shops", "factories", "schools", "clinics")
DISTRICTS = ("North", "South", "East", "West")
CHANNELS = ("visit", "telephone", "mail", "web")
SUBJECTS = ("fault", "bill", "delivery", "contract")
#: What business accounts order, from the most to the least common.
PRODUCTS = ("line", "data plan", "telephones", "router", "cloud backup", "firewall", "sensors",
            "video rooms", "training", "cabling", "terminals", "archive")  # fmt: skip
#: Products each industry takes to, by place in PRODUCTS.
_TASTES = ((10, 7, 2), (6, 9, 3), (7, 8, 4), (11, 5, 4))
#: Orders drawn for each account; more than any fits into a year.
_MOST = 100
#: The first and the last day on which trouble begins.
_FIRST, _LAST = 75, 330
#: Days until an invoice is due.
_TERM = 30


class Accounts(Levers):
    """Business accounts in a year: their rhythm, their troubles, and what the firm allows."""

    line_months: float = lever(
        3.0, low=1, high=6, step=0.25, unit=N_("months of purchases"),
        meaning=N_("Credit line of an account"),
    )  # fmt: skip
    plan_growth: float = lever(
        0.05, low=-0.2, high=0.5, step=0.01, unit="share",
        meaning=N_("Growth over the usual sales that plans ask for"),
    )  # fmt: skip
    regularity: float = assumption(
        4.0, low=0.5, high=30, step=0.5,
        meaning=N_("How even each rhythm is: 1 is pure chance, 16 a clock"),
    )  # fmt: skip
    usual_gap: float = assumption(
        18.0,
        low=8,
        high=60,
        step=1,
        unit=N_("days"),
        meaning=N_("Days between orders, median account"),
    )
    gap_spread: float = assumption(
        0.5, low=0, high=1.2, step=0.05, meaning=N_("How much accounts differ in that, log scale")
    )
    notice: float = assumption(
        60.0, low=5, high=180, step=5, unit=N_("days"),
        meaning=N_("Days from the beginning of trouble until the damage is done"),
    )  # fmt: skip
    leaves: float = assumption(
        0.12, low=0, high=0.4, step=0.01, unit="share", meaning=N_("Accounts that leave")
    )
    shrinks: float = assumption(
        0.08, low=0, high=0.2, step=0.01, unit="share",
        meaning=N_("Accounts that give part of their orders to a rival"),
    )  # fmt: skip
    defaults: float = assumption(
        0.06, low=0, high=0.2, step=0.01, unit="share", meaning=N_("Accounts that default")
    )
    drains: float = assumption(
        0.06, low=0, high=0.2, step=0.01, unit="share",
        meaning=N_("Accounts that begin to cost more than they may"),
    )  # fmt: skip
    fading: float = assumption(
        0.1, low=0, high=1, step=0.05, unit="share",
        meaning=N_("Orders that go on while an account is leaving"),
    )  # fmt: skip
    shrink: float = assumption(
        0.6, low=0, high=1, step=0.05, unit="share", meaning=N_("Part of each order a rival takes")
    )
    drain: float = assumption(
        0.5, low=0, high=2, step=0.05, unit="share",
        meaning=N_("What selling to a draining account costs more"),
    )  # fmt: skip
    pauses: float = assumption(
        0.1, low=0, high=1, step=0.05, unit="share",
        meaning=N_("Accounts that pause once and come back"),
    )  # fmt: skip
    pause_days: float = assumption(
        30.0, low=0, high=120, step=5, unit=N_("days"), meaning=N_("How long a pause lasts")
    )
    late_days: float = assumption(
        8.0, low=0, high=60, step=1, unit=N_("days"), meaning=N_("How late invoices are paid, mean")
    )
    plan_error: float = assumption(
        0.1,
        low=0,
        high=0.8,
        step=0.05,
        meaning=N_("How far plans miss the usual sales, log scale"),
    )
    cost_noise: float = assumption(
        0.15, low=0, high=0.8, step=0.05,
        meaning=N_("How much the cost of a month varies, log scale"),
    )  # fmt: skip
    affinity: float = assumption(
        1.5, low=0, high=4, step=0.25, unit=N_("log-odds"),
        meaning=N_("How much an industry prefers its own products"),
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class AccountsYear:
    """The seven tables of a year, and the truth.

    Parameters
    ----------
    customers, contacts, orders, receivables, plans, selling_costs, complaints : DataFrame
        As :data:`cvm.database.SCHEMAS` declares them.
    truth : DataFrame
        One row an account: ``customer``, ``true_trouble``, ``true_onset``, ``true_event``
        (dates; missing without trouble), ``true_gap`` (mean days between orders),
        ``true_pause`` (first day of a pause; missing without).
    """

    customers: pd.DataFrame
    contacts: pd.DataFrame
    orders: pd.DataFrame
    receivables: pd.DataFrame
    plans: pd.DataFrame
    selling_costs: pd.DataFrame
    complaints: pd.DataFrame
    truth: pd.DataFrame

    def tables(self) -> dict[str, pd.DataFrame]:
        """Give the seven tables by name, ready for :func:`cvm.database.load`."""
        names = ("customers", "contacts", "orders", "receivables", "plans", "selling_costs",
                 "complaints")  # fmt: skip
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True, kw_only=True, eq=False)
class Course:
    """The course of things, as arrays: what every table is made from.

    Parameters
    ----------
    gap, size : ndarray, shape (n,)
        Days between orders, and yuan an order, both means.
    trouble : ndarray of int, shape (n,)
        Place in :data:`TROUBLES`.
    onset, event : ndarray, shape (n,)
        Days from :data:`START`; infinite without trouble.
    pause : ndarray, shape (n,)
        First day of a pause; infinite without.
    days : ndarray of int, shape (n, k)
        Days of the orders, in order; those after the year too.
    placed : ndarray of bool, shape (n, k)
        Which of them came.
    """

    gap: Floats
    size: Floats
    trouble: Ints
    onset: Floats
    event: Floats
    pause: Floats
    days: Ints
    placed: NDArray[np.bool_]


@needs_world
def course(world: Accounts, *, n: int, seed: int) -> Course:
    """Draw who orders when, and who gets into trouble.

    Parameters
    ----------
    world : Accounts
        Assumptions.
    n, seed : int
        Accounts and luck; a larger ``n`` keeps the first accounts.

    Returns
    -------
    Course
    """
    luck = Luck(seed)
    n = whole_number(n, name="n")
    usual, worth = luck.normal("account", n, 2).T
    gap = np.clip(world.usual_gap * np.exp(world.gap_spread * usual), 7, 45)
    size = np.round(2000 * np.exp(0.7 * worth), -1) + 100
    kind, when, long, rest, begin = luck.uniform("fate", n, 5).T
    shares = np.cumsum([world.leaves, world.shrinks, world.defaults, world.drains])
    trouble = np.searchsorted(shares, kind, side="right")
    safe = trouble == len(shares)
    onset = np.where(safe, np.inf, np.floor(_FIRST + (_LAST - _FIRST) * when))
    event = onset + np.maximum(1, np.round(world.notice * (0.5 + long)))
    pause = np.where(bernoulli(rest, world.pauses), np.floor(30 + 300 * begin), np.inf)
    steps = luck.gamma("gaps", n, _MOST, shape=world.regularity) / world.regularity
    # The first order comes somewhere within a gap: the year began in the middle of a rhythm.
    steps[:, 0] *= luck.uniform("first", n)
    days = np.floor(np.cumsum(steps, axis=1) * gap[:, None]).astype(np.int64)
    return Course(gap=gap, size=size, trouble=trouble, onset=onset, event=event, pause=pause,
                  days=days, placed=_placed(world, luck, days, trouble, onset, event, pause))  # fmt: skip


def _placed(
    world: Accounts, luck: Luck, days: Ints, trouble: Ints, onset: Floats, event: Floats,
    pause: Floats,
) -> NDArray[np.bool_]:  # fmt: skip
    leaving = (trouble == 0)[:, None] & (days >= onset[:, None])
    gone = np.isin(trouble, (0, 2))[:, None] & (days >= event[:, None])
    away = (days >= pause[:, None]) & (days < pause[:, None] + world.pause_days)
    goes_on = bernoulli(luck.uniform("fading", *days.shape), world.fading)
    return (days < DAYS) & ~gone & ~away & (~leaving | goes_on)


def amounts(world: Accounts, now: Course, *, seed: int) -> Floats:
    """Give what each order comes to, yuan; shape as the orders of :class:`Course`."""
    shape = now.days.shape
    worth = Luck(seed).gamma("worth", *shape, shape=9.0) / 9.0 * now.size[:, None]
    less = (now.trouble == 1)[:, None] & (now.days >= now.onset[:, None])
    worth *= np.where(less, 1 - world.shrink, 1.0)
    return worth.round(2)


def payments(world: Accounts, now: Course, *, seed: int) -> Floats:
    """Give the day on which each order is paid, infinite if never; shape as :func:`amounts`."""
    luck = Luck(seed)
    habit = luck.gamma("habit", len(now.gap), shape=1.5)[:, None] / 1.5
    late = luck.gamma("late", *now.days.shape, shape=1.0)
    paid = now.days + _TERM - 5 + np.floor(world.late_days * habit * late)
    never = (now.trouble == 2)[:, None] & (now.days + _TERM >= now.onset[:, None])
    return np.where(never, np.inf, paid)


def credit_lines(world: Accounts, now: Course) -> Floats:
    """Give the credit line of each account, yuan."""
    monthly = now.size * 30.4 / now.gap
    # No line is below what an order takes, or slow accounts could never order.
    line: Floats = world.line_months * np.maximum(monthly, 0.8 * now.size)
    return line.round(-2)


@needs_world
def simulate_accounts_year(world: Accounts, *, n: int, seed: int) -> AccountsYear:
    """Simulate a year of business accounts.

    Parameters
    ----------
    world : Accounts
        Levers and assumptions.
    n : int
        Accounts; a larger ``n`` keeps the first ones.
    seed : int
        The same seed is the same luck.

    Returns
    -------
    AccountsYear
        Seven tables and the truth.
    """
    now = course(world, n=n, seed=seed)
    luck = Luck(seed)
    names = np.array([f"Y{i + 1:05d}" for i in range(n)], dtype=object)
    industry = np.floor(luck.uniform("industry", n) * len(INDUSTRIES)).astype(int)
    orders = _orders(world, luck, now, names, industry)
    plans, costs = _plans(world, luck, now, names)
    return AccountsYear(
        customers=_customers(world, luck, now, names, industry),
        contacts=_contacts(luck, names),
        orders=orders.drop(columns=["account", "day"]),
        receivables=_receivables(world, luck, now, orders),
        plans=plans, selling_costs=costs,
        complaints=_complaints(luck, now, names),
        truth=_truth(now, names),
    )  # fmt: skip


def _date(days: Floats | Ints) -> pd.Series:
    """Turn days of the year into dates; infinite ones are missing."""
    known = np.isfinite(np.asarray(days, dtype=float))
    whole = np.where(known, days, 0).astype("timedelta64[D]")
    made = pd.Series(START.to_datetime64().astype("datetime64[us]") + whole)
    return made.where(known)


def _customers(
    world: Accounts, luck: Luck, now: Course, names: NDArray[np.object_], industry: Ints
) -> pd.DataFrame:
    where, who, since = luck.uniform("address", len(names), 3).T
    monthly = now.size * 30.4 / now.gap
    size = np.digitize(monthly, (2000, 8000))
    return pd.DataFrame({
        "customer": names, "kind": "company", "name": [f"Account {n[1:]}" for n in names],
        "industry": np.array(INDUSTRIES, object)[industry],
        "district": np.array(DISTRICTS, object)[np.floor(where**1.5 * 4).astype(int)],
        "size": np.array(["small", "medium", "large"], object)[size],
        "manager": [f"M{1 + int(8 * share)}" for share in who],
        "joined": _date(-np.floor(3000 * since) - 90), "credit_line": credit_lines(world, now),
    })  # fmt: skip


def _orders(
    world: Accounts, luck: Luck, now: Course, names: NDArray[np.object_], industry: Ints
) -> pd.DataFrame:
    amount = amounts(world, now, seed=luck.seed)
    product = _products(world, luck, now.days.shape, industry)
    account, place = np.nonzero(now.placed)
    day = now.days[account, place]
    ids = [f"{names[a]}-{p + 1:03d}" for a, p in zip(account, place, strict=True)]
    return pd.DataFrame({
        "order": ids, "customer": names[account], "date": _date(day),
        "product": np.array(PRODUCTS, object)[product[account, place]],
        "amount": amount[account, place], "account": account, "day": day,
    })  # fmt: skip


def _products(world: Accounts, luck: Luck, shape: tuple[int, ...], industry: Ints) -> Ints:
    """Let each account take up products one by one, in an order of its own, and reorder those."""
    n = shape[0]
    liking = np.linspace(1.5, -1.5, len(PRODUCTS))[None].repeat(n, axis=0)
    tastes = np.array(_TASTES)[industry]
    np.put_along_axis(
        liking, tastes, np.take_along_axis(liking, tastes, 1) + world.affinity + 0.5, 1
    )
    # Ranks by liking plus a Gumbel draw: the next product is chosen among those left.
    chance = -np.log(-np.log(np.clip(luck.uniform("taste", n, len(PRODUCTS)), 1e-12, 1 - 1e-12)))
    ranked = np.argsort(-(liking + chance), axis=1)
    new = bernoulli(luck.uniform("new product", *shape), 0.1)
    new[:, 0] = True
    held = np.minimum(np.cumsum(new, axis=1), len(PRODUCTS))
    again = np.floor(luck.uniform("which", *shape) * held).astype(int)
    return np.take_along_axis(ranked, np.where(new, held - 1, again), axis=1)


def _receivables(world: Accounts, luck: Luck, now: Course, orders: pd.DataFrame) -> pd.DataFrame:
    account, day = orders["account"].to_numpy(), orders["day"].to_numpy()
    place = orders["order"].str[-3:].astype(int).to_numpy() - 1
    paid = payments(world, now, seed=luck.seed)[account, place]
    paid = np.where(paid >= DAYS, np.inf, paid)  # what is paid next year is not paid yet
    return pd.DataFrame({
        "invoice": "I-" + orders["order"], "customer": orders["customer"],
        "issued": orders["date"], "due": _date(day + _TERM), "paid": _date(paid),
        "amount": orders["amount"],
    })  # fmt: skip


def _plans(
    world: Accounts, luck: Luck, now: Course, names: NDArray[np.object_]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    n = len(names)
    first = pd.date_range(START, periods=12, freq="MS")
    begin = (first - START).days.to_numpy()
    usual = now.size * 30.4 / now.gap * (1 + world.plan_growth)
    plan = usual * np.exp(world.plan_error * luck.normal("plan", n))
    budget = np.round(50 + 0.04 * usual)
    # Of each month, the part that lies after the onset.
    part = np.clip((begin[None] + 30.4 - now.onset[:, None]) / 30.4, 0, 1)
    more = 1 + world.drain * np.where((now.trouble == 3)[:, None], part, 0)
    spent = budget[:, None] * more * np.exp(world.cost_noise * luck.normal("cost", n, 12))
    month = np.tile(first.to_numpy().astype("datetime64[us]"), n)
    keys = {"customer": np.repeat(names, 12), "month": month}
    plans = pd.DataFrame(keys | {"sales": np.repeat(np.round(plan, -1), 12)})
    costs = {"budget": np.repeat(budget, 12), "spent": np.round(spent, 0).ravel()}
    return plans, pd.DataFrame(keys | costs)


def _contacts(luck: Luck, names: NDArray[np.object_]) -> pd.DataFrame:
    account, day, number = _events(luck, "contacts", len(names), np.full((len(names), 1), 0.8))
    way = luck.uniform("channel", len(names), 12)[account, day // 31]
    return pd.DataFrame({
        "contact": [f"C-{names[a]}-{k:03d}" for a, k in zip(account, number, strict=True)],
        "customer": names[account], "date": _date(day),
        "channel": np.array(CHANNELS, object)[np.floor(4 * way).astype(int)],
        "person": [f"P-{names[a][1:]}" for a in account],
    })  # fmt: skip


def _complaints(luck: Luck, now: Course, names: NDArray[np.object_]) -> pd.DataFrame:
    begin = 31 * np.arange(12)[None]
    sore = (now.trouble == 0)[:, None] & (begin >= now.onset[:, None] - 45)
    rate = np.where(sore & (begin < now.event[:, None]), 0.2, 0.05)
    account, day, number = _events(luck, "complaints", len(names), rate)
    what, wait = (
        luck.uniform("complaint", len(names), 24)[account]
        .reshape(-1, 12, 2)[np.arange(len(account)), day // 31]
        .T
        if len(account)
        else (np.empty(0), np.empty(0))
    )
    done = day + 1 + np.floor(20 * wait)
    return pd.DataFrame({
        "complaint": [f"B-{names[a]}-{k:03d}" for a, k in zip(account, number, strict=True)],
        "customer": names[account], "date": _date(day),
        "subject": np.array(SUBJECTS, object)[np.floor(4 * what).astype(int)],
        "settled": _date(np.where(done < DAYS, done, np.inf)),
    })  # fmt: skip


def _events(luck: Luck, name: str, n: int, rate: Floats) -> tuple[Ints, Ints, Ints]:
    """Draw at most one event a month: whose, on which day, and its number."""
    happens = poisson(luck.uniform(name, n, 12), np.broadcast_to(rate, (n, 12))) > 0
    within = np.floor(luck.uniform(f"{name} day", n, 12) * 30).astype(int)
    account, month = (at.astype(np.int64) for at in np.nonzero(happens))
    day = np.minimum(31 * month + within[account, month], DAYS - 1)
    return account, day, np.cumsum(happens, axis=1).astype(np.int64)[account, month]


def _truth(now: Course, names: NDArray[np.object_]) -> pd.DataFrame:
    return pd.DataFrame({
        "customer": names, "true_trouble": np.array(TROUBLES, object)[now.trouble],
        "true_onset": _date(now.onset), "true_event": _date(now.event),
        "true_gap": now.gap, "true_pause": _date(now.pause),
    })  # fmt: skip
