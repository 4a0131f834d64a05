r"""One to one: who passes a reward, who is due for replacement, what a customer buys next.

Three things a database does by itself once it holds orders. **A reward** fires on the day a
customer's cumulative purchases pass an amount (:func:`reward_due`). **A replacement** is due
when the last purchase of a thing is as old as such a thing lives (:func:`due_replacement`).
**The next product** is told by what customers with the same products bought next
(:func:`next_product`): for products :math:`a` owned and :math:`b` not,

.. math:: \text{confidence}(a \to b) = P(b \mid a), \qquad
          \text{lift}(a \to b) = \frac{P(b \mid a)}{P(b)},

baskets being customers (Agrawal, Imielinski & Swami 1993). **The estimand** is the share of
customers whose next new product is the one named, among customers and a time the rules have
not seen. **What the naive answer gets wrong:** it counts how often the rule is right on the
orders it was made from; and it forgets that naming the most popular product for everybody is
right often, too. Both are beside the answer.

References
----------
Agrawal, R., Imielinski, T. & Swami, A. (1993). Mining association rules between sets of
items in large databases. *SIGMOD Record* 22(2), 207-216. At second hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd

from cvm.database.store import Database, Listing, need_database
from cvm.errors import CvmError, near_miss
from cvm.inputs import need_columns, whole_number
from cvm.results import Result, number
from cvm.words import _

__all__ = ["NextProduct", "day", "due_replacement", "next_product", "product_rules", "reward_due"]

#: On which day each customer's purchases passed the amount.
REWARD = """
WITH so_far AS (
  SELECT customer, date, sum(amount) OVER (PARTITION BY customer ORDER BY date) AS bought
  FROM orders
  WHERE date <= $today
)
SELECT customer, min(date) AS passed, max(bought) AS bought
FROM so_far
WHERE bought >= $amount
GROUP BY customer
HAVING passed > $since
ORDER BY passed, customer
"""

#: Whose last purchase of a product is as old as such a product lives.
DUE = """
SELECT customer, product, max(date) AS bought, max(date) + CAST(days AS INTEGER) AS due
FROM orders
JOIN lives USING (product)
WHERE date <= $today AND amount > 0
GROUP BY customer, product, days
HAVING due BETWEEN $today - $late AND $today + $ahead
ORDER BY due, customer
"""


def reward_due(
    database: Database, *, amount: float, today: Any, since: Any = "1950-01-01"
) -> Listing:
    """List whose cumulative purchases have passed an amount.

    Parameters
    ----------
    database : Database
        With orders; returns count against the customer.
    amount : float
        What must be passed, in the currency of the orders.
    today : date
        Later orders are not looked at.
    since : date, optional
        Only rewards that fire after this day, so that nobody is rewarded twice.

    Returns
    -------
    Listing
        ``customer``, ``passed`` (the day), ``bought`` (the most so far).

    Raises
    ------
    CvmError
        If the amount is not above zero, or a day is none.
    """
    if isinstance(amount, bool) or not isinstance(amount, Real) or not amount > 0:
        wrong = _("The amount to be passed is above zero.")
        raise CvmError(wrong, given=amount, remedy=_("Write for example amount=50_000."))
    days = {"today": day(today, "today"), "since": day(since, "since")}
    found = need_database(database).query(REWARD, parameters={"amount": float(amount), **days})
    return Listing(title=_("Rewards that fire"), table=found, sql=REWARD)


def due_replacement(
    database: Database,
    *,
    lives: Mapping[str, int],
    today: Any,
    ahead: int = 30,
    late: int = 90,
) -> Listing:
    """List who is due for replacement.

    Parameters
    ----------
    database : Database
        With orders and their products.
    lives : mapping of str to int
        How many days each product lives, such as ``{"router": 1095}``.
    today : date
        The day of the list.
    ahead, late : int
        Days before and after the due day in which a customer is listed.

    Returns
    -------
    Listing
        ``customer``, ``product``, ``bought`` (last), ``due``.

    Raises
    ------
    CvmError
        If a product was never sold, or a life is no whole number of days.
    """
    if not isinstance(lives, Mapping):
        wrong = _("lives= says how many days each product lives.")
        raise CvmError(wrong, given=lives, remedy=_("Write for example lives={'router': 1095}."))
    for name, life in lives.items():
        whole_number(life, name=_("the life of '{product}' in days", product=name))
    sold = need_database(database).query(
        "SELECT DISTINCT product FROM orders WHERE product IS NOT NULL"
    )
    for name in lives:
        if name not in set(sold["product"]):
            wrong = _("There is no order of '{product}'.", product=name)
            raise CvmError(wrong, remedy=near_miss(name, sorted(sold["product"])))
    known = pd.DataFrame({"product": list(lives), "days": [int(d) for d in lives.values()]})
    near = {"ahead": whole_number(ahead, name="ahead", least=0),
            "late": whole_number(late, name="late", least=0)}  # fmt: skip
    with database.showing("lives", known):
        found = database.query(DUE, parameters={"today": day(today, "today"), **near})
    return Listing(title=_("Due for replacement"), table=found, sql=DUE)


def product_rules(orders: pd.DataFrame, *, least: int = 5) -> pd.DataFrame:
    """Say which products go together, customer by customer.

    Parameters
    ----------
    orders : DataFrame
        With ``customer`` and ``product``.
    least : int
        Customers who must have both.

    Returns
    -------
    DataFrame
        One row an ordered pair: ``owned``, ``next``, ``customers`` (with both),
        ``confidence``, ``lift``; the surest first.

    Raises
    ------
    CvmError
        If a column is not there, or ``least`` is no whole number.
    """
    need_columns(orders, ("customer", "product"))
    whole_number(least, name="least")
    has, names = _owned(orders)
    both = has.T @ has
    alone = np.diag(both).astype(float)
    owned, new = np.nonzero((both >= least) & ~np.eye(len(names), dtype=bool))
    confidence = both[owned, new] / alone[owned]
    table = pd.DataFrame({
        "owned": names[owned], "next": names[new], "customers": both[owned, new].astype(int),
        "confidence": confidence, "lift": confidence * len(has) / alone[new],
    })  # fmt: skip
    return table.sort_values("confidence", ascending=False, kind="stable", ignore_index=True)


def _owned(orders: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Give who has what as zeros and ones, and the names of the products."""
    held = pd.crosstab(orders["customer"], orders["product"]) > 0
    return held.to_numpy(dtype=float), held.columns.to_numpy(dtype=object)


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class NextProduct(Result):
    """What each customer is likely to buy next, and how often that came true.

    Parameters
    ----------
    table : DataFrame
        One row a customer: ``customer``, ``named`` (the product), ``confidence``.
    value, low, high : float
        Share of customers whose new product after the cut is the one named, with its
        interval (Wilson).
    popular : float
        The same if everybody is named the most popular product not yet owned.
    inside : float
        The naive share: on the orders the rules were made from.
    n : int
        Customers who bought something new after the cut.
    """

    table: pd.DataFrame
    value: float
    low: float
    high: float
    popular: float
    inside: float
    n: int

    def to_frame(self) -> pd.DataFrame:
        """Give the product named for each customer."""
        return self.table.copy()

    def sentence(self) -> str:
        """Say how often the named product was the one bought."""
        return _(
            "The named product was the next new one for {value} (95 % interval {low} to {high}) of "
            "{n} customers; naming the most popular one, for {popular}.",
            value=number(self.value, "share"), low=number(self.low, "share"),
            high=number(self.high, "share"), n=number(self.n), popular=number(self.popular, "share"),
        )  # fmt: skip


