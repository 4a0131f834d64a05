"""Check: verdicts, named mistakes, hints, predictions, and all questions of the course."""

import ast
import dataclasses
import decimal
import fractions
import functools
import math
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cvm.check import (
    ask,
    check,
    exercise,
    hint,
    marks,
    predict,
    reveal,
    rubric,
    solution,
)
from cvm.check.answers import Fitted, Function, Named, Number, Ranking, Table, Text
from cvm.check.ask import _two_bars
from cvm.check.cards import Verdict
from cvm.check.data import PLACEHOLDER, Data, seed_of, student_key
from cvm.check.desk import Desk, chapter, chapters
from cvm.check.marking import Marker
from cvm.check.question import Chapter, Mistake, OpenQuestion, Point, Prediction, Question
from cvm.errors import CvmError
from cvm.plots import figure
from cvm.results import Estimate, number

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "notebooks"))

from builder import source  # noqa: E402

QUESTIONS = [q for name in chapters() for q in chapter(name).questions]
PREDICTIONS = [p for name in chapters() for p in chapter(name).predictions]
STUDENTS = [PLACEHOLDER, "Lin Mei", "王伟", "CVM-2026-A"]
CLASS = [*STUDENTS, *(f"student {i}" for i in range(26))]


@pytest.fixture(autouse=True)
def desk(monkeypatch):
    fresh = Desk()
    monkeypatch.setattr(ask, "_DESK", fresh)
    return fresh


def asking(kind, reference, **changes):
    """Make a question whose three mistakes do not come in the way."""
    parts = {
        "id": "98.1",
        "prompt": "?",
        "answer": kind,
        "reference": reference,
        "shows": "It is {answer}.",
        "mistakes": tuple(
            Mistake(name=f"m{i}", wrong=lambda data, i=i: -(1e6 + i), reply=f"reply {i}")
            for i in range(3)
        ),
        "hints": ("one", "two"),
        "solution": "So.\n    answer = 1",
    }
    return Question(**(parts | changes))


@functools.cache
def person(name, student):
    """Draw a student's data once for all tests."""
    return Marker(Data(name, student, chapter(name).draw(seed_of(name, student))))


def marker(**tables):
    return Marker(Data("98", "somebody", tables))


def verdict(kind, right, answer, **changes):
    never = {
        "mistakes": tuple(
            Mistake(name=f"m{i}", wrong=lambda data: right, reply=f"reply {i}") for i in range(3)
        )
    }
    return marker().mark(asking(kind, lambda data: right, **(never | changes)), answer)


def merged(reference, wrong, kind):
    """Put the part that a mistake spoils into the right answer."""
    if isinstance(wrong, pd.DataFrame) and isinstance(kind, Table):
        key = list(kind.key)
        whole = reference.set_index(key).astype(object)
        for column in wrong.columns.difference(key):
            whole[column] = wrong.set_index(key)[column]
        return whole.reset_index()
    if isinstance(wrong, pd.Series) and isinstance(reference, pd.Series):
        whole = reference.astype(object)
        return wrong if len(wrong) == len(whole) else wrong.astype(object).combine_first(whole)
    return wrong


# --- exact: all questions of the course -------------------------------------------


@pytest.mark.parametrize("student", STUDENTS)
@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: q.id)
def test_the_reference_is_right_and_every_named_mistake_gets_its_own_reply(question, student):
    marking = person(question.chapter, student)
    right = question.reference(marking.seen)
    assert marking.mark(question, right).right
    for mistake in question.mistakes:
        answer = merged(right, mistake.wrong(marking.seen), question.answer)
        got = marking.mark(question, answer)
        assert (got.status, got.mistake) == ("not quite", mistake.name), got
        assert got.message == mistake.reply


@pytest.mark.parametrize("student", CLASS)
@pytest.mark.parametrize("name", chapters())
def test_the_mistakes_of_a_class_can_be_told_apart(name, student):
    marking = person(name, student)
    for question in chapter(name).questions:
        expected = marking.expected(question)
        for mistake in question.mistakes:
            assert not marking.harmless(question, mistake), (question.id, mistake.name)
            answer = {**expected, **marking.wrong(question, mistake)}
            told = [m.name for m in marking.recognised(question, answer)]
            assert told == [mistake.name], question.id


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: q.id)
def test_the_worked_solution_leads_to_the_right_answer_and_holds_no_number_of_it(question):
    data = exercise(question.chapter, student="Lin Mei")
    code = [line[4:] for line in question.solution.splitlines() if line.startswith("    ")]
    names = {"data": data, "np": np, "pd": pd}
    exec("\n".join(code), names)
    assert check(question.id, names["answer"]).right


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: q.id)
def test_two_students_have_different_answers(question):
    answers = [person(question.chapter, s).expected(question) for s in ("Lin Mei", "王伟")]
    assert answers[0] != answers[1]


