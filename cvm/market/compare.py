"""Two scenarios, the same people, the same luck: what a decision did, and how sure that is.

Because luck is drawn before any lever acts, a person's outcome under one scenario can be
set against the same person's under the other. What chance gave both falls out of the
difference; the variance reduction says how many times more people two unpaired runs would
need for the same precision.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cvm.errors import CvmError, near_miss
from cvm.inputs import whole_number
from cvm.levers import needs_world
from cvm.market.parameters import Market
from cvm.market.simulation import simulate
from cvm.market.tables import MarketTables, check_run
from cvm.results import Result, number
from cvm.words import N_, _

__all__ = ["MEASURES", "Comparison", "compare", "outcomes"]

#: What can be compared, with its unit: all per person of the district over the whole run.
MEASURES = {
    "profit": N_("yuan a person"),
    "revenue": N_("yuan a person"),
    "purchases": N_("purchases a person"),
    "months": N_("months a person"),
}


@dataclass(frozen=True, kw_only=True, repr=False)
class Comparison(Result):
    """What moving from one scenario to another did, by paired people.

    ``difference`` is the mean over people; ``se`` its standard error by pairs, ``se_unpaired``
    what two runs with different luck would have; ``variance_reduction`` the square of their
    ratio.
    """

    measure: str
    base: float
    moved: float
    difference: float
    se: float
    low: float
    high: float
    se_unpaired: float
    variance_reduction: float
    n: int

    def sentence(self) -> str:
        """Say the difference, its interval, and what pairing saved."""
        unit = MEASURES[self.measure]
        if self.se == 0:
            return _(
                "{measure} moved from {base} to {moved} {unit}: by {difference} for everybody alike.",
                measure=_(self.measure), base=number(self.base), moved=number(self.moved),
                unit=_(unit), difference=number(self.difference),
            )  # fmt: skip
        return _(
            "{measure} moved from {base} to {moved} {unit}: a difference of {difference} (95 % "
            "interval {low} to {high}). Pairing cut the variance by a factor of {factor}.",
            measure=_(self.measure),
            base=number(self.base),
            moved=number(self.moved),
            unit=_(unit),
            difference=number(self.difference),
            low=number(self.low),
            high=number(self.high),
            factor=number(self.variance_reduction),
        )


@needs_world
def compare(
    base: Market, moved: Market, *, n: int, months: int, seed: int, measure: str = "profit"
) -> Comparison:
    """Run two scenarios with one seed and compare them person by person.

    Parameters
    ----------
    base, moved : Market
        The scenarios.
    n, months, seed : int
        As in :func:`cvm.market.simulate`.
    measure : str
        A key of :data:`MEASURES`. Profit is what customers left after all they caused; bills
        for the whole district, such as advertising, are in the ledgers.

    Returns
    -------
    Comparison

    Raises
    ------
    CvmError
        For an unknown measure.

    Notes
    -----
    People of one desk share a queue and talk to each other, which the standard error
    leaves out; at the defaults this is little (a test measures it).
    """
    _check_measure(measure)
    n = whole_number(n, name="n", least=2)  # one person has no spread
    before, after = (
        outcomes(simulate(world, n=n, months=months, seed=seed), measure=measure)
        for world in (base, moved)
    )
    gap = after - before
    se = float(gap.std(ddof=1) / n**0.5)
    apart = float(((before.var(ddof=1) + after.var(ddof=1)) / n) ** 0.5)
    mean = float(gap.mean())
    return Comparison(
        measure=measure, base=float(before.mean()), moved=float(after.mean()), difference=mean,
        se=se, low=mean - 1.959964 * se, high=mean + 1.959964 * se, se_unpaired=apart,
        variance_reduction=(apart / se) ** 2 if se else float("inf"), n=n,
    )  # fmt: skip


def outcomes(tables: MarketTables, *, measure: str = "profit") -> NDArray[np.float64]:
    """Give what each person came to over the run.

    Parameters
    ----------
    tables : MarketTables
        A run.
    measure : str
        A key of :data:`MEASURES`.

    Returns
    -------
    ndarray, shape (n,)
        Zero for someone who never was a customer.
    """
    _check_measure(measure)
    books = check_run(tables).books
    line = {
        "profit": (books.revenue - books.cost) / 100,
        "revenue": books.revenue / 100,
        "purchases": books.purchases,
        "months": np.ones(len(books.who)),
    }[measure]
    return np.bincount(books.who, weights=line, minlength=tables.crowd.n).astype(float)


def _check_measure(measure: object) -> None:
    if not isinstance(measure, str) or measure not in MEASURES:
        wrong = _("There is no such measure.")
        raise CvmError(wrong, given=measure, remedy=near_miss(measure, MEASURES))