def next_product(orders: pd.DataFrame, *, cut: Any) -> NextProduct:
    """Name each customer's next product from orders up to a day, and count afterwards.

    Parameters
    ----------
    orders : DataFrame
        With ``customer``, ``date``, ``product``.
    cut : date
        Rules are made from orders up to this day, and judged by those after it.

    Returns
    -------
    NextProduct

    Raises
    ------
    CvmError
        If a column is not there or the dates are none, or if nobody bought anything until the
        cut, or a new product after it.
    """
    need_columns(orders, ("customer", "date", "product"))
    until = pd.Timestamp(day(cut, "cut"))
    _check_dates(orders["date"])
    orders = orders[["customer", "date", "product"]]
    early = orders["date"].dt.normalize() <= until  # the whole day counts, whatever the hour
    known = orders[early].dropna(subset=["customer", "product"])
    if known.empty:
        wrong = _("There are no orders until the cut to make rules from.")
        raise CvmError(wrong, given=str(until.date()), remedy=_("Cut later."))
    named = _named(known)
    later = orders[~early].dropna(subset=["date"]).sort_values("date", kind="stable")
    new = _new_products(known, later)
    judged = new.merge(named, on="customer")
    if judged.empty:
        wrong = _("Nobody bought a new product after the cut.")
        raise CvmError(wrong, given=str(until.date()), remedy=_("Cut earlier."))
    from statsmodels.stats.proportion import proportion_confint

    hits = judged["product"] == judged["named"]
    low, high = proportion_confint(hits.sum(), len(hits), method="wilson")
    return NextProduct(
        table=named[["customer", "named", "confidence"]], value=float(hits.mean()), low=float(low),
        high=float(high), popular=float((judged["product"] == judged["popular"]).mean()),
        inside=_inside(known), n=len(hits),
    )  # fmt: skip


