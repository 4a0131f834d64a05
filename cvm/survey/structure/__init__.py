"""Structure: which construct moves which, by composites or by covariances."""

from __future__ import annotations

from cvm.survey.structure.model import ECSI, PathModel, ecsi
from cvm.survey.structure.pls import pls
from cvm.survey.structure.result import Impacts, PathResult, impacts, index_scores

__all__ = ["ECSI", "Impacts", "PathModel", "PathResult", "ecsi", "impacts", "index_scores", "pls"]
