"""Answers: whatever a student hands in, read into one plain form.

A question says which *kind* of answer it wants. A kind reads an answer into values
by label: a number is one value, a Series one value a name, a table one value a
column and row, a fitted model one value a coefficient, a function one value for
each input it is tried on. Two answers are then compared label by label, so order,
dtype, index and NumPy scalars cannot matter: they are gone before the comparison.

What cannot be read raises :class:`Unreadable`, whose text tells the student why.
"""

from __future__ import annotations

import copy
import datetime
import decimal
import functools
import math
import numbers
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import pandas as pd

from cvm.results import Result, number
from cvm.words import N_, _

__all__ = [
    "Fitted", "Function", "Kind", "Label", "Named", "Number", "Ranking", "Table", "Text",
    "Unreadable", "Values", "empty", "name_of", "plain",
]  # fmt: skip

Label = tuple[str, ...]
#: One plain value by label: a float, or a text already normalised.
Values = Mapping[Label, float | str]


class Unreadable(Exception):
    """An answer that is not of the kind the question asks for; says why."""


def plain(text: str) -> str:
    """Bring a text to one form: full width to half, lower case, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def name_of(value: object) -> str:
    """Bring a name to one form, so that 1, 1.0 and "1" are the same customer."""
    if isinstance(value, numbers.Real) and not isinstance(value, bool | np.bool_):
        as_float = float(value)
        if math.isfinite(as_float) and as_float == int(as_float):
            return str(int(as_float))
    if isinstance(value, pd.Timestamp | datetime.date):
        return pd.Timestamp(value).isoformat()
    return plain(str(value))


def label_of(name: object) -> Label:
    """Bring the name of a row, or the names of one with several, to a label."""
    return tuple(name_of(part) for part in name) if isinstance(name, tuple) else (name_of(name),)


def empty(answer: object) -> bool:
    """Tell whether nothing was written yet: ``...`` or None."""
    return answer is None or answer is Ellipsis


def cell(value: Any) -> float | str:
    """Read one value: a number as float, a span of time as days, a text as text."""
    if isinstance(value, str):
        return _number_in(value)
    if value is None or value is pd.NA or value is pd.NaT:
        return math.nan
    if isinstance(value, datetime.timedelta | np.timedelta64):
        return pd.Timedelta(value) / pd.Timedelta(days=1)
    if isinstance(value, datetime.date | np.datetime64):
        return (pd.Timestamp(value) - pd.Timestamp(0)) / pd.Timedelta(days=1)
    if isinstance(value, numbers.Real | np.bool_ | decimal.Decimal):
        return float(value)
    if value is Ellipsis:
        raise Unreadable(_("One of its values is still `...`."))
    wrong = _("One of its values is of type `{type}`; a number or a text is wanted.",
              type=type(value).__name__)  # fmt: skip
    raise Unreadable(wrong)


def _number_in(text: str) -> float | str:
    """Read "0.65" and "65 %" as the numbers they are, any other text as text."""
    tidy = plain(text).replace("−", "-")
    found = re.fullmatch(r"([-+]?[\d,]*\.?\d+(?:e[-+]?\d+)?)\s*(%?)", tidy)
    if not found:
        return tidy
    return float(found[1].replace(",", "")) / (100 if found[2] else 1)


def cells(values: pd.Series) -> list[float | str]:
    """Read a column; the quick way for numbers."""
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_complex_dtype(values):
        return values.to_numpy(dtype=float, na_value=np.nan).tolist()
    return [cell(value) for value in values.astype(object)]


def opened(answer: Any) -> Any:
    """Open what holds the answer: a kit's result, a table of another library."""
    if isinstance(answer, Result):
        return answer.to_frame()
    if isinstance(answer, pd.DataFrame | pd.Series | pd.Index | str | Mapping):
        return answer
    for way in ("to_pandas", "to_df"):
        if callable(getattr(type(answer), way, None)):
            return getattr(answer, way)()
    if type(answer).__module__.startswith("pandas") and "GroupBy" in type(answer).__name__:
        how = _("That is a grouping, not yet a result: say what to do with each group, "
                "for example `.sum()`.")  # fmt: skip
        raise Unreadable(how)
    if callable(answer):
        raise Unreadable(_("That is a function: call it, with its brackets, and give the result."))
    return answer


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What kind of answer a question wants, and how one is read.

    Parameters
    ----------
    unit : str
        As in :func:`cvm.results.number`; ``"share"`` asks for 0.2, not for 20.
    """

    unit: str = ""

    #: What is wanted, for the message "A {wanted} is asked for".
    wanted = N_("number")

    def read(self, answer: Any, *, data: Any, like: Sequence[Label] = ()) -> Values:
        """Read an answer.

        Parameters
        ----------
        answer : object
            What the student gave.
        data : object
            The student's own data, for a kind that tries the answer on it.
        like : sequence of labels
            The labels of the expected answer, so that values without names can be
            taken in that order.

        Raises
        ------
        Unreadable
            If it is not of this kind.
        """
        raise NotImplementedError

    def write(self, values: Values) -> str:
        """Write the values of an answer for a sentence, with their names if there are several."""
        parts = []
        for label, value in list(values.items())[:5]:
            text = value if isinstance(value, str) else number(value, self.unit)
            parts.append(text if len(values) == 1 else f"{', '.join(label)} {text}")
        return ", ".join(parts)

    def refuse(self, answer: Any) -> Unreadable:
        """Say what is wanted and what came."""
        words = {"wanted": _(self.wanted), "type": type(answer).__name__}
        return Unreadable(_("A {wanted} is asked for; yours is of type `{type}`.", **words))


@dataclass(frozen=True, kw_only=True)
class Number(Kind):
    """One number: plain, NumPy's, in a one-value Series, or an estimate of the kit."""

    def read(self, answer: Any, *, data: Any, like: Sequence[Label] = ()) -> Values:
        """Read one number."""
        for held in ("value", "effect"):
            if isinstance(answer, Result) and hasattr(answer, held):
                return {("",): float(getattr(answer, held))}
        answer = opened(answer)
        if isinstance(answer, str | numbers.Number | np.generic | datetime.timedelta):
            value = cell(answer)
        elif isinstance(answer, pd.Series | pd.DataFrame | np.ndarray | list | tuple):
            value = self._only(np.asarray(answer, dtype=object).ravel(), answer)
        else:
            raise self.refuse(answer)
        if isinstance(value, str):
            raise self.refuse(answer)
        return {("",): value}

    def _only(self, held: np.ndarray, answer: Any) -> float | str:
        if len(held) == 1:
            return cell(held[0])
        words = {"type": type(answer).__name__, "n": number(len(held))}
        raise Unreadable(_("One number is asked for; your `{type}` holds {n} values.", **words))


