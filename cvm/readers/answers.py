"""Answers: the file a form tool exports, or a sheet filled in by hand, for one questionnaire."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from cvm.readers.files import read_lines
from cvm.survey.collect import Collected, collect
from cvm.survey.questionnaire import Questionnaire
from cvm.words import _

__all__ = ["read_answers"]


def read_answers(
    path: str | os.PathLike[str],
    questionnaire: Questionnaire,
    *,
    columns: Mapping[str, str] | None = None,
    labels: Mapping[str, int] | None = None,
    missing: Iterable[str] = (),
    time: str | None = None,
    person: str | None = None,
    dayfirst: bool | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet: str | None = None,
) -> Collected:
    """Read the answers to a questionnaire from a CSV or Excel file.

    Parameters
    ----------
    path : str or path
        The file, as a form tool exports it: a heading of one or more lines, with the
        questions in English or Chinese or their codes; then a line an answer.
    questionnaire : Questionnaire
        What was asked, and on which scales: :data:`cvm.survey.YUNHE` on ten points,
        :data:`cvm.survey.CLASSROOM` on five.
    columns : mapping, optional
        From headings of the file to codes, such as ``{"Coverage": "QUAL1"}``, where a heading
        is neither the question nor its code.
    labels : mapping, optional
        From words to points, such as ``{"zufrieden": 4}``, where the scale does not know them.
    missing : iterable of str
        What else stands for no answer, such as ``["-3"]``; an empty cell, "N/A" and their like
        are known.
    time : str, optional
        Heading of the time stamp; the usual ones are known. Empty: there is none.
    person : str, optional
        Heading of the column that says whose answer it is (an address or a student's number);
        the usual ones are known. Of a person's answers the last is kept. Empty: there is none.
    dayfirst : bool, optional
        Whether 03/04/2024 is the third of April; found if it can be.
    encoding, delimiter, sheet : str, optional
        As in :func:`cvm.readers.read_table`.

    Returns
    -------
    Collected
        ``.answers``, the answer table, reverse items turned; ``.dropped`` and ``.columns``, what
        became of lines and cells; ``.to_frame()``, the report.

    Raises
    ------
    TableError
        If anything has no clear meaning; it tells everything, and nothing is loaded.
    CvmError
        If the file cannot be read, or no column answers a question.
    MissingExtra
        If the file needs a package that is not installed.

    Examples
    --------
    >>> from cvm import datasets
    >>> from cvm.survey import CLASSROOM
    >>> got = read_answers(datasets.path("classroom"), CLASSROOM)
    >>> got.answers["SATI1"].max()
    np.float64(5.0)
    """
    if isinstance(missing, str):
        missing = [missing]
    lines = read_lines(path, encoding=encoding, delimiter=delimiter, sheet=sheet)
    return collect(
        lines.cells, questionnaire, rows=lines.rows, counting=lines.counting,
        name=_("The file '{name}'", name=Path(path).name), problems=lines.problems,
        columns=columns, labels=labels, missing=missing, time=time, person=person,
        dayfirst=dayfirst,
    )  # fmt: skip
