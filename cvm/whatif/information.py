"""The what-ifs of chapter 05: when silence is too long, the credit line, a database's break-even.

Each joins functions of :mod:`cvm.alerts` or :mod:`cvm.database` with a plot and a few
numbers; the equations stand there. The functions that simulate and read are public, so that
the code of a copied scenario runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cvm import plots
from cvm.alerts import CreditWatch, SilenceWatch, Watched, watch_credit, watch_silence
from cvm.database import Payback, PaybackCase, payback, payback_table
from cvm.plots.style import Case
from cvm.whatif.explorer import WhatIf, explore
from cvm.whatif.scenario import Readout
from cvm.words import N_, _

if TYPE_CHECKING:
    from cvm.plots.style import Axes

__all__ = [
    "PaybackPlan",
    "break_even",
    "credit_line",
    "payback_plan",
    "read_credit",
    "read_payback",
    "read_silence",
    "silence",
]


def silence(world: SilenceWatch | None = None, *, n: int = 1000, seed: int = 7) -> WhatIf:
    """Move when silence is too long and how many calls there is time for.

    Parameters
    ----------
    world : SilenceWatch, optional
        The base case; the defaults without it.
    n, seed : int
        Accounts and luck.

    Returns
    -------
    WhatIf
        Calls by what they were worth, and how early events were called upon.
    """
    levers = ["rule", "factor", "cutoff", "capacity", "regularity", "notice", "pauses", "fading"]
    pictures = (_verdicts_picture, _leads_picture)
    return explore(
        world or SilenceWatch(), watch_silence, pictures, read_silence, n=n, seed=seed,
        levers=levers, title=_("When is silence too long?"),
    )  # fmt: skip


def credit_line(world: CreditWatch | None = None, *, n: int = 1000, seed: int = 7) -> WhatIf:
    """Move the credit line and the part of it at which a warning begins.

    Parameters
    ----------
    world : CreditWatch, optional
        The base case; the defaults without it.
    n, seed : int
        Accounts and luck.

    Returns
    -------
    WhatIf
        Calls by what they were worth, and how early defaults were called upon.
    """
    levers = ["share", "line_months", "capacity", "late_days", "notice", "defaults"]
    pictures = (_verdicts_picture, _leads_picture)
    return explore(
        world or CreditWatch(), watch_credit, pictures, read_credit, n=n, seed=seed,
        levers=levers, title=_("The credit line"),
    )  # fmt: skip


def break_even(world: PaybackCase | None = None, *, n: int = 10_000, seed: int = 7) -> WhatIf:
    """Move what a database costs and what it moves.

    Parameters
    ----------
    world : PaybackCase, optional
        The base case; the defaults without it.
    n, seed : int
        Not used: the answer is exact.

    Returns
    -------
    WhatIf
        What is left so far, year by year.
    """
    levers = ["customers", "setup", "record_cost", "purchases", "margin", "loyalty", "lift",
              "discount"]  # fmt: skip
    return explore(
        world or PaybackCase(), payback_plan, _years_picture, read_payback, n=n, seed=seed,
        levers=levers, title=_("Does the database pay?"),
    )  # fmt: skip


def read_silence(plan: Watched) -> list[Readout]:
    """Give the numbers of a year of calls."""
    judged = plan.judged
    return [
        Readout(_("accounts on the list in a week"), plan.weekly),
        Readout(_("calls in the year"), float(len(judged.verdict))),
        Readout(_("calls that were right"), judged.precision, "share"),
        Readout(_("events called upon in time"), judged.caught, "share"),
        Readout(_("days before the event, median"), _median(judged.lead), "days"),
    ]


def read_credit(plan: Watched) -> list[Readout]:
    """Give the numbers of a year of calls about money owed."""
    return [
        *read_silence(plan),
        Readout(_("open with defaults nobody called upon"), plan.lost / 1000, "thousand yuan"),
    ]


@dataclass(frozen=True, kw_only=True, eq=False)
class PaybackPlan:
    """What a database leaves, and its years.

    Parameters
    ----------
    found : Payback
        From :func:`cvm.database.payback`.
    table : DataFrame
        From :func:`cvm.database.payback_table`.
    """

    found: Payback
    table: pd.DataFrame


def payback_plan(world: PaybackCase, *, n: int, seed: int) -> PaybackPlan:
    """Work out what a database leaves, exactly.

    Parameters
    ----------
    world : PaybackCase
        Levers and assumptions.
    n, seed : int
        Not used; every what-if takes them.

    Returns
    -------
    PaybackPlan
    """
    return PaybackPlan(found=payback(world), table=payback_table(world))


def read_payback(plan: PaybackPlan) -> list[Readout]:
    """Give the numbers of a database."""
    found = plan.found
    return [
        Readout(_("a record adds in a year"), found.earned, "yuan"),
        Readout(_("a record costs in a year"), found.cost, "yuan"),
        Readout(_("left after all years"), found.value / 1000, "thousand yuan"),
        Readout(_("customers from which it pays"), found.least_customers),
        Readout(_("years until it is paid back"), found.payback_years, "years"),
    ]


def _median(values: np.ndarray) -> float:
    return float(np.median(values)) if len(values) else float("nan")


def _verdicts_picture(plan: Watched, *, ax: Axes, case: Case) -> Axes:
    return plots.call_verdicts(plan.verdicts, ax=ax, case=case)


def _leads_picture(plan: Watched, *, ax: Axes, case: Case) -> Axes:
    return plots.call_leads(plan.leads, ax=ax, case=case)


def _years_picture(plan: PaybackPlan, *, ax: Axes, case: Case) -> Axes:
    return plots.payback_years(plan.table, ax=ax, case=case)


# Units used above, named so that the catalogue holds them.
UNITS = [N_("thousand yuan"), N_("yuan")]
