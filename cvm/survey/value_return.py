r"""The value return of satisfaction (满意的价值回报): whose satisfaction to raise, and by what.

"Satisfy all customers" is where a firm begins. The course narrows it down: from all
customers to customers of value, to customers of high value, to the *key factors* of
high-value customers. This module asks what each step returns, and what the best split of
the budget would.

**The model.** Money :math:`s_{kf}` a year is spent on factor :math:`f` for segment :math:`k`
of :math:`N_k` customers. A share :math:`\sigma` of it cannot be kept to the segment (a mast
serves everybody who walks by), so a head in segment :math:`k` meets

.. math:: e_{kf} = (1-\sigma)\,\frac{s_{kf}}{N_k} + \sigma\,\frac{\sum_j s_{jf}}{\sum_j N_j} .

It raises the score of the factor, fast at first and then ever more slowly, and through its
weight :math:`w_{kf}` in the segment's satisfaction, satisfaction; satisfaction keeps customers:

.. math:: R = \sum_k N_k\,v_k\,\rho_k \sum_f w_{kf}\,\text{room}_{kf}
   \bigl(1 - e^{-e_{kf}/c_f}\bigr).

:math:`v_k` is what a customer kept is worth (yuan), :math:`\rho_k` the share of customers kept
for a point of satisfaction (the slope of the curve of :mod:`cvm.loyalty` where the segment
stands), :math:`\text{room}` the points a factor can still gain, :math:`c_f` the yuan a head
that bring 63 % of them.

**The estimand.** The split that makes return less spend largest within a budget :math:`B`, and
the shadow price :math:`\mu`: what one more yuan would earn beyond itself. With
:math:`M_{kf} = v_k\rho_k w_{kf}\,\text{room}_{kf}/c_f\; e^{-e_{kf}/c_f}` and :math:`\bar M_f` its
mean over customers, the best split has

.. math:: (1-\sigma)\,M_{kf} + \sigma\,\bar M_f \le 1 + \mu,

with equality wherever money is spent. Where nothing spills over this is water-filling,
:math:`s_{kf} = N_k c_f \ln\frac{v_k\rho_k w_{kf}\text{room}_{kf}}{c_f(1+\mu)}` where positive
(Everett 1963), solved as one root in :math:`\mu`; else it is a concave programme, solved by
SLSQP.

**What the naive answer gets wrong.** Mend what scores lowest, for everyone: that asks neither
whom it matters to nor what keeping them is worth. At the defaults of
:class:`cvm.survey.priorities.Priorities` it keeps 44 customers and loses 26 of every 100 yuan;
the key factors of high-value customers keep 24 and earn 343 for 100, which is 74 % of what the
best split earns. (The best also mends what matters less to them but is cheap.)

**Simplified for teaching.** Straight lines from score to satisfaction to staying within a
segment; each factor saturates by itself; one year. Concave response for allocation: Little
(1970). That effort belongs where value is: Zeithaml, Rust & Lemon (2001), at second hand.

References
----------
Everett, H. (1963). Generalized Lagrange multiplier method for solving problems of optimum
allocation of resources. *Operations Research* 11(3), 399-417.
Little, J. D. C. (1970). Models and managers: the concept of a decision calculus. *Management
Science* 16(8), B466-B485.
Zeithaml, V. A., Rust, R. T. & Lemon, K. N. (2001). The customer pyramid: creating and serving
profitable customers. *California Management Review* 43(4), 118-142.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.optimize import brentq, minimize

from cvm.errors import CvmError
from cvm.results import Result, number
from cvm.survey.cells import (
    Floats,
    Grid,
    believed,
    filled,
    grid_of,
    in_rows_of,
    marginal,
    returned,
)
from cvm.words import N_, _

__all__ = ["RULES", "TAUGHT", "ValueReturn", "rule_gains", "value_return"]

#: Rules of thumb: whom the money is spent on, and which factors get it, in equal parts.
RULES = {
    N_("all customers, every factor"): ("all", "every"),
    N_("all customers, lowest scores"): ("all", "lowest"),
    N_("all customers, key factors"): ("all", "key"),
    N_("customers of value, every factor"): ("value", "every"),
    N_("high-value customers, every factor"): ("high", "every"),
    N_("high-value customers, key factors"): ("high", "key"),
}
#: The rule the course recommends.
TAUGHT = N_("high-value customers, key factors")
BEST, BEST_SEEN = N_("best split"), N_("best split by the survey")


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class ValueReturn(Result):
    """A budget for satisfaction, split by rules of thumb and at its best.

    Parameters
    ----------
    budget, spent : float
        What may be spent, and what the best split spends: less where more would not pay. Yuan.
    shadow_price : float
        What one more yuan would earn beyond itself; zero if budget is left.
    gain_best, gain_taught : float
        Return less spend of the best split, and of the key factors of high-value customers.
    rules : DataFrame
        One row a rule and the best split: ``rule``, ``spent``, ``return`` (yuan), ``gain``
        (return less spend), ``of_best`` (gain over that of the best split), ``kept``
        (customers), ``satisfaction`` (points gained by the average customer), ``factors``.
    spending : DataFrame
        One row a rule, segment and factor: ``spend`` (yuan), ``spend_per_customer``,
        ``marginal_return`` (yuan for the next one spent there).
    """

    budget: float
    spent: float
    shadow_price: float
    gain_best: float
    gain_taught: float
    rules: pd.DataFrame = field(repr=False)
    spending: pd.DataFrame = field(repr=False)

    def to_frame(self) -> pd.DataFrame:
        """Give one row a rule."""
        return self.rules.copy()

    def sentence(self) -> str:
        """Say which rule of thumb comes nearest, and what the next yuan would earn."""
        if self.spent <= 0:
            return _("No yuan spent on satisfaction would come back: the best is to spend nothing.")
        thumb = self.rules[self.rules["rule"].isin([_(name) for name in RULES])]
        first = thumb.sort_values("gain").iloc[-1]
        text = _(
            "Of the rules of thumb '{rule}' earns most: {share} of what the best split of {budget} "
            "yuan earns beyond itself.",
            rule=first["rule"], share=number(first["of_best"], "share"),
            budget=number(self.budget),
        )  # fmt: skip
        if self.shadow_price > 0:
            return text + _(" The next yuan would earn {price} beyond itself.",
                            price=number(self.shadow_price))  # fmt: skip
        return text + _(" {left} yuan are best left unspent.",
                        left=number(self.budget - self.spent))  # fmt: skip


def value_return(
    cells: pd.DataFrame,
    *,
    budget: float,
    shared: float = 0.0,
    few: int = 2,
    seen: pd.DataFrame | None = None,
) -> ValueReturn:
    """Split a budget for satisfaction by rules of thumb and at its best, and compare.

    Parameters
    ----------
    cells : DataFrame
        One row a segment and factor, every segment with every factor: ``segment``, ``factor``,
        ``customers`` (above 0) and ``value`` (yuan a customer kept is worth, 0 or more) and
        ``slope`` (share kept a point, 0 or more), alike within a segment; ``weight`` (points of
        satisfaction a point of the factor, 0 or more), ``score`` (0-100), ``room`` (points, 0 or
        more) and ``cost`` (yuan a head that bring 63 % of the room, above 0).
    budget : float
        Yuan, above 0.
    shared : float
        Share of every yuan that cannot be kept to a segment, 0 to 1.
    few : int
        How many factors count as key, or as lowest; 1 or more.
    seen : DataFrame, optional
        The same cells as a survey shows them. Rules then pick by these weights and scores, the
        best split by them is added, and all are judged by ``cells``.

    Returns
    -------
    ValueReturn

    Raises
    ------
    CvmError
        For a missing column, a cell that is not there or twice, or a number out of range.
    """
    truth = grid_of(cells)
    shown = truth if seen is None else believed(truth, in_rows_of(cells, seen))
    _check_numbers(budget, shared, few)
    plans: dict[str, tuple[Floats, list[str]]] = {}
    for name, (whom, which) in RULES.items():
        plans[name] = _by_rule(shown, whom, which, budget, few)
    if seen is not None:
        plans[BEST_SEEN] = (_best(shown, budget, shared)[0], [])
    plan, price = _best(truth, budget, shared)
    plans[BEST] = (plan, [])
    rules = _rules_table(truth, plans, shared)
    gains = rules.set_index("rule")["gain"]
    return ValueReturn(
        budget=float(budget), spent=float(plan.sum()), shadow_price=price,
        gain_best=float(gains[_(BEST)]), gain_taught=float(gains[_(TAUGHT)]),
        rules=rules, spending=_spending_table(truth, plans, shared),
    )  # fmt: skip


def rule_gains(
    cells: pd.DataFrame,
    *,
    budget: float,
    shared: float = 0.0,
    few: int = 2,
    surveys: Sequence[pd.DataFrame] = (),
) -> pd.DataFrame:
    """Give only what each rule of thumb earns: quick, for many surveys in a row.

    Parameters
    ----------
    cells, budget, shared, few
        As in :func:`value_return`.
    surveys : sequence of DataFrame
        Each the cells as one survey shows them, in the same rows: ``weight`` and ``score``.
        Rules pick by them; without any they pick by ``cells``.

    Returns
    -------
    DataFrame
        One row a survey, one column a rule (named as in :data:`RULES`): return less spend, yuan.

    Raises
    ------
    CvmError
        As :func:`value_return`, and for a survey of other rows.
    """
    truth = grid_of(cells)
    _check_numbers(budget, shared, few)
    rows = [
        {name: returned(_by_rule(grid, *rule, budget, few)[0], truth, shared) - budget
         for name, rule in RULES.items()}
        for grid in (believed(truth, seen) for seen in (surveys or (cells,)))
    ]  # fmt: skip
    return pd.DataFrame(rows)


# -------------------------------------------------------------------------------- the best


def _best(grid: Grid, budget: float, shared: float) -> tuple[Floats, float]:
    """Find the best split and the shadow price."""
    spend, price = _water(grid, budget)
    if shared == 0:
        return spend, price
    # In units of the budget and of what all the room is worth, so that the solver's
    # tolerances mean the same for a village shop and a telephone company.
    scale = max(float((grid.customers * grid.worth).sum()), budget)
    found = minimize(
        lambda x: (budget * x.sum() - returned(budget * x.reshape(spend.shape), grid, shared)) / scale,
        x0=spend.ravel() / budget,
        jac=lambda x: budget / scale * (1 - marginal(budget * x.reshape(spend.shape), grid, shared).ravel()),
        bounds=[(0, 1)] * spend.size,
        constraints={"type": "ineq", "fun": lambda x: 1 - x.sum(), "jac": lambda x: -np.ones(x.size)},
        method="SLSQP",
        options={"ftol": 1e-13, "maxiter": 500},
    )  # fmt: skip
    best = budget * np.clip(found.x, 0, None).reshape(spend.shape)
    used_up = best.sum() >= budget * (1 - 1e-6)
    return best, max(float(marginal(best, grid, shared).max()) - 1, 0.0) if used_up else 0.0


def _water(grid: Grid, budget: float) -> tuple[Floats, float]:
    """Pour money where the next yuan returns most: one root in the shadow price."""

    def wanted(price: float) -> Floats:
        first = np.maximum(grid.worth / grid.cost / (1 + price), 1.0)
        return grid.customers * grid.cost * np.log(first)

    if wanted(0.0).sum() <= budget:
        return wanted(0.0), 0.0
    highest = float((grid.worth / grid.cost).max()) - 1
    price = float(brentq(lambda p: wanted(p).sum() - budget, 0.0, highest, xtol=1e-13, rtol=1e-14))
    return wanted(price), price


# ------------------------------------------------------------------------------- the rules


def _by_rule(
    grid: Grid, whom: str, which: str, budget: float, few: int
) -> tuple[Floats, list[str]]:
    """Spend the whole budget evenly over some customers and some factors."""
    mean_value = float((grid.customers * grid.value).sum()) / grid.total
    chosen = {
        "all": np.ones(len(grid.segments), bool),
        "value": grid.value[:, 0] >= mean_value * (1 - 1e-12),
        "high": np.arange(len(grid.segments)) == 0,
    }[whom]
    share = np.where(chosen[:, None], grid.customers, 0.0)
    share = share / share.sum()
    order = {
        "every": np.arange(len(grid.factors)),
        "lowest": np.argsort((share * grid.score).sum(axis=0), kind="stable"),
        "key": np.argsort(-(share * grid.weight).sum(axis=0), kind="stable"),
    }[which]
    picked = order if which == "every" else order[:few]
    plan = np.zeros_like(grid.weight)
    plan[:, picked] = budget * share / len(picked)
    return plan, [grid.factors[place] for place in picked]


def _rules_table(
    grid: Grid, plans: dict[str, tuple[Floats, list[str]]], shared: float
) -> pd.DataFrame:
    best = returned(plans[BEST][0], grid, shared) - plans[BEST][0].sum()
    rows = []
    for name, (plan, picked) in plans.items():
        full, back = filled(plan, grid, shared), returned(plan, grid, shared)
        rows.append({
            "rule": _(name), "spent": plan.sum(), "return": back,
            "gain": back - plan.sum(),
            "of_best": (back - plan.sum()) / best if best > 0 else np.nan,
            "kept": float((grid.customers * grid.slope * grid.points * full).sum()),
            "satisfaction": float((grid.customers * grid.points * full).sum()) / grid.total,
            "factors": ", ".join(_(factor) for factor in picked),
        })  # fmt: skip
    return pd.DataFrame(rows)


def _spending_table(
    grid: Grid, plans: dict[str, tuple[Floats, list[str]]], shared: float
) -> pd.DataFrame:
    k, f = grid.weight.shape
    parts = [
        pd.DataFrame({
            "rule": _(name),
            "segment": np.repeat(grid.segments, f),
            "factor": np.tile(grid.factors, k),
            "spend": plan.ravel(),
            "spend_per_customer": (plan / grid.customers).ravel(),
            "marginal_return": marginal(plan, grid, shared).ravel(),
        })
        for name, (plan, _picked) in plans.items()
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


# ------------------------------------------------------------------------------ the checks


def _check_numbers(budget: float, shared: float, few: int) -> None:
    if not 0 < budget < np.inf:
        wrong = _("A budget for satisfaction is above zero.")
        raise CvmError(wrong, given=budget, remedy=_("Give yuan, for example budget=300_000."))
    if not 0 <= shared <= 1:
        wrong = _("The share that cannot be kept to a segment lies between 0 and 1.")
        raise CvmError(wrong, given=shared, remedy=_("Give for example shared=0.1."))
    if isinstance(few, bool) or not isinstance(few, int | np.integer) or few < 1:
        wrong = _("The number of key factors is a whole number of 1 or more.")
        raise CvmError(wrong, given=few, remedy=_("Give for example few=2."))
