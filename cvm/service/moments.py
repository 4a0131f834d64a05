r"""Service: the defining moment, the voice or the exit, and the recovery.

**1. The moment.** Every contact has three dimensions: the *human* (人), the *business*
(业务) and the *hidden* one (隐性: policies, resources, authority behind the scene, and
what the customer brings unseen). Dimension :math:`k` holds with probability
:math:`1-q_k`. How the three make one moment is the rule:

.. math::

   Q = \min_k H_k \quad\text{(non-compensatory, the default)}, \qquad
   Q = \textstyle\sum_k w_k H_k \quad\text{(additive)},

:math:`H_k \in \{0, 1\}` and :math:`w` the weights brought to a sum of 1. Under the
first a failure in one dimension spoils the moment and nothing makes up for it; under
the second it costs its weight. A moment *fails* where :math:`Q < \text{bearable}`.

**2. Voice or exit** (Hirschman 1970). After a failed moment a customer complains with
probability ``voice``; of those who stay silent a share ``silent_exit`` leaves.

**3. The complaint queue** (M/M/c). Complaints arrive at :math:`\lambda` a month,
:math:`c` people each handle :math:`\mu` a month, the load is :math:`a = \lambda/\mu`.
With Erlang's :math:`C(c, a)`, the chance of having to wait,

.. math:: E[\text{response}] = \frac{C(c, a)}{c\mu - \lambda} + \frac{1}{\mu}
   \quad (a < c),

and never more than ``longest`` days: a complaint that old is answered whatever waits.

**4. Recovery.** A failure costs ``failure_loss`` points of satisfaction. A complaint
settled after :math:`t` days gives back :math:`\text{failure\_loss}\cdot
\text{recovery\_strength}\; e^{-t/\text{patience}}`: more than was lost, if it is settled
at once and the strength is above 1. A complaint not settled costs ``double_deviation``
points more.

**What the naive answer gets wrong.** With three dimensions that hold nine times in ten,
the average dimension scores 90 %, and 27.1 % of the moments fail all the same:
:math:`1 - 0.9^3`.

**Where it comes from.** The three dimensions are the course's own. Voice and exit:
Hirschman (1970). Erlang's formula: Erlang (1917). That failed recovery deviates twice:
Bitner, Booms & Tetreault (1990). All at second hand; every number is for teaching.

**Simplified for teaching.** The dimensions fail independently unless the caller gives
uniforms that hang together; one voice for all customers; complaints arrive at random
and are handled in the order they came.

References
----------
Bitner, M. J., Booms, B. H. & Tetreault, M. S. (1990). The service encounter: diagnosing
favorable and unfavorable incidents. *Journal of Marketing* 54(1), 71-84.
Erlang, A. K. (1917). Solution of some problems in the theory of probabilities of
significance in automatic telephone exchanges. *Elektroteknikeren* 13.
Hirschman, A. O. (1970). *Exit, Voice, and Loyalty*. Harvard University Press.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cvm.errors import CvmError
from cvm.inputs import number_array
from cvm.levers import Levers, assumption, lever, needs_world
from cvm.luck import bernoulli
from cvm.words import N_, _

__all__ = [
    "DIMENSIONS",
    "RULES",
    "Service",
    "contact_outcome",
    "erlang_c",
    "failed",
    "moment",
    "recovery",
    "response_time",
    "silent_exits",
    "voices",
]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

#: The three dimensions of a contact, in the order the functions take them.
DIMENSIONS = (N_("human"), N_("business"), N_("hidden"))
#: How three dimensions make one moment.
RULES = (N_("non-compensatory"), N_("additive"))
#: Working days in a month; response times are told in working days.
MONTH = 20.0


class Service(Levers):
    """The standards a firm sets for its contacts and complaints, and how customers take them."""

    fail_human: float = lever(
        0.04, low=0, high=1, step=0.01, unit="share",
        meaning=N_("Contacts that fail in the human dimension (attitude, manner)"),
    )  # fmt: skip
    fail_business: float = lever(
        0.06, low=0, high=1, step=0.01, unit="share",
        meaning=N_("Contacts that fail in the business dimension (the matter itself)"),
    )  # fmt: skip
    fail_hidden: float = lever(
        0.05, low=0, high=1, step=0.01, unit="share",
        meaning=N_("Contacts that fail in the hidden dimension (policy, authority, resources)"),
    )  # fmt: skip
    staff: int = lever(
        6, low=1, high=200, unit=N_("people"), meaning=N_("People who handle complaints")
    )
    resolution: float = lever(
        0.8, low=0, high=1, unit="share", meaning=N_("Complaints that are settled properly")
    )
    handling_hours: float = lever(
        2.0, low=0.1, high=20, unit=N_("hours"), meaning=N_("Work on one complaint")
    )
    longest: float = lever(
        20.0, low=1, high=60, unit=N_("working days"),
        meaning=N_("A complaint this old is answered whatever else waits"),
    )  # fmt: skip
    rule: str = assumption(
        "non-compensatory", options=RULES,
        meaning=N_("How the three dimensions make one moment"),
        source=N_("non-compensatory: the course; a claim to be tried"),
    )  # fmt: skip
    weight_human: float = assumption(
        1.0, low=0, high=5, meaning=N_("Weight of the human dimension under the additive rule")
    )
    weight_business: float = assumption(
        1.0, low=0, high=5, meaning=N_("Weight of the business dimension under the additive rule")
    )
    weight_hidden: float = assumption(
        1.0, low=0, high=5, meaning=N_("Weight of the hidden dimension under the additive rule")
    )
    bearable: float = assumption(
        0.6, low=0, high=1,
        meaning=N_("Quality of a moment, 0 to 1, from which it does not count as failed"),
    )  # fmt: skip
    voice: float = assumption(
        0.15, low=0, high=1, step=0.01, unit="share",
        meaning=N_("Failed moments after which the customer complains"),
        source=N_("small: complaint studies, second hand; number: teaching"),
    )  # fmt: skip
    silent_exit: float = assumption(
        0.02, low=0, high=1, unit="share",
        meaning=N_("Failed moments without complaint after which the customer leaves at once"),
    )  # fmt: skip
    failure_loss: float = assumption(
        12.0, low=0, high=60, unit=N_("points of satisfaction"),
        meaning=N_("What a failed moment costs"),
    )  # fmt: skip
    recovery_strength: float = assumption(
        1.2, low=0, high=3,
        meaning=N_("What an immediate settlement gives back, as a multiple of what was lost"),
        source=N_("above 1 after de Matos et al. 2007; number: teaching"),
    )  # fmt: skip
    patience: float = assumption(
        8.0, low=0.5, high=60, step=0.5, unit=N_("working days"),
        meaning=N_("Days after which a settlement gives back only 37 % of that"),
    )  # fmt: skip
    double_deviation: float = assumption(
        6.0, low=0, high=40, unit=N_("points of satisfaction"),
        meaning=N_("What a complaint not settled costs on top of the failure"),
        source=N_("direction: Bitner, Booms & Tetreault 1990; number: teaching"),
    )  # fmt: skip


@needs_world
def moment(human: ArrayLike, business: ArrayLike, hidden: ArrayLike, world: Service) -> Floats:
    """Make one moment of three dimensions: equation 1.

    Parameters
    ----------
    human, business, hidden : array_like
        How far each dimension holds, 0 to 1 (True and False will do).
    world : Service
        Uses ``rule`` and the weights.

    Returns
    -------
    ndarray
        Quality of the moment, 0 to 1; never lower when a dimension holds better.

    Raises
    ------
    CvmError
        Under the additive rule, if all three weights are zero.
    """
    parts = [np.asarray(part, float) for part in (human, business, hidden)]
    if world.rule == "non-compensatory":
        return np.minimum(np.minimum(parts[0], parts[1]), parts[2])
    weights = (world.weight_human, world.weight_business, world.weight_hidden)
    if sum(weights) == 0:
        raise CvmError(
            _("Under the additive rule one of the three weights must be above zero."),
            remedy=_("Give for example weight_human=1."),
        )
    weighted = sum(weight * part for weight, part in zip(weights, parts, strict=True))
    return np.asarray(weighted / sum(weights))


@needs_world
def contact_outcome(
    u_human: ArrayLike, u_business: ArrayLike, u_hidden: ArrayLike, world: Service
) -> Floats:
    """Decide contacts by their luck in the three dimensions.

    Parameters
    ----------
    u_human, u_business, u_hidden : array_like
        Uniforms on [0, 1), one a contact and dimension.
    world : Service
        Uses the three failure shares, ``rule`` and the weights.

    Returns
    -------
    ndarray
        Quality of each moment, 0 to 1; better standards never spoil one.
    """
    holds = (
        ~bernoulli(u_human, world.fail_human),
        ~bernoulli(u_business, world.fail_business),
        ~bernoulli(u_hidden, world.fail_hidden),
    )
    return moment(*holds, world=world)


@needs_world
def failed(quality: ArrayLike, world: Service) -> Flags:
    """Tell which moments failed: those below ``bearable`` (or short of 1, if that is 1).

    Parameters
    ----------
    quality : array_like
        Quality of each moment, between 0 and 1.
    world : Service
        Uses ``bearable``.

    Returns
    -------
    ndarray of bool
    """
    return np.asarray(quality, float) < world.bearable - 1e-12


@needs_world
def voices(u: ArrayLike, world: Service) -> Flags:
    """Decide which customers complain after a failed moment: equation 2.

    Parameters
    ----------
    u : array_like
        Uniforms on [0, 1), one a failed moment.
    world : Service
        Uses ``voice``.

    Returns
    -------
    ndarray of bool
    """
    return bernoulli(u, world.voice)


@needs_world
def silent_exits(u: ArrayLike, world: Service) -> Flags:
    """Decide which customers leave at once after a failed moment they kept silent about.

    Parameters
    ----------
    u : array_like
        Uniforms on [0, 1), one a failed moment without complaint; not those of :func:`voices`.
    world : Service
        Uses ``silent_exit``.

    Returns
    -------
    ndarray of bool
    """
    return bernoulli(u, world.silent_exit)


def people(staff: ArrayLike) -> NDArray[np.int64]:
    """Take how many people work at a desk: whole numbers, 1 or more.

    Parameters
    ----------
    staff : array_like of int
        What was handed in.

    Returns
    -------
    ndarray of int
    """
    found = number_array(staff, name="staff")
    if not ((found >= 1) & (found == np.floor(found))).all():
        wrong = _("The people at a desk are whole numbers, 1 or more.")
        raise CvmError(wrong, given=staff, remedy=_("Give for example staff=6."))
    return found.astype(np.int64)


def amounts(value: ArrayLike, *, name: str) -> Floats:
    """Take numbers of zero or more, such as a load or days.

    Parameters
    ----------
    value : array_like
        What was handed in.
    name : str
        The argument's name, for the message.

    Returns
    -------
    ndarray
    """
    found = number_array(value, name=name)
    if (found < 0).any():
        wrong = _("{name} is a number of {least} or more.", name=name, least=0)
        raise CvmError(wrong, given=value, remedy=_("Look for a sign that slipped."))
    return found


def erlang_c(servers: ArrayLike, load: ArrayLike) -> Floats:
    r"""Give the chance that an arrival has to wait (Erlang's C).

    Parameters
    ----------
    servers : array_like of int
        People at work, 1 or more.
    load : array_like
        Offered load :math:`a = \lambda/\mu` in Erlang, zero or more.

    Returns
    -------
    ndarray
        Probability; 1 where the load is not below the number of servers.

    Notes
    -----
    By the recursion :math:`B_k = aB_{k-1}/(k + aB_{k-1})`, which neither overflows nor
    cancels, and :math:`C = B_c/(1 - (a/c)(1 - B_c))`.
    """
    c, a = np.broadcast_arrays(people(servers), amounts(load, name="load"))
    blocked, at_c = np.ones(a.shape), np.ones(a.shape)
    for k in range(1, int(c.max(initial=0)) + 1):
        blocked = a * blocked / (k + a * blocked)
        at_c = np.where(c == k, blocked, at_c)
    busy = np.minimum(a / c, 1.0)
    return np.where(a >= c, 1.0, at_c / np.maximum(1 - busy * (1 - at_c), 1e-300))


@needs_world
def response_time(load: ArrayLike, staff: ArrayLike, world: Service) -> Floats:
    """Give the mean time until a complaint is answered: equation 3.

    Parameters
    ----------
    load : array_like
        Complaints a month, zero or more.
    staff : array_like of int
        People who handle them, 1 or more.
    world : Service
        Uses ``handling_hours`` and ``longest``.

    Returns
    -------
    ndarray
        Working days of eight hours, at most ``longest`` (which is what an overloaded
        desk comes to, and near the limit the closed form is cut there).
    """
    arrivals, there = amounts(load, name="load"), people(staff)
    each = MONTH * 8 / world.handling_hours  # complaints a month one person handles
    spare = there * each - arrivals
    waiting = erlang_c(staff, arrivals / each) / np.where(spare > 0, spare, np.nan)
    days = MONTH * (waiting + 1 / each)
    return np.where(spare > 0, np.fmin(days, world.longest), world.longest)


@needs_world
def recovery(response_time: ArrayLike, resolved: ArrayLike, world: Service) -> Floats:
    """Give the change of satisfaction a handled complaint brings: equation 4.

    Parameters
    ----------
    response_time : array_like
        Working days until the answer.
    resolved : array_like of bool
        Whether the complaint was settled properly.
    world : Service
        Uses ``failure_loss``, ``recovery_strength``, ``patience``, ``double_deviation``.

    Returns
    -------
    ndarray
        Points of satisfaction: above zero if settled, below if not. The loss by the
        failure itself is not in it.
    """
    speed = np.exp(-np.asarray(response_time, float) / world.patience)
    gained = world.failure_loss * world.recovery_strength * speed
    return np.where(np.asarray(resolved, bool), gained, -world.double_deviation)
