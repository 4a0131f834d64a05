"""Every text goes through a catalogue: none is missed, none is built where it cannot be."""

import ast
import importlib.util
import io
import string
from dataclasses import dataclass
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from cvm import words
from cvm.errors import CvmError
from cvm.levers import Levers, lever
from cvm.results import Estimate, number
from cvm.words import N_, _

PACKAGE = Path(words.__file__).parent
MODULES = [path for path in sorted(PACKAGE.rglob("*.py")) if path.parent.name != "locale"]

# Where a person reads what is written in the call.
SPEAKERS = {
    "CvmError", "MissingExtra", "TableError",
    "set_title", "set_xlabel", "set_ylabel", "suptitle", "annotate", "text",
}  # fmt: skip
SPOKEN = {
    "wrong", "remedy", "purpose", "meaning", "description", "tooltip", "placeholder",
    "xlabel", "ylabel", "title", "label",
}  # fmt: skip
CODES = {"share", "points"}  # units that the kit itself acts on


def extractor():
    spec = importlib.util.spec_from_file_location("extract", PACKAGE / "locale" / "extract.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def faults(code):
    """List the texts of a module that no catalogue could hold, with their lines."""
    calls = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)]
    return [f"line {call.lineno}: {fault}" for call in calls for fault in _faults_of(call)]


def _faults_of(call):
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    first = call.args[0] if call.args else None
    if name in ("_", "N_"):
        yield from _marked(name, first, call)
        return
    if name in SPEAKERS:
        for spoken in call.args if name != "MissingExtra" else ():
            if _raw(spoken):
                yield f"{name}() speaks without _(): {ast.unparse(spoken)}"
    for keyword in call.keywords:
        if keyword.arg in SPOKEN and _raw(keyword.value):
            yield f"{keyword.arg}= speaks without _() or N_(): {ast.unparse(keyword.value)}"
        declares = keyword.arg == "unit" and name in ("lever", "assumption")
        if declares and _raw(keyword.value) and keyword.value.value not in CODES:
            yield f"unit= speaks without N_(): {keyword.value.value!r}"


def _marked(name, first, call):
    if isinstance(first, ast.JoinedStr):
        yield f"{name}() of an f-string: a catalogue cannot hold {ast.unparse(first)}"
    elif isinstance(first, ast.BinOp):
        yield f"{name}() of a sum: a catalogue cannot hold {ast.unparse(first)}"
    elif isinstance(first, ast.Call):
        if ast.unparse(first.func).endswith(".format"):
            yield f"{name}() of a filled text: fill it with {name}(text, name=value)"
    elif name == "N_" and not isinstance(first, ast.Constant):
        yield "N_() of a variable: mark the text where it is written"
    elif isinstance(first, ast.Constant):
        yield from _names(name, first.value, call)


def _names(name, text, call):
    """Tell names that a text wants and a call does not give, and the reverse."""
    given = {keyword.arg for keyword in call.keywords}
    if name == "N_" or None in given:  # **values: known only when it runs
        return
    if not given and "{" not in text:
        return
    wanted = {field for _text, field, _spec, _how in string.Formatter().parse(text) if field}
    if not given and not all(field.isidentifier() for field in wanted):
        return  # braces that stand for themselves, as in an example of code
    if wanted != given:
        yield f"{text!r} wants {sorted(wanted)} and gets {sorted(given)}"


def _raw(node):
    """Tell whether a text is written straight into the call."""
    if isinstance(node, ast.JoinedStr):
        parts = [v.value for v in node.values if isinstance(v, ast.Constant)]
        return any(character.isalpha() for part in parts for character in str(part))
    if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        return False
    # A leading underscore keeps an artist out of matplotlib's key: nobody reads it.
    return any(character.isalpha() for character in node.value) and node.value[0] != "_"


# --- exact ---------------------------------------------------------------------


def test_the_list_for_translators_is_in_step_with_the_code():
    extract = extractor()
    there = extract.POT.read_text(encoding="utf-8")
    message = "cvm.pot is out of step; bring it in step with: python cvm/locale/extract.py"
    assert there == extract.pot(), message


def test_the_list_has_no_date_and_no_line_number():
    text = extractor().pot()
    assert "Date" not in text
    assert not any(line.startswith("#:") and ".py:" in line for line in text.splitlines())
    assert 'msgid "must be a number"' in text


def test_check_says_the_command(tmp_path, monkeypatch, capsys):
    extract = extractor()
    monkeypatch.setattr(extract, "POT", tmp_path / "cvm.pot")
    assert extract.main(["--check"]) == 1
    assert "python cvm/locale/extract.py" in capsys.readouterr().out
    assert extract.main([]) == 0
    assert extract.main(["--check"]) == 0


