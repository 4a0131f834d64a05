r"""Absorbing Markov chains: how long, how often, how much until a customer is lost.

A customer is in one of some states each month and moves with fixed probabilities
:math:`P`; one state, *lost*, is never left. With :math:`Q` the moves among the others,

.. math:: N = (I - Q)^{-1}, \qquad \text{time} = N\,\mathbf 1, \qquad
   V = \left(I - \frac{Q}{1+i}\right)^{-1} m,

:math:`N_{jk}` is the number of months a customer now in :math:`j` will spend in
:math:`k`, this one included; *time* the months until lost; :math:`V` the discounted
profit, :math:`m_k` being the profit of a month in :math:`k`.

**What the naive answer gets wrong.** Estimated moves have errors, and time is the inverse
of a small number: an error of one point in the loss rate of a stable state is years of
life. So :func:`estimate_chain` hands back intervals, made by drawing each row of
:math:`P` from a Dirichlet with the counted moves.

**Assumptions.** A month's moves depend on the state alone, not on how long it has lasted
or how the customer came there; the probabilities do not change.

**Where it comes from.** Kemeny & Snell (1960) for the chain, at second hand; Pfeifer &
Carraway (2000) for customers, whose published values the tests reproduce.

References
----------
Kemeny, J. G. & Snell, J. L. (1960). *Finite Markov Chains*. Van Nostrand.
Pfeifer, P. E. & Carraway, R. L. (2000). Modeling customer relationships as Markov chains.
*Journal of Interactive Marketing* 14(2), 43-55.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cvm.errors import CvmError, near_miss
from cvm.inputs import check_level, need_columns, numbers_in, real_number, whole_number
from cvm.luck import Luck
from cvm.results import Result, number
from cvm.words import N_, _

__all__ = ["Chain", "estimate_chain", "expected_visits", "state_value", "time_to_lost"]

Floats = NDArray[np.float64]


def expected_visits(matrix: pd.DataFrame, *, lost: str = "lost") -> pd.DataFrame:
    """Count the months a customer will spend in each state.

    Parameters
    ----------
    matrix : DataFrame
        Moves: the states as index (from) and columns (to), rows adding up to 1.
    lost : str
        The state that is never left.

    Returns
    -------
    DataFrame
        From (index) by to (columns) without ``lost``; the present month counts.
    """
    Q, states = _transient(matrix, lost)
    N = np.linalg.inv(np.eye(len(states)) - Q)
    return pd.DataFrame(N, index=states, columns=states)


def time_to_lost(matrix: pd.DataFrame, *, lost: str = "lost") -> pd.Series:
    """Give the months until a customer is lost, by present state; parameters as before.

    Parameters
    ----------
    matrix : DataFrame
        As in :func:`expected_visits`.
    lost : str
        The state that is never left.

    Returns
    -------
    Series
        Months, the present one included.
    """
    return expected_visits(matrix, lost=lost).sum(axis=1).rename("months")


def state_value(
    matrix: pd.DataFrame,
    profit: Mapping[str, float],
    *,
    discount: float = 0.0,
    periods: int | None = None,
) -> pd.Series:
    r"""Value customers by their present state.

    Parameters
    ----------
    matrix : DataFrame
        As in :func:`expected_visits`; it need not hold a lost state if ``discount`` is
        above zero or ``periods`` is given.
    profit : mapping of str to float, or Series
        Profit of a period in each state; states not named earn nothing.
    discount : float
        Interest rate per period, zero or more.
    periods : int, optional
        Periods after the present one to look ahead; for ever without it.

    Returns
    -------
    Series
        Discounted profit from the present period on, by state.

    Notes
    -----
    With ``periods`` it is :math:`\sum_{t=0}^{T} (P/(1+i))^t m`.
    """
    P, states = _checked(matrix)
    m = _profits(profit, states)
    _check_discount(discount)
    step = P / (1 + discount)
    if periods is not None:
        value = m.copy()
        for _period in range(whole_number(periods, name="periods", least=0)):
            value = m + step @ value
        return pd.Series(value, index=states, name="value")
    stay = (np.diag(P) == 1) & (m == 0)  # a lost customer earns nothing, for ever
    value, go = np.zeros(len(m)), ~stay
    system = np.eye(go.sum()) - step[np.ix_(go, go)]
    _solvable(system)
    value[go] = np.linalg.solve(system, m[go])
    return pd.Series(value, index=states, name="value")


@dataclass(frozen=True, kw_only=True, repr=False)
class Chain(Result):
    """An estimated chain and what follows from it.

    Parameters
    ----------
    matrix : DataFrame
        Estimated moves, from (index) to (columns).
    counts : DataFrame
        Moves counted.
    summary : DataFrame
        One row a state but the lost one: ``state``, ``customers`` (months observed),
        ``months`` (until lost), ``months_low``, ``months_high``, ``value``,
        ``value_low``, ``value_high``.
    start : str
        The state the sentence speaks of: the first.
    level : float
        Level of the intervals.
    moves : int
        Moves counted in all.
    """

    matrix: pd.DataFrame = field(compare=False)
    counts: pd.DataFrame = field(compare=False)
    summary: pd.DataFrame = field(compare=False)
    start: str
    level: float
    moves: int

    def sentence(self) -> str:
        """Say time and value of the first state."""
        row = self.summary.iloc[0]
        return _(
            "From '{start}' it takes {months} until lost ({level} interval {low} to {high}), and "
            "the customer is worth {value} ({value_low} to {value_high}); {n} moves counted.",
            start=_(self.start), months=number(row["months"], "months"),
            level=number(self.level, "share", digits=2), low=number(row["months_low"]),
            high=number(row["months_high"]), value=number(row["value"]),
            value_low=number(row["value_low"]), value_high=number(row["value_high"]),
            n=number(self.moves),
        )  # fmt: skip

    def to_frame(self) -> pd.DataFrame:
        """Give the summary: one row a state."""
        return self.summary.copy()


def estimate_chain(
    states: pd.DataFrame,
    *,
    order: Sequence[str],
    profit: Mapping[str, float],
    discount: float = 0.0,
    lost: str = "lost",
    level: float = 0.95,
    draws: int = 1000,
    seed: int = 0,
) -> Chain:
    """Estimate the moves from a panel, and time and value with intervals.

    Parameters
    ----------
    states : DataFrame
        One row a customer and month: ``customer``, ``month``, ``state``.
    order : sequence of str
        All states, ``lost`` among them, in the order to show them.
    profit, discount
        As in :func:`state_value`; a lost customer earns nothing.
    lost : str
        The state that is never left.
    level : float
        Level of the intervals, between 0 and 1.
    draws : int
        Matrices drawn for the intervals.
    seed : int
        Luck of the draws.

    Returns
    -------
    Chain
        Moves not seen once stay at zero, also in the draws.
    """
    order = _ordered(order, lost)
    check_level(level)
    _check_discount(discount)
    live, draws = [name for name in order if name != lost], whole_number(draws, name="draws")
    m = _earned(profit, order, lost)
    counts = _moves_seen(states, order, live)
    counts.loc[lost] = 0
    matrix = counts.div(counts.sum(axis=1), axis=0)
    matrix.loc[lost] = [float(name == lost) for name in order]
    c = counts.loc[live].to_numpy(dtype=float)
    drawn = Luck(seed).generator("moves").standard_gamma(c, size=(draws, *c.shape))
    Q = (drawn / drawn.sum(axis=2, keepdims=True))[:, :, [order.index(name) for name in live]]
    eye = np.eye(len(live))
    _solvable(eye - matrix.loc[live, live].to_numpy())
    months = np.linalg.solve(eye - Q, np.ones((draws, len(live), 1)))[:, :, 0]
    value = np.linalg.solve(eye - Q / (1 + discount), np.tile(m[:, None], (draws, 1, 1)))[:, :, 0]
    ends = [(1 - level) / 2, (1 + level) / 2]
    (time_low, time_high), (value_low, value_high) = np.quantile([months, value], ends, axis=1).swapaxes(0, 1)  # fmt: skip
    summary = pd.DataFrame({
        "state": live, "customers": counts.loc[live].sum(axis=1).to_numpy(),
        "months": time_to_lost(matrix, lost=lost).to_numpy(),
        "months_low": time_low, "months_high": time_high,
        "value": state_value(matrix, profit, discount=discount)[live].to_numpy(),
        "value_low": value_low, "value_high": value_high,
    })  # fmt: skip
    return Chain(
        matrix=matrix, counts=counts, summary=summary, start=live[0], level=level,
        moves=int(c.sum()),
    )  # fmt: skip


def _ordered(order: Sequence[str], lost: str) -> list[str]:
    """Take the states in their order: each once, the lost one and another among them."""
    names = list(order) if isinstance(order, Iterable) and not isinstance(order, str) else []
    told_apart = all(isinstance(name, str) for name in names) and len(set(names)) == len(names)
    if not (told_apart and len(names) > 1 and lost in names):
        wrong = _("The order names every state once, '{name}' and one more at least.", name=lost)
        raise CvmError(wrong, given=order, remedy=_("Name every state in order=(...)."))
    return names


def _profits(profit: Mapping[str, float], states: Sequence[str]) -> Floats:
    """Give the profit of a period in each state; a Series by state will do as well."""
    if not isinstance(profit, Mapping | pd.Series):
        wrong = _("Profit is given by state.")
        raise CvmError(wrong, given=profit, remedy=_("Write for example profit={'client': 14}."))
    by_state = dict(profit)
    unknown = [name for name in by_state if name not in states]
    if unknown:
        wrong = _("There is no state '{name}' in the matrix.", name=unknown[0])
        raise CvmError(wrong, remedy=near_miss(unknown[0], states))
    return np.array([real_number(by_state.get(name, 0.0), name="profit") for name in states])


def _earned(profit: Mapping[str, float], order: list[str], lost: str) -> Floats:
    """Give the profit of a period in each state but the lost one, where there is none."""
    by_state = dict(zip(order, _profits(profit, order), strict=True))
    if by_state.pop(lost) != 0:
        wrong = _("A lost customer earns nothing.")
        raise CvmError(wrong, given=profit[lost], remedy=_("Leave '{name}' out of profit=.", name=lost))  # fmt: skip
    return np.array(list(by_state.values()))


def _check_discount(discount: float) -> None:
    if not real_number(discount, name="discount", example=0.01) >= 0:
        wrong = _("An interest rate is zero or positive.")
        raise CvmError(wrong, given=discount, remedy=_("Write 0.01 for 1 % a period."))


def _moves_seen(states: pd.DataFrame, order: list[str], live: list[str]) -> pd.DataFrame:
    counts = _count(states, order)
    empty = [name for name in live if counts.loc[name].sum() == 0]
    if empty:
        raise CvmError(
            _("Nobody was seen to move on from, or to stay in, the state '{name}'.", name=empty[0]),
            remedy=_("Take a longer panel, or leave the state out."),
        )
    return counts


def _count(states: pd.DataFrame, order: list[str]) -> pd.DataFrame:
    need_columns(states, ["customer", "month", "state"])
    unknown = set(states["state"].unique()) - set(order)
    if unknown:
        raise CvmError(
            _("The panel has a state that is not in the order."),
            given=sorted(map(str, unknown)),
            remedy=_("Name every state in order=(...)."),
        )
    who, month = pd.factorize(states["customer"])[0], numbers_in(states, ["month"])[:, 0]
    by_time = np.lexsort((month, who))
    who, month = who[by_time], month[by_time]
    same = who[1:] == who[:-1]
    if who.min() < 0 or (same & (month[1:] == month[:-1])).any():
        wrong = _("A customer is missing, or has two states in one month.")
        raise CvmError(wrong, remedy=_("Give one row a customer and month, every cell filled."))
    at = pd.Index(order).get_indexer(pd.Index(states["state"].astype(object)))[by_time]
    pairs = (at[:-1] * len(order) + at[1:])[same & (np.diff(month) == 1)]  # a gap is not a move
    table = np.bincount(pairs, minlength=len(order) ** 2).reshape(len(order), len(order))
    return pd.DataFrame(
        table, index=pd.Index(order, name="from"), columns=pd.Index(order, name="to")
    )


def _checked(matrix: pd.DataFrame) -> tuple[Floats, list[str]]:
    need_columns(matrix, [])
    states = [str(name) for name in matrix.index]
    if states != [str(name) for name in matrix.columns]:
        raise CvmError(
            _("A matrix of moves has the same states, in the same order, as rows and columns."),
            given=[states, list(matrix.columns)],
            remedy=_("Reindex its columns by its index."),
        )
    P = numbers_in(matrix, list(matrix.columns))
    if not (np.all(P >= -1e-12) and np.allclose(P.sum(axis=1), 1, atol=1e-9)):
        raise CvmError(
            _("Each row of a matrix of moves holds probabilities that add up to 1."),
            given=dict(zip(states, P.sum(axis=1).round(6).tolist(), strict=True)),
            remedy=_("Divide each row of counts by its sum."),
        )
    return P, states


def _transient(matrix: pd.DataFrame, lost: str) -> tuple[Floats, list[str]]:
    P, states = _checked(matrix)
    if lost not in states:
        wrong = _("There is no state '{name}' in the matrix.", name=lost)
        raise CvmError(wrong, remedy=near_miss(lost, states))
    keep = [i for i, name in enumerate(states) if name != lost]
    Q = P[np.ix_(keep, keep)]
    _solvable(np.eye(len(keep)) - Q)
    return Q, [states[i] for i in keep]


def _solvable(system: Floats) -> None:
    if np.linalg.cond(system) > 1e12:
        raise CvmError(
            _("From some state nobody is ever lost, so time and value have no end."),
            remedy=_("Give every state a way to be lost, or a discount rate above zero."),
        )


# The lost state is shown in tables and figures.
LOST = N_("lost")
