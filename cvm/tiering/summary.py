"""RFM: a transaction log summed up as one row a customer, scored and named.

Model
-----
For customer i with purchases at days t_i1 <= ... <= t_in worth a_i1 ... a_in, seen
from day ``as_of``::

    recency   R_i = as_of - t_in     whole calendar days since the last purchase
    frequency F_i = n_i              purchases (distinct orders where they are named)
    monetary  M_i = a_i1 + ... + a_in

Purchases after ``as_of`` are left out, so a summary never knows the holdout that a
later chapter will judge it by.

A score is the place of a customer among the others. With k of n customers strictly
worse than customer i and s parts::

    score_i = floor(s * k / n) + 1

so score 4 of 5 says "at least three fifths of the customers are worse". Equal values
get equal scores, always.

What the naive answer gets wrong
--------------------------------
Cutting at quantiles (``pandas.qcut``) fails or leaves levels empty where values tie:
of the 2,357 customers of CDNOW three fifths bought once, so two of the five quantile
edges of frequency are the same number. Breaking the ties at random instead gives two
customers with the same history different scores. Here a tied group takes the score
its worst neighbours earn it; a level may be empty, which is the truth about the data.

Sources
-------
Hughes, A. M. (1994), *Strategic Database Marketing*, for the scores;
Fader, P. S., Hardie, B. G. S. and Lee, K. L. (2005), "RFM and CLV: Using Iso-Value
Curves for Customer Base Analysis", *Journal of Marketing Research* 42(4), for R, F and
M as a summary of a history. The table of segments is for teaching.

How it scales
-------------
The summary is one narwhals expression. pandas and Polars evaluate it in memory; on a
Parquet file or a DuckDB relation DuckDB evaluates it without loading the log; on an
Ibis table it stays an expression that Spark, BigQuery or ClickHouse evaluates where
the log lies.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from cvm.errors import CvmError, MissingExtra, near_miss
from cvm.results import number
from cvm.words import N_, _

__all__ = ["SEGMENTS", "Segment", "rfm", "rfm_scores", "rfm_segments"]

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
    log = _open(transactions)
    columns = [customer, date, amount] + ([order] if order is not None else [])
    _check_columns(log, columns)
    day = _check_rows(log, columns, _check_kinds(log, date=date, amount=amount), as_of)
    return _hand_back(_summary(log, customer, date, amount, order, day))


def rfm_scores(summary: pd.DataFrame, *, parts: int = 5) -> pd.DataFrame:
    """Score recency, frequency and monetary value by the customer's place.

    Parameters
    ----------
    summary : DataFrame
        From :func:`rfm`: columns ``recency``, ``frequency``, ``monetary``.
    parts : int
        Levels of the scores, from 2 to 100; the best score is ``parts``.

    Returns
    -------
    DataFrame
        The summary with ``r_score``, ``f_score`` and ``m_score``, each from 1 to
        ``parts``. Equal values have equal scores, and the worst value has score 1; a
        level nobody's place falls into stays empty.

    Raises
    ------
    CvmError
        For a missing column, an empty value, or ``parts`` out of range.
    """
    _check_frame(summary, ["recency", "frequency", "monetary"])
    whole = isinstance(parts, int | np.integer) and not isinstance(parts, bool)
    if not (whole and 2 <= parts <= 100):
        wrong = _("The number of score levels is a whole number from 2 to 100.")
        raise CvmError(wrong, given=parts, remedy=_("Give for example parts=5."))
    return summary.assign(
        r_score=_place(-summary["recency"], parts),
        f_score=_place(summary["frequency"], parts),
        m_score=_place(summary["monetary"], parts),
    )


@dataclass(frozen=True)
class Segment:
    """One rule of the segment table: which levels of R, F and M it takes.

    Parameters
    ----------
    name : str
        What customers of the segment are called.
    meaning : str
        Who they are, in a few words.
    recency, frequency, monetary : str
        The levels it takes, such as ``"high"`` or ``"middle high"``. A score is low in
        the lower two fifths of its range, high in the upper two fifths.
    """

    name: str
    meaning: str
    recency: str = "low middle high"
    frequency: str = "low middle high"
    monetary: str = "low middle high"


#: Read from the top: the first rule that fits names the customer, and the last fits all.
SEGMENTS: tuple[Segment, ...] = (
    Segment(N_("champions"), N_("bought lately, often and much"), "high", "high", "high"),
    Segment(N_("loyal"), N_("come often, and still do"), "middle high", "high"),
    Segment(N_("big spenders"), N_("spend much in few visits"), "middle high", monetary="high"),
    Segment(N_("newcomers"), N_("bought lately, not yet often"), "high", "low"),
    Segment(N_("slipping away"), N_("came often and stopped"), "low", "high"),
    Segment(N_("lapsed big spenders"), N_("spent much and stopped"), "low", monetary="high"),
    Segment(N_("lapsed"), N_("bought little, long ago"), "low"),
    Segment(N_("occasional"), N_("everybody else")),
)


def rfm_segments(
    scores: pd.DataFrame, *, parts: int = 5, segments: Sequence[Segment] = SEGMENTS
) -> pd.DataFrame:
    """Name each customer's segment by a table of rules.

    Parameters
    ----------
    scores : DataFrame
        From :func:`rfm_scores`.
    parts : int
        The number of levels the scores were made with.
    segments : sequence of Segment
        The rules, first fit first; :data:`SEGMENTS` without it. Change the table, not
        the code.

    Returns
    -------
    DataFrame
        The scores with ``segment``, a categorical in the order of the rules.

    Raises
    ------
    CvmError
        For a missing column, a score above ``parts``, or a table of rules that leaves
        a customer without a segment.
    """
    columns = {"recency": "r_score", "frequency": "f_score", "monetary": "m_score"}
    _check_frame(scores, list(columns.values()))
    highest = int(scores[list(columns.values())].to_numpy().max(initial=1))
    if highest > parts:
        wrong = _("A score is above the number of levels.")
        remedy = _("Give the same parts to rfm_scores and rfm_segments.")
        raise CvmError(wrong, given={"highest": highest, "parts": parts}, remedy=remedy)
    levels = {name: _level(scores[column], parts) for name, column in columns.items()}
    fits = [
        np.logical_and.reduce([level.isin(getattr(rule, name).split()) for name, level in levels.items()])
        for rule in segments
    ]  # fmt: skip
    _check_rules(fits, len(scores))
    names = [rule.name for rule in segments]
    first = np.argmax(np.array(fits), axis=0).astype(np.int64)
    return scores.assign(segment=pd.Categorical.from_codes(first, categories=pd.Index(names)))


# The summary


def _summary(log: Any, customer: str, date: str, amount: str, order: str | None, day: Any) -> Any:
    """Write the summary as one expression that every engine understands."""
    purchases = nw.len() if order is None else nw.col(order).n_unique()
    return (
        log.filter(_until(date, day, log.collect_schema()[date]))
        .select(customer, date, *([order] if order else []), nw.col(amount).cast(nw.Float64))
        .group_by(customer)
        .agg(nw.col(date).max().alias(LAST), purchases.alias("frequency"), nw.col(amount).sum())
        .select(
            customer,
            (nw.lit(day.toordinal()) - _ordinal(nw.col(LAST))).cast(nw.Int64).alias("recency"),
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


def _ordinal(time: Any) -> Any:
    """Number the calendar days as Python does (1 January of year 1 is day 1).

    Differences of times are written differently in every engine; year and day of the
    year are the same everywhere, and the Gregorian rule for leap years does the rest.
    """
    years = time.dt.year().cast(nw.Int64) - 1
    return 365 * years + years // 4 - years // 100 + years // 400 + time.dt.ordinal_day()


def _hand_back(summary: Any) -> Any:
    if isinstance(summary, nw.LazyFrame) and summary.implementation.is_duckdb():
        return summary.collect("pandas").to_native()
    return nw.maybe_reset_index(summary).to_native()


# The door


def _open(transactions: Any) -> Any:
    if isinstance(transactions, str | Path):
        transactions = _parquet(str(transactions))
    try:
        return nw.from_native(transactions)
    except TypeError:
        raise CvmError(
            _("This is not a transaction log."),
            given=transactions,
            remedy=_(
                "Give a DataFrame, the path of a Parquet file, a DuckDB relation or an Ibis table."
            ),
        ) from None


def _parquet(path: str) -> Any:
    try:
        import duckdb
    except ImportError:
        purpose = _("Reading a Parquet file without loading it")
        raise MissingExtra("duckdb", extra="files", purpose=purpose) from None
    try:
        return duckdb.connect().read_parquet(path)
    except duckdb.Error:
        raise CvmError(
            _("There is no Parquet file here that can be read."),
            given=path,
            remedy=_("Check the path; read CSV and Excel with cvm.readers.read_table first."),
        ) from None


def _check_columns(log: Any, columns: list[str]) -> None:
    there = log.collect_schema().names()
    for name in columns:
        if name not in there:
            wrong = _("The log has no column '{name}'.", name=name)
            raise CvmError(wrong, remedy=near_miss(name, there))
    if len(set(columns)) < len(columns):
        wrong = _("Customer, date, amount and order are different columns.")
        raise CvmError(wrong, given=columns, remedy=_("Name each column once."))


def _check_kinds(log: Any, *, date: str, amount: str) -> Any:
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
    return kinds


def _check_rows(log: Any, columns: list[str], kinds: Any, as_of: Any) -> datetime.date:
    """Look through the log once; give the day to look from."""
    date, amount = columns[1], columns[2]
    unusable = {name: nw.col(name).is_null() for name in columns}
    if kinds[amount].is_float():
        unusable[amount] = unusable[amount] | ~nw.col(amount).is_finite()
    counts = [
        flag.cast(nw.Int64).sum().alias(f"bad{i}") for i, flag in enumerate(unusable.values())
    ]
    seen = log.select(
        nw.len().alias("rows"), nw.col(date).min().alias("first"), nw.col(date).max().alias("last"),
        *counts,
    )  # fmt: skip
    row = (seen.collect() if isinstance(seen, nw.LazyFrame) else seen).rows(named=True)[0]
    if not row["rows"]:
        wrong = _("The log has no rows.")
        raise CvmError(wrong, remedy=_("Check the filter or the file it came from."))
    for i, name in enumerate(columns):
        if row[f"bad{i}"]:
            _raise_unusable(name, int(row[f"bad{i}"]), int(row["rows"]))
    return _day(as_of, first=pd.Timestamp(row["first"]), last=pd.Timestamp(row["last"]))


def _raise_unusable(name: str, bad: int, rows: int) -> None:
    raise CvmError(
        _("{bad} of {rows} rows have no usable '{name}'.", bad=number(bad, digits=9),
          rows=number(rows, digits=9), name=name),
        remedy=_("Find out why, then drop or fill them: a summary of the rest would be silent "
                 "about them."),
    )  # fmt: skip


def _day(as_of: Any, *, first: pd.Timestamp, last: pd.Timestamp) -> datetime.date:
    if as_of is None:
        return last.date()
    day = pd.to_datetime(as_of, errors="coerce") if _datelike(as_of) else pd.NaT
    if not isinstance(day, pd.Timestamp):
        wrong = _("as_of is not a date.")
        raise CvmError(wrong, given=as_of, remedy=_('Write it like "1997-09-30".'))
    if day.date() < first.date():
        wrong = _("as_of lies before the first purchase, on {first}.", first=first.date())
        remedy = _("Choose a day up to the last purchase, on {last}.", last=last.date())
        raise CvmError(wrong, given=str(as_of), remedy=remedy)
    return day.date()


def _datelike(day: Any) -> bool:
    return isinstance(day, str | datetime.date | np.datetime64)


# Scores and segments


def _place(better: pd.Series, parts: int) -> pd.Series:
    # Whole numbers throughout: 3 * (1 / 3) must not fall a hair short of the next level.
    worse = better.rank(method="min").astype("int64") - 1
    return worse * parts // len(better) + 1


def _level(score: pd.Series, parts: int) -> pd.Series:
    # The middle of the score's own stretch, so that the words mean the same for any parts.
    middle = (score.to_numpy() - 0.5) / parts
    words = np.select([middle < 0.4, middle > 0.6], ["low", "high"], "middle")
    return pd.Series(words)


def _check_frame(table: Any, columns: list[str]) -> None:
    if not isinstance(table, pd.DataFrame):
        wrong = _("This is not a pandas DataFrame.")
        remedy = _("Scores need all customers at once: convert with .to_pandas() first.")
        raise CvmError(wrong, given=type(table).__name__, remedy=remedy)
    for name in columns:
        if name not in table.columns:
            wrong = _("The table has no column '{name}'.", name=name)
            raise CvmError(wrong, remedy=near_miss(name, map(str, table.columns)))
        if missing := int(table[name].isna().sum()):
            _raise_unusable(name, missing, len(table))


def _check_rules(fits: list[Any], customers: int) -> None:
    named = np.any(np.array(fits), axis=0) if fits else np.zeros(customers, bool)
    if not named.all():
        wrong = _("The table of segments leaves {n} customers without one.", n=int((~named).sum()))
        remedy = _("End it with a rule that fits all: Segment('others', 'everybody else').")
        raise CvmError(wrong, remedy=remedy)
