r"""The whale curve with its interval, and what stands at both ends of size.

**The model.** Order customers from the most to the least profitable and add their profit up: the
whale curve (:func:`cvm.tiering.whale` gives its points). It climbs above the whole profit to a peak

.. math:: W = \frac{\sum_i \max(x_i, 0)}{\sum_i x_i},

and comes down to 1. What is above 1 is destroyed: earned by some, eaten by others.

**The estimand.** :math:`W` in the population that the customers are drawn from. It is a ratio of two
means, so its interval is by the delta method on the logarithm; the losers' share has a Wilson interval.

**What stands at the ends of size.** Of the largest tenth of customers by revenue, the share that is
found in the most profitable tenth, and in the least profitable tenth. If size said nothing, each would
be a tenth. If *the largest are the best*, the first is high **and** the second below a tenth.

**Assumptions.** Customers are independent draws; the total profit is clearly above 0. Where it is not,
the share has no bound and the interval is not given.

**What the naive answer gets wrong.** The average of the largest tenth is above the average of all, so
"the largest are the most profitable". The average of a group says nothing about who is in it. At the
defaults (2,000 accounts, seed 1) nearly half of the largest tenth is in the most profitable tenth, and
nearly a third in the least profitable.

**Where it comes from.** Kaplan & Narayanan (2001), at second hand.

References
----------
Kaplan, R. S. & Narayanan, V. G. (2001). Measuring and managing customer profitability.
*Journal of Cost Management* 15(5), 5-15.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from cvm.errors import CvmError
from cvm.inputs import check_level, need_columns, numbers_in, whole_number
from cvm.results import Result, number
from cvm.tiering.door import check_share, numbers_of, positive_sum
from cvm.tiering.shares import whale
from cvm.words import _

__all__ = ["SizeEnds", "WhaleCurve", "size_ends", "size_groups", "whale_curve"]

Floats = NDArray[np.float64]

#: The parts that a hundred of list revenue goes to, in the order of the book.
PARTS = (
    "product_cost", "discount", "kickbacks", "extras", "cost_to_serve", "receivable_cost",
    "grey_loss",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, repr=False)
class WhaleCurve(Result):
    """A whale curve: who makes the profit and who eats it.

    Parameters
    ----------
    peak, low, high : float
        Profit of the earners over the whole profit, and its interval (not-a-number ends where
        the whole profit may be nothing).
    destroyed : float
        The peak less 1: what the losers eat, of today's profit.
    at : float
        Share of customers, best first, at which the peak is reached.
    losers, losers_low, losers_high : float
        Share of customers who lose money.
    level : float
        Confidence level.
    customers : int
        How many.
    table : DataFrame
        From :func:`cvm.tiering.whale`.
    """

    peak: float
    low: float
    high: float
    destroyed: float
    at: float
    losers: float
    losers_low: float
    losers_high: float
    level: float
    customers: int
    table: pd.DataFrame = field(repr=False)

    def sentence(self) -> str:
        """Say the peak and who is behind it."""
        return _(
            "The best {at} of {n} customers earn {peak} of today's profit ({level} interval {low} to "
            "{high}); the rest eat {destroyed} of it. {losers} of the customers lose money.",
            at=number(self.at, "share"), n=number(self.customers, digits=9),
            peak=number(self.peak, "share"), low=number(self.low, "share"),
            high=number(self.high, "share"), destroyed=number(self.destroyed, "share"),
            losers=number(self.losers, "share"), level=number(self.level, "share", digits=2),
        )  # fmt: skip


def whale_curve(values: ArrayLike, *, level: float = 0.95) -> WhaleCurve:
    """Find the peak of the whale curve, with its interval.

    Parameters
    ----------
    values : array_like, shape (n,)
        Profit of each customer, two or more.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    WhaleCurve

    Raises
    ------
    CvmError
        For unusable values, fewer than two, or if they do not sum to more than nothing.
    """
    check_level(level)
    x = numbers_of(values)
    total, n = positive_sum(x), len(x)
    if n < 2:
        wrong = _("A whale curve needs at least two customers.")
        raise CvmError(wrong, given=n, remedy=_("Give the profit of all customers."))
    z = float(ndtri((1 + level) / 2))
    earned = float(np.maximum(x, 0).sum())
    peak = earned / total
    error = np.maximum(x, 0) / (earned / n) - x / (total / n)
    half = z * float(error.std(ddof=1)) / np.sqrt(n)
    # Within two standard errors of nothing the ratio of two means has no usable interval.
    if total / n < 2 * x.std(ddof=1) / np.sqrt(n):
        half = np.nan
    lost = int((x < 0).sum())
    losers_low, losers_high = _wilson(lost, n, level)
    return WhaleCurve(
        peak=peak, low=float(np.maximum(1.0, peak * np.exp(-half))), high=float(peak * np.exp(half)),
        destroyed=peak - 1, at=float((x > 0).mean()), losers=lost / n, losers_low=losers_low,
        losers_high=losers_high, level=level, customers=n, table=whale(x),
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True, repr=False)
class SizeEnds(Result):
    """Where the largest customers are found in the order of profit.

    Parameters
    ----------
    most, most_low, most_high : float
        Share of the largest that is among the most profitable, with its interval.
    least, least_low, least_high : float
        Share of the largest that is among the least profitable.
    losers : float
        Share of the largest that loses money.
    top : float
        Which share of customers counts as largest, most and least profitable.
    level : float
        Confidence level.
    largest : int
        Customers among the largest.
    """

    most: float
    most_low: float
    most_high: float
    least: float
    least_low: float
    least_high: float
    losers: float
    top: float
    level: float
    largest: int

    def sentence(self) -> str:
        """Say where the largest are found."""
        return _(
            "Of the {n} largest customers {most} are among the most profitable {top} ({level} interval "
            "{most_low} to {most_high}) and {least} among the least profitable ({least_low} to "
            "{least_high}); if size said nothing, each would be {top}.",
            n=number(self.largest), most=number(self.most, "share"), top=number(self.top, "share"),
            most_low=number(self.most_low, "share"), most_high=number(self.most_high, "share"),
            least=number(self.least, "share"), least_low=number(self.least_low, "share"),
            least_high=number(self.least_high, "share"), level=number(self.level, "share", digits=2),
        )  # fmt: skip


def size_ends(
    table: pd.DataFrame,
    *,
    profit: str = "profit",
    revenue: str = "revenue",
    top: float = 0.1,
    level: float = 0.95,
) -> SizeEnds:
    """Find the largest customers in the order of profit.

    Parameters
    ----------
    table : DataFrame
        One row a customer, twenty or more.
    profit, revenue : str
        Columns of numbers.
    top : float
        Which share counts as an end, above 0 and at most a half.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    SizeEnds
        Wilson intervals, which take the largest for independent draws.

    Raises
    ------
    CvmError
        For a missing column, unusable values, a share above a half, or too few customers.
    """
    check_level(level)
    check_share("top", top)
    x, size = numbers_in(table, [profit, revenue]).T
    many = round(top * len(x))
    if top > 0.5 or many < 2:
        wrong = _("The two ends of profit must not overlap and must hold two customers or more.")
        given = {"top": top, "customers": len(x)}
        raise CvmError(wrong, given=given, remedy=_("Write for example top=0.1."))
    largest = np.argsort(-size, kind="stable")[:many]
    order = np.argsort(-x, kind="stable")
    most, least = (int(np.isin(largest, end).sum()) for end in (order[:many], order[-many:]))
    most_low, most_high = _wilson(most, many, level)
    least_low, least_high = _wilson(least, many, level)
    return SizeEnds(
        most=most / many, most_low=most_low, most_high=most_high, least=least / many,
        least_low=least_low, least_high=least_high, losers=float((x[largest] < 0).mean()),
        top=float(top), level=level, largest=many,
    )  # fmt: skip


def size_groups(
    table: pd.DataFrame, *, groups: int = 10, profit: str = "profit", revenue: str = "revenue"
) -> pd.DataFrame:
    """Sum up customers by size: what they bring, and where a hundred of revenue goes.

    Parameters
    ----------
    table : DataFrame
        One row a customer.
    groups : int
        Groups of near equal number, from small to large; two or more.
    profit, revenue : str
        Columns of numbers.

    Returns
    -------
    DataFrame
        One row a group: ``group`` (1 is the smallest), ``customers``, ``revenue`` and
        ``profit`` (sums), ``margin`` (profit over revenue), ``margin_low``, ``margin_high``
        (the middle eight tenths of the customers' own margins), ``losers`` (share); and of the
        columns in :data:`PARTS` those the table has, as shares of revenue.

    Raises
    ------
    CvmError
        For a missing column, unusable values or more groups than customers.
    """
    need_columns(table, [profit, revenue])
    known = [name for name in PARTS if name in table]
    x, size, *spent = numbers_in(table, [profit, revenue, *known]).T
    if whole_number(groups, name="groups", least=2) > len(x) or (size <= 0).any():
        wrong = _("Groups by size need customers with revenue, and as many as there are groups.")
        given = {"groups": groups, "customers": len(x), "least revenue": float(size.min())}
        raise CvmError(wrong, given=given, remedy=_("Leave out customers who bought nothing."))
    place = np.empty(len(x), int)
    place[np.argsort(size, kind="stable")] = groups * np.arange(len(x)) // len(x)
    own = x / size
    rows = []
    for group in range(groups):
        here = place == group
        low, high = np.quantile(own[here], [0.1, 0.9])
        sums = {"revenue": size[here].sum(), "profit": x[here].sum()}
        parts = {name: values[here].sum() / sums["revenue"]
                 for name, values in zip(known, spent, strict=True)}  # fmt: skip
        rows.append({
            "group": group + 1, "customers": int(here.sum()), **sums,
            "margin": sums["profit"] / sums["revenue"], "margin_low": low, "margin_high": high,
            "losers": float((x[here] < 0).mean()), **parts,
        })  # fmt: skip
    return pd.DataFrame(rows)


def _wilson(hits: int, n: int, level: float) -> tuple[float, float]:
    from statsmodels.stats.proportion import proportion_confint  # takes a second to load

    low, high = proportion_confint(hits, n, alpha=1 - level, method="wilson")
    # At the ends rounding leaves a trace where the interval ends exactly.
    return (0.0 if hits == 0 else float(low)), (1.0 if hits == n else float(high))
