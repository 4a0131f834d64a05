r"""Contact points: where a customer meets the firm, and what goes wrong there.

A customer meets the firm at five contact points (:data:`POINTS`): the shop, the hotline, the
app, the technician's visit, the bill. Visits to point :math:`p` come at random,
:math:`\lambda_p` a year. Each contact has the three dimensions of
:mod:`cvm.service.moments`, and the hidden one has causes:

.. math::

   1 - q_{p,\text{hidden}} = \prod_{j} (1 - r_{pj}\,c_j), \qquad
   j \in \{\text{policy, resources, authority, relations}\},

with :math:`c_j` how often the cause strikes and :math:`r_{pj}` how much point :math:`p` is
exposed to it. The fifth cause is the customer's own: a share ``burdened`` bring something
unseen (an old quarrel, a promise a rival made), which spoils each of their contacts with
chance ``burden``. A moment is positive only if all three dimensions hold.

**The estimands.** The share of moments spoiled, :math:`q`, at each point and in all; the
share of customers whose year has no spoiled moment,

.. math:: P(\text{spotless}) = \sum_{b} P(b)\, e^{-\sum_p \lambda_p q_{pb}},

:math:`b` whether the customer is burdened; and how often the hidden dimension fails, which
nobody sees.

**What the naive answer gets wrong.** Contact by contact all is well: at the defaults 89.1 %
of the moments are positive. But a customer has many: only 52.2 % have a year without a
spoiled one. And a survey that asks about the clerk and the matter finds nothing wrong in
48 % of the spoiled moments: their cause is behind the scene.

**Estimation.** Among contacts whose human and business side were in order, a poor rating can
only come from the hidden side: :func:`hidden_failures` counts these. That needs the
non-compensatory rule (under the additive one a single failure does not make a poor rating),
and a rating whose noise seldom crosses the line.

**Where it comes from.** The hidden dimension and its causes are the course's own. Numbers
are for teaching.

**Simplified for teaching.** The points' exposures and visits are fixed; causes strike
independently; a burden lasts all year.
"""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri

from cvm.errors import CvmError
from cvm.inputs import (
    check_level,
    need_columns,
    numbers_in,
    real_number,
    truths_in,
    whole_number,
)
from cvm.levers import Levers, assumption, lever, needs_world
from cvm.luck import Luck, bernoulli, poisson
from cvm.words import N_, _

__all__ = [
    "CAUSES",
    "POINTS",
    "Journey",
    "contact_points",
    "hidden_failures",
    "simulate_journeys",
    "spotless",
]

Floats = NDArray[np.float64]

#: What can go wrong behind the scene, on the firm's side.
CAUSES = (N_("policy"), N_("resources"), N_("authority"), N_("relations"))

#: The contact points: contacts a year, then how much each is exposed to a failure of
#: manner, of the matter, and to the four causes. Teaching numbers.
POINTS = MappingProxyType({
    N_("shop"): (0.8, 1.0, 1.0, 1.0, 1.0, 2.5, 0.5),
    N_("hotline"): (1.4, 1.6, 1.0, 1.5, 1.0, 2.0, 1.5),
    N_("app"): (2.6, 0.1, 0.7, 0.8, 0.5, 0.2, 0.5),
    N_("technician"): (0.3, 1.2, 2.0, 0.5, 4.0, 1.0, 2.0),
    N_("bill"): (1.2, 0.3, 1.2, 1.5, 0.2, 0.5, 1.5),
})  # fmt: skip


