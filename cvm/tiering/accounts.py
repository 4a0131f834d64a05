"""Yunhe Telecom's customer base (云河通信), simulated: who pays, and who pays off.

Model
-----
Consumers, small and large businesses. Over m months customer i of segment s has::

    rate of purchases     r_i = r_s * g_i,       g_i ~ Gamma(shape, mean 1)
    purchases             n_i ~ Poisson(m * r_i)
    list price of one         ~ Gamma(4, mean p_i),  p_i = p_s * h_i, h_i ~ Gamma(2, mean 1)
    revenue at list price V_i = sum of the n_i list prices
    discount              D_i = V_i * c * v / (v + half),  v = V_i a year
    cost to serve         S_i = V_i * q_i + account cost * m,  q_i = q * (1 - w + w * k_i)
    receivables cost      C_i = (V_i - D_i) * credit days / 365 * capital cost  (businesses)
    profit                    = V_i - D_i - product cost * V_i - S_i - C_i

Purchases fall on uniform days; with ``drift`` a customer's rate in the second half of
the period is exp(drift * z_i) times that of the first, z_i standard normal.

Two kinds of customer lose money. The smallest do not cover the cost of having an
account. Some of the largest combine the highest discount with a demand for service
that eats the rest: *big is not good* (大客户不等于好客户).

Truth
-----
``true_rate``, ``true_list_price``, ``true_service`` (q_i), ``true_growth`` and
``true_profit``: the profit of a period in which exactly the expected revenue
m * r_i * p_i comes in. :func:`cvm.tables.observed` hides these columns.

What the naive answer gets wrong
--------------------------------
Ranking customers by revenue takes the largest for the best. The concentration of one
year's profit is not the concentration of the customers' true profit: chance adds to it.

Sources
-------
Gamma rates and Poisson purchases: Ehrenberg, A. S. C. (1959), "The Pattern of Consumer
Purchases", *Applied Statistics* 8(1). The largest among the most and the least
profitable: Kaplan and Narayanan (2001), *Journal of Cost Management*. All amounts are
teaching values, in yuan.

How chance is drawn
-------------------
Every customer has own luck, drawn before any lever acts (:mod:`cvm.luck`): two worlds
with one seed meet the same customers. The totals are drawn first; the log of single
purchases is made only when asked for, *given* the totals: days are uniform given their
number, and shares of a sum of gammas do not depend on the sum, so this is the same law
as drawing purchases one by one, and the log adds up to the totals.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit, gammainccinv, gammaincinv, logit

from cvm.errors import CvmError
from cvm.levers import Levers, assumption, lever, needs_world
from cvm.luck import Luck, bernoulli, poisson
from cvm.words import N_, _

__all__ = ["SEGMENT_NAMES", "AccountTables", "Accounts", "simulate_accounts"]

Floats = NDArray[np.float64]

#: In the order of their codes.
SEGMENT_NAMES = (N_("consumer"), N_("small business"), N_("large business"))

#: Shapes that no lever moves, so that their draws stay the same in every world.
PRICE_SHAPE, SPEND_SHAPE, SERVICE_SHAPE = 4.0, 2.0, 1.5

#: Purchases of one customer are drawn in pages of this many.
PAGE = 16

START = pd.Timestamp("2025-01-01")
YEAR = 365


class Accounts(Levers):
    """Yunhe Telecom's customer base: what the market is and what the firm grants."""

    months: int = assumption(
        12, low=1, high=36, unit=N_("months"), meaning=N_("how long purchases are watched")
    )
    small_business_share: float = assumption(
        0.14, low=0, high=0.5, unit="share", meaning=N_("small businesses among customers")
    )
    large_business_share: float = assumption(
        0.02, low=0, high=0.2, unit="share", meaning=N_("large businesses among customers")
    )
    consumer_rate: float = assumption(
        1.0, low=0.1, high=4, unit=N_("purchases a month"), meaning=N_("how often a consumer buys")
    )
    small_business_rate: float = assumption(
        2.0, low=0.1, high=6, unit=N_("purchases a month"),
        meaning=N_("how often a small business buys"),
    )  # fmt: skip
    large_business_rate: float = assumption(
        4.0, low=0.1, high=10, unit=N_("purchases a month"),
        meaning=N_("how often a large business buys"),
    )  # fmt: skip
    consumer_price: float = assumption(
        80, low=10, high=300, unit=N_("yuan"), meaning=N_("list price of a consumer's purchase")
    )
    small_business_price: float = assumption(
        100, low=20, high=1000, unit=N_("yuan"),
        meaning=N_("list price of a small business's purchase"),
    )  # fmt: skip
    large_business_price: float = assumption(
        600, low=100, high=6000, unit=N_("yuan"),
        meaning=N_("list price of a large business's purchase"),
    )  # fmt: skip
    rate_shape: float = assumption(
        2.0, low=0.3, high=10,
        meaning=N_("how alike purchase rates are: the shape of their gamma distribution"),
        source="Ehrenberg 1959",
    )  # fmt: skip
    product_cost: float = assumption(
        0.40, low=0, high=0.9, unit="share", meaning=N_("cost of the product, of the list price")
    )
    service_cost: float = assumption(
        0.20, low=0, high=0.6, unit="share",
        meaning=N_("cost of serving the average customer, of the list price"),
    )  # fmt: skip
    service_spread: float = assumption(
        1.0, low=0, high=1, unit="share",
        meaning=N_("how far customers differ in the service they take"),
        source="Kaplan & Narayanan 2001",
    )  # fmt: skip
    capital_cost: float = assumption(
        0.08, low=0, high=0.3, unit="share", meaning=N_("cost of capital a year")
    )
    drift: float = assumption(
        0.0, low=0, high=2, meaning=N_("how far customers' rates change half-way: 0 is not at all")
    )
    discount_ceiling: float = lever(
        0.35, low=0, high=0.6, unit="share", meaning=N_("discount that the very largest approach")
    )
    discount_half: float = lever(
        8_000, low=1_000, high=200_000, step=1_000, unit=N_("yuan a year"),
        meaning=N_("list revenue at which half the ceiling is granted"),
    )  # fmt: skip
    account_cost: float = lever(
        6, low=0, high=50, unit=N_("yuan a month"), meaning=N_("cost of keeping an account open")
    )
    credit_days: int = lever(
        45, low=0, high=180, unit=N_("days"), meaning=N_("credit granted to businesses")
    )


