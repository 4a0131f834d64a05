"""A reward threshold: the customers who meet it, its effect, and bunching at it."""

import re

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import expm
from scipy.stats import nbinom, norm

from cvm.errors import CvmError
from cvm.tiering.bins import bins
from cvm.tiering.discontinuity import _folded_quantile, manipulation, threshold_effect
from cvm.tiering.rewards import Rewards, expected_rate, programme, simulate_rewards

CALM = Rewards(pressure=0)
QUICK = settings(max_examples=25, deadline=None)
worlds = st.builds(
    Rewards,
    threshold=st.integers(4, 20),
    pressure=st.floats(0, 2),
    lift=st.floats(0, 1),
    mean_visits=st.floats(2, 20),
    evenness=st.floats(0.3, 10),
)


def effect(table, cutoff=10, **options):
    return threshold_effect(
        table, running="points", outcome="visits_after", cutoff=cutoff, **options
    )


def bunching(table, cutoff=10, **options):
    return manipulation(table, running="points", cutoff=cutoff, **options)


# ---------------------------------------------------------------------------------- exact


@pytest.mark.parametrize("world", [CALM, Rewards(pressure=0, evenness=0.5, mean_visits=15)])
def test_without_pressure_points_are_negative_binomial(world):
    # Ehrenberg (1959): Poisson visits on a gamma rate
    n = 200_000
    points = simulate_rewards(world, n=n, seed=1)["points"]
    law = nbinom(world.evenness, 1 / (1 + world.mean_visits / world.evenness))
    seen = np.bincount(points, minlength=80)[:80] / n
    expected = law.pmf(np.arange(80))
    assert (np.abs(seen - expected) <= 4.5 * np.sqrt(expected / n) + 1e-6).all()
    assert points.mean() == pytest.approx(world.mean_visits, rel=0.02)


def test_the_rate_expected_of_a_count_is_a_straight_line():
    table = simulate_rewards(CALM, n=200_000, seed=2)
    for points in (0, 5, 10, 20):
        rates = table.loc[table["points"] == points, "true_rate"]
        error = rates.std() / np.sqrt(len(rates))
        assert abs(rates.mean() - expected_rate(points, world=CALM)) <= 4 * error


def naive_and_true(world):
    """Give members' lead and the privilege's mean effect on them in closed form."""
    law = nbinom(world.evenness, 1 / (1 + world.mean_visits / world.evenness))
    k = np.arange(2_000)
    mass, rate, member = law.pmf(k), expected_rate(k, world=world), k >= world.threshold
    inside, outside = (np.average(rate[m], weights=mass[m]) for m in (member, ~member))
    return inside * (1 + world.lift) - outside, inside * world.lift


def test_the_naive_difference_is_as_wrong_as_the_story_says():
    naive, members = naive_and_true(CALM)
    at_threshold = CALM.lift * expected_rate(10, world=CALM)
    # the three numbers in the docstring of cvm.tiering.rewards
    assert (round(naive, 1), round(float(at_threshold), 1), round(members, 1)) == (14.7, 2.9, 4.5)
    table = simulate_rewards(CALM, n=100_000, seed=3)
    assert effect(table).naive == pytest.approx(naive, abs=0.25)
    assert table.loc[table["privileged"], "true_lift"].mean() == pytest.approx(members, rel=0.02)


def test_pressure_shortens_the_wait_before_each_point():
    # Points in a year are a pure birth process: its law is the exponential of its rates,
    # averaged over the rates that customers really have.
    world, n = Rewards(threshold=4, pressure=2, mean_visits=5, evenness=10), 100_000
    table = simulate_rewards(world, n=n, seed=4)
    speed = np.where(np.arange(40) < 4, 1 + 2 * np.arange(40) / 4, 1.0)
    generator = np.diag(-speed) + np.diag(speed[:-1], 1)
    rates = np.quantile(table["true_rate"], (np.arange(400) + 0.5) / 400)
    expected = expm(generator * rates[:, None, None])[:, 0, :15].mean(axis=0)
    seen = np.bincount(table["points"], minlength=40)[:15] / n
    assert (np.abs(seen - expected) <= 4.5 * np.sqrt(expected / n)).all()


