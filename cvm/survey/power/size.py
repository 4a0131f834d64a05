r"""Sample size: how many answers for a margin of error.

.. math:: n = \frac{z^2\, V\, \text{deff}}{m^2}, \qquad
   n_N = \frac{n}{1 + (n - \text{deff})/N}

for a margin :math:`m` either side, and for a population of :math:`N` who could all be asked.
Invitations are answers over the response rate.

**What the naive answer gets wrong.** "1,000 answers are enough." For a share they give a
margin of 3.1 points; for a net score of 40 % promoters and 20 % detractors, 4.6; and in
clusters of 20 with an intra-class correlation of 0.05, 6.5.

**Simplified for teaching.** The normal quantile, not Student's: 30 answers or more.

References
----------
Cochran, W. G. (1977). *Sampling Techniques*, 3rd ed. Wiley. Chapter 4.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from cvm.errors import CvmError
from cvm.inputs import check_level
from cvm.results import Result, number
from cvm.survey.power.design import SurveyDesign, measure_of
from cvm.words import _

__all__ = ["SampleSize", "margin_of_error", "sample_size"]


@dataclass(frozen=True, kw_only=True, repr=False)
class SampleSize(Result):
    """How many to ask.

    Parameters
    ----------
    answers, invitations : int
        Answers needed, and customers to be asked for them.
    clusters : int
        Clusters needed; the answers themselves without clusters.
    design_effect : float
        Of clusters and weights.
    margin : float
        Either side, as asked for.
    level : float
        Confidence level.
    sd : float
        Standard deviation between respondents it was reckoned with.
    response : float
        Share of those asked who answer.
    unit : str
        Of the margin, as in :func:`cvm.results.number`.
    """

    answers: int
    invitations: int
    clusters: int
    design_effect: float
    margin: float
    level: float
    sd: float
    response: float
    unit: str

    def sentence(self) -> str:
        """Say how many answers, and how many to ask."""
        text = _(
            "For a margin of {margin} at {level}: {answers} answers",
            margin=number(self.margin, self.unit), level=number(self.level, "share", digits=2),
            answers=number(self.answers),
        )  # fmt: skip
        if self.clusters != self.answers:
            text += _(" from {clusters} clusters", clusters=number(self.clusters))
        if self.design_effect > 1:
            text += _(" (design effect {effect})", effect=number(self.design_effect))
        if self.response < 1:
            asked, rate = number(self.invitations), number(self.response, "share")
            text += _("; ask {asked}, as {rate} answer", asked=asked, rate=rate)
        return text + "."


def sample_size(
    margin: float,
    *,
    sd: float | None = None,
    share: float | None = None,
    promoters: float | None = None,
    detractors: float | None = None,
    design: SurveyDesign | None = None,
    population: int | None = None,
    response: float = 1.0,
    level: float = 0.95,
) -> SampleSize:
    """Give the answers needed to know a measure to a margin.

    Parameters
    ----------
    margin : float
        Half the width of the interval: points of the score; of a share or net score as a
        share (0.03 for 3 points).
    sd : float, optional
        Standard deviation of a score between respondents.
    share : float, optional
        The share that is expected; 0.5 is the safe choice.
    promoters, detractors : float, optional
        The shares that are expected, for a net score.
    design : SurveyDesign, optional
        Clusters and weights; a simple random sample without it.
    population : int, optional
        All who could be asked, if they are few.
    response : float
        Share of those asked who answer, above 0.
    level : float
        Confidence level.

    Returns
    -------
    SampleSize

    Raises
    ------
    CvmError
        For a margin or response that is none.
    """
    check_level(level)
    measure = measure_of(sd=sd, share=share, promoters=promoters, detractors=detractors)
    design = design or SurveyDesign()
    if not (np.isfinite(margin) and margin > 0):
        wrong = _("A margin of error is above 0.")
        raise CvmError(wrong, given=margin, remedy=_("Write 0.03 for 3 points of a share."))
    if not 0 < response <= 1:
        wrong = _("A response rate is above 0 and at most 1.")
        raise CvmError(wrong, given=response, remedy=_("Write 0.4 for 40 %."))
    effect = design.effect()
    n = (float(ndtri((1 + level) / 2)) * measure.sd / margin) ** 2 * effect
    if population is not None:
        if population < 1:
            raise CvmError(_("A population is a whole number above 0."), given=population)
        n = n / (1 + max(n - effect, 0) / population)
    answers = int(np.ceil(n - 1e-9))
    return SampleSize(
        answers=answers, invitations=int(np.ceil(answers / response - 1e-9)),
        clusters=int(np.ceil(answers / design.cluster_size - 1e-9)), design_effect=effect,
        margin=margin, level=level, sd=measure.sd, response=response,
        unit=measure.unit,
    )  # fmt: skip


def margin_of_error(
    n: float,
    *,
    sd: float | None = None,
    share: float | None = None,
    promoters: float | None = None,
    detractors: float | None = None,
    design: SurveyDesign | None = None,
    level: float = 0.95,
) -> float:
    """Give the margin that so many answers buy: :func:`sample_size` the other way round.

    Parameters
    ----------
    n : float
        Answers, above 0.
    sd, share, promoters, detractors, design, level
        As in :func:`sample_size`.

    Returns
    -------
    float
        Either side: points of the score, or a share.
    """
    check_level(level)
    measure = measure_of(sd=sd, share=share, promoters=promoters, detractors=detractors)
    if not n > 0:
        raise CvmError(_("A sample has one answer or more."), given=n)
    effect = (design or SurveyDesign()).effect()
    return float(ndtri((1 + level) / 2)) * measure.sd * float(np.sqrt(effect / n))
