"""From the lines of an answer file to answers, with an account of what became of each line.

In this order: find the heading; drop lines without an answer, then all but the last answer of a
person (by the time stamp, where there is one), then answers sent twice; read every cell that
is left; empty what a rule says was not asked; turn reverse items. Whatever has no clear meaning
stops it all, with every fault in one message: nothing is half loaded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cvm.cells import Fault
from cvm.dates import dates
from cvm.errors import CvmError, near_miss
from cvm.results import Result, number
from cvm.survey.checking import not_asked
from cvm.survey.collect.headings import Headings, find_headings
from cvm.survey.collect.labels import Column, plain_words, read_choice, read_points
from cvm.survey.questionnaire import Item, Questionnaire, needed, turned
from cvm.survey.wording import Choice
from cvm.tables import Counting, TableError, problem_table
from cvm.words import N_, _

__all__ = ["Collected", "collect"]

#: Why a line was dropped, in the order in which the reasons are applied.
WHY = (
    N_("without any answer"),
    N_("answered again later"),
    N_("sent twice with the same time and answers"),
)


@dataclass(frozen=True, kw_only=True, repr=False)
class Collected(Result):
    """Answers that were collected, and what became of the rest.

    Parameters
    ----------
    answers : DataFrame
        The answer table: ``respondent`` (from 1, in the order of the file; nobody's name or
        address is kept), ``time`` where the file has it, the choices and the items that were
        asked. Reverse items are turned.
    dropped : DataFrame
        One row a line that was not kept: ``row`` (as a person who opens the file counts it),
        ``why``.
    columns : DataFrame
        One row a column that was read: ``column`` (its heading), ``question``, ``answered``,
        ``empty``, ``not_applicable``, ``words`` (cells told in words), ``not_asked`` (cells
        emptied by a skip rule), ``turned`` (whether a reverse item).
    unused : tuple of str
        Headings of the columns that answer no question.
    absent : tuple of str
        Single questions and choices that the file does not have.
    heading : int
        Lines of heading.
    """

    answers: pd.DataFrame
    dropped: pd.DataFrame
    columns: pd.DataFrame
    unused: tuple[str, ...]
    absent: tuple[str, ...]
    heading: int

    def sentence(self) -> str:
        """Say what was kept and what was not."""
        counted = self.dropped["why"].value_counts()
        why = "; ".join(f"{number(counted[w])} {_(w)}" for w in WHY if w in counted.index)
        parts = [
            _("Kept {kept} of {all} answers.", kept=number(len(self.answers)),
              all=number(len(self.answers) + len(self.dropped))),
            _("Dropped: {why}.", why=why) if why else "",
            _("{words} cells were read from words, {empty} were empty, {na} did not apply.",
              words=number(self.columns["words"].sum()), empty=number(self.columns["empty"].sum()),
              na=number(self.columns["not_applicable"].sum())),
            self._turned_words(),
            _("Not used: {unused}.", unused=", ".join(self.unused)) if self.unused else "",
            _("Not in the file: {absent}.", absent=", ".join(self.absent)) if self.absent else "",
        ]  # fmt: skip
        return " ".join(part for part in parts if part)

    def _turned_words(self) -> str:
        items = self.columns.loc[self.columns["turned"], "question"]
        return _("Turned round: {items}.", items=", ".join(items)) if len(items) else ""

    def to_frame(self) -> pd.DataFrame:
        """Give the report as one table.

        Returns
        -------
        DataFrame
            ``outcome``, ``unit`` ("lines", "cells" or "columns") and ``count``.
        """
        lines = self.dropped["why"].value_counts().reindex(list(WHY), fill_value=0)
        cells = self.columns[["answered", "words", "empty", "not_applicable", "not_asked"]].sum()
        rows = [
            (_("kept"), _("lines"), len(self.answers)),
            *((_(why), _("lines"), int(lines[why])) for why in WHY),
            (_("heading"), _("lines"), self.heading),
            (_("answered"), _("cells"), int(cells["answered"])),
            (_("of these in words"), _("cells"), int(cells["words"])),
            (_("empty"), _("cells"), int(cells["empty"])),
            (_("not applicable"), _("cells"), int(cells["not_applicable"])),
            (_("not to be asked, so emptied"), _("cells"), int(cells["not_asked"])),
            (_("turned round"), _("columns"), int(self.columns["turned"].sum())),
            (_("not used"), _("columns"), len(self.unused)),
        ]
        return pd.DataFrame(rows, columns=["outcome", "unit", "count"])


def collect(
    cells: Sequence[Sequence[object]],
    questionnaire: Questionnaire,
    *,
    rows: Sequence[int],
    name: str,
    counting: Counting,
    problems: Sequence[Mapping[str, object]] = (),
    columns: Mapping[str, str] | None = None,
    labels: Mapping[str, int] | None = None,
    missing: Iterable[str] = (),
    time: str | None = None,
    person: str | None = None,
    dayfirst: bool | None = None,
) -> Collected:
    """Turn the lines of an answer file into answers.

    Parameters
    ----------
    cells : sequence of sequences
        All lines of the file that hold anything, equally long, headings included.
    questionnaire : Questionnaire
        What was asked.
    rows : sequence of int
        How a person who opens the file counts each line.
    name : str
        What the file is called in messages.
    counting : {"line", "row", "position"}
        What ``rows`` counts.
    problems : sequence of mapping
        What is wrong with the shape of the file, found when it was read.
    columns, labels, missing, time, person, dayfirst
        As in :func:`cvm.readers.read_answers`.

    Returns
    -------
    Collected

    Raises
    ------
    TableError
        With everything that is wrong.
    CvmError
        If the file has no column that answers a question, or an argument cannot be.
    """
    _check_arguments(needed(questionnaire), columns, labels)
    if not len(cells):
        raise CvmError(_("The file is empty."), given=name)
    heads = find_headings(cells, questionnaire, columns=columns or {}, time=time, person=person)
    words = _Words(questionnaire, heads, labels or {}, tuple(missing))
    work = _sorted_out(cells, rows, words, dayfirst)
    found = problem_table([*problems, *_shape_problems(work)], _cell_problems(work))
    if len(found):
        raise TableError(found, name=name, counting=counting)
    return _result(work)


@dataclass(frozen=True)
class _Words:
    """Everything needed to read the cells of a table whose columns are numbered."""

    questionnaire: Questionnaire
    heads: Headings
    labels: Mapping[str, int]
    missing: tuple[str, ...]

    def read(self, table: pd.DataFrame) -> dict[str, Column]:
        asked: list[Item | Choice] = [*self.questionnaire.choices, *self.questionnaire.items]
        found = {q: self.heads.questions.get(q.code) for q in asked}
        return {q.code: self._column(table[at[0]], q) for q, at in found.items() if at}

    def _column(self, cells: pd.Series, question: Item | Choice) -> Column:
        if isinstance(question, Choice):
            return read_choice(cells, question, missing=self.missing)
        return read_points(cells, question, labels=self.labels, missing=self.missing)


@dataclass(frozen=True, kw_only=True)
class _Work:
    """A file sorted out, before anybody asked whether all of it is clear."""

    words: _Words
    heading: int  # lines
    table: pd.DataFrame  # the lines below, columns by number
    rows: np.ndarray  # how each line is counted
    read: dict[str, Column]
    when: pd.Series | None
    when_faults: list[Fault]
    why: np.ndarray  # why a line is dropped; empty where it is kept

    @property
    def kept(self) -> np.ndarray:
        return np.flatnonzero(self.why == "")


def _sorted_out(
    cells: Sequence[Sequence[object]], rows: Sequence[int], words: _Words, dayfirst: bool | None
) -> _Work:
    heads = words.heads
    lines = heads.lines + _has_marks(cells, heads.lines, words)
    table = pd.DataFrame([list(line) for line in cells[lines:]], dtype=object)
    table = table.reindex(columns=range(len(cells[0])))
    read = words.read(table)
    when, faults = _times(table, heads, dayfirst)
    return _Work(
        words=words, heading=lines, table=table, rows=np.asarray(rows, int)[lines:], read=read,
        when=when, when_faults=faults, why=_outcomes(table, read, when, heads),
    )  # fmt: skip


def _result(work: _Work) -> Collected:
    questionnaire, heads, read = work.words.questionnaire, work.words.heads, work.read
    written = _answers(read, work.when, work.kept)
    used = {heads.questions[code][0] for code in read} | {heads.time, heads.person}
    asked = [i.code for i in questionnaire.items] + [c.code for c in questionnaire.choices]
    gone, names = work.why != "", enumerate(heads.names)
    return Collected(
        answers=turned(written.mask(_not_asked(written, questionnaire)), questionnaire),
        dropped=pd.DataFrame({"row": work.rows[gone], "why": work.why[gone]}),
        columns=_account(written, read, work.kept, work.words),
        unused=tuple(n for c, n in names if c not in used and _filled(work.table[c])),
        absent=tuple(code for code in asked if code not in read),
        heading=work.heading,
    )


def _check_arguments(questionnaire: Questionnaire, columns: object, labels: object) -> None:
    asked = [i.code for i in questionnaire.items] + [c.code for c in questionnaire.choices]
    if columns is not None and not isinstance(columns, Mapping):
        remedy = _("Write for example columns={{'Coverage': '{code}'}}.", code=asked[0])
        raise CvmError(
            _("columns= maps the file's headings to codes."), given=columns, remedy=remedy
        )
    for code in (columns or {}).values():
        if code not in asked:
            wrong = _("The questionnaire has no question '{code}'.", code=code)
            raise CvmError(wrong, remedy=near_miss(code, asked))
    if labels is not None and not (
        isinstance(labels, Mapping) and all(isinstance(v, int) for v in labels.values())
    ):
        remedy = _("Write for example labels={'zufrieden': 4}.")
        raise CvmError(_("labels= maps words to points."), given=labels, remedy=remedy)


# -- lines ------------------------------------------------------------------------------


def _has_marks(cells: Sequence[Sequence[object]], first: int, words: _Words) -> bool:
    """Tell a form tool's own line below the heading: the same mark under every question."""
    if first >= len(cells):
        return False
    line = pd.DataFrame([list(cells[first])], dtype=object)
    items = [item.code for item in words.questionnaire.items if item.code in words.heads.questions]
    read = words.read(line)
    texts = [plain_words(cells[first][words.heads.questions[code][0]] or "") for code in items]
    # Figures apart, marks are all alike: {"ImportId":"QID7"}, "Response", "Answer 3".
    bare = {"".join(sign for sign in text if not sign.isdigit()) for text in texts}
    unclear = all(read[code].faults for code in items)
    return len(items) > 1 and unclear and (len(bare) == 1 or all("importid" in t for t in texts))


