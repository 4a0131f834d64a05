r"""Residual lifetime value: what customers will still bring, in money, with intervals.

With purchases :math:`Y_i(t)` up to :math:`t` from now, spend :math:`z` of a purchase, a
margin :math:`m` and a discount rate :math:`d` per unit of time, over periods ending at
:math:`t_1 < \dots < t_K`:

.. math::

   V_i = m\, E[z_i] \sum_{k=1}^{K} \frac{E[Y_i(t_k)] - E[Y_i(t_{k-1})]}
     {(1+d)^{(t_{k-1}+t_k)/2}} .

A purchase falls in the middle of its period; more periods make this as exact as wanted.
Intervals hold three kinds of not knowing, as in :mod:`cvm.clv.prediction`, for purchases and for
spend.

**Estimand.** Value ahead of those who are customers now: without what they brought before,
without customers to come.

**Assumed.** Spend and buying are independent; the margin is the same for all.

**What the naive answer gets wrong.** Last year's revenue as next year's: it values the gone,
and believes the luck of those who bought once, dear.

References
----------
Fader, P. S., Hardie, B. G. S. & Lee, K. L. (2005). RFM and CLV: using iso-value curves for
customer base analysis. *Journal of Marketing Research* 42(4), 415-430.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cvm.clv.fit import Fit, histories, parameters
from cvm.clv.gammagamma import GammaGamma, check_spend, expected_spend
from cvm.clv.prediction import (
    check_buying,
    check_draws,
    check_horizon,
    futures,
    parameter_draws,
    probability_alive,
)
from cvm.errors import CvmError
from cvm.inputs import check_level, real_number
from cvm.luck import Luck
from cvm.results import Result, number
from cvm.words import _

__all__ = ["ResidualValue", "residual_value"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class ResidualValue(Result):
    """What customers will still bring.

    Parameters
    ----------
    horizon : float
        Time ahead, in the unit of ``T``.
    discount : float
        Rate per unit of time.
    value, low, high : float
        All customers' present value, in currency, and its prediction interval.
    level : float
        Of the intervals.
    customers : DataFrame
        ``customer`` (where the summary has it), ``alive``, ``purchases``, ``spend`` (a
        purchase), ``value``, ``low``, ``high``.
    periods : DataFrame
        ``period``, ``end`` (time), ``purchases``, ``value``, ``present_value``, ``low``,
        ``high`` (of the present value).
    """

    horizon: float
    discount: float
    value: float
    low: float
    high: float
    level: float
    customers: pd.DataFrame
    periods: pd.DataFrame

    def sentence(self) -> str:
        """Say the total and its interval."""
        return _(
            "In the next {horizon} units of time {count} customers will bring {value} of present "
            "value ({level} prediction interval {low} to {high}), {mean} each.",
            horizon=number(self.horizon), count=number(len(self.customers)),
            value=number(self.value), level=number(self.level, "share", digits=2),
            low=number(self.low), high=number(self.high),
            mean=number(self.value / len(self.customers)),
        )  # fmt: skip


def residual_value(
    fitted: Fit,
    spend: Fit,
    summary: pd.DataFrame,
    *,
    horizon: float,
    periods: int = 12,
    discount: float = 0.0,
    margin: float = 1.0,
    level: float = 0.95,
    draws: int = 200,
    seed: int = 0,
) -> ResidualValue:
    """Value customers over a time ahead, by customer, by period and in total.

    Parameters
    ----------
    fitted : Fit
        From ``bg_nbd``, ``mbg_nbd`` or ``pareto_nbd``; or ``bg_bb``, with the horizon whole and
        one period an occasion.
    spend : Fit
        From :func:`cvm.clv.gamma_gamma`.
    summary : DataFrame
        One row a customer.
    horizon : float
        Time ahead, in the unit of ``T``, above 0.
    periods : int
        Into how many equal periods it is cut, 1 or more.
    discount : float
        Rate per unit of time, above -1: yearly 10 % is ``1.1 ** (7 / 365.25) - 1`` a week.
    margin : float
        Profit per unit of spend.
    level : float
        Of the prediction intervals.
    draws, seed : int
        Futures drawn, 20 or more, and their luck.

    Returns
    -------
    ResidualValue

    Raises
    ------
    CvmError
        For an argument out of range, fits of the wrong kind or not converged, or spend
        without a mean (``q`` of 1 or less).
    """
    _check(fitted, spend, horizon, periods, discount, margin, level, draws)
    ends = np.linspace(0, horizon, periods + 1)[1:]
    factor = margin * (1 + discount) ** -(ends - ends[0] / 2)
    each = expected_spend(spend, summary).to_numpy(float)
    up_to = _expected(fitted, summary, ends)
    bought = np.diff(up_to, axis=1, prepend=0.0)
    value = each * (bought @ factor)
    low, high, totals = _drawn(fitted, spend, summary, ends, factor, level, draws, seed)
    table = pd.DataFrame({
        "alive": probability_alive(fitted, summary).to_numpy(), "purchases": up_to[:, -1],
        "spend": each, "value": value, "low": low, "high": high,
    })  # fmt: skip
    if "customer" in summary.columns:
        table.insert(0, "customer", summary["customer"].to_numpy())
    tails = [(1 - level) / 2, (1 + level) / 2]
    bottom, top = np.quantile(totals.sum(axis=1), tails)
    worth = each @ bought
    by_period = pd.DataFrame({
        "period": range(1, periods + 1), "end": ends, "purchases": bought.sum(axis=0),
        "value": margin * worth, "present_value": factor * worth,
        "low": np.quantile(totals, tails[0], axis=0), "high": np.quantile(totals, tails[1], axis=0),
    })  # fmt: skip
    return ResidualValue(
        horizon=float(horizon), discount=discount, value=float(value.sum()), low=float(bottom),
        high=float(top), level=level, customers=table, periods=by_period,
    )  # fmt: skip


def _expected(fitted: Fit, summary: pd.DataFrame, ends: Floats) -> Floats:
    history, params = histories(fitted.model, summary), parameters(fitted, summary)
    return np.column_stack([fitted.model.expected(params, history, end) for end in ends])


def _drawn(
    fitted: Fit, spend: Fit, summary: pd.DataFrame, ends: Floats, factor: Floats,
    level: float, draws: int, seed: int,
) -> tuple[Floats, Floats, Floats]:  # fmt: skip
    """Draw present values: quantiles by customer, and totals (draws, periods)."""
    history = histories(GammaGamma, summary)
    thetas = parameter_draws(spend, draws=draws, seed=seed)
    rng = Luck(seed).generator("spend ahead")
    low, high, totals = np.empty(len(summary)), np.empty(len(summary)), np.zeros((draws, len(ends)))
    for rows, counts in futures(fitted, summary, ends=ends, draws=draws, seed=seed):
        part = {name: column[rows] for name, column in history.items()}
        values = np.empty(counts.shape[:2])
        for d, theta in enumerate(thetas):
            fresh = np.diff(counts[d], axis=1, prepend=0)
            params = dict(zip(GammaGamma.names, np.exp(theta), strict=True))
            money = GammaGamma.draw(params, part, fresh, rng) * factor
            totals[d] += money.sum(axis=0)
            values[d] = money.sum(axis=1)
        low[rows], high[rows] = np.quantile(values, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return low, high, totals


def _check(
    fitted: Fit, spend: Fit, horizon: float, periods: int, discount: float, margin: float,
    level: float, draws: int,
) -> None:  # fmt: skip
    check_buying(fitted)
    check_spend(spend)
    check_horizon(horizon)
    check_level(level)
    check_draws(draws)
    real_number(discount, name="discount", example=0.002)
    real_number(margin, name="margin", example=0.3)
    whole = isinstance(periods, int | np.integer) and periods >= 1
    if not whole or not discount > -1 or not np.isfinite(margin) or horizon == 0:
        raise CvmError(
            _("Value needs a time ahead above 0 in 1 period or more, a discount rate above -1, "
              "and a margin."),
            given={"horizon": horizon, "periods": periods, "discount": discount, "margin": margin},
            remedy=_("Give for example horizon=52, periods=12, discount=0.002, margin=0.3."),
        )  # fmt: skip
    if not spend.params["q"] > 1:
        raise CvmError(
            _("Spend has no mean here: q is 1 or less."), given=spend.params.to_dict(),
            remedy=_("A few huge purchases rule; look at the log, and at returns in it."),
        )  # fmt: skip
