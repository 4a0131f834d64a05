"""Cells: what a cell of a table means, or why it cannot be told.

People write one number as ``1234.5``, ``1,234.50``, ``1.234,5`` or ``￥1 234.5``, and one
day as ``2024-12-31``, ``31.12.2024`` or ``2024年12月31日``. All of these are read. What is
refused is what two careful readers could take differently:

- ``1.234``, where nothing else in the column tells decimals from thousands;
- ``03/04/2024``, where nothing else in the column tells the day from the month;
- a column in two forms at once, which is how two sources merged by hand look;
- an id that a spreadsheet has rounded, such as ``1.2E+10``.

A column is judged as a whole, because one cell of it can settle the others: ``12.50``
settles ``1.234``, ``31/12/2024`` settles ``03/04/2024``. Each distinct text is read once.
"""

from __future__ import annotations

import datetime as dt
import numbers as abc
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from cvm.words import _

__all__ = [
    "Fault",
    "Kinds",
    "ids",
    "is_empty",
    "looks_like_numbers",
    "numbers",
    "plain",
    "split",
    "texts",
]

# What programs write for "nothing here". A lone dash is not among them: in a
# spreadsheet's accounting format it means zero.
EMPTY = frozenset({"", "nan", "nat", "null", "none", "na", "n/a", "<na>"})
LONGEST = 60  # characters; no number or date is longer


@dataclass(frozen=True)
class Fault:
    """Cells that could not be read, all for one reason.

    Parameters
    ----------
    at : ndarray of int
        Their positions in the column, counted from 0.
    expected : str
        What should have stood there; completes "... should be ...".
    remedy : str
        What to do, as a full sentence.
    """

    at: np.ndarray
    expected: str
    remedy: str

    def table(self, given: pd.Series, rows: np.ndarray, column: str) -> pd.DataFrame:
        """List the cells: ``row`` (as ``rows`` counts them), ``column``, ``value``, the words."""
        value = given.iloc[self.at].astype(object).to_numpy()
        made = {"row": rows[self.at], "column": column, "value": value}
        return pd.DataFrame(made | {"expected": self.expected, "remedy": self.remedy})


Read = tuple[pd.Series, list[Fault]]


def is_empty(text: str) -> bool:
    """Tell whether a text stands for an empty cell."""
    return len(text) < 8 and text.strip().lower() in EMPTY


