"""The house: imports run one way, modules stay small, examples in docstrings work."""

import ast
import doctest
import importlib
import inspect
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import cvm
from cvm.levers import Levers

PACKAGE = Path(__file__).resolve().parents[1] / "cvm"
MODULES = {
    path.relative_to(PACKAGE).with_suffix("").as_posix(): path
    for path in sorted(PACKAGE.rglob("*.py"))
    if path.parent.name != "locale"  # a script beside the catalogues, not a part of the kit
}

# Which floor a part of the kit lives on. A part that is not named is a topic.
FOUNDATIONS, TOPICS, WHOLE, RESEARCH, EDGES = 1, 2, 3, 4, 5
FLOORS = {
    **dict.fromkeys(("errors", "words", "levers", "luck", "tables", "results"), FOUNDATIONS),
    "inputs": FOUNDATIONS,
    **dict.fromkeys(("schemas", "cells", "dates"), FOUNDATIONS),  # what tables is made of
    **dict.fromkeys(("market", "game"), WHOLE),
    "research": RESEARCH,
    **dict.fromkeys(
        (
            "datasets",
            "readers",
            "plots",
            "whatif",
            "check",
            "cli",
            "doctor",
            "contents",
            "trail",
            "verdicts",
        ),
        EDGES,
    ),
}
# What only one part may know, and what the foundations may build on.
ONLY = {"matplotlib": {"plots"}, "seaborn": {"plots"}, "ipywidgets": {"whatif"}}
BEDROCK = {"numpy", "pandas", "scipy", "pandera", "narwhals"}

MODULE_LINES, FUNCTION_LINES = 500, 40
# Values for a text, and levers of any model, go by names only their owner knows.
OPEN_ENDED = {("words", "_"), ("levers", "replace")}


def part(module):
    """Give the part of the kit a module belongs to: "tiering/rewards" is of tiering."""
    return module.split("/")[0]


def floor(module):
    return FLOORS.get(part(module), TOPICS)


