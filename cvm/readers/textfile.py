"""Text files: from bytes to cells, with the line each row stands in.

Two things of a CSV file are nowhere written down: its encoding and its delimiter. Both
are found here where only one answer makes sense, and asked for where two do.

Encoding: a mark at the start of the file settles it. Else UTF-8, which hardly any other
text happens to be. Else GB18030, if what comes out is Chinese as people write it: the
bytes of a French or Czech file also decode under it, into characters nobody uses. A file
in one of the many one-byte encodings of Europe is refused with a look at how it would
read, since nothing in it tells which one it is.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd

from cvm.cells import plain
from cvm.errors import CvmError, near_miss
from cvm.words import _

__all__ = ["Lines", "Raw", "decoded", "named", "read_text", "text_lines"]

DELIMITERS = {",": "','", ";": "';'", "\t": "'\\t'", "|": "'|'"}
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins like UTF-16's, so it is asked first
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_GUESSES = ("cp1252", "cp1250", "cp1251", "big5", "shift_jis", "euc_kr")
_NONE = "\x1f"  # one column, and a sign no text has
HEADING = 4  # lines at the top that may be shorter than the rest: a title, a tool's own
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ufffd\ufffe\uffff]")


@dataclass(frozen=True, kw_only=True)
class Raw:
    """A table as it stands in a file, before anybody asked what its cells mean.

    Parameters
    ----------
    table : DataFrame
        The cells; texts, or what a workbook or a Parquet file holds. Column names may
        repeat: the check reports it.
    rows : ndarray of int
        How a person who opens the file counts each row.
    counting : {"line", "row", "position"}
        What ``rows`` counts; as in :class:`cvm.tables.TableError`.
    problems : list of dict
        What is wrong with the shape: ``row``, ``column``, ``value``, ``expected``, ``remedy``.
    """

    table: pd.DataFrame
    rows: np.ndarray
    counting: Literal["line", "row", "position"]
    problems: list[dict[str, object]] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Lines:
    """The lines of a file that hold anything, before anybody asked which is the heading.

    Parameters
    ----------
    cells : list of lists
        The cells of each line, all equally long.
    rows : list of int
        How a person who opens the file counts each line.
    counting, problems
        As in :class:`Raw`.
    """

    cells: list[list[object]]
    rows: list[int]
    counting: Literal["line", "row", "position"]
    problems: list[dict[str, object]] = field(default_factory=list)


def read_text(data: bytes, *, encoding: str | None = None, delimiter: str | None = None) -> Raw:
    """Read the cells of a CSV file as texts.

    Parameters
    ----------
    data : bytes
        The file.
    encoding : str, optional
        A name that Python knows, such as "gb18030"; found if it can be.
    delimiter : str, optional
        The sign between cells, one character; found if it can be.

    Raises
    ------
    CvmError
        If encoding or delimiter cannot be told, or the text is none.
    """
    records, skipped = _opened(data, encoding, delimiter)
    return _assembled(records, skipped)


def text_lines(data: bytes, *, encoding: str | None = None, delimiter: str | None = None) -> Lines:
    """Read the lines of a CSV file as cells of text; parameters as in :func:`read_text`.

    A line is as wide as most are. Lines of a heading may be shorter; any other that is not as
    wide is a problem.
    """
    records, skipped = _opened(data, encoding, delimiter, title=True)
    filled = [(start, cells) for start, cells in records if cells is None or "".join(cells).strip()]
    widths = [len(_trimmed(cells, 1)) for _start, cells in filled if cells is not None]
    width = max(widths[:HEADING], default=0)
    lines = Lines(cells=[], rows=[], counting="line")
    for place, (start, cells) in enumerate(filled):
        if cells is None:
            lines.problems.append(_broken(start + skipped))
            continue
        cells = _trimmed(cells, width)
        if len(cells) < width and place < HEADING:
            cells = cells + [""] * (width - len(cells))
        if len(cells) != width:
            lines.problems.append(_ragged(start + skipped, cells, width))
            continue
        lines.cells.append(list(cells))
        lines.rows.append(start + skipped)
    return lines


def _opened(
    data: bytes, encoding: str | None, delimiter: str | None, *, title: bool = False
) -> tuple[Iterator[Record], int]:
    """Decode a file and cut it; also give how many lines a spreadsheet's hint takes.

    With a title the sign between cells may show in a later line only.
    """
    text = decoded(data, encoding)
    head = re.match(r"\s*sep=(.)\r?\n", text)  # a spreadsheet's own hint
    skipped = text[: head.end()].count("\n") if head else 0
    text = text[head.end() :] if head else text
    sign = delimiter or (head[1] if head else _delimiter(text))
    below = text.splitlines(keepends=True)[1:HEADING] if title else []
    while sign == _NONE and below:
        sign = _delimiter(text[text.index(below.pop(0)) :])
    if not isinstance(sign, str) or len(sign) != 1 or sign in '"\r\n':
        raise CvmError(_("delimiter= is the one sign between cells."), given=delimiter)
    return _records(text, sign), skipped


# -- encoding --------------------------------------------------------------------------


def decoded(data: bytes, encoding: str | None = None) -> str:
    """Turn the bytes of a text file into text, or say why that cannot be done safely."""
    text = _decoded_as(data, encoding) if encoding is not None else _decoded_by_looks(data)
    text = text.removeprefix("\ufeff").removesuffix("\x1a")
    strange = _NO_TEXT.search(text)
    if strange or _is_garbled(text):
        at = strange.start() if strange else re.search(r"[^\x00-\x7f]", text).start()  # type: ignore[union-attr]
        wrong = _("The file is no text, or its encoding is another one.")
        raise CvmError(wrong, given=text[max(0, at - 20) : at + 20], remedy=_how_to_say(data))
    return text


def _decoded_as(data: bytes, encoding: str) -> str:
    try:
        text = data.decode(encoding)
    except (LookupError, TypeError):
        known = ["utf-8", "utf-16", "gb18030", "gbk", "big5", "cp1252", "latin-1", "shift_jis"]
        wrong = _("There is no text encoding of this name.")
        raise CvmError(wrong, given=encoding, remedy=near_miss(encoding, known)) from None
    except ValueError:
        wrong = _("The file is not in this encoding.")
        raise CvmError(wrong, given=encoding, remedy=_how_to_say(data)) from None
    if codecs.lookup(encoding).name in ("gb18030", "gbk", "gb2312") and _is_odd_chinese(text, data):
        wrong = _("In this encoding the file reads as characters nobody uses.")
        raise CvmError(wrong, given=encoding, remedy=_how_to_say(data))
    return text


def _decoded_by_looks(data: bytes) -> str:
    marked = next((name for mark, name in _MARKS if data.startswith(mark)), None)
    tries = [marked] if marked else ["utf-8", *_wide(data), "gb18030"]
    for name in tries:
        try:
            text = data.decode(name)
        except ValueError:
            continue
        if "\x00" not in text and (name != "gb18030" or _is_common_chinese(text)):
            return text
    raise CvmError(_("The encoding of the file cannot be told."), remedy=_how_to_say(data))


def _wide(data: bytes) -> list[str]:
    """Guess UTF-16 without its mark: half of the bytes of digits and commas are zero."""
    sample = data[:4096]
    zeros = sample[0::2].count(0), sample[1::2].count(0)
    if max(zeros) < len(sample) / 8:
        return []
    return ["utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"]


def _is_common_chinese(text: str) -> bool:
    """Tell whether the characters are mostly of the 7,445 everyday ones of GB 2312."""
    strange = [sign for sign in text if sign > "\x7f"][:20_000]
    return sum(_encodes(sign, "gb2312") for sign in strange) >= 0.9 * len(strange)


def _is_odd_chinese(text: str, data: bytes) -> bool:
    """Tell a file that was said to be Chinese and is UTF-8 or a European one.

    In the latter an accented letter and the plain letter after it make one character.
    """
    if _is_common_chinese(text):
        return False
    strange = [sign.encode("gb18030") for sign in text if sign > "\x7f"][:20_000]
    letters = sum(len(code) == 2 and code[1] < 0x80 for code in strange)
    return letters >= 0.5 * len(strange) or _decodes(data, "utf-8")


def _encodes(sign: str, encoding: str) -> bool:
    try:
        sign.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _is_garbled(text: str) -> bool:
    """Tell text that somebody has read in a one-byte encoding, such as "MÃ¼ller" or "¿Í»§"."""
    runs = re.findall(r"[^\x00-\x7f]+", text[:200_000])
    sample = "".join(runs)
    for name in ("cp1252", "latin-1"):
        if not sample or not _encodes(sample, name):
            continue
        data = sample.encode(name)
        if _decodes(data, "utf-8"):
            return True
        pairs = len(data) >= 8 and all(len(run) % 2 == 0 for run in runs)
        if pairs and _decodes(data, "gb2312"):
            return True
    return False


def _how_to_say(data: bytes) -> str:
    """Show how the first strange piece of the file would read in the usual encodings."""
    piece = re.search(rb"[^\r\n,;\t]{0,12}[\x80-\xff][^\r\n,;\t]{0,12}", data)
    readings = []
    for name in ("utf-8", "gb18030", *_GUESSES):
        try:
            text = piece[0].decode(name) if piece else ""
        except ValueError:
            continue
        if text and not _NO_TEXT.search(text):
            readings.append(_("encoding='{name}' reads {text!r}", name=name, text=text.strip()))
    if not readings:
        return _("See whether it is a CSV file; export it again as 'CSV UTF-8'.")
    listed = "; ".join(readings)
    return _("Export it as 'CSV UTF-8', or say which reading is right: {listed}.", listed=listed)


# -- records ---------------------------------------------------------------------------

Record = tuple[int, list[str] | None]  # the line it begins in, and its cells; None if broken


def _records(text: str, delimiter: str) -> Iterator[Record]:
    lines = io.StringIO(text, newline=None)
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=True)
    while True:
        start = reader.line_num + 1
        try:
            yield start, next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield start, None
            return


def _delimiter(text: str) -> str:
    """Find the sign that cuts every line into as many cells as the header."""
    sample = text[:100_000]
    if len(sample) < len(text):
        sample = sample[: sample.rfind("\n") + 1] or sample
    fits = {sign: _fit(sample, sign) for sign in DELIMITERS}
    usable = {sign: fit for sign, fit in fits.items() if fit is not None}
    if not usable:
        return _NONE
    best = max(usable.values())
    winners = [sign for sign, fit in usable.items() if fit == best]
    if len(winners) > 1:
        wrong = _("Two signs could stand between the cells of this file.")
        ways = " ".join(_("delimiter={sign}", sign=DELIMITERS[sign]) for sign in winners)
        raise CvmError(wrong, given=text[:60], remedy=_("Say which: {ways}", ways=ways))
    return winners[0]


def _fit(sample: str, delimiter: str) -> float | None:
    """Give the share of lines as wide as the header; None if the header is not cut."""
    widths = [len(cells) for _start, cells in _records(sample, delimiter) if cells]
    if not widths or widths[0] < 2:
        return None
    return sum(width == widths[0] for width in widths[1:]) / max(1, len(widths) - 1)


def _assembled(records: Iterator[Record], skipped: int) -> Raw:
    header: list[str] = []
    chunks: list[pd.DataFrame] = []
    rows: list[int] = []
    problems: list[dict[str, object]] = []
    kept: list[list[str]] = []
    for start, cells in records:
        line = start + skipped
        if cells is None:
            problems.append(_broken(line))
        elif not "".join(cells).strip():
            continue
        elif not header:
            header = _trimmed(cells, 1)
        else:
            cells = _trimmed(cells, len(header))
            if len(cells) != len(header):
                problems.append(_ragged(line, cells, len(header)))
                continue
            kept.append(cells)
            rows.append(line)
        if len(kept) == 50_000:  # so that a large file is not held as Python lists
            chunks.append(_frame(kept, len(header)))
            kept = []
    chunks.append(_frame(kept, len(header)))
    table = pd.concat(chunks, ignore_index=True)
    table, unnamed = named(table, header)
    return Raw(table=table, rows=np.array(rows, int), counting="line", problems=problems + unnamed)


def _frame(rows: list[list[str]], width: int) -> pd.DataFrame:
    columns = list(zip(*rows, strict=True)) if rows else [()] * width
    return pd.DataFrame({i: pd.Series(column, dtype="str") for i, column in enumerate(columns)})


def _trimmed(cells: list[str], width: int) -> list[str]:
    """Drop the empty cells that a trailing delimiter makes."""
    end = len(cells)
    while end > width and not cells[end - 1].strip():
        end -= 1
    return cells[:end]


def named(
    table: pd.DataFrame, header: Sequence[object]
) -> tuple[pd.DataFrame, list[dict[str, object]]]:
    """Give a table its column names, dropping columns with neither a name nor a cell."""
    names = ["" if name is None else plain(str(name)) for name in header]
    hollow = [
        not name and bool((table[i].isna() | (table[i].astype(str).str.strip() == "")).all())
        for i, name in enumerate(names)
    ]
    problems = [
        _shape(None, _("(column {place})", place=i + 1), None, _("a name in the header"),
               _("Write one, or remove the column."))
        for i, name in enumerate(names)
        if not name and not hollow[i]
    ]  # fmt: skip
    keep = [i for i, drop in enumerate(hollow) if not drop and names[i]]
    return table[keep].set_axis([names[i] for i in keep], axis=1), problems


def _shape(
    row: int | None, column: str, value: object, expected: str, remedy: str
) -> dict[str, object]:
    return {"row": row, "column": column, "value": value, "expected": expected, "remedy": remedy}


def _ragged(line: int, cells: list[str], width: int) -> dict[str, object]:
    expected = _("{width} cells like the header, not {count}", width=width, count=len(cells))
    remedy = _("Put cells that hold the delimiter in quotation marks, or add what is missing.")
    return _shape(line, _("(whole line)"), ",".join(cells), expected, remedy)


def _broken(line: int) -> dict[str, object]:
    expected = _("quotation marks in pairs around a cell; nothing after this could be read")
    remedy = _("Close the cell's quotation mark, or double one inside it.")
    return _shape(line, _("(whole line)"), None, expected, remedy)
