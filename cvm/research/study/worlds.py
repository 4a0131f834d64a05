r"""Data strategies on the kit's own simulators: where the table of a study comes from.

Each is a model whose truth is known, with the effect and what disturbs it as levers. The
estimand is computed from that truth, in closed form where there is one and else as a mean of
true effects over very many simulated customers, and never from an estimator.

* **Launch** is :class:`cvm.loyalty.Programme`: members choose themselves.
* **Threshold** is :class:`cvm.tiering.Rewards`: a status from a number of points on.
* **Campaign**: :mod:`cvm.churn`'s contact of those still there; whom is decided by lot, by what
  the table holds, or by judgement. ``strength`` scales how many the contact changes: at 0 every
  customer does what it would have done alone.
* **Leaving** is :class:`cvm.churn.Churn`: lives that are not over, a hazard with covariates.
* **Invitation**: the launch, with an invitation drawn by lot that makes joining easier. The
  effect is the same for all, so that on those whom the invitation moves is that of all.
* **Panel**: customers of :mod:`cvm.market`, month by month, who take up an app and put it down
  again. With a month's spend :math:`y^0_{it}` of the market, :math:`y_{it} = y^0_{it} +
  \text{effect}\cdot T_{it}`, and they use it in a month where
  :math:`a z_i + b\,l_{it} + \sqrt{1-a^2-b^2}\,u_{it}` is above a bound, :math:`z_i` being the lasting
  rate of spending and :math:`l_{it}` the last month's spend against it (both as normal scores).
* **Waves**: :mod:`cvm.survey` asks before and after quality was raised; customers of one dealer
  answer alike, and part of the sample is asked twice.
* **Curve**: :mod:`cvm.loyalty`'s customers, satisfied and then buying again; ``bend`` mixes the
  market's curve with the straight line through its ends.

**What the naive answer gets wrong** is measured, not told: a design names its naive analysis
and :func:`cvm.research.study.diagnose` runs it beside the planned one.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri

from cvm.churn import Churn, ChurnTables, simulate_churn
from cvm.levers import Levers, assumption, lever, needs_world
from cvm.luck import Luck, bernoulli
from cvm.survey import CLEAN, Survey, simulate_survey
from cvm.words import N_

__all__ = [
    "Campaign", "Curve", "Invitation", "Panel", "Waves", "simulate_campaign", "simulate_curve",
    "simulate_invitation", "simulate_panel", "simulate_waves",
]  # fmt: skip

Floats = NDArray[np.float64]

#: The questions that make up the score of satisfaction.
SATISFACTION = ["SATI1", "SATI2", "SATI3"]


class Campaign(Levers):
    """A campaign that contacts some customers so that they stay."""

    assignment: str = lever(
        "randomised", options=("randomised", "observed risk", "judgement"),
        meaning=N_("How the contacted customers are chosen"),
    )  # fmt: skip
    contacted: float = lever(
        0.5, low=0.05, high=0.95, unit="share", meaning=N_("Customers contacted")
    )
    strength: float = assumption(
        1.0, low=0, high=1, unit="share",
        meaning=N_("Customers on whom a contact can have an effect at all"),
    )  # fmt: skip
    save: float = assumption(
        0.5, low=0.01, high=0.95, unit="share",
        meaning=N_("Leavers of average risk whom a contact saves"),
    )  # fmt: skip
    disturb: float = assumption(
        0.0, low=0, high=0.5, unit="share", meaning=N_("Stayers whom a contact drives away")
    )
    hazard: float = assumption(
        0.03, low=0.001, high=0.2, unit="share", meaning=N_("Monthly hazard of a calm customer")
    )
    selection: float = assumption(
        1.0, low=0, high=4, unit=N_("log-odds"),
        meaning=N_("How strongly risk decides who is contacted, where lots are not drawn"),
    )  # fmt: skip
    unseen: float = assumption(
        0.5, low=0, high=2, unit=N_("log hazard"),
        meaning=N_("How much customers differ in what the table does not hold"),
    )  # fmt: skip


@needs_world
def simulate_campaign(world: Campaign, *, n: int, seed: int) -> pd.DataFrame:
    """Simulate a campaign among customers still there.

    Parameters
    ----------
    world : Campaign
        Levers and assumptions.
    n : int
        Customers of the campaign; a larger ``n`` keeps the first ones.
    seed : int
        The luck.

    Returns
    -------
    DataFrame
        One row a customer: ``customer``, ``monthly``, ``calls``, ``usage``, ``contacted``,
        ``stayed``, and the truth: ``true_effect`` (on the chance to stay), ``true_alone``.
    """
    told = Churn(
        assignment=world.assignment, contacted=world.contacted, save=world.save,
        disturb=world.disturb, hazard=world.hazard, selection=world.selection,
        heterogeneity=world.unseen, window=12,
    )  # fmt: skip
    # Enough are won for n to be left; who they are does not hang on how many are asked for.
    won = int(1.6 * n) + 50
    while True:
        tables = _churned(told, won, seed)
        if len(tables.campaign) >= n:
            break
        won = int(won * 1.2 * n / max(len(tables.campaign), n / 20)) + 50
    table = tables.campaign.head(n)
    life = tables.customers.set_index("customer")["true_life"]
    alone = life.loc[table["customer"]].to_numpy() <= table["months"].to_numpy() + told.horizon
    works = bernoulli(Luck(seed).uniform("campaign works", won), world.strength)
    works = works[table["customer"].to_numpy() - 1]
    left = np.where(works, table["left"].to_numpy(bool), alone)
    kept = ["customer", "monthly", "calls", "usage", "contacted"]
    return table[kept].assign(
        stayed=~left, true_effect=world.strength * table["true_uplift"], true_alone=~alone
    )


@lru_cache(maxsize=2)
def _churned(world: Churn, won: int, seed: int) -> ChurnTables:
    # The same customers with and without an effect: a diagnosis asks for both.
    return simulate_churn(world, n=won, seed=seed)


class Invitation(Levers):
    """A programme that everybody may join; an invitation by lot makes it easier."""

    invited: float = lever(0.5, low=0.05, high=0.95, unit="share", meaning=N_("Customers invited"))
    push: float = lever(
        1.0, low=0, high=3, unit=N_("standard deviations"),
        meaning=N_("How much readier the invitation makes a customer to join"),
    )  # fmt: skip
    effect: float = assumption(
        3.0, low=-10, high=20, unit=N_("yuan"),
        meaning=N_("What membership adds to a member's spend in a month"),
    )  # fmt: skip
    joining: float = assumption(
        0.3, low=0.05, high=0.95, unit="share", meaning=N_("Customers who join uninvited")
    )
    strength: float = assumption(
        0.7, low=0, high=1, meaning=N_("How far lasting loyalty decides who joins")
    )
    leak: float = assumption(
        0.0, low=-10, high=10, unit=N_("yuan"),
        meaning=N_("What the invitation itself adds to spend, member or not"),
    )  # fmt: skip


@needs_world
def simulate_invitation(world: Invitation, *, n: int, seed: int) -> pd.DataFrame:
    """Simulate a launch with invitations drawn by lot.

    Parameters
    ----------
    world : Invitation
        Levers and assumptions.
    n, seed : int
        Customers, and the luck.

    Returns
    -------
    DataFrame
        One row a customer: ``customer``, ``invited``, ``member``, ``spend_before``,
        ``spend_after`` (mean months), and ``true_effect``, ``true_loyalty``.
    """
    from cvm.loyalty import Programme, simulate_programme

    base = Programme(effect=0.0)
    table = simulate_programme(base, n=n, seed=seed).customers
    luck, strength = Luck(seed), world.strength
    loyal = (table["true_loyalty"] - base.mean_spend) / base.spread
    wish = strength * loyal + np.sqrt(1 - strength**2) * luck.normal("accepting", n)
    invited = bernoulli(luck.uniform("invited", n), world.invited)
    member = wish + world.push * invited > ndtri(1 - world.joining)
    spend = table["spend_after"] + world.effect * member + world.leak * invited
    return pd.DataFrame(
        {
            "customer": table["customer"], "invited": invited, "member": member,
            "spend_before": table["spend_before"], "spend_after": spend,
            "true_effect": world.effect, "true_loyalty": table["true_loyalty"],
        }
    )  # fmt: skip


class Panel(Levers):
    """Customers of the simulated market, month by month, who use an app or not."""

    effect: float = assumption(
        20.0, low=-100, high=200, unit=N_("yuan"),
        meaning=N_("What using the app adds to the spend of a month"),
    )  # fmt: skip
    using: float = assumption(
        0.4, low=0.05, high=0.95, unit="share", meaning=N_("Months in which the app is used")
    )
    selection: float = assumption(
        0.5, low=0, high=0.9, meaning=N_("How far those who always spend much use it more")
    )
    momentum: float = assumption(
        0.0, low=-0.4, high=0.4,
        meaning=N_("How far a good month makes a customer use it in the next"),
    )  # fmt: skip
    months: int = lever(6, low=3, high=24, unit=N_("months"), meaning=N_("Months watched"))


@needs_world
def simulate_panel(world: Panel, *, n: int, seed: int) -> pd.DataFrame:
    """Simulate a panel of customers who are there from the first month on.

    Parameters
    ----------
    world : Panel
        Levers and assumptions.
    n, seed : int
        Customers, and the luck.

    Returns
    -------
    DataFrame
        One row a customer and month as a customer: ``customer``, ``month`` (from 1),
        ``using``, ``spend`` (yuan), ``usual_using`` (the customer's own mean of using), and
        ``true_effect``, ``true_rate`` (lasting spend a month).
    """
    people, spend, rate = _market_spend(n, world.months, seed)
    luck = Luck(seed)
    lasting = _scores(np.broadcast_to(rate[:, None], spend.shape))
    last = _scores(np.log1p(spend)) - lasting
    recent = np.column_stack([np.zeros(len(people)), last[:, :-1] / max(last.std(), 1e-9)])
    own = np.sqrt(max(0.0, 1 - world.selection**2 - world.momentum**2))
    chance = luck.normal("app use", int(people.max()) + 1, world.months + 1)[people]
    # Half of what is left to chance lasts: some like the app, whatever they spend.
    taste = (chance[:, :1] + chance[:, 1:]) / np.sqrt(2)
    wish = world.selection * lasting + world.momentum * recent + own * taste
    using = wish > ndtri(1 - world.using)
    table = pd.DataFrame(
        {
            "customer": np.repeat(people, world.months),
            "month": np.tile(np.arange(1, world.months + 1), len(people)),
            "using": using.ravel(),
            "spend": (spend + world.effect * using).ravel(),
            "true_effect": world.effect,
            "true_rate": np.repeat(rate, world.months),
        }
    )
    usual = table.groupby("customer")["using"].transform("mean")
    table.insert(4, "usual_using", usual)
    return table


@lru_cache(maxsize=2)
def _market_spend(n: int, months: int, seed: int) -> tuple[NDArray[np.int64], Floats, Floats]:
    """Give the first n customers of a market, their spend by month, and its lasting rate."""
    from cvm.market import Market, simulate
    from cvm.market.panel import panel

    asked = 3 * n + 20
    while True:
        tables = simulate(Market(), n=asked, months=months + 1, seed=seed)
        rows = panel(tables)
        active = (rows["state"] == "actual").to_numpy().reshape(months + 1, asked)
        people = np.flatnonzero(active.all(axis=0))[:n]
        if len(people) >= n:
            break
        asked = int(1.5 * asked)
    spend = rows["revenue"].to_numpy().reshape(months + 1, asked)[1:, people].T
    truth = tables.truth.iloc[people]
    rate = (truth["true_rate"] * truth["true_spend"]).to_numpy(dtype=float)
    return people, np.ascontiguousarray(spend), rate


class Waves(Levers):
    """Two survey waves, quality being raised between them."""

    quality: float = assumption(
        0.3, low=-2, high=2, unit=N_("standard deviations"),
        meaning=N_("How far quality was raised between the waves"),
    )  # fmt: skip
    dealers: int = assumption(
        40, low=4, high=400, unit=N_("dealers"), meaning=N_("Dealers the customers belong to")
    )
    dealer_share: float = assumption(
        0.2, low=0, high=0.9, unit="share",
        meaning=N_("How much of quality lies between dealers"),
    )  # fmt: skip
    rollout: float = assumption(
        0.5, low=0.05, high=0.95, unit="share", meaning=N_("Dealers where quality was raised")
    )
    overlap: float = lever(
        0.0, low=0, high=1, unit="share",
        meaning=N_("How much of the second wave was asked in the first (1: a panel)"),
    )  # fmt: skip


@needs_world
def simulate_waves(world: Waves, *, n: int, seed: int) -> pd.DataFrame:
    """Ask two waves of customers; between them, quality is raised at some dealers drawn by lot.

    Parameters
    ----------
    world : Waves
        Levers and assumptions.
    n : int
        Customers in each wave.
    seed : int
        The luck.

    Returns
    -------
    DataFrame
        One row a respondent and wave: ``respondent``, ``wave``, ``dealer``, ``after`` (wave 2),
        ``pilot`` (dealer of the roll-out), ``treated`` (both), ``satisfaction`` (mean of three
        questions, 1 to 10).
    """
    plain = _survey(world, 0.0)
    fresh = n - round(world.overlap * n)
    pilots = _pilots(world, seed)
    waves = []
    for wave in (1, 2):
        asked = [
            simulate_survey(w, n=n, seed=seed, wave=wave, start=(wave - 1) * fresh, everyone=True)
            for w in ((plain,) if wave == 1 else (plain, _survey(world, world.quality)))
        ]
        scores = [one[SATISFACTION].mean(axis=1) for one in asked]
        pilot = pilots[asked[0]["cluster"].to_numpy()]
        waves.append(
            pd.DataFrame(
                {
                    "respondent": asked[0]["respondent"], "wave": wave,
                    "dealer": asked[0]["cluster"], "after": wave == 2, "pilot": pilot,
                    "treated": pilot & (wave == 2),
                    "satisfaction": np.where(pilot, scores[-1], scores[0]),
                }
            )
        )  # fmt: skip
    return pd.concat(waves, ignore_index=True)


def waves_effect(world: Waves) -> float:
    """Mean rise of the score that the raise causes, over 60,000 simulated respondents."""
    scores = [
        simulate_survey(_survey(world, quality), n=60_000, seed=0, wave=2, everyone=True)[
            SATISFACTION
        ].mean(axis=1)
        for quality in (0.0, world.quality)
    ]
    return float((scores[1] - scores[0]).mean())


def _survey(world: Waves, quality: float) -> Survey:
    moved = {"fieldwork.dealers": world.dealers, "fieldwork.dealer_share": world.dealer_share}
    return CLEAN.replace(**moved, **{"structure.quality": quality})


def _pilots(world: Waves, seed: int) -> NDArray[np.bool_]:
    """Draw the dealers of the roll-out: a fixed share of them."""
    order = np.argsort(Luck(seed).uniform("roll-out", world.dealers), kind="stable")
    chosen = np.zeros(world.dealers, bool)
    chosen[order[: max(1, round(world.rollout * world.dealers))]] = True
    return chosen


class Curve(Levers):
    """Customers whose satisfaction is known, and whether they bought again."""

    bend: float = assumption(
        1.0, low=0, high=1, unit="share",
        meaning=N_("How far the chance to buy again follows the market's curve and not a line"),
    )  # fmt: skip
    competition: float = assumption(
        0.8, low=0, high=1, meaning=N_("Competition: 0 leaves customers no one to go to")
    )
    satisfaction: float = assumption(
        65.0, low=20, high=95, unit=N_("points of satisfaction"),
        meaning=N_("Satisfaction of the average customer"),
    )  # fmt: skip
    blur: float = assumption(
        0.0, low=0, high=30, unit=N_("points of satisfaction"),
        meaning=N_("How much the answer to the survey is blurred"),
    )  # fmt: skip
    knee: float = lever(
        70.0, low=30, high=90, unit=N_("points of satisfaction"),
        meaning=N_("Where the curve is said to bend"),
    )  # fmt: skip


@needs_world
def simulate_curve(world: Curve, *, n: int, seed: int) -> pd.DataFrame:
    """Simulate customers' satisfaction and whether they buy again.

    Parameters
    ----------
    world : Curve
        Levers and assumptions.
    n, seed : int
        Customers, and the luck.

    Returns
    -------
    DataFrame
        One row a customer: ``customer``, ``satisfaction`` (points, blurred), ``bought_again``
        (0 or 1), ``true_satisfaction``, ``true_probability``.
    """
    from cvm.loyalty import Loyalty, LoyaltyStudy, simulate_loyalty
    from cvm.loyalty.curve import attitude

    market = Loyalty(competition=world.competition)
    study = LoyaltyStudy(satisfaction=world.satisfaction, alike=5.0)
    happy = simulate_loyalty(market, n=n, seed=seed, study=study)["true_satisfaction"].to_numpy()
    fond = world.bend * attitude(happy, market) + (1 - world.bend) * happy / 100
    chance, luck = 0.15 + 0.7 * fond, Luck(seed)
    return pd.DataFrame(
        {
            "customer": np.arange(1, n + 1),
            "satisfaction": happy + world.blur * luck.normal("blur", n),
            "bought_again": bernoulli(luck.uniform("buying again", n), chance).astype(int),
            "true_satisfaction": happy,
            "true_probability": chance,
        }
    )


def curve_bend(world: Curve) -> float:
    """Slope above the knee less slope below, of the best bent line through the true chances."""
    rows = simulate_curve(world.replace(blur=0.0), n=60_000, seed=0)
    x = rows["true_satisfaction"].to_numpy() - world.knee
    design = np.column_stack([np.ones(len(x)), np.minimum(x, 0), np.maximum(x, 0)])
    slopes = np.linalg.lstsq(design, rows["true_probability"].to_numpy(), rcond=None)[0]
    return float(slopes[2] - slopes[1])


def _scores(x: Floats) -> Floats:
    """Turn values into normal scores by rank, ties at their middle."""
    from scipy.stats import rankdata

    return np.asarray(ndtri((rankdata(x).reshape(x.shape) - 0.5) / x.size))
