"""Methods of driver analysis on trial, truth known.

Four rules are asked the same question of the same simulated samples: which part of what the
drivers do belongs to each? The truth is what each would explain if the drivers varied
independently (:func:`~cvm.survey.drivers.simulate.true_importance`).

* ``correlation``, squared, sees each driver alone: whatever moves together looks alike.
* ``regression``, squared standardised coefficients, is right where only correlation stands
  in the way, and the least sure of itself.
* ``shapley`` and ``johnson`` lie between the two: steadier, and drawn towards equal shares.

**What comes out.** At the defaults of :class:`~cvm.survey.drivers.simulate.DriverSurvey` the
app does nothing, and correlation gives it 10 % of the importance, Shapley and Johnson 7 and
6 %, regression less than 1 %. With halo at 1.5 standard deviations it gets 14, 12, 12 and 1 %:
shares that add to :math:`R^2` drift to an even sixth. Regression is not right either: with
20,000 respondents it tells, with all confidence, that a point of the app costs satisfaction
0.05 points. Halo is in every rating, and no rule that sees ratings alone takes it out.

**What to do about it.** Ask of behaviour and events (how long did you wait?) instead of
ratings alone; let drivers and satisfaction come from different questions or times; and call
a share of importance a share, not an effect.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from cvm.errors import CvmError
from cvm.levers import needs_world
from cvm.survey.drivers.importance import METHODS
from cvm.survey.drivers.simulate import DRIVERS, DriverSurvey, simulate_drivers, true_importance
from cvm.words import _

__all__ = ["compare_driver_methods"]


@needs_world
def compare_driver_methods(
    world: DriverSurvey, *, n: int = 500, replicates: int = 200, seed: int = 0
) -> pd.DataFrame:
    """Say what each method makes of the same samples, and how far that is from the truth.

    Parameters
    ----------
    world : DriverSurvey
        Assumptions.
    n : int
        Respondents in a sample, 20 or more.
    replicates : int
        Samples, 2 or more.
    seed : int
        The luck.

    Returns
    -------
    DataFrame
        One row a method and driver: ``method``, ``driver``, ``truth`` (share), ``mean``
        (share found, mean over the samples), ``bias``, ``spread`` (standard deviation over
        the samples), ``rmse``, ``bias_error`` (Monte Carlo standard error of the bias),
        ``first`` (share of samples in which the driver comes first).
    """
    if n < 20 or replicates < 2:
        raise CvmError(
            _("A trial needs samples of 20 or more respondents, and 2 or more samples."),
            given=(n, replicates),
            remedy=_("Give for example n=500, replicates=200."),
        )
    covariances = sample_covariances(world, n=n, replicates=replicates, seed=seed)
    truth = true_importance(world)["share"].to_numpy()
    tables = []
    for method, share_out in METHODS.items():
        parts = share_out(covariances)
        shares = parts / parts.sum(axis=1, keepdims=True)
        bias, spread = shares.mean(axis=0) - truth, shares.std(axis=0, ddof=1)
        top = np.eye(len(DRIVERS))[shares.argmax(axis=1)].mean(axis=0)
        tables.append(pd.DataFrame({
            "method": method, "driver": DRIVERS, "truth": truth, "mean": shares.mean(axis=0),
            "bias": bias, "spread": spread, "rmse": np.sqrt(bias**2 + spread**2),
            "bias_error": spread / np.sqrt(replicates), "first": top,
        }))  # fmt: skip
    return pd.concat(tables, ignore_index=True)


def sample_covariances(
    world: DriverSurvey, *, n: int, replicates: int, seed: int
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Give the covariances of ratings in many samples at once.

    Parameters
    ----------
    world : DriverSurvey
        Assumptions.
    n, replicates : int
        Respondents in a sample, and samples.
    seed : int
        The luck.

    Returns
    -------
    ndarray, shape (replicates, 7, 7)
        Six drivers and, last, the satisfaction.
    """
    table = simulate_drivers(world, n=n * replicates, seed=seed)
    ratings = table[[*DRIVERS, "satisfaction"]].to_numpy(dtype=float)
    samples = ratings.reshape(replicates, n, -1)
    samples = samples - samples.mean(axis=1, keepdims=True)
    return np.swapaxes(samples, 1, 2) @ samples / n