class Journey(Levers):
    """The standards at the contact points, behind them, and what customers bring."""

    fail_human: float = lever(
        0.03, low=0, high=0.5, unit="share",
        meaning=N_("Contacts that fail in manner at the shop; elsewhere in proportion"),
    )  # fmt: skip
    fail_business: float = lever(
        0.04, low=0, high=0.5, unit="share",
        meaning=N_("Contacts whose matter fails at the shop; elsewhere in proportion"),
    )  # fmt: skip
    policy: float = lever(
        0.012, low=0, high=0.2, unit="share",
        meaning=N_("Contacts spoiled by a rule nobody may bend"),
    )  # fmt: skip
    resources: float = lever(
        0.01, low=0, high=0.2, unit="share",
        meaning=N_("Contacts spoiled for want of people, parts or time"),
    )  # fmt: skip
    authority: float = lever(
        0.012, low=0, high=0.2, unit="share",
        meaning=N_("Contacts spoiled because the clerk may not decide"),
    )  # fmt: skip
    relations: float = lever(
        0.01, low=0, high=0.2, unit="share",
        meaning=N_("Contacts spoiled because departments do not work together"),
    )  # fmt: skip
    burdened: float = assumption(
        0.06, low=0, high=0.5, unit="share",
        meaning=N_("Customers who bring something unseen: an old quarrel, a rival's promise"),
    )  # fmt: skip
    burden: float = assumption(
        0.25, low=0, high=1, unit="share",
        meaning=N_("Their contacts that it spoils"),
    )  # fmt: skip


@needs_world
def contact_points(world: Journey) -> pd.DataFrame:
    """Tabulate the contact points, exactly, ready to draw.

    Parameters
    ----------
    world : Journey
        Levers and assumptions.

    Returns
    -------
    DataFrame
        One row a point and one for "all": ``point``, ``contacts`` (a year and customer),
        ``human``, ``business``, ``hidden`` (share that fails in it), ``failed`` (share of
        moments spoiled) and ``of_all`` (share of all spoiled moments that happen there).
    """
    visits, human, business, causes = _exposed(world)
    firm = 1 - np.prod(1 - causes, axis=1)
    hidden = 1 - (1 - firm) * (1 - world.burdened * world.burden)
    rows = pd.DataFrame({
        "point": list(POINTS), "contacts": visits, "human": human, "business": business,
        "hidden": hidden, "failed": 1 - (1 - human) * (1 - business) * (1 - hidden),
    })  # fmt: skip
    mean = np.average(rows.drop(columns=["point", "contacts"]), axis=0, weights=visits)
    total = pd.DataFrame([["all", visits.sum(), *mean]], columns=rows.columns)
    table = pd.concat([rows, total], ignore_index=True)
    spoiled = table["contacts"] * table["failed"]
    return table.assign(of_all=spoiled / max(float(spoiled.iloc[-1]), 1e-300))


@needs_world
def spotless(world: Journey) -> float:
    """Give the share of customers whose year has no spoiled moment, exactly.

    Parameters
    ----------
    world : Journey
        Levers and assumptions.

    Returns
    -------
    float
        Between 0 and 1; a customer without any contact counts.
    """
    visits, human, business, causes = _exposed(world)
    holds = (1 - human) * (1 - business) * np.prod(1 - causes, axis=1)
    light = np.exp(-(visits * (1 - holds)).sum())
    heavy = np.exp(-(visits * (1 - holds * (1 - world.burden))).sum())
    return float((1 - world.burdened) * light + world.burdened * heavy)


