r"""The saying "customers choose whoever delivers them most value", tried three ways.

Markets of three firms are drawn at random: eight scores each (benefits around 7, costs around
3, standard deviation 1) and a reach, normal with standard deviation ``reach``. People differ
in taste and in how much they mind costs (:mod:`cvm.value.offers`). Asked is

1. **of people**: how many choose the firm that delivers most to them?
2. **of markets**: how often has the firm that delivers most the largest share?
3. **of change**: in how many markets does a point more win the firm share?

**What the naive answer gets wrong.** It takes the third, which always holds, for the first,
which holds for about half of people, and for the second, which hangs on reach.

**Where it comes from.** The saying goes with Kotler's delivered value, at second hand. The
markets are ours; that choice is a logit is an assumption, and the third answer follows from
it. No real data here measures value and share in many markets, so the trial is of the model.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

import numpy as np
import pandas as pd

from cvm.errors import CvmError
from cvm.inputs import real_number, whole_number
from cvm.luck import Luck
from cvm.results import Result, number
from cvm.value import Value, cost_weight, delivered_value, shares, utility
from cvm.words import _

__all__ = ["Leaders", "try_leaders"]


@dataclass(frozen=True, kw_only=True, repr=False)
class Leaders(Result):
    """How far the saying holds.

    Parameters
    ----------
    table : DataFrame
        One row a condition: ``reach`` and ``taste`` (standard deviations in log-odds),
        ``people_follow``, ``leader_leads``, ``low``, ``high`` (95 % interval of
        ``leader_leads``) and ``point_wins``, all shares.
    markets, people : int
        Markets in each condition, and people drawn (each met three times).
    seed : int
        The luck.
    """

    table: pd.DataFrame = field(compare=False)
    markets: int
    people: int
    seed: int

    def sentence(self) -> str:
        """Say all three answers."""
        t = self.table
        return _(
            "Holds in one of three readings. {few} to {many} of people choose the firm that "
            "delivers most to them. The firm that delivers most leads the market in {least} to "
            "{most} of markets. A point more wins share in {wins} of them (simulated, {markets} "
            "markets in each of {conditions} conditions).",
            few=number(t["people_follow"].min(), "share", digits=2),
            many=number(t["people_follow"].max(), "share", digits=2),
            least=number(t["leader_leads"].min(), "share", digits=2),
            most=number(t["leader_leads"].max(), "share", digits=2),
            wins=number(t["point_wins"].min(), "share"),
            markets=number(self.markets), conditions=number(len(t)),
        )  # fmt: skip

    def to_frame(self) -> pd.DataFrame:
        """Give one row a condition."""
        return self.table.copy()


def try_leaders(
    *,
    reaches: Sequence[float] = (0.0, 0.5, 1.0),
    tastes: Sequence[float] = (0.0, 1.0, 2.0),
    world: Value | None = None,
    markets: int = 400,
    people: int = 40,
    seed: int = 1,
) -> Leaders:
    """Try the saying in random markets.

    Parameters
    ----------
    reaches : sequence of float
        How much firms differ in reach, in log-odds, 0 or more.
    tastes : sequence of float
        How much people differ in taste, in log-odds, 0 to 5.
    world : Value, optional
        The weights, the sensitivity and the cost spread; the defaults without it.
    markets, people : int
        Markets in each condition, 2 or more; and people drawn, 2 or more, each of whom is
        met three times, with tastes that favour each firm in turn.
    seed : int
        The luck; the same firms and people in every condition.

    Returns
    -------
    Leaders
    """
    markets, people = whole_number(markets, name="markets"), whole_number(people, name="people")
    reaches, tastes = _spreads(reaches, "reaches"), _spreads(tastes, "tastes")
    if min(markets, people) < 2 or not reaches or not tastes:
        raise CvmError(
            _("A trial needs two markets, two people and a reach of zero or more."),
            given=(markets, people, reaches, tastes),
            remedy=_("Give for example markets=400, people=40, reaches=(0, 1)."),
        )
    luck, base = Luck(seed), Value() if world is None else world
    scores = luck.normal("scores", markets, 24).reshape(markets, 3, 8)
    scores = np.clip(scores + np.array([7.0] * 4 + [3.0] * 4), 0, 10)[:, None]
    reached = luck.normal("reach", markets, 3)[:, None]
    minding = np.tile(cost_weight(luck.normal("minding costs", people), base), 3)[:, None]
    value = delivered_value(scores[..., :4], scores[..., 4:], base, minding=minding)
    leader = delivered_value(scores[..., :4], scores[..., 4:], base)[:, 0].argmax(axis=1)
    drawn = luck.normal("tastes", people, 3)
    # Everybody's tastes for all three firms in turn, so that luck favours no firm.
    drawn = np.concatenate([np.roll(drawn, turn, axis=1) for turn in range(3)])
    rows = []
    for reach, taste in product(reaches, tastes):
        there = base.replace(taste=taste)
        chance = shares(utility(value, reach * reached, drawn, there))
        more = shares(utility(value + np.array([1.0, 0, 0]), reach * reached, drawn, there))
        own = np.take_along_axis(chance, value.argmax(axis=-1)[..., None], axis=-1)
        leads = chance.mean(axis=1).argmax(axis=1) == leader
        wins = more[..., 0].mean(axis=1) > chance[..., 0].mean(axis=1)
        low, high = _interval(int(leads.sum()), markets)
        rows.append({"reach": reach, "taste": taste, "people_follow": own.mean(),
                     "leader_leads": leads.mean(), "low": low, "high": high,
                     "point_wins": wins.mean()})  # fmt: skip
    return Leaders(table=pd.DataFrame(rows), markets=markets, people=people, seed=seed)


def _spreads(values: Iterable[float], name: str) -> list[float]:
    several = isinstance(values, Iterable) and not isinstance(values, str | Mapping)
    return [real_number(v, name=name, least=0) for v in (values if several else [values])]


def _interval(hits: int, n: int) -> tuple[float, float]:
    from scipy.stats import binomtest

    found = binomtest(hits, n).proportion_ci(method="wilson")
    return float(found.low), float(found.high)
