"""Answer strategies: from a table to an estimate, its interval and a decision.

A strategy is a small frozen object that says which columns it reads and how it turns them
into an answer; so it can be written into a plan, and the same object answers for the
simulated market and for one's own data. Each names what must hold for its answer to be the
effect of the treatment: the data cannot tell, the design can.

====================  ==================================================================
strategy              it is the effect of the treatment if
====================  ==================================================================
LeastSquares          nothing left out of the formula moves treatment and outcome
LogitDifference       the same; the outcome is a yes or no
Mixed                 the same, and what a group has of its own is unrelated to treatment
Discontinuity         customers just above and just below the cutoff are alike
Changes               without treatment both groups would have changed alike
Weighting             customers alike in the covariates were treated by chance
Instrument            the instrument moves the outcome through the treatment alone
Hazard                watching ended by chance; customers alike in covariates are alike
Mediation             nothing left out moves the mediator and the outcome
Moderation            as LeastSquares, for the difference between customers
Bend                  as LeastSquares, for the curve of one driver
====================  ==================================================================

"No effect" needs no strategy of its own: a hypothesis with ``direction="does not change"``
is answered with two one-sided tests on whatever strategy fits the data
(:mod:`cvm.research.study.hypothesis`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd
from scipy import stats
from scipy.special import ndtr

from cvm.errors import CvmError
from cvm.research.study import fits
from cvm.research.study.columns import arrays, binary, named_in
from cvm.research.study.fits import Fit
from cvm.results import number
from cvm.words import N_, _

__all__ = [
    "Bend", "Changes", "Discontinuity", "Hazard", "Instrument", "LeastSquares",
    "LogitDifference", "Mediation", "Mixed", "Moderation", "Strategy", "Weighting",
]  # fmt: skip

Names = tuple[str, ...]

#: Fields that take any list of columns and keep a tuple.
LISTS = ("instruments", "covariates")


@dataclass(frozen=True, kw_only=True)
class Strategy:
    """Base of the answer strategies: the columns it needs, and how it answers."""

    def __post_init__(self) -> None:
        for name in [name for name in LISTS if name in self.__dict__]:
            given = getattr(self, name)
            if isinstance(given, str) or not isinstance(given, Iterable):
                wrong = _("{name} is a list of columns.", name=name)
                remedy = _("Write for example {name}=['age'].", name=name)
                raise CvmError(wrong, given=given, remedy=remedy)
            object.__setattr__(self, name, tuple(given))

    @property
    def method(self) -> str:
        """What it is called, in words."""
        return _(_METHODS[type(self).__name__][0])

    @property
    def assumes(self) -> str:
        """What must hold for its answer to be the effect, in words."""
        return _(_METHODS[type(self).__name__][1])

    def needs(self) -> Names:
        """List the columns it reads."""
        raise NotImplementedError

    def fit(self, table: pd.DataFrame, level: float) -> Fit:
        """Answer from a table that has the columns and no gaps in them."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class LeastSquares(Strategy):
    """Least squares by formula; standard errors HC3, or by cluster.

    Parameters
    ----------
    formula : str
        As statsmodels reads it: ``"spend ~ member + spend_before"``.
    term : str
        The coefficient that is the answer: ``"member"``.
    cluster : str, optional
        Column of the groups within which errors hang together.
    """

    formula: str
    term: str
    cluster: str | None = None

    def needs(self) -> Names:
        """List the columns of the formula, and the cluster's."""
        return _with(named_in(self.formula), self.cluster)

    def fit(self, table: pd.DataFrame, level: float) -> Fit:
        """Give the coefficient."""
        return fits.linear(table, self.formula, self.term, cluster=self.cluster, level=level)


@dataclass(frozen=True, kw_only=True)
class LogitDifference(Strategy):
    """A logit by formula, told as the average difference in probability; parameters as in :class:`LeastSquares`."""

    formula: str
    term: str
    cluster: str | None = None

    def needs(self) -> Names:
        """List the columns of the formula, and the cluster's."""
        return _with(named_in(self.formula), self.cluster)

    def fit(self, table: pd.DataFrame, level: float) -> Fit:
        """Give the average marginal difference."""
        return fits.difference_logit(
            table, self.formula, self.term, cluster=self.cluster, level=level
        )


@dataclass(frozen=True, kw_only=True)
class Mixed(Strategy):
    """A mixed model by formula, with a random intercept for each ``group``."""

    formula: str
    term: str
    group: str

    def needs(self) -> Names:
        """List the columns of the formula, and the group's."""
        return _with(named_in(self.formula), self.group)

    def fit(self, table: pd.DataFrame, level: float) -> Fit:
        """Give the coefficient."""
        return fits.mixed(table, self.formula, self.term, group=self.group, level=level)


