"""The value return of satisfaction: whose satisfaction to raise, and by what."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cvm.errors import CvmError
from cvm.survey.priorities import (
    Priorities,
    priorities_seen,
    priority_cells,
    simulate_priorities,
)
from cvm.survey.value_return import RULES, rule_gains, value_return

WORLD = Priorities()
CELLS = priority_cells(WORLD)
TAUGHT = "high-value customers, key factors"
QUICK = settings(max_examples=15, deadline=None)


def plan(found, rule="best split"):
    rows = found.spending[found.spending["rule"] == rule]
    return rows["spend"].to_numpy().reshape(3, 6), rows["marginal_return"].to_numpy().reshape(3, 6)


def gain(spend, cells, shared):
    """Return less spend, written from the model's equation and nothing else."""
    total = 0.0
    for i, segment in enumerate(["key", "ordinary", "small"]):
        for j, factor in enumerate(cells["factor"].unique()):
            row = cells[(cells["segment"] == segment) & (cells["factor"] == factor)].iloc[0]
            head = (1 - shared) * spend[i, j] / row.customers + shared * spend[:, j].sum() / 10_000
            points = row.weight * row.room * (1 - np.exp(-head / row.cost))
            total += row.customers * row.value * row.slope * points - spend[i, j]
    return total


# exact -----------------------------------------------------------------------------


@pytest.mark.parametrize("shared", [0.0, 0.1, 0.6])
@pytest.mark.parametrize("budget", [20_000.0, 100_000.0, 2_000_000.0])
def test_no_yuan_of_the_best_split_would_do_better_elsewhere(budget, shared):
    found = value_return(CELLS, budget=budget, shared=shared)
    spend, marginal = plan(found)
    price = 1 + found.shadow_price
    near = 1e-6 if shared == 0 else 2e-3  # a root, or a general solver
    assert marginal.max() <= price * (1 + near) or found.shadow_price == 0
    assert marginal.max() <= price + 2e-2
    funded = spend > budget * 1e-3
    assert marginal[funded] == pytest.approx(price, rel=max(near, 5e-3))
    assert found.spent <= budget * (1 + 1e-9)
    assert found.gain_best == pytest.approx(gain(spend, CELLS, shared), rel=1e-9)


def test_a_cell_alone_fills_as_the_closed_form_says():
    one = CELLS[(CELLS["segment"] == "key") & (CELLS["factor"] == "people")]
    row = one.iloc[0]
    first = row.value * row.slope * row.weight * row.room / row.cost
    found = value_return(one, budget=1e9)
    assert found.spent == pytest.approx(row.customers * row.cost * np.log(first))
    assert found.shadow_price == 0


def test_the_shadow_price_is_what_one_more_yuan_earns():
    for shared in (0.0, 0.3):
        low = value_return(CELLS, budget=99_500.0, shared=shared)
        high = value_return(CELLS, budget=100_500.0, shared=shared)
        middle = value_return(CELLS, budget=100_000.0, shared=shared)
        slope = (high.gain_best - low.gain_best) / 1_000
        assert slope == pytest.approx(middle.shadow_price, rel=2e-3)


def test_key_customers_hold_the_share_of_value_that_was_asked_for():
    for share in (0.05, 0.3, 0.8):
        first = (
            priority_cells(WORLD.replace(top_share=share)).groupby("segment", sort=False).first()
        )
        worth = first["customers"] * first["value"]
        assert worth["key"] / worth.sum() == pytest.approx(share)
        assert worth.sum() / 10_000 == pytest.approx(WORLD.value)
        ratios = first["value"].to_numpy()
        assert ratios[0] / ratios[1] == pytest.approx(ratios[1] / ratios[2])


def test_rules_spend_on_whom_and_what_they_say():
    found = value_return(CELLS, budget=100_000.0, shared=WORLD.shared)
    spend, _marginal = plan(found, TAUGHT)
    assert spend[0, 1:3].tolist() == [50_000, 50_000]  # data and people, key customers only
    assert spend.sum() == pytest.approx(100_000)
    names = found.rules.set_index("rule")["factors"]
    assert names["all customers, lowest scores"] == "tariffs, bills"
    assert names["all customers, key factors"] == "tariffs, coverage"
    value, _marginal = plan(found, "customers of value, every factor")
    assert value[0].sum() == pytest.approx(100_000 * 500 / 3000)
    assert value[2].sum() == 0


