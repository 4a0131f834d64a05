"""What a cell of an answer file says: a point of the scale, nothing, or something unclear.

Read are numbers (also as text, ``4.0``, ``４``, ``4分``, ``4/5``), the words of the scale in
English and Chinese, and both together in either order: ``4 - satisfied``, ``(5) very
satisfied``, ``非常满意（5）``. Refused is what has two meanings: ``1 - very satisfied`` on a scale
that ends with it, as a form does that numbers its options from the top.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cvm.cells import Fault, is_empty
from cvm.errors import near_miss
from cvm.survey.questionnaire import Item
from cvm.survey.wording import Anchor, Choice, Scale
from cvm.words import _

__all__ = ["Column", "plain_words", "read_choice", "read_points"]

#: What form tools and people write where a question does not concern them.
NOT_APPLICABLE = frozenset({
    "n/a", "n.a.", "n.a", "na", "not applicable", "does not apply", "no answer", "don't know",
    "do not know", "dont know", "dk", "no opinion", "can't say", "prefer not to say", "refused",
    "skipped", "不适用", "不清楚", "不知道", "不了解", "无法回答", "说不清", "跳过", "未答", "拒答",
})  # fmt: skip
_BLANK = frozenset({"", "-", "--", "---", ".", "/", "空", "无"})

_NUMBER = re.compile(r"([0-9]+)(?:\.0+)?(?: ?(?:分|points?|pts?))?")
_OF = re.compile(r"([0-9]+) ?(?:/|out of|of) ?([0-9]+)")
_BEFORE = re.compile(r"[\[(]?([0-9]+)(?:\.0+)?[\])]? ?分?(?: ?[-:=.、,] ?| )?(.+)")
_BEHIND = re.compile(r"(.+?)(?: ?[-:=,] ?| )?[\[(]?([0-9]+)(?:\.0+)? ?分?[\])]?")
_LETTER = re.compile(r"[a-z][.、):] ?(.+)")


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column read.

    Parameters
    ----------
    said : Series
        Points (float) or option texts; missing where there is no answer.
    kind : ndarray of str
        Of each cell "read", "words" (told in words), "empty", "not applicable" or "fault".
    faults : list of Fault
        What could not be read.
    """

    said: pd.Series
    kind: np.ndarray
    faults: list[Fault]


@dataclass(frozen=True)
class _Said:
    """What one text says: a value, or why there is none."""

    value: object = None
    kind: str = "read"  # or "words", "empty", "not applicable", "fault"
    expected: str = ""
    remedy: str = ""


def plain_words(text: object) -> str:
    """Bring a text to the form in which texts are compared.

    Parameters
    ----------
    text : object
        A cell.

    Returns
    -------
    str
        Full-width signs made plain, long dashes short, small letters, single blanks.
    """
    plain = unicodedata.normalize("NFKC", str(text)).casefold().replace("’", "'")
    plain = re.sub("[‐‑‒–—―−]+", "-", plain)
    return " ".join(plain.split()).strip("\"'“”«»… ")


def read_points(
    cells: pd.Series, item: Item, *, labels: Mapping[str, int], missing: Iterable[str]
) -> Column:
    """Read the answers to an item, as they were written.

    Parameters
    ----------
    cells : Series
        Of any type.
    item : Item
        Says the scale.
    labels : mapping
        Further words and the points they stand for; they go before the scale's own.
    missing : iterable of str
        Further texts that mean "no answer".

    Returns
    -------
    Column
    """
    scale = item.scale
    known = _known(scale.anchors) | {plain_words(k): int(v) for k, v in labels.items()}
    none = {plain_words(text) for text in missing}
    return _column(cells, lambda cell: _point(cell, scale, known, none), np.nan)


def read_choice(cells: pd.Series, choice: Choice, *, missing: Iterable[str]) -> Column:
    """Read the answers to a choice; parameters as in :func:`read_points`.

    Parameters
    ----------
    cells : Series
        Of any type.
    choice : Choice
        Says the options.
    missing : iterable of str
        Further texts that mean "no answer".

    Returns
    -------
    Column
        Said are the options' texts for the answer table.
    """
    known = _known(choice.options) | {plain_words(value): value for value in choice.texts}
    none = {plain_words(text) for text in missing}
    return _column(cells, lambda cell: _option(cell, choice, known, none), None)


def _known(anchors: Iterable[Anchor]) -> dict[str, object]:
    return {
        plain_words(words): anchor.value
        for anchor in anchors
        for words in (anchor.label.en, anchor.label.zh, *anchor.also)
    }


