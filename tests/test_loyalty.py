"""The satisfaction-loyalty curve, bonds, intention and behaviour."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, logit

from cvm import loyalty
from cvm.errors import CvmError
from cvm.loyalty import INDUSTRIES, KINDS, ZONES, Loyalty

FREE = Loyalty(financial=0, social=0, structural=0, competition=1)
shares = st.floats(0, 1)
points = st.floats(0, 100)
worlds = st.builds(
    Loyalty,
    competition=shares,
    captive=shares,
    plateau=shares,
    defection_edge=st.floats(5, 60),
    affection_edge=st.floats(60, 95),
    push=st.floats(0, 30),
    width=st.floats(1, 20),
    conversion=shares,
    base=shares,
    habit_weight=shares,
)

# exact -----------------------------------------------------------------------------


def test_the_curve_starts_at_nothing_and_ends_at_everything():
    assert loyalty.attitude([0, 100], Loyalty()) == pytest.approx([0, 1], abs=1e-12)
    assert loyalty.attitude([-5, 105], Loyalty()) == pytest.approx([0, 1], abs=1e-12)


def test_the_flat_stretch_lies_at_the_plateau():
    world = Loyalty(width=1, competition=1)
    assert loyalty.attitude([50, 60, 70], world) == pytest.approx([0.3] * 3, abs=1e-4)


def test_the_flat_stretch_of_the_story():
    held = loyalty.attitude([50, 70, 90], Loyalty())
    assert np.diff(held) == pytest.approx([0.03, 0.57], abs=0.005)


def test_the_curve_by_hand():
    w, s = Loyalty(competition=1), 62.0
    rises = []
    for m in (w.defection_edge - 2 * w.width, w.affection_edge + 2 * w.width):
        ends = expit(-m / w.width), expit((100 - m) / w.width)
        rises.append((expit((s - m) / w.width) - ends[0]) / (ends[1] - ends[0]))
    by_hand = w.plateau * rises[0] + (1 - w.plateau) * rises[1]
    assert loyalty.attitude(s, w) == pytest.approx(by_hand, abs=1e-12)


def test_competition_moves_the_edge_of_affection():
    assert ZONES[loyalty.zones(70, Loyalty(competition=1))] == "indifference"
    assert ZONES[loyalty.zones(70, Loyalty(competition=0))] == "affection"
    assert [ZONES[i] for i in loyalty.zones([39.9, 40, 79.9, 80], FREE)] == [
        "defection",
        "indifference",
        "indifference",
        "affection",
    ]


def test_without_bonds_and_among_equals_the_intention_is_the_attitude():
    held = np.linspace(0.001, 0.999, 50)
    assert loyalty.intention(held, 0, FREE) == pytest.approx(held, abs=1e-12)


def test_a_bond_adds_log_odds():
    meant = loyalty.intention(0.3, 0.9, FREE)
    assert logit(meant) == pytest.approx(logit(0.3) + 0.9)


def test_the_captive_stay_without_wanting_to():
    world = Loyalty(competition=0.2, captive=0.5)
    assert loyalty.intention(0, 0, world) == pytest.approx(0.4, abs=1e-5)


def test_bonds_cost_what_rivals_do_not_copy():
    world = Loyalty()
    assert loyalty.switching_cost(1, 0, 0, world) == pytest.approx(1.2 * 0.2)
    assert loyalty.switching_cost(1, 1, 1, world) == pytest.approx(1.2 * (0.2 + 0.6 + 0.9))


def test_with_full_conversion_and_no_habit_people_do_what_they_say():
    meant = np.linspace(0, 1, 11)
    assert loyalty.behaviour_probability(meant, 0, Loyalty(conversion=1)) == pytest.approx(meant)


def test_a_full_habit_asks_no_intention():
    world = Loyalty(habit_weight=1)
    assert loyalty.behaviour_probability([0, 1], 1, world) == pytest.approx([1, 1])


def test_twelve_months_make_the_year():
    assert loyalty.monthly_retention(0.7) ** 12 == pytest.approx(0.7)


def test_the_four_kinds():
    found = loyalty.kinds([0.2, 0.2, 0.8, 0.8], [0.2, 0.8, 0.2, 0.8], Loyalty())
    assert [KINDS[i] for i in found] == ["none", "spurious", "latent", "true"]


# invariant -------------------------------------------------------------------------


@given(a=points, b=points, world=worlds)
def test_more_satisfaction_never_lowers_the_attitude(a, b, world):
    low, high = loyalty.attitude([min(a, b), max(a, b)], world)
    assert 0 <= low <= high + 1e-12 <= 1 + 1e-9


@given(s=points, c=shares, d=shares, world=worlds)
def test_less_competition_never_lowers_loyalty(s, c, d, world):
    def meant(competition):
        there = world.replace(competition=competition)
        return loyalty.intention(loyalty.attitude(s, there), 0.5, there)

    assert meant(max(c, d)) <= meant(min(c, d)) + 1e-9


@given(held=shares, cost=st.floats(0, 5), more=st.floats(0, 5), world=worlds)
def test_a_stronger_bond_never_lowers_the_intention(held, cost, more, world):
    low, high = loyalty.intention(held, [cost, cost + more], world)
    assert 0 <= low <= high + 1e-12 <= 1 + 1e-9


@given(meant=shares, more=shares, habit=shares, stronger=shares, world=worlds)
def test_behaviour_rises_with_intention_and_with_habit(meant, more, habit, stronger, world):
    chance = loyalty.behaviour_probability(
        [meant, max(meant, more), max(meant, more)], [habit, habit, max(habit, stronger)], world
    )
    assert (np.diff(chance) >= -1e-12).all()
    assert ((chance >= 0) & (chance <= 1 + 1e-12)).all()


def test_the_five_industries_lie_in_the_order_of_the_source():
    table = loyalty.industry_table(step=5)
    curves = table.pivot(index="satisfaction", columns="industry", values="intention")
    ordered = curves[list(INDUSTRIES)].to_numpy()
    assert (np.diff(ordered, axis=1) >= -1e-12).all()
    assert (np.diff(ordered[8:16], axis=1) > 0.01).all()


def test_the_table_is_steep_flat_steep():
    table = loyalty.curve_table(Loyalty())
    mean = table.groupby("zone")["slope"].mean()
    assert mean["affection"] > 3 * mean["indifference"]
    assert list(table.columns) == [
        "satisfaction",
        "zone",
        "attitude",
        "intention",
        "behaviour",
        "slope",
    ]
    assert table["satisfaction"].iloc[[0, -1]].tolist() == [0, 100]


# inputs ----------------------------------------------------------------------------


def test_an_unknown_industry_gets_the_near_miss():
    with pytest.raises(CvmError, match=r"no preset.*Did you mean 'airlines'"):
        loyalty.industry("airline")


@pytest.mark.parametrize("step", [0, -1, 51])
def test_a_step_that_makes_no_curve(step):
    with pytest.raises(CvmError, match=r"above 0 and at most at 50.*step=1"):
        loyalty.curve_table(Loyalty(), step=step)
