"""Key drivers, and the map of importance and performance.

:func:`key_drivers` shares out what the drivers explain of the satisfaction among them
(:mod:`cvm.survey.drivers.importance`) and says how sure that is: an interval for each
share, for each rank, and how often a driver comes first over the resamples.

:func:`importance_performance` sets importance against how well the firm does
(Martilla & James 1977): what matters and is done badly comes first.

**What the naive answer gets wrong.** Bars of importance without intervals. With 200
respondents of :class:`~cvm.survey.drivers.simulate.DriverSurvey` at its defaults the second
of six drivers is the true second in fewer than 6 samples of 10; a plan that turns on the order
turns on chance. And where a map's lines are the means of the points themselves, some driver
always lies in "concentrate here" or "low priority", even if the firm does everything well.

References
----------
Martilla, J. A. & James, J. C. (1977). Importance-performance analysis. *Journal of
Marketing* 41(1), 77-79.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from cvm.errors import CvmError, near_miss
from cvm.inputs import check_level
from cvm.results import Result, number
from cvm.survey.drivers.answers import Answers, check_rank, gather
from cvm.survey.drivers.importance import METHODS
from cvm.survey.drivers.resample import Moments, resampled_moments
from cvm.words import N_, _

__all__ = ["QUADRANTS", "ImportanceMap", "KeyDrivers", "importance_performance", "key_drivers"]

Floats = NDArray[np.float64]

#: The quadrants of the map: position = 2 x important + performs well.
QUADRANTS = (
    N_("low priority"),
    N_("possible overkill"),
    N_("concentrate here"),
    N_("keep up the good work"),
)


@dataclass(frozen=True, kw_only=True, repr=False)
class KeyDrivers(Result):
    """What each driver holds of what is explained.

    Parameters
    ----------
    outcome : str
        The answer explained.
    method : str
        ``"johnson"`` or ``"shapley"``.
    table : DataFrame
        One row a driver, the most important first: ``driver``, ``importance`` (part of R²)
        with ``low`` and ``high``, ``share`` (of what is explained) with ``share_low`` and
        ``share_high``, ``rank`` with ``rank_low`` and ``rank_high``, ``first`` (share of
        resamples in which it comes first), ``correlation`` and ``coefficient``
        (standardised) for comparison.
    r2, r2_low, r2_high : float
        Share of the answers' variance explained by all.
    level : float
        Confidence level.
    n, dropped : int
        Respondents used, and rows dropped for an empty cell.
    resamples : int
        Bootstrap samples behind the intervals; with 0 they are unknown.
    weighted : bool
        Whether case weights were used.
    """

    outcome: str
    method: str
    table: pd.DataFrame
    r2: float
    r2_low: float
    r2_high: float
    level: float
    n: int
    dropped: int
    resamples: int
    weighted: bool

    def sentence(self) -> str:
        """Say the first driver, its share, and how sure its place is."""
        top = self.table.iloc[0]
        text = _(
            "{outcome}: {driver} holds {share} of the {r2} that is explained ({level} interval "
            "{low} to {high}; n = {n})",
            outcome=self.outcome, driver=top["driver"], share=number(top["share"], "share"),
            r2=number(self.r2, "share"), level=number(self.level, "share", digits=2),
            low=number(top["share_low"], "share"), high=number(top["share_high"], "share"),
            n=number(self.n),
        )  # fmt: skip
        if not self.resamples:
            return text + "."
        often = number(top["first"], "share")
        return text + _(" and comes first in {often} of the resamples.", often=often)

    def to_frame(self) -> pd.DataFrame:
        """Give one row a driver."""
        return self.table.copy()


@dataclass(frozen=True, kw_only=True, repr=False)
class ImportanceMap(Result):
    """Importance against performance.

    Parameters
    ----------
    outcome : str
        The answer explained.
    method : str
        How importance was measured.
    table : DataFrame
        One row a driver: ``driver``, ``importance`` (share of what is explained) with
        ``importance_low`` and ``importance_high``, ``performance`` (mean rating, or points
        from 0 to 100 where the scale was given) with ``performance_low`` and
        ``performance_high``, ``quadrant`` (one of :data:`QUADRANTS`), ``certainty`` (share
        of resamples that put it into the same quadrant).
    importance_cut, performance_cut : float
        Where the lines of the map lie.
    level : float
        Confidence level.
    n, dropped : int
        Respondents used, and rows dropped for an empty cell.
    """

    outcome: str
    method: str
    table: pd.DataFrame
    importance_cut: float
    performance_cut: float
    level: float
    n: int
    dropped: int

    def sentence(self) -> str:
        """Say where to concentrate, and how certain that is."""
        here = self.table[self.table["quadrant"] == "concentrate here"]
        if here.empty:
            return _("{outcome}: no driver is both important and below the performance line.",
                     outcome=self.outcome)  # fmt: skip
        named = ", ".join(
            _("{driver} (in {often} of the resamples)", driver=row["driver"],
              often=number(row["certainty"], "share"))
            for _at, row in here.iterrows()
        )  # fmt: skip
        return _("{outcome}: concentrate on {named}; n = {n}.", outcome=self.outcome, named=named,
                 n=number(self.n))  # fmt: skip

    def to_frame(self) -> pd.DataFrame:
        """Give one row a driver."""
        return self.table.copy()


def key_drivers(
    table: pd.DataFrame,
    outcome: str,
    drivers: Sequence[str],
    *,
    method: str = "johnson",
    weights: str | ArrayLike | None = None,
    resamples: int = 1000,
    seed: int = 0,
    level: float = 0.95,
) -> KeyDrivers:
    """Share out what is explained of a satisfaction among its drivers.

    Parameters
    ----------
    table : DataFrame
        One row a respondent.
    outcome : str
        The satisfaction, numbers.
    drivers : sequence of str
        Ratings that may explain it, numbers; two or more.
    method : {"johnson", "shapley"}
        Johnson's relative weights, or Shapley's shares (LMG; up to 14 drivers).
    weights : str or array_like, optional
        Case weights above zero; a column, or one a row.
    resamples : int
        Bootstrap samples of respondents; percentile intervals.
    seed : int
        The luck of the bootstrap.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    KeyDrivers

    Raises
    ------
    CvmError
        For columns, weights or methods that cannot be used, or drivers that repeat each
        other.
    """
    answers, moments = _prepare(table, outcome, drivers, method, weights, resamples, seed, level)
    parts = METHODS[method](moments.covariance)
    explained = parts.sum(axis=1)
    shares = parts / explained[:, None]
    ranks = _ranks(parts)
    r2_ends = _ends(explained[1:], level)
    names = list(answers.drivers.columns)
    rows = pd.DataFrame({
        "driver": names, "importance": parts[0],
        **_interval("{end}", parts[1:], level), "share": shares[0],
        **_interval("share_{end}", shares[1:], level), "rank": ranks[0],
        **_interval("rank_{end}", ranks[1:].astype(float), level),
        "first": (ranks[1:] == 1).mean(axis=0) if resamples else np.nan,
        **_alone(moments.covariance[0]),
    }).sort_values("rank", ignore_index=True)  # fmt: skip
    return KeyDrivers(
        outcome=outcome, method=method, table=rows, r2=float(explained[0]),
        r2_low=float(r2_ends[0]), r2_high=float(r2_ends[1]), level=level, n=answers.n,
        dropped=answers.dropped, resamples=resamples, weighted=answers.weighted,
    )  # fmt: skip


def importance_performance(
    table: pd.DataFrame,
    outcome: str,
    drivers: Sequence[str],
    *,
    scale: tuple[float, float] | None = None,
    performance_cut: float | None = None,
    method: str = "johnson",
    weights: str | ArrayLike | None = None,
    resamples: int = 1000,
    seed: int = 0,
    level: float = 0.95,
) -> ImportanceMap:
    """Set the importance of each driver against its performance.

    Parameters
    ----------
    table : DataFrame
        One row a respondent.
    outcome : str
        The satisfaction, numbers.
    drivers : sequence of str
        Ratings that may explain it, numbers; two or more.
    scale : tuple of float, optional
        Lowest and highest point of the ratings: performance then runs from 0 to 100.
    performance_cut : float, optional
        Where the line lies, in the unit of performance: a target. The mean of all drivers
        without it, and then some driver is always below.
    method, weights, resamples, seed, level
        As in :func:`key_drivers`; importance is cut at an even share, 1 / drivers.

    Returns
    -------
    ImportanceMap

    Raises
    ------
    CvmError
        As :func:`key_drivers`, and for a scale that does not hold the ratings.
    """
    answers, moments = _prepare(table, outcome, drivers, method, weights, resamples, seed, level)
    parts = METHODS[method](moments.covariance)
    shares = parts / parts.sum(axis=1, keepdims=True)
    means = _on_scale(moments.mean[:, :-1], answers, scale)
    line = means.mean(axis=1, keepdims=True) if performance_cut is None else performance_cut
    even = 1 / shares.shape[1]
    where = 2 * (shares >= even) + (means >= line)
    rows = pd.DataFrame({
        "driver": list(answers.drivers.columns), "importance": shares[0],
        **_interval("importance_{end}", shares[1:], level), "performance": means[0],
        **_interval("performance_{end}", means[1:], level),
        "quadrant": [QUADRANTS[int(at)] for at in where[0]],
        "certainty": (where[1:] == where[0]).mean(axis=0) if resamples else np.nan,
    })  # fmt: skip
    return ImportanceMap(
        outcome=outcome, method=method, table=rows, importance_cut=even,
        performance_cut=float(np.ravel(line)[0]), level=level, n=answers.n,
        dropped=answers.dropped,
    )  # fmt: skip


def _prepare(
    table: pd.DataFrame,
    outcome: str,
    drivers: Sequence[str],
    method: str,
    weights: Any,
    resamples: int,
    seed: int,
    level: float,
) -> tuple[Answers, Moments]:
    check_level(level)
    adding = ("johnson", "shapley")
    if method not in adding:
        wrong = _("There is no such way to share out what is explained.")
        raise CvmError(wrong, given=method, remedy=near_miss(method, adding))
    answers = gather(table, outcome, drivers, weights=weights)
    if answers.drivers.shape[1] < 2:
        raise CvmError(
            _("One driver has nobody to share with."),
            given=list(answers.drivers.columns),
            remedy=_("Name two or more drivers, or use linear_drivers."),
        )
    x = answers.drivers.astype(float)
    check_rank(x)
    columns = np.column_stack([x, answers.outcome.to_numpy(dtype=float)])
    return answers, resampled_moments(columns, answers.weights, resamples=resamples, seed=seed)


def _on_scale(means: Floats, answers: Answers, scale: tuple[float, float] | None) -> Floats:
    if scale is None:
        return means
    low, high = scale
    ratings = answers.drivers.to_numpy(dtype=float)
    if not low < high or ratings.min() < low or ratings.max() > high:
        raise CvmError(
            _("The scale must hold all ratings, the lowest point first."),
            given=_("scale {low} to {high}, ratings {least} to {most}", low=low, high=high,
                    least=ratings.min(), most=ratings.max()),
            remedy=_("Write for example scale=(1, 10)."),
        )  # fmt: skip
    return 100 * (means - low) / (high - low)


def _ranks(parts: Floats) -> NDArray[np.int64]:
    """Rank the drivers of each row, 1 for the largest."""
    ranks = np.empty(parts.shape, dtype=np.int64)
    order = np.argsort(-parts, axis=1, kind="stable")
    np.put_along_axis(ranks, order, np.arange(1, parts.shape[1] + 1), axis=1)
    return ranks


def _ends(drawn: Floats, level: float) -> Floats:
    if not len(drawn):
        return np.full((2, *drawn.shape[1:]), np.nan)
    return np.asarray(np.quantile(drawn, [0.5 - level / 2, 0.5 + level / 2], axis=0))


def _interval(name: str, drawn: Floats, level: float) -> dict[str, Floats]:
    low, high = _ends(drawn, level)
    return {name.format(end="low"): low, name.format(end="high"): high}


def _alone(covariance: Floats) -> dict[str, Floats]:
    spread = np.sqrt(np.diag(covariance))
    correlation = covariance / np.outer(spread, spread)
    own = correlation[:-1, -1]
    return {"correlation": own, "coefficient": np.linalg.solve(correlation[:-1, :-1], own)}
