"""Dates: what day a cell means, or why it cannot be told.

Read are ISO dates (``2024-12-31``, also with ``/`` or ``.``, also ``20241231``),
``2024年12月31日``, ``31.12.2024``, ``12/31/2024``, ``31 Dec 2024``, ``Dec 31, 2024``, each
with or without a time of day, and the serial numbers a spreadsheet counts days in. A
column must keep to one form. Where it writes day and month in figures before the year,
one cell with a part above 12 settles the order for all; if none does, it is refused.
Years of two figures are refused: 01/02/03 is anybody's guess.

A time zone (``Z``, ``+08:00``) is dropped and the clock time as written is kept, since
the kit asks on which day a customer came; a column with two zones is refused.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from cvm.cells import LONGEST, Fault, Kinds, Read, is_empty, plain, split
from cvm.words import _

__all__ = ["dates", "looks_like_dates"]

# Day 0 of a spreadsheet's serial numbers. It is 30 December and not 1 January because
# spreadsheets count a 29 February 1900 that never was; right from March 1900 on.
_EPOCH = dt.datetime(1899, 12, 30)
_NEVER = np.datetime64("NaT", "us")


def dates(column: pd.Series, *, dayfirst: bool | None = None) -> Read:
    """Read a column of dates.

    Parameters
    ----------
    column : Series
        Of any type; texts and serial numbers are read, dates taken as they are.
    dayfirst : bool, optional
        Whether 03/04/2024 is the third of April; found from the column if it can be.

    Returns
    -------
    values : Series of datetime64[us]
        With a fresh index; not-a-time where the cell is empty or at fault.
    faults : list of Fault
    """
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return _of_dates(column), []
    kinds = split(column)
    values = np.full(len(column), _NEVER)
    marks = [_mark(text) for text in kinds.uniques]
    faults = _faults(marks, kinds, dayfirst)
    order = _day_comes_first(marks, kinds, dayfirst)
    found = np.array([_settle(mark, order) for mark in marks] or [_NEVER], "datetime64[us]")
    values[kinds.text] = found[kinds.codes]
    others = np.flatnonzero(kinds.real | kinds.date | kinds.other)
    values[others], wrong = _objects(column.iloc[others])
    faults += _fault_if(others[wrong], *_no_date())
    faults += _mixed(kinds)
    for fault in faults:
        values[fault.at] = _NEVER
    return pd.Series(values), faults


def looks_like_dates(kinds: Kinds) -> bool:
    """Tell whether every cell of a column nobody declared is a date; mere figures are not."""
    words = [text for text in kinds.uniques if not is_empty(text)]
    if any(re.fullmatch(r"[0-9.,]*", plain(word)) and not _is_written(word) for word in words):
        return False
    marks = [_mark(word) for word in words]
    return bool(words or kinds.date.any()) and all(mark.form or mark.why for mark in marks)


def _is_written(word: str) -> bool:
    return len(re.findall("[.]", word)) == 2  # 31.12.2024


class Mark(NamedTuple):
    """What one text says about itself as a date.

    ``form`` is how it is written: "year" first, "month name", "serial", or the sign
    between day and month in figures; None if it is no date. ``day`` is the date, or,
    for day and month in figures, the two of them with the year and time.
    """

    form: str | None
    day: Any = None
    zone: str = ""
    why: str = ""


_TIME = (
    r"(?:[ T]+(?P<h>[0-9]{1,2}):(?P<m>[0-9]{2})(?::(?P<s>[0-9]{2})(?:[.,](?P<f>[0-9]{1,9}))?)?"
    r" ?(?P<half>[AaPp][Mm])?)? ?(?P<zone>Z|UTC|GMT|[+-][0-9]{2}:?[0-9]{2})?"
)
_YEAR_FIRST = re.compile(
    r"(?P<y>[0-9]{4})(?:(?P<sep>[-/.])(?P<mo>[0-9]{1,2})(?P=sep)(?P<d>[0-9]{1,2})"
    r"|年 ?(?P<mo2>[0-9]{1,2}) ?月 ?(?P<d2>[0-9]{1,2}) ?[日号]?|(?P<mo3>[0-9]{2})(?P<d3>[0-9]{2}))" + _TIME
)  # fmt: skip
_YEAR_LAST = re.compile(
    r"(?P<a>[0-9]{1,2})(?P<sep>[-/.])(?P<b>[0-9]{1,2})(?P=sep)(?P<y>[0-9]{4}|[0-9]{2})" + _TIME
)
_NAMED = re.compile(
    r"(?:(?P<d>[0-9]{1,2})\.?[ -](?P<mon>[A-Za-z]{3,9})\.?,?[ -]"
    r"|(?P<mon2>[A-Za-z]{3,9})\.?[ -](?P<d2>[0-9]{1,2}),? )(?P<y>[0-9]{4})" + _TIME
)
_SERIAL = re.compile(r"[0-9]{5}(?:[.,][0-9]{1,12})?")
_MONTHS = ["january", "february", "march", "april", "may", "june", "july", "august",
           "september", "october", "november", "december"]  # fmt: skip


def _mark(text: str) -> Mark:
    word = plain(text) if len(text) <= LONGEST else ""
    if found := _YEAR_FIRST.fullmatch(word):
        month = found["mo"] or found["mo2"] or found["mo3"]
        day = found["d"] or found["d2"] or found["d3"]
        return _made("year", found, int(month), int(day))
    if found := _YEAR_LAST.fullmatch(word):
        return _year_last(found)
    if found := _NAMED.fullmatch(word):
        name = (found["mon"] or found["mon2"]).lower()
        month = next((i for i, m in enumerate(_MONTHS, 1) if name in (m, m[:3], m[:4])), 13)
        return _made("name", found, month, int(found["d"] or found["d2"]))
    if _SERIAL.fullmatch(word):
        moment = _EPOCH + dt.timedelta(days=float(word.replace(",", ".")))
        if 1970 <= moment.year <= 2100:  # else an id or an amount in the wrong column
            # A serial number holds a time of day to about a millisecond.
            return Mark("serial", moment.replace(microsecond=moment.microsecond // 1000 * 1000))
    return Mark(None)


def _made(form: str, found: re.Match[str], month: int, day: int) -> Mark:
    moment = _moment(found, month, day)
    if moment is None:
        return Mark(None, why=_("a day that exists"))
    return Mark(form, moment, found["zone"] or "")


def _year_last(found: re.Match[str]) -> Mark:
    if len(found["y"]) == 2:
        return Mark(None, why=_("a date whose year has four figures"))
    a, b = int(found["a"]), int(found["b"])
    pair = (_moment(found, month=b, day=a), _moment(found, month=a, day=b))
    if pair == (None, None):
        return Mark(None, why=_("a day that exists"))
    return Mark(found["sep"], pair, found["zone"] or "")


def _moment(found: re.Match[str], month: int, day: int) -> dt.datetime | None:
    hour = int(found["h"] or 0)
    if found["half"]:
        hour = hour % 12 + 12 * (found["half"] in "PMpmPm") if 1 <= hour <= 12 else 99
    micro = int((found["f"] or "0").ljust(6, "0")[:6])
    try:
        return dt.datetime(
            int(found["y"]), month, day, hour, int(found["m"] or 0), int(found["s"] or 0), micro
        )
    except ValueError:
        return None


def _settle(mark: Mark, day_first: bool) -> np.datetime64:
    day = mark.day
    if isinstance(day, tuple):
        day = day[0] if day_first else day[1]
    return _NEVER if day is None else np.datetime64(day, "us")


def _evidence(marks: list[Mark], kinds: Kinds) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Tell which texts can only be day first, only month first, or truly both."""
    pairs = [mark.day if isinstance(mark.day, tuple) else None for mark in marks]
    day = np.array([p is not None and p[1] is None for p in pairs], bool)
    month = np.array([p is not None and p[0] is None for p in pairs], bool)
    either = np.array([p is not None and None not in p and p[0] != p[1] for p in pairs], bool)
    return day, month, either


