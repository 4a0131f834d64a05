"""Choosing customers (客户的选择): not every buyer is your customer.

* :mod:`cvm.selection.accounts` - business accounts and their five risks, with the truth.
* :mod:`cvm.selection.profit` - what an account is expected to earn once it may fail or leave.
* :mod:`cvm.selection.whale` - the whale curve, and who stands at both ends of size.
* :mod:`cvm.selection.lookalike` - who resembles today's loyal customers, and what that cannot see.
* :mod:`cvm.selection.portfolio` - how bad a year a few big accounts can have.
* :mod:`cvm.selection.guidance` - five points to choose by, and the match of standing.
"""

from cvm.selection.accounts import CAUSES, Business, simulate_accounts
from cvm.selection.guidance import POINTS, Guidance, guidance_scores, standing_match
from cvm.selection.lookalike import (
    TRAITS,
    Judged,
    LookAlike,
    Prospects,
    approach_table,
    judge_look_alike,
    look_alike,
    simulate_pilot,
    simulate_prospects,
)
from cvm.selection.portfolio import (
    Portfolio,
    PortfolioRisk,
    effective_number,
    pick_portfolio,
    portfolio_accounts,
    portfolio_risk,
)
from cvm.selection.profit import RiskAdjusted, risk_adjusted_profit, worth_over_years
from cvm.selection.whale import SizeEnds, WhaleCurve, size_ends, size_groups, whale_curve

__all__ = [
    "CAUSES",
    "POINTS",
    "TRAITS",
    "Business",
    "Guidance",
    "Judged",
    "LookAlike",
    "Portfolio",
    "PortfolioRisk",
    "Prospects",
    "RiskAdjusted",
    "SizeEnds",
    "WhaleCurve",
    "approach_table",
    "effective_number",
    "guidance_scores",
    "judge_look_alike",
    "look_alike",
    "pick_portfolio",
    "portfolio_accounts",
    "portfolio_risk",
    "risk_adjusted_profit",
    "simulate_accounts",
    "simulate_pilot",
    "simulate_prospects",
    "size_ends",
    "size_groups",
    "standing_match",
    "whale_curve",
    "worth_over_years",
]
