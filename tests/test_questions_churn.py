"""Chapter 10's exercise: what its verdicts say holds for every student.

That its mistakes are told apart for a whole class, tests/test_check.py shows.
"""

import functools

import numpy as np
import pandas as pd
import pytest

from cvm.check.data import Data, seed_of
from cvm.check.desk import chapter
from cvm.check.marking import Marker
from cvm.churn import cox, judge_scores, survival_curve, win_back

CONTENT = chapter("10")
ASKED = {question.id: question for question in CONTENT.questions}
CLASS = ["Lin Mei", "王伟", "CVM-2026-A", *(f"student {i}" for i in range(3))]


@functools.cache
def person(student):
    return Marker(Data("10", student, CONTENT.draw(seed_of("10", student))))


def expected(student, question):
    values = person(student).expected(ASKED[question])
    return values[("",)] if ("",) in values else {label[0]: v for label, v in values.items()}


# exact -----------------------------------------------------------------------------


def test_the_answers_by_hand():
    """Three customers: one gone at 2, one watched to 3, one to 20; two calls of two causes."""
    data = person("Lin Mei").seen.observed()
    lives = pd.DataFrame({"months": [2.0, 3.0, 20.0], "left": [True, False, False]})
    trial = pd.DataFrame({
        "risk_group": ["low"] * 4 + ["high"] * 4, "contacted": [False, False, True, True] * 2,
        "left": [True, False, False, False, True, True, True, True],
    })  # fmt: skip
    lost = pd.DataFrame({"cause": ["price", "price", "moved"], "cost": [34.0, 4.0, 4.0],
                         "second_value": [100.0, 0, 0], "returned": [True, False, False]})  # fmt: skip
    data.__dict__.update(customers=lives, trial=trial, lost=lost)
    assert ASKED["10.1"].reference(data) == pytest.approx(2 / 3)
    wrong = {m.name: m.wrong(data) for m in ASKED["10.1"].mistakes}
    assert wrong["censored-as-gone"] == pytest.approx(1 / 3)
    assert wrong["censored-as-staying"] == wrong["not-left-yet"] == pytest.approx(2 / 3)
    assert ASKED["10.4"].reference(data) == pytest.approx(0.25)
    assert ASKED["10.5"].reference(data).to_dict() == {"low": 0.5, "high": 0}
    assert ASKED["10.6"].reference(data).to_dict() == {"price": 31, "moved": -4}


# invariant -------------------------------------------------------------------------


@pytest.mark.parametrize("student", CLASS)
def test_what_the_verdicts_claim_holds_for_everybody(student):
    data = person(student).seen
    gone = data.customers["left"]
    assert gone.mean() < 0.6  # "many have not left"
    assert (data.customers["months"] < 12).mean() > 0.4  # "many have not been here for a year"
    assert data.customers.loc[gone, "months"].mean() < 12  # "for less than a year, on average"
    assert expected(student, "10.1") > (data.customers.loc[gone, "months"] > 12).mean() + 0.2
    assert expected(student, "10.2") > 1.5
    assert expected(student, "10.3") > 1.4  # "what the score knows"
    nobody = 1 - data.scored["left"].mean()
    right = ((data.scored["score"] > 0.5) == data.scored["left"]).mean()
    assert right < nobody + 0.01  # "nobody leaves does as well"
    plain = data.campaign.groupby("contacted")["left"].mean()
    assert plain[False] - plain[True] < expected(student, "10.4") - 0.015  # "going anyway"
    held = expected(student, "10.5")
    assert not held["low"] < held["middle"] < held["high"]  # "does not rise with it"
    risk = data.trial[~data.trial["contacted"]].groupby("risk_group")["left"].mean()
    assert risk["low"] < risk["middle"] < risk["high"]
    tried = expected(student, "10.6")
    back = data.lost.groupby("cause")["returned"].mean()
    assert back.idxmax() == "dismissed"  # "most gladly of all"
    assert tried["dismissed"] < 0 < tried["service"]


def test_the_kit_gives_the_same_answers():
    """Who answers with the chapter's own functions is right."""
    marking, data = person("Lin Mei"), person("Lin Mei").seen
    answers = {
        "10.1": survival_curve(data.customers).at(12)["survival"],
        "10.2": cox(data.customers).table.query("covariate == 'monthly'")["ratio"],
        "10.3": judge_scores(data.scored["left"], data.scored["score"]).lift,
        "10.6": win_back(data.lost).table.rename(columns={"group": "cause"}),
    }
    for id, answer in answers.items():
        assert marking.mark(ASKED[id], answer).right, id


# recovery --------------------------------------------------------------------------


def test_over_students_a_call_holds_least_where_risk_is_highest():
    held = pd.DataFrame([expected(student, "10.5") for student in CLASS]).mean()
    assert held["high"] < held["low"] - 0.01
    saved = [CONTENT.predictions[1].truth(person(student).full) for student in CLASS]
    assert 0.02 < np.mean(saved) < 0.08  # "of them"; the others are not worth the call


# inputs ----------------------------------------------------------------------------


def test_students_do_not_see_the_truth():
    seen = person("王伟").seen
    for name in ("customers", "scored", "trial", "campaign", "lost"):
        assert not [c for c in getattr(seen, name).columns if c.startswith("true_")], name


def test_a_wrong_answer_is_told_what_went_wrong():
    marking = person("Lin Mei")
    told = marking.mark(ASKED["10.4"], ASKED["10.4"].mistakes[0].wrong(marking.seen))
    assert "They chose those they felt were going" in told.message
