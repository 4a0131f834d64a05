r"""Judging warnings by the truth: how early, how often for nothing.

The sales team reviews the list every week and takes up its most urgent accounts, as many as
it has time for (*capacity*). Each account taken up is a *call*, and by the truth it is one of
three:

- **in time**: the trouble has begun, the damage is not done;
- **late**: the damage is done;
- **false**: there is no trouble of this kind on that day.

Whoever calls on an account in trouble finds the trouble, and the account leaves the list for
good. A false call finds nothing; the account is left alone for a while (*rest*) and may come
back onto the list.

**The estimands.** *Precision*: calls in time, of all calls. *Caught*: events with a call in
time, of all events of the period. *Lead time*: days from the call in time to the event.

**What the naive answer gets wrong.** It counts a warning as right if the account left
*sometime*. A warning after the event is right and worthless; a warning before the trouble
began is luck. Of a thousand accounts at the defaults (seed 7) 94 % of those that left stood on
the list of silent ones at some time, with 576 accounts on it in the year; with five calls a
week 41 % were called upon in time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cvm.alerts.warn import WARNINGS, review_days
from cvm.database import Listing
from cvm.errors import CvmError, near_miss
from cvm.inputs import need_columns, whole_number
from cvm.results import Result, number
from cvm.words import _

__all__ = ["DETECTS", "REST", "AlertReport", "Judged", "account_marks", "evaluate_alerts", "judge", "work_list"]  # fmt: skip

#: The trouble each warning is there for.
DETECTS = {
    "receivables": ("defaults",),
    "plan": ("shrinks", "leaves"),
    "cost": ("drains",),
    "stopped": ("leaves",),
}
#: Days an account is left alone after a call.
REST = 60

Floats = NDArray[np.float64]


def work_list(
    urgency: Floats,
    days: NDArray[np.int64],
    onset: Floats,
    *,
    capacity: int,
    rest: int = REST,
) -> list[tuple[int, NDArray[np.int64]]]:
    """Let the team take up the most urgent accounts, review by review.

    Parameters
    ----------
    urgency : ndarray, shape (n, reviews)
        Above 1 where there is a warning; anything else is none.
    days : ndarray of int, shape (reviews,)
        The day of each review, rising.
    onset : ndarray, shape (n,)
        The day on which trouble begins, infinite without: what a call on that day or later
        finds out.
    capacity : int
        Accounts the team takes up at a review.
    rest : int
        Days an account is left alone after a false call.

    Returns
    -------
    list of (int, ndarray)
        For each review its place and the accounts taken up, the most urgent first.
    """
    free_from = np.full(len(urgency), -np.inf)
    taken = []
    for at, now in enumerate(days):
        open_ = np.flatnonzero((urgency[:, at] > 1) & (free_from <= now))
        # Of two equally urgent ones the first in the table: the same list every time.
        chosen = open_[np.argsort(-urgency[open_, at], kind="stable")[:capacity]]
        free_from[chosen] = np.where(onset[chosen] <= now, np.inf, now + rest)
        taken.append((at, chosen))
    return taken


@dataclass(frozen=True, kw_only=True, eq=False)
class Judged:
    """Calls and what they were worth, as arrays.

    Parameters
    ----------
    day, account : ndarray of int
        Of each call.
    verdict : ndarray of int
        0 in time, 1 late, 2 false.
    lead : ndarray
        Days from the call in time to the event, of each account caught.
    events : int
        Events of the period.
    """

    day: NDArray[np.int64]
    account: NDArray[np.int64]
    verdict: NDArray[np.int64]
    lead: Floats
    events: int

    @property
    def precision(self) -> float:
        """Calls in time, of all calls."""
        return float((self.verdict == 0).mean()) if len(self.verdict) else float("nan")

    @property
    def caught(self) -> float:
        """Events with a call in time, of all events."""
        return len(self.lead) / self.events if self.events else float("nan")


def judge(
    urgency: Floats,
    days: NDArray[np.int64],
    onset: Floats,
    event: Floats,
    *,
    capacity: int,
    rest: int = REST,
) -> Judged:
    """Work a list and judge each call by the truth.

    Parameters
    ----------
    urgency, days, capacity, rest
        As in :func:`work_list`.
    onset, event : ndarray, shape (n,)
        Days on which the trouble this warning is for begins and does its damage; infinite
        for accounts without it.

    Returns
    -------
    Judged
        Events count from the first review to the last.
    """
    taken = work_list(urgency, days, onset, capacity=capacity, rest=rest)
    account = np.concatenate([who for _at, who in taken]).astype(np.int64)
    day = np.repeat(days, [len(who) for _at, who in taken])
    begun = day >= onset[account]
    verdict = np.where(begun & (day < event[account]), 0, np.where(begun, 1, 2))
    within = (event > days[0]) & (event <= days[-1])
    good = verdict == 0
    counted = good & within[account]  # an event after the last review is nobody's miss
    lead = event[account[counted]] - day[counted]
    return Judged(day=day, account=account, verdict=verdict, lead=lead, events=int(within.sum()))


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class AlertReport(Result):
    """How good warnings were, by the truth.

    Parameters
    ----------
    table : DataFrame
        One row a warning: ``warning``, ``calls``, ``precision`` with ``precision_low`` and
        ``precision_high``, ``events``, ``caught`` with ``caught_low`` and ``caught_high``
        (95 %, Wilson), ``lead_days`` (median; ``lead_low`` and ``lead_high`` are the
        quartiles), ``late`` and ``false`` (calls).
    calls : DataFrame
        One row a call: ``warning``, ``day``, ``customer``, ``verdict`` ("in time", "late",
        "false"), ``lead`` (days to the event; missing unless in time).
    capacity : int
        Accounts taken up a review.
    """

    table: pd.DataFrame
    calls: pd.DataFrame
    capacity: int

    def to_frame(self) -> pd.DataFrame:
        """Give one row a warning."""
        return self.table.copy()

    def sentence(self) -> str:
        """Say of each warning how many events it caught, how early, and how often in vain."""
        return " ".join(
            _(
                "{warning}: {caught} of {events} events in time, {lead} days before (median); "
                "{precision} of {calls} calls were right.",
                warning=_(str(row["warning"])), caught=number(row["caught"], "share"),
                events=number(row["events"]), lead=number(row["lead_days"]),
                precision=number(row["precision"], "share"), calls=number(row["calls"]),
            )
            for _at, row in self.table.iterrows()
        )  # fmt: skip


def evaluate_alerts(
    alerts: Mapping[str, pd.DataFrame | Listing],
    truth: pd.DataFrame,
    *,
    days: Any,
    capacity: int = 10,
    rest: int = REST,
) -> AlertReport:
    """Judge warnings by the known truth, at the capacity of the sales team.

    Parameters
    ----------
    alerts : mapping of str to Listing or DataFrame
        The warnings by name, one of :data:`WARNINGS` (a name may have a remark behind a
        colon, such as "stopped: fixed"), each asked for all ``days``.
    truth : DataFrame
        From :func:`cvm.alerts.simulate_accounts_year`.
    days : sequence of dates
        The reviews.
    capacity : int
        Accounts the team takes up a review, for each warning by itself.
    rest : int
        Days an account is left alone after a false call.

    Returns
    -------
    AlertReport

    Raises
    ------
    CvmError
        If a warning or a column is not known, a date is none, an account has two fates, or
        there are no warnings or no reviews.
    """
    need_columns(truth, ("customer", "true_trouble"))
    _check_truth(truth)
    whole_number(capacity, name="capacity")
    whole_number(rest, name="rest", least=0)
    if not isinstance(alerts, Mapping) or not alerts:
        wrong = _("Warnings come by name, one or more.")
        raise CvmError(wrong, given=alerts, remedy=_("Write for example {'stopped': listing}."))
    dates = pd.DatetimeIndex(review_days(days)).sort_values().unique()
    if not len(dates):
        raise CvmError(_("A judgement needs reviews."), remedy=_("Give the days of the reviews."))
    told = list(_each(alerts, truth, dates, capacity, rest))
    rows, calls = zip(*told, strict=True)
    return AlertReport(table=pd.DataFrame(rows), calls=pd.concat(calls, ignore_index=True),
                       capacity=capacity)  # fmt: skip


def _check_truth(truth: pd.DataFrame) -> None:
    need_columns(truth, ("customer", "true_onset", "true_event"))
    for column in ("true_onset", "true_event"):
        _check_dates(truth, column)
    twice = truth["customer"].duplicated()
    if twice.any():
        wrong = _("An account is in the truth more than once.")
        given = truth["customer"][twice].iloc[0]
        raise CvmError(wrong, given=given, remedy=_("Give one row an account."))


def _check_dates(table: pd.DataFrame, column: str) -> None:
    need_columns(table, [column])
    if len(table) and not pd.api.types.is_datetime64_dtype(table[column]):
        wrong = _("The dates in '{name}' are not dates.", name=column)
        remedy = _("Convert them, for example with pandas.to_datetime.")
        raise CvmError(wrong, given=str(table[column].dtype), remedy=remedy)


def _each(
    alerts: Mapping[str, pd.DataFrame | Listing], truth: pd.DataFrame, dates: pd.DatetimeIndex,
    capacity: int, rest: int,
) -> Iterator[tuple[dict[str, Any], pd.DataFrame]]:  # fmt: skip
    for name, found in alerts.items():
        kind = str(name).partition(":")[0]
        if kind not in WARNINGS:
            wrong = _("There is no such warning.")
            raise CvmError(wrong, given=name, remedy=near_miss(kind, WARNINGS))
        table = found.table if isinstance(found, Listing) else found
        need_columns(table, ("today", "customer", "urgency"))
        _check_dates(table, "today")
        days = _number(dates)
        onset, event = _when(truth, kind)
        judged = judge(_matrix(table, truth, dates), days, onset, event, capacity=capacity, rest=rest)  # fmt: skip
        yield _row(str(name), judged), _calls(str(name), judged, truth, event)


def _number(dates: Any) -> NDArray[np.int64]:
    """Number days, whatever the time of day."""
    return np.asarray(dates, dtype="datetime64[D]").astype(np.int64)


def _when(truth: pd.DataFrame, kind: str) -> tuple[Floats, Floats]:
    mine = truth["true_trouble"].isin(DETECTS[kind]).to_numpy()
    ends = []
    for column in ("true_onset", "true_event"):
        known = mine & truth[column].notna().to_numpy()
        day = _number(truth[column].fillna(pd.Timestamp("1970-01-01")))
        ends.append(np.where(known, day.astype(float), np.inf))
    return ends[0], ends[1]


def _matrix(table: pd.DataFrame, truth: pd.DataFrame, dates: pd.DatetimeIndex) -> Floats:
    urgency = np.zeros((len(truth), len(dates)))
    who = pd.Index(truth["customer"]).get_indexer(pd.Index(table["customer"]))
    when = pd.Index(_number(dates)).get_indexer(pd.Index(_number(table["today"])))
    here = (who >= 0) & (when >= 0)
    told = table["urgency"]
    if not pd.api.types.is_numeric_dtype(told) or told.isna().any():
        wrong = _("The column '{column}' must hold a number in every row.", column="urgency")
        raise CvmError(wrong, remedy=_("Give the warnings as they were listed."))
    urgency[who[here], when[here]] = told.to_numpy(dtype=float)[here]
    return urgency


def _row(name: str, judged: Judged) -> dict[str, Any]:
    from statsmodels.stats.proportion import proportion_confint

    calls, good = len(judged.verdict), int((judged.verdict == 0).sum())
    right = proportion_confint(good, calls, method="wilson") if calls else (np.nan, np.nan)
    some = proportion_confint(len(judged.lead), judged.events, method="wilson") if judged.events else (np.nan, np.nan)  # fmt: skip
    lead = np.percentile(judged.lead, (25, 50, 75)) if len(judged.lead) else np.full(3, np.nan)
    return {
        "warning": name, "calls": calls, "precision": judged.precision,
        "precision_low": float(right[0]), "precision_high": float(right[1]),
        "events": judged.events, "caught": judged.caught,
        "caught_low": float(some[0]), "caught_high": float(some[1]),
        "lead_days": float(lead[1]), "lead_low": float(lead[0]), "lead_high": float(lead[2]),
        "late": int((judged.verdict == 1).sum()), "false": int((judged.verdict == 2).sum()),
    }  # fmt: skip


def _calls(name: str, judged: Judged, truth: pd.DataFrame, event: Floats) -> pd.DataFrame:
    good = judged.verdict == 0
    lead = np.where(good, event[judged.account], np.nan) - judged.day
    return pd.DataFrame({
        "warning": name, "day": judged.day.astype("datetime64[D]").astype("datetime64[us]"),
        "customer": truth["customer"].to_numpy()[judged.account],
        "verdict": np.array(["in time", "late", "false"], object)[judged.verdict], "lead": lead,
    })  # fmt: skip


def account_marks(
    orders: pd.DataFrame,
    truth: pd.DataFrame,
    alerts: Mapping[str, pd.DataFrame | Listing],
    *,
    customers: Sequence[str],
) -> pd.DataFrame:
    """Put what happened to some accounts, and when a rule spoke up, into one table.

    Parameters
    ----------
    orders : DataFrame
        With ``customer`` and ``date``.
    truth : DataFrame
        From :func:`cvm.alerts.simulate_accounts_year`.
    alerts : mapping of str to Listing or DataFrame
        Warnings by what they should be called; of each the first day after the onset counts.
    customers : sequence of str
        Which accounts, in this order.

    Returns
    -------
    DataFrame
        ``customer``, ``date``, ``what`` ("order", the names of the warnings, "event").

    Raises
    ------
    CvmError
        If a column is not known, a date is none, or an account is not in the truth.
    """
    need_columns(orders, ("customer",))
    _check_dates(orders, "date")
    _check_truth(truth)
    missing = [one for one in customers if one not in set(truth["customer"])]
    if missing:
        wrong = _("There is no such account in the truth.")
        raise CvmError(wrong, given=missing[0], remedy=near_miss(missing[0], truth["customer"]))
    known = truth.set_index("customer").loc[list(customers)]
    parts = [orders.assign(what="order"), known["true_event"].rename("date").reset_index().assign(what="event")]  # fmt: skip
    for name, found in alerts.items():
        table = found.table if isinstance(found, Listing) else found
        need_columns(table, ("customer",))
        _check_dates(table, "today")
        table = table[table["customer"].isin(list(customers))]
        after = table[table["today"].to_numpy() >= known.loc[table["customer"], "true_onset"].to_numpy()]  # fmt: skip
        first = after.groupby("customer")["today"].min().rename("date").reset_index()
        parts.append(first.assign(what=name))
    marks = pd.concat(parts)[["customer", "date", "what"]]
    marks = marks[marks["customer"].isin(customers)].dropna()
    place = pd.Categorical(marks["customer"], categories=list(customers)).codes
    return marks.assign(place=place).sort_values(["place", "date"], kind="stable", ignore_index=True).drop(columns="place")  # fmt: skip
