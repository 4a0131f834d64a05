"""The market's yearly survey: who is asked, who answers, and what they say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cvm.luck import Luck
from cvm.words import N_

if TYPE_CHECKING:
    from cvm.market.tables import MarketTables

__all__ = ["QUESTIONS", "answers"]

#: Questions, each answered from 0 to 10.
QUESTIONS = (N_("satisfaction"), N_("intention"), N_("recommendation"))


def answers(tables: MarketTables) -> pd.DataFrame:
    """Let those who are asked answer.

    Parameters
    ----------
    tables : MarketTables
        A finished run.

    Returns
    -------
    DataFrame
        One row an answer: ``customer``, ``question``, ``answer`` (0-10), ``wave`` (year),
        ``date`` and ``true_value``. No row for someone who did not respond.
    """
    from cvm.market.tables import as_words  # tables asks for answers in turn

    who, month, satisfied = _respondents(tables)
    attitude = tables.chains.attitude[tables.chains.node(satisfied)]
    meant = np.stack(
        [satisfied / 10, 10 * tables.intentions(satisfied, who), 10 * attitude], axis=1
    )
    noise = np.stack([_noise(tables, name, who, month) for name in QUESTIONS], axis=1)
    said = np.clip(np.rint(meant + tables.market.people.survey_noise * noise), 0, 10)
    wave, date = month // 12 + 2021, np.datetime64("2021-01-15", "us")
    when = (np.datetime64("2021-01", "M") + month.astype("m8[M]")).astype("M8[us]")
    when += date - np.datetime64("2021-01", "us")
    return pd.DataFrame({
        "customer": np.repeat(who + tables.crowd.start, 3),
        "question": as_words(np.tile(np.arange(3, dtype=np.int8), len(who)), QUESTIONS),
        "answer": said.ravel(), "wave": np.repeat(wave, 3), "date": np.repeat(when, 3),
        "true_value": meant.ravel(),
    })  # fmt: skip


def _respondents(tables: MarketTables) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    people, crowd = tables.market.people, tables.crowd
    stream = Luck(tables.seed).months("answer", crowd.n, start=crowd.start)
    turns = [np.flatnonzero(crowd.asked == turn) for turn in range(12)]
    found, satisfied = [], []
    for month, row in enumerate(tables.history.months):
        asked = turns[month % 12]
        asked = asked[tables.history.active[month].take(asked)]
        felt = row.satisfaction[np.searchsorted(row.who, asked)]
        apart = np.minimum(np.abs(felt - 70) / 30, 1)
        ready = people.answer * (1 + people.answer_bias * apart)
        if month % 12 == 0:
            luck = stream(month // 12)
        answers = luck[asked] < ready
        found.append(asked[answers])
        satisfied.append(felt[answers])
    months = np.repeat(np.arange(tables.months), [len(f) for f in found])
    return np.concatenate(found), months, np.concatenate(satisfied)


def _noise(tables: MarketTables, name: str, who: np.ndarray, month: np.ndarray) -> np.ndarray:
    # One draw a person and year will do, for nobody is asked twice in one.
    stream = Luck(tables.seed).months(
        f"answer {name}", tables.crowd.n, start=tables.crowd.start, kind="normal"
    )
    years = [stream(year).copy() for year in range(-(-tables.months // 12))]
    return np.array(years)[month // 12, who]
