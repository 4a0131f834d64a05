"""The satisfaction laboratory: ask, simulate, measure, explain, prioritise, weight, track.

Everything between "let us ask the customers" and "this is what to improve, for whom, and
how sure we are". A survey is simulated from customers whose true satisfaction is known;
every method is tried on it before it meets real answers.
"""

from __future__ import annotations

from cvm.survey.checking import check_answers
from cvm.survey.collect import Collected
from cvm.survey.paper import empty_answers, form, write_sheet
from cvm.survey.population import CLEAN, Fieldwork, Structure, Styles, Survey
from cvm.survey.priorities import (
    Priorities,
    priorities_seen,
    priority_cells,
    simulate_priorities,
)
from cvm.survey.questionnaire import Item, Questionnaire, turned
from cvm.survey.simulate import simulate_survey
from cvm.survey.store import StoredSurvey, store_survey
from cvm.survey.value_return import ValueReturn, value_return
from cvm.survey.waves import simulate_waves, true_means
from cvm.survey.wording import Anchor, Choice, Construct, Scale, Wording
from cvm.survey.yunhe import CLASSROOM, YUNHE

__all__ = [
    "CLASSROOM", "CLEAN", "YUNHE", "Anchor", "Choice", "Collected", "Construct", "Fieldwork",
    "Item", "Priorities", "Questionnaire", "Scale", "StoredSurvey", "Structure", "Styles",
    "Survey", "ValueReturn", "Wording", "check_answers", "empty_answers", "form",
    "priorities_seen", "priority_cells", "simulate_priorities", "simulate_survey",
    "simulate_waves", "store_survey", "true_means", "turned", "value_return", "write_sheet",
]  # fmt: skip
