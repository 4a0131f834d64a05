r"""The loyalty effect: what a longer customer life is worth, to whom, and when.

A customer costs ``acquisition`` to win and then earns, in year :math:`j + 1`,

.. math:: p_j = \text{base} + (\text{growth} + \text{savings} + \text{referrals} +
   \text{premium})\,\min(j, K), \qquad j = 0, 1, 2, \dots

the four slopes being what Reichheld & Sasser name: larger purchases, lower operating
cost, referrals, a price premium; they level off after :math:`K` years. A year is
followed by another with probability :math:`r` (retention), so a life has the length
:math:`1/(1-r)` years on average. With interest :math:`i` and :math:`x = r/(1+i)`

.. math:: V(r) = -\text{acquisition} + \frac{\text{base}}{1-x}
   + \text{slope}\,\frac{x\,(1-x^K)}{(1-x)^2}.

**The arithmetic of the source.** From 10 % to 5 % defection the average life goes from
10 to 20 years: it doubles, in every industry. That is why 5 points are worth so much.

**Three readings of "5 % more loyalty, 25-85 % more profit"**, each exact here:

* *points or per cent.* The source moves retention by 5 percentage **points**. From 90 %
  that is a rise of 5.6 % in retention and a fall of 50 % in defection. Five per cent
  **of** a retention of 60 % are 3 points.
* *customer or firm.* The source values an average customer over the whole life. The
  firm's profit of next year is another matter: the customers who now stay arrive one
  by one, the overhead stays, and keeping them costs money (:func:`firm_years`).
* *caused or given.* The source compares; it does not say that a programme which costs
  nothing would bring the points about.

**The estimand.** The rise of :math:`V` when retention rises by ``points``; and the rise
of a firm's yearly profit, the firm being in balance before: as many won as lost.

**What the naive answer gets wrong.** It takes the rise in customer value for the rise in
profit. At the defaults the customer is worth 56 % more, and the firm earns 6 % *less*
in the first year, because the programme is paid for all and has kept few so far. In the
fifth year it earns 32 % more.

**Simplified for teaching.** One retention for all customers and ages (that those who
stay differ from those who leave: :mod:`cvm.loyalty.tenure`); profit comes at the start
of a year; acquisition goes on as before; the firm has no limit of capacity.

**Where it comes from.** Reichheld & Sasser (1990): the published abstract has 85 %
(bank branches), 50 % (insurance brokerage), 30 % (auto service) for 5 points, and 125 %
at MBNA when defection was halved; further industries are known at second hand only.
That points are not per cent and customer value is not firm profit is Sharp's (2010)
critique, at second hand. The sizes below are for teaching.

References
----------
Reichheld, F. F. & Sasser, W. E. (1990). Zero defections: quality comes to services.
*Harvard Business Review* 68(5), 105-111.
Sharp, B. (2010). *How Brands Grow*. Oxford University Press.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from cvm.errors import CvmError
from cvm.inputs import number_array, whole_number
from cvm.levers import Levers, assumption, lever, needs_world
from cvm.luck import Luck, bernoulli
from cvm.results import Result, number
from cvm.words import N_, _

__all__ = [
    "PUBLISHED",
    "EffectOfPoints",
    "LoyaltyEffect",
    "customer_value",
    "firm_years",
    "life",
    "loyalty_effect",
    "profit_by_year",
    "simulate_firm",
]

Floats = NDArray[np.float64]

#: Rise in the value of an average customer as the published abstract has it; the first
#: three for 5 points of defection, the last for defection halved.
PUBLISHED = {
    N_("bank branches"): 0.85,
    N_("insurance brokerage"): 0.50,
    N_("auto service"): 0.30,
    N_("credit cards (MBNA, defection halved)"): 1.25,
}
#: The parts that grow with the years as a customer.
SLOPES = ("growth", "savings", "referrals", "premium")
#: The longest look ahead; luck is drawn for all of it.
HORIZON = 40
#: Retention never quite reaches 1, or a life would have no end.
MOST = 0.995


class LoyaltyEffect(Levers):
    """A customer's profit by year, and a firm that would raise retention."""

    points: float = lever(
        0.05, low=0, high=0.2, unit="points",
        meaning=N_("Points of retention the programme adds"),
        source=N_("the 5 points of Reichheld & Sasser 1990"),
    )  # fmt: skip
    programme_cost: float = lever(
        8.0, low=0, high=60, unit=N_("yuan"),
        meaning=N_("What the programme costs per customer and year"),
    )  # fmt: skip
    years: int = lever(
        20, low=2, high=HORIZON, unit=N_("years"), meaning=N_("How far ahead the firm looks")
    )
    retention: float = assumption(
        0.9, low=0, high=MOST, unit="share", meaning=N_("Customers who stay another year today"),
        source=N_("10 % defection, the example of Reichheld & Sasser 1990"),
    )  # fmt: skip
    acquisition: float = assumption(
        120.0, low=0, high=1000, unit=N_("yuan"), meaning=N_("Cost of winning a customer")
    )
    base: float = assumption(
        60.0, low=0, high=1000, unit=N_("yuan"), meaning=N_("Profit of the first year")
    )
    growth: float = assumption(
        4.0, low=-20, high=100, unit=N_("yuan"),
        meaning=N_("Extra profit a year, each year, because the customer buys more"),
    )  # fmt: skip
    savings: float = assumption(
        2.0, low=-20, high=100, unit=N_("yuan"),
        meaning=N_("Extra profit a year, each year, because serving gets cheaper"),
    )  # fmt: skip
    referrals: float = assumption(
        2.0, low=0, high=100, unit=N_("yuan"),
        meaning=N_("Extra profit a year, each year, from those the customer sends"),
    )  # fmt: skip
    premium: float = assumption(
        1.0, low=-20, high=100, unit=N_("yuan"),
        meaning=N_("Extra profit a year, each year, because the customer pays a better price"),
        source=N_("named by Reichheld & Sasser 1990, doubted by Reinartz & Kumar 2002; teaching"),
    )  # fmt: skip
    ramp_years: int = assumption(
        7, low=0, high=30, unit=N_("years"), meaning=N_("Years until the four extras level off")
    )
    discount: float = assumption(
        0.1, low=0, high=0.5, unit="share", meaning=N_("Interest rate for later money")
    )
    overhead: float = assumption(
        40.0, low=0, high=500, unit=N_("yuan"),
        meaning=N_("Fixed cost of the firm a year, per customer it has today"),
    )  # fmt: skip


