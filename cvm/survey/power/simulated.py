r"""Power by simulation: make the waves, run the test, count.

Behind each answer lies a standard normal :math:`z = \sqrt{\rho^*}\,a_g + \sqrt{1-\rho^*}\,e`,
:math:`a_g` the cluster's, :math:`e` the person's; both carry over to the second wave with their
own correlations. A score is :math:`\sigma z + \delta` in the second wave; a share or a net
score cuts :math:`z` at the thresholds of its shares, before and after.

**The latent correlations** :math:`\rho^*` are larger than those of the cut answers. They are
solved for, from

.. math:: \operatorname{cov}(y, y') = \sum_{s,t} d_s d_t
   \bigl[\Phi_2(\tau_s, \tau_t; \rho^*) - \Phi(\tau_s)\Phi(\tau_t)\bigr],

:math:`d` the steps of the score at the thresholds, so that the answers have the intra-class
and panel correlations that the design names.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from cvm.errors import CvmError
from cvm.inputs import check_level
from cvm.luck import Luck
from cvm.results import Result, number
from cvm.survey.measure.change import change as compare
from cvm.survey.power.change import Power, check_change, power_of_change
from cvm.survey.power.design import Measure, SurveyDesign, measure_of
from cvm.survey.scales.binormal import binormal_cdf
from cvm.words import _

__all__ = ["SimulatedPower", "latent_correlation", "simulated_power"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, repr=False)
class SimulatedPower(Result):
    """How often simulated surveys saw a change.

    Parameters
    ----------
    power, mc_se : float
        Share of the surveys with a significant change, and its Monte Carlo standard error.
    formula : float
        What :func:`power_of_change` says.
    coverage : float
        Share of the intervals that hold the true change.
    wrong_sign : float
        Of the significant ones, those that point the wrong way.
    exaggeration : float
        Mean size of the significant changes over the true one; unknown if none was.
    change : float
        The true change.
    n, runs : int
        Answers a wave, and surveys simulated.
    estimates : DataFrame
        One row a survey: ``value``, ``low``, ``high``, ``p_value``.
    unit : str
        Of the change, as in :func:`cvm.results.number`.
    """

    power: float
    mc_se: float
    formula: float
    coverage: float
    wrong_sign: float
    exaggeration: float
    change: float
    n: int
    runs: int
    estimates: pd.DataFrame
    unit: str

    def sentence(self) -> str:
        """Say how often the change was seen, beside the formula."""
        return _(
            "Of {runs} simulated surveys {power} saw the change of {change} (Monte Carlo error "
            "{error}; by formula {formula}). Changes that were significant looked {times} times "
            "as large as the true one.",
            runs=number(self.runs), power=number(self.power, "share"),
            change=number(self.change, self.unit), error=number(self.mc_se, "points", digits=2),
            formula=number(self.formula, "share"), times=number(self.exaggeration, digits=2),
        )  # fmt: skip


def simulated_power(
    change: float,
    *,
    n: int,
    sd: float | None = None,
    share: float | None = None,
    promoters: float | None = None,
    detractors: float | None = None,
    design: SurveyDesign | None = None,
    runs: int = 400,
    level: float = 0.95,
    seed: int = 0,
) -> SimulatedPower:
    """Simulate pairs of waves and count how often the change is seen.

    Parameters
    ----------
    change, sd, share, promoters, detractors, design, level
        As in :func:`cvm.survey.power_of_change`.
    n : int
        Answers in each wave; with clusters a multiple of their size.
    runs : int
        Surveys simulated, 20 or more.
    seed : int
        The luck.

    Returns
    -------
    SimulatedPower

    Raises
    ------
    CvmError
        As in :func:`cvm.survey.power_of_change`; also where clusters are not whole.
    """
    check_level(level)
    measure = measure_of(sd=sd, share=share, promoters=promoters, detractors=detractors)
    design = design or SurveyDesign()
    check_change(measure, change, n, n)
    _check_runs(design, n, runs)
    formula = power_of_change(change, n=n, sd=sd, share=share, promoters=promoters,
                              detractors=detractors, design=design, level=level)  # fmt: skip
    waves = _Waves(measure, design, n, change)
    rng = Luck(seed).generator("simulated waves")
    rows = [waves.compared(rng, level) for _run in range(runs)]
    table = pd.DataFrame(rows, columns=["value", "low", "high", "p_value"])
    return _counted(table, change, formula, n, level)


def latent_correlation(measure: Measure, correlation: float) -> float:
    """Give the correlation of the normals behind two answers that correlate so much.

    Parameters
    ----------
    measure : Measure
        Of both answers; a score has nothing behind it but itself.
    correlation : float
        Of the answers, 0 or more.

    Returns
    -------
    float
        Between 0 and 1.
    """
    if measure.kind == "mean" or correlation == 0:
        return correlation
    cuts = ndtri(np.cumsum(measure.chances)[:-1])
    inside = np.isfinite(cuts)
    cuts, steps = cuts[inside], np.diff(measure.values)[inside]
    below = ndtr(cuts)

    def answers(rho: float) -> float:
        joint = binormal_cdf(cuts[:, None], cuts[None, :], rho) - np.outer(below, below)
        return float(steps @ joint @ steps) / measure.sd**2

    return float(brentq(lambda rho: answers(rho) - correlation, 0.0, 0.9999))


class _Waves:
    """Makes pairs of waves; what does not change from run to run is reckoned once."""

    def __init__(self, measure: Measure, design: SurveyDesign, n: int, change: float) -> None:
        self.n, self.design, self.change, self.measure = n, design, change, measure
        self.size = int(design.cluster_size)
        self.icc = latent_correlation(measure, design.icc if self.size > 1 else 0.0)
        whole = latent_correlation(measure, design.correlation)
        own = (whole - self.icc * design.lasting) / (1 - self.icc)
        self.own = float(np.clip(own, -1, 1))
        self.cuts = [ndtri(np.cumsum(m.chances)[:-1]) for m in (measure, measure.moved(change))]
        self.again = round(design.overlap * n)
        self.people = (
            np.arange(n),
            np.concatenate([np.arange(self.again), np.arange(n, 2 * n - self.again)]),
        )

    def compared(self, rng: np.random.Generator, level: float) -> tuple[float, ...]:
        before, after = self._latent(rng)
        if self.measure.kind == "mean":
            scores = before * self.measure.sd, after * self.measure.sd + self.change
        else:
            values = np.asarray(self.measure.values)
            first, second = self.cuts
            scores = values[np.searchsorted(first, before)], values[np.searchsorted(second, after)]
        found = compare(
            *scores, respondents=self.people if self.again else None, weights=self._weights(rng),
            clusters=self._clusters() if self.size > 1 else None, level=level,
        )  # fmt: skip
        return found.value, found.low, found.high, found.p_value

    def _latent(self, rng: np.random.Generator) -> tuple[Floats, Floats]:
        groups, design = self.n // self.size, self.design
        first, fresh = rng.standard_normal((2, groups))
        second = design.lasting * first + np.sqrt(1 - design.lasting**2) * fresh
        one, two = rng.standard_normal((2, self.n))
        two[: self.again] = (
            self.own * one[: self.again] + np.sqrt(1 - self.own**2) * two[: self.again]
        )
        share, rest = np.sqrt(self.icc), np.sqrt(1 - self.icc)
        before, after = (
            share * np.repeat(a, self.size) + rest * e for a, e in ((first, one), (second, two))
        )
        return before, after

    def _weights(self, rng: np.random.Generator) -> tuple[Floats, Floats] | None:
        if self.design.weights_effect == 1:
            return None
        # A person keeps the weight, and lognormal weights with this spread have Kish's effect.
        spread = np.sqrt(np.log(self.design.weights_effect))
        w = np.exp(spread * rng.standard_normal(2 * self.n - self.again))
        return w[self.people[0]], w[self.people[1]]

    def _clusters(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        owner = np.arange(self.n) // self.size
        # Clusters without a lasting effect are other ones in the second wave, but for a panel.
        apart = 0 if self.design.lasting or self.again else self.n
        return owner, owner + apart


def _counted(
    table: pd.DataFrame, change: float, formula: Power, n: int, level: float
) -> SimulatedPower:
    seen = table["p_value"] < 1 - level
    power, runs = float(seen.mean()), len(table)
    value = table.loc[seen, "value"]
    return SimulatedPower(
        power=power, mc_se=float(np.sqrt(power * (1 - power) / runs)), formula=formula.power,
        coverage=float(((table["low"] <= change) & (change <= table["high"])).mean()),
        wrong_sign=float((value * change < 0).mean()) if len(value) else float("nan"),
        exaggeration=float(value.abs().mean() / abs(change)) if len(value) else float("nan"),
        change=change, n=n, runs=runs, estimates=table,
        unit=formula.unit,
    )  # fmt: skip


def _check_runs(design: SurveyDesign, n: int, runs: int) -> None:
    if not isinstance(runs, int | np.integer) or runs < 20:
        wrong = _("A simulated power needs 20 runs or more.")
        raise CvmError(wrong, given=runs, remedy=_("Give for example runs=400."))
    if design.cluster_size != int(design.cluster_size) or n % int(design.cluster_size):
        raise CvmError(
            _("Simulated clusters are whole: n is a multiple of cluster_size."),
            given={"n": n, "cluster_size": design.cluster_size},
            remedy=_("Give for example n=400 with cluster_size=20."),
        )
