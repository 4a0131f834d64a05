"""Scores and segments: the RFM summary in words.

Model
-----
A score is the place of a customer among the others. With k of n customers strictly
worse than customer i and s parts::

    score_i = floor(s * k / n) + 1

so score 4 of 5 says "at least three fifths of the customers are worse". Equal values
get equal scores, always.

What the naive answer gets wrong
--------------------------------
Cutting at quantiles (``pandas.qcut``) fails or leaves levels empty where values tie:
of the 2,357 customers of CDNOW half bought once, so three of the six quantile edges of
frequency are the same number. Breaking the ties at random instead gives two
customers with the same history different scores. Here a level may be empty, which is
the truth about the data.

Sources
-------
Hughes, A. M. (1994), *Strategic Database Marketing*, for the scores. The table of
segments is for teaching.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cvm.errors import CvmError, near_miss
from cvm.tiering.door import check_frame, check_whole
from cvm.words import N_, _

__all__ = ["SEGMENTS", "Segment", "rfm_scores", "rfm_segments"]


def rfm_scores(summary: pd.DataFrame, *, parts: int = 5) -> pd.DataFrame:
    """Score recency, frequency and monetary value by the customer's place.

    Parameters
    ----------
    summary : DataFrame
        From :func:`rfm`: columns ``recency``, ``frequency``, ``monetary``.
    parts : int
        Levels of the scores, from 2 to 100; the best score is ``parts``.

    Returns
    -------
    DataFrame
        The summary with ``r_score``, ``f_score`` and ``m_score``, each from 1 to
        ``parts``. Equal values have equal scores, and the worst value has score 1; a
        level nobody's place falls into stays empty.

    Raises
    ------
    CvmError
        For a missing column, an empty value, or ``parts`` out of range.
    """
    check_frame(summary, ["recency", "frequency", "monetary"])
    check_whole("parts", parts, low=2, high=100)
    return summary.assign(
        r_score=_place(summary["recency"], parts, most=False),
        f_score=_place(summary["frequency"], parts),
        m_score=_place(summary["monetary"], parts),
    )


@dataclass(frozen=True)
class Segment:
    """One rule of the segment table: which levels of R, F and M it takes.

    Parameters
    ----------
    name : str
        What customers of the segment are called.
    meaning : str
        Who they are, in a few words.
    recency, frequency, monetary : str
        The levels it takes, such as ``"high"`` or ``"middle high"``. A score is low in
        the lower two fifths of its range, high in the upper two fifths.
    """

    name: str
    meaning: str
    recency: str = "low middle high"
    frequency: str = "low middle high"
    monetary: str = "low middle high"


#: Read from the top: the first rule that fits names the customer, and the last fits all.
SEGMENTS: tuple[Segment, ...] = (
    Segment(N_("champions"), N_("bought lately, often and much"), "high", "high", "high"),
    Segment(N_("loyal"), N_("come often, and still do"), "middle high", "high"),
    Segment(N_("big spenders"), N_("spend much in few visits"), "middle high", monetary="high"),
    Segment(N_("newcomers"), N_("bought lately, not yet often"), "high", "low"),
    Segment(N_("slipping away"), N_("came often and stopped"), "low", "high"),
    Segment(N_("lapsed big spenders"), N_("spent much and stopped"), "low", monetary="high"),
    Segment(N_("lapsed"), N_("bought little, long ago"), "low"),
    Segment(N_("occasional"), N_("everybody else")),
)


def rfm_segments(
    scores: pd.DataFrame, *, parts: int = 5, segments: Sequence[Segment] = SEGMENTS
) -> pd.DataFrame:
    """Name each customer's segment by a table of rules.

    Parameters
    ----------
    scores : DataFrame
        From :func:`rfm_scores`.
    parts : int
        The number of levels the scores were made with.
    segments : sequence of Segment
        The rules, first fit first; :data:`SEGMENTS` without it. Change the table, not
        the code.

    Returns
    -------
    DataFrame
        The scores with ``segment``, a categorical in the order of the rules.

    Raises
    ------
    CvmError
        For a missing column, a score above ``parts``, or a table of rules that holds
        anything else or leaves a customer without a segment.
    """
    columns = {"recency": "r_score", "frequency": "f_score", "monetary": "m_score"}
    check_frame(scores, list(columns.values()))
    check_whole("parts", parts, low=2, high=100)
    highest = int(scores[list(columns.values())].to_numpy().max(initial=1))
    if highest > parts:
        wrong = _("A score is above the number of levels.")
        remedy = _("Give the same parts to rfm_scores and rfm_segments.")
        raise CvmError(wrong, given={"highest": highest, "parts": parts}, remedy=remedy)
    segments = _listed(segments)
    levels = {name: _level(scores[column], parts) for name, column in columns.items()}
    fits = [
        np.logical_and.reduce([level.isin(getattr(rule, name).split()) for name, level in levels.items()])
        for rule in segments
    ]  # fmt: skip
    _check_rules(fits, len(scores))
    names = [rule.name for rule in segments]
    first = np.argmax(np.array(fits), axis=0).astype(np.int64)
    found = np.array(names, dtype=object)[first]
    return scores.assign(segment=pd.Categorical(found, categories=list(dict.fromkeys(names))))


def _place(value: pd.Series, parts: int, *, most: bool = True) -> pd.Series:
    # Whole numbers throughout: 3 * (1 / 3) must not fall a hair short of the next level.
    worse = value.rank(method="min", ascending=most).astype("int64") - 1
    return worse * parts // len(value) + 1


def _level(score: pd.Series, parts: int) -> pd.Series:
    # The middle of the score's own stretch, so that the words mean the same for any parts.
    middle = (score.to_numpy() - 0.5) / parts
    words = np.select([middle < 0.4, middle > 0.6], ["low", "high"], "middle")
    return pd.Series(words)


def _listed(segments: Any) -> list[Segment]:
    listed = list(segments) if isinstance(segments, Iterable) else [segments]
    for rule in listed:
        if not isinstance(rule, Segment):
            wrong = _("The table of segments holds rules and nothing else.")
            remedy = _("Write for example segments=(Segment('others', 'everybody else'),).")
            raise CvmError(wrong, given=rule, remedy=remedy)
        for level in f"{rule.recency} {rule.frequency} {rule.monetary}".split():
            if level not in ("low", "middle", "high"):
                wrong = _("The rule '{name}' has a level that no score has.", name=rule.name)
                remedy = near_miss(level, ("low", "middle", "high"))
                raise CvmError(wrong, given=level, remedy=remedy)
    return listed


def _check_rules(fits: list[Any], customers: int) -> None:
    named = np.any(np.array(fits), axis=0) if fits else np.zeros(customers, bool)
    if not named.all():
        wrong = _("The table of segments leaves {n} customers without one.", n=int((~named).sum()))
        remedy = _("End it with a rule that fits all: Segment('others', 'everybody else').")
        raise CvmError(wrong, remedy=remedy)
