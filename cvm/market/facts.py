"""What is known of real markets, looked for in a simulated one.

Each fact has the range in which studies have found it, with the study; the market's
defaults were set so that all hold (``tests/test_market_facts.py`` holds them there).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from cvm.errors import CvmError
from cvm.market.tables import MarketTables, check_run
from cvm.value import FIRMS
from cvm.words import N_, _

__all__ = ["FACTS", "stylised_facts"]


def stylised_facts(tables: MarketTables) -> pd.DataFrame:
    """Measure the stylised facts of a run.

    Parameters
    ----------
    tables : MarketTables
        A run of at least 24 months; a few thousand people show the facts clearly.

    Returns
    -------
    DataFrame
        One row a fact: ``fact`` (a sentence), ``value``, ``low``, ``high`` (where studies
        found it), ``holds`` and ``source``. A run of too few people leaves a value unknown,
        and then it does not hold.
    """
    _check_months(tables, 24)
    rows = []
    for measure, text, low, high, source in FACTS:
        value = measure(tables)
        rows.append((_(text), value, low, high, low <= value <= high, _(source)))
    return pd.DataFrame(rows, columns=["fact", "value", "low", "high", "holds", "source"])


def top_share(tables: MarketTables, *, top: float = 0.2) -> float:
    """Give the share of customers' profit that the best customers made."""
    profit = np.sort(_profit_by_customer(tables)["profit"].to_numpy())[::-1]
    whole = profit.sum() if profit.sum() > 0 else np.nan  # of a loss there are no shares
    return float(profit[: round(top * len(profit))].sum() / whole)


def satisfaction_skew(tables: MarketTables) -> float:
    """Give the skewness of answers on satisfaction: below 0, the tail is with the dissatisfied."""
    answers = _answers(tables, "satisfaction")["answer"]
    return float(answers.to_frame().skew().iloc[0])


def satisfied_share(tables: MarketTables) -> float:
    """Give the share of answers on satisfaction of 7 and more, of 10."""
    return float((_answers(tables, "satisfaction")["answer"] >= 7).mean())


def intention_behaviour(tables: MarketTables) -> float:
    """Give the correlation of stated intention with still being a customer a year later."""
    said = _answers(tables, "intention")
    month = (said["date"].dt.year - 2021) * 12 + said["date"].dt.month - 1
    seen = (month + 12 < tables.months).to_numpy()
    place = said["customer"].to_numpy()[seen] - tables.crowd.start
    stayed = _never_left(tables, place, month.to_numpy()[seen])
    return _correlation(said["answer"].to_numpy()[seen], stayed)


def tenure_profit(tables: MarketTables) -> float:
    """Give the correlation of the months a customer was there with profit a month."""
    lives = _profit_by_customer(tables)
    return _correlation(lives["months"].to_numpy(), (lives["profit"] / lives["months"]).to_numpy())


def complaint_share(tables: MarketTables) -> float:
    """Give the share of failed contacts that somebody complained about."""
    failed = tables.contacts["true_failed"]
    return float(tables.contacts.loc[failed, "complained"].mean())


def double_jeopardy(tables: MarketTables) -> float:
    """Give the rank correlation of the three firms' shares with their customers' staying."""
    firms = firm_table(tables)
    return float(firms["share"].rank().corr(firms["retention"].rank()))


def firm_table(tables: MarketTables) -> pd.DataFrame:
    """Compare the three firms: share of the people, and monthly retention.

    Parameters
    ----------
    tables : MarketTables
        A run of at least two months.

    Returns
    -------
    DataFrame
        One row a firm: ``firm``, ``share``, ``retention``.
    """
    _check_months(tables, 2)
    provider = tables.history.provider
    rows = []
    for position, name in enumerate(FIRMS):
        mine = provider == position
        stayed = (mine[:-1] & mine[1:]).sum() / max(mine[:-1].sum(), 1)
        rows.append((name, mine.mean(), stayed))
    return pd.DataFrame(rows, columns=["firm", "share", "retention"])


Fact = tuple[Callable[[MarketTables], float], str, float, float, str]

#: Measure, sentence, range and source of each fact.
FACTS: tuple[Fact, ...] = (
    (
        top_share, N_("The top 20 % of customers make most of the profit, not all of it"),
        0.55, 0.8, N_("80/20 as told; Schmittlein, Cooper & Morrison 1993; second hand"),
    ),
    (
        satisfaction_skew, N_("Answers on satisfaction have their tail on the low side"),
        -1.5, -0.1, N_("Peterson & Wilson 1992; second hand"),
    ),
    (
        satisfied_share, N_("More than half say they are satisfied"),
        0.5, 0.9, N_("Peterson & Wilson 1992; second hand"),
    ),
    (
        intention_behaviour, N_("Intention and behaviour hang together moderately"),
        0.15, 0.5, N_("Dick & Basu 1994; Morrison 1979; second hand"),
    ),
    (
        tenure_profit, N_("Time as a customer and profit hang together weakly"),
        -0.1, 0.3, N_("Reinartz & Kumar 2000: weak; second hand"),
    ),
    (
        complaint_share, N_("Few failures are complained about"),
        0.02, 0.3, N_("TARP studies; second hand"),
    ),
    (
        double_jeopardy, N_("Smaller firms have fewer customers, who stay a little less"),
        0.99, 1.0, N_("Ehrenberg, Goodhardt & Barwise 1990; second hand"),
    ),
)  # fmt: skip


def _profit_by_customer(tables: MarketTables) -> pd.DataFrame:
    books, n = tables.books, tables.crowd.n
    profit = np.bincount(books.who, weights=(books.revenue - books.cost) / 100, minlength=n)
    months = np.bincount(books.who, minlength=n)
    return pd.DataFrame({"profit": profit, "months": months})[months > 0]


def _correlation(a: np.ndarray, b: np.ndarray) -> float:
    """Correlate two lists; unknown where one of them is all alike."""
    if not len(a) or np.ptp(a) == 0 or np.ptp(b.astype(float)) == 0:
        return float("nan")
    return float(np.corrcoef(a, b)[0, 1])


def _check_months(tables: MarketTables, least: int) -> None:
    if check_run(tables).months < least:
        wrong = _("The run is too short: it takes {least} months.", least=least)
        remedy = _("Write for example {example}.", example=f"months={least}")
        raise CvmError(wrong, given={"months": tables.months}, remedy=remedy)


def _answers(tables: MarketTables, question: str) -> pd.DataFrame:
    return tables.survey[tables.survey["question"] == question]


def _never_left(tables: MarketTables, who: np.ndarray, month: np.ndarray) -> np.ndarray:
    active = tables.history.active
    return np.all([active[month + ahead, who] for ahead in range(1, 13)], axis=0)
