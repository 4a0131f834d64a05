"""The claim of chapter 11 on what customers are worth: rank-by-revenue."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd

from cvm import clv
from cvm.market import Market, simulate
from cvm.research.claims.claim import Claim, Data, Trial, verdict_of
from cvm.results import number
from cvm.words import N_, _

__all__ = ["CLAIMS"]

#: Past revenue ranks "as well" if the model catches at most so much more of the outcome.
MARGIN = 0.02
#: How customers drop out after a purchase: (a, b) of the beta distribution.
DROPPING = {N_("hardly any"): (0.05, 10.0), N_("many"): (0.8, 2.4)}
#: When customers came, as their ages in weeks today.
ARRIVAL = {N_("together"): (52.0, 52.0), N_("over two years"): (4.0, 104.0)}
#: Shape of the spread of buying rates, and of spend: small is unlike.
RATES, SPEND = {N_("unlike"): 0.3, N_("alike"): 2.0}, {N_("unlike"): 3.7, N_("alike"): 60.0}
#: Weeks forecast.
AHEAD = 52.0
#: Yunhe's market as it is, and with many newcomers.
MARKETS = {N_("Yunhe's market"): {}, N_("with newcomers"): {"people.look": 0.2, "people.present": 0.3}}  # fmt: skip


def _rank_by_revenue(seed: int, data: Data) -> Trial:
    rows = [_known(*world, seed) for world in product(DROPPING, ARRIVAL, RATES, SPEND)]
    rows += [_market(name, seed) for name in MARKETS]
    rows += [_real(name, log, top) for name, log in data.items() for top in (0.1, 0.2)]
    table = pd.DataFrame(rows)
    table["holds"] = table["holds"].astype("boolean")
    # What each list caught goes into words; the map keeps conditions and their difference.
    return Trial(
        claim="rank-by-revenue", verdict=verdict_of(table["holds"]), finding=_finding(table),
        seed=seed, table=table.drop(columns=["revenue_caught", "model_caught"]),
    )  # fmt: skip


def _known(dropping: str, arrival: str, rates: str, spend: str, seed: int) -> dict[str, object]:
    """Let a model's own customers live, and judge both lists by their true value ahead."""
    n, (a, b), (young, old) = 2_400, DROPPING[dropping], ARRIVAL[arrival]
    ages = young + (old - young) * (np.arange(n) + 0.5) / n
    params = {"r": RATES[rates], "alpha": RATES[rates] * 12, "a": a, "b": b}
    table = clv.simulate("bg_nbd", params, n=n, T=ages, seed=seed)
    q = SPEND[spend]
    table = clv.simulate_spend({"p": 6.0, "q": q, "v": 6 * (q - 1)}, table, seed=seed)
    gone_by = -np.expm1(-table["true_rate"] * table["true_drop"] * AHEAD) / table["true_drop"]
    # The first purchase is worth a purchase of the customer; luck in it would help neither.
    table = table.assign(
        later=np.where(table["true_alive"], gone_by, 0.0) * table["true_spend"],
        revenue=table["frequency"] * table["monetary_value"] + table["true_spend"],
    )
    where = {"dropping": dropping, "arrival": arrival, "rates": rates, "spend": spend}
    measure = _("true value ahead caught, model less past revenue")
    return _row("simulated", measure, where, table, AHEAD)


def _market(name: str, seed: int) -> dict[str, object]:
    world = Market().replace(**MARKETS[name])
    log = simulate(world, n=4_000, months=36, seed=seed).transactions
    table, ahead = _cut(log, pd.Timestamp("2022-12-31"), pd.Timestamp("2023-12-31"))
    measure = _("next year's revenue caught, model less past revenue")
    return _row("simulated", measure, {"market": name}, table, ahead)


def _real(name: str, log: pd.DataFrame, top: float) -> dict[str, object]:
    """Cut a log in the middle; what came after judges."""
    days = pd.to_datetime(log["date"])
    end = days.max().normalize()
    middle = (days.min() + (end - days.min()) / 2).normalize()
    table, ahead = _cut(log, middle, end)
    measure = _("revenue of the second half caught by the top {top}, model less past revenue",
                top=number(top, "share"))  # fmt: skip
    return _row("real", measure, {"market": name}, table, ahead, top=top)


