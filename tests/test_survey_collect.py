"""Collected answers: files as form tools export them, and what is refused."""

import importlib.util
import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvm import datasets
from cvm.errors import CvmError
from cvm.readers import read_answers
from cvm.survey import (
    CLASSROOM,
    CLEAN,
    YUNHE,
    Collected,
    check_answers,
    form,
    simulate_survey,
    turned,
    write_sheet,
)
from cvm.survey.collect.labels import plain_words, read_choice, read_points
from cvm.tables import TableError

CLASS = datasets.path("classroom")
SHORT = CLASSROOM.only(["QUAL1", "SATI1", "LOYA3", "EASE", "contact"])
HEAD = 'Network coverage where you need it,"Yunhe, all in all",LOYA3\n'


def csv(tmp_path, text, *, encoding="utf-8", name="a.csv"):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


def points(cells, code="SATI1", questionnaire=CLASSROOM, **kinds):
    asked = {"labels": {}, "missing": ()} | kinds
    return read_points(pd.Series(cells, dtype=object), questionnaire.item(code), **asked)


@pytest.fixture(scope="module")
def got():
    return read_answers(CLASS, CLASSROOM)


@pytest.fixture(scope="module")
def make():
    found = importlib.util.spec_from_file_location("make", CLASS.parent / "make.py")
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


# -- exact -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "wanted"),
    [
        (["4 - satisfied", "4 – satisfied", "4: satisfied", "4 = Satisfied", "4. satisfied"], 4),
        (["satisfied (4)", "(4) satisfied", "[4] satisfied", "Satisfied - 4"], 4),
        (["very satisfied", "Very Satisfied ", "VERY  SATISFIED", "extremely satisfied"], 5),
        (
            [
                "非常满意",
                "5 非常满意",
                "非常满意（5）",
                "５－非常满意",
                "5分 非常满意",
                "很满意",
                "A. 非常满意",
            ],
            5,
        ),
        (["不满意", "2", 2, 2.0, "2.0", "２", "2分", "2/5", "2 out of 5", " 2 ", "2 points"], 2),
        (["neither satisfied nor dissatisfied", "neutral", "一般", "3 一般"], 3),
        (["1 - sehr unzufrieden"], 1),  # words nobody knows beside a clear number
    ],
    ids=lambda value: str(value)[:20],
)
def test_every_way_of_writing_a_point_is_read(cells, wanted):
    column = points(cells)
    assert column.faults == []
    assert column.said.tolist() == [wanted] * len(cells)


def test_every_way_of_saying_nothing_is_told_apart():
    empty = ["", None, np.nan, "  ", "-", "--", "（空）"]
    none = ["N/A", "n/a", "not applicable", "不适用", "(跳过)", "Don’t know", "prefer not to say"]
    column = points([*empty, *none, "-3"], missing=["-3"])
    assert column.said.isna().all()
    assert column.kind.tolist() == ["empty"] * 7 + ["not applicable"] * 8


def test_labels_of_one_s_own_are_known():
    column = points(["zufrieden", "Sehr zufrieden"], labels={"zufrieden": 4, "sehr zufrieden": 5})
    assert column.said.tolist() == [4, 5]
    assert set(column.kind) == {"words"}


def test_options_are_read_in_both_languages():
    choice = CLASSROOM.choices[1]
    cells = [
        "private customer",
        "个人客户",
        "青年客户",
        "Business",
        "1. business customer",
        "",
        "N/A",
    ]
    column = read_choice(pd.Series(cells, dtype=object), choice, missing=())
    said = ["consumer", "consumer", "youth", "business", "business"]
    assert column.said.dropna().tolist() == said
    assert column.kind.tolist()[-2:] == ["empty", "not applicable"]


def test_the_class_s_file_is_told_line_by_line(got):
    assert isinstance(got, Collected)
    assert len(got.answers) == 79
    assert got.dropped["why"].value_counts().to_dict() == {
        "answered again later": 3, "without any answer": 1, "sent twice with the same time and answers": 1,
    }  # fmt: skip
    lines = CLASS.read_text("utf-8-sig").splitlines()
    for row, why in got.dropped.itertuples(index=False):
        line = lines[row - 1]
        if why == "without any answer":
            assert "only looking" in line
        if why == "sent twice with the same time and answers":
            assert lines[row] == line
        if why == "answered again later":
            number = line.split(",")[1]
            assert sum(f",{number}," in other for other in lines) == 2
    assert got.heading == 3
    assert got.unused == ("Anything else?",)
    assert got.absent == ()


