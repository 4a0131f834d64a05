"""The window: how the share of the top depends on how long one looks.

Model
-----
Customer i buys at a constant rate r_i. Over a window of d days the number of purchases
is Poisson with mean d * r_i, so among all customers::

    variance of purchases / mean squared  =  variance of r / mean squared  +  1 / (d * mean r)

The first term is what customers are; the second is chance, and it fades as the window
grows. A short window therefore shows a more concentrated base than there is, and a
longer one comes down to the concentration of the rates themselves. (If rates drift,
a long window also averages the drift away.)

Estimand
--------
The share of the top over a window of d days that ends on a given day, among the
customers in ``base``. The interval is for another sample of customers in the same
window; it does not cover other windows.

Who is in the base
------------------
``"all"``: every customer with a purchase up to the window's last day; those without one
in the window count with nothing. This is the question a firm asks of its customer base,
and the one the formula answers.
``"buyers"``: only those who bought in the window. In a short window nearly everybody left
bought once, so the share *rises* with the window: the base grows by its smallest customers.
Figures from a till or a panel are of this kind. The two must not be compared.

What the naive answer gets wrong
--------------------------------
It quotes a share without its window and its base, as if 80/20 were a law. One data set
gives both a rising and a falling line.

Sources
-------
Schmittlein, D. C., Cooper, L. G. and Morrison, D. G. (1993), "Truth in Concentration in
the Land of (80/20) Laws", *Marketing Science* 12(2), 167-183.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

import narwhals as nw
import numpy as np
import pandas as pd

from cvm.errors import CvmError, near_miss
from cvm.tiering.door import check_whole, day_number, look_through, open_log, parse_day
from cvm.tiering.shares import concentration
from cvm.words import _

__all__ = ["concentration_by_window"]

BASES = ("all", "buyers")
DAY = "_day"


def concentration_by_window(
    transactions: Any,
    *,
    days: Sequence[int],
    customer: str = "customer",
    date: str = "date",
    amount: str = "amount",
    top: float = 0.2,
    base: Literal["all", "buyers"] = "all",
    as_of: Any = None,
    level: float = 0.95,
    resamples: int = 1000,
    seed: int = 0,
) -> pd.DataFrame:
    """Measure the share of the top over windows of several lengths, all ending on one day.

    Parameters
    ----------
    transactions : DataFrame, path, DuckDB relation or Ibis table
        The log, as for :func:`~cvm.tiering.rfm`; it is not loaded.
    days : sequence of int
        Lengths of the windows; none longer than the log.
    customer, date, amount : str
        The columns.
    top : float
        Which top share of customers, between 0 and 1.
    base : {"all", "buyers"}
        Whether customers without a purchase in the window count; see above.
    as_of : date, optional
        Last day of every window; the last day of the log without it.
    level, resamples, seed
        As for :func:`~cvm.tiering.concentration`.

    Returns
    -------
    DataFrame
        One row a window, as asked: ``days``, ``customers`` (in the base), ``value`` (share
        of the top), ``low``, ``high``, ``gini``.

    Raises
    ------
    CvmError
        For an unusable log, a window longer than it, or a window without value.
    """
    if base not in BASES:
        wrong = _("There is no base '{base}'.", base=base)
        raise CvmError(wrong, remedy=near_miss(base, BASES))
    if not isinstance(days, Iterable) or not (days := list(days)):
        wrong = _("days lists how long the windows are.")
        raise CvmError(wrong, given=days, remedy=_("Write for example days=[30, 90, 365]."))
    columns = [customer, date, amount]
    log = open_log(transactions, columns)
    first, last = look_through(log, columns)
    end = last if as_of is None else min(parse_day("as_of", as_of), last)
    for window in days:
        check_whole("days", window, low=1, high=max(1, (end - first).days + 1))
    worth, bought = _by_window(log, columns, end.toordinal(), days)
    counted = [bought[:, i] if base == "buyers" else slice(None) for i in range(len(days))]
    shares = [
        concentration(worth[who, i], top=top, level=level, resamples=resamples, seed=seed)
        for i, who in enumerate(counted)
    ]
    rows = [(d, s.n, s.value, s.low, s.high, s.gini) for d, s in zip(days, shares, strict=True)]
    return pd.DataFrame(rows, columns=["days", "customers", "value", "low", "high", "gini"])


def _by_window(
    log: Any, columns: list[str], end: int, days: Sequence[int]
) -> tuple[np.ndarray, np.ndarray]:
    """Sum each customer up over every window, in one pass through the log."""
    customer, date, amount = columns
    inside = [nw.col(DAY) > end - window for window in days]
    money = nw.col(amount).cast(nw.Float64)
    worth = [nw.when(w).then(money).otherwise(0.0).alias(f"worth{i}") for i, w in enumerate(inside)]
    bought = [w.cast(nw.Int64).alias(f"bought{i}") for i, w in enumerate(inside)]
    names = [f"worth{i}" for i in range(len(days))] + [f"bought{i}" for i in range(len(days))]
    summed = (
        log.select(customer, amount, day_number(nw.col(date)).alias(DAY))
        .filter(nw.col(DAY) <= end)
        .select(customer, *worth, *bought)
        .group_by(customer)
        .agg(*[nw.col(name).sum() for name in names])
        .sort(customer)
    )
    table = summed.collect("pandas") if isinstance(summed, nw.LazyFrame) else summed
    numbers = table.select(names).to_numpy()
    return numbers[:, : len(days)], numbers[:, len(days) :] > 0
