"""From a design to a frozen plan to a report on data of one's own."""

import json
import re
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from cvm.errors import CvmError
from cvm.loyalty import Programme
from cvm.research import study
from cvm.research.record import fingerprint
from cvm.research.scale import grid
from cvm.research.study import (
    CORRECTIONS,
    Changes,
    Design,
    Hypothesis,
    LeastSquares,
    catalogue,
    diagnose,
    example,
    freeze,
    read_plan,
    run,
)
from cvm.research.study.write import latex

MAIN = example("launch-changes")


def hypothesis(outcome, direction="raises", smallest=1.0):
    return Hypothesis(population="customers", treatment="joining", outcome=outcome,
                      direction=direction, smallest=smallest, unit="yuan")  # fmt: skip


def simple(formula, told):
    return Design(hypothesis=told, data=Programme(), n=200,
                  answer=LeastSquares(formula=formula, term="member"))  # fmt: skip


THREE = {
    "main": MAIN,
    "satisfaction": simple("satisfaction ~ member", hypothesis("satisfaction")),
    "early": simple("spend_early ~ member", hypothesis("early spend", "does not change", 25.0)),
}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "plan.md"


# --- exact ------------------------------------------------------------------------------------


@pytest.mark.parametrize("id", catalogue()["id"])
def test_every_design_of_the_catalogue_comes_back_as_it_was_frozen(id, path):
    plan = freeze(example(id), path)
    assert read_plan(path) == plan
    assert dict(plan.designs) == {"main": example(id)}


def test_a_plan_reads_in_words_and_ends_with_its_hash(path):
    plan = freeze(THREE, path, title="Does it?")
    text = path.read_text("utf-8")
    assert text.startswith("# Does it?\n")
    assert "- Hypothesis: Among customers, joining the programme raises monthly spend" in text
    assert "Holm's step-down" in text
    assert text.rstrip().endswith("SHA-256: " + plan.sha256)
    block = json.loads(re.search(r"```json\n(.*?)\n```", text, re.DOTALL).group(1))
    assert block["designs"]["main"]["estimand"]["true_value"] == 3.0
    assert block["designs"]["main"]["data"]["levers"]["joining"] == 0.4
    assert set(block["versions"]) == {"python", "cvm", "numpy", "pandas", "scipy", "statsmodels"}
    assert str(plan) == f"Plan 'Does it?' (main, satisfaction, early), SHA-256 {plan.sha256}."


@pytest.mark.parametrize("correction", CORRECTIONS)
def test_several_tests_are_corrected_by_statsmodels(correction, path):
    plan = freeze(THREE, path, correction=correction)
    found = run(plan, MAIN.draw(seed=4)).table.set_index("name")
    claims = [found.loc["main", "p_value"], found.loc["satisfaction", "p_value"],
              found.loc["early", "p_equivalence"]]  # fmt: skip
    wanted = claims if correction == "none" else multipletests(claims, method=correction)[1]
    np.testing.assert_allclose(found["p_adjusted"], wanted)


def test_the_decision_is_made_by_the_corrected_p_value(path):
    rng = np.random.default_rng(0)
    names = [f"y{i}" for i in range(10)]
    table = pd.DataFrame(rng.normal(size=(400, 10)), columns=names)
    table["member"] = np.arange(400) % 2
    table["y0"] += 0.15 * table["member"]
    plan = freeze({y: simple(f"{y} ~ member", hypothesis(y, smallest=0.01)) for y in names}, path)
    row = run(plan, table).table.iloc[0]
    assert row["p_value"] < 0.05 < row["p_adjusted"]
    assert row["decision"] == "undecided"


# --- invariant --------------------------------------------------------------------------------


@given(at=st.integers(0, 10**6), sign=st.sampled_from("0aZ 9"))
@settings(max_examples=40, deadline=None)
def test_a_plan_in_which_one_letter_was_changed_is_refused(at, sign, tmp_path_factory):
    path = tmp_path_factory.mktemp("plan") / "plan.md"
    freeze(MAIN, path)
    text = path.read_text("utf-8").rstrip()
    at %= len(text)
    if text[at] == sign:
        return
    path.write_text(text[:at] + sign + text[at + 1 :] + "\n", "utf-8")
    with pytest.raises(CvmError, match=r"was changed after it was frozen|is no plan"):
        read_plan(path)


