"""What the exercise of chapter 05 says of every student's data.

That its mistakes are told apart for a whole class, tests/test_check.py shows.
"""

import functools

import numpy as np
import pandas as pd
import pytest

from cvm.check.data import Data, seed_of
from cvm.check.desk import chapter
from cvm.check.marking import Marker
from cvm.check.questions_05.base import draw

CONTENT = chapter("05")
ASKED = {question.id: question for question in CONTENT.questions}
CLASS = ["Lin Mei", "王伟", "CVM-2026-A", *(f"student {i}" for i in range(21))]


@functools.cache
def person(student):
    return Marker(Data("05", student, CONTENT.draw(seed_of("05", student))))


def with_data(**tables):
    return Data("05", "by hand", draw(1) | tables)


# exact -----------------------------------------------------------------------------


def test_what_is_owed_by_hand():
    day = pd.Timestamp
    invoices = pd.DataFrame(
        [("a", "2025-01-01", None, 70.0), ("a", "2025-02-01", "2025-07-01", 50.0),
         ("b", "2025-02-01", "2025-03-01", 500.0), ("c", "2025-02-01", None, 90.0),
         ("c", "2025-06-20", None, 90.0)],
        columns=["customer", "issued", "paid", "amount"],
    ).assign(issued=lambda t: pd.to_datetime(t["issued"]), paid=lambda t: pd.to_datetime(t["paid"]))  # fmt: skip
    data = with_data(
        receivables=invoices, today=day("2025-06-01"),
        customers=pd.DataFrame({"customer": list("abc"), "credit_line": 100.0}),
    )  # fmt: skip
    question = ASKED["05.1"]
    assert question.reference(data) == 120
    wrong = {m.name: m.wrong(data) for m in question.mistakes}
    assert wrong == {"paid-since-then": 0, "invoices-of-later": 300, "everybody": 210, "only-the-excess": 20}  # fmt: skip


def test_calls_by_hand():
    day = pd.Timestamp
    calls = pd.DataFrame(
        [("a", day("2025-05-05"), day("2025-05-01"), day("2025-06-01")),
         ("a", day("2025-06-01"), day("2025-05-01"), day("2025-06-01")),
         ("b", day("2025-05-05"), pd.NaT, pd.NaT), ("c", day("2025-04-07"), day("2025-05-01"), day("2025-06-01"))],
        columns=["customer", "day", "began", "gone"],
    )  # fmt: skip
    data = with_data(calls=calls, leavers=pd.DataFrame({"customer": list("ac")}))
    assert ASKED["05.3"].reference(data) == 0.25
    assert ASKED["05.4"].reference(data) == 0.5
    wrong = {m.name: m.wrong(data) for m in (*ASKED["05.3"].mistakes, *ASKED["05.4"].mistakes)}
    assert wrong == pytest.approx({
        "left-sometime": 0.75, "calls-in-vain": 0.75, "leavers-for-calls": 0.5,
        "of-calls-upon-leavers": 1 / 3, "called-at-any-time": 1.0, "share-of-calls": 0.25,
        "calls-by-customers": 1 / 3,
    })  # fmt: skip


# invariant -------------------------------------------------------------------------


@pytest.mark.parametrize("student", CLASS)
def test_what_the_verdicts_claim_holds_for_everybody(student):
    marking = person(student)
    data = marking.seen
    answer = {id: marking.expected(question)[("",)] for id, question in ASKED.items()}
    assert answer["05.1"] > 0
    gaps = data.account["date"].diff().dropna().dt.days
    assert answer["05.2"] > gaps.mean() * 1.39  # "add the spread"
    assert 0.05 < answer["05.3"] < 0.5  # "the others found a pause, or an empty chair"
    assert answer["05.4"] > answer["05.3"]  # two different questions
    assert answer["05.5"] > 0.1  # "three harmless columns are a name"
    assert 100 < answer["05.6"] < 200_000
    # A leaver is gone after the first review and by the last one, so a call could have come.
    assert data.leavers["gone"].between("2025-04-08", "2025-12-31").all()
    assert data.calls.groupby("day").size().max() <= 4


def test_students_do_not_see_the_truth_of_the_books():
    seen = person("Lin Mei").seen
    for name in ("customers", "receivables", "account", "calls", "leavers", "shared"):
        assert not [c for c in getattr(seen, name).columns if c.startswith("true_")]
    assert seen.shared["district"].isna().any()


# recovery --------------------------------------------------------------------------


def test_over_a_class_calls_are_worth_what_the_chapter_says():
    shares = [person(student).expected(ASKED["05.3"])[("",)] for student in CLASS]
    assert np.mean(shares) == pytest.approx(0.24, abs=0.05)


# inputs ----------------------------------------------------------------------------


def test_a_wrong_answer_is_told_what_went_wrong():
    marking = person("Lin Mei")
    told = marking.mark(ASKED["05.6"], ASKED["05.6"].mistakes[0].wrong(marking.seen))
    assert told.mistake == "all-purchases"
    assert "They would have come anyway" in told.message