@pytest.mark.parametrize("student", CLASS)
def test_what_the_verdicts_of_chapter_06_claim_holds_for_everybody(student):
    data = person("06", student).seen
    expected = {q.id: person("06", student).expected(q) for q in chapter("06").questions}
    customers, rewards = data.customers, data.rewards
    curve = customers["profit"].sort_values(ascending=False).cumsum() / customers["profit"].sum()
    assert curve.max() > 1.02  # "the curve climbs above 100 %"
    assert expected["06.2"][("",)] > 0.5  # a fifth of the customers, most of the profit
    by_tier = expected["06.3"]
    assert by_tier[("small",)] < min(by_tier[("key",)], by_tier[("ordinary",)])
    assert expected["06.4"][("key", "key")] < 0.95  # "key customers fell"
    assert expected["06.4"][("small", "ordinary")] > 0.02  # "and small ones climbed"
    naive = rewards.groupby("privileged")["visits_after"].mean().diff().iloc[-1]
    assert naive > 3 * expected["06.6"][("privileged",)] > 0  # "several times that"


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: q.id)
def test_an_untouched_question_is_not_attempted(question):
    exercise(question.chapter, student=PLACEHOLDER)
    for nothing in (..., None):
        assert check(question.id, nothing).status == "not attempted"
    assert check(question.id).status == "not attempted"


@pytest.mark.parametrize("name", [name for name in chapters() if name != "00"])
def test_every_chapter_measures_up(name):
    content = chapter(name)
    assert 4 <= len(content.questions) <= 6
    assert len(content.predictions) >= 1
    assert content.open is not None


def run(notebook):
    """Run the code cells of an exercise in one place, and give what they show."""
    place, shown = {}, []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            tree = ast.parse(cell.source)
            last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
            exec(compile(tree, "exercise", "exec"), place)
            if last is not None:
                shown.append(eval(compile(ast.Expression(last.value), "exercise", "eval"), place))
    return shown


@pytest.mark.parametrize("name", chapters())
def test_the_solved_exercise_is_right_and_the_untouched_one_not_attempted(name):
    (path,) = (ROOT / "exercises" / "src").glob(f"{name}_*.md")
    text = path.read_text(encoding="utf-8")
    asked = [q.id for q in chapter(name).questions]
    untouched = [v for v in run(source.student(source.read(text))) if isinstance(v, Verdict)]
    assert {v.status for v in untouched} == {"not attempted"}
    assert [v.question for v in untouched if v.question in asked] == asked
    right = [v for v in run(source.solved(source.read(text))) if isinstance(v, Verdict)]
    assert [(v.question, v.status) for v in right] == [(q, "right") for q in asked]


@pytest.mark.parametrize("prediction", PREDICTIONS, ids=lambda p: p.id)
def test_every_prediction_is_revealed_with_a_picture(prediction):
    exercise(prediction.id[:2], student="Lin Mei")
    assert reveal(prediction.id).truth is None
    guess = prediction.low + 0.4 * (prediction.high - prediction.low)
    predict(prediction.id, guess)
    shown = reveal(prediction.id)
    assert prediction.low <= shown.truth <= prediction.high
    assert shown.picture.startswith("iVBOR")  # a PNG image in base64
    assert "<img" in shown._repr_html_()
    assert 'alt=""' not in shown._repr_html_()


# --- exact: how answers are read --------------------------------------------------

SHARE = 0.6543
WAYS = [
    SHARE, np.float64(SHARE), np.float32(SHARE), np.array(SHARE), np.array([[SHARE]]), [SHARE],
    (SHARE,), pd.Series([SHARE], index=["x"]), pd.DataFrame({"a": [SHARE]}), str(SHARE), "65.43 %",
    "６５.４３％", decimal.Decimal("0.6543"), fractions.Fraction(6543, 10_000), 0.655,
    Estimate(name="share", value=SHARE, low=0.6, high=0.7),
]  # fmt: skip


@pytest.mark.parametrize("answer", WAYS, ids=repr)
def test_a_number_is_right_however_it_is_written(answer):
    assert verdict(Number(unit="share"), SHARE, answer).right


def test_points_are_a_difference_of_shares():
    assert verdict(Number(unit="points"), 0.129, "12.9 %").right
    told = verdict(Number(unit="points"), 0.129, 12.9)
    assert told.message == "Give points as a difference of shares: 0.02 for 2 points."
    assert verdict(Number(), 3.0, 300).message == "Your answer is a hundred times too large."


WRONG_NUMBERS = [
    (65.43, "Give a share, not per cent: 0.2 for 20 %."),
    (0.006543, "Your answer is a hundred times too small: per cent or share?"),
    (654.3, "Your answer is a thousand times too large: look at the units."),
    (-SHARE, "The size is right, the sign is not."),
    (1 - SHARE, "That is the share of the others: one minus the share asked for."),
    (0.7, "Close: you rounded too far. Give the number as it was computed."),
    (0.67, "Not this number: it is too high, though not by much."),
    (0.3, "Not this number: it is too low."),
    (0.9, "Not this number: it is too high."),
    (math.nan, "Your answer is not a number (NaN): look for a division by zero or a missing "
               "value on the way."),
    (pd.NA, "A number is asked for; yours is of type `NAType`."),
    (math.inf, "Your answer is infinite: look for a division by zero on the way."),
    ("two thirds", "A number is asked for; yours is of type `str`."),
    ([0.6, 0.7], "One number is asked for; your `list` holds 2 values."),
    ({"a": 1}, "A number is asked for; yours is of type `dict`."),
    (len, "That is a function: call it, with its brackets, and give the result."),
    (2j, "One of its values is of type `complex`; a number or a text is wanted."),
    ([...], "One of its values is still `...`."),
    (pd.DataFrame({"a": [1], "b": [2]}).groupby("a"),
     "That is a grouping, not yet a result: say what to do with each group, for example "
     "`.sum()`."),
]  # fmt: skip


