"""Winning customers (客户的开发): channels, what the next customer costs, and who comes.

* :mod:`cvm.acquisition.channels` - four attractions and fourteen ways, each with its numbers.
* :mod:`cvm.acquisition.funnel` - from a yuan to a customer; average and marginal cost; quality.
* :mod:`cvm.acquisition.referral` - customers who bring customers, and where that ends.
* :mod:`cvm.acquisition.allocation` - the budget over channels, solved.
* :mod:`cvm.acquisition.response` - a channel's response from weeks of spending.
* :mod:`cvm.acquisition.selection` - people who choose how they come, and then stay or leave.
* :mod:`cvm.acquisition.gaps` - what the way of winning causes, and what selection does.
"""

from cvm.acquisition.allocation import (
    RULES,
    AcquisitionBudget,
    Launch,
    allocate,
    launch_channels,
)
from cvm.acquisition.channels import (
    ATTRACTIONS,
    CHANNELS,
    CHINESE,
    MODES,
    WAYS,
    Channel,
    channel_table,
)
from cvm.acquisition.funnel import (
    average_cost,
    best_spend,
    cost_curve,
    customer_value,
    customers_won,
    funnel,
    marginal_cost,
)
from cvm.acquisition.gaps import (
    GapParts,
    StayEffect,
    adjusted_gap,
    compare_gaps,
    decompose,
    invitation_effect,
    plain_gap,
    weighted_gap,
)
from cvm.acquisition.referral import (
    Referral,
    generations,
    referral_multiplier,
    simulate_referrals,
)
from cvm.acquisition.response import (
    ResponseFit,
    Weeks,
    fit_response,
    fitted_curve,
    simulate_weeks,
)
from cvm.acquisition.selection import COVARIATES, Newcomers, simulate_acquisition

__all__ = [
    "ATTRACTIONS",
    "AcquisitionBudget",
    "CHANNELS",
    "CHINESE",
    "COVARIATES",
    "Channel",
    "GapParts",
    "Launch",
    "MODES",
    "Newcomers",
    "RULES",
    "Referral",
    "ResponseFit",
    "StayEffect",
    "WAYS",
    "Weeks",
    "adjusted_gap",
    "allocate",
    "average_cost",
    "best_spend",
    "channel_table",
    "compare_gaps",
    "cost_curve",
    "customer_value",
    "customers_won",
    "decompose",
    "fit_response",
    "fitted_curve",
    "funnel",
    "generations",
    "invitation_effect",
    "launch_channels",
    "marginal_cost",
    "plain_gap",
    "referral_multiplier",
    "simulate_acquisition",
    "simulate_referrals",
    "simulate_weeks",
    "weighted_gap",
]
