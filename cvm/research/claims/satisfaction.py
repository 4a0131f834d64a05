"""Claims of chapter 08 on satisfaction: over-promise, key-factors."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cvm.luck import Luck
from cvm.research.claims.claim import Claim, Data, Trial, verdict_of
from cvm.results import number
from cvm.satisfaction import (
    Satisfaction,
    adapted,
    expectation,
    judgement,
    kept,
    perceived,
    promise_effect,
    resting_point,
)
from cvm.survey.priorities import (
    Priorities,
    priorities_seen,
    priority_cells,
    simulate_priorities,
)
from cvm.survey.value_return import TAUGHT, rule_gains, value_return
from cvm.words import N_, _

__all__ = ["CLAIMS"]

Floats = NDArray[np.floating[Any]]

#: Points promised beyond what is delivered, and points of satisfaction that somebody would notice.
PROMISE, NOTICED = 10.0, 0.5
CUSTOMERS, MONTHS = 2_000, 24
FIRST, LATER = N_("first visit"), N_("after two years")
ONCE, AGAIN = N_("made once"), N_("made again every month")
SEEN, SATISFIED = N_("change of what is seen"), N_("change of satisfaction")
#: Surveys from which the firm may have to read its key factors.
SURVEYS, ASKED = 10, 1500


# ----------------------------------------------------------------------------- over-promise


def _over_promise(seed: int, data: Data) -> Trial:
    grid = product((0.0, 0.25, 0.5, 0.8), ((0.3, 1.0), (0.55, 1.0), (0.55, 2.0), (1.0, 2.0)))
    table = pd.DataFrame([row for theta, how in grid for row in _promises(theta, *how, seed)])
    table["holds"] = table["holds"].astype("boolean")
    decided = table[table["measure"] == _(SATISFIED)]
    sees = table[(table["measure"] == _(SEEN)) & (table["assimilation"] > 0)]
    settled = decided[(decided["promise"] == AGAIN) & decided["holds"].notna()]
    agree = (settled["holds"] == (settled["true_effect"] < 0)).sum()
    finding = _(
        "Ten points promised beyond what is delivered lower the judgement of the first visit in "
        "{first} of {all} conditions, though customers see up to {seen} points more. Promised "
        "anew every month it lowers satisfaction for good in {good} of {all}; promised once it "
        "is forgotten after two years in {gone} of {all}. Where assimilation outweighs "
        "disappointment a promise helps; the closed form is right in {agree} of the {settled} "
        "conditions it can be held to.",
        first=_holding(decided, ONCE, FIRST), all=number(16),
        seen=number(sees["value"].max()), good=_holding(decided, AGAIN, LATER),
        gone=number((_of(decided, ONCE, LATER)["value"].abs() < NOTICED).sum()),
        agree=number(agree), settled=number(len(settled)),
    )  # fmt: skip
    if data:
        finding += " " + _("The real logs hold no promises, so they have nothing to say.")
    return Trial(claim="over-promise", verdict=verdict_of(table["holds"]), finding=finding,
                 seed=seed, table=table)  # fmt: skip


def _of(table: pd.DataFrame, promise: str, when: str) -> pd.DataFrame:
    return table[(table["promise"] == promise) & (table["when"] == when)]


def _holding(table: pd.DataFrame, promise: str, when: str) -> str:
    return number((_of(table, promise, when)["holds"] == True).sum())  # noqa: E712


def _promises(theta: float, gain: float, aversion: float, seed: int) -> list[dict[str, object]]:
    world = Satisfaction(assimilation=theta, gain=gain, loss_aversion=aversion, promise=0)
    condition = {
        "data": "simulated", "assimilation": theta, "gain": gain, "loss_aversion": aversion,
        "true_effect": promise_effect(world),
    }  # fmt: skip
    base = _followed(world, "", seed)
    rows: list[dict[str, object]] = []
    for promise in (ONCE, AGAIN):
        told = _followed(world, promise, seed)
        for (measure, when), points in told.items():
            low, value, high = _paired(points - base[measure, when])
            harm = True if high < -NOTICED else False if low > -NOTICED else None
            rows.append(condition | {
                "measure": _(measure), "promise": promise, "when": when, "value": value,
                "low": low, "high": high, "holds": harm if measure == SATISFIED else None,
            })  # fmt: skip
    return rows


def _followed(world: Satisfaction, promise: str, seed: int) -> dict[tuple[str, str], Floats]:
    """Follow the same customers with the same luck, with a promise, or without any."""
    luck = Luck(seed)
    lasting = 70 + world.leniency * luck.normal("leniency", CUSTOMERS)
    met = lasting[:, None] + world.noise * luck.normal("months", CUSTOMERS, MONTHS)
    state = resting_point(lasting, world)
    learned: Floats = lasting + (PROMISE if promise == ONCE else 0.0)
    world = world.replace(promise=PROMISE if promise == AGAIN else 0.0)
    found: dict[tuple[str, str], Floats] = {}
    for month in range(MONTHS):
        expected = expectation(learned, world)
        sees = perceived(met[:, month], expected, world)
        judged = judgement(sees, expected, world)
        state = kept(state, judged, world)
        learned = adapted(learned, met[:, month], world)
        if month == 0:
            found[SEEN, FIRST], found[SATISFIED, FIRST] = sees, judged
    found[SATISFIED, LATER] = state
    return found


def _paired(difference: Floats) -> tuple[float, float, float]:
    value = float(difference.mean())
    half = 1.96 * float(difference.std(ddof=1)) / np.sqrt(len(difference))
    return value - half, value, value + half


# ------------------------------------------------------------------------------ key-factors


def _key_factors(seed: int, data: Data) -> Trial:
    grid = product((0.05, 0.2, 0.5, 0.8), (0.0, 1.0), (3.0, 10.0, 30.0), (0.0, 0.5), (6.0, 24.0))
    asked = {(focus, served): _surveys(focus, served, seed) for focus in (0.0, 1.0)
             for served in (6.0, 24.0)}  # fmt: skip
    table = pd.DataFrame([_budget_row(*where, asked[where[1], where[4]]) for where in grid])
    table["holds"] = table["holds"].astype("boolean")
    hits = table[table["holds"] == True]  # noqa: E712 missing is neither
    least = table[table["top_share"] == 0.05]
    world = Priorities()
    usual = value_return(priority_cells(world), budget=10_000 * world.budget, shared=world.shared)
    finding = _(
        "Of six rules of thumb the key factors of high-value customers earn most in {hits} of "
        "{all} conditions, with the factors read from a survey: in {small} of {third} with a "
        "small budget, in {large} of {third} with a large one, which those factors cannot "
        "absorb. Where customers are worth the same it earns most in {none} of {alike}. Whom "
        "the money is for matters more than which factor: at the defaults the rule earns "
        "{share} of what the best split does, every factor for all customers {spread}.",
        hits=number(len(hits)), all=number(len(table)),
        small=number((hits["budget"] == 3).sum()), large=number((hits["budget"] == 30).sum()),
        third=number(len(table) // 3), alike=number(len(least)),
        none=number((least["holds"] == True).sum()),  # noqa: E712
        share=number(usual.gain_taught / usual.gain_best, "share", digits=2),
        spread=number(float(usual.rules["of_best"].iloc[0]), "share", digits=2),
    )  # fmt: skip
    return Trial(claim="key-factors", verdict=verdict_of(table["holds"]), finding=finding,
                 seed=seed, table=table)  # fmt: skip


def _surveys(focus: float, served: float, seed: int) -> list[pd.DataFrame]:
    """Ask again and again, as many of each segment, and read weights and scores."""
    world = Priorities(focus=focus, served=served)
    cells = priority_cells(world)
    tables = (simulate_priorities(world, n=ASKED, seed=SURVEYS * seed + k, quota=True)
              for k in range(SURVEYS))  # fmt: skip
    return [priorities_seen(answers, cells)[["weight", "score"]] for answers in tables]


def _budget_row(
    top_share: float, focus: float, budget: float, shared: float, served: float,
    surveys: list[pd.DataFrame],
) -> dict[str, object]:  # fmt: skip
    """Say how much more the rule earns than the best of the others, for a yuan of budget."""
    cells = priority_cells(Priorities(top_share=top_share, focus=focus, served=served))
    total = 10_000 * budget
    gains = rule_gains(cells, budget=total, shared=shared, surveys=surveys)
    lead = (gains[TAUGHT] - gains.drop(columns=TAUGHT).max(axis=1)) / total
    low, high = np.quantile(lead, [0.025, 0.975])
    return {
        "data": "simulated", "top_share": top_share, "focus": focus, "budget": budget,
        "shared": shared, "served": served,
        "measure": _("lead over the best other rule, yuan for a yuan of budget"),
        "value": float(np.mean(lead)), "low": float(low), "high": float(high),
        "holds": True if low > 0 else False if high < 0 else None,
    }  # fmt: skip


CLAIMS = (
    Claim(
        id="over-promise",
        chapter="08",
        wording=N_("Promising too much lowers satisfaction."),
        wording_zh="管理客户期望",
        source=N_(
            "Oliver 1980, Journal of Marketing Research 17(4); "
            "Anderson & Sullivan 1993, Marketing Science 12(2)"
        ),
        measured=N_(
            "Satisfaction follows disconfirmation, the negative kind weighing more than the "
            "positive. Expectations also pull perception up (assimilation), so the two work "
            "against each other."
        ),
        folklore=N_("Promise little, deliver more, always."),
        estimand=N_(
            "Change of satisfaction by ten points promised beyond what is delivered, for the same "
            "customers with the same luck."
        ),
        advice=N_(
            "Promise what you deliver. Where customers cannot judge for themselves a promise "
            "colours what they see; where they can, it is what they hold you to."
        ),
        seen="second hand",
        run=_over_promise,
    ),
    Claim(
        id="key-factors",
        chapter="08",
        wording=N_("Satisfying the key factors of high-value customers returns most."),
        wording_zh="满意的价值回报",
        source=N_(
            "the course's own; near it Zeithaml, Rust & Lemon 2001, California Management Review 43(4)"
        ),
        measured=N_(
            "Nothing of the kind was measured. The source argues that effort belongs where the "
            "value of customers is."
        ),
        folklore=N_("Find what the best customers care for most, and put all the money there."),
        estimand=N_(
            "What the rule earns beyond the best of five other rules, with the same budget and "
            "factors read from a survey."
        ),
        advice=N_(
            "Decide first for whom, then for what: importance times room, over cost. When the key "
            "factors are full, go on to the next."
        ),
        seen="second hand",
        run=_key_factors,
    ),
)
