"""Risk is not uplift: the campaign, its effect, and whom it should have contacted."""

from functools import cache

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from cvm import churn
from cvm.churn import ASSIGNMENTS, COVARIATES, TYPES, Churn
from cvm.errors import CvmError

REPLICATES = 200
FAIR = 4 * np.sqrt(0.95 * 0.05 / REPLICATES)

SMALL = churn.simulate_churn(Churn(), n=1500, seed=7).campaign


@cache
def campaign(world=None, n=20_000, seed=1):
    return churn.simulate_churn(world or Churn(), n=n, seed=seed).campaign


def scored(world, seed=1):
    """Fit on one campaign, score a randomised other of the same market."""
    train, test = (
        campaign(world, seed=seed),
        campaign(world.replace(assignment="randomised"), seed=seed + 50),
    )
    return test.assign(
        risk=churn.risk_model(train).score(test), uplift=churn.uplift_model(train).score(test)
    )


# exact -----------------------------------------------------------------------------


def test_two_models_are_two_logits():
    found, x = churn.uplift_model(SMALL), sm.add_constant(SMALL[list(COVARIATES)].astype(float))
    chances = []
    for arm in (False, True):
        mine = SMALL["contacted"] == arm
        fit = sm.Logit(SMALL.loc[mine, "left"].astype(float), x[mine]).fit(disp=0)
        chances.append(fit.predict(x))
    assert found.score(SMALL) == pytest.approx((chances[0] - chances[1]).to_numpy(), abs=1e-6)
    assert churn.risk_model(SMALL).score(SMALL) == pytest.approx(chances[0].to_numpy(), abs=1e-6)


def test_the_transformed_outcome_of_one_kind_of_customer_is_the_difference():
    """With one yes-or-no covariate the logit is saturated: four shares give the uplift."""
    found = churn.uplift_model(SMALL, covariates=["monthly"], method="transformed outcome")
    ours = pd.Series(found.score(SMALL)).groupby(SMALL["monthly"].to_numpy()).first()
    e = SMALL["contacted"].mean()
    for kind, group in SMALL.groupby("monthly"):
        y, w = group["left"].to_numpy(float), group["contacted"].to_numpy()
        weight = np.where(w, 1 / e, 1 / (1 - e))
        z = np.where(w, 1 - y, y)
        assert ours[kind] == pytest.approx(2 * np.average(z, weights=weight) - 1, abs=1e-6)


def test_the_plain_effect_is_a_difference_of_shares():
    found = churn.campaign_effect(SMALL)
    shares = SMALL.groupby("contacted")["left"].agg(["mean", "size"])
    gap = shares["mean"][False] - shares["mean"][True]
    se = np.sqrt((shares["mean"] * (1 - shares["mean"]) / shares["size"]).sum())
    assert found.value == pytest.approx(gap)
    assert found.high - found.value == pytest.approx(1.959963984540054 * se)


def test_the_curve_by_hand():
    """Four customers a kind; the upper half by the score is the half that answers."""
    table = pd.DataFrame(
        {
            "good": [1, 1, 1, 1, 0, 0, 0, 0],
            "contacted": [1, 1, 0, 0, 1, 1, 0, 0],
            "left": [0, 0, 1, 1, 1, 0, 1, 0],
        }
    )
    found = churn.uplift_curve(table, score="good", resamples=20)
    saved = found.table.set_index("contacted")["saved"]
    assert saved[0.5] == pytest.approx(0.5 * 1)
    assert saved[1.0] == pytest.approx(1 * (3 / 4 - 1 / 4))
    assert saved[0.0] == 0


def test_targeting_by_hand():
    table = pd.DataFrame(
        {
            "risk": np.arange(10) / 10, "value": 100.0,
            "contacted": [1, 0, 1, 0, 0, 0, 1, 1, 0, 0],
            "left": [0, 1, 0, 0, 0, 0, 1, 0, 1, 1],
        }
    )  # fmt: skip
    top = churn.compare_targeting(table, scores=["risk"], budget=0.4).table.iloc[0]
    assert top["contacts"] == 4
    assert top["saved"] == pytest.approx(2 / 2 - 1 / 2)
    assert top["profit"] == pytest.approx(0.5 * 100 - 2 - 10 * 0.5)


