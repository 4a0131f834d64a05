"""Claim of chapter 04 on winning customers: pull-vs-push."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd

from cvm.acquisition import Newcomers, invitation_effect, plain_gap, simulate_acquisition
from cvm.errors import CvmError
from cvm.market import Market, simulate
from cvm.research.claims.claim import Claim, Data, Trial, verdict_of
from cvm.results import number
from cvm.words import N_, _

__all__ = ["CLAIMS"]

#: Customers of a simulated study, people and months of the market.
PEOPLE, DISTRICT, MONTHS = 8_000, 20_000, 36
#: A year of following a customer, in months and in days.
YEAR, DAYS = 12, 365


def _pull_vs_push(seed: int, data: Data) -> Trial:
    grid = product((0.0, 0.4, 0.8), (0.8, 1.0, 1.2, 1.6))
    studies = [row for world in grid for row in _study(*world, seed)]
    markets = [_market(risk, seed) for risk in (1.0, 1.4, 2.0)]
    real = [row for name, log in data.items() for row in _log(name, log)]
    table = pd.DataFrame([*studies, *markets, *real])
    table["holds"] = table["holds"].astype("boolean")
    of = {kind: table[table["kind"] == kind].reset_index(drop=True) for kind in ("cause", "plain", "lot")}  # fmt: skip
    shown, caused = of["plain"]["low"] > 0, of["cause"]["low"] > 0
    covered = (of["lot"]["low"] <= of["lot"]["true_effect"]) & (
        of["lot"]["true_effect"] <= of["lot"]["high"]
    )
    found = table.loc[table["kind"] == "market", "value"]
    finding = _(
        "Pulled customers stay longer because they were pulled in {caused} of {all} conditions, "
        "as the risk of the pushed decides and nothing else. The records show them staying longer "
        "in {shown}, and in {false} of these nothing, or the opposite, was caused: mostly, "
        "customers who are loyal by nature had come by themselves. An invitation by lot covers the truth in "
        "{covered} of {all}. In the simulated market, where the way is not chosen by nature, the "
        "records tell the cause: {low} to {high}.",
        caused=number(caused.sum()), all=number(len(caused)), shown=number(shown.sum()),
        false=number((shown & ~caused).sum()), covered=number(covered.sum()),
        low=number(found.min(), "points", digits=2), high=number(found.max(), "points", digits=2),
    )  # fmt: skip
    finding += " " + (_real_words(real) or _("No log was given that says how its customers came."))
    return Trial(claim="pull-vs-push", verdict=verdict_of(table["holds"]), finding=finding,
                 seed=seed, table=table)  # fmt: skip


def _study(selection: float, push_risk: float, seed: int) -> list[dict[str, object]]:
    """Look at the cause by the known truth, at the records, and at an invitation by lot."""
    world = Newcomers(selection=selection, push_risk=push_risk, nudge=1.6)
    people = simulate_acquisition(world, n=PEOPLE, seed=seed)
    truth = people["true_effect"]
    half = 1.96 * float(truth.std() / np.sqrt(len(truth)))
    value, moved = float(truth.mean()), float(truth[people["true_moved"]].mean())
    plain, lot = plain_gap(people), invitation_effect(people)
    condition = {"data": "simulated", "world": "newcomers", "selection": selection,
                 "push_risk": push_risk, "log": ""}  # fmt: skip
    return [
        condition | {"kind": "cause", "measure": _("stay a year, pulled less pushed: the cause"),
                     "value": value, "low": value - half, "high": value + half,
                     "true_effect": value, "holds": value - half > 0},
        condition | {"kind": "plain", "measure": _("stay a year, pulled less pushed: the records"),
                     "value": plain.effect, "low": plain.low, "high": plain.high,
                     "true_effect": value, "holds": None},
        condition | {"kind": "lot", "measure": _("stay a year, pulled less pushed: invited by lot"),
                     "value": lot.effect, "low": lot.low, "high": lot.high, "true_effect": moved,
                     "holds": None},
    ]  # fmt: skip


def _market(push_risk: float, seed: int) -> dict[str, object]:
    """Compare who came by advertising and web with who came by selling, in the whole market."""
    market = Market().replace(**{"people.push_risk": push_risk})
    people = simulate(market, n=DISTRICT, months=MONTHS, seed=seed).customers
    joined, left = (
        12 * people[name].dt.year + people[name].dt.month for name in ("joined", "left")
    )
    came = people["channel"].isin(["advertising", "web", "selling"])
    # The last year's newcomers have not been here for a year yet.
    new = came & (joined <= joined[came].max() - YEAR)
    won = pd.DataFrame({
        "stayed": ~((left - joined)[new] < YEAR), "pulled": people["channel"][new] != "selling",
    })  # fmt: skip
    found = plain_gap(won)
    # At a risk of 1 the way causes nothing, whatever luck shows.
    sign = False if push_risk <= 1 else True if found.low > 0 else None
    return {"data": "simulated", "world": "market", "selection": 0.0, "push_risk": push_risk,
            "log": "", "kind": "market", "measure": _("stay a year, pulled less pushed: the market"),
            "value": found.effect, "low": found.low, "high": found.high,
            "true_effect": np.nan, "holds": sign}  # fmt: skip


def _log(name: str, log: pd.DataFrame) -> list[dict[str, object]]:
    """Compare pulled and pushed customers of a real log, where it says which is which."""
    if "mode" not in log:
        return []
    unknown = sorted(set(log["mode"].astype(str)) - {"pull", "push"})
    if unknown:
        raise CvmError(
            _("The column 'mode' of the log '{name}' holds 'pull' and 'push'.", name=name),
            given=unknown[:5], remedy=_("Say of each channel who made the first move."),
        )  # fmt: skip
    first = log.sort_values("date").groupby("customer").agg(start=("date", "min"), mode=("mode", "first"))  # fmt: skip
    since = (log["date"] - log["customer"].map(first["start"])).dt.days
    again = log["customer"][(since > 0) & (since <= DAYS)].unique()
    seen = first[first["start"] <= log["date"].max() - pd.Timedelta(days=DAYS)]
    table = pd.DataFrame({"stayed": seen.index.isin(again), "pulled": seen["mode"] == "pull"})
    found = plain_gap(table)
    # What the records show cannot decide: nobody drew lots.
    return [{"data": "real", "world": "", "selection": np.nan, "push_risk": np.nan, "log": name,
             "kind": "log", "measure": _("buy again within a year, pulled less pushed"),
             "value": found.effect, "low": found.low, "high": found.high,
             "true_effect": np.nan, "holds": None}]  # fmt: skip


def _real_words(rows: list[dict[str, object]]) -> str:
    told = [
        _("In {log} pulled customers buy again {value} more often, from whichever cause.",
          log=row["log"], value=number(float(str(row["value"])), "points", digits=2))
        for row in rows
    ]  # fmt: skip
    return " ".join(told)


CLAIMS = (
    Claim(
        id="pull-vs-push",
        chapter="04",
        wording=N_(
            "Customers who are pulled by marketing stay longer than customers pushed by selling."
        ),
        source=N_("Verhoef & Donkers 2005, Journal of Interactive Marketing 19(2)"),
        measured=N_(
            "Retention and cross-buying of a financial firm's customers by the channel they came "
            "through, with observed traits held fixed: channels differ, in retention more than in "
            "cross-buying. Nobody drew lots for the channel, and the channels are not sorted into "
            "pull and push."
        ),
        folklore=N_(
            "Selling wins the wrong customers: let them come by themselves, and they stay."
        ),
        estimand=N_(
            "By how many points more of the same customers stay a year if they are pulled and not "
            "pushed."
        ),
        advice=N_(
            "For the next yuan, take a channel's customers as they are. Before you move customers "
            "from one channel to another, invite some by lot and see who stays."
        ),
        seen="second hand",
        run=_pull_vs_push,
    ),
)