def test_line_ends_of_another_system_leave_it_the_same_plan(path):
    plan = freeze(MAIN, path)
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert read_plan(path) == plan


def test_freezing_again_keeps_the_plan_and_another_plan_does_not_overwrite_it(path):
    first = freeze(MAIN, path)
    before = path.read_bytes()
    assert freeze(MAIN, path) == first
    assert path.read_bytes() == before
    with pytest.raises(CvmError, match="There is a file already, and it is not this plan"):
        freeze(MAIN.moved(over="n", to=900), path)
    path.write_text("my notes")
    with pytest.raises(CvmError, match="it is not this plan"):
        freeze(MAIN, path)


def test_the_table_is_known_by_its_cells_and_not_by_its_index():
    table = MAIN.draw().head(20)
    assert fingerprint(table) == fingerprint(table.set_axis(range(5, 25)))
    moved = table.assign(spend_after=table["spend_after"] + 1e-9)
    assert fingerprint(table) != fingerprint(moved)


# --- recovery: the same code, on data of one's own ------------------------------------------------


def test_a_study_as_planned_has_no_deviations_and_is_what_was_diagnosed(path):
    plan = freeze(MAIN, path)
    report = run(plan, MAIN.draw(seed=5))
    assert report.deviations.empty
    row = report.table.iloc[0]
    answered = MAIN.read(MAIN.draw(seed=5))
    assert (row["estimate"], row["decision"]) == (answered.estimate, answered.decision)
    found = diagnose(MAIN, replicates=3).studies
    assert row["se"] == pytest.approx(found["se"][found["analysis"] == "planned"].mean(), rel=0.2)


def test_every_deviation_is_told(path):
    plan = freeze(THREE, path)
    table = MAIN.draw(seed=4).head(150).rename(columns={"member": "joined", "spend_early": "x"})
    table.loc[:4, "satisfaction"] = np.nan
    told = run(plan, table, columns={"member": "joined"},
               changed={"main": LeastSquares(formula="spend_after ~ member + spend_before", term="member")})  # fmt: skip
    rows = told.deviations
    assert len(told.table) == 2
    by = rows.set_index(["name", "what"])["done"]
    assert by["main", "column by another name"] == "joined"
    assert "LeastSquares(formula='spend_after ~ member + spend_before'" in by["main", "another analysis"]  # fmt: skip
    assert by["main", "fewer than planned"] == "150"
    assert by["satisfaction", "rows with a gap"] == "rows left out: 5"
    assert by["satisfaction", "fewer than planned"] == "145"
    assert "no column 'spend_early'" in by["early", "not tried"]
    assert f"Deviations from the plan: {len(rows)}." in str(told)


def test_a_panel_is_counted_in_customers(path):
    design = example("panel-random")
    design = Design(hypothesis=design.hypothesis, data=design.data, n=40,
                    answer=LeastSquares(formula="spend ~ using", term="using", cluster="customer"))  # fmt: skip
    plan = freeze(design, path)
    assert run(plan, design.draw()).deviations.empty
    few = run(plan, design.draw().query("customer < 60")).deviations
    assert few["what"].tolist() == ["fewer than planned"]


def test_a_column_that_bears_the_planned_name_by_chance_gives_way(path):
    plan = freeze(MAIN, path)
    table = MAIN.draw(seed=5)
    odd = table.rename(columns={"member": "joined"}).assign(member=0)
    found = run(plan, odd, columns={"member": "joined"})
    assert found.table["estimate"].iloc[0] == run(plan, table).table["estimate"].iloc[0]


def test_another_version_is_told(path):
    freeze(MAIN, path)
    plan = read_plan(path)
    older = type(plan)(**{**plan.__dict__, "versions": {**plan.versions, "numpy": "1.26.0"}})
    told = run(older, MAIN.draw()).deviations
    assert told["what"].tolist() == ["another version of numpy"]
    assert told["planned"].tolist() == ["1.26.0"]


# --- the report on paper ------------------------------------------------------------------------


