"""The figures and what-ifs of chapter 02: what stands on the axes, and that they move."""

import io

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from PIL import Image

from cvm import knowing, lifecycle, plots, value
from cvm.errors import CvmError
from cvm.plots import INK
from cvm.whatif import knowing as what_if
from tests.whatifs import lever_moves, runs_as_code

WORLD = knowing.Rivalry()
FOUND = knowing.choice_shares(WORLD, n=200, seed=1)
LADDER = lifecycle.Ladder()
WATCH = lifecycle.Relationship()
TOLD = lifecycle.detect_phases(
    lifecycle.simulate_relationships(WATCH, n=30, seed=2), world=WATCH
)  # fmt: skip


def words(ax):
    return [text.get_text() for text in ax.texts]


# exact: the ink is the table -------------------------------------------------------


def test_benefits_stand_up_costs_hang_down_and_the_mark_is_what_is_left():
    offers = dict(zip(knowing.NAMES, knowing.market_offers(WORLD), strict=True))
    ax = plots.delivered_value(knowing.value_parts(offers, world=WORLD))
    bars = [[bar.get_height() for bar in part] for part in ax.containers]
    assert np.sum(bars, axis=0) == pytest.approx([4.35, 3.675, 4.2])
    marks = [line.get_ydata()[0] for line in ax.lines[:3]]
    assert marks == pytest.approx([4.35, 3.675, 4.2])
    top = max(bar.get_y() + bar.get_height() for bar in ax.containers[3])
    assert top == pytest.approx(2.975 + 2.0 + 1.6 + 1.8)  # the benefits of rival b
    assert [tick.get_text() for tick in ax.get_xticklabels()] == list(knowing.NAMES)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == list(knowing.PARTS)


def test_shares_are_bars_and_a_case_has_its_colour():
    ax = plots.choice_shares(FOUND.table, case="base")
    plots.choice_shares(FOUND.table, ax=ax, case="moved")
    grey, blue = ax.containers
    assert [bar.get_height() for bar in blue] == pytest.approx(FOUND.table["share"].tolist())
    assert to_hex(grey[0].get_facecolor()) == INK["base"].lower()
    assert to_hex(blue[0].get_facecolor()) == INK["moved"].lower()
    assert grey[0].get_x() + grey[0].get_width() < blue[0].get_x() + 0.05


def test_gains_of_costs_and_benefits_differ_in_colour():
    table = knowing.point_gains(WORLD, n=50, seed=1)
    ax = plots.point_gains(table)
    assert [bar.get_width() for bar in ax.patches] == pytest.approx(table["gain"].tolist())
    assert ax.get_yticklabels()[0].get_text() == "money a point down"
    assert to_hex(ax.patches[0].get_facecolor()) == INK["loss"].lower()
    assert to_hex(ax.patches[1].get_facecolor()) == INK["moved"].lower()


def test_the_map_has_a_point_a_firm_and_its_line():
    survey = value.simulate_choices(WORLD, n=20, seed=1, offers=knowing.market_offers(WORLD))
    prices = {"firm": 68, "rival a": 55, "rival b": 98}
    chart = value.value_map(knowing.rate_firms(survey, prices=prices, world=WORLD))
    line = knowing.fair_value_line(low=0.8, high=1.3)
    ax = plots.value_map(chart, line=line)
    assert ax.lines[0].get_ydata() == pytest.approx(line["price_ratio"].to_numpy())
    assert ax.lines[1].get_xdata() == pytest.approx(chart["quality_ratio"].to_numpy())
    assert {"fair value", "rival b: worse value"} <= set(words(ax))
    assert len(plots.value_map(chart).lines) == 1


def test_five_values_are_stacked_to_the_whole():
    table = knowing.five_values()
    ax = plots.five_values(table)
    ends = [bar.get_x() + bar.get_width() for bar in ax.containers[-1]]
    assert ends == pytest.approx(table.groupby("customer", sort=False)["value"].sum().tolist())
    assert to_hex(ax.containers[0][0].get_facecolor()) == INK["base"].lower()


def test_the_layers_of_the_ladder_fill_the_whole():
    table = lifecycle.ladder_population(LADDER, months=12)
    ax = plots.ladder_months(table)
    assert len(ax.collections) == 6
    assert ax.get_legend().get_texts()[0].get_text() == "lost"
    lowest = ax.collections[0].get_paths()[0].vertices
    advocates = table[table["state"] == "advocate"]["share"].max()
    assert lowest[:, 1].max() == pytest.approx(advocates)


def test_rungs_are_those_of_the_last_month():
    table = lifecycle.ladder_population(LADDER, months=12)
    ax = plots.ladder_rungs(table)
    last = table[table["month"] == 12]
    assert [bar.get_width() for bar in ax.patches] == pytest.approx(last["share"].tolist())
    assert ax.get_xlabel() == "share after 12 months"
    assert [tick.get_text() for tick in ax.get_yticklabels()] == last["state"].tolist()


