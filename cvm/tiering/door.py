"""The door: what every function of this topic asks of its input.

One place, so that the same fault gets the same message whichever function met it.
"""

from __future__ import annotations

import datetime
import threading
from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from cvm.errors import CvmError, MissingExtra, near_miss
from cvm.inputs import need_columns
from cvm.results import number
from cvm.words import _

__all__ = [
    "check_frame",
    "check_share",
    "check_whole",
    "day_number",
    "look_through",
    "numbers_of",
    "open_log",
    "parse_day",
    "positive_sum",
]

Floats = NDArray[np.float64]

# One number for each customer


def numbers_of(values: ArrayLike) -> Floats:
    """Give the values as floats, or say why they cannot be used."""
    try:
        x = _floats(values)
    except (TypeError, ValueError, OverflowError):
        wrong = _("The values are not numbers.")
        remedy = _("Give one number for each customer.")
        raise CvmError(wrong, given=values, remedy=remedy) from None
    if x.ndim != 1 or x.size == 0:
        wrong = _("The values are not one number for each customer.")
        remedy = _("Give a single column, such as table['profit'].")
        raise CvmError(wrong, given=np.shape(x), remedy=remedy)
    if bad := int((~np.isfinite(x)).sum()):
        wrong = _("{bad} of {n} values are missing or infinite.", bad=bad, n=len(x))
        remedy = _("Find out why, then drop or fill them; a customer without purchases is worth 0.")
        raise CvmError(wrong, remedy=remedy)
    return x


def _floats(values: Any) -> Floats:
    # numpy makes numbers of days, and drops half of a complex one.
    kinds = {np.asarray(values).dtype.kind, getattr(getattr(values, "dtype", None), "kind", "")}
    if kinds & set("mMc"):
        raise TypeError
    return np.asarray(values, dtype=float)


def positive_sum(x: Floats) -> float:
    """Sum the values, which must come to more than nothing to be shared out."""
    total = float(x.sum())
    if total <= 0:
        wrong = _("The values do not sum to more than nothing, so there are no shares of them.")
        remedy = _("Use revenue, or leave out the losers and say so.")
        raise CvmError(wrong, given=total, remedy=remedy)
    return total


def check_share(name: str, share: Any) -> None:
    """Insist on a share between 0 and 1, both excluded."""
    fine = isinstance(share, int | float | np.number) and not isinstance(share, bool)
    if not (fine and 0 < share < 1):
        wrong = _("{name} is a share between 0 and 1.", name=name)
        raise CvmError(wrong, given=share, remedy=_("Write 0.2 for 20 %."))


def check_whole(name: str, value: Any, *, low: int, high: int) -> None:
    """Insist on a whole number in a range."""
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if not (whole and low <= value <= high):
        ends = {"low": number(low, digits=9), "high": number(high, digits=9)}
        wrong = _("{name} is a whole number from {low} to {high}.", name=name, **ends)
        raise CvmError(wrong, given=value, remedy=_("Give for example {low}.", low=low))


def check_frame(table: Any, columns: Sequence[str]) -> None:
    """Insist on a pandas DataFrame with these columns, a number in every row of each."""
    if not isinstance(table, pd.DataFrame):
        wrong = _("This is not a pandas DataFrame.")
        remedy = _("All customers are needed at once: convert with .to_pandas() first.")
        raise CvmError(wrong, given=type(table).__name__, remedy=remedy)
    need_columns(table, columns)
    for name in columns:
        if missing := int(table[name].isna().sum()):
            _raise_unusable(name, missing, len(table))
        if not pd.api.types.is_numeric_dtype(table[name]):
            wrong = _("The column '{column}' does not hold numbers.", column=name)
            remedy = _("Convert it, for example with pandas.to_numeric.")
            raise CvmError(wrong, given=str(table[name].dtype), remedy=remedy)


# A transaction log of any kind


def open_log(transactions: Any, columns: Sequence[str]) -> Any:
    """Give the log as a narwhals frame.

    Parameters
    ----------
    transactions : DataFrame, path, DuckDB relation or Ibis table
        The log.
    columns : sequence of str
        Customer, date, amount and, if it matters, order, in this sequence.

    Returns
    -------
    narwhals DataFrame or LazyFrame
    """
    if isinstance(transactions, str | Path):
        transactions = _parquet(str(transactions))
    try:
        log = nw.from_native(transactions)
    except TypeError:
        wrong = _("This is not a transaction log.")
        remedy = _(
            "Give a DataFrame, the path of a Parquet file, a DuckDB relation or an Ibis table."
        )
        raise CvmError(wrong, given=transactions, remedy=remedy) from None
    except nw.exceptions.DuplicateError:
        wrong = _("The log has two columns of one name.")
        remedy = _("Keep the one that is meant, and drop or rename the others.")
        raise CvmError(wrong, given=list(transactions.columns), remedy=remedy) from None
    _check_columns(log, columns)
    _check_kinds(log, date=columns[1], amount=columns[2])
    _check_order(log, columns[0])
    return log


