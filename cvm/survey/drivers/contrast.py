r"""Penalty and reward: drivers that only hurt, and drivers that only please.

Where the answers to a driver are cut into bad, middle and good, the satisfaction

.. math:: y = c + \sum_k \bigl(p_k\,\text{bad}_k + r_k\,\text{good}_k\bigr) + e

loses the *penalty* :math:`p_k` where driver :math:`k` is bad and gains the *reward*
:math:`r_k` where it is good (Brandt 1987). A **basic** driver has the larger penalty, an
**exciting** one the larger reward, a **performance** driver both alike; the test is of
:math:`r_k + p_k = 0`.

The same by *slopes*: a line with a bend at the middle answer :math:`m_k`,

.. math:: y = c + \sum_k \bigl(b_k \min(x_k - m_k, 0) + a_k \max(x_k - m_k, 0)\bigr) + e,

with the penalty :math:`-b_k` for a point below and the reward :math:`a_k` for a point above.

**The estimand** is the asymmetry of the association, the other drivers held.

The same slopes in an **ordered** model (:mod:`cvm.survey.drivers.ordinal`), in log-odds.

**The estimand** is the asymmetry of the association, the other drivers held.

**What the naive answer gets wrong.** A ceiling looks like asymmetry. Where answers crowd at
the top of the scale, a pleased customer has no higher answer to give, so the reward is
cut off and a straight driver looks basic. With ``leniency=1`` in
:class:`~cvm.survey.drivers.simulate.DriverSurvey` (a mean of 7.3 on 10 points), no asymmetry,
2,000 respondents and a 5 % test, slopes call the straight network asymmetric in 4 samples of 10
and groups in a quarter of them, mostly basic. The ordered model, which takes no distance between answers
for granted, stays near the 5 % it promises. So look at the outcome first: where more than a
few per cent give the best answer, use ``method="ordered"``.

References
----------
Anderson, E. W. & Mittal, V. (2000). Strengthening the satisfaction-profit chain.
*Journal of Service Research* 3(2), 107-120 (at second hand).
Brandt, D. R. (1987). A procedure for identifying value-enhancing service components using
customer satisfaction survey data. In C. Surprenant (ed.), *Add Value to Your Service*.
American Marketing Association (at second hand).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from cvm.errors import CvmError, near_miss
from cvm.inputs import check_level
from cvm.results import Result, number
from cvm.survey.drivers.answers import Answers, check_rank, gather
from cvm.survey.drivers.regression import null_log_likelihood, scale_of
from cvm.words import N_, _

__all__ = ["PenaltyReward", "penalty_reward"]

Floats = NDArray[np.float64]

#: What a driver can turn out to be.
VERDICTS = (N_("basic"), N_("performance"), N_("exciting"), N_("not shown"))


@dataclass(frozen=True, kw_only=True, repr=False)
class PenaltyReward(Result):
    """Penalties and rewards of all drivers.

    Parameters
    ----------
    outcome : str
        The answer explained.
    method : str
        ``"slopes"``, ``"ordered"`` or ``"groups"``.
    table : DataFrame
        One row a driver: ``driver``, ``bad`` and ``good`` (answers up to and from here; for
        slopes both are the bend), ``penalty`` (below 0 where it hurts) with
        ``penalty_low``, ``penalty_high``, ``penalty_p``; ``reward`` likewise;
        ``asymmetry`` (reward plus penalty: below 0 for a basic driver) with
        ``asymmetry_low``, ``asymmetry_high``, ``asymmetry_p``; ``kind``: "basic" or
        "exciting" where the asymmetry is shown, else "performance" where the driver
        does anything, else "not shown".
    r2 : float
        Share of the answers' variance explained; McFadden's pseudo R² for "ordered".
    level : float
        Confidence level; kinds are told at 1 - level.
    n, dropped : int
        Respondents used, and rows dropped for an empty cell.
    """

    outcome: str
    method: str
    table: pd.DataFrame
    r2: float
    level: float
    n: int
    dropped: int

    def sentence(self) -> str:
        """Say which drivers are which."""
        parts = []
        for kind in VERDICTS:
            named = self.table.loc[self.table["kind"] == kind, "driver"]
            if len(named):
                parts.append(_("{kind}: {names}", kind=_(kind), names=", ".join(named)))
        return _("{outcome}: {parts} (tests at {alpha}; n = {n}).", outcome=self.outcome,
                 parts="; ".join(parts), alpha=number(1 - self.level, "share", digits=2),
                 n=number(self.n))  # fmt: skip

    def to_frame(self) -> pd.DataFrame:
        """Give one row a driver."""
        return self.table.copy()


def penalty_reward(
    table: pd.DataFrame,
    outcome: str,
    drivers: Sequence[str],
    *,
    method: str = "slopes",
    bad: float | None = None,
    good: float | None = None,
    weights: str | ArrayLike | None = None,
    level: float = 0.95,
) -> PenaltyReward:
    """Tell drivers that hurt when bad from drivers that please when good.

    Parameters
    ----------
    table : DataFrame
        One row a respondent.
    outcome : str
        The satisfaction, numbers.
    drivers : sequence of str
        Ratings, numbers.
    method : {"slopes", "ordered", "groups"}
        A bent line, in points of satisfaction for a point of the driver; the same in
        log-odds of a better answer; or Brandt's groups, in points of satisfaction for being
        in the group.
    bad, good : float, optional
        For groups: answers up to ``bad`` are bad, from ``good`` on good. Each driver's own
        lower and upper third without them. For the others: the bend, if both are the same; the
        driver's own median without them.
    weights : str or array_like, optional
        Case weights above zero; a column, or one a row.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    PenaltyReward
        Least squares with standard errors robust to unequal spread (HC1), or the ordered
        logit.

    Raises
    ------
    CvmError
        For columns, weights or methods that cannot be used, or a driver of which nobody
        gave a bad, a middle or a good answer.
    """
    check_level(level)
    if method not in ("slopes", "ordered", "groups"):
        wrong, known = _("There is no such contrast."), ("slopes", "ordered", "groups")
        raise CvmError(wrong, given=method, remedy=near_miss(method, known))
    answers = gather(table, outcome, drivers, weights=weights)
    x = answers.drivers.astype(float)
    check_rank(x)
    ends = np.array([_cut(x[name], bad, good, method, answers.weights) for name in x])
    columns = np.hstack([
        _halves(x[name].to_numpy(), low, high, method)
        for name, (low, high) in zip(x, ends, strict=True)
    ])  # fmt: skip
    params, covariance, r2 = (_ordered if method == "ordered" else _linear)(columns, answers)
    return PenaltyReward(
        outcome=outcome, method=method, r2=r2, level=level, n=answers.n, dropped=answers.dropped,
        table=_rows(params, covariance, list(x.columns), ends, level),
    )  # fmt: skip


def _linear(columns: Floats, answers: Answers) -> tuple[Floats, Floats, float]:
    import statsmodels.api as sm

    y = answers.outcome.to_numpy(dtype=float)
    fit = sm.WLS(y, sm.add_constant(columns), weights=answers.weights).fit(cov_type="HC1")
    return fit.params[1:], fit.cov_params()[1:, 1:], float(fit.rsquared)


def _ordered(columns: Floats, answers: Answers) -> tuple[Floats, Floats, float]:
    from cvm.survey.drivers.model import CumulativeModel  # statsmodels takes a second to load

    codes, _points = scale_of(answers.outcome)
    weights = answers.weights if answers.weighted else None
    fit = CumulativeModel(codes, columns, weights=weights).fit()
    k = columns.shape[1]
    null = null_log_likelihood(codes, answers.weights)
    return fit.params[:k], fit.cov_params()[:k, :k], float(1 - fit.llf / null)


def _cut(
    x: pd.Series, bad: float | None, good: float | None, method: str, weights: Floats
) -> tuple[float, float]:
    """Find where a driver's answers are cut."""
    given = x.to_numpy()
    if method != "groups":
        if bad != good:
            wrong = _("A bent line has one bend: bad= and good= must be the same.")
            raise CvmError(wrong, given=(bad, good), remedy=_("Or use method='groups'."))
        middle = _quantile(given, weights, 0.5) if bad is None else float(bad)
        low = high = middle
        parts = [given < low, given > high]
    else:
        low = _quantile(given, weights, 1 / 3) if bad is None else float(bad)
        high = _quantile(given, weights, 2 / 3) if good is None else float(good)
        if bad is None and good is None and not ((given > low) & (given < high)).any():
            # Few answers hold the thirds between them: the median is the middle one.
            middle = _quantile(given, weights, 0.5)
            low = given[given < middle].max(initial=-np.inf)
            high = given[given > middle].min(initial=np.inf)
        parts = [given <= low, (given > low) & (given < high), given >= high]
    if not all(part.any() for part in parts):
        raise CvmError(
            _("The driver '{driver}' lacks bad, middle or good answers.", driver=x.name),
            given=_("bad up to {low}, good from {high}", low=number(low), high=number(high)),
            remedy=_("Set bad= and good= inside the answers given, or leave the driver out."),
        )
    return low, high


