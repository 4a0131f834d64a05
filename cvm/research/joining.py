r"""What each method would answer about a programme that the loyal join, in closed form.

The market is that of :mod:`cvm.loyalty.programme`: lasting loyalty :math:`z`, an own trend
:math:`g`, luck. Customers join where :math:`w = a z + b g + \sqrt{1-a^2-b^2}\,u` is among the top
:math:`p`. Everything but membership is normal, so that all there is to know of an estimate in a
large study follows from one rule: for any sum :math:`L` of normal parts,

.. math:: \operatorname{cov}(M, L) = \varphi(q)\operatorname{cov}(w, L), \qquad
   q = \Phi^{-1}(1-p),

and a least-squares coefficient is a quotient of such covariances.

**The estimand** is what membership adds to a member's month: ``effect``.

**What each method answers**

=====================  =================================================================
naive gap              members less others, after the launch
before and after       members after the launch less the same members before it
adjusted               the gap among customers alike in what is measured
difference in          members' change less the others' change
differences
drawn by lot           the gap between customers whom lots made members or not
=====================  =================================================================

**What the naive answer gets wrong.** At the defaults membership adds 3; the gap is 19.9. Members
spend 5.4 more than a year before, 2.4 of it because everybody does.

**The intervals** are those a study of ``size`` customers expects: exact variances of normal parts
cut at :math:`q` for the differences of means, the residual variance for adjustment, which takes the
spread of what is left to be the same for members and others (it is, nearly).

**Simplified for teaching.** As in that module; a survey's score is not cut at 0 and 100.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri
from scipy.stats import norm

from cvm.levers import Levers, assumption, lever, needs_world
from cvm.loyalty import Programme
from cvm.words import N_, _

__all__ = ["METHODS", "Joining", "expected_answers"]

Floats = NDArray[np.float64]

#: The five answers, in the order of the table.
METHODS = (
    N_("naive gap"), N_("before and after"), N_("adjusted for what is measured"),
    N_("difference in differences"), N_("drawn by lot"),
)  # fmt: skip
#: What a study may know of customers before the launch.
MEASURED = (N_("nothing"), N_("past spend"), N_("survey"), N_("both"))
#: Months before and after, and the middle of either half.
MONTHS, BEFORE, AFTER = 12, -6.5, 5.5
_Z = float(ndtri(0.975))


class Joining(Levers):
    """A programme that customers join, and a study of what it adds."""

    measured: str = lever(
        "past spend", options=MEASURED, meaning=N_("What is known of customers before the launch")
    )
    size: int = lever(
        1000, low=100, high=10_000, step=100, unit=N_("customers"),
        meaning=N_("Customers in the study"),
    )  # fmt: skip
    strength: float = assumption(
        0.7, low=0, high=1, meaning=N_("How strongly the loyal join (a correlation)")
    )
    rising: float = assumption(
        0.0, low=0, high=1, meaning=N_("How strongly those on their way up join (a correlation)")
    )
    effect: float = assumption(
        3.0, low=-10, high=20, step=0.5, unit=N_("yuan"),
        meaning=N_("What membership adds to a member's month"),
    )  # fmt: skip
    drift: float = assumption(
        0.2, low=-2, high=2, step=0.1, unit=N_("yuan"),
        meaning=N_("How everybody's spend changes each month"),
    )  # fmt: skip
    joining: float = assumption(
        0.4, low=0.05, high=0.95, step=0.05, unit="share", meaning=N_("Customers who join")
    )
    noise: float = assumption(
        25.0, low=5, high=100, step=5, unit=N_("yuan"),
        meaning=N_("How much spend moves from month to month by luck"),
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class _Parts:
    """The normal parts of a customer, each quantity as its loads on independent luck.

    Six lucks: loyalty, own trend, joining, the months before, those after, the survey's answer.
    """

    wish: Floats
    before: Floats
    after: Floats
    survey: Floats


@needs_world
def expected_answers(world: Joining) -> pd.DataFrame:
    """Give what each method answers on average, with the interval it expects.

    Parameters
    ----------
    world : Joining
        Levers and assumptions.

    Returns
    -------
    DataFrame
        One row a method: ``method`` (in words), ``effect``, ``low``, ``high`` (about 95 %),
        ``true_effect``, yuan a member and month.
    """
    parts = _parts(world)
    change = parts.after - parts.before
    known = {"nothing": [], "past spend": [parts.before], "survey": [parts.survey],
             "both": [parts.before, parts.survey]}[world.measured]  # fmt: skip
    answers = (
        _gap(world, parts, parts.after),
        _own_change(world, parts, change),
        _adjusted(world, parts, known),
        _gap(world, parts, change),
        _by_lot(world, parts, known),
    )
    rows = [
        {
            "method": _(name), "effect": world.effect + bias,
            "low": world.effect + bias - _Z * se, "high": world.effect + bias + _Z * se,
            "true_effect": world.effect,
        }
        for name, (bias, se) in zip(METHODS, answers, strict=True)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def _parts(world: Joining) -> _Parts:
    market = Programme()
    pull = np.array([world.strength, world.rising])
    # Two pulls that together leave chance no part are scaled down to that.
    pull = pull / max(1.0, float(np.hypot(*pull)))
    rest = np.sqrt(max(0.0, 1 - float(pull @ pull)))
    luck, trend = world.noise / np.sqrt(MONTHS), market.trend_spread
    return _Parts(
        wish=np.array([*pull, rest, 0.0, 0.0, 0.0]),
        before=np.array([market.spread, trend * BEFORE, 0.0, luck, 0.0, 0.0]),
        after=np.array([market.spread, trend * AFTER, 0.0, 0.0, luck, 0.0]),
        survey=np.array([8.0, 0.0, 0.0, 0.0, 0.0, 10.0]),
    )


def _sides(world: Joining) -> tuple[float, float, float]:
    """Give the cut, and the mean wish of members and of others (its sign turned)."""
    cut = float(ndtri(1 - world.joining))
    height = float(norm.pdf(cut))
    return cut, height / world.joining, height / (1 - world.joining)


def _gap(world: Joining, parts: _Parts, outcome: Floats) -> tuple[float, float]:
    """Compare the mean outcome of members and others."""
    cut, above, below = _sides(world)
    tied, spread = float(parts.wish @ outcome), float(outcome @ outcome)
    members = spread - tied**2 * above * (above - cut)
    others = spread - tied**2 * below * (below + cut)
    share = world.joining
    se = np.sqrt((members / share + others / (1 - share)) / world.size)
    return tied * (above + below), float(se)


def _own_change(world: Joining, parts: _Parts, change: Floats) -> tuple[float, float]:
    """Compare members with themselves a year before: the drift is taken for the programme's."""
    cut, above, _below = _sides(world)
    tied = float(parts.wish @ change)
    spread = float(change @ change) - tied**2 * above * (above - cut)
    bias = world.drift * (AFTER - BEFORE) + tied * above
    return bias, float(np.sqrt(spread / (world.joining * world.size)))


