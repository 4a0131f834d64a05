"""The door and the result all lifetime-value models share: fitted parameters with intervals.

:func:`fit` checks a summary, puts equal rows together, has the model find its maximum, and
gives a frozen :class:`Fit`. Standard errors come from the curvature on the log scale: an
interval for a parameter is ``exp(log estimate ± z se)``, so it never crosses zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import chi2, norm

from cvm.clv.model import CustomerModel, History, shift, unique_rows
from cvm.errors import CvmError, near_miss
from cvm.inputs import check_level, need_columns
from cvm.results import Result, number, p_words
from cvm.words import _

__all__ = ["Fit", "LikelihoodRatio", "fit", "likelihood_ratio"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Fit(Result):
    """A fitted lifetime-value model.

    Parameters
    ----------
    model : type
        The model, a subclass of :class:`cvm.clv.CustomerModel`; it holds the equations.
    params : Series
        Estimates by parameter name, effects of covariates last as ``"alpha[young]"``.
    se : Series
        Standard errors, by the delta method for parameters, direct for effects.
    theta : ndarray
        The same on the scale of the fit: logs of parameters, then effects.
    covariance : ndarray
        Of ``theta``; missing, as are the errors and intervals made of it, without a peak.
    loglike : float
        The log-likelihood at the maximum, in the units of the data given.
    customers : int
        Customers behind it.
    converged : bool
        Whether it is a peak from which no step promises more.
    covariates, on : tuple of str
        Covariates, and the parameters they shift.
    results : statsmodels GenericLikelihoodModelResults
        For ``summary()`` and tests, on the log scale.
    """

    model: type[CustomerModel]
    params: pd.Series
    se: pd.Series
    theta: Floats
    covariance: Floats
    loglike: float
    customers: int
    converged: bool
    covariates: tuple[str, ...]
    on: tuple[str, ...]
    results: Any

    @property
    def aic(self) -> float:
        """Akaike's criterion; smaller is better."""
        return 2 * len(self.theta) - 2 * self.loglike

    @property
    def bic(self) -> float:
        """Schwarz' criterion; smaller is better."""
        return len(self.theta) * float(np.log(self.customers)) - 2 * self.loglike

    def conf_int(self, level: float = 0.95) -> pd.DataFrame:
        """Give confidence intervals.

        Parameters
        ----------
        level : float
            Between 0 and 1.

        Returns
        -------
        DataFrame
            ``low`` and ``high`` by parameter name.
        """
        check_level(level)
        half = norm.ppf((1 + level) / 2) * np.sqrt(np.diag(self.covariance).clip(min=0))
        ends = pd.DataFrame({"low": self.theta - half, "high": self.theta + half})
        main = len(self.model.names)
        ends.iloc[:main] = np.exp(np.minimum(ends.iloc[:main], 700))
        return ends.set_axis(self.params.index)

    def summary(self) -> Any:
        """Give statsmodels' summary table, on the log scale of the fit."""
        return self.results.summary()

    def to_frame(self, *, level: float = 0.95) -> pd.DataFrame:
        """Give one row a parameter: ``parameter``, ``estimate``, ``se``, ``low``, ``high``.

        Parameters
        ----------
        level : float
            Of the intervals.
        """
        table = pd.DataFrame({"estimate": self.params, "se": self.se}).join(self.conf_int(level))
        return table.rename_axis("parameter").reset_index()

    def sentence(self) -> str:
        """Say the parameters with their 95 % intervals."""
        ends = self.conf_int()
        told = "; ".join(
            _("{name} {value} ({low} to {high})", name=name, value=number(value),
              low=number(low), high=number(high))
            for name, value, low, high in zip(
                ends.index, self.params.to_numpy(float), ends["low"].to_numpy(float),
                ends["high"].to_numpy(float), strict=True,
            )
        )  # fmt: skip
        text = _(
            "{model}, {customers} customers: {told}; 95 % intervals; log-likelihood {loglike}.",
            model=_(self.model.label), customers=number(self.customers), told=told,
            loglike=number(self.loglike, digits=6),
        )  # fmt: skip
        if not self.converged:
            text += " " + _(
                "The likelihood has no peak here: a parameter runs off without end, so do not "
                "read it; customers may differ too little, or the history be too short."
            )
        return text


