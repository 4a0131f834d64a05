"""What is guessed before it is shown, and the question that people mark."""

from __future__ import annotations

from typing import Any

from cvm.check.data import Data
from cvm.check.question import OpenQuestion, Point, Prediction
from cvm.check.questions_05.calls import in_time
from cvm.check.questions_05.worth import exposed
from cvm.results import number
from cvm.words import N_, _

__all__ = ["EVERYTHING", "GUESS_CALLS", "GUESS_RARE"]


def _bars(ax: Any, predicted: float, truth: float, words: str) -> None:
    from cvm.plots import INK, dress

    ax.barh([1, 0], [predicted, truth], color=[INK["base"], INK["moved"]])
    ax.set_yticks([1, 0], [_("you said"), _("truth")])
    ax.set_xlim(0, 1.15)
    dress(ax, x=words, x_unit="share")
    for place, value in ((1, predicted), (0, truth)):
        ax.annotate(number(value, "share"), (value, place), (5, 0), va="center",
                    textcoords="offset points")  # fmt: skip


def _draw_calls(data: Data, ax: Any, predicted: float) -> None:
    _bars(ax, predicted, in_time(data), _("calls that came in time"))


def _draw_rare(data: Data, ax: Any, predicted: float) -> None:
    _bars(ax, predicted, exposed(data), _("accounts that could be recognised"))


GUESS_CALLS = Prediction(
    id="05.a",
    prompt=N_("Of the calls upon silent accounts, what share came in time?"),
    truth=in_time,
    low=0,
    high=1,
    unit="share",
    shows=N_(
        "{truth} of the calls came in time. The others found a pause, or an empty chair: that is "
        "the price of being early."
    ),
    picture=_draw_calls,
    alt=N_("Two bars: the predicted share of {predicted} and the true one of {truth}."),
)

GUESS_RARE = Prediction(
    id="05.b",
    prompt=N_(
        "Names and numbers are gone; industry, district and size are left. What share of the "
        "accounts shares its looks with fewer than four others?"
    ),
    truth=exposed,
    low=0,
    high=1,
    unit="share",
    shows=N_("{truth} of them. Three harmless columns, put together, are a name."),
    picture=_draw_rare,
    alt=N_("Two bars: the predicted share of {predicted} and the true one of {truth}."),
)

EVERYTHING = OpenQuestion(
    id="05.open",
    prompt=N_(
        "The sales director writes: 'From now on we collect everything about everybody: income, "
        "family, health, friends. Everyone in the house may look. And every account on any warning "
        "list gets a visit.' What do you answer? Half a page."
    ),
    points=(
        Point(
            point=N_("What to collect"),
            marks=2,
            full=N_("Starts from the use of each area; leaves out what no decision needs."),
            none=N_("Wants more, or less, without saying what for."),
        ),
        Point(
            point=N_("What it may cost"),
            marks=2,
            full=N_("Sets what knowing adds against what records cost; names a case that never pays."),
            none=N_("Counts all purchases of known customers as the database's."),
        ),
        Point(
            point=N_("Who may look"),
            marks=2,
            full=N_("Few, trusted, logged readers; and what leaves the house is keyed and coarsened."),
            none=N_("Relies on leaving the names out."),
        ),
        Point(
            point=N_("Every warning a visit"),
            marks=2,
            full=N_("Weighs calls for nothing against accounts caught, at the team's capacity."),
            none=N_("Takes a warning for a fact, or drops the warnings."),
        ),
        Point(
            point=N_("How to find out"),
            marks=1,
            full=N_("Keeps the list's dates and judges it a year later by lead time and precision."),
            none=N_("Counts how many who left had ever been on a list."),
        ),
    ),
)  # fmt: skip
