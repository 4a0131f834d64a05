r"""McDonald's omega: the reliability of a total whose items need not load alike.

In the one-factor model :math:`x_j = \mu_j + \lambda_j \eta + \varepsilon_j` the share of the
total's variance that is the factor's is

.. math:: \omega = \frac{(\sum_j \lambda_j)^2}{(\sum_j \lambda_j)^2 + \sum_j \psi_j},

with unstandardised loadings. With equal loadings it is Cronbach's alpha; else alpha is
smaller. Fitted by maximum likelihood (:mod:`cvm.survey.scales.onefactor`).

**The interval** is by the delta method on the logit of :math:`\omega`, with the information
of normal answers, or by the percentile bootstrap, all replicates at once.

**The estimand** presumes one factor. :func:`cvm.survey.explore_factors` asks whether there is
one; the result reports the test of fit, which with many respondents rejects small misfit.

**What the naive answer gets wrong.** Alpha is reported for items that load at 0.9, 0.8, 0.4
and 0.3: 0.67 where the total's reliability is 0.71.

References
----------
McDonald, R. P. (1999). *Test Theory: A Unified Treatment*. Erlbaum.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logit
from scipy.stats import chi2, norm

from cvm.inputs import check_level
from cvm.luck import Luck
from cvm.results import Estimate
from cvm.survey.measure.answers import check_draws, check_option
from cvm.survey.measure.replicates import percentile, resampled_sums
from cvm.survey.scales.items import Items, correlations, items_of, product_rows, unpacked
from cvm.survey.scales.onefactor import FLOOR, OneFactor, one_factor, scores
from cvm.words import N_, _

__all__ = ["Omega", "omega"]

Floats = NDArray[np.float64]

#: Matrices fitted at a time.
BLOCK = 500


@dataclass(frozen=True, kw_only=True, repr=False)
class Omega(Estimate):
    """McDonald's omega with its interval.

    Parameters
    ----------
    loadings : DataFrame
        One row an item: ``item``, ``loading`` (standardised), ``uniqueness``.
    items : int
        Items of the scale.
    heywood : tuple of str
        Items whose uniqueness ended at its smallest allowed value: the model is improper.
    fit_p : float
        Of the test that one factor fits; unknown for three items, which always fit.
    dropped : int
        Respondents with a gap, left out.
    """

    loadings: pd.DataFrame
    items: int
    heywood: tuple[str, ...]
    fit_p: float
    dropped: int

    def sentence(self) -> str:
        """Say omega and its interval, and whether the model is improper."""
        text = super().sentence()
        if self.heywood:
            text += " " + _("Improper: {names} would have no variance of their own; read it with "
                            "care.", names=", ".join(self.heywood))  # fmt: skip
        return text


def omega(
    items: pd.DataFrame | ArrayLike,
    *,
    weights: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    method: str | None = None,
    level: float = 0.95,
    resamples: int = 1000,
    seed: int = 0,
) -> Omega:
    """Estimate the reliability of the total of a scale by McDonald's omega.

    Parameters
    ----------
    items : DataFrame or array_like, shape (n, k)
        One column an item, three or more; respondents with a gap are left out.
    weights, clusters : array_like, optional
        One a respondent, by position.
    method : {"delta", "bootstrap"}, optional
        The interval; by default the delta method, on Kish's effective sample size where
        there are weights, and the bootstrap where there are clusters.
    level : float
        Confidence level.
    resamples, seed : int
        Of the bootstrap.

    Returns
    -------
    Omega

    Raises
    ------
    CvmError
        For unusable items or fewer than three.
    """
    check_level(level)
    method = method or ("delta" if clusters is None else "bootstrap")
    check_option(method, ("delta", "bootstrap"), "method")
    read = items_of(items, weights=weights, clusters=clusters, least=3)
    covariance = read.covariance()
    fit = one_factor(correlations(covariance)[None])
    spread = np.sqrt(np.diag(covariance))
    value = float(_omega_of(fit, spread)[0])
    if method == "bootstrap":
        check_draws(resamples)
        low, high = percentile(_replicates(read, fit, resamples, seed), level)
    else:
        low, high = _delta(fit, spread, read, value, level)
    return _omega(read, fit, value, low, high, method, level)


def _omega_of(fit: OneFactor, spread: Floats) -> Floats:
    common = (fit.loadings * spread).sum(axis=-1) ** 2
    return common / (common + (fit.uniquenesses * spread**2).sum(axis=-1))


def _delta(
    fit: OneFactor, spread: Floats, read: Items, value: float, level: float
) -> tuple[float, float]:
    # In the metric of standardised items: omega is a function of (loadings, uniquenesses) in
    # raw units, and raw units only rescale both, so its gradient is taken with fixed spreads.
    correlation = correlations(read.covariance())[None]
    theta = np.concatenate([fit.loadings, fit.uniquenesses], axis=1)
    information = scores(correlation, theta)[1][0]
    load, unique = fit.loadings[0] * spread, fit.uniquenesses[0] * spread**2
    common, own = load.sum(), unique.sum()
    bottom = common**2 + own
    gradient = np.concatenate(
        [2 * common * own / bottom**2 * spread, -(common**2) / bottom**2 * spread**2]
    )
    covariance = 2 / (read.effective_n - 1) * np.linalg.pinv(information)
    se = float(np.sqrt(gradient @ covariance @ gradient))
    middle, reach = logit(value), norm.ppf((1 + level) / 2) * se / (value * (1 - value))
    return float(expit(middle - reach)), float(expit(middle + reach))


def _replicates(read: Items, fit: OneFactor, resamples: int, seed: int) -> Floats:
    k = len(read.names)
    summed = read.base.by_unit(product_rows(read))
    once = np.ones(len(summed), dtype=np.int64)
    rng = Luck(seed).generator("scale again")
    sums = resampled_sums(summed, once, resamples=resamples, rng=rng)
    covariance = unpacked(sums, k)
    variance = np.diagonal(covariance, axis1=1, axis2=2)
    found = np.full(resamples, np.nan)
    usable = np.flatnonzero((variance > 1e-12).all(axis=1))
    correlation = correlations(covariance[usable])
    sound = np.linalg.eigvalsh(correlation)[:, 0] > 1e-8
    usable, correlation = usable[sound], correlation[sound]
    start = fit.loadings[0], fit.uniquenesses[0]
    for first in range(0, len(usable), BLOCK):
        at = usable[first : first + BLOCK]
        again = one_factor(correlation[first : first + BLOCK], start=start)
        found[at] = _omega_of(again, np.sqrt(variance[at]))
    return found


def _omega(
    read: Items, fit: OneFactor, value: float, low: float, high: float, method: str, level: float
) -> Omega:
    k = len(read.names)
    unique = fit.uniquenesses[0]
    loadings = pd.DataFrame({"item": read.names, "loading": fit.loadings[0], "uniqueness": unique})
    df = k * (k - 3) // 2
    statistic = (read.effective_n - 1) * float(fit.discrepancy[0])
    told = {"delta": N_("delta method"), "bootstrap": N_("percentile bootstrap")}
    return Omega(
        name=_("McDonald's omega"), value=value, low=low, high=high, level=level, n=read.n,
        method=_(told[method]), loadings=loadings, items=k,
        heywood=tuple(n for n, u in zip(read.names, unique, strict=True) if u <= FLOOR),
        fit_p=float(chi2.sf(statistic, df)) if df else float("nan"), dropped=read.base.dropped,
    )  # fmt: skip
