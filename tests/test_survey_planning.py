"""Promises in closed form, and what a wave can show before it is asked."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from cvm.errors import CvmError
from cvm.satisfaction import Satisfaction, resting_point, simulate_satisfaction
from cvm.survey.power import SurveyDesign, power_of_change
from cvm.survey.promise import promise_table
from cvm.survey.waveplan import (
    WavePlan,
    chance_to_see,
    change_error,
    detectable_table,
    respondents_needed,
    smallest_change,
)

STRANGERS = WavePlan(per_dealer=1, alike=0, overlap=0)

# exact -----------------------------------------------------------------------------


@pytest.mark.parametrize("promise", [-12.0, 0.0, 5.0, 30.0])
def test_the_table_is_the_resting_point_and_the_perception(promise):
    world = Satisfaction(gain=0.8, assimilation=0.3)
    row = promise_table(world, level=60).set_index("promise").loc[promise]
    assert row["satisfaction"] == pytest.approx(
        float(resting_point(60, world.replace(promise=promise)))
    )
    assert row["seen"] == pytest.approx(60 + 0.3 * promise)


def test_two_waves_of_strangers_are_the_two_sample_formula():
    world = STRANGERS.replace(n=200, spread=2.0)
    assert float(change_error(world)) == pytest.approx(2.0 * np.sqrt(2 / 200))
    panel = world.replace(overlap=1.0, correlation=0.75)
    assert float(change_error(panel)) == pytest.approx(float(change_error(world)) / 2)
    clustered = world.replace(per_dealer=11, alike=0.1)
    assert float(change_error(clustered)) == pytest.approx(np.sqrt(2) * float(change_error(world)))


def test_power_is_that_of_a_z_test():
    world = STRANGERS.replace(n=400, change=0.3, spread=1.5)
    shift = 0.3 / (1.5 * np.sqrt(2 / 400))
    by_hand = 1 - stats.norm.cdf(1.959964 - shift) + stats.norm.cdf(-1.959964 - shift)
    assert chance_to_see(world) == pytest.approx(by_hand, abs=1e-6)


@pytest.mark.parametrize("overlap", [0.0, 0.25, 1.0])
def test_the_curve_agrees_with_the_power_of_a_survey_design(overlap):
    world = WavePlan(n=900, overlap=overlap, change=0.25)
    design = SurveyDesign(overlap=overlap, cluster_size=world.per_dealer, icc=world.alike,
                          correlation=world.correlation)  # fmt: skip
    told = power_of_change(world.change, n=world.n, sd=world.spread, design=design)
    # Normal here, noncentral t with 118 degrees of freedom there.
    assert chance_to_see(world) == pytest.approx(told.power, abs=0.012)
    assert float(change_error(world)) == pytest.approx(told.se)


def test_what_shows_is_twice_the_naive_margin():
    world = STRANGERS.replace(n=300)
    naive = 1.959964 * world.spread / np.sqrt(300)
    assert float(smallest_change(world)) / naive == pytest.approx(2.0215, abs=1e-3)


# invariant -------------------------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(change=st.floats(0.05, 1), overlap=st.floats(0, 1), alike=st.floats(0, 0.3))
def test_the_sample_needed_shows_the_change(change, overlap, alike):
    world = WavePlan(change=change, overlap=overlap, alike=alike)
    n = respondents_needed(world)
    assert float(smallest_change(world, n)) <= change * (1 + 1e-9)
    assert float(smallest_change(world, n - 1)) > change


def test_more_respondents_never_hide_a_change():
    table = detectable_table(WavePlan())
    assert np.all(np.diff(table["detectable"]) < 0)
    assert table["n"].iloc[[0, -1]].tolist() == [30, 5000]


# recovery --------------------------------------------------------------------------


def test_the_simulated_market_rests_where_the_table_says():
    world = Satisfaction(promise=12, noise=0)
    months = simulate_satisfaction(world, n=400, months=30, seed=1, level=70)
    last = months[months["month"] == 29]["satisfaction"].mean()
    told = promise_table(world, level=70).set_index("promise").loc[12.0, "satisfaction"]
    assert last == pytest.approx(told, abs=1.5)  # the average customer is not at 70 exactly


def test_simulated_waves_show_the_change_as_often_as_planned():
    world = WavePlan(n=150, change=0.5, overlap=1.0, correlation=0.6, per_dealer=1, alike=0)
    rng = np.random.default_rng(1)
    both = rng.multivariate_normal(
        [0, world.change], 1.8**2 * np.array([[1, 0.6], [0.6, 1]]), size=(2000, 150)
    )
    difference = both[..., 1] - both[..., 0]
    z = difference.mean(axis=1) / (difference.std(axis=1, ddof=1) / np.sqrt(150))
    assert (np.abs(z) > 1.96).mean() == pytest.approx(chance_to_see(world), abs=0.03)


# inputs ----------------------------------------------------------------------------


@pytest.mark.parametrize("change", [{"level": 120.0}, {"step": 0.0}])
def test_a_promise_table_off_the_scale(change):
    with pytest.raises(CvmError, match=r"between 0 and 100 points.*level=70, step=1"):
        promise_table(Satisfaction(), **change)
