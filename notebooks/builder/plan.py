"""What is built from what, and whether it is in step."""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from builder import BuildError
from builder.clean import clean, dumps
from builder.execute import execute
from builder.source import EXPRESSION, HOLDS, read, solved, student

__all__ = ["COMMAND", "ROOT", "Built", "Target", "build", "difference", "orphans", "plan", "write"]

ROOT = Path(__file__).resolve().parents[2]
COMMAND = "python notebooks/build.py"


@dataclass(frozen=True)
class Target:
    """One notebook to build.

    Parameters
    ----------
    source : Path
        The jupytext Markdown.
    path : Path
        The notebook.
    kind : {"chapter", "student", "solved", "template"}
        Which of the four; a student's copy is not executed. A template is a notebook to be
        filled in, ``template_*.md``; it runs as it stands.
    language : str
        The edition's language.
    """

    source: Path
    path: Path
    kind: Literal["chapter", "student", "solved", "template"]
    language: str = "en"

    @property
    def name(self) -> str:
        """The notebook's place in the project, as messages name it."""
        return "/".join(self.path.parts[-3 if self.kind == "solved" else -2 :])


@dataclass(frozen=True)
class Built:
    """A notebook in memory, or the reason why there is none."""

    target: Target
    text: str
    seconds: float
    error: str = ""


def plan(root: Path = ROOT, *, chapters: Sequence[str] = (), language: str = "en") -> list[Target]:
    """List the notebooks to build.

    Parameters
    ----------
    root : Path
        The project's folder.
    chapters : sequence of str
        Beginnings of chapter names ("06", "06_tiering", "template"); none means all.
    language : str
        Editions other than English have their sources in ``src/<language>/`` and
        their notebooks in ``<language>/``.

    Raises
    ------
    BuildError
        If a chapter asked for has no source.
    """
    inside = "" if language == "en" else language
    targets = []
    for folder, kinds in (("notebooks", ("chapter",)), ("exercises", ("solved", "student"))):
        for source in sorted((root / folder / "src" / inside).glob("[0-9][0-9]_*.md")):
            for kind in kinds:
                place = root / folder / inside / ("solved" if kind == "solved" else "")
                path = place / f"{source.stem}.ipynb"
                targets.append(Target(source, path, kind, language))
    for source in sorted((root / "notebooks" / "src" / inside).glob("template_*.md")):
        path = root / "notebooks" / inside / f"{source.stem}.ipynb"
        targets.append(Target(source, path, "template", language))
    for chapter in chapters:
        if not any(target.source.stem.startswith(chapter) for target in targets):
            known = ", ".join(sorted({target.source.stem for target in targets}))
            raise BuildError(f"There is no source for chapter '{chapter}'; there is {known}.")
    wanted = tuple(chapters) or ("",)
    return [target for target in targets if target.source.stem.startswith(wanted)]


async def make(target: Target) -> str:
    """Build one notebook in memory and give its text."""
    notebook = read(target.source.read_text(encoding="utf-8"))
    if target.kind in ("student", "solved"):
        _no_computing(notebook, target.name)
        notebook = student(notebook) if target.kind == "student" else solved(notebook)
    if target.kind != "student":
        target.path.parent.mkdir(parents=True, exist_ok=True)
        await execute(
            notebook, folder=target.path.parent, name=target.name, language=target.language
        )
    return dumps(clean(notebook))


def build(
    targets: Iterable[Target],
    *,
    jobs: int = 1,
    report: Callable[[Built], None] = lambda built: None,
) -> list[Built]:
    """Build notebooks in memory, several at a time.

    Parameters
    ----------
    targets : iterable of Target
        What to build.
    jobs : int
        Kernels at a time.
    report : callable
        Told of each notebook as it is done.

    Returns
    -------
    list of Built
        In the order of the targets.
    """

    async def one(target: Target, turn: asyncio.Semaphore) -> Built:
        async with turn:
            start = time.perf_counter()
            text = error = ""
            try:
                text = await make(target)
            except BuildError as problem:
                error = str(problem) if target.name in str(problem) else f"{target.name}: {problem}"
            built = Built(target, text, time.perf_counter() - start, error)
            report(built)
            return built

    async def every() -> list[Built]:
        turn = asyncio.Semaphore(jobs)
        return await asyncio.gather(*(one(target, turn) for target in targets))

    return asyncio.run(every())


def write(built: Built) -> None:
    """Write a built notebook in one step, so that nothing is ever half-written."""
    path = built.target.path
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(built.text)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def difference(built: Built) -> str:
    """Say how the notebook on disk differs from the one just built; "" if it does not."""
    path = built.target.path
    if not path.exists():
        return f"{built.target.name} is missing"
    on_disk = path.read_text(encoding="utf-8")
    if on_disk == built.text:
        return ""
    return f"{built.target.name} is out of step: {_first_difference(on_disk, built.text)}"


def orphans(root: Path, targets: Iterable[Target]) -> list[str]:
    """List notebooks that no source makes any more."""
    made = {target.path for target in targets}
    folders = (root / "notebooks", root / "exercises", root / "exercises" / "solved")
    found = [path for folder in folders for path in sorted(folder.glob("*.ipynb"))]
    return [
        f"{path.relative_to(root).as_posix()} has no source" for path in found if path not in made
    ]


def _first_difference(old: str, new: str) -> str:
    try:
        before, after = json.loads(old)["cells"], json.loads(new)["cells"]
    except (ValueError, KeyError):
        return "the file is not a notebook"
    for place, (one, other) in enumerate(zip(before, after, strict=False), start=1):
        for part in ("cell_type", "source", "outputs", "metadata", "execution_count", "id"):
            if one.get(part) != other.get(part):
                return f"cell {place}, its {part}"
    if len(before) != len(after):
        return f"it has {len(before)} cells and should have {len(after)}"
    return "the notebook's metadata or layout"


def _no_computing(notebook, name: str) -> None:
    for place, cell in enumerate(notebook.cells, start=1):
        texts = cell.source if cell.cell_type == "markdown" else cell.metadata.get("alt", "")
        if EXPRESSION.search(texts) or HOLDS.search(texts):
            raise BuildError(
                f"{name}, cell {place}: the prose of an exercise computes nothing, because "
                "each student's data is different."
            )
