r"""Winning customers (客户的开发): two leads, and the order in which channels come in.

The course knows two leads. **Marketing-led** winning attracts, **selling-led** winning finds and
persuades (:mod:`cvm.acquisition.channels`). A firm may take one lead, or both. Two questions
follow, each answered exactly from the budget of :mod:`cvm.acquisition.allocation`.

**1. What does one lead alone earn?** The same budget, best split over the channels of one lead
only, and over all (:func:`compare_leads`). All can never earn less than one lead alone, and where
channels are exhausted one by one it earns much more.

**2. Which channel comes next?** While the budget grows, the next yuan goes where it returns most,
and channels come in one after the other. Channel :math:`k`, whose first yuan returns :math:`f_k`,
comes in when the next yuan elsewhere has fallen to that, at a budget of

.. math:: B_k = \sum_{j:\, f_j > f_k} a_j \ln\frac{f_j}{f_k},

:math:`a_j` the scale of channel :math:`j` (:func:`order_of_entry`). A channel with
:math:`f_k \le 1` never comes in: its first yuan does not come back.

**The estimands.** Value less spending by lead; the budget at which each channel begins.

**What the naive answer gets wrong.** "Marketing or selling?" takes the two for rivals. With
400,000 yuan a month marketing alone earns 395,000, selling alone 741,000, and both 937,000:
the best of each lead stands before the worst of the other.

**Where it comes from.** The two leads and the fourteen ways: the course. The solution: Everett
(1963), at second hand, as in :mod:`cvm.acquisition.allocation`. Every number of a channel is for
teaching.

References
----------
Everett, H. (1963). Generalized Lagrange multiplier method for solving problems of optimum
allocation of resources. *Operations Research* 11(3), 399-417.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from cvm.acquisition import ATTRACTIONS, CHANNELS, WAYS, Channel, allocate, funnel
from cvm.errors import CvmError
from cvm.words import N_, _

__all__ = ["LEADS", "compare_leads", "order_of_entry"]

#: The two leads, and both together.
LEADS: dict[str, dict[str, Channel]] = {
    N_("marketing-led"): ATTRACTIONS,
    N_("selling-led"): WAYS,
    N_("both"): CHANNELS,
}


def compare_leads(
    leads: Mapping[str, Mapping[str, Channel]] | None = None,
    *,
    budget: float,
    discount: float = 0.1,
) -> pd.DataFrame:
    """Give one budget to the channels of each lead, best split.

    Parameters
    ----------
    leads : mapping of str to mapping of str to Channel, optional
        Channels by lead; :data:`LEADS` without it.
    budget : float
        Yuan a month, 0 or more.
    discount : float
        Rate a year, above 0.

    Returns
    -------
    DataFrame
        One row a lead: ``lead``, ``channels`` (that get something), ``spent``, ``won``
        (customers a month), ``gain`` (value less spending, yuan) and ``next_yuan`` (what the
        next yuan returns; 1 where some is left).

    Raises
    ------
    CvmError
        For leads that do not hold channels, or a budget below zero.
    """
    chosen = LEADS if leads is None else leads
    if not isinstance(chosen, Mapping) or not chosen:
        raise CvmError(
            _("Leads come by name, each with its channels."), given=leads,
            remedy=_("Write for example {'selling-led': cvm.acquisition.WAYS}."),
        )  # fmt: skip
    rows = []
    for lead, channels in chosen.items():
        plan = allocate(channels, budget=budget, discount=discount)
        best = plan.rules.iloc[0].to_dict()  # the best rule stands first
        rows.append({
            "lead": lead, "channels": int((plan.channels["best"] > 0).sum()), "spent": plan.spent,
            "won": float(best["won"]), "gain": float(best["gain"]),
            "next_yuan": 1 + plan.shadow_price,
        })  # fmt: skip
    return pd.DataFrame(rows)


def order_of_entry(
    channels: Mapping[str, Channel] | None = None, *, discount: float = 0.1
) -> pd.DataFrame:
    """Say in which order channels come in while the budget grows, and at what budget.

    Parameters
    ----------
    channels : mapping of str to Channel, optional
        By name; :data:`cvm.acquisition.CHANNELS` without it. What is spent on them today does
        not count.
    discount : float
        Rate a year, above 0.

    Returns
    -------
    DataFrame
        One row a channel, in the order of entry: ``channel``, ``mode``, ``first_yuan`` (value
        that the first yuan returns) and ``enters_at`` (yuan a month; missing where the first
        yuan does not come back).

    Raises
    ------
    CvmError
        If ``channels`` is no mapping of names to channels.
    """
    table = funnel(channels, discount=discount)
    chosen = CHANNELS if channels is None else channels
    scale = np.array([item.scale for item in chosen.values()])
    # The first customer costs scale / most, whatever is spent today.
    cost = table["marginal_cost"].to_numpy() * np.exp(-table["spend"].to_numpy() / scale)
    first = table["value"].to_numpy() / cost
    better = np.maximum(np.log(first[None, :] / first[:, None]), 0)  # row k: those before k
    enters = np.where(first > 1, better @ scale, np.nan)
    made = table[["channel", "mode"]].assign(first_yuan=first, enters_at=enters)
    return made.sort_values("first_yuan", ascending=False, kind="stable", ignore_index=True)