def test_the_account_adds_up(got):
    book = got.columns.set_index("question")
    assert book.loc[["IMAG4", "LOYA3"], "turned"].all()
    assert book["turned"].sum() == 2
    plain = book.drop(index="EASE")
    assert (plain["answered"] + plain["empty"] + plain["not_applicable"] == 79).all()
    asked = (got.answers["contact"] != "no").sum()
    ease = book.loc["EASE"]
    assert ease["answered"] + ease["empty"] + ease["not_applicable"] == asked
    assert ease["not_asked"] == 1
    assert got.answers.loc[got.answers["contact"] == "no", "EASE"].isna().all()
    assert (book["answered"] == got.answers[book.index].notna().sum()).all()
    assert book.loc["SATI1", "words"] == book.loc["SATI1", "answered"]
    frame = got.to_frame().set_index("outcome")["count"]
    assert frame[["kept", "heading", "not used", "turned round"]].tolist() == [79, 3, 1, 2]
    assert frame["answered"] == book["answered"].sum()


def test_the_sentence_tells_what_was_dropped_and_why(got):
    said = str(got)
    assert said.startswith(
        "Kept 79 of 84 answers. Dropped: 1 without any answer; 3 answered again later"
    )
    assert "Turned round: IMAG4, LOYA3. Not used: Anything else?." in said
    assert "Not in the file: EASE, contact." in str(
        Collected(**{**vars(got), "absent": ("EASE", "contact")})
    )


def test_the_class_s_file_is_what_its_script_makes(make, tmp_path):
    make.made(tmp_path)
    assert (tmp_path / "class.csv").read_bytes() == CLASS.read_bytes()


def test_the_card_s_figures_are_the_file_s(got):
    card = (CLASS.parent / "README.md").read_text("utf-8")
    assert "84 lines of answers" in card
    assert "79 answers, checked and turned" in card
    assert len(CLASS.read_text("utf-8-sig").splitlines()) == 84 + 3
    assert got.answers["time"].max() - got.answers["time"].min() < pd.Timedelta(minutes=50)
    assert "student" not in " ".join(got.answers.columns).lower()


def test_a_person_s_last_answer_is_kept_by_the_time_stamp(tmp_path):
    text = "Email,Timestamp," + HEAD + "a@b,2026-03-02 10:00,1,1,1\n"
    text += "c@d,2026-03-02 09:00,2,2,2\nA@B ,2026-03-02 09:00,5,5,5\n,2026-03-02 09:30,4,4,4\n"
    text += ",2026-03-02 09:30,4,4,3\n"
    got = read_answers(csv(tmp_path, text), SHORT)
    assert got.answers["QUAL1"].tolist() == [1, 2, 4, 4]
    assert got.dropped.to_dict("records") == [{"row": 4, "why": "answered again later"}]
    without = read_answers(csv(tmp_path, text), SHORT, person="")
    assert len(without.answers) == 5
    # without a time stamp the order of the file decides
    last = read_answers(csv(tmp_path, text), SHORT, time="")
    assert last.answers["QUAL1"].tolist() == [2, 5, 4, 4]
    assert "time" not in last.answers


# -- invariant -------------------------------------------------------------------------


@given(
    st.integers(1, 5),
    st.sampled_from(
        ["{n}", "{n} - {w}", "{w}", "{w}（{n}）", "{n}. {w}", "({n}) {w}", "{n}/5", "{n}分"]
    ),
    st.sampled_from(["en", "zh"]),
    st.sampled_from(["SATI1", "IMAG1"]),
)
def test_a_point_comes_back_however_it_is_written(n, way, language, code):
    anchors = {a.value: a.label.said(language) for a in CLASSROOM.item(code).scale.anchors}
    column = points([way.format(n=n, w=anchors[n])], code)
    assert column.faults == []
    assert column.said.tolist() == [n]


@given(st.text(max_size=12))
def test_any_text_is_a_point_on_the_scale_nothing_or_a_fault(text):
    column = points([text])
    if column.faults:
        assert column.kind.tolist() == ["fault"]
        assert column.faults[0].expected
    else:
        assert column.said.isna().all() or column.said.between(1, 5).all()


@given(st.text(max_size=20))
def test_comparing_texts_settles(text):
    assert plain_words(plain_words(text)) == plain_words(text)


# -- recovery: one table, however it is written ------------------------------------------

TRUTH = simulate_survey(CLEAN, n=12, seed=5, questionnaire=CLASSROOM, as_written=True)
CODES = [i.code for i in CLASSROOM.items]


def heads(language="en", way="{text}"):
    return [
        way.format(text=i.wording.said(language), code=i.code, k=k)
        for k, i in enumerate(CLASSROOM.items, 1)
    ]


