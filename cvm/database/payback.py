r"""Break-even of a customer database: when knowing customers pays, and when it does not.

A customer buys :math:`f` times a year and leaves a margin :math:`m` each time. Knowing the
customer lets the firm speak at the right moment with the right offer. That moves a purchase
only if the customer cares which brand it is: a share :math:`b` does. Of their purchases a
share :math:`l` is added. So a record earns, and costs, in a year

.. math:: e = f\,m\,b\,l, \qquad c = c_\text{record} ,

and :math:`N` records over :math:`Y` years at discount rate :math:`d` leave

.. math:: V = -K + N\,(e - c)\,a, \qquad
          a = \sum_{y=1}^{Y} (1+d)^{-y} ,

:math:`K` the cost of setting up. **The estimand** is :math:`V`; the least number of records
that pays is :math:`N^* = K / \bigl((e - c)\,a\bigr)`, and none if :math:`e \le c`.

**The course's three cases in which it does not pay** are three ways to make :math:`e`
small: goods bought once in a lifetime (:math:`f` near zero), no brand loyalty
(:math:`b` near zero), cost above benefit (:math:`c` or :math:`K` large). They are in
:data:`CASES`.

**What the naive answer gets wrong.** It counts all purchases of known customers as the
database's. At the defaults they leave 240 yuan a record and year; what the database *adds*
is 7.2.

**Simplified for teaching.** Records neither grow nor fade; what it costs to keep one right
is in :math:`c`. The other uses of a database (warnings, classes, service) come on top.
Source of the idea: the course; the arithmetic is a net present value.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cvm.levers import Levers, assumption, lever, needs_world
from cvm.results import Result, number
from cvm.words import N_, _

__all__ = ["CASES", "Payback", "PaybackCase", "payback", "payback_table"]


class PaybackCase(Levers):
    """A customer database, what it costs, and what it moves."""

    customers: int = lever(
        20_000,
        low=100,
        high=200_000,
        step=100,
        unit=N_("customers"),
        meaning=N_("Customers on record"),
    )
    setup: float = lever(
        200_000.0,
        low=0,
        high=2_000_000,
        step=10_000,
        unit=N_("yuan"),
        meaning=N_("Setting it up, once"),
    )
    record_cost: float = lever(
        3.0,
        low=0,
        high=50,
        step=0.5,
        unit=N_("yuan"),
        meaning=N_("Keeping one record right for a year"),
    )
    years: int = lever(5, low=1, high=15, unit=N_("years"), meaning=N_("Years it is judged over"))
    purchases: float = assumption(
        6.0,
        low=0.02,
        high=24,
        step=0.02,
        unit=N_("purchases"),
        meaning=N_("Purchases of a customer in a year"),
    )
    margin: float = assumption(
        40.0, low=0, high=2000, step=5, unit=N_("yuan"), meaning=N_("Margin of a purchase")
    )
    loyalty: float = assumption(
        0.6,
        low=0,
        high=1,
        step=0.05,
        unit="share",
        meaning=N_("Customers who care which brand it is"),
    )
    lift: float = assumption(
        0.05,
        low=0,
        high=0.5,
        step=0.005,
        unit="share",
        meaning=N_("Purchases added among them by knowing the customer"),
    )
    discount: float = assumption(
        0.10, low=0, high=0.5, step=0.01, unit="share", meaning=N_("Yearly discount rate")
    )  # fmt: skip


#: Cases the course names, as what differs from the default.
CASES = {
    N_("telephone contracts"): PaybackCase(),
    N_("wedding dresses: once in a lifetime"): PaybackCase(purchases=0.02, margin=1500.0),
    N_("salt: no brand loyalty"): PaybackCase(purchases=12.0, margin=5.0, loyalty=0.0),
    N_("a village shop: cost above benefit"): PaybackCase(customers=400, purchases=24.0, margin=8.0),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True, repr=False)
class Payback(Result):
    """What a database leaves.

    Parameters
    ----------
    value : float
        Net present value over the years, yuan.
    earned, cost : float
        What one record adds and costs in a year, yuan.
    least_customers : float
        Records from which it pays; infinite if none do.
    payback_years : float
        Years until the set-up is back, discounted; infinite if never.
    naive_value : float
        The value if all margin of known customers were the database's doing.
    """

    value: float
    earned: float
    cost: float
    least_customers: float
    payback_years: float
    naive_value: float

    def sentence(self) -> str:
        """Say whether it pays, and from how many customers on."""
        each = {"earned": number(self.earned), "cost": number(self.cost)}
        if not np.isfinite(self.least_customers):
            return _(
                "A record adds {earned} and costs {cost} yuan a year: no number of customers makes "
                "it pay.", **each,
            )  # fmt: skip
        pays = _("pays") if self.value > 0 else _("does not pay")
        return _(
            "It {pays}: {value} yuan over the years. A record adds {earned} and costs {cost} yuan a "
            "year, so it takes {least} customers.",
            pays=pays, value=number(self.value), least=number(np.ceil(self.least_customers)), **each,
        )  # fmt: skip


@needs_world
def payback(world: PaybackCase) -> Payback:
    """Work out what a database leaves, exactly.

    Parameters
    ----------
    world : PaybackCase
        Levers and assumptions.

    Returns
    -------
    Payback
    """
    bought = world.purchases * world.margin
    earned = bought * world.loyalty * world.lift
    gain = earned - world.record_cost
    return Payback(
        value=world.customers * gain * _annuity(world, world.years) - world.setup,
        earned=earned, cost=world.record_cost,
        least_customers=world.setup / (gain * _annuity(world, world.years)) if gain > 0 else np.inf,
        payback_years=_until_back(world, gain),
        naive_value=world.customers * (bought - world.record_cost) * _annuity(world, world.years)
        - world.setup,
    )  # fmt: skip


@needs_world
def payback_table(world: PaybackCase) -> pd.DataFrame:
    """Follow the money year by year.

    Parameters
    ----------
    world : PaybackCase
        Levers and assumptions.

    Returns
    -------
    DataFrame
        ``year`` from 0, ``value`` (discounted, so far), ``naive`` (the same if all margin
        were the database's doing).
    """
    found = payback(world)
    years = np.arange(world.years + 1)
    shares = np.array([_annuity(world, int(year)) for year in years])
    gain, naive = found.earned - found.cost, world.purchases * world.margin - found.cost
    return pd.DataFrame({
        "year": years,
        "value": world.customers * gain * shares - world.setup,
        "naive": world.customers * naive * shares - world.setup,
    })  # fmt: skip


def _annuity(world: PaybackCase, years: int) -> float:
    return float(((1 + world.discount) ** -np.arange(1.0, years + 1)).sum())


def _until_back(world: PaybackCase, gain: float) -> float:
    """Years until the discounted gains equal the set-up, part of a year included."""
    if gain <= 0:
        return np.inf if world.setup else 0.0
    needed = world.setup / (world.customers * gain)
    if not world.discount:
        return needed
    left = 1 - needed * world.discount
    return float(abs(np.log(left)) / np.log1p(world.discount)) if left > 0 else np.inf
