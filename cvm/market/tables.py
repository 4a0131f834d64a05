"""The tables a market hands out, made when they are asked for.

A run keeps arrays; a table becomes a DataFrame the first time it is named. Columns that
begin with ``true_`` are known to nobody in the market: :func:`cvm.tables.observed` and
:meth:`MarketTables.observed` take them away.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cvm.errors import CvmError
from cvm.luck import bernoulli, spread
from cvm.market.books import DAYS, Books
from cvm.market.chains import SPAN, Chains
from cvm.market.crowd import Crowd
from cvm.market.months import History, slots
from cvm.market.parameters import CHANNELS, SEGMENTS, TIERS, Market
from cvm.tables import observed
from cvm.value import FIRMS
from cvm.words import _

__all__ = ["NAMES", "START", "MarketTables", "ObservedTables"]

#: The first month of every market.
START = np.datetime64("2021-01", "M")
#: The dimensions of a contact, and with its day what its table draws.
DIMENSIONS = ("human", "business", "hidden")
SHOWN = slots(*DIMENSIONS, "day")
#: The tables, by name.
NAMES = (
    "customers", "transactions", "contacts", "complaints", "survey", "states", "ledger", "truth",
)  # fmt: skip


class _Named:
    """Tables by name, for those who go through all of them."""

    def __iter__(self) -> Iterator[tuple[str, pd.DataFrame]]:
        for name in NAMES:
            if hasattr(type(self), name) or hasattr(self, name):
                yield name, getattr(self, name)

    def to_dict(self) -> dict[str, pd.DataFrame]:
        """Give the tables by name."""
        return dict(self)


@dataclass(frozen=True, kw_only=True)
class ObservedTables(_Named):
    """A market as the firm sees it: see :class:`MarketTables` for the tables."""

    customers: pd.DataFrame
    transactions: pd.DataFrame
    contacts: pd.DataFrame
    complaints: pd.DataFrame
    survey: pd.DataFrame
    states: pd.DataFrame
    ledger: pd.DataFrame


@dataclass(frozen=True, kw_only=True, repr=False)
class MarketTables(_Named):
    """What :func:`cvm.market.simulate` gives; the tables are properties.

    Months count from 0 at January 2021; amounts are yuan with two decimals.
    """

    market: Market
    seed: int
    months: int
    crowd: Crowd
    chains: Chains
    history: History
    books: Books
    group: int

    def __repr__(self) -> str:
        who = f"{self.crowd.n:,} people x {self.months} months"
        return f"<MarketTables: {who}, seed {self.seed}; {', '.join(NAMES)}>"

    def observed(self) -> ObservedTables:
        """Give the tables without the truth: for students, and for honest practice."""
        return ObservedTables(**{k: observed(v) for k, v in self if k != "truth"})

    @property
    def replicates(self) -> int:
        """How many markets were run side by side; 1 unless by :func:`cvm.market.replicate`."""
        return -(-self.crowd.n // self.group)

    @cached_property
    def customers(self) -> pd.DataFrame:
        """One row a person of the district: customer, segment, tier, member, joined, left, channel.

        ``joined`` and ``left`` are the months of first joining and last leaving; empty for
        someone who never did. Who is there at the start has joined before.
        """
        joined, channel = self._first_join()
        return pd.DataFrame({
            "customer": self._people(np.arange(self.crowd.n)),
            "segment": as_words(self.crowd.segment, SEGMENTS),
            "tier": as_words(self.crowd.tier, TIERS),
            "member": self.crowd.member & (joined != NEVER),
            "channel": as_words(channel, CHANNELS),
            "joined": _dates(joined),
            "left": _dates(self._last_leave()),
        })  # fmt: skip

    @cached_property
    def transactions(self) -> pd.DataFrame:
        """One row a purchase from the firm: customer, date, amount, order; by month, then customer.

        ``order`` is customer, month (three digits) and count within it (three digits), so that
        an order keeps its number however large the market is; further digits stand in front.
        """
        books = self.books
        customer = self._people(books.who.take(books.buyer))
        month = books.month.take(books.buyer)
        order = customer * 1_000_000 + books.slot
        order += month * 1_000
        if books.slot.max(initial=0) >= 1_000 or self.months > 1_000:
            order = customer * 1_000_000 + _digits(books.slot) + 1_000 * _digits(month)
        return pd.DataFrame({
            "customer": customer, "date": _days(month, books.day),
            "amount": books.amount / 100, "order": order,
        }, copy=False)  # fmt: skip

    @cached_property
    def contacts(self) -> pd.DataFrame:
        """One row a service contact: customer, date, complained; true_quality and its dimensions."""
        history, world = self.history, self.market.service
        who = np.concatenate([month.who.take(month.contact) for month in history.months])
        month = np.repeat(np.arange(self.months), history.lengths("contact"))
        *luck, day = spread(history.joined("drawn"), SHOWN)
        held = {
            f"true_{name}": ~bernoulli(drawn, getattr(world, f"fail_{name}"))
            for name, drawn in zip(DIMENSIONS, luck, strict=True)
        }
        columns = {
            "customer": self._people(who), "date": _days(month, (day * DAYS).astype(np.int64)),
            "complained": history.joined("complained"), "true_quality": history.joined("quality"),
            "true_failed": history.joined("failed"),
        }  # fmt: skip
        return pd.DataFrame(columns | held)

    @cached_property
    def complaints(self) -> pd.DataFrame:
        """One row a complaint: customer, date, response_days (working days), settled."""
        complained = self.contacts["complained"].to_numpy()
        return pd.DataFrame({
            "customer": self.contacts["customer"].to_numpy()[complained],
            "date": self.contacts["date"].to_numpy()[complained],
            "response_days": self.history.joined("days"), "settled": self.history.joined("settled"),
        })  # fmt: skip

    @cached_property
    def survey(self) -> pd.DataFrame:
        """One row an answer: customer, question, answer (0-10), wave (year), date.

        Asked are a share of customers, once a year; the pleased and the angry answer more
        readily. ``true_value`` is what the answer would be without noise and rounding.
        """
        from cvm.market.survey import answers

        return answers(self)

    @cached_property
    def states(self) -> pd.DataFrame:
        """One row a person and month: state, tenure, purchases, revenue, cost; the truth beside."""
        from cvm.market.panel import panel

        return panel(self)

    @cached_property
    def ledger(self) -> pd.DataFrame:
        """One row a month: counts, revenue, each cost, profit; with `replicate` where many ran."""
        counts = ("customers", "joined", "left", "contacts", "complaints", "referrals", "purchases")
        lines = {k: v if k in counts else v / 100 for k, v in self.books.ledger.items()}
        month = np.tile(np.arange(self.months), self.replicates)
        table = pd.DataFrame({"month": month, "date": _dates(month)} | lines)
        if self.replicates > 1:
            table.insert(0, "replicate", np.repeat(np.arange(self.replicates), self.months))
        return table

    @cached_property
    def truth(self) -> pd.DataFrame:
        """One row a person: what is lasting about it, as ``true_`` columns."""
        crowd = self.crowd
        values = {
            f"true_value_{name.replace(' ', '_')}": crowd.delivered[:, i]
            for i, name in enumerate(FIRMS)
        }
        return pd.DataFrame({
            "customer": self._people(np.arange(crowd.n)), "true_rate": crowd.rate,
            "true_spend": crowd.spend, "true_performance": crowd.lasting, "true_risk": crowd.risk,
            "true_share": crowd.shares[:, 0], "true_member": crowd.member,
        } | values)  # fmt: skip

    def intentions(
        self, satisfaction: NDArray[np.float32], who: NDArray[Any]
    ) -> NDArray[np.float32]:
        """Give the intention to stay (0-1) of some people at some satisfaction."""
        place = self.chains.node(satisfaction) + SPAN * self.crowd.member[who].astype(np.intp)
        return self.chains.intention[place]

    def _people(self, who: NDArray[Any]) -> NDArray[np.int64]:
        return np.asarray(who, np.int64) + self.crowd.start

    def _first_join(self) -> tuple[NDArray[np.int64], NDArray[np.int8]]:
        crowd = self.crowd
        there = crowd.provider == 0
        first = np.where(there, -crowd.tenure, NEVER).astype(np.int64)
        channel = np.where(there, 0, -1).astype(np.int8)
        # Backwards, so that of several joinings the first is written last and stays.
        who, by = self.history.joined("joining")[::-1], self.history.joined("channel")[::-1]
        month = np.repeat(np.arange(1, self.months + 1), self.history.lengths("joining"))[::-1]
        new = ~there[who]
        first[who[new]], channel[who[new]] = month[new], by[new]
        return first, channel

    def _last_leave(self) -> NDArray[np.int64]:
        last = np.full(self.crowd.n, NEVER, np.int64)
        month = np.repeat(np.arange(1, self.months + 1), self.history.lengths("leaving"))
        last[self.history.joined("leaving")] = month  # the last of several stays
        return last


def _digits(count: NDArray[np.int64]) -> NDArray[np.int64]:
    """Put what a count has beyond three digits out of the way of customers below a milliard."""
    return count % 1_000 + count // 1_000 * 10**15


#: A month that does not come.
NEVER = np.iinfo(np.int32).max


def check_run(tables: object) -> MarketTables:
    """See that something is a market's run.

    Parameters
    ----------
    tables : object
        What was handed in.

    Returns
    -------
    MarketTables
        The same.
    """
    if not isinstance(tables, MarketTables):
        wrong = _("A run of the market is what simulate(...) gives.")
        remedy = _("Write for example {example}.", example="simulate(Market(), n=500, months=24, seed=1)")  # fmt: skip
        raise CvmError(wrong, given=tables, remedy=remedy)
    return tables


def as_words(position: NDArray[np.int8], words: tuple[str, ...]) -> pd.Categorical:
    """Name what an array tells by position.

    Parameters
    ----------
    position : ndarray of int
        Positions in ``words``; -1 for none.
    words : tuple of str
        The names.

    Returns
    -------
    Categorical
        One entry a position; missing for -1.
    """
    return pd.Categorical.from_codes(position, dtype=_kind(words), validate=False)


@lru_cache
def _kind(words: tuple[str, ...]) -> pd.CategoricalDtype:
    return pd.CategoricalDtype(list(words))


def _dates(month: NDArray[Any]) -> NDArray[np.datetime64]:
    """Give the first days of months, none for those that do not come."""
    never = month == NEVER
    place = np.where(never, 0, month)
    first, last = place.min(initial=0), place.max(initial=0)
    when = _calendar(first, last + 1).take(place - first)
    when[never] = np.datetime64("NaT", "us")
    return when


def _days(month: NDArray[Any], day: NDArray[Any]) -> NDArray[np.datetime64]:
    """Give the dates of days (0-27) of months from 0 on."""
    # A look into a short calendar: turning each month into a date by itself takes far longer.
    firsts = _calendar(0, month.max(initial=0) + 1)
    calendar = firsts[:, None] + np.arange(DAYS).astype("m8[D]")
    return calendar.ravel().take(month * DAYS + day)


def _calendar(first: int, end: int) -> NDArray[np.datetime64]:
    return (START + np.arange(first, end).astype("m8[M]")).astype("M8[us]")
