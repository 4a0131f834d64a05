r"""Exploratory factor analysis: how many things a questionnaire measures, and which item what.

The common factor model :math:`x = \Lambda f + \varepsilon` with uncorrelated
:math:`\varepsilon` says :math:`R = \Lambda\Phi\Lambda' + \Psi`. Loadings are estimated by
statsmodels (maximum likelihood or principal axes) and turned to simple structure:
*varimax* and *quartimax* keep the factors uncorrelated, *oblimin* (with gamma 0, that is
quartimin) lets them correlate, as constructs of satisfaction do. The two that keep them
uncorrelated put items on one length first (Kaiser's normalisation); oblimin does not, as
items with little in common would then pull a general factor through.

**How many** is answered by parallel analysis (Horn 1965): as many as the first eigenvalues
of the correlation matrix that are larger than the 95th percentile of those of unrelated
items, as many respondents.

**Is it worth it:** the Kaiser-Meyer-Olkin measure (from 0 to 1; below 0.5 the items share
too little) and Bartlett's test of unrelated items.

**What the naive answer gets wrong.** "Factors with an eigenvalue above 1": of 24 unrelated
items and 250 respondents, 11 have one.

**Simplified for teaching.** For ordinal answers with few categories take
``correlation="polychoric"``; its chi-square is then too large and is not given.

References
----------
Horn, J. L. (1965). A rationale and test for the number of factors in factor analysis.
*Psychometrika* 30(2), 179-185. Kaiser, H. F. (1974). An index of factorial simplicity.
*Psychometrika* 39(1), 31-36. Bartlett, M. S. (1951). A further note on tests of significance
in factor analysis. *British Journal of Psychology (Statistical Section)* 4(1), 1-2.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.stats import chi2

from cvm.errors import CvmError
from cvm.luck import Luck
from cvm.results import Result, number
from cvm.survey.measure.answers import check_draws, check_option
from cvm.survey.scales.items import Items, correlations, items_of
from cvm.survey.scales.polychoric import polychoric_matrix
from cvm.words import _

__all__ = ["Factors", "explore_factors", "parallel_analysis"]

Floats = NDArray[np.float64]

#: Rotations, and what statsmodels calls them.
ROTATIONS = {"oblimin": "quartimin", "varimax": "varimax", "quartimax": "quartimax", "none": ""}


@dataclass(frozen=True, kw_only=True, repr=False)
class Factors(Result):
    """An exploratory factor analysis.

    Parameters
    ----------
    loadings : DataFrame
        Items by factors (pattern matrix), factors by the variance they explain, signs so
        that loadings add up to more than nothing.
    uniqueness : Series
        Of each item: the share of its variance that no factor explains.
    factor_correlations : DataFrame
        Factors by factors.
    explained : Series
        Share of all variance that goes with each factor.
    factors, items, n, dropped : int
        How many of each; respondents with a gap are left out.
    kmo : float
        Kaiser-Meyer-Olkin measure.
    bartlett_p : float
        Of the test of unrelated items.
    rmsr : float
        Root mean square of the correlations that are left.
    fit_p : float
        Of the test that so many factors are enough (maximum likelihood of Pearson
        correlations only, else unknown).
    heywood : tuple of str
        Items without variance of their own: the solution is improper.
    method, rotation, correlation : str
        As asked for.
    """

    loadings: pd.DataFrame
    uniqueness: pd.Series
    factor_correlations: pd.DataFrame
    explained: pd.Series
    factors: int
    items: int
    n: int
    dropped: int
    kmo: float
    bartlett_p: float
    rmsr: float
    fit_p: float
    heywood: tuple[str, ...]
    method: str
    rotation: str
    correlation: str

    def to_frame(self) -> pd.DataFrame:
        """Give one row an item and factor: ``item``, ``factor``, ``loading``, ``uniqueness``."""
        rows = self.loadings.rename_axis("item").reset_index()
        tidy = rows.melt("item", var_name="factor", value_name="loading")
        return tidy.assign(uniqueness=tidy["item"].map(self.uniqueness))

    def sentence(self) -> str:
        """Say how many factors explain how much, and what they leave."""
        text = _(
            "{factors} factors explain {share} of the variance of {items} items (n = {n}; KMO "
            "{kmo}; correlations left: {rmsr} on average).",
            factors=number(self.factors), share=number(float(self.explained.sum()), "share"),
            items=number(self.items), n=number(self.n), kmo=number(self.kmo, digits=2),
            rmsr=number(self.rmsr, digits=2),
        )  # fmt: skip
        if self.heywood:
            text += " " + _("Improper: {names} would have no variance of their own; read it with "
                            "care.", names=", ".join(self.heywood))  # fmt: skip
        return text


def explore_factors(
    items: pd.DataFrame | ArrayLike,
    *,
    factors: int | None = None,
    method: str = "ml",
    rotation: str = "oblimin",
    correlation: str = "pearson",
    weights: ArrayLike | None = None,
    resamples: int = 200,
    seed: int = 0,
) -> Factors:
    """Look for the factors behind items.

    Parameters
    ----------
    items : DataFrame or array_like, shape (n, k)
        One column an item; respondents with a gap are left out.
    factors : int, optional
        How many; parallel analysis decides without it (at least one).
    method : {"ml", "pa"}
        Maximum likelihood or principal axes.
    rotation : {"oblimin", "varimax", "quartimax", "none"}
        How loadings are turned to simple structure.
    correlation : {"pearson", "polychoric"}
        Of what.
    weights : array_like, optional
        One a respondent, by position.
    resamples, seed : int
        Of the parallel analysis.

    Returns
    -------
    Factors

    Raises
    ------
    CvmError
        For unusable items, more factors than they carry, or items that repeat each other.
    """
    check_option(method, ("ml", "pa"), "method")
    check_option(rotation, tuple(ROTATIONS), "rotation")
    read = items_of(items, weights=weights, least=3)
    matrix = _matrix(items, read, correlation, weights)
    if factors is None:
        table = _parallel(matrix, read.n, resamples, seed)
        below = np.flatnonzero(~table["kept"].to_numpy())
        factors = max(1, int(below[0]) if len(below) else len(table))
    _check_factors(factors, len(read.names))
    loadings, phi, unique = _fitted(matrix, read.n, factors, method, rotation)
    return _factors(read, matrix, loadings, phi, unique, method, rotation, correlation)


def parallel_analysis(
    items: pd.DataFrame | ArrayLike,
    *,
    correlation: str = "pearson",
    weights: ArrayLike | None = None,
    resamples: int = 200,
    seed: int = 0,
) -> pd.DataFrame:
    """Hold the eigenvalues against those of unrelated items.

    Parameters
    ----------
    items, correlation, weights
        As in :func:`explore_factors`.
    resamples, seed : int
        Sets of unrelated normal items, as many respondents.

    Returns
    -------
    DataFrame
        One row a factor: ``factor`` (from 1), ``eigenvalue``, ``chance`` (the 95th percentile
        of unrelated items), ``kept`` (above it, as are all before).
    """
    read = items_of(items, weights=weights, least=3)
    return _parallel(_matrix(items, read, correlation, weights), read.n, resamples, seed)


def _matrix(items: Any, read: Items, correlation: str, weights: Any) -> Floats:
    check_option(correlation, ("pearson", "polychoric"), "correlation")
    if correlation == "polychoric":
        return polychoric_matrix(items, weights=weights).correlations.to_numpy()
    matrix = correlations(read.covariance())
    if np.linalg.eigvalsh(matrix)[0] < 1e-8:
        raise CvmError(
            _("Some items repeat each other exactly, so their factors cannot be told apart."),
            given=list(read.names),
            remedy=_("Leave out sums and copies of other items, or ask more respondents."),
        )
    return matrix


def _parallel(matrix: Floats, n: int, resamples: int, seed: int) -> pd.DataFrame:
    check_draws(resamples)
    k = len(matrix)
    rng = Luck(seed).generator("unrelated items")
    # Bartlett's decomposition: the scatter of n normals without drawing them.
    lower = np.tril(rng.standard_normal((resamples, k, k)), -1)
    at = np.arange(k)
    lower[:, at, at] = np.sqrt(rng.chisquare(np.maximum(n - 1 - at, 1), size=(resamples, k)))
    drawn = np.linalg.eigvalsh(correlations(lower @ lower.transpose(0, 2, 1)))[:, ::-1]
    chance = np.quantile(drawn, 0.95, axis=0)
    seen = np.linalg.eigvalsh(matrix)[::-1]
    return pd.DataFrame(
        {
            "factor": at + 1,
            "eigenvalue": seen,
            "chance": chance,
            "kept": np.cumprod(seen > chance).astype(bool),
        }
    )


def _fitted(
    matrix: Floats, n: int, factors: int, method: str, rotation: str
) -> tuple[Floats, Floats, Floats]:
    from statsmodels.multivariate.factor import Factor  # takes a second to load

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what they warn of is in the result: heywood, rmsr
        fit = Factor(corr=matrix, n_factor=factors, nobs=n, method=method).fit()
    loadings, phi = np.real(fit.loadings).astype(float), np.eye(factors)  # complex by NumPy 2.5
    if rotation != "none" and factors > 1:
        loadings, phi = _turned(loadings, ROTATIONS[rotation])
    return (*_ordered(loadings, phi), np.asarray(fit.uniqueness, float))


def _turned(loadings: Floats, rotation: str) -> tuple[Floats, Floats]:
    """Turn to simple structure; from two starts, as oblimin has more than one resting place."""
    from statsmodels.multivariate.factor_rotation import rotate_factors

    if rotation == "quartimin":
        starts = [loadings, rotate_factors(loadings, "varimax")[0]]
        found = [rotate_factors(start, rotation) for start in starts]
        turned, matrix = min(found, key=lambda one: _complexity(one[0]))
    else:
        length = np.sqrt((loadings**2).sum(axis=1, keepdims=True))
        even, matrix = rotate_factors(loadings / np.where(length > 0, length, 1.0), rotation)
        turned = even * length
    return np.asarray(turned), np.asarray(matrix.T @ matrix)


def _complexity(loadings: Floats) -> float:
    """Add up what items load on two factors at once: quartimin's criterion."""
    squares = loadings**2
    return float((squares.sum(axis=1) ** 2 - (squares**2).sum(axis=1)).sum())


