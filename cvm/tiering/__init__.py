"""Tiering customers (客户的分级): who is worth what, and what to do about it.

Who makes the value (:mod:`~cvm.tiering.summary`, :mod:`~cvm.tiering.segments`,
:mod:`~cvm.tiering.tiers`, :mod:`~cvm.tiering.shares`, :mod:`~cvm.tiering.window`), who
moves between tiers and how much of that is chance (:mod:`~cvm.tiering.migration`), and a
customer base whose truth is known (:mod:`~cvm.tiering.accounts`). Then what the firm
decides: the service budget (:mod:`~cvm.tiering.budget`), the reward threshold
(:mod:`~cvm.tiering.rewards`) and its causal effect (:mod:`~cvm.tiering.discontinuity`),
concessions to key accounts (:mod:`~cvm.tiering.keyaccount`), and whether to keep small
customers (:mod:`~cvm.tiering.options`).
"""

from cvm.tiering.accounts import Accounts, AccountTables, simulate_accounts
from cvm.tiering.bins import bins
from cvm.tiering.budget import Allocation, ServiceResponse, allocate
from cvm.tiering.discontinuity import Manipulation, ThresholdEffect, manipulation, threshold_effect
from cvm.tiering.keyaccount import (
    PRINCIPLES,
    KeyAccount,
    burden_year,
    compare_principles,
    simulate_concessions,
)
from cvm.tiering.migration import Migration, migration, regression_to_mean
from cvm.tiering.options import (
    OptionValue,
    SmallCustomer,
    migration_shares,
    option_value,
    simulate_moves,
    state_values,
)
from cvm.tiering.plan import ServicePlan, TierPlan, plan_service
from cvm.tiering.rewards import Rewards, expected_rate, programme, simulate_rewards
from cvm.tiering.segments import SEGMENTS, Segment, rfm_scores, rfm_segments
from cvm.tiering.shares import Concentration, concentration, gini, lorenz, whale
from cvm.tiering.summary import rfm
from cvm.tiering.tiers import TIERS, assign_tiers, pyramid
from cvm.tiering.window import concentration_by_window

__all__ = [
    "PRINCIPLES",
    "SEGMENTS",
    "TIERS",
    "AccountTables",
    "Accounts",
    "Allocation",
    "Concentration",
    "KeyAccount",
    "Manipulation",
    "Migration",
    "OptionValue",
    "Rewards",
    "Segment",
    "ServicePlan",
    "ServiceResponse",
    "SmallCustomer",
    "ThresholdEffect",
    "TierPlan",
    "allocate",
    "assign_tiers",
    "bins",
    "burden_year",
    "compare_principles",
    "concentration",
    "concentration_by_window",
    "expected_rate",
    "gini",
    "lorenz",
    "manipulation",
    "migration_shares",
    "migration",
    "option_value",
    "plan_service",
    "programme",
    "pyramid",
    "regression_to_mean",
    "rfm",
    "rfm_scores",
    "rfm_segments",
    "simulate_accounts",
    "simulate_concessions",
    "simulate_moves",
    "simulate_rewards",
    "state_values",
    "threshold_effect",
    "whale",
]
