"""The data of the exercise: a plan, one channel's steps, referrals, a pair of channels, newcomers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cvm.acquisition import (
    CHANNELS,
    Channel,
    Newcomers,
    customers_won,
    funnel,
    simulate_acquisition,
)
from cvm.luck import Luck, poisson

__all__ = ["STEP", "draw", "pair_of"]

#: Customers asked whom they brought, customers followed for a year.
TOLD, FOLLOWED = 800, 12_000
#: Yuan between two steps of the trial with one channel.
STEP = 20_000.0
PLAN = ("door to door", "introductions", "telephone", "web", "more shops", "advertising")
#: What makes a channel, but for what is spent on it and who gets the credit.
NEEDED = ["reach", "scale", "interest", "offer", "buy", "retention", "margin", "refer"]


def draw(seed: int) -> dict[str, Any]:
    """Draw last month's plan, a channel tried at six budgets, referrals, a pair, and newcomers.

    Parameters
    ----------
    seed : int
        From the student's name.

    Returns
    -------
    dict
        ``plan`` (one row a channel: spend, reached, won); ``steps`` (telephone, tried with
        more and more money) and ``today`` (yuan spent on it now); ``told`` (customers and how
        many each ``brought``); ``margin`` (yuan a year), ``retention`` and ``discount``;
        ``pair`` (two channels in numbers) and ``budget`` (yuan for both); ``customers`` (how
        they came, what was known, whether they stayed).
    """
    a, b, c, d, e = Luck(seed).uniform("choices", 1, 5)[0]
    phone = Channel(
        reach=10_000 + 100 * int(40 * a), scale=50_000 + 1_000 * int(20 * b), interest=0.08, buy=0.3,
        mode="push",
    )  # fmt: skip
    world = Newcomers(
        selection=round(0.65 + 0.1 * c, 2), push_risk=round(1.4 + 0.2 * d, 2), seen=0.5, nudge=1.6
    )
    return {
        "plan": _plan(seed),
        "steps": _steps(phone),
        "today": STEP * (2 + int(2 * e)),
        "told": _told(seed, 0.25 + 0.2 * b),
        "margin": 240.0 + 10 * int(12 * c),
        "retention": round(0.7 + 0.15 * d, 2),
        "discount": 0.1,
        "pair": _pair(a, d),
        "budget": 60_000.0 + 5_000 * int(8 * c),
        "customers": simulate_acquisition(world, n=FOLLOWED, seed=seed),
    }


def pair_of(table: pd.DataFrame) -> dict[str, Channel]:
    """Make channels of a table with their numbers."""
    return {
        str(row["channel"]): Channel(**{name: row[name] for name in NEEDED})
        for row in table.to_dict("records")
    }


def _plan(seed: int) -> pd.DataFrame:
    # Of like size, so that the mean of the channels' costs lies above the cost of all.
    spend = 40_000.0 + 5_000 * np.floor(5 * Luck(seed).uniform("plan", len(PLAN)))
    chosen = {name: CHANNELS[name].replace(spend=x) for name, x in zip(PLAN, spend, strict=True)}
    return funnel(chosen)[["channel", "spend", "reached", "won"]].round(1)


def _steps(phone: Channel) -> pd.DataFrame:
    money = STEP * np.arange(6)
    return pd.DataFrame({"spend": money, "won": customers_won(money, phone).round(2)})


def _told(seed: int, refer: float) -> pd.DataFrame:
    brought = poisson(Luck(seed).uniform("brought", TOLD), refer)
    return pd.DataFrame({"customer": np.arange(1, TOLD + 1), "brought": brought})


def _pair(a: float, d: float) -> pd.DataFrame:
    """A channel that wins cheaply and keeps badly, and one the other way round."""
    calls = Channel(
        reach=12_000, scale=40_000 + 1_000 * int(10 * a), interest=0.1, buy=0.35, retention=0.58,
        refer=0.0,
    )  # fmt: skip
    friends = Channel(
        reach=1_800, scale=50_000 + 1_000 * int(15 * d), interest=0.3, offer=0.6, buy=0.5,
        retention=0.82, refer=0.2,
    )  # fmt: skip
    rows = [{"channel": name} | {k: getattr(item, k) for k in NEEDED}
            for name, item in (("calls", calls), ("friends", friends))]  # fmt: skip
    return pd.DataFrame(rows)
