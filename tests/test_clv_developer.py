"""The developer's case: closed forms by hand, simulated futures, what asking could cure."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cvm.clv import (
    Developer,
    developer_expected,
    developer_tornado,
    developer_value,
    simulate_developer,
    stated_ranges,
)
from cvm.clv.developer import QUANTITIES
from cvm.errors import CvmError

NO_DOUBT = {doubt: 1.0 for doubt, _share in QUANTITIES.values()}
SURE = Developer(leaving=0, referrals=0, successor=0, discount=0, **NO_DOUBT)
#: Small enough to be added up by hand.
SMALL = Developer(
    purchases=1000, margin=0.5, months=3, leaving=0.1, referrals=6, referred_value=200, owed=0.25,
    successor=0.4, kept=0.5, successor_leaving=0.2, discount=0, **NO_DOUBT,
)  # fmt: skip

# exact -----------------------------------------------------------------------------


def test_a_sure_developer_is_margin_times_months():
    assert developer_expected(SURE) == pytest.approx(24 * 2_000_000 * 0.12)
    futures = simulate_developer(SURE, n=50, seed=1)
    assert futures["value"].to_numpy() == pytest.approx(5_760_000)
    assert (futures["bought_months"] == 24).all()


def test_the_three_sources_by_hand():
    own = 500 * (1 + 0.9 + 0.81)
    referred = 6 / 12 * 0.25 * 200 * (1 + 0.9 + 0.81)
    successor = 0.4 * 0.5 * 500 * 0.9**3 / 0.2
    assert developer_expected(SMALL) == pytest.approx(own + referred + successor)


def test_courting_trebles_the_odds_and_costs_as_long_as_he_is_there():
    courted = SMALL.replace(court=True, court_cost=10, court_odds=3)
    odds = 3 * 0.4 / 0.6
    more = (odds / (1 + odds) - 0.4) * 0.5 * 500 * 0.9**3 / 0.2
    cost = 10 * (1 + 0.9 + 0.81)
    gain = developer_expected(courted) - developer_expected(SMALL)
    assert gain == pytest.approx(more - cost)


def test_money_of_later_months_is_discounted():
    world = SURE.replace(months=13, discount=0.21)
    v = 1.21 ** (-1 / 12)
    assert developer_expected(world) == pytest.approx(240_000 * sum(v**t for t in range(13)))


def test_stated_ends_are_one_in_ten():
    world = Developer(leaving=0.1, doubt_leaving=2, doubt_purchases=1.5, months=20, doubt_months=2)
    ends = stated_ranges(world).set_index("quantity")
    assert ends.loc["purchases", ["low", "high"]].tolist() == pytest.approx([2e6 / 1.5, 3e6])
    # odds of a tenth are 1 to 9: halved and doubled
    assert ends.loc["leaving", ["low", "high"]].tolist() == pytest.approx([1 / 19, 2 / 11])
    assert ends.loc["months", ["low", "high"]].tolist() == [10, 40]
    drawn = simulate_developer(world, n=8_000, seed=3)
    for name in ("purchases", "leaving"):
        below, above = drawn[name] < ends["low"][name], drawn[name] > ends["high"][name]
        assert [below.mean(), above.mean()] == pytest.approx([0.1, 0.1], abs=0.014)


def test_the_tornado_moves_one_quantity_at_a_time():
    world = Developer()
    table = developer_tornado(world)
    assert table["swing"].is_monotonic_decreasing
    assert table["weight"].sum() == pytest.approx(1)
    assert set(table["quantity"]) == set(QUANTITIES)
    row = table.set_index("quantity").loc["kept"]
    for end in ("low", "high"):
        moved = developer_expected(world.replace(kept=row[end]))
        assert row[f"value_{end}"] == pytest.approx(moved)
    assert row["swing"] == pytest.approx(row["value_high"] - row["value_low"])
    leaving = table.set_index("quantity").loc["leaving"]
    assert leaving["value_low"] > leaving["at_likely"] > leaving["value_high"]


def test_the_sizes_the_story_names():
    found = developer_value(Developer(), n=20_000, seed=0)
    assert found.revenue == 48_000_000
    assert [found.at_likely / 1e6, found.value / 1e6] == pytest.approx([5.5, 6.0], abs=0.05)
    assert [found.low / 1e6, found.high / 1e6] == pytest.approx([1.3, 11.2], abs=0.05)
    assert str(found).startswith(
        "The developer is worth 6 million on average; 80 % of futures lie between 1.3 and 11 "
        "million. His own purchases make 4.4 million, customers who came on his word 0.99, "
        "his successor 0.63."
    )
    assert found.to_frame()["value"].iloc[0] == found.value


# invariant -------------------------------------------------------------------------


def never_or_seen(low, high):
    """A chance that is nought or not rare: of a handful of events no spread can be read."""
    return st.just(0.0) | st.floats(low, high)


@settings(max_examples=15, deadline=None)
@given(
    never_or_seen(0.01, 0.3), st.integers(1, 60), never_or_seen(0.5, 6), never_or_seen(0.05, 1),
    st.floats(0, 0.3), st.booleans(),
)  # fmt: skip
def test_parts_add_up_and_the_mean_of_futures_is_the_closed_form(
    leaving, months, referrals, kept, discount, court
):
    world = Developer(
        leaving=leaving, months=months, referrals=referrals, kept=kept, discount=discount,
        court=court, **NO_DOUBT,
    )  # fmt: skip
    futures = simulate_developer(world, n=3_000, seed=5)
    parts = futures[["own", "referred", "handed_on", "courting"]].sum(axis=1)
    assert parts.to_numpy() == pytest.approx(futures["value"].to_numpy())
    assert futures["expected"].to_numpy() == pytest.approx(developer_expected(world))
    gap = futures["value"].mean() - developer_expected(world)
    assert abs(gap) < 4.5 * futures["value"].std() / np.sqrt(len(futures)) + 1e-6


def test_more_futures_keep_the_first_and_chance_comes_before_levers():
    few, many = (simulate_developer(Developer(), n=n, seed=2) for n in (40, 5_000))
    pd.testing.assert_frame_equal(few, many.head(40))
    loyal = simulate_developer(Developer(leaving=0.001), n=5_000, seed=2)
    assert (loyal["bought_months"] >= many["bought_months"]).all()
    assert (loyal["own"] >= many["own"] - 1e-6).all()


def test_overconfidence_widens_and_no_doubt_leaves_luck_alone():
    stated = developer_value(Developer(), n=4_000, seed=1)
    wide = developer_value(Developer(overconfidence=2), n=4_000, seed=1)
    known = developer_value(Developer(**NO_DOUBT), n=4_000, seed=1)
    assert wide.high - wide.low > stated.high - stated.low > known.high - known.low
    assert wide.unknown > stated.unknown > known.unknown == pytest.approx(0, abs=1e-9)
    assert wide.at_likely == stated.at_likely


# recovery --------------------------------------------------------------------------


def test_asking_cures_what_not_knowing_costs_and_no_more():
    """Fix all quantities at what was drawn: what is left of the spread is luck's share."""
    found = developer_value(Developer(), n=20_000, seed=4)
    futures = found.futures
    luck = (futures["value"] - futures["expected"]).var() / futures["value"].var()
    assert found.unknown + luck == pytest.approx(1, abs=0.03)
    assert 0.2 < found.unknown < 0.4