def test_programme_adds_up_by_hand():
    world = Rewards(threshold=10, margin=0.5, privilege_cost=10.0)
    table = pd.DataFrame(
        {
            "privileged": [True, False, False],
            "visits_before": [12, 4, 0],
            "spend_before": [240.0, 40.0, 0.0],
            "true_lift": [3.0, 1.0, 0.5],
            "true_pressure_visits": [2, 1, 0],
        }
    )
    row = programme(table, world=world).iloc[0]
    # member: basket 20, 2 + 3 extra visits; the other: basket 10, 1 extra visit
    assert row["gain"] == pytest.approx(0.5 * (20 * 5 + 10 * 1) / 3)
    assert row["cost"] == pytest.approx(10 / 3)
    assert row["profit"] == pytest.approx(row["gain"] - row["cost"])
    assert (row["pressure_visits"], row["lift_visits"]) == pytest.approx((1.0, 1.0))


@pytest.mark.parametrize(
    ("bandwidth", "jump", "se", "n"),
    [
        (6.5, 2.5037668946681393, 0.41702588076352426, 189),
        (12.0, 2.348708903342331, 0.2925681409262933, 335),
    ],
)
def test_the_local_lines_are_those_of_rdrobust(bandwidth, jump, se, n):
    # rdrobust 2.1.1 (Calonico, Cattaneo & Titiunik), p=1, triangular, vce="hc3",
    # masspoints="off", on the same made-up table
    i = np.arange(600)
    x = (i * 37) % 41 - 15.0
    y = 5 + 0.3 * x + 2.0 * (x >= 0) + 0.01 * x**2 * (x >= 0)
    y = y + ((i * 53) % 101) / 25 + 0.05 * ((i * 29) % 17) * (x >= 0)
    table = pd.DataFrame({"x": x, "y": y})
    found = threshold_effect(table, running="x", outcome="y", cutoff=0, bandwidth=bandwidth)
    assert (found.effect, found.se) == pytest.approx((jump, se), rel=1e-10)
    assert found.n == n


@pytest.mark.parametrize("scale", [1, 1_000])
def test_jump_and_error_are_those_of_weighted_least_squares_with_hc3(scale):
    rng = np.random.default_rng(5)
    d = rng.normal(0, 3, 800)
    y = d + 2 * (d >= 0) + rng.normal(size=800) * (1 + np.abs(d))
    table = pd.DataFrame({"points": d * scale, "visits_after": y})
    found = effect(table, cutoff=0, bandwidth=4 * scale)
    near = np.abs(d) < 4
    above = (d >= 0).astype(float)
    design = np.column_stack([above, np.ones_like(d), d, d * above])[near]
    fit = sm.WLS(y[near], design, weights=1 - np.abs(d[near]) / 4).fit(cov_type="HC3")
    assert [found.effect, found.se] == pytest.approx([fit.params[0], fit.bse[0]], rel=1e-10)
    assert found.n == near.sum()


def test_the_lines_drawn_are_the_weighted_lines_of_the_two_sides():
    table = simulate_rewards(CALM, n=3_000, seed=2)
    found = effect(table)
    drawn = bins(table, found)
    x, y = table["points"].to_numpy(float) - 10, table["visits_after"].to_numpy(float)
    for above in (False, True):
        near = (np.abs(x) < found.bandwidth) & ((x >= 0) == above)
        root = np.sqrt(1 - np.abs(x[near]) / found.bandwidth)
        line = np.polyval(np.polyfit(x[near], y[near], 1, w=root), drawn["value"] - 10)
        mine = (drawn["above"] == above) & drawn["line"].notna()
        assert drawn["line"][mine].tolist() == pytest.approx(line[mine].tolist())


