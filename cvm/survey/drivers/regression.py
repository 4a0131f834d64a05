r"""Regression of a satisfaction answer on its drivers: ordered, and linear.

Two questions, two models. *Ordered* (:func:`ordered_logit`, :func:`ordered_probit`) takes the
answer as a rank and says how the whole distribution of answers moves; its marginal effects
(:mod:`cvm.survey.drivers.margins`) say it in shares of customers. *Linear*
(:func:`linear_drivers`) takes the answer as a number and says how its mean moves; least
squares by statsmodels with standard errors robust to unequal spread (HC1), which a bounded
scale always has.

**The estimand.** The association of a driver with the answer, the other drivers held: the
effect of the driver only where all that moves both is among the drivers. Halo - one general
impression that colours every rating - is such a thing and never among them; what it does is
shown in :mod:`cvm.survey.drivers.compare`.

**What the naive answer gets wrong.** On a scale where most answers crowd at the top the mean
hides who moves. And a coefficient in log-odds is no share of customers: at the defaults of
:class:`~cvm.survey.drivers.simulate.DriverSurvey` a coefficient of 0.6 log-odds for a point of
the network moves 2.5 % of customers into the best answer, not 60 %.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from cvm.errors import CvmError
from cvm.inputs import check_level
from cvm.results import Result, number, p_words
from cvm.survey.drivers.answers import check_rank, gather
from cvm.survey.drivers.ordinal import LINKS
from cvm.words import _

__all__ = ["LinearDrivers", "OrderedDrivers", "linear_drivers", "ordered_logit", "ordered_probit"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, repr=False)
class OrderedDrivers(Result):
    """An ordered answer explained by its drivers.

    Parameters
    ----------
    outcome : str
        The answer explained.
    link : str
        ``"logit"`` or ``"probit"``.
    coefficients : DataFrame
        One row a driver (an indicator for each category but the first): ``driver``,
        ``category`` (empty for numbers), ``coefficient``, ``se``, ``low``, ``high``, ``z``,
        ``p_value``, ``odds_ratio`` (unknown for the probit).
    thresholds : DataFrame
        ``below``, ``above`` (points of the scale), ``threshold``, ``se``, ``low``, ``high``.
    points : tuple
        The points of the scale in order.
    log_likelihood, deviance, null_log_likelihood : float
        Of the fit; deviance is -2 times it; null is without drivers.
    pseudo_r2 : float
        McFadden's, 0 to 1.
    level : float
        Confidence level.
    n, dropped : int
        Respondents used, and rows dropped for an empty cell.
    weighted : bool
        With case weights: then standard errors are robust, and likelihoods are not to be
        compared.
    fit : statsmodels results
        For ``summary()``, tests and all else statsmodels does.
    """

    outcome: str
    link: str
    coefficients: pd.DataFrame
    thresholds: pd.DataFrame
    points: tuple[Any, ...]
    log_likelihood: float
    deviance: float
    null_log_likelihood: float
    pseudo_r2: float
    level: float
    n: int
    dropped: int
    weighted: bool
    fit: Any

    def sentence(self) -> str:
        """Say which driver speaks loudest, and how well the answers are explained."""
        top = self.coefficients.iloc[int(self.coefficients["z"].abs().argmax())]
        name = f"{top['driver']} ({top['category']})" if top["category"] else str(top["driver"])
        unit = _("log-odds") if self.link == "logit" else _("standard deviations")
        return _(
            "{outcome}: the clearest driver is {name}, {value} {unit} ({level} interval {low} to "
            "{high}, {p}); pseudo R² {r2}; n = {n}.",
            outcome=self.outcome, name=name, value=number(top["coefficient"]), unit=unit,
            level=number(self.level, "share", digits=2), low=number(top["low"]),
            high=number(top["high"]), p=p_words(top["p_value"]), r2=number(self.pseudo_r2),
            n=number(self.n),
        )  # fmt: skip

    def to_frame(self) -> pd.DataFrame:
        """Give the coefficients, one row each."""
        return self.coefficients.copy()


@dataclass(frozen=True, kw_only=True, repr=False)
class LinearDrivers(Result):
    """A numeric answer explained by its drivers.

    Parameters
    ----------
    outcome : str
        The answer explained.
    coefficients : DataFrame
        One row a driver: ``driver``, ``coefficient`` (points a point), ``se``, ``low``,
        ``high``, ``p_value``, ``standardised`` (standard deviations a standard deviation).
    intercept : float
        The answer where all drivers are 0.
    r2 : float
        Share of the answers' variance explained.
    level : float
        Confidence level.
    n, dropped : int
        Respondents used, and rows dropped for an empty cell.
    weighted : bool
        Whether case weights were used.
    fit : statsmodels results
        For ``summary()`` and all else.
    """

    outcome: str
    coefficients: pd.DataFrame
    intercept: float
    r2: float
    level: float
    n: int
    dropped: int
    weighted: bool
    fit: Any

    def sentence(self) -> str:
        """Say the driver with the largest standardised coefficient."""
        top = self.coefficients.iloc[int(self.coefficients["standardised"].abs().argmax())]
        return _(
            "{outcome}: a point of {name} goes with {value} points ({level} interval {low} to "
            "{high}, {p}), the others held; the drivers explain {r2}; n = {n}.",
            outcome=self.outcome, name=top["driver"], value=number(top["coefficient"]),
            level=number(self.level, "share", digits=2), low=number(top["low"]),
            high=number(top["high"]), p=p_words(top["p_value"]), r2=number(self.r2, "share"),
            n=number(self.n),
        )  # fmt: skip

    def to_frame(self) -> pd.DataFrame:
        """Give the coefficients, one row each."""
        return self.coefficients.copy()


def ordered_logit(
    table: pd.DataFrame,
    outcome: str,
    drivers: Sequence[str],
    *,
    weights: str | ArrayLike | None = None,
    counts: str | None = None,
    level: float = 0.95,
) -> OrderedDrivers:
    """Explain an ordered answer by its drivers: the proportional-odds model.

    Parameters
    ----------
    table : DataFrame
        One row a respondent, or a kind of respondent with ``counts``.
    outcome : str
        The answer: numbers, or an ordered categorical.
    drivers : sequence of str
        Numbers, or categories: those become indicators against their first category.
    weights : str or array_like, optional
        Case weights above zero (a column, or one a row): how much of the population a
        respondent stands for. Their scale does not matter.
    counts : str, optional
        Column with the number of respondents a row stands for.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    OrderedDrivers

    Raises
    ------
    CvmError
        For columns, weights or answers that cannot be used; for drivers that repeat each
        other or that decide the answer alone.

    Notes
    -----
    Rows with an empty cell in a column used are dropped and counted. Source: McCullagh
    (1980); the module :mod:`cvm.survey.drivers.ordinal` has the equations.
    """
    return _ordered(table, outcome, drivers, weights, counts, level, "logit")


def ordered_probit(
    table: pd.DataFrame,
    outcome: str,
    drivers: Sequence[str],
    *,
    weights: str | ArrayLike | None = None,
    counts: str | None = None,
    level: float = 0.95,
) -> OrderedDrivers:
    """Explain an ordered answer with a normal satisfaction behind it; arguments as in :func:`ordered_logit`.

    The table, outcome, drivers, weights, counts and level; parameters as in
    :func:`ordered_logit`.
    """
    return _ordered(table, outcome, drivers, weights, counts, level, "probit")


def linear_drivers(
    table: pd.DataFrame,
    outcome: str,
    drivers: Sequence[str],
    *,
    weights: str | ArrayLike | None = None,
    level: float = 0.95,
) -> LinearDrivers:
    """Explain a numeric answer by its drivers, by least squares.

    Parameters
    ----------
    table : DataFrame
        One row a respondent.
    outcome : str
        The answer, numbers.
    drivers : sequence of str
        Numbers.
    weights : str or array_like, optional
        Case weights above zero; a column, or one a row.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    LinearDrivers
        Standard errors are robust to unequal spread (HC1).
    """
    import statsmodels.api as sm

    check_level(level)
    answers = gather(table, outcome, drivers, weights=weights)
    x = answers.drivers.astype(float)
    check_rank(x)
    y = answers.outcome.to_numpy(dtype=float)
    fit = sm.WLS(y, sm.add_constant(x), weights=answers.weights).fit(cov_type="HC1")
    ends = fit.conf_int(alpha=1 - level).to_numpy()[1:]
    spread = _spread(x.to_numpy(), answers.weights) / _spread(y[:, None], answers.weights)
    rows = pd.DataFrame(
        {
            "driver": list(x.columns), "coefficient": fit.params.to_numpy()[1:],
            "se": fit.bse.to_numpy()[1:], "low": ends[:, 0], "high": ends[:, 1],
            "p_value": fit.pvalues.to_numpy()[1:],
            "standardised": fit.params.to_numpy()[1:] * spread,
        }
    )  # fmt: skip
    return LinearDrivers(
        outcome=outcome, coefficients=rows, intercept=float(fit.params.iloc[0]),
        r2=float(fit.rsquared), level=level, n=answers.n, dropped=answers.dropped,
        weighted=answers.weighted, fit=fit,
    )  # fmt: skip


def _ordered(
    table: pd.DataFrame,
    outcome: str,
    drivers: Sequence[str],
    weights: Any,
    counts: str | None,
    level: float,
    link: str,
) -> OrderedDrivers:
    from cvm.survey.drivers.model import CumulativeModel  # statsmodels takes a second to load

    check_level(level)
    answers = gather(table, outcome, drivers, weights=weights, counts=counts, numeric=False)
    codes, points = scale_of(answers.outcome)
    x, meaning = design(answers.drivers)
    check_rank(x)
    model = CumulativeModel(
        pd.Series(codes, name=outcome), x, link=LINKS[link], counts=answers.counts,
        weights=answers.weights if answers.weighted else None, points=points,
    )  # fmt: skip
    fit = model.fit()
    null = null_log_likelihood(codes, answers.counts * answers.weights)
    return OrderedDrivers(
        outcome=outcome, link=link, coefficients=_coefficients(fit, meaning, level, link),
        thresholds=_thresholds(fit, points, level), points=points,
        log_likelihood=float(fit.llf), deviance=float(-2 * fit.llf), null_log_likelihood=null,
        pseudo_r2=float(1 - fit.llf / null), level=level, n=answers.n, dropped=answers.dropped,
        weighted=answers.weighted, fit=fit,
    )  # fmt: skip


def design(drivers: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make numbers of drivers: categories become indicators against their first.

    Parameters
    ----------
    drivers : DataFrame
        Complete; a categorical keeps its order, words come in the order of the alphabet.

    Returns
    -------
    x : DataFrame
        Numbers, one column each.
    meaning : DataFrame
        ``driver`` and ``category`` of each column; the category of a number is "".
    """
    columns, meaning = {}, []
    for name in drivers:
        given = drivers[name]
        if pd.api.types.is_numeric_dtype(given):
            columns[str(name)] = given.to_numpy(dtype=float)
            meaning.append((name, ""))
            continue
        categories = pd.Categorical(given).remove_unused_categories()
        for code, category in enumerate(categories.categories[1:], start=1):
            columns[f"{name}[{category}]"] = (categories.codes == code).astype(float)
            meaning.append((name, str(category)))
    return pd.DataFrame(columns), pd.DataFrame(meaning, columns=["driver", "category"])


