r"""Referral: how many customers one customer brings in the end.

If each customer brings :math:`r` others on average, and each of these again :math:`r`, one
customer bought is worth a whole family,

.. math:: 1 + r + r^2 + \dots = \frac{1}{1-r} \qquad (r < 1),

and after :math:`g` generations :math:`(1-r^{g+1})/(1-r)`. At :math:`r=0.1` that is 1.11, at
0.5 it is 2, at 0.9 it is 10: the multiplier is dull until it explodes.

**Its limits**, each in :func:`simulate_referrals`:

* *Luck.* With Poisson numbers of referrals the size of a family has mean :math:`1/(1-r)` and
  variance :math:`r/(1-r)^3` (Borel 1942): near 1 a few large families carry the mean.
* *Time.* A generation takes a quarter, not a moment. The multiplier counts them all.
* *The market.* People can be brought along once. With :math:`C` of :math:`M` people already
  customers and :math:`B` referrals in a generation, :math:`(M-C)(1-e^{-B/M})` people are new:
  no :math:`r`, not even one above 1, grows beyond the market.

**What the naive answer gets wrong.** "Each brings half a customer, so the multiplier is 1.5"
stops after the first generation: it is 2. And "r is above 1, so it goes viral" forgets the
market: at 1.2, in the default market of 50,000, a thousand customers come to some 19,000 in the
end, not to infinitely many.

**Estimand.** Customers in the end for each one that was paid for. **Assumed:** those who were
brought along bring others as readily as those who were bought.

References
----------
Borel, E. (1942). Sur l'emploi du theoreme de Bernoulli pour faciliter le calcul d'une infinite
de coefficients. *Comptes rendus* 214, 452-456. At second hand.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from cvm.errors import CvmError
from cvm.inputs import need_columns, numbers_in, whole_number
from cvm.levers import Levers, assumption, lever, needs_world
from cvm.luck import Luck, poisson
from cvm.words import N_, _

__all__ = ["Referral", "generations", "referral_multiplier", "simulate_referrals"]

Floats = NDArray[np.float64]


class Referral(Levers):
    """Customers who bring others, in a market that ends."""

    invites: float = lever(
        2.0, low=0, high=10, meaning=N_("People whom a customer tells of the firm")
    )
    joins: float = assumption(
        0.2, low=0, high=0.5, unit="share",
        meaning=N_("Chance that somebody who was told becomes a customer"),
    )  # fmt: skip
    market: float = assumption(
        50_000.0, low=1_000, high=1_000_000, unit=N_("people"), meaning=N_("People in the market")
    )
    rounds: int = assumption(
        12, low=1, high=60, unit=N_("generations"), meaning=N_("How long one looks")
    )


def referral_multiplier(refer: ArrayLike, *, rounds: float = np.inf) -> Floats:
    """Give the customers that one customer comes to, itself included.

    Parameters
    ----------
    refer : array_like
        Customers each customer brings, 0 or more; below 1 where generations have no end.
    rounds : float
        Generations counted, 0 or more; without end by default.

    Returns
    -------
    ndarray

    Raises
    ------
    CvmError
        For a negative number, or one of 1 or more without an end.

    Examples
    --------
    >>> referral_multiplier(0.5), referral_multiplier(0.5, rounds=1)
    (np.float64(2.0), np.float64(1.5))
    """
    try:
        r, rounds = np.asarray(refer, float), float(rounds)
    except (TypeError, ValueError):
        r, rounds = np.full(1, np.nan), np.nan
    if not ((r >= 0) & (r < np.inf)).all() or not rounds >= 0:
        raise CvmError(
            _("Referrals and generations are zero or more."), given={"refer": refer, "rounds": rounds},
            remedy=_("Write 0.3 where ten customers bring three."),
        )  # fmt: skip
    if np.isinf(rounds) and (r >= 1).any():
        raise CvmError(
            _("Where each customer brings one or more, the sum has no end."),
            given=float(r.max()),
            remedy=_("Give the generations, rounds=4, or simulate a market that ends."),
        )
    with np.errstate(over="ignore"):  # grown beyond what a number can say, it is infinite
        ends = 0.0 if np.isinf(rounds) else r ** (rounds + 1)
    even = np.where(r == 1, 0.5, r)  # 0 / 0 there; the limit is put in below
    return np.where(r == 1, rounds + 1, (1 - np.where(r == 1, 0, ends)) / (1 - even))[()]


@needs_world
def simulate_referrals(world: Referral, *, n: int, seed: int) -> pd.DataFrame:
    """Follow the families of customers who were paid for.

    Parameters
    ----------
    world : Referral
        Levers and assumptions.
    n : int
        Customers paid for, 1 or more and no more than the market.
    seed : int
        The luck. A larger ``n`` keeps the first ones, but for the market they share.

    Returns
    -------
    DataFrame
        One row a customer paid for: ``customer``, ``family`` (customers it came to, itself
        included) and ``generation_1``, ``generation_2`` ... (those it brought, those they
        brought, ...), to ``rounds``.
    """
    n = whole_number(n, name="n")
    if n > world.market:
        wrong = _("The market has fewer people than customers were paid for.")
        raise CvmError(wrong, given=n, remedy=_("Take a smaller n or a larger market."))
    luck = Luck(seed).uniform("referrals", n, 60)  # always all: a longer look keeps the first
    now, family = np.ones(n), np.ones(n)
    columns: dict[str, object] = {}
    for step in range(world.rounds):
        # A sum of Poisson numbers is Poisson, so a generation is one draw a family.
        rate = _new_each(now.sum(), family.sum(), world)
        born = poisson(luck[:, step], rate * now)
        left = int(world.market - family.sum())
        now = np.diff(np.minimum(born.cumsum(), left), prepend=0).astype(float)
        family = family + now
        columns[f"generation_{step + 1}"] = now
    return pd.DataFrame({"customer": np.arange(1, n + 1), "family": family} | columns)


def _new_each(telling: float, customers: float, world: Referral) -> float:
    """New customers for each one who tells, where people told at random may be told twice."""
    sent = world.invites * world.joins * telling
    if sent == 0:
        return 0.0
    new = (world.market - customers) * -np.expm1(-sent / world.market)
    return float(new / telling)


def generations(families: pd.DataFrame, *, refer: float) -> pd.DataFrame:
    """Add families up by generation, beside what the closed form promises.

    Parameters
    ----------
    families : DataFrame
        From :func:`simulate_referrals`.
    refer : float
        Customers each brings in a market without end, for the promise.

    Returns
    -------
    DataFrame
        One row a generation from 0 (those paid for): ``generation``, ``new``, ``customers``
        (so far, for each one paid for), ``promised`` (the same by the formula).

    Raises
    ------
    CvmError
        If the table has no generations or no rows, or one of them holds no numbers.
    """
    need_columns(families, ())
    names = [name for name in families.columns if str(name).startswith("generation_")]
    if not names:
        wrong = _("The table has no generations.")
        raise CvmError(
            wrong, given=list(families.columns), remedy=_("Make it with simulate_referrals.")
        )
    new = np.r_[float(len(families)), numbers_in(families, names, least=0).sum(axis=0)]
    rounds = np.arange(len(new))
    return pd.DataFrame({
        "generation": rounds, "new": new, "customers": new.cumsum() / len(families),
        "promised": [float(referral_multiplier(refer, rounds=int(g))) for g in rounds],
    })  # fmt: skip
