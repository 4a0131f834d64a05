"""The course's notebooks: in step with their sources, and as the rules want them.

Each rule of the lint is shown a notebook that breaks it, so that a rule that has
gone blind is seen; then the real notebooks are read.
"""

import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbval.plugin import get_sanitize_patterns

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "notebooks"))

from builder import command  # noqa: E402
from builder.lint import (  # noqa: E402
    SECTIONS,
    chapter_faults,
    exercise_faults,
    source_faults,
    template_faults,
)
from builder.plan import COMMAND, build, difference, orphans, plan  # noqa: E402

TARGETS = plan(ROOT)
CHAPTERS = [target for target in TARGETS if target.kind == "chapter"]
EXERCISES = [target for target in TARGETS if target.kind in ("student", "solved")]
TEMPLATES = [target for target in TARGETS if target.kind == "template"]
SOURCES = sorted({target.source for target in TARGETS})


def name(item):
    return item.name if hasattr(item, "name") else str(item)


def code(text, *, count=1, outputs=(), tags=(), alt=""):
    cell = new_code_cell(text, execution_count=count, outputs=list(outputs))
    cell.metadata.update({"tags": list(tags), "alt": alt})
    return cell


def picture(alt="A line"):
    metadata = {"image/png": {"alt": alt}} if alt else {}
    return new_output("display_data", {"image/png": "aaaa", "text/plain": "<F>"}, metadata=metadata)


def shown(text, kind="execute_result"):
    return new_output(kind, {"text/plain": text})


def good(*cells):
    """Give a chapter that keeps every rule, with cells added to its analysis."""
    texts = [new_markdown_cell(f"## {section}\n\nWords.") for section in SECTIONS]
    texts[0].source = "## Objectives (20 minutes)\n\nWords."
    place = SECTIONS.index("Analysis") + 1
    return new_notebook(cells=[*texts[:place], *cells, *texts[place:]])


def faults(*cells):
    return chapter_faults(good(*cells))


# --- exact: a good chapter has no fault, and each rule finds its own -------------


def test_a_good_chapter_has_no_fault():
    widget = code("whatif.explore(A)", count=2, tags=["nbval-ignore-output"])
    figure = code("_ = plots.lorenz(curve)", outputs=[picture()])
    assert faults(figure, new_markdown_cell("It bends."), widget) == []


BAD = {
    "eleven lines": ([code("x = 1\n" * 11)], "has 11 lines of code"),
    "an empty cell": ([code("")], "has 0 lines of code"),
    "a semicolon": ([code("x;")], "ends with ';'"),
    "its own drawing": ([code("plt.plot(x)")], "draws by itself ('plt.')"),
    "pandas' drawing": ([code("table.plot(x='a')")], "draws by itself ('.plot(')"),
    "a drawing import": ([code("import seaborn as sns")], "draws by itself"),
    "a moved axes": ([code("ax.set_title('x')")], "draws by itself ('ax.')"),
    "a function": ([code("def f():\n    return 1")], "defines a function"),
    "an address": ([code("x", outputs=[shown("<A at 0x7f12ab34cd>")])], "holds an address"),
    "a path": ([code("x", outputs=[shown("/home/me/a.csv")])], "holds an address or a path"),
    "three in a row": (
        [code("1", count=1), code("2", count=2), code("3", count=3)],
        "third code cell in a row",
    ),
    "an untagged widget": (
        [
            code("1", outputs=[picture()]),
            new_markdown_cell("A."),
            code("whatif.tiers()", count=2),
        ],
        'needs tags=["nbval-ignore-output"]',
    ),
    "a widget first": (
        [code("what_if.tiers()", tags=["nbval-ignore-output"])],
        "a figure at its default must stand before it",
    ),
    "a cell that did not run": ([code("x", count=None)], "has no execution count"),
    "a cell that ran twice": ([code("x", count=3)], "not executed once each"),
    "a figure without words": (
        [code("x", outputs=[picture(alt="")]), new_markdown_cell("A.")],
        "shows a figure without words for it",
    ),
    "words for a figure that is not there": (
        [code("x", alt="A line")],
        "has words for a figure (alt) but shows none",
    ),
    "a figure nobody explains": (
        [code("x", outputs=[picture()]), code("y", count=2)],
        "the next cell must say what it shows",
    ),
    "an error": (
        [code("x", outputs=[new_output("error", ename="E", evalue="e")])],
        "ends in an error",
    ),
    "a warning": (
        [code("x", outputs=[new_output("stream", name="stderr", text="Careful")])],
        "writes a warning: Careful",
    ),
    "printed axes": ([code("x", outputs=[shown("<Axes: xlabel='a'>")])], "write _ = ..."),
}


