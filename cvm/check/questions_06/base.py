"""The data of the exercise: a customer base, its log, and a rewards programme.

Two years of Yunhe Telecom's customers (:mod:`cvm.tiering.accounts`), small enough to
look at. The base has no drift: no customer changes, so whatever moves between the
years is chance. The threshold of the programme (:mod:`cvm.tiering.rewards`) was not
announced, so that nobody aims at it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cvm.luck import Luck
from cvm.tiering import Accounts, Rewards, simulate_accounts, simulate_rewards

__all__ = ["N", "draw"]

#: Customers in the base and in the programme.
N, MEMBERS = 500, 6000
#: The day the log is summed up as of; the log itself runs on to the end of the year.
AS_OF = pd.Timestamp("2026-09-30")
PRODUCTS = ("plan", "data", "device")


def draw(seed: int) -> dict[str, Any]:
    """Draw the customer base, its log, and the rewards programme.

    Parameters
    ----------
    seed : int
        From the student's name.

    Returns
    -------
    dict
        ``customers``, ``transactions`` (one row a line of an order), ``years``
        (spending by customer and year), ``rewards``; ``as_of``, ``threshold``
        (points), and for the service budget ``value`` (yuan a year), ``reach`` and
        ``scale`` (shares of it).
    """
    luck = Luck(seed)
    accounts = simulate_accounts(Accounts(months=24), n=N, seed=seed)
    threshold, value, reach, scale = luck.uniform("choices", 1, 4)[0]
    cutoff = 8 + int(threshold * 5)
    rewards = Rewards(threshold=cutoff, announced=False)
    return {
        "customers": accounts.customers.round(2),
        "transactions": _lines(accounts.transactions, luck),
        "years": _by_year(accounts.transactions),
        "rewards": simulate_rewards(rewards, n=MEMBERS, seed=seed).round(2),
        "as_of": AS_OF,
        "threshold": cutoff,
        "value": 600.0 + 50 * int(value * 13),
        "reach": (20 + int(reach * 11)) / 100,
        "scale": (5 + int(scale * 4)) / 100,
    }


def _lines(purchases: pd.DataFrame, luck: Luck) -> pd.DataFrame:
    """Make one to three lines of each purchase, as a billing system writes them."""
    count = 1 + np.searchsorted([0.6, 0.9], luck.uniform("lines", len(purchases)))
    lines = purchases.loc[purchases.index.repeat(count)]
    place = lines.groupby(level=0).cumcount().to_numpy()
    return pd.DataFrame(
        {
            "customer": lines["customer"].to_numpy(),
            "order": lines.index.to_numpy() + 1,
            "date": lines["date"].to_numpy(),
            "product": np.take(PRODUCTS, place),
            "amount": np.round(lines["amount"].to_numpy() / np.repeat(count, count), 2),
        }
    )


def _by_year(purchases: pd.DataFrame) -> pd.DataFrame:
    """Sum up spending by customer and year; who bought in neither is left out."""
    years = purchases["date"].dt.year
    wide = purchases.pivot_table(
        index="customer", columns=years, values="amount", aggfunc="sum", fill_value=0.0
    )
    wide.columns = pd.Index(["first_year", "second_year"])
    return wide.round(2).reset_index()
