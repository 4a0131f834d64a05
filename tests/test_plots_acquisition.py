"""The figures and what-ifs of chapter 04: what stands on the axes, and that they move."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from cvm import acquisition, plots
from cvm.errors import CvmError
from cvm.plots import INK
from cvm.whatif import acquisition as what_if
from tests.whatifs import every_slider_acts, lever_moves, stands_on_steps

TODAY = acquisition.funnel()
PLAN = acquisition.allocate(budget=400_000)
WEB = acquisition.CHANNELS["web"]


def rows_of(ax):
    return [label.get_text() for label in ax.get_yticklabels()]


# exact: the ink is the table -------------------------------------------------------


def test_the_funnel_leaves_out_whom_nobody_reached():
    ax = plots.channel_funnel(TODAY)
    used = TODAY[TODAY["spend"] > 0]
    assert rows_of(ax) == used["channel"].tolist()
    for line, column in zip(ax.lines, ("reached", "interested", "offered", "won"), strict=True):
        assert line.get_xdata() == pytest.approx(used[column])
    assert ax.get_xscale() == "log"


def test_the_costs_are_the_curve_and_dots_stand_where_the_channel_stands():
    curve = acquisition.cost_curve(WEB, upto=100_000)
    ax = plots.acquisition_cost(curve, spend=30_000)
    for line, column in zip(ax.lines, ("marginal_cost", "average_cost", "value"), strict=False):
        assert line.get_ydata() == pytest.approx(curve[column])
    dots = [(line.get_xdata()[0], line.get_ydata()[0]) for line in ax.lines[3:]]
    at = [
        float(cost(30_000, WEB)) for cost in (acquisition.marginal_cost, acquisition.average_cost)
    ]
    assert dots == [(30, pytest.approx(at[0])), (30, pytest.approx(at[1]))]


def test_worth_beside_cost_the_best_next_yuan_on_top():
    ax = plots.channel_worth(TODAY)
    best = TODAY.sort_values("next_value_per_yuan", ascending=False)
    assert rows_of(ax) == best["channel"].tolist()
    average, marginal, value = ax.lines
    assert average.get_xdata() == pytest.approx(best["average_cost"])
    assert marginal.get_xdata() == pytest.approx(best["marginal_cost"])
    assert value.get_xdata() == pytest.approx(best["value"])
    shades = [to_hex(colour) for colour in ax.collections[0].get_colors()]
    pays = (best["next_value_per_yuan"] >= 1).tolist()
    assert shades == [(INK["moved"] if good else INK["loss"]).lower() for good in pays]
    assert not all(pays)


def test_the_budget_beside_what_is_spent_today():
    ax = plots.channel_budget(PLAN.to_frame(), against="today")
    best, today = ([bar[-1, 0] for bar in bars.get_segments()] for bars in ax.collections)
    assert best == pytest.approx(PLAN.channels["best"] / 1000)
    assert today == pytest.approx(PLAN.channels["today"] / 1000)
    words = [text.get_text() for text in ax.get_legend().get_texts()]
    assert words == ["equal marginal value", "as today"]


def test_rules_are_bars_with_their_numbers():
    ax = plots.budget_rules(PLAN.rules)
    assert [bar.get_width() for bar in ax.patches] == pytest.approx(PLAN.rules["gain"] / 1000)
    assert [text.get_text() for text in ax.texts] == ["937", "638", "596", "597", "207"]
    assert rows_of(ax)[1:3] == ["by average cost", "by last touch"]


def test_generations_beside_the_promise_without_being_pressed_flat():
    families = acquisition.simulate_referrals(acquisition.Referral(invites=6), n=1_000, seed=1)
    one = acquisition.generations(families, refer=1.2)
    ax = plots.referral_rounds(pd.concat([one.assign(world="a"), one.assign(world="b")]))
    assert ax.lines[0].get_ydata() == pytest.approx(one["promised"])
    assert ax.lines[1].get_ydata() == pytest.approx(one["customers"])
    assert ax.get_ylim()[1] < one["promised"].max()
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["a", "b"]


def test_weeks_are_dots_at_average_demand_under_the_fit():
    weeks = acquisition.simulate_weeks(acquisition.Weeks(), n=60, seed=1)
    curve = acquisition.fitted_curve(acquisition.fit_response(weeks, demand="demand"), upto=5e4)
    ax = plots.weekly_response(weeks, curve=curve)
    dots = ax.collections[0].get_offsets()
    assert np.asarray(dots[:, 1]) == pytest.approx(weeks["won"] / weeks["demand"])
    assert ax.lines[0].get_ydata() == pytest.approx(curve["won"])
    plain = plots.weekly_response(weeks.drop(columns="demand"))
    assert np.asarray(plain.collections[0].get_offsets()[:, 1]) == pytest.approx(weeks["won"])


def test_methods_with_the_truth_beside_them():
    people = acquisition.simulate_acquisition(acquisition.Newcomers(), n=500, seed=1)
    gaps = acquisition.compare_gaps(people)
    ax = plots.stay_gaps(gaps)
    assert ax.lines[0].get_xdata() == pytest.approx(gaps["effect"])
    truth = next(x for x in ax.lines if x.get_marker() == "|" and x.get_markersize() > 10)
    assert truth.get_xdata() == pytest.approx(gaps["true_effect"])
    assert rows_of(ax) == ["Plain gap", "Regression", "Weighting", "Invitation by lot"]


# invariant: what-ifs ----------------------------------------------------------------

WHAT_IFS = [what_if.next_customer, what_if.budget_split, what_if.pull_or_push]


@pytest.mark.parametrize(
    ("make", "lever", "to", "name", "falls"),
    [
        (what_if.next_customer, "spend", 100_000, "the next yuan brings", True),
        (what_if.next_customer, "retention", 0.9, "spending pays up to", False),
        (what_if.budget_split, "budget", 900_000, "the next yuan earns beyond itself", True),
        (what_if.budget_split, "push_risk", 1.8, "goes to channels that push", True),
        (what_if.pull_or_push, "selection", 0.0, "plain gap", True),
        (what_if.pull_or_push, "push_risk", 2.0, "invitation by lot", False),
    ],
)
def test_a_lever_moves_numbers_and_picture(make, lever, to, name, falls):
    lever_moves(make(n=1_000), lever, to, name, falls=falls)


@pytest.mark.parametrize("make", WHAT_IFS)
def test_each_slider_moves_its_picture_and_its_code_makes_its_numbers(make):
    every_slider_acts(make(n=300))


@pytest.mark.parametrize(
    ("make", "lever", "to", "axis"),
    [
        (what_if.next_customer, "retention", 0.97, "y"),
        (what_if.budget_split, "budget", 1_500_000, "x"),
    ],
)
def test_a_picture_widens_so_that_nothing_is_cut(make, lever, to, axis):
    made = make(n=300)
    made.move(lever, to)
    (panel,) = made._picture._panels
    home = panel._home["xy".index(axis)]
    panel.add(made.simulate(made.world, n=300, seed=1))
    assert panel.needed()["xy".index(axis)][1] > home[1]
    assert home[0] == 0


def test_all_of_a_scarce_budget_is_spent():
    made = what_if.budget_split()
    numbers = made.numbers().set_index("name")["moved"]
    assert numbers["best left unspent"] == 0
    made.move("budget", 1_500_000)
    assert made.numbers().set_index("name")["moved"]["best left unspent"] > 400_000


@pytest.mark.parametrize("make", WHAT_IFS)
def test_a_default_lies_on_its_sliders_steps(make):
    stands_on_steps(make(n=300))


# inputs ----------------------------------------------------------------------------


def test_a_table_that_is_not_the_plots():
    with pytest.raises(CvmError, match="'channel_worth' needs a table with the column 'channel'"):
        plots.channel_worth(PLAN.rules)