BAD = {
    '_(f"a {x}")': "of an f-string",
    '_("a" + x)': "of a sum",
    '_("a {x}".format(x=1))': "of a filled text",
    "N_(text)": "N_() of a variable",
    '_("a {x}", y=1)': "wants ['x'] and gets ['y']",
    '_("a {x}")': "wants ['x'] and gets []",
    '_("a", x=1)': "wants [] and gets ['x']",
    'CvmError("Wrong.")': "CvmError() speaks without _()",
    'CvmError(f"Wrong: {x}")': "CvmError() speaks without _()",
    'CvmError(_("Wrong."), remedy="Do.")': "remedy= speaks without",
    'ax.set_xlabel("share")': "set_xlabel() speaks without _()",
    'lever(1, low=0, high=2, meaning="visits")': "meaning= speaks without",
    'lever(1, low=0, high=2, unit="visits", meaning=N_("x"))': "unit= speaks without N_()",
    'Button(description="Reset")': "description= speaks without",
}


@pytest.mark.parametrize(("code", "message"), BAD.items())
def test_a_text_that_no_catalogue_could_hold_is_told(code, message):
    (fault,) = faults(code)
    assert fault.startswith("line 1: ")
    assert message in fault


@pytest.mark.parametrize(
    "code",
    [
        '_("a {x!r}", x=1)',
        '_("a {x}", **values)',
        "_(item.meaning)",
        'lever(1, low=0, high=2, unit="share", meaning=N_("x"))',
        'CvmError(_("Wrong."), given=x)',
        'ax.text(0, 1, "80 %")',
        'ax.annotate(f"{x} %", xy=(0, 1))',
        '_("no braces")',
        '_("write {1: 2}")',
    ],
)
def test_a_good_text_is_left_alone(code):
    assert faults(code) == []


# --- invariant -----------------------------------------------------------------


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_every_text_of_the_package_can_be_translated(path):
    assert faults(path.read_text(encoding="utf-8")) == []


# --- recovery: a toy language appears everywhere without a change of code --------


class Toy(Levers):
    cut: float = lever(0.2, low=0, high=1, unit="share", meaning=N_("months"))


@dataclass(frozen=True, kw_only=True, repr=False)
class Nothing(Estimate):
    pass


@pytest.fixture
def toy(tmp_path, monkeypatch):
    """A language "xx" in which every text of the kit stands between guillemets."""
    catalogue = read_po(io.StringIO(extractor().pot()))
    for message in catalogue:
        if message.id:
            message.string = f"«{message.id}»"
    folder = tmp_path / "xx" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "cvm.mo").open("wb") as file:
        write_mo(file, catalogue)
    monkeypatch.setattr(words, "LOCALE", tmp_path)
    yield
    words.use_language("en")


def test_a_new_catalogue_is_found_and_used(toy):
    assert words.languages() == ["en", "xx"]
    words.use_language("xx")
    assert words.language() == "xx"
    assert _("months") == "«months»"
    assert _("You gave {given}.", given=3) == "«You gave 3.»"
    words.use_language("en")
    assert _("months") == "months"


def test_errors_units_meanings_and_results_speak_it(toy):
    words.use_language("xx")
    with pytest.raises(CvmError, match=r"«Toy\.cut «must lie between 0 and 1»"):
        Toy(cut=2)
    assert Toy.reference().loc["cut", "meaning"] == "«months»"
    assert Toy.reference().loc["cut", "role"] == "«lever»"
    assert number(3, "visits") == "3 «visits»"
    told = str(Nothing(name="x", value=1.0, low=0.0, high=2.0))
    assert told.startswith("«x: 1 (95 % interval 0 to 2»")


def test_labels_of_plots_speak_it(toy):
    import pandas as pd

    from cvm import plots

    curve = pd.DataFrame({"customer_share": [0.0, 0.5, 1.0], "value_share": [0.0, 0.2, 1.0]})
    words.use_language("xx")
    axes = plots.lorenz(curve)
    assert axes.get_xlabel().startswith("«")
    assert axes.get_ylabel().startswith("«")


def test_verdicts_and_hints_speak_it(toy):
    from cvm.check import check

    words.use_language("xx")
    assert "«" in str(check("06.1", ...))


# --- inputs --------------------------------------------------------------------


def test_a_language_that_is_not_there_is_told():
    with pytest.raises(CvmError, match="There is no catalogue for this language"):
        words.use_language("tlh")
    assert words.language() == "en"


def test_a_language_wanted_from_outside_that_is_not_there_leaves_english(monkeypatch):
    monkeypatch.setenv("CVM_LANGUAGE", "tlh")
    words._language_from_environment()
    assert words.language() == "en"
