"""Losing and winning back (客户的流失与挽回): who leaves, who can be held, who is worth regaining.

* :mod:`cvm.churn.customers` - customers who leave, and a campaign to hold them, with the truth.
* :mod:`cvm.churn.survival` - how long customers stay when most are still here.
* :mod:`cvm.churn.hazards` - what makes them leave: Cox's regression, and month by month.
"""

from cvm.churn.customers import ASSIGNMENTS, COVARIATES, TYPES, Churn, ChurnTables, simulate_churn
from cvm.churn.hazards import CoxHazard, DiscreteHazard, cox, customer_months, discrete_hazard
from cvm.churn.survival import AverageLife, SurvivalCurve, average_life, survival_curve

__all__ = [
    "ASSIGNMENTS",
    "AverageLife",
    "COVARIATES",
    "Churn",
    "ChurnTables",
    "CoxHazard",
    "DiscreteHazard",
    "SurvivalCurve",
    "TYPES",
    "average_life",
    "cox",
    "customer_months",
    "discrete_hazard",
    "simulate_churn",
    "survival_curve",
]
