r"""The people behind a survey: what they think, before anybody asks them.

**Structure.** Seven constructs, each with mean 0 and variance 1 when no lever is moved, hang
together in the order image, expectation, quality, value, satisfaction, complaints, loyalty:

.. math:: \eta_c = s_c + \sum_{p \to c} \beta_{pc}\,\eta_p + \sqrt{\psi_c}\,\zeta_c,
   \qquad \psi_c = 1 - \beta_c^\top R_c\,\beta_c,

:math:`s_c` what the firm has moved (levers, in standard deviations), :math:`\beta` the paths
(assumptions), :math:`R` the correlations they imply (:func:`correlations`). So a path is a
standardised coefficient, and a move :math:`s` is felt downstream by total effects
(:func:`means`): :math:`m = (I - B)^{-1} s`.

**Dealers.** A share :math:`\delta` of what quality has of its own lies between dealers:
:math:`\zeta_{QUAL} = \sqrt{1-\delta}\,\zeta + \sqrt{\delta}\,u_{dealer}`; the intra-class
correlation of true quality is :math:`\delta\,\psi_{QUAL}`.

**Time.** :math:`\zeta = \sqrt{\rho}\,\zeta_{lasting} + \sqrt{1-\rho}\,\zeta_{wave}`, so the
correlation of a respondent's constructs between any two waves is :math:`\rho`.

**Customers whose satisfaction is known** (from the simulated market): the other constructs are
drawn given it. With :math:`S` points of satisfaction, :math:`t = (S - \text{centre})/\text{spread}`
and :math:`\eta^* = \eta + R_{\cdot,SATI}\,(t - \eta_{SATI})`, which is an exact draw from the
conditional normal distribution and keeps everybody's luck.

**The estimand** of whoever analyses the answers is :math:`\beta` or :math:`m`; both are known.

**What the naive answer gets wrong.** The correlation of two constructs is not the effect of one
on the other: at the defaults quality and satisfaction correlate at 0.68, of which 0.50 is the
path, 0.11 runs through value, and the rest is common causes (:func:`correlations`).

**Where it comes from.** The paths are those of the European Customer Satisfaction Index; the
numbers are near what Tenenhaus et al. (2005) report for a mobile operator, rounded for teaching.

**Simplified for teaching.** Everything is linear and normal; segments differ in quality alone.

References
----------
Baumgartner, H. & Steenkamp, J.-B. E. M. (2001). Response styles in marketing research. *Journal
of Marketing Research* 38(2), 143-156. At second hand.
Thorndike, E. L. (1920). A constant error in psychological ratings. *Journal of Applied
Psychology* 4(1), 25-29. At second hand.
Tenenhaus, M., Esposito Vinzi, V., Chatelin, Y.-M. & Lauro, C. (2005). PLS path modeling.
*Computational Statistics & Data Analysis* 48(1), 159-205. At second hand.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cvm.errors import CvmError
from cvm.levers import Levers, Parts, assumption, lever, needs_world
from cvm.results import number
from cvm.words import N_, _

__all__ = [
    "CLEAN", "CONSTRUCTS", "PATHS", "SEGMENTS", "Fieldwork", "Structure", "Styles", "Survey",
    "correlations", "means",
]  # fmt: skip

Floats = NDArray[np.float64]

#: The constructs in causal order.
CONSTRUCTS = ("IMAG", "EXPE", "QUAL", "VALU", "SATI", "COMP", "LOYA")
#: Segments, as the answer table names them.
SEGMENTS = (N_("consumer"), N_("youth"), N_("business"))

_SD = N_("standard deviations")
_ECSI = N_("near Tenenhaus et al. 2005, rounded")


class Structure(Levers):
    """What the firm has moved, and how one construct leads to the next."""

    image: float = lever(
        0.0, low=-2, high=2, unit=_SD, meaning=N_("Image: how far the firm has raised it")
    )
    expectation: float = lever(
        0.0, low=-2, high=2, unit=_SD,
        meaning=N_("Expectation: how far promises have raised it"),
    )  # fmt: skip
    quality: float = lever(
        0.0, low=-2, high=2, unit=_SD, meaning=N_("Quality: how far the firm has raised it")
    )
    value: float = lever(
        0.0, low=-2, high=2, unit=_SD,
        meaning=N_("Value for money: how far the firm has raised it"),
    )  # fmt: skip
    satisfaction: float = lever(
        0.0, low=-2, high=2, unit=_SD,
        meaning=N_("Satisfaction: what moves it besides quality, value, image and expectation"),
    )  # fmt: skip
    handling: float = lever(
        0.0, low=-2, high=2, unit=_SD,
        meaning=N_("Handling of complaints: how far the firm has raised it"),
    )  # fmt: skip
    loyalty: float = lever(
        0.0, low=-2, high=2, unit=_SD,
        meaning=N_("Loyalty: what moves it besides satisfaction, image and complaints"),
    )  # fmt: skip
    image_expectation: float = assumption(
        0.5, low=-1, high=1, meaning=N_("Path from image to expectation"), source=_ECSI
    )
    image_satisfaction: float = assumption(
        0.15, low=-1, high=1, meaning=N_("Path from image to satisfaction"), source=_ECSI
    )
    image_loyalty: float = assumption(
        0.2, low=-1, high=1, meaning=N_("Path from image to loyalty"), source=_ECSI
    )
    expectation_quality: float = assumption(
        0.55, low=-1, high=1, meaning=N_("Path from expectation to quality"), source=_ECSI
    )
    expectation_value: float = assumption(
        0.05, low=-1, high=1, meaning=N_("Path from expectation to value"), source=_ECSI
    )
    expectation_satisfaction: float = assumption(
        0.05, low=-1, high=1, meaning=N_("Path from expectation to satisfaction"), source=_ECSI
    )
    quality_value: float = assumption(
        0.55, low=-1, high=1, meaning=N_("Path from quality to value"), source=_ECSI
    )
    quality_satisfaction: float = assumption(
        0.5, low=-1, high=1, meaning=N_("Path from quality to satisfaction"), source=_ECSI
    )
    value_satisfaction: float = assumption(
        0.2, low=-1, high=1, meaning=N_("Path from value to satisfaction"), source=_ECSI
    )
    satisfaction_complaints: float = assumption(
        0.5, low=-1, high=1, meaning=N_("Path from satisfaction to complaints"), source=_ECSI
    )
    satisfaction_loyalty: float = assumption(
        0.5, low=-1, high=1, meaning=N_("Path from satisfaction to loyalty"), source=_ECSI
    )
    complaints_loyalty: float = assumption(
        0.05, low=-1, high=1, meaning=N_("Path from complaints to loyalty"), source=_ECSI
    )
    centre: float = assumption(
        70.0, low=0, high=100, unit=N_("points of satisfaction"),
        meaning=N_("True satisfaction of the customer in the middle, where it is given from outside"),
    )  # fmt: skip
    spread: float = assumption(
        15.0, low=1, high=50, unit=N_("points of satisfaction"),
        meaning=N_("Standard deviation of true satisfaction, where it is given from outside"),
    )  # fmt: skip


class Styles(Levers):
    """How people answer, whatever they think."""

    acquiescence: float = assumption(
        0.1, low=-1, high=2, unit=_SD,
        meaning=N_("Acquiescence: how far the average respondent leans to yes and to high points"),
        source=N_("form: Baumgartner & Steenkamp 2001; number: teaching"),
    )  # fmt: skip
    acquiescence_spread: float = assumption(
        0.2, low=0, high=1.5, unit=_SD, meaning=N_("How much respondents differ in it")
    )
    extreme: float = assumption(
        0.1, low=0, high=0.5, unit="share",
        meaning=N_("Extreme style: respondents who stand twice as far from the middle as they think"),
        source=N_("form: Baumgartner & Steenkamp 2001; number: teaching"),
    )  # fmt: skip
    midpoint: float = assumption(
        0.1, low=0, high=0.5, unit="share",
        meaning=N_("Midpoint style: respondents who stand half as far from the middle as they think"),
        source=N_("form: Baumgartner & Steenkamp 2001; number: teaching"),
    )  # fmt: skip
    straight: float = assumption(
        0.03, low=0, high=1, unit="share",
        meaning=N_("Straight-lining: respondents who mark the same point all down the page"),
    )  # fmt: skip
    halo: float = assumption(
        0.15, low=0, high=1,
        meaning=N_("Halo: weight of overall satisfaction in the answer to every other question"),
        source=N_("form: after Thorndike 1920; number: teaching"),
    )  # fmt: skip


class Fieldwork(Levers):
    """Who is asked, by whom, and who answers."""

    response: float = lever(
        0.5, low=0.01, high=1, unit="share",
        meaning=N_("Response: how many answer of those in the middle who are asked"),
    )  # fmt: skip
    response_slope: float = assumption(
        0.2, low=-3, high=3, unit=N_("log-odds"),
        meaning=N_("How much more readily the satisfied answer, a standard deviation up"),
    )  # fmt: skip
    response_edge: float = assumption(
        0.3, low=-3, high=3, unit=N_("log-odds"),
        meaning=N_("How much more readily the pleased and the angry answer, a standard deviation out"),
    )  # fmt: skip
    missing: float = assumption(
        0.02, low=0, high=0.9, unit="share",
        meaning=N_("Questions that a respondent in the middle leaves empty"),
    )  # fmt: skip
    missing_slope: float = assumption(
        0.3, low=-3, high=3, unit=N_("log-odds"),
        meaning=N_("How much more often the dissatisfied leave one empty, a standard deviation down"),
    )  # fmt: skip
    dealers: int = assumption(
        40, low=1, high=5000, unit=N_("dealers"),
        meaning=N_("Dealers (clusters): each serves and asks his own customers"),
    )  # fmt: skip
    dealer_share: float = assumption(
        0.05, low=0, high=1, unit="share",
        meaning=N_("How much of what quality has of its own lies between dealers"),
    )  # fmt: skip
    interviewer_share: float = assumption(
        0.02, low=0, high=1, unit="share",
        meaning=N_("How much of the variance of every answer comes from who asks"),
    )  # fmt: skip
    stability: float = assumption(
        0.7, low=0, high=1,
        meaning=N_("Correlation of what a respondent thinks between two waves"),
    )  # fmt: skip
    youth: float = assumption(
        0.25, low=0, high=0.5, unit="share", meaning=N_("Young customers among all")
    )
    business: float = assumption(
        0.15, low=0, high=0.5, unit="share", meaning=N_("Business customers among all")
    )
    youth_gap: float = assumption(
        -0.1,
        low=-2,
        high=2,
        unit=_SD,
        meaning=N_("Quality the young meet, against private customers"),
    )
    business_gap: float = assumption(
        0.3,
        low=-2,
        high=2,
        unit=_SD,
        meaning=N_("Quality businesses meet, against private customers"),
    )
    contact: float = assumption(
        0.4, low=0, high=1, unit="share",
        meaning=N_("Customers who turned to the firm within a year"),
    )  # fmt: skip


class Survey(Parts):
    """A survey and its people: structure, styles, fieldwork."""

    structure: Structure = Structure()
    styles: Styles = Styles()
    fieldwork: Fieldwork = Fieldwork()


#: A survey without any trouble: no styles, no halo, no clusters, no segments, all answer all.
CLEAN = Survey(
    styles=Styles(acquiescence=0, acquiescence_spread=0, extreme=0, midpoint=0, straight=0, halo=0),
    fieldwork=Fieldwork(
        response=1, response_slope=0, response_edge=0, missing=0, missing_slope=0, dealer_share=0,
        interviewer_share=0, youth_gap=0, business_gap=0,
    ),
)  # fmt: skip

#: Each path's lever, as (from, to).
PATHS = {
    ("IMAG", "EXPE"): "image_expectation", ("IMAG", "SATI"): "image_satisfaction",
    ("IMAG", "LOYA"): "image_loyalty", ("EXPE", "QUAL"): "expectation_quality",
    ("EXPE", "VALU"): "expectation_value", ("EXPE", "SATI"): "expectation_satisfaction",
    ("QUAL", "VALU"): "quality_value", ("QUAL", "SATI"): "quality_satisfaction",
    ("VALU", "SATI"): "value_satisfaction", ("SATI", "COMP"): "satisfaction_complaints",
    ("SATI", "LOYA"): "satisfaction_loyalty", ("COMP", "LOYA"): "complaints_loyalty",
}  # fmt: skip
_MOVES = ("image", "expectation", "quality", "value", "satisfaction", "handling", "loyalty")


@needs_world
def correlations(structure: Structure) -> pd.DataFrame:
    """Give the correlations of the constructs that the paths imply.

    Parameters
    ----------
    structure : Structure
        Uses the paths.

    Returns
    -------
    DataFrame
        Seven by seven, named by :data:`CONSTRUCTS`.

    Raises
    ------
    CvmError
        If paths explain more of a construct than there is of it.
    """
    return pd.DataFrame(_implied(structure)[0], index=list(CONSTRUCTS), columns=list(CONSTRUCTS))


@needs_world
def means(world: Survey) -> pd.Series:
    """Give the means of the constructs among all customers, every move felt downstream.

    Parameters
    ----------
    world : Survey
        Uses the moves, the paths, and the segments with their gaps in quality.

    Returns
    -------
    Series
        In standard deviations, by construct.
    """
    moves = np.array([getattr(world.structure, name) for name in _MOVES])
    work = world.fieldwork
    gap = work.youth * work.youth_gap + work.business * work.business_gap
    moves[CONSTRUCTS.index("QUAL")] += gap
    total = np.linalg.solve(np.eye(len(CONSTRUCTS)) - paths_matrix(world.structure), moves)
    return pd.Series(total, index=list(CONSTRUCTS), name="mean")


def paths_matrix(structure: Structure) -> Floats:
    """Give the paths as a matrix: row the construct a path leads to, column where from."""
    matrix = np.zeros((len(CONSTRUCTS), len(CONSTRUCTS)))
    for (start, end), name in PATHS.items():
        matrix[CONSTRUCTS.index(end), CONSTRUCTS.index(start)] = getattr(structure, name)
    return matrix


def constructs(
    world: Survey, own: Floats, quality_extra: Floats, given: Floats | None = None
) -> Floats:
    """Let constructs follow from one another.

    Parameters
    ----------
    world : Survey
        Uses ``structure``.
    own : ndarray, shape (n, 7)
        What each construct has of its own, standard normal.
    quality_extra : ndarray, shape (n,)
        What a respondent's segment adds to quality, standard deviations.
    given : ndarray, shape (n,), optional
        True satisfaction in points, where it is known.

    Returns
    -------
    ndarray, shape (n, 7)
        In the order of :data:`CONSTRUCTS`.
    """
    structure = world.structure
    implied, rest = _implied(structure)
    paths = paths_matrix(structure)
    eta = np.sqrt(rest) * own + [getattr(structure, name) for name in _MOVES]
    eta[:, CONSTRUCTS.index("QUAL")] += quality_extra
    for end in range(1, len(CONSTRUCTS)):
        eta[:, end] += eta[:, :end] @ paths[end, :end]
    if given is not None:
        place = CONSTRUCTS.index("SATI")
        gap = (given - structure.centre) / structure.spread - eta[:, place]
        eta += gap[:, None] * implied[:, place]
    return eta


def _implied(structure: Structure) -> tuple[Floats, Floats]:
    """Give the implied correlations, and the variance each construct has of its own."""
    paths = paths_matrix(structure)
    implied, rest = np.eye(len(CONSTRUCTS)), np.ones(len(CONSTRUCTS))
    for end in range(1, len(CONSTRUCTS)):
        beta = paths[end, :end]
        implied[end, :end] = implied[:end, end] = implied[:end, :end] @ beta
        rest[end] = 1 - beta @ implied[:end, :end] @ beta
        if rest[end] < 0:
            raise CvmError(
                _("The paths explain {share} of the variance of {construct}.",
                  share=number(1 - rest[end], "share"), construct=CONSTRUCTS[end]),
                given={f"{s} -> {e}": float(getattr(structure, name))
                       for (s, e), name in PATHS.items() if e == CONSTRUCTS[end]},
                remedy=_("Lower the paths that lead to it until they explain no more than all."),
            )  # fmt: skip
    return implied, rest
