r"""Three dimensions on trial: whether one failure spoils the moment.

A survey after each contact asks whether the human, the business and the hidden side were
in order, and for a rating of the whole. The rating is :math:`100\,Q` plus noise, with
:math:`Q` the moment of :mod:`cvm.service.moments`, made by one of the two rules.

**The estimand.** How much of the damage the first failure does:

.. math:: \phi = \frac{E[Y \mid 0\text{ failures}] - E[Y \mid 1]}{E[Y \mid 0] - E[Y \mid 2]},

1 if one failure spoils the moment (non-compensatory), 1/2 if failures add up (additive,
weights alike).

**What the naive answer gets wrong.** A regression of the rating on the three dimensions
finds three weights under either rule and fits well under both: weights do not show that
they can be added. The contacts with two failures tell, and they are few.

**Where it comes from.** The rule is the course's own; that a rule is compensatory or not
is the common distinction of choice research (Einhorn 1970), at second hand.

References
----------
Einhorn, H. J. (1970). The use of nonlinear, noncompensatory models in decision making.
*Psychological Bulletin* 73(3), 221-230.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtri

from cvm.errors import CvmError
from cvm.inputs import check_level, numbers_in, real_number, whole_number
from cvm.levers import needs_world
from cvm.luck import Luck, bernoulli
from cvm.results import Result, number
from cvm.service.moments import DIMENSIONS, Service, moment
from cvm.words import _

__all__ = ["FirstFailure", "failure_ratings", "first_failure", "simulate_contacts"]


@needs_world
def simulate_contacts(world: Service, *, n: int, seed: int, noise: float = 12.0) -> pd.DataFrame:
    """Simulate contacts and the rating asked for after each.

    Parameters
    ----------
    world : Service
        Failure shares, rule and weights.
    n : int
        Contacts, 1 or more; a larger ``n`` keeps the first ones.
    seed : int
        The luck; the same failures under either rule.
    noise : float
        Spread of the ratings around the moment, points.

    Returns
    -------
    DataFrame
        One row a contact: ``contact``, ``human``, ``business``, ``hidden`` (True: in
        order), ``failures`` (0 to 3), ``rating`` (points, not cut at 0 and 100) and
        ``true_quality``.
    """
    n, noise = whole_number(n, name="n"), real_number(noise, name="noise", least=0, example=12)
    luck = Luck(seed)
    holds = {
        name: ~bernoulli(luck.uniform(name, n), getattr(world, f"fail_{name}"))
        for name in DIMENSIONS
    }
    quality = moment(holds["human"], holds["business"], holds["hidden"], world)
    table = pd.DataFrame({"contact": np.arange(1, n + 1)} | holds)
    table["failures"] = 3 - sum(flags.astype(int) for flags in holds.values())
    table["rating"] = 100 * quality + noise * luck.normal("rating", n)
    return table.assign(true_quality=quality)


@dataclass(frozen=True, kw_only=True, repr=False)
class FirstFailure(Result):
    """How much of the damage of two failures the first one does.

    Parameters
    ----------
    value, low, high : float
        The share, 1 if one failure spoils the moment, 1/2 if failures add up; interval.
    level : float
        Confidence level.
    n, with_two : int
        Contacts with at most two failures, and those with two: they carry the evidence.
    """

    value: float
    low: float
    high: float
    level: float
    n: int
    with_two: int

    @property
    def verdict(self) -> str:
        """Say which rule the interval leaves standing."""
        spoils, adds = self.low <= 1 <= self.high, self.low <= 0.5 <= self.high
        if spoils == adds:
            return _("the data cannot tell the rules apart") if spoils else _("neither rule fits")
        return _("one failure spoils the moment") if spoils else _("failures add up")

    def sentence(self) -> str:
        """Say the share, its interval and the verdict."""
        return _(
            "The first failure does {value} of the damage of two ({level} interval {low} to "
            "{high}; {two} of {n} contacts had two): {verdict}.",
            value=number(self.value, "share"), low=number(self.low, "share"),
            high=number(self.high, "share"), level=number(self.level, "share", digits=2),
            two=number(self.with_two), n=number(self.n), verdict=self.verdict,
        )  # fmt: skip


def first_failure(
    table: pd.DataFrame, *, rating: str = "rating", failures: str = "failures", level: float = 0.95
) -> FirstFailure:
    """Estimate how much of the damage the first failure does.

    Parameters
    ----------
    table : DataFrame
        One row a contact.
    rating, failures : str
        Columns: a number, and a count of dimensions that failed.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    FirstFailure
        Ratio of differences of means; interval by the delta method.
    """
    groups = _by_failures(table, rating, failures)[["mean", "var", "size"]].reindex([0, 1, 2])
    check_level(level)
    if (groups["size"].fillna(0) < 2).any():
        raise CvmError(
            _("The rules differ in contacts with two failures; there are too few to compare."),
            given=groups["size"].fillna(0).astype(int).to_dict(),
            remedy=_("Give at least two contacts each with none, one and two failures."),
        )
    mean = groups["mean"].to_numpy()
    variance = (groups["var"] / groups["size"]).to_numpy()
    damage = mean[0] - mean[2]
    if not damage > 0:
        raise CvmError(
            _("Contacts with two failures are rated no lower than those with none, so there is no "
              "damage to divide."),
            given={"none": float(mean[0]), "two": float(mean[2])},
            remedy=_("See that a high rating is a good one, or give more contacts."),
        )  # fmt: skip
    share = (mean[0] - mean[1]) / damage
    gradient = np.array([1 - share, -1, share]) / damage
    half = float(ndtri(0.5 + level / 2) * np.sqrt(gradient**2 @ variance))
    return FirstFailure(
        value=float(share), low=float(share - half), high=float(share + half), level=level,
        n=int(groups["size"].sum()), with_two=int(groups["size"].iloc[2]),
    )  # fmt: skip


def failure_ratings(table: pd.DataFrame) -> pd.DataFrame:
    """Average the rating by number of failures, ready to draw.

    Parameters
    ----------
    table : DataFrame
        With ``failures`` and ``rating``.

    Returns
    -------
    DataFrame
        One row a number of failures: ``failures``, ``contacts``, ``share``, ``rating``,
        ``low``, ``high`` (95 % interval of the mean).
    """
    grouped = _by_failures(table, "rating", "failures").reset_index()
    half = 1.959963984540054 * grouped["sem"]
    return pd.DataFrame(
        {
            "failures": grouped["failures"],
            "contacts": grouped["size"],
            "share": grouped["size"] / grouped["size"].sum(),
            "rating": grouped["mean"],
            "low": grouped["mean"] - half,
            "high": grouped["mean"] + half,
        }
    )


def _by_failures(table: pd.DataFrame, rating: str, failures: str) -> pd.DataFrame:
    """Give size, mean, variance and standard error of the ratings, by number of failures."""
    rated = numbers_in(table, [rating, failures])[:, 0]
    read = pd.DataFrame({"failures": table[failures].to_numpy(), "rating": rated})
    return read.groupby("failures")["rating"].agg(["size", "mean", "var", "sem"])
