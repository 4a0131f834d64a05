"""The what-ifs of chapter 01: two firms over the years, and keep or win.

Each joins functions of :mod:`cvm.economics` with a plot and a few numbers; the equations
stand there. The functions that work out and read are public, so that the code of a copied
scenario runs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from cvm import plots
from cvm.economics import BreakEven, TwoFirms, best_share, break_even, cost_ratio
from cvm.plots.style import Case
from cvm.whatif.explorer import WhatIf, explore
from cvm.whatif.scenario import Readout
from cvm.words import _

if TYPE_CHECKING:
    from cvm.plots.style import Axes

__all__ = [
    "SplitPlan",
    "firms_plan",
    "keep_or_win",
    "read_firms",
    "read_split",
    "split_plan",
    "two_firms",
]


def two_firms(world: TwoFirms | None = None, *, n: int = 10_000, seed: int = 1) -> WhatIf:
    """Move what winning and keeping cost, and see when the relationship firm is ahead.

    Parameters
    ----------
    world : TwoFirms, optional
        The base case; the defaults without it.
    n, seed : int
        Not used: the answer is the expectation.

    Returns
    -------
    WhatIf
        Cumulative profit of both firms, and the relationship firm's lead with the
        break-even year (a dot).
    """
    levers = ["keep_share", "budget", "setup", "years", "win_scale", "keep_scale", "floor",
              "ceiling", "margin", "growth", "discount"]  # fmt: skip
    return explore(
        world or TwoFirms(), firms_plan, (_firms_picture, _lead_picture), read_firms, n=n,
        seed=seed, levers=levers, title=_("Two firms, one product"),
    )  # fmt: skip


def keep_or_win(world: TwoFirms | None = None, *, n: int = 10_000, seed: int = 1) -> WhatIf:
    """Move the market, and see which split between keeping and winning is best.

    Parameters
    ----------
    world : TwoFirms, optional
        The base case; the defaults without it.
    n, seed : int
        Not used: the answer is the expectation.

    Returns
    -------
    WhatIf
        Cumulative profit over the split; a dot is the best one, a ring today's.
    """
    levers = ["keep_share", "budget", "years", "win_scale", "keep_scale", "market", "floor",
              "ceiling", "growth"]  # fmt: skip
    return explore(
        world or TwoFirms(), split_plan, _split_picture, read_split, n=n, seed=seed,
        levers=levers, title=_("Keep or win"),
    )  # fmt: skip


def firms_plan(world: TwoFirms, *, n: int, seed: int) -> BreakEven:
    """Follow both firms, in expectation.

    Parameters
    ----------
    world : TwoFirms
        Levers and assumptions.
    n, seed : int
        Not used; every what-if takes them.

    Returns
    -------
    BreakEven
    """
    return break_even(world)


def read_firms(found: BreakEven) -> list[Readout]:
    """Give the numbers of two firms; a year that does not come has no number."""
    last = found.table.groupby("firm").last()
    retention, customers = last["retention"], last["customers"]
    year = math.nan if found.year is None else float(found.year)
    return [
        Readout(_("ahead for good from year (–: not by then)"), year),
        Readout(_("lead at the end"), found.ahead, "thousand yuan"),
        Readout(_("deepest lag"), found.worst, "thousand yuan"),
        Readout(_("customers, relationship firm"), float(customers["relationship"])),
        Readout(_("customers, transaction firm"), float(customers["transaction"])),
        Readout(_("retention, relationship firm"), float(retention["relationship"]), "share"),
    ]


@dataclass(frozen=True, kw_only=True, eq=False)
class SplitPlan:
    """Every split of a budget, and what keeping and winning cost at today's.

    Parameters
    ----------
    splits : DataFrame
        From :func:`cvm.economics.best_share`.
    costs : DataFrame
        From :func:`cvm.economics.cost_ratio`.
    today : float
        The split the firm has.
    """

    splits: pd.DataFrame
    costs: pd.DataFrame
    today: float


def split_plan(world: TwoFirms, *, n: int, seed: int) -> SplitPlan:
    """Try every split of the budget.

    Parameters
    ----------
    world : TwoFirms
        Levers and assumptions.
    n, seed : int
        Not used; every what-if takes them.

    Returns
    -------
    SplitPlan
    """
    return SplitPlan(splits=best_share(world), costs=cost_ratio(world), today=world.keep_share)


def read_split(plan: SplitPlan) -> list[Readout]:
    """Give the numbers of a split."""
    splits, costs = plan.splits, plan.costs.set_index("view")
    best = splits[splits["best"]].iloc[0]
    here = splits.iloc[int((splits["keep_share"] - plan.today).abs().to_numpy().argmin())]
    ratio = costs["ratio"]
    return [
        Readout(_("best share for keeping"), float(best["keep_share"]), "share"),
        Readout(_("given up by today's split"),
                float(best["cumulative_profit"] - here["cumulative_profit"]), "thousand yuan"),
        Readout(_("keeping over winning, as it is told"), float(ratio["told"])),
        Readout(_("... for each customer the money kept"), float(ratio["average"])),
        Readout(_("... for the next customer"), float(ratio["next"])),
        Readout(_("cost of winning the next customer"),
                float(costs["cost_of_winning"]["next"]), "yuan"),
    ]  # fmt: skip


def _firms_picture(found: BreakEven, *, ax: Axes, case: Case) -> Axes:
    return plots.two_firms(found.table, ax=ax, case=case)


def _lead_picture(found: BreakEven, *, ax: Axes, case: Case) -> Axes:
    return plots.firm_lead(found.table, ax=ax, case=case, year=found.year)


def _split_picture(plan: SplitPlan, *, ax: Axes, case: Case) -> Axes:
    return plots.keep_or_win(plan.splits, ax=ax, case=case, own=plan.today)
