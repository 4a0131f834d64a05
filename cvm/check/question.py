"""Questions: an exercise is data, declared once and refused at import if it is thin.

A question holds the function that computes its expected answer from the student's
own data, a tolerance, the mistakes it knows by name, a ladder of hints and the
worked solution. Nothing of it is a number: the answer is made when it is needed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cvm.check.answers import Kind
from cvm.check.data import Data
from cvm.errors import CvmError
from cvm.words import _

__all__ = ["Chapter", "Mistake", "OpenQuestion", "Point", "Prediction", "Question"]

#: The least a question brings.
MISTAKES, HINTS = 3, 2


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """A wrong answer that is known by name.

    Parameters
    ----------
    name : str
        A few words with hyphens, for the trainer's table of marks.
    wrong : callable
        The answer this mistake leads to, from the student's data. For a table or a
        Series it may give only the part that goes wrong.
    reply : str
        What the student is told: which mistake, and where to look.
    """

    name: str
    wrong: Callable[[Data], Any]
    reply: str


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question that is marked by the machine.

    Parameters
    ----------
    id : str
        Chapter and number, such as "06.2".
    prompt : str
        The question in one sentence.
    answer : Kind
        What kind of answer is wanted, with its unit.
    reference : callable
        The right answer, from the student's data.
    tolerance : float
        Largest difference allowed, as a share of the expected value.
    shows : str
        What the right answer shows; ``{answer}`` stands for it.
    mistakes : tuple of Mistake
        At least three.
    hints : tuple of str
        At least two, from a nudge to the method.
    solution : str
        The method in words and code, never the number. Code lines begin with four
        spaces; they make ``answer`` from ``data``.

    Raises
    ------
    CvmError
        If something is missing; all that is missing is named.
    """

    id: str
    prompt: str
    answer: Kind
    reference: Callable[[Data], Any]
    shows: str
    mistakes: tuple[Mistake, ...]
    hints: tuple[str, ...]
    solution: str
    tolerance: float = 0.002

    def __post_init__(self) -> None:
        named = [mistake.name for mistake in self.mistakes]
        replies = [mistake.reply for mistake in self.mistakes]
        faults = {
            _("its number is not written like 06.2"): not re.fullmatch(r"\d\d\.\d+", self.id),
            _("it has fewer than {n} named mistakes", n=MISTAKES): len(named) < MISTAKES,
            _("two mistakes have the same name"): len(set(named)) < len(named),
            _("two mistakes have the same reply"): len(set(replies)) < len(replies),
            _("it has fewer than {n} hints", n=HINTS): len(self.hints) < HINTS,
            _("a text is empty"): not all([self.prompt, self.shows, self.solution, *replies,
                                           *self.hints, *named]),
            _("its solution has no line of code"): "\n    " not in self.solution,
            _("its tolerance is not between 0 and 0.1"): not 0 <= self.tolerance <= 0.1,
        }  # fmt: skip
        _refuse(_("Question {id} is not complete", id=self.id), faults)

    @property
    def chapter(self) -> str:
        """The chapter it belongs to, such as "06"."""
        return self.id.partition(".")[0]


@dataclass(frozen=True, kw_only=True)
class Prediction:
    """A number to be guessed before the truth is shown.

    Parameters
    ----------
    id : str
        Chapter and letter, such as "06.a".
    prompt : str
        The question in one sentence.
    truth : callable
        The true number, from the full data (with what students do not see).
    low, high : float
        The ends of what can be guessed.
    unit : str
        As in :func:`cvm.results.number`.
    shows : str
        What the truth teaches; ``{truth}`` stands for it.
    measures : str
        What the number is, under two bars: what was said and what is true.
    picture : callable, optional
        Draws the truth instead of the bars: takes the full data, an Axes and the predicted
        number.
    alt : str
        What the picture shows, in words; ``{truth}`` and ``{predicted}`` stand for
        the numbers.
    """

    id: str
    prompt: str
    truth: Callable[[Data], float]
    low: float
    high: float
    shows: str
    alt: str
    measures: str = ""
    picture: Callable[[Data, Any, float], Any] | None = None
    unit: str = ""

    def __post_init__(self) -> None:
        faults = {
            _("its number is not written like 06.a"): not re.fullmatch(r"\d\d\.[a-z]", self.id),
            _("low is not below high"): not self.low < self.high,
            _("a text is empty"): not all([self.prompt, self.shows, self.alt]),
            _("it has neither words for its bars nor a picture of its own"): not (
                self.measures or self.picture
            ),
        }
        _refuse(_("Prediction {id} is not complete", id=self.id), faults)


@dataclass(frozen=True, kw_only=True)
class Point:
    """One point of a marking rubric.

    Parameters
    ----------
    point : str
        What is looked for.
    marks : int
        How much it counts, 1 or more.
    full, none : str
        What earns all the marks, and what earns nothing.
    """

    point: str
    marks: int
    full: str
    none: str


@dataclass(frozen=True, kw_only=True)
class OpenQuestion:
    """A question people mark, with its rubric.

    Parameters
    ----------
    id : str
        Chapter and "open", such as "06.open".
    prompt : str
        The question.
    points : tuple of Point
        The rubric, three points or more.
    """

    id: str
    prompt: str
    points: tuple[Point, ...]

    def __post_init__(self) -> None:
        texts = [text for p in self.points for text in (p.point, p.full, p.none)]
        faults = {
            _("its number is not written like 06.open"): not re.fullmatch(r"\d\d\.open", self.id),
            _("its rubric has fewer than 3 points"): len(self.points) < 3,
            _("a point has no marks"): any(p.marks < 1 for p in self.points),
            _("a text is empty"): not all([self.prompt, *texts]),
        }
        _refuse(_("Open question {id} is not complete", id=self.id), faults)


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """All the exercises of a chapter and the data they are about.

    Parameters
    ----------
    id : str
        Two digits, such as "06".
    draw : callable
        Makes the tables (and single numbers) by name from a seed. Columns called
        ``true_*``, and names that begin with ``true_``, are not shown to students.
    questions, predictions : tuple
        In the order they are asked.
    open : OpenQuestion or None
        The question people mark.
    """

    id: str
    draw: Callable[[int], Mapping[str, Any]]
    questions: tuple[Question, ...]
    predictions: tuple[Prediction, ...] = ()
    open: OpenQuestion | None = None

    def __post_init__(self) -> None:
        ids = [q.id for q in self.questions] + [p.id for p in self.predictions]
        ids += [self.open.id] if self.open else []
        faults = {
            _("it has no question"): not self.questions,
            _("two parts have the same number"): len(set(ids)) < len(ids),
            _("a part belongs to another chapter"): any(i[:2] != self.id for i in ids),
        }
        _refuse(_("Chapter {id} is not complete", id=self.id), faults)


def _refuse(what: str, faults: Mapping[str, bool]) -> None:
    found = [fault for fault, is_there in faults.items() if is_there]
    if found:
        raise CvmError(f"{what}: {'; '.join(found)}.", remedy=_("Complete its declaration."))
