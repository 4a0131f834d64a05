"""What the firm decides over tiers: service budget, concessions, small customers."""

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from cvm.errors import CvmError
from cvm.tiering.budget import ServiceResponse, allocate
from cvm.tiering.keyaccount import (
    PRINCIPLES,
    KeyAccount,
    burden_year,
    compare_principles,
    simulate_concessions,
)
from cvm.tiering.options import (
    SmallCustomer,
    migration_shares,
    option_value,
    simulate_moves,
    state_values,
)

PYRAMID = pd.DataFrame(
    {
        "tier": ["key", "ordinary", "small"],
        "customers": [40, 160, 800],
        "profit_per_customer": [900.0, 200.0, 15.0],
    }
)
QUICK = settings(max_examples=30, deadline=None)
budgets = st.floats(0, 20_000)


def responses():
    reach, scale = st.floats(0, 1), st.floats(0.01, 0.5)
    parts = {f"reach_{t}": reach for t in ("key", "ordinary", "small")}
    parts |= {f"scale_{t}": scale for t in ("key", "ordinary", "small")}
    return st.builds(ServiceResponse, **parts)


# ------------------------------------------------------------------------ exact: budget


def net_gain(spend, response):
    """Return less spend, written from the model's equation and nothing else."""
    total = 0.0
    for s, row in zip(spend, PYRAMID.itertuples(), strict=True):
        worth = row.customers * row.profit_per_customer
        reach = getattr(response, f"reach_{row.tier}")
        scale = getattr(response, f"scale_{row.tier}")
        total += worth * reach * (1 - np.exp(-s / (scale * worth))) - s
    return total


@pytest.mark.parametrize("budget", [200.0, 1_500.0, 4_000.0, 50_000.0])
def test_the_split_is_the_one_a_general_solver_finds(budget):
    response = ServiceResponse()
    found = minimize(
        lambda s: -net_gain(s, response),
        x0=np.full(3, min(budget, 3_000) / 3),
        bounds=[(0, budget)] * 3,
        constraints={"type": "ineq", "fun": lambda s: budget - s.sum()},
        method="SLSQP",
        options={"ftol": 1e-12, "maxiter": 500},
    )
    best = allocate(PYRAMID, budget=budget, response=response)
    assert best.gain_best == pytest.approx(-found.fun, rel=1e-6)
    assert best.gain_best == pytest.approx(
        net_gain(best.to_frame()["spend_best"], response), rel=1e-12
    )
    assert best.to_frame()["spend_best"].to_numpy() == pytest.approx(found.x, abs=budget * 2e-3)


def test_the_shadow_price_is_what_one_more_unit_earns():
    here, more = (allocate(PYRAMID, budget=b) for b in (1_500.0, 1_500.01))
    assert (more.gain_best - here.gain_best) / 0.01 == pytest.approx(here.shadow_price, rel=1e-4)


def test_a_slack_budget_has_no_shadow_price_and_keeps_money_back():
    rich = allocate(PYRAMID, budget=1e6)
    assert rich.shadow_price == 0
    assert rich.spent < 10_000
    assert rich.to_frame()["marginal_return"].to_numpy() == pytest.approx(np.ones(3))
    assert "best left unspent" in str(rich)


def test_a_small_budget_goes_to_one_tier_only():
    poor = allocate(PYRAMID, budget=10.0).to_frame().set_index("tier")
    assert poor["spend_best"].to_dict() == {
        "key": 0, "ordinary": pytest.approx(10.0), "small": 0,
    }  # fmt: skip


def test_naive_spends_where_the_value_is_and_says_what_it_loses():
    result = allocate(PYRAMID, budget=1_500.0)
    naive = result.to_frame()["spend_by_value"]
    worth = PYRAMID["customers"] * PYRAMID["profit_per_customer"]
    assert (naive / naive.sum()).tolist() == pytest.approx((worth / worth.sum()).tolist())
    assert result.gain_by_value == pytest.approx(net_gain(naive, ServiceResponse()))
    lost = result.gain_best - result.gain_by_value
    assert f"which is {lost:,.0f} less" in str(result)
    assert f"would earn {result.shadow_price:.3g} beyond itself" in str(result)


