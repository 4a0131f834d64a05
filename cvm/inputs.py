"""Inputs: the checks that every part of the kit makes at its door.

A table that comes from a file is checked by its schema (:mod:`cvm.tables`). What an
estimator asks of a table it is handed is less: these columns, and a level that is one.
"""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Integral, Real
from typing import Any

import pandas as pd

from cvm.errors import CvmError, near_miss
from cvm.words import _

__all__ = ["check_level", "need_columns", "whole_number"]


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
        If it is no table, or lacks a column: the first that is missing is named.
    """
    if not isinstance(table, pd.DataFrame):
        wrong = _("A table must be a pandas DataFrame.")
        raise CvmError(wrong, given=table, remedy=_("Read a file with cvm.readers.read_table."))
    for column in columns:
        if column not in table.columns:
            wrong = _("The table has no column '{column}'.", column=column)
            given = [str(name) for name in table.columns] if remedy else None
            raise CvmError(wrong, given=given, remedy=remedy or near_miss(column, table.columns))


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
