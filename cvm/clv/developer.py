r"""The developer's case: what one customer is worth when little is known of his future.

A developer of housing estates buys for 2 million a month, sends other developers, and
retires in two years. His value is a sum of three,

.. math::

   V = \underbrace{m B\, a_M}_{\text{own purchases}}
     + \underbrace{\tfrac{\rho}{12}\, o\, w\, a_M}_{\text{who came on his word}}
     + \underbrace{q\, k\, m B\, \frac{(sv)^M}{1 - gv}}_{\text{his successor}}
     - c\, a_M, \qquad
   a_M = \frac{1 - (sv)^M}{1 - sv},

with purchases :math:`B` a month at a margin :math:`m`, :math:`M` months to retirement, a
chance :math:`s` a month not to go to a rival, :math:`v` the month's discount factor,
:math:`\rho` customers a year who come on his word and are worth :math:`w` each, of whom
the share :math:`o` would not have come without it; a chance :math:`q` that his successor
stays, keeps the share :math:`k` of the purchases and stays each month with :math:`g`.
Courting the successor costs :math:`c` a month and multiplies the odds of :math:`q`.

**Stated uncertainty.** Of each quantity a manager says the likely value and a factor
:math:`f`: one time in ten it is below likely / :math:`f`, one in ten above likely times
:math:`f` (for a share: its odds). On that scale it is normal, so nothing leaves its range.
People state such ranges too narrow; ``overconfidence`` widens them all.

**Estimands.** The distribution of :math:`V`: its mean, and an interval that eight (or any
number) in ten futures fall into; how much of its spread is *not knowing*, which asking can
cure, and how much is *luck*, which it cannot; and the **tornado**: how far each quantity
moves :math:`V` between its low and its high while all others stay likely.

**What the naive answer gets wrong.** At the defaults "2 million a month for two years" is a
revenue of 48 million. The margin on it is 5.8 million. Discounted, and with the chance of
losing him, his own purchases are worth 4.3 million; referrals and successor bring the value at the
likely numbers to 5.5 million. The *mean* is 6.0 million, not 5.5: where factors multiply and
their doubts are lopsided, the value at the likely numbers is not the likely value. Eight in
ten futures lie between 1.3 and 11.2 million: that is why it is hard to quantify.

**Simplified for teaching.** The quantities are independent; referrals are spread evenly over
his months, and their values are exponential (most are worth little, a few much); purchases
fall at the start of a month. Whoever values the referred in their own row must not add them
up with his: they would be counted twice.

References
----------
The case is the course's own; the numbers beyond "2 million", "refers" and "two years" are
for teaching.
Howard, R. A. (1988). Decision analysis: practice and promise. *Management Science* 34(6),
679-695 (the tornado diagram; at second hand).
Kumar, V., Petersen, J. A. & Leone, R. P. (2007). How valuable is word of mouth? *Harvard
Business Review* 85(10) (only who would not have come otherwise; at second hand).
Alpert, M. & Raiffa, H. (1982). A progress report on the training of probability assessors.
In *Judgment under Uncertainty*, Cambridge (ranges are stated too narrow; at second hand).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit, gammaincinv, logit

from cvm.clv.simulation import geometric
from cvm.inputs import check_level, whole_number
from cvm.levers import Levers, assumption, lever, needs_world
from cvm.luck import Luck, bernoulli, poisson
from cvm.results import Result, number
from cvm.words import N_, _

__all__ = [
    "Developer",
    "DeveloperValue",
    "developer_expected",
    "developer_tornado",
    "developer_value",
    "simulate_developer",
    "stated_ranges",
]

Floats = NDArray[np.float64]
Values = Mapping[str, Any]

#: What is not known for sure, the factor of its doubt, and whether it is a share.
QUANTITIES = {
    "purchases": ("doubt_purchases", False),
    "margin": ("doubt_margin", True),
    "months": ("doubt_months", False),
    "leaving": ("doubt_leaving", True),
    "referrals": ("doubt_referrals", False),
    "referred_value": ("doubt_referred", False),
    "owed": ("doubt_owed", True),
    "successor": ("doubt_successor", True),
    "kept": ("doubt_kept", True),
}
#: The normal quantile of the stated ends: one in ten lies beyond each.
TENTH = 1.2815515655446004


def _doubt(default: float, words: str) -> Any:
    return assumption(default, low=1, high=5, step=0.1, unit=N_("times"), meaning=words)


class Developer(Levers):
    """The developer: what is likely, how much in doubt, and what the firm may do."""

    court: bool = lever(False, meaning=N_("Court his successor now"))
    court_cost: float = assumption(
        20_000.0, low=0, high=500_000, unit=N_("yuan"), meaning=N_("Courting costs, a month")
    )
    court_odds: float = assumption(
        3.0, low=1, high=20, unit=N_("times"), meaning=N_("Courting multiplies the odds by")
    )
    purchases: float = assumption(
        2_000_000.0, low=0, high=10_000_000, step=100_000, unit=N_("yuan"),
        meaning=N_("What he buys a month"), source=N_("the course"),
    )  # fmt: skip
    margin: float = assumption(
        0.12,
        low=0.01,
        high=0.6,
        step=0.01,
        unit="share",
        meaning=N_("Margin on it, service paid"),
    )
    months: int = assumption(
        24, low=1, high=120, unit=N_("months"), meaning=N_("Months until he retires"),
        source=N_("the course"),
    )  # fmt: skip
    leaving: float = assumption(
        0.02,
        low=0,
        high=0.3,
        step=0.01,
        unit="share",
        meaning=N_("Chance a month that a rival gets him"),
    )
    referrals: float = assumption(
        1.5,
        low=0,
        high=12,
        step=0.5,
        unit=N_("customers"),
        meaning=N_("Customers he sends, a year"),
    )
    referred_value: float = assumption(
        600_000.0,
        low=0,
        high=5_000_000,
        unit=N_("yuan"),
        meaning=N_("Worth of a customer he sends"),
    )
    owed: float = assumption(
        0.5, low=0, high=1, unit="share", meaning=N_("Of them owed to his word")
    )
    successor: float = assumption(
        0.3,
        low=0,
        high=0.98,
        step=0.02,
        unit="share",
        meaning=N_("Chance that his successor stays"),
    )
    kept: float = assumption(
        0.6, low=0, high=1, unit="share", meaning=N_("Purchases the successor keeps")
    )
    successor_leaving: float = assumption(
        0.03, low=0.005, high=0.3, step=0.005, unit="share",
        meaning=N_("Chance a month that a rival gets the successor"),
    )  # fmt: skip
    discount: float = assumption(
        0.1, low=0, high=0.5, unit="share", meaning=N_("Discount rate, a year")
    )
    overconfidence: float = assumption(
        1.0, low=0, high=3, step=0.1, unit=N_("times"),
        meaning=N_("Real doubt is so many times the stated one"),
    )  # fmt: skip
    doubt_purchases: float = _doubt(1.2, N_("Doubt of his purchases"))
    doubt_margin: float = _doubt(1.4, N_("Doubt of the margin"))
    doubt_months: float = _doubt(1.5, N_("Doubt of when he retires"))
    doubt_leaving: float = _doubt(2.0, N_("Doubt of the rival's chance"))
    doubt_referrals: float = _doubt(2.0, N_("Doubt of how many he sends"))
    doubt_referred: float = _doubt(2.5, N_("Doubt of what they are worth"))
    doubt_owed: float = _doubt(3.0, N_("Doubt of what is owed to his word"))
    doubt_successor: float = _doubt(4.0, N_("Doubt of the successor's chance"))
    doubt_kept: float = _doubt(2.0, N_("Doubt of what the successor keeps"))


@needs_world
def developer_expected(world: Developer) -> float:
    """Give his value with every quantity at its likely number; luck is averaged out.

    Parameters
    ----------
    world : Developer
        Levers and assumptions.

    Returns
    -------
    float
        Present value in yuan.

    Examples
    --------
    >>> certain = Developer(leaving=0, referrals=0, successor=0, discount=0)
    >>> round(developer_expected(certain))  # 24 months of 12 % of 2 million
    5760000
    """
    return float(_parts(world, world.to_dict())["value"])


@needs_world
def stated_ranges(world: Developer) -> pd.DataFrame:
    """List what is in doubt, with the low and the high number it is stated by.

    Parameters
    ----------
    world : Developer
        Levers and assumptions.

    Returns
    -------
    DataFrame
        One row a quantity: ``quantity``, ``meaning``, ``low``, ``likely``, ``high``, ``unit``;
        one in ten lies below ``low``, one in ten above ``high``.
    """
    told = {item.name: item for item in world.declared()}
    low, high = (_quantities(world, np.full((1, len(QUANTITIES)), z)) for z in (-TENTH, TENTH))
    return pd.DataFrame([
        {"quantity": name, "meaning": _(told[name].meaning), "low": float(low[name][0]),
         "likely": float(getattr(world, name)), "high": float(high[name][0]),
         "unit": told[name].unit}
        for name in QUANTITIES
    ])  # fmt: skip


@needs_world
def developer_tornado(world: Developer) -> pd.DataFrame:
    """Move one quantity at a time from low to high, the others at their likely numbers.

    Parameters
    ----------
    world : Developer
        Levers and assumptions.

    Returns
    -------
    DataFrame
        :func:`stated_ranges` with ``value_low``, ``value_high`` (his value at the two ends),
        ``at_likely`` (with all at their likely numbers), ``swing`` (the distance) and ``weight`` (squared swing as a share of all: about the
        share of what is not known that asking this one would cure); largest swing first.
    """
    table = stated_ranges(world)
    for end in ("low", "high"):
        table[f"value_{end}"] = [
            float(_parts(world, world.to_dict() | {str(name): float(value)})["value"])
            for name, value in zip(table["quantity"], table[end], strict=True)
        ]
    table["at_likely"] = developer_expected(world)
    table["swing"] = (table["value_high"] - table["value_low"]).abs()
    total = float((table["swing"] ** 2).sum())
    table["weight"] = table["swing"] ** 2 / total if total else 0.0
    return table.sort_values("swing", ascending=False, kind="stable", ignore_index=True)


@needs_world
def simulate_developer(world: Developer, *, n: int, seed: int) -> pd.DataFrame:
    """Simulate futures of the developer: what is not known is drawn, then luck is.

    Parameters
    ----------
    world : Developer
        Levers and assumptions.
    n : int
        Futures, 1 or more; a larger ``n`` keeps the first.
    seed : int
        The luck.

    Returns
    -------
    DataFrame
        One row a future: each quantity in doubt; ``bought_months``; ``came`` (customers owed
        to his word); ``succeeded`` (whether a successor stayed); the present values ``own``,
        ``referred``, ``handed_on`` (the successor's), ``courting`` (a cost, zero or negative)
        and their sum ``value``; and ``expected``, the mean of ``value`` over luck had the
        quantities been known.
    """
    luck, many = Luck(seed), whole_number(n, name="n")
    drawn = _quantities(world, luck.normal("doubt", many, len(QUANTITIES)))
    lived = _lived(world, drawn, luck, many)
    table = pd.DataFrame(dict(drawn)).assign(**lived)
    table["expected"] = _parts(world, world.to_dict() | drawn)["value"]
    return table


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class DeveloperValue(Result):
    """What the developer is worth, with what is not known of it.

    Parameters
    ----------
    value, low, high : float
        Mean over futures, and the ends of the interval that ``level`` of them fall into.
    level : float
        Of the interval.
    median : float
        As many futures below as above.
    at_likely : float
        The value with every quantity at its likely number.
    own, referred, handed_on, courting : float
        Parts of the mean.
    revenue : float
        The naive number: purchases a month times months.
    unknown : float
        Share of the variance that comes from not knowing the quantities; the rest is luck.
    futures : DataFrame
        From :func:`simulate_developer`.
    """

    value: float
    low: float
    high: float
    level: float
    median: float
    at_likely: float
    own: float
    referred: float
    handed_on: float
    courting: float
    revenue: float
    unknown: float
    futures: pd.DataFrame

    def sentence(self) -> str:
        """Say the mean, the interval, the parts and what asking could cure."""
        return _(
            "The developer is worth {value} million on average; {level} of futures lie between "
            "{low} and {high} million. His own purchases make {own} million, customers who came on "
            "his word {referred}, his successor {handed_on}. {unknown} of the spread is not "
            "knowing, the rest luck.",
            value=_millions(self.value), level=number(self.level, "share", digits=2),
            low=_millions(self.low), high=_millions(self.high), own=_millions(self.own),
            referred=_millions(self.referred), handed_on=_millions(self.handed_on),
            unknown=number(self.unknown, "share", digits=2),
        )  # fmt: skip


@needs_world
def developer_value(
    world: Developer, *, n: int = 20_000, seed: int = 0, level: float = 0.8
) -> DeveloperValue:
    """Value the developer under what is stated to be in doubt, and luck.

    Parameters
    ----------
    world : Developer
        Levers and assumptions.
    n, seed : int
        Futures drawn, and their luck.
    level : float
        Share of futures the interval holds, between 0 and 1.

    Returns
    -------
    DeveloperValue

    Raises
    ------
    CvmError
        For a level or a number of futures that cannot be.
    """
    check_level(level)
    futures = simulate_developer(world, n=whole_number(n, name="n", least=2), seed=seed)
    low, median, high = np.quantile(futures["value"], [(1 - level) / 2, 0.5, (1 + level) / 2])
    spread = float(futures["value"].var())
    mean = futures.mean(numeric_only=True)
    return DeveloperValue(
        value=float(mean["value"]), low=float(low), high=float(high), level=level,
        median=float(median), at_likely=developer_expected(world), own=float(mean["own"]),
        referred=float(mean["referred"]), handed_on=float(mean["handed_on"]),
        courting=float(mean["courting"]), revenue=world.purchases * world.months,
        unknown=float(futures["expected"].var()) / spread if spread else 0.0, futures=futures,
    )  # fmt: skip


def _quantities(world: Developer, z: Floats) -> dict[str, Floats]:
    """Move each quantity from its likely number by so many standard deviations."""
    moved = {}
    for column, (name, (doubt, share)) in zip(z.T, QUANTITIES.items(), strict=True):
        step = world.overconfidence * np.log(getattr(world, doubt)) / TENTH * column
        likely = float(getattr(world, name))
        moved[name] = expit(logit(likely) + step) if share else likely * np.exp(step)
    moved["months"] = np.maximum(np.round(moved["months"]), 1)
    return moved


def _parts(world: Developer, q: Values) -> dict[str, Any]:
    """Give the parts of the value, luck averaged out, for numbers or arrays of quantities."""
    v = (1 + world.discount) ** (-1 / 12)
    step, months = (1 - q["leaving"]) * v, q["months"]
    annuity = _annuity(step, months)
    earned = q["margin"] * q["purchases"]
    after = step**months / (1 - (1 - world.successor_leaving) * v)
    parts = {
        "own": earned * annuity,
        "referred": q["referrals"] / 12 * q["owed"] * q["referred_value"] * annuity,
        "handed_on": _stays(world, q["successor"]) * q["kept"] * earned * after,
        "courting": -world.court_cost * annuity * world.court,
    }
    return parts | {"value": sum(parts.values())}


def _lived(world: Developer, q: Values, luck: Luck, n: int) -> dict[str, Any]:
    """Let each future happen."""
    v = (1 + world.discount) ** (-1 / 12)
    life = geometric(luck.uniform("leaving", n), q["leaving"])
    bought = np.minimum(life, q["months"])
    annuity = _annuity(v, bought)
    came = poisson(luck.uniform("referrals", n), q["referrals"] / 12 * q["owed"] * bought)
    worth = gammaincinv(np.maximum(came, 1), luck.uniform("referred worth", n))
    stays = bernoulli(luck.uniform("successor", n), _stays(world, q["successor"]))
    succeeded = stays & (life > q["months"])
    after = _annuity(v, geometric(luck.uniform("successor life", n), world.successor_leaving))
    earned = q["margin"] * q["purchases"]
    parts = {
        "own": earned * annuity,
        "referred": np.where(came > 0, worth, 0.0) * q["referred_value"] * annuity / bought,
        "handed_on": succeeded * q["kept"] * earned * v ** q["months"] * after,
        "courting": -world.court_cost * annuity * world.court,
    }
    told = {"bought_months": bought.astype(np.int64), "came": came, "succeeded": succeeded}
    return told | parts | {"value": sum(parts.values())}


def _stays(world: Developer, chance: Any) -> Any:
    odds = world.court_odds if world.court else 1.0
    return odds * chance / (1 - chance + odds * chance)


def _millions(value: float) -> str:
    return number(value / 1e6, digits=2)


def _annuity(step: Any, payments: Any) -> Any:
    """Add up 1 + step + step^2 + ... over so many payments; without discount, their number."""
    flat = np.isclose(step, 1.0, rtol=0, atol=1e-12)
    gap = np.where(flat, 1.0, 1 - np.asarray(step))
    return np.where(flat, payments, -np.expm1(payments * np.log(step)) / gap)
