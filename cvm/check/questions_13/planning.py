"""A study sized before its data, and a specification curve read."""

from __future__ import annotations

from typing import Any

import pandas as pd
from scipy import stats

from cvm.check.answers import Named, Number
from cvm.check.data import Data
from cvm.check.question import Mistake, Question
from cvm.check.questions_13.base import CHOICES
from cvm.words import N_

__all__ = ["CURVE", "SIZE"]


# --- 13.5 how many to ask -------------------------------------------------------------


def _answers(data: Data, *, power: float = 0.8) -> float:
    """Give the answers that both groups need together, customers being on their own."""
    wanted = stats.norm.ppf(0.975) + stats.norm.ppf(power)
    return float(4 * (wanted * data.spread / data.smallest) ** 2)


def _alike(data: Data) -> float:
    return 1 + (data.per_shop - 1) * data.alike


def _asked(data: Data) -> float:
    return _answers(data) * _alike(data) / data.answering


SIZE = Question(
    id="13.5",
    prompt=N_(
        "How many customers must be asked, both groups together, so that a rise of `data.smallest` "
        "points is found with a power of 0.8 (two-sided, 0.05)? Lots are drawn of shops, `per_shop` answer in "
        "each, and a share `answering` of those asked answers."
    ),
    answer=Number(unit=N_("customers")),
    reference=_asked,
    tolerance=0.03,
    shows=N_(
        "About {answer}. Two things nobody likes to hear make it so large: customers of a shop tell "
        "partly the same, and most do not answer. Both are known before a single question is sent."
    ),
    mistakes=(
        Mistake(
            name="shops-forgotten",
            wrong=lambda data: _answers(data) / data.answering,
            reply=N_(
                "You counted customers of one shop as strangers. Multiply by 1 + (per_shop - 1) * alike."
            ),
        ),
        Mistake(
            name="answers-not-asked",
            wrong=lambda data: _answers(data) * _alike(data),
            reply=N_("So many must answer. How many must be asked for so many to answer?"),
        ),
        Mistake(
            name="times-the-share",
            wrong=lambda data: _answers(data) * _alike(data) * data.answering,
            reply=N_(
                "You multiplied by the share that answers: so the fewer answer, the fewer you ask. "
                "Divide."
            ),
        ),
        Mistake(
            name="one-group",
            wrong=lambda data: _asked(data) / 2,
            reply=N_("That is one group. There are two: those of renovated shops and the others."),
        ),
        Mistake(
            name="power-of-a-half",
            wrong=lambda data: _answers(data, power=0.5) * _alike(data) / data.answering,
            reply=N_(
                "At that size the smallest effect that matters just reaches significance on average: half of such studies "
                "miss it. Ask for a power of 0.8."
            ),
        ),
    ),
    hints=(
        N_("First as if every customer were on their own, then the shops, then those who do not answer."),
        N_(
            "`TTestIndPower().solve_power(effect_size=data.smallest / data.spread, power=0.8, alpha=0.05)` "
            "of statsmodels gives one group; then times two, times 1 + (per_shop - 1) * alike, over answering."
        ),
    ),
    solution=N_(
        "One group, two groups, the shops, those who do not answer.\n"
        "    from statsmodels.stats.power import TTestIndPower\n"
        "    effect = data.smallest / data.spread\n"
        "    group = TTestIndPower().solve_power(effect_size=effect, power=0.8, alpha=0.05)\n"
        "    alike = 1 + (data.per_shop - 1) * data.alike\n"
        "    answer = 2 * group * alike / data.answering"
    ),
)  # fmt: skip


# --- 13.6 a specification curve -------------------------------------------------------


def moved(data: Data) -> pd.Series:
    """Give how far each choice moves the median estimate, from option to option."""
    curve = data.curve
    spans = {
        choice: curve.groupby(choice)["estimate"].median().agg(lambda m: m.max() - m.min())
        for choice in CHOICES
    }
    return pd.Series(spans)


def _reported(data: Data) -> float:
    return float(data.curve.set_index("place").loc[data.reported, "estimate"])


def _read(data: Data) -> dict[str, Any]:
    estimates = data.curve["estimate"]
    return {
        "above zero": float((estimates > 0).mean()),
        "median": float(estimates.median()),
        "moved by": str(moved(data).idxmax()),
        "below": float((estimates < _reported(data)).mean()),
    }


CURVE = Question(
    id="13.6",
    prompt=N_(
        "Read the curve. Give a dict: `above zero`, the share of specifications that say the programme adds "
        "something; `median`, of the estimates; `moved by`, the choice whose options move the median "
        "estimate most; `below`, the share of specifications with a smaller estimate than the reported one."
    ),
    answer=Named(key=("what",), column="value"),
    reference=_read,
    shows=N_(
        "{answer}. All agree that the programme adds something, one choice decides how much, and the reported figure "
        "was picked from the top. Yet even the smallest stands above the truth: a flaw that all specifications "
        "share, no curve can show."
    ),
    mistakes=(
        Mistake(
            name="mean",
            wrong=lambda data: {"median": float(data.curve["estimate"].mean())},
            reply=N_("That is the mean; a few large estimates pull it up. Asked is the median."),
        ),
        Mistake(
            name="the-reported-one",
            wrong=lambda data: {"median": _reported(data)},
            reply=N_("As `median` you gave the reported estimate. It is one of two dozen."),
        ),
        Mistake(
            name="satisfaction",
            wrong=lambda data: {"moved by": "satisfaction"},
            reply=N_(
                "Satisfaction moves it, but not most. For each choice, compare the medians of its options."
            ),
        ),
        Mistake(
            name="customers",
            wrong=lambda data: {"moved by": "customers"},
            reply=N_(
                "Which customers are in moves it, but not most. For each choice, compare the medians of "
                "its options."
            ),
        ),
        Mistake(
            name="above-the-reported",
            wrong=lambda data: {"below": float((data.curve["estimate"] > _reported(data)).mean())},
            reply=N_("As `below` you gave the share with a larger estimate."),
        ),
        Mistake(
            name="place",
            wrong=lambda data: {"below": int(data.reported)},
            reply=N_("As `below` you gave the place. Asked is a share: how many of all lie below it."),
        ),
    ),
    hints=(
        N_("`data.reported` is the place of the reported specification, counted from the smallest estimate."),
        N_('`data.curve.groupby("satisfaction")["estimate"].median()`, and so on for each choice.'),
    ),
    solution=N_(
        "Four readings of one table.\n"
        "    curve, found = data.curve, {}\n"
        '    for choice in ["past spend", "satisfaction", "measure", "customers"]:\n'
        '        medians = curve.groupby(choice)["estimate"].median()\n'
        "        found[choice] = medians.max() - medians.min()\n"
        '    reported = curve.loc[curve["place"] == data.reported, "estimate"].iloc[0]\n'
        '    answer = {"above zero": (curve["estimate"] > 0).mean()}\n'
        '    answer["median"] = curve["estimate"].median()\n'
        '    answer["moved by"] = max(found, key=found.get)\n'
        '    answer["below"] = (curve["estimate"] < reported).mean()'
    ),
)  # fmt: skip
