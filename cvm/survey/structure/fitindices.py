r"""How well a covariance structure fits, in numbers that people compare.

Chi-square asks whether the model is exactly true, which with many answers no model is. The
others ask how far off it is: RMSEA (Steiger & Lind) the misfit per degree of freedom; CFI
(Bentler 1990) and TLI how much of the misfit of "nothing is related to anything" the model
takes away; SRMR the typical error of a correlation. Often asked for: CFI and TLI from 0.95,
RMSEA to 0.06, SRMR to 0.08 (Hu & Bentler 1999); conventions, not laws.

With a factor :math:`c` of the robust version, RMSEA and CFI take :math:`c \cdot df` as what
chi-square would be if the model were true.

References
----------
Bentler, P. M. (1990). Comparative fit indexes in structural models. *Psychological Bulletin*
107(2), 238-246.
Hu, L. & Bentler, P. M. (1999). Cutoff criteria for fit indexes in covariance structure
analysis. *Structural Equation Modeling* 6(1), 1-55.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc, chndtr

__all__ = ["Chi2", "FitIndices", "fit_indices"]

#: RMSEA's interval is by convention one of 90 %.
RMSEA_LEVEL = 0.9


@dataclass(frozen=True, kw_only=True)
class Chi2:
    """A discrepancy, its degrees of freedom and its factor (1 where nothing is corrected)."""

    value: float
    df: int
    factor: float = 1.0

    @property
    def beyond(self) -> float:
        """How much is left beyond what chance gives."""
        return max(self.value - self.factor * self.df, 0.0)


@dataclass(frozen=True, kw_only=True)
class FitIndices:
    """Fit of a model.

    Parameters
    ----------
    chi2, df, p_value : float, int, float
        Divided by ``factor`` in the robust version; p is nan without degrees of freedom.
    factor : float
        1 unless robust.
    cfi, tli : float
        Against independence.
    rmsea, rmsea_low, rmsea_high : float
        With its interval of 90 %; nan without degrees of freedom.
    srmr : float
        Standardised root mean squared residual.
    """

    chi2: float
    df: int
    p_value: float
    factor: float
    cfi: float
    tli: float
    rmsea: float
    rmsea_low: float
    rmsea_high: float
    srmr: float


def fit_indices(
    model: Chi2, baseline: Chi2, *, n: float, groups: int = 1, srmr: float
) -> FitIndices:
    """Work out the indices.

    Parameters
    ----------
    model, baseline : Chi2
        Of the model, and of the model in which no item is related to another.
    n : float
        Answers of all groups.
    groups : int
        Of them.
    srmr : float
        Passed on.
    """
    # A perfect fit may lie below nothing by rounding.
    df, scaled = model.df, max(model.value / model.factor, 0.0)
    worst = max(model.beyond, baseline.beyond)
    cfi = 1.0 if worst == 0 else 1 - model.beyond / worst
    excess = [(c.value - c.factor * c.df) / c.df if c.df else np.nan for c in (model, baseline)]
    tli = 1 - excess[0] / excess[1]
    error = np.sqrt(groups * model.factor / (df * n)) if df else np.nan
    ends = [
        np.sqrt(_noncentrality(scaled, df, tail)) * error if df else np.nan
        for tail in ((1 + RMSEA_LEVEL) / 2, (1 - RMSEA_LEVEL) / 2)
    ]
    return FitIndices(
        chi2=scaled, df=df, p_value=float(chdtrc(df, scaled)) if df else np.nan,
        factor=model.factor, cfi=float(cfi), tli=float(tli),
        rmsea=float(np.sqrt(max(scaled - df, 0)) * error), rmsea_low=float(ends[0]),
        rmsea_high=float(ends[1]), srmr=srmr,
    )  # fmt: skip


def _noncentrality(chi2: float, df: int, tail: float) -> float:
    """Find the noncentrality under which this much of chance lies below chi-square."""
    from scipy.optimize import brentq  # takes a while to load

    def beyond(nc: float) -> float:
        return float(chndtr(chi2, df, nc)) - tail

    if beyond(0.0) <= 0:
        return 0.0
    top = max(chi2, 1.0) * 2 + 50
    while beyond(top) > 0:
        top *= 2
    return float(brentq(beyond, 0.0, top))
