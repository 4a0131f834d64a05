r"""Segments side by side: each with its interval, each pair with a corrected p value.

With :math:`k` segments there are :math:`k(k-1)/2` pairs, and the largest of many gaps is
large by luck. So the p values of the pairs are corrected by Holm's method: the chance that
*any* true-null pair is called different stays below the level. The test of all segments
together is Wald's on the contrasts with the first, referred to F.

Where clusters are given, one dealer serves several segments, and what two segments share is
in the variance of their difference.

**What the naive answer gets wrong.** Ten segments without any difference, all 45 pairs
tested at 5 %: some pair is "significant" in about 6 surveys of 10.

References
----------
Holm, S. (1979). A simple sequentially rejective multiple test procedure. *Scandinavian
Journal of Statistics* 6(2), 65-70.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit
from scipy.stats import f as fisher

from cvm.errors import CvmError
from cvm.inputs import check_level
from cvm.results import Result, number, p_words
from cvm.survey.measure.answers import Answers, column, numeric, spread_of, usable
from cvm.survey.measure.change import difference
from cvm.survey.measure.kinds import KINDS, recoded
from cvm.survey.measure.scores import score
from cvm.words import _

__all__ = ["Segments", "compare_segments"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, repr=False)
class Segments(Result):
    """Segments compared.

    Parameters
    ----------
    name : str
        What was measured, already translated.
    unit : str
        Of the scores.
    scores : DataFrame
        One row a segment: ``segment``, ``n``, ``value``, ``low``, ``high``.
    pairs : DataFrame
        One row a pair: ``segment``, ``other``, ``difference`` (other less segment), ``low``,
        ``high`` (each for itself), ``p_value``, ``p_holm``.
    p_value : float
        Of no difference between any of them.
    level : float
        Confidence level.
    """

    name: str
    unit: str
    scores: pd.DataFrame
    pairs: pd.DataFrame
    p_value: float
    level: float

    def to_frame(self) -> pd.DataFrame:
        """Give one row a segment."""
        return self.scores.copy()

    def sentence(self) -> str:
        """Say the highest and the lowest segment, and what is beyond chance."""
        ranked = self.scores.sort_values("value")
        low, high = ranked.iloc[0], ranked.iloc[-1]
        apart = int((self.pairs["p_holm"] < 1 - self.level).sum())
        return _(
            "{name} by segment: from {low} ({worst}) to {high} ({best}). All alike: {p}; after "
            "Holm's correction {apart} of {pairs} pairs differ.",
            name=self.name, low=number(low["value"], self.unit), worst=low["segment"],
            high=number(high["value"], self.unit), best=high["segment"],
            p=p_words(self.p_value), apart=apart, pairs=len(self.pairs),
        )  # fmt: skip


def compare_segments(
    table: pd.DataFrame,
    scores: str,
    *,
    by: str = "segment",
    measure: str = "mean",
    top: float | None = None,
    weights: str | None = None,
    clusters: str | None = None,
    level: float = 0.95,
) -> Segments:
    """Compare segments in a score.

    Parameters
    ----------
    table : DataFrame
        One row a respondent.
    scores, by : str
        Columns: the answer and the segment.
    measure : {"mean", "csat", "nps"}
        What is compared.
    top : float, optional
        The lowest of the top boxes, for ``"csat"``.
    weights, clusters : str, optional
        Columns: weight and cluster.
    level : float
        Confidence level.

    Returns
    -------
    Segments
        Respondents without a segment or an answer are left out.

    Raises
    ------
    CvmError
        For columns that are not there, fewer than two segments, or a segment of one.
    """
    check_level(level)
    for name in (scores, by, weights, clusters):
        if name is not None:
            column(table, name)
    groups = dict(iter(table.groupby(by, sort=True, observed=True)))
    if len(groups) < 2:
        wrong = _("A comparison needs two segments or more in '{column}'.", column=by)
        raise CvmError(wrong, given=list(groups), remedy=_("Choose another column with by=."))
    rows, parts = [], {}
    for key, part in groups.items():
        w = None if weights is None else part[weights]
        who = None if clusters is None else part[clusters]
        one = score(part[scores], measure=measure, top=top, weights=w, clusters=who, level=level)
        rows.append((key, one.n, one.value, one.low, one.high))
        values = recoded(numeric(part[scores], _("Scores")), measure, top)
        parts[key] = usable(values, weights=w, clusters=who)
    kind = KINDS[measure]
    return Segments(
        name=_(kind.label), unit=kind.unit, level=level,
        scores=pd.DataFrame(rows, columns=["segment", "n", "value", "low", "high"]),
        pairs=_pairs(parts, level, kind.factor), p_value=_together(list(parts.values())),
    )  # fmt: skip


def _pairs(parts: Mapping[Any, Answers], level: float, factor: float) -> pd.DataFrame:
    rows = []
    for one, other in combinations(parts, 2):
        a, b = parts[one], parts[other]
        shared = None if a.labels is None or b.labels is None else (a.labels, b.labels)
        found = difference(a, b, units=shared)
        reach = float(stdtrit(found.df, (1 + level) / 2)) * found.se
        ratio = abs(found.value) / found.se if found.se > 0 else np.inf * abs(found.value)
        p_value = 1.0 if np.isnan(ratio) else float(2 * stdtr(found.df, -ratio))
        ends = (found.value - reach, found.value + reach)
        rows.append((one, other, found.value * factor, *(factor * e for e in ends), p_value))
    names = ["segment", "other", "difference", "low", "high", "p_value"]
    pairs = pd.DataFrame(rows, columns=names)
    return pairs.assign(p_holm=_holm(pairs["p_value"].to_numpy(float)))


def _holm(p_values: Floats) -> Floats:
    """Step down: the smallest of k times k, the next times k - 1, never falling."""
    order = np.argsort(p_values, kind="stable")
    stepped = p_values[order] * (len(order) - np.arange(len(order)))
    corrected = np.empty(len(order))
    corrected[order] = np.minimum(np.maximum.accumulate(stepped), 1.0)
    return corrected


def _together(parts: list[Answers]) -> float:
    """Test all means alike: Wald's on the differences from the first."""
    spreads = [spread_of(part) for part in parts]
    means = np.array([s.mean for s in spreads])
    covariance = np.diag([s.se**2 for s in spreads])
    labels = [part.labels for part in parts if part.labels is not None]
    if labels:
        for i, j in combinations(range(len(parts)), 2):
            _same, at, to = np.intersect1d(labels[i], labels[j], return_indices=True)
            m = len(at)
            if m > 1:
                one, two = spreads[i].influence[at], spreads[j].influence[to]
                shared = m / (m - 1) * float((one - one.mean()) @ (two - two.mean()))
                covariance[i, j] = covariance[j, i] = shared
    contrast = np.column_stack([-np.ones(len(parts) - 1), np.eye(len(parts) - 1)])
    gaps, spread = contrast @ means, contrast @ covariance @ contrast.T
    if not np.any(gaps):
        return 1.0
    rank = len(parts) - 1
    statistic = float(gaps @ np.linalg.pinv(spread) @ gaps) / rank
    below = len(np.unique(np.concatenate(labels))) - 1 if labels else sum(s.df for s in spreads)
    return float(fisher.sf(statistic, rank, max(below, 1)))
