"""What a student of chapter 08 gets: two waves, a promise, the factors of key customers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cvm.luck import Luck
from cvm.survey.population import Survey
from cvm.survey.waves import simulate_waves

__all__ = ["BOTH_ENDS", "IMAGE", "QUALITY", "draw"]

#: Customers asked in each wave; about half answer.
ASKED = 900
IMAGE = ["IMAG1", "IMAG2", "IMAG3", "IMAG4"]
QUALITY = ["QUAL1", "QUAL2", "QUAL3", "QUAL4", "QUAL5", "QUAL6"]
#: The sum of the lowest and the highest point of the scale: what a turned answer is taken from.
BOTH_ENDS = 11
#: What a factor may be to key customers: weight, score, cost. One is named so by each naive rule.
ROLES = ((0.32, 84.0, 100.0), (0.06, 45.0, 60.0), (0.05, 70.0, 14.0), (0.28, 60.0, 120.0),
         (0.20, 62.0, 40.0), (0.09, 66.0, 50.0))  # fmt: skip
FACTORS = ("coverage", "data", "people", "tariffs", "bills", "information")


def draw(seed: int) -> dict[str, Any]:
    """Draw two waves, a promise and the factors of key customers.

    Parameters
    ----------
    seed : int
        From the student's name.

    Returns
    -------
    dict
        ``spring`` and ``autumn`` (answers as they were written; nobody stands in both);
        ``promise`` (points), ``assimilation``, ``gain``, ``loss_aversion``; ``factors`` (one row
        a factor: ``weight``, ``score``, ``cost``), ``value`` (yuan), ``slope`` (share).
    """
    a, b, c, d, e = Luck(seed).uniform("choices", 1, 5)[0]
    # Loyalty lower than usual keeps the score well away from zero, where mistakes look alike.
    calm = Survey().replace(
        **{"fieldwork.missing": 0.0, "styles.straight": 0.0, "structure.loyalty": -0.4}
    )
    better = calm.replace(**{"structure.quality": round(0.1 + 0.4 * float(a), 2)})
    waves = simulate_waves([calm, better], n=ASKED, seed=seed, overlap=0.0, as_written=True)
    columns = ["respondent", "segment", "SATI1", "RECO", *IMAGE, *QUALITY]
    spring, autumn = (
        waves.loc[waves["wave"] == wave, columns].reset_index(drop=True) for wave in (1, 2)
    )
    return {
        "spring": spring,
        "autumn": autumn,
        "promise": float(4 + int(9 * b)),
        "assimilation": round(0.15 + 0.01 * int(15 * c), 2),
        "gain": round(0.4 + 0.05 * int(7 * d), 2),
        "loss_aversion": round(1.6 + 0.2 * int(6 * e), 1),
        "factors": _factors(seed),
        "value": 4000.0 + 500 * int(9 * a),
        "slope": 0.01,
    }


def _factors(seed: int) -> pd.DataFrame:
    luck = Luck(seed)
    order = np.argsort(luck.uniform("factors", len(FACTORS)))
    weight, score, cost = np.array(ROLES).T[:, order]
    shaken = 1 + 0.06 * (luck.uniform("sizes", len(FACTORS)) - 0.5)
    return pd.DataFrame({
        "factor": FACTORS, "weight": weight.round(2), "score": (score * shaken).round(0),
        "cost": cost,
    })  # fmt: skip
