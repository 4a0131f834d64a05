"""Hypotheses and answer strategies: table in, estimate and decision out."""

import math

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.sandbox.regression.gmm import IV2SLS
from statsmodels.stats.weightstats import ttost_ind
from statsmodels.treatment.treatment_effects import TreatmentEffect

from cvm.errors import CvmError
from cvm.loyalty import Programme, difference_in_differences, simulate_programme
from cvm.research.study import (
    DECISIONS,
    Bend,
    Changes,
    Discontinuity,
    Hazard,
    Hypothesis,
    Instrument,
    LeastSquares,
    LogitDifference,
    Mediation,
    Mixed,
    Moderation,
    Weighting,
    answer,
)
from cvm.research.study.columns import named_in
from cvm.research.study.hypothesis import decide

MORE = Hypothesis(
    population="customers", treatment="joining", outcome="spend", direction="raises", smallest=0.5
)


def made(n=300, seed=0):
    rng = np.random.default_rng(seed)
    x, mood = rng.normal(size=n), rng.normal(size=n)
    lot = rng.random(n) < 0.5
    member = (0.8 * x + mood + 1.5 * lot + rng.normal(size=n)) > 0.8
    spend = 1.0 * member + 0.7 * x + 2 * mood + rng.normal(size=n) * (1 + member)
    return pd.DataFrame(
        {
            "member": member, "x": x, "lot": lot, "spend": spend, "mood": mood,
            "shop": rng.integers(0, 12, n), "back": rng.random(n) < 0.4 + 0.2 * member,
        }
    )  # fmt: skip


# --- exact ------------------------------------------------------------------------------------


def test_least_squares_is_statsmodels_own_with_hc3_and_student():
    table = made()
    found = answer(table, LeastSquares(formula="spend ~ member + x", term="member"))
    numbers = table.astype({"member": int})
    fit = smf.ols("spend ~ member + x", numbers).fit(cov_type="HC3", use_t=True)
    low, high = fit.conf_int().loc["member"]
    wanted = [fit.params["member"], fit.bse["member"], low, high, fit.pvalues["member"]]
    got = [found.estimate, found.se, found.low, found.high, found.p_value]
    np.testing.assert_allclose(got, wanted, rtol=1e-9)


def test_a_formula_that_is_no_plain_sum_gives_the_same_as_the_plain_one():
    table = made()
    plain = answer(table, LeastSquares(formula="spend ~ member + x", term="member"))
    other = answer(table, LeastSquares(formula="spend ~ member + I(x)", term="member"))
    assert other.estimate == pytest.approx(plain.estimate)
    assert other.se == pytest.approx(plain.se)


def test_errors_by_cluster_use_the_clusters_degrees_of_freedom():
    table = made().astype({"member": int})
    found = answer(table, LeastSquares(formula="spend ~ member", term="member", cluster="shop"))
    fit = smf.ols("spend ~ member", table).fit(
        cov_type="cluster", cov_kwds={"groups": table["shop"]}, use_t=True
    )
    assert found.se == pytest.approx(fit.bse["member"])
    assert found.p_value == pytest.approx(fit.pvalues["member"])


def test_a_logit_of_one_yes_or_no_is_the_difference_of_shares():
    table = made()
    found = answer(table, LogitDifference(formula="back ~ member", term="member"))
    shares = table.groupby("member")["back"].mean()
    assert found.estimate == pytest.approx(shares[True] - shares[False], abs=1e-7)


def test_two_stage_least_squares_with_one_lot_is_walds_ratio():
    table = made()
    strategy = Instrument(outcome="spend", treatment="member", instruments=("lot",))
    found = answer(table, strategy)
    by_lot = table.groupby("lot")[["spend", "member"]].mean().astype(float)
    gap = by_lot.loc[True] - by_lot.loc[False]
    assert found.estimate == pytest.approx(gap["spend"] / gap["member"])
    assert "F of the first stage" in found.note


