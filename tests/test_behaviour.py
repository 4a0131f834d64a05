"""Behaviour: simpler models as limits, factors that only move the right way."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from cvm import behaviour as beh
from cvm.behaviour import Behaviour

# exact -----------------------------------------------------------------------------


def test_a_constant_hazard_makes_life_geometric():
    uniforms = np.random.default_rng(1).random((40_000, 80))
    leaves = uniforms < beh.hazard(0.9)
    life = np.where(leaves.any(axis=1), leaves.argmax(axis=1) + 1, 81)
    counts = np.bincount(life, minlength=82)[1:21]
    expected = 40_000 * stats.geom(0.1).pmf(np.arange(1, 21))
    assert stats.chisquare(counts, expected * counts.sum() / expected.sum()).pvalue > 0.001


def test_without_spread_purchases_are_poisson():
    world = Behaviour(rate_spread=0.0, rate=1.7)
    rates = beh.purchase_rates(np.ones(50_000), world)
    counts = beh.purchases(np.random.default_rng(2).random(50_000), rates)
    seen = np.bincount(counts, minlength=8)[:8]
    expected = 50_000 * stats.poisson(1.7).pmf(np.arange(8))
    assert stats.chisquare(seen, expected * seen.sum() / expected.sum()).pvalue > 0.001


def test_with_spread_purchases_are_negative_binomial():
    world = Behaviour(rate_spread=0.8, rate=1.7)
    luck = np.random.default_rng(3)
    rates = beh.purchase_rates(luck.standard_gamma(1 / 0.64, 50_000), world)
    counts = beh.purchases(luck.random(50_000), rates)
    shape = 1 / 0.64
    law = stats.nbinom(shape, shape / (shape + 1.7))
    seen, expected = np.bincount(counts, minlength=12)[:12], 50_000 * law.pmf(np.arange(12))
    assert stats.chisquare(seen, expected * seen.sum() / expected.sum()).pvalue > 0.001


@pytest.mark.parametrize("shape", [0.5, 1.0, 3.0, 60.0])
def test_spend_is_the_quantile_of_a_gamma_with_mean_one(shape):
    chances = np.concatenate([[1e-6, 1e-4], np.linspace(0.001, 0.999, 999), [1 - 1e-4, 1 - 1e-6]])
    got = beh.spend_factor(chances, Behaviour(spend_shape=shape))
    np.testing.assert_allclose(got, stats.gamma(shape, scale=1 / shape).ppf(chances), rtol=1e-4)


def test_wallet_habit_and_cost_at_their_ends():
    world = Behaviour(wallet_floor=0.4, habit_months=10.0, serve=8.0, serve_floor=0.5, learning=6.0)
    assert beh.share_of_wallet([0.0, 0.5, 1.0], world) == pytest.approx([0.4, 0.7, 1.0])
    assert beh.habit([0.0, 10.0], world) == pytest.approx([0, 1 - np.exp(-1)])
    assert beh.cost_to_serve([0.0, 6.0, 1e6], world) == pytest.approx([8, 4 + 4 / np.e, 4])
    assert beh.referral_chance([0.0, 1.0], world) == pytest.approx([0, world.referral])


def test_a_premium_within_tolerance_costs_nothing_and_beyond_it_bites():
    world = Behaviour(tolerance=0.2, price_sensitivity=2.0)
    assert beh.price_response(1.1, [1.0, 0.6], world) == pytest.approx([1, 1])
    assert beh.price_response(1.1, 0.0, world) == pytest.approx(np.exp(-0.2))
    assert beh.price_response(0.9, [0.0, 1.0], world) == pytest.approx([np.exp(0.2)] * 2)
    assert beh.price_response(1.0, 0.3, world) == 1


def test_without_learning_cost_does_not_depend_on_tenure():
    flat = beh.cost_to_serve(np.arange(50), Behaviour(serve_floor=1.0))
    assert (flat == Behaviour().serve).all()


# invariant -------------------------------------------------------------------------


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 20))
def test_a_hazard_is_a_probability_and_falls_with_retention(low, high, risk):
    low, high = sorted((low, high))
    worse, better = beh.hazard(low, risk=risk), beh.hazard(high, risk=risk)
    assert 0 <= better <= worse <= 1


@given(st.floats(0.5, 2), st.floats(0.5, 2), st.floats(0, 1))
def test_a_higher_price_never_gains_purchases(low, high, attitude):
    low, high = sorted((low, high))
    world = Behaviour()
    assert beh.price_response(high, attitude, world) <= beh.price_response(low, attitude, world)


@given(st.floats(0, 1), st.floats(0, 1))
def test_spend_rises_with_its_luck(low, high):
    low, high = sorted((low, high))
    first, second = beh.spend_factor([low, high], Behaviour())
    assert first <= second * (1 + 1e-6)


@given(st.floats(0, 1))
def test_single_precision_stays_single(attitude):
    held, world = np.full(3, attitude, np.float32), Behaviour()
    for got in (
        beh.share_of_wallet(held, world), beh.price_response(1.2, held, world),
        beh.price_response(0.9, held, world), beh.referral_chance(held, world),
        beh.cost_to_serve(held, world), beh.habit(held, world), beh.hazard(held, risk=held),
    ):  # fmt: skip
        assert got.dtype == np.float32


# recovery --------------------------------------------------------------------------


def test_means_and_spreads_come_out_as_they_were_put_in():
    world = Behaviour(spend=80.0, spend_spread=0.7, rate=2.0, rate_spread=0.6)
    luck, n = np.random.default_rng(4), 100_000
    means = beh.spend_means(luck.standard_normal(n), world)
    rates = beh.purchase_rates(luck.standard_gamma(1 / 0.36, n), world)
    factor = beh.spend_factor(luck.random(n), world)
    for drawn, mean in ((means, 80), (rates, 2), (factor, 1)):
        assert drawn.mean() == pytest.approx(mean, abs=float(4 * drawn.std() / n**0.5))
    assert np.log(means).std() == pytest.approx(0.7, rel=0.01)
    assert rates.std() / rates.mean() == pytest.approx(0.6, rel=0.02)
    assert 1 / factor.var() == pytest.approx(world.spend_shape, rel=0.03)


def test_survivors_look_more_loyal_though_nobody_changed():
    luck = np.random.default_rng(5)
    risk = luck.gamma(1.0, 1.0, 40_000)[:, None]
    leaves = luck.random((40_000, 24)) < beh.hazard(0.9, risk=risk)
    alive = np.cumsum(leaves, axis=1) - leaves == 0
    observed = (leaves & alive).sum(axis=0) / alive.sum(axis=0)
    assert observed[-1] < observed[0] / 2


# inputs ----------------------------------------------------------------------------


def test_a_negative_rate_cannot_be():
    with pytest.raises(ValueError, match="zero or positive"):
        beh.purchases([0.5], [-1.0])
