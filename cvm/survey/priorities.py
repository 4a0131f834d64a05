r"""Whose satisfaction hangs on what: segments by value, factors, and a survey that must find out.

**The world.** Customers stand in three segments by value: key, ordinary, small (关键 普通
小), 5, 25 and 70 % of them. Value per head falls by the same ratio :math:`q` from one to the
next, so that key customers hold the share :math:`t` (``top_share``) of all value:

.. math:: 0.05\,(1-t)\,q^2 - 0.25\,t\,q - 0.70\,t = 0 .

Six factors make satisfaction, the weights of a segment adding to one. ``focus`` moves them
from the same for all (0) to each segment's own (1). A factor's score can rise by ``reach`` of
what is missing to 100; key customers are ``served`` points better already.

**The survey.** A respondent's scores are normal about the segment's, share a halo
(correlation ``halo``), and his satisfaction is the weighted sum plus noise. The weights a
firm believes in are estimated by least squares, segment by segment, and never taken below
zero. Estimates of few respondents are noise: of 300 customers asked at random, 15 are key
customers. So ``quota`` asks as many of each segment.

**What the naive answer gets wrong.** The weights of all customers together are mostly those
of the small ones: at the defaults the two key factors of all are tariffs and coverage, those
of key customers people and data.

**Simplified for teaching.** Every number here is for teaching; no source measured them.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cvm.errors import CvmError, near_miss
from cvm.levers import Levers, assumption, lever, needs_world
from cvm.luck import Luck
from cvm.results import number
from cvm.words import N_, _

__all__ = ["FACTORS", "TIERS", "Priorities", "priorities_seen", "priority_cells",
           "simulate_priorities"]  # fmt: skip

Floats = NDArray[np.float64]

#: Segments by value, from high to low, and their share of customers.
TIERS = {N_("key"): 0.05, N_("ordinary"): 0.25, N_("small"): 0.70}
#: Factors: mean score, cost (yuan a head that bring 63 % of the room), weights by segment.
FACTORS = {
    N_("coverage"): (70.0, 240.0, (0.12, 0.22, 0.24)),
    N_("data"): (68.0, 160.0, (0.24, 0.20, 0.16)),
    N_("people"): (71.0, 100.0, (0.34, 0.16, 0.08)),
    N_("tariffs"): (60.0, 120.0, (0.06, 0.22, 0.36)),
    N_("bills"): (62.0, 60.0, (0.18, 0.10, 0.06)),
    N_("information"): (65.0, 70.0, (0.06, 0.10, 0.10)),
}
_SHARES = np.array(list(TIERS.values()))


class Priorities(Levers):
    """A firm's customers by value, and what their satisfaction hangs on."""

    budget: float = lever(
        10.0, low=1, high=100, unit=N_("yuan"),
        meaning=N_("Budget for satisfaction: yuan a year for each customer there is"),
    )  # fmt: skip
    top_share: float = assumption(
        0.5, low=0.05, high=0.9, unit="share",
        meaning=N_("Share of all value that key customers, 5 % of all, hold"),
    )  # fmt: skip
    value: float = assumption(
        2000.0, low=100, high=5000, unit=N_("yuan"),
        meaning=N_("What an average customer who is kept is worth"),
    )  # fmt: skip
    slope: float = assumption(
        0.01, low=0, high=0.03, unit="share",
        meaning=N_("Customers kept for each point of satisfaction"),
        source=N_("form: the curve of chapter 09; number: teaching"),
    )  # fmt: skip
    key_slope: float = assumption(
        1.0, low=0, high=2,
        meaning=N_("How many times as much of it holds for key customers"),
    )  # fmt: skip
    focus: float = assumption(
        1.0, low=0, high=1,
        meaning=N_("How far segments differ in the factors that matter to them"),
    )  # fmt: skip
    served: float = assumption(
        6.0, low=0, high=28, unit=N_("points of satisfaction"),
        meaning=N_("How much better key customers are served already"),
    )  # fmt: skip
    reach: float = assumption(
        0.6, low=0.05, high=1, unit="share",
        meaning=N_("How much of what is missing to 100 points money can bring"),
    )  # fmt: skip
    shared: float = assumption(
        0.1, low=0, high=1, unit="share",
        meaning=N_("Share of every yuan that cannot be kept to a segment"),
    )  # fmt: skip
    halo: float = assumption(
        0.35, low=0, high=0.95,
        meaning=N_("How far a respondent's scores hang together"),
    )  # fmt: skip
    spread: float = assumption(
        14.0, low=1, high=30, unit=N_("points of satisfaction"),
        meaning=N_("Standard deviation of a score between customers of a segment"),
    )  # fmt: skip
    noise: float = assumption(
        8.0, low=0, high=30, unit=N_("points of satisfaction"),
        meaning=N_("What satisfaction has besides the six factors"),
    )  # fmt: skip


