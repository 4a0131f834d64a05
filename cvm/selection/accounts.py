r"""Business accounts of Yunhe Telecom (云河通信): what they buy, what they take, what may befall them.

**The model.** Account :math:`i` has a yearly revenue at list price :math:`R_i` (lognormal).
Size gives it bargaining power,

.. math:: s_i = \frac{R_i}{R_i + \text{bargain\_half}},

and it bargains more or less hard, :math:`t_i \in (0, 2)`, on average 1. What it gets is

.. math::

   \text{discount}_i &= \min(\text{discount\_ceiling}\; s_i t_i,\ \text{MOST})\, R_i
   \quad\text{(kickbacks and free extras alike)} \\
   \text{days}_i &= \text{FIRST\_DAYS} + (\text{credit\_days} - \text{FIRST\_DAYS})\, s_i
   \quad\text{of credit, and it pays late on top.}

The five risks of the big account are five lines of this book:

1. *financial*: what it owes, :math:`A_i` = net revenue x days to pay / 365, costs capital, and is
   lost in part if the account fails (default);
2. *profit*: discounts, kickbacks, free extras;
3. *management*: the cheaper it buys, the more of it is sold on to others who would have paid the
   list price (grey trade), :math:`\text{grey\_trade}\cdot\frac{\text{discount}_i +
   \text{kickbacks}_i}{R_i}` of its volume, each unit a lost margin elsewhere;
4. *defection*: everyone courts it, :math:`\operatorname{logit} q_i = \operatorname{logit}
   \text{leaving} + \text{courting}\; s_i - \text{holding}\; m_i`, where :math:`m_i` is the match of
   standing (:mod:`cvm.selection.guidance`);
5. *it sets up on its own*: of those who leave, a share :math:`\text{self\_supply}\; s_i` builds
   what it used to buy.

Default: :math:`\operatorname{logit} p_i = \operatorname{logit} \text{default} +
\text{credit\_risk}\,(\text{days agreed} - 30)/30 - \text{rating\_weight}\cdot\text{rating}_i`.

Small may be good: a small account bargains little, owes little, and may have room to grow,
:math:`\text{potential}\,(1 - s_i)` a year and more or less.

**What the naive answer gets wrong.** "The twenty largest are the twenty best." Of 2,000 accounts at
the defaults (seed 1) the twenty largest bring 12 % of the revenue; eleven of them are expected to lose
money in the next year, and eight are among the twenty most profitable. Both ends are theirs.

**Where it comes from.** The five risks and what makes a customer good: the course. That the largest
are found at both ends of profit: Kaplan & Narayanan (2001), at second hand. All numbers are for teaching.

**Simplified for teaching.** One year; bargaining power rests on size alone; grey trade is taken as
known, though a firm must find it by audits.

References
----------
Kaplan, R. S. & Narayanan, V. G. (2001). Measuring and managing customer profitability.
*Journal of Cost Management* 15(5), 5-15.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit, logit, ndtr

from cvm.inputs import whole_number
from cvm.levers import Levers, assumption, lever, needs_world
from cvm.luck import Luck, bernoulli
from cvm.selection.guidance import standing_match
from cvm.words import N_

__all__ = ["CAUSES", "FIRST_DAYS", "Business", "simulate_accounts"]

Floats = NDArray[np.float64]

#: Why an account left; nothing for those who stayed or failed.
CAUSES = (N_("rival"), N_("on its own"))
#: Days of credit everybody gets.
FIRST_DAYS = 30
#: No account takes more than this share of its revenue as discount, as kickback or as extras.
MOST = 0.45
#: Shape of the gamma that spreads the service accounts ask for.
SERVICE_SHAPE = 1.5


class Business(Levers):
    """Yunhe Telecom's business market, and what Yunhe grants the large."""

    discount_ceiling: float = lever(
        0.25, low=0, high=0.45, step=0.01, unit="share",
        meaning=N_("Discount that the largest approach, on average"),
    )  # fmt: skip
    kickback_ceiling: float = lever(
        0.08, low=0, high=0.25, step=0.01, unit="share",
        meaning=N_("Kickback (year-end rebate) that the largest approach"),
    )  # fmt: skip
    extras_ceiling: float = lever(
        0.08, low=0, high=0.3, step=0.01, unit="share",
        meaning=N_("Free extras that the largest approach"),
    )  # fmt: skip
    bargain_half: float = lever(
        400.0, low=200, high=5_000, step=50, unit=N_("thousand yuan a year"),
        meaning=N_("Revenue at which an account gets half of what the largest get"),
    )  # fmt: skip
    credit_days: int = lever(
        120,
        low=30,
        high=365,
        step=5,
        unit=N_("days"),
        meaning=N_("Credit that the largest approach"),
    )
    account_cost: float = lever(
        8.0, low=0, high=16, step=1, unit=N_("thousand yuan a year"),
        meaning=N_("Cost of keeping an account, whatever it buys"),
    )  # fmt: skip
    firm_standing: float = lever(
        50.0, low=0, high=100, step=5, unit=N_("standing points"),
        meaning=N_("Yunhe's own standing: its size, reach and name, 0 to 100"),
    )  # fmt: skip
    tolerance: float = assumption(
        50.0, low=5, high=100, step=5, unit=N_("standing points"),
        meaning=N_("Difference in standing at which nothing of the match is left"),
    )  # fmt: skip
    median_revenue: float = assumption(
        60.0, low=5, high=500, step=5, unit=N_("thousand yuan a year"),
        meaning=N_("Revenue of the middle account, at list price"),
    )  # fmt: skip
    size_spread: float = assumption(
        1.2, low=0, high=2, step=0.1, meaning=N_("How far accounts differ in size (sd of the log)")
    )
    toughness: float = assumption(
        1.0,
        low=0,
        high=1,
        step=0.05,
        meaning=N_("How far accounts differ in how hard they bargain"),
    )
    product_cost: float = assumption(
        0.50, low=0, high=0.9, unit="share", meaning=N_("Cost of plain products, of the list price")
    )
    premium_saving: float = assumption(
        0.20, low=0, high=0.4, unit="share",
        meaning=N_("How much less of its price a high-margin product costs"),
    )  # fmt: skip
    service_cost: float = assumption(
        0.16, low=0, high=0.5, step=0.01, unit="share",
        meaning=N_("Cost of serving the average account, of the list price"),
    )  # fmt: skip
    service_spread: float = assumption(
        1.0, low=0, high=1, step=0.05, meaning=N_("How far accounts differ in the service they take"),
        source="Kaplan & Narayanan 2001",
    )  # fmt: skip
    late_days: float = assumption(
        15.0,
        low=0,
        high=90,
        step=5,
        unit=N_("days"),
        meaning=N_("How late accounts pay on average"),
    )
    capital_cost: float = assumption(
        0.08, low=0, high=0.3, step=0.01, unit="share", meaning=N_("Cost of capital a year")
    )
    grey_trade: float = assumption(
        0.3, low=0, high=1, step=0.05,
        meaning=N_("Volume sold on to others, for each part of the price taken off"),
    )  # fmt: skip
    default: float = assumption(
        0.01, low=0.001, high=0.2, step=0.001, unit="share",
        meaning=N_("Accounts that fail in a year, at the first credit line and the average rating"),
    )  # fmt: skip
    credit_risk: float = assumption(
        0.4, low=0, high=2, step=0.1, unit=N_("log-odds"),
        meaning=N_("What a further month of credit adds to the odds of failing owing"),
    )  # fmt: skip
    rating_weight: float = assumption(
        0.8, low=0, high=2, step=0.1, unit=N_("log-odds"),
        meaning=N_("What a step of credit rating takes off the odds of failing"),
    )  # fmt: skip
    lost_on_default: float = assumption(
        0.8, low=0, high=1, unit="share", meaning=N_("Lost of what an account owes when it fails")
    )
    leaving: float = assumption(
        0.10, low=0.005, high=0.5, step=0.005, unit="share",
        meaning=N_("Accounts that leave in a year where nobody courts them and nothing holds them"),
    )  # fmt: skip
    courting: float = assumption(
        1.6, low=0, high=4, step=0.1, unit=N_("log-odds"),
        meaning=N_("What being courted by everyone adds for the largest"),
    )  # fmt: skip
    holding: float = assumption(
        1.0, low=0, high=3, step=0.1, unit=N_("log-odds"),
        meaning=N_("How far a full match of standing holds an account"),
    )  # fmt: skip
    self_supply: float = assumption(
        0.4, low=0, high=1, unit="share",
        meaning=N_("Of the largest who leave, those who set up on their own"),
    )  # fmt: skip
    stranded: float = assumption(
        0.10, low=0, high=1, unit="share",
        meaning=N_("Equipment and work for an account that are worth nothing when it leaves, of a year's list revenue"),
    )  # fmt: skip
    potential: float = assumption(
        0.12, low=0, high=0.5, step=0.01, unit="share",
        meaning=N_("Growth a year of the smallest accounts, on average"),
    )  # fmt: skip


