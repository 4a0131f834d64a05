"""The figures and what-ifs of chapter 01: what stands on the axes, and that they move."""

import itertools

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from cvm import economics, plots, relationships
from cvm.economics import TwoFirms
from cvm.errors import CvmError
from cvm.plots import INK
from cvm.whatif import relationships as what_if
from tests.whatifs import every_slider_acts, stands_on_steps

FOUND = economics.break_even(TwoFirms())


# exact: the ink is the table -------------------------------------------------------


def test_both_firms_are_drawn_and_named():
    ax = plots.two_firms(FOUND.table)
    for line, firm in zip(ax.lines, ("transaction", "relationship"), strict=True):
        mine = FOUND.table[FOUND.table["firm"] == firm]
        assert np.array_equal(line.get_xdata(), mine["year"])
        assert np.array_equal(line.get_ydata(), mine["cumulative_profit"])
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [
        "transaction firm", "relationship firm",
    ]  # fmt: skip
    assert [line.get_linestyle() for line in ax.lines] == ["--", "-"]


def test_the_lead_crosses_where_the_dot_is():
    ax = plots.firm_lead(FOUND.table, year=FOUND.year)
    lead = dict(zip(*ax.lines[1].get_data(), strict=True))
    assert lead[10] == pytest.approx(FOUND.ahead)
    assert lead[1] == pytest.approx(-10)
    assert list(ax.lines[2].get_xdata()) == [5]
    assert ax.lines[2].get_ydata()[0] == pytest.approx(lead[5])
    assert ax.texts[0].get_text() == "ahead for good: year 5"


def test_the_parts_hang_together_and_end_at_the_lead():
    table = relationships.lead_by_reason(TwoFirms())
    ax = plots.lead_parts(table)
    bars = [bar for group in ax.containers for bar in group]
    assert [bar.get_width() for bar in bars[:-1]] == pytest.approx(table["amount"].tolist())
    for before, after in itertools.pairwise(bars[:-1]):
        assert after.get_x() == pytest.approx(before.get_x() + before.get_width())
    assert bars[-1].get_width() == pytest.approx(FOUND.ahead)
    lost = [to_hex(bar.get_facecolor()) == INK["loss"].lower() for bar in bars]
    assert lost == [*(table["amount"] < 0), False]
    assert ax.get_yticklabels()[-1].get_text() == "lead in all"


def test_the_best_split_is_a_dot_and_todays_a_ring():
    table = economics.best_share(TwoFirms())
    ax = plots.keep_or_win(table, own=0.4)
    assert np.array_equal(ax.lines[0].get_ydata(), table["cumulative_profit"])
    assert [float(line.get_xdata()[0]) for line in ax.lines[1:]] == pytest.approx([0.28, 0.4])
    assert ax.lines[2].get_markerfacecolor() == "none"
    assert "ring: today" in ax.get_xlabel()


def test_several_worlds_are_lines_with_names():
    parts = [economics.best_share(TwoFirms(win_scale=scale), points=11).assign(world=name)
             for name, scale in (("cheap", 40), ("dear", 160))]  # fmt: skip
    ax = plots.keep_or_win(pd.concat(parts))
    assert len(ax.lines) == 4
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["cheap", "dear"]


def test_levels_of_people_and_sales():
    people = relationships.simulate_town(relationships.Town(), n=500, seed=1)
    table = relationships.level_table(people)
    ax = plots.identification(table)
    widths = [[bar.get_width() for bar in group] for group in ax.containers]
    assert widths[0] == pytest.approx(table["people_share"].tolist())
    assert widths[1] == pytest.approx(table["spend_share"].tolist())
    assert [text.get_text() for text in ax.get_yticklabels()] == list(relationships.LEVELS)


def test_a_market_share_is_an_area():
    rows = []
    for name, town in relationships.TOWNS.items():
        people = relationships.simulate_town(town, n=2000, seed=1)
        rows.append(relationships.customer_share(people).to_frame().assign(firm=name))
    table = pd.concat(rows)
    ax = plots.wallets(table)
    areas = [box.get_width() * box.get_height() for box in ax.patches]
    assert areas == pytest.approx((table["market_share"] / table["heaviness"]).tolist())
    assert (ax.get_xlim(), ax.get_ylim()) == ((0, 1), (0, 1))


@pytest.mark.parametrize("column", ["retention", "staying"])
def test_each_bond_is_a_line(column):
    table = relationships.bond_years(relationships.Bonds())
    ax = plots.bonds(table, column=column)
    for line, (_bond, rows) in zip(ax.lines, table.groupby("bond", sort=False), strict=True):
        assert np.array_equal(line.get_ydata(), rows[column])
    assert to_hex(ax.lines[0].get_color()) == INK["base"].lower()
    words = [text.get_text() for text in ax.get_legend().get_texts()]
    assert words == ["none", "financial", "social", "structural"]


# invariant: what-ifs ----------------------------------------------------------------


def test_dear_winning_brings_the_break_even_forward():
    made = what_if.two_firms()
    before = made.picture
    assert (made.numbers()["base"] == made.numbers()["moved"]).all()
    made.move("win_scale", 160.0)
    row = made.numbers().iloc[0]
    assert (row["base"], row["moved"]) == (5, 3)
    assert made.picture != before


def test_a_year_that_does_not_come_has_no_number():
    made = what_if.two_firms()
    made.move("ceiling", 0.7)
    assert np.isnan(made.numbers()["moved"][0])
    assert made.numbers()["moved"][1] < 0


def test_loyal_anyway_means_win():
    made = what_if.keep_or_win()
    made.move("floor", 0.88)
    numbers = made.numbers().set_index("name")
    assert numbers.loc["best share for keeping", "moved"] == 0
    assert numbers.loc["... for the next customer", "moved"] > 5
    assert numbers.loc["given up by today's split", "moved"] > 0


@pytest.mark.parametrize("make", [what_if.two_firms, what_if.keep_or_win])
def test_a_slider_can_stand_where_its_lever_stands(make):
    stands_on_steps(make())


@pytest.mark.parametrize("make", [what_if.two_firms, what_if.keep_or_win])
def test_each_slider_moves_its_picture_and_its_code_makes_its_numbers(make):
    every_slider_acts(make(), to={"floor": 0.85, "ceiling": 0.75, "years": 5, "market": 9000})


# inputs ----------------------------------------------------------------------------


def test_a_table_that_is_not_the_plots():
    with pytest.raises(CvmError, match=r"'bonds' needs a table with the column 'bond'"):
        plots.bonds(FOUND.table)


def test_retention_at_its_best_below_retention_without_money_is_told():
    made = what_if.two_firms()
    with pytest.raises(CvmError, match="Move ceiling above floor"):
        made.move("floor", 0.95)
    assert made.world == made.base
