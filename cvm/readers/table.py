"""One file in, one checked table out."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from cvm import cells
from cvm.cells import Read
from cvm.dates import dates, looks_like_dates
from cvm.errors import CvmError
from cvm.readers.files import read_raw
from cvm.readers.textfile import Raw
from cvm.schemas import Schema
from cvm.tables import TableError, check_form, examine, problem_table
from cvm.words import N_, _

__all__ = ["read_table"]

_NO_SCHEMA = Schema(name=N_("table"), meaning="", columns=())


def read_table(
    path: str | os.PathLike[str],
    *,
    schema: Schema | None = None,
    columns: Mapping[str, str] | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    decimal: str | None = None,
    dayfirst: bool | None = None,
    sheet: str | None = None,
) -> pd.DataFrame:
    """Read a CSV, Excel or Parquet file into a checked table.

    What the file is, is told by its content, not by its name.

    Parameters
    ----------
    path : str or path
        The file.
    schema : Schema, optional
        What the table should be, such as :data:`cvm.tables.TRANSACTIONS`. Without one
        each column becomes numbers or dates if all its cells are, else text.
    columns : mapping, optional
        The file's column names to the kit's, such as ``{"客户": "customer"}``.
    encoding : str, optional
        Of a CSV file, such as "gb18030"; found if it can be told.
    delimiter : str, optional
        The sign between the cells of a CSV file; found if it can be told.
    decimal : {".", ","}, optional
        The decimal sign; found column by column if it can be told.
    dayfirst : bool, optional
        Whether 03/04/2024 is the third of April; found column by column if it can be told.
    sheet : str, optional
        The sheet of a workbook; needed if more than one has cells.

    Returns
    -------
    DataFrame
        The whole table, typed as :func:`cvm.tables.check` does. Ids read from a CSV or
        Excel file are text, with their leading zeros. Columns the schema does not know
        are kept.

    Raises
    ------
    TableError
        If the table is not what it should be; it tells everything that is wrong.
    CvmError
        If the file cannot be read, or what it says cannot be told.
    MissingExtra
        If the file needs a package that is not installed.
    """
    if schema is not None and not isinstance(schema, Schema):
        hint = _("Give for example cvm.tables.TRANSACTIONS.")
        raise CvmError(_("A schema must be a Schema."), given=schema, remedy=hint)
    check_form(columns, decimal, dayfirst)
    raw = read_raw(path, encoding=encoding, delimiter=delimiter, sheet=sheet)
    named = {cells.plain(str(name)): kit for name, kit in (columns or {}).items()}
    found, problems = examine(
        raw.table, schema or _NO_SCHEMA, columns=named, decimal=decimal, dayfirst=dayfirst,
        rows=raw.rows,
    )  # fmt: skip
    found, more = _inferred(found, raw, schema, decimal, dayfirst)
    problems = problem_table([*_no_rows(raw), *raw.problems], [problems, *more])
    if len(problems):
        name = _("The file '{name}'", name=Path(path).name)
        raise TableError(problems, name=name, counting=raw.counting)
    return found


def _no_rows(raw: Raw) -> list[dict[str, object]]:
    if len(raw.table) or raw.problems:
        return []
    expected, remedy = _("at least one row"), _("See whether the export went wrong.")
    whole = _("(whole table)")
    return [{"row": None, "column": whole, "value": None, "expected": expected, "remedy": remedy}]


# -- columns nobody declared -----------------------------------------------------------


def _inferred(
    found: pd.DataFrame,
    raw: Raw,
    schema: Schema | None,
    decimal: str | None,
    dayfirst: bool | None,
) -> tuple[pd.DataFrame, list[pd.DataFrame]]:
    """Type the columns that no schema declares.

    Beside a schema such a column is not what was asked for: where it cannot be told
    what its cells mean, they stay text. Without a schema that is a fault.
    """
    declared = {column.name for column in schema.columns} if schema else set()
    typed, problems = {}, []
    for name in found.columns:
        typed[name] = found[name]
        if name in declared:
            continue
        values, faults = _guessed(found[name], decimal, dayfirst)
        if faults and schema:
            values, faults = cells.texts(found[name])
        typed[name] = values
        problems += [fault.table(found[name], raw.rows, name) for fault in faults]
    return pd.DataFrame(typed, index=found.index), problems


def _guessed(column: pd.Series, decimal: str | None, dayfirst: bool | None) -> Read:
    if not (column.dtype == object or pd.api.types.is_string_dtype(column.dtype)):
        return column, []
    kinds = cells.split(column)
    if kinds.other.any() or not (kinds.text | kinds.real | kinds.date).any():
        return column, []
    if not kinds.date.any() and cells.looks_like_numbers(kinds):
        values, faults = cells.numbers(column, decimal=decimal)
        return _int_if_whole(values), faults
    if not kinds.real.any() and looks_like_dates(kinds):
        return dates(column, dayfirst=dayfirst)
    return cells.texts(column)


def _int_if_whole(values: pd.Series) -> pd.Series:
    known = values.to_numpy()
    whole = np.isfinite(known).all() and (np.floor(known) == known).all()
    return values.astype("int64") if whole and (np.abs(known) < 2**53).all() else values
