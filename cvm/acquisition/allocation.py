r"""Where the next yuan goes: the budget over channels.

Spending :math:`x_k` on channel :math:`k` brings value :math:`V_k\,w_k(x_k)`
(:mod:`cvm.acquisition.funnel`). The best split of a budget :math:`B` makes value less spending
largest; at it every funded channel returns the same for its next yuan,

.. math:: V_k\,w_k'(x_k) = \frac{V_k}{c_{0k}}\,e^{-x_k/a_k} = 1 + \mu,

and one whose first yuan returns less gets nothing. :math:`\mu` is the **shadow price**: what one
more yuan of budget would earn beyond itself. Where it is 0 money is left, and should be. The
root in :math:`\mu` is the one :func:`cvm.tiering.budget.pour` finds for service.

**The estimand.** The split, what it earns, and the shadow price.

**What the naive answers get wrong**, each found in practice:

* *equal split*: everybody gets the same;
* *by average cost*: in proportion to customers won per yuan so far. It takes the average for
  the next, and a customer for a customer, whatever it is worth;
* *by last touch*: the same, with the credit where people signed up. It feeds the channels that
  harvest and starves those that sow.

With today's spending as the record, and 400,000 yuan, the best split earns 937,000 beyond
what it costs; by average cost it is 638,000, split equally 597,000, by last touch 596,000, and as
today 207,000 (:class:`AcquisitionBudget` says it for any channels). The best split does not win
the most customers: it wins those worth winning.

**Simplified for teaching.** Channels do not help each other: the best split knows no
``handed``, because who signs up where changes nothing of what was won.

**Where it comes from.** The multiplier method: Everett (1963). That last touch misleads: Li &
Kannan (2014). At second hand.

References
----------
Everett, H. (1963). Generalized Lagrange multiplier method for solving problems of optimum
allocation of resources. *Operations Research* 11(3), 399-417.
Li, H. & Kannan, P. K. (2014). Attributing conversions in a multichannel online marketing
environment. *Journal of Marketing Research* 51(1), 40-56.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cvm.acquisition.channels import Channel, checked
from cvm.acquisition.funnel import customers_won, funnel
from cvm.inputs import real_number
from cvm.levers import Levers, assumption, lever, needs_world
from cvm.results import Result, number
from cvm.tiering.budget import pour
from cvm.words import N_, _

__all__ = ["RULES", "AcquisitionBudget", "Launch", "allocate", "launch_channels"]

Floats = NDArray[np.float64]

#: Ways to split a budget: the best, three that are common, and what is done today.
RULES = {
    "best": N_("equal marginal value"),
    "average": N_("by average cost"),
    "touch": N_("by last touch"),
    "equal": N_("equal split"),
    "today": N_("as today"),
}


class Launch(Levers):
    """A launch over all channels, and what may be different from what we assume of them."""

    budget: float = lever(
        400_000.0, low=0, high=1_500_000, step=25_000, unit=N_("yuan a month"),
        meaning=N_("What may be spent on winning customers"),
    )  # fmt: skip
    crowding: float = assumption(
        1.0, low=0.4, high=2.5, step=0.1,
        meaning=N_("How much sooner channels are exhausted than assumed"),
    )  # fmt: skip
    push_risk: float = assumption(
        1.0, low=0.5, high=2, step=0.1,
        meaning=N_("How much readier customers of selling leave than assumed"),
    )  # fmt: skip
    referrals: float = assumption(
        1.0,
        low=0,
        high=2,
        step=0.1,
        meaning=N_("How many more others customers bring than assumed"),
    )
    discount: float = assumption(
        0.1, low=0.02, high=0.5, unit="share", meaning=N_("Discount rate, a year")
    )


@needs_world
def launch_channels(
    world: Launch, channels: Mapping[str, Channel] | None = None
) -> dict[str, Channel]:
    """Give the channels as a launch assumes them.

    Parameters
    ----------
    world : Launch
        Uses ``crowding``, ``push_risk`` and ``referrals``.
    channels : mapping of str to Channel, optional
        To start from; :data:`cvm.acquisition.CHANNELS` without it.

    Returns
    -------
    dict of str to Channel
        Reach and what the first customer costs stay as they are when crowding moves: half the
        scale at the same first cost is half the people.

    Raises
    ------
    CvmError
        If the launch or a channel is none.
    """
    return {name: _assumed(item, world) for name, item in checked(channels).items()}


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class AcquisitionBudget(Result):
    """A budget split over channels, by the best rule and by the usual ones.

    Parameters
    ----------
    budget : float
        What may be spent, yuan a month.
    spent : float
        What the best split spends; less than the budget where more would not pay.
    shadow_price : float
        What one more yuan would earn beyond itself; zero if budget is left.
    rules : DataFrame
        One row a rule: ``rule``, ``spent``, ``won`` (customers), ``value``, ``gain`` (value
        less spending), ``average_cost``, ``lost`` (gain below the best).
    channels : DataFrame
        One row a channel: ``channel``, ``mode``, ``best``, ``average``, ``touch``, ``equal``,
        ``today`` (yuan by each rule), ``won`` and ``next_value_per_yuan`` (at the best split).
    """

    budget: float
    spent: float
    shadow_price: float
    rules: pd.DataFrame
    channels: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Give one row a channel."""
        return self.channels.copy()

    def sentence(self) -> str:
        """Say what the best split earns, what the usual ones lose, and the shadow price."""
        gain, lost = (self.rules.set_index("rule")[name] for name in ("gain", "lost"))
        text = _(
            "The best split of {budget} earns {gain} beyond what it costs; by average cost it "
            "would be {average} less, by last touch {touch} less, split equally {equal} less.",
            budget=number(self.budget, "yuan"), gain=number(gain["best"], "yuan"),
            average=number(lost["average"]), touch=number(lost["touch"]),
            equal=number(lost["equal"]),
        )  # fmt: skip
        if self.shadow_price > 0:
            return text + _(
                " The next yuan would earn {price} beyond itself.", price=number(self.shadow_price)
            )
        return text + _(
            " {left} is best left unspent: the next yuan would not come back.",
            left=number(self.budget - self.spent, "yuan"),
        )