def _outcomes(
    table: pd.DataFrame, read: Mapping[str, Column], when: pd.Series | None, heads: Headings
) -> np.ndarray:
    """Give each line the first reason to drop it, or an empty text."""
    why = np.full(len(table), "", dtype=object)
    said = pd.DataFrame({code: column.said for code, column in read.items()})
    for code, column in read.items():  # what is there but unclear is an answer too
        unclear = np.concatenate([fault.at for fault in column.faults] or [np.array([], int)])
        said[code] = said[code].astype(object)
        said.loc[unclear, code] = table[heads.questions[code][0]].iloc[unclear].astype(str)
    why[said.isna().all(axis=1).to_numpy()] = WHY[0]
    order = np.arange(len(table))
    if when is not None:
        # As a whole number a missing time is the smallest there is, so it comes first.
        order = np.lexsort((order, when.to_numpy().astype("datetime64[us]").astype("int64")))
    left = order[why[order] == ""]
    if heads.person is not None:
        who = table[heads.person].map(lambda cell: plain_words("" if cell is None else cell))
        again = who.iloc[left].duplicated(keep="last") & (who.iloc[left] != "")
        why[left[again.to_numpy()]] = WHY[1]
        left = left[~again.to_numpy()]
    if when is not None:
        same = said.iloc[left].assign(when=when.iloc[left].to_numpy()).duplicated(keep="last")
        known = when.iloc[left].notna().to_numpy()
        why[left[same.to_numpy() & known]] = WHY[2]
    return why


