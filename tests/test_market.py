"""The market: simpler models as its limits, books that agree, the same people and luck."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from cvm import satisfaction, tables
from cvm.errors import CvmError
from cvm.market import DESK, SCHEMAS, Market, compare, replicate, simulate

#: Nobody differs from anybody, nothing is remembered, and who leaves does not come back.
ALIKE = {
    "loyalty.conversion": 0.0, "loyalty.base": 0.6, "loyalty.habit_weight": 0.0,
    "people.pull": 0.0, "people.push_risk": 1.0, "people.look": 0.0, "people.contacts": 0.0,
    "people.talk": 0.0, "people.youth": 0.0, "people.business": 0.0, "firm.winback": 0.0,
    "firm.programme": False, "firm.effort_key": 0.0, "firm.effort_ordinary": 0.0,
    "firm.bond_cost": 0.0, "behaviour.rate_spread": 0.0, "behaviour.spend_spread": 0.0,
    "behaviour.wallet_floor": 1.0, "behaviour.serve_floor": 1.0,
}  # fmt: skip
HAZARD = 1 - 0.6 ** (1 / 12)


@pytest.fixture(scope="module")
def run():
    return simulate(Market(), n=3000, months=24, seed=1)


@pytest.fixture(scope="module")
def alike():
    return simulate(Market().replace(**ALIKE), n=20_000, months=60, seed=2)


def cents(amounts):
    return np.rint(100 * np.asarray(amounts)).astype(np.int64)


# exact: limits -----------------------------------------------------------------------


def test_a_constant_hazard_gives_a_geometric_life(alike):
    active = alike.history.active
    life = active.sum(axis=0)[active[0]]
    seen = np.bincount(life, minlength=61)[1:31]
    expected = len(life) * stats.geom(HAZARD).pmf(np.arange(1, 31))
    assert stats.chisquare(seen, expected * seen.sum() / expected.sum()).pvalue > 0.001
    assert (life >= 31).mean() == pytest.approx((1 - HAZARD) ** 30, abs=0.02)


def test_without_differences_purchases_are_poisson(alike):
    seen = np.bincount(alike.books.purchases, minlength=8)[:8]
    expected = len(alike.books.purchases) * stats.poisson(1.1).pmf(np.arange(8))
    assert stats.chisquare(seen, expected * seen.sum() / expected.sum()).pvalue > 0.001


@pytest.mark.parametrize("monthly_discount", [0.0, 0.02])
def test_the_lifetime_value_is_the_one_of_the_closed_form(alike, monthly_discount):
    world, firm, months = alike.market.behaviour, alike.market.firm, alike.months
    margin = world.rate * (world.spend * firm.margin - world.serve_purchase) - world.serve
    keep = (1 - HAZARD) / (1 + monthly_discount)
    closed = margin * (1 - keep**months) / (1 - keep)
    books, n = alike.books, alike.crowd.n
    worth = (books.revenue - books.cost) / 100 / (1 + monthly_discount) ** books.month
    value = np.bincount(books.who, weights=worth, minlength=n)[alike.history.active[0]]
    assert value.mean() == pytest.approx(closed, abs=3 * value.std() / len(value) ** 0.5)


def test_without_noise_everybody_rests_where_the_closed_form_says():
    still = {"satisfaction.noise": 0.0, "satisfaction.leniency": 0.0, "value.cost_spread": 0.0,
             "people.contacts": 0.0, "firm.effort_key": 0.0, "firm.effort_ordinary": 0.0}  # fmt: skip
    got = simulate(Market().replace(**still), n=500, months=12, seed=1)
    level = got.crowd.lasting[0]
    assert (got.crowd.lasting == level).all()
    expected = satisfaction.resting_point(level, got.market.satisfaction)
    # who joins starts from performance and comes to rest from there
    old = got.history.joined("tenure") >= 12
    assert got.history.joined("satisfaction")[old] == pytest.approx(float(expected), abs=0.01)


def test_without_tastes_and_with_equal_offers_the_firm_has_a_third():
    equal = {"value.taste": 0.0, "rival_a.presence": 0.0, "rival_b.presence": 0.0}
    got = simulate(Market().replace(**equal), n=9000, months=1, seed=1)
    assert got.crowd.shares == pytest.approx(1 / 3)
    assert got.crowd.risk == pytest.approx(1)
    first = got.history.provider[0]
    assert stats.chisquare(np.bincount(first, minlength=3)).pvalue > 0.001


@pytest.mark.parametrize(
    ("off", "empty"),
    [
        ({"people.contacts": 0.0}, ["contacts", "complaints"]),
        ({"service.voice": 0.0}, ["complaints"]),
        ({"people.look": 0.0, "people.talk": 0.0, "firm.winback": 0.0}, ["joined"]),
        ({"behaviour.referral": 0.0}, ["referrals"]),
        ({"behaviour.rate": 0.0}, ["purchases", "revenue"]),
        ({"firm.programme": False}, ["rewards"]),
        ({"firm.bond_cost": 0.0}, ["bonds"]),
        ({"firm.welcome": 0.0}, ["welcome"]),
        ({"people.present": 0.0, "people.look": 0.0, "people.talk": 0.0}, ["customers"]),
    ],
)
def test_what_is_switched_off_does_not_happen(off, empty):
    ledger = simulate(Market().replace(**off), n=800, months=6, seed=1).ledger
    assert (ledger[empty] == 0).all(axis=None)
    assert (simulate(Market(), n=800, months=6, seed=1).ledger[empty].sum() > 0).all()


# exact: books ------------------------------------------------------------------------


def test_ledger_transactions_and_states_agree_to_the_cent(run):
    month = (run.transactions["date"].dt.year - 2021) * 12 + run.transactions["date"].dt.month - 1
    by_month = np.bincount(month, weights=cents(run.transactions["amount"])).astype(np.int64)
    assert (by_month == cents(run.ledger["revenue"])).all()
    states = run.states.assign(revenue=cents(run.states["revenue"]), cost=cents(run.states["cost"]))
    sums = states.groupby("month")[["revenue", "cost", "purchases"]].sum()
    assert (sums["revenue"].to_numpy() == by_month).all()
    caused = ["goods", "service", "rewards", "tier_service", "bonds"]
    assert (sums["cost"].to_numpy() == sum(cents(run.ledger[c]) for c in caused)).all()
    assert (sums["purchases"] == run.ledger["purchases"]).all()


def test_profit_is_revenue_less_every_cost(run):
    money = run.ledger.select_dtypes("float").columns.drop(["revenue", "profit"])
    assert len(money) == 12
    left = cents(run.ledger["revenue"]) - sum(cents(run.ledger[name]) for name in money)
    assert (left == cents(run.ledger["profit"])).all()


def test_customers_come_and_go_as_the_ledger_says(run):
    ledger = run.ledger
    after = ledger["customers"] + ledger["joined"] - ledger["left"]
    assert (after[:-1].to_numpy() == ledger["customers"][1:].to_numpy()).all()
    assert (
        run.states.query("state == 'actual'").groupby("month").size() == ledger["customers"]
    ).all()
    assert len(run.contacts) == ledger["contacts"].sum()
    assert len(run.complaints) == ledger["complaints"].sum() == run.contacts["complained"].sum()


# invariant ---------------------------------------------------------------------------


def test_every_table_passes_its_schema(run):
    assert set(SCHEMAS) == {name for name, _table in run}
    for name, table in run:
        tables.check(table, SCHEMAS[name])


def test_the_observed_tables_hide_the_truth_and_nothing_else(run):
    seen = run.observed()
    assert not hasattr(seen, "truth")
    for name, table in seen:
        assert not [c for c in table.columns if c.startswith("true_")]
        assert list(table.columns) == [
            c for c in getattr(run, name).columns if not c.startswith("true_")
        ]


def test_the_same_seed_is_the_same_market_and_another_is_not(run):
    again = simulate(Market(), n=3000, months=24, seed=1)
    for name, table in run:
        pd.testing.assert_frame_equal(table, getattr(again, name))
    other = simulate(Market(), n=3000, months=24, seed=3)
    assert not run.ledger["revenue"].equals(other.ledger["revenue"])


def test_a_longer_run_keeps_the_first_months(run):
    longer = simulate(Market(), n=3000, months=30, seed=1)
    first = longer.states[longer.states["month"] < 24]
    pd.testing.assert_frame_equal(run.states, first.reset_index(drop=True))
    bought = longer.transactions[longer.transactions["date"] < "2023-01-01"]
    pd.testing.assert_frame_equal(run.transactions, bought.reset_index(drop=True))
    pd.testing.assert_frame_equal(run.ledger, longer.ledger.head(24))
    said = longer.survey[longer.survey["date"] < "2023-01-01"]
    pd.testing.assert_frame_equal(run.survey, said.reset_index(drop=True))


def test_a_larger_market_keeps_the_first_people(run):
    larger = simulate(Market(), n=4000, months=1, seed=1)
    pd.testing.assert_frame_equal(run.truth, larger.truth.head(3000))
    assert (run.history.provider[0] == larger.history.provider[0, :3000]).all()


def test_without_queue_and_talk_their_lives_stay_the_same_too():
    apart = Market().replace(**{"people.talk": 0.0, "service.voice": 0.0})
    few, many = (simulate(apart, n=n, months=12, seed=4) for n in (400, 700))
    kept = many.transactions[many.transactions["customer"] < 400]
    pd.testing.assert_frame_equal(few.transactions, kept.reset_index(drop=True))


def test_a_desk_by_itself_is_what_it_is_in_the_whole():
    together = simulate(Market(), n=DESK + 300, months=4, seed=5)
    alone = simulate(Market(), n=300, months=4, seed=5, start=DESK)
    for name in ("customers", "transactions", "contacts", "complaints", "survey", "states"):
        part = getattr(together, name)
        part = part[part["customer"] >= DESK].reset_index(drop=True)
        pd.testing.assert_frame_equal(part, getattr(alone, name))


def test_a_replicate_is_what_it_would_be_alone():
    side_by_side = replicate(Market(), n=150, months=8, seed=6, replicates=5)
    for number in range(5):
        alone = simulate(Market(), n=150, months=8, seed=6, start=150 * number)
        ledger = side_by_side.ledger[side_by_side.ledger["replicate"] == number]
        ledger = ledger.drop(columns="replicate").reset_index(drop=True)
        pd.testing.assert_frame_equal(ledger, alone.ledger)
        bought = side_by_side.transactions
        bought = bought[bought["customer"] // 150 == number].reset_index(drop=True)
        pd.testing.assert_frame_equal(bought, alone.transactions)


@settings(deadline=None, max_examples=8)
@given(st.floats(0.3, 5), st.floats(0.3, 5))
def test_a_higher_purchase_rate_never_loses_a_purchase(low, high):
    low, high = sorted((low, high))
    apart = {"firm.programme": False, "firm.effort_key": 0.0, "firm.effort_ordinary": 0.0}
    runs = [
        simulate(Market().replace(**{"behaviour.rate": rate}, **apart),
                 n=300, months=4, seed=7)
        for rate in (low, high)
    ]  # fmt: skip
    assert (runs[1].books.purchases >= runs[0].books.purchases).all()
    assert set(runs[0].transactions["order"]) <= set(runs[1].transactions["order"])


def test_scenarios_meet_the_same_people_and_the_same_luck(run):
    moved = simulate(Market().replace(**{"service.resolution": 0.2}), n=3000, months=24, seed=1)
    pd.testing.assert_frame_equal(run.truth, moved.truth)
    # all that differs happens to people whom a complaint has touched, or through them
    same = run.transactions.merge(moved.transactions, on=["order", "amount", "date"])
    assert len(same) > 0.99 * len(run.transactions)


# recovery ----------------------------------------------------------------------------


def test_the_hazard_is_found_and_its_interval_covers_in_two_hundred_replicates():
    runs = replicate(Market().replace(**ALIKE), n=200, months=12, seed=8, replicates=200)
    by = runs.ledger.groupby("replicate")[["left", "customers"]].sum()
    rate = by["left"] / by["customers"]
    se = (rate * (1 - rate) / by["customers"]) ** 0.5
    covered = (abs(rate - HAZARD) < 1.96 * se).mean()
    assert abs(covered - 0.95) < 3 * (0.95 * 0.05 / 200) ** 0.5 + 0.02  # Wald is a little short
    assert rate.mean() == pytest.approx(HAZARD, abs=3 * rate.std() / 200**0.5)


def test_the_spread_of_purchase_rates_is_found_from_counts():
    spread = ALIKE | {"behaviour.rate_spread": 0.8, "loyalty.base": 1.0}
    got = simulate(Market().replace(**spread), n=20_000, months=24, seed=9)
    counts = np.bincount(got.books.who, weights=got.books.purchases)[got.history.active[0]]
    mean, over = counts.mean(), counts.var() - counts.mean()
    assert over**0.5 / mean == pytest.approx(0.8, rel=0.03)
    assert mean / 24 == pytest.approx(1.1, rel=0.03)


def test_the_standard_error_of_a_paired_comparison_is_the_spread_over_seeds():
    moved = Market().replace(**{"satisfaction.promise": 14.0})
    found = [compare(Market(), moved, n=1000, months=12, seed=s) for s in range(40)]
    spread = np.std([f.difference for f in found], ddof=1)
    told = np.mean([f.se for f in found])
    assert spread == pytest.approx(told, rel=4 / (2 * 39) ** 0.5)


def test_pairing_cuts_the_variance_more_than_fivefold():
    got = compare(Market(), Market().replace(**{"offer.service": 8.5}), n=3000, months=24, seed=1)
    assert got.variance_reduction > 5
    assert got.low > 0
    assert "Pairing cut the variance by a factor of" in str(got)
    assert got.to_frame().loc[0, "n"] == 3000


def test_nothing_moved_is_no_difference_at_all():
    got = compare(Market(), Market(), n=200, months=3, seed=1, measure="months")
    assert (got.difference, got.se) == (0, 0)


# inputs ------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", [{"n": 0}, {"months": 1.5}, {"n": True}])
def test_sizes_are_whole_numbers_above_zero(wrong):
    with pytest.raises(CvmError, match=rf"{next(iter(wrong))} is a whole number above zero"):
        simulate(Market(), **({"n": 10, "months": 2, "seed": 1} | wrong))


def test_a_market_is_needed():
    with pytest.raises(CvmError, match="simulate takes Market"):
        simulate("yunhe", n=10, months=2, seed=1)


def test_replicates_are_checked():
    with pytest.raises(CvmError, match="replicates is a whole number above zero"):
        replicate(Market(), n=10, months=2, seed=1, replicates=0)


def test_an_unknown_measure_gets_its_near_miss():
    with pytest.raises(CvmError, match=r"no such measure.*Did you mean 'profit'"):
        compare(Market(), Market(), n=10, months=2, seed=1, measure="profits")


def test_a_run_tells_what_it_holds(run):
    assert "3,000 people x 24 months" in repr(run)
    assert tables.observed(run.truth).columns.tolist() == ["customer"]
