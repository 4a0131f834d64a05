r"""A loyalty programme that customers choose to join: the gap and the effect.

Customer :math:`i` spends in month :math:`t` (0 is the first with the programme)

.. math:: y_{it} = \alpha_i + \text{drift}\cdot t + g_i\, t + \text{effect}\cdot
   M_i\,[t \ge 0] + \epsilon_{it},

:math:`\alpha_i` the lasting loyalty in money, :math:`g_i` an own trend, :math:`M_i`
membership. Members choose themselves: they join where
:math:`\text{strength}\cdot z_i + \sqrt{1-\text{strength}^2}\; u_i` is among the top
``joining`` share, :math:`u_i` being chance and :math:`z_i` (standardised)

* ``lasting loyalty``: :math:`\alpha_i`, which nobody sees,
* ``past spend``: the spend of the months before, which the firm sees,
* ``own trend``: :math:`g_i`, those who are on their way up,
* or nothing at all (``chance``), as if the firm had drawn lots.

**The estimand.** What membership adds to a member's monthly spend (the average effect
on the treated); here it is the same for all, ``effect``.

**What the naive answer gets wrong.** Members spend more than others because those who
spend more become members. At the defaults the gap is about 20 a month; the programme
adds 3.

**Three ways to answer, and what each assumes**

=====================  ==============================================================
naive gap              members and others would have spent alike (lots were drawn)
adjustment             so they would, among customers alike in what the firm sees
difference in          without the programme both would have *changed* alike
differences            (parallel trends); levels may differ as they please
=====================  ==============================================================

Where past spend decides, adjustment is right and difference in differences is wrong:
part of a high past spend was luck, and luck does not last (regression to the mean).
Where lasting loyalty decides, it is the other way round: past spend tells only part of
the loyalty. Where the own trend decides, both are wrong, and :func:`cvm.loyalty.placebo` - the same
comparison within the time before the programme - gives the warning.

**Simplified for teaching.** Everybody decides once, in month 0; no one drops out or
shifts purchases into the programme; the effect comes at once; money is normal about
its mean, so a very small spender can show a negative month.

**Where it comes from.** Difference in differences and its assumption: Ashenfelter & Card
(1985), who also met the dip before joining. That members of loyalty programmes select
themselves: Leenheer, van Heerde, Bijmolt & Smidts (2007). At second hand; sizes are for
teaching.

References
----------
Ashenfelter, O. & Card, D. (1985). Using the longitudinal structure of earnings to
estimate the effect of training programs. *Review of Economics and Statistics* 67(4),
648-660.
Leenheer, J., van Heerde, H. J., Bijmolt, T. H. A. & Smidts, A. (2007). Do loyalty
programs really enhance behavioral loyalty? *International Journal of Research in
Marketing* 24(1), 31-47.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri

from cvm.inputs import numbers_in, real_number, truths_in, whole_number
from cvm.levers import Levers, assumption, lever, needs_world
from cvm.luck import Luck
from cvm.words import N_

__all__ = [
    "SELECTIONS",
    "Programme",
    "ProgrammeTables",
    "programme_account",
    "simulate_programme",
    "spend_by_month",
]

Floats = NDArray[np.float64]

#: What makes a customer join.
SELECTIONS = (N_("lasting loyalty"), N_("past spend"), N_("own trend"), N_("chance"))
#: Months before and from the start of the programme.
BEFORE, AFTER = 12, 12


class Programme(Levers):
    """A loyalty programme and the customers who may join it."""

    effect: float = assumption(
        3.0, low=-10, high=20, unit=N_("yuan"),
        meaning=N_("What membership adds to a member's spend in a month"),
    )  # fmt: skip
    reward: float = lever(
        0.03, low=0, high=0.3, unit="share",
        meaning=N_("Reward paid to members, as a share of all they spend"),
    )  # fmt: skip
    joining: float = assumption(
        0.4, low=0.05, high=0.95, unit="share", meaning=N_("Customers who join")
    )
    selection: str = assumption(
        "lasting loyalty", options=SELECTIONS, meaning=N_("What makes a customer join")
    )
    strength: float = assumption(
        0.7, low=0, high=1, meaning=N_("How far that decides, and not chance (a correlation)")
    )
    mean_spend: float = assumption(
        60.0, low=10, high=500, unit=N_("yuan"),
        meaning=N_("Monthly spend of the average customer before the programme"),
    )  # fmt: skip
    spread: float = assumption(
        15.0, low=1, high=100, unit=N_("yuan"),
        meaning=N_("How much lasting loyalty, in monthly spend, differs between customers"),
    )  # fmt: skip
    noise: float = assumption(
        25.0, low=1, high=200, unit=N_("yuan"),
        meaning=N_("How much a customer's spend moves from month to month by luck"),
    )  # fmt: skip
    trend_spread: float = assumption(
        0.5, low=0, high=5, unit=N_("yuan"),
        meaning=N_("How much the own trends differ between customers (spend per month, each month)"),
    )  # fmt: skip
    drift: float = assumption(
        0.2, low=-5, high=5, unit=N_("yuan"),
        meaning=N_("How everybody's spend changes each month"),
    )  # fmt: skip
    margin: float = assumption(
        0.4, low=0.02, high=0.95, unit="share", meaning=N_("Margin on what customers spend")
    )


@dataclass(frozen=True, kw_only=True)
class ProgrammeTables:
    """What :func:`simulate_programme` makes.

    Parameters
    ----------
    customers : DataFrame
        One row a customer: ``customer``, ``member``, ``satisfaction`` (0-100, a survey's
        noisy view of the loyalty), ``spend_early`` and ``spend_late`` (mean month of the
        first and second half of the year before), ``spend_before``, ``spend_after``
        (mean month of the years before and after), ``true_loyalty`` (yuan a month),
        ``true_trend``, ``true_effect`` (yuan a month if member).
    months : DataFrame
        One row a customer and month: ``customer``, ``month`` (-12 to 11), ``member``,
        ``spend``.
    """

    customers: pd.DataFrame
    months: pd.DataFrame


@needs_world
def simulate_programme(world: Programme, *, n: int, seed: int) -> ProgrammeTables:
    """Simulate the year before and the year after a loyalty programme starts.

    Parameters
    ----------
    world : Programme
        Levers and assumptions.
    n : int
        Customers, 1 or more; a larger ``n`` keeps the first ones.
    seed : int
        The luck; the same customers under any selection.

    Returns
    -------
    ProgrammeTables
        The true effect of each method's question is ``effect``.
    """
    n = whole_number(n, name="n")
    luck = Luck(seed)
    z_loyal, z_trend = luck.normal("loyalty", n), luck.normal("trend", n)
    loyal = world.mean_spend + world.spread * z_loyal
    trend = world.trend_spread * z_trend
    months = np.arange(-BEFORE, AFTER)
    noise = world.noise * luck.normal("spend", n, BEFORE + AFTER)
    spend = loyal[:, None] + (world.drift + trend[:, None]) * months + noise
    before = spend[:, :BEFORE].mean(axis=1)
    drives = {"lasting loyalty": z_loyal, "own trend": z_trend}
    drives["past spend"] = _standardised(world, before)
    member = _join(world, drives.get(world.selection), luck.normal("joining", n))
    spend[:, BEFORE:] += world.effect * member[:, None]
    seen = 70 + 8 * z_loyal + 10 * luck.normal("answer", n)
    return _tables(world, months, spend, member, {"loyal": loyal, "trend": trend, "seen": seen})


@needs_world
def programme_account(world: Programme, *, effect: float, member_spend: float) -> pd.DataFrame:
    """Say what the programme earns per member, if it adds a given amount.

    Parameters
    ----------
    world : Programme
        Uses ``margin`` and ``reward``.
    effect : float
        What it adds to a member's monthly spend, by the truth or by an estimate.
    member_spend : float
        What a member spends a month, with the programme.

    Returns
    -------
    DataFrame
        One row, yuan per member and month: ``gain`` (margin on what was added),
        ``cost`` (reward on all that is spent, also on what would have been anyway),
        ``profit`` and ``effect_to_break_even``.
    """
    effect = real_number(effect, name="effect", example=3)
    member_spend = real_number(member_spend, name="member_spend", example=60)
    gain, cost = world.margin * effect, world.reward * member_spend
    # Spend is (member_spend - effect) + effect; both sides carry the reward.
    without = member_spend - effect
    spare = world.margin - world.reward
    needed = world.reward * without / spare if spare > 0 else float("inf")
    return pd.DataFrame(
        {
            "gain": [gain],
            "cost": [cost],
            "profit": [gain - cost],
            "effect_to_break_even": [needed],
        }
    )


def spend_by_month(months: pd.DataFrame) -> pd.DataFrame:
    """Average the panel by month and membership, ready to draw.

    Parameters
    ----------
    months : DataFrame
        With ``month``, ``member`` and ``spend``.

    Returns
    -------
    DataFrame
        One row a month and group: ``month``, ``group`` ("members", "others"), ``spend``,
        ``low`` and ``high`` (95 % interval of the mean).
    """
    spend = numbers_in(months, ["month", "spend"])[:, 1]
    read = pd.DataFrame({
        "month": months["month"].to_numpy(), "member": truths_in(months, "member"), "spend": spend,
    })  # fmt: skip
    grouped = read.groupby(["month", "member"])["spend"].agg(["mean", "sem"]).reset_index()
    half = 1.959963984540054 * grouped["sem"]
    return pd.DataFrame(
        {
            "month": grouped["month"],
            "group": np.where(grouped["member"], "members", "others"),
            "spend": grouped["mean"],
            "low": grouped["mean"] - half,
            "high": grouped["mean"] + half,
        }
    )


def _standardised(world: Programme, before: Floats) -> Floats:
    """Past spend in standard deviations, by the law it follows and not by the sample."""
    middle = float(np.arange(-BEFORE, 0).mean())
    centre = world.mean_spend + world.drift * middle
    spread = world.spread**2 + (world.trend_spread * middle) ** 2 + world.noise**2 / BEFORE
    return (before - centre) / np.sqrt(spread)


def _join(world: Programme, drive: Floats | None, chance: Floats) -> NDArray[np.bool_]:
    wish = chance
    if drive is not None:
        wish = world.strength * drive + np.sqrt(1 - world.strength**2) * chance
    return wish > ndtri(1 - world.joining)


def _tables(
    world: Programme,
    months: NDArray[np.int_],
    spend: Floats,
    member: NDArray[np.bool_],
    hidden: dict[str, Floats],
) -> ProgrammeTables:
    ids, half = np.arange(1, len(member) + 1), BEFORE // 2
    customers = pd.DataFrame(
        {
            "customer": ids,
            "member": member,
            "satisfaction": hidden["seen"].clip(0, 100),
            "spend_early": spend[:, :half].mean(axis=1),
            "spend_late": spend[:, half:BEFORE].mean(axis=1),
            "spend_before": spend[:, :BEFORE].mean(axis=1),
            "spend_after": spend[:, BEFORE:].mean(axis=1),
            "true_loyalty": hidden["loyal"],
            "true_trend": hidden["trend"],
            "true_effect": world.effect,
        }
    )
    panel = pd.DataFrame(
        {
            "customer": np.repeat(ids, len(months)),
            "month": np.tile(months, len(ids)),
            "member": np.repeat(member, len(months)),
            "spend": spend.ravel(),
        }
    )
    return ProgrammeTables(customers=customers, months=panel)
