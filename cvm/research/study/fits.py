r"""The numbers behind each answer strategy: plain functions from arrays to a :class:`Fit`.

Least squares, logit and mixed models are statsmodels'. Ours are three short things that
statsmodels has not, or only slowly:

* **weighting** (Hájek's ratio form): :math:`\hat\mu_1 = \sum w_i T_i y_i / \sum w_i T_i`, the
  same for :math:`\hat\mu_0`, with :math:`w = 1/\hat e` for the treated and
  :math:`1/(1-\hat e)` for the others (all customers), or 1 and :math:`\hat e/(1-\hat e)` (the
  treated). The standard error is that of the influence function, less its projection on the
  score of the logit that gave :math:`\hat e`: estimating the propensity is part of the method;
* **two-stage least squares** with a standard error robust to unequal spread:
  :math:`\hat\beta = (\hat X'X)^{-1}\hat X'y`, :math:`\hat X = P_Z X`, and residuals of the *true*
  :math:`X`, which running two regressions by hand gets wrong;
* **mediation**: the product of two coefficients, whose interval comes from the law of the product
  of two normals (MacKinnon, Lockwood & Williams 2004, at second hand), which is not normal.

References
----------
Hájek, J. (1971). Comment on Basu. In *Foundations of Statistical Inference*, 236.
MacKinnon, D. P., Lockwood, C. M. & Williams, J. (2004). Confidence limits for the indirect
effect. *Multivariate Behavioral Research* 39(1), 99-128.
"""

from __future__ import annotations

import re
import warnings
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from cvm.errors import CvmError, near_miss
from cvm.luck import Luck
from cvm.results import number
from cvm.words import _

__all__ = ["Fit", "difference_logit", "linear", "mediated", "mixed", "two_stage", "weighted"]

Floats = NDArray[np.float64]

#: A formula that is a plain sum of columns.
PLAIN = re.compile(r"\s*[^\W\d]\w*\s*~\s*[^\W\d]\w*(\s*\+\s*[^\W\d]\w*)*\s*")
#: Draws of the two coefficients behind the law of their product.
DRAWS = 20_000
#: Nobody counts for more than fifty.
CLIP = 0.02


class Fit(NamedTuple):
    """What an answer strategy found.

    Parameters
    ----------
    estimate, se, low, high, p_value : float
        The change, its standard error, interval and two-sided p value.
    n : int
        Rows used.
    df : float
        Degrees of freedom of the t distribution; infinite for the normal.
    bias : float
        Largest bias the interval allows for (regression discontinuity), else 0.
    note : str
        Something a reader should know, already translated.
    """

    estimate: float
    se: float
    low: float
    high: float
    p_value: float
    n: int
    df: float = np.inf
    bias: float = 0.0
    note: str = ""


def standard(
    estimate: float, se: float, *, n: int, level: float, df: float = np.inf, note: str = ""
) -> Fit:
    """Make interval and p value from an estimate and its standard error."""
    law: Any = stats.norm if np.isinf(df) else stats.t(df)
    half = float(law.ppf(0.5 + level / 2)) * se
    with np.errstate(divide="ignore", invalid="ignore"):
        p = float(2 * law.sf(abs(np.float64(estimate) / se)))
    return Fit(float(estimate), float(se), estimate - half, estimate + half, p, n, df, 0.0, note)


def linear(
    table: pd.DataFrame, formula: str, term: str, *, cluster: str | None, level: float
) -> Fit:
    """Fit least squares and read off one coefficient; HC3, or by cluster, with Student's t."""
    fit = _least_squares(table, formula).fit(**_robust(table, cluster), use_t=True)
    if fit.df_resid < 1:
        wrong = _("There are no more rows than terms: any answer would fit.")
        remedy = _("Take more rows, or leave terms out.")
        raise CvmError(wrong, given={"rows": int(fit.nobs)}, remedy=remedy)
    df = table[cluster].nunique() - 1 if cluster else fit.df_resid
    estimate, se = _coefficient(fit, term)
    _identified(fit, term)
    return standard(estimate, se, n=int(fit.nobs), level=level, df=float(df))