def test_weights_of_the_tornado_foretell_what_knowing_one_would_cure():
    """Against shares of variance found by sorting futures: about, for doubts multiply."""
    futures = simulate_developer(Developer(), n=20_000, seed=6)
    weights = developer_tornado(Developer()).set_index("quantity")["weight"]
    shares = []
    for name in ("margin", "referred_value", "kept"):
        groups = pd.qcut(futures[name], 20, duplicates="drop")
        means = futures.groupby(groups, observed=True)["expected"].transform("mean")
        shares.append(means.var() / futures["expected"].var())
        assert shares[-1] == pytest.approx(weights[name], abs=0.12), name
    assert shares[0] > shares[1] > shares[2]


def test_the_interval_covers_new_futures():
    found = developer_value(Developer(), n=8_000, seed=1, level=0.9)
    new = simulate_developer(Developer(), n=8_000, seed=99)["value"]
    assert new.between(found.low, found.high).mean() == pytest.approx(0.9, abs=0.015)


# inputs ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Developer(margin=12), r"Developer.margin must lie between 0.01 and 0.6 \(a share: write 0.12"),
        (lambda: simulate_developer(Developer(), n=0, seed=1), r"n is a whole number, 1 or more"),
        (lambda: developer_value(Developer(), n=1), r"n is a whole number, 2 or more"),
        (lambda: developer_value(Developer(), level=80), r"A confidence level lies between 0 and 1"),
        (lambda: Developer(referals=2), r"no lever 'referals'.*referrals"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told(call, message):
    with pytest.raises(CvmError, match=message):
        call()
