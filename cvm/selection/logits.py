"""One fit for the chances of this topic: a logit by statsmodels, and a word where there is none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cvm.errors import CvmError
from cvm.words import _

__all__ = ["FittedLogit", "fit_logit", "with_constant"]

Floats = NDArray[np.float64]


class FittedLogit(NamedTuple):
    """Coefficients of a chance, the constant first, and their covariance (log-odds)."""

    terms: tuple[str, ...]
    value: Floats
    covariance: Floats


def with_constant(x: Floats) -> Floats:
    """Put a column of ones before the covariates."""
    return np.column_stack([np.ones(len(x)), x])


def fit_logit(y: Floats, x: Floats, *, terms: Sequence[str]) -> FittedLogit:
    """Fit the chance of an event.

    Parameters
    ----------
    y : ndarray, shape (n,)
        1 where it happened, else 0.
    x : ndarray, shape (n, k)
        Covariates, without a constant.
    terms : sequence of str
        Their names.

    Returns
    -------
    FittedLogit

    Raises
    ------
    CvmError
        If covariates say the same, or tell the event exactly.
    """
    import statsmodels.api as sm  # takes a second to load

    wrong = _("A chance cannot be estimated by {terms}.", terms=", ".join(terms))
    remedy = _("Leave out columns that say the same or that tell the outcome exactly.")
    design = with_constant(x)
    scaled = design / np.maximum(np.abs(design).max(axis=0), 1e-300)
    if np.linalg.matrix_rank(scaled) < design.shape[1]:
        raise CvmError(wrong, remedy=remedy)
    try:
        fit = sm.Logit(y, design).fit(disp=0, maxiter=100)
    except Exception as error:  # statsmodels raises several kinds for what cannot be told apart
        raise CvmError(wrong, given=str(error), remedy=remedy) from error
    return FittedLogit(("constant", *terms), np.asarray(fit.params), np.asarray(fit.cov_params()))
