r"""Means around a threshold: the table behind the picture of a discontinuity.

A cloud of 10,000 customers shows nothing; the mean outcome at each value of the running
variable shows the slope, the bend and the jump. Beside it stand the two lines that
:func:`cvm.tiering.threshold_effect` reads the effect from, so that the picture shows what
was estimated: within the bandwidth :math:`h`, on each side of the cutoff :math:`c`,

.. math:: \min_{a, b} \sum_i \Bigl(1 - \frac{|x_i - c|}{h}\Bigr)\,(y_i - a - b(x_i - c))^2 .

Their gap at :math:`c` is the estimated effect (Lee & Lemieux 2010 on how to draw it).

References
----------
Lee, D. S. & Lemieux, T. (2010). Regression discontinuity designs in economics.
*Journal of Economic Literature* 48(2), 281-355.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cvm.errors import CvmError
from cvm.inputs import numbers_in
from cvm.tiering.discontinuity import ThresholdEffect
from cvm.words import _

__all__ = ["bins"]

Floats = NDArray[np.float64]


#: How far from the cutoff the table goes, in bandwidths: beyond, few customers are left.
REACH = 1.5


def bins(table: pd.DataFrame, effect: ThresholdEffect) -> pd.DataFrame:
    """Average the outcome at each value of the running variable around the threshold.

    Parameters
    ----------
    table : DataFrame
        The table the effect was estimated from, one row a customer.
    effect : ThresholdEffect
        From :func:`cvm.tiering.threshold_effect`; names columns, cutoff and bandwidth.

    Returns
    -------
    DataFrame
        One row a value within 1.5 bandwidths of the cutoff: ``value``, ``above`` (at or above the cutoff), ``customers``,
        ``mean``, ``se`` (of the mean; not-a-number for a single customer) and ``line``
        (the fitted line; not-a-number outside the bandwidth). One row more, without
        customers, has the end of the lower line at the cutoff.

    Raises
    ------
    CvmError
        If the table lacks a column the effect was estimated from.
    """
    if not isinstance(effect, ThresholdEffect):
        wrong = _("effect= is what threshold_effect found in this table.")
        remedy = _("Write bins(table, threshold_effect(table, ...)).")
        raise CvmError(wrong, given=effect, remedy=remedy)
    x, y = numbers_in(table, [effect.running, effect.outcome]).T
    x = x - effect.cutoff
    near = np.abs(x) <= REACH * effect.bandwidth
    value, place, count = np.unique(x[near], return_inverse=True, return_counts=True)
    mean = np.bincount(place, y[near]) / count
    spread = np.bincount(place, (y[near] - mean[place]) ** 2)
    se = np.sqrt(spread / np.where(count > 1, count - 1.0, np.nan) / count)
    end = np.searchsorted(value, 0)  # the lower line ends where nobody of its side stands
    value, above = np.insert(value, end, 0.0), np.insert(value >= 0, end, False)
    return pd.DataFrame(
        {
            "value": value + effect.cutoff,
            "above": above,
            "customers": np.insert(count, end, 0),
            "mean": np.insert(mean, end, np.nan),
            "se": np.insert(se, end, np.nan),
            "line": _lines(value, above, x, y, effect.bandwidth),
        }
    )


def _lines(
    value: Floats, above: NDArray[np.bool_], x: Floats, y: Floats, bandwidth: float
) -> Floats:
    """Fit the line of each side and read it off at the values within the bandwidth."""
    line = np.full(len(value), np.nan)
    for side in (False, True):
        near = (np.abs(x) < bandwidth) & ((x >= 0) == side)
        weight = 1 - np.abs(x[near]) / bandwidth
        middle, height = np.average([x[near], y[near]], axis=1, weights=weight)
        apart = (x[near] - middle) * weight
        slope = (apart @ y[near]) / (apart @ x[near])
        mine = (np.abs(value) < bandwidth) & (above == side)
        line[mine] = height + slope * (value[mine] - middle)
    return line
