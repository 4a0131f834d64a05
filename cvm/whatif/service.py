"""The what-ifs of chapter 07: the desk, the three dimensions, listening, recovery.

Each joins functions of :mod:`cvm.service` with a plot and a few numbers; the equations
stand there. The functions that simulate and read are public, so that the code of a
copied scenario runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cvm import plots
from cvm.plots.style import Case
from cvm.service import (
    Listened,
    Listening,
    Promise,
    Recovery,
    Service,
    Standard,
    desk_leaves,
    failure_ratings,
    keep_promise,
    listen,
    recovery_groups,
    response_time,
    simulate_contacts,
    simulate_recovery,
    spoiled_moments,
    spoiled_share,
    staffing_table,
    voice_or_exit,
    within,
)
from cvm.whatif.explorer import WhatIf, explore
from cvm.whatif.scenario import Readout
from cvm.words import N_, _

if TYPE_CHECKING:
    from cvm.plots.style import Axes

__all__ = [
    "DeskPlan",
    "ListeningPlan",
    "MomentPlan",
    "RepairPlan",
    "desk_plan",
    "listening",
    "listening_plan",
    "moment_plan",
    "read_desk",
    "read_listening",
    "read_moments",
    "read_repair",
    "recovery_quality",
    "repair_plan",
    "staff_and_standard",
    "three_dimensions",
]


def staff_and_standard(world: Standard | None = None, *, n: int = 10_000, seed: int = 1) -> WhatIf:
    """Move the people at the complaint desk and what it promises, and see the total cost.

    Parameters
    ----------
    world : Standard, optional
        The base case; the defaults without it.
    n, seed : int
        Not used: the answer is exact.

    Returns
    -------
    WhatIf
        Cost a month over the number of people: a dot where the desk is, a ring where the
        cost is least, a dashed line where the promise is kept; and how many complaints are
        taken up in time.
    """
    levers = ["staff", "promise_days", "promise_share", "handling_hours", "complaints", "wage",
              "customer_value", "leave_per_day"]  # fmt: skip
    pictures = (_desk_picture, _promise_picture)
    return explore(
        world or Standard(), desk_plan, pictures, read_desk, n=n, seed=seed,
        levers=levers, title=_("People at the desk, and a promise"),
    )  # fmt: skip


def three_dimensions(world: Service | None = None, *, n: int = 10_000, seed: int = 1) -> WhatIf:
    """Move how often each dimension fails, and the rule that makes one moment of three.

    Parameters
    ----------
    world : Service, optional
        The base case; the defaults without it.
    n, seed : int
        Contacts and luck.

    Returns
    -------
    WhatIf
        How often each dimension and the moment fail, and the rating by number of failures.
    """
    levers = ["fail_human", "fail_business", "fail_hidden", "rule"]
    pictures = (_moments_picture, _ratings_picture)
    return explore(
        world or Service(), moment_plan, pictures, read_moments, n=n, seed=seed,
        levers=levers, title=_("Three dimensions and the moment"),
    )  # fmt: skip


def listening(world: Listening | None = None, *, n: int = 10_000, seed: int = 1) -> WhatIf:
    """Move how complaints are collected, answered, settled and tracked.

    Parameters
    ----------
    world : Listening, optional
        The base case; the defaults without it.
    n, seed : int
        Not used: the answer is exact.

    Returns
    -------
    WhatIf
        Failed moments by what becomes of them, with the customers who leave, and the costs.
    """
    levers = ["asked", "staff", "resolution", "tracked", "voice", "repeats",
              "silent_exit", "leave_unsettled"]  # fmt: skip
    pictures = (_listening_picture, _costs_picture)
    return explore(
        world or Listening(), listening_plan, pictures, read_listening, n=n, seed=seed,
        levers=levers, title=_("Voice or exit"),
    )  # fmt: skip


def recovery_quality(world: Recovery | None = None, *, n: int = 10_000, seed: int = 1) -> WhatIf:
    """Move how fast and how well complaints are settled, and who complains.

    Parameters
    ----------
    world : Recovery, optional
        The base case; the defaults without it.
    n, seed : int
        Customers and luck.

    Returns
    -------
    WhatIf
        Satisfaction and intention after a failure, by what became of it; dashed, those
        without a failure.
    """
    levers = ["days", "resolution", "recovery_strength", "patience", "double_deviation",
              "attached_speak", "scar", "voice"]  # fmt: skip
    pictures = (_satisfaction_picture, _intention_picture)
    return explore(
        world or Recovery(), repair_plan, pictures, read_repair, n=n, seed=seed,
        levers=levers, title=_("After a failure"),
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class DeskPlan:
    """A complaint desk, its costs and its promise.

    Parameters
    ----------
    world : Standard
        The desk.
    table : DataFrame
        From :func:`cvm.service.staffing_table`, with ``in_time``: the share of complaints
        taken up within the days promised.
    promise : Promise
        From :func:`cvm.service.keep_promise`.
    """

    world: Standard
    table: pd.DataFrame
    promise: Promise


def desk_plan(world: Standard, *, n: int, seed: int) -> DeskPlan:
    """Work out the costs of a desk and of its promise, exactly.

    Parameters
    ----------
    world : Standard
        Levers and assumptions.
    n, seed : int
        Not used; every what-if takes them.

    Returns
    -------
    DeskPlan
    """
    promise = keep_promise(world)
    # Far enough to see the desk as it is, the best one and the promised one, and no farther.
    most = max(promise.least_staff + 5, promise.staff + 2, world.staff)
    table = staffing_table(world, most=most)
    in_time = within(world.promise_days, table["staff"].to_numpy(), world)
    return DeskPlan(world=world, table=table.assign(in_time=in_time), promise=promise)


def read_desk(plan: DeskPlan) -> list[Readout]:
    """Give the numbers of a desk."""
    world, staff = plan.world, plan.world.staff
    leaves = desk_leaves(world)
    cost = staff * world.wage + world.complaints * leaves * world.customer_value
    days = float(response_time(world.complaints, staff, world))
    kept = float(within(world.promise_days, staff, world))
    return [
        Readout(_("time to the answer"), days, "working days"),
        Readout(_("taken up as promised"), kept, "share"),
        Readout(_("complaining customers who leave"), leaves, "share"),
        Readout(_("cost a month in all"), cost, "yuan"),
        Readout(_("people who cost least"), plan.promise.least_staff),
        Readout(_("people the promise takes"), plan.promise.staff),
        Readout(_("what the promise costs a month"), plan.promise.cost - plan.promise.least_cost,
                "yuan"),
    ]  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class MomentPlan:
    """Contacts, and what their moments come to.

    Parameters
    ----------
    sides : DataFrame
        From :func:`cvm.service.spoiled_moments`.
    ratings : DataFrame
        From :func:`cvm.service.failure_ratings`.
    spoiled : float
        Share of moments that fail, exactly.
    in_ten : float
        Chance that one moment or more of ten fails, independently.
    """

    sides: pd.DataFrame
    ratings: pd.DataFrame
    spoiled: float
    in_ten: float


def moment_plan(world: Service, *, n: int, seed: int) -> MomentPlan:
    """Simulate contacts and their ratings.

    Parameters
    ----------
    world : Service
        Levers and assumptions.
    n, seed : int
        Contacts and luck.

    Returns
    -------
    MomentPlan
    """
    sides, spoiled = spoiled_moments(world), spoiled_share(world)
    ratings = failure_ratings(simulate_contacts(world, n=n, seed=seed))
    return MomentPlan(sides=sides, ratings=ratings, spoiled=spoiled, in_ten=1 - (1 - spoiled) ** 10)


def read_moments(plan: MomentPlan) -> list[Readout]:
    """Give the numbers of contacts and their moments."""
    rating = plan.ratings.set_index("failures")["rating"]
    contacts = plan.ratings.set_index("failures")["share"]
    average = float(1 - plan.sides["fails"].iloc[:3].mean())
    return [
        Readout(_("the average dimension holds"), average, "share"),
        Readout(_("moments that fail"), plan.spoiled, "share"),
        Readout(_("a failed moment in ten contacts"), plan.in_ten, "share"),
        Readout(_("contacts with two failures or more"), float(contacts.loc[2:].sum()), "share"),
        Readout(_("rating with one failure"), float(rating.get(1, np.nan))),
        Readout(_("rating with two failures"), float(rating.get(2, np.nan))),
    ]


@dataclass(frozen=True, kw_only=True, eq=False)
class ListeningPlan:
    """A month of failures and what becomes of them.

    Parameters
    ----------
    groups : DataFrame
        From :func:`cvm.service.voice_or_exit`.
    month : Listened
        From :func:`cvm.service.listen`.
    """

    groups: pd.DataFrame
    month: Listened


def listening_plan(world: Listening, *, n: int, seed: int) -> ListeningPlan:
    """Work out a month of failures, exactly.

    Parameters
    ----------
    world : Listening
        Levers and assumptions.
    n, seed : int
        Not used; every what-if takes them.

    Returns
    -------
    ListeningPlan
    """
    return ListeningPlan(groups=voice_or_exit(world), month=listen(world))


def read_listening(plan: ListeningPlan) -> list[Readout]:
    """Give the numbers of a month of failures."""
    month = plan.month
    return [
        Readout(_("failed moments a month"), month.failures),
        Readout(_("complaints a month"), month.complaints),
        Readout(_("time to the answer"), month.response_time, "working days"),
        Readout(_("customers who leave"), month.leaving),
        Readout(_("of them without a word"), month.unheard, "share"),
        Readout(_("cost a month in all"), month.total_cost, "yuan"),
    ]


@dataclass(frozen=True, kw_only=True, eq=False)
class RepairPlan:
    """Customers after failures and repairs.

    Parameters
    ----------
    groups : DataFrame
        From :func:`cvm.service.recovery_groups`.
    true_satisfaction, true_intention : float
        What failure and settled complaint together did, by the known truth.
    """

    groups: pd.DataFrame
    true_satisfaction: float
    true_intention: float


def repair_plan(world: Recovery, *, n: int, seed: int) -> RepairPlan:
    """Simulate failures and repairs.

    Parameters
    ----------
    world : Recovery
        Levers and assumptions.
    n, seed : int
        Customers and luck.

    Returns
    -------
    RepairPlan
    """
    people = simulate_recovery(world, n=n, seed=seed)
    settled = people.loc[people["settled"], ["true_satisfaction_effect", "true_intention_effect"]]
    satisfaction, intention = settled.mean()
    return RepairPlan(
        groups=recovery_groups(people),
        true_satisfaction=float(satisfaction), true_intention=float(intention),
    )  # fmt: skip


def read_repair(plan: RepairPlan) -> list[Readout]:
    """Give the numbers of failures and repairs."""
    rows = plan.groups.set_index("group")
    people, content, willing = rows["customers"], rows["satisfaction"], rows["intention"]
    return [
        Readout(
            _("satisfaction, settled against no failure"),
            content["settled"] - content["no failure"],
        ),
        Readout(_("the truth: done to satisfaction"), plan.true_satisfaction),
        Readout(
            _("intention, settled against no failure"),
            100 * (willing["settled"] - willing["no failure"]),
            "percentage points",
        ),
        # Not as "points": with two pictures beside it the table has no room for the word.
        Readout(_("the truth: done to intention"), 100 * plan.true_intention, "percentage points"),
        Readout(_("customers with a settled complaint"), float(people["settled"])),
        Readout(_("customers who kept silent"), float(people["silent"])),
    ]


def _desk_picture(plan: DeskPlan, *, ax: Axes, case: Case) -> Axes:
    return plots.staffing(
        plan.table, ax=ax, case=case, chosen=plan.world.staff, promised=plan.promise.staff
    )


def _promise_picture(plan: DeskPlan, *, ax: Axes, case: Case) -> Axes:
    return plots.promise_kept(plan.table, ax=ax, case=case, promised=plan.world.promise_share)


def _moments_picture(plan: MomentPlan, *, ax: Axes, case: Case) -> Axes:
    return plots.spoiled_moments(plan.sides, ax=ax, case=case)


def _ratings_picture(plan: MomentPlan, *, ax: Axes, case: Case) -> Axes:
    return plots.failure_ratings(plan.ratings, ax=ax, case=case)


def _listening_picture(plan: ListeningPlan, *, ax: Axes, case: Case) -> Axes:
    return plots.voice_exit(plan.groups, ax=ax, case=case)


def _costs_picture(plan: ListeningPlan, *, ax: Axes, case: Case) -> Axes:
    return plots.listening_costs(plan.month.to_frame(), ax=ax, case=case)


def _satisfaction_picture(plan: RepairPlan, *, ax: Axes, case: Case) -> Axes:
    return plots.recovery_groups(plan.groups, ax=ax, case=case)


def _intention_picture(plan: RepairPlan, *, ax: Axes, case: Case) -> Axes:
    return plots.recovery_groups(plan.groups, ax=ax, case=case, column="intention")


# The unit used above, named so that the catalogue holds it.
UNITS = [N_("percentage points")]
