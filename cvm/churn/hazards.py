r"""What makes customers leave: the hazard, in continuous time and month by month.

**Cox.** With :math:`h_0` left open, every unit of a covariate multiplies the hazard by the
same factor at any time, :math:`h_i(t) = h_0(t)\,e^{x_i\beta}`, and :math:`\beta` maximises
the partial likelihood

.. math:: \prod_{i\ \text{left}} \frac{e^{x_i\beta}}{\sum_{j\ \text{watched at } t_i} e^{x_j\beta}}

(ties by Efron). **That it is the same factor at any time** can be tested: the Schoenfeld
residuals :math:`r_i = x_i - \bar x(t_i)` (of who left, against the weighted mean of those
then at risk) must show no drift with time. With :math:`g` the rank of the time of leaving,
:math:`V` the covariance of :math:`\hat\beta` and :math:`d` leavers, the drift of
covariate :math:`j` is judged by

.. math:: \chi^2_j = \frac{\bigl(\sum_i (g_i-\bar g)\, (d\,V r_i)_j\bigr)^2}
   {d\,V_{jj} \sum_i (g_i-\bar g)^2} \sim \chi^2_1 .

**Month by month.** Each customer gives one row for each month watched, and a logit of
leaving in that month has the covariates and the tenure,

.. math:: \operatorname{logit} P(\text{leaves in month } m) = \alpha + \gamma\log(m - \tfrac12)
   + x_i\beta .

With the complementary log-log link in place of the logit, :math:`\beta` is Cox's own.

**The estimand.** The effect of a covariate on the log hazard (hazard ratio
:math:`e^\beta`) *among customers alike in all that is in the model*.

**What the naive answer gets wrong.** A plain logit of "has left by today" counts a customer
of two months and one of three years alike, so it takes the length of the watch for
loyalty. And what is left out matters even when it has nothing to do with the covariates:
the customers who are at risk by what is unseen leave first, so among those watched later
the effect looks smaller. At the defaults of :class:`cvm.churn.Churn` the true effect of a
monthly contract is 0.90 and Cox finds about 0.84.

**Where it comes from.** Cox (1972); the test: Grambsch & Therneau (1994); month by month:
Allison (1982); the fading by what is unseen: Vaupel, Manton & Stallard (1979). At second
hand. Estimated by statsmodels.

References
----------
Allison, P. D. (1982). Discrete-time methods for the analysis of event histories.
*Sociological Methodology* 13, 61-98.
Grambsch, P. M. & Therneau, T. M. (1994). Proportional hazards tests and diagnostics based
on weighted residuals. *Biometrika* 81(3), 515-526.
Vaupel, J. W., Manton, K. G. & Stallard, E. (1979). The impact of heterogeneity in
individual frailty on the dynamics of mortality. *Demography* 16(3), 439-454.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit
from scipy.stats import chi2, rankdata

from cvm.churn.customers import COVARIATES
from cvm.churn.door import answering, check_answered, check_between, check_lives, numbers_of
from cvm.errors import CvmError, near_miss
from cvm.results import Result, number, p_words
from cvm.words import _

__all__ = ["CoxHazard", "DiscreteHazard", "cox", "customer_months", "discrete_hazard"]

Floats = NDArray[np.float64]

TIES = ("efron", "breslow")
LINKS = ("logit", "cloglog")
#: Below this, the drift of an effect is told as one.
ALARM = 0.05
#: Steps towards the top of the likelihood, and a log hazard ratio beyond which there is none.
STEPS, STEEP = 20, 30.0
#: Customer-months that a computer has room for.
MOST = 5e7


@dataclass(frozen=True, kw_only=True, repr=False)
class CoxHazard(Result):
    """Effects on the hazard, and whether they are the same at any time.

    Parameters
    ----------
    table : DataFrame
        One row a covariate: ``covariate``, ``effect`` (on the log hazard, per unit), ``se``,
        ``low``, ``high``, ``ratio`` (of hazards), ``ratio_low``, ``ratio_high``,
        ``p_value``, ``drift`` (correlation of the scaled Schoenfeld residuals with the rank
        of time), ``drift_chi2``, ``drift_p`` (small: hazards are not proportional).
    loglike : float
        Log partial likelihood.
    level : float
        Confidence level.
    left, customers : int
        Customers who left, and all.
    """

    table: pd.DataFrame = field(repr=False)
    loglike: float
    level: float
    left: int
    customers: int

    def to_frame(self) -> pd.DataFrame:
        """Give one row a covariate."""
        return self.table.copy()

    def score(self, table: pd.DataFrame) -> Floats:
        """Rank customers by hazard.

        Parameters
        ----------
        table : DataFrame
            With the covariates.

        Returns
        -------
        ndarray
            Log hazard relative to a customer with zeros everywhere.
        """
        names = self.table["covariate"].tolist()
        return np.asarray(numbers_of(table, names) @ self.table["effect"].to_numpy())

    def sentence(self) -> str:
        """Say the hazard ratios and whether they hold at any time."""
        told = [
            _("each unit of {name} multiplies the hazard by {ratio} ({low} to {high})",
              name=_(str(row["covariate"])), ratio=number(row["ratio"]), low=number(row["ratio_low"]),
              high=number(row["ratio_high"]))
            for row in self.table.to_dict("records")
        ]  # fmt: skip
        text = _("Of {n} customers {left} left: {effects} ({level} intervals).",
                 n=number(self.customers), left=number(self.left), effects="; ".join(told),
                 level=number(self.level, "share", digits=2))  # fmt: skip
        drifts = self.table[self.table["drift_p"] < ALARM]
        if drifts.empty:
            return text + " " + _("No sign that an effect changes with time.")
        names = ", ".join(
            f"{_(str(row['covariate']))} ({p_words(row['drift_p'])})"
            for row in drifts.to_dict("records")
        )
        return text + " " + _("Not the same at any time: {names}.", names=names)


def cox(
    table: pd.DataFrame,
    *,
    covariates: Sequence[str] = COVARIATES,
    months: str = "months",
    left: str = "left",
    entry: str | None = None,
    ties: str = "efron",
    level: float = 0.95,
) -> CoxHazard:
    """Estimate effects on the hazard of leaving by Cox's regression, and test proportionality.

    Parameters
    ----------
    table : DataFrame
        One row a customer.
    covariates : sequence of str
        Columns of numbers known at the beginning of the watch.
    months, left, entry, level
        As in :func:`cvm.churn.survival_curve`.
    ties : {"efron", "breslow"}
        How customers who left at the same time are counted.

    Returns
    -------
    CoxHazard

    Raises
    ------
    CvmError
        If a covariate never varies or foretells who leaves perfectly, or the columns are not
        what they must be.
    """
    from statsmodels.duration.hazard_regression import PHReg  # takes a second to load

    check_between(_("A confidence level"), level)
    if ties not in TIES:
        raise CvmError(_("Ties are counted in one of two ways."), given=ties,
                       remedy=near_miss(ties, TIES))  # fmt: skip
    time, event, start = check_lives(table, months, left, entry)
    # From the middle: a column far from zero (a year, say) would cost all its places.
    x = _varying(table, covariates)
    x = x - x.mean(axis=0)
    # Where no two left at one time both ways of counting agree, and Breslow's is quicker.
    tied = len(np.unique(time[event == 1])) < event.sum()
    with answering():
        model = PHReg(time, x, status=event, entry=start, ties=ties if tied else "breslow")
        fit = model.fit(start_params=_near(time, event, x, start))
        check_answered(x, fit.params, fit.bse, covariates)
    ends, effects = fit.conf_int(alpha=1 - level), np.asarray(fit.params)
    drift = _proportionality(time, event, x, start, effects, np.asarray(fit.cov_params()))
    found = pd.DataFrame(
        {
            "covariate": list(covariates), "effect": effects, "se": fit.bse,
            "low": ends[:, 0], "high": ends[:, 1], "ratio": np.exp(effects),
            "ratio_low": np.exp(ends[:, 0]), "ratio_high": np.exp(ends[:, 1]),
            "p_value": fit.pvalues, **drift,
        }
    )  # fmt: skip
    return CoxHazard(table=found, loglike=float(fit.llf), level=level, left=int(event.sum()),
                     customers=len(time))  # fmt: skip


@dataclass(frozen=True, kw_only=True, repr=False)
class DiscreteHazard(Result):
    """Effects on the hazard of a month.

    Parameters
    ----------
    table : DataFrame
        One row a term (``constant``, ``log tenure`` and the covariates): ``term``,
        ``effect`` (on the log-odds or the log hazard of a month), ``se``, ``low``,
        ``high``, ``ratio``, ``p_value``.
    link : {"logit", "cloglog"}
        The scale of the effects.
    loglike : float
        Log likelihood.
    level : float
        Confidence level.
    months, left : int
        Customer-months watched, and customers who left in them.
    """

    table: pd.DataFrame = field(repr=False)
    link: str
    loglike: float
    level: float
    months: int
    left: int

    def to_frame(self) -> pd.DataFrame:
        """Give one row a term."""
        return self.table.copy()

    def risk(self, table: pd.DataFrame, *, ahead: int = 1, months: str = "months") -> Floats:
        """Forecast who leaves.

        Parameters
        ----------
        table : DataFrame
            Customers still there, with the covariates.
        ahead : int
            Months to look ahead, 1 or more.
        months : str
            Column with the months each has been here so far.

        Returns
        -------
        ndarray
            Probability of leaving within that time.
        """
        if isinstance(ahead, bool) or not isinstance(ahead, int | np.integer) or ahead < 1:
            wrong = _("A forecast looks one whole month ahead, or more.")
            raise CvmError(wrong, given=ahead, remedy=_("Give for example ahead=6."))
        b = self.table["effect"].to_numpy()
        names = self.table["term"].tolist()[2:]
        fixed = b[0] + numbers_of(table, names) @ b[2:]
        so_far = np.floor(numbers_of(table, [months])[:, 0])
        if (so_far < 0).any():
            wrong = _("Nobody has been here for less than no time.")
            remedy = _("Look at the column '{column}'.", column=months)
            raise CvmError(wrong, given=float(so_far.min()), remedy=remedy)
        coming = so_far[:, None] + np.arange(1, ahead + 1)
        drive = fixed[:, None] + b[1] * np.log(coming - 0.5)
        stay = 1 - expit(drive) if self.link == "logit" else np.exp(-np.exp(drive))
        return np.asarray(1 - stay.prod(axis=1))

    def sentence(self) -> str:
        """Say the effects."""
        kind = _("odds") if self.link == "logit" else _("hazard")
        told = [
            _("each unit of {name} multiplies the {kind} by {ratio} ({low} to {high})",
              name=_(str(row["term"])), kind=kind, ratio=number(row["ratio"]),
              low=number(np.exp(row["low"])), high=number(np.exp(row["high"])))
            for row in self.table.iloc[1:].to_dict("records")
        ]  # fmt: skip
        return _("In {months} customer-months {left} left: {effects} ({level} intervals).",
                 months=number(self.months), left=number(self.left), effects="; ".join(told),
                 level=number(self.level, "share", digits=2))  # fmt: skip


def discrete_hazard(
    table: pd.DataFrame,
    *,
    covariates: Sequence[str] = COVARIATES,
    months: str = "months",
    left: str = "left",
    entry: str | None = None,
    link: str = "logit",
    level: float = 0.95,
) -> DiscreteHazard:
    """Estimate the hazard month by month, by a logit of customer-months.

    Parameters
    ----------
    table : DataFrame
        One row a customer. A watch that ends within a month, the customer still here,
        counts up to the last whole month.
    covariates : sequence of str
        Columns of numbers.
    months, left, entry, level
        As in :func:`cvm.churn.survival_curve`.
    link : {"logit", "cloglog"}
        With the second the effects are those of :func:`cox`.

    Returns
    -------
    DiscreteHazard

    Raises
    ------
    CvmError
        As :func:`cox`; or if nobody was watched beyond a first month.
    """
    import statsmodels.api as sm  # takes a second to load

    check_between(_("A confidence level"), level)
    if link not in LINKS:
        wrong = _("The hazard of a month has one of two links.")
        raise CvmError(wrong, given=link, remedy=near_miss(link, LINKS))
    x = _varying(table, covariates)
    rows = customer_months(table, months=months, left=left, entry=entry)
    if rows["month"].nunique() < 2 or rows["left"].nunique() < 2:
        wrong = _("The months watched are too few to tell how leaving moves with time.")
        raise CvmError(wrong, given={"customer-months": len(rows)},
                       remedy=_("Time is counted in months; take a longer watch."))  # fmt: skip
    tenure = np.log(rows["month"].to_numpy() - 0.5)
    design = np.column_stack([np.ones(len(rows)), tenure, x[rows["row"].to_numpy()]])
    scale = sm.families.links.Logit() if link == "logit" else sm.families.links.CLogLog()
    with answering():
        fit = sm.GLM(rows["left"].to_numpy(float), design, family=sm.families.Binomial(scale)).fit()
        terms = [_("log tenure"), *covariates]
        check_answered(design[:, 1:], fit.params[1:], fit.bse[1:], terms)
    ends = fit.conf_int(alpha=1 - level)
    found = pd.DataFrame(
        {
            "term": ["constant", "log tenure", *covariates], "effect": fit.params,
            "se": fit.bse, "low": ends[:, 0], "high": ends[:, 1],
            "ratio": np.exp(fit.params), "p_value": fit.pvalues,
        }
    )  # fmt: skip
    return DiscreteHazard(table=found, link=link, loglike=float(fit.llf), level=level,
                          months=len(rows), left=int(rows["left"].sum()))  # fmt: skip


def customer_months(
    table: pd.DataFrame, *, months: str = "months", left: str = "left", entry: str | None = None
) -> pd.DataFrame:
    """Write a row for every month a customer was watched.

    Parameters
    ----------
    table : DataFrame
        One row a customer.
    months, left, entry
        As in :func:`cvm.churn.survival_curve`.

    Returns
    -------
    DataFrame
        ``row`` (position of the customer in the table), ``month`` (of the customer's life,
        from 1), ``left`` (in that month).
    """
    time, event, start = check_lives(table, months, left, entry)
    if time.sum() - (0 if start is None else start.sum()) > MOST:
        wrong = _("So long a watch makes more customer-months than there is room for.")
        raise CvmError(wrong, given={"longest": float(time.max()), "customers": len(time)},
                       remedy=_("Count time in months, not in days or seconds; or take a sample."))  # fmt: skip
    last = np.where(event == 1, np.ceil(time), np.floor(time)).astype(int)
    # A watch that began within a month counts from the next one, as the first was not seen whole.
    first = np.zeros(len(time), int) if start is None else np.ceil(start).astype(int)
    many = np.maximum(last - first, 0)
    row = np.repeat(np.arange(len(time)), many)
    month = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many) + first[row] + 1
    return pd.DataFrame(
        {"row": row, "month": month, "left": (event[row] == 1) & (month == last[row])}
    )


def _varying(table: pd.DataFrame, covariates: Sequence[str]) -> Floats:
    x = numbers_of(table, covariates)
    if not len(covariates):
        wrong = _("A regression needs at least one covariate.")
        raise CvmError(wrong, remedy=_("Write for example covariates=['calls']."))
    still = [name for name, flat in zip(covariates, np.ptp(x, axis=0) == 0, strict=True) if flat]
    if still:
        wrong = _("The column '{column}' is the same for all customers.", column=still[0])
        raise CvmError(wrong, remedy=_("Leave it out: what does not vary cannot tell."))
    if np.linalg.matrix_rank(x - x.mean(axis=0)) < x.shape[1]:
        wrong = _("The covariates repeat one another: one can be computed from the others.")
        raise CvmError(wrong, given=list(covariates), remedy=_("Leave one of them out."))
    return x


def _near(time: Floats, event: Floats, x: Floats, start: Floats | None) -> Floats:
    """Find where the fit ends by Newton's steps on Breslow's partial likelihood.

    PHReg goes through the times of leaving one by one at each step, so it is given few steps
    to take. What it ends at does not depend on where it begins: the likelihood has one top.
    """
    effects, x = np.zeros(x.shape[1]), x - x.mean(axis=0)
    with np.errstate(all="ignore"):
        for _step in range(STEPS):
            try:
                step = _newton(time, event, x, start, effects)
            except np.linalg.LinAlgError:
                break
            if not np.isfinite(step).all() or np.abs(x @ (effects + step)).max() > STEEP:
                break
            effects = effects + step
            if np.abs(step).max() < 1e-9:
                return effects
    return np.zeros(x.shape[1])  # no top in sight: PHReg says what it makes of that


def _newton(
    time: Floats, event: Floats, x: Floats, start: Floats | None, effects: Floats
) -> Floats:
    many, wide = x.shape
    weight, at = np.exp(x @ effects), np.unique(time[event == 1])
    squares = (x[:, :, None] * x[:, None, :]).reshape(many, wide**2)
    totals = _at_risk(
        weight[:, None] * np.column_stack([np.ones(many), x, squares]), time, start, at
    )
    means = totals[:, 1:] / totals[:, :1]
    first, second = means[:, :wide], means[:, wide:].reshape(-1, wide, wide)
    gone = np.flatnonzero(event == 1)
    place = np.searchsorted(at, time[gone])
    spread = second - first[:, :, None] * first[:, None, :]
    return np.linalg.solve(spread[place].sum(axis=0), (x[gone] - first[place]).sum(axis=0))


def _proportionality(
    time: Floats, event: Floats, x: Floats, start: Floats | None, effects: Floats, cov: Floats
) -> dict[str, Any]:
    """Drift of the scaled Schoenfeld residuals with the rank of the time of leaving."""
    residuals, at = _schoenfeld(time, event, x, start, effects)
    rank = rankdata(at) - (len(at) + 1) / 2
    scaled = len(at) * residuals @ cov
    squares = float((rank**2).sum())
    if squares == 0:  # all left at one time: nothing to see of a drift
        nothing = np.full(x.shape[1], np.nan)
        return {"drift": nothing, "drift_chi2": nothing, "drift_p": nothing}
    centred = scaled - scaled.mean(axis=0)
    spread = np.sqrt((centred**2).sum(axis=0) * squares)
    slope = rank @ scaled
    statistic = slope**2 / (len(at) * np.diag(cov) * squares)
    return {"drift": slope / spread, "drift_chi2": statistic, "drift_p": chi2.sf(statistic, 1)}


def _schoenfeld(
    time: Floats, event: Floats, x: Floats, start: Floats | None, effects: Floats
) -> tuple[Floats, Floats]:
    """Covariates of each who left, less their weighted mean among those then at risk.

    Those who left at one time share one mean, also where Cox's regression counts ties by
    Efron: the test looks for a drift over all times, and ties are few.
    """
    weight = np.exp((x - x.mean(axis=0)) @ effects)
    at = np.unique(time[event == 1])
    totals = _at_risk(np.column_stack([weight, weight[:, None] * x]), time, start, at)
    means = totals[:, 1:] / totals[:, :1]
    gone = np.flatnonzero(event == 1)
    return x[gone] - means[np.searchsorted(at, time[gone])], time[gone]


def _at_risk(values: Floats, time: Floats, start: Floats | None, at: Floats) -> Floats:
    """Sum over those watched at each time: entered before it, not gone before it."""

    def sums(edges: Floats, side: Any) -> Floats:
        order = np.argsort(edges)
        running = np.vstack([np.zeros(values.shape[1]), np.cumsum(values[order], axis=0)])
        return np.asarray(running[np.searchsorted(edges[order], at, side=side)])

    entered = values.sum(axis=0) if start is None else sums(start, "left")
    return np.asarray(entered - sums(time, "left"))
