"""The what-ifs of chapter 03: what big accounts are granted, look-alikes, a few big accounts.

Each joins functions of :mod:`cvm.selection` with plots and a few numbers; the equations stand
there. The functions that simulate and read are public, so that the code of a copied scenario
runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cvm import plots
from cvm.errors import CvmError
from cvm.plots.style import Case
from cvm.selection import (
    TRAITS,
    Business,
    Portfolio,
    PortfolioRisk,
    Prospects,
    approach_table,
    portfolio_accounts,
    portfolio_risk,
    simulate_accounts,
    simulate_prospects,
    size_groups,
)
from cvm.selection.logits import fit_logit, with_constant
from cvm.tiering import whale
from cvm.whatif.explorer import WhatIf, explore
from cvm.whatif.scenario import Readout
from cvm.words import N_, _

if TYPE_CHECKING:
    from cvm.plots.style import Axes

__all__ = [
    "AccountPlan",
    "LookAlikePlan",
    "PortfolioPlan",
    "account_plan",
    "big_accounts",
    "few_accounts",
    "look_alike_plan",
    "look_alikes",
    "portfolio_plan",
    "read_accounts",
    "read_look_alikes",
    "read_portfolio",
]

#: Years that a move of the portfolio simulates for each thousand of ``n``.
YEARS = 0.2
#: How many count as the largest.
LARGEST = 20


def big_accounts(world: Business | None = None, *, n: int = 10_000, seed: int = 1) -> WhatIf:
    """Move what large accounts are granted, and see the whale curve.

    Parameters
    ----------
    world : Business, optional
        The base case; the defaults without it.
    n, seed : int
        Accounts and luck.

    Returns
    -------
    WhatIf
        The whale curve of the expected profit, and the margin by size.
    """
    levers = ["discount_ceiling", "kickback_ceiling", "extras_ceiling", "credit_days",
              "bargain_half", "account_cost", "toughness", "grey_trade", "courting"]  # fmt: skip
    pictures = (_whale_picture, _margin_picture)
    return explore(
        world or Business(), account_plan, pictures, read_accounts, n=n, seed=seed,
        levers=levers, title=_("What the large are granted"),
    )  # fmt: skip


def look_alikes(world: Prospects | None = None, *, n: int = 10_000, seed: int = 1) -> WhatIf:
    """Move how many look-alikes are approached, and what their resemblance does not show.

    Parameters
    ----------
    world : Prospects, optional
        The base case; the defaults without it.
    n, seed : int
        Firms of the market and luck.

    Returns
    -------
    WhatIf
        Profit over the share approached: dashed what the score promises, solid what it brings.
    """
    levers = ["approached", "cost", "loyal_value", "loyal", "resemblance", "drawn", "kept"]
    return explore(
        world or Prospects(), look_alike_plan, _approach_picture, read_look_alikes, n=n, seed=seed,
        levers=levers, title=_("Approaching look-alikes"),
    )  # fmt: skip


def few_accounts(world: Portfolio | None = None, *, n: int = 10_000, seed: int = 1) -> WhatIf:
    """Move how many accounts bring the revenue, and see the bad year.

    Parameters
    ----------
    world : Portfolio, optional
        The base case; the defaults without it.
    n : int
        A fifth of it are the years simulated.
    seed : int
        Luck.

    Returns
    -------
    WhatIf
        The years from the worst to the best; the dot is the worst one in twenty.
    """
    levers = ["accounts", "concessions", "credit_days", "size_spread", "defection", "default",
              "correlation", "stranded"]  # fmt: skip
    return explore(
        world or Portfolio(), portfolio_plan, _years_picture, read_portfolio, n=n, seed=seed,
        levers=levers, title=_("A few big accounts"),
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class AccountPlan:
    """A year of accounts, summed up.

    Parameters
    ----------
    curve : DataFrame
        From :func:`cvm.tiering.whale`, of the expected profit.
    groups : DataFrame
        From :func:`cvm.selection.size_groups`.
    profit : float
        Expected profit of all, thousand yuan.
    losers : float
        Share of accounts expected to lose money.
    largest_profit, largest_losers : float
        Expected profit of the largest accounts, and how many of them lose money.
    """

    curve: pd.DataFrame
    groups: pd.DataFrame
    profit: float
    losers: float
    largest_profit: float
    largest_losers: float


def account_plan(world: Business, *, n: int, seed: int) -> AccountPlan:
    """Simulate a year of accounts and sum it up by the known truth.

    Parameters
    ----------
    world : Business
        Levers and assumptions.
    n, seed : int
        Accounts and luck.

    Returns
    -------
    AccountPlan

    Raises
    ------
    CvmError
        If the accounts together are expected to lose money: there is no whale curve then.
    """
    table = simulate_accounts(world, n=n, seed=seed)
    profit = table["true_profit"].to_numpy()
    if profit.sum() <= 0:
        wrong = _(
            "Together these accounts are expected to lose money: there is no profit to share out."
        )
        raise CvmError(wrong, remedy=_("Grant less, or move the costs back."))
    largest = profit[np.argsort(-table["revenue"].to_numpy(), kind="stable")[:LARGEST]]
    return AccountPlan(
        curve=whale(profit), groups=size_groups(table, profit="true_profit"),
        profit=float(profit.sum()), losers=float((profit < 0).mean()),
        largest_profit=float(largest.sum()), largest_losers=float((largest < 0).sum()),
    )  # fmt: skip


def read_accounts(plan: AccountPlan) -> list[Readout]:
    """Give the numbers of a year of accounts."""
    return [
        Readout(_("expected profit of all"), plan.profit / 1000, "million yuan"),
        Readout(_("peak of the whale curve"), float(plan.curve["profit_share"].max()), "share"),
        Readout(_("accounts that lose money"), plan.losers, "share"),
        Readout(_("expected profit of the 20 largest"), plan.largest_profit / 1000, "million yuan"),
        Readout(_("of the 20 largest lose money"), plan.largest_losers),
    ]


@dataclass(frozen=True, kw_only=True, eq=False)
class LookAlikePlan:
    """A campaign among look-alikes.

    Parameters
    ----------
    world : Prospects
        Levers and assumptions.
    table : DataFrame
        From :func:`cvm.selection.approach_table`, with what it brings.
    promised, loyal : float
        Of those approached: share promised to be loyal, and share that is.
    best, best_promised : float
        Share approached at which most is brought, and at which most is promised.
    """

    world: Prospects
    table: pd.DataFrame
    promised: float
    loyal: float
    best: float
    best_promised: float


def look_alike_plan(world: Prospects, *, n: int, seed: int) -> LookAlikePlan:
    """Learn resemblance from all customers, and approach the prospects most like the loyal.

    Parameters
    ----------
    world : Prospects
        Levers and assumptions.
    n, seed : int
        Firms and luck.

    Returns
    -------
    LookAlikePlan
    """
    firms = simulate_prospects(world, n=n, seed=seed)
    came = firms["customer"].to_numpy(bool)
    traits, truth = firms[list(TRAITS)].to_numpy(), firms["true_chance"].to_numpy()
    happened = firms["true_loyal"].to_numpy(float)[came]  # of customers it is seen
    value = fit_logit(happened, traits[came], terms=TRAITS).value
    score = 1 / (1 + np.exp(-with_constant(traits[~came]) @ value))
    table = approach_table(score, world=world, outcome=truth[~came])
    many = max(round(world.approached * len(score)), 1)
    chosen = np.argsort(-score, kind="stable")[:many]
    return LookAlikePlan(
        world=world, table=table, promised=float(score[chosen].mean()),
        loyal=float(truth[~came][chosen].mean()),
        best=_best(table, "brought"), best_promised=_best(table, "promised"),
    )  # fmt: skip


def _best(table: pd.DataFrame, column: str) -> float:
    return float(table["approached"].to_numpy()[table[column].to_numpy().argmax()])


def read_look_alikes(plan: LookAlikePlan) -> list[Readout]:
    """Give the numbers of a campaign among look-alikes."""
    at = plan.world.approached
    promised, brought = (
        float(np.interp(at, plan.table["approached"], plan.table[name]))
        for name in ("promised", "brought")
    )
    return [
        Readout(_("loyal, as promised"), plan.promised, "share"),
        Readout(_("loyal, in truth"), plan.loyal, "share"),
        Readout(_("profit promised per 100"), promised, "thousand yuan"),
        Readout(_("profit brought per 100"), brought, "thousand yuan"),
        Readout(_("best share by the promise"), plan.best_promised, "share"),
        Readout(_("best share in truth"), plan.best, "share"),
    ]


@dataclass(frozen=True, kw_only=True, eq=False)
class PortfolioPlan:
    """A portfolio and its years.

    Parameters
    ----------
    found : PortfolioRisk
        From :func:`cvm.selection.portfolio_risk`.
    """

    found: PortfolioRisk


def portfolio_plan(world: Portfolio, *, n: int, seed: int) -> PortfolioPlan:
    """Simulate years of a declared portfolio.

    Parameters
    ----------
    world : Portfolio
        Levers and assumptions.
    n : int
        A fifth of it are the years.
    seed : int
        Luck.

    Returns
    -------
    PortfolioPlan
    """
    rows = portfolio_accounts(world, seed=seed)
    years = max(round(YEARS * n), 100)
    found = portfolio_risk(rows, correlation=world.correlation, years=years, seed=seed)
    return PortfolioPlan(found=found)


def read_portfolio(plan: PortfolioPlan) -> list[Readout]:
    """Give the numbers of a portfolio."""
    found = plan.found
    return [
        # Sums in another order differ in the last digit, which is no change.
        Readout(_("expected profit"), round(found.expected, 6), "thousand yuan"),
        Readout(_("the worst year in twenty"), found.bad, "thousand yuan"),
        Readout(_("profit at risk"), found.at_risk, "thousand yuan"),
        Readout(_("years with a loss"), found.loss_years, "share"),
        Readout(_("effective number of accounts"), found.effective),
        Readout(_("revenue of the largest account"), found.largest, "share"),
    ]


def _whale_picture(plan: AccountPlan, *, ax: Axes, case: Case) -> Axes:
    return plots.whale(plan.curve, ax=ax, case=case)


def _margin_picture(plan: AccountPlan, *, ax: Axes, case: Case) -> Axes:
    return plots.size_margin(plan.groups, ax=ax, case=case)


def _approach_picture(plan: LookAlikePlan, *, ax: Axes, case: Case) -> Axes:
    return plots.approach_profit(plan.table, ax=ax, case=case, approached=plan.world.approached)


def _years_picture(plan: PortfolioPlan, *, ax: Axes, case: Case) -> Axes:
    return plots.bad_years(plan.found.years, ax=ax, case=case, bad=plan.found.bad)


# Units used above, named so that the catalogue holds them.
UNITS = [N_("million yuan"), N_("thousand yuan")]
