"""Luck: the same customers and the same chance in every scenario."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from cvm.errors import CvmError
from cvm.luck import BLOCK, CROWD, PIECE, Luck, bernoulli, poisson, spread

DRAWS = {
    "uniform": lambda luck, n, **where: luck.uniform("x", n, 3, **where),
    "normal": lambda luck, n, **where: luck.normal("x", n, 3, **where),
    "gamma": lambda luck, n, **where: luck.gamma("x", n, 3, shape=0.7, **where),
}

# exact -----------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [0.0, 0.01, 0.8, 3.3, 29.9, 40.0, 2000.0])
def test_inversion_is_the_quantile_of_the_poisson(rate):
    u = np.random.default_rng(1).random(2000)
    assert (poisson(u, rate) == np.maximum(stats.poisson.ppf(u, rate), 0)).all()


def test_counts_do_not_depend_on_the_piece_they_are_counted_in():
    rng = np.random.default_rng(2)
    u, rate = rng.random(2 * PIECE + 3), rng.gamma(0.5, 4, 2 * PIECE + 3)
    parts = [poisson(u[at : at + 999], rate[at : at + 999]) for at in range(0, len(u), 999)]
    assert (poisson(u, rate) == np.concatenate(parts)).all()
    assert (poisson(u, rate) == np.maximum(stats.poisson.ppf(u, rate), 0)).all()


def test_a_uniform_next_to_one_ends_the_loop():
    assert poisson(np.array([1 - 2**-53]), 0.5)[0] < 60


def test_bernoulli_at_the_ends():
    u = Luck(1).uniform("x", 1000)
    assert not bernoulli(u, 0).any()
    assert bernoulli(u, 1).all()


# invariant -------------------------------------------------------------------------


@pytest.mark.parametrize("kind", DRAWS)
@settings(deadline=None, max_examples=25)
@given(few=st.integers(1, 2 * BLOCK), more=st.integers(1, 2 * BLOCK), seed=st.integers(0, 2**64))
def test_a_larger_n_keeps_the_first_customers(kind, few, more, seed):
    draw, luck = DRAWS[kind], Luck(seed)
    assert (draw(luck, few) == draw(luck, few + more)[:few]).all()


@pytest.mark.parametrize("kind", DRAWS)
@settings(deadline=None, max_examples=25)
@given(start=st.integers(0, 3 * BLOCK), n=st.integers(0, BLOCK + 5))
def test_any_range_of_customers_can_be_drawn_by_itself(kind, start, n):
    draw, luck = DRAWS[kind], Luck(5)
    assert (draw(luck, n, start=start) == draw(luck, start + n)[start:]).all()


@given(u=st.floats(0, 1, exclude_max=True), rate=st.floats(0, 50), more=st.floats(0, 50))
def test_a_higher_rate_never_loses_an_event(u, rate, more):
    assert poisson(u, rate + more) >= poisson(u, rate)


# recovery --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "law"),
    [("uniform", stats.uniform()), ("normal", stats.norm()), ("gamma", stats.gamma(0.7))],
)
def test_the_draws_follow_their_law_across_blocks(kind, law):
    numbers = DRAWS[kind](Luck(11), 3 * BLOCK).ravel()
    assert stats.kstest(numbers, law.cdf).pvalue > 0.001


def test_streams_seeds_and_blocks_are_unrelated():
    luck = Luck(3)
    draws = [
        luck.uniform("visits", BLOCK),
        luck.uniform("spend", BLOCK),
        Luck(4).uniform("visits", BLOCK),
        luck.uniform("visits", BLOCK, start=BLOCK),
        luck.generator("visits").random(BLOCK),
    ]
    correlations = np.corrcoef(draws)[np.triu_indices(5, 1)]
    assert np.abs(correlations).max() < 4 / np.sqrt(BLOCK)


# inputs ----------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [1.5, "7", None, True])
def test_a_seed_is_a_whole_number(seed):
    with pytest.raises(CvmError, match=r"A seed is a whole number.*seed=7"):
        Luck(seed)


def test_a_seed_is_not_negative():
    with pytest.raises(CvmError, match=r"zero or positive\. You gave -1"):
        Luck(-1)


@pytest.mark.parametrize("rate", [-0.1, float("nan")])
def test_a_rate_is_not_negative(rate):
    with pytest.raises(CvmError, match="rate is zero or positive"):
        poisson([0.5], rate)


# by months -------------------------------------------------------------------------

KINDS = ["uniform", "normal"]


def drawn(luck, n, months, **how):
    stream = luck.months("x", n, **how)
    return np.array([stream(month).copy() for month in months])


@pytest.mark.parametrize("kind", KINDS)
@settings(deadline=None, max_examples=15)
@given(
    start=st.integers(0, 2 * CROWD),
    n=st.integers(1, CROWD + 5),
    months=st.lists(st.integers(0, 70), min_size=1, max_size=4),
)
def test_any_month_of_any_customers_is_what_the_whole_would_give(kind, start, n, months):
    whole = drawn(Luck(3), start + n, sorted(set(months)), kind=kind)
    part = drawn(Luck(3), n, months, start=start, kind=kind)
    for row, month in zip(part, months, strict=True):
        assert (row == whole[sorted(set(months)).index(month), start:]).all()


@pytest.mark.parametrize("kind", KINDS)
def test_months_and_customers_are_drawn_apart_and_as_declared(kind):
    table = drawn(Luck(5), 2 * CROWD, range(12), kind=kind)
    law = stats.uniform if kind == "uniform" else stats.norm
    assert stats.kstest(table.ravel(), law.cdf).pvalue > 0.001
    between = np.corrcoef(np.vstack([table, table[:, ::-1]]))
    assert np.abs(between - np.diag(np.diag(between))).max() < 5 / (2 * CROWD) ** 0.5


def test_streams_by_months_differ_by_name_and_seed():
    rows = [Luck(seed).months(name, 9)(0).tolist() for seed in (1, 2) for name in ("a", "b")]
    assert len({tuple(row) for row in rows}) == 4


def test_draws_that_hang_on_one_are_uniform_and_unrelated():
    u = Luck(6).uniform("x", 40_000)
    slots = spread(u[:, None], np.arange(5))
    assert stats.kstest(slots.ravel(), "uniform").pvalue > 0.001
    between = np.corrcoef(np.column_stack([u, slots]).T)
    assert np.abs(between - np.eye(6)).max() < 5 / 40_000**0.5
    assert (spread(u[:7], 3) == slots[:7, 3]).all()


def test_what_hangs_on_rare_draws_is_as_good_and_so_is_what_hangs_on_that():
    u = Luck(8).uniform("x", 1_000_000)
    rare = u[u < 0.005]  # as of those who leave or join
    hung = np.vstack([spread(rare, np.arange(12)[:, None]), spread(spread(rare, 2), [[0], [1]])])
    grids = [np.histogram2d(a, b, bins=8, range=[[0, 1]] * 2)[0] for a, b in combinations(hung, 2)]
    chances = [stats.chisquare(grid.ravel()).pvalue for grid in grids]
    assert stats.kstest(chances, "uniform").pvalue > 0.001
    assert min(chances) > 0.001 / len(chances)
