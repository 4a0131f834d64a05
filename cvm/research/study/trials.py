r"""Data strategies of their own: a switchback and a service pilot, with the truth in closed form.

**Switchback.** Region :math:`r` in week :math:`t`, the offer being on (:math:`T_{rt}=1`) or off in
blocks of ``block`` weeks by lot,

.. math:: y_{rt} = a_r + b_t + \text{effect}\,(T_{rt} + \text{carryover}\,T_{r,t-1})
          / (1 + \text{carryover}) + e_{rt}, \qquad e_{rt} = \rho\,e_{r,t-1} + u_{rt}.

*The estimand* is what the offer adds to a week when it is always on: ``effect``. *What the naive
answer gets wrong*: it compares weeks on with weeks off, and the first week off still has the
carry-over, so it finds :math:`(1 + c\,(1 - 1/\text{block}))/(1 + c)` of the effect: five sixths
with blocks of two weeks and a carry-over :math:`c` of one half. The remedy is to leave the first week of each block out (``fresh``).

**Pilot.** A service pilot by lot, satisfaction measured after it, then loyalty:

.. math::

   M &= a\,T + c\,U + e_M, \qquad
   Y = \text{direct}\,T + b\,M + m\,T\,(X - 5) + d\,U + e_Y,

:math:`U` being what nobody sees (a good mood) with :math:`c = d = \text{confounding}`, :math:`X`
the years as a customer (mean 5). *The estimands*: the total effect :math:`\text{direct} + ab`,
the indirect :math:`ab`, the moderation :math:`m`. *What the naive answer gets wrong*: lots make
:math:`T` fair, not :math:`M`. With confounding the slope of :math:`Y` on :math:`M` is

.. math:: b + \frac{cd}{c^2 + \sigma_M^2},

so at confounding 1 and the other defaults the indirect effect is found twice as large as it is.

**Simplified for teaching.** Linear, normal, effects alike but for the moderator.

References
----------
Bojinov, I., Simchi-Levi, D. & Zhao, J. (2023). Design and analysis of switchback experiments.
*Management Science* 69(7), 3759-3777. At second hand.
Imai, K., Keele, L. & Tingley, D. (2010). A general approach to causal mediation analysis.
*Psychological Methods* 15(4), 309-334. At second hand.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from cvm.levers import Levers, assumption, lever, needs_world
from cvm.luck import Luck, bernoulli
from cvm.words import N_

__all__ = ["Pilot", "Switchback", "simulate_pilot", "simulate_switchback"]

#: Spread of a region, of a week, and of a region's week.
REGION, WEEK, NOISE = 10.0, 4.0, 5.0


class Switchback(Levers):
    """An offer switched on and off, region by region and block by block."""

    weeks: int = lever(16, low=4, high=104, unit=N_("weeks"), meaning=N_("Weeks of the experiment"))
    block: int = lever(
        2, low=1, high=13, unit=N_("weeks"), meaning=N_("Weeks before lots are drawn again")
    )
    effect: float = assumption(
        3.0, low=-20, high=20, unit=N_("orders"),
        meaning=N_("What the offer adds to a week when it is always on"),
    )  # fmt: skip
    carryover: float = assumption(
        0.0, low=0, high=2, unit="share",
        meaning=N_("Effect in the week after, against that in the week itself"),
    )  # fmt: skip
    persistence: float = assumption(
        0.4, low=0, high=0.9, meaning=N_("How far a good week is followed by another (correlation)")
    )


@needs_world
def simulate_switchback(world: Switchback, *, n: int, seed: int) -> pd.DataFrame:
    """Simulate a switchback.

    Parameters
    ----------
    world : Switchback
        Levers and assumptions.
    n : int
        Regions; a larger ``n`` keeps the first ones.
    seed : int
        The luck.

    Returns
    -------
    DataFrame
        One row a region and week: ``region``, ``week`` (from 1), ``on``, ``fresh`` (the first
        week of a block), ``orders``, ``true_effect``.
    """
    luck, weeks = Luck(seed), world.weeks
    blocks = -(-weeks // world.block)
    drawn = bernoulli(luck.uniform("switch", n, 104), 0.5)[:, :blocks]
    on = np.repeat(drawn, world.block, axis=1)[:, :weeks].astype(float)
    before = np.column_stack([np.zeros(n), on[:, :-1]])
    felt = world.effect * (on + world.carryover * before) / (1 + world.carryover)
    shock = luck.normal("week of a region", n, 104)[:, :weeks]
    error = np.empty_like(shock)
    error[:, 0] = shock[:, 0]
    keep = np.sqrt(1 - world.persistence**2)
    for t in range(1, weeks):
        error[:, t] = world.persistence * error[:, t - 1] + keep * shock[:, t]
    own = 100 + REGION * luck.normal("region", n)
    season = WEEK * luck.normal("week", 104)[:weeks]
    orders = own[:, None] + season + felt + NOISE * error
    week = np.tile(np.arange(1, weeks + 1), n)
    return pd.DataFrame(
        {
            "region": np.repeat(np.arange(1, n + 1), weeks),
            "week": week,
            "on": on.ravel().astype(int),
            "fresh": (week - 1) % world.block == 0,
            "orders": orders.ravel(),
            "true_effect": world.effect,
        }
    )


class Pilot(Levers):
    """A service pilot by lot, with satisfaction between the service and loyalty."""

    direct: float = assumption(
        0.2, low=-2, high=2, unit=N_("scale points"),
        meaning=N_("What the pilot does to loyalty by itself"),
    )  # fmt: skip
    to_satisfaction: float = assumption(
        0.6, low=-2, high=2, unit=N_("scale points"),
        meaning=N_("What the pilot does to satisfaction"),
    )  # fmt: skip
    to_loyalty: float = assumption(
        0.5, low=-2, high=2, unit=N_("scale points"),
        meaning=N_("What a point of satisfaction does to loyalty"),
    )  # fmt: skip
    moderation: float = assumption(
        0.0, low=-1, high=1, unit=N_("scale points"),
        meaning=N_("How much more the pilot does for each further year as a customer"),
    )  # fmt: skip
    confounding: float = assumption(
        0.0, low=0, high=2, unit=N_("scale points"),
        meaning=N_("What an unseen good mood adds to both satisfaction and loyalty"),
    )  # fmt: skip
    treated: float = lever(
        0.5, low=0.05, high=0.95, unit="share", meaning=N_("Customers in the pilot")
    )


@needs_world
def simulate_pilot(world: Pilot, *, n: int, seed: int) -> pd.DataFrame:
    """Simulate a service pilot.

    Parameters
    ----------
    world : Pilot
        Levers and assumptions.
    n, seed : int
        Customers, and the luck.

    Returns
    -------
    DataFrame
        One row a customer: ``customer``, ``pilot``, ``years``, ``satisfaction``, ``loyalty``,
        ``true_mood``.
    """
    luck = Luck(seed)
    pilot = bernoulli(luck.uniform("pilot", n), world.treated)
    mood, years = luck.normal("mood", n), 5 * luck.gamma("years", n, shape=4.0) / 4
    satisfied = 6 + world.to_satisfaction * pilot + world.confounding * mood
    satisfied = satisfied + luck.normal("satisfaction", n)
    loyal = 2 + world.direct * pilot + world.to_loyalty * satisfied + world.confounding * mood
    loyal = loyal + world.moderation * pilot * (years - 5) + luck.normal("loyalty", n)
    return pd.DataFrame(
        {
            "customer": np.arange(1, n + 1),
            "pilot": pilot,
            "years": years,
            "satisfaction": satisfied,
            "loyalty": loyal,
            "true_mood": mood,
        }
    )
