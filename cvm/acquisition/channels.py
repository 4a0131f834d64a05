r"""The ways to customers: four that attract, fourteen that seek, each as a declared channel.

**Marketing-led** (营销导向): product, price, distribution and promotion attract, and customers
come by themselves (:data:`ATTRACTIONS`). **Selling-led** (推销导向): the firm finds the target
and then persuades. For finding it the course knows fourteen ways (:data:`WAYS`). All fourteen
are a seller's; in three of them (introductions, central influencers, the web) the customer
still makes the first move, and ``mode`` says so: "pull" where the customer comes, "push" where
the firm goes. That is one of the things to argue about.

A channel is a small model of eleven numbers: what is spent on it, how far it can reach and how
soon it is exhausted, what becomes of those it reached (:mod:`cvm.acquisition.funnel`), and what
kind of customer it brings: how long they stay, what they leave, how many others they send, and
how often somebody else gets the credit.

**Every number is for teaching.** None is measured, none is a benchmark; what is meant is their
order (a call reaches many and convinces few; a friend the other way round). Move what you
doubt, ``CHANNELS["telephone"].replace(buy=0.5)``, and see what depends on it.

**What the naive answer gets wrong.** "Which channel is best?" has no answer without saying how
much is already spent on it. Of the eighteen channels telephone is the fifteenth by the cost of its
first customer, and at today's spending the last but one by the cost of the next (:func:`cvm.acquisition.funnel`).

**Simplified for teaching.** Channels do not help or hinder each other but for who gets the
credit (``handed``); a channel brings one kind of customer, first and last; the month is any
month.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from cvm.errors import CvmError
from cvm.levers import Levers, assumption, lever
from cvm.words import N_, _

__all__ = ["ATTRACTIONS", "CHANNELS", "CHINESE", "MODES", "WAYS", "Channel", "channel_table"]

#: Who makes the first move.
MODES = (N_("pull"), N_("push"))


class Channel(Levers):
    """One way to customers: spending, reach, funnel, and the kind of customer it brings."""

    spend: float = lever(
        30_000.0, low=0, high=400_000, step=5_000, unit=N_("yuan a month"),
        meaning=N_("What is spent on the channel"),
    )  # fmt: skip
    reach: float = assumption(
        20_000.0, low=100, high=60_000, step=100, unit=N_("people a month"),
        meaning=N_("Most people the channel can reach"),
    )  # fmt: skip
    scale: float = assumption(
        90_000.0, low=1_000, high=400_000, step=1_000, unit=N_("yuan a month"),
        meaning=N_("Spending by which 63 % of them are reached"),
    )  # fmt: skip
    interest: float = assumption(
        0.06,
        low=0.002,
        high=0.8,
        step=0.002,
        unit="share",
        meaning=N_("Of those reached, who show interest"),
    )
    offer: float = assumption(
        0.5,
        low=0.05,
        high=1,
        step=0.05,
        unit="share",
        meaning=N_("Of the interested, who get an offer"),
    )
    buy: float = assumption(
        0.4,
        low=0.05,
        high=1,
        step=0.05,
        unit="share",
        meaning=N_("Of those with an offer, who buy"),
    )
    retention: float = assumption(
        0.74,
        low=0.2,
        high=0.97,
        step=0.01,
        unit="share",
        meaning=N_("Its customers who stay a year"),
    )
    margin: float = assumption(
        300.0,
        low=20,
        high=3_000,
        step=20,
        unit=N_("yuan a year"),
        meaning=N_("Margin of a customer"),
    )
    refer: float = assumption(
        0.1, low=0, high=0.8, meaning=N_("Customers whom each of its customers brings along")
    )
    handed: float = assumption(
        0.0, low=0, high=0.95, unit="share",
        meaning=N_("Of its customers, who sign up through another channel in the end"),
    )  # fmt: skip
    mode: str = assumption(
        "pull", options=MODES, meaning=N_("Who makes the first move: customer or firm")
    )


_FIELDS = ("spend", "reach", "scale", "interest", "offer", "buy", "retention", "margin", "refer",
           "handed", "mode")  # fmt: skip


def _channel(*values: Any) -> Channel:
    return Channel(**dict(zip(_FIELDS, values, strict=True)))


#: The fourteen ways of finding customers.
WAYS: dict[str, Channel] = {
    N_("door to door"): _channel(
        40e3, 3_000, 60e3, 0.25, 0.6, 0.4, 0.62, 300, 0.05, 0.05, "push"),
    N_("meetings"): _channel(0, 1_200, 50e3, 0.3, 0.6, 0.5, 0.74, 480, 0.1, 0.1, "push"),
    N_("clubs"): _channel(0, 800, 20e3, 0.25, 0.6, 0.5, 0.82, 360, 0.2, 0.1, "push"),
    N_("friends and relations"): _channel(
        0, 300, 5e3, 0.4, 0.7, 0.5, 0.78, 300, 0.2, 0.05, "push"),
    N_("records"): _channel(0, 4_000, 30e3, 0.08, 0.5, 0.35, 0.68, 420, 0.05, 0.2, "push"),
    N_("consulting firms"): _channel(0, 600, 60e3, 0.2, 0.5, 0.4, 0.8, 900, 0.05, 0.05, "push"),
    N_("scouts"): _channel(5e3, 2_000, 40e3, 0.2, 0.6, 0.4, 0.6, 330, 0.05, 0.1, "push"),
    N_("introductions"): _channel(5e3, 1_500, 30e3, 0.35, 0.7, 0.55, 0.86, 360, 0.3, 0.3, "pull"),
    N_("central influencers"): _channel(
        0, 1_800, 45e3, 0.2, 0.6, 0.5, 0.82, 420, 0.25, 0.5, "pull"),
    N_("telephone"): _channel(60e3, 12_000, 80e3, 0.08, 0.5, 0.3, 0.6, 300, 0.02, 0.1, "push"),
    N_("letter"): _channel(10e3, 15_000, 60e3, 0.03, 0.4, 0.35, 0.72, 300, 0.05, 0.5, "push"),
    N_("text message"): _channel(10e3, 40_000, 20e3, 0.01, 0.4, 0.3, 0.55, 240, 0.02, 0.3, "push"),
    N_("web"): _channel(30e3, 20_000, 90e3, 0.06, 0.5, 0.4, 0.74, 300, 0.1, 0.0, "pull"),
    N_("a rival's customers"): _channel(
        40e3, 2_500, 100e3, 0.3, 0.5, 0.4, 0.55, 420, 0.02, 0.05, "push"),
}  # fmt: skip

#: Marketing-led: what attracts (product, price, distribution, promotion).
ATTRACTIONS: dict[str, Channel] = {
    N_("a better product"): _channel(
        0, 12_000, 180e3, 0.12, 0.5, 0.5, 0.86, 360, 0.15, 0.5, "pull"),
    N_("a lower price"): _channel(
        90e3, 20_000, 120e3, 0.08, 0.5, 0.5, 0.58, 180, 0.05, 0.3, "pull"),
    N_("more shops"): _channel(30e3, 10_000, 150e3, 0.1, 0.6, 0.5, 0.78, 300, 0.1, 0.05, "pull"),
    N_("advertising"): _channel(80e3, 30_000, 150e3, 0.05, 0.5, 0.4, 0.76, 300, 0.1, 0.6, "pull"),
}  # fmt: skip

#: All eighteen, as Yunhe Telecom spends on them today.
CHANNELS: dict[str, Channel] = WAYS | ATTRACTIONS

#: What the trainers call them.
CHINESE = dict(zip(CHANNELS, (
    "上门", "会议", "俱乐部", "亲友", "资料", "咨询", "“猎犬”", "介绍", "中心开花", "电话", "信函",
    "短信", "网络", "抢夺对手", "产品", "价格", "分销", "促销"), strict=True))  # fmt: skip


def channel_table(channels: Mapping[str, Channel] | None = None) -> pd.DataFrame:
    """Tabulate channels and what is assumed of them, ready to argue about.

    Parameters
    ----------
    channels : mapping of str to Channel, optional
        By name; :data:`CHANNELS` without it.

    Returns
    -------
    DataFrame
        One row a channel: ``channel``, ``chinese`` (empty for your own), ``mode``, and every
        number of :class:`Channel`.

    Raises
    ------
    CvmError
        If it is no such mapping, or an empty one.
    """
    chosen = checked(channels)
    table = pd.DataFrame([item.to_dict() for item in chosen.values()])
    table.insert(0, "channel", list(chosen))
    table.insert(1, "chinese", [CHINESE.get(name, "") for name in chosen])
    table.insert(2, "mode", table.pop("mode"))
    return table


def checked(channels: Mapping[str, Channel] | None) -> dict[str, Channel]:
    """See that channels come by name, and give them; all eighteen without any."""
    if channels is None:
        return dict(CHANNELS)
    if not isinstance(channels, Mapping) or not channels:
        wrong = _("Channels come by name, one or more.")
        raise CvmError(wrong, given=channels, remedy=_("Write for example {'web': Channel()}."))
    for name, item in channels.items():
        if not isinstance(item, Channel):
            wrong = _("'{name}' is not a channel.", name=name)
            raise CvmError(wrong, given=item, remedy=_("Write Channel(...) or take one of cvm.acquisition.CHANNELS."))  # fmt: skip
    return dict(channels)
