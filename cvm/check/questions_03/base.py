"""The data of chapter 03's exercise."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cvm.luck import Luck
from cvm.selection import (
    Business,
    Portfolio,
    Prospects,
    portfolio_accounts,
    simulate_accounts,
    simulate_pilot,
    simulate_prospects,
)
from cvm.selection.whale import PARTS

__all__ = ["COSTS", "MANY", "draw"]

#: Accounts in the book, firms in the market, prospects in the pilot.
BOOK, FIRMS, PILOT = 1500, 4000, 500
#: How many count as the largest.
MANY = 20
#: The columns that stand between revenue and profit.
COSTS = PARTS
NAMES = ("harbour", "hospital", "retailer", "machine works", "schools")


def draw(seed: int) -> dict[str, Any]:
    """Draw the book of accounts, five candidates, customers and a pilot, and a portfolio.

    Parameters
    ----------
    seed : int
        From the student's name.

    Returns
    -------
    dict
        ``accounts`` (a year's book, without the profit), ``candidates`` (five firms that
        could be won), ``customers`` and ``pilot`` (traits, and who was loyal), ``portfolio``
        (twelve big accounts) and its ``correlation``.
    """
    a, b, c, d, e = Luck(seed).uniform("choices", 1, 5)[0]
    world = Business(discount_ceiling=round(0.26 + 0.05 * a, 2), account_cost=1.0)
    book = simulate_accounts(world, n=BOOK, seed=seed)
    market = Prospects(drawn=round(0.9 + 0.4 * b, 1), kept=round(0.9 + 0.4 * c, 1))
    firms = simulate_prospects(market, n=FIRMS, seed=seed)
    traits = ["firm", "size", "digital", "growing", "distance", "loyal"]
    big = Portfolio(accounts=12, concessions=0.2, size_spread=round(0.6 + 0.5 * d, 1))
    return {
        "accounts": book[["customer", "revenue", *COSTS]].round(3),
        "candidates": _candidates(seed, e),
        "customers": firms[firms["customer"]][traits].reset_index(drop=True).round(4),
        "pilot": simulate_pilot(firms, n=PILOT, seed=seed)[traits].round(4),
        "portfolio": portfolio_accounts(big, seed=seed).round(3),
        "correlation": round(0.25 + 0.01 * int(20 * e), 2),
    }


def _candidates(seed: int, e: float) -> pd.DataFrame:
    """Make five firms whose order by size, by books and by expectation all differ."""
    scale = 0.8 + 0.4 * e
    revenue = scale * np.array([2400.0, 1500, 900, 500, 300])
    profit = scale * np.array([180.0, 150, 160, 90, 60])
    table = pd.DataFrame({
        "revenue": revenue.round(1), "profit": profit.round(1),
        "default": [0.08, 0.06, 0.02, 0.02, 0.01], "defection": [0.40, 0.15, 0.38, 0.08, 0.05],
        "loss_if_default": (0.2 * revenue).round(1), "loss_if_left": (0.1 * revenue).round(1),
    })  # fmt: skip
    # The names are dealt out, so that no two students' lists need be alike.
    dealt = np.argsort(Luck(seed).uniform("names", len(NAMES)))
    table.insert(0, "firm", [NAMES[i] for i in dealt])
    return table.sort_values("firm", ignore_index=True)
