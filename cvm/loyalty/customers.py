r"""Customers who answer a loyalty survey and then do what they do.

Each customer :math:`i` has a satisfaction :math:`s_i` (a beta, most of it at the high
end, as surveys find), bonds that it holds or not, and a habit. The equations of
:mod:`cvm.loyalty.curve` make attitude, intention and the yearly chance :math:`P_i` of
buying again; something in the way (no shop near) takes part of the chance from some.
The survey sees

* an answer to "how satisfied are you" on five steps of 20 points, blurred,
* an answer to "will you buy again" on five steps of the intention, blurred,

and the books see whether the customer did, and the share of the last twelve occasions
on which it bought here.

**The estimands.** The correlation between stated intention and behaviour
(:func:`intention_behaviour`); and how many times as likely one answer is to buy again as
another (:func:`repurchase_ratio`), which is what "six times" is about.

**What the naive answer gets wrong.** It reads intention off the survey as if it were
behaviour. At the defaults the answer correlates at 0.16 with buying again and at 0.35
with the share of wallet, although intention is the main cause of both here: a single
deed, done or not done, says little about its chance, twelve occasions say more.

**Where it comes from.** That such correlations are moderate: Sheppard, Hartwick &
Warshaw (1988) found 0.53 on average over studies, at second hand. Six times: Xerox, as
told by Jones & Sasser (1995), at second hand, and there between the totally and the
merely satisfied. Shapes and sizes here are for teaching.

References
----------
Jones, T. O. & Sasser, W. E. (1995). Why satisfied customers defect. *Harvard Business
Review* 73(6), 88-99.
Sheppard, B. H., Hartwick, J. & Warshaw, P. R. (1988). The theory of reasoned action: a
meta-analysis of past research. *Journal of Consumer Research* 15(3), 325-343.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import betaincinv, expit, logit, ndtri

from cvm.errors import CvmError, near_miss
from cvm.inputs import check_level, need_columns, numbers_in, truths_in, whole_number
from cvm.levers import Levers, assumption, needs_world
from cvm.loyalty import curve
from cvm.loyalty.curve import KINDS, Loyalty
from cvm.luck import Luck, bernoulli
from cvm.results import Estimate
from cvm.words import N_, _

__all__ = [
    "LoyaltyStudy",
    "intention_behaviour",
    "kinds_table",
    "repurchase_by_answer",
    "repurchase_ratio",
    "simulate_loyalty",
]

Floats = NDArray[np.float64]

#: Buying occasions looked back on for the share of wallet.
OCCASIONS = 12
#: Where one step of a five-step answer ends.
STEPS = np.array([0.2, 0.4, 0.6, 0.8])


class LoyaltyStudy(Levers):
    """Who is asked, and how well the survey sees them."""

    satisfaction: float = assumption(
        76.0, low=20, high=95, unit=N_("points of satisfaction"),
        meaning=N_("Satisfaction of the average customer"),
    )  # fmt: skip
    alike: float = assumption(
        8.0, low=2, high=60,
        meaning=N_("How alike customers are in satisfaction (sum of the beta's parameters)"),
    )  # fmt: skip
    habit: float = assumption(
        0.25, low=0.02, high=0.95, meaning=N_("Habit of the average customer, 0 to 1")
    )
    obstructed: float = assumption(
        0.1, low=0, high=0.9, unit="share",
        meaning=N_("Customers whom something keeps from buying here (no shop near, moved, told to)"),
        source=N_("situational factors: Dick & Basu 1994; number: teaching"),
    )  # fmt: skip
    obstacle: float = assumption(
        0.6, low=0, high=1, unit="share",
        meaning=N_("How much of the chance of buying the obstacle takes from them"),
    )  # fmt: skip
    answer_noise: float = assumption(
        0.8, low=0, high=4, unit=N_("log-odds"),
        meaning=N_("How much an answer about intention is blurred"),
    )  # fmt: skip
    satisfaction_noise: float = assumption(
        5.0, low=0, high=30, unit=N_("points of satisfaction"),
        meaning=N_("How much an answer about satisfaction is blurred"),
    )  # fmt: skip


@needs_world
def simulate_loyalty(
    world: Loyalty, *, n: int, seed: int, study: LoyaltyStudy | None = None
) -> pd.DataFrame:
    """Simulate customers, their survey answers and what they do in the year after.

    Parameters
    ----------
    world : Loyalty
        The curve and the bonds; ``financial``, ``social`` and ``structural`` are read as
        the share of customers who hold each.
    n : int
        Customers, 1 or more; a larger ``n`` keeps the first ones.
    seed : int
        The luck; the same customers under any levers.
    study : LoyaltyStudy, optional
        Population and survey; the defaults without it.

    Returns
    -------
    DataFrame
        One row a customer: ``customer``, ``satisfaction_answer`` and ``intention_answer``
        (1 to 5), ``financial``, ``social``, ``structural`` (True where the bond is held),
        ``share_of_wallet`` (of the twelve occasions before), ``bought_again`` (in the
        year after), and the truth: ``true_satisfaction``, ``true_attitude``,
        ``true_intention``, ``true_probability``, ``true_kind``.
    """
    n = whole_number(n, name="n")
    study, luck = _asked(study), Luck(seed)
    satisfied = 100 * _beta(luck.uniform("satisfaction", n), study.satisfaction / 100, study.alike)
    bonds = [bernoulli(luck.uniform(name, n), getattr(world, name)) for name in _BONDS]
    fond = curve.attitude(satisfied, world)
    meant = curve.intention(fond, curve.switching_cost(bonds[0], bonds[1], bonds[2], world), world)
    habit = _beta(luck.uniform("habit", n), study.habit, 3.0)
    kept = bernoulli(luck.uniform("obstacle", n), study.obstructed)
    chance = curve.behaviour_probability(meant, habit, world) * (1 - study.obstacle * kept)
    share = _binomial(luck.uniform("occasions", n), OCCASIONS, chance) / OCCASIONS
    blur = study.satisfaction_noise * luck.normal("satisfaction answer", n)
    said = expit(
        logit(np.clip(meant, 1e-6, 1 - 1e-6)) + study.answer_noise * luck.normal("answer", n)
    )
    columns = {
        "customer": np.arange(1, n + 1),
        "satisfaction_answer": 1 + np.digitize((satisfied + blur) / 100, STEPS),
        "intention_answer": 1 + np.digitize(said, STEPS),
        **dict(zip(_BONDS, bonds, strict=True)),
        "share_of_wallet": share,
        "bought_again": bernoulli(luck.uniform("deed", n), chance),
        "true_satisfaction": satisfied,
        "true_attitude": fond,
        "true_intention": meant,
        "true_probability": chance,
    }
    kinds = curve.kinds(fond, share, world)
    return pd.DataFrame(columns).assign(true_kind=np.array(KINDS)[kinds])


def intention_behaviour(
    table: pd.DataFrame,
    *,
    intention: str = "intention_answer",
    behaviour: str = "bought_again",
    level: float = 0.95,
) -> Estimate:
    """Estimate how strongly what people say goes with what they do.

    Parameters
    ----------
    table : DataFrame
        One row a customer.
    intention, behaviour : str
        Columns with numbers (True and False will do).
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    Estimate
        Pearson's correlation. The standard error is that of the influence function, so
        that neither needs to be normal; the interval is made on Fisher's scale.
    """
    check_columns(table, [intention, behaviour], level)
    said, done = numbers_in(table, [intention, behaviour]).T
    r, low, high = correlation(
        pd.Series(said, name=intention), pd.Series(done, name=behaviour), level=level
    )
    return Estimate(
        name=_("Correlation of intention and behaviour"), value=r, low=low, high=high,
        level=level, n=len(table), method=_("influence function, Fisher's scale"),
    )  # fmt: skip


def correlation(a: pd.Series, b: pd.Series, *, level: float) -> tuple[float, float, float]:
    """Correlate two columns that need not be normal.

    Parameters
    ----------
    a, b : Series
        Numbers, one a customer.
    level : float
        Confidence level.

    Returns
    -------
    tuple of float
        Pearson's correlation and the ends of its interval.
    """
    x, y = (_standard(column.to_numpy(dtype=float), str(column.name)) for column in (a, b))
    if len(x) < 4:
        wrong = _("A correlation with an interval needs four customers or more.")
        raise CvmError(wrong, given=len(x), remedy=_("Give more customers."))
    r = float(np.clip(np.mean(x * y), -1, 1))
    influence = x * y - r * (x**2 + y**2) / 2
    se = float(influence.std(ddof=1)) / np.sqrt(len(x)) / (1 - min(r**2, 1 - 1e-12))
    half = float(ndtri(0.5 + level / 2)) * se
    centre = np.arctanh(np.clip(r, -1 + 1e-12, 1 - 1e-12))
    return r, min(r, float(np.tanh(centre - half))), max(r, float(np.tanh(centre + half)))


def repurchase_by_answer(
    table: pd.DataFrame,
    *,
    answer: str = "satisfaction_answer",
    behaviour: str = "bought_again",
    level: float = 0.95,
) -> pd.DataFrame:
    """Tabulate buying again by answer, ready to draw.

    Parameters
    ----------
    table : DataFrame
        One row a customer.
    answer, behaviour : str
        Columns: a step from 1 to 5, and True or False.
    level : float
        Confidence level.

    Returns
    -------
    DataFrame
        One row an answer that was given: ``answer``, ``customers``, ``share`` (of
        customers), ``bought_again`` (share of those), ``low``, ``high`` (Wilson).
    """
    from statsmodels.stats.proportion import proportion_confint  # slow to load

    check_columns(table, [answer, behaviour], level)
    deeds = truths_in(table, behaviour).astype(float)
    read = pd.DataFrame({"answer": table[answer].array, "deed": deeds})
    grouped = read.groupby("answer", observed=True)["deed"].agg(["size", "sum"])
    count, again = grouped["size"].to_numpy(), grouped["sum"].to_numpy()
    low, high = proportion_confint(again, count, alpha=1 - level, method="wilson")
    return pd.DataFrame(
        {
            "answer": grouped.index,
            "customers": count,
            "share": count / count.sum(),
            "bought_again": again / count,
            "low": low,
            "high": high,
        }
    )


def repurchase_ratio(
    table: pd.DataFrame,
    *,
    high: tuple[int, ...] = (5,),
    low: tuple[int, ...] = (4,),
    answer: str = "satisfaction_answer",
    behaviour: str = "bought_again",
    level: float = 0.95,
) -> Estimate:
    """Estimate how many times as likely some answers are to buy again as others.

    Parameters
    ----------
    table : DataFrame
        One row a customer.
    high, low : tuple of int
        The answers compared: totally satisfied (5) with merely satisfied (4), as the
        source has it, without them.
    answer, behaviour, level
        As in :func:`repurchase_by_answer`.

    Returns
    -------
    Estimate
        Ratio of the two shares; interval on the logarithm (Katz).
    """
    check_columns(table, [answer, behaviour], level)
    compared = _steps(high, low)
    bought, shares, variance = truths_in(table, behaviour), [], 0.0
    for steps in compared:
        deeds = bought[table[answer].isin(steps).to_numpy()].astype(float)
        if not deeds.any():
            raise CvmError(
                _("Nobody with these answers bought again, so there is no ratio."),
                given=steps,
                remedy=_("Take the answers together in wider groups, or ask more customers."),
            )
        shares.append(deeds.mean())
        variance += (1 - shares[-1]) / deeds.sum()
    if variance == 0:
        wrong = _("Everybody with these answers bought again, so the ratio has no interval.")
        raise CvmError(wrong, given=compared, remedy=_("Ask more customers."))
    ratio, half = shares[0] / shares[1], float(ndtri(0.5 + level / 2)) * np.sqrt(variance)
    return Estimate(
        name=_("Times as likely to buy again"), value=float(ratio),
        low=float(ratio * np.exp(-half)), high=float(ratio * np.exp(half)),
        level=level, n=int(table[answer].isin([*compared[0], *compared[1]]).sum()),
        method=_("logarithm of the ratio"),
    )  # fmt: skip


def kinds_table(table: pd.DataFrame) -> pd.DataFrame:
    """Count the four kinds of loyalty, ready to draw.

    Parameters
    ----------
    table : DataFrame
        From :func:`simulate_loyalty` (the kind is part of the truth).

    Returns
    -------
    DataFrame
        Four rows: ``kind``, ``customers``, ``share``, ``satisfaction`` (mean),
        ``bought_again`` (share).
    """
    need_columns(table, ["customer", "true_kind", "true_satisfaction", "bought_again"])
    known = table["true_kind"].isin(KINDS).to_numpy(bool)
    if not known.all():
        wrong = _("There is a kind of loyalty that is not among the four.")
        given = table["true_kind"][~known].iloc[0]
        raise CvmError(wrong, given=given, remedy=near_miss(given, KINDS))
    read = pd.DataFrame({
        "true_kind": table["true_kind"].to_numpy(dtype=object),
        "satisfaction": numbers_in(table, ["true_satisfaction"])[:, 0],
        "bought_again": truths_in(table, "bought_again").astype(float),
    })  # fmt: skip
    grouped = read.groupby("true_kind").agg(
        customers=("true_kind", "size"),
        satisfaction=("satisfaction", "mean"),
        bought_again=("bought_again", "mean"),
    )
    rows = grouped.reindex(list(KINDS)).rename_axis("kind").reset_index()
    rows["customers"] = rows["customers"].fillna(0).astype(int)
    rows["share"] = rows["customers"] / len(table)
    return rows[["kind", "customers", "share", "satisfaction", "bought_again"]]


_BONDS = ("financial", "social", "structural")


def _asked(study: LoyaltyStudy | None) -> LoyaltyStudy:
    """Take the default study where none is given."""
    if study is None:
        return LoyaltyStudy()
    if not isinstance(study, LoyaltyStudy):
        wrong = _("study= is LoyaltyStudy(...) or nothing.")
        remedy = _("Write LoyaltyStudy(), with the assumptions you move inside the brackets.")
        raise CvmError(wrong, given=study, remedy=remedy)
    return study


def _steps(high: Iterable[int], low: Iterable[int]) -> tuple[list[int], list[int]]:
    """Take the answers to compare: two lists, none of them in both."""
    several = all(
        isinstance(steps, Iterable) and not isinstance(steps, str) for steps in (high, low)
    )
    lists = (list(high), list(low)) if several else ([], [])
    if not all(lists) or any(step in lists[1] for step in lists[0]):
        wrong = _("The answers compared are given as two lists, and no answer is in both.")
        raise CvmError(wrong, given=(high, low), remedy=_("Write for example high=(5,), low=(4,)."))
    return lists


def _beta(u: Floats, mean: float, size: float) -> Floats:
    """Beta draws by inversion, read off a table: the inverse itself is slow (error below 1e-5)."""
    steps = np.linspace(-20, 20, 2001)
    quantiles = betaincinv(mean * size, (1 - mean) * size, expit(steps))
    with np.errstate(divide="ignore"):  # a uniform of exactly 0 is read as 2e-9
        return np.asarray(np.interp(logit(u), steps, quantiles))


def _binomial(u: Floats, occasions: int, chance: Floats) -> NDArray[np.int64]:
    """Count successes by inversion, so a higher chance never loses one."""
    counts = np.zeros(len(u), np.int64)
    sure, chance = chance >= 1, np.minimum(chance, 1 - 1e-9)  # whoever is sure never misses
    term = (1 - chance) ** occasions
    cumulative = term.copy()
    for k in range(occasions):
        counts += u >= cumulative
        term = term * (occasions - k) / (k + 1) * chance / (1 - chance)
        cumulative += term
    return np.where(sure, occasions, counts)


def _standard(values: Floats, name: str) -> Floats:
    if np.ptp(values) == 0:  # the deviation of equal numbers may be a hair above 0
        raise CvmError(
            _("All values of '{column}' are the same, so nothing can go with it.", column=name),
            given=float(values[0]),
            remedy=_("Take customers who differ in it."),
        )
    return (values - values.mean()) / values.std()


def check_columns(table: pd.DataFrame, columns: list[str], level: float) -> None:
    """Refuse a table without the columns, without rows, or with gaps; and a wrong level."""
    need_columns(table, columns)
    if not len(table):
        wrong = _("The table has no rows.")
        raise CvmError(wrong, remedy=_("Give one row a customer."))
    if table[columns].isna().any().any():
        raise CvmError(
            _("An answer or a deed is missing."),
            given={name: int(table[name].isna().sum()) for name in columns},
            remedy=_("Drop those customers and say how many."),
        )
    check_level(level)