@dataclass(frozen=True, kw_only=True)
class Discontinuity(Strategy):
    """The jump at a cutoff, by :func:`cvm.tiering.threshold_effect`.

    Parameters
    ----------
    outcome, running : str
        Columns: what may jump, and what decides who is treated.
    cutoff : float
        Treated are those at or above it.
    bandwidth : float, optional
        How far to look; chosen by the rule of that function without it.
    """

    outcome: str
    running: str
    cutoff: float
    bandwidth: float | None = None

    def needs(self) -> Names:
        """List the two columns."""
        return (self.outcome, self.running)

    def fit(self, table: pd.DataFrame, level: float) -> Fit:
        """Give the jump; the interval allows for a bend."""
        from cvm.tiering import threshold_effect

        found = threshold_effect(table, running=self.running, outcome=self.outcome,
                                 cutoff=self.cutoff, bandwidth=self.bandwidth, level=level)  # fmt: skip
        t, b = abs(found.effect) / found.se, found.bias / found.se
        p = float(ndtr(b - t) + ndtr(-b - t))
        note = _("{n} rows within {h} of the cutoff", n=number(found.n), h=number(found.bandwidth))
        return Fit(found.effect, found.se, found.low, found.high, p, len(table), math.inf,
                   found.bias, note)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Changes(Strategy):
    """Difference in differences of one change a customer, by :func:`cvm.loyalty.difference_in_differences`."""

    before: str
    after: str
    treatment: str

    def needs(self) -> Names:
        """List the three columns."""
        return (self.before, self.after, self.treatment)

    def fit(self, table: pd.DataFrame, level: float) -> Fit:
        """Give the difference of the mean changes."""
        from cvm.loyalty import difference_in_differences

        binary(table, self.treatment)
        found = difference_in_differences(
            table, before=self.before, after=self.after, member=self.treatment, level=level
        )
        return fits.standard(found.effect, found.se, n=found.n, level=level)


@dataclass(frozen=True, kw_only=True)
class Weighting(Strategy):
    """Weighting by one over the estimated propensity.

    Parameters
    ----------
    outcome, treatment : str
        Columns: a number, and True or False.
    covariates : tuple of str
        Columns that may have decided who was treated; known before the treatment.
    group : {"all", "treated"}
        For whom the effect is wanted.
    """

    outcome: str
    treatment: str
    covariates: Names
    group: str = "all"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.group not in ("all", "treated"):
            wrong = _("An effect is wanted for all or for the treated.")
            raise CvmError(wrong, given=self.group, remedy=_("Write group='all' or group='treated'."))  # fmt: skip

    def needs(self) -> Names:
        """List the columns."""
        return (self.outcome, self.treatment, *self.covariates)

    def fit(self, table: pd.DataFrame, level: float) -> Fit:
        """Give the weighted difference."""
        binary(table, self.treatment)
        y, treated, x = arrays(table, self.outcome, self.treatment, self.covariates)
        return fits.weighted(y, treated, x, group=self.group, level=level)


@dataclass(frozen=True, kw_only=True)
class Instrument(Strategy):
    """Two-stage least squares, errors robust to unequal spread.

    Parameters
    ----------
    outcome, treatment : str
        Columns.
    instruments : tuple of str
        Columns that move the treatment, and the outcome through nothing else.
    covariates : tuple of str
        Columns in both stages.
    """

    outcome: str
    treatment: str
    instruments: Names
    covariates: Names = ()

    def needs(self) -> Names:
        """List the columns."""
        return (self.outcome, self.treatment, *self.instruments, *self.covariates)

    def fit(self, table: pd.DataFrame, level: float) -> Fit:
        """Give the effect on those whom the instrument moves."""
        y, treated, x = arrays(table, self.outcome, self.treatment, self.covariates)
        z = table[list(self.instruments)].to_numpy(dtype=float)
        return fits.two_stage(y, treated, z, x, level=level)


@dataclass(frozen=True, kw_only=True)
class Hazard(Strategy):
    """The discrete-time hazard of leaving, by :func:`cvm.churn.discrete_hazard` on the log hazard.

    Parameters
    ----------
    months, left : str
        Columns: how long each was watched, and whether it left.
    term : str
        The covariate that is the question.
    covariates : tuple of str
        The others.
    """

    months: str
    left: str
    term: str
    covariates: Names = ()

    def needs(self) -> Names:
        """List the columns."""
        return (self.months, self.left, self.term, *self.covariates)

    def fit(self, table: pd.DataFrame, level: float) -> Fit:
        """Give the effect on the log hazard."""
        from cvm.churn import discrete_hazard

        found = discrete_hazard(table, covariates=[self.term, *self.covariates], link="cloglog",
                                months=self.months, left=self.left, level=level)  # fmt: skip
        row = found.table[found.table["term"] == self.term].to_dict("records")[0]
        return fits.standard(row["effect"], row["se"], n=len(table), level=level)


