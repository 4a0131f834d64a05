r"""Outlook: purchases ahead without end, and what a history says of the future at a glance.

**Discounted expected purchases** of a customer seen until :math:`T`, at a continuous rate
:math:`\delta`, are an integral over all the time ahead. With :math:`E[Y(t)]` the purchases
expected within :math:`t`, and by parts,

.. math::

   DERT = \int_0^\infty e^{-\delta t}\, dE[Y(t)] = \int_0^\infty \delta e^{-\delta t}\, E[Y(t)]\, dt .

The second form holds for every model without a contract. The time is stretched by
:math:`\delta t = e^{y - e^{-y}}`, under which equal steps of :math:`y` converge doubly
exponentially. For Pareto/NBD there is a closed form,

.. math::

   DERT = P(\text{alive})\,\frac{r+x}{\alpha+T}\,(\beta+T)^s \delta^{s-1}\,
          \Psi\bigl(s, s; \delta(\beta+T)\bigr),

with Tricomi's function :math:`\Psi`; the tests hold the integral to it. Times the expected
worth of a purchase and the margin, this is the residual lifetime value without a horizon.

**The matrix** of frequency and recency shows what a log of purchases hides: of two who bought
equally often, the one who stopped earlier is likelier gone; of two who stopped on the same
day, the one who bought *more often* is likelier gone, for whom the silence is longer than usual.

**What the naive answer gets wrong.** A horizon of a year cuts the loyal off. On CDNOW at 15 %
a year, BG/NBD's first year ahead holds 29 % of all discounted purchases still to come.

References
----------
Fader, P. S., Hardie, B. G. S. & Lee, K. L. (2005). RFM and CLV: using iso-value curves for
customer base analysis. *Journal of Marketing Research* 42(4), 415-430.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cvm.clv.fit import Fit, histories, parameters
from cvm.clv.prediction import check_buying, check_horizon, expected_purchases, probability_alive
from cvm.errors import CvmError
from cvm.inputs import number_array, real_number, whole_number
from cvm.words import _

__all__ = ["discounted_purchases", "outlook_matrix"]

Floats = NDArray[np.float64]

#: Nodes of the stretched time, and where they begin and end.
NODES, BEGIN, END = 32, -3.2, 4.0


def discounted_purchases(fitted: Fit, summary: pd.DataFrame, *, discount: float) -> pd.Series:
    """Give each customer's expected purchases in all the time ahead, discounted.

    Parameters
    ----------
    fitted : Fit
        From ``bg_nbd``, ``mbg_nbd`` or ``pareto_nbd``.
    summary : DataFrame
        One row a customer.
    discount : float
        Rate per unit of time, above 0: yearly 15 % is ``1.15 ** (7 / 365.25) - 1`` a week.

    Returns
    -------
    Series
        In the order of the summary.

    Raises
    ------
    CvmError
        For a model of occasions or contracts, or a discount of 0 or less: the sum need not
        be finite.
    """
    check_buying(fitted)
    if "T" not in fitted.model.columns or fitted.model.names[0] != "r":
        raise CvmError(
            _("Time without end needs a model in continuous time."), given=_(fitted.model.label),
            remedy=_("For occasions give residual_value a long horizon."),
        )  # fmt: skip
    if not isinstance(discount, int | float | np.number) or not 0 < discount < np.inf:
        raise CvmError(
            _("The discount rate lies above 0."), given=discount,
            remedy=_("Write 15 per cent a year, in weeks, as 1.15 ** (7 / 365.25) - 1."),
        )  # fmt: skip
    used = [*fitted.model.columns, *fitted.covariates]
    histories(fitted.model, summary, covariates=fitted.covariates)
    rows = summary[used].drop_duplicates(ignore_index=True)
    found = rows.assign(_found=_without_end(fitted, rows, float(np.log1p(discount))))
    value = summary[used].merge(found, on=used, how="left")["_found"]
    return pd.Series(value.to_numpy(), summary.index, name="discounted_purchases")


def _without_end(fitted: Fit, rows: pd.DataFrame, rate: float) -> Floats:
    history, params = histories(fitted.model, rows), parameters(fitted, rows)
    y = np.linspace(BEGIN, END, NODES)
    scaled = np.exp(y - np.exp(-y))
    weights = np.exp(-scaled) * scaled * (1 + np.exp(-y)) * (y[1] - y[0])
    total = np.zeros(len(rows))
    for time, weight in zip(scaled / rate, weights, strict=True):
        if weight > 1e-14:
            total += weight * fitted.model.expected(params, history, time)
    return total


def outlook_matrix(
    fitted: Fit,
    *,
    age: float,
    horizon: float,
    frequencies: Sequence[int] = tuple(range(13)),
    steps: int = 13,
) -> pd.DataFrame:
    """Say for each frequency and recency how likely alive, and what to expect.

    Parameters
    ----------
    fitted : Fit
        From ``bg_nbd``, ``mbg_nbd`` or ``pareto_nbd``, without covariates.
    age : float
        Time since the first purchase, above 0, in the unit of the fit.
    horizon : float
        Time ahead.
    frequencies : sequence of int
        Repeat purchases; at 0 the recency is 0 as well.
    steps : int
        Recencies from 0 to ``age``, 2 or more.

    Returns
    -------
    DataFrame
        One row a frequency and recency: ``frequency``, ``recency``, ``T``, ``alive``,
        ``expected``.

    Raises
    ------
    CvmError
        For a fit with covariates, or an age, horizon or number of steps out of range.
    """
    check_buying(fitted)
    check_horizon(horizon)
    real_number(age, name="age", example=39)
    whole_number(steps, name="steps", least=2)
    number_array(list(np.atleast_1d(frequencies)), name="frequencies")
    if fitted.covariates or np.ndim(frequencies) != 1 or not 0 < age < np.inf or steps < 2:
        raise CvmError(
            _("A matrix needs a fit without covariates, an age above 0 and 2 steps or more."),
            given={"covariates": fitted.covariates, "age": age, "steps": steps},
            remedy=_("Give for example age=39, horizon=39."),
        )
    pairs = [(x, t) for x in frequencies for t in np.linspace(0, age, steps) if x or not t]
    table = pd.DataFrame(pairs, columns=["frequency", "recency"]).assign(T=float(age))
    return table.assign(
        alive=probability_alive(fitted, table),
        expected=expected_purchases(fitted, table, horizon=horizon),
    )
