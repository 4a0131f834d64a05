"""Files into the customer database: read, checked together, loaded all or not at all."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from cvm.cells import plain
from cvm.database import SCHEMAS, Database, Incoming, Loaded, load
from cvm.errors import CvmError, MissingExtra, near_miss
from cvm.readers.files import read_raw
from cvm.readers.textfile import Raw
from cvm.words import _

__all__ = ["load_database"]

Source = str | os.PathLike[str] | pd.DataFrame


def load_database(
    target: Database | str | os.PathLike[str],
    files: Mapping[str, Source],
    *,
    columns: Mapping[str, str] | None = None,
    existing: str = "refuse",
) -> Loaded:
    """Load CSV, Excel and Parquet files into a customer database, in one transaction.

    Parameters
    ----------
    target : Database, str or path
        Where to; made by :func:`cvm.database.create`.
    files : mapping of str to path or DataFrame
        The file of each table, such as ``{"customers": "kunden.xlsx"}``. A workbook with
        several sheets is asked for the sheet of the table's name.
    columns : mapping, optional
        The files' column names to the kit's, for all of them, such as
        ``{"客户": "customer"}``.
    existing : {"refuse", "skip"}
        What becomes of rows whose key is there already; as in :func:`cvm.database.load`.

    Returns
    -------
    cvm.database.Loaded

    Raises
    ------
    cvm.database.LoadError
        If anything is wrong in any file; it tells everything, with the line in the file,
        and nothing was loaded.
    CvmError
        If the call itself makes no sense.
    MissingExtra
        If a file needs a package that is not installed.
    """
    if not isinstance(files, Mapping):
        remedy = _('Write for example {"customers": "customers.csv"}.')
        raise CvmError(_("Files come by name."), given=type(files).__name__, remedy=remedy)
    for name in files:
        if name not in SCHEMAS:
            wrong = _("The database has no such table.")
            raise CvmError(wrong, given=name, remedy=near_miss(name, SCHEMAS))
    if columns is not None and not isinstance(columns, Mapping):
        remedy = _("Write for example columns={'客户': 'customer'}.")
        raise CvmError(_("columns= maps the files' names to the kit's."), given=columns, remedy=remedy)  # fmt: skip
    named = {plain(str(own)): kit for own, kit in (columns or {}).items()}
    incoming = {name: _read(name, source, named) for name, source in files.items()}
    return load(target, incoming, existing=existing)


def _read(name: str, source: Source, columns: Mapping[str, str]) -> Incoming:
    if isinstance(source, pd.DataFrame):
        words = _("The table '{name}'", name=_(SCHEMAS[name].name))
        table = source.rename(columns=dict(columns))
        return Incoming(table=table, name=words, rows=np.arange(len(table)))
    try:
        raw = _raw(name, source)
    except MissingExtra:
        raise
    except CvmError as error:  # told with the faults of the other files, not instead of them
        return _unreadable(name, source, error)
    words = _("The file '{file}' for '{name}'", file=Path(source).name, name=_(SCHEMAS[name].name))
    table = raw.table.rename(columns=dict(columns))
    return Incoming(table=table, name=words, rows=raw.rows, counting=raw.counting,
                    problems=raw.problems)  # fmt: skip


def _raw(name: str, source: str | os.PathLike[str]) -> Raw:
    try:
        return read_raw(source)
    except CvmError:
        try:
            return read_raw(source, sheet=name)  # of several sheets, the one of the table's name
        except CvmError:
            pass
        raise


def _unreadable(name: str, source: object, error: CvmError) -> Incoming:
    words = _("The file '{file}' for '{name}'", file=str(source), name=_(SCHEMAS[name].name))
    empty = pd.DataFrame({c.name: pd.Series(dtype=object) for c in SCHEMAS[name].columns})
    problem: dict[str, object] = {"row": None, "column": _("(whole table)"), "value": None,
               "expected": _("a file that can be read"), "remedy": str(error)}  # fmt: skip
    return Incoming(table=empty, name=words, rows=np.arange(0), problems=[problem])
