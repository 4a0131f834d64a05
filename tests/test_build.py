"""The notebook builder: same source, same bytes; and what it refuses, it explains."""

import base64
import json
import struct
import sys
import zlib
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "notebooks"))

from builder import BuildError, command  # noqa: E402
from builder.clean import WIDGET_TEXT, clean, dumps, plain_png  # noqa: E402
from builder.execute import environment  # noqa: E402
from builder.plan import build, difference, orphans, plan, write  # noqa: E402
from builder.source import read, solved, student, unmarked  # noqa: E402

CHAPTER = """# Toy

Before.

```bash
pip install nothing
```

After.

```python
x = 4
print("x is", x)
```

The value is {{ x }}, its square {{ f"{x**2:.1f}" }}.


More than three. <!-- holds: x > 3 -->

```python alt="A line from {{ x }} up"
import matplotlib.pyplot as plt
_ = plt.plot([x, 9])
```

It rises. Ten stand here. <!-- typed: a round number -->

```python tags=["nbval-ignore-output"]
import ipywidgets
ipywidgets.interactive(lambda a: print(a), a=3)
```
"""

EXERCISE = """# Exercise

```python
data = [1, 2, 3]
```

Halve the sum.

```python
# solution
whole = sum(data)
half = whole / 2
# end
print(half)
```

```python
def again():
    return 1
```

```python
# solution
print("worked out")
# end
```
"""


def project(folder: Path, *, chapter: str = CHAPTER, exercise: str = EXERCISE) -> Path:
    for part, text in (("notebooks", chapter), ("exercises", exercise)):
        source = folder / part / "src" / "01_toy.md"
        source.parent.mkdir(parents=True, exist_ok=True)
        source.write_text(text, encoding="utf-8")
    return folder


def chapter_of(folder: Path, text: str):
    return build(plan(project(folder, chapter=text), chapters=["01"])[:1])[0]


@pytest.fixture(scope="module")
def twice(tmp_path_factory):
    """The toy course, built two times in fresh kernels."""
    root = project(tmp_path_factory.mktemp("toy"))
    return [build(plan(root), jobs=2) for _ in range(2)]


@pytest.fixture(scope="module")
def chapter(twice):
    return nbformat.reads(twice[0][0].text, as_version=4)


# --- exact ---------------------------------------------------------------------


def test_one_source_gives_a_chapter_a_student_copy_and_a_solved_copy(twice):
    assert [built.target.name for built in twice[0]] == [
        "notebooks/01_toy.ipynb",
        "exercises/solved/01_toy.ipynb",
        "exercises/01_toy.ipynb",
    ]
    assert not any(built.error for built in twice[0])


def test_numbers_in_prose_are_computed_after_the_cells_above(chapter):
    assert "The value is 4, its square 16.0." in [cell.source for cell in chapter.cells]


def test_markers_are_taken_out_and_the_words_stay(chapter):
    assert "More than three." in [cell.source for cell in chapter.cells]
    assert "It rises. Ten stand here." in [cell.source for cell in chapter.cells]


def test_the_student_copy_loses_the_markers_too():
    (cell,) = student(read("# A\n\nTen of 10. <!-- typed: round -->\n")).cells
    assert cell.source == "# A\n\nTen of 10."


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ("More. <!-- holds: x > 3 --> Less.", "More. Less."),
        ("More.\n<!-- holds: x > 3 -->\nLess.", "More.\nLess."),
        ("More.\n<!-- holds: x > 3 -->", "More."),
        ("<!-- typed: a --> More.\n<!-- typed: b -->\nLess.", "More.\nLess."),
        ("More <!-- holds: x > 3 -->\n<!-- holds: y -> 3 -->\n\nLess.", "More\n\nLess."),
    ],
)
def test_a_marker_leaves_no_gap(written, left):
    assert unmarked(written) == left


def test_a_fence_of_another_language_stays_text(chapter):
    assert "```bash\npip install nothing\n```\n\nAfter." in chapter.cells[0].source


