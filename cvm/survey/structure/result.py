"""What a path model hands back: tables for the researcher, a sentence for the manager."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from cvm.errors import CvmError, near_miss
from cvm.results import Result, number
from cvm.survey.structure.model import PathModel
from cvm.words import _

__all__ = ["Impacts", "PathResult", "impacts", "index_scores"]


@dataclass(frozen=True, kw_only=True, repr=False)
class PathResult(Result):
    """A PLS path model, estimated.

    Parameters
    ----------
    model : PathModel
        What was estimated.
    scheme, metric : str
        As given to :func:`~cvm.survey.structure.pls.pls`.
    consistent : bool
        Whether correlations were corrected for measurement error.
    paths : DataFrame
        One row a path: ``cause``, ``effect``, ``value`` (standardised coefficient), ``low``,
        ``high``.
    loadings : DataFrame
        One row an item: ``construct``, ``item``, ``loading``, ``low``, ``high``, ``weight``
        (of the standardised item), ``scoring`` (index points for one scale point).
    constructs : DataFrame
        One row a construct: ``construct``, ``items``, ``r2``, ``r2_low``, ``r2_high``,
        ``alpha`` (Cronbach, standardised), ``rho_c``, ``rho_a``, ``ave``, ``index`` (0-100),
        ``index_low``, ``index_high``, ``index_sd`` (between respondents). What does not
        apply, such as the reliability of one item, is nan.
    pairs : DataFrame
        One row a pair: ``first``, ``second``, ``correlation``, ``htmt``, ``low``, ``high``
        (of HTMT).
    effects : DataFrame
        One row a cause and an effect with a way between them: ``cause``, ``effect``, and for
        one index point more of the cause, the index points ``direct``, ``direct_low``,
        ``direct_high``, ``total``, ``total_low``, ``total_high``.
    low_end : tuple of float
        The lowest answer of each item, for the index.
    n, dropped : int
        Complete answers used, and rows left out.
    effective_n : float
        Kish's effective number of answers under the case weights; ``n`` without.
    resamples, failed : int
        Bootstrap samples drawn, and those of them that could not be estimated or gave
        impossible correlations; the intervals are of the others.
    rounds : int
        Rounds until the weights had settled.
    level : float
        Of the intervals, which are percentile ones; nan ends without resamples.
    notes : tuple of str
        What to be careful about, in words; empty if nothing.
    """

    model: PathModel
    scheme: str
    metric: str
    consistent: bool
    paths: pd.DataFrame
    loadings: pd.DataFrame
    constructs: pd.DataFrame
    pairs: pd.DataFrame
    effects: pd.DataFrame
    low_end: tuple[float, ...]
    n: int
    dropped: int
    effective_n: float
    resamples: int
    failed: int
    rounds: int
    level: float
    notes: tuple[str, ...]

    def sentence(self) -> str:
        """Say the target's index, what moves it most, and what to be careful about."""
        target = self.model.target
        row = self.constructs[self.constructs["construct"] == target].iloc[0]
        text = _(
            "{target}: index {index} of 100{interval}; the model explains {r2} of its differences.",
            target=target, index=number(row["index"]), r2=number(row["r2"], "share"),
            interval=self._between(row["index_low"], row["index_high"]),
        )  # fmt: skip
        best = impacts(self).table.iloc[0]
        text += " " + _(
            "Most moves it: {cause}, where 1 point more brings {total} points{interval}.",
            cause=best["cause"], total=number(best["total"]),
            interval=self._between(best["total_low"], best["total_high"]),
        )  # fmt: skip
        text += " " + _(
            "{n} complete answers, {dropped} incomplete left out.",
            n=number(self.n), dropped=number(self.dropped),
        )  # fmt: skip
        if self.resamples:
            text += " " + _(
                "{resamples} bootstrap samples, {failed} of them failed.",
                resamples=number(self.resamples), failed=number(self.failed),
            )  # fmt: skip
        return " ".join([text, *self.notes])

    def to_frame(self) -> pd.DataFrame:
        """Give the paths, with direct and total impacts beside them."""
        return self.paths.merge(self.effects, on=["cause", "effect"], validate="one_to_one")

    def _between(self, low: float, high: float) -> str:
        if not self.resamples:
            return ""
        return _(
            " ({level} interval {low} to {high})",
            level=number(self.level, "share", digits=2), low=number(low), high=number(high),
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True, repr=False)
class Impacts(Result):
    """What more of each construct brings to one of them, largest first.

    Parameters
    ----------
    target : str
        The construct that is moved.
    points : float
        How many index points the causes are raised by.
    table : DataFrame
        One row a cause: ``cause``, ``index`` (where it stands, 0-100), ``direct``,
        ``direct_low``, ``direct_high``, ``total``, ``total_low``, ``total_high`` in index
        points of the target.
    level : float
        Of the intervals.
    """

    target: str
    points: float
    table: pd.DataFrame
    level: float

    def sentence(self) -> str:
        """Say the largest impact, and how many could be nothing."""
        best = self.table.iloc[0]
        text = _(
            "{points} points more of {cause} bring {target} {total} points",
            points=number(self.points), cause=best["cause"], target=self.target,
            total=number(best["total"]),
        )  # fmt: skip
        if self.table["total_low"].isna().all():
            return text + "."
        unsure = int(((self.table["total_low"] <= 0) & (self.table["total_high"] >= 0)).sum())
        return text + _(
            " ({level} interval {low} to {high}); the interval of {unsure} of {causes} causes includes no effect.",
            level=number(self.level, "share", digits=2), low=number(best["total_low"]),
            high=number(best["total_high"]), causes=number(len(self.table)), unsure=number(unsure),
        )  # fmt: skip

    def to_frame(self) -> pd.DataFrame:
        """Give the table with the target and the points beside it."""
        return self.table.assign(target=self.target, points=self.points)


