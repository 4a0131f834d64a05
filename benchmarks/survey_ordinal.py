"""Ordered logit against statsmodels' OrderedModel; Kano and drivers on 100,000 answers."""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.runner import Benchmark
from cvm.survey.drivers import (
    DRIVERS,
    DriverSurvey,
    importance_performance,
    key_drivers,
    ordered_logit,
    simulate_drivers,
)
from cvm.survey.needs import KanoSurvey, kano, kano_pairs, simulate_kano

RESPONDENTS, ANSWERS, SECOND = 10_000, 100_000, 1.0


@contextmanager
def ratings() -> Iterator[pd.DataFrame]:
    """Simulate 10,000 respondents with six drivers and a satisfaction of five points."""
    yield simulate_drivers(DriverSurvey(points=5), n=RESPONDENTS, seed=1)


def newton(table: pd.DataFrame) -> np.ndarray:
    """Give our coefficients and standard errors, thresholds and null model included."""
    rows = ordered_logit(table, "satisfaction", DRIVERS).coefficients
    return rows[["coefficient", "se"]].to_numpy()


def peer(table: pd.DataFrame) -> np.ndarray:
    """Do the same by statsmodels, in the way its documentation shows."""
    from statsmodels.miscmodels.ordinal_model import OrderedModel

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = OrderedModel(table["satisfaction"], table[list(DRIVERS)], distr="logit").fit(
            method="bfgs", disp=0
        )
    k = len(DRIVERS)
    return np.column_stack([fit.params[:k], fit.bse[:k]])


@contextmanager
def both_surveys() -> Iterator[tuple[Any, ...]]:
    """Simulate 100,000 respondents of both surveys, and load what is imported late."""
    drivers = simulate_drivers(DriverSurvey(), n=ANSWERS, seed=1)
    pairs = kano_pairs(simulate_kano(KanoSurvey(), n=ANSWERS, seed=1))
    yield drivers, *pairs


def analysed(material: tuple[Any, ...]) -> float:
    """Kano of six features, key drivers with a thousand resamples, and their map."""
    drivers, there, missing = material
    start = time.process_time()
    found = kano(there, missing).table
    key = key_drivers(drivers, "satisfaction", DRIVERS)
    importance_performance(drivers, "satisfaction", DRIVERS, scale=(1, 10))
    took = time.process_time() - start
    assert len(found) == 6
    assert key.table["driver"].iloc[0] == "network"
    print(f"  Kano and drivers of {ANSWERS:,}: {took:.2f} CPU s", file=sys.stderr)
    return took


def promised(work: Any, material: Any) -> float:
    """Take the promise as it stands, and the work's CPU time."""
    return SECOND if work is a_second else work(material)


def a_second(_material: Any) -> float:
    """Promise a second."""
    return SECOND


SURVEY_ORDINAL = (
    Benchmark(
        name="survey: ordered", peer="statsmodels OrderedModel", aim=8, material=ratings,
        ours=newton, theirs=peer, agree=lambda a, b: np.allclose(a, b, atol=2e-3),
        note="Both with standard errors; the peer stops short of the maximum in the fourth digit.",
    ),
    Benchmark(
        name="survey: 100,000", peer="a second", aim=1, material=both_surveys, ours=analysed,
        theirs=a_second, agree=lambda a, _b: a > 0, rounds=3, seconds=promised,
        note="Kano, key drivers and map of 100,000 answers: a ratio above 1 is under a second.",
    ),
)  # fmt: skip
