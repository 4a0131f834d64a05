"""Questions 01.1 to 01.3: share of wallet, and what keeping costs."""

from __future__ import annotations

import pandas as pd

from cvm.check.answers import Number
from cvm.check.data import Data
from cvm.check.question import Mistake, Question
from cvm.words import N_

__all__ = ["COST", "NEXT", "WALLET", "cost_ratio"]

# --- 01.1 share of wallet ------------------------------------------------------------


def _buyers(data: Data) -> pd.DataFrame:
    return data.people[data.people["spend"] > 0]


def _of(table: pd.DataFrame) -> float:
    return float(table["spend"].sum() / table["wallet"].sum())


WALLET = Question(
    id="01.1",
    prompt=N_("What share of its customers' wallets does the firm have?"),
    answer=Number(unit="share"),
    reference=lambda data: _of(_buyers(data)),
    shows=N_(
        "{answer}: the customer share. What is missing lies with rivals, in the wallets of people "
        "who already know the way to the shop."
    ),
    mistakes=(
        Mistake(
            name="market-share",
            wrong=lambda data: _of(data.people),
            reply=N_(
                "That is the market share: it divides by everybody's wallet. Asked are the wallets "
                "of those who buy from the firm."
            ),
        ),
        Mistake(
            name="penetration",
            wrong=lambda data: len(_buyers(data)) / len(data.people),
            reply=N_(
                "That is how many people buy anything: penetration. Asked is a share of money."
            ),
        ),
        Mistake(
            name="clients-only",
            wrong=lambda data: _of(data.people.query("spend >= 0.5 * wallet")),
            reply=N_("Those are the clients alone. Whoever spends anything is a customer."),
        ),
        Mistake(
            name="money-for-share",
            wrong=lambda data: float(_buyers(data)["spend"].mean()),
            reply=N_("That is what a customer spends, in yuan. Divide by what is in the wallet."),
        ),
    ),
    hints=(
        N_("Whose wallets count? Choose the rows of people who spend anything with the firm."),
        N_("Add up their `spend`, add up their `wallet`, and divide."),
    ),
    solution=N_(
        "Choose those who buy, then divide the sums.\n"
        '    buyers = data.people[data.people["spend"] > 0]\n'
        '    answer = buyers["spend"].sum() / buyers["wallet"].sum()'
    ),
)


# --- 01.2 keeping over winning -------------------------------------------------------


def _stayed(data: Data, programme: bool) -> float:
    chosen = data.trial["programme"] == programme
    return float(data.trial.loc[chosen, "stayed"].mean())


def _kept(data: Data) -> float:
    return _stayed(data, True) - _stayed(data, False)


def cost_ratio(data: Data) -> float:
    """Divide the cost of a customer the programme kept by that of one won."""
    return data.keep_cost / _kept(data) / data.win_cost


COST = Question(
    id="01.2",
    prompt=N_(
        "How many times as much as winning one customer does keeping one cost, counted for each "
        "customer who stayed because of the programme?"
    ),
    answer=Number(),
    reference=cost_ratio,
    shows=N_(
        "{answer} times the cost of winning, and not a fifth. Most of the customers in the "
        "programme would have stayed without it, and it is paid for all of them."
    ),
    mistakes=(
        Mistake(
            name="as-it-is-told",
            wrong=lambda data: data.keep_cost / _stayed(data, True) / data.win_cost,
            reply=N_(
                "That is how the fifth is told: all who stay are counted. Most of them would have "
                "stayed anyway; take those off."
            ),
        ),
        Mistake(
            name="nobody-counted",
            wrong=lambda data: data.keep_cost / data.win_cost,
            reply=N_(
                "That compares the cost of *trying* to keep one with the cost of winning one. How "
                "many must be tried to keep one more?"
            ),
        ),
        Mistake(
            name="upside-down",
            wrong=lambda data: 1 / cost_ratio(data),
            reply=N_("Upside down: the cost of keeping belongs above the line."),
        ),
        Mistake(
            name="money-for-ratio",
            wrong=lambda data: data.keep_cost / _kept(data),
            reply=N_(
                "That is the cost of keeping one, in yuan. Divide by the cost of winning one."
            ),
        ),
    ),
    hints=(
        N_("Who stays without the programme? The other half of the trial tells."),
        N_("Share who stayed with it, less share who stayed without: that many each yuan kept."),
    ),
    solution=N_(
        "Count only whom the programme kept.\n"
        '    stayed = data.trial.groupby("programme")["stayed"].mean()\n'
        "    answer = data.keep_cost / (stayed[True] - stayed[False]) / data.win_cost"
    ),
)


# --- 01.3 the next customer ------------------------------------------------------------


def _step(data: Data, column: str, row: int) -> float:
    """Customers that the money between two rows of the table brought."""
    return float(data.steps[column].iloc[row] - data.steps[column].iloc[row - 1])


NEXT = Question(
    id="01.3",
    prompt=N_(
        "Today 15 thousand yuan go into keeping and 15 thousand into winning. With 5 thousand "
        "more for either, how many times as much does one more customer kept cost as one more won?"
    ),
    answer=Number(),
    reference=lambda data: _step(data, "won", 4) / _step(data, "kept", 4),
    shows=N_(
        "{answer} times, more than on average: those easily kept are kept already. Decide about "
        "the next yuan by what the next yuan does."
    ),
    mistakes=(
        Mistake(
            name="average",
            wrong=lambda data: float(data.steps["won"].iloc[3] / data.steps["kept"].iloc[3]),
            reply=N_(
                "That compares averages: all the money over all it brought. Asked is what the next "
                "5 thousand bring."
            ),
        ),
        Mistake(
            name="step-before",
            wrong=lambda data: _step(data, "won", 3) / _step(data, "kept", 3),
            reply=N_("That is the step that led to 15 thousand. Asked is the step from there."),
        ),
        Mistake(
            name="upside-down",
            wrong=lambda data: _step(data, "kept", 4) / _step(data, "won", 4),
            reply=N_(
                "Upside down. Cost is money over customers: the fewer a step brings, the dearer "
                "each of them."
            ),
        ),
        Mistake(
            name="after-the-step",
            wrong=lambda data: float(data.steps["won"].iloc[4] / data.steps["kept"].iloc[4]),
            reply=N_(
                "Those are averages at 20 thousand. Take the customers of 15 thousand off first."
            ),
        ),
    ),
    hints=(
        N_("How many more are kept when 15 thousand become 20 thousand? And how many more won?"),
        N_("`data.steps.diff()`; the money of both steps is the same, so only customers count."),
    ),
    solution=N_(
        "Take differences between rows; the same money stands above both lines.\n"
        '    step = data.steps.set_index("money").diff().loc[20_000]\n'
        '    answer = step["won"] / step["kept"]'
    ),
)
