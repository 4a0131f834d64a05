r"""Grasp the big: what a principle is worth when a key account asks for more.

"Do not lose principle because a customer is big." A key account asks for a better
price. Each concession is permanent, teaches the account to ask for more next time,
and other accounts hear of it. Each refusal may drive the account to a rival. The firm
chooses one number: the share of what is asked that it grants.

**The model.** Account :math:`i` asks in year :math:`t` with probability
:math:`q_t`, for a step :math:`a_{it}` (points of price). The firm grants the share
:math:`g` (``concede``):

.. math::

   \text{margin}_{it} &= \text{margin} - \textstyle\sum_{s \le t} g\,a_{is} \\
   a_{i,t+1} &= a_{it}\,(1 + \text{learning}\cdot g) \quad\text{after a year with an ask} \\
   q_{t+1} &= \text{asking} + (1 - \text{asking})\,\text{leak}\; g\, q_t \\
   P(\text{leave after } t) &= 1 - (1-\text{churn})\,
       \exp\!\left[-\big((1-g)\,a_{it}/\text{tolerance}\big)^2\right]

A small refusal is forgiven and a large one is not (the square), so refusing is not
free; and what is granted is paid every year and raises the next ask, so granting is
not free either. Between the two lies a best share.

**The estimand.** Cumulative profit per account the firm started with, as a function
of the principle ``concede``, all else and all luck the same.

**What the naive answer gets wrong.** The account manager compares this year's
concession with losing the account, and gives in: each single ask is smaller than the
profit at stake. He leaves out that the discount stays, that the next ask is larger,
and that others hear. At the defaults conceding everything keeps more accounts than
any other principle and earns the least; the average account turns into a burden
within the horizon (:func:`burden_year`).

**Simplified for teaching.** One principle for all accounts and years, revenue does
not grow, a lost account is not replaced, no discounting of money, and what others
hear is the expected share of accounts that were granted something, not a network.
All sizes are teaching values; the course states the direction only. That the largest
accounts are among the least profitable for such reasons is Kaplan & Narayanan's
(2001) observation.

References
----------
Kaplan, R. S. & Narayanan, V. G. (2001). Measuring and managing customer
profitability. *Journal of Cost Management* 15(5), 5-15.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cvm.inputs import need_columns, whole_number
from cvm.levers import Levers, assumption, lever, needs_world
from cvm.luck import Luck, bernoulli
from cvm.words import N_

__all__ = ["PRINCIPLES", "KeyAccount", "burden_year", "compare_principles", "simulate_concessions"]

#: The longest horizon; luck is drawn for all of it, so a longer look keeps the first years.
HORIZON = 15
#: The firm's principles by name: the share of what is asked that is granted.
PRINCIPLES = {"hold": 0.0, "half": 0.5, "all": 1.0}
#: Shape of the gamma that spreads revenue over key accounts.
SIZES = 2.0

Floats = NDArray[np.float64]


class KeyAccount(Levers):
    """Key accounts that ask for more, and a firm with or without a principle."""

    concede: float = lever(
        0.5, low=0, high=1, unit="share",
        meaning=N_("Share of what a key account asks that the firm grants (0: hold, 1: concede all)"),
    )  # fmt: skip
    years: int = lever(
        8, low=2, high=HORIZON, unit=N_("years"), meaning=N_("How far ahead to look")
    )
    first_ask: float = assumption(
        0.02, low=0, high=0.1, unit="share",
        meaning=N_("First ask of an account, as a share of its price"),
    )  # fmt: skip
    asking: float = assumption(
        0.6, low=0, high=1, unit="share",
        meaning=N_("Accounts that ask in a year of their own accord"),
    )  # fmt: skip
    learning: float = assumption(
        0.3, low=0, high=1, unit="share",
        meaning=N_("How much larger the next ask is after one that was granted in full"),
    )  # fmt: skip
    leak: float = assumption(
        0.5, low=0, high=1, unit="share",
        meaning=N_("How far others hear of a concession: share of the quiet accounts that ask after all did"),
    )  # fmt: skip
    tolerance: float = assumption(
        0.035, low=0.005, high=0.2, unit="share",
        meaning=N_("Refused ask (share of price) that drives 63 % of accounts away"),
    )  # fmt: skip
    churn: float = assumption(
        0.05,
        low=0,
        high=0.5,
        unit="share",
        meaning=N_("Accounts lost in a year without any refusal"),
    )
    margin: float = assumption(
        0.2, low=0.02, high=0.8, unit="share",
        meaning=N_("Margin after cost to serve, before any concession"),
    )  # fmt: skip
    revenue: float = assumption(
        500.0, low=10, high=10_000, unit=N_("thousand yuan"),
        meaning=N_("Yearly revenue of the average key account"),
    )  # fmt: skip


@needs_world
def simulate_concessions(world: KeyAccount, *, n: int, seed: int) -> pd.DataFrame:
    """Simulate key accounts that ask for more, year by year.

    Parameters
    ----------
    world : KeyAccount
        Levers and assumptions.
    n : int
        Key accounts at the start.
    seed : int
        The luck; the same seed meets the same accounts under any principle.

    Returns
    -------
    DataFrame
        One row a year: ``year`` (1, 2, ...), ``staying`` (share of the first accounts
        served in the year), ``asking`` (share of those that asked), ``discount`` and
        ``margin`` (mean share of price granted so far and left, of those served),
        ``burdens`` (share of those served that lose money), ``profit`` and
        ``cumulative_profit`` (thousand yuan per account the firm started with).
    """
    n = whole_number(n, name="n")
    size, u_ask, u_stay = _draws(n, Luck(seed).seed)
    revenue = size * (world.revenue / SIZES)
    here, discount = np.ones(n, bool), np.zeros(n)
    step = np.full(n, world.first_ask)
    asking, rows = world.asking, []
    for year in range(world.years):
        asks = bernoulli(u_ask[year], asking)
        discount = discount + world.concede * step * asks
        rows.append({"year": year + 1} | _served(world, here, asks, discount, revenue))
        here = here & bernoulli(u_stay[year], _stay(world, step * asks))
        step = np.where(asks, step * (1 + world.learning * world.concede), step)
        asking = world.asking + (1 - world.asking) * world.leak * world.concede * asking
    years = pd.DataFrame(rows)
    years["cumulative_profit"] = years["profit"].cumsum()
    return years


@needs_world
def compare_principles(world: KeyAccount, *, n: int, seed: int) -> pd.DataFrame:
    """Simulate the same accounts under each of the three principles.

    Parameters
    ----------
    world : KeyAccount
        Everything but ``concede``, which is set to 0, 0.5 and 1 in turn.
    n, seed : int
        As in :func:`simulate_concessions`; all three meet the same luck.

    Returns
    -------
    DataFrame
        The yearly rows of :func:`simulate_concessions` under a first column
        ``principle``: "hold", "half", "all".
    """
    parts = [
        simulate_concessions(world.replace(concede=share), n=n, seed=seed).assign(principle=name)
        for name, share in PRINCIPLES.items()
    ]
    stacked = pd.concat(parts, ignore_index=True)
    return stacked[["principle", *stacked.columns.drop("principle")]]


def burden_year(years: pd.DataFrame) -> int | None:
    """Tell the first year in which the average account left earns nothing.

    Parameters
    ----------
    years : DataFrame
        From :func:`simulate_concessions`.

    Returns
    -------
    int or None
        The year, or None if it does not come within the years looked at.
    """
    need_columns(years, ("year", "margin"))
    lost = years.loc[years["margin"] <= 0, "year"]
    return None if lost.empty else int(lost.min())


# A what-if moves a lever and meets the same accounts: no need to draw them again.
@lru_cache(maxsize=2)
def _draws(n: int, seed: int) -> tuple[Floats, Floats, Floats]:
    """Give the accounts' sizes, and two uniforms a year, of shape (years, n)."""
    luck = Luck(seed)
    size = luck.gamma("revenue", n, shape=SIZES)
    ask, stay = (np.ascontiguousarray(luck.uniform(name, n, HORIZON).T) for name in ("ask", "stay"))
    for draw in (size, ask, stay):
        draw.flags.writeable = False
    return size, ask, stay


def _stay(world: KeyAccount, asked: Floats) -> Floats:
    refused = (1 - world.concede) * asked / world.tolerance
    return (1 - world.churn) * np.exp(-(refused**2))


def _served(
    world: KeyAccount,
    here: NDArray[np.bool_],
    asks: NDArray[np.bool_],
    discount: Floats,
    revenue: Floats,
) -> dict[str, float]:
    """Sum a year up over the accounts served; the means of nobody are unknown."""
    margin = world.margin - discount
    columns = {"asking": asks, "discount": discount, "margin": margin, "burdens": margin <= 0}
    there = np.flatnonzero(here)
    means = {k: float(v.take(there).mean()) if len(there) else np.nan for k, v in columns.items()}
    profit = float((margin * revenue * here).mean())
    return {"staying": float(here.mean())} | means | {"profit": profit}
