"""Marking: from an answer to a verdict.

First the expected answer, then the named mistakes, then a general diagnosis. A
verdict never depends on how an answer is written, and no answer can stop it.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field

import numpy as np

from cvm.check.answers import Unreadable, Values, empty
from cvm.check.cards import Verdict
from cvm.check.compare import diagnose, distance, same
from cvm.check.data import Data
from cvm.check.question import Mistake, Question
from cvm.words import _

__all__ = ["Marker"]


@dataclass
class Marker:
    """Marks one student's answers, and keeps what was computed for that.

    Parameters
    ----------
    full : Data
        The student's data with what students do not see.
    """

    full: Data
    seen: Data = field(init=False)
    known: dict[tuple[str, str], Values] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.seen = self.full.observed()

    def mark(self, question: Question, answer: object) -> Verdict:
        """Give the verdict on an answer.

        Parameters
        ----------
        question : Question
            What was asked.
        answer : object
            Anything at all.

        Returns
        -------
        Verdict
            Never an exception of the answer's making.
        """
        if empty(answer):
            message = _("Write your answer in place of the dots, and run the cell again.")
            return Verdict(question=question.id, status="not attempted", message=message)
        # Whatever the student's object does when touched, its warnings stay here.
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            expected = self.expected(question)
            try:
                return self._judge(question, answer, expected)
            except Unreadable as why:
                return _not_quite(question, str(why))
            # An answer may raise what it likes when it is converted, compared or even
            # measured. Only an interrupt from the keyboard passes.
            except (Exception, SystemExit, GeneratorExit) as error:
                words = {"type": type(answer).__name__, "error": type(error).__name__}
                message = _("An answer of type `{type}` cannot be read here ({error}).", **words)
                return _not_quite(question, message)

    def expected(self, question: Question) -> Values:
        """Compute the expected answer from the student's data, once."""
        place = (question.id, "")
        if place not in self.known:
            right = question.reference(self.seen)
            self.known[place] = question.answer.read(right, data=self.seen)
        return self.known[place]

    def wrong(self, question: Question, mistake: Mistake) -> Values:
        """Compute what a mistake leads to on the student's data, once."""
        place = (question.id, mistake.name)
        if place not in self.known:
            like = tuple(self.expected(question))
            wrong = mistake.wrong(self.seen)
            self.known[place] = question.answer.read(wrong, data=self.seen, like=like)
        return self.known[place]

    def harmless(self, question: Question, mistake: Mistake) -> bool:
        """Tell whether a mistake happens to lead to the right answer on this data."""
        expected, wrong = self.expected(question), self.wrong(question, mistake)
        theirs = {label: expected[label] for label in wrong if label in expected}
        return len(theirs) == len(wrong) and same(wrong, theirs, tolerance=question.tolerance)

    def recognised(self, question: Question, given: Values) -> list[Mistake]:
        """Find the mistakes that lead to an answer, those nearest to it.

        A mistake that leads to the right answer on this data is left out. Two that
        lead to one answer cannot be told apart, and both are given.
        """
        found = [
            (distance(given, self.wrong(question, mistake)), mistake)
            for mistake in question.mistakes
            if not self.harmless(question, mistake)
            and same(given, self.wrong(question, mistake), tolerance=question.tolerance)
        ]
        least = min((far for far, _mistake in found), default=0.0)
        return [mistake for far, mistake in found if far <= least + 1e-9]

    def _judge(self, question: Question, answer: object, expected: Values) -> Verdict:
        kind, tolerance = question.answer, question.tolerance
        given = kind.read(answer, data=self.seen, like=tuple(expected))
        if same(given, expected, tolerance=tolerance):
            message = _(question.shows, answer=kind.write(expected))
            return Verdict(question=question.id, status="right", message=message)
        mistakes = self.recognised(question, given)
        if not mistakes:
            why = diagnose(given, expected, tolerance=tolerance, unit=kind.unit)
            return _not_quite(question, why)
        replies = [_(mistakes[0].reply)]
        replies += [_("Or: {reply}", reply=_(m.reply)) for m in mistakes[1:]]
        return _not_quite(question, " ".join(replies), mistakes[0].name)


def _not_quite(question: Question, message: str, mistake: str = "") -> Verdict:
    return Verdict(question=question.id, status="not quite", message=message, mistake=mistake)