def scale_of(outcome: pd.Series) -> tuple[NDArray[np.int64], tuple[Any, ...]]:
    """Number the points of the scale that were used, from 0.

    Parameters
    ----------
    outcome : Series
        Numbers, or an ordered categorical; no empty cell.

    Returns
    -------
    codes : ndarray of int
        From 0, in order.
    points : tuple
        What each code stands for.

    Raises
    ------
    CvmError
        For words without an order, and for more than 50 different values.
    """
    if isinstance(outcome.dtype, pd.CategoricalDtype) and outcome.cat.ordered:
        used = outcome.cat.remove_unused_categories()
        return np.asarray(used.cat.codes, dtype=np.int64), tuple(used.cat.categories)
    if not pd.api.types.is_numeric_dtype(outcome):
        raise CvmError(
            _("The order of the answers in '{column}' is not known.", column=outcome.name),
            given=sorted(map(str, pd.unique(outcome)))[:5],
            remedy=_(
                "Make it numbers, or pd.Categorical(answers, categories=[...], ordered=True)."
            ),
        )
    points, places = np.unique(outcome.to_numpy(dtype=float), return_inverse=True)
    codes = np.asarray(places, dtype=np.int64)
    if len(points) > 50:
        raise CvmError(
            _("The column '{column}' is not an ordered scale.", column=outcome.name),
            given=_("{count} different values", count=len(points)),
            remedy=_("Use linear_drivers, or join the values to fewer points."),
        )
    return codes, tuple(int(p) if p == int(p) else float(p) for p in points)


