r"""Diagnosis: what a design would find, if it were run again and again where the truth is known.

Each replicate draws a table from the design's world, answers it as planned and as the naive
analyst would, and does both again, with the same luck, in the world where the claim is false.
With :math:`\theta` the truth, :math:`\hat\theta_r` an estimate and :math:`R` replicates:

=================  ============================================================  ==============
measure            what it is                                                    Monte Carlo error
=================  ============================================================  ==============
bias               :math:`\bar{\hat\theta} - \theta`                             :math:`s/\sqrt R`
spread             standard deviation :math:`s` of the estimates                 :math:`s/\sqrt{2(R-1)}`
error_ratio        mean standard error over :math:`s`: below 1, too sure         delta method
coverage           share of intervals that hold :math:`\theta`                   :math:`\sqrt{p(1-p)/R}`
power              share that calls the hypothesis supported                     the same
type_s             of those that are significant, share with the wrong sign      the same
type_m             of those, mean of :math:`|\hat\theta| / |\theta|`             :math:`s/\sqrt R`
false_positives    share that finds a change (or, for "no effect", calls it      the same
                   supported) where the claim is false
failed             share of replicates without an answer                         the same
=================  ============================================================  ==============

A share of 0 or 1 has a Monte Carlo error of 0 by that formula and is not certain for it: its
interval here is Wilson's. Type S and M errors: Gelman & Carlin (2014), at second hand.

References
----------
Gelman, A. & Carlin, J. (2014). Beyond power calculations: assessing type S (sign) and type M
(magnitude) errors. *Perspectives on Psychological Science* 9(6), 641-651.
Morris, T. P., White, I. R. & Crowther, M. J. (2019). Using simulation studies to evaluate
statistical methods. *Statistics in Medicine* 38(11), 2074-2102. At second hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri

from cvm.errors import CvmError
from cvm.inputs import whole_number
from cvm.luck import Luck
from cvm.research.study.answers import answer
from cvm.research.study.design import Design
from cvm.research.study.hypothesis import DECISIONS
from cvm.results import Result, number
from cvm.words import N_, _

__all__ = ["MEASURES", "Diagnosis", "diagnose", "replicate"]

Floats = NDArray[np.float64]

#: What a diagnosis measures.
MEASURES = (
    N_("bias"), N_("spread"), N_("error_ratio"), N_("coverage"), N_("power"), N_("type_s"),
    N_("type_m"), N_("false_positives"), N_("failed"),
)  # fmt: skip
#: The two analyses, and the two worlds.
PLANNED, NAIVE = N_("planned"), N_("naive")
TRUE, FALSE = N_("as believed"), N_("claim false")
NUMBERS = ("estimate", "se", "low", "high", "p_value", "p_equivalence")


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Diagnosis(Result):
    """What a design would find.

    Parameters
    ----------
    design : Design
        The design.
    truth : float
        The true answer in its world.
    replicates : int
        How many studies were simulated.
    table : DataFrame
        One row an analysis and measure: ``analysis`` ("planned", "naive"), ``measure`` (one of
        :data:`MEASURES`), ``value``, ``mcse`` (its Monte Carlo error), ``low``, ``high`` (95 %
        Monte Carlo interval), ``studies`` (behind it).
    studies : DataFrame
        From :func:`replicate`.
    """

    design: Design = field(repr=False)
    truth: float
    replicates: int
    table: pd.DataFrame = field(repr=False)
    studies: pd.DataFrame = field(repr=False)

    def to_frame(self) -> pd.DataFrame:
        """Give one row an analysis and measure."""
        return self.table.copy()

    def value(self, measure: str, *, analysis: str = "planned") -> float:
        """Look one measure up.

        Parameters
        ----------
        measure : str
            One of :data:`MEASURES`.
        analysis : {"planned", "naive"}
            Whose.
        """
        rows = self.table.query("measure == @measure and analysis == @analysis")
        if rows.empty:
            wrong = _("The diagnosis has no measure '{measure}' of the analysis '{analysis}'.",
                      measure=measure, analysis=analysis)  # fmt: skip
            raise CvmError(wrong, remedy=_("Measures: {names}.", names=", ".join(MEASURES)))
        return float(rows["value"].iloc[0])

    def decisions(self) -> pd.DataFrame:
        """Count what each analysis would have concluded in each world.

        Returns
        -------
        DataFrame
            ``world`` ("as believed", "claim false"), ``analysis``, ``decision``, ``share``.
        """
        told = self.studies[self.studies["error"] == ""]
        rows = [
            {"world": world, "analysis": analysis, "decision": one,
             "share": float((studies["decision"] == one).mean())}
            for (world, analysis), studies in told.groupby(["world", "analysis"], sort=False)
            for one in DECISIONS
        ]  # fmt: skip
        return pd.DataFrame(rows)

    def sentence(self) -> str:
        """Say what the planned analysis would find, and what the naive one."""
        unit, parts = self.design.hypothesis.unit, []
        for analysis in self.table["analysis"].unique():
            at = {m: self.value(m, analysis=analysis) for m in MEASURES}
            parts.append(_(
                "The {analysis} analysis is off by {bias} on average, its {level} intervals hold the "
                "truth in {coverage} of studies, it supports the hypothesis in {power} and finds "
                "what is not there in {false}.",
                analysis=_(analysis), bias=number(at["bias"], unit), coverage=number(at["coverage"], "share"),
                power=number(at["power"], "share"), false=number(at["false_positives"], "share"),
                level=number(self.design.level, "share", digits=2),
            ))  # fmt: skip
        opening = _("In {studies} simulated studies with n = {n} and a true effect of {truth}:",
                    studies=number(self.replicates), n=number(self.design.n),
                    truth=number(self.truth, unit))  # fmt: skip
        return " ".join([opening, *parts])


def replicate(design: Design, *, replicates: int, seed: int | None = None) -> pd.DataFrame:
    """Run a design again and again in the simulated market.

    Parameters
    ----------
    design : Design
        What is run.
    replicates : int
        How many studies; more of them keep the first ones.
    seed : int, optional
        The luck; the design's own without it.

    Returns
    -------
    DataFrame
        One row a study, world and analysis: ``study`` (from 0), ``world``, ``analysis``,
        ``truth``, ``estimate``, ``se``, ``low``, ``high``, ``p_value``, ``p_equivalence``,
        ``decision``, ``error`` (why there is no answer; empty where there is one).
    """
    whole_number(replicates, name="replicates")
    if not isinstance(design, Design):
        wrong = _("What is diagnosed is a design.")
        remedy = _("Make a Design, or take one by example('launch-changes').")
        raise CvmError(wrong, given=design, remedy=remedy)
    luck = Luck(design.seed if seed is None else seed)
    seeds = luck.generator("replicates").integers(2**31, size=replicates)
    cases = {TRUE: design, FALSE: design.without_effect()}
    truths = {world: case.truth for world, case in cases.items()}
    rows = [
        row | {"truth": truths[row["world"]]}
        for study, one in enumerate(seeds)
        for row in _study(cases, study, int(one))
    ]
    order = ["study", "world", "analysis", "truth", *NUMBERS, "decision", "error"]
    return pd.DataFrame(rows)[order]


def _study(cases: dict[str, Design], study: int, seed: int) -> list[dict[str, Any]]:
    rows = []
    for world, design in cases.items():
        table = design.draw(seed=seed)
        for analysis, strategy in ((PLANNED, design.answer), (NAIVE, design.naive)):
            if strategy is None:
                continue
            row: dict[str, Any] = {"study": study, "world": world, "analysis": analysis}
            row |= {"decision": "", "error": "", **dict.fromkeys(NUMBERS, np.nan)}
            try:
                found = answer(table, strategy, hypothesis=design.hypothesis, level=design.level)
                row |= {name: getattr(found, name) for name in (*NUMBERS, "decision")}
            except CvmError as problem:
                # A missing column is a fault of the design, not of one unlucky table.
                if any(c not in table.columns for c in strategy.needs()):
                    raise
                row["error"] = str(problem)
            rows.append(row)
    return rows


def diagnose(design: Design, *, replicates: int = 200, seed: int | None = None) -> Diagnosis:
    """Measure what a design would find.

    Parameters
    ----------
    design : Design
        What is diagnosed.
    replicates : int
        Simulated studies, 2 or more; the Monte Carlo errors say whether they are enough.
    seed : int, optional
        The luck; the design's own without it.

    Returns
    -------
    Diagnosis
    """
    whole_number(replicates, name="replicates", least=2)
    studies = replicate(design, replicates=replicates, seed=seed)
    parts = [
        measured(rows, equivalence=design.hypothesis.direction == "does not change",
                 alpha=1 - design.level).assign(analysis=analysis)
        for analysis, rows in studies.groupby("analysis", sort=False)
    ]  # fmt: skip
    table = pd.concat(parts, ignore_index=True)
    table.insert(0, "analysis", table.pop("analysis"))
    return Diagnosis(design=design, truth=design.truth, replicates=replicates, table=table,
                     studies=studies)  # fmt: skip


def measured(studies: pd.DataFrame, *, equivalence: bool, alpha: float) -> pd.DataFrame:
    """Turn the studies of one analysis into measures; the table of a diagnosis less ``analysis``."""
    told = studies[studies["error"] == ""]
    real, none = (told[told["world"] == world] for world in (TRUE, FALSE))
    truth = real["truth"].to_numpy()
    estimate, se = real["estimate"].to_numpy(), real["se"].to_numpy()
    found = real["p_value"].to_numpy() < alpha
    holds = (real["low"].to_numpy() <= truth) & (truth <= real["high"].to_numpy())
    wrong = none["decision"] == DECISIONS[0] if equivalence else none["p_value"] < alpha
    signed = found & (truth != 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.abs(estimate / truth)[signed]
    rows = {
        "bias": _mean(estimate - truth),
        "spread": _spread(estimate),
        "error_ratio": _ratio(se, estimate),
        "coverage": _share(holds),
        "power": _share(real["decision"].to_numpy() == DECISIONS[0]),
        "type_s": _share((np.sign(estimate) != np.sign(truth))[signed]),
        "type_m": _mean(ratio),
        "false_positives": _share(wrong.to_numpy()),
        "failed": _share(studies["error"].to_numpy() != ""),
    }
    columns = ["value", "mcse", "low", "high", "studies"]
    return pd.DataFrame(rows.values(), columns=columns).assign(measure=list(rows))[
        ["measure", *columns]
    ]


_Row = tuple[float, float, float, float, int]
_Z = float(ndtri(0.975))


def _about(value: float, mcse: float, n: int) -> _Row:
    return value, mcse, value - _Z * mcse, value + _Z * mcse, n


def _mean(x: Floats) -> _Row:
    if len(x) < 2:
        return (float(x[0]) if len(x) else np.nan), np.nan, np.nan, np.nan, len(x)
    return _about(float(x.mean()), float(x.std(ddof=1) / np.sqrt(len(x))), len(x))


def _spread(x: Floats) -> _Row:
    if len(x) < 2:
        return np.nan, np.nan, np.nan, np.nan, len(x)
    s = float(x.std(ddof=1))
    return _about(s, s / np.sqrt(2 * (len(x) - 1)), len(x))


def _ratio(se: Floats, estimate: Floats) -> _Row:
    if len(se) < 2:
        return np.nan, np.nan, np.nan, np.nan, len(se)
    n, s = len(se), float(estimate.std(ddof=1))
    value = float(se.mean()) / s
    of_mean = float(se.std(ddof=1)) / float(se.mean()) / np.sqrt(n)
    return _about(value, value * float(np.hypot(of_mean, 1 / np.sqrt(2 * (n - 1)))), n)


def _share(hits: Sequence[bool] | NDArray[np.bool_]) -> _Row:
    n = len(hits)
    if not n:
        return np.nan, np.nan, np.nan, np.nan, 0
    from statsmodels.stats.proportion import proportion_confint  # takes a second to load

    p = float(np.mean(hits))
    low, high = proportion_confint(np.sum(hits), n, alpha=0.05, method="wilson")
    return p, float(np.sqrt(p * (1 - p) / n)), float(low), float(high), n
