"""Losing and winning back (客户的流失与挽回): who leaves, who can be held, who is worth regaining.

* :mod:`cvm.churn.customers` - customers who leave, and a campaign to hold them, with the truth.
* :mod:`cvm.churn.survival` - how long customers stay when most are still here.
* :mod:`cvm.churn.lives` - from an operator's books to lives; the tempting curves beside the right one.
* :mod:`cvm.churn.censoring` - what if those still here are not like the others.
* :mod:`cvm.churn.hazards` - what makes them leave: Cox's regression, and month by month.
* :mod:`cvm.churn.scores` - judging a score: ranking, calibration, profit, and not accuracy.
* :mod:`cvm.churn.profit` - the expected maximum profit of a score.
* :mod:`cvm.churn.uplift` - whom a contact changes, from a campaign.
* :mod:`cvm.churn.targeting` - whom to contact with a budget: by risk, by uplift, by lot.
* :mod:`cvm.churn.winback` - whom to win back, and the value of a second life.
"""

from cvm.churn.censoring import censoring_sensitivity
from cvm.churn.customers import ASSIGNMENTS, COVARIATES, TYPES, Churn, ChurnTables, simulate_churn
from cvm.churn.hazards import CoxHazard, DiscreteHazard, cox, customer_months, discrete_hazard
from cvm.churn.lives import hazard_by_month, life_curves, market_lives
from cvm.churn.profit import (
    Offer,
    ScoreProfit,
    expected_maximum_profit,
    profit_curve,
    roc_hull,
)
from cvm.churn.scores import ScoreJudgement, judge_scores
from cvm.churn.survival import AverageLife, SurvivalCurve, average_life, survival_curve
from cvm.churn.targeting import Targeting, compare_effects, compare_targeting, type_table
from cvm.churn.uplift import (
    UpliftCurve,
    UpliftModel,
    campaign_effect,
    propensity,
    risk_model,
    uplift_curve,
    uplift_model,
)
from cvm.churn.winback import (
    CAUSES,
    WinBack,
    WinBackTable,
    simulate_lost,
    win_back,
    win_back_expected,
)

__all__ = [
    "ASSIGNMENTS",
    "AverageLife",
    "CAUSES",
    "COVARIATES",
    "Churn",
    "ChurnTables",
    "CoxHazard",
    "DiscreteHazard",
    "Offer",
    "ScoreJudgement",
    "ScoreProfit",
    "SurvivalCurve",
    "TYPES",
    "Targeting",
    "UpliftCurve",
    "UpliftModel",
    "WinBack",
    "WinBackTable",
    "average_life",
    "campaign_effect",
    "censoring_sensitivity",
    "compare_effects",
    "compare_targeting",
    "cox",
    "customer_months",
    "discrete_hazard",
    "expected_maximum_profit",
    "hazard_by_month",
    "judge_scores",
    "life_curves",
    "market_lives",
    "profit_curve",
    "propensity",
    "risk_model",
    "roc_hull",
    "simulate_churn",
    "simulate_lost",
    "survival_curve",
    "type_table",
    "uplift_curve",
    "uplift_model",
    "win_back",
    "win_back_expected",
]
