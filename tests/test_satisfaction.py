"""Satisfaction: limits in closed form, the weight of losses, and what promises do."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvm import satisfaction as sat
from cvm.errors import CvmError
from cvm.satisfaction import Satisfaction, simulate_satisfaction

STILL = {"leniency": 0.0, "noise": 0.0}

# exact -----------------------------------------------------------------------------


def test_one_month_by_hand():
    world = Satisfaction(promise=10.0, assimilation=0.25, gain=0.5, loss_aversion=2.0, memory=0.2)
    expected = sat.expectation(np.array([70.0, 70.0]), world)
    seen = sat.perceived(np.array([60.0, 100.0]), expected, world)
    judged = sat.judgement(seen, expected, world)
    assert expected.tolist() == [80, 80]
    assert seen.tolist() == [65, 95]
    assert judged.tolist() == [65 - 15, min(95 + 7.5, 100)]
    assert sat.kept(np.array([70.0, 70.0]), judged, world).tolist() == [66, 76]


def test_without_assimilation_and_gain_satisfaction_is_the_moving_average_of_performance():
    world = Satisfaction(assimilation=0.0, gain=0.0, memory=0.3)
    table = simulate_satisfaction(world, n=20, months=30, seed=1)
    met = table["true_performance"].to_numpy().reshape(30, 20).clip(0, 100)
    state = table["satisfaction"].to_numpy().reshape(30, 20)
    for month in range(1, 30):
        average = state[month - 1] + 0.3 * (met[month] - state[month - 1])
        np.testing.assert_allclose(state[month], average)


def test_without_memory_only_this_month_counts():
    world = Satisfaction(assimilation=0.0, gain=0.0, memory=1.0)
    table = simulate_satisfaction(world, n=20, months=5, seed=1)
    np.testing.assert_allclose(table["satisfaction"], table["true_performance"].clip(0, 100))


def test_without_adaptation_expectation_never_learns():
    assert sat.adapted(np.array([70.0]), np.array([30.0]), Satisfaction(adaptation=0.0)) == 70


@pytest.mark.parametrize("promise", [-8.0, 0.0, 12.0])
def test_satisfaction_comes_to_rest_where_the_closed_form_says(promise):
    world = Satisfaction(promise=promise, **STILL)
    table = simulate_satisfaction(world, n=2, months=200, seed=1, level=70.0)
    assert table["satisfaction"].iloc[-1] == pytest.approx(float(sat.resting_point(70.0, world)))


def test_a_promise_costs_at_the_default_what_the_story_says():
    assert sat.promise_effect(Satisfaction()) == pytest.approx(-0.575)


def test_a_promise_pays_where_assimilation_outweighs_disappointment():
    gullible = Satisfaction(assimilation=0.8, promise=10.0)
    assert sat.promise_effect(gullible) == pytest.approx(0.8 - 0.2 * 1.1)
    assert sat.resting_point(70.0, gullible) > 70


def test_delivered_value_is_put_on_the_scale_of_satisfaction():
    assert sat.performance([-10, 0, 10]).tolist() == [0, 50, 100]


# invariant -------------------------------------------------------------------------


@given(st.floats(0, 100), st.floats(0, 100), st.floats(0, 100))
def test_a_better_month_never_lowers_satisfaction(learned, worse, better):
    worse, better = sorted((worse, better))
    world = Satisfaction()
    met = np.array([worse, better])
    expected = sat.expectation(np.array([learned, learned]), world)
    judged = sat.judgement(sat.perceived(met, expected, world), expected, world)
    assert judged[1] >= judged[0]
    assert ((judged >= 0) & (judged <= 100)).all()


@given(st.floats(0.1, 25))
def test_a_loss_weighs_more_than_the_same_gain(gap):
    world = Satisfaction()
    up, level, down = sat.judgement(np.array([50 + gap, 50, 50 - gap]), np.full(3, 50.0), world)
    assert level - down > up - level


def test_a_longer_run_and_a_larger_one_keep_what_was_there():
    few = simulate_satisfaction(Satisfaction(), n=4, months=6, seed=2)
    more = simulate_satisfaction(Satisfaction(), n=9, months=6, seed=2)
    pd.testing.assert_frame_equal(few, more[more["customer"] < 4].reset_index(drop=True))


def test_single_precision_stays_single():
    met = np.full(3, 60, np.float32)
    world = Satisfaction()
    expected = sat.expectation(met, world)
    judged = sat.judgement(sat.perceived(met, expected, world), expected, world)
    assert sat.kept(met, judged, world).dtype == np.float32


# recovery --------------------------------------------------------------------------


def test_a_regression_finds_memory_and_the_weight_of_losses():
    world = Satisfaction(leniency=5.0, noise=6.0)
    table = simulate_satisfaction(world, n=400, months=24, seed=3, level=55.0)
    table["before"] = table.groupby("customer")["satisfaction"].shift()
    table = table.dropna()
    gap = table["true_perception"] - table["true_expectation"]
    regressors = np.column_stack([
        table["true_perception"], gap.clip(lower=0), gap.clip(upper=0), table["before"],
    ])  # fmt: skip
    inside = table["satisfaction"].between(5, 95)
    weights = np.linalg.lstsq(regressors[inside], table["satisfaction"][inside], rcond=None)[0]
    memory = weights[0]
    assert memory == pytest.approx(world.memory, abs=0.005)
    assert weights[1] / memory == pytest.approx(world.gain, abs=0.02)
    assert weights[2] / weights[1] == pytest.approx(world.loss_aversion, abs=0.1)


# inputs ----------------------------------------------------------------------------


def test_months_must_be_above_zero():
    with pytest.raises(CvmError, match="whole numbers above zero"):
        simulate_satisfaction(Satisfaction(), n=5, months=0, seed=1)
