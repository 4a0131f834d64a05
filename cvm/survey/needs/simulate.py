r"""Kano and gap surveys whose truth is known.

**Kano.** Six features of an operator. To respondent :math:`i` feature :math:`k` truly is one
of M, O, A, I, R, drawn with the feature's shares (:data:`FEATURES`), or, for a share
``agreement`` of respondents, the feature's most frequent kind. The two answers are the
typical pair of that kind; each answer slips by one step with chance ``slip``, which moves
some pairs into other cells and some into Q. Business customers (share ``business``) see the
last feature, the contract on paper, as a must; the others do not care.

**Gaps.** Expectation :math:`E^*` and performance :math:`P^*` of five dimensions are normal, a
customer who expects more also perceives more (``assimilation``). Items are these plus noise,
rounded to 1-7, and overall quality weighs gap against performance by ``gap_weight``:

.. math:: Q = (1 - g)\,\bar P^* + g\,(\bar P^* - \bar E^*) + \text{noise}.

**Simplified for teaching.** Slips are blind to the feature; noise and assimilation are
alike for all dimensions. Every number is for teaching.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cvm.errors import CvmError
from cvm.levers import Levers, assumption, needs_world
from cvm.luck import Luck, bernoulli
from cvm.survey.needs.gaps import DIMENSIONS
from cvm.words import N_, _

__all__ = [
    "FEATURES", "GAPS", "GapSurvey", "KanoSurvey", "gap_pairs", "kano_pairs", "simulate_gaps",
    "simulate_kano", "true_kano",
]  # fmt: skip

Floats = NDArray[np.float64]

#: Shares of M, O, A, I, R of each feature.
FEATURES = {
    N_("coverage"): (0.62, 0.20, 0.05, 0.12, 0.01),
    N_("clear bill"): (0.45, 0.35, 0.06, 0.13, 0.01),
    N_("fast hotline"): (0.22, 0.50, 0.12, 0.15, 0.01),
    N_("data bonus"): (0.04, 0.22, 0.50, 0.22, 0.02),
    N_("club"): (0.02, 0.08, 0.25, 0.50, 0.15),
    N_("paper contract"): (0.05, 0.05, 0.05, 0.75, 0.10),
}
#: What business customers make of the last feature.
BUSINESS = (0.70, 0.15, 0.05, 0.09, 0.01)
KIND = "MOAIR"
#: The typical pair of answers of each kind: there, and not there.
PAIRS = np.array([[2, 5], [1, 5], [1, 3], [3, 3], [5, 2]])
#: How far below (or above) expectations each dimension truly is, in scale points.
GAPS = {
    "tangibles": 0.2, "reliability": -0.9, "responsiveness": -0.6, "assurance": -0.3,
    "empathy": -0.4,
}  # fmt: skip


class KanoSurvey(Levers):
    """How customers see features, and how carefully they answer."""

    agreement: float = assumption(
        0.0, low=0, high=1, unit="share",
        meaning=N_("Customers who all see a feature as its most frequent kind"),
    )  # fmt: skip
    slip: float = assumption(
        0.05, low=0, high=0.5, unit="share",
        meaning=N_("Chance that an answer slips by one step"),
    )  # fmt: skip
    business: float = assumption(
        0.3, low=0, high=1, unit="share", meaning=N_("Business customers among the respondents")
    )
    refusal: float = assumption(
        0.02, low=0, high=0.9, unit="share", meaning=N_("Chance that an answer is left empty")
    )


class GapSurvey(Levers):
    """What customers expect and perceive, and what they judge by."""

    expectation: float = assumption(
        5.5, low=1, high=7, unit=N_("scale points"), meaning=N_("What the average customer expects")
    )
    spread: float = assumption(
        0.6, low=0.05, high=2, unit=N_("scale points"),
        meaning=N_("How much customers differ in what they expect and perceive"),
    )  # fmt: skip
    assimilation: float = assumption(
        0.5, low=-0.9, high=0.9,
        meaning=N_("Correlation of what a customer expects and perceives"),
    )  # fmt: skip
    noise: float = assumption(
        0.8, low=0, high=3, unit=N_("scale points"), meaning=N_("Slip of the pen in every item")
    )
    gap_weight: float = assumption(
        0.3, low=0, high=1, unit="share",
        meaning=N_("How far quality is judged by the gap and not by performance alone"),
        source=N_("question: Cronin & Taylor 1992; number: teaching"),
    )  # fmt: skip


@needs_world
def simulate_kano(world: KanoSurvey, *, n: int, seed: int) -> pd.DataFrame:
    """Simulate answers to Kano's pairs of questions on six features.

    Parameters
    ----------
    world : KanoSurvey
        Assumptions.
    n : int
        Respondents, 1 or more; a larger ``n`` keeps the first ones.
    seed : int
        The luck; the same respondents whatever is assumed.

    Returns
    -------
    DataFrame
        One row a respondent: ``respondent``, ``segment`` ("business" or "consumer"), for each
        feature ``FEATURE, there`` and ``FEATURE, not there`` (1 to 5, may be empty), and the
        truth ``true_FEATURE`` (M, O, A, I or R). :func:`kano_pairs` parts the two questions.
    """
    _check(n)
    luck, k = Luck(seed), len(FEATURES)
    business = bernoulli(luck.uniform("segment", n), world.business)
    kinds = _kinds(world, business, luck)
    answers = PAIRS[kinds].reshape(n, 2 * k)
    slipped = bernoulli(luck.uniform("slip", n, 2 * k), world.slip)
    up = luck.uniform("direction", n, 2 * k) < 0.5
    step = np.where(answers == 1, 1, np.where(answers == 5, -1, np.where(up, 1, -1)))
    shown = (answers + slipped * step).astype(float)
    shown[bernoulli(luck.uniform("refusal", n, 2 * k), world.refusal)] = np.nan
    columns: dict[str, Any] = {
        "respondent": np.arange(1, n + 1),
        "segment": np.where(business, "business", "consumer"),
    }
    for at, name in enumerate(FEATURES):
        columns[f"{name}, there"] = shown[:, 2 * at]
        columns[f"{name}, not there"] = shown[:, 2 * at + 1]
    letters = np.array(list(KIND))
    columns |= {f"true_{name}": letters[kinds[:, at]] for at, name in enumerate(FEATURES)}
    return pd.DataFrame(columns)


def kano_pairs(table: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Part a table from :func:`simulate_kano` into its two questions.

    Parameters
    ----------
    table : DataFrame
        With columns that end in ``", there"`` and ``", not there"``.

    Returns
    -------
    functional, dysfunctional : DataFrame
        One column a feature, as :func:`~cvm.survey.needs.kano` wants them.
    """
    ends = ", there", ", not there"
    names = [str(c).removesuffix(ends[0]) for c in table.columns if str(c).endswith(ends[0])]
    missing = [name for name in names if f"{name}{ends[1]}" not in table]
    if not names or missing:
        raise CvmError(
            _("Each feature needs its two columns, 'FEATURE, there' and 'FEATURE, not there'."),
            given=missing or list(table.columns)[:8],
            remedy=_("Or give kano() the two tables yourself."),
        )
    parts = (table[[f"{name}{end}" for name in names]].set_axis(names, axis=1) for end in ends)
    functional, dysfunctional = parts
    return functional, dysfunctional


