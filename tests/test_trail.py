"""The trails of the chapters: no step leads nowhere."""

import ast
import importlib
import re
from pathlib import Path

import pytest

from cvm.errors import CvmError
from cvm.trail import TRAILS, trail

ROOT = Path(__file__).parents[1]
STEPS = [(chapter, step) for chapter, steps in TRAILS.items() for step in steps]
NAMES = [f"{chapter}-{step.heading}" for chapter, step in STEPS]


def headings(chapter):
    text = next((ROOT / "notebooks/src").glob(f"{chapter}_*.md")).read_text(encoding="utf-8")
    return re.findall(r"^(#{2,3}) (.+)$", text, flags=re.M)


# ----------------------------------------------------------------------------- invariant


@pytest.mark.parametrize(("chapter", "step"), STEPS, ids=NAMES)
def test_a_step_leads_to_its_equation_its_test_its_levers_and_its_source(chapter, step):
    module = importlib.import_module(step.module)
    assert step.heading in [name for _level, name in headings(chapter)]
    told = " ".join(module.__doc__.split())
    assert step.equation in told
    assert step.source in told
    file, name = step.test.split("::")
    tree = ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8"))
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    for lever in step.levers:
        model, field = lever.split(".")
        assert field in {item.name for item in getattr(module, model).declared()}


@pytest.mark.parametrize("chapter", TRAILS)
def test_every_heading_that_says_something_has_its_step(chapter):
    telling = ("The model", "The data", "The claim on trial")
    found, part = [], ""
    for level, name in headings(chapter):
        part = name if level == "##" else part
        if name in telling or (level == "###" and part in ("Analysis", "What if")):
            found.append(name)
    assert [step.heading for step in TRAILS[chapter]] == found


@pytest.mark.parametrize("chapter", TRAILS)
def test_the_table_links_files_that_are_there(chapter):
    links = re.findall(r"\]\(\.\./([^)]+)\)", trail(chapter))
    assert len(links) == 2 * len(TRAILS[chapter])
    assert all((ROOT / link).is_file() for link in links)


# -------------------------------------------------------------------------------- inputs


def test_a_chapter_without_a_trail():
    with pytest.raises(CvmError, match=r"Chapter 99 has no trail\.(.|\n)*09"):
        trail("99")
