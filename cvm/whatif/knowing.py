"""The what-ifs of chapter 02: service and waiting, one step of the ladder, the alarm.

Each joins functions of :mod:`cvm.knowing` and :mod:`cvm.lifecycle` with a plot and a few
numbers; the equations stand there. The functions that simulate and read are public, so that
the code of a copied scenario runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from cvm import plots
from cvm.knowing import Rivalry, Shares, choice_shares
from cvm.lifecycle import (
    Ladder,
    PhaseReport,
    Relationship,
    detect_phases,
    judge_phases,
    ladder_population,
    ladder_table,
    phase_confusion,
    simulate_relationships,
)
from cvm.plots.style import Case
from cvm.whatif.explorer import WhatIf, explore
from cvm.whatif.scenario import Readout
from cvm.words import _

if TYPE_CHECKING:
    from cvm.plots.style import Axes

__all__ = [
    "AlarmPlan",
    "LadderPlan",
    "alarm",
    "alarm_plan",
    "ladder_plan",
    "one_step",
    "read_alarm",
    "read_ladder",
    "read_shares",
    "service_and_waiting",
]

#: Months after which the ladder is looked at.
MONTHS = 24


def service_and_waiting(world: Rivalry | None = None, *, n: int = 10_000, seed: int = 2) -> WhatIf:
    """Raise service, cut waiting, lower the price, and see the shares of choice move.

    Parameters
    ----------
    world : Rivalry, optional
        The base case; the defaults without it.
    n, seed : int
        People and luck.

    Returns
    -------
    WhatIf
        Share of choice of Yunhe and its two rivals.
    """
    levers = ["service", "time", "product", "personnel", "image", "money", "energy", "psychic",
              "copied", "presence", "sensitivity", "taste"]  # fmt: skip
    return explore(
        world or Rivalry(), choice_shares, _shares_picture, read_shares, n=n, seed=seed,
        levers=levers, title=_("Service and waiting"),
    )  # fmt: skip


def one_step(world: Ladder | None = None, *, n: int = 10_000, seed: int = 2) -> WhatIf:
    """Move one transition of the ladder and see who stands where, and what each is worth.

    Parameters
    ----------
    world : Ladder, optional
        The base case; the defaults without it.
    n, seed : int
        Not used: the answer is exact.

    Returns
    -------
    WhatIf
        The rungs after two years, and the value of a customer on each.
    """
    levers = ["win", "second", "bind", "inspire", "lost_prospect", "lost_first", "lost_repeat",
              "lost_client", "lost_advocate", "slip", "discount"]  # fmt: skip
    return explore(
        world or Ladder(), ladder_plan, (_rungs_picture, _value_picture), read_ladder, n=n,
        seed=seed, levers=levers, title=_("One step of the ladder"),
    )  # fmt: skip


def alarm(world: Relationship | None = None, *, n: int = 100, seed: int = 2) -> WhatIf:
    """Set when a fall counts as decline, and see warnings come late or for nothing.

    Parameters
    ----------
    world : Relationship, optional
        The base case; the defaults without it.
    n, seed : int
        Accounts and luck.

    Returns
    -------
    WhatIf
        Share of months told as decline, by true phase.
    """
    levers = ["window", "fall", "noise", "fade"]
    return explore(
        world or Relationship(), alarm_plan, _alarm_picture, read_alarm, n=n, seed=seed,
        levers=levers, title=_("When to sound the alarm"),
    )  # fmt: skip


def read_shares(found: Shares) -> list[Readout]:
    """Give the numbers of a choice among three."""
    table = found.table
    lead = float(table["value"].iloc[0] - table["value"].iloc[1:].max())
    return [
        Readout(_("Yunhe is chosen by"), found.share, "share"),
        Readout(_("delivered value"), float(table["value"].iloc[0])),
        Readout(_("lead over the better rival"), lead),
        Readout(_("Yunhe delivers most to"), float(table["most_value"].iloc[0]), "share"),
        Readout(_("choose whoever delivers them most"), found.follow, "share"),
    ]


@dataclass(frozen=True, kw_only=True, eq=False)
class LadderPlan:
    """A ladder: who stands where, and what each is worth.

    Parameters
    ----------
    population : DataFrame
        From :func:`cvm.lifecycle.ladder_population`.
    table : DataFrame
        From :func:`cvm.lifecycle.ladder_table`.
    """

    population: pd.DataFrame
    table: pd.DataFrame


def ladder_plan(world: Ladder, *, n: int, seed: int) -> LadderPlan:
    """Work a ladder out, exactly.

    Parameters
    ----------
    world : Ladder
        Levers and assumptions.
    n, seed : int
        Not used; every what-if takes them.

    Returns
    -------
    LadderPlan
    """
    return LadderPlan(population=ladder_population(world, months=MONTHS), table=ladder_table(world))


def read_ladder(plan: LadderPlan) -> list[Readout]:
    """Give the numbers of a ladder."""
    people, rungs = plan.population, plan.table.set_index("state")
    worth, months = rungs["value"], rungs["months"]
    share = people[people["month"] == people["month"].max()].set_index("state")["share"]
    return [
        Readout(_("a prospect is worth"), float(worth["prospect"]), "yuan"),
        Readout(_("a client is worth"), float(worth["client"]), "yuan"),
        Readout(_("a prospect is lost after"), float(months["prospect"]), "months"),
        Readout(_("clients and advocates after two years"),
                float(share["client"] + share["advocate"]), "share"),
        Readout(_("lost after two years"), float(share["lost"]), "share"),
    ]  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class AlarmPlan:
    """A rule that tells phases, and how it did.

    Parameters
    ----------
    confusion : DataFrame
        From :func:`cvm.lifecycle.phase_confusion`.
    report : PhaseReport
        From :func:`cvm.lifecycle.judge_phases`.
    """

    confusion: pd.DataFrame
    report: PhaseReport


def alarm_plan(world: Relationship, *, n: int, seed: int) -> AlarmPlan:
    """Simulate accounts, tell their phases and judge the telling.

    Parameters
    ----------
    world : Relationship
        The rule and the accounts.
    n, seed : int
        Accounts and luck.

    Returns
    -------
    AlarmPlan
    """
    told = detect_phases(simulate_relationships(world, n=n, seed=seed), world=world)
    return AlarmPlan(confusion=phase_confusion(told), report=judge_phases(told))


def read_alarm(plan: AlarmPlan) -> list[Readout]:
    """Give the numbers of a rule that tells phases."""
    found = plan.report
    return [
        Readout(_("declines seen within six months"), found.found, "share"),
        Readout(_("first warning after"), found.delay, "months"),
        Readout(_("false alarms in stable months"), found.false_alarms, "share"),
        Readout(_("months in the right phase"), found.accuracy, "share"),
    ]


def _shares_picture(found: Shares, *, ax: Axes, case: Case) -> Axes:
    return plots.choice_shares(found.table, ax=ax, case=case)


def _rungs_picture(plan: LadderPlan, *, ax: Axes, case: Case) -> Axes:
    still = plan.population[plan.population["state"] != "lost"]
    return plots.ladder_rungs(still, ax=ax, case=case)


def _value_picture(plan: LadderPlan, *, ax: Axes, case: Case) -> Axes:
    return plots.state_value(plan.table, ax=ax, case=case)


def _alarm_picture(plan: AlarmPlan, *, ax: Axes, case: Case) -> Axes:
    return plots.decline_told(plan.confusion, ax=ax, case=case)