def difference_logit(
    table: pd.DataFrame, formula: str, term: str, *, cluster: str | None, level: float
) -> Fit:
    """Fit a logit and give the average difference in probability that one unit of a term makes."""
    import statsmodels.formula.api as smf
    from statsmodels.tools.sm_exceptions import ConvergenceWarning, PerfectSeparationWarning

    with warnings.catch_warnings():
        warnings.simplefilter("error", ConvergenceWarning)
        warnings.simplefilter("error", PerfectSeparationWarning)
        try:
            robust = _robust(table, cluster, "HC1")
            fit = smf.logit(formula, table).fit(disp=0, maxiter=100, **robust)
        except (Warning, np.linalg.LinAlgError) as problem:
            wrong = _("The logit found no answer: some terms foretell the outcome perfectly.")
            raise CvmError(wrong, given=formula, remedy=_("Take more customers, or fewer terms.")) from problem  # fmt: skip
    _coefficient(fit, term)
    margins = fit.get_margeff(dummy=True)
    at = [name for name in fit.params.index if name != "Intercept"].index(term)
    estimate, se = float(margins.margeff[at]), float(margins.margeff_se[at])
    return standard(estimate, se, n=int(fit.nobs), level=level)


def mixed(table: pd.DataFrame, formula: str, term: str, *, group: str, level: float) -> Fit:
    """Fit a mixed model with a random intercept for each group and read off one coefficient."""
    import statsmodels.formula.api as smf
    from statsmodels.tools.sm_exceptions import ModelWarning

    groups = pd.factorize(table[group])[0]  # names of any kind, mixed ones too
    with warnings.catch_warnings():
        # A group variance of zero lies on the edge of what can be; the coefficient stands.
        warnings.simplefilter("ignore", ModelWarning)
        fit = smf.mixedlm(formula, table, groups=groups).fit(reml=True)
    estimate, se = _coefficient(fit, term)
    return standard(estimate, se, n=len(table), level=level)


def weighted(y: Floats, treated: Floats, x: Floats, *, group: str, level: float) -> Fit:
    """Weight by one over the estimated propensity; ``group`` is "all" or "treated"."""
    import statsmodels.api as sm

    design = np.column_stack([np.ones(len(y)), x])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a perfect forecast, which is refused below
        chance = sm.GLM(treated, design, family=sm.families.Binomial()).fit().fittedvalues
    if chance[treated == 1].min() > chance[treated == 0].max() + 1e-6:
        wrong = _("The covariates foretell perfectly who was treated: nobody is left to compare with.")  # fmt: skip
        raise CvmError(wrong, remedy=_("Leave out what follows from the treatment."))
    e = np.clip(chance, CLIP, 1 - CLIP)
    whole = group == "all"
    w1 = treated / e if whole else treated
    w0 = (1 - treated) / (1 - e) if whole else (1 - treated) * e / (1 - e)
    m1, m0 = float(w1 @ y / w1.sum()), float(w0 @ y / w0.sum())
    influence = w1 * (y - m1) / w1.mean() - w0 * (y - m0) / w0.mean()
    score = (treated - e)[:, None] * design
    influence -= score @ np.linalg.lstsq(score, influence, rcond=None)[0]
    se = float(influence.std()) / np.sqrt(len(y))
    clipped = float(((chance < CLIP) | (chance > 1 - CLIP)).mean())
    note = _("{share} had a propensity beyond 0.02 or 0.98", share=number(clipped, "share"))
    return standard(m1 - m0, se, n=len(y), level=level, note=note if clipped else "")


def two_stage(y: Floats, treated: Floats, z: Floats, x: Floats, *, level: float) -> Fit:
    """Two-stage least squares of one treatment with one or more instruments."""
    one = np.ones(len(y))
    exog, tools = np.column_stack([one, treated, x]), np.column_stack([one, z, x])
    _apart(exog, 1, _("treatment"))
    hat = tools @ np.linalg.lstsq(tools, exog, rcond=None)[0]
    inverse = np.linalg.pinv(hat.T @ exog)
    beta = inverse @ hat.T @ y
    error = y - exog @ beta
    meat = hat.T @ (error[:, None] ** 2 * hat)
    n, k = exog.shape
    variance = n / (n - k) * inverse @ meat @ inverse.T
    strength = _first_stage(treated, z, x)
    note = _("F of the first stage: {f}", f=number(strength))
    if strength < 10:
        note += _("; the instrument is weak, and the interval cannot be trusted")
    return standard(float(beta[1]), float(np.sqrt(variance[1, 1])), n=n, level=level, note=note)


