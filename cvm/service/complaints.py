r"""The complaint desk as a queue, and how many people it should have.

Complaints come at random, :math:`\lambda` a month; :math:`c` people each handle
:math:`\mu` a month, in the order of arrival (M/M/c). With :math:`\theta = c\mu-\lambda`
the slack and :math:`C` Erlang's chance of waiting, a complaint waits longer than
:math:`t` with probability :math:`C e^{-\theta t}`. A customer who complained leaves with
a probability that grows with the time :math:`T` to the answer,

.. math:: P(\text{leave} \mid T) = 1 - (1-\text{leave\_anyway})\,e^{-\rho T},
   \qquad \rho = \text{leave\_per\_day},

so that over all complaints, :math:`T` being wait plus work,

.. math:: P(\text{leave}) = 1 - (1-\text{leave\_anyway})
   \left[1 - C + C\,\frac{\theta}{\theta+\rho}\right]\frac{\mu}{\mu+\rho}.

**The estimand.** The staff :math:`c` at which wages plus the value of the customers who
leave is least.

**What the naive answer gets wrong.** "Enough people to do the work" is
:math:`\lceil\lambda/\mu\rceil`: busy all the time, and the answer takes weeks. Waiting
does not grow with the load but with load over slack. At the defaults 6 people can do the
work, 98 % busy, and the answer takes 2.1 working days; 7 answer in 0.4 and cost 39 % less
in all.

**Where it comes from.** Erlang (1917) for the queue, at second hand; how leaving grows
with waiting is for teaching.

**Simplified for teaching.** Arrivals know no hours or seasons, work on a complaint is
exponential, nobody gives up waiting, people are alike, and overload never ends: with
:math:`\lambda \ge c\mu` the queue has no average and the cost is given as infinite.

References
----------
Erlang, A. K. (1917). Solution of some problems in the theory of probabilities of
significance in automatic telephone exchanges. *Elektroteknikeren* 13.
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from cvm.errors import CvmError
from cvm.inputs import whole_number
from cvm.levers import assumption, needs_world
from cvm.luck import Luck, bernoulli
from cvm.results import Result, number
from cvm.service.moments import MONTH, Service, amounts, erlang_c, people, recovery
from cvm.words import N_, _

__all__ = [
    "Desk",
    "Staffing",
    "desk_leaves",
    "leave_probability",
    "least_cost_staff",
    "simulate_desk",
    "staffing_table",
    "within",
]

Floats = NDArray[np.float64]


class Desk(Service):
    """A complaint desk: the standards of service, and what a complaint is worth."""

    complaints: float = assumption(
        470.0,
        low=1,
        high=20_000,
        unit=N_("complaints a month"),
        meaning=N_("Complaints that come in"),
    )
    wage: float = assumption(
        900.0, low=1, high=20_000, unit=N_("yuan"),
        meaning=N_("Cost of one person at the desk, a month"),
    )  # fmt: skip
    customer_value: float = assumption(
        250.0, low=0, high=50_000, unit=N_("yuan"),
        meaning=N_("Future profit lost with a customer who leaves"),
    )  # fmt: skip
    leave_anyway: float = assumption(
        0.05, low=0, high=1, unit="share",
        meaning=N_("Complaining customers who leave however fast the answer is"),
    )  # fmt: skip
    leave_per_day: float = assumption(
        0.06,
        low=0,
        high=2,
        meaning=N_("Rate at which those who wait for an answer leave, a working day"),
    )


@needs_world
def leave_probability(staff: ArrayLike, world: Desk) -> Floats:
    """Give the chance that a customer who complains leaves, in closed form.

    Parameters
    ----------
    staff : array_like of int
        People at the desk, 1 or more.
    world : Desk
        Levers and assumptions.

    Returns
    -------
    ndarray
        Probability; 1 where the desk is overloaded for good and anyone who may leave for
        waiting does (and ``leave_anyway`` where nobody minds waiting).
    """
    there, rho = people(staff), world.leave_per_day
    each, slack = _rates(there, world)
    if rho == 0:
        return np.full(there.shape, world.leave_anyway)
    wait = erlang_c(there, world.complaints / MONTH / each)
    waited = np.where(slack > 0, 1 - wait + wait * slack / (slack + rho), 0.0)
    return 1 - (1 - world.leave_anyway) * waited * each / (each + rho)


@needs_world
def desk_leaves(world: Desk) -> float:
    """Give the chance that a complaining customer leaves, with the staff there is.

    Parameters
    ----------
    world : Desk
        Levers and assumptions, ``staff`` and ``longest`` among them.

    Returns
    -------
    float
        :func:`leave_probability`, and never more than after ``longest`` days: an
        overloaded desk answers whatever is that old.
    """
    last = 1 - (1 - world.leave_anyway) * math.exp(-world.leave_per_day * world.longest)
    return min(float(leave_probability(world.staff, world)), last)


@needs_world
def within(days: ArrayLike, staff: ArrayLike, world: Desk) -> Floats:
    """Give the share of complaints taken up within some days.

    Parameters
    ----------
    days : array_like
        Working days, zero or more.
    staff : array_like of int
        People at the desk.
    world : Desk
        Levers and assumptions.

    Returns
    -------
    ndarray
        Share whose wait is at most ``days``; 0 where the desk is overloaded.
    """
    passed = amounts(days, name="days")
    each, slack = _rates(people(staff), world)
    wait = erlang_c(staff, world.complaints / MONTH / each)
    return np.where(slack > 0, 1 - wait * np.exp(-np.maximum(slack, 0) * passed), 0.0)


@needs_world
def staffing_table(world: Desk, *, most: int | None = None) -> pd.DataFrame:
    """Tabulate cost over the number of people, ready to draw.

    Parameters
    ----------
    world : Desk
        Everything but ``staff``.
    most : int, optional
        The largest desk to look at; without it, far enough to contain the best.

    Returns
    -------
    DataFrame
        One row a number of people that can do the work: ``staff``, ``busy`` (share of
        their time), ``waits`` (share of complaints), ``response_time`` (mean, working
        days), ``within_a_day`` (share taken up), ``leaves`` (share of complaining
        customers), ``wages``, ``lost_value`` and ``total_cost`` (yuan a month).
    """
    least = _least(world)
    enough = least + 10 + int(3 * math.sqrt(least))
    most = enough if most is None else whole_number(most, name="most")
    if most < least:
        raise CvmError(
            _("So few people cannot do the work, so the queue has no average."),
            given=most,
            remedy=_("{least} are needed at least.", least=number(least)),
        )
    staff = np.arange(least, most + 1)
    each, slack = _rates(staff, world)
    waits = erlang_c(staff, world.complaints / MONTH / each)
    leaves = leave_probability(staff, world)
    table = pd.DataFrame(
        {
            "staff": staff,
            "busy": world.complaints / MONTH / (staff * each),
            "waits": waits,
            "response_time": waits / slack + 1 / each,
            "within_a_day": within(1.0, staff, world),
            "leaves": leaves,
            "wages": staff * world.wage,
            "lost_value": world.complaints * leaves * world.customer_value,
        }
    )
    return table.assign(total_cost=table["wages"] + table["lost_value"])


@dataclass(frozen=True, kw_only=True, repr=False)
class Staffing(Result):
    """How many people cost least.

    Parameters
    ----------
    staff, response_time, total_cost : float
        The best desk: people, mean working days to the answer, yuan a month.
    naive_staff, naive_response_time, naive_cost : float
        The same for just enough people to do the work.
    table : DataFrame
        From :func:`staffing_table`.
    """

    staff: int
    response_time: float
    total_cost: float
    naive_staff: int
    naive_response_time: float
    naive_cost: float
    table: pd.DataFrame = field(compare=False)

    def sentence(self) -> str:
        """Say the best desk beside the one that can just do the work."""
        return _(
            "{staff} people cost least, {cost} a month, and answer in {days}; the {naive} who can "
            "just do the work answer in {naive_days} and cost {naive_cost}.",
            staff=number(self.staff),
            cost=number(self.total_cost),
            days=number(self.response_time, "working days"),
            naive=number(self.naive_staff),
            naive_days=number(self.naive_response_time, "working days"),
            naive_cost=number(self.naive_cost),
        )

    def to_frame(self) -> pd.DataFrame:
        """Give the cost over the number of people."""
        return self.table.copy()


@needs_world
def least_cost_staff(world: Desk) -> Staffing:
    """Find the number of people at which wages and lost customers cost least.

    Parameters
    ----------
    world : Desk
        Everything but ``staff``.

    Returns
    -------
    Staffing
        Found by looking at every number; the smallest of equals.
    """
    most = None
    table = staffing_table(world)
    while int(table["total_cost"].argmin()) == len(table) - 1:
        most = 2 * int(table["staff"].iloc[-1])
        table = staffing_table(world, most=most)
    best, naive = table.iloc[int(table["total_cost"].argmin())], table.iloc[0]
    return Staffing(
        staff=int(best["staff"]), response_time=float(best["response_time"]),
        total_cost=float(best["total_cost"]), naive_staff=int(naive["staff"]),
        naive_response_time=float(naive["response_time"]), naive_cost=float(naive["total_cost"]),
        table=table,
    )  # fmt: skip


@needs_world
def simulate_desk(world: Desk, *, n: int, seed: int) -> pd.DataFrame:
    """Let complaints come to the desk one by one.

    Parameters
    ----------
    world : Desk
        Levers and assumptions, ``staff`` among them; ``longest`` is not applied.
    n : int
        Complaints, 1 or more, from an empty desk on; a larger ``n`` keeps the first.
    seed : int
        The luck; the same complaints and the same work under any staff.

    Returns
    -------
    DataFrame
        One row a complaint: ``complaint``, ``arrived``, ``begun``, ``answered`` (working
        days since the start), ``wait``, ``response_time``, ``resolved``, ``recovered``
        (points of satisfaction) and ``left``.
    """
    n = whole_number(n, name="n")
    luck = Luck(seed)
    arrived = np.cumsum(luck.gamma("arrival", n, shape=1.0)) * MONTH / world.complaints
    work = luck.gamma("work", n, shape=1.0) * world.handling_hours / 8
    begun = np.empty(n)
    free = [0.0] * world.staff
    for i, (at, takes) in enumerate(zip(arrived.tolist(), work.tolist(), strict=True)):
        begun[i] = start = max(at, free[0])
        heapq.heapreplace(free, start + takes)
    response = begun + work - arrived
    resolved = bernoulli(luck.uniform("resolved", n), world.resolution)
    leave = 1 - (1 - world.leave_anyway) * np.exp(-world.leave_per_day * response)
    return pd.DataFrame(
        {
            "complaint": np.arange(1, n + 1),
            "arrived": arrived,
            "begun": begun,
            "answered": begun + work,
            "wait": begun - arrived,
            "response_time": response,
            "resolved": resolved,
            "recovered": recovery(response, resolved, world),
            "left": bernoulli(luck.uniform("leave", n), leave),
        }
    )


def _rates(staff: NDArray[np.int_], world: Desk) -> tuple[float, Floats]:
    """Complaints a working day: what one person handles, and the slack of all."""
    each = 8 / world.handling_hours
    return each, np.asarray(staff * each - world.complaints / MONTH)


def _least(world: Desk) -> int:
    """The fewest people whose queue has an average."""
    load = world.complaints / MONTH * world.handling_hours / 8
    return math.floor(load) + 1


# Units used here, named so that the catalogue holds them.
UNITS = [N_("working days")]
