"""Trails: from what a chapter says to its equation, its test, its levers and its source.

A reader who doubts a sentence of the course finds here where it comes from. A step of a
trail names a heading of the chapter; a test follows every step to its end, so that none
leads nowhere.
"""

from __future__ import annotations

from typing import NamedTuple

from cvm.errors import CvmError
from cvm.words import N_, _

__all__ = ["TRAILS", "Step", "trail"]


class Step(NamedTuple):
    """One heading of a chapter and what stands behind it.

    Parameters
    ----------
    heading : str
        As in the chapter.
    module : str
        Whose docstring holds the equation.
    equation : str
        Words of that docstring where the equation is found.
    test : str
        ``file::function``, in the folder of the tests.
    levers : tuple of str
        ``Model.lever``, importable from the module; none where the sentence is arithmetic.
    source : str
        As the docstring names it.
    """

    heading: str
    module: str
    equation: str
    test: str
    levers: tuple[str, ...]
    source: str


CURVE, EFFECT, PEOPLE = "cvm.loyalty.curve", "cvm.loyalty.effect", "cvm.loyalty.customers"
CHOOSING, LIVES = "cvm.loyalty.programme", "cvm.loyalty.tenure"
CLAIMS = "test_claims_loyalty.py"

TRAILS: dict[str, tuple[Step, ...]] = {
    "09": (
        Step(N_("The model"), CURVE, "1. Attitude", "test_loyalty.py::test_the_curve_by_hand",
             ("Loyalty.plateau", "Loyalty.defection_edge", "Loyalty.width"), "Jones & Sasser (1995)"),
        Step(N_("The data"), PEOPLE, "The survey sees",
             "test_loyalty_customers.py::test_satisfaction_is_skewed_to_the_high_end",
             ("LoyaltyStudy.satisfaction", "LoyaltyStudy.alike"), "Sheppard, Hartwick & Warshaw (1988)"),
        Step(N_("The flat stretch"), CURVE, "zone of indifference",
             "test_loyalty.py::test_the_table_is_steep_flat_steep",
             ("Loyalty.plateau", "Loyalty.affection_edge"), "Anderson & Mittal (2000)"),
        Step(N_("What competition does"), CURVE, "affection begins later",
             "test_loyalty.py::test_the_five_industries_lie_in_the_order_of_the_source",
             ("Loyalty.competition", "Loyalty.push", "Loyalty.captive"), "Jones & Sasser (1995)"),
        Step(N_("Four kinds of loyalty"), CURVE, "The four kinds", "test_loyalty.py::test_the_four_kinds",
             ("Loyalty.attitude_cut", "Loyalty.repeat_cut"), "Dick & Basu (1994)"),
        Step(N_("Saying and doing"), PEOPLE, "The estimands",
             "test_loyalty_customers.py::test_what_people_say_goes_moderately_with_what_they_do",
             ("Loyalty.conversion", "Loyalty.habit_weight", "LoyaltyStudy.obstacle"),
             "Sheppard, Hartwick & Warshaw (1988)"),
        Step(N_("Bonds and what rivals copy"), CURVE, "2. Bonds",
             "test_loyalty.py::test_bonds_cost_what_rivals_do_not_copy",
             ("Loyalty.financial", "Loyalty.social", "Loyalty.structural", "Loyalty.copied_financial"),
             "Berry & Parasuraman (1991)"),
        Step(N_("The loyalty effect"), EFFECT, "The arithmetic of the source",
             "test_loyalty_effect.py::test_ten_to_five_per_cent_defection_doubles_the_life",
             ("LoyaltyEffect.points", "LoyaltyEffect.retention", "LoyaltyEffect.programme_cost"),
             "Reichheld & Sasser (1990)"),
        Step(N_("Do long-life customers pay better?"), LIVES, "The estimands",
             "test_loyalty_effect.py::test_survivors_look_better_although_no_one_got_better",
             ("Lives.link", "Lives.ramp"), "Reinartz & Kumar (2000, 2002)"),
        Step(N_("Is the programme a triumph?"), CHOOSING, "Three ways to answer",
             "test_loyalty_programme.py::test_lasting_loyalty_difference_in_differences_covers_and_the_others_do_not",
             ("Programme.effect", "Programme.selection", "Programme.strength"),
             "Leenheer, van Heerde, Bijmolt & Smidts (2007)"),
        Step(N_("Competition and bonds"), CURVE, "3. Intention",
             "test_loyalty.py::test_less_competition_never_lowers_loyalty",
             ("Loyalty.competition", "Loyalty.structural"), "Jones & Sasser (1995)"),
        Step(N_("Five points of retention"), EFFECT, "points or per cent",
             "test_loyalty_effect.py::test_points_are_not_per_cent",
             ("LoyaltyEffect.retention", "LoyaltyEffect.points"), "Reichheld & Sasser (1990)"),
        Step(N_("Who joins the programme"), CHOOSING, "Members choose themselves",
             "test_loyalty_programme.py::test_own_trend_breaks_both_and_the_placebo_says_so",
             ("Programme.selection", "Programme.trend_spread"), "Ashenfelter & Card (1985)"),
        Step(N_("The claim on trial"), "cvm.research.claims.loyalty", "", f"{CLAIMS}::test_the_verdicts",
             (), ""),
    ),
}  # fmt: skip


def trail(chapter: str) -> str:
    """Write a chapter's trail as a Markdown table.

    Parameters
    ----------
    chapter : str
        Two digits.

    Returns
    -------
    str
        One row a heading: the equation and the test linked to their files, the levers, the
        source.

    Raises
    ------
    CvmError
        If the chapter has no trail.
    """
    if chapter not in list(TRAILS):  # a list has no hash
        raise CvmError(
            _("Chapter {chapter} has no trail.", chapter=chapter),
            remedy=_("There is one for: {chapters}.", chapters=", ".join(TRAILS)),
        )
    heads = (_("under the heading"), _("equation"), _("test"), _("levers"), _("source"))
    rows = ["| " + " | ".join(heads) + " |", "|---|---|---|---|---|"]
    return "\n".join(rows + [_row(step) for step in TRAILS[chapter]])


def _row(step: Step) -> str:
    path = step.module.replace(".", "/")
    words = step.equation or _("each claim names its own")
    file, name = step.test.split("::")
    cells = (
        _(step.heading),
        f"[{words}](../{path}.py)",
        f"[{name.removeprefix('test_').replace('_', ' ')}](../tests/{file})",
        ", ".join(f"`{lever}`" for lever in step.levers) or _("in the trial's table"),
        step.source or _("in the ledger: `cvm.research.claims()`"),
    )
    return "| " + " | ".join(cells) + " |"
