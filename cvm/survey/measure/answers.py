r"""Answers as they come in: scores, weights, clusters, and what could not be used.

Every measure of this package is a weighted mean of a per-respondent number :math:`y_i`
(the score itself, 1 for a top box, 1 / 0 / -1 for promoter / passive / detractor),

.. math:: \bar y = \frac{\sum_i w_i y_i}{\sum_i w_i}, \qquad
   u_i = \frac{w_i\,(y_i - \bar y)}{\sum_j w_j},

so one linearised variance serves them all. With :math:`G` sampling units (respondents, or
clusters whose :math:`u` are added up first)

.. math:: \widehat{V}(\bar y) = \frac{G}{G-1} \sum_g u_g^2 .

Without weights and clusters it is :math:`s^2/n`. The *design effect* is this variance over
that of a simple random sample of the same size, and :math:`n / \text{deff}` the *effective
sample size*.

**Assumptions.** Units are drawn independently; weights are taken as given, so doubt about
the weights themselves is not in the variance (:func:`cvm.survey.raked_mean` counts it).

References
----------
Lumley, T. (2010). *Complex Surveys*. Wiley. Chapters 2-3.
Kish, L. (1965). *Survey Sampling*. Wiley.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cvm.errors import CvmError, near_miss
from cvm.inputs import need_columns
from cvm.results import number
from cvm.words import _

__all__ = [
    "Answers",
    "Spread",
    "check_draws",
    "check_option",
    "column",
    "numeric",
    "spread_of",
    "usable",
]

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]


@dataclass(frozen=True)
class Answers:
    """What can be used of some answers.

    Parameters
    ----------
    y, weights : ndarray, shape (n,)
        Numbers, and weights above 0 (all 1 where none were given).
    units : ndarray of int, shape (n,), or None
        Cluster of each answer, coded from 0; None where each answer is its own unit.
    labels : ndarray or None
        The clusters as they were given, in the order of the codes.
    kept : ndarray of bool
        Which of the rows given are here.
    weighted : bool
        Whether weights were given.
    """

    y: Floats
    weights: Floats
    units: Codes | None
    labels: NDArray[Any] | None
    kept: NDArray[np.bool_]
    weighted: bool

    @property
    def n(self) -> int:
        """Answers that can be used."""
        return len(self.y)

    @property
    def dropped(self) -> int:
        """Rows without an answer."""
        return int(len(self.kept) - len(self.y))

    @property
    def groups(self) -> int:
        """Independent units: clusters, or answers where there are none."""
        return self.n if self.labels is None else len(self.labels)

    def by_unit(self, rows: Floats) -> Floats:
        """Add rows of shape (n, ...) up within each unit."""
        if self.units is None:
            return rows
        order = np.argsort(self.units, kind="stable")
        starts = np.searchsorted(self.units[order], np.arange(self.groups))
        return np.add.reduceat(rows[order], starts, axis=0)


def usable(scores: Any, *, weights: Any = None, clusters: Any = None) -> Answers:
    """Take scores, weights and clusters that belong together; leave out who did not answer.

    Parameters
    ----------
    scores : array_like, shape (n,)
        Numbers; not-a-number (or None) where there is no answer.
    weights : array_like, optional
        One number above 0 a score, by position.
    clusters : array_like, optional
        Who was drawn together (dealer, interviewer), one label a score, by position.

    Returns
    -------
    Answers

    Raises
    ------
    CvmError
        For text among the scores, other lengths, weights of 0 or less or missing, missing
        clusters, or fewer than two answers (two clusters).
    """
    values = numeric(scores, _("Scores"))
    kept = ~np.isnan(values)
    w = _weights(weights, len(values))
    units, labels = None, None
    if clusters is not None:
        given = _aligned(clusters, len(values), "clusters")
        if pd.isna(given).any():
            raise CvmError(
                _("clusters= has rows without a cluster."),
                given=int(pd.isna(given).sum()),
                remedy=_("Fill them in, or leave those rows out."),
            )
        codes, found = pd.factorize(given[kept])
        units, labels = codes.astype(np.intp), np.asarray(found)
    answers = Answers(values[kept], w[kept], units, labels, kept, weights is not None)
    if answers.groups < 2:
        raise CvmError(
            _("An interval needs at least two answers, from two clusters if there are any."),
            given={"answers": answers.n, "clusters": answers.groups},
            remedy=_("Ask more respondents, or leave clusters= out knowingly."),
        )
    return answers


@dataclass(frozen=True)
class Spread:
    """A weighted mean with what is known of its precision.

    Parameters
    ----------
    mean, se : float
        Estimate and its linearised standard error.
    sd : float
        Standard deviation between respondents (weighted; n - 1 below).
    df : int
        Degrees of freedom of the standard error: units less 1.
    design_effect, effective_n : float
        Variance over that of a simple random sample of n, and n over it. Where all
        answers are alike the data do not tell; then Kish's effective size of the weights
        (or the number of clusters, if that is fewer) stands in.
    influence : ndarray
        :math:`u` of each unit.
    """

    mean: float
    se: float
    sd: float
    df: int
    design_effect: float
    effective_n: float
    influence: Floats


def spread_of(answers: Answers) -> Spread:
    """Estimate a weighted mean and its precision.

    Parameters
    ----------
    answers : Answers
        From :func:`usable`.

    Returns
    -------
    Spread
    """
    y, w, n = answers.y, answers.weights, answers.n
    total = w.sum()
    mean = float(w @ y / total)
    off = y - mean
    u = answers.by_unit(w * off / total)
    units = answers.groups
    variance = float(units / (units - 1) * (u @ u))
    simple = float(w @ off**2 / total * n / (n - 1)) / n
    effective = n * simple / variance if variance > 0 else min(total**2 / float(w @ w), units)
    return Spread(mean, variance**0.5, (simple * n) ** 0.5, units - 1, n / effective, effective, u)


def numeric(given: Any, name: str) -> Floats:
    """Read one column of numbers, told by its name where it cannot be read.

    Parameters
    ----------
    given : array_like, shape (n,)
        Numbers, with gaps.
    name : str
        How the column is called in a message, already translated.

    Returns
    -------
    ndarray of float
        Gaps as not-a-number.
    """
    plain = isinstance(given, np.ndarray) and given.dtype.kind in "fiub"
    listed = _listed(given, name)
    column_ = listed if isinstance(given, pd.Series) else pd.Series(given if plain else [*listed])
    read = pd.to_numeric(column_, errors="coerce")
    lost = read.isna() & column_.notna()
    if lost.any():
        raise CvmError(
            _("{name} must be numbers; {count} are not.", name=name, count=number(int(lost.sum()))),
            given=column_[lost].iloc[:5].tolist(),
            remedy=_("Read text labels with cvm.survey.read_answers, or map them to numbers."),
        )
    values = read.to_numpy(dtype=float, na_value=np.nan)
    if np.isinf(values).any():
        raise CvmError(
            _("{name} must be finite.", name=name), remedy=_("Correct them, or leave them empty.")
        )
    return values


def column(table: pd.DataFrame, name: Any) -> pd.Series:
    """Give a column of a table, or say which one was probably meant.

    Parameters
    ----------
    table : DataFrame
        The table.
    name : str
        The column.

    Returns
    -------
    Series
    """
    need_columns(table, [name])
    return table[name]


def check_draws(resamples: int, *, least: int = 100) -> None:
    """See that there are enough bootstrap resamples for an interval.

    Parameters
    ----------
    resamples : int
        To be checked.
    least : int
        As many are needed.
    """
    if not isinstance(resamples, int | np.integer) or resamples < least:
        wrong = _("A bootstrap interval needs {least} resamples or more.", least=number(least))
        raise CvmError(wrong, given=resamples, remedy=_("Give for example resamples=1000."))


def check_option(value: Any, options: Sequence[str], name: str) -> None:
    """See that a word is one of those that are understood.

    Parameters
    ----------
    value : object
        To be checked.
    options : sequence of str
        What is understood.
    name : str
        The argument's name.
    """
    if value not in options:
        wrong = _("There is no {name}= of this kind.", name=name)
        raise CvmError(wrong, given=value, remedy=near_miss(value, options))


def _weights(weights: Any, n: int) -> Floats:
    if weights is None:
        return np.ones(n)
    w = numeric(pd.Series(_aligned(weights, n, "weights")), _("Weights"))
    bad = ~(w > 0)
    if bad.any():
        raise CvmError(
            _("Weights are numbers above 0; {count} are not.", count=number(int(bad.sum()))),
            given=w[bad][:5].tolist(),
            remedy=_("Leave out rows that nobody stands for, and fill the gaps."),
        )
    return w


def _aligned(given: Any, n: int, name: str) -> NDArray[Any]:
    values = np.asarray(_listed(given, name))
    if len(values) != n:
        raise CvmError(
            _("{name}= has another length than the scores.", name=name),
            given={name: len(values), "scores": n},
            remedy=_("Give one value a score, in the same order."),
        )
    return values


def _listed(given: Any, name: str) -> Any:
    if isinstance(given, str) or np.ndim(given) != 1:
        raise CvmError(
            _("{name} must be one column: a Series, a list or a one-dimensional array.", name=name),
            given=given if np.ndim(given) == 0 else np.shape(given),
            remedy=_("Give for example table['RECO']."),
        )
    return given