@pytest.mark.parametrize(("answer", "message"), WRONG_NUMBERS, ids=lambda x: str(x)[:20])
def test_a_wrong_number_is_told_why(answer, message):
    got = verdict(Number(unit="share"), SHARE, answer)
    assert (got.status, got.message) == ("not quite", message)


BY_TIER = pd.Series({"key": 0.61, "ordinary": 0.29, "small": 0.1})
SERIES = [
    BY_TIER[::-1], BY_TIER.to_dict(), BY_TIER.to_frame("share"), BY_TIER.astype("float32"),
    BY_TIER.rename_axis("tier").reset_index(name="share"), BY_TIER.tolist(), BY_TIER.to_numpy(),
    BY_TIER.rename(str.upper), BY_TIER.rename(index=lambda n: f" {n} "), BY_TIER.astype(str),
    BY_TIER.rename_axis("tier").reset_index(drop=True), pd.concat([BY_TIER, pd.Series({"all": 1})]),
    pd.Series(BY_TIER.to_numpy(), index=pd.CategoricalIndex(BY_TIER.index)),
    BY_TIER.reset_index(drop=True).sort_values(),
]  # fmt: skip


@pytest.mark.parametrize("answer", SERIES, ids=lambda x: type(x).__name__)
def test_a_series_is_right_in_any_order_type_and_index(answer):
    got = verdict(Named(unit="share"), BY_TIER, answer)
    assert got.right, got


WRONG_SERIES = [
    (BY_TIER * 100, "Give a share, not per cent: 0.2 for 20 %."),
    (BY_TIER.set_axis(["small", "key", "ordinary"]),
     "The values are right, but not in their places: the order, or the names, are mixed up. "
     "key is one of them."),
    (BY_TIER.iloc[:2], "1 of 3 are missing, for example small."),
    (BY_TIER.rename({"small": "smal"}),
     "1 of 3 are missing, for example small. You have smal, which is not asked for. Did you "
     "mean 'small'?"),
    (BY_TIER.set_axis(list("abc")),
     "The values are right, the names are not. Asked for are: key, ordinary, small."),
    ([0.6, 0.4], "3 values are asked for; you gave 2."),
    (BY_TIER.where(BY_TIER > 0.2),
     "Your answer is not a number (NaN) at small: look for a division by zero or a missing "
     "value on the way."),
    (BY_TIER.replace(0.29, 0.5), "2 of 3 are right. Look at ordinary: it is too high."),
    (BY_TIER.astype(object).replace(0.29, "much"),
     "ordinary should be a number; you have the text 'much'."),
    (pd.concat([BY_TIER, BY_TIER]), "The name key is there more than once."),
    (0.61, "A Series (or dict) of values by name is asked for; yours is of type `float`."),
    (pd.DataFrame({"a": [1.0], "b": [2.0], "c": ["x"]}),
     "Values by name are asked for; your table has 3 columns, and which one is meant cannot be "
     "told."),
]  # fmt: skip


@pytest.mark.parametrize(("answer", "message"), WRONG_SERIES)
def test_a_wrong_series_is_told_why(answer, message):
    got = verdict(Named(unit="share"), BY_TIER, answer)
    assert (got.status, got.message) == ("not quite", message)


def test_a_series_of_words_is_compared_as_words():
    tiers = pd.Series({1: "key", 2: "small"})
    assert verdict(Named(), tiers, {"2": "Small", 1.0: "KEY"}).right
    assert verdict(Named(), tiers, pd.Series(pd.Categorical(["key", "small"]), [1, 2])).right
    got = verdict(Named(), tiers, {1: "key", 2: "ordinary"})
    assert got.message == "1 of 2 are right. Look at 2: it should not be 'ordinary'."
    got = verdict(Named(), tiers, {1: "key", 2: 3})
    assert got.message == "2 should be a word; you have a number."


def test_a_matrix_is_read_by_the_names_of_row_and_column():
    matrix = pd.DataFrame({"key": [0.8, 0.1], "small": [0.2, 0.9]}, index=["key", "small"])
    long = matrix.stack()  # noqa: PD013
    assert verdict(Named(unit="share"), long, matrix).right
    tidy = long.rename_axis(["from", "to"]).reset_index(name="share")
    assert verdict(Named(unit="share"), matrix, tidy).right
    assert not verdict(Named(unit="share"), long, matrix.T).right


RFM = pd.DataFrame(
    {"customer": ["a", "b", "c"], "recency": [3, 40, 9], "frequency": [5, 1, 2], "sum": [9.5, 4, 7]}
)
TABLES = [
    RFM.sample(frac=1, random_state=1), RFM[RFM.columns[::-1]], RFM.set_index("customer"),
    RFM.assign(extra=1), RFM.astype({"recency": "float32"}), RFM.to_dict("list"),
    RFM.to_dict("records"), RFM.rename(columns=str.upper), RFM.convert_dtypes(),
    RFM.assign(recency=pd.to_timedelta(RFM["recency"], unit="D")),
    RFM.set_index(RFM["customer"].rename(None)).drop(columns="customer"),
    RFM.set_index("customer", drop=False),
]  # fmt: skip