def _cut(log: pd.DataFrame, until: pd.Timestamp, end: pd.Timestamp) -> tuple[pd.DataFrame, float]:
    days = clv.days_of(log)
    table = clv.summary(days, date="day", as_of=until, holdout_until=end)
    past = days[days["day"] <= until].groupby("customer")["amount"].sum()
    later = table["frequency_holdout"] * table["monetary_value_holdout"]
    table = table.assign(
        revenue=table["customer"].map(past).to_numpy(float), later=later.clip(lower=0)
    )
    usable = (table["frequency"] == 0) | (table["monetary_value"] > 0)
    return table[usable].reset_index(drop=True), float(table["T_holdout"].iloc[0])


def _row(
    data: str, measure: str, where: dict[str, str], table: pd.DataFrame, ahead: float,
    top: float = 0.2,
) -> dict[str, object]:  # fmt: skip
    buying, spend = clv.bg_nbd(table), clv.gamma_gamma(table)
    many = clv.expected_purchases(buying, table, horizon=ahead)
    table = table.assign(model=many * clv.expected_spend(spend, table))
    found = clv.best_customers(table, outcome="later", scores=["revenue", "model"], top=top)
    low, high = found["beyond_low"][1], found["beyond_high"][1]
    holds = True if high < MARGIN else False if low > MARGIN else None
    return {
        "data": data, "measure": measure, **where, "top": top, "value": found["beyond"][1],
        "low": low, "high": high, "holds": holds, "revenue_caught": found["caught"][0],
        "model_caught": found["caught"][1],
    }  # fmt: skip


def _finding(table: pd.DataFrame) -> str:
    known = table[table["dropping"].notna()]
    worst = known.iloc[int(known["value"].to_numpy().argmax())]
    told = _(
        "Within {margin} past revenue picks the best fifth as well as the model in {good} of {all} "
        "conditions and worse in {bad}. Where it is worst ({dropping} drop out, customers came "
        "{arrival}, rates {rates}, spend {spend}) it catches {caught} of the true value ahead, "
        "the model {model}.",
        margin=number(MARGIN, "points"), good=number((table["holds"] == True).sum()),  # noqa: E712
        all=number(len(table)), bad=number((table["holds"] == False).sum()),  # noqa: E712
        dropping=_(str(worst["dropping"])), arrival=_(str(worst["arrival"])),
        rates=_(str(worst["rates"])), spend=_(str(worst["spend"])),
        caught=number(worst["revenue_caught"], "share"),
        model=number(worst["model_caught"], "share"),
    )  # fmt: skip
    for row in table[table["data"] == "real"].to_dict("records"):
        told += " " + _(
            "{name}, top {top}: {revenue} by revenue, {model} by the model.",
            name=row["market"], top=number(row["top"], "share"),
            revenue=number(row["revenue_caught"], "share"),
            model=number(row["model_caught"], "share"),
        )  # fmt: skip
    return told


CLAIMS = (
    Claim(
        id="rank-by-revenue",
        chapter="11",
        wording=N_("Past revenue ranks customers as well as a lifetime-value model."),
        wording_zh="客户贡献度",
        source=N_("Wuebben & von Wangenheim 2008, Journal of Marketing 72(3)"),
        measured=N_(
            "At three firms, one of them CDNOW, rules of thumb (the time since the last purchase, "
            "the past's best customers) found the active and the best customers about as well as "
            "BG/NBD and Pareto/NBD did; the models were better at how much would be bought in all."
        ),
        folklore=N_("Models of lifetime value are not worth their trouble."),
        estimand=N_(
            "Share of what comes later that the best fifth brings, chosen by a model of buying and "
            "spend, less the same share when chosen by past revenue; 'as well' allows two points."
        ),
        advice=N_(
            "For a list of the best among customers of one age, sort by revenue. Where they came at "
            "different times and many stop, let a model choose; and for how much there will be, never "
            "take last year's sum."
        ),
        seen="second hand",
        run=_rank_by_revenue,
    ),
)
