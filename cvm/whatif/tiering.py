"""The what-ifs of chapter 06: cut-offs and budget, concessions, the reward threshold.

Each joins a simulator of :mod:`cvm.tiering` with a plot and a few numbers; the
equations stand there. The functions that read the numbers are public, so that the code
of a copied scenario runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cvm import plots
from cvm.plots.style import Case
from cvm.tiering import (
    KeyAccount,
    Rewards,
    ServicePlan,
    ThresholdEffect,
    TierPlan,
    bins,
    burden_year,
    plan_service,
    programme,
    simulate_concessions,
    simulate_rewards,
    threshold_effect,
)
from cvm.whatif.explorer import WhatIf, explore
from cvm.whatif.scenario import Readout
from cvm.words import _

if TYPE_CHECKING:
    from cvm.plots.style import Axes

__all__ = [
    "RewardYears",
    "concession",
    "read_concessions",
    "read_plan",
    "read_rewards",
    "reward_threshold",
    "reward_years",
    "tier_cuts",
]


def tier_cuts(world: TierPlan | None = None, *, n: int = 10_000, seed: int = 1) -> WhatIf:
    """Move the tiers' cut-offs and the service budget.

    Parameters
    ----------
    world : TierPlan, optional
        The base case; the defaults without it.
    n, seed : int
        Customers and luck.

    Returns
    -------
    WhatIf
        Three pyramids: customers, profit, and where the best split puts the money.
    """
    levers = ["key_share", "ordinary_share", "service_budget", "discount_ceiling",
              "reach_key", "reach_ordinary", "reach_small", "service_spread"]  # fmt: skip
    return explore(
        world or TierPlan(), plan_service, _plan_picture, read_plan, n=n, seed=seed,
        levers=levers, title=_("Cut-offs and service budget"),
    )  # fmt: skip


def concession(world: KeyAccount | None = None, *, n: int = 10_000, seed: int = 1) -> WhatIf:
    """Move how much of what key accounts ask for is granted.

    Parameters
    ----------
    world : KeyAccount, optional
        The base case; the defaults without it.
    n, seed : int
        Accounts and luck.

    Returns
    -------
    WhatIf
        The profit of an account, added up year by year.
    """
    levers = ["concede", "years", "first_ask", "learning", "leak", "tolerance", "churn", "margin"]
    return explore(
        world or KeyAccount(), simulate_concessions, plots.concessions, read_concessions,
        n=n, seed=seed, levers=levers, title=_("Concessions to key accounts"),
    )  # fmt: skip


def reward_threshold(world: Rewards | None = None, *, n: int = 10_000, seed: int = 1) -> WhatIf:
    """Move the threshold of a reward and how customers answer to it.

    Parameters
    ----------
    world : Rewards, optional
        The base case; the defaults without it.
    n, seed : int
        Customers and luck.

    Returns
    -------
    WhatIf
        Visits in the year after by points in the year before, with the jump.
    """
    levers = ["threshold", "announced", "pressure", "lift", "mean_visits", "evenness"]
    return explore(
        world or Rewards(), reward_years, _rewards_picture, read_rewards, n=n, seed=seed,
        levers=levers, title=_("The threshold of a reward"),
    )  # fmt: skip


def read_plan(plan: ServicePlan) -> list[Readout]:
    """Give the numbers of a service plan."""
    key, split = plan.tiers.iloc[0], plan.allocation
    return [
        Readout(_("profit that key customers bring"), key["profit_share"], "share"),
        Readout(_("profit of a key customer"), key["profit_per_customer"], "yuan"),
        Readout(_("service for a key customer"), key["spend_per_customer"], "yuan"),
        Readout(_("best split earns"), split.gain_best, "yuan"),
        Readout(_("spending by value earns"), split.gain_by_value, "yuan"),
        Readout(_("the next yuan of budget earns"), split.shadow_price, "yuan"),
    ]


def read_concessions(years: pd.DataFrame) -> list[Readout]:
    """Give the numbers of concessions: at the end of the years looked at."""
    last = years.iloc[-1]
    return [
        Readout(_("profit of an account (thousand)"), last["cumulative_profit"]),
        Readout(_("accounts still served"), last["staying"], "share"),
        Readout(_("price given away"), last["discount"], "share"),
        Readout(_("accounts served at a loss"), last["burdens"], "share"),
        Readout(
            _("year in which the average one turns into a burden"), burden_year(years) or np.nan
        ),
    ]


@dataclass(frozen=True, kw_only=True, eq=False)
class RewardYears:
    """A simulated programme, what it brings, and what a study of it would find.

    Parameters
    ----------
    customers : DataFrame
        From :func:`cvm.tiering.simulate_rewards`.
    programme : DataFrame
        From :func:`cvm.tiering.programme`: the truth.
    effect : ThresholdEffect
        From :func:`cvm.tiering.threshold_effect`: the estimate.
    true_effect : float
        Visits a year the privilege adds for a customer just at the threshold.
    """

    customers: pd.DataFrame
    programme: pd.DataFrame
    effect: ThresholdEffect
    true_effect: float


def reward_years(world: Rewards, *, n: int, seed: int) -> RewardYears:
    """Simulate a programme and study it.

    Parameters
    ----------
    world : Rewards
        Levers and assumptions.
    n, seed : int
        Customers and luck.

    Returns
    -------
    RewardYears
    """
    table = simulate_rewards(world, n=n, seed=seed)
    effect = threshold_effect(
        table, running="points", outcome="visits_after", cutoff=world.threshold
    )
    just = table["true_lift"][table["points"].to_numpy() == world.threshold]
    return RewardYears(
        customers=table, programme=programme(table, world=world), effect=effect,
        true_effect=float(just.mean()),
    )  # fmt: skip


def read_rewards(years: RewardYears) -> list[Readout]:
    """Give the numbers of a programme: what it brings, and three answers to how much."""
    sums = years.programme.iloc[0]
    return [
        Readout(_("customers with the privilege"), sums["members"], "share"),
        Readout(_("programme earns, a customer"), sums["profit"], "yuan"),
        Readout(_("visits that pressure adds, a customer"), sums["pressure_visits"]),
        Readout(_("members visit more by: naive"), years.effect.naive),
        Readout(_("members visit more by: at the threshold"), years.effect.effect),
        Readout(_("members visit more by: the truth there"), years.true_effect),
    ]


def _plan_picture(plan: ServicePlan, *, ax: Axes, case: Case) -> Axes:
    return plots.pyramid(plan.tiers, ax=ax, case=case)


def _rewards_picture(years: RewardYears, *, ax: Axes, case: Case) -> Axes:
    return plots.discontinuity(bins(years.customers, years.effect), ax=ax, case=case)