@pytest.mark.parametrize("answer", TABLES, ids=range(len(TABLES)))
def test_a_table_is_right_in_any_order_type_and_index(answer):
    got = verdict(Table(), RFM, answer)
    assert got.right, got


WRONG_TABLES = [
    (RFM.drop(columns="recency"), "Your table has no column `recency`."),
    (RFM.drop(columns="customer"),
     "Your table has no column `customer`; it has recency, frequency, sum."),
    (RFM.iloc[:2], "3 of 9 are missing, for example recency, c."),
    (pd.concat([RFM, RFM]), "One row for each customer is asked for; a has more."),
    (RFM.assign(frequency=[5, 1, 3]),
     "Look at `frequency`. 2 of 3 are right. Look at frequency, c: it is too high."),
    (RFM.assign(sum=RFM["sum"] * -1), "Look at `sum`. The size is right, the sign is not."),
    (RFM["recency"], "3 of 3"),
    (3, "A DataFrame is asked for; yours is of type `int`."),
]  # fmt: skip


@pytest.mark.parametrize(("answer", "message"), WRONG_TABLES[:6] + WRONG_TABLES[7:])
def test_a_wrong_table_is_told_why(answer, message):
    got = verdict(Table(), RFM, answer)
    assert (got.status, got.message) == ("not quite", message)


def test_a_mistake_in_one_column_is_recognised_whatever_the_others_hold():
    mistake = Mistake(
        name="years",
        reply="in days",
        wrong=lambda data: RFM[["customer"]].assign(recency=[1, 2, 3]),
    )
    spare = asking(Table(), lambda data: RFM).mistakes[:2]
    spare = tuple(dataclasses.replace(m, wrong=lambda data: RFM) for m in spare)
    question = asking(Table(), lambda data: RFM, mistakes=(*spare, mistake))
    got = marker().mark(question, RFM.assign(recency=[1, 2, 3], frequency=[0, 0, 0]))
    assert (got.mistake, got.message) == ("years", "in days")


def test_a_table_of_several_columns_is_read_by_the_asked_one():
    kind = Named(unit="share", key=("tier",), column="share")
    table = BY_TIER.rename_axis("tier").reset_index(name="share").assign(n=[1, 2, 3])
    assert verdict(kind, BY_TIER, table.iloc[::-1]).right
    assert verdict(kind, BY_TIER, table.set_index("tier")).right
    assert verdict(kind, BY_TIER, BY_TIER).right
    assert not verdict(kind, BY_TIER, table.rename(columns={"share": "part"})).right


def test_order_matters_where_it_is_asked_for():
    best = ["c", "a", "b"]
    assert verdict(Ranking(), best, np.array(best)).right
    assert verdict(Ranking(), best, pd.Series([9, 5, 1], index=best)).right
    assert verdict(Ranking(), best, pd.DataFrame({"customer": best, "profit": [9, 5, 1]})).right
    got = verdict(Ranking(), best, ["a", "b", "c"])
    assert got.message.startswith("The values are right, but not in their places")
    assert not verdict(Ranking(), best, 5).right


def test_a_text_is_read_without_its_capitals_and_spaces():
    assert verdict(Text(), "small", " Small ").right
    assert verdict(Text(), "小", ["小"]).right
    assert verdict(Text(), "small", "key").message == "Not this number: it should not be 'key'."
    assert verdict(Text(), "small", 2.5).message == (
        "A text is asked for; yours is of type `float`."
    )


LINE = pd.DataFrame({"x": np.arange(8.0), "y": [1, 3, 4, 8, 9, 11, 12, 16]})
LINE["above"] = LINE["x"] >= 4


def test_a_fitted_model_is_compared_by_the_coefficients_asked_for():
    kind = Fitted(names=("above",))
    right = smf.ols("y ~ above + x", LINE.assign(above=LINE["above"].astype(int))).fit()
    same_model = [
        smf.ols("y ~ x + above", LINE).fit(),
        smf.ols("y ~ C(above) + x", LINE).fit(cov_type="HC1"),
        right.params,
        right.params.to_dict(),
        right.params["above"],
    ]
    for answer in same_model:
        assert verdict(kind, right, answer).right
    design = LINE.assign(const=1.0)[["const", "above", "x"]].astype(float)
    import statsmodels.api as sm

    assert verdict(kind, right, sm.OLS(LINE["y"].to_numpy(), design).fit()).right
    told = verdict(kind, right, smf.ols("y ~ above + x", LINE)).message
    assert told == "That model has not been fitted yet: add `.fit()`."
    told = verdict(kind, right, smf.ols("y ~ x", LINE).fit()).message
    assert told == "Your model has no coefficient called `above`; it has intercept, x."
    told = verdict(kind, right, "y ~ x").message
    assert told == "A fitted model is asked for; yours is of type `str`."


