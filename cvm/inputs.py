"""Inputs: the checks that every part of the kit makes at its door.

A table that comes from a file is checked by its schema (:mod:`cvm.tables`). What an
estimator asks of a table it is handed is less: these columns, and a level that is one.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from numbers import Integral, Real
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cvm.errors import CvmError, near_miss
from cvm.results import number
from cvm.words import _

__all__ = [
    "check_level", "need_columns", "number_array", "numbers_in", "real_number", "truths_in", "whole_number",
]  # fmt: skip

Floats = NDArray[np.float64]


def need_columns(table: pd.DataFrame, columns: Iterable[str], *, remedy: str = "") -> None:
    """See that a table has the columns an estimate is made from.

    Parameters
    ----------
    table : DataFrame
        What was handed in.
    columns : iterable of str
        What is needed.
    remedy : str, optional
        What to do about a missing one; by default the near miss among the table's own.

    Raises
    ------
    CvmError
        If it is no table, lacks a column (the first that is missing is named), or has one
        of them twice.
    """
    if not isinstance(table, pd.DataFrame):
        wrong = _("A table must be a pandas DataFrame.")
        raise CvmError(wrong, given=table, remedy=_("Read a file with cvm.readers.read_table."))
    for column in columns:
        if not isinstance(column, Hashable):
            wrong = _("A column is given by its name.")
            raise CvmError(wrong, given=column, remedy=_("Give one name, not a list of them."))
        if column not in table.columns:
            wrong = _("The table has no column '{column}'.", column=column)
            given = [str(name) for name in table.columns] if remedy else None
            raise CvmError(wrong, given=given, remedy=remedy or near_miss(column, table.columns))
        if not table.columns.is_unique and (table.columns == column).sum() > 1:
            wrong = _("The table has the column '{column}' more than once.", column=column)
            remedy = _("Keep the one that is meant, and drop or rename the others.")
            raise CvmError(wrong, given=[str(name) for name in table.columns], remedy=remedy)


def numbers_in(
    table: pd.DataFrame, columns: Sequence[str], *, least: float = -np.inf, most: float = np.inf
) -> Floats:
    """Take columns of numbers, every row filled.

    Parameters
    ----------
    table : DataFrame
        What was handed in.
    columns : sequence of str
        Which columns, one or more.
    least, most : float, optional
        Between which the numbers must lie, both ends included.

    Returns
    -------
    ndarray, shape (n, k)
        One column each, in the order asked for.

    Raises
    ------
    CvmError
        If it is no table, lacks a column or has no rows, or if a cell holds no finite number
        (text, a date, nothing) or one out of the range.
    """
    need_columns(table, columns)
    if not len(table):
        raise CvmError(_("The table has no rows."), remedy=_("Give one row for each."))
    found = np.empty((len(table), len(columns)))
    for at, column in enumerate(columns):
        if not pd.api.types.is_numeric_dtype(table[column]):
            wrong = _("The column '{column}' does not hold numbers.", column=column)
            remedy = _("Convert it, for example with pandas.to_numeric.")
            raise CvmError(wrong, given=table[column].iloc[0], remedy=remedy)
        found[:, at] = table[column].to_numpy(dtype=float, na_value=np.nan)
        if bad := int((~np.isfinite(found[:, at])).sum()):
            wrong = _("The column '{column}' must hold a number in every row.", column=column)
            remedy = _("Find out why it does not, then fill or drop the row.")
            raise CvmError(wrong, given={"missing or infinite": bad}, remedy=remedy)
        _check_range(found[:, at], column, least, most)
    return found


def _check_range(values: Floats, column: str, least: float, most: float) -> None:
    bad = values[(values < least) | (values > most)]
    if len(bad):
        ends = {"least": number(least), "most": number(most)}
        wrong = _("The column '{column}' holds numbers from {least} to {most}.", column=column, **ends)  # fmt: skip
        if most == np.inf:
            wrong = _("The column '{column}' holds numbers of {least} or more.", column=column, least=number(least))  # fmt: skip
        raise CvmError(wrong, given=float(bad[0]), remedy=_("Look for a sign or a unit that slipped; a share is written 0.05 for 5 %."))  # fmt: skip


def truths_in(table: pd.DataFrame, column: str) -> NDArray[np.bool_]:
    """Take a column of True and False, or of 1 and 0, every row filled.

    Parameters
    ----------
    table : DataFrame
        What was handed in.
    column : str
        Which column.

    Returns
    -------
    ndarray of bool, shape (n,)

    Raises
    ------
    CvmError
        If it is no table or lacks the column, or a cell says neither: a text such as "no"
        would count as True, and a missing one too.
    """
    need_columns(table, [column])
    values = table[column]
    fine = values.isin([True, False]).to_numpy(bool)
    if not fine.all():
        wrong = _("The column '{column}' must say True or False (or 1 and 0) in every row.", column=column)  # fmt: skip
        remedy = _("Turn words into truths first: table['left'] == 'yes'.")
        raise CvmError(wrong, given=values[~fine].iloc[0], remedy=remedy)
    return values.to_numpy(dtype=bool)


def real_number(
    value: Any, *, name: str, least: float = -np.inf, most: float = np.inf, example: float = 1
) -> float:
    """Take one finite number in a range.

    Parameters
    ----------
    value : float
        What was handed in.
    name : str
        The argument's name, for the message.
    least, most : float, optional
        Between which it must lie, both ends included.
    example : float, optional
        One that would do, for the message.

    Returns
    -------
    float

    Raises
    ------
    CvmError
        If it is no number, not finite, or out of the range.
    """
    fine = isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
    try:
        found = float(value) if fine else np.nan
    except OverflowError:  # a whole number can be of any size
        found = np.inf
    if not (np.isfinite(found) and least <= value <= most):
        wrong = _("{name} is a number.", name=name)
        if most < np.inf:
            wrong = _("{name} is a number from {least} to {most}.", name=name, least=number(least), most=number(most))  # fmt: skip
        elif least > -np.inf:
            wrong = _("{name} is a number of {least} or more.", name=name, least=number(least))
        remedy = _("Write for example {name}={example}.", name=name, example=example)
        raise CvmError(wrong, given=value, remedy=remedy)
    return found


def number_array(value: Any, *, name: str) -> Floats:
    """Take a number, or an array of them.

    Parameters
    ----------
    value : array_like
        What was handed in.
    name : str
        The argument's name, for the message.

    Returns
    -------
    ndarray
        Of its own shape.

    Raises
    ------
    CvmError
        If one is text, missing or infinite, or if they make no array.
    """
    try:
        found = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        found = np.asarray(np.nan)
    if not np.isfinite(found).all():
        wrong = _("{name} must be a number, or numbers, none of them missing.", name=name)
        remedy = _("Write for example {name}={example}.", name=name, example=1)
        raise CvmError(wrong, given=value, remedy=remedy)
    return found


def check_level(level: float) -> None:
    """See that a confidence level lies between 0 and 1.

    Parameters
    ----------
    level : float
        Such as 0.95.

    Raises
    ------
    CvmError
        If it is no number, or 0, 1 or beyond.
    """
    if isinstance(level, bool) or not isinstance(level, Real) or not 0 < level < 1:
        wrong = _("A confidence level lies between 0 and 1.")
        raise CvmError(wrong, given=level, remedy=_("Write 0.95 for 95 %."))


def whole_number(value: Any, *, name: str, least: int = 1) -> int:
    """Take a whole number that is not too small.

    Parameters
    ----------
    value : int
        What was handed in.
    name : str
        The argument's name, for the message.
    least : int, optional
        The smallest that makes sense.

    Returns
    -------
    int

    Raises
    ------
    CvmError
        If it is not whole, or below ``least``.
    """
    if isinstance(value, bool) or not isinstance(value, Integral) or value < least:
        wrong = _("{name} is a whole number, {least} or more.", name=name, least=least)
        raise CvmError(wrong, given=value, remedy=_("Write {name}={least} or more.", name=name, least=least))  # fmt: skip
    return int(value)
