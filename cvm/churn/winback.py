r"""Whom to win back: the cause of leaving, the second life, and what it costs.

A customer who left for cause :math:`c` and has been gone :math:`g` months is contacted once
with an offer of :math:`o`. The customer comes back with probability

.. math::

   p_c(o, g) = a_c\,\bigl(1 - e^{-o / s_c}\bigr)\, e^{-\text{fade}\cdot g},

:math:`a_c` the most that any offer can bring back, :math:`s_c` the offer that brings
:math:`1-1/e` of them. Whoever is back leaves again with probability :math:`h_c` a month, so the
**second lifetime value**, margin :math:`m_c` at the end of each month, discounted by :math:`i`, is

.. math::

   \text{SLTV}_c = m_c \sum_{t \ge 1} \frac{(1 - h_c)^{t-1}}{(1 + i)^t} = \frac{m_c}{h_c + i} .

Per customer *tried* the firm earns :math:`p_c\,(\text{SLTV}_c - o) - k`, :math:`k` the cost of
a contact; per customer *regained* it spends :math:`o + k / p_c`.

=============  ==============================================================
cause          what happened
=============  ==============================================================
price          bought away: a rival was cheaper; comes easily, leaves easily
service        pushed away by a failure nobody meant
rival          pulled away: a rival's offer suits better
moved          the need is gone
dismissed      sent away by the firm, for not paying or costing too much
=============  ==============================================================

**The estimands.** Cost per customer regained, beside the cost of winning a new one; and what
is left of the second lifetime value per customer tried, beside that of a new one.

**What the naive answer gets wrong.** It divides what was spent by who came back, over all
causes, and finds regaining cheap. Who comes back most readily comes for the price, and leaves
again: at the defaults those who left for price return more often than those lost by service
(19 and 16 %), and are worth a third as much. And cheap is not worth it: a dismissed customer
returns gladly and costs the firm money for every month of the second life.

**Where it comes from.** The causes: Griffin & Lowenstein (2001). Second lifetime value: Stauss &
Friege (1999). That the offer decides both who returns and how long they stay: Thomas, Blattberg
& Fox (2004). That the first life and the cause of leaving foretell the second: Kumar, Bhagwat &
Zhang (2015). At second hand; sizes are for teaching.

**Simplified for teaching.** One contact, one offer to all; the cause is known and single; the
second life has a constant hazard; who returns because of the contact would not have returned
without it.

References
----------
Griffin, J. & Lowenstein, M. W. (2001). *Customer Winback*. Jossey-Bass.
Kumar, V., Bhagwat, Y. & Zhang, X. (2015). Regaining "lost" customers: the predictive power of
first-lifetime behavior, the reason for defection, and the nature of the win-back offer. *Journal
of Marketing* 79(4), 34-55.
Stauss, B. & Friege, C. (1999). Regaining service customers. *Journal of Service Research* 1(4),
347-361.
Thomas, J. S., Blattberg, R. C. & Fox, E. J. (2004). Recapturing lost customers. *Journal of
Marketing Research* 41(1), 31-45.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri

from cvm.churn.door import check_between, check_columns, check_money, check_size, numbers_of
from cvm.errors import CvmError
from cvm.levers import Levers, assumption, lever, needs_world
from cvm.luck import Luck, bernoulli
from cvm.results import Result, number
from cvm.words import N_, _

__all__ = ["CAUSES", "WinBack", "WinBackTable", "simulate_lost", "win_back", "win_back_expected"]

Floats = NDArray[np.float64]

#: Why customers left.
CAUSES = (N_("price"), N_("service"), N_("rival"), N_("moved"), N_("dismissed"))
# By cause, for teaching: the most that return, the offer that brings 1 - 1/e of them (yuan),
# the hazard of the second life against that of a new customer, and the margin against the same.
_READY = np.array([0.35, 0.30, 0.20, 0.02, 0.50])
_SCALE = np.array([25.0, 25.0, 50.0, 50.0, 10.0])
_AGAIN = np.array([2.5, 0.9, 1.2, 1.0, 1.5])
_WORTH = np.array([0.8, 1.0, 1.0, 1.0, -0.2])


class WinBack(Levers):
    """An attempt to win customers back, and the new customer it stands beside."""

    cause: str = lever(
        "all", options=("all", *CAUSES), meaning=N_("Which lost customers are contacted")
    )
    offer: float = lever(
        30.0, low=0, high=300, unit=N_("yuan"),
        meaning=N_("Cost of the offer to each customer who comes back"),
    )  # fmt: skip
    contact: float = lever(
        4.0, low=0, high=100, unit=N_("yuan"), meaning=N_("Cost of contacting a lost customer")
    )
    within: int = lever(
        12, low=1, high=36, unit=N_("months"),
        meaning=N_("Contacted are those gone for no longer than this"),
    )  # fmt: skip
    acquisition: float = assumption(
        60.0, low=1, high=600, unit=N_("yuan"), meaning=N_("Cost of winning a new customer")
    )
    hazard: float = assumption(
        0.03, low=0.005, high=0.5, unit="share",
        meaning=N_("New customers who leave in a month"),
    )  # fmt: skip
    margin: float = assumption(
        10.0, low=0.5, high=200, unit=N_("yuan"), meaning=N_("Monthly margin of a new customer")
    )
    fade: float = assumption(
        0.05, low=0, high=0.5,
        meaning=N_("How fast the readiness to return fades, a month (a rate)"),
    )  # fmt: skip
    readiness: float = assumption(
        1.0, low=0.05, high=1.9, meaning=N_("Readiness to return, times the usual of each cause")
    )
    second_hazard: float = assumption(
        1.0, low=0.2, high=3, meaning=N_("Hazard of the second life, times the usual of each cause")
    )
    discount: float = assumption(
        0.01, low=0.0, high=0.05, unit="share", meaning=N_("Interest a month")
    )


@needs_world
def win_back_expected(world: WinBack) -> pd.DataFrame:
    """Work out what winning back comes to, cause by cause, in closed form.

    Parameters
    ----------
    world : WinBack
        Levers and assumptions; ``cause`` picks rows.

    Returns
    -------
    DataFrame
        One row a cause: ``cause``, ``returns`` (share of those contacted), ``cost_regained``
        (currency per customer regained, infinite if nobody returns), ``second_months`` (mean
        second life), ``second_value`` (currency), ``profit_tried`` (currency per customer
        contacted), ``profit_regained``; beside them, for a new customer, ``cost_new``,
        ``value_new``, ``profit_new``; ``cheaper`` and ``advice`` ("win back", "let go").
    """
    picked = np.array([world.cause in ("all", cause) for cause in CAUSES])
    gone = np.arange(1, world.within + 1)
    # Causes and months gone are equally common among the lost.
    p = (_returns(world)[:, None] * np.exp(-world.fade * (gone - 1))).mean(axis=1)[picked]
    hazard, margin = (part[picked] for part in _second(world))
    value = margin / (hazard + world.discount)
    with np.errstate(divide="ignore"):
        cost = world.offer + np.where(p > 0, world.contact / np.where(p > 0, p, 1), np.inf)
    found = pd.DataFrame(
        {
            "cause": np.array(CAUSES)[picked], "returns": p, "cost_regained": cost,
            "second_months": 1 / hazard, "second_value": value,
            "profit_tried": p * (value - world.offer) - world.contact,
            "profit_regained": value - cost,
        }
    )  # fmt: skip
    new = _new_value(world)
    found = found.assign(
        cost_new=world.acquisition, value_new=new, profit_new=new - world.acquisition
    )
    found["cheaper"] = found["cost_regained"] < found["cost_new"]
    found["advice"] = np.where(found["profit_tried"] > 0, "win back", "let go")
    return found


@needs_world
def simulate_lost(world: WinBack, *, n: int, seed: int) -> pd.DataFrame:
    """Simulate lost customers, an attempt to win them back, and their second lives.

    Parameters
    ----------
    world : WinBack
        Levers and assumptions.
    n : int
        Lost customers, 1 or more; a larger ``n`` keeps the first ones.
    seed : int
        The luck; the same customers under any levers.

    Returns
    -------
    DataFrame
        One row a customer contacted: ``customer``, ``cause``, ``gone`` (months), ``returned``,
        ``cost`` (yuan spent), ``second_months`` (0 for those who did not return),
        ``second_value`` (discounted margin of the second life, 0 likewise), and
        ``true_return`` (probability), ``true_second_value`` (expected, if back).
    """
    check_size(n)
    luck = Luck(seed)
    kind = np.minimum((luck.uniform("cause", n) * len(CAUSES)).astype(int), len(CAUSES) - 1)
    gone = 1 + np.floor(luck.uniform("gone", n) * world.within).astype(int)
    p = _returns(world)[kind] * np.exp(-world.fade * (gone - 1))
    returned = bernoulli(luck.uniform("return", n), p)
    hazard, margin = (part[kind] for part in _second(world))
    # A whole number of months, at least the first, geometric with this hazard.
    life = 1 + np.floor(np.log1p(-luck.uniform("second life", n)) / np.log1p(-hazard))
    i = world.discount
    paid = life if i == 0 else -np.expm1(-life * np.log1p(i)) / i
    people = pd.DataFrame(
        {
            "customer": np.arange(1, n + 1),
            "cause": np.array(CAUSES)[kind],
            "gone": gone,
            "returned": returned,
            "cost": world.contact + world.offer * returned,
            "second_months": life.astype(int) * returned,
            "second_value": np.where(returned, margin * paid, 0.0),
            "true_return": p,
            "true_second_value": margin / (hazard + i),
        }
    )
    if world.cause == "all":
        return people
    return people[people["cause"] == world.cause].reset_index(drop=True)


@dataclass(frozen=True, kw_only=True, repr=False)
class WinBackTable(Result):
    """What winning back came to, group by group.

    Parameters
    ----------
    by : str
        The column of the groups.
    cost_new, profit_new : float
        Cost of a new customer, and value less that cost; currency.
    level : float
        Confidence level.
    customers, returned : int
        Customers contacted, and those who came back.
    table : DataFrame
        One row a group: ``group``, ``customers``, ``returned``, ``returns`` (share, with
        ``returns_low`` and ``returns_high``), ``cost_regained`` (currency, ``cost_low``,
        ``cost_high``; missing if nobody returned), ``second_value`` (mean of those back),
        ``profit_tried`` (currency per customer contacted, ``profit_low``, ``profit_high``),
        ``cheaper`` (True, False, or missing where the interval holds the cost of a new one),
        ``advice`` ("win back", "let go", "cannot tell").
    """

    by: str
    cost_new: float
    profit_new: float
    level: float
    customers: int
    returned: int
    table: pd.DataFrame = field(repr=False)

    def to_frame(self) -> pd.DataFrame:
        """Give one row a group."""
        return self.table.copy()

    def sentence(self) -> str:
        """Say whom to win back."""
        told = [
            _("{group}: {share} return at {cost} each, {profit} per customer tried ({low} to {high}), "
              "{advice}", group=_(str(row["group"])), share=number(row["returns"], "share"),
              cost=number(row["cost_regained"]), profit=number(row["profit_tried"]),
              low=number(row["profit_low"]), high=number(row["profit_high"]),
              advice=_(str(row["advice"])))
            for row in self.table.to_dict("records")
        ]  # fmt: skip
        return _("A new customer costs {cost}. {told} ({level} intervals).",
                 cost=number(self.cost_new), told="; ".join(told),
                 level=number(self.level, "share", digits=2))  # fmt: skip


def win_back(
    table: pd.DataFrame, *, by: str = "cause", cost_new: float = 60.0, value_new: float = 250.0,
    level: float = 0.95,
) -> WinBackTable:  # fmt: skip
    """Tell whom to win back, from an attempt on all kinds.

    Parameters
    ----------
    table : DataFrame
        One row a customer contacted: ``returned`` (True or False), ``cost`` and
        ``second_value`` (currency, 0 for those who did not return), and the groups.
    by : str
        The column of the groups, such as ``"cause"``.
    cost_new, value_new : float
        Cost of winning a new customer and what one is worth, currency.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    WinBackTable
        The interval of the cost per customer regained is that of a ratio (by its logarithm and
        the delta method), that of the share by Wilson.
    """
    check_between(_("A confidence level"), level)
    check_money(_("The cost of a new customer"), cost_new, least=0)
    check_money(_("The value of a new customer"), value_new)
    check_columns(table, [by, "returned"])
    numbers_of(table, ["cost", "second_value"])
    kinds = pd.unique(table["returned"]).tolist()
    if not set(kinds) <= {0, 1}:
        wrong = _("The column 'returned' must be True or False (or 1 and 0).")
        raise CvmError(wrong, given=sorted(kinds, key=str)[:9],
                       remedy=_("Say who came back as True."))  # fmt: skip
    paid = (table["second_value"] != 0) & (table["returned"] == 0)
    if paid.any():
        wrong = _("Who did not return has no second life: {count} have a value of one.",
                  count=number(paid.sum()))  # fmt: skip
        raise CvmError(wrong, given=float(table.loc[paid, "second_value"].iloc[0]),
                       remedy=_("Write 0 for them, or say that they returned."))  # fmt: skip
    if (table["cost"] < 0).any():
        wrong = _("A cost is zero or positive.")
        raise CvmError(wrong, given=float(table["cost"].min()),
                       remedy=_("Write what was spent as a positive number."))  # fmt: skip
    z = float(ndtri((1 + level) / 2))
    rows = [
        {"group": name} | _group(group, cost_new, z)
        for name, group in table.groupby(by, observed=True)
    ]
    found = pd.DataFrame(rows)
    return WinBackTable(
        by=by, cost_new=cost_new, profit_new=value_new - cost_new, level=level,
        customers=len(table), returned=int(table["returned"].sum()),
        table=found.assign(cheaper=found["cheaper"].astype("boolean")),
    )  # fmt: skip


def _returns(world: WinBack) -> Floats:
    """Probability of coming back in the first month away, by cause."""
    return np.minimum(1, _READY * world.readiness) * -np.expm1(-world.offer / _SCALE)


def _second(world: WinBack) -> tuple[Floats, Floats]:
    """Monthly hazard and margin of the second life, by cause."""
    hazard = np.clip(world.hazard * _AGAIN * world.second_hazard, 1e-4, 0.95)
    return hazard, world.margin * _WORTH


def _new_value(world: WinBack) -> float:
    return world.margin / (world.hazard + world.discount)


def _group(group: pd.DataFrame, cost_new: float, z: float) -> dict[str, object]:
    n, back = len(group), int(group["returned"].sum())
    p = back / n
    centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    cost, returned = group["cost"].to_numpy(float), group["returned"].to_numpy(float)
    gain = group["second_value"].to_numpy(float) - cost
    profit, error = float(gain.mean()), float(gain.std(ddof=1) / np.sqrt(n)) if n > 1 else np.nan
    ratio, low, high = _ratio(cost, returned, z)
    sure = None if not (high < cost_new or low > cost_new) else bool(high < cost_new)
    ends = profit - z * error, profit + z * error
    advice = "win back" if ends[0] > 0 else "let go" if ends[1] < 0 else "cannot tell"
    return {
        "customers": n, "returned": back, "returns": p, "returns_low": centre - half,
        "returns_high": centre + half, "cost_regained": ratio, "cost_low": low, "cost_high": high,
        "second_value": float(group["second_value"].sum() / back) if back else np.nan,
        "profit_tried": profit, "profit_low": ends[0], "profit_high": ends[1], "cheaper": sure,
        "advice": advice,
    }  # fmt: skip


def _ratio(cost: Floats, returned: Floats, z: float) -> tuple[float, float, float]:
    """Money spent per customer regained; missing if nobody was."""
    back, spent, n = returned.mean(), cost.mean(), len(cost)
    if back == 0 or spent == 0 or n < 2:
        return (float("nan"),) * 3 if back == 0 or n < 2 else (0.0, 0.0, 0.0)
    ratio = float(spent / back)
    residual = (cost - ratio * returned) / spent
    half = z * float(np.sqrt((residual**2).sum() / (n - 1) / n))
    return ratio, ratio * float(np.exp(-half)), ratio * float(np.exp(half))


# Advice is shown in tables.
ADVICE = (N_("win back"), N_("let go"), N_("cannot tell"), N_("all"))