def imports(tree):
    """List the modules a module names, wherever it does, but for type checkers alone."""
    hidden = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and "TYPE_CHECKING" in ast.unparse(block.test)
        for child in block.body
        for node in ast.walk(child)
    }
    for node in ast.walk(tree):
        if id(node) in hidden:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module == "cvm":
            yield from (f"cvm.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def faults(module, code):
    """List what is wrong with the imports and the sizes of a module."""
    tree = ast.parse(code)
    return [*_arrows(module, tree), *_sizes(module, code, tree), *_open_ends(module, tree)]


def _arrows(module, tree):
    for name in imports(tree):
        home, _, rest = name.partition(".")
        if home == "cvm" and rest:
            above = rest.split(".")[0]
            if floor(above) > floor(module):
                yield f"{module} imports {name}, which lives on a floor above it"
        elif part(module) not in ONLY.get(home, {part(module)}):
            yield f"{module} imports {home}: only {', '.join(ONLY[home])}/ may"
        elif floor(module) == FOUNDATIONS and home not in BEDROCK | set(sys.stdlib_module_names):
            yield f"{module} is a foundation and imports {home}"


def _sizes(module, code, tree):
    if len(code.splitlines()) > MODULE_LINES:
        yield f"{module} has {len(code.splitlines())} lines; {MODULE_LINES} is the end"
    for node in _functions(tree):
        lines = node.end_lineno - node.lineno + 1 - _docstring_lines(node)
        if lines > FUNCTION_LINES:
            yield f"{module}.{node.name} has {lines} lines; {FUNCTION_LINES} is the end"


def _open_ends(module, tree):
    for node in _functions(tree):
        if not node.args.kwarg or (module, node.name) in OPEN_ENDED:
            continue
        public = not node.name.startswith("_") or (module, node.name) == ("words", "_")
        inner = any(node in ast.walk(other) for other in _functions(tree) if other is not node)
        if public and not inner:
            yield f"{module}.{node.name} takes **{node.args.kwarg.arg}: name what it takes"


def _functions(tree):
    return [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]


def _docstring_lines(node):
    if ast.get_docstring(node) is None:
        return 0
    return node.body[0].end_lineno - node.body[0].lineno + 1


# --- exact: each rule sees what breaks it ---------------------------------------

BAD = {
    "levers": ("from cvm.tiering import rfm", "imports cvm.tiering, which lives on a floor above"),
    "luck": ("import statsmodels.api", "luck is a foundation and imports statsmodels"),
    "tiering/summary": ("from cvm import plots", "imports cvm.plots, which lives on a floor above"),
    "tiering/shares": (
        "def f():\n    import matplotlib.pyplot",
        "imports matplotlib: only plots/ may",
    ),
    "check/cards": ("from ipywidgets import HTML", "imports ipywidgets: only whatif/ may"),
    "market": ("import cvm.research", "imports cvm.research, which lives on a floor above"),
    "research/claims": ("from cvm.datasets import load", "imports cvm.datasets, which lives"),
    "value": ("x = 1\n" * 501, "value has 501 lines"),
    "loyalty": ("def f():\n" + "    x = 1\n" * 40, "loyalty.f has 41 lines"),
    "service": ("def f(**options):\n    pass", "service.f takes **options"),
}


@pytest.mark.parametrize(("module", "bad"), BAD.items(), ids=BAD)
def test_a_bad_module_is_told(module, bad):
    code, message = bad
    (fault,) = faults(module, code)
    assert message in fault


@pytest.mark.parametrize(
    ("module", "code"),
    [
        ("tiering", "from cvm.luck import Luck\nimport statsmodels.api as sm"),
        ("market", "from cvm.loyalty import curve"),
        ("research/design", "import cvm.market"),
        ("whatif/panel", "import ipywidgets\nfrom cvm.plots import theme"),
        ("words", "def _(text, **values):\n    pass"),
        ("levers", "if TYPE_CHECKING:\n    from cvm.plots import ink"),
        ("loyalty", 'def f():\n    """' + "a\n" * 50 + '"""\n    return 1'),
    ],
)
def test_a_good_module_is_left_alone(module, code):
    assert faults(module, code) == []


# --- invariant: the package as it stands -----------------------------------------


@pytest.mark.parametrize("module", MODULES)
def test_imports_run_one_way_and_pieces_stay_small(module):
    assert module == "__init__" or faults(module, MODULES[module].read_text("utf-8")) == []


def _models(kind=Levers):
    for child in kind.__subclasses__():
        yield child
        yield from _models(child)


def test_points_on_a_lever_are_points_of_percentage():
    # "points" is written as per cent: a score of 70 points would read 7,000.
    for module in MODULES:
        importlib.import_module(f"cvm.{module.replace('/', '.')}".removesuffix(".__init__"))
    models = [model for model in _models() if model.__module__.startswith("cvm.")]
    wrong = {
        f"{model.__name__}.{item.name}"
        for model in models
        for item in model.declared()
        if item.unit == "points" and max(abs(item.low or 0), abs(item.high or 0)) > 1
    }
    assert len(models) > 40
    assert wrong == set()


@pytest.mark.parametrize("name", cvm._PARTS)
def test_everything_public_explains_its_parameters(name):
    assert list(_unexplained(importlib.import_module(f"cvm.{name}"))) == []


def _unexplained(module):
    for name in getattr(module, "__all__", ()):
        item = getattr(module, name)
        if not inspect.isfunction(item):
            continue
        told = inspect.getdoc(item) or f"{name} has no docstring"
        wanted = inspect.signature(item).parameters
        if "arameters as in" not in told:
            yield from (f"{name} does not explain {p}" for p in wanted if p not in told)


# --- recovery: what docstrings show is what happens -------------------------------


@pytest.mark.parametrize(
    "module", [m for m, path in MODULES.items() if ">>>" in path.read_text("utf-8")]
)
def test_examples_in_docstrings_work(module):
    found = importlib.import_module(f"cvm.{module}".replace("/", ".").removesuffix(".__init__"))
    usual = {"np": np, "pd": pd}  # as in NumPy's and pandas' own examples
    outcome = doctest.testmod(found, extraglobs=usual, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert outcome.attempted > 0
    assert outcome.failed == 0


# --- inputs ----------------------------------------------------------------------


def test_importing_the_kit_is_quick():
    code = "import sys, cvm; print(sorted({m.split('.')[0] for m in sys.modules}))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"numpy", "pandas", "scipy", "matplotlib", "seaborn", "ipywidgets", "statsmodels"}
    assert heavy.isdisjoint(ast.literal_eval(told.stdout))


def test_a_part_the_kit_does_not_have_is_told():
    with pytest.raises(AttributeError, match=r"module 'cvm' has no part 'tiers'; it has .*check, "):
        _ = cvm.tiers
    assert set(dir(cvm)) >= {"tiering", "plots", "__version__"}
