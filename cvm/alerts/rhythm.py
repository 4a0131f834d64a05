"""The stopped-ordering warning on arrays: the rule of the SQL, fast enough to be moved.

:func:`cvm.alerts.stopped_ordering` asks the database. A slider, or a map over thirty
conditions, asks again and again of orders that never lay in a file: here the same rule is
worked on arrays. A test holds the two together, account by account and day by day.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cvm.alerts.warn import GAPS
from cvm.inputs import whole_number

__all__ = ["Review", "reviews_of", "rhythm_urgency"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Review:
    """What was known of each account's rhythm at each review.

    Parameters
    ----------
    silent : ndarray, shape (n, reviews)
        Days since the last order; not-a-number before the first.
    usual, spread : ndarray, shape (n, reviews)
        Mean and standard deviation of the gaps so far, days.
    gaps : ndarray, shape (n, reviews)
        How many gaps that is.
    """

    silent: Floats
    usual: Floats
    spread: Floats
    gaps: Floats


def reviews_of(account: ArrayLike, day: ArrayLike, *, n: int, days: ArrayLike) -> Review:
    """Say what was known of each account's rhythm at each review.

    Parameters
    ----------
    account : array_like of int
        Whose order it is, from 0.
    day : array_like of int
        Its day, 0 or later.
    n : int
        Accounts.
    days : array_like of int
        The days of the reviews.

    Returns
    -------
    Review
        Orders of one day are one occasion; no order after a review counts.

    Raises
    ------
    CvmError
        If ``n`` is not a whole number from 1.
    """
    whole_number(n, name="n")
    reviews = np.asarray(days, dtype=np.int64)
    wide = int(max(np.max(day, initial=0), reviews.max(initial=0))) + 2
    # One number for account and day: sorted, and one occasion for the orders of a day.
    place = np.unique(np.asarray(account, np.int64) * wide + np.asarray(day, np.int64))
    whose, when = np.divmod(place, wide)
    first = np.r_[True, whose[1:] != whose[:-1]] if len(place) else np.empty(0, bool)
    gap = np.where(first, 0, np.diff(when, prepend=0)).astype(float)
    starts = np.flatnonzero(first)
    since = np.repeat(starts, np.diff(np.r_[starts, len(place)]))
    count = (np.arange(len(place)) - since).astype(float)
    total, squares = (_from_start(np.cumsum(gap**power), since) for power in (1, 2))
    asked = np.arange(n)[:, None] * wide + reviews[None]
    last = np.searchsorted(place, asked.ravel(), side="right") - 1
    if not len(place):  # nobody ordered anything
        nothing = np.full((n, len(reviews)), np.nan)
        return Review(silent=nothing, usual=nothing, spread=nothing, gaps=nothing)
    known = (last >= 0) & (whose[last] == np.repeat(np.arange(n), len(reviews)))
    with np.errstate(divide="ignore", invalid="ignore"):
        usual = total / count
        spread = np.sqrt(np.maximum(squares - total * usual, 0) / (count - 1))
    seen = [
        np.where(known, values[last], np.nan).reshape(n, -1)
        for values in (when.astype(float), usual, spread, count)
    ]
    silent = reviews[None].astype(float) - seen[0]
    return Review(silent=silent, usual=seen[1], spread=seen[2], gaps=seen[3])


def _from_start(sums: Floats, since: NDArray[np.int64]) -> Floats:
    """Give running sums of each account from running sums of all."""
    return np.asarray(sums - sums[since])


def rhythm_urgency(
    review: Review,
    *,
    rule: str = "rhythm",
    factor: float = 2.0,
    cutoff: float = 45,
    gaps: int = GAPS,
) -> Floats:
    """Give the urgency of each account at each review; above 1 is a warning.

    Parameters
    ----------
    review : Review
        From :func:`reviews_of`.
    rule, factor, cutoff, gaps
        As in :func:`cvm.alerts.stopped_ordering`.

    Returns
    -------
    ndarray, shape (n, reviews)
        Silence over patience; 0 where too little is known.
    """
    spread = np.fmax(review.spread, review.usual / 5)
    patience = review.usual + factor * spread if rule == "rhythm" else cutoff
    known = review.gaps >= gaps
    return np.divide(review.silent, patience, out=np.zeros_like(review.silent), where=known)
