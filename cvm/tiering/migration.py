"""Migration: who moved between tiers, and how much of that is chance.

Model
-----
Split a log in two periods and cut tiers in each. Of the n_a customers of tier a before,
the share p_ab was in tier b after; as a multinomial share it has the standard error::

    se(p_ab) = sqrt(p_ab * (1 - p_ab) / n_a)

Customers move even if nothing about them changed: the number of purchases in a period is
chance. *No movement beyond chance* says that every customer's rate of purchases is
constant. Then, given how many purchases customer i made in all, each of them falls in the
first period independently with the share of the time the customer was there to be seen::

    P(purchase before the split) = exposure before / exposure in all

and it carries its own amount along. So the test deals each customer's purchases anew, many
times, cuts the tiers anew each time, and sees how many customers move. Rates may differ
between customers in any way; nothing is fitted.

Estimand
--------
``moved``: share of customers in another tier after the split. ``p_value``: how often
re-dealing moves at least as many (one-sided; the observed deal counts as one of them).

Assumptions
-----------
Purchases of one customer on one day are one purchase. Between days they are Poisson given
the rate. Customers who buy by the calendar (each Saturday) move less than chance, so for
them the test is cautious; customers who buy in bouts move more, and the test then
rejects for bouts, not for drift. Three readings of exposure:

``"time"``
    all customers were there from the first day of the log to its last;
``"first"``
    a customer is there from the first purchase on: that purchase stays where it is, and
    customers who first bought after the split are left out (a cohort such as CDNOW);
``"pooled"``
    a season or a growth that lifts all customers alike is not movement: the share of all
    purchases made before the split takes the place of the share of time.

What the naive answer gets wrong
--------------------------------
It reads the matrix as behaviour: "a third of our key customers slipped, a tenth of the
small ones climbed; privileges work, service fails." That is regression to the mean. The
top tier of a period holds those who were *lucky* in it, and luck does not last:
:func:`regression_to_mean` puts the change that chance alone makes beside the observed one.

Sources
-------
Galton, F. (1886), "Regression towards Mediocrity in Hereditary Stature", *Journal of the
Anthropological Institute* 15. Purchases given their number: Ehrenberg, A. S. C. (1959),
*Applied Statistics* 8(1), whose model this is without its gamma. Counting the observed
deal in: Phipson, B. and Smyth, G. K. (2010), *Statistical Applications in Genetics and
Molecular Biology* 9(1).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cvm.errors import CvmError, near_miss
from cvm.results import Result, number, p_words
from cvm.tiering.periods import Exposure, split_in_two
from cvm.tiering.tiers import TIERS, check_cuts
from cvm.words import _

__all__ = ["Migration", "migration", "regression_to_mean"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, repr=False)
class Migration(Result):
    """Movement between tiers, beside what chance alone would move.

    Parameters
    ----------
    moved : float
        Share of customers in another tier after the split.
    by_chance, low, high : float
        The same share when purchases are re-dealt: mean and the middle 95 %.
    p_value : float
        How often re-dealing moves at least as many.
    n : int
        Customers.
    split : str
        First day of the second period.
    exposure : str
        How exposure was read.
    resamples : int
        Deals.
    table : DataFrame
        The tidy matrix, see :meth:`to_frame`.
    """

    moved: float
    by_chance: float
    low: float
    high: float
    p_value: float
    n: int
    split: str
    exposure: str
    resamples: int
    table: pd.DataFrame = field(repr=False)

    def sentence(self) -> str:
        """Say how many moved, how many chance moves, and whether that differs."""
        return _(
            "{moved} of {n} customers changed tier at {split}; if every customer's rate had "
            "stayed the same, chance alone would have moved {chance} (95 % of deals: {low} to "
            "{high}; {p}).",
            moved=number(self.moved, "share"),
            n=number(self.n, digits=9),
            split=self.split,
            chance=number(self.by_chance, "share"),
            low=number(self.low, "share"),
            high=number(self.high, "share"),
            p=p_words(self.p_value),
        )

    def to_frame(self) -> pd.DataFrame:
        """Give the matrix, one row a pair of tiers.

        Returns
        -------
        DataFrame
            ``from_tier``, ``to_tier``, ``customers``, ``share`` (of the customers of
            ``from_tier``), ``se``, ``chance_share`` (the same share over all deals) and
            ``p_value`` (two-sided, for this cell alone: nine cells are nine looks).
        """
        return self.table.copy()

    def matrix(self, column: str = "share") -> pd.DataFrame:
        """Lay a column of :meth:`to_frame` out as a square, from (rows) to (columns)."""
        if column not in self.table.columns[2:]:
            wrong = _("The matrix has no column '{name}'.", name=column)
            raise CvmError(wrong, remedy=near_miss(column, self.table.columns[2:]))
        names = self.table["from_tier"].cat.categories
        square = self.table[column].to_numpy().reshape(len(names), len(names))
        return pd.DataFrame(
            square, index=names.rename("from_tier"), columns=names.rename("to_tier")
        )


def migration(
    transactions: Any,
    *,
    split: Any,
    cuts: Sequence[float],
    customer: str = "customer",
    date: str = "date",
    amount: str = "amount",
    names: Sequence[str] = TIERS,
    exposure: Exposure = "time",
    resamples: int = 500,
    seed: int = 0,
) -> Migration:
    """Count who moved between tiers, and test it against chance.

    Parameters
    ----------
    transactions : DataFrame, path, DuckDB relation or Ibis table
        The log, as for :func:`~cvm.tiering.rfm`.
    split : date
        First day of the second period.
    cuts : sequence of float
        Rank cuts of the tiers, as for :func:`~cvm.tiering.assign_tiers`: (0.04, 0.20) for
        the top 4 % and the next 16 % by the amount bought in the period.
    customer, date, amount : str
        The columns.
    names : sequence of str
        The tiers, best first.
    exposure : {"time", "first", "pooled"}
        How long each customer was there to be seen; see above.
    resamples : int
        Deals, at least 20; the smallest p-value is 1 / (resamples + 1).
    seed : int
        Seed of the deals.

    Returns
    -------
    Migration

    Raises
    ------
    CvmError
        For an unusable log, a split outside it, or cuts out of order.
    """
    periods = split_in_two(transactions, [customer, date, amount], split, exposure)
    check_cuts("rank", cuts, names)
    tiers = len(names)
    seen = _matrix(_tiers(periods.seen, cuts), tiers)[0]
    deals = np.concatenate(
        [_matrix(_tiers(deal, cuts), tiers) for deal in periods.deals(resamples, seed)]
    )
    moved = 1 - np.trace(deals, axis1=1, axis2=2) / periods.n
    observed = float(1 - np.trace(seen) / periods.n)
    low, high = np.quantile(moved, [0.025, 0.975])
    return Migration(
        moved=observed, by_chance=float(moved.mean()), low=float(low), high=float(high),
        p_value=_p_value(observed, moved), n=periods.n, split=periods.split.isoformat(),
        exposure=exposure, resamples=resamples, table=_tidy(seen, deals, names),
    )  # fmt: skip


def regression_to_mean(
    transactions: Any,
    *,
    split: Any,
    cuts: Sequence[float],
    customer: str = "customer",
    date: str = "date",
    amount: str = "amount",
    names: Sequence[str] = TIERS,
    exposure: Exposure = "time",
    resamples: int = 500,
    seed: int = 0,
) -> pd.DataFrame:
    """Compare the change of each tier's mean with the change that chance alone makes.

    Parameters
    ----------
    transactions, split, cuts, customer, date, amount, names, exposure, resamples, seed
        As for :func:`migration`.

    Returns
    -------
    DataFrame
        One row a tier of the first period: ``tier``, ``customers``, ``before`` and
        ``after`` (mean amount of its customers, per 30 days), ``change``,
        ``chance_change`` (mean over the deals, each with its own tiers), ``low`` and
        ``high`` (middle 95 % of the deals) and ``p_value`` (two-sided); not-a-number
        where a tier has nobody in it. The naive expectation is no change.

    Raises
    ------
    CvmError
        As for :func:`migration`.
    """
    periods = split_in_two(transactions, [customer, date, amount], split, exposure)
    check_cuts("rank", cuts, names)
    customers, before, after = (a[0] for a in _means(periods.seen, periods.days, cuts))
    deals = [_means(deal, periods.days, cuts) for deal in periods.deals(resamples, seed)]
    changes = np.concatenate([deal[2] - deal[1] for deal in deals])
    chance, low, high = _spread(changes)
    change = after - before
    return pd.DataFrame(
        {
            "tier": _named(np.arange(len(names)), names),
            "customers": customers.astype(np.int64),
            "before": before, "after": after, "change": change,
            "chance_change": chance, "low": low, "high": high,
            "p_value": _two_sided(change, changes),
        }
    )  # fmt: skip


# Tiers and what is counted by them


def _tiers(spent: tuple[Floats, Floats], cuts: Sequence[float]) -> tuple[Ints, Ints]:
    """Cut rank tiers in each row, by the same rule as ``assign_tiers``."""
    before, after = (_codes(period, cuts) for period in spent)
    return before, after


def _codes(spent: Floats, cuts: Sequence[float]) -> Ints:
    from scipy.stats import rankdata  # slow to import, and needed only here

    n = spent.shape[1]
    place = (n + 0.5 - rankdata(spent, axis=1)) / n
    codes = np.zeros(spent.shape, np.int64)
    for cut in cuts:
        codes += place >= cut - 1e-12
    return codes


def _matrix(tiers: tuple[Ints, Ints], k: int) -> Ints:
    """Count customers by tier before and after, one square for each row."""
    before, after = tiers
    rows = len(before)
    cell = (before * k + after) + k * k * np.arange(rows)[:, None]
    return np.bincount(cell.ravel(), minlength=rows * k * k).reshape(rows, k, k)


def _means(
    spent: tuple[Floats, Floats], days: tuple[int, int], cuts: Sequence[float]
) -> tuple[Floats, Floats, Floats]:
    """Give customers and mean spending per 30 days, before and after, by tier before."""
    k, rows = len(cuts) + 1, len(spent[0])
    cell = (_codes(spent[0], cuts) + k * np.arange(rows)[:, None]).ravel()
    count = np.bincount(cell, minlength=rows * k).reshape(rows, k).astype(float)
    sums = [np.bincount(cell, x.ravel(), minlength=rows * k).reshape(rows, k) for x in spent]
    filled = np.where(count > 0, count, np.nan)
    return count, sums[0] / filled * 30 / days[0], sums[1] / filled * 30 / days[1]


def _spread(changes: Floats) -> Floats:
    """Give mean and middle 95 % of each tier's changes; unknown where no deal filled the tier."""
    found = np.full((3, changes.shape[1]), np.nan)
    filled = ~np.isnan(changes).all(axis=0)
    found[0, filled] = np.nanmean(changes[:, filled], axis=0)
    found[1:, filled] = np.nanquantile(changes[:, filled], [0.025, 0.975], axis=0)
    return found


