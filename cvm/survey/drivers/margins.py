r"""Marginal effects: what a driver does to the shares of answers, with standard errors.

A coefficient of an ordered model lives on a scale nobody has seen. What a manager asks is
"one point more of this driver: how many more give the best answer?" For a number,

.. math:: \frac{\partial P(y = j \mid x)}{\partial x_k}
          = \bigl[f(\alpha_{j-1} - x'\beta) - f(\alpha_j - x'\beta)\bigr]\,\beta_k,

averaged over the respondents (weighted where they are); for a category the difference of
the mean shares with everybody in it and everybody in the first one. Standard errors are by
the delta method, with the derivatives written out. Over the points of the scale the
effects add to nothing: whoever enters one answer has left another.

**Assumptions** are those of the model; the respondents' drivers are taken as they are.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from cvm.errors import CvmError
from cvm.inputs import need_columns
from cvm.survey.drivers.ordinal import Link, predicted
from cvm.survey.drivers.regression import OrderedDrivers
from cvm.words import _

__all__ = ["answer_shares", "marginal_effects"]

Floats = NDArray[np.float64]


def marginal_effects(
    found: OrderedDrivers, *, at_least: Any = None, level: float | None = None
) -> pd.DataFrame:
    """Say what one unit of each driver does to the shares of answers.

    Parameters
    ----------
    found : OrderedDrivers
        From :func:`~cvm.survey.drivers.ordered_logit` or ``ordered_probit``.
    at_least : optional
        A point of the scale: give the effect on the share that answers this or better,
        instead of on each point.
    level : float, optional
        Confidence level; that of the fit without it.

    Returns
    -------
    DataFrame
        One row a driver (or category) and answer: ``driver``, ``category``, ``answer``,
        ``effect`` (share for one unit), ``se``, ``low``, ``high``, ``p_value``.

    Raises
    ------
    CvmError
        For a point that is not on the scale, or the lowest one, which everybody reaches.
    """
    if not isinstance(found, OrderedDrivers):
        wrong = _("Marginal effects need the result of ordered_logit or ordered_probit.")
        raise CvmError(wrong, given=found)
    level = found.level if level is None else level
    sums, labels = _which(found, at_least)
    reach = stats.norm.ppf(0.5 + level / 2)
    tables = []
    for k, (driver, category) in enumerate(
        zip(found.coefficients["driver"], found.coefficients["category"], strict=True)
    ):
        effect, slope = _effect(found, k)
        effect, slope = effect @ sums, sums.T @ slope
        se = np.sqrt(np.einsum("ij,jk,ik->i", slope, found.fit.cov_params(), slope))
        tables.append(pd.DataFrame({
            "driver": driver, "category": category, "answer": labels, "effect": effect, "se": se,
            "low": effect - reach * se, "high": effect + reach * se,
            "p_value": 2 * stats.norm.sf(np.abs(effect / se)),
        }))  # fmt: skip
    return pd.concat(tables, ignore_index=True)


def answer_shares(found: OrderedDrivers, table: pd.DataFrame) -> pd.DataFrame:
    """Predict the shares of answers for given drivers.

    Parameters
    ----------
    found : OrderedDrivers
        The fitted model.
    table : DataFrame
        The drivers of the model, one row a case, no empty cell.

    Returns
    -------
    DataFrame
        One row a case, one column a point of the scale; rows add to 1.
    """
    columns = {}
    for name, driver, category in zip(
        found.fit.model.exog_names, found.coefficients["driver"], found.coefficients["category"],
        strict=False,
    ):  # fmt: skip
        need_columns(table, [driver], remedy=_("Give every driver of the model."))
        if table[driver].isna().any():
            wrong = _("The column '{column}' has empty cells.", column=driver)
            raise CvmError(wrong, remedy=_("Fill them in, or leave the rows out."))
        given = table[driver]
        columns[name] = (given.astype(str) == category) if category else given
    x = pd.DataFrame(columns).to_numpy(dtype=float)
    shares = predicted(found.fit.params, x, found.fit.model.link)
    return pd.DataFrame(shares, columns=list(found.points), index=table.index)


def _which(found: OrderedDrivers, at_least: Any) -> tuple[Floats, list[Any]]:
    """Give the matrix that adds points of the scale to what was asked for."""
    points = list(found.points)
    if at_least is None:
        return np.eye(len(points)), points
    if at_least not in points[1:]:
        raise CvmError(
            _("at_least= is a point of the scale above the lowest."),
            given=at_least,
            remedy=_("Choose one of: {options}.", options=", ".join(map(str, points[1:]))),
        )
    here = points.index(at_least)
    return (np.arange(len(points)) >= here).astype(float)[:, None], [at_least]


def _effect(found: OrderedDrivers, k: int) -> tuple[Floats, Floats]:
    """Give the effects of column k on each point, and their slopes by the parameters."""
    model, params = found.fit.model, np.asarray(found.fit.params)
    x, weights = model.exog, model._weights / model._weights.sum()
    category = found.coefficients["category"].iloc[k]
    if not category:
        return _slope_effect(params, x, weights, model.link, k)
    mine = (found.coefficients["driver"] == found.coefficients["driver"].iloc[k]).to_numpy()
    without = x.copy()
    without[:, np.flatnonzero(mine)] = 0
    with_it = without.copy()
    with_it[:, k] = 1
    high, low = (_mean_shares(params, at, weights, model.link) for at in (with_it, without))
    return high[0] - low[0], high[1] - low[1]


def _slope_effect(
    params: Floats, x: Floats, weights: Floats, link: Link, k: int
) -> tuple[Floats, Floats]:
    drivers = x.shape[1]
    z = params[drivers:] - (x @ params[:drivers])[:, None]
    f, bend = link.density(z), link.bend(z)
    # Of P(y <= j): effect -f beta_k, and its slopes; a point is the step between two of them.
    below = -(weights @ f) * params[k]
    slope = np.zeros((z.shape[1], len(params)))
    slope[:, :drivers] = params[k] * (bend * weights[:, None]).T @ x
    slope[:, k] -= weights @ f
    slope[:, drivers:] = np.diag(-params[k] * (weights @ bend))
    return _steps(below), _steps(slope)


def _mean_shares(params: Floats, x: Floats, weights: Floats, link: Link) -> tuple[Floats, Floats]:
    drivers = x.shape[1]
    z = params[drivers:] - (x @ params[:drivers])[:, None]
    f = link.density(z)
    slope = np.hstack([-(f * weights[:, None]).T @ x, np.diag(weights @ f)])
    return _steps(weights @ link.cdf(z), last=1.0), _steps(slope)


def _steps(below: Floats, *, last: float = 0.0) -> Floats:
    """Turn what is said of "j or less" into what is said of each point."""
    ends = np.zeros((1, *below.shape[1:]))
    return np.diff(np.concatenate([ends, below, ends + last]), axis=0)
