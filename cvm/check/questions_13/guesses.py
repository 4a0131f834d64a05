"""What is guessed before it is shown, and the question that people mark."""

from __future__ import annotations

from cvm.check.data import Data
from cvm.check.question import OpenQuestion, Point, Prediction
from cvm.words import N_

__all__ = ["GUESS_COACHED", "GUESS_LAUNCH", "PLAN"]


def launched(data: Data) -> float:
    """Share of the gap between members and others that the programme made."""
    spend = data.launch.groupby("member")["spend_after"].mean()
    return float(data.launch["true_effect"].mean() / (spend.loc[True] - spend.loc[False]))


def coached(data: Data) -> float:
    """Share of the coached shops' rise that the coaching made."""
    shops = data.coaching[data.coaching["coached"]]
    return float(shops["true_lift"].mean() / (shops["autumn"] - shops["spring"]).mean())


GUESS_LAUNCH = Prediction(
    id="13.a",
    prompt=N_(
        "Members spend more a month than the others. What share of that gap did the programme make?"
    ),
    truth=launched,
    low=0,
    high=1,
    unit="share",
    shows=N_("{truth} of it. The rest is who the members are: they spent more before there was a programme."),
    measures=N_("part of the gap that the programme made"),
    alt=N_("Two bars: the predicted share of {predicted} and the true one of {truth}."),
)  # fmt: skip

GUESS_COACHED = Prediction(
    id="13.b",
    prompt=N_("What share of the coached shops' rise from spring to autumn did the coaching make?"),
    truth=coached,
    low=0,
    high=1,
    unit="share",
    shows=N_(
        "{truth} of it. The rest would have come by itself: the worst of a spring were bad and unlucky, and "
        "the bad luck was over."
    ),
    measures=N_("part of the rise that coaching made"),
    alt=N_("Two bars: the predicted share of {predicted} and the true one of {truth}."),
)

PLAN = OpenQuestion(
    id="13.open",
    prompt=N_(
        "The director writes: 'Members spend a third more, p below 0.001 with over a thousand customers, and two dozen "
        "analyses agree. We have looked at it every month since the launch, and now it is clear: the programme causes "
        "loyalty. Renew it?' What do you answer, and which study do you propose? Half a page."
    ),
    points=(
        Point(
            point=N_("What the figures do not show"),
            marks=2,
            full=N_("Says that members chose to be members, and that neither p nor size nor agreement mends it."),
            none=N_("Asks for more customers or a smaller p."),
        ),
        Point(
            point=N_("A hypothesis that can fail"),
            marks=2,
            full=N_("Names population, treatment, outcome, direction and the smallest effect that matters."),
            none=N_("Proposes to see whether the programme works."),
        ),
        Point(
            point=N_("A design"),
            marks=2,
            full=N_("Proposes lots (invitations, waves of the launch) or names what the design it proposes hangs on."),
            none=N_("Proposes to control for more columns."),
        ),
        Point(
            point=N_("Diagnosis and size before the data"),
            marks=2,
            full=N_("Simulates it where the truth is known, and sizes it for the smallest effect, clusters and gaps counted."),
            none=N_("Takes the customers there are."),
        ),
        Point(
            point=N_("A plan that is kept"),
            marks=1,
            full=N_("Freezes the plan, says when it will be looked at, and how deviations will be told."),
            none=N_("Will look every month."),
        ),
    ),
)  # fmt: skip