@needs_world
def true_kano(world: KanoSurvey) -> pd.DataFrame:
    """Say what the features truly are to customers.

    Parameters
    ----------
    world : KanoSurvey
        Uses ``agreement`` and ``business``.

    Returns
    -------
    DataFrame
        One row a feature: ``feature``, the shares ``M``, ``O``, ``A``, ``I``, ``R``,
        ``category``, ``better``, ``worse``; without slips the estimates' own limits.
    """
    shares = np.array([
        _mixed(world, name, world.business) for name in FEATURES
    ])  # fmt: skip
    base = shares[:, :4].sum(axis=1)
    rows = pd.DataFrame(shares, columns=list(KIND))
    rows.insert(0, "feature", list(FEATURES))
    return rows.assign(
        category=[KIND[int(at)] for at in shares.argmax(axis=1)],
        better=(shares[:, 1] + shares[:, 2]) / base, worse=-(shares[:, 0] + shares[:, 1]) / base,
    )  # fmt: skip


@needs_world
def simulate_gaps(world: GapSurvey, *, n: int, seed: int) -> pd.DataFrame:
    """Simulate a SERVQUAL survey of 22 items.

    Parameters
    ----------
    world : GapSurvey
        Assumptions.
    n : int
        Respondents, 1 or more; a larger ``n`` keeps the first ones.
    seed : int
        The luck.

    Returns
    -------
    DataFrame
        One row a respondent: ``respondent``, ``E1`` to ``E22`` (expectations) and ``P1`` to
        ``P22`` (perceptions), 1 to 7, ``quality`` (overall, 1 to 7), and the truth
        ``true_expectation_DIMENSION``, ``true_performance_DIMENSION``.
        :func:`gap_pairs` parts the two questions.
    """
    _check(n)
    luck, sizes = Luck(seed), list(DIMENSIONS.values())
    z = luck.normal("expectations", n, len(sizes))
    own = luck.normal("perceptions", n, len(sizes))
    rho = world.assimilation
    expected = world.expectation + world.spread * z
    met = world.expectation + np.array([GAPS[name] for name in DIMENSIONS])
    met = met + world.spread * (rho * z + np.sqrt(1 - rho**2) * own)
    slips = luck.normal("slips", n, 2 * sum(sizes) + 1)
    slips[:, -1] *= 0.5  # the overall judgement is thought over more than an item
    items = np.repeat(np.arange(len(sizes)), sizes)
    shown = np.column_stack([expected[:, items], met[:, items], _quality(expected, met, world)])
    shown = np.clip(np.rint(shown + world.noise * slips), 1, 7).astype(int)
    names = [f"{letter}{k}" for letter in "EP" for k in range(1, sum(sizes) + 1)] + ["quality"]
    columns: dict[str, Any] = {"respondent": np.arange(1, n + 1)}
    columns |= dict(zip(names, shown.T, strict=True))
    for k, name in enumerate(DIMENSIONS):
        columns[f"true_expectation_{name}"] = expected[:, k]
        columns[f"true_performance_{name}"] = met[:, k]
    return pd.DataFrame(columns)


