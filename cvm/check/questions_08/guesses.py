"""What is guessed before it is shown, and the question that people mark."""

from __future__ import annotations

import numpy as np

from cvm.check.data import Data
from cvm.check.question import OpenQuestion, Point, Prediction
from cvm.check.questions_08.asking import nps_shares
from cvm.check.questions_08.base import QUALITY
from cvm.survey.drivers import key_drivers
from cvm.words import N_

__all__ = ["GUESS_FIRST", "GUESS_WIDTH", "SLIDE"]

# --- guesses and the open question ---------------------------------------------------


def _width_at_thirty(data: Data) -> float:
    promoters, _passives, detractors = nps_shares(data)
    spread = np.sqrt(promoters + detractors - (promoters - detractors) ** 2)
    return float(2 * 1.96 * 100 * spread / np.sqrt(30))


def _sure_of_first(data: Data) -> float:
    found = key_drivers(data.autumn, "SATI1", QUALITY, resamples=400, seed=8)
    return float(found.table["first"].iloc[0])


GUESS_WIDTH = Prediction(
    id="08.a",
    prompt=N_(
        "How many points wide is the 95 % interval of a net promoter score from thirty answers?"
    ),
    truth=_width_at_thirty,
    low=0,
    high=200,
    shows=N_("Thirty answers can hardly tell a good score from a bad one."),
    measures=N_("points of the net promoter score"),
    alt=N_("Two bars: the predicted width of {predicted} points and the true one of {truth}."),
)

GUESS_FIRST = Prediction(
    id="08.b",
    prompt=N_(
        "Six parts of quality are ranked by importance, from your autumn answers. In what share of "
        "resamples does the first of the list come first again?"
    ),
    truth=_sure_of_first,
    low=0,
    high=1,
    unit="share",
    shows=N_("A list has a first line whether or not there is a first."),
    measures=N_("share of resamples in which the first driver comes first"),
    alt=N_("Two bars: the predicted share of {predicted} and the true one of {truth}."),
)

SLIDE = OpenQuestion(
    id="08.open",
    prompt=N_(
        "The director wants to tell the staff that satisfaction has risen, to promise customers "
        "more in the next campaign, and to mend for everybody what scores lowest. What do you "
        "tell him?"
    ),
    points=(
        Point(
            point=N_("Has it risen?"),
            marks=2,
            full=N_("Sets the change against its margin, and asks who answered in each wave."),
            none=N_("Repeats the two means."),
        ),
        Point(
            point=N_("The promise"),
            marks=2,
            full=N_(
                "Says what a promise does to what is seen and to what is felt, and where it could help."
            ),
            none=N_("Says that promises sell, or that one should always promise little."),
        ),
        Point(
            point=N_("For whom"),
            marks=2,
            full=N_("Asks whose satisfaction is meant to rise and what keeping them is worth."),
            none=N_("Speaks of customers as one."),
        ),
        Point(
            point=N_("For what"),
            marks=1,
            full=N_("Names importance, room and cost together."),
            none=N_("Takes the lowest score, or the most important factor."),
        ),
    ),
)
