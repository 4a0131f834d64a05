r"""A service plan: cut the tiers, then split the service budget over them.

Two decisions of the firm that belong together: who counts as a key customer, and what
each tier's service may cost.

**The model.** It has no equations of its own. The customer base is that of
:mod:`cvm.tiering.accounts`, tiers are cut by rank of profit
(:func:`cvm.tiering.assign_tiers`), and the money is split by :mod:`cvm.tiering.budget`::

    key        the best  key_share  of customers
    ordinary   the next  ordinary_share
    small      everybody else
    budget   = service_budget * customers, a year

**The estimand.** The spend on each tier that makes return less spend largest, and what
"spend where the value is" would lose against it.

**What the naive answer gets wrong.** A wide top tier looks generous. Every customer moved
into it makes the tier's average smaller, and with it what each of its members is worth
serving; a narrow one puts the money on few customers whose response is soon exhausted.
What the best split earns changes with the cuts, and the two must be chosen together.

**Simplified for teaching.** Tiers are cut on the profit of one period, luck included
(:mod:`cvm.tiering.migration` says what that does), and a customer's response is that of
the tier he is put in: calling a customer "key" makes him respond like one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cvm.inputs import whole_number
from cvm.levers import lever, needs_world
from cvm.luck import Luck
from cvm.results import Result
from cvm.tiering.accounts import Accounts, simulate_accounts
from cvm.tiering.budget import Allocation, ServiceResponse, allocate
from cvm.tiering.tiers import assign_tiers, pyramid
from cvm.words import N_

__all__ = ["ServicePlan", "TierPlan", "plan_service"]


Part = TypeVar("Part", Accounts, ServiceResponse)


class TierPlan(Accounts, ServiceResponse):
    """Where the tiers are cut and what service may cost, in a customer base that responds."""

    key_share: float = lever(
        0.04, low=0.01, high=0.30, step=0.01, unit="share",
        meaning=N_("Best customers who count as key"),
    )  # fmt: skip
    ordinary_share: float = lever(
        0.16, low=0.01, high=0.60, step=0.01, unit="share",
        meaning=N_("Next best customers who count as ordinary"),
    )  # fmt: skip
    service_budget: float = lever(
        12.0, low=0.0, high=40.0, step=1.0, unit=N_("yuan a customer"),
        meaning=N_("Service budget of a year, over all customers"),
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class ServicePlan(Result):
    """Tiers, what they bring, and what is spent on them.

    Parameters
    ----------
    allocation : Allocation
        The split of the budget, best and by value.
    tiers : DataFrame
        One row a tier: the columns of :func:`cvm.tiering.pyramid` for one year, then
        ``spend`` (currency a year), ``spend_share`` (of all that is spent) and
        ``spend_per_customer``.
    """

    allocation: Allocation
    tiers: pd.DataFrame

    def sentence(self) -> str:
        """Say what the split earns."""
        return self.allocation.sentence()

    def to_frame(self) -> pd.DataFrame:
        """Give one row a tier."""
        return self.tiers.copy()


@needs_world
def plan_service(world: TierPlan, *, n: int, seed: int) -> ServicePlan:
    """Cut the tiers of a simulated customer base and split the service budget.

    Parameters
    ----------
    world : TierPlan
        Levers and assumptions.
    n : int
        Customers.
    seed : int
        The luck; the same seed meets the same customers under any plan.

    Returns
    -------
    ServicePlan

    Raises
    ------
    CvmError
        If all customers together earn nothing, so that there is nothing to share out.
    """
    n, seed = whole_number(n, name="n"), Luck(seed).seed
    cuts = (world.key_share, world.key_share + world.ordinary_share)
    tiers = _tiers(_part(world, Accounts), n, seed, cuts)
    response = _part(world, ServiceResponse)
    allocation = allocate(tiers, budget=world.service_budget * n, response=response)
    spend = allocation.tiers["spend_best"].to_numpy()
    total = spend.sum()
    share = spend / total if total > 0 else np.zeros_like(spend)
    customers = tiers["customers"].to_numpy()
    each = np.divide(spend, customers, out=np.zeros_like(spend), where=spend > 0)
    tiers = pd.DataFrame(
        {**tiers, "spend": spend, "spend_share": share, "spend_per_customer": each}
    )
    return ServicePlan(allocation=allocation, tiers=tiers)


# Moving a cut or the budget meets the very same customers: no need to draw them again.
@lru_cache(maxsize=4)
def _yearly_profit(world: Accounts, n: int, seed: int) -> NDArray[np.float64]:
    profit = simulate_accounts(world, n=n, seed=seed).customers["profit"].to_numpy()
    yearly: NDArray[np.float64] = profit * 12 / world.months
    yearly.flags.writeable = False
    return yearly


@lru_cache(maxsize=16)
def _tiers(world: Accounts, n: int, seed: int, cuts: tuple[float, float]) -> pd.DataFrame:
    """Give the pyramid of a year; only ever copied from, never changed."""
    profit = _yearly_profit(world, n, seed)
    return pyramid(profit, assign_tiers(profit, cuts=cuts))


def _part(world: TierPlan, kind: type[Part]) -> Part:
    return kind(**{item.name: getattr(world, item.name) for item in kind.declared()})
