"""Ask: the functions a notebook calls.

None of them but :func:`exercise` raises: what goes wrong becomes a card that says
so, and the notebook runs on.
"""

from __future__ import annotations

import base64
import functools
import logging
import math
import numbers
from collections.abc import Callable
from typing import Any, TypeVar, cast

import pandas as pd

from cvm.check.answers import empty
from cvm.check.cards import Card, Note, Reveal, Rubric, Verdict
from cvm.check.data import Data
from cvm.check.desk import Desk, chapter, find, named
from cvm.check.question import Prediction
from cvm.errors import CvmError
from cvm.results import number
from cvm.words import _

_log = logging.getLogger("cvm.check")

__all__ = ["check", "exercise", "hint", "marks", "predict", "reveal", "rubric", "solution"]

_DESK = Desk()

Asked = TypeVar("Asked", bound=Callable[..., Card])


def _never_raises(ask: Asked) -> Asked:
    """Turn whatever goes wrong into a card, so that a notebook runs to its end."""

    @functools.wraps(ask)
    def wrapper(question: object, /, *args: Any) -> Card:
        try:
            return ask(question, *args)
        except CvmError as error:
            message = str(error)
        except Exception as error:
            words = {"error": f"{type(error).__name__}: {error}"}
            message = _("This part of the exercise fails; show your trainer: {error}", **words)
        # Not isinstance: that asks the object itself, which may lie or raise.
        identity = str(question) if issubclass(type(question), str) else type(question).__name__
        return Verdict(question=identity, status="not attempted", message=message)

    return cast(Asked, wrapper)


def exercise(chapter: str, *, student: str | int) -> Data:
    """Draw a student's own data, and work for this student from now on.

    Parameters
    ----------
    chapter : str
        Such as "06".
    student : str or int
        A name, or a code the whole class shares. Case, spaces and full-width
        letters do not matter. The same name always gives the same data.

    Returns
    -------
    Data
        Tables as attributes; printing it lists them.

    Raises
    ------
    CvmError
        For an unknown chapter, or a name that is not a text.
    """
    return _DESK.begin(chapter, student)


@_never_raises
def check(question: str, answer: object = ..., /) -> Verdict:
    """Check an answer.

    Parameters
    ----------
    question : str
        Its number, such as "06.2".
    answer : object
        A number, Series, DataFrame, fitted model, function, or ``...`` for not yet.

    Returns
    -------
    Verdict
        Right, not quite or not attempted, with the reason; never an exception.
    """
    asked = find(question, "questions")
    folder = _DESK.folder(asked.id)
    verdict = folder.marker.mark(asked, answer)
    record = folder.record(asked.id)
    record.verdict = verdict
    record.attempts += verdict.status != "not attempted"
    return verdict


@_never_raises
def hint(question: str, /) -> Note:
    """Give the next hint on the ladder; after the last one, the last one again.

    Parameters
    ----------
    question : str
        Its number, such as "06.2".
    """
    asked = find(question, "questions")
    record = _DESK.folder(asked.id).record(asked.id)
    record.hints = min(record.hints + 1, len(asked.hints))
    place = {"n": number(record.hints), "total": number(len(asked.hints))}
    message = _(asked.hints[record.hints - 1])
    if record.hints == len(asked.hints):
        call = f'solution("{asked.id}")'
        message += " " + _("This is the last hint; `{call}` shows the whole way.", call=call)
    return Note(question=asked.id, title=_("Hint {n} of {total}", **place), message=message)


@_never_raises
def solution(question: str, /) -> Note:
    """Show the worked solution: the method, not the number.

    The first call reminds of the hints not yet read; the next one shows the way all
    the same.

    Parameters
    ----------
    question : str
        Its number, such as "06.2".
    """
    asked = find(question, "questions")
    record = _DESK.folder(asked.id).record(asked.id)
    left = len(asked.hints) - record.hints
    done = record.verdict is not None and record.verdict.right
    if left and not done and not record.asked:
        record.asked = True
        words = {"left": number(left), "call": f'hint("{asked.id}")'}
        message = _("There are hints you have not read ({left}): `{call}` gives the next. "
                    "Ask again to see the solution all the same.", **words)  # fmt: skip
        return Note(question=asked.id, title=_("Not yet"), message=message)
    record.solution = True
    return Note(question=asked.id, title=_("The way"), message=_(asked.solution))


@_never_raises
def predict(question: str, value: Any = ..., /) -> Card:
    """Commit a prediction, before the truth is revealed.

    Parameters
    ----------
    question : str
        Its number, such as "06.a".
    value : float
        Your guess; ``...`` for not yet. The first guess counts: another one later
        does not replace it.
    """
    asked = find(question, "predictions")
    made = _DESK.folder(asked.id).predictions
    if asked.id in made:
        return _already(asked, made[asked.id], value)
    if empty(value):
        message = _("Write your guess in place of the dots; nobody marks it.")
        return Verdict(question=asked.id, status="not attempted", message=message)
    problem = _problem(asked, value)
    if problem:
        return Verdict(question=asked.id, status="not quite", message=problem)
    made[asked.id] = float(value)
    words = {"value": number(made[asked.id], asked.unit), "call": f'reveal("{asked.id}")'}
    message = _("You say {value}. `{call}` will set the truth beside it.", **words)
    return Note(question=asked.id, title=_("Prediction"), message=message)


