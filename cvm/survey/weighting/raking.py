r"""Weights that make a sample look like the customers: post-stratification and raking.

Who answers is not who was asked: the young are missing, large accounts are not. If the
shares of the population are known, weights bring them back. *Post-stratification* knows the
share of every cell (age by segment): :math:`w = N_c / n_c`. *Raking* knows only margins (age,
and segment) and fits the cells to them in turn (:mod:`cvm.survey.weighting.cells`).

**The price** is variance: with weights :math:`w` Kish's design effect

.. math:: \text{deff} = \frac{n \sum w^2}{(\sum w)^2} = 1 + \operatorname{cv}^2(w)

says how many times as many respondents are needed for the same precision, if weights have
nothing to do with answers. A few large weights pay for most of it; ``cap=`` cuts weights at so
many times the mean and lifts the others until the margins hold again. What the cap makes
impossible is said in the result, as the gap that is left.

**What the naive answer gets wrong.** Weights do not heal everything: they remove the bias
that runs through the categories weighted by, and no other (:func:`cvm.survey.nonresponse`).

References
----------
Kish, L. (1992). Weighting for unequal P_i. *Journal of Official Statistics* 8(2), 183-200.
Kalton, G. & Flores-Cervantes, I. (2003). Weighting methods. *Journal of Official Statistics*
19(2), 81-97. Both at second hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from cvm.errors import CvmError
from cvm.results import Result, number
from cvm.survey.measure.answers import column, numeric
from cvm.survey.weighting.cells import Fitted, fit_cells
from cvm.words import _

__all__ = ["DesignEffect", "Raked", "Sample", "design_effect", "poststratify", "rake", "sample_of"]

Floats = NDArray[np.float64]
Margins = Mapping[str, Mapping[Any, float]]

#: Margins may differ by so much in what they add up to: shares are printed with two digits.
TOLERANCE = 0.005


@dataclass(frozen=True, kw_only=True, repr=False)
class DesignEffect(Result):
    """What unequal weights cost.

    Parameters
    ----------
    value : float
        Kish's design effect, 1 or more.
    effective_n : float
        Respondents of equal weight that would know as much.
    n : int
        Respondents.
    largest, smallest : float
        Weights over their mean.
    """

    value: float
    effective_n: float
    n: int
    largest: float
    smallest: float

    def sentence(self) -> str:
        """Say how many respondents are left."""
        return _(
            "Design effect {value}: {n} respondents know as much as {effective} of equal weight "
            "(weights from {smallest} to {largest} times their mean).",
            value=number(self.value), n=number(self.n), effective=number(self.effective_n),
            smallest=number(self.smallest, digits=2), largest=number(self.largest, digits=2),
        )  # fmt: skip


def design_effect(weights: ArrayLike) -> DesignEffect:
    """Give Kish's design effect of weights.

    Parameters
    ----------
    weights : array_like, shape (n,)
        Numbers above 0; not-a-number for those who are left out.

    Returns
    -------
    DesignEffect

    Raises
    ------
    CvmError
        For no weights, or weights of 0 or less.
    """
    w = numeric(weights, _("Weights"))
    w = w[~np.isnan(w)]
    if not len(w) or not np.all(w > 0):
        raise CvmError(
            _("Weights are numbers above 0; {count} are not.", count=number(int((w <= 0).sum()))),
            given=len(w),
            remedy=_("Leave out rows that nobody stands for, and fill the gaps."),
        )
    value = float(len(w) * (w @ w) / w.sum() ** 2)
    return DesignEffect(
        value=value, effective_n=len(w) / value, n=len(w), largest=float(w.max() / w.mean()),
        smallest=float(w.min() / w.mean()),
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True, repr=False)
class Raked(Result):
    """Weights and how well they do.

    Parameters
    ----------
    weights : Series
        One a row of the table, on its index; not-a-number where a category is missing. They
        add up to the population where counts were given, else to the respondents.
    margins : DataFrame
        One row a category: ``margin``, ``category``, ``n``, ``before`` (share of the
        respondents), ``target``, ``after``.
    n, dropped : int
        Respondents weighted, and those with a missing category.
    rounds : int
        Rounds it took.
    gap : float
        The largest miss of a category, as a share of all.
    capped : float
        Share of respondents whose weight is at the cap.
    design_effect, effective_n, largest : float
        As in :class:`DesignEffect`.
    """

    weights: pd.Series
    margins: pd.DataFrame
    n: int
    dropped: int
    rounds: int
    gap: float
    capped: float
    design_effect: float
    effective_n: float
    largest: float

    def to_frame(self) -> pd.DataFrame:
        """Give one row a category, before and after."""
        return self.margins.copy()

    def sentence(self) -> str:
        """Say what the weights cost and what they miss."""
        text = _(
            "{n} respondents weighted: design effect {deff}, worth {effective} of equal weight; "
            "the largest weight is {largest} times the mean.",
            n=number(self.n), deff=number(self.design_effect),
            effective=number(self.effective_n), largest=number(self.largest, digits=2),
        )  # fmt: skip
        if self.capped:
            text += " " + _("{share} of them are at the cap.", share=number(self.capped, "share"))
        if self.gap > 1e-4:
            text += " " + _("A category is still off by {gap}: loosen the cap or merge "
                            "categories.", gap=number(self.gap, "points"))  # fmt: skip
        if self.dropped:
            text += " " + _("{n} with a missing category are left out.", n=number(self.dropped))
        return text


@dataclass(frozen=True)
class Sample:
    """A sample as cells, ready to be raked.

    Parameters
    ----------
    kept : ndarray of bool
        Rows of the table with all categories.
    cell : ndarray of int, shape (n,)
        Cell of each kept row; rows of one cell share categories and weight begun with.
    codes : list of ndarray of int, shape (c,)
        Category of each cell in each margin.
    targets : list of ndarray
        Shares wanted.
    labels : list of (str, list)
        Names of margins and of their categories.
    base : ndarray, shape (c,)
        Weight of one member begun with.
    total : float or None
        What the margins add up to, where they are counts.
    """

    kept: NDArray[np.bool_]
    cell: NDArray[np.intp]
    codes: list[NDArray[np.intp]]
    targets: list[Floats]
    labels: list[tuple[str, list[Any]]]
    base: Floats
    total: float | None

    def fit(self, counts: Floats, cap: float | None) -> Fitted:
        """Rake replicates of the sample, given how many of each cell are in them."""
        limit = None
        if cap is not None:
            # weight = base * factor, total weight 1, so the mean weight is one over the number
            limit = cap / counts.sum(axis=1, keepdims=True) / self.base
        return fit_cells(counts * self.base, self.codes, self.targets, limit=limit)


def rake(
    table: pd.DataFrame,
    margins: Margins,
    *,
    cap: float | None = None,
    weights: str | None = None,
) -> Raked:
    """Weight respondents so that margins are those of the population.

    Parameters
    ----------
    table : DataFrame
        One row a respondent.
    margins : mapping
        For each column the share (or count) of each of its categories in the population,
        such as ``{"segment": {"consumer": 0.7, "business": 0.3}, "age": {...}}``.
    cap : float, optional
        No weight above so many times the mean weight; above 1.
    weights : str, optional
        Column of weights to begin with (of an uneven sample), above 0.

    Returns
    -------
    Raked

    Raises
    ------
    CvmError
        For columns or categories that do not agree with the margins, a category of the
        population that nobody of the sample stands for, and margins that differ in what
        they add up to.
    """
    sample = sample_of(table, margins, weights=weights, cap=cap)
    return _raked(table, sample, cap)


def poststratify(
    table: pd.DataFrame,
    population: pd.DataFrame,
    *,
    share: str = "share",
    cap: float | None = None,
    weights: str | None = None,
) -> Raked:
    """Weight respondents so that every cell is that of the population.

    Parameters
    ----------
    table : DataFrame
        One row a respondent.
    population : DataFrame
        One row a cell: the categories, in columns named as in the table, and its share.
    share : str
        The column of shares (or counts) in ``population``.
    cap, weights
        As in :func:`rake`.

    Returns
    -------
    Raked
        Its margins are the cells.

    Raises
    ------
    CvmError
        As in :func:`rake`: above all for cells that nobody of the sample is in. Merge them,
        or rake.
    """
    sizes = numeric(column(population, share), _("Shares"))
    names = [str(name) for name in population.columns if name != share]
    if not names:
        wrong = _("A population of cells has a column of categories beside the shares.")
        raise CvmError(wrong, given=list(population.columns))
    joined = " x ".join(names)
    together = pd.DataFrame({joined: _joint(table, names)})
    if weights is not None:
        together[weights] = column(table, weights)
    cells = pd.Series(sizes, index=_joint(population, names).to_numpy())
    if cells.index.has_duplicates:
        raise CvmError(
            _("A population of cells has each cell once."),
            given=cells.index[cells.index.duplicated()].tolist()[:5],
        )
    together.index = table.index
    sample = sample_of(together, {joined: cells.to_dict()}, weights=weights, cap=cap)
    return _raked(together, sample, cap)


def sample_of(
    table: pd.DataFrame, margins: Margins, *, weights: str | None, cap: float | None
) -> Sample:
    """Read a sample and its margins into cells; arguments as of :func:`rake`.

    Parameters
    ----------
    table, margins, weights, cap
        As in :func:`rake`.

    Returns
    -------
    Sample
    """
    if not isinstance(margins, Mapping) or not margins:
        raise CvmError(
            _("margins= maps columns to the shares of their categories."),
            given=margins,
            remedy=_("Give for example {{'segment': {{'consumer': 0.7, 'business': 0.3}}}}."),
        )
    if cap is not None and not cap > 1:
        wrong = _("A cap is a number above 1: times the mean weight.")
        raise CvmError(wrong, given=cap, remedy=_("Give for example cap=5."))
    kept = np.ones(len(column(table, next(iter(margins)))), bool)
    for name in margins:
        kept &= column(table, name).notna().to_numpy()
    base = np.ones(len(table))
    if weights is not None:
        base = numeric(column(table, weights), _("Weights"))
        if not np.all(base[kept] > 0):
            raise CvmError(
                _("Weights are numbers above 0; {count} are not.",
                  count=number(int((~(base[kept] > 0)).sum()))),
                remedy=_("Leave out rows that nobody stands for, and fill the gaps."),
            )  # fmt: skip
    read = [_margin(name, table[name][kept], given) for name, given in margins.items()]
    total = _total({name: one[2] for name, one in zip(margins, read, strict=True)})
    keys = np.column_stack([one[0] for one in read] + [_ranked(base[kept])])
    distinct, cell = np.unique(keys, axis=0, return_inverse=True)
    cell = cell.ravel()
    first = np.full(len(distinct), -1)
    first[cell[::-1]] = np.arange(len(cell))[::-1]
    return Sample(
        kept=kept, cell=cell, codes=[distinct[:, j] for j in range(len(read))],
        targets=[one[2] / one[2].sum() for one in read],
        labels=[(name, one[1]) for name, one in zip(margins, read, strict=True)],
        base=base[kept][first], total=total,
    )  # fmt: skip


def _raked(table: pd.DataFrame, sample: Sample, cap: float | None) -> Raked:
    counts = np.bincount(sample.cell, minlength=len(sample.base)).astype(float)
    fit = sample.fit(counts[None], cap)
    n = len(sample.cell)
    share = (sample.base * fit.factors[0])[sample.cell]  # of all, so they add up to about 1
    cost = design_effect(share)
    weights = np.full(len(table), np.nan)
    weights[sample.kept] = share / share.sum() * (sample.total or n)
    at_cap = 0.0 if cap is None else float(np.mean(share * n >= cap * (1 - 1e-9)))
    return Raked(
        weights=pd.Series(weights, index=table.index, name="weight"),
        margins=_margins(sample, share), n=n, dropped=int((~sample.kept).sum()),
        rounds=fit.rounds, gap=float(fit.gap[0]), capped=at_cap, design_effect=cost.value,
        effective_n=cost.effective_n, largest=cost.largest,
    )  # fmt: skip


def _margins(sample: Sample, share: Floats) -> pd.DataFrame:
    rows = []
    for code, target, (name, labels) in zip(
        sample.codes, sample.targets, sample.labels, strict=True
    ):
        of = code[sample.cell]
        n = np.bincount(of, minlength=len(labels))
        after = np.bincount(of, share, minlength=len(labels)) / share.sum()
        rows.append(pd.DataFrame({
            "margin": name, "category": labels, "n": n, "before": n / n.sum(),
            "target": target, "after": after,
        }))  # fmt: skip
    return pd.concat(rows, ignore_index=True)


def _margin(
    name: str, values: pd.Series, given: Mapping[Any, float]
) -> tuple[NDArray[np.intp], list[Any], Floats]:
    """Give codes of the rows, the categories and their targets."""
    if not isinstance(given, Mapping | pd.Series) or not len(given):
        raise CvmError(
            _("The margin of '{name}' maps its categories to shares.", name=name),
            given=given,
            remedy=_("Give for example {{'consumer': 0.7, 'business': 0.3}}."),
        )
    wanted = pd.Series(given, dtype=float)
    if not np.all(wanted > 0) or not np.all(np.isfinite(wanted)):
        raise CvmError(
            _("Shares of '{name}' are numbers above 0.", name=name),
            given=wanted.to_dict(),
            remedy=_("Leave out respondents of a category that nobody is in."),
        )
    labels = list(wanted.index)
    codes = pd.Index(labels).get_indexer(values)
    strange = sorted({str(v) for v in values[codes < 0].unique()})
    if strange:
        raise CvmError(
            _(
                "Respondents are in categories of '{name}' that its margin does not have.",
                name=name,
            ),
            given=strange[:5],
            remedy=_("The margin has: {names}.", names=", ".join(map(str, labels))),
        )
    nobody = [str(v) for i, v in enumerate(labels) if not np.any(codes == i)]
    if nobody:
        raise CvmError(
            _("No respondent stands for some categories of '{name}'.", name=name),
            given=nobody[:5],
            remedy=_("Merge them with another category, in the table and in the margin."),
        )
    return np.asarray(codes, np.intp), labels, np.asarray(wanted, float)


def _total(margins: Mapping[str, Floats]) -> float | None:
    sums = {name: float(shares.sum()) for name, shares in margins.items()}
    low, high = min(sums.values()), max(sums.values())
    if high - low > TOLERANCE * high:
        raise CvmError(
            _("The margins do not add up to the same."),
            given=sums,
            remedy=_("Give shares that add up to 1, or counts of one population."),
        )
    return high if abs(high - 1) > TOLERANCE else None


def _ranked(base: Floats) -> NDArray[np.intp]:
    return np.asarray(pd.factorize(base)[0], dtype=np.intp)


def _joint(table: pd.DataFrame, names: list[str]) -> pd.Series:
    columns = [column(table, name) for name in names]
    missing = np.logical_or.reduce([c.isna().to_numpy() for c in columns])
    labels = [" / ".join(map(str, row)) for row in zip(*columns, strict=True)]
    return pd.Series(labels, index=table.index, dtype=object).mask(missing)
