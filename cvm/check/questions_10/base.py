"""The data of chapter 10's exercise."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cvm.churn import Churn, WinBack, cox, risk_model, simulate_churn, simulate_lost
from cvm.luck import Luck

__all__ = ["GROUPS", "TOP", "draw"]

#: Customers ever won, of the lives, the trial and the old campaign; scored and lost ones.
PEOPLE, TRIAL, CAMPAIGN, SCORED, LOST = 1000, 30_000, 8000, 3000, 4000
#: The customers of the trial by risk, thirds.
GROUPS = ("low", "middle", "high")
#: Share at the top of a score that the lift is asked of.
TOP = 0.1


def draw(seed: int) -> dict[str, Any]:
    """Draw lives, scored customers, a trial by lot, an old campaign, and lost customers.

    Parameters
    ----------
    seed : int
        From the student's name.

    Returns
    -------
    dict
        ``customers`` (lives), ``scored`` (new customers with ``score`` and ``left``), ``trial``
        (called by lot, with ``risk_group``), ``campaign`` (called by judgement), ``lost`` (called
        to win them back); ``cost_new`` of a customer.
    """
    a, b, c, d, e = Luck(seed).uniform("choices", 1, 5)[0]
    world = Churn(
        hazard=round(0.010 + 0.004 * a, 4), monthly_effect=round(0.9 + 0.4 * b, 2),
        stubborn=round(3.2 + 0.6 * c, 1), disturb=0.06, save=round(0.45 + 0.1 * d, 2),
    )  # fmt: skip
    # The firm's score was learnt from other customers, before any of these.
    score = risk_model(simulate_churn(world, n=8000, seed=seed + 1).campaign)
    trial = simulate_churn(world, n=TRIAL, seed=seed).campaign
    trial["score"] = _apart(score.score(trial))
    thirds = np.quantile(trial["score"], [1 / 3, 2 / 3])
    trial["risk_group"] = np.array(GROUPS)[np.digitize(trial["score"], thirds)]
    campaign = simulate_churn(world.replace(assignment="judgement"), n=CAMPAIGN, seed=seed + 2)
    back = WinBack(hazard=round(0.02 + 0.015 * e, 3), acquisition=60.0 + 5 * int(5 * a))
    return {
        "customers": _lives(world, seed + 3),
        "scored": _scored(world, score, seed + 4),
        "trial": trial,
        "campaign": campaign.campaign,
        "lost": simulate_lost(back, n=LOST, seed=seed),
        "cost_new": back.acquisition,
    }


def _lives(world: Churn, seed: int) -> pd.DataFrame:
    """Draw lives in which a wrong way to compare contracts does not happen to be right."""
    for again in range(20):
        lives = simulate_churn(world, n=PEOPLE, seed=seed + 10 * again).customers
        gone = lives.groupby("monthly")["left"].mean()
        wrong = [gone[1] / gone[0], gone[1] / (1 - gone[1]) / (gone[0] / (1 - gone[0]))]
        found = cox(lives).table.set_index("covariate").loc["monthly", "ratio"]
        if np.abs(np.log(np.array(wrong) / found)).min() > 0.01:
            break
    return lives


def _scored(world: Churn, score: Any, seed: int) -> pd.DataFrame:
    people = simulate_churn(world.replace(contacted=0.05), n=3 * SCORED, seed=seed).campaign
    alone = people[~people["contacted"].astype(bool)].head(SCORED).reset_index(drop=True)
    return alone.assign(score=_apart(score.score(alone)))[["customer", "score", "left"]]


def _apart(score: np.ndarray) -> np.ndarray:
    """Let no two customers have the same score, so that a top tenth is the same for all."""
    return np.asarray(score + 1e-9 * np.arange(len(score)))
