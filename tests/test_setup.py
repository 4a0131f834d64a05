"""The files that set the course up agree with one another."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
LOCK = (ROOT / "requirements.lock").read_text("utf-8")

# conda-forge splits some packages or names them after the language.
CONDA_NAMES = {"duckdb": "python-duckdb", "ibis-framework": "ibis-duckdb"}


def declared() -> dict[str, Requirement]:
    groups = [PROJECT["dependencies"], *PROJECT["optional-dependencies"].values()]
    found = [Requirement(line) for group in groups for line in group]
    return {requirement.name: requirement for requirement in found}


def conda_lines() -> tuple[list[str], list[str]]:
    entries = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))["dependencies"]
    conda = [entry for entry in entries if isinstance(entry, str)]
    pip = [line for entry in entries if isinstance(entry, dict) for line in entry["pip"]]
    return conda, pip


# exact -----------------------------------------------------------------------------


def test_environment_yml_names_the_same_packages_and_bounds_as_pyproject():
    conda, pip = conda_lines()
    expected = {
        CONDA_NAMES.get(name, name) + str(requirement.specifier)
        for name, requirement in declared().items()
    }
    assert set(conda) | set(pip) == expected | {
        "python" + PROJECT["requires-python"],
        "pip",
        "-e .",
    }


def test_every_line_of_environment_yml_reads_as_conda_reads_it():
    rattler = pytest.importorskip("rattler")
    for line in conda_lines()[0]:
        assert rattler.MatchSpec(line, strict=True).name is not None


def test_every_package_is_pinned_within_its_bounds_and_with_a_hash():
    pins = dict(
        re.findall(r"^([\w.-]+)(?:\[[\w,]+\])?==([\w.]+)[^\n]*\\\n    --hash=sha256:", LOCK, re.M)
    )
    for name, requirement in declared().items():
        assert name in pins, f"{name} is not pinned; run: python course.py pins"
        assert pins[name] in requirement.specifier


def test_the_pins_name_no_package_index():
    assert "://" not in LOCK


def test_the_card_of_the_project_is_what_it_depends_on():
    card = {"jupyterlab", "pandas", "seaborn", "statsmodels", "ipywidgets", "nbval"}
    assert card <= set(declared())


def test_the_version_is_one():
    import cvm

    assert cvm.__version__ == PROJECT["version"]
    assert f"version: {PROJECT['version']}" in (ROOT / "CITATION.cff").read_text("utf-8")


# inputs ----------------------------------------------------------------------------


def run_course(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "course.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_course_py_without_a_command_says_what_there_is():
    told = run_course()
    assert told.returncode == 0
    assert "python course.py lab" in told.stdout


def test_course_py_refuses_an_unknown_command_and_lists_the_known():
    told = run_course("lba")
    assert told.returncode == 2
    assert "python course.py lab" in told.stdout


def test_course_py_reads_on_an_old_python_so_that_it_can_say_so():
    import ast

    text = (ROOT / "course.py").read_text("utf-8")
    ast.parse(text, feature_version=(3, 9))
    assert "needs Python 3.11 or newer" in text
