r"""Listening: voice against exit, and what asking, answering and tracking are worth.

Contacts fail for the first time :math:`F_0` times a month, by the rule of
:mod:`cvm.service.moments`. A customer whose moment failed speaks or stays silent. Whoever
would have stayed silent is asked with probability ``asked``, and then speaks with
probability ``speaks_if_asked``:

.. math:: v = \text{voice} + (1-\text{voice})\cdot\text{asked}\cdot\text{speaks\_if\_asked}.

A cause that nobody hears of, or that nobody follows up, strikes again with probability
``repeats``; a complaint is tracked to its cause, and the cause removed, with probability
``tracked``. So a first failure brings a chain of them,

.. math:: F = \frac{F_0}{1 - \text{repeats}\,(1 - v\cdot\text{tracked})}.

Of the :math:`F` failures :math:`vF` come to the desk (:mod:`cvm.service.complaints`), where
customers leave with the chance that grows with waiting, and a share ``leave_unsettled`` of
the others if the complaint is not settled; of the :math:`(1-v)F` silent ones a share
``silent_exit`` leaves.

**The estimands.** Customers who leave over failed moments in a month, how many of them the
desk has ever heard of, and the cost in all: wages, asking, tracking, and the value of those
who left.

**What the naive answer gets wrong.** "Fewer complaints, better service." Complaints are
failures times voice. At the defaults a desk that is hard to reach (voice from 15 % down to
10 %) lowers complaints by 33 %, and 2.5 % more customers leave; asking everybody more than
triples complaints, and 20 % fewer leave. The number of complaints tells of the failures
only while the voice stays as it is. But asking pays only where complaints are settled: with
half of them settled instead of 80 % it costs as much as it saves.

**Where it comes from.** Voice and exit: Hirschman (1970), at second hand. Collecting,
answering, settling and tracking are the course's own four steps. Numbers are for teaching.

**Simplified for teaching.** One voice for all; a cause is removed at once or not at all; a
repeat is spoken of with the same chance as the first failure; whoever is asked is not
annoyed.

References
----------
Hirschman, A. O. (1970). *Exit, Voice, and Loyalty*. Harvard University Press.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

from cvm.errors import CvmError
from cvm.inputs import whole_number
from cvm.levers import assumption, lever, needs_world
from cvm.luck import Luck, bernoulli
from cvm.results import Result, number
from cvm.service.complaints import Desk, desk_leaves, least_cost_staff
from cvm.service.moments import DIMENSIONS, Service, failed, moment, response_time
from cvm.words import N_, _

__all__ = [
    "Listened",
    "Listening",
    "listen",
    "listening_table",
    "simulate_failures",
    "spoiled_moments",
    "spoiled_share",
    "voice_or_exit",
]


class Listening(Desk):
    """How a firm collects, answers, settles and tracks complaints.

    ``complaints`` is not read: here it is an answer.
    """

    staff: int = lever(
        7, low=1, high=60, unit=N_("people"), meaning=N_("People who handle complaints")
    )
    asked: float = lever(
        0.0, low=0, high=1, unit="share",
        meaning=N_("Contacts after which Yunhe asks whether all was well"),
    )  # fmt: skip
    tracked: float = lever(
        0.3, low=0, high=1, unit="share",
        meaning=N_("Complaints that are followed to their cause, and the cause removed"),
    )  # fmt: skip
    contacts: float = assumption(
        17_800.0, low=100, high=50_000, unit=N_("contacts a month"),
        meaning=N_("Contacts in which something can fail for the first time"),
    )  # fmt: skip
    speaks_if_asked: float = assumption(
        0.4, low=0, high=1, unit="share",
        meaning=N_("Silent customers who speak when they are asked"),
    )  # fmt: skip
    repeats: float = assumption(
        0.2, low=0, high=0.8, unit="share",
        meaning=N_("Causes left standing that strike again"),
    )  # fmt: skip
    silent_exit: float = assumption(
        0.2, low=0, high=1, unit="share",
        meaning=N_("Failed moments kept silent after which the customer leaves, sooner or later"),
        source=N_("more than after a settled complaint: Hirschman 1970; number: teaching"),
    )  # fmt: skip
    leave_unsettled: float = assumption(
        0.2, low=0, high=1, step=0.05, unit="share",
        meaning=N_("Customers who leave because a complaint was not settled"),
    )  # fmt: skip
    ask_cost: float = assumption(
        0.05, low=0, high=5, unit=N_("yuan"), meaning=N_("Cost of asking one customer")
    )
    track_cost: float = assumption(
        4.0, low=0, high=200, unit=N_("yuan"),
        meaning=N_("Cost of following one complaint to its cause"),
    )  # fmt: skip


@needs_world
def spoiled_share(world: Service) -> float:
    """Give the share of moments that fail, exactly: equation 1 of the moments.

    Parameters
    ----------
    world : Service or a subclass
        Uses the three failure shares, the rule, the weights and ``bearable``.

    Returns
    -------
    float
        Between 0 and 1; dimensions fail independently.
    """
    fails = np.array([world.fail_human, world.fail_business, world.fail_hidden])
    ways = np.array(list(product((False, True), repeat=3)))  # True: the dimension holds
    chances = np.where(ways, 1 - fails, fails).prod(axis=1)
    return float(chances[failed(moment(ways[:, 0], ways[:, 1], ways[:, 2], world), world)].sum())


@needs_world
def spoiled_moments(world: Service) -> pd.DataFrame:
    """Tabulate how often each dimension fails and how often the moment, ready to draw.

    Parameters
    ----------
    world : Service or a subclass
        As in :func:`spoiled_share`.

    Returns
    -------
    DataFrame
        ``side`` ("human", "business", "hidden", "moment") and ``fails`` (share).
    """
    fails = [float(getattr(world, f"fail_{side}")) for side in DIMENSIONS]
    return pd.DataFrame({"side": [*DIMENSIONS, "moment"], "fails": [*fails, spoiled_share(world)]})


@needs_world
def voice_or_exit(world: Listening) -> pd.DataFrame:
    """Tabulate what becomes of the failed moments of a month, ready to draw.

    Parameters
    ----------
    world : Listening
        Levers and assumptions, ``staff`` among them.

    Returns
    -------
    DataFrame
        Rows "settled", "not settled" and "silent": ``group``, ``failures`` (a month),
        ``leaves`` (share of them), ``leaving`` (customers a month), ``lost_value``
        (yuan a month).
    """
    voice, failures = _voice(world), _failures(world)
    desk = world.replace(complaints=float(np.clip(voice * failures, 1, 20_000)))
    waited = desk_leaves(desk)
    unsettled = 1 - (1 - waited) * (1 - world.leave_unsettled)
    spoken = voice * failures
    table = pd.DataFrame({
        "group": ["settled", "not settled", "silent"],
        "failures": [spoken * world.resolution, spoken * (1 - world.resolution), failures - spoken],
        "leaves": [waited, unsettled, world.silent_exit],
    })  # fmt: skip
    table["leaving"] = table["failures"] * table["leaves"]
    return table.assign(lost_value=table["leaving"] * world.customer_value)


@dataclass(frozen=True, kw_only=True, repr=False)
class Listened(Result):
    """A month of failures and complaints.

    Parameters
    ----------
    failures, complaints : float
        Failed moments and complaints a month.
    voice : float
        Share of failed moments that are spoken of.
    response_time : float
        Mean working days to the answer.
    leaving : float
        Customers a month who leave over a failed moment.
    unheard : float
        Share of them who never complained.
    wages, asking, tracking, lost_value, total_cost : float
        Currency a month.
    """

    failures: float
    complaints: float
    voice: float
    response_time: float
    leaving: float
    unheard: float
    wages: float
    asking: float
    tracking: float
    lost_value: float
    total_cost: float

    def sentence(self) -> str:
        """Say how much is heard, who leaves and what it costs."""
        if self.leaving == 0:
            return _(
                "Of {failures} failed moments a month {complaints} are spoken of; nobody leaves over "
                "them; in all it costs {cost} a month.",
                failures=number(self.failures), complaints=number(self.complaints),
                cost=number(self.total_cost),
            )  # fmt: skip
        return _(
            "Of {failures} failed moments a month {complaints} are spoken of; {leaving} customers "
            "leave, {unheard} of them without a word; in all it costs {cost} a month.",
            failures=number(self.failures), complaints=number(self.complaints),
            leaving=number(self.leaving), unheard=number(self.unheard, "share"),
            cost=number(self.total_cost),
        )  # fmt: skip


@needs_world
def listen(world: Listening) -> Listened:
    """Work out a month of failures and complaints, exactly.

    Parameters
    ----------
    world : Listening
        Levers and assumptions.

    Returns
    -------
    Listened
    """
    table = voice_or_exit(world)
    failures, leaving = float(table["failures"].sum()), float(table["leaving"].sum())
    complaints = float(table["failures"].iloc[:2].sum())
    costs = {
        "wages": world.staff * world.wage,
        "asking": world.asked * world.contacts * world.ask_cost,
        "tracking": world.tracked * complaints * world.track_cost,
        "lost_value": float(table["lost_value"].sum()),
    }
    return Listened(
        failures=failures, complaints=complaints, voice=_voice(world),
        response_time=float(response_time(complaints, world.staff, world)), leaving=leaving,
        unheard=float(table["leaving"].iloc[2]) / leaving if leaving else float("nan"),
        total_cost=sum(costs.values()), **costs,
    )  # fmt: skip


@needs_world
def listening_table(
    world: Listening, *, asked: Sequence[float] = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
) -> pd.DataFrame:
    """Tabulate what asking more customers does, each with its own best desk, ready to draw.

    Parameters
    ----------
    world : Listening
        Everything but ``asked`` and ``staff``.
    asked : sequence of float
        Shares of contacts after which customers are asked.

    Returns
    -------
    DataFrame
        One row a share: ``asked``, ``staff`` (which costs least for so many complaints), and
        the columns of :class:`Listened`.
    """
    shares = list(asked) if isinstance(asked, Iterable) else []
    if not shares:
        wrong = _("The shares that are asked are given as a list.")
        raise CvmError(wrong, given=asked, remedy=_("Write for example asked=[0, 0.5, 1]."))
    rows = []
    for share in shares:
        each = world.replace(asked=share)
        spoken = float(np.clip(_voice(each) * _failures(each), 1, 20_000))
        staff = min(least_cost_staff(each.replace(complaints=spoken)).staff, 60)
        month = listen(each.replace(staff=staff)).to_frame()
        rows.append(month.assign(asked=share, staff=staff))
    table = pd.concat(rows, ignore_index=True)
    return table[["asked", "staff", *table.columns.drop(["asked", "staff"])]]


@needs_world
def simulate_failures(world: Listening, *, n: int, seed: int) -> pd.DataFrame:
    """Simulate first failures and the repeats they bring.

    Parameters
    ----------
    world : Listening
        Levers and assumptions; how fast the desk answers goes by its closed form.
    n : int
        First failures, 1 or more; a larger ``n`` keeps the first ones.
    seed : int
        The luck; the same failures under any levers.

    Returns
    -------
    DataFrame
        One row a failed moment: ``cause`` (its number), ``nth`` (1 for the first failure by
        it), ``complained``, ``settled``, ``traced`` (the cause was removed) and ``left``.
    """
    n = whole_number(n, name="n")
    luck, parts = Luck(seed), []
    voice, leaves = _voice(world), voice_or_exit(world)["leaves"].to_numpy()
    standing, nth = np.arange(n), 1
    while len(standing):
        u = luck.uniform(f"failure {nth}", n, 5)[standing].T
        spoke = bernoulli(u[0], voice)
        settled = spoke & bernoulli(u[1], world.resolution)
        traced = spoke & bernoulli(u[2], world.tracked)
        chance = np.select([settled, spoke], leaves[:2], default=leaves[2])
        parts.append(pd.DataFrame({
            "cause": standing + 1, "nth": nth, "complained": spoke, "settled": settled,
            "traced": traced, "left": u[3] < chance,
        }))  # fmt: skip
        standing = standing[~traced & bernoulli(u[4], world.repeats)]
        nth += 1
    return pd.concat(parts).sort_values(["cause", "nth"], ignore_index=True)


def _voice(world: Listening) -> float:
    """Failed moments that are spoken of, whether the customer was asked or not."""
    return world.voice + (1 - world.voice) * world.asked * world.speaks_if_asked


def _failures(world: Listening) -> float:
    """Failed moments a month: the first ones and the repeats they bring."""
    again = world.repeats * (1 - _voice(world) * world.tracked)
    return world.contacts * spoiled_share(world) / (1 - again)
