"""Scales: whether items belong together, and how reliable their total is.

:func:`cronbach_alpha` and :func:`omega` estimate reliability, :func:`item_total` holds each
item against the rest, :func:`polychoric` and :func:`polychoric_matrix` correlate what lies
behind ordinal answers, :func:`explore_factors` and :func:`parallel_analysis` look for the
factors behind items.
"""

from __future__ import annotations

from cvm.survey.scales.alpha import Alpha, cronbach_alpha
from cvm.survey.scales.factors import Factors, explore_factors, parallel_analysis
from cvm.survey.scales.items import item_total
from cvm.survey.scales.omega import Omega, omega
from cvm.survey.scales.polychoric import (
    Polychoric,
    PolychoricMatrix,
    polychoric,
    polychoric_matrix,
)

__all__ = [
    "Alpha",
    "Factors",
    "Omega",
    "Polychoric",
    "PolychoricMatrix",
    "cronbach_alpha",
    "explore_factors",
    "item_total",
    "omega",
    "parallel_analysis",
    "polychoric",
    "polychoric_matrix",
]
