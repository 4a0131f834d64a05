r"""Whom a contact changes: uplift, from a campaign that contacted some and not others.

With :math:`W_i` for contact and :math:`Y_i` for leaving, the uplift of customers alike in
:math:`x` is :math:`\tau(x) = P(Y^0 = 1 \mid x) - P(Y^1 = 1 \mid x)`: by how much a contact
lowers the chance that they leave. Two ways to estimate it, both by statsmodels' logit:

* **two models**: :math:`\hat\tau(x) = \hat p_0(x) - \hat p_1(x)`, one logit among those not
  contacted, one among the contacted;
* **transformed outcome**: :math:`Z_i = Y_i(1 - W_i) + (1 - Y_i)W_i` ("left alone and left,
  or contacted and stayed"), weighted by one over the probability of what was done to
  :math:`i`. Then :math:`P_w(Z = 1 \mid x) = \tfrac12(1 + \tau(x))`, so one logit gives
  :math:`\hat\tau(x) = 2\hat P_w(Z = 1 \mid x) - 1`.

Where lots were drawn the probability :math:`e` of contact is the share contacted. Where they
were not it is estimated from the covariates (a logit) and clipped to 0.02-0.98.

**The estimands.** The average effect of a contact (:func:`campaign_effect`), and how customers
are *ordered* by uplift (:func:`uplift_curve`): customers saved per 100, if the top share
:math:`\phi` by a score is contacted, is

.. math:: G(\phi) = \phi\,\bigl(\bar Y_{W=0} - \bar Y_{W=1}\bigr)_{\text{top } \phi}, \qquad
   \text{Qini} = \int_0^1 \bigl(G(\phi) - \phi\, G(1)\bigr)\,d\phi,

above zero where the score orders better than chance.

**The assumption.** Nothing outside :math:`x` decided both who was contacted and who leaves.
Lots make it true. With ``observed risk`` in :class:`cvm.churn.Churn` it holds given the
covariates; with ``judgement`` it does not, no table can tell, and the sales staff's good nose
looks like a campaign that drives customers away.

**What the naive answer gets wrong.** At the defaults but for ``judgement`` the contacted leave
2.7 points *more* often than the others; adjusted, still 0.2 points more; the truth is that a
contact holds 3.8 of 100.

**Where it comes from.** Two models and the Qini curve: Radcliffe (2007); the transformed
outcome: Jaskowski & Jaroszewicz (2012); weighting by one over the probability: Rosenbaum &
Rubin (1983). At second hand. Qini coefficients are scaled in several ways; this one is in
customers per customer.

References
----------
Jaskowski, M. & Jaroszewicz, S. (2012). Uplift modeling for clinical trial data. *ICML
Workshop on Clinical Data Analysis*.
Radcliffe, N. J. (2007). Using control groups to target on predicted lift. *Direct Marketing
Analytics Journal* 1, 14-21.
Rosenbaum, P. R. & Rubin, D. B. (1983). The central role of the propensity score in
observational studies for causal effects. *Biometrika* 70(1), 41-55.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit, ndtri

from cvm.churn.customers import COVARIATES
from cvm.churn.door import (
    answering,
    check_answered,
    check_between,
    check_columns,
    events_of,
    from_the_top,
    numbers_of,
)
from cvm.errors import CvmError, near_miss
from cvm.luck import Luck
from cvm.results import Estimate, Result, number
from cvm.words import _

__all__ = [
    "UpliftCurve", "UpliftModel", "campaign_effect", "propensity", "risk_model", "uplift_curve",
    "uplift_model",
]  # fmt: skip

Floats = NDArray[np.float64]

METHODS = ("two models", "transformed outcome")
#: Nobody counts for more than fifty.
CLIP = 0.02
#: Shares at which the curve is told.
STEPS = np.linspace(0, 1, 21)


@dataclass(frozen=True, kw_only=True, repr=False)
class UpliftModel(Result):
    """A score of customers: by risk, or by what a contact changes.

    Parameters
    ----------
    method : str
        "risk", "two models" or "transformed outcome".
    table : DataFrame
        Coefficients: ``part`` ("left alone", "contacted", "transformed"), ``term``,
        ``effect``, ``se``.
    customers, contacted : int
        Customers it was fitted on, and contacted ones among them.
    """

    method: str
    table: pd.DataFrame = field(repr=False)
    customers: int
    contacted: int

    def to_frame(self) -> pd.DataFrame:
        """Give the coefficients."""
        return self.table.copy()

    def score(self, table: pd.DataFrame) -> Floats:
        """Score customers.

        Parameters
        ----------
        table : DataFrame
            With the covariates the model was fitted on.

        Returns
        -------
        ndarray
            Risk of leaving if left alone (method "risk"), else the uplift: by how much a
            contact lowers the chance of leaving, between -1 and 1.
        """
        chances = {
            part: _chance(rows, table) for part, rows in self.table.groupby("part", sort=False)
        }
        if self.method == "risk":
            return chances["left alone"]
        if self.method == "two models":
            return chances["left alone"] - chances["contacted"]
        return 2 * chances["transformed"] - 1

    def sentence(self) -> str:
        """Say what it was fitted on."""
        told = _("Risk of leaving if left alone") if self.method == "risk" else _("Uplift")
        terms = [t for t in dict.fromkeys(self.table["term"]) if t != "constant"]
        return _("{what} by {terms}, from {n} customers, {contacted} of them contacted.",
                 what=told, terms=", ".join(map(str, terms)), n=number(self.customers),
                 contacted=number(self.contacted))  # fmt: skip


def risk_model(
    table: pd.DataFrame, *, covariates: Sequence[str] = COVARIATES, left: str = "left",
    contacted: str | None = "contacted",
) -> UpliftModel:  # fmt: skip
    """Score risk: a logit of leaving among those not contacted.

    Parameters
    ----------
    table : DataFrame
        One row a customer of a campaign.
    covariates : sequence of str
        Columns of numbers known before the campaign.
    left : str
        Column: True or False.
    contacted : str, optional
        Column: True or False; None for a table of customers whom no campaign contacted.

    Returns
    -------
    UpliftModel
        Its method is "risk".
    """
    if contacted is None:
        x = numbers_of(table, covariates)
        check_columns(table, [left])
        y = events_of(_("The column '{column}'", column=left), table[left])
        w = np.zeros(len(y))
    else:
        y, w, x = _parts(table, covariates, left, contacted)
    rows = _logit(y[w == 0], x[w == 0], None, "left alone", covariates)
    return UpliftModel(method="risk", table=rows, customers=len(w), contacted=int(w.sum()))


def uplift_model(
    table: pd.DataFrame, *, covariates: Sequence[str] = COVARIATES, method: str = "two models",
    randomised: bool = True, left: str = "left", contacted: str = "contacted",
) -> UpliftModel:  # fmt: skip
    """Score uplift from a campaign that contacted some customers and not others.

    Parameters
    ----------
    table : DataFrame
        One row a customer of the campaign.
    covariates : sequence of str
        Columns of numbers known before the campaign.
    method : {"two models", "transformed outcome"}
        See the module's story.
    randomised : bool
        Whether lots were drawn; if not, the transformed outcome weights by the estimated
        propensity. (Two models adjust by their covariates either way.)
    left, contacted : str
        Columns: True or False.

    Returns
    -------
    UpliftModel
    """
    if method not in METHODS:
        wrong = _("Uplift is estimated in one of two ways.")
        raise CvmError(wrong, given=method, remedy=near_miss(method, METHODS))
    y, w, x = _parts(table, covariates, left, contacted)
    if method == "two models":
        rows = pd.concat(
            [
                _logit(y[w == arm], x[w == arm], None, part, covariates)
                for arm, part in ((0, "left alone"), (1, "contacted"))
            ],
            ignore_index=True,
        )
    else:
        e = np.full(len(w), w.mean())
        if not randomised:
            e = propensity(table, covariates=covariates, contacted=contacted)
        weight = np.where(w == 1, 1 / e, 1 / (1 - e))
        rows = _logit(np.where(w == 1, 1 - y, y), x, weight, "transformed", covariates)
    return UpliftModel(method=method, table=rows, customers=len(w), contacted=int(w.sum()))


def propensity(
    table: pd.DataFrame, *, covariates: Sequence[str] = COVARIATES, contacted: str = "contacted"
) -> Floats:
    """Estimate each customer's chance of having been contacted, by a logit.

    Parameters
    ----------
    table : DataFrame
        One row a customer of the campaign.
    covariates : sequence of str
        Columns that may have decided whom to contact.
    contacted : str
        Column: True or False.

    Returns
    -------
    ndarray
        Between 0.02 and 0.98; nearer the ends hardly anyone is left to compare with.
    """
    x = numbers_of(table, covariates)
    w = events_of(_("The column '{column}'", column=contacted), table[contacted])
    rows = _logit(w, x, None, "contacted", covariates)
    return np.clip(_chance(rows, table), CLIP, 1 - CLIP)


def campaign_effect(
    table: pd.DataFrame, *, covariates: Sequence[str] = (), left: str = "left",
    contacted: str = "contacted", level: float = 0.95,
) -> Estimate:  # fmt: skip
    """Estimate how many of 100 customers a contact holds, on average.

    Parameters
    ----------
    table : DataFrame
        One row a customer of the campaign.
    covariates : sequence of str
        None for the plain comparison, right where lots were drawn. With some: weighted by
        one over the propensity estimated from them, right if nothing else decided.
    left, contacted : str
        Columns: True or False.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    Estimate
        Share of customers who leave when left alone, less that when contacted. The weighted
        interval takes the estimated propensity for known, which makes it a little wide.
    """
    check_between(_("A confidence level"), level)
    y, w, _x = _parts(table, covariates, left, contacted)
    e = (
        propensity(table, covariates=covariates, contacted=contacted)
        if len(covariates)
        else w.mean()
    )
    value, se = _difference(y, w, np.where(w == 1, 1 / e, 1 / (1 - e)))
    half = float(ndtri((1 + level) / 2)) * se
    how = _("contacted against others as they are")
    if len(covariates):
        how = _("weighted to be alike in {names}", names=", ".join(covariates))
    return Estimate(name=_("Leavers a contact holds"), value=value, low=value - half,
                    high=value + half, unit="share", level=level, n=len(y), method=how)  # fmt: skip


@dataclass(frozen=True, kw_only=True, repr=False)
class UpliftCurve(Result):
    """What contacting the top of a score saves.

    Parameters
    ----------
    score : str
        The column the customers were ordered by.
    qini, low, high : float
        Area between the curve and contacting at random, with a bootstrap interval;
        customers saved per customer.
    true_qini : float
        The same by the known uplift, missing for real tables.
    level : float
        Confidence level.
    customers : int
        Customers of the campaign.
    table : DataFrame
        ``contacted`` (share, 0 to 1), ``saved`` (customers saved per customer of the
        campaign), ``low``, ``high``, ``at_random``, and ``true_saved`` where known.
    """

    score: str
    qini: float
    low: float
    high: float
    true_qini: float
    level: float
    customers: int
    table: pd.DataFrame = field(repr=False)

    def sentence(self) -> str:
        """Say whether the score orders better than chance."""
        verdict = _("no better and no worse than drawing lots, as far as can be told")
        if self.low > 0:
            verdict = _("better than drawing lots")
        elif self.high < 0:
            verdict = _("worse than drawing lots")
        return _(
            "Contacting by {score}: Qini {qini} ({level} interval {low} to {high}), {verdict}.",
            score=self.score.replace("_", " "), qini=number(self.qini), low=number(self.low),
            high=number(self.high), level=number(self.level, "share", digits=2), verdict=verdict,
        )  # fmt: skip


def uplift_curve(
    table: pd.DataFrame, *, score: str, covariates: Sequence[str] = (), left: str = "left",
    contacted: str = "contacted", resamples: int = 200, seed: int = 1, level: float = 0.95,
) -> UpliftCurve:  # fmt: skip
    """Judge a score by the customers it saves as more and more are contacted.

    Parameters
    ----------
    table : DataFrame
        One row a customer of a campaign the score was *not* fitted on.
    score : str
        Column to contact by, from the top; by lot among those with the same.
    covariates : sequence of str
        None where lots were drawn; else those of the propensity.
    left, contacted : str
        Columns: True or False.
    resamples : int
        Bootstrap samples of customers for the interval, 20 or more.
    seed : int
        The luck of the bootstrap.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    UpliftCurve
    """
    check_between(_("A confidence level"), level)
    if isinstance(resamples, bool) or not isinstance(resamples, int) or resamples < 20:
        wrong = _("A bootstrap interval needs 20 resamples or more.")
        raise CvmError(wrong, given=resamples, remedy=_("Give for example resamples=200."))
    y, w, _x = _parts(table, [*covariates, score], left, contacted)
    e = (
        propensity(table, covariates=covariates, contacted=contacted)
        if len(covariates)
        else w.mean()
    )
    order = from_the_top(numbers_of(table, [score])[:, 0])
    parts = _arms(y, w, np.where(w == 1, 1 / e, 1 / (1 - e)))[:, order]
    saved = _saved(parts, np.ones(len(y)))
    rng = Luck(seed).generator("uplift curve")
    drawn = np.array(
        [
            _saved(parts, rng.multinomial(len(y), np.full(len(y), 1 / len(y))))
            for _i in range(resamples)
        ]
    )
    tails = [(1 - level) / 2, (1 + level) / 2]
    low, high = np.quantile(drawn, tails, axis=0)
    ends = np.quantile([_qini(one) for one in drawn], tails)
    told = pd.DataFrame({"contacted": STEPS, "saved": saved, "low": low, "high": high,
                         "at_random": STEPS * saved[-1]})  # fmt: skip
    true = float("nan")
    if "true_uplift" in table:
        uplift = numbers_of(table, ["true_uplift"])[order, 0]
        running = np.r_[0.0, np.cumsum(uplift)] / len(y)
        told["true_saved"] = running[_tops(len(y))]
        true = _qini(told["true_saved"].to_numpy())
    return UpliftCurve(score=score, qini=_qini(saved), low=float(ends[0]), high=float(ends[1]),
                       true_qini=true, level=level, customers=len(y), table=told)  # fmt: skip


def _parts(
    table: pd.DataFrame, covariates: Sequence[str], left: str, contacted: str
) -> tuple[Floats, Floats, Floats]:
    check_columns(table, covariates)
    check_columns(table, [left, contacted])
    y = events_of(_("The column '{column}'", column=left), table[left])
    w = events_of(_("The column '{column}'", column=contacted), table[contacted])
    for arm, who in ((0, _("not contacted")), (1, _("contacted"))):
        if len(np.unique(y[w == arm])) < 2:
            raise CvmError(
                _("Among the customers {who} all left, or all stayed.", who=who),
                given={"customers": int((w == arm).sum()), "left": int(y[w == arm].sum())},
                remedy=_("Take more customers, or a longer horizon."),
            )
    return y, w, numbers_of(table, covariates) if len(covariates) else np.empty((len(y), 0))


def _logit(
    y: Floats, x: Floats, weight: Floats | None, part: str, names: Sequence[str]
) -> pd.DataFrame:
    """Fit a logit; weights, if any, count a customer for more, with robust errors."""
    import statsmodels.api as sm  # takes a second to load

    design = np.column_stack([np.ones(len(y)), x])
    with answering():
        model = sm.GLM(y, design, family=sm.families.Binomial(), var_weights=weight)
        fit = model.fit() if weight is None else model.fit(cov_type="HC1")
        check_answered(x, fit.params[1:], fit.bse[1:], names)
    return pd.DataFrame(
        {"part": part, "term": ["constant", *names], "effect": fit.params, "se": fit.bse}
    )


def _chance(rows: pd.DataFrame, table: pd.DataFrame) -> Floats:
    b, names = rows["effect"].to_numpy(), rows["term"].tolist()[1:]
    return np.asarray(expit(b[0] + numbers_of(table, names) @ b[1:]))


def _difference(y: Floats, w: Floats, weight: Floats) -> tuple[float, float]:
    """Weighted share of leavers among others less that among contacted, and its error."""
    value, variance = 0.0, 0.0
    for arm, sign in ((0, 1), (1, -1)):
        mine = weight[w == arm] / weight[w == arm].sum()
        mean = float(mine @ y[w == arm])
        value += sign * mean
        variance += float((mine**2 * (y[w == arm] - mean) ** 2).sum())
    return value, float(np.sqrt(variance))


def _arms(y: Floats, w: Floats, weight: Floats) -> Floats:
    """Weights and weighted leavers of the two arms: four rows, a column a customer."""
    alone, reached = weight * (w == 0), weight * (w == 1)
    return np.array([alone, alone * y, reached, reached * y])


def _tops(n: int) -> NDArray[np.int_]:
    return np.asarray(np.round(STEPS * n), dtype=int)


def _saved(parts: Floats, times: Any) -> Floats:
    """Customers saved per customer, at each step of the curve, each counted so many times."""
    running = np.cumsum(np.c_[np.zeros(4), parts * times], axis=1)
    counted = np.r_[0.0, np.cumsum(times)]
    at = np.searchsorted(counted, STEPS * counted[-1] - 1e-9)
    a, ay, b, by = running[:, at]
    # Until both arms are met there is nothing to compare, and nothing is claimed.
    both = (a > 0) & (b > 0)
    gap = np.where(both, ay / np.where(both, a, 1) - by / np.where(both, b, 1), 0.0)
    return np.asarray(STEPS * gap)


def _qini(saved: Floats) -> float:
    above = saved - STEPS * saved[-1]
    return float(((above[1:] + above[:-1]) / 2 * np.diff(STEPS)).sum())
