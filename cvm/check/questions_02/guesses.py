"""What is guessed before it is shown, and the question that people mark."""

from __future__ import annotations

import numpy as np

from cvm.check.data import Data
from cvm.check.question import OpenQuestion, Point, Prediction
from cvm.lifecycle import expected_visits
from cvm.value import shares
from cvm.words import N_

__all__ = ["GUESS_CLIENTS", "GUESS_SHARE", "TWO_QUESTIONS"]


def share_of_a_lead(data: Data) -> float:
    """Give the share of a firm a point ahead of two equals."""
    return float(shares(np.array([data.sensitivity, 0.0, 0.0]))[0])


def ever_a_client(data: Data) -> float:
    """Give the chance of a prospect ever to become a client, by the truth."""
    visits = expected_visits(data.true_moves)
    return float(visits.loc["prospect", "client"] / visits.loc["client", "client"])  # type: ignore[operator, arg-type]


GUESS_SHARE = Prediction(
    id="02.a",
    prompt=N_(
        "Three firms, equally well known. One delivers a full point more value than the other "
        "two, which are alike. What share of people choose it?"
    ),
    truth=share_of_a_lead,
    low=0,
    high=1,
    unit="share",
    shows=N_("{truth}, up from a third. A lead moves shares; it does not take the market."),
    measures=N_("share of the firm that is a point ahead"),
    alt=N_("Two bars: the predicted share of {predicted} and the true one of {truth}."),
)

GUESS_CLIENTS = Prediction(
    id="02.b",
    prompt=N_("What share of prospects ever become clients?"),
    truth=ever_a_client,
    low=0,
    high=1,
    unit="share",
    shows=N_("{truth} of them. Those few carry nearly all that a prospect is worth."),
    measures=N_("prospects who ever become clients"),
    alt=N_("Two bars: the predicted share of {predicted} and the true one of {truth}."),
)

TWO_QUESTIONS = OpenQuestion(
    id="02.open",
    prompt=N_(
        "The director wants to lower the price by a point because money weighs most, and to strike "
        "prospects off because they bring nothing. What do you advise?"
    ),
    points=(
        Point(
            point=N_("What a point costs"),
            marks=2,
            full=N_("Sets the share a point wins against what it costs, part by part."),
            none=N_("Takes the heaviest weight for the best use of money."),
        ),
        Point(
            point=N_("Rivals"),
            marks=1,
            full=N_("Says which part rivals copy fastest (price), and what is left then."),
            none=N_("Lets the rivals stand still."),
        ),
        Point(
            point=N_("Value over a life"),
            marks=2,
            full=N_("Values a prospect by the rungs above, with the interval, not by this month."),
            none=N_("Argues from this month's profit, or says that prospects are 'the future'."),
        ),
        Point(
            point=N_("Not all of them"),
            marks=1,
            full=N_("Says which prospects may go: where the value, with its costs, is below zero."),
            none=N_("Keeps all or strikes all."),
        ),
        Point(
            point=N_("Beyond the books"),
            marks=1,
            full=N_("Names a value no book holds (gathering, information, word of mouth, weapon)."),
            none=N_("Speaks of profit only."),
        ),
    ),
)
