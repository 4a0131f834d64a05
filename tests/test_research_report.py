"""The report of a study: its folder, its figures, and what hostile tables do to it."""

import json
import os
import re
import xml.etree.ElementTree as ET

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from cvm import plots
from cvm.errors import CvmError
from cvm.plots import export
from cvm.plots.style import drawing
from cvm.readers import read_table
from cvm.research.study import (
    Bend,
    Changes,
    Design,
    Discontinuity,
    Hazard,
    Hypothesis,
    Instrument,
    LeastSquares,
    LogitDifference,
    Mediation,
    Mixed,
    Moderation,
    Picture,
    Weighting,
    example,
    freeze,
    read_plan,
    run,
)
from cvm.research.study.door import copies
from cvm.research.study.folder import put
from cvm.research.study.write import document, latex, page, tex

LAUNCH = example("launch-changes")
#: Every sign that LaTeX, HTML, YAML or BibTeX reads as its own, and Chinese.
NASTY = '50 % & <b>_#{}~^\\ $x "y" [z] 云河: - \''


def hypothesis(**changes):
    said = {"population": "customers", "treatment": "joining", "outcome": "spend",
            "direction": "raises", "smallest": 1.0, "unit": "yuan"}  # fmt: skip
    return Hypothesis(**(said | changes))


@pytest.fixture
def launch(tmp_path):
    return freeze(LAUNCH, tmp_path / "plan.md")


@pytest.fixture
def table():
    return LAUNCH.draw(seed=5)


def drawn(words="effect 效果"):
    ax = plots.figure()
    with drawing():
        ax.plot([0, 1], [0, 1])
        ax.set_xlabel(words)
    return ax


# --- exact: what lies in the folder ---------------------------------------------------------------

FILES = ["report.html", "results.html", "report.tex", "results.tex", "deviations.tex", "results.csv",
         "plan.md", "record.json", "CITATION.cff", "study.bib"]  # fmt: skip


def test_one_call_writes_the_whole_folder(launch, table, tmp_path):
    shown = export.picture(drawn(), name="effect", caption="The effect.")
    report = run(launch, table.head(500))
    files = report.write(tmp_path / "a" / "report", pictures=[shown], authors=["Lin Mei", "王伟"])
    assert [f.name for f in files] == [*FILES, "effect.svg", "effect.pdf", "effect.png"]
    there = {f.name: f for f in files}
    assert read_plan(there["plan.md"]) == launch
    back = pd.read_csv(there["results.csv"])
    np.testing.assert_allclose(back["estimate"], report.table["estimate"])
    record = json.loads(there["record.json"].read_text("utf-8"))
    assert record["plan_sha256"] == launch.sha256
    assert [one["what"] for one in record["deviations"]] == ["fewer than planned"]
    cited = yaml.safe_load(there["CITATION.cff"].read_text("utf-8"))
    assert [one["name"] for one in cited["authors"]] == ["Lin Mei", "王伟"]
    assert {"cff-version", "message", "title", "authors"} <= set(cited)
    assert "author = {Lin Mei and 王伟}," in there["study.bib"].read_text("utf-8")
    page = ET.fromstring(there["report.html"].read_text("utf-8").partition("\n")[2])
    assert [img.get("src") for img in page.iter("img")] == ["effect.png"]
    assert r"\input{deviations}" in there["report.tex"].read_text("utf-8")
    assert r"{effect.pdf}" in there["report.tex"].read_text("utf-8")


def test_the_page_says_what_each_answer_hangs_on(launch, table):
    page = run(launch, table).to_html()
    assert "What each answer hangs on" in page
    assert "without the treatment both groups would have changed alike" in page


def test_a_figure_is_vector_in_svg_and_pdf_with_chinese_inside():
    shown = export.picture(drawn(), name="effect", caption="c")
    assert shown.svg.startswith(b"<svg")
    assert ET.fromstring(shown.svg).tag.endswith("svg")
    assert b"<text" not in shown.svg  # letters are paths
    assert shown.pdf.startswith(b"%PDF-1.4")
    assert b"CVMSansSC" in shown.pdf.replace(b"-", b"")
    assert shown.png[1:4] == b"PNG"


def test_a_figure_has_the_same_bytes_twice_and_no_date(monkeypatch):
    first = export.picture(drawn(), name="a", caption="c")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")
    assert export.picture(drawn(), name="a", caption="c") == first
    assert b"CreationDate" not in first.pdf + first.svg
    assert export.pdf(drawn()) == first.pdf
    assert export.pdf(drawn("another")) != first.pdf