def cells(way=str):
    return TRUTH[CODES].map(lambda v: "" if np.isnan(v) else way(int(v)))


def same(got):
    wanted = turned(TRUTH, CLASSROOM)[CODES]
    pd.testing.assert_frame_equal(got.answers[CODES], wanted, check_dtype=False)


def written(header, body):
    out = io.StringIO()
    for line in header:
        pd.DataFrame([line]).to_csv(out, index=False, header=False)
    body.to_csv(out, index=False, header=False)
    return out.getvalue()


@pytest.mark.parametrize(
    "header",
    [
        [CODES],
        [heads()],
        [heads("zh")],
        [heads(way="Q{k}. {text}")],
        [heads("zh", "{k}、{text}")],
        [heads("zh", "1、您的满意程度：—{text}")],
        [heads(way="[{code}] {text}")],
        [heads(way="{code}: how it is")],
        [heads(way="Please rate [{text}]")],
        [["Class of spring", *[""] * 25], heads()],
        [["Class of spring"], heads()],
        [CODES, heads(), [f'{{"ImportId":"QID{k}_{k}"}}' for k in range(26)]],
        [["How satisfied are you?", *[""] * 25], heads(), ["Response"] * 26],
    ],
    ids=lambda header: str(header[-1][0])[:24],
)
def test_a_heading_is_found_whatever_it_is(tmp_path, header):
    got = read_answers(csv(tmp_path, written(header, cells())), CLASSROOM)
    same(got)
    assert got.heading == len(header)


def test_a_second_heading_may_lack_some_questions_and_a_remark_is_no_heading(tmp_path):
    second = [*heads("zh")[:20], *["?"] * 6]
    got = read_answers(csv(tmp_path, written([heads(), second], cells())), CLASSROOM)
    same(got)
    assert got.heading == 2
    remarks = cells().assign(remark=["Yunhe, all in all: good", *[""] * 11])
    text = written([[*heads(), "Anything else?"]], remarks)
    got = read_answers(csv(tmp_path, text), CLASSROOM)
    same(got)
    assert got.heading == 1


def test_points_above_the_words_of_a_scale_are_no_heading(tmp_path):
    labels = ["very satisfied"] * 26
    text = written([heads(), CODES], cells())
    assert read_answers(csv(tmp_path, text), CLASSROOM).heading == 2
    broken = written([heads(), labels], cells())
    with pytest.raises(TableError, match="very satisfied"):  # a line of answers, wrong ones
        read_answers(csv(tmp_path, broken), CLASSROOM)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_any_encoding_and_sign_between_cells_will_do(tmp_path, encoding, sign):
    lines = [heads("zh"), *cells().to_numpy().tolist()]
    text = "\r\n".join(sign.join(f'"{c}"' for c in line) for line in lines)
    same(read_answers(csv(tmp_path, text, encoding=encoding), CLASSROOM))


def test_a_workbook_is_read_like_the_text_file(tmp_path, got):
    pytest.importorskip("openpyxl")
    table = pd.read_csv(CLASS, header=None, dtype=str, keep_default_na=False)
    table = table.astype(object).replace("", None)
    table.loc[3:, 0] = pd.to_datetime(table.loc[3:, 0]).astype(object)
    whole = [
        j for j in table if table.loc[3:, j].dropna().astype(str).str.fullmatch("[0-9]+").all()
    ]
    for j in whole[1:]:
        table.loc[3:, j] = table.loc[3:, j].map(lambda c: None if pd.isna(c) else int(c))
    path = tmp_path / "class.xlsx"
    table.to_excel(path, index=False, header=False)
    book = read_answers(path, CLASSROOM)
    pd.testing.assert_frame_equal(book.answers, got.answers, check_dtype=False)
    pd.testing.assert_frame_equal(book.dropped, got.dropped)
    pd.testing.assert_frame_equal(book.columns, got.columns)


def test_simulated_answers_dressed_as_an_export_come_back(make, got):
    """Every answer of the class is the one that was simulated, but for those given anew."""
    from cvm.survey import Fieldwork, Survey

    world = Survey(fieldwork=Fieldwork(response=0.9, missing=0.03, dealer_share=0))
    truth = simulate_survey(world, n=make.STUDENTS, seed=make.SEED, questionnaire=CLASSROOM)
    asked = got.answers.sort_values("time", kind="stable", ignore_index=True)
    changed = (asked["time"] >= "2026-03-02 09:45").to_numpy()
    assert changed.sum() == 3
    kept = np.setdiff1d(np.arange(len(truth)), [5, 19, 40])
    same_people = truth.iloc[kept].reset_index(drop=True)
    mine = asked[~changed].reset_index(drop=True)
    codes = [c for c in CODES if c != "EASE"]
    pd.testing.assert_frame_equal(mine[codes], same_people[codes], check_dtype=False)
    assert (mine["segment"] == same_people["segment"]).all()


