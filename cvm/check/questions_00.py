"""Chapter 00, start here: three small questions to learn how answering works.

The data: customers of Yunhe Telecom (云河通信) in two years. Spending is lognormal;
those who spend less are likelier not to come back, so that the average customer and
the average customer who stayed are not the same.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cvm.check.answers import Number
from cvm.check.data import Data
from cvm.check.question import Chapter, Mistake, Question
from cvm.luck import Luck, bernoulli
from cvm.words import N_

__all__ = ["CHAPTER"]

#: Customers in the table, and customers the third question begins with.
N, START = 240, 10_000


def draw(seed: int) -> dict[str, Any]:
    """Draw the customers and a yearly defection rate.

    Parameters
    ----------
    seed : int
        From the student's name.

    Returns
    -------
    dict
        ``customers``: customer, spend_last_year and spend_this_year (zero: did not
        come back), both in yuan; ``defection``: share of customers lost a year.
    """
    luck = Luck(seed)
    size = luck.normal("size", N)
    last = np.round(300 * np.exp(0.9 * size - 0.405), 2)
    stays = bernoulli(luck.uniform("stay", N), 0.75 + 0.2 * np.tanh(size))
    change = np.exp(0.35 * luck.normal("change", N) + 0.3)
    customers = pd.DataFrame(
        {
            "customer": [f"C{i:03d}" for i in range(1, N + 1)],
            "spend_last_year": last,
            "spend_this_year": np.round(last * change * stays, 2),
        }
    )
    defection = (8 + int(luck.uniform("defection", 1)[0] * 13)) / 100
    return {"customers": customers, "defection": defection}


def _mean_spend(data: Data) -> float:
    return float(data.customers["spend_last_year"].mean())


def _came_back(data: Data) -> pd.Series:
    return data.customers["spend_this_year"] > 0


def _left(data: Data, years: int) -> float:
    return START * (1 - data.defection) ** years


MEAN_SPEND = Question(
    id="00.1",
    prompt=N_("What did the average customer spend last year?"),
    answer=Number(unit=N_("yuan")),
    reference=_mean_spend,
    shows=N_(
        "The average customer spent {answer}. Most customers spent less: a few large ones "
        "pull the average up. Chapter 06 is about those few."
    ),
    mistakes=(
        Mistake(
            name="median",
            wrong=lambda data: data.customers["spend_last_year"].median(),
            reply=N_(
                "That is the median: what the customer in the middle spent. The average is the "
                "sum shared out equally, and a few large customers make it larger."
            ),
        ),
        Mistake(
            name="total",
            wrong=lambda data: data.customers["spend_last_year"].sum(),
            reply=N_("That is what all customers spent together. Share it out among them."),
        ),
        Mistake(
            name="only-those-who-stayed",
            wrong=lambda data: data.customers["spend_last_year"][_came_back(data)].mean(),
            reply=N_(
                "That is the average of those who came back. Asked for are all customers of "
                "last year: leaving out those who left makes the past look better than it was."
            ),
        ),
        Mistake(
            name="other-year",
            wrong=lambda data: data.customers["spend_this_year"].mean(),
            reply=N_("That is this year's spending. Look at the column `spend_last_year`."),
        ),
    ),
    hints=(
        N_("One column of `data.customers` holds all you need: which year is asked about?"),
        N_('A column has the method `.mean()`: `data.customers["spend_last_year"]` is a column.'),
    ),
    solution=N_(
        "Take the column of last year's spending and average it over all customers, those who "
        "left included.\n"
        '    answer = data.customers["spend_last_year"].mean()'
    ),
)

CAME_BACK = Question(
    id="00.2",
    prompt=N_("What share of last year's customers came back this year?"),
    answer=Number(unit="share"),
    reference=lambda data: _came_back(data).mean(),
    shows=N_(
        "{answer} came back: this is the retention rate. One minus it is the defection rate, "
        "and much of the course is about these two."
    ),
    mistakes=(
        Mistake(
            name="count",
            wrong=lambda data: _came_back(data).sum(),
            reply=N_("That is how many came back. Divide by the number of customers."),
        ),
        Mistake(
            name="left-instead-of-stayed",
            wrong=lambda data: 1 - _came_back(data).mean(),
            reply=N_("That is the share that left. Those who came back have spent something."),
        ),
        Mistake(
            name="per-cent",
            wrong=lambda data: 100 * _came_back(data).mean(),
            reply=N_("Give a share, not per cent: 0.2 for 20 %."),
        ),
        Mistake(
            name="money-instead-of-customers",
            wrong=lambda data: (
                data.customers["spend_this_year"].sum() / data.customers["spend_last_year"].sum()
            ),
            reply=N_(
                "That compares the money of the two years. Count customers: large ones who "
                "spend more can hide small ones who leave."
            ),
        ),
    ),
    hints=(
        N_("Who came back has `spend_this_year` above zero."),
        N_("A comparison gives True and False; the mean of those is the share that is True."),
    ),
    solution=N_(
        "Ask of each customer whether anything was spent this year. True counts as 1 and False "
        "as 0, so the mean of the answers is the share.\n"
        '    came_back = data.customers["spend_this_year"] > 0\n'
        "    answer = came_back.mean()"
    ),
)

TWO_YEARS = Question(
    id="00.3",
    prompt=N_("Of 10,000 customers, how many are left after two years of `data.defection`?"),
    answer=Number(unit=N_("customers")),
    reference=lambda data: _left(data, 2),
    tolerance=0.001,
    shows=N_(
        "{answer} are left. The second year takes its share of those who survived the first, "
        "so losses slow down and a customer's life is a geometric series: chapter 09 prices it."
    ),
    mistakes=(
        Mistake(
            name="straight-line",
            wrong=lambda data: START * (1 - 2 * data.defection),
            reply=N_(
                "You took the same number away twice. In the second year only those still "
                "there can leave."
            ),
        ),
        Mistake(
            name="one-year",
            wrong=lambda data: _left(data, 1),
            reply=N_("That is after one year. The second year takes its share as well."),
        ),
        Mistake(
            name="lost-instead-of-left",
            wrong=lambda data: START - _left(data, 2),
            reply=N_("That is how many were lost. Asked for are those who are still there."),
        ),
        Mistake(
            name="defection-for-retention",
            wrong=lambda data: START * data.defection**2,
            reply=N_(
                "You kept the share that leaves. Kept is one minus `data.defection`, each year."
            ),
        ),
    ),
    hints=(
        N_("How many are left after the first year? Begin the second year with those."),
        N_("Multiply by one minus `data.defection` once for each year."),
    ),
    solution=N_(
        "Each year keeps the same share of those who are there when it begins.\n"
        "    kept = 1 - data.defection\n"
        "    answer = 10_000 * kept**2"
    ),
)

CHAPTER = Chapter(id="00", draw=draw, questions=(MEAN_SPEND, CAME_BACK, TWO_YEARS))
