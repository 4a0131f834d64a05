r"""Repair: whether a customer whose complaint was handled well is more loyal than before.

Customer :math:`i` has an attachment :math:`z_i` (standard normal, unseen). A failure
happens to a share of them by luck. Whoever met one complains with a probability that
rises with attachment,
:math:`\operatorname{logit} P = \operatorname{logit}(\text{voice}) + \text{attached\_speak}\cdot z_i`.
Complaints are answered in ``days`` and settled or not. Then

.. math::

   S_i &= \text{satisfaction} + \text{spread}\cdot(0.6\,z_i + 0.8\,e_i)
        - \text{loss}\cdot F_i + \text{recovery}_i \\
   \operatorname{logit} I_i &= \text{pull}\cdot(S_i - 70)/10 + 0.5\,z_i - \text{scar}\cdot F_i,

:math:`F` the failure, recovery as in :mod:`cvm.service.moments`. The ``scar`` is what a
failure teaches about the next one: it lowers the intention to come back however
satisfying the repair was.

**The estimands.** For customers whose complaint was settled: what the failure *and* its
repair together did to satisfaction, and to intention, against the same customers without
a failure. Positive means paradox.

**What the naive answer gets wrong.** It compares settled complaints with customers who
met no failure. Those who complain are the attached ones: they would have been happier and
more faithful anyway. At the defaults the naive gap in intention is a gain of 0.01, the effect is
a loss of 0.09 (:func:`paradox` gives both); in satisfaction a gain of 4.3 points is
really one of 0.7.

**Where it comes from.** De Matos, Henrique & Rossi (2007), a meta-analysis at second
hand: the paradox holds for satisfaction, not for repurchase intention. That attached
customers speak: Hirschman (1970). Sizes are for teaching.

References
----------
de Matos, C. A., Henrique, J. L. & Rossi, C. A. V. (2007). Service recovery paradox: a
meta-analysis. *Journal of Service Research* 10(1), 60-77.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit, logit

from cvm.errors import CvmError
from cvm.inputs import check_level, need_columns, numbers_in, whole_number
from cvm.levers import assumption, lever, needs_world
from cvm.luck import Luck, bernoulli
from cvm.results import Result, number
from cvm.service.moments import Service, recovery
from cvm.words import N_, _

__all__ = ["Paradox", "Recovery", "paradox", "recovery_groups", "simulate_recovery"]

Floats = NDArray[np.float64]


class Recovery(Service):
    """Failures, complaints and repairs, and how customers carry them on."""

    days: float = lever(
        1.0, low=0, high=40, unit=N_("working days"), meaning=N_("Time to answer a complaint")
    )
    failures: float = assumption(
        0.3, low=0.01, high=0.95, unit="share", meaning=N_("Customers who meet a failure")
    )
    satisfaction: float = assumption(
        72.0, low=30, high=90, unit=N_("points of satisfaction"),
        meaning=N_("Satisfaction of the average customer without a failure"),
    )  # fmt: skip
    spread: float = assumption(
        10.0, low=1, high=25, unit=N_("points of satisfaction"),
        meaning=N_("How much customers differ in satisfaction"),
    )  # fmt: skip
    attached_speak: float = assumption(
        0.8, low=0, high=3, unit=N_("log-odds"),
        meaning=N_("How much more readily attached customers complain"),
        source=N_("direction: Hirschman 1970; number: teaching"),
    )  # fmt: skip
    pull: float = assumption(
        0.6, low=0, high=3, unit=N_("log-odds"),
        meaning=N_("What ten points of satisfaction add to the intention to come back"),
    )  # fmt: skip
    scar: float = assumption(
        0.5, low=0, high=3, unit=N_("log-odds"),
        meaning=N_("What a failure takes from the intention whatever was repaired"),
        source=N_("direction: de Matos et al. 2007; number: teaching"),
    )  # fmt: skip


@needs_world
def simulate_recovery(world: Recovery, *, n: int, seed: int) -> pd.DataFrame:
    """Simulate customers with and without a failure, and how it was repaired.

    Parameters
    ----------
    world : Recovery
        Levers and assumptions.
    n : int
        Customers, 1 or more; a larger ``n`` keeps the first ones.
    seed : int
        The luck; the same customers under any levers.

    Returns
    -------
    DataFrame
        One row a customer: ``customer``, ``failed``, ``complained``, ``settled``,
        ``group`` ("no failure", "settled", "not settled", "silent"),
        ``satisfaction_before`` and ``satisfaction`` (0-100), ``intention`` (0-1),
        ``came_back``, and the truth: ``true_attachment``, ``true_satisfaction_effect``
        and ``true_intention_effect`` of all that happened to the customer.
    """
    n = whole_number(n, name="n")
    luck = Luck(seed)
    z, e = luck.normal("attachment", n), luck.normal("satisfaction", n)
    failed = bernoulli(luck.uniform("failure", n), world.failures)
    voice = expit(logit(np.clip(world.voice, 1e-6, 1 - 1e-6)) + world.attached_speak * z)
    complained = failed & bernoulli(luck.uniform("voice", n), voice)
    settled = complained & bernoulli(luck.uniform("settled", n), world.resolution)
    content = world.satisfaction + world.spread * (0.6 * z + 0.8 * e)
    repaired = recovery(np.full(n, world.days), settled, world)
    after = content - world.failure_loss * failed + repaired * complained
    now, without = (np.clip(s, 0, 100) for s in (after, content))
    intention = _intention(now, z, failed, world)
    plain = _intention(without, z, np.zeros(n, bool), world)
    group = np.select(
        [~failed, settled, complained], ["no failure", "settled", "not settled"], default="silent"
    )
    return pd.DataFrame(
        {
            "customer": np.arange(1, n + 1),
            "failed": failed,
            "complained": complained,
            "settled": settled,
            "group": group,
            "satisfaction_before": np.clip(without + 5 * luck.normal("before", n), 0, 100),
            "satisfaction": now,
            "intention": intention,
            "came_back": bernoulli(luck.uniform("deed", n), intention),
            "true_attachment": z,
            "true_satisfaction_effect": now - without,
            "true_intention_effect": intention - plain,
        }
    )


@dataclass(frozen=True, kw_only=True, repr=False)
class Paradox(Result):
    """Settled complaints against no failure.

    Parameters
    ----------
    outcome : str
        The column compared.
    naive, naive_low, naive_high : float
        Difference of means, and its interval.
    effect, low, high : float
        The same adjusted for the satisfaction before.
    truth : float
        By the known truth, unknown (nan) for observed tables and for other outcomes.
    level : float
        Confidence level.
    settled, without : int
        Customers compared.
    """

    outcome: str
    naive: float
    naive_low: float
    naive_high: float
    effect: float
    low: float
    high: float
    truth: float
    level: float
    settled: int
    without: int

    def sentence(self) -> str:
        """Say the naive gap and the adjusted one."""
        return _(
            "{outcome} after a settled complaint against no failure: naive {naive}, adjusted for "
            "the time before {effect} ({level} interval {low} to {high}).",
            outcome=self.outcome.replace("_", " "), naive=number(self.naive), effect=number(self.effect),
            level=number(self.level, "share", digits=2), low=number(self.low),
            high=number(self.high),
        )  # fmt: skip


def paradox(table: pd.DataFrame, *, outcome: str = "satisfaction", level: float = 0.95) -> Paradox:
    """Compare customers whose complaint was settled with those without a failure.

    Parameters
    ----------
    table : DataFrame
        With ``group``, ``satisfaction_before`` and the outcome.
    outcome : str
        ``"satisfaction"``, ``"intention"`` or ``"came_back"``.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    Paradox
        The adjustment is by least squares (HC1). It assumes that customers alike in the
        satisfaction before would have answered alike, which attachment breaks a little:
        satisfaction tells only part of it.
    """
    import statsmodels.api as sm  # takes a second to load

    need_columns(table, ("group", "satisfaction_before", outcome))
    check_level(level)
    both = table[table["group"].isin(["no failure", "settled"]).to_numpy(bool)]
    settled = (both["group"] == "settled").to_numpy(dtype=float)
    if settled.sum() < 2 or (1 - settled).sum() < 2:
        raise CvmError(
            _("Too few customers with a settled complaint, or without a failure, to compare."),
            given=table["group"].value_counts().to_dict(),
            remedy=_("Take a larger n, or a higher voice and resolution."),
        )
    y, before = numbers_in(both, [outcome, "satisfaction_before"]).T
    columns = np.column_stack([np.ones(len(y)), settled, before])
    if np.linalg.matrix_rank(columns) < columns.shape[1]:
        raise CvmError(
            _(
                "The satisfaction before is alike within each group, so nothing can be adjusted for."
            ),
            remedy=_("Give customers who differ in satisfaction_before."),
        )
    fits = [sm.OLS(y, columns[:, :used]).fit(cov_type="HC1") for used in (2, 3)]
    ends = [fit.conf_int(alpha=1 - level)[1] for fit in fits]
    known = f"true_{outcome}_effect"
    true = numbers_in(both, [known])[settled == 1, 0] if known in both else None
    return Paradox(
        outcome=outcome, naive=float(fits[0].params[1]), naive_low=float(ends[0][0]),
        naive_high=float(ends[0][1]), effect=float(fits[1].params[1]), low=float(ends[1][0]),
        high=float(ends[1][1]),
        truth=float("nan") if true is None else float(true.mean()),
        level=level, settled=int(settled.sum()), without=int((1 - settled).sum()),
    )  # fmt: skip


def recovery_groups(table: pd.DataFrame) -> pd.DataFrame:
    """Tabulate the four groups, ready to draw.

    Parameters
    ----------
    table : DataFrame
        From :func:`simulate_recovery`.

    Returns
    -------
    DataFrame
        Rows "no failure", "settled", "not settled", "silent": ``group``, ``customers``,
        ``satisfaction``, ``intention`` (means), ``came_back`` (share).
    """
    numbers_in(table, ["satisfaction", "intention", "came_back"])
    need_columns(table, ["group"])
    rows = []
    for name in ("no failure", "settled", "not settled", "silent"):
        # Four masks, a fifth of the time of a groupby: this runs at every move of a slider.
        mine = table.loc[table["group"] == name, ["satisfaction", "intention", "came_back"]]
        rows.append({"group": name, "customers": len(mine), **mine.mean().to_dict()})
    return pd.DataFrame(rows)


def _intention(content: Floats, z: Floats, failed: NDArray[np.bool_], world: Recovery) -> Floats:
    drive = world.pull * (content - 70) / 10 + 0.5 * z - world.scar * failed
    return np.asarray(expit(drive))


# Groups are shown in tables and figures.
GROUPS = [N_("no failure"), N_("settled"), N_("not settled"), N_("silent")]
