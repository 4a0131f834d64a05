r"""Rewards at a threshold: do privileges make customers climb, and how to know.

A customer who collects enough points in a year holds privileged status in the
next. The course hopes that "the big enjoy their privileges and work to keep them,
the small strive to rise". Two things can be behind that, and they differ:

* *points pressure* acts before the threshold: whoever is nearly there speeds up
  (the goal gradient of Kivetz, Urminsky & Zheng 2006);
* the *lift* acts after it: the privilege itself makes its holder come more often.

**The model.** One visit earns one point. Customer :math:`i` has a true rate of
visits a year, :math:`\lambda_i \sim` Gamma with mean ``mean_visits`` and shape
``evenness``. With :math:`k` points in hand and the threshold at :math:`c`, the next
visit comes at the rate

.. math:: \lambda_i\,(1 + \text{pressure}\cdot k/c) \quad (k < c), \qquad \lambda_i \quad (k \ge c),

and the year after is Poisson with mean :math:`\lambda_i(1+\text{lift})` for the
privileged and :math:`\lambda_i` for the others.

**The estimand.** The visits a year that the privilege adds for a customer who just
reached the threshold, :math:`\text{lift}\cdot E[\lambda_i \mid k=c]`. It is an effect
at the threshold: the heaviest customers would gain more, the lightest less.

**What the naive answer gets wrong.** Members come more often than others because
frequent visitors become members. Without pressure both years are Poisson on one
gamma rate (the negative binomial model of Ehrenberg 1959), so that
:math:`E[\lambda \mid k] = (a + k)/(b + 1)` with :math:`a` the evenness and
:math:`b = a/` mean (:func:`expected_rate`). Without pressure and at the other
defaults, members make 14.7 visits more in the year after than others; the privilege
adds 2.9 for a customer at the threshold and 4.5 for the average member. More than
two thirds of the naive difference is who they are, not what they were given.

**Simplified for teaching.** Nobody speeds up in the second year to keep the status,
nobody stockpiles visits, no point expires early, and all feel the same pressure.
Sizes of pressure and lift are assumptions to be moved; only the direction is from
the source.

References
----------
Kivetz, R., Urminsky, O. & Zheng, Y. (2006). The goal-gradient hypothesis resurrected.
*Journal of Marketing Research* 43(1), 39-58.
Ehrenberg, A. S. C. (1959). The pattern of consumer purchases. *Applied Statistics*
8(1), 26-41.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaincinv

from cvm.inputs import number_array, numbers_in, whole_number
from cvm.levers import Levers, assumption, lever, needs_world
from cvm.luck import Luck, poisson
from cvm.words import N_

__all__ = ["Rewards", "expected_rate", "programme", "simulate_rewards"]

#: Waiting times drawn per customer; visits beyond these come from one Poisson draw.
WAITS = 40
#: Shape of the gamma that spreads the average basket over customers.
BASKETS = 4.0
#: The streams of visits beyond the waiting times, and of visits in the year after.
LATER = ("more visits", "visits after")
#: What the programme is added up from.
_COUNTED = ("privileged", "true_pressure_visits", "true_lift", "visits_before", "spend_before")


class Rewards(Levers):
    """A reward threshold and the customers who meet it."""

    threshold: int = lever(
        10, low=4, high=20, unit=N_("visits"),
        meaning=N_("Points in a year that earn privileged status, at one point a visit"),
    )  # fmt: skip
    announced: bool = lever(
        True,
        meaning=N_("Customers know the threshold while they collect; if not, no one can aim at it"),
    )
    privilege_cost: float = lever(
        25.0, low=0, high=200, unit=N_("yuan"),
        meaning=N_("What the privilege costs the firm per holder and year"),
    )  # fmt: skip
    pressure: float = assumption(
        0.5, low=0, high=2, unit="share",
        meaning=N_("How much faster a customer visits just before the threshold than at zero points"),
        source=N_("direction: Kivetz, Urminsky & Zheng 2006; size: teaching"),
    )  # fmt: skip
    lift: float = assumption(
        0.3, low=0, high=1, unit="share",
        meaning=N_("Extra visits in the year after, caused by holding the privilege"),
    )  # fmt: skip
    mean_visits: float = assumption(
        8.0, low=2, high=20, unit=N_("visits"),
        meaning=N_("Visits a year of the average customer, without any reward"),
    )  # fmt: skip
    evenness: float = assumption(
        1.5, low=0.3, high=10,
        meaning=N_("How alike customers are in their rate (shape of the gamma; low: a few come very often)"),
        source=N_("form: Ehrenberg 1959; size: teaching"),
    )  # fmt: skip
    basket: float = assumption(
        40.0, low=5, high=200, unit=N_("yuan"), meaning=N_("Average spend per visit")
    )
    margin: float = assumption(
        0.3, low=0.05, high=0.9, unit="share", meaning=N_("Margin on what customers spend")
    )


@needs_world
def simulate_rewards(world: Rewards, *, n: int, seed: int) -> pd.DataFrame:
    """Simulate the year before and the year after the threshold.

    Parameters
    ----------
    world : Rewards
        Levers and assumptions.
    n : int
        Customers.
    seed : int
        The luck; the same seed meets the same customers under any levers. More
        pressure never loses a visit before, more lift never loses one after.

    Returns
    -------
    DataFrame
        One row a customer: ``customer``, ``points`` (visits in the first year),
        ``privileged``, ``visits_before``, ``visits_after``, ``spend_before``,
        ``spend_after``, and the truth: ``true_rate`` (visits a year without any
        reward), ``true_lift`` (visits a year the privilege adds or would add) and
        ``true_pressure_visits`` (visits of the first year that only the threshold
        brought about).
    """
    luck, n = Luck(seed), whole_number(n, name="n")
    rate = _rates(world.evenness, n, luck.seed) * (world.mean_visits / world.evenness)
    basket, more, again = _draws(n, luck.seed)
    basket = basket * (world.basket / BASKETS)
    before, from_pressure = _first_year(world, _clock(n, luck.seed), rate, more)
    privileged = before >= world.threshold
    after = poisson(again, rate * (1 + world.lift * privileged))
    return pd.DataFrame(
        {
            "customer": np.arange(1, n + 1),
            "points": before,
            "privileged": privileged,
            "visits_before": before,
            "visits_after": after,
            "spend_before": before * basket,
            "spend_after": after * basket,
            "true_rate": rate,
            "true_lift": world.lift * rate,
            "true_pressure_visits": from_pressure,
        }
    )


@needs_world
def programme(table: pd.DataFrame, *, world: Rewards) -> pd.DataFrame:
    """Add up what the programme brings and costs, by the known truth.

    Parameters
    ----------
    table : DataFrame
        From :func:`simulate_rewards`.
    world : Rewards
        The levers it was simulated with.

    Returns
    -------
    DataFrame
        One row: ``members`` (share of customers), ``pressure_visits`` and
        ``lift_visits`` (extra visits per customer, before and after), ``gain``,
        ``cost`` and ``profit`` (yuan per customer over the two years).
    """
    member, pressed, lift, visits, spend = numbers_in(table, _COUNTED).T
    lifted = lift * member
    # A customer without a visit has shown no basket; none of its visits were extra either.
    basket = np.divide(spend, visits, out=np.zeros(len(table)), where=visits > 0)
    gain = world.margin * float(np.mean(basket * (pressed + lifted)))
    cost = world.privilege_cost * float(member.mean())
    return pd.DataFrame(
        {
            "members": [float(member.mean())],
            "pressure_visits": [float(pressed.mean())],
            "lift_visits": [float(lifted.mean())],
            "gain": [gain],
            "cost": [cost],
            "profit": [gain - cost],
        }
    )


@needs_world
def expected_rate(points: ArrayLike, *, world: Rewards) -> NDArray[np.float64]:
    r"""Tell the rate expected of customers with so many points, without pressure.

    Parameters
    ----------
    points : array_like
        Visits in the first year.
    world : Rewards
        Uses ``evenness`` and ``mean_visits``; ``pressure`` is taken as zero.

    Returns
    -------
    ndarray
        :math:`(a + k)/(b + 1)`, visits a year: the mean of the gamma given the count.
        It is a straight line in the points, which is why a local line finds the
        effect at the threshold.
    """
    per_visit = world.evenness / world.mean_visits
    return (world.evenness + number_array(points, name="points")) / (per_visit + 1)


@lru_cache(maxsize=2)
def _rates(evenness: float, n: int, seed: int) -> NDArray[np.float64]:
    # The slowest step, and the same for all but two levers: a what-if moves the others.
    rates: NDArray[np.float64] = gammaincinv(evenness, Luck(seed).uniform("rate", n))
    rates.flags.writeable = False
    return rates


def _first_year(
    world: Rewards,
    clock: NDArray[np.float64],
    rate: NDArray[np.float64],
    more: NDArray[np.float64],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Count the visits of the first year, and how many of them pressure brought."""
    natural = _count(clock, rate) + _beyond(clock, rate, more)
    if not world.announced or world.pressure == 0:
        return natural, np.zeros_like(natural)
    early = _hurried(clock, world)
    late = rate + clock[world.threshold - 1] - early[-1]  # hurry saved so much of the year
    pressed = _count(early, rate) + _count(clock[world.threshold :], late)
    pressed += _beyond(clock, late, more)
    return pressed, pressed - natural


