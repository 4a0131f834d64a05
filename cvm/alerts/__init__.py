"""Early warnings: the four alarms of the course, as SQL, and judged by what really happened.

    from cvm import alerts, database
    year = alerts.simulate_accounts_year(alerts.Accounts(), n=1000, seed=7)
    db = database.create()
    database.load(db, year.tables())
    alerts.stopped_ordering(db, today="2025-06-30")

- Receivables over the credit line, sales behind plan, selling cost over budget, stopped
  ordering: one call each (:mod:`cvm.alerts.warn`), plain SQL behind each (``.sql``).
- :func:`evaluate_alerts`: lead time, false alarms, and precision at the capacity of the
  sales team, by the truth that only a simulation knows (:mod:`cvm.alerts.judge`).
- :func:`watch_silence` and :func:`watch_credit`: a threshold and a capacity as levers
  (:mod:`cvm.alerts.watch`).
"""

from cvm.alerts.accounts import (
    INDUSTRIES,
    PRODUCTS,
    START,
    TROUBLES,
    Accounts,
    AccountsYear,
    simulate_accounts_year,
)
from cvm.alerts.judge import (
    DETECTS,
    AlertReport,
    Judged,
    account_marks,
    evaluate_alerts,
    judge,
    work_list,
)
from cvm.alerts.rhythm import Review, reviews_of, rhythm_urgency
from cvm.alerts.warn import (
    RULES,
    WARNINGS,
    cost_over_budget,
    four_warnings,
    receivables_over_line,
    sales_behind_plan,
    stopped_ordering,
)
from cvm.alerts.watch import CreditWatch, SilenceWatch, Watched, watch_credit, watch_silence

__all__ = [
    "DETECTS",
    "INDUSTRIES",
    "PRODUCTS",
    "RULES",
    "START",
    "TROUBLES",
    "WARNINGS",
    "Accounts",
    "AccountsYear",
    "AlertReport",
    "CreditWatch",
    "Judged",
    "Review",
    "SilenceWatch",
    "Watched",
    "account_marks",
    "cost_over_budget",
    "evaluate_alerts",
    "four_warnings",
    "judge",
    "receivables_over_line",
    "reviews_of",
    "rhythm_urgency",
    "sales_behind_plan",
    "simulate_accounts_year",
    "stopped_ordering",
    "watch_credit",
    "watch_silence",
    "work_list",
]
