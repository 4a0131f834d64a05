r"""A satisfaction survey whose drivers are known.

Six drivers of an operator's satisfaction. Respondent :math:`i` has met driver :math:`k`
at a quality :math:`x_{ik}` (standard normal, every two drivers correlated with
:math:`\rho` = ``correlation``), and is satisfied to the degree

.. math:: S_i = \sum_k \beta_k\, g_k(x_{ik}) + \text{unexplained}\cdot e_i, \qquad
          g_k(x) = x + a_k\,|x|,

with :math:`a_k` = 0 for a performance driver, -``asymmetry`` for a basic one (what is
missing hurts, what is there is taken for granted) and +``asymmetry`` for an exciting one.
What is asked is rated with the respondent's general impression :math:`h_i` (halo) and a
slip of the pen in every rating, and rounded to the scale,

.. math:: r_{ik} = \text{level}_k + \text{leniency} + x_{ik} + \text{halo}\cdot h_i + \text{noise}\cdot u_{ik},

the satisfaction likewise.

**The truth.** Raising driver :math:`k` by one standard deviation for everybody raises
:math:`S` by :math:`\beta_k` (:data:`EFFECTS`); the part of the variance it would explain if
the drivers varied independently is :math:`\beta_k^2/\sum\beta^2` (:func:`true_importance`).

**Simplified for teaching.** One correlation for all pairs; one halo that colours all ratings
alike; nobody refuses an answer. The full questionnaire is simulated elsewhere in
:mod:`cvm.survey`; this small one is for putting the methods on trial.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cvm.errors import CvmError
from cvm.levers import Levers, assumption, needs_world
from cvm.luck import Luck
from cvm.words import N_, _

__all__ = [
    "DRIVERS", "EFFECTS", "KINDS", "LEVELS", "DriverSurvey", "simulate_drivers",
    "true_importance",
]  # fmt: skip

Floats = NDArray[np.float64]

#: What one standard deviation of each driver adds to satisfaction; the app does nothing.
EFFECTS = {
    N_("network"): 0.6,
    N_("price"): 0.4,
    N_("billing"): 0.3,
    N_("hotline"): 0.3,
    N_("shop"): 0.2,
    N_("app"): 0.0,
}
#: How far above the middle of the scale customers meet each, in standard deviations.
LEVELS = {"network": 0.3, "price": -0.4, "billing": 0.9, "hotline": -0.2, "shop": 0.7, "app": 0.2}
#: The kinds of drivers: position = sign of the asymmetry + 1.
KINDS = (N_("basic"), N_("performance"), N_("exciting"))
#: The kind of each driver, where the lever ``asymmetry`` is not 0.
KIND = {
    "network": "performance", "price": "performance", "billing": "basic",
    "hotline": "performance", "shop": "exciting", "app": "performance",
}  # fmt: skip
#: The drivers by name.
DRIVERS = tuple(EFFECTS)


class DriverSurvey(Levers):
    """How ratings and satisfaction come about."""

    correlation: float = assumption(
        0.3, low=0, high=0.95,
        meaning=N_("How far a customer who is served well in one thing is in the others"),
    )  # fmt: skip
    halo: float = assumption(
        0.5, low=0, high=3, unit=N_("standard deviations"),
        meaning=N_("How far one general impression colours every rating"),
        source=N_("form: Beckwith & Lehmann 1975 at second hand; number: teaching"),
    )  # fmt: skip
    noise: float = assumption(
        0.4, low=0, high=3, unit=N_("standard deviations"),
        meaning=N_("Slip of the pen in every rating"),
    )  # fmt: skip
    unexplained: float = assumption(
        0.7, low=0, high=5, unit=N_("standard deviations"),
        meaning=N_("What moves satisfaction besides the drivers"),
    )  # fmt: skip
    asymmetry: float = assumption(
        0.0, low=0, high=1, unit="share",
        meaning=N_("How far basic drivers only hurt and exciting ones only please"),
        source=N_("direction: Kano et al. 1984, Anderson & Mittal 2000; number: teaching"),
    )  # fmt: skip
    leniency: float = assumption(
        0.0, low=-3, high=3, unit=N_("standard deviations"),
        meaning=N_("How far up the scale everybody rates: high values crowd answers at the top"),
    )  # fmt: skip
    points: int = assumption(
        10, low=2, high=101, unit=N_("scale points"), meaning=N_("Points of the rating scale")
    )


@needs_world
def simulate_drivers(world: DriverSurvey, *, n: int, seed: int) -> pd.DataFrame:
    """Simulate respondents' ratings of six drivers and of their satisfaction.

    Parameters
    ----------
    world : DriverSurvey
        Assumptions.
    n : int
        Respondents, 1 or more; a larger ``n`` keeps the first ones.
    seed : int
        The luck; the same respondents whatever is assumed.

    Returns
    -------
    DataFrame
        One row a respondent: ``respondent``, the ratings ``network``, ``price``, ``billing``,
        ``hotline``, ``shop``, ``app`` and ``satisfaction`` (1 to ``points``), and the truth:
        ``true_`` before each name (standard deviations), ``true_halo``.

    Examples
    --------
    >>> table = simulate_drivers(DriverSurvey(), n=3, seed=7)
    >>> bool(table.equals(simulate_drivers(DriverSurvey(), n=9, seed=7).head(3)))
    True
    """
    if isinstance(n, bool) or not isinstance(n, int | np.integer) or n < 1:
        wrong = _("A simulation needs at least one respondent.")
        raise CvmError(wrong, given=n, remedy=_("Give for example n=500."))
    met, satisfied, general, slips = latent(world, n, Luck(seed))
    columns: dict[str, Any] = {"respondent": np.arange(1, n + 1)}
    shown = np.column_stack([met + list(LEVELS.values()), satisfied + 0.3])
    shown += world.leniency + world.halo * general[:, None] + world.noise * slips
    names = [*DRIVERS, "satisfaction"]
    columns |= dict(zip(names, _rate(shown, world.points).T, strict=True))
    columns |= {f"true_{k}": met[:, i] for i, k in enumerate(DRIVERS)}
    return pd.DataFrame(columns | {"true_satisfaction": satisfied, "true_halo": general})


@needs_world
def true_importance(world: DriverSurvey) -> pd.DataFrame:
    """Say what every driver really does.

    Parameters
    ----------
    world : DriverSurvey
        Uses ``asymmetry``.

    Returns
    -------
    DataFrame
        One row a driver: ``driver``, ``kind`` (one of :data:`KINDS`), ``effect`` (of a
        standard deviation), ``below`` and ``above`` (the same where it is worse, and
        better, than usual), ``share`` (of what the drivers would explain one by one).
    """
    effect = np.array(list(EFFECTS.values()))
    bend = _bends(world)
    kinds = [KINDS[int(np.sign(b)) + 1] for b in bend]
    return pd.DataFrame({
        "driver": DRIVERS, "kind": kinds, "effect": effect, "below": effect * (1 - bend),
        "above": effect * (1 + bend), "share": effect**2 / (effect**2).sum(),
    })  # fmt: skip


def latent(world: DriverSurvey, n: int, luck: Luck) -> tuple[Floats, Floats, Floats, Floats]:
    """Draw what lies behind the ratings.

    Parameters
    ----------
    world : DriverSurvey
        Assumptions.
    n : int
        Respondents.
    luck : Luck
        The luck.

    Returns
    -------
    met : ndarray, shape (n, 6)
        Quality met, standard normal.
    satisfied, general : ndarray, shape (n,)
        Satisfaction and general impression, in standard deviations.
    slips : ndarray, shape (n, 7)
        Slips of the pen: six drivers and the satisfaction.
    """
    own, shared = luck.normal("drivers", n, len(DRIVERS)), luck.normal("shared", n)
    met = np.sqrt(1 - world.correlation) * own + np.sqrt(world.correlation) * shared[:, None]
    effect = np.array(list(EFFECTS.values()))
    satisfied = (met + _bends(world) * np.abs(met)) @ effect
    satisfied = satisfied + world.unexplained * luck.normal("unexplained", n)
    return met, satisfied, luck.normal("halo", n), luck.normal("slips", n, len(DRIVERS) + 1)


def _bends(world: DriverSurvey) -> Floats:
    sign = {"basic": -1.0, "performance": 0.0, "exciting": 1.0}
    return world.asymmetry * np.array([sign[KIND[name]] for name in DRIVERS])


def _rate(shown: Floats, points: int) -> NDArray[np.int64]:
    """Put standard deviations on a scale that holds three of them either side."""
    place = (points + 1) / 2 + (points - 1) / 6 * shown
    return np.clip(np.rint(place), 1, points).astype(np.int64)
