r"""Holdout validation: fit on the past, forecast a time that is known by now, in one call.

A model is judged on purchases it has not seen: the log is cut at ``as_of``, the model fitted
to what came before, and its forecast for each customer compared with what came after. Three
questions, three tables:

* *in total and over time*: cumulative repeat purchases by period, expected and actual
  (``tracking``), with a prediction interval for the holdout;
* *by customer*: mean holdout purchases of customers with 0, 1, 2, ... repeats before
  (``by_frequency``), errors and rank correlation;
* *within the past*: how many customers should have 0, 1, 2, ... repeats (``frequencies``).

**What the naive answer gets wrong.** A model can fit the past and fail the future; and a
forecast by "everybody as before" (``naive``) is what a model must beat. On CDNOW it promises
2,930 purchases where 1,882 came.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cvm.clv.bgnbd import bg_nbd
from cvm.clv.fit import Fit, parameters
from cvm.clv.prediction import check_buying, predict
from cvm.clv.simulation import simulate
from cvm.clv.summary import UNITS, days_of, summary
from cvm.errors import CvmError
from cvm.inputs import number_array
from cvm.results import Result, number
from cvm.words import _

__all__ = ["Validation", "expected_repeats", "validate"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Validation(Result):
    """A forecast beside what happened.

    Parameters
    ----------
    model : str
        The model's name.
    customers : int
        Customers known at the cut.
    horizon : float
        Length of the holdout, in ``unit``.
    unit : str
        Of time.
    actual, expected, low, high : float
        Holdout purchases, forecast, and its prediction interval.
    level : float
        Of the interval.
    naive : float
        The forecast "everybody as before".
    error, naive_error : float
        Mean absolute error a customer, of the model and of the naive forecast.
    rank_correlation : float
        Spearman's, of forecast and actual purchases over customers.
    fit : Fit
        The fitted model.
    by_customer : DataFrame
        ``customer``, ``frequency``, ``actual``, ``expected``, ``low``, ``high``.
    by_frequency : DataFrame
        ``frequency`` (the last row holds it and all above), ``customers``, ``actual``,
        ``expected`` (means).
    tracking : DataFrame
        ``period`` (1 is the first after the first purchase of the log), ``holdout`` (whether it
        ends after the cut), ``actual``, ``expected`` (cumulative repeat purchases),
        ``actual_new``, ``expected_new`` (those of the period alone).
    frequencies : DataFrame
        ``frequency``, ``actual``, ``expected`` (customers, before the cut); empty with
        covariates.
    """

    model: str
    customers: int
    horizon: float
    unit: str
    actual: float
    expected: float
    low: float
    high: float
    level: float
    naive: float
    error: float
    naive_error: float
    rank_correlation: float
    fit: Fit
    by_customer: pd.DataFrame
    by_frequency: pd.DataFrame
    tracking: pd.DataFrame
    frequencies: pd.DataFrame

    def sentence(self) -> str:
        """Say forecast and truth, and the naive forecast."""
        return _(
            "{model} forecast {expected} purchases in {horizon} {unit} ({level} interval {low} to "
            "{high}); {actual} came. Everybody as before would have been {naive}. Mean error a "
            "customer {error}, naive {naive_error}.",
            model=_(self.model), expected=number(self.expected), horizon=number(self.horizon),
            unit=_(self.unit), level=number(self.level, "share", digits=2), low=number(self.low),
            high=number(self.high), actual=number(self.actual), naive=number(self.naive),
            error=number(self.error), naive_error=number(self.naive_error),
        )  # fmt: skip


def validate(
    transactions: pd.DataFrame,
    *,
    as_of: Any,
    holdout_until: Any = None,
    model: Callable[[pd.DataFrame], Fit] = bg_nbd,
    customer: str = "customer",
    date: str = "date",
    unit: str = "weeks",
    level: float = 0.95,
    draws: int = 400,
    seed: int = 0,
) -> Validation:
    """Fit up to a day, forecast the time after it, and compare.

    Parameters
    ----------
    transactions : DataFrame
        One row a purchase.
    as_of : date
        The last day the model may know.
    holdout_until : date, optional
        The last day forecast; the last of the log without it.
    model : callable
        ``bg_nbd``, ``mbg_nbd`` or ``pareto_nbd``, or any function from a summary to a fit.
    customer, date : str
        Columns of the log.
    unit : {"days", "weeks", "months", "years"}
        Of time.
    level : float
        Of the prediction intervals.
    draws, seed : int
        Futures drawn, and their luck.

    Returns
    -------
    Validation

    Raises
    ------
    CvmError
        For an unusable log, or days that leave no holdout.
    """
    days = days_of(transactions, customer=customer, date=date, amount=None)
    end = days["day"].max() if holdout_until is None else holdout_until
    table = summary(days, date="day", amount=None, as_of=as_of, holdout_until=end, unit=unit)
    horizon = float(table["T_holdout"].iloc[0])
    if not callable(model):
        raise CvmError(_("The model is a function from a summary to a fit."), given=model,
                       remedy=_("Give for example model=cvm.clv.pareto_nbd."))  # fmt: skip
    fitted = model(table)
    forecast = predict(fitted, table, horizon=horizon, level=level, draws=draws, seed=seed)
    by = forecast.customers.assign(frequency=table["frequency"], actual=table["frequency_holdout"])[
        ["customer", "frequency", "actual", "expected", "low", "high"]
    ]
    naive = table["frequency"] / table["T"].clip(lower=1e-9) * horizon
    return Validation(
        model=fitted.model.label, customers=len(table), horizon=horizon, unit=unit,
        actual=float(by["actual"].sum()), expected=forecast.expected, low=forecast.low,
        high=forecast.high, level=level, naive=float(naive.sum()),
        error=float((by["expected"] - by["actual"]).abs().mean()),
        naive_error=float((naive - by["actual"]).abs().mean()),
        rank_correlation=float(by["expected"].corr(by["actual"], method="spearman")),
        fit=fitted, by_customer=by, by_frequency=_by_frequency(by),
        tracking=_tracking(fitted, table, days, horizon, UNITS[unit]),
        frequencies=_frequencies(fitted, table, seed),
    )  # fmt: skip


def expected_repeats(fitted: Fit, summary: pd.DataFrame, *, age: float | Floats) -> pd.Series:
    """Give the repeat purchases expected of new customers up to an age.

    Parameters
    ----------
    fitted : Fit
        From ``bg_nbd``, ``mbg_nbd`` or ``pareto_nbd``.
    summary : DataFrame
        One row a customer; only covariates are read.
    age : float or ndarray, shape (customers,)
        Time since the first purchase, in the unit of the fit.

    Returns
    -------
    Series
        In the order of the summary.
    """
    check_buying(fitted)
    if (number_array(age, name="age") < 0).any():
        raise CvmError(
            _("An age is zero or more."), given=age, remedy=_("Give for example age=39.")
        )
    zero = np.zeros(len(summary))
    history = dict.fromkeys(fitted.model.columns, zero)
    mean = fitted.model.expected(parameters(fitted, summary), history, age)
    return pd.Series(mean, summary.index, name="expected")


#: Frequencies from here on share a row.
TOP = 7


def _by_frequency(by: pd.DataFrame) -> pd.DataFrame:
    grouped = by.assign(frequency=by["frequency"].clip(upper=TOP)).groupby("frequency")
    return grouped.agg(
        customers=("actual", "size"), actual=("actual", "mean"), expected=("expected", "mean")
    ).reset_index()


def _frequencies(fitted: Fit, table: pd.DataFrame, seed: int) -> pd.DataFrame:
    if fitted.covariates:
        return pd.DataFrame({"frequency": [], "actual": [], "expected": []})
    times = max(1, 100_000 // len(table))
    ages = np.tile(table["T"].to_numpy(float), times)
    drawn = simulate(fitted, n=len(ages), T=ages, seed=seed)["frequency"]
    counted = [
        values.clip(upper=TOP).value_counts().reindex(range(TOP + 1), fill_value=0).to_numpy()
        for values in (table["frequency"], drawn)
    ]
    return pd.DataFrame(
        {"frequency": range(TOP + 1), "actual": counted[0], "expected": counted[1] / times}
    )


def _tracking(
    fitted: Fit, table: pd.DataFrame, days: pd.DataFrame, horizon: float, length: float
) -> pd.DataFrame:
    """Cumulate repeat purchases from the first day of the log, period by period."""
    known = days[days["customer"].isin(table["customer"])]
    zero, repeat = known["day"].min(), known["customer"].duplicated()
    past = float(table["T"].max())
    since = table["T"].max() - table["T"].to_numpy(float)  # when a customer started
    when = (known.loc[repeat, "day"] - zero).dt.days.to_numpy() / length
    ends = np.arange(1, int(np.floor(past + horizon + 1e-9)) + 1)
    # Equal starts are one sum: a cohort of new customers grows old together.
    starts, first, many = np.unique(since, return_index=True, return_counts=True)
    alone = bool(fitted.covariates)
    rows, weight = (table, np.ones(len(table))) if alone else (table.iloc[first], many)
    starts = since if alone else starts
    expected = [
        float(weight @ expected_repeats(fitted, rows, age=np.maximum(t - starts, 0))) for t in ends
    ]
    table = pd.DataFrame(
        {
            "period": ends,
            "holdout": ends > past + 1e-9,
            "actual": [float((when <= t + 1e-9).sum()) for t in ends],
            "expected": expected,
        }
    )
    return table.assign(
        actual_new=table["actual"].diff().fillna(table["actual"]),
        expected_new=table["expected"].diff().fillna(table["expected"]),
    )