# ----------------------------------------------------------------------- exact: options

RECENCY = np.zeros((5, 5))
for state, again in enumerate([0.3, 0.2, 0.15, 0.05]):
    RECENCY[state, [0, state + 1]] = again, 1 - again
RECENCY[4, 4] = 1


def test_values_of_states_are_pfeifer_and_carraways():
    # Pfeifer & Carraway (2000), J. of Interactive Marketing 14(2): NC 40, M 4, d .2
    values = state_values(RECENCY, [36, -4, -4, -4, 0], discount=0.2)
    assert values == pytest.approx([52.320, 5.554, 1.251, -1.820, 0], abs=5e-4)


def test_the_right_to_drop_gives_pfeifer_and_carraways_best_policy():
    # the same paper: stop mailing at recency 4
    values = state_values(RECENCY, [36, -4, -4, -4, 0], discount=0.2, may_drop=True)
    assert values == pytest.approx([53.149, 6.621, 2.644, 0, 0], abs=5e-4)


def known_moves(world, customers=1e9):
    return migration_shares(world).assign(customers=lambda t: np.round(t["share"] * customers))


def valued(world, moves=None, **options):
    return option_value(
        known_moves(world) if moves is None else moves,
        profit=world.profit(),
        discount=world.discount,
        cost_to_serve=world.cost_to_serve,
        **options,
    )


def test_a_customer_who_cannot_climb_is_an_annuity_and_no_option():
    world = SmallCustomer(climb=0)
    result = valued(world, resamples=20)
    annuity = -6 / (1 - (1 - world.loss_small) / (1 + world.discount))
    assert result.value == pytest.approx(annuity)
    assert result.stay_value == pytest.approx(annuity)
    assert result.option == pytest.approx(0, abs=1e-9)
    assert result.break_even_cost == pytest.approx(world.margin_small)


def test_at_the_break_even_cost_keeping_is_worth_nothing():
    world = SmallCustomer()
    even = valued(world, resamples=20).break_even_cost
    assert valued(world.replace(cost_to_serve=even), resamples=20).value == pytest.approx(0)


def test_the_story_of_the_small_customer_has_the_right_numbers():
    result = valued(SmallCustomer(), resamples=20)
    told = (round(result.profit_now), round(result.stay_value), round(result.value))
    assert told == (-6, -19, 54)  # as the docstring of cvm.tiering.options tells it
    assert "worth 54.1" in str(result)


# ------------------------------------------------------------------- exact: concessions


def test_a_firm_that_holds_loses_accounts_at_a_known_rate_and_keeps_its_margin():
    world = KeyAccount(concede=0)
    years = simulate_concessions(world, n=40_000, seed=3)
    forgiven = np.exp(-((world.first_ask / world.tolerance) ** 2))
    stay = (1 - world.churn) * (1 - world.asking * (1 - forgiven))
    expected = stay ** np.arange(world.years)
    error = np.sqrt(expected * (1 - expected) / 40_000)
    assert (np.abs(years["staying"] - expected) <= 4 * error).all()
    assert years["margin"].to_numpy() == pytest.approx(np.full(world.years, world.margin))


def test_a_firm_that_concedes_all_pays_the_spiral_and_loses_nobody_more():
    world = KeyAccount(concede=1)
    years = simulate_concessions(world, n=40_000, seed=4)
    step, discount, asking, expected = world.first_ask, 0.0, world.asking, []
    for _ in range(world.years):
        discount += asking * step
        step *= 1 + asking * world.learning
        asking = world.asking + (1 - world.asking) * world.leak * asking
        expected.append(discount)
    assert years["discount"].to_numpy() == pytest.approx(expected, rel=0.03)
    kept = (1 - world.churn) ** np.arange(world.years)
    assert years["staying"].to_numpy() == pytest.approx(kept, abs=0.012)