@pytest.mark.parametrize("name", ["filled.csv", "filled.xlsx"])
def test_the_sheet_filled_in_by_hand_is_read(tmp_path, name):
    path = write_sheet(CLASSROOM, tmp_path / name, language="zh", rows=12)
    read, write = (pd.read_csv, "to_csv") if name.endswith("csv") else (pd.read_excel, "to_excel")
    sheet = read(path, header=None, dtype=object)
    sheet.iloc[2:, 1] = TRUTH["contact"].map({"yes": "是", "no": "否"}).to_numpy()
    sheet.iloc[2:, 3:] = cells().to_numpy()
    getattr(sheet, write)(path, index=False, header=False)
    got = read_answers(path, CLASSROOM)
    same(got)
    assert got.heading == 2
    assert got.answers["contact"].tolist() == TRUTH["contact"].tolist()


def test_what_was_collected_passes_the_check(got):
    pd.testing.assert_frame_equal(
        check_answers(got.answers, CLASSROOM), got.answers, check_dtype=False
    )


def test_one_line_changes_from_the_course_s_class_to_one_s_own(tmp_path):
    """The same analysis runs on the simulated survey and on a collected file."""
    own = csv(tmp_path, written([heads()], cells()))
    for table in (
        simulate_survey(CLEAN, n=12, seed=5, questionnaire=CLASSROOM),
        read_answers(own, CLASSROOM).answers,
    ):
        index = table[CLASSROOM.blocks["SATI"]].mean(axis=1).mean()
        assert index == pytest.approx(
            turned(TRUTH, CLASSROOM)[CLASSROOM.blocks["SATI"]].mean(axis=1).mean()
        )


# -- inputs ----------------------------------------------------------------------------

WRONG = """Timestamp,Student number,Network coverage where you need it,"Yunhe, all in all",Remark
2026-03-02 09:00,s1,4,very satisfied,
2026-03-02 09:01,s2,7,stisfied,too dear
2026-03-02 09:02,s3,1 - very satisfied,2/7,
later,s4,2,happy,
,s5,,,only looking
"""


def test_a_wrong_file_is_told_of_every_fault_and_nothing_is_loaded(tmp_path):
    with pytest.raises(TableError) as caught:
        read_answers(csv(tmp_path, WRONG), CLASSROOM.only(["QUAL1", "SATI1", "LOYA3"]))
    problems = caught.value.problems
    told = {(p.row, p.column, p.value) for p in problems.fillna(-1).itertuples()}
    coverage, whole = "Network coverage where you need it", "Yunhe, all in all"
    assert told == {
        (-1, "LOYA3", -1), (3, coverage, "7"), (3, whole, "stisfied"),
        (4, coverage, "1 - very satisfied"), (4, whole, "2/7"), (5, whole, "happy"),
        (5, "Timestamp", "later"),
    }  # fmt: skip
    message = str(caught.value)
    for part in (
        "The file 'a.csv': 7 problems, nothing was loaded.",
        "column 'LOYA3': expected a column for this question (I would leave Yunhe for a slightly "
        "lower price.); there is none",
        "columns={'...': 'LOYA3'}",
        "Not used so far: Remark",
        "line 3, column 'Network coverage where you need it', '7': expected a point from 1 to 5. "
        "Correct it; or say missing=['7']",
        "'1 - very satisfied': expected number and words that say the same; these words stand for 5",
        "'stisfied': expected a point from 1 to 5 or the words for it (very dissatisfied … very "
        "satisfied). Did you mean 'satisfied'? Say what it means with labels={'stisfied': 5}",
        "Lines are those of the file; the header counts.",
    ):
        assert part in message, part


def test_what_is_dropped_need_not_be_clear(tmp_path):
    text = "Email,Timestamp," + HEAD + "a@b,2026-03-02 09:00,9,?,1\na@b,2026-03-02 10:00,5,5,1\n"
    got = read_answers(csv(tmp_path, text), SHORT)
    assert got.answers[["QUAL1", "SATI1", "LOYA3"]].to_numpy().tolist() == [[5, 5, 5]]


def test_a_line_with_nothing_but_nonsense_is_a_fault_and_not_dropped(tmp_path):
    with pytest.raises(TableError, match=r"line 2.*'\?'"):
        read_answers(csv(tmp_path, HEAD + "?,,\n1,2,3\n"), SHORT)


