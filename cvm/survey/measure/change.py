r"""Change between two waves, and difference between segments.

Two weighted means share some of their sampling units: the people of a panel, or the
dealers whose customers were asked in both waves. With :math:`u_a, u_b` what each unit adds to
either mean (:mod:`cvm.survey.measure.answers`),

.. math:: \widehat V(\bar y_b - \bar y_a) = \widehat V(\bar y_a) + \widehat V(\bar y_b)
   - 2\,\frac{m}{m-1} \sum_{\text{in both}} (u_a - \tilde u_a)(u_b - \tilde u_b),

:math:`m` units in both, :math:`\tilde u` their means. Without overlap this is Welch's test,
with full overlap the paired t test, to the last digit. The degrees of freedom lie between
the two in the same way (Derrick et al. 2017),

.. math:: \nu = (m - 1) + \frac{\gamma - m + 1}{n_a + n_b + 2m}\,(n_a + n_b),

:math:`\gamma` Welch's, :math:`n_a, n_b` the units that are in one wave only.

**The estimand** is the difference of the two population means. **Assumption:** who stays in
the panel stays at random.

**What the naive answer gets wrong.** Two waves of 200 with half of the people in both, whose
answers correlate at 0.6: reading them as independent makes the standard error 20 % too
large, so a change is overlooked. Reading 400 answers of 20 dealers as independent errs the
other way.

References
----------
Derrick, B., Russ, B., Toher, D. & White, P. (2017). Test statistics for the comparison of
means for two samples that include both paired and independent observations. *Journal of
Modern Applied Statistical Methods* 16(1), 137-157. At second hand.
Kish, L. (1965). *Survey Sampling*. Wiley. Section 12.4 on overlap.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtr, stdtrit

from cvm.errors import CvmError
from cvm.inputs import check_level
from cvm.luck import Luck
from cvm.results import Estimate, number, p_words
from cvm.survey.measure.answers import (
    Answers,
    Spread,
    check_draws,
    check_option,
    column,
    numeric,
    spread_of,
    usable,
)
from cvm.survey.measure.kinds import INTERVALS, KINDS, recoded
from cvm.survey.measure.replicates import percentile, resampled_sums
from cvm.survey.measure.scores import score
from cvm.words import N_, _

__all__ = ["Change", "change", "difference", "track"]

Floats = NDArray[np.float64]
Pair = tuple[ArrayLike, ArrayLike]


@dataclass(frozen=True, kw_only=True, repr=False)
class Change(Estimate):
    """What changed from one wave to another.

    Parameters
    ----------
    before, after : float
        The two scores.
    se, df, p_value : float
        Standard error, degrees of freedom and two-sided p value of no change.
    n_before, n_after, overlap : int
        Answers in either wave, and respondents in both (0 where nobody could be matched).
    correlation : float
        Between the two contributions of units in both waves; unknown without.
    dropped : int
        Rows without an answer, in both waves together.
    """

    before: float
    after: float
    se: float
    df: float
    p_value: float
    n_before: int
    n_after: int
    overlap: int
    correlation: float
    dropped: int

    def sentence(self) -> str:
        """Say the change with its interval and whether chance could have made it."""
        panel = ""
        if self.overlap:
            panel = _("; {n} asked both times", n=number(self.overlap))
        return _(
            "{name}: from {before} to {after}, a change of {value} ({level} interval {low} to "
            "{high}; {p}; n = {first} and {second}{panel}).",
            name=self.name, before=number(self.before, self.unit),
            after=number(self.after, self.unit), value=_signed(self.value, self.unit),
            level=number(self.level, "share", digits=2), low=_signed(self.low, self.unit),
            high=_signed(self.high, self.unit), p=p_words(self.p_value),
            first=number(self.n_before), second=number(self.n_after), panel=panel,
        )  # fmt: skip


def change(
    before: ArrayLike,
    after: ArrayLike,
    *,
    measure: str = "mean",
    top: float | None = None,
    respondents: Pair | None = None,
    weights: Pair | None = None,
    clusters: Pair | None = None,
    method: str = "t",
    level: float = 0.95,
    resamples: int = 1000,
    seed: int = 0,
) -> Change:
    """Compare two waves, whoever was asked in both.

    Parameters
    ----------
    before, after : array_like
        Scores of the first and of the second wave.
    measure : {"mean", "csat", "nps"}
        What is compared.
    top : float, optional
        The lowest of the top boxes, for ``"csat"``.
    respondents : pair of array_like, optional
        Who answered, before and after. Who is in both is matched; without it the waves
        are taken for independent.
    weights : pair of array_like, optional
        Weights before and after.
    clusters : pair of array_like, optional
        Clusters before and after; a cluster of one name is the same one. They are then
        the units, and ``respondents`` only counts who was asked twice.
    method : {"t", "bootstrap"}
        The interval. The bootstrap draws units of the first wave only, of both and of
        the second only each among themselves.
    level : float
        Confidence level.
    resamples, seed : int
        Of the bootstrap.

    Returns
    -------
    Change
        After less before.

    Raises
    ------
    CvmError
        For unusable input, or a respondent twice in one wave.
    """
    check_level(level)
    check_option(method, ("t", "bootstrap"), "method")
    waves = [
        _wave(scores, measure, top, _side(weights, i, "weights"), _side(clusters, i, "clusters"))
        for i, scores in enumerate((before, after))
    ]
    people = [_people(respondents, i, wave) for i, wave in enumerate(waves)]
    overlap = len(np.intersect1d(people[0], people[1]))
    if clusters is None:
        units = people if respondents is not None else [np.arange(w.n) for w in waves]
        shared = respondents is not None
    else:
        units, shared = [np.asarray(w.labels) for w in waves], True
    found = difference(waves[0], waves[1], units=(units[0], units[1]) if shared else None)
    interval = None
    if method == "bootstrap":
        check_draws(resamples)
        drawn = _resampled(waves, units if shared else None, resamples, seed)
        interval = percentile(drawn, level)
    return _change(found, waves, measure, method, level, interval, overlap)


@dataclass(frozen=True)
class Difference:
    """A difference of two means with its precision; in the unit of the recoded answers."""

    first: Spread
    second: Spread
    value: float
    se: float
    df: float
    correlation: float


def difference(
    first: Answers, second: Answers, *, units: tuple[NDArray[Any], NDArray[Any]] | None
) -> Difference:
    """Subtract one weighted mean from another, and know how precisely.

    Parameters
    ----------
    first, second : Answers
        The two sides.
    units : pair of ndarray, or None
        Names of the sampling units of each side, none twice on one side; None where no
        unit is on both.

    Returns
    -------
    Difference
        Second less first.
    """
    a, b = spread_of(first), spread_of(second)
    variance, df, correlation = a.se**2 + b.se**2, _welch(a, b), float("nan")
    if units is not None:
        _names, at, to = np.intersect1d(*units, assume_unique=True, return_indices=True)
        m = len(at)
        if m > 1:
            one, two = a.influence[at], b.influence[to]
            one, two = one - one.mean(), two - two.mean()
            shared = m / (m - 1) * float(one @ two)
            variance = max(variance - 2 * shared, 0.0)
            norms = float(np.sqrt((one @ one) * (two @ two)))
            correlation = float(one @ two) / norms if norms > 0 else float("nan")
            alone = len(a.influence) + len(b.influence) - 2 * m
            df = (m - 1) + (df - m + 1) / (alone + 2 * m) * alone
    return Difference(a, b, b.mean - a.mean, variance**0.5, df, correlation)


def track(
    table: pd.DataFrame,
    scores: str,
    *,
    wave: str = "wave",
    measure: str = "mean",
    top: float | None = None,
    respondent: str | None = None,
    weights: str | None = None,
    clusters: str | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Follow a score from wave to wave.

    Parameters
    ----------
    table : DataFrame
        One row a respondent and wave.
    scores, wave : str
        Columns: the answer, and the wave, in an order that can be sorted.
    measure, top, level
        As in :func:`change`.
    respondent, weights, clusters : str, optional
        Columns: who answered (to match those asked twice), weight, cluster.

    Returns
    -------
    DataFrame
        One row a wave: ``wave``, ``n``, ``value``, ``low``, ``high``, and against the wave
        before ``change``, ``change_low``, ``change_high``, ``p_value``, ``overlap`` (empty
        in the first wave).
    """
    named = [name for name in (scores, wave, respondent, weights, clusters) if name is not None]
    for name in named:
        column(table, name)
    waves = sorted(table[wave].dropna().unique())
    if len(waves) < 2:
        wrong = _("To follow a score takes two waves or more.")
        raise CvmError(wrong, given=waves, remedy=_("Use score(...) for a single wave."))
    parts = [table[table[wave] == one] for one in waves]
    rows = [_tracked(None, parts[0], scores, measure, top, respondent, weights, clusters, level)]
    for i in range(1, len(parts)):
        rows.append(_tracked(parts[i - 1], parts[i], scores, measure, top, respondent, weights,
                             clusters, level))  # fmt: skip
    return pd.DataFrame(rows).assign(wave=waves)[["wave", *rows[0]]]