def _day_comes_first(marks: list[Mark], kinds: Kinds, given: bool | None) -> bool:
    day, month, _either = _evidence(marks, kinds)
    return given if given is not None else kinds.counts[day].sum() >= kinds.counts[month].sum()


def _faults(marks: list[Mark], kinds: Kinds, dayfirst: bool | None) -> list[Fault]:
    filled = [not is_empty(text) for text in kinds.uniques]
    reasons = {m.why for m, f in zip(marks, filled, strict=True) if f and m.form is None}
    faults = []
    for why in sorted(reasons):
        bad = [f and m.form is None and m.why == why for m, f in zip(marks, filled, strict=True)]
        expected, remedy = _no_date()
        faults += _fault_if(kinds.cells(bad), why or expected, remedy)
    return faults + _order_faults(marks, kinds, dayfirst) + _form_faults(marks, kinds)


def _order_faults(marks: list[Mark], kinds: Kinds, dayfirst: bool | None) -> list[Fault]:
    day, month, either = _evidence(marks, kinds)
    if dayfirst is None and either.any() and not (day.any() or month.any()):
        return [_untold_order(kinds.cells(either))]
    first = _day_comes_first(marks, kinds, dayfirst)
    expected = _("a date with the day first, like the rest") if first else (
        _("a date with the month first, like the rest"))  # fmt: skip
    remedy = _("Write the column in one form, or say dayfirst= if the rest is what is wrong.")
    return _fault_if(kinds.cells(month if first else day), expected, remedy)


