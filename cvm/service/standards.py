r"""Standards: what a promise to customers takes, and how far the matter itself should go.

**1. A promise of speed.** "We take up ``promise_share`` of all complaints within
``promise_days``." With :math:`c` people a complaint waits longer than :math:`t` with
probability :math:`C e^{-\theta t}` (:mod:`cvm.service.complaints`), so the promise takes

.. math:: c^* = \min\{c : 1 - C(c)\,e^{-\theta(c)\,t} \ge \text{promise\_share}\}.

**2. The business dimension.** Solving the customer's matter costs time, parts and goodwill:
``given`` a contact. The more is given the less often it fails,
:math:`q_b = \text{fail\_business}\cdot e^{-\text{given}/\text{ease}}`; a moment that is
spoiled costs ``spoiled_cost``. Balance is where the next coin saves a coin:

.. math:: \text{given}^* = \text{ease}\cdot\ln^+\!\frac{k\,\text{fail\_business}\cdot
   \text{spoiled\_cost}}{\text{ease}},

with :math:`k = (1-q_h)(1-q_x)`, the chance that the two other dimensions hold, under the
non-compensatory rule, and :math:`k = w_b`, the weight of the business dimension, under the
additive one.

**What the naive answer gets wrong.** "The customer comes first": give until nothing fails,
or "efficiency first": give nothing. At the defaults giving nothing costs 48 % more than the
balance and giving 10 a contact 59 % more. And under the non-compensatory rule money for the
matter is wasted on a moment that the manner or the rules have spoiled.

**Where it comes from.** Erlang (1917) for the queue, at second hand. That the business
dimension balances the customer's need against efficiency and margin is the course's own;
the exponential response and all numbers are for teaching.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cvm.inputs import real_number, whole_number
from cvm.levers import assumption, lever, needs_world
from cvm.results import Result, number
from cvm.service.complaints import Desk, least_cost_staff, within
from cvm.service.moments import Service, moment
from cvm.words import N_, _

__all__ = ["Balance", "Promise", "Standard", "balance_table", "best_given", "keep_promise"]


class Standard(Desk):
    """A complaint desk of one region that has promised something.

    What it shares with :class:`cvm.service.complaints.Desk` has the ranges of such a desk.
    """

    staff: int = lever(
        6, low=1, high=40, unit=N_("people"), meaning=N_("People who handle complaints")
    )
    handling_hours: float = lever(
        2.0, low=0.5, high=8, step=0.1, unit=N_("hours"), meaning=N_("Work on one complaint")
    )

    promise_days: float = lever(
        0.25, low=0.05, high=10, step=0.05, unit=N_("working days"),
        meaning=N_("Within how long a complaint is taken up"),
    )  # fmt: skip
    promise_share: float = lever(
        0.95,
        low=0.5,
        high=0.995,
        unit="share",
        meaning=N_("For how many complaints that is promised"),
    )
    complaints: float = assumption(
        470.0, low=10, high=2000, step=10, unit=N_("complaints a month"),
        meaning=N_("Complaints that come in"),
    )  # fmt: skip
    wage: float = assumption(
        900.0, low=100, high=4000, step=50, unit=N_("yuan"),
        meaning=N_("Cost of one person at the desk, a month"),
    )  # fmt: skip
    customer_value: float = assumption(
        250.0, low=0, high=2000, step=10, unit=N_("yuan"),
        meaning=N_("Future profit lost with a customer who leaves"),
    )  # fmt: skip
    leave_per_day: float = assumption(
        0.06, low=0, high=0.5, step=0.01,
        meaning=N_("Rate at which those who wait for an answer leave, a working day"),
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True, repr=False)
class Promise(Result):
    """What it takes to keep a promise.

    Parameters
    ----------
    staff : int
        The fewest people who keep it.
    kept : float
        Share of complaints they take up in time.
    cost : float
        Wages and lost value with them, yuan a month.
    least_staff : int
        The people who cost least, promise or no promise.
    least_kept : float
        Share they take up in time.
    least_cost : float
        Currency a month.
    """

    staff: int
    kept: float
    cost: float
    least_staff: int
    least_kept: float
    least_cost: float

    def sentence(self) -> str:
        """Say who keeps the promise and what it costs above the least."""
        return _(
            "The promise takes {staff} people, who take up {kept} in time; that costs {more} a "
            "month more than the {least} who cost least, and who take up {other} in time.",
            staff=number(self.staff), kept=number(self.kept, "share"),
            more=number(self.cost - self.least_cost), least=number(self.least_staff),
            other=number(self.least_kept, "share"),
        )  # fmt: skip


@needs_world
def keep_promise(world: Standard) -> Promise:
    """Find the fewest people who keep a promise of speed.

    Parameters
    ----------
    world : Standard
        Everything but ``staff``.

    Returns
    -------
    Promise
    """
    best = least_cost_staff(world)
    table, kept = best.table, _kept(best.table, world)
    # Over all of Standard's ranges the last row keeps more than any promise it may make.
    first = int(np.argmax(kept >= world.promise_share))
    return Promise(
        staff=int(table["staff"].iloc[first]), kept=float(kept[first]),
        cost=float(table["total_cost"].iloc[first]), least_staff=best.staff,
        least_kept=float(within(world.promise_days, best.staff, world)),
        least_cost=best.total_cost,
    )  # fmt: skip


class Balance(Service):
    """How much to give for the customer's matter, beside manner and rules."""

    given: float = lever(
        1.0, low=0, high=20, unit=N_("yuan"),
        meaning=N_("Time, parts and goodwill given for the matter of a contact"),
    )  # fmt: skip
    fail_business: float = lever(
        0.25, low=0, high=1, unit="share",
        meaning=N_("Contacts whose matter fails if nothing is given for it"),
    )  # fmt: skip
    ease: float = assumption(
        2.0, low=0.1, high=20, unit=N_("yuan"),
        meaning=N_("What brings these failures down to 37 %"),
    )  # fmt: skip
    spoiled_cost: float = assumption(
        40.0, low=0, high=2000, unit=N_("yuan"),
        meaning=N_("Future profit lost with a spoiled moment"),
    )  # fmt: skip


