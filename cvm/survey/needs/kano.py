r"""Kano: which features are taken for granted, which delight, and which nobody needs.

Of each feature two questions are asked: how would you feel if it were there (functional),
and if it were not (dysfunctional)? Five answers each: 1 "I like it", 2 "I expect it", 3 "I
do not care", 4 "I can live with it", 5 "I dislike it". A pair of answers says what the
feature is to this customer (Kano et al. 1984):

====================  ====  ======  =======  =========  =======
there / not there     like  expect  neutral  live with  dislike
====================  ====  ======  =======  =========  =======
like                  Q     A       A        A          O
expect                R     I       I        I          M
neutral               R     I       I        I          M
live with             R     I       I        I          M
dislike               R     R       R        R          Q
====================  ====  ======  =======  =========  =======

**M** must-be, **O** one-dimensional, **A** attractive, **I** indifferent, **R** reverse (it had
better not be there), **Q** questionable (the pair contradicts itself).

**The estimands.** The share of customers of each kind; the most frequent kind; and the
coefficients of Berger et al. (1993),

.. math:: \text{better} = \frac{A + O}{A + O + M + I}, \qquad
          \text{worse} = -\frac{O + M}{A + O + M + I}:

the share that having it satisfies, and (as a negative number) the share that lacking it
dissatisfies. Their intervals are Wilson's, with Kish's effective sample size where there
are weights.

**Is the first kind really first?** With :math:`a` and :math:`b` for the two most frequent
counts of :math:`N` answers, Fong (1996) calls the difference significant where

.. math:: |a - b| \ge 1.65\,\sqrt{(a + b)(2N - a - b) / (2N)}.

**What the naive answer gets wrong.** That square root is the standard error of the
difference between two *independent* samples. The two counts come from one sample and push
each other down: their difference has the variance :math:`a + b`, as in McNemar's test.
Where two kinds share 80 % of the answers equally, Fong's rule, meant to err in 10 of 100, errs
in 20. So both are given: ``fong`` by the rule, and ``p_value`` by the exact binomial test
of :math:`a` against :math:`b`. Neither pays for having picked the two largest of six after
looking; that makes an equal third look smaller than it is.

**Assumptions.** Respondents answer independently and take both questions as meant. The
category of a crowd hides segments: one half that must have it and one half that does not
care make neither; see :func:`kano_segments`.

References
----------
Berger, C. et al. (1993). Kano's methods for understanding customer-defined quality. *Center
for Quality Management Journal* 2(4), 3-36 (at second hand).
Fong, D. (1996). Using the self-stated importance questionnaire to interpret Kano
questionnaire results. *Center for Quality Management Journal* 5(3), 21-24 (at second hand).
Kano, N., Seraku, N., Takahashi, F. & Tsuji, S. (1984). Attractive quality and must-be
quality. *Journal of the Japanese Society for Quality Control* 14(2), 39-48 (at second hand).
Lee, M. C. & Newcomb, J. F. (1997). Applying the Kano methodology to meet customer
requirements. *Quality Management Journal* 4(3), 95-110 (at second hand).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from cvm.errors import CvmError
from cvm.inputs import check_level
from cvm.results import Result, number, p_words
from cvm.survey.drivers.answers import weigh
from cvm.words import N_, _

__all__ = ["ANSWERS", "CATEGORIES", "EVALUATION", "Kano", "evaluate_pairs", "kano", "kano_segments"]

Floats = NDArray[np.float64]
Frame = pd.DataFrame | pd.Series

#: The five answers to either question, 1 to 5.
ANSWERS = (
    N_("I like it"), N_("I expect it"), N_("I do not care"), N_("I can live with it"),
    N_("I dislike it"),
)  # fmt: skip
#: What a feature can be, in the order in which ties are broken.
CATEGORIES = {
    "M": N_("must-be"),
    "O": N_("one-dimensional"),
    "A": N_("attractive"),
    "I": N_("indifferent"),
    "R": N_("reverse"),
    "Q": N_("questionable"),
}
#: Kano's evaluation table: rows by the functional answer, columns by the dysfunctional.
EVALUATION = ("QAAAO", "RIIIM", "RIIIM", "RIIIM", "RRRRQ")
#: Pouliot's: who expects it there and expects it not there contradicts himself too.
POULIOT = ("QAAAO", "RQIIM", "RIIIM", "RIIQM", "RRRRQ")

LETTERS = "".join(CATEGORIES)
#: Fong's constant: two-sided at 10 %.
FONG = 1.65


@dataclass(frozen=True, kw_only=True, repr=False)
class Kano(Result):
    """What features are to customers.

    Parameters
    ----------
    table : DataFrame
        One row a feature: ``feature``, ``n`` (pairs used), ``dropped`` (pairs with an empty
        answer), the shares ``M``, ``O``, ``A``, ``I``, ``R``, ``Q`` (weighted),
        ``category`` and ``second`` (letters), ``strength`` (difference of their shares),
        ``total_strength`` (share of M, O and A together), ``better`` with ``better_low``,
        ``better_high``, ``worse`` (0 to -1) with ``worse_low``, ``worse_high``, ``fong``
        (whether Fong's rule calls the first kind first), ``p_value`` (of first against
        second), ``clear`` (whether that is below 1 - level).
    level : float
        Confidence level.
    weighted : bool
        Whether case weights were used.
    """

    table: pd.DataFrame
    level: float
    weighted: bool

    def sentence(self) -> str:
        """Say the kind of each feature, or that it is not clear."""
        parts = [
            _("{feature}: {category}", feature=row["feature"], category=_(CATEGORIES[row["category"]]))
            if row["clear"]
            else _("{feature}: {category} or {second}, not clear ({p})", feature=row["feature"],
                   category=_(CATEGORIES[row["category"]]), second=_(CATEGORIES[row["second"]]),
                   p=p_words(row["p_value"]))
            for _at, row in self.table.iterrows()
        ]  # fmt: skip
        least, most = int(self.table["n"].min()), int(self.table["n"].max())
        n = number(least) if least == most else f"{number(least)}-{number(most)}"
        return "; ".join(parts) + _(" (n = {n}).", n=n)

    def to_frame(self) -> pd.DataFrame:
        """Give one row a feature."""
        return self.table.copy()


def kano(
    functional: Frame,
    dysfunctional: Frame,
    *,
    weights: ArrayLike | None = None,
    evaluation: Sequence[str] = EVALUATION,
    level: float = 0.95,
) -> Kano:
    """Classify features by their pairs of questions.

    Parameters
    ----------
    functional, dysfunctional : DataFrame or Series
        Answers 1 to 5 (:data:`ANSWERS`) to "if it is there" and "if it is not": one row a
        respondent, one column a feature. Two tables have the same columns, or as many
        columns in the same order; two Series are one feature.
    weights : array_like, optional
        Case weights above zero, one a respondent.
    evaluation : sequence of five str
        The evaluation table; :data:`EVALUATION` is Kano's, ``POULIOT`` in this module calls
        two more pairs questionable.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    Kano
        A pair with an empty answer is dropped for its feature only, and counted.

    Raises
    ------
    CvmError
        For answers off the scale, tables that do not match, or a feature nobody answered.
    """
    check_level(level)
    letters, names = _pairs(functional, dysfunctional, evaluation)
    weight = weigh(weights, pd.DataFrame(index=range(len(letters))))
    rows = [
        _row(name, letters[:, k], weight, weights is not None, level)
        for k, name in enumerate(names)
    ]
    return Kano(table=pd.DataFrame(rows), level=level, weighted=weights is not None)


def evaluate_pairs(
    functional: Frame, dysfunctional: Frame, *, evaluation: Sequence[str] = EVALUATION
) -> pd.DataFrame:
    """Give the kind each feature is to each respondent.

    Parameters
    ----------
    functional, dysfunctional, evaluation
        As in :func:`kano`.

    Returns
    -------
    DataFrame
        One row a respondent, one column a feature: a letter of :data:`CATEGORIES`, empty
        where an answer is.
    """
    letters, names = _pairs(functional, dysfunctional, evaluation)
    told = np.array([*LETTERS, None], dtype=object)  # -1 is the last
    index = functional.index
    return pd.DataFrame({name: told[letters[:, k]] for k, name in enumerate(names)}, index=index)


def kano_segments(
    functional: Frame,
    dysfunctional: Frame,
    segments: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    evaluation: Sequence[str] = EVALUATION,
    level: float = 0.95,
) -> pd.DataFrame:
    """Classify features segment by segment, and test whether the segments differ.

    Parameters
    ----------
    functional, dysfunctional, weights, evaluation, level
        As in :func:`kano`.
    segments : array_like
        The segment of each respondent, none empty.

    Returns
    -------
    DataFrame
        The rows of :func:`kano` for each segment, after ``segment``; and ``differ_p``, for the
        feature as a whole: the chi-square test that all segments hold the same shares. With
        weights the statistic is divided by Kish's design effect, a first-order correction.

    Raises
    ------
    CvmError
        As :func:`kano`, and for fewer than two segments or one without its name.
    """
    check_level(level)
    letters, names = _pairs(functional, dysfunctional, evaluation)
    weight = weigh(weights, pd.DataFrame(index=range(len(letters))))
    groups = _groups(segments, len(letters))
    tested = {
        name: _differ(letters[:, k], groups, weight, weights is not None)
        for k, name in enumerate(names)
    }
    rows = [
        {"segment": group, **_row(name, letters[inside, k], weight[inside], weights is not None, level),
         "differ_p": tested[name]}
        for group in pd.unique(groups)
        for inside in [np.asarray(groups == group)]
        for k, name in enumerate(names)
    ]  # fmt: skip
    return pd.DataFrame(rows)


# -- pairs -----------------------------------------------------------------------------


def _pairs(
    functional: Frame, dysfunctional: Frame, evaluation: Sequence[str]
) -> tuple[NDArray[np.int64], list[str]]:
    """Turn two tables of answers into positions in LETTERS, -1 where one is empty."""
    there, missing = _table(functional), _table(dysfunctional)
    _check_match(there, missing)
    grid = _grid(evaluation)
    rows, columns = _codes(there), _codes(missing)
    letters = grid[np.maximum(rows, 0), np.maximum(columns, 0)]
    letters[(rows < 0) | (columns < 0)] = -1
    return letters, [str(name) for name in there.columns]


def _table(answers: Any) -> pd.DataFrame:
    if isinstance(answers, pd.Series):
        return answers.to_frame(answers.name if answers.name is not None else "feature")
    if isinstance(answers, pd.DataFrame):
        return answers
    raise CvmError(
        _("Kano's answers are two tables, one row a respondent and one column a feature."),
        given=answers,
        remedy=_("Give pandas DataFrames, or two Series for one feature."),
    )


def _check_match(there: pd.DataFrame, missing: pd.DataFrame) -> None:
    if there.shape != missing.shape:
        raise CvmError(
            _("Both questions must be asked of the same respondents and features."),
            given=_("{first} and {second} rows and columns", first=there.shape, second=missing.shape),
            remedy=_("Keep respondents who left one question empty: they are dropped and counted."),
        )  # fmt: skip
    same = set(there.columns) & set(missing.columns)
    if same and list(there.columns) != list(missing.columns) and there.shape[1] > 1:
        raise CvmError(
            _("The two tables name the same features in different orders."),
            given=list(missing.columns),
            remedy=_("Write dysfunctional[functional.columns]."),
        )
    if not len(there) or not there.shape[1]:
        raise CvmError(_("There are no answers."), remedy=_("Give at least one respondent."))


def _codes(answers: pd.DataFrame) -> NDArray[np.int64]:
    """Read answers as 0 to 4, -1 where empty."""
    codes = np.full(answers.shape, -1, dtype=np.int64)
    for k, name in enumerate(answers.columns):
        given = answers.iloc[:, k]
        read = pd.to_numeric(given, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
        bad = given.notna().to_numpy() & ~((read >= 1) & (read <= 5) & (read == np.floor(read)))
        if bad.any():
            row = int(np.flatnonzero(bad)[0])
            raise CvmError(
                _("Answers of Kano's questions are 1 to 5; '{feature}' has others.", feature=name),
                given=_("{value} in row {row} ({count} such)", value=given.iloc[row], row=row,
                        count=int(bad.sum())),
                remedy=_("1 is 'I like it', 5 is 'I dislike it'; leave refusals empty."),
            )  # fmt: skip
        codes[:, k] = np.where(np.isnan(read), 0, read).astype(np.int64) - 1
    return codes


def _grid(evaluation: Sequence[str]) -> NDArray[np.int64]:
    rows = [str(row) for row in evaluation]
    if len(rows) != 5 or any(len(row) != 5 or set(row) - set(LETTERS) for row in rows):
        raise CvmError(
            _("An evaluation table has five rows of five letters of {letters}.", letters=LETTERS),
            given=rows,
            remedy=_("Start from cvm.survey.needs.EVALUATION."),
        )
    return np.array([[LETTERS.index(letter) for letter in row] for row in rows])


def _groups(segments: Any, rows: int) -> pd.Series:
    groups = pd.Series(np.asarray(segments, dtype=object))
    if len(groups) != rows or groups.isna().any() or groups.nunique() < 2:
        raise CvmError(
            _("There must be a segment for each respondent, and two or more of them."),
            given=_("{given} segments for {rows} respondents, {empty} empty, {kinds} different",
                    given=len(groups), rows=rows, empty=int(groups.isna().sum()),
                    kinds=groups.nunique()),
            remedy=_("Name those without a segment, or leave them out of all tables."),
        )  # fmt: skip
    return groups


# -- one feature -----------------------------------------------------------------------


def _row(
    name: str, letters: NDArray[np.int64], weight: Floats, weighted: bool, level: float
) -> dict[str, Any]:
    kept = letters >= 0
    if not kept.any():
        wrong = _("Nobody answered both questions on '{feature}'.", feature=name)
        raise CvmError(wrong, remedy=_("Leave the feature out."))
    code, w = letters[kept], weight[kept]
    total, square = (np.asarray(np.bincount(code, v, len(LETTERS)), float) for v in (w, w * w))
    share = total / total.sum()
    first, second = np.argsort(-share, kind="stable")[:2]
    n = int(kept.sum())
    row: dict[str, Any] = {"feature": name, "n": n, "dropped": len(letters) - n}
    row |= dict(zip(LETTERS, share, strict=True))
    row |= {
        "category": LETTERS[first], "second": LETTERS[second],
        "strength": share[first] - share[second], "total_strength": share[_places("MOA")].sum(),
    }  # fmt: skip
    row |= _coefficient("better", "AO", total, square, level)
    row |= _negative(_coefficient("worse", "OM", total, square, level))
    size = n if not weighted else total.sum() ** 2 / square.sum()
    a, b = share[first] * size, share[second] * size
    p = _first_against_second(a, b, weighted)
    fong = a - b >= FONG * np.sqrt((a + b) * (2 * size - a - b) / (2 * size))
    return row | {"fong": bool(fong), "p_value": p, "clear": bool(p < 1 - level)}


def _places(letters: str) -> list[int]:
    return [LETTERS.index(letter) for letter in letters]


def _first_against_second(a: float, b: float, weighted: bool) -> float:
    """Test whether two kinds of one sample are equally frequent."""
    if weighted:
        return float(2 * stats.norm.sf((a - b) / np.sqrt(a + b)))
    return float(stats.binomtest(round(a), round(a + b), 0.5).pvalue)


def _coefficient(
    name: str, letters: str, total: Floats, square: Floats, level: float
) -> dict[str, float]:
    """Give a coefficient over those who are M, O, A or I, with Wilson's interval.

    ``total`` and ``square`` are the sums of weights, and of their squares, by letter.
    """
    base = total[_places("MOAI")].sum()
    if base == 0:
        return dict.fromkeys([name, f"{name}_low", f"{name}_high"], np.nan)
    value = float(total[_places(letters)].sum() / base)
    size = base**2 / square[_places("MOAI")].sum()
    z = stats.norm.ppf(0.5 + level / 2)
    centre = (value + z**2 / (2 * size)) / (1 + z**2 / size)
    reach = z / (1 + z**2 / size) * np.sqrt(value * (1 - value) / size + z**2 / (4 * size**2))
    return {name: value, f"{name}_low": centre - reach, f"{name}_high": centre + reach}


def _negative(found: dict[str, float]) -> dict[str, float]:
    """Write the share that suffers as Berger's negative coefficient."""
    return {
        "worse": 0 - found["worse"], "worse_low": 0 - found["worse_high"],
        "worse_high": 0 - found["worse_low"],
    }  # fmt: skip


def _differ(letters: NDArray[np.int64], groups: pd.Series, weight: Floats, weighted: bool) -> float:
    """Test whether the shares of the kinds are alike in all segments."""
    kept = letters >= 0
    places = pd.factorize(groups)[0]
    counts = np.zeros((places.max() + 1, len(LETTERS)))
    np.add.at(counts, (places[kept], letters[kept]), weight[kept])
    counts = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0]
    if min(counts.shape) < 2:
        return 1.0
    w = weight[kept]
    counts = counts * (kept.sum() / w.sum())
    effect = kept.sum() * (w @ w) / w.sum() ** 2 if weighted else 1.0
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / counts.sum()
    statistic = ((counts - expected) ** 2 / expected).sum() / effect
    return float(stats.chi2.sf(statistic, (counts.shape[0] - 1) * (counts.shape[1] - 1)))
