"""Power: how many to ask, and what two waves of that size can show.

:func:`sample_size` and :func:`margin_of_error` are about one wave, :func:`power_of_change` and
:func:`size_for_change` about two waves or two segments, in closed form;
:func:`simulated_power` makes the waves and counts. :class:`SurveyDesign` says how the survey
is done: clusters, panel, weights.
"""

from __future__ import annotations

from cvm.survey.power.change import Power, power_of_change, size_for_change
from cvm.survey.power.design import SurveyDesign
from cvm.survey.power.simulated import SimulatedPower, simulated_power
from cvm.survey.power.size import SampleSize, margin_of_error, sample_size

__all__ = [
    "Power",
    "SampleSize",
    "SimulatedPower",
    "SurveyDesign",
    "margin_of_error",
    "power_of_change",
    "sample_size",
    "simulated_power",
    "size_for_change",
]
