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

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cvm.errors import CvmError
from cvm.inputs import check_level, need_columns
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
    _check(table, [outcome, member], member, level)
    return _regress(
        table[outcome], table[member], [], level=level, method=_("Naive gap"),
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
    names = list(covariates)
    _check(table, [outcome, member, *names], member, level)
    return _regress(
        table[outcome], table[member], [table[name] for name in names], level=level,
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
    _check(table, [before, after, member], member, level)
    return _regress(
        table[after] - table[before], table[member], [], level=level,
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
    found = [
        naive_gap(table, level=level),
        adjusted_gap(table, covariates=covariates, level=level),
        difference_in_differences(table, level=level),
        placebo(table, level=level),
    ]
    rows = pd.concat([one.to_frame() for one in found], ignore_index=True)
    if "true_effect" in table:
        truth = float(table.loc[table["member"].astype(bool), "true_effect"].mean())
        rows["true_effect"] = [truth, truth, truth, 0.0]
    return rows


def _regress(
    outcome: pd.Series,
    member: pd.Series,
    covariates: list[pd.Series],
    *,
    level: float,
    method: str,
    assumes: str,
) -> ProgrammeEffect:
    import statsmodels.api as sm  # takes a second to load

    joined = member.to_numpy(dtype=float)
    columns = [np.ones(len(joined)), joined, *(c.to_numpy(dtype=float) for c in covariates)]
    fit = sm.OLS(outcome.to_numpy(dtype=float), np.column_stack(columns)).fit(cov_type="HC1")
    low, high = fit.conf_int(alpha=1 - level)[1]
    return ProgrammeEffect(
        method=method, assumes=assumes, effect=float(fit.params[1]), se=float(fit.bse[1]),
        low=float(low), high=float(high), level=level, n=len(joined), members=int(joined.sum()),
    )  # fmt: skip


def _check(table: pd.DataFrame, columns: list[str], member: str, level: float) -> None:
    need_columns(table, columns)
    if table[columns].isna().any().any():
        gaps = table[columns].isna().sum()
        raise CvmError(
            _("A comparison needs every value; some are missing."),
            given={name: int(count) for name, count in gaps.items() if count},
            remedy=_("Drop those customers and say how many, or fill the gaps knowingly."),
        )
    groups = set(pd.unique(table[member]))
    if groups != {0, 1}:  # True and False are 1 and 0
        raise CvmError(
            _(
                "The column '{column}' must hold members and others, as True and False.",
                column=member,
            ),
            given=sorted(map(str, groups)),
            remedy=_("Check who joined; without both groups there is nothing to compare."),
        )
    check_level(level)
