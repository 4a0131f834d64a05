r"""The power to see a change between two waves, or a difference between two segments.

With the variances of :mod:`cvm.survey.power.design`, a true change :math:`\delta` and

.. math:: \text{se}^2 = \operatorname{var}(\bar y_1) + \operatorname{var}(\bar y_2)
   - 2\operatorname{cov}(\bar y_1, \bar y_2),

a two-sided test at 5 % sees it with the chance

.. math:: 1 - F_\nu(t_{.975}; \delta/\text{se}) + F_\nu(-t_{.975}; \delta/\text{se}),

:math:`F_\nu` the noncentral t with the degrees of freedom of the test (units of both waves
less 2; clusters, if there are any). The *detectable change* is the :math:`\delta` seen with a
given power.

**Segments** are two waves without overlap.

**By simulation.** :func:`simulated_power` makes waves as the design says - latent normals with
cluster and person effects, cut into answers, weights besides - runs
:func:`cvm.survey.change` on each, and counts. It asks for no formula and so checks this one.

**What the naive answer gets wrong.** Net scores of 400 answers, 40 % promoters and 20 %
detractors: a rise of 5 points is seen in 16 surveys of 100. And where it is seen it looks
larger than it is: changes that are called significant are 13 points on average.

References
----------
Kish, L. (1965). *Survey Sampling*. Wiley. Section 12.4. Gelman, A. & Carlin, J. (2014).
Beyond power calculations: assessing Type S (sign) and Type M (magnitude) errors.
*Perspectives on Psychological Science* 9(6), 641-651.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import stdtrit
from scipy.stats import nct

from cvm.errors import CvmError
from cvm.inputs import check_level
from cvm.results import Result, number
from cvm.survey.power.design import Measure, SurveyDesign, measure_of
from cvm.words import _

__all__ = ["Power", "power_of_change", "size_for_change"]


@dataclass(frozen=True, kw_only=True, repr=False)
class Power(Result):
    """What two waves can show.

    Parameters
    ----------
    power : float
        Chance that the change is seen.
    change : float
        The true change, in points of the score or as a share.
    detectable : float
        The change seen with the power asked for.
    wanted : float
        That power.
    se : float
        Standard error of the change.
    n_before, n_after : int
        Answers.
    df : float
        Degrees of freedom of the test.
    exaggeration : float
        Mean size of the significant changes over the true one.
    level : float
        Confidence level of the test.
    unit : str
        Of the change, as in :func:`cvm.results.number`.
    """

    power: float
    change: float
    detectable: float
    wanted: float
    se: float
    n_before: int
    n_after: int
    df: float
    exaggeration: float
    level: float
    unit: str

    def sentence(self) -> str:
        """Say how often the change is seen, and which change could be."""
        return _(
            "A change of {change} is seen in {power} of such surveys (n = {before} and {after}); "
            "with a power of {wanted} one sees a change of {detectable} or more.",
            change=number(self.change, self.unit), power=number(self.power, "share"),
            before=number(self.n_before), after=number(self.n_after),
            wanted=number(self.wanted, "share", digits=2), detectable=number(self.detectable, self.unit),
        )  # fmt: skip


def power_of_change(
    change: float,
    *,
    n: int,
    n_after: int | None = None,
    sd: float | None = None,
    share: float | None = None,
    promoters: float | None = None,
    detractors: float | None = None,
    design: SurveyDesign | None = None,
    wanted: float = 0.8,
    level: float = 0.95,
) -> Power:
    """Give the power to see a change between waves, or a difference between segments.

    Parameters
    ----------
    change : float
        The true change, not 0: points of the score; of a share or net score as a share
        (0.05 for 5 points). Of a net score half comes from either side.
    n, n_after : int
        Answers in the first and in the second wave; as many without ``n_after``.
    sd, share, promoters, detractors : float, optional
        What is measured, before: see :func:`cvm.survey.sample_size`.
    design : SurveyDesign, optional
        Clusters, panel and weights; two simple random samples without it. A panel is a
        share of the smaller wave.
    wanted : float
        The power that the detectable change is seen with.
    level : float
        Confidence level of the test.

    Returns
    -------
    Power

    Raises
    ------
    CvmError
        For no change, one that leaves the scale, or fewer than two units a wave.
    """
    check_level(level)
    _check_wanted(wanted)
    measure = measure_of(sd=sd, share=share, promoters=promoters, detractors=detractors)
    design = design or SurveyDesign()
    after = n if n_after is None else n_after
    check_change(measure, change, n, after)
    df = degrees(design, n, after)
    critical = float(stdtrit(df, (1 + level) / 2))
    se = standard_error(measure, measure.moved(change), design, n, after)
    alike = standard_error(measure, measure, design, n, after)
    ratio = abs(change) / se
    # Seen with the variance before the change; near enough for shares, exact for scores.
    least = brentq(lambda d: _seen(d, critical, df) - wanted, 1e-6, 100.0) * alike
    return Power(
        power=_seen(ratio, critical, df), change=change, detectable=float(least), wanted=wanted,
        se=se, n_before=n, n_after=after, df=df, level=level,
        exaggeration=_exaggeration(ratio, critical),
        unit=measure.unit,
    )  # fmt: skip


def size_for_change(
    change: float,
    *,
    power: float = 0.8,
    sd: float | None = None,
    share: float | None = None,
    promoters: float | None = None,
    detractors: float | None = None,
    design: SurveyDesign | None = None,
    level: float = 0.95,
) -> int:
    """Give the answers a wave needs so that a change is seen.

    Parameters
    ----------
    change : float
        The true change; see :func:`power_of_change`.
    power : float
        The chance that it is seen.
    sd, share, promoters, detractors, design, level
        As in :func:`power_of_change`.

    Returns
    -------
    int
        Answers in each of the two waves: the smallest number with this power.
    """
    check_level(level)
    _check_wanted(power)
    measure = measure_of(sd=sd, share=share, promoters=promoters, detractors=detractors)
    design = design or SurveyDesign()
    low = int(np.ceil(2 * design.cluster_size))
    check_change(measure, change, low, low)

    def enough(n: int) -> bool:
        df = degrees(design, n, n)
        se = standard_error(measure, measure.moved(change), design, n, n)
        return _seen(abs(change) / se, float(stdtrit(df, (1 + level) / 2)), df) >= power

    high = low
    while not enough(high):
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def standard_error(
    before: Measure, after: Measure, design: SurveyDesign, n: int, n_after: int
) -> float:
    """Give the standard error of a change.

    Parameters
    ----------
    before, after : Measure
        What is measured, in either wave.
    design : SurveyDesign
        How.
    n, n_after : int
        Answers.

    Returns
    -------
    float
    """
    own = design.effect() * (before.sd**2 / n + after.sd**2 / n_after)
    # A panel (and the clusters visited twice) is counted against the larger wave.
    both = design.shared() * before.sd * after.sd / max(n, n_after)
    # Always above 0: a correlation below 1 leaves something to each wave.
    return float(np.sqrt(own - 2 * both))


def degrees(design: SurveyDesign, n: int, n_after: int) -> float:
    """Give the degrees of freedom of the test.

    Parameters
    ----------
    design : SurveyDesign
        Clusters that last are counted once, as is a full panel.
    n, n_after : int
        Answers.

    Returns
    -------
    float
    """
    a, b = n / design.cluster_size, n_after / design.cluster_size
    clustered = design.cluster_size > 1
    joint = float(design.lasting > 0) if clustered else design.overlap
    both = joint * min(a, b)
    # As Derrick et al. (2017) go from the paired test to Welch's: see cvm.survey.change.
    alone, apart = a + b - 2 * both, a + b - 2
    if both <= 1:
        return max(apart, 1.0)
    return max(both - 1 + (apart - both + 1) / (alone + 2 * both) * alone, 1.0)


def check_change(measure: Measure, change: float, n: int, n_after: int) -> None:
    """See that there is a change, that it stays on the scale, and that there are answers.

    Parameters
    ----------
    measure : Measure
        What is measured.
    change : float
        To be checked.
    n, n_after : int
        To be checked: 2 or more.
    """
    if not np.isfinite(change) or change == 0:
        wrong = _("The change to be seen is a number other than 0.")
        raise CvmError(wrong, given=change, remedy=_("Write 0.05 for 5 points of a share."))
    if n < 2 or n_after < 2:
        wrong = _("A wave has two answers or more.")
        raise CvmError(wrong, given=(n, n_after), remedy=_("Give for example n=400."))
    try:
        measure.moved(change)
    except CvmError as error:
        raise CvmError(
            _("After this change the shares would leave the scale."),
            given=change,
            remedy=_("Write 0.05 for 5 points, and leave room for it."),
        ) from error


def _seen(ratio: float, critical: float, df: float) -> float:
    upper = nct.sf(critical, df, ratio)
    lower = nct.cdf(-critical, df, ratio)
    # SciPy gives not-a-number where the far tail is nothing.
    return float(np.nan_to_num(upper, nan=1.0) + np.nan_to_num(lower))


def _exaggeration(ratio: float, critical: float) -> float:
    """Give the mean of |estimate| among the significant over the truth, by the normal."""
    from scipy.stats import norm

    a, b = critical - ratio, critical + ratio  # seen above, or on the wrong side
    chance = norm.sf(a) + norm.sf(b)
    mean = norm.pdf(a) + ratio * norm.sf(a) + norm.pdf(b) - ratio * norm.sf(b)
    return float(mean / chance / ratio)


def _check_wanted(power: float) -> None:
    if not 0.1 <= power < 1:
        wrong = _("A power lies between 0.1 and 1.")
        raise CvmError(wrong, given=power, remedy=_("Write 0.8 for 80 %."))
