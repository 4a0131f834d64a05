"""Three claims about tiers: pareto, drop-small, climb."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd

from cvm.research.claims.claim import Claim, Data, Trial, verdict_of
from cvm.results import number
from cvm.tiering.accounts import Accounts, simulate_accounts
from cvm.tiering.discontinuity import manipulation, threshold_effect
from cvm.tiering.options import OptionValue, SmallCustomer, option_value, simulate_moves
from cvm.tiering.rewards import Rewards, simulate_rewards
from cvm.tiering.shares import concentration
from cvm.tiering.tiers import TIERS, assign_tiers
from cvm.tiering.window import concentration_by_window
from cvm.words import N_, _

__all__ = ["CLAIMS"]

#: "20 % make 80 %" is taken to hold where the top 20 % have between 75 and 85 %.
NEAR_EIGHTY = (0.75, 0.85)
WINDOWS = (91, 182, 365, 730)


# --------------------------------------------------------------------------------- pareto


def _pareto(seed: int, data: Data) -> Trial:
    made = [_simulated_share(shape, months, seed)
            for shape, months in product((0.5, 1.0, 2.0, 5.0, 10.0), (3, 12, 36))]  # fmt: skip
    parts = [pd.DataFrame(made), *[_real_shares(name, log, seed) for name, log in data.items()]]
    table = pd.concat(parts, ignore_index=True)
    table["holds"] = table["value"].between(*NEAR_EIGHTY).astype("boolean")
    return Trial(
        claim="pareto", verdict=verdict_of(table["holds"]), seed=seed, table=table,
        finding=_pareto_finding(table),
    )  # fmt: skip


def _simulated_share(shape: float, months: int, seed: int) -> dict[str, object]:
    tables = simulate_accounts(Accounts(rate_shape=shape, months=months), n=3_000, seed=seed)
    found = concentration(tables.customers["profit"], top=0.2, resamples=200, seed=seed)
    return {
        "data": "simulated", "log": "", "measure": _("profit of the top 20 %"), "base": "all",
        "condition": _("simulated, evenness {shape}", shape=number(shape)),
        "evenness": shape, "days": round(months * 365 / 12),
        "value": found.value, "low": found.low, "high": found.high,
    }  # fmt: skip


def _real_shares(name: str, log: pd.DataFrame, seed: int) -> pd.DataFrame:
    length = (log["date"].max().normalize() - log["date"].min().normalize()).days + 1
    days = [*[d for d in WINDOWS if d < 0.9 * length], length]
    both = [
        concentration_by_window(log, days=days, base=base, resamples=200, seed=seed).assign(base=base)
        for base in ("all", "buyers")
    ]  # fmt: skip
    found = pd.concat(both, ignore_index=True)
    counted = {"all": _("{log}, all customers", log=name), "buyers": _("{log}, buyers", log=name)}
    found = found.assign(
        data="real", log=name, measure=_("sales of the top 20 %"), evenness=np.nan,
        condition=found["base"].map(counted),
    )  # fmt: skip
    names = ["data", "log", "measure", "base", "condition", "evenness", "days"]
    return found[[*names, "value", "low", "high"]]


def _pareto_finding(table: pd.DataFrame) -> str:
    made = table[table["data"] == "simulated"]
    text = _(
        "In the simulated base the top 20 % make between {low} and {high} of profit, depending "
        "on how unlike customers are and how long one looks; {hits} of {all} conditions lie "
        "within 5 points of 80 %.",
        low=number(made["value"].min(), "share"),
        high=number(made["value"].max(), "share"),
        hits=number(made["holds"].sum()),
        all=number(len(made)),
    )
    for name, rows in table[table["data"] == "real"].groupby("log", sort=False):
        text += " " + _(
            "In {log} they make between {low} and {high} of sales, depending on the window and "
            "on whether those who bought nothing in it are counted.",
            log=name,
            low=number(rows["value"].min(), "share"),
            high=number(rows["value"].max(), "share"),
        )
    return text


# ----------------------------------------------------------------------------- drop-small


def _drop_small(seed: int, data: Data) -> Trial:
    grid = product((0.0, 0.01, 0.02, 0.05, 0.1), (5.0, 10.0, 20.0, 40.0))
    made = [_simulated_option(climb, cost, seed) for climb, cost in grid]
    real = [_real_option(name, log, seed) for name, log in data.items()]
    table = pd.DataFrame([*made, *real])
    table["holds"] = table["holds"].astype("boolean")
    return Trial(
        claim="drop-small", verdict=verdict_of(table["holds"]), seed=seed, table=table,
        finding=_drop_finding(table),
    )  # fmt: skip


def _simulated_option(climb: float, cost: float, seed: int) -> dict[str, object]:
    world = SmallCustomer(climb=climb, cost_to_serve=cost)
    moves = simulate_moves(world, n=2_000, seed=seed)
    found = option_value(moves, profit=world.profit(), discount=world.discount,
                         cost_to_serve=cost, resamples=300, seed=seed)  # fmt: skip
    free = True if found.value_high <= 0 else False if found.value_low > 0 else None
    return {
        "data": "simulated", "log": "", "measure": _("given up per small customer released"),
        "climb": climb, "cost_to_serve": cost, "profit_now": found.profit_now,
        "value": found.value, "low": found.value_low, "high": found.value_high, "holds": free,
    }  # fmt: skip


def _real_option(name: str, log: pd.DataFrame, seed: int) -> dict[str, object]:
    """Find up to which cost to serve a small customer of a real log is worth keeping."""
    found, own = _option_in_log(log, seed)
    return {
        "data": "real", "log": name,
        "measure": _("break-even cost to serve, in margins of a small customer"),
        "climb": np.nan, "cost_to_serve": np.nan, "profit_now": own,
        "value": (own - found.break_even_profit) / own,
        "low": (own - found.break_even_high) / own,
        "high": (own - found.break_even_low) / own,
        "holds": None,  # the cost to serve is in no log, so the claim cannot be decided
    }  # fmt: skip


def _option_in_log(log: pd.DataFrame, seed: int) -> tuple[OptionValue, float]:
    """Value small customers by their moves from the first half of a log to the second."""
    middle = log["date"].min() + (log["date"].max() - log["date"].min()) / 2
    late = log["date"] > middle
    spent = log.assign(late=late).pivot_table(
        index="customer", columns="late", values="amount", aggfunc="sum", fill_value=0.0
    )
    spent = spent[spent[False] > 0]
    cuts = np.quantile(spent[False], [0.96, 0.8]).tolist()
    before, after = (
        assign_tiers(spent[half], by="threshold", cuts=cuts).astype(str) for half in (False, True)
    )
    after = after.mask(spent[True] <= 0, "lost")
    moves = pd.DataFrame({"from_tier": before, "to_tier": after})
    moves = moves.value_counts().rename("customers").reset_index()
    profit = {tier: float(spent.loc[before == tier, False].mean()) for tier in TIERS}
    years = (log["date"].max() - middle).days / 365
    found = option_value(moves, profit=profit, discount=1.1**years - 1, resamples=300, seed=seed)
    return found, profit["small"]


def _drop_finding(table: pd.DataFrame) -> str:
    made = table[table["data"] == "simulated"]
    losing = made[made["profit_now"] < 0]
    text = _(
        "Small customers lose money in {losing} of {all} simulated conditions. In {free} of them "
        "releasing them is free; in {costly} it gives up a chance to climb that is worth more "
        "than the loss.",
        losing=number(len(losing)),
        all=number(len(made)),
        free=number((losing["holds"] == True).sum()),  # noqa: E712 missing is neither
        costly=number((losing["holds"] == False).sum()),  # noqa: E712
    )
    for row in table[table["data"] == "real"].to_dict("records"):
        text += " " + _(
            "In {log} a small customer is worth keeping up to a cost to serve of {times} times "
            "its own margin (95 % interval {low} to {high}).",
            log=row["log"],
            times=number(row["value"]),
            low=number(row["low"]),
            high=number(row["high"]),
        )
    return text


# ---------------------------------------------------------------------------------- climb


def _climb(seed: int, data: Data) -> Trial:
    aware = product((0.0, 0.15, 0.3), (0.0, 0.5, 1.0), (True,))
    hidden = product((0.0, 0.15, 0.3), (1.0,), (False,))
    rows = [row for world in (*aware, *hidden) for row in _threshold_rows(*world, seed)]
    table = pd.DataFrame(rows)
    table["holds"] = table["holds"].astype("boolean")
    return Trial(
        claim="climb", verdict=verdict_of(table["holds"]), seed=seed, table=table,
        finding=_climb_finding(table, data),
    )  # fmt: skip


def _threshold_rows(
    lift: float, pressure: float, announced: bool, seed: int
) -> list[dict[str, object]]:
    world = Rewards(lift=lift, pressure=pressure, announced=announced)
    table = simulate_rewards(world, n=10_000, seed=seed)
    cutoff = world.threshold
    found = threshold_effect(table, running="points", outcome="visits_after", cutoff=cutoff)
    sorting = manipulation(table, running="points", cutoff=cutoff)
    margin = 1.96 * _difference_se(table)
    # Where customers aim at the threshold the jump may not be read as the effect.
    climbs = None if sorting.rejected else found.low > 0
    at_threshold = table.loc[table["points"] == cutoff, "true_lift"].mean()
    condition = {
        "data": "simulated", "lift": lift, "pressure": pressure, "announced": announced,
        "true_effect": float(at_threshold), "aiming_p_value": sorting.p_value,
    }  # fmt: skip
    jump = {"value": found.effect, "low": found.low, "high": found.high, "holds": climbs}
    gap = {"value": found.naive, "low": found.naive - margin, "high": found.naive + margin}
    return [
        condition | {"measure": _("jump at the threshold, visits")} | jump,
        condition | {"measure": _("naive difference, visits")} | gap | {"holds": None},
    ]


def _difference_se(table: pd.DataFrame) -> float:
    after = table.groupby("privileged")["visits_after"]
    return float(np.sqrt((after.var() / after.size()).sum()))


def _climb_finding(table: pd.DataFrame, data: Data) -> str:
    jump = table[table["measure"] == _("jump at the threshold, visits")]
    naive = table.drop(jump.index)
    nothing = naive[naive["lift"] == 0]
    text = _(
        "Members come {low} to {high} visits a year more often than others even where the "
        "privilege does nothing. The jump at the threshold finds the effect where customers "
        "cannot aim at it: it shows a climb in {climbs} of the {clean} conditions that pass the "
        "test for aiming. {aimed} conditions fail that test and decide nothing.",
        low=number(nothing["value"].min()),
        high=number(nothing["value"].max()),
        climbs=number(jump["holds"].sum()),
        clean=number(jump["holds"].notna().sum()),
        aimed=number(jump["holds"].isna().sum()),
    )
    if data:
        text += " " + _(
            "The real logs hold no programme with a known threshold, so they have nothing to say."
        )
    return text


CLAIMS = (
    Claim(
        id="pareto",
        chapter="06",
        wording=N_("20 % of customers make 80 % of profit."),
        source=N_(
            "Schmittlein, Cooper & Morrison 1993, Marketing Science 12(2); "
            "Kaplan & Narayanan 2001, Journal of Cost Management"
        ),
        measured=N_(
            "Concentration of purchases, which depends on how unlike customers are and on the "
            "length of the window; for packaged goods the top 20 % have nearer 50 to 73 % of "
            "sales. Profit shares can pass 100 % where some customers lose money."
        ),
        folklore=N_("A law with fixed numbers, the same for sales and profit, for all trades."),
        estimand=N_("Share of profit (or sales) of the best 20 % of customers in a window."),
        advice=N_(
            "Say: our best fifth makes so much of our profit, in this window, with this interval; "
            "then look at who loses money."
        ),
        seen="second hand",
        run=_pareto,
    ),
    Claim(
        id="drop-small",
        chapter="06",
        wording=N_("Releasing small customers is free."),
        wording_zh="抓大放小",
        source=N_(
            "the course's own; valued as in Pfeifer & Carraway 2000, "
            "Journal of Interactive Marketing 14(2)"
        ),
        measured=N_(
            "Nothing of the kind was measured. The course itself warns not to drop a customer "
            "because it is small (potential)."
        ),
        folklore=N_("Grasp the big, release the small, read as: small customers only cost money."),
        estimand=N_(
            "Expected discounted profit given up by releasing a small customer today: the value "
            "with the chance to move between tiers."
        ),
        advice=N_(
            "Work out the break-even cost to serve from your own migration; serve small customers "
            "more cheaply before you drop them."
        ),
        seen="second hand",
        run=_drop_small,
    ),
    Claim(
        id="climb",
        chapter="06",
        wording=N_("Privileges make customers climb."),
        source=N_("Kivetz, Urminsky & Zheng 2006, Journal of Marketing Research 43(1)"),
        measured=N_(
            "The goal gradient: customers speed up as they near a reward. It is pressure before "
            "the threshold, not an effect of holding a privilege after it."
        ),
        folklore=N_("Members buy more than others, so membership makes them buy more."),
        estimand=N_(
            "Visits a year that holding the privilege adds for customers just at the threshold."
        ),
        advice=N_(
            "Compare those who just reached the threshold with those who just missed it, test for "
            "aiming, and grant a new status on points collected before it was announced."
        ),
        seen="second hand",
        run=_climb,
    ),
)
