"""Whom to win back: the cause of leaving, the second life, and what it costs."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cvm import churn
from cvm.churn import CAUSES, WinBack
from cvm.errors import CvmError

REPLICATES = 200
FAIR = 4 * np.sqrt(0.95 * 0.05 / REPLICATES)

LOST = churn.simulate_lost(WinBack(), n=3000, seed=7)

# exact -----------------------------------------------------------------------------


def test_the_second_lifetime_value_is_the_sum_of_its_months():
    world = WinBack(discount=0.02, hazard=0.05, margin=12)
    row = churn.win_back_expected(world).set_index("cause").loc["service"]
    t = np.arange(1, 3000)
    hazard = 0.05 * 0.9
    assert row["second_value"] == pytest.approx((12 * (1 - hazard) ** (t - 1) / 1.02**t).sum())
    assert row["second_months"] == pytest.approx((t * hazard * (1 - hazard) ** (t - 1)).sum())
    assert row["value_new"] == pytest.approx((12 * 0.95 ** (t - 1) / 1.02**t).sum())


def test_cost_and_profit_by_hand():
    """Gone one month at most, an offer at which 1 - 1/e of the ready return."""
    world = WinBack(cause="price", within=1, offer=25, contact=5)
    row = churn.win_back_expected(world).iloc[0]
    p = 0.35 * (1 - np.exp(-1))
    assert row["returns"] == pytest.approx(p)
    assert row["cost_regained"] == pytest.approx(25 + 5 / p)
    assert row["profit_tried"] == pytest.approx(p * (row["second_value"] - 25) - 5)
    assert row["profit_regained"] == pytest.approx(row["profit_tried"] / p)


def test_the_table_by_hand():
    table = pd.DataFrame(
        {
            "cause": ["price"] * 4, "returned": [1, 1, 0, 0],
            "cost": [24, 24, 4, 4], "second_value": [100, 50, 0, 0],
        }
    )  # fmt: skip
    row = churn.win_back(table, cost_new=60).table.iloc[0]
    assert row["cost_regained"] == 28
    assert row["second_value"] == 75
    assert row["profit_tried"] == (150 - 56) / 4
    residual = (np.array([24, 24, 4, 4]) - 28 * np.array([1, 1, 0, 0])) / 14
    half = 1.959963984540054 * np.sqrt((residual**2).sum() / 3 / 4)
    assert row["cost_high"] == pytest.approx(28 * np.exp(half))


def test_the_numbers_of_the_story():
    rows = churn.win_back_expected(WinBack()).set_index("cause")
    assert rows.loc["price", "returns"] == pytest.approx(0.19, abs=0.005)
    assert rows.loc["service", "returns"] == pytest.approx(0.16, abs=0.005)
    assert rows.loc["price", "second_value"] / rows.loc["service", "second_value"] == (
        pytest.approx(1 / 3, abs=0.02)
    )
    assert rows.loc["dismissed", "cheaper"]
    assert rows.loc["dismissed", "advice"] == "let go"


# invariant -------------------------------------------------------------------------


@settings(deadline=None, max_examples=25)
@given(
    offer=st.floats(0, 150),
    more=st.floats(0, 150),
    fade=st.floats(0, 0.5),
    seed=st.integers(0, 99),
)
def test_a_better_offer_never_loses_anybody(offer, more, fade, seed):
    few, many = (
        churn.simulate_lost(WinBack(offer=o, fade=fade), n=80, seed=seed)
        for o in (offer, offer + more)
    )
    assert (many["returned"] >= few["returned"]).all()
    assert few["true_return"].between(0, 1).all()
    back = few["returned"]
    assert many.loc[back, "second_months"].equals(few.loc[back, "second_months"])


def test_a_larger_n_keeps_the_first_customers():
    few, many = (churn.simulate_lost(WinBack(), n=n, seed=3) for n in (30, 5000))
    assert few.equals(many.head(30))
    one = churn.simulate_lost(WinBack(cause="rival"), n=5000, seed=3)
    assert one.equals(many[many["cause"] == "rival"].reset_index(drop=True))


def test_the_longer_gone_the_fewer_return():
    shares = [churn.win_back_expected(WinBack(within=w))["returns"] for w in (1, 6, 36)]
    assert (shares[0] > shares[1]).all()
    assert (shares[1] > shares[2]).all()


def test_without_an_offer_nobody_returns():
    none = churn.win_back_expected(WinBack(offer=0))
    assert none["returns"].eq(0).all()
    assert np.isinf(none["cost_regained"]).all()
    assert none["advice"].eq("let go").all()
    table = churn.win_back(churn.simulate_lost(WinBack(offer=0), n=200, seed=1)).table
    assert table["cost_regained"].isna().all()
    assert table["cheaper"].isna().all()


# recovery --------------------------------------------------------------------------


def test_the_intervals_cover_the_closed_form():
    truth = churn.win_back_expected(WinBack()).set_index("cause")
    hits = {"returns": [], "cost": [], "profit": []}
    columns = {"returns": "returns", "cost": "cost_regained", "profit": "profit_tried"}
    for seed in range(REPLICATES):
        lost = churn.simulate_lost(WinBack(), n=3000, seed=seed)
        rows = churn.win_back(lost[lost["cause"].isin(["price", "service", "rival"])]).table
        for part, column in columns.items():
            true = truth.loc[rows["group"], column].to_numpy()
            hits[part].append((rows[f"{part}_low"] <= true) & (true <= rows[f"{part}_high"]))
    for part, found in hits.items():
        assert abs(np.mean(found) - 0.95) < FAIR, part


def test_second_lives_last_as_long_as_they_should():
    lost = churn.simulate_lost(WinBack(), n=200_000, seed=2)
    back = lost[lost["returned"]].groupby("cause")
    truth = churn.win_back_expected(WinBack()).set_index("cause")
    found = back["second_months"].mean()
    spread = 4 * back["second_months"].std() / np.sqrt(back.size())
    assert (np.abs(found - truth["second_months"].reindex(found.index)) < spread).all()
    worth = back["second_value"].mean()
    spread = 4 * back["second_value"].std() / np.sqrt(back.size())
    assert (np.abs(worth - truth["second_value"].reindex(worth.index)) < spread).all()


def test_advice_is_right_where_it_is_given():
    truth = churn.win_back_expected(WinBack()).set_index("cause")
    rows = churn.win_back(LOST).table.set_index("group")
    given = rows[rows["advice"] != "cannot tell"]
    assert len(given) >= 4
    assert (given["advice"] == truth["advice"].reindex(given.index)).all()


# inputs ----------------------------------------------------------------------------


def test_a_sentence():
    said = str(churn.win_back(LOST[LOST["cause"] == "service"]))
    assert said.startswith("A new customer costs 60. service: ")
    assert said.endswith("win back (95 % intervals).")


def test_any_column_can_make_the_groups():
    half = LOST.assign(recent=LOST["gone"] <= 6)
    rows = churn.win_back(half, by="recent").table.set_index("group")
    assert rows.loc[True, "returns"] > rows.loc[False, "returns"]


def test_a_cause_that_is_not_known():
    with pytest.raises(CvmError, match=r"must be one of all, price, service, rival, moved"):
        WinBack(cause="death")
    assert len(CAUSES) == 5


def test_who_returned_must_be_yes_or_no():
    with pytest.raises(CvmError, match=r"'returned' must be True or False.*\[1, 2\]"):
        churn.win_back(LOST.assign(returned=[2, *[1] * (len(LOST) - 1)]))


def test_a_negative_cost():
    with pytest.raises(CvmError, match=r"zero or positive. You gave -34.*positive number"):
        churn.win_back(LOST.assign(cost=-LOST["cost"]))


def test_a_column_that_is_not_there():
    with pytest.raises(CvmError, match=r"no column 'second_value'"):
        churn.win_back(LOST.drop(columns="second_value"))


def test_half_a_customer():
    with pytest.raises(CvmError, match=r"whole number of customers.*0.5"):
        churn.simulate_lost(WinBack(), n=0.5, seed=1)


def test_money_that_is_none_is_told():
    lost = churn.simulate_lost(WinBack(), n=60, seed=1)
    with pytest.raises(CvmError, match="'cost' does not hold numbers"):
        churn.win_back(lost.assign(cost="a"))
    with pytest.raises(CvmError, match="'second_value' holds a number that cannot be"):
        churn.win_back(lost.assign(second_value=np.inf))
    with pytest.raises(CvmError, match=r"cost of a new customer is an amount of money.*nan"):
        churn.win_back(lost, cost_new=float("nan"))
    with pytest.raises(CvmError, match="Who did not return has no second life"):
        churn.win_back(lost.assign(second_value=100.0))
