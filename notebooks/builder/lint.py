"""The rules a chapter and an exercise keep, each with the message that teaches it.

Every rule is a function that yields messages; :func:`source_faults` runs those that
read the Markdown source, :func:`chapter_faults` and :func:`exercise_faults` those
that read a built notebook.

Digits in prose. A number that a reader could recompute must be computed: write it
as ``{{ expression }}``. What may be typed: a year (1800-2099), 80/20, a chapter
("chapter 06", "chapters 06 and 11"), a question ("06.2"), minutes, a digit within a
name (B2B, H0), what stands in ``code``, in ``$formulas$``, in a link's address, in
front of a list, in a heading, and under *Further reading*. Anything else needs the
marker ``<!-- typed: why -->`` in its paragraph.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import nbformat

from builder.source import EXPRESSION, TYPED

__all__ = [
    "SECTIONS",
    "START_SECTIONS",
    "chapter_faults",
    "exercise_faults",
    "source_faults",
    "template_faults",
]

#: What every chapter has, in this order.
SECTIONS = (
    "Objectives", "What you should know already", "The story", "The model", "The data",
    "Analysis", "What if", "The claim on trial", "Summary", "Check yourself", "Further reading",
)  # fmt: skip
#: Chapter 00 takes ten minutes and declares a shorter list.
START_SECTIONS = (
    "Objectives", "Is everything here?", "The story", "One picture", "What if",
    "Check yourself", "Summary", "The map of the course", "How to use it", "Further reading",
)  # fmt: skip

LINES = 10
#: What marks a place to fill in, and how many cells a template stays below.
MARK, TEMPLATE_CELLS = "# write yours here:", 40
CODE_IN_A_ROW = 2
WIDGET_TAG = "nbval-ignore-output"

Faults = Iterator[str]
Cell = nbformat.NotebookNode

_DRAWING = re.compile(r"\b(?:plt|sns|ax|axes|fig|matplotlib|seaborn)\.|\.(?:plot|hist|scatter)\(")
_DRAWERS = re.compile(r"^\s*(?:import|from)\s+(?:matplotlib|seaborn)", re.MULTILINE)
_LOCAL = re.compile(r"0x[0-9a-fA-F]{6,}|ipykernel_\d+|site-packages|/home/|/Users/|/tmp/|C:\\")
_WIDGET = re.compile(r"\b(?:what_?if\.\w+|explore)\(|\bipywidgets\b")
_MAY_BE_TYPED = re.compile(
    r"\b(?:1[89]|20)\d\d\b|\b80/20\b|\bchapters?\s+\d\d(?:(?:,| and| to|-)\s*\d\d)*"
    r"|\b\d\d\.(?:\d|[a-z])\b|\b\d+ minutes?\b|[A-Za-z_]\d+|\b\d+[A-Za-z]",
    re.IGNORECASE,
)
_NOT_PROSE = re.compile(
    r"```.*?```|~~~.*?~~~|\$\$.*?\$\$|\$[^$\n]+\$|`[^`]*`|<!--.*?-->|\]\([^)]*\)|<https?:[^>]*>",
    re.DOTALL,
)
_LINE_START = re.compile(r"^\s*(?:\d+[.)]\s|#.*$)", re.MULTILINE)


def source_faults(text: str) -> list[str]:
    """List what is wrong with a source's prose.

    Parameters
    ----------
    text : str
        The jupytext Markdown.
    """
    return list(_typed_numbers(text))


def chapter_faults(notebook: nbformat.NotebookNode, *, start: bool = False) -> list[str]:
    """List what is wrong with a built chapter.

    Parameters
    ----------
    notebook : NotebookNode
        With its outputs.
    start : bool
        Whether it is chapter 00, with its shorter list of sections.
    """
    rules = (_sections_rule(START_SECTIONS if start else SECTIONS), _objectives, *_SHARED, *_SHOWN)
    return [fault for rule in (*rules, _no_functions) for fault in rule(notebook.cells)]


def template_faults(notebook: nbformat.NotebookNode) -> list[str]:
    """List what is wrong with a built template, a notebook to be filled in.

    Parameters
    ----------
    notebook : NotebookNode
        With its outputs.
    """
    rules = (*_SHARED, *_SHOWN, _no_functions, _few_cells, _marked)
    return [fault for rule in rules for fault in rule(notebook.cells)]


def exercise_faults(notebook: nbformat.NotebookNode, *, executed: bool) -> list[str]:
    """List what is wrong with a built exercise.

    Parameters
    ----------
    notebook : NotebookNode
        The student's copy or the solved one.
    executed : bool
        Whether it is the solved copy, which has outputs.
    """
    rules = (*_SHARED, *_SHOWN) if executed else (*_SHARED, _no_functions, _not_executed)
    return [fault for rule in rules for fault in rule(notebook.cells)]


def _typed_numbers(text: str) -> Faults:
    prose = text.partition("\n## Further reading")[0]
    prose = re.sub(r"^```.*?^```", "", prose, flags=re.DOTALL | re.MULTILINE)
    for paragraph in re.split(r"\n\s*\n", prose):
        if TYPED.search(paragraph):
            continue
        bare = _NOT_PROSE.sub(" ", EXPRESSION.sub(" ", paragraph))
        bare = _MAY_BE_TYPED.sub(" ", _LINE_START.sub(" ", bare))
        if digits := re.search(r"\d[\d.,%]*", bare):
            first = " ".join(paragraph.split())[:80]
            yield (
                f"'{digits[0]}' is typed in \"{first}\": compute it with {{{{ ... }}}}, or say "
                "<!-- typed: why --> in that paragraph"
            )


def _sections_rule(wanted: tuple[str, ...]):
    def rule(cells: list[Cell]) -> Faults:
        lines = "\n".join(_text(cell) for cell in cells).splitlines()
        found = [line[3:].strip() for line in lines if line.startswith("## ")]
        names = [title.partition(" (")[0] for title in found]
        if names != list(wanted):
            missing = [name for name in wanted if name not in names]
            extra = [name for name in names if name not in wanted]
            what = [f"missing {', '.join(missing)}"] if missing else []
            what += [f"not known {', '.join(extra)}"] if extra else []
            yield f"the sections are not the agreed ones: {'; '.join(what) or 'another order'}"

    return rule


def _objectives(cells: list[Cell]) -> Faults:
    head = [_text(cell) for cell in cells[:3] if "## Objectives" in _text(cell)]
    if not head:
        yield "the objectives do not stand at the top"
    elif not re.search(r"\d+ minutes", head[0]):
        yield "the objectives do not say how many minutes the chapter takes"


def _cell_length(cells: list[Cell]) -> Faults:
    for place, cell in _code(cells):
        lines = len(cell.source.strip().splitlines())
        if not 1 <= lines <= LINES:
            yield f"cell {place} has {lines} lines of code; 1 to {LINES} are read"


def _semicolons(cells: list[Cell]) -> Faults:
    for place, cell in _code(cells):
        if cell.source.rstrip().endswith(";"):
            yield f"cell {place} ends with ';', which hides nothing here: write _ = ..."


def _no_drawing(cells: list[Cell]) -> Faults:
    for place, cell in _code(cells):
        if found := _DRAWERS.search(cell.source) or _DRAWING.search(cell.source):
            yield f"cell {place} draws by itself ('{found[0].strip()}'): call cvm.plots"


def _no_functions(cells: list[Cell]) -> Faults:
    for place, cell in _code(cells):
        if any(isinstance(node, ast.FunctionDef | ast.ClassDef) for node in _tree(cell)):
            yield f"cell {place} defines a function: it belongs in the package"


def _nothing_local(cells: list[Cell]) -> Faults:
    for place, cell in enumerate(cells, start=1):
        texts = [cell.source, *_outputs_as_text(cell)]
        found = next((hit for text in texts if (hit := _LOCAL.search(text))), None)
        if found:
            yield f"cell {place} holds an address or a path of one machine ('{found[0]}')"


def _prose_between(cells: list[Cell]) -> Faults:
    row = 0
    for place, cell in enumerate(cells, start=1):
        row = row + 1 if cell.cell_type == "code" else 0
        if row == CODE_IN_A_ROW + 1:
            yield f"cell {place} is the third code cell in a row: say something between them"


def _widgets_tagged(cells: list[Cell]) -> Faults:
    for place, cell in _code(cells):
        if _WIDGET.search(cell.source) and WIDGET_TAG not in cell.metadata.get("tags", []):
            yield f'cell {place} shows a widget and needs tags=["{WIDGET_TAG}"]'


def _executed(cells: list[Cell]) -> Faults:
    counts = [cell.execution_count for _, cell in _code(cells)]
    if None in counts:
        yield "a cell has no execution count, so that its output would never be compared"
    elif counts != list(range(1, len(counts) + 1)):
        yield "the cells were not executed once each, from top to bottom"


def _not_executed(cells: list[Cell]) -> Faults:
    if any(cell.outputs or cell.execution_count for _, cell in _code(cells)):
        yield "the student's copy has outputs: they give the answers away"


def _figures(cells: list[Cell]) -> Faults:
    for place, cell in _code(cells):
        if not _has_figure(cell):
            if cell.metadata.get("alt"):
                yield f"cell {place} has words for a figure (alt) but shows none"
            continue
        pictures = [out for out in cell.outputs if "image/png" in out.get("data", {})]
        if not all(out.metadata.get("image/png", {}).get("alt") for out in pictures):
            yield f'cell {place} shows a figure without words for it: alt="..." on its fence'
        if place == len(cells) or cells[place].cell_type != "markdown":
            yield f"cell {place} shows a figure; the next cell must say what it shows"


def _static_first(cells: list[Cell]) -> Faults:
    seen = False
    for place, cell in _code(cells):
        if _WIDGET.search(cell.source):
            if not seen:
                yield f"cell {place} shows a widget; a figure at its default must stand before it"
            seen = False
        seen = seen or _has_figure(cell)


def _quiet(cells: list[Cell]) -> Faults:
    for place, cell in _code(cells):
        for out, text in zip(cell.outputs, _outputs_as_text(cell), strict=True):
            if out.output_type == "error":
                yield f"cell {place} ends in an error: {text[:100]}"
            if out.get("name") == "stderr":
                yield f"cell {place} writes a warning: {text[:100]}"
            if re.match(r"(?:array\(\[)?<Axes", text):
                yield f"cell {place} prints the axes it drew on: write _ = ..."


def _few_cells(cells: list[Cell]) -> Faults:
    if len(cells) >= TEMPLATE_CELLS:
        yield f"the template has {len(cells)} cells; fewer than {TEMPLATE_CELLS} are filled in"


def _marked(cells: list[Cell]) -> Faults:
    """See that each place to fill in says what happens if it is filled in wrongly."""
    marked = [place for place, cell in _code(cells) if MARK in cell.source]
    if not marked:
        yield f"the template marks no place to fill in: '{MARK} ...'"
    for place in marked:
        if "If it is wrong" not in _text(cells[place - 2]):
            yield f"the text before cell {place} must tell what happens: 'If it is wrong, ...'"


_SHARED = (
    _cell_length, _semicolons, _no_drawing, _nothing_local, _prose_between, _widgets_tagged,
)  # fmt: skip
_SHOWN = (_executed, _figures, _static_first, _quiet)


def _code(cells: list[Cell]) -> list[tuple[int, Cell]]:
    return [(place, cell) for place, cell in enumerate(cells, 1) if cell.cell_type == "code"]


def _text(cell: Cell) -> str:
    return cell.source if cell.cell_type == "markdown" else ""


def _tree(cell: Cell) -> list[ast.AST]:
    return list(ast.walk(ast.parse(cell.source)))


def _has_figure(cell: Cell) -> bool:
    return any("image/png" in out.get("data", {}) for out in cell.get("outputs", []))


def _outputs_as_text(cell: Cell) -> list[str]:
    """Give the text of each output, without pictures."""
    texts = []
    for out in cell.get("outputs", []):
        data = out.get("data", {})
        shown = "".join(v for k, v in sorted(data.items(), reverse=True) if k.startswith("text/"))
        texts.append(str(out.get("text", "")) + shown + str(out.get("evalue", "")))
    return texts
