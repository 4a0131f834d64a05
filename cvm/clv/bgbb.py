r"""BG/BB: buying or not on each of a row of occasions, until dropping out.

A yearly donation, a conference, a season ticket: time comes in occasions. A living customer
buys at each with probability :math:`P_i \sim \text{Beta}(\alpha, \beta)` and is gone before
each with probability :math:`\Theta_i \sim \text{Beta}(\gamma, \delta)`. Of :math:`x`
purchases on :math:`n` occasions, the last on occasion :math:`t_x`:

.. math::

   L = \sum_{k=t_x}^{n}
     \frac{B(\alpha+x, \beta+k-x)}{B(\alpha,\beta)}\;
     \frac{B(\gamma + [k<n],\, \delta+k)}{B(\gamma,\delta)},

k the last occasion the customer lived to see. The last term, k = n, over the sum is
:math:`P(\text{alive at } n)`; then

.. math::

   E[Y(m)] = P(\text{alive})\,\frac{\alpha+x}{\alpha+\beta+n}
     \sum_{j=1}^{m} \frac{B(\gamma, \delta+n+j)}{B(\gamma, \delta+n)} .

**Assumed.** Chances differ over customers, not over occasions.

**What the naive answer gets wrong.** It counts only how often. Of two donors with 3 gifts in
6 years, he who gave in the first three is most likely gone, she who gave in the last three
is not.

References
----------
Fader, P. S., Hardie, B. G. S. & Shang, J. (2010). Customer-base analysis in a discrete-time
noncontractual setting. *Marketing Science* 29(6), 1086-1108.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cvm.clv.fit import Fit, fit, histories
from cvm.clv.model import CustomerModel, History, Params, rising
from cvm.errors import CvmError
from cvm.words import N_, _

__all__ = ["BetaGeometricBetaBinomial", "bg_bb"]

Floats = NDArray[np.float64]

#: Occasions looked at one by one for each customer.
MOST = 2_000


class BetaGeometricBetaBinomial(CustomerModel):
    """The BG/BB model; parameters as in :class:`cvm.clv.CustomerModel`."""

    label = N_("BG/BB")
    names = ("alpha", "beta", "gamma", "delta")
    columns = ("frequency", "recency", "T")

    @staticmethod
    def check(history: History) -> None:
        """Refuse what does not count occasions."""
        check_occasions(history)

    @classmethod
    def _cells(cls, params: Params, history: History) -> tuple[Floats, dict[str, Floats]]:
        """Give, for each last occasion lived to see, the log term and its slopes."""
        alpha, beta, gamma, delta = (params[name] for name in cls.names)
        x, recency, n = (history[name].astype(int)[:, None] for name in cls.columns)
        k = np.arange(int(n.max()) + 1)[None, :]
        open_ = (k >= recency) & (k <= n)
        last, missed = (k == n), np.where(open_, k - x, 0)
        dies = (~last).astype(float)
        up, up_a = rising(alpha, x)
        down, down_b = rising(beta, missed)
        sum_p, slope_p = rising(alpha + beta, k)
        stay, stay_d = rising(delta, k)
        sum_t, slope_t = rising(gamma + delta, (k + dies).astype(int))
        value = up + down - sum_p + stay + dies * np.log(gamma) - sum_t
        slopes = {
            "alpha": alpha * (up_a - slope_p),
            "beta": beta * (down_b - slope_p),
            "gamma": dies - gamma * slope_t,
            "delta": delta * (stay_d - slope_t),
        }
        return np.where(open_, value, -np.inf), slopes

    @classmethod
    def terms(cls, params: Params, history: History) -> tuple[Floats, dict[str, Floats]]:
        """Give each row's log-likelihood and its slopes in the logs of the parameters."""
        cells, slopes = cls._cells(params, history)
        top = cells.max(axis=1, keepdims=True)
        weight = np.exp(cells - top)
        total = weight.sum(axis=1)
        value = np.log(total) + top[:, 0]
        return value, {name: (weight * slope).sum(axis=1) / total for name, slope in slopes.items()}

    @staticmethod
    def start(history: History, weights: Floats) -> dict[str, float]:
        """Start from the share of occasions with a purchase."""
        bought = np.average(history["frequency"] / history["T"], weights=weights)
        share = float(np.clip(bought, 0.05, 0.95))
        return {"alpha": 2 * share, "beta": 2 * (1 - share), "gamma": 0.6, "delta": 3.0}

    @classmethod
    def alive(cls, params: Params, history: History) -> Floats:
        """Give the probability to be alive at the last occasion."""
        cells, _slopes = cls._cells(params, history)
        at = history["T"].astype(int)
        last = np.take_along_axis(cells, at[:, None], axis=1)[:, 0]
        return np.exp(last - cls.terms(params, history)[0])

    @classmethod
    def expected(cls, params: Params, history: History, ahead: Any) -> Floats:
        """Give the expected purchases on the next occasions; ``ahead`` is how many."""
        alpha, beta, gamma, delta = (params[name] for name in cls.names)
        x, n = history["frequency"], history["T"]
        buys = (alpha + x) / (alpha + beta + n)
        if (np.asarray(ahead) != np.floor(ahead)).any():
            wrong = _("BG/BB looks a whole number of occasions ahead.")
            remedy = _("Give a whole horizon, and as many periods in it as occasions.")
            raise CvmError(wrong, given=ahead, remedy=remedy)
        ahead = np.broadcast_to(np.asarray(ahead, int), x.shape)
        here, lived = np.ones(len(n)), np.zeros(len(n))
        for j in range(int(ahead.max(initial=0))):
            here = here * (delta + n + j) / (gamma + delta + n + j)
            lived = lived + here * (j < ahead)
        return cls.alive(params, history) * buys * lived

    @classmethod
    def ahead(
        cls, params: Params, history: History, ends: Floats, rng: np.random.Generator
    ) -> NDArray[np.int64]:
        """Draw purchases up to each of some occasions ahead, shape (customers, ends)."""
        alpha, beta, gamma, delta = (params[name] for name in cls.names)
        x, n = history["frequency"], history["T"]
        buys = rng.beta(alpha + x, beta + n - x)
        leaves = rng.beta(gamma * np.ones(len(n)), delta + n)
        life = rng.geometric(np.clip(leaves, 1e-12, 1)) - 1  # occasions lived to see
        life = np.where(rng.random(len(n)) < cls.alive(params, history), life, 0)
        seen = np.minimum(np.concatenate([[0], np.floor(ends)]), life[:, None]).astype(np.int64)
        return rng.binomial(np.diff(seen, axis=1), buys[:, None]).cumsum(axis=1)