@needs_world
def simulate_journeys(world: Journey, *, n: int, seed: int, noise: float = 12.0) -> pd.DataFrame:
    """Simulate a year of contacts, and what customers say after each.

    Parameters
    ----------
    world : Journey
        Levers and assumptions.
    n : int
        Customers, 1 or more; a larger ``n`` keeps the first ones.
    seed : int
        The luck; the same customers make the same contacts under any levers.
    noise : float
        Spread of the ratings around the moment, points; they are cut at 0 and 100.

    Returns
    -------
    DataFrame
        One row a contact: ``customer``, ``point``, ``human``, ``business`` (True: in order,
        as the customer says), ``rating`` (0 to 100), and the truth
        behind the scene: ``true_hidden`` (True: in order), ``true_cause`` ("" if in order;
        the first of several) and ``true_failed``.
    """
    n, noise = whole_number(n, name="n"), real_number(noise, name="noise", least=0, example=12)
    luck = Luck(seed)
    visits, human, business, causes = _exposed(world)
    made = poisson(luck.uniform("contacts", n, len(POINTS)), visits).astype(int)
    customer = np.repeat(np.arange(n), made.sum(axis=1))
    point = np.repeat(np.tile(np.arange(len(POINTS)), n), made.ravel())
    rows = len(point)
    brings = bernoulli(luck.uniform("burdened", n), world.burdened)[customer]
    chances = np.column_stack([causes[point], world.burden * brings])
    strikes = luck.uniform("causes", rows, chances.shape[1]) < chances
    hidden = ~strikes.any(axis=1)
    kind = ~bernoulli(luck.uniform("human", rows), human[point])
    settled = ~bernoulli(luck.uniform("business", rows), business[point])
    failed = ~(kind & settled & hidden)
    names = np.array([*CAUSES, N_("what the customer brings")])
    return pd.DataFrame({
        "customer": customer + 1, "point": np.array(list(POINTS))[point],
        "human": kind, "business": settled,
        "rating": np.clip(100.0 * ~failed + noise * luck.normal("rating", rows), 0, 100),
        "true_hidden": hidden,
        "true_cause": np.where(hidden, "", names[strikes.argmax(axis=1)]),
        "true_failed": failed,
    })  # fmt: skip


def hidden_failures(
    table: pd.DataFrame, *, poor: float = 50.0, level: float = 0.95
) -> pd.DataFrame:
    """Estimate how often the hidden dimension fails, from what customers can see.

    Parameters
    ----------
    table : DataFrame
        One row a contact, with ``point``, ``human``, ``business`` and ``rating``.
    poor : float
        A rating below it counts as a spoiled moment.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    DataFrame
        One row a point and one for "all": ``point``, ``contacts`` (whose human and
        business side were in order), ``hidden`` (share of them rated poor), ``low``,
        ``high`` (Wilson's interval), and ``true_hidden`` if the table knows it.
    """
    need_columns(table, ("point", "human", "business", "rating"))
    check_level(level)
    poor = real_number(poor, name="poor", example=50)
    rated = numbers_in(table, ["rating"])[:, 0]
    fine = truths_in(table, "human") & truths_in(table, "business")
    if table["point"].isna().any():
        wrong = _("A contact has no contact point.")
        given = {"missing": int(table["point"].isna().sum())}
        raise CvmError(wrong, given=given, remedy=_("Drop these contacts, or name their point."))
    if not fine.any():
        raise CvmError(
            _("No contact was in order on the human and the business side, so nothing is known "
              "of the hidden one."),
            given=len(table), remedy=_("Give more contacts."),
        )  # fmt: skip
    marked = pd.DataFrame({"point": table["point"].astype(str).to_numpy(), "poor": rated < poor})
    if "true_hidden" in table:
        marked["true"] = ~truths_in(table, "true_hidden")
    marked = marked[fine]
    groups = {str(name): part for name, part in marked.groupby("point")}
    order = [name for name in POINTS if name in groups]
    order += [name for name in groups if name not in POINTS]
    rows = [_share_row(name, groups[name], level) for name in order]
    return pd.DataFrame([*rows, _share_row("all", marked, level)])


def _share_row(point: str, rows: pd.DataFrame, level: float) -> dict[str, object]:
    """One row with Wilson's interval, which stays within 0 and 1 where failures are few."""
    n, share = len(rows), float(rows["poor"].mean())
    z = float(ndtri(0.5 + level / 2))
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    row = {"point": point, "contacts": n, "hidden": share, "low": middle - half,
           "high": middle + half}  # fmt: skip
    return row | ({"true_hidden": float(rows["true"].mean())} if "true" in rows else {})


def _exposed(world: Journey) -> tuple[Floats, Floats, Floats, Floats]:
    """Visits, and the chances of failure in manner, matter and by each cause, by point."""
    points = np.array(list(POINTS.values()))
    struck = np.array([getattr(world, name) for name in CAUSES])
    human, business = points[:, 1] * world.fail_human, points[:, 2] * world.fail_business
    causes = points[:, 3:] * struck
    return points[:, 0], human.clip(0, 1), business.clip(0, 1), causes.clip(0, 1)
