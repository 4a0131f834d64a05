"""The figures and what-ifs of chapter 09: what stands on the axes, and that they move."""

import numpy as np
import pytest
from matplotlib.colors import to_hex

from cvm import loyalty, plots
from cvm.errors import CvmError
from cvm.plots import INK
from cvm.whatif import loyalty as what_if
from tests.whatifs import every_slider_acts, lever_moves

CUSTOMERS = loyalty.simulate_programme(loyalty.Programme(), n=400, seed=1)
METHODS = loyalty.compare_methods(CUSTOMERS.customers)
EFFECT = loyalty.LoyaltyEffect()


# exact: the ink is the table -------------------------------------------------------


def test_the_curve_is_the_table_and_the_flat_stretch_is_shaded():
    table = loyalty.curve_table(loyalty.Loyalty())
    ax = plots.loyalty_curve(table, column="behaviour")
    x, y = ax.lines[0].get_data()
    assert np.array_equal(x, table["satisfaction"])
    assert np.array_equal(y, table["behaviour"])
    flat = ax.patches[0].get_extents().transformed(ax.transData.inverted())
    assert (round(flat.x0), round(flat.x1)) == (40, 75)
    assert ax.get_ylabel() == "chance of buying again within a year"


def test_five_industries_have_five_named_lines():
    ax = plots.loyalty_curve(loyalty.industry_table())
    assert len(ax.lines) == 5
    assert [text.get_text() for text in ax.get_legend().get_texts()] == list(loyalty.INDUSTRIES)


def test_the_parts_of_a_life_are_stacked_to_its_profit():
    table = loyalty.profit_by_year(EFFECT)
    ax = plots.customer_life(table)
    tops = sum(np.array([bar.get_height() for bar in bars]) for bars in ax.containers)
    assert tops == pytest.approx(table["profit"].to_numpy())


def test_the_firm_beside_the_promise():
    table = loyalty.firm_years(EFFECT)
    ax = plots.firm_profit(table, value_rise=0.56)
    assert ax.lines[1].get_ydata() == pytest.approx(table["rise"].to_numpy()[1:])
    assert list(ax.lines[2].get_ydata()) == [0.56, 0.56]
    assert to_hex(ax.lines[2].get_color()) == INK["naive"].lower()


def test_members_and_others_by_month():
    months = loyalty.spend_by_month(CUSTOMERS.months)
    ax = plots.programme_months(months)
    assert [len(line.get_xdata()) for line in ax.lines[:2]] == [24, 24]
    assert ax.get_ylabel() == "spend in the month (yuan)"
    assert plots.programme_months(months, unit="euros").get_ylabel().endswith("(euros)")


def test_methods_with_the_truth_beside_them():
    ax = plots.comparison(METHODS)
    assert ax.lines[0].get_xdata() == pytest.approx(METHODS["effect"])
    truth = next(
        line for line in ax.lines if line.get_marker() == "|" and line.get_markersize() > 10
    )
    assert list(truth.get_xdata()) == [3, 3, 3, 0]
    assert [label.get_text() for label in ax.get_yticklabels()] == list(METHODS["method"])
    assert ax.get_xlabel().endswith("(yuan)")
    assert plots.comparison(METHODS, unit="euros").get_xlabel().endswith("(euros)")


# invariant: what-ifs ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "lever", "to", "name", "falls"),
    [
        (what_if.competition, "competition", 1.0, "buy again, all", True),
        (what_if.five_points, "programme_cost", 30.0, "the firm's profit, first year", True),
        (what_if.programme_selection, "selection", "past spend", "difference in differences", True),
    ],
)
def test_a_lever_moves_numbers_and_picture(make, lever, to, name, falls):
    lever_moves(make(n=500), lever, to, name, falls=falls)


@pytest.mark.parametrize(
    "make", [what_if.competition, what_if.five_points, what_if.programme_selection]
)
def test_each_slider_moves_its_picture_and_its_code_makes_its_numbers(make):
    every_slider_acts(make(n=300))


# inputs ----------------------------------------------------------------------------


def test_a_table_that_is_not_the_plots():
    with pytest.raises(CvmError, match=r"'firm_profit' needs a table with the column 'rise'"):
        plots.firm_profit(METHODS.assign(year=1))
