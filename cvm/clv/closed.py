r"""Closed forms: what a customer is worth when margin and retention stay as they are.

A customer brings a margin :math:`m` a period, stays each period with probability :math:`r`,
and money is discounted at :math:`d`. Everything hangs on **when the first payment falls**:

.. math::

   \text{now:}\quad            V &= m\,\frac{1+d}{1+d-r} = m\sum_{t\ge 0} \frac{r^t}{(1+d)^t} \\
   \text{end:}\quad            V &= m\,\frac{1}{1+d-r}   \quad\text{(certain, but a period later)} \\
   \text{renewal:}\quad        V &= m\,\frac{r}{1+d-r}   \quad\text{(only of who stays)}

The last is the **margin multiple** times the margin. After :math:`N` periods only
:math:`1 - (r/(1+d))^N` of each is reached. With retention 90 % and discount 12 % the three
multiples are 5.09, 4.55 and 4.09: the same customer, 24 % apart by convention alone.

**Customer equity** is what customers now and to come are worth, :math:`n` of them new each
period at a cost :math:`c`:

.. math::

   CE = N\, m \frac{r}{1+d-r} + \frac{n}{d}\Bigl(m\,\frac{1+d}{1+d-r} - c\Bigr).

Its **elasticity** to a parameter is the per cent it moves for one per cent of the parameter.

**Assumed.** One retention for everybody and for ever. Where customers differ those who stay
are the loyal ones, so the form undervalues old customers (:mod:`cvm.clv.contract`).

**What the naive answer gets wrong.** Margin times expected life, :math:`m/(1-r)`: ten
margins at a retention of 90 %, against 5.09 discounted at 12 %.

References
----------
Gupta, S. & Lehmann, D. R. (2003). Customers as assets. *Journal of Interactive Marketing*
17(1), 9-24.
Gupta, S., Lehmann, D. R. & Stuart, J. A. (2004). Valuing customers. *Journal of Marketing
Research* 41(1), 7-18: 1 % of retention, margin and acquisition cost move the value of its
firms by 5 %, 1 % and 0.1 % (abstract).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from cvm.errors import CvmError, near_miss
from cvm.inputs import number_array
from cvm.levers import Levers, assumption, lever, needs_world
from cvm.results import Result, number
from cvm.words import N_, _

__all__ = [
    "PAYMENTS",
    "CustomerBase",
    "CustomerEquity",
    "customer_equity",
    "lifetime_value",
    "margin_multiple",
]

Floats = NDArray[np.float64]

#: When the first payment falls.
PAYMENTS = (N_("now"), N_("end"), N_("renewal"))


def lifetime_value(
    *,
    margin: ArrayLike,
    retention: ArrayLike,
    discount: ArrayLike,
    first_payment: str = "now",
    periods: float = np.inf,
    acquisition_cost: ArrayLike = 0.0,
) -> Floats:
    """Value a customer in closed form.

    Parameters
    ----------
    margin : array_like
        A period, in currency.
    retention : array_like
        Probability to stay a period, 0 to 1.
    discount : array_like
        Rate a period, 0 or more.
    first_payment : {"now", "end", "renewal"}
        At once; at the end of the first period whatever happens; or at its end if the
        customer stays.
    periods : float
        Payments counted, 1 or more; without end by default.
    acquisition_cost : array_like
        Taken off.

    Returns
    -------
    ndarray
        Currency; broadcast.

    Raises
    ------
    CvmError
        For a retention or discount out of range, both at their ends (the value has no end),
        or an unknown time of payment.

    Examples
    --------
    >>> lifetime_value(margin=100, retention=0.9, discount=0.12).round(1)
    np.float64(509.1)
    """
    r, d = number_array(retention, name="retention"), number_array(discount, name="discount")
    each = number_array(margin, name="margin")
    cost = number_array(acquisition_cost, name="acquisition_cost")
    if first_payment not in PAYMENTS:
        wrong = _("The first payment falls now, at the end of a period, or at renewal.")
        raise CvmError(wrong, given=first_payment, remedy=near_miss(first_payment, PAYMENTS))
    _check(r, d, periods)
    weights: dict[str, Floats] = {"now": 1 + d, "end": np.ones_like(d), "renewal": r}
    weight = weights[first_payment]
    step = r / (1 + d)
    reached = 1.0 if np.isinf(periods) else -np.expm1(periods * np.log(np.maximum(step, 1e-300)))
    endless = np.where(step < 1, 1 + d - r, 1.0)
    multiple = np.where(step < 1, weight * reached / endless, periods)
    return each * multiple - cost


def margin_multiple(retention: ArrayLike, discount: ArrayLike) -> Floats:
    """Give what a customer is worth in margins, the first of them at renewal.

    Parameters
    ----------
    retention : array_like
        0 to 1.
    discount : array_like
        0 or more; not 0 where the retention is 1.

    Returns
    -------
    ndarray

    Examples
    --------
    >>> margin_multiple(0.9, 0.12).round(2)
    np.float64(4.09)
    """
    return lifetime_value(
        margin=1.0, retention=retention, discount=discount, first_payment="renewal"
    )


class CustomerBase(Levers):
    """A firm's customers, now and to come; a large firm counts customers in thousands."""

    retention: float = lever(
        0.85, low=0, high=0.99, step=0.01, unit="share", meaning=N_("Customers who stay a year")
    )
    margin: float = lever(
        600.0, low=0, high=10_000, step=100, unit=N_("yuan"),
        meaning=N_("Margin of a customer, a year"),
    )  # fmt: skip
    acquisition_cost: float = lever(
        900.0, low=0, high=10_000, step=100, unit=N_("yuan"),
        meaning=N_("What a new customer costs"),
    )  # fmt: skip
    new_customers: float = lever(
        1500.0, low=0, high=20_000, step=100, unit=N_("customers"),
        meaning=N_("New customers a year"),
    )  # fmt: skip
    customers: float = assumption(
        10_000.0, low=0, high=200_000, step=1000, unit=N_("customers"), meaning=N_("Customers now")
    )
    discount: float = assumption(
        0.1, low=0.01, high=1, step=0.01, unit="share", meaning=N_("Discount rate, a year")
    )


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class CustomerEquity(Result):
    """The worth of all customers.

    Parameters
    ----------
    equity : float
        Of customers now and to come, in currency.
    now, to_come : float
        Its two parts.
    each : float
        Of a customer now.
    elasticities : DataFrame
        ``parameter``, ``value``, ``elasticity`` (per cent for one per cent), largest first.
    """

    equity: float
    now: float
    to_come: float
    each: float
    elasticities: pd.DataFrame

    def sentence(self) -> str:
        """Say the equity, its parts and the strongest elasticity."""
        top = self.elasticities.iloc[0]
        return _(
            "Customers are worth {equity}: {now} those here, {to_come} those to come. One per cent "
            "of {parameter} moves it by {elasticity} %.",
            equity=number(self.equity), now=number(self.now), to_come=number(self.to_come),
            parameter=top["parameter"], elasticity=number(top["elasticity"]),
        )  # fmt: skip


