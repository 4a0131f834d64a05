r"""Designs beside each other: bias and coverage on scales that all of them share.

Yuan, visits and points of a share cannot stand on one axis. A bias told in standard errors can:
:math:`(\overline{\hat\theta} - \theta) / s`, :math:`s` being the spread of the estimates. At 2 the
interval misses the truth about half of the time, however small the bias looks in money. Its Monte
Carlo error is :math:`1/\sqrt{R}` for :math:`R` studies, that of :math:`s` left out.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.special import ndtri

from cvm.errors import CvmError
from cvm.research.study.design import Design
from cvm.research.study.diagnosis import diagnose
from cvm.words import _

__all__ = ["compare_designs"]

_Z = float(ndtri(0.975))


def compare_designs(
    designs: Mapping[str, Design], *, replicates: int = 100, seed: int | None = None
) -> pd.DataFrame:
    """Diagnose several designs and put what they find side by side.

    Parameters
    ----------
    designs : mapping of str to Design
        By name.
    replicates : int
        Simulated studies of each, 2 or more.
    seed : int, optional
        The luck; each design's own without it.

    Returns
    -------
    DataFrame
        One row a design, analysis and measure: ``design``, and the columns of a diagnosis; beside
        its measures ``bias_in_se``, the bias in standard errors.

    Raises
    ------
    CvmError
        For what is no mapping of designs.
    """
    fine = isinstance(designs, Mapping) and designs
    if not fine or not all(isinstance(one, Design) for one in designs.values()):
        wrong = _("Designs to compare come by name.")
        remedy = _("Write compare_designs({'lots': example('campaign-lots')}).")
        raise CvmError(wrong, given=designs, remedy=remedy)
    parts = []
    for name, design in designs.items():
        table = diagnose(design, replicates=replicates, seed=seed).table
        parts.append(pd.concat([table, _in_errors(table)]).assign(design=name))
    told = pd.concat(parts, ignore_index=True)
    return told[["design", *(c for c in told.columns if c != "design")]]


def _in_errors(table: pd.DataFrame) -> pd.DataFrame:
    wide = table.set_index(["analysis", "measure"])["value"].unstack()  # noqa: PD010
    studies = table[table["measure"] == "bias"].set_index("analysis")["studies"]
    value, mcse = wide["bias"] / wide["spread"], 1 / np.sqrt(studies)
    rows = {"value": value, "mcse": mcse, "low": value - _Z * mcse, "high": value + _Z * mcse}
    return pd.DataFrame({**rows, "studies": studies}).reset_index().assign(measure="bias_in_se")
