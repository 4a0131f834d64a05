"""The what-ifs of chapter 09: competition and bonds, five points, a programme's selection.

Each joins functions of :mod:`cvm.loyalty` with a plot and a few numbers; the equations
stand there. The functions that simulate and read are public, so that the code of a
copied scenario runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from cvm import plots
from cvm.loyalty import (
    EffectOfPoints,
    Loyalty,
    LoyaltyEffect,
    Programme,
    compare_methods,
    curve_table,
    firm_years,
    intention_behaviour,
    loyalty_effect,
    programme_account,
    repurchase_by_answer,
    simulate_loyalty,
    simulate_programme,
)
from cvm.plots.style import Case
from cvm.whatif.explorer import WhatIf, explore
from cvm.whatif.scenario import Readout
from cvm.words import _

if TYPE_CHECKING:
    from cvm.plots.style import Axes

__all__ = [
    "CurvePlan",
    "PointsPlan",
    "ProgrammeStudy",
    "competition",
    "curve_plan",
    "five_points",
    "points_plan",
    "programme_selection",
    "programme_study",
    "read_curve",
    "read_points",
    "read_programme",
]


def competition(world: Loyalty | None = None, *, n: int = 10_000, seed: int = 1) -> WhatIf:
    """Move competition and bonds, and see what satisfaction is worth.

    Parameters
    ----------
    world : Loyalty, optional
        The base case; the defaults without it.
    n, seed : int
        Customers and luck.

    Returns
    -------
    WhatIf
        Chance of buying again over satisfaction.
    """
    levers = ["financial", "social", "structural", "competition", "captive", "plateau",
              "affection_edge", "copied_financial", "conversion"]  # fmt: skip
    return explore(
        world or Loyalty(), curve_plan, _curve_picture, read_curve, n=n, seed=seed,
        levers=levers, title=_("Competition and bonds"),
    )  # fmt: skip


def five_points(world: LoyaltyEffect | None = None, *, n: int = 10_000, seed: int = 1) -> WhatIf:
    """Move the points of retention, their cost, and where the firm starts.

    Parameters
    ----------
    world : LoyaltyEffect, optional
        The base case; the defaults without it.
    n, seed : int
        Not used: the answer is exact.

    Returns
    -------
    WhatIf
        Change in the firm's profit, year by year; dashed, the rise in a customer's value.
    """
    levers = ["points", "programme_cost", "years", "retention", "acquisition", "growth",
              "ramp_years", "discount", "overhead"]  # fmt: skip
    return explore(
        world or LoyaltyEffect(), points_plan, _points_picture, read_points, n=n, seed=seed,
        levers=levers, title=_("Five points of retention"),
    )  # fmt: skip


def programme_selection(world: Programme | None = None, *, n: int = 3_000, seed: int = 1) -> WhatIf:
    """Move who joins a programme, and see which method still tells the truth.

    Parameters
    ----------
    world : Programme, optional
        The base case; the defaults without it.
    n, seed : int
        Customers and luck.

    Returns
    -------
    WhatIf
        Four answers with their intervals, the truth, and what the programme would need
        to add to pay its rewards (dashed).
    """
    levers = [
        "reward",
        "selection",
        "strength",
        "effect",
        "joining",
        "noise",
        "trend_spread",
        "margin",
    ]
    return explore(
        world or Programme(), programme_study, _programme_picture, read_programme, n=n, seed=seed,
        levers=levers, title=_("Who joins the programme"),
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class CurvePlan:
    """A market's curve, and customers on it.

    Parameters
    ----------
    curve : DataFrame
        From :func:`cvm.loyalty.curve_table`.
    customers : DataFrame
        From :func:`cvm.loyalty.simulate_loyalty`.
    """

    curve: pd.DataFrame
    customers: pd.DataFrame


def curve_plan(world: Loyalty, *, n: int, seed: int) -> CurvePlan:
    """Tabulate the curve and put customers on it.

    Parameters
    ----------
    world : Loyalty
        Levers and assumptions.
    n, seed : int
        Customers and luck.

    Returns
    -------
    CurvePlan
    """
    return CurvePlan(
        curve=curve_table(world), customers=simulate_loyalty(world, n=n, seed=seed)
    )  # fmt: skip


def read_curve(plan: CurvePlan) -> list[Readout]:
    """Give the numbers of a curve."""
    answers = repurchase_by_answer(plan.customers).set_index("answer")["bought_again"]
    kinds = plan.customers["true_kind"].value_counts(normalize=True)
    said = intention_behaviour(plan.customers, behaviour="share_of_wallet")
    return [
        Readout(_("buy again, all"), float(plan.customers["bought_again"].mean()), "share"),
        Readout(_("buy again, satisfied (4)"), float(answers.get(4, float("nan"))), "share"),
        Readout(_("buy again, very satisfied (5)"), float(answers.get(5, float("nan"))), "share"),
        Readout(_("truly loyal"), float(kinds.get("true", 0.0)), "share"),
        Readout(_("spuriously loyal"), float(kinds.get("spurious", 0.0)), "share"),
        Readout(_("what they say with what they do: correlation"), said.value),
    ]


@dataclass(frozen=True, kw_only=True, eq=False)
class PointsPlan:
    """What some points of retention do.

    Parameters
    ----------
    years : DataFrame
        From :func:`cvm.loyalty.firm_years`.
    effect : EffectOfPoints
        From :func:`cvm.loyalty.loyalty_effect`.
    """

    years: pd.DataFrame
    effect: EffectOfPoints


def points_plan(world: LoyaltyEffect, *, n: int, seed: int) -> PointsPlan:
    """Work out what some points of retention do, exactly.

    Parameters
    ----------
    world : LoyaltyEffect
        Levers and assumptions.
    n, seed : int
        Not used; every what-if takes them.

    Returns
    -------
    PointsPlan
    """
    return PointsPlan(years=firm_years(world), effect=loyalty_effect(world))


def read_points(plan: PointsPlan) -> list[Readout]:
    """Give the numbers of some points of retention."""
    found = plan.effect
    return [
        Readout(_("average life"), found.life_after, "years"),
        Readout(_("value of a customer rises by"), found.value_rise, "share"),
        Readout(_("if they were per cent, by"), found.per_cent_rise, "share"),
        Readout(_("the firm's profit, first year"), found.first_year_rise, "share"),
        Readout(_("the firm's profit, fifth year"), found.fifth_year_rise, "share"),
        Readout(_("cost a year that eats the gain up"), found.break_even_cost, "yuan"),
    ]


@dataclass(frozen=True, kw_only=True, eq=False)
class ProgrammeStudy:
    """A programme, four answers to what it adds, and its account by the truth.

    Parameters
    ----------
    methods : DataFrame
        From :func:`cvm.loyalty.compare_methods`.
    account : DataFrame
        From :func:`cvm.loyalty.programme_account`, with the true effect.
    """

    methods: pd.DataFrame
    account: pd.DataFrame


def programme_study(world: Programme, *, n: int, seed: int) -> ProgrammeStudy:
    """Simulate a programme and study it four ways.

    Parameters
    ----------
    world : Programme
        Levers and assumptions.
    n, seed : int
        Customers and luck.

    Returns
    -------
    ProgrammeStudy
    """
    customers = simulate_programme(world, n=n, seed=seed).customers
    spend = float(customers.loc[customers["member"], "spend_after"].mean())
    return ProgrammeStudy(
        methods=compare_methods(customers),
        account=programme_account(world, effect=world.effect, member_spend=spend),
    )


def read_programme(study: ProgrammeStudy) -> list[Readout]:
    """Give the numbers of a programme."""
    effect, account = study.methods["effect"], study.account.iloc[0]
    return [
        Readout(_("members spend more by: naive"), float(effect[0])),
        Readout(_("adjusted for past spend"), float(effect[1])),
        Readout(_("difference in differences"), float(effect[2])),
        Readout(_("placebo before the programme"), float(effect[3])),
        Readout(_("the truth"), float(study.methods["true_effect"][0])),
        Readout(_("programme earns, a member and month"), float(account["profit"]), "yuan"),
    ]


def _curve_picture(plan: CurvePlan, *, ax: Axes, case: Case) -> Axes:
    return plots.loyalty_curve(plan.curve, ax=ax, case=case, column="behaviour")


def _points_picture(plan: PointsPlan, *, ax: Axes, case: Case) -> Axes:
    return plots.firm_profit(plan.years, ax=ax, case=case, value_rise=plan.effect.value_rise)


def _programme_picture(study: ProgrammeStudy, *, ax: Axes, case: Case) -> Axes:
    needed = float(study.account["effect_to_break_even"].iloc[0])
    return plots.comparison(
        study.methods, ax=ax, case=case, needed=needed if needed < 100 else None
    )
