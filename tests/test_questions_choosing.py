"""Chapter 03's exercise: what its verdicts say holds for every student, and its mistakes apart."""

import functools

import numpy as np
import pytest

from cvm.check.data import Data, seed_of
from cvm.check.desk import chapter
from cvm.check.marking import Marker
from cvm.selection import look_alike, portfolio_risk

CONTENT = chapter("03")
ASKED = {question.id: question for question in CONTENT.questions}
CLASS = ["Lin Mei", "王伟", "CVM-2026-A", *(f"student {i}" for i in range(17))]


@functools.cache
def person(student):
    return Data("03", student, CONTENT.draw(seed_of("03", student)))


@functools.cache
def told(student):
    data = person(student)
    right = {id: question.reference(data) for id, question in ASKED.items()}
    wrong = {
        (id, m.name): m.wrong(data) for id, question in ASKED.items() for m in question.mistakes
    }
    return right, wrong


# exact -----------------------------------------------------------------------------


def test_the_answers_by_hand():
    data, (right, _wrong) = person("Lin Mei"), told("Lin Mei")
    book = data.accounts.set_index("customer")
    profit = book["revenue"] - book.drop(columns="revenue").sum(axis=1)
    assert book.shape[1] == 8  # revenue and the seven costs
    assert right["03.1"] == pytest.approx(profit[book["revenue"].nlargest(20).index].sum())
    assert right["03.2"] == pytest.approx(-profit[profit < 0].sum() / profit.sum())
    big = data.candidates.nlargest(1, "revenue").iloc[0]
    there = 0.92 * 0.6 * big["profit"]
    lost = 0.08 * big["loss_if_default"] + 0.92 * 0.4 * big["loss_if_left"]
    assert right["03.3"] == pytest.approx(there - lost)
    score = look_alike(data.customers).score(data.pilot)
    assert right["03.5"] == pytest.approx(score.mean() - data.pilot["loyal"].mean())
    found = portfolio_risk(data.portfolio, correlation=data.correlation)
    assert right["03.6"] == pytest.approx(found.expected - found.bad)


# invariant -------------------------------------------------------------------------


@pytest.mark.parametrize("student", CLASS)
def test_every_mistake_is_told_apart_from_the_answer_and_the_others(student):
    right, wrong = told(student)
    for id, question in ASKED.items():
        mine = [(name, value) for (asked, name), value in wrong.items() if asked == id]
        if id == "03.4":
            lists = [right[id], *(value for _name, value in mine)]
            assert len({tuple(names) for names in lists}) == len(lists)
            continue
        values = [right[id], *(value for _name, value in mine)]
        for i, one in enumerate(values):
            for other in values[:i]:
                assert abs(one - other) > 2 * question.tolerance * abs(one), (id, values)


@pytest.mark.parametrize("student", CLASS)
def test_what_the_verdicts_claim(student):
    data, (right, wrong) = person(student), told(student)
    assert right["03.1"] < 0.6 * wrong["03.1", "most-profitable-for-largest"]
    assert right["03.1"] < 0.15 * data.accounts["revenue"].nlargest(20).sum()  # beside revenue
    assert 0.01 < right["03.2"] < 1  # there is a whale, and it is drawn
    assert 3 <= CONTENT.predictions[0].truth(data) <= 18  # "more than they leave", not all
    assert right["03.3"] < 0  # "costs money"
    largest = data.candidates.loc[data.candidates["revenue"].idxmax(), "firm"]
    assert right["03.4"][-1] == largest  # "the largest comes last"
    size = data.candidates.set_index("firm")["revenue"]
    assert (size[right["03.4"][1:4]] < size[largest] / 2).all()
    assert right["03.5"] > 0.05  # "too many"
    assert abs(wrong["03.5", "judged-on-customers"]) < right["03.5"] - 0.04  # "kept its promise"
    assert data.customers["loyal"].mean() > data.pilot["loyal"].mean() + 0.05  # "it was more"
    assert right["03.6"] > 1.08 * wrong["03.6", "independent"]  # "the bad year is not"


def test_students_do_not_see_the_truth():
    data = person("Lin Mei")
    for name in ("accounts", "candidates", "customers", "pilot", "portfolio"):
        assert not [c for c in getattr(data, name).columns if c.startswith("true_")]
    assert "profit" not in data.accounts  # it is what they work out


def test_names_are_dealt_anew():
    lists = {tuple(told(student)[0]["03.4"]) for student in CLASS}
    assert len(lists) > 8


# inputs ----------------------------------------------------------------------------


def test_a_wrong_answer_is_told_what_went_wrong():
    data = person("Lin Mei")
    _right, wrong = told("Lin Mei")
    marker = Marker(data)
    for (id, name), value in wrong.items():
        answer = float(value) if isinstance(value, float | np.floating) else value
        verdict = marker.mark(ASKED[id], answer)
        assert verdict.mistake == name, id