def test_the_quick_way_earns_the_same():
    answers = simulate_priorities(WORLD, n=300, seed=4, quota=True)
    mixed = CELLS.sample(frac=1, random_state=1)
    seen = priorities_seen(answers, mixed)
    quick = rule_gains(mixed, budget=50_000.0, shared=0.2, surveys=[mixed, seen])
    for row, cells in enumerate((None, seen)):
        slow = value_return(CELLS, budget=50_000.0, shared=0.2, seen=cells)
        assert quick.loc[row, list(RULES)].to_numpy() == pytest.approx(
            slow.rules.set_index("rule").loc[list(RULES), "gain"].to_numpy()
        )


def test_the_numbers_of_the_docstring():
    found = value_return(CELLS, budget=100_000.0, shared=WORLD.shared)
    rules = found.rules.set_index("rule")
    assert round(rules.loc[TAUGHT, "of_best"], 2) == 0.74
    assert round(rules.loc[TAUGHT, "gain"] / 1_000) == 343
    assert round(rules.loc[TAUGHT, "kept"]) == 24
    worst = rules.loc["all customers, lowest scores"]
    assert (round(worst["kept"]), round(worst["gain"] / 1_000)) == (44, -26)
    assert str(found).startswith(
        "Of the rules of thumb 'high-value customers, key factors' earns most: 73.7 % of what "
        "the best split of 100,000 yuan earns beyond itself. The next yuan would earn"
    )


# invariant -------------------------------------------------------------------------


@QUICK
@given(
    budget=st.floats(1_000, 3_000_000), shared=st.floats(0, 1), top=st.floats(0.05, 0.9),
    focus=st.floats(0, 1), served=st.floats(0, 28),
)  # fmt: skip
def test_no_rule_beats_the_best_split(budget, shared, top, focus, served):
    world = WORLD.replace(top_share=top, focus=focus, served=served)
    found = value_return(priority_cells(world), budget=budget, shared=shared)
    slack = 1e-6 * abs(found.gain_best) + 1e-3 * budget * (shared > 0)
    assert (found.rules["gain"] <= found.gain_best + slack).all()
    assert found.gain_best >= -slack
    spent = found.rules.set_index("rule")["spent"]
    assert spent[list(RULES)].to_numpy() == pytest.approx(budget)


def test_more_money_never_earns_less_at_its_best():
    gains = [value_return(CELLS, budget=b).gain_best for b in (1e4, 1e5, 1e6, 1e7)]
    assert gains == sorted(gains)


def test_what_spills_over_in_full_serves_all_alike():
    found = value_return(CELLS, budget=100_000.0, shared=1.0)
    rules = found.rules.set_index("rule")
    every = ["all customers, every factor", "high-value customers, every factor"]
    assert rules.loc[every[0], "return"] == pytest.approx(rules.loc[every[1], "return"])


def test_a_larger_survey_keeps_its_first_respondents():
    few = simulate_priorities(WORLD, n=40, seed=3)
    many = simulate_priorities(WORLD, n=90, seed=3)
    pd.testing.assert_frame_equal(few, many.head(40))


# recovery --------------------------------------------------------------------------


def test_a_large_survey_finds_the_weights_and_scores():
    answers = simulate_priorities(WORLD, n=30_000, seed=1, quota=True)
    seen = priorities_seen(answers, CELLS)
    assert (seen["weight"] - CELLS["weight"]).abs().max() < 0.02
    assert (seen["score"] - CELLS["score"]).abs().max() < 0.7
    assert seen["respondents"].groupby(seen["segment"]).first().min() > 9_000


def test_a_quota_finds_the_key_factors_of_the_few_more_often():
    def hits(quota):
        found = 0
        for seed in range(25):
            answers = simulate_priorities(WORLD, n=500, seed=seed, quota=quota)
            seen = priorities_seen(answers, CELLS).query("segment == 'key'")
            found += set(seen.nlargest(2, "weight")["factor"]) == {"people", "data"}
        return found

    assert hits(True) > hits(False) + 4


