"""How long customers stay, what makes them leave, and a score of who will."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd

from cvm.check.answers import Number
from cvm.check.data import Data
from cvm.check.question import Mistake, Question
from cvm.check.questions_10.base import TOP
from cvm.churn import cox, survival_curve
from cvm.words import N_

__all__ = ["CONTRACT", "LIFT", "STAYED"]

#: Months of the first question.
YEAR = 12


# --- 10.1 still here after a year -----------------------------------------------------


def _stayed(data: Data) -> float:
    return float(survival_curve(data.customers).at(YEAR)["survival"].iloc[0])


STAYED = Question(
    id="10.1",
    prompt=N_(
        "What share of all customers ever won is still here after 12 months? Many have not left, and "
        "many have not been here for a year."
    ),
    answer=Number(unit="share"),
    reference=_stayed,
    shows=N_(
        "{answer}. Everybody counts for as long as they were watched, and nobody for longer. Those "
        "who left tell only how quick the quick are."
    ),
    mistakes=(
        Mistake(
            name="only-those-who-left",
            wrong=lambda data: float(
                (data.customers.loc[data.customers["left"], "months"] > YEAR).mean()
            ),
            reply=N_(
                "You asked only those who left. They had to be quick to be in that list: count the "
                "others too, for as long as they were watched."
            ),
        ),
        Mistake(
            name="not-left-yet",
            wrong=lambda data: float(1 - data.customers["left"].mean()),
            reply=N_(
                "That is the share not gone today. Some of them joined last month; what they do in "
                "a year is still to be seen."
            ),
        ),
        Mistake(
            name="censored-as-gone",
            wrong=lambda data: float((data.customers["months"] > YEAR).mean()),
            reply=N_(
                "You counted customers who joined less than a year ago as gone. They are not gone, "
                "they are not finished."
            ),
        ),
        Mistake(
            name="censored-as-staying",
            wrong=lambda data: float(
                1 - (data.customers["left"] & (data.customers["months"] <= YEAR)).mean()
            ),
            reply=N_(
                "You counted everybody who had not left within the year as staying it, also those "
                "watched for a month. They count only while they were watched."
            ),
        ),
    ),
    hints=(
        N_(
            "Of those watched in each month, what share left? The shares that stayed are multiplied."
        ),
        N_("`churn.survival_curve(data.customers)` makes the curve; `.at(12)` reads it."),
    ),
    solution=N_(
        "Kaplan and Meier's curve, read at twelve months.\n"
        "    from cvm.churn import survival_curve\n"
        '    answer = survival_curve(data.customers).at(12)["survival"].iloc[0]'
    ),
)


# --- 10.2 the contract ----------------------------------------------------------------


def _ratio(data: Data) -> float:
    return float(np.exp(_effect(data)))


@lru_cache(maxsize=1)  # the answer and three of its mistakes are told from one fit
def _effect(data: Data) -> float:
    found = cox(data.customers).table.set_index("covariate")["effect"]
    return float(found["monthly"])


def _shares(data: Data) -> pd.Series:
    return data.customers.groupby("monthly")["left"].mean()


def _odds_ratio(data: Data) -> float:
    odds = _shares(data) / (1 - _shares(data))
    return float(odds[1] / odds[0])


CONTRACT = Question(
    id="10.2",
    prompt=N_(
        "By what does a contract by the month multiply the hazard of leaving, among customers alike "
        "in calls and usage (Cox's regression with all three)?"
    ),
    answer=Number(),
    reference=_ratio,
    shows=N_(
        "It multiplies the hazard by {answer}. Whether the contract makes them leave, or those who "
        "mean to leave take it, Cox cannot say."
    ),
    mistakes=(
        Mistake(
            name="log-hazard",
            wrong=_effect,
            reply=N_(
                "That is the effect on the log hazard. Its exponential is what the hazard is "
                "multiplied by: the column `ratio`."
            ),
        ),
        Mistake(
            name="shares-gone",
            wrong=lambda data: float(_shares(data)[1] / _shares(data)[0]),
            reply=N_(
                "You divided the shares gone by today. Who has been here longer had more time to "
                "leave, and nearly all may leave in the end: compare the hazards."
            ),
        ),
        Mistake(
            name="odds",
            wrong=_odds_ratio,
            reply=N_(
                "That is a ratio of odds of having left by today. It counts a customer of two months "
                "and one of three years alike."
            ),
        ),
        Mistake(
            name="upside-down",
            wrong=lambda data: 1 / _ratio(data),
            reply=N_("That is a yearly contract against a monthly one: turn it over."),
        ),
        Mistake(
            name="more-by",
            wrong=lambda data: _ratio(data) - 1,
            reply=N_(
                "That is by how much the hazard is higher. Asked is what it is multiplied by."
            ),
        ),
    ),
    hints=(
        N_("A hazard is compared among those watched at the same age: that is Cox's regression."),
        N_('`churn.cox(data.customers).table`: the row "monthly", the column `ratio`.'),
    ),
    solution=N_(
        "Cox's regression on the three covariates; the exponential of the effect.\n"
        "    from cvm.churn import cox\n"
        '    table = cox(data.customers).table.set_index("covariate")\n'
        '    answer = table.loc["monthly", "ratio"]'
    ),
)


# --- 10.3 lift ------------------------------------------------------------------------


def _top(data: Data) -> pd.DataFrame:
    many = round(TOP * len(data.scored))
    return data.scored.nlargest(many, "score")


def _rest(data: Data) -> pd.DataFrame:
    return data.scored.drop(_top(data).index)


def _lift(data: Data) -> float:
    return float(_top(data)["left"].mean() / data.scored["left"].mean())


LIFT = Question(
    id="10.3",
    prompt=N_(
        "How many times as often as the average do the customers in the top tenth of the score leave "
        "(its lift)?"
    ),
    answer=Number(),
    reference=_lift,
    shows=N_(
        "{answer} times. That is what the score knows about who leaves. Of whom a call would hold it "
        "knows nothing yet."
    ),
    mistakes=(
        Mistake(
            name="share-in-the-top",
            wrong=lambda data: float(_top(data)["left"].mean()),
            reply=N_("That is how often the top tenth leaves. Divide by how often all leave."),
        ),
        Mistake(
            name="leavers-found",
            wrong=lambda data: float(_top(data)["left"].sum() / data.scored["left"].sum()),
            reply=N_(
                "That is the share of all leavers that stands in the top tenth. Lift is that share over "
                "the share of customers contacted."
            ),
        ),
        Mistake(
            name="against-the-rest",
            wrong=lambda data: float(_top(data)["left"].mean() / _rest(data)["left"].mean()),
            reply=N_("You compared the top with the rest. Lift compares it with everybody."),
        ),
        Mistake(
            name="against-the-bottom",
            wrong=lambda data: float(
                _top(data)["left"].mean()
                / data.scored.nsmallest(round(TOP * len(data.scored)), "score")["left"].mean()
            ),
            reply=N_("You compared the top with the bottom. Lift compares it with everybody."),
        ),
        Mistake(
            name="accuracy",
            wrong=lambda data: float(
                ((data.scored["score"] > 0.5) == data.scored["left"].astype(bool)).mean()
            ),
            reply=N_("That is accuracy. Saying that nobody leaves does as well."),
        ),
    ),
    hints=(
        N_("Take the tenth with the highest score. How often do they leave, and how often do all?"),
        N_('`data.scored.nlargest(300, "score")["left"].mean()` is the first of the two.'),
    ),
    solution=N_(
        "The top tenth against everybody; `judge_scores(...).lift` says the same.\n"
        '    top = data.scored.nlargest(len(data.scored) // 10, "score")\n'
        '    answer = top["left"].mean() / data.scored["left"].mean()'
    ),
)
