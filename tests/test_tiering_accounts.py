"""Yunhe Telecom's customer base."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from cvm import tables
from cvm.errors import CvmError
from cvm.luck import Luck
from cvm.tiering import Accounts, assign_tiers, concentration, pyramid, rfm, simulate_accounts
from cvm.tiering.accounts import _gamma

WORLD = Accounts()
MONEY = ["discount", "product_cost", "cost_to_serve", "receivable_cost"]


def customers(world=WORLD, *, n=2000, seed=0):
    return simulate_accounts(world, n=n, seed=seed).customers


# exact -----------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [0.3, 1.0, 2.0, 10.0])
def test_the_gamma_curve_has_the_quantiles_of_the_gamma(shape):
    u = np.concatenate([np.random.default_rng(1).random(20_000), [1e-15, 1 - 1e-15]])
    assert np.allclose(_gamma(u, shape), stats.gamma.ppf(u, shape), rtol=1e-4)
    assert _gamma(np.zeros(1), shape)[0] < 1  # a draw of exactly nothing is possible


def test_the_statement_adds_up():
    table = customers()
    assert np.allclose(table["profit"], table["revenue"] - table[MONEY].sum(axis=1))
    assert (table["cost_to_serve"] >= WORLD.account_cost * 12 - 1e-9).all()
    assert (table.loc[table["segment"] == "consumer", "receivable_cost"] == 0).all()


def test_a_world_without_costs_keeps_all_revenue():
    free = WORLD.replace(product_cost=0, service_cost=0, capital_cost=0, account_cost=0,
                         discount_ceiling=0)  # fmt: skip
    table = customers(free)
    assert np.allclose(table["profit"], table["revenue"])


def test_half_the_ceiling_is_granted_at_the_revenue_that_says_so():
    table = customers(n=10_000)
    rate = table["discount"] / table["revenue"]
    at = np.interp(WORLD.discount_half, *zip(*sorted(zip(table["revenue"], rate, strict=True)),
                                             strict=True))  # fmt: skip
    assert at == pytest.approx(WORLD.discount_ceiling / 2, abs=1e-3)


def test_the_log_adds_up_to_the_totals():
    world = simulate_accounts(WORLD.replace(months=6), n=3000, seed=2)
    log, table = world.transactions, world.customers.set_index("customer")
    assert log.columns.tolist() == ["customer", "date", "amount"]
    seen = rfm(log).set_index("customer")["monetary"].reindex(table.index, fill_value=0)
    assert np.allclose(seen, table["revenue"])
    assert (log.groupby("customer").size() == table["purchases"][table["purchases"] > 0]).all()
    assert log["date"].between("2025-01-01", "2025-07-01").all()
    assert world.transactions is log  # made once


def test_the_truth_can_be_hidden():
    table = customers()
    seen = tables.observed(table)
    assert "profit" in seen.columns
    assert [name for name in table.columns if name not in seen.columns] == [
        "true_rate", "true_list_price", "true_service", "true_growth", "true_profit",
    ]  # fmt: skip


def test_the_base_says_what_it_is():
    assert repr(simulate_accounts(WORLD, n=10, seed=3)) == "10 customers of Yunhe Telecom, seed 3"


def test_the_stylised_facts_of_a_telecom_base():
    """Kaplan & Narayanan (2001): few customers make more than all the profit."""
    for seed in range(3):
        table = customers(n=10_000, seed=seed)
        seen = concentration(table["profit"], resamples=200)
        assert 0.7 < seen.value < 0.9
        assert seen.peak > 1.1
        assert 0.1 < seen.losers < 0.35
        # Big is not good: many of the largest lose money, and the worst losers are large.
        largest = table.nlargest(200, "revenue")
        assert 0.1 < (largest["profit"] < 0).mean() < 0.4
        worst = table.nsmallest(20, "profit")
        assert table["revenue"].rank(pct=True)[worst.index].min() > 0.9
        shape = pyramid(table["profit"], assign_tiers(table["profit"], cuts=(0.04, 0.2)))
        assert shape["profit_share"].iloc[0] > 5 * shape["customer_share"].iloc[0]


# invariant -------------------------------------------------------------------------


@given(few=st.integers(1, 300), more=st.integers(1, 300), seed=st.integers(0, 99))
@settings(deadline=None, max_examples=10)
def test_a_larger_n_keeps_the_first_customers(few, more, seed):
    small, large = (simulate_accounts(WORLD, n=n, seed=seed) for n in (few, few + more))
    pd.testing.assert_frame_equal(small.customers, large.customers[:few])
    kept = large.transactions[large.transactions["customer"] <= few].reset_index(drop=True)
    pd.testing.assert_frame_equal(small.transactions, kept)


RAISES = {
    "consumer_rate": ("revenue", 1), "small_business_rate": ("revenue", 1),
    "large_business_rate": ("revenue", 1), "consumer_price": ("revenue", 1),
    "small_business_price": ("revenue", 1), "large_business_price": ("revenue", 1),
    "months": ("revenue", 1), "product_cost": ("profit", -1), "service_cost": ("profit", -1),
    "capital_cost": ("profit", -1), "account_cost": ("profit", -1), "credit_days": ("profit", -1),
    "discount_ceiling": ("profit", -1), "discount_half": ("discount", -1),
}  # fmt: skip


@pytest.mark.parametrize("name", RAISES)
def test_every_customer_moves_the_way_the_lever_says(name):
    (column, sign), declared = RAISES[name], {item.name: item for item in Accounts.declared()}
    lever = declared[name]
    ends = np.linspace(lever.low, lever.high, 4)
    seen = [customers(WORLD.replace(**{name: round(end) if lever.kind == "int" else end}), n=500)
            [column].to_numpy() for end in ends]  # fmt: skip
    steps = sign * np.diff(np.array(seen), axis=0)
    assert (steps >= -1e-9).all()
    assert steps.sum() > 0


def test_a_larger_share_of_businesses_takes_no_business_away():
    few, many = (customers(WORLD.replace(large_business_share=s))["segment"] for s in (0.01, 0.1))
    assert (many[few == "large business"] == "large business").all()
    assert (many == "large business").sum() > (few == "large business").sum()


def test_the_spread_of_service_leaves_the_average_cost_in_place():
    costs = [customers(WORLD.replace(service_spread=s), n=20_000)["true_service"] for s in (0, 1)]
    assert (costs[0] == WORLD.service_cost).all()
    assert costs[1].mean() == pytest.approx(WORLD.service_cost, rel=0.03)
    assert (costs[1] >= 0).all()


def test_a_lever_leaves_the_purchases_it_does_not_touch():
    base, dearer = (
        simulate_accounts(WORLD.replace(consumer_price=price), n=300, seed=1).transactions
        for price in (80, 160)
    )
    assert (base[["customer", "date"]] == dearer[["customer", "date"]]).all(axis=None)
    twice = dearer["amount"] / base["amount"]
    assert set(twice.round(9)) == {1.0, 2.0}


# recovery --------------------------------------------------------------------------


def test_purchases_and_prices_have_their_declared_means():
    alike = WORLD.replace(small_business_share=0, large_business_share=0)
    table = customers(alike, n=20_000)
    error = 4 / np.sqrt(20_000)
    assert table["purchases"].mean() == pytest.approx(12, abs=error * table["purchases"].std())
    assert table["revenue"].mean() == pytest.approx(960, abs=error * table["revenue"].std())


def test_rates_are_gamma_of_the_declared_shape():
    alike = WORLD.replace(small_business_share=0, large_business_share=0, rate_shape=1.3)
    rate = customers(alike, n=5000)["true_rate"]
    assert stats.kstest(rate, stats.gamma(1.3, scale=1 / 1.3).cdf).pvalue > 0.001


def test_the_log_has_gamma_prices_on_uniform_days():
    world = WORLD.replace(small_business_share=0, large_business_share=0)
    base = simulate_accounts(world, n=2000, seed=4)
    log = base.transactions
    day = (log["date"] - pd.Timestamp("2025-01-01")).dt.days + Luck(1).uniform("jitter", len(log))
    assert stats.kstest(day / 365, "uniform").pvalue > 0.001
    price = log["amount"] / base.customers.set_index("customer")["true_list_price"].loc[
        log["customer"]].to_numpy()  # fmt: skip
    assert stats.kstest(price, stats.gamma(4, scale=1 / 4).cdf).pvalue > 0.001


def test_drift_moves_purchases_between_the_halves():
    base = simulate_accounts(WORLD.replace(drift=1.0), n=3000, seed=5)
    late = base.transactions["date"] >= "2025-07-02"
    seen = late.groupby(base.transactions["customer"]).agg(["sum", "size"])
    growth = base.customers.set_index("customer")["true_growth"].loc[seen.index]
    expected = (seen["size"] * growth / (1 + growth)).sum()
    assert seen["sum"].sum() == pytest.approx(expected, rel=0.01)
    assert np.log(growth).std() == pytest.approx(1, abs=0.06)
    assert np.corrcoef(growth, seen["sum"] / seen["size"])[0, 1] > 0.5


def test_the_true_profit_is_that_of_the_expected_revenue():
    flat = WORLD.replace(discount_ceiling=0)  # then profit is linear in revenue
    table = customers(flat, n=20_000)
    gap = table["profit"] - table["true_profit"]
    assert gap.mean() == pytest.approx(0, abs=4 * gap.std() / np.sqrt(len(gap)))
    assert gap.std() > 50


# inputs ----------------------------------------------------------------------------


@pytest.mark.parametrize("n", [0, -3, 2.5, True, "many"])
def test_n_is_a_positive_whole_number(n):
    with pytest.raises(CvmError, match="The number of customers is a whole number from 1"):
        simulate_accounts(WORLD, n=n)


def test_a_seed_is_a_seed():
    with pytest.raises(CvmError, match="A seed is a whole number"):
        simulate_accounts(WORLD, n=10, seed="lucky")


def test_nobody_buys_and_nothing_breaks():
    quiet = WORLD.replace(consumer_rate=0.1, months=1, small_business_share=0,
                          large_business_share=0)  # fmt: skip
    base = simulate_accounts(quiet, n=1, seed=0)
    assert base.customers["purchases"].sum() == 0
    assert base.transactions.empty
    assert base.transactions.columns.tolist() == ["customer", "date", "amount"]
