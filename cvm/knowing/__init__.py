"""Knowing customers (客户的认识): what we are worth to them, and they to us.

* :mod:`cvm.knowing.rivalry` - Yunhe's offer among three: delivered value part by part,
  shares of choice, and what a point of each part wins.
* :mod:`cvm.knowing.worth` - the five values of a customer to the firm.
* :mod:`cvm.knowing.leaders` - the saying "customers choose whoever delivers most value",
  tried where the truth is known.

The models of value are in :mod:`cvm.value`, those of states, phases and types of a
relationship in :mod:`cvm.lifecycle`.
"""

from cvm.knowing.leaders import Leaders, try_leaders
from cvm.knowing.rivalry import (
    NAMES,
    PARTS,
    RIVALS,
    Rivalry,
    Shares,
    choice_shares,
    fair_value_line,
    market_offers,
    point_gains,
    rate_firms,
    value_parts,
)
from cvm.knowing.worth import CASES, VALUES, Worth, five_values

__all__ = [
    "CASES",
    "Leaders",
    "NAMES",
    "PARTS",
    "RIVALS",
    "Rivalry",
    "Shares",
    "VALUES",
    "Worth",
    "choice_shares",
    "fair_value_line",
    "five_values",
    "market_offers",
    "point_gains",
    "rate_firms",
    "try_leaders",
    "value_parts",
]
