r"""Polychoric correlation: how what is behind two ordinal answers is related.

Behind each answer lies a standard normal; the answer says between which thresholds it fell.
With :math:`\tau` thresholds and :math:`\rho` the correlation of the two normals, the chance of
the cell :math:`(i, j)` is a rectangle of the bivariate normal, :math:`\pi_{ij}(\rho, \tau)`.
*Two steps* (Olsson 1979): thresholds from the margins, then

.. math:: \hat\rho = \arg\max_\rho \sum_{ij} n_{ij} \ln \pi_{ij}(\rho, \hat\tau),

by Fisher scoring on :math:`\partial\pi_{ij}/\partial\rho`, a difference of densities
(Plackett's identity). All tables of a matrix, or all replicates of a bootstrap, go at once.

**The standard error** counts the doubt about the thresholds: with :math:`I` the information
of one respondent, the influence of one who is in cell :math:`(i, j)` is

.. math:: \psi_{ij} = \frac{1}{I_{\rho\rho}}\Bigl[\frac{\partial_\rho\pi_{ij}}{\pi_{ij}}
   - \sum_t I_{\rho t}\,\frac{1[\text{below } \tau_t] - P_t}{\phi(\tau_t)}\Bigr],

and :math:`\widehat V(\hat\rho) = \sum w^2\psi^2 / (\sum w)^2`. The interval is made on
Fisher's :math:`z`.

**What the naive answer gets wrong.** Pearson's correlation of the coded answers is too small:
with a latent 0.6 and both items cut at the median into two, it is 0.41.

**Assumption.** What lies behind is normal in both; the fit of cells can be seen in the
table of the result.

References
----------
Olsson, U. (1979). Maximum likelihood estimation of the polychoric correlation coefficient.
*Psychometrika* 44(4), 443-460.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri
from scipy.stats import norm

from cvm.errors import CvmError
from cvm.inputs import check_level
from cvm.luck import Luck
from cvm.results import Estimate, Result, number
from cvm.survey.measure.answers import check_draws, check_option
from cvm.survey.measure.replicates import BLOCK, drawn_counts, percentile
from cvm.survey.scales.binormal import binormal_cdf, binormal_pdf
from cvm.survey.scales.items import Items, items_of
from cvm.words import N_, _

__all__ = ["Polychoric", "PolychoricMatrix", "polychoric", "polychoric_matrix"]

Floats = NDArray[np.float64]

#: As near to 1 as a correlation is looked for.
EDGE = 0.999
#: More distinct answers than this are no ordinal scale.
MOST = 21
STEPS, ENOUGH, TINY = 60, 1e-9, 1e-12


@dataclass(frozen=True, kw_only=True, repr=False)
class Polychoric(Estimate):
    """A polychoric correlation with its interval.

    Parameters
    ----------
    se : float
        Standard error, with the doubt about the thresholds.
    pearson : float
        Of the coded answers, to compare.
    at_edge : bool
        Whether the likelihood still rose at the largest correlation looked for.
    table : DataFrame
        One row a cell: ``first``, ``second`` (answers), ``seen`` (share), ``expected``.
    dropped : int
        Respondents with a gap, left out.
    """

    se: float
    pearson: float
    at_edge: bool
    table: pd.DataFrame
    dropped: int

    def sentence(self) -> str:
        """Say the correlation and its interval."""
        text = super().sentence()
        if self.at_edge:
            text += " " + _("It lies at the edge of what was looked for: the table is too empty "
                            "to tell.")  # fmt: skip
        return text


@dataclass(frozen=True, kw_only=True, repr=False)
class PolychoricMatrix(Result):
    """Polychoric correlations of all pairs of items.

    Parameters
    ----------
    correlations, standard_errors : DataFrame
        Items by items; 1 and 0 on the diagonal.
    n, dropped : int
        Complete respondents, and those left out.
    smoothed : bool
        Whether the pairs did not fit into one matrix and were moved to the nearest one
        that does (eigenvalues raised to a small positive one).
    at_edge : tuple of str
        Pairs whose table is too empty to tell.
    """

    correlations: pd.DataFrame
    standard_errors: pd.DataFrame
    n: int
    dropped: int
    smoothed: bool
    at_edge: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """Give one row a pair: ``first``, ``second``, ``correlation``, ``se``."""
        names = np.array(self.correlations.columns)
        at, to = np.triu_indices(len(names), 1)
        return pd.DataFrame(
            {
                "first": names[at],
                "second": names[to],
                "correlation": self.correlations.to_numpy()[at, to],
                "se": self.standard_errors.to_numpy()[at, to],
            }
        )

    def sentence(self) -> str:
        """Say between what the correlations lie."""
        pairs = self.to_frame()["correlation"]
        text = _(
            "Polychoric correlations of {items} items: {low} to {high}, mean {mean} (n = {n}).",
            items=number(len(self.correlations)), low=number(pairs.min()),
            high=number(pairs.max()), mean=number(pairs.mean()), n=number(self.n),
        )  # fmt: skip
        if self.smoothed:
            text += " " + _("The pairs did not fit into one matrix and were smoothed.")
        return text


def polychoric(
    first: ArrayLike,
    second: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    method: str = "z",
    level: float = 0.95,
    resamples: int = 1000,
    seed: int = 0,
) -> Polychoric:
    """Estimate the correlation of what lies behind two ordinal answers.

    Parameters
    ----------
    first, second : array_like, shape (n,)
        Ordered answers as numbers; only their order counts. Respondents with a gap are
        left out.
    weights, clusters : array_like, optional
        One a respondent, by position.
    method : {"z", "bootstrap"}
        The interval: on Fisher's z with the standard error, or the percentile bootstrap
        over respondents (not with weights or clusters, which the standard error knows).
    level : float
        Confidence level.
    resamples, seed : int
        Of the bootstrap.

    Returns
    -------
    Polychoric

    Raises
    ------
    CvmError
        For unusable answers, answers that do not vary, or more than 21 different ones.
    """
    check_level(level)
    check_option(method, ("z", "bootstrap"), "method")
    read = items_of(_side_by_side(first, second), weights=weights, clusters=clusters)
    codes, steps = _coded(read)
    counts = _tables(codes, read.base.weights, [(0, 1)])
    fit = _fit(counts)
    se = float(np.sqrt(_variance(fit, codes, read, (0, 1))))
    rho = float(fit.rho[0])
    if method == "bootstrap":
        if read.base.weighted or read.base.units is not None:
            wrong = _("The bootstrap of a polychoric correlation knows no weights or clusters.")
            raise CvmError(wrong, remedy=_("Use method='z', whose standard error does."))
        check_draws(resamples)
        low, high = percentile(_replicates(counts[0], resamples, seed), level)
    else:
        reach = norm.ppf((1 + level) / 2) * se / (1 - rho**2)
        low, high = (float(np.tanh(np.arctanh(rho) + side * reach)) for side in (-1, 1))
    told = {"z": N_("on Fisher's z"), "bootstrap": N_("percentile bootstrap")}
    return Polychoric(
        name=_("Polychoric correlation"), value=rho, low=low, high=high, level=level, n=read.n,
        method=_(told[method]), se=se, pearson=_pearson(read), at_edge=bool(abs(rho) >= EDGE),
        table=_cells(fit, steps), dropped=read.base.dropped,
    )  # fmt: skip


def polychoric_matrix(
    items: pd.DataFrame | ArrayLike, *, weights: ArrayLike | None = None
) -> PolychoricMatrix:
    """Estimate the polychoric correlations of all pairs of items at once.

    Parameters
    ----------
    items : DataFrame or array_like, shape (n, k)
        One column an ordinal item; respondents with a gap are left out.
    weights : array_like, optional
        One a respondent, by position.

    Returns
    -------
    PolychoricMatrix
    """
    read = items_of(items, weights=weights)
    codes, _steps = _coded(read)
    k = len(read.names)
    pairs = list(combinations(range(k), 2))
    fit = _fit(_tables(codes, read.base.weights, pairs))
    matrix, errors = np.eye(k), np.zeros((k, k))
    for at, pair in enumerate(pairs):
        matrix[pair] = matrix[pair[::-1]] = fit.rho[at]
        spread = float(np.sqrt(_variance(fit.one(at), codes, read, pair)))
        errors[pair] = errors[pair[::-1]] = spread
    matrix, smoothed = _smoothed(matrix)
    names = list(read.names)
    edge = [f"{names[a]} x {names[b]}" for (a, b), r in zip(pairs, fit.rho, strict=True)
            if abs(r) >= EDGE]  # fmt: skip
    return PolychoricMatrix(
        correlations=pd.DataFrame(matrix, index=names, columns=names),
        standard_errors=pd.DataFrame(errors, index=names, columns=names),
        n=read.n, dropped=read.base.dropped, smoothed=smoothed, at_edge=tuple(edge),
    )  # fmt: skip


@dataclass(frozen=True)
class _Fit:
    """Fits to a block of tables: shares, thresholds with their ends, correlation."""

    shares: Floats  # (r, a, b)
    rows: Floats  # (r, a + 1)
    columns: Floats  # (r, b + 1)
    rho: Floats  # (r,)

    def one(self, at: int) -> _Fit:
        pick = slice(at, at + 1)
        return _Fit(self.shares[pick], self.rows[pick], self.columns[pick], self.rho[pick])


def _fit(counts: Floats) -> _Fit:
    """Fit a block of tables of shape (r, a, b) by the two steps."""
    shares = counts / counts.sum(axis=(1, 2), keepdims=True)
    rows, columns = _thresholds(shares.sum(axis=2)), _thresholds(shares.sum(axis=1))
    rho = np.clip(_product_moment(shares), -0.9, 0.9)
    active = np.arange(len(shares))
    for _step in range(STEPS):
        part = _Fit(shares[active], rows[active], columns[active], rho[active])
        cells, slope = _cells_and_slopes(part)
        score = np.einsum("rij,rij->r", part.shares, slope / cells)
        information = np.einsum("rij,rij->r", slope / cells, slope)
        # Scoring on Fisher's z keeps the step inside (-1, 1).
        inside = 1 - part.rho**2
        step = np.clip(score / np.maximum(information * inside, TINY), -0.7, 0.7)
        new = np.clip(np.tanh(np.arctanh(part.rho) + step), -EDGE, EDGE)
        rho[active] = new
        active = active[np.abs(new - part.rho) > ENOUGH]
        if not len(active):
            break
    return _Fit(shares, rows, columns, rho)


def _thresholds(margin: Floats) -> Floats:
    below = np.cumsum(margin, axis=1)[:, :-1]
    ends = np.full((len(margin), 1), np.inf)
    return np.concatenate([-ends, ndtri(np.clip(below, 0, 1)), ends], axis=1)


def _cells_and_slopes(fit: _Fit) -> tuple[Floats, Floats]:
    """Give the chance of every cell and its derivative with respect to rho."""
    a, b = fit.rows[:, 1:-1, None], fit.columns[:, None, 1:-1]
    rho = fit.rho[:, None, None]
    inner = binormal_cdf(a, b, rho)
    below = np.zeros((len(fit.rho), fit.rows.shape[1], fit.columns.shape[1]))
    below[:, 1:-1, 1:-1] = inner
    below[:, -1, :] = ndtr(fit.columns)
    below[:, :, -1] = ndtr(fit.rows)
    density = np.zeros_like(below)
    density[:, 1:-1, 1:-1] = binormal_pdf(a, b, rho)
    cells, slope = (np.diff(np.diff(grid, axis=1), axis=2) for grid in (below, density))
    return np.maximum(cells, TINY), slope


def _variance(fit: _Fit, codes: NDArray[np.intp], read: Items, pair: tuple[int, int]) -> float:
    """Give the variance of rho by the influence of each respondent's cell."""
    cells, slope = (block[0] for block in _cells_and_slopes(fit))
    rho = float(fit.rho[0])
    score = slope / cells
    influence = score.copy()
    for axis, (mine, other) in enumerate(((fit.rows[0], fit.columns[0]),
                                          (fit.columns[0], fit.rows[0]))):  # fmt: skip
        turned = score if axis == 0 else score.T
        for at in range(1, len(mine) - 1):
            if not np.isfinite(mine[at]):  # a category nobody chose
                continue
            height = float(np.exp(-(mine[at] ** 2) / 2) / np.sqrt(2 * np.pi))
            # moving the threshold shifts mass from the category above to that below
            given = np.diff(ndtr((other - rho * mine[at]) / np.sqrt(1 - rho**2)))
            cross = height * (given @ (turned[at - 1] - turned[at]))
            moved = ((np.arange(len(mine) - 1) < at) - ndtr(mine[at])) / height
            influence -= cross * (moved[:, None] if axis == 0 else moved[None, :])
    influence /= np.sum(slope**2 / cells)
    w = read.base.weights / read.base.weights.sum()
    u = read.base.by_unit(w * influence[codes[:, pair[0]], codes[:, pair[1]]])
    return float(read.base.groups / (read.base.groups - 1) * (u @ u))


