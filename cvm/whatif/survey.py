"""The what-ifs of chapter 08: promise level, sample size, halo, response styles.

Each joins functions of :mod:`cvm.survey` with a plot and a few numbers; the equations stand
there. The functions that simulate and read are public, so that the code of a copied
scenario runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cvm import plots
from cvm.levers import needs_world
from cvm.plots.style import Case
from cvm.satisfaction import Satisfaction, promise_effect, resting_point
from cvm.survey.drivers import (
    DRIVERS,
    DriverSurvey,
    johnson,
    simulate_drivers,
    true_importance,
)
from cvm.survey.population import Styles, Survey
from cvm.survey.promise import promise_table
from cvm.survey.simulate import simulate_survey
from cvm.survey.waveplan import (
    WavePlan,
    chance_to_see,
    change_error,
    detectable_table,
    respondents_needed,
    smallest_change,
)
from cvm.survey.yunhe import YUNHE
from cvm.whatif.explorer import WhatIf, explore
from cvm.whatif.scenario import Readout
from cvm.words import _

if TYPE_CHECKING:
    from cvm.plots.style import Axes

__all__ = [
    "Answers",
    "Found",
    "Promised",
    "Wave",
    "answers_given",
    "drivers_found",
    "halo",
    "promise_level",
    "promised",
    "read_answers_given",
    "read_drivers",
    "read_promise",
    "read_wave",
    "response_styles",
    "sample_size",
    "wave_plan",
]

#: Performance of Yunhe's service in the what-if about promises, points.
LEVEL = 70.0


def promise_level(world: Satisfaction | None = None, *, n: int = 1, seed: int = 1) -> WhatIf:
    """Move what is promised and how customers judge, and see what is left of it.

    Parameters
    ----------
    world : Satisfaction, optional
        The base case; the defaults without it.
    n, seed : int
        Not used: the answer is exact.

    Returns
    -------
    WhatIf
        Satisfaction (solid) and what is seen (dashed) over the promise.
    """
    return explore(
        world or Satisfaction(), promised, _promise_picture, read_promise, n=n, seed=seed,
        levers=["promise", "assimilation", "gain", "loss_aversion"], title=_("Promise level"),
    )  # fmt: skip


def sample_size(world: WavePlan | None = None, *, n: int = 1, seed: int = 1) -> WhatIf:
    """Move the sample of a wave, and see which change it can show.

    Parameters
    ----------
    world : WavePlan, optional
        The base case; the defaults without it.
    n, seed : int
        Not used: the answer is a closed form. Respondents are a lever.

    Returns
    -------
    WhatIf
        The smallest change that shows over the size of a wave; dashed, the true change.
    """
    levers = ["n", "overlap", "change", "spread", "correlation", "per_dealer", "alike", "power"]
    return explore(
        world or WavePlan(), wave_plan, _wave_picture, read_wave, n=n, seed=seed, levers=levers,
        title=_("Sample size, and what can be seen"),
    )  # fmt: skip


def halo(world: DriverSurvey | None = None, *, n: int = 2_000, seed: int = 1) -> WhatIf:
    """Move halo and correlation, and see what a driver analysis makes of it.

    Parameters
    ----------
    world : DriverSurvey, optional
        The base case; the defaults without it.
    n, seed : int
        Respondents and luck.

    Returns
    -------
    WhatIf
        Shares of importance by Johnson's weights, and the truth (black marks).
    """
    return explore(
        world or DriverSurvey(), drivers_found, _drivers_picture, read_drivers, n=n, seed=seed,
        levers=["correlation", "halo", "noise", "unexplained"], title=_("Halo against drivers"),
    )  # fmt: skip


def response_styles(world: Styles | None = None, *, n: int = 2_000, seed: int = 1) -> WhatIf:
    """Move how people answer, and see the same customers look different.

    Parameters
    ----------
    world : Styles, optional
        The base case; the defaults without it.
    n, seed : int
        Customers asked and luck.

    Returns
    -------
    WhatIf
        Answers to "Yunhe, all in all".
    """
    return explore(
        world or Styles(), answers_given, _answers_picture, read_answers_given, n=n, seed=seed,
        title=_("Response styles"),
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class Promised:
    """A promise, and the curve it lies on.

    Parameters
    ----------
    world : Satisfaction
        What was asked about.
    curve : DataFrame
        From :func:`cvm.survey.promise_table`.
    """

    world: Satisfaction
    curve: pd.DataFrame


def promised(world: Satisfaction, *, n: int, seed: int) -> Promised:
    """Lay out satisfaction over the promise.

    Parameters
    ----------
    world : Satisfaction
        Levers and assumptions.
    n, seed : int
        Not used; every what-if takes them.

    Returns
    -------
    Promised
    """
    return Promised(world=world, curve=promise_table(world, level=LEVEL))


def read_promise(plan: Promised) -> list[Readout]:
    """Give the numbers of a promise."""
    world = plan.world
    satisfied = float(resting_point(LEVEL, world))
    weight = world.gain * world.loss_aversion
    return [
        Readout(_("delivered"), LEVEL),
        Readout(_("what they see"), LEVEL + world.assimilation * world.promise),
        Readout(_("satisfaction"), satisfied),
        Readout(_("satisfaction without any promise"), LEVEL),
        Readout(_("a point promised too much brings"), promise_effect(world)),
        Readout(_("assimilation from which promising pays"), weight / (1 + weight), "share"),
    ]


@dataclass(frozen=True, kw_only=True, eq=False)
class Wave:
    """A plan of two waves and the curve it lies on.

    Parameters
    ----------
    world : WavePlan
        What was asked about.
    curve : DataFrame
        From :func:`cvm.survey.detectable_table`.
    """

    world: WavePlan
    curve: pd.DataFrame


def wave_plan(world: WavePlan, *, n: int, seed: int) -> Wave:
    """Lay out the smallest change that shows over the size of a wave.

    Parameters
    ----------
    world : WavePlan
        Levers and assumptions.
    n, seed : int
        Not used; every what-if takes them.

    Returns
    -------
    Wave
    """
    return Wave(world=world, curve=detectable_table(world))


def read_wave(plan: Wave) -> list[Readout]:
    """Give the numbers of a plan."""
    world = plan.world
    alone = float(change_error(world.replace(overlap=0.0))) / np.sqrt(2)
    return [
        Readout(_("margin of one wave, 95 %"), 1.96 * alone),
        Readout(_("margin of the change, 95 %"), 1.96 * float(change_error(world))),
        Readout(_("smallest change that shows"), float(smallest_change(world))),
        Readout(_("chance to see the true change"), chance_to_see(world), "share"),
        Readout(_("respondents needed in each wave"), float(respondents_needed(world))),
    ]


@dataclass(frozen=True, kw_only=True, eq=False)
class Found:
    """What driver analyses make of a survey.

    Parameters
    ----------
    shares : DataFrame
        ``driver``, ``method`` ("johnson", "truth"), ``share``.
    regression : Series
        Squared standardised coefficients over their sum, by driver.
    """

    shares: pd.DataFrame
    regression: pd.Series


def drivers_found(world: DriverSurvey, *, n: int, seed: int) -> Found:
    """Simulate a survey and share importance out.

    Parameters
    ----------
    world : DriverSurvey
        Assumptions.
    n, seed : int
        Respondents and luck.

    Returns
    -------
    Found
    """
    names = list(DRIVERS)
    answers = simulate_drivers(world, n=n, seed=seed)[[*names, "satisfaction"]].to_numpy(float)
    answers = answers - answers.mean(axis=0)
    together = answers.T @ answers / len(answers)
    told = np.maximum(johnson(together), 0)
    slopes = np.linalg.solve(together[:-1, :-1], together[:-1, -1]) ** 2 * np.diag(together)[:-1]
    truth = true_importance(world).set_index("driver")["share"].loc[names]
    shares = pd.DataFrame({
        "driver": names * 2, "method": ["johnson"] * len(names) + ["truth"] * len(names),
        "share": np.concatenate([told / told.sum(), truth.to_numpy()]),
    })  # fmt: skip
    return Found(shares=shares, regression=pd.Series(slopes / slopes.sum(), index=names))


def read_drivers(found: Found) -> list[Readout]:
    """Give the numbers of a driver analysis."""
    told = {
        name: rows.set_index("driver")["share"] for name, rows in found.shares.groupby("method")
    }
    first, last = next(iter(DRIVERS)), list(DRIVERS)[-1]
    return [
        Readout(_("{driver}: truth", driver=_(first)), float(told["truth"][first]), "share"),
        Readout(_("{driver}: Johnson", driver=_(first)), float(told["johnson"][first]), "share"),
        Readout(_("{driver}: regression", driver=_(first)), float(found.regression[first]), "share"),
        Readout(_("{driver}: truth", driver=_(last)), float(told["truth"][last]), "share"),
        Readout(_("{driver}: Johnson", driver=_(last)), float(told["johnson"][last]), "share"),
        Readout(_("{driver}: regression", driver=_(last)), float(found.regression[last]), "share"),
    ]  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class Answers:
    """Answers to one question, and the survey they come from.

    Parameters
    ----------
    shares : DataFrame
        ``answer`` (1 to 10) and ``share``.
    table : DataFrame
        From :func:`cvm.survey.simulate_survey`.
    """

    shares: pd.DataFrame
    table: pd.DataFrame


@needs_world
def answers_given(world: Styles, *, n: int, seed: int) -> Answers:
    """Ask customers and count the answers to "Yunhe, all in all".

    Parameters
    ----------
    world : Styles
        How people answer.
    n, seed : int
        Customers asked and luck.

    Returns
    -------
    Answers
    """
    table = simulate_survey(Survey(styles=world), n=n, seed=seed)
    said = table["SATI1"].dropna().to_numpy(int)
    counts = np.bincount(said, minlength=11)[1:] if len(said) else np.zeros(10)
    shares = counts / max(len(said), 1)
    return Answers(
        shares=pd.DataFrame({"answer": np.arange(1, 11), "share": shares}), table=table
    )  # fmt: skip


def read_answers_given(found: Answers) -> list[Readout]:
    """Give the numbers of a set of answers."""
    table = found.table
    quality = table[YUNHE.blocks["QUAL"]]
    together = quality.corr().to_numpy()
    k, mean = (
        len(together),
        float((together.sum() - len(together)) / (len(together) ** 2 - len(together))),
    )
    recommend = table["RECO"].dropna()
    nps = float((recommend >= 9).mean() - (recommend <= 6).mean())
    return [
        Readout(_("answered"), float(len(table))),
        Readout(_("true satisfaction of those who answered"), float(table["true_SATI"].mean()),
                "standard deviations"),
        Readout(_("mean answer, 1 to 10"), float(table["SATI1"].mean())),
        Readout(_("satisfied (8 to 10)"), float((table["SATI1"].dropna() >= 8).mean()), "share"),
        Readout(_("net promoter score"), 100 * nps),
        Readout(_("alpha of the six quality items"), k * mean / (1 + (k - 1) * mean)),
        Readout(_("coverage with satisfaction: correlation"), float(table["QUAL1"].corr(table["SATI1"]))),
    ]  # fmt: skip


def _promise_picture(plan: Promised, *, ax: Axes, case: Case) -> Axes:
    return plots.promise_curve(plan.curve, ax=ax, case=case, promise=plan.world.promise)


def _wave_picture(plan: Wave, *, ax: Axes, case: Case) -> Axes:
    return plots.detectable_change(
        plan.curve, ax=ax, case=case, n=plan.world.n, wanted=plan.world.change
    )  # fmt: skip


def _drivers_picture(found: Found, *, ax: Axes, case: Case) -> Axes:
    shares = found.shares if case != "base" else found.shares[found.shares["method"] != "truth"]
    return plots.driver_shares(shares, ax=ax, case=case)


def _answers_picture(found: Answers, *, ax: Axes, case: Case) -> Axes:
    return plots.answer_shares(found.shares, ax=ax, case=case)
