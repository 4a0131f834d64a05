r"""Planning a wave: which change a sample can be counted on to show, before it is asked.

Two waves of :math:`n` customers each. With the effects of :mod:`cvm.survey.power.design`
(dealers, a panel), in units of :math:`\sigma^2/n`,

.. math:: \text{se} = \sigma\sqrt{\frac{2\,(\text{effect} - \text{shared})}{n}} .

**The estimand** is the power to call a true change :math:`\delta` a change, two-sided at level
:math:`1-\alpha`: :math:`\Phi(|\delta|/\text{se} - z) + \Phi(-|\delta|/\text{se} - z)` with
:math:`z = z_{1-\alpha/2}`; and the smallest change that shows with a given power,
:math:`(z + z_{power})\,\text{se}`.

**What the naive answer gets wrong.** "The margin of error is :math:`1.96\,\sigma/\sqrt{n}`" is
the margin of *one* wave of strangers. The change between two has one that is :math:`\sqrt 2`
times as wide, and what shows with a power of 80 % is :math:`2.02` times the naive margin.

**Simplified for teaching.** Normal approximation, where
:func:`cvm.survey.power.power_of_change` has the noncentral t; equal waves; dealers' effects do
not last from wave to wave. So a curve over :math:`n` is drawn at once.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri

from cvm.levers import Levers, assumption, lever, needs_world
from cvm.survey.power.design import SurveyDesign
from cvm.words import N_

__all__ = ["WavePlan", "change_error", "chance_to_see", "detectable_table", "respondents_needed",
           "smallest_change"]  # fmt: skip

Floats = NDArray[np.float64]


class WavePlan(Levers):
    """Two waves, before anybody is asked."""

    n: int = lever(
        600, low=50, high=5000, step=50, unit=N_("respondents"),
        meaning=N_("Respondents in each wave"),
    )  # fmt: skip
    overlap: float = lever(
        0.25, low=0, high=1, unit="share",
        meaning=N_("How much of the second wave was asked in the first (1: a panel)"),
    )  # fmt: skip
    change: float = assumption(
        0.2, low=0.02, high=1, unit=N_("scale points"), meaning=N_("True change between the waves")
    )
    spread: float = assumption(
        1.8, low=0.5, high=4, unit=N_("scale points"),
        meaning=N_("Standard deviation of the answers, from 1 to 10"),
    )  # fmt: skip
    correlation: float = assumption(
        0.5, low=0, high=0.95, meaning=N_("Correlation of one person's answers in the two waves")
    )
    per_dealer: int = assumption(
        15, low=1, high=100, unit=N_("respondents"), meaning=N_("Respondents from each dealer")
    )
    alike: float = assumption(
        0.03, low=0, high=0.3, meaning=N_("How far customers of one dealer answer alike")
    )
    level: float = assumption(
        0.95, low=0.8, high=0.99, unit="share", meaning=N_("Confidence asked of an interval")
    )
    power: float = assumption(
        0.8, low=0.5, high=0.99, unit="share",
        meaning=N_("Power: how surely the change should show"),
    )  # fmt: skip


@needs_world
def change_error(world: WavePlan, n: ArrayLike | None = None) -> Floats:
    """Give the standard error of the change between two waves.

    Parameters
    ----------
    world : WavePlan
        Levers and assumptions.
    n : array_like, optional
        Respondents in each wave; those of ``world`` without it.

    Returns
    -------
    ndarray
        Points of the score.
    """
    asked = np.asarray(world.n if n is None else n, float)
    design = SurveyDesign(
        cluster_size=float(world.per_dealer), icc=world.alike, overlap=world.overlap,
        correlation=world.correlation,
    )  # fmt: skip
    return world.spread * np.sqrt(2 * (design.effect() - design.shared()) / asked)


@needs_world
def chance_to_see(world: WavePlan) -> float:
    """Give the power: the chance that the true change is called a change.

    Parameters
    ----------
    world : WavePlan
        Levers and assumptions.

    Returns
    -------
    float
        Between ``1 - level`` and 1.
    """
    z, ratio = ndtri(0.5 + world.level / 2), world.change / change_error(world)
    return float(ndtr(ratio - z) + ndtr(-ratio - z))


@needs_world
def smallest_change(world: WavePlan, n: ArrayLike | None = None) -> Floats:
    """Give the smallest change that shows with the power asked for.

    Parameters
    ----------
    world, n
        As in :func:`change_error`.

    Returns
    -------
    ndarray
        Points of the score.
    """
    return (ndtri(0.5 + world.level / 2) + ndtri(world.power)) * change_error(world, n)


@needs_world
def respondents_needed(world: WavePlan) -> int:
    """Give the respondents a wave that let the true change show with the power asked for.

    Parameters
    ----------
    world : WavePlan
        All but ``n``.

    Returns
    -------
    int
        Rounded up.
    """
    return int(np.ceil(float(smallest_change(world, 1.0)) ** 2 / world.change**2))


@needs_world
def detectable_table(world: WavePlan) -> pd.DataFrame:
    """Tabulate the smallest change that shows over the size of a wave.

    Parameters
    ----------
    world : WavePlan
        Levers and assumptions.

    Returns
    -------
    DataFrame
        ``n`` from 30 to 5000, evenly on a logarithmic scale, and ``detectable`` (points).
    """
    n = np.unique(np.round(np.geomspace(30, 5000, 240)))
    return pd.DataFrame({"n": n, "detectable": smallest_change(world, n)})
