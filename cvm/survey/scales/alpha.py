r"""Cronbach's alpha: how far the total of a scale would agree with that of a like scale.

For :math:`k` items with covariance matrix :math:`\Sigma`,

.. math:: \alpha = \frac{k}{k-1}\left(1 - \frac{\operatorname{tr}\Sigma}{\mathbf 1'\Sigma\mathbf 1}\right).

*Raw* alpha takes covariances and speaks of the plain total; *standardised* alpha takes
correlations and speaks of a total of standardised items. Programs differ in which they
print, so the result names it.

**The estimand** is the reliability of the total if the items are essentially
tau-equivalent (load alike) with uncorrelated errors; if loadings differ it is a lower
bound. :func:`cvm.survey.omega` does without equal loadings.

**The interval.** Under normal answers with compound symmetry
:math:`(1-\alpha)/(1-\hat\alpha)` follows F with :math:`n-1` and :math:`(n-1)(k-1)` degrees of
freedom (Feldt 1965). Where answers are skewed, or loadings differ much, the percentile
bootstrap asks for less.

**What the naive answer gets wrong.** "Alpha is 0.78, above 0.7, so the scale is good." From
30 respondents and three items its 95 % interval runs from 0.60 to 0.89. And alpha grows with
the number of items: ten items that correlate at 0.2 have 0.71.

References
----------
Cronbach, L. J. (1951). Coefficient alpha and the internal structure of tests.
*Psychometrika* 16(3), 297-334.
Feldt, L. S. (1965). The approximate sampling distribution of Kuder-Richardson reliability
coefficient twenty. *Psychometrika* 30(3), 357-370.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.stats import f as fisher

from cvm.errors import CvmError
from cvm.inputs import check_level
from cvm.luck import Luck
from cvm.results import Estimate
from cvm.survey.measure.answers import check_draws, check_option
from cvm.survey.measure.replicates import percentile, resampled_sums
from cvm.survey.scales.items import (
    Items,
    alpha_of,
    correlations,
    items_of,
    product_rows,
    unpacked,
)
from cvm.words import N_, _

__all__ = ["Alpha", "alpha_replicates", "cronbach_alpha"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, repr=False)
class Alpha(Estimate):
    """Cronbach's alpha with its interval.

    Parameters
    ----------
    standardised : bool
        Whether of correlations (True) or of covariances.
    items : int
        Items of the scale.
    mean_correlation : float
        Between the items, averaged over pairs.
    against : tuple of str
        Items that correlate negatively with the others: reversed ones not turned round?
    dropped : int
        Respondents with a gap, left out.
    """

    standardised: bool
    items: int
    mean_correlation: float
    against: tuple[str, ...]
    dropped: int

    def sentence(self) -> str:
        """Say alpha and its interval, and which items run against the others."""
        text = super().sentence()
        if self.against:
            names = ", ".join(self.against)
            text += " " + _("These items run against the others; turn reversed items round "
                            "first: {names}.", names=names)  # fmt: skip
        return text


def cronbach_alpha(
    items: pd.DataFrame | ArrayLike,
    *,
    standardised: bool = False,
    weights: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    method: str = "feldt",
    level: float = 0.95,
    resamples: int = 1000,
    seed: int = 0,
) -> Alpha:
    """Estimate the reliability of the total of a scale by Cronbach's alpha.

    Parameters
    ----------
    items : DataFrame or array_like, shape (n, k)
        One column an item, reversed items turned round; respondents with a gap are left out.
    standardised : bool
        Take correlations; without it the raw alpha, of covariances.
    weights, clusters : array_like, optional
        One a respondent, by position.
    method : {"feldt", "bootstrap"}
        The interval. With weights Feldt's is on Kish's effective sample size; clusters
        need the bootstrap, which resamples them whole.
    level : float
        Confidence level.
    resamples, seed : int
        Of the bootstrap.

    Returns
    -------
    Alpha

    Raises
    ------
    CvmError
        For unusable items, or Feldt's interval with clusters.
    """
    check_level(level)
    check_option(method, ("feldt", "bootstrap"), "method")
    if clusters is not None and method == "feldt":
        raise CvmError(
            _("Feldt's interval takes respondents for independent and knows no clusters."),
            remedy=_("Use method='bootstrap'."),
        )
    read = items_of(items, weights=weights, clusters=clusters)
    covariance = read.covariance()
    correlation = correlations(covariance)
    value = float(alpha_of(correlation if standardised else covariance))
    if method == "bootstrap":
        check_draws(resamples)
        drawn = alpha_replicates(read, standardised=standardised, resamples=resamples, seed=seed)
        low, high = percentile(drawn, level)
    else:
        low, high = _feldt(value, read.effective_n, len(read.names), level)
    return _alpha(read, value, low, high, correlation, standardised, method, level)


def alpha_replicates(read: Items, *, standardised: bool, resamples: int, seed: int) -> Floats:
    """Give alpha in each bootstrap replicate, all at once.

    Parameters
    ----------
    read : Items
        From :func:`cvm.survey.scales.items.items_of`.
    standardised : bool
        Of correlations.
    resamples, seed : int
        Replicates, and the luck.

    Returns
    -------
    ndarray, shape (resamples,)
        Not-a-number where a replicate has no variance.
    """
    k = len(read.names)
    rows = product_rows(read) if standardised else _alpha_rows(read)
    summed = read.base.by_unit(rows)
    once = np.ones(len(summed), dtype=np.int64)
    rng = Luck(seed).generator("scale again")
    sums = resampled_sums(summed, once, resamples=resamples, rng=rng)
    if standardised:
        return alpha_of(correlations(unpacked(sums, k)))
    total, mean = sums[:, 0], sums[:, 1 : k + 1] / sums[:, :1]
    single = sums[:, k + 1] / total - (mean**2).sum(axis=1)
    whole = sums[:, k + 2] / total - mean.sum(axis=1) ** 2
    return k / (k - 1) * (1 - single / np.where(whole > 1e-12, whole, np.nan))


def _alpha_rows(read: Items) -> Floats:
    """Raw alpha needs no cross products: sums, sums of squares, the squared total."""
    w = read.base.weights
    x = read.x - read.x.mean(axis=0)
    squares, total = (x**2).sum(axis=1), x.sum(axis=1) ** 2
    return np.column_stack([w, x * w[:, None], squares * w, total * w])


def _feldt(alpha: float, n: float, k: int, level: float) -> tuple[float, float]:
    below, above = n - 1, (n - 1) * (k - 1)
    ends = fisher.ppf([(1 + level) / 2, (1 - level) / 2], below, above)
    low, high = 1 - (1 - alpha) * ends
    return float(low), float(high)


def _alpha(
    read: Items,
    value: float,
    low: float,
    high: float,
    correlation: Floats,
    standardised: bool,
    method: str,
    level: float,
) -> Alpha:
    k = len(read.names)
    with_rest = read.covariance().sum(axis=0) - np.diag(read.covariance())
    label = N_("Cronbach's alpha, standardised") if standardised else N_("Cronbach's alpha, raw")
    told = {"feldt": N_("Feldt's interval"), "bootstrap": N_("percentile bootstrap")}
    return Alpha(
        name=_(label), value=value, low=low, high=high, level=level, n=read.n,
        method=_(told[method]), standardised=standardised, items=k,
        mean_correlation=float((correlation.sum() - k) / (k * (k - 1))),
        against=tuple(n for n, c in zip(read.names, with_rest, strict=True) if c < 0),
        dropped=read.base.dropped,
    )  # fmt: skip
