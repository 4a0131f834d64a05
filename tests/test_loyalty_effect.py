"""The loyalty effect, and long life against profit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import betaln

from cvm import loyalty
from cvm.errors import CvmError
from cvm.loyalty import Lives, LoyaltyEffect

FLAT = LoyaltyEffect(
    growth=0,
    savings=0,
    referrals=0,
    premium=0,
    acquisition=0,
    discount=0,
    programme_cost=0,
    overhead=0,
)
worlds = st.builds(
    LoyaltyEffect,
    retention=st.floats(0.05, 0.9),
    points=st.floats(0, 0.05),
    base=st.floats(1, 200),
    growth=st.floats(0, 20),
    ramp_years=st.integers(0, 12),
    discount=st.floats(0, 0.4),
    acquisition=st.floats(0, 300),
    years=st.integers(2, 40),
)


def _sum_of_years(world, retention, years=6000):
    """The value added up year by year."""
    j = np.arange(years)
    slope = world.growth + world.savings + world.referrals + world.premium
    profit = world.base + slope * np.minimum(j, world.ramp_years)
    return -world.acquisition + (profit * (retention / (1 + world.discount)) ** j).sum()


# exact -----------------------------------------------------------------------------


def test_ten_to_five_per_cent_defection_doubles_the_life():
    # Reichheld & Sasser 1990, the arithmetic of the article
    assert loyalty.life([0.9, 0.95]) == pytest.approx([10, 20])


def test_with_nothing_but_a_margin_value_is_life():
    assert loyalty.customer_value(FLAT, retention=[0.9, 0.95]) == pytest.approx([600, 1200])
    assert loyalty.loyalty_effect(FLAT).value_rise == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("discount", "rise"), [(0.0, 1.0), (0.1, 1.15 / 1.15 * 0.2 / 0.15 - 1), (0.2, 0.3 / 0.25 - 1)]
)
def test_interest_takes_from_the_doubling(discount, rise):
    # value = base (1 + i) / (1 + i - r), so the rise is (i + d) / (i + d') - 1
    found = loyalty.loyalty_effect(FLAT.replace(discount=discount))
    assert found.value_rise == pytest.approx(rise)


def test_the_published_rises_lie_within_reach_of_the_arithmetic():
    # 30, 50, 85 % for 5 points and 125 % for halving (abstract of the article)
    reached = [
        loyalty.loyalty_effect(FLAT.replace(retention=r, discount=i, acquisition=a)).value_rise
        for r in (0.8, 0.85, 0.9)
        for i in (0.0, 0.1)
        for a in (0.0, 150.0, 320.0)
    ]
    for rise in loyalty.PUBLISHED.values():
        assert min(reached) < rise < max(reached)


@pytest.mark.parametrize("retention", [0.0, 0.3, 0.8, 0.95])
@pytest.mark.parametrize(
    "changes", [{}, {"ramp_years": 0}, {"ramp_years": 30, "growth": -3}, {"discount": 0}]
)
def test_the_closed_form_is_the_sum(retention, changes):
    world = LoyaltyEffect(**changes)
    assert loyalty.customer_value(world, retention=retention) == pytest.approx(
        _sum_of_years(world, retention), rel=1e-10
    )


def test_points_are_not_per_cent():
    found = loyalty.loyalty_effect(LoyaltyEffect(retention=0.6, points=0.05))
    assert found.retention_after == pytest.approx(0.65)
    by_hand = loyalty.customer_value(LoyaltyEffect(), retention=0.63) / found.value - 1
    assert found.per_cent_rise == pytest.approx(by_hand)
    assert found.per_cent_rise < found.value_rise


def test_the_figures_of_the_story():
    found = loyalty.loyalty_effect(LoyaltyEffect())
    assert [found.value_rise, found.first_year_rise, found.fifth_year_rise] == pytest.approx(
        [0.56, -0.06, 0.32], abs=0.006
    )
    assert str(found) == (
        "Retention from 90 % to 95 %: the average life grows from 10 years to 20 years, the "
        "value of a customer by 55.6 %; the firm's profit changes by −6.07 % in the first year "
        "and by 31.8 % in the fifth."
    )


def test_the_break_even_cost_eats_the_gain_up():
    world = LoyaltyEffect()
    cost = loyalty.loyalty_effect(world).break_even_cost
    dearer = world.replace(base=world.base - cost)
    assert loyalty.customer_value(dearer, retention=0.95) == pytest.approx(
        float(loyalty.customer_value(world, retention=0.9))
    )


def test_a_firm_in_balance_stays_in_balance():
    years = loyalty.firm_years(LoyaltyEffect(points=0, programme_cost=0))
    assert years["customers_after"].to_numpy() == pytest.approx(1)
    assert years["profit"].to_numpy() == pytest.approx(years["profit"].iloc[0])
    assert years["rise"].to_numpy() == pytest.approx(0, abs=1e-12)


def test_the_firm_year_by_year_against_a_table_of_ages():
    world = LoyaltyEffect(years=15)
    lost, ages = 1 - world.retention, np.arange(3000)
    stock = lost * world.retention**ages  # share of today's customers by age
    profit = world.base + 9 * np.minimum(ages, world.ramp_years)
    for year in range(16):
        if year:
            stock = np.r_[lost, stock[:-1] * 0.95]
        fixed = world.overhead + world.acquisition * lost + 8 * stock.sum() * (year > 0)
        row = loyalty.firm_years(world).iloc[year]
        assert row["customers_after"] == pytest.approx(stock.sum())
        assert row["profit_after"] == pytest.approx(stock @ profit - fixed)


def test_a_customers_years_add_up():
    table = loyalty.profit_by_year(LoyaltyEffect(discount=0), years=600)
    assert table["expected_cumulative"].iloc[-1] == pytest.approx(
        float(loyalty.customer_value(LoyaltyEffect(discount=0)))
    )
    assert table["profit"].iloc[:3].tolist() == [-120, 60, 69]
    parts = table[["acquisition", "base", "growth", "savings", "referrals", "premium"]]
    assert parts.sum(axis=1).to_numpy() == pytest.approx(table["profit"].to_numpy())


def test_profit_over_a_life_by_hand():
    world = Lives(ramp=0.12, window=80, hazard=0.005)
    table = loyalty.simulate_lives(world, n=200, seed=1)
    row = table.loc[table["months"].idxmax()]
    months = np.arange(row["months"])
    by_hand = row["true_margin"] * (1 + 0.12 * np.minimum(months, 60) / 12) - world.contact
    assert row["profit"] == pytest.approx(by_hand.sum())


# invariant -------------------------------------------------------------------------


@given(world=worlds)
def test_more_retention_is_never_worth_less_while_profits_are_gains(world):
    found = loyalty.loyalty_effect(world)
    assert found.value_after >= found.value - 1e-9
    assert found.life_after >= found.life
    assert found.break_even_cost >= -1e-9


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 1000), points=st.floats(0, 0.1), more=st.floats(0, 0.1))
def test_more_points_never_lose_a_customer_year(seed, points, more):
    few, many = (
        loyalty.simulate_firm(LoyaltyEffect(points=p), n=200, seed=seed)["customers_after"]
        for p in (points, min(points + more, 0.2))
    )
    assert (many >= few - 1e-12).all()


def test_the_first_lives_are_kept():
    few, many = (loyalty.simulate_lives(Lives(), n=n, seed=4) for n in (10, 5000))
    assert few.equals(many.head(10))


@given(link=st.floats(-0.9, 0.9), ramp=st.floats(-0.2, 0.3))
@settings(deadline=None, max_examples=15)
def test_the_two_reasons_add_up(link, ramp):
    world = Lives(link=link, ramp=ramp)
    table = loyalty.simulate_lives(world, n=500, seed=2)
    parts = loyalty.profit_by_tenure(table, world=world)
    whole = table["first_month_profit"].mean() + parts["from_staying"] + parts["from_tenure"]
    assert parts["profit"].to_numpy() == pytest.approx(whole.to_numpy())


def test_the_groups_hold_everybody_and_all_profit():
    groups = loyalty.tenure_groups(loyalty.simulate_lives(Lives(), n=2000, seed=5))
    assert groups["group"].tolist() == list(loyalty.GROUPS)
    assert groups["share"].sum() == pytest.approx(1)
    assert groups["profit_share"].sum() == pytest.approx(1)
    assert groups["customers"].min() > 0


# recovery --------------------------------------------------------------------------


@pytest.mark.parametrize("changes", [{}, {"retention": 0.7, "ramp_years": 3}])
def test_the_simulated_firm_is_the_closed_form_within_its_luck(changes):
    world = LoyaltyEffect(years=12, **changes)
    expected = loyalty.firm_years(world)
    runs = [loyalty.simulate_firm(world, n=500, seed=seed) for seed in range(60)]
    for column in ("customers_after", "profit", "profit_after"):
        values = np.array([run[column] for run in runs])
        error = values.std(axis=0, ddof=1) / np.sqrt(len(runs))
        assert (np.abs(values.mean(axis=0) - expected[column]) < 4.5 * error + 1e-9).all()


def test_pairing_the_worlds_takes_most_of_the_noise_away():
    world, n = LoyaltyEffect(years=5), 500
    runs = [loyalty.simulate_firm(world, n=n, seed=seed).iloc[5] for seed in range(60)]
    paired = np.var([run["profit_after"] - run["profit"] for run in runs])
    after = np.array([run["profit_after"] for run in runs])
    before = np.roll([run["profit"] for run in runs], 1)
    assert paired < 0.4 * np.var(after - before)


@pytest.mark.parametrize("alike", [5.0, 20.0, 500.0])
def test_lives_follow_the_shifted_beta_geometric(alike):
    # survival to month t is B(a, b + t) / B(a, b), Fader & Hardie 2007
    world = Lives(hazard=0.05, hazard_alike=alike, window=60)
    months = loyalty.simulate_lives(world, n=20_000, seed=3)["months"]
    t, a, b = np.arange(60), 0.05 * alike, 0.95 * alike
    survival = np.exp(betaln(a, b + t) - betaln(a, b))
    error = months.std() / np.sqrt(len(months))
    assert abs(months.mean() - survival.sum()) < 4 * error
    assert (months > 12).mean() == pytest.approx(survival[12], abs=0.015)


def test_without_a_link_or_a_ramp_life_says_nothing_about_monthly_profit():
    covered = 0
    for seed in range(200):
        table = loyalty.simulate_lives(Lives(link=0), n=400, seed=seed)
        found = loyalty.tenure_profit(table)
        covered += found.monthly_low <= 0 <= found.monthly_high
    assert 0.95 - 4 * np.sqrt(0.95 * 0.05 / 200) < covered / 200 <= 1


def test_survivors_look_better_although_no_one_got_better():
    world = Lives(link=0.5, ramp=0)
    table = loyalty.simulate_lives(world, n=20_000, seed=1)
    parts = loyalty.profit_by_tenure(table, world=world)
    assert parts["profit"].is_monotonic_increasing
    assert parts["from_tenure"].eq(0).all()
    assert "adds up months" in str(loyalty.tenure_profit(table))


# inputs ----------------------------------------------------------------------------


@pytest.mark.parametrize("retention", [1.0, -0.1, 95])
def test_a_retention_that_is_none(retention):
    with pytest.raises(CvmError, match=r"from 0 to below 1.*0.9 for 90 %"):
        loyalty.life(retention)


def test_sizes_that_cannot_be():
    with pytest.raises(CvmError, match=r"years is a whole number.*years=1 or more"):
        loyalty.profit_by_year(LoyaltyEffect(), years=0)
    with pytest.raises(CvmError, match=r"n is a whole number.*n=1 or more"):
        loyalty.simulate_firm(LoyaltyEffect(), n=0, seed=1)
    with pytest.raises(CvmError, match=r"n is a whole number.*n=1 or more"):
        loyalty.simulate_lives(Lives(), n=0, seed=1)


def test_a_life_of_no_months():
    table = loyalty.simulate_lives(Lives(), n=20, seed=1)
    table.loc[3, "months"] = 0
    with pytest.raises(CvmError, match=r"at least a month.*first"):
        loyalty.tenure_profit(table)