def plain(text: str) -> str:
    """Bring full-width signs, odd blanks, minus signs and apostrophes to their plain form."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).replace("−", "-").replace("’", "'")
    return " ".join(text.split())


def numbers(column: pd.Series, *, decimal: str | None = None) -> Read:
    """Read a column of numbers.

    Parameters
    ----------
    column : Series
        Of any type; texts are read, numbers taken as they are.
    decimal : {".", ","}, optional
        The decimal sign; found from the column if it can be.

    Returns
    -------
    values : Series of float
        With a fresh index; not-a-number where the cell is empty or at fault.
    faults : list of Fault
    """
    if _is_real(column):
        return _fresh(column.to_numpy(dtype="float64", na_value=np.nan)), []
    kinds = _split_dateless(column)
    values = np.full(len(column), np.nan)
    real = np.flatnonzero(kinds.real)
    values[real] = [_float(column.iloc[i]) for i in real]
    marks, faults = _number_marks(kinds, decimal)
    values[kinds.text] = np.array([mark.value for mark in marks] or [0.0])[kinds.codes]
    if kinds.other.any():
        faults.append(Fault(np.flatnonzero(kinds.other), *_no_number()))
    return _fresh(values), faults


def ids(column: pd.Series) -> Read:
    """Read a column of ids, keeping leading zeros.

    Whole numbers stay numbers; everything else becomes text. A float column, which is
    what a column of whole numbers turns into when one is missing, becomes whole again.

    Parameters
    ----------
    column : Series
        Of any type.

    Returns
    -------
    values : Series of int or str
        With a fresh index; missing where the cell is empty or at fault.
    faults : list of Fault
    """
    column = _uncategorised(column)
    if pd.api.types.is_integer_dtype(column.dtype):
        return column.reset_index(drop=True), []
    if pd.api.types.is_float_dtype(column.dtype):
        return _float_ids(column.to_numpy(dtype="float64", na_value=np.nan))
    kinds = _split_dateless(column)
    words = [plain(text) for text in kinds.uniques]
    exact = [bool(re.fullmatch(r"[0-9]{1,15}\.0", word)) for word in words]
    if words and all(e or is_empty(w) for e, w in zip(exact, words, strict=True)):
        words, exact = [w.removesuffix(".0") for w in words], [False] * len(words)
    values = np.full(len(column), None, dtype=object)
    named = np.array([None if is_empty(w) else w for w in words] or [None], dtype=object)
    values[kinds.text] = named[kinds.codes]
    broken = np.array([e or _is_rounded(w) for e, w in zip(exact, words, strict=True)] or [False])
    bad = kinds.other.copy()
    bad[kinds.text] = broken[kinds.codes]
    for i in np.flatnonzero(kinds.real):
        values[i], bad[i] = _real_id(column.iloc[i])
    values[bad] = None
    return pd.Series(values, dtype=_TEXT), _rounded(np.flatnonzero(bad))


def texts(column: pd.Series) -> Read:
    """Read a column of free text: blanks around it go, an empty text becomes missing."""
    column = _uncategorised(column).reset_index(drop=True)
    written = column.astype(object).where(column.notna(), None)
    trimmed = written.map(lambda value: str(value).strip() or None, na_action="ignore")
    return trimmed.astype(_TEXT), []


def looks_like_numbers(kinds: Kinds) -> bool:
    """Tell whether every cell of a column nobody declared is a number, and none an id."""
    words = [plain(text) for text in kinds.uniques if not is_empty(text)]
    if any(re.fullmatch(r"0[0-9]+|[0-9]{16,}", word) for word in words):
        return False  # leading zeros or more figures than a number keeps
    return bool(words or kinds.real.any()) and all(_mark(w).sign is not None for w in words)


# -- columns of any type ---------------------------------------------------------------

_TEXT = pd.Series(["a"]).dtype  # "str" from pandas 3 on, object before


@dataclass(frozen=True)
class Kinds:
    """A column split by what its cells hold; the masks cover every non-empty cell."""

    text: np.ndarray
    real: np.ndarray
    date: np.ndarray
    other: np.ndarray
    codes: np.ndarray  # of each text cell, into uniques
    uniques: Sequence[str]
    counts: np.ndarray  # cells of each unique

    def cells(self, chosen: Sequence[bool] | np.ndarray) -> np.ndarray:
        """Give the positions of the cells whose text is chosen."""
        picked = np.asarray(chosen, dtype=bool)
        return np.flatnonzero(self.text)[picked[self.codes]] if len(picked) else np.array([], int)


def split(column: pd.Series) -> Kinds:
    """Split a column by what its cells hold."""
    column = _uncategorised(column)
    filled = column.notna().to_numpy()
    if pd.api.types.is_string_dtype(column.dtype) and column.dtype != object:
        text = filled
        real = date = np.zeros(len(column), bool)
    else:
        column = column.astype(object)
        text = _each(column, lambda v: isinstance(v, str))
        real = filled & _each(column, _is_number)
        date = filled & _each(column, lambda v: isinstance(v, dt.date | np.datetime64))
    codes, uniques = pd.factorize(column.to_numpy(dtype=object)[text])
    counts = np.bincount(codes, minlength=len(uniques))
    return Kinds(text, real, date, filled & ~text & ~real & ~date, codes, list(uniques), counts)


def _split_dateless(column: pd.Series) -> Kinds:
    """Split a column in which a date has no place."""
    kinds = split(column)
    return Kinds(kinds.text, kinds.real, kinds.date & False, kinds.other | kinds.date,
                 kinds.codes, kinds.uniques, kinds.counts)  # fmt: skip


def _each(column: pd.Series, test: Callable[[Any], bool]) -> np.ndarray:
    return np.fromiter((test(value) for value in column), bool, len(column))


def _is_number(value: Any) -> bool:
    real = isinstance(value, abc.Real | Decimal)
    return real and not isinstance(value, bool | np.bool_)


def _is_real(column: pd.Series) -> bool:
    kind = column.dtype
    numeric = pd.api.types.is_numeric_dtype(kind) and not pd.api.types.is_complex_dtype(kind)
    return numeric and not pd.api.types.is_bool_dtype(kind)


def _float(value: Any) -> float:
    try:
        return float(value)
    except OverflowError:  # a whole number can be of any size
        return float(np.inf if value > 0 else -np.inf)


def _uncategorised(column: pd.Series) -> pd.Series:
    return column.astype(object) if isinstance(column.dtype, pd.CategoricalDtype) else column


def _fresh(values: np.ndarray) -> pd.Series:
    return pd.Series(values)


# -- ids -------------------------------------------------------------------------------


def _float_ids(values: np.ndarray) -> Read:
    empty = np.isnan(values)
    # Beyond 2**53 a float no longer holds every whole number: digits are lost.
    good = empty | ((np.abs(values) < 2**53) & (np.floor(values) == values))
    bad = np.flatnonzero(~good)
    if len(bad) or empty.any():
        whole = pd.Series(np.where(good, values, np.nan)).astype("Int64")
    else:
        whole = pd.Series(values.astype("int64"))
    return whole, _rounded(bad)


def _real_id(value: Any) -> tuple[str | None, bool]:
    whole = value == value // 1 and abs(value) < 2**53 if value == value else False
    return (str(int(value)), False) if whole else (None, True)


def _is_rounded(word: str) -> bool:
    return bool(re.fullmatch(r"[0-9]+([.,][0-9]+)?E\+[0-9]+|#\S*[!?]?|#+", word))


def _rounded(at: np.ndarray) -> list[Fault]:
    remedy = _("Give the column the format 'text' where it was made, and export it again.")
    expected = _("an id as it was given, not a rounded number or a mark of an error")
    return [Fault(at, expected, remedy)] if len(at) else []


# -- numbers ---------------------------------------------------------------------------


class Mark(NamedTuple):
    """What one text says about itself as a number.

    ``sign`` is the decimal sign it proves: "." or ",", "" if it has none, "?." or "?,"
    if the sign may be either, None if the text is no number.
    """

    value: float
    sign: str | None
    currency: str = ""
    body: str = ""


_SIMPLE = re.compile(r"-?[0-9]{1,18}(?:\.(?:[0-9]|[0-9]{2}|[0-9]{4,20}))?")
_SIGNS = {"元": "¥", "RMB": "¥", "CNY": "¥", "人民币": "¥", "US$": "$", "USD": "$"}
_CODES = "USD|EUR|GBP|CNY|RMB|JPY|CHF|INR|HKD|TWD|KRW|SGD|AUD|CAD|BRL|MXN|ZAR|RUB|SEK|NOK|DKK|PLN|CZK|TRY"
_CURRENCY = rf"US\$|HK\$|[$€£¥₹₽₩元]|人民币|{_CODES}"
_NUMBER = re.compile(
    rf"(?P<open>\()?(?P<before>[-+])? ?(?P<left>{_CURRENCY})? ?(?P<after>[-+])? ?"
    rf"(?P<body>[.,]?[0-9][0-9.,' ]*?)(?P<power>[eE][-+]?[0-9]{{1,3}})? ?(?P<right>{_CURRENCY})?"
    r"(?P<close>\))?(?P<behind>-)?"
)


def _number_marks(kinds: Kinds, decimal: str | None) -> tuple[list[Mark], list[Fault]]:
    marks = [_mark(text) for text in kinds.uniques]
    used, faults = _decimal_sign(marks, kinds, decimal)
    read = [_settle(mark, used) for mark in marks]
    filled = [not is_empty(text) for text in kinds.uniques]
    bad = [f and m.sign is None for f, m in zip(filled, marks, strict=True)]
    if any(bad):
        faults.append(Fault(kinds.cells(bad), *_no_number()))
    return read, faults + _two_currencies(marks, kinds)


def _mark(text: str) -> Mark:
    if _SIMPLE.fullmatch(text):  # nearly every cell of nearly every file
        return Mark(np.nan, "." if "." in text else "", "", text)
    word = plain(text) if len(text) <= LONGEST else ""
    found = _NUMBER.fullmatch(word)
    if not found or bool(found["open"]) != bool(found["close"]):
        return Mark(np.nan, None)
    body = found["body"]
    signs = [s for s in (found["before"], found["after"], found["behind"], found["open"]) if s]
    money = [_SIGNS.get(c, c) for c in (found["left"], found["right"]) if c]
    sign = _decimal_of(body)
    if sign is None or len(signs) > 1 or len(money) > 1:
        return Mark(np.nan, None)
    if found["power"] and sign.startswith("?"):
        sign = sign[1:]  # 1.234E5: a mantissa has no thousands
    minus = "-" if signs and signs[0] in "-(" else ""
    return Mark(np.nan, sign, money[0] if money else "", minus + body + (found["power"] or ""))


def _decimal_of(body: str) -> str | None:
    """Tell the decimal sign that a number without sign and currency proves."""
    *groups, last = re.split(r"[.,' ]", body)
    seps = re.findall(r"[.,' ]", body)
    if not seps:
        return ""
    if not last:
        return None
    tail = seps[-1]
    if len(seps) == 1 and tail in ".,":
        may_be_thousands = len(last) == 3 and re.fullmatch(r"[1-9][0-9]{0,2}", groups[0])
        return "?" + tail if may_be_thousands else tail
    if len(set(seps)) == 1:  # 1.234.567 or 1 234: only thousands
        proves = {".": ",", ",": "."}.get(tail, "")
        return proves if _are_thousands([*groups, last]) else None
    one_kind = len(set(seps[:-1])) == 1 and tail in ".," and tail not in seps[:-1]
    return tail if one_kind and _are_thousands(groups) else None


def _are_thousands(groups: list[str]) -> bool:
    return 1 <= len(groups[0]) <= 3 and all(len(group) == 3 for group in groups[1:])


def _settle(mark: Mark, decimal: str) -> Mark:
    """Read the number, once the decimal sign of its column is known."""
    if mark.sign is None or mark.sign not in ("", "?.", "?,", decimal):
        return mark
    thousands = "".join({".", ",", "'", " "} - {decimal})
    text = mark.body.translate(str.maketrans(decimal, ".", thousands))
    return Mark(float(text), mark.sign, mark.currency)


def _decimal_sign(marks: list[Mark], kinds: Kinds, given: str | None) -> tuple[str, list[Fault]]:
    """Find the decimal sign of a column, and the cells that do not go with it."""
    cells = {
        sign: int(sum(c for m, c in zip(marks, kinds.counts, strict=True) if m.sign == sign))
        for sign in (".", ",", "?.", "?,")
    }
    open_cells = [m.sign is not None and m.sign.startswith("?") for m in marks]
    if given is None and not (cells["."] or cells[","]) and any(open_cells):
        return ".", [_untold_decimal(kinds.cells(open_cells))]
    used = given or ("," if cells[","] > cells["."] else ".")
    against = [m.sign in (".", ",") and m.sign != used for m in marks]
    if not any(against):
        return used, []
    expected = _("a number with the decimal sign '{sign}', like the rest", sign=used)
    remedy = _("Write the column in one form, or say decimal= if the rest is what is wrong.")
    return used, [Fault(kinds.cells(against), expected, remedy)]


def _untold_decimal(at: np.ndarray) -> Fault:
    expected = _(
        "a number whose decimals can be told from thousands ({count} cells here can be read both ways)",
        count=len(at),
    )
    remedy = _("Say decimal='.' if the sign marks decimals as in 1.5, decimal=',' if as in 1,5.")
    return Fault(at[:1], expected, remedy)


def _two_currencies(marks: list[Mark], kinds: Kinds) -> list[Fault]:
    found: dict[str, int] = {}
    for mark, count in zip(marks, kinds.counts, strict=True):
        if mark.currency:
            found[mark.currency] = found.get(mark.currency, 0) + int(count)
    if len(found) < 2:
        return []
    main = max(found, key=lambda sign: found[sign])
    at = kinds.cells([mark.currency not in ("", main) for mark in marks])
    remedy = _("Convert the amounts to one currency, or keep them in two files.")
    return [Fault(at, _("an amount in {currency}, like the rest", currency=main), remedy)]


def _no_number() -> tuple[str, str]:
    return _("a number"), _("Write the number alone, such as 1234.5.")
