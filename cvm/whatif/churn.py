"""The what-ifs of chapter 10: whom to contact, how many, how to read it, whom to win back.

Each joins functions of :mod:`cvm.churn` with a plot and a few numbers; the equations
stand there. The functions that simulate and read are public, so that the code of a
copied scenario runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cvm import plots
from cvm.churn import (
    Churn,
    Offer,
    ScoreProfit,
    WinBack,
    compare_effects,
    expected_maximum_profit,
    profit_curve,
    risk_model,
    simulate_churn,
    type_table,
    win_back_expected,
)
from cvm.levers import assumption, lever, needs_world
from cvm.plots.style import Case
from cvm.whatif.explorer import WhatIf, explore
from cvm.whatif.scenario import Readout
from cvm.words import N_, _

if TYPE_CHECKING:
    from cvm.plots.style import Axes

__all__ = [
    "CampaignPlan",
    "ContactPlan",
    "CutOffPlan",
    "Deal",
    "campaign_plan",
    "contact_plan",
    "cut_off",
    "cut_off_plan",
    "read_campaign",
    "read_contacts",
    "read_cut_off",
    "read_win_back",
    "reading_a_campaign",
    "whom_to_contact",
    "whom_to_win_back",
    "win_back_plan",
]


class Deal(Offer):
    """An offer to customers of a telephone company, in the ranges a class can argue about."""

    contact: float = lever(
        1.0, low=0, high=20, step=0.5, unit=N_("yuan"),
        meaning=N_("Cost of contacting one customer"),
    )  # fmt: skip
    offer: float = lever(
        10.0, low=0, high=80, step=1, unit=N_("yuan"),
        meaning=N_("Cost of the offer to each customer who accepts it"),
    )  # fmt: skip
    clv: float = assumption(
        200.0, low=100, high=600, step=10, unit=N_("yuan"),
        meaning=N_("Value of a customer who stays"),
    )  # fmt: skip


def whom_to_contact(world: Churn | None = None, *, n: int = 10_000, seed: int = 1) -> WhatIf:
    """Move how customers answer a contact, and see what contacting those at risk saves.

    Parameters
    ----------
    world : Churn, optional
        The base case; a fifth contacted without it.
    n, seed : int
        Customers ever won, and luck.

    Returns
    -------
    WhatIf
        Customers saved by each way of choosing, and who is contacted by risk. Both scores
        know the truth, so that what is lost is lost by the choice and not by the estimate.
    """
    levers = ["contacted", "horizon", "save", "stubborn", "disturb", "heterogeneity",
              "monthly_effect", "calls_effect", "usage_effect"]  # fmt: skip
    return explore(
        world or Churn(contacted=0.2), contact_plan, (_ways_picture, _types_picture),
        read_contacts, n=n, seed=seed, levers=levers, title=_("Risk or uplift"),
    )  # fmt: skip


def cut_off(world: Deal | None = None, *, n: int = 10_000, seed: int = 1) -> WhatIf:
    """Move what an offer costs and brings, and see how many to contact.

    Parameters
    ----------
    world : Deal, optional
        The base case; the defaults without it.
    n, seed : int
        Customers ever won, and luck. The score is learnt from as many others.

    Returns
    -------
    WhatIf
        Profit over the share of customers contacted, from the highest risk down.
    """
    levers = ["contact", "offer", "clv", "accept"]
    return explore(
        world or Deal(), cut_off_plan, _cut_off_picture, read_cut_off, n=n, seed=seed,
        levers=levers, title=_("How far down the list"),
    )  # fmt: skip


def reading_a_campaign(world: Churn | None = None, *, n: int = 5_000, seed: int = 3) -> WhatIf:
    """Move how the contacted were chosen, and see which reading of the campaign is right.

    Parameters
    ----------
    world : Churn, optional
        The base case; chosen by observed risk without it.
    n, seed : int
        Customers ever won, and luck.

    Returns
    -------
    WhatIf
        Two readings with their intervals, and the truth.
    """
    levers = ["assignment", "contacted", "selection", "heterogeneity", "save", "stubborn",
              "disturb"]  # fmt: skip
    return explore(
        world or Churn(assignment="observed risk"), campaign_plan, _campaign_picture,
        read_campaign, n=n, seed=seed, levers=levers, title=_("Lots, risk, or judgement"),
    )  # fmt: skip


def whom_to_win_back(world: WinBack | None = None, *, n: int = 10_000, seed: int = 1) -> WhatIf:
    """Move the offer and what a second life is worth, and see whom to win back.

    Parameters
    ----------
    world : WinBack, optional
        The base case; the defaults without it.
    n, seed : int
        Not used: the answer is exact.

    Returns
    -------
    WhatIf
        By cause of leaving: profit for each lost customer tried, and the cost of one regained
        beside that of a new one.
    """
    levers = ["offer", "contact", "within", "acquisition", "hazard", "margin", "fade",
              "readiness", "second_hazard", "discount"]  # fmt: skip
    return explore(
        world or WinBack(), win_back_plan, (_win_back_picture, _cost_picture), read_win_back,
        n=n, seed=seed, levers=levers, title=_("Whom to win back, whom to let go"),
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class ContactPlan:
    """Ways of choosing whom to contact, by the truth.

    Parameters
    ----------
    ways : DataFrame
        One row a way: ``chosen`` ("risk", "uplift", "by lot"), ``saved`` (customers saved per
        contact), ``leavers`` (share of those contacted who would have left), ``gain``
        (yuan per contact).
    types : DataFrame
        From :func:`cvm.churn.type_table`: those contacted by risk, the sure left out.
    """

    ways: pd.DataFrame
    types: pd.DataFrame


def contact_plan(world: Churn, *, n: int, seed: int) -> ContactPlan:
    """Simulate customers and contact some of them in three ways.

    Parameters
    ----------
    world : Churn
        Levers and assumptions; ``contacted`` is the budget.
    n, seed : int
        Customers ever won, and luck.

    Returns
    -------
    ContactPlan
    """
    people = simulate_churn(world, n=n, seed=seed).campaign
    many = max(1, round(world.contacted * len(people)))
    risk, uplift, gain = (people[f"true_{name}"].to_numpy() for name in ("risk", "uplift", "gain"))
    tops = {
        "risk": np.argsort(-risk, kind="stable")[:many],
        "uplift": np.argsort(-uplift, kind="stable")[:many],
        "by lot": np.arange(len(people)),
    }
    rows = [
        {"chosen": way, "saved": uplift[top].mean(), "leavers": risk[top].mean(),
         "gain": gain[top].mean()}
        for way, top in tops.items()
    ]  # fmt: skip
    types = type_table(people, scores=["true_risk"], budget=world.contacted)
    chosen = (types["chosen"] == "true_risk") & (types["type"] != "sure")
    return ContactPlan(ways=pd.DataFrame(rows), types=types[chosen].reset_index(drop=True))


def read_contacts(plan: ContactPlan) -> list[Readout]:
    """Give the numbers of three ways of choosing."""
    ways = plan.ways.set_index("chosen")
    saved, gain = 100 * ways["saved"], ways["gain"]
    return [
        Readout(_("saved of 100 contacted, by risk"), float(saved["risk"])),
        Readout(_("by uplift"), float(saved["uplift"])),
        Readout(_("by lot"), float(saved["by lot"])),
        Readout(_("would have left, of those contacted by risk"), float(ways["leavers"]["risk"]),
                "share"),
        Readout(_("profit a contact, by risk"), float(gain["risk"]), "yuan"),
        Readout(_("profit a contact, by uplift"), float(gain["uplift"]), "yuan"),
    ]  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class CutOffPlan:
    """How profit grows and falls with the number contacted.

    Parameters
    ----------
    curve : DataFrame
        From :func:`cvm.churn.profit_curve`.
    best : ScoreProfit
        From :func:`cvm.churn.expected_maximum_profit`.
    """

    curve: pd.DataFrame
    best: ScoreProfit


@needs_world
def cut_off_plan(world: Offer, *, n: int, seed: int) -> CutOffPlan:
    """Work out the profit of contacting more and more customers.

    Parameters
    ----------
    world : Offer
        Levers and assumptions.
    n, seed : int
        Customers ever won, and luck.

    Returns
    -------
    CutOffPlan
    """
    left, score = _scored(n, seed)
    return CutOffPlan(
        curve=profit_curve(left, score, offer=world),
        best=expected_maximum_profit(left, score, offer=world),
    )


def read_cut_off(plan: CutOffPlan) -> list[Readout]:
    """Give the numbers of a cut-off."""
    top = plan.curve.nlargest(1, "profit").iloc[0]
    return [
        Readout(_("contact"), float(top["contacted"]), "share"),
        Readout(_("leavers reached"), float(top["found"]), "share"),
        Readout(_("profit per customer scored"), float(top["profit"]), "yuan"),
        Readout(_("of contacting everybody"), float(plan.curve["profit"].iloc[-1]), "yuan"),
        Readout(_("expected maximum profit"), plan.best.value, "yuan"),
        Readout(_("knowing who leaves"), plan.best.perfect, "yuan"),
    ]


@dataclass(frozen=True, kw_only=True, eq=False)
class CampaignPlan:
    """Readings of one campaign.

    Parameters
    ----------
    effects : DataFrame
        From :func:`cvm.churn.compare_effects`.
    contacted : float
        Customers contacted, a share.
    """

    effects: pd.DataFrame
    contacted: float


def campaign_plan(world: Churn, *, n: int, seed: int) -> CampaignPlan:
    """Simulate a campaign and read it in two ways.

    Parameters
    ----------
    world : Churn
        Levers and assumptions.
    n, seed : int
        Customers ever won, and luck.

    Returns
    -------
    CampaignPlan
    """
    people = simulate_churn(world, n=n, seed=seed).campaign
    return CampaignPlan(
        effects=compare_effects(people), contacted=float(people["contacted"].mean())
    )


def read_campaign(plan: CampaignPlan) -> list[Readout]:
    """Give the numbers of two readings."""
    effects = 100 * plan.effects["effect"]
    truth = 100 * float(plan.effects["true_effect"].iloc[0])
    return [
        Readout(_("held of 100 contacted: as they are"), float(effects[0])),
        Readout(_("weighted to be alike"), float(effects[1])),
        Readout(_("the truth"), truth),
        Readout(_("error as they are"), float(effects[0]) - truth),
        Readout(_("error when weighted"), float(effects[1]) - truth),
        Readout(_("customers contacted"), plan.contacted, "share"),
    ]


def win_back_plan(world: WinBack, *, n: int, seed: int) -> pd.DataFrame:
    """Work out whom to win back, exactly.

    Parameters
    ----------
    world : WinBack
        Levers and assumptions.
    n, seed : int
        Not used; every what-if takes them.

    Returns
    -------
    DataFrame
        From :func:`cvm.churn.win_back_expected`, with ``group`` for the cause.
    """
    return win_back_expected(world).rename(columns={"cause": "group"})


def read_win_back(plan: pd.DataFrame) -> list[Readout]:
    """Give the numbers of winning back."""
    rows = plan.set_index("group")
    tried, cost = rows["profit_tried"].to_dict(), rows["cost_regained"].to_dict()
    return [
        Readout(_("profit for each tried: lost by service"), tried["service"], "yuan"),
        Readout(_("lost for the price"), tried["price"], "yuan"),
        Readout(_("dismissed"), tried["dismissed"], "yuan"),
        Readout(_("cost of one regained, lost by service"), cost["service"], "yuan"),
        Readout(_("causes worth trying"), float((rows["profit_tried"] > 0).sum())),
        Readout(_("causes cheaper than a new customer"), float(rows["cheaper"].sum())),
    ]


@lru_cache(maxsize=4)
def _scored(n: int, seed: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Who left, and a risk learnt from others: the same whatever the offer."""
    learnt = simulate_churn(Churn(), n=n, seed=seed + 1).campaign
    new = simulate_churn(Churn(contacted=0.05), n=n, seed=seed).campaign
    alone = new[~new["contacted"].astype(bool)]
    return alone["left"].to_numpy(dtype=float), risk_model(learnt).score(alone)


def _ways_picture(plan: ContactPlan, *, ax: Axes, case: Case) -> Axes:
    return plots.targeting(plan.ways, ax=ax, case=case)


def _types_picture(plan: ContactPlan, *, ax: Axes, case: Case) -> Axes:
    return plots.type_shares(plan.types, ax=ax, case=case)


def _cut_off_picture(plan: CutOffPlan, *, ax: Axes, case: Case) -> Axes:
    return plots.profit_by_contacts(plan.curve, ax=ax, case=case)


def _campaign_picture(plan: CampaignPlan, *, ax: Axes, case: Case) -> Axes:
    return plots.campaign_effects(plan.effects, ax=ax, case=case)


def _win_back_picture(plan: pd.DataFrame, *, ax: Axes, case: Case) -> Axes:
    return plots.win_back(plan, ax=ax, case=case)


def _cost_picture(plan: pd.DataFrame, *, ax: Axes, case: Case) -> Axes:
    new = float(plan["cost_new"].iloc[0])
    return plots.cost_regained(plan, ax=ax, case=case, cost_new=new)
