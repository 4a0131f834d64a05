"""The questionnaire: declared once, and form, check and measurement follow from it."""

import dataclasses
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from cvm.errors import CvmError
from cvm.survey import (
    CLASSROOM,
    YUNHE,
    Anchor,
    Choice,
    Construct,
    Item,
    Questionnaire,
    Scale,
    Wording,
    check_answers,
    empty_answers,
    form,
    turned,
    write_sheet,
)
from cvm.survey.checking import schema
from cvm.survey.yunhe import AGREEMENT_5, SATISFACTION_10
from cvm.tables import TableError

THING = Wording("Thing", "事物")


def scale(low=1, high=5):
    ends = (Anchor(value=low, label=THING), Anchor(value=high, label=THING))
    return Scale(name="test", low=low, high=high, anchors=ends)


def item(code="A1", **kinds):
    return Item(**{"code": code, "wording": THING, "scale": scale(), "construct": "A"} | kinds)


def asked(*items, choices=()):
    return Questionnaire(
        name="test", title=THING, introduction=THING, items=items, choices=choices,
        constructs=(Construct(code="A", name=THING),),
    )  # fmt: skip


YES = Choice(
    code="met", wording=THING,
    options=(Anchor(value="yes", label=Wording("yes", "是")), Anchor(value="no", label=Wording("no", "否"))),
)  # fmt: skip

# -- exact -----------------------------------------------------------------------------


def test_yunhe_has_24_items_in_the_seven_constructs_of_the_tradition():
    sizes = {code: len(items) for code, items in YUNHE.blocks.items()}
    assert sizes == {"IMAG": 4, "EXPE": 3, "QUAL": 6, "VALU": 3, "SATI": 3, "COMP": 2, "LOYA": 3}
    assert YUNHE.indicators == [code for codes in YUNHE.blocks.values() for code in codes]
    assert [i.code for i in YUNHE.items if not i.indicator] == ["RECO", "EASE"]
    assert [i.code for i in YUNHE.items if i.reverse] == ["IMAG4", "LOYA3"]
    reach = {(i.scale.low, i.scale.high) for i in YUNHE.items if i.indicator}
    assert reach == {(1, 10)}
    assert (YUNHE.item("RECO").scale.low, YUNHE.item("RECO").scale.high) == (0, 10)


def test_declared_shares_are_the_chances_of_the_answers():
    shares = (0.1, 0.2, 0.4, 0.2, 0.1)
    one = asked(item(shares=shares))
    assert one.items[0].thresholds() == pytest.approx(norm.ppf([0.1, 0.3, 0.7, 0.9]))
    assert one.measurement().marginals()["share"].to_numpy() == pytest.approx(shares)
    assert one.measurement().expected()["A1"] == pytest.approx(3.0)


def test_level_and_spread_give_the_shares_of_a_rounded_normal():
    one = asked(item(level=0.75, spread=0.25, scale=scale(1, 10)))
    table = one.measurement().marginals()
    cuts = np.array([-np.inf, *np.arange(1.5, 10), np.inf])
    wanted = np.diff(norm.cdf(cuts, loc=1 + 9 * 0.75, scale=9 * 0.25))
    assert table["share"].to_numpy() == pytest.approx(wanted)
    assert table["answer"].tolist() == list(range(1, 11))
    # the two numbers the docstring tells: the answers' mean, and that of the uncut scale
    assert one.measurement().expected()["A1"] == pytest.approx(7.57, abs=0.005)
    assert 1 + 9 * 0.75 == 7.75


def test_reverse_items_are_turned_about_the_middle_and_the_others_left():
    table = pd.DataFrame({"IMAG1": [1.0, 10], "IMAG4": [1.0, np.nan], "LOYA3": [4.0, 10]})
    found = turned(table, YUNHE)
    assert found["IMAG1"].tolist() == [1, 10]
    assert found["LOYA3"].tolist() == [7, 1]
    assert found["IMAG4"].iloc[0] == 10
    assert np.isnan(found["IMAG4"].iloc[1])
    assert table["LOYA3"].tolist() == [4, 10]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("questionnaire", [YUNHE, CLASSROOM], ids=["yunhe", "classroom"])