@dataclass(frozen=True, kw_only=True)
class Text(Kind):
    """One word or name; case, spaces and full-width letters do not matter."""

    wanted = N_("text")

    def read(self, answer: Any, *, data: Any, like: Sequence[Label] = ()) -> Values:
        """Read one text."""
        if isinstance(answer, pd.Series | np.ndarray | list | tuple) and len(answer) == 1:
            answer = next(iter(answer))
        if isinstance(answer, str | int | np.integer) and not isinstance(answer, bool):
            return {("",): name_of(answer)}
        raise self.refuse(answer)


@dataclass(frozen=True, kw_only=True)
class Named(Kind):
    """Values by name: a Series, a dict, a column, a matrix, or a list in the asked order.

    Parameters
    ----------
    key : tuple of str
        The columns that hold the names, in a table of several columns.
    column : str
        The column that holds the values, in such a table.
    """

    key: tuple[str, ...] = ()
    column: str = ""

    wanted = N_("Series (or dict) of values by name")

    def read(self, answer: Any, *, data: Any, like: Sequence[Label] = ()) -> Values:
        """Read values by name."""
        answer = opened(answer)
        if isinstance(answer, Mapping):
            answer = pd.Series(dict(answer), dtype=object)
        if isinstance(answer, pd.DataFrame):
            answer = self._asked_column(answer)
        if isinstance(answer, pd.Series):
            return _by_position(answer, like) or _labelled(answer)
        if isinstance(answer, list | tuple | np.ndarray | pd.Index):
            unnamed = pd.Series(np.asarray(answer, dtype=object).ravel(), dtype=object)
            return _by_position(unnamed, like) or _labelled(unnamed)
        raise self.refuse(answer)

    def _asked_column(self, frame: pd.DataFrame) -> pd.Series:
        if self.column not in frame:
            return _one_column(frame)
        if set(self.key) <= set(frame):
            frame = frame.set_index(list(self.key))
        return frame[self.column]


