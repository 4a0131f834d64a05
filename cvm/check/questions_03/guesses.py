"""What is guessed before it is shown, and the question that people mark."""

from __future__ import annotations

from cvm.check.data import Data
from cvm.check.question import OpenQuestion, Point, Prediction
from cvm.check.questions_03.money import losing_giants
from cvm.words import N_

__all__ = ["GUESS_LARGEST", "GUESS_PILOT", "TWENTY"]


def _pilot(data: Data) -> float:
    return float(data.pilot["loyal"].mean())


GUESS_LARGEST = Prediction(
    id="03.a",
    prompt=N_("How many of the twenty largest accounts lose money?"),
    truth=losing_giants,
    low=0,
    high=20,
    shows=N_(
        "{truth} of the twenty lose money. What was granted to win them and to keep them is more "
        "than they leave."
    ),
    measures=N_("of the twenty largest, those that lose money"),
    alt=N_("Two bars: the predicted number of {predicted} and the true one of {truth}."),
)

GUESS_PILOT = Prediction(
    id="03.b",
    prompt=N_("Of the prospects approached in the pilot, what share becomes loyal?"),
    truth=_pilot,
    low=0,
    high=1,
    unit="share",
    shows=N_("{truth} become loyal. Among the customers it was more: they had chosen Yunhe."),
    measures=N_("loyal prospects in the pilot"),
    alt=N_("Two bars: the predicted share of {predicted} and the true one of {truth}."),
)

TWENTY = OpenQuestion(
    id="03.open",
    prompt=N_(
        "The head of business sales writes: 'Give me two years and whatever discount it takes, and I "
        "bring you the twenty largest firms of the province.' What do you answer, and which customers "
        "do you ask for instead? Half a page."
    ),
    points=(
        Point(
            point=N_("The five risks of the big account"),
            marks=2,
            full=N_(
                "Names credit, concessions, grey trade, defection and setting up on their own, and "
                "puts a figure to two."
            ),
            none=N_("Speaks of size and prestige alone."),
        ),
        Point(
            point=N_("Both ends of the whale curve"),
            marks=2,
            full=N_(
                "Says that large accounts are among the best and the worst, and looks at each one's "
                "expected profit."
            ),
            none=N_("Turns the saying round: small is good, big is bad."),
        ),
        Point(
            point=N_("What 'whatever discount it takes' does"),
            marks=2,
            full=N_("Asks for a limit beforehand, and what other customers would hear and ask."),
            none=N_("Bargains over the percentage."),
        ),
        Point(
            point=N_("A few big accounts together"),
            marks=1,
            full=N_("Weighs the bad year: how many accounts the profit would hang on."),
            none=N_("Looks only at the average year."),
        ),
        Point(
            point=N_("Whom to want"),
            marks=2,
            full=N_(
                "Uses the five points of guidance, knows that a look-alike score promises too much, "
                "and proposes a pilot by lot."
            ),
            none=N_("Asks for more leads."),
        ),
    ),
)
