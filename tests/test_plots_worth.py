"""The figures and what-ifs of chapter 11: what stands on the axes, and that they move."""

import numpy as np
import pytest
from matplotlib.colors import to_hex

from cvm import clv, datasets, plots, worth
from cvm.errors import CvmError
from cvm.plots import INK
from cvm.whatif import worth as what_if
from tests.whatifs import every_slider_acts, lever_moves, stands_on_steps

FOUND = clv.validate(datasets.load("cdnow"), as_of="1997-09-30", draws=20)
TORNADO = clv.developer_tornado(clv.Developer())
SURVIVORS = [1000, 631, 468, 382, 326, 289, 262, 241]  # Fader & Hardie 2007, "Regular"
CONTRACT = clv.shifted_beta_geometric(clv.renewals(SURVIVORS), weights="customers")

# exact: the ink is the table -------------------------------------------------------


def test_tracking_is_the_table_with_the_cut():
    ax = plots.tracking(FOUND.tracking)
    assert ax.lines[0].get_ydata() == pytest.approx(FOUND.tracking["actual"].to_numpy())
    assert ax.lines[1].get_ydata() == pytest.approx(FOUND.tracking["expected"].to_numpy())
    assert list(ax.lines[2].get_xdata()) == [38, 38]
    weekly = plots.tracking(FOUND.tracking, cumulative=False)
    assert weekly.lines[0].get_ydata() == pytest.approx(FOUND.tracking["actual_new"].to_numpy())
    assert weekly.get_ylabel() == "repeat purchases of the week"


def test_counts_beside_each_other_and_the_last_holds_all_above():
    ax = plots.repeat_counts(FOUND.frequencies)
    actual, model = ([bar.get_height() for bar in bars] for bars in ax.containers)
    assert actual == FOUND.frequencies["actual"].tolist()
    assert model == pytest.approx(FOUND.frequencies["expected"])
    assert [t.get_text() for t in ax.get_xticklabels()] == [*"0123456", "7+"]
    ahead = plots.repeats_ahead(FOUND.by_frequency)
    assert ahead.lines[1].get_ydata() == pytest.approx(FOUND.by_frequency["expected"].to_numpy())


def test_the_outlook_is_a_matrix_with_holes_where_no_history_can_be():
    table = clv.outlook_matrix(FOUND.fit, age=39, horizon=39)
    ax = plots.outlook(table, column="expected")
    drawn = ax.collections[0].get_array().reshape(13, 13)
    assert drawn.mask[1:, 0].all()
    assert not drawn.mask[:, 1:].any()
    assert drawn[12, 12] == pytest.approx(table["expected"].max())


def test_contracts_by_the_model_in_fact_and_by_a_constant():
    table = clv.retention_curve(CONTRACT, periods=12)
    ax = plots.renewal_curve(table, actual=[n / 1000 for n in SURVIVORS], naive=0.8, known=7)
    model, naive, actual, cut = ax.lines
    assert model.get_ydata() == pytest.approx(table["survival"].to_numpy())
    assert naive.get_ydata()[2] == pytest.approx(0.64)
    assert to_hex(naive.get_color()) == INK["naive"].lower()
    assert actual.get_ydata()[-1] == 0.241
    assert list(cut.get_xdata()) == [7, 7]


def test_the_tornado_reaches_from_low_to_high():
    ax = plots.tornado(TORNADO)
    low, high = ax.containers[:2]
    ends = [bar.get_x() + bar.get_width() for bar in low]
    assert ends == pytest.approx(TORNADO["value_low"] / 1e6)
    assert [bar.get_x() + bar.get_width() for bar in high] == pytest.approx(
        TORNADO["value_high"] / 1e6
    )
    assert {bar.get_x() for bar in low} == {TORNADO["at_likely"][0] / 1e6}
    assert [t.get_text() for t in ax.get_yticklabels()] == list(TORNADO["meaning"])
    labels = [text.get_text() for text in ax.texts]
    assert {"8.9 %", "16", "36", "1.7 m"} <= set(labels)


