"""The figures and what-ifs of chapter 07: what stands on the axes, and that they move."""

import pandas as pd
import pytest
from matplotlib.colors import to_hex

from cvm import plots, service
from cvm.errors import CvmError
from cvm.plots import INK
from cvm.whatif import service as what_if
from tests.whatifs import every_slider_acts, lever_moves

DESK = service.staffing_table(service.Desk(), most=12)
PEOPLE = service.simulate_recovery(service.Recovery(), n=2000, seed=1)
MAKERS = [
    what_if.staff_and_standard,
    what_if.three_dimensions,
    what_if.listening,
    what_if.recovery_quality,
]


def words(ax):
    return [text.get_text() for text in ax.texts]


# exact: the ink is the table -------------------------------------------------------


def test_three_sides_and_the_moment_at_every_point():
    table = service.contact_points(service.Journey())
    ax = plots.contact_points(table)
    for bars, side in zip(ax.containers, service.DIMENSIONS, strict=True):
        assert [bar.get_height() for bar in bars] == pytest.approx(table[side].tolist())
    assert ax.lines[0].get_ydata() == pytest.approx(table["failed"].to_numpy())
    assert [label.get_text() for label in ax.get_xticklabels()] == [*service.POINTS, "all"]


def test_both_rules_have_a_line():
    rows = [
        service.failure_ratings(
            service.simulate_contacts(service.Service(rule=rule, fail_human=0.3), n=900, seed=1)
        ).assign(rule=rule)
        for rule in service.RULES
    ]
    ax = plots.failure_ratings(pd.concat(rows))
    for bars, table in zip(ax.containers, rows, strict=True):
        assert bars.lines[0].get_ydata() == pytest.approx(table["rating"].to_numpy())
    named = [text.get_text() for text in ax.get_legend().get_texts()]
    assert named == ["non-compensatory", "additive"]


def test_the_desk_with_its_ring_its_dot_and_its_promise():
    ax = plots.staffing(DESK, chosen=9, promised=8)
    curve, ring, dot, promise = ax.lines[:4]
    assert curve.get_ydata() == pytest.approx(DESK["total_cost"].to_numpy())
    assert list(ring.get_xdata()) == [7]
    assert list(dot.get_xdata()) == [9]
    assert list(promise.get_xdata()) == [8, 8]
    assert ax.lines[4].get_ydata() == pytest.approx(DESK["wages"].to_numpy())
    assert "dashed: promise" in ax.get_xlabel()
    assert "dashed" not in plots.staffing(DESK).get_xlabel()


def test_the_promise_and_how_it_is_kept():
    table = DESK.assign(in_time=DESK["within_a_day"])
    ax = plots.promise_kept(table, promised=0.95)
    assert ax.lines[0].get_ydata() == pytest.approx(table["within_a_day"].to_numpy())
    assert list(ax.lines[1].get_ydata()) == [0.95, 0.95]
    plan = what_if.desk_plan(service.Standard(promise_days=1), n=1, seed=1)
    assert plan.table["in_time"].to_numpy() == pytest.approx(plan.table["within_a_day"])


def test_voice_and_exit_with_the_share_that_leaves():
    table = service.voice_or_exit(service.Listening())
    ax = plots.voice_exit(table)
    for bars, column in zip(ax.containers, ("failures", "leaving"), strict=True):
        assert [bar.get_width() for bar in bars] == pytest.approx(table[column].tolist())
    assert words(ax) == ["7.1 % leave", "26 % leave", "20 % leave"]


def test_what_listening_costs():
    month = service.listen(service.Listening(asked=0.5))
    ax = plots.listening_costs(month.to_frame())
    heights = [bar.get_height() for bar in ax.patches]
    assert heights == pytest.approx([month.wages, month.asking, month.tracking, month.lost_value])
    assert [t.get_text() for t in ax.get_xticklabels()] == [
        "wages", "asking", "tracking", "value lost",
    ]  # fmt: skip