def test_every_way_of_writing_closes_the_figure():
    from matplotlib import pyplot as plt

    for close in (export.png, export.svg, export.pdf):
        close(drawn())
    with pytest.raises(CvmError):
        export.picture(drawn(), name="no ending.svg", caption="c")
    assert plt.get_fignums() == []


def test_answers_are_drawn_in_smallest_changes_that_matter(tmp_path, table):
    two = {"main": LAUNCH, "half": Design(hypothesis=hypothesis(smallest=2.0), data=LAUNCH.data,
                                          answer=LAUNCH.answer, n=600)}  # fmt: skip
    report = run(freeze(two, tmp_path / "plan.md"), table)
    told, found = report.effects(), report.table
    np.testing.assert_allclose(told["estimate"], found["estimate"] / [1.0, 2.0])
    ax = plots.effects(told)
    lines = [line.get_xdata() for line in ax.lines if len(line.get_xdata()) == 2][1:]
    np.testing.assert_allclose(lines, told[["low", "high"]])
    assert [t.get_text().replace("\n", " ") for t in ax.get_yticklabels()] == told["words"].tolist()
    assert ax.texts[0].get_text().startswith(told["decision"].iloc[0].capitalize())
    band = ax.patches[0].get_extents().transformed(ax.transData.inverted())
    assert (band.x0, band.x1) == pytest.approx((-1, 1))


# --- exact: LaTeX ---------------------------------------------------------------------------------


def balanced(text):
    """Tell whether the braces of LaTeX pair, those that are printed left out."""
    depth = 0
    for sign in re.sub(r"\\[{}\\]", "", text):
        depth += {"{": 1, "}": -1}.get(sign, 0)
        if depth < 0:
            return False
    return depth == 0


def test_a_table_for_latex_has_a_cell_for_every_column_whatever_stands_in_it():
    written = latex(pd.DataFrame([[NASTY, "a & b", ""], ["[1]", "*", "x\n\ny"]], columns=list("abc")),
                    caption=NASTY, label="l")  # fmt: skip
    body = written.split(r"\midrule")[1].split(r"\bottomrule")[0].strip().splitlines()
    assert [len(re.findall(r"(?<!\\)&", line)) for line in body] == [2, 2]
    assert all(line.endswith(r" \\") for line in body)
    assert body[1].startswith("{[1]}")  # a bare [ after \\ would be read as a length
    assert "{x y}" in body[1]  # an empty line would end the paragraph
    assert balanced(written)
    widths = [float(w) for w in re.findall(r"p\{([\d.]+)\\linewidth\}", written)]
    assert len(widths) == 3
    assert sum(widths) < 0.98


def test_a_column_of_a_table_for_latex_is_as_wide_as_its_longest_word(launch, table):
    report = run(launch, table)
    widths = [float(w) for w in re.findall(r"p\{([\d.]+)\\linewidth\}", report.to_latex())]
    rows = report.results()
    for name, width in zip(rows.columns, widths, strict=True):
        longest = max(len(word) for cell in (name, *rows[name]) for word in cell.split())
        assert width * 345 >= 4 * longest  # points: a page of text, and a letter at eight points
    assert 0.8 < sum(widths) < 0.9


def test_chinese_asks_for_a_package_and_english_does_not():
    assert "xeCJK" in document("云河", "text", ["results"], [])
    plain = document("Yunhe", "text", ["results"], [])
    assert "xeCJK" not in plain
    assert r"\usepackage{array,booktabs,fontspec,graphicx}" in plain
    assert plain.count(r"\begin{") == plain.count(r"\end{") == 1


@given(st.text(max_size=60))
@settings(max_examples=80, deadline=None)
def test_any_text_stays_one_balanced_paragraph_in_latex_and_well_formed_in_html(text):
    written = tex(text)
    assert balanced(written)
    assert "\n" not in written
    assert not re.search(r"(?<!\\)[%&#_]", written)
    table = pd.DataFrame({"a": [text]})
    root = ET.fromstring(page(text, text, [(text, table)], {"a": text}).partition("\n")[2])
    assert len(list(root.iter("td"))) == 1


