"""Read a source: jupytext Markdown, with four things of our own.

A fence of three backticks and ``python`` is a code cell; other fences (``bash``,
plain) stay text. Between two Markdown cells stand two blank lines; a heading also
begins a new cell. Then:

``{{ expression }}``
    In prose: evaluated in the notebook's kernel after the cells above it, and its
    ``str()`` put in place, so that no number is typed. Blanks inside the braces
    are needed; LaTeX's own ``{{`` has none.
``<!-- holds: expression -->``
    Beside a claim in words ("more than half"): the build fails if it is false, and
    the marker is taken out.
``<!-- typed: why -->``
    Excuses the digits of its paragraph from the rule that numbers are computed.
    Taken out as well.
``alt="..."`` on a fence
    What the cell's figure shows, for those who cannot see it; may hold ``{{ }}``.

In an exercise the lines between ``# solution`` and ``# end`` are the worked answer.
The student's copy has ``NAME = ...  # your answer`` there, for each name the block
assigns and the rest of the notebook uses. Prose of an exercise computes nothing,
because each student's data is different.
"""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Iterable

import jupytext
import nbformat

from builder import BuildError

__all__ = ["EXPRESSION", "HOLDS", "TYPED", "read", "solved", "student", "unmarked"]

EXPRESSION = re.compile(r"\{\{\s(.+?)\s\}\}", re.DOTALL)
HOLDS = re.compile(r"<!--\s*holds:\s*((?:(?!-->).)+?)\s*-->", re.DOTALL)
TYPED = re.compile(r"<!--\s*typed:\s*((?:(?!-->).)+?)\s*-->", re.DOTALL)

_MARKDOWN = {"extension": ".md", "format_name": "markdown", "split_at_heading": True}
_SOLUTION, _END = "# solution", "# end"
_BLANK = "# your answer"


def read(text: str) -> nbformat.NotebookNode:
    """Turn a source into a notebook that is not executed yet.

    Parameters
    ----------
    text : str
        The jupytext Markdown.

    Returns
    -------
    NotebookNode
        Cells with ids made from their content; equal cells are counted.
    """
    found = jupytext.reads(text, fmt=_MARKDOWN)
    cells = _merged(found.cells)
    seen: dict[str, int] = {}
    for cell in cells:
        digest = hashlib.sha256(f"{cell.cell_type}\n{cell.source}".encode()).hexdigest()[:8]
        seen[digest] = seen.get(digest, 0) + 1
        cell.id = digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"
    return nbformat.v4.new_notebook(cells=cells)


def student(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Give the student's copy of a solved exercise: answers blanked, nothing executed."""
    cells = _code(notebook)
    shared = "\n".join(_without_solutions(cell) for cell in cells)
    used = _names(shared, ast.Load)
    for cell in cells:
        cell.source = _rewrite(cell, lambda block: _blanks(block, used))
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = unmarked(cell.source)
    return notebook


def solved(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Give the trainer's copy: the worked answers without their markers."""
    for cell in _code(notebook):
        cell.source = _rewrite(cell, lambda block: block)
    return notebook


def unmarked(text: str) -> str:
    """Take the markers out of a text; one on a line of its own takes the line with it."""
    for marker in (HOLDS, TYPED):
        line = re.compile(rf"^[ \t]*{marker.pattern}[ \t]*\n", re.DOTALL | re.MULTILINE)
        inline = re.compile(rf"[ \t]*{marker.pattern}", re.DOTALL)
        text = inline.sub("", line.sub("", text + "\n"))
    return text.strip()


def _code(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def _merged(cells: Iterable[nbformat.NotebookNode]) -> list[nbformat.NotebookNode]:
    """Put fences of other languages, which jupytext makes cells of, back into the text."""
    merged: list[nbformat.NotebookNode] = []
    joins = False
    for cell in cells:
        magic = re.match(r"%%(\w+)[^\n]*\n", cell.source) if cell.cell_type == "code" else None
        plain = cell.cell_type == "markdown" and cell.source.startswith("```")
        if magic:
            fence = f"```{magic[1]}\n{cell.source[magic.end() :]}\n```"
            cell = nbformat.v4.new_markdown_cell(fence)
        heading = cell.source.startswith("#")
        text = cell.cell_type == "markdown"
        after_text = bool(merged) and merged[-1].cell_type == "markdown"
        if text and after_text and (magic or plain or (joins and not heading)):
            merged[-1].source += "\n\n" + cell.source
        else:
            merged.append(cell)
        joins = bool(magic) or plain
    return merged


def _rewrite(cell: nbformat.NotebookNode, answer) -> str:
    """Replace each solution block by what ``answer`` makes of its lines."""
    out: list[str] = []
    block: list[str] | None = None
    for line in cell.source.splitlines():
        marker = line.strip()
        if marker == _SOLUTION and block is None:
            block = []
        elif marker == _END and block is not None:
            out += answer(block)
            block = None
        elif marker in (_SOLUTION, _END):
            raise BuildError(f"'{marker}' has no partner in this cell:\n{cell.source}")
        else:
            (out if block is None else block).append(line)
    if block is not None:
        raise BuildError(f"'{_SOLUTION}' without '{_END}' in this cell:\n{cell.source}")
    return "\n".join(out)


def _without_solutions(cell: nbformat.NotebookNode) -> str:
    return _rewrite(cell, lambda block: [])


def _blanks(block: list[str], used: set[str]) -> list[str]:
    assigned = _targets("\n".join(block))
    wanted = [name for name in assigned if name in used]
    return [f"{name} = ...  {_BLANK}" for name in wanted] or [_BLANK]


def _parse(code: str) -> ast.Module:
    try:
        return ast.parse(code)
    except SyntaxError as error:
        raise BuildError(f"this is not Python ({error.msg}):\n{code}") from error


def _names(code: str, context: type[ast.expr_context]) -> set[str]:
    names = (node for node in ast.walk(_parse(code)) if isinstance(node, ast.Name))
    return {node.id for node in names if isinstance(node.ctx, context)}


def _targets(code: str) -> list[str]:
    """List the names a block leaves behind, in the order it assigns them."""
    found: list[str] = []
    for statement in _parse(code).body:
        if isinstance(statement, ast.FunctionDef | ast.ClassDef):
            found.append(statement.name)
        else:
            found += [
                node.id
                for node in ast.walk(statement)
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
            ]
    return list(dict.fromkeys(found))