def allocate(
    channels: Mapping[str, Channel] | None = None, *, budget: float, discount: float = 0.1
) -> AcquisitionBudget:
    """Split a budget over channels so that the next yuan brings the same everywhere.

    Parameters
    ----------
    channels : mapping of str to Channel, optional
        By name; :data:`cvm.acquisition.CHANNELS` without it. What is spent on them today is
        the record that the usual rules go by; it need not add up to the budget.
    budget : float
        Yuan a month, 0 or more.
    discount : float
        Rate a year, above 0.

    Returns
    -------
    AcquisitionBudget

    Raises
    ------
    CvmError
        For a budget below zero or without end, or channels that are none.
    """
    chosen = checked(channels)
    real_number(budget, name="budget", least=0, example=400_000)
    record = funnel(chosen, discount=discount)
    scale = np.array([item.scale for item in chosen.values()])
    at_zero = funnel(launched(chosen, np.zeros(len(chosen))), discount=discount)
    first = at_zero["value_per_yuan"].to_numpy()
    price, best = pour(first=first, depth=scale, budget=budget)
    splits = {"best": best} | _usual(record, chosen, budget)
    rules = pd.DataFrame([_earned(n, x, chosen, record["value"]) for n, x in splits.items()])
    table = record[["channel", "mode"]].assign(**splits)
    table["won"] = [float(customers_won(x, item)) for x, item in zip(best, chosen.values(), strict=True)]  # fmt: skip
    table["next_value_per_yuan"] = first * np.exp(-best / scale)
    return AcquisitionBudget(
        budget=float(budget), spent=float(best.sum()), shadow_price=price,
        rules=rules.assign(lost=rules["gain"].iloc[0] - rules["gain"]), channels=table,
    )  # fmt: skip


def launched(channels: Mapping[str, Channel], spend: Floats) -> dict[str, Channel]:
    """Give the channels with other spending."""
    return {
        name: item.replace(spend=float(x))
        for (name, item), x in zip(channels.items(), spend, strict=True)
    }


def _usual(
    record: pd.DataFrame, channels: Mapping[str, Channel], budget: float
) -> dict[str, Floats]:
    spend = record["spend"].to_numpy()
    won = 1 / record["average_cost"].to_numpy()  # a yuan, also where nothing was spent
    kept = np.array([1 - item.handed for item in channels.values()])
    # A yuan's customers, less those handed on, and a part of what all others hand on.
    touched = record["credited"].to_numpy()
    credit = np.divide(touched, spend, out=won * kept, where=(spend > 0) & (touched > 0))
    k = len(spend)
    return {
        "average": budget * won / won.sum(), "touch": budget * credit / credit.sum(),
        "equal": np.full(k, budget / k), "today": spend,
    }  # fmt: skip


def _earned(
    rule: str, spend: Floats, channels: Mapping[str, Channel], value: pd.Series
) -> dict[str, object]:
    won = np.array([float(customers_won(x, c)) for x, c in zip(spend, channels.values(), strict=True)])  # fmt: skip
    worth, spent = float((won * value).sum()), float(spend.sum())
    cost = spent / won.sum() if won.sum() else float("nan")
    return {"rule": rule, "spent": spent, "won": float(won.sum()), "value": worth,
            "gain": worth - spent, "average_cost": cost}  # fmt: skip


def _assumed(item: Channel, world: Launch) -> Channel:
    risk = world.push_risk if item.mode == "push" else 1.0
    return item.replace(
        scale=float(np.clip(item.scale / world.crowding, 1_000, 400_000)),
        reach=float(np.clip(item.reach / world.crowding, 100, 60_000)),
        retention=float(np.clip(item.retention**risk, 0.2, 0.97)),
        refer=float(min(item.refer * world.referrals, 0.8)),
    )
