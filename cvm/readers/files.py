"""Files: what kind a file is, told by its first bytes and not by its name."""

from __future__ import annotations

import io
import os
from pathlib import Path

import numpy as np

from cvm.errors import CvmError, MissingExtra, near_miss
from cvm.readers.textfile import Lines, Raw, read_text, text_lines
from cvm.readers.workbook import read_sheet, read_sheets, sheet_lines
from cvm.words import _

__all__ = ["read_lines", "read_raw", "read_raws"]

_WORKBOOK = b"PK\x03\x04"


def read_raw(
    path: str | os.PathLike[str],
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet: str | None = None,
) -> Raw:
    """Read the cells of a CSV, Excel or Parquet file; parameters as in ``read_table``."""
    data = _bytes(path)
    if data.startswith(b"PAR1"):
        return _parquet(data)
    if data.startswith(_WORKBOOK):
        return read_sheet(data, sheet=sheet)
    _refuse_others(data, path)
    return read_text(data, encoding=encoding, delimiter=delimiter)


def read_lines(
    path: str | os.PathLike[str],
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet: str | None = None,
) -> Lines:
    """Read the lines of a CSV or Excel file, whatever stands above the table in it.

    Parameters as in ``read_table``. A Parquet file has no lines and is refused.
    """
    data = _bytes(path)
    if data.startswith(_WORKBOOK):
        return sheet_lines(data, sheet=sheet)
    if data.startswith(b"PAR1"):
        wrong = _("A Parquet file holds a table, not what a form tool exports.")
        raise CvmError(wrong, given=str(path), remedy=_("Give the CSV or Excel file."))
    _refuse_others(data, path)
    return text_lines(data, encoding=encoding, delimiter=delimiter)


def _refuse_others(data: bytes, path: str | os.PathLike[str]) -> None:
    """Refuse what is neither a table nor text."""
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        wrong = _("This is a workbook of the old kind (.xls), or one with a password.")
        raise CvmError(wrong, given=str(path), remedy=_("Save it as .xlsx without a password."))
    if not data.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise CvmError(_("The file is empty."), given=str(path))


def read_raws(path: str | os.PathLike[str]) -> dict[str, Raw]:
    """Read every sheet of a workbook, or the one table of another file."""
    data = _bytes(path)
    return read_sheets(data) if data.startswith(_WORKBOOK) else {"": read_raw(path)}


def _bytes(path: str | os.PathLike[str]) -> bytes:
    """Read a whole file, or say what is wrong with its path."""
    try:
        file = Path(path)
        return file.read_bytes()
    except TypeError:
        raise CvmError(_("path is the name of a file."), given=path) from None
    except FileNotFoundError:
        here = file.parent
        names = sorted(item.name for item in here.iterdir()) if here.is_dir() else []
        remedy = near_miss(file.name, names[:50]) if names else _("Its folder is not there either.")
        raise CvmError(_("There is no such file."), given=str(path), remedy=remedy) from None
    except (OSError, ValueError) as error:
        wrong = _("The file cannot be opened.")
        raise CvmError(wrong, given=str(path), remedy=str(error)) from error


def _parquet(data: bytes) -> Raw:
    try:
        import pyarrow.parquet as parquet
    except ImportError:
        what = _("Reading Parquet files")
        raise MissingExtra("pyarrow", extra="files", purpose=what) from None
    try:
        # Without the metadata an index comes back as the column it was.
        table = parquet.read_table(io.BytesIO(data)).to_pandas(ignore_metadata=True)
    except Exception as error:  # a damaged file fails in many ways inside the library
        wrong = _("The Parquet file cannot be read; it is damaged.")
        raise CvmError(wrong, given=str(error), remedy=_("Export it again.")) from error
    return Raw(table=table, rows=np.arange(len(table)), counting="position")
