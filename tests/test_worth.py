"""Managing worth: the closed form as levers, sources of equity, classes and strategies."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cvm import clv
from cvm.errors import CvmError
from cvm.worth import (
    CLASSES,
    EFFECTS,
    STRATEGIES,
    Classes,
    Lifetime,
    Sources,
    class_table,
    customer_classes,
    equity_sources,
    strategy_table,
    value_by_retention,
)

# exact -----------------------------------------------------------------------------


def test_the_curve_is_the_closed_form_with_the_naive_one():
    table = value_by_retention(Lifetime(first_payment="renewal", acquisition_cost=0, margin=100))
    row = table[np.isclose(table["retention"], 0.9)].iloc[0]
    assert row["value"] == pytest.approx(409.09, abs=0.01)  # Gupta & Lehmann 2003
    assert row["naive"] == pytest.approx(1000)


def test_sources_of_equity_by_hand():
    world = Sources(brand=0.5, brand_retention=0.0, word=0.05, retention=0.6, margin=100,
                    discount=0.2, customers=10)  # fmt: skip
    # A = 1.2 / 0.6 = 2: bare 200, brand 300, word 200 / 0.9, both 300 / 0.9
    brand = (100 + 100 / 0.9) / 2
    word = (200 / 0.9 - 200 + 300 / 0.9 - 300) / 2
    table = equity_sources(world)
    assert table["each"].tolist() == pytest.approx([200, brand, word])
    assert table["equity"].sum() == pytest.approx(10 * 300 / 0.9)
    assert table["source"].tolist() == ["lifetime value", "brand", "word of mouth"]


def test_word_of_mouth_is_the_sum_over_generations():
    world = Sources(brand=0, brand_retention=0, word=0.1, retention=0.7, margin=50, discount=0.1)
    life = 1.1 / 0.4
    generations = 50 * life * sum((0.1 * life) ** g for g in range(200))
    table = equity_sources(world)
    assert table["each"].sum() == pytest.approx(generations)
    assert table["each"][1] == 0


def test_the_worth_of_a_class_by_hand():
    # Who is lost or potential never moves: the new stay once, the mature as in the closed form.
    world = Classes(join=0.01, back=0.01, keep_new=0.5, keep_mature=0.8, discount=1.0)
    each = class_table(world).set_index("customer_class")["each"]
    # at a discount of 100 %, solved by hand: V = R + P V / 2
    lost = 0.005 * each["new"] / (1 - 0.495)
    mature = (600 + 0.1 * lost) / (1 - 0.4)
    assert each["lost"] == pytest.approx(lost)
    assert each["mature"] == pytest.approx(mature)
    assert each["new"] == pytest.approx(300 + 0.25 * mature + 0.25 * lost)


def test_a_strategy_multiplies_the_odds():
    world = Classes(effort=30, saturation=30)
    table = strategy_table(world).set_index(["customer_class", "strategy"])
    row = table.loc[("new", "service")]
    push = EFFECTS["service"]["new"] * (1 - np.exp(-1))
    odds = 0.65 / 0.35 * np.exp(push)
    assert row["after"] == pytest.approx(odds / (1 + odds))
    assert row["before"] == pytest.approx(0.65)


def test_the_gains_the_story_names():
    table = strategy_table(Classes())
    best = table[table["best"]].set_index("customer_class")
    assert best["strategy"].to_dict() == {
        "potential": "innovation", "new": "service", "mature": "relationship", "lost": "price",
    }  # fmt: skip
    gains = (best["gain"] / 1e6).round(1).to_dict()
    assert gains == {"potential": 3.2, "new": 3.4, "mature": 10.1, "lost": 2.7}
    price = table.set_index(["customer_class", "strategy"])["gain"]["mature", "price"]
    assert round(price / 1e6, 1) == -1.6


def test_customers_are_sorted_by_age_and_life():
    table = pd.DataFrame({"T": [5.0, 5, 40, 40, 13]})
    sorted_ = customer_classes(table, alive=pd.Series([0.9, 0.2, 0.9, 0.49, 0.5]))
    assert sorted_.tolist() == ["new", "lost", "mature", "lost", "new"]


# invariant -------------------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(
    st.floats(0, 0.5), st.floats(0, 0.1), st.floats(0, 0.08), st.floats(0, 0.85),
)  # fmt: skip
def test_shares_of_equity_add_to_one_and_none_is_negative(brand, extra, word, retention):
    world = Sources(brand=brand, brand_retention=extra, word=word, retention=retention)
    table = equity_sources(world)
    assert table["share"].sum() == pytest.approx(1)
    assert (table["share"] >= -1e-12).all()


def test_nothing_spent_gains_nothing_and_effort_has_an_end():
    still = strategy_table(Classes(effort=0))
    assert still["gain"].abs().max() < 1e-6
    assert not still["best"].any()
    small, large = (strategy_table(Classes(effort=e))["gain"].max() for e in (30, 300))
    assert small > large  # response saturates, cost does not


def test_a_strategy_never_worsens_the_chance():
    table = strategy_table(Classes(effort=100))
    assert (table["after"] > table["before"]).all()
    assert len(table) == len(CLASSES) * len(STRATEGIES)


# recovery --------------------------------------------------------------------------


def test_a_class_is_worth_what_its_people_bring():
    """Let people live: their discounted margins add up to the Markov value."""
    world, rng, n = Classes(), np.random.default_rng(2), 4_000
    chance = {0: world.join, 1: world.keep_new, 2: world.keep_mature, 3: world.back}
    to, else_ = {0: 1, 1: 2, 2: 2, 3: 1}, {0: 0, 1: 3, 2: 3, 3: 3}
    state, total = np.full(n, 1), np.zeros(n)
    for year in range(120):
        total += np.array([0, 300.0, 600.0, 0])[state] / 1.1**year
        moved = rng.random(n) < np.vectorize(chance.get)(state)
        state = np.where(moved, np.vectorize(to.get)(state), np.vectorize(else_.get)(state))
    each = class_table(world).set_index("customer_class")["each"]["new"]
    assert each == pytest.approx(total.mean(), abs=4 * total.std() / np.sqrt(n))


def test_who_is_sorted_as_lost_is_mostly_gone():
    params = {"r": 0.5, "alpha": 5.0, "a": 0.8, "b": 2.5}
    table = clv.simulate("bg_nbd", params, n=3_000, T=60, seed=3)
    alive = clv.probability_alive(clv.bg_nbd(table), table)
    classes = customer_classes(table, alive=alive)
    share = table["true_alive"].groupby(classes).mean()
    assert share["lost"] < 0.35
    assert share["mature"] > 0.75


# inputs ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: equity_sources(Sources(word=0.2, retention=0.89)), "so the value has no end"),
        (lambda: Lifetime(first_payment="later"), "must be one of now, end, renewal"),
        (lambda: customer_classes(pd.DataFrame({"t": [1]}), alive=pd.Series([1.0])), "no column 'T'"),
        (lambda: customer_classes(pd.DataFrame({"T": [1]}), alive=pd.Series([1.2])), "a probability for each"),
        (lambda: customer_classes(pd.DataFrame({"T": [1, 2]}), alive=pd.Series([1.0])), "a probability for each"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told(call, message):
    with pytest.raises(CvmError, match=message):
        call()
