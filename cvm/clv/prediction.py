r"""Prediction: what customers will do, with intervals for one of them and for all together.

Three things make a forecast uncertain, and the intervals here hold all three. **Which
customer it is**: rate and life of a customer are drawn from what its history leaves open.
**Luck**: even known rates give random counts. **The parameters**: drawn from their normal
approximation on the log scale, once for all customers, so that what is wrong for one is
wrong for all.

For one customer luck rules; in the total much of it cancels out and the parameters show. On
CDNOW's holdout the total's 95 % interval is about 1,470 to 1,850 purchases; with the
parameters held fixed it would be 1,520 to 1,790. The 1,882 that came lie above both: an
interval covers what a model leaves open, not that the model is wrong (the holdout holds
Christmas).

**Cost.** One future a customer and draw; customers are taken in blocks, so memory stays
bounded.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cvm.clv.fit import Fit, histories, parameters
from cvm.clv.model import EDGE
from cvm.errors import CvmError
from cvm.inputs import check_level
from cvm.luck import Luck
from cvm.results import Result, number
from cvm.words import _

__all__ = ["Prediction", "expected_purchases", "predict", "probability_alive"]

Floats = NDArray[np.float64]

#: Customers drawn at once.
BLOCK = 5_000


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Prediction(Result):
    """Purchases ahead, for each customer and for all together.

    Parameters
    ----------
    model : str
        The model's name.
    horizon : float
        Time ahead, in the unit of ``T``.
    expected, low, high : float
        All customers' purchases, and the ends of the prediction interval.
    level : float
        Of the intervals.
    draws : int
        Futures drawn.
    customers : DataFrame
        One row a customer of the summary, in its order: ``customer`` (where the summary has
        it), ``alive`` (probability), ``expected``, ``low``, ``high``.
    """

    model: str
    horizon: float
    expected: float
    low: float
    high: float
    level: float
    draws: int
    customers: pd.DataFrame

    def sentence(self) -> str:
        """Say the total and its interval."""
        return _(
            "{model}: {count} customers will make {value} purchases in the next {horizon} units of "
            "time ({level} prediction interval {low} to {high}).",
            model=_(self.model), count=number(len(self.customers)), value=number(self.expected),
            horizon=number(self.horizon), level=number(self.level, "share", digits=2),
            low=number(self.low), high=number(self.high),
        )  # fmt: skip


def probability_alive(fitted: Fit, summary: pd.DataFrame) -> pd.Series:
    """Give the probability that each customer is still one, at the end of its history.

    Parameters
    ----------
    fitted : Fit
        From ``bg_nbd``, ``mbg_nbd``, ``pareto_nbd`` or ``bg_bb``.
    summary : DataFrame
        One row a customer.

    Returns
    -------
    Series
        Between 0 and 1, in the order of the summary.
    """
    check_buying(fitted)
    history = histories(fitted.model, summary)
    alive = fitted.model.alive(parameters(fitted, summary), history)
    return pd.Series(alive, summary.index, name="alive")


def expected_purchases(fitted: Fit, summary: pd.DataFrame, *, horizon: float) -> pd.Series:
    """Give the purchases expected of each customer in the time ahead.

    Parameters
    ----------
    fitted : Fit
        As in :func:`probability_alive`.
    summary : DataFrame
        One row a customer.
    horizon : float
        Time ahead, in the unit of ``T``, 0 or more; occasions for ``bg_bb``.

    Returns
    -------
    Series
        In the order of the summary.
    """
    check_buying(fitted)
    check_horizon(horizon)
    history = histories(fitted.model, summary)
    mean = fitted.model.expected(parameters(fitted, summary), history, horizon)
    return pd.Series(mean, summary.index, name="expected")


def predict(
    fitted: Fit,
    summary: pd.DataFrame,
    *,
    horizon: float,
    level: float = 0.95,
    draws: int = 400,
    seed: int = 0,
) -> Prediction:
    """Predict purchases with intervals for each customer and for the total.

    Parameters
    ----------
    fitted : Fit
        As in :func:`probability_alive`; it must have converged.
    summary : DataFrame
        One row a customer.
    horizon : float
        Time ahead, in the unit of ``T``.
    level : float
        Of the prediction intervals, between 0 and 1.
    draws : int
        Futures drawn, 20 or more.
    seed : int
        Of the draws.

    Returns
    -------
    Prediction
        Interval ends of a customer are whole numbers, so they cover at least ``level``.

    Raises
    ------
    CvmError
        For a fit that did not converge, or a horizon, level or number of draws out of range.
    """
    check_level(level)
    check_draws(draws)
    mean = expected_purchases(fitted, summary, horizon=horizon)
    ends, total = np.array([float(horizon)]), np.zeros(draws)
    low, high = np.empty(len(summary)), np.empty(len(summary))
    tails = [(1 - level) / 2, (1 + level) / 2]
    for rows, counts in futures(fitted, summary, ends=ends, draws=draws, seed=seed):
        total += counts[:, :, 0].sum(axis=1)
        low[rows] = np.quantile(counts[:, :, 0], tails[0], axis=0, method="lower")
        high[rows] = np.quantile(counts[:, :, 0], tails[1], axis=0, method="higher")
    table = pd.DataFrame({"alive": probability_alive(fitted, summary), "expected": mean})
    table = table.assign(low=low, high=high)
    if "customer" in summary.columns:
        table.insert(0, "customer", summary["customer"])
    bottom, top = np.quantile(total, tails)
    return Prediction(
        model=fitted.model.label, horizon=float(horizon), expected=float(mean.sum()),
        low=float(bottom), high=float(top), level=level, draws=draws,
        customers=table.reset_index(drop=True),
    )  # fmt: skip


def futures(
    fitted: Fit, summary: pd.DataFrame, *, ends: Floats, draws: int, seed: int
) -> Iterator[tuple[slice, NDArray[np.int64]]]:
    """Draw futures, block by block of customers.

    Parameters
    ----------
    fitted : Fit
        Whose parameters are drawn, once for all customers.
    summary : DataFrame
        One row a customer.
    ends : ndarray, shape (k,)
        Times ahead, rising.
    draws : int
        Futures, 20 or more.
    seed : int
        Of the draws.

    Yields
    ------
    slice
        Which customers.
    ndarray of int, shape (draws, customers, k)
        Purchases up to each end.
    """
    check_draws(draws)
    check_buying(fitted)
    thetas = parameter_draws(fitted, draws=draws, seed=seed)
    history = histories(fitted.model, summary)
    for block, begin in enumerate(range(0, len(summary), BLOCK)):
        rows = slice(begin, begin + BLOCK)
        rng = Luck(seed).generator(f"futures {block}")
        part, part_history = summary.iloc[rows], {k: v[rows] for k, v in history.items()}
        yield rows, np.stack([
            fitted.model.ahead(parameters(fitted, part, theta), part_history, ends, rng)
            for theta in thetas
        ])  # fmt: skip


def parameter_draws(fitted: Fit, *, draws: int, seed: int) -> Floats:
    """Draw parameters from their normal approximation.

    Parameters
    ----------
    fitted : Fit
        Must have converged.
    draws : int
        How many.
    seed : int
        Of the draws.

    Returns
    -------
    ndarray, shape (draws, parameters)
        On the scale of the fit.
    """
    if not fitted.converged:
        raise CvmError(
            _("This fit has no peak, so nothing can be said of its uncertainty."),
            given=fitted.params.to_dict(),
            remedy=_("Give more customers or a longer history, or a simpler model."),
        )
    rng = Luck(seed).generator(f"parameters of {fitted.model.label}")
    drawn = rng.multivariate_normal(fitted.theta, fitted.covariance, draws, method="eigh")
    return np.clip(drawn, -EDGE, EDGE)


def check_buying(fitted: Any) -> None:
    """Check that a fit is one of buying without a contract.

    Parameters
    ----------
    fitted : Fit
        What was given.
    """
    if not isinstance(fitted, Fit) or not hasattr(fitted.model, "ahead"):
        raise CvmError(
            _("Purchases come from a fit of bg_nbd, mbg_nbd, pareto_nbd or bg_bb."), given=fitted,
            remedy=_("Give for example what cvm.clv.bg_nbd(summary) returned."),
        )  # fmt: skip


def check_horizon(horizon: float) -> None:
    """Check a time ahead.

    Parameters
    ----------
    horizon : float
        Zero or positive, finite.
    """
    if not isinstance(horizon, int | float | np.number) or not 0 <= horizon < np.inf:
        raise CvmError(
            _("The time ahead is zero or positive, in the unit of T."), given=horizon,
            remedy=_("Give for example horizon=39."),
        )  # fmt: skip


def check_draws(draws: int) -> None:
    """Check a number of draws.

    Parameters
    ----------
    draws : int
        20 or more.
    """
    if isinstance(draws, bool) or not isinstance(draws, int | np.integer) or draws < 20:
        raise CvmError(
            _("An interval needs 20 draws or more."), given=draws,
            remedy=_("Give for example draws=400."),
        )  # fmt: skip
