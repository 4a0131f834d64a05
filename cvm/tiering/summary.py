"""RFM: a transaction log summed up as one row a customer, whatever engine holds the log.

Model
-----
For customer i with purchases at days t_i1 <= ... <= t_in worth a_i1 ... a_in, seen
from day ``as_of``::

    recency   R_i = as_of - t_in     whole calendar days since the last purchase
    frequency F_i = n_i              purchases (distinct orders where they are named)
    monetary  M_i = a_i1 + ... + a_in

Purchases after ``as_of`` are left out, so a summary never knows the holdout that a
later chapter will judge it by.

Sources
-------
Fader, P. S., Hardie, B. G. S. and Lee, K. L. (2005), "RFM and CLV: Using Iso-Value
Curves for Customer Base Analysis", *Journal of Marketing Research* 42(4), for R, F and
M as a summary of a history.

How it scales
-------------
The summary is one narwhals expression. pandas and Polars evaluate it in memory; on a
Parquet file or a DuckDB relation DuckDB evaluates it without loading the log; on an
Ibis table it stays an expression that Spark, BigQuery or ClickHouse evaluates where
the log lies.
"""

from __future__ import annotations

import datetime
from typing import Any

import narwhals as nw

from cvm.errors import CvmError
from cvm.tiering.door import day_number, look_through, open_log, parse_day
from cvm.words import _

__all__ = ["rfm"]

LAST = "_last_purchase"


def rfm(
    transactions: Any,
    *,
    customer: str = "customer",
    date: str = "date",
    amount: str = "amount",
    as_of: Any = None,
    order: str | None = None,
) -> Any:
    """Sum up a transaction log as one row a customer.

    Parameters
    ----------
    transactions : DataFrame, path, DuckDB relation or Ibis table
        The log, one row a purchase (or one row a line of an order, with ``order``).
        A path names a Parquet file (``*`` may stand for many); give DuckDB its memory
        limit by passing a relation of your own connection.
    customer, date, amount : str
        The columns: any id, a date or time without time zone, and money.
    as_of : date, optional
        The day to look from, as a date or text such as ``"1997-09-30"``. Purchases of
        later days are left out; those of the day itself count. Without it, the last
        day in the log.
    order : str, optional
        The column that names the order. Rows of one order count as one purchase;
        without it every row counts as one, returns too.

    Returns
    -------
    DataFrame or Ibis table
        One row a customer, sorted by customer: the customer column, ``recency``
        (whole days), ``frequency`` (purchases) and ``monetary`` (sum of amounts, in
        the currency of the log). pandas, Polars and Ibis give back their own kind; a
        path or a DuckDB relation gives a pandas DataFrame.

    Raises
    ------
    CvmError
        For a missing column, an empty or unusable value, or an ``as_of`` before the
        first purchase.
    MissingExtra
        If a path is given and DuckDB is not installed.

    Notes
    -----
    The log is read twice: once to look for rows that cannot be used and for its first
    and last day, once for the summary. An Ibis table is looked through at once, too;
    only the summary stays lazy.

    Examples
    --------
    >>> log = pd.DataFrame({
    ...     "customer": ["Li", "Wu", "Li"],
    ...     "date": pd.to_datetime(["2025-01-05", "2025-01-20", "2025-01-31"]),
    ...     "amount": [30.0, 99.0, 20.0],
    ... })
    >>> rfm(log, as_of="2025-02-01")
      customer  recency  frequency  monetary
    0       Li        1          2      50.0
    1       Wu       12          1      99.0
    """
    columns = [customer, date, amount] + ([order] if order is not None else [])
    log = open_log(transactions, columns)
    first, last = look_through(log, columns)
    day = last if as_of is None else parse_day("as_of", as_of)
    if day < first:
        wrong = _("as_of lies before the first purchase, on {first}.", first=first)
        remedy = _("Choose a day up to the last purchase, on {last}.", last=last)
        raise CvmError(wrong, given=str(day), remedy=remedy)
    if day < last:
        log = log.filter(_until(date, day, log.collect_schema()[date]))
    return _hand_back(_summary(log, columns, day))


def _summary(log: Any, columns: list[str], day: datetime.date) -> Any:
    """Write the summary as one expression that every engine understands."""
    customer, date, amount, *order = columns
    purchases = nw.col(order[0]).n_unique() if order else nw.len()
    return (
        log.select(customer, date, *order, nw.col(amount).cast(nw.Float64))
        .group_by(customer)
        .agg(nw.col(date).max().alias(LAST), purchases.alias("frequency"), nw.col(amount).sum())
        .select(
            customer,
            (nw.lit(day.toordinal()) - day_number(nw.col(LAST))).cast(nw.Int64).alias("recency"),
            nw.col("frequency").cast(nw.Int64),
            nw.col(amount).alias("monetary"),
        )
        .sort(customer)
    )


def _until(date: str, day: datetime.date, kind: Any) -> Any:
    if kind == nw.Date:
        return nw.col(date) <= day
    midnight = datetime.datetime.combine(day + datetime.timedelta(days=1), datetime.time())
    return nw.col(date) < midnight


def _hand_back(summary: Any) -> Any:
    if isinstance(summary, nw.LazyFrame) and summary.implementation.is_duckdb():
        return summary.collect("pandas").to_native()
    return nw.maybe_reset_index(summary).to_native()
