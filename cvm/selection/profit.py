r"""Risk-adjusted profit: what an account is expected to earn, once it may fail or leave.

**The model.** An account earns :math:`\pi_i` in the year to come if it is there: revenue at list
price less discounts, kickbacks, extras, product, service, the cost of receivables and of grey
trade (:mod:`cvm.selection.accounts`). It fails with the chance :math:`p_i`, and then
:math:`D_i` of what it owes is lost; if not, it leaves with the chance :math:`q_i`, and
:math:`L_i` of what was built for it is stranded. Either way the profit of the year is gone:

.. math:: E_i = (1-p_i)(1-q_i)\,\pi_i - p_i D_i - (1-p_i)\,q_i L_i .

**The estimand.** :math:`E_i` for each account and :math:`\sum_i E_i` for all, given the books.
What is unknown are the chances. Two logits estimate them from last year: who failed by credit
rating and days of credit, and, of those who did not fail, who left by bargaining power and match
of standing.

**The interval** is by the delta method. With :math:`\beta` the coefficients of both logits and
:math:`V` their covariance (block diagonal: the likelihood is a product),
:math:`\operatorname{Var} E_i = g_i' V g_i`, and that of the total has the *sum* of the gradients in
it. Accounts share the coefficients, so their errors do not average out: the half width of the
total is nearer to the sum of the half widths than to their root sum of squares.

**Assumptions.** The books of last year hold for the next; both logits have the right form; given
their covariates, accounts fail and leave independently (:mod:`cvm.selection.portfolio` drops this).

**What the naive answer gets wrong.** The profit of the books takes every account for safe. At the
defaults (2,000 accounts, seed 1) it is 38 % above the expected profit of all. For the twenty largest
it says 1.4 million, where in truth about nothing is to be expected.

**Where it comes from.** The lines: the course. Expected loss as chance of default x loss given
default x exposure is the credit trade's usual form. Delta method and logit: any textbook of
statistics; the fit is by statsmodels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit, ndtri

from cvm.errors import CvmError
from cvm.inputs import check_level, need_columns, numbers_in, real_number, truths_in, whole_number
from cvm.results import Result, number
from cvm.selection.logits import FittedLogit, fit_logit, with_constant
from cvm.words import _

__all__ = ["RiskAdjusted", "risk_adjusted_profit", "worth_over_years"]

Floats = NDArray[np.float64]

#: What the books must say of an account.
BOOKS = ("customer", "revenue", "profit", "loss_if_default", "loss_if_left")
#: With fewer events than this for each coefficient a logit says nothing.
EVENTS = 5


@dataclass(frozen=True, kw_only=True, repr=False)
class RiskAdjusted(Result):
    """Expected profit of the year to come.

    Parameters
    ----------
    total, low, high : float
        Expected profit of all accounts and its interval, in the unit of the table.
    books : float
        Profit by the books, as if no account could fail or leave.
    default_loss, defection_loss : float
        What failing and leaving are expected to take, profit and losses together; the books
        less the two are the total.
    losers : float
        Share of accounts expected to lose money.
    surely : float
        Share whose whole interval lies below 0.
    level : float
        Confidence level.
    customers : int
        Accounts.
    accounts : DataFrame
        The table given, without what is called ``true_*``, with ``default``, ``defection``
        (estimated chances), ``risk_adjusted``, ``low``, ``high`` (expected profit and its
        interval).
    coefficients : DataFrame
        The two logits: ``event``, ``term``, ``value``, ``low``, ``high`` (log-odds).
    """

    total: float
    low: float
    high: float
    books: float
    default_loss: float
    defection_loss: float
    losers: float
    surely: float
    level: float
    customers: int
    accounts: pd.DataFrame = field(repr=False)
    coefficients: pd.DataFrame = field(repr=False)

    def sentence(self) -> str:
        """Say the total beside the books, and how many lose money."""
        return _(
            "{n} accounts are expected to earn {total} ({level} interval {low} to {high}); the books "
            "say {books}. Failing takes {default}, leaving {defection}. {losers} of the accounts are "
            "expected to lose money, {surely} for sure.",
            n=number(self.customers), total=number(self.total), low=number(self.low),
            high=number(self.high), books=number(self.books), default=number(self.default_loss),
            defection=number(self.defection_loss), losers=number(self.losers, "share"),
            surely=number(self.surely, "share"), level=number(self.level, "share", digits=2),
        )  # fmt: skip


def risk_adjusted_profit(
    table: pd.DataFrame,
    *,
    history: pd.DataFrame | None = None,
    default_by: Sequence[str] = ("rating", "credit"),
    defection_by: Sequence[str] = ("power", "match"),
    level: float = 0.95,
) -> RiskAdjusted:
    """Estimate what accounts are expected to earn in the year to come.

    Parameters
    ----------
    table : DataFrame
        One row an account: ``customer``, ``revenue``, ``profit``, ``loss_if_default``,
        ``loss_if_left`` and the covariates, as :func:`cvm.selection.simulate_accounts` gives.
    history : DataFrame, optional
        The accounts whose last year is known, with the covariates, ``defaulted`` (True or
        False) and ``left`` (True or False, or a cause and "" for none). By default the table.
    default_by, defection_by : sequence of str
        Columns of numbers that the chances of failing and of leaving are estimated from.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    RiskAdjusted

    Raises
    ------
    CvmError
        For missing columns or values, an account that is there twice, a negative loss, or a
        history with too few events to learn from.
    """
    check_level(level)
    past = table if history is None else history
    need_columns(past, ["defaulted", "left", *default_by, *defection_by])
    _check_books(table, [*default_by, *defection_by])
    failed, gone = _events(past)
    fits = (
        _fit(past, failed, default_by, "default"),
        _fit(past[~failed], gone[~failed], defection_by, "defection"),
    )
    z = float(ndtri((1 + level) / 2))
    return _told(table, _expected(table, fits), fits, level, z)


def worth_over_years(
    accounts: pd.DataFrame, *, years: int = 5, discount: float = 0.08
) -> NDArray[np.float64]:
    """Give what accounts are worth over years, if they grow and stay as they do now.

    Parameters
    ----------
    accounts : DataFrame
        With ``profit``, ``default``, ``defection``, ``loss_if_default``, ``loss_if_left`` and
        ``growth`` (share a year); the ``accounts`` of :func:`risk_adjusted_profit` have them.
    years : int
        How far to look, 1 or more; one year is the risk-adjusted profit itself.
    discount : float
        Interest rate for later money, 0 or more.

    Returns
    -------
    ndarray
        Expected profit of all the years, discounted to the first; in the unit of the table.

    Raises
    ------
    CvmError
        For a missing column, a horizon below a year or a negative rate.
    """
    columns = ["profit", "default", "defection", "loss_if_default", "loss_if_left", "growth"]
    whole_number(years, name="years")
    real_number(discount, name="discount", least=0, example=0.08)
    profit, p, q, on_default, on_leaving, growth = numbers_in(accounts, columns).T
    numbers_in(accounts, ["default", "defection"], least=0, most=1)
    numbers_in(accounts, ["growth"], least=-1)
    first = (1 - p) * (1 - q) * profit - p * on_default - (1 - p) * q * on_leaving
    factor = (1 + growth) * (1 - p) * (1 - q) / (1 + discount)
    return np.asarray(first * np.sum([factor**year for year in range(years)], axis=0))


class _Expected(NamedTuple):
    """Chances, expected profit and its gradient in the coefficients of both logits."""

    default: Floats
    defection: Floats
    profit: Floats
    gradient: Floats
    covariance: Floats


def _events(past: pd.DataFrame) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Say who failed and who left; a cause in words counts as leaving."""
    left = past["left"]
    failed = truths_in(past, "defaulted")
    if left.notna().any() and pd.api.types.infer_dtype(left.astype(object)) != "string":
        return failed, truths_in(past, "left")
    # A file that was written and read again has nothing where the text was empty.
    return failed, (left.notna() & (left != "")).to_numpy(bool)


