"""The topics' curves, tabulated once for a market.

The months run for every person, and a curve such as attitude over satisfaction costs a
hundred times a look into a table of it. So the market asks each topic's own function once
for a fine grid and looks the answers up: it restates no equation. Satisfaction is on a
grid of 1/16 of a point, chances on one of 1/16,384.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cvm import behaviour, loyalty
from cvm.levers import needs_world
from cvm.market.parameters import Market
from cvm.service import moments as service

__all__ = ["Chains", "tabulate"]

Single = NDArray[np.float32]
Index = NDArray[np.intp]

#: Nodes for a point of satisfaction, and for a chance from 0 to 1.
POINT = 16
CHANCE = 16_384
SPAN = 100 * POINT + 1
#: Complaints a month at a full desk beyond which a desk is as overloaded as can be.
LOAD = 4096


@dataclass(frozen=True, kw_only=True)
class Chains:
    """The tables, and the way to look things up in them."""

    attitude: Single  # by satisfaction
    intention: Single  # by member, then satisfaction
    unformed: Single  # yearly chance to stay without habit, by member, then satisfaction
    formed: Single  # what a full habit adds to it, likewise
    leave: Single  # monthly chance to leave, by yearly chance to stay
    wallet: Single  # share of wallet times reaction to price, by satisfaction
    referral: Single  # chance to refer, by satisfaction
    habit: Single  # by tenure in months
    serve: Single  # cost of serving in yuan a month, by tenure
    response: NDArray[np.float64]  # days until a complaint is answered, by load

    def node(self, satisfaction: Single) -> Index:
        """Find the place of a satisfaction (0-100) in the tables."""
        return (satisfaction * POINT + np.float32(0.5)).astype(np.intp)


@needs_world
def tabulate(market: Market, *, longest: int) -> Chains:
    """Ask the topics for their curves.

    Parameters
    ----------
    market : Market
        Levers and assumptions.
    longest : int
        Longest tenure that can come up, months.

    Returns
    -------
    Chains
    """
    world, bonds = market.behaviour, market.loyalty
    points = np.linspace(0, 100, SPAN)
    held = loyalty.attitude(points, bonds)
    meant = np.stack([_intention(market, held, member) for member in (False, True)])
    unformed = loyalty.behaviour_probability(meant, 0.0, bonds)
    formed = loyalty.behaviour_probability(meant, 1.0, bonds)
    wallet = behaviour.share_of_wallet(held, world)
    wallet = wallet * behaviour.price_response(market.firm.price, held, world)
    months = np.arange(longest + 1)
    stays = loyalty.monthly_retention(np.linspace(0, 1, CHANCE + 1))
    return Chains(
        attitude=_single(held), intention=_single(meant), unformed=_single(unformed),
        formed=_single(formed - unformed), leave=_single(behaviour.hazard(stays)),
        wallet=_single(wallet), referral=_single(behaviour.referral_chance(held, world)),
        habit=_single(behaviour.habit(months, world)),
        serve=_single(behaviour.cost_to_serve(months, world)),
        response=service.response_time(
            np.arange(LOAD + 1), np.full(LOAD + 1, market.service.staff), market.service
        ),
    )  # fmt: skip


def _intention(market: Market, held: NDArray[np.float64], member: bool) -> NDArray[np.float64]:
    bonds = market.loyalty
    financial = min(1.0, bonds.financial + member * market.people.member_bond)
    cost = loyalty.switching_cost(financial, bonds.social, bonds.structural, bonds)
    return loyalty.intention(held, cost, bonds)


def _single(table: NDArray[np.floating[Any]]) -> Single:
    return np.ascontiguousarray(table.ravel(), dtype=np.float32)
