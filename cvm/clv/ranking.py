r"""Ranking: how good a list of the best customers is, by what its customers then bring.

A manager rarely needs a forecast for everybody; she needs the best fifth. Of a score
:math:`s` known today and an outcome :math:`y` known later (revenue, or in a simulated market
the true value), let :math:`I_i` say whether customer :math:`i` is in the top share. Then

.. math::

   \text{caught}(s) = \frac{\sum_i I_i\, y_i}{\sum_i y_i}, \qquad
   \text{beyond} = \text{caught}(s) - \text{caught}(s_0),

the second against a first score :math:`s_0` on the *same* customers: what is hard to foresee
is hard for both and drops out. Intervals take the linear part of each customer,

.. math::

   \bigl[(I_i - \text{caught})\, y_i - (I_i - p)\, m\bigr] / \bar y ,

the second term because the edge of the list moves with the sample: :math:`p` is the share on
the list and :math:`m` the mean outcome at its edge. Without it the intervals would be twice
as wide as they need be.

**Ties.** Where many customers share a score (all who bought once for the same money), those
at the edge belong to the list in part, so that no order of rows decides.

**What the naive answer gets wrong.** A rank correlation over all customers weighs the many
small ones as much as the few that matter; and two scores compared each with its own interval
look alike when the paired difference is clear.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm

from cvm.errors import CvmError
from cvm.inputs import check_level, numbers_in
from cvm.words import _

__all__ = ["best_customers", "top_share"]

Floats = NDArray[np.float64]

#: Share of customers that count as near the edge of a list.
NEAR = 0.06


def best_customers(
    table: pd.DataFrame,
    *,
    outcome: str,
    scores: Sequence[str],
    top: float = 0.2,
    level: float = 0.95,
) -> pd.DataFrame:
    """Judge scores by the outcome that their best customers bring.

    Parameters
    ----------
    table : DataFrame
        One row a customer.
    outcome : str
        The column of what came later, 0 or more, not 0 for all.
    scores : sequence of str
        Columns known before; the others are compared with the first.
    top : float
        Share of customers on the list, between 0 and 1.
    level : float
        Of the intervals.

    Returns
    -------
    DataFrame
        One row a score: ``score``, ``caught`` (share of the outcome), ``low``, ``high``;
        ``beyond`` (less the first score's), ``beyond_low``, ``beyond_high``;
        ``rank_correlation`` (Spearman's, with the outcome); ``best`` (what hindsight would
        have caught).

    Raises
    ------
    CvmError
        For a missing column, a share or level out of range, or an outcome that cannot be.
    """
    if isinstance(scores, str) or not len(scores):
        raise CvmError(_("Scores come as a list of names."), given=scores,
                       remedy=_("Write for example scores=['revenue']."))  # fmt: skip
    y = numbers_in(table, [outcome, *scores])[:, 0]
    check_level(level)
    if len(y) < 2 or not np.isfinite(y).all() or (y < 0).any() or not y.sum() > 0:
        raise CvmError(
            _("The outcome is 0 or more for each customer, and more for one at least."),
            given=outcome, remedy=_("Take returns off, or leave such customers out."),
        )  # fmt: skip
    z = float(norm.ppf((1 + level) / 2))
    first, own = _caught(table[scores[0]], y, top)
    rows = []
    for score in scores:
        caught, parts = _caught(table[score], y, top)
        half, spread = (float(z * p.std(ddof=1) / np.sqrt(len(y))) for p in (parts, parts - own))
        rows.append({
            "score": score, "caught": caught, "low": caught - half, "high": caught + half,
            "beyond": caught - first, "beyond_low": caught - first - spread,
            "beyond_high": caught - first + spread,
            "rank_correlation": _alike(table[score], table[outcome]),
        })  # fmt: skip
    return pd.DataFrame(rows).assign(best=_caught(table[outcome], y, top)[0])


def top_share(score: pd.Series, *, top: float) -> Floats:
    """Say how far each customer belongs to the best.

    Parameters
    ----------
    score : Series
        One number a customer.
    top : float
        Share of customers wanted, between 0 and 1.

    Returns
    -------
    ndarray
        1 above the edge, 0 below, and for those tied at the edge the share of them that
        still fits; adds to ``top`` times the customers.

    Raises
    ------
    CvmError
        For a share out of range, or scores that are not numbers.
    """
    try:
        values = np.asarray(score, float)
    except (TypeError, ValueError):
        values = np.full(1, np.nan)
    if (
        not isinstance(top, int | float | np.number)
        or not 0 < top < 1
        or not len(values)
        or not np.isfinite(values).all()
    ):
        raise CvmError(
            _("The best are a share of the customers between 0 and 1, by a number for each."),
            given=top, remedy=_("Write for example top=0.2, and see that no score is missing."),
        )  # fmt: skip
    wanted = top * len(values)
    edge = np.sort(values)[::-1][min(int(np.ceil(wanted)), len(values)) - 1]
    above, at = values > edge, values == edge
    return np.where(above, 1.0, np.where(at, (wanted - above.sum()) / at.sum(), 0.0))


def _alike(score: pd.Series, outcome: pd.Series) -> float:
    """Correlate ranks; unknown where there is one rank only."""
    if score.nunique() < 2 or outcome.nunique() < 2:
        return float("nan")
    return float(score.corr(outcome, method="spearman"))


def _caught(score: pd.Series, y: Floats, top: float) -> tuple[float, Floats]:
    """Give the share of the outcome on the list, and each customer's linear part of it."""
    members = top_share(score, top=top)
    value = float(members @ y / y.sum())
    at_edge = _edge_mean(np.asarray(score, float), members, y)
    parts = (members - value) * y - (members - top) * at_edge
    return value, parts / y.mean()


def _edge_mean(values: Floats, members: Floats, y: Floats) -> float:
    """Give the mean outcome at the edge of the list: of those tied there, or those near it."""
    tied = (members > 0) & (members < 1)
    near = max(10, round(len(y) * NEAR / 2))
    if tied.sum() >= near:
        return float(y[tied].mean())
    edge = int(np.round(members.sum()))
    order = np.argsort(-values, kind="stable")
    return float(y[order[max(edge - near, 0) : edge + near]].mean())
