r"""The common frame of the likelihoods: parameters on the log scale, unique rows, a score.

A model says how likely the history of one customer is, given positive parameters
:math:`\theta_1, \dots, \theta_k`. Then

.. math::

   \ell(\eta) = \sum_u w_u \ln L(h_u; e^{\eta_1}, \dots, e^{\eta_k}), \qquad
   \eta_j = \ln\theta_j,

over the *different* histories :math:`h_u`, each with the number :math:`w_u` of customers who
share it: a million customers are some hundred thousand rows. On the log scale no parameter
can leave its range, and intervals are better balanced.

**Covariates that do not change** shift a parameter of customer :math:`i` by
:math:`\ln\theta_{ji} = \ln\theta_j \pm z_i'\gamma_j` (Fader & Hardie 2007); the sign makes a
positive effect on a rate's denominator mean *more often*.

**Trust in the maximum.** Of a large table one row first speaks for its neighbours; the
curvature of that fit then guides the steps over all rows. At the end a Newton step is taken,
if it is worth one; a fit counts as converged if a further step promises less than a
millionth of a unit of likelihood and the curvature is that of a peak. Without heterogeneity
a parameter has no end; the fit then says that it has not converged instead of printing a
number to believe in.

References
----------
Fader, P. S. & Hardie, B. G. S. (2007). Incorporating time-invariant covariates into the
Pareto/NBD and BG/NBD models. Technical note.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import digamma, gammaln
from statsmodels.base.model import (
    GenericLikelihoodModel,
    GenericLikelihoodModelResults,
    LikelihoodModelResults,
)

__all__ = ["CustomerModel", "rising"]

Floats = NDArray[np.float64]
History = Mapping[str, Floats]
Params = Mapping[str, Any]

#: Log parameters stay within plus or minus this: beyond, data cannot tell them from infinity.
EDGE = 16.0
#: More different rows than this are thinned to about this many for the first climb.
THIN = 2_500
#: What a further step may promise at a maximum, in units of log-likelihood.
ENOUGH = 1e-6


class CustomerModel(GenericLikelihoodModel):
    """A likelihood of customer histories as a statsmodels model.

    Parameters
    ----------
    history : mapping of str to ndarray, shape (rows,)
        The different histories, by column.
    weights : ndarray, shape (rows,)
        Customers a row stands for.
    covariates : ndarray, shape (rows, c), optional
        Values of the covariates.
    covariate_names : tuple of str
        Their names.
    on : tuple of str
        Parameters the covariates shift; a subset of ``signs``.

    Notes
    -----
    A subclass declares ``label``, ``names`` (of its parameters), ``columns`` (of a history),
    ``signs`` (of covariates) and writes ``terms`` and ``start``. The parameters statsmodels
    sees are logarithms, then the effects.
    """

    label: ClassVar[str]
    names: ClassVar[tuple[str, ...]]
    columns: ClassVar[tuple[str, ...]]
    signs: ClassVar[Mapping[str, float]] = {}

    def __init__(
        self,
        history: History,
        weights: Floats,
        *,
        covariates: Floats | None = None,
        covariate_names: tuple[str, ...] = (),
        on: tuple[str, ...] = (),
    ) -> None:
        self.history, self.weights = dict(history), np.asarray(weights, float)
        self.covariates, self.covariate_names, self.on = covariates, covariate_names, on
        self._last: tuple[tuple[float, ...], float, Floats] = (), np.nan, np.empty(0)
        super().__init__(np.asarray(next(iter(history.values())), float))
        effects = [f"{name}[{z}]" for name in on for z in covariate_names]
        self._set_extra_params_names([*(f"log {name}" for name in self.names), *effects])
        self.k_constant, self.k_extra, self.df_model = 0, 0, len(self.names) + len(effects)
        self.df_resid = len(self.weights) - self.df_model

    # -- what a subclass writes ---------------------------------------------------------

    @staticmethod
    def check(history: History) -> None:
        """Refuse histories that this model cannot read; any will do without more ado."""

    @staticmethod
    def terms(params: Params, history: History) -> tuple[Floats, dict[str, Floats]]:
        """Give each row's log-likelihood and its slopes in the logs of the parameters."""
        raise NotImplementedError

    @staticmethod
    def start(history: History, weights: Floats) -> dict[str, float]:
        """Give starting values from simple statistics of the histories."""
        raise NotImplementedError

    # -- the likelihood, as statsmodels asks for it -------------------------------------

    def _terms(self, theta: Any) -> tuple[Floats, list[Floats]]:
        theta = np.asarray(theta, float)
        shifted = shift(theta, self.names, self.signs, self.on, self.covariates)
        value, slope = self.terms(shifted, self.history)
        columns = [slope[name] for name in self.names]
        if self.covariates is not None:
            columns += [
                self.signs[name] * z * slope[name] for name in self.on for z in self.covariates.T
            ]
        return value, columns

    def _sums(self, theta: Any) -> tuple[float, Floats]:
        """Give the log-likelihood and its slope; the last place asked for is remembered."""
        here = tuple(np.asarray(theta, float))
        if here != self._last[0]:
            value, columns = self._terms(here)
            # no product of matrices: on thirty thousand rows its threads wait for each other
            slope = np.array([(self.weights * column).sum() for column in columns])
            self._last = here, float((self.weights * value).sum()), slope
        return self._last[1:]

    def loglikeobs(self, params: Any) -> Floats:
        """Give each row's log-likelihood, weighted by its customers."""
        return self.weights * self._terms(params)[0]

    def score_obs(self, params: Any) -> Floats:
        """Give each row's slope of the log-likelihood, shape (rows, parameters)."""
        return self.weights[:, None] * np.column_stack(self._terms(params)[1])

    def loglike(self, params: Any) -> float:
        """Give the log-likelihood."""
        return self._sums(params)[0]

    def score(self, params: Any) -> Floats:
        """Give the slope of the log-likelihood."""
        return self._sums(params)[1]

    def hessian(self, params: Any) -> Floats:
        """Give the second derivatives, by central differences of the score."""
        theta, step = np.asarray(params, float), 1e-4
        moves = np.eye(len(theta)) * step
        rows = [(self.score(theta + m) - self.score(theta - m)) / (2 * step) for m in moves]
        return (np.array(rows) + np.array(rows).T) / 2

    # -- the fit ------------------------------------------------------------------------

    def fit(self, start_params: Any = None) -> GenericLikelihoodModelResults:
        """Find the maximum.

        Parameters
        ----------
        start_params : array_like, optional
            Where to start, logs of parameters and then effects; own values without it.

        Returns
        -------
        statsmodels GenericLikelihoodModelResults
            With ``mle_retvals`` telling ``converged`` and the ``promise`` of a further step.
        """
        theta = self._start() if start_params is None else np.asarray(start_params, float)
        rows = len(self.weights)
        if rows > THIN:
            theta, curvature = self._thinned(-(-rows // THIN))._climb(theta, near=1e-3)
            near = self._stepped(theta, curvature)
            if near is not None:
                return self._results(*self._polished(*near))
            theta, curvature = self._climb(theta, curvature)
        else:
            theta, curvature = self._climb(theta)
        return self._results(*self._polished(theta, curvature, self.score(theta)))

    def _start(self) -> Floats:
        start = self.start(self.history, self.weights)
        effects = len(self.on) * len(self.covariate_names)
        return np.concatenate([np.log([start[name] for name in self.names]), np.zeros(effects)])

    def _thinned(self, step: int) -> CustomerModel:
        """Let one row speak for about ``step`` neighbours, which are alike: rows are sorted."""
        first = np.asarray(next(iter(self.history.values())))
        changes = np.flatnonzero(first[1:] != first[:-1]) + 1  # nobody speaks across a change
        starts = np.union1d(np.arange(0, len(first), step), changes)
        middle = (starts + np.append(starts[1:], len(first)) - 1) // 2
        return type(self)(
            {name: column[middle] for name, column in self.history.items()},
            np.add.reduceat(self.weights, starts),
            covariates=None if self.covariates is None else self.covariates[middle],
            covariate_names=self.covariate_names, on=self.on,
        )  # fmt: skip

    def _stepped(self, theta: Floats, curvature: Floats) -> tuple[Floats, Floats, Floats] | None:
        """Take Newton steps with a curvature that is nearly right, corrected on the way.

        Gives the place, the exact curvature and the slope there; nothing if the steps fail.
        """
        if np.linalg.eigvalsh(-curvature)[0] <= 0:
            return None
        bend, slope = -curvature, self.score(theta)
        for _step in range(8):
            move = np.asarray(np.linalg.solve(bend, slope), float)
            if slope @ move / 2 < ENOUGH / 10:
                return theta, self._curvature(theta, slope), slope
            theta = theta + move
            if np.abs(move).max() > 1 or np.abs(theta).max() > EDGE:
                return None
            before, slope = slope, self.score(theta)
            bend = _learnt(bend, move, before - slope)
        return None

    def _curvature(self, theta: Floats, slope: Floats) -> Floats:
        """Give the second derivatives by forward differences, at half the price of both sides."""
        step = 1e-5
        rows = [(self.score(theta + step * unit) - slope) / step for unit in np.eye(len(theta))]
        return (np.array(rows) + np.array(rows).T) / 2

    def _climb(
        self, theta: Floats, curvature: Floats | None = None, *, near: float = 1e-7
    ) -> tuple[Floats, Floats]:
        """Climb in coordinates in which the curvature given is round, until nearly flat."""
        if curvature is None:  # only to make coordinates of: one side of each slope will do
            curvature = self._curvature(theta, self.score(theta))
        scale = _round(curvature)
        n = self.weights.sum()

        def downhill(phi: Floats) -> tuple[float, Floats]:
            here = np.clip(theta + scale @ phi, -EDGE, EDGE)
            value, slope = self._sums(here)
            return -value / n, -(scale.T @ slope) / n

        size = np.sqrt(n)
        scale = scale * size  # a unit of phi is then a unit of the mean log-likelihood
        found = minimize(downhill, np.zeros(len(theta)), jac=True, method="BFGS",
                         options={"gtol": near, "maxiter": 500})  # fmt: skip
        best = np.clip(theta + scale @ found.x, -EDGE, EDGE)
        return best, self._curvature(best, self.score(best)) if near > 1e-6 else self.hessian(best)

    def _polished(
        self, theta: Floats, curvature: Floats, slope: Floats
    ) -> tuple[Floats, Floats, float]:
        """Take a Newton step where the surface is a peak; tell what a further one promises."""
        promise = np.inf
        for step in range(3):
            slope = self.score(theta) if step else slope
            if np.linalg.eigvalsh(-curvature)[0] <= 0 or np.abs(theta[: len(self.names)]).max() >= (
                EDGE - 1e-3
            ):
                return theta, curvature, np.inf
            move = np.linalg.solve(-curvature, slope)
            promise = float(slope @ move) / 2
            if promise < ENOUGH / 1000:  # a step too small to be worth another look at all rows
                break
            theta = theta + move / max(1.0, float(np.abs(move).max()))
            if promise < ENOUGH:
                break
        return theta, curvature, promise

    def _results(
        self, theta: Floats, curvature: Floats, promise: float
    ) -> GenericLikelihoodModelResults:
        covariance = np.linalg.pinv(-curvature, hermitian=True)
        result = GenericLikelihoodModelResults(
            self, LikelihoodModelResults(self, theta, covariance, scale=1.0)
        )
        peak = bool(np.isfinite(promise) and promise < ENOUGH)
        result.mle_retvals = {"converged": peak, "promise": promise}
        result.mle_settings = {"optimizer": "bfgs"}
        result.nobs = float(self.weights.sum())
        result.df_resid = result.nobs - len(theta)
        return result


def shift(
    theta: Floats,
    names: tuple[str, ...],
    signs: Mapping[str, float],
    on: tuple[str, ...],
    covariates: Floats | None,
) -> dict[str, Any]:
    """Give each parameter in its own scale; an array by customers where covariates shift it."""
    params: dict[str, Any] = dict(zip(names, np.exp(theta[: len(names)]), strict=True))
    if covariates is None:
        return params
    effects = theta[len(names) :].reshape(len(on), -1)
    for name, gamma in zip(on, effects, strict=True):
        moved = theta[names.index(name)] + signs[name] * (covariates @ gamma)
        params[name] = np.exp(np.clip(moved, -2 * EDGE, 2 * EDGE))
    return params


def rising(base: Any, count: NDArray[Any]) -> tuple[Floats, Floats]:
    r"""Give :math:`\ln\Gamma(c+x) - \ln\Gamma(c)` and its slope in ``c``, for whole x.

    Parameters
    ----------
    base : float or ndarray
        ``c``, above 0.
    count : ndarray
        ``x``, whole numbers from 0.

    Returns
    -------
    tuple of ndarray
        Value and slope, shaped like ``count``. A scalar ``c`` is summed up term by term,
        which is exact where the difference of two large log-gammas would not be.
    """
    most = int(count.max()) if len(count) else 0
    if np.ndim(base) or most > 100_000:
        return gammaln(base + count) - gammaln(base), digamma(base + count) - digamma(base)
    steps = base + np.arange(most)
    at = count.astype(np.int64)
    value = np.concatenate([[0.0], np.cumsum(np.log(steps))])[at]
    return value, np.concatenate([[0.0], np.cumsum(1 / steps)])[at]


def each_count(count: Floats, params: Params) -> tuple[Floats, Any]:
    """Give the counts a sum over customers needs, and where each customer finds its own.

    Parameters
    ----------
    count : ndarray
        Whole numbers from 0.
    params : mapping
        The parameters in their own scale.

    Returns
    -------
    tuple of ndarray and index
        0 to the largest where all customers share their parameters: what hangs on the count
        alone is then worked out once a count. Else the counts as they are.
    """
    most = int(count.max(initial=0))
    if most > len(count) or any(np.ndim(value) for value in params.values()):
        return count, slice(None)
    return np.arange(most + 1.0), count.astype(np.intp)


def unique_rows(table: pd.DataFrame) -> tuple[pd.DataFrame, Floats]:
    """Put equal rows together; gives the rows, sorted, and how many customers each has."""
    found = {name: _levels(table[name].to_numpy(float)) for name in table}
    shape = tuple(len(levels) for _codes, levels in found.values())
    if np.prod(shape, dtype=float) > 2.0**62:  # too many combinations to number them
        counts = table.groupby(list(table.columns), sort=True).size()
        return counts.index.to_frame(index=False), np.asarray(counts, np.float64)
    # A row becomes one whole number, which sorts ten times as fast as a row does.
    key = np.ravel_multi_index(tuple(codes for codes, _levels in found.values()), shape)
    cells, many = np.unique(key, return_counts=True)
    places = np.unravel_index(cells, shape)
    rows = {
        name: np.asarray(levels)[place]
        for place, (name, (_codes, levels)) in zip(places, found.items(), strict=True)
    }
    return pd.DataFrame(rows), many.astype(np.float64)


def _levels(column: Floats) -> tuple[NDArray[Any], Floats]:
    """Number the different values of a column in their order; gives places and values."""
    if column.min(initial=0) >= 0 and column.max(initial=0) < len(column):
        whole = column.astype(np.int64)
        if (whole == column).all():  # counts number themselves, in a tenth of the time
            return whole, np.arange(whole.max(initial=0) + 1.0)
    return pd.factorize(column, sort=True)


def _learnt(bend: Floats, move: Floats, fall: Floats) -> Floats:
    """Correct a curvature by what a step has shown of it (the rule of BFGS)."""
    if not fall @ move > 0:
        return bend
    seen = bend @ move
    return np.asarray(
        bend + np.outer(fall, fall) / (fall @ move) - np.outer(seen, seen) / (seen @ move)
    )


def _round(curvature: Floats) -> Floats:
    """Give coordinates in which a curvature is the identity, whatever its signs."""
    values, vectors = np.linalg.eigh(-curvature)
    size = np.abs(values)
    return np.asarray(vectors / np.sqrt(np.maximum(size, 1e-4 * size.max() + 1e-300)))