def test_computing_prose_leaves_the_counts_alone(chapter):
    code = [cell for cell in chapter.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == [1, 2, 3]
    assert code[0].outputs == [{"name": "stdout", "output_type": "stream", "text": "x is 4\n"}]


def test_words_for_a_figure_reach_the_picture_and_the_cell(chapter):
    cell = next(cell for cell in chapter.cells if "plt.plot" in cell.source)
    assert cell.outputs[0].metadata == {"image/png": {"alt": "A line from 4 up"}}
    assert cell.metadata.alt == "A line from 4 up"
    assert b"Software" not in base64.b64decode(cell.outputs[0].data["image/png"])


def test_a_widget_leaves_a_sentence_and_no_state(chapter):
    cell = next(cell for cell in chapter.cells if "interactive" in cell.source)
    assert cell.outputs[0].data == {"text/plain": WIDGET_TEXT}
    assert "widgets" not in chapter.metadata


def test_a_widget_with_a_sentence_of_its_own_keeps_it():
    bundle = {"application/vnd.jupyter.widget-view+json": {"model_id": "a"}, "text/plain": "Move."}
    cell = nbformat.v4.new_code_cell("w", execution_count=1)
    cell.outputs = [nbformat.v4.new_output("execute_result", bundle, execution_count=1)]
    (output,) = clean(nbformat.v4.new_notebook(cells=[cell])).cells[0].outputs
    assert output.data == {"text/plain": "Move."}


def test_a_styled_table_has_no_random_id_and_no_address():
    shown = {
        "text/html": '<table id="T_3fa9c"><td id="T_3fa9c_row0">',
        "text/plain": "<pandas.io.formats.style.Styler at 0x7f4235022c90>",
    }
    cell = nbformat.v4.new_code_cell("table", execution_count=1)
    cell.outputs = [nbformat.v4.new_output("execute_result", shown, execution_count=9)]
    (output,) = clean(nbformat.v4.new_notebook(cells=[cell])).cells[0].outputs
    assert output.data["text/html"] == '<table id="T_0"><td id="T_0_row0">'
    assert output.data["text/plain"] == "<pandas.io.formats.style.Styler>"
    assert output.execution_count == 1


def test_the_student_copy_has_blanks_for_the_names_used_later_only(twice):
    notebook = nbformat.reads(twice[0][2].text, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert code[1].source == "half = ...  # your answer\nprint(half)"
    assert code[3].source == "# your answer"
    assert not any(cell.outputs or cell.execution_count for cell in code)


def test_the_solved_copy_has_the_answer_without_markers(twice):
    notebook = nbformat.reads(twice[0][1].text, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert code[1].source == "whole = sum(data)\nhalf = whole / 2\nprint(half)"
    assert code[1].outputs[0].text == "3.0\n"


def test_student_and_solved_cells_share_their_ids(twice):
    ids = [[cell.id for cell in nbformat.reads(b.text, as_version=4).cells] for b in twice[0][1:]]
    assert ids[0] == ids[1]


def test_a_picture_loses_its_notes_and_keeps_its_pixels():
    def chunk(kind, body):
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    start, body, end = b"\x89PNG\r\n\x1a\n", chunk(b"IDAT", b"pixels"), chunk(b"IEND", b"")
    noted = start + chunk(b"tEXt", b"Software\0any") + body + chunk(b"tIME", b"1234567") + end
    assert plain_png(noted) == start + body + end


def test_the_kernel_speaks_the_language_of_the_edition():
    assert environment("zh")["CVM_LANGUAGE"] == "zh"
    assert environment()["PYTHONHASHSEED"] == "0"


def test_another_edition_has_its_own_folders(tmp_path):
    source = tmp_path / "notebooks" / "src" / "zh" / "01_toy.md"
    source.parent.mkdir(parents=True)
    source.write_text("# 例", encoding="utf-8")
    (target,) = plan(tmp_path, language="zh")
    assert target.path == tmp_path / "notebooks" / "zh" / "01_toy.ipynb"
    assert target.language == "zh"


# --- invariant -----------------------------------------------------------------


def test_building_twice_gives_the_same_bytes(twice):
    first, second = twice
    assert [built.text for built in first] == [built.text for built in second]
    assert "iVBOR" in first[0].text  # a picture is among what is compared


def test_equal_cells_get_different_ids_that_depend_on_nothing_else():
    text = "```python\nx = 1\n```\n\nA.\n\n```python\nx = 1\n```\n"
    ids = [cell.id for cell in read(text).cells]
    assert len(set(ids)) == 3
    assert ids[2] == ids[0] + "-2"
    assert [cell.id for cell in read("New first.\n\n" + text).cells][1:] == ids


def test_two_blank_lines_or_a_heading_begin_a_new_cell():
    sources = [cell.source for cell in read("# A\n\na\n\nb\n\n\nc\n\n## D\n\nd\n").cells]
    assert sources == ["# A\n\na\n\nb", "c", "## D\n\nd"]


# --- recovery: what is out of step is found ------------------------------------


def test_out_of_step_is_told_with_the_place_and_the_command(tmp_path, twice, capsys):
    root = project(tmp_path, chapter="# A\n\n```python\n1 + 1\n```\n")
    assert command.main(["--jobs", "2"], root=root) == 0
    assert " s  notebooks/01_toy.ipynb" in capsys.readouterr().out
    path = root / "notebooks" / "01_toy.ipynb"
    path.write_text(path.read_text(encoding="utf-8").replace('"2"', '"3"'), encoding="utf-8")
    (root / "exercises" / "01_toy.ipynb").unlink()
    (root / "exercises" / "solved" / "09_old.ipynb").write_text("{}", encoding="utf-8")
    assert command.main(["--check"], root=root) == 1
    told = capsys.readouterr().err
    assert "notebooks/01_toy.ipynb is out of step: cell 2, its outputs" in told
    assert "exercises/01_toy.ipynb is missing" in told
    assert "exercises/solved/09_old.ipynb has no source" in told
    assert "python notebooks/build.py" in told


def test_a_file_that_is_no_notebook_is_out_of_step(tmp_path, twice):
    built = twice[0][2]
    target = type(built.target)(built.target.source, tmp_path / "01_toy.ipynb", "student")
    target.path.write_text("<<<<", encoding="utf-8")
    told = difference(type(built)(target, built.text, 0.0))
    assert "the file is not a notebook" in told


def test_a_changed_number_of_cells_and_metadata_are_told(tmp_path, twice):
    built = twice[0][2]
    target = type(built.target)(built.target.source, tmp_path / "01_toy.ipynb", "student")
    again = type(built)(target, built.text, 0.0)
    shorter = json.loads(built.text)
    shorter["cells"].pop()
    target.path.write_text(json.dumps(shorter), encoding="utf-8")
    assert "it has 5 cells and should have 6" in difference(again)
    target.path.write_text(json.dumps(json.loads(built.text)), encoding="utf-8")
    assert "metadata or layout" in difference(again)
    write(again)
    assert difference(again) == ""


def test_nothing_half_written_stays_behind(tmp_path, twice, monkeypatch):
    built = twice[0][2]
    target = type(built.target)(built.target.source, tmp_path / "01_toy.ipynb", "student")

    def stop(self, other):
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", stop)
    with pytest.raises(KeyboardInterrupt):
        write(type(built)(target, built.text, 0.0))
    assert list(tmp_path.iterdir()) == []


def test_a_failed_build_leaves_the_old_notebook(tmp_path, capsys):
    root = project(tmp_path, chapter="# A\n\n```python\n1 / 0\n```\n")
    old = root / "notebooks" / "01_toy.ipynb"
    old.write_text("old", encoding="utf-8")
    assert command.main(["01"], root=root) == 1
    assert old.read_text(encoding="utf-8") == "old"
    told = capsys.readouterr()
    assert "FAILED" in told.out
    assert "notebooks/01_toy.ipynb, cell 2 fails:" in told.err
    assert "    1 / 0" in told.err
    assert "ZeroDivisionError" in told.err
    assert "\x1b[" not in told.err


# --- inputs --------------------------------------------------------------------


def test_a_claim_that_does_not_hold_stops_the_build(tmp_path):
    built = chapter_of(tmp_path, "# A\n\nMost of it. <!-- holds: 1 > 2 -->\n")
    assert "notebooks/01_toy.ipynb, cell 1: this does not hold any more: 1 > 2" in built.error
    assert "Most of it." in built.error


def test_a_number_that_cannot_be_computed_names_its_expression(tmp_path):
    built = chapter_of(tmp_path, "# A\n\nIt is {{ missing }}.\n")
    assert "cell 1: {{ missing }} cannot be computed: NameError" in built.error


def test_prose_of_an_exercise_computes_nothing(tmp_path):
    targets = plan(project(tmp_path, exercise="# A\n\nIt is {{ 1 + 1 }}.\n"))
    errors = [built.error for built in build(targets[1:])]
    assert len(errors) == 2
    assert all("the prose of an exercise computes nothing" in error for error in errors)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("# solution\nx = 1", "'# solution' without '# end' in this cell"),
        ("x = 1\n# end", "'# end' has no partner in this cell"),
        ("# solution\n# solution\n# end", "'# solution' has no partner"),
        ("# solution\nx = \n# end\nprint(1)", "this is not Python"),
    ],
)
def test_a_crooked_solution_block_is_told(code, message):
    with pytest.raises(BuildError, match=message):
        student(read(f"```python\n{code}\n```\n"))


def test_a_solved_copy_needs_partners_too():
    with pytest.raises(BuildError, match="has no partner"):
        solved(read("```python\n# end\n```\n"))


def test_a_chapter_without_a_source_is_told(tmp_path, capsys):
    assert command.main(["77"], root=project(tmp_path)) == 2
    assert "There is no source for chapter '77'; there is 01_toy." in capsys.readouterr().err


def test_orphans_are_only_notebooks_without_a_source(tmp_path):
    root = project(tmp_path)
    targets = plan(root)
    targets[0].path.write_text("{}", encoding="utf-8")
    assert orphans(root, targets) == []
    assert orphans(root, targets[1:]) == ["notebooks/01_toy.ipynb has no source"]


def test_cleaning_drops_what_a_session_leaves_behind():
    cell = nbformat.v4.new_code_cell("1", metadata={"execution": {"a": "1"}, "tags": []})
    picture = base64.b64encode(b"\x89PNG\r\n\x1a\n").decode()
    cell.outputs = [nbformat.v4.new_output("display_data", {"image/png": picture})]
    notebook = nbformat.v4.new_notebook(cells=[cell], metadata={"widgets": {"state": {}}})
    notebook.cells[0].id = "a"
    text = dumps(clean(notebook))
    assert 'execution"' not in text
    assert "widgets" not in text
    assert '"language_info"' in text
