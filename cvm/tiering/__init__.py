"""Tiering customers (客户的分级): who is worth what, and what to do about it.

Who makes the value (:mod:`~cvm.tiering.summary`, :mod:`~cvm.tiering.shares`), who moves
between tiers and how much of that is chance (:mod:`~cvm.tiering.migration`), and a
customer base whose truth is known (:mod:`~cvm.tiering.accounts`). Then what the firm
decides: the service budget (:mod:`~cvm.tiering.budget`), the reward threshold
(:mod:`~cvm.tiering.rewards`) and its causal effect (:mod:`~cvm.tiering.discontinuity`),
concessions to key accounts (:mod:`~cvm.tiering.keyaccount`), and whether to keep small
customers (:mod:`~cvm.tiering.options`).
"""

from cvm.tiering.accounts import Accounts, AccountTables, simulate_accounts
from cvm.tiering.budget import Allocation, ServiceResponse, allocate
from cvm.tiering.keyaccount import (
    PRINCIPLES,
    KeyAccount,
    burden_year,
    compare_principles,
    simulate_concessions,
)
from cvm.tiering.rewards import Rewards, expected_rate, programme, simulate_rewards
from cvm.tiering.shares import (
    TIERS,
    Concentration,
    assign_tiers,
    concentration,
    gini,
    lorenz,
    pyramid,
    whale,
)
from cvm.tiering.summary import SEGMENTS, Segment, rfm, rfm_scores, rfm_segments

__all__ = [
    "PRINCIPLES",
    "SEGMENTS",
    "TIERS",
    "AccountTables",
    "Accounts",
    "Allocation",
    "Concentration",
    "KeyAccount",
    "Rewards",
    "Segment",
    "ServiceResponse",
    "allocate",
    "assign_tiers",
    "burden_year",
    "compare_principles",
    "concentration",
    "expected_rate",
    "gini",
    "lorenz",
    "programme",
    "pyramid",
    "rfm",
    "rfm_scores",
    "rfm_segments",
    "simulate_accounts",
    "simulate_concessions",
    "simulate_rewards",
    "whale",
]
