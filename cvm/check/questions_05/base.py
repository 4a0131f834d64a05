"""The data of chapter 05's exercise."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cvm.alerts import START, Accounts, judge, reviews_of, rhythm_urgency, simulate_accounts_year
from cvm.alerts.accounts import Course, course
from cvm.alerts.watch import REVIEWS
from cvm.luck import Luck

__all__ = ["K", "LOOKS", "draw"]

#: Accounts whose books are seen, accounts that are watched, and calls a week.
BOOKS, WATCHED, CAPACITY = 240, 1000, 4
#: What an outsider may know, and how many must share it.
LOOKS, K = ["industry", "district", "size"], 5
#: Orders the account of the rhythm has at least.
ORDERS = 10


def draw(seed: int) -> dict[str, Any]:
    """Draw a firm's books, one account's orders, a year of calls, a table to share, a case.

    Parameters
    ----------
    seed : int
        From the student's name.

    Returns
    -------
    dict
        ``today``; ``customers`` and ``receivables``; ``account`` (orders of one account);
        ``calls`` (one row a call: ``day``, ``customer``, and ``began`` and ``gone``, the
        days on which trouble began and the account was gone, missing where neither was);
        ``leavers`` (accounts that left); ``shared`` (a table without names); ``setup``,
        ``record_cost``, ``purchases``, ``margin``, ``loyalty``, ``lift``, ``years``,
        ``discount`` of a database.
    """
    a, b, c, d, e = Luck(seed).uniform("choices", 1, 5)[0]
    year = simulate_accounts_year(
        Accounts(late_days=8.0 + round(8 * a), line_months=1.5), n=BOOKS, seed=seed
    )
    calls, leavers = _calls(Accounts(notice=50.0 + 5 * round(6 * b), regularity=3.0 + round(4 * c)), seed)  # fmt: skip
    return {
        "today": START + pd.Timedelta(days=200 + int(120 * d)),
        "customers": year.customers[["customer", "credit_line"]],
        "receivables": year.receivables,
        "account": _account(year.orders),
        "calls": calls,
        "leavers": leavers,
        "shared": _shared(year.customers, seed),
        "setup": 80_000.0 + 5_000 * int(20 * a),
        "record_cost": 1.0 + round(2 * b, 1),
        "purchases": 4.0 + round(6 * c, 1),
        "margin": 30.0 + 2 * int(20 * d),
        "loyalty": round(0.4 + 0.4 * e, 2),
        "lift": round(0.05 + 0.04 * a, 3),
        "years": 4 + int(3 * e),
        "discount": round(0.06 + 0.06 * b, 3),
    }


def _account(orders: pd.DataFrame) -> pd.DataFrame:
    """Give the orders of one account, one a day."""
    counts = orders.groupby("customer").size()
    mine = orders[orders["customer"] == counts.index[counts >= ORDERS][0]]
    table = mine[["order", "date", "amount"]].drop_duplicates("date")
    return table.reset_index(drop=True)


def _calls(world: Accounts, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Work the list of silent accounts, without those whose end lies outside the reviews."""
    now = course(world, n=WATCHED, seed=seed)
    account, place = np.nonzero(now.placed)
    seen = reviews_of(account, now.days[account, place], n=WATCHED, days=REVIEWS)
    began, gone = _ends(now)
    outside = np.isfinite(gone) & ((gone <= REVIEWS[0]) | (gone > REVIEWS[-1]))
    urgency = np.where(outside[:, None], 0, rhythm_urgency(seen))
    found = judge(urgency, REVIEWS, began, gone, capacity=CAPACITY)
    names = np.array([f"Y{i + 1:05d}" for i in range(WATCHED)], dtype=object)
    calls = pd.DataFrame({
        "day": _date(found.day), "customer": names[found.account],
        "began": _date(began[found.account]), "gone": _date(gone[found.account]),
    })  # fmt: skip
    left = np.isfinite(gone) & ~outside
    dates = {"began": _date(began[left]), "gone": _date(gone[left])}
    return calls, pd.DataFrame({"customer": names[left], **dates})


def _ends(now: Course) -> tuple[np.ndarray, np.ndarray]:
    leaves = now.trouble == 0
    return np.where(leaves, now.onset, np.inf), np.where(leaves, now.event, np.inf)


def _date(days: np.ndarray) -> pd.Series:
    known = np.isfinite(days.astype(float))
    return (START + pd.to_timedelta(pd.Series(np.where(known, days, 0)), unit="D")).where(known)


def _shared(customers: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Give a table to be shared; of a few the district is not known."""
    table = customers[LOOKS].copy()
    unknown = Luck(seed).uniform("unknown", len(table)) < 0.08
    return table.assign(district=table["district"].where(~unknown))