def test_two_columns_of_one_question_are_told(tmp_path):
    text = "QUAL1,SATI1,LOYA3,Network coverage where you need it\n1,2,3,4\n"
    with pytest.raises(
        TableError, match=r"one column for this question, not 2: QUAL1, Network.*Remove or rename"
    ):
        read_answers(csv(tmp_path, text), SHORT)


def test_a_file_without_answers_is_told(tmp_path):
    with pytest.raises(TableError, match=r"at least one line with an answer.*export went wrong"):
        read_answers(csv(tmp_path, HEAD + ",,\n"), SHORT)
    with pytest.raises(TableError, match="at least one line with an answer"):
        read_answers(csv(tmp_path, HEAD), SHORT)


def test_dates_that_cannot_be_told_are_refused_until_they_are(tmp_path):
    text = "Timestamp," + HEAD + "03/04/2026 09:00,1,1,1\n04/03/2026 09:00,2,2,2\n"
    with pytest.raises(TableError, match="dayfirst"):
        read_answers(csv(tmp_path, text), SHORT)
    got = read_answers(csv(tmp_path, text), SHORT, dayfirst=True)
    assert got.answers["time"].iloc[0] == pd.Timestamp("2026-04-03 09:00")


def test_a_ragged_line_is_told(tmp_path):
    text = HEAD + "1,2,3\n" * 6 + "1,2\n"
    with pytest.raises(TableError, match=r"line 8: expected 3 cells like the header, not 2"):
        read_answers(csv(tmp_path, text), SHORT)


@pytest.mark.parametrize(
    ("text", "kinds", "message"),
    [
        ("name,age\nx,3\n", {}, r"No column of the file answers a question.*'classroom'.*'name', 'age'.*"
         r"QUAL1: Network coverage.*columns=\{'\.\.\.': 'QUAL1'\}"),
        (HEAD + "1,2,3\n", {"columns": {"a": "QUAL7"}}, r"no question 'QUAL7'\. Did you mean 'QUAL1'"),
        (HEAD + "1,2,3\n", {"columns": "QUAL1"}, r"columns= maps the file's headings to codes.*'QUAL1'"),
        (HEAD + "1,2,3\n", {"labels": {"good": "5"}}, r"labels= maps words to points.*'zufrieden': 4"),
        (HEAD + "1,2,3\n", {"time": "when"}, r"no column of the name that time= says.*'when'.*Not used"),
        (HEAD + "1,2,3\n", {"person": "who"}, r"no column of the name that person= says"),
        ("", {}, r"The file is empty"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told(tmp_path, text, kinds, message):
    with pytest.raises(CvmError, match=message):
        read_answers(csv(tmp_path, text), SHORT, **kinds)


def test_other_files_are_told(tmp_path):
    with pytest.raises(CvmError, match="There is no such file"):
        read_answers(tmp_path / "nothing.csv", SHORT)
    with pytest.raises(CvmError, match="A questionnaire is needed"):
        read_answers(csv(tmp_path, HEAD + "1,2,3\n"), "yunhe")
    parquet = tmp_path / "a.parquet"
    parquet.write_bytes(b"PAR1xxxx")
    with pytest.raises(CvmError, match=r"Parquet file holds a table.*CSV or Excel"):
        read_answers(parquet, SHORT)


def test_columns_and_missing_are_taken_from_the_caller(tmp_path):
    text = "Coverage,Overall,Leave\n-3,5,1\n4,5,2\n"
    columns = {"coverage": "QUAL1", "Overall": "SATI1", "Leave": "LOYA3"}
    got = read_answers(csv(tmp_path, text), SHORT, columns=columns, missing="-3")
    assert got.answers["SATI1"].tolist() == [5, 5]
    assert got.answers["QUAL1"].isna().tolist() == [True, False]
    assert got.absent == ("EASE", "contact")


def test_an_option_nobody_knows_is_told(tmp_path):
    text = "contact," + HEAD + "perhaps,1,2,3\n"
    with pytest.raises(TableError, match=r"'perhaps': expected one of: yes, no\. Correct it"):
        read_answers(csv(tmp_path, text), SHORT)


def test_the_ten_point_form_takes_the_words_at_its_ends():
    column = points(["10 - very satisfied", "very dissatisfied", "7", "满意"], questionnaire=YUNHE)
    assert column.said.tolist()[:3] == [10, 1, 7]
    assert column.kind[3] == "fault"  # no word of a scale that has words at its ends only


def test_the_form_and_the_card_lie_where_they_are_said_to():
    assert "Yunhe" in form(CLASSROOM)
    assert Path(CLASS).name == "class.csv"