@dataclass(frozen=True, kw_only=True, repr=False)
class AccountTables:
    """The simulated customer base.

    Parameters
    ----------
    world : Accounts
        The levers it was made with.
    seed : int
        Its luck.
    customers : DataFrame, one row a customer
        ``customer`` (1, 2, ...), ``segment``, ``purchases``, then in yuan over the whole
        period ``revenue`` (at list price), ``discount``, ``product_cost``,
        ``cost_to_serve``, ``receivable_cost`` and ``profit`` (revenue less the four),
        and the truth: ``true_rate`` (purchases a month), ``true_list_price`` (yuan),
        ``true_service`` (share of list price), ``true_growth`` (second half over
        first), ``true_profit`` (yuan).
    """

    world: Accounts
    seed: int
    customers: pd.DataFrame = field(repr=False)

    @cached_property
    def transactions(self) -> pd.DataFrame:
        """The log: ``customer``, ``date`` and ``amount`` (yuan, at list price).

        One row a purchase, sorted by date, then customer; made when first asked for.
        The amounts of a customer sum to its ``revenue``.
        """
        return _log(self.world, Luck(self.seed), self.customers)

    def __repr__(self) -> str:
        return _(
            "{n} customers of Yunhe Telecom, seed {seed}", n=len(self.customers), seed=self.seed
        )


@needs_world
def simulate_accounts(world: Accounts, *, n: int = 10_000, seed: int = 0) -> AccountTables:
    """Simulate Yunhe Telecom's customer base.

    Parameters
    ----------
    world : Accounts
        The levers and assumptions.
    n : int
        Customers; a larger n keeps the first ones.
    seed : int
        The same seed meets the same customers in every world.

    Returns
    -------
    AccountTables
        ``.customers`` at once, ``.transactions`` when asked for.

    Raises
    ------
    CvmError
        If ``n`` is not a positive whole number, or the seed is not a seed.
    """
    if isinstance(n, bool) or not isinstance(n, int | np.integer) or n < 1:
        wrong = _("The number of customers is a whole number from 1.")
        raise CvmError(wrong, given=n, remedy=_("Give for example n=1000."))
    luck = Luck(seed)
    segment = _segments(world, luck, n)
    truth = _truth(world, luck, segment)
    purchases = poisson(luck.uniform("purchases", n), truth["true_rate"] * world.months)
    revenue = truth["true_list_price"] * _prices(purchases, luck.uniform("prices", n))
    money = _money(world, segment, revenue, truth["true_service"])
    expected = truth["true_list_price"] * truth["true_rate"] * world.months
    true_profit = _money(world, segment, expected, truth["true_service"])["profit"]
    columns = {
        "customer": np.arange(1, n + 1),
        "segment": pd.Categorical.from_codes(segment, categories=pd.Index(SEGMENT_NAMES)),
        "purchases": purchases,
    }
    table = pd.DataFrame(columns | money | truth | {"true_profit": true_profit})
    return AccountTables(world=world, seed=seed, customers=table)


def _segments(world: Accounts, luck: Luck, n: int) -> NDArray[np.int64]:
    """Give each customer's segment code; a larger share never takes a business away."""
    u = luck.uniform("segment", n)
    large = bernoulli(u, world.large_business_share)
    business = bernoulli(u, world.large_business_share + world.small_business_share)
    return large.astype(np.int64) + business


