"""Claims of chapter 09 on profit: retention-profit, long-life."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cvm.loyalty.effect import LoyaltyEffect, firm_years
from cvm.loyalty.tenure import Lives, simulate_lives, tenure_profit
from cvm.luck import Luck
from cvm.research.claims.claim import Claim, Data, Trial, verdict_of
from cvm.results import number
from cvm.words import N_, _

__all__ = ["CLAIMS"]

#: "25 to 85 %" as the course tells it.
TOLD = (0.25, 0.85)
#: From here on life and profit would go together more than weakly.
WEAK = 0.3
#: Years of life valued one by one; hardly anybody lives longer.
LONGEST = 400
Floats = NDArray[np.float64]


# ----------------------------------------------------------------------- retention-profit


def _retention_profit(seed: int, data: Data) -> Trial:
    grid = product((0.6, 0.75, 0.85, 0.9), (0.0, 0.1), (0.0, 120.0))
    table = pd.DataFrame([row for world in grid for row in _rises(*world, seed)])
    table["holds"] = table["holds"].astype("boolean")
    customer = table[table["measure"] == _("rise in the value of a customer")]
    first = table[table["measure"] == _("rise in the firm's profit, first year")]
    finding = _(
        "Five points of retention raise the value of a customer by {low} to {high}, depending on "
        "the retention one starts from, on interest and on the cost of winning; {hits} of {all} "
        "conditions decidedly lie between 25 and 85 %. The firm's profit in the first year "
        "changes by {first_low} to {first_high}.",
        low=number(customer["value"].min(), "share"), high=number(customer["value"].max(), "share"),
        hits=number((customer["holds"] == True).sum()), all=number(len(customer)),  # noqa: E712
        first_low=number(first["value"].min(), "share"),
        first_high=number(first["value"].max(), "share"),
    )  # fmt: skip
    return Trial(claim="retention-profit", verdict=verdict_of(table["holds"]), finding=finding,
                 seed=seed, table=table)  # fmt: skip


def _rises(
    retention: float, discount: float, acquisition: float, seed: int
) -> list[dict[str, object]]:
    world = LoyaltyEffect(
        retention=retention, discount=discount, acquisition=acquisition, overhead=0
    )
    before, after = (_values(world, r, seed) for r in (retention, retention + world.points))
    ratio = after.mean() / before.mean()
    # Both are the same customers with the same luck, so the ratio's error is a paired one.
    error = (after - ratio * before).std(ddof=1) / np.sqrt(len(before)) / before.mean()
    value, half = ratio - 1, 1.96 * error
    condition = {
        "data": "simulated", "retention": retention, "discount": discount,
        "acquisition": acquisition,
    }  # fmt: skip
    years = firm_years(world)["rise"]
    rows = [condition | {
        "measure": _("rise in the value of a customer"), "value": value, "low": value - half,
        "high": value + half, "holds": _told(value - half, value + half),
    }]  # fmt: skip
    for year, measure in ((1, _("rise in the firm's profit, first year")),
                          (5, _("rise in the firm's profit, fifth year"))):  # fmt: skip
        rise = float(years.iloc[year])  # in closed form, so without an interval
        rows.append(condition | {"measure": measure, "value": rise, "low": rise, "high": rise,
                                 "holds": _told(rise, rise)})  # fmt: skip
    return rows


def _values(world: LoyaltyEffect, retention: float, seed: int) -> Floats:
    """Value 20,000 customers over their own lives."""
    years = np.arange(LONGEST)
    slope = world.growth + world.savings + world.referrals + world.premium
    profit = world.base + slope * np.minimum(years, world.ramp_years)
    so_far = -world.acquisition + np.cumsum(profit / (1 + world.discount) ** years)
    u = Luck(seed).uniform("life", 20_000)
    life = np.floor(np.log1p(-u) / np.log(retention)).astype(int)
    return np.asarray(so_far[np.minimum(life, LONGEST - 1)])


def _told(low: float, high: float) -> bool | None:
    if TOLD[0] <= low and high <= TOLD[1]:
        return True
    return False if high < TOLD[0] or low > TOLD[1] else None


# ------------------------------------------------------------------------------ long-life


def _long_life(seed: int, data: Data) -> Trial:
    grid = product((-0.2, 0.0, 0.15, 0.5), (0.0, 0.1), (12, 36))
    made = [row for world in grid for row in _life_rows(*world, seed)]
    real = [row for name, log in data.items() for row in _real_lives(name, log)]
    table = pd.DataFrame([*made, *real])
    table["holds"] = table["holds"].astype("boolean")
    monthly = table[table["measure"] == _("correlation of life with profit a month")]
    total = table[table["measure"] == _("correlation of life with profit in all")]
    finding = _(
        "Length of life correlates {low} to {high} with profit a month in the simulated base, "
        "mostly weakly unless those who stay are those with high margins; with profit in all "
        "{total_low} to {total_high}, because it adds up months.",
        low=number(monthly["value"].min()), high=number(monthly["value"].max()),
        total_low=number(total["value"].min()), total_high=number(total["value"].max()),
    )  # fmt: skip
    for row in table[(table["data"] == "real") & table["holds"].notna()].to_dict("records"):
        finding += " " + _(
            "In {log} it correlates {value} with spend a month ({low} to {high}), partly by "
            "construction: two purchases close together are a short life and a high rate.",
            log=row["log"],
            value=number(row["value"]),
            low=number(row["low"]),
            high=number(row["high"]),
        )
    return Trial(claim="long-life", verdict=verdict_of(table["holds"]), finding=finding,
                 seed=seed, table=table)  # fmt: skip


def _life_rows(link: float, ramp: float, window: int, seed: int) -> list[dict[str, object]]:
    lives = simulate_lives(Lives(link=link, ramp=ramp, window=window), n=4_000, seed=seed)
    condition = {"data": "simulated", "log": "", "link": link, "ramp": ramp, "window": window}
    return _both_correlations(lives, condition, (_("correlation of life with profit a month"),
                                                 _("correlation of life with profit in all")))  # fmt: skip


def _both_correlations(
    lives: pd.DataFrame, condition: dict[str, object], measures: tuple[str, str]
) -> list[dict[str, object]]:
    found = tenure_profit(lives)
    more = True if found.monthly_low > WEAK else False if found.monthly_high < WEAK else None
    return [
        condition | {"measure": measures[0], "value": found.monthly, "low": found.monthly_low,
                     "high": found.monthly_high, "holds": more},
        condition | {"measure": measures[1], "value": found.total, "low": found.total_low,
                     "high": found.total_high, "holds": None},
    ]  # fmt: skip


def _real_lives(name: str, log: pd.DataFrame) -> list[dict[str, object]]:
    """Correlate life, from first to last purchase, with spend; one purchase is no life."""
    grouped = log[log["amount"] > 0].groupby("customer").agg(
        first=("date", "min"), last=("date", "max"), profit=("amount", "sum")
    )  # fmt: skip
    lives = grouped[grouped["last"] > grouped["first"]]
    if len(lives) < 10:
        return []
    lives = lives.assign(months=(lives["last"] - lives["first"]).dt.days / 30.4 + 1)
    condition: dict[str, object] = {"data": "real", "log": name}
    return _both_correlations(lives, condition, (_("correlation of life with spend a month"),
                                                 _("correlation of life with spend in all")))  # fmt: skip


CLAIMS = (
    Claim(
        id="retention-profit",
        chapter="09",
        wording=N_("Five points of retention raise profit by 25 to 85 %."),
        source=N_("Reichheld & Sasser 1990, Harvard Business Review 68(5), abstract"),
        measured=N_(
            "The value of an average customer when defection is 5 points lower: bank branches "
            "85 %, insurance brokerage 50 %, auto service 30 %; MBNA 125 % when defection was "
            "halved. Other industries at second hand."
        ),
        folklore=N_(
            "Five per cent more loyalty, 25 to 85 (or 45 to 90) per cent more profit: per cent "
            "for points, the firm's profit for a customer's value, and for nothing."
        ),
        estimand=N_("Rise in the value of a customer, and in the firm's yearly profit."),
        advice=N_(
            "Work out your own curve: from where you start, at your interest, with the cost of "
            "the programme, and for the year you will be asked about."
        ),
        seen="second hand",
        run=_retention_profit,
    ),
    Claim(
        id="long-life",
        chapter="09",
        wording=N_("Long-life customers are more profitable."),
        source=N_(
            "Reinartz & Kumar 2000, Journal of Marketing 64(4); 2002, Harvard Business Review 80(7)"
        ),
        measured=N_("A weak correlation between the length of life and profit."),
        folklore=N_("Loyal customers cost less, pay more and bring others, so keep all of them."),
        estimand=N_("Correlation of months as a customer with profit a month."),
        advice=N_(
            "Choose whom to keep by profit, not by age; treat long-life customers of low profit "
            "as what they are."
        ),
        seen="second hand",
        run=_long_life,
    ),
)
