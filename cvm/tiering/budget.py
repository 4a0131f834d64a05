r"""Service budget over tiers: money goes where the next unit earns most.

"Resources are limited": which tier should the service budget go to? The pyramid says
where the value *is*; a budget needs to know where value *moves*.

**The model.** Spending :math:`s` per customer on service for tier :math:`k` raises
what the tier returns, fast at first and then ever more slowly:

.. math:: R_k(s) = N_k\,v_k\,r_k\,\bigl(1 - e^{-s / (c_k v_k)}\bigr)

:math:`N_k` customers worth :math:`v_k` a year each (from the pyramid); ``reach``
:math:`r_k` is the most that service can add, as a share of that value; ``scale``
:math:`c_k` is the spend, as a share of that value, that brings 63 % of it. Shares and
not amounts, so that one set of assumptions serves any currency.

**The estimand.** The split that makes total return less spend largest, within a
budget :math:`B`, and the shadow price :math:`\mu`: what one more unit of budget would
earn net of itself. At the best split every funded tier has the same marginal return,

.. math:: R_k'(s)/N_k = (r_k / c_k)\,e^{-s/(c_k v_k)} = 1 + \mu ,

so :math:`s_k = c_k v_k \ln\frac{r_k/c_k}{1+\mu}` where that is positive and nothing
where the very first unit earns less than :math:`1+\mu`. Pour money in until it is all
spent: one root in :math:`\mu` (Everett 1963; "water-filling"). If even :math:`\mu=0`
leaves money over, more spending would not pay and the rest stays in the till.

**What the naive answer gets wrong.** "Spend where the value is" splits the budget in
proportion to each tier's profit. It looks at the average customer's worth, not at
what the next unit moves, and over-serves key customers whose response is exhausted.
:class:`Allocation` says how much it loses.

**Simplified for teaching.** Each tier's return depends on its own spend only; a tier
that earns nothing has nothing to raise and gets nothing (that small customers may
climb is :mod:`cvm.tiering.options`); the response assumptions are teaching values.
Concave response functions for resource allocation go back to Little (1970).

References
----------
Everett, H. (1963). Generalized Lagrange multiplier method for solving problems of
optimum allocation of resources. *Operations Research* 11(3), 399-417.
Little, J. D. C. (1970). Models and managers: the concept of a decision calculus.
*Management Science* 16(8), B466-B485.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import brentq

from cvm.errors import CvmError, near_miss
from cvm.inputs import need_columns, numbers_in
from cvm.levers import Levers, assumption
from cvm.results import Result, number
from cvm.words import N_, _

__all__ = ["Allocation", "ServiceResponse", "allocate", "pour"]

Floats = NDArray[np.float64]
TIERS = ("key", "ordinary", "small")
NEEDED = ("tier", "customers", "profit_per_customer")


class ServiceResponse(Levers):
    """How each tier responds to money spent on its service."""

    reach_key: float = assumption(
        0.08, low=0, high=1, unit="share",
        meaning=N_("Most that service can add to the value of a key customer"),
    )  # fmt: skip
    reach_ordinary: float = assumption(
        0.25, low=0, high=1, unit="share",
        meaning=N_("Most that service can add to the value of an ordinary customer"),
    )  # fmt: skip
    reach_small: float = assumption(
        0.2, low=0, high=1, unit="share",
        meaning=N_("Most that service can add to the value of a small customer"),
    )  # fmt: skip
    scale_key: float = assumption(
        0.03, low=0.01, high=0.5, unit="share",
        meaning=N_("Spend on a key customer, as a share of its value, that brings 63 % of that"),
    )  # fmt: skip
    scale_ordinary: float = assumption(
        0.06, low=0.01, high=0.5, unit="share",
        meaning=N_("Spend on an ordinary customer, as a share of its value, that brings 63 % of that"),
    )  # fmt: skip
    scale_small: float = assumption(
        0.15, low=0.01, high=0.5, unit="share",
        meaning=N_("Spend on a small customer, as a share of its value, that brings 63 % of that"),
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Allocation(Result):
    """A service budget split over tiers, best and naive.

    Parameters
    ----------
    budget : float
        What may be spent, in the currency of the pyramid.
    spent : float
        What the best split spends; less than the budget where more would not pay.
    shadow_price : float
        What one more unit of budget would earn, net of itself; zero if budget is left.
    gain_best, gain_by_value : float
        Return less spend of the best split and of "spend where the value is".
    tiers : DataFrame
        One row a tier: ``tier``, ``customers``, ``spend_best``, ``spend_by_value``
        (totals of the tier), ``return_best``, ``return_by_value``, ``marginal_return``
        (what the next unit spent on the tier returns at the best split).
    """

    budget: float
    spent: float
    shadow_price: float
    gain_best: float
    gain_by_value: float
    tiers: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Give one row a tier."""
        return self.tiers.copy()

    def sentence(self) -> str:
        """Say what the naive split loses and what the next unit of money would earn."""
        text = _(
            "The best split of {budget} returns {best} more than it costs; spending where the "
            "value is returns {naive}, which is {lost} less.",
            budget=number(self.budget),
            best=number(self.gain_best),
            naive=number(self.gain_by_value),
            lost=number(self.gain_best - self.gain_by_value),
        )
        if self.shadow_price > 0:
            return text + _(
                " The next unit of money would earn {price} beyond itself.",
                price=number(self.shadow_price),
            )
        return text + _(
            " {left} is best left unspent: the next unit of money would not come back.",
            left=number(self.budget - self.spent),
        )


