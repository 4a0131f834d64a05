r"""Summary: what a lifetime-value model needs to know of a customer's history.

For a customer who bought on the days :math:`d_0 < d_1 < \dots < d_x` up to day ``as_of``,
worth :math:`m_0, \dots, m_x`:

.. math::

   \text{frequency} = x, \quad \text{recency} = d_x - d_0, \quad
   T = \text{as\_of} - d_0, \quad
   \text{monetary\_value} = \frac{1}{x}\sum_{j=1}^{x} m_j .

Under models with Poisson purchases these are sufficient: two customers with the same row
have the same future, whatever their days in between.

**Mind the words.** RFM's frequency counts every purchase and its recency runs back from
today (:func:`cvm.tiering.rfm`). Here frequency counts *repeat* days and recency runs from
the first purchase to the last. On CDNOW, counting the first purchase as well would raise
the mean frequency from 1.04 to 2.04, and every forecast with it. The first purchase's
amount is left out too: it is what made the person a customer, often at a special price.

**Assumed.** Several purchases on a day are one. Who has not bought by ``as_of`` is not yet
a customer. A day's returns are taken off that day's amount.

References
----------
Fader, P. S., Hardie, B. G. S. & Lee, K. L. (2005). RFM and CLV: using iso-value curves for
customer base analysis. *Journal of Marketing Research* 42(4), 415-430.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cvm import tables
from cvm.errors import CvmError, near_miss
from cvm.words import _

__all__ = ["UNITS", "days_of", "occasions", "summary"]

#: Days in a unit of time.
UNITS = {"days": 1.0, "weeks": 7.0, "months": 365.25 / 12, "years": 365.25}


def summary(
    transactions: pd.DataFrame,
    *,
    customer: str = "customer",
    date: str = "date",
    amount: str | None = "amount",
    as_of: Any = None,
    holdout_until: Any = None,
    unit: str = "weeks",
) -> pd.DataFrame:
    """Sum up a log as one row a customer, the way lifetime-value models read it.

    Parameters
    ----------
    transactions : DataFrame
        One row a purchase, in any order.
    customer, date : str
        The columns of the customer's id and of the day or time.
    amount : str or None
        The column of what was paid; ``None`` for a log without money.
    as_of : date, optional
        The last day that is known, as a date or text such as ``"1997-09-30"``; purchases of
        that day count, later ones do not. The last day of the log without it.
    holdout_until : date, optional
        The last day of a holdout that begins the day after ``as_of``; adds its columns.
    unit : {"days", "weeks", "months", "years"}
        The unit of ``recency`` and ``T``.

    Returns
    -------
    DataFrame
        One row a customer who had bought by ``as_of``, sorted by customer: ``customer``,
        ``frequency`` (int, repeat days, 0 or more), ``recency`` and ``T`` (in ``unit``,
        0 <= recency <= T), ``monetary_value`` (mean of a repeat day, 0 without one). With a
        holdout also ``frequency_holdout``, ``monetary_value_holdout`` (mean of a holdout day,
        0 without one) and ``T_holdout`` (its length in ``unit``).

    Raises
    ------
    CvmError
        For an unusable log, unit or day.

    Examples
    --------
    >>> log = pd.DataFrame({"customer": [1, 1, 2], "amount": [10.0, 20.0, 5.0],
    ...                     "date": ["2025-01-01", "2025-01-15", "2025-01-08"]})
    >>> summary(log, as_of="2025-01-29")
       customer  frequency  recency    T  monetary_value
    0         1          1      2.0  4.0            20.0
    1         2          0      0.0  3.0             0.0
    """
    length = _unit_days(unit)
    days = days_of(transactions, customer=customer, date=date, amount=amount)
    until, end = _window(days, as_of, holdout_until)
    known = days[days["day"] <= until]
    table = _rows(known, until, length)
    if end is not None:
        later = days[(days["day"] > until) & (days["day"] <= end)]
        table = _with_holdout(table, later, (end - until).days / length)
    return table.drop(columns="monetary_value" if amount is None else []).rename(
        columns={"customer": customer}
    )


def days_of(
    transactions: pd.DataFrame,
    *,
    customer: str = "customer",
    date: str = "date",
    amount: str | None = "amount",
) -> pd.DataFrame:
    """Bring a log to one row a customer and day.

    Parameters
    ----------
    transactions : DataFrame
        One row a purchase.
    customer, date, amount : str
        Its columns, as in :func:`summary`.

    Returns
    -------
    DataFrame
        ``customer``, ``day`` (midnight) and ``amount`` (the day's sum; zero for a log
        without money), sorted by customer and day.

    Raises
    ------
    CvmError
        For an unusable log; every fault in one message.
    """
    given = transactions
    if amount is None and isinstance(given, pd.DataFrame):
        amount, given = "amount", given.drop(columns="amount", errors="ignore").assign(amount=0.0)
    for name in (customer, date, amount):
        if not isinstance(name, str):
            wrong = _("A column is given by its name.")
            raise CvmError(wrong, given=name, remedy=_("Give one name, not a list of them."))
    names = {customer: "customer", date: "date", str(amount): "amount"}
    if isinstance(given, pd.DataFrame):
        given = given[[name for name in given.columns if name in names]]
    read = tables.check(given, tables.TRANSACTIONS, columns=_moved(names))
    if read.empty:
        raise CvmError(_("The log holds no purchase."), remedy=_("Give at least one row."))
    read["day"] = read["date"].dt.floor("D")
    return read.groupby(["customer", "day"])["amount"].sum().reset_index()


def occasions(
    transactions: pd.DataFrame,
    *,
    periods: int,
    start: Any,
    customer: str = "customer",
    date: str = "date",
    unit: str = "years",
) -> pd.DataFrame:
    """Sum up a log by occasions: whether a customer bought in each of equal periods.

    For :func:`cvm.clv.bg_bb`: a donation a year, a conference, a season ticket.

    Parameters
    ----------
    transactions : DataFrame
        One row a purchase.
    periods : int
        How many periods are observed, 1 or more.
    start : date
        The first day of the first period; whoever bought before it is a customer.
    customer, date : str
        Its columns.
    unit : {"days", "weeks", "months", "years"}
        The length of a period; a month is a twelfth of 365.25 days.

    Returns
    -------
    DataFrame
        One row a customer of before ``start``: ``customer``, ``frequency`` (periods with a
        purchase), ``recency`` (the last of them, from 1; 0 without one), ``T`` (``periods``).

    Raises
    ------
    CvmError
        For an unusable log, or where nobody bought before ``start``.
    """
    if isinstance(periods, bool) or not isinstance(periods, int | np.integer) or periods < 1:
        raise CvmError(_("The number of periods is a whole number of 1 or more."), given=periods)
    days = days_of(transactions, customer=customer, date=date, amount=None)
    begin = _day("start", start)
    known = np.sort(days.loc[days["day"] < begin, "customer"].unique())
    if not len(known):
        raise CvmError(
            _("Nobody bought before the first period."), given=str(begin.date()),
            remedy=_("Choose a later start: customers are those who had bought before it."),
        )  # fmt: skip
    period = (days["day"] - begin).dt.days // _unit_days(unit) + 1
    inside = days.assign(period=period)[(period >= 1) & (period <= periods)]
    by = inside.drop_duplicates(["customer", "period"]).groupby("customer")["period"]
    table = pd.DataFrame({"frequency": by.size(), "recency": by.max()}).reindex(known, fill_value=0)
    table = table.astype("int64").assign(T=int(periods))
    return table.rename_axis(customer).reset_index()


def _rows(known: pd.DataFrame, until: pd.Timestamp, length: float) -> pd.DataFrame:
    by = known.groupby("customer")
    first, last, count = by["day"].min(), by["day"].max(), by.size()
    repeat = by["amount"].sum() - by["amount"].first()  # sorted by day, so the first is the first
    frequency = count - 1
    table = pd.DataFrame(
        {
            "frequency": frequency.astype("int64"),
            "recency": (last - first).dt.days / length,
            "T": (until - first).dt.days / length,
            "monetary_value": np.where(frequency > 0, repeat / frequency.clip(lower=1), 0.0),
        }
    )
    return table.rename_axis("customer").reset_index()


def _with_holdout(table: pd.DataFrame, later: pd.DataFrame, span: float) -> pd.DataFrame:
    by = later.groupby("customer")["amount"]
    count, mean = by.size(), by.mean()
    return table.assign(
        frequency_holdout=table["customer"].map(count).fillna(0).astype("int64"),
        monetary_value_holdout=table["customer"].map(mean).fillna(0.0).astype(float),
        T_holdout=span,
    )


def _window(
    days: pd.DataFrame, as_of: Any, holdout_until: Any
) -> tuple[pd.Timestamp, pd.Timestamp | None]:
    first, last = days["day"].min(), days["day"].max()
    until = last if as_of is None else _day("as_of", as_of)
    if until < first:
        wrong = _("as_of lies before the first purchase, on {first}.", first=first.date())
        raise CvmError(
            wrong, given=str(until.date()),
            remedy=_("Choose a day up to the last purchase, on {last}.", last=last.date()),
        )  # fmt: skip
    if holdout_until is None:
        return until, None
    end = _day("holdout_until", holdout_until)
    if end <= until:
        raise CvmError(
            _("The holdout ends after as_of, on {until}.", until=until.date()),
            given=str(end.date()), remedy=_("Choose an earlier as_of or a later holdout_until."),
        )  # fmt: skip
    return until, end


def _day(name: str, value: Any) -> pd.Timestamp:
    wrong = _("{name} is a day.", name=name)
    remedy = _("Write it as text, for example '1997-09-30'.")
    if isinstance(value, bool | int | float):
        raise CvmError(wrong, given=value, remedy=remedy)
    try:
        stamp = pd.Timestamp(value)
    except (ValueError, TypeError):
        raise CvmError(wrong, given=value, remedy=remedy) from None
    if stamp is pd.NaT or stamp.tzinfo is not None:
        raise CvmError(wrong, given=value, remedy=remedy)
    return stamp.normalize()


def _unit_days(unit: str) -> float:
    if not isinstance(unit, str) or unit not in UNITS:
        wrong = _("Time is counted in days, weeks, months or years.")
        raise CvmError(wrong, given=unit, remedy=near_miss(unit, UNITS))
    return UNITS[unit]


def _moved(names: dict[str, str]) -> dict[str, str]:
    return {given: known for given, known in names.items() if given != known}