@_never_raises
def reveal(question: str, /) -> Reveal:
    """Show the truth beside the prediction, with a picture; nothing without one.

    Parameters
    ----------
    question : str
        Its number, such as "06.a".
    """
    asked = find(question, "predictions")
    folder = _DESK.folder(asked.id)
    if asked.id not in folder.predictions:
        call = f'predict("{asked.id}", ...)'
        message = _("First commit a prediction with `{call}`, your guess in place of the dots.",
                    call=call)  # fmt: skip
        return Reveal(question=asked.id, message=message)
    predicted, truth = folder.predictions[asked.id], float(asked.truth(folder.full))
    words = {"predicted": number(predicted, asked.unit), "truth": number(truth, asked.unit)}
    message = _("You said {predicted}; it is {truth}.", **words)
    return Reveal(
        question=asked.id,
        message=message + " " + _(asked.shows, truth=words["truth"]),
        predicted=predicted,
        truth=truth,
        unit=asked.unit,
        picture=_picture(asked, folder.full, predicted),
        alt=_(asked.alt, **words),
    )


@_never_raises
def rubric(question: str, /) -> Rubric:
    """Show how the open question is marked, for trainers and for marking oneself.

    Parameters
    ----------
    question : str
        Its number, such as "06.open".
    """
    name = named(question)
    content = chapter(name.partition(".")[0])
    if content.open is None or content.open.id != name:
        raise CvmError(_("There is no open question {question}.", question=name))
    asked = content.open
    points = [
        {"point": _(p.point), "marks": p.marks, "full": _(p.full), "none": _(p.none)}
        for p in asked.points
    ]
    return Rubric(question=asked.id, message=_(asked.prompt), points=pd.DataFrame(points))


def marks() -> pd.DataFrame:
    """Give the marks of this process, for a trainer who collects a class.

    Returns
    -------
    DataFrame
        One row a student and question: ``student``, ``question``, ``verdict`` (of
        the last answer), ``mistake`` (its name, if it was recognised), ``attempts``,
        ``hints`` (how many were read), ``solution`` (whether it was asked for).
        ``marks().to_csv("marks.csv", index=False)`` hands them in.
    """
    return _DESK.marks()


def _already(asked: Prediction, first: float, value: object) -> Note:
    words = {"first": number(first, asked.unit)}
    message = _("You said {first} before, and that stands.", **words)
    if not empty(value) and value != first:
        message += " " + _("A guess counts only while the answer is not known.")
    return Note(question=asked.id, title=_("Prediction"), message=message)


def _problem(asked: Prediction, value: object) -> str:
    ends = {"low": number(asked.low, asked.unit), "high": number(asked.high, asked.unit)}
    is_number = isinstance(value, numbers.Real) and not isinstance(value, bool)
    if not is_number or math.isnan(float(value)):  # type: ignore[arg-type]
        return _("A prediction is one number, from {low} to {high}.", **ends)
    guess = float(cast(float, value))
    if asked.low <= guess <= asked.high:
        return ""
    text = _("A prediction here lies between {low} and {high}.", **ends)
    if asked.unit == "share" and asked.high < guess <= 100:
        text += " " + _("Write a share, not per cent: 0.2 for 20 %.")
    return text


def _picture(asked: Prediction, full: Data, predicted: float) -> str:
    """Draw the truth; a machine that cannot draw still gets the words, and a log says why."""
    try:
        from cvm.plots import figure
        from cvm.plots.export import png

        ax = figure()
        if asked.picture:
            asked.picture(full, ax, predicted)
        else:
            _two_bars(ax, predicted, float(asked.truth(full)), asked)
        return base64.b64encode(png(ax)).decode()
    except Exception:
        _log.exception("the picture of %s could not be drawn", asked.id)
        return ""


def _two_bars(ax: Any, predicted: float, truth: float, asked: Prediction) -> None:
    """Draw what was said above what is true."""
    from cvm.plots import INK, dress

    ax.barh([1, 0], [predicted, truth], color=[INK["base"], INK["moved"]])
    ax.set_yticks([1, 0], [_("you said"), _("truth")])
    # Room for the numbers beside the bars; shares on one scale, so that guesses can be compared.
    ends = (predicted, truth, 1.0 if asked.unit == "share" else 0.0)
    ax.set_xlim(1.2 * min(0.0, *ends), 1.2 * max(*ends, 1e-9))
    dress(ax, x=_(asked.measures), x_unit=asked.unit)
    for place, value in ((1, predicted), (0, truth)):
        ax.annotate(number(value, asked.unit), (max(value, 0.0), place), (5, 0), va="center",
                    textcoords="offset points")  # fmt: skip
