"""The satisfaction laboratory: ask, simulate, measure, explain, prioritise, weight, track.

Everything between "let us ask the customers" and "this is what to improve, for whom, and
how sure we are". A survey is simulated from customers whose true satisfaction is known;
every method is tried on it before it meets real answers.
"""

from __future__ import annotations

from cvm.survey.population import CLEAN, Fieldwork, Structure, Styles, Survey
from cvm.survey.priorities import (
    Priorities,
    priorities_seen,
    priority_cells,
    simulate_priorities,
)
from cvm.survey.questionnaire import (
    Anchor,
    Choice,
    Construct,
    Item,
    Questionnaire,
    Scale,
    Wording,
    turned,
)
from cvm.survey.simulate import simulate_survey
from cvm.survey.value_return import ValueReturn, value_return
from cvm.survey.yunhe import CLASSROOM, YUNHE

__all__ = [
    "CLASSROOM", "CLEAN", "YUNHE", "Anchor", "Choice", "Construct", "Fieldwork", "Item",
    "Priorities", "Questionnaire", "Scale", "Structure", "Styles", "Survey", "ValueReturn",
    "Wording", "priorities_seen", "priority_cells", "simulate_priorities", "simulate_survey",
    "turned", "value_return",
]  # fmt: skip
