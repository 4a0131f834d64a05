r"""From satisfaction to loyalty: the curve, the bonds, the intention and the deed.

Satisfaction is not loyalty, and intention is not behaviour. Four small equations keep
the steps apart, so that each can be moved, or switched off, by itself.

**1. Attitude.** Satisfaction :math:`s` (0-100) becomes an attitude (0-1) by a curve
with two rises and a flat stretch between them,

.. math::

   A(s) = p\,R(s; d - 2w) + (1-p)\,R(s; a + 2w), \qquad
   R(s; m) = \frac{\sigma\left(\frac{s-m}{w}\right) - \sigma\left(\frac{-m}{w}\right)}
   {\sigma\left(\frac{100-m}{w}\right) - \sigma\left(\frac{-m}{w}\right)},

:math:`\sigma` the logistic curve. Below the edge :math:`d` lies the *zone of
defection*, where the first rise ends; above the edge :math:`a` the *zone of affection*,
where the second begins; between them the *zone of indifference*: satisfied, and open to
any offer. Where rivals please as well, affection begins later: with competition
:math:`c` (0-1), :math:`a = \text{affection\_edge} - \text{push}\,(1-c)`.

**2. Bonds.** Financial, social and structural bonds :math:`b_k` (0-1 each) cost a
customer something to break, and rivals copy part of them,
:math:`C = \sum_k \text{strength}_k\, b_k\,(1-\text{copied}_k)`, in log-odds.

**3. Intention** (0-1). Where there is nowhere to go even those stay who would rather
not, a share :math:`f = \text{captive}\,(1-c)`; of the others bonds hold some,

.. math:: I = f + (1-f)\,\sigma\bigl(\operatorname{logit} A + C\bigr).

Under full competition and without bonds the intention is the attitude.

**4. Behaviour**, the chance of buying again within a year, with habit :math:`h` (0-1):

.. math:: P = (1 - \text{habit\_weight}\,h)\,\bigl[(1-k)\,\text{base} + k\,I\bigr] + \text{habit\_weight}\,h,

:math:`k` the ``conversion``. With full conversion and no habit people do what they say.

**The four kinds** (Dick & Basu): a high attitude with repeat buying is *true* loyalty, a
high attitude without it *latent*, repeat buying without attitude *spurious*, neither
*none*. Captive customers are the spurious ones: they buy again and would rather not.

**What the naive answer gets wrong.** "Satisfied customers are loyal" reads the curve as
a straight line. At the defaults 20 points of satisfaction in the flat stretch, from 50
to 70, raise the attitude by 0.03; the next 20 raise it by 0.57 (:func:`curve_table`).

**Where it comes from.** The zones and their dependence on competition, with the five
industries of :data:`INDUSTRIES`, are those of Jones & Sasser (1995), known to us at
second hand: the source draws curves and prints no parameters, so the order of the
industries is the source's and every number here is for teaching. That the link is
asymmetric and not linear: Anderson & Mittal (2000). Levels of bonds: Berry &
Parasuraman (1991). Kinds of loyalty: Dick & Basu (1994). A linear conversion of stated
intention: Morrison (1979). All at second hand.

**Simplified for teaching.** One curve for all customers of a market; bonds add up and
none weakens another; a rival's copying is a constant; habit is given from outside.

References
----------
Anderson, E. W. & Mittal, V. (2000). Strengthening the satisfaction-profit chain.
*Journal of Service Research* 3(2), 107-120.
Berry, L. L. & Parasuraman, A. (1991). *Marketing Services*. Free Press.
Dick, A. S. & Basu, K. (1994). Customer loyalty: toward an integrated conceptual
framework. *Journal of the Academy of Marketing Science* 22(2), 99-113.
Jones, T. O. & Sasser, W. E. (1995). Why satisfied customers defect. *Harvard Business
Review* 73(6), 88-99.
Morrison, D. G. (1979). Purchase intentions and purchase behavior. *Journal of
Marketing* 43(2), 65-74.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit

from cvm.errors import CvmError, near_miss
from cvm.inputs import number_array, real_number
from cvm.levers import Levers, assumption, lever, needs_world
from cvm.results import number
from cvm.words import N_, _

__all__ = [
    "INDUSTRIES",
    "KINDS",
    "ZONES",
    "Loyalty",
    "attitude",
    "behaviour_probability",
    "curve_table",
    "industry",
    "industry_table",
    "intention",
    "kinds",
    "monthly_retention",
    "switching_cost",
    "zones",
]

Floats = NDArray[np.float64]

#: Jones & Sasser's five industries from the most to the least competitive. Their order
#: is the source's, the numbers are teaching values of ``competition``.
INDUSTRIES = {
    N_("automobiles"): 0.95,
    N_("business personal computers"): 0.8,
    N_("hospitals"): 0.55,
    N_("airlines"): 0.35,
    N_("local telephone"): 0.05,
}
#: The zones of the curve, from low to high satisfaction; :func:`zones` gives positions here.
ZONES = (N_("defection"), N_("indifference"), N_("affection"))
#: Kinds of loyalty; :func:`kinds` gives positions here (2 x attitude + repeat).
KINDS = (N_("none"), N_("spurious"), N_("latent"), N_("true"))
#: An attitude of exactly 0 or 1 would leave no room for a bond to work on.
EDGE = 1e-6
#: How far beyond 0 or 1 a sum of shares may come to lie.
ROUNDING = 1e-9


class Loyalty(Levers):
    """How a market turns satisfaction into staying."""

    financial: float = lever(
        0.3, low=0, high=1,
        meaning=N_("Financial bond: how far price rewards tie the average customer"),
    )  # fmt: skip
    social: float = lever(
        0.3, low=0, high=1,
        meaning=N_("Social bond: how far people, club and attention tie the average customer"),
    )  # fmt: skip
    structural: float = lever(
        0.3, low=0, high=1,
        meaning=N_("Structural bond: how far systems and services the customer works with tie it"),
    )  # fmt: skip
    competition: float = assumption(
        0.7, low=0, high=1,
        meaning=N_("Competition: 0 leaves customers no one to go to, 1 offers them equals"),
        source=N_("order of industries: Jones & Sasser 1995; numbers: teaching"),
    )  # fmt: skip
    captive: float = assumption(
        0.85, low=0, high=1, unit="share",
        meaning=N_("Customers with nowhere to go in a market without competition"),
    )  # fmt: skip
    plateau: float = assumption(
        0.3, low=0, high=1, unit="share",
        meaning=N_("How much of the whole rise lies below the flat stretch"),
        source=N_("shape: Jones & Sasser 1995; number: teaching"),
    )  # fmt: skip
    defection_edge: float = assumption(
        40.0, low=5, high=60, unit=N_("points of satisfaction"),
        meaning=N_("Where the zone of defection ends"),
    )  # fmt: skip
    affection_edge: float = assumption(
        80.0, low=60, high=95, unit=N_("points of satisfaction"),
        meaning=N_("Where the zone of affection begins under full competition"),
    )  # fmt: skip
    push: float = assumption(
        15.0, low=0, high=30, unit=N_("points of satisfaction"),
        meaning=N_("How much earlier affection begins without competition"),
    )  # fmt: skip
    width: float = assumption(
        4.0, low=1, high=20, unit=N_("points of satisfaction"),
        meaning=N_("How gradual the two rises of the curve are"),
    )  # fmt: skip
    strength_financial: float = assumption(
        1.2, low=0, high=4, unit=N_("log-odds"),
        meaning=N_("What a full financial bond adds to the intention to stay"),
    )  # fmt: skip
    strength_social: float = assumption(
        1.2, low=0, high=4, unit=N_("log-odds"),
        meaning=N_("What a full social bond adds to the intention to stay"),
    )  # fmt: skip
    strength_structural: float = assumption(
        1.2, low=0, high=4, unit=N_("log-odds"),
        meaning=N_("What a full structural bond adds to the intention to stay"),
    )  # fmt: skip
    copied_financial: float = assumption(
        0.8, low=0, high=1, unit="share",
        meaning=N_("How much of a financial bond rivals copy"),
        source=N_("order of the three: Berry & Parasuraman 1991; number: teaching"),
    )  # fmt: skip
    copied_social: float = assumption(
        0.4, low=0, high=1, unit="share",
        meaning=N_("How much of a social bond rivals copy"),
        source=N_("order of the three: Berry & Parasuraman 1991; number: teaching"),
    )  # fmt: skip
    copied_structural: float = assumption(
        0.1, low=0, high=1, unit="share",
        meaning=N_("How much of a structural bond rivals copy"),
        source=N_("order of the three: Berry & Parasuraman 1991; number: teaching"),
    )  # fmt: skip
    conversion: float = assumption(
        0.7, low=0, high=1, unit="share",
        meaning=N_("How far intention becomes behaviour"),
        source=N_("form: Morrison 1979; number: teaching"),
    )  # fmt: skip
    base: float = assumption(
        0.6, low=0, high=1, unit="share",
        meaning=N_("Chance of buying again within a year where intention says nothing"),
    )  # fmt: skip
    habit_weight: float = assumption(
        0.5, low=0, high=1, unit="share",
        meaning=N_("How far a full habit decides without asking the intention"),
    )  # fmt: skip
    attitude_cut: float = assumption(
        0.5, low=0, high=1, meaning=N_("Attitude from which it counts as high")
    )
    repeat_cut: float = assumption(
        0.5, low=0, high=1, unit="share",
        meaning=N_("Share of wallet, or of occasions, from which buying counts as repeat"),
    )  # fmt: skip


def industry(name: str, *, world: Loyalty | None = None) -> Loyalty:
    """Set the competition of one of the five industries.

    Parameters
    ----------
    name : str
        A key of :data:`INDUSTRIES`.
    world : Loyalty, optional
        Everything else; the defaults without it.

    Returns
    -------
    Loyalty

    Raises
    ------
    CvmError
        For an industry that is not among the five.
    """
    if not isinstance(name, str) or name not in INDUSTRIES:
        wrong = _("There is no preset for this industry.")
        raise CvmError(wrong, given=name, remedy=near_miss(name, INDUSTRIES))
    return _else(world).replace(competition=INDUSTRIES[name])


@needs_world
def attitude(satisfaction: ArrayLike, world: Loyalty) -> Floats:
    """Turn satisfaction into attitude: equation 1.

    Parameters
    ----------
    satisfaction : array_like
        Points, 0 to 100; beyond the ends the curve stays where it ended.
    world : Loyalty
        Uses the curve and ``competition``.

    Returns
    -------
    ndarray
        0 to 1, rising in satisfaction; 0 at 0 points, 1 at 100.
    """
    points = np.clip(number_array(satisfaction, name="satisfaction"), 0, 100)
    low = _rise(points, world.defection_edge - 2 * world.width, world.width)
    high = _rise(points, _affection_edge(world) + 2 * world.width, world.width)
    return world.plateau * low + (1 - world.plateau) * high


@needs_world
def zones(satisfaction: ArrayLike, world: Loyalty) -> NDArray[np.int8]:
    """Tell the zone a satisfaction lies in.

    Parameters
    ----------
    satisfaction : array_like
        Points, 0 to 100.
    world : Loyalty
        Uses the two edges and ``competition``.

    Returns
    -------
    ndarray of int8
        Positions in :data:`ZONES`: 0 defection, 1 indifference, 2 affection.
    """
    points = number_array(satisfaction, name="satisfaction")
    above = (points >= world.defection_edge).astype(np.int8)
    return above + (points >= _affection_edge(world)).astype(np.int8)


@needs_world
def switching_cost(
    financial: ArrayLike, social: ArrayLike, structural: ArrayLike, world: Loyalty
) -> Floats:
    """Add up what a customer would lose by leaving: equation 2.

    Parameters
    ----------
    financial, social, structural : array_like
        Bonds, 0 to 1 each.
    world : Loyalty
        Uses the strengths and how far rivals copy.

    Returns
    -------
    ndarray
        Log-odds in favour of staying, zero or more.
    """
    return (
        world.strength_financial * (1 - world.copied_financial) * _part(financial, "financial")
        + world.strength_social * (1 - world.copied_social) * _part(social, "social")
        + world.strength_structural
        * (1 - world.copied_structural)
        * _part(structural, "structural")
    )


@needs_world
def intention(attitude: ArrayLike, switching_cost: ArrayLike, world: Loyalty) -> Floats:
    """Turn attitude and switching cost into the intention to stay: equation 3.

    Parameters
    ----------
    attitude : array_like
        0 to 1.
    switching_cost : array_like
        Log-odds, from :func:`switching_cost`.
    world : Loyalty
        Uses ``captive`` and ``competition``.

    Returns
    -------
    ndarray
        0 to 1; the attitude itself where leaving costs nothing and rivals are equals.
    """
    fond = np.clip(_part(attitude, "attitude"), EDGE, 1 - EDGE)
    captive = world.captive * (1 - world.competition)
    # sigma(logit A + C) written without the logarithm: this runs for every customer and month.
    against = (1 - fond) * np.exp(-number_array(switching_cost, name="switching_cost"))
    return captive + (1 - captive) * fond / (fond + against)


@needs_world
def behaviour_probability(intention: ArrayLike, habit: ArrayLike, world: Loyalty) -> Floats:
    """Turn intention and habit into the chance of buying again within a year: equation 4.

    Parameters
    ----------
    intention : array_like
        0 to 1.
    habit : array_like
        0 (none) to 1 (buys without thinking).
    world : Loyalty
        Uses ``conversion``, ``base`` and ``habit_weight``.

    Returns
    -------
    ndarray
        Probability; rises in both. :func:`monthly_retention` takes it to months.
    """
    planned = (1 - world.conversion) * world.base + world.conversion * _part(intention, "intention")
    habitual = world.habit_weight * _part(habit, "habit")
    return (1 - habitual) * planned + habitual


def monthly_retention(yearly: ArrayLike) -> Floats:
    """Spread a yearly chance of staying evenly over twelve months.

    Parameters
    ----------
    yearly : array_like
        Probability of still being a customer after a year.

    Returns
    -------
    ndarray
        Probability of staying one month: the twelfth root, so twelve months give the year.
    """
    return _part(yearly, "yearly") ** (1 / 12)


@needs_world
def kinds(attitude: ArrayLike, repeat: ArrayLike, world: Loyalty) -> NDArray[np.int8]:
    """Sort customers into true, latent, spurious and no loyalty (Dick & Basu 1994).

    Parameters
    ----------
    attitude : array_like
        0 to 1; the source means the attitude relative to rivals.
    repeat : array_like
        Repeat buying, 0 to 1: a share of wallet or of buying occasions.
    world : Loyalty
        Uses ``attitude_cut`` and ``repeat_cut``.

    Returns
    -------
    ndarray of int8
        Positions in :data:`KINDS`: 0 none, 1 spurious, 2 latent, 3 true.
    """
    fond = (_part(attitude, "attitude") >= world.attitude_cut).astype(np.int8)
    again = (_part(repeat, "repeat") >= world.repeat_cut).astype(np.int8)
    return 2 * fond + again


@needs_world
def curve_table(world: Loyalty, *, step: float = 1.0) -> pd.DataFrame:
    """Tabulate the whole chain over satisfaction, ready to draw.

    Parameters
    ----------
    world : Loyalty
        Levers and assumptions; the bonds are those of the average customer, without habit.
    step : float
        Points of satisfaction between two rows, above 0 and at most 50.

    Returns
    -------
    DataFrame
        One row a satisfaction from 0 to 100: ``satisfaction``, ``zone`` (a word),
        ``attitude``, ``intention``, ``behaviour`` (chance of buying again in a year) and
        ``slope`` (attitude gained per point).
    """
    if not 0 < real_number(step, name="step") <= 50:
        raise CvmError(
            _("The step of a curve lies above 0 and at most at 50 points of satisfaction."),
            given=step,
            remedy=_("Give for example step=1."),
        )
    points = np.arange(0, 100 + step / 2, step).clip(max=100)
    held = attitude(points, world)
    cost = switching_cost(world.financial, world.social, world.structural, world)
    meant = intention(held, cost, world)
    return pd.DataFrame(
        {
            "satisfaction": points,
            "zone": [ZONES[i] for i in zones(points, world)],
            "attitude": held,
            "intention": meant,
            "behaviour": behaviour_probability(meant, 0.0, world),
            "slope": np.gradient(held, points),
        }
    )


def industry_table(world: Loyalty | None = None, *, step: float = 1.0) -> pd.DataFrame:
    """Tabulate the five curves one below the other.

    Parameters
    ----------
    world : Loyalty, optional
        Everything but ``competition``.
    step : float
        As in :func:`curve_table`.

    Returns
    -------
    DataFrame
        The columns of :func:`curve_table` under a first column ``industry``.
    """
    parts = [
        curve_table(industry(name, world=world), step=step).assign(industry=name)
        for name in INDUSTRIES
    ]
    stacked = pd.concat(parts, ignore_index=True)
    return stacked[["industry", *stacked.columns.drop("industry")]]


def _else(world: Loyalty | None) -> Loyalty:
    """Take the defaults where no world is given."""
    if world is None:
        return Loyalty()
    if not isinstance(world, Loyalty):
        wrong = _("The world of an industry is Loyalty(...) or nothing.")
        remedy = _("Write Loyalty(), with the levers you move inside the brackets.")
        raise CvmError(wrong, given=world, remedy=remedy)
    return world


def _part(value: ArrayLike, name: str) -> Floats:
    """Take numbers from 0 to 1; a little rounding beyond the ends is forgiven."""
    found = number_array(value, name=name)
    if ((found < -ROUNDING) | (found > 1 + ROUNDING)).any():
        ends = {"least": number(0), "most": number(1)}
        wrong = _("{name} is a number from {least} to {most}.", name=name, **ends)
        raise CvmError(wrong, given=value, remedy=_("Write 0.9 for 90 %."))
    return found


def _affection_edge(world: Loyalty) -> float:
    return world.affection_edge - world.push * (1 - world.competition)


def _rise(points: Floats, edge: float, width: float) -> Floats:
    """A logistic rise that starts at exactly 0 and ends at exactly 1."""
    start, end = expit(-edge / width), expit((100 - edge) / width)
    return (expit((points - edge) / width) - start) / (end - start)
