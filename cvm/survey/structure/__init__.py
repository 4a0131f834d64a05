"""Structure: which construct moves which, by composites or by covariances."""

from __future__ import annotations

from cvm.survey.structure.covariance import CovarianceModel, cfa, sem
from cvm.survey.structure.fitindices import FitIndices
from cvm.survey.structure.invariance import Invariance, invariance
from cvm.survey.structure.model import ECSI, PathModel, ecsi
from cvm.survey.structure.pls import pls
from cvm.survey.structure.result import Impacts, PathResult, impacts, index_scores

__all__ = [
    "ECSI", "CovarianceModel", "FitIndices", "Impacts", "Invariance", "PathModel", "PathResult",
    "cfa", "ecsi", "impacts", "index_scores", "invariance", "pls", "sem",
]  # fmt: skip
