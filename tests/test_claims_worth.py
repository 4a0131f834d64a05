"""What the trial of chapter 11's claim finds, and that its lists are made as it says."""

import functools

import numpy as np
import pandas as pd
import pytest

from cvm import clv, datasets
from cvm.research import claim
from cvm.research.claims import worth

CDNOW = datasets.load("cdnow")


@functools.cache  # when first asked for: each worker reads this file, one runs it
def trial():
    return claim("rank-by-revenue").trial(seed=1, data={"CDNOW": CDNOW})


def rows():
    return trial().to_frame()


def known():
    return rows()[rows()["dropping"].notna()]


# exact -----------------------------------------------------------------------------


def test_the_value_ahead_of_a_known_customer_is_right():
    """Purchases until dropping out: let many of one kind buy and toss their coins."""
    rate, drop, ahead, rng = 0.2, 0.15, 52.0, np.random.default_rng(1)
    wanted = rng.poisson(rate * ahead, 40_000)
    bought = np.minimum(wanted, rng.geometric(drop, 40_000))
    closed = -np.expm1(-rate * drop * ahead) / drop
    assert bought.mean() == pytest.approx(closed, abs=4 * bought.std() / 200)
    assert ahead == worth.AHEAD


def test_a_log_is_cut_so_that_nothing_of_the_future_is_known():
    log = pd.DataFrame({
        "customer": ["a", "a", "a", "b", "b", "c"], "amount": [10.0, 20, 40, 5, 7, 99],
        "date": pd.to_datetime(["2025-01-01", "2025-01-08", "2025-03-01", "2025-01-02",
                                "2025-02-20", "2025-02-25"]),
    })  # fmt: skip
    table, ahead = worth._cut(log, pd.Timestamp("2025-01-31"), pd.Timestamp("2025-03-02"))
    assert table["customer"].tolist() == ["a", "b"]
    assert table["revenue"].tolist() == [30, 5]
    assert table["later"].tolist() == [40, 7]
    assert ahead == pytest.approx(30 / 7)


def test_cdnow_is_judged_as_by_hand():
    table = clv.summary(CDNOW, as_of="1997-09-30", holdout_until="1998-06-30")
    days = clv.days_of(CDNOW)
    past = days[days["day"] <= "1997-09-30"].groupby("customer")["amount"].sum()
    best = past.nlargest(471).index
    later = table.set_index("customer").eval("frequency_holdout * monetary_value_holdout")
    share = later[best].sum() / later.sum()
    assert f"CDNOW, top 20 %: {share * 100:.1f} % by revenue" in str(trial())


# invariant -------------------------------------------------------------------------


def test_rows_decide_by_the_margin():
    for row in rows().itertuples():
        if pd.isna(row.holds):
            assert row.low <= worth.MARGIN <= row.high
        else:
            assert bool(row.holds) == (row.high < worth.MARGIN)
    assert (rows()["data"] == "real").sum() == 2


# recovery: the findings ----------------------------------------------------------------


def test_revenue_is_as_good_only_where_all_came_together_and_stay():
    assert trial().verdict == "holds under conditions"
    good = known()[known()["holds"] == True]  # noqa: E712 missing is neither
    assert set(good["dropping"]) == {"hardly any"}
    assert set(good["arrival"]) == {"together"}
    assert len(good) == 4


def test_it_is_worse_where_customers_came_at_different_times_and_stop():
    bad = known()[(known()["dropping"] == "many") & (known()["arrival"] == "over two years")]
    assert (bad["holds"] == False).all()  # noqa: E712
    mean = known().pivot_table(index="dropping", columns="arrival", values="value")
    assert mean.loc["many", "over two years"] == mean.to_numpy().max()
    assert mean.loc["hardly any", "together"] == mean.to_numpy().min()


def test_on_cdnow_nobody_can_tell():
    """All came within three months: as in the source, the lists are about as good."""
    real = rows()[rows()["data"] == "real"]
    assert real["holds"].isna().all()
    assert (real["low"] < 0).all()
    assert real["value"].abs().max() < 0.03


def test_other_luck_finds_the_same():
    again = claim("rank-by-revenue").trial(seed=7).to_frame()
    again = again[again["dropping"].notna()].reset_index(drop=True)
    both = again["holds"].notna() & known()["holds"].notna()
    assert both.sum() >= 11
    assert (again["holds"][both] == known()["holds"][both]).all()


# inputs ----------------------------------------------------------------------------


def test_customers_whose_returns_exceed_their_purchases_are_left_out():
    log = pd.DataFrame({
        "customer": ["a", "a", "a", "b", "b"], "amount": [10.0, -20, 40, 5, 7],
        "date": pd.to_datetime(["2025-01-01", "2025-01-08", "2025-03-01", "2025-01-02",
                                "2025-02-20"]),
    })  # fmt: skip
    table, _ahead = worth._cut(log, pd.Timestamp("2025-01-31"), pd.Timestamp("2025-03-02"))
    assert table["customer"].tolist() == ["b"]