def allocate(
    pyramid: pd.DataFrame, *, budget: float, response: ServiceResponse | None = None
) -> Allocation:
    """Split a service budget over tiers, best and in proportion to profit.

    Parameters
    ----------
    pyramid : DataFrame
        One row a tier: ``tier`` ("key", "ordinary", "small"; any of them, once each),
        ``customers`` and ``profit_per_customer`` (currency a year), as
        :func:`cvm.tiering.pyramid` makes it.
    budget : float
        What may be spent in the year, zero or more, in the same currency.
    response : ServiceResponse, optional
        How tiers respond; the teaching values if not given.

    Returns
    -------
    Allocation

    Raises
    ------
    CvmError
        For a missing column, an unknown tier or a negative budget.
    """
    tiers = _checked(pyramid, budget)
    response = _responding(response)
    names = _names(tiers)
    reach = np.array([getattr(response, f"reach_{name}") for name in names])
    scale = np.array([getattr(response, f"scale_{name}") for name in names])
    customers = numbers_in(tiers, ["customers"], least=0)[:, 0]
    worth = customers * np.maximum(_profit(tiers, customers), 0.0)
    price, best = pour(first=reach / scale, depth=scale * worth, budget=budget)
    naive = budget * worth / worth.sum() if worth.sum() > 0 else np.zeros_like(worth)
    splits = {"best": best, "naive": naive}
    returned = {name: _return(split, worth, reach, scale) for name, split in splits.items()}
    table = pd.DataFrame(
        {
            "tier": names,
            "customers": tiers["customers"].to_numpy(),
            "spend_best": best,
            "spend_by_value": naive,
            "return_best": returned["best"],
            "return_by_value": returned["naive"],
            "marginal_return": _marginal(best, worth, reach, scale),
        }
    )
    return Allocation(
        budget=float(budget),
        spent=float(best.sum()),
        shadow_price=price,
        gain_best=float(returned["best"].sum() - best.sum()),
        gain_by_value=float(returned["naive"].sum() - naive.sum()),
        tiers=table,
    )


def pour(*, first: Floats, depth: Floats, budget: float) -> tuple[float, Floats]:
    r"""Split a budget where the next unit on :math:`k` returns :math:`f_k e^{-s_k/d_k}`.

    Parameters
    ----------
    first : ndarray, shape (k,)
        What the very first unit returns, 0 or more.
    depth : ndarray, shape (k,)
        Spend by which that has fallen to 37 %, 0 or more; 0 takes nothing.
    budget : float
        What may be spent, 0 or more.

    Returns
    -------
    price : float
        What one more unit of budget would earn, net of itself; 0 if budget is left.
    spend : ndarray, shape (k,)
        The best split: where something is spent, the next unit returns ``1 + price``.
    """

    def wanted(price: float) -> Floats:
        return np.asarray(depth * np.log(np.maximum(first / (1 + price), 1.0)))

    if wanted(0.0).sum() <= budget:
        return 0.0, wanted(0.0)
    # At this price the first unit pays nowhere, so the root lies below it.
    highest = float(first.max()) - 1
    price = float(
        brentq(lambda at: wanted(at).sum() - budget, 0.0, highest, xtol=1e-12, rtol=1e-14)
    )
    return price, wanted(price)


def _return(spend: Floats, worth: Floats, reach: Floats, scale: Floats) -> Floats:
    return -worth * reach * np.expm1(-_depth(spend, worth, scale))


def _marginal(spend: Floats, worth: Floats, reach: Floats, scale: Floats) -> Floats:
    return np.where(worth > 0, reach / scale * np.exp(-_depth(spend, worth, scale)), 0.0)


def _depth(spend: Floats, worth: Floats, scale: Floats) -> Floats:
    return np.divide(spend, scale * worth, out=np.zeros_like(worth), where=worth > 0)


def _checked(pyramid: pd.DataFrame, budget: float) -> pd.DataFrame:
    need_columns(pyramid, NEEDED, remedy=_("Make it with cvm.tiering.pyramid(values, tiers)."))
    names = _names(pyramid)
    unknown = [name for name in names if name not in TIERS]
    if unknown:
        raise CvmError(
            _("There is no response declared for the tier '{name}'.", name=unknown[0]),
            remedy=near_miss(unknown[0], TIERS),
        )
    if len(set(names)) < len(names):
        raise CvmError(
            _("A tier stands in the pyramid more than once."),
            given=names,
            remedy=_("Give one row a tier."),
        )
    if not _is_number(budget) or not 0 <= budget < np.inf:
        raise CvmError(
            _("A budget is zero or more."), given=budget, remedy=_("Give for example budget=1000.")
        )
    return pyramid


def _profit(tiers: pd.DataFrame, customers: Floats) -> Floats:
    """Give the profit a customer of each tier brings; that of an empty tier is unknown."""
    name = "profit_per_customer"
    known = tiers[name].where((customers > 0) | tiers[name].notna(), 0)
    return numbers_in(known.to_frame(), [name])[:, 0]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | np.number) and not isinstance(value, bool)


def _responding(response: Any) -> ServiceResponse:
    if response is None:
        return ServiceResponse()
    if not isinstance(response, ServiceResponse):
        wrong = _("response= says how each tier responds to money spent on it.")
        remedy = _("Write ServiceResponse(), with the levers you move inside the brackets.")
        raise CvmError(wrong, given=response, remedy=remedy)
    return response


def _names(pyramid: pd.DataFrame) -> list[str]:
    return [str(name) for name in pyramid["tier"].tolist()]
