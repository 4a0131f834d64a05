"""Chapter 07's exercise: what its verdicts say holds for every student, and its mistakes apart."""

import functools

import pytest

from cvm.check.data import Data, seed_of
from cvm.check.desk import chapter
from cvm.check.marking import Marker
from cvm.service import Desk, first_failure, least_cost_staff, paradox

CLASS = ["Lin Mei", "王伟", "CVM-2026-A", *(f"student {i}" for i in range(9))]


@functools.cache
def person(student):
    return Marker(Data("07", student, chapter("07").draw(seed_of("07", student))))


@pytest.mark.parametrize("student", CLASS)
def test_what_the_verdicts_claim(student):
    marking = person(student)
    data = marking.seen
    said = {q.id: marking.expected(q)[("",)] for q in chapter("07").questions}
    assert (data.contacts["rating"] < 50).mean() < 0.2  # "most contacts went well"
    assert said["07.1"] > 2 * (data.contacts["rating"] < 50).mean()
    assert 0.4 < said["07.3"] < 0.6  # "failures add up"
    rule = first_failure(data.trial)
    assert rule.low < 0.5 + 0.05
    assert rule.high < 0.95  # and not the strict rule
    assert said["07.5"] > 0.75  # "never heard of"
    found = paradox(data.customers, outcome="intention")
    assert found.high < 0  # "costs intention even where it is repaired well"
    assert found.naive > found.effect  # "the plain comparison is kinder"


@pytest.mark.parametrize("student", CLASS)
def test_just_enough_people_cost_far_more(student):
    data = person(student).seen
    desk = Desk(
        complaints=data.complaints, handling_hours=data.hours, wage=data.wage,
        customer_value=data.customer_value,
    )  # fmt: skip
    found = least_cost_staff(desk)
    assert found.naive_cost > 1.05 * found.total_cost
    assert found.staff > found.naive_staff


def test_students_do_not_see_what_is_behind_the_scene():
    seen = person("Lin Mei").seen
    for name in ("contacts", "trial", "customers"):
        assert not [c for c in getattr(seen, name).columns if c.startswith("true_")]
