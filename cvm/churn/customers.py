r"""Customers who leave, and a campaign to hold them: everything with a known truth.

**Leaving.** Customer :math:`i` has the hazard of leaving

.. math::

   h_i(t) = h_0\,k\,t^{k-1} e^{\eta_i(t) + \sigma z_i}, \qquad
   \eta_i(t) = b_1\,\text{monthly}_i\,(1 - \text{fading}\,[t > 12]) + b_2\,\text{calls}_i
   + b_3\,(\text{usage}_i - 10)

in a month, :math:`t` months after joining, :math:`z_i` standard normal and unseen. The
firm sees the covariates, how long the customer has been here, and whether the customer has
left: those who joined lately are *censored*, their lives are not over. With ``fading`` above
zero the effect of the contract changes with time, and hazards are not proportional.

**The campaign.** It calls on some of those still there. :math:`Y^0` says whether the
customer leaves within ``horizon`` months if left alone, :math:`Y^1` if contacted:

================  ===========  ===========  ==================================
type              :math:`Y^0`  :math:`Y^1`  contacting the customer
================  ===========  ===========  ==================================
persuadable       leaves       stays        saves one
sure              stays        stays        gives money away
lost cause        leaves       leaves       wastes the call
do not disturb    stays        leaves       loses one
================  ===========  ===========  ==================================

:math:`Y^0` is the life above. Whoever would leave is saved with probability
:math:`q_i = \operatorname{logit}^{-1}(\operatorname{logit}(\text{save})
- \text{stubborn}\,(r_i - \bar r))`, :math:`r_i` the log hazard; whoever would stay is
disturbed with probability :math:`d_i = \text{disturb}\cdot 2
\operatorname{logit}^{-1}((10 - \text{usage}_i)/2)`, at most 1: a customer who hardly uses
what is paid for is reminded of it. So with :math:`p_i` the risk,

.. math:: \text{uplift}_i = p_i\, q_i - (1 - p_i)\, d_i .

**The estimands.** The uplift: by how much a contact lowers the chance that the customer
leaves; and who stays because of the campaign, for each way of choosing whom to contact.

**What the naive answer gets wrong.** It reads risk as need: contact those most likely to
leave. But risk is :math:`p_i`, and what counts is :math:`p_i q_i - (1-p_i) d_i`. Where
the angry cannot be talked round and sleepers are woken, risk and uplift point to different
people (:func:`cvm.churn.compare_targeting`). And a campaign that contacted those at
risk looks as if contact drove customers away (:func:`cvm.churn.campaign_effect`).

**Who is contacted.** ``randomised``: lots are drawn. ``observed risk``: those at higher
risk, by what the firm's table holds; adjustment can put that right. ``judgement``: by
:math:`z_i` too, which the sales staff feel and no table holds; adjustment cannot.

**Where it comes from.** Proportional hazards: Cox (1972). The four types: Radcliffe (2007).
That risk and response to a campaign are different things, and what it costs to take one for
the other: Ascarza (2018). At second hand; sizes are for teaching.

**Simplified for teaching.** Covariates stand still. One contact, one answer. Nobody tells a
neighbour of the offer. Who is censored has nothing to do with who would leave.

References
----------
Ascarza, E. (2018). Retention futility: targeting high-risk customers might be ineffective.
*Journal of Marketing Research* 55(1), 80-98.
Cox, D. R. (1972). Regression models and life-tables. *Journal of the Royal Statistical
Society B* 34(2), 187-220.
Radcliffe, N. J. (2007). Using control groups to target on predicted lift: building and
assessing uplift models. *Direct Marketing Analytics Journal* 1, 14-21.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit, logit

from cvm.churn.door import check_size
from cvm.levers import Levers, assumption, lever, needs_world
from cvm.luck import Luck, bernoulli, poisson
from cvm.words import N_

__all__ = ["ASSIGNMENTS", "COVARIATES", "TYPES", "Churn", "ChurnTables", "simulate_churn"]

Floats = NDArray[np.float64]

#: How the customers of the campaign were chosen.
ASSIGNMENTS = (N_("randomised"), N_("observed risk"), N_("judgement"))
#: What the firm's table holds of each customer before the campaign.
COVARIATES = ("monthly", "calls", "usage")
#: How customers answer a contact.
TYPES = (N_("persuadable"), N_("sure"), N_("lost cause"), N_("do not disturb"))
#: Month after which the effect of the contract may fade.
TURN = 12.0
#: Mean of the usage, in gigabytes a month; the hazard is written from here.
USAGE = 10.0


class Churn(Levers):
    """Why customers leave, how a campaign answers, and whom it contacts."""

    assignment: str = lever(
        "randomised", options=ASSIGNMENTS, meaning=N_("How the contacted customers are chosen")
    )
    contacted: float = lever(
        0.5, low=0.05, high=0.95, unit="share",
        meaning=N_("Customers contacted, of those still there"),
    )  # fmt: skip
    contact_cost: float = lever(
        2.0, low=0, high=50, unit=N_("yuan"), meaning=N_("Cost of contacting one customer")
    )
    offer_cost: float = lever(
        10.0, low=0, high=200, unit=N_("yuan"),
        meaning=N_("Cost of the offer to each contacted customer who stays"),
    )  # fmt: skip
    horizon: int = lever(
        6, low=1, high=24, unit=N_("months"), meaning=N_("Months over which the campaign is judged")
    )
    window: int = assumption(
        36, low=6, high=120, unit=N_("months"),
        meaning=N_("Months since the first of these customers could join"),
    )  # fmt: skip
    hazard: float = assumption(
        0.012, low=0.001, high=0.2, unit="share",
        meaning=N_("Monthly hazard with a yearly contract, no calls and average use"),
    )  # fmt: skip
    shape: float = assumption(
        1.0, low=0.4, high=2.5,
        meaning=N_("How each one's hazard moves with time: below 1 it falls, above 1 it rises"),
    )  # fmt: skip
    heterogeneity: float = assumption(
        0.5, low=0, high=2, unit=N_("log hazard"),
        meaning=N_("How much customers differ in what the firm does not see"),
    )  # fmt: skip
    monthly_effect: float = assumption(
        0.9, low=-1, high=3, unit=N_("log hazard"),
        meaning=N_("What a contract by the month adds, against one by the year"),
    )  # fmt: skip
    calls_effect: float = assumption(
        0.25, low=-1, high=1.5, unit=N_("log hazard"),
        meaning=N_("What each call to the service desk adds"),
    )  # fmt: skip
    usage_effect: float = assumption(
        -0.06, low=-0.5, high=0.5, unit=N_("log hazard"), meaning=N_("What each gigabyte adds")
    )
    fading: float = assumption(
        0.0, low=0, high=1, unit="share",
        meaning=N_("How much of the contract's effect is gone after a year"),
    )  # fmt: skip
    save: float = assumption(
        0.5, low=0.01, high=0.95, unit="share",
        meaning=N_("Leavers of average risk whom a contact saves"),
    )  # fmt: skip
    stubborn: float = assumption(
        1.2, low=-2, high=4, meaning=N_("How much harder those at higher risk are to save"),
        source=N_("direction: Ascarza 2018; number: teaching"),
    )  # fmt: skip
    disturb: float = assumption(
        0.03, low=0, high=0.5, unit="share",
        meaning=N_("Stayers of average use whom a contact drives away"),
        source=N_("direction: Ascarza 2018; number: teaching"),
    )  # fmt: skip
    selection: float = assumption(
        1.0, low=0, high=4, unit=N_("log-odds"),
        meaning=N_("How strongly risk decides who is contacted, where lots are not drawn"),
    )  # fmt: skip
    margin: float = assumption(
        0.4, low=0.02, high=0.95, unit="share", meaning=N_("Margin on what customers pay")
    )
    life_ahead: float = assumption(
        18.0, low=1, high=120, unit=N_("months"),
        meaning=N_("How much longer a customer pays who was there at the end of the campaign"),
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class ChurnTables:
    """What :func:`simulate_churn` makes.

    Parameters
    ----------
    customers : DataFrame
        One row a customer ever won: ``customer``, ``monthly`` (1 for a contract by the
        month, 0 by the year), ``calls`` (to the service desk), ``usage`` (gigabytes a
        month), ``price`` (yuan a month), ``months`` (from joining to leaving or to
        today), ``left`` (True or False), ``true_life`` (months to leaving if never
        contacted), ``true_frailty`` (what nobody sees, log hazard).
    campaign : DataFrame
        One row a customer still there: ``customer``, the same covariates, ``months``
        (so far), ``value`` (yuan a customer who stays is worth), ``contacted``,
        ``left`` (within the horizon), ``true_risk`` (of leaving if left alone),
        ``true_uplift`` (what a contact takes from it), ``true_gain`` (yuan earned by
        contacting), ``true_propensity`` (of being contacted), ``true_type``.
    """

    customers: pd.DataFrame
    campaign: pd.DataFrame


@needs_world
def simulate_churn(world: Churn, *, n: int, seed: int) -> ChurnTables:
    """Simulate customers' lives up to today, and a campaign among those still there.

    Parameters
    ----------
    world : Churn
        Levers and assumptions.
    n : int
        Customers ever won, 1 or more; a larger ``n`` keeps the first ones.
    seed : int
        The luck; the same customers under any levers.

    Returns
    -------
    ChurnTables
        Lives are in months; the effects on the log hazard are ``monthly_effect``,
        ``calls_effect`` and ``usage_effect``. The campaign's table is empty where all left.
    """
    check_size(n)
    luck = Luck(seed)
    people = pd.DataFrame(
        {
            "customer": np.arange(1, n + 1),
            "monthly": bernoulli(luck.uniform("contract", n), 0.55).astype(int),
            "calls": poisson(luck.uniform("calls", n), 1.2),
            "usage": np.round(USAGE / 4 * luck.gamma("usage", n, shape=4.0), 1),
            "price": np.round(30 + 10 * luck.gamma("price", n, shape=4.0)),
        }
    )
    frailty = luck.normal("frailty", n)
    log_hazard = _log_hazard(world, people, frailty)
    life = _life(world, log_hazard, people["monthly"].to_numpy(), luck.uniform("life", n))
    # Whole months of follow-up, so that a month is watched to its end or not at all.
    follow = np.floor(luck.uniform("joining", n) * world.window) + 1
    left = life <= follow
    told = people.assign(
        months=np.minimum(life, follow), left=left, true_life=life, true_frailty=frailty
    )
    campaign = _campaign(world, told, log_hazard, frailty, luck)
    return ChurnTables(
        customers=told, campaign=campaign.loc[~left, list(_SHOWN)].reset_index(drop=True)
    )


def _log_hazard(world: Churn, people: pd.DataFrame, frailty: Floats) -> Floats:
    """Log hazard in the first year, at a month with t = 1."""
    shift = (
        world.monthly_effect * people["monthly"]
        + world.calls_effect * people["calls"]
        + world.usage_effect * (people["usage"] - USAGE)
    )
    return np.asarray(np.log(world.hazard) + shift + world.heterogeneity * frailty, dtype=float)


def _cumulative(world: Churn, log_hazard: Floats, monthly: Floats, t: Floats) -> Floats:
    """Cumulative hazard at time t; after the turn the contract counts for less."""
    power, turn = t**world.shape, TURN**world.shape
    late = np.exp(-world.monthly_effect * world.fading * monthly)
    grown = np.minimum(power, turn) + late * np.maximum(power - turn, 0)
    return np.asarray(np.exp(log_hazard) * grown)


def _life(world: Churn, log_hazard: Floats, monthly: Floats, u: Floats) -> Floats:
    """Invert the cumulative hazard: a life for each uniform; a low draw leaves soon."""
    reached, turn = -np.log1p(-u) * np.exp(-log_hazard), TURN**world.shape
    late = np.exp(world.monthly_effect * world.fading * monthly)
    power = np.minimum(reached, turn) + late * np.maximum(reached - turn, 0)
    # A draw of exactly 0 would leave at the moment of joining.
    return np.asarray(np.maximum(power, 1e-9) ** (1 / world.shape))


def _campaign(
    world: Churn, people: pd.DataFrame, log_hazard: Floats, frailty: Floats, luck: Luck
) -> pd.DataFrame:
    n, usage = len(people), people["usage"].to_numpy()
    age, monthly = people["months"].to_numpy(), people["monthly"].to_numpy(dtype=float)
    more = [_cumulative(world, log_hazard, monthly, age + wait) for wait in (0, world.horizon)]
    risk = -np.expm1(more[0] - more[1])
    centred = log_hazard - _mean_log_hazard(world)
    saved = expit(logit(world.save) - world.stubborn * centred)
    woken = np.minimum(1, 2 * world.disturb * expit((USAGE - usage) / 2))
    uplift = risk * saved - (1 - risk) * woken
    propensity = _propensity(world, centred, frailty)
    contacted = bernoulli(luck.uniform("contacted", n), propensity)
    alone = people["true_life"].to_numpy() <= age + world.horizon
    answer = luck.uniform("answer", n)
    reached = np.where(alone, answer >= saved, answer < woken)
    value = world.margin * people["price"].to_numpy() * world.life_ahead
    stays = 1 - (risk - uplift)  # takes the offer
    gain = uplift * value - world.contact_cost - world.offer_cost * stays
    kinds = [alone & ~reached, ~alone & ~reached, alone & reached]
    return people.assign(
        value=value, contacted=contacted, left=np.where(contacted, reached, alone),
        true_risk=risk, true_uplift=uplift, true_gain=gain, true_propensity=propensity,
        true_type=np.select(kinds, TYPES[:3], default=TYPES[3]),
    )  # fmt: skip


def _mean_log_hazard(world: Churn) -> float:
    """Mean over all customers ever won, by the laws they are drawn from."""
    return float(np.log(world.hazard) + 0.55 * world.monthly_effect + 1.2 * world.calls_effect)


def _propensity(world: Churn, centred: Floats, frailty: Floats) -> Floats:
    if world.assignment == "randomised":
        return np.full(len(centred), world.contacted)
    seen = centred - world.heterogeneity * frailty
    # Judgement weighs what is unseen as heavily as everything seen.
    drive = seen if world.assignment == "observed risk" else seen + frailty
    return np.asarray(expit(logit(world.contacted) + world.selection * drive))


_SHOWN = (
    "customer", *COVARIATES, "price", "months", "value", "contacted", "left", "true_risk",
    "true_uplift", "true_gain", "true_propensity", "true_type",
)  # fmt: skip
