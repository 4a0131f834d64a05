"""Your own hypothesis: state it, design a study, diagnose it, freeze it, run it, report it.

1. :class:`Hypothesis` - population, treatment, outcome, direction, smallest effect that matters.
2. :class:`Design` - a data strategy (:func:`data_strategies`), an answer strategy
   (:mod:`cvm.research.study.answers`), a size; ready-made ones in :func:`catalogue`.
3. :func:`diagnose` - bias, coverage, power, errors of sign and size, false positives.
"""

from cvm.research.study.answers import (
    Answer,
    Bend,
    Changes,
    Discontinuity,
    Hazard,
    Instrument,
    LeastSquares,
    LogitDifference,
    Mediation,
    Mixed,
    Moderation,
    Strategy,
    Weighting,
    answer,
)
from cvm.research.study.catalogue import catalogue, example
from cvm.research.study.data import data_strategies, simulate_data, true_effect
from cvm.research.study.design import Design
from cvm.research.study.diagnosis import MEASURES, Diagnosis, diagnose, replicate
from cvm.research.study.hypothesis import DECISIONS, DIRECTIONS, Hypothesis
from cvm.research.study.trials import Pilot, Switchback
from cvm.research.study.worlds import Campaign, Curve, Invitation, Panel, Waves

__all__ = [
    "Answer", "Bend", "Campaign", "Changes", "Curve", "DECISIONS", "DIRECTIONS", "Design",
    "Diagnosis", "Discontinuity", "Hazard", "Hypothesis", "Instrument", "Invitation",
    "LeastSquares", "LogitDifference", "MEASURES", "Mediation", "Mixed", "Moderation", "Panel",
    "Pilot", "Strategy", "Switchback", "Waves", "Weighting", "answer", "catalogue",
    "data_strategies", "diagnose", "example", "replicate", "simulate_data", "true_effect",
]  # fmt: skip
