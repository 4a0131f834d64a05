r"""The state ladder: from prospect to advocate, and off it.

The course knows non-customers, potential, target, actual and lost customers (非 潜在 目标
现实 流失); Kotler's ladder splits the actual ones. Here a *prospect* may become a
*first-time* buyer, a *repeat* buyer, a *client* and an *advocate*, one step a month at
most; may slip one step; and may be *lost* from anywhere:

.. math:: P_{k,k+1} = (1-\text{lost}_k)\,\text{climb}_k, \qquad
   P_{k,k-1} = (1-\text{lost}_k)\,(1-\text{climb}_k)\,\text{slip},

the rest stays. Lost customers do not come back (winning back has its own chapter).
Advocates bring the firm ``referral`` of extra profit a month.

**The estimands.** Months until lost, visits to each state and value, by state
(:mod:`cvm.lifecycle.chain`).

**What the naive answer gets wrong.** It values a customer by this month's profit. At the
defaults a prospect costs 1 a month and is worth 95: nearly all of it lies on the rungs
above, so a point less loss among advocates, whom few reach, is worth more to a prospect's
value than a point more prospects won (:func:`ladder_elasticity`).

**Where it comes from.** The ladder: Kotler, at second hand, and the course; the numbers
are for teaching.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from cvm.errors import CvmError, near_miss
from cvm.inputs import real_number, whole_number
from cvm.levers import Levers, assumption, lever, needs_world
from cvm.lifecycle.chain import expected_visits, state_value, time_to_lost
from cvm.luck import Luck
from cvm.words import N_, _

__all__ = [
    "STATES",
    "Ladder",
    "ladder_elasticity",
    "ladder_matrix",
    "ladder_population",
    "ladder_profit",
    "ladder_table",
    "simulate_ladder",
]

#: The rungs from the lowest, and the state off the ladder.
STATES = (
    N_("prospect"), N_("first-time"), N_("repeat"), N_("client"), N_("advocate"), N_("lost"),
)  # fmt: skip
#: The longest simulation; luck is drawn for all of it.
HORIZON = 120


class Ladder(Levers):
    """A ladder of customer states: how they climb, slip and get lost, a month."""

    win: float = lever(
        0.08, low=0, high=1, unit="share", meaning=N_("Prospects who buy for the first time")
    )
    second: float = lever(
        0.2, low=0, high=1, unit="share", meaning=N_("First-time buyers who buy again")
    )
    bind: float = lever(
        0.1, low=0, high=1, unit="share", meaning=N_("Repeat buyers who become clients")
    )
    inspire: float = lever(
        0.04, low=0, high=1, unit="share", meaning=N_("Clients who become advocates")
    )
    slip: float = assumption(
        0.03, low=0, high=0.5, unit="share", meaning=N_("Those who do not climb and slip one step")
    )
    lost_prospect: float = assumption(
        0.1, low=0.001, high=1, unit="share", meaning=N_("Prospects lost to the firm")
    )
    lost_first: float = assumption(
        0.1, low=0.001, high=1, unit="share", meaning=N_("First-time buyers lost")
    )
    lost_repeat: float = assumption(
        0.04, low=0.001, high=1, unit="share", meaning=N_("Repeat buyers lost")
    )
    lost_client: float = assumption(
        0.02, low=0.001, high=1, unit="share", meaning=N_("Clients lost")
    )
    lost_advocate: float = assumption(
        0.01, low=0.001, high=1, unit="share", meaning=N_("Advocates lost")
    )
    courting: float = assumption(
        1.0, low=0, high=50, unit=N_("yuan"), meaning=N_("Cost of courting a prospect, a month")
    )
    profit_first: float = assumption(
        2.0,
        low=-50,
        high=200,
        unit=N_("yuan"),
        meaning=N_("Profit of a first-time buyer, a month"),
    )
    profit_repeat: float = assumption(
        8.0, low=-50, high=200, unit=N_("yuan"), meaning=N_("Profit of a repeat buyer, a month")
    )
    profit_client: float = assumption(
        14.0, low=-50, high=500, unit=N_("yuan"), meaning=N_("Profit of a client, a month")
    )
    referral: float = assumption(
        6.0, low=0, high=200, unit=N_("yuan"),
        meaning=N_("What an advocate brings beyond a client's profit, a month"),
    )  # fmt: skip
    discount: float = assumption(
        0.01, low=0, high=0.05, unit="share", meaning=N_("Interest rate a month")
    )


@needs_world
def ladder_matrix(world: Ladder) -> pd.DataFrame:
    """Give the moves of a month.

    Parameters
    ----------
    world : Ladder
        Levers and assumptions.

    Returns
    -------
    DataFrame
        From (index) to (columns), in the order of :data:`STATES`; rows add up to 1.
    """
    climb = [world.win, world.second, world.bind, world.inspire, 0.0]
    gone = [world.lost_prospect, world.lost_first, world.lost_repeat, world.lost_client,
            world.lost_advocate]  # fmt: skip
    P = np.zeros((6, 6))
    P[5, 5] = 1
    for k in range(5):
        # A buyer does not turn into a prospect again; the lowest two rungs do not slip.
        slip = world.slip if k >= 2 else 0.0
        P[k, 5] = gone[k]
        P[k, k + 1 if k < 4 else k] += (1 - gone[k]) * climb[k]
        P[k, k - 1 if slip else k] += (1 - gone[k]) * (1 - climb[k]) * slip
        P[k, k] += (1 - gone[k]) * (1 - climb[k]) * (1 - slip)
    return pd.DataFrame(P, index=list(STATES), columns=list(STATES))


@needs_world
def ladder_profit(world: Ladder) -> dict[str, float]:
    """Give the profit of a month in each state.

    Parameters
    ----------
    world : Ladder
        Levers and assumptions.

    Returns
    -------
    dict of str to float
        Currency by state.
    """
    profit = (
        -world.courting, world.profit_first, world.profit_repeat, world.profit_client,
        world.profit_client + world.referral, 0.0,
    )  # fmt: skip
    return dict(zip(STATES, profit, strict=True))


@needs_world
def ladder_table(world: Ladder) -> pd.DataFrame:
    """Tabulate the ladder, ready to draw.

    Parameters
    ----------
    world : Ladder
        Levers and assumptions.

    Returns
    -------
    DataFrame
        One row a state but the lost one: ``state``, ``months`` (until lost), one column
        ``visits_<state>`` for each (months to be spent there), ``profit`` (this month)
        and ``value``.
    """
    matrix, profit = ladder_matrix(world), ladder_profit(world)
    visits = expected_visits(matrix).add_prefix("visits_")
    value = state_value(matrix, profit, discount=world.discount)
    table = visits.assign(
        months=time_to_lost(matrix),
        profit=[profit[name] for name in visits.index],
        value=value[visits.index],
    )
    table = table.rename_axis("state").reset_index()
    return table[["state", "months", *visits.columns, "profit", "value"]]


@needs_world
def ladder_population(world: Ladder, *, months: int = 60, start: str = "prospect") -> pd.DataFrame:
    """Follow where a group of customers is on the ladder, month by month.

    Parameters
    ----------
    world : Ladder
        Levers and assumptions.
    months : int
        How far to look, 1 to 5000.
    start : str
        The state all of them are in today.

    Returns
    -------
    DataFrame
        One row a month (from 0) and state: ``month``, ``state``, ``share``.
    """
    _check_months(months, most=5000)
    P = ladder_matrix(world).to_numpy()
    _check_state(start)
    now = np.array([float(name == start) for name in STATES])
    shares = [now]
    for _month in range(months):
        shares.append(shares[-1] @ P)
    return pd.DataFrame(
        {
            "month": np.repeat(np.arange(months + 1), len(STATES)),
            "state": list(STATES) * (months + 1),
            "share": np.concatenate(shares),
        }
    )


@needs_world
def ladder_elasticity(
    world: Ladder, *, start: str = "prospect", step: float = 0.01
) -> pd.DataFrame:
    """Say how much a prospect's value moves with each transition.

    Parameters
    ----------
    world : Ladder
        Levers and assumptions.
    start : str
        The state valued.
    step : float
        By how much each transition is moved (points of probability).

    Returns
    -------
    DataFrame
        One row a transition, largest first: ``transition``, ``value`` (now),
        ``value_moved``, ``gain``. Losses are moved down, climbs up; a move stops at the
        end of the lever's range.
    """
    _check_state(start)
    step = real_number(step, name="step", least=0, most=1, example=0.01)
    rows, base = [], float(_value(world, start))
    for item in world.declared():
        climbs = item.name in ("win", "second", "bind", "inspire")
        if not climbs and not item.name.startswith("lost_"):
            continue
        moved = getattr(world, item.name) + (step if climbs else -step)
        low, high = float(item.low or 0), float(item.high or 1)
        value = float(_value(world.replace(**{item.name: min(max(moved, low), high)}), start))
        rows.append(
            {"transition": item.name, "value": base, "value_moved": value, "gain": value - base}
        )
    return pd.DataFrame(rows).sort_values("gain", ascending=False, ignore_index=True)


@needs_world
def simulate_ladder(world: Ladder, *, n: int, seed: int, months: int = 36) -> pd.DataFrame:
    """Simulate customers on the ladder, all prospects at the start.

    Parameters
    ----------
    world : Ladder
        Levers and assumptions.
    n : int
        Customers, 1 or more; a larger ``n`` keeps the first ones.
    seed : int
        The luck; the same under any levers.
    months : int
        1 to 120; more months keep the first ones.

    Returns
    -------
    DataFrame
        One row a customer and month from 0 to ``months``: ``customer``, ``month``,
        ``state``.
    """
    n = whole_number(n, name="n")
    _check_months(months)
    # From the worst state to the best, so that more luck never means a lower rung.
    order = np.array([5, 0, 1, 2, 3, 4])
    steps = np.cumsum(ladder_matrix(world).to_numpy()[:, order], axis=1)
    u = Luck(seed).uniform("moves", n, HORIZON)
    state = np.zeros((n, months + 1), int)
    for t in range(months):
        beaten = (u[:, t, None] >= steps[state[:, t]]).sum(axis=1)
        state[:, t + 1] = order[np.minimum(beaten, 5)]
    return pd.DataFrame(
        {
            "customer": np.repeat(np.arange(1, n + 1), months + 1),
            "month": np.tile(np.arange(months + 1), n),
            "state": np.array(STATES)[state.ravel()],
        }
    )


def _value(world: Ladder, start: str) -> float:
    return float(
        state_value(ladder_matrix(world), ladder_profit(world), discount=world.discount)[start]
    )


def _check_state(name: str) -> None:
    if not isinstance(name, str) or name not in STATES:
        wrong = _("There is no state '{name}' on the ladder.", name=name)
        raise CvmError(wrong, remedy=near_miss(name, STATES))


def _check_months(months: int, most: int = HORIZON) -> None:
    if not 1 <= whole_number(months, name="months", least=0) <= most:
        raise CvmError(
            _("The ladder is followed for 1 to {most} months.", most=most),
            given=months,
            remedy=_("Give for example months=36."),
        )
