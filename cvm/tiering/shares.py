"""Who makes the value: Lorenz curve, Gini, whale curve and the share of the top (80/20).

Model
-----
Let x_(1) >= ... >= x_(n) be what n customers are worth. The whale curve is their
cumulative share, best customer first, and the Lorenz curve the same from the other
end::

    W(p) = sum of the best p*n customers' value / sum of all      (whale)
    L(p) = 1 - W(1 - p)                                            (Lorenz)
    Gini = 1 - 2 * integral of L over [0, 1]

Between two customers both curves are straight lines, so "the top 20 %" of 2,357
customers is 471.4 customers, and the share of the top does not jump with n.
Where customers lose money, W rises above 1 before it comes back to it.

Estimand
--------
The share W(top) of the population that the customers were drawn from. Its interval is
a percentile bootstrap over customers.

Assumptions
-----------
Customers are independent draws from a population whose value has a variance. A "95 %"
interval then covers the population's share about as often as it says (300 customers:
95 % for a gamma of shape 0.5, 93 % for a lognormal of sigma 1). With heavy tails it covers
too seldom, because the customers that make the share are missing from most samples:
89 % for a lognormal of sigma 1.5, 68 % for a Pareto of exponent 1.5, and more customers
hardly help (72 % with 1,000). Read it as a lower bound on the doubt.

What the naive answer gets wrong
--------------------------------
A top share from one sample is read as a law. It depends on the number of customers
(large ones are missing from small samples, so it is biased downward), on the window
(see :mod:`cvm.tiering.window`), and on whether losers are in the base.

Sources
-------
Lorenz (1905), *Publications of the American Statistical Association* 9(70); Gini
(1912). Whale curve: Kaplan, R. S. and Narayanan, V. G. (2001), "Measuring and Managing
Customer Profitability", *Journal of Cost Management*. Bootstrap: Efron, B. (1979),
*Annals of Statistics* 7(1).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from cvm.errors import CvmError
from cvm.luck import Luck
from cvm.results import Result, number
from cvm.tiering.door import check_share, check_whole, numbers_of, positive_sum
from cvm.words import _

__all__ = ["Concentration", "concentration", "gini", "lorenz", "whale"]

Floats = NDArray[np.float64]

#: Resamples are made in batches of about this many draws, which stay in the cache.
BATCH = 100_000


def lorenz(values: ArrayLike) -> pd.DataFrame:
    """Give the Lorenz curve: what share of value the poorest share of customers brings.

    Parameters
    ----------
    values : array_like, shape (n,)
        What each customer is worth, in any unit.

    Returns
    -------
    DataFrame, n + 1 rows
        ``customer_share`` and ``value_share``, from (0, 0) to (1, 1), poorest first.
        With losers the curve dips below nothing.

    Raises
    ------
    CvmError
        For unusable values, or if they do not sum to more than nothing.
    """
    x, total = _summed(values)
    return _curve(np.sort(x), total, "value_share")


def whale(values: ArrayLike) -> pd.DataFrame:
    """Give the whale curve: the cumulative share of profit, best customer first.

    Parameters
    ----------
    values : array_like, shape (n,)
        Profit of each customer.

    Returns
    -------
    DataFrame, n + 1 rows
        ``customer_share`` and ``profit_share``, from (0, 0) to (1, 1). The peak above 1
        is what the firm would earn, as a share of what it earns, if its losers cost
        nothing.

    Raises
    ------
    CvmError
        For unusable values, or if they do not sum to more than nothing.
    """
    x, total = _summed(values)
    return _curve(np.sort(x)[::-1], total, "profit_share")


def gini(values: ArrayLike) -> float:
    """Give the Gini coefficient: twice the area between the Lorenz curve and equality.

    Parameters
    ----------
    values : array_like, shape (n,)
        What each customer is worth.

    Returns
    -------
    float
        0 if all are worth the same; (n - 1) / n if one customer has it all; above 1 is
        possible only with losers. The plain (not the n / (n - 1) corrected) version, so
        that it is the area under the curve that is drawn.

    Raises
    ------
    CvmError
        For unusable values, or if they do not sum to more than nothing.
    """
    x, total = _summed(values)
    n = len(x)
    return float(np.dot(2 * np.arange(1, n + 1) - n - 1, np.sort(x)) / (n * total))


@dataclass(frozen=True, kw_only=True, repr=False)
class Concentration(Result):
    """How much of the value the top customers bring.

    Parameters
    ----------
    value, low, high : float
        Share of the top and its interval; not-a-number ends if some resample of the
        customers sums to nothing, for then the share has no bound.
    top : float
        Which top share of customers.
    gini : float
        Gini coefficient of the values.
    n : int
        Customers.
    losers : float
        Share of customers with a negative value.
    peak : float
        Highest point of the whale curve; 1 without losers.
    level : float
        Confidence level of the interval.
    resamples : int
        Bootstrap resamples behind it.
    """

    value: float
    low: float
    high: float
    top: float
    gini: float
    n: int
    losers: float
    peak: float
    level: float
    resamples: int

    def sentence(self) -> str:
        """Say the share, its interval, and how far losers lift the curve."""
        text = _(
            "The top {top} of {n} customers bring {value} of the value "
            "({level} interval {low} to {high}; Gini {gini}).",
            top=number(self.top, "share"),
            n=number(self.n, digits=9),
            value=number(self.value, "share"),
            level=number(self.level, "share"),
            low=number(self.low, "share"),
            high=number(self.high, "share"),
            gini=number(self.gini),
        )
        if self.losers == 0:
            return text
        return text + _(
            " {losers} of them lose money: without their losses it would be {peak} of today's.",
            losers=number(self.losers, "share"),
            peak=number(self.peak, "share"),
        )


def concentration(
    values: ArrayLike,
    *,
    top: float = 0.2,
    level: float = 0.95,
    resamples: int = 1000,
    seed: int = 0,
) -> Concentration:
    """Estimate how much of the value the top customers bring.

    Parameters
    ----------
    values : array_like, shape (n,)
        What each customer is worth; at least two customers.
    top : float
        Which top share of customers, between 0 and 1.
    level : float
        Confidence level of the interval, between 0 and 1.
    resamples : int
        Bootstrap resamples, at least 100.
    seed : int
        Seed of the resampling.

    Returns
    -------
    Concentration

    Raises
    ------
    CvmError
        For unusable values, a share outside 0 to 1, or values that do not sum to more
        than nothing.
    """
    x, total = _summed(values)
    check_share("top", top)
    check_share("level", level)
    if len(x) < 2:
        wrong = _("A share of the top needs at least two customers.")
        raise CvmError(wrong, given=len(x), remedy=_("Give the values of all customers."))
    check_whole("resamples", resamples, low=100, high=1_000_000)
    best = np.sort(x)[::-1]
    draws = _resampled_shares(best, top, resamples, Luck(seed).generator("bootstrap"))
    low, high = _interval(draws, level)
    return Concentration(
        value=float(_top_sum(best, np.ones((1, len(best)), np.int64), top)[0] / total),
        low=low, high=high, top=float(top), gini=gini(x), n=len(x),
        losers=float(np.mean(x < 0)), peak=float(np.cumsum(best).max() / total),
        level=float(level), resamples=int(resamples),
    )  # fmt: skip


def _resampled_shares(best: Floats, top: float, resamples: int, rng: np.random.Generator) -> Floats:
    """Give the top share of each resample.

    A resample of sorted values is how often each was drawn, so nothing is sorted again.
    """
    n = len(best)
    rows = max(1, BATCH // n)
    shares = []
    for start in range(0, resamples, rows):
        batch = min(rows, resamples - start)
        drawn = rng.integers(0, n, size=(batch, n)) + n * np.arange(batch)[:, None]
        times = np.bincount(drawn.ravel(), minlength=batch * n).reshape(batch, n)
        total = times @ best
        with np.errstate(divide="ignore", invalid="ignore"):
            shares.append(np.where(total > 0, _top_sum(best, times, top) / total, np.nan))
    return np.concatenate(shares)


def _top_sum(best: Floats, times: NDArray[np.int64], top: float) -> Floats:
    """Sum the value of the top share, the last customer in part."""
    wanted = top * len(best)
    # The top of a resample lies among these first ones but for a ten-sigma accident.
    first = min(len(best), int(wanted + 10 * np.sqrt(wanted) + 10))
    drawn = times[:, :first].astype(float)
    before = np.cumsum(drawn, axis=1) - drawn
    return np.clip(wanted - before, 0, drawn) @ best[:first]


def _interval(draws: Floats, level: float) -> tuple[float, float]:
    if np.isnan(draws).any():
        return float("nan"), float("nan")
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def _curve(ordered: Floats, total: float, name: str) -> pd.DataFrame:
    n = len(ordered)
    share = np.concatenate([[0.0], np.cumsum(ordered) / total])
    share[-1] = 1.0  # rounding must not leave the curve short of its end
    return pd.DataFrame({"customer_share": np.arange(n + 1) / n, name: share})


def _summed(values: ArrayLike) -> tuple[Floats, float]:
    x = numbers_of(values)
    return x, positive_sum(x)
