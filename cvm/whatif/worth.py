"""The what-ifs of chapter 11: a customer, customer equity, classes, the developer.

Each joins functions of :mod:`cvm.clv` and :mod:`cvm.worth` with a plot and a few numbers;
the equations stand there. The functions that simulate and read are public, so that the code
of a copied scenario runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from cvm import plots
from cvm.clv import (
    CustomerBase,
    CustomerEquity,
    Developer,
    DeveloperValue,
    customer_equity,
    developer_tornado,
    developer_value,
    lifetime_value,
    margin_multiple,
)
from cvm.clv.developer import QUANTITIES
from cvm.plots.style import Case
from cvm.whatif.explorer import WhatIf, explore
from cvm.whatif.scenario import Readout
from cvm.words import _
from cvm.worth import Classes, Lifetime, class_table, strategy_table, value_by_retention

if TYPE_CHECKING:
    from cvm.plots.style import Axes

__all__ = [
    "ClassPlan",
    "DeveloperPlan",
    "LifetimePlan",
    "class_plan",
    "customer_value",
    "developer",
    "developer_plan",
    "equity",
    "equity_plan",
    "lifetime_plan",
    "read_classes",
    "read_developer",
    "read_equity",
    "read_lifetime",
    "strategies",
]


def customer_value(world: Lifetime | None = None, *, n: int = 10_000, seed: int = 1) -> WhatIf:
    """Move margin, retention and discount, and see what a customer is worth.

    Parameters
    ----------
    world : Lifetime, optional
        The base case; the defaults without it.
    n, seed : int
        Not used: the answer is exact.

    Returns
    -------
    WhatIf
        Worth over retention, the customer as a dot; dashed, margin times expected life.
    """
    return explore(
        world or Lifetime(), lifetime_plan, _lifetime_picture, read_lifetime, n=n, seed=seed,
        title=_("What a customer is worth"),
    )  # fmt: skip


def equity(world: CustomerBase | None = None, *, n: int = 10_000, seed: int = 1) -> WhatIf:
    """Move retention, margin and winning, and see what all customers are worth.

    Parameters
    ----------
    world : CustomerBase, optional
        The base case; the defaults without it.
    n, seed : int
        Not used: the answer is exact.

    Returns
    -------
    WhatIf
        Per cent of customer equity for one per cent of each parameter.
    """
    return explore(
        world or CustomerBase(), equity_plan, _equity_picture, read_equity, n=n, seed=seed,
        title=_("Customer equity"),
    )  # fmt: skip


def strategies(world: Classes | None = None, *, n: int = 10_000, seed: int = 1) -> WhatIf:
    """Move what is spent, and see which strategy pays in which class.

    Parameters
    ----------
    world : Classes, optional
        The base case; the defaults without it.
    n, seed : int
        Not used: the answer is exact.

    Returns
    -------
    WhatIf
        Worth added by each strategy in each class.
    """
    levers = ["effort", "saturation", "join", "keep_new", "keep_mature", "back", "margin_new",
              "margin_mature", "spoilt", "discount"]  # fmt: skip
    return explore(
        world or Classes(), class_plan, _class_picture, read_classes, n=n, seed=seed,
        levers=levers, title=_("Four strategies in four classes"),
    )  # fmt: skip


def developer(world: Developer | None = None, *, n: int = 10_000, seed: int = 1) -> WhatIf:
    """Move what is known of the developer, and how sure it is.

    Parameters
    ----------
    world : Developer, optional
        The base case; the defaults without it.
    n, seed : int
        Futures and luck.

    Returns
    -------
    WhatIf
        How often he turns out to be worth how much, and which doubt matters.
    """
    levers = ["court", "purchases", "months", "leaving", "referrals", "owed", "successor",
              "doubt_margin", "doubt_referred", "doubt_successor", "overconfidence"]  # fmt: skip
    pictures = (_futures_picture, _tornado_picture)
    return explore(
        world or Developer(), developer_plan, pictures, read_developer, n=n, seed=seed,
        levers=levers, title=_("The developer who retires"),
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class LifetimePlan:
    """A customer in closed form.

    Parameters
    ----------
    world : Lifetime
        Levers and assumptions.
    curve : DataFrame
        From :func:`cvm.worth.value_by_retention`.
    value : float
        The customer's own, cost to win taken off.
    """

    world: Lifetime
    curve: pd.DataFrame
    value: float


def lifetime_plan(world: Lifetime, *, n: int, seed: int) -> LifetimePlan:
    """Value a customer in closed form.

    Parameters
    ----------
    world : Lifetime
        Levers and assumptions.
    n, seed : int
        Not used; every what-if takes them.

    Returns
    -------
    LifetimePlan
    """
    return LifetimePlan(world=world, curve=value_by_retention(world), value=_worth(world))


def _worth(world: Lifetime, more: float = 0.0) -> float:
    value = lifetime_value(
        margin=world.margin, retention=min(world.retention + more, 1.0), discount=world.discount,
        first_payment=world.first_payment, acquisition_cost=world.acquisition_cost,
    )  # fmt: skip
    return float(value)


def read_lifetime(plan: LifetimePlan) -> list[Readout]:
    """Give the numbers of a customer in closed form."""
    world = plan.world
    return [
        Readout(_("worth of a customer"), plan.value, "yuan"),
        Readout(_("margin multiple, first at renewal"),
                float(margin_multiple(world.retention, world.discount))),
        Readout(_("expected life"), 1 / (1 - world.retention), "years"),
        Readout(_("naive: margin times life, less the cost"),
                world.margin / (1 - world.retention) - world.acquisition_cost, "yuan"),
        Readout(_("one point of retention adds"), _worth(world, 0.01) - plan.value, "yuan"),
    ]  # fmt: skip


def equity_plan(world: CustomerBase, *, n: int, seed: int) -> CustomerEquity:
    """Value all customers.

    Parameters
    ----------
    world : CustomerBase
        Levers and assumptions.
    n, seed : int
        Not used; every what-if takes them.

    Returns
    -------
    CustomerEquity
    """
    return customer_equity(world)


def read_equity(found: CustomerEquity) -> list[Readout]:
    """Give the numbers of customer equity."""
    by = found.elasticities.set_index("parameter")["elasticity"]
    return [
        Readout(_("customer equity"), found.equity / 1e6, "million"),
        Readout(_("of customers now"), found.now / 1e6, "million"),
        Readout(_("of customers to come"), found.to_come / 1e6, "million"),
        Readout(_("each customer now"), found.each, "yuan"),
        Readout(_("1 % of retention, in % of equity"), float(by["retention"])),
        Readout(_("1 % of margin, in % of equity"), float(by["margin"])),
        Readout(_("1 % of cost to win, in % of equity"), float(by["acquisition_cost"])),
    ]


@dataclass(frozen=True, kw_only=True, eq=False)
class ClassPlan:
    """Classes, and what strategies add.

    Parameters
    ----------
    classes : DataFrame
        From :func:`cvm.worth.class_table`.
    gains : DataFrame
        From :func:`cvm.worth.strategy_table`.
    """

    classes: pd.DataFrame
    gains: pd.DataFrame


def class_plan(world: Classes, *, n: int, seed: int) -> ClassPlan:
    """Value the classes and the sixteen uses of a strategy.

    Parameters
    ----------
    world : Classes
        Levers and assumptions.
    n, seed : int
        Not used; every what-if takes them.

    Returns
    -------
    ClassPlan
    """
    return ClassPlan(classes=class_table(world), gains=strategy_table(world))


def read_classes(plan: ClassPlan) -> list[Readout]:
    """Give the numbers of the classes and the best uses."""
    each = plan.classes.set_index("customer_class")["each"]
    most = plan.gains.groupby("customer_class")["gain"].max() / 1e6
    return [
        Readout(_("worth of a mature customer"), float(each["mature"]), "yuan"),
        Readout(_("worth of a new customer"), float(each["new"]), "yuan"),
        Readout(_("worth of a lost one"), float(each["lost"]), "yuan"),
        Readout(_("best use, the potential"), float(most["potential"]), "million"),
        Readout(_("best use, the new"), float(most["new"]), "million"),
        Readout(_("best use, the mature"), float(most["mature"]), "million"),
        Readout(_("best use, the lost"), float(most["lost"]), "million"),
    ]


@dataclass(frozen=True, kw_only=True, eq=False)
class DeveloperPlan:
    """The developer's value, and which doubt matters.

    Parameters
    ----------
    found : DeveloperValue
        From :func:`cvm.clv.developer_value`.
    tornado : DataFrame
        From :func:`cvm.clv.developer_tornado`.
    """

    found: DeveloperValue
    tornado: pd.DataFrame


def developer_plan(world: Developer, *, n: int, seed: int) -> DeveloperPlan:
    """Value the developer and rank the doubts.

    Parameters
    ----------
    world : Developer
        Levers and assumptions.
    n, seed : int
        Futures and luck.

    Returns
    -------
    DeveloperPlan
    """
    return DeveloperPlan(
        found=developer_value(world, n=n, seed=seed), tornado=developer_tornado(world)
    )


def read_developer(plan: DeveloperPlan) -> list[Readout]:
    """Give the numbers of the developer."""
    found, top = plan.found, plan.tornado.iloc[0]
    return [
        Readout(_("worth on average"), found.value / 1e6, "million"),
        Readout(_("one in ten below"), found.low / 1e6, "million"),
        Readout(_("one in ten above"), found.high / 1e6, "million"),
        Readout(_("at the likely numbers"), found.at_likely / 1e6, "million"),
        Readout(_("sent by him, on average"), found.referred / 1e6, "million"),
        Readout(_("his successor, on average"), found.handed_on / 1e6, "million"),
        Readout(_("spread that asking could cure"), found.unknown, "share"),
        Readout(_("widest swing of one quantity"), float(top["swing"]) / 1e6, "million"),
    ]


def _lifetime_picture(plan: LifetimePlan, *, ax: Axes, case: Case) -> Axes:
    at = (plan.world.retention, plan.value)
    return plots.lifetime_curve(plan.curve, ax=ax, case=case, at=at)


def _equity_picture(found: CustomerEquity, *, ax: Axes, case: Case) -> Axes:
    return plots.elasticities(found.elasticities, ax=ax, case=case)


def _class_picture(plan: ClassPlan, *, ax: Axes, case: Case) -> Axes:
    return plots.strategy_gains(plan.gains, ax=ax, case=case)


def _futures_picture(plan: DeveloperPlan, *, ax: Axes, case: Case) -> Axes:
    found = plan.found
    marks = (found.low, found.value, found.high)
    return plots.developer_futures(found.futures, ax=ax, case=case, marks=marks)


def _tornado_picture(plan: DeveloperPlan, *, ax: Axes, case: Case) -> Axes:
    return plots.tornado(plan.tornado, ax=ax, case=case, order=pd.Series(list(QUANTITIES)))
