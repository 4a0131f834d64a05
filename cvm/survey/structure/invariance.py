r"""Invariance: whether a questionnaire measures the same in every segment.

Before segments (or waves, or languages) are compared, their members must read the items
alike. Three models, each stricter than the one before (Meredith 1993):

* *configural*: the same items belong to the same constructs,
* *metric*: the loadings are equal, so that relations between constructs may be compared,
* *scalar*: the intercepts too, so that the constructs' means may be compared.

The estimand of the last is the difference of a construct's mean from the first group.

**What the naive answer gets wrong.** It compares averages of answers. If one segment uses the
scale more cautiously, or hears another question in an item, the averages differ where
satisfaction does not.

**When a step holds.** Chi-square calls any difference significant if there are answers
enough; so a step counts as held if CFI falls by no more than 0.01 (Cheung & Rensvold 2002).
The chi-square test stands beside it.

References
----------
Cheung, G. W. & Rensvold, R. B. (2002). Evaluating goodness-of-fit indexes for testing
measurement invariance. *Structural Equation Modeling* 9(2), 233-255.
Meredith, W. (1993). Measurement invariance, factor analysis and factorial invariance.
*Psychometrika* 58(4), 525-543.
Satorra, A. & Bentler, P. M. (2001). A scaled difference chi-square test statistic for moment
structure analysis. *Psychometrika* 66(4), 507-514.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import chdtrc

from cvm.errors import CvmError
from cvm.inputs import check_level, need_columns
from cvm.results import Result, number
from cvm.survey.structure.covariance import CovarianceModel, report
from cvm.survey.structure.door import Answers, Weights, complete
from cvm.survey.structure.specification import Solved, Spec, checked_blocks, grouped, solve
from cvm.words import N_, _

__all__ = ["Invariance", "invariance"]

#: The steps, and which kinds of cells are equal in each.
STEPS: dict[str, tuple[str, ...]] = {
    N_("configural"): (), N_("metric"): ("loading",), N_("scalar"): ("loading", "intercept"),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True, repr=False)
class Invariance(Result):
    """Tests of invariance.

    Parameters
    ----------
    by : str
        The column that splits the groups.
    groups : tuple
        Their names, in order; the first is what the others are compared with.
    steps : DataFrame
        Rows "configural", "metric", "scalar": ``step``, ``chi2``, ``df``, ``p_value``,
        ``cfi``, ``rmsea``, ``srmr``, and against the step before ``chi2_change``,
        ``df_change``, ``p_change``, ``cfi_change``, and ``holds``.
    means : DataFrame
        From the scalar model: ``group``, ``construct``, ``difference`` from the first group in
        units of the construct's first item, ``low``, ``high``, and ``in_sd`` of the first group.
    items : DataFrame
        Where the scalar model fails: ``group``, ``item``, ``gap`` of the observed mean from
        the model's, in standard deviations; largest first.
    models : dict of str to CovarianceModel
        The three models.
    tolerance : float
        How far CFI may fall.
    n, dropped : int
        Complete answers used, and rows left out.
    level : float
        Of the intervals.
    notes : tuple of str
        What is improper about one of the three solutions.
    """

    by: str
    groups: tuple[object, ...]
    steps: pd.DataFrame
    means: pd.DataFrame
    items: pd.DataFrame
    models: dict[str, CovarianceModel]
    tolerance: float
    n: int
    dropped: int
    level: float
    notes: tuple[str, ...]

    @property
    def reached(self) -> str:
        """The strictest step that holds, "" if not even the first does."""
        held = self.steps["holds"].cummin()
        return str(self.steps["step"][held].iloc[-1]) if held.any() else ""

    def sentence(self) -> str:
        """Say how far the groups may be compared."""
        allowed = {
            "": N_("Between the groups of {by} not even the same constructs fit: compare nothing."),
            "configural": N_("Between the groups of {by} the same constructs fit, but the items "
                             "weigh differently: compare neither paths nor means."),
            "metric": N_("Between the groups of {by} the items weigh alike, so paths may be "
                         "compared; but some are answered higher or lower at the same opinion, so "
                         "means may not."),
            "scalar": N_("Between the groups of {by} the items measure alike: paths and means may "
                         "be compared."),
        }  # fmt: skip
        text = _(allowed[self.reached], by=self.by)
        changes = [
            _("{step}: CFI {cfi}", step=_(step), cfi=number(model.fit.cfi))
            for step, model in self.models.items()
        ]
        text += " (" + "; ".join(changes) + ")"
        if self.reached == "metric":
            worst = self.items.iloc[0]
            text += " " + _(
                "Furthest off: {item} in group {group} ({gap} standard deviations).",
                item=worst["item"], group=worst["group"], gap=number(worst["gap"], digits=2),
            )  # fmt: skip
        return " ".join([text, *self.notes])

    def to_frame(self) -> pd.DataFrame:
        """Give the steps."""
        return self.steps


def invariance(
    table: pd.DataFrame,
    blocks: Mapping[str, Sequence[str]],
    *,
    by: str,
    weights: Weights = None,
    robust: bool = False,
    tolerance: float = 0.01,
    level: float = 0.95,
) -> Invariance:
    """Test whether a questionnaire measures alike in several groups.

    Parameters
    ----------
    table : DataFrame
        One row a respondent, a numeric column an item; a missing answer or group drops the row.
    blocks : mapping of str to sequence of str
        The items of each construct; the first sets the unit, so take one that you trust to mean
        the same everywhere.
    by : str
        The column that splits the groups; two or more values.
    weights, robust, level
        As in :func:`~cvm.survey.structure.covariance.cfa`.
    tolerance : float
        How far CFI may fall from step to step, 0 to 1; the first step must reach a CFI of 0.9.

    Returns
    -------
    Invariance

    Raises
    ------
    CvmError
        For bad blocks, answers or weights, fewer than two groups, or a group with no more
        complete answers than items.
    """
    check_level(level)
    if not 0 <= tolerance < 1:
        wrong = _("The tolerance is how far CFI may fall: from 0, below 1.")
        raise CvmError(wrong, given=tolerance, remedy=_("Give for example tolerance=0.01."))
    blocks = checked_blocks(blocks)
    columns = tuple(item for items in blocks.values() for item in items)
    answers = complete(table, columns, weights=weights)
    answers, codes, names = _split(table, answers, by)
    _check_sizes(codes, names, len(columns))
    robust = robust or answers.weighted
    groups = grouped(answers, codes)
    solved = {
        step: solve(
            Spec(blocks=blocks, paths={}, groups=names, equal=equal, means=True),
            groups, robust=robust,
        )
        for step, equal in STEPS.items()
    }  # fmt: skip
    models = {s: report(m, answers, robust=robust, level=level) for s, m in solved.items()}
    return Invariance(
        by=by, groups=names, steps=_steps(solved, tolerance), means=_means(models["scalar"]),
        items=_gaps(solved["scalar"]), models=models, tolerance=tolerance, n=answers.n,
        dropped=answers.dropped, level=level,
        notes=tuple(dict.fromkeys(note for m in models.values() for note in m.notes)),
    )  # fmt: skip


def _split(
    table: pd.DataFrame, answers: Answers, by: str
) -> tuple[Answers, NDArray[np.intp], tuple[object, ...]]:
    """Give the group of each complete answer; rows without a group are dropped as well."""
    need_columns(table, [by])
    column = table[by].reset_index(drop=True)
    known = column.notna().to_numpy()
    inside = known[answers.kept]
    weights = answers.weights[inside]
    kept = Answers(
        x=answers.x[inside], weights=weights / weights.mean(),
        kept=answers.kept & known, weighted=answers.weighted,
    )  # fmt: skip
    codes, names = pd.factorize(column[kept.kept], sort=True)
    return kept, np.asarray(codes, dtype=np.intp), tuple(names.tolist())


def _check_sizes(codes: NDArray[np.intp], names: tuple[object, ...], items: int) -> None:
    if len(names) < 2:
        wrong = _("To compare groups there must be two of them at least.")
        raise CvmError(wrong, given=list(names), remedy=_("Choose another column for by=."))
    sizes = dict(zip(names, np.bincount(codes).tolist(), strict=True))
    if min(sizes.values()) <= items:
        wrong = _("A group has no more complete answers than there are items.")
        raise CvmError(wrong, given=sizes, remedy=_("Join small groups, or leave them out."))


def _steps(solved: Mapping[str, Solved], tolerance: float) -> pd.DataFrame:
    rows: list[dict[str, object]] = []
    before: Solved | None = None
    for step, model in solved.items():
        f = model.fit
        row: dict[str, object] = {
            "step": step, "chi2": f.chi2, "df": f.df, "p_value": f.p_value, "cfi": f.cfi,
            "rmsea": f.rmsea, "srmr": f.srmr, "chi2_change": np.nan, "df_change": np.nan,
            "p_change": np.nan, "cfi_change": np.nan, "holds": f.cfi >= 0.9,
        }  # fmt: skip
        if before is not None:
            fall = f.cfi - before.fit.cfi
            row |= {"cfi_change": fall, "holds": fall >= -tolerance} | _change(model, before)
        rows.append(row)
        before = model
    return pd.DataFrame(rows)


def _change(strict: Solved, loose: Solved) -> dict[str, object]:
    """Test the difference of two chi-squares, scaled where they are (Satorra & Bentler 2001)."""
    a, b = strict.fit, loose.fit
    df = a.df - b.df
    if not df:  # single items alone leave nothing to set equal
        return {"chi2_change": 0.0, "df_change": 0, "p_change": np.nan}
    factor = (a.df * a.factor - b.df * b.factor) / df
    change = (strict.fitted.chi2 - loose.fitted.chi2) / factor if factor > 0 else np.nan
    return {"chi2_change": change, "df_change": df, "p_change": float(chdtrc(df, change))}


def _means(scalar: CovarianceModel) -> pd.DataFrame:
    table = scalar.parameters
    means = table[(table["kind"] == "mean") & table["se"].notna()]
    first = table[(table["kind"] == "variance") & (table["group"] == table["group"].iloc[0])]
    with np.errstate(invalid="ignore"):
        sd = np.sqrt(first.set_index("left")["value"])
    return pd.DataFrame(
        {
            "group": means["group"], "construct": means["left"], "difference": means["value"],
            "low": means["low"], "high": means["high"],
            "in_sd": means["value"] / means["left"].map(sd),
        }
    ).reset_index(drop=True)  # fmt: skip


def _gaps(scalar: Solved) -> pd.DataFrame:
    rows = []
    for g, (name, group) in enumerate(zip(scalar.spec.groups, scalar.groups, strict=True)):
        gaps = (group.mean - scalar.at(g).mu) / np.sqrt(np.diagonal(group.covariance))
        rows += [(name, item, gap) for item, gap in zip(scalar.spec.items, gaps, strict=True)]
    table = pd.DataFrame(rows, columns=["group", "item", "gap"])
    return table.sort_values("gap", key=abs, ascending=False, ignore_index=True)