@pytest.mark.parametrize(("cells", "message"), BAD.values(), ids=BAD)
def test_a_bad_cell_is_told(cells, message):
    found = faults(*cells)
    assert any(message in fault for fault in found), found
    assert all("cell " in fault or "the cells were" in fault for fault in found)


def test_sections_that_are_missing_unknown_or_in_another_order_are_told():
    missing, extra, swapped = good(), good(new_markdown_cell("## Aside")), good()
    del missing.cells[2]
    swapped.cells[2], swapped.cells[3] = swapped.cells[3], swapped.cells[2]
    assert "missing The story" in chapter_faults(missing)[0]
    assert "not known Aside" in chapter_faults(extra)[0]
    assert "another order" in chapter_faults(swapped)[0]


def test_objectives_without_minutes_or_not_at_the_top_are_told():
    silent, late = good(), good()
    silent.cells[0].source = "## Objectives\n\nWords."
    late.cells[:0] = [new_markdown_cell("a"), new_markdown_cell("b"), new_markdown_cell("c")]
    assert "how many minutes" in chapter_faults(silent)[0]
    assert "do not stand at the top" in chapter_faults(late)[0]


def test_a_student_copy_with_outputs_or_functions_is_told():
    ran = new_notebook(cells=[code("x", outputs=[shown("1")])])
    helped = new_notebook(cells=[code("def f():\n    return 1", count=None)])
    assert any("give the answers away" in fault for fault in exercise_faults(ran, executed=False))
    assert any("defines a function" in fault for fault in exercise_faults(helped, executed=False))
    helped.cells[0].execution_count = 1
    assert exercise_faults(helped, executed=True) == []


def test_a_template_without_marks_or_with_silent_ones_or_too_long_is_told():
    marked = code("# write yours here: a name\nx = 1")
    told = new_markdown_cell("If it is wrong, it says so.")
    assert template_faults(new_notebook(cells=[told, marked])) == []
    assert "marks no place" in template_faults(new_notebook(cells=[code("x = 1")]))[0]
    silent = template_faults(new_notebook(cells=[new_markdown_cell("Write."), marked]))
    assert "must tell what happens" in silent[0]
    many = new_notebook(cells=[*(new_markdown_cell("a") for _ in range(38)), told, marked])
    assert "has 40 cells; fewer than 40" in template_faults(many)[0]


@pytest.mark.parametrize(
    "text",
    ["A fifth is 20 %.", "It took 3 tries.", "- 12 firms", "Sales rose 1,200.50 in May."],
)
def test_a_typed_number_is_told(text):
    (fault,) = source_faults(text)
    assert "is typed in" in fault
    assert "compute it with {{ ... }}" in fault


@pytest.mark.parametrize(
    "text",
    [
        "A fifth is {{ number(0.2) }}.",
        "A fifth is 20 %. <!-- typed: the claim's own words -->",
        "In 1998 the 80/20 rule of chapter 06, chapters 01 and 11.",
        "Answer question 06.2 and 06.a in 15 minutes, B2B or H0.",
        "1. first\n2. second\n\n## 3 things",
        "The share is $p_{20}$, `top=0.2`, [here](https://a.b/12).",
        "```python\nx = 12\n```",
        "```bash\npip install x==12\n```",
        "Words.\n\n## Further reading\n\nHBR 68(5), pages 105-111.",
    ],
)
def test_a_number_that_may_stand_is_left_alone(text):
    assert source_faults(text) == []


# --- exact: what nbval may overlook, and what it may not --------------------------

CONFIG = ROOT / "tests" / "nbval.cfg"


@pytest.mark.parametrize(
    ("stored", "again"),
    [
        ("<a.Styler>", "<a.Styler at 0x7f12ab34cd>"),
        ('<td id="T_0_row0">', '<td id="T_3fa9c_row0">'),
        ("Date:        Mon, 23 Nov 2026", "Date:        Tue, 24 Nov 2026"),
        ("<th>Date:</th> <td>Mon, 23 Nov 2026</td>", "<th>Date:</th> <td>Tue, 01 Dec 2026</td>"),
        ("Time:   03:20:11   Log-Likelihood", "Time:   13:00:01   Log-Likelihood"),
        ("took 12.5 ms", "took 3 ms"),
        ("  5%|# | 1/20 [00:01<00:19, 1.0it/s]", "100%|##| 20/20 [00:02<00:00, 9.7it/s]"),
        ("/x/ipykernel_12/34.py:1: Careful", "/x/ipykernel_99/35.py:1: Careful"),
    ],
)
def test_what_differs_from_run_to_run_is_overlooked(stored, again):
    assert sanitised(stored) == sanitised(again)


