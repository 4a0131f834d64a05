r"""Keep or win: a firm that buys transactions beside one that builds relationships.

Two firms sell the same product at the same price, start with the same customers and spend
the same budget :math:`B` a year. One puts all of it into winning customers; the other
puts a share :math:`k` into keeping those it has. With :math:`C` customers and a market of
:math:`M`, in year :math:`t`

.. math::

   r_t &= r_0 + (r_1 - r_0)\,\bigl(1 - e^{-kB/(C_t\,\text{keep\_scale})}\bigr) \\
   w_t &= (M - C_t)\,\bigl(1 - e^{-(1-k)B/((M - C_t)\,\text{win\_scale})}\bigr) \\
   C_{t+1} &= r_t\, C_t + w_t, \qquad
   A_{t+1} = \frac{r_t\, C_t\,(A_t + 1)}{C_{t+1}} \\
   \text{profit}_t &= C_t\,\bigl(\text{margin} + \text{growth}\cdot\min(A_t, 10)\bigr) - B
      - \text{setup}\,[t = 1, k > 0],

:math:`r` retention, :math:`w` customers won, :math:`A` the average years as a customer
(growth by tenure, taken at the average). Both responses saturate: the first money keeps
those easily kept and wins those easily won. ``setup`` is what building relationships costs
once: systems, people, training.

**The estimands.** Cumulative profit over the years; the *break-even year*, from which the
relationship firm is ahead for good; and the best share :math:`k` (:func:`best_share`).

**What the naive answer gets wrong.** "Keeping costs a fifth of winning, so keep." It
compares *average* costs and takes them for a law. What decides is the cost of the *next*
customer kept and of the next one won (:func:`cost_ratio`); it moves with the money already
spent, with the customers left to win, and with what a customer is worth after. Where the
next one kept costs more than the next one won - most are loyal anyway, the market is
young - winning is the better use.

**Where it comes from.** The fifth is a trade figure of the 1980s (TARP), at second hand,
and no law. Saturating response and the split between acquisition and retention: Blattberg
& Deighton (1996), at second hand. Growth of margin by years as a customer: Reichheld &
Sasser (1990), at second hand; Reinartz & Kumar (2000) did not find it everywhere, so move it
to zero and look again. Stock of customers, break-even and set-up are bookkeeping. Sizes are
for teaching.

**Simplified for teaching.** Rivals do not answer; tenure enters by its average; a customer
lost can be won again like any other; no discounting unless ``discount`` is moved.

References
----------
Blattberg, R. C. & Deighton, J. (1996). Manage marketing by the customer equity test.
*Harvard Business Review* 74(4), 136-144.
Reichheld, F. F. & Sasser, W. E. (1990). Zero defections: quality comes to services.
*Harvard Business Review* 68(5), 105-111.
Reinartz, W. J. & Kumar, V. (2000). On the profitability of long-life customers in a
noncontractual setting. *Journal of Marketing* 64(4), 17-35.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from cvm.errors import CvmError
from cvm.inputs import number_array, real_number, whole_number
from cvm.levers import Levers, assumption, lever, needs_world
from cvm.luck import Luck, bernoulli
from cvm.results import Result, number
from cvm.words import N_, _

__all__ = [
    "BreakEven",
    "TwoFirms",
    "best_share",
    "break_even",
    "compare_worlds",
    "cost_ratio",
    "firm_years",
    "retention_rate",
    "simulate_two_firms",
    "two_firms",
    "won",
]

Floats = NDArray[np.float64]

#: The longest look ahead; luck is drawn for all of it.
HORIZON = 30


class TwoFirms(Levers):
    """One budget, two ways to spend it."""

    keep_share: float = lever(
        0.4, low=0, high=1, unit="share",
        meaning=N_("Share of the budget the relationship firm spends on keeping customers"),
    )  # fmt: skip
    budget: float = lever(
        30.0,
        low=5,
        high=200,
        step=5,
        unit=N_("thousand yuan"),
        meaning=N_("Budget of each firm a year"),
    )
    setup: float = lever(
        10.0,
        low=0,
        high=200,
        unit=N_("thousand yuan"),
        meaning=N_("What building relationships costs once: systems, people, training"),
    )
    years: int = lever(10, low=2, high=HORIZON, unit=N_("years"), meaning=N_("How far to look"))
    customers: int = assumption(
        1000,
        low=10,
        high=100_000,
        unit=N_("customers"),
        meaning=N_("Customers of each at the start"),
    )
    market: int = assumption(
        3000, low=100, high=50_000, step=100, unit=N_("customers"),
        meaning=N_("Customers each could have at most"),
    )  # fmt: skip
    floor: float = assumption(
        0.7, low=0, high=0.98, unit="share", meaning=N_("Retention when nothing is spent on it")
    )
    ceiling: float = assumption(
        0.9, low=0.05, high=0.99, step=0.01, unit="share",
        meaning=N_("Retention no money can pass"),
    )  # fmt: skip
    keep_scale: float = assumption(
        10.0, low=1, high=200, step=1, unit=N_("yuan"),
        meaning=N_("Spend per customer and year that makes 63 % of that difference"),
    )  # fmt: skip
    win_scale: float = assumption(
        80.0, low=10, high=600, step=10, unit=N_("yuan"),
        meaning=N_("Spend per possible customer that would win 63 % of them"),
    )  # fmt: skip
    margin: float = assumption(
        60.0,
        low=5,
        high=500,
        step=5,
        unit=N_("yuan"),
        meaning=N_("Margin of a new customer a year"),
    )
    growth: float = assumption(
        3.0, low=-10, high=50, unit=N_("yuan"),
        meaning=N_("Extra margin for each year as a customer, up to ten"),
    )  # fmt: skip
    discount: float = assumption(
        0.0, low=0, high=0.3, unit="share", meaning=N_("Interest rate for later money")
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.ceiling < self.floor or self.market < self.customers:
            raise CvmError(
                _("Retention at its best is not below retention without money, and the market is "
                  "not smaller than the customers."),
                given={name: getattr(self, name)
                       for name in ("floor", "ceiling", "customers", "market")},
                remedy=_("Move ceiling above floor, and market above customers."),
            )  # fmt: skip


@needs_world
def retention_rate(spend: ArrayLike, world: TwoFirms) -> Floats:
    """Give retention by what is spent on it.

    Parameters
    ----------
    spend : array_like
        Currency per customer and year.
    world : TwoFirms
        Uses ``floor``, ``ceiling`` and ``keep_scale``.

    Returns
    -------
    ndarray
        Share of customers who stay the year.
    """
    reached = -np.expm1(-number_array(spend, name="spend") / world.keep_scale)
    return world.floor + (world.ceiling - world.floor) * reached


@needs_world
def won(spend: ArrayLike, left: ArrayLike, world: TwoFirms) -> Floats:
    """Give the customers won by what is spent on it.

    Parameters
    ----------
    spend : array_like
        Currency a year in all.
    left : array_like
        Customers of the market that are not yet the firm's.
    world : TwoFirms
        Uses ``win_scale``.

    Returns
    -------
    ndarray
        Customers won; at most those left.
    """
    there = np.maximum(number_array(left, name="left"), 1e-9)
    return there * -np.expm1(-number_array(spend, name="spend") / (there * world.win_scale))


@needs_world
def firm_years(world: TwoFirms, *, keep_share: float | None = None) -> pd.DataFrame:
    """Follow one firm, in expectation.

    Parameters
    ----------
    world : TwoFirms
        Levers and assumptions.
    keep_share : float, optional
        Share of the budget spent on keeping, instead of the world's; 0 is the
        transaction firm.

    Returns
    -------
    DataFrame
        One row a year from 1: ``year``, ``customers`` (served in the year), ``age``
        (their average years as customers), ``retention``, ``won`` (at the year's end),
        ``profit`` and ``cumulative_profit`` (thousand yuan, discounted).
    """
    share = world.keep_share if keep_share is None else keep_share
    share = real_number(share, name="keep_share", least=0, most=1, example=0.4)
    paths = _paths(world, np.array([share]))
    table = pd.DataFrame({name: values[:, 0] for name, values in paths.items()})
    table.insert(0, "year", np.arange(1, world.years + 1))
    return table


@needs_world
def two_firms(world: TwoFirms) -> pd.DataFrame:
    """Follow both firms, ready to draw.

    Parameters
    ----------
    world : TwoFirms
        Levers and assumptions.

    Returns
    -------
    DataFrame
        The rows of :func:`firm_years` under a first column ``firm``: "transaction"
        (nothing spent on keeping) and "relationship".
    """
    parts = [
        firm_years(world, keep_share=0.0).assign(firm=N_("transaction")),
        firm_years(world).assign(firm=N_("relationship")),
    ]
    stacked = pd.concat(parts, ignore_index=True)
    return stacked[["firm", *stacked.columns.drop("firm")]]


@dataclass(frozen=True, kw_only=True, repr=False)
class BreakEven(Result):
    """When the relationship firm is ahead for good.

    Parameters
    ----------
    year : int or None
        The first year from which its cumulative profit stays above; None: not within
        the years looked at.
    years : int
        Years looked at.
    ahead : float
        Its lead in cumulative profit at the end, thousand yuan.
    worst : float
        Its deepest lag on the way, zero or below.
    table : DataFrame
        From :func:`two_firms`.
    """

    year: int | None
    years: int
    ahead: float
    worst: float
    table: pd.DataFrame = field(compare=False)

    def sentence(self) -> str:
        """Say the year and the lead."""
        lead = number(self.ahead, "thousand yuan")
        if self.year is None:
            return _(
                "The relationship firm does not get ahead within {years}; at the end it stands at "
                "{lead} against the transaction firm.",
                years=number(self.years, "years"), lead=lead,
            )  # fmt: skip
        return _(
            "The relationship firm is ahead for good from year {year}; after {years} by {lead}.",
            year=number(self.year), years=number(self.years, "years"), lead=lead,
        )  # fmt: skip


@needs_world
def break_even(world: TwoFirms) -> BreakEven:
    """Find the year from which the relationship firm is ahead for good.

    Parameters
    ----------
    world : TwoFirms
        Levers and assumptions.

    Returns
    -------
    BreakEven
    """
    table = two_firms(world)
    lead = _lead(table)
    behind = np.flatnonzero(lead <= 1e-9)
    first = int(behind[-1]) + 2 if len(behind) else 1
    return BreakEven(
        year=first if first <= world.years else None, years=world.years, ahead=float(lead[-1]),
        worst=float(min(lead.min(), 0.0)), table=table,
    )  # fmt: skip


@needs_world
def best_share(world: TwoFirms, *, points: int = 101) -> pd.DataFrame:
    """Try every split of the budget between keeping and winning.

    Parameters
    ----------
    world : TwoFirms
        Everything but ``keep_share``.
    points : int
        Splits to try, 2 or more.

    Returns
    -------
    DataFrame
        One row a split: ``keep_share``, ``cumulative_profit`` (thousand yuan, over
        the years), ``customers`` (in the last year) and ``best`` (True in one row).
    """
    points = whole_number(points, name="points", least=2)
    shares = np.linspace(0, 1, points)
    paths = _paths(world, shares)
    profit = paths["cumulative_profit"][-1]
    return pd.DataFrame({
        "keep_share": shares, "cumulative_profit": profit, "customers": paths["customers"][-1],
        "best": np.arange(points) == int(profit.argmax()),
    })  # fmt: skip


def compare_worlds(worlds: Mapping[str, TwoFirms]) -> pd.DataFrame:
    """Say for several worlds how much of the budget is best spent on keeping.

    Parameters
    ----------
    worlds : mapping of str to TwoFirms
        Worlds by a name of one's own.

    Returns
    -------
    DataFrame
        One row a world: ``world``, ``best_share`` (of the budget, to the hundredth),
        ``next_ratio`` (cost of the next customer kept over the next one won, at the
        world's own split) and ``break_even_year`` (at that split; empty: not in time).
    """
    if not isinstance(worlds, Mapping):
        wrong = _("Worlds are given by a name of one's own.")
        example = "{'today': TwoFirms()}"
        raise CvmError(wrong, given=worlds, remedy=_("Give for example {example}.", example=example))  # fmt: skip
    rows = []
    for name, world in worlds.items():
        best, next_one = best_share(world).query("best"), cost_ratio(world).iloc[-1]
        rows.append({
            "world": name, "best_share": float(best["keep_share"].iloc[0]),
            "next_ratio": float(next_one["ratio"]), "break_even_year": break_even(world).year,
        })  # fmt: skip
    return pd.DataFrame(rows).astype({"break_even_year": "Int64"} if rows else {})


@needs_world
def cost_ratio(world: TwoFirms) -> pd.DataFrame:
    """Compare what one customer costs to keep and to win, in the first year.

    Parameters
    ----------
    world : TwoFirms
        Levers and assumptions.

    Returns
    -------
    DataFrame
        Three rows. ``view``: "told" (money on keeping over all who stay, as the folklore
        counts), "average" (over those who stay because of it) and "next" (the next
        customer). ``cost_of_keeping`` and ``cost_of_winning`` (yuan a customer), and
        ``ratio``, keeping over winning; the folklore says 0.2.
    """
    keep = 1000 * world.budget * world.keep_share / world.customers
    win = 1000 * world.budget * (1 - world.keep_share)
    left = max(world.market - world.customers, 1e-9)
    stay, new = float(retention_rate(keep, world)), float(won(win, left, world))
    lift, span = stay - world.floor, world.ceiling - world.floor
    with np.errstate(divide="ignore", invalid="ignore"):
        next_kept = world.keep_scale / (span * np.exp(-keep / world.keep_scale))
        next_won = world.win_scale * np.exp(win / (left * world.win_scale))
        told, average = np.divide(keep, stay), np.divide(keep, lift)
        win_average = np.divide(win, new)
        kept = np.array([told, average, next_kept], float)
        won_at = np.array([win_average, win_average, next_won], float)
        ratio = kept / won_at
    return pd.DataFrame(
        {
            "view": [N_("told"), N_("average"), N_("next")],
            "cost_of_keeping": kept,
            "cost_of_winning": won_at,
            "ratio": ratio,
        }
    )


@needs_world
def simulate_two_firms(world: TwoFirms, *, seed: int) -> pd.DataFrame:
    """Follow both firms customer by customer, with the same luck.

    Parameters
    ----------
    world : TwoFirms
        Levers and assumptions; ``customers`` and ``market`` say how many there are.
    seed : int
        The luck; customer ``i`` of the market has the same luck in both firms.

    Returns
    -------
    DataFrame
        The columns of :func:`two_firms`; ``retention`` is the share that stayed and each
        customer's margin grows with its own years, up to ten.
    """
    luck = Luck(seed)
    stay = luck.uniform("stay", world.market, HORIZON)
    join = luck.uniform("join", world.market, HORIZON)
    parts = [
        _simulate(world, share, stay, join).assign(firm=name)
        for name, share in (("transaction", 0.0), ("relationship", world.keep_share))
    ]
    stacked = pd.concat(parts, ignore_index=True)
    return stacked[["firm", *stacked.columns.drop("firm")]]


def _paths(world: TwoFirms, shares: Floats) -> dict[str, Floats]:
    """Follow one firm for each split of the budget, side by side: (years, splits)."""
    keep, win = 1000 * world.budget * shares, 1000 * world.budget * (1 - shares)
    customers, age = np.full(len(shares), float(world.customers)), np.zeros(len(shares))
    rows: list[tuple[Floats, ...]] = []
    for year in range(world.years):
        kept = retention_rate(keep / np.maximum(customers, 1e-9), world)
        new = won(win, world.market - customers, world)
        margin = world.margin + world.growth * np.minimum(age, 10)
        earned = customers * margin / 1000 - world.budget - _setup(world, shares, year)
        rows.append((customers, age, kept, new, earned / (1 + world.discount) ** year))
        stayed = kept * customers
        customers = stayed + new
        age = stayed * (age + 1) / np.maximum(customers, 1e-9)
    names = ("customers", "age", "retention", "won", "profit")
    paths = dict(zip(names, (np.array(values) for values in zip(*rows, strict=True)), strict=True))
    return paths | {"cumulative_profit": paths["profit"].cumsum(axis=0)}


def _setup(world: TwoFirms, share: Floats, year: int) -> Floats:
    """Charge the set-up once, to a firm that spends anything on keeping."""
    return np.where((np.asarray(share) > 0) & (year == 0), world.setup, 0.0)


def _simulate(world: TwoFirms, share: float, stay: Floats, join: Floats) -> pd.DataFrame:
    keep, win = 1000 * world.budget * share, 1000 * world.budget * (1 - share)
    here = np.arange(world.market) < world.customers
    age, rows = np.zeros(world.market), []
    for year in range(world.years):
        count, left = int(here.sum()), int((~here).sum())
        chance = float(retention_rate(keep / max(count, 1e-9), world))
        reach = float(won(win, left, world)) / max(left, 1)
        earned = (world.margin + world.growth * np.minimum(age[here], 10)).sum() / 1000
        stayed = here & bernoulli(stay[:, year], chance)
        new = ~here & bernoulli(join[:, year], reach)
        rows.append({
            "year": year + 1, "customers": float(count),
            "age": float(age[here].mean()) if count else 0.0,
            "retention": float(stayed.sum() / count) if count else np.nan,
            "won": float(new.sum()),
            "profit": (earned - world.budget - float(_setup(world, np.array(share), year)))
            / (1 + world.discount) ** year,
        })  # fmt: skip
        age = np.where(stayed, age + 1, 0.0)
        here = stayed | new
    table = pd.DataFrame(rows)
    return table.assign(cumulative_profit=table["profit"].cumsum())


def _lead(table: pd.DataFrame) -> Floats:
    halves = {name: rows["cumulative_profit"].to_numpy() for name, rows in table.groupby("firm")}
    return np.asarray(halves["relationship"] - halves["transaction"], float)


# Firms are shown in figures; thousand yuan is a unit of the sentences above.
SHOWN = [N_("transaction"), N_("relationship"), N_("thousand yuan")]