def test_the_balance_with_its_best():
    table = service.balance_table(service.Balance())
    ax = plots.balance(table, best=3.0)
    assert ax.lines[0].get_ydata() == pytest.approx(table["total_cost"].to_numpy())
    assert to_hex(ax.lines[1].get_color()) == INK["loss"].lower()
    assert list(ax.lines[3].get_xdata()) == [3, 3]


@pytest.mark.parametrize("column", ["satisfaction", "intention", "came_back"])
def test_four_groups_and_the_level_without_a_failure(column):
    table = service.recovery_groups(PEOPLE)
    ax = plots.recovery_groups(table, column=column)
    level, dots = ax.lines
    assert list(level.get_ydata()) == [table[column].iloc[0]] * 2
    assert dots.get_ydata() == pytest.approx(table[column].to_numpy())
    assert ax.get_xticklabels()[2].get_text() == "complaint\nnot\nsettled"


def test_dimensions_beside_the_moment():
    world = service.Service(fail_human=0.1, fail_business=0.1, fail_hidden=0.1)
    ax = plots.spoiled_moments(service.spoiled_moments(world))
    heights = [bar.get_height() for bar in ax.patches]
    assert heights == pytest.approx([0.1, 0.1, 0.1, 1 - 0.9**3])


# exact: the numbers beside the pictures ----------------------------------------------


def test_the_numbers_of_the_desk():
    made = what_if.staff_and_standard()
    row = made.numbers().set_index("name")["base"]
    assert row["cost a month in all"] == pytest.approx(DESK["total_cost"].iloc[0])
    assert row["people who cost least"] == 7
    assert row["people the promise takes"] == 8
    made.move("staff", 30)  # the picture reaches as far as the desk
    assert made.simulate(made.world, n=1, seed=1).table["staff"].max() == 30
    made.move("staff", 3)
    overloaded = made.numbers().set_index("name")["moved"]
    assert overloaded["time to the answer"] == 20
    assert overloaded["taken up as promised"] == 0


def test_the_numbers_of_recovery_are_gap_and_truth():
    made = what_if.recovery_quality(n=2000)
    row = made.numbers().set_index("name")["base"]
    rows = service.recovery_groups(PEOPLE).set_index("group")
    gap = rows.loc["settled", "intention"] - rows.loc["no failure", "intention"]
    assert row["intention, settled against no failure"] == pytest.approx(100 * gap)
    truth = PEOPLE.loc[PEOPLE["settled"], "true_intention_effect"].mean()
    assert row["the truth: done to intention"] == pytest.approx(100 * truth)


def test_the_numbers_of_the_moments():
    row = what_if.three_dimensions(n=2000).numbers().set_index("name")["base"]
    spoiled = 1 - 0.96 * 0.94 * 0.95
    assert row["moments that fail"] == pytest.approx(spoiled)
    assert row["a failed moment in ten contacts"] == pytest.approx(1 - (1 - spoiled) ** 10)
    assert row["the average dimension holds"] == pytest.approx(0.95)


# invariant: what-ifs ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "lever", "to", "name", "falls"),
    [
        (MAKERS[0], "staff", 7, "cost a month in all", True),
        (MAKERS[1], "rule", "additive", "moments that fail", True),
        (MAKERS[2], "voice", 0.05, "complaints a month", True),
        (MAKERS[2], "voice", 0.05, "customers who leave", False),
        (MAKERS[3], "days", 15.0, "the truth: done to satisfaction", True),
        (MAKERS[3], "attached_speak", 0.0, "satisfaction, settled against no failure", True),
    ],
)
def test_a_lever_moves_numbers_and_picture(make, lever, to, name, falls):
    lever_moves(make(n=2000), lever, to, name, falls=falls)


@pytest.mark.parametrize("make", MAKERS)
def test_each_slider_moves_its_picture_and_its_code_makes_its_numbers(make):
    every_slider_acts(make(n=600))


# inputs ----------------------------------------------------------------------------


def test_a_table_that_is_not_the_plots():
    with pytest.raises(CvmError, match=r"'staffing' needs a table with the column 'staff'"):
        plots.staffing(PEOPLE)
