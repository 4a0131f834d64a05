"""The state ladder, Markov chains, life-cycle phases and relationship types."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cvm import lifecycle
from cvm.errors import CvmError
from cvm.lifecycle import PHASES, STATES, TYPES, Ladder, Relationship

PUBLISHED_STATES = ["r1", "r2", "r3", "r4", "former"]


def _pfeifer_carraway(stop=None):
    """The recency chain of the article: buy again with .3 .2 .15 .05, else one older."""
    matrix = pd.DataFrame(0.0, index=PUBLISHED_STATES, columns=PUBLISHED_STATES)
    for i, chance in enumerate((0.3, 0.2, 0.15, 0.05)):
        if i + 1 == stop:
            chance = 0.0
        matrix.iloc[i, 0] = chance
        matrix.iloc[i, 4 if i + 1 == stop else i + 1] += 1 - chance
    matrix.iloc[4, 4] = 1
    profit = dict(zip(PUBLISHED_STATES, [36, -4, -4, -4, 0], strict=True))
    return matrix, profit | ({f"r{stop}": 0.0} if stop else {})


# exact -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stop", "periods", "published"),
    [
        (None, None, [52.320, 5.554, 1.251, -1.820, 0]),
        (None, 4, [50.115, 4.220, 0.592, -1.980, 0]),
        (4, None, [53.149, 6.621, 2.644, 0, 0]),
    ],
)
def test_the_values_of_pfeifer_and_carraway_2000(stop, periods, published):
    matrix, profit = _pfeifer_carraway(stop)
    value = lifecycle.state_value(matrix, profit, discount=0.2, periods=periods)
    assert value.to_numpy() == pytest.approx(published, abs=5e-4)


def test_one_state_lasts_one_over_its_loss():
    matrix = pd.DataFrame([[0.9, 0.1], [0, 1]], index=["in", "lost"], columns=["in", "lost"])
    assert lifecycle.time_to_lost(matrix).to_dict() == pytest.approx({"in": 10})
    value = lifecycle.state_value(matrix, {"in": 5.0}, discount=0.05)
    assert value["in"] == pytest.approx(5 / (1 - 0.9 / 1.05))


def test_profit_by_state_may_be_a_series():
    world = Ladder()
    matrix, profit = lifecycle.ladder_matrix(world), lifecycle.ladder_profit(world)
    want = lifecycle.state_value(matrix, profit, discount=0.01)
    assert lifecycle.state_value(matrix, pd.Series(profit), discount=0.01).equals(want)


def test_visits_are_the_sum_of_the_shares_of_all_months():
    world = Ladder()
    shares = lifecycle.ladder_population(world, months=2000).groupby("state")["share"].sum()
    visits = lifecycle.expected_visits(lifecycle.ladder_matrix(world)).loc["prospect"]
    assert shares[visits.index].to_numpy() == pytest.approx(visits.to_numpy(), rel=1e-6)


def test_value_is_the_sum_of_discounted_months():
    world = Ladder()
    profit = lifecycle.ladder_profit(world)
    people = lifecycle.ladder_population(world, months=2000)
    worth = people["share"] * people["state"].map(profit) / 1.01 ** people["month"]
    table = lifecycle.ladder_table(world).set_index("state")
    assert worth.sum() == pytest.approx(table.loc["prospect", "value"], rel=1e-6)
    assert table.loc["prospect", "value"] == pytest.approx(95, abs=0.5)  # the story


def test_moves_are_counted_and_gaps_are_not():
    rows = [
        *[(1, 0, "in"), (1, 1, "in"), (1, 2, "lost"), (1, 3, "lost")],
        *[(2, 0, "in"), (2, 2, "in")],  # nobody looked in between
        *[(3, 3, "in"), (3, 4, "lost")],  # begins a month after another customer's last
    ]
    panel = pd.DataFrame(rows[::-1], columns=["customer", "month", "state"])
    found = lifecycle.estimate_chain(panel, order=("in", "lost"), profit={"in": 1.0}, draws=10)
    assert found.counts.loc["in"].to_dict() == {"in": 1, "lost": 2}
    assert found.moves == 3
    assert found.summary["months"].iloc[0] == pytest.approx(1.5)
    assert str(found).startswith("From 'in' it takes 1.5 months until lost")
    assert str(found).endswith("3 moves counted.")
    assert found.to_frame()["state"].tolist() == ["in"]


def test_relationship_types_by_hand():
    code = lifecycle.relationship_types([1, 9, 1, 9], [1, 1, 9, 9], value_cut=5, loyalty_cut=5)
    assert [TYPES[i] for i in code] == ["acquaintance", "functional", "emotional", "partner"]


def test_without_noise_the_rule_by_hand():
    volume = [10, 10, 50, 100, 100, 100, 70, 40]
    panel = pd.DataFrame({"customer": 1, "month": range(8), "volume": volume})
    told = lifecycle.detect_phases(panel, world=Relationship(window=1))
    assert told["phase"].tolist() == [
        *["exploration"] * 2,
        *["formation"] * 2,
        *["stability"] * 2,
        *["decline"] * 2,
    ]
    assert told["naive_phase"].tolist()[-2:] == ["decline"] * 2


# invariant -------------------------------------------------------------------------

climbs = st.sampled_from(["win", "second", "bind", "inspire"])


@settings(max_examples=40, deadline=None)
@given(name=climbs, low=st.floats(0, 1), high=st.floats(0, 1), slip=st.floats(0, 0.5))
def test_rows_add_up_and_climbing_never_takes_value(name, low, high, slip):
    values = []
    for share in (min(low, high), max(low, high)):
        world = Ladder(slip=slip, **{name: share})
        matrix = lifecycle.ladder_matrix(world)
        assert matrix.sum(axis=1).to_numpy() == pytest.approx(1)
        assert (matrix.to_numpy() >= 0).all()
        values.append(lifecycle.ladder_table(world)["value"].iloc[0])
    assert values[1] >= values[0] - 1e-9


def test_what_a_point_of_each_transition_is_worth():
    table = lifecycle.ladder_elasticity(Ladder())
    assert (table["gain"] > 0).all()
    assert table["gain"].is_monotonic_decreasing
    assert table["transition"].iloc[0] == "lost_advocate"
    gain = table.set_index("transition")["gain"]
    assert gain["lost_advocate"] > gain["win"]  # the story


def test_the_first_customers_and_months_are_kept():
    few = lifecycle.simulate_ladder(Ladder(), n=5, seed=1, months=10)
    many = lifecycle.simulate_ladder(Ladder(), n=50, seed=1, months=30)
    assert few.equals(many[(many["customer"] <= 5) & (many["month"] <= 10)].reset_index(drop=True))
    short = lifecycle.simulate_relationships(Relationship(), n=4, seed=1, months=12)
    long = lifecycle.simulate_relationships(Relationship(), n=40, seed=1, months=60)
    kept = long[(long["customer"] <= 4) & (long["month"] <= 12)].reset_index(drop=True)
    assert short.equals(kept)


def test_nobody_comes_back_from_lost():
    panel = lifecycle.simulate_ladder(Ladder(), n=300, seed=2, months=40)
    gone = (panel["state"] == "lost").groupby(panel["customer"]).cummax()
    assert (gone == (panel["state"] == "lost")).all()


@given(months=st.integers(2, 20))
@settings(max_examples=10, deadline=None)
def test_detection_never_looks_ahead(months):
    world = Relationship()
    whole = lifecycle.simulate_relationships(world, n=20, seed=3, months=24)
    early = whole[whole["month"] <= months]
    told = lifecycle.detect_phases(whole, world=world)
    again = lifecycle.detect_phases(early, world=world)
    assert told.loc[told["month"] <= months, "phase"].tolist() == again["phase"].tolist()


def test_phases_come_in_order_and_the_table_holds_all_months():
    panel = lifecycle.simulate_relationships(Relationship(), n=200, seed=1)
    order = panel["true_phase"].map(PHASES.index).groupby(panel["customer"])
    assert (order.diff().dropna() >= 0).all()
    told = lifecycle.detect_phases(panel, world=Relationship())
    table = lifecycle.phase_confusion(told)
    assert table["months"].sum() == len(panel)
    assert table.groupby("true_phase")["share"].sum().to_numpy() == pytest.approx(1)


def test_types_hold_everybody():
    table = pd.DataFrame({"profit": np.arange(1, 101.0), "loyalty": np.tile([0.2, 0.8], 50)})
    found = lifecycle.types_table(
        table, value="profit", loyalty="loyalty", value_cut=51, loyalty_cut=0.5
    )
    assert found["customers"].tolist() == [25, 25, 25, 25]
    assert found["value_share"].sum() == pytest.approx(1)


# recovery --------------------------------------------------------------------------


def test_time_and_value_are_found_and_covered():
    world = Ladder()
    truth = lifecycle.ladder_table(world).iloc[0]
    found = [
        lifecycle.estimate_chain(
            lifecycle.simulate_ladder(world, n=400, seed=seed, months=36),
            order=STATES, profit=lifecycle.ladder_profit(world), discount=0.01, draws=200,
        ).summary.iloc[0]
        for seed in range(60)
    ]  # fmt: skip
    fair = 4 * np.sqrt(0.95 * 0.05 / 60)
    for column in ("months", "value"):
        hits = [row[f"{column}_low"] <= truth[column] <= row[f"{column}_high"] for row in found]
        assert abs(np.mean(hits) - 0.95) < fair
        middle = np.mean([row[column] for row in found])
        assert middle == pytest.approx(truth[column], rel=0.03)


def test_phases_are_told_better_than_by_last_month_alone():
    world = Relationship()
    panel = lifecycle.simulate_relationships(world, n=300, seed=1)
    found = lifecycle.judge_phases(lifecycle.detect_phases(panel, world=world))
    assert found.low > 0.8 > 0.5 > found.naive_accuracy
    assert found.false_alarms < 0.1 < 0.4 < found.naive_false_alarms
    assert found.found > 0.9
    assert "of account-months are in the right phase" in str(found)


def test_a_longer_window_is_calmer_and_later():
    panel = lifecycle.simulate_relationships(Relationship(), n=300, seed=1)
    short, long = (
        lifecycle.judge_phases(lifecycle.detect_phases(panel, world=Relationship(window=w)))
        for w in (1, 6)
    )
    assert long.false_alarms < short.false_alarms
    assert long.delay > short.delay


# inputs ----------------------------------------------------------------------------


def test_a_chain_without_an_end():
    matrix = pd.DataFrame([[1.0, 0], [0, 1]], index=["in", "lost"], columns=["in", "lost"])
    with pytest.raises(CvmError, match=r"nobody is ever lost.*discount rate"):
        lifecycle.time_to_lost(matrix)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda m: m.assign(lost=0.5), r"add up to 1.*Divide each row"),
        (lambda m: m[["lost", "in"]], r"same order.*Reindex"),
        (lambda m: m.rename(index={"lost": "gone"}, columns={"lost": "gone"}), r"no state 'lost'"),
    ],
)
def test_a_matrix_that_is_none(change, message):
    matrix = pd.DataFrame([[0.9, 0.1], [0, 1]], index=["in", "lost"], columns=["in", "lost"])
    with pytest.raises(CvmError, match=message):
        lifecycle.expected_visits(change(matrix))


def test_profit_of_a_state_that_is_not_there():
    matrix = lifecycle.ladder_matrix(Ladder())
    with pytest.raises(CvmError, match=r"no state 'clients'.*Did you mean 'client'"):
        lifecycle.state_value(matrix, {"clients": 3.0})
    with pytest.raises(CvmError, match=r"zero or positive.*0.01 for 1 %"):
        lifecycle.state_value(matrix, {"client": 3.0}, discount=-0.1)


def test_a_panel_that_does_not_fit():
    panel = lifecycle.simulate_ladder(Ladder(), n=20, seed=1)
    with pytest.raises(CvmError, match=r"not in the order.*Name every state"):
        lifecycle.estimate_chain(panel, order=("prospect", "lost"), profit={})
    with pytest.raises(CvmError, match=r"state 'advocate'.*longer panel"):
        lifecycle.estimate_chain(panel, order=STATES, profit={})
    with pytest.raises(CvmError, match=r"no column 'state'"):
        lifecycle.estimate_chain(panel.drop(columns="state"), order=STATES, profit={})


@pytest.mark.parametrize("months", [0, 121])
def test_months_beyond_the_ladder(months):
    with pytest.raises(CvmError, match=r"1 to 120 months.*months=36"):
        lifecycle.simulate_ladder(Ladder(), n=5, seed=1, months=months)
    with pytest.raises(CvmError, match=r"1 to 5000 months"):
        lifecycle.ladder_population(Ladder(), months=0)


def test_sizes_and_states_that_cannot_be():
    with pytest.raises(CvmError, match=r"n is a whole number"):
        lifecycle.simulate_ladder(Ladder(), n=0, seed=1)
    with pytest.raises(CvmError, match=r"months is a whole number, 2 or more"):
        lifecycle.simulate_relationships(Relationship(), n=5, seed=1, months=1)
    with pytest.raises(CvmError, match=r"no state 'prospects' on the ladder.*'prospect'"):
        lifecycle.ladder_population(Ladder(), start="prospects")


def test_a_panel_with_holes():
    panel = lifecycle.simulate_relationships(Relationship(), n=5, seed=1, months=12)
    with pytest.raises(CvmError, match=r"one row for each of the same months.*volume of 0"):
        lifecycle.detect_phases(panel.drop(index=7), world=Relationship())
    with pytest.raises(CvmError, match=r"zero or positive"):
        lifecycle.detect_phases(panel.assign(volume=-1.0), world=Relationship())
    with pytest.raises(CvmError, match=r"no column 'volume'"):
        lifecycle.detect_phases(panel.drop(columns="volume"), world=Relationship())