def test_two_stage_residuals_are_those_of_the_treatment_and_not_of_its_forecast():
    table = made(4000, seed=3).astype(float)
    y, one = table["spend"], np.ones(len(table))
    exog = np.column_stack([one, table["member"], table["x"]])
    tools = np.column_stack([one, table["lot"], table["x"]])
    theirs = IV2SLS(y, exog, tools).fit()
    found = answer(table, Instrument(outcome="spend", treatment="member", instruments=("lot",),
                                     covariates=("x",)))  # fmt: skip
    assert found.estimate == pytest.approx(theirs.params.iloc[1])
    # Theirs assumes equal spread; by hand with residuals of the forecast it would be far off.
    assert found.se == pytest.approx(theirs.bse.iloc[1], rel=0.1)


@pytest.mark.parametrize("group", ["all", "treated"])
def test_weighting_and_its_error_are_those_of_the_joint_moments(group):
    table = made(500, seed=2).astype({"member": int})
    found = answer(table, Weighting(outcome="spend", treatment="member", covariates=("x",), group=group))  # fmt: skip
    choose = smf.logit("member ~ x", table).fit(disp=0)
    theirs = TreatmentEffect(sm.OLS(table["spend"], sm.add_constant(table["x"])),
                             table["member"].to_numpy(), results_select=choose)  # fmt: skip
    wanted = theirs.ipw(effect_group=1 if group == "treated" else "all").summary_frame().iloc[0]
    assert found.estimate == pytest.approx(wanted["coef"], rel=1e-4)
    assert found.se == pytest.approx(wanted["std err"], rel=0.02)


def test_changes_are_the_loyalty_chapters_difference_in_differences():
    table = simulate_programme(Programme(), n=300, seed=1).customers
    theirs = difference_in_differences(table)
    found = answer(table, Changes(before="spend_before", after="spend_after", treatment="member"))
    assert (found.estimate, found.low, found.high) == pytest.approx((theirs.effect, theirs.low, theirs.high))  # fmt: skip


def test_mediation_is_a_product_and_its_interval_is_skewed_as_a_products_is():
    table = made(200).assign(mid=lambda t: 0.4 * t["member"] + np.cos(np.arange(200)))
    table["loyal"] = 0.9 * table["mid"] + 0.3 * table["member"] + np.sin(3 * np.arange(200))
    found = answer(table, Mediation(outcome="loyal", treatment="member", mediator="mid"))
    ints = table.astype({"member": int})
    a = smf.ols("mid ~ member", ints).fit().params["member"]
    b = smf.ols("loyal ~ member + mid", ints).fit().params["mid"]
    assert found.estimate == pytest.approx(a * b)
    assert found.high - found.estimate > found.estimate - found.low > 0
    assert (found.p_value < 0.05) == (found.low > 0)


def test_moderation_is_the_coefficient_of_the_product():
    table = made().astype({"member": int})
    found = answer(table, Moderation(outcome="spend", treatment="member", moderator="x"))
    assert found.estimate == pytest.approx(smf.ols("spend ~ member * x", table).fit().params["member:x"])  # fmt: skip


def test_a_bent_line_is_found_exactly():
    x = np.tile(np.arange(21.0), 10)
    noise = np.where(np.arange(210) % 2, 0.01, -0.01)
    table = pd.DataFrame({"s": x, "y": 0.2 * np.minimum(x - 12, 0) + 0.5 * np.maximum(x - 12, 0) + noise})  # fmt: skip
    found = answer(table, Bend(outcome="y", driver="s", bad=12, good=12))
    assert found.estimate == pytest.approx(0.3, abs=0.005)
    assert found.low < 0.3 < found.high


def test_the_jump_at_a_cutoff_allows_for_its_bias():
    rng = np.random.default_rng(5)
    x = rng.integers(0, 30, 2000)
    table = pd.DataFrame({"points": x, "visits": 0.1 * x + 2 * (x >= 15) + rng.normal(size=2000)})
    found = answer(table, Discontinuity(outcome="visits", running="points", cutoff=15))
    assert found.low < 2 < found.high
    assert found.high - found.low > 2 * 1.96 * found.se  # wider than without a bend
    assert found.p_value < 1e-6
    narrow = answer(table.assign(visits=0.1 * x + 0.5 * rng.normal(size=2000)),
                    Discontinuity(outcome="visits", running="points", cutoff=15))  # fmt: skip
    assert (narrow.p_value < 0.05) == (narrow.low > 0 or narrow.high < 0)