def _untold_order(at: np.ndarray) -> Fault:
    expected = _(
        "a date whose day and month can be told apart ({count} cells here can be read both ways)",
        count=len(at),
    )
    remedy = _("Say dayfirst=True if 03/04/2024 is 3 April, dayfirst=False if it is 4 March.")
    return Fault(at[:1], expected, remedy)


def _form_faults(marks: list[Mark], kinds: Kinds) -> list[Fault]:
    """Find the cells in a form, or in a time zone, that the rest of the column is not in."""
    remedy = _("Write the whole column in one form; 2024-12-31 is the safest.")
    form = _minority([m.form for m in marks], kinds)
    zone = _minority([None if m.form is None else m.zone for m in marks], kinds)
    return _fault_if(form, _("a date in the same form as the rest"), remedy) + _fault_if(
        zone, _("a time in the same time zone as the rest"), remedy
    )


def _minority(labels: Iterable[str | None], kinds: Kinds) -> np.ndarray:
    labels = list(labels)
    seen: Counter[str] = Counter()
    for label, count in zip(labels, kinds.counts, strict=True):
        if label is not None:
            seen[label] += int(count)
    main = seen.most_common(1)[0][0] if seen else None
    return kinds.cells([label not in (None, main) for label in labels])


def _mixed(kinds: Kinds) -> list[Fault]:
    """Find the rarer of real dates, numbers and texts in one column.

    A spreadsheet that opens 03/04/2024 and 31/12/2024 under another country's setting
    makes a date of the first, a wrong one, and leaves the second as text. So a column of
    dates and texts is not a column of dates with some texts to be read.
    """
    filled = kinds.text.copy()
    filled[kinds.text] = np.array([not is_empty(t) for t in kinds.uniques] or [False])[kinds.codes]
    groups = sorted((filled, kinds.date, kinds.real), key=lambda mask: int(mask.sum()))
    rare = np.flatnonzero(groups[0] | groups[1])
    remedy = _("Give the whole column the format 'date', look at every day, and export it again.")
    return _fault_if(rare, _("a date of the same type as the rest"), remedy)


def _objects(cells: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    values = [_object(value) for value in cells]
    found = np.array(values or [], "datetime64[us]")
    return found, np.isnat(found)


def _object(value: Any) -> np.datetime64:
    if isinstance(value, np.datetime64):
        return value.astype("datetime64[us]")
    if isinstance(value, dt.datetime):
        return np.datetime64(value.replace(tzinfo=None), "us")
    if isinstance(value, dt.date):
        return np.datetime64(value, "us")
    try:
        text = f"{float(value):.9f}".rstrip("0").rstrip(".")
    except (TypeError, ValueError, OverflowError):
        return _NEVER
    mark = _mark(text)
    return _settle(mark, True) if mark.form in ("serial", "year") else _NEVER


def _of_dates(column: pd.Series) -> pd.Series:
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        column = column.dt.tz_localize(None)
    return column.astype("datetime64[us]").reset_index(drop=True)


def _no_date() -> tuple[str, str]:
    return _("a date"), _("Write the day as year-month-day, such as 2024-12-31.")


def _fault_if(at: np.ndarray, expected: str, remedy: str) -> list[Fault]:
    return [Fault(at, expected, remedy)] if len(at) else []