def impacts(result: PathResult, *, target: str = "", points: float = 1.0) -> Impacts:
    """Say what raising each construct's index brings to a target.

    Parameters
    ----------
    result : PathResult
        From :func:`~cvm.survey.structure.pls.pls`.
    target : str
        A construct that is explained; the model's own target without it.
    points : float
        Index points by which each cause is raised, one at a time; other than 0. The model is
        linear, so 5 points bring five times what 1 brings.

    Returns
    -------
    Impacts
        ``total`` counts the ways through other constructs, ``direct`` does not.

    Raises
    ------
    CvmError
        If nothing leads to the target, or the points are nothing.
    """
    target = target or result.model.target
    if target not in result.model.explained:
        wrong = _("No path leads to '{name}'.", name=target)
        raise CvmError(wrong, remedy=near_miss(target, result.model.explained))
    if not points or points != points:
        wrong = _("The points to raise an index by are a number other than 0.")
        raise CvmError(wrong, given=points, remedy=_("Give for example points=5."))
    table = result.effects[result.effects["effect"] == target].drop(columns="effect")
    index = result.constructs.set_index("construct")["index"]
    table.insert(1, "index", table["cause"].map(index))
    sizes = [str(column) for column in table if column not in ("cause", "index")]
    table[sizes] = table[sizes] * points
    if points < 0:  # the low end is still the low one
        table = table.rename(columns=_swapped).reindex(columns=table.columns)
    table = table.sort_values("total", key=abs, ascending=False, kind="stable", ignore_index=True)
    return Impacts(
        target=target, points=points, table=table, level=result.level,
    )  # fmt: skip


def _swapped(column: str) -> str:
    ends = {"_low": "_high", "_high": "_low"}
    return next((column.removesuffix(a) + b for a, b in ends.items() if column.endswith(a)), column)


def index_scores(result: PathResult, table: pd.DataFrame) -> pd.DataFrame:
    """Score each respondent on each construct, 0 to 100.

    Parameters
    ----------
    result : PathResult
        Whose weights to use; the table may be another one (a later wave).
    table : DataFrame
        With the model's items.

    Returns
    -------
    DataFrame
        One row a row of the table, in its order, one column a construct; nan where an item
        of the construct is missing.

    Raises
    ------
    CvmError
        If an item is not in the table.
    """
    scores = {}
    scoring = result.loadings.assign(low_end=result.low_end)
    for item in scoring["item"]:
        if item not in table:
            wrong = _("The table has no item '{column}'.", column=item)
            raise CvmError(wrong, remedy=near_miss(item, table.columns))
    for name, block in scoring.groupby("construct", sort=False):
        above = table[list(block["item"])].to_numpy(dtype=float) - block["low_end"].to_numpy()
        scores[str(name)] = above @ block["scoring"].to_numpy()
    return pd.DataFrame(scores)
