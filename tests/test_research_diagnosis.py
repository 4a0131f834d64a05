"""Data strategies with a known truth, and what designs would find in them."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from cvm.churn import Churn
from cvm.errors import CvmError
from cvm.loyalty import Programme
from cvm.research.study import (
    MEASURES,
    Campaign,
    Changes,
    Curve,
    Design,
    Hypothesis,
    Invitation,
    LeastSquares,
    Panel,
    Pilot,
    Switchback,
    Waves,
    catalogue,
    data_strategies,
    diagnose,
    example,
    replicate,
    simulate_data,
    true_effect,
)
from cvm.research.study.data import with_effect
from cvm.research.study.diagnosis import measured
from cvm.tiering import Rewards

WORLDS = [
    Panel(), Waves(), Programme(), Rewards(), Campaign(), Invitation(), Switchback(), Pilot(),
    Churn(), Curve(),
]  # fmt: skip
NAMES = [type(world).__name__ for world in WORLDS]
SPENDS = Hypothesis(
    population="customers", treatment="joining", outcome="spend", direction="raises", smallest=1
)
GAP = LeastSquares(formula="spend_after ~ member", term="member")


def studies(estimates, *, truth=1.0, se=1.0, false=()):
    """Make the studies of one analysis by hand."""
    rows = [("as believed", x, truth) for x in estimates] + [("claim false", x, 0.0) for x in false]
    table = pd.DataFrame(rows, columns=["world", "estimate", "truth"]).assign(se=se, error="")
    table["low"], table["high"] = table["estimate"] - 2 * se, table["estimate"] + 2 * se
    table["p_value"] = np.where(table["estimate"].abs() > 2 * se, 0.01, 0.5)
    sign = np.where(table["estimate"] > 0, "supported", "contradicted")
    table["decision"] = np.where(table["p_value"] < 0.05, sign, "undecided")
    return table


# --- exact ------------------------------------------------------------------------------------


def test_the_measures_by_hand():
    table = studies([0.0, 1.0, 3.0, 4.0, -3.0], false=[0.0, 2.5, 0.1, 1.0])
    found = measured(table, equivalence=False, alpha=0.05).set_index("measure")
    assert found["value"].to_dict() == pytest.approx(
        {
            "bias": 0.0, "spread": np.std([0, 1, 3, 4, -3], ddof=1), "coverage": 3 / 5,
            "error_ratio": 1 / np.std([0, 1, 3, 4, -3], ddof=1), "power": 2 / 5, "type_s": 1 / 3,
            "type_m": (3 + 4 + 3) / 3, "false_positives": 1 / 4, "failed": 0.0,
        }
    )  # fmt: skip
    spread = np.std([0, 1, 3, 4, -3], ddof=1)
    assert found.loc["bias", "mcse"] == pytest.approx(spread / np.sqrt(5))
    assert found.loc["coverage", "mcse"] == pytest.approx(np.sqrt(0.6 * 0.4 / 5))
    assert found.loc["type_s", "studies"] == 3


def test_a_share_of_all_is_not_certain():
    found = measured(studies([1.0] * 19 + [1.1]), equivalence=False, alpha=0.05)
    row = found.set_index("measure").loc["coverage"]
    assert (row["value"], row["mcse"], row["high"]) == pytest.approx((1.0, 0.0, 1.0))
    assert row["low"] == pytest.approx(20 / (20 + 1.959964**2))  # Wilson's


def test_truths_in_closed_form():
    assert true_effect(Pilot(), estimand="indirect") == pytest.approx(0.3)
    assert true_effect(Pilot(), estimand="total") == pytest.approx(0.5)
    rewards = Rewards(announced=False)
    assert true_effect(rewards) == pytest.approx(0.3 * (1.5 + 10) / (1.5 / 8 + 1))
    assert true_effect(Programme(effect=4.0)) == 4.0
    assert true_effect(Curve(bend=0.0)) == pytest.approx(0.0, abs=1e-9)


def test_the_carryover_the_naive_answer_finds_is_the_docstrings():
    world = Switchback(carryover=0.5, persistence=0.0, weeks=52)
    rows = simulate_data(world, n=4000, seed=1)
    gap = rows.groupby("on")["orders"].mean()
    assert (gap[1] - gap[0]) / world.effect == pytest.approx(5 / 6, abs=0.05)
    later = rows[~rows["fresh"]].groupby("on")["orders"].mean()
    assert (later[1] - later[0]) / world.effect == pytest.approx(1, abs=0.05)


def test_confounding_doubles_the_path_as_the_docstring_says():
    rows = simulate_data(Pilot(confounding=1.0), n=40_000, seed=1)
    x = np.column_stack([np.ones(len(rows)), rows["pilot"], rows["satisfaction"]])
    slope = np.linalg.lstsq(x, rows["loyalty"].to_numpy(), rcond=None)[0][2]
    assert slope == pytest.approx(0.5 + 1 / 2, abs=0.02)


# --- invariant --------------------------------------------------------------------------------


@pytest.mark.parametrize("world", WORLDS, ids=NAMES)
def test_a_larger_study_keeps_the_first_customers(world):
    unit = "customer" if "customer" in simulate_data(world, n=30, seed=3) else None
    few, many = (simulate_data(world, n=n, seed=3) for n in (30, 60))
    if isinstance(world, Waves):  # wave below wave
        few, many = few[few["wave"] == 1], many[many["wave"] == 1]
    kept = many[many[unit].isin(few[unit])] if unit else many.head(len(few))
    if isinstance(world, Panel):  # talk and queue tie the market's customers to each other
        few, kept = few[["customer", "month"]], kept[["customer", "month"]]
    pd.testing.assert_frame_equal(few.reset_index(drop=True), kept.reset_index(drop=True))


@pytest.mark.parametrize("world", WORLDS, ids=NAMES)
def test_no_effect_means_that_nobody_is_changed(world):
    still = with_effect(world, estimand="", truth=0)
    assert true_effect(still) == pytest.approx(0, abs=1e-9)
    rows = simulate_data(still, n=200, seed=1)
    if isinstance(world, Campaign):
        assert (rows["stayed"] == rows["true_alone"]).all()
    if "true_effect" in rows:
        assert (rows["true_effect"] == 0).all()


def test_the_same_luck_gives_the_same_diagnosis_and_more_studies_keep_the_first():
    design = Design(hypothesis=SPENDS, data=Programme(), answer=GAP, n=80)
    few, many = replicate(design, replicates=3), replicate(design, replicates=5)
    pd.testing.assert_frame_equal(few, many.head(len(few)))
    assert not replicate(design, replicates=3, seed=9).equals(few)


def test_an_effect_of_a_given_size_is_set_by_its_lever():
    world = with_effect(Campaign(), estimand="", truth=0.05)
    assert true_effect(world) == pytest.approx(0.05, rel=0.02)
    assert with_effect(Pilot(), estimand="total", truth=0.2).to_satisfaction == pytest.approx(0.0)
    assert with_effect(Pilot(), estimand="moderation", truth=0.1).moderation == pytest.approx(0.1)
    # Where a chance cannot pass 1, the truth is no straight line in its lever.
    world = with_effect(Campaign(), estimand="treated", truth=0.12)
    rows = simulate_data(world, n=60_000, seed=3)
    assert rows.loc[rows["contacted"], "true_effect"].mean() == pytest.approx(0.12, rel=0.05)


def test_a_design_is_moved_over_size_effect_or_a_lever():
    design = example("campaign-lots")
    assert design.moved(over="n", to=300).n == 300
    assert design.moved(over="effect", to=0.1).truth == pytest.approx(0.1, rel=0.02)
    assert design.moved(over="unseen", to=1.0).data.unseen == 1.0
    assert len(design.moved(over="n", to=300).draw()) == 300


def test_every_strategy_and_example_is_listed():
    listed = data_strategies()
    assert set(NAMES) == set(listed["world"])
    assert {"indirect", "total", "moderation"} <= set(listed["estimand"])
    told = catalogue()
    assert len(told) >= 10
    assert set(told["sound"]) == {True, False}


# --- recovery: every design of the catalogue is reported right ----------------------------------

# Replicates by what a study costs; where a flaw is blatant few show it.
SOUND = {
    "campaign-lots": 25, "campaign-no-effect": 40, "campaign-risk": 40, "launch-changes": 60,
    "threshold-hidden": 40, "invitation-lots": 60, "waves-dealers": 20, "mediation-lots": 60,
    "moderation-years": 40, "lives-alike": 30, "curve-seen": 40,
}  # fmt: skip
FLAWED = {
    "campaign-judgement": 12, "launch-trend": 8, "launch-gap": 8, "threshold-chased": 30,
    "switchback-carryover": 15, "panel-random": 6, "mediation-mood": 30, "lives-unlike": 20,
    "curve-blurred": 10,
}  # fmt: skip


def test_the_catalogue_is_tried_whole():
    told = catalogue().set_index("id")["sound"]
    assert set(told[told].index) == set(SOUND)
    assert set(told[~told].index) == set(FLAWED)


@pytest.mark.parametrize(("id", "replicates"), SOUND.items(), ids=SOUND)
def test_a_sound_design_is_unbiased_and_covers(id, replicates):
    found = diagnose(example(id), replicates=replicates)
    rows = found.table[found.table["analysis"] == "planned"].set_index("measure")
    assert rows.loc["failed", "value"] == 0
    allowed = 0.05 * rows.loc["spread", "value"]  # local lines bend a little
    assert abs(rows.loc["bias", "value"]) < 3 * rows.loc["bias", "mcse"] + allowed
    covered = round(rows.loc["coverage", "value"] * replicates)
    assert binom.cdf(covered, replicates, 0.95) > 0.002
    wrong = round(rows.loc["false_positives", "value"] * replicates)
    assert binom.sf(wrong - 1, replicates, 0.05) > 0.002


@pytest.mark.parametrize(("id", "replicates"), FLAWED.items(), ids=FLAWED)
def test_a_flawed_design_is_found_out(id, replicates):
    found = diagnose(example(id), replicates=replicates)
    rows = found.table[found.table["analysis"] == "planned"].set_index("measure")
    assert abs(rows.loc["bias", "value"]) > 3 * rows.loc["bias", "mcse"]
    covered = round(rows.loc["coverage", "value"] * replicates)
    if id != "threshold-chased":  # its intervals allow for a bias, and this one is not large
        assert binom.cdf(covered, replicates, 0.95) < 0.02


def test_the_naive_analysis_is_diagnosed_in_the_same_run():
    found = diagnose(example("launch-changes"), replicates=10)
    assert found.value("bias", analysis="naive") > 10
    assert found.value("false_positives", analysis="naive") == 1
    shares = found.decisions().query("world == 'claim false' and analysis == 'naive'")
    assert shares.set_index("decision")["share"].to_dict()["supported"] == 1
    assert "The naive analysis is off by" in str(found)
    assert "In 10 simulated studies with n = 600" in str(found)
    assert set(found.to_frame()["measure"]) == set(MEASURES)


# --- inputs -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"hypothesis": "it works"}, "hypothesis= of a design is a Hypothesis"),
        ({"answer": "spend ~ member"}, "answer= of a design is a Strategy"),
        ({"naive": "spend ~ member"}, "an answer strategy, or nothing"),
        ({"data": {"effect": 3}}, "from the world of a data strategy"),
        ({"estimand": "effct"}, "no such estimand.*Did you mean 'effect'"),
        ({"n": 0}, "n is a whole number"),
        ({"level": 95}, "A confidence level"),
        ({"seed": -1}, "A seed is zero or positive"),
        ({"answer": LeastSquares(formula="spend_after ~ true_trend", term="true_trend")},
         "nobody will see 'true_trend'"),
    ],
)  # fmt: skip
def test_a_design_that_cannot_be_is_refused(change, message):
    whole = {"hypothesis": SPENDS, "data": Programme(), "answer": GAP}
    with pytest.raises(CvmError, match=message):
        Design(**(whole | change))


def test_other_bad_input_is_told():
    design = Design(hypothesis=SPENDS, data=Programme(), answer=GAP, n=50)
    with pytest.raises(CvmError, match=r"cannot be moved over 'nose'.*Did you mean 'noise'"):
        design.moved(over="nose", to=3)
    with pytest.raises(CvmError, match=r"No value of 'strength' gives a true effect of 0\.9"):
        with_effect(Campaign(), estimand="", truth=0.9)
    with pytest.raises(CvmError, match="replicates is a whole number, 2 or more"):
        diagnose(design, replicates=1)
    with pytest.raises(CvmError, match=r"no design 'launch-chnges'.*Did you mean 'launch-changes'"):
        example("launch-chnges")
    with pytest.raises(CvmError, match="no measure 'powr'"):
        diagnose(design, replicates=2).value("powr")
    lost = Changes(before="spend_befor", after="spend_after", treatment="member")
    with pytest.raises(CvmError, match="no column 'spend_befor'"):
        diagnose(Design(hypothesis=SPENDS, data=Programme(), answer=lost, n=50), replicates=2)


def test_a_study_without_an_answer_is_counted_and_does_not_stop_the_others():
    told = LeastSquares(formula="spend_after ~ member", term="member", cluster="member")
    found = diagnose(Design(hypothesis=SPENDS, data=Programme(), answer=told, n=50), replicates=2)
    assert found.value("failed") == 1
    assert np.isnan(found.value("bias"))
    assert found.studies["error"].str.contains("three clusters").all()
