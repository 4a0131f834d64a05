"""The desk: where answers are handed in.

It keeps the only state of this package: for which student this process works, the
data drawn for them, and what was answered, hinted and predicted. A notebook needs
that, because ``check("06.2", answer)`` says neither who is asking nor about which
data. It lives as long as the process does and is written nowhere.
"""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from cvm.check.cards import Verdict
from cvm.check.data import Data, seed_of, student_key
from cvm.check.marking import Marker
from cvm.check.question import Chapter
from cvm.errors import CvmError, near_miss
from cvm.words import _

__all__ = ["Desk", "Folder", "Record", "chapter", "chapters", "find", "named"]


@dataclass
class Record:
    """What one student did with one question."""

    verdict: Verdict | None = None
    attempts: int = 0
    hints: int = 0
    asked: bool = False
    solution: bool = False

    def row(self) -> dict[str, object]:
        """Give it as a row of the table of marks."""
        return {
            "verdict": self.verdict.status if self.verdict else "not attempted",
            "mistake": self.verdict.mistake if self.verdict else "",
            "attempts": self.attempts,
            "hints": self.hints,
            "solution": self.solution,
        }


@dataclass
class Folder:
    """One student's exercise: the data, and what was done with it."""

    student: str
    full: Data
    marker: Marker
    records: dict[str, Record] = field(default_factory=dict)
    predictions: dict[str, float] = field(default_factory=dict)

    def record(self, question: str) -> Record:
        """Give the record of a question, begun if it is new."""
        return self.records.setdefault(question, Record())


class Desk:
    """All the state of one process; :mod:`cvm.check` uses one."""

    def __init__(self) -> None:
        self.folders: dict[tuple[str, str], Folder] = {}
        self.student = ""

    def begin(self, name: object, student: object) -> Data:
        """Draw a chapter's data for a student, and work for them from now on.

        What they did before in this process stays.
        """
        key, content = student_key(student), chapter(name)
        if (key, content.id) not in self.folders:
            full = Data(content.id, str(student), content.draw(seed_of(content.id, student)))
            folder = Folder(student=str(student), full=full, marker=Marker(full))
            self.folders[key, content.id] = folder
        self.student = key
        return self.folders[key, content.id].full.observed()

    def folder(self, identity: str) -> Folder:
        """Find the open folder of a question's chapter.

        Raises
        ------
        CvmError
            If the exercise was not begun.
        """
        name = identity.partition(".")[0]
        if (self.student, name) in self.folders:
            return self.folders[self.student, name]
        wrong = _("The data of this exercise has not been drawn yet.")
        first = f'data = exercise("{name}", student="...")'
        raise CvmError(wrong, remedy=_("Run first: {code}", code=first))

    def marks(self) -> pd.DataFrame:
        """Give the table of marks: one row a student and question."""
        rows = [
            {"student": folder.student, "question": question.id}
            | folder.records.get(question.id, Record()).row()
            for (_key, name), folder in self.folders.items()
            for question in chapter(name).questions
        ]
        return pd.DataFrame(rows, columns=["student", "question", *Record().row()])


def chapters() -> list[str]:
    """List the chapters that have exercises."""
    here = [str(Path(__file__).parent)]
    names = [module.name for module in pkgutil.iter_modules(here)]
    return sorted(n.removeprefix("questions_") for n in names if n.startswith("questions_"))


def chapter(name: object) -> Chapter:
    """Load a chapter's exercises when they are first needed.

    Raises
    ------
    CvmError
        If there is no such chapter.
    """
    text = f"{name:02d}" if isinstance(name, int) else str(name)
    if text not in chapters():
        wrong = _("There is no exercise for this chapter.")
        raise CvmError(wrong, given=name, remedy=near_miss(text, chapters()))
    content: Chapter = importlib.import_module(f"cvm.check.questions_{text}").CHAPTER
    return content


def find(identity: object, part: Literal["questions", "predictions"]) -> Any:
    """Find a question or a prediction by its number.

    Parameters
    ----------
    identity : str
        Such as "06.2".
    part : {"questions", "predictions"}
        Where to look.

    Raises
    ------
    CvmError
        If there is none, with the near miss.
    """
    text = named(identity)
    known = {item.id: item for item in getattr(chapter(text.partition(".")[0]), part)}
    if text not in known:
        wrong = _("There is no {identity} in this exercise.", identity=text)
        raise CvmError(wrong, remedy=near_miss(text, known))
    return known[text]


def named(identity: object) -> str:
    """Take the number of a question as it is written.

    Raises
    ------
    CvmError
        If it is not a text.
    """
    # Not isinstance: that asks the object itself, which may lie or raise.
    if not issubclass(type(identity), str):
        wrong = _("A question is named by its number, as a text.")
        raise CvmError(wrong, remedy=_('Write for example "06.2".'))
    return str(identity)