def test_conceding_all_keeps_most_earns_least_and_makes_a_burden():
    world = KeyAccount()
    last = compare_principles(world, n=20_000, seed=1).groupby("principle", sort=False).last()
    assert last["staying"].idxmax() == "all"
    assert last["cumulative_profit"].idxmin() == "all"
    assert last["cumulative_profit"].idxmax() == "half"  # a best share lies between the ends
    assert burden_year(simulate_concessions(world.replace(concede=1), n=20_000, seed=1)) == 8
    assert burden_year(simulate_concessions(world.replace(concede=0), n=2_000, seed=1)) is None


# ------------------------------------------------------------------------------ invariant


@QUICK
@given(response=responses(), budget=budgets, more=st.floats(0, 5_000))
def test_more_budget_never_lowers_the_gain(response, budget, more):
    here = allocate(PYRAMID, budget=budget, response=response)
    there = allocate(PYRAMID, budget=budget + more, response=response)
    assert there.gain_best >= here.gain_best - 1e-6
    assert there.shadow_price <= here.shadow_price + 1e-9
    assert here.gain_best >= here.gain_by_value - 1e-6
    assert here.spent <= budget + 1e-6


@QUICK
@given(response=responses(), budget=st.floats(1, 20_000))
def test_funded_tiers_share_one_marginal_return_and_others_offer_less(response, budget):
    result = allocate(PYRAMID, budget=budget, response=response)
    tiers = result.to_frame()
    funded = tiers["spend_best"] > 1e-6
    price = 1 + result.shadow_price
    assert tiers.loc[funded, "marginal_return"].to_numpy() == pytest.approx(price, rel=1e-6)
    assert (tiers.loc[~funded, "marginal_return"] <= price * (1 + 1e-6)).all()
    assert result.shadow_price == 0 or result.spent == pytest.approx(budget, rel=1e-6)


@QUICK
@given(factor=st.floats(0.01, 100), budget=st.floats(1, 5_000))
def test_the_split_does_not_hang_on_the_currency(factor, budget):
    other = PYRAMID.assign(profit_per_customer=PYRAMID["profit_per_customer"] * factor)
    here = allocate(PYRAMID, budget=budget).to_frame()["spend_best"]
    there = allocate(other, budget=budget * factor).to_frame()["spend_best"]
    assert (there / factor).to_numpy() == pytest.approx(here.to_numpy(), rel=1e-6, abs=1e-6)


@QUICK
@given(concede=st.floats(0, 1), seed=st.integers(0, 99), more=st.floats(0, 0.1))
def test_patient_accounts_are_never_lost_for_being_patient(concede, seed, more):
    world = KeyAccount(concede=concede, tolerance=0.03)
    here = simulate_concessions(world, n=200, seed=seed)
    there = simulate_concessions(world.replace(tolerance=0.03 + more), n=200, seed=seed)
    assert (there["staying"] >= here["staying"]).all()


@QUICK
@given(concede=st.floats(0, 1), years=st.integers(2, 14), seed=st.integers(0, 99))
def test_a_longer_look_keeps_the_first_years(concede, years, seed):
    short = simulate_concessions(KeyAccount(concede=concede, years=years), n=100, seed=seed)
    long = simulate_concessions(KeyAccount(concede=concede, years=15), n=100, seed=seed)
    pd.testing.assert_frame_equal(short, long.head(years))


def test_principles_meet_the_same_accounts_and_the_same_first_asks():
    table = compare_principles(KeyAccount(), n=500, seed=2)
    first = table[table["year"] == 1]
    assert first["principle"].tolist() == list(PRINCIPLES)
    assert first["asking"].tolist() == [first["asking"].iloc[0]] * 3
    # Without an ask in sight all principles are one.
    quiet = compare_principles(KeyAccount(asking=0, leak=0), n=500, seed=2)
    assert quiet.groupby("year")["cumulative_profit"].nunique().eq(1).all()


def test_what_leaks_makes_others_ask():
    silent, told = (
        simulate_concessions(KeyAccount(concede=1, leak=leak), n=5_000, seed=1)["asking"]
        for leak in (0.0, 1.0)
    )
    assert told.iloc[0] == silent.iloc[0]
    assert (told.iloc[1:] > silent.iloc[1:] + 0.05).all()