@dataclass(frozen=True, kw_only=True)
class Ranking(Kind):
    """Names in an order that matters: the first, the second, ..."""

    wanted = N_("list of names in order")

    def read(self, answer: Any, *, data: Any, like: Sequence[Label] = ()) -> Values:
        """Read names in order; a Series or table is taken by its names if its values are numbers."""
        answer = opened(answer)
        if isinstance(answer, pd.Series | pd.DataFrame):
            frame = answer.to_frame() if isinstance(answer, pd.Series) else answer
            words = [c for c in frame if not pd.api.types.is_numeric_dtype(frame[c])]
            answer = frame[words[0]].tolist() if words else frame.index.tolist()
        if isinstance(answer, list | tuple | np.ndarray | pd.Index):
            return {(name_of(i + 1),): name_of(v) for i, v in enumerate(answer)}
        raise self.refuse(answer)


@dataclass(frozen=True, kw_only=True)
class Table(Kind):
    """A table with one row a key; further columns than the asked ones are welcome.

    Parameters
    ----------
    key : tuple of str
        The columns that tell rows apart. They may as well be the index.
    """

    key: tuple[str, ...] = ("customer",)

    wanted = N_("DataFrame")

    def read(self, answer: Any, *, data: Any, like: Sequence[Label] = ()) -> Values:
        """Read a table."""
        answer = opened(answer)
        if isinstance(answer, pd.Series):
            answer = answer.to_frame()
        if isinstance(answer, Mapping | list) and not isinstance(answer, pd.DataFrame):
            answer = pd.DataFrame(answer)
        if not isinstance(answer, pd.DataFrame):
            raise self.refuse(answer)
        frame = self._keyed(answer)
        asked = {label[0] for label in like} or set(frame.columns)
        rows = [label_of(name) for name in frame.index]
        self._once(rows)
        return {
            (column, *row): value
            for column in frame.columns
            if column in asked
            for row, value in zip(rows, cells(frame[column]), strict=True)
        }

    def _keyed(self, answer: pd.DataFrame) -> pd.DataFrame:
        key = [name_of(k) for k in self.key]
        frame = answer.copy()
        named = [name_of(n) for n in frame.index.names if n is not None]
        unnamed = len(key) == 1 and not _counted(frame.index)
        if not set(key) <= {name_of(c) for c in frame} and (set(key) <= set(named) or unnamed):
            frame.index.names = named if len(named) == frame.index.nlevels else key
            frame = frame.reset_index()
        frame.columns = pd.Index([name_of(c) for c in frame.columns])
        frame = frame.loc[:, ~frame.columns.duplicated()]
        absent = [k for k in key if k not in frame]
        if absent:
            wrong = _("Your table has no column `{column}`; it has {columns}.",
                      column=absent[0], columns=", ".join(frame.columns[:8]))  # fmt: skip
            raise Unreadable(wrong)
        return frame.set_index(key)

    def _once(self, rows: list[Label]) -> None:
        if len(set(rows)) == len(rows):
            return
        twice = next(row for i, row in enumerate(rows) if row in rows[:i])
        words = {"key": ", ".join(self.key), "name": ", ".join(twice)}
        raise Unreadable(_("One row for each {key} is asked for; {name} has more.", **words))


@dataclass(frozen=True, kw_only=True)
class Fitted(Kind):
    """A fitted model, read by the coefficients the question asks about.

    Parameters
    ----------
    names : tuple of str
        Those coefficients. How the others are written is the student's choice.
    """

    names: tuple[str, ...]

    wanted = N_("fitted model")

    def read(self, answer: Any, *, data: Any, like: Sequence[Label] = ()) -> Values:
        """Read the coefficients."""
        found = self._params(answer)
        wanted = {_coefficient(name): (name_of(name),) for name in self.names}
        absent = [name for name in self.names if _coefficient(name) not in found]
        if absent:
            wrong = _("Your model has no coefficient called `{name}`; it has {names}.",
                      name=absent[0], names=", ".join(list(found)[:8]))  # fmt: skip
            raise Unreadable(wrong)
        return {label: found[name] for name, label in wanted.items()}

    def _params(self, answer: Any) -> dict[str, float | str]:
        if hasattr(answer, "fit") and not hasattr(answer, "params"):
            raise Unreadable(_("That model has not been fitted yet: add `.fit()`."))
        params = getattr(answer, "params", answer)
        if isinstance(params, np.ndarray) and params is not answer:
            params = pd.Series(params, index=answer.model.exog_names)
        if isinstance(params, Mapping):
            params = pd.Series(dict(params), dtype=object)
        if isinstance(params, pd.Series):
            return {_coefficient(str(n)): cell(v) for n, v in params.items()}
        if len(self.names) == 1 and isinstance(params, numbers.Real | np.generic):
            return {_coefficient(self.names[0]): cell(params)}
        raise self.refuse(answer)


