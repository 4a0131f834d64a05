"""What is guessed before it is shown, and the question that people mark."""

from __future__ import annotations

from cvm.check.data import Data
from cvm.check.question import OpenQuestion, Point, Prediction
from cvm.check.questions_11.ahead import kept
from cvm.words import N_

__all__ = ["GUESS_ALIVE", "GUESS_CONTRACT", "WHOM"]


def _alive(data: Data) -> float:
    return float(data.shop["true_alive"].mean())


GUESS_ALIVE = Prediction(
    id="11.b",
    prompt=N_("What share of the customers in the shop's books still are customers?"),
    truth=_alive,
    low=0,
    high=1,
    unit="share",
    shows=N_("{truth} still are. Nobody has said goodbye: only the simulator knows."),
    measures=N_("customers in the books who still are customers"),
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
    measures=N_("still there after the tenth renewal"),
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
