"""A hypothesis: whom it is about, what is done to them, what should change, and by how much.

A hypothesis that names no smallest effect that matters cannot be refuted: with enough
customers any difference is "significant", with too few none is. So the smallest effect is
part of it, and a study can end in four ways, not two (:func:`decide`):

======================  =============================================================
supported               the change is shown, in the direction stated
contradicted            a change is shown, in the other direction
too small to matter     whatever the change is, it lies within the smallest that matters
undecided               the study could not tell
======================  =============================================================

"No effect" is a hypothesis like any other (``direction="does not change"``): it is supported
by showing that the change is smaller than the smallest that matters, with two one-sided
tests (Schuirmann 1987, at second hand), and never by a test that found nothing.

References
----------
Schuirmann, D. J. (1987). A comparison of the two one-sided tests procedure and the power
approach for assessing the equivalence of average bioavailability. *Journal of
Pharmacokinetics and Biopharmaceutics* 15(6), 657-680.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from numbers import Real

from cvm.errors import CvmError, near_miss
from cvm.results import number
from cvm.words import N_, _

__all__ = ["DECISIONS", "DIRECTIONS", "Hypothesis", "decide"]

#: What a treatment may be said to do.
DIRECTIONS = (N_("raises"), N_("lowers"), N_("changes"), N_("does not change"))
#: How a study can end.
DECISIONS = (N_("supported"), N_("contradicted"), N_("too small to matter"), N_("undecided"))


@dataclass(frozen=True, kw_only=True)
class Hypothesis:
    """What a study is to find out.

    Parameters
    ----------
    population : str
        Whom it is about: "customers of the first year".
    treatment : str
        What is done to them or sets them apart: "joining the programme".
    outcome : str
        What should change: "monthly spend".
    direction : {"raises", "lowers", "changes", "does not change"}
        What the treatment does to the outcome.
    smallest : float
        The smallest change that matters, above zero, in the unit of the outcome.
    unit : str
        As in :func:`cvm.results.number`: "points" for changes of a share.

    Examples
    --------
    >>> print(Hypothesis(population="customers", treatment="joining the programme",
    ...                  outcome="monthly spend", direction="raises", smallest=2, unit="yuan"))
    Among customers, joining the programme raises monthly spend; a change of less than 2 yuan does not matter.
    """

    population: str
    treatment: str
    outcome: str
    direction: str
    smallest: float
    unit: str = ""

    def __post_init__(self) -> None:
        for name in ("population", "treatment", "outcome"):
            words = getattr(self, name)
            if not isinstance(words, str) or not words.strip():
                wrong = _("A hypothesis names its {part} in words.", part=name)
                remedy = _("Write {part}=... as it should read in a sentence.", part=name)
                raise CvmError(wrong, given=words, remedy=remedy)
        if self.direction not in DIRECTIONS:
            wrong = _("A hypothesis states a direction.")
            raise CvmError(wrong, given=self.direction, remedy=near_miss(self.direction, DIRECTIONS))  # fmt: skip
        fine = isinstance(self.smallest, Real) and not isinstance(self.smallest, bool)
        if not (fine and 0 < self.smallest < math.inf):
            wrong = _("The smallest change that matters is a number above zero.")
            remedy = _("Ask what change would alter a decision, in the unit of the outcome.")
            raise CvmError(wrong, given=self.smallest, remedy=remedy)

    def __str__(self) -> str:
        return _(
            "Among {population}, {treatment} {direction} {outcome}; a change of less than {smallest} "
            "does not matter.",
            population=self.population,
            treatment=self.treatment,
            direction=_(self.direction),
            outcome=self.outcome,
            smallest=number(self.smallest, self.unit),
        )  # fmt: skip


def decide(
    hypothesis: Hypothesis, *, estimate: float, p_value: float, p_equivalence: float, alpha: float
) -> str:
    """Say what an answer means for a hypothesis.

    Parameters
    ----------
    hypothesis : Hypothesis
        Direction and smallest effect.
    estimate : float
        The change that was found.
    p_value : float
        Two-sided, of no change at all.
    p_equivalence : float
        Of a change as large as the smallest that matters, or larger: the larger p value of
        the two one-sided tests.
    alpha : float
        A p value below it counts.

    Returns
    -------
    str
        One of :data:`DECISIONS`. "Too small to matter" wins over "supported": a change that
        is shown and shown not to matter does not matter.
    """
    shown, small = p_value < alpha, p_equivalence < alpha
    if hypothesis.direction == DIRECTIONS[3]:
        if small:
            return DECISIONS[0]
        return DECISIONS[1] if shown and abs(estimate) >= hypothesis.smallest else DECISIONS[3]
    if small:
        return DECISIONS[2]
    if not shown:
        return DECISIONS[3]
    stated = {DIRECTIONS[0]: estimate > 0, DIRECTIONS[1]: estimate < 0, DIRECTIONS[2]: True}
    return DECISIONS[0] if stated[hypothesis.direction] else DECISIONS[1]
