r"""A few big accounts: how concentrated they are, and how bad a year can be.

**The model.** Each account earns :math:`\pi_i` in the year if it is there; it fails with the chance
:math:`p_i` and loses :math:`D_i`, or else leaves with :math:`q_i` and loses :math:`L_i`
(:mod:`cvm.selection.profit`). Accounts of one trade fail and leave together: one common factor
:math:`M` a year, standard normal, for failing and one for leaving,

.. math::

   \text{fails} \iff \sqrt{\rho}\,M + \sqrt{1-\rho}\,e_i < \Phi^{-1}(p_i),

:math:`e_i` standard normal and its own. Each account's chance stays :math:`p_i` whatever
:math:`\rho`; only the company it has in misfortune changes. With many equal accounts the share that
fails has Vasicek's distribution,
:math:`P(X \le x) = \Phi\!\left(\frac{\sqrt{1-\rho}\,\Phi^{-1}(x) - \Phi^{-1}(p)}{\sqrt\rho}\right)`.

**Estimands.** The *effective number* of accounts :math:`1/H`, :math:`H = \sum_i s_i^2` the
Herfindahl index of the shares of revenue: as many equal accounts would be as concentrated. And the
*profit at risk*: the expected profit of a year less the profit of a bad year, the one in twenty
that is worst.

**The interval** of the bad year is of order statistics: how far the simulated years tell it. It says
nothing of the chances being wrong.

**Assumptions.** Chances are known; one factor; the correlation is stated, not estimated: twenty
accounts of one firm do not tell it.

**What the naive answer gets wrong.** Twenty accounts are taken for twenty. Two portfolios with the
same revenue, margin and chances have the same expected profit; the one that hangs on few accounts
has the worse bad year. And what is spread over many still falls together where they share a trade.

**Where it comes from.** One-factor model of defaults: Vasicek (2002), at second hand. Herfindahl index:
Hirschman (1964), at second hand. Leaving together is our use of the same form.

References
----------
Hirschman, A. O. (1964). The paternity of an index. *American Economic Review* 54(5), 761.
Vasicek, O. (2002). The distribution of loan portfolio value. *Risk* 15(12), 160-162.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri
from scipy.stats import binom

from cvm.errors import CvmError
from cvm.inputs import check_level, numbers_in, real_number, whole_number
from cvm.levers import Levers, assumption, lever, needs_world
from cvm.luck import Luck
from cvm.results import Result, number
from cvm.tiering.door import numbers_of, positive_sum
from cvm.words import N_, _

__all__ = [
    "Portfolio",
    "PortfolioRisk",
    "effective_number",
    "pick_portfolio",
    "portfolio_accounts",
    "portfolio_risk",
]

Floats = NDArray[np.float64]

#: What must be known of an account.
NEEDED = ("revenue", "profit", "default", "defection", "loss_if_default", "loss_if_left")
#: Accounts are drawn so many at a time, so that a large portfolio does not fill the memory.
CROWD = 64
#: A bad year is the worst one in twenty.
BAD = 0.05


class Portfolio(Levers):
    """A portfolio of business accounts that together buy a given amount."""

    accounts: int = lever(
        20, low=2, high=200, step=1, unit=N_("accounts"), meaning=N_("Accounts in the portfolio")
    )
    concessions: float = lever(
        0.25, low=0, high=0.45, step=0.01, unit="share",
        meaning=N_("Discounts, kickbacks and extras, of the list price"),
    )  # fmt: skip
    credit_days: int = lever(
        120, low=30, high=365, step=5, unit=N_("days"), meaning=N_("Credit granted")
    )
    size_spread: float = assumption(
        1.0, low=0, high=2, step=0.1, meaning=N_("How far accounts differ in size (sd of the log)")
    )
    revenue: float = assumption(
        20_000.0, low=1_000, high=200_000, step=1_000, unit=N_("thousand yuan a year"),
        meaning=N_("List revenue of all accounts together"),
    )  # fmt: skip
    cost: float = assumption(
        0.60, low=0, high=0.95, step=0.01, unit="share",
        meaning=N_("Products and service, of the list price"),
    )  # fmt: skip
    default: float = assumption(
        0.03,
        low=0.001,
        high=0.3,
        step=0.001,
        unit="share",
        meaning=N_("Accounts that fail in a year"),
    )
    defection: float = assumption(
        0.20,
        low=0.01,
        high=0.6,
        step=0.01,
        unit="share",
        meaning=N_("Accounts that leave in a year"),
    )
    correlation: float = assumption(
        0.2, low=0, high=0.9, step=0.05,
        meaning=N_("How far accounts fail and leave together (correlation of their luck)"),
    )  # fmt: skip
    stranded: float = assumption(
        0.10, low=0, high=1, step=0.01, unit="share",
        meaning=N_("Worth nothing when an account leaves, of its list revenue"),
    )  # fmt: skip


@needs_world
def portfolio_accounts(world: Portfolio, *, seed: int) -> pd.DataFrame:
    """Make the accounts of a declared portfolio.

    Parameters
    ----------
    world : Portfolio
        Levers and assumptions.
    seed : int
        The luck that makes sizes.

    Returns
    -------
    DataFrame
        One row an account: ``customer``, ``revenue`` (together ``world.revenue``), ``profit``,
        ``default``, ``defection``, ``loss_if_default``, ``loss_if_left`` (thousand yuan).
    """
    size = np.exp(world.size_spread * Luck(seed).normal("portfolio size", world.accounts))
    revenue = world.revenue * size / size.sum()
    owed = revenue * (1 - world.concessions) * world.credit_days / 365
    return pd.DataFrame({
        "customer": np.arange(1, world.accounts + 1), "revenue": revenue,
        "profit": revenue * (1 - world.concessions - world.cost) - 0.08 * owed,
        "default": world.default, "defection": world.defection,
        "loss_if_default": 0.8 * owed, "loss_if_left": world.stranded * revenue,
    })  # fmt: skip


def effective_number(values: ArrayLike) -> float:
    """Say how many equal accounts would be as concentrated.

    Parameters
    ----------
    values : array_like
        Revenue of each account, none below 0, not all 0.

    Returns
    -------
    float
        One over the Herfindahl index: between 1 and the number of accounts.

    Raises
    ------
    CvmError
        For unusable or negative values, or if they sum to nothing.
    """
    x = numbers_of(values)
    if (x < 0).any():
        wrong = _("A concentration of accounts needs values of 0 or more.")
        remedy = _("Use revenue: with losers, shares of profit are no shares.")
        raise CvmError(wrong, given=float(x.min()), remedy=remedy)
    share = x / positive_sum(x)
    return float(1 / (share**2).sum())


def pick_portfolio(accounts: pd.DataFrame, *, by: str, revenue: float) -> pd.DataFrame:
    """Take accounts in an order until they bring a given revenue.

    Parameters
    ----------
    accounts : DataFrame
        With ``revenue`` and the column ``by``.
    by : str
        Column of numbers; the highest come first.
    revenue : float
        Stop when the accounts taken bring this much or more, in the unit of the table.

    Returns
    -------
    DataFrame
        The rows taken.

    Raises
    ------
    CvmError
        For a missing column or value, or if all accounts together do not bring it.
    """
    numbers_in(accounts, [by])
    numbers_in(accounts, ["revenue"], least=0)
    real_number(revenue, name="revenue", example=1000)
    ordered = accounts.sort_values(by, ascending=False, kind="stable")
    total = ordered["revenue"].to_numpy(float).cumsum()
    if not 0 < revenue <= total[-1]:
        wrong = _("A portfolio's revenue is above 0 and at most that of all accounts, {all}.",
                  all=number(total[-1], digits=6))  # fmt: skip
        raise CvmError(wrong, given=revenue, remedy=_("Ask for less revenue."))
    return ordered.iloc[: int(np.searchsorted(total, revenue)) + 1].reset_index(drop=True)


@dataclass(frozen=True, kw_only=True, repr=False)
class PortfolioRisk(Result):
    """What a year of a portfolio can bring.

    Parameters
    ----------
    expected : float
        Expected profit of a year, exactly.
    bad, bad_low, bad_high : float
        Profit of the worst year in twenty, with the interval that simulation leaves.
    at_risk : float
        Expected profit less that of the bad year.
    loss_years : float
        Share of years with a loss.
    accounts : int
        Accounts.
    effective : float
        How many equal ones would be as concentrated.
    largest : float
        Share of revenue of the largest account.
    correlation : float
        How far they fail and leave together.
    level : float
        Confidence level of the interval.
    years : DataFrame
        One row a simulated year, worst first: ``profit``, and ``share`` of the years with no
        more (0-1).
    """

    expected: float
    bad: float
    bad_low: float
    bad_high: float
    at_risk: float
    loss_years: float
    accounts: int
    effective: float
    largest: float
    correlation: float
    level: float
    years: pd.DataFrame = field(repr=False)

    def sentence(self) -> str:
        """Say the effective number and the bad year."""
        return _(
            "{n} accounts, as concentrated as {effective} equal ones, are expected to earn {expected}. "
            "In the worst year of twenty they earn {bad} or less ({level} interval {low} to {high}): "
            "{at_risk} are at risk. {loss} of the years bring a loss.",
            n=number(self.accounts), effective=number(self.effective),
            expected=number(self.expected), bad=number(self.bad), low=number(self.bad_low),
            high=number(self.bad_high), at_risk=number(self.at_risk),
            loss=number(self.loss_years, "share"), level=number(self.level, "share", digits=2),
        )  # fmt: skip


def portfolio_risk(
    accounts: pd.DataFrame,
    *,
    correlation: float = 0.0,
    years: int = 10_000,
    seed: int = 1,
    level: float = 0.95,
) -> PortfolioRisk:
    """Simulate years of a portfolio, and find the bad one.

    Parameters
    ----------
    accounts : DataFrame
        One row an account: ``revenue``, ``profit``, ``default``, ``defection`` (chances, 0-1),
        ``loss_if_default``, ``loss_if_left``. The ``accounts`` of
        :func:`cvm.selection.risk_adjusted_profit` have them.
    correlation : float
        How far accounts fail, and how far they leave, together: from 0 to below 1.
    years : int
        Years to simulate, 100 or more.
    seed : int
        The luck; an account keeps its luck when others are added.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    PortfolioRisk

    Raises
    ------
    CvmError
        For missing columns or values, chances outside 0 to 1, a correlation that cannot be, or
        too few years.
    """
    check_level(level)
    whole_number(years, name="years", least=100)
    known = dict(zip(NEEDED, numbers_in(accounts, NEEDED).T, strict=True))
    if not 0 <= real_number(correlation, name="correlation", example=0.2) < 1:
        wrong = _("The correlation of a portfolio lies from 0 to below 1.")
        raise CvmError(wrong, given=correlation, remedy=_("Write for example correlation=0.2."))
    numbers_in(accounts, ["revenue", "loss_if_default", "loss_if_left"], least=0)
    positive_sum(known["revenue"])
    for name in ("default", "defection"):
        if (known[name] < 0).any() or (known[name] > 1).any():
            wrong = _("The chances in '{column}' lie between 0 and 1.", column=name)
            raise CvmError(wrong, given=float(known[name].max()), remedy=_("Write 0.05 for 5 %."))
    profit = np.sort(_simulated(known, correlation, years, Luck(seed)))
    low, high = binom.interval(level, years, BAD)
    p, q = known["default"], known["defection"]
    expected = (
        (1 - p) * (1 - q) * known["profit"]
        - p * known["loss_if_default"]
        - (1 - p) * q * known["loss_if_left"]
    ).sum()
    bad = float(np.quantile(profit, BAD))
    share = known["revenue"] / known["revenue"].sum()
    return PortfolioRisk(
        expected=float(expected), bad=bad, bad_low=float(profit[max(int(low) - 1, 0)]),
        bad_high=float(profit[min(int(high), years - 1)]), at_risk=float(expected) - bad,
        loss_years=float((profit < 0).mean()), accounts=len(share),
        effective=effective_number(known["revenue"]), largest=float(share.max()),
        correlation=float(correlation), level=level,
        years=pd.DataFrame({"profit": profit, "share": np.arange(1, years + 1) / years}),
    )  # fmt: skip


def _simulated(known: dict[str, Floats], correlation: float, years: int, luck: Luck) -> Floats:
    """Give the profit of each simulated year."""
    shock = {name: luck.normal(f"{name} of the trade", years) for name in ("default", "defection")}
    total = np.zeros(years)
    for start in range(0, len(known["profit"]), CROWD):
        here = slice(start, start + CROWD)
        part = {name: values[here][:, None] for name, values in known.items()}
        size = len(part["profit"])
        out = {
            name: _events(luck.uniform(name, size, years, start=start), part[name], shock[name],
                          correlation)
            for name in shock
        }  # fmt: skip
        gone = out["defection"] & ~out["default"]
        there = ~(out["defection"] | out["default"])
        total += (there * part["profit"] - out["default"] * part["loss_if_default"]
                  - gone * part["loss_if_left"]).sum(axis=0)  # fmt: skip
    return total


def _events(u: Floats, chance: Floats, shock: Floats, correlation: float) -> NDArray[np.bool_]:
    """Turn own luck and the year's into events: given the shock, the chance of each is known."""
    if correlation == 0:
        return u < chance
    push = ndtri(chance) - np.sqrt(correlation) * shock
    return u < ndtr(push / np.sqrt(1 - correlation))
