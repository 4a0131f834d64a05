r"""Look-alikes: who resembles today's loyal customers, and what a resemblance cannot see.

**The model.** Firms of the market have traits that can be read from outside, :math:`x_i`
(:data:`TRAITS`), and one that cannot, :math:`u_i`: how much they *want to grow with you*. All are
standard normal and independent. Some became customers by themselves, and of those some became loyal,

.. math::

   \operatorname{logit} P(\text{customer}_i) &= \operatorname{logit}\text{coming} + a'x_i
       + \text{drawn}\; u_i, \\
   \operatorname{logit} P(\text{loyal}_i) &= \operatorname{logit}\text{loyal} +
       \text{resemblance}\; b'x_i + \text{kept}\; u_i ,

the second whether the firm came or would have to be won. :func:`look_alike` learns the second from
customers by a logit on :math:`x`.

**Two estimands that are easily taken for one.** How well the score tells the loyal among *new
customers who come as the old ones came*: the holdout measures that, and it is honest. And how many of
the *prospects approached* become loyal: no holdout of customers measures that. Customers are those
whom the unseen trait drew in, and it also keeps them. Prospects do not have it. Only a pilot among
prospects drawn by lot tells (:func:`simulate_pilot`).

**Assumption.** *Selection on observables*: given :math:`x`, who came says nothing about who would be
loyal. It holds if ``drawn`` or ``kept`` is 0, and nothing in the customers' data can show whether it does.

**What the naive answer gets wrong.** At the defaults (seed 1, 10,000 firms) the score promises that
55 % of the prospects would be loyal; in truth 36 % would. The holdout found nothing wrong with its level.

**Where it comes from.** Selection on observables: Heckman & Robb (1985), at second hand. The saying
*choose who resembles your loyal customers*: the course. The fit is by statsmodels, the judgement by
:func:`cvm.churn.judge_scores`.

References
----------
Heckman, J. J. & Robb, R. (1985). Alternative methods for evaluating the impact of interventions.
*Journal of Econometrics* 30(1-2), 239-267.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logit, ndtri

from cvm.churn import judge_scores
from cvm.churn.door import check_between, events_of, floats_of
from cvm.errors import CvmError
from cvm.inputs import check_level, need_columns, numbers_in, truths_in, whole_number
from cvm.levers import Levers, assumption, lever, needs_world
from cvm.luck import Luck, bernoulli
from cvm.results import Result, number
from cvm.selection.logits import fit_logit, with_constant
from cvm.words import N_, _

__all__ = [
    "TRAITS",
    "Judged",
    "LookAlike",
    "Prospects",
    "approach_table",
    "judge_look_alike",
    "look_alike",
    "simulate_pilot",
    "simulate_prospects",
]

Floats = NDArray[np.float64]

#: What can be read of a firm from outside, in standard deviations.
TRAITS = ("size", "digital", "growing", "distance")
#: What each adds to the log-odds of coming by itself, and of being loyal.
COMING, LOYAL = (0.2, 0.5, 0.2, -0.5), (-0.1, 0.7, 0.5, -0.4)
#: Fewer customers than this of either kind teach nothing about resemblance.
FEWEST = 20


class Prospects(Levers):
    """A market of firms, some of them customers, and a campaign to win look-alikes."""

    approached: float = lever(
        0.3, low=0.05, high=1, step=0.05, unit="share",
        meaning=N_("Prospects approached, the best scores first"),
    )  # fmt: skip
    cost: float = lever(
        5.0, low=0, high=50, step=0.5, unit=N_("thousand yuan"),
        meaning=N_("Cost of approaching and winning a prospect"),
    )  # fmt: skip
    loyal_value: float = assumption(
        12.0, low=0, high=100, step=1, unit=N_("thousand yuan"),
        meaning=N_("Worth of a prospect won who becomes loyal"),
    )  # fmt: skip
    fickle_value: float = assumption(
        1.0, low=-20, high=50, step=0.5, unit=N_("thousand yuan"),
        meaning=N_("Worth of a prospect won who does not"),
    )  # fmt: skip
    coming: float = assumption(
        0.2, low=0.02, high=0.8, step=0.01, unit="share",
        meaning=N_("Average firms that became customers by themselves"),
    )  # fmt: skip
    loyal: float = assumption(
        0.4, low=0.05, high=0.95, step=0.01, unit="share",
        meaning=N_("Average firms that are loyal once they are customers"),
    )  # fmt: skip
    resemblance: float = assumption(
        1.0, low=0, high=2, step=0.1,
        meaning=N_("How far what can be seen from outside decides about loyalty"),
    )  # fmt: skip
    drawn: float = assumption(
        1.0, low=0, high=2, step=0.1, unit=N_("log-odds"),
        meaning=N_("How far wanting to grow with you, unseen, drew customers in"),
    )  # fmt: skip
    kept: float = assumption(
        1.0, low=0, high=2, step=0.1, unit=N_("log-odds"),
        meaning=N_("How far wanting to grow with you, unseen, keeps them"),
    )  # fmt: skip


@needs_world
def simulate_prospects(world: Prospects, *, n: int, seed: int) -> pd.DataFrame:
    """Simulate the firms of a market, customers or not.

    Parameters
    ----------
    world : Prospects
        Levers and assumptions.
    n : int
        Firms; a larger n keeps the first ones.
    seed : int
        The luck; the same seed meets the same firms in every world.

    Returns
    -------
    DataFrame
        One row a firm: ``firm`` (1, 2, ...), the :data:`TRAITS` (standard deviations),
        ``customer`` (bool), ``loyal`` (True or False for customers, missing for others).
        The truth: ``true_wish`` (the unseen trait), ``true_chance`` (of being loyal, for
        everybody), ``true_loyal`` (bool: would be loyal if won).

    Raises
    ------
    CvmError
        If ``n`` is not a whole number from 1, or the seed is not a seed.
    """
    whole_number(n, name="n")
    luck = Luck(seed)
    traits = np.column_stack([luck.normal(name, n) for name in TRAITS])
    wish = luck.normal("wish", n)
    coming = expit(logit(world.coming) + traits @ np.array(COMING) + world.drawn * wish)
    seen = world.resemblance * (traits @ np.array(LOYAL))
    chance = expit(logit(world.loyal) + seen + world.kept * wish)
    customer = bernoulli(luck.uniform("coming", n), coming)
    loyal = bernoulli(luck.uniform("loyal", n), chance)
    return pd.DataFrame(
        {"firm": np.arange(1, n + 1)}
        | dict(zip(TRAITS, traits.T, strict=True))
        | {
            "customer": customer, "loyal": pd.array(loyal, dtype="boolean"),
            "true_wish": wish, "true_chance": chance, "true_loyal": loyal,
        }
    ).assign(loyal=lambda t: t["loyal"].where(t["customer"]))  # fmt: skip


def simulate_pilot(table: pd.DataFrame, *, n: int, seed: int) -> pd.DataFrame:
    """Approach prospects drawn by lot, and see who becomes loyal.

    Parameters
    ----------
    table : DataFrame
        From :func:`simulate_prospects`, with its truth.
    n : int
        Prospects to draw; all there are, if fewer.
    seed : int
        The luck of the draw.

    Returns
    -------
    DataFrame
        Rows of firms that were not customers, with ``loyal`` now seen.

    Raises
    ------
    CvmError
        If the table has no prospects or its truth was taken away.
    """
    whole_number(n, name="n")
    truths_in(table, "true_loyal")
    others = table[~truths_in(table, "customer")]
    if others.empty:
        wrong = _("There is nobody left to approach: all firms are customers.")
        raise CvmError(wrong, remedy=_("Simulate a market with fewer coming by themselves."))
    order = np.argsort(Luck(seed).uniform("pilot", len(others)), kind="stable")
    drawn = others.iloc[np.sort(order[:n])]
    return drawn.assign(loyal=drawn["true_loyal"].astype("boolean")).reset_index(drop=True)


@dataclass(frozen=True, kw_only=True, repr=False)
class Judged(Result):
    """How good a look-alike score is for customers it did not learn from.

    Parameters
    ----------
    customers : int
        Customers judged.
    promised, loyal : float
        Average score, and share that was loyal.
    gap, gap_low, gap_high : float
        Promised less loyal, with its interval: above 0 the score promises too much.
    auc, auc_low, auc_high : float
        Chance that the loyal one of a loyal and a fickle customer has the higher score.
    lift : float
        Loyal customers in the top tenth of the score, over the average.
    intercept, slope, slope_low, slope_high : float
        Calibration: 0 and 1 are right; a negative intercept promises too much (log-odds).
    level : float
        Confidence level.
    calibration : DataFrame
        One row a tenth of the score: ``group``, ``customers``, ``score``, ``loyal``, ``low``,
        ``high``.
    gains : DataFrame
        ``approached``, ``found`` (shares), ``lift``, from the highest score down.
    """

    customers: int
    promised: float
    loyal: float
    gap: float
    gap_low: float
    gap_high: float
    auc: float
    auc_low: float
    auc_high: float
    lift: float
    intercept: float
    slope: float
    slope_low: float
    slope_high: float
    level: float
    calibration: pd.DataFrame = field(repr=False)
    gains: pd.DataFrame = field(repr=False)

    def sentence(self) -> str:
        """Say promise and outcome, ranking and calibration."""
        return _(
            "Of {n} customers the score had not seen, it promised {promised} loyal and {loyal} were: a "
            "gap of {gap} ({level} interval {gap_low} to {gap_high}). The loyal one has the higher score "
            "in {auc} of pairs ({auc_low} to {auc_high}); the top tenth is loyal {lift} times as often as "
            "the average. Calibration slope {slope} ({slope_low} to {slope_high}), 1 is right.",
            n=number(self.customers), promised=number(self.promised, "share"),
            loyal=number(self.loyal, "share"), gap=number(self.gap, "points"),
            gap_low=number(self.gap_low, "points"), gap_high=number(self.gap_high, "points"),
            auc=number(self.auc, "share"), auc_low=number(self.auc_low, "share"),
            auc_high=number(self.auc_high, "share"), lift=number(self.lift),
            slope=number(self.slope), slope_low=number(self.slope_low),
            slope_high=number(self.slope_high), level=number(self.level, "share", digits=2),
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True, repr=False)
class LookAlike(Result):
    """A score of resemblance to loyal customers.

    Parameters
    ----------
    customers : int
        Customers it was learnt from.
    columns : tuple of str
        What it sees of a customer.
    coefficients : DataFrame
        ``term``, ``value``, ``low``, ``high`` (log-odds).
    holdout : Judged
        How it does on the customers that were kept back.
    """

    customers: int
    columns: tuple[str, ...]
    coefficients: pd.DataFrame = field(repr=False)
    holdout: Judged

    def score(self, table: pd.DataFrame) -> Floats:
        """Give each row's chance of being loyal, *if it came as the customers came*.

        Parameters
        ----------
        table : DataFrame
            With the columns the model sees.
        """
        return _chance(table, self.columns, self.coefficients["value"].to_numpy())

    def sentence(self) -> str:
        """Say what it was learnt from, and what it cannot see."""
        return _(
            "Resemblance by {columns}, learnt from {n} customers. {holdout} It has seen only those who "
            "came; whatever else drew them in, and keeps them, it takes for granted in everybody. Only a "
            "pilot among prospects drawn by lot can tell.",
            columns=", ".join(self.columns), n=number(self.customers),
            holdout=self.holdout.sentence(),
        )  # fmt: skip


def look_alike(
    table: pd.DataFrame,
    *,
    columns: Sequence[str] = TRAITS,
    outcome: str = "loyal",
    holdout: float = 0.5,
    seed: int = 1,
    level: float = 0.95,
) -> LookAlike:
    """Learn who is loyal from one part of the customers, and judge it on the other.

    Parameters
    ----------
    table : DataFrame
        One row a firm or customer. Rows whose outcome is missing (prospects) are left out.
    columns : sequence of str
        Columns of numbers; only what is known of a *prospect* before it is won.
    outcome : str
        Column: True or False (or 1 and 0), missing where unknown.
    holdout : float
        Share of the customers kept back, between 0 and 1, drawn by lot.
    seed : int
        The luck of that draw.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    LookAlike

    Raises
    ------
    CvmError
        For missing columns or values, an outcome of one kind only, or too few customers.
    """
    check_level(level)
    check_between(_("The share kept back"), holdout)
    need_columns(table, [*columns, outcome])
    if not len(columns) or outcome in columns:
        wrong = _("A resemblance needs columns that do not tell the outcome itself.")
        raise CvmError(wrong, given=list(columns), remedy=_("Write columns=['size', 'growing']."))
    known = table[table[outcome].notna()].reset_index(drop=True)
    truths_in(known, outcome)  # the text "no" would count as True
    kept_back = Luck(seed).uniform("holdout", len(known)) < holdout
    parts = {"learn": known[~kept_back], "judge": known[kept_back]}
    for name, part in parts.items():
        _check_kinds(part[outcome], name)
    learn = parts["learn"]
    happened = events_of(outcome, learn[outcome].astype(bool))
    fit = fit_logit(happened, numbers_in(learn, columns), terms=columns)
    half = float(ndtri((1 + level) / 2)) * np.sqrt(np.diag(fit.covariance))
    rows = pd.DataFrame({
        "term": fit.terms, "value": fit.value, "low": fit.value - half, "high": fit.value + half
    })  # fmt: skip
    chance = _chance(parts["judge"], columns, fit.value)
    return LookAlike(
        customers=len(learn), columns=tuple(columns), coefficients=rows,
        holdout=judge_look_alike(parts["judge"][outcome], chance, level=level),
    )  # fmt: skip


def judge_look_alike(outcome: ArrayLike, score: ArrayLike, *, level: float = 0.95) -> Judged:
    """Judge a score of resemblance: what it promised beside what happened.

    Parameters
    ----------
    outcome : array_like
        Who was loyal: True or False. Not the customers the score was learnt from.
    score : array_like
        Chances of being loyal, strictly between 0 and 1.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    Judged

    Raises
    ------
    CvmError
        If the outcome is not True or False, or one of them only, or a score no chance.
    """
    check_level(level)
    happened = events_of(_("The outcome"), np.asarray(outcome, dtype=object))
    found = judge_scores(happened, score, level=level)
    chance = floats_of(_("The score"), score)
    each = chance - happened
    half = float(ndtri((1 + level) / 2)) * float(each.std(ddof=1)) / np.sqrt(len(each))
    gap = float(each.mean())
    return Judged(
        customers=len(each), promised=float(chance.mean()), loyal=float(happened.mean()), gap=gap,
        gap_low=gap - half, gap_high=gap + half, auc=found.auc, auc_low=found.auc_low,
        auc_high=found.auc_high, lift=found.lift, intercept=found.intercept, slope=found.slope,
        slope_low=found.slope_low, slope_high=found.slope_high, level=level,
        calibration=found.calibration.rename(columns={"left": "loyal"}),
        gains=found.gains.rename(columns={"contacted": "approached"}),
    )  # fmt: skip


@needs_world
def approach_table(
    score: ArrayLike, *, world: Prospects, outcome: ArrayLike | None = None, steps: int = 20
) -> pd.DataFrame:
    """Say what approaching the best scores promises, and what it brings.

    Parameters
    ----------
    score : array_like
        Chance of being loyal of each prospect, 0-1.
    world : Prospects
        Uses ``cost``, ``loyal_value`` and ``fickle_value``.
    outcome : array_like, optional
        True chance of being loyal, or who was (a pilot, the truth).
    steps : int
        Rows, from a small share to everybody.

    Returns
    -------
    DataFrame
        ``approached`` (share), ``score`` (of the last one approached), ``promised`` (thousand yuan
        per hundred prospects) and, where the outcome is given, ``brought``.

    Raises
    ------
    CvmError
        If score and outcome are not of the same prospects, or are no chances.
    """
    whole_number(steps, name="steps", least=2)
    chance = _shares(_("The score"), score)
    order = np.argsort(-chance, kind="stable")
    share = np.arange(1, steps + 1) / steps
    many = np.maximum(np.round(share * len(chance)).astype(int), 1)
    table = {"approached": share, "score": chance[order][many - 1]}
    sides = {"promised": chance}
    if outcome is not None:
        sides["brought"] = _shares(_("The outcome"), outcome)
    for name, loyal in sides.items():
        if len(loyal) != len(chance):
            wrong = _("Score and outcome must belong to the same prospects.")
            given = {"score": len(chance), "outcome": len(loyal)}
            raise CvmError(wrong, given=given, remedy=_("Take both from one table."))
        worth = world.fickle_value + (world.loyal_value - world.fickle_value) * loyal - world.cost
        table[name] = 100 * worth[order].cumsum()[many - 1] / len(chance)
    return pd.DataFrame(table)


def _shares(name: str, values: ArrayLike) -> Floats:
    x = floats_of(name, values)
    if ((x < 0) | (x > 1)).any():
        wrong = _("{name} holds chances, between 0 and 1.", name=name)
        given = float(x[(x < 0) | (x > 1)][0])
        raise CvmError(wrong, given=given, remedy=_("Write 0.05 for 5 %."))
    return x


def _chance(table: pd.DataFrame, columns: Sequence[str], value: Floats) -> Floats:
    chance = expit(with_constant(numbers_in(table, columns)) @ value)
    return np.asarray(np.clip(chance, 1e-9, 1 - 1e-9))  # a judgement takes no certainties


def _check_kinds(outcome: pd.Series, part: str) -> None:
    loyal = int(outcome.astype(bool).sum())
    if min(loyal, len(outcome) - loyal) < FEWEST:
        what = {"learn": _("learn from"), "judge": _("judge by")}[part]
        raise CvmError(
            _("Too few customers to {what}: {loyal} loyal and {others} not, and {least} of each are "
              "needed.", what=what, loyal=loyal, others=len(outcome) - loyal, least=FEWEST),
            remedy=_("Take more customers, or keep another share back."),
        )  # fmt: skip
