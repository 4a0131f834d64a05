"""The data of the exercise: three offers, prospects on a ladder, customers in two directions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cvm.check.data import Data
from cvm.knowing import NAMES, PARTS, RIVALS, Rivalry, market_offers
from cvm.lifecycle import Ladder, ladder_matrix, ladder_profit, simulate_ladder
from cvm.luck import Luck
from cvm.value import BENEFITS, Offer

__all__ = ["HALF", "draw", "sides"]

#: Prospects followed, and customers with an answer.
PROSPECTS, CUSTOMERS = 600, 400
#: How much quality counts against price in the value map.
HALF = 0.5


def draw(seed: int) -> dict[str, Any]:
    """Draw the offers, the ladder and the customers.

    Parameters
    ----------
    seed : int
        From the student's name.

    Returns
    -------
    dict
        ``offers`` (one row a part: ``part``, ``side``, ``weight`` and a column a firm),
        ``ratings`` (business customers, one row a firm: ``price`` and four benefits, then the
        weights),
        ``reach`` (by firm, log-odds), ``sensitivity`` (log-odds a point), ``step`` (points of
        waiting); ``panel`` (``customer``, ``month``, ``state``), ``profit`` (a month, by state),
        ``interest`` (a month); ``customers`` (``profit``, ``loyalty``), ``value_cut``,
        ``loyalty_cut``; and ``true_moves``, the matrix behind the panel.
    """
    luck = Luck(seed)
    world, offers = _rivalry(luck)
    ladder = _ladder(luck)
    customers = _customers(luck)
    return {
        "offers": _offers(offers, world),
        "ratings": _ratings(world, luck),
        "reach": pd.Series([o.presence for o in offers], index=list(NAMES), name="reach"),
        "sensitivity": world.sensitivity,
        "step": 1.5,
        "panel": simulate_ladder(ladder, n=PROSPECTS, seed=seed, months=36),
        "profit": pd.Series(ladder_profit(ladder), name="profit"),
        "interest": ladder.discount,
        "customers": customers,
        "value_cut": round(float(customers["profit"].median()), 1),
        "loyalty_cut": 4,
        "true_moves": ladder_matrix(ladder),
    }


def sides(data: Data) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give the benefits and the costs of the three offers."""
    table = data.offers
    return table[table["side"] == "benefit"], table[table["side"] == "cost"]


def _rivalry(luck: Luck) -> tuple[Rivalry, tuple[Offer, ...]]:
    u = luck.uniform("offers", 1, 6)[0]
    world = Rivalry(
        service=round(5.5 + 2 * u[0], 1), time=round(3.5 + 2 * u[1], 1),
        product=round(7.5 + u[2], 1), image=round(5.5 + 1.5 * u[3], 1),
        presence=round(-0.7 + 0.4 * u[4], 1), sensitivity=round(0.6 + 0.6 * u[5], 2),
    )  # fmt: skip
    return world, (market_offers(world)[0], *RIVALS)


def _offers(offers: tuple[Offer, ...], world: Rivalry) -> pd.DataFrame:
    weights = [*world.benefit_weights(), *world.cost_weights()]
    side = ["benefit"] * 4 + ["cost"] * 4
    table = pd.DataFrame({"part": PARTS, "side": side, "weight": np.round(weights, 4)})
    scores = {
        name: [getattr(offer, part) for part in PARTS]
        for name, offer in zip(NAMES, offers, strict=True)
    }
    return table.assign(**scores)


def _ratings(world: Rivalry, luck: Luck) -> pd.DataFrame:
    """Business customers: Yunhe is cheap there, with a fine product and slow service."""
    u = luck.uniform("ratings", 1, 4)[0]
    own = [8.6 + u[0], 4.6 + u[1], 6.0, 5.0 + u[2]]
    scores = np.round([own, [6.0, 6.5, 6.5, 6.0], [7.0, 7.5, 7.5, 8.5]], 1)
    table = pd.DataFrame(scores, columns=list(BENEFITS))
    table.insert(0, "firm", list(NAMES))
    table.insert(1, "price", np.round([110 + 20 * u[3], 170, 260]))
    weights = dict(zip(BENEFITS, world.benefit_weights(), strict=True))
    return pd.concat([table, pd.DataFrame([{"firm": "weight", **weights}])], ignore_index=True)


def _ladder(luck: Luck) -> Ladder:
    u = luck.uniform("ladder", 1, 5)[0]
    return Ladder(
        win=round(0.08 + 0.06 * u[0], 3), second=round(0.2 + 0.1 * u[1], 3),
        inspire=round(0.05 + 0.03 * u[2], 3), courting=round(1.0 + 2 * u[3], 1),
        profit_client=round(12 + 8 * u[4], 1),
    )  # fmt: skip


def _customers(luck: Luck) -> pd.DataFrame:
    """Profit and loyalty that go together weakly, as in the chapter."""
    liking = luck.normal("liking", CUSTOMERS)
    size = luck.gamma("size", CUSTOMERS, shape=1.2) * 18
    answer = np.round(3.2 + 0.8 * liking + 0.4 * luck.normal("answer", CUSTOMERS))
    return pd.DataFrame(
        {
            "customer": np.arange(1, CUSTOMERS + 1),
            "profit": np.round(size + 4 * liking, 1),
            "loyalty": np.clip(answer, 1, 5).astype(int),
        }
    )