def test_nasty_words_come_back_from_every_file(tmp_path):
    told = hypothesis(population=NASTY, outcome=NASTY)
    design = Design(hypothesis=told, data=LAUNCH.data, answer=LAUNCH.answer, n=600)
    report = run(freeze(design, tmp_path / "plan.md", title=NASTY), LAUNCH.draw(seed=5))
    files = {f.name: f.read_text("utf-8") for f in report.write(tmp_path / "r", authors=[NASTY])}
    cited = yaml.safe_load(files["CITATION.cff"])
    assert (cited["title"], cited["authors"][0]["name"]) == (NASTY, NASTY)
    root = ET.fromstring(files["report.html"].partition("\n")[2])
    assert root.find("body/h1").text == NASTY
    assert root.find("head/title").text == NASTY
    assert "<b>" not in files["report.html"]
    assert balanced(files["report.tex"])
    assert balanced(files["study.bib"])
    assert balanced(files["results.tex"])


# --- invariant: nothing is lost -------------------------------------------------------------------


def test_the_same_report_again_changes_nothing_and_another_is_refused(launch, table, tmp_path):
    folder = tmp_path / "report"
    files = run(launch, table).write(folder)
    before = {f.name: (f.read_bytes(), f.stat().st_mtime_ns) for f in files}
    assert run(launch, table).write(folder) == files
    with pytest.raises(CvmError, match=r"another report in this folder.*results\.csv.*new folder"):
        run(launch, table.head(590)).write(folder)
    assert {f.name: (f.read_bytes(), f.stat().st_mtime_ns) for f in files} == before


def test_line_ends_of_another_system_are_no_other_report(launch, table, tmp_path):
    files = run(launch, table).write(tmp_path / "r")
    files[0].write_bytes(files[0].read_bytes().replace(b"\n", b"\r\n"))
    assert run(launch, table).write(tmp_path / "r") == files


def test_what_was_half_written_is_completed_and_strangers_are_left_alone(launch, table, tmp_path):
    files = run(launch, table).write(tmp_path / "r")
    files[2].unlink()
    stranger = tmp_path / "r" / "notes.txt"
    stranger.write_text("mine")
    assert run(launch, table).write(tmp_path / "r")[2].exists()
    assert stranger.read_text() == "mine"
    assert sorted(p.name for p in (tmp_path / "r").iterdir()) == sorted([*FILES, "notes.txt"])


def test_a_table_that_is_written_and_read_as_a_file_of_china_gives_the_same_answer(launch, table, tmp_path):  # fmt: skip
    mine = table.rename(
        columns={"member": "会员", "spend_before": "入会前消费", "spend_after": "入会后消费"}
    )
    mine = mine.assign(会员=mine["会员"].map({True: 1, False: 0}))
    path = tmp_path / "客户.csv"
    mine.drop(columns=[c for c in mine if c.startswith("true_")]).to_csv(path, index=False, encoding="gb18030")  # fmt: skip
    columns = {"member": "会员", "spend_before": "入会前消费", "spend_after": "入会后消费"}
    found = run(launch, read_table(path), columns=columns)
    assert found.table["estimate"].iloc[0] == pytest.approx(run(launch, table).table["estimate"].iloc[0])  # fmt: skip
    assert found.deviations["what"].tolist() == ["column by another name"] * 3
    assert "会员" in found.to_html()


@pytest.mark.parametrize(
    ("spoil", "what"),
    [
        (lambda t: pd.concat([t, t.head(7)]), "rows that are a copy of another"),
        (lambda t: pd.concat([t, t.head(7)]), "more than planned"),
        (lambda t: t.head(599), "fewer than planned"),
        (lambda t: t.assign(spend_after=t["spend_after"].where(t.index > 2)), "rows with a gap"),
    ],
)
def test_what_is_unlike_the_plan_is_told(launch, table, spoil, what):
    told = run(launch, spoil(table)).deviations
    assert what in told["what"].tolist()


def test_a_covariate_of_another_kind_is_told(tmp_path):
    design = example("campaign-risk")
    plan = freeze(design, tmp_path / "plan.md")
    table = design.draw()
    report = run(plan, table.assign(monthly=table["monthly"] + (table.index % 2)))
    assert "column 'monthly' of another kind" in report.deviations["what"].tolist()
    row = report.deviations.set_index("what").loc["column 'monthly' of another kind"]
    assert (row["planned"], row["done"]) == ("yes or no", "3 values")