def test_hazard_and_mixed_give_the_coefficient_asked_for():
    rng = np.random.default_rng(16)
    calls = rng.integers(0, 4, 800)
    life = rng.exponential(1 / (0.05 * np.exp(0.5 * calls)))
    lives = pd.DataFrame({"months": np.minimum(life, 24), "left": life <= 24, "calls": calls})
    found = answer(lives, Hazard(months="months", left="left", term="calls"))
    assert found.low < 0.5 < found.high
    shop = np.repeat(np.arange(40), 10)
    rows = pd.DataFrame({"shop": shop, "t": rng.random(400) < 0.5})
    rows["y"] = 1.0 * rows["t"] + rng.normal(size=40)[shop] + 0.3 * rng.normal(size=400)
    mixed = answer(rows, Mixed(formula="y ~ t", term="t", group="shop"))
    plain = answer(rows, LeastSquares(formula="y ~ t", term="t"))
    assert mixed.se < plain.se / 2  # the shops' own levels are taken out
    assert abs(mixed.estimate - 1) < 3 * mixed.se


def test_no_effect_is_shown_by_two_one_sided_tests():
    rng = np.random.default_rng(7)
    a, b = rng.normal(0.02, 1, 400), rng.normal(0, 1, 400)
    table = pd.DataFrame({"y": np.r_[a, b], "t": np.repeat([1, 0], 400)})
    none = Hypothesis(population="p", treatment="t", outcome="y", direction="does not change", smallest=0.3)  # fmt: skip
    found = answer(table, LeastSquares(formula="y ~ t", term="t"), hypothesis=none)
    p, _lower, _upper = ttost_ind(a, b, -0.3, 0.3, usevar="unequal")
    assert found.p_equivalence == pytest.approx(p, rel=0.05)
    assert found.decision == "supported"


@pytest.mark.parametrize(
    ("direction", "estimate", "p", "small", "wanted"),
    [
        ("raises", 2, 0.01, 0.9, "supported"),
        ("raises", -2, 0.01, 0.9, "contradicted"),
        ("raises", 2, 0.2, 0.9, "undecided"),
        ("raises", 0.1, 0.01, 0.01, "too small to matter"),
        ("lowers", -2, 0.01, 0.9, "supported"),
        ("lowers", 2, 0.01, 0.9, "contradicted"),
        ("changes", -2, 0.01, 0.9, "supported"),
        ("does not change", 0.1, 0.01, 0.01, "supported"),
        ("does not change", 2, 0.01, 0.9, "contradicted"),
        ("does not change", 0.3, 0.01, 0.3, "undecided"),
        ("does not change", 0.1, 0.6, 0.3, "undecided"),
    ],
)
def test_a_study_ends_in_one_of_four_ways(direction, estimate, p, small, wanted):
    told = Hypothesis(population="p", treatment="t", outcome="y", direction=direction, smallest=0.5)
    assert decide(told, estimate=estimate, p_value=p, p_equivalence=small, alpha=0.05) == wanted


def test_the_columns_of_a_formula():
    assert named_in('y ~ a*b + C(c, Treatment("x")) + np.log(d) + I(e**2) + Q("f g")') == (
        "y", "a", "b", "c", "d", "e", "f g",
    )  # fmt: skip


# --- invariant --------------------------------------------------------------------------------


@given(scale=st.floats(0.01, 100), shift=st.floats(-50, 50))
@settings(max_examples=15, deadline=None)
def test_units_of_the_outcome_change_the_answer_and_not_the_p_value(scale, shift):
    table, told = made(120), LeastSquares(formula="spend ~ member + x", term="member")
    one, other = (
        answer(table, told),
        answer(table.assign(spend=table["spend"] * scale + shift), told),
    )
    assert other.estimate == pytest.approx(one.estimate * scale, rel=1e-6)
    assert other.p_value == pytest.approx(one.p_value, rel=1e-4)


@given(order=st.permutations(range(60)))
@settings(max_examples=10, deadline=None)
def test_the_order_of_rows_does_not_matter(order):
    table = made(60)
    told = Weighting(outcome="spend", treatment="member", covariates=("x",))
    assert answer(table.iloc[order], told).estimate == pytest.approx(answer(table, told).estimate)


