r"""The bias of those who do not answer, shown against the truth.

Of :math:`N` customers a share :math:`R` answers. The mean of those who do is off by

.. math:: \bar y_r - \bar y = (1 - R)(\bar y_r - \bar y_m)
   = \frac{\operatorname{cov}(\rho, y)}{\bar\rho},

:math:`\bar y_m` the mean of the others and :math:`\rho` the readiness to answer (Bethlehem
1988). Nobody sees :math:`\bar y_m` - except in a simulation. Weighting by categories removes
the part of the covariance that runs between them. What is left, satisfied customers of one
category answering more readily than others of it, no weight removes and no interval shows.

**The estimand** is the mean of all customers asked, :math:`\bar y`.

**What the naive answer gets wrong.** "We have 5,000 answers, so it is precise." It is
precisely wrong: the bias does not shrink with :math:`n`, the interval does.

References
----------
Bethlehem, J. G. (1988). Reduction of nonresponse bias through regression estimation. *Journal
of Official Statistics* 4(3), 251-260. At second hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cvm.errors import CvmError
from cvm.results import Result, number
from cvm.survey.measure.answers import column, numeric
from cvm.survey.measure.kinds import KINDS, recoded
from cvm.survey.measure.scores import Score, score
from cvm.survey.weighting.raked import raked_mean
from cvm.words import N_, _

__all__ = ["Nonresponse", "nonresponse"]


@dataclass(frozen=True, kw_only=True, repr=False)
class Nonresponse(Result):
    """Estimates from those who answered beside the truth of all who were asked.

    Parameters
    ----------
    name, unit : str
        What was measured, already translated, and its unit.
    truth : float
        Of all customers.
    response : float
        Share who answered.
    gap : float
        Those who answered less those who did not.
    bias : float
        Of the respondents as they are: ``(1 - response) * gap``.
    between : float
        The part of that bias that lies between categories: what weights can remove.
    estimates : DataFrame
        One row a method ("as they are", "raked", "raked and capped"): ``method``, ``value``,
        ``low``, ``high``, ``bias``, ``se``, ``covers`` (whether the interval holds the truth),
        ``effective_n``.
    n, asked : int
        Who answered, and who was asked.
    """

    name: str
    unit: str
    truth: float
    response: float
    gap: float
    bias: float
    between: float
    estimates: pd.DataFrame
    n: int
    asked: int

    def to_frame(self) -> pd.DataFrame:
        """Give one row a method."""
        return self.estimates.assign(truth=self.truth)

    def sentence(self) -> str:
        """Say the truth, the bias, and what weights leave of it."""
        raked = self.estimates[self.estimates["method"] == "raked"].iloc[0]
        return _(
            "{name}: {response} of {asked} answered. All: {truth}; respondents as they are: "
            "{naive} (bias {bias}); raked: {raked} (bias {left}).",
            name=self.name, response=number(self.response, "share"), asked=number(self.asked),
            truth=number(self.truth, self.unit),
            naive=number(self.truth + self.bias, self.unit),
            bias=number(self.bias, "points" if self.unit == "share" else ""),
            raked=number(float(raked["value"]), self.unit),
            left=number(float(raked["bias"]), "points" if self.unit == "share" else ""),
        )  # fmt: skip


def nonresponse(
    population: pd.DataFrame,
    scores: str,
    *,
    margins: Sequence[str],
    responds: str = "true_responds",
    measure: str = "mean",
    top: float | None = None,
    cap: float = 3.0,
    level: float = 0.95,
) -> Nonresponse:
    """Show what weighting heals of the bias of non-response, and what it does not.

    Parameters
    ----------
    population : DataFrame
        Everybody asked, with what each would have answered: from
        :func:`cvm.survey.simulate_survey` with ``everyone=True``.
    scores : str
        Column of answers (or of a true score); rows without one are left out.
    margins : sequence of str
        Columns of categories known of all customers; they are raked to everybody's.
    responds : str
        Column that tells who answers, True or False.
    measure, top, level
        As in :func:`cvm.survey.raked_mean`.
    cap : float
        Of the capped weights; above 1.

    Returns
    -------
    Nonresponse

    Raises
    ------
    CvmError
        For columns that are not there, if nobody or everybody answers, or a category
        nobody answers for.
    """
    values = recoded(numeric(column(population, scores), _("Scores")), measure, top)
    there = ~np.isnan(values)
    everybody, values = population.loc[there], values[there]
    answered = _answered(everybody, responds)
    known = {name: column(everybody, name).value_counts(normalize=True).to_dict()
             for name in margins}  # fmt: skip
    sample, kind = everybody.loc[answered], KINDS[measure]
    plain = score(sample[scores], measure=measure, top=top, level=level)
    found: list[tuple[str, Score]] = [("as they are", plain)]
    for method, limit in (("raked", None), ("raked and capped", cap)):
        found.append((method, raked_mean(sample, scores, known, measure=measure, top=top,
                                         cap=limit, level=level)))  # fmt: skip
    truth = float(values.mean()) * kind.factor
    return Nonresponse(
        name=_(kind.label), unit=kind.unit, truth=truth, response=float(answered.mean()),
        gap=float(values[answered].mean() - values[~answered].mean()) * kind.factor,
        bias=plain.value - truth,
        between=_between(everybody, values, answered, list(margins)) * kind.factor,
        estimates=pd.DataFrame([_row(method, one, truth) for method, one in found]),
        n=plain.n, asked=len(everybody),
    )  # fmt: skip


def _answered(everybody: pd.DataFrame, responds: str) -> NDArray[np.bool_]:
    who = column(everybody, responds)
    if not who.isin([True, False]).all():
        wrong = _("The column '{column}' must say who answers, as True and False.", column=responds)
        raise CvmError(wrong, given=who.unique().tolist()[:5])
    answered = who.to_numpy(dtype=bool)
    if answered.all() or answered.sum() < 2:
        raise CvmError(
            _("To see what non-response does, some must answer and some must not."),
            given={"asked": len(answered), "answered": int(answered.sum())},
            remedy=_("Take simulate_survey(..., everyone=True) with a response below 1."),
        )
    return answered


def _row(method: str, one: Score, truth: float) -> dict[str, object]:
    return {
        "method": method, "value": one.value, "low": one.low, "high": one.high,
        "bias": one.value - truth, "se": one.se, "covers": bool(one.low <= truth <= one.high),
        "effective_n": one.effective_n,
    }  # fmt: skip


def _between(
    everybody: pd.DataFrame, values: np.ndarray, answered: np.ndarray, margins: list[str]
) -> float:
    """Give the bias if within each cell those who answer were as all: covariance of means."""
    cells = pd.DataFrame({"y": values, "r": answered.astype(float)})
    keys = [everybody[name].to_numpy() for name in margins]
    if not keys:
        return 0.0
    means = cells.groupby(keys, dropna=False)[["y", "r"]].transform("mean")
    ready, level = means["r"].to_numpy(float), means["y"].to_numpy(float)
    return float(ready @ level / ready.sum() - values.mean())


# Methods are rows of a table that people see.
METHODS = [N_("as they are"), N_("raked"), N_("raked and capped")]