def fit(
    model: type[CustomerModel],
    summary: pd.DataFrame,
    *,
    covariates: Sequence[str] = (),
    on: Sequence[str] | None = None,
    weights: str | None = None,
) -> Fit:
    """Fit a model to a summary.

    Parameters
    ----------
    model : type
        A subclass of :class:`cvm.clv.CustomerModel`.
    summary : DataFrame
        One row a customer with the model's columns.
    covariates : sequence of str
        Columns of numbers that do not change over time.
    on : sequence of str, optional
        Parameters they shift; all that a model allows without it.
    weights : str, optional
        The column that says how many customers a row stands for.

    Returns
    -------
    Fit

    Raises
    ------
    CvmError
        For an unusable summary, covariate or parameter.
    """
    on = _shifted(model, covariates, on)
    names = tuple(covariates)
    table = pd.DataFrame(histories(model, summary, covariates=names))
    if weights is not None:
        many = _weights(summary, weights)
        sums = table.assign(_w=many).groupby(list(table.columns), sort=True)["_w"].sum()
        rows, counts = sums.index.to_frame(index=False), sums.to_numpy(float)
    else:
        rows, counts = unique_rows(table)
    history = {name: rows[name].to_numpy(float) for name in model.columns}
    z = rows[list(names)].to_numpy(float) if names else None
    made = model(history, counts, covariates=z, covariate_names=names, on=on)
    return _packed(model, made.fit(), names, on)


def histories(
    model: type[CustomerModel], summary: Any, *, covariates: Sequence[str] = ()
) -> dict[str, Floats]:
    """Read a model's columns out of a summary, checked.

    Parameters
    ----------
    model : type
        Says which columns.
    summary : DataFrame
        One row a customer.
    covariates : sequence of str
        Further columns.

    Returns
    -------
    dict of str to ndarray
    """
    if not isinstance(summary, pd.DataFrame):
        raise CvmError(
            _("A summary is a table with one row a customer."), given=summary,
            remedy=_("Make it with cvm.clv.summary(transactions)."),
        )  # fmt: skip
    if not len(summary):
        raise CvmError(
            _("The summary holds no customer."), remedy=_("Give a table with at least one row.")
        )
    read = {name: _column(summary, name) for name in (*model.columns, *covariates)}
    check_history(read)
    model.check(read)
    return read


def check_history(read: History) -> None:
    """Check what must hold between the columns of a history.

    Parameters
    ----------
    read : mapping of str to ndarray
        Of ``frequency``, ``recency``, ``T`` those that are there.
    """
    x, recency, T = (read.get(name) for name in ("frequency", "recency", "T"))
    rules = []
    if x is not None:
        whole = (x >= 0) & (x == np.floor(x))
        rules.append((~whole, _("Frequency counts repeat purchases: a whole number from 0.")))
    if T is not None:
        rules.append((T < 0, _("T, the age of a customer, is zero or positive.")))
    if recency is not None and T is not None:
        outside = (recency < 0) | (recency > T * (1 + 1e-9) + 1e-9)
        rules.append((outside, _("Recency lies between 0 and T.")))
    if recency is not None and x is not None:
        odd = (x == 0) & (recency > 0)
        rules.append((odd, _("A customer without a repeat purchase has recency 0.")))
    for wrong, told in rules:
        if wrong.any():
            row = int(np.flatnonzero(wrong)[0])
            given = {name: float(column[row]) for name, column in read.items()}
            remedy = _("Rows at fault: {count}, the first at position {row}. "
                       "cvm.clv.summary makes the columns as they must be.",
                       count=number(int(wrong.sum())), row=row)  # fmt: skip
            raise CvmError(told, given=given, remedy=remedy)


def parameters(fitted: Fit, summary: pd.DataFrame, theta: Floats | None = None) -> dict[str, Any]:
    """Give the parameters in their own scale, by customer where covariates shift them.

    Parameters
    ----------
    fitted : Fit
        Whose parameters.
    summary : DataFrame
        With the covariates.
    theta : ndarray, optional
        Other parameters than those fitted, on the scale of the fit.

    Returns
    -------
    dict of str to float or ndarray
    """
    z = None
    if fitted.covariates:
        z = np.column_stack([_column(summary, name) for name in fitted.covariates])
    at = fitted.theta if theta is None else theta
    return shift(at, fitted.model.names, fitted.model.signs, fitted.on, z)


@dataclass(frozen=True, kw_only=True, repr=False)
class LikelihoodRatio(Result):
    """A likelihood-ratio test of a model within a larger one.

    Parameters
    ----------
    statistic : float
        Twice the difference of the log-likelihoods.
    df : int
        Parameters more.
    p_value : float
        From the chi-squared distribution.
    small, large : str
        The parameters of the two.
    """

    statistic: float
    df: int
    p_value: float
    small: str
    large: str

    def sentence(self) -> str:
        """Say the statistic and its p value."""
        return _(
            "Likelihood-ratio test of {small} within {large}: {statistic} on {df} degrees of "
            "freedom, {p}.",
            small=self.small, large=self.large, statistic=number(self.statistic),
            df=number(self.df), p=p_words(self.p_value),
        )  # fmt: skip


