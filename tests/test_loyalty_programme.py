"""A loyalty programme that customers choose to join."""

from functools import cache

import numpy as np
import pytest
import statsmodels.formula.api as smf
from hypothesis import given, settings
from hypothesis import strategies as st

from cvm import loyalty
from cvm.errors import CvmError
from cvm.loyalty import SELECTIONS, Programme

TABLES = loyalty.simulate_programme(Programme(), n=600, seed=7)


REPLICATES = 120


@cache
def _samples(world):
    return [
        loyalty.simulate_programme(world, n=300, seed=seed).customers for seed in range(REPLICATES)
    ]


def _coverage(world, method, truth):
    found = [method(table) for table in _samples(world)]
    return np.mean([one.low <= truth <= one.high for one in found])


#: Four Monte Carlo errors of a coverage of 95 %.
FAIR = 4 * np.sqrt(0.95 * 0.05 / REPLICATES)

# exact -----------------------------------------------------------------------------


def test_the_naive_gap_is_the_difference_of_means():
    c = TABLES.customers
    means = c.groupby("member")["spend_after"].mean()
    assert loyalty.naive_gap(c).effect == pytest.approx(means[True] - means[False])


def test_difference_in_differences_is_four_means():
    c = TABLES.customers
    means = c.groupby("member")[["spend_before", "spend_after"]].mean()
    by_hand = (means["spend_after"] - means["spend_before"]).diff().iloc[1]
    assert loyalty.difference_in_differences(c).effect == pytest.approx(by_hand)


def test_difference_in_differences_is_the_panel_regression():
    months = TABLES.months.assign(after=lambda t: (t["month"] >= 0).astype(int))
    panel = smf.ols("spend ~ C(member) * after", months).fit()
    found = loyalty.difference_in_differences(TABLES.customers)
    assert found.effect == pytest.approx(panel.params["C(member)[T.True]:after"])


def test_adjustment_is_least_squares():
    fit = smf.ols("spend_after ~ member + spend_before + satisfaction", TABLES.customers)
    fit = fit.fit(cov_type="HC1")
    found = loyalty.adjusted_gap(TABLES.customers, covariates=["spend_before", "satisfaction"])
    assert found.effect == pytest.approx(fit.params["member[T.True]"])
    assert found.se == pytest.approx(fit.bse["member[T.True]"])


def test_rewards_are_paid_on_what_would_have_been_bought_anyway():
    account = loyalty.programme_account(Programme(), effect=3, member_spend=74).iloc[0]
    assert account["gain"] == pytest.approx(0.4 * 3)
    assert account["cost"] == pytest.approx(0.03 * 74)
    even = account["effect_to_break_even"]
    again = loyalty.programme_account(Programme(), effect=even, member_spend=71 + even).iloc[0]
    assert again["profit"] == pytest.approx(0)


def test_a_reward_above_the_margin_never_breaks_even():
    world = Programme(margin=0.1, reward=0.2)
    account = loyalty.programme_account(world, effect=3, member_spend=74).iloc[0]
    assert account["effect_to_break_even"] == np.inf


def test_the_panel_and_the_customers_agree():
    after = TABLES.months.query("month >= 0").groupby("customer")["spend"].mean()
    assert after.to_numpy() == pytest.approx(TABLES.customers["spend_after"].to_numpy())


# invariant -------------------------------------------------------------------------


@settings(deadline=None, max_examples=20)
@given(effect=st.floats(-10, 20), seed=st.integers(0, 99), selection=st.sampled_from(SELECTIONS))
def test_the_effect_moves_every_answer_by_itself(effect, seed, selection):
    none, some = (
        loyalty.compare_methods(
            loyalty.simulate_programme(
                Programme(effect=e, selection=selection), n=300, seed=seed
            ).customers
        )["effect"].to_numpy()
        for e in (0, effect)
    )
    assert some - none == pytest.approx([effect, effect, effect, 0], abs=1e-8)


@pytest.mark.parametrize("selection", SELECTIONS)
def test_a_larger_n_keeps_the_first_customers(selection):
    few, many = (
        loyalty.simulate_programme(Programme(selection=selection), n=n, seed=3).customers
        for n in (20, 3000)
    )
    assert few.equals(many.head(20))


