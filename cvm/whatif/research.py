"""The what-ifs of chapter 13: the power of a study, who joins what it studies, where a claim is true.

Each joins functions of :mod:`cvm.research` with a plot and a few numbers; the equations stand
there. All three are worked out exactly, so that luck moves nothing. The functions that compute
and read are public, so that the code of a copied scenario runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cvm import plots
from cvm.levers import Levers
from cvm.plots.style import Case
from cvm.research.joining import Joining, expected_answers
from cvm.research.power import DealerPilot, PilotPower, pilot_power, power_by_size, sampling_law
from cvm.research.truthmap import TruthMap, truth_map, world_of
from cvm.whatif.explorer import WhatIf, explore
from cvm.whatif.scenario import Readout
from cvm.words import N_, _

if TYPE_CHECKING:
    from cvm.plots.style import Axes

__all__ = [
    "PilotPlan",
    "claim_map",
    "method_answers",
    "pilot_plan",
    "power",
    "read_answers",
    "read_map",
    "read_pilot",
    "region_of_truth",
    "selection",
]


def power(world: DealerPilot | None = None, *, n: int = 1, seed: int = 1) -> WhatIf:
    """Move the size of a pilot, its dealers and the noise, and see what it could show.

    Parameters
    ----------
    world : DealerPilot, optional
        The base case; the defaults without it.
    n, seed : int
        Not used: the answer is exact.

    Returns
    -------
    WhatIf
        Left the estimates such studies would give, right the power by size.
    """
    return explore(world or DealerPilot(), pilot_plan, [_law_picture, _power_picture], read_pilot,
                   n=n, seed=seed, title=_("What a study of this size can show"))  # fmt: skip


def selection(world: Joining | None = None, *, n: int = 1, seed: int = 1) -> WhatIf:
    """Move who joins a programme and what is known of them, and see which answer is right.

    Parameters
    ----------
    world : Joining, optional
        The base case; the defaults without it.
    n, seed : int
        Not used: the answer is exact.

    Returns
    -------
    WhatIf
        Five answers with the intervals they would give, and the truth.
    """
    return explore(world or Joining(), method_answers, _answers_picture, read_answers, n=n,
                   seed=seed, title=_("Who joins, and what the study makes of it"))  # fmt: skip


#: Which assumptions of a claim get a slider.
_MAP_LEVERS = {
    "retention-profit": ["points", "retention", "acquisition", "base", "growth", "ramp_years", "discount"],
    "keep-vs-win": ["keep_share", "budget", "floor", "win_scale", "ceiling", "keep_scale", "customers", "market"],
}  # fmt: skip
_MAP_TITLES = {
    "retention-profit": N_("Where five points of retention are worth 25 to 85 %"),
    "keep-vs-win": N_("Where keeping costs a fifth of winning"),
}


def region_of_truth(claim: str = "retention-profit", *, n: int = 1, seed: int = 1) -> WhatIf:
    """Walk on the map of a claim: two assumptions say where one stands, the others move the map.

    Parameters
    ----------
    claim : {"retention-profit", "keep-vs-win"}
        Which.
    n, seed : int
        Not used: the map is exact.

    Returns
    -------
    WhatIf
        The map, its base case as borders in grey.

    Raises
    ------
    CvmError
        For a claim that has no such map.
    """
    world = world_of(claim)
    return explore(world, claim_map, _map_picture, read_map, n=n, seed=seed,
                   levers=_MAP_LEVERS[claim], title=_(_MAP_TITLES[claim]))  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class PilotPlan:
    """What a pilot would find.

    Parameters
    ----------
    law : DataFrame
        From :func:`cvm.research.power.sampling_law`.
    sizes : DataFrame
        From :func:`cvm.research.power.power_by_size`.
    size : int
        Customers of this one.
    found : PilotPower
        From :func:`cvm.research.power.pilot_power`.
    """

    law: pd.DataFrame
    sizes: pd.DataFrame
    size: int
    found: PilotPower


def pilot_plan(world: DealerPilot, *, n: int, seed: int) -> PilotPlan:
    """Work out what a pilot would find, exactly.

    Parameters
    ----------
    world : DealerPilot
        Levers and assumptions.
    n, seed : int
        Not used; every what-if takes them.

    Returns
    -------
    PilotPlan
    """
    return PilotPlan(law=sampling_law(world), sizes=power_by_size(world), size=world.size,
                     found=pilot_power(world))  # fmt: skip


def read_pilot(plan: PilotPlan) -> list[Readout]:
    """Give the numbers of a pilot."""
    found = plan.found
    return [
        Readout(_("power"), round(found.power, 4), "share"),
        Readout(_("what is found has the wrong sign"), round(found.type_s, 4), "share"),
        Readout(_("what is found, over the truth"), round(found.type_m, 3)),
        Readout(_("effect found in 80 % of studies"), round(found.detectable, 3), "yuan"),
        Readout(_("standard error"), round(found.se, 3), "yuan"),
        Readout(_("customers for a power of 80 %"), found.needed),
    ]


def method_answers(world: Joining, *, n: int, seed: int) -> pd.DataFrame:
    """Work out what each method answers, exactly.

    Parameters
    ----------
    world : Joining
        Levers and assumptions.
    n, seed : int
        Not used; every what-if takes them.

    Returns
    -------
    DataFrame
        From :func:`cvm.research.joining.expected_answers`.
    """
    return expected_answers(world)


def read_answers(answers: pd.DataFrame) -> list[Readout]:
    """Give the numbers of the answers: how far each is off, and the truth."""
    truth = float(answers["true_effect"].iloc[0])
    off = [
        Readout(_("{method}: off by", method=row["method"]), round(row["effect"] - truth, 3), "yuan")
        for row in answers.to_dict("records")[:4]
    ]  # fmt: skip
    last = answers.iloc[-1]
    half = float(last["high"] - last["low"]) / 2
    return [*off, Readout(_("drawn by lot: give or take"), round(half, 3), "yuan"),
            Readout(_("the truth"), truth, "yuan")]  # fmt: skip


def claim_map(world: Levers, *, n: int, seed: int) -> TruthMap:
    """Work out where a claim is true, exactly.

    Parameters
    ----------
    world : Levers
        The assumptions of a claim that has a map.
    n, seed : int
        Not used; every what-if takes them.

    Returns
    -------
    TruthMap
    """
    return truth_map(world)


_VALUES = {
    "retention-profit": (N_("value of a customer rises by"), "share"),
    "keep-vs-win": (N_("cost of keeping over winning"), ""),
}


def read_map(found: TruthMap) -> list[Readout]:
    """Give the numbers of a map: what it is here, and how much of the map the claim has."""
    words, unit = _VALUES[found.claim]
    share = found.table["place"].value_counts(normalize=True)
    row = _along(found)
    return [
        Readout(_("here: {what}", what=_(words)), round(found.value, 3), unit),
        Readout(_("the claim holds on the map in"), float(share.get("holds", 0.0)), "share"),
        Readout(_("less than claimed in"), float(share.get("less", 0.0)), "share"),
        Readout(_("more than claimed in"), float(share.get("more", 0.0)), "share"),
        Readout(_("at this height it holds from"), row[0], "share"),
        Readout(_("at this height it holds to"), row[1], "share"),
    ]


def _along(found: TruthMap) -> tuple[float, float]:
    """Give the ends of what holds in the row of fields one stands in."""
    x, y = found.x.name, found.y.name
    rows = found.table[y].to_numpy()
    nearest = rows[np.argmin(np.abs(rows - found.here[1]))]
    holds = found.table[(rows == nearest) & (found.table["place"] == "holds").to_numpy()][x]
    return (float(holds.min()), float(holds.max())) if len(holds) else (np.nan, np.nan)


def _law_picture(plan: PilotPlan, *, ax: Axes, case: Case) -> Axes:
    return plots.sampling_law(plan.law, ax=ax, case=case)


def _power_picture(plan: PilotPlan, *, ax: Axes, case: Case) -> Axes:
    return plots.power_curve(plan.sizes, here=(plan.size, plan.found.power), ax=ax, case=case)


def _answers_picture(answers: pd.DataFrame, *, ax: Axes, case: Case) -> Axes:
    return plots.comparison(answers, ax=ax, case=case)


def _map_picture(found: TruthMap, *, ax: Axes, case: Case) -> Axes:
    return plots.truth_map(
        found.table, here=found.here, borders=(found.low, found.high), ax=ax, case=case,
        x=_(found.x.meaning), y=_(found.y.meaning), x_unit=found.x.unit, y_unit=found.y.unit,
    )  # fmt: skip
