"""Claims of chapter 03 on choosing customers: big-is-best, look-alike."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit

from cvm.research.claims.claim import Claim, Data, Trial, verdict_of
from cvm.results import number
from cvm.selection import (
    TRAITS,
    Business,
    Prospects,
    simulate_accounts,
    simulate_prospects,
    size_ends,
)
from cvm.selection.logits import FittedLogit, fit_logit, with_constant
from cvm.words import N_, _

__all__ = ["CLAIMS"]

Floats = NDArray[np.float64]

#: Largest, most and least profitable: a tenth of the customers each.
TENTH = 0.1
#: Look-alikes: the fifth with the highest scores.
FIFTH = 0.2
#: Fewer customers of a log than this teach nothing about resemblance.
FEWEST = 200


# ---------------------------------------------------------------------------- big-is-best


def _big_is_best(seed: int, data: Data) -> Trial:
    grid = product((0.0, 0.5, 1.0), (30, 120, 270), (0.0, 1.0))
    made = [row for world in grid for row in _ends(*world, seed)]
    real = [row for name, log in data.items() for row in _stays_large(name, log)]
    table = pd.DataFrame([*made, *real])
    table["holds"] = table["holds"].astype("boolean")
    simulated = table[table["data"] == "simulated"]
    most = simulated[simulated["measure"] == _("of the largest tenth, among the most profitable")]
    least = simulated.drop(most.index)
    finding = _(
        "More than half of the largest tenth are among the most profitable tenth in {most} of "
        "{all} conditions, and clearly fewer than a tenth of them among the least profitable in "
        "{least}. Where nothing is granted for size, up to {best} are among the most profitable; "
        "where most is granted, up to {worst} are among the least.",
        most=number(_count(most, True)), all=number(len(most)), least=number(_count(least, True)),
        best=number(most["value"].max(), "share", digits=2),
        worst=number(least["value"].max(), "share", digits=2),
    )  # fmt: skip
    for row in real:
        finding += " " + _(
            "In {log} {value} of the largest tenth of the first half are so in the second: size "
            "itself does not stay. What customers cost is in no log.",
            log=row["log"], value=number(float(str(row["value"])), "share", digits=2),
        )  # fmt: skip
    return Trial(claim="big-is-best", verdict=verdict_of(table["holds"]), finding=finding,
                 seed=seed, table=table)  # fmt: skip


def _ends(granted: float, credit: int, toughness: float, seed: int) -> list[dict[str, object]]:
    """Look at both ends of profit for the largest tenth, by the known truth."""
    usual = Business()
    world = Business(
        discount_ceiling=granted * usual.discount_ceiling,
        kickback_ceiling=granted * usual.kickback_ceiling,
        extras_ceiling=granted * usual.extras_ceiling,
        credit_days=credit, toughness=toughness,
    )  # fmt: skip
    accounts = simulate_accounts(world, n=3_000, seed=seed)
    found = size_ends(accounts, profit="true_profit", top=TENTH)
    where = {"data": "simulated", "log": "", "granted": granted, "credit_days": credit,
             "toughness": toughness}  # fmt: skip
    return [
        where | {
            "measure": _("of the largest tenth, among the most profitable"), "value": found.most,
            "low": found.most_low, "high": found.most_high,
            "holds": _beyond(found.most_low, found.most_high, 0.5),
        },
        where | {
            "measure": _("of the largest tenth, among the least profitable"), "value": found.least,
            "low": found.least_low, "high": found.least_high,
            "holds": _beyond(-found.least_high, -found.least_low, -TENTH),
        },
    ]  # fmt: skip


def _stays_large(name: str, log: pd.DataFrame) -> list[dict[str, object]]:
    """Ask of a real log whether the largest of its first half are the largest of its second."""
    middle = log["date"].min() + (log["date"].max() - log["date"].min()) / 2
    spent = log.assign(late=log["date"] > middle).pivot_table(
        index="customer", columns="late", values="amount", aggfunc="sum", fill_value=0.0
    )
    both = spent.reindex(columns=[False, True], fill_value=0.0)
    both = both[both[False] > 0].rename(columns={False: "revenue", True: "profit"})
    if len(both) < 2 / TENTH:
        return []
    found = size_ends(both, top=TENTH)
    return [{
        "data": "real", "log": name, "granted": np.nan, "credit_days": np.nan, "toughness": np.nan,
        "measure": _("of the largest tenth, still among the largest"), "value": found.most,
        "low": found.most_low, "high": found.most_high,
        "holds": None,  # profit is in no log, so the claim cannot be decided
    }]  # fmt: skip


# ----------------------------------------------------------------------------- look-alike


def _look_alike(seed: int, data: Data) -> Trial:
    grid = product((0.0, 1.0, 2.0), (0.0, 1.0), (0.0, 0.5, 1.0))
    made = [row for world in grid for row in _resembling(*world, seed)]
    real = [row for name, log in data.items() for row in _first_purchase(name, log)]
    table = pd.DataFrame([*made, *real])
    table["holds"] = table["holds"].astype("boolean")
    simulated = table[table["data"] == "simulated"]
    rank = simulated[simulated["measure"] == _("loyal in the top fifth less all prospects")]
    kept = simulated.drop(rank.index)
    broken = kept[kept["holds"] == False]  # noqa: E712 missing is neither
    finding = _(
        "The fifth of prospects most like the loyal customers are more loyal than all prospects in "
        "{rank} of {all} conditions, by up to {gain}. What the score promises of them is kept in "
        "{kept} of {all} and too high for sure in {broken}, by up to {gap}: those with an unseen "
        "trait that both drew customers in and keeps them.",
        rank=number(_count(rank, True)), all=number(len(rank)), kept=number(_count(kept, True)),
        broken=number(len(broken)), gain=number(rank["value"].max(), "points", digits=2),
        gap=number(kept["value"].max(), "points", digits=2),
    )  # fmt: skip
    for name, rows in table[table["data"] == "real"].groupby("log", sort=False):
        finding += " " + _(
            "In {log}, learnt from the first purchase of those who came first, the fifth of the later "
            "ones most alike is more loyal by {gain}, and the promise misses by {gap}.",
            log=name, gain=number(rows["value"].iloc[0], "points", digits=2),
            gap=number(rows["value"].iloc[1], "points", digits=2),
        )  # fmt: skip
    return Trial(claim="look-alike", verdict=verdict_of(table["holds"]), finding=finding,
                 seed=seed, table=table)  # fmt: skip


def _resembling(
    drawn: float, kept: float, resemblance: float, seed: int
) -> list[dict[str, object]]:
    """Learn from customers, approach prospects, count by what they would have become."""
    world = Prospects(drawn=drawn, kept=kept, resemblance=resemblance)
    firms = simulate_prospects(world, n=8_000, seed=seed)
    came = firms["customer"].to_numpy(bool)
    x, loyal = firms[list(TRAITS)].to_numpy(), firms["true_loyal"].to_numpy(float)
    fit = fit_logit(loyal[came], x[came], terms=TRAITS)
    where = {"data": "simulated", "log": "", "drawn": drawn, "kept": kept,
             "resemblance": resemblance}  # fmt: skip
    return _judged(
        fit, x[~came], loyal[~came], where, _("loyal in the top fifth less all prospects")
    )


def _judged(
    fit: FittedLogit, x: Floats, loyal: Floats, where: dict[str, object], measure: str
) -> list[dict[str, object]]:
    """Compare the fifth with the highest scores with everybody, and with its promise."""
    design = with_constant(x)
    score = expit(design @ fit.value)
    top = np.zeros(len(score), bool)
    top[np.argsort(-score, kind="stable")[: round(FIFTH * len(score))]] = True
    gain = float(loyal[top].mean() - loyal.mean())
    # What each prospect adds to the difference of the two means.
    half = 1.96 * float((loyal * (top / top.mean() - 1)).std(ddof=1)) / np.sqrt(len(loyal))
    miss = float(score[top].mean() - loyal[top].mean())
    slope = ((score * (1 - score))[:, None] * design)[top].mean(axis=0)
    doubt = slope @ fit.covariance @ slope  # the promise was learnt from a sample
    width = 1.96 * float(np.sqrt(doubt + (score - loyal)[top].var(ddof=1) / top.sum()))
    return [
        where | {"measure": measure, "value": gain, "low": gain - half, "high": gain + half,
                 "holds": _beyond(gain - half, gain + half, 0.0)},
        where | {"measure": _("promised of the top fifth less loyal"), "value": miss,
                 "low": miss - width, "high": miss + width, "holds": miss - width <= 0},
    ]  # fmt: skip


def _first_purchase(name: str, log: pd.DataFrame) -> list[dict[str, object]]:
    """Learn from the first purchase of those who came first, and judge those who came later.

    Loyal is who bought on more days than the middle customer within the same time after the
    first; those who came too late to be watched so long are left out. In a log that begins
    with customers of long standing, who is seen first is who buys often: a selection, too.
    """
    day = log["date"].dt.normalize()
    first = day.groupby(log["customer"]).transform("min")
    latest = first.groupby(log["customer"]).first().quantile(0.9)
    until = (day.max() - latest).days
    seen = log.assign(day=day, first=first)[first <= latest]
    seen = seen[(seen["day"] - seen["first"]).dt.days <= until]
    begun = seen[seen["day"] == seen["first"]].groupby("customer")
    people = pd.DataFrame({
        "first": begun["first"].first(), "amount": np.log1p(begun["amount"].sum().clip(lower=0)),
        "days": seen.groupby("customer")["day"].nunique(),
    }).sort_values("first", kind="stable")  # fmt: skip
    people["weekend"] = (people["first"].dt.day_of_week >= 5).astype(float)
    half = len(people) // 2
    often = people["days"] > people["days"].iloc[:half].median()
    loyal = np.asarray(often, dtype=float)
    if len(people) < FEWEST or min(loyal[:half].sum(), (1 - loyal[:half]).sum()) < FEWEST / 10:
        return []
    x = people[["amount", "weekend"]].to_numpy(float)
    fit = fit_logit(loyal[:half], x[:half], terms=("amount", "weekend"))
    where = {"data": "real", "log": name, "drawn": np.nan, "kept": np.nan, "resemblance": np.nan}
    return _judged(
        fit, x[half:], loyal[half:], where, _("loyal in the top fifth less all later ones")
    )


def _beyond(low: float, high: float, border: float) -> bool | None:
    """True if the interval lies above the border, False if below, None if it holds it."""
    return True if low > border else False if high < border else None


def _count(table: pd.DataFrame, verdict: bool) -> int:
    return int((table["holds"] == verdict).sum())


CLAIMS = (
    Claim(
        id="big-is-best",
        chapter="03",
        wording=N_("The largest customers are the most profitable ones."),
        wording_zh="大客户不等于好客户",
        source=N_("Kaplan & Narayanan 2001, Journal of Cost Management 15(5)"),
        measured=N_(
            "Cumulative profit by customer in firms that cost their services by activity: a whale "
            "curve, with the largest customers among the most and the least profitable."
        ),
        folklore=N_("Whoever buys most, earns us most."),
        estimand=N_(
            "Of the largest tenth by revenue, the share among the most profitable tenth (claimed: "
            "more than half), and among the least profitable tenth (claimed: fewer than a tenth)."
        ),
        advice=N_(
            "Write discounts, kickbacks, extras, service, credit and the chance of losing it beside "
            "the revenue of each big account, before you call it a key account."
        ),
        seen="second hand",
        run=_big_is_best,
    ),
    Claim(
        id="look-alike",
        chapter="03",
        wording=N_("Those who resemble loyal customers become loyal."),
        wording_zh="与忠诚客户相似",
        source=N_(
            "The course's guidance; on what it assumes: Heckman & Robb 1985, Journal of "
            "Econometrics 30(1-2)"
        ),
        measured=N_(
            "Nothing: the course gives it as advice. The econometric source shows what selection "
            "on unseen traits does to such a comparison."
        ),
        folklore=N_(
            "A good fit on the customers we have is a good forecast for those we have not."
        ),
        estimand=N_(
            "Share of loyal among the fifth of prospects with the highest scores, less the share "
            "among all prospects; and the share promised of that fifth less the share that is."
        ),
        advice=N_(
            "Use resemblance to decide whom to ask first, not how many will stay. Approach some "
            "prospects drawn by lot, and learn the level from them."
        ),
        seen="second hand",
        run=_look_alike,
    ),
)
