"""Questions 01.4 and 01.5: the break-even year, and a bond that rivals copy."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cvm.check.answers import Number
from cvm.check.data import Data
from cvm.check.question import Mistake, Question
from cvm.check.questions_01.base import lead_of
from cvm.words import N_

__all__ = ["BOND", "BREAK_EVEN", "ahead_for_good"]

# --- 01.4 break-even -------------------------------------------------------------------


def _crossed(lead: pd.Series[float], year: int) -> float:
    before = float(lead.get(year - 1, 0.0))
    return year - 1 - before / (float(lead[year]) - before)


def ahead_for_good(data: Data) -> float:
    """Tell after how many years the lead is above zero to stay."""
    lead = lead_of(data.books)
    return _crossed(lead, int(lead.index[lead <= 0][-1]) + 1)


def _first_time(data: Data) -> float:
    lead = lead_of(data.books)
    return _crossed(lead, int(lead.index[lead > 0][0]))


def _first_better_year(data: Data) -> float:
    yearly = lead_of(data.books).diff()
    return float(yearly.index[yearly > 0][0])


BREAK_EVEN = Question(
    id="01.4",
    prompt=N_(
        "After how many years is the relationship firm ahead for good in cumulative profit? Take "
        "a year's profit as coming evenly over the year, so that a part of a year is possible."
    ),
    answer=Number(unit=N_("years")),
    reference=ahead_for_good,
    shows=N_(
        "After {answer}. It had been ahead once before, and one bad year took the lead away: look "
        "for the last crossing."
    ),
    mistakes=(
        Mistake(
            name="first-time-ahead",
            wrong=_first_time,
            reply=N_("That is when it is ahead for the first time. It falls back again."),
        ),
        Mistake(
            name="yearly-profit",
            wrong=_first_better_year,
            reply=N_(
                "That is the first year in which it earns more. Asked is when it has earned more in "
                "all: add the years up."
            ),
        ),
        Mistake(
            name="whole-years",
            wrong=lambda data: float(np.ceil(ahead_for_good(data))),
            reply=N_(
                "In that year, yes. When in the year? Divide what was still missing by what the "
                "year brought."
            ),
        ),
        Mistake(
            name="a-year-too-many",
            wrong=lambda data: ahead_for_good(data) + 1,
            reply=N_("A year too many: the profit of year 3 comes after two whole years."),
        ),
    ),
    hints=(
        N_("Yearly profit of the one firm less that of the other, added up: the lead."),
        N_("Find the last year with a lead of zero or less. How far into the next one is it zero?"),
    ),
    solution=N_(
        "Add up the yearly differences; find the last crossing; go part of the way.\n"
        '    profit = data.books.set_index("year").groupby("firm")["profit"]\n'
        '    yearly = profit.get_group("relationship") - profit.get_group("transaction")\n'
        "    lead = yearly.cumsum()\n"
        "    last = lead.index[lead <= 0][-1]\n"
        "    answer = last - lead[last] / yearly[last + 1]"
    ),
)


# --- 01.5 a bond that rivals copy --------------------------------------------------------


def _power(data: Data, retention: float) -> float:
    return float(retention ** len(data.bond))


BOND = Question(
    id="01.5",
    prompt=N_("What share of the customers of the first day are still there after the five years?"),
    answer=Number(unit="share"),
    reference=lambda data: float(data.bond["retention"].prod()),
    shows=N_(
        "{answer}. The first year promised more: a discount holds until the rivals have one too."
    ),
    mistakes=(
        Mistake(
            name="first-year-for-all",
            wrong=lambda data: _power(data, data.bond["retention"].iloc[0]),
            reply=N_("That takes the first year's retention for all five. The bond wears off."),
        ),
        Mistake(
            name="losses-added",
            wrong=lambda data: float(1 - (1 - data.bond["retention"]).sum()),
            reply=N_(
                "You added up the losses. Each year loses a share of those who are left, not of "
                "those of the first day."
            ),
        ),
        Mistake(
            name="last-year-alone",
            wrong=lambda data: float(data.bond["retention"].iloc[-1]),
            reply=N_("That is the last year's retention, of those who came so far."),
        ),
        Mistake(
            name="mean-retention",
            wrong=lambda data: _power(data, data.bond["retention"].mean()),
            reply=N_(
                "Near, but an average of shares hides their spread: multiply the five shares "
                "themselves."
            ),
        ),
    ),
    hints=(
        N_("Of a hundred customers, how many are left after one year? And of those after two?"),
        N_("Multiply the five shares: `.prod()`."),
    ),
    solution=N_(
        "Each year keeps its share of those still there.\n"
        '    answer = data.bond["retention"].prod()'
    ),
)
