r"""What a channel's response is, from weeks of spending and customers won.

The curve of :mod:`cvm.acquisition.funnel` is not known, it is estimated. In week :math:`t`, with
spending :math:`x_t` and demand :math:`q_t` (an index of mean 1, such as searches for the
category),

.. math:: y_t \sim \text{Poisson}\Bigl(q_t\bigl[b + m\,(1 - e^{-x_t/a})\bigr]\Bigr),

:math:`b` customers who come without the channel, :math:`m` the most it adds, :math:`a` the
``scale``. Nonlinear least squares finds the three (:func:`fit_response`, by
:func:`scipy.optimize.least_squares`), and from them what the next customer costs at spending
:math:`x`, :math:`\frac{a}{m}e^{x/a}`.

**The estimand.** That marginal cost, at the spending asked about.

**Intervals.** Counts spread more where they are high, so the sandwich (HC3), and by the delta
method on the logarithm for :math:`m`, :math:`a` and the cost, which cannot be negative.

**What the naive answer gets wrong.** Spending divided by customers, about 200 yuan at the
defaults: it takes credit for those who would have come anyway, and averages over those won
cheaply. The next one costs 553. And there is a trap: if the
marketing manager spends more when demand is high (``chasing``), a fit that leaves demand out
takes the season's customers for the channel's; with it, a column ``demand`` puts it right.
A manager who always spends about the same teaches nobody where the curve bends: ``spread``.

**Simplified for teaching.** No carry-over from week to week (a poster is forgotten on Sunday),
one channel at a time, a week has as many prospects as it has.

**Where it comes from.** Fitting such curves for budgeting: Little (1970); sandwich: White (1980).
At second hand.

References
----------
Little, J. D. C. (1970). Models and managers: the concept of a decision calculus. *Management
Science* 16(8), B466-B485.
White, H. (1980). A heteroskedasticity-consistent covariance matrix estimator. *Econometrica*
48(4), 817-838.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import least_squares
from scipy.special import ndtri

from cvm.errors import CvmError
from cvm.inputs import check_level, numbers_in, real_number, whole_number
from cvm.levers import Levers, assumption, lever, needs_world
from cvm.luck import Luck, poisson
from cvm.results import Result, number
from cvm.words import N_, _

__all__ = ["ResponseFit", "Weeks", "fit_response", "fitted_curve", "simulate_weeks"]

Floats = NDArray[np.float64]
#: Weeks there must be to fit three numbers with some room.
LEAST = 8
#: How far beyond the largest spending seen a cost may be asked for.
FAR = 3


class Weeks(Levers):
    """A channel's weeks: what was spent, and who came."""

    spend: float = lever(
        24_000.0,
        low=1_000,
        high=100_000,
        unit=N_("yuan a week"),
        meaning=N_("Spending, on average"),
    )
    spread: float = lever(
        0.6, low=0, high=1.2, meaning=N_("How much spending moves from week to week (log)")
    )
    chasing: float = lever(
        0.0, low=0, high=2, meaning=N_("How far spending follows demand (power)")
    )
    baseline: float = assumption(
        40.0, low=0, high=500, unit=N_("customers a week"),
        meaning=N_("Customers who come without the channel"),
    )  # fmt: skip
    most: float = assumption(
        120.0,
        low=1,
        high=2_000,
        unit=N_("customers a week"),
        meaning=N_("Most the channel can add"),
    )
    scale: float = assumption(
        20_000.0, low=1_000, high=100_000, unit=N_("yuan a week"),
        meaning=N_("Spending by which 63 % of that is added"),
    )  # fmt: skip
    season: float = assumption(
        0.2, low=0, high=0.6, meaning=N_("How much demand moves from week to week (log)")
    )


