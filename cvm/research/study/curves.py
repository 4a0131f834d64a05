"""Curves: how a design's power, bias and coverage move with its size, the effect, and nuisance.

One diagnosis is one point; a plan is chosen by the curve. Every point meets the same luck, so a
curve is smoother than its Monte Carlo errors say, and differences along it can be trusted more.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from cvm.errors import CvmError
from cvm.inputs import need_columns, whole_number
from cvm.research.scale import grid, sweep
from cvm.research.study.design import Design
from cvm.research.study.diagnosis import measured, replicate
from cvm.words import _

__all__ = ["diagnosis_curve", "size_needed"]


def diagnosis_curve(
    design: Design,
    *,
    over: str,
    values: Sequence[Any],
    replicates: int = 100,
    workers: int | None = None,
    backend: str | None = None,
    store: str | Path | None = None,
    progress: bool = False,
) -> pd.DataFrame:
    """Diagnose a design at several values of one thing.

    Parameters
    ----------
    design : Design
        What is diagnosed.
    over : str
        "n", "effect" (the true answer, in the unit of the outcome), or any lever of the
        design's world: a nuisance.
    values : sequence
        Where to look.
    replicates : int
        Simulated studies at each value, 2 or more.
    workers, backend, store, progress
        As in :func:`cvm.research.scale.sweep`.

    Returns
    -------
    DataFrame
        One row a value, analysis and measure: ``over``, ``value_of`` (the value of it), ``truth``,
        and the columns of a diagnosis.

    Raises
    ------
    CvmError
        For a value the design cannot be moved to, or studies that all fail.
    """
    whole_number(replicates, name="replicates", least=2)
    if isinstance(values, str) or not isinstance(values, Iterable):
        wrong = _("A curve needs the values to go along.")
        raise CvmError(wrong, given=values, remedy=_("Write for example values=[100, 200, 400]."))
    values = list(values)
    for value in values:
        design.moved(over=over, to=value)  # what cannot be is told before the work begins
    found = sweep(
        grid({"value_of": list(values)}), partial(_study, design=design, over=over),
        replicates=replicates, seed=design.seed, workers=workers, backend=backend, store=store,
        progress=progress,
    )  # fmt: skip
    if found.failed:
        raise CvmError(_("A study of the curve failed."), given=found.failures["message"].iloc[0])
    none = design.hypothesis.direction == "does not change"
    parts = []
    for (cell, analysis), rows in found.table.groupby(["cell", "analysis"], sort=False):
        value = values[int(str(cell))]
        table = measured(rows, equivalence=none, alpha=1 - design.level)
        first = {"over": over, "value_of": value, "analysis": analysis,
                 "truth": rows.loc[rows["world"] == "as believed", "truth"].iloc[0]}  # fmt: skip
        parts.append(pd.DataFrame({**{k: [v] * len(table) for k, v in first.items()}, **table}))
    return pd.concat(parts, ignore_index=True)


def _study(cell: dict[str, Any], seed: int, *, design: Design, over: str) -> pd.DataFrame:
    """Run one study of one value: the task of the sweep."""
    return replicate(design.moved(over=over, to=cell["value_of"]), replicates=1, seed=seed)


def size_needed(curve: pd.DataFrame, *, power: float = 0.8) -> float:
    """Read the size that a power needs off a curve over n.

    Parameters
    ----------
    curve : DataFrame
        From :func:`diagnosis_curve` with ``over="n"``.
    power : float
        Wanted, between 0 and 1.

    Returns
    -------
    float
        By a straight line between the two sizes it lies between; the smallest size tried if
        that is enough already, not-a-number if the largest is not.

    Raises
    ------
    CvmError
        If the curve is not one over n.
    """
    need_columns(curve, ["over", "value_of", "analysis", "measure", "value"])
    rows = curve[(curve["measure"] == "power") & (curve["analysis"] == "planned")]
    if set(rows["over"]) != {"n"}:
        wrong = _("A size is read off a curve over n.")
        raise CvmError(wrong, given=sorted(set(curve["over"])), remedy=_("Make one with over='n'."))
    rows = rows.sort_values("value_of")
    size, reached = rows["value_of"].to_numpy(dtype=float), rows["value"].to_numpy(dtype=float)
    if not (reached >= power).any():
        return float("nan")
    at = int((reached >= power).argmax())
    if at == 0:
        return float(size[0])
    share = (power - reached[at - 1]) / (reached[at] - reached[at - 1])
    return float(size[at - 1] + share * (size[at] - size[at - 1]))
