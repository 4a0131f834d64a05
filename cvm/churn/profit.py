r"""What a score is worth to a campaign: the expected maximum profit.

A campaign contacts the customers with the highest scores. Among them a leaver accepts the
offer with probability :math:`\gamma` and then stays, worth :math:`\text{clv}`; a stayer
takes the offer anyway. With :math:`\delta = \text{offer}/\text{clv}`,
:math:`\phi = \text{contact}/\text{clv}`, the share :math:`\pi_0` of leavers, and
:math:`F_0, F_1` the shares of leavers and of stayers above the threshold,

.. math::

   P(\gamma) = \text{clv}\,\bigl[(\gamma(1-\delta) - \phi)\,\pi_0 F_0
   - (\delta + \phi)\,(1-\pi_0) F_1\bigr], \qquad
   \text{EMP} = \int_0^1 \max_{\text{threshold}} P(\gamma)\; h(\gamma)\, d\gamma ,

per customer scored, with :math:`h` a beta density: the firm does not know how many will
accept. For each :math:`\gamma` the best threshold is a corner of the convex hull of the
ROC curve, so the integral is a sum of incomplete beta functions.

**The estimand.** Profit per customer of the best campaign this *ranking* allows; the share
to contact goes with it.

**What it takes for granted.** That everybody at risk accepts as readily, whatever the
risk, and that no contact drives a customer away. Where that is wrong - see
:mod:`cvm.churn.uplift` - it praises the wrong score.

**Where it comes from.** Verbraken, Verbeke & Baesens (2013), with the default values of the
R package EMP; at second hand.

References
----------
Verbraken, T., Verbeke, W. & Baesens, B. (2013). A novel profit maximizing metric for
measuring classification performance of customer churn prediction models. *IEEE Transactions
on Knowledge and Data Engineering* 25(5), 961-973.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainc

from cvm.churn.door import events_of, floats_of
from cvm.errors import CvmError
from cvm.inputs import whole_number
from cvm.levers import Levers, assumption, lever
from cvm.results import Result, number
from cvm.words import N_, _

__all__ = [
    "Offer", "ScoreProfit", "check_pair", "expected_maximum_profit", "profit_curve", "roc_hull",
]  # fmt: skip

Floats = NDArray[np.float64]


class Offer(Levers):
    """A retention offer, and what the firm knows of its success."""

    contact: float = lever(
        1.0, low=0, high=100, unit=N_("yuan"), meaning=N_("Cost of contacting one customer"),
        source=N_("default of the R package EMP"),
    )  # fmt: skip
    offer: float = lever(
        10.0, low=0, high=500, unit=N_("yuan"),
        meaning=N_("Cost of the offer to each customer who accepts it"),
        source=N_("default of the R package EMP"),
    )  # fmt: skip
    clv: float = assumption(
        200.0, low=1, high=100_000, unit=N_("yuan"),
        meaning=N_("Value of a customer who stays"),
        source=N_("default of the R package EMP"),
    )  # fmt: skip
    accept: float = assumption(
        0.3, low=0.01, high=0.99, unit="share", meaning=N_("Leavers who accept the offer, on average"),
        source=N_("default of the R package EMP"),
    )  # fmt: skip
    sure: float = assumption(
        20.0, low=2.1, high=1000,
        meaning=N_("How sure of that the firm is (sum of the beta's parameters)"),
        source=N_("default of the R package EMP"),
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True, repr=False)
class ScoreProfit(Result):
    """The expected maximum profit of a score.

    Parameters
    ----------
    value : float
        Currency per customer scored.
    contact_share : float
        Customers to contact, on average over what the firm does not know.
    everybody : float
        Profit per customer of contacting all, or nobody if that is better.
    perfect : float
        The same for a score that knows who leaves.
    """

    value: float
    contact_share: float
    everybody: float
    perfect: float

    def sentence(self) -> str:
        """Say the profit beside the profit without and with full knowledge."""
        return _(
            "The best campaign by this score contacts {share} of the customers and earns {value} per "
            "customer scored; without a score it would be {none}, knowing who leaves {all}.",
            share=number(self.contact_share, "share"), value=number(self.value),
            none=number(self.everybody), all=number(self.perfect),
        )  # fmt: skip


def expected_maximum_profit(
    outcome: ArrayLike, score: ArrayLike, *, offer: Offer | None = None
) -> ScoreProfit:
    """Judge a score by the profit of the best campaign it allows.

    Parameters
    ----------
    outcome : array_like
        Who left: True or False, one a customer.
    score : array_like
        Higher for those thought more likely to leave; on any scale.
    offer : Offer, optional
        Costs, value and acceptance; the defaults of the R package EMP without it.

    Returns
    -------
    ScoreProfit
    """
    left, points = check_pair(outcome, score)
    world = _offer(offer)
    share = float(left.mean())
    value, contacted = _expected(*roc_hull(left, points), share, world)
    blind, _share = _expected(np.array([0.0, 1.0]), np.array([0.0, 1.0]), share, world)
    perfect, _share = _expected(np.array([0.0, 0, 1]), np.array([0.0, 1, 1]), share, world)
    return ScoreProfit(value=value, contact_share=contacted, everybody=blind, perfect=perfect)


def profit_curve(
    outcome: ArrayLike, score: ArrayLike, *, offer: Offer | None = None, steps: int = 50
) -> pd.DataFrame:
    """Work out the profit of contacting more and more customers, from the highest score down.

    Parameters
    ----------
    outcome : array_like
        Who left: True or False, one a customer.
    score : array_like
        Higher for those thought more likely to leave; on any scale.
    offer : Offer, optional
        Costs, value and acceptance, taken at its mean; the defaults without it.
    steps : int
        Steps from nobody to everybody, 2 or more.

    Returns
    -------
    DataFrame
        One row a step, from 0: ``contacted`` (share of customers), ``found`` (share of the
        leavers), ``profit`` (currency per customer scored). Customers of one score stand in
        the order of the table, so shuffle a table that is sorted by outcome.
    """
    left, points = check_pair(outcome, score)
    world = _offer(offer)
    steps = whole_number(steps, name="steps", least=2)
    order = np.argsort(-points, kind="stable")
    at = np.round(np.linspace(0, len(left), steps + 1)).astype(int)
    leavers = np.r_[0.0, np.cumsum(left[order])][at]
    kept = world.accept * (world.clv - world.offer) * leavers
    gain = kept - world.offer * (at - leavers) - world.contact * at
    return pd.DataFrame(
        {"contacted": at / len(left), "found": leavers / left.sum(), "profit": gain / len(left)}
    )


def roc_hull(left: Floats, score: Floats) -> tuple[Floats, Floats]:
    """Give the corners of the convex hull of the ROC curve.

    Parameters
    ----------
    left : ndarray
        1 for those who left, 0 for those who stayed, both present.
    score : ndarray
        One number a customer.

    Returns
    -------
    false, true : ndarray
        Shares of stayers and of leavers above each threshold, from (0, 0) to (1, 1).
    """
    left, score = check_pair(left, score)
    order = np.argsort(-score, kind="stable")
    ends = np.r_[np.flatnonzero(np.diff(score[order])), len(score) - 1]
    caught = np.cumsum(left[order])[ends]
    true = np.r_[0.0, caught / left.sum()]
    false = np.r_[0.0, (ends + 1 - caught) / (len(left) - left.sum())]
    corners: list[int] = []
    for at in range(len(true)):  # the upper hull, by Andrew's chain
        while len(corners) > 1 and _turns_up(false, true, corners[-2], corners[-1], at):
            corners.pop()
        corners.append(at)
    return false[corners], true[corners]


def check_pair(outcome: ArrayLike, score: ArrayLike) -> tuple[Floats, Floats]:
    """Give who left and the score as arrays of one length, or say what is wrong."""
    left, points = events_of(_("The outcome"), outcome), floats_of(_("The score"), score)
    if len(left) != len(points):
        raise CvmError(
            _("Outcome and score must belong to the same customers."),
            given={"outcome": len(left), "score": len(points)},
            remedy=_("Take both from one table."),
        )
    return left, points


def _offer(offer: Offer | None) -> Offer:
    if offer is not None and not isinstance(offer, Offer):
        wrong = _("An offer is declared with its costs.")
        raise CvmError(
            wrong, given=offer, remedy=_("Write for example Offer(contact=1, offer=10).")
        )
    return offer or Offer()


def _turns_up(false: Floats, true: Floats, a: int, b: int, c: int) -> bool:
    """Whether the middle of three points lies on or under the line between the others."""
    return bool(
        (true[b] - true[a]) * (false[c] - false[a]) <= (true[c] - true[a]) * (false[b] - false[a])
    )


def _expected(false: Floats, true: Floats, share: float, world: Offer) -> tuple[float, float]:
    """Sum the profit over the corners, each for the acceptances at which it is best."""
    delta, phi = world.offer / world.clv, world.contact / world.clv
    if delta >= 1:
        wrong = _("The offer costs no less than the customer is worth: no campaign can pay.")
        raise CvmError(wrong, given={"offer": world.offer, "clv": world.clv},
                       remedy=_("Give a cheaper offer, or the right value."))  # fmt: skip
    rise, run = share * np.diff(true), (1 - share) * np.diff(false)
    with np.errstate(divide="ignore"):  # a flat piece is never worth going along
        slope = np.where(rise > 0, run / np.where(rise > 0, rise, 1), np.inf)
    turn = np.r_[0.0, np.clip(((delta + phi) * slope + phi) / (1 - delta), 0, 1), 1.0]
    a, b = world.accept * world.sure, (1 - world.accept) * world.sure
    mass = np.diff(betainc(a, b, turn))
    mean = world.accept * np.diff(betainc(a + 1, b, turn))
    gain = ((1 - delta) * mean - phi * mass) * share * true
    waste = (delta + phi) * mass * (1 - share) * false
    contacted = mass * (share * true + (1 - share) * false)
    return world.clv * float((gain - waste).sum()), float(contacted.sum())