@needs_world
def balance_table(world: Balance, *, most: float = 10.0, steps: int = 101) -> pd.DataFrame:
    """Tabulate what giving more for the customer's matter does, ready to draw.

    Parameters
    ----------
    world : Balance
        Everything but ``given``.
    most : float
        The most that is given, yuan a contact.
    steps : int
        Rows, 2 or more.

    Returns
    -------
    DataFrame
        One row an amount: ``given``, ``business`` (share of contacts whose matter fails),
        ``spoiled`` (quality lost, 0 to 1: under the non-compensatory rule the share of
        moments spoiled), ``lost`` and ``total_cost`` (yuan a contact).
    """
    most = real_number(most, name="most", least=0, example=10)
    given = np.linspace(0, most, whole_number(steps, name="steps", least=2))
    business = world.fail_business * np.exp(-given / world.ease)
    spoiled = 1 - _expected_quality(business, world)
    table = pd.DataFrame({"given": given, "business": business, "spoiled": spoiled})
    table["lost"] = table["spoiled"] * world.spoiled_cost
    return table.assign(total_cost=table["given"] + table["lost"])


@needs_world
def best_given(world: Balance) -> float:
    """Give the amount at which giving and spoiled moments cost least, in closed form.

    Parameters
    ----------
    world : Balance
        Everything but ``given``.

    Returns
    -------
    float
        Currency a contact, zero or more.
    """
    never, always = _expected_quality(np.array([1.0, 0.0]), world)
    gain = (always - never) * world.fail_business * world.spoiled_cost / world.ease
    return float(world.ease * np.log(max(gain, 1.0)))


def _expected_quality(business: np.ndarray, world: Balance) -> np.ndarray:
    """Mean quality of a moment; the additive rule is linear, the other a product."""
    human, hidden = 1 - world.fail_human, 1 - world.fail_hidden
    if world.rule == "additive":
        return moment(human, 1 - business, hidden, world)
    return np.asarray(human * (1 - business) * hidden)


def _kept(table: pd.DataFrame, world: Standard) -> np.ndarray:
    return within(world.promise_days, table["staff"].to_numpy(), world)
