r"""Watching accounts: two warnings as levers, from the threshold to what the calls were worth.

A threshold is a choice between two evils. Lower it, and more accounts in trouble are called
upon, and earlier; and more calls are for nothing. **Which threshold is right depends on how
many calls the team can make**: beyond its capacity a lower threshold only makes the list
longer, and the most urgent stand on top of it anyway.

- :class:`SilenceWatch`: when silence is too long, and for how many calls there is time.
- :class:`CreditWatch`: at which part of the credit line the warning begins.

The rules are those of :func:`cvm.alerts.stopped_ordering` and
:func:`cvm.alerts.receivables_over_line`, worked on arrays (a test compares them account by
account); the estimands are those of :mod:`cvm.alerts.judge`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cvm.alerts.accounts import Accounts, Course, amounts, course, credit_lines, payments
from cvm.alerts.judge import Judged, judge
from cvm.alerts.rhythm import reviews_of, rhythm_urgency
from cvm.levers import lever, needs_world
from cvm.words import N_

__all__ = ["REVIEWS", "CreditWatch", "SilenceWatch", "Watched", "owed_at", "watch_credit", "watch_silence"]  # fmt: skip

Floats = NDArray[np.float64]

#: Days of the year on which the list is made: Mondays from April on.
REVIEWS = np.arange(96, 365, 7)


class SilenceWatch(Accounts):
    """When an account's silence is too long, and for how many calls there is time."""

    rule: str = lever(
        "rhythm", options=("rhythm", "fixed"), meaning=N_("By its own rhythm or a fixed number")
    )
    factor: float = lever(
        2.0, low=0.5, high=6, step=0.25, unit=N_("deviations"), only=("rule", "rhythm"),
        meaning=N_("Own rhythm: deviations beyond its usual gap"),
    )  # fmt: skip
    cutoff: int = lever(
        45, low=10, high=120, step=5, unit=N_("days"), only=("rule", "fixed"),
        meaning=N_("Fixed number: days of silence"),
    )  # fmt: skip
    capacity: int = lever(
        5, low=1, high=60, step=1, unit=N_("calls"), meaning=N_("Accounts called upon in a week")
    )


class CreditWatch(Accounts):
    """At which part of the credit line a warning begins, and for how many calls there is time."""

    share: float = lever(
        1.0, low=0.3, high=2, step=0.05, unit=N_("lines"),
        meaning=N_("Part of the credit line at which the warning begins"),
    )  # fmt: skip
    capacity: int = lever(
        5, low=1, high=20, step=1, unit=N_("calls"), meaning=N_("Accounts called upon in a week")
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class Watched:
    """A year of calls and what they were worth.

    Parameters
    ----------
    judged : Judged
        The calls and their verdicts.
    weekly : float
        Accounts on the list in an average week.
    lost : float
        What was open with those who defaulted uncalled, yuan; 0 for silence.
    """

    judged: Judged
    weekly: float
    lost: float = 0.0

    @property
    def verdicts(self) -> pd.DataFrame:
        """Calls by verdict: ``verdict`` and ``calls``."""
        counts = np.bincount(self.judged.verdict, minlength=3)
        return pd.DataFrame({"verdict": ["in time", "late", "false"], "calls": counts})

    @property
    def leads(self) -> pd.DataFrame:
        """How early: ``days`` before the event, ``caught`` (share of events called by then)."""
        days = np.arange(0, 91)
        early = (self.judged.lead[None] >= days[:, None]).sum(axis=1)
        return pd.DataFrame({"days": days, "caught": early / max(self.judged.events, 1)})


@needs_world
def watch_silence(world: SilenceWatch, *, n: int, seed: int) -> Watched:
    """Work the list of silent accounts through a year.

    Parameters
    ----------
    world : SilenceWatch
        Levers and assumptions.
    n, seed : int
        Accounts and luck.

    Returns
    -------
    Watched
    """
    now = course(world, n=n, seed=seed)
    account, place = np.nonzero(now.placed)
    seen = reviews_of(account, now.days[account, place], n=n, days=REVIEWS)
    urgency = rhythm_urgency(seen, rule=world.rule, factor=world.factor, cutoff=world.cutoff)
    return Watched(judged=_judged(now, urgency, 0, world.capacity), weekly=_listed(urgency))


@needs_world
def watch_credit(world: CreditWatch, *, n: int, seed: int) -> Watched:
    """Work the list of accounts that owe too much through a year.

    Parameters
    ----------
    world : CreditWatch
        Levers and assumptions.
    n, seed : int
        Accounts and luck.

    Returns
    -------
    Watched
    """
    now = course(world, n=n, seed=seed)
    due, paid = amounts(world, now, seed=seed), payments(world, now, seed=seed)
    urgency = owed_at(now, due, paid, REVIEWS) / (world.share * credit_lines(world, now)[:, None])
    judged = _judged(now, urgency, 2, world.capacity)
    return Watched(judged=judged, weekly=_listed(urgency), lost=_lost(now, due, paid, judged))


def owed_at(now: Course, amount: Floats, paid: Floats, days: NDArray[np.int64]) -> Floats:
    """Give what each account owes at each review.

    Parameters
    ----------
    now : Course
        Who ordered when.
    amount, paid : ndarray, shape (n, k)
        What each order comes to, and the day it is paid.
    days : ndarray of int, shape (reviews,)
        Rising.

    Returns
    -------
    ndarray, shape (n, reviews)
    """
    account, place = np.nonzero(now.placed)
    worth, n, wide = amount[account, place], len(now.gap), len(days) + 1
    sums = np.zeros(n * wide)
    # From its first review on an invoice is owed; from the first on its payment's day it is not.
    for when, sign in ((now.days[account, place], 1), (paid[account, place], -1)):
        at = np.searchsorted(days, when)
        sums += sign * np.bincount(account * wide + at, worth, n * wide)
    return np.cumsum(sums.reshape(n, wide), axis=1)[:, :-1].round(6)


def _judged(now: Course, urgency: Floats, trouble: int, capacity: int) -> Judged:
    mine = now.trouble == trouble
    onset, event = (np.where(mine, when, np.inf) for when in (now.onset, now.event))
    return judge(urgency, REVIEWS, onset, event, capacity=capacity)


def _listed(urgency: Floats) -> float:
    return float((urgency > 1).sum(axis=0).mean())


def _lost(now: Course, due: Floats, paid: Floats, judged: Judged) -> float:
    """Add up what is open with accounts that defaulted before anybody called in time."""
    broke = (now.trouble == 2) & (now.event > REVIEWS[0]) & (now.event <= REVIEWS[-1])
    broke[judged.account[judged.verdict == 0]] = False
    return float((due * (now.placed & np.isinf(paid)))[broke].sum())