def test_the_form_asks_every_question_with_a_circle_a_point(questionnaire, language):
    page = form(questionnaire, language=language)
    asked_for = [*questionnaire.items, *questionnaire.choices]
    for question in asked_for:
        assert question.wording.said(language).replace("'", "&#x27;") in page
    points = sum(len(i.scale.points) for i in questionnaire.items)
    options = sum(len(c.options) for c in questionnaire.choices)
    assert page.count('<span class="point">') == points + options
    assert questionnaire.title.said(language) in page
    other = {"en": "zh", "zh": "en"}[language]
    assert questionnaire.item("SATI1").wording.said(other) not in page
    assert f'lang="{"zh-Hans" if language == "zh" else "en"}"' in page


def test_the_form_fetches_nothing_and_tells_who_is_asked():
    page = form(YUNHE)
    assert not re.search(r"https?:|src=|<link|@import|<script", page)
    rule = page.index("Only if you answered &quot;yes&quot; above")
    assert page.index("request in the last 12 months") < rule < page.index("easy to get from Yunhe")


def test_all_words_of_a_labelled_scale_stand_over_its_points():
    page = form(CLASSROOM)
    head = page[page.index("How satisfied are you with") :]
    labels = re.findall(r'<th class="words">([^<]*)</th>', head)[:5]
    assert labels == ["very dissatisfied", "dissatisfied", "neither satisfied nor dissatisfied",
                      "satisfied", "very satisfied"]  # fmt: skip


def test_an_empty_table_has_the_columns_in_their_types():
    table = empty_answers(YUNHE)
    assert len(table) == 0
    assert list(table)[:3] == ["respondent", "contact", "segment"]
    assert (table[YUNHE.indicators].dtypes == "float64").all()
    assert check_answers(table, YUNHE).shape == (0, 29)


def test_a_table_that_is_right_comes_back_as_it_was():
    table = pd.DataFrame({"respondent": [1, 2], "A1": ["5", None], "met": ["yes", "no"]})
    found = check_answers(table, asked(item(asked_if=("met", "yes")), choices=(YES,)))
    assert found["A1"].tolist()[0] == 5.0
    assert found["A1"].isna().tolist() == [False, True]


def test_the_codebook_tells_every_item():
    book = YUNHE.to_frame().set_index("item")
    assert len(book) == 26
    assert book.loc["QUAL2", ["construct", "low", "high"]].tolist() == ["QUAL", 1, 10]
    assert book.loc["LOYA3", "reverse"]
    assert book.loc["SATI1", "chinese"] == "总体而言，对云河"


# -- invariant -------------------------------------------------------------------------


@given(st.lists(st.integers(1, 10) | st.none(), min_size=1, max_size=6))
def test_turning_twice_undoes_it(points):
    table = pd.DataFrame({"LOYA3": pd.Series(points, dtype=float)})
    pd.testing.assert_frame_equal(turned(turned(table, YUNHE), YUNHE), table)


@given(st.floats(0, 1), st.floats(0.05, 2), st.floats(-2, 2), st.integers(2, 11))
def test_chances_add_up_to_one_and_rise_with_the_construct(level, spread, mean, high):
    model = asked(item(level=level, spread=spread, scale=scale(1, high))).measurement()
    assert model.marginals(mean=mean)["share"].sum() == pytest.approx(1)
    assert model.expected(mean=mean)["A1"] <= model.expected(mean=mean + 0.1)["A1"] + 1e-12


def test_other_scales_keep_codes_and_constructs():
    assert CLASSROOM.blocks == YUNHE.blocks
    assert {i.scale.high for i in CLASSROOM.items if i.indicator} == {5}
    assert CLASSROOM.item("RECO") == YUNHE.item("RECO")
    few = YUNHE.only(["QUAL2", "SATI1", "segment"])
    assert few.blocks == {"QUAL": ["QUAL2"], "SATI": ["SATI1"]}
    assert [c.code for c in few.choices] == ["segment"]


def test_a_questionnaire_without_some_questions_can_be_printed():
    assert form(YUNHE.only(["QUAL2", "SATI1"])).count('<span class="point">') == 20


# -- recovery --------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["answers.csv", "answers.xlsx"])
def test_the_sheet_has_codes_questions_and_numbered_rows(tmp_path, name):
    path = write_sheet(YUNHE, tmp_path / name, language="zh", rows=3)
    read = pd.read_csv if name.endswith("csv") else pd.read_excel
    sheet = read(path, header=None, dtype=str)
    assert sheet.shape == (5, 29)
    assert sheet.iloc[0, :4].tolist() == ["respondent", "contact", "segment", "IMAG1"]
    assert sheet.iloc[1, 3] == "云河说到做到。 [1-10]"
    assert sheet.iloc[2:, 0].tolist() == ["1", "2", "3"]
    assert sheet.iloc[2:, 1:].isna().all(axis=None)


