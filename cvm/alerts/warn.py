"""The four early warnings, one call each, with severity and advice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from cvm.alerts.queries import (
    BEHIND_PLAN,
    OVER_BUDGET,
    OVER_LINE,
    STOPPED_FIXED,
    STOPPED_RHYTHM,
)
from cvm.database import Database, Listing
from cvm.database.onetoone import day
from cvm.database.store import need_database
from cvm.errors import CvmError, near_miss
from cvm.inputs import whole_number
from cvm.words import N_, _

__all__ = [
    "GAPS", "RULES", "WARNINGS", "cost_over_budget", "four_warnings", "receivables_over_line",
    "sales_behind_plan", "stopped_ordering",
]  # fmt: skip

#: The warnings by name.
WARNINGS = (N_("receivables"), N_("plan"), N_("cost"), N_("stopped"))
#: How the stopped-ordering warning may be read.
RULES = (N_("rhythm"), N_("fixed"))
#: Gaps that must be known before an account has a rhythm.
GAPS = 3
#: Urgency from which a warning is of medium and of high severity.
MEDIUM, HIGH = 1.25, 1.75

_TITLES = {
    "receivables": N_("Receivables over the credit line"),
    "plan": N_("Sales behind plan"),
    "cost": N_("Selling cost over budget"),
    "stopped": N_("Stopped ordering"),
}
_ADVICE = {
    ("receivables", "low"): N_("Remind, and hold the next large order until a payment is in."),
    ("receivables", "medium"): N_("Call the person who pays; agree on dates in writing."),
    ("receivables", "high"): N_("Deliver against payment only; ask what has happened to the firm."),
    ("plan", "low"): N_("See whether the plan was too high before you press the customer."),
    ("plan", "medium"): N_("Visit: who else has begun to deliver, and why?"),
    ("plan", "high"): N_(
        "Treat it as an account about to go; bring an offer and somebody to decide."
    ),
    ("cost", "low"): N_("Look which visits and extras brought an order; stop the others."),
    ("cost", "medium"): N_("Serve by telephone and web for a month; reckon the account's profit."),
    ("cost", "high"): N_("Decide: a smaller service, a higher price, or let it go."),
    ("stopped", "low"): N_("Call this week and ask how things are; it may be a pause."),
    ("stopped", "medium"): N_("Visit; ask whom they order from now."),
    ("stopped", "high"): N_("The director calls today; after that it belongs to winning back."),
}


def receivables_over_line(database: Database, *, today: Any, share: float = 1.0) -> Listing:
    """Warn where an account owes more than it may.

    Parameters
    ----------
    database : Database
        With receivables and customers.
    today : date or sequence of dates
        The day of the review; of several, each as if it were then.
    share : float
        Part of the credit line at which the warning begins; 0.8 warns before it is full.

    Returns
    -------
    Listing
        ``today``, ``customer``, ``owed``, ``overdue``, ``credit_line``, ``urgency`` (1 where
        the warning begins), ``severity`` (low, medium, high), ``advice``.

    Raises
    ------
    CvmError
        If a day is none, or the share not above zero.
    """
    _above(share, "share", most=10)
    return _listing(database, "receivables", OVER_LINE, today, {"share": float(share)})


def sales_behind_plan(
    database: Database, *, today: Any, months: int = 2, least: float = 0.6
) -> Listing:
    """Warn where an account buys less than was planned.

    Parameters
    ----------
    database : Database
        With plans and orders.
    today : date or sequence of dates
        As in :func:`receivables_over_line`; the month that runs is not looked at.
    months : int
        Whole months before that are compared.
    least : float
        Part of the plan that must be reached.

    Returns
    -------
    Listing
        ``today``, ``customer``, ``planned``, ``sold``, ``urgency``, ``severity``, ``advice``.

    Raises
    ------
    CvmError
        If a day is none, or a number out of range.
    """
    _above(least, "least", most=0.999)
    whole_number(months, name="months")
    words: dict[str, Any] = {"months": int(months), "least": float(least)}
    return _listing(database, "plan", BEHIND_PLAN, today, words)


def cost_over_budget(
    database: Database, *, today: Any, months: int = 2, tolerance: float = 0.25
) -> Listing:
    """Warn where selling to an account costs more than it may.

    Parameters
    ----------
    database : Database
        With selling costs.
    today : date or sequence of dates
        As in :func:`sales_behind_plan`.
    months : int
        Whole months before that are added up.
    tolerance : float
        Part of the budget by which it may be passed.

    Returns
    -------
    Listing
        ``today``, ``customer``, ``budget``, ``spent``, ``urgency``, ``severity``, ``advice``.

    Raises
    ------
    CvmError
        If a day is none, or a number out of range.
    """
    _above(tolerance, "tolerance", most=10)
    whole_number(months, name="months")
    words: dict[str, Any] = {"months": int(months), "tolerance": float(tolerance)}
    return _listing(database, "cost", OVER_BUDGET, today, words)


def stopped_ordering(
    database: Database,
    *,
    today: Any,
    rule: str = "rhythm",
    factor: float = 2.0,
    cutoff: int = 45,
    gaps: int = GAPS,
) -> Listing:
    """Warn where an account has been silent for too long.

    Parameters
    ----------
    database : Database
        With orders.
    today : date or sequence of dates
        As in :func:`receivables_over_line`.
    rule : {"rhythm", "fixed"}
        Too long for its own rhythm, or longer than ``cutoff``.
    factor : float
        How many of its usual deviations beyond its usual gap are too long.
    cutoff : int
        Days, for the fixed rule.
    gaps : int
        Gaps an account must have shown before, 2 or more; others are not judged.

    Returns
    -------
    Listing
        ``today``, ``customer``, ``last_order``, ``silent`` (days), ``usual`` (its mean gap),
        ``patience`` (days at which the warning begins), ``urgency``, ``severity``, ``advice``.

    Raises
    ------
    CvmError
        If a day is none, there is no such rule, or a number is out of range.
    """
    if rule not in RULES:
        wrong = _("There is no such rule for silence.")
        raise CvmError(wrong, given=rule, remedy=near_miss(rule, RULES))
    whole_number(gaps, name="gaps", least=2)
    if rule == "fixed":
        whole_number(cutoff, name="cutoff")
        words: dict[str, Any] = {"cutoff": int(cutoff), "gaps": int(gaps)}
        return _listing(database, "stopped", STOPPED_FIXED, today, words)
    _above(factor, "factor", most=100)
    words = {"factor": float(factor), "gaps": int(gaps)}
    return _listing(database, "stopped", STOPPED_RHYTHM, today, words)


def four_warnings(database: Database, *, today: Any) -> pd.DataFrame:
    """Give all four warnings of a day in one list, as each begins by default.

    Parameters
    ----------
    database : Database
        The seven tables.
    today : date or sequence of dates
        As in :func:`receivables_over_line`.

    Returns
    -------
    DataFrame
        ``today``, ``warning``, ``customer``, ``urgency``, ``severity``, ``advice``; the most
        urgent first.
    """
    found = {
        "receivables": receivables_over_line(database, today=today),
        "plan": sales_behind_plan(database, today=today),
        "cost": cost_over_budget(database, today=today),
        "stopped": stopped_ordering(database, today=today),
    }
    shown = ["today", "warning", "customer", "urgency", "severity", "advice"]
    joined = pd.concat([each.table.assign(warning=name)[shown] for name, each in found.items()])
    return joined.sort_values(
        ["today", "urgency", "customer"], ascending=[True, False, True], kind="stable",
        ignore_index=True,
    )  # fmt: skip


def _listing(
    database: Database, warning: str, sql: str, today: Any, words: Mapping[str, Any]
) -> Listing:
    found = need_database(database).query(sql, parameters={"days": review_days(today), **words})
    urgency = found["urgency"].to_numpy(dtype=float)
    severity = np.select([urgency >= HIGH, urgency >= MEDIUM], ["high", "medium"], "low")
    advice = [_(_ADVICE[warning, str(level)]) for level in severity]
    table = found.assign(severity=severity.astype(object), advice=advice)
    return Listing(title=_(_TITLES[warning]), table=table, sql=sql)


def review_days(today: Any) -> list[Any]:
    """Read the days of the reviews: one, or several in order."""
    if isinstance(today, Iterable) and not isinstance(today, str):
        return [day(one, "today") for one in today]
    return [day(today, "today")]


def _above(value: Any, name: str, *, most: float) -> None:
    number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    if not number or not 0 < value <= most:
        wrong = _("{name} is a number above 0, {most} at most.", name=name, most=most)
        raise CvmError(wrong, given=value, remedy=_("Leave it out to take the usual one."))
