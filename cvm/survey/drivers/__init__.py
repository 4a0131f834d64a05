"""Drivers: what satisfaction hangs on, and what to improve first.

* :mod:`cvm.survey.drivers.ordinal` - the cumulative model for ordered answers: score, Hessian,
  the climb to the maximum; :mod:`cvm.survey.drivers.model` makes it a statsmodels model.
* :mod:`cvm.survey.drivers.regression` - ordered and linear regression on the drivers.
* :mod:`cvm.survey.drivers.margins` - what a driver does to the shares of answers.
* :mod:`cvm.survey.drivers.importance` - Shapley (LMG) shares and Johnson's relative weights.
* :mod:`cvm.survey.drivers.key` - key drivers with intervals, importance-performance map.
* :mod:`cvm.survey.drivers.contrast` - penalty and reward: basic and exciting drivers.
* :mod:`cvm.survey.drivers.simulate` - a survey whose drivers are known.
* :mod:`cvm.survey.drivers.compare` - the methods on trial, truth known.
"""

from cvm.survey.drivers.compare import compare_driver_methods
from cvm.survey.drivers.contrast import PenaltyReward, penalty_reward
from cvm.survey.drivers.importance import johnson, shapley
from cvm.survey.drivers.key import (
    QUADRANTS,
    ImportanceMap,
    KeyDrivers,
    importance_performance,
    key_drivers,
)
from cvm.survey.drivers.margins import answer_shares, marginal_effects
from cvm.survey.drivers.regression import (
    LinearDrivers,
    OrderedDrivers,
    linear_drivers,
    ordered_logit,
    ordered_probit,
)
from cvm.survey.drivers.simulate import (
    DRIVERS,
    DriverSurvey,
    simulate_drivers,
    true_importance,
)

__all__ = [
    "DRIVERS",
    "QUADRANTS",
    "DriverSurvey",
    "ImportanceMap",
    "KeyDrivers",
    "LinearDrivers",
    "OrderedDrivers",
    "PenaltyReward",
    "answer_shares",
    "compare_driver_methods",
    "importance_performance",
    "johnson",
    "key_drivers",
    "linear_drivers",
    "marginal_effects",
    "ordered_logit",
    "ordered_probit",
    "penalty_reward",
    "shapley",
    "simulate_drivers",
    "true_importance",
]