def test_the_types_are_what_they_are_called():
    table = SMALL.assign(left=SMALL["left"].astype(bool))
    expected = {
        ("persuadable", True): False, ("persuadable", False): True, ("sure", True): False,
        ("sure", False): False, ("lost cause", True): True, ("lost cause", False): True,
        ("do not disturb", True): True, ("do not disturb", False): False,
    }  # fmt: skip
    did = table.groupby(["true_type", "contacted"])["left"].agg(["min", "max"])
    for key, left in expected.items():
        assert did.loc[key].tolist() == [left, left]
    assert set(table["true_type"]) == set(TYPES)


# invariant -------------------------------------------------------------------------


@settings(deadline=None, max_examples=15)
@given(seed=st.integers(0, 99), disturb=st.floats(0, 0.4), stubborn=st.floats(-1, 3))
def test_contact_without_harm_never_loses_a_customer(seed, disturb, stubborn):
    table = churn.simulate_churn(
        Churn(disturb=disturb, stubborn=stubborn), n=120, seed=seed
    ).campaign
    kind, lift, risk = (table[c] for c in ("true_type", "true_uplift", "true_risk"))
    if disturb == 0:
        assert (lift >= 0).all()
        assert not kind.eq("do not disturb").any()
    assert ((risk - lift).between(0, 1)).all()  # the risk when contacted is a probability


@settings(deadline=None, max_examples=10)
@given(seed=st.integers(0, 99))
def test_the_assignment_changes_who_is_contacted_and_nothing_else(seed):
    one, other = (
        churn.simulate_churn(Churn(assignment=a), n=200, seed=seed).campaign
        for a in ("randomised", "judgement")
    )
    same = [c for c in one if c not in ("contacted", "left", "true_propensity")]
    assert one[same].equals(other[same])


def test_nobody_beats_the_truth():
    table = scored(Churn())
    found = churn.compare_targeting(table, scores=["risk", "uplift"]).table
    best = found.set_index("chosen")["true_saved"]
    assert best.idxmax() == "by the true uplift"
    curve = churn.uplift_curve(table, score="true_uplift", resamples=20)
    assert curve.true_qini > churn.uplift_curve(table, score="uplift", resamples=20).true_qini


# recovery --------------------------------------------------------------------------


def test_the_mean_of_the_types_is_the_uplift():
    table = campaign(n=60_000)
    kinds = table["true_type"].value_counts(normalize=True)
    assert kinds["persuadable"] - kinds["do not disturb"] == pytest.approx(
        table["true_uplift"].mean(), abs=0.006
    )


def _cover(world, covariates, replicates=REPLICATES):
    """Coverage of the mean uplift of the very customers, which the interval is a little wide for."""
    hits = []
    for seed in range(replicates):
        table = churn.simulate_churn(world, n=500, seed=seed).campaign
        found = churn.campaign_effect(table, covariates=covariates)
        hits.append(found.low <= table["true_uplift"].mean() <= found.high)
    return np.mean(hits)


def test_with_lots_drawn_the_plain_comparison_covers():
    assert abs(_cover(Churn(), ()) - 0.95) < FAIR


def test_where_observed_risk_decides_the_plain_one_fails_and_the_weighted_covers():
    world = Churn(assignment="observed risk", selection=1.5)
    assert _cover(world, (), 60) < 0.7
    assert _cover(world, COVARIATES, 100) > 0.95 - FAIR * np.sqrt(2)


def test_where_judgement_decides_nothing_helps():
    """The numbers of the story."""
    table = campaign(Churn(assignment="judgement"), n=30_000)
    plain, weighted = (churn.campaign_effect(table, covariates=c) for c in ((), COVARIATES))
    truth = table["true_uplift"].mean()
    assert plain.value == pytest.approx(-0.027, abs=0.002)
    assert weighted.value == pytest.approx(-0.002, abs=0.002)
    assert truth == pytest.approx(0.038, abs=0.001)
    assert plain.high < truth
    assert weighted.high < truth