def _check_books(table: pd.DataFrame, covariates: Sequence[str]) -> None:
    need_columns(table, ["customer"])
    numbers_in(table, [*BOOKS[1:], *covariates])
    numbers_in(table, ["loss_if_default", "loss_if_left"], least=0)
    twice = table["customer"].duplicated()
    if twice.any():
        wrong = _("An account is in the table more than once.")
        remedy = _("Give one row an account: its errors would count as those of several.")
        raise CvmError(wrong, given=table["customer"][twice].iloc[0], remedy=remedy)


def _fit(past: pd.DataFrame, event: NDArray[np.bool_], by: Sequence[str], name: str) -> FittedLogit:
    x = numbers_in(past, list(by))
    rare, needed = int(min(event.sum(), (~event).sum())), EVENTS * (x.shape[1] + 1)
    if rare < needed:
        what = {"default": _("failed"), "defection": _("left")}[name]
        raise CvmError(
            _("Too few accounts {what} to estimate a chance by {terms}: {rare}, and {needed} are needed.",
              what=what, terms=", ".join(by), rare=rare, needed=needed),
            remedy=_("Take more accounts or years as history, or fewer columns."),
        )  # fmt: skip
    return fit_logit(event.astype(float), x, terms=by)


def _expected(table: pd.DataFrame, fits: tuple[FittedLogit, FittedLogit]) -> _Expected:
    """Give the expected profit of each account, and how it moves with each coefficient."""
    xs = [with_constant(table[list(f.terms[1:])].to_numpy(float)) for f in fits]
    p, q = (expit(x @ f.value) for x, f in zip(xs, fits, strict=True))
    profit, on_default, on_leaving = (table[name].to_numpy(float) for name in BOOKS[2:])
    expected = (1 - p) * (1 - q) * profit - p * on_default - (1 - p) * q * on_leaving
    by_p = -(1 - q) * profit - on_default + q * on_leaving
    by_q = -(1 - p) * (profit + on_leaving)
    gradient = np.hstack([
        (by_p * p * (1 - p))[:, None] * xs[0], (by_q * q * (1 - q))[:, None] * xs[1],
    ])  # fmt: skip
    a, b = fits[0].covariance, fits[1].covariance
    joint = np.block([[a, np.zeros((len(a), len(b)))], [np.zeros((len(b), len(a))), b]])
    return _Expected(p, q, expected, gradient, joint)


