"""What the exercise of chapter 04 says of every student's data, and its mistakes apart."""

import functools

import numpy as np
import pandas as pd
import pytest

from cvm.acquisition import adjusted_gap, invitation_effect, plain_gap
from cvm.check.data import Data, seed_of
from cvm.check.desk import chapter
from cvm.check.marking import Marker
from cvm.check.questions_04.base import pair_of
from cvm.check.questions_04.guesses import caused, times

CONTENT = chapter("04")
ASKED = {question.id: question for question in CONTENT.questions}
CLASS = ["Lin Mei", "王伟", "CVM-2026-A", *(f"student {i}" for i in range(17))]


@functools.cache
def drawn(student):
    return Data("04", student, CONTENT.draw(seed_of("04", student)))


@functools.cache
def numbers(student):
    data = drawn(student)
    right = {id: float(question.reference(data)) for id, question in ASKED.items()}
    wrong = {
        (id, m.name): float(m.wrong(data))
        for id, question in ASKED.items()
        for m in question.mistakes
    }
    return right, wrong


# exact -----------------------------------------------------------------------------


def test_the_next_step_by_hand():
    data = drawn("Lin Mei")
    made = Data("04", "x", {
        "steps": pd.DataFrame({"spend": [0, 2e4, 4e4, 6e4], "won": [0.0, 50, 80, 90]}),
        "today": 4e4,
    })  # fmt: skip
    question = ASKED["04.2"]
    assert question.reference(made) == pytest.approx(20_000 / 10)
    wrong = {m.name: m.wrong(made) for m in question.mistakes}
    assert wrong == pytest.approx({
        "average-today": 500, "average-after": 60_000 / 90, "step-before": 20_000 / 30,
        "first-step": 400, "upside-down": 1 / 2000,
    })  # fmt: skip
    assert data.today in data.steps["spend"].tolist()[:-1]


def test_the_family_and_its_worth_by_hand():
    data = Data("04", "x", {
        "told": pd.DataFrame({"brought": [0, 0, 1, 1]}), "margin": 300.0, "retention": 0.8,
        "discount": 0.1,
    })  # fmt: skip
    assert ASKED["04.3"].reference(data) == 2
    assert ASKED["04.4"].reference(data) == pytest.approx(2 * 300 * 1.1 / 0.3)
    wrong = {m.name: m.wrong(data) for m in ASKED["04.4"].mistakes}
    assert wrong["not-discounted"] == pytest.approx(2 * 300 / 0.2)
    assert wrong["one-generation"] == pytest.approx(1.5 * 300 * 1.1 / 0.3)


# invariant -------------------------------------------------------------------------


@pytest.mark.parametrize("student", CLASS)
def test_what_the_verdicts_claim_holds_for_everybody(student):
    data = drawn(student)
    right, wrong = numbers(student)
    assert right["04.2"] > 1.4 * wrong["04.2", "average-today"]  # "far more than the average"
    assert 1.2 < right["04.3"] < 2.5
    assert (data.told["brought"] == 0).mean() > 0.5  # "most brought nobody"
    assert 0 < right["04.5"] < data.budget
    assert right["04.5"] > wrong["04.5", "by-cost"]  # a customer of friends is worth more
    friends, calls = (pair_of(data.pair)[name] for name in ("friends", "calls"))
    assert friends.retention > calls.retention
    assert wrong["04.6", "plain-gap"] > right["04.6"] + 0.08  # "far wider"
    assert caused(data) < 0.5  # "most of it is who they were"
    assert times(data) > 1.4


@pytest.mark.parametrize("student", CLASS)
def test_no_two_mistakes_look_alike_and_none_looks_right(student):
    right, wrong = numbers(student)
    for id, question in ASKED.items():
        values = [right[id], *(wrong[id, m.name] for m in question.mistakes)]
        for k, value in enumerate(values):
            for other in values[:k]:
                apart = abs(value - other)
                assert apart > 0.004 * max(abs(value), abs(other)), (id, values)


def test_the_lot_finds_the_cause_over_the_class():
    found = [invitation_effect(drawn(student).customers) for student in CLASS]
    moved = [
        drawn(student).customers.query("true_moved")["true_effect"].mean() for student in CLASS
    ]
    inside = [f.low <= m <= f.high for f, m in zip(found, moved, strict=True)]
    assert np.mean(inside) >= 0.8
    gap = np.mean([plain_gap(drawn(s).customers).effect for s in CLASS]) - np.mean(moved)
    half = np.mean([adjusted_gap(drawn(s).customers).effect for s in CLASS]) - np.mean(moved)
    assert gap > half > 0.05  # the regression is nearer, and wrong


# inputs ----------------------------------------------------------------------------


def test_students_do_not_see_the_truth():
    seen = drawn("Lin Mei").observed()
    assert not [name for name in seen.customers if name.startswith("true_")]


@pytest.mark.parametrize(
    ("id", "mistake", "words"),
    [
        ("04.2", "average-today", "on average so far"),
        ("04.3", "one-generation", "after the first generation"),
        ("04.5", "equal-marginal-cost", "worth more"),
        ("04.6", "plain-gap", "Use the lot"),
    ],
)
def test_a_wrong_answer_is_told_what_went_wrong(id, mistake, words):
    _right, wrong = numbers("Lin Mei")
    told = Marker(drawn("Lin Mei")).mark(ASKED[id], wrong[id, mistake])
    assert told.mistake == mistake
    assert words in told.message
