r"""SERVQUAL and SERVPERF: service quality as a gap, and as performance alone.

**SERVQUAL** (Parasuraman, Zeithaml & Berry 1988) asks twice, what an excellent firm should
do (expectation :math:`E`) and what this firm does (perception :math:`P`). Quality is the
gap, item by item, averaged over the items of a dimension :math:`d` and over dimensions
with weights :math:`w_d` that add to 1 (the hundred points a customer shares out among
them),

.. math:: G_{id} = \frac{1}{K_d}\sum_{k \in d} (P_{ik} - E_{ik}), \qquad
          G_i = \sum_d w_{d} G_{id}.

**SERVPERF** (Cronin & Taylor 1992) drops the expectations: the mean of :math:`P`.

**The estimands** are population means of these; intervals are Student's t over
respondents, who hold the two answers of a pair together (a paired comparison). With case
weights the standard error is that of a weighted mean (linearised).

**What the naive answer gets wrong.** A gap is a difference, and a difference of two answers
that agree has little left but noise. If perceptions and expectations are reliable to 0.8
each and correlate 0.6, the gap is reliable to 0.5 only (:func:`gap_reliability`; Peter,
Churchill & Brown 1993). Its mean is safe; as an explanation of a single customer's
satisfaction it is often beaten by perceptions alone, as Cronin & Taylor found.

References
----------
Cronin, J. J. & Taylor, S. A. (1992). Measuring service quality: a reexamination and
extension. *Journal of Marketing* 56(3), 55-68 (at second hand).
Parasuraman, A., Zeithaml, V. A. & Berry, L. L. (1988). SERVQUAL: a multiple-item scale for
measuring consumer perceptions of service quality. *Journal of Retailing* 64(1), 12-40 (at
second hand).
Peter, J. P., Churchill, G. A. & Brown, T. J. (1993). Caution in the use of difference scores
in consumer research. *Journal of Consumer Research* 19(4), 655-662 (at second hand).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from cvm.errors import CvmError, near_miss
from cvm.inputs import check_level
from cvm.results import Result, number, p_words
from cvm.survey.drivers.answers import weigh
from cvm.words import N_, _

__all__ = ["DIMENSIONS", "ServiceQuality", "gap_reliability", "servperf", "servqual"]

Floats = NDArray[np.float64]
Dimensions = Mapping[str, Sequence[str]]
Importance = Mapping[str, float] | pd.DataFrame

#: The five dimensions and how many of the 22 items each has, in the order of the source.
DIMENSIONS = {
    N_("tangibles"): 4,
    N_("reliability"): 5,
    N_("responsiveness"): 4,
    N_("assurance"): 4,
    N_("empathy"): 5,
}


@dataclass(frozen=True, kw_only=True, repr=False)
class ServiceQuality(Result):
    """Service quality by item, by dimension and as a whole.

    Parameters
    ----------
    kind : str
        ``"servqual"`` (gaps) or ``"servperf"`` (perceptions).
    table : DataFrame
        One row a dimension and, last, the whole (``dimension`` "overall"): ``dimension``,
        ``weight`` (adds to 1), ``expectation`` (unknown for SERVPERF), ``perception``,
        ``score`` (the gap, or the perception), ``se``, ``low``, ``high``, ``p_value`` (that the
        gap is 0; unknown for SERVPERF), ``standard_deviation``.
    items : DataFrame
        The same for each item, with ``item``.
    scores : DataFrame
        One row a respondent used, one column a dimension and ``overall``.
    level : float
        Confidence level.
    n, dropped : int
        Respondents used, and those dropped for an empty answer.
    weighted : bool
        Whether case weights were used.
    """

    kind: str
    table: pd.DataFrame
    items: pd.DataFrame
    scores: pd.DataFrame
    level: float
    n: int
    dropped: int
    weighted: bool

    def sentence(self) -> str:
        """Say the whole and the weakest dimension."""
        whole, parts = self.table.iloc[-1], self.table.iloc[:-1]
        worst = parts.iloc[int(parts["score"].argmin())]
        told = {
            "score": number(whole["score"]), "low": number(whole["low"]),
            "high": number(whole["high"]), "level": number(self.level, "share", digits=2),
            "worst": _(str(worst["dimension"])), "least": number(worst["score"]),
            "n": number(self.n),
        }  # fmt: skip
        if self.kind == "servperf":
            return _("Service performance: {score} ({level} interval {low} to {high}); weakest in "
                     "{worst}: {least}; n = {n}.", **told)  # fmt: skip
        return _(
            "Service quality gap: {score} points ({level} interval {low} to {high}, {p}); widest "
            "in {worst}: {least}; n = {n}.", p=p_words(whole["p_value"]), **told,
        )  # fmt: skip

    def to_frame(self) -> pd.DataFrame:
        """Give one row a dimension and one for the whole."""
        return self.table.copy()


def servqual(
    expectations: pd.DataFrame,
    perceptions: pd.DataFrame,
    *,
    dimensions: Dimensions | None = None,
    importance: Importance | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> ServiceQuality:
    """Measure service quality as the gap between perception and expectation.

    Parameters
    ----------
    expectations, perceptions : DataFrame
        One row a respondent, one column an item; the same columns in both, numbers.
    dimensions : mapping of str to list of str, optional
        The items of each dimension. Without it 22 columns are taken in the order of
        :data:`DIMENSIONS`.
    importance : mapping of str to float, or DataFrame, optional
        What each dimension counts: one number a dimension, or one row a respondent with
        the points given to each. Scaled to add to 1; even without it.
    weights : array_like, optional
        Case weights above zero, one a respondent.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    ServiceQuality
        Respondents with an empty answer are dropped and counted.

    Raises
    ------
    CvmError
        For tables that do not match, items in no dimension, or points that are no points.
    """
    check_level(level)
    expected, met = _frame(expectations), _frame(perceptions)
    if list(expected.columns) != list(met.columns) or len(expected) != len(met):
        raise CvmError(
            _("Expectations and perceptions must have the same respondents and items."),
            given=_("{first} and {second} rows and columns", first=expected.shape,
                    second=met.shape),
            remedy=_("Rename the items alike, in one order: perceptions.columns = "
                     "expectations.columns."),
        )  # fmt: skip
    return _measure("servqual", expected, met, dimensions, importance, weights, level)


def servperf(
    perceptions: pd.DataFrame,
    *,
    dimensions: Dimensions | None = None,
    importance: Importance | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> ServiceQuality:
    """Measure service quality by perceptions alone.

    Parameters
    ----------
    perceptions : DataFrame
        One row a respondent, one column an item, numbers.
    dimensions, importance, weights, level
        As in :func:`servqual`.

    Returns
    -------
    ServiceQuality
    """
    check_level(level)
    return _measure("servperf", None, _frame(perceptions), dimensions, importance, weights, level)


def gap_reliability(
    perception: float, expectation: float, correlation: float, *, ratio: float = 1.0
) -> float:
    """Give the reliability of a difference of two measures.

    Parameters
    ----------
    perception, expectation : float
        Reliability of each, such as Cronbach's alpha, 0 to 1.
    correlation : float
        Of the two measures, -1 to 1.
    ratio : float
        Standard deviation of expectations over that of perceptions, above 0.

    Returns
    -------
    float
        Reliability of perception minus expectation; below 0 where the numbers given
        contradict each other.

    Examples
    --------
    >>> round(gap_reliability(0.8, 0.8, 0.6), 2)
    0.5
    """
    if not (0 <= perception <= 1 and 0 <= expectation <= 1 and -1 < correlation < 1 and ratio > 0):
        raise CvmError(
            _("Reliabilities lie between 0 and 1, a correlation between -1 and 1."),
            given=(perception, expectation, correlation, ratio),
            remedy=_("Give for example gap_reliability(0.8, 0.8, 0.6)."),
        )
    shared = 2 * correlation * ratio
    spread = 1 + ratio**2 - shared
    return float((perception + expectation * ratio**2 - shared) / spread)


def _measure(
    kind: str,
    expected: pd.DataFrame | None,
    met: pd.DataFrame,
    dimensions: Dimensions | None,
    importance: Importance | None,
    weights: Any,
    level: float,
) -> ServiceQuality:
    blocks = _blocks(met, dimensions)
    weight = weigh(weights, met)
    points = _points(importance, list(blocks), len(met))
    both = met if expected is None else met + expected.to_numpy()
    whole = both.notna().all(axis=1).to_numpy() & np.isfinite(points).all(axis=1)
    if whole.sum() < 2:
        raise CvmError(_("Fewer than two respondents answered everything."), given=int(whole.sum()),
                       remedy=_("See which item is mostly empty."))  # fmt: skip
    p, w, points = met[whole].to_numpy(dtype=float), weight[whole], points[whole]
    e = np.full_like(p, np.nan) if expected is None else expected[whole].to_numpy(dtype=float)
    member = _membership(met, blocks)
    points = points / points.sum(axis=1, keepdims=True)
    mean_points = np.average(points, axis=0, weights=w)
    parts = []
    for values in (e, p, p if expected is None else p - e):
        by = values @ member
        parts.append((values, np.column_stack([by, (by * points).sum(axis=1)])))
    names = [*blocks, "overall"]
    table = _rows("dimension", names, [by for _values, by in parts], w, level)
    table.insert(1, "weight", [*mean_points, 1.0])
    items = _rows("item", list(met.columns), [values for values, _by in parts], w, level)
    return ServiceQuality(
        kind=kind, table=table, items=items, level=level, n=int(whole.sum()),
        scores=pd.DataFrame(parts[2][1], columns=names, index=met.index[whole]),
        dropped=int((~whole).sum()), weighted=weights is not None,
    )  # fmt: skip


def _rows(
    label: str, names: list[Any], parts: list[Floats], w: Floats, level: float
) -> pd.DataFrame:
    """Give means and intervals of each column of the score."""
    expected, met, score = parts
    mean = np.average(score, axis=0, weights=w)
    off = w[:, None] * (score - mean) / w.sum()
    n = len(w)
    se = np.sqrt((off**2).sum(axis=0) * n / (n - 1))
    reach = stats.t.ppf(0.5 + level / 2, n - 1) * se
    gap = np.isfinite(expected).all()
    with np.errstate(divide="ignore", invalid="ignore"):
        p_value = 2 * stats.t.sf(np.abs(mean / se), n - 1) if gap else np.full(len(mean), np.nan)
    return pd.DataFrame({
        label: names, "expectation": np.average(expected, axis=0, weights=w),
        "perception": np.average(met, axis=0, weights=w), "score": mean, "se": se,
        "low": mean - reach, "high": mean + reach, "p_value": p_value,
        "standard_deviation": np.sqrt(np.average((score - mean) ** 2, axis=0, weights=w)),
    })  # fmt: skip


def _frame(answers: Any) -> pd.DataFrame:
    if not isinstance(answers, pd.DataFrame) or not answers.shape[1]:
        raise CvmError(
            _("The answers are a table, one row a respondent and one column an item."),
            given=answers,
            remedy=_("Give a pandas DataFrame of numbers."),
        )
    for name in answers:
        if not pd.api.types.is_numeric_dtype(answers[name]):
            raise CvmError(
                _("The item '{item}' must hold numbers.", item=name),
                given=answers[name].dropna().iloc[0] if answers[name].notna().any() else None,
                remedy=_("Turn the answers into their scale points first."),
            )
    return answers


def _blocks(met: pd.DataFrame, dimensions: Dimensions | None) -> dict[str, list[str]]:
    """Give the items of each dimension."""
    columns = list(met.columns)
    if dimensions is None:
        if len(columns) != sum(DIMENSIONS.values()):
            raise CvmError(
                _("Only the 22 items of the source have known dimensions."),
                given=_("{count} items", count=len(columns)),
                remedy=_("Write dimensions={'reliability': ['item1', 'item2'], ...}."),
            )
        ends = np.cumsum([0, *DIMENSIONS.values()])
        return {name: columns[ends[k] : ends[k + 1]] for k, name in enumerate(DIMENSIONS)}
    blocks = {str(name): list(items) for name, items in dimensions.items()}
    used = [item for items in blocks.values() for item in items]
    for item in used:
        if item not in columns:
            wrong = _("There is no item '{item}'.", item=item)
            raise CvmError(wrong, remedy=near_miss(item, map(str, columns)))
    left = [str(item) for item in columns if used.count(item) != 1]
    if left or not all(blocks.values()):
        raise CvmError(
            _("Every item belongs to one dimension, and every dimension has an item."),
            given=left or blocks,
            remedy=_("Leave items out of the tables, or give them a dimension."),
        )
    return blocks


def _membership(met: pd.DataFrame, blocks: dict[str, list[str]]) -> Floats:
    """Give the matrix that averages items to dimensions."""
    member = [[column in items for items in blocks.values()] for column in met.columns]
    return np.array(member, float) / np.array([len(items) for items in blocks.values()])


def _points(importance: Importance | None, names: list[str], rows: int) -> Floats:
    """Give what each dimension counts for each respondent."""
    if importance is None:
        return np.ones((rows, len(names)))
    given = list(importance) if isinstance(importance, Mapping) else list(importance.columns)
    if sorted(map(str, given)) != sorted(names):
        raise CvmError(
            _("Points are given to each dimension, and to nothing else."),
            given=given,
            remedy=_("The dimensions are: {names}.", names=", ".join(names)),
        )
    if isinstance(importance, Mapping):
        points = np.tile(np.array([importance[name] for name in names], float), (rows, 1))
    else:
        points = importance[names].to_numpy(dtype=float)
    if len(points) != rows or (points < 0).any() or (np.nansum(points, axis=1) <= 0).any():
        raise CvmError(
            _("Points are zero or above, one row a respondent, and not all zero."),
            given=_("{given} rows for {rows} respondents", given=len(points), rows=rows),
            remedy=_("Each respondent shares out, say, 100 points."),
        )
    return points