def _ordered(loadings: Floats, phi: Floats) -> tuple[Floats, Floats]:
    """Put factors in the order of what they explain, signs upward."""
    spread = np.sqrt(np.diag(phi))
    phi, loadings = phi / np.outer(spread, spread), loadings * spread
    order = np.argsort(-_explained(loadings, phi))
    sign = np.where(loadings.sum(axis=0) < 0, -1.0, 1.0)[order]
    return loadings[:, order] * sign, phi[np.ix_(order, order)] * np.outer(sign, sign)


def _explained(loadings: Floats, phi: Floats) -> Floats:
    return np.asarray(np.diag(phi @ loadings.T @ loadings) / len(loadings))


def _factors(
    read: Items,
    matrix: Floats,
    loadings: Floats,
    phi: Floats,
    unique: Floats,
    method: str,
    rotation: str,
    correlation: str,
) -> Factors:
    k, m = loadings.shape
    names, labels = list(read.names), [f"F{i + 1}" for i in range(m)]
    common = loadings @ phi @ loadings.T
    left = (matrix - common)[np.triu_indices(k, 1)]
    plain = method == "ml" and correlation == "pearson"
    return Factors(
        loadings=pd.DataFrame(loadings, index=names, columns=labels),
        uniqueness=pd.Series(unique, index=names),
        factor_correlations=pd.DataFrame(phi, index=labels, columns=labels),
        explained=pd.Series(_explained(loadings, phi), index=labels),
        factors=m, items=k, n=read.n, dropped=read.base.dropped, kmo=_kmo(matrix),
        bartlett_p=_bartlett(matrix, read.n), rmsr=float(np.sqrt(np.mean(left**2))),
        fit_p=_fit_p(matrix, common + np.diag(unique), read.n, m) if plain else float("nan"),
        heywood=tuple(n for n, u in zip(names, unique, strict=True) if u < 0.006),
        method=method, rotation=rotation, correlation=correlation,
    )  # fmt: skip