@needs_world
def simulate_weeks(world: Weeks, *, n: int, seed: int) -> pd.DataFrame:
    """Simulate weeks of a channel.

    Parameters
    ----------
    world : Weeks
        Levers and assumptions.
    n : int
        Weeks, 1 or more; a larger ``n`` keeps the first ones.
    seed : int
        The luck; the same weeks under any levers.

    Returns
    -------
    DataFrame
        One row a week: ``week`` (from 1), ``spend`` (yuan), ``demand`` (index, 1 on average),
        ``won`` (customers), ``true_won`` (expected), ``true_marginal_cost`` (yuan, at the
        average spending and demand).
    """
    n = whole_number(n, name="n")
    luck = Luck(seed)
    demand = np.exp(world.season * luck.normal("demand", n) - world.season**2 / 2)
    moved = np.exp(world.spread * luck.normal("spend", n) - world.spread**2 / 2)
    spend = world.spend * moved * demand**world.chasing
    expected = demand * (world.baseline - world.most * np.expm1(-spend / world.scale))
    return pd.DataFrame({
        "week": np.arange(1, n + 1), "spend": np.round(spend, 0), "demand": demand,
        "won": poisson(luck.uniform("won", n), expected), "true_won": expected,
        "true_marginal_cost": world.scale / world.most * np.exp(world.spend / world.scale),
    })  # fmt: skip


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class ResponseFit(Result):
    """A channel's response, fitted.

    Parameters
    ----------
    baseline, most, scale : float
        Customers a week without the channel, the most it adds, and its scale in yuan a week.
    spend : float
        Where the costs are told, yuan a week.
    marginal_cost, low, high : float
        What the next customer costs there, and its interval, yuan.
    average_cost : float
        Spending over all customers of those weeks: the naive answer.
    level : float
        Confidence level.
    n : int
        Weeks.
    parameters : DataFrame
        ``parameter``, ``value``, ``low``, ``high``.
    covariance : ndarray, shape (3, 3)
        Of the baseline and the logarithms of most and scale.
    """

    baseline: float
    most: float
    scale: float
    spend: float
    marginal_cost: float
    low: float
    high: float
    average_cost: float
    level: float
    n: int
    parameters: pd.DataFrame = field(repr=False)
    covariance: Floats = field(repr=False)

    def sentence(self) -> str:
        """Say what the next customer costs, and what the average has cost."""
        return _(
            "At {spend} a week the next customer costs {cost} ({level} interval {low} to {high}; "
            "n = {n} weeks); the average one has cost {average}.",
            spend=number(self.spend, "yuan"), cost=number(self.marginal_cost, "yuan"),
            level=number(self.level, "share", digits=2), low=number(self.low),
            high=number(self.high), n=number(self.n), average=number(self.average_cost, "yuan"),
        )  # fmt: skip


def fit_response(
    weeks: pd.DataFrame,
    *,
    spend: str = "spend",
    won: str = "won",
    demand: str | None = None,
    at: float | None = None,
    level: float = 0.95,
) -> ResponseFit:
    """Fit a saturating response by nonlinear least squares.

    Parameters
    ----------
    weeks : DataFrame
        One row a week, 8 or more.
    spend, won : str
        Columns: yuan spent and customers won.
    demand : str, optional
        Column of an index of demand, above 0; without it all weeks count as alike.
    at : float, optional
        Spending at which the cost of the next customer is told; the mean without it.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    ResponseFit

    Raises
    ------
    CvmError
        For missing columns or values, too few weeks, spending that never moves, weeks in
        which no curve can be found, or a cost asked for far beyond what was ever spent.
    """
    check_level(level)
    x, y, q = _read(weeks, spend, won, demand)
    at = float(x.mean()) if at is None else _near(at, x)
    beta, covariance = _solve(x, y, q)
    b, m, a = float(beta[0]), float(np.exp(beta[1])), float(np.exp(beta[2]))
    cost = a / m * np.exp(at / a)
    # d log cost / d (b, log m, log a)
    slope = np.array([0.0, -1.0, 1 - at / a])
    half = float(ndtri((1 + level) / 2))
    width = half * float(np.sqrt(slope @ covariance @ slope))
    sd = half * np.sqrt(np.diag(covariance))
    with np.errstate(over="ignore"):  # weeks that say nothing leave an interval without end
        reach = np.exp([width, *sd[1:]])
    table = pd.DataFrame({
        "parameter": ["baseline", "most", "scale"], "value": [b, m, a],
        "low": [b - sd[0], m / reach[1], a / reach[2]],
        "high": [b + sd[0], m * reach[1], a * reach[2]],
    })  # fmt: skip
    return ResponseFit(
        baseline=b, most=m, scale=a, spend=at, marginal_cost=cost, low=float(cost / reach[0]),
        high=float(cost * reach[0]), average_cost=float(x.sum() / y.sum()), level=level, n=len(y),
        parameters=table, covariance=covariance,
    )  # fmt: skip


