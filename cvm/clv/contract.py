r"""Shifted beta-geometric: how long customers keep a contract, and why retention rises.

At each renewal customer :math:`i` leaves with probability :math:`\theta_i \sim
\text{Beta}(\alpha, \beta)`, the same at every renewal. Then the share still there after
:math:`t` renewals, and the retention at the t-th, are

.. math::

   S(t) = \frac{B(\alpha, \beta+t)}{B(\alpha,\beta)}, \qquad
   r_t = \frac{S(t)}{S(t-1)} = \frac{\beta+t-1}{\alpha+\beta+t-1} .

Retention rises though no customer changes: those who leave easily leave first.

**Estimands.** The two parameters; survival and retention ahead; the discounted expected
residual life :math:`\sum_{k \ge 0} S(n+k)/S(n-1)\,(1+d)^{-k}` of a customer about to decide
on the n-th renewal (:func:`residual_lifetime`).

**What the naive answer gets wrong.** A constant retention fitted to the first years. For the
"Regular" customers of the source, the mean retention of years 1-7 (a constant 77 %) leaves
5 % after twelve years; 17 % were there, and this model says so.

References
----------
Fader, P. S. & Hardie, B. G. S. (2007). How to project customer retention. *Journal of
Interactive Marketing* 21(1), 76-90.
Fader, P. S. & Hardie, B. G. S. (2010). Customer-base valuation in a contractual setting.
*Marketing Science* 29(1), 85-93.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import hyp2f1

from cvm.clv.fit import Fit, fit, histories
from cvm.clv.model import CustomerModel, History, Params, rising
from cvm.errors import CvmError
from cvm.inputs import number_array, real_number
from cvm.words import N_, _

__all__ = [
    "ShiftedBetaGeometric",
    "renewals",
    "residual_lifetime",
    "retention_curve",
    "shifted_beta_geometric",
]

Floats = NDArray[np.float64]


class ShiftedBetaGeometric(CustomerModel):
    """The shifted beta-geometric model; parameters as in :class:`cvm.clv.CustomerModel`."""

    label = N_("shifted beta-geometric")
    names = ("alpha", "beta")
    columns = ("T", "left")

    @staticmethod
    def terms(params: Params, history: History) -> tuple[Floats, dict[str, Floats]]:
        """Give each row's log-likelihood and its slopes in the logs of the parameters."""
        alpha, beta = params["alpha"], params["beta"]
        T, left = history["T"], history["left"]
        held, held_b = rising(beta, T - left)
        all_, all_ab = rising(alpha + beta, T)
        value = held - all_ + left * np.log(alpha)
        return value, {"alpha": left - alpha * all_ab, "beta": beta * (held_b - all_ab)}

    @staticmethod
    def start(history: History, weights: Floats) -> dict[str, float]:
        """Start from the share of decisions that ended the contract."""
        decisions = float(np.sum(weights * history["T"]))
        share = float(np.clip(np.sum(weights * history["left"]) / decisions, 0.01, 0.99))
        return {"alpha": 2 * share, "beta": 2 * (1 - share)}


def shifted_beta_geometric(summary: pd.DataFrame, *, weights: str | None = None) -> Fit:
    """Fit the shifted beta-geometric model by maximum likelihood.

    Parameters
    ----------
    summary : DataFrame
        One row a customer with ``T`` (renewals decided on, the last one included; whole, from
        1) and ``left`` (true where the last decision ended the contract).
        :func:`renewals` makes it of survivors.
    weights : str, optional
        The column that says how many customers a row stands for.

    Returns
    -------
    Fit
        Parameters ``alpha`` and ``beta``.

    Raises
    ------
    CvmError
        For an unusable summary.
    """
    read = histories(ShiftedBetaGeometric, summary)
    bad = (read["T"] < 1) | (read["T"] != np.floor(read["T"])) | ~np.isin(read["left"], (0, 1))
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        raise CvmError(
            _("T counts decisions from 1, and left is true or false."),
            given={name: float(column[row]) for name, column in read.items()},
            remedy=_("Correct the row at position {row}.", row=row),
        )
    return fit(ShiftedBetaGeometric, summary, weights=weights)