def test_a_function_is_tried_on_inputs():
    kind = Function(tries=lambda data: [(0.0,), (100.0,)])

    def right(x):
        return 2 * x + 1

    def double(x):
        return 2 * x

    def broken(x):
        return 1 / x

    def silent(x):
        x + 1

    assert verdict(kind, right, lambda x: np.array([1 + x + x])).right
    assert verdict(kind, right, double).message == ("0 of 2 are right. Look at (0): it is too low.")
    assert verdict(kind, right, broken).message == (
        "Called with (0) your function stops: ZeroDivisionError: float division by zero."
    )
    assert verdict(kind, right, silent).message == (
        "Called with (0) your function gives nothing back: end it with `return`."
    )
    assert verdict(kind, right, right(3)).message == (
        "A function is asked for; yours is of type `int`. Give the function itself: its name, "
        "without brackets."
    )


def test_a_function_that_changes_its_input_spoils_nothing():
    table = pd.DataFrame({"x": [1, 2]})
    kind = Function(tries=lambda data: [(data.table,), (data.table,)])

    def greedy(frame):
        frame["x"] *= 2
        return frame["x"].sum()

    question = asking(kind, lambda data: lambda frame: 2 * frame["x"].sum(),
                      mistakes=asking(kind, len).mistakes)  # fmt: skip
    question = dataclasses.replace(
        question,
        mistakes=tuple(dataclasses.replace(m, wrong=lambda data: len) for m in question.mistakes),
    )
    assert marker(table=table).mark(question, greedy).right


# --- exact: mistakes that meet ----------------------------------------------------


def test_the_nearest_mistake_speaks_and_two_that_meet_are_both_named():
    def by(name, value):
        return Mistake(name=name, wrong=lambda data: value, reply=f"reply {name}")

    question = asking(Number(), lambda data: 10.0, tolerance=0.05,
                      mistakes=(by("near", 20.4), by("nearer", 20.1), by("right", 10.1)))  # fmt: skip
    assert marker().mark(question, 20.0).mistake == "nearer"
    assert marker().mark(question, 10.1).right
    # Near a mistake that leads to the right answer here: not that mistake.
    assert marker().mark(question, 10.55).mistake == ""
    question = dataclasses.replace(
        question, mistakes=(by("one", 20.0), by("two", 20.0), by("three", 30.0))
    )
    got = marker().mark(question, 20.0)
    assert (got.mistake, got.message) == ("one", "reply one Or: reply two")


# --- invariant --------------------------------------------------------------------


class Nasty:
    """An object that does as much harm as an object can."""

    def __getattr__(self, name):
        raise RuntimeError(name)

    def _harm(self, *args):
        raise SystemExit("gone")

    __eq__ = __lt__ = __float__ = __int__ = __len__ = __iter__ = __bool__ = __repr__ = _harm
    __hash__ = __array__ = __call__ = __getitem__ = _harm

    @property
    def __class__(self):
        raise RuntimeError("no class")


class LyingSeries(pd.Series):
    @property
    def index(self):
        raise MemoryError


def held(thing):
    array = np.empty(1, dtype=object)
    array[0] = thing
    return array


HOSTILE = [
    Nasty(), Nasty, [Nasty()], {"key": Nasty()}, {Nasty: 1}, LyingSeries([1.0]), held(Nasty()),
    pd.Series([[1], [2]]), pd.DataFrame(), pd.Series(dtype=float), [], {}, (), "", b"x", set(),
    float("nan"), 10**400, -(10**400), np.ma.masked, np.datetime64("NaT"), pd.NaT, type, lambda: 1,
    lambda *a: Nasty(), iter([1]), NotImplemented, pd.DataFrame([[1, 2], [3, 4]], columns=["a", "a"]),
    pd.Series([1, 2], index=pd.MultiIndex.from_tuples([(1, 2), (1, 2)])), np.empty((0, 3)),
]  # fmt: skip
KINDS = [
    (Number(), 3.0),
    (Text(), "key"),
    (Named(), BY_TIER),
    (Ranking(), ["a", "b"]),
    (Table(), RFM),
    (Fitted(names=("x",)), {"x": 2.0}),
    (Function(tries=lambda data: [(1.0,)]), lambda x: x),
]


@pytest.mark.parametrize(("kind", "right"), KINDS, ids=lambda k: type(k).__name__)
def test_nothing_a_student_gives_can_raise(kind, right):
    for answer in HOSTILE:
        got = verdict(kind, right, answer)
        assert got.status == "not quite"
        assert str(got)
        assert got._repr_html_()


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.complex_numbers() | st.text()
    | st.binary() | st.dates() | st.timedeltas() | st.fractions() | st.just(...),
    lambda inner: st.lists(inner, max_size=4) | st.tuples(inner, inner)
    | st.dictionaries(st.text() | st.integers(), inner, max_size=4),
    max_leaves=6,
)  # fmt: skip


@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.too_slow])
@given(answer=ANYTHING, which=st.integers(0, len(KINDS) - 1), wrap=st.booleans())
def test_any_object_gets_a_verdict(answer, which, wrap):
    kind, right = KINDS[which]
    if wrap:
        answer = pd.Series([answer], dtype=object)
    got = verdict(kind, right, answer)
    assert got.status in ("right", "not quite", "not attempted")
    assert isinstance(got, Verdict)