class Cells(HTMLParser):
    """Collect the cells of the tables of a page."""

    def __init__(self):
        super().__init__()
        self.cells, self.inside = [], False

    def handle_starttag(self, tag, attrs):
        self.inside = tag in ("td", "th")
        if self.inside:
            self.cells.append("")

    def handle_data(self, data):
        if self.inside:
            self.cells[-1] += data

    def handle_endtag(self, tag):
        self.inside = False


def test_the_report_for_latex_for_word_and_to_be_cited(path):
    design = simple("spend_after ~ member", hypothesis("spend & more"))
    report = run(freeze(design, path, title="50 % <more>_"), MAIN.draw(seed=5).head(200))
    tex = report.to_latex()
    assert r"\caption{50 \% $<$more$>$\_}" in tex
    assert r"spend \& more" in tex
    assert tex.count("{tabular}") == 2
    assert tex.count(r"\\") == 2  # head and one row
    page = report.to_html()
    reader = Cells()
    reader.feed(page)
    assert "50 % &lt;more&gt;_" in page
    assert "supported" in reader.cells
    assert report.results()["change"].iloc[0] in reader.cells
    assert "<p>None.</p>" in page
    assert "http" not in page
    cited = yaml.safe_load(report.citation())
    assert cited["identifiers"][0]["value"] == "sha256:" + report.plan.sha256
    assert cited["title"] == "50 % <more>_"
    assert report.plan.sha256 in report.bibtex()
    record = json.loads(json.dumps(report.record()))
    assert record["seeds"] == {"main": 1}
    assert record["data"]["rows"] == 200
    assert "Supported" in str(report)


def test_latex_escapes_each_of_its_signs():
    written = latex(pd.DataFrame({"a": ["\\&%$#_{}~^−"]}), caption="c", label="l")
    assert r"\textbackslash{}\&\%\$\#\_\{\}\textasciitilde{}\textasciicircum{}$-$" in written


# --- inputs -----------------------------------------------------------------------------------


def test_bad_plans_are_told(path, tmp_path):
    with pytest.raises(CvmError, match="A plan holds a design, or several by name"):
        freeze([MAIN], path)
    with pytest.raises(CvmError, match="A plan holds a design"):
        freeze({}, path)
    with pytest.raises(CvmError, match=r"no such correction.*Did you mean 'holm'"):
        freeze(MAIN, path, correction="Holm")
    freeze(MAIN, path)
    with pytest.raises(CvmError, match=r"There is no such plan.*Did you mean"):
        read_plan(tmp_path / "plam.md")
    (tmp_path / "other.md").write_text("# Notes\n")
    with pytest.raises(CvmError, match="The file is no plan"):
        read_plan(tmp_path / "other.md")


def test_bad_runs_are_told(path):
    plan, table = freeze(MAIN, path), MAIN.draw()
    with pytest.raises(CvmError, match=r"reads no column 'membr'.*Did you mean 'member'"):
        run(plan, table, columns={"membr": "member"})
    with pytest.raises(CvmError, match="no column 'joind'"):
        run(plan, table.rename(columns={"member": "joined"}), columns={"member": "joind"})
    with pytest.raises(CvmError, match=r"no hypothesis 'man'.*Did you mean 'main'"):
        run(plan, table, changed={"man": Changes(before="a", after="b", treatment="c")})
    with pytest.raises(CvmError, match=r"No hypothesis of the plan can be tried.*no column 'spend_after'"):  # fmt: skip
        run(plan, table.drop(columns="spend_after"))
    with pytest.raises(CvmError, match="must be a pandas DataFrame"):
        run(plan, "mine.csv")


def test_what_is_no_plan_no_design_and_no_grid_is_told():
    table = pd.DataFrame({"a": [1.0]})
    calls = {
        "What is run is a plan that was frozen.*'plan.md'": lambda: study.run("plan.md", table),
        "read from the path of a file": lambda: study.read_plan(3),
        "What is diagnosed is a design": lambda: study.diagnose("launch", replicates=2),
        "needs the values to go along": lambda: study.diagnosis_curve(
            study.example("mediation-lots"), over="n", values=100
        ),
        "parameters by name, each with a list": lambda: grid({"n": 100}),
        "come as lists of names": lambda: study.every_choice(
            treatment="t", outcomes=["y"], controls=3
        ),
    }
    for told, call in calls.items():
        with pytest.raises(CvmError, match=told):
            call()
