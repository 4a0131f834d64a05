"""Who makes the value: tiers, pyramids, Lorenz curve, Gini, whale curve, top share.

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

Tiers
-----
Customers stand in a row, best first, each taking an equal stretch ("rank") or a
stretch as long as their value ("cumulative"). Where a customer stands is the middle of
the stretch; equal customers share one stretch, hence one middle, hence one tier.

What the naive answer gets wrong
--------------------------------
A top share from one sample is read as a law. It depends on the number of customers
(large ones are missing from small samples, so it is biased downward), on the window
(see :func:`concentration_by_window`), and on whether losers are in the base.

Sources
-------
Lorenz (1905), *Publications of the American Statistical Association* 9(70); Gini
(1912). Whale curve: Kaplan, R. S. and Narayanan, V. G. (2001), "Measuring and Managing
Customer Profitability", *Journal of Cost Management*. Window and concentration:
Schmittlein, D. C., Cooper, L. G. and Morrison, D. G. (1993), "Truth in Concentration
in the Land of (80/20) Laws", *Marketing Science* 12(2).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from cvm.errors import CvmError, near_miss
from cvm.results import Result, number
from cvm.words import N_, _

__all__ = [
    "TIERS",
    "Concentration",
    "assign_tiers",
    "concentration",
    "gini",
    "lorenz",
    "pyramid",
    "whale",
]

#: The three tiers, best first (关键 普通 小).
TIERS = (N_("key"), N_("ordinary"), N_("small"))

Floats = NDArray[np.float64]
By = Literal["rank", "cumulative", "threshold"]

#: Resamples are made in batches of about this many draws: fast, and never much memory.
BATCH = 1_000_000


def assign_tiers(
    values: ArrayLike,
    *,
    by: By = "rank",
    cuts: Sequence[float],
    names: Sequence[str] = TIERS,
) -> pd.Series:
    """Put each customer in a tier.

    Parameters
    ----------
    values : array_like, shape (n,)
        What each customer is worth; losers may be negative.
    by : {"rank", "cumulative", "threshold"}
        Whether tiers are cut on the customers' axis, on the value's axis, or at
        amounts.
    cuts : sequence of float
        Where each tier but the last ends, counted from the best customer.
        ``by="rank"``: (0.04, 0.20) makes the top 4 % key and the next 16 % ordinary.
        ``by="cumulative"``: (0.5, 0.8) makes those key who bring the first half of all
        value, and those ordinary who bring the next 30 %.
        ``by="threshold"``: (1000, 200) makes those key who are worth 1,000 or more, and
        those ordinary who are worth 200 or more.
    names : sequence of str
        The tiers, best first; one more than there are cuts.

    Returns
    -------
    Series
        Ordered categorical named ``tier``, best tier first, on the index of ``values``.
        Equal values always share a tier: the one in which the middle of the tied
        group's stretch lies. Without ties a rank cut holds ``cut * n`` customers,
        rounded.

    Raises
    ------
    CvmError
        For unusable values, cuts out of order or range, or a wrong number of names; for
        ``by="cumulative"`` if the values do not sum to more than nothing.

    Examples
    --------
    >>> assign_tiers([5, 100, 20, 20, 1], cuts=(0.2, 0.6)).tolist()
    ['small', 'key', 'ordinary', 'ordinary', 'small']
    """
    x = _values(values)
    _check_cuts(by, cuts, names)
    if by == "threshold":
        tier = np.sum(x[:, None] < np.asarray(cuts, float)[None, :], axis=1)
    else:
        place = _stand(x, np.ones_like(x) if by == "rank" else x)
        # A hair of room, so that 0.07 * 100 customers are seven and not eight.
        tier = np.sum(place[:, None] >= np.asarray(cuts, float)[None, :] - 1e-12, axis=1)
    labels = pd.Categorical.from_codes(
        tier.astype(np.int64), categories=pd.Index(list(names)), ordered=True
    )
    return pd.Series(labels, index=getattr(values, "index", None), name="tier")


def pyramid(values: ArrayLike, tiers: Any) -> pd.DataFrame:
    """Count customers and profit by tier: the pyramid and the pyramid turned over.

    Parameters
    ----------
    values : array_like, shape (n,)
        What each customer is worth.
    tiers : Series or array_like, shape (n,)
        From :func:`assign_tiers`.

    Returns
    -------
    DataFrame
        One row a tier, best first: ``tier``, ``customers``, ``customer_share``,
        ``profit``, ``profit_share`` (above 1 or below 0 where customers lose money) and
        ``profit_per_customer`` (not-a-number for an empty tier).

    Raises
    ------
    CvmError
        If values and tiers do not belong together, or the values sum to nothing.
    """
    x, total = _with_total(values)
    _check_together(values, tiers, len(x))
    tier = pd.Series(tiers).reset_index(drop=True).astype("category")
    if tier.isna().any():
        wrong = _("{n} customers have no tier.", n=int(tier.isna().sum()))
        raise CvmError(wrong, remedy=_("Make the tiers with assign_tiers."))
    grouped = pd.Series(x).groupby(tier, observed=False)
    out = pd.DataFrame({"customers": grouped.size(), "profit": grouped.sum()})
    out = out.rename_axis("tier").reset_index()
    out["customer_share"] = out["customers"] / len(x)
    out["profit_share"] = out["profit"] / total
    out["profit_per_customer"] = out["profit"] / out["customers"].replace(0, np.nan)
    order = ["tier", "customers", "customer_share", "profit", "profit_share"]
    return out[[*order, "profit_per_customer"]]


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
    x, total = _with_total(values)
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
    x, total = _with_total(values)
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
    x, total = _with_total(values)
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
    x, total = _with_total(values)
    _check_share("top", top)
    _check_share("level", level)
    if len(x) < 2:
        raise CvmError(_("Concentration needs at least two customers."), given=len(x))
    if resamples < 100:
        wrong = _("An interval needs at least 100 resamples.")
        raise CvmError(wrong, given=resamples, remedy=_("1,000 are enough for most uses."))
    best = np.sort(x)[::-1]
    draws = _resampled_shares(best, top, resamples, np.random.default_rng(seed))
    low, high = _interval(draws, level)
    return Concentration(
        value=float(_top_sum(best, np.ones((1, len(best))), top)[0] / total),
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


def _top_sum(best: Floats, times: NDArray[Any], top: float) -> Floats:
    """Sum the value of the top share, the last customer in part."""
    wanted = top * len(best)
    before = np.cumsum(times, axis=1) - times
    return np.clip(wanted - before, 0, times) @ best


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


def _stand(x: Floats, lengths: Floats) -> Floats:
    """Give the middle of each customer's stretch, equal customers sharing one."""
    _total(lengths)
    order = np.argsort(-x, kind="stable")
    end = np.cumsum(lengths[order])
    first = np.concatenate([[True], np.diff(x[order]) != 0])
    group = np.cumsum(first) - 1
    last = np.concatenate([np.flatnonzero(first)[1:] - 1, [len(x) - 1]])
    group_end = end[last]
    group_start = np.concatenate([[0.0], group_end[:-1]])
    place = np.empty_like(x)
    place[order] = ((group_start + group_end) / 2 / end[-1])[group]
    return place