def life(retention: ArrayLike) -> Floats:
    """Give the average length of a customer's life.

    Parameters
    ----------
    retention : array_like
        Chance of another year, from 0 to below 1.

    Returns
    -------
    ndarray
        Years, ``1 / (1 - retention)``: the year of winning counts as the first.
    """
    kept = number_array(retention, name="retention")
    if not np.all((kept >= 0) & (kept < 1)):
        raise CvmError(
            _("A retention rate lies from 0 to below 1."),
            given=retention,
            remedy=_("Write 0.9 for 90 %."),
        )
    return 1 / (1 - kept)


@needs_world
def customer_value(world: LoyaltyEffect, *, retention: ArrayLike | None = None) -> Floats:
    """Value an average customer over the whole life, in closed form.

    Parameters
    ----------
    world : LoyaltyEffect
        Levers and assumptions.
    retention : array_like, optional
        Retention to value instead of the world's; from 0 to below 1.

    Returns
    -------
    ndarray
        Currency per customer won, after the cost of winning, before the programme's.
    """
    if retention is None:
        retention = world.retention
    life(retention)  # speaks up if it is no retention
    x = np.asarray(retention, float) / (1 + world.discount)
    ramp = x * (1 - x**world.ramp_years) / (1 - x) ** 2
    return -world.acquisition + world.base / (1 - x) + _slope(world) * ramp


@needs_world
def profit_by_year(world: LoyaltyEffect, *, years: int = 10) -> pd.DataFrame:
    """Tabulate what a customer who stays earns, part by part.

    Parameters
    ----------
    world : LoyaltyEffect
        Levers and assumptions.
    years : int
        Years to show, 1 or more.

    Returns
    -------
    DataFrame
        One row a year from 0 (the winning): ``year``, ``acquisition`` (negative),
        ``base``, ``growth``, ``savings``, ``referrals``, ``premium``, ``profit`` (their
        sum), ``cumulative`` (of one who stays all the time), ``staying`` (share of those
        won who are there), ``expected`` (profit x staying) and ``expected_cumulative``
        (undiscounted).
    """
    years = whole_number(years, name="years")
    j = np.arange(years)
    table = pd.DataFrame({"year": np.arange(years + 1), "acquisition": 0.0})
    table.loc[0, "acquisition"] = -world.acquisition
    table["base"] = np.r_[0.0, np.full(years, world.base)]
    for name in SLOPES:
        table[name] = np.r_[0.0, getattr(world, name) * np.minimum(j, world.ramp_years)]
    table["profit"] = table[["acquisition", "base", *SLOPES]].sum(axis=1)
    table["cumulative"] = table["profit"].cumsum()
    table["staying"] = np.r_[1.0, world.retention**j]
    table["expected"] = table["profit"] * table["staying"]
    table["expected_cumulative"] = table["expected"].cumsum()
    return table


