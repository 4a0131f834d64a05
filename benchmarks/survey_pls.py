"""The satisfaction model by PLS with 500 bootstrap samples, against Python's seminr."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.runner import Benchmark
from cvm.errors import MissingExtra
from cvm.survey.structure import ECSI, PathModel, PathResult, ecsi, pls

N, RESAMPLES = 250, 500
#: Items of the seven constructs, 24 in all, as in ECSI mobi.
ITEMS = (5, 3, 7, 2, 3, 1, 3)
#: What each construct takes from its causes in the answers that both sides work on.
PATHS = {1: {0: 0.5}, 2: {1: 0.6}, 3: {2: 0.5}, 4: {0: 0.2, 2: 0.4, 3: 0.2}, 5: {4: 0.5},
         6: {0: 0.2, 4: 0.5}}  # fmt: skip


@dataclass(frozen=True)
class Case:
    """Answers, the model, and the same for seminr."""

    table: pd.DataFrame
    model: PathModel
    data: Any
    measured: Any
    arrows: Any


@contextmanager
def answers() -> Iterator[Case]:
    """Draw answers from 1 to 10 of 250 respondents and write the model in both tongues."""
    try:
        import seminr
    except ImportError:
        raise MissingExtra("seminr", extra="ecsi", purpose="The benchmark survey_pls") from None
    rng = np.random.default_rng(1)
    eta = rng.standard_normal((N, len(ITEMS)))
    for to, causes in PATHS.items():
        eta[:, to] *= 0.7
        eta[:, to] += sum(size * eta[:, cause] for cause, size in causes.items())
    columns = {
        f"{name}{k + 1}": np.clip(
            np.round(7 + 1.4 * eta[:, j] + 1.2 * rng.standard_normal(N)), 1, 10
        )
        for j, name in enumerate(ECSI)
        for k in range(ITEMS[j])
    }
    table = pd.DataFrame(columns)
    model = ecsi(table)
    data = seminr.estimate.data.Dataset(columns=tuple(table), values=table.to_numpy())
    blocks = [seminr.composite(name, list(items)) for name, items in model.blocks.items()]
    arrows = seminr.relationships(*[seminr.paths(*arrow) for arrow in model.arrows])
    yield Case(table, model, data, seminr.constructs(*blocks), arrows)


def ours(case: Case) -> PathResult:
    """Estimate and resample, with every table, interval and note of the result."""
    return pls(case.table, case.model, resamples=RESAMPLES, seed=1)


def theirs(case: Case) -> Any:
    """Estimate and resample, with seminr's percentile intervals of the paths."""
    import seminr
    from seminr.bootstrap.bootstrap import boot_percentile_cis

    fitted = seminr.estimate_pls(case.data, case.measured, case.arrows)
    boot = seminr.bootstrap_model(fitted, nboot=RESAMPLES, seed=1)
    return boot, boot_percentile_cis(boot.boot_paths)


def agree(mine: PathResult, other: Any) -> bool:
    """Compare paths to six digits, and the widths of intervals within their own luck."""
    boot, ends = other
    widths = []
    for row in mine.paths.itertuples():
        if abs(boot.model.path_coef.get(row.cause, row.effect) - row.value) > 1e-6:
            return False
        width = ends.upper.get(row.cause, row.effect) - ends.lower.get(row.cause, row.effect)
        widths.append((row.high - row.low) / width)
    return boot.boots + mine.failed == RESAMPLES and 0.9 < float(np.mean(widths)) < 1.1


SURVEY_PLS = Benchmark(
    name="survey_pls", peer="seminr", aim=15, material=answers, ours=ours, theirs=theirs,
    agree=agree, rounds=3,
    note="One process each. Ours also makes the intervals of loadings, R2, HTMT, indexes and "
    "impacts; theirs are those of the paths alone. The peer comes with pip install 'cvm[ecsi]'.",
)  # fmt: skip