@QUICK
@given(
    climb=st.floats(0, 0.3), more=st.floats(0, 0.1), cost=st.floats(0, 60), rise=st.floats(0, 0.4)
)
def test_a_better_chance_to_climb_never_lowers_the_worth_of_a_small_customer(
    climb, more, cost, rise
):
    world = SmallCustomer(climb=climb, cost_to_serve=cost, rise=rise)
    here = valued(world, resamples=2)
    there = valued(world.replace(climb=climb + more), resamples=2)
    # A tier above is better than staying, so the option is never negative here.
    assert there.value >= here.value - 1e-6
    assert here.option >= -1e-6
    assert here.value == pytest.approx(here.stay_value + here.option)


@QUICK
@given(profit=st.lists(st.floats(-50, 50), min_size=5, max_size=5), d=st.floats(0.05, 1))
def test_the_right_to_drop_is_never_worth_less_than_nothing(profit, d):
    bound = state_values(RECENCY, profit, discount=d)
    free = state_values(RECENCY, profit, discount=d, may_drop=True)
    assert (free >= -1e-9).all()
    assert (free >= bound - 1e-9).all()
    # Bellman: what it is worth is the better of dropping now and going on.
    onward = np.asarray(profit) + RECENCY @ free / (1 + d)
    assert free == pytest.approx(np.maximum(onward, 0), abs=1e-7)


def test_shares_leave_nobody_behind():
    shares = migration_shares(SmallCustomer()).groupby("from_tier")["share"].sum()
    assert shares.to_numpy() == pytest.approx(np.ones(3))
    moves = simulate_moves(SmallCustomer(), n=777, seed=1)
    assert moves.groupby("from_tier")["customers"].sum().eq(777).all()


# ------------------------------------------------------------------------------- recovery


def test_intervals_of_the_option_value_cover_the_truth():
    world, runs = SmallCustomer(), 200
    truth = valued(world, resamples=2)
    hits = np.zeros(3)
    for seed in range(runs):
        found = valued(world, simulate_moves(world, n=1_500, seed=seed), resamples=300)
        hits += [
            found.value_low <= truth.value <= found.value_high,
            found.option_low <= truth.option <= found.option_high,
            found.break_even_low <= truth.break_even_profit <= found.break_even_high,
        ]
    error = np.sqrt(0.95 * 0.05 / runs)
    assert (np.abs(hits / runs - 0.95) <= 3.5 * error).all()


def test_standard_errors_are_the_spread_over_samples():
    world = SmallCustomer()
    found = [
        valued(world, simulate_moves(world, n=1_500, seed=s), resamples=200) for s in range(200)
    ]
    spread = np.std([f.value for f in found], ddof=1)
    assert np.mean([f.value_se for f in found]) == pytest.approx(spread, rel=0.15)


# --------------------------------------------------------------------------------- inputs


@pytest.mark.parametrize(
    ("table", "budget", "says"),
    [
        (PYRAMID.drop(columns="customers"), 10, "The table has no column 'customers'"),
        (PYRAMID.assign(tier=["kye", "ordinary", "small"]), 10, "Did you mean 'key'?"),
        (PYRAMID.assign(tier="key"), 10, "stands in the pyramid more than once"),
        (PYRAMID, -1, "A budget is zero or more. You gave -1."),
        (PYRAMID, float("nan"), "A budget is zero or more. You gave nan."),
        (PYRAMID, "10", "A budget is zero or more. You gave '10'."),
        (PYRAMID.assign(customers=-5), 10, "The column 'customers' holds numbers of 0 or more."),
        (
            PYRAMID.assign(profit_per_customer=np.nan),
            10,
            "'profit_per_customer' must hold a number",
        ),
    ],
)
def test_a_budget_that_cannot_be_split_is_told_why(table, budget, says):
    with pytest.raises(CvmError, match=re.escape(says)):
        allocate(table, budget=budget)


def test_a_pyramid_that_earns_nothing_gets_nothing():
    poor = allocate(PYRAMID.assign(profit_per_customer=[-1.0, 0.0, -5.0]), budget=100)
    assert poor.spent == poor.gain_best == poor.gain_by_value == 0