@settings(deadline=None)
@given(st.permutations(list(BY_TIER.index)), st.sampled_from(["float32", "float64", object, str]))
def test_order_and_dtype_never_matter(names, dtype):
    assert verdict(Named(), BY_TIER, BY_TIER[list(names)].astype(dtype)).right


@settings(deadline=None)
@given(st.floats(-1e6, 1e6).filter(lambda x: abs(x) > 1e-3), st.floats(-3, 3))
def test_the_tolerance_is_what_it_says(value, times):
    question = asking(Number(), lambda data: value, tolerance=0.01)
    if abs(abs(times) - 1) < 1e-2:
        return
    got = marker().mark(question, value * (1 + 0.01 * times))
    assert got.right == (abs(times) < 1)


@settings(deadline=None)
@given(st.text(min_size=1).filter(lambda t: any(c.isalnum() for c in t)))
def test_case_spaces_and_width_do_not_change_whose_data_it_is(name):
    assert student_key(f"  {name}\t") == student_key(name)
    assert seed_of("06", name) == seed_of("06", student_key(name))


def test_names_are_one_person_in_any_writing_and_two_people_differ():
    assert seed_of("06", "Ｌｉｎ　Ｍｅｉ") == seed_of("06", "lin mei") == seed_of("06", "LinMei")
    assert seed_of("06", "王 伟") == seed_of("06", "王伟\u200b")
    assert seed_of("06", "王伟") != seed_of("06", "王玮")
    assert seed_of("06", "王伟") != seed_of("00", "王伟")
    assert seed_of("06", 2026) == seed_of("06", "2026")
    seeds = {seed_of("06", f"student {i}") for i in range(2000)}
    assert len(seeds) == 2000


def test_a_seed_is_the_same_on_every_machine():
    assert seed_of("06", "Lin Mei") == SEED_OF_LIN_MEI


SEED_OF_LIN_MEI = 3145063598


# --- recovery: a class works through an exercise ----------------------------------


def test_an_exercise_is_the_same_for_a_name_and_other_for_another():
    first = exercise("00", student="Lin Mei")
    again = exercise("00", student="ＬＩＮ ＭＥＩ")
    other = exercise("00", student="Wang Wei")
    pd.testing.assert_frame_equal(first.customers, again.customers)
    assert not first.customers.equals(other.customers)


def test_what_a_student_does_to_the_table_does_not_change_the_answer():
    data = exercise("00", student="Lin Mei")
    mean = data.customers["spend_last_year"].mean()
    data.customers["spend_last_year"] = 0.0
    assert check("00.1", mean).right


def test_students_do_not_see_the_truth():
    for name in chapters():
        data = exercise(name, student="Lin Mei")
        for table in dir(data):
            value = getattr(data, table)
            assert not table.startswith("true_")
            if isinstance(value, pd.DataFrame):
                assert not [c for c in value if c.startswith("true_")]


def test_marks_collect_a_class():
    data = exercise("00", student="Lin Mei")
    check("00.1", data.customers["spend_last_year"].sum())
    check("00.1", ...)
    check("00.1", data.customers["spend_last_year"].mean())
    hint("00.2")
    exercise("00", student="王伟")
    check("00.2", 70.0)
    table = marks().set_index(["student", "question"])
    assert len(table) == 6
    mine = table.loc[("Lin Mei", "00.1")]
    assert (mine["verdict"], mine["attempts"], mine["hints"]) == ("right", 2, 0)
    assert table.loc[("Lin Mei", "00.2"), "hints"] == 1
    assert table.loc[("Lin Mei", "00.2"), "verdict"] == "not attempted"
    assert table.loc[("王伟", "00.2"), "verdict"] == "not quite"
    assert marks().to_csv(index=False).startswith("student,question,verdict,mistake")


def test_marks_name_the_mistake():
    data = exercise("00", student="Lin Mei")
    check("00.1", data.customers["spend_last_year"].median())
    assert marks()["mistake"].tolist() == ["median", "", ""]


def test_hints_come_one_at_a_time_and_the_last_one_stays():
    exercise("00", student="Lin Mei")
    heads = [hint("00.1").head for _call in range(3)]
    assert heads == ["00.1 Hint 1 of 2", "00.1 Hint 2 of 2", "00.1 Hint 2 of 2"]
    assert 'solution("00.1")' in str(hint("00.1"))


def test_the_solution_asks_once_to_read_the_hints_first():
    exercise("00", student="Lin Mei")
    assert "hints you have not read (2)" in str(solution("00.2"))
    assert marks()["solution"].tolist() == [False, False, False]
    assert "answer = " in str(solution("00.2"))
    assert marks()["solution"].tolist() == [False, True, False]


def test_the_solution_is_open_after_the_hints_or_the_right_answer():
    data = exercise("00", student="Lin Mei")
    hint("00.2"), hint("00.2")
    assert "answer = " in str(solution("00.2"))
    check("00.1", data.customers["spend_last_year"].mean())
    assert "answer = " in str(solution("00.1"))


# --- recovery: predictions and rubrics --------------------------------------------


