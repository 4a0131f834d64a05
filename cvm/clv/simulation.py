"""Simulate customers from a lifetime-value model, with their truth.

Each model draws what sets customers apart, lets them buy and drop out, and sums the history
up as :func:`cvm.clv.summary` would. All chance is drawn by customer before a parameter acts,
so a larger ``n`` keeps the first customers and a changed parameter meets the same luck. No
event is simulated one by one: the day of the x-th of M purchases is an order statistic of
uniforms, a beta variate.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaincinv, gammaincinv

from cvm.clv.bgbb import MOST, BetaGeometricBetaBinomial
from cvm.clv.bgnbd import BetaGeometricNBD, ModifiedBetaGeometricNBD
from cvm.clv.contract import ShiftedBetaGeometric
from cvm.clv.fit import Fit
from cvm.clv.gammagamma import GammaGamma
from cvm.clv.paretonbd import ParetoNBD
from cvm.errors import CvmError, near_miss
from cvm.inputs import number_array, numbers_in, real_number
from cvm.luck import Luck, bernoulli, poisson
from cvm.words import _

__all__ = ["simulate", "simulate_spend"]

Floats = NDArray[np.float64]
#: Lives longer than this many coins or renewals count as endless.
ENDLESS = 2**53


def simulate(
    model: str | Fit,
    params: Mapping[str, float] | None = None,
    *,
    n: int,
    T: ArrayLike,
    seed: int,
) -> pd.DataFrame:
    """Simulate customers and their histories.

    Parameters
    ----------
    model : str or Fit
        ``"bg_nbd"``, ``"mbg_nbd"``, ``"pareto_nbd"``, ``"bg_bb"``,
        ``"shifted_beta_geometric"``, or a fit without covariates.
    params : mapping, optional
        The parameters by name; those of the fit without it.
    n : int
        Customers, 1 or more; a larger ``n`` keeps the first.
    T : float or array_like, shape (n,)
        The age of each customer; whole for occasions and contracts.
    seed : int
        The luck.

    Returns
    -------
    DataFrame
        One row a customer: ``customer``, ``frequency``, ``recency``, ``T`` (for contracts
        ``T``, ``left``) and the truth: ``true_rate`` or ``true_buys``, ``true_drop`` or
        ``true_hazard``, ``true_alive`` (at ``T``).

    Raises
    ------
    CvmError
        For an unknown model, or parameters, ages or a size that cannot be.
    """
    kind, values = _chosen(model, params)
    if isinstance(n, bool) or not isinstance(n, int | np.integer) or n < 1:
        wrong = _("A simulation needs at least one customer.")
        raise CvmError(wrong, given=n, remedy=_("Give for example n=1000."))
    ages = number_array(T, name="T")
    if kind == "bg_bb" and (ages.min() < 1 or ages.max() > MOST):
        wrong = _("Occasions are counted from 1, and not in their thousands.")
        raise CvmError(wrong, given=T, remedy=_("Give for example T=6."))
    if ages.shape not in ((), (n,)) or not (np.isfinite(ages) & (ages >= 0)).all():
        raise CvmError(
            _("T is an age of zero or more, one for all or one for each customer."), given=T,
            remedy=_("Give for example T=52."),
        )  # fmt: skip
    columns = _MAKERS[kind](values, np.broadcast_to(ages, (n,)).copy(), Luck(seed))
    return pd.DataFrame({"customer": np.arange(1, n + 1), **columns})


def simulate_spend(
    params: Mapping[str, float] | Fit, summary: pd.DataFrame, *, seed: int
) -> pd.DataFrame:
    """Give customers a mean spend on their repeat purchases, from the Gamma-Gamma model.

    Parameters
    ----------
    params : mapping or Fit
        ``p``, ``q``, ``v``, or a fit of :func:`cvm.clv.gamma_gamma`.
    summary : DataFrame
        With ``frequency``.
    seed : int
        The luck.

    Returns
    -------
    DataFrame
        The summary with ``monetary_value`` (0 without a repeat purchase) and ``true_spend``
        (the customer's mean of many purchases).
    """
    given = _told(params) if isinstance(params, Fit) else params
    values = _checked(GammaGamma.names, given)
    luck, x = Luck(seed), numbers_in(summary, ["frequency"])[:, 0]
    rate = luck.gamma("spend level", len(x), shape=values["q"]) / values["v"]
    u = luck.uniform("spend luck", len(x))
    shape = values["p"] * np.maximum(x, 1)
    mean = gammaincinv(shape, u) / (rate * np.maximum(x, 1))
    return summary.assign(monetary_value=np.where(x > 0, mean, 0.0), true_spend=values["p"] / rate)


def _chosen(model: str | Fit, params: Mapping[str, float] | None) -> tuple[str, dict[str, float]]:
    if isinstance(model, Fit):
        if model.covariates:
            raise CvmError(
                _("A fit with covariates has no customers of its own to simulate."),
                given=model.covariates,
                remedy=_("Simulate each group with its parameters by name."),
            )
        kind = next((k for k, m in _MODELS.items() if m is model.model), "")
        params = _told(model) if params is None else params
    else:
        kind = str(model)
    if kind not in _MODELS:
        wrong = _("There is no such model to simulate.")
        raise CvmError(wrong, given=str(model), remedy=near_miss(model, _MODELS))
    return kind, _checked(_MODELS[kind].names, params or {})


def _told(fitted: Fit) -> dict[str, float]:
    return {str(name): float(value) for name, value in fitted.params.items()}


def _checked(names: tuple[str, ...], params: Mapping[str, float]) -> dict[str, float]:
    if not isinstance(params, Mapping):
        wrong = _("Parameters come by name.")
        remedy = _("Give {names}, each above 0.", names=", ".join(names))
        raise CvmError(wrong, given=params, remedy=remedy)
    values = {
        name: real_number(params[name], name=name) if name in params else np.nan for name in names
    }
    if set(params) != set(names) or not all(0 < v < np.inf for v in values.values()):
        raise CvmError(
            _("The parameters are {names}, each above 0.", names=", ".join(names)),
            given=dict(params), remedy=_("Give all of them by name and no other."),
        )  # fmt: skip
    return values


def _beta(luck: Luck, name: str, n: int, a: float, b: float) -> Floats:
    up, down = luck.gamma(f"{name} a", n, shape=a), luck.gamma(f"{name} b", n, shape=b)
    return up / np.maximum(up + down, 1e-300)


def geometric(u: Floats, p: ArrayLike) -> NDArray[np.int64]:
    """Give the trial of the first success by inversion.

    Parameters
    ----------
    u : ndarray
        Uniforms on [0, 1).
    p : array_like
        Chance of success in a trial; at 0 it never comes, which is ``ENDLESS`` trials.

    Returns
    -------
    ndarray of int
        From 1.
    """
    trials = np.log1p(-u) / np.log1p(-np.clip(p, 1e-300, 1 - 1e-16))
    return np.clip(np.ceil(trials), 1, ENDLESS).astype(np.int64)


def _dropping(params: Mapping[str, float], T: Floats, luck: Luck, first: int) -> dict[str, Any]:
    n = len(T)
    rate = luck.gamma("rate", n, shape=params["r"]) / params["alpha"]
    drop = _beta(luck, "drop", n, params["a"], params["b"])
    wanted = poisson(luck.uniform("purchases", n), rate * T)
    last = geometric(luck.uniform("life", n), drop) - first
    x = np.minimum(wanted, last)
    place = betaincinv(np.maximum(x, 1), wanted - x + 1, luck.uniform("recency", n))
    return {
        "frequency": x, "recency": np.where(x > 0, place * T, 0.0), "T": T,
        "true_rate": rate, "true_drop": drop, "true_alive": wanted < last,
    }  # fmt: skip


def _dying(params: Mapping[str, float], T: Floats, luck: Luck) -> dict[str, Any]:
    n = len(T)
    rate = luck.gamma("rate", n, shape=params["r"]) / params["alpha"]
    hazard = luck.gamma("hazard", n, shape=params["s"]) / params["beta"]
    life = -np.log1p(-luck.uniform("life", n)) / np.maximum(hazard, 1e-300)
    seen = np.minimum(life, T)
    x = poisson(luck.uniform("purchases", n), rate * seen)
    place = luck.uniform("recency", n) ** (1 / np.maximum(x, 1))
    return {
        "frequency": x, "recency": np.where(x > 0, place * seen, 0.0), "T": T,
        "true_rate": rate, "true_hazard": hazard, "true_alive": life > T,
    }  # fmt: skip


def _occasional(params: Mapping[str, float], T: Floats, luck: Luck) -> dict[str, Any]:
    n, many = len(T), int(T.max())
    buys = _beta(luck, "buys", n, params["alpha"], params["beta"])
    drop = _beta(luck, "drop", n, params["gamma"], params["delta"])
    life = geometric(luck.uniform("life", n), drop) - 1
    occasion = np.arange(1, many + 1)
    draws = np.column_stack([luck.uniform(f"occasion {k}", n) for k in occasion])
    open_ = occasion <= np.minimum(life, T)[:, None]
    bought = bernoulli(draws, buys[:, None]) & open_
    return {
        "frequency": bought.sum(axis=1), "recency": (bought * occasion).max(axis=1),
        "T": T.astype(np.int64), "true_buys": buys, "true_drop": drop, "true_alive": life >= T,
    }  # fmt: skip


def _renewing(params: Mapping[str, float], T: Floats, luck: Luck) -> dict[str, Any]:
    drop = _beta(luck, "drop", len(T), params["alpha"], params["beta"])
    end = geometric(luck.uniform("life", len(T)), drop)
    return {
        "T": np.minimum(end, T).astype(np.int64), "left": end <= T,
        "true_drop": drop, "true_alive": end > T,
    }  # fmt: skip


_MODELS: dict[str, Any] = {
    "bg_nbd": BetaGeometricNBD,
    "mbg_nbd": ModifiedBetaGeometricNBD,
    "pareto_nbd": ParetoNBD,
    "bg_bb": BetaGeometricBetaBinomial,
    "shifted_beta_geometric": ShiftedBetaGeometric,
}
_MAKERS: dict[str, Callable[[Mapping[str, float], Floats, Luck], dict[str, Any]]] = {
    "bg_nbd": lambda p, T, luck: _dropping(p, T, luck, 0),
    "mbg_nbd": lambda p, T, luck: _dropping(p, T, luck, 1),
    "pareto_nbd": _dying,
    "bg_bb": _occasional,
    "shifted_beta_geometric": _renewing,
}