def test_futures_are_shares_in_steps_of_a_million_and_none_is_lost():
    futures = clv.simulate_developer(clv.Developer(), n=2_000, seed=1)
    ax = plots.developer_futures(futures, marks=(1e6, 5e6, 9e6), most=12)
    shares, edges, _base = ax.patches[0].get_data()
    assert shares.sum() == pytest.approx(1)
    assert shares[2] == pytest.approx(futures["value"].between(1e6, 2e6).mean(), abs=1e-9)
    assert shares[-1] >= (futures["value"] > 12e6).mean() > 0
    assert list(ax.lines[0].get_xdata()) == [1, 9]
    assert list(edges[:2]) == [-1, 0]


def test_elasticities_stand_in_one_order_whatever_their_size():
    table = clv.customer_equity(clv.CustomerBase()).elasticities
    ax = plots.elasticities(table)
    drawn = dict(
        zip(
            [t.get_text() for t in ax.get_yticklabels()],
            [b.get_width() for b in ax.patches],
            strict=True,
        )
    )
    assert drawn["retention"] == pytest.approx(
        table.set_index("parameter")["elasticity"]["retention"]
    )
    assert drawn["cost to win"] < 0


def test_lists_with_intervals_and_hindsight():
    table = FOUND.by_customer.assign(before=FOUND.by_customer["frequency"])
    found = clv.best_customers(table, outcome="actual", scores=["before", "expected"])
    ax = plots.best_caught(found, names={"before": "past purchases"})
    assert [bar.get_width() for bar in ax.patches] == pytest.approx(found["caught"])
    assert [t.get_text() for t in ax.get_yticklabels()] == ["past purchases", "expected"]
    assert any(np.allclose(line.get_xdata(), found["best"][0]) for line in ax.lines)


def test_the_curve_and_its_customer():
    table = worth.value_by_retention(worth.Lifetime())
    ax = plots.lifetime_curve(table, at=(0.9, 2000))
    assert ax.lines[0].get_ydata() == pytest.approx(table["value"].to_numpy())
    assert ax.lines[1].get_ydata() == pytest.approx(table["naive"].to_numpy())
    assert (ax.lines[2].get_xdata()[0], ax.lines[2].get_ydata()[0]) == (0.9, 2000)


def test_four_strategies_in_four_classes():
    table = worth.strategy_table(worth.Classes())
    ax = plots.strategy_gains(table)
    service = [bar.get_height() for bar in ax.containers[1]]
    assert service == pytest.approx(table.loc[table["strategy"] == "service", "gain"] / 1e6)
    rows = plots.strategy_gains(table, case="base")
    assert [bar.get_width() for bar in rows.patches] == pytest.approx(table["gain"] / 1e6)
    assert rows.get_yticklabels()[10].get_text() == "mature: relationship"


# invariant: what-ifs ----------------------------------------------------------------

MAKERS = [what_if.customer_value, what_if.equity, what_if.strategies, what_if.developer]


@pytest.mark.parametrize(
    ("make", "lever", "to", "name", "falls"),
    [
        (what_if.customer_value, "discount", 0.3, "worth of a customer", True),
        (what_if.equity, "retention", 0.9, "each customer now", False),
        (what_if.strategies, "keep_mature", 0.95, "worth of a mature customer", False),
        (what_if.developer, "overconfidence", 2.0, "one in ten above", False),
        (what_if.developer, "court", True, "his successor, on average", False),
    ],
)
def test_a_lever_moves_numbers_and_picture(make, lever, to, name, falls):
    lever_moves(make(n=500), lever, to, name, falls=falls)


@pytest.mark.parametrize("make", MAKERS)
def test_each_slider_moves_its_picture_and_its_code_makes_its_numbers(make):
    every_slider_acts(make(n=200))


@pytest.mark.parametrize("make", MAKERS)
def test_a_default_stands_on_the_grid_of_its_slider(make):
    stands_on_steps(make(n=100))


# inputs ----------------------------------------------------------------------------


def test_a_table_that_is_not_the_plots():
    with pytest.raises(CvmError, match=r"'tornado' needs a table with the column 'value_low'"):
        plots.tornado(TORNADO.drop(columns="value_low"))
