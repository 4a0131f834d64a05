r"""What the choice of interval does in small samples: coverage by method.

From a population whose answers have known shares, many samples of :math:`n` are drawn; each
method makes its interval in each; the share of intervals that hold the truth is the
method's *coverage*. A method that promises 95 % and covers 85 % tells three times as many
lies as it says.

The Monte Carlo error of a coverage :math:`c` from :math:`S` samples is
:math:`\sqrt{c(1-c)/S}`; it stands beside every number.

References
----------
Brown, L. D., Cai, T. T. & DasGupta, A. (2001). Interval estimation for a binomial
proportion. *Statistical Science* 16(2), 101-133.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import stdtrit
from scipy.stats import norm

from cvm.errors import CvmError
from cvm.inputs import check_level
from cvm.luck import Luck
from cvm.survey.measure.answers import check_draws, check_option, numeric
from cvm.survey.measure.intervals import net_interval, share_interval
from cvm.survey.measure.kinds import kind_of, recoded
from cvm.words import _

__all__ = ["interval_coverage"]

Floats = NDArray[np.float64]

#: Samples whose bootstrap is drawn at a time.
BLOCK = 200


def interval_coverage(
    shares: pd.Series,
    *,
    measure: str = "nps",
    top: float | None = None,
    n: int | Sequence[int] = 30,
    methods: Sequence[str] | None = None,
    level: float = 0.95,
    samples: int = 2000,
    resamples: int = 400,
    seed: int = 0,
) -> pd.DataFrame:
    """Count how often each kind of interval holds the truth.

    Parameters
    ----------
    shares : Series
        The population: the index holds the scores, the values their shares (or counts).
    measure : {"mean", "csat", "nps"}
        What is estimated.
    top : float, optional
        The lowest of the top boxes, for ``"csat"``.
    n : int or sequence of int
        Answers in a sample.
    methods : sequence of str, optional
        Intervals to compare; all that the measure has without it.
    level : float
        The confidence that the intervals promise.
    samples, resamples : int
        Samples drawn, and bootstrap resamples in each.
    seed : int
        The luck; all methods meet the same samples.

    Returns
    -------
    DataFrame
        One row a method and ``n``: ``method``, ``n``, ``truth``, ``coverage``, ``mc_se`` (its
        Monte Carlo standard error), ``missed_low`` and ``missed_high`` (intervals wholly
        below and above the truth), ``width`` (mean), ``level``.

    Raises
    ------
    CvmError
        For shares that are negative or all 0, unknown methods, or too few samples.
    """
    check_level(level)
    kind = kind_of(measure)
    chosen = list(kind.methods if methods is None else methods)
    for method in chosen:
        check_option(method, kind.methods, "methods")
    check_draws(samples)
    check_draws(resamples)
    values, chances = _population(shares, measure, top)
    truth = float(values @ chances)
    rows = []
    for size in [n] if isinstance(n, int | np.integer) else n:
        if size < 2:
            raise CvmError(_("A sample has two answers or more."), given=size)
        counts = Luck(seed).generator(f"samples of {size}").multinomial(size, chances, size=samples)
        for method in chosen:
            rng = Luck(seed).generator(f"bootstrap of {size}")
            low, high = _intervals(counts, values, measure, method, level, resamples, rng)
            rows.append(_row(method, int(size), truth, low, high, kind.factor))
    return pd.DataFrame(rows).assign(level=level)


def _population(shares: pd.Series, measure: str, top: float | None) -> tuple[Floats, Floats]:
    """Give the distinct recoded values and their chances."""
    given = shares if isinstance(shares, pd.Series) else pd.Series(shares)
    weight = numeric(given, _("Shares"))
    if not np.all(weight >= 0) or not weight.sum() > 0:
        raise CvmError(
            _("Shares of answers are 0 or more and not all 0."),
            given=given.to_dict(),
            remedy=_("Give for example pd.Series({10: 0.3, 8: 0.5, 4: 0.2})."),
        )
    scores = recoded(numeric(given.index.to_series(), _("Scores")), measure, top)
    values, place = np.unique(scores, return_inverse=True)
    chances = np.bincount(place, weight)
    return values, chances / chances.sum()


def _intervals(
    counts: NDArray[np.int64],
    values: Floats,
    measure: str,
    method: str,
    level: float,
    resamples: int,
    rng: np.random.Generator,
) -> tuple[Floats, Floats]:
    n = int(counts[0].sum())
    means = counts @ values / n
    z = float(norm.ppf((1 + level) / 2))
    if method == "bootstrap":
        return _bootstrap(counts, values, level, resamples, rng)
    if measure == "csat":
        return share_interval(means, n, critical=z, method=method)
    if measure == "nps":
        up, down = (counts[:, values == side].sum(axis=1) / n for side in (1, -1))
        return net_interval(up, down, n, critical=z, method=method)
    spread = np.sqrt(np.maximum(counts @ values**2 / n - means**2, 0) / (n - 1))
    reach = spread * (z if method == "normal" else float(stdtrit(n - 1, (1 + level) / 2)))
    return means - reach, means + reach


def _bootstrap(
    counts: NDArray[np.int64], values: Floats, level: float, resamples: int,
    rng: np.random.Generator,
) -> tuple[Floats, Floats]:  # fmt: skip
    """Make the percentile interval of each distinct sample once."""
    distinct, place = np.unique(counts, axis=0, return_inverse=True)
    n, ends = int(counts[0].sum()), []
    for start in range(0, len(distinct), BLOCK):
        chances = distinct[start : start + BLOCK] / n
        drawn = rng.multinomial(n, chances, size=(resamples, len(chances))) @ values / n
        ends.append(np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2], axis=0))
    low, high = np.concatenate(ends, axis=1)
    return low[place.ravel()], high[place.ravel()]


def _row(
    method: str, n: int, truth: float, low: Floats, high: Floats, factor: float
) -> dict[str, object]:
    # An end that is the truth itself holds it, whatever rounding does to the last bit.
    slack = 1e-9
    below, above = high < truth - slack, low > truth + slack
    covered = float(1 - np.mean(below | above))
    return {
        "method": method, "n": n, "truth": truth * factor, "coverage": covered,
        "mc_se": float(np.sqrt(covered * (1 - covered) / len(low))),
        "missed_low": float(below.mean()), "missed_high": float(above.mean()),
        "width": float(np.mean(high - low)) * factor,
    }  # fmt: skip