def renewals(survivors: Sequence[float]) -> pd.DataFrame:
    """Turn the survivors of a cohort into a table for the model.

    Parameters
    ----------
    survivors : sequence of float
        Customers at the start, after the first renewal, and so on; never rising.

    Returns
    -------
    DataFrame
        ``T``, ``left``, ``customers``: those lost at each renewal, then those still there.
        Fit with ``weights="customers"``.

    Raises
    ------
    CvmError
        If there are fewer than two numbers, or they rise or fall below zero.
    """
    counts = number_array(survivors, name="survivors")
    if counts.ndim != 1 or len(counts) < 2 or np.any(np.diff(counts) > 0) or not counts[-1] >= 0:
        raise CvmError(
            _("Survivors are two numbers or more that never rise, none below zero."),
            given=list(np.ravel(survivors)), remedy=_("Write for example [1000, 869, 743]."),
        )  # fmt: skip
    last = len(counts) - 1
    return pd.DataFrame(
        {
            "T": [*range(1, last + 1), last],
            "left": [1] * last + [0],
            "customers": [*-np.diff(counts), counts[-1]],
        }
    )


def retention_curve(fitted: Fit, *, periods: int) -> pd.DataFrame:
    """Give survival and retention by renewal, with 95 % intervals of survival.

    Parameters
    ----------
    fitted : Fit
        From :func:`shifted_beta_geometric`.
    periods : int
        Renewals, 1 or more.

    Returns
    -------
    DataFrame
        ``period`` (0 to ``periods``), ``survival``, ``low``, ``high`` (delta method on the
        log), ``retention`` (unknown at 0).
    """
    check_contract(fitted)
    if isinstance(periods, bool) or not isinstance(periods, int | np.integer) or periods < 1:
        wrong = _("A curve needs at least one renewal.")
        raise CvmError(wrong, given=periods, remedy=_("Give for example periods=12."))
    t = np.arange(periods + 1.0)
    logs, slopes = ShiftedBetaGeometric.terms(
        dict(fitted.params), {"T": t, "left": np.zeros(periods + 1)}
    )
    slope = np.column_stack([slopes["alpha"], slopes["beta"]])
    half = 1.959964 * np.sqrt(np.einsum("ij,jk,ik->i", slope, fitted.covariance, slope).clip(min=0))
    survival = np.exp(logs)
    return pd.DataFrame(
        {
            "period": t.astype(int),
            "survival": survival,
            "low": np.exp(logs - half),
            "high": np.minimum(np.exp(logs + half), 1.0),
            "retention": np.concatenate([[np.nan], survival[1:] / survival[:-1]]),
        }
    )


def residual_lifetime(fitted: Fit, *, renewal: ArrayLike = 1, discount: float) -> Floats:
    """Give the discounted expected residual life of a customer about to decide.

    Parameters
    ----------
    fitted : Fit
        From :func:`shifted_beta_geometric`.
    renewal : array_like of int
        Which decision is at hand, from 1.
    discount : float
        Per period, above 0: at 0 the sum need not be finite.

    Returns
    -------
    ndarray
        Discounted periods; times the margin of a period it is the residual value. The
        payment of a renewal falls at the decision.

    Raises
    ------
    CvmError
        For a discount of 0 or less, or a renewal below 1.
    """
    check_contract(fitted)
    n = number_array(renewal, name="renewal")
    if not real_number(discount, name="discount", example=0.1) > 0 or (n < 1).any():
        raise CvmError(
            _("Renewals count from 1, and the discount rate lies above 0."),
            given={"renewal": renewal, "discount": discount},
            remedy=_("Give for example renewal=1, discount=0.1."),
        )
    alpha, beta = fitted.params["alpha"], fitted.params["beta"]
    stays = (beta + n - 1) / (alpha + beta + n - 1)
    return np.asarray(stays * hyp2f1(1, beta + n, alpha + beta + n, 1 / (1 + discount)))


def check_contract(fitted: Fit) -> None:
    """Check that a fit is one of contracts.

    Parameters
    ----------
    fitted : Fit
        What was given.
    """
    if not isinstance(fitted, Fit) or fitted.model is not ShiftedBetaGeometric:
        raise CvmError(
            _("Renewals come from a shifted beta-geometric fit."), given=fitted,
            remedy=_("Give what cvm.clv.shifted_beta_geometric(...) returned."),
        )  # fmt: skip
