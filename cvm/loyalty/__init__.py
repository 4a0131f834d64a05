"""Loyalty (客户的忠诚): from satisfaction to staying, and from staying to profit.

* :mod:`cvm.loyalty.curve` - the satisfaction-loyalty curve with its zones, what
  competition does to it, bonds, intention and behaviour, the four kinds of loyalty.
* :mod:`cvm.loyalty.customers` - customers who answer a survey and then do what they do.
* :mod:`cvm.loyalty.effect` - the loyalty effect: what a longer customer life is worth, to
  the customer's value and to the firm's profit, in closed form and by simulation.
* :mod:`cvm.loyalty.tenure` - whether customers who stay longer pay better.
* :mod:`cvm.loyalty.programme` - a loyalty programme that customers choose to join.
* :mod:`cvm.loyalty.comparison` - the naive gap beside adjustment and difference in
  differences.
"""

from cvm.loyalty.comparison import (
    ProgrammeEffect,
    adjusted_gap,
    compare_methods,
    difference_in_differences,
    naive_gap,
    placebo,
)
from cvm.loyalty.curve import (
    INDUSTRIES,
    KINDS,
    ZONES,
    Loyalty,
    attitude,
    behaviour_probability,
    curve_table,
    industry,
    industry_table,
    intention,
    kinds,
    monthly_retention,
    switching_cost,
    zones,
)
from cvm.loyalty.customers import (
    LoyaltyStudy,
    intention_behaviour,
    kinds_table,
    repurchase_by_answer,
    repurchase_ratio,
    simulate_loyalty,
)
from cvm.loyalty.effect import (
    PUBLISHED,
    EffectOfPoints,
    LoyaltyEffect,
    customer_value,
    firm_years,
    life,
    loyalty_effect,
    profit_by_year,
    simulate_firm,
)
from cvm.loyalty.programme import (
    SELECTIONS,
    Programme,
    ProgrammeTables,
    programme_account,
    simulate_programme,
    spend_by_month,
)
from cvm.loyalty.tenure import (
    GROUPS,
    Lives,
    TenureProfit,
    profit_by_tenure,
    simulate_lives,
    tenure_groups,
    tenure_profit,
)

__all__ = [
    "EffectOfPoints",
    "GROUPS",
    "INDUSTRIES",
    "KINDS",
    "Lives",
    "Loyalty",
    "LoyaltyEffect",
    "LoyaltyStudy",
    "PUBLISHED",
    "Programme",
    "ProgrammeEffect",
    "ProgrammeTables",
    "SELECTIONS",
    "TenureProfit",
    "ZONES",
    "adjusted_gap",
    "attitude",
    "behaviour_probability",
    "compare_methods",
    "curve_table",
    "customer_value",
    "difference_in_differences",
    "firm_years",
    "industry",
    "industry_table",
    "intention",
    "intention_behaviour",
    "kinds",
    "kinds_table",
    "life",
    "loyalty_effect",
    "monthly_retention",
    "naive_gap",
    "placebo",
    "profit_by_tenure",
    "profit_by_year",
    "programme_account",
    "repurchase_by_answer",
    "repurchase_ratio",
    "simulate_firm",
    "simulate_lives",
    "simulate_loyalty",
    "simulate_programme",
    "spend_by_month",
    "switching_cost",
    "tenure_groups",
    "tenure_profit",
    "zones",
]