@needs_world
def simulate_accounts(world: Business, *, n: int, seed: int) -> pd.DataFrame:
    """Simulate a year of business accounts.

    Parameters
    ----------
    world : Business
        Levers and assumptions.
    n : int
        Accounts; a larger n keeps the first ones.
    seed : int
        The luck; the same seed meets the same accounts in every world.

    Returns
    -------
    DataFrame
        One row an account. ``customer`` (1, 2, ...); in thousand yuan a year ``revenue`` (at
        list price), ``discount``, ``kickbacks``, ``extras``, ``product_cost``,
        ``cost_to_serve``, ``receivable_cost``, ``grey_loss`` and ``profit`` (revenue less the
        seven); ``receivables`` (owed on average), ``credit`` and ``days`` (days agreed, and
        until paid), ``loss_if_default``, ``loss_if_left`` (thousand yuan, beside the profit
        of the year to come); ``premium`` (share of high-margin products, 0-1), ``rating``
        (credit rating, mean 0, sd 1, higher is better), ``power`` (bargaining power, 0-1),
        ``standing`` (0-100), ``match`` (of standing, 0-1), ``growth`` (share a year); what
        happened in the year: ``defaulted`` (bool), ``left`` ("", or one of :data:`CAUSES`).
        The truth: ``true_default``, ``true_defection`` (chance a year; of leaving if it does
        not fail), ``true_profit`` (expected profit of the year to come).

    Raises
    ------
    CvmError
        If ``n`` is not a whole number from 1, or the seed is not a seed.
    """
    whole_number(n, name="n")
    luck = Luck(seed)
    size = luck.normal("size", n)
    revenue = world.median_revenue * np.exp(world.size_spread * size)
    power = revenue / (revenue + world.bargain_half)
    table = {"revenue": revenue}
    table |= _lines(world, luck, revenue, power)
    table |= _position(world, luck, size, power)
    default, defection = _chances(world, table)
    fate = _fate(world, luck, power, default, defection)
    truth = {"true_default": default, "true_defection": defection}
    stays = (1 - default) * (1 - defection)
    expected = (
        stays * table["profit"]
        - default * table["loss_if_default"]
        - (1 - default) * defection * table["loss_if_left"]
    )
    who = {"customer": np.arange(1, n + 1)}
    return pd.DataFrame(who | table | fate | truth | {"true_profit": expected})