@dataclass(frozen=True, kw_only=True, repr=False)
class EffectOfPoints(Result):
    """What some points of retention are worth, to the customer's value and to the firm.

    Parameters
    ----------
    retention, retention_after : float
        Shares, before and after.
    life, life_after : float
        Average life, years.
    value, value_after : float
        Value of a customer over the life, yuan, before the programme's cost.
    value_rise : float
        Rise in that value, as a share: the reading of the source.
    per_cent_rise : float
        The same if retention rose by as many per cent instead of points.
    first_year_rise, fifth_year_rise : float
        Rise in the firm's profit in its first and fifth year, after the programme's cost.
    break_even_cost : float
        Programme cost per customer and year that eats the gain in value up.
    """

    retention: float
    retention_after: float
    life: float
    life_after: float
    value: float
    value_after: float
    value_rise: float
    per_cent_rise: float
    first_year_rise: float
    fifth_year_rise: float
    break_even_cost: float

    def sentence(self) -> str:
        """Say the source's reading and the firm's beside it."""
        return _(
            "Retention from {before} to {after}: the average life grows from {life} to "
            "{life_after}, the value of a customer by {value}; the firm's profit changes by "
            "{first} in the first year and by {fifth} in the fifth.",
            before=number(self.retention, "share"),
            after=number(self.retention_after, "share"),
            life=number(self.life, "years"),
            life_after=number(self.life_after, "years"),
            value=_risen(self.value_rise),
            first=_risen(self.first_year_rise),
            fifth=_risen(self.fifth_year_rise),
        )


@needs_world
def loyalty_effect(world: LoyaltyEffect) -> EffectOfPoints:
    """Put the readings of one rise in retention side by side.

    Parameters
    ----------
    world : LoyaltyEffect
        Levers and assumptions; retention after the rise stops at 99.5 %.

    Returns
    -------
    EffectOfPoints
    """
    before, after = world.retention, _after(world, world.points)
    value, value_after = (float(customer_value(world, retention=r)) for r in (before, after))
    by_per_cent = float(
        customer_value(world, retention=_after(world, world.retention * world.points))
    )
    rise = firm_years(world.replace(years=max(world.years, 5)))["rise"]
    discounted_life = 1 / (1 - after / (1 + world.discount))
    return EffectOfPoints(
        retention=before, retention_after=after,
        life=float(life(before)), life_after=float(life(after)),
        value=value, value_after=value_after,
        value_rise=_rise(value, value_after), per_cent_rise=_rise(value, by_per_cent),
        first_year_rise=float(rise.iloc[1]), fifth_year_rise=float(rise.iloc[5]),
        break_even_cost=(value_after - value) / discounted_life,
    )  # fmt: skip


@needs_world
def firm_years(world: LoyaltyEffect) -> pd.DataFrame:
    """Follow a firm in balance year by year after retention rises, in closed form.

    Parameters
    ----------
    world : LoyaltyEffect
        Levers and assumptions. The firm has one customer (think: one unit) and wins each
        year the share it loses today; it goes on winning as many after the rise.

    Returns
    -------
    DataFrame
        One row a year from 0 (today, before the rise): ``year``, ``customers`` and
        ``customers_after`` (today is 1), ``profit`` and ``profit_after`` (yuan a
        year, per customer of today, after acquisition, overhead and programme),
        ``rise`` (share of today's profit; unknown if that is not above zero) and
        ``cumulative_gain``.
    """
    years = np.arange(world.years + 1)
    before = _contribution(world, world.retention, years)
    after = _contribution(world, _after(world, world.points), years)
    fixed = world.overhead + world.acquisition * (1 - world.retention)
    cost = world.programme_cost * after[0] * (years > 0)
    return _firm_table(years, (before[0], after[0]), (before[1] - fixed, after[1] - fixed - cost))


