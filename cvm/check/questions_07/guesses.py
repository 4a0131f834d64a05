"""What is guessed before it is shown, and the question that people mark."""

from __future__ import annotations

from cvm.check.question import OpenQuestion, Point, Prediction
from cvm.check.questions_07.desk import unheard
from cvm.check.questions_07.moments import unnamed
from cvm.words import N_

__all__ = ["BONUS", "GUESS_EXIT", "GUESS_HIDDEN"]


GUESS_HIDDEN = Prediction(
    id="07.a",
    prompt=N_("In what share of the spoiled moments were manner and matter both in order?"),
    truth=unnamed,
    low=0,
    high=1,
    unit="share",
    shows=N_(
        "In {truth} of them nothing wrong was in sight. What spoiled them lies behind the scene: "
        "a rule, a shortage, an authority the clerk does not have."
    ),
    measures=N_("spoiled moments with nothing wrong in sight"),
    alt=N_("Two bars: the predicted share of {predicted} and the true one of {truth}."),
)

GUESS_EXIT = Prediction(
    id="07.b",
    prompt=N_("Of the customers who left over a failed moment, what share never complained?"),
    truth=unheard,
    low=0,
    high=1,
    unit="share",
    shows=N_("{truth} of them left without a word. The desk cannot know them unless it asks."),
    measures=N_("leavers who had not complained"),
    alt=N_("Two bars: the predicted share of {predicted} and the true one of {truth}."),
)

BONUS = OpenQuestion(
    id="07.open",
    prompt=N_(
        "The service director writes: 'Complaints are down by a third. I propose a bonus for every "
        "complaint fewer, and a desk smaller by one. What could be wrong with that?' What do you "
        "answer, and which figures do you ask for first? Half a page."
    ),
    points=(
        Point(
            point=N_("What the number of complaints means"),
            marks=2,
            full=N_(
                "Says that complaints are failures times voice, and asks what became of voice."
            ),
            none=N_("Takes fewer complaints for fewer failures."),
        ),
        Point(
            point=N_("What a bonus for fewer complaints does"),
            marks=2,
            full=N_("Sees that it pays for being hard to reach, and names a better measure."),
            none=N_("Discusses only how high it should be."),
        ),
        Point(
            point=N_("The desk"),
            marks=2,
            full=N_(
                "Weighs a wage against waiting and lost customers; knows that slack is needed."
            ),
            none=N_("Divides the work by the people."),
        ),
        Point(
            point=N_("The hidden side"),
            marks=1,
            full=N_("Asks which causes behind the scene the complaints were followed to."),
            none=N_("Proposes training in friendliness and nothing else."),
        ),
        Point(
            point=N_("How to find out"),
            marks=2,
            full=N_("Asks some customers, drawn by lot, after each contact, and compares."),
            none=N_("Proposes to wait for the next quarter's complaints."),
        ),
    ),
)