def gap_pairs(table: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Part a table from :func:`simulate_gaps` into expectations and perceptions.

    Parameters
    ----------
    table : DataFrame
        With ``E1`` to ``E22`` and ``P1`` to ``P22``.

    Returns
    -------
    expectations, perceptions : DataFrame
        Columns ``1`` to ``22`` (as words), as :func:`~cvm.survey.needs.servqual` wants them.
    """
    names = [str(k) for k in range(1, sum(DIMENSIONS.values()) + 1)]
    missing = [f"{letter}{k}" for letter in "EP" for k in names if f"{letter}{k}" not in table]
    if missing:
        wrong = _("The table lacks items of the survey.")
        raise CvmError(wrong, given=missing, remedy=_("Columns are named E1 to E22, P1 to P22."))
    expectations, perceptions = (
        table[[f"{letter}{k}" for k in names]].set_axis(names, axis=1) for letter in "EP"
    )
    return expectations, perceptions


def _quality(expected: Floats, met: Floats, world: GapSurvey) -> Floats:
    gap = met.mean(axis=1) - expected.mean(axis=1)
    # The gap is put on the scale by the expectation of the average customer.
    return (1 - world.gap_weight) * met.mean(axis=1) + world.gap_weight * (world.expectation + gap)


def _mixed(world: KanoSurvey, name: str, business: float) -> Floats:
    """Give the shares of the kinds of a feature, for a share of business customers."""
    consumer = _agreed(np.array(FEATURES[name]), world.agreement)
    if name != list(FEATURES)[-1]:
        return consumer
    return (1 - business) * consumer + business * _agreed(np.array(BUSINESS), world.agreement)


def _agreed(shares: Floats, agreement: float) -> Floats:
    return (1 - agreement) * shares + agreement * np.eye(len(KIND))[int(shares.argmax())]


def _kinds(world: KanoSurvey, business: NDArray[np.bool_], luck: Luck) -> NDArray[np.int64]:
    """Draw what each feature is to each respondent."""
    draws = luck.uniform("kind", len(business), len(FEATURES))
    kinds = np.empty(draws.shape, dtype=np.int64)
    for at, name in enumerate(FEATURES):
        for segment in (0.0, 1.0):
            ends = np.cumsum(_mixed(world, name, segment))[:-1]
            inside = business == bool(segment)
            kinds[inside, at] = np.searchsorted(ends, draws[inside, at], side="right")
    return kinds


def _check(n: Any) -> None:
    if isinstance(n, bool) or not isinstance(n, int | np.integer) or n < 1:
        wrong = _("A simulation needs at least one respondent.")
        raise CvmError(wrong, given=n, remedy=_("Give for example n=500."))