@needs_world
def simulate_firm(world: LoyaltyEffect, *, n: int, seed: int) -> pd.DataFrame:
    """Follow single customers of the same firm, one luck for both worlds.

    Parameters
    ----------
    world : LoyaltyEffect
        Levers and assumptions.
    n : int
        Customers at the start, 1 or more.
    seed : int
        The luck; a customer kept without the programme is kept with it.

    Returns
    -------
    DataFrame
        As from :func:`firm_years`, per customer at the start.
    """
    n = whole_number(n, name="n")
    years, lost = np.arange(world.years + 1), 1 - world.retention
    yearly = max(1, round(n * lost))
    size = n + yearly * world.years
    # Those of today have an age; each later customer has the year of winning instead.
    age = np.zeros(size, int)
    if world.retention > 0:
        u = Luck(seed).uniform("age today", n)
        age[:n] = np.floor(np.log1p(-u) / np.log(world.retention)).astype(int)
    won = np.r_[np.zeros(n, int), np.repeat(np.arange(1, world.years + 1), yearly)]
    weight = np.r_[np.full(n, 1 / n), np.full(size - n, lost / yearly)]
    stays = np.r_[
        Luck(seed).uniform("stay", n, HORIZON), Luck(seed).uniform("stay, won", size - n, HORIZON)
    ]
    worlds = []
    for kept in (world.retention, _after(world, world.points)):
        worlds.append(_follow(world, bernoulli(stays, kept), age, won, weight))
    fixed = world.overhead + world.acquisition * lost
    (count, earned), (count_after, earned_after) = worlds
    cost = world.programme_cost * count_after * (years > 0)
    return _firm_table(years, (count, count_after), (earned - fixed, earned_after - fixed - cost))


def _follow(
    world: LoyaltyEffect,
    stay: NDArray[np.bool_],
    age: NDArray[np.int_],
    won: NDArray[np.int_],
    weight: Floats,
) -> tuple[Floats, Floats]:
    """Count customers and their contribution in each year from today."""
    alive = np.ones(len(age), bool)
    count, earned = np.zeros(world.years + 1), np.zeros(world.years + 1)
    for year in range(world.years + 1):
        here = won <= year
        if year:  # those won this year have not had to decide yet
            alive &= stay[:, year - 1] | (won >= year)
        held = weight * (alive & here)
        tenure = np.minimum(age + year - won, world.ramp_years)
        count[year] = held.sum()
        earned[year] = held @ (world.base + _slope(world) * tenure)
    return count, earned


def _contribution(
    world: LoyaltyEffect, after: float, years: NDArray[np.int_]
) -> tuple[Floats, Floats]:
    """Expect customers and their contribution, retention being ``after`` from today on."""
    before, lost, K = world.retention, 1 - world.retention, world.ramp_years
    survive = after**years
    left = np.maximum(K - years, 0)
    # Of a balanced stock, E min(age + t, K) = min(t, K) + r (1 - r^left) / (1 - r).
    ages = np.minimum(years, K) + before * (1 - before**left) / lost
    old = survive * (world.base + _slope(world) * ages)
    profits = world.base + _slope(world) * np.minimum(years, K)
    new = lost * np.r_[0.0, np.cumsum(survive * profits)[:-1]]
    return survive + lost * np.r_[0.0, np.cumsum(survive)[:-1]], old + new


def _firm_table(
    years: NDArray[np.int_], customers: tuple[Floats, Floats], profit: tuple[Floats, Floats]
) -> pd.DataFrame:
    today = profit[0][0]
    change = profit[1] - profit[0]
    return pd.DataFrame(
        {
            "year": years,
            "customers": customers[0],
            "customers_after": customers[1],
            "profit": profit[0],
            "profit_after": profit[1],
            "rise": change / today if today > 0 else np.nan,
            "cumulative_gain": change.cumsum(),
        }
    )


def _after(world: LoyaltyEffect, points: float) -> float:
    return min(world.retention + points, MOST)


def _slope(world: LoyaltyEffect) -> float:
    return float(sum(getattr(world, name) for name in SLOPES))


def _risen(rise: float) -> str:
    if np.isnan(rise):
        return _("a share that cannot be told (there is nothing to gain upon today)")
    return number(rise, "share")


def _rise(before: float, after: float) -> float:
    """The rise as a share; of a value that is not above zero there is none."""
    return after / before - 1 if before > 0 else float("nan")
