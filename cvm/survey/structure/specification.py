"""A covariance structure by names, laid out in cells, fitted and judged.

Shared by the factor analysis and the structural model of
:mod:`~cvm.survey.structure.covariance` and by the tests of invariance between groups.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cvm.errors import CvmError
from cvm.survey.structure.door import Answers
from cvm.survey.structure.fitindices import Chi2, FitIndices, fit_indices
from cvm.survey.structure.likelihood import Cell, Fitted, Group, Implied, fit, implied
from cvm.survey.structure.likelihood import robust as sandwich
from cvm.survey.structure.model import PathModel
from cvm.survey.structure.moments import moments
from cvm.words import N_, _

__all__ = ["Solved", "Spec", "checked_blocks", "grouped", "solve"]

Floats = NDArray[np.float64]

#: What a cell is called in a table of parameters.
KINDS = {
    "loading": N_("loading"), "path": N_("path"), "factor": N_("variance"),
    "residual": N_("residual"), "intercept": N_("intercept"), "mean": N_("mean"),
}  # fmt: skip
COVARIANCE = N_("covariance")


def checked_blocks(blocks: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """Check the blocks alone, by the rules of a path model."""
    given = {k: (v,) if isinstance(v, str) else tuple(v) for k, v in blocks.items()}
    names = list(given)
    if not names:
        wrong = _("A factor analysis needs at least one construct.")
        raise CvmError(wrong, remedy=_("Give for example blocks={'QUAL': ['QUAL1', 'QUAL2']}."))
    if len(names) > 1:
        PathModel(blocks=given, paths=dict.fromkeys(names[1:], names[:1]))
    return given


@dataclass(frozen=True, kw_only=True)
class Spec:
    """A model by names, and how its parts are equal between groups.

    Parameters
    ----------
    blocks, paths
        As in :class:`~cvm.survey.structure.model.PathModel`.
    groups : tuple
        Names of the groups.
    equal : tuple of str
        Kinds of cells that are equal in all groups: "loading", "intercept".
    means : bool
        Whether means are part of the model; with equal intercepts the constructs' means of
        the later groups are free.
    """

    blocks: Mapping[str, Sequence[str]]
    paths: Mapping[str, Sequence[str]]
    groups: tuple[object, ...] = ("",)
    equal: tuple[str, ...] = ()
    means: bool = False

    @property
    def items(self) -> tuple[str, ...]:
        """The items, block by block."""
        return tuple(item for items in self.blocks.values() for item in items)

    @property
    def constructs(self) -> tuple[str, ...]:
        """The constructs."""
        return tuple(self.blocks)

    def cells(self, groups: Sequence[Group]) -> list[Cell]:
        """Lay out the cells with starting values from the observed moments."""
        made: list[Cell] = []
        shared: dict[tuple[str, int, int], int] = {}
        count = 0
        for g, group in enumerate(groups):
            for kind, row, col, value, fixed in self._entries(group, g):
                key = (kind, row, col)
                free = -1
                if not fixed:
                    free = shared.get(key, -1) if kind in self.equal else -1
                    if free < 0:
                        free, count = count, count + 1
                        shared[key] = free
                made.append(Cell(kind=kind, group=g, row=row, col=col, free=free, value=value))
        return made

    def _entries(self, group: Group, g: int) -> Iterable[tuple[str, int, int, float, bool]]:
        S, k = group.covariance, 0
        place = {name: j for j, name in enumerate(self.constructs)}
        for j, items in enumerate(self.blocks.values()):
            first, alone = k, len(items) == 1
            for i in range(first, first + len(items)):
                start = np.sqrt(S[i, i] / S[first, first]) * (1 if S[i, first] >= 0 else -1)
                yield "loading", i, j, 1.0 if i == first else float(start), i == first
                yield "residual", i, 0, 0.0 if alone else float(S[i, i]) / 2, alone
                if self.means:
                    yield "intercept", i, 0, float(group.mean[i]), False
            yield "factor", j, j, float(S[first, first]) * (1 if alone else 0.5), False
            if self.means:
                yield "mean", j, 0, 0.0, g == 0 or "intercept" not in self.equal
            k += len(items)
        for name, causes in self.paths.items():
            for cause in causes:
                yield "path", place[name], place[cause], 0.0, False
        outer = [place[name] for name in self.constructs if name not in self.paths]
        for a, first in enumerate(outer):
            for second in outer[a + 1 :]:
                yield "factor", second, first, 0.0, False

    def names(self, cell: Cell) -> tuple[str, str, str]:
        """Say what a cell is: kind, left, right."""
        if cell.kind == "factor":
            kind = KINDS["factor"] if cell.row == cell.col else COVARIANCE
            return kind, self.constructs[cell.row], self.constructs[cell.col]
        kind = KINDS[cell.kind]
        if cell.kind == "path":
            return kind, self.constructs[cell.row], self.constructs[cell.col]
        if cell.kind == "mean":
            return kind, self.constructs[cell.row], ""
        right = self.constructs[cell.col] if cell.kind == "loading" else ""
        return kind, self.items[cell.row], right


@dataclass(frozen=True, kw_only=True)
class Solved:
    """A specification, fitted.

    Parameters
    ----------
    spec : Spec
    cells : list of Cell
    groups : list of Group
    fitted : Fitted
    covariance : ndarray, shape (parameters, parameters)
        Of the estimates.
    fit : FitIndices
    """

    spec: Spec
    cells: list[Cell]
    groups: list[Group]
    fitted: Fitted
    covariance: Floats
    fit: FitIndices

    def at(self, g: int, theta: Floats | None = None) -> Implied:
        """Give the matrices of a group, at the minimum or elsewhere."""
        theta = self.fitted.theta if theta is None else theta
        return implied(self.cells, theta, group=g, items=len(self.spec.items))


def solve(spec: Spec, groups: list[Group], *, robust: bool) -> Solved:
    """Fit a specification and judge its fit.

    Raises
    ------
    CvmError
        If there are more parameters than moments.
    """
    cells = spec.cells(groups)
    p, q = len(spec.items), 1 + max(c.free for c in cells)
    df = len(groups) * (p * (p + 1) // 2 + (p if spec.means else 0)) - q
    if df < 0:
        raise CvmError(
            _("The model has more parameters than the answers have covariances."),
            given={"parameters": q, "covariances": q + df},
            remedy=_("Measure a construct by three items or more, or join constructs."),
        )
    fitted = fit(cells, groups)
    # A pseudo-inverse, because an improper solution may leave a direction undecided.
    covariance, factor = np.asarray(np.linalg.pinv(fitted.information, hermitian=True), float), 1.0
    if robust:
        covariance, factor = sandwich(cells, fitted, groups, df=df)
    indices = fit_indices(
        Chi2(value=fitted.chi2, df=df, factor=factor if df else 1.0),
        _independence(groups, spec, robust=robust),
        n=sum(g.n for g in groups), groups=len(groups), srmr=_srmr(spec, cells, fitted, groups),
    )  # fmt: skip
    return Solved(
        spec=spec, cells=cells, groups=groups, fitted=fitted, covariance=covariance, fit=indices
    )


def _independence(groups: list[Group], spec: Spec, *, robust: bool) -> Chi2:
    """Fit the model in which no item is related to another."""
    p = len(spec.items)
    cells = [
        Cell(kind="residual", group=g, row=i, col=0, free=g * p + i, value=group.covariance[i, i])
        for g, group in enumerate(groups)
        for i in range(p)
    ]
    fitted, df = fit(cells, groups), len(groups) * p * (p - 1) // 2
    factor = sandwich(cells, fitted, groups, df=df)[1] if robust and df else 1.0
    return Chi2(value=fitted.chi2, df=df, factor=factor)


def _srmr(spec: Spec, cells: list[Cell], fitted: Fitted, groups: list[Group]) -> float:
    """Give the root mean square of residual correlations, over groups by size."""
    p, total = len(spec.items), 0.0
    for g, group in enumerate(groups):
        at = implied(cells, fitted.theta, group=g, items=p)
        sd = np.sqrt(np.diagonal(group.covariance))
        off = ((group.covariance - at.sigma) / np.outer(sd, sd))[np.tril_indices(p)]
        squares, count = float(off @ off), len(off)
        if spec.means:
            gap = (group.mean - at.mu) / sd
            squares, count = squares + float(gap @ gap), count + p
        total += group.n * np.sqrt(squares / count)
    return float(total / sum(group.n for group in groups))


def grouped(answers: Answers, codes: NDArray[np.intp] | None = None) -> list[Group]:
    """Split answers into groups by their code, from 0."""
    codes = np.zeros(answers.n, dtype=np.intp) if codes is None else codes
    made = []
    for g in range(codes.max() + 1):
        values, weights = answers.x[codes == g], answers.weights[codes == g]
        mean, covariance = moments(values, weights)
        made.append(Group(x=values, weights=weights, mean=mean[0], covariance=covariance[0]))
    return made
