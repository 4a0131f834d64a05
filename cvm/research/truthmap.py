r"""Where a claim is true, as a map one can walk on: the expectation behind two of the trials.

A trial simulates a few dozen conditions and is right to leave some open. Here two claims are
worked out in expectation over a fine grid, in closed form, so that a map can follow a slider. The
tests hold each map to its trial: wherever the trial decides, both say the same.

* **retention-profit**, "five points of retention raise profit by 25 to 85 %": over the retention
  one starts from and the cost of winning, the rise
  :math:`V(r + \text{points}) / V(r) - 1` of a customer's value
  (:func:`cvm.loyalty.customer_value`). Where :math:`V(r) \le 0` there is nothing to rise from.
* **keep-vs-win**, "keeping a customer costs a fifth of winning one": over the retention without
  money and how hard customers are to win, the cost of one kept by the money over that of one won
  (:mod:`cvm.economics`). A fifth is taken to hold from a tenth to three tenths, as in the trial.

**The naive reading** takes the point one stands on for the map: "at our rates it holds, so it is
true". The map shows how far one may move before it is not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cvm.economics import TwoFirms, won
from cvm.errors import CvmError, near_miss
from cvm.levers import Lever, Levers, assumption, lever
from cvm.loyalty.effect import MOST, LoyaltyEffect, customer_value
from cvm.research.claims.keeping import A_FIFTH
from cvm.research.claims.profit import TOLD
from cvm.words import N_, _

__all__ = ["FifthOfWinning", "FivePoints", "TruthMap", "truth_map", "world_of"]

Floats = NDArray[np.float64]

#: Fields of the map along each axis.
FIELDS = 61


class FivePoints(LoyaltyEffect):
    """The assumptions of retention-profit, where the claim is at home."""

    points: float = lever(
        0.05, low=0, high=0.1, step=0.005, unit="points",
        meaning=N_("Points of retention the programme adds"),
    )  # fmt: skip
    retention: float = assumption(
        0.75, low=0.4, high=0.9, step=0.01, unit="share",
        meaning=N_("Customers who stay another year today"),
    )  # fmt: skip
    acquisition: float = assumption(
        120.0, low=0, high=300, step=10, unit=N_("yuan"), meaning=N_("Cost of winning a customer")
    )  # fmt: skip


class FifthOfWinning(TwoFirms):
    """The assumptions of keep-vs-win, for a firm five times the usual one."""

    keep_share: float = lever(
        0.4, low=0.05, high=0.95, step=0.05, unit="share",
        meaning=N_("Share of the budget spent on keeping customers"),
    )  # fmt: skip
    budget: float = lever(
        150.0, low=10, high=500, step=10, unit=N_("thousand yuan"), meaning=N_("Budget a year")
    )  # fmt: skip
    customers: int = assumption(
        5000, low=1000, high=7000, step=100, unit=N_("customers"), meaning=N_("Customers today")
    )
    market: int = assumption(
        7500, low=7500, high=50_000, step=500, unit=N_("customers"),
        meaning=N_("Customers it could have at most"),
    )  # fmt: skip
    floor: float = assumption(
        0.7, low=0.4, high=0.9, step=0.01, unit="share",
        meaning=N_("Retention when nothing is spent on it"),
    )  # fmt: skip
    ceiling: float = assumption(
        0.95, low=0.91, high=0.99, step=0.01, unit="share", meaning=N_("Retention no money can pass")
    )  # fmt: skip
    win_scale: float = assumption(
        240.0, low=20, high=600, step=10, unit=N_("yuan"),
        meaning=N_("Spend per possible customer that would win 63 % of them"),
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class TruthMap:
    """A claim's map, and where one stands on it.

    Parameters
    ----------
    claim : str
        Its id.
    table : DataFrame
        One row a field: the columns ``x`` and ``y`` by their levers' names, ``value`` (what the
        claim is about; missing where there is none) and ``place``: "holds", "less", "more" than
        the claim says, or "nothing" (no value).
    x, y : Lever
        The two assumptions of the map.
    here : tuple of float
        Where one stands: x and y.
    value : float
        What the claim is about, there.
    place : str
        As in ``table``, there.
    low, high : float
        Between these the claim holds.
    """

    claim: str
    table: pd.DataFrame
    x: Lever
    y: Lever
    here: tuple[float, float]
    value: float
    place: str
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class _Map:
    """How a claim is worked out: its world, its axes, its value, its borders."""

    claim: str
    world: type[Levers]
    axes: tuple[str, str]
    value: Callable[[Any, Floats, Floats], Floats]
    ends: tuple[float, float]


def _rise(world: FivePoints, retention: Floats, acquisition: Floats) -> Floats:
    free = world.replace(acquisition=0.0)
    kept = np.minimum(retention + world.points, MOST)
    before, after = (customer_value(free, retention=r) - acquisition for r in (retention, kept))
    return np.where(before > 0, after / np.where(before > 0, before, 1.0) - 1, np.nan)


def _keeping(world: FifthOfWinning, floor: Floats, win_scale: Floats) -> Floats:
    """Divide the cost of one kept because of the money by that of one won by it."""
    keep = 1000 * world.budget * world.keep_share
    win, left = 1000 * world.budget - keep, float(world.market - world.customers)
    reached = -np.expm1(-keep / world.customers / world.keep_scale)
    because = world.customers * (world.ceiling - floor) * reached
    # won() is a straight product of what is left and a share that hangs on win / win_scale.
    joined = won(win * world.win_scale / win_scale, left, world)
    return (keep / because) / (win / joined)


MAPS = (
    _Map(claim="retention-profit", world=FivePoints, axes=("retention", "acquisition"),
         value=_rise, ends=TOLD),
    _Map(claim="keep-vs-win", world=FifthOfWinning, axes=("floor", "win_scale"),
         value=_keeping, ends=A_FIFTH),
)  # fmt: skip


def world_of(claim: str) -> Levers:
    """Give the assumptions of a claim's map, as they stand.

    Parameters
    ----------
    claim : str
        "retention-profit" or "keep-vs-win".

    Returns
    -------
    Levers

    Raises
    ------
    CvmError
        For a claim that has no map to walk on.
    """
    known = {one.claim: one.world for one in MAPS}
    if claim not in list(known):  # a list has no hash
        wrong = _("There is no map to walk on for the claim '{id}'.", id=claim)
        raise CvmError(wrong, remedy=near_miss(claim, known))
    return known[claim]()


def truth_map(world: Levers) -> TruthMap:
    """Work out where a claim holds.

    Parameters
    ----------
    world : FivePoints or FifthOfWinning
        The assumptions; two of them say where one stands, the others make the map.

    Returns
    -------
    TruthMap

    Raises
    ------
    CvmError
        For the assumptions of something else.
    """
    one = next((one for one in MAPS if isinstance(world, one.world)), None)
    if one is None:
        wrong = _("A map needs the assumptions of a claim that has one.")
        raise CvmError(wrong, given=world, remedy=_("Write for example truth_map(FivePoints())."))
    x, y = ({item.name: item for item in world.declared()}[name] for name in one.axes)
    first, second = (
        np.linspace(float(axis.low or 0), float(axis.high or 0), FIELDS) for axis in (x, y)
    )
    values = one.value(world, first[None, :], second[:, None])
    here = (float(getattr(world, x.name)), float(getattr(world, y.name)))
    value = float(one.value(world, np.array(here[0]), np.array(here[1])))
    table = pd.DataFrame({
        x.name: np.tile(first, FIELDS), y.name: np.repeat(second, FIELDS), "value": values.ravel(),
        "place": _places(values.ravel(), one.ends),
    })  # fmt: skip
    return TruthMap(claim=one.claim, table=table, x=x, y=y, here=here, value=value,
                    place=str(_places(np.array([value]), one.ends)[0]), low=one.ends[0],
                    high=one.ends[1])  # fmt: skip


def _places(values: Floats, ends: tuple[float, float]) -> NDArray[np.str_]:
    low, high = ends
    inside = (values >= low) & (values <= high)
    return np.select([np.isnan(values), inside, values < low], ["nothing", "holds", "less"], "more")
