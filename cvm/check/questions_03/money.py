"""03.1 to 03.4: the largest by the books, the whale, expected profit, and the order of wanting."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cvm.check.answers import Number, Ranking
from cvm.check.data import Data
from cvm.check.question import Mistake, Question
from cvm.check.questions_03.base import COSTS, MANY
from cvm.selection import whale_curve
from cvm.words import N_

__all__ = ["EXPECTED", "LARGEST", "ORDER", "WHALE", "losing_giants", "profits"]


def profits(data: Data, *, without: tuple[str, ...] = ()) -> pd.Series:
    """Profit of each account by the books, in thousand yuan, some costs left out."""
    costs = [name for name in COSTS if name not in without]
    return data.accounts["revenue"] - data.accounts[costs].sum(axis=1)


def losing_giants(data: Data) -> float:
    """How many of the largest lose money."""
    largest = data.accounts["revenue"].nlargest(MANY).index
    return float((profits(data)[largest] < 0).sum())


def _largest(data: Data, without: tuple[str, ...] = ()) -> float:
    largest = data.accounts["revenue"].nlargest(MANY).index
    return float(profits(data, without=without)[largest].sum())


# --- 03.1 the twenty largest -----------------------------------------------------------

LARGEST = Question(
    id="03.1",
    prompt=N_(
        "What do the twenty largest accounts (by revenue at list price) earn Yunhe together in a "
        "year, after everything the book knows, in thousand yuan?"
    ),
    answer=Number(unit=N_("thousand yuan")),
    reference=_largest,
    shows=N_(
        "{answer} from the twenty largest. Look at that beside their revenue, and "
        "beside what the best twenty earn."
    ),
    mistakes=(
        Mistake(
            name="kickbacks-and-extras-forgotten",
            wrong=lambda data: _largest(data, ("kickbacks", "extras")),
            reply=N_("You took the discount off, and left out the kickbacks and the free extras."),
        ),
        Mistake(
            name="credit-and-grey-trade-forgotten",
            wrong=lambda data: _largest(data, ("receivable_cost", "grey_loss")),
            reply=N_(
                "You left out what their credit costs and what grey trade costs. Both stand in the book."
            ),
        ),
        Mistake(
            name="gross-margin",
            wrong=lambda data: _largest(data, tuple(c for c in COSTS if c != "product_cost")),
            reply=N_("That is revenue less the products. Six more columns stand in between."),
        ),
        Mistake(
            name="most-profitable-for-largest",
            wrong=lambda data: float(profits(data).nlargest(MANY).sum()),
            reply=N_(
                "Those are the twenty most profitable. Asked are the twenty largest, by revenue."
            ),
        ),
    ),
    hints=(
        N_("Profit of an account: revenue less the seven columns of costs. Then take the largest."),
        N_('`data.accounts.nlargest(20, "revenue")` has the rows.'),
    ),
    solution=N_(
        "Take every cost off the revenue, then add up over the twenty largest.\n"
        "    from cvm.selection.whale import PARTS\n"
        '    profit = data.accounts["revenue"] - data.accounts[list(PARTS)].sum(axis=1)\n'
        '    largest = data.accounts["revenue"].nlargest(20).index\n'
        "    answer = profit[largest].sum()"
    ),
)


# --- 03.2 the whale ----------------------------------------------------------------------

WHALE = Question(
    id="03.2",
    prompt=N_(
        "What share of the whole profit do the losing accounts eat: how far does the peak of the "
        "whale curve stand above one?"
    ),
    answer=Number(unit="share"),
    reference=lambda data: whale_curve(profits(data)).destroyed,
    shows=N_(
        "The losers eat {answer} of today's profit. Somebody else earns it first, and nobody sees "
        "it in the total."
    ),
    mistakes=(
        Mistake(
            name="the-peak",
            wrong=lambda data: whale_curve(profits(data)).peak,
            reply=N_("That is the peak itself. Asked is how far it stands above one."),
        ),
        Mistake(
            name="share-of-losers",
            wrong=lambda data: whale_curve(profits(data)).losers,
            reply=N_("That is how many accounts lose money. Asked is how much of the profit."),
        ),
        Mistake(
            name="of-what-the-winners-earn",
            wrong=lambda data: 1 - 1 / whale_curve(profits(data)).peak,
            reply=N_(
                "You divided by what the winners earn. Divide by the whole profit, which is less."
            ),
        ),
        Mistake(
            name="of-revenue",
            wrong=lambda data: float(
                -profits(data).clip(upper=0).sum() / data.accounts["revenue"].sum()
            ),
            reply=N_("You divided the losses by revenue. Divide them by the whole profit."),
        ),
    ),
    hints=(
        N_("Add up the losses of the losing accounts, and divide by the profit of all."),
        N_("`whale_curve(profit).destroyed`."),
    ),
    solution=N_(
        "What the winners earn over what is left in the end, less one.\n"
        "    from cvm.selection import whale_curve\n"
        "    from cvm.selection.whale import PARTS\n"
        '    profit = data.accounts["revenue"] - data.accounts[list(PARTS)].sum(axis=1)\n'
        "    answer = whale_curve(profit).destroyed"
    ),
)


# --- 03.3 expected profit ------------------------------------------------------------------


def _expected(table: pd.DataFrame) -> pd.Series:
    p, q = table["default"], table["defection"]
    there = (1 - p) * (1 - q) * table["profit"]
    return there - p * table["loss_if_default"] - (1 - p) * q * table["loss_if_left"]


def _first(data: Data) -> pd.Series:
    """The largest candidate."""
    return data.candidates.nlargest(1, "revenue").iloc[0]


def _of_first(data: Data) -> float:
    return float(_expected(data.candidates.nlargest(1, "revenue")).iloc[0])


def _losses_alone(data: Data) -> float:
    row = _first(data)
    lost = row["default"] * row["loss_if_default"]
    return float(
        row["profit"] - lost - (1 - row["default"]) * row["defection"] * row["loss_if_left"]
    )


def _profit_alone(data: Data) -> float:
    row = _first(data)
    return float((1 - row["default"]) * (1 - row["defection"]) * row["profit"])


def _added_up(data: Data) -> float:
    row = _first(data)
    p, q = row["default"], row["defection"]
    lost = p * row["loss_if_default"] + q * row["loss_if_left"]
    return float((1 - p - q) * row["profit"] - lost)


EXPECTED = Question(
    id="03.3",
    prompt=N_(
        "What is the largest candidate expected to earn Yunhe in its first year, in thousand yuan?"
    ),
    answer=Number(unit=N_("thousand yuan")),
    reference=_of_first,
    shows=N_(
        "{answer}. The books promise a profit; weighed by the chances that it fails "
        "owing, or is courted away, the largest candidate costs money."
    ),
    mistakes=(
        Mistake(
            name="books",
            wrong=lambda data: float(_first(data)["profit"]),
            reply=N_("That is the profit if it neither fails nor leaves. Weigh it by the chances."),
        ),
        Mistake(
            name="profit-kept-in-any-case",
            wrong=_losses_alone,
            reply=N_("If it fails or leaves, the profit of the year is gone as well."),
        ),
        Mistake(
            name="losses-forgotten",
            wrong=_profit_alone,
            reply=N_(
                "You weighed the profit. Now take off what is lost if it fails, and if it leaves."
            ),
        ),
        Mistake(
            name="chances-added",
            wrong=_added_up,
            reply=N_(
                "You added the two chances. It can only leave if it has not failed: the chance of "
                "leaving counts for that part alone."
            ),
        ),
    ),
    hints=(
        N_("Three things can happen: it is there, it fails, or it does not fail and leaves."),
        N_(
            "(1 - p)(1 - q) x profit - p x loss_if_default - (1 - p) q x loss_if_left, with p for "
            "default and q for defection."
        ),
    ),
    solution=N_(
        "Weigh the three cases by their chances.\n"
        '    row = data.candidates.nlargest(1, "revenue").iloc[0]\n'
        '    p, q = row["default"], row["defection"]\n'
        '    there = (1 - p) * (1 - q) * row["profit"]\n'
        '    answer = there - p * row["loss_if_default"] - (1 - p) * q * row["loss_if_left"]'
    ),
)


# --- 03.4 the order ------------------------------------------------------------------------


def _ranked(data: Data, value: pd.Series) -> list[str]:
    order = np.argsort(-value.to_numpy(float), kind="stable")
    return [str(name) for name in data.candidates["firm"].iloc[order]]


ORDER = Question(
    id="03.4",
    prompt=N_(
        "In which order does Yunhe want the five candidates, by expected profit, best first?"
    ),
    answer=Ranking(),
    reference=lambda data: _ranked(data, _expected(data.candidates)),
    shows=N_(
        "The order is {answer}. The largest comes last, behind a firm an eighth of its size that pays, "
        "and stays."
    ),
    mistakes=(
        Mistake(
            name="by-size",
            wrong=lambda data: _ranked(data, data.candidates["revenue"]),
            reply=N_("That is the order by revenue: the sales head's list."),
        ),
        Mistake(
            name="by-the-books",
            wrong=lambda data: _ranked(data, data.candidates["profit"]),
            reply=N_("That is the order by the profit of the books. Who may fail, or leave?"),
        ),
        Mistake(
            name="by-safety",
            wrong=lambda data: _ranked(
                data, -(data.candidates["default"] + data.candidates["defection"])
            ),
            reply=N_("That is the order by risk alone. A safe account can be a small one."),
        ),
        Mistake(
            name="worst-first",
            wrong=lambda data: _ranked(data, -_expected(data.candidates)),
            reply=N_("You have it upside down: the best comes first."),
        ),
    ),
    hints=(
        N_("Do for all five what you did for one, and sort."),
        N_('Give the names as a list: `candidates.sort_values(...)["firm"].tolist()`.'),
    ),
    solution=N_(
        "The same three cases for each, then sort.\n"
        "    table = data.candidates\n"
        '    p, q = table["default"], table["defection"]\n'
        '    expected = (1 - p) * (1 - q) * table["profit"] - p * table["loss_if_default"]\n'
        '    expected = expected - (1 - p) * q * table["loss_if_left"]\n'
        '    answer = table["firm"][expected.sort_values(ascending=False).index].tolist()'
    ),
)