def test_what_the_survey_shows_is_judged_by_the_truth():
    answers = simulate_priorities(WORLD, n=600, seed=2, quota=True)
    seen = priorities_seen(answers, CELLS)
    found = value_return(CELLS, budget=100_000.0, shared=0.1, seen=seen)
    rules = found.rules.set_index("rule")["gain"]
    assert 0.5 * found.gain_best < rules["best split by the survey"] < found.gain_best
    exact = value_return(CELLS, budget=100_000.0, shared=0.1, seen=CELLS)
    assert exact.rules.set_index("rule")["gain"]["best split by the survey"] == pytest.approx(
        exact.gain_best
    )


# inputs ----------------------------------------------------------------------------


def test_nothing_that_pays_is_said():
    poor = CELLS.assign(value=1.0)
    found = value_return(poor, budget=1_000.0)
    assert (
        str(found) == "No yuan spent on satisfaction would come back: the best is to spend nothing."
    )
    assert found.rules["of_best"].isna().all()


def test_money_left_over_is_said():
    assert "yuan are best left unspent." in str(value_return(CELLS, budget=5e6))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"drop": "room"}, r"no column 'room'.*priority_cells"),
        ({"rows": 17}, r"every factor exactly once.*17 rows for 18 pairs"),
        ({"cost": 0.0}, r"'cost' of the cells holds a number that cannot be.*key, coverage: 0.0"),
        ({"weight": -0.1}, r"'weight' of the cells.*0 or more"),
        ({"slope": "ragged"}, r"'slope' must be the same in all rows of a segment"),
    ],
)
def test_cells_that_cannot_be(change, message):
    cells = CELLS.copy()
    if "drop" in change:
        cells = cells.drop(columns=change["drop"])
    elif "rows" in change:
        cells = cells.head(change["rows"])
    elif change == {"slope": "ragged"}:
        cells.loc[0, "slope"] = 0.5
    else:
        cells = cells.assign(**change)
    with pytest.raises(CvmError, match=message):
        value_return(cells, budget=1.0)


def test_a_survey_of_other_rows():
    other = CELLS.assign(factor=CELLS["factor"].replace("data", "speed"))
    with pytest.raises(CvmError, match=r"other segments or factors.*'key, data'.*priorities_seen"):
        value_return(CELLS, budget=1.0, seen=other)
    with pytest.raises(CvmError, match=r"weight and a score in each row.*17 rows.*priorities_seen"):
        rule_gains(CELLS, budget=1.0, surveys=[CELLS.head(17)])


@pytest.mark.parametrize(
    ("settings_", "message"),
    [
        ({"budget": 0}, r"above zero.*You gave 0.*budget=300_000"),
        ({"budget": 1.0, "shared": 1.2}, r"between 0 and 1.*1.2.*shared=0.1"),
        ({"budget": 1.0, "few": 0}, r"whole number of 1 or more.*few=2"),
        ({"budget": 1.0, "few": True}, r"whole number of 1 or more"),
    ],
)
def test_numbers_that_cannot_be(settings_, message):
    with pytest.raises(CvmError, match=message):
        value_return(CELLS, **settings_)


def test_too_few_of_a_segment():
    answers = simulate_priorities(WORLD, n=60, seed=1)
    with pytest.raises(CvmError, match=r"Too few customers of the segment 'key'.*quota=True"):
        priorities_seen(answers, CELLS)


def test_answers_without_a_factor():
    answers = simulate_priorities(WORLD, n=60, seed=1).rename(columns={"people": "peopel"})
    with pytest.raises(CvmError, match=r"no column 'people'. Did you mean 'peopel'"):
        priorities_seen(answers, CELLS)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: priority_cells(WORLD, customers=20), r"100 customers or more.*You gave 20"),
        (lambda: simulate_priorities(WORLD, n=0, seed=1), r"above zero.*You gave 0.*n=600"),
    ],
)
def test_sizes_that_cannot_be(call, message):
    with pytest.raises(CvmError, match=message):
        call()