@lru_cache(maxsize=2)
def _draws(n: int, seed: int) -> tuple[NDArray[np.float64], ...]:
    # Each customer's basket, and the luck of further visits and of the year after.
    luck = Luck(seed)
    drawn = luck.gamma("basket", n, shape=BASKETS), *map(luck.uniform, LATER, (n, n))
    for draw in drawn:
        draw.flags.writeable = False
    return drawn


@lru_cache(maxsize=2)
def _clock(n: int, seed: int) -> NDArray[np.float64]:
    # When each visit would fall, in years times the rate: one row a visit, so that a
    # lever that touches the first visits only reads their rows. No lever moves it.
    waits = Luck(seed).gamma("visits", n, WAITS, shape=1.0)
    clock: NDArray[np.float64] = np.cumsum(waits.T, axis=0)
    clock.flags.writeable = False
    return clock


def _hurried(clock: NDArray[np.float64], world: Rewards) -> NDArray[np.float64]:
    """Shorten the waits before the threshold."""
    pace = 1 + world.pressure * np.arange(world.threshold) / world.threshold
    early = np.empty_like(clock[: world.threshold])
    early[0] = clock[0]
    for visit in range(1, world.threshold):
        np.subtract(clock[visit], clock[visit - 1], out=early[visit])
        early[visit] /= pace[visit]
        early[visit] += early[visit - 1]
    return early


def _count(clock: NDArray[np.float64], year: NDArray[np.float64]) -> NDArray[np.int64]:
    """Count the visits that fall into each customer's year."""
    # Fewer than 256, so that bytes will do, which are added up much faster.
    fall = (clock <= year).view(np.uint8)
    return np.add.reduce(fall, axis=0, dtype=np.uint8).astype(np.int64)


def _beyond(
    clock: NDArray[np.float64], year: NDArray[np.float64], more: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Count the visits of those whose whole clock fits: what is left of the year is Poisson."""
    visits = np.zeros(len(year), np.int64)
    full = np.flatnonzero(clock[-1] <= year)
    visits[full] = poisson(more[full], year[full] - clock[-1, full])
    return visits
