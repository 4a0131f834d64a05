"""Running a market: one, or many small ones side by side."""

from __future__ import annotations

import numpy as np

from cvm.errors import CvmError
from cvm.inputs import whole_number
from cvm.levers import needs_world
from cvm.luck import Luck
from cvm.market.books import keep_books
from cvm.market.chains import tabulate
from cvm.market.crowd import gather
from cvm.market.months import walk
from cvm.market.parameters import Market
from cvm.market.tables import MarketTables
from cvm.words import _

__all__ = ["replicate", "simulate"]


@needs_world
def simulate(market: Market, *, n: int, months: int, seed: int, start: int = 0) -> MarketTables:
    """Let people live in a market for some months.

    Parameters
    ----------
    market : Market
        Everything the firm decides and the market assumes.
    n : int
        People of the district, customers or not.
    months : int
        How long.
    seed : int
        The luck. Two markets with one seed meet the same people and the same luck.
    start : int
        The number of the first person: any range of whole desks (10,000 people) can be
        run by itself.

    Returns
    -------
    MarketTables
        Tidy tables as properties: customers, transactions, contacts, complaints, survey,
        states, ledger, truth; ``observed()`` hides the truth.

    Raises
    ------
    CvmError
        If ``n`` or ``months`` is not a whole number above zero, or ``start`` is below zero.

    Notes
    -----
    A longer run keeps the first months, exactly. A larger ``n`` keeps the first people with
    all their traits and luck; what happens to them stays the same by whole desks of 10,000,
    and within a desk up to what neighbours do to each other: the queue at the complaint
    desk, and talk.

    Examples
    --------
    >>> tables = simulate(Market(), n=500, months=12, seed=1)
    >>> tables.ledger["month"].tolist() == list(range(12))
    True
    """
    n = whole_above_zero("n", n)
    start = whole_number(start, name="start", least=0)
    return _run(market, n=n, months=months, seed=seed, start=start, group=n)


@needs_world
def replicate(market: Market, *, n: int, months: int, seed: int, replicates: int) -> MarketTables:
    """Run many small markets side by side, as one.

    Parameters
    ----------
    market : Market
        The same for all.
    n : int
        People of each market.
    months : int
        How long.
    seed : int
        The luck of all; replicate ``r`` is people ``r * n`` to ``(r + 1) * n`` of it.
    replicates : int
        How many markets.

    Returns
    -------
    MarketTables
        Of all people together: replicate ``customer // n``; the ledger has a column
        ``replicate``. Replicate ``r`` is what ``simulate(market, n=n, months=months,
        seed=seed, start=r * n)`` would give by itself.
    """
    n, replicates = whole_above_zero("n", n), whole_above_zero("replicates", replicates)
    return _run(market, n=n * replicates, months=months, seed=seed, start=0, group=n)


def _run(market: Market, *, n: int, months: int, seed: int, start: int, group: int) -> MarketTables:
    months = whole_above_zero("months", months)
    luck = Luck(seed)
    crowd = gather(market, luck, n=n, start=start, group=group)
    chains = tabulate(market, longest=months + int(crowd.tenure.max()) + 1)
    history = walk(market, crowd, chains, luck, months=months)
    books = keep_books(market, crowd, chains, history, group=group)
    return MarketTables(
        market=market, seed=seed, months=months, crowd=crowd, chains=chains,
        history=history, books=books, group=group,
    )  # fmt: skip


def whole_above_zero(name: str, value: object) -> int:
    """Take a number of people or months: whole, and above zero.

    Parameters
    ----------
    name : str
        The argument's name, for the message.
    value : object
        What was handed in.

    Returns
    -------
    int
        Of Python: the jumps in a stream of luck take no other.
    """
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
        raise CvmError(
            _("{name} is a whole number above zero.", name=name),
            given=value,
            remedy=_("Give for example {name}={example}.", name=name, example=60),
        )
    return int(value)
