"""Two periods of one log, and purchases dealt anew between them.

The machinery behind :mod:`cvm.tiering.migration`, which tells the story: if a customer's
rate is constant, then given the number of purchases each of them falls before the split
independently, with the share of the time the customer was there to be seen.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import narwhals as nw
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cvm.errors import CvmError, near_miss
from cvm.luck import Luck
from cvm.tiering.door import check_whole, day_number, look_through, open_log, parse_day
from cvm.words import _

__all__ = ["Exposure", "Periods", "split_in_two"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Exposure = Literal["time", "first", "pooled"]

EXPOSURES = ("time", "first", "pooled")
#: Deals are made in batches of about this many purchases.
BATCH = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Periods:
    """The purchases of one log and the two periods they fall in.

    ``owner``, ``worth`` and ``early`` have one entry a purchase that can be dealt (in
    code, currency and whether it fell before the split), ``chance`` the probability of
    that; ``fixed`` is what customers spent before the split that is not dealt.
    """

    owner: Ints
    worth: Floats
    early: NDArray[np.bool_]
    chance: Floats
    fixed: Floats
    days: tuple[int, int]
    split: datetime.date

    @property
    def n(self) -> int:
        """Customers."""
        return len(self.fixed)

    @property
    def seen(self) -> tuple[Floats, Floats]:
        """Spending before and after the split as it was, each of shape (1, n)."""
        return self._spent(self.early[None, :])

    def deals(self, resamples: int, seed: int) -> Iterator[tuple[Floats, Floats]]:
        """Deal the purchases anew; give batches of spending, each of shape (rows, n)."""
        check_whole("resamples", resamples, low=20, high=1_000_000)
        chance = Luck(seed).generator("deal")
        rows = max(1, BATCH // max(1, len(self.owner), self.n))
        for start in range(0, resamples, rows):
            size = (min(rows, resamples - start), len(self.owner))
            yield self._spent(chance.random(size) < self.chance)

    def _spent(self, early: NDArray[np.bool_]) -> tuple[Floats, Floats]:
        # One bincount for both periods: customers before, then customers after. Summing
        # each by itself keeps "nothing" at exactly nothing, where before - after would not.
        rows = len(early)
        slot = self.owner + np.where(early, 0, self.n) + 2 * self.n * np.arange(rows)[:, None]
        worth = np.broadcast_to(self.worth, slot.shape)
        spent = np.bincount(slot.ravel(), worth.ravel(), minlength=rows * 2 * self.n)
        both = np.asarray(spent, dtype=np.float64).reshape(rows, 2, self.n)
        return both[:, 0] + self.fixed, both[:, 1]


def split_in_two(transactions: Any, columns: list[str], split: Any, exposure: str) -> Periods:
    """Split a log in two periods; parameters as for :func:`cvm.tiering.migration`."""
    if exposure not in EXPOSURES:
        wrong = _("There is no exposure '{exposure}'.", exposure=exposure)
        raise CvmError(wrong, remedy=near_miss(exposure, EXPOSURES))
    log = open_log(transactions, columns)
    first, last = look_through(log, columns)
    cut = parse_day("split", split)
    if not first < cut <= last:
        wrong = _("The split leaves one period empty: the log runs from {first} to {last}.",
                  first=first, last=last)  # fmt: skip
        raise CvmError(wrong, given=str(cut), remedy=_("Choose a day between the two."))
    owner, day, worth = _purchases(log, columns)
    ends = (first.toordinal(), cut.toordinal(), last.toordinal() + 1)
    if exposure == "first":
        return _from_first(owner, day, worth, ends, cut)
    n, early = int(owner.max()) + 1, day < ends[1]
    share = early.mean() if exposure == "pooled" else (ends[1] - ends[0]) / (ends[2] - ends[0])
    return Periods(
        owner=owner, worth=worth, early=early, chance=np.full(len(owner), share),
        fixed=np.zeros(n), days=(ends[1] - ends[0], ends[2] - ends[1]), split=cut,
    )  # fmt: skip


def _purchases(log: Any, columns: list[str]) -> tuple[Ints, Ints, Floats]:
    """Give customer (as a code), day (as a number) and worth of each purchase."""
    customer, date, amount = columns
    daily = (
        log.select(
            customer,
            day_number(nw.col(date)).alias("_day"),
            nw.col(amount).cast(nw.Float64).alias("_worth"),
        )
        .group_by(customer, "_day")
        .agg(nw.col("_worth").sum())
        .sort(customer, "_day")
    )
    table = daily.collect("pandas") if isinstance(daily, nw.LazyFrame) else daily
    owner = pd.factorize(np.asarray(table[customer].to_numpy()))[0].astype(np.int64)
    return owner, table["_day"].to_numpy().astype(np.int64), table["_worth"].to_numpy()


def _from_first(
    owner: Ints, day: Ints, worth: Floats, ends: tuple[int, int, int], cut: datetime.date
) -> Periods:
    """Keep customers known before the split; hold their first purchase where it is.

    Purchases come sorted by customer and day, so the first of a customer is where the
    code changes. The time to be seen begins on the day after it.
    """
    opening = np.concatenate([[True], np.diff(owner) > 0])
    known = (day[opening] < ends[1])[owner]
    owner = pd.factorize(owner[known])[0].astype(np.int64)
    day, worth, opening = day[known], worth[known], opening[known]
    start = day[opening] + 1
    chance = ((ends[1] - start) / (ends[2] - start))[owner]
    return Periods(
        owner=owner[~opening], worth=worth[~opening], early=day[~opening] < ends[1],
        chance=chance[~opening], fixed=worth[opening],
        days=(ends[1] - ends[0], ends[2] - ends[1]), split=cut,
    )  # fmt: skip