def _truth(world: Accounts, luck: Luck, segment: NDArray[np.int64]) -> dict[str, Floats]:
    """Give what each customer is like, whatever the period brings."""
    n = len(segment)
    rate = np.array([world.consumer_rate, world.small_business_rate, world.large_business_rate])
    price = np.array([world.consumer_price, world.small_business_price, world.large_business_price])
    # By quantile, not by Luck.gamma: then the shape is a lever that moves the same customers.
    eagerness = _gamma(luck.uniform("rate", n), world.rate_shape) / world.rate_shape
    size = luck.gamma("size", n, shape=SPEND_SHAPE) / SPEND_SHAPE
    demand = luck.gamma("service", n, shape=SERVICE_SHAPE) / SERVICE_SHAPE
    return {
        "true_rate": rate[segment] * eagerness,
        "true_list_price": price[segment] * size,
        "true_service": world.service_cost * (1 + world.service_spread * (demand - 1)),
        "true_growth": np.exp(world.drift * luck.normal("drift", n)),
    }


def _gamma(u: Floats, shape: float) -> Floats:
    """Give gamma quantiles, to four digits and five times as fast as one by one.

    The log of the quantile is nearly straight in the log odds of u at both ends, so a
    monotone curve through 400 exact ones has all the others.
    """
    from scipy.interpolate import PchipInterpolator  # slow to import, and needed only here

    odds = np.linspace(-38, 38, 400)
    below, above = gammaincinv(shape, expit(odds)), gammainccinv(shape, expit(-odds))
    exact = np.where(odds < 0, below, above)
    with np.errstate(divide="ignore"):
        wanted = np.maximum(logit(u), odds[0])  # a draw of nothing at all is almost nothing
    return np.exp(PchipInterpolator(odds, np.log(exact))(wanted))


def _prices(purchases: NDArray[np.int64], u: Floats) -> Floats:
    """Give the sum of that many gammas of mean 1, by its quantile."""
    total = np.zeros(len(u))
    some = purchases > 0
    total[some] = gammaincinv(PRICE_SHAPE * purchases[some], u[some]) / PRICE_SHAPE
    return total


def _money(
    world: Accounts, segment: NDArray[np.int64], revenue: Floats, service: Floats
) -> dict[str, Floats]:
    """Go from revenue at list price to profit, line by line."""
    yearly = revenue * 12 / world.months
    discount = revenue * world.discount_ceiling * yearly / (yearly + world.discount_half)
    product = world.product_cost * revenue
    serve = service * revenue + world.account_cost * world.months
    waited = np.where(segment > 0, world.credit_days / YEAR, 0.0)
    receivable = (revenue - discount) * waited * world.capital_cost
    return {
        "revenue": revenue,
        "discount": discount,
        "product_cost": product,
        "cost_to_serve": serve,
        "receivable_cost": receivable,
        "profit": revenue - discount - product - serve - receivable,
    }


def _log(world: Accounts, luck: Luck, customers: pd.DataFrame) -> pd.DataFrame:
    """Make the single purchases behind the totals."""
    counts = customers["purchases"].to_numpy()
    owner, time, weight = _purchases(luck, counts, customers["true_growth"].to_numpy())
    total = np.bincount(owner, weight, minlength=len(counts))
    amount = weight / total[owner] * customers["revenue"].to_numpy()[owner]
    days = round(world.months * YEAR / 12)
    date = START + pd.to_timedelta((time * days).astype(np.int64), unit="D")
    log = pd.DataFrame({"customer": customers["customer"].to_numpy()[owner], "date": date})
    log = log.assign(date=log["date"].astype("datetime64[ns]"), amount=amount)
    return log.sort_values(["date", "customer"], kind="stable", ignore_index=True)


def _purchases(
    luck: Luck, counts: NDArray[np.int64], growth: Floats
) -> tuple[NDArray[np.int64], Floats, Floats]:
    """Give owner, time (0 to 1) and weight of each purchase, page by page.

    A page holds the same number of draws for every customer, however many any of them
    buys: so a larger n, or a lever that adds purchases, leaves all others where they are.
    """
    n, first_half = len(counts), expit(-np.log(growth))
    owners, times, weights = [], [], []
    for page in range(-(-int(counts.max(initial=0)) // PAGE)):
        made = page * PAGE + np.arange(PAGE) < counts[:, None]
        u = luck.uniform(f"day {page}", n, PAGE)[made]
        owners.append(np.nonzero(made)[0])
        weights.append(luck.gamma(f"price {page}", n, PAGE, shape=PRICE_SHAPE)[made])
        times.append(_moment(u, first_half[owners[-1]]))
    if not owners:
        return np.empty(0, np.int64), np.empty(0), np.empty(0)
    return np.concatenate(owners), np.concatenate(times), np.concatenate(weights)


def _moment(u: Floats, first_half: Floats) -> Floats:
    """Turn a uniform into a time, of which a share falls in the first half."""
    early = u / first_half / 2
    late = 1 - (1 - u) / (1 - first_half) / 2
    return np.where(u < first_half, early, late)