@pytest.mark.parametrize("method", ["two models", "transformed outcome"])
def test_uplift_is_found_where_it_is(method):
    table = campaign(Churn(heterogeneity=0, stubborn=0, disturb=0.1))
    found = churn.uplift_model(table, method=method).score(table)
    assert np.corrcoef(found, table["true_uplift"])[0, 1] > 0.6
    assert found.mean() == pytest.approx(table["true_uplift"].mean(), abs=0.012)


def test_weights_put_the_transformed_outcome_right():
    world = Churn(assignment="observed risk", heterogeneity=0)
    table = campaign(world)
    errors = [
        abs(
            churn.uplift_model(table, method="transformed outcome", randomised=lots)
            .score(table)
            .mean()
            - table["true_uplift"].mean()
        )
        for lots in (True, False)
    ]
    assert errors[1] < 0.01 < errors[0]


def test_risk_is_right_where_all_leavers_are_saved_alike():
    table = scored(Churn(stubborn=0, disturb=0, heterogeneity=0))
    found = churn.compare_targeting(table, scores=["risk"]).table.set_index("chosen")
    assert found.loc["risk", "true_saved"] > 1.4 * found.loc["by lot", "true_saved"]
    assert found.loc["risk", "true_saved"] > 0.85 * found.loc["by the true uplift", "true_saved"]


def test_risk_is_worse_than_lots_where_those_at_risk_are_stubborn():
    table = scored(Churn(stubborn=3, disturb=0.05))
    found = churn.compare_targeting(table, scores=["risk", "uplift"]).table.set_index("chosen")
    assert found.loc["risk", "true_saved"] < found.loc["by lot", "true_saved"]
    assert found.loc["uplift", "true_saved"] > found.loc["by lot", "true_saved"] + 0.01
    assert found.loc["risk", "leavers"] > 1.5 * found.loc["uplift", "leavers"]
    types = churn.type_table(table, scores=["risk", "uplift"])
    lost = types[types["type"] == "lost cause"].set_index("chosen")["share"]
    assert lost["risk"] > lost["by lot"]
    assert types.groupby("chosen")["share"].sum().tolist() == pytest.approx([1, 1, 1])


def test_estimates_within_the_top_cover_the_truth():
    hits = []
    for seed in range(40):
        table = churn.simulate_churn(Churn(), n=900, seed=seed).campaign
        rows = churn.compare_targeting(table, scores=["calls"], budget=0.4).table
        hits.append(
            ((rows["low"] <= rows["true_saved"]) & (rows["true_saved"] <= rows["high"])).iloc[:2]
        )
    assert abs(np.mean(hits) - 0.95) < 4 * np.sqrt(0.95 * 0.05 / 40)


def test_the_profit_estimate_is_near_the_true_one():
    table = scored(Churn())
    found = churn.compare_targeting(table, scores=["uplift"]).table.set_index("chosen")
    assert found.loc["by lot", "profit"] == pytest.approx(found.loc["by lot", "true_profit"], abs=5)
    assert found.loc["uplift", "true_profit"] > found.loc["by lot", "true_profit"] + 3
    assert table["true_gain"].mean() == pytest.approx(found.loc["by lot", "true_profit"])


def test_the_curve_finds_the_true_one_and_covers_it():
    hits = []
    for seed in range(40):
        table = churn.simulate_churn(Churn(), n=700, seed=seed).campaign
        found = churn.uplift_curve(table, score="true_uplift", resamples=100, seed=seed)
        hits.append(found.low <= found.true_qini <= found.high)
    assert np.mean(hits) > 0.95 - 4 * np.sqrt(0.95 * 0.05 / 40)
    big = churn.uplift_curve(scored(Churn()), score="uplift", resamples=20)
    assert np.abs(big.table["saved"] - big.table["true_saved"]).max() < 0.01


# inputs ----------------------------------------------------------------------------