def test_copies_are_counted_where_rows_have_names():
    rows = pd.DataFrame({"customer": [1, 2, 3], "x": [1.5, 1.5, 1.5]})
    assert copies(rows) == 0
    assert copies(pd.concat([rows, rows.head(2)])) == 2
    panel = pd.DataFrame({"customer": [1, 1, 2, 2], "month": [1, 2, 1, 2], "spend": [1.0, 1, 1, 1]})
    assert copies(panel) == 0
    assert copies(pd.concat([panel, panel.tail(1)])) == 1
    assert copies(pd.DataFrame({"yes": [0, 1, 0, 1, 1], "old": [1, 1, 1, 1, 1]})) == 0


# --- inputs: hostile tables -----------------------------------------------------------------------

EVERY = {
    "LeastSquares": example("launch-gap"), "Changes": LAUNCH, "LogitDifference": example("campaign-lots"),
    "Mixed": example("panel-random"), "Discontinuity": example("threshold-hidden"),
    "Weighting": example("campaign-risk"), "Instrument": example("invitation-lots"),
    "Hazard": example("lives-alike"), "Mediation": example("mediation-lots"),
    "Moderation": example("moderation-years"), "Bend": example("curve-seen"),
}  # fmt: skip
KINDS = (Bend, Changes, Discontinuity, Hazard, Instrument, LeastSquares, LogitDifference, Mediation,
         Mixed, Moderation, Weighting)  # fmt: skip
CELLS = {"text": "n/a", "infinite": np.inf, "date": pd.Timestamp("2024-01-01")}


@pytest.fixture(scope="module")
def few():
    return {name: design.draw().head(200) for name, design in EVERY.items()}


def test_every_strategy_is_tried_below():
    assert {type(one.answer) for one in EVERY.values()} == set(KINDS)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("name", EVERY)
def test_one_bad_cell_is_refused_and_its_column_named(name, cell, few):
    design, table = EVERY[name], few[name]
    for column in design.answer.needs():
        if name == "Mixed" and column == "customer":
            continue  # a customer may be called anything
        spoilt = table.astype({column: object if cell != "infinite" else float})
        spoilt.loc[spoilt.index[3], column] = CELLS[cell]
        with pytest.raises(CvmError, match=rf"No hypothesis .* be tried.*'{column}'"):
            run(_plan(design), spoilt)


@pytest.mark.parametrize("name", EVERY)
def test_tables_of_one_or_two_rows_and_of_one_group_are_refused(name, few):
    design, table = EVERY[name], few[name]
    for rows in (table.head(0), table.head(1), table.head(2)):
        with pytest.raises(CvmError, match="No hypothesis of the plan can be tried"):
            run(_plan(design), rows)
    treatment = {"Hazard": "calls", "Bend": "satisfaction", "Discontinuity": "points",
                 "Weighting": "contacted", "LogitDifference": "contacted", "Mixed": "using",
                 "Mediation": "pilot", "Moderation": "pilot"}.get(name, "member")  # fmt: skip
    with pytest.raises(CvmError, match=f"'{treatment}' is the same in every row"):
        run(_plan(design), table.assign(**{treatment: table[treatment].iloc[0]}))


@pytest.mark.parametrize(
    ("levels", "message"),
    [
        ([0, 1, 2], r"planned as yes or no \(1 or 0\) and has 3 other or more values.*'2'"),
        ([1, 2], "Say which of them is the 1 and which the 0"),
        (["yes", "no"], r"planned as yes or no.*first in row 1.*table\['member'\] == 'yes'"),
    ],
)
@pytest.mark.parametrize("name", ["LeastSquares", "Changes", "Instrument"])
def test_a_treatment_that_is_not_one_or_nought_is_refused(name, levels, message, few):
    table = few[name]
    spoilt = table.assign(member=np.resize(np.array(levels, dtype=object), len(table)))
    with pytest.raises(CvmError, match=message):
        run(_plan(EVERY[name]), spoilt)


@pytest.mark.parametrize("name", EVERY)
def test_gaps_in_pandas_own_types_give_the_answer_of_the_rows_without_them(name, few):
    design, table = EVERY[name], few[name]
    column = design.answer.needs()[0]
    spoilt = table.assign(**{column: table[column].astype(float).astype("Float64")})
    spoilt.loc[spoilt.index[3], column] = pd.NA
    without = run(_plan(design), table.drop(index=table.index[3]))
    found = run(_plan(design), spoilt)
    assert found.table["estimate"].iloc[0] == pytest.approx(without.table["estimate"].iloc[0])
    assert "rows with a gap" in found.deviations["what"].tolist()