@needs_world
def priority_cells(world: Priorities, *, customers: int = 10_000) -> pd.DataFrame:
    """Tabulate the truth: one row a segment and factor.

    Parameters
    ----------
    world : Priorities
        Assumptions.
    customers : int
        How many customers the firm has, 100 or more.

    Returns
    -------
    DataFrame
        ``segment``, ``factor``, ``customers``, ``value`` (yuan a customer kept is worth),
        ``slope`` (share kept a point), ``weight``, ``score``, ``room`` (points), ``cost``
        (yuan a head): what :func:`cvm.survey.value_return.value_return` takes.
    """
    if customers < 100:
        wrong = _("A firm of three segments needs 100 customers or more.")
        raise CvmError(wrong, given=customers, remedy=_("Give for example customers=10_000."))
    score, weight = _scores(world), _weights(world)
    value = world.value * _ratios(world.top_share)
    slope = world.slope * np.array([world.key_slope, 1.0, 1.0])
    wide = len(FACTORS)
    return pd.DataFrame({
        "segment": np.repeat(list(TIERS), wide),
        "factor": list(FACTORS) * len(TIERS),
        "customers": np.repeat(customers * _SHARES, wide),
        "value": np.repeat(value, wide),
        "slope": np.repeat(slope, wide),
        "weight": weight.ravel(),
        "score": score.ravel(),
        "room": (world.reach * (100 - score)).ravel(),
        "cost": [cost for _score, cost, _weight in FACTORS.values()] * len(TIERS),
    })  # fmt: skip


@needs_world
def simulate_priorities(
    world: Priorities, *, n: int, seed: int, quota: bool = False
) -> pd.DataFrame:
    """Ask customers to score six factors and their satisfaction.

    Parameters
    ----------
    world : Priorities
        Assumptions.
    n : int
        Respondents, 1 or more.
    seed : int
        The luck.
    quota : bool
        As many of each segment instead of a sample of all customers.

    Returns
    -------
    DataFrame
        ``respondent``, ``segment``, one column a factor, ``satisfaction`` (points, 0-100) and
        ``weight`` (how many customers a respondent stands for, 1 on average).
    """
    if n < 1:
        wrong = _("The number of respondents is a whole number above zero.")
        raise CvmError(wrong, given=n, remedy=_("Give for example n=600."))
    luck = Luck(seed)
    shares = np.full(3, 1 / 3) if quota else _SHARES
    place = np.searchsorted(np.cumsum(shares)[:-1], luck.uniform("segment", n), side="right")
    common, own = luck.normal("halo", n), luck.normal("factors", n, len(FACTORS))
    alike = np.sqrt(world.halo) * common[:, None] + np.sqrt(1 - world.halo) * own
    scores = _scores(world)[place] + world.spread * alike
    felt = (_weights(world)[place] * scores).sum(axis=1) + world.noise * luck.normal("noise", n)
    table = pd.DataFrame(np.clip(scores, 0, 100), columns=list(FACTORS))
    table.insert(0, "respondent", np.arange(n))
    table.insert(1, "segment", np.array(list(TIERS))[place])
    return table.assign(satisfaction=np.clip(felt, 0, 100), weight=(_SHARES / shares)[place])


def priorities_seen(answers: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """Read weights and scores of each segment from a survey.

    Parameters
    ----------
    answers : DataFrame
        ``segment``, ``satisfaction`` and one column a factor, as
        :func:`simulate_priorities` makes them; rows with a blank are left out.
    cells : DataFrame
        From :func:`priority_cells`, or a firm's own: customers, value, slope, room and cost
        are taken from here.

    Returns
    -------
    DataFrame
        ``cells`` with ``weight`` (least squares, negative ones set to 0) and ``score`` (mean) as
        the survey shows them, and ``respondents`` of the segment.

    Raises
    ------
    CvmError
        If a segment has no more respondents than there are factors.
    """
    factors = list(dict.fromkeys(cells["factor"]))
    missing = [name for name in ("segment", "satisfaction", *factors) if name not in answers]
    if missing:
        wrong = _("The answers have no column '{name}'.", name=missing[0])
        raise CvmError(wrong, remedy=near_miss(missing[0], list(answers.columns)))
    complete = answers.dropna(subset=["segment", "satisfaction", *factors])
    found = [_one_segment(complete, name, factors) for name in cells["segment"].unique()]
    told = pd.concat(found, ignore_index=True)
    kept = cells.drop(columns=["weight", "score"])
    return kept.merge(told, on=["segment", "factor"], how="left", validate="one_to_one")


def _one_segment(answers: pd.DataFrame, name: str, factors: list[str]) -> pd.DataFrame:
    rows = answers[answers["segment"] == name]
    if len(rows) <= len(factors) + 1:
        raise CvmError(
            _("Too few customers of the segment '{name}' answered to tell their factors apart.",
              name=name),
            given=_("{n} respondents for {k} factors", n=number(len(rows)), k=number(len(factors))),
            remedy=_("Ask more of them on purpose: simulate_priorities(..., quota=True)."),
        )  # fmt: skip
    scores = rows[factors].to_numpy(float)
    design = np.column_stack([np.ones(len(rows)), scores])
    slopes = np.linalg.lstsq(design, rows["satisfaction"].to_numpy(float), rcond=None)[0][1:]
    return pd.DataFrame({
        "segment": name, "factor": factors, "weight": np.maximum(slopes, 0.0),
        "score": scores.mean(axis=0), "respondents": len(rows),
    })  # fmt: skip


def _scores(world: Priorities) -> Floats:
    mean = np.array([score for score, _cost, _weight in FACTORS.values()])
    return mean + np.array([[world.served], [0.0], [0.0]])


def _weights(world: Priorities) -> Floats:
    own = np.array([weight for _score, _cost, weight in FACTORS.values()]).T
    return (1 - world.focus) * (_SHARES @ own) + world.focus * own


def _ratios(top_share: float) -> Floats:
    """Value per head over that of the average customer, key to small."""
    key, ordinary, small = _SHARES
    a, b, c = key * (1 - top_share), ordinary * top_share, small * top_share
    q = (b + np.sqrt(b * b + 4 * a * c)) / (2 * a)
    heads = np.array([q * q, q, 1.0])
    return heads / (_SHARES @ heads)
