r"""Four comparisons of a programme's members with the others, each with its assumption.

They work on any table with one row a customer: a column that says who is a member, the
outcome after the programme began and, for two of them, what was known before. What each
assumes, and which of them is right when, is told in :mod:`cvm.loyalty.programme`, whose
simulated customers know the truth.

**The estimand.** The average effect of membership on the members' outcome. **The
estimators**, with :math:`M` for membership:

.. math::

   \text{naive} &: \bar y_{M=1} - \bar y_{M=0} \\
   \text{adjusted} &: \text{the coefficient of } M \text{ in } y \sim 1 + M + x \\
   \text{difference in differences} &: \overline{\Delta y}_{M=1} - \overline{\Delta y}_{M=0}

All are least squares with standard errors robust to unequal spread (HC1), by statsmodels.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cvm.errors import CvmError
from cvm.inputs import check_level, need_columns, numbers_in, truths_in
from cvm.results import Result, number
from cvm.words import _

__all__ = [
    "ProgrammeEffect",
    "adjusted_gap",
    "compare_methods",
    "difference_in_differences",
    "naive_gap",
    "placebo",
]

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, repr=False)
class ProgrammeEffect(Result):
    """What one method says the programme adds.

    Parameters
    ----------
    method : str
        How it was found, already translated.
    assumes : str
        What must hold for it to be the effect, already translated.
    effect, se, low, high : float
        The answer, its robust standard error and the ends of its interval, in the unit
        of the outcome (currency a month).
    level : float
        Confidence level.
    n, members : int
        Customers compared, and members among them.
    """

    method: str
    assumes: str
    effect: float
    se: float
    low: float
    high: float
    level: float
    n: int
    members: int

    def sentence(self) -> str:
        """Say the answer with its interval and its assumption."""
        return _(
            "{method}: {effect} a month ({level} interval {low} to {high}; n = {n}). "
            "It is the programme's effect if {assumes}.",
            method=self.method,
            effect=number(self.effect),
            level=number(self.level, "share", digits=2),
            low=number(self.low),
            high=number(self.high),
            n=number(self.n),
            assumes=self.assumes,
        )


def naive_gap(
    table: pd.DataFrame,
    *,
    outcome: str = "spend_after",
    member: str = "member",
    level: float = 0.95,
) -> ProgrammeEffect:
    """Compare members with the others, as a monthly report does.

    Parameters
    ----------
    table : DataFrame
        One row a customer.
    outcome, member : str
        Columns: a number, and True or False (or 1 and 0).
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    ProgrammeEffect
        The difference of means, with a standard error robust to unequal spread (HC1).
    """
    _check(table, [outcome], member, level)
    return _regress(
        table, numbers_in(table, [outcome])[:, 0], member, level=level, method=_("Naive gap"),
        assumes=_("members and others would have spent alike without it"),
    )  # fmt: skip


def adjusted_gap(
    table: pd.DataFrame,
    *,
    covariates: Sequence[str] = ("spend_before",),
    outcome: str = "spend_after",
    member: str = "member",
    level: float = 0.95,
) -> ProgrammeEffect:
    """Compare members with others who look alike, by least squares.

    Parameters
    ----------
    table : DataFrame
        One row a customer.
    covariates : sequence of str
        Columns that hold what the firm saw before anyone joined. Never one that the
        programme may have changed.
    outcome, member, level
        As in :func:`naive_gap`.

    Returns
    -------
    ProgrammeEffect
        The coefficient of membership beside the covariates (HC1 standard error).
    """
    names = _names(covariates)
    _check(table, [outcome, *names], member, level)
    return _regress(
        table, numbers_in(table, [outcome])[:, 0], member, names, level=level,
        method=_("Adjusted for {names}", names=", ".join(names).replace("_", " ") or _("(none)")),
        assumes=_("members and others alike in these would have spent alike without it"),
    )  # fmt: skip


def difference_in_differences(
    table: pd.DataFrame,
    *,
    before: str = "spend_before",
    after: str = "spend_after",
    member: str = "member",
    level: float = 0.95,
) -> ProgrammeEffect:
    """Compare how members changed with how the others changed.

    Parameters
    ----------
    table : DataFrame
        One row a customer.
    before, after : str
        Columns of the outcome in the two periods.
    member, level
        As in :func:`naive_gap`.

    Returns
    -------
    ProgrammeEffect
        The difference of the two mean changes (HC1 standard error). One change a
        customer goes in, so months of one customer are not taken for independent.
    """
    _check(table, [before, after], member, level)
    was, became = numbers_in(table, [before, after]).T
    return _regress(
        table, became - was, member, level=level,
        method=_("Difference in differences"),
        assumes=_("without it both would have changed alike"),
    )  # fmt: skip


def placebo(table: pd.DataFrame, *, level: float = 0.95) -> ProgrammeEffect:
    """Look for an effect before there was a programme: a test of parallel trends.

    Parameters
    ----------
    table : DataFrame
        With ``spend_early``, ``spend_late`` and ``member``.
    level : float
        Confidence level.

    Returns
    -------
    ProgrammeEffect
        Difference in differences between the halves of the year before. An interval
        without 0 says the trends differed already; one with 0 does not prove they
        would have stayed alike.
    """
    found = difference_in_differences(table, before="spend_early", after="spend_late", level=level)
    return ProgrammeEffect(
        **found.__dict__ | {"method": _("Placebo, before the programme"),
                            "assumes": _("nothing: there was none, it should be 0")}
    )  # fmt: skip


def compare_methods(
    table: pd.DataFrame,
    *,
    covariates: Sequence[str] = ("spend_before",),
    level: float = 0.95,
) -> pd.DataFrame:
    """Put the naive gap, adjustment, difference in differences and placebo side by side.

    Parameters
    ----------
    table : DataFrame
        ``customers`` of :class:`ProgrammeTables`, or a table with its observed columns.
    covariates : sequence of str
        For the adjustment.
    level : float
        Confidence level.

    Returns
    -------
    DataFrame
        Four rows with the fields of :class:`ProgrammeEffect` and, where the truth rides
        along, ``true_effect`` (mean over members; 0 for the placebo).
    """
    covariates = _names(covariates)
    found = [
        naive_gap(table, level=level),
        adjusted_gap(table, covariates=covariates, level=level),
        difference_in_differences(table, level=level),
        placebo(table, level=level),
    ]
    rows = pd.concat([one.to_frame() for one in found], ignore_index=True)
    if "true_effect" in table:
        truth = float(numbers_in(table, ["true_effect"])[truths_in(table, "member"), 0].mean())
        rows["true_effect"] = [truth, truth, truth, 0.0]
    return rows


def _regress(
    table: pd.DataFrame,
    outcome: Floats,
    member: str,
    covariates: Sequence[str] = (),
    *,
    level: float,
    method: str,
    assumes: str,
) -> ProgrammeEffect:
    import statsmodels.api as sm  # takes a second to load

    joined = truths_in(table, member).astype(float)
    others = numbers_in(table, covariates) if covariates else np.empty((len(joined), 0))
    columns = np.column_stack([np.ones(len(joined)), joined, others])
    if np.linalg.matrix_rank(columns) < columns.shape[1] or len(joined) == columns.shape[1]:
        wrong = _("Membership and the columns adjusted for cannot be told apart.")
        remedy = _("Leave out columns that are alike everywhere, or copies of others; or give more customers.")  # fmt: skip
        raise CvmError(wrong, given=list(covariates), remedy=remedy)
    fit = sm.OLS(outcome, columns).fit(cov_type="HC1")
    low, high = fit.conf_int(alpha=1 - level)[1]
    return ProgrammeEffect(
        method=method, assumes=assumes, effect=float(fit.params[1]), se=float(fit.bse[1]),
        low=float(low), high=float(high), level=level, n=len(joined), members=int(joined.sum()),
    )  # fmt: skip


def _names(covariates: Sequence[str]) -> list[str]:
    if isinstance(covariates, str) or not isinstance(covariates, Iterable):
        wrong = _("The columns to adjust for are given as a list of names.")
        remedy = _("Write for example covariates=['spend_before'].")
        raise CvmError(wrong, given=covariates, remedy=remedy)
    return list(covariates)


def _check(table: pd.DataFrame, columns: list[str], member: str, level: float) -> None:
    columns = [*columns, member]
    need_columns(table, columns)
    if table[columns].isna().any().any():
        gaps = table[columns].isna().sum()
        raise CvmError(
            _("A comparison needs every value; some are missing."),
            given={name: int(count) for name, count in gaps.items() if count},
            remedy=_("Drop those customers and say how many, or fill the gaps knowingly."),
        )
    joined = truths_in(table, member)
    sizes = {"members": int(joined.sum()), "others": int((~joined).sum())}
    if min(sizes.values()) < 2:  # one alone has no spread
        raise CvmError(
            _("The column '{column}' must hold members and others, two of each or more.",
              column=member),
            given=sizes,
            remedy=_("Check who joined; without both groups there is nothing to compare."),
        )  # fmt: skip
    check_level(level)