def test_value_by_rung_with_its_interval_and_the_truth():
    table = lifecycle.ladder_table(LADDER)
    seen = table.assign(value_low=table["value"] - 5, value_high=table["value"] + 9, true_value=7.0)
    ax = plots.state_value(seen)
    assert [bar.get_width() for bar in ax.patches] == pytest.approx(table["value"].tolist())
    ends = ax.collections[0].get_segments()[2][:, 0]
    assert ends == pytest.approx(table["value"][2] + np.array([-5, 9]))
    assert list(ax.lines[0].get_xdata()) == [7.0] * 5
    assert "95" in words(plots.state_value(table))
    assert ax.get_xlabel() == "value from now on (yuan)"
    assert plots.state_value(table, unit="euros").get_xlabel() == "value from now on (euros)"


def test_an_account_shows_the_truth_and_what_was_told():
    one = TOLD[TOLD["customer"] == 4]
    ax = plots.account_life(one)
    assert ax.lines[0].get_ydata() == pytest.approx(one["volume"].to_numpy())
    assert len(ax.patches) == 2 * len(one)
    shades = [to_hex(patch.get_facecolor()) for patch in ax.patches]
    assert len(set(shades[::2])) == one["true_phase"].nunique()
    assert len(set(shades[1::2])) == one["phase"].nunique()


def test_a_map_of_phases_and_the_naive_one_beside_it():
    table = lifecycle.phase_confusion(TOLD)
    naive = lifecycle.phase_confusion(TOLD, told="naive_phase")
    assert len(plots.phase_confusion(table).patches) == 16
    ax = plots.phase_confusion(table, beside=naive)
    assert len(ax.patches) == 32
    assert {"the rule", "by last month's change"} <= set(words(ax))
    # The first cell is exploration told as exploration.
    assert words(ax)[0] == f"{100 * table['share'][0]:.2g} %"


def test_months_told_as_decline_by_true_phase():
    table = lifecycle.phase_confusion(TOLD)
    ax = plots.decline_told(table)
    want = table[table["told"] == "decline"].set_index("true_phase")["share"]
    names = [tick.get_text() for tick in ax.get_yticklabels()]
    assert names[0] == "decline"
    assert [bar.get_width() for bar in ax.patches] == pytest.approx(want[names].tolist())


def test_four_types_stand_where_value_and_loyalty_put_them():
    table = pd.DataFrame({"type": lifecycle.TYPES, "share": [0.4, 0.3, 0.1, 0.2],
                          "value_share": [0.0, 0.5, 0.1, 0.4]})  # fmt: skip
    ax = plots.relationship_types(table)
    at = {text.get_text().split("\n")[0]: text.xy for text in ax.texts}
    assert at["functional"] == (1.5, 0.5)  # high value, low loyalty
    assert at["emotional"] == (0.5, 1.5)
    assert "functional\n30 % of customers\n50 % of value" in words(ax)


# invariant: what-ifs ----------------------------------------------------------------

ALL = [what_if.service_and_waiting, what_if.one_step, what_if.alarm]


@pytest.mark.parametrize(
    ("make", "lever", "to", "name", "falls"),
    [
        (what_if.service_and_waiting, "service", 9.0, "Yunhe is chosen by", False),
        (what_if.service_and_waiting, "time", 6.0, "Yunhe is chosen by", True),
        (what_if.one_step, "lost_client", 0.05, "a prospect is worth", True),
        (what_if.one_step, "win", 0.2, "lost after two years", True),
        (what_if.alarm, "window", 8, "false alarms in stable months", True),
        (what_if.alarm, "window", 8, "first warning after", False),
    ],
)
def test_a_lever_moves_numbers_and_picture(make, lever, to, name, falls):
    lever_moves(make(n=60), lever, to, name, falls=falls)


def edge(png):
    """Give the outermost pixels of a picture."""
    drawn = np.asarray(Image.open(io.BytesIO(png))).astype(int)
    return np.concatenate([drawn[0], drawn[-1], drawn[:, 0], drawn[:, -1]])


def moved_far(made, item):
    """Where copying is the lever, there must be something to copy."""
    if item.name == "copied":
        made.move("service", 9.0)
    return made.picture


@pytest.mark.parametrize("make", ALL)
def test_each_slider_moves_its_picture_and_its_code_makes_its_numbers(make):
    made = make(n=40)
    for item in made.levers:
        before = moved_far(made, item)
        end = item.low if getattr(made.base, item.name) == item.high else item.high
        made.move(item.name, end)
        assert made.picture != before, item.name
        runs_as_code(made, item.name)
        assert edge(made.picture).min() == 255, f"{item.name}: something is cut off"
        made.reset()


# inputs ----------------------------------------------------------------------------


def test_a_table_that_is_not_the_plots():
    with pytest.raises(CvmError, match=r"'value_map' needs a table with the column 'region'"):
        plots.value_map(pd.DataFrame({"firm": ["a"], "quality_ratio": 1.0, "price_ratio": 1.0}))
