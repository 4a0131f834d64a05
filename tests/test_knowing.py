"""Knowing customers: three offers, five values, and a saying tried three ways."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cvm import knowing, value
from cvm.errors import CvmError
from cvm.knowing import PARTS, Rivalry, Worth

WORLD = Rivalry()
ALIKE = Rivalry(taste=0.0, cost_spread=0.0)

# exact -----------------------------------------------------------------------------


def test_the_parts_add_up_to_delivered_value():
    offers = dict(zip(knowing.NAMES, knowing.market_offers(WORLD), strict=True))
    parts = knowing.value_parts(offers, world=WORLD)
    assert len(parts) == 24
    assert (parts.loc[parts["side"] == "cost", "points"] <= 0).all()
    total = parts.groupby("firm")["points"].sum()
    for name, offer in offers.items():
        assert total[name] == pytest.approx(float(value.offer_value(offer, WORLD)))
    # By hand: benefits 2.8 + 1.625 + 1.5 + 1.3, costs 1.5 + 0.7 + 0.375 + 0.3.
    assert total["Yunhe"] == pytest.approx(7.225 - 2.875)


def test_without_tastes_the_shares_are_those_of_the_logit():
    found = knowing.choice_shares(ALIKE, n=3, seed=1)
    values = np.array([4.35, 3.675, 4.2])
    odds = np.exp(0.8 * values + np.array([-0.5, 0.2, 0.3]))
    assert found.table["share"].to_numpy() == pytest.approx(odds / odds.sum())
    assert found.table["most_value"].tolist() == [1, 0, 0]
    assert found.follow == pytest.approx(found.share)  # all would follow Yunhe


def test_a_point_of_a_part_is_its_weight_in_value():
    gains = knowing.point_gains(ALIKE, n=2, seed=1).set_index("part")
    for part, weight in (("money", 0.5), ("image", 0.2)):
        odds = np.exp(0.8 * np.array([4.35 + weight, 3.675, 4.2]) + [-0.5, 0.2, 0.3])
        assert gains.loc[part, "share_moved"] == pytest.approx(odds[0] / odds.sum())


def test_rivals_that_copy_everything_leave_the_shares_as_they_were():
    world = ALIKE.replace(service=7.5, time=3.0, copied=1.0)
    before = knowing.choice_shares(ALIKE, n=2, seed=1)
    after = knowing.choice_shares(world, n=2, seed=1)
    assert after.share == pytest.approx(before.share)
    assert (after.table["value"] > before.table["value"]).all()


def test_ratings_are_means_with_prices_and_weights():
    survey = pd.DataFrame({"firm": ["b", "a", "b", "a"], "product": [8, 6, 6, 4], "service": 5.0,
                           "personnel": 5.0, "image": 5.0})  # fmt: skip
    table = knowing.rate_firms(survey, prices={"a": 50, "b": 70}, world=WORLD)
    assert table["firm"].tolist() == ["b", "a", "weight"]
    assert table["price"].tolist()[:2] == [70, 50]
    assert table["product"].tolist() == pytest.approx([7, 5, 0.35])
    assert value.value_map(table)["firm"].tolist() == ["b", "a"]


@pytest.mark.parametrize("weight", [0.3, 0.5, 0.7])
def test_on_the_line_the_value_index_is_one(weight):
    line = knowing.fair_value_line(low=0.8, high=1.3, quality_weight=weight)
    index = weight * line["quality_ratio"] + (1 - weight) / line["price_ratio"]
    assert index.to_numpy() == pytest.approx(1)
    assert line["quality_ratio"].iloc[[0, -1]].tolist() == pytest.approx([0.8, 1.3])


def test_five_values_by_hand():
    one = Worth(profit=10, life=2, discount=0, gathers=1, hints=2, hint_worth=6, recommends=3,
                shields=0.5, usual=24)  # fmt: skip
    table = knowing.five_values({"shop": one})
    # Two months; a month: profit 10, gathering 2, information 1, word of mouth 6, weapon 1.
    assert table["value"].tolist() == pytest.approx([20, 4, 2, 12, 2])
    assert table["sort"].tolist() == ["economic"] + ["strategic"] * 4
    half = knowing.five_values({"shop": one.replace(discount=0.05)})["value"][0]
    assert half == pytest.approx(10 / (1 - 0.5 / 1.05))


def test_the_numbers_of_the_stories():
    found = knowing.choice_shares(WORLD, n=20_000, seed=1)
    assert found.table["value"].tolist() == pytest.approx([4.35, 3.675, 4.2])
    assert found.share == pytest.approx(0.26, abs=0.01)
    assert found.share == found.table["share"].min()
    whole = knowing.five_values().groupby("customer")["value"].sum()
    assert whole.max() / whole.min() == pytest.approx(2.7, abs=0.05)


# invariant -------------------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(PARTS), st.floats(0, 10), st.floats(0, 10), st.floats(0, 0.9))
def test_a_better_part_never_loses_share(part, one, other, copied):
    worse, better = sorted((one, other), reverse=part in value.COSTS)
    low, high = (
        knowing.choice_shares(WORLD.replace(**{part: score, "copied": copied}), n=50, seed=3)
        for score in (worse, better)
    )
    assert high.share >= low.share - 1e-12
    assert high.table["share"].sum() == pytest.approx(1)
    assert high.table["most_value"].sum() == pytest.approx(1)


def test_the_same_people_whatever_is_moved_and_more_keep_the_first():
    few = knowing.choice_shares(WORLD.replace(sensitivity=0.0), n=300, seed=5)
    assert few.share == knowing.choice_shares(
        WORLD.replace(sensitivity=0.0, service=9.0), n=300, seed=5
    ).share  # fmt: skip
    near = knowing.choice_shares(WORLD, n=20_000, seed=5).share
    assert knowing.choice_shares(WORLD, n=5_000, seed=5).share == pytest.approx(near, abs=0.015)


def test_gains_are_sorted_and_all_above_zero():
    gains = knowing.point_gains(WORLD, n=500, seed=1)
    assert gains["gain"].is_monotonic_decreasing
    assert (gains["gain"] > 0).all()
    assert sorted(gains["part"]) == sorted(PARTS)
    full = knowing.point_gains(WORLD.replace(product=10.0), n=50, seed=1).set_index("part")
    assert full.loc["product", "gain"] == 0  # nothing above ten


@settings(max_examples=20, deadline=None)
@given(st.floats(1, 100), st.floats(0, 5))
def test_a_longer_life_and_more_of_anything_never_lower_the_value(life, more):
    base = knowing.five_values({"x": Worth(life=life)})["value"]
    longer = knowing.five_values({"x": Worth(life=life + more)})["value"]
    richer = knowing.five_values({"x": Worth(life=life, shields=more)})["value"]
    assert (longer >= base - 1e-9).all()
    assert richer.sum() >= base.sum()


# recovery --------------------------------------------------------------------------


def test_the_share_of_choice_is_what_choosers_do():
    world, n = WORLD, 4000
    offers = knowing.market_offers(world)
    picked = value.simulate_choices(world, n=n, seed=4, offers=offers, spread=0.0)
    chosen = picked[picked["chosen"]]["firm"].value_counts(normalize=True)["firm"]
    found = knowing.choice_shares(world, n=20_000, seed=8).share
    assert chosen == pytest.approx(found, abs=4 * np.sqrt(found * (1 - found) / n))


def test_the_saying_holds_where_it_must_and_fails_where_it_must():
    trial = knowing.try_leaders(reaches=(0.0, 1.0), tastes=(0.0, 2.0), markets=200, people=30)
    table = trial.table.set_index(["reach", "taste"])
    assert table.loc[(0.0, 0.0), "leader_leads"] > 0.95
    assert table.loc[(1.0, 0.0), "high"] < table.loc[(0.0, 0.0), "low"]
    assert (table["point_wins"] == 1).all()
    assert table["people_follow"].between(1 / 3, 0.6).all()
    assert table.loc[(0.0, 2.0), "people_follow"] < table.loc[(0.0, 0.0), "people_follow"]
    assert "Holds in one of three readings." in str(trial)
    assert trial.to_frame().equals(trial.table)


def test_where_value_sways_nobody_the_leader_leads_by_luck_alone():
    still = value.Value(sensitivity=0.0, taste=0.0)
    trial = knowing.try_leaders(
        reaches=(1.0,), tastes=(0.0,), world=still, markets=400, people=2, seed=2
    )
    row = trial.table.iloc[0]
    assert row["low"] < 1 / 3 < row["high"]
    assert row["point_wins"] == 0


# inputs ----------------------------------------------------------------------------


def test_the_results_read_as_sentences():
    found = knowing.choice_shares(WORLD, n=100, seed=1)
    assert "Yunhe delivers 4.35 points and is chosen by" in str(found)
    assert found.to_frame()["firm"].tolist() == list(knowing.NAMES)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: knowing.choice_shares(WORLD, n=0, seed=1), r"n is a whole number.*n=1 or more"),
        (lambda: knowing.value_parts({}, world=WORLD), r"no offer to take apart.*'Yunhe': Offer"),
        (lambda: knowing.point_gains(WORLD, n=5, seed=1, step=0), r"above zero.*step=1"),
        (lambda: knowing.five_values({}), r"no customer to value.*'shop': Worth"),
        (lambda: knowing.fair_value_line(low=0.5, high=2.0), r"below 1 / quality_weight.*high=1.3"),
        (lambda: knowing.try_leaders(markets=1), r"two markets, two people.*markets=400"),
        (lambda: knowing.try_leaders(reaches=()), r"reach of zero or more"),
        (lambda: Rivalry(copied=50), r"Rivalry.copied must lie between 0 and 1.*write 0.5 for 50 %"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told(call, message):
    with pytest.raises(CvmError, match=f"(?s){message}"):
        call()


def test_ratings_name_what_is_missing():
    survey = value.simulate_choices(WORLD, n=5, seed=1)
    with pytest.raises(CvmError, match=r"no price for 'rival a'.*Name every firm"):
        knowing.rate_firms(survey, prices={"firm": 50}, world=WORLD)
    with pytest.raises(CvmError, match=r"no column 'image'.*all four benefits"):
        knowing.rate_firms(survey.drop(columns="image"), prices={}, world=WORLD)
