"""04.5 and 04.6: a budget over two channels, and what the way of winning causes."""

from __future__ import annotations

from cvm.acquisition import (
    Channel,
    adjusted_gap,
    allocate,
    average_cost,
    invitation_effect,
    plain_gap,
)
from cvm.check.answers import Number
from cvm.check.data import Data
from cvm.check.question import Mistake, Question
from cvm.check.questions_04.base import pair_of
from cvm.words import N_

__all__ = ["BUDGET", "WAY"]


# --- 04.5 the budget ---------------------------------------------------------------------------


def _split(data: Data, **same: float) -> float:
    """Best spending on friends; with ``same`` both channels' customers made alike."""
    pair = {name: item.replace(**same) for name, item in pair_of(data.pair).items()}
    table = allocate(pair, budget=data.budget, discount=data.discount).channels
    return float(table.set_index("channel")["best"]["friends"])


def _by_average(data: Data) -> float:
    pair = pair_of(data.pair)

    def customers_a_yuan(item: Channel) -> float:
        return 1 / float(average_cost(0, item))

    won = {name: customers_a_yuan(item) for name, item in pair.items()}
    return data.budget * won["friends"] / sum(won.values())


BUDGET = Question(
    id="04.5",
    prompt=N_("How much of `data.budget` should go to friends, so that the whole earns most?"),
    answer=Number(unit=N_("yuan")),
    reference=_split,
    shows=N_(
        "{answer} for friends. There the next yuan brings as much on one channel as on the other; "
        "with any other split, moving a yuan would earn something."
    ),
    mistakes=(
        Mistake(
            name="equal-split",
            wrong=lambda data: data.budget / 2,
            reply=N_("Half and half is fair to channels. Ask what the next yuan brings on each."),
        ),
        Mistake(
            name="the-other-channel",
            wrong=lambda data: data.budget - _split(data),
            reply=N_("That is what calls should get. Asked is what friends should get."),
        ),
        Mistake(
            name="equal-marginal-cost",
            wrong=lambda data: _split(data, retention=0.7, margin=300.0, refer=0.0),
            reply=N_(
                "You made the next customer cost the same on both. But a customer of friends is "
                "worth more: make the next yuan bring the same value."
            ),
        ),
        Mistake(
            name="by-cost",
            wrong=_by_average,
            reply=N_(
                "You split in proportion to customers a yuan. It takes the average for the next, "
                "and a customer for a customer."
            ),
        ),
        Mistake(
            name="all-of-it",
            wrong=lambda data: data.budget,
            reply=N_("All to one: its last yuan then brings far less than the other's first."),
        ),
    ),
    hints=(
        N_("Make a `Channel` of each row, and let `allocate` split the budget."),
        N_('`allocate(pair, budget=data.budget).channels`, the column "best".'),
    ),
    solution=N_(
        "Turn the two rows into channels and solve.\n"
        "    from cvm.acquisition import Channel, allocate\n"
        '    rows = data.pair.set_index("channel").to_dict("index")\n'
        "    pair = {name: Channel(**row) for name, row in rows.items()}\n"
        "    table = allocate(pair, budget=data.budget, discount=data.discount).channels\n"
        '    answer = table.set_index("channel")["best"]["friends"]'
    ),
)


# --- 04.6 the way ------------------------------------------------------------------------------


def _by_invitation(data: Data, column: str) -> float:
    means = data.customers.groupby("invited")[column].mean()
    return float(means[True] - means[False])


WAY = Question(
    id="04.6",
    prompt=N_(
        "Invitations were drawn by lot. By how many points more do customers stay *because* they "
        "were pulled, those whom an invitation moves?"
    ),
    answer=Number(unit="points"),
    reference=lambda data: invitation_effect(data.customers).effect,
    shows=N_(
        "{answer} are caused by the way. The plain gap is far wider: most of it is who the "
        "customers were before anybody won them."
    ),
    mistakes=(
        Mistake(
            name="plain-gap",
            wrong=lambda data: plain_gap(data.customers).effect,
            reply=N_(
                "That compares those who came with those who were fetched. The loyal by nature "
                "come by themselves. Use the lot."
            ),
        ),
        Mistake(
            name="regression",
            wrong=lambda data: adjusted_gap(data.customers).effect,
            reply=N_(
                "That holds fixed what Yunhe asked. Nature shows only in part in the answers; the "
                "lot asks nobody."
            ),
        ),
        Mistake(
            name="effect-of-the-invitation",
            wrong=lambda data: _by_invitation(data, "stayed"),
            reply=N_(
                "That is what an invitation does. It moved only some: divide by the share of "
                "customers it moved."
            ),
        ),
        Mistake(
            name="whom-it-moved",
            wrong=lambda data: _by_invitation(data, "pulled"),
            reply=N_("That is how many an invitation moved. Asked is what moving did to staying."),
        ),
    ),
    hints=(
        N_("Two differences between invited and not: in who stayed, and in who was pulled."),
        N_("Divide the first by the second; `invitation_effect(data.customers)` adds an interval."),
    ),
    solution=N_(
        "Divide what the invitation did to staying by what it did to the way.\n"
        '    means = data.customers.groupby("invited")[["stayed", "pulled"]].mean()\n'
        "    step = means.loc[True] - means.loc[False]\n"
        '    answer = step["stayed"] / step["pulled"]'
    ),
)
