"""What is guessed before it is shown, and the question that people mark."""

from __future__ import annotations

from typing import Any

from cvm.check.data import Data
from cvm.check.question import OpenQuestion, Point, Prediction
from cvm.check.questions_11.ahead import kept
from cvm.results import number
from cvm.words import N_, _

__all__ = ["GUESS_ALIVE", "GUESS_CONTRACT", "WHOM"]


def _two_bars(ax: Any, predicted: float, truth: float, words: str) -> None:
    from cvm.plots import INK, dress

    ax.barh([1, 0], [predicted, truth], color=[INK["base"], INK["moved"]])
    ax.set_yticks([1, 0], [_("you said"), _("truth")])
    ax.set_xlim(0, 1.15)
    dress(ax, x=words, x_unit="share")
    for place, value in ((1, predicted), (0, truth)):
        ax.annotate(number(value, "share"), (value, place), (5, 0), va="center",
                    textcoords="offset points")  # fmt: skip


def _alive(data: Data) -> float:
    return float(data.shop["true_alive"].mean())


def _draw_alive(data: Data, ax: Any, predicted: float) -> None:
    _two_bars(ax, predicted, _alive(data), _("customers in the books who still are customers"))


def _draw_contract(data: Data, ax: Any, predicted: float) -> None:
    _two_bars(ax, predicted, kept(data), _("still there after the tenth renewal"))


GUESS_ALIVE = Prediction(
    id="11.b",
    prompt=N_("What share of the customers in the shop's books still are customers?"),
    truth=_alive,
    low=0,
    high=1,
    unit="share",
    shows=N_("{truth} still are. Nobody has said goodbye: only the simulator knows."),
    picture=_draw_alive,
    alt=N_("Two bars: the predicted share of {predicted} and the true one of {truth}."),
)

GUESS_CONTRACT = Prediction(
    id="11.a",
    prompt=N_("What share of the cohort will still be there after the tenth renewal?"),
    truth=kept,
    low=0,
    high=1,
    unit="share",
    shows=N_("By the model {truth} will. The loyal are left over, so losses slow down."),
    picture=_draw_contract,
    alt=N_("Two bars: the predicted share of {predicted} and the model's of {truth}."),
)

WHOM = OpenQuestion(
    id="11.open",
    prompt=N_(
        "The key account manager writes: 'The developer is our largest customer: 2 million a month. I "
        "ask for a discount of 5 points to keep him until he retires. Do you agree?' What do you "
        "answer, and what do you find out first? Half a page."
    ),
    points=(
        Point(
            point=N_("Worth is not revenue"),
            marks=2,
            full=N_("Values margin, life and discount, and sets the 5 points against the margin."),
            none=N_("Argues with revenue."),
        ),
        Point(
            point=N_("All he brings"),
            marks=2,
            full=N_("Counts referrals and successor, and only what is owed to him."),
            none=N_("Counts his own purchases alone, or every customer he ever named."),
        ),
        Point(
            point=N_("What is not known"),
            marks=2,
            full=N_("Gives a range, and says which doubt moves it most and how to ask."),
            none=N_("Gives one number."),
        ),
        Point(
            point=N_("What else might be done"),
            marks=1,
            full=N_("Proposes something other than price, such as his successor now."),
            none=N_("Knows only yes or no."),
        ),
    ),
)
