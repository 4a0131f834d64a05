r"""Intervals for a share and for a net score, from counts or from an effective sample size.

**A share** :math:`p` of :math:`n`: Wald, Wilson, Agresti-Coull, Clopper-Pearson and
Jeffreys, all by statsmodels.

**A net score** :math:`\theta = p_+ - p_-` (promoters less detractors) of a trinomial has the
variance per respondent

.. math:: V = p_+ + p_- - (p_+ - p_-)^2 .

*Wald* takes :math:`\hat\theta \pm z\sqrt{V/n}`. *Adjusted Wald* does so after adding 3 to
:math:`n` and 3/4 each to promoters and detractors. *Score* inverts the test of
:math:`\theta = \theta_0` with the variance under the hypothesis,

.. math:: \frac{n\,|\hat\theta - \theta_0|}{\sqrt{n\,(2q + \theta_0(1 - \theta_0))}} \le z,

:math:`q` the share of detractors that is most likely when the net score is
:math:`\theta_0`. Promoters and detractors are to the net score what the two kinds of
discordant pairs are to a difference of paired shares, for which Tango (1998) gave it. It is
to the net score what Wilson's interval is to a share.

**Under a design** :math:`n` is the effective sample size and :math:`z` the t quantile on the
design's degrees of freedom (Korn & Graubard 1998, Dean & Pagano 2015; at second hand).

**What the naive answer gets wrong.** At n = 30 and a share of 0.9 the Wald interval of 95 %
covers 81 % of the time, Wilson's 97 % (:func:`cvm.survey.interval_coverage`).

References
----------
Agresti, A. & Coull, B. A. (1998). Approximate is better than "exact" for interval
estimation of binomial proportions. *The American Statistician* 52(2), 119-126.
Brown, L. D., Cai, T. T. & DasGupta, A. (2001). Interval estimation for a binomial
proportion. *Statistical Science* 16(2), 101-133.
Korn, E. L. & Graubard, B. I. (1998). Confidence intervals for proportions with small
expected number of positive counts. *Survey Methodology* 24(2), 193-201.
Rocks, B. (2016). Interval estimation for the "net promoter score". *The American
Statistician* 70(4), 365-372. At second hand for the adjustment by 3 and 3/4.
Tango, T. (1998). Equivalence test and confidence interval for the difference in
proportions for the paired-sample design. *Statistics in Medicine* 17(8), 891-908.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import norm

__all__ = ["NET_METHODS", "SHARE_METHODS", "net_interval", "share_interval"]

Floats = NDArray[np.float64]

#: Names of the intervals for a share, and how statsmodels calls them.
SHARE_METHODS = {
    "wilson": "wilson",
    "wald": "normal",
    "agresti-coull": "agresti_coull",
    "clopper-pearson": "beta",
    "jeffreys": "jeffreys",
}
#: Names of the intervals for a net score.
NET_METHODS = ("adjusted", "wald", "score")
#: Bisections of the score interval: the ends are right to 2 / 2**45.
STEPS = 46


def share_interval(
    share: ArrayLike, n: ArrayLike, *, critical: float, method: str
) -> tuple[Floats, Floats]:
    """Give the interval of a share.

    Parameters
    ----------
    share : array_like
        Between 0 and 1.
    n : array_like
        (Effective) sample size, above 0; need not be whole.
    critical : float
        Standard errors on either side: 1.96 for 95 %.
    method : str
        Of :data:`SHARE_METHODS`.

    Returns
    -------
    low, high : ndarray
        Within 0 and 1.
    """
    from statsmodels.stats.proportion import proportion_confint  # takes a second to load

    # Rounding of a weighted share must not leave it a hair outside.
    p = np.clip(np.asarray(share, float), 0, 1)
    size = np.zeros_like(p) + np.asarray(n, float)
    count = p * size
    alpha = 2 * norm.sf(critical)
    low, high = proportion_confint(count, size, alpha=alpha, method=SHARE_METHODS[method])
    return np.clip(low, 0, 1), np.clip(high, 0, 1)


def net_interval(
    promoters: ArrayLike, detractors: ArrayLike, n: ArrayLike, *, critical: float, method: str
) -> tuple[Floats, Floats]:
    """Give the interval of a net score.

    Parameters
    ----------
    promoters, detractors : array_like
        Shares, between 0 and 1.
    n : array_like
        (Effective) sample size, above 0; need not be whole.
    critical : float
        Standard errors on either side.
    method : {"adjusted", "wald", "score"}
        See the story of this module.

    Returns
    -------
    low, high : ndarray
        Within -1 and 1.
    """
    given = (np.asarray(part, float) for part in (promoters, detractors, n))
    up, down, size = np.broadcast_arrays(*given)
    if method == "score":
        low, high = (_score_end(up, down, size, critical, side) for side in (-1, 1))
        return low, high
    if method == "adjusted":
        up, down = (up * size + 0.75) / (size + 3), (down * size + 0.75) / (size + 3)
        size = size + 3
    reach = critical * np.sqrt(np.maximum(up + down - (up - down) ** 2, 0) / size)
    return np.maximum(up - down - reach, -1), np.minimum(up - down + reach, 1)


def _score_end(up: Floats, down: Floats, n: Floats, critical: float, side: int) -> Floats:
    """Find one end of the score interval by bisection: the statistic falls in theta."""
    seen = up - down
    inside, outside = seen.astype(float), np.full(seen.shape, float(side))
    for _step in range(STEPS):
        middle = (inside + outside) / 2
        within = (seen - middle) ** 2 * n <= critical**2 * _variance(up, down, middle)
        inside, outside = np.where(within, middle, inside), np.where(within, outside, middle)
    return inside


def _variance(up: Floats, down: Floats, theta: Floats) -> Floats:
    """Give the variance per respondent where the net score is theta (Tango's root)."""
    b = (2 - up + down) * theta - up - down
    c = -down * theta * (1 - theta)
    q = (np.sqrt(np.maximum(b**2 - 8 * c, 0)) - b) / 4
    return np.maximum(2 * q + theta * (1 - theta), 0)
