"""A thousand bootstrap replicates of alpha, of a net promoter score and of a raked mean."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pandas as pd

from benchmarks.runner import Benchmark
from cvm.survey import cronbach_alpha, nps, raked_mean

RESPONDENTS, RESAMPLES, RAKED = 2000, 1000, 50
MARGINS = {
    "segment": {"consumer": 0.6, "youth": 0.25, "business": 0.15},
    "region": {"north": 0.3, "south": 0.5, "west": 0.2},
}


@contextmanager
def answers(respondents: int = RESPONDENTS) -> Iterator[pd.DataFrame]:
    """Draw six items of one factor, a recommendation and two categories."""
    rng = np.random.default_rng(0)
    behind = rng.normal(size=(respondents, 1))
    items = np.clip(
        np.round(6 + 2 * (0.7 * behind + 0.7 * rng.normal(size=(respondents, 6)))), 1, 10
    )
    table = pd.DataFrame(items, columns=[f"QUAL{j}" for j in range(1, 7)])
    yield table.assign(
        RECO=np.clip(np.round(7.5 + 2 * behind[:, 0] + rng.normal(size=respondents)), 0, 10),
        segment=rng.choice(["consumer", "youth", "business"], respondents, p=[0.7, 0.1, 0.2]),
        region=rng.choice(["north", "south", "west"], respondents, p=[0.5, 0.4, 0.1]),
    )


def our_alpha(table: pd.DataFrame) -> tuple[float, float]:
    found = cronbach_alpha(table.filter(like="QUAL"), method="bootstrap", resamples=RESAMPLES)
    return found.low, found.high


def looped_alpha(table: pd.DataFrame) -> tuple[float, float]:
    """Do what a textbook does: draw the rows, take the covariance, again and again."""
    items, rng, found = table.filter(like="QUAL"), np.random.default_rng(1), []
    for _ in range(RESAMPLES):
        drawn = items.sample(len(items), replace=True, random_state=rng)
        cov = drawn.cov().to_numpy()
        found.append(6 / 5 * (1 - np.trace(cov) / cov.sum()))
    return _ends(found)


def our_nps(table: pd.DataFrame) -> tuple[float, float]:
    found = nps(table["RECO"], method="bootstrap", resamples=RESAMPLES)
    return found.low, found.high


def looped_nps(table: pd.DataFrame) -> tuple[float, float]:
    scores, rng, found = table["RECO"], np.random.default_rng(1), []
    for _ in range(RESAMPLES):
        drawn = scores.sample(len(scores), replace=True, random_state=rng)
        found.append(100 * ((drawn >= 9).mean() - (drawn <= 6).mean()))
    return _ends(found)


def our_raked(table: pd.DataFrame) -> tuple[float, float]:
    found = raked_mean(table, "RECO", MARGINS, method="bootstrap", resamples=RESAMPLES)
    return found.low, found.high


def looped_raked(table: pd.DataFrame) -> tuple[float, float]:
    """Rake every replicate by itself, as every tool does: a twentieth of the replicates."""
    rng, found = np.random.default_rng(1), []
    for _ in range(RAKED):
        drawn = table.sample(len(table), replace=True, random_state=rng, ignore_index=True)
        found.append(float(np.average(drawn["RECO"], weights=_by_pandas(drawn))))
    return _ends(found)


def _by_pandas(table: pd.DataFrame) -> pd.Series:
    """Rake by grouping and dividing, until nothing moves: the loop of a data frame."""
    weights = pd.Series(1.0, index=table.index)
    for _ in range(100):
        before = weights
        for name, shares in MARGINS.items():
            seen = weights.groupby(table[name]).sum() / len(table)
            weights = weights * table[name].map(pd.Series(shares) / seen)
        if np.allclose(weights, before, rtol=1e-9):
            break
    return weights


def _ends(found: list[float]) -> tuple[float, float]:
    low, high = np.quantile(found, [0.025, 0.975])
    return float(low), float(high)


def near(tolerance: float):
    """Compare within the noise of the resamples."""

    def compare(ours: tuple[float, float], theirs: tuple[float, float]) -> bool:
        return bool(np.allclose(ours, theirs, atol=tolerance))

    return compare


SURVEY_REPLICATES = (
    Benchmark(
        name="survey: alpha", peer="loop of pandas sample, cov", aim=5, material=answers,
        ours=our_alpha, theirs=looped_alpha, agree=near(0.004), rounds=3,
        note="1,000 replicates of six items, 2,000 respondents.",
    ),
    Benchmark(
        name="survey: nps", peer="loop of pandas sample", aim=50, material=answers, ours=our_nps,
        theirs=looped_nps, agree=near(0.8), rounds=3, note="1,000 replicates.",
    ),
    Benchmark(
        name="survey: raking", peer="loop of pandas groupby", aim=10, material=answers,
        ours=our_raked, theirs=looped_raked, agree=near(0.06), rounds=3,
        note="Ours makes 1,000 replicates, the loop 50: per replicate the ratio is 20 times this.",
    ),
)  # fmt: skip