def likelihood_ratio(small: Fit, large: Fit) -> LikelihoodRatio:
    """Test a fit against a larger one that contains it.

    Parameters
    ----------
    small, large : Fit
        The same model on the same customers; ``large`` has covariates more.

    Returns
    -------
    LikelihoodRatio

    Raises
    ------
    CvmError
        If the first is not contained in the second.
    """
    if not isinstance(small, Fit) or not isinstance(large, Fit):
        wrong = _("A likelihood-ratio test compares two fits.")
        raise CvmError(
            wrong, given=large, remedy=_("Give what cvm.clv.bg_nbd(...) returned, twice.")
        )
    inside = set(small.params.index) < set(large.params.index)
    if small.model is not large.model or small.customers != large.customers or not inside:
        raise CvmError(
            _("The two fits are not one within the other."),
            given=(list(small.params.index), list(large.params.index)),
            remedy=_("Fit the same model to the same customers, the second with covariates more."),
        )
    statistic = max(2 * (large.loglike - small.loglike), 0.0)
    df = len(large.theta) - len(small.theta)
    told = (", ".join(str(name) for name in f.params.index) for f in (small, large))
    return LikelihoodRatio(
        statistic=statistic, df=df, p_value=float(chi2.sf(statistic, df)),
        small=next(told), large=next(told),
    )  # fmt: skip


def _packed(
    model: type[CustomerModel], found: Any, names: tuple[str, ...], on: tuple[str, ...]
) -> Fit:
    theta, main = np.asarray(found.params, float), len(model.names)
    covariance = np.asarray(found.cov_params(), float)
    if not found.mle_retvals["converged"]:  # no peak, no curvature of one: no error is known
        covariance = np.full_like(covariance, np.nan)
    scale = np.concatenate([np.exp(theta[:main]), np.ones(len(theta) - main)])
    labels = [*model.names, *found.model.exog_names[main:]]
    own = np.concatenate([scale[:main], theta[main:]])
    se = scale * np.sqrt(np.diag(covariance).clip(min=0))
    return Fit(
        model=model, params=pd.Series(own, labels, name="estimate"),
        se=pd.Series(se, labels, name="se"), theta=theta, covariance=covariance,
        loglike=float(found.model.loglike(theta)), customers=int(found.nobs),
        converged=found.mle_retvals["converged"], covariates=names, on=on, results=found,
    )  # fmt: skip


def _shifted(
    model: type[CustomerModel], covariates: Sequence[str], on: Sequence[str] | None
) -> tuple[str, ...]:
    plain = isinstance(covariates, str) or not isinstance(covariates, Iterable)
    if plain or isinstance(on, str) or not isinstance(on, Iterable | None):
        raise CvmError(
            _("Covariates and the parameters they shift are lists of names."),
            given=covariates if plain else on,
            remedy=_("Write for example covariates=['young']."),
        )
    if not covariates:
        return ()
    if not model.signs:
        raise CvmError(
            _("This model takes no covariates."), given=list(covariates),
            remedy=_("Fit it to each group by itself."),
        )  # fmt: skip
    chosen = tuple(model.signs) if on is None else tuple(on)
    for name in chosen:
        if name not in model.signs:
            wrong = _("Covariates cannot shift this parameter.")
            raise CvmError(wrong, given=name, remedy=near_miss(name, model.signs))
    return chosen


def _column(table: pd.DataFrame, name: str) -> Floats:
    need_columns(table, [name])
    try:
        values = table[name].to_numpy(dtype=float, na_value=np.nan)
    except (TypeError, ValueError):
        values = np.full(len(table), np.nan)
    if not np.isfinite(values).all():
        row = int(np.flatnonzero(~np.isfinite(values))[0])
        raise CvmError(
            _("Column '{name}' must hold numbers everywhere.", name=name),
            given=table[name].iloc[row],
            remedy=_("Correct the row at position {row}, or leave it out.", row=row),
        )
    return np.asarray(values, float)


def _weights(summary: pd.DataFrame, name: str) -> Floats:
    many = _column(summary, name)
    if (many < 0).any() or not many.sum() > 0:
        raise CvmError(
            _("Column '{name}' says how many customers a row stands for.", name=name),
            given=float(many.min()), remedy=_("Give zero or positive counts, not all zero."),
        )  # fmt: skip
    return many
