"""The claim of chapter 05 on early warnings: early-warning."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cvm import alerts, database
from cvm.alerts.accounts import course
from cvm.research.claims.claim import Claim, Data, Trial, verdict_of
from cvm.results import number
from cvm.words import N_, _

__all__ = ["CLAIMS"]

#: Accounts of a condition, and those the team takes up in a week.
ACCOUNTS, CAPACITY = 800, 8
#: Accounts where a database has to be filled.
FILED = 400
#: Weekly reviews, as days of the year.
REVIEWS = np.arange(96, 365, 7)
#: Days without a purchase after which a real customer counts as gone.
AWAY = 180

Row = dict[str, object]


def _early_warning(seed: int, data: Data) -> Trial:
    grid = product((1.0, 4.0, 16.0), (20.0, 60.0, 120.0), ("rhythm", "fixed"))
    rows = [row for world in grid for row in _stopped(*world, seed)]
    rows += [row for notice in (20.0, 60.0, 120.0) for row in _filed(notice, seed)]
    rows += [row for name, log in data.items() for row in _real(name, log)]
    table = pd.DataFrame(rows)
    table["holds"] = table["holds"].astype("boolean")
    made = table[table["data"] == "simulated"]
    time, right = (made[made["measure"] == _(words)] for words in (IN_TIME, RIGHT))
    silence = time[time["warning"] == "stopped"]
    own, fixed = (silence.loc[silence["rule"] == rule, "value"].mean() for rule in ("rhythm", "fixed"))  # fmt: skip
    finding = _(
        "With {capacity} accounts in {accounts} taken up a week, most events are called upon in time "
        "in {hits} of {all} conditions and fewer than half for sure in {misses}. Of the calls at best {right} are right. Silence by each account's own rhythm catches {own} of those who leave, by a fixed "
        "number of days {fixed}.",
        capacity=number(CAPACITY), accounts=number(ACCOUNTS), hits=number(_count(time, True)),
        all=number(len(time)), misses=number(_count(time, False)), right=number(right["value"].max(), "share", digits=2),
        own=number(own, "share", digits=2), fixed=number(fixed, "share", digits=2),
    )  # fmt: skip
    finding += _real_words(table[table["data"] == "real"])
    return Trial(claim="early-warning", verdict=verdict_of(table["holds"]), finding=finding,
                 seed=seed, table=table)  # fmt: skip


IN_TIME = N_("events called upon in time")
RIGHT = N_("calls that were right")
LEAD = N_("days before the event, median of those in time")
GONE = N_("gone of those warned of, less gone of the others")


def _count(table: pd.DataFrame, verdict: bool) -> int:
    return int((table["holds"] == verdict).sum())


# ------------------------------------------------------------------------------- simulated


def _stopped(regularity: float, notice: float, rule: str, seed: int) -> Iterator[Row]:
    """Judge the stopped-ordering warning in one condition."""
    world = alerts.Accounts(regularity=regularity, notice=notice)
    now = course(world, n=ACCOUNTS, seed=seed)
    account, place = np.nonzero(now.placed)
    seen = alerts.reviews_of(account, now.days[account, place], n=ACCOUNTS, days=REVIEWS)
    leaves = now.trouble == 0
    found = alerts.judge(
        alerts.rhythm_urgency(seen, rule=rule), REVIEWS, np.where(leaves, now.onset, np.inf),
        np.where(leaves, now.event, np.inf), capacity=CAPACITY,
    )  # fmt: skip
    own = _("own rhythm") if rule == "rhythm" else _("fixed days")
    where = {"warning": "stopped", "rule": rule, "regularity": regularity, "notice": notice,
             "condition": _("{own}, regularity {k}", own=own, k=number(regularity))}  # fmt: skip
    yield from _told(found.verdict, found.lead, found.events, where)


def _filed(notice: float, seed: int) -> Iterator[Row]:
    """Judge the three other warnings, asked of a database."""
    year = alerts.simulate_accounts_year(alerts.Accounts(notice=notice), n=FILED, seed=seed)
    days = alerts.START + pd.to_timedelta(REVIEWS, unit="D")
    calls: dict[str, Callable[..., database.Listing]] = {
        "receivables": alerts.receivables_over_line,
        "plan": alerts.sales_behind_plan,
        "cost": alerts.cost_over_budget,
    }
    with database.create() as db:
        database.load(db, year.tables())
        found = {name: call(db, today=days) for name, call in calls.items()}
    capacity = CAPACITY * FILED // ACCOUNTS
    report = alerts.evaluate_alerts(found, year.truth, days=days, capacity=capacity)
    verdicts = {"in time": 0, "late": 1, "false": 2}
    for row in report.table.to_dict("records"):
        mine = report.calls[report.calls["warning"] == row["warning"]]
        event = mine["day"] + pd.to_timedelta(mine["lead"], unit="D")
        counted = event.between(days[0] + pd.Timedelta(days=1), days[-1])
        where = {"warning": row["warning"], "rule": "", "regularity": np.nan, "notice": notice,
                 "condition": row["warning"]}  # fmt: skip
        yield from _told(
            mine["verdict"].map(verdicts).to_numpy(), mine.loc[counted, "lead"].to_numpy(),
            int(row["events"]), where,
        )  # fmt: skip


def _told(
    verdict: NDArray[np.int64], lead: NDArray[np.float64], events: int, where: Row
) -> Iterator[Row]:
    """Give the three rows of a condition."""
    good = int((verdict == 0).sum())
    for measure, hits, of in ((IN_TIME, len(lead), events), (RIGHT, good, len(verdict))):
        if of:
            low, high = _wilson(hits, of)
            # The claim is about time; how often a call is right is told beside it.
            most = True if low > 0.5 else False if high < 0.5 else None
            holds = most if measure == IN_TIME else None
            yield _row("simulated", measure, where, hits / of, low, high, holds)
    if len(lead) > 5:
        # Half the sample lies below the median: ranks by the binomial, no shape assumed.
        ranked, half = np.sort(lead), 0.98 * np.sqrt(len(lead))
        ends = [int(np.clip(len(lead) / 2 + sign * half, 0, len(lead) - 1)) for sign in (-1, 1)]
        yield _row("simulated", LEAD, where, float(np.median(lead)), ranked[ends[0]], ranked[ends[1]], None)  # fmt: skip


def _wilson(hits: int, of: int) -> tuple[float, float]:
    from statsmodels.stats.proportion import proportion_confint

    low, high = proportion_confint(hits, of, method="wilson")
    # Rounding may leave the end of the interval a hair inside the share itself.
    return min(float(low), hits / of), max(float(high), hits / of)


def _row(
    data: str, measure: str, where: Row, value: float, low: float, high: float, holds: bool | None
) -> Row:
    ends = {"value": value, "low": float(low), "high": float(high)}
    return {"data": data, "measure": _(measure), **where, **ends, "holds": holds}


# ------------------------------------------------------------------------------------ real


def _real(name: str, log: pd.DataFrame) -> Iterator[Row]:
    """Review a log once, half a year before its end: who of the warned stays away.

    Nobody knows when a real customer went, or whether. So a row says how much more often
    the warned stay away, and decides nothing about time.
    """
    who, names = pd.factorize(log["customer"])
    day = (log["date"] - log["date"].min()).dt.days.to_numpy()
    review = int(day.max()) - AWAY
    if review < 1:
        return
    seen = alerts.reviews_of(who, day, n=len(names), days=[review])
    gone = np.bincount(who[day > review], minlength=len(names)) == 0
    known = (seen.gaps >= 3)[:, 0]
    for rule in alerts.RULES:
        warned = (alerts.rhythm_urgency(seen, rule=rule, cutoff=90)[:, 0] > 1)[known]
        groups = [gone[known][warned], gone[known][~warned]]
        if min(len(group) for group in groups) < 5:
            continue
        value = float(groups[0].mean() - groups[1].mean())
        spread = np.sqrt(sum(g.mean() * (1 - g.mean()) / len(g) for g in groups))
        where = {"warning": "stopped", "rule": rule, "regularity": np.nan, "notice": np.nan,
                 "condition": name, "log": name}  # fmt: skip
        yield _row("real", GONE, where, value, value - 1.96 * spread, value + 1.96 * spread, None)


def _real_words(real: pd.DataFrame) -> str:
    rows = real[real["rule"] == "rhythm"] if len(real) else real
    return "".join(
        " " + _(
            "In {log} customers warned of by their own rhythm stay away for half a year {more} more "
            "often than the others.", log=row["log"], more=number(row["value"], "points"),
        )
        for _at, row in rows.iterrows()
    )  # fmt: skip


CLAIMS = (
    Claim(
        id="early-warning",
        chapter="05",
        wording=N_(
            "Four warnings - receivables over the line, sales behind plan, cost over budget, orders "
            "that stop - tell in time that an account is in danger."
        ),
        wording_zh="预警",
        source=N_("the course's own; no source is named"),
        measured=N_("Nothing was measured: four rules of thumb from practice."),
        folklore=N_("The warning comes in time, and whoever is warned of is going."),
        estimand=N_(
            "Of the events of a period, the share with a call before the damage is done; of the "
            "calls, the share upon accounts in that trouble; and the days between."
        ),
        advice=N_(
            "Judge silence by each account's own rhythm, give the list no more names than the team "
            "can call, count calls for nothing, and look first at how long trouble lasts before it "
            "is too late."
        ),
        seen="second hand",
        run=_early_warning,
    ),
)