def bg_bb(summary: pd.DataFrame, *, weights: str | None = None) -> Fit:
    """Fit the BG/BB model by maximum likelihood.

    Parameters
    ----------
    summary : DataFrame
        One row a customer with ``frequency`` (occasions with a purchase), ``recency`` (the
        last of them, 0 without one) and ``T`` (occasions), as from
        :func:`cvm.clv.occasions`; whole numbers, frequency at most recency.
    weights : str, optional
        The column that says how many customers a row stands for.

    Returns
    -------
    Fit
        Parameters ``alpha``, ``beta`` (buying), ``gamma``, ``delta`` (dropping out).

    Raises
    ------
    CvmError
        For an unusable summary.
    """
    histories(BetaGeometricBetaBinomial, summary)
    return fit(BetaGeometricBetaBinomial, summary, weights=weights)


def check_occasions(read: History) -> None:
    """Check that a history counts occasions.

    Parameters
    ----------
    read : mapping of str to ndarray
        ``frequency``, ``recency``, ``T``.
    """
    x, recency, n = (read[name] for name in BetaGeometricBetaBinomial.columns)
    if n.max() > MOST:
        raise CvmError(
            _("So many occasions are no occasions any more but time."), given={"T": float(n.max())},
            remedy=_("Make longer periods with cvm.clv.occasions, or fit cvm.clv.bg_nbd."),
        )  # fmt: skip
    whole = (np.floor(recency) == recency) & (np.floor(n) == n) & (n >= 1)
    wrong = ~whole | (x > recency)
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise CvmError(
            _("BG/BB counts occasions: frequency, recency and T are whole, T is at least 1, and "
              "nobody buys more often than up to the last occasion with a purchase."),
            given={name: float(column[row]) for name, column in read.items()},
            remedy=_("Make the table with cvm.clv.occasions(transactions, ...)."),
        )  # fmt: skip