def mediated(y: Floats, treated: Floats, mediator: Floats, x: Floats, *, level: float) -> Fit:
    """Give the part of the effect that runs through the mediator: a product of coefficients."""
    import statsmodels.api as sm

    one = np.ones(len(y))
    _apart(np.column_stack([one, treated, mediator, x]), 2, _("mediator"))
    first = sm.OLS(mediator, np.column_stack([one, treated, x])).fit(cov_type="HC3")
    second = sm.OLS(y, np.column_stack([one, treated, mediator, x])).fit(cov_type="HC3")
    a, sa = float(first.params[1]), float(first.bse[1])
    b, sb = float(second.params[2]), float(second.bse[2])
    z = _normals()
    products = (a + sa * z[0]) * (b + sb * z[1])
    low, high = np.quantile(products, [(1 - level) / 2, (1 + level) / 2])
    side = min(float((products <= 0).mean()), float((products >= 0).mean()))
    p = min(1.0, 2 * max(side, 1 / DRAWS))
    se = float(np.hypot(a * sb, b * sa))
    return Fit(a * b, se, float(low), float(high), p, len(y))


def _least_squares(table: pd.DataFrame, formula: str) -> Any:
    """Make the model; a sum of columns of numbers without the formula machine, which is slow."""
    import statsmodels.api as sm  # takes a second to load
    import statsmodels.formula.api as smf

    if not PLAIN.fullmatch(formula):
        return smf.ols(formula, table)
    outcome, *terms = re.findall(r"\w+", formula)
    used = table[[outcome, *terms]]
    if len(set(terms)) < len(terms) or not all(d.kind in "if" for d in used.dtypes):
        return smf.ols(formula, table)
    return sm.OLS(used[outcome], used[terms].assign(Intercept=1.0))


def _robust(table: pd.DataFrame, cluster: str | None, plain: str = "HC3") -> dict[str, Any]:
    if cluster is None:
        return {"cov_type": plain}
    groups = pd.factorize(table[cluster])[0]
    if groups.max(initial=0) < 2:
        wrong = _("Errors by cluster need three clusters or more.")
        remedy = _("With so few, take the cluster's mean as the unit and say so.")
        raise CvmError(wrong, given={cluster: int(groups.max(initial=-1) + 1)}, remedy=remedy)
    return {"cov_type": "cluster", "cov_kwds": {"groups": groups}}


def _coefficient(fit: Any, term: str) -> tuple[float, float]:
    if term not in fit.params.index:
        wrong = _("The formula has no term '{term}'.", term=term)
        raise CvmError(wrong, remedy=near_miss(term, fit.params.index))
    return float(fit.params[term]), float(fit.bse[term])


def _identified(fit: Any, term: str) -> None:
    """Refuse a coefficient that other terms can take over without any change of the fit."""
    x = np.asarray(fit.model.exog, dtype=float)
    if fit.df_model + 1 >= x.shape[1]:
        return
    at = list(fit.params.index).index(term)
    if abs((np.linalg.pinv(x) @ x)[at, at] - 1) > 1e-6:
        wrong = _("The term '{term}' says the same as other terms of the formula.", term=term)
        raise CvmError(wrong, remedy=_("Leave out what follows from the treatment."))


def _apart(x: Floats, at: int, what: str) -> None:
    """Refuse a column that the others say already."""
    if abs((np.linalg.pinv(x) @ x)[at, at] - 1) > 1e-6:
        wrong = _(
            "The {what} follows from the other columns: nothing of its own is left.", what=what
        )
        raise CvmError(wrong, remedy=_("Leave out what follows from the treatment."))


def _first_stage(treated: Floats, z: Floats, x: Floats) -> float:
    """Robust F of the instruments in the regression of the treatment."""
    import statsmodels.api as sm

    z = z.reshape(len(z), -1)
    fit = sm.OLS(treated, np.column_stack([np.ones(len(treated)), z, x])).fit(cov_type="HC1")
    k = z.shape[1]
    b, v = fit.params[1 : k + 1], fit.cov_params()[1 : k + 1, 1 : k + 1]
    return float(b @ np.linalg.pinv(v) @ b / k)


@lru_cache(maxsize=1)
def _normals() -> Floats:
    # The same draws for every table: the interval is a function of the data alone.
    return Luck(0).generator("product of coefficients").standard_normal((2, DRAWS))