def _tracked(
    last: pd.DataFrame | None,
    now: pd.DataFrame,
    scores: str,
    measure: str,
    top: float | None,
    respondent: str | None,
    weights: str | None,
    clusters: str | None,
    level: float,
) -> dict[str, float]:
    found = score(
        now[scores], measure=measure, top=top, level=level,
        weights=None if weights is None else now[weights],
        clusters=None if clusters is None else now[clusters],
    )  # fmt: skip
    row = {"n": found.n, "value": found.value, "low": found.low, "high": found.high}
    if last is None:
        nothing = dict.fromkeys(("change", "change_low", "change_high", "p_value", "overlap"))
        return row | {name: float("nan") for name in nothing}

    def pair(name: str | None) -> Pair | None:
        return None if name is None else (last[name], now[name])

    moved = change(last[scores], now[scores], measure=measure, top=top, level=level,
                   respondents=pair(respondent), weights=pair(weights),
                   clusters=pair(clusters))  # fmt: skip
    return row | {
        "change": moved.value, "change_low": moved.low, "change_high": moved.high,
        "p_value": moved.p_value, "overlap": moved.overlap,
    }  # fmt: skip


def _wave(scores: Any, measure: str, top: float | None, weights: Any, clusters: Any) -> Answers:
    values = recoded(numeric(scores, _("Scores")), measure, top)
    return usable(values, weights=weights, clusters=clusters)


