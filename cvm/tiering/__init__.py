"""Tiering customers (客户的分级): who is worth what, and what to do about it.

Who makes the value (:mod:`~cvm.tiering.summary`, :mod:`~cvm.tiering.shares`), who moves
between tiers and how much of that is chance (:mod:`~cvm.tiering.migration`), and a
customer base whose truth is known (:mod:`~cvm.tiering.accounts`).
"""

from cvm.tiering.shares import (
    TIERS,
    Concentration,
    assign_tiers,
    concentration,
    gini,
    lorenz,
    pyramid,
    whale,
)
from cvm.tiering.summary import SEGMENTS, Segment, rfm, rfm_scores, rfm_segments

__all__ = [
    "SEGMENTS",
    "TIERS",
    "Concentration",
    "Segment",
    "assign_tiers",
    "concentration",
    "gini",
    "lorenz",
    "pyramid",
    "rfm",
    "rfm_scores",
    "rfm_segments",
    "whale",
]
