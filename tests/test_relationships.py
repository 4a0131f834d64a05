"""Levels of identification, shares of wallet, bonds, and where a lead comes from."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cvm import economics, relationships
from cvm.economics import TwoFirms
from cvm.errors import CvmError
from cvm.relationships import BONDS, LEVELS, TOWNS, Bonds, Town

FIVE = pd.DataFrame({
    "interest": [False, True, True, True, True],
    "products": [0, 0, 1, 2, 3],
    "spend": [0.0, 0.0, 10.0, 50.0, 90.0],
    "wallet": [100.0, 100.0, 100.0, 100.0, 100.0],
    "together": [True, True, True, False, True],
})  # fmt: skip

# exact -----------------------------------------------------------------------------


def test_five_people_stand_on_five_levels():
    assert [LEVELS[i] for i in relationships.levels(FIVE)] == list(LEVELS)
    # A buyer who works together with the firm is no partner, and half a wallet makes a client.
    assert relationships.levels(FIVE, client_from=0.51).tolist() == [0, 1, 2, 2, 4]
    table = relationships.level_table(FIVE).set_index("level")
    assert table["people"].tolist() == [1, 1, 1, 1, 1]
    assert table.loc["partner", "spend_share"] == pytest.approx(0.6)


def test_market_share_taken_apart_by_hand():
    found = relationships.customer_share(FIVE.assign(wallet=[50.0, 50.0, 100.0, 100.0, 100.0]))
    assert found.market_share == pytest.approx(150 / 400)
    assert found.penetration == pytest.approx(3 / 5)
    assert found.share_of_wallet == pytest.approx(150 / 300)
    assert found.heaviness == pytest.approx(100 / 80)
    assert (found.products, found.customers, found.people) == (2, 3, 5)
    assert str(found).startswith("Market share 37.5 %: 60 % of people buy, and give 50 % of their")


def test_a_bond_nobody_copies_keeps_its_odds_and_one_copied_at_once_lasts_a_year():
    world = Bonds(retention=0.7, strength=1.5, copied_structural=0, copied_financial=1)
    table = relationships.bond_years(world, years=4).set_index("bond")["retention"]
    odds = 0.7 / 0.3 * np.exp(1.5)
    assert table["structural"].to_numpy() == pytest.approx(odds / (1 + odds))
    assert table["financial"].to_numpy() == pytest.approx([odds / (1 + odds), 0.7, 0.7, 0.7])
    assert table["none"].to_numpy() == pytest.approx(0.7)


def test_half_of_a_bond_copied_is_half_the_log_odds():
    world = Bonds(retention=0.5, strength=2, social=0.5, copied_social=0.5)
    rows = relationships.bond_years(world, years=3).query("bond == 'social'")
    odds = rows["retention"] / (1 - rows["retention"])
    assert np.log(odds).to_numpy() == pytest.approx([1.0, 0.5, 0.25])
    assert rows["staying"].iloc[-1] == pytest.approx(rows["retention"].prod())


def test_the_lead_adds_up_and_each_part_answers_to_its_lever():
    parts = relationships.lead_by_reason(TwoFirms()).set_index("reason")["amount"]
    assert parts.sum() == pytest.approx(economics.break_even(TwoFirms()).ahead)
    assert parts["setting it up"] == -10
    assert parts["buy more, and other things"] == pytest.approx(
        2.5 * parts["bring resources of their own"]
    )
    flat = relationships.lead_by_reason(TwoFirms(growth=0)).set_index("reason")["amount"]
    assert flat.iloc[2:5].to_numpy() == pytest.approx(0)
    assert flat["customers who stayed"] == pytest.approx(parts["customers who stayed"])


def test_a_life_and_what_was_there_before():
    table = relationships.steadiness(TwoFirms(years=2)).set_index("firm")
    assert table.loc["transaction", "life"] == pytest.approx(1 / 0.3)
    firm = economics.firm_years(TwoFirms(years=2), keep_share=0)
    assert table.loc["transaction", "settled"] == pytest.approx(700 / firm["customers"].iloc[1])
    assert table.loc["transaction", "spent"] == pytest.approx(60_000 / firm["customers"].sum())


# invariant -------------------------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(
    reach=st.floats(0.1, 1),
    cross=st.floats(0, 1),
    spread=st.floats(0, 1.5),
    seed=st.integers(0, 99),
)
def test_the_identity_holds_in_every_town(reach, cross, spread, seed):
    town = Town(reach=reach, cross=cross, spread=spread)
    found = relationships.customer_share(relationships.simulate_town(town, n=300, seed=seed))
    made = found.penetration * found.share_of_wallet * found.heaviness
    assert found.market_share == pytest.approx(made)
    assert found.low <= found.share_of_wallet <= found.high
    assert found.share_of_wallet <= 1 + 1e-9


@settings(max_examples=20, deadline=None)
@given(cross=st.floats(0, 1), more=st.floats(0, 1), seed=st.integers(0, 99))
def test_more_cross_buying_takes_no_product_away(cross, more, seed):
    low, high = sorted((cross, more))
    tables = [relationships.simulate_town(Town(cross=c), n=200, seed=seed) for c in (low, high)]
    assert (tables[0]["products"] <= tables[1]["products"]).all()
    assert (tables[0]["spend"] <= tables[1]["spend"] + 1e-9).all()
    assert tables[0]["wallet"].equals(tables[1]["wallet"])


def test_a_larger_town_keeps_the_first_people():
    small, large = (relationships.simulate_town(Town(), n=n, seed=5) for n in (50, 5000))
    pd.testing.assert_frame_equal(small, large.head(50))


@settings(max_examples=30, deadline=None)
@given(
    keep_share=st.floats(0, 1), growth=st.floats(-10, 50), discount=st.floats(0, 0.3),
    floor=st.floats(0, 0.7), win_scale=st.floats(10, 600), setup=st.floats(0, 200),
)  # fmt: skip
def test_the_parts_of_a_lead_are_the_lead(keep_share, growth, discount, floor, win_scale, setup):
    world = TwoFirms(keep_share=keep_share, growth=growth, discount=discount, floor=floor,
                     win_scale=win_scale, setup=setup)  # fmt: skip
    amount = relationships.lead_by_reason(world)["amount"].sum()
    assert amount == pytest.approx(economics.break_even(world).ahead, abs=1e-6)


# recovery --------------------------------------------------------------------------


def test_cross_buying_makes_the_share_of_wallet():
    for town in (*TOWNS.values(), Town(products=7, cross=0.2)):
        truth = 1 / town.products + (1 - 1 / town.products) * town.cross
        found = relationships.customer_share(relationships.simulate_town(town, n=40_000, seed=2))
        assert found.low - 0.005 < truth < found.high + 0.005
        assert found.penetration == pytest.approx(town.reach, abs=0.01)
        assert found.products == pytest.approx(1 + (town.products - 1) * town.cross, abs=0.05)


def test_two_towns_have_one_market_share():
    truth = [t.reach * (1 / t.products + (1 - 1 / t.products) * t.cross) for t in TOWNS.values()]
    assert truth == pytest.approx([0.13, 0.13], abs=1e-4)


def test_the_interval_of_a_share_of_wallet_covers():
    truth = 0.25 + 0.75 * 0.1
    hits = []
    for seed in range(300):
        found = relationships.customer_share(relationships.simulate_town(Town(), n=400, seed=seed))
        hits.append(found.low <= truth <= found.high)
    assert abs(np.mean(hits) - 0.95) < 3.3 * np.sqrt(0.95 * 0.05 / 300)


# inputs ----------------------------------------------------------------------------


def test_a_share_that_makes_everybody_a_client():
    with pytest.raises(CvmError, match=r"lies above 0.*client_from=0\.5"):
        relationships.levels(FIVE, client_from=0)


def test_people_without_a_wallet():
    with pytest.raises(CvmError, match=r"no column 'wallet'.*simulate_town"):
        relationships.customer_share(FIVE.drop(columns="wallet"))


def test_more_spent_than_there_is():
    with pytest.raises(CvmError, match=r"2 people spend more.*all firms together"):
        relationships.customer_share(FIVE.assign(wallet=40.0))


def test_one_customer_is_no_share():
    with pytest.raises(CvmError, match=r"two customers at least.*some buy"):
        relationships.customer_share(FIVE.head(3))


def test_no_years_to_look_at():
    with pytest.raises(CvmError, match=r"years is a whole number.*years=1 or more"):
        relationships.bond_years(Bonds(), years=0)


def test_bonds_and_growth_are_named_once():
    assert sum(relationships.GROWTH.values()) == pytest.approx(1)
    assert set(relationships.bond_years(Bonds())["bond"]) == {"none", *BONDS}
