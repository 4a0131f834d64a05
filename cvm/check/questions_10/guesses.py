"""What is guessed before it is shown, and the question that people mark."""

from __future__ import annotations

from cvm.check.data import Data
from cvm.check.question import OpenQuestion, Point, Prediction
from cvm.words import N_

__all__ = ["GUESS_SAVED", "GUESS_STAYED", "PLAN"]

#: Share of customers that can be called.
BUDGET = 0.2


def _stayed(data: Data) -> float:
    return float((data.customers["true_life"] > 12).mean())


def saved(data: Data) -> float:
    """Share of the fifth most at risk whom a call would hold."""
    top = data.trial.nlargest(round(BUDGET * len(data.trial)), "score")
    return float((top["true_type"] == "persuadable").mean())


GUESS_STAYED = Prediction(
    id="10.a",
    prompt=N_("What share of the customers ever won is still here after a year?"),
    truth=_stayed,
    low=0,
    high=1,
    unit="share",
    shows=N_(
        "{truth} are, by the lives that nobody in the firm can see. The average stay of those who "
        "left suggests far fewer."
    ),
    measures=N_("customers still here after a year"),
    alt=N_("Two bars: the predicted share of {predicted} and the true one of {truth}."),
)

GUESS_SAVED = Prediction(
    id="10.b",
    prompt=N_("Of the fifth most at risk, what share would a call hold who would else leave?"),
    truth=saved,
    low=0,
    high=1,
    unit="share",
    shows=N_(
        "{truth} of them. The others at the top of the list would stay anyway, leave anyway, or leave "
        "because of the call."
    ),
    measures=N_("persuadable, of the fifth most at risk"),
    alt=N_("Two bars: the predicted share of {predicted} and the true one of {truth}."),
)

PLAN = OpenQuestion(
    id="10.open",
    prompt=N_(
        "The director writes: 'Our score finds leavers very well. Let us call the fifth most at risk and "
        "give each three months free, with a bonus for the staff for every leaver on their list. And let us call "
        "back everybody who left last year: regaining is cheaper than winning. Any objection?' What "
        "do you answer, and what do you propose to find out first? Half a page."
    ),
    points=(
        Point(
            point=N_("Risk and uplift"),
            marks=2,
            full=N_("Says that finding leavers is not holding them, and names the four types."),
            none=N_("Asks only for a better score of risk."),
        ),
        Point(
            point=N_("How to find out"),
            marks=2,
            full=N_("Proposes lots, a group left alone, and uplift learnt from them."),
            none=N_("Proposes to compare those called with the others afterwards."),
        ),
        Point(
            point=N_("The present and the bonus"),
            marks=2,
            full=N_(
                "Counts what the sure take for nothing, and sees that the bonus pays for lost causes."
            ),
            none=N_("Discusses only how large they should be."),
        ),
        Point(
            point=N_("Whom to call back"),
            marks=2,
            full=N_("Asks why they left, sets the second life against the cost, lets some go."),
            none=N_("Compares the two costs and stops."),
        ),
        Point(
            point=N_("What the average hides"),
            marks=1,
            full=N_(
                "Asks of each figure whom it is an average of: the quick, the returned, the called."
            ),
            none=N_("Takes the figures as they are."),
        ),
    ),
)