def null_log_likelihood(codes: NDArray[np.int64], weights: Floats) -> float:
    """Give the log-likelihood of thresholds alone, which is known in closed form.

    Parameters
    ----------
    codes : ndarray of int
        Answers, from 0.
    weights : ndarray
        What each row counts.

    Returns
    -------
    float
    """
    share = np.bincount(codes, weights)
    return float(share @ np.log(share / share.sum()))


def _coefficients(fit: Any, meaning: pd.DataFrame, level: float, link: str) -> pd.DataFrame:
    k = len(meaning)
    rows = meaning.join(_intervals(fit, slice(0, k), level, "coefficient"))
    z = rows["coefficient"] / rows["se"]
    odds = np.exp(rows["coefficient"]) if link == "logit" else np.nan
    return rows.assign(z=z, p_value=2 * stats.norm.sf(z.abs()), odds_ratio=odds)


def _thresholds(fit: Any, points: tuple[Any, ...], level: float) -> pd.DataFrame:
    rows = pd.DataFrame({"below": points[:-1], "above": points[1:]})
    return rows.join(_intervals(fit, slice(-len(rows), None), level, "threshold"))


def _intervals(fit: Any, part: slice, level: float, name: str) -> pd.DataFrame:
    value, se = np.asarray(fit.params)[part], np.asarray(fit.bse)[part]
    reach = stats.norm.ppf(0.5 + level / 2) * se
    return pd.DataFrame({name: value, "se": se, "low": value - reach, "high": value + reach})


def _spread(x: Floats, weights: Floats) -> Floats:
    centred = x - np.average(x, axis=0, weights=weights)
    return np.asarray(np.sqrt(np.average(centred**2, axis=0, weights=weights)))
