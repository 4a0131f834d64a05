"""What is guessed before it is shown, and the question that people mark."""

from __future__ import annotations

from cvm.check.question import OpenQuestion, Point, Prediction
from cvm.check.questions_05.calls import in_time
from cvm.check.questions_05.worth import exposed
from cvm.words import N_

__all__ = ["EVERYTHING", "GUESS_CALLS", "GUESS_RARE"]


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
    measures=N_("calls that came in time"),
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
    measures=N_("accounts that could be recognised"),
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
