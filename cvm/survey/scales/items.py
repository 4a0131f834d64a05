r"""Items of one scale: who answered them all, their moments, and each item against the rest.

An item belongs to its scale if it moves with the others. With :math:`x_j` item :math:`j` and
:math:`T = \sum_j x_j` the total, the *corrected item-total correlation* is that with the
rest,

.. math:: r_j = \operatorname{corr}(x_j,\; T - x_j),

and *alpha if deleted* is Cronbach's alpha (:mod:`cvm.survey.scales.alpha`) of the others.

**What the naive answer gets wrong.** The plain item-total correlation counts the item
itself: three items of pure noise correlate with their total at 0.58.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from cvm.errors import CvmError
from cvm.results import number
from cvm.survey.measure.answers import Answers, numeric, usable
from cvm.words import _

__all__ = ["Items", "alpha_of", "item_total", "items_of", "product_rows", "unpacked"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Items:
    """Answers to all items of a scale.

    Parameters
    ----------
    names : tuple of str
        The items.
    x : ndarray, shape (n, k)
        Complete answers.
    base : Answers
        Weights and clusters of those who answered.
    """

    names: tuple[str, ...]
    x: Floats
    base: Answers

    @property
    def n(self) -> int:
        """Respondents with all answers."""
        return len(self.x)

    @property
    def effective_n(self) -> float:
        """Kish's effective size of the weights."""
        w = self.base.weights
        return float(w.sum() ** 2 / (w @ w))

    def covariance(self) -> Floats:
        """Give the (weighted) covariance matrix, n - 1 below."""
        w = self.base.weights / self.base.weights.sum()
        off = self.x - w @ self.x
        return (off * w[:, None]).T @ off * self.n / (self.n - 1)


def items_of(
    items: pd.DataFrame | ArrayLike,
    *,
    weights: Any = None,
    clusters: Any = None,
    least: int = 2,
) -> Items:
    """Take the items of one scale; leave out who did not answer them all.

    Parameters
    ----------
    items : DataFrame or array_like, shape (n, k)
        One column an item, gaps as not-a-number.
    weights, clusters : array_like, optional
        One a respondent, by position.
    least : int
        As many items are needed.

    Returns
    -------
    Items

    Raises
    ------
    CvmError
        For too few items or respondents, text, or an item that everybody answered alike.
    """
    table = items if isinstance(items, pd.DataFrame) else pd.DataFrame(_square(items))
    if table.shape[1] < least:
        raise CvmError(
            _("A scale of this kind needs {least} items or more.", least=least),
            given=[str(name) for name in table.columns],
            remedy=_("Give for example table[['QUAL1', 'QUAL2', 'QUAL3']]."),
        )
    columns = [
        numeric(table.iloc[:, j], _("Item {item}", item=name)) for j, name in enumerate(table)
    ]
    every = np.column_stack(columns)
    base = usable(every.sum(axis=1), weights=weights, clusters=clusters)
    x = every[base.kept]
    if len(x) < 3:
        raise CvmError(
            _("A scale needs three respondents or more who answered every item."),
            given={"answered all": len(x), "asked": len(every)},
            remedy=_("Leave out items that few were asked."),
        )
    names = tuple(str(name) for name in table.columns)
    alike = [name for name, spread in zip(names, np.ptp(x, axis=0), strict=True) if spread == 0]
    if alike:
        raise CvmError(
            _("Everybody gave one answer to some items, so they tell nothing of the scale."),
            given=alike,
            remedy=_("Leave them out, and look whether the file was read rightly."),
        )
    return Items(names, x, base)


