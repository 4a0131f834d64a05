"""Weighting: make a sample stand for the customers, and know what that costs and heals.

:func:`rake` and :func:`poststratify` make weights, :func:`design_effect` says what they cost,
:func:`raked_mean` gives a score under them, and :func:`nonresponse` holds all of it against
the truth of a simulated population.
"""

from __future__ import annotations

from cvm.survey.weighting.nonresponse import Nonresponse, nonresponse
from cvm.survey.weighting.raked import RakedScore, raked_mean
from cvm.survey.weighting.raking import DesignEffect, Raked, design_effect, poststratify, rake

__all__ = [
    "DesignEffect",
    "Nonresponse",
    "Raked",
    "RakedScore",
    "design_effect",
    "nonresponse",
    "poststratify",
    "rake",
    "raked_mean",
]
