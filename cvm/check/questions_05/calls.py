"""05.3 and 05.4: what calls were worth, and who was called upon in time."""

from __future__ import annotations

import pandas as pd

from cvm.check.answers import Number
from cvm.check.data import Data
from cvm.check.question import Mistake, Question
from cvm.words import N_

__all__ = ["CALLS", "CAUGHT", "in_time"]


def _good(data: Data) -> pd.Series:
    calls = data.calls
    return (calls["day"] >= calls["began"]) & (calls["day"] < calls["gone"])


def in_time(data: Data) -> float:
    """Share of calls between the beginning of trouble and its end."""
    return float(_good(data).mean())


def _among_leavers(data: Data) -> float:
    return float(_good(data)[data.calls["gone"].notna()].mean())


CALLS = Question(
    id="05.3",
    prompt=N_(
        "What share of the calls came in time: trouble had begun, and the account was not gone?"
    ),
    answer=Number(unit="share"),
    reference=in_time,
    shows=N_(
        "{answer} of the calls were worth their time. Silence has many causes; leaving is one."
    ),
    mistakes=(
        Mistake(
            name="left-sometime",
            wrong=lambda data: float(data.calls["gone"].notna().mean()),
            reply=N_(
                "You counted every call upon an account that left sometime, before the trouble and "
                "after the end as well."
            ),
        ),
        Mistake(
            name="calls-in-vain",
            wrong=lambda data: 1 - in_time(data),
            reply=N_("That is the share of calls that were not in time."),
        ),
        Mistake(
            name="leavers-for-calls",
            wrong=lambda data: _caught(data, data.calls[_good(data)]),
            reply=N_("You divided by the accounts that left. Here the calls are asked; they come next."),
        ),
        Mistake(
            name="of-calls-upon-leavers",
            wrong=_among_leavers,
            reply=N_("You divided by calls upon accounts that left. Divide by all calls."),
        ),
    ),
    hints=(
        N_("Two conditions on `day`: not before `began`, and before `gone`. Missing days are False."),
        N_('`((calls["day"] >= calls["began"]) & (calls["day"] < calls["gone"])).mean()`.'),
    ),
    solution=N_(
        "Compare the day of each call with both dates.\n"
        "    calls = data.calls\n"
        '    good = (calls["day"] >= calls["began"]) & (calls["day"] < calls["gone"])\n'
        "    answer = good.mean()"
    ),
)  # fmt: skip


# --- 05.4 who was caught ------------------------------------------------------------------


def _caught(data: Data, calls: pd.DataFrame) -> float:
    return float(data.leavers["customer"].isin(calls["customer"]).mean())


CAUGHT = Question(
    id="05.4",
    prompt=N_("What share of the accounts that left had been called upon in time?"),
    answer=Number(unit="share"),
    reference=lambda data: _caught(data, data.calls[_good(data)]),
    shows=N_(
        "{answer} of those who left had been called upon while something could be done. The share "
        "of good calls says nothing about that: a short list may be right and miss nearly everybody."
    ),
    mistakes=(
        Mistake(
            name="called-at-any-time",
            wrong=lambda data: _caught(data, data.calls),
            reply=N_(
                "You counted leavers who were called at any time, too early and too late as well."
            ),
        ),
        Mistake(
            name="share-of-calls",
            wrong=in_time,
            reply=N_("That is the share of calls. Asked is the share of accounts that left."),
        ),
        Mistake(
            name="calls-by-customers",
            wrong=lambda data: float(_good(data).sum() / data.calls["customer"].nunique()),
            reply=N_("You divided by the accounts called upon. Divide by those that left."),
        ),
    ),
    hints=(
        N_("Who stands in a call in time? And who of `data.leavers` is among them?"),
        N_('`data.leavers["customer"].isin(calls[good]["customer"]).mean()`.'),
    ),
    solution=N_(
        "Take the accounts of the good calls, and see which leavers are among them.\n"
        "    calls = data.calls\n"
        '    good = (calls["day"] >= calls["began"]) & (calls["day"] < calls["gone"])\n'
        '    answer = data.leavers["customer"].isin(calls[good]["customer"]).mean()'
    ),
)
