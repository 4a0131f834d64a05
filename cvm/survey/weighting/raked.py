r"""A mean under raked weights, with a standard error that knows they were raked.

Weights made from the sample are random: another sample would have had others. Taking them
as given overstates the doubt, since what the margins explain of the answers can no longer
vary. With :math:`e` the residuals of the answers from a regression on the categories of all
margins, by the weights begun with (Deville & Särndal 1992),

.. math:: \widehat V(\bar y_w) = \frac{G}{G-1}\sum_g (u_g - \bar u)^2, \qquad
   u_g = \sum_{i \in g} \frac{w_i e_i}{\sum_j w_j} .

Or by the bootstrap: every replicate is raked again, cap and all, all replicates at once.

**The estimand** is the mean of the population whose margins are known. **Assumption:** within
the categories, who answers is as good as drawn by lot.

References
----------
Deville, J.-C. & Särndal, C.-E. (1992). Calibration estimators in survey sampling. *Journal of
the American Statistical Association* 87(418), 376-382. Lumley, T. (2010). *Complex Surveys*.
Wiley. Chapter 7.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import stdtrit

from cvm.errors import CvmError
from cvm.inputs import check_level
from cvm.luck import Luck
from cvm.results import number
from cvm.survey.measure.answers import Answers, check_draws, check_option, column, numeric, usable
from cvm.survey.measure.kinds import KINDS, recoded
from cvm.survey.measure.replicates import BLOCK, drawn_counts, percentile
from cvm.survey.measure.scores import Score
from cvm.survey.weighting.raking import Margins, Sample, sample_of
from cvm.words import N_, _

__all__ = ["RakedScore", "raked_mean"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, repr=False)
class RakedScore(Score):
    """A score under raked weights.

    Parameters
    ----------
    unweighted : float
        The score of the respondents as they are.
    design_effect : float
        Kish's, of the weights alone.
    gap : float
        The largest miss of a category, as a share of all.
    undefined : int
        Bootstrap replicates in which a category had nobody, left out.
    """

    unweighted: float
    design_effect: float
    gap: float
    undefined: int

    def sentence(self) -> str:
        """Say the score, its interval, and what the weights did."""
        text = super().sentence() + " " + _(
            "Without weights {value}.", value=number(self.unweighted, self.unit)
        )  # fmt: skip
        if self.gap > 1e-4:
            text += " " + _("A category is still off by {gap}: loosen the cap or merge "
                            "categories.", gap=number(self.gap, "points"))  # fmt: skip
        return text


def raked_mean(
    table: pd.DataFrame,
    scores: str,
    margins: Margins,
    *,
    measure: str = "mean",
    top: float | None = None,
    cap: float | None = None,
    weights: str | None = None,
    clusters: str | None = None,
    method: str = "linear",
    level: float = 0.95,
    resamples: int = 1000,
    seed: int = 0,
) -> RakedScore:
    """Rake the respondents and give a score with its interval.

    Parameters
    ----------
    table : DataFrame
        One row a respondent.
    scores : str
        Column of answers; who did not answer, or lacks a category, is left out.
    margins, cap, weights
        As in :func:`cvm.survey.rake`.
    measure : {"mean", "csat", "nps"}
        What is reported.
    top : float, optional
        The lowest of the top boxes, for ``"csat"``.
    clusters : str, optional
        Column of clusters.
    method : {"linear", "bootstrap"}
        The interval: t on the linearised standard error, or the percentile bootstrap,
        raked again in every replicate.
    level : float
        Confidence level.
    resamples, seed : int
        Of the bootstrap.

    Returns
    -------
    RakedScore
        ``se`` is the linearised one; it takes weights at a cap as if they moved freely.

    Raises
    ------
    CvmError
        As in :func:`cvm.survey.rake` and :func:`cvm.survey.mean_score`.
    """
    check_level(level)
    check_option(method, ("linear", "bootstrap"), "method")
    values = recoded(numeric(column(table, scores), _("Scores")), measure, top)
    there = ~np.isnan(values)
    sample = sample_of(table.loc[there], margins, weights=weights, cap=cap)
    who = None
    if clusters is not None:
        who = column(table, clusters).to_numpy()[there][sample.kept]
    answers = usable(values[there][sample.kept], clusters=who)
    fit = sample.fit(np.bincount(sample.cell, minlength=len(sample.base))[None].astype(float), cap)
    w = (sample.base * fit.factors[0])[sample.cell]
    mean, se = _linear(answers, sample, w)
    undefined = 0
    if method == "bootstrap":
        low, high, undefined = _bootstrap(answers, sample, cap, level, resamples, seed)
    else:
        reach = float(stdtrit(answers.groups - 1, (1 + level) / 2)) * se
        low, high = mean - reach, mean + reach
    return _score(answers, w, mean, se, low, high, measure, method, level,
                  len(table) - answers.n, float(fit.gap[0]), undefined)  # fmt: skip


def _bootstrap(
    answers: Answers, sample: Sample, cap: float | None, level: float, resamples: int, seed: int
) -> tuple[float, float, int]:
    check_draws(resamples)
    drawn = raked_replicates(answers, sample, cap, resamples, seed)
    undefined = int(np.isnan(drawn).sum())
    if undefined > resamples / 2:
        raise CvmError(
            _("In most bootstrap replicates some category has nobody."),
            given=dict(sample.labels),
            remedy=_("Merge small categories, or use method='linear'."),
        )
    return *percentile(drawn, level), undefined


def raked_replicates(
    answers: Answers, sample: Sample, cap: float | None, resamples: int, seed: int
) -> Floats:
    """Give the raked mean in each bootstrap replicate.

    Parameters
    ----------
    answers : Answers
        Values of the rows of the sample; clusters are resampled whole.
    sample : Sample
        From :func:`cvm.survey.weighting.raking.sample_of`.
    cap : float or None
        As in :func:`cvm.survey.rake`.
    resamples, seed : int
        Replicates, and the luck.

    Returns
    -------
    ndarray, shape (resamples,)
        Not-a-number where a category has nobody.
    """
    cells = len(sample.base)
    rows, counts = _unit_rows(answers, sample, cells)
    rng = Luck(seed).generator("raked again")
    found = np.empty(resamples)
    step = max(1, BLOCK // max(len(counts), 2 * cells))
    for start in range(0, resamples, step):
        size = min(step, resamples - start)
        sums = drawn_counts(counts, resamples=size, rng=rng).astype(float) @ rows
        members, totals = sums[:, :cells], sums[:, cells:]
        factors = sample.fit(members, cap).factors * sample.base
        weight = (factors * members).sum(axis=1)
        found[start : start + size] = (factors * totals).sum(axis=1) / weight
    return found


def _unit_rows(answers: Answers, sample: Sample, cells: int) -> tuple[Floats, NDArray[np.integer]]:
    """Give what each distinct unit adds: members and answers of each cell."""
    if answers.units is None:
        value, values = pd.factorize(answers.y, sort=True)
        pair, counts = np.unique(sample.cell * len(values) + value, return_counts=True)
        at, number_ = np.arange(len(pair)), pair // len(values)
        rows = np.zeros((len(pair), 2 * cells))
        rows[at, number_], rows[at, cells + number_] = 1, values[pair % len(values)]
        return rows, counts
    place = answers.units * cells + sample.cell
    size = answers.groups * cells
    both = [np.bincount(place, w, minlength=size) for w in (np.ones(answers.n), answers.y)]
    rows = np.column_stack([part.reshape(answers.groups, cells) for part in both])
    return rows, np.ones(answers.groups, dtype=np.int64)


def _linear(answers: Answers, sample: Sample, w: Floats) -> tuple[float, float]:
    """Give the mean and its standard error by the residuals from the margins."""
    sides = [np.eye(len(t))[c] for c, t in zip(sample.codes, sample.targets, strict=True)]
    design, root = np.column_stack(sides)[sample.cell], np.sqrt(sample.base)[sample.cell]
    fitted = design @ np.linalg.lstsq(design * root[:, None], answers.y * root, rcond=None)[0]
    u = answers.by_unit(w * (answers.y - fitted) / w.sum())
    u = u - u.mean()  # residuals of the weights begun with do not quite add up to nothing
    groups = answers.groups
    return float(w @ answers.y / w.sum()), float(np.sqrt(groups / (groups - 1) * (u @ u)))


def _score(
    answers: Answers, w: Floats, mean: float, se: float, low: float, high: float, measure: str,
    method: str, level: float, dropped: int, gap: float, undefined: int,
) -> RakedScore:  # fmt: skip
    kind, n = KINDS[measure], answers.n
    factor = kind.factor
    spread = float(w @ (answers.y - mean) ** 2 / w.sum() * n / (n - 1)) ** 0.5
    told = {"linear": N_("raked, linearised"), "bootstrap": N_("raked again in each replicate")}
    return RakedScore(
        name=_(kind.label), value=mean * factor, low=low * factor, high=high * factor,
        unit=kind.unit, level=level, n=n, method=_(told[method]), se=se * factor,
        sd=spread * factor, effective_n=spread**2 / se**2 if se > 0 else float(n),
        clusters=0 if answers.units is None else answers.groups, dropped=dropped,
        unweighted=float(answers.y.mean()) * factor,
        design_effect=float(n * (w @ w) / w.sum() ** 2), gap=gap, undefined=undefined,
    )  # fmt: skip
