"""Who makes the value: the log summed up, the top fifth, the two pyramids (06.1 to 06.3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from cvm.check.answers import Named, Number, Table
from cvm.check.data import Data
from cvm.check.question import Mistake, Question
from cvm.check.questions_06.base import N
from cvm.tiering import assign_tiers, pyramid, rfm
from cvm.words import N_

__all__ = ["LOG_SUMMARY", "PROFIT_BY_TIER", "TOP_FIFTH", "profit_of_the_top"]

#: Where tiers end, counted from the best customer.
TIERS = (0.05, 0.3)


# --- 06.1 the log, summed up -----------------------------------------------------


def _summary(data: Data) -> pd.DataFrame:
    return rfm(data.transactions, as_of=data.as_of, order="order")


def _until(data: Data) -> pd.DataFrame:
    log: pd.DataFrame = data.transactions
    return log[log["date"] <= data.as_of]


def _with_the_future(data: Data) -> pd.DataFrame:
    log: pd.DataFrame = data.transactions
    whole = log[log["customer"].isin(_until(data)["customer"])].groupby("customer")
    return whole.agg(monetary=("amount", "sum")).reset_index()


def _counting_lines(data: Data) -> pd.DataFrame:
    return _until(data).groupby("customer").agg(frequency=("order", "size")).reset_index()


def _since_first(data: Data) -> pd.DataFrame:
    first = _until(data).groupby("customer", as_index=False)["date"].min()
    return first.assign(recency=(data.as_of - first["date"]).dt.days)[["customer", "recency"]]


def _mean_amount(data: Data) -> pd.DataFrame:
    return _until(data).groupby("customer").agg(monetary=("amount", "mean")).reset_index()


LOG_SUMMARY = Question(
    id="06.1",
    prompt=N_("Sum up each customer's purchases as of `data.as_of`: recency, frequency, monetary."),
    answer=Table(key=("customer",)),
    reference=_summary,
    shows=N_(
        "Thousands of lines became one row a customer: how long ago, how often, how much. "
        "Nothing that happened after the day was used, so a forecast made from it is honest."
    ),
    mistakes=(
        Mistake(
            name="looks-into-the-future",
            wrong=_with_the_future,
            reply=N_(
                "`monetary` holds purchases made after `data.as_of`. On that day nobody could know "
                "them: leave them out."
            ),
        ),
        Mistake(
            name="lines-for-orders",
            wrong=_counting_lines,
            reply=N_(
                "`frequency` counts the lines of the log. One order can have several lines: "
                "count different orders."
            ),
        ),
        Mistake(
            name="since-the-first-purchase",
            wrong=_since_first,
            reply=N_(
                "`recency` runs from the first purchase: that is how long the customer has been "
                "with us. Recency runs from the last one."
            ),
        ),
        Mistake(
            name="mean-for-sum",
            wrong=_mean_amount,
            reply=N_(
                "`monetary` is the average amount of a line. Asked for is all that the customer "
                "spent until that day."
            ),
        ),
    ),
    hints=(
        N_("The chapter did this in one call. From which day does it look if you do not say?"),
        N_("One order, several lines: `rfm` has an argument that names the order's column."),
        N_("`rfm(data.transactions, as_of=..., order=...)`: fill in the two."),
    ),
    solution=N_(
        "Say from which day to look, and which column tells orders apart.\n"
        "    from cvm.tiering import rfm\n"
        '    answer = rfm(data.transactions, as_of=data.as_of, order="order")'
    ),
)


# --- 06.2 the share of the top fifth ---------------------------------------------


def _top_share(ranked_by: str, summed: str, part: Callable[[pd.DataFrame], pd.DataFrame]) -> Any:
    """Make the function that gives the share of the best fifth of some customers."""

    def share(data: Data) -> float:
        customers = part(data.customers)
        best = customers.nlargest(round(0.2 * len(customers)), ranked_by)
        return float(best[summed].sum() / customers[summed].sum())

    return share


def _everybody(customers: pd.DataFrame) -> pd.DataFrame:
    return customers


def _winners(customers: pd.DataFrame) -> pd.DataFrame:
    return customers[customers["profit"] > 0]


def _bottom_share(data: Data) -> float:
    profit: pd.Series = data.customers["profit"]
    return float(profit.nsmallest(N // 5).sum() / profit.sum())


profit_of_the_top = _top_share("profit", "profit", _everybody)

TOP_FIFTH = Question(
    id="06.2",
    prompt=N_("What share of all profit do the most profitable 20 % of customers make?"),
    answer=Number(unit="share"),
    reference=profit_of_the_top,
    shows=N_(
        "{answer} of the profit comes from a fifth of the customers. The 80/20 rule is no law: "
        "the share depends on how different customers are, on the window, and on the losers "
        "in the denominator."
    ),
    mistakes=(
        Mistake(
            name="revenue-for-profit",
            wrong=_top_share("revenue", "revenue", _everybody),
            reply=N_("That is the share of revenue, not of profit. Who buys much may cost much."),
        ),
        Mistake(
            name="ranked-by-revenue",
            wrong=_top_share("revenue", "profit", _everybody),
            reply=N_(
                "That is the profit of the fifth with the most *revenue*. The largest customers "
                "are not the most profitable ones: rank by profit."
            ),
        ),
        Mistake(
            name="losers-left-out",
            wrong=_top_share("profit", "profit", _winners),
            reply=N_(
                "You left out the customers who lose money. They are customers too: they belong "
                "to the 100 % of customers and to the sum of profit."
            ),
        ),
        Mistake(
            name="per-cent",
            wrong=lambda data: 100 * profit_of_the_top(data),
            reply=N_("Give a share, not per cent: 0.2 for 20 %."),
        ),
        Mistake(
            name="bottom-fifth",
            wrong=_bottom_share,
            reply=N_("That is the other end: the fifth with the *least* profit. Sort best first."),
        ),
    ),
    hints=(
        N_("Which column of `data.customers` holds what a customer leaves us in the end?"),
        N_("`concentration(..., top=0.2)` does it, with an interval; or sort, and add up the top."),
    ),
    solution=N_(
        "Rank the customers by profit, add up the best fifth, divide by the profit of all. "
        "`concentration` does that and says how sure one can be.\n"
        "    from cvm.tiering import concentration\n"
        '    answer = concentration(data.customers["profit"], top=0.2)'
    ),
)


# --- 06.3 two pyramids -----------------------------------------------------------


def _pyramid(
    data: Data, ranked_by: str = "profit", by: Any = "rank", cuts: tuple[float, float] = TIERS
) -> pd.DataFrame:
    tiers = assign_tiers(data.customers[ranked_by], by=by, cuts=cuts)
    return pyramid(data.customers["profit"], tiers)


def _column(column: str, **choice: Any) -> Callable[[Data], pd.Series]:
    """Make the function that reads one column of the pyramid, by tier."""

    def read(data: Data) -> pd.Series:
        table = _pyramid(data, **choice)
        return pd.Series(table[column].to_numpy(), index=table["tier"].astype(str))

    return read


PROFIT_BY_TIER = Question(
    id="06.3",
    prompt=N_(
        "The best 5 % of customers by profit are key, the next 25 % ordinary, the rest small: "
        "what share of profit does each tier make?"
    ),
    answer=Named(unit="share", key=("tier",), column="profit_share"),
    reference=_column("profit_share"),
    shows=N_(
        "By tier: {answer}. The small are seven in ten of your customers and leave the least of "
        "the profit: customers are many where the profit is small."
    ),
    mistakes=(
        Mistake(
            name="customers-for-profit",
            wrong=_column("customer_share"),
            reply=N_("That is each tier's share of the *customers*: the other pyramid."),
        ),
        Mistake(
            name="ranked-by-revenue",
            wrong=_column("profit_share", ranked_by="revenue"),
            reply=N_("You ranked by revenue. The tiers are cut by profit."),
        ),
        Mistake(
            name="second-cut-too-early",
            wrong=_column("profit_share", cuts=(TIERS[0], 0.25)),
            reply=N_(
                "Your ordinary tier ends too early. Cuts count from the best customer: 5 % and "
                "the next 25 % end at 30 %."
            ),
        ),
        Mistake(
            name="cut-on-the-value-axis",
            wrong=_column("profit_share", by="cumulative"),
            reply=N_(
                "You cut where 5 % and 30 % of the *profit* are reached. The cuts here count "
                'customers: `by="rank"`.'
            ),
        ),
        Mistake(
            name="cumulated",
            wrong=lambda data: _column("profit_share")(data).cumsum(),
            reply=N_("You added the tiers up as you went. Give each tier's own share."),
        ),
        Mistake(
            name="amount-for-share",
            wrong=_column("profit"),
            reply=N_("These are amounts. Divide each by the profit of all customers."),
        ),
    ),
    hints=(
        N_("Two steps: put each customer in a tier, then add up profit by tier."),
        N_("The cuts count from the best customer and cumulate: the second one is not 0.25."),
        N_("`assign_tiers(profit, cuts=(0.05, 0.3))` makes the tiers, `pyramid` adds them up."),
    ),
    solution=N_(
        "Cut by rank, then add up by tier. The second cut is where ordinary ends, counted from "
        "the top.\n"
        "    from cvm.tiering import assign_tiers, pyramid\n"
        '    profit = data.customers["profit"]\n'
        "    table = pyramid(profit, assign_tiers(profit, cuts=(0.05, 0.3)))\n"
        '    answer = table.set_index("tier")["profit_share"]'
    ),
)
