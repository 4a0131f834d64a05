"""What is measured: the number each answer becomes, and its unit.

| measure | each answer becomes | reported as |
|---|---|---|
| ``"mean"`` | itself | points of the scale |
| ``"csat"`` | 1 in the top boxes, else 0 | share of satisfied customers |
| ``"nps"`` | 1 for 9-10, 0 for 7-8, -1 for 0-6 | points, -100 to 100 |

The customer effort score is a mean or a share of top boxes on a scale of ease, so it needs
no kind of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cvm.errors import CvmError
from cvm.results import number
from cvm.survey.measure.answers import check_option
from cvm.survey.measure.intervals import NET_METHODS, SHARE_METHODS
from cvm.words import N_, _

__all__ = ["KINDS", "Kind", "kind_of", "recoded"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Kind:
    """One way of measuring.

    Parameters
    ----------
    label : str
        As it reads in a sentence, to be translated.
    unit : str
        As in :func:`cvm.results.number`.
    factor : float
        What the mean of the recoded answers is multiplied by.
    methods : tuple of str
        Intervals it has; the first is the default.
    """

    label: str
    unit: str
    factor: float
    methods: tuple[str, ...]


KINDS = {
    "mean": Kind(N_("Mean score"), "", 1.0, ("t", "normal", "bootstrap")),
    "csat": Kind(N_("Satisfied customers"), "share", 1.0, (*SHARE_METHODS, "bootstrap")),
    "nps": Kind(N_("Net promoter score"), "", 100.0, (*NET_METHODS, "bootstrap")),
}

#: How each interval is told.
INTERVALS = {
    "t": N_("t interval"),
    "normal": N_("normal interval"),
    "bootstrap": N_("percentile bootstrap"),
    "wilson": N_("Wilson interval"),
    "wald": N_("Wald interval"),
    "agresti-coull": N_("Agresti-Coull interval"),
    "clopper-pearson": N_("Clopper-Pearson interval"),
    "jeffreys": N_("Jeffreys interval"),
    "adjusted": N_("adjusted Wald interval"),
    "score": N_("score interval"),
}


def kind_of(measure: str) -> Kind:
    """Look a measure up.

    Parameters
    ----------
    measure : {"mean", "csat", "nps"}
        Its name.

    Returns
    -------
    Kind
    """
    check_option(measure, tuple(KINDS), "measure")
    return KINDS[measure]


def recoded(scores: Floats, measure: str, top: float | None) -> Floats:
    """Turn scores into what is averaged.

    Parameters
    ----------
    scores : ndarray
        As answered; gaps stay gaps.
    measure : {"mean", "csat", "nps"}
        See the table above.
    top : float or None
        The lowest of the top boxes, for ``"csat"``.

    Returns
    -------
    ndarray
        The score; or 1 and 0; or 1, 0 and -1.

    Raises
    ------
    CvmError
        For recommendations that are not whole numbers from 0 to 10, or without ``top``
        where it is needed (or where no answer or every answer could not reach it).
    """
    kind_of(measure)
    seen = ~np.isnan(scores)
    if measure == "nps":
        _check_recommendations(scores[seen])
        return np.where(seen, (scores >= 9).astype(float) - (scores <= 6), np.nan)
    if measure == "csat":
        if top is None or isinstance(top, bool) or not np.isfinite(top):
            raise CvmError(
                _("Top-box satisfaction needs top=, the lowest score that counts as satisfied."),
                given=top,
                remedy=_("Give for example top=9 on a scale of 1 to 10, or top=4 of 5."),
            )
        return np.where(seen, (scores >= top).astype(float), np.nan)
    return scores


def _check_recommendations(scores: Floats) -> None:
    bad = (scores < 0) | (scores > 10) | (scores != np.floor(scores))
    if bad.any():
        wrong = _("The recommendation scale has whole numbers from 0 to 10; {count} answers are "
                  "not on it.", count=number(int(bad.sum())))  # fmt: skip
        raise CvmError(
            wrong,
            given=np.unique(scores[bad])[:5].tolist(),
            remedy=_("Ask on 0 to 10; another scale cannot be rescaled into promoters."),
        )
