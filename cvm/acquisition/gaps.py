r"""Four answers to "do pulled customers stay longer?", each with what it assumes.

They work on any table with one row a customer: how the customer came (``pulled``), whether it
stayed (``stayed``), what was known before, and an invitation drawn by lot. With :math:`D` for
pulled and :math:`Z` for invited:

===============  ==================================================================
plain gap        pulled and pushed would have stayed alike if won the same way
regression       so they would, among customers alike in what the firm sees; least
                 squares of ``stayed`` on :math:`D`, the centred covariates and
                 their products with :math:`D` (Lin 2013)
weighting        the same; each customer weighted by one over the chance of the way
                 it came (:func:`cvm.churn.campaign_effect`)
invitation       the invitation was drawn by lot and does nothing but change the
                 way; :math:`(\bar Y_{Z=1}-\bar Y_{Z=0})/(\bar D_{Z=1}-\bar D_{Z=0})`,
                 two-stage least squares
===============  ==================================================================

**The estimand** of the second and third is the average effect on all customers; of the last,
on those whom an invitation moves. They need not be the same, and need not agree.

**Intervals.** Standard errors robust to unequal spread (HC1) by statsmodels; for the invitation
the sandwich of two-stage least squares, fair where the invitation moves many: its ``strength``
is the F of the first stage, and below 10 the interval is not to be trusted (Staiger & Stock
1997).

**What the naive answer gets wrong** is told in :mod:`cvm.acquisition.selection`, whose
customers know the truth.

References
----------
Lin, W. (2013). Agnostic notes on regression adjustments to experimental data. *Annals of
Applied Statistics* 7(1), 295-318. At second hand, as is the next.
Staiger, D. & Stock, J. H. (1997). Instrumental variables regression with weak instruments.
*Econometrica* 65(3), 557-586.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri

from cvm.acquisition.selection import COVARIATES
from cvm.errors import CvmError
from cvm.inputs import check_level, need_columns, numbers_in, truths_in
from cvm.results import Result, number
from cvm.words import _

__all__ = [
    "GapParts",
    "StayEffect",
    "adjusted_gap",
    "compare_gaps",
    "decompose",
    "invitation_effect",
    "plain_gap",
    "weighted_gap",
]

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, repr=False)
class StayEffect(Result):
    """What one method says pulling adds to staying.

    Parameters
    ----------
    method, assumes : str
        How it was found, and what must hold for it to be the effect; already translated.
    effect, se, low, high : float
        Share of customers who stay when pulled less that when pushed, its standard error,
        and the ends of its interval.
    level : float
        Confidence level.
    n : int
        Customers.
    strength : float
        F of the first stage; missing for methods without one.
    """

    method: str
    assumes: str
    effect: float
    se: float
    low: float
    high: float
    level: float
    n: int
    strength: float = float("nan")

    def sentence(self) -> str:
        """Say the answer with its interval and its assumption."""
        return _(
            "{method}: pulled customers stay {effect} more often than pushed ones ({level} "
            "interval {low} to {high}; n = {n}). It is the effect of the way if {assumes}.",
            method=self.method, effect=number(self.effect, "points"),
            level=number(self.level, "share", digits=2), low=number(self.low, "points"),
            high=number(self.high, "points"), n=number(self.n), assumes=self.assumes,
        )  # fmt: skip


def plain_gap(
    table: pd.DataFrame, *, outcome: str = "stayed", pulled: str = "pulled", level: float = 0.95
) -> StayEffect:
    """Compare those who came with those who were fetched, as a report does.

    Parameters
    ----------
    table : DataFrame
        One row a customer.
    outcome, pulled : str
        Columns that hold True and False (or 1 and 0).
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    StayEffect
        The difference of two shares (HC1).

    Raises
    ------
    CvmError
        If a column is missing, has gaps, does not say True or False, or holds one group only.
    """
    y, d = _columns(table, [outcome, pulled], (), level).T
    _both(d, pulled)
    return _least_squares(
        y, [d], level, method=_("Plain gap"),
        assumes=_("both would have stayed alike, had they been won the same way"),
    )  # fmt: skip


def adjusted_gap(
    table: pd.DataFrame,
    *,
    covariates: Sequence[str] = COVARIATES,
    outcome: str = "stayed",
    pulled: str = "pulled",
    level: float = 0.95,
) -> StayEffect:
    """Compare customers who look alike, by regression.

    Parameters
    ----------
    table : DataFrame
        One row a customer.
    covariates : sequence of str
        Columns of what was known before the customer was won, one or more.
    outcome, pulled, level
        As in :func:`plain_gap`.

    Returns
    -------
    StayEffect
        Averaged over all customers (HC1). The covariates' means are taken for known.

    Raises
    ------
    CvmError
        As :func:`plain_gap`, without covariates, or if they hold no numbers or are the outcome
        or the way itself.
    """
    names = _named(covariates)
    columns = _columns(table, [outcome, pulled], names, level)
    y, d, x = columns[:, 0], columns[:, 1], columns[:, 2:]
    _both(d, pulled)
    centred = x - x.mean(axis=0)
    _check_overlap(d, centred)
    return _least_squares(
        y, [d, *centred.T, *(centred * d[:, None]).T], level, method=_("Regression"),
        assumes=_alike(names),
    )  # fmt: skip


def weighted_gap(
    table: pd.DataFrame,
    *,
    covariates: Sequence[str] = COVARIATES,
    outcome: str = "stayed",
    pulled: str = "pulled",
    level: float = 0.95,
) -> StayEffect:
    """Compare customers weighted to look alike.

    Parameters
    ----------
    table, covariates, outcome, pulled, level
        As in :func:`adjusted_gap`.

    Returns
    -------
    StayEffect
        By :func:`cvm.churn.campaign_effect`: one over the chance, by a logit, of the way
        each customer came.

    Raises
    ------
    CvmError
        As :func:`adjusted_gap`.
    """
    from cvm.churn import campaign_effect  # takes a second to load

    names = _named(covariates)
    columns = _columns(table, [outcome, pulled], names, level)
    _both(columns[:, 1], pulled)
    left = table[list(names)].assign(left=columns[:, 0] == 0, contacted=columns[:, 1] == 1)
    found = campaign_effect(left, covariates=names, level=level)
    half = float(ndtri((1 + level) / 2))
    return StayEffect(
        method=_("Weighting"), assumes=_alike(names), effect=found.value,
        se=(found.high - found.low) / (2 * half), low=found.low, high=found.high, level=level,
        n=len(table),
    )  # fmt: skip


def invitation_effect(
    table: pd.DataFrame,
    *,
    invited: str = "invited",
    outcome: str = "stayed",
    pulled: str = "pulled",
    level: float = 0.95,
) -> StayEffect:
    """Use an invitation drawn by lot: two-stage least squares.

    Parameters
    ----------
    table : DataFrame
        One row a customer.
    invited : str
        Column of who was invited, by lot: True or False.
    outcome, pulled, level
        As in :func:`plain_gap`.

    Returns
    -------
    StayEffect
        For those whom an invitation moves; ``strength`` is the F of the first stage.

    Raises
    ------
    CvmError
        As :func:`plain_gap`, and if the invitation moved nobody.
    """
    y, d, z = _columns(table, [outcome, pulled, invited], (), level).T
    _both(d, pulled)
    _both(z, invited)
    if len(y) < 4:
        wrong = _("A comparison needs more customers than numbers it estimates.")
        raise CvmError(wrong, given={"customers": len(y)}, remedy=_("Take more customers or fewer columns."))  # fmt: skip
    first = _fit(d, [z])
    if abs(first.params[1]) < 1e-12:
        raise CvmError(
            _("The invitation moved nobody."), given=float(first.params[1]),
            remedy=_("Without a first step there is no second: take another instrument."),
        )  # fmt: skip
    tools, design = (np.column_stack([np.ones(len(y)), column]) for column in (z, d))
    bread = np.linalg.inv(tools.T @ design)
    beta = bread @ (tools.T @ y)
    spread = tools * (y - design @ beta)[:, None]
    n = len(y)
    se = float(np.sqrt((bread @ (spread.T @ spread) @ bread.T)[1, 1] * n / (n - 2)))
    half = float(ndtri((1 + level) / 2)) * se
    return StayEffect(
        method=_("Invitation by lot"),
        assumes=_("the invitation changes nothing but the way; then for those it moves"),
        effect=float(beta[1]), se=se, low=float(beta[1]) - half, high=float(beta[1]) + half,
        level=level, n=n, strength=float(first.tvalues[1] ** 2),
    )  # fmt: skip


def compare_gaps(
    table: pd.DataFrame, *, covariates: Sequence[str] = COVARIATES, level: float = 0.95
) -> pd.DataFrame:
    """Put the four answers side by side.

    Parameters
    ----------
    table : DataFrame
        From :func:`cvm.acquisition.simulate_acquisition`, or with its observed columns.
    covariates : sequence of str
        As in :func:`adjusted_gap`.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    DataFrame
        Four rows with the fields of :class:`StayEffect` and, where the truth rides along,
        ``true_effect``: over all customers, in the last row over those an invitation moves.
    """
    found = [
        plain_gap(table, level=level),
        adjusted_gap(table, covariates=covariates, level=level),
        weighted_gap(table, covariates=covariates, level=level),
        invitation_effect(table, level=level),
    ]
    rows = pd.concat([one.to_frame() for one in found], ignore_index=True)
    if "true_effect" in table:
        moved = table["true_effect"][truths_in(table, "true_moved")]
        rows["true_effect"] = [float(table["true_effect"].mean())] * 3 + [float(moved.mean())]
    return rows


@dataclass(frozen=True, kw_only=True, repr=False)
class GapParts(Result):
    """The gap between pulled and pushed customers, taken apart by the known truth.

    Parameters
    ----------
    gap, cause, selection : float
        Shares of customers; ``gap = cause + selection``.
    n : int
        Customers.
    """

    gap: float
    cause: float
    selection: float
    n: int

    def sentence(self) -> str:
        """Say the gap and its two parts."""
        return _(
            "Pulled customers stay {gap} more often: {cause} because of the way they were won, "
            "{selection} because of who they are (n = {n}).",
            gap=number(self.gap, "points"), cause=number(self.cause, "points"),
            selection=number(self.selection, "points"), n=number(self.n),
        )  # fmt: skip


def decompose(table: pd.DataFrame) -> GapParts:
    """Take the gap apart into cause and selection, by the known truth.

    Parameters
    ----------
    table : DataFrame
        With ``pulled``, ``true_stay_pull`` and ``true_stay_push``.

    Returns
    -------
    GapParts
        In chances, without the luck of who left: the cause is that for the pulled.

    Raises
    ------
    CvmError
        If a column is missing, as in observed data, or one group is empty.
    """
    remedy = _("Only a simulated table knows the truth: cvm.acquisition.simulate_acquisition.")
    need_columns(table, ["pulled", "true_stay_pull", "true_stay_push"], remedy=remedy)
    d = truths_in(table, "pulled")
    _both(d.astype(float), "pulled")
    pull, push = numbers_in(table, ["true_stay_pull", "true_stay_push"], least=0, most=1).T
    cause, selection = (pull - push)[d].mean(), push[d].mean() - push[~d].mean()
    return GapParts(
        gap=float(cause + selection), cause=float(cause), selection=float(selection), n=len(table)
    )


def _fit(y: Floats, columns: list[Floats]):  # type: ignore[no-untyped-def]
    import statsmodels.api as sm  # takes a second to load

    # Robust errors need the pseudo-inverse in any case: another method would come on top.
    return sm.OLS(y, np.column_stack([np.ones(len(y)), *columns])).fit(cov_type="HC1")


def _least_squares(
    y: Floats, columns: list[Floats], level: float, *, method: str, assumes: str
) -> StayEffect:
    if len(y) <= len(columns) + 1:
        wrong = _("A comparison needs more customers than numbers it estimates.")
        given = {"customers": len(y), "numbers": len(columns) + 1}
        raise CvmError(wrong, given=given, remedy=_("Take more customers or fewer columns."))
    fit = _fit(y, columns)
    low, high = fit.conf_int(alpha=1 - level)[1]
    return StayEffect(
        method=method, assumes=assumes, effect=float(fit.params[1]), se=float(fit.bse[1]),
        low=float(low), high=float(high), level=level, n=len(y),
    )  # fmt: skip


def _columns(
    table: pd.DataFrame, truths: Sequence[str], covariates: Sequence[str], level: float
) -> Floats:
    check_level(level)
    names = [*truths, *covariates]
    need_columns(table, names)
    if len(set(names)) < len(names):
        wrong = _("The outcome, the way and each thing known before are columns of their own.")
        raise CvmError(wrong, given=names, remedy=_("Name each column once."))
    gaps = table[list(names)].isna().sum()
    if gaps.any():
        raise CvmError(
            _("A comparison needs every value; some are missing."),
            given={str(name): int(count) for name, count in gaps.items() if count},
            remedy=_("Drop those customers and say how many, or fill the gaps knowingly."),
        )
    told = [truths_in(table, name).astype(float) for name in truths]
    return np.column_stack([*told, *(numbers_in(table, [name])[:, 0] for name in covariates)])


def _both(groups: Floats, column: str) -> None:
    if set(np.unique(groups)) != {0.0, 1.0}:
        raise CvmError(
            _("The column '{column}' must hold both True and False.", column=column),
            given=[float(value) for value in np.unique(groups)[:5]],
            remedy=_("Without both groups there is nothing to compare."),
        )


def _check_overlap(d: Floats, centred: Floats) -> None:
    """See that what is known before leaves the way open: else the fit would share out at will."""
    others = np.column_stack([np.ones(len(d)), centred, centred * d[:, None]])
    left = d - others @ np.linalg.lstsq(others, d, rcond=None)[0]
    if np.abs(left).max() < 1e-9:
        raise CvmError(
            _("The columns adjusted for tell exactly who was pulled: nobody is left to compare."),
            remedy=_("Leave out columns that only say the way again."),
        )  # fmt: skip


def _named(covariates: Sequence[str]) -> list[str]:
    if isinstance(covariates, str) or not isinstance(covariates, Sequence) or not covariates:
        raise CvmError(
            _("An adjustment needs columns to adjust for."), given=covariates,
            remedy=_("Write covariates=['years_before'], or use plain_gap."),
        )  # fmt: skip
    return list(covariates)


def _alike(names: Sequence[str]) -> str:
    words = ", ".join(name.replace("_", " ") for name in names)
    return _("customers alike in {names} would have stayed alike", names=words)
