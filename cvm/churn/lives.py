r"""From an operator's books to lives: who was watched, from when, until when.

A market's table of states says of every person and month: no customer yet, customer, lost.
A stretch of months as a customer is a **life**. Three things happen to it on the way into a
table of lives:

* **it is censored** where the books end first: the customer was still there in the last month;
* **it is cut on the left** where the books began later than the customer: whoever was a
  customer before the first month is watched from an *entry* :math:`e_i > 0`, and those who left
  before are missing. So customer :math:`i` is at risk at :math:`t` only where
  :math:`e_i < t \le t_i`, and :math:`n_t = \sum_i [e_i < t \le t_i]`;
* **it may begin anew**: who was lost and came back lives a second life.

The hazard in the months :math:`a+1` to :math:`b` of a life is the share of customer-months in
which someone left,

.. math:: \hat h_{(a, b]} = \frac{\sum_{t=a+1}^{b} d_t}{\sum_{t=a+1}^{b} n_t} .

**Covariates known in time.** What a customer does tells something of how long it stays; but who
stays long has time to do much. Read from the whole life, complaints and memberships look as if
they kept customers. So behaviour is read over the first months watched, ``reading`` of them,
and the watch begins only then (a *landmark*); who left earlier is not in the table.

**The estimand.** The share still here after :math:`t` months among all who ever joined, and the
hazard by month of life.

**What the naive answer gets wrong.** It leaves out the entry and takes a customer of ten months
for one who was watched for ten months and stayed. In the data set ``yunhe`` 76 of 100 would still
be here after a year if every life were taken as watched from its first day; by the entries it is
73, although those there at the start had been customers for three months only. And it asks those
who left how long they stayed: of them 48 of 100 had been here for a year.

**Where it comes from.** Left truncation: Lynden-Bell (1971), Klein & Moeschberger (2003);
landmarks: Anderson, Cain & Gelber (1983). At second hand.

**Simplified for teaching.** A life is counted in whole months, and who leaves is gone at the end
of the last one. Who was still there in the last month of the books is censored at its beginning:
the books do not say what happened in it. Where few are watched in the first months of life, one
who leaves then pulls the whole curve down: see how many were ``at_risk`` before reading it.

References
----------
Anderson, J. R., Cain, K. C. & Gelber, R. D. (1983). Analysis of survival by tumor response.
*Journal of Clinical Oncology* 1(11), 710-719.
Klein, J. P. & Moeschberger, M. L. (2003). *Survival Analysis*, 2nd ed. Springer.
Lynden-Bell, D. (1971). A method of allowing for known observational selection in small samples
applied to 3CR quasars. *Monthly Notices of the Royal Astronomical Society* 155(1), 95-118.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from cvm.churn.door import check_columns, check_lives, numbers_of
from cvm.churn.hazards import customer_months
from cvm.churn.survival import ALL, _curve, _groups
from cvm.errors import CvmError
from cvm.inputs import check_level, need_columns, whole_number
from cvm.words import N_, _

__all__ = ["hazard_by_month", "life_curves", "market_lives"]

#: The curves of :func:`life_curves`.
LEAVERS, FIRST_DAY = N_("only those who left"), N_("as if watched from the first day")
KAPLAN_MEIER, TRUTH = N_("Kaplan and Meier"), N_("the truth")


def market_lives(
    states: pd.DataFrame,
    *,
    customers: pd.DataFrame | None = None,
    contacts: pd.DataFrame | None = None,
    reading: int = 0,
    start: str = "2021-01",
) -> pd.DataFrame:
    """Turn a market's tables into lives, one row a stretch as a customer.

    Parameters
    ----------
    states : DataFrame
        One row a person and month: ``customer``, ``month`` (from 0), ``state`` ("actual" for
        customers), ``tenure`` (whole months as a customer so far), and ``purchases`` and
        ``revenue`` where behaviour is read. From :func:`cvm.market.simulate`, or
        ``cvm.datasets.load("yunhe_states")``.
    customers : DataFrame, optional
        Who they are: ``customer``, ``segment``, ``tier``, ``channel``. Whether somebody is a
        member is not taken over: it became so during the life it would explain.
    contacts : DataFrame, optional
        Service contacts: ``customer``, ``date``, ``complained``; read only with ``reading``.
    reading : int
        Months at the beginning of each watch over which behaviour is read, 0 or more; the
        watch begins after them.
    start : str
        Month 0 of the states, such as "2021-01"; needed for the dates of contacts.

    Returns
    -------
    DataFrame
        ``customer``, ``life`` (1 for the first in these books), ``began`` (month in which the
        watch began), ``entry`` (months as a customer by then), ``months`` (as a customer, to
        leaving or to the last month of the books), ``left``; what ``customers`` holds; with
        ``reading``, a month: ``purchases``, ``revenue``, and ``contacts``, ``complaints``.
        Lives watched for no time are left out. For :func:`cvm.churn.survival_curve`, ``cox``
        and ``discrete_hazard`` with ``entry="entry"``.

    Raises
    ------
    CvmError
        If a table lacks a column, or nobody was a customer for long enough.
    """
    check_columns(states, ["customer", "state"])
    numbers_of(states, ["month", "tenure"])
    whole_number(reading, name="reading", least=0)
    active = _stretches(states)
    by = active.groupby(["customer", "life"], sort=True)
    lives = by.agg(began=("month", "first"), entry=("tenure", "first"), last=("month", "last"),
                   so_far=("tenure", "last")).reset_index()  # fmt: skip
    lives["left"] = lives.pop("last") < states["month"].max()
    # Who left was there to the end of the last month, of which tenure does not know yet.
    lives["months"] = lives.pop("so_far") + lives["left"]
    if reading:
        lives = lives.merge(_behaviour(active, contacts, reading, start), on=["customer", "life"])
        lives[["began", "entry"]] += reading
    if customers is not None:
        need_columns(customers, ["customer", "segment", "tier", "channel"])
        if customers["customer"].duplicated().any():
            wrong = _("A customer has more than one row in the table of who they are.")
            given = customers.loc[customers["customer"].duplicated(), "customer"].iloc[0]
            raise CvmError(wrong, given=given, remedy=_("Keep one row a customer."))
        lives = lives.merge(customers[["customer", "segment", "tier", "channel"]], on="customer")
    lives = lives[lives["months"] > lives["entry"]].reset_index(drop=True)
    if lives.empty:
        wrong = _("Nobody was a customer for long enough to be watched.")
        raise CvmError(wrong, given={"reading": reading},
                       remedy=_("Take more months of books, or a shorter reading."))  # fmt: skip
    first = ["customer", "life", "began", "entry", "months", "left"]
    return lives[[*first, *(name for name in lives if name not in first)]]


def hazard_by_month(
    table: pd.DataFrame,
    *,
    by: str | None = None,
    width: int = 3,
    months: str = "months",
    left: str = "left",
    entry: str | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Count who leaves in each month of life, among those watched in it.

    Parameters
    ----------
    table : DataFrame
        One row a customer.
    by : str, optional
        A column of groups.
    width : int
        Months of life put together in one row, 1 or more.
    months, left, entry, level
        As in :func:`cvm.churn.survival_curve`.

    Returns
    -------
    DataFrame
        One row a group and stretch of months: ``group``, ``month`` (first of the stretch),
        ``to`` (last), ``watched`` (customer-months), ``left``, ``hazard`` (share a month),
        ``low``, ``high`` (Wilson).
    """
    from statsmodels.stats.proportion import proportion_confint  # takes a second to load

    check_level(level)
    width = whole_number(width, name="width")
    rows = customer_months(table, months=months, left=left, entry=entry)
    groups = np.full(len(table), ALL) if by is None else _groups(table, by)
    step = (rows["month"] - 1) // width
    told = pd.DataFrame({"group": groups[rows["row"]], "step": step, "left": rows["left"]})
    found = told.groupby(["group", "step"], sort=True)["left"].agg(["size", "sum"]).reset_index()
    ends = proportion_confint(found["sum"], found["size"], alpha=1 - level, method="wilson")
    low, high = (np.asarray(end) for end in ends)
    return pd.DataFrame(
        {
            "group": found["group"], "month": found["step"] * width + 1,
            "to": (found["step"] + 1) * width, "watched": found["size"], "left": found["sum"],
            "hazard": found["sum"] / found["size"], "low": low, "high": high,
        }
    )  # fmt: skip