def test_rows_with_a_gap_are_left_out_and_counted_and_others_columns_do_not_matter():
    table = made()
    table.loc[:9, "spend"], table.loc[20:60, "mood"] = np.nan, np.nan
    found = answer(table, LeastSquares(formula="spend ~ member", term="member"), hypothesis=MORE)
    assert (found.n, found.dropped) == (290, 10)


# --- recovery: in tests/test_research_diagnosis.py, for the whole catalogue --------------------


def test_a_sentence_says_the_decision_and_the_assumption():
    table = made(3000).assign(spend=lambda t: t["spend"] + 3 * t["member"])
    found = answer(table, LeastSquares(formula="spend ~ member", term="member"), hypothesis=MORE)
    assert found.decision in DECISIONS
    assert "least squares: a change of" in str(found)
    assert "The hypothesis is supported." in str(found)
    assert "nothing left out of the formula" in str(found)
    alone = answer(table, LeastSquares(formula="spend ~ member", term="member"))
    assert (alone.decision, math.isnan(alone.p_equivalence)) == ("", True)
    flat = table.assign(spend=np.tile([0.0, 0.01, 0.02], 1000))
    tiny = answer(flat, LeastSquares(formula="spend ~ member", term="member"), hypothesis=MORE)
    assert "too small to matter" in str(tiny)
    assert found.to_frame()["estimate"].iloc[0] == found.estimate


# --- inputs -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"population": ""}, "names its population in words"),
        ({"outcome": 3}, "names its outcome in words"),
        ({"direction": "raise"}, "states a direction.*Did you mean 'raises'"),
        ({"smallest": 0}, "a number above zero"),
        ({"smallest": math.inf}, "a number above zero"),
        ({"smallest": True}, "what change would alter a decision"),
    ],
)
def test_a_hypothesis_that_says_too_little_is_refused(change, message):
    whole = {"population": "p", "treatment": "t", "outcome": "y", "direction": "raises", "smallest": 1}  # fmt: skip
    with pytest.raises(CvmError, match=message):
        Hypothesis(**(whole | change))


LINE = LeastSquares(formula="spend ~ member", term="member")


@pytest.mark.parametrize(
    ("strategy", "message"),
    [
        ("spend ~ member", "needs an answer strategy"),
        (LeastSquares(formula="spend ~ membre", term="member"), "no column 'membre'.*Did you mean 'member'"),
        (LeastSquares(formula="spend ~ member", term="membr"), "no term 'membr'.*Did you mean 'member'"),
        (LeastSquares(formula="spend = member", term="member"), "an outcome, ~ and terms"),
        (LeastSquares(formula="spend ~ member +", term="member"), "cannot be read"),
        (LeastSquares(formula="spend ~ member", term="member", cluster="lot"), "three clusters"),
        (Changes(before="x", after="spend", treatment="shop"), "must be True or False"),
        (Weighting(outcome="spend", treatment="member", covariates=("name",)), "does not hold numbers"),
        (LeastSquares(formula="spend ~ gone", term="gone"), "No row has a value"),
        (LogitDifference(formula="sure ~ member", term="member"), "foretell the outcome perfectly"),
        (LeastSquares(formula="flat ~ member", term="member"), "'flat' is the same in every row"),
    ],
)  # fmt: skip
def test_what_cannot_be_answered_is_told(strategy, message):
    table = made().assign(name="a", gone=np.nan, flat=0.0, sure=lambda t: t["member"].astype(int))
    with pytest.raises(CvmError, match=message):
        answer(table, strategy)


def test_other_bad_input_is_told():
    with pytest.raises(CvmError, match="for all or for the treated"):
        Weighting(outcome="y", treatment="t", covariates=(), group="some")
    with pytest.raises(CvmError, match="A confidence level"):
        answer(made(), LINE, level=95)
    with pytest.raises(CvmError, match="must be a pandas DataFrame"):
        answer([1, 2], LINE)


