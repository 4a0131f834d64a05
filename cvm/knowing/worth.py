r"""The value of a customer to the firm: five values, of which the books know one.

The course counts profit, the gathering effect (聚客效应), information, word of mouth, and
being a weapon against rivals. A customer who stays each month with chance :math:`r` is there
for :math:`L = 1/(1 - r/(1+i))` discounted months, :math:`r = 1 - 1/\text{life}`. Then

.. math::

   \text{profit} &= L\,m, &
   \text{gathering} &= L\,\tfrac{g}{12}\,u, &
   \text{information} &= L\,\tfrac{t}{12}\,x, \\
   \text{word of mouth} &= L\,\tfrac{w}{12}\,u, &
   \text{weapon} &= L\,\tfrac{s}{12}\,u,

:math:`m` profit a month; :math:`g` customers a year who come because this one is here;
:math:`w` customers a year won by what it says; :math:`t` useful hints a year, worth
:math:`x` each; :math:`s` customers a year who would go to a rival if this one did;
:math:`u` what a usual customer is worth.

The first is the customer's **economic value**, the other four together its **strategic
value**. The **perceived value** is the other direction, what the customer gets
(:mod:`cvm.value`).

**What the naive answer gets wrong.** It ranks customers by the profit in the books. The three
of :data:`CASES` bring the same profit, and the most valuable of them is worth 2.7 times the least.

**Where it comes from.** The five values: the course. The equations and all sizes are for
teaching; nobody measures the last three well, so treat them as a range to be argued about.
A customer who comes by one way is not counted again by another.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from cvm.errors import CvmError
from cvm.levers import Levers, assumption
from cvm.words import N_, _

__all__ = ["CASES", "VALUES", "Worth", "five_values"]

#: The five values; the first is economic, the others are strategic.
VALUES = (
    N_("profit"), N_("gathering effect"), N_("information"), N_("word of mouth"),
    N_("weapon against rivals"),
)  # fmt: skip


class Worth(Levers):
    """What one customer brings, by its own purchases and through others."""

    profit: float = assumption(
        18.0, low=-200, high=2000, unit=N_("yuan"), meaning=N_("Profit on its purchases, a month")
    )  # fmt: skip
    life: float = assumption(
        48.0, low=1, high=600, unit=N_("months"), meaning=N_("How long such a customer stays")
    )
    gathers: float = assumption(
        0.0, low=0, high=50, unit=N_("customers a year"),
        meaning=N_("Customers who come because this one is here"),
    )  # fmt: skip
    recommends: float = assumption(
        0.2, low=0, high=50, unit=N_("customers a year"),
        meaning=N_("Customers won by what this one says"),
    )  # fmt: skip
    hints: float = assumption(
        0.5, low=0, high=100, unit=N_("hints a year"), meaning=N_("Useful hints it gives the firm")
    )
    hint_worth: float = assumption(
        30.0, low=0, high=10_000, unit=N_("yuan"), meaning=N_("What a hint is worth")
    )
    shields: float = assumption(
        0.0, low=0, high=50, unit=N_("customers a year"),
        meaning=N_("Customers who would go to a rival if this one did"),
    )  # fmt: skip
    usual: float = assumption(
        120.0, low=0, high=10_000, unit=N_("yuan"), meaning=N_("What a usual customer is worth")
    )
    discount: float = assumption(
        0.01, low=0, high=0.05, unit="share", meaning=N_("Interest rate a month")
    )


#: Three customers with the same bill.
CASES: Mapping[str, Worth] = {
    N_("office worker"): Worth(),
    N_("noodle shop"): Worth(gathers=0.8, recommends=1.0),
    N_("hospital"): Worth(gathers=0.5, recommends=0.4, hints=6.0, shields=1.6),
}


def five_values(cases: Mapping[str, Worth] = CASES) -> pd.DataFrame:
    """Value customers in five parts.

    Parameters
    ----------
    cases : mapping of str to Worth
        The customers by name; the three of :data:`CASES` without it.

    Returns
    -------
    DataFrame
        One row a customer and value: ``customer``, ``kind`` (of :data:`VALUES`), ``sort``
        ("economic" or "strategic"), ``value`` (yuan).
    """
    named = isinstance(cases, Mapping) and all(isinstance(one, Worth) for one in cases.values())
    if not named or not cases:
        wrong = _("There is no customer to value.")
        remedy = _("Give for example {example}.", example="{'shop': Worth()}")
        raise CvmError(wrong, given=cases or None, remedy=remedy)
    rows = []
    for name, one in cases.items():
        months = 1 / (1 - (1 - 1 / one.life) / (1 + one.discount))
        monthly = (
            one.profit, one.gathers * one.usual / 12, one.hints * one.hint_worth / 12,
            one.recommends * one.usual / 12, one.shields * one.usual / 12,
        )  # fmt: skip
        for kind, amount in zip(VALUES, monthly, strict=True):
            rows.append({"customer": name, "kind": kind,
                         "sort": "economic" if kind == VALUES[0] else "strategic",
                         "value": months * amount})  # fmt: skip
    return pd.DataFrame(rows)


# What stands in tables.
SORTS = [N_("economic"), N_("strategic")]
