r"""Satisfaction (客户的满意): what was expected, what was perceived, and what is kept of it.

Points run from 0 to 100. Each month a customer meets a performance :math:`X_t`.

**1. Expectation** is what experience has taught, raised by what the firm promises,

.. math:: E_t = e_t + \text{promise}, \qquad e_{t+1} = e_t + \kappa\,(X_t - e_t).

**2. Perception** is drawn towards expectation (assimilation),

.. math:: P_t = X_t + \theta\,(E_t - X_t).

**3. Disconfirmation** :math:`D_t = P_t - E_t = (1-\theta)(X_t - E_t)` weighs more when it is
negative,

.. math:: J_t = P_t + g\,\max(D_t, 0) - g\lambda\,\max(-D_t, 0), \quad\text{cut to } 0\ldots100.

**4. Satisfaction** is cumulative: an exponentially weighted state,

.. math:: S_{t+1} = S_t + \alpha\,(J_t - S_t).

**Limits.** With :math:`\theta = g = 0` the judgement is the performance and satisfaction
its moving average; with :math:`\alpha = 1` nothing is remembered. Where performance does not
change and experience has taught it, satisfaction comes to rest at

.. math:: S^* = X + \text{promise}\,\bigl[\theta - g\lambda(1-\theta)\bigr]
   \quad(\text{promise} \ge 0),

so a promise helps only where :math:`\theta > g\lambda(1-\theta)`: the assimilation it
buys against the disappointment it sows (:func:`promise_effect`).

**What the naive answer gets wrong.** "Promise more, and customers see more." They do, by
:math:`\theta` a point - and at the defaults lose 0.575 points of satisfaction for every
point promised, once the loss is counted.

**Where it comes from.** Disconfirmation: Oliver (1980). The heavier weight of the negative
kind: Anderson & Sullivan (1993). Assimilation to expectation: Anderson (1973). Adaptive
expectation: Boulding et al. (1993). Cumulative satisfaction: Fornell (1992). Known at
second hand; the defaults are for teaching, :math:`\lambda = 2` after the usual size of
loss aversion (Tversky & Kahneman 1992: 2.25).

**Simplified for teaching.** One number for performance (the dimensions are in
:mod:`cvm.value` and :mod:`cvm.service`); promises are believed in full, and for ever.

References
----------
Anderson, E. W. & Sullivan, M. W. (1993). The antecedents and consequences of customer
satisfaction for firms. *Marketing Science* 12(2), 125-143.
Anderson, R. E. (1973). Consumer dissatisfaction. *Journal of Marketing Research* 10(1), 38-44.
Boulding, W., Kalra, A., Staelin, R. & Zeithaml, V. A. (1993). A dynamic process model of
service quality. *Journal of Marketing Research* 30(1), 7-27.
Fornell, C. (1992). A national customer satisfaction barometer. *Journal of Marketing* 56(1), 6-21.
Oliver, R. L. (1980). A cognitive model of the antecedents and consequences of satisfaction
decisions. *Journal of Marketing Research* 17(4), 460-469.
Tversky, A. & Kahneman, D. (1992). Advances in prospect theory. *Journal of Risk and
Uncertainty* 5(4), 297-323.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from cvm.errors import CvmError
from cvm.levers import Levers, assumption, lever, needs_world
from cvm.luck import Luck
from cvm.words import N_, _

__all__ = [
    "Satisfaction",
    "adapted",
    "expectation",
    "judgement",
    "kept",
    "perceived",
    "performance",
    "promise_effect",
    "resting_point",
    "simulate_satisfaction",
]

# The market runs these for every customer and month in single precision; they keep the
# precision they are given.
Array = NDArray[np.floating[Any]]


class Satisfaction(Levers):
    """What the firm promises, and how customers judge what they get."""

    promise: float = lever(
        4.0, low=-20, high=40, unit=N_("points of satisfaction"),
        meaning=N_("Promise: how far the firm's words go beyond its deeds"),
    )  # fmt: skip
    adaptation: float = assumption(
        0.2, low=0, high=1, unit="share",
        meaning=N_("How much of a surprise expectation has taken in after a month"),
        source=N_("form: Boulding et al. 1993; number: teaching"),
    )  # fmt: skip
    assimilation: float = assumption(
        0.25, low=0, high=1, unit="share",
        meaning=N_("How far perception is drawn towards expectation"),
        source=N_("form: R. E. Anderson 1973; number: teaching"),
    )  # fmt: skip
    gain: float = assumption(
        0.55, low=0, high=3,
        meaning=N_("What a point better than expected adds to the judgement"),
        source=N_("form: Oliver 1980; number: teaching"),
    )  # fmt: skip
    loss_aversion: float = assumption(
        2.0, low=0, high=5,
        meaning=N_("How many times heavier a point worse than expected weighs"),
        source=N_("direction: Anderson & Sullivan 1993; size: near Tversky & Kahneman 1992"),
    )  # fmt: skip
    memory: float = assumption(
        0.25, low=0.01, high=1, unit="share",
        meaning=N_("Weight of this month's judgement in cumulative satisfaction"),
        source=N_("form: Fornell 1992; number: teaching"),
    )  # fmt: skip
    leniency: float = assumption(
        11.0, low=0, high=30, unit=N_("points of satisfaction"),
        meaning=N_("Lasting differences between customers in how well they are served"),
    )  # fmt: skip
    noise: float = assumption(
        8.0, low=0, high=30, unit=N_("points of satisfaction"),
        meaning=N_("Differences between months in how well a customer is served"),
    )  # fmt: skip


def performance(value: ArrayLike) -> Array:
    """Put delivered value (-10 to 10 points) on the scale of satisfaction (0 to 100).

    Parameters
    ----------
    value : array_like
        Delivered value, points from -10 to 10.

    Returns
    -------
    ndarray
        Points from 0 to 100: 50 where benefits and costs weigh the same.
    """
    return 50 + 5 * np.asarray(value)


@needs_world
def expectation(learned: Array, world: Satisfaction) -> Array:
    """Raise what experience taught by what is promised: equation 1, left.

    Parameters
    ----------
    learned : ndarray
        What experience has taught so far, points.
    world : Satisfaction
        Uses ``promise``.

    Returns
    -------
    ndarray
        Points.
    """
    return learned + world.promise


@needs_world
def adapted(learned: Array, met: Array, world: Satisfaction) -> Array:
    """Let experience teach: equation 1, right.

    Parameters
    ----------
    learned, met : ndarray
        Last month's lesson and this month's performance, points.
    world : Satisfaction
        Uses ``adaptation``.

    Returns
    -------
    ndarray
        What next month's expectation rests on, points.
    """
    return learned + world.adaptation * (met - learned)


@needs_world
def perceived(met: Array, expected: Array, world: Satisfaction) -> Array:
    """Draw perception towards expectation: equation 2.

    Parameters
    ----------
    met, expected : ndarray
        Performance and expectation, points.
    world : Satisfaction
        Uses ``assimilation``.

    Returns
    -------
    ndarray
        Points.
    """
    return met + world.assimilation * (expected - met)


@needs_world
def judgement(seen: Array, expected: Array, world: Satisfaction) -> Array:
    """Judge what was seen against what was expected: equation 3.

    Parameters
    ----------
    seen, expected : ndarray
        Perception and expectation, points.
    world : Satisfaction
        Uses ``gain`` and ``loss_aversion``.

    Returns
    -------
    ndarray
        Points, 0 to 100.
    """
    gap = seen - expected
    # gain * gap, and once more (loss_aversion - 1) times where the gap is a loss
    judged = seen + world.gain * gap
    judged += world.gain * (world.loss_aversion - 1) * np.minimum(gap, 0)
    return np.minimum(np.maximum(judged, 0), 100)


@needs_world
def kept(satisfaction: Array, judged: Array, world: Satisfaction) -> Array:
    """Keep a part of this month's judgement: equation 4.

    Parameters
    ----------
    satisfaction, judged : ndarray
        Last month's satisfaction and this month's judgement, points.
    world : Satisfaction
        Uses ``memory``.

    Returns
    -------
    ndarray
        This month's satisfaction, points.
    """
    return satisfaction + world.memory * (judged - satisfaction)


@needs_world
def promise_effect(world: Satisfaction) -> float:
    """Give the lasting change of satisfaction for each point promised beyond performance.

    Parameters
    ----------
    world : Satisfaction
        Uses ``assimilation``, ``gain`` and ``loss_aversion``.

    Returns
    -------
    float
        Points a point: below 0 where promising does harm.
    """
    theta, weight = world.assimilation, world.gain * world.loss_aversion
    return theta - weight * (1 - theta)


@needs_world
def resting_point(level: ArrayLike, world: Satisfaction) -> Array:
    """Give the satisfaction a customer comes to where performance does not change.

    Parameters
    ----------
    level : array_like
        Performance, points.
    world : Satisfaction
        Uses ``promise`` and the weights of disconfirmation.

    Returns
    -------
    ndarray
        Points, 0 to 100. A negative promise delights: it counts with ``gain`` alone.
    """
    effect = promise_effect(world)
    if world.promise < 0:
        effect = world.assimilation - world.gain * (1 - world.assimilation)
    return np.clip(np.asarray(level, float) + effect * world.promise, 0, 100)


@needs_world
def simulate_satisfaction(
    world: Satisfaction, *, n: int, months: int, seed: int, level: float = 76.0
) -> pd.DataFrame:
    """Follow customers' satisfaction month by month.

    Parameters
    ----------
    world : Satisfaction
        Levers and assumptions.
    n, months : int
        Customers and months, above 0.
    seed : int
        The luck.
    level : float
        Performance of the firm for the average customer, points.

    Returns
    -------
    DataFrame
        One row a customer and month: ``customer``, ``month`` (from 0), ``satisfaction``, and
        the truth ``true_performance``, ``true_expectation``, ``true_perception``.
    """
    if n < 1 or months < 1:
        raise CvmError(
            _("Customers and months are whole numbers above zero."),
            given=(n, months),
            remedy=_("Give for example n=500, months=36."),
        )
    luck = Luck(seed)
    lasting = level + world.leniency * luck.normal("leniency", n)
    met = lasting[:, None] + world.noise * luck.normal("months", n, months)
    learned: Array = lasting
    state: Array = resting_point(lasting, world)
    rows = []
    for month in range(months):
        expected = expectation(learned, world)
        seen = perceived(met[:, month], expected, world)
        state = kept(state, judgement(seen, expected, world), world)
        rows.append((state, met[:, month], expected, seen))
        learned = adapted(learned, met[:, month], world)
    columns = ["satisfaction", "true_performance", "true_expectation", "true_perception"]
    table = pd.DataFrame({
        name: np.concatenate([row[i] for row in rows]) for i, name in enumerate(columns)
    })  # fmt: skip
    table.insert(0, "customer", np.tile(np.arange(n), months))
    table.insert(1, "month", np.repeat(np.arange(months), n))
    return table