def test_a_bandwidth_is_chosen_alike_however_many_weights_are_worked_out_at_once(monkeypatch):
    table = simulate_rewards(CALM, n=3_000, seed=2)
    at_once = effect(table)
    monkeypatch.setattr("cvm.tiering.discontinuity.AT_ONCE", 100)
    assert effect(table) == at_once


def test_the_largest_bias_is_reached_by_the_worst_bend_and_not_passed():
    x = np.arange(-12, 13, dtype=float)
    worst = np.where(x >= 0, -1, 1) * 0.5 * 0.4 * x**2  # second derivative 0.4, no jump
    milder = np.where(x >= 0, -1, 1) * 0.5 * 0.4 * np.abs(x)
    for y, reached in ((worst, True), (milder, False)):
        table = pd.DataFrame({"x": x, "y": y})
        found = threshold_effect(table, running="x", outcome="y", cutoff=0, bandwidth=8)
        if reached:
            assert found.curvature == pytest.approx(0.4)
            assert abs(found.effect) == pytest.approx(found.bias)
        else:
            assert abs(found.effect) < 1e-9


@pytest.mark.parametrize("bias", [0.0, 0.3, 1.0, 4.0])
def test_the_interval_holds_its_level_at_the_largest_bias(bias):
    reach = _folded_quantile(bias, 0.95)
    assert norm.cdf(reach - bias) - norm.cdf(-reach - bias) == pytest.approx(0.95)


def test_a_known_jump_in_the_count_is_found():
    value = np.repeat(np.arange(20), np.where(np.arange(20) >= 10, 300, 200))
    found = manipulation(pd.DataFrame({"points": value}), running="points", cutoff=10)
    assert found.jump == pytest.approx(np.log(1.5))
    assert found.cells["fitted"].to_numpy() == pytest.approx(found.cells["customers"].to_numpy())
    assert "jumps by 50 % at 10 points" in str(found)


# ------------------------------------------------------------------------------ invariant


@QUICK
@given(world=worlds, more=st.floats(0, 1), seed=st.integers(0, 99))
def test_more_lift_never_loses_a_visit_after(world, more, seed):
    here = simulate_rewards(world, n=300, seed=seed)
    lift = min(1.0, world.lift + more)
    there = simulate_rewards(world.replace(lift=lift), n=300, seed=seed)
    assert (there["visits_after"] >= here["visits_after"]).all()
    assert (there["visits_before"] == here["visits_before"]).all()


@QUICK
@given(world=worlds, more=st.floats(0, 1), seed=st.integers(0, 99))
def test_more_pressure_never_loses_a_visit_before(world, more, seed):
    here = simulate_rewards(world, n=300, seed=seed)
    there = simulate_rewards(
        world.replace(pressure=min(2.0, world.pressure + more)), n=300, seed=seed
    )
    assert (there["visits_before"] >= here["visits_before"]).all()
    assert (here["true_pressure_visits"] >= 0).all()


@QUICK
@given(world=worlds, n=st.integers(1, 50), seed=st.integers(0, 99))
def test_a_larger_base_keeps_the_first_customers(world, n, seed):
    few, many = (simulate_rewards(world, n=size, seed=seed) for size in (n, n + 70))
    pd.testing.assert_frame_equal(few, many.head(n))


@QUICK
@given(world=worlds, seed=st.integers(0, 99))
def test_a_threshold_nobody_knows_moves_nobody_before_it(world, seed):
    hidden = simulate_rewards(world.replace(announced=False), n=300, seed=seed)
    calm = simulate_rewards(world.replace(pressure=0, threshold=20), n=300, seed=seed)
    assert (hidden["visits_before"] == calm["visits_before"]).all()
    assert hidden["true_pressure_visits"].eq(0).all()


@QUICK
@given(shift=st.integers(-50, 50), factor=st.floats(0.01, 100))
def test_effects_follow_the_units(shift, factor):
    table = simulate_rewards(CALM, n=1_500, seed=5)
    moved = table.assign(
        points=table["points"] + shift, visits_after=table["visits_after"] * factor
    )
    here, there = effect(table, bandwidth=6), effect(moved, 10 + shift, bandwidth=6)
    assert there.effect == pytest.approx(here.effect * factor)
    assert there.high - there.low == pytest.approx((here.high - here.low) * factor)
    assert bunching(moved, 10 + shift).p_value == pytest.approx(bunching(table).p_value)


