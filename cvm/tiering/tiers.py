"""Tiers: who is a key, an ordinary, a small customer, and the pyramids they make.

Model
-----
Customers stand in a row, best first, and each takes a stretch of it: all the same
length (``by="rank"``), or a length as great as their value (``by="cumulative"``). Where
a customer stands is the middle of the stretch, as a share of the whole row. With cuts
c_1 < c_2 < ... customer i is in the first tier whose cut lies beyond::

    rank:        place_i = (k_i + e_i / 2) / n             k_i better, e_i equal customers
    cumulative:  place_i = (K_i + E_i / 2) / total value   K_i, E_i the value they bring
    tier_i       = 1 + number of cuts c <= place_i

Equal customers share one stretch, hence one middle, hence one tier: nobody is treated
worse than a neighbour with the same value, and no order of rows decides.

What the naive answer gets wrong
--------------------------------
``nlargest`` and ``qcut`` break ties by the order of the rows. Counting customers by tier
shows a pyramid, and a manager who stops there staffs by heads; turned over by profit it
stands on its point (金字塔 倒金字塔). Tiers cut on one period's value also hold those who
were lucky in it: see :mod:`cvm.tiering.migration`.

Sources
-------
Zeithaml, V. A., Rust, R. T. and Lemon, K. N. (2001), "The Customer Pyramid: Creating and
Serving Profitable Customers", *California Management Review* 43(4).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from cvm.errors import CvmError, near_miss
from cvm.tiering.door import numbers_of, positive_sum
from cvm.words import N_, _

__all__ = ["TIERS", "assign_tiers", "check_cuts", "pyramid"]

#: The three tiers, best first (关键 普通 小).
TIERS = (N_("key"), N_("ordinary"), N_("small"))

Floats = NDArray[np.float64]
By = Literal["rank", "cumulative", "threshold"]


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
    x = numbers_of(values)
    check_cuts(by, cuts, names)
    if by == "threshold":
        tier = np.sum(x[:, None] < np.asarray(cuts, float)[None, :], axis=1)
    else:
        place = _stand(x, np.ones_like(x) if by == "rank" else x)
        # A hair of room, so that 0.07 * 100 customers are seven and not eight.
        tier = np.sum(place[:, None] >= np.asarray(cuts, float)[None, :] - 1e-12, axis=1)
    labels = pd.Categorical.from_codes(
        tier.astype(np.int64), categories=pd.Index(list(names)), ordered=True
    )
    index = values.index if isinstance(values, pd.Series) else None
    return pd.Series(labels, index=index, name="tier")


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
    x = numbers_of(values)
    total = positive_sum(x)
    tier = _category(tiers)
    _check_together(values, tiers, len(x), len(tier))
    if tier.isna().any():
        wrong = _("{n} customers have no tier.", n=int(tier.isna().sum()))
        raise CvmError(wrong, remedy=_("Make the tiers with assign_tiers."))
    sums = pd.Series(x).groupby(tier, observed=False).sum()
    count, profit = np.bincount(tier.cat.codes, minlength=len(sums)), sums.to_numpy()
    return pd.DataFrame(
        {
            "tier": sums.index.array,
            "customers": count,
            "customer_share": count / len(x),
            "profit": profit,
            "profit_share": profit / total,
            "profit_per_customer": profit / np.where(count > 0, count, np.nan),
        }
    )


def _stand(x: Floats, lengths: Floats) -> Floats:
    """Give the middle of each customer's stretch, equal customers sharing one."""
    positive_sum(lengths)
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


def check_cuts(by: str, cuts: Sequence[float], names: Sequence[str]) -> None:
    """Insist on cuts in order and in range, and on one name more than cuts."""
    kinds = ("rank", "cumulative", "threshold")
    if by not in kinds:
        wrong = _("There are no tiers by '{by}'.", by=by)
        raise CvmError(wrong, remedy=near_miss(by, kinds))
    steps = np.diff(_ends(cuts))
    if by == "threshold" and np.any(steps >= 0):
        wrong = _("Thresholds go from the best tier down.")
        raise CvmError(wrong, given=cuts, remedy=_("Write for example cuts=(1000, 200)."))
    if by != "threshold" and (np.any(steps <= 0) or not all(0 < cut < 1 for cut in cuts)):
        wrong = _("Cuts are shares between 0 and 1, each larger than the one before.")
        remedy = _("Write (0.04, 0.20) for the top 4 % and the next 16 %.")
        raise CvmError(wrong, given=cuts, remedy=remedy)
    if _different(names) != len(cuts) + 1:
        wrong = _("{cuts} cuts make {tiers} tiers.", cuts=len(cuts), tiers=len(cuts) + 1)
        remedy = _("Give one name for each tier, best first.")
        raise CvmError(wrong, given=names, remedy=remedy)


def _ends(cuts: Any) -> Floats:
    try:
        found = np.asarray(cuts)
    except ValueError:
        found = np.asarray(None)
    if found.ndim != 1 or found.dtype.kind not in "iuf" or np.isnan(found).any():
        wrong = _("Cuts are numbers, one for each tier but the last.")
        remedy = _("Write (0.04, 0.20) for the top 4 % and the next 16 %.")
        raise CvmError(wrong, given=cuts, remedy=remedy)
    return np.asarray(found, dtype=float)


def _different(names: Any) -> int:
    """Count the names; none, if one of them is missing or they are no names at all."""
    try:
        fine = len(names) and not pd.isna(list(names)).any()
        return len(set(names)) if fine else 0
    except (TypeError, ValueError):
        return 0


def _category(tiers: Any) -> pd.Series:
    try:
        return pd.Series(tiers).reset_index(drop=True).astype("category")
    except (TypeError, ValueError):
        wrong = _("The tiers are not one name for each customer.")
        raise CvmError(wrong, given=tiers, remedy=_("Make the tiers with assign_tiers.")) from None


def _check_together(values: Any, tiers: Any, n: int, m: int) -> None:
    both = isinstance(values, pd.Series) and isinstance(tiers, pd.Series)
    if m != n or (both and not values.index.equals(tiers.index)):
        wrong = _("Values and tiers do not belong to the same customers.")
        remedy = _("Make the tiers from these very values with assign_tiers.")
        raise CvmError(wrong, given=_("{n} values, {m} tiers", n=n, m=m), remedy=remedy)
