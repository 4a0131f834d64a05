"""The what-ifs of chapter 04: the next customer's cost, the budget over channels, pull and push.

Each joins functions of :mod:`cvm.acquisition` with a plot and a few numbers; the equations
stand there. The functions that work out and read are public, so that the code of a copied
scenario runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from cvm import plots
from cvm.acquisition import (
    AcquisitionBudget,
    Channel,
    GapParts,
    Launch,
    Newcomers,
    adjusted_gap,
    allocate,
    best_spend,
    cost_curve,
    decompose,
    funnel,
    invitation_effect,
    launch_channels,
    plain_gap,
    simulate_acquisition,
)
from cvm.levers import needs_world
from cvm.plots.style import Case
from cvm.whatif.explorer import WhatIf, explore
from cvm.whatif.scenario import Readout
from cvm.words import _

if TYPE_CHECKING:
    from cvm.plots.style import Axes

__all__ = [
    "ChannelPlan",
    "GapStudy",
    "budget_split",
    "channel_plan",
    "gap_study",
    "launch_budget",
    "next_customer",
    "pull_or_push",
    "read_budget",
    "read_channel",
    "read_gaps",
]

#: Largest spending that is drawn, yuan a month.
WIDEST = 150_000.0


def next_customer(world: Channel | None = None, *, n: int = 10_000, seed: int = 1) -> WhatIf:
    """Move what is spent on a channel, and see the next customer's cost leave the average.

    Parameters
    ----------
    world : Channel, optional
        The base case; the web without it.
    n, seed : int
        Not used: the answer is the expectation.

    Returns
    -------
    WhatIf
        Cost of the next customer (solid), of the average one (dashed) and a customer's worth
        (dotted) over spending; dots are today.
    """
    levers = ["spend", "reach", "scale", "interest", "offer", "buy", "retention", "margin", "refer"]
    return explore(
        world or Channel(), channel_plan, _cost_picture, read_channel, n=n, seed=seed,
        levers=levers, title=_("What the next customer costs"),
    )  # fmt: skip


def budget_split(world: Launch | None = None, *, n: int = 10_000, seed: int = 1) -> WhatIf:
    """Move the budget, and see which channels it should go to.

    Parameters
    ----------
    world : Launch, optional
        The base case; the defaults without it.
    n, seed : int
        Not used: the answer is the expectation.

    Returns
    -------
    WhatIf
        What each of the eighteen channels gets at the best split.
    """
    return explore(
        world or Launch(), launch_budget, _budget_picture, read_budget, n=n, seed=seed,
        title=_("A budget over channels"),
    )  # fmt: skip


def pull_or_push(world: Newcomers | None = None, *, n: int = 10_000, seed: int = 1) -> WhatIf:
    """Move selection and cause, and see what each method makes of them.

    Parameters
    ----------
    world : Newcomers, optional
        The base case; the defaults without it.
    n, seed : int
        Customers and luck.

    Returns
    -------
    WhatIf
        Three answers with intervals, beside the truth (black).
    """
    levers = ["selection", "push_risk", "seen", "nature", "nudge", "invited", "pushed", "hazard"]
    return explore(
        world or Newcomers(), gap_study, _gaps_picture, read_gaps, n=n, seed=seed,
        levers=levers, title=_("Pulled or pushed: cause and selection"),
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class ChannelPlan:
    """A channel: its curve of costs, where it stands, and how far spending pays.

    Parameters
    ----------
    curve : DataFrame
        From :func:`cvm.acquisition.cost_curve`.
    now : Series
        Its row of :func:`cvm.acquisition.funnel`.
    best : float
        Spending at which the next customer costs what one is worth.
    """

    curve: pd.DataFrame
    now: pd.Series
    best: float


@needs_world
def channel_plan(world: Channel, *, n: int, seed: int) -> ChannelPlan:
    """Work out a channel's costs over spending.

    Parameters
    ----------
    world : Channel
        Levers and assumptions.
    n, seed : int
        Not used; every what-if takes them.

    Returns
    -------
    ChannelPlan
    """
    return ChannelPlan(
        curve=cost_curve(world, upto=max(WIDEST, world.spend)),
        now=funnel({"this channel": world}).iloc[0], best=best_spend(world),
    )  # fmt: skip


def read_channel(plan: ChannelPlan) -> list[Readout]:
    """Give the numbers of a channel."""
    now = plan.now
    return [
        Readout(_("customers a month"), float(now["won"])),
        Readout(_("average cost of a customer"), float(now["average_cost"]), "yuan"),
        Readout(_("cost of the next customer"), float(now["marginal_cost"]), "yuan"),
        Readout(_("worth of a customer"), float(now["value"]), "yuan"),
        Readout(_("the next yuan brings"), float(now["next_value_per_yuan"]), "yuan"),
        Readout(_("spending pays up to"), plan.best, "yuan"),
    ]


def launch_budget(world: Launch, *, n: int, seed: int) -> AcquisitionBudget:
    """Split a launch's budget.

    Parameters
    ----------
    world : Launch
        Levers and assumptions.
    n, seed : int
        Not used; every what-if takes them.

    Returns
    -------
    AcquisitionBudget
    """
    return allocate(launch_channels(world), budget=world.budget, discount=world.discount)


def read_budget(plan: AcquisitionBudget) -> list[Readout]:
    """Give the numbers of a budget."""
    rules = plan.rules.set_index("rule")
    pushed = plan.channels.groupby("mode")["best"].sum()["push"]
    return [
        Readout(_("best split earns"), float(rules["gain"]["best"]), "yuan"),
        Readout(_("by average cost it would be less by"), float(rules["lost"]["average"]), "yuan"),
        Readout(_("by last touch less by"), float(rules["lost"]["touch"]), "yuan"),
        Readout(_("the next yuan earns beyond itself"), plan.shadow_price, "yuan"),
        Readout(_("best left unspent"), max(round(plan.budget - plan.spent), 0), "yuan"),
        Readout(_("goes to channels that push"), float(pushed), "yuan"),
        Readout(_("customers won"), float(rules["won"]["best"])),
    ]


@dataclass(frozen=True, kw_only=True, eq=False)
class GapStudy:
    """What three methods say, and the truth.

    Parameters
    ----------
    gaps : DataFrame
        As :func:`cvm.acquisition.compare_gaps`, without the weighting.
    parts : GapParts
        From :func:`cvm.acquisition.decompose`.
    """

    gaps: pd.DataFrame
    parts: GapParts


def gap_study(world: Newcomers, *, n: int, seed: int) -> GapStudy:
    """Simulate customers and study them.

    Parameters
    ----------
    world : Newcomers
        Levers and assumptions.
    n, seed : int
        Customers and luck.

    Returns
    -------
    GapStudy
    """
    people = simulate_acquisition(world, n=n, seed=seed)
    # Weighting says nearly what the regression says, and takes as long as all the others.
    found = [method(people) for method in (plain_gap, adjusted_gap, invitation_effect)]
    truth = people["true_effect"]
    gaps = pd.DataFrame({
        "method": [one.method for one in found], "effect": [one.effect for one in found],
        "low": [one.low for one in found], "high": [one.high for one in found],
        "true_effect": [truth.mean(), truth.mean(), truth[people["true_moved"]].mean()],
    })  # fmt: skip
    return GapStudy(gaps=gaps, parts=decompose(people))


def read_gaps(study: GapStudy) -> list[Readout]:
    """Give the numbers of a study of pulled and pushed customers."""
    effects, truth = study.gaps["effect"], study.gaps["true_effect"]
    return [
        Readout(_("plain gap"), float(effects[0]), "share"),
        Readout(_("... caused by the way (truth)"), study.parts.cause, "share"),
        Readout(_("... selection (truth)"), study.parts.selection, "share"),
        Readout(_("regression"), float(effects[1]), "share"),
        Readout(_("invitation by lot"), float(effects[2]), "share"),
        Readout(_("truth for those it moves"), float(truth[2]), "share"),
    ]


def _cost_picture(plan: ChannelPlan, *, ax: Axes, case: Case) -> Axes:
    return plots.acquisition_cost(plan.curve, ax=ax, case=case, spend=float(plan.now["spend"]))


def _budget_picture(plan: AcquisitionBudget, *, ax: Axes, case: Case) -> Axes:
    return plots.channel_budget(plan.channels, ax=ax, case=case)


def _gaps_picture(study: GapStudy, *, ax: Axes, case: Case) -> Axes:
    return plots.stay_gaps(study.gaps, ax=ax, case=case)
