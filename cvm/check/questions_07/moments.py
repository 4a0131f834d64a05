"""07.1 to 07.3: a customer's year, the hidden side, and the rule of the moment."""

from __future__ import annotations

import pandas as pd

from cvm.check.answers import Number
from cvm.check.data import Data
from cvm.check.question import Mistake, Question
from cvm.check.questions_07.base import POOR
from cvm.service import first_failure
from cvm.words import N_

__all__ = ["HIDDEN", "RULE", "YEAR", "unnamed"]


# --- 07.1 a customer's year ----------------------------------------------------------


def _poor(data: Data) -> pd.Series:
    return data.contacts["rating"] < POOR


def _year(data: Data) -> float:
    return float(_poor(data).groupby(data.contacts["customer"]).any().mean())


def _seen_trouble(data: Data) -> float:
    trouble = ~(data.contacts["human"] & data.contacts["business"])
    return float(trouble.groupby(data.contacts["customer"]).any().mean())


def _by_formula(data: Data) -> float:
    each = len(data.contacts) / data.contacts["customer"].nunique()
    return float(1 - (1 - _poor(data).mean()) ** each)


YEAR = Question(
    id="07.1",
    prompt=N_(
        "What share of the customers in the survey had at least one spoiled moment (a rating "
        "below 50) in the year?"
    ),
    answer=Number(unit="share"),
    reference=_year,
    shows=N_(
        "{answer} of the customers had one, although most contacts went well. A customer does not "
        "live the average contact, but all of them."
    ),
    mistakes=(
        Mistake(
            name="contacts-for-customers",
            wrong=lambda data: float(_poor(data).mean()),
            reply=N_("That is the share of contacts. Asked is the share of customers who had one."),
        ),
        Mistake(
            name="average-number-of-contacts",
            wrong=_by_formula,
            reply=N_(
                "You gave every customer the average number of contacts, each as bad as the "
                "average. Customers differ; count them."
            ),
        ),
        Mistake(
            name="only-what-they-named",
            wrong=_seen_trouble,
            reply=N_(
                "You counted trouble in manner or matter. The moment is what the rating says: "
                "below 50."
            ),
        ),
        Mistake(
            name="spoiled-moments-a-customer",
            wrong=lambda data: float(_poor(data).sum() / data.contacts["customer"].nunique()),
            reply=N_(
                "That is the number of spoiled moments a customer. Some had several; count each "
                "customer once."
            ),
        ),
    ),
    hints=(
        N_("For each customer: was any of the ratings below 50? Then the share of customers."),
        N_('`poor.groupby(data.contacts["customer"]).any().mean()`.'),
    ),
    solution=N_(
        "Mark the poor ratings, ask each customer whether there was any, and average.\n"
        '    poor = data.contacts["rating"] < 50\n'
        '    answer = poor.groupby(data.contacts["customer"]).any().mean()'
    ),
)


# --- 07.2 the hidden side --------------------------------------------------------------


def _hidden(data: Data, *sides: str) -> float:
    table = data.contacts
    fine = table[list(sides)].all(axis=1)
    return float(_poor(data)[fine].mean())


def _both(data: Data) -> pd.Series:
    return data.contacts["human"] & data.contacts["business"]


def unnamed(data: Data) -> float:
    """Share of spoiled moments with nothing wrong in sight."""
    return float(_both(data)[_poor(data)].mean())


HIDDEN = Question(
    id="07.2",
    prompt=N_(
        "How often does the hidden dimension fail? Give the share of contacts with a poor rating "
        "(below 50) among those whose manner and matter were in order."
    ),
    answer=Number(unit="share"),
    reference=lambda data: _hidden(data, "human", "business"),
    shows=N_(
        "In {answer} of the contacts something behind the scene failed. No question of the survey "
        "names it, and no training in friendliness mends it."
    ),
    mistakes=(
        Mistake(
            name="all-contacts-below-the-line",
            wrong=lambda data: float((_poor(data) & _both(data)).mean()),
            reply=N_(
                "You divided by all contacts. A contact whose manner or matter failed cannot show "
                "what the hidden side did: leave it out."
            ),
        ),
        Mistake(
            name="among-the-spoiled",
            wrong=unnamed,
            reply=N_(
                "That is the share of spoiled moments with nothing wrong in sight. Asked is how "
                "often it happens: divide by the contacts in order."
            ),
        ),
        Mistake(
            name="all-poor-ratings",
            wrong=lambda data: float(_poor(data).mean()),
            reply=N_("Those are all spoiled moments, also those by manner or matter."),
        ),
        Mistake(
            name="manner-only",
            wrong=lambda data: _hidden(data, "human"),
            reply=N_("You looked at the manner alone. The matter must have been in order too."),
        ),
    ),
    hints=(
        N_("Keep the contacts in which `human` and `business` are both true. Which went wrong?"),
        N_("`hidden_failures(data.contacts)` does it for each contact point, and for all."),
    ),
    solution=N_(
        "Among contacts in order on both seen sides, count the poor ratings.\n"
        '    fine = data.contacts["human"] & data.contacts["business"]\n'
        '    answer = (data.contacts["rating"][fine] < 50).mean()'
    ),
)


# --- 07.3 the rule -----------------------------------------------------------------------


def _mean(data: Data, failures: int) -> float:
    trial = data.trial
    return float(trial["rating"][trial["failures"] == failures].mean())


def _damage(data: Data, after: int, before: int = 0) -> float:
    return _mean(data, before) - _mean(data, after)


RULE = Question(
    id="07.3",
    prompt=N_(
        "How much of the damage of two failures does the first one do, in the trial with business "
        "customers?"
    ),
    answer=Number(unit="share"),
    reference=lambda data: first_failure(data.trial).value,
    shows=N_(
        "The first failure does {answer} of the damage of two: with these customers failures add "
        "up, and a warm word makes up for something. The strict rule is no law."
    ),
    mistakes=(
        Mistake(
            name="points-for-share",
            wrong=lambda data: _damage(data, 1),
            reply=N_("Those are points of rating. Divide by the damage of two failures."),
        ),
        Mistake(
            name="of-three-failures",
            wrong=lambda data: _damage(data, 1) / _damage(data, 3),
            reply=N_("You divided by the damage of three failures. Asked is of two."),
        ),
        Mistake(
            name="second-over-first",
            wrong=lambda data: _damage(data, 2, 1) / _damage(data, 1),
            reply=N_(
                "That is the second failure's damage over the first one's. Divide the first one's "
                "by that of both."
            ),
        ),
        Mistake(
            name="upside-down",
            wrong=lambda data: _damage(data, 2) / _damage(data, 1),
            reply=N_("Upside down: the damage of two belongs below the line."),
        ),
        Mistake(
            name="of-the-rating",
            wrong=lambda data: _damage(data, 1) / _mean(data, 0),
            reply=N_(
                "That is what one failure takes from the rating. Compare it with what two take."
            ),
        ),
    ),
    hints=(
        N_("Average the rating by the number of failures: none, one, two. Two differences."),
        N_("(none less one) over (none less two); `first_failure(data.trial)` adds an interval."),
    ),
    solution=N_(
        "Average by the number of failures and compare two differences.\n"
        '    rating = data.trial.groupby("failures")["rating"].mean()\n'
        "    answer = (rating[0] - rating[1]) / (rating[0] - rating[2])"
    ),
)
