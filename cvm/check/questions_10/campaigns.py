"""What a call does, whom it changes, and what a second life is worth."""

from __future__ import annotations

import pandas as pd

from cvm.check.answers import Named, Number
from cvm.check.data import Data
from cvm.check.question import Mistake, Question
from cvm.words import N_

__all__ = ["CALL", "CHANGED", "SECOND"]


def _left(table: pd.DataFrame, called: bool) -> float:
    return float(table.loc[table["contacted"] == called, "left"].mean())


def _held(table: pd.DataFrame) -> float:
    return _left(table, False) - _left(table, True)


# --- 10.4 what a call does ------------------------------------------------------------

CALL = Question(
    id="10.4",
    prompt=N_(
        "By how much does a call lower the share of customers who leave? There are two campaigns: "
        "choose the one that can tell."
    ),
    answer=Number(unit="points"),
    reference=lambda data: _held(data.trial),
    tolerance=0.005,
    shows=N_(
        "By {answer}, on average over all customers. Lots made the two halves alike. Where the staff "
        "chose, those called were going anyway."
    ),
    mistakes=(
        Mistake(
            name="by-judgement",
            wrong=lambda data: _held(data.campaign),
            reply=N_(
                "You took the campaign in which the staff chose whom to call. They chose those they "
                "felt were going: the called and the others were never alike."
            ),
        ),
        Mistake(
            name="sign",
            wrong=lambda data: -_held(data.trial),
            reply=N_("The sign: those left alone, less those called."),
        ),
        Mistake(
            name="relative",
            wrong=lambda data: _held(data.trial) / _left(data.trial, False),
            reply=N_(
                "That is the share of leavers a call holds. Asked is the difference of the two shares."
            ),
        ),
        Mistake(
            name="both-campaigns",
            wrong=lambda data: _held(pd.concat([data.trial, data.campaign])),
            reply=N_(
                "You put both campaigns together. One part in which the called were different spoils "
                "the whole."
            ),
        ),
    ),
    hints=(
        N_("In which of the two campaigns are the called and the others alike but for the call?"),
        N_('`data.trial.groupby("contacted")["left"].mean()`, and a difference.'),
    ),
    solution=N_(
        "Only where lots were drawn are the two groups alike.\n"
        '    left = data.trial.groupby("contacted")["left"].mean()\n'
        "    answer = left[False] - left[True]"
    ),
)


# --- 10.5 whom it changes -------------------------------------------------------------


def _by_group(data: Data) -> pd.DataFrame:
    left = data.trial.groupby(["risk_group", "contacted"])["left"].mean().unstack()  # noqa: PD010
    return left.rename(columns={False: "alone", True: "called"})


def _uplift(data: Data) -> pd.Series:
    left = _by_group(data)
    return left["alone"] - left["called"]


CHANGED = Question(
    id="10.5",
    prompt=N_(
        "The trial's customers stand in three groups by risk. By how much does a call lower the share "
        "who leave in each? Give a Series by `risk_group`."
    ),
    answer=Named(unit="points", key=("risk_group",), column="uplift"),
    reference=_uplift,
    tolerance=0.005,
    shows=N_(
        "{answer}. Risk rises from group to group, and what a call changes does not rise with it. A list "
        "by risk begins with those who are hard to hold."
    ),
    mistakes=(
        Mistake(
            name="risk",
            wrong=lambda data: _by_group(data)["alone"],
            reply=N_(
                "That is the risk: who leaves if left alone. Asked is what a call takes from it."
            ),
        ),
        Mistake(
            name="called",
            wrong=lambda data: _by_group(data)["called"],
            reply=N_("Those are the called alone. Compare them with those left alone."),
        ),
        Mistake(
            name="sign",
            wrong=lambda data: -_uplift(data),
            reply=N_("The sign: those left alone, less those called, in each group."),
        ),
        Mistake(
            name="relative",
            wrong=lambda data: _uplift(data) / _by_group(data)["alone"],
            reply=N_("You divided by the risk. Asked is the difference of the two shares."),
        ),
        Mistake(
            name="everybody-alike",
            wrong=lambda data: pd.Series(_held(data.trial), index=_uplift(data).index),
            reply=N_("That is the average of all customers, thrice. Make it group by group."),
        ),
    ),
    hints=(
        N_("What you did for all customers, for each group of risk by itself."),
        N_('`data.trial.groupby(["risk_group", "contacted"])["left"].mean().unstack()`.'),
    ),
    solution=N_(
        "Group by risk and by call, and take the difference in each row.\n"
        '    left = data.trial.groupby(["risk_group", "contacted"])["left"].mean().unstack()\n'
        "    answer = left[False] - left[True]"
    ),
)


# --- 10.6 a second life ---------------------------------------------------------------


def _per_tried(data: Data) -> pd.Series:
    lost = data.lost
    return (lost["second_value"] - lost["cost"]).groupby(lost["cause"]).mean()


def _per_returned(data: Data) -> pd.Series:
    lost = data.lost[data.lost["returned"]]
    return (lost["second_value"] - lost["cost"]).groupby(lost["cause"]).mean()


def _cost_regained(data: Data) -> pd.Series:
    sums = data.lost.groupby("cause")[["cost", "returned"]].sum()
    return sums["cost"] / sums["returned"].clip(lower=1)


SECOND = Question(
    id="10.6",
    prompt=N_(
        "What does a try to win back leave for each lost customer *tried*, by cause of leaving? Give "
        "a Series by `cause`: second value less cost."
    ),
    answer=Named(unit=N_("yuan"), key=("cause",), column="profit_tried"),
    reference=_per_tried,
    shows=N_(
        "{answer}. Whom to win back is told by the sign, and not by how gladly they return: the "
        "dismissed do so most gladly of all."
    ),
    mistakes=(
        Mistake(
            name="of-those-back",
            wrong=_per_returned,
            reply=N_(
                "You looked only at those who came back. Those who did not were called too, and the "
                "call was paid."
            ),
        ),
        Mistake(
            name="value-without-cost",
            wrong=lambda data: data.lost.groupby("cause")["second_value"].mean(),
            reply=N_("You left out the cost of calls and offers: `cost` is in the table."),
        ),
        Mistake(
            name="cost-regained",
            wrong=_cost_regained,
            reply=N_(
                "That is what one regained costs. The cheapest to regain need not be worth having: take "
                "the value of the second life."
            ),
        ),
        Mistake(
            name="returns",
            wrong=lambda data: data.lost.groupby("cause")["returned"].mean(),
            reply=N_("That is how readily they return. What are they worth when they are back?"),
        ),
    ),
    hints=(
        N_(
            "For each customer called: what the second life brought (nothing, for most), less cost."
        ),
        N_('`(lost["second_value"] - lost["cost"]).groupby(lost["cause"]).mean()`.'),
    ),
    solution=N_(
        "Over all who were tried, group by group.\n"
        "    lost = data.lost\n"
        '    gain = lost["second_value"] - lost["cost"]\n'
        '    answer = gain.groupby(lost["cause"]).mean()'
    ),
)