def test_a_treatment_of_true_false_and_gaps_is_read(launch, table):
    gappy = table.assign(member=table["member"].astype(object))
    gappy.loc[:2, "member"] = np.nan
    assert run(launch, gappy).table["n"].iloc[0] == 597


def test_a_treatment_that_follows_from_a_covariate_is_refused(tmp_path, table):
    answer = LeastSquares(formula="spend_after ~ member + guest + spend_before", term="member")
    design = Design(hypothesis=hypothesis(), data=LAUNCH.data, answer=answer, n=600)
    plan = freeze(design, tmp_path / "plan.md")
    with pytest.raises(CvmError, match="'member' says the same as other terms"):
        run(plan, table.assign(guest=~table["member"]))
    plain = run(plan, table.assign(guest=1.0)).table["estimate"].iloc[0]
    alone = LeastSquares(formula="spend_after ~ member + spend_before", term="member")
    assert plain == pytest.approx(
        run(plan, table, changed={"main": alone}).table["estimate"].iloc[0]
    )


def test_a_column_that_is_there_twice_is_refused(launch, table):
    twice = pd.concat([table, table[["member"]]], axis=1)
    with pytest.raises(CvmError, match="has the column 'member' more than once"):
        run(launch, twice)


def _plan(design):
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        return freeze(design, Path(folder) / "plan.md")


# --- inputs: plans and folders --------------------------------------------------------------------


def test_bad_plan_files_are_told(tmp_path, launch):
    made = freeze(LAUNCH, tmp_path / "new" / "folder" / "plan.md")  # the folder is made
    assert made == launch
    (tmp_path / "gbk.md").write_bytes("云河计划".encode("gb18030"))
    with pytest.raises(CvmError, match="The file is no plan"):
        read_plan(tmp_path / "gbk.md")
    with pytest.raises(CvmError, match="A plan cannot lie inside a file"):
        freeze(LAUNCH, tmp_path / "gbk.md" / "plan.md")


def test_a_plan_of_another_version_of_the_kit_is_told(tmp_path):
    from cvm.research.study import plan as module

    freeze(LAUNCH, tmp_path / "plan.md")
    body = (tmp_path / "plan.md").read_text("utf-8").rpartition(module.SEAL)[0]
    body = body.replace('"before": "spend_before"', '"former": "spend_before"')
    (tmp_path / "plan.md").write_text(body + module.SEAL + module._hash(body) + "\n", "utf-8")
    with pytest.raises(
        CvmError, match=r"another version of this kit.*former.*Install that version"
    ):
        read_plan(tmp_path / "plan.md")


def test_bad_folders_are_told(launch, table, tmp_path):
    report = run(launch, table)
    (tmp_path / "file").write_text("x")
    with pytest.raises(CvmError, match="needs a folder, and there is a file of that name"):
        report.write(tmp_path / "file")
    with pytest.raises(CvmError, match=r"cannot be written: .*disk has room"):
        report.write(tmp_path / "file" / "below")
    with pytest.raises(CvmError, match=r"Authors come as a list of names.*'Lin Mei'"):
        report.write(tmp_path / "r", authors="Lin Mei")
    with pytest.raises(CvmError, match=r"A report takes pictures.*export\.picture"):
        report.write(tmp_path / "r", pictures=[drawn()])
    one = Picture(name="a", caption="c", svg=b"", pdf=b"", png=b"")
    with pytest.raises(CvmError, match=r"would have one name.*'a'"):
        report.write(tmp_path / "r", pictures=[one, one])
    assert not (tmp_path / "r").exists()


def test_a_disk_that_fails_leaves_no_half_file(monkeypatch, tmp_path):
    def fails(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fdopen", fails)
    with pytest.raises(CvmError, match="No space left on device"):
        put({"a.txt": b"x"}, tmp_path / "r")
    assert list((tmp_path / "r").iterdir()) == []


@pytest.mark.parametrize("name", ["", "a/b", "效果", "a.svg", None])
def test_a_picture_has_a_name_and_a_caption(name):
    with pytest.raises(CvmError, match="name of a file without an ending"):
        Picture(name=name, caption="c", svg=b"", pdf=b"", png=b"")
    with pytest.raises(CvmError, match="needs a caption"):
        Picture(name="a", caption=" ", svg=b"", pdf=b"", png=b"")