def test_more_confidence_is_a_wider_interval():
    table = simulate_rewards(CALM, n=1_500, seed=5)
    narrow, wide = effect(table, level=0.8), effect(table, level=0.99)
    assert wide.low < narrow.low < narrow.effect < narrow.high < wide.high


# ------------------------------------------------------------------------------- recovery


def runs(world, *, count, n=5_000, cutoff=10):
    """Estimate and test in many samples: rows of (effect, covered, rejected)."""
    truth = world.lift * expected_rate(cutoff, world=world)
    rows = []
    for seed in range(count):
        table = simulate_rewards(world, n=n, seed=seed)
        found, test = effect(table, cutoff), bunching(table, cutoff)
        rows.append((found.effect, found.low <= truth <= found.high, test.rejected))
    return float(truth), np.array(rows, float)


@pytest.mark.parametrize("world", [CALM, Rewards(pressure=2, announced=False)])
def test_without_aiming_the_effect_is_found_and_no_alarm_is_raised(world):
    truth, rows = runs(world, count=120)
    estimate, covered, rejected = rows.T
    error = estimate.std(ddof=1) / np.sqrt(120)
    assert abs(estimate.mean() - truth) <= 3 * error
    assert error < 0.06  # so the line above can fail
    # The interval allows for a bend that is not there: it may cover a little more.
    assert 0.95 - 3 * np.sqrt(0.95 * 0.05 / 120) <= covered.mean() <= 0.99
    assert rejected.mean() <= 0.05 + 3 * np.sqrt(0.95 * 0.05 / 120)


@pytest.mark.parametrize(("shape", "most"), [(0.4, 0.10), (5.0, 0.05)])
def test_the_density_test_keeps_its_level_for_other_customers(shape, most):
    world = Rewards(pressure=0, evenness=shape, mean_visits=10)
    alarms = [bunching(simulate_rewards(world, n=3_000, seed=s)).rejected for s in range(100)]
    assert np.mean(alarms) <= most + 3 * np.sqrt(most * (1 - most) / 100)


def test_near_the_end_of_the_scale_the_density_test_says_it_cannot_tell():
    low = bunching(simulate_rewards(CALM.replace(threshold=5), n=3_000, seed=1), cutoff=5)
    assert not low.reliable
    assert "too near the end of the scale" in str(low)


def test_aiming_is_seen_and_biases_the_effect_but_less_than_the_naive_error():
    # The docstring of cvm.tiering.discontinuity: 0.4 visits too high at pressure 1.
    world = Rewards(pressure=1)
    found, naive, alarms = [], [], []
    big = simulate_rewards(world, n=300_000, seed=10_000)
    truth = big.loc[big["points"] == 10, "true_lift"].mean()
    for seed in range(25):
        table = simulate_rewards(world, n=10_000, seed=seed)
        result = effect(table)
        found.append(result.effect)
        naive.append(result.naive)
        alarms.append(bunching(table).rejected)
    assert np.mean(alarms) > 0.9
    assert np.mean(found) - truth == pytest.approx(0.37, abs=0.15)
    assert np.mean(naive) - truth > 10


def test_a_continuous_running_variable_is_counted_in_bins():
    rng = np.random.default_rng(1)
    smooth = pd.DataFrame({"spend": rng.gamma(2, 50, 5_000)})
    pushed = smooth["spend"].where(~smooth["spend"].between(90, 100), smooth["spend"] + 10)
    assert not manipulation(smooth, running="spend", cutoff=100).rejected
    assert manipulation(pd.DataFrame({"spend": pushed}), running="spend", cutoff=100).rejected


