"""Workbooks: the cells of an Excel sheet as they are, with the row each stands in."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from cvm.errors import CvmError, MissingExtra, near_miss
from cvm.readers.textfile import Lines, Raw, named
from cvm.words import _

__all__ = ["read_sheet", "read_sheets", "sheet_lines"]

Rows = list[tuple[int, list[object]]]  # how a person counts the row, and its cells
Found = TypeVar("Found")

ROWS = 1_048_576  # what a sheet can hold
LARGEST = 4 * 2**30  # bytes unpacked; more is no table a class can work with


def read_sheet(data: bytes, *, sheet: str | None = None) -> Raw:
    """Read the cells of one sheet.

    Parameters
    ----------
    data : bytes
        The workbook.
    sheet : str, optional
        Its name; needed where more than one sheet has cells.

    Raises
    ------
    CvmError
        If the workbook cannot be read, or which sheet is meant cannot be told.
    MissingExtra
        If openpyxl is not installed.
    """
    return _the_one({name: _sheet(rows) for name, rows in _filled(data, sheet).items()})


def sheet_lines(data: bytes, *, sheet: str | None = None) -> Lines:
    """Read the rows of one sheet as they are; parameters as in :func:`read_sheet`."""
    found = _the_one(_filled(data, sheet))
    width = max((len(cells) for _number, cells in found), default=0)
    full = [cells + [None] * (width - len(cells)) for _number, cells in found]
    return Lines(cells=full, rows=[number for number, _cells in found], counting="row")


def _the_one(filled: dict[str, Found]) -> Found:
    """Give the only sheet, or ask which is meant."""
    if len(filled) == 1:
        return next(iter(filled.values()))
    if not filled:
        raise CvmError(_("The workbook holds no cells."))
    wrong = _("The workbook has several sheets.")
    names = ", ".join(repr(name) for name in filled)
    raise CvmError(wrong, remedy=_("Say which with sheet=; it has: {names}.", names=names))


def read_sheets(data: bytes, *, only: str | None = None) -> dict[str, Raw]:
    """Read all sheets that have cells, or only the one of that name."""
    return {name: _sheet(rows) for name, rows in _filled(data, only).items()}


def _filled(data: bytes, only: str | None) -> dict[str, Rows]:
    """Give the rows of all sheets that have cells, or only of the one of that name."""
    if only is not None and not isinstance(only, str):
        raise CvmError(_("sheet= is the name of a sheet."), given=only)
    try:
        import openpyxl  # type: ignore[import-untyped]
    except ImportError:
        what = _("Reading Excel workbooks")
        raise MissingExtra("openpyxl", extra="files", purpose=what) from None
    try:
        _guard(data)
        with warnings.catch_warnings():
            # It warns of styles and validations it skips; none of them changes a cell.
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            return _sheets(book, only)
    except CvmError:
        raise
    except Exception as error:  # a damaged workbook fails in a dozen ways inside the library
        wrong = _("The workbook cannot be read; it is damaged or no .xlsx file.")
        remedy = _("Open it in a spreadsheet program and save it again as .xlsx or CSV.")
        raise CvmError(wrong, given=str(error), remedy=remedy) from error


def _guard(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        if sum(part.file_size for part in parts.infolist()) > LARGEST:
            remedy = _("Save the table as Parquet or CSV.")
            raise CvmError(_("The workbook is too large to be read."), remedy=remedy)
        for part in parts.namelist():
            if part.startswith("xl/worksheets/") and _EMPTY_FORMULA.search(parts.read(part)):
                wrong = _("The workbook holds formulas without their results.")
                remedy = _("Open it in a spreadsheet program and save it again.")
                raise CvmError(wrong, given=part, remedy=remedy)


# A program that writes formulas but does not compute them leaves the value out; reading
# on would take the cell for empty.
_EMPTY_FORMULA = re.compile(rb"(?:</f>|<f/>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>")


def _sheets(book: Any, only: str | None) -> dict[str, Rows]:
    names = [sheet.title for sheet in book.worksheets]
    if only is not None and only not in names:
        wrong = _("The workbook has no sheet of this name.")
        raise CvmError(wrong, given=only, remedy=near_miss(only, names))
    chosen = [sheet for sheet in book.worksheets if only in (None, sheet.title)]
    read = {sheet.title: list(_rows(sheet)) for sheet in chosen}
    return {name: rows for name, rows in read.items() if rows or only}


def _sheet(found: Rows) -> Raw:
    header = found[0][1] if found else []
    rows = [number for number, _cells in found[1:]]
    kept = [cells for _number, cells in found[1:]]
    width = max((len(cells) for cells in (header, *kept)), default=0)
    full = [cells + [None] * (width - len(cells)) for cells in kept]
    columns = list(zip(*full, strict=True)) if full else [()] * width
    table = pd.DataFrame({i: pd.Series(c, dtype=object) for i, c in enumerate(columns)})
    table, problems = named(table, header + [None] * (width - len(header)))
    return Raw(table=table, rows=np.array(rows, int), counting="row", problems=problems)


def _rows(sheet: Any) -> Iterator[tuple[int, list[object]]]:
    """Give the rows that hold anything, without the empty cells at their end."""
    sheet.reset_dimensions()  # what a file says of its size is often wrong
    for number, row in enumerate(sheet.iter_rows(), 1):
        if number > ROWS:
            raise CvmError(_("The workbook has more rows than a sheet can hold."))
        cells = [_value(cell) for cell in row]
        while cells and (cells[-1] is None or str(cells[-1]).strip() == ""):
            cells.pop()
        if cells:
            yield number, cells


def _value(cell: Any) -> object:
    value = cell.value
    if not isinstance(value, int | float) or isinstance(value, bool):
        return value
    if abs(value) >= 1e15:
        # A sheet keeps 15 figures, so an id of more has been rounded: let it show.
        return f"{value:.14E}"
    if isinstance(value, int) and re.fullmatch("0{2,20}", cell.number_format or ""):
        return f"{value:0{len(cell.number_format)}d}"  # 00042, as the person sees it
    return value