@pytest.fixture
def guessing(monkeypatch):
    """Put a chapter with one prediction and one open question in place of 00."""
    point = Point(point="a point", marks=2, full="said", none="not said")
    content = Chapter(
        id="98",
        draw=lambda seed: {"customers": pd.DataFrame({"x": [1], "true_x": [2]}), "true_y": 0.7},
        questions=(asking(Number(), lambda data: 1.0),),
        predictions=(
            Prediction(
                id="98.a", prompt="?", truth=lambda full: full.true_y, low=0, high=1, unit="share",
                shows="Of course {truth}.", alt="A bar at {truth}.",
                picture=lambda full, ax, predicted: ax.bar([0, 1], [predicted, full.true_y]),
            ),
        ),
        open=OpenQuestion(id="98.open", prompt="Why <b>?", points=(point,) * 3),
    )  # fmt: skip
    for module in ("ask", "desk"):
        monkeypatch.setattr(f"cvm.check.{module}.chapter", lambda name: content)
    return exercise("98", student="Lin Mei")


def test_a_prediction_is_committed_before_the_truth_is_shown(guessing):
    hidden = reveal("98.a")
    assert str(hidden) == (
        '98.a: First commit a prediction with `predict("98.a", ...)`, your guess in place of the '
        "dots."
    )
    assert (hidden.truth, hidden.picture) == (None, "")
    assert str(predict("98.a", 0.2)) == (
        '98.a Prediction: You say 20 %. `reveal("98.a")` will set the truth beside it.'
    )
    shown = reveal("98.a")
    assert "You said 20 %; it is 70 %. Of course 70 %." in str(shown)
    assert (shown.predicted, shown.truth, shown.alt) == (0.2, 0.7, "A bar at 70 %.")


def test_a_prediction_cannot_be_changed_silently(guessing):
    predict("98.a", 0.2)
    assert str(predict("98.a", 0.7)) == (
        "98.a Prediction: You said 20 % before, and that stands. A guess counts only while the "
        "answer is not known."
    )
    assert str(predict("98.a", ...)).endswith("and that stands.")
    assert reveal("98.a").predicted == 0.2
    exercise("98", student="lin mei")  # beginning again forgets nothing
    assert reveal("98.a").predicted == 0.2
    exercise("98", student="somebody else")
    assert reveal("98.a").predicted is None


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("half", "A prediction is one number, from 0 % to 100 %."),
        (True, "A prediction is one number, from 0 % to 100 %."),
        (math.nan, "A prediction is one number, from 0 % to 100 %."),
        ([0.5], "A prediction is one number, from 0 % to 100 %."),
        (-1, "A prediction here lies between 0 % and 100 %."),
        (50, "A prediction here lies between 0 % and 100 %. Write a share, not per cent: 0.2 for "
             "20 %."),
    ],
)  # fmt: skip
def test_a_prediction_that_cannot_be_is_not_committed(guessing, value, message):
    got = predict("98.a", value)
    assert (got.status, got.message) == ("not quite", message)
    assert reveal("98.a").predicted is None


def test_an_untouched_prediction_is_not_attempted(guessing):
    assert predict("98.a", ...).status == "not attempted"
    assert predict("98.a").status == "not attempted"


def test_a_machine_that_cannot_draw_still_shows_the_truth_in_words(guessing, monkeypatch, caplog):
    predict("98.a", 0.2)
    monkeypatch.setattr("cvm.plots.export.png", lambda ax: 1 / 0)
    shown = reveal("98.a")
    assert (shown.picture, shown.truth) == ("", 0.7)
    assert "<img" not in shown._repr_html_()
    assert "the picture of 98.a could not be drawn" in caplog.text
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize(("said", "truth", "unit"), [(0.2, 0.7, "share"), (-0.5, 0.3, ""), (40, 9, "years")])  # fmt: skip
def test_a_prediction_stands_above_the_truth_on_one_scale(said, truth, unit):
    asked = Prediction(
        id="98.b", prompt="?", truth=lambda full: truth, low=-1, high=50, unit=unit, shows="s",
        alt="a", measures="what is guessed",
    )  # fmt: skip
    ax = figure()
    _two_bars(ax, said, truth, asked)
    assert [bar.get_width() for bar in ax.patches] == [said, truth]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["you said", "truth"]
    assert [text.get_text() for text in ax.texts] == [number(said, unit), number(truth, unit)]
    low, high = ax.get_xlim()
    assert low <= min(said, truth, 0)
    assert high > max(said, truth)
    assert ax.get_xlabel().startswith("what is guessed")


def test_a_rubric_lists_points_marks_and_what_earns_them(guessing):
    shown = rubric("98.open")
    assert "[2] a point\n    all: said\n    none: not said" in str(shown)
    assert str(shown).endswith("Together 6 marks.")
    assert shown.to_frame()["marks"].tolist() == [2, 2, 2]
    assert "Why &lt;b&gt;?" in shown._repr_html_()
    assert "There is no open question 98.x" in str(rubric("98.x"))


# --- inputs -----------------------------------------------------------------------


