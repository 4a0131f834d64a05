"""The data strategies in one list: simulator, estimands, the lever that is the effect."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from cvm.churn import Churn, simulate_churn
from cvm.errors import CvmError, near_miss
from cvm.inputs import whole_number
from cvm.levers import Levers, needs_world
from cvm.loyalty import Programme, simulate_programme
from cvm.research.study import trials, worlds
from cvm.results import number
from cvm.tiering import Rewards, expected_rate, simulate_rewards
from cvm.words import N_, _

__all__ = ["DataStrategy", "data_strategies", "simulate_data", "strategy_of", "true_effect"]

#: Customers behind an estimand that has no closed form.
MANY = 60_000

Truth = Callable[[Any], float]


@dataclass(frozen=True, kw_only=True)
class DataStrategy:
    """One way to come by data, with its truth.

    Parameters
    ----------
    name : str
        Short name.
    words : str
        What it is; shown through the catalogue.
    world : type
        The class of its levers.
    simulate : callable
        ``simulate(world, n=, seed=)`` gives the table.
    effect : str
        The lever that is the effect; at 0 there is none.
    estimands : mapping
        What can be asked, by its name: words, and a function from the world to the truth.
    unit : str
        Column whose values are counted by ``n``; empty where a row is one.
    """

    name: str
    words: str
    world: type[Levers]
    simulate: Callable[..., pd.DataFrame]
    effect: str
    estimands: Mapping[str, tuple[str, Truth]]
    unit: str = ""


def _launch(world: Programme, *, n: int, seed: int) -> pd.DataFrame:
    return simulate_programme(world, n=n, seed=seed).customers


def _lives(world: Churn, *, n: int, seed: int) -> pd.DataFrame:
    return simulate_churn(world, n=n, seed=seed).customers


def _at_threshold(world: Rewards) -> float:
    """Visits the privilege adds to a customer who has just reached the threshold."""
    if not world.announced or world.pressure == 0:
        return world.lift * float(expected_rate(world.threshold, world=world))
    rows = simulate_rewards(world, n=2 * MANY, seed=0)
    return float(rows.loc[rows["points"] == world.threshold, "true_lift"].mean())


def _campaign(world: worlds.Campaign) -> float:
    """Mean of the true effects over very many customers of the campaign."""
    return float(worlds.simulate_campaign(world, n=MANY, seed=0)["true_effect"].mean())


def _campaign_treated(world: worlds.Campaign) -> float:
    rows = worlds.simulate_campaign(world, n=MANY, seed=0)
    return float(rows.loc[rows["contacted"].astype(bool), "true_effect"].mean())


def _pilot_total(world: trials.Pilot) -> float:
    return world.direct + world.to_satisfaction * world.to_loyalty


def _pilot_indirect(world: trials.Pilot) -> float:
    return world.to_satisfaction * world.to_loyalty


STRATEGIES = (
    DataStrategy(
        name="panel", words=N_("a panel of customers by month, who take up an app by themselves"),
        world=worlds.Panel, simulate=worlds.simulate_panel, effect="effect", unit="customer",
        estimands={"effect": (N_("what a month with the app adds to its spend"), lambda w: w.effect)},
    ),
    DataStrategy(
        name="waves", words=N_("two survey waves, quality raised between them at some dealers"),
        world=worlds.Waves, simulate=worlds.simulate_waves, effect="quality",
        estimands={"effect": (N_("what the raise adds to mean satisfaction"), worlds.waves_effect)},
    ),
    DataStrategy(
        name="launch", words=N_("a programme that customers choose to join"),
        world=Programme, simulate=_launch, effect="effect",
        estimands={"effect": (N_("what membership adds to a member's month"), lambda w: w.effect)},
    ),
    DataStrategy(
        name="threshold", words=N_("a status from a number of points on"),
        world=Rewards, simulate=simulate_rewards, effect="lift",
        estimands={"effect": (N_("visits the status adds to a customer at the threshold"), _at_threshold)},
    ),
    DataStrategy(
        name="campaign", words=N_("a campaign that contacts some customers"),
        world=worlds.Campaign, simulate=worlds.simulate_campaign, effect="strength",
        estimands={
            "effect": (N_("what a contact adds to the chance to stay, over all customers"), _campaign),
            "treated": (N_("what the contact added among the contacted"), _campaign_treated),
        },
    ),
    DataStrategy(
        name="invitation", words=N_("a programme with invitations drawn by lot"),
        world=worlds.Invitation, simulate=worlds.simulate_invitation, effect="effect",
        estimands={"effect": (N_("what membership adds to a member's month"), lambda w: w.effect)},
    ),
    DataStrategy(
        name="switchback", words=N_("an offer switched on and off by region and week"),
        world=trials.Switchback, simulate=trials.simulate_switchback, effect="effect", unit="region",
        estimands={"effect": (N_("what the offer adds to a week when it is always on"), lambda w: w.effect)},
    ),
    DataStrategy(
        name="pilot", words=N_("a service pilot by lot, satisfaction asked before loyalty"),
        world=trials.Pilot, simulate=trials.simulate_pilot, effect="to_satisfaction",
        estimands={
            "indirect": (N_("what the pilot adds to loyalty through satisfaction"), _pilot_indirect),
            "total": (N_("what the pilot adds to loyalty"), _pilot_total),
            "moderation": (N_("how much more it adds for a year longer as a customer"), lambda w: w.moderation),
        },
    ),
    DataStrategy(
        name="lives", words=N_("customers' lives, many not over yet"),
        world=Churn, simulate=_lives, effect="calls_effect",
        estimands={"effect": (N_("what each call adds to the log hazard of leaving"), lambda w: w.calls_effect)},
    ),
    DataStrategy(
        name="curve", words=N_("satisfaction, and whether customers bought again"),
        world=worlds.Curve, simulate=worlds.simulate_curve, effect="bend",
        estimands={"effect": (N_("slope above the knee less slope below"), worlds.curve_bend)},
    ),
)  # fmt: skip


def data_strategies() -> pd.DataFrame:
    """List the data strategies.

    Returns
    -------
    DataFrame
        One row a strategy and estimand: ``name``, ``data`` (words), ``world`` (the class of
        its levers), ``effect`` (its lever), ``estimand``, ``asks`` (words).
    """
    rows = [
        {
            "name": one.name, "data": _(one.words), "world": one.world.__name__,
            "effect": one.effect, "estimand": name, "asks": _(words),
        }
        for one in STRATEGIES
        for name, (words, _truth) in one.estimands.items()
    ]  # fmt: skip
    return pd.DataFrame(rows)


def strategy_of(world: object) -> DataStrategy:
    """Find the data strategy that a world belongs to.

    Parameters
    ----------
    world : Levers
        An object of one of the classes that :func:`data_strategies` names, or such a
        class's name.

    Returns
    -------
    DataStrategy

    Raises
    ------
    CvmError
        For anything else.
    """
    name = world if isinstance(world, str) else type(world).__name__
    for one in STRATEGIES:
        if isinstance(world, one.world) or world == one.world.__name__:
            return one
    raise CvmError(
        _("A study's data comes from the world of a data strategy."), given=world,
        remedy=near_miss(name, [one.world.__name__ for one in STRATEGIES]),
    )  # fmt: skip


def simulate_data(world: Levers, *, n: int, seed: int) -> pd.DataFrame:
    """Simulate the table of a study.

    Parameters
    ----------
    world : Levers
        The world of a data strategy.
    n : int
        Customers (regions in a switchback; customers in each of two waves).
    seed : int
        The luck.

    Returns
    -------
    DataFrame
        As that strategy's simulator makes it; the truth is in the columns ``true_*``.

    Raises
    ------
    CvmError
        For a world that has no strategy, or a size that is not a whole number above zero.
    """
    return strategy_of(world).simulate(world, n=whole_number(n, name="n"), seed=seed)


@needs_world
def true_effect(world: Levers, *, estimand: str = "") -> float:
    """Give the true answer to a question about a world.

    Parameters
    ----------
    world : Levers
        The world of a data strategy.
    estimand : str
        A name from :func:`data_strategies`; that strategy's first without it.

    Returns
    -------
    float
        In the unit of the outcome.

    Raises
    ------
    CvmError
        For an estimand the strategy has not.
    """
    _estimand(world, estimand)  # what has no hash is refused before it could be remembered
    return _true(world, estimand)


@lru_cache(maxsize=64)
def _true(world: Levers, estimand: str) -> float:
    return float(_estimand(world, estimand)[1](world))


def estimand_words(world: Levers, estimand: str) -> str:
    """Say what an estimand asks, in words."""
    return _(_estimand(world, estimand)[0])


def _estimand(world: Levers, estimand: str) -> tuple[str, Truth]:
    known = strategy_of(world).estimands
    name = estimand or next(iter(known))
    if name not in list(known):
        wrong = _("This data strategy has no such estimand.")
        raise CvmError(wrong, given=estimand, remedy=near_miss(estimand, known))
    return known[name]


def effect_lever(world: Levers, estimand: str) -> str:
    """Name the lever that is the effect in this estimand."""
    strategy = strategy_of(world)
    return {"moderation": "moderation"}.get(estimand, strategy.effect)


def with_effect(world: Levers, *, estimand: str, truth: float) -> Levers:
    """Move a world's effect so that an estimand has a given truth.

    Parameters
    ----------
    world : Levers
        The world of a data strategy.
    estimand : str
        Which of its questions.
    truth : float
        What the answer shall be, in the unit of the outcome.

    Returns
    -------
    Levers
        The same world with its effect lever moved.

    Raises
    ------
    CvmError
        If no value of that lever within its range gives this truth.
    """
    name = effect_lever(world, estimand)
    lever = next(item for item in world.declared() if item.name == name)
    if truth == 0 and estimand != "total":
        return world.replace(**{name: 0})
    ends = [float(lever.low or 0), float(lever.high or 0)]
    values = [true_effect(world.replace(**{name: end}), estimand=estimand) for end in ends]
    for _step in range(12):
        # The estimands are straight lines in their levers, or nearly: a few chords do.
        slope = (values[1] - values[0]) / (ends[1] - ends[0]) if ends[1] != ends[0] else 0.0
        guess = ends[0] + (truth - values[0]) / slope if slope else np.nan
        if not (lever.low or 0) <= guess <= (lever.high or 0):
            break
        moved = world.replace(**{name: guess})
        value = true_effect(moved, estimand=estimand)
        if abs(value - truth) <= 0.01 * abs(truth) + 1e-12:
            return moved
        side = int((value - truth) * (values[1] - truth) > 0)
        ends[side], values[side] = guess, value
    raise CvmError(
        _("No value of '{lever}' gives a true effect of {truth}.", lever=name, truth=number(truth)),
        given=_("{low} to {high}", low=number(values[0]), high=number(values[1])),
        remedy=_("Choose a true effect within these, or move the world's other levers."),
    )
