"""The data of chapter 13's exercise: five studies of Yunhe Telecom, each with one flaw."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtr

from cvm.loyalty import Programme, simulate_programme
from cvm.luck import Luck
from cvm.research.study import LeastSquares, Pilot, Strategy, simulate_data, specification_curve
from cvm.words import N_, _

__all__ = ["CHOICES", "DESIGNS", "FLAWS", "draw"]

#: Customers of the launch and of the pilot; shops coached from; tests watched.
LAUNCH, PILOT, SHOPS, TESTS = 1200, 3000, 200, 2000
#: Customers asked in each shop of the renovation.
PER_SHOP = 40

#: What can be wrong with a study: its name, and what it means.
FLAWS = {
    "self-selection": N_("Who was treated chose it, and who chose it was different before."),
    "bad control": N_("Something was held fixed that the treatment itself changes."),
    "clusters": N_("Customers who were treated together are counted as if each were on their own."),
    "regression to the mean": N_("The worst were chosen; part of being worst is bad luck, and luck does not last."),
    "peeking": N_("The study was looked at again and again, and ended when it pleased."),
    "survivorship": N_("Only those who were still there at the end were counted."),
    "many tests": N_("Many questions were asked, and the one that came out was told."),
}  # fmt: skip

#: The five studies: the table, its flaw, and how it was told.
DESIGNS = {
    "launch": ("self-selection", N_(
        "Every customer could join the programme. In the year after, the members spent far more a month than the "
        "others. 'The programme pays.'")),
    "pilot": ("bad control", N_(
        "Lots decided whose line got the new service. Afterwards all were asked how satisfied and how loyal they are. 'Among "
        "customers equally satisfied the pilot adds little to loyalty. Stop it.'")),
    "renovation": ("clusters", N_(
        "Lots decided which shops were renovated. In every shop many customers were asked how satisfied they are. "
        "'So many answers: the difference is beyond doubt.'")),
    "coaching": ("regression to the mean", N_(
        "The tenth of the shops with the lowest scores in spring was coached in summer. In autumn their scores were "
        "far higher. 'Coaching works.'")),
    "watched": ("peeking", N_(
        "Lots decide who sees an offer. The team looks at the result every week, and closes a test as soon as p "
        "is below 0.05. 'At that level only one test in twenty can mislead us.'")),
}  # fmt: skip

#: The choices of the specification curve, as its columns.
CHOICES = ("past spend", "satisfaction", "measure", "customers")


def draw(seed: int) -> dict[str, Any]:
    """Draw five studies, the premises of a sixth, and a specification curve.

    Parameters
    ----------
    seed : int
        From the student's name.

    Returns
    -------
    dict
        ``designs`` (A to E in an order of the student's own) and ``flaws``; their tables
        ``launch``, ``pilot``, ``renovation``, ``coaching``, ``watched``; ``smallest``,
        ``spread``, ``per_shop``, ``alike``, ``answering`` of a study to be sized; ``curve`` and
        ``reported``.
    """
    luck = Luck(seed)
    a, b, c, d, e, f = luck.uniform("choices", 1, 6)[0]
    world = Programme(effect=round(2 + 2 * a, 1), strength=round(0.6 + 0.2 * b, 2))
    launch = simulate_programme(world, n=LAUNCH, seed=seed).customers
    pilot = Pilot(direct=round(0.15 + 0.1 * c, 2), to_satisfaction=round(0.9 + 0.2 * d, 2))
    curve = _curve(launch)
    return {
        "designs": _designs(luck),
        "flaws": pd.DataFrame({"flaw": list(FLAWS), "meaning": [_(text) for text in FLAWS.values()]}),
        "launch": launch,
        "pilot": simulate_data(pilot, n=PILOT, seed=seed),
        "renovation": _renovation(luck, shops=20 + 2 * int(5 * e), between=3.5 + 1.5 * f),
        "coaching": _coaching(luck, lift=round(1.5 + 1.5 * a, 1)),
        "watched": _watched(luck, weeks=8 + int(6 * b)),
        "smallest": round(0.3 + 0.2 * c, 2),
        "spread": round(1.8 + 0.4 * d, 1),
        "per_shop": 8 + int(4 * e),
        "alike": round(0.05 + 0.02 * f, 3),
        "answering": round(0.30 + 0.14 * a, 2),
        "curve": curve,
        "reported": len(curve) - int(4 * f),
    }  # fmt: skip


def _designs(luck: Luck) -> pd.DataFrame:
    order = np.argsort(luck.uniform("order of the designs", len(DESIGNS)), kind="stable")
    tables = [list(DESIGNS)[place] for place in order]
    return pd.DataFrame({"design": list("ABCDE"), "data": tables,
                         "told": [_(DESIGNS[name][1]) for name in tables]})  # fmt: skip


def _renovation(luck: Luck, *, shops: int, between: float) -> pd.DataFrame:
    """Satisfaction of customers of shops; half of the shops, by lot, are renovated."""
    chosen = np.argsort(luck.uniform("renovated", shops), kind="stable") < shops // 2
    shop = np.repeat(np.arange(shops), PER_SHOP)
    own = between * luck.normal("shop", shops)
    answers = 65 + own[shop] + 2.0 * chosen[shop] + 10 * luck.normal("answer", len(shop))
    return pd.DataFrame({"shop": shop + 1, "renovated": chosen[shop].astype(int),
                         "satisfaction": answers.round(1)})  # fmt: skip


def _coaching(luck: Luck, *, lift: float) -> pd.DataFrame:
    """Scores of shops in spring and autumn; the lowest tenth is coached in between."""
    own = 65 + 6 * luck.normal("lasting score", SHOPS)
    spring = own + 5 * luck.normal("spring", SHOPS)
    coached = spring <= np.quantile(spring, 0.1)
    autumn = own + lift * coached + 5 * luck.normal("autumn", SHOPS)
    return pd.DataFrame({"shop": np.arange(1, SHOPS + 1), "spring": spring.round(1),
                         "coached": coached, "autumn": autumn.round(1), "true_lift": lift * coached})  # fmt: skip


def _watched(luck: Luck, *, weeks: int) -> pd.DataFrame:
    """Tests of offers that do nothing: the p value of each after each week."""
    steps = np.cumsum(luck.normal("weeks", TESTS, weeks), axis=1)
    week = np.arange(1, weeks + 1)
    p = 2 * ndtr(-np.abs(steps / np.sqrt(week)))
    return pd.DataFrame({"test": np.repeat(np.arange(1, TESTS + 1), weeks),
                         "week": np.tile(week, TESTS), "p_value": p.ravel()})  # fmt: skip


def _curve(launch: pd.DataFrame) -> pd.DataFrame:
    """Answer what membership does under two dozen choices."""
    cap = float(launch["spend_after"].quantile(0.98))
    large = float(launch["spend_before"].quantile(0.95))
    rows = launch.assign(capped=launch["spend_after"].clip(upper=cap),
                         joined=launch["member"].astype(float))  # fmt: skip
    past = {"left out": "", "last half-year": " + spend_late", "whole year": " + spend_before"}
    fixed = {"left out": "", "held fixed": " + satisfaction"}
    measure = {"as it is": "spend_after", "capped": "capped"}
    choices: dict[tuple[str, ...], Strategy] = {
        (a, b, c): LeastSquares(formula=f"{y} ~ joined{x}{z}", term="joined")
        for a, x in past.items() for b, z in fixed.items() for c, y in measure.items()
    }  # fmt: skip
    samples = {"all": "", "without the largest": f"spend_before < {large}"}
    found = specification_curve(rows, choices, names=CHOICES[:3], samples=samples)
    table = found.to_frame().rename(columns={"sample": "customers"})
    return table[["place", *CHOICES, "estimate", "low", "high", "p_value"]]