@needs_world
def customer_equity(world: CustomerBase) -> CustomerEquity:
    """Value all customers, and say which parameter moves the value most.

    Parameters
    ----------
    world : CustomerBase
        Levers and assumptions.

    Returns
    -------
    CustomerEquity
        Elasticities are exact derivatives; unknown where the equity is zero.
    """
    r, m, c, n, N, d = (
        world.retention, world.margin, world.acquisition_cost, world.new_customers,
        world.customers, world.discount,
    )  # fmt: skip
    gap = 1 + d - r
    now, to_come = N * m * r / gap, n / d * (m * (1 + d) / gap - c)
    equity = now + to_come
    slopes = {
        "retention": N * m * (1 + d) / gap**2 + n / d * m * (1 + d) / gap**2,
        "margin": N * r / gap + n / d * (1 + d) / gap,
        "acquisition_cost": -n / d,
        "new_customers": to_come / n if n else (m * (1 + d) / gap - c) / d,
        "customers": m * r / gap,
        "discount": -N * m * r / gap**2 - to_come / d - n / d * m * r / gap**2,
    }
    rows = [
        {"parameter": name, "value": getattr(world, name),
         "elasticity": slope * getattr(world, name) / equity if equity else np.nan}
        for name, slope in slopes.items()
    ]  # fmt: skip
    size: Callable[[pd.Series], pd.Series] = lambda column: -column.abs()  # noqa: E731
    table = pd.DataFrame(rows).sort_values("elasticity", key=size, ignore_index=True)
    return CustomerEquity(
        equity=equity, now=now, to_come=to_come, each=m * r / gap, elasticities=table
    )


def _check(r: Floats, d: Floats, periods: float) -> None:
    if not ((r >= 0) & (r <= 1)).all():
        raise CvmError(
            _("Retention is a probability, 0 to 1."), given=float(np.ravel(r)[0]),
            remedy=_("Write 85 per cent as 0.85."),
        )  # fmt: skip
    if not ((d >= 0) & np.isfinite(d)).all():
        raise CvmError(
            _("The discount rate is zero or positive."), given=float(np.ravel(d)[0]),
            remedy=_("Write 10 per cent as 0.1."),
        )  # fmt: skip
    if not isinstance(periods, int | float | np.number) or not periods >= 1:
        raise CvmError(_("Payments counted are 1 or more."), given=periods)
    if np.isinf(periods) and (r / (1 + d) >= 1).any():
        raise CvmError(
            _("Who always stays, undiscounted, is worth without end."),
            given={"retention": 1.0, "discount": 0.0},
            remedy=_("Give a discount rate above 0, or a number of periods."),
        )