def life_curves(
    table: pd.DataFrame,
    *,
    months: str = "months",
    left: str = "left",
    entry: str | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Put the tempting curves beside the right one, and the truth where it is known.

    Parameters
    ----------
    table : DataFrame
        One row a customer; with ``true_life``, and no entry, the truth is told too.
    months, left, entry, level
        As in :func:`cvm.churn.survival_curve`.

    Returns
    -------
    DataFrame
        One row a curve and month: ``group`` ("only those who left"; "as if watched from the
        first day", where there is an entry; "Kaplan and Meier"; "the truth", where known),
        ``months``, ``survival``, ``low``, ``high``.
    """
    check_level(level)
    time, event, start = check_lives(table, months, left, entry)
    gone = event == 1
    curves = {LEAVERS: _curve(time[gone], event[gone], None, level)}
    if start is not None:
        curves[FIRST_DAY] = _curve(time, event, None, level)
    curves[KAPLAN_MEIER] = _curve(time, event, start, level)
    if "true_life" in table and start is None:  # else it is known of those seen alone
        known = table["true_life"].to_numpy(dtype=float)
        whole = _curve(known, np.ones(len(known)), None, level)
        curves[TRUTH] = whole[whole["months"] <= time.max()]
    told = [curve.assign(group=name) for name, curve in curves.items()]
    return pd.concat(told, ignore_index=True)[["group", "months", "survival", "low", "high"]]


def _stretches(states: pd.DataFrame) -> pd.DataFrame:
    """Months as a customer, in order, with the number of the life they belong to."""
    active = states[states["state"] == "actual"].sort_values(["customer", "month"])
    twice = active.duplicated(["customer", "month"])
    if twice.any():
        wrong = _("A customer stands twice in one month.")
        given = active.loc[twice, ["customer", "month"]].iloc[0].to_dict()
        raise CvmError(wrong, given=given, remedy=_("Leave one of the rows out."))
    other = active["customer"] != active["customer"].shift()  # names may be words
    new = other | (active["month"].diff() != 1)
    return active.assign(life=new.groupby(active["customer"]).cumsum())


def _behaviour(
    active: pd.DataFrame, contacts: pd.DataFrame | None, reading: int, start: str
) -> pd.DataFrame:
    """Means a month over the first months watched."""
    if len(active):
        numbers_of(active, ["purchases", "revenue"])
    keys = ["customer", "life"]
    early = active[active.groupby(keys).cumcount() < reading]
    found = early.groupby(keys)[["purchases", "revenue"]].sum()
    if contacts is not None:
        need_columns(contacts, ["customer", "date", "complained"])
        try:
            month = pd.to_datetime(contacts["date"]).dt.to_period("M")
            since = pd.Period(start, freq="M").ordinal
        except (ValueError, TypeError, AttributeError) as problem:
            wrong = _("A date of a contact, or the month the books start, cannot be read.")
            remedy = _("Write days as '2024-12-31' and the month as '2021-01'.")
            raise CvmError(wrong, given=start, remedy=remedy) from problem
        told = pd.DataFrame({"customer": contacts["customer"], "month": month.astype("int64") - since,
                             "contacts": 1, "complaints": contacts["complained"]})  # fmt: skip
        met = early[[*keys, "month"]].merge(told, on=["customer", "month"])
        counts = met.groupby(keys)[["contacts", "complaints"]].sum()
        found = found.join(counts).fillna(0.0)
    return (found / reading).reset_index()
