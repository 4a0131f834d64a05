r"""Judging a score of who will leave: ranking, calibration, profit, and why not accuracy.

A score can be judged by

* its **ranking**: :math:`\text{AUC} = P(\text{score of a leaver} > \text{score of a stayer})`,
  ties counting a half, and the **lift** of the top tenth over the average;
* its **calibration**: of those given 20 %, do 20 % leave? In the logit of leaving on the
  logit of the score the intercept is 0 and the slope 1. A slope below 1 says the score is
  too bold, as one fitted to the customers it is judged on always looks better than it is;
* its **profit** to the best campaign (:mod:`cvm.churn.profit`).

**The estimand.** Each of these for *new* customers of the same kind: judge on customers the
score has never seen.

**What the naive answer gets wrong.** "It is right for 86 % of customers." Where 14 % leave,
"nobody leaves" is right for 86 % and finds no one. At the defaults of
:class:`cvm.churn.Churn` a logit of the covariates has an AUC of 0.65, a lift of 2.0 in its top
tenth - and the accuracy of "nobody leaves".

**Where it comes from.** AUC and its variance: DeLong, DeLong & Clarke-Pearson (1988);
calibration by intercept and slope: Cox (1958); at second hand. Regressions by statsmodels.

References
----------
Cox, D. R. (1958). Two further applications of a model for binary regression. *Biometrika*
45(3/4), 562-565.
DeLong, E. R., DeLong, D. M. & Clarke-Pearson, D. L. (1988). Comparing the areas under two or
more correlated receiver operating characteristic curves. *Biometrics* 44(3), 837-845.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logit, ndtri
from scipy.stats import rankdata

from cvm.churn.door import ENDLESS, answering, check_between
from cvm.churn.profit import Offer, check_pair, expected_maximum_profit
from cvm.errors import CvmError
from cvm.results import Result, number
from cvm.words import _

__all__ = ["ScoreJudgement", "judge_scores"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, repr=False)
class ScoreJudgement(Result):
    """How good a score is.

    Parameters
    ----------
    auc, auc_low, auc_high : float
        Chance that a leaver has the higher score of a leaver and a stayer, 0-1.
    lift : float
        Leavers in the top group, over the average.
    intercept, intercept_low, intercept_high : float
        Calibration in the large: 0 if as many leave as the scores say (log-odds).
    slope, slope_low, slope_high : float
        1 if high and low scores are as far apart as the truth.
    brier : float
        Mean squared error of the probabilities.
    profit : float
        Expected maximum profit, currency per customer.
    contact_share : float
        Whom to contact for it.
    accuracy, accuracy_of_nobody : float
        Share told rightly, cut at one half; and by saying that nobody leaves.
    found : float
        Share of the leavers it finds at that cut.
    level : float
        Confidence level.
    customers, left : int
        Customers judged, and leavers among them.
    calibration : DataFrame
        One row a group of scores, from low to high: ``group``, ``customers``, ``score``
        (mean), ``left`` (share), ``low``, ``high`` (Wilson).
    gains : DataFrame
        One row a group from the highest score down, the groups of the calibration, with a
        first row at 0: ``contacted`` (share of customers), ``found`` (share of leavers),
        ``lift`` (their ratio; missing at 0).
    """

    auc: float
    auc_low: float
    auc_high: float
    lift: float
    intercept: float
    intercept_low: float
    intercept_high: float
    slope: float
    slope_low: float
    slope_high: float
    brier: float
    profit: float
    contact_share: float
    accuracy: float
    accuracy_of_nobody: float
    found: float
    level: float
    customers: int
    left: int
    calibration: pd.DataFrame = field(repr=False)
    gains: pd.DataFrame = field(repr=False)

    def sentence(self) -> str:
        """Say ranking, calibration and profit, and what accuracy hides."""
        return _(
            "A leaver has the higher score in {auc} of pairs ({level} interval {low} to {high}); the "
            "top group leaves {lift} times as often as the average. Calibration slope {slope} "
            "({slope_low} to {slope_high}), 1 is right. Best campaign: {profit} per customer. It is "
            "right for {accuracy}; saying that nobody leaves is right for {nobody}.",
            auc=number(self.auc, "share"), level=number(self.level, "share", digits=2),
            low=number(self.auc_low, "share"), high=number(self.auc_high, "share"),
            lift=number(self.lift), slope=number(self.slope), slope_low=number(self.slope_low),
            slope_high=number(self.slope_high), profit=number(self.profit),
            accuracy=number(self.accuracy, "share"), nobody=number(self.accuracy_of_nobody, "share"),
        )  # fmt: skip


def judge_scores(
    outcome: ArrayLike,
    score: ArrayLike,
    *,
    offer: Offer | None = None,
    groups: int = 10,
    level: float = 0.95,
) -> ScoreJudgement:
    """Judge probabilities of leaving against who left.

    Parameters
    ----------
    outcome : array_like
        Who left: True or False, one a customer. Not the customers the score was made on.
    score : array_like
        Probabilities of leaving, strictly between 0 and 1. (For a ranking on another scale
        use :func:`cvm.churn.expected_maximum_profit`.)
    offer : Offer, optional
        Costs, value and acceptance for the expected maximum profit.
    groups : int
        Groups of the calibration and gains tables, 2 or more. Customers with the same score
        stay together, so there may be fewer.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    ScoreJudgement
    """
    check_between(_("A confidence level"), level)
    left, chance = check_pair(outcome, score)
    if not ((chance > 0) & (chance < 1)).all():
        raise CvmError(
            _("A score to be judged is a probability between 0 and 1, the ends left out."),
            given={"lowest": float(chance.min()), "highest": float(chance.max())},
            remedy=_("Give the model's probability of leaving."),
        )
    if isinstance(groups, bool) or not isinstance(groups, int | np.integer) or groups < 2:
        wrong = _("Scores are put into two groups or more.")
        raise CvmError(wrong, given=groups, remedy=_("Give for example groups=10."))
    z = float(ndtri((1 + level) / 2))
    profit = expected_maximum_profit(left, chance, offer=offer)
    bands = _bands(left, chance, groups, z)
    gains = _gains(bands)
    told = chance > 0.5
    return ScoreJudgement(
        **_auc(left, chance, z), **_calibration(left, chance, level),
        lift=float(gains["lift"].iloc[1]), brier=float(((chance - left) ** 2).mean()),
        profit=profit.value, contact_share=profit.contact_share,
        accuracy=float((told == left).mean()), accuracy_of_nobody=float(1 - left.mean()),
        found=float(told[left == 1].mean()), level=level, customers=len(left),
        left=int(left.sum()), calibration=bands, gains=gains,
    )  # fmt: skip


def _auc(left: Floats, score: Floats, z: float) -> dict[str, float]:
    """Area by midranks, its variance by DeLong, the interval on the logit scale."""
    high, low = score[left == 1], score[left == 0]
    m, n = len(high), len(low)
    everyone = rankdata(np.r_[high, low])
    wins = (everyone[:m] - rankdata(high)) / n
    losses = 1 - (everyone[m:] - rankdata(low)) / m
    area = float(wins.mean())
    if m < 2 or n < 2 or not 0 < area < 1:
        return {"auc": area, "auc_low": float("nan"), "auc_high": float("nan")}
    se = np.sqrt(wins.var(ddof=1) / m + losses.var(ddof=1) / n)
    half = z * se / (area * (1 - area))
    low_end, high_end = (expit(logit(area) + way * half) for way in (-1, 1))
    return {"auc": area, "auc_low": float(low_end), "auc_high": float(high_end)}


def _calibration(left: Floats, chance: Floats, level: float) -> dict[str, float]:
    import statsmodels.api as sm  # takes a second to load

    x, family = logit(chance), sm.families.Binomial()
    ones = np.ones_like(x)
    with answering():
        large = sm.GLM(left, ones, family=family, offset=x).fit()
    found = {"intercept": float(large.params[0])}
    found |= dict(
        zip(("intercept_low", "intercept_high"), large.conf_int(alpha=1 - level)[0], strict=True)
    )
    unknown = dict.fromkeys(("slope", "slope_low", "slope_high"), float("nan"))
    if np.ptp(x) == 0:  # one score for all: nothing to be too bold about
        return found | unknown
    with answering():
        fit = sm.GLM(left, np.column_stack([ones, x]), family=family).fit()
    # A score that parts leavers and stayers wholly has a slope without an end.
    if not fit.bse[1] * x.std() < ENDLESS:
        return found | unknown
    ends = fit.conf_int(alpha=1 - level)[1]
    return found | {"slope": float(fit.params[1]), "slope_low": ends[0], "slope_high": ends[1]}


def _bands(left: Floats, chance: Floats, groups: int, z: float) -> pd.DataFrame:
    """Cut by rank into groups of near equal size; the same score, the same group."""
    place = np.floor(groups * (rankdata(chance, method="average") - 0.5) / len(chance))
    told = pd.DataFrame({"group": place.astype(int), "score": chance, "left": left})
    by = told.groupby("group").agg(
        customers=("left", "size"), score=("score", "mean"), left=("left", "mean")
    )
    n, p = by["customers"].to_numpy(), by["left"].to_numpy()
    centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    named = by.reset_index(drop=True).assign(low=centre - half, high=centre + half)
    named.insert(0, "group", np.arange(1, len(named) + 1))
    return named


def _gains(bands: pd.DataFrame) -> pd.DataFrame:
    down = bands.iloc[::-1]
    size = np.r_[0, np.cumsum(down["customers"])]
    caught = np.r_[0, np.cumsum(down["customers"] * down["left"])]
    contacted, found = size / size[-1], caught / caught[-1]
    ratio = np.r_[np.nan, found[1:] / contacted[1:]]
    return pd.DataFrame({"contacted": contacted, "found": found, "lift": ratio})
