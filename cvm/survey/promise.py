"""Promise level: what is seen and what is felt, over what is promised, in closed form.

The equations are those of :mod:`cvm.satisfaction`, whose functions are used; here they are
only laid out over the lever, for the customer whose service does not change from month to
month. Where it does, good months soften the blow: the simulator has that.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from cvm.errors import CvmError
from cvm.levers import needs_world
from cvm.satisfaction import Satisfaction, perceived, promise_effect, resting_point
from cvm.words import _

__all__ = ["promise_table"]


@needs_world
def promise_table(world: Satisfaction, *, level: float = 70.0, step: float = 1.0) -> pd.DataFrame:
    """Tabulate what customers see and how satisfied they come to be, over the promise.

    Parameters
    ----------
    world : Satisfaction
        Uses the weights of assimilation and disconfirmation; the promise is what varies.
    level : float
        Performance, points from 0 to 100.
    step : float
        Points of promise between two rows, above 0.

    Returns
    -------
    DataFrame
        One row a promise from -20 to 40 points: ``promise``, ``seen`` (perceived performance)
        and ``satisfaction`` (where it comes to rest), points.

    Raises
    ------
    CvmError
        For a level off the scale or a step that is none.
    """
    if not 0 <= level <= 100 or not 0 < step <= 60:
        raise CvmError(
            _("A level lies between 0 and 100 points, a step above 0 and at most at 60."),
            given=(level, step),
            remedy=_("Give for example level=70, step=1."),
        )
    promises = np.arange(-20, 40 + step / 2, step)
    met = np.full(len(promises), float(level))
    # Rest lies on two straight lines that meet where nothing is promised.
    below = 50 - float(resting_point(50, world.replace(promise=-1.0)))
    slope = np.where(promises < 0, below, promise_effect(world))
    return pd.DataFrame({
        "promise": promises,
        "seen": perceived(met, met + promises, world),
        "satisfaction": np.clip(level + slope * promises, 0, 100),
    })  # fmt: skip