# -- cells ------------------------------------------------------------------------------


def _times(
    table: pd.DataFrame, heads: Headings, dayfirst: bool | None
) -> tuple[pd.Series | None, list[Fault]]:
    if heads.time is None:
        return None, []
    return dates(table[heads.time], dayfirst=dayfirst)


def _cell_problems(work: _Work) -> list[pd.DataFrame]:
    """List the faults in the lines that are kept: a dropped line may hold nonsense."""
    heads = work.words.heads
    told = [(heads.questions[code][0], column.faults) for code, column in work.read.items()]
    told += [] if heads.time is None else [(heads.time, work.when_faults)]
    parts = []
    for place, faults in told:
        for fault in faults:
            at = np.intersect1d(fault.at, work.kept)
            within = Fault(at, fault.expected, fault.remedy)
            parts.append(within.table(work.table[place], work.rows, heads.names[place]))
    return [part for part in parts if len(part)]


def _shape_problems(work: _Work) -> list[dict[str, object]]:
    """Tell of indicators without a column, of questions with two, of a file without answers."""
    heads = work.words.heads
    taken = {column for found in heads.questions.values() for column in found}
    spare = [n for c, n in enumerate(heads.names) if c not in {*taken, heads.time, heads.person}]
    problems = []
    for item in work.words.questionnaire.items:
        if item.indicator and item.code not in heads.questions:
            expected = _("a column for this question ({wording}); there is none",
                         wording=item.wording.en)  # fmt: skip
            problems.append(_problem(item.code, expected, _where(item.code, spare)))
    for code, found in heads.questions.items():
        if len(found) > 1:
            names = ", ".join(heads.names[column] for column in found)
            expected = _("one column for this question, not {count}: {names}", count=len(found),
                         names=names)  # fmt: skip
            problems.append(_problem(code, expected, _("Remove or rename all but one.")))
    if not len(work.kept):
        expected = _("at least one line with an answer")
        remedy = _("See whether the export went wrong.")
        problems.append(_problem(_("(whole table)"), expected, remedy))
    return problems


