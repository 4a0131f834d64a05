"""The cumulative model as a statsmodels model, so that all statsmodels does comes with it.

The equations and the climb to the maximum are in :mod:`cvm.survey.drivers.ordinal`; this
module stands apart because statsmodels takes a second to load.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from statsmodels.base.model import (
    GenericLikelihoodModel,
    GenericLikelihoodModelResults,
    LikelihoodModelResults,
)

from cvm.survey.drivers.ordinal import (
    LINKS,
    Link,
    Slopes,
    at_cuts,
    climb,
    curvature,
    gradient,
    slopes,
)

__all__ = ["CumulativeModel"]

Floats = NDArray[np.float64]


class CumulativeModel(GenericLikelihoodModel):
    """The cumulative model as a statsmodels model: summary, tests and intervals come with it.

    Parameters
    ----------
    endog : array_like of int, shape (n,)
        Which point of the scale was answered, from 0; every point occurs.
    exog : DataFrame or array_like, shape (n, k)
        Drivers, without a constant: the thresholds take its place.
    link : Link
        Of :data:`LINKS`.
    counts : ndarray, shape (n,), optional
        Respondents a row stands for.
    weights : ndarray, shape (n,), optional
        Case weights; standard errors are then those of the sandwich.
    points : sequence, optional
        The points of the scale as they read in a summary.

    Notes
    -----
    Parameters are the drivers' coefficients and then the thresholds themselves, so the
    standard errors are of what is read.
    """

    def __init__(
        self,
        endog: Any,
        exog: Any,
        *,
        link: Link = LINKS["logit"],
        counts: Floats | None = None,
        weights: Floats | None = None,
        points: Sequence[Any] | None = None,
    ) -> None:
        super().__init__(endog, exog)
        self.link, self.robust = link, weights is not None
        self._answer = np.asarray(self.endog).astype(np.int64)
        n, self._drivers = self.exog.shape
        self._points = int(self._answer.max()) + 1
        self._counts = np.ones(n) if counts is None else counts
        self._weights = self._counts * (1.0 if weights is None else weights)
        rest = self._points - 1
        told = range(self._points) if points is None else points
        self._set_extra_params_names([f"{a}|{b}" for a, b in pairwise(told)])
        self.k_constant, self.df_model, self.df_resid = 0, self._drivers, n - self._drivers - rest

    # -- the likelihood, as statsmodels asks for it ------------------------------------

    def _slopes(self, params: Any) -> Slopes:
        params = np.asarray(params, float)
        k = self._drivers
        return slopes(self._answer, self.exog @ params[:k], params[k:], self.link)

    def loglikeobs(self, params: Any) -> Floats:
        """Give each row's log-likelihood, weighted."""
        return self._weights * np.log(self._slopes(params).chance)

    def score_obs(self, params: Any) -> Floats:
        """Give each row's slope of the log-likelihood, shape (n, parameters)."""
        at = self._slopes(params)
        cuts = at_cuts(at.A, -at.B, self._answer, self._points)
        return self._weights[:, None] * np.column_stack([self.exog * (at.B - at.A)[:, None], cuts])

    def score(self, params: Any) -> Floats:
        """Give the slope of the log-likelihood."""
        at = self._slopes(params)
        return gradient(at, self._answer, self.exog, self._weights, self._points)

    def hessian(self, params: Any) -> Floats:
        """Give the second derivatives of the log-likelihood."""
        at = self._slopes(params)
        return curvature(at, self._answer, self.exog, self._weights, self._points)

    # -- the fit -----------------------------------------------------------------------

    def fit(
        self, start_params: Any = None, *, maxiter: int = 50, tolerance: float = 1e-9
    ) -> GenericLikelihoodModelResults:
        """Find the maximum by Newton's steps.

        Parameters
        ----------
        start_params : array_like, optional
            Not needed: the likelihood has one maximum.
        maxiter : int
            Steps at most.
        tolerance : float
            The fit ends where a step promises less than this times the log-likelihood.

        Returns
        -------
        statsmodels GenericLikelihoodModelResults

        Raises
        ------
        CvmError
            If drivers repeat each other, or predict the answers so well that the
            coefficients have no end.
        """
        centre, spread = self.exog.mean(axis=0), self.exog.std(axis=0)
        z = (self.exog - centre) / spread
        start = None if start_params is None else _to_standard(start_params, centre, spread)
        found = climb(
            self._answer, z, self._weights, link=self.link, names=self.exog_names[: self._drivers],
            start=start, maxiter=maxiter, tolerance=tolerance,
        )  # fmt: skip
        back = _back(centre, spread, self._points)
        bread = np.linalg.inv(-found.hessian)
        if self.robust:
            bread = bread @ self._meat(found.params, z) @ bread
        params, covariance = back @ found.params, back @ bread @ back.T
        result = GenericLikelihoodModelResults(
            self, LikelihoodModelResults(self, params, covariance, scale=1.0)
        )
        result.mle_retvals = {"converged": True, "iterations": found.steps, "score": found.score}
        result.cov_type = "HC0" if self.robust else "nonrobust"
        result.nobs = float(self._counts.sum())
        result.df_resid = result.nobs - len(params)
        return result

    def _meat(self, params: Floats, z: Floats) -> Floats:
        k = self._drivers
        at = slopes(self._answer, z @ params[:k], params[k:], self.link)
        cuts = at_cuts(at.A, -at.B, self._answer, self._points)
        each = np.column_stack([z * (at.B - at.A)[:, None], cuts])
        # A row of c respondents with weight w each carries c contributions of w, not one of cw.
        each *= (self._weights / np.sqrt(self._counts))[:, None]
        return each.T @ each


def _back(centre: Floats, spread: Floats, points: int) -> Floats:
    """Give the matrix from parameters on standardised drivers to those on the drivers."""
    k = len(centre)
    back = np.eye(k + points - 1)
    back[:k, :k] = np.diag(1 / spread)
    back[k:, :k] = centre / spread
    return back


def _to_standard(params: Any, centre: Floats, spread: Floats) -> Floats:
    given = np.asarray(params, float)
    k = len(centre)
    return np.concatenate([given[:k] * spread, given[k:] - given[:k] @ centre])