def item_total(
    items: pd.DataFrame | ArrayLike, *, weights: ArrayLike | None = None
) -> pd.DataFrame:
    """Hold each item against the rest of its scale.

    Parameters
    ----------
    items : DataFrame or array_like, shape (n, k)
        One column an item, three or more; respondents with a gap are left out.
    weights : array_like, optional
        One number above 0 a respondent, by position.

    Returns
    -------
    DataFrame
        One row an item: ``item``, ``n`` (complete respondents), ``missing`` (share of all
        rows without an answer to it), ``mean``, ``sd``, ``item_total`` (correlation with the
        total), ``item_rest`` (corrected: with the others) and ``alpha_if_deleted`` (raw alpha
        of the others).
    """
    read = items_of(items, weights=weights, least=3)
    table = items if isinstance(items, pd.DataFrame) else pd.DataFrame(np.asarray(items))
    cov, k = read.covariance(), len(read.names)
    variance, total = np.diag(cov), cov.sum()
    with_total = cov.sum(axis=0)
    rest = total - 2 * with_total + variance  # variance of the others' total
    left = variance.sum() - variance
    w = read.base.weights / read.base.weights.sum()
    return pd.DataFrame(
        {
            "item": read.names,
            "n": read.n,
            "missing": table.isna().to_numpy().mean(axis=0),
            "mean": w @ read.x,
            "sd": np.sqrt(variance),
            "item_total": with_total / np.sqrt(variance * total),
            "item_rest": _ratio(with_total - variance, np.sqrt(variance * rest)),
            "alpha_if_deleted": (k - 1) / (k - 2) * (1 - _ratio(left, rest)),
        }
    )


def alpha_of(covariance: Floats) -> Floats:
    """Give Cronbach's alpha of covariance (or correlation) matrices.

    Parameters
    ----------
    covariance : ndarray, shape (..., k, k)
        One matrix or a block of them.

    Returns
    -------
    ndarray, shape (...)
    """
    k = covariance.shape[-1]
    trace = np.trace(covariance, axis1=-2, axis2=-1)
    return k / (k - 1) * (1 - _ratio(trace, covariance.sum(axis=(-2, -1))))


def product_rows(read: Items) -> Floats:
    """Give what each respondent adds to the moments: weight, sums, cross products.

    Parameters
    ----------
    read : Items
        Complete answers; centred here, which changes no covariance and keeps digits.

    Returns
    -------
    ndarray, shape (n, 1 + k + k (k + 1) / 2)
    """
    w = read.base.weights
    x = read.x - read.x.mean(axis=0)
    at, to = np.triu_indices(x.shape[1])
    return np.column_stack([w, x * w[:, None], x[:, at] * x[:, to] * w[:, None]])


def unpacked(sums: Floats, k: int) -> Floats:
    """Turn summed :func:`product_rows` into covariance matrices (n below).

    Parameters
    ----------
    sums : ndarray, shape (r, 1 + k + k (k + 1) / 2)
        One row a replicate.
    k : int
        Items.

    Returns
    -------
    ndarray, shape (r, k, k)
    """
    total, mean = sums[:, 0], sums[:, 1 : k + 1] / sums[:, :1]
    at, to = np.triu_indices(k)
    out = np.empty((len(sums), k, k))
    out[:, at, to] = sums[:, k + 1 :] / total[:, None] - mean[:, at] * mean[:, to]
    out[:, to, at] = out[:, at, to]
    return out


def correlations(covariance: Floats) -> Floats:
    """Turn covariance matrices into correlation matrices; not-a-number without variance."""
    variance = np.diagonal(covariance, axis1=-2, axis2=-1)
    spread = np.sqrt(np.where(variance > 1e-12, variance, np.nan))
    return covariance / (spread[..., :, None] * spread[..., None, :])


def _ratio(above: Floats, below: Floats) -> Floats:
    """Divide; not-a-number where there is nothing to divide by."""
    return np.asarray(above / np.where(np.asarray(below) > 0, below, np.nan))


def _square(items: Any) -> NDArray[Any]:
    given = np.asarray(items)
    if given.ndim != 2:
        raise CvmError(
            _("Items are a table: one row a respondent, one column an item."),
            given=_("{n} dimensions", n=number(given.ndim)),
            remedy=_("Give for example table[['QUAL1', 'QUAL2', 'QUAL3']]."),
        )
    return given