def test_sentences():
    assert str(churn.campaign_effect(SMALL)).startswith("Leavers a contact holds: ")
    assert str(churn.uplift_model(SMALL)).startswith("Uplift by monthly, calls, usage, from ")
    assert str(churn.risk_model(SMALL)).startswith("Risk of leaving if left alone by monthly")
    table = SMALL.assign(reversed_uplift=-SMALL["true_uplift"])
    assert "drawing lots" in str(churn.uplift_curve(table, score="reversed_uplift", resamples=20))
    said = str(churn.compare_targeting(SMALL, scores=["true_risk"]))
    assert "saves, per 100 contacted (95 % intervals): true risk " in said
    assert "by lot" in said


def test_a_method_that_is_not_known():
    with pytest.raises(CvmError, match=r"two ways.*'two model'. Did you mean 'two models'"):
        churn.uplift_model(SMALL, method="two model")


@pytest.mark.parametrize("function", [churn.risk_model, churn.uplift_model, churn.campaign_effect])
def test_a_campaign_that_contacted_everybody(function):
    with pytest.raises(CvmError, match=r"'contacted' must be True or False.*hold both"):
        function(SMALL.assign(contacted=True))


def test_an_arm_where_nobody_left():
    table = SMALL.assign(left=SMALL["left"] & SMALL["contacted"])
    with pytest.raises(CvmError, match=r"customers not contacted all left, or all stayed.*'left'"):
        churn.uplift_model(table)


def test_one_covariate_without_a_list():
    with pytest.raises(CvmError, match=r"list of names. You gave 'calls'"):
        churn.uplift_model(SMALL, covariates="calls")


def test_a_budget_in_per_cent():
    with pytest.raises(CvmError, match=r"The budget, a share.*between 0 and 1.*20.*0.5"):
        churn.compare_targeting(SMALL, scores=["true_risk"], budget=20)


def test_a_top_that_was_never_left_alone():
    table = SMALL.assign(known=SMALL["contacted"].astype(int))
    with pytest.raises(CvmError, match=r"all were contacted, or none.*larger budget"):
        churn.compare_targeting(table, scores=["known"], budget=0.1)


def test_too_few_resamples():
    with pytest.raises(CvmError, match=r"20 resamples or more. You gave 5"):
        churn.uplift_curve(SMALL, score="true_risk", resamples=5)


def test_an_assignment_that_is_not_known():
    with pytest.raises(CvmError, match=r"must be one of randomised, observed risk, judgement"):
        Churn(assignment="lots")
    assert len(ASSIGNMENTS) == 3


def test_customers_with_the_same_score_come_by_lot():
    """In the order of a table that is sorted by outcome a score of nothing looks splendid."""
    table = SMALL.assign(same=1.0).sort_values(["contacted", "left"], ignore_index=True)
    found = churn.uplift_curve(table, score="same", resamples=60)
    assert found.low < 0 < found.high
    with pytest.raises(CvmError, match="'same' is the same for all customers: it chooses nobody"):
        churn.compare_targeting(table, scores=["same"], budget=0.5)


def test_who_was_contacted_by_rule_cannot_be_weighted():
    table = SMALL.assign(calls=SMALL["contacted"].astype(int))
    with pytest.raises(CvmError, match=r"no end here: some covariates foretell.*'calls'"):
        churn.campaign_effect(table, covariates=["calls"])
    with pytest.raises(CvmError, match="no end here"):
        churn.risk_model(SMALL.assign(calls=SMALL["left"].astype(int)))


def test_what_is_no_number_of_a_campaign_is_told():
    one = {"scores": ["usage"]}
    with pytest.raises(CvmError, match="'value' does not hold numbers"):
        churn.compare_targeting(SMALL.assign(value="x"), **one)
    with pytest.raises(
        CvmError, match=r"cost of a contact is an amount of money, zero or more.*-2"
    ):
        churn.compare_targeting(SMALL, contact_cost=-2, **one)
    with pytest.raises(CvmError, match="cost of the offer is an amount of money"):
        churn.compare_targeting(SMALL, offer_cost=float("nan"), **one)
    with pytest.raises(CvmError, match="list of names"):
        churn.compare_targeting(SMALL, scores="usage")
    with pytest.raises(CvmError, match="needs a value in these columns"):
        churn.compare_targeting(SMALL.assign(true_uplift=np.nan), **one)
