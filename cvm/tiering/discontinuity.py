r"""The effect of a threshold: regression discontinuity, and whether it may be trusted.

Members of a programme come more often than others. They did so before. But whoever
reached the threshold by a hair and whoever missed it by one are alike, so a jump in
what they do next is the effect of crossing (Thistlethwaite & Campbell 1960).

**The model.** With :math:`x` the running variable (points), :math:`c` the cutoff and
treatment for :math:`x \ge c`,

.. math:: y = \mu(x) + \tau\,1[x \ge c] + e, \qquad |\mu''| \le M \text{ on each side.}

**The estimand.** :math:`\tau = E[Y(1) - Y(0) \mid x = c]`, the effect on customers just
at the threshold. It says nothing about customers far from it.

**The estimator.** A straight line on each side, weighted by the triangular kernel
:math:`1 - |x - c|/h`, both read off at :math:`c` (weighted least squares, HC3 standard
errors). Points are whole numbers, so the bandwidth cannot shrink to nothing and a bend
in :math:`\mu` does not vanish with more customers. The interval therefore allows for
the largest bias a bend of :math:`M` could cause, as Kolesár & Rothe (2018) propose:

.. math:: B = \tfrac{M}{2}\Bigl(\bigl|\textstyle\sum_{x \ge c} w_i (x_i-c)^2\bigr|
          + \bigl|\sum_{x<c} w_i (x_i-c)^2\bigr|\Bigr), \qquad
          \hat\tau \pm \mathrm{se}\cdot q_{level}\bigl(|N(B/\mathrm{se}, 1)|\bigr),

:math:`w_i` the weight of observation :math:`i` in its line's value at :math:`c`.
:math:`M` is read from a parabola fitted to each side, and the bandwidth makes
:math:`B^2 + \mathrm{variance}` smallest. Both are rules of thumb: look at the picture,
and give a ``bandwidth`` to see whether the answer hangs on it.

**What the naive answer gets wrong.** The difference of means between the two sides is
mostly the slope of :math:`\mu`: :mod:`cvm.tiering.rewards` says how much.

**When it may not be trusted.** Who can aim at the threshold chooses the side. If
customers speed up as they near it (points pressure), those just above are not those
just below, and the count of customers jumps at the cutoff. :func:`manipulation` looks
for that jump, after McCrary (2008): it fits a smooth curve to the log of the counts on
each side (Poisson, for counts are what they are) and tests the gap at the cutoff.
At thresholds of ten points and more it raises 3 to 10 % false alarms at a level of 5 %
(up to 15 % where few customers make most visits and the sample is large). It tells
that there was sorting, not how much it biases. In the simulated programme at
its defaults (pressure 0.5) the test rejects in 94 of 100 samples of 10,000 customers, and
the estimate is about 0.2 visits (7 %) too high, where the naive difference is 11
visits too high; at pressure 1 it is 0.4 (16 %), and the interval covers in three of
four samples only. The remedy is in the design: grant the status on points collected before the threshold was
announced (``Rewards(announced=False)``).

References
----------
Thistlethwaite, D. L. & Campbell, D. T. (1960). Regression-discontinuity analysis.
*Journal of Educational Psychology* 51(6), 309-317.
McCrary, J. (2008). Manipulation of the running variable in the regression
discontinuity design: a density test. *Journal of Econometrics* 142(2), 698-714.
Kolesár, M. & Rothe, C. (2018). Inference in regression discontinuity designs with a
discrete running variable. *American Economic Review* 108(8), 2277-2304.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import chdtrc, chndtrix, ndtr, ndtri

from cvm.errors import CvmError
from cvm.inputs import check_level, numbers_in, real_number
from cvm.results import Result, number, p_words
from cvm.words import _

__all__ = ["Manipulation", "ThresholdEffect", "manipulation", "threshold_effect"]

Floats = NDArray[np.float64]

#: Bandwidths tried by the rule.
GRID = 30
#: Weights worked out at a time for it: all at once if points are whole numbers.
AT_ONCE = 100_000
#: Different values a side must have for the density test to keep its level.
RELIABLE = 8
#: More distinct values than this are grouped into bins before they are counted.
CELLS = 200
#: And so are values that would make more cells than this on a side.
FINEST = 10_000
HAIR = 1 + 1e-9  # room for rounding, so that a window has both its ends


@dataclass(frozen=True, kw_only=True, repr=False)
class ThresholdEffect(Result):
    """The effect of crossing a threshold, beside the naive difference.

    Parameters
    ----------
    running, outcome : str
        The columns.
    cutoff : float
        Treated are those at or above it.
    effect, se : float
        Jump of the outcome at the cutoff and its HC3 standard error.
    low, high : float
        Interval at ``level``, wide enough for the largest bias a bend could cause.
    naive : float
        Mean of the treated less mean of the others.
    bandwidth : float
        Observations farther than this from the cutoff have no weight.
    n : int
        Observations with weight.
    curvature : float
        Largest second derivative allowed for, in outcome per squared running unit.
    bias : float
        Largest bias that curvature could cause.
    level : float
        Confidence level.
    """

    running: str
    outcome: str
    cutoff: float
    effect: float
    se: float
    low: float
    high: float
    naive: float
    bandwidth: float
    n: int
    curvature: float
    bias: float
    level: float

    def sentence(self) -> str:
        """Say the effect at the threshold and the naive difference beside it."""
        return _(
            "Crossing {cutoff} {running} changes {outcome} by {effect} ({level} interval {low} "
            "to {high}; {n} customers within {bandwidth} of it). Those above and below differ by "
            "{naive} on average, which is mostly who they are.",
            cutoff=number(self.cutoff),
            running=self.running,
            outcome=self.outcome,
            effect=number(self.effect),
            level=number(self.level, "share"),
            low=number(self.low),
            high=number(self.high),
            n=number(self.n),
            bandwidth=number(self.bandwidth),
            naive=number(self.naive),
        )


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Manipulation(Result):
    """Whether customers bunch at the threshold.

    Parameters
    ----------
    running : str
        The column.
    cutoff : float
        Where a jump in the count is looked for.
    jump, se : float
        Jump of the log of the count at the cutoff, and its standard error.
    p_value : float
        Two-sided, for no jump.
    window : float
        How far from the cutoff counts were used.
    n : int
        Customers within the window.
    reliable : bool
        Whether each side has eight different values or more. Near the end of a scale
        (a threshold of five points) counts bend more than a parabola can follow, and
        the test raises false alarms.
    level : float
        The test rejects where ``p_value < 1 - level``.
    cells : DataFrame
        ``value``, ``customers`` and ``fitted``, one row per value or bin in the window.
    """

    running: str
    cutoff: float
    jump: float
    se: float
    p_value: float
    window: float
    n: int
    reliable: bool
    level: float
    cells: pd.DataFrame

    @property
    def rejected(self) -> bool:
        """Whether the count jumps beyond chance."""
        return self.p_value < 1 - self.level

    def sentence(self) -> str:
        """Say whether there is bunching and what it means for the effect."""
        facts = {
            "cutoff": number(self.cutoff),
            "running": self.running,
            "change": number(np.expm1(self.jump), "share"),
            "p": p_words(self.p_value),
        }
        if not self.reliable:
            return _(
                "The threshold of {cutoff} {running} lies too near the end of the scale to tell "
                "whether customers aim at it ({change}, {p}).",
                **facts,
            )
        if self.rejected:
            return _(
                "The number of customers jumps by {change} at {cutoff} {running} ({p}): "
                "customers aim at the threshold, and those just above are not those just below.",
                **facts,
            )
        return _(
            "The number of customers does not jump at {cutoff} {running} beyond chance "
            "({change}, {p}): no sign that customers aim at the threshold.",
            **facts,
        )


def threshold_effect(
    table: pd.DataFrame,
    *,
    running: str,
    outcome: str,
    cutoff: float,
    bandwidth: float | None = None,
    level: float = 0.95,
) -> ThresholdEffect:
    """Estimate the effect of crossing a threshold.

    Parameters
    ----------
    table : DataFrame
        One row a customer.
    running : str
        Column that decides who is treated (points).
    outcome : str
        Column that may jump (visits in the year after).
    cutoff : float
        Treated are those at or above it.
    bandwidth : float, optional
        How far from the cutoff to look, in units of ``running``; by the rule in the
        module's docstring if not given.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    ThresholdEffect

    Raises
    ------
    CvmError
        For a missing column, values that are not numbers, or fewer than three distinct
        values of the running variable on a side of the cutoff.
    """
    cutoff = real_number(cutoff, name="cutoff", example=10)
    x, y = numbers_in(table, [running, outcome]).T
    x = x - cutoff
    check_level(level)
    shapes = [_parabola(x[side], y[side]) for side in _sides(x, cutoff)]
    curvature = max(bend for bend, _noise in shapes)
    if bandwidth is None:
        bandwidth = _best_bandwidth(x, [noise for _bend, noise in shapes], curvature)
    elif not real_number(bandwidth, name="bandwidth", example=5) > 0:
        wrong = _("A bandwidth is above zero.")
        raise CvmError(wrong, given=bandwidth, remedy=_("Leave it out to have it chosen."))
    _sides(x[np.abs(x) < bandwidth], cutoff, least=2)
    effect, se, n = _fit(x, y, bandwidth)
    bias = _bias(_counted(x), bandwidth, curvature)
    reach = se * _folded_quantile(bias / se, float(level)) if se > 0 else bias
    return ThresholdEffect(
        running=running,
        outcome=outcome,
        cutoff=float(cutoff),
        effect=effect,
        se=se,
        low=effect - reach,
        high=effect + reach,
        naive=float(y[x >= 0].mean() - y[x < 0].mean()),
        bandwidth=float(bandwidth),
        n=n,
        curvature=curvature,
        bias=bias,
        level=float(level),
    )


def manipulation(
    table: pd.DataFrame, *, running: str, cutoff: float, level: float = 0.95
) -> Manipulation:
    """Test whether customers bunch on one side of a threshold.

    Parameters
    ----------
    table : DataFrame
        One row a customer.
    running : str
        Column that decides who is treated (points).
    cutoff : float
        Treated are those at or above it.
    level : float
        The test rejects where its p-value is below one less this.

    Returns
    -------
    Manipulation
        A curve through the log counts on each side - a parabola, or a line where a
        side has fewer than five values. The window starts with the distance that holds
        the nearer half of the customers of each side (the smaller of the two) and is
        shortened, down to five values a side, until the curve fits the counts
        (deviance, p above 0.2): a bend the curve cannot follow is not a jump.

    Raises
    ------
    CvmError
        For a missing column, values that are not numbers, or fewer than three distinct
        values on a side of the cutoff.
    """
    cutoff = real_number(cutoff, name="cutoff", example=10)
    x = numbers_in(table, [running])[:, 0] - cutoff
    check_level(level)
    right, left = _sides(x, cutoff)
    widest = min(float(np.median(np.abs(x[side]))) for side in (right, left))
    value, count = _cells(x, widest)
    window, fit = _smooth_counts(value, count, widest)
    near = np.abs(value) <= window * HAIR
    value, count = value[near], count[near]
    jump, se = float(fit.params[0]), float(fit.bse[0])
    cells = pd.DataFrame({"value": value + cutoff, "customers": count, "fitted": fit.fittedvalues})
    return Manipulation(
        running=running,
        cutoff=float(cutoff),
        jump=jump,
        se=se,
        p_value=float(2 * ndtr(-abs(jump / se))),
        window=window,
        n=int(count.sum()),
        reliable=all(len(np.unique(x[side])) >= RELIABLE for side in (right, left)),
        level=float(level),
        cells=cells,
    )


def _fit(x: Floats, y: Floats, bandwidth: float) -> tuple[float, float, int]:
    """Fit both lines at once; the first coefficient is the jump, its HC3 error beside it.

    A what-if does it at every move: no statsmodels, no product that would start threads.
    """
    near = np.abs(x) < bandwidth
    d, above = x[near] / bandwidth, (x[near] >= 0).astype(float)
    root = np.sqrt(1 - np.abs(d))
    design = np.stack([above, np.ones_like(d), d, d * above]) * root
    inverse = np.linalg.inv(np.einsum("ij,kj->ik", design, design))
    lever = np.einsum("ik,kj->ij", inverse, design)  # how far each observation moves each
    seen = y[near] * root
    lines = np.einsum("ij,j->i", lever, seen)
    pull = np.einsum("ij,ij->j", design, lever)
    if (pull > 1 - 1e-9).any():  # the line goes through somebody, whoever that may be
        wrong = _("There are too few customers within the bandwidth to tell an effect from chance.")
        raise CvmError(wrong, given=bandwidth, remedy=_("Widen the bandwidth, or leave it out to have it chosen."))  # fmt: skip
    left = (seen - np.einsum("i,ij->j", lines, design)) / (1 - pull)
    return float(lines[0]), float(np.sqrt(((lever[0] * left) ** 2).sum())), int(near.sum())


def _parabola(x: Floats, y: Floats) -> tuple[float, float]:
    """Read the size of the second derivative, and the noise, from a parabola through one side."""
    middle, half = (x.max() + x.min()) / 2, (x.max() - x.min()) / 2
    at = (x - middle) / half  # from -1 to 1, where powers are told apart best
    powers = np.stack([np.ones_like(at), at, at**2])
    gram = np.einsum("ij,kj->ik", powers, powers)
    curve = np.linalg.solve(gram, np.einsum("ij,j->i", powers, y))
    bend = 2 * abs(float(curve[2])) / half**2
    return bend, float(np.mean((y - np.einsum("i,ij->j", curve, powers)) ** 2))


def _best_bandwidth(x: Floats, noise: list[float], curvature: float) -> float:
    """Find the bandwidth with the smallest worst-case mean squared error."""
    sides = _counted(x)
    shortest = max(_nearest(value, 3) for value, _count in sides) * 1.001
    longest = max(float(np.abs(x).max()) * 1.001, shortest)

    def risk(tried: Floats) -> Floats:
        variance = bends = np.zeros(len(tried))
        for (value, count), spread in zip(sides, noise, strict=True):
            weight = _line_weights(value, count, tried[:, None])
            variance = variance + spread * (weight**2 @ count)
            bends = bends + np.abs((count * weight) @ value**2)
        return np.asarray((curvature / 2 * bends) ** 2 + variance)

    grid = np.geomspace(shortest, longest, GRID)
    values = sum(len(value) for value, _count in sides)
    parts = np.array_split(grid, min(GRID, 1 + GRID * values // AT_ONCE))
    return float(grid[np.argmin(np.concatenate(list(map(risk, parts))))])


def _counted(x: Floats) -> list[tuple[Floats, Floats]]:
    """Give the different values of each side and how often each occurs.

    Points are whole numbers: a few dozen values stand for all customers.
    """
    pairs = (np.unique(x[side], return_counts=True) for side in (x >= 0, x < 0))
    return [(value, count.astype(float)) for value, count in pairs]


def _bias(sides: list[tuple[Floats, Floats]], bandwidth: float, curvature: float) -> float:
    at = np.array([bandwidth])
    bends = (count * _line_weights(value, count, at) @ value**2 for value, count in sides)
    return curvature / 2 * sum(abs(float(bend)) for bend in bends)


def _line_weights(value: Floats, count: Floats, bandwidth: Floats) -> Floats:
    """Weigh an observation of each value of one side in its line's value at the cutoff.

    Several bandwidths stand in a column and give a row of weights each.
    """
    kernel = np.maximum(0.0, 1 - np.abs(value) / bandwidth)
    mass = kernel * count
    s0, s1, s2 = (np.expand_dims(mass @ value**power, -1) for power in range(3))
    return np.asarray(kernel * (s2 - s1 * value) / (s0 * s2 - s1**2))


def _folded_quantile(bias: float, level: float) -> float:
    """Give the quantile of the absolute value of a normal with mean ``bias``."""
    return float(np.sqrt(chndtrix(level, 1, bias**2))) if bias > 1e-6 else float(
        ndtri((1 + level) / 2)
    )  # fmt: skip


def _cells(x: Floats, widest: float) -> tuple[Floats, Floats]:
    """Count customers at each value near the cutoff; many are put in McCrary's bins first."""
    width = float(np.min(np.diff(np.unique(x))))
    if len(np.unique(x)) > CELLS or widest > FINEST * width:
        width = 2 * float(np.std(x)) / np.sqrt(len(x))
        x = (np.floor(x / width) + 0.5) * width
    steps, reach = np.round((x - x.min()) / width), max(widest, 6 * width)
    first, last = (np.round((end - x.min()) / width) for end in (-reach, reach))
    first, last = max(first, 0.0), min(last, steps.max())
    near = steps[(steps >= first) & (steps <= last)] - first
    count = np.bincount(near.astype(int), minlength=int(last - first) + 1)  # nobody counts as zero
    value = x.min() + width * (first + np.arange(len(count)))
    value[np.abs(value) < 1e-6 * width] = 0.0  # rounding must not put the cutoff below itself
    return value, count.astype(float)


