"""Delivered value: the arithmetic, the shares, the map, and the estimate."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvm import value
from cvm.errors import CvmError
from cvm.value import Offer, Value

# exact -----------------------------------------------------------------------------


def test_delivered_value_is_weighted_benefits_less_weighted_costs():
    world = Value(weight_product=0.4, weight_service=0.3, weight_personnel=0.2, weight_image=0.1,
                  weight_money=0.4, weight_time=0.3, weight_energy=0.2, weight_psychic=0.1)  # fmt: skip
    got = value.delivered_value([8, 6, 4, 2], [1, 2, 3, 4], world)
    assert got == pytest.approx((3.2 + 1.8 + 0.8 + 0.2) - (0.4 + 0.6 + 0.6 + 0.4))
    assert value.delivered_value([8, 6, 4, 2], [1, 2, 3, 4], world, minding=0) == pytest.approx(6)


def test_shares_are_those_of_the_logit():
    odds = np.array([1.0, 2.0, 5.0])
    assert value.shares(np.log(odds)) == pytest.approx(odds / 8)
    assert value.shares([0.0, 0.0, -np.inf]) == pytest.approx([0.5, 0.5, 0])


def test_a_lead_of_a_point_makes_of_a_third_what_the_story_says():
    assert value.shares([0.8, 0, 0])[0] == pytest.approx(0.527, abs=0.0005)


def test_without_sensitivity_and_taste_every_firm_has_a_third():
    world = Value(sensitivity=0.0, taste=0.0)
    pulled = value.utility([9.0, 0.0, -9.0], [0, 0, 0], [3.0, 1.0, -2.0], world)
    assert value.shares(pulled) == pytest.approx([1 / 3] * 3)


def test_the_share_won_per_point_is_the_slope_of_the_share():
    world, step = Value(), 1e-6
    low = value.shares(value.utility([1.0, 0.5, 0], [0, 0.3, 0], [0, 0, 0], world))[0]
    high = value.shares(value.utility([1.0 + step, 0.5, 0], [0, 0.3, 0], [0, 0, 0], world))[0]
    assert value.value_elasticity(low, world) == pytest.approx((high - low) / step, rel=1e-4)


def test_the_value_map_by_hand():
    ratings = pd.DataFrame({
        "firm": ["us", "them", "weight"], "price": [110.0, 100.0, np.nan],
        "product": [9.0, 6.0, 3.0], "service": [4.0, 5.0, 1.0],
    })  # fmt: skip
    got = value.value_map(ratings).set_index("firm")
    quality = 0.75 * 1.5 + 0.25 * 0.8
    assert got.loc["us", "quality_ratio"] == pytest.approx(quality)
    assert got.loc["us", "price_ratio"] == pytest.approx(1.1)
    assert got.loc["us", "value_index"] == pytest.approx((quality + 1 / 1.1) / 2)
    assert got["region"].tolist() == ["better value", "worse value"]


def test_equal_firms_are_fair_value():
    ratings = pd.DataFrame({"firm": list("abc"), "price": 5.0, "service": 7.0})
    assert value.value_map(ratings)["region"].tolist() == ["fair value"] * 3


# invariant -------------------------------------------------------------------------


@given(st.lists(st.floats(-700, 700), min_size=3, max_size=3))
def test_shares_add_to_one(utilities):
    got = value.shares(utilities)
    assert got.sum() == pytest.approx(1)
    assert (got >= 0).all()


@given(st.sampled_from(value.BENEFITS), st.floats(0, 10), st.floats(0, 10))
def test_a_better_offer_never_loses_a_customer(benefit, worse, better):
    worse, better = sorted((worse, better))
    luck = np.random.default_rng(5)
    tastes, uniforms = luck.standard_normal((200, 3)), luck.random(200)
    chosen = [
        value.choose(value.shares(value.utility(
            [value.offer_value(Offer(**{benefit: score}), Value()), 5, 5], [0, 0, 0], tastes, Value()
        )), uniforms)
        for score in (worse, better)
    ]  # fmt: skip
    assert ((chosen[1] == 0) >= (chosen[0] == 0)).all()


def test_minding_costs_has_mean_one():
    normals = np.random.default_rng(1).standard_normal(200_000)
    weight = value.cost_weight(normals, Value(cost_spread=0.5))
    assert weight.mean() == pytest.approx(1, abs=5 * weight.std() / 200_000**0.5)
    assert (value.cost_weight(normals, Value(cost_spread=0.0)) == 1).all()


def test_a_larger_survey_keeps_the_first_people():
    few = value.simulate_choices(Value(), n=5, seed=3)
    pd.testing.assert_frame_equal(few, value.simulate_choices(Value(), n=50, seed=3).head(15))


# recovery --------------------------------------------------------------------------


def test_the_estimate_finds_the_sensitivity_and_its_interval_covers():
    alike = Value(taste=0.0, cost_spread=0.0)
    fits = [value.estimate_choice(value.simulate_choices(alike, n=150, seed=s)) for s in range(40)]
    found = np.array([fit.sensitivity for fit in fits])
    covered = np.mean([fit.low <= alike.sensitivity <= fit.high for fit in fits])
    assert found.mean() == pytest.approx(0.8, abs=4 * found.std() / 40**0.5)
    assert covered >= 0.95 - 3 * (0.95 * 0.05 / 40) ** 0.5


def test_tastes_that_are_not_modelled_pull_the_estimate_down():
    fit = value.estimate_choice(value.simulate_choices(Value(taste=2.0), n=600, seed=2))
    assert fit.high < Value().sensitivity


# inputs ----------------------------------------------------------------------------


def test_weights_that_are_all_zero_are_refused():
    nothing = {f"weight_{name}": 0.0 for name in value.COSTS}
    with pytest.raises(CvmError, match=r"At least one.*weight_money"):
        value.delivered_value([1] * 4, [1] * 4, Value(**nothing))


def test_a_choice_survey_with_a_missing_column_names_it():
    table = value.simulate_choices(Value(), n=5, seed=1).rename(columns={"money": "mony"})
    with pytest.raises(CvmError, match=r"no column 'money'\. Did you mean 'mony'"):
        value.estimate_choice(table)


def test_everybody_chooses_one_firm():
    table = value.simulate_choices(Value(), n=5, seed=1).assign(chosen=True)
    with pytest.raises(CvmError, match="exactly one firm"):
        value.estimate_choice(table)


def test_a_value_map_needs_two_firms():
    with pytest.raises(CvmError, match="two firms or more"):
        value.value_map(pd.DataFrame({"firm": ["us"], "price": [1.0], "service": [5.0]}))


@pytest.mark.parametrize("n", [0, 1.5, True])
def test_the_number_of_people_is_checked(n):
    with pytest.raises(CvmError, match="whole number above zero"):
        value.simulate_choices(Value(), n=n, seed=1)


def test_the_result_reads_as_a_sentence():
    fit = value.estimate_choice(value.simulate_choices(Value(), n=300, seed=1))
    assert "A point of delivered value" in str(fit)
    assert fit.to_frame().loc[0, "n"] == 300
