"""Which line of a file is a heading, and which column answers which question.

A form tool writes one to three lines above the answers: codes, the questions as they were
asked, its own marks. A column is known by a question's code or its wording, in English or
Chinese, with or without a number before it or the text of a grid around it. A line is a
heading if it has such cells about as often as the best line has; so is what stands above it,
and a line of marks below it that holds no answer at all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cvm.errors import CvmError
from cvm.survey.collect.labels import plain_words
from cvm.survey.questionnaire import Item, Questionnaire
from cvm.survey.wording import Choice
from cvm.words import _

__all__ = ["Headings", "find_headings"]

#: How many lines a heading may reach down.
DEEPEST = 8

#: Names of the column that says when an answer was sent, the likeliest first.
TIMES = (
    "timestamp", "time stamp", "时间戳记", "时间戳", "提交答卷时间", "提交时间", "完成时间", "completion time",
    "submitted at", "submission time", "submit date", "date submitted", "recordeddate",
    "recorded date", "enddate", "end date", "end time", "time", "date", "答题时间", "时间", "日期",
)  # fmt: skip
#: Names of the column that says whose answer it is. A name is not enough: two may share it.
PERSONS = (
    "respondent", "person", "student", "student id", "student number", "学号", "工号",
    "email address", "e-mail address", "email", "e-mail", "邮箱", "电子邮箱", "电子邮件", "电子邮件地址",
    "username", "phone", "手机号", "手机号码", "编号",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Headings:
    """What the heading of a file says.

    Parameters
    ----------
    lines : int
        Lines of heading at the top of the file.
    names : list of str
        What each column is called: the cell by which it was known, else its heading in the
        line that tells most.
    questions : dict
        From a question's code to its columns, usually one.
    time, person : int or None
        The column of the time stamp, and of whose answer it is.
    """

    lines: int
    names: list[str]
    questions: dict[str, list[int]]
    time: int | None
    person: int | None


def find_headings(
    cells: Sequence[Sequence[object]],
    questionnaire: Questionnaire,
    *,
    columns: Mapping[str, str],
    time: str | None,
    person: str | None,
) -> Headings:
    """Find the heading of a file.

    Parameters
    ----------
    cells : sequence of sequences
        The file's lines, all equally long.
    questionnaire : Questionnaire
        Whose questions to look for.
    columns : mapping
        From names in the file to codes of questions, where the caller says so.
    time, person : str, optional
        Names of those columns; the usual names are looked for without. An empty text means
        that there is none.

    Returns
    -------
    Headings

    Raises
    ------
    CvmError
        If no column answers a question, or a named column is not there.
    """
    finder = _Finder(questionnaire, columns)
    top = [[finder.code(cell) for cell in line] for line in cells[:DEEPEST]]
    hits = [sum(code is not None for code in line) for line in top]
    if not any(hits):
        _refuse_headless(cells, questionnaire)
    lines = 1 + max(i for i, count in enumerate(hits) if 2 * count >= max(hits))
    questions: dict[str, list[int]] = {}
    best = hits.index(max(hits))
    names = [_shown(cells[best][c]) or _last(cells, lines, c) for c in range(len(cells[0]))]
    for column in range(len(cells[0])):
        for line in range(lines):
            code = top[line][column]
            if code is not None and column not in questions.setdefault(code, []):
                questions[code].append(column)
                names[column] = _shown(cells[line][column])
    taken = {column for found in questions.values() for column in found}
    return Headings(
        lines=lines, names=names, questions=questions,
        time=_named(cells, lines, taken, TIMES, time, "time"),
        person=_named(cells, lines, taken, PERSONS, person, "person"),
    )  # fmt: skip


class _Finder:
    """Tells the question a heading cell stands for."""

    def __init__(self, questionnaire: Questionnaire, columns: Mapping[str, str]) -> None:
        asked: list[Item | Choice] = [*questionnaire.items, *questionnaire.choices]
        self.codes = {question.code.casefold(): question.code for question in asked}
        self.given = {plain_words(name): code for name, code in columns.items()}
        wordings = {
            _letters(text): question.code
            for question in asked
            for text in (question.wording.en, question.wording.zh)
        }
        # The longest first: one question's wording may be a part of another's.
        self.wordings = dict(sorted(wordings.items(), key=lambda pair: -len(pair[0])))

    def code(self, cell: object) -> str | None:
        words = plain_words("" if cell is None else cell)
        if not words:
            return None
        if self.given and words in self.given:
            return self.given[words]
        if words in self.codes:
            return self.codes[words]
        letters = _letters(re.sub(r"^(?:q|第)?[0-9]+[题]?\s*[.、:)\-_]\s*", "", words))
        for wording, code in self.wordings.items():
            if wording in letters:
                return code
        tokens = [self.codes[t] for t in re.split(r"[^a-z0-9_]+", words) if t in self.codes]
        # A word of a sentence may be a code by chance; "QUAL1: ..." begins or ends with it.
        ends = [t for t in tokens if words.strip("[]() ").startswith(t.casefold())
                or words.strip("[]() ").endswith(t.casefold())]  # fmt: skip
        return ends[0] if len(set(ends)) == 1 and re.search(r"[\[(:.\-]", words) else None


def _letters(text: str) -> str:
    """Leave letters and figures only, so that blanks and signs make no difference."""
    return re.sub(r"[\W_]+", "", plain_words(text))


def _shown(cell: object) -> str:
    return " ".join(str("" if cell is None else cell).split())


def _last(cells: Sequence[Sequence[object]], lines: int, column: int) -> str:
    texts = [_shown(cells[line][column]) for line in range(lines)]
    filled = [text for text in texts if text]
    return filled[-1] if filled else _("(column {place})", place=column + 1)


def _named(
    cells: Sequence[Sequence[object]], lines: int, taken: set[int], usual: Sequence[str],
    said: str | None, argument: str,
) -> int | None:  # fmt: skip
    """Find a column by its name; the usual names are tried in their order."""
    if said == "":
        return None
    heads = [
        [plain_words(cells[line][c] or "") for line in range(lines)] for c in range(len(cells[0]))
    ]
    for name in (plain_words(said),) if said is not None else usual:
        for column, texts in enumerate(heads):
            if name in texts and column not in taken:
                return column
    if said is not None:
        here = ", ".join(dict.fromkeys(_last(cells, lines, c) for c in range(len(heads))
                                       if c not in taken)) or _("(none)")  # fmt: skip
        wrong = _("The file has no column of the name that {argument}= says.", argument=argument)
        raise CvmError(wrong, given=said, remedy=_("Not used so far: {here}.", here=here))
    return None


def _refuse_headless(cells: Sequence[Sequence[object]], questionnaire: Questionnaire) -> None:
    first = [_shown(cell) for cell in cells[0]][:8]
    wrong = _("No column of the file answers a question of the questionnaire '{name}'.",
              name=questionnaire.name)  # fmt: skip
    example = questionnaire.items[0]
    remedy = _(
        "Head the columns with the questions or their codes ({code}: {wording}), or say which "
        "is which with columns={{'...': '{code}'}}.",
        code=example.code, wording=example.wording.en,
    )  # fmt: skip
    raise CvmError(wrong, given=first, remedy=remedy)
