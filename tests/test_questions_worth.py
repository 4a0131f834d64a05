"""Chapter 11's exercise: what its verdicts say holds for every student.

That its mistakes are told apart for a whole class, tests/test_check.py shows.
"""

import functools

import numpy as np
import pytest

from cvm import clv
from cvm.check.data import Data, seed_of
from cvm.check.desk import chapter
from cvm.check.marking import Marker
from cvm.check.questions_11.base import _survivors

CONTENT = chapter("11")
ASKED = {question.id: question for question in CONTENT.questions}
CLASS = ["Lin Mei", "王伟", "CVM-2026-A", *(f"student {i}" for i in range(17))]


@functools.cache
def person(student):
    data = Data("11", student, CONTENT.draw(seed_of("11", student)))
    return data, {id: float(question.reference(data)) for id, question in ASKED.items()}


# exact -----------------------------------------------------------------------------


def test_the_solution_in_words_gives_the_answer():
    """The lines of each worked solution, run as a student would."""
    data, answers = person("Lin Mei")
    for id, question in ASKED.items():
        lines = [line[4:] for line in question.solution.splitlines() if line.startswith("    ")]
        names = {"data": data}
        exec("\n".join(lines), names)
        assert float(names["answer"]) == pytest.approx(answers[id], rel=1e-6), id


def test_survivors_are_counted_after_each_renewal():
    params = {"alpha": 0.6, "beta": 1.5}
    found = _survivors(params, seed=5)
    long = clv.simulate("shifted_beta_geometric", params, n=2000, T=50, seed=5)
    ends = np.where(long["left"], long["T"], 99)
    assert found.tolist() == [2000, *(int((ends > k).sum()) for k in range(1, 5))]


# invariant -------------------------------------------------------------------------


@pytest.mark.parametrize("student", CLASS)
def test_what_the_verdicts_claim(student):
    data, said = person(student)
    wrong = {(id, m.name): float(m.wrong(data)) for id, q in ASKED.items() for m in q.mistakes}
    assert wrong["11.1", "margin-times-life"] > 1.3 * said["11.1"]  # "much more"
    assert said["11.1"] > 0
    assert wrong["11.2", "constant-retention"] < 0.8 * said["11.2"]  # "far fewer"
    assert wrong["11.3", "as-before"] > 1.6 * said["11.3"]  # "far more"
    assert said["11.4"] > 0.03
    assert said["11.5"] < 0.2 * wrong["11.5", "revenue"]  # "a small part of his revenue"


# recovery --------------------------------------------------------------------------


def test_the_models_are_right_about_the_students_customers():
    """Over students: as many alive as it says, and as much bought."""
    alive, bought = [], []
    for student in CLASS[:8]:
        data, said = person(student)
        fit = clv.bg_nbd(data.shop)
        alive.append(clv.probability_alive(fit, data.shop).mean() - data.shop["true_alive"].mean())
        later = data.shop["later"] / data.shop["true_spend"]
        bought.append(said["11.3"] / later.sum() - 1)
    assert np.mean(alive) == pytest.approx(0, abs=0.02)
    assert np.mean(bought) == pytest.approx(0, abs=0.06)


def test_students_do_not_see_who_is_alive():
    seen = person("Lin Mei")[0].observed()
    assert not [c for c in seen.shop.columns if c.startswith("true_")]
    assert {"revenue", "later", "T"} <= set(seen.shop.columns)


# inputs ----------------------------------------------------------------------------


def test_a_wrong_answer_is_told_what_went_wrong():
    data, _said = person("Lin Mei")
    told = Marker(data).mark(ASKED["11.5"], data.purchases * data.months)
    assert told.mistake == "revenue"
    assert "only the margin" in told.message