def _replicates(counts: Floats, resamples: int, seed: int) -> Floats:
    """Refit the table of each bootstrap replicate, a block at a time."""
    flat = counts.astype(np.int64).ravel()
    rng = Luck(seed).generator("pairs again")
    drawn = drawn_counts(flat[flat > 0], resamples=resamples, rng=rng)
    tables = np.zeros((resamples, len(flat)))
    tables[:, flat > 0] = drawn
    tables = tables.reshape(resamples, *counts.shape)
    # A replicate in which an answer does not vary has no correlation.
    varied = [(tables.sum(axis=axis) > 0).sum(axis=1) > 1 for axis in (1, 2)]
    usable = np.flatnonzero(varied[0] & varied[1])
    found, step = np.full(resamples, np.nan), max(1, BLOCK // counts.size)
    for start in range(0, len(usable), step):
        at = usable[start : start + step]
        found[at] = _fit(tables[at]).rho
    return found


def _coded(read: Items) -> tuple[NDArray[np.intp], list[Floats]]:
    codes, steps = np.empty(read.x.shape, dtype=np.intp), []
    for j, name in enumerate(read.names):
        found, codes[:, j] = np.unique(read.x[:, j], return_inverse=True)
        if len(found) > MOST:
            raise CvmError(
                _("Item {item} has too many different answers for an ordinal scale.", item=name),
                given=len(found),
                remedy=_("Take Pearson's correlation for measured quantities."),
            )
        steps.append(found)
    return codes, steps


def _tables(codes: NDArray[np.intp], weights: Floats, pairs: list[tuple[int, int]]) -> Floats:
    """Cross-tabulate pairs, all padded to the longest scale."""
    size = int(codes.max()) + 1
    out = np.empty((len(pairs), size, size))
    for at, (a, b) in enumerate(pairs):
        flat = codes[:, a] * size + codes[:, b]
        out[at] = np.bincount(flat, weights, minlength=size * size).reshape(size, size)
    return out


def _product_moment(shares: Floats) -> Floats:
    """Correlate the places of the categories: where to start from."""
    i, j = np.arange(shares.shape[1]), np.arange(shares.shape[2])
    row, col = shares.sum(axis=2), shares.sum(axis=1)
    spread = (row @ i**2 - (row @ i) ** 2) * (col @ j**2 - (col @ j) ** 2)
    joint = np.einsum("rij,i,j->r", shares, i, j) - (row @ i) * (col @ j)
    return joint / np.sqrt(np.maximum(spread, TINY))


def _pearson(read: Items) -> float:
    covariance = read.covariance()
    return float(covariance[0, 1] / np.sqrt(covariance[0, 0] * covariance[1, 1]))


def _cells(fit: _Fit, steps: list[Floats]) -> pd.DataFrame:
    cells = _cells_and_slopes(fit)[0][0]
    a, b = len(steps[0]), len(steps[1])
    first, second = (grid.ravel() for grid in np.meshgrid(*steps, indexing="ij"))
    return pd.DataFrame(
        {
            "first": first,
            "second": second,
            "seen": fit.shares[0, :a, :b].ravel(),
            "expected": cells[:a, :b].ravel(),
        }
    )


def _smoothed(matrix: Floats) -> tuple[Floats, bool]:
    roots, axes = np.linalg.eigh(matrix)
    if roots[0] > 1e-8:
        return matrix, False
    raised = axes @ np.diag(np.maximum(roots, 1e-4)) @ axes.T
    spread = np.sqrt(np.diag(raised))
    return raised / np.outer(spread, spread), True


def _side_by_side(first: Any, second: Any) -> pd.DataFrame:
    if np.ndim(first) != 1 or np.ndim(second) != 1 or len(first) != len(second):
        raise CvmError(
            _("A correlation takes two columns of one length."),
            given=[np.shape(first), np.shape(second)],
            remedy=_("Give for example polychoric(table['SATI1'], table['LOYA1'])."),
        )
    return pd.DataFrame({"first": np.asarray(first), "second": np.asarray(second)})
