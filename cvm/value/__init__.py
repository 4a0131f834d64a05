"""Delivered value (客户让渡价值): what customers get, what it costs, whom it makes them choose.

* :mod:`cvm.value.offers` - delivered value of an offer and choice among three firms.
* :mod:`cvm.value.evidence` - a choice survey, its estimate, and Gale's value map.
"""

from cvm.value.evidence import ChoiceModel, estimate_choice, simulate_choices, value_map
from cvm.value.offers import (
    BENEFITS,
    COSTS,
    FIRMS,
    Offer,
    Value,
    choose,
    cost_weight,
    delivered_value,
    offer_value,
    shares,
    utility,
    value_elasticity,
)

__all__ = [
    "BENEFITS",
    "COSTS",
    "FIRMS",
    "ChoiceModel",
    "Offer",
    "Value",
    "choose",
    "cost_weight",
    "delivered_value",
    "estimate_choice",
    "offer_value",
    "shares",
    "simulate_choices",
    "utility",
    "value_elasticity",
    "value_map",
]