def test_a_weak_instrument_is_named():
    table = made().assign(lot=lambda t: np.arange(len(t)) % 2)
    found = answer(table, Instrument(outcome="spend", treatment="member", instruments=("lot",)))
    assert "the instrument is weak" in found.note
    assert str(found).endswith(found.note)


def test_what_no_table_can_tell_is_refused_and_not_decided_on():
    """One treated customer, five rows, covariates that are the treatment: each had an answer."""
    table = made()
    alone = table.assign(member=table.index == 3)
    for strategy in (
        LeastSquares(formula="spend ~ member", term="member"),
        Changes(before="x", after="spend", treatment="member"),
        Weighting(outcome="spend", treatment="member", covariates=("x",)),
    ):
        with pytest.raises(CvmError, match=r"Only 1 of 300 rows have the one value of 'member'"):
            answer(alone, strategy, hypothesis=MORE)
    few = table.groupby("member").head(4)
    with pytest.raises(CvmError, match=r"known for many rows only.*'rows': 8.*10 rows or more"):
        answer(few, Changes(before="x", after="spend", treatment="member"), hypothesis=MORE)
    same = table.assign(x=1.0 * table["member"])
    with pytest.raises(CvmError, match="foretell perfectly who was treated"):
        answer(same, Weighting(outcome="spend", treatment="member", covariates=("x",)))
    with pytest.raises(CvmError, match="The treatment follows from the other columns"):
        answer(same, Instrument(outcome="spend", treatment="member", instruments=("lot",), covariates=("x",)))  # fmt: skip
    with pytest.raises(CvmError, match="The mediator follows from the other columns"):
        answer(same, Mediation(outcome="spend", treatment="member", mediator="x"))
    with pytest.raises(CvmError, match="The table does not bear this analysis: division by zero"):
        answer(table[table["member"]].head(3).assign(member=[1.0, 2, 4], lot=[0, 1, 3]),
               Instrument(outcome="spend", treatment="member", instruments=("lot",), covariates=("x",)))  # fmt: skip
    exact = table.assign(spend=2.0 * table["member"] + table["x"])
    with pytest.raises(CvmError, match="nothing to judge the chance by"):
        answer(exact, Moderation(outcome="spend", treatment="member", moderator="x"))


def test_a_hazard_that_has_no_end_is_refused():
    lives = pd.DataFrame({"months": np.arange(1.0, 41), "left": np.arange(40) % 2,
                          "member": np.arange(40) % 2})  # fmt: skip
    with pytest.raises(CvmError, match="effects have no end here"):
        answer(lives, Hazard(months="months", left="left", term="member"), hypothesis=MORE)


def test_two_stages_have_the_sandwich_of_the_true_treatment():
    """By hand: residuals of the treatment itself, projected regressors, and n / (n - k)."""
    table = made(n=40)
    found = answer(table, Instrument(outcome="spend", treatment="member", instruments=("lot",), covariates=("x",)))  # fmt: skip
    y, one = table["spend"].to_numpy(), np.ones(40)
    x, z = (np.column_stack([one, table[c].astype(float), table["x"]]) for c in ("member", "lot"))
    error = y - x @ np.linalg.solve(z.T @ x, z.T @ y)
    bread = np.linalg.inv(z.T @ x)
    variance = 40 / 37 * bread @ (z.T * error**2) @ z @ bread.T
    assert found.se == pytest.approx(np.sqrt(variance[1, 1]))


def test_columns_may_come_in_any_list_and_are_kept_as_a_tuple():
    listed = Instrument(outcome="y", treatment="t", instruments=["z"], covariates=iter(["a", "b"]))
    assert (listed.instruments, listed.covariates) == (("z",), ("a", "b"))
    assert listed.needs() == ("y", "t", "z", "a", "b")


@pytest.mark.parametrize("given", ["age", None, 3])
def test_one_name_is_no_list_of_columns(given):
    with pytest.raises(CvmError, match=r"covariates is a list of columns.*covariates=\['age'\]"):
        Weighting(outcome="y", treatment="t", covariates=given)


def test_an_effect_is_for_all_or_for_the_treated():
    with pytest.raises(CvmError, match="wanted for all or for the treated"):
        Weighting(outcome="y", treatment="t", covariates=(), group="some")
