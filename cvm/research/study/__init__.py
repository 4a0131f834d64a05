"""Your own hypothesis: state it, design a study, diagnose it, freeze it, run it, report it.

1. :class:`Hypothesis` - population, treatment, outcome, direction, smallest effect that matters.
2. :class:`Design` - a data strategy (:func:`data_strategies`), an answer strategy
   (:mod:`cvm.research.study.strategies`), a size; ready-made ones in :func:`catalogue`.
3. :func:`diagnose` - bias, coverage, power, errors of sign and size, false positives;
   :func:`diagnosis_curve` - the same over size, effect or a nuisance;
   :func:`compare_designs` - several designs beside each other.
4. :func:`freeze` and :func:`read_plan` - a plan in a file, with a hash.
5. :func:`run` - the same code on data of your own; a :class:`Report` with its deviations,
   whose ``write`` makes a whole folder (:mod:`cvm.research.study.folder`).
6. :func:`specification_curve` - the same question under every choice that could be defended.
"""

from cvm.research.study.answers import Answer, answer
from cvm.research.study.catalogue import catalogue, example
from cvm.research.study.compare import compare_designs
from cvm.research.study.curves import diagnosis_curve, size_needed
from cvm.research.study.data import data_strategies, simulate_data, true_effect
from cvm.research.study.design import Design
from cvm.research.study.diagnosis import MEASURES, Diagnosis, diagnose, replicate
from cvm.research.study.folder import Picture, workplace
from cvm.research.study.hypothesis import DECISIONS, DIRECTIONS, Hypothesis
from cvm.research.study.plan import CORRECTIONS, Plan, freeze, read_plan
from cvm.research.study.report import Report, run
from cvm.research.study.specification import (
    SpecificationCurve,
    every_choice,
    specification_curve,
)
from cvm.research.study.strategies import (
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
)
from cvm.research.study.trials import Pilot, Switchback
from cvm.research.study.worlds import Campaign, Curve, Invitation, Panel, Waves

__all__ = [
    "Answer", "Bend", "CORRECTIONS", "Campaign", "Changes", "Curve", "DECISIONS", "DIRECTIONS", "Design",
    "Diagnosis", "Discontinuity", "Hazard", "Hypothesis", "Instrument", "Invitation",
    "LeastSquares", "LogitDifference", "MEASURES", "Mediation", "Mixed", "Moderation", "Panel", "Picture",
    "Pilot", "Plan", "Report", "SpecificationCurve", "Strategy", "Switchback", "Waves", "Weighting", "answer", "catalogue", "compare_designs",
    "data_strategies", "diagnose", "diagnosis_curve", "every_choice", "example", "freeze", "read_plan", "replicate", "run", "simulate_data", "size_needed", "specification_curve", "true_effect", "workplace",
]  # fmt: skip