def _column(cells: pd.Series, say: Callable[[str], _Said], nothing: object) -> Column:
    """Read every distinct cell once, and put the answers where the cells were."""
    texts = [_as_text(cell) for cell in cells]
    codes, uniques = pd.factorize(np.array(texts, dtype=object))
    said = [say(text) for text in uniques]
    values = [nothing if s.value is None else s.value for s in said]
    dtype: type = float if nothing is np.nan else object
    read: np.ndarray = np.array(values or [nothing], dtype=dtype)[codes]
    faults = [
        Fault(np.flatnonzero(codes == place), s.expected, s.remedy)
        for place, s in enumerate(said)
        if s.kind == "fault"
    ]
    kind = np.array([s.kind for s in said] or [""])[codes]
    return Column(said=pd.Series(read), kind=kind, faults=faults)


def _as_text(cell: object) -> str:
    if cell is None or cell is pd.NaT or cell is pd.NA:
        return ""
    if isinstance(cell, int | float | np.number) and not isinstance(cell, bool):
        real = float(cell)
        return "" if np.isnan(real) else str(int(real)) if real.is_integer() else str(cell)
    return str(cell)


def _nothing(words: str, none: set[str]) -> _Said | None:
    bare = words.strip("()[] ")
    if words in none:
        return _Said(kind="not applicable")
    if bare in NOT_APPLICABLE:
        return _Said(kind="not applicable")
    return _Said(kind="empty") if bare in _BLANK or is_empty(words) else None


def _point(text: str, scale: Scale, known: Mapping[str, object], none: set[str]) -> _Said:
    words = plain_words(text)
    if words in known:
        return _Said(known[words], "words")
    nothing = _nothing(words, none)
    if nothing is not None:
        return nothing
    if found := _OF.fullmatch(words):
        fits = int(found[2]) == scale.high
        return _on_scale(int(found[1]), scale) if fits else _unclear(scale, known, words)
    if found := _NUMBER.fullmatch(words):
        return _on_scale(int(found[1]), scale)
    if (letter := _LETTER.fullmatch(words)) and letter[1] in known:
        return _Said(known[letter[1]], "words")
    return _both(words, scale, known)


def _both(words: str, scale: Scale, known: Mapping[str, object]) -> _Said:
    """Read a number that stands beside words: the two must not say different things."""
    before, behind = _BEFORE.fullmatch(words), _BEHIND.fullmatch(words)
    if before and not re.search("[0-9]", before[2]):
        number, label = int(before[1]), before[2]
    elif behind and not re.search("[0-9]", behind[1]):
        number, label = int(behind[2]), behind[1]
    else:
        return _unclear(scale, known, words)
    meant = known.get(plain_words(label.strip("()[] ")), number)
    if meant != number:
        expected = _("number and words that say the same; these words stand for {point}",
                     point=meant)  # fmt: skip
        remedy = _("Export the words without the numbers, or the numbers of the scale.")
        return _Said(kind="fault", expected=expected, remedy=remedy)
    said = _on_scale(number, scale)
    return _Said(said.value, "words") if said.kind == "read" else said


def _on_scale(point: int, scale: Scale) -> _Said:
    if scale.low <= point <= scale.high:
        return _Said(point)
    expected = _("a point from {low} to {high}", low=scale.low, high=scale.high)
    remedy = _("Correct it; or say missing=['{point}'] if it stands for no answer.", point=point)
    return _Said(kind="fault", expected=expected, remedy=remedy)


def _unclear(scale: Scale, known: Mapping[str, object], words: str) -> _Said:
    expected = _(
        "a point from {low} to {high} or the words for it ({first} … {last})",
        low=scale.low, high=scale.high, first=_end(scale, scale.low), last=_end(scale, scale.high),
    )  # fmt: skip
    close = near_miss(words, known)
    example = "{" + repr(words[:30]) + f": {scale.high}" + "}"
    remedy = _("Say what it means with labels={example}, or missing=[...] if it is no answer.",
               example=example)  # fmt: skip
    # A list of all words would be longer than the message it is to help.
    return _Said(kind="fault", expected=expected,
                 remedy=f"{close} {remedy}" if close.endswith("?") else remedy)  # fmt: skip


def _end(scale: Scale, point: int) -> str:
    return next(a.label.en for a in scale.anchors if a.value == point)


def _option(text: str, choice: Choice, known: Mapping[str, object], none: set[str]) -> _Said:
    words = plain_words(text)
    if words in known:
        return _Said(known[words], "read" if words in choice.texts else "words")
    letter = _LETTER.fullmatch(words) or re.fullmatch(r"[0-9]+[.、):] ?(.+)", words)
    if letter and letter[1] in known:
        return _Said(known[letter[1]], "words")
    nothing = _nothing(words, none)
    if nothing is not None:
        return nothing
    expected = _("one of: {options}", options=", ".join(o.label.en for o in choice.options))
    return _Said(kind="fault", expected=expected, remedy=near_miss(words, known)
                 if near_miss(words, known).endswith("?") else _("Correct it, or empty the cell."))  # fmt: skip
