"""Answers: what a strategy found in a table, and what that means for the hypothesis."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats
from scipy.special import ndtr

from cvm.errors import CvmError
from cvm.inputs import check_level, need_columns
from cvm.research.study.columns import prepared
from cvm.research.study.door import readable
from cvm.research.study.fits import Fit
from cvm.research.study.hypothesis import Hypothesis, decide
from cvm.research.study.strategies import Strategy
from cvm.results import Result, number, p_words
from cvm.words import _

__all__ = ["Answer", "answer"]

#: An error that leans on the normal law is told from so many rows on.
FEWEST = 10


@dataclass(frozen=True, kw_only=True, repr=False)
class Answer(Result):
    """What a strategy found, and what that means for the hypothesis.

    Parameters
    ----------
    method, assumes : str
        The strategy and what it assumes, already translated.
    estimate, se, low, high : float
        The change, its standard error and interval, in the outcome's unit.
    p_value : float
        Two-sided, of no change at all.
    p_equivalence : float
        Of a change as large as the smallest that matters; not-a-number without a hypothesis.
    decision : str
        One of :data:`cvm.research.study.DECISIONS`; empty without a hypothesis.
    level : float
        Confidence level.
    n, dropped : int
        Rows used, and rows left out for a gap.
    note : str
        Something more to know, already translated.
    unit : str
        As in :func:`cvm.results.number`.
    """

    method: str
    assumes: str
    estimate: float
    se: float
    low: float
    high: float
    p_value: float
    p_equivalence: float
    decision: str
    level: float
    n: int
    dropped: int
    note: str = ""
    unit: str = ""

    def sentence(self) -> str:
        """Say the change, its interval, the decision and the assumption."""
        told = _(
            "{method}: a change of {estimate} ({level} interval {low} to {high}; {p}; n = {n}).",
            method=self.method, estimate=number(self.estimate, self.unit),
            level=number(self.level, "share", digits=2), low=number(self.low, self.unit),
            high=number(self.high, self.unit), p=p_words(self.p_value), n=number(self.n),
        )  # fmt: skip
        if self.decision:
            told += " " + _("The hypothesis is {decision}.", decision=_(self.decision)) \
                if self.decision in ("supported", "contradicted", "undecided") \
                else " " + _("Whatever the change is, it is too small to matter.")  # fmt: skip
        told += " " + _("It is the effect if {assumes}.", assumes=self.assumes)
        return f"{told} {self.note}" if self.note else told


def answer(
    table: pd.DataFrame,
    strategy: Strategy,
    *,
    hypothesis: Hypothesis | None = None,
    level: float = 0.95,
) -> Answer:
    """Answer a question from a table.

    Parameters
    ----------
    table : DataFrame
        With the columns the strategy needs; rows with a gap in them are left out and counted.
    strategy : Strategy
        One of this module's.
    hypothesis : Hypothesis, optional
        What the answer is to decide.
    level : float
        Confidence level, between 0 and 1; tests are at one less it.

    Returns
    -------
    Answer

    Raises
    ------
    CvmError
        For what is no strategy, a missing column, or a table that cannot answer.
    """
    check_level(level)
    if not isinstance(strategy, Strategy):
        wrong = _("An answer needs an answer strategy.")
        remedy = _("Write for example LeastSquares(formula='spend ~ member', term='member').")
        raise CvmError(wrong, given=strategy, remedy=remedy)
    need_columns(table, strategy.needs())
    rows = prepared(table, strategy.needs())
    readable(rows, strategy)
    fit = _fitted(rows, strategy, level)
    # A fit without any error left is one of as many terms as rows.
    if not math.isfinite(fit.se + fit.estimate) or fit.se <= 1e-12 * _scale(rows, strategy, fit):
        wrong = _("The table leaves nothing to judge the chance by: the standard error is not above zero.")  # fmt: skip
        raise CvmError(wrong, given={"rows": fit.n, "se": fit.se}, remedy=_("Take more rows."))
    if math.isinf(fit.df) and fit.n < FEWEST:
        wrong = _("The errors of this analysis are known for many rows only.")
        raise CvmError(wrong, given={"rows": fit.n},
                       remedy=_("Take {least} rows or more.", least=FEWEST))  # fmt: skip
    small = _p_equivalence(fit, hypothesis.smallest) if hypothesis else math.nan
    decision = hypothesis and decide(
        hypothesis, estimate=fit.estimate, p_value=fit.p_value, p_equivalence=small,
        alpha=1 - level,
    )  # fmt: skip
    return Answer(
        method=strategy.method, assumes=strategy.assumes, estimate=fit.estimate, se=fit.se,
        low=fit.low, high=fit.high, p_value=fit.p_value, p_equivalence=small,
        decision=decision or "", level=float(level), n=fit.n, dropped=len(table) - len(rows),
        note=fit.note, unit=hypothesis.unit if hypothesis else "",
    )  # fmt: skip


def _scale(rows: pd.DataFrame, strategy: Strategy, fit: Fit) -> float:
    """Give what an error is small beside: the answer, or the spread of the outcome."""
    outcome = rows[strategy.needs()[0]]
    spread = float(outcome.std()) if pd.api.types.is_numeric_dtype(outcome) else 0.0
    return max(abs(fit.estimate), spread)


def _fitted(rows: pd.DataFrame, strategy: Strategy, level: float) -> Fit:
    """Fit, and tell what the libraries below stumbled over as an error of the kit's own."""
    from patsy import PatsyError  # type: ignore[import-untyped]
    from statsmodels.tools.sm_exceptions import MissingDataError

    stumbles = (
        ValueError,
        TypeError,
        ZeroDivisionError,
        np.linalg.LinAlgError,
        PatsyError,
        MissingDataError,
    )
    try:
        # A table with too little in it divides by zero on the way; the caller looks at the end.
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            # Columns that follow from each other are harmless but for the treatment's, which
            # the fit looks after.
            warnings.filterwarnings("ignore", ".*rank-deficient.*")
            return strategy.fit(rows, level)
    except CvmError:
        raise
    except stumbles as problem:
        wrong = _("The table does not bear this analysis: {why}.",
                  why=str(problem).splitlines()[0].rstrip("."))  # fmt: skip
        given = {"rows": len(rows), "columns": {c: str(rows[c].dtype) for c in rows}}
        remedy = _("See that numbers are numbers, and that there are more rows than terms.")
        raise CvmError(wrong, given=given, remedy=remedy) from problem


def _p_equivalence(fit: Fit, smallest: float) -> float:
    """Give the larger p value of the two one-sided tests against plus and minus the smallest."""
    room = (smallest - abs(fit.estimate) - fit.bias) / fit.se
    return float(ndtr(-room) if math.isinf(fit.df) else stats.t(fit.df).sf(room))