@pytest.mark.parametrize("asked", [check, hint, solution, reveal, predict, rubric])
@pytest.mark.parametrize("wrong", ["00.9", "77.1", "", 3, None, ..., [], "nasty"])
def test_a_question_that_does_not_exist_is_told_and_nothing_is_raised(asked, wrong):
    exercise("00", student="Lin Mei")
    # Made here: pytest itself cannot hold such an object.
    assert asked(Nasty() if wrong == "nasty" else wrong).status == "not attempted"


def test_a_mistyped_question_gets_the_near_miss():
    exercise("00", student="Lin Mei")
    assert "There is no 00.11 in this exercise. Did you mean '00.1'?" in str(check("00.11", 3))


def test_check_before_the_exercise_says_what_to_do():
    said = str(check("00.1", 3))
    assert "The data of this exercise has not been drawn yet." in said
    assert 'Run first: data = exercise("00", student="...")' in said


@pytest.mark.parametrize("student", ["", "  ", "\u200b", None, ..., 3.5, True, ["Lin"]])
def test_an_exercise_needs_a_name(student):
    with pytest.raises(CvmError, match=r"name or class code is .* Write for example student="):
        exercise("00", student=student)


def test_an_unknown_chapter_is_named():
    with pytest.raises(CvmError, match=r"no exercise for this chapter.*'0O'.*Choose one of: 00"):
        exercise("0O", student="Lin Mei")


def test_the_data_lists_its_tables_and_cannot_be_replaced():
    data = exercise("00", student="Lin <Mei>")
    assert str(data).splitlines() == [
        "Exercise 00, drawn for 'Lin <Mei>'",
        "  data.customers: table of 240 rows: customer, spend_last_year, spend_this_year",
        f"  data.defection: {data.defection}",
    ]
    assert "Lin &lt;Mei&gt;" in data._repr_html_()
    assert "write your own name" in str(exercise("00", student=PLACEHOLDER))
    with pytest.raises(CvmError, match=r"cannot be changed.*customers = \.\.\."):
        data.customers = 3
    with pytest.raises(CvmError, match="cannot be changed"):
        del data.customers
    with pytest.raises(AttributeError, match="no 'customer'; it has customers, defection"):
        _ = data.customer


def test_what_a_student_wrote_is_escaped_in_html():
    got = verdict(Named(), BY_TIER, {"key": "<script>", "ordinary": 1, "small": 2})
    assert "<script>" in str(got)
    assert "&lt;script&gt;" in got._repr_html_()
    assert "<script>" not in got._repr_html_()


def test_a_verdict_is_told_by_symbol_and_word_and_not_by_colour_alone():
    for answer, words in [(3.0, "✓ 98.1 Right"), (4.0, "✗ 98.1 Not quite"), (..., "○ 98.1 Not")]:
        got = verdict(Number(), 3.0, answer)
        assert str(got).startswith(words)
        assert words in got._repr_html_()
    assert verdict(Number(), 3.0, 3).to_frame()["status"].tolist() == ["right"]


GOOD = asking(Number(), lambda data: 1.0)
THIN = [
    ({"mistakes": GOOD.mistakes[:2]}, "it has fewer than 3 named mistakes"),
    ({"mistakes": GOOD.mistakes[:1] * 3}, "two mistakes have the same name"),
    ({"hints": ("one",)}, "it has fewer than 2 hints"),
    ({"hints": ("one", "")}, "a text is empty"),
    ({"id": "6.2"}, "its number is not written like 06.2"),
    ({"solution": "Think."}, "its solution has no line of code"),
    ({"tolerance": 0.5}, "its tolerance is not between 0 and 0.1"),
]


@pytest.mark.parametrize(("change", "message"), THIN)
def test_a_thin_question_is_refused(change, message):
    with pytest.raises(CvmError, match=message):
        dataclasses.replace(GOOD, **change)


def test_all_that_is_thin_is_named_at_once():
    with pytest.raises(CvmError, match=r"98\.1 is not complete: .*mistakes; .*hints; .*empty"):
        dataclasses.replace(GOOD, mistakes=(), hints=(), prompt="")


def test_thin_predictions_rubrics_and_chapters_are_refused():
    with pytest.raises(CvmError, match="low is not below high"):
        Prediction(id="06.a", prompt="?", truth=len, low=1, high=1, shows="s", picture=len, alt="a")
    with pytest.raises(CvmError, match="neither words for its bars nor a picture"):
        Prediction(id="06.a", prompt="?", truth=len, low=0, high=1, shows="s", alt="a")
    with pytest.raises(CvmError, match=r"not written like 06\.open.*fewer than 3 points.*no marks"):
        OpenQuestion(id="06", prompt="?", points=(Point(point="p", marks=0, full="f", none="n"),))
    with pytest.raises(CvmError, match="no question"):
        Chapter(id="98", draw=dict, questions=())
    with pytest.raises(CvmError, match=r"same number.*another chapter"):
        Chapter(id="97", draw=dict, questions=(GOOD, GOOD))


def test_a_question_that_fails_does_not_stop_the_notebook(monkeypatch, guessing):
    content = Chapter(id="98", draw=dict, questions=(asking(Number(), lambda data: 1 / 0),))
    monkeypatch.setattr("cvm.check.desk.chapter", lambda name: content)
    got = check("98.1", 3)
    assert got.status == "not attempted"
    assert "show your trainer: ZeroDivisionError" in got.message
