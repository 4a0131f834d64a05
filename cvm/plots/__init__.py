"""Plots: each takes a finished table and axes, and returns the axes.

A plot computes nothing. Words and numbers on it follow the language in use, a colour
means the same in every figure, and nothing is set outside the figure.

    from cvm import plots
    plots.pyramid(table)

``case="base"`` draws in grey, ``case="moved"`` in colour over it: that is how a
what-if shows both. :func:`figure` makes axes side by side.
"""

from cvm.plots.campaigns import (
    campaign_effects,
    cost_regained,
    customer_types,
    targeting,
    type_shares,
    uplift_gain,
    win_back,
)
from cvm.plots.churn import (
    hazard_by_month,
    hazard_ratios,
    profit_by_contacts,
    score_calibration,
    score_gains,
    survival,
)
from cvm.plots.decisions import budget, concessions, discontinuity
from cvm.plots.knowing import (
    choice_shares,
    delivered_value,
    five_values,
    point_gains,
    value_map,
)
from cvm.plots.lifecycle import (
    account_life,
    decline_told,
    ladder_months,
    ladder_rungs,
    phase_confusion,
    relationship_types,
    state_value,
)
from cvm.plots.loyalty import (
    comparison,
    customer_life,
    firm_profit,
    loyalty_curve,
    programme_months,
)
from cvm.plots.relationships import (
    bonds,
    firm_lead,
    identification,
    keep_or_win,
    lead_parts,
    two_firms,
    wallets,
)
from cvm.plots.research import trial
from cvm.plots.selection import (
    approach_profit,
    bad_years,
    guidance_points,
    largest_accounts,
    promised_and_seen,
    revenue_parts,
    size_margin,
    size_profit,
)
from cvm.plots.service import (
    balance,
    contact_points,
    failure_ratings,
    listening_costs,
    promise_kept,
    recovery_groups,
    spoiled_moments,
    staffing,
    voice_exit,
)
from cvm.plots.start import keeping
from cvm.plots.style import FAMILY, INK, TIERS, dress, figure, key, theme, themed
from cvm.plots.survey import (
    answer_shares,
    detectable_change,
    driver_shares,
    impact_bars,
    importance_map,
    interval_coverage,
    kano_map,
    promise_curve,
    survey_waves,
    value_return,
)
from cvm.plots.tiering import lorenz, migration, pyramid, whale, window

__all__ = [
    "figure",
    "pyramid",
    "lorenz",
    "whale",
    "window",
    "migration",
    "budget",
    "discontinuity",
    "concessions",
    "trial",
    "keeping",
    "loyalty_curve",
    "customer_life",
    "firm_profit",
    "programme_months",
    "comparison",
    "contact_points",
    "spoiled_moments",
    "failure_ratings",
    "staffing",
    "balance",
    "voice_exit",
    "listening_costs",
    "promise_kept",
    "recovery_groups",
    "two_firms",
    "firm_lead",
    "lead_parts",
    "keep_or_win",
    "identification",
    "wallets",
    "bonds",
    "delivered_value",
    "choice_shares",
    "point_gains",
    "value_map",
    "five_values",
    "ladder_months",
    "ladder_rungs",
    "state_value",
    "account_life",
    "decline_told",
    "phase_confusion",
    "relationship_types",
    "promise_curve",
    "survey_waves",
    "interval_coverage",
    "answer_shares",
    "impact_bars",
    "driver_shares",
    "importance_map",
    "kano_map",
    "value_return",
    "detectable_change",
    "survival",
    "hazard_by_month",
    "hazard_ratios",
    "score_calibration",
    "score_gains",
    "profit_by_contacts",
    "uplift_gain",
    "targeting",
    "customer_types",
    "type_shares",
    "campaign_effects",
    "win_back",
    "cost_regained",
    "size_profit",
    "largest_accounts",
    "size_margin",
    "revenue_parts",
    "promised_and_seen",
    "approach_profit",
    "bad_years",
    "guidance_points",
    "dress",
    "key",
    "theme",
    "themed",
    "FAMILY",
    "INK",
    "TIERS",
]