def fitted_curve(fit: ResponseFit, *, upto: float, points: int = 101) -> pd.DataFrame:
    """Tabulate a fitted response with its band, ready to draw.

    Parameters
    ----------
    fit : ResponseFit
        From :func:`fit_response`.
    upto : float
        Largest spending, yuan a week.
    points : int
        Rows.

    Returns
    -------
    DataFrame
        ``spend``, ``won`` (customers a week at a demand of 1), ``low``, ``high``.

    Raises
    ------
    CvmError
        If the largest spending is below 0 or without end, or there are fewer than two rows.
    """
    real_number(upto, name="upto", least=0, example=60_000)
    x = np.linspace(0, upto, whole_number(points, name="points", least=2))
    beta = np.array([fit.baseline, np.log(fit.most), np.log(fit.scale)])
    mean, slopes = _curve(beta, x)
    width = float(ndtri((1 + fit.level) / 2)) * np.sqrt(
        np.einsum("ij,jk,ik->i", slopes, fit.covariance, slopes)
    )
    return pd.DataFrame({"spend": x, "won": mean, "low": mean - width, "high": mean + width})


def _curve(beta: Floats, x: Floats) -> tuple[Floats, Floats]:
    """Give the response at a demand of 1, and its slopes in the parameters."""
    b, m, a = beta[0], np.exp(beta[1]), np.exp(beta[2])
    faded = np.exp(-x / a)
    slopes = np.column_stack([np.ones_like(x), m * (1 - faded), -m * faded * x / a])
    return b + m * (1 - faded), slopes


def _solve(x: Floats, y: Floats, q: Floats) -> tuple[Floats, Floats]:
    start = np.array([max(y.min() / 2, 0.0), np.log(max(np.ptp(y), 1.0)), np.log(x.mean())])
    # Beyond these the curve is a line, or a step, and its bend is not in the data.
    ends = ([-np.inf, -5, np.log(x.max() / 200)], [np.inf, 20, np.log(x.max() * 50)])
    found = least_squares(
        lambda beta: q * _curve(beta, x)[0] - y, start, lambda beta: q[:, None] * _curve(beta, x)[1],
        bounds=ends, x_scale=[max(y.mean(), 1.0), 1.0, 1.0],
    )  # fmt: skip
    slopes, left = found.jac, found.fun
    bread = np.linalg.pinv(slopes.T @ slopes)
    if not found.success or found.active_mask.any():
        raise CvmError(
            _("No curve that bends can be found in these weeks."), given={"weeks": len(y)},
            remedy=_("Let spending move more from week to week, or collect more weeks."),
        )  # fmt: skip
    # HC3: a week far out pulls the curve towards itself, so its residual looks too small.
    pull = np.einsum("ij,jk,ik->i", slopes, bread, slopes)
    meat = (slopes * ((left / np.maximum(1 - pull, 0.1)) ** 2)[:, None]).T @ slopes
    return found.x, np.asarray(bread @ meat @ bread)


def _near(at: float, spent: Floats) -> float:
    most = float(spent.max())
    if real_number(at, name="at", least=0, example=24_000) > FAR * most:
        wrong = _("The weeks say nothing of spending so far beyond theirs, {most} at most.",
                  most=number(most, "yuan"))  # fmt: skip
        remedy = _("Ask for the cost at a spending that was tried, or nearly.")
        raise CvmError(wrong, given=at, remedy=remedy)
    return float(at)


def _read(
    weeks: pd.DataFrame, spend: str, won: str, demand: str | None
) -> tuple[Floats, Floats, Floats]:
    names = [spend, won] + ([demand] if demand else [])
    values = numbers_in(weeks, names, least=0)
    if len(set(names)) < len(names):
        wrong = _("Spending, customers and demand are different columns.")
        raise CvmError(wrong, given=names, remedy=_("Name each column once."))
    if len(values) < LEAST:
        wrong = _("A response needs {least} weeks or more.", least=LEAST)
        raise CvmError(wrong, given=len(values), remedy=_("Collect more weeks."))
    x, y = values[:, 0], values[:, 1]
    q = values[:, 2] if demand else np.ones(len(y))
    if np.ptp(x) == 0 or y.sum() == 0 or (q == 0).any():
        raise CvmError(
            _("Spending that never moves, or weeks without customers or demand, show no response."),
            given={"spend": float(x[0]), "customers": float(y.sum())},
            remedy=_("Let spending differ from week to week, best by lot."),
        )
    return x, y, q
