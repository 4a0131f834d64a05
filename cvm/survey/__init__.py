"""The satisfaction laboratory: ask, simulate, measure, explain, prioritise, weight, track.

Everything between "let us ask the customers" and "this is what to improve, for whom, and
how sure we are". A survey is simulated from customers whose true satisfaction is known;
every method is tried on it before it meets real answers.
"""

from __future__ import annotations

from cvm.survey.checking import check_answers
from cvm.survey.collect import Collected
from cvm.survey.drivers import (
    DriverSurvey,
    compare_driver_methods,
    importance_performance,
    key_drivers,
    linear_drivers,
    marginal_effects,
    ordered_logit,
    penalty_reward,
    simulate_drivers,
    true_importance,
)
from cvm.survey.measure import (
    change,
    compare_segments,
    csat,
    effort,
    interval_coverage,
    mean_score,
    nps,
    track,
)
from cvm.survey.needs import (
    GapSurvey,
    KanoSurvey,
    gap_pairs,
    kano,
    kano_pairs,
    kano_segments,
    servperf,
    servqual,
    simulate_gaps,
    simulate_kano,
    true_kano,
)
from cvm.survey.paper import empty_answers, form, write_sheet
from cvm.survey.population import CLEAN, Fieldwork, Structure, Styles, Survey
from cvm.survey.power import (
    SurveyDesign,
    margin_of_error,
    power_of_change,
    sample_size,
    simulated_power,
    size_for_change,
)
from cvm.survey.priorities import (
    TIERS,
    Priorities,
    priorities_seen,
    priority_cells,
    simulate_priorities,
)
from cvm.survey.promise import (
    promise_table,
)
from cvm.survey.questionnaire import Item, Questionnaire, turned
from cvm.survey.scales import (
    cronbach_alpha,
    explore_factors,
    item_total,
    omega,
    parallel_analysis,
    polychoric,
    polychoric_matrix,
)
from cvm.survey.simulate import simulate_survey
from cvm.survey.store import StoredSurvey, store_survey
from cvm.survey.structure import (
    PathModel,
    cfa,
    ecsi,
    impacts,
    index_scores,
    invariance,
    pls,
    sem,
)
from cvm.survey.value_return import ValueReturn, value_return
from cvm.survey.waveplan import (
    WavePlan,
    chance_to_see,
    detectable_table,
    respondents_needed,
    smallest_change,
)
from cvm.survey.waves import simulate_waves, true_means
from cvm.survey.weighting import (
    design_effect,
    nonresponse,
    poststratify,
    rake,
    raked_mean,
)
from cvm.survey.wording import Anchor, Choice, Construct, Scale, Wording
from cvm.survey.yunhe import CLASSROOM, YUNHE

__all__ = [
    "CLASSROOM", "CLEAN", "TIERS", "YUNHE", "Anchor", "Choice", "Collected", "Construct",
    "DriverSurvey", "Fieldwork", "GapSurvey", "Item", "KanoSurvey", "PathModel", "Priorities",
    "Questionnaire", "Scale", "StoredSurvey", "Structure", "Styles", "Survey", "SurveyDesign",
    "ValueReturn", "WavePlan", "Wording", "cfa", "chance_to_see", "change", "check_answers",
    "compare_driver_methods", "compare_segments", "cronbach_alpha", "csat", "design_effect",
    "detectable_table", "ecsi", "effort", "empty_answers", "explore_factors", "form", "gap_pairs",
    "impacts", "importance_performance", "index_scores", "interval_coverage", "invariance",
    "item_total", "kano", "kano_pairs", "kano_segments", "key_drivers", "linear_drivers",
    "margin_of_error", "marginal_effects", "mean_score", "nonresponse", "nps", "omega",
    "ordered_logit", "parallel_analysis", "penalty_reward", "pls", "polychoric",
    "polychoric_matrix", "poststratify", "power_of_change", "priorities_seen", "priority_cells",
    "promise_table", "rake", "raked_mean", "respondents_needed", "sample_size", "sem", "servperf",
    "servqual", "simulate_drivers", "simulate_gaps", "simulate_kano", "simulate_priorities",
    "simulate_survey", "simulate_waves", "simulated_power", "size_for_change", "smallest_change",
    "store_survey", "track", "true_importance", "true_kano", "true_means", "turned",
    "value_return", "write_sheet",
]  # fmt: skip
