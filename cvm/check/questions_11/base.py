"""The data of chapter 11's exercise."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cvm import clv
from cvm.clv.simulation import geometric
from cvm.luck import Luck, poisson

__all__ = ["AHEAD", "LATE", "draw"]

#: Customers of the shop and of the contract; renewals seen, and the one asked for.
SHOP, COHORT, SEEN, LATE = 1500, 2000, 4, 10
#: Weeks ahead.
AHEAD = 52


def draw(seed: int) -> dict[str, Any]:
    """Draw a business customer, a cohort of contracts, a shop's customers, a developer.

    Parameters
    ----------
    seed : int
        From the student's name.

    Returns
    -------
    dict
        ``margin``, ``retention``, ``interest``, ``acquisition`` of a business customer;
        ``survivors`` of a cohort (start and four renewals); ``shop`` (one row a customer:
        summary, ``revenue`` so far, ``later`` revenue); ``purchases``, ``share`` (margin),
        ``months``, ``leaving``, ``referrals``, ``referred_value``, ``owed`` of the developer.
    """
    a, b, c, d, e, f = Luck(seed).uniform("choices", 1, 6)[0]
    contract = {"alpha": round(0.5 + 0.3 * a, 2), "beta": round(1.2 + 0.8 * b, 2)}
    return {
        "margin": 400.0 + 20 * int(20 * a),
        "retention": round(0.82 + 0.01 * int(10 * b), 2),
        "interest": round(0.08 + 0.01 * int(5 * c), 2),
        "acquisition": 500.0 + 50 * int(10 * d),
        "survivors": _survivors(contract, seed),
        "shop": _shop(round(0.35 + 0.2 * c, 2), round(0.7 + 0.3 * d, 2), seed),
        "purchases": 1_600_000.0 + 100_000 * int(9 * e),
        "share": round(0.1 + 0.01 * int(6 * f), 2),
        "months": 18 + int(13 * a),
        "leaving": round(0.01 + 0.005 * int(5 * b), 3),
        "referrals": 1.0 + 0.5 * int(5 * c),
        "referred_value": 400_000.0 + 50_000 * int(9 * d),
        "owed": round(0.3 + 0.05 * int(8 * e), 2),
    }


def _survivors(params: dict[str, float], seed: int) -> pd.Series:
    lives = clv.simulate("shifted_beta_geometric", params, n=COHORT, T=SEEN, seed=seed)
    still = [int(((lives["T"] > k) | ~lives["left"]).sum()) for k in range(1, SEEN + 1)]
    return pd.Series(
        [COHORT, *still], index=pd.RangeIndex(SEEN + 1, name="renewal"), name="customers"
    )


def _shop(r: float, a: float, seed: int) -> pd.DataFrame:
    """Let customers come over two years, buy, and drop out; and see the year after."""
    ages = 4 + 100 * (np.arange(SHOP) + 0.5) / SHOP
    params = {"r": r, "alpha": 10 * r, "a": a, "b": 2.5}
    table = clv.simulate("bg_nbd", params, n=SHOP, T=ages.round(1), seed=seed)
    table = clv.simulate_spend({"p": 6.0, "q": 4.0, "v": 900.0}, table, seed=seed)
    luck = Luck(seed)
    wanted = poisson(luck.uniform("later purchases", SHOP), table["true_rate"] * AHEAD)
    left = geometric(luck.uniform("later life", SHOP), table["true_drop"].to_numpy())
    bought = np.where(table["true_alive"], np.minimum(wanted, left), 0)
    first = table["true_spend"] * luck.gamma("first purchase", SHOP, shape=6.0) / 6
    shop = table.assign(
        revenue=table["frequency"] * table["monetary_value"] + first,
        later=bought * table["true_spend"],
    )
    rounded = {"recency": 2, "monetary_value": 2, "revenue": 2, "later": 2}
    return shop.assign(recency=np.minimum(shop["recency"].round(2), shop["T"])).round(rounded)
