r"""Scores of a wave: mean, top-box satisfaction (CSAT), net promoter score, customer effort.

Each is a weighted mean of a recoded answer (:mod:`cvm.survey.measure.kinds`) with a
variance that knows weights and clusters (:mod:`cvm.survey.measure.answers`) and an interval
fit for its kind (:mod:`cvm.survey.measure.intervals`), or the percentile bootstrap over
respondents or whole clusters.

**The estimand** is the mean in the population that the respondents were drawn from - after
weighting, the one the weights stand for. No interval here counts the bias of those who did
not answer; see :func:`cvm.survey.nonresponse`.

**What the naive answer gets wrong.** A net score of a wave of 30 is printed as one number.
With 15 promoters and 6 detractors it is 30, and the interval runs from 1 to 54. And dealers
who each bring 20 customers with an intraclass correlation of 0.05 make 400 answers worth
205.

**Simplified for teaching.** Who did not answer the question is left out and counted.

References
----------
Reichheld, F. F. (2003). The one number you need to grow. *Harvard Business Review* 81(12),
46-54. Dixon, M., Freeman, K. & Toman, N. (2010). Stop trying to delight your customers.
*Harvard Business Review* 88(7/8), 116-122. Both at second hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numpy.typing import ArrayLike
from scipy.special import stdtrit
from scipy.stats import norm

from cvm.errors import CvmError
from cvm.inputs import check_level
from cvm.results import Estimate, number
from cvm.survey.measure.answers import (
    Answers,
    Spread,
    check_draws,
    check_option,
    numeric,
    spread_of,
    usable,
)
from cvm.survey.measure.intervals import net_interval, share_interval
from cvm.survey.measure.kinds import INTERVALS, KINDS, recoded
from cvm.survey.measure.replicates import percentile, resampled_means
from cvm.words import N_, _

__all__ = ["NetPromoter", "Score", "csat", "effort", "mean_score", "nps", "score"]


@dataclass(frozen=True, kw_only=True, repr=False)
class Score(Estimate):
    """A score of a wave, with its interval and what stands behind it.

    Parameters
    ----------
    se : float
        Standard error, linearised, in the unit of the score.
    sd : float
        Standard deviation between respondents, in the unit of the score.
    effective_n : float
        As many respondents of a simple random sample would know as much.
    clusters : int
        Clusters drawn; 0 without.
    dropped : int
        Respondents who did not answer this question, left out.
    """

    se: float
    sd: float
    effective_n: float
    clusters: int
    dropped: int

    def sentence(self) -> str:
        """Say the score, its interval, and what it rests on."""
        text = super().sentence()
        if abs(self.effective_n - self.n) > 0.5:
            told = number(self.effective_n, digits=3)
            text += " " + _("That is worth {n} independent answers.", n=told)
        if self.dropped:
            text += " " + _("{n} without an answer are left out.", n=number(self.dropped))
        return text


@dataclass(frozen=True, kw_only=True, repr=False)
class NetPromoter(Score):
    """A net promoter score, -100 to 100.

    Parameters
    ----------
    promoters, passives, detractors : float
        Shares (weighted where weights were given): 9-10, 7-8, 0-6.
    """

    promoters: float
    passives: float
    detractors: float


def mean_score(
    scores: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    method: str = "t",
    level: float = 0.95,
    resamples: int = 1000,
    seed: int = 0,
) -> Score:
    """Average scores.

    Parameters
    ----------
    scores : array_like, shape (n,)
        Answers on any scale; not-a-number where there is none.
    weights : array_like, optional
        One number above 0 a score, by position.
    clusters : array_like, optional
        One label a score: who was drawn together.
    method : {"t", "normal", "bootstrap"}
        The interval. The t interval has the degrees of freedom of the design: answers
        less 1, or clusters less 1.
    level : float
        Confidence level.
    resamples, seed : int
        Of the bootstrap.

    Returns
    -------
    Score

    Raises
    ------
    CvmError
        For unusable scores, weights or clusters, and unknown methods.
    """
    return score(scores, measure="mean", weights=weights, clusters=clusters, method=method,
                 level=level, resamples=resamples, seed=seed)  # fmt: skip


def csat(
    scores: ArrayLike,
    *,
    top: float,
    weights: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    method: str = "wilson",
    level: float = 0.95,
    resamples: int = 1000,
    seed: int = 0,
) -> Score:
    """Give the share of customers in the top boxes.

    Parameters
    ----------
    scores : array_like, shape (n,)
        Answers.
    top : float
        The lowest score that counts as satisfied: 9 for the top two boxes of 1 to 10.
    weights, clusters, level, resamples, seed
        As in :func:`mean_score`.
    method : {"wilson", "wald", "agresti-coull", "clopper-pearson", "jeffreys", "bootstrap"}
        The interval; with weights or clusters on the effective sample size.

    Returns
    -------
    Score
        ``value`` is a share, between 0 and 1.
    """
    return score(scores, measure="csat", top=top, weights=weights, clusters=clusters,
                 method=method, level=level, resamples=resamples, seed=seed)  # fmt: skip


def effort(
    scores: ArrayLike,
    *,
    easy: float | None = None,
    weights: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    method: str | None = None,
    level: float = 0.95,
    resamples: int = 1000,
    seed: int = 0,
) -> Score:
    """Give the customer effort score: how easy it was.

    Parameters
    ----------
    scores : array_like, shape (n,)
        Agreement with "the company made it easy", on 1 to 7.
    easy : float, optional
        Without it the mean is given; with it the share that answered so much or more
        (5 for "at least somewhat agree").
    weights, clusters, level, resamples, seed
        As in :func:`mean_score`.
    method : str, optional
        As in :func:`mean_score` or, with ``easy``, in :func:`csat`.

    Returns
    -------
    Score

    Raises
    ------
    CvmError
        For answers outside 1 to 7.
    """
    values = numeric(scores, _("Scores"))
    off = values[(values < 1) | (values > 7)]
    if len(off):
        raise CvmError(
            _("The scale of effort runs from 1 to 7."),
            given=off[:5].tolist(),
            remedy=_("Use mean_score or csat for another scale."),
        )
    found = score(values, measure="mean" if easy is None else "csat", top=easy, weights=weights,
                  clusters=clusters, method=method, level=level, resamples=resamples,
                  seed=seed)  # fmt: skip
    label = _("Customer effort score") if easy is None else _("Customers who found it easy")
    return Score(**found.__dict__ | {"name": label})


def nps(
    scores: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    method: str = "adjusted",
    level: float = 0.95,
    resamples: int = 1000,
    seed: int = 0,
) -> NetPromoter:
    """Give the net promoter score: promoters less detractors, in points of 100.

    Parameters
    ----------
    scores : array_like, shape (n,)
        Answers to "would you recommend us", whole numbers from 0 to 10.
    weights, clusters, level, resamples, seed
        As in :func:`mean_score`.
    method : {"adjusted", "wald", "score", "bootstrap"}
        The interval; see :mod:`cvm.survey.measure.intervals`. With weights or clusters on
        the effective sample size.

    Returns
    -------
    NetPromoter
        ``value`` between -100 and 100.
    """
    found = score(scores, measure="nps", weights=weights, clusters=clusters, method=method,
                  level=level, resamples=resamples, seed=seed)  # fmt: skip
    assert isinstance(found, NetPromoter)  # what score() gives for this measure
    return found


def score(
    scores: Any,
    *,
    measure: str = "mean",
    top: float | None = None,
    weights: Any = None,
    clusters: Any = None,
    method: str | None = None,
    level: float = 0.95,
    resamples: int = 1000,
    seed: int = 0,
) -> Score:
    """Give any of the scores by name; the others are this with a measure.

    Parameters
    ----------
    scores : array_like, shape (n,)
        Answers.
    measure : {"mean", "csat", "nps"}
        What is reported.
    top : float, optional
        The lowest of the top boxes, for ``"csat"``.
    weights, clusters, level, resamples, seed
        As in :func:`mean_score`.
    method : str, optional
        The interval; the measure's default without it.

    Returns
    -------
    Score
    """
    check_level(level)
    values = recoded(numeric(scores, _("Scores")), measure, top)
    kind = KINDS[measure]
    method = kind.methods[0] if method is None else method
    check_option(method, kind.methods, "method")
    answers = usable(values, weights=weights, clusters=clusters)
    spread = spread_of(answers)
    if method == "bootstrap":
        check_draws(resamples)
        drawn = resampled_means(answers, resamples=resamples, seed=seed, name=f"{measure} again")
        low, high = percentile(drawn, level)
    else:
        low, high = _interval(answers, spread, measure, method, level)
    factor = kind.factor
    return (NetPromoter if measure == "nps" else Score)(
        name=_(kind.label), value=spread.mean * factor, low=low * factor, high=high * factor,
        unit=kind.unit, level=level, n=answers.n, method=_(INTERVALS[method]),
        se=spread.se * factor, sd=spread.sd * factor, effective_n=spread.effective_n,
        clusters=0 if answers.units is None else answers.groups, dropped=answers.dropped,
        **(_parts(answers) if measure == "nps" else {}),
    )  # fmt: skip


def _interval(
    answers: Answers, spread: Spread, measure: str, method: str, level: float
) -> tuple[float, float]:
    designed = answers.weighted or answers.units is not None
    z = float(norm.ppf((1 + level) / 2))
    t = float(stdtrit(spread.df, (1 + level) / 2))
    if measure == "mean":
        reach = (z if method == "normal" else t) * spread.se
        return spread.mean - reach, spread.mean + reach
    critical, n = t if designed else z, spread.effective_n
    if measure == "csat":
        low, high = share_interval(spread.mean, n, critical=critical, method=method)
    else:
        parts = _parts(answers)
        low, high = net_interval(
            parts["promoters"], parts["detractors"], n, critical=critical, method=method
        )
    return float(low), float(high)


def _parts(answers: Answers) -> dict[str, float]:
    w = answers.weights / answers.weights.sum()
    up, down = (float(w @ (answers.y == side)) for side in (1, -1))
    return {"promoters": up, "passives": float(max(1 - up - down, 0)), "detractors": down}


# Measures are columns of tables that people see.
MEASURES = [N_("mean"), N_("csat"), N_("nps")]
