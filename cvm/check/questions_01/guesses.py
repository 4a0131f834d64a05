"""The guesses before the answers, and the question people mark."""

from __future__ import annotations

from cvm.check.question import OpenQuestion, Point, Prediction
from cvm.check.questions_01.base import YEARS
from cvm.check.questions_01.costs import cost_ratio
from cvm.check.questions_01.years import ahead_for_good
from cvm.words import N_

__all__ = ["BUDGET", "GUESS_COST", "GUESS_YEARS"]


GUESS_COST = Prediction(
    id="01.a",
    prompt=N_("How many times as much as winning a customer does keeping one cost (0 to 5)?"),
    truth=cost_ratio,
    low=0,
    high=5,
    shows=N_("{truth} times. The story says a fifth."),
    measures=N_("cost of keeping one over cost of winning one"),
    alt=N_("Two bars: the predicted ratio of {predicted} and the true one of {truth}."),
)

GUESS_YEARS = Prediction(
    id="01.b",
    prompt=N_("After how many years is the relationship firm ahead for good (0 to 8)?"),
    truth=ahead_for_good,
    low=0,
    high=YEARS,
    unit=N_("years"),
    shows=N_("After {truth}. A relationship is an investment, and comes with a wait."),
    measures=N_("ahead for good after"),
    alt=N_("Two bars: the predicted {predicted} and the true {truth}."),
)

BUDGET = OpenQuestion(
    id="01.open",
    prompt=N_(
        "The director has read that keeping a customer costs a fifth of winning one, and wants to "
        "move the whole sales budget into keeping. What do you answer, and what would you find out?"
    ),
    points=(
        Point(
            point=N_("Who is counted"),
            marks=2,
            full=N_("Asks who stayed because of the money, and how many would have stayed anyway."),
            none=N_("Takes the fifth as given, or doubts it without a reason."),
        ),
        Point(
            point=N_("The next customer"),
            marks=2,
            full=N_(
                "Compares the next one kept with the next one won, as both responses saturate."
            ),
            none=N_("Compares averages, or moves everything to the cheaper side."),
        ),
        Point(
            point=N_("What a customer is worth after"),
            marks=1,
            full=N_(
                "Says that a kept customer may be worth more than a new one, or have less left."
            ),
            none=N_("Counts customers only."),
        ),
        Point(
            point=N_("Time"),
            marks=1,
            full=N_("Says that the first years may be worse, and names the break-even year."),
            none=N_("Expects the gain at once."),
        ),
        Point(
            point=N_("How to find out"),
            marks=1,
            full=N_("Proposes a trial by lot, or a small step in either direction."),
            none=N_("Proposes to ask the sales department."),
        ),
    ),
)
