r"""How a survey is done, and what that makes of the variance of a mean and of a change.

A measure has a variance :math:`V` between respondents: :math:`\sigma^2` of a score,
:math:`p(1-p)` of a share, :math:`P + D - (P - D)^2` of a net score. Of :math:`n` answers from
clusters of :math:`b` with intra-class correlation :math:`\rho`, under weights with Kish's
effect :math:`k`,

.. math:: \operatorname{var}(\bar y) = \frac{V}{n}\,k\,\bigl[1 + (b-1)\rho\bigr] .

If a share :math:`o` of the respondents is asked in both waves and their two answers correlate
at :math:`r`, and the same clusters are visited, a part :math:`\lambda` of whose effect lasts,

.. math:: \operatorname{cov}(\bar y_1, \bar y_2) = \frac{V}{n}
   \bigl[k\,o\,r + (b - o)\,\rho\lambda\bigr] .

**Assumptions.** Clusters of one size; weights that have nothing to do with answers; what
members of a cluster share, they share alike.

References
----------
Kish, L. (1965). *Survey Sampling*. Wiley. Sections 5.4, 8.2, 12.4.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cvm.errors import CvmError
from cvm.levers import Levers, assumption, lever
from cvm.words import N_, _

__all__ = ["Measure", "SurveyDesign", "measure_of"]


class SurveyDesign(Levers):
    """How respondents are drawn: all at once or by dealers, anew or as a panel."""

    cluster_size: float = lever(
        1.0, low=1, high=100, unit=N_("respondents"),
        meaning=N_("Respondents asked of each cluster (dealer, interviewer)"),
    )  # fmt: skip
    overlap: float = lever(
        0.0, low=0, high=1, unit="share", meaning=N_("Respondents asked in both waves (panel)")
    )
    icc: float = assumption(
        0.0, low=0, high=0.5,
        meaning=N_("Intra-class correlation: how alike answers of one cluster are"),
    )  # fmt: skip
    correlation: float = assumption(
        0.5, low=0, high=0.95,
        meaning=N_("Correlation of one respondent's answers in two waves"),
    )  # fmt: skip
    lasting: float = assumption(
        0.0, low=0, high=1, unit="share",
        meaning=N_("How much of a cluster's effect is the same in both waves"),
    )  # fmt: skip
    weights_effect: float = assumption(
        1.0, low=1, high=4, meaning=N_("Kish's design effect of the weights")
    )

    def effect(self) -> float:
        """Give the design effect on the variance of a mean."""
        return self.weights_effect * (1 + (self.cluster_size - 1) * self.icc)

    def shared(self) -> float:
        """Give the covariance of two waves' means, in units of V / n."""
        same = self.overlap * self.correlation * self.weights_effect
        return same + (self.cluster_size - self.overlap) * self.icc * self.lasting


@dataclass(frozen=True)
class Measure:
    """What is measured, by the shares of its possible answers (or by its spread alone).

    Parameters
    ----------
    kind : {"mean", "share", "net"}
        A score, a share, a net score.
    values, chances : tuple of float
        Answers and their chances; empty for a score.
    sd : float
        Standard deviation between respondents.
    """

    kind: str
    values: tuple[float, ...]
    chances: tuple[float, ...]
    sd: float

    @property
    def unit(self) -> str:
        """Unit of a margin or a change, as in :func:`cvm.results.number`."""
        return "" if self.kind == "mean" else "points"

    def moved(self, change: float) -> Measure:
        """Give the measure after a change: of the share, or half from each side of the net."""
        if self.kind == "mean":
            return self
        if self.kind == "share":
            return measure_of(share=self.chances[1] + change)
        down, _passive, up = self.chances
        return measure_of(promoters=up + change / 2, detractors=down - change / 2)


def measure_of(
    *,
    sd: float | None = None,
    share: float | None = None,
    promoters: float | None = None,
    detractors: float | None = None,
) -> Measure:
    """Say what is measured: give a standard deviation, a share, or the parts of a net score.

    Parameters
    ----------
    sd : float, optional
        Standard deviation of a score between respondents, above 0.
    share : float, optional
        Share of satisfied customers, between 0 and 1 without the ends.
    promoters, detractors : float, optional
        Shares, together no more than 1.

    Returns
    -------
    Measure

    Raises
    ------
    CvmError
        If not exactly one of the three is given, or outside its range.
    """
    net = promoters is not None or detractors is not None
    if (sd is not None) + (share is not None) + net != 1:
        raise CvmError(
            _("Say what is measured: sd= of a score, share= of satisfied customers, or "
              "promoters= and detractors=."),
            given={"sd": sd, "share": share, "promoters": promoters, "detractors": detractors},
            remedy=_("Give exactly one of the three."),
        )  # fmt: skip
    if sd is not None:
        if not (np.isfinite(sd) and sd > 0):
            raise CvmError(_("A standard deviation is above 0."), given=sd)
        return Measure("mean", (), (), float(sd))
    if share is not None:
        if not 0 < share < 1:
            wrong = _("A share lies between 0 and 1.")
            raise CvmError(wrong, given=share, remedy=_("Write 0.7 for 70 %."))
        return Measure("share", (0.0, 1.0), (1 - share, share), float(np.sqrt(share * (1 - share))))
    up, down = promoters or 0.0, detractors or 0.0
    if min(up, down) < 0 or up + down > 1 or up + down == 0:
        raise CvmError(
            _("Promoters and detractors are shares that add up to no more than 1."),
            given={"promoters": promoters, "detractors": detractors},
            remedy=_("Give for example promoters=0.4, detractors=0.2."),
        )
    variance = up + down - (up - down) ** 2
    if variance <= 0:
        wrong = _("If all are promoters, or all detractors, there is nothing to measure.")
        raise CvmError(wrong, given={"promoters": up, "detractors": down})
    return Measure("net", (-1.0, 0.0, 1.0), (down, 1 - up - down, up), float(np.sqrt(variance)))