def _lines(world: Business, luck: Luck, revenue: Floats, power: Floats) -> dict[str, Floats]:
    """Go from revenue at list price to profit, line by line."""
    n = len(revenue)
    hard = power * (1 + world.toughness * (2 * luck.uniform("toughness", n) - 1))
    ceilings = (world.discount_ceiling, world.kickback_ceiling, world.extras_ceiling)
    taken = [np.minimum(ceiling * hard, MOST) for ceiling in ceilings]
    premium = 0.6 * luck.uniform("premium", n)
    unit_cost = np.maximum(world.product_cost - world.premium_saving * premium, 0)
    demand = luck.gamma("service", n, shape=SERVICE_SHAPE) / SERVICE_SHAPE
    service = world.service_cost * (1 + world.service_spread * (demand - 1))
    credit = FIRST_DAYS + (world.credit_days - FIRST_DAYS) * power
    days = credit + world.late_days * luck.gamma("late", n, shape=1.0)
    owed = revenue * (1 - taken[0] - taken[1]) * days / 365
    # What is sold on would have been bought at list price: the firm loses the margin on it.
    grey = world.grey_trade * (taken[0] + taken[1]) * (1 - unit_cost)
    lines = {
        "discount": taken[0] * revenue,
        "kickbacks": taken[1] * revenue,
        "extras": taken[2] * revenue,
        "product_cost": unit_cost * revenue,
        "cost_to_serve": service * revenue + world.account_cost,
        "receivable_cost": owed * world.capital_cost,
        "grey_loss": grey * revenue,
    }
    profit = revenue - np.sum(list(lines.values()), axis=0)
    return lines | {
        "profit": profit, "receivables": owed, "credit": credit, "days": days,
        "loss_if_default": world.lost_on_default * owed,
        "loss_if_left": world.stranded * revenue, "premium": premium,
    }  # fmt: skip


def _position(world: Business, luck: Luck, size: Floats, power: Floats) -> dict[str, Floats]:
    """Give what an account is like beside its money."""
    n = len(size)
    standing = 100 * ndtr(0.8 * size + 0.6 * luck.normal("standing", n))
    match = standing_match(standing, firm=world.firm_standing, tolerance=world.tolerance)
    growth = world.potential * (1 - power) + 0.08 * luck.normal("growth", n)
    return {
        "rating": luck.normal("rating", n), "power": power, "standing": standing,
        "match": match, "growth": growth,
    }  # fmt: skip


def _chances(world: Business, table: dict[str, Floats]) -> tuple[Floats, Floats]:
    """Give each account's chance of failing, and of leaving if it does not fail."""
    months = (table["credit"] - FIRST_DAYS) / 30
    odds = logit(world.default) + world.credit_risk * months
    default = expit(odds - world.rating_weight * table["rating"])
    pull = world.courting * table["power"] - world.holding * table["match"]
    return default, expit(logit(world.leaving) + pull)


def _fate(
    world: Business, luck: Luck, power: Floats, default: Floats, defection: Floats
) -> dict[str, NDArray[np.bool_] | NDArray[np.object_]]:
    """Let the year happen."""
    n = len(power)
    failed = bernoulli(luck.uniform("default", n), default)
    gone = bernoulli(luck.uniform("leaving", n), defection) & ~failed
    alone = bernoulli(luck.uniform("alone", n), world.self_supply * power)
    left = np.where(gone, np.where(alone, CAUSES[1], CAUSES[0]), "").astype(object)
    return {"defaulted": failed, "left": left}
