r"""How long customers stay, when most of them are still here.

Of customer :math:`i` the firm knows how long it was watched, :math:`t_i`, and whether it
left then or is *censored*: still here, its life not over. The survival curve
:math:`S(t) = P(T > t)` by Kaplan & Meier, its variance by Greenwood, and the restricted
mean (the months lived, on average, of the first :math:`\tau`) are

.. math::

   \hat S(t) = \prod_{u \le t}\Bigl(1 - \frac{d_u}{n_u}\Bigr), \qquad
   \widehat{\operatorname{var}} = \hat S(t)^2 \sum_{u \le t} \frac{d_u}{n_u (n_u - d_u)}, \qquad
   \hat\mu(\tau) = \int_0^\tau \hat S(t)\,dt,

:math:`n_u` customers watched at :math:`u`, of whom :math:`d_u` leave. The interval is made
on the scale :math:`\log(-\log S)`, so that it stays between 0 and 1. Groups are compared
by the log-rank test.

**The estimand.** The share still here after :math:`t` months; the months lived of the
first :math:`\tau`.

**The assumption.** Those censored at :math:`t` are like those watched on: they were not
taken off the books because they were about to leave. And every customer was watched from
the day of joining; where the records begin later, say so by ``entry``, or those who left
before are missing and the rest look like survivors.

**What the naive answer gets wrong.** "Our customers stay so long: we averaged those who
left." They had to be quick to be counted. At the defaults of :class:`cvm.churn.Churn` those
who left had stayed 9.2 months on average; of the first 36 months a customer lives 22.4
(:func:`average_life` gives both, and the truth).

**Where it comes from.** Kaplan & Meier (1958); Greenwood's variance and the interval as in
Kalbfleisch & Prentice (2002); at second hand. Computed by statsmodels.

References
----------
Kaplan, E. L. & Meier, P. (1958). Nonparametric estimation from incomplete observations.
*Journal of the American Statistical Association* 53(282), 457-481.
Kalbfleisch, J. D. & Prentice, R. L. (2002). *The Statistical Analysis of Failure Time
Data*, 2nd ed. Wiley.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri

from cvm.churn.door import check_between, check_columns, check_lives, numbers_of
from cvm.errors import CvmError
from cvm.results import Result, number, p_words
from cvm.words import N_, _

__all__ = ["AverageLife", "SurvivalCurve", "average_life", "survival_curve"]

Floats = NDArray[np.float64]

#: The one group of a curve that was not asked for by group.
ALL = N_("all customers")


@dataclass(frozen=True, kw_only=True, repr=False)
class SurvivalCurve(Result):
    """Kaplan-Meier curves.

    Parameters
    ----------
    table : DataFrame
        One row a group and month at which someone left, with a first row at 0: ``group``,
        ``months``, ``at_risk``, ``left``, ``survival``, ``se``, ``low``, ``high``.
    medians : DataFrame
        One row a group: ``group``, ``customers``, ``left``, ``median`` (months by which
        half have left; missing where fewer have), ``low``, ``high`` (missing where open).
    by : str
        The column of the groups, empty for one curve.
    chi2, p_value : float
        Log-rank test that the groups leave alike, missing for one curve.
    level : float
        Confidence level of the pointwise intervals.
    """

    table: pd.DataFrame = field(repr=False)
    medians: pd.DataFrame = field(repr=False)
    by: str
    chi2: float
    p_value: float
    level: float

    def to_frame(self) -> pd.DataFrame:
        """Give the curves."""
        return self.table.copy()

    def at(self, months: float) -> pd.DataFrame:
        """Read the curves at a month.

        Parameters
        ----------
        months : float
            Time since joining, zero or more.

        Returns
        -------
        DataFrame
            One row a group: the step in force then. Beyond the last month at which someone
            left it says what was known last.
        """
        if not isinstance(months, int | float | np.number) or not months >= 0:
            wrong = _("A curve is read at a time of zero months or more.")
            raise CvmError(
                wrong, given=months, remedy=_("Write for example {example}.", example="12")
            )
        before = self.table[self.table["months"] <= months]
        return before.groupby("group", sort=False).tail(1).reset_index(drop=True)

    def sentence(self) -> str:
        """Say the medians, and whether the groups differ."""
        named = _(self.by).replace("_", " ") + " " if self.by else ""
        told = [
            _("{group}: half have left after {median} ({level} interval {low} to {high})",
              group=named + _(str(row["group"])), median=number(row["median"], "months"),
              level=number(self.level, "share", digits=2), low=number(row["low"]),
              high=number(row["high"]))
            if np.isfinite(row["median"])
            else _("{group}: {left} of {n} have left, fewer than half by the curve",
                   group=named + _(str(row["group"])), left=number(row["left"]), n=number(row["customers"]))
            for row in self.medians.to_dict("records")
        ]  # fmt: skip
        text = "; ".join(told) + "."
        if self.by:
            p = p_words(self.p_value)
            text += " " + _("Log-rank test that they leave alike: {p}.", p=p)
        return text


def survival_curve(
    table: pd.DataFrame,
    *,
    by: str | None = None,
    months: str = "months",
    left: str = "left",
    entry: str | None = None,
    level: float = 0.95,
) -> SurvivalCurve:
    """Estimate how many are still here after each month, by Kaplan and Meier.

    Parameters
    ----------
    table : DataFrame
        One row a customer.
    by : str, optional
        A column of groups, each with its own curve; compared by the log-rank test.
    months, left : str
        Columns: time from joining to leaving or to today, and whether the customer left.
    entry : str, optional
        A column with the time since joining at which the watch began; without it everybody
        was watched from the day of joining.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    SurvivalCurve
    """
    check_between(_("A confidence level"), level)
    time, event, start = check_lives(table, months, left, entry)
    groups = np.full(len(time), ALL) if by is None else _groups(table, by)
    curves, medians = [], []
    for name in pd.unique(groups):
        mine = groups == name
        curve = _curve(time[mine], event[mine], None if start is None else start[mine], level)
        curves.append(curve.assign(group=name))
        row = {"group": name, "customers": int(mine.sum()), "left": int(event[mine].sum())}
        medians.append(row | _median(curve))
    chi2, p_value = (float("nan"),) * 2
    if by is not None:
        chi2, p_value = _log_rank(time, event, groups, start)
    order = ["group", "months", "at_risk", "left", "survival", "se", "low", "high"]
    return SurvivalCurve(
        table=pd.concat(curves, ignore_index=True)[order], medians=pd.DataFrame(medians),
        by=by or "", chi2=chi2, p_value=p_value, level=level,
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True, repr=False)
class AverageLife(Result):
    """Average life: of those who left, and by the survival curve.

    Parameters
    ----------
    horizon : float
        The curve is read up to here, in months.
    value, low, high : float
        Months lived of the first ``horizon``, by Kaplan and Meier, and its interval.
    of_those_who_left : float
        Mean months of customers who left: the naive answer.
    so_far : float
        Mean months of all customers up to today, the other naive answer.
    truth : float
        Months lived of the first ``horizon`` by the known lives; missing for real tables, and
        where an entry was given.
    level : float
        Confidence level.
    left, customers : int
        Customers who left, and all.
    """

    horizon: float
    value: float
    low: float
    high: float
    of_those_who_left: float
    so_far: float
    truth: float
    level: float
    left: int
    customers: int

    def sentence(self) -> str:
        """Say the average life and what the naive one would have been."""
        return _(
            "Of the first {horizon} a customer lives {value} on average ({level} interval {low} "
            "to {high}). The {left} who left had stayed {naive}: only the quick are counted there.",
            horizon=number(self.horizon, "months"), value=number(self.value),
            level=number(self.level, "share", digits=2), low=number(self.low),
            high=number(self.high), left=number(self.left),
            naive=number(self.of_those_who_left, "months"),
        )  # fmt: skip


def average_life(
    table: pd.DataFrame,
    *,
    horizon: float,
    months: str = "months",
    left: str = "left",
    entry: str | None = None,
    level: float = 0.95,
) -> AverageLife:
    """Estimate the months lived of the first so many, and show the naive averages beside it.

    Parameters
    ----------
    table : DataFrame
        One row a customer; with ``true_life`` the truth is told too.
    horizon : float
        Months to look at, above 0 and no further than the longest watch.
    months, left, entry, level
        As in :func:`survival_curve`.

    Returns
    -------
    AverageLife
        The area under the curve (restricted mean); its variance is the usual sum over the
        months of leaving of squared area to come times :math:`d/(n(n-d))`.
    """
    check_between(_("A confidence level"), level)
    time, event, start = check_lives(table, months, left, entry)
    if not isinstance(horizon, int | float | np.number) or not 0 < horizon <= time.max():
        raise CvmError(
            _("The horizon must lie within the time watched."), given=horizon,
            remedy=_("The longest watch is {most}.", most=number(time.max(), "months")),
        )  # fmt: skip
    curve = _curve(time, event, start, level)
    if not (event[time <= horizon] == 1).any():
        wrong = _("Nobody left within the horizon, so nothing can be said of the chance in it.")
        raise CvmError(wrong, given=horizon, remedy=_("Look further, or at more customers."))
    value, se = _area(curve, horizon)
    half = float(ndtri((1 + level) / 2)) * se
    # Where the watch began late those seen are the long-lived: their truth is not everybody's.
    known = "true_life" in table and start is None
    truth = np.minimum(numbers_of(table, ["true_life"]), horizon).mean() if known else np.nan
    return AverageLife(
        horizon=float(horizon), value=value, low=value - half, high=value + half,
        of_those_who_left=float(time[event == 1].mean()), so_far=float(time.mean()),
        truth=float(truth), level=level, left=int(event.sum()), customers=len(time),
    )  # fmt: skip


def _groups(table: pd.DataFrame, by: str) -> NDArray[np.object_]:
    check_columns(table, [by])
    groups = table[by].to_numpy()
    if len(pd.unique(groups)) < 2:
        wrong = _("The column '{column}' holds one group only.", column=by)
        raise CvmError(wrong, given=groups[0], remedy=_("Leave out by= for a single curve."))
    return groups


def _curve(time: Floats, event: Floats, start: Floats | None, level: float) -> pd.DataFrame:
    from statsmodels.duration.survfunc import SurvfuncRight  # takes a second to load

    if not event.any():  # nobody of this group left: flat, and nothing to say of its width
        return _rows([0.0], [len(time)], [0.0], [1.0], [0.0], level)
    if start is not None:
        _met_again(time, event, start)
    fit = SurvfuncRight(time, event, entry=start)
    some = np.asarray(fit.n_events) > 0
    parts = [fit.surv_times, fit.n_risk, fit.n_events, fit.surv_prob, fit.surv_prob_se]
    at, risk, gone, share, se = (np.asarray(part, float)[some] for part in parts)
    return _rows(
        np.r_[0.0, at], np.r_[risk[0], risk], np.r_[0.0, gone], np.r_[1.0, share],
        np.r_[0.0, np.where(share > 0, se, 0.0)], level,
    )  # fmt: skip


def _met_again(time: Floats, event: Floats, start: Floats) -> None:
    """Refuse a curve that is at nothing already while others only come to be watched."""
    at = np.unique(time[event == 1])
    watched = np.searchsorted(np.sort(start), at) - np.searchsorted(np.sort(time), at)
    gone = np.searchsorted(np.sort(time[event == 1]), at, side="right") - np.searchsorted(
        np.sort(time[event == 1]), at
    )
    empty = at[(watched == gone) & (at < time.max())]
    if len(empty):
        wrong = _("At {month} the last of those then watched left, though others were watched "
                  "later: the curve would stay at nothing.", month=number(empty[-1], "months"))  # fmt: skip
        raise CvmError(wrong, given={"watched": int(watched[at == empty[-1]][0])},
                       remedy=_("Begin all watches later than that, or take more customers."))  # fmt: skip


def _rows(
    at: object, risk: object, gone: object, share: object, se: object, level: float
) -> pd.DataFrame:
    s, width = np.asarray(share, float), np.asarray(se, float)
    inside = (s > 0) & (s < 1)
    logs = np.where(inside, np.log(np.where(inside, s, 0.5)), -1.0)
    # d log(-log S) / dS = 1 / (S log S)
    spread = ndtri((1 + level) / 2) * width / np.where(inside, np.abs(logs * s), 1.0)
    low, high = (np.where(inside, np.exp(logs * np.exp(sign * spread)), s) for sign in (1, -1))
    # Where the last one left the curve is zero and its own error is none; no more are here than
    # there were before, and that is all that can be said.
    high = np.where(s > 0, high, np.r_[1.0, high[:-1]])
    return pd.DataFrame({"months": at, "at_risk": risk, "left": gone, "survival": s, "se": width,
                         "low": low, "high": high})  # fmt: skip


def _median(curve: pd.DataFrame) -> dict[str, float]:
    """Where the curve, and each end of its interval, first comes to a half."""

    def crossing(column: str) -> float:
        under = curve["months"][curve[column] <= 0.5]
        return float(under.iloc[0]) if len(under) else float("nan")

    return {"median": crossing("survival"), "low": crossing("low"), "high": crossing("high")}


def _log_rank(
    time: Floats, event: Floats, groups: NDArray[np.object_], start: Floats | None
) -> tuple[float, float]:
    from statsmodels.duration.survfunc import survdiff

    codes = pd.factorize(groups)[0]
    try:
        chi2, p_value = survdiff(time, event, codes, entry=start)
    except np.linalg.LinAlgError:  # no two groups were ever watched at one time of leaving
        return float("nan"), float("nan")
    return float(chi2), float(p_value)


def _area(curve: pd.DataFrame, horizon: float) -> tuple[float, float]:
    """Area under the curve up to the horizon, and its standard error."""
    inside = curve[curve["months"] < horizon]
    at = np.r_[inside["months"], horizon]
    strips = np.diff(at) * inside["survival"].to_numpy()
    ahead = np.cumsum(strips[::-1])[::-1]  # area still to come at each month of leaving
    d, n = inside["left"].to_numpy(), inside["at_risk"].to_numpy()
    spare = n - d
    terms = np.where(spare > 0, d / np.where(spare > 0, n * spare, 1), 0.0)
    return float(strips.sum()), float(np.sqrt((ahead**2 * terms).sum()))
