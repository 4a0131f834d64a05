"""Claims of chapter 09 on loyalty: flat-zone, six-times, intention-behaviour, bonds."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd

from cvm.loyalty.curve import INDUSTRIES, Loyalty, industry
from cvm.loyalty.customers import (
    LoyaltyStudy,
    intention_behaviour,
    repurchase_by_answer,
    repurchase_ratio,
    simulate_loyalty,
)
from cvm.research.claims.claim import Claim, Data, Trial, verdict_of
from cvm.results import number
from cvm.words import N_, _

__all__ = ["CLAIMS"]

#: "Six times" is taken to hold between four and eight.
NEAR_SIX = (4.0, 8.0)
#: From here on intention would nearly do in place of behaviour.
STRONG = 0.6
BONDS = ("financial", "social", "structural")


# ------------------------------------------------------------------------------ flat-zone


def _flat_zone(seed: int, data: Data) -> Trial:
    grid = product(INDUSTRIES, ((4.0, 0.0), (4.0, 15.0), (20.0, 0.0)))
    table = pd.DataFrame([_flat_row(name, *how, seed) for name, how in grid])
    table["holds"] = table["holds"].astype("boolean")
    sharp = table.query("answer_noise == 0 and width == 4").set_index("industry")["value"]
    finding = _(
        "The step from 'satisfied' to 'very satisfied' adds more to buying again than the step "
        "before it in {hits} of {all} conditions. Measured sharply the difference is {most} "
        "points among {competitive} and {least} among {captive}; a blurred answer, or a curve without a sharp edge, hides it.",
        hits=number((table["holds"] == True).sum()),  # noqa: E712 missing is neither
        all=number(len(table)),
        most=number(100 * sharp.iloc[0]), competitive=_(sharp.index[0]),
        least=number(100 * sharp.iloc[-1]), captive=_(sharp.index[-1]),
    )  # fmt: skip
    return Trial(claim="flat-zone", verdict=verdict_of(table["holds"]), finding=finding,
                 seed=seed, table=table)  # fmt: skip


def _flat_row(name: str, width: float, noise: float, seed: int) -> dict[str, object]:
    people = simulate_loyalty(
        industry(name).replace(width=width),
        n=20_000,
        seed=seed,
        study=LoyaltyStudy(satisfaction=68, alike=6, satisfaction_noise=noise),
    )
    steps = repurchase_by_answer(people).set_index("answer").loc[[3, 4, 5]]
    p, n = steps["bought_again"].to_numpy(), steps["customers"].to_numpy()
    value = (p[2] - p[1]) - (p[1] - p[0])
    half = 1.96 * float(np.sqrt((np.array([1, 4, 1]) * p * (1 - p) / n).sum()))
    return {
        "data": "simulated", "measure": _("what the last step adds beyond the step before"),
        "industry": name, "competition": INDUSTRIES[name], "width": width, "answer_noise": noise,
        "value": value, "low": value - half, "high": value + half,
        "holds": _sign(value - half, value + half),
    }  # fmt: skip


def _sign(low: float, high: float) -> bool | None:
    """True if the interval lies above zero, False if below, None if it holds it."""
    return True if low > 0 else False if high < 0 else None


# ------------------------------------------------------------------------------ six-times


def _six_times(seed: int, data: Data) -> Trial:
    grid = product(INDUSTRIES, (0.3, 0.08), (True, False))
    table = pd.DataFrame([row for world in grid for row in _ratios(*world, seed)])
    table["holds"] = table["holds"].astype("boolean")
    source = table[table["measure"] == _("totally against merely satisfied")]
    course = table.drop(source.index)
    finding = _(
        "Totally satisfied customers buy again {low} to {high} times as readily as merely "
        "satisfied ones, and satisfied ones {course_low} to {course_high} times as readily as "
        "dissatisfied ones. Decidedly between four and eight it is in {hits} of {all} "
        "conditions.",
        low=number(source["value"].min()), high=number(source["value"].max()),
        course_low=number(course["value"].min()), course_high=number(course["value"].max()),
        hits=number((table["holds"] == True).sum()), all=number(len(table)),  # noqa: E712
    )  # fmt: skip
    hits = table[table["holds"] == True]  # noqa: E712
    if len(hits):
        finding += " " + _(
            "Those have competition of {competition} or more and a flat stretch at {plateau} or less.",
            competition=number(hits["competition"].min()), plateau=number(hits["plateau"].max()),
        )  # fmt: skip
    return Trial(claim="six-times", verdict=verdict_of(table["holds"]), finding=finding,
                 seed=seed, table=table)  # fmt: skip


def _ratios(name: str, plateau: float, bonds: bool, seed: int) -> list[dict[str, object]]:
    world = industry(name).replace(plateau=plateau, conversion=1.0)
    study = LoyaltyStudy(habit=0.02, obstructed=0, satisfaction_noise=0, alike=4)
    if not bonds:
        world = world.replace(financial=0, social=0, structural=0)
    people = simulate_loyalty(world, n=10_000, seed=seed, study=study)
    rows = []
    for measure, high, low in (
        (_("totally against merely satisfied"), (5,), (4,)),
        (_("satisfied against dissatisfied"), (4, 5), (1, 2)),
    ):
        found = repurchase_ratio(people, high=high, low=low)
        inside = NEAR_SIX[0] <= found.low and found.high <= NEAR_SIX[1]
        outside = found.high < NEAR_SIX[0] or found.low > NEAR_SIX[1]
        rows.append({
            "data": "simulated", "measure": measure, "industry": name,
            "competition": INDUSTRIES[name], "plateau": plateau, "bonds": bonds,
            "value": found.value, "low": found.low, "high": found.high,
            "holds": True if inside else False if outside else None,
        })  # fmt: skip
    return rows


# -------------------------------------------------------------------- intention-behaviour


def _intention_behaviour(seed: int, data: Data) -> Trial:
    grid = product((0.0, 0.4, 0.7, 1.0), (0.0, 0.1, 0.3), ("bought_again", "share_of_wallet"))
    table = pd.DataFrame([_said_and_done(*world, seed) for world in grid])
    table["holds"] = table["holds"].astype("boolean")
    half = {
        name: table[table["behaviour"] == name]["value"] for name in table["behaviour"].unique()
    }
    finding = _(
        "What customers say correlates at most {deed} with whether they buy again and at most "
        "{wallet} with how often they buy, even where they do what they mean to. It stays below "
        "{strong} in {hits} of {all} conditions.",
        deed=number(half["bought_again"].max()), wallet=number(half["share_of_wallet"].max()),
        strong=number(STRONG), hits=number((table["holds"] == True).sum()),  # noqa: E712
        all=number(len(table)),
    )  # fmt: skip
    return Trial(claim="intention-behaviour", verdict=verdict_of(table["holds"]),
                 finding=finding, seed=seed, table=table)  # fmt: skip


def _said_and_done(
    conversion: float, obstructed: float, behaviour: str, seed: int
) -> dict[str, object]:
    people = simulate_loyalty(
        Loyalty(conversion=conversion, competition=0.95), n=3_000, seed=seed,
        study=LoyaltyStudy(obstructed=obstructed),
    )  # fmt: skip
    found = intention_behaviour(people, behaviour=behaviour)
    weak = True if found.high < STRONG else False if found.low > STRONG else None
    return {
        "data": "simulated", "measure": _("correlation of intention and behaviour"),
        "behaviour": behaviour, "conversion": conversion, "obstructed": obstructed,
        "value": found.value, "low": found.low, "high": found.high, "holds": weak,
    }  # fmt: skip


# ---------------------------------------------------------------------------------- bonds


def _bonds(seed: int, data: Data) -> Trial:
    grid = product((0.35, 0.95), (0.0, 0.5, 1.0), (1.0, 2.0), ("social", "structural"))
    table = pd.DataFrame([_bond_row(*world, seed) for world in grid])
    table["holds"] = table["holds"].astype("boolean")
    full = table.query("copying == 1 and price_strength == 1 and bond == 'structural'")
    free = table[table["copying"] == 0]
    finding = _(
        "Social and structural bonds hold better than price in {hits} of {all} conditions, and in "
        "{free} of the {uncopied} in which rivals copy nothing. Of equal strength, and where "
        "rivals copy price more readily, a structural bond keeps {low} to {high} points more "
        "customers than a price bond. The claim rests on what rivals copy.",
        hits=number((table["holds"] == True).sum()), all=number(len(table)),  # noqa: E712
        free=number((free["holds"] == True).sum()), uncopied=number(len(free)),  # noqa: E712
        low=number(100 * full["value"].min()), high=number(100 * full["value"].max()),
    )  # fmt: skip
    return Trial(claim="bonds", verdict=verdict_of(table["holds"]), finding=finding,
                 seed=seed, table=table)  # fmt: skip


def _bond_row(
    competition: float, copying: float, strength: float, bond: str, seed: int
) -> dict[str, object]:
    """Give the same customers one bond each, and count whom it keeps."""
    base = Loyalty(competition=competition)
    base = base.replace(strength_financial=strength * base.strength_financial)
    world = base.replace(
        financial=0, social=0, structural=0,
        **{f"copied_{name}": copying * getattr(base, f"copied_{name}") for name in BONDS},
    )  # fmt: skip
    kept = {}
    for name in ("financial", bond):
        people = simulate_loyalty(world.replace(**{name: 1}), n=4_000, seed=seed)
        kept[name] = people["bought_again"].to_numpy(dtype=float)
    gain = kept[bond] - kept["financial"]  # the same customers, the same luck
    half = 1.96 * float(gain.std(ddof=1)) / np.sqrt(len(gain))
    value = float(gain.mean())
    return {
        "data": "simulated", "measure": _("customers kept beyond a price bond"), "bond": bond,
        "competition": competition, "copying": copying, "price_strength": strength,
        "value": value, "low": value - half, "high": value + half,
        # No difference at all is not better.
        "holds": False if value == 0 else _sign(value - half, value + half),
    }  # fmt: skip


CLAIMS = (
    Claim(
        id="flat-zone",
        chapter="09",
        wording=N_("There is a stretch of high satisfaction and low loyalty."),
        source=N_(
            "Jones & Sasser 1995, Harvard Business Review 73(6); "
            "Anderson & Mittal 2000, Journal of Service Research 3(2)"
        ),
        measured=N_(
            "Curves of loyalty over satisfaction in five industries, flat in the middle where "
            "competition is strong; links that are asymmetric and not linear."
        ),
        folklore=N_("Raise satisfaction by a point and loyalty rises by as much, anywhere."),
        estimand=N_(
            "What the step from 4 to 5 in satisfaction adds to buying again, less what the step "
            "from 3 to 4 adds."
        ),
        advice=N_(
            "Ask where your customers lie on your market's curve; an average of 4 of 5 may be "
            "the flat stretch. Measure satisfaction sharply enough to see it."
        ),
        seen="second hand",
        run=_flat_zone,
    ),
    Claim(
        id="six-times",
        chapter="09",
        wording=N_("A satisfied customer buys again six times as willingly as a dissatisfied one."),
        source=N_("Xerox, as told by Jones & Sasser 1995, Harvard Business Review 73(6)"),
        measured=N_(
            "Totally satisfied customers were six times as likely to repurchase as merely "
            "satisfied ones. The course changes both ends."
        ),
        folklore=N_("Satisfied against dissatisfied, in any market, and willing instead of doing."),
        estimand=N_("Share that buys again among some answers, over the share among others."),
        advice=N_(
            "Give the ratio of your own customers with its interval, and name both ends of the "
            "comparison."
        ),
        seen="second hand",
        run=_six_times,
    ),
    Claim(
        id="intention-behaviour",
        chapter="09",
        wording=N_("Loyalty of intention is not loyalty of behaviour, and only behaviour pays."),
        source=N_(
            "Dick & Basu 1994, Journal of the Academy of Marketing Science 22(2); "
            "Sheppard, Hartwick & Warshaw 1988, Journal of Consumer Research 15(3)"
        ),
        measured=N_("Moderate correlations of intention and behaviour, about a half on average."),
        folklore=N_("A high intention to buy again is as good as the purchase."),
        estimand=N_("Correlation of the stated intention with what the customer then does."),
        advice=N_(
            "Join survey answers to purchases customer by customer, look for what stands between, "
            "and pay for behaviour."
        ),
        seen="second hand",
        run=_intention_behaviour,
    ),
    Claim(
        id="bonds",
        chapter="09",
        wording=N_("Structural and social bonds hold better than price."),
        wording_zh="财务 社会 结构",
        source=N_("Berry & Parasuraman 1991, Marketing Services, Free Press"),
        measured=N_(
            "Three levels of relationship marketing, ordered by how hard they are to copy; an "
            "argument, not a measurement."
        ),
        folklore=N_("Price rewards do not bind; clubs and systems always do."),
        estimand=N_(
            "Customers kept by a social or structural bond, less those kept by a financial bond, "
            "among the same customers."
        ),
        advice=N_("Before you build a bond, ask how soon a rival can offer the same."),
        seen="second hand",
        run=_bonds,
    ),
)