def _check_dates(dates: pd.Series) -> None:
    if not pd.api.types.is_datetime64_dtype(dates):  # nor one with a time zone
        wrong = _("The dates in '{name}' are not dates.", name="date")
        remedy = _("Convert them, for example with pandas.to_datetime.")
        raise CvmError(wrong, given=str(dates.dtype), remedy=remedy)


def _named(known: pd.DataFrame) -> pd.DataFrame:
    """Name the product each is most likely to add, and the most popular one not owned."""
    held = pd.crosstab(known["customer"], known["product"]) > 0
    has = held.to_numpy(dtype=float)
    both = has.T @ has
    confidence = both / np.maximum(np.diag(both), 1)[:, None]
    # The surest of the rules a customer's own products give.
    score = np.max(has[:, :, None] * confidence[None], axis=1)
    popular = np.broadcast_to(np.diag(both), has.shape).astype(float)
    # Where no rule says anything, the most popular product is the best guess there is.
    score = score + 1e-9 * popular
    score, popular = (np.where(has > 0, -1.0, which) for which in (score, popular))
    names = held.columns.to_numpy(dtype=object)
    return pd.DataFrame({
        "customer": held.index, "named": names[score.argmax(axis=1)],
        "confidence": score.max(axis=1), "popular": names[popular.argmax(axis=1)],
    })[score.max(axis=1) >= 0].reset_index(drop=True)  # fmt: skip


def _new_products(known: pd.DataFrame, later: pd.DataFrame) -> pd.DataFrame:
    """Give each customer's first product after the cut that was not owned before."""
    owned = known[["customer", "product"]].drop_duplicates().assign(owned=True)
    marked = later.merge(owned, on=["customer", "product"], how="left")
    new = marked[marked["owned"].isna()]
    return new.drop_duplicates("customer")[["customer", "product"]]


def _inside(known: pd.DataFrame) -> float:
    """Judge rules by the orders they were made from, the way one must not.

    Each customer's latest product is asked for from the others, while the rules have seen
    that very pair.
    """
    first = known.sort_values("date", kind="stable").drop_duplicates(["customer", "product"])
    last = first.drop_duplicates("customer", keep="last")[["customer", "product"]]
    rest = first[first.duplicated("customer", keep="last")]
    has, names = _owned(first)
    both = has.T @ has
    confidence = both / np.maximum(np.diag(both), 1)[:, None]
    held = (pd.crosstab(rest["customer"], rest["product"]) > 0).reindex(columns=names, fill_value=False)  # fmt: skip
    owned = held.to_numpy(dtype=float)
    score = np.where(owned > 0, -1.0, np.max(owned[:, :, None] * confidence[None], axis=1))
    guess = pd.Series(names[score.argmax(axis=1)], index=held.index)
    true = last.set_index("customer")["product"].reindex(held.index)
    return float((guess == true).mean()) if len(held) else float("nan")


def day(value: Any, name: str) -> Any:
    """Read a day, or say which argument is none.

    Parameters
    ----------
    value : date, Timestamp or str
        Such as "2025-06-30".
    name : str
        The argument's name.

    Returns
    -------
    datetime.date
    """
    try:
        found = pd.Timestamp(value)
    except (TypeError, ValueError):
        found = pd.NaT  # type: ignore[assignment]
    if isinstance(value, bool | int | float) or found is pd.NaT:
        wrong = _("{name} is a day.", name=name)
        raise CvmError(wrong, given=value, remedy=_('Write it like "2025-06-30".'))
    return found.date()