def _quantile(x: Floats, weights: Floats, share: float) -> float:
    order = np.argsort(x, kind="stable")
    reached = np.cumsum(weights[order]) >= share * weights.sum() * (1 - 1e-12)
    return float(x[order][np.argmax(reached)])


def _halves(x: Floats, low: float, high: float, method: str) -> Floats:
    """Give the two columns of a driver: its bad side and its good side."""
    if method != "groups":
        # Written so that the penalty comes out below 0 where a worse answer hurts.
        return np.column_stack([np.maximum(low - x, 0), np.maximum(x - high, 0)])
    return np.column_stack([x <= low, x >= high]).astype(float)


def _rows(
    params: Floats, cov: Floats, names: list[str], ends: Floats, level: float
) -> pd.DataFrame:
    penalty, reward = params[::2], params[1::2]
    spread = np.diag(cov)
    both = spread[::2] + spread[1::2] + 2 * np.diag(cov, 1)[::2]
    rows: dict[str, Any] = {"driver": names, "bad": ends[:, 0], "good": ends[:, 1]}
    rows |= _tested("penalty", penalty, spread[::2], level)
    rows |= _tested("reward", reward, spread[1::2], level)
    rows |= _tested("asymmetry", penalty + reward, both, level)
    alpha = 1 - level
    bent = rows["asymmetry_p"] < alpha
    # Whether the driver does anything: the two tests share the risk.
    works = np.minimum(rows["penalty_p"], rows["reward_p"]) < alpha / 2
    kind = np.select(
        [bent & (penalty + reward < 0), bent, works], ["basic", "exciting", "performance"],
        default="not shown",
    )  # fmt: skip
    return pd.DataFrame(rows | {"kind": kind})


def _tested(name: str, value: Floats, variance: Floats, level: float) -> dict[str, Floats]:
    se = np.sqrt(variance)
    reach = stats.norm.ppf(0.5 + level / 2) * se
    return {
        name: value, f"{name}_low": value - reach, f"{name}_high": value + reach,
        f"{name}_p": 2 * stats.norm.sf(np.abs(value / se)),
    }  # fmt: skip
