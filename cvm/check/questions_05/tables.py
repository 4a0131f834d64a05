"""05.1 and 05.2: what is owed over the line, and when one account's silence is too long."""

from __future__ import annotations

import pandas as pd

from cvm.check.answers import Number
from cvm.check.data import Data
from cvm.check.question import Mistake, Question
from cvm.words import N_

__all__ = ["OWED", "RHYTHM"]


# --- 05.1 receivables over the line --------------------------------------------------


def _open(data: Data, *, unpaid_only: bool = False, later_too: bool = False) -> pd.DataFrame:
    """Invoices that were open on the day, the right way or one of the wrong ones."""
    table = data.receivables
    still = table["paid"].isna()
    if not unpaid_only:
        still |= table["paid"] > data.today
    if not later_too:
        still &= table["issued"] <= data.today
    return table[still]


def _over(data: Data, invoices: pd.DataFrame) -> pd.DataFrame:
    owed = invoices.groupby("customer")["amount"].sum().rename("owed").reset_index()
    both = owed.merge(data.customers, on="customer")
    return both[both["owed"] > both["credit_line"]]


def _owed(data: Data) -> float:
    return float(_over(data, _open(data))["owed"].sum())


def _excess(data: Data) -> float:
    over = _over(data, _open(data))
    return float((over["owed"] - over["credit_line"]).sum())


OWED = Question(
    id="05.1",
    prompt=N_(
        "On the day `data.today`: how much do the accounts that owe more than their credit line "
        "owe together?"
    ),
    answer=Number(unit=N_("yuan")),
    reference=_owed,
    shows=N_(
        "{answer} lie with accounts over their line. An invoice paid since then was open on that "
        "day: a warning must be judged by what was known."
    ),
    mistakes=(
        Mistake(
            name="paid-since-then",
            wrong=lambda data: float(_over(data, _open(data, unpaid_only=True))["owed"].sum()),
            reply=N_(
                "You kept only invoices that were never paid. One that was paid after the day was "
                "still open on it."
            ),
        ),
        Mistake(
            name="invoices-of-later",
            wrong=lambda data: float(_over(data, _open(data, later_too=True))["owed"].sum()),
            reply=N_("There are invoices among yours that were written after the day."),
        ),
        Mistake(
            name="everybody",
            wrong=lambda data: float(_open(data)["amount"].sum()),
            reply=N_("That is what all accounts owe. Keep those above their own line."),
        ),
        Mistake(
            name="only-the-excess",
            wrong=_excess,
            reply=N_("That is how much they are over the line. Asked is all that they owe."),
        ),
    ),
    hints=(
        N_("Open on a day: written until then, and not paid, or paid later."),
        N_("Add up the open invoices of each customer, join the credit line, keep those above it."),
    ),
    solution=N_(
        "Keep what was open on the day, add it up by customer, compare with the line.\n"
        "    bills = data.receivables\n"
        '    late = bills["paid"].isna() | (bills["paid"] > data.today)\n'
        '    still_open = bills[late & (bills["issued"] <= data.today)]\n'
        '    owed = still_open.groupby("customer")["amount"].sum()\n'
        '    line = data.customers.set_index("customer")["credit_line"]\n'
        "    answer = owed[owed > line[owed.index]].sum()"
    ),
)


# --- 05.2 the rhythm of one account ----------------------------------------------------


def _gaps(data: Data) -> pd.Series:
    return data.account["date"].sort_values().diff().dropna().dt.days.astype(float)


def _patience(gaps: pd.Series) -> float:
    return float(gaps.mean() + 2 * max(gaps.std(), gaps.mean() / 5))


RHYTHM = Question(
    id="05.2",
    prompt=N_(
        "After how many days of silence does the warning begin for this account: its mean gap "
        "plus two standard deviations of its gaps (no deviation below a fifth of the mean)?"
    ),
    answer=Number(unit=N_("days")),
    reference=lambda data: _patience(_gaps(data)),
    shows=N_(
        "After {answer}. For this account; another one has another rhythm, and another number."
    ),
    mistakes=(
        Mistake(
            name="orders-for-gaps",
            wrong=lambda data: _patience(_gaps(data)) - _gaps(data).mean() / len(data.account),
            reply=N_(
                "You divided the days from first to last by the number of orders. Between so many "
                "orders lies one gap fewer."
            ),
        ),
        Mistake(
            name="mean-gap-only",
            wrong=lambda data: float(_gaps(data).mean()),
            reply=N_("That is its mean gap. It is passed about half of the time; add the spread."),
        ),
        Mistake(
            name="one-deviation",
            wrong=lambda data: float(_gaps(data).mean() + _gaps(data).std()),
            reply=N_("You added one standard deviation. The rule takes two."),
        ),
        Mistake(
            name="longest-gap",
            wrong=lambda data: float(_gaps(data).max()),
            reply=N_("That is its longest gap. It grows with every order ever placed."),
        ),
    ),
    hints=(
        N_("Sort the days, take differences in days."),
        N_("`gaps.mean() + 2 * max(gaps.std(), gaps.mean() / 5)`."),
    ),
    solution=N_(
        "The differences between the days are the gaps.\n"
        '    days = data.account["date"].sort_values()\n'
        "    gaps = days.diff().dropna().dt.days\n"
        "    answer = gaps.mean() + 2 * max(gaps.std(), gaps.mean() / 5)"
    ),
)
