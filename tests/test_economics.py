"""Two firms, one budget: keep or win."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cvm import economics
from cvm.economics import TwoFirms
from cvm.errors import CvmError

# exact -----------------------------------------------------------------------------


def test_without_growth_or_winning_customers_decay_geometrically():
    world = TwoFirms(growth=0, floor=0.8, ceiling=0.8, years=6)
    table = economics.firm_years(world, keep_share=1.0)
    assert table["customers"].to_numpy() == pytest.approx(1000 * 0.8 ** np.arange(6))
    assert table["won"].to_numpy() == pytest.approx(0)
    profit = 1000 * 0.8 ** np.arange(6) * 60 / 1000 - 30 - 10 * (np.arange(6) == 0)
    assert table["cumulative_profit"].to_numpy() == pytest.approx(profit.cumsum())


def test_sixty_three_per_cent_at_the_scale():
    world = TwoFirms()
    one = 1 - np.exp(-1)
    assert economics.retention_rate(world.keep_scale, world) == pytest.approx(0.7 + 0.2 * one)
    assert economics.won(500 * world.win_scale, 500, world) == pytest.approx(500 * one)


def test_the_next_customers_cost_is_the_slope():
    world = TwoFirms()
    costs = economics.cost_ratio(world).set_index("view").loc["next"]
    keep, win = 30_000 * 0.4, 30_000 * 0.6
    more_kept = np.diff(1000 * economics.retention_rate(np.array([keep, keep + 1]) / 1000, world))
    more_won = np.diff(economics.won(np.array([win, win + 1]), 2000, world))
    assert costs["cost_of_keeping"] == pytest.approx(1 / more_kept[0], rel=1e-4)
    assert costs["cost_of_winning"] == pytest.approx(1 / more_won[0], rel=1e-4)


def test_age_is_that_of_a_table_of_ages():
    world = TwoFirms(years=8)
    table = economics.firm_years(world)
    stock = np.zeros(20)
    stock[0] = 1000
    for row in table.itertuples():
        assert row.customers == pytest.approx(stock.sum())
        assert row.age == pytest.approx(stock @ np.arange(20) / stock.sum())
        stock = np.r_[row.won, row.retention * stock[:-1]]


def test_the_figures_of_the_story():
    costs = economics.cost_ratio(TwoFirms()).set_index("view")["ratio"]
    assert costs.to_dict() == pytest.approx({"told": 0.17, "average": 1.0, "next": 1.9}, abs=0.05)
    assert str(economics.break_even(TwoFirms())) == (
        "The relationship firm is ahead for good from year 5; after 10 years by 45 thousand yuan."
    )


def test_the_set_up_is_paid_once_and_only_by_who_keeps():
    base, dear = TwoFirms(setup=0), TwoFirms(setup=25)
    for share, paid in ((0.0, 0.0), (0.4, 25.0)):
        before = economics.firm_years(base, keep_share=share)["profit"]
        after = economics.firm_years(dear, keep_share=share)["profit"]
        assert (before - after).to_numpy() == pytest.approx(paid * (np.arange(10) == 0))
    for seed_world, paid in ((base, 0.0), (dear, 25.0)):
        lived = economics.simulate_two_firms(seed_world, seed=1).query("firm == 'relationship'")
        free = economics.simulate_two_firms(base, seed=1).query("firm == 'relationship'")
        assert (free["profit"] - lived["profit"]).sum() == pytest.approx(paid)


def test_every_split_is_the_firm_with_that_split():
    world = TwoFirms(discount=0.1, years=7)
    table = economics.best_share(world, points=5)
    for row in table.itertuples():
        last = economics.firm_years(world, keep_share=row.keep_share).iloc[-1]
        assert row.cumulative_profit == pytest.approx(last["cumulative_profit"])
        assert row.customers == pytest.approx(last["customers"])
    assert table["best"].sum() == 1
    assert table.loc[table["best"], "cumulative_profit"].item() == table["cumulative_profit"].max()


def test_worlds_side_by_side_are_the_worlds_one_by_one():
    worlds = {"here": TwoFirms(), "deaf": TwoFirms(ceiling=0.7)}
    table = economics.compare_worlds(worlds).set_index("world")
    assert table["best_share"].to_dict() == {"here": 0.28, "deaf": 0}
    assert table.loc["here", "break_even_year"] == 5
    assert table["break_even_year"].isna().to_dict() == {"here": False, "deaf": True}
    assert table.loc["here", "next_ratio"] == pytest.approx(1.9, abs=0.05)


def test_a_firm_that_cannot_raise_retention_should_not_try():
    world = TwoFirms(ceiling=0.7)
    found = economics.break_even(world)
    assert found.year is None
    assert found.ahead < 0
    assert "does not get ahead within 10 years" in str(found)
    assert economics.best_share(world, points=11).query("best")["keep_share"].item() == 0


# invariant -------------------------------------------------------------------------

worlds = st.builds(
    TwoFirms,
    keep_share=st.floats(0, 1),
    budget=st.floats(5, 200),
    floor=st.floats(0, 0.7),
    ceiling=st.floats(0.7, 0.99),
    keep_scale=st.floats(1, 200),
    win_scale=st.floats(10, 600),
)


@settings(max_examples=50, deadline=None)
@given(world=worlds)
def test_customers_stay_within_the_market(world):
    table = economics.two_firms(world)
    assert (table["customers"] <= world.market + 1e-6).all()
    assert (table["customers"] >= 0).all()
    assert table["retention"].between(world.floor - 1e-9, world.ceiling + 1e-9).all()


@given(spend=st.floats(0, 1e5), more=st.floats(0, 1e5), left=st.floats(0, 5000))
def test_more_money_never_keeps_or_wins_fewer(spend, more, left):
    world = TwoFirms()
    assert np.diff(economics.retention_rate([spend, spend + more], world))[0] >= 0
    found = economics.won([spend, spend + more], left, world)
    assert 0 <= found[0] <= found[1] + 1e-9 <= left + 1e-6


@settings(max_examples=20, deadline=None)
@given(world=worlds)
def test_after_break_even_the_lead_is_never_lost(world):
    found = economics.break_even(world)
    halves = dict(list(found.table.groupby("firm")))
    lead = (
        halves["relationship"]["cumulative_profit"].to_numpy()
        - halves["transaction"]["cumulative_profit"].to_numpy()
    )
    if found.year is None:
        assert lead[-1] <= 1e-9
    else:
        assert (lead[found.year - 1 :] > 0).all()
        assert found.year == 1 or lead[found.year - 2] <= 1e-9


# recovery --------------------------------------------------------------------------


def test_the_simulated_firms_are_the_expected_ones_within_their_luck():
    world = TwoFirms(years=6)
    expected = economics.two_firms(world)
    runs = [economics.simulate_two_firms(world, seed=seed) for seed in range(40)]
    for column in ("customers", "cumulative_profit"):
        values = np.array([run[column] for run in runs])
        error = values.std(axis=0, ddof=1) / np.sqrt(len(runs))
        # the expectation takes age and the responses at their averages: a tenth of a per cent
        slack = 4.5 * error + 0.002 * np.abs(expected[column].to_numpy())
        assert (np.abs(values.mean(axis=0) - expected[column]) < slack).all()


def test_two_firms_alike_have_the_same_luck():
    table = economics.simulate_two_firms(TwoFirms(keep_share=0), seed=3)
    halves = [
        rows.drop(columns="firm").reset_index(drop=True) for _firm, rows in table.groupby("firm")
    ]
    assert halves[0].equals(halves[1])


# inputs ----------------------------------------------------------------------------


@pytest.mark.parametrize("changes", [{"ceiling": 0.5}, {"customers": 5000}])
def test_worlds_that_contradict_themselves(changes):
    with pytest.raises(CvmError, match=r"not below retention without money.*Move ceiling"):
        TwoFirms(**changes)


def test_one_split_is_no_comparison():
    with pytest.raises(CvmError, match=r"points is a whole number, 2 or more"):
        economics.best_share(TwoFirms(), points=1)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: economics.firm_years(TwoFirms(), keep_share=40),
            "keep_share is a number from 0 to 1",
        ),
        (lambda: economics.retention_rate(None, TwoFirms()), "spend must be a number"),
        (lambda: economics.won("x", 1, TwoFirms()), "spend must be a number"),
        (lambda: economics.compare_worlds([TwoFirms()]), "name of one's own"),
    ],
)
def test_what_two_firms_cannot_take(call, message):
    with pytest.raises(CvmError, match=message):
        call()
