r"""Markov lifetime value: customers move between states, each with its money.

With :math:`P` the chances to move from state to state in a period, :math:`R` what a customer
in each state brings at the start of a period, and :math:`d` the discount rate,

.. math::

   V_T = \sum_{t=0}^{T} \Bigl(\frac{P}{1+d}\Bigr)^t R, \qquad
   V_\infty = \Bigl(I - \frac{P}{1+d}\Bigr)^{-1} R .

**The published example.** A firm mails its customers. Who bought last in the period just
gone has recency 1 and buys again with probability .3, then .2, .15, .05; after recency 4 the
firm counts a customer as former. A purchase brings 40, a mailing costs 4, and
:math:`d` = 20 %. A new customer is worth 52.32. Stopping the mail at recency 4, one period
earlier, makes that 53.15: the chain prices a *policy*, which is its use.

**Assumed.** The state says all that matters of the past; chances stay as they are.

**What the naive answer gets wrong.** It counts the 4 spent on a customer of recency 4 as an
investment in the 40: with a chance of 5 % the customer is worth -1.82.

References
----------
Pfeifer, P. E. & Carraway, R. L. (2000). Modeling customer relationships as Markov chains.
*Journal of Interactive Marketing* 14(2), 43-55.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from cvm.errors import CvmError
from cvm.inputs import number_array, real_number, whole_number
from cvm.words import N_, _

__all__ = ["MAILING", "mailing_policies", "mailing_value", "markov_value", "recency_chain"]

#: The published example: chances to buy by recency, what a purchase brings, what a mailing
#: costs, the discount rate.
MAILING = {"chances": (0.3, 0.2, 0.15, 0.05), "contribution": 40.0, "cost": 4.0, "discount": 0.2}
#: The name of the state of those no longer mailed.
FORMER = N_("former")


def recency_chain(chances: Sequence[float]) -> pd.DataFrame:
    """Make the chain of recencies: who buys goes to 1, who does not goes one on.

    Parameters
    ----------
    chances : sequence of float
        Probabilities to buy at recency 1, 2, ...; after the last a customer is former.

    Returns
    -------
    DataFrame
        Square, from state (rows) to state (columns): 1, 2, ..., "former".

    Raises
    ------
    CvmError
        For no chances, or one outside 0 to 1.
    """
    p = number_array(chances, name="chances")
    if p.ndim != 1 or not len(p) or not ((p >= 0) & (p <= 1)).all():
        raise CvmError(
            _("Chances to buy by recency are one probability or more."), given=list(np.ravel(p)),
            remedy=_("Write for example [0.3, 0.2, 0.15, 0.05]."),
        )  # fmt: skip
    k = len(p)
    matrix = np.zeros((k + 1, k + 1))
    matrix[:k, 0] = p
    matrix[np.arange(k), np.arange(1, k + 1)] += 1 - p
    matrix[k, k] = 1.0
    states = [*(str(i) for i in range(1, k + 1)), FORMER]
    return pd.DataFrame(matrix, index=states, columns=states)


def markov_value(
    transition: pd.DataFrame | ArrayLike,
    rewards: ArrayLike,
    *,
    discount: float,
    periods: int | None = None,
) -> pd.Series:
    """Value a customer by the state it is in.

    Parameters
    ----------
    transition : DataFrame or array_like, shape (k, k)
        Chances to move; rows add to 1.
    rewards : array_like, shape (k,)
        What a customer in each state brings, at the start of a period.
    discount : float
        Rate a period, above 0; 0 is allowed with ``periods``.
    periods : int, optional
        Moves counted, 0 or more; without end by default.

    Returns
    -------
    Series
        ``value`` by state.

    Raises
    ------
    CvmError
        For rows that are not probabilities, a wrong number of rewards, or a discount rate
        or number of periods out of range.
    """
    P, R = number_array(transition, name="transition"), number_array(rewards, name="rewards")
    states = (
        transition.index if isinstance(transition, pd.DataFrame) else range(len(np.atleast_1d(P)))
    )
    _check(P, R, discount, periods)
    step = P / (1 + discount)
    if periods is None:
        value = np.linalg.solve(np.eye(len(P)) - step, R)
    else:
        value = R.copy()
        for _move in range(periods):
            value = R + step @ value
    return pd.Series(value, index=states, name="value")


def mailing_value(
    *,
    chances: Sequence[float] = MAILING["chances"],  # type: ignore[assignment]
    contribution: float = 40.0,
    cost: float = 4.0,
    discount: float = 0.2,
    periods: int | None = None,
    stop_at: int | None = None,
) -> pd.Series:
    """Value a customer who is mailed, by recency.

    Parameters
    ----------
    chances : sequence of float
        Probabilities to buy at recency 1, 2, ...
    contribution : float
        What a purchase brings; counted in the period after it, at recency 1.
    cost : float
        Of mailing a customer for a period.
    discount : float
        Rate a period.
    periods : int, optional
        Moves counted; without end by default.
    stop_at : int, optional
        The recency from which nobody is mailed any more, 2 or more.

    Returns
    -------
    Series
        ``value`` by state: "1", "2", ..., "former".

    Raises
    ------
    CvmError
        For an argument out of range.
    """
    given = number_array(chances, name="chances").ravel().tolist()
    real_number(contribution, name="contribution")
    real_number(cost, name="cost")
    if stop_at is not None:
        whole_number(stop_at, name="stop_at", least=2)
    mailed = len(given) if stop_at is None else stop_at - 1
    if not 1 <= mailed <= len(given):
        raise CvmError(
            _("Mail stops at a recency from 2 to {last}.", last=len(given)), given=stop_at,
            remedy=_("Leave stop_at out to mail up to the last recency."),
        )  # fmt: skip
    chain = recency_chain(given[:mailed])
    rewards = np.full(mailed + 1, -float(cost))
    rewards[0], rewards[-1] = contribution - cost, 0.0
    value = markov_value(chain, rewards, discount=discount, periods=periods)
    every = recency_chain(given).index
    return value.reindex(every, fill_value=0.0)


def mailing_policies(
    *,
    chances: Sequence[float] = MAILING["chances"],  # type: ignore[assignment]
    contribution: float = 40.0,
    cost: float = 4.0,
    discount: float = 0.2,
) -> pd.DataFrame:
    """Compare when to stop mailing.

    Parameters
    ----------
    chances, contribution, cost, discount
        As in :func:`mailing_value`.

    Returns
    -------
    DataFrame
        One row a policy: ``mailed_up_to`` (the last recency mailed), ``new_customer`` (the
        value at recency 1), and ``best``.
    """
    last = range(1, number_array(chances, name="chances").size + 1)
    values = [
        float(mailing_value(chances=chances, contribution=contribution, cost=cost,
                            discount=discount, stop_at=k + 1).iloc[0])
        for k in last
    ]  # fmt: skip
    return pd.DataFrame(
        {"mailed_up_to": last, "new_customer": values, "best": np.equal(values, max(values))}
    )


def _check(P: np.ndarray, R: np.ndarray, discount: float, periods: int | None) -> None:
    square = P.ndim == 2 and P.shape[0] == P.shape[1]
    if not square or not (P >= 0).all() or not np.allclose(P.sum(axis=1), 1, atol=1e-8):
        raise CvmError(
            _("A chain is a square table of chances whose rows add to 1."), given=P.tolist(),
            remedy=_("See what each row adds to."),
        )  # fmt: skip
    if R.shape != (len(P),) or not np.isfinite(R).all():
        raise CvmError(
            _("Rewards are one number for each of the {count} states.", count=len(P)),
            given=R.tolist(),
        )
    whole = periods is None or (isinstance(periods, int | np.integer) and periods >= 0)
    rate = isinstance(discount, int | float | np.number) and 0 <= discount < np.inf
    if not whole or not rate or (periods is None and discount == 0):
        raise CvmError(
            _("The discount rate is above 0, or 0 with a whole number of periods."),
            given={"discount": discount, "periods": periods},
            remedy=_("Give for example discount=0.1."),
        )
