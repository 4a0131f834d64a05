r"""The power of a pilot by lot, in closed form: what a study of a given size can show.

Dealers are drawn by lot into a pilot. Customer :math:`i` of dealer :math:`d` spends on average
:math:`\Delta_{id}` more a month in the months after than in as many months before:

.. math:: \Delta_{id} = \text{effect}\cdot T_d + u_d + e_{id}, \qquad
   V = \operatorname{var}(u_d + e_{id}) = \text{own}^2 + \frac{2\,\text{noise}^2}{\text{months}},

:math:`\operatorname{var}(u_d) = \rho V`. The estimate is the difference of the mean dealer of
either group. With :math:`m` customers at each of :math:`K` dealers, :math:`K_1` of them in the
pilot,

.. math:: \text{se}^2 = V\,\frac{1 + (m-1)\rho}{m}\left(\frac1{K_1} + \frac1{K-K_1}\right),

on :math:`K - 2` degrees of freedom: what counts is dealers first, customers after them.

**The estimands** are not of the market but of the study. *Power*: how often a true effect is
found. *Type S*: how often what is found has the wrong sign. *Type M*: how much larger than the
truth what is found is on average (Gelman & Carlin 2014, at second hand). *Detectable*: the effect
that is found in 80 % of studies.

**How it is worked out.** Given its estimate :math:`d`, a study finds something if its own standard
error is small enough: with chance :math:`F_{\chi^2_{K-2}}((K-2)\,(d/(t\,\text{se}))^2)`, :math:`t` the
critical value. Estimate and standard error are independent, so that power and both errors are
integrals over the normal law of :math:`d`. They are exact where spend is normal, dealers are of one
size, and pilot and others count whole dealers.

**What the naive answer gets wrong.** Who counts customers and forgets that they belong to dealers
takes :math:`1 + (m-1)\rho` for 1. At the defaults that is 1.98: the interval he reports is 0.71 times
as long as it should be, and nothing at all is "found" in 16 % of studies instead of 5 %.

References
----------
Gelman, A. & Carlin, J. (2014). Beyond power calculations: assessing type S (sign) and type M
(magnitude) errors. *Perspectives on Psychological Science* 9(6), 641-651.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats

from cvm.levers import Levers, assumption, lever, needs_world
from cvm.results import Result, number
from cvm.words import N_, _

__all__ = ["DealerPilot", "PilotPower", "pilot_power", "power_by_size", "sampling_law"]

Floats = NDArray[np.float64]

#: Standard errors about an estimate, and the weights of a normal law on them.
_GRID = np.linspace(-8.5, 8.5, 341)
_WEIGHTS = np.exp(-(_GRID**2) / 2) / np.exp(-(_GRID**2) / 2).sum()
#: A study is said to be able to find what it finds in so many of its repetitions.
WANTED = 0.8


class DealerPilot(Levers):
    """A pilot at dealers drawn by lot, and the spend of their customers."""

    size: int = lever(
        2000, low=200, high=10_000, step=200, unit=N_("customers"),
        meaning=N_("Customers in the study"),
    )  # fmt: skip
    dealers: int = lever(
        40, low=10, high=100, unit=N_("dealers"), meaning=N_("Dealers they belong to")
    )
    treated: float = lever(
        0.5, low=0.1, high=0.9, step=0.05, unit="share", meaning=N_("Dealers drawn into the pilot")
    )
    months: int = lever(
        6, low=1, high=12, unit=N_("months"), meaning=N_("Months watched before, and after")
    )
    level: float = lever(
        0.95, low=0.8, high=0.995, step=0.005, unit="share", meaning=N_("Level of confidence")
    )
    effect: float = assumption(
        3.0, low=0, high=20, step=0.5, unit=N_("yuan"),
        meaning=N_("What the pilot adds to a customer's month"),
    )  # fmt: skip
    noise: float = assumption(
        25.0, low=5, high=100, step=5, unit=N_("yuan"),
        meaning=N_("How much spend moves from month to month by luck"),
    )  # fmt: skip
    own: float = assumption(
        10.0, low=0, high=50, step=1, unit=N_("yuan"),
        meaning=N_("How much customers change by themselves between the two times"),
    )  # fmt: skip
    alike: float = assumption(
        0.02, low=0, high=0.3, step=0.01, unit="share",
        meaning=N_("How much of the change customers of a dealer share"),
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True, repr=False)
class PilotPower(Result):
    """What a pilot would find.

    Parameters
    ----------
    effect, se : float
        The true effect and the standard error of its estimate, yuan a month.
    df : int
        Degrees of freedom.
    level : float
        Confidence level.
    power : float
        How often the effect is found, 0 to 1.
    type_s : float
        How often what is found has the wrong sign; not-a-number without an effect.
    type_m : float
        Mean of what is found over the truth, in absolute terms; not-a-number without an effect.
    detectable : float
        The effect that is found in 80 % of studies, yuan a month.
    needed : float
        The smallest size on the slider that reaches 80 %; not-a-number if none does.
    """

    effect: float
    se: float
    df: int
    level: float
    power: float
    type_s: float
    type_m: float
    detectable: float
    needed: float

    def sentence(self) -> str:
        """Say what would be found, and how far it could be trusted."""
        told = _(
            "A true effect of {effect} is found in {power} of such studies; {detectable} would be "
            "found in 80 %.",
            effect=number(self.effect, "yuan"), power=number(self.power, "share"),
            detectable=number(self.detectable, "yuan"),
        )  # fmt: skip
        if not self.effect:
            return told
        return told + " " + _(
            "What is found is {type_m} times as large as the truth on average, and of the wrong sign "
            "in {type_s} of these.",
            type_m=number(self.type_m), type_s=number(self.type_s, "share", digits=2),
        )  # fmt: skip


def standard_error(world: DealerPilot, *, size: ArrayLike | None = None) -> Floats:
    """Give the standard error of the pilot's estimate.

    Parameters
    ----------
    world : DealerPilot
        Levers and assumptions.
    size : array_like, optional
        Other sizes than the world's.

    Returns
    -------
    ndarray
        Yuan a month, in the shape of ``size``.
    """
    each = np.asarray(world.size if size is None else size, float) / world.dealers
    spread = world.own**2 + 2 * world.noise**2 / world.months
    pilot = world.treated * world.dealers
    between = 1 / pilot + 1 / (world.dealers - pilot)
    return np.sqrt(spread * (1 + (each - 1) * world.alike) / each * between)


def found_given(estimate: ArrayLike, *, df: int, level: float) -> Floats:
    """Give the chance that a study whose estimate is known finds something.

    Parameters
    ----------
    estimate : array_like
        In true standard errors.
    df : int
        Degrees of freedom of the study's own standard error.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    ndarray
        Shares, in the shape of ``estimate``.
    """
    critical = special.stdtrit(df, 0.5 + level / 2)
    return np.asarray(special.gammainc(df / 2, df * (np.asarray(estimate) / critical) ** 2 / 2))


@needs_world
def pilot_power(world: DealerPilot) -> PilotPower:
    """Say what a pilot would find.

    Parameters
    ----------
    world : DealerPilot
        Levers and assumptions.

    Returns
    -------
    PilotPower
    """
    df, se = world.dealers - 2, float(standard_error(world))
    estimates = world.effect / se + _GRID
    found = _WEIGHTS * found_given(estimates, df=df, level=world.level)
    power, none = float(found.sum()), not world.effect
    by_size = power_by_size(world)
    enough = by_size[by_size["value"] >= WANTED]
    return PilotPower(
        effect=world.effect, se=se, df=df, level=world.level, power=power,
        type_s=np.nan if none else float(found[estimates < 0].sum() / power),
        type_m=np.nan if none else float((found * np.abs(estimates)).sum() / power * se / world.effect),
        detectable=se * _detectable(df, world.level),
        needed=float(enough["value_of"].iloc[0]) if len(enough) else np.nan,
    )  # fmt: skip


@needs_world
def power_by_size(world: DealerPilot) -> pd.DataFrame:
    """Give the power of the pilot at every size, its dealers staying the same.

    Parameters
    ----------
    world : DealerPilot
        Everything but ``size``.

    Returns
    -------
    DataFrame
        One row a size: ``value_of`` (customers), ``value`` (power), and ``low`` and ``high``, the
        same as ``value``: nothing is simulated.
    """
    sizes = np.arange(200, 10_001, 200)
    ratio = world.effect / standard_error(world, size=sizes)
    power = _power(ratio, df=world.dealers - 2, level=world.level)
    return pd.DataFrame({"value_of": sizes, "value": power, "low": power, "high": power})


@needs_world
def sampling_law(world: DealerPilot) -> pd.DataFrame:
    """Tabulate the estimates that such studies would give.

    Parameters
    ----------
    world : DealerPilot
        Levers and assumptions.

    Returns
    -------
    DataFrame
        One row an estimate: ``estimate`` (yuan), ``density`` (if the effect is as assumed),
        ``found`` (the part of it in which something is found), ``none`` (density without an
        effect).
    """
    se = float(standard_error(world))
    estimate = np.linspace(-4 * se, world.effect + 4 * se, 241)
    density, none = (stats.norm.pdf(estimate, mean, se) for mean in (world.effect, 0.0))
    found = density * found_given(estimate / se, df=world.dealers - 2, level=world.level)
    return pd.DataFrame({"estimate": estimate, "density": density, "found": found, "none": none})


def _power(ratio: ArrayLike, *, df: int, level: float) -> Floats:
    """Give the power at effects told in standard errors."""
    estimates = np.asarray(ratio, float)[..., None] + _GRID
    return np.asarray(found_given(estimates, df=df, level=level) @ _WEIGHTS)


@lru_cache(maxsize=256)
def _detectable(df: int, level: float) -> float:
    """Find the effect, in standard errors, that is found in 80 % of studies."""
    low, high = 0.0, 12.0
    for _step in range(4):  # a grid within a grid: each step a thirtieth of the last
        ratios = np.linspace(low, high, 31)
        at = int(np.searchsorted(_power(ratios, df=df, level=level), WANTED))
        low, high = ratios[max(at - 1, 0)], ratios[min(at, 30)]
    return float((low + high) / 2)
