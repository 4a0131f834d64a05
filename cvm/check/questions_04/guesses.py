"""What is guessed before it is shown, and the question that people mark."""

from __future__ import annotations

from cvm.acquisition import decompose
from cvm.check.data import Data
from cvm.check.question import OpenQuestion, Point, Prediction
from cvm.check.questions_04.costs import average_at, step_cost
from cvm.words import N_

__all__ = ["GUESS_CAUSE", "GUESS_NEXT", "MEMO", "caused", "times"]


def times(data: Data) -> float:
    """Cost of the next step's customers over the average so far."""
    return step_cost(data) / average_at(data)


def caused(data: Data) -> float:
    """Share of the gap between pulled and pushed that the way causes."""
    parts = decompose(data.customers)
    return parts.cause / parts.gap


GUESS_NEXT = Prediction(
    id="04.a",
    prompt=N_("How many times the average so far does a customer of the next step cost?"),
    truth=times,
    low=0.2,
    high=10,
    shows=N_("{truth} times. The average remembers the cheap first ones; the next one does not."),
    measures=N_("cost of the next, in averages"),
    alt=N_("Two bars: the predicted {predicted} times the average, and the true {truth}."),
)

GUESS_CAUSE = Prediction(
    id="04.b",
    prompt=N_(
        "Pulled customers stay more often than pushed ones. What share of the gap does the way "
        "itself cause?"
    ),
    truth=caused,
    low=0,
    high=1,
    unit="share",
    shows=N_("{truth} of the gap. The rest came along with the customers."),
    measures=N_("of the gap, caused by the way"),
    alt=N_("Two bars: the predicted share of {predicted} and the true one of {truth}."),
)

MEMO = OpenQuestion(
    id="04.open",
    prompt=N_(
        "The sales director writes: 'A customer by telephone costs us less than one by "
        "advertising, and our web customers stay twice as long as our telephone customers. So: "
        "double the telephone budget, and move the telephone customers to the web.' What do you "
        "answer? Half a page."
    ),
    points=(
        Point(
            point=N_("Average and next"),
            marks=2,
            full=N_("Asks what the next customer by telephone would cost, and how to find out."),
            none=N_("Compares averages."),
        ),
        Point(
            point=N_("Cost and worth"),
            marks=2,
            full=N_("Sets the cost beside what a customer of the channel is worth."),
            none=N_("Takes a customer for a customer."),
        ),
        Point(
            point=N_("Who gets the credit"),
            marks=1,
            full=N_("Asks how many of the callers had seen the advertising first."),
            none=N_("Takes the last touch for the cause."),
        ),
        Point(
            point=N_("Cause and selection"),
            marks=2,
            full=N_(
                "Says that those who came by the web may be others by nature, so that moving the "
                "telephone customers moves their nature too."
            ),
            none=N_("Expects the moved customers to stay as long as the web's."),
        ),
        Point(
            point=N_("How to find out"),
            marks=2,
            full=N_("Proposes a lot: some are invited to the web, and all are followed."),
            none=N_("Proposes to do it and compare with last year."),
        ),
    ),
)
