"""What follows from it: a promise, and the first yuan."""

from __future__ import annotations

from cvm.check.answers import Number, Text
from cvm.check.data import Data
from cvm.check.question import Mistake, Question
from cvm.words import N_

__all__ = ["FIRST", "PROMISE"]

# --- 08.4 a promise ----------------------------------------------------------------


def _effect(data: Data, *, aversion: bool = True, drawn: bool = True) -> float:
    weight = data.gain * (data.loss_aversion if aversion else 1.0)
    left = 1 - data.assimilation if drawn else 1.0
    return float(data.promise * (data.assimilation - weight * left))


PROMISE = Question(
    id="08.4",
    prompt=N_(
        "Yunhe promises `data.promise` points more than it delivers. By how many points does "
        "satisfaction change, compared with promising what is delivered?"
    ),
    answer=Number(),
    reference=_effect,
    shows=N_(
        "{answer} points, although customers see more than there is. The disappointment outweighs "
        "what the promise colours."
    ),
    mistakes=(
        Mistake(
            name="only-what-is-seen",
            wrong=lambda data: data.promise * data.assimilation,
            reply=N_(
                "That is how much more customers see. They also set it against what they expected."
            ),
        ),
        Mistake(
            name="loss-weighs-like-gain",
            wrong=lambda data: _effect(data, aversion=False),
            reply=N_(
                "A disappointment weighs `data.loss_aversion` times as much as a delight: use it."
            ),
        ),
        Mistake(
            name="gap-not-narrowed",
            wrong=lambda data: _effect(data, drawn=False),
            reply=N_(
                "The gap that is felt is between what is *seen* and what is expected: assimilation "
                "has narrowed it already."
            ),
        ),
        Mistake(
            name="only-disappointment",
            wrong=lambda data: _effect(data) - data.promise * data.assimilation,
            reply=N_(
                "That is the disappointment alone. The judgement starts from what is seen, which "
                "the promise has raised."
            ),
        ),
    ),
    hints=(
        N_("Two parts: what is seen rises; the gap to what was expected hurts. Write down both."),
        N_(
            "Seen: promise times assimilation. Gap: promise times (1 - assimilation), felt "
            "gain times loss_aversion."
        ),
    ),
    solution=N_(
        "What is seen rises, the disappointment takes more away.\n"
        "    seen = data.assimilation * data.promise\n"
        "    gap = (1 - data.assimilation) * data.promise\n"
        "    answer = seen - data.gain * data.loss_aversion * gap"
    ),
)


# --- 08.5 the first yuan -----------------------------------------------------------


def _best(data: Data, rule: str) -> str:
    table = data.factors
    room = 100 - table["score"]
    by = {
        "return": table["weight"] * room / table["cost"], "weight": table["weight"],
        "score": room, "cost": -table["cost"], "room": table["weight"] * room,
    }[rule]  # fmt: skip
    return str(table["factor"].iloc[int(by.to_numpy().argmax())])


FIRST = Question(
    id="08.5",
    prompt=N_(
        "For key customers, on which factor does the first yuan return most? A factor can rise to "
        "100; `cost` yuan a head bring 63 % of what is missing."
    ),
    answer=Text(),
    reference=lambda data: _best(data, "return"),
    shows=N_(
        "{answer}: neither what matters most, nor what scores lowest, nor what is cheapest, but the "
        "three together."
    ),
    mistakes=(
        Mistake(
            name="most-important",
            wrong=lambda data: _best(data, "weight"),
            reply=N_("It matters most to them. Is there room left in it?"),
        ),
        Mistake(
            name="lowest-score",
            wrong=lambda data: _best(data, "score"),
            reply=N_("It scores lowest. Does it matter to these customers?"),
        ),
        Mistake(
            name="cheapest",
            wrong=lambda data: _best(data, "cost"),
            reply=N_("It is cheapest. And what would it bring?"),
        ),
        Mistake(
            name="cost-forgotten",
            wrong=lambda data: _best(data, "room"),
            reply=N_("It has the most to give. What does it cost to get it? Divide."),
        ),
    ),
    hints=(
        N_("Three columns count: what it matters, what is missing to 100, what it costs."),
        N_("weight times (100 - score), over cost: where is it largest?"),
    ),
    solution=N_(
        "Importance, times room, over cost.\n"
        "    table = data.factors\n"
        '    first_yuan = table["weight"] * (100 - table["score"]) / table["cost"]\n'
        '    answer = table["factor"][first_yuan.idxmax()]'
    ),
)
