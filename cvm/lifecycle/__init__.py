"""Knowing customers (客户的认识): states, phases and types of a relationship.

* :mod:`cvm.lifecycle.ladder` - the state ladder, from prospect to advocate and off it.
* :mod:`cvm.lifecycle.chain` - absorbing Markov chains: time, visits, value, with
  intervals.
* :mod:`cvm.lifecycle.phases` - life-cycle phases told from purchases, judged against the
  truth; relationship types.
"""

from cvm.lifecycle.chain import (
    Chain,
    estimate_chain,
    expected_visits,
    state_value,
    time_to_lost,
)
from cvm.lifecycle.ladder import (
    STATES,
    Ladder,
    ladder_elasticity,
    ladder_matrix,
    ladder_population,
    ladder_profit,
    ladder_table,
    simulate_ladder,
)
from cvm.lifecycle.phases import (
    PHASES,
    TYPES,
    PhaseReport,
    Relationship,
    detect_phases,
    judge_phases,
    phase_confusion,
    relationship_types,
    simulate_relationships,
    types_table,
)

__all__ = [
    "Chain",
    "Ladder",
    "PHASES",
    "PhaseReport",
    "Relationship",
    "STATES",
    "TYPES",
    "detect_phases",
    "estimate_chain",
    "expected_visits",
    "judge_phases",
    "ladder_elasticity",
    "ladder_matrix",
    "ladder_population",
    "ladder_profit",
    "ladder_table",
    "phase_confusion",
    "relationship_types",
    "simulate_ladder",
    "simulate_relationships",
    "state_value",
    "time_to_lost",
    "types_table",
]
