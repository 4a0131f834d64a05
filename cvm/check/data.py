"""Data: every student's own, drawn from a name or a class code.

The seed of an exercise is made of its chapter and the student's name, so the same
name always meets the same data, on every machine, and another name meets other
data. A public solution then teaches the method and gives nobody's number away.
"""

from __future__ import annotations

import hashlib
import html
import unicodedata
from collections.abc import Mapping
from typing import Any

import pandas as pd

from cvm.errors import CvmError
from cvm.results import number
from cvm.words import N_, _

__all__ = ["PLACEHOLDER", "Data", "seed_of", "student_key"]

#: What stands in an exercise before the student writes a name; not translated there.
PLACEHOLDER = N_("your name or class code")


class Data:
    """The tables of one student's exercise, as attributes.

    Parameters
    ----------
    chapter : str
        Such as "06".
    student : str
        As it was written.
    values : mapping
        Tables and single numbers by name.

    Raises
    ------
    CvmError
        If a value is set or replaced: the data is as it was drawn. A table may be
        changed in place; answers are checked against a copy of their own.
    """

    def __init__(self, chapter: str, student: str, values: Mapping[str, Any]) -> None:
        own = {name: v.copy() if hasattr(v, "copy") else v for name, v in values.items()}
        self.__dict__.update(own, _about=(chapter, student, tuple(own)))

    def observed(self) -> Data:
        """Give a copy without what students do not see (``true_*``)."""
        chapter, student, names = self.__dict__["_about"]
        seen = {n: _seen(getattr(self, n)) for n in names if not n.startswith("true_")}
        return Data(chapter, student, seen)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        names = ", ".join(self.__dict__["_about"][2])
        raise AttributeError(
            _("This data has no '{name}'; it has {names}.", name=name, names=names)
        )

    def __setattr__(self, name: str, value: object) -> None:
        wrong = _("The exercise's data cannot be changed.")
        raise CvmError(wrong, remedy=_("Give what you make a name of its own: {name} = ...",
                                       name=name))  # fmt: skip

    def __delattr__(self, name: str) -> None:
        self.__setattr__(name, None)

    def __dir__(self) -> list[str]:
        return list(self.__dict__["_about"][2])

    def _lines(self) -> list[tuple[str, str]]:
        return [(f"data.{name}", _told(getattr(self, name))) for name in self.__dict__["_about"][2]]

    def _heading(self) -> str:
        chapter, student, _names = self.__dict__["_about"]
        text = _("Exercise {chapter}, drawn for '{student}'", chapter=chapter, student=student)
        if student_key(student) in {student_key(PLACEHOLDER), student_key(_(PLACEHOLDER))}:
            text += _(" (write your own name, and get your own data)")
        return text

    def __repr__(self) -> str:
        return "\n".join([self._heading(), *(f"  {n}: {told}" for n, told in self._lines())])

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td><code>{html.escape(name)}</code></td>"
            f'<td style="text-align:left">{html.escape(told)}</td></tr>'
            for name, told in self._lines()
        )
        return f"<strong>{html.escape(self._heading())}</strong><table>{rows}</table>"


def student_key(student: object) -> str:
    """Bring a name to one form: case, spaces and full-width letters do not matter.

    Parameters
    ----------
    student : str or int
        A name or class code, in any script.

    Raises
    ------
    CvmError
        If it is not text or number, or nothing is left of it.
    """
    if isinstance(student, bool) or not isinstance(student, str | int):
        wrong = _("The student's name or class code is a text.")
        raise CvmError(wrong, given=student, remedy=_EXAMPLE())
    # Spaces and invisible characters go: 王 伟 and 王伟 are one person.
    text = unicodedata.normalize("NFKC", str(student)).casefold()
    key = "".join(c for c in text if unicodedata.category(c)[0] not in "ZC")
    if not key:
        wrong = _("The student's name or class code is empty.")
        raise CvmError(wrong, given=student, remedy=_EXAMPLE())
    return unicodedata.normalize("NFKC", key)


def seed_of(chapter: str, student: object) -> int:
    """Make the seed of a student's exercise, between 0 and 2**32 - 1."""
    text = f"{chapter}:{student_key(student)}"
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=4).digest(), "big")


def _EXAMPLE() -> str:
    return _('Write for example student="Lin Mei".')


def _seen(value: Any) -> Any:
    if isinstance(value, pd.DataFrame):
        return value.drop(columns=[c for c in value if str(c).startswith("true_")])
    return value


def _told(value: Any) -> str:
    if isinstance(value, pd.DataFrame):
        columns = ", ".join(str(c) for c in value.columns)
        return _("table of {rows} rows: {columns}", rows=number(len(value)), columns=columns)
    if isinstance(value, pd.Series):
        return _("Series of {rows} values", rows=number(len(value)))
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    return number(value, digits=6) if isinstance(value, int | float) else str(value)