def test_a_tier_without_customers_gets_nothing():
    empty = PYRAMID.assign(customers=[0, 160, 800], profit_per_customer=[np.nan, 200.0, 15.0])
    full = allocate(PYRAMID[1:], budget=1_000)
    split = allocate(empty, budget=1_000)
    assert split.tiers["spend_best"].tolist() == [0, *full.tiers["spend_best"]]
    assert split.gain_best == full.gain_best


def test_a_response_is_a_response():
    with pytest.raises(CvmError, match="response= says how each tier responds"):
        allocate(PYRAMID, budget=10, response={"reach_key": 0.1})


def test_the_burden_year_is_the_first_in_any_order_and_asks_for_its_columns():
    years = pd.DataFrame({"year": [3, 2, 1], "margin": [-0.2, -0.1, 0.1]})
    assert burden_year(years) == 2
    with pytest.raises(CvmError, match="no column 'margin'"):
        burden_year(years[["year"]])


@pytest.mark.parametrize(
    ("matrix", "profit", "says"),
    [
        ([[1.5]], [1], "A row of the matrix holds shares of one state's customers. You gave 1.5."),
        ([[-0.5]], [1], "A row of the matrix holds shares"),
        ([[0.5, 0.2]], [1, 2], "A matrix has a row and a column for each state"),
        ([[0.5]], [1, 2], "A matrix has a row and a column for each state"),
        ([["a"]], [1], "matrix must be a number, or numbers"),
        (0.5, 1, "A matrix has a row and a column for each state"),
    ],
)
def test_a_chain_that_is_none_is_told(matrix, profit, says):
    with pytest.raises(CvmError, match=re.escape(says)):
        state_values(matrix, profit, discount=0.1)


def test_nobody_to_simulate_is_told():
    with pytest.raises(CvmError, match=re.escape("n is a whole number, 1 or more. You gave 0.")):
        simulate_concessions(KeyAccount(), n=0, seed=1)
    with pytest.raises(CvmError, match="n is a whole number"):
        simulate_moves(SmallCustomer(), n="9", seed=1)


MOVES = simulate_moves(SmallCustomer(), n=100, seed=1)
PROFIT = SmallCustomer().profit()


@pytest.mark.parametrize(
    ("moves", "options", "says"),
    [
        (MOVES.drop(columns="to_tier"), {}, "The table has no column 'to_tier'"),
        (MOVES, {"discount": 0}, "A discount rate is above zero. You gave 0."),
        (MOVES, {"tier": "smal"}, "Did you mean 'small'?"),
        (MOVES, {"profit": {"key": 1, "small": 2}}, "no profit for the tier 'ordinary'"),
        (MOVES, {"level": 95}, "A confidence level lies between 0 and 1. You gave 95."),
        (MOVES, {"resamples": 1}, "at least two redraws. You gave 1."),
        (MOVES.assign(customers=0), {}, "each tier needs some. You gave ['key'"),
        (MOVES.assign(customers=-1), {}, "Moves are counts of customers"),
        (MOVES, {"lost": "gone"}, "Name the state of those who left with lost='lost'."),
        (MOVES, {"lost": ["lost"]}, "lost= is what the moves call those who left."),
        (MOVES, {"discount": "0.1"}, "A discount rate is above zero. You gave '0.1'."),
        (MOVES, {"resamples": 9.5}, "at least two redraws. You gave 9.5."),
        (MOVES, {"profit": "much"}, "profit= says what a customer of each tier earns."),
        (MOVES, {"profit": PROFIT | {"key": "much"}}, "profit['key'] is a number."),
        (MOVES, {"cost_to_serve": np.inf}, "cost_to_serve is a number."),
        (MOVES.assign(to_tier=None), {}, "12 moves do not say from where, or where to."),
        (MOVES.assign(customers=np.nan), {}, "'customers' must hold a number in every row"),
        ([1], {}, "A table must be a pandas DataFrame."),
    ],
)
def test_a_matrix_that_cannot_be_valued_is_told_why(moves, options, says):
    arguments = {"profit": PROFIT, "discount": 0.1} | options
    with pytest.raises(CvmError, match=re.escape(says)):
        option_value(moves, **arguments)
