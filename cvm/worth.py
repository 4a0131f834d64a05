r"""Managing worth (客户价值管理): contribution, the three sources of equity, classes, strategies.

What customers contribute (客户贡献度) is more than this year's margin. Three small models,
all exact.

**1. One customer.** :class:`Lifetime` is the closed form of :mod:`cvm.clv.closed` as levers:
margin, retention, discount, and when the first payment falls.

**2. Three sources of customer equity.** A customer of margin :math:`m` and retention
:math:`r` pays at once and is worth :math:`m A(r)`, :math:`A(r) = (1+d)/(1+d-r)`. The *brand*
adds a premium :math:`b` and points of retention :math:`\beta`; by *word of mouth* each
customer brings :math:`w` others a year, who bring others in turn:

.. math::

   V(b, \beta, w) = \frac{m(1+b)\,A(r+\beta)}{1 - w\,A(r+\beta)}, \qquad w\,A < 1 .

Without both, what is left is the lifetime value proper. What each of the two adds depends on
which is taken away first, so the mean over both orders is given (:func:`equity_sources`).

**3. Four classes, four strategies.** Potential, new, mature and lost customers (潜在 新 成熟
流失) move year by year: potential become new, new mature or lost, mature stay or are lost,
some of the lost come back. Each class has its chance, and one of four strategies -
innovation, service, relationship, price - raises its odds by
:math:`e^{g_{sc}(1 - e^{-x/x_0})}` if :math:`x` a head and year is spent on the class for
good. Cheaper prices also lower the margin that customers get used to. The worth of a class
is a Markov value (:mod:`cvm.clv.markov`), so the gain of each of the sixteen is exact
(:func:`strategy_table`).

**Estimands.** The value of a customer, the three parts of equity, the worth of each class,
and what each strategy adds in each class, all as present values.

**What the naive answer gets wrong.** It judges a strategy by its effect on the chance. At the
defaults the strongest effect in each class is of one size in odds, and yet the same 30 a
head and year bring 10.1 million with the mature, 3.4 with the new, 3.2 with the potential
and 2.7 with the lost; and cheaper prices for the mature, who would have stayed, lose 1.6.

**Where it comes from.** Classes and strategies are the course's own; which strategy fits
which class is an assumption to argue about (:data:`EFFECTS`), as are all sizes. Equity from
value, brand and relations: after Rust, Lemon & Zeithaml (2004), at second hand; here the
parts are counted in another way.

**Simplified for teaching.** One margin and chance a class; strategies do not help or hinder
each other; people of all classes are there today, none are born.

References
----------
Rust, R. T., Lemon, K. N. & Zeithaml, V. A. (2004). Return on marketing: using customer
equity to focus marketing strategy. *Journal of Marketing* 68(1), 109-127.
Pfeifer, P. E. & Carraway, R. L. (2000). Modeling customer relationships as Markov chains.
*Journal of Interactive Marketing* 14(2), 43-55.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from cvm.clv.closed import PAYMENTS, lifetime_value
from cvm.clv.markov import markov_value
from cvm.errors import CvmError
from cvm.inputs import need_columns
from cvm.levers import Levers, assumption, lever, needs_world
from cvm.words import N_, _

__all__ = [
    "CLASSES",
    "EFFECTS",
    "STRATEGIES",
    "Classes",
    "Lifetime",
    "Sources",
    "class_table",
    "customer_classes",
    "equity_sources",
    "strategy_table",
    "value_by_retention",
]

#: The classes, in the order of a customer's life.
CLASSES = (N_("potential"), N_("new"), N_("mature"), N_("lost"))
#: The four strategies of the course.
STRATEGIES = (N_("innovation"), N_("service"), N_("relationship"), N_("price"))
#: What a strategy adds to the log odds of a class's chance, at full response (teaching).
EFFECTS: Mapping[str, Mapping[str, float]] = {
    "innovation": {"potential": 1.0, "new": 0.2, "mature": 0.3, "lost": 0.3},
    "service": {"potential": 0.1, "new": 1.0, "mature": 0.6, "lost": 0.3},
    "relationship": {"potential": 0.2, "new": 0.4, "mature": 1.0, "lost": 0.5},
    "price": {"potential": 0.6, "new": 0.4, "mature": 0.3, "lost": 1.0},
}


class Lifetime(Levers):
    """A customer whose margin and retention stay as they are."""

    retention: float = lever(
        0.9, low=0, high=0.99, step=0.01, unit="share", meaning=N_("Chance to stay a year")
    )
    margin: float = lever(
        600.0, low=0, high=2000, step=50, unit=N_("yuan"), meaning=N_("Margin a year")
    )
    acquisition_cost: float = lever(
        900.0, low=0, high=5000, step=100, unit=N_("yuan"), meaning=N_("Cost to win")
    )
    discount: float = assumption(
        0.12, low=0.01, high=0.5, step=0.01, unit="share", meaning=N_("Discount rate, a year")
    )
    first_payment: str = assumption(
        "now", options=PAYMENTS, meaning=N_("When the first payment falls")
    )


class Sources(Levers):
    """Where customer equity comes from."""

    brand: float = lever(
        0.15, low=0, high=1, step=0.05, unit="share", meaning=N_("Premium that the brand commands")
    )
    brand_retention: float = lever(
        0.03, low=0, high=0.1, step=0.01, unit="points", meaning=N_("Retention owed to the brand")
    )
    word: float = lever(
        0.04, low=0, high=0.2, step=0.01, unit=N_("customers"),
        meaning=N_("New ones a customer brings, a year"),
    )  # fmt: skip
    retention: float = assumption(
        0.8, low=0, high=0.89, unit="share", meaning=N_("Chance to stay a year, without brand")
    )
    margin: float = assumption(
        600.0, low=1, high=100_000, unit=N_("yuan"), meaning=N_("Margin a year, without brand")
    )
    customers: float = assumption(
        10_000.0, low=1, high=100_000_000, unit=N_("customers"), meaning=N_("Customers now")
    )
    discount: float = assumption(
        0.1, low=0.01, high=1, step=0.01, unit="share", meaning=N_("Discount rate, a year")
    )


class Classes(Levers):
    """The classes of customers, and what is spent on one of them."""

    effort: float = lever(
        30.0, low=0, high=300, step=10, unit=N_("yuan"), meaning=N_("Spent a head and year")
    )
    saturation: float = assumption(
        30.0, low=10, high=300, step=10, unit=N_("yuan"),
        meaning=N_("Spending at which 63 % of the effect is reached"),
    )  # fmt: skip
    join: float = assumption(
        0.05,
        low=0.01,
        high=0.5,
        step=0.01,
        unit="share",
        meaning=N_("Potential become new, a year"),
    )
    keep_new: float = assumption(
        0.65, low=0.05, high=0.95, step=0.01, unit="share", meaning=N_("New become mature")
    )
    keep_mature: float = assumption(
        0.86, low=0.05, high=0.98, step=0.01, unit="share", meaning=N_("Mature stay")
    )
    back: float = assumption(
        0.04, low=0.01, high=0.5, step=0.01, unit="share", meaning=N_("Lost come back")
    )
    margin_new: float = assumption(
        300.0,
        low=0,
        high=5000,
        step=50,
        unit=N_("yuan"),
        meaning=N_("Margin of the new, a year"),
    )
    margin_mature: float = assumption(
        600.0, low=0, high=5000, step=50, unit=N_("yuan"),
        meaning=N_("Margin of the mature, a year"),
    )  # fmt: skip
    spoilt: float = assumption(
        0.1,
        low=0,
        high=0.5,
        step=0.01,
        unit="share",
        meaning=N_("Margin lost where prices are cut"),
    )
    potential: float = assumption(
        20_000.0, low=0, high=10_000_000, unit=N_("customers"), meaning=N_("Potential today")
    )
    new: float = assumption(
        1_600.0, low=0, high=10_000_000, unit=N_("customers"), meaning=N_("New today")
    )
    mature: float = assumption(
        8_000.0, low=0, high=10_000_000, unit=N_("customers"), meaning=N_("Mature today")
    )
    lost: float = assumption(
        5_000.0, low=0, high=10_000_000, unit=N_("customers"), meaning=N_("Lost, still known")
    )
    discount: float = assumption(
        0.1, low=0.01, high=1, step=0.01, unit="share", meaning=N_("Discount rate, a year")
    )


@needs_world
def value_by_retention(world: Lifetime) -> pd.DataFrame:
    """Tabulate the closed form over retention, with the naive one beside it.

    Parameters
    ----------
    world : Lifetime
        Levers and assumptions.

    Returns
    -------
    DataFrame
        ``retention`` (0 to 0.99), ``value`` (present, less the cost to win) and ``naive``
        (margin times expected life, less the cost).
    """
    r = np.linspace(0, 0.99, 100)
    value = lifetime_value(
        margin=world.margin, retention=r, discount=world.discount,
        first_payment=world.first_payment, acquisition_cost=world.acquisition_cost,
    )  # fmt: skip
    naive = world.margin / (1 - r) - world.acquisition_cost
    return pd.DataFrame({"retention": r, "value": value, "naive": naive})


@needs_world
def equity_sources(world: Sources) -> pd.DataFrame:
    """Split customer equity into lifetime value, brand and word of mouth.

    Parameters
    ----------
    world : Sources
        Levers and assumptions.

    Returns
    -------
    DataFrame
        One row a source: ``source``, ``each`` (a customer), ``equity`` (all customers),
        ``share``.

    Raises
    ------
    CvmError
        If customers bring so many others that the value has no end.
    """
    bare, brand, word, both = (
        _equity(world, b, w) for b, w in ((0, 0), (1, 0), (0, 1), (1, 1))
    )  # fmt: skip
    parts = {
        N_("lifetime value"): bare,
        N_("brand"): (brand - bare + both - word) / 2,
        N_("word of mouth"): (word - bare + both - brand) / 2,
    }
    each = np.array(list(parts.values()))
    return pd.DataFrame({
        "source": [_(name) for name in parts], "each": each, "equity": each * world.customers,
        "share": each / both,
    })  # fmt: skip


@needs_world
def class_table(world: Classes) -> pd.DataFrame:
    """Value the classes as they stand, nothing spent on any.

    Parameters
    ----------
    world : Classes
        Levers and assumptions.

    Returns
    -------
    DataFrame
        One row a class: ``customer_class``, ``customers``, ``each`` (present value of one),
        ``value`` (of all).
    """
    each, many = _value(world), _many(world)
    return pd.DataFrame({
        "customer_class": list(CLASSES), "customers": many, "each": each, "value": many * each
    })  # fmt: skip


@needs_world
def strategy_table(world: Classes) -> pd.DataFrame:
    """Say what each strategy adds if it is used on one class, for good.

    Parameters
    ----------
    world : Classes
        Levers and assumptions.

    Returns
    -------
    DataFrame
        Sixteen rows: ``customer_class``, ``strategy``, ``before`` and ``after`` (the chance
        of the class), ``gain`` (present value added for all people, its cost taken off),
        ``best`` (the strategy of its class with the largest gain, if it gains a cent).
    """
    many, bare = _many(world), _value(world)
    rows = [
        {"customer_class": name, "strategy": strategy, "before": _chances(world)[name],
         "after": _chances(world, name, strategy)[name],
         "gain": float(many @ (_value(world, name, strategy) - bare))}
        for name in CLASSES for strategy in STRATEGIES
    ]  # fmt: skip
    table = pd.DataFrame(rows)
    top = table.groupby("customer_class")["gain"].transform("max")
    return table.assign(best=(table["gain"] == top) & (table["gain"] > 0.01))


def customer_classes(
    summary: pd.DataFrame, *, alive: pd.Series, new_until: float = 13, lost_below: float = 0.5
) -> pd.Series:
    """Sort customers into new, mature and lost.

    Parameters
    ----------
    summary : DataFrame
        From :func:`cvm.clv.summary`.
    alive : Series
        Probability to be alive, as from :func:`cvm.clv.probability_alive`, in its order.
    new_until : float
        Age up to which a customer is new, in the unit of ``T``.
    lost_below : float
        Probability below which a customer counts as lost, 0 to 1.

    Returns
    -------
    Series
        "new", "mature" or "lost"; potential customers are in no log. Who is lost is lost,
        however new.

    Raises
    ------
    CvmError
        For a table without ``T``, or probabilities that are none or too few.
    """
    need_columns(summary, ["T"])
    chance = np.asarray(alive, float)
    fits = chance.shape == (len(summary),) and ((chance >= 0) & (chance <= 1)).all()
    if not fits or not 0 <= lost_below <= 1:
        raise CvmError(
            _("Classes need a probability for each customer, and an edge between 0 and 1."),
            given=lost_below, remedy=_("Give alive=probability_alive(fit, summary)."),
        )  # fmt: skip
    new = summary["T"].to_numpy(float) <= new_until
    sorted_ = np.select([chance < lost_below, new], ["lost", "new"], "mature")
    return pd.Series(sorted_, summary.index, name="customer_class")


def _equity(world: Sources, brand: int, word: int) -> float:
    """Value a customer with or without brand and word of mouth."""
    margin = world.margin * (1 + brand * world.brand)
    retention = world.retention + brand * world.brand_retention
    life = (1 + world.discount) / (1 + world.discount - retention)
    brings = word * world.word * life
    if brings >= 1:
        raise CvmError(
            _("Each customer brings one or more in a lifetime, so the value has no end."),
            given=brings, remedy=_("Lower word or retention, or raise the discount rate."),
        )  # fmt: skip
    return margin * life / (1 - brings)


def _many(world: Classes) -> np.ndarray:
    return np.array([getattr(world, name) for name in CLASSES])


def _chances(world: Classes, target: str = "", strategy: str = "") -> dict[str, float]:
    """Give the chance of each class; raised in the one that a strategy works on."""
    chances = {"potential": world.join, "new": world.keep_new, "mature": world.keep_mature,
               "lost": world.back}  # fmt: skip
    if target:
        push = EFFECTS[strategy][target] * _response(world)
        chances[target] = float(expit(logit(chances[target]) + push))
    return chances


def _response(world: Classes) -> float:
    return float(-np.expm1(-world.effort / world.saturation))


def _value(world: Classes, target: str = "", strategy: str = "") -> np.ndarray:
    """Value one person of each class, with a strategy on one class or none."""
    chance = _chances(world, target, strategy)
    matrix = np.zeros((4, 4))
    for row, (name, to, else_) in enumerate(
        (("potential", 1, 0), ("new", 2, 3), ("mature", 2, 3), ("lost", 1, 3))
    ):
        matrix[row, to] += chance[name]
        matrix[row, else_] += 1 - chance[name]
    margins = np.array([0.0, world.margin_new, world.margin_mature, 0.0])
    if target:
        place = CLASSES.index(target)
        # Who gets used to low prices pays less as long as the class lasts.
        spoilt = world.spoilt * _response(world) if strategy == "price" else 0.0
        margins[place] = margins[place] * (1 - spoilt) - world.effort
    return markov_value(matrix, margins, discount=world.discount).to_numpy()
