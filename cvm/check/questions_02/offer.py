"""What the firm is worth to its customers: delivered value, shares, the value map."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cvm.check.answers import Number
from cvm.check.data import Data
from cvm.check.question import Mistake, Question
from cvm.check.questions_02.base import HALF, sides
from cvm.knowing import NAMES
from cvm.value import BENEFITS, shares, value_map
from cvm.words import N_

__all__ = ["DELIVERED", "SHARE", "VALUE_INDEX"]

US = NAMES[0]


# --- 02.1 delivered value ----------------------------------------------------------


def delivered(data: Data) -> pd.Series:
    """Give the delivered value of each firm, in points."""
    gets, gives = sides(data)
    names = list(NAMES)
    return (
        gets[names].mul(gets["weight"], axis=0).sum()
        - gives[names].mul(gives["weight"], axis=0).sum()
    )


def _weighed(data: Data, side: str) -> float:
    table = data.offers[data.offers["side"] == side]
    return float((table["weight"] * table[US]).sum())


def _unweighted(data: Data) -> float:
    gets, gives = sides(data)
    return float(gets[US].sum() - gives[US].sum())


def _money_alone(data: Data) -> float:
    money = data.offers.set_index("part").loc["money"]
    return _weighed(data, "benefit") - float(money["weight"] * money[US])


DELIVERED = Question(
    id="02.1",
    prompt=N_("How much value does Yunhe deliver: weighted benefits less weighted costs?"),
    answer=Number(),
    reference=lambda data: float(delivered(data)[US]),
    shows=N_(
        "{answer} points are left when money, waiting, trouble and worry are paid. That, and not "
        "the sum of benefits, is what customers compare."
    ),
    mistakes=(
        Mistake(
            name="costs-forgotten",
            wrong=lambda data: _weighed(data, "benefit"),
            reply=N_("Those are the benefits alone. Customers pay four costs: take them off."),
        ),
        Mistake(
            name="costs-added",
            wrong=lambda data: _weighed(data, "benefit") + _weighed(data, "cost"),
            reply=N_("You added the costs. A high cost takes value away."),
        ),
        Mistake(
            name="weights-forgotten",
            wrong=_unweighted,
            reply=N_(
                "You took plain averages. Customers do not count all parts alike: weigh them."
            ),
        ),
        Mistake(
            name="money-alone",
            wrong=_money_alone,
            reply=N_("You took off the money and forgot time, energy and psychic strain."),
        ),
    ),
    hints=(
        N_("Weight times score, part by part; the side says whether to add or to take away."),
        N_('Split `data.offers` by "side", and sum weight times Yunhe on each.'),
    ),
    solution=N_(
        "Weigh both sides and take the difference.\n"
        "    table = data.offers\n"
        '    points = table["weight"] * table["Yunhe"]\n'
        '    answer = points[table["side"] == "benefit"].sum() - points[table["side"] == "cost"].sum()'
    ),
)


# --- 02.2 the share after waiting is cut -------------------------------------------


def share(data: Data, *, more: float = 0.0, reach: bool = True) -> float:
    """Give Yunhe's share of choice by the logit, with some points more value."""
    value = delivered(data).to_numpy() + np.array([more, 0.0, 0.0])
    known = data.reach.to_numpy() if reach else 0.0
    return float(shares(data.sensitivity * value + known)[0])


def _gain(data: Data) -> float:
    """Give the points of delivered value that less waiting brings."""
    return float(data.offers.set_index("part").loc["time", "weight"] * data.step)


def _part_of_the_sum(data: Data) -> float:
    value = delivered(data) + pd.Series([_gain(data), 0, 0], index=list(NAMES))
    return float(value[US] / value.sum())


