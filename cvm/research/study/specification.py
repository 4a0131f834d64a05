"""Specification curve: the same question under every choice that could be defended.

One analysis hides the choices behind it: which outcome, which controls, which customers. The
curve shows the answer under all of them, from the smallest to the largest, and which choice
moves it. It shows how much an answer hangs on choices. It does not show that an answer is right:
a curve whose every choice shares one flaw is flat, and wrong.

**The estimand** is the one of the question; specifications that ask another question (an outcome
that the treatment cannot reach, a control that the treatment has changed) do not belong in it.

References
----------
Simonsohn, U., Simmons, J. P. & Nelson, L. D. (2020). Specification curve analysis. *Nature Human
Behaviour* 4, 1208-1214. At second hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

import numpy as np
import pandas as pd

from cvm.errors import CvmError
from cvm.inputs import check_level, need_columns
from cvm.research.study.answers import answer
from cvm.research.study.strategies import LeastSquares, Strategy
from cvm.results import Result, number
from cvm.words import _

__all__ = ["SpecificationCurve", "every_choice", "specification_curve"]

NUMBERS = ("estimate", "se", "low", "high", "p_value", "n")


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class SpecificationCurve(Result):
    """The answers under all choices.

    Parameters
    ----------
    table : DataFrame
        One row a specification, from the smallest estimate to the largest: ``place`` (from 1),
        one column of words a choice (among them ``sample``), ``estimate``, ``se``, ``low``,
        ``high``, ``p_value``, ``n``, ``error`` (why there is no answer; such rows come last).
    specifications, failed : int
        How many were tried, and how many had no answer.
    median, smallest, largest : float
        Of the estimates.
    positive, significant : float
        Shares of the estimates above zero, and of those whose p value is below the level.
    level : float
        Confidence level.
    """

    table: pd.DataFrame = field(repr=False)
    specifications: int
    failed: int
    median: float
    smallest: float
    largest: float
    positive: float
    significant: float
    level: float

    def to_frame(self) -> pd.DataFrame:
        """Give one row a specification."""
        return self.table.copy()

    def choices(self) -> pd.DataFrame:
        """Tell which choice moves the answer.

        Returns
        -------
        DataFrame
            One row an option: ``choice``, ``option``, ``specifications``, ``median`` (of the
            estimates with it), ``significant`` (share).
        """
        told = self.table[self.table["error"] == ""]
        rows = [
            {
                "choice": choice, "option": option, "specifications": len(group),
                "median": float(group["estimate"].median()),
                "significant": float((group["p_value"] < 1 - self.level).mean()),
            }
            for choice in self.chosen()
            for option, group in told.groupby(choice, sort=False)
        ]  # fmt: skip
        return pd.DataFrame(rows)

    def chosen(self) -> list[str]:
        """Name the columns that are choices."""
        return [c for c in self.table.columns if c not in ("place", *NUMBERS, "error")]

    def sentence(self) -> str:
        """Say how far the answer hangs on choices."""
        return _(
            "Over {count} specifications the estimate runs from {smallest} to {largest} with a median "
            "of {median}; {positive} are above zero and {significant} significant at {alpha}.",
            count=number(self.specifications - self.failed), smallest=number(self.smallest),
            largest=number(self.largest), median=number(self.median),
            positive=number(self.positive, "share"), significant=number(self.significant, "share"),
            alpha=number(1 - self.level, "share", digits=2),
        )  # fmt: skip


def every_choice(
    *,
    treatment: str,
    outcomes: Sequence[str],
    controls: Iterable[str] = (),
    cluster: str | None = None,
) -> dict[tuple[str, str], Strategy]:
    """Make a least-squares specification of each outcome with each set of controls.

    Parameters
    ----------
    treatment : str
        The column whose coefficient is the answer.
    outcomes : sequence of str
        Columns, or transformations such as ``"np.log1p(spend)"``.
    controls : iterable of str
        Terms that may be in or out; every subset is tried, so ten of them are 1,024.
    cluster : str, optional
        Column of the groups within which errors hang together.

    Returns
    -------
    dict
        By outcome and controls ("none", "age + region"), for :func:`specification_curve`.

    Raises
    ------
    CvmError
        Without an outcome, or with more than 12 controls.
    """
    lists = [isinstance(one, Iterable) and not isinstance(one, str) for one in (outcomes, controls)]
    if not all(lists) or not len(outcomes) or not all(isinstance(c, str) for c in controls):
        wrong = _("Outcomes and controls come as lists of names.")
        raise CvmError(wrong, given=(outcomes, controls), remedy=_("Write outcomes=['spend']."))
    terms = list(dict.fromkeys(controls))
    if len(terms) > 12:
        wrong = _("Every subset of {count} controls is too many to be looked at.", count=len(terms))
        raise CvmError(
            wrong, remedy=_("Keep together what belongs together: 'age + region' is one.")
        )
    sets = [[t for t, take in zip(terms, pick, strict=True) if take]
            for pick in product([False, True], repeat=len(terms))]  # fmt: skip
    return {
        (outcome, " + ".join(chosen) or _("none")): LeastSquares(
            formula=f"{outcome} ~ {' + '.join([treatment, *chosen])}", term=treatment, cluster=cluster
        )
        for outcome in outcomes
        for chosen in sets
    }  # fmt: skip


def specification_curve(
    table: pd.DataFrame,
    strategies: Mapping[tuple[str, ...], Strategy],
    *,
    names: Sequence[str] = ("outcome", "controls"),
    samples: Mapping[str, str] | None = None,
    level: float = 0.95,
) -> SpecificationCurve:
    """Answer one question under every choice.

    Parameters
    ----------
    table : DataFrame
        The data.
    strategies : mapping
        Answer strategies by the words of their choices: from :func:`every_choice`, or one's own,
        such as ``{("weighting", "all"): Weighting(...)}``.
    names : sequence of str
        What the words choose between: one name a word of a key.
    samples : mapping of str to str, optional
        Samples by name, each a query of pandas; an empty one takes all rows:
        ``{"all": "", "active": "spend_before > 0"}``.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    SpecificationCurve
        A specification without an answer keeps its row and says why.

    Raises
    ------
    CvmError
        If keys and names do not fit, a sample cannot be read, or nothing has an answer.
    """
    check_level(level)
    need_columns(table, [])
    _check(strategies, names)
    rows = []
    for sample, query in (samples or {_("all"): ""}).items():
        part = _sample(table, sample, query)
        for key, strategy in strategies.items():
            row = dict(zip(names, key, strict=True)) | {"sample": sample}
            rows.append(row | _answered(part, strategy, level))
    return _curve(pd.DataFrame(rows), level)


def _answered(table: pd.DataFrame, strategy: Strategy, level: float) -> dict[str, object]:
    try:
        found = answer(table, strategy, level=level)
    except CvmError as problem:
        return {**dict.fromkeys(NUMBERS, np.nan), "error": str(problem)}
    return {**{name: getattr(found, name) for name in NUMBERS}, "error": ""}


def _curve(rows: pd.DataFrame, level: float) -> SpecificationCurve:
    fine = rows["error"] == ""
    if not fine.any():
        wrong = _("No specification has an answer.")
        raise CvmError(
            wrong, given=rows["error"].iloc[0], remedy=_("Try one of them with answer().")
        )
    rows = rows.sort_values("estimate", kind="stable", ignore_index=True)
    rows.insert(0, "place", np.arange(1, len(rows) + 1))
    told = rows[rows["error"] == ""]
    estimate = told["estimate"]
    return SpecificationCurve(
        table=rows, specifications=len(rows), failed=int((~fine).sum()),
        median=float(estimate.median()), smallest=float(estimate.min()),
        largest=float(estimate.max()), positive=float((estimate > 0).mean()),
        significant=float((told["p_value"] < 1 - level).mean()), level=float(level),
    )  # fmt: skip


def _check(strategies: object, names: Sequence[str]) -> None:
    fine = isinstance(strategies, Mapping) and strategies
    if not fine or not all(
        isinstance(key, tuple) and len(key) == len(names)
        for key in strategies  # type: ignore[attr-defined]
    ):
        raise CvmError(
            _("Specifications are answer strategies, each under a word for every choice."),
            given=list(strategies)[:3] if isinstance(strategies, Mapping) else strategies,
            remedy=_("Make them with every_choice(), or name the choices with names=[...]."),
        )


def _sample(table: pd.DataFrame, name: str, query: str) -> pd.DataFrame:
    if not query:
        return table
    try:
        return table.query(query)
    except Exception as problem:
        wrong = _("The sample '{name}' cannot be taken: {why}.", name=name, why=problem)
        raise CvmError(wrong, given=query, remedy=_("Write it as pandas does: 'spend_before > 0'.")) from problem  # fmt: skip