def _smooth_counts(value: Floats, count: Floats, widest: float) -> tuple[float, Any]:
    """Fit a curve to the counts on each side, in a window it can follow."""
    import statsmodels.api as sm
    from statsmodels.tools.sm_exceptions import PerfectSeparationWarning

    distances = np.unique(np.abs(value))
    fewest = max(np.sort(np.abs(value[s]))[min(4, s.sum() - 1)] for s in (value >= 0, value < 0))
    windows = distances[(distances >= fewest) & (distances <= max(widest, fewest) * HAIR)]
    for window in windows[::-1]:
        near = np.abs(value) <= window * HAIR
        with warnings.catch_warnings():  # a perfect fit is warned of, and welcome here
            warnings.simplefilter("ignore", PerfectSeparationWarning)
            fit = sm.GLM(
                count[near], _curves(value[near] / window), family=sm.families.Poisson()
            ).fit()
        if fit.df_resid == 0 or chdtrc(fit.df_resid, fit.deviance) > 0.2:
            break
    return float(window), fit


def _curves(value: Floats) -> Floats:
    """Lay out the jump and a curve for each side."""
    above = value >= 0
    columns = [above.astype(float), np.ones_like(value)]
    for side in (above, ~above):
        degree = 2 if side.sum() >= 5 else 1
        columns += [np.where(side, value**power, 0.0) for power in range(1, degree + 1)]
    return np.column_stack(columns)


def _nearest(x: Floats, distinct: int) -> float:
    """Tell how far one must go for so many distinct values."""
    return float(np.unique(np.abs(x))[distinct - 1])


def _sides(x: Floats, cutoff: float, *, least: int = 3) -> list[NDArray[np.bool_]]:
    sides = [x >= 0, x < 0]
    for side, where in zip(sides, (_("at or above"), _("below")), strict=True):
        if len(np.unique(x[side])) < least:
            raise CvmError(
                _(
                    "There are too few different values {where} the cutoff {cutoff}.",
                    where=where,
                    cutoff=number(cutoff),
                ),
                given=sorted(set((x[side] + cutoff).tolist())),
                remedy=_(
                    "A line needs customers at {least} values or more on each side: check the "
                    "cutoff, or widen the bandwidth.",
                    least=least,
                ),
            )
    return sides
