r"""The relationship life cycle: which phase an account is in, told from its purchases.

An account goes through *exploration*, *formation*, *stability* and *decline*
(考察 形成 稳定 退化). Account :math:`i` with potential :math:`p_i` buys in month :math:`t`

.. math:: v_{it} = p_i\, f_{it}\, e^{\eta_{it}}, \qquad f =
   \begin{cases} \text{trial} & \text{exploration} \\
   \text{trial} + (1-\text{trial})\,\tau/D & \text{formation, month } \tau \text{ of } D \\
   1 & \text{stability} \\ (1-\text{fade})^{\tau} & \text{decline} \end{cases}

with random durations of the first three phases and noise :math:`\eta`. The firm sees the
purchases and never the phase.

**Detection** uses the past alone, as a manager must. Let :math:`a` be the mean of the last
``window`` months and :math:`b` that of the ``window`` before. An account is in
*exploration* while :math:`a` has never passed ``small`` of a usual account; else in
*formation* if :math:`a > (1+\text{rise})\,b`; in *decline* if
:math:`a < (1-\text{fall})` of the best such mean so far; else in *stability*.

**The estimands.** The share of account-months in the right phase; the delay from the true
start of a decline to the first warning; the false alarms among stable months. All against
the known truth (:func:`judge_phases`).

**What the naive answer gets wrong.** "Less than last month: in decline" warns early, and
nearly every second stable month as well.

**Where it comes from.** The phases are the course's; the rule and all sizes are for
teaching. A longer window is calmer and later: there is no free lunch.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike, NDArray

from cvm.errors import CvmError
from cvm.inputs import need_columns, number_array, numbers_in, real_number, whole_number
from cvm.levers import Levers, assumption, lever, needs_world
from cvm.luck import Luck
from cvm.results import Result, number
from cvm.words import N_, _

__all__ = [
    "PHASES",
    "TYPES",
    "PhaseReport",
    "Relationship",
    "detect_phases",
    "judge_phases",
    "phase_confusion",
    "relationship_types",
    "simulate_relationships",
    "types_table",
]

Floats = NDArray[np.float64]

#: The longest simulation; luck is drawn for all of it.
LONGEST = 240
#: In the order an account goes through them.
PHASES = (N_("exploration"), N_("formation"), N_("stability"), N_("decline"))
#: Relationship types on value x loyalty; :func:`relationship_types` gives positions here.
TYPES = (N_("acquaintance"), N_("functional"), N_("emotional"), N_("partner"))


class Relationship(Levers):
    """Accounts that go through the life cycle, and the rule that watches them."""

    window: int = lever(
        3, low=1, high=12, unit=N_("months"), meaning=N_("Months averaged before comparing")
    )
    fall: float = lever(
        0.25, low=0.02, high=0.9, unit="share",
        meaning=N_("Fall from the best level that counts as decline"),
    )  # fmt: skip
    rise: float = lever(
        0.15, low=0.0, high=2, unit="share",
        meaning=N_("Rise over the months before that counts as formation"),
    )  # fmt: skip
    small: float = lever(
        0.2, low=0.01, high=0.9, unit="share",
        meaning=N_("Level, of a usual account's, up to which an account is still exploring"),
    )  # fmt: skip
    exploring: float = assumption(
        5.0, low=1, high=24, unit=N_("months"), meaning=N_("Mean length of exploration")
    )
    forming: float = assumption(
        8.0, low=1, high=36, unit=N_("months"), meaning=N_("Mean length of formation")
    )
    stable: float = assumption(
        24.0, low=2, high=120, unit=N_("months"), meaning=N_("Mean length of stability")
    )
    fade: float = assumption(
        0.12, low=0.01, high=0.8, unit="share", meaning=N_("Fall a month in decline")
    )
    trial: float = assumption(
        0.1, low=0.01, high=0.5, unit="share",
        meaning=N_("Level of trial purchases, of what the account will come to"),
    )  # fmt: skip
    noise: float = assumption(
        0.15, low=0, high=1, meaning=N_("How much purchases move from month to month by luck")
    )
    potential: float = assumption(
        100.0, low=1, high=10_000, unit=N_("yuan"),
        meaning=N_("What a usual account buys a month when stable"),
    )  # fmt: skip
    alike: float = assumption(
        6.0, low=0.5, high=100, meaning=N_("How alike accounts are in size (shape of the gamma)")
    )


@needs_world
def simulate_relationships(
    world: Relationship, *, n: int, seed: int, months: int = 60
) -> pd.DataFrame:
    """Simulate accounts through their life cycle.

    Parameters
    ----------
    world : Relationship
        Assumptions; the rule's levers play no part here.
    n : int
        Accounts, 1 or more; a larger ``n`` keeps the first ones.
    seed : int
        The luck.
    months : int
        Months from the first purchase on, 2 to 240.

    Returns
    -------
    DataFrame
        One row an account and month (from 1): ``customer``, ``month``, ``volume``
        (yuan) and ``true_phase``.
    """
    n, months = whole_number(n, name="n"), whole_number(months, name="months", least=2)
    if months > LONGEST:
        wrong = _("Accounts are followed for 2 to {most} months.", most=LONGEST)
        raise CvmError(wrong, given=months, remedy=_("Give for example months=60."))
    luck = Luck(seed)
    size = luck.gamma("potential", n, shape=world.alike) * world.potential / world.alike
    mean = np.array([world.exploring, world.forming, world.stable])
    # Two months each at least, so that a phase can be seen at all.
    lengths = np.maximum(np.round(luck.gamma("lengths", n, 3, shape=4.0) / 4 * mean), 2)
    ends = np.cumsum(lengths, axis=1)
    t = np.arange(months)
    phase = (t[None, :, None] >= ends[:, None, :]).sum(axis=2)
    into = t[None, :] - np.where(
        phase > 0, np.take_along_axis(ends, np.maximum(phase - 1, 0), 1), 0
    )
    forming = world.trial + (1 - world.trial) * (into + 1) / lengths[:, [1]]
    level = np.choose(phase, [world.trial, forming, 1.0, (1 - world.fade) ** (into + 1)])
    luckily = np.exp(world.noise * luck.normal("purchases", n, LONGEST)[:, :months])
    return pd.DataFrame(
        {
            "customer": np.repeat(np.arange(1, n + 1), months),
            "month": np.tile(t + 1, n),
            "volume": (size[:, None] * level * luckily).ravel(),
            "true_phase": np.array(PHASES)[phase.ravel()],
        }
    )


@needs_world
def detect_phases(panel: pd.DataFrame, *, world: Relationship) -> pd.DataFrame:
    """Tell the phase of each account and month from purchases up to that month.

    Parameters
    ----------
    panel : DataFrame
        One row an account and month: ``customer``, ``month``, ``volume``; every account
        with the same months.
    world : Relationship
        The rule: ``window``, ``rise``, ``fall``, ``small`` (of ``potential``).

    Returns
    -------
    DataFrame
        The panel sorted by account and month, with ``phase`` and ``naive_phase`` (by the
        change since last month alone).
    """
    rows, volume = _matrix(panel)
    w = world.window
    padded = np.concatenate([np.repeat(volume[:, :1], w - 1, axis=1), volume], axis=1)
    recent = sliding_window_view(padded, w, axis=1).mean(axis=2)
    earlier = np.concatenate([np.repeat(recent[:, :1], w, axis=1), recent], axis=1)[:, :-w]
    best = np.maximum.accumulate(recent, axis=1)
    phase = np.full(volume.shape, 2)
    phase[recent < (1 - world.fall) * best] = 3
    phase[recent > (1 + world.rise) * earlier] = 1
    phase[best < world.small * world.potential] = 0
    last = np.concatenate([volume[:, :1], volume[:, :-1]], axis=1)
    naive = np.where(volume < last, 3, np.where(volume > (1 + world.rise) * last, 1, 2))
    names = np.array(PHASES)
    return rows.assign(phase=names[phase.ravel()], naive_phase=names[naive.ravel()])


@dataclass(frozen=True, kw_only=True, repr=False)
class PhaseReport(Result):
    """How well phases were told.

    Parameters
    ----------
    accuracy, low, high : float
        Share of account-months in the right phase; interval over accounts.
    naive_accuracy : float
        The same for the change since last month.
    delay : float
        Median months from the true start of a decline to the first warning in it.
    found : float
        Share of declines with a warning within six months (of those seen that long).
    false_alarms, naive_false_alarms : float
        Share of truly stable months called decline.
    accounts : int
        Accounts judged.
    """

    accuracy: float
    low: float
    high: float
    naive_accuracy: float
    delay: float
    found: float
    false_alarms: float
    naive_false_alarms: float
    accounts: int

    def sentence(self) -> str:
        """Say how often it is right, how late and how often for nothing."""
        right = _(
            "{right} of account-months are in the right phase ({low} to {high}; {naive} by last "
            "month's change).",
            right=number(self.accuracy, "share"), low=number(self.low, "share"),
            high=number(self.high, "share"), naive=number(self.naive_accuracy, "share"),
        )  # fmt: skip
        alarms = _(
            "{alarms} of stable months give a false alarm ({naive_alarms}).",
            alarms=number(self.false_alarms, "share"),
            naive_alarms=number(self.naive_false_alarms, "share"),
        )
        if math.isnan(self.false_alarms):
            alarms = _("No month was truly stable.")
        if math.isnan(self.delay):
            return " ".join([right, _("No decline was seen."), alarms])
        seen = _(
            "{found} of declines are seen within six months, after {delay} in the median",
            found=number(self.found, "share"), delay=number(self.delay, "months"),
        )  # fmt: skip
        if math.isnan(self.found):
            delay = number(self.delay, "months")
            seen = _("The declines that are seen are seen after {delay} in the median", delay=delay)
        return f"{right} {seen}; {alarms[0].lower() + alarms[1:]}"


def judge_phases(panel: pd.DataFrame) -> PhaseReport:
    """Judge told phases against the truth.

    Parameters
    ----------
    panel : DataFrame
        From :func:`detect_phases` on simulated accounts: ``customer``, ``month``,
        ``phase``, ``naive_phase``, ``true_phase``.

    Returns
    -------
    PhaseReport
        The 95 % interval treats accounts, not months, as independent.
    """
    panel = _told(panel, "phase", "naive_phase", "true_phase")
    numbers_in(panel, ["month"])
    right = (panel["phase"] == panel["true_phase"]).groupby(panel["customer"]).mean()
    half = 1.959963984540054 * float(right.std(ddof=1)) / np.sqrt(len(right))
    stable = panel[panel["true_phase"] == "stability"]
    declines = panel[panel["true_phase"] == "decline"]
    start = declines.groupby("customer")["month"].min()
    warned = declines[declines["phase"] == "decline"].groupby("customer")["month"].min()
    wait = (warned - start).reindex(start.index)
    long_enough = panel["month"].max() - start >= 6
    return PhaseReport(
        accuracy=float(right.mean()), low=float(np.maximum(right.mean() - half, 0)),
        high=float(np.minimum(right.mean() + half, 1)),
        naive_accuracy=float((panel["naive_phase"] == panel["true_phase"]).mean()),
        delay=float(wait.median()), found=float((wait[long_enough] <= 6).mean()),
        false_alarms=float((stable["phase"] == "decline").mean()),
        naive_false_alarms=float((stable["naive_phase"] == "decline").mean()),
        accounts=len(right),
    )  # fmt: skip


def phase_confusion(panel: pd.DataFrame, *, told: str = "phase") -> pd.DataFrame:
    """Cross the true phases with those told, ready to draw.

    Parameters
    ----------
    panel : DataFrame
        From :func:`detect_phases` on simulated accounts.
    told : str
        ``"phase"`` or ``"naive_phase"``.

    Returns
    -------
    DataFrame
        One row a pair: ``true_phase``, ``told``, ``months``, ``share`` (of the months
        truly in that phase).
    """
    size = len(PHASES)
    need_columns(panel, ["true_phase", told])
    true, said = (
        pd.Index(PHASES).get_indexer(pd.Index(panel[name])) for name in ("true_phase", told)
    )
    if min(true.min(initial=0), said.min(initial=0)) < 0:
        raise _no_phase()
    cells = true * size + said
    months = np.bincount(cells, minlength=size * size).reshape(size, size)
    share = months / np.maximum(months.sum(axis=1, keepdims=True), 1)
    rows = [(a, b) for a in PHASES for b in PHASES]  # as the cells of the table run
    return pd.DataFrame(
        {
            "true_phase": [a for a, _b in rows],
            "told": [b for _a, b in rows],
            "months": months.ravel(),
            "share": share.ravel(),
        }
    )


def relationship_types(
    value: ArrayLike, loyalty: ArrayLike, *, value_cut: float, loyalty_cut: float
) -> NDArray[np.int8]:
    """Sort customers on value and loyalty (认识 功能 情感 伙伴).

    Parameters
    ----------
    value, loyalty : array_like
        What the customer is worth, and how loyal it is, on any scales.
    value_cut, loyalty_cut : float
        From where each counts as high.

    Returns
    -------
    ndarray of int8
        Positions in :data:`TYPES`: 0 acquaintance (low, low), 1 functional (high value),
        2 emotional (high loyalty), 3 partner (both).
    """
    high = real_number(value_cut, name="value_cut"), real_number(loyalty_cut, name="loyalty_cut")
    worth = (number_array(value, name="value") >= high[0]).astype(np.int8)
    loyal = (number_array(loyalty, name="loyalty") >= high[1]).astype(np.int8)
    return worth + 2 * loyal


def types_table(
    table: pd.DataFrame, *, value: str, loyalty: str, value_cut: float, loyalty_cut: float
) -> pd.DataFrame:
    """Count the four relationship types, ready to draw.

    Parameters
    ----------
    table : DataFrame
        One row a customer.
    value, loyalty : str
        Columns.
    value_cut, loyalty_cut : float
        As in :func:`relationship_types`.

    Returns
    -------
    DataFrame
        Four rows: ``type``, ``customers``, ``share``, ``value`` (mean), ``value_share``
        (unknown where all together are worth nothing), ``loyalty`` (mean).
    """
    worth, loyal = numbers_in(table, [value, loyalty]).T
    code = relationship_types(worth, loyal, value_cut=value_cut, loyalty_cut=loyalty_cut)
    whole = worth.sum() if worth.sum() > 0 else np.nan  # of a loss there are no shares
    rows = []
    for i, name in enumerate(TYPES):
        mine, count = code == i, int((code == i).sum())
        rows.append({
            "type": name, "customers": count, "share": count / len(table),
            "value": worth[mine].mean() if count else np.nan,
            "value_share": worth[mine].sum() / whole,
            "loyalty": loyal[mine].mean() if count else np.nan,
        })  # fmt: skip
    return pd.DataFrame(rows)


def _matrix(panel: pd.DataFrame) -> tuple[pd.DataFrame, Floats]:
    panel = _told(panel)
    numbers_in(panel, ["month", "volume"])
    rows = panel.sort_values(["customer", "month"], ignore_index=True)
    months = rows["month"].nunique()
    complete = rows.groupby("customer")["month"].nunique().eq(months).all()
    if not complete or rows.duplicated(["customer", "month"]).any():
        raise CvmError(
            _("Every account needs one row for each of the same months."),
            remedy=_("Fill months without purchase with a volume of 0."),
        )
    volume = rows["volume"].to_numpy(dtype=float).reshape(-1, months)
    if not np.all(volume >= 0):
        raise CvmError(
            _("A volume is zero or positive, and none may be missing."),
            given=float(volume.min()),
            remedy=_("Net returns against the month, or leave them out."),
        )
    return rows, volume


def _told(panel: pd.DataFrame, *phases: str) -> pd.DataFrame:
    """Take a panel by account and month, the phases told in it among those there are."""
    need_columns(panel, ["customer", "month", *phases])
    if panel["customer"].isna().any():
        wrong = _("Every row names a customer; in some it is missing.")
        raise CvmError(wrong, remedy=_("Fill the column in, or drop the rows."))
    if not panel[list(phases)].isin(PHASES).all(axis=None):
        raise _no_phase()
    return panel.reset_index(drop=True)


def _no_phase() -> CvmError:
    wrong = _("A phase is one of the four; some rows have none of them.")
    return CvmError(wrong, remedy=_("Choose one of: {options}.", options=", ".join(PHASES)))