@pytest.mark.parametrize(
    ("stored", "again"),
    [("share 0.655", "share 0.656"), ("5 years", "6 years"), ("20 %", "21 %"), ("T_a", "T_b")],
)
def test_a_number_is_not_overlooked(stored, again):
    assert sanitised(stored) != sanitised(again)


def sanitised(text):
    for pattern, put in get_sanitize_patterns(CONFIG.read_text(encoding="utf-8")):
        text = re.sub(pattern, put, text)
    return text


@pytest.mark.notebooks
def test_a_changed_number_fails_a_chapter(tmp_path):
    cell = code("print(1 + 1)", outputs=[new_output("stream", name="stdout", text="3\n")])
    path = tmp_path / "toy.ipynb"
    nbformat.write(new_notebook(cells=[cell]), path)
    options = ["-W", "default", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), "--nbval"]
    told = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "--nbval-sanitize-with", CONFIG, path],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.returncode == 1, told.stdout + told.stderr
    assert "Cell outputs differ" in told.stdout


# --- invariant: the course as it lies there ------------------------------------


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: f"{path.parts[-3]}/{path.name}")
def test_no_source_types_a_number(source):
    assert source_faults(source.read_text(encoding="utf-8")) == []


def built(target):
    wanted = f"{COMMAND} {target.source.stem}"
    assert target.path.exists(), f"{target.name} is not built; build it with: {wanted}"
    return nbformat.read(target.path, as_version=4)


@pytest.mark.parametrize("target", CHAPTERS, ids=name)
def test_every_chapter_keeps_the_rules(target):
    assert chapter_faults(built(target), start=target.source.stem == "00_start") == []


@pytest.mark.parametrize("target", EXERCISES, ids=name)
def test_every_exercise_keeps_the_rules(target):
    assert exercise_faults(built(target), executed=target.kind == "solved") == []


@pytest.mark.parametrize("target", TEMPLATES, ids=name)
def test_every_template_keeps_the_rules(target):
    assert template_faults(built(target)) == []


TWICE = re.compile(r"\b([a-z]{2,}) \1\b", re.IGNORECASE)


@pytest.mark.parametrize("target", TARGETS, ids=name)
def test_no_sentence_says_a_word_twice(target):
    cells = nbformat.read(target.path, as_version=4).cells
    said = [cell.source for cell in cells if cell.cell_type == "markdown"]
    for output in (output for cell in cells for output in cell.get("outputs", [])):
        lines = str(output.get("text") or output.get("data", {}).get("text/plain", "")).splitlines()
        said += [line for line in lines if "  " not in line]  # no rows of a table
    assert [words for words in said if TWICE.search(words)] == []


def test_chapters_and_exercises_come_in_pairs():
    assert [t.source.stem for t in CHAPTERS] == [
        t.source.stem for t in EXERCISES if t.kind == "student"
    ]
    assert {t.source.stem for t in CHAPTERS} >= {"00_start", "06_tiering"}


@pytest.mark.parametrize("target", CHAPTERS, ids=name)
def test_every_chapter_has_its_module_its_test_and_its_questions(target):
    number, _, topic = target.source.stem.partition("_")
    assert (ROOT / "tests" / f"test_{topic}.py").exists()
    for module in (ROOT / "cvm" / topic, ROOT / "cvm" / "check" / f"questions_{number}"):
        assert module.is_dir() or module.with_suffix(".py").exists()


# --- recovery: a rebuild gives what is there -----------------------------------


@pytest.fixture(scope="module")
def rebuilt():
    """Every notebook built again in memory, two kernels at a time."""
    command.warm_up()
    return {built.target.name: built for built in build(TARGETS, jobs=2)}


@pytest.mark.notebooks
@pytest.mark.parametrize("target", TARGETS, ids=name)
def test_every_notebook_is_in_step_with_its_source(target, rebuilt):
    built = rebuilt[target.name]
    assert built.error == ""
    told = difference(built)
    assert told == "", f"{told}\nBring it in step with: {COMMAND} {target.source.stem}"


def test_no_notebook_is_left_without_a_source():
    assert orphans(ROOT, TARGETS) == []