# The door


def _values(values: ArrayLike) -> Floats:
    try:
        x = np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        wrong = _("The values are not numbers.")
        remedy = _("Give one number for each customer.")
        raise CvmError(wrong, given=values, remedy=remedy) from None
    if x.ndim != 1 or x.size == 0:
        wrong = _("The values are not one number for each customer.")
        remedy = _("Give a single column, such as table['profit'].")
        raise CvmError(wrong, given=_("shape {shape}", shape=x.shape), remedy=remedy)
    if bad := int((~np.isfinite(x)).sum()):
        wrong = _("{bad} of {n} values are missing or infinite.", bad=bad, n=len(x))
        remedy = _("Find out why, then drop or fill them; a customer without purchases is worth 0.")
        raise CvmError(wrong, remedy=remedy)
    return x


def _with_total(values: ArrayLike) -> tuple[Floats, float]:
    x = _values(values)
    return x, _total(x)


def _total(x: Floats) -> float:
    total = float(x.sum())
    if total <= 0:
        wrong = _("The values do not sum to more than nothing, so there are no shares of them.")
        remedy = _("Use revenue, or leave out the losers and say so.")
        raise CvmError(wrong, given=_("sum {total}", total=number(total)), remedy=remedy)
    return total


def _check_share(name: str, share: Any) -> None:
    if not (isinstance(share, int | float | np.number) and 0 < share < 1):
        wrong = _("{name} is a share between 0 and 1.", name=name)
        raise CvmError(wrong, given=share, remedy=_("Write 0.2 for 20 %."))


def _check_cuts(by: str, cuts: Sequence[float], names: Sequence[str]) -> None:
    kinds = ("rank", "cumulative", "threshold")
    if by not in kinds:
        wrong = _("There are no tiers by '{by}'.", by=by)
        raise CvmError(wrong, remedy=near_miss(by, kinds))
    steps = np.diff(np.asarray(cuts, float))
    if by == "threshold" and np.any(steps >= 0):
        wrong = _("Thresholds go from the best tier down.")
        raise CvmError(wrong, given=cuts, remedy=_("Write for example cuts=(1000, 200)."))
    if by != "threshold" and (np.any(steps <= 0) or not all(0 < cut < 1 for cut in cuts)):
        wrong = _("Cuts are shares between 0 and 1, each larger than the one before.")
        remedy = _("Write (0.04, 0.20) for the top 4 % and the next 16 %.")
        raise CvmError(wrong, given=cuts, remedy=remedy)
    if len(set(names)) != len(cuts) + 1:
        wrong = _("{cuts} cuts make {tiers} tiers.", cuts=len(cuts), tiers=len(cuts) + 1)
        remedy = _("Give one name for each tier, best first.")
        raise CvmError(wrong, given=names, remedy=remedy)


def _check_together(values: Any, tiers: Any, n: int) -> None:
    both = isinstance(values, pd.Series) and isinstance(tiers, pd.Series)
    if len(tiers) != n or (both and not values.index.equals(tiers.index)):
        wrong = _("Values and tiers do not belong to the same customers.")
        remedy = _("Make the tiers from these very values with assign_tiers.")
        raise CvmError(wrong, given=_("{n} values, {m} tiers", n=n, m=len(tiers)), remedy=remedy)