SHARE = Question(
    id="02.2",
    prompt=N_(
        "Yunhe cuts waiting by `data.step` points of time cost. What share will it be chosen by, "
        "in per cent or as a share? Use the logit with sensitivity and reach; leave tastes out."
    ),
    answer=Number(unit="share"),
    reference=lambda data: share(data, more=_gain(data)),
    shows=N_(
        "{answer} would choose Yunhe. A shorter queue wins customers as surely as a lower price, "
        "weight for weight."
    ),
    mistakes=(
        Mistake(
            name="weight-forgotten",
            wrong=lambda data: share(data, more=data.step),
            reply=N_(
                "You raised delivered value by the whole step. Waiting is one cost of four: "
                "multiply by its weight."
            ),
        ),
        Mistake(
            name="wrong-way",
            wrong=lambda data: share(data, more=-_gain(data)),
            reply=N_("Waiting is a cost: less of it means *more* delivered value."),
        ),
        Mistake(
            name="reach-forgotten",
            wrong=lambda data: share(data, more=_gain(data), reach=False),
            reply=N_("Add `data.reach`: not every firm is equally well known."),
        ),
        Mistake(
            name="before-the-cut",
            wrong=share,
            reply=N_("That is the share before waiting is cut."),
        ),
        Mistake(
            name="part-of-the-sum",
            wrong=_part_of_the_sum,
            reply=N_(
                "You divided value by the sum of values. In a logit the exponentials of the "
                "utilities are divided."
            ),
        ),
    ),
    hints=(
        N_("How many points of delivered value is the cut worth? Then the logit, for three firms."),
        N_("Utility = sensitivity * value + reach; share = exp(own) / sum of all three exps."),
    ),
    solution=N_(
        "Delivered value of all three, the cut added to Yunhe's, then the logit.\n"
        "    import numpy as np\n"
        "    table = data.offers\n"
        '    sign = np.where(table["side"] == "benefit", 1, -1) * table["weight"]\n'
        '    value = table[["Yunhe", "rival a", "rival b"]].mul(sign, axis=0).sum()\n'
        '    value["Yunhe"] += table.set_index("part").loc["time", "weight"] * data.step\n'
        "    odds = np.exp(data.sensitivity * value + data.reach)\n"
        '    answer = odds["Yunhe"] / odds.sum()'
    ),
)


# --- 02.3 the value map --------------------------------------------------------------


def _index(quality: float, price: float) -> float:
    return HALF * quality + (1 - HALF) / price


def _ratios(data: Data) -> tuple[float, float]:
    row = value_map(data.ratings, quality_weight=HALF).iloc[0]
    return float(row["quality_ratio"]), float(row["price_ratio"])


def _against_all(data: Data) -> float:
    firms = data.ratings.iloc[:3]
    weights = data.ratings.iloc[3][[*BENEFITS]].astype(float)
    quality = firms[[*BENEFITS]] / firms[[*BENEFITS]].mean()
    own = float((quality.iloc[0] * weights).sum())
    return _index(own, float(firms["price"].iloc[0] / firms["price"].mean()))


def _equal_weights(data: Data) -> float:
    row = value_map(data.ratings.iloc[:3], quality_weight=HALF).iloc[0]
    return float(row["value_index"])


VALUE_INDEX = Question(
    id="02.3",
    prompt=N_(
        "Draw up the value map of business customers, quality counting a half. What is Yunhe's value index: half "
        "its quality ratio plus half the inverse of its price ratio?"
    ),
    answer=Number(),
    reference=lambda data: _index(*_ratios(data)),
    shows=N_(
        "An index of {answer}, where 1 is fair value. It is a judgement on quality and price; "
        "waiting, worry and reach are not on the map."
    ),
    mistakes=(
        Mistake(
            name="price-not-inverted",
            wrong=lambda data: HALF * sum(_ratios(data)),
            reply=N_("You added the price ratio itself: a dear firm would look good. Invert it."),
        ),
        Mistake(
            name="own-firm-in-the-mean",
            wrong=_against_all,
            reply=N_("Each firm is compared with the mean of the *others*, itself left out."),
        ),
        Mistake(
            name="equal-weights",
            wrong=_equal_weights,
            reply=N_('You counted all benefits alike. The row "weight" belongs to the table.'),
        ),
        Mistake(
            name="quality-alone",
            wrong=lambda data: _ratios(data)[0],
            reply=N_("That is the quality ratio. The price has its half."),
        ),
    ),
    hints=(
        N_("The chapter draws a map with one call; `data.ratings` has the form it wants."),
        N_('`value_map(data.ratings)`: the column "value_index", the row of Yunhe.'),
    ),
    solution=N_(
        "One call, one cell of its table.\n"
        "    from cvm.value import value_map\n"
        '    chart = value_map(data.ratings).set_index("firm")\n'
        '    answer = chart.loc["Yunhe", "value_index"]'
    ),
)