def _told(
    table: pd.DataFrame,
    found: _Expected,
    fits: tuple[FittedLogit, FittedLogit],
    level: float,
    z: float,
) -> RiskAdjusted:
    half = z * np.sqrt(np.einsum("ij,jk,ik->i", found.gradient, found.covariance, found.gradient))
    total, slope = float(found.profit.sum()), found.gradient.sum(axis=0)
    width = z * float(np.sqrt(slope @ found.covariance @ slope))
    shown = table.drop(columns=[c for c in table if str(c).startswith("true_")])
    accounts = shown.assign(
        default=found.default, defection=found.defection, risk_adjusted=found.profit,
        low=found.profit - half, high=found.profit + half,
    )  # fmt: skip
    profit = table["profit"].to_numpy(float)
    by_default = found.default * (profit + table["loss_if_default"].to_numpy(float))
    by_leaving = (1 - found.default) * found.defection
    by_leaving = by_leaving * (profit + table["loss_if_left"].to_numpy(float))
    return RiskAdjusted(
        total=total, low=total - width, high=total + width, books=float(profit.sum()),
        default_loss=float(by_default.sum()), defection_loss=float(by_leaving.sum()),
        losers=float((found.profit < 0).mean()), surely=float((accounts["high"] < 0).mean()),
        level=level, customers=len(table), accounts=accounts, coefficients=_coefficients(fits, z),
    )  # fmt: skip


def _coefficients(fits: tuple[FittedLogit, FittedLogit], z: float) -> pd.DataFrame:
    rows = []
    for event, fit in zip(("default", "defection"), fits, strict=True):
        half = z * np.sqrt(np.diag(fit.covariance))
        for term, value, reach in zip(fit.terms, fit.value, half, strict=True):
            rows.append({"event": event, "term": term, "value": value,
                         "low": value - reach, "high": value + reach})  # fmt: skip
    return pd.DataFrame(rows)