def _problem(column: str, expected: str, remedy: str) -> dict[str, object]:
    return {"row": None, "column": column, "value": None, "expected": expected, "remedy": remedy}


def _where(code: str, spare: Sequence[str]) -> str:
    here = ", ".join(spare[:12]) or _("(none)")
    return _("Say which it is with columns={{'...': {code!r}}}, or ask without it by "
             "questionnaire.only([...]). Not used so far: {here}.", code=code, here=here)  # fmt: skip


# -- result -----------------------------------------------------------------------------


def _answers(read: Mapping[str, Column], when: pd.Series | None, kept: np.ndarray) -> pd.DataFrame:
    """Give the answers as written, of the lines that are kept."""
    answers = pd.DataFrame({"respondent": np.arange(1, len(kept) + 1)})
    if when is not None:
        answers["time"] = when.iloc[kept].to_numpy()
    return answers.assign(**{c: column.said.iloc[kept].to_numpy() for c, column in read.items()})


def _not_asked(answers: pd.DataFrame, questionnaire: Questionnaire) -> pd.DataFrame:
    """Mark the cells of questions that a rule says were not asked."""
    left_out = pd.DataFrame(False, index=answers.index, columns=answers.columns)
    for item in questionnaire.items:
        if item.code in answers:
            left_out[item.code] = not_asked(answers, item)
    return left_out


def _account(
    answers: pd.DataFrame, read: Mapping[str, Column], kept: np.ndarray, words: _Words
) -> pd.DataFrame:
    """Count what the cells of each column were."""
    reverse = {item.code for item in words.questionnaire.items if item.reverse}
    left_out = _not_asked(answers, words.questionnaire)
    rows = []
    for code, column in read.items():
        rule, kind = left_out[code].to_numpy(), column.kind[kept]
        said = answers[code].notna().to_numpy()
        rows.append({
            "column": words.heads.names[words.heads.questions[code][0]], "question": code,
            "answered": int((said & ~rule).sum()), "empty": int(((kind == "empty") & ~rule).sum()),
            "not_applicable": int(((kind == "not applicable") & ~rule).sum()),
            "words": int(((kind == "words") & ~rule).sum()),
            "not_asked": int((said & rule).sum()), "turned": code in reverse,
        })  # fmt: skip
    return pd.DataFrame(rows)


def _filled(cells: pd.Series) -> bool:
    return any(cell is not None and plain_words(cell) not in ("", "nan") for cell in cells)
