r"""The funnel: from a yuan spent to a customer won, and what the next one costs.

Spending :math:`x` on a channel reaches some of the people it can reach, ever more slowly; of
those reached a share shows interest, of these a share gets an offer, of these a share buys:

.. math:: w(x) = N\,q_1 q_2 q_3\,\bigl(1 - e^{-x/a}\bigr),

:math:`N` the ``reach``, :math:`a` the ``scale``, :math:`q` the three steps. Two costs follow,

.. math:: \text{average: } \frac{x}{w(x)}, \qquad
   \text{marginal: } \frac{1}{w'(x)} = \frac{a}{N q_1 q_2 q_3}\,e^{x/a}.

They are equal at the first yuan and part for ever: the marginal cost is always the higher.
The **average** says what the customers so far have cost, the **marginal** what the next one
will. A budget is about the next one.

**Quality.** A customer of the channel is worth :math:`V`, a margin :math:`m` a year with
retention :math:`r` at interest :math:`d`, the first of it now (:func:`cvm.clv.lifetime_value`),
times the referral multiplier :math:`1/(1-\rho)` (:mod:`cvm.acquisition.referral`). Spending pays
up to where the next customer costs what a customer is worth,
:math:`x^* = a\,\ln(V/c_0)`, :math:`c_0` the cost of the first.

**Credit.** A share ``handed`` of those a channel wins signs up through another: the poster
made the call, the web shop took the order. The last touch gets the credit
(``credited``); the sum is the same, the ranking is not.

**The estimand.** What the next yuan on a channel brings, in value. **What the naive answer
gets wrong.** It takes the average for the next: at today's spending a customer by telephone
has cost 790 yuan on average, and the next one costs 1,176.

**Where it comes from.** Response with diminishing returns: Little (1979), at second hand.

References
----------
Little, J. D. C. (1979). Aggregate advertising models: the state of the art. *Operations
Research* 27(4), 629-667.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from cvm.acquisition.channels import Channel, checked
from cvm.acquisition.referral import referral_multiplier
from cvm.clv import lifetime_value
from cvm.errors import CvmError
from cvm.inputs import real_number, whole_number
from cvm.words import _

__all__ = [
    "average_cost",
    "best_spend",
    "cost_curve",
    "customer_value",
    "customers_won",
    "funnel",
    "marginal_cost",
]

Floats = NDArray[np.float64]


def customers_won(spend: ArrayLike, channel: Channel) -> Floats:
    """Give the customers a channel wins in a month.

    Parameters
    ----------
    spend : array_like
        Yuan a month, 0 or more.
    channel : Channel
        Its reach, scale and three steps; its own ``spend`` is not used.

    Returns
    -------
    ndarray
        Customers, concave in spending.

    Raises
    ------
    CvmError
        If spending is no number of 0 or more, or the channel is none.
    """
    return -_most(channel) * np.expm1(-_scales(spend, channel))


def average_cost(spend: ArrayLike, channel: Channel) -> Floats:
    """Give what a customer has cost on average.

    Parameters
    ----------
    spend : array_like
        Yuan a month, 0 or more.
    channel : Channel
        As in :func:`customers_won`.

    Returns
    -------
    ndarray
        Yuan a customer; at no spending the cost of the first, its limit.

    Raises
    ------
    CvmError
        As :func:`customers_won`.
    """
    x = _scales(spend, channel)
    # x / (1 - exp(-x)) is 1 at x = 0, where it cannot be computed.
    stretch = np.divide(x, -np.expm1(-x), out=np.ones_like(x), where=x > 0)
    return channel.scale / _most(channel) * stretch


def marginal_cost(spend: ArrayLike, channel: Channel) -> Floats:
    """Give what the next customer costs.

    Parameters
    ----------
    spend : array_like
        Yuan a month, 0 or more.
    channel : Channel
        As in :func:`customers_won`.

    Returns
    -------
    ndarray
        Yuan a customer; never below the average cost, and infinite where no spending wins
        another.

    Raises
    ------
    CvmError
        As :func:`customers_won`.
    """
    scales = _scales(spend, channel)
    with np.errstate(over="ignore"):  # at 700 scales a customer costs more than a number can say
        return channel.scale / _most(channel) * np.exp(scales)


def customer_value(channel: Channel, *, discount: float = 0.1) -> float:
    """Give what a customer of the channel is worth, with those it brings along.

    Parameters
    ----------
    channel : Channel
        Its retention, margin and ``refer``.
    discount : float
        Rate a year, above 0.

    Returns
    -------
    float
        Yuan, before the cost of winning.

    Raises
    ------
    CvmError
        If the channel is none, or the rate no number or below 0.
    """
    _known(channel)
    real_number(discount, name="discount", least=0, example=0.1)
    own = lifetime_value(margin=channel.margin, retention=channel.retention, discount=discount)
    return float(own) * float(referral_multiplier(channel.refer))


def best_spend(channel: Channel, *, discount: float = 0.1) -> float:
    """Give the spending at which the next customer costs what a customer is worth.

    Parameters
    ----------
    channel : Channel
        The channel by itself, whatever the budget.
    discount : float
        Rate a year, above 0.

    Returns
    -------
    float
        Yuan a month; 0 where the first customer costs more than that.

    Raises
    ------
    CvmError
        As :func:`customer_value`.
    """
    first = _known(channel).scale / _most(channel)
    return channel.scale * max(float(np.log(customer_value(channel, discount=discount) / first)), 0)


def funnel(channels: Mapping[str, Channel] | None = None, *, discount: float = 0.1) -> pd.DataFrame:
    """Follow each channel's people from reached to won, with costs and worth.

    Parameters
    ----------
    channels : mapping of str to Channel, optional
        By name, with what is spent on each; :data:`cvm.acquisition.CHANNELS` without it.
    discount : float
        Rate a year, above 0.

    Returns
    -------
    DataFrame
        One row a channel: ``channel``, ``mode``, ``spend``, ``reached``, ``interested``,
        ``offered``, ``won`` (people a month), ``credited`` (won, by last touch),
        ``average_cost``, ``marginal_cost``, ``value`` (yuan a customer), ``retention``,
        ``value_per_yuan`` (of what is spent; at no spending its limit) and
        ``next_value_per_yuan`` (of the next yuan).

    Raises
    ------
    CvmError
        If ``channels`` is no mapping of names to channels.
    """
    chosen = checked(channels)
    rows = [_row(name, item, discount) for name, item in chosen.items()]
    table = pd.DataFrame(rows)
    handed = np.array([item.handed for item in chosen.values()])
    table.insert(7, "credited", _last_touch(table["won"].to_numpy(), handed))
    return table


def cost_curve(
    channel: Channel, *, upto: float | None = None, discount: float = 0.1, points: int = 101
) -> pd.DataFrame:
    """Tabulate average and marginal cost over spending, ready to draw.

    Parameters
    ----------
    channel : Channel
        The channel.
    upto : float, optional
        Largest spending, yuan a month; twice the scale without it.
    discount : float
        Rate a year, above 0.
    points : int
        Rows, 2 or more.

    Returns
    -------
    DataFrame
        ``spend``, ``won``, ``average_cost``, ``marginal_cost``, ``value`` (the same in all
        rows).

    Raises
    ------
    CvmError
        As :func:`customer_value`, and if the largest spending is below 0 or without end.
    """
    _known(channel)
    upto = 2 * channel.scale if upto is None else real_number(upto, name="upto", least=0, example=100_000)  # fmt: skip
    spend = np.linspace(0, upto, whole_number(points, name="points", least=2))
    return pd.DataFrame({
        "spend": spend, "won": customers_won(spend, channel),
        "average_cost": average_cost(spend, channel),
        "marginal_cost": marginal_cost(spend, channel),
        "value": customer_value(channel, discount=discount),
    })  # fmt: skip


def _known(channel: Channel) -> Channel:
    if not isinstance(channel, Channel):
        wrong = _("This is no channel.")
        remedy = _("Write Channel(...) or take one of cvm.acquisition.CHANNELS.")
        raise CvmError(wrong, given=channel, remedy=remedy)
    return channel


def _scales(spend: ArrayLike, channel: Channel) -> Floats:
    """Give spending in scales of the channel."""
    _known(channel)
    try:
        x = np.asarray(spend, float)
    except (TypeError, ValueError):
        x = np.full(1, np.nan)
    if not (np.isfinite(x) & (x >= 0)).all():
        wrong = _("Spending is a number of 0 or more.")
        raise CvmError(wrong, given=spend, remedy=_("Give yuan a month, such as 50_000."))
    return x / channel.scale


def _most(channel: Channel) -> float:
    _known(channel)
    return channel.reach * channel.interest * channel.offer * channel.buy


def _row(name: str, item: Channel, discount: float) -> dict[str, object]:
    reached = -item.reach * float(np.expm1(-item.spend / item.scale))
    interested = reached * item.interest
    offered = interested * item.offer
    average, marginal = (float(f(item.spend, item)) for f in (average_cost, marginal_cost))
    value = customer_value(item, discount=discount)
    return {
        "channel": name, "mode": item.mode, "spend": item.spend, "reached": reached,
        "interested": interested, "offered": offered, "won": offered * item.buy,
        "average_cost": average, "marginal_cost": marginal, "value": value,
        "retention": item.retention, "value_per_yuan": value / average,
        "next_value_per_yuan": value / marginal,
    }  # fmt: skip


def _last_touch(won: Floats, handed: Floats) -> Floats:
    """Give those who were handed on to where the others signed up."""
    kept = won * (1 - handed)
    if kept.sum() == 0:
        return won
    return np.asarray(kept + (won * handed).sum() * kept / kept.sum())
