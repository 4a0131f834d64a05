"""What the exercise of chapter 01 says of every student's data."""

import numpy as np
import pytest

from cvm.check.data import seed_of
from cvm.check.desk import chapter
from cvm.check.marking import Marker

CONTENT = chapter("01")
ASKED = {question.id: question for question in CONTENT.questions}
CLASS = ["Lin Mei", "王伟", *(f"student {i}" for i in range(28))]


def drawn(student):
    from cvm.check.data import Data

    return Data("01", student, CONTENT.draw(seed_of("01", student)))


# exact -----------------------------------------------------------------------------


def test_break_even_by_hand():
    data = drawn("Lin Mei")
    books = data.books[data.books["year"] <= 4].copy()
    books["profit"] = [1.0, 1.0, 1.0, 1.0, 0.0, 3.0, -2.0, 6.0]
    # The lead is -1, 1, -2, 3: for good after three years and two fifths of the fourth.
    data.__dict__["books"] = books
    assert ASKED["01.4"].reference(data) == pytest.approx(3.4)
    wrong = {m.name: m.wrong(data) for m in ASKED["01.4"].mistakes}
    assert wrong == pytest.approx(
        {"first-time-ahead": 1.5, "yearly-profit": 2, "whole-years": 4, "a-year-too-many": 4.4}
    )


# invariant -------------------------------------------------------------------------


@pytest.mark.parametrize("student", CLASS)
def test_what_the_verdicts_claim_holds_for_everybody(student):
    data = drawn(student)
    answer = {id: float(question.reference(data)) for id, question in ASKED.items()}
    wrong = {
        (id, m.name): float(m.wrong(data))
        for id, question in ASKED.items()
        for m in question.mistakes
    }
    assert 0.2 < answer["01.1"] < 0.9  # "what is missing lies with rivals"
    assert answer["01.2"] > 0.45  # "and not a fifth"
    assert data.trial["stayed"].mean() > 0.6  # "most would have stayed without it"
    assert answer["01.3"] > wrong["01.3", "average"]  # "more than on average"
    assert wrong["01.4", "first-time-ahead"] > 2  # behind after the first two years
    assert answer["01.4"] > wrong["01.4", "first-time-ahead"] + 0.5  # one bad year
    assert answer["01.4"] < 8
    assert answer["01.5"] < wrong["01.5", "first-year-for-all"] - 0.02  # "promised more"


def test_the_trial_is_by_lot_and_finds_what_was_put_in():
    """Over many students the programme keeps the share it was given."""
    gaps = []
    for student in CLASS:
        trial = drawn(student).trial
        assert trial["programme"].mean() == 0.5
        stayed = trial.groupby("programme")["stayed"].mean()
        gaps.append(stayed[True] - stayed[False])
    assert np.mean(gaps) == pytest.approx(0.08 + 0.05 / 2, abs=0.01)


# inputs ----------------------------------------------------------------------------


def test_a_wrong_answer_is_told_what_went_wrong():
    data = drawn("Lin Mei")
    marker = Marker(data)
    told = marker.mark(ASKED["01.2"], data.keep_cost / data.win_cost)
    assert told.mistake == "nobody-counted"
    assert "How many must be tried" in told.message
