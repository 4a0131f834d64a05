"""Claims of chapter 10 on losing and winning back: risk-targeting, win-back."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd

from cvm.churn import (
    CAUSES,
    Churn,
    WinBack,
    risk_model,
    simulate_churn,
    simulate_lost,
    uplift_model,
    win_back,
    win_back_expected,
)
from cvm.research.claims.claim import Claim, Data, Trial, verdict_of
from cvm.results import number
from cvm.words import N_, _

__all__ = ["CLAIMS"]

#: Customers that can be contacted.
BUDGET = 0.2


# ------------------------------------------------------------------------- risk-targeting


def _risk_targeting(seed: int, data: Data) -> Trial:
    grid = product((0.0, 1.0, 2.0), (0.0, 0.05), ("randomised", "judgement"))
    table = pd.DataFrame([row for world in grid for row in _against(*world, seed)])
    table["holds"] = table["holds"].astype("boolean")
    lot = table[table["against"] == "lot"]
    uplift = table.drop(lot.index)
    finding = _(
        "Contacting the {budget} most at risk saves more than drawing lots in {lot} of {lots} "
        "conditions, and fewer for sure in {worse}; it does as well as contacting by estimated uplift in {even} of {all}. It is "
        "worst where those at risk cannot be talked round: there it saves {least} customers per 100 "
        "contacts {sign} lots do.",
        budget=number(BUDGET, "share"), lot=number(_count(lot, True)), lots=number(len(lot)),
        worse=number(_count(lot, False)), even=number(_count(uplift, True)),
        all=number(len(uplift)), least=number(abs(100 * lot["value"].min())),
        sign=_("fewer than") if lot["value"].min() < 0 else _("more than"),
    )  # fmt: skip
    return Trial(claim="risk-targeting", verdict=verdict_of(table["holds"]), finding=finding,
                 seed=seed, table=table)  # fmt: skip


def _against(
    stubborn: float, disturb: float, assignment: str, seed: int
) -> list[dict[str, object]]:
    """Learn both scores from one campaign, contact new customers, count by the truth."""
    world = Churn(stubborn=stubborn, disturb=disturb, assignment=assignment, save=0.4)
    learnt = simulate_churn(world, n=8_000, seed=seed).campaign
    new = simulate_churn(world, n=8_000, seed=seed + 10_000).campaign
    truth = new["true_uplift"].to_numpy()
    top = {
        "risk": np.argsort(-risk_model(learnt).score(new), kind="stable"),
        "uplift": np.argsort(-uplift_model(learnt).score(new), kind="stable"),
    }
    many = round(BUDGET * len(new))
    chosen = {name: np.isin(np.arange(len(new)), order[:many]) for name, order in top.items()}
    rows = []
    for measure, against, other in (
        (_("saved per contact, by risk less by lot"), "lot", np.ones(len(new))),
        (_("saved per contact, by risk less by uplift"), "uplift", chosen["uplift"]),
    ):
        # What each customer adds to the difference of the two means.
        weights = chosen["risk"] / chosen["risk"].mean() - other / np.mean(other)
        value, half = _mean(weights * truth)
        low, high = value - half, value + half
        # It must beat lots; beside uplift it is enough not to be worse for sure.
        better = _sign(low, high) if against == "lot" else high >= 0
        rows.append({
            "data": "simulated", "measure": measure, "against": against, "stubborn": stubborn,
            "disturb": disturb, "assignment": assignment, "value": value, "low": low,
            "high": high, "holds": better,
        })  # fmt: skip
    return rows


def _mean(values: np.ndarray) -> tuple[float, float]:
    return float(values.mean()), 1.96 * float(values.std(ddof=1) / np.sqrt(len(values)))


def _count(table: pd.DataFrame, verdict: bool) -> int:
    return int((table["holds"] == verdict).sum())


# ------------------------------------------------------------------------------- win-back


def _win_back(seed: int, data: Data) -> Trial:
    grid = product((30.0, 60.0, 120.0), (3, 24), (0.5, 1.0))
    table = pd.DataFrame([row for world in grid for row in _regained(*world, seed)])
    table["holds"] = table["holds"].astype("boolean")
    cost = table[table["measure"] == _("cost of one regained less cost of a new one")]
    worth = table.drop(cost.index)
    cheap = cost[cost["holds"] == True]  # noqa: E712 missing is neither
    both = cheap.merge(worth, on=["cause", "acquisition", "within", "readiness"])
    finding = _(
        "A lost customer is cheaper to regain than a new one to win in {hits} of {all} conditions "
        "({causes}). Cheap is not good: in {bad} of these {hits} the one regained leaves less than "
        "a new one, after the second life and the cost, and in {good} more for sure ({best}).",
        hits=number(len(cheap)), all=number(len(cost)),
        causes=_causes(cheap["cause"]), bad=number((both["holds_y"] == False).sum()),  # noqa: E712
        good=number((both["holds_y"] == True).sum()),  # noqa: E712
        best=_causes(both.loc[both["holds_y"] == True, "cause"]),  # noqa: E712
    )  # fmt: skip
    return Trial(claim="win-back", verdict=verdict_of(table["holds"]), finding=finding,
                 seed=seed, table=table)  # fmt: skip


def _causes(found: pd.Series) -> str:
    return ", ".join(_(cause) for cause in CAUSES if cause in set(found)) or _("(none)")


def _regained(
    acquisition: float, within: int, readiness: float, seed: int
) -> list[dict[str, object]]:
    world = WinBack(acquisition=acquisition, within=within, readiness=readiness)
    lost = simulate_lost(world, n=6_000, seed=seed)
    found = win_back(lost, cost_new=acquisition).table.set_index("group")
    new = float(win_back_expected(world)["profit_new"].iloc[0])
    where = {"acquisition": acquisition, "within": within, "readiness": readiness}
    rows = []
    for cause in CAUSES:
        mine = lost[lost["cause"] == cause]
        back = mine["returned"].to_numpy(dtype=float)
        if back.sum() < 5:  # too few to put an interval round
            continue
        value, low, high = (
            float(found[name][cause]) - acquisition
            for name in ("cost_regained", "cost_low", "cost_high")
        )
        measure = _("cost of one regained less cost of a new one")
        rows.append(_told(measure, cause, where, value, low, high, _sign(-high, -low)))
        gain = (mine["second_value"] - mine["cost"]).to_numpy(dtype=float)
        each = gain.sum() / back.sum()  # what one regained leaves, a ratio of two means
        half = _mean(gain - each * back)[1] / back.mean()
        low, high = each - half - new, each + half - new
        measure = _("what one regained leaves less what a new one leaves")
        rows.append(_told(measure, cause, where, each - new, low, high, _sign(low, high)))
    return rows


def _told(
    measure: str, cause: str, where: dict[str, float], value: float, low: float, high: float,
    holds: bool | None,
) -> dict[str, object]:  # fmt: skip
    return {"data": "simulated", "measure": measure, "cause": cause, **where,
            "value": value, "low": low, "high": high, "holds": holds}  # fmt: skip


def _sign(low: float, high: float) -> bool | None:
    """True if the interval lies above zero, False if below, None if it holds it."""
    return True if low > 0 else False if high < 0 else None


CLAIMS = (
    Claim(
        id="risk-targeting",
        chapter="10",
        wording=N_(
            "The customers most likely to leave are those to target with a retention campaign."
        ),
        wording_zh="流失预警",
        source=N_("Ascarza 2018, Journal of Marketing Research 55(1)"),
        measured=N_(
            "Two field experiments: customers at high risk were not those who answered the campaign, "
            "and targeting by risk could do worse than targeting at random."
        ),
        folklore=N_("A better forecast of who leaves makes a better campaign."),
        estimand=N_(
            "Customers saved per contact among the fifth most at risk, less those saved among as many "
            "drawn by lot, or chosen by estimated uplift."
        ),
        advice=N_(
            "Draw lots once, contact one half, learn whom the contact changes, and contact those. "
            "Keep a group that is never contacted."
        ),
        seen="second hand",
        run=_risk_targeting,
    ),
    Claim(
        id="win-back",
        chapter="10",
        wording=N_("A lost customer is cheaper to regain than a new one is to gain."),
        wording_zh="客户的流失与挽回",
        source=N_(
            "Griffin & Lowenstein 2001, Customer Winback, Jossey-Bass; Kumar, Bhagwat & Zhang 2015, "
            "Journal of Marketing 79(4)"
        ),
        measured=N_(
            "Trade figures on how often selling to lost customers succeeds; and, at one telecom firm, "
            "that the first life, the cause of leaving and the offer foretell who returns, for how "
            "long and at what profit."
        ),
        folklore=N_("Winning back always beats winning."),
        estimand=N_(
            "Cost of a customer regained, by cause of leaving, less the cost of a new one; and the "
            "value of the second life less that cost, less the same for a new customer."
        ),
        advice=N_(
            "Ask why they left. Win back those you failed, soon; offer little to those who left for "
            "the price; let go those who had no more need; never call back those you sent away."
        ),
        seen="second hand",
        run=_win_back,
    ),
)
