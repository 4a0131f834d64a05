"""Customers who answer a survey and then do what they do."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import betaincinv
from scipy.stats import binom

from cvm import loyalty
from cvm.errors import CvmError
from cvm.loyalty import Loyalty, LoyaltyStudy, customers
from cvm.luck import Luck

MANY = loyalty.simulate_loyalty(Loyalty(), n=20_000, seed=1)
#: 500 samples of 500: the truth to three decimals, and the samples that should cover it.
HUGE = loyalty.simulate_loyalty(Loyalty(), n=250_000, seed=99)

# exact -----------------------------------------------------------------------------


def test_the_ratio_and_its_interval_by_hand():
    # 90 of 100 against 15 of 100: ratio 6, se of its logarithm by Katz et al. 1978
    table = pd.DataFrame(
        {
            "satisfaction_answer": [5] * 100 + [4] * 100,
            "bought_again": [True] * 90 + [False] * 10 + [True] * 15 + [False] * 85,
        }
    )
    found = loyalty.repurchase_ratio(table)
    se = np.sqrt(1 / 90 - 1 / 100 + 1 / 15 - 1 / 100)
    assert found.value == pytest.approx(6)
    assert [found.low, found.high] == pytest.approx(
        6 * np.exp(1.959964 * se * np.array([-1, 1])), rel=1e-6
    )


def test_the_correlation_is_pearsons():
    found = loyalty.intention_behaviour(MANY)
    assert found.value == pytest.approx(
        MANY["intention_answer"].corr(MANY["bought_again"].astype(float))
    )


def test_for_normal_columns_the_interval_is_fishers():
    rng = np.random.default_rng(5)
    x = rng.normal(size=50_000)
    table = pd.DataFrame({"x": x, "y": 0.6 * x + 0.8 * rng.normal(size=x.size)})
    found = loyalty.intention_behaviour(table, intention="x", behaviour="y")
    half = (np.arctanh(found.high) - np.arctanh(found.low)) / 2
    assert half == pytest.approx(1.959964 / np.sqrt(x.size), rel=0.02)


def test_occasions_are_binomial():
    u, chance = Luck(3).uniform("u", 2000), np.linspace(0.01, 0.99, 2000)
    found = customers._binomial(u, 12, chance)
    assert (found == binom.ppf(u, 12, chance)).all()


@pytest.mark.parametrize(("mean", "size"), [(0.76, 8.0), (0.25, 3.0), (0.02, 3.0), (0.95, 60.0)])
def test_the_table_of_the_beta_is_the_beta(mean, size):
    u = np.linspace(1e-6, 1 - 1e-6, 5001)
    exact = betaincinv(mean * size, (1 - mean) * size, u)
    assert customers._beta(u, mean, size) == pytest.approx(exact, abs=1e-5)
    assert 0 < customers._beta(np.zeros(1), mean, size)[0] < exact[0] + 1e-5


def test_without_noise_or_obstacle_the_customer_is_the_equations():
    study = LoyaltyStudy(obstructed=0)
    world = Loyalty(
        conversion=1, habit_weight=0, competition=1, financial=0, social=0, structural=0
    )
    table = loyalty.simulate_loyalty(world, n=500, seed=2, study=study)
    attitude = loyalty.attitude(table["true_satisfaction"], world)
    assert table["true_probability"].to_numpy() == pytest.approx(attitude, abs=1e-5)


# invariant -------------------------------------------------------------------------


def test_a_larger_n_keeps_the_first_customers():
    few = loyalty.simulate_loyalty(Loyalty(), n=30, seed=1)
    assert few.equals(MANY.head(30))


@settings(deadline=None, max_examples=15)
@given(
    bond=st.sampled_from(["financial", "social", "structural"]),
    low=st.floats(0, 1),
    high=st.floats(0, 1),
)
def test_more_bonds_never_lose_a_customer(bond, low, high):
    fewer, more = (
        loyalty.simulate_loyalty(Loyalty(**{bond: level}), n=400, seed=3)
        for level in (min(low, high), max(low, high))
    )
    assert (more["bought_again"] >= fewer["bought_again"]).all()


def test_the_kinds_hold_everybody():
    kinds = loyalty.kinds_table(MANY)
    assert kinds["kind"].tolist() == list(loyalty.KINDS)
    assert kinds["share"].sum() == pytest.approx(1)
    assert kinds["customers"].min() > 100
    none = loyalty.kinds_table(MANY[MANY["true_kind"] == "true"])
    assert none["customers"].tolist() == [0, 0, 0, len(MANY[MANY["true_kind"] == "true"])]


def test_answers_are_steps_from_one_to_five():
    for column in ("satisfaction_answer", "intention_answer"):
        assert set(MANY[column]) == {1, 2, 3, 4, 5}
    table = loyalty.repurchase_by_answer(MANY)
    assert table["share"].sum() == pytest.approx(1)
    assert ((table["low"] < table["bought_again"]) & (table["bought_again"] < table["high"])).all()


# recovery --------------------------------------------------------------------------


def test_satisfaction_is_skewed_to_the_high_end():
    assert MANY["true_satisfaction"].mean() == pytest.approx(76, abs=0.5)
    assert MANY["true_satisfaction"].skew() < -0.4
    assert MANY["satisfaction_answer"].isin([4, 5]).mean() > 0.8


def test_what_people_say_goes_moderately_with_what_they_do():
    deed = loyalty.intention_behaviour(MANY)
    wallet = loyalty.intention_behaviour(MANY, behaviour="share_of_wallet")
    assert deed.value == pytest.approx(0.16, abs=0.02)
    assert wallet.value == pytest.approx(0.35, abs=0.02)


def test_full_habit_leaves_intention_nothing_to_say():
    world = Loyalty(conversion=0)
    found = loyalty.intention_behaviour(loyalty.simulate_loyalty(world, n=4000, seed=5))
    assert found.low < 0 < found.high


@pytest.mark.parametrize("estimate", [loyalty.intention_behaviour, loyalty.repurchase_ratio])
def test_the_interval_covers(estimate):
    truth = estimate(HUGE).value
    found = [estimate(HUGE.iloc[i * 500 : (i + 1) * 500]) for i in range(200)]
    covered = np.mean([one.low <= truth <= one.high for one in found])
    assert abs(covered - 0.95) < 4 * np.sqrt(0.95 * 0.05 / 200)


# inputs ----------------------------------------------------------------------------


def test_nobody():
    with pytest.raises(CvmError, match=r"n is a whole number, 1 or more\. You gave 0"):
        loyalty.simulate_loyalty(Loyalty(), n=0, seed=1)
    with pytest.raises(CvmError, match=r"no rows.*one row a customer"):
        loyalty.intention_behaviour(MANY.head(0))


def test_a_column_that_is_not_there():
    with pytest.raises(CvmError, match=r"no column 'intent'"):
        loyalty.intention_behaviour(MANY, intention="intent")


def test_a_missing_answer():
    holed = MANY.head(50).assign(bought_again=[np.nan] + [1.0] * 49)
    with pytest.raises(CvmError, match=r"missing.*'bought_again': 1.*Drop"):
        loyalty.intention_behaviour(holed)


def test_all_alike():
    with pytest.raises(CvmError, match=r"'bought_again' are the same.*differ"):
        loyalty.intention_behaviour(MANY[MANY["bought_again"]])


def test_no_ratio():
    with pytest.raises(CvmError, match=r"Nobody with these answers.*wider groups"):
        loyalty.repurchase_ratio(MANY[~MANY["bought_again"]])


def test_a_level_in_per_cent():
    with pytest.raises(CvmError, match=r"0.95 for 95 %"):
        loyalty.repurchase_by_answer(MANY, level=95)