def _tidy(seen: Ints, deals: Ints, names: Sequence[str]) -> pd.DataFrame:
    size = np.where(seen.sum(1) > 0, seen.sum(1), np.nan)[:, None]
    share = seen / size
    sizes = deals.sum(2, keepdims=True).mean(0)
    chance = deals.mean(0) / np.where(sizes > 0, sizes, np.nan)
    k = len(names)
    return pd.DataFrame(
        {
            "from_tier": _named(np.repeat(np.arange(k), k), names),
            "to_tier": _named(np.tile(np.arange(k), k), names),
            "customers": seen.ravel(),
            "share": share.ravel(),
            "se": np.sqrt(share * (1 - share) / size).ravel(),
            "chance_share": chance.ravel(),
            "p_value": _two_sided(seen.ravel(), deals.reshape(len(deals), -1)),
        }
    )


def _named(codes: Ints, names: Sequence[str]) -> Any:
    return pd.Categorical.from_codes(codes, categories=pd.Index(list(names)), ordered=True)


def _p_value(observed: float, deals: Floats) -> float:
    # A hair of room: equal shares must count as equal whatever their last digit.
    return float((1 + np.sum(deals >= observed - 1e-12)) / (1 + len(deals)))


def _two_sided(observed: Any, deals: Any) -> Floats:
    # A tier nobody is in has no change to compare, nor has a deal that leaves it empty.
    count = 1 + np.sum(~np.isnan(deals), axis=0)
    above = (1 + np.sum(deals >= observed - 1e-12, axis=0)) / count
    below = (1 + np.sum(deals <= observed + 1e-12, axis=0)) / count
    return np.where(np.isnan(observed), np.nan, np.minimum(1, 2 * np.minimum(above, below)))
