"""What is guessed before it is shown, and the question that people mark."""

from __future__ import annotations

from typing import Any

from cvm.check.data import Data
from cvm.check.question import OpenQuestion, Point, Prediction
from cvm.check.questions_06.effort import still_key
from cvm.check.questions_06.worth import profit_of_the_top
from cvm.results import number
from cvm.tiering import whale
from cvm.words import N_, _

__all__ = ["FIVE_PER_CENT", "GUESS_STAY", "GUESS_TOP"]


def _draw_whale(data: Data, ax: Any, predicted: float) -> None:
    from cvm.plots import INK
    from cvm.plots import whale as draw_whale

    draw_whale(whale(data.customers["profit"]), ax=ax)
    truth = profit_of_the_top(data)
    marks = {_("you"): (predicted, INK["base"]), _("truth"): (truth, INK["truth"])}
    for name, (share, colour) in marks.items():
        ax.plot([0.2], [share], "o", color=colour)
        ax.annotate(f"{name}: {number(share, 'share')}", (0.2, share), (8, -4),
                    textcoords="offset points", color=colour)  # fmt: skip


def _draw_stay(data: Data, ax: Any, predicted: float) -> None:
    from cvm.plots import INK, dress

    shares = [predicted, still_key(data)]
    ax.barh([1, 0], shares, color=[INK["base"], INK["moved"]])
    ax.set_yticks([1, 0], [_("you said"), _("still key")])
    ax.set_xlim(0, 1.1)
    dress(ax, x=_("share of the first year's key customers"), x_unit="share")
    for place, share in zip((1, 0), shares, strict=True):
        ax.annotate(number(share, "share"), (share, place), (5, 0), va="center",
                    textcoords="offset points")  # fmt: skip


GUESS_TOP = Prediction(
    id="06.a",
    prompt=N_("What share of all profit do the best 20 % of customers make?"),
    truth=profit_of_the_top,
    low=0,
    high=2,
    unit="share",
    shows=N_(
        "The curve climbs above 100 % before it comes back: the losers eat part of what was earned."
    ),
    picture=_draw_whale,
    alt=N_(
        "A curve of cumulative profit, best customer first. At a fifth of the customers it "
        "stands at {truth}; a point marks the prediction of {predicted}."
    ),
)

GUESS_STAY = Prediction(
    id="06.b",
    prompt=N_("If no customer changed: what share of key customers is key again next year?"),
    truth=still_key,
    low=0,
    high=1,
    unit="share",
    shows=N_(
        "Nobody changed, and still so many fell: being key in one year is partly luck, and luck "
        "does not stay. This is regression to the mean."
    ),
    picture=_draw_stay,
    alt=N_("Two bars: the prediction of {predicted} and the share that is still key, {truth}."),
)

FIVE_PER_CENT = OpenQuestion(
    id="06.open",
    prompt=N_(
        "The manager of a key account writes: 'They want another 5 % off, or they will look "
        "around. They are our third largest customer. I need your yes by Friday.' What do you "
        "decide, and which numbers do you ask for first? Half a page."
    ),
    points=(
        Point(
            point=N_("What the account leaves us today"),
            marks=2,
            full=N_(
                "Asks for profit, not revenue: after the discounts it has, cost to serve and "
                "credit; and what is left of it after 5 % more."
            ),
            none=N_("Argues with its size or its revenue alone."),
        ),
        Point(
            point=N_("What the concession costs in the end"),
            marks=2,
            full=N_(
                "Counts every year it will be paid, the next and larger ask it invites, and the "
                "other accounts that hear of it."
            ),
            none=N_("Counts this year's discount only."),
        ),
        Point(
            point=N_("What is at stake if we refuse"),
            marks=2,
            full=N_(
                "Puts the chance that they leave, with and without it, against the profit of the "
                "years to come; doubts that the threat is certain."
            ),
            none=N_("Takes the loss for certain, or for impossible."),
        ),
        Point(
            point=N_("Something else to offer"),
            marks=2,
            full=N_(
                "Offers what is worth more to them than it costs us (service, a joint project), "
                "or ties the price to something in return: volume, term, payment."
            ),
            none=N_("Knows only yes and no."),
        ),
        Point(
            point=N_("A decision"),
            marks=2,
            full=N_("Decides, names the principle behind it, and says what would change the mind."),
            none=N_("Lists considerations and decides nothing."),
        ),
    ),
)