# -- inputs ----------------------------------------------------------------------------


def test_a_wrong_table_is_told_of_every_fault_at_once():
    table = pd.DataFrame({
        "respondent": [1, 2, 2, 4], "A1": [3, 6, "many", 2.5], "met": ["yes", "perhaps", "no", "no"],
        "A2": [1, 2, 3, None],
    })  # fmt: skip
    questions = asked(item(), item("A2", asked_if=("met", "yes")), item("A3"), choices=(YES,))
    with pytest.raises(TableError) as caught:
        check_answers(table, questions)
    told = {(p.row, p.column, p.value) for p in caught.value.problems.fillna(-1).itertuples()}
    assert told == {
        (-1, "A3", -1), (1, "A1", 6), (2, "A1", "many"), (3, "A1", 2.5), (1, "met", "perhaps"),
        (1, "A2", 2), (2, "A2", 3), (2, "respondent", 2),
    }  # fmt: skip
    message = str(caught.value)
    assert "expected a whole number from 1 to 5" in message
    assert "expected empty, as it is asked only where met is 'yes'" in message
    assert "expected one of: yes, no" in message
    assert "a value that no earlier row has" in message or "different from earlier rows" in message
    assert "nothing was loaded" in message


def test_respondents_may_repeat_in_another_wave_only():
    table = pd.DataFrame({"respondent": [1, 1], "wave": [1, 2], "A1": [1, 2]})
    assert len(check_answers(table, asked(item()))) == 2
    with pytest.raises(TableError, match=r"different from earlier rows in respondent, wave"):
        check_answers(table.assign(wave=1), asked(item()))


def test_a_schema_is_refused_where_a_questionnaire_is_needed():
    for call in (form, empty_answers, lambda q: check_answers(pd.DataFrame(), q)):
        with pytest.raises(CvmError, match=r"A questionnaire is needed.*cvm\.survey\.YUNHE"):
            call(schema(YUNHE))
    with pytest.raises(CvmError, match="A questionnaire is needed"):
        turned(pd.DataFrame(), None)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Wording("Value", ""), r"needs its English and its Chinese text.*Wording\('Value'"),
        (lambda: scale(5, 1), r"anchors of the scale 'test' do not fit.*low below high"),
        (lambda: dataclasses.replace(scale(), high=6), r"'test' has an end without words.*at high"),
        (lambda: item(loading=1.2), r"Item A1: a loading lies between 0 and 1, not at 1\.2"),
        (lambda: item(spread=0), r"Item A1: level lies between 0 and 1 and spread.*0\.7 and 0"),
        (lambda: item(shares=(0.5, 0.5)), r"Item A1: shares are 5 numbers that add up to 1.*2 that add"),
        (lambda: asked(item(), item()), r"Two columns of the answers would be called 'A1'"),
        (lambda: asked(item("wave")), r"Two columns of the answers would be called 'wave'"),
        (lambda: asked(), r"at least one item.*items=\(Item"),
        (lambda: asked(item(construct="B")), r"A1 reflects a construct that is not declared.*one of: A"),
        (lambda: asked(item(asked_if=("met", "y")), choices=(YES,)),
         r"A1 is asked by a rule that cannot be met.*Did you mean 'met=yes'"),
        (lambda: YUNHE.item("SAT1"), r"no item 'SAT1'\. Did you mean 'SATI1'"),
        (lambda: YUNHE.only(["QUAL9"]), r"no question 'QUAL9'\. Did you mean 'QUAL"),
        (lambda: YUNHE.on({"agreement, 9 points": AGREEMENT_5}),
         r"No item is answered on a scale of this name.*Did you mean 'agreement, "),
        (lambda: form(YUNHE, language="de"), r"worded in English and Chinese.*'de'.*one of: en, zh"),
        (lambda: write_sheet(YUNHE, "a.txt"), r"written as \.csv or \.xlsx.*'a\.txt'"),
        (lambda: write_sheet(YUNHE, "a.csv", rows=-1), r"rows= is a whole number of 0 or more.*-1"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told(make, message):
    with pytest.raises(CvmError, match=message):
        make()


def test_a_level_at_the_end_of_the_scale_is_allowed():
    assert item(level=1.0, scale=SATISFACTION_10).level == 1