def look_through(log: Any, columns: Sequence[str]) -> tuple[datetime.date, datetime.date]:
    """Read the log once for rows that cannot be used; give its first and last day."""
    date, amount = columns[1], columns[2]
    counts = [nw.col(name).count().alias(f"there{i}") for i, name in enumerate(columns)]
    ends = [nw.col(date).min().alias("first"), nw.col(date).max().alias("last")]
    # One amount that is not a number spoils the sum: cheaper than to ask each.
    money = nw.col(amount).cast(nw.Float64).sum().alias("money")
    with np.errstate(invalid="ignore", over="ignore"):
        row = _row(log.select(nw.len().alias("rows"), money, *ends, *counts))
    if not row["rows"]:
        wrong = _("The log has no rows.")
        raise CvmError(wrong, remedy=_("Check the filter or the file it came from."))
    for i, name in enumerate(columns):
        if missing := int(row["rows"] - row[f"there{i}"]):
            _raise_unusable(name, missing, int(row["rows"]))
    if not np.isfinite(row["money"]):
        finite = nw.col(amount).cast(nw.Float64).is_finite().cast(nw.Int64).sum()
        fine = _row(log.select(finite.alias("fine")))["fine"]
        _raise_unusable(amount, int(row["rows"] - fine), int(row["rows"]))
    return pd.Timestamp(row["first"]).date(), pd.Timestamp(row["last"]).date()


def _row(table: Any) -> Any:
    return (table.collect() if isinstance(table, nw.LazyFrame) else table).rows(named=True)[0]


def parse_day(name: str, day: Any) -> datetime.date:
    """Read a day given as a date, a timestamp or text."""
    if isinstance(day, str | datetime.date | np.datetime64):
        try:
            read = pd.Timestamp(day)
        except ValueError:
            read = pd.NaT  # type: ignore[assignment]
        if isinstance(read, pd.Timestamp):
            return read.date()
    wrong = _("{name} is not a date.", name=name)
    raise CvmError(wrong, given=day, remedy=_('Write it like "1997-09-30".'))


def day_number(time: Any) -> Any:
    """Number the calendar days as Python does (1 January of year 1 is day 1).

    Differences of times are written differently in every engine; year and day of the
    year are the same everywhere, and the Gregorian rule for leap years does the rest.
    """
    years = time.dt.year().cast(nw.Int64) - 1
    return 365 * years + years // 4 - years // 100 + years // 400 + time.dt.ordinal_day()


#: A connection for each thread: before DuckDB 2 a relation does not keep its own open.
_OPEN = threading.local()


def _parquet(path: str) -> Any:
    try:
        import duckdb
    except ImportError:
        purpose = _("Reading a Parquet file without loading it")
        raise MissingExtra("duckdb", extra="files", purpose=purpose) from None
    if not hasattr(_OPEN, "connection"):
        _OPEN.connection = duckdb.connect()
    try:
        return _OPEN.connection.read_parquet(path)
    except duckdb.Error:
        wrong = _("There is no Parquet file here that can be read.")
        remedy = _("Check the path; read CSV and Excel with cvm.readers.read_table first.")
        raise CvmError(wrong, given=path, remedy=remedy) from None


def _check_columns(log: Any, columns: Sequence[str]) -> None:
    there = log.collect_schema().names()
    for name in columns:
        if not isinstance(name, Hashable) or name not in set(there):
            wrong = _("The log has no column '{name}'.", name=name)
            raise CvmError(wrong, remedy=near_miss(name, there))
    if len(set(columns)) < len(columns):
        wrong = _("Customer, date, amount and order are different columns.")
        raise CvmError(wrong, given=list(columns), remedy=_("Name each column once."))


def _check_kinds(log: Any, *, date: str, amount: str) -> None:
    kinds = log.collect_schema()
    if not kinds[amount].is_numeric():
        wrong = _("The amounts in '{name}' are not numbers.", name=amount)
        remedy = _("Convert them, for example with pandas.to_numeric.")
        raise CvmError(wrong, given=str(kinds[amount]), remedy=remedy)
    if kinds[date] not in (nw.Date, nw.Datetime):
        wrong = _("The dates in '{name}' are not dates.", name=date)
        remedy = _("Convert them, for example with pandas.to_datetime.")
        raise CvmError(wrong, given=str(kinds[date]), remedy=remedy)
    if getattr(kinds[date], "time_zone", None):
        wrong = _("The dates in '{name}' carry a time zone.", name=date)
        remedy = _(
            "A calendar day depends on it: convert to the customers' own time and drop the zone."
        )
        raise CvmError(wrong, given=str(kinds[date]), remedy=remedy)


def _check_order(log: Any, customer: str) -> None:
    """Insist on customers that can be put in order, which 7 and "A12" cannot."""
    if log.collect_schema()[customer] != nw.Object or isinstance(log, nw.LazyFrame):
        return
    try:
        sorted(log[customer].drop_nulls().unique().to_list())
    except TypeError:
        wrong = _("The customers in '{name}' are named in several kinds at once.", name=customer)
        remedy = _('Make them all text, for example with log["customer"].astype(str).')
        given = sorted({type(name).__name__ for name in log[customer].drop_nulls().to_list()})
        raise CvmError(wrong, given=given, remedy=remedy) from None


def _raise_unusable(name: str, bad: int, rows: int) -> None:
    counts = {"bad": number(bad, digits=9), "rows": number(rows, digits=9)}
    wrong = _("{bad} of {rows} rows have no usable '{name}'.", name=name, **counts)
    remedy = _("Find out why, then drop or fill them.")
    raise CvmError(wrong, remedy=remedy)
