"""Loyalty (客户的忠诚): from satisfaction to staying, and from staying to profit.

* :mod:`cvm.loyalty.curve` - the satisfaction-loyalty curve with its zones, what
  competition does to it, bonds, intention and behaviour, the four kinds of loyalty.
"""

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

__all__ = [
    "INDUSTRIES",
    "KINDS",
    "ZONES",
    "Loyalty",
    "attitude",
    "behaviour_probability",
    "curve_table",
    "industry",
    "industry_table",
    "intention",
    "kinds",
    "monthly_retention",
    "switching_cost",
    "zones",
]
