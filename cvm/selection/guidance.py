r"""Five points to choose by, as a score that says what it is made of.

The course's guidance: the customer *fits the firm's position*, is *good*, has *potential*, is a
*match of standing* (门当户对), and *resembles today's loyal customers*. Each point is brought to a
number from 0 to 1 and the five are weighed,

.. math:: G_i = 100\, \frac{\sum_k w_k x_{ik}}{\sum_k w_k} .

The match of standing falls in a straight line with the distance between the two,

.. math:: m = \max\left(0,\ 1 - \frac{|S_\text{customer} - S_\text{firm}|}{\text{tolerance}}\right).

Too large a customer is not held, for it looks down on the firm; too small a one cannot use what
the firm does best. That is the course's saying, and the formula is no more than that saying with
a ruler: **a declared score, not a measured law**. Whoever uses it states the weights beforehand.

**What the naive answer gets wrong.** A score of five points looks like a measurement. It is a
decision about weights; a point that carries no information still moves the ranking by its weight.

References
----------
The course's five points of guidance; the formulas are the kit's own.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.stats import rankdata

from cvm.errors import CvmError
from cvm.inputs import need_columns, numbers_in, real_number
from cvm.levers import Levers, assumption, lever
from cvm.tiering.door import numbers_of
from cvm.words import N_, _

__all__ = ["POINTS", "Guidance", "guidance_scores", "standing_match"]

Floats = NDArray[np.float64]

#: The five points of guidance, and the column each is read from.
POINTS = {
    "position": "premium",
    "good": "risk_adjusted",
    "potential": "growth",
    "standing": "match",
    "resemblance": "resemblance",
}


class Guidance(Levers):
    """How much each of the five points counts."""

    position: float = lever(
        1.0, low=0, high=5, step=0.5, meaning=N_("Weight of: fits the firm's position")
    )
    good: float = lever(1.0, low=0, high=5, step=0.5, meaning=N_("Weight of: a good customer"))
    potential: float = lever(1.0, low=0, high=5, step=0.5, meaning=N_("Weight of: has potential"))
    standing: float = lever(
        1.0, low=0, high=5, step=0.5, meaning=N_("Weight of: a match of standing")
    )
    resemblance: float = lever(
        1.0, low=0, high=5, step=0.5, meaning=N_("Weight of: resembles today's loyal customers")
    )
    enough_premium: float = assumption(
        0.5, low=0.1, high=1, step=0.05, unit="share",
        meaning=N_("Share of high-margin products that fits the position in full"),
    )  # fmt: skip


def standing_match(customer: ArrayLike, *, firm: float, tolerance: float) -> Floats:
    """Say how well the standing of customer and firm match (门当户对).

    Parameters
    ----------
    customer : array_like
        Standing of each customer, 0 to 100.
    firm : float
        Standing of the firm, 0 to 100.
    tolerance : float
        Difference at which nothing of the match is left, above 0.

    Returns
    -------
    ndarray
        1 for equals, 0 from ``tolerance`` on.

    Raises
    ------
    CvmError
        If a standing is no number, or the tolerance is not above 0.
    """
    real_number(firm, name="firm", example=50)
    if not real_number(tolerance, name="tolerance", example=50) > 0:
        wrong = _("The tolerance of a match of standing is above 0.")
        raise CvmError(wrong, given=tolerance, remedy=_("Write for example tolerance=50."))
    standing = numbers_of(customer)
    return np.maximum(1 - np.abs(standing - firm) / tolerance, 0.0)


def guidance_scores(table: pd.DataFrame, *, world: Guidance | None = None) -> pd.DataFrame:
    """Score customers on the five points of guidance.

    Parameters
    ----------
    table : DataFrame
        One row a customer: ``customer``, ``premium`` (share, 0-1), ``risk_adjusted`` (profit)
        and ``revenue``, ``growth`` (share a year), ``match`` and ``resemblance`` (0-1). The
        ``accounts`` of :func:`cvm.selection.risk_adjusted_profit` have the first six and, with
        ``1 - defection`` as resemblance, all.
    world : Guidance, optional
        The weights; all alike without it.

    Returns
    -------
    DataFrame
        ``customer``, the five points (0-1) and ``score`` (0-100), best first. *Good* is the
        place in the order of profit per revenue, *potential* that in the order of growth: 1 is
        the best customer of the table, 0 the worst. So a score compares the customers of one
        table only.

    Raises
    ------
    CvmError
        For a missing column or value, an account without revenue, or if all weights are 0.
    """
    need_columns(table, ["customer"])
    columns = ["revenue", *POINTS.values()]
    read = dict(zip(columns, numbers_in(table, columns).T, strict=True))
    if (read["revenue"] <= 0).any():
        wrong = _("Every account needs a revenue above 0.")
        given = float(read["revenue"].min())
        raise CvmError(wrong, given=given, remedy=_("Leave out those who bought nothing."))
    world = world or Guidance()
    weights = np.array([getattr(world, name) for name in POINTS])
    if weights.sum() == 0:
        wrong = _("All five weights are 0, so there is nothing to choose by.")
        raise CvmError(wrong, remedy=_("Give at least one point a weight above 0."))
    points = {
        "position": np.clip(read["premium"] / world.enough_premium, 0, 1),
        "good": _place(read["risk_adjusted"] / read["revenue"]),
        "potential": _place(read["growth"]),
        "standing": np.clip(read["match"], 0, 1),
        "resemblance": np.clip(read["resemblance"], 0, 1),
    }
    score = 100 * weights @ np.array(list(points.values())) / weights.sum()
    scored = pd.DataFrame({"customer": table["customer"].to_numpy()} | points | {"score": score})
    return scored.sort_values("score", ascending=False, kind="stable", ignore_index=True)


def _place(values: Floats) -> Floats:
    """Give the place in the order, 0 for the lowest and 1 for the highest; equals share one."""
    if len(values) == 1:
        return np.array([0.5])
    return (rankdata(values) - 1) / (len(values) - 1)
