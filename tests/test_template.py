"""The hypothesis notebook: filled in by somebody else, with another hypothesis and another file."""

import json
import re
import sys
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from cvm.errors import CvmError
from cvm.loyalty import Programme, simulate_programme
from cvm.research.study import read_plan, workplace

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "notebooks"))

from builder.execute import environment  # noqa: E402

TEMPLATE = ROOT / "notebooks" / "template_hypothesis.ipynb"
MARK = re.compile(r"# write yours here: (.+)")

#: What another researcher writes: a launch that customers join by themselves, a file in Chinese.
MINE = {
    "folder and file": 'folder, file = "我的研究", "客户.csv"\nhome = study.workplace(folder, data=file)',
    "hypothesis": (
        'hypothesis = study.Hypothesis(population="会员与非会员", treatment="joining the programme",\n'
        '    outcome="monthly spend", direction="raises", smallest=1, unit="yuan")'
    ),
    "design": (
        "from cvm.loyalty import Programme\n"
        'analysis = study.Changes(before="spend_before", after="spend_after", treatment="member")\n'
        'hurried = study.LeastSquares(formula="spend_after ~ member", term="member")\n'
        "design = study.Design(hypothesis=hypothesis, data=Programme(), answer=analysis,\n"
        "                      naive=hurried, n=600)\n"
        "replicates, sizes = 6, [300, 600]"
    ),
    "columns": (
        "table = read_table(file)\n"
        'columns = {"member": "会员", "spend_before": "入会前", "spend_after": "入会后"}'
    ),
    "choices": (
        'every = study.every_choice(treatment="会员", outcomes=["入会后"], controls=["入会前"])\n'
        "choices = study.specification_curve(table, every)\n"
        '_ = plots.specification_curve(choices.table, choices=["controls"])'
    ),
    "authors": (
        'effect = picture(plots.effects(report.effects()), name="effect", caption=str(report))\n'
        'files = report.write(home / "report", pictures=[effect], authors=["王伟"])'
    ),
}  # fmt: skip


def filled(**changed):
    """Give the template with the marked cells as another researcher writes them."""
    notebook = nbformat.read(TEMPLATE, as_version=4)
    for cell in notebook.cells:
        found = MARK.match(cell.source) if cell.cell_type == "code" else None
        if found:
            cell.source = changed.get(found[1].split()[0], MINE[found[1]])
    return notebook


def file_of_mine(folder):
    table = simulate_programme(Programme(), n=600, seed=77).customers
    mine = pd.DataFrame({"客户": table["customer"], "会员": table["member"].astype(int),
                         "入会前": table["spend_before"], "入会后": table["spend_after"]})  # fmt: skip
    mine.loc[:3, "入会后"] = None
    mine.to_csv(folder / "客户.csv", index=False, encoding="gb18030")
    return table


def executed(notebook, folder):
    client = NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(folder)}})
    client.execute(env=environment())
    return notebook


def files(folder):
    return {p.name: p.read_bytes() for p in folder.rglob("*") if p.is_file()}


# --- exact ------------------------------------------------------------------------------------


def test_the_six_marks_are_those_that_are_filled_in_below():
    cells = nbformat.read(TEMPLATE, as_version=4).cells
    marks = [
        MARK.match(c.source)[1] for c in cells if c.cell_type == "code" and MARK.match(c.source)
    ]
    assert marks == list(MINE)
    assert "There are six." in cells[0].source
    assert len(cells) < 40


def test_the_practice_run_finds_what_the_truth_says():
    truth = json.loads((ROOT / "datasets/renewals/truth/effect.json").read_text("utf-8"))
    told = "\n".join(
        output.get("data", {}).get("text/plain", "")
        for cell in nbformat.read(TEMPLATE, as_version=4).cells
        for output in cell.get("outputs", [])
    )
    low, high = map(float, re.search(r"Supported: .*?\(([\d.]+) points to ([\d.]+) points\)", told).groups())  # fmt: skip
    assert low < 100 * truth["effect"] < high


# --- recovery ---------------------------------------------------------------------------------


@pytest.mark.notebooks
def test_another_researcher_gets_from_a_hypothesis_to_a_report_and_loses_nothing(tmp_path):
    table = file_of_mine(tmp_path)
    executed(filled(), tmp_path)
    study = tmp_path / "我的研究"
    made = files(study)
    assert {"plan.md", "report.html", "results.tex", "effect.pdf", "CITATION.cff"} <= set(made)
    plan = read_plan(study / "plan.md")
    assert plan.designs["main"].hypothesis.population == "会员与非会员"
    row = pd.read_csv(study / "report" / "results.csv").iloc[0]
    assert (row["n"], row["method"]) == (596, "difference in differences")
    change = (table["spend_after"] - table["spend_before"])[4:].groupby(table["member"]).mean()
    assert row["estimate"] == pytest.approx(change[True] - change[False])
    assert row["low"] < 3.0 < row["high"]  # the truth
    record = json.loads(made["record.json"])
    what = [one["what"] for one in record["deviations"]]
    assert what.count("column by another name") == 3
    assert {"fewer than planned", "rows with a gap"} < set(what)
    # Run again: read, not written. Another idea in the same folder: refused, and all is there.
    other = filled(hypothesis=MINE["hypothesis"].replace("smallest=1", "smallest=2"))
    with pytest.raises(CellExecutionError, match="it is not this plan"):
        executed(other, tmp_path)
    assert files(study) == made


# --- inputs -----------------------------------------------------------------------------------


def test_data_of_ones_own_needs_a_folder_and_practice_has_one(tmp_path):
    with pytest.raises(CvmError, match=r"needs a folder of your own.*Write folder='my_study'"):
        workplace(None, data="mine.csv")
    assert workplace().is_dir()
    assert workplace() != workplace()
    kept = workplace(tmp_path / "a" / "b", data="mine.csv")
    (kept / "plan.md").write_text("x")
    assert (workplace(tmp_path / "a" / "b") / "plan.md").read_text() == "x"
    with pytest.raises(CvmError, match="folder of the study cannot be made"):
        workplace(kept / "plan.md")
