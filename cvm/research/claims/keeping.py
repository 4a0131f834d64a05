"""Claims of chapters 01 and 07: keep-vs-win, recovery-paradox, three-dimensions."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd

from cvm.economics import TwoFirms, retention_rate, won
from cvm.luck import Luck, bernoulli
from cvm.research.claims.claim import Claim, Data, Trial, verdict_of
from cvm.results import number
from cvm.service.dimensions import first_failure, simulate_contacts
from cvm.service.moments import RULES, Service
from cvm.service.repair import Recovery, paradox, simulate_recovery
from cvm.words import N_, _

__all__ = ["CLAIMS"]

#: "A fifth" is taken to hold where keeping costs 10 to 30 % of winning.
A_FIFTH = (0.1, 0.3)


# ---------------------------------------------------------------------------- keep-vs-win


def _keep_vs_win(seed: int, data: Data) -> Trial:
    grid = product((0.5, 0.7, 0.85), (0.2, 0.5), (80.0, 240.0, 480.0), (7500, 45_000))
    table = pd.DataFrame([row for world in grid for row in _costs(*world, seed)])
    table["holds"] = table["holds"].astype("boolean")
    told = table["measure"] == _("cost of keeping over winning, as told")
    real, hits = table[~told], table[table["holds"].fillna(False)]
    misses = real[~real["holds"].fillna(True)]
    finding = _(
        "Per customer kept by the money, keeping costs {low} to {high} times as much as winning; "
        "{hits} of {all} conditions that decide lie between a tenth and three tenths. In the "
        "middle one of these a customer costs {dear} to win, in the middle one of the others "
        "{cheap}. Counted as it is told, over all who stay, {told} of {of} conditions lie there "
        "or below.",
        low=number(real["value"].min()), high=number(real["value"].max()),
        hits=number(len(hits)), all=number(real["holds"].notna().sum()),
        dear=number(hits["cost_of_winning"].median(), "yuan"),
        cheap=number(misses["cost_of_winning"].median(), "yuan"),
        told=number((table.loc[told, "value"] <= A_FIFTH[1]).sum()), of=number(told.sum()),
    )  # fmt: skip
    return Trial(claim="keep-vs-win", verdict=verdict_of(table["holds"]), finding=finding,
                 seed=seed, table=table)  # fmt: skip


def _costs(
    floor: float, share: float, win_scale: float, market: int, seed: int
) -> list[dict[str, object]]:
    """Count who stays because of the money, who stays anyway, and who is won."""
    # Five times the usual firm, so that luck leaves fewer conditions undecided.
    world = TwoFirms(customers=5000, market=market, budget=150, keep_share=share, floor=floor,
                     ceiling=0.95, win_scale=win_scale)  # fmt: skip
    n, left = world.customers, market - world.customers
    keep, win = 1000 * world.budget * share, 1000 * world.budget * (1 - share)
    u, v = Luck(seed).uniform("stay", n), Luck(seed).uniform("join", left)
    stay = bernoulli(u, retention_rate(keep / n, world))
    because = stay & ~bernoulli(u, floor)
    joined = bernoulli(v, float(won(win, left, world)) / left)
    condition = {"data": "simulated", "floor": floor, "keep_share": share,
                 "win_scale": win_scale, "market": market,
                 "cost_of_winning": win / joined.sum()}  # fmt: skip
    rows: list[dict[str, object]] = []
    views = ((_("cost of keeping over winning, per customer it kept"), because),
             (_("cost of keeping over winning, as told"), stay))  # fmt: skip
    for measure, kept in views:
        ratio = (keep / kept.sum()) / (win / joined.sum())
        counts = ((kept.sum(), n), (joined.sum(), left))
        se = np.sqrt(sum(1 / k - 1 / size for k, size in counts))
        low, high = ratio * np.exp(-1.96 * se), ratio * np.exp(1.96 * se)
        holds = _inside(low, high, *A_FIFTH) if kept is because else None
        rows.append(condition | {"measure": measure, "value": ratio, "low": low, "high": high,
                                 "holds": holds})  # fmt: skip
    return rows


def _inside(low: float, high: float, least: float, most: float) -> bool | None:
    """True if the interval lies within the range, False if outside, None if it straddles."""
    if least <= low and high <= most:
        return True
    return False if high < least or low > most else None


# ----------------------------------------------------------------------- recovery-paradox


def _recovery_paradox(seed: int, data: Data) -> Trial:
    grid = product((0.0, 2.0, 8.0), (1.0, 1.3, 1.8), (0.0, 0.5), (0.0, 0.8))
    rows = [row for world in grid for row in _paradox_rows(*world, seed)]
    table = pd.DataFrame(rows)
    table["holds"] = table["holds"].astype("boolean")
    of = {name: table[table["outcome"] == name] for name in ("satisfaction", "intention")}
    fair = of["satisfaction"][of["satisfaction"]["attached_speak"] == 0]
    scarred = of["intention"].query("scar > 0 and attached_speak == 0")
    finding = _(
        "A settled complaint leaves customers more satisfied than no failure in {glad} of {of} "
        "conditions. More willing to come back it leaves them in "
        "{true} of {scarred} where a failure leaves a scar. Comparing with those who complained "
        "of their own accord shows a gain where there is none in {false} of {of}.",
        glad=number((fair["low"] > 0).sum()), of=number(len(fair)),
        true=number((scarred["low"] > 0).sum()), scarred=number(len(scarred)),
        false=number(_false_gains(of["intention"])),
    )  # fmt: skip
    return Trial(claim="recovery-paradox", verdict=verdict_of(table["holds"]), finding=finding,
                 seed=seed, table=table)  # fmt: skip


def _paradox_rows(
    days: float, strength: float, scar: float, selection: float, seed: int
) -> list[dict[str, object]]:
    world = Recovery(
        days=days, recovery_strength=strength, scar=scar, attached_speak=selection, voice=0.5
    )
    people = simulate_recovery(world, n=3000, seed=seed)
    rows: list[dict[str, object]] = []
    for outcome in ("satisfaction", "intention"):
        found = paradox(people, outcome=outcome)
        # Only where complaining is by lot does the comparison show the effect; and only
        # the intention is loyalty.
        decides = outcome == "intention" and selection == 0
        sign = True if found.low > 0 else False if found.high < 0 else None
        rows.append({
            "data": "simulated", "measure": _("settled complaint against no failure"),
            "outcome": outcome, "days": days, "recovery_strength": strength, "scar": scar,
            "attached_speak": selection, "value": found.effect, "low": found.low,
            "high": found.high, "true_effect": found.truth, "holds": sign if decides else None,
        })  # fmt: skip
    return rows


def _false_gains(rows: pd.DataFrame) -> int:
    chosen = rows[rows["attached_speak"] > 0]
    return int(((chosen["low"] > 0) & (chosen["true_effect"] <= 0)).sum())


# ------------------------------------------------------------------------ three-dimensions


def _three_dimensions(seed: int, data: Data) -> Trial:
    grid = product(RULES, (400, 1000, 5000), (0.1, 0.2), (12.0, 80.0))
    table = pd.DataFrame([_rule_row(*world, seed) for world in grid])
    table["holds"] = table["holds"].astype("boolean")
    right = table["holds"] == (table["rule"] == RULES[0])
    few = table.loc[table["holds"].isna(), "with_two"]
    finding = _(
        "The first failure does nearly all the damage where one failure spoils the moment and "
        "half of it where failures add up; the data tell the two rules apart rightly in {right} "
        "of {all} conditions and leave {open} open, those with few contacts that failed twice "
        "(at most {few}). Which rule your customers follow is for your own contacts to say.",
        right=number(right.fillna(False).sum()), all=number(len(table)),
        open=number(table["holds"].isna().sum()),
        few=number(few.max()) if len(few) else number(0),
    )  # fmt: skip
    return Trial(claim="three-dimensions", verdict=verdict_of(table["holds"]), finding=finding,
                 seed=seed, table=table)  # fmt: skip


def _rule_row(rule: str, n: int, fail: float, noise: float, seed: int) -> dict[str, object]:
    world = Service(rule=rule, fail_human=fail, fail_business=fail, fail_hidden=fail)
    found = first_failure(simulate_contacts(world, n=n, seed=seed, noise=noise))
    spoils, adds = found.low <= 1 <= found.high, found.low <= 0.5 <= found.high
    return {
        "data": "simulated", "measure": _("damage done by the first failure, of two"),
        "rule": rule, "contacts": n, "fail": fail, "noise": noise, "with_two": found.with_two,
        "value": found.value, "low": found.low, "high": found.high,
        "holds": None if spoils == adds else spoils,
    }  # fmt: skip


CLAIMS = (
    Claim(
        id="keep-vs-win",
        chapter="01",
        wording=N_("Keeping a customer costs a fifth of winning one."),
        wording_zh="保留成本 1/5",
        source=N_("trade figure of the 1980s, told after TARP; no study to look up"),
        measured=N_(
            "Nothing that could be general: what keeping and winning cost depends on the margin, "
            "on how long customers stay anyway, and on how many are left to win."
        ),
        folklore=N_("A law of nature: so put the money into keeping."),
        estimand=N_(
            "Cost per customer who stays because of the money, over cost per customer won by it."
        ),
        advice=N_(
            "Compare the next customer kept with the next one won, in your own figures; count "
            "only those whom the money kept."
        ),
        seen="second hand",
        run=_keep_vs_win,
    ),
    Claim(
        id="recovery-paradox",
        chapter="07",
        wording=N_("A complaint handled well leaves a customer more loyal than no failure."),
        source=N_("de Matos, Henrique & Rossi 2007, Journal of Service Research 10(1)"),
        measured=N_(
            "A meta-analysis: after a good recovery satisfaction is higher than without a failure, "
            "the intention to buy again is not."
        ),
        folklore=N_("A failure is an opportunity: repair it well and win a loyal customer."),
        estimand=N_(
            "Intention after a failure and its settlement, less the same customer's without either."
        ),
        advice=N_(
            "Settle fast, because it limits the damage; do not expect a profit from failing. "
            "Mind that the attached complain and the others leave in silence."
        ),
        seen="second hand",
        run=_recovery_paradox,
    ),
    Claim(
        id="three-dimensions",
        chapter="07",
        wording=N_("A failure in one of the three dimensions spoils the moment."),
        wording_zh="人 业务 隐性",
        source=N_("the course's own three-dimensional model of service"),
        measured=N_(
            "Nothing was measured. It is a non-compensatory rule, which can be told from an "
            "additive one by contacts in which two dimensions fail."
        ),
        folklore=N_(
            "Three weights of a regression are taken to show how much each dimension counts."
        ),
        estimand=N_("Share of the damage of two failures that the first one does: 1, or a half."),
        advice=N_(
            "Ask after each contact about the three dimensions and the whole, and look at the "
            "contacts with two failures before you trade one dimension against another."
        ),
        seen="seen",
        run=_three_dimensions,
    ),
)