def _kmo(matrix: Floats) -> float:
    inverse = np.linalg.inv(matrix)
    spread = np.sqrt(np.diag(inverse))
    partial = inverse / np.outer(spread, spread)
    off = ~np.eye(len(matrix), dtype=bool)
    both = np.sum(matrix[off] ** 2)
    return float(both / (both + np.sum(partial[off] ** 2)))


def _bartlett(matrix: Floats, n: int) -> float:
    k = len(matrix)
    statistic = -(n - 1 - (2 * k + 5) / 6) * np.linalg.slogdet(matrix)[1]
    return float(chi2.sf(statistic, k * (k - 1) / 2))


def _fit_p(matrix: Floats, implied: Floats, n: int, m: int) -> float:
    k = len(matrix)
    df = ((k - m) ** 2 - (k + m)) // 2
    if df <= 0:
        return float("nan")
    logs = np.linalg.slogdet(implied)[1] - np.linalg.slogdet(matrix)[1]
    discrepancy = logs + np.trace(np.linalg.solve(implied, matrix)) - k
    return float(chi2.sf((n - 1 - (2 * k + 5) / 6 - 2 * m / 3) * discrepancy, df))


def _check_factors(factors: int, k: int) -> None:
    if isinstance(factors, bool) or not isinstance(factors, int | np.integer) or factors < 1:
        wrong = _("Factors are a whole number of 1 or more.")
        raise CvmError(wrong, given=factors, remedy=_("Leave factors= out to have them counted."))
    if (k - factors) ** 2 < k + factors:
        raise CvmError(
            _("{items} items cannot carry {factors} factors.", items=k, factors=factors),
            given=factors,
            remedy=_("Ask for fewer factors; three items carry one."),
        )
