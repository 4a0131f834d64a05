r"""Release the small: a small customer is an option on a larger one.

"Do not drop a customer because it is small." A small customer who costs more to serve
than he brings looks like a loss to be cut. But some small customers climb, and whoever
is dropped cannot.

**The model.** Customers move between tiers from year to year with the migration matrix
:math:`P`; from "lost" nobody returns. A customer in tier :math:`k` earns :math:`m_k` a
year, the first at once; money loses the share ``discount`` :math:`i` a year,
:math:`d = 1/(1+i)`. Then (Pfeifer & Carraway 2000)

.. math:: V = m + dPm + d^2P^2m + \dots = (I - dP)^{-1} m .

Were a small customer to stay small until lost, with the same chance of being lost, he
would be worth :math:`m_s / (1 - d(1 - P_{s,\mathrm{lost}}))`. The difference is what
the chance to climb is worth: the *option value*.

**The estimand.** :math:`V_s`, what is given up by dropping a small customer today, its
two parts, and the loss a year at which keeping and dropping are equal: :math:`V_s` is a
straight line in :math:`m_s` with slope :math:`b = [(I-dP)^{-1}]_{ss}` (the discounted
years he spends small), so the break-even is :math:`m_s - V_s/b`. Standard errors come
from redrawing each row of the counts (parametric bootstrap).

**What the naive answer gets wrong.** It looks at :math:`m_s` alone and drops whoever
loses money today. At the defaults of :class:`SmallCustomer` a small customer loses 6 a
year, which is 19 in all if he stays small, and is worth 54 with the chance to climb.

**Simplified for teaching.** Where a customer goes depends on his tier only, not on how
he got there; customers who look small by an unlucky year climb back more readily than
true small ones, so a matrix from two noisy periods overstates the climb (see
:mod:`cvm.tiering.migration`). Dropping hurts nobody else's loyalty. The firm may not
drop later; :func:`state_values` with ``may_drop=True`` shows what that right adds.

References
----------
Pfeifer, P. E. & Carraway, R. L. (2000). Modeling customer relationships as Markov
chains. *Journal of Interactive Marketing* 14(2), 43-55.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Integral
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from cvm.errors import CvmError, near_miss
from cvm.inputs import (
    check_level,
    need_columns,
    number_array,
    numbers_in,
    real_number,
    whole_number,
)
from cvm.levers import Levers, assumption, lever, needs_world
from cvm.luck import Luck
from cvm.results import Result, number
from cvm.words import N_, _

__all__ = [
    "OptionValue",
    "SmallCustomer",
    "migration_shares",
    "option_value",
    "simulate_moves",
    "state_values",
]

Floats = NDArray[np.float64]
STATES = ("key", "ordinary", "small", "lost")


class SmallCustomer(Levers):
    """How customers move between tiers, and what they earn there."""

    cost_to_serve: float = lever(
        14.0, low=0, high=60, unit=N_("yuan"),
        meaning=N_("What serving a small customer costs a year"),
    )  # fmt: skip
    climb: float = assumption(
        0.05,
        low=0,
        high=0.4,
        unit="share",
        meaning=N_("Small customers who become ordinary in a year"),
    )
    rise: float = assumption(
        0.1,
        low=0,
        high=0.4,
        unit="share",
        meaning=N_("Ordinary customers who become key in a year"),
    )
    fall: float = assumption(
        0.15, low=0, high=0.4, unit="share", meaning=N_("Key and ordinary customers who fall a tier in a year")
    )  # fmt: skip
    loss_key: float = assumption(
        0.06, low=0, high=0.2, unit="share", meaning=N_("Key customers lost in a year")
    )
    loss_ordinary: float = assumption(
        0.12, low=0, high=0.2, unit="share", meaning=N_("Ordinary customers lost in a year")
    )
    loss_small: float = assumption(
        0.25, low=0, high=0.6, unit="share", meaning=N_("Small customers lost in a year")
    )
    profit_key: float = assumption(
        400.0, low=50, high=2000, unit=N_("yuan"), meaning=N_("Yearly profit of a key customer")
    )
    profit_ordinary: float = assumption(
        80.0, low=10, high=500, unit=N_("yuan"),
        meaning=N_("Yearly profit of an ordinary customer"),
    )  # fmt: skip
    margin_small: float = assumption(
        8.0, low=0, high=50, unit=N_("yuan"),
        meaning=N_("Yearly margin of a small customer before the cost to serve"),
    )  # fmt: skip
    discount: float = assumption(
        0.1, low=0.01, high=0.5, unit="share", meaning=N_("What a year's delay takes off money")
    )

    def profit(self) -> dict[str, float]:
        """Give the yearly profit by tier."""
        small = self.margin_small - self.cost_to_serve
        return {"key": self.profit_key, "ordinary": self.profit_ordinary, "small": small}


@dataclass(frozen=True, kw_only=True, repr=False)
class OptionValue(Result):
    """What a customer of a tier is worth, and how much of it is the chance to climb.

    Parameters
    ----------
    tier : str
        The tier looked at.
    value, value_se, value_low, value_high : float
        Worth with migration: what dropping the customer gives up (yuan).
    stay_value : float
        Worth if the customer stayed in the tier until lost.
    option, option_se, option_low, option_high : float
        The difference: what moving between tiers adds (yuan).
    profit_now : float
        Profit a period, after the cost to serve.
    break_even_profit, break_even_low, break_even_high : float
        Profit a period (a loss, if negative) at which keeping and dropping are equal.
    break_even_cost : float
        Cost to serve a period at which they are equal.
    n : int
        Customers of the tier behind the matrix.
    discount, level : float
        Discount rate a period; confidence level.
    """

    tier: str
    value: float
    value_se: float
    value_low: float
    value_high: float
    stay_value: float
    option: float
    option_se: float
    option_low: float
    option_high: float
    profit_now: float
    break_even_profit: float
    break_even_low: float
    break_even_high: float
    break_even_cost: float
    n: int
    discount: float
    level: float

    def sentence(self) -> str:
        """Say what dropping saves and gives up, and the break-even."""
        facts = {
            "tier": _(self.tier),
            "now": number(self.profit_now),
            "stay": number(self.stay_value),
            "value": number(self.value),
            "level": number(self.level, "share"),
            "low": number(self.value_low),
            "high": number(self.value_high),
            "option": number(self.option),
            "cost": number(self.break_even_cost),
        }
        return _(
            "A {tier} customer earns {now} a period and would be worth {stay} if it never moved; "
            "with the chance to move it is worth {value} ({level} interval {low} to {high}). The "
            "chance is worth {option}; keeping pays up to a cost to serve of {cost} a period.",
            **facts,
        )


def option_value(
    moves: pd.DataFrame,
    *,
    profit: Mapping[str, float],
    discount: float,
    tier: str = "small",
    lost: str = "lost",
    cost_to_serve: float = 0.0,
    level: float = 0.95,
    resamples: int = 1000,
    seed: int = 0,
) -> OptionValue:
    """Value a customer of a tier with and without the chance to move.

    Parameters
    ----------
    moves : DataFrame
        Counts: ``from_tier``, ``to_tier``, ``customers``, in the form that
        :func:`cvm.tiering.migration` gives. Rows from ``lost`` are not needed. If nobody
        goes to ``lost``, nobody is ever lost and only the discount ends the sum.
    profit : mapping of str to float
        Profit a customer earns a period in each tier, after the cost to serve.
    discount : float
        Discount rate a period, above 0.
    tier : str
        The tier to value.
    lost : str
        What ``to_tier`` calls those who left; worth nothing and never back.
    cost_to_serve : float
        Cost a period contained in ``profit[tier]``; moves the break-even cost only.
    level : float
        Confidence level.
    resamples : int
        Redraws of the counts for the standard errors and intervals.
    seed : int
        The luck of the redraws.

    Returns
    -------
    OptionValue

    Raises
    ------
    CvmError
        For missing columns, a tier without profit or without customers, a discount rate
        that is not above zero, a level outside 0 to 1, or fewer than two redraws.
    """
    _check_discount(discount)
    _check_draws(level, resamples)
    tiers, counts = _counts(moves, lost)
    earned = np.array([_earned(name, tiers, profit) for name in (tier, *tiers)])[1:]
    here = tiers.index(tier)
    cost_to_serve = real_number(cost_to_serve, name="cost_to_serve", example=14)
    point = _parts(_shares(counts)[None, :, :], earned, here, discount)[:, 0]
    drawn = _parts(_redraw(counts, resamples, seed), earned, here, discount)
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2], axis=1).tolist()
    se = drawn.std(axis=1, ddof=1).tolist()
    value, stay, option, even = point.tolist()
    return OptionValue(
        tier=tier, n=int(counts[here].sum()), discount=float(discount), level=float(level),
        value=value, value_se=se[0], value_low=low[0], value_high=high[0], stay_value=stay,
        option=option, option_se=se[2], option_low=low[2], option_high=high[2],
        profit_now=float(earned[here]),
        break_even_profit=even, break_even_low=low[3], break_even_high=high[3],
        break_even_cost=float(cost_to_serve + earned[here] - even),
    )  # fmt: skip


def state_values(
    matrix: ArrayLike, profit: ArrayLike, *, discount: float, may_drop: bool = False
) -> Floats:
    r"""Value a customer in each state of a Markov chain, for ever.

    Parameters
    ----------
    matrix : array_like, shape (k, k) or (r, k, k)
        Shares moving from row to column in a period; a row may sum to less than one,
        the rest is lost.
    profit : array_like, shape (k,)
        Earned in a state, at the start of the period.
    discount : float
        Discount rate a period, above 0.
    may_drop : bool
        If the firm may drop a customer in any state, at any time, at no cost. Only for
        a single matrix.

    Returns
    -------
    ndarray, shape (k,) or (r, k)
        :math:`(I - P/(1+i))^{-1} m`; with ``may_drop`` the largest such value over all
        sets of states to drop in, which is never below zero.

    Raises
    ------
    CvmError
        If the matrix is not square, its rows are no shares, or a state has no profit.
    """
    _check_discount(discount)
    P, m = _chain(matrix, profit, may_drop)
    return _values(P, m, discount, may_drop=may_drop)


def _values(P: Floats, m: Floats, discount: float, *, may_drop: bool = False) -> Floats:
    system = np.eye(len(m)) - P / (1 + discount)
    values = np.linalg.solve(system, np.broadcast_to(m, P.shape[:-1])[..., None])[..., 0]
    if not may_drop:
        return np.asarray(values)
    kept = np.ones(len(m), bool)
    # Howard's policy improvement: it ends, for no set of states comes twice.
    while True:
        better = m + P @ np.maximum(values, 0) / (1 + discount) > 0
        if (better == kept).all():
            return np.asarray(values)
        kept = better
        values = np.zeros(len(m))
        values[kept] = np.linalg.solve(system[np.ix_(kept, kept)], m[kept])


@needs_world
def migration_shares(world: SmallCustomer) -> pd.DataFrame:
    """Write the true migration matrix as a tidy table.

    Parameters
    ----------
    world : SmallCustomer
        The rates.

    Returns
    -------
    DataFrame
        ``from_tier``, ``to_tier``, ``share``; the shares from each tier add to one.
    """
    moves = {
        "key": {"ordinary": world.fall, "lost": world.loss_key},
        "ordinary": {"key": world.rise, "small": world.fall, "lost": world.loss_ordinary},
        "small": {"ordinary": world.climb, "lost": world.loss_small},
    }
    rows = []
    for origin, leaving in moves.items():
        stay = {origin: 1 - sum(leaving.values())}
        rows += [(origin, to, (leaving | stay).get(to, 0.0)) for to in STATES]
    return pd.DataFrame(rows, columns=["from_tier", "to_tier", "share"])


@needs_world
def simulate_moves(world: SmallCustomer, *, n: int, seed: int) -> pd.DataFrame:
    """Simulate one year of moves of customers from each tier.

    Parameters
    ----------
    world : SmallCustomer
        The rates.
    n : int
        Customers who start in each tier.
    seed : int
        The luck; the same customers meet the same luck under any rates.

    Returns
    -------
    DataFrame
        ``from_tier``, ``to_tier``, ``customers``, ``true_share``.
    """
    n = whole_number(n, name="n")
    shares = migration_shares(world)
    luck, parts = Luck(seed), []
    for origin, row in shares.groupby("from_tier", sort=False)["share"]:
        # The last edge is where the shares end; a hair of rounding must not lose anyone.
        edges = np.cumsum(row.to_numpy())[:-1]
        to = np.searchsorted(edges, luck.uniform(f"move from {origin}", n), side="right")
        parts.append(np.bincount(to, minlength=len(STATES)))
    counted = shares.rename(columns={"share": "true_share"})
    counted.insert(2, "customers", np.concatenate(parts))
    return counted


def _parts(P: Floats, earned: Floats, here: int, discount: float) -> Floats:
    """Work out value, value if it stays, option and break-even for each matrix."""
    value = _values(P, earned, discount)[:, here]
    stay = earned[here] / (1 - P[:, here, :].sum(axis=1) / (1 + discount))
    alone = np.zeros_like(earned)
    alone[here] = 1.0
    years_here = _values(P, alone, discount)[:, here]
    return np.stack([value, stay, value - stay, earned[here] - value / years_here])


def _redraw(counts: Floats, resamples: int, seed: int) -> Floats:
    rng = Luck(seed).generator("redraw moves")
    shares = [rng.multinomial(int(row.sum()), row / row.sum(), size=resamples) for row in counts]
    drawn = np.stack(shares, axis=1).astype(float)
    return drawn[:, :, :-1] / drawn.sum(axis=2, keepdims=True)


def _shares(counts: Floats) -> Floats:
    return counts[:, :-1] / counts.sum(axis=1, keepdims=True)


def _counts(moves: pd.DataFrame, lost: str) -> tuple[list[str], Floats]:
    """Pivot the counts; the last column is the lost."""
    remedy = _("Make them with cvm.tiering.migration(...).to_frame().")
    need_columns(moves, ("from_tier", "to_tier", "customers"), remedy=remedy)
    numbers_in(moves, ["customers"])
    if not isinstance(lost, str):
        wrong = _("lost= is what the moves call those who left.")
        raise CvmError(wrong, given=lost, remedy=_("Write for example lost='lost'."))
    if nameless := int(moves[["from_tier", "to_tier"]].isna().any(axis=1).sum()):
        wrong = _("{n} moves do not say from where, or where to.", n=nameless)
        raise CvmError(wrong, remedy=_("Fill them in; those who left went to lost='lost'."))
    named = moves.astype({"from_tier": str, "to_tier": str})
    tiers = [name for name in named["from_tier"].unique() if name != lost]
    table = named.pivot_table(
        index="from_tier", columns="to_tier", values="customers", aggfunc="sum", fill_value=0
    )
    extra = sorted(set(table.columns) - {*tiers, lost})
    if extra:
        raise CvmError(
            _("Customers move to '{name}', but none are seen moving from there.", name=extra[0]),
            remedy=_("Name the state of those who left with lost='{name}'.", name=extra[0]),
        )
    counts = table.reindex(index=tiers, columns=[*tiers, lost], fill_value=0).to_numpy(float)
    empty = [name for name, row in zip(tiers, counts, strict=True) if not row.sum() > 0]
    if empty or not (counts >= 0).all():
        raise CvmError(
            _("Moves are counts of customers, and each tier needs some."),
            given=empty or float(np.nanmin(counts)),
            remedy=_("Leave out a tier nobody was in, or merge it with its neighbour."),
        )
    return tiers, counts


def _chain(matrix: ArrayLike, profit: ArrayLike, may_drop: bool) -> tuple[Floats, Floats]:
    """Insist on shares that move between states, and on a profit for each state."""
    P, m = number_array(matrix, name="matrix"), number_array(profit, name="profit")
    k = P.shape[-1] if P.ndim else 0
    fits = P.ndim in ((2,) if may_drop else (2, 3)) and P.shape[-2:] == (k, k) and m.shape == (k,)
    if not fits:
        wrong = _("A matrix has a row and a column for each state, and each state a profit.")
        raise CvmError(wrong, given={"matrix": P.shape, "profit": m.shape}, remedy=_("Give as many profits as the matrix has rows."))  # fmt: skip
    if (P < 0).any() or (P.sum(axis=-1) > 1 + 1e-9).any():
        wrong = _("A row of the matrix holds shares of one state's customers.")
        raise CvmError(wrong, given=float(P.sum(axis=-1).max()), remedy=_("Divide each row by the customers who started there."))  # fmt: skip
    return P, m


def _earned(name: str, tiers: list[str], profit: Any) -> float:
    if not isinstance(profit, Mapping | pd.Series):
        wrong = _("profit= says what a customer of each tier earns.")
        raise CvmError(wrong, given=profit, remedy=_('Write for example {"key": 400, "small": -6}.'))  # fmt: skip
    if name not in tiers:
        raise CvmError(
            _("No customers are seen moving from the tier '{name}'.", name=name),
            remedy=near_miss(name, tiers),
        )
    if name not in profit:
        raise CvmError(
            _("There is no profit for the tier '{name}'.", name=name),
            given=dict(profit),
            remedy=_("Give the profit a customer earns a period in each tier."),
        )
    return real_number(profit[name], name=f"profit['{name}']", example=80)


def _check_draws(level: float, resamples: int) -> None:
    check_level(level)
    if isinstance(resamples, bool) or not isinstance(resamples, Integral) or resamples < 2:
        raise CvmError(
            _("Standard errors need at least two redraws."),
            given=resamples,
            remedy=_("Give for example resamples=1000."),
        )


def _check_discount(discount: float) -> None:
    fine = isinstance(discount, int | float | np.number) and not isinstance(discount, bool)
    if not (fine and discount < np.inf and 1 + discount > 1):
        raise CvmError(
            _("A discount rate is above zero."),
            given=discount,
            remedy=_("Give discount=0.1 for 10 % a period."),
        )