def test_a_few_heavy_customers_do_not_change_the_counts_near_the_threshold():
    table = simulate_rewards(CALM, n=500, seed=1)
    heavy = table["points"].where(table.index > 2, [10**9, 2 * 10**9, 10**8] + [0] * 497)
    near, far = bunching(table[3:]), bunching(table.assign(points=heavy))
    assert far.cells["customers"].sum() == far.n
    assert (far.jump, far.p_value) == pytest.approx((near.jump, near.p_value), rel=1e-6)


@pytest.mark.parametrize("unit", [1e-9, 1e9])
def test_the_density_test_does_not_hang_on_the_unit(unit):
    table = simulate_rewards(Rewards(pressure=1), n=5_000, seed=1)
    plain = bunching(table)
    scaled = bunching(table.assign(points=table["points"] * unit), cutoff=10 * unit)
    assert (scaled.jump, scaled.se) == pytest.approx((plain.jump, plain.se), rel=1e-6)


def test_an_odd_level_is_not_rounded_to_certainty():
    assert "(99.9 % interval" in str(effect(simulate_rewards(CALM, n=500, seed=1), level=0.999))


# --------------------------------------------------------------------------------- inputs

TABLE = simulate_rewards(CALM, n=500, seed=1)
BROKEN = TABLE.astype({"visits_after": float})
BROKEN.loc[3, "visits_after"] = np.nan


@pytest.mark.parametrize(
    ("table", "options", "says"),
    [
        (TABLE, {"running": "point"}, "The table has no column 'point'. Did you mean 'points'?"),
        (TABLE, {"cutoff": 0}, "too few different values below the cutoff 0"),
        (TABLE, {"cutoff": 1000}, "too few different values at or above the cutoff 1,000"),
        (TABLE, {"bandwidth": 1.5}, "or widen the bandwidth."),
        (TABLE, {"bandwidth": -3.0}, "A bandwidth is above zero. You gave -3.0."),
        (TABLE, {"level": 95}, "A confidence level lies between 0 and 1. You gave 95."),
        (BROKEN, {}, "The column 'visits_after' must hold a number in every row."),
        (TABLE.assign(points="ten"), {}, "The column 'points' does not hold numbers."),
        (TABLE.assign(points=pd.Timestamp("2025-01-01")), {}, "'points' does not hold numbers."),
        (TABLE, {"cutoff": "10"}, "cutoff is a number. You gave '10'."),
        (TABLE, {"bandwidth": "5"}, "bandwidth is a number. You gave '5'."),
        (TABLE.drop_duplicates("points"), {"bandwidth": 2.5}, "too few customers within the band"),
    ],
)
def test_an_effect_that_cannot_be_found_is_told_why(table, options, says):
    arguments = {"running": "points", "outcome": "visits_after", "cutoff": 10} | options
    with pytest.raises(CvmError, match=re.escape(says)):
        threshold_effect(table, **arguments)


def test_the_programme_asks_for_its_columns_and_its_customers():
    with pytest.raises(CvmError, match="no column 'true_lift'"):
        programme(TABLE.drop(columns="true_lift"), world=CALM)
    with pytest.raises(CvmError, match="The table has no rows"):
        programme(TABLE[:0], world=CALM)
    with pytest.raises(CvmError, match="points must be a number"):
        expected_rate("ten", world=CALM)
    with pytest.raises(CvmError, match="n is a whole number"):
        simulate_rewards(CALM, n=2.5, seed=1)


def test_the_density_test_tells_what_it_needs():
    with pytest.raises(CvmError, match="too few different values below"):
        bunching(TABLE, cutoff=1)
    with pytest.raises(CvmError, match="confidence level"):
        bunching(TABLE, level=0)


def test_results_read_as_sentences_and_rows():
    found, test = effect(TABLE), bunching(TABLE)
    assert "Crossing 10 points changes visits_after by" in str(found)
    assert "which is mostly who they are" in str(found)
    assert "no sign that customers aim" in str(test)
    assert found.to_frame()["naive"].item() == found.naive
    assert "cells" not in test.to_frame()