@dataclass(frozen=True, kw_only=True)
class Function(Kind):
    """A function, tried on inputs drawn from the student's data.

    Parameters
    ----------
    tries : callable
        Gives the inputs from the data, one tuple of arguments each.
    """

    tries: Callable[[Any], Sequence[tuple[Any, ...]]]

    wanted = N_("function")

    def read(self, answer: Any, *, data: Any, like: Sequence[Label] = ()) -> Values:
        """Try the function on each input."""
        if not callable(answer) or isinstance(answer, type):
            hint = _("Give the function itself: its name, without brackets.")
            raise Unreadable(f"{self.refuse(answer)} {hint}")
        values: dict[Label, float | str] = {}
        for arguments in self.tries(data):
            call = "(" + ", ".join(_shown(a) for a in arguments) + ")"
            for label, value in _outcome(answer, arguments, call).items():
                values[(call, *label)] = value
        return values


def _outcome(function: Callable[..., Any], arguments: tuple[Any, ...], call: str) -> Values:
    try:
        # A copy: a function that changes its input must not spoil the next try.
        out = function(*copy.deepcopy(arguments))
    except (Exception, SystemExit) as error:
        words = {"call": call, "error": f"{type(error).__name__}: {error}"}
        raise Unreadable(_("Called with {call} your function stops: {error}.", **words)) from None
    if empty(out):
        how = _("Called with {call} your function gives nothing back: end it with `return`.",
                call=call)  # fmt: skip
        raise Unreadable(how)
    if isinstance(out, pd.Series | Mapping):
        return _labelled(pd.Series(out, dtype=object))
    return Number().read(out, data=None)


def _shown(value: Any) -> str:
    if isinstance(value, float | int | np.number):
        return number(float(value), digits=6).replace(",", "")
    return repr(value) if isinstance(value, str) else f"<{type(value).__name__}>"


def _one_column(frame: pd.DataFrame) -> pd.Series:
    """Make a Series of a table: its one column, its name and value, or its matrix."""
    if frame.shape[1] == 1:
        return frame.iloc[:, 0]
    words = [c for c in frame if not pd.api.types.is_numeric_dtype(frame[c])]
    values = [c for c in frame if c not in words]
    if len(values) == 1 and words and _counted(frame.index):
        return frame.set_index(words)[values[0]]
    if not words and not _counted(frame.index):
        # Not melt: the names of rows and columns are both needed.
        return cast(pd.Series, frame.stack())  # noqa: PD013
    wrong = _("Values by name are asked for; your table has {n} columns, and which one is meant "
              "cannot be told.", n=number(frame.shape[1]))  # fmt: skip
    raise Unreadable(wrong)


def _labelled(values: pd.Series) -> Values:
    labels = [label_of(name) for name in values.index]
    if len(set(labels)) < len(labels):
        twice = next(x for i, x in enumerate(labels) if x in labels[:i])
        raise Unreadable(_("The name {name} is there more than once.", name=", ".join(twice)))
    return dict(zip(labels, cells(values), strict=True))


def _by_position(values: pd.Series, like: Sequence[Label]) -> Values | None:
    """Take values without names in the asked order; None if they have names."""
    if not like or not _counted(values.index):
        return None
    if {label_of(n) for n in values.index} & set(like):
        return None
    if len(values) != len(like):
        words = {"wanted": number(len(like)), "given": number(len(values))}
        raise Unreadable(_("{wanted} values are asked for; you gave {given}.", **words))
    # A sorted Series still carries its row numbers: they tell where each value belongs.
    return dict(zip(like, cells(values.sort_index()), strict=True))


def _counted(index: pd.Index) -> bool:
    """Tell whether an index only counts the rows, 0 to n - 1, in whatever order."""
    if index.nlevels > 1 or not pd.api.types.is_integer_dtype(index):
        return False
    return sorted(index) == list(range(len(index)))


@functools.cache
def _coefficient(name: str) -> str:
    """Bring a coefficient's name to one form: C(above)[T.True] is above."""
    short = re.sub(r"c\((\w+)[^)]*\)", r"\1", plain(name).replace(" ", ""))
    short = re.sub(r"\[t?\.?[^\]]*\]", "", short)
    parts: Iterable[str] = sorted(short.split(":"))
    return ":".join("intercept" if part == "const" else part for part in parts)