@dataclass(frozen=True, kw_only=True)
class Mediation(Strategy):
    """The part of an effect that runs through a mediator (product of coefficients).

    Parameters
    ----------
    outcome, treatment, mediator : str
        Columns.
    covariates : tuple of str
        Columns in both equations.
    """

    outcome: str
    treatment: str
    mediator: str
    covariates: Names = ()

    def needs(self) -> Names:
        """List the columns."""
        return (self.outcome, self.treatment, self.mediator, *self.covariates)

    def fit(self, table: pd.DataFrame, level: float) -> Fit:
        """Give the indirect effect."""
        y, treated, x = arrays(table, self.outcome, self.treatment, self.covariates)
        mediator = table[self.mediator].to_numpy(dtype=float)
        return fits.mediated(y, treated, mediator, x, level=level)


@dataclass(frozen=True, kw_only=True)
class Moderation(Strategy):
    """How much more a treatment does for a customer one unit higher in a moderator."""

    outcome: str
    treatment: str
    moderator: str
    covariates: Names = ()
    cluster: str | None = None

    def needs(self) -> Names:
        """List the columns."""
        return _with((self.outcome, self.treatment, self.moderator, *self.covariates), self.cluster)

    def fit(self, table: pd.DataFrame, level: float) -> Fit:
        """Give the coefficient of the product."""
        y, t, m = (f'Q("{name}")' for name in (self.outcome, self.treatment, self.moderator))
        others = "".join(f' + Q("{name}")' for name in self.covariates)
        formula = f"{y} ~ {t} * {m}{others}"
        return fits.linear(table, formula, f"{t}:{m}", cluster=self.cluster, level=level)


@dataclass(frozen=True, kw_only=True)
class Bend(Strategy):
    """Whether a driver's curve bends: threshold and asymmetry, by :func:`cvm.survey.penalty_reward`.

    Parameters
    ----------
    outcome, driver : str
        Columns of numbers: loyalty, and satisfaction.
    bad, good : float
        If they are the same, the bend: the answer is the slope above it less the slope below
        (a threshold where it is above 0). Else the ends of bad and good answers: the answer
        is the gain from middle to good less the loss from middle to bad.
    covariates : tuple of str
        Other drivers, each bent at its own median (or parted at its thirds).
    """

    outcome: str
    driver: str
    bad: float
    good: float
    covariates: Names = ()

    def needs(self) -> Names:
        """List the columns."""
        return (self.outcome, self.driver, *self.covariates)

    def fit(self, table: pd.DataFrame, level: float) -> Fit:
        """Give the asymmetry."""
        from cvm.survey import penalty_reward

        method = "slopes" if self.bad == self.good else "groups"
        found = penalty_reward(table, self.outcome, [self.driver, *self.covariates], method=method,
                               bad=self.bad, good=self.good, level=level)  # fmt: skip
        row = found.table.iloc[0]
        half = (row["asymmetry_high"] - row["asymmetry_low"]) / 2
        se = half / float(stats.norm.ppf(0.5 + level / 2))
        return fits.standard(row["asymmetry"], se, n=found.n, level=level)


def _with(names: Names, more: str | None) -> Names:
    return names if more is None or more in names else (*names, more)


_METHODS = {
    "LeastSquares": (
        N_("least squares"),
        N_("nothing left out of the formula moves both treatment and outcome"),
    ),
    "LogitDifference": (
        N_("logit"),
        N_("nothing left out of the formula moves both treatment and outcome"),
    ),
    "Mixed": (
        N_("mixed model"),
        N_("what a group has of its own is unrelated to the treatment"),
    ),
    "Discontinuity": (
        N_("regression discontinuity"),
        N_("customers just above and just below the cutoff are alike"),
    ),
    "Changes": (
        N_("difference in differences"),
        N_("without the treatment both groups would have changed alike"),
    ),
    "Weighting": (
        N_("weighting by the propensity"),
        N_("customers alike in the covariates were treated by chance"),
    ),
    "Instrument": (
        N_("instrumental variable"),
        N_("the instrument moves the outcome through the treatment alone"),
    ),
    "Hazard": (
        N_("discrete-time hazard"),
        N_("watching ended by chance, and customers alike in the covariates are alike"),
    ),
    "Mediation": (
        N_("mediation"),
        N_("nothing left out moves both the mediator and the outcome"),
    ),
    "Moderation": (
        N_("moderation"),
        N_("nothing left out moves both treatment and outcome"),
    ),
    "Bend": (
        N_("bend of a curve"),
        N_("nothing left out moves both the driver and the outcome"),
    ),
}  # fmt: skip
