r"""Whom to contact with a budget for so many: by risk, by uplift, by lot, by the truth.

Of the customers of a campaign the top share :math:`\phi` by a score is contacted. Had that
been done, it would have saved :math:`\sum \tau_i` and earned

.. math:: \sum_i \bigl(\tau_i v_i - c - o\,(1 - p_i + \tau_i)\bigr)

over those contacted: :math:`\tau_i` the uplift, :math:`v_i` the value of a customer who
stays, :math:`c` the cost of a contact, :math:`o` of an offer that everybody who stays takes,
:math:`p_i` the risk. With the simulated truth this is known; from data it is estimated by
contacted against not contacted *within* the top.

**The estimand.** Customers saved per 100 contacted, for each way of choosing.

**What the naive answer gets wrong.** It counts the leavers among those contacted ("we reached
60 % of all who would have left") - that is how a risk score is praised, and a contact that
changes nobody scores just as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri

from cvm.churn.customers import COVARIATES
from cvm.churn.door import check_between, check_columns, check_money, numbers_of
from cvm.churn.uplift import _difference, _parts, campaign_effect, propensity
from cvm.errors import CvmError
from cvm.results import Result, number
from cvm.words import N_, _

__all__ = ["Targeting", "compare_effects", "compare_targeting", "type_table"]

Floats = NDArray[np.float64]

#: The two ways of choosing that need no score of the firm's.
BY_LOT, BY_TRUTH = N_("by lot"), N_("by the true uplift")

#: The two ways of reading a campaign.
AS_THEY_ARE, WEIGHTED = N_("as they are"), N_("weighted to be alike")


@dataclass(frozen=True, kw_only=True, repr=False)
class Targeting(Result):
    """Ways of choosing whom to contact, side by side.

    Parameters
    ----------
    budget : float
        Share of the customers contacted.
    level : float
        Confidence level.
    customers : int
        Customers to choose from.
    table : DataFrame
        One row a way: ``chosen`` (a score, "by lot", "by the true uplift"), ``contacts``,
        ``saved`` (customers saved per contact, estimated), ``low``, ``high``, ``profit``
        (currency per contact, estimated) and, where the truth rides along, ``true_saved``,
        ``true_profit`` and ``leavers`` (share of those contacted who would have left).
    """

    budget: float
    level: float
    customers: int
    table: pd.DataFrame = field(repr=False)

    def to_frame(self) -> pd.DataFrame:
        """Give one row a way of choosing."""
        return self.table.copy()

    def sentence(self) -> str:
        """Say what each way saves."""
        told = [
            _("{chosen} {saved} ({low} to {high})", chosen=_(str(row["chosen"])).replace("_", " "),
              saved=number(100 * row["saved"]), low=number(100 * row["low"]),
              high=number(100 * row["high"]))
            for row in self.table.to_dict("records")
        ]  # fmt: skip
        return _("Contacting {budget} of {n} customers saves, per 100 contacted ({level} intervals): "
                 "{told}.", budget=number(self.budget, "share"), n=number(self.customers),
                 level=number(self.level, "share", digits=2), told="; ".join(told))  # fmt: skip


def compare_targeting(
    table: pd.DataFrame, *, scores: Sequence[str], budget: float = 0.2, contact_cost: float = 2.0,
    offer_cost: float = 10.0, covariates: Sequence[str] = (), left: str = "left",
    contacted: str = "contacted", level: float = 0.95,
) -> Targeting:  # fmt: skip
    """Compare ways of choosing whom to contact, on a campaign that contacted some of each.

    Parameters
    ----------
    table : DataFrame
        One row a customer of a campaign that the scores were *not* fitted on, with the
        columns ``value`` (currency a customer who stays is worth), ``left``, ``contacted``.
    scores : sequence of str
        Columns to contact by, from the top. Customers of one score stand in
        the order of the table, so shuffle a table that is sorted by outcome.
    budget : float
        Share of customers that can be contacted, between 0 and 1.
    contact_cost, offer_cost : float
        Currency per contact, and per contacted customer who stays.
    covariates : sequence of str
        None where lots were drawn; else those of the propensity.
    left, contacted : str
        Columns: True or False.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    Targeting
    """
    check_between(_("A confidence level"), level)
    check_between(_("The budget, a share of the customers,"), budget)
    check_money(_("The cost of a contact"), contact_cost, least=0)
    check_money(_("The cost of the offer"), offer_cost, least=0)
    check_columns(table, scores)
    numbers_of(table, ["value"])
    y, w, _x = _parts(table, [*covariates, *scores], left, contacted)
    e = (
        propensity(table, covariates=covariates, contacted=contacted)
        if len(covariates)
        else w.mean()
    )
    weight = np.where(w == 1, 1 / e, 1 / (1 - e))
    many = max(1, round(budget * len(table)))
    tops: dict[str, NDArray[np.int_]] = {name: _top(table, name, many) for name in scores}
    # By lot: on average over all lots every customer counts alike.
    tops[BY_LOT] = np.arange(len(table))
    if "true_uplift" in table:
        tops[BY_TRUTH] = _top(table, "true_uplift", many)
    z = float(ndtri((1 + level) / 2))
    costs = (contact_cost, offer_cost)
    rows = [
        {"chosen": name, "contacts": many} | _row(table, y, w, weight, top, costs, z)
        for name, top in tops.items()
    ]
    return Targeting(budget=budget, level=level, customers=len(table), table=pd.DataFrame(rows))


def compare_effects(
    table: pd.DataFrame, *, covariates: Sequence[str] = COVARIATES, left: str = "left",
    contacted: str = "contacted", level: float = 0.95,
) -> pd.DataFrame:  # fmt: skip
    """Say what a contact does, as the customers are and weighted to be alike.

    Parameters
    ----------
    table : DataFrame
        One row a customer of a campaign; with ``true_uplift`` the truth is told too.
    covariates : sequence of str
        What may have decided whom to contact, and can be seen.
    left, contacted : str
        Columns: True or False.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    DataFrame
        One row a method: ``method``, ``effect`` (share of customers a contact holds), ``low``,
        ``high``, and ``true_effect`` where known.
    """
    rows = []
    for method, names in ((AS_THEY_ARE, ()), (WEIGHTED, covariates)):
        found = campaign_effect(
            table, covariates=names, left=left, contacted=contacted, level=level
        )
        rows.append({"method": method, "effect": found.value, "low": found.low, "high": found.high})
    told = pd.DataFrame(rows)
    if "true_uplift" in table:
        told["true_effect"] = float(numbers_of(table, ["true_uplift"]).mean())
    return told


def type_table(table: pd.DataFrame, *, scores: Sequence[str], budget: float = 0.2) -> pd.DataFrame:
    """Tell who stands at the top of each score: the four types.

    Parameters
    ----------
    table : DataFrame
        A campaign of :func:`cvm.churn.simulate_churn` with its truth.
    scores : sequence of str
        Columns to contact by, from the top. Customers of one score stand in
        the order of the table, so shuffle a table that is sorted by outcome.
    budget : float
        Share of customers that can be contacted.

    Returns
    -------
    DataFrame
        One row a score and type: ``chosen`` (a score, or "by lot"), ``type``, ``share``.
    """
    check_between(_("The budget, a share of the customers,"), budget)
    check_columns(table, scores)
    check_columns(table, ["true_type"])
    many = max(1, round(budget * len(table)))
    kinds = table["true_type"].to_numpy()
    rows = []
    for name in (*scores, BY_LOT):
        top = np.arange(len(table))
        if name != BY_LOT:
            top = _top(table, name, many)
        shares = pd.Series(kinds[top]).value_counts(normalize=True)
        rows += [{"chosen": name, "type": kind, "share": float(shares.get(kind, 0.0))}
                 for kind in ("persuadable", "sure", "lost cause", "do not disturb")]  # fmt: skip
    return pd.DataFrame(rows)


def _top(table: pd.DataFrame, name: str, many: int) -> NDArray[np.int_]:
    """Give the places of the customers with the highest scores."""
    score = numbers_of(table, [name])[:, 0]
    if np.ptp(score) == 0 and len(score) > 1:
        wrong = _("The score '{name}' is the same for all customers: it chooses nobody.", name=name)
        raise CvmError(
            wrong, given=float(score[0]), remedy=_("Leave it out: 'by lot' is told anyway.")
        )
    return np.argsort(-score, kind="stable")[:many]


def _row(
    table: pd.DataFrame, y: Floats, w: Floats, weight: Floats, top: NDArray[np.int_],
    costs: tuple[float, float], z: float,
) -> dict[str, float]:  # fmt: skip
    if len(np.unique(w[top])) < 2:
        raise CvmError(
            _("Among the customers chosen all were contacted, or none."),
            given={"chosen": len(top), "contacted": int(w[top].sum())},
            remedy=_("Take a larger budget, or a campaign that contacted some of every kind."),
        )
    saved, se = _difference(y[top], w[top], weight[top])
    value = table["value"].to_numpy(dtype=float)
    # The same comparison of value lost, since who is worth more may answer otherwise.
    kept, _se = _difference(y[top] * value[top], w[top], weight[top])
    reached = top[w[top] == 1]
    stays = 1 - float(np.average(y[reached], weights=weight[reached]))
    row = {"saved": saved, "low": saved - z * se, "high": saved + z * se,
           "profit": kept - costs[0] - costs[1] * stays}  # fmt: skip
    if {"true_uplift", "true_risk"} <= set(table.columns):
        lift, risk = (table[c].to_numpy()[top] for c in ("true_uplift", "true_risk"))
        gain = lift * value[top] - costs[0] - costs[1] * (1 - risk + lift)
        row |= {"true_saved": float(lift.mean()), "true_profit": float(gain.mean()),
                "leavers": float(risk.mean())}  # fmt: skip
    return row