def _side(pair: Any, i: int, name: str) -> Any:
    if pair is None:
        return None
    if not isinstance(pair, tuple | list) or len(pair) != 2:
        raise CvmError(
            _(
                "{name}= is a pair: those of the wave before and those of the wave after.",
                name=name,
            ),
            given=type(pair).__name__,
            remedy=_("Give for example {name}=(before['x'], after['x']).", name=name),
        )
    return pair[i]


def _people(respondents: Any, i: int, wave: Answers) -> NDArray[Any]:
    names = _side(respondents, i, "respondents")
    if names is None:
        return np.arange(0)
    given = np.asarray(names)
    if len(given) != len(wave.kept):
        raise CvmError(
            _("{name}= has another length than the scores.", name="respondents"),
            given={"respondents": len(given), "scores": len(wave.kept)},
            remedy=_("Give one value a score, in the same order."),
        )
    found = given[wave.kept]
    twice = pd.Series(found)[pd.Series(found).duplicated()]
    if len(twice) or pd.isna(found).any():
        raise CvmError(
            _("A wave has each respondent once, by name."),
            given=twice.iloc[:5].tolist() or _("a respondent without a name"),
            remedy=_("Keep one row for each respondent and wave."),
        )
    return found


def _welch(a: Spread, b: Spread) -> float:
    one, two = a.se**2, b.se**2
    if one + two == 0:
        return float(a.df + b.df)
    return (one + two) ** 2 / (one**2 / a.df + two**2 / b.df)


def _resampled(
    waves: list[Answers], units: list[NDArray[Any]] | None, resamples: int, seed: int
) -> Floats:
    """Resample units within the strata "before only", "both" and "after only"."""
    sums = [w.by_unit(np.column_stack([w.weights * w.y, w.weights])) for w in waves]
    if units is None:
        units = [np.arange(len(sums[0])), -1 - np.arange(len(sums[1]))]
    every = np.unique(np.concatenate(units))
    rows, inside = np.zeros((len(every), 4)), np.zeros((len(every), 2), bool)
    for side in (0, 1):
        at = np.searchsorted(every, units[side])
        rows[at, 2 * side : 2 * side + 2], inside[at, side] = sums[side], True
    rng = Luck(seed).generator("change again")
    total = np.zeros((resamples, 4))
    for mask in (inside[:, 0] & ~inside[:, 1], inside.all(axis=1), inside[:, 1] & ~inside[:, 0]):
        if mask.any():
            once = np.ones(int(mask.sum()), dtype=np.int64)
            total += resampled_sums(rows[mask], once, resamples=resamples, rng=rng)
    return total[:, 2] / total[:, 3] - total[:, 0] / total[:, 1]


def _change(
    found: Difference,
    waves: list[Answers],
    measure: str,
    method: str,
    level: float,
    interval: tuple[float, float] | None,
    overlap: int,
) -> Change:
    factor, kind = KINDS[measure].factor, KINDS[measure]
    if interval is None:
        reach = float(stdtrit(found.df, (1 + level) / 2)) * found.se
        interval = found.value - reach, found.value + reach
    if found.se > 0:
        p_value = float(2 * stdtr(found.df, -abs(found.value) / found.se))
    else:
        p_value = 1.0 if found.value == 0 else 0.0
    return Change(
        name=_(kind.label), unit=kind.unit, level=level, method=_(INTERVALS[method]),
        value=found.value * factor, low=interval[0] * factor, high=interval[1] * factor,
        n=waves[0].n + waves[1].n, before=found.first.mean * factor,
        after=found.second.mean * factor, se=found.se * factor, df=found.df, p_value=p_value,
        n_before=waves[0].n, n_after=waves[1].n, overlap=overlap,
        correlation=found.correlation, dropped=waves[0].dropped + waves[1].dropped,
    )  # fmt: skip


def _signed(value: float, unit: str) -> str:
    """Write a change of shares in points of percentage, with its sign."""
    text = number(value, "points" if unit == "share" else unit)
    return text if not value > 0 else "+" + text


# The heading of a column people see.
COLUMNS = [N_("change")]
