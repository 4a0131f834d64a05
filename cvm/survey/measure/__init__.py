"""Measure: scores of a wave with their intervals, what changed, and who differs.

:func:`mean_score`, :func:`csat`, :func:`nps` and :func:`effort` read one wave,
:func:`change` and :func:`track` compare waves, :func:`compare_segments` segments, and
:func:`interval_coverage` shows what the choice of interval does in a small sample.
"""

from __future__ import annotations

from cvm.survey.measure.change import Change, change, track
from cvm.survey.measure.scores import NetPromoter, Score, csat, effort, mean_score, nps, score
from cvm.survey.measure.segments import Segments, compare_segments
from cvm.survey.measure.small import interval_coverage

__all__ = [
    "Change",
    "NetPromoter",
    "Score",
    "Segments",
    "change",
    "compare_segments",
    "csat",
    "effort",
    "interval_coverage",
    "mean_score",
    "nps",
    "score",
    "track",
]
