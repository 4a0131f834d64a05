r"""Censoring: when those still here are not like those who were watched longer.

Kaplan and Meier's curve takes the censored for customers like the others: that the books end
says nothing of when they would leave. Where the firm strikes off who is about to go, or a
rival takes over a district, it is not so, **and no data can tell**: what became of the censored
is just what was not seen. Two things can be done.

*Look where it should hold.* If censoring comes from the date of joining alone, early and late
joiners must leave alike at the same age: compare them by ``survival_curve(by=...)``.

*Ask how wrong it may be.* Let the censored leave with :math:`r` times the hazard of those
watched on. With :math:`d_u` of :math:`n_u` leaving at :math:`u`, and :math:`w_u` of the
censored expected to be still alive,

.. math::

   \hat\lambda_u = \frac{d_u}{n_u}, \qquad
   w_u' = w_u\,\bigl(1 - \min(1, r\hat\lambda_u)\bigr), \qquad
   \hat S_r(u) = \frac{n_u - d_u + w_u'}{n},

:math:`n` all customers. At :math:`r = 1` this is Kaplan and Meier's curve exactly (the censored
are redistributed to the right); at :math:`r = 0` nobody ever leaves after being censored, the
tempting "so many of our customers have not left".

**The estimand.** The share still here after :math:`t` months, under a stated difference between
the censored and the others.

**What the naive answer gets wrong.** It takes the curve's interval for all there is to doubt. At
the defaults of :class:`cvm.churn.Churn` with 3,000 customers the interval at 24 months is 5
points wide; with the censored at twice or at half the hazard the curve moves by 8 points down and
6 up.

**Where it comes from.** Redistribution to the right: Efron (1967). Sensitivity to informative
censoring by a stated hazard ratio: after Link (1989) and Jackson et al. (2014), there with
further models. At second hand.

**Simplified for teaching.** One ratio for all the censored at all times; everybody watched from
the day of joining; no covariates.

References
----------
Efron, B. (1967). The two sample problem with censored data. *Proceedings of the Fifth Berkeley
Symposium* 4, 831-853.
Jackson, D., White, I. R., Seaman, S., Evans, H., Baisley, K. & Carpenter, J. (2014). Relaxing the
independent censoring assumption in the Cox proportional hazards model using multiple imputation.
*Statistics in Medicine* 33(27), 4681-4694.
Link, W. A. (1989). A model for informative censoring. *Journal of the American Statistical
Association* 84(407), 749-752.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cvm.churn.door import check_lives
from cvm.errors import CvmError
from cvm.words import _

__all__ = ["censoring_sensitivity"]

Floats = NDArray[np.float64]


def censoring_sensitivity(
    table: pd.DataFrame,
    *,
    ratios: Sequence[float] = (0.5, 1.0, 2.0),
    months: str = "months",
    left: str = "left",
) -> pd.DataFrame:
    """Move the survival curve by what the censored may be like.

    Parameters
    ----------
    table : DataFrame
        One row a customer, each watched from the day of joining.
    ratios : sequence of float
        Hazard of the censored, after they were censored, over that of the others; 0 or more.
    months, left : str
        Columns: time from joining to leaving or to today, and whether the customer left.

    Returns
    -------
    DataFrame
        One row a ratio and month at which someone left, with a first row at 0: ``ratio``,
        ``months``, ``survival``.

    Raises
    ------
    CvmError
        If a ratio is negative or there is none.
    """
    time, event, _start = check_lives(table, months, left, None)
    many = isinstance(ratios, Sequence) and not isinstance(ratios, str)
    numbers = many and all(isinstance(r, int | float | np.number) for r in ratios)
    if not numbers or not ratios or not all(np.isfinite(r) and r >= 0 for r in ratios):
        wrong = _("A ratio of hazards is zero or more, and one is needed.")
        raise CvmError(wrong, given=ratios, remedy=_("Write for example ratios=(0.5, 1, 2)."))
    at, d = np.unique(time[event == 1], return_counts=True)
    n = len(time) - np.searchsorted(np.sort(time), at, side="left")
    # Censored since the month before, counting those censored at this very month as later.
    gone = np.searchsorted(np.sort(time[event == 0]), at, side="left")
    new = np.diff(gone, prepend=0)
    told = [
        pd.DataFrame({"ratio": float(r), "months": np.r_[0.0, at],
                      "survival": np.r_[1.0, _survival(d, n, new, float(r)) / len(time)]})
        for r in ratios
    ]  # fmt: skip
    return pd.concat(told, ignore_index=True)


def _survival(
    d: NDArray[np.int_], n: NDArray[np.int_], new: NDArray[np.int_], ratio: float
) -> Floats:
    """Expected customers alive after each month: those watched on, and the censored."""
    alive, pool = np.empty(len(d)), 0.0
    for i, (leave, watched, censored) in enumerate(zip(d, n, new, strict=True)):
        pool = (pool + censored) * (1 - min(1.0, ratio * leave / watched))
        alive[i] = watched - leave + pool
    return alive
