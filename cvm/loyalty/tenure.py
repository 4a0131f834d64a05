r"""Long life and profit: whether customers who stay longer pay better.

A firm looks back on a cohort won in one month, over ``window`` months. Customer
:math:`i` stays each month with probability :math:`1-h_i` and earns in month
:math:`t` of its life

.. math:: \pi_{it} = m_i\,\bigl(1 + \text{ramp}\cdot\min(t, 60)/12\bigr) - \text{contact}, \qquad
   h_i \sim \text{Beta}, \quad m_i \sim \text{Gamma},

with a rank correlation ``link`` between a low hazard and a high margin (a Gaussian
copula). ``ramp`` is what tenure does *to* a customer; ``link`` says who stays.

**The estimands.** The correlation of length of life with profit *a month*, which is the
claim "long-life customers are more profitable"; and with profit in *total*, which is
another one and nearly bound to hold: more months, more profit.

**What the naive answer gets wrong.** It compares those who stayed with those who left
and calls the difference the fruit of loyalty. With ``ramp`` at zero no customer ever
gets better, and with a positive ``link`` the average profit of those still there rises
year after year all the same (:func:`profit_by_tenure` takes the two apart).

**Where it comes from.** Reinartz & Kumar (2000, 2002): the correlation of life and
profit is weak, and the four groups of long or short life and high or low profit.
At second hand; sizes are for teaching.

References
----------
Reinartz, W. J. & Kumar, V. (2000). On the profitability of long-life customers in a
noncontractual setting. *Journal of Marketing* 64(4), 17-35.
Reinartz, W. & Kumar, V. (2002). The mismanagement of customer loyalty. *Harvard Business
Review* 80(7), 86-94.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import betaincinv, gammaincinv, ndtr

from cvm.errors import CvmError
from cvm.inputs import numbers_in, whole_number
from cvm.levers import Levers, assumption, needs_world
from cvm.loyalty.customers import check_columns, correlation
from cvm.luck import Luck
from cvm.results import Result, number
from cvm.words import N_, _

__all__ = [
    "GROUPS",
    "Lives",
    "TenureProfit",
    "profit_by_tenure",
    "simulate_lives",
    "tenure_groups",
    "tenure_profit",
]

Floats = NDArray[np.float64]

#: Reinartz & Kumar's groups: by length of life (short, long) and profit a month (low, high).
GROUPS = (N_("strangers"), N_("butterflies"), N_("barnacles"), N_("true friends"))
#: Months after which tenure stops to matter.
RAMP_MONTHS = 60


class Lives(Levers):
    """A cohort of customers who stay for different times and earn different profits."""

    window: int = assumption(
        36, low=6, high=120, unit=N_("months"), meaning=N_("How long the firm looks"),
        source=N_("36 months: Reinartz & Kumar 2000"),
    )  # fmt: skip
    hazard: float = assumption(
        0.04, low=0.005, high=0.3, unit="share", meaning=N_("Customers lost in the first month")
    )
    hazard_alike: float = assumption(
        20.0, low=2, high=500,
        meaning=N_("How alike customers are in their hazard (sum of the beta's parameters)"),
    )  # fmt: skip
    margin: float = assumption(
        12.0, low=1, high=200, unit=N_("yuan"),
        meaning=N_("Monthly margin of the average customer"),
    )  # fmt: skip
    margin_alike: float = assumption(
        1.5, low=0.3, high=20, meaning=N_("How alike customers are in margin (shape of the gamma)")
    )
    contact: float = assumption(
        4.0, low=0, high=50, unit=N_("yuan"), meaning=N_("Monthly cost of serving a customer")
    )
    link: float = assumption(
        0.15, low=-0.9, high=0.9,
        meaning=N_("How far those who stay are those with high margins (a rank correlation's scale)"),
        source=N_("weak: Reinartz & Kumar 2000; number: teaching"),
    )  # fmt: skip
    ramp: float = assumption(
        0.0, low=-0.2, high=0.3, unit="share",
        meaning=N_("Margin that every year as a customer adds to a customer's own"),
    )  # fmt: skip


@needs_world
def simulate_lives(world: Lives, *, n: int, seed: int) -> pd.DataFrame:
    """Simulate a cohort from the month it was won to the end of the window.

    Parameters
    ----------
    world : Lives
        Assumptions.
    n : int
        Customers, 1 or more; a larger ``n`` keeps the first ones.
    seed : int
        The luck; the same customers under any assumptions.

    Returns
    -------
    DataFrame
        One row a customer: ``customer``, ``months`` (as a customer, 1 to the window),
        ``left`` (False: still there at its end), ``profit`` (in all), ``monthly_profit``
        (a month as a customer), ``first_month_profit``, and the truth: ``true_hazard``,
        ``true_margin``.
    """
    n = whole_number(n, name="n")
    luck = Luck(seed)
    z, other = luck.normal("loyalty", n), luck.normal("margin", n)
    a, b = world.hazard * world.hazard_alike, (1 - world.hazard) * world.hazard_alike
    hazard = np.clip(betaincinv(a, b, ndtr(-z)), 1e-9, 1 - 1e-9)
    rank = ndtr(world.link * z + np.sqrt(1 - world.link**2) * other)
    margin = gammaincinv(world.margin_alike, rank) * world.margin / world.margin_alike
    life = np.floor(np.log1p(-luck.uniform("leave", n)) / np.log1p(-hazard)) + 1
    months = np.minimum(life, world.window)
    profit = margin * (months + world.ramp / 12 * _ramp_sum(months)) - world.contact * months
    return pd.DataFrame(
        {
            "customer": np.arange(1, n + 1),
            "months": months.astype(int),
            "left": life < world.window,
            "profit": profit,
            "monthly_profit": profit / months,
            "first_month_profit": margin - world.contact,
            "true_hazard": hazard,
            "true_margin": margin,
        }
    )


@dataclass(frozen=True, kw_only=True, repr=False)
class TenureProfit(Result):
    """How length of life goes with profit.

    Parameters
    ----------
    monthly, monthly_low, monthly_high : float
        Correlation of months as a customer with profit a month, and its interval.
    total, total_low, total_high : float
        The same with profit in all.
    level : float
        Confidence level.
    n : int
        Customers.
    """

    monthly: float
    monthly_low: float
    monthly_high: float
    total: float
    total_low: float
    total_high: float
    level: float
    n: int

    def sentence(self) -> str:
        """Say both correlations, and which of them is arithmetic."""
        return _(
            "Length of life correlates {monthly} with profit a month ({level} interval {low} to "
            "{high}) and {total} with profit in all, which adds up months; n = {n}.",
            monthly=number(self.monthly), low=number(self.monthly_low),
            high=number(self.monthly_high), level=number(self.level, "share", digits=2),
            total=number(self.total), n=number(self.n),
        )  # fmt: skip


def tenure_profit(
    table: pd.DataFrame,
    *,
    months: str = "months",
    profit: str = "profit",
    level: float = 0.95,
) -> TenureProfit:
    """Estimate how length of life goes with profit a month and in all.

    Parameters
    ----------
    table : DataFrame
        One row a customer.
    months, profit : str
        Columns: months as a customer (above zero), and profit over them.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    TenureProfit
        Lives that go on at the end of the window count as that long, as in the source.
    """
    check_columns(table, [months, profit], level)
    long, earned = (pd.Series(v, name=n) for n, v in zip(
        (months, profit), numbers_in(table, [months, profit]).T, strict=True))  # fmt: skip
    if not (long > 0).all():
        raise CvmError(
            _("Every customer was one for at least a month."),
            given=float(long.min()),
            remedy=_("Count the month of winning as the first."),
        )
    monthly = correlation(long, (earned / long).rename(profit), level=level)
    total = correlation(long, earned, level=level)
    return TenureProfit(
        monthly=monthly[0], monthly_low=monthly[1], monthly_high=monthly[2],
        total=total[0], total_low=total[1], total_high=total[2], level=level, n=len(table),
    )  # fmt: skip


@needs_world
def profit_by_tenure(table: pd.DataFrame, *, world: Lives) -> pd.DataFrame:
    """Take apart why profit a month rises with tenure, by the known truth.

    Parameters
    ----------
    table : DataFrame
        From :func:`simulate_lives`.
    world : Lives
        What it was simulated with.

    Returns
    -------
    DataFrame
        One row a month at which a year of life begins: ``month``, ``customers`` (still
        there), ``profit`` (their mean profit in that month), ``from_staying`` (how far
        they were better from the start than all who were won) and ``from_tenure`` (how
        much better tenure has made them). The mean first profit of all plus the two is
        ``profit``.
    """
    names = ["first_month_profit", "true_margin", "months"]
    first, margin, stayed = numbers_in(table, names).T
    rows = []
    for month in range(0, world.window, 12):
        here = stayed > month
        if not here.any():
            break
        tenure = world.ramp * min(month, RAMP_MONTHS) / 12 * margin[here].mean()
        started = first[here].mean()
        rows.append({
            "month": month, "customers": int(here.sum()), "profit": started + tenure,
            "from_staying": started - first.mean(), "from_tenure": tenure,
        })  # fmt: skip
    return pd.DataFrame(rows)


def tenure_groups(table: pd.DataFrame) -> pd.DataFrame:
    """Sort customers into strangers, butterflies, barnacles and true friends.

    Parameters
    ----------
    table : DataFrame
        With ``months``, ``profit`` and ``monthly_profit``.

    Returns
    -------
    DataFrame
        Four rows: ``group`` (:data:`GROUPS`), ``life`` ("short", "long"), ``customers``,
        ``share``, ``months`` (mean), ``monthly_profit`` (mean), ``profit_share``
        (unknown where all together make no profit). Long and high are above the median.
    """
    months, profit, monthly = numbers_in(table, ["months", "profit", "monthly_profit"]).T
    code = 2 * (months > np.median(months)) + (monthly > np.median(monthly))
    whole = profit.sum() if profit.sum() > 0 else np.nan  # of a loss there are no shares
    rows = []
    for i, name in enumerate(GROUPS):
        mine = code == i
        count = int(mine.sum())
        rows.append({
            "group": name, "life": N_("long") if i >= 2 else N_("short"), "customers": count,
            "share": count / len(table), "months": months[mine].mean() if count else np.nan,
            "monthly_profit": monthly[mine].mean() if count else np.nan,
            "profit_share": profit[mine].sum() / whole,
        })  # fmt: skip
    return pd.DataFrame(rows)


def _ramp_sum(months: Floats) -> Floats:
    """Sum min(t, 60) over t = 0 .. months - 1."""
    rising = np.minimum(months, RAMP_MONTHS)
    return rising * (rising - 1) / 2 + RAMP_MONTHS * (months - rising)
