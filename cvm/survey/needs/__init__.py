"""Needs: what is taken for granted, what delights, and where service falls short.

* :mod:`cvm.survey.needs.kano` - Kano's pairs of questions: kinds, coefficients, tests, segments.
* :mod:`cvm.survey.needs.gaps` - SERVQUAL's gaps and SERVPERF.
* :mod:`cvm.survey.needs.simulate` - surveys of both whose truth is known.
"""

from cvm.survey.needs.gaps import (
    DIMENSIONS,
    ServiceQuality,
    gap_reliability,
    servperf,
    servqual,
)
from cvm.survey.needs.kano import (
    ANSWERS,
    CATEGORIES,
    EVALUATION,
    POULIOT,
    Kano,
    evaluate_pairs,
    kano,
    kano_segments,
)
from cvm.survey.needs.simulate import (
    FEATURES,
    GapSurvey,
    KanoSurvey,
    gap_pairs,
    kano_pairs,
    simulate_gaps,
    simulate_kano,
    true_kano,
)

__all__ = [
    "ANSWERS",
    "CATEGORIES",
    "DIMENSIONS",
    "EVALUATION",
    "FEATURES",
    "POULIOT",
    "GapSurvey",
    "Kano",
    "KanoSurvey",
    "ServiceQuality",
    "evaluate_pairs",
    "gap_pairs",
    "gap_reliability",
    "kano",
    "kano_pairs",
    "kano_segments",
    "servperf",
    "servqual",
    "simulate_gaps",
    "simulate_kano",
    "true_kano",
]