def _adjusted(world: Joining, parts: _Parts, known: Sequence[Floats]) -> tuple[float, float]:
    """Regress the outcome on membership and what is known."""
    height = float(norm.pdf(_sides(world)[0]))
    variance = world.joining * (1 - world.joining)
    xs = np.array(known).reshape(len(known), len(parts.wish))
    cross = height * (xs @ parts.wish)
    moments = np.block([[np.array([[variance]]), cross[None, :]], [cross[:, None], xs @ xs.T]])
    joint = np.concatenate([[height * float(parts.wish @ parts.after)], xs @ parts.after])
    inverse = np.linalg.inv(moments)
    left = float(parts.after @ parts.after) - joint @ inverse @ joint
    return float(inverse[0] @ joint), float(np.sqrt(left * inverse[0, 0] / world.size))


def _by_lot(world: Joining, parts: _Parts, known: Sequence[Floats]) -> tuple[float, float]:
    """Draw lots among the same customers; what is known makes the interval shorter."""
    xs = np.array(known).reshape(len(known), len(parts.wish))
    joint = xs @ parts.after
    left = float(parts.after @ parts.after)
    if len(known):
        left -= float(joint @ np.linalg.solve(xs @ xs.T, joint))
    return 0.0, float(np.sqrt(left / (world.joining * (1 - world.joining) * world.size)))