@pytest.mark.parametrize("selection", SELECTIONS)
def test_the_share_that_joins_is_the_share_asked_for(selection):
    world = Programme(selection=selection, joining=0.3)
    members = loyalty.simulate_programme(world, n=20_000, seed=1).customers["member"].mean()
    assert members == pytest.approx(0.3, abs=4 * np.sqrt(0.21 / 20_000))


# recovery --------------------------------------------------------------------------


def test_with_lots_drawn_every_method_is_right():
    world = Programme(selection="chance")
    for method in (loyalty.naive_gap, loyalty.adjusted_gap, loyalty.difference_in_differences):
        assert abs(_coverage(world, method, 3.0) - 0.95) < FAIR


def test_lasting_loyalty_difference_in_differences_covers_and_the_others_do_not():
    world = Programme(selection="lasting loyalty")
    assert abs(_coverage(world, loyalty.difference_in_differences, 3.0) - 0.95) < FAIR
    assert _coverage(world, loyalty.naive_gap, 3.0) < 0.05
    assert _coverage(world, loyalty.adjusted_gap, 3.0) < 0.5


def test_past_spend_adjustment_covers_and_difference_in_differences_does_not():
    world = Programme(selection="past spend")
    assert abs(_coverage(world, loyalty.adjusted_gap, 3.0) - 0.95) < FAIR
    assert _coverage(world, loyalty.difference_in_differences, 3.0) < 0.6
    did = [loyalty.difference_in_differences(table).effect for table in _samples(world)[:20]]
    assert np.mean(did) < 3  # luck does not last


def test_own_trend_breaks_both_and_the_placebo_says_so():
    world = Programme(selection="own trend", trend_spread=1.0)
    assert _coverage(world, loyalty.difference_in_differences, 3.0) < 0.2
    assert _coverage(world, loyalty.adjusted_gap, 3.0) < 0.2
    assert _coverage(world, loyalty.placebo, 0.0) < 0.5


def test_the_placebo_is_quiet_where_trends_are_parallel():
    world = Programme(selection="lasting loyalty")
    assert abs(_coverage(world, loyalty.placebo, 0.0) - 0.95) < FAIR


def test_the_gap_of_the_story():
    big = loyalty.simulate_programme(Programme(), n=20_000, seed=1).customers
    table = loyalty.compare_methods(big)
    assert table["effect"].iloc[0] == pytest.approx(20, abs=0.6)
    assert table["true_effect"].tolist() == [3, 3, 3, 0]


def test_the_months_show_both_groups():
    table = loyalty.spend_by_month(TABLES.months)
    assert len(table) == 48
    assert set(table["group"]) == {"members", "others"}
    assert ((table["low"] < table["spend"]) & (table["spend"] < table["high"])).all()


# inputs ----------------------------------------------------------------------------


def test_a_sentence_names_its_assumption():
    said = str(loyalty.difference_in_differences(TABLES.customers))
    assert said.startswith("Difference in differences: ")
    assert said.endswith("if without it both would have changed alike.")


def test_a_column_that_is_not_there():
    with pytest.raises(CvmError, match=r"no column 'spend_befor'.*Did you mean 'spend_before'"):
        loyalty.adjusted_gap(TABLES.customers, covariates=["spend_befor"])


def test_a_gap_in_the_data():
    holed = TABLES.customers.assign(
        spend_after=TABLES.customers["spend_after"].where(lambda s: s > 50)
    )
    with pytest.raises(CvmError, match=r"some are missing.*spend_after.*Drop"):
        loyalty.naive_gap(holed)


def test_no_one_to_compare_with():
    with pytest.raises(CvmError, match=r"members and others.*nothing to compare"):
        loyalty.naive_gap(TABLES.customers.query("member"))


def test_a_level_in_per_cent():
    with pytest.raises(CvmError, match=r"between 0 and 1.*0.95 for 95 %"):
        loyalty.naive_gap(TABLES.customers, level=95)


def test_nobody():
    with pytest.raises(CvmError, match=r"n is a whole number"):
        loyalty.simulate_programme(Programme(), n=0, seed=1)
