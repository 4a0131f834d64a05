"""What the trial of chapter 04 finds."""

import numpy as np
import pandas as pd
import pytest

from cvm.errors import CvmError
from cvm.research import claim


@pytest.fixture(scope="module")
def tried():
    return claim("pull-vs-push").trial(seed=1)


def shop(gap_pulled, gap_pushed, *, customers=200):
    """A log in which each customer comes back after so many days."""
    rows = []
    for k in range(customers):
        mode = "pull" if k % 2 else "push"
        gap = gap_pulled if mode == "pull" else gap_pushed
        # Half of the customers of each kind come back at all.
        days = [0, gap] if k % 4 < 2 else [0]
        rows += [(k, pd.Timestamp("2020-01-01") + pd.Timedelta(days=d), 10.0, mode) for d in days]
    rows.append((customers, pd.Timestamp("2022-12-31"), 10.0, "pull"))  # not followed for a year
    return pd.DataFrame(rows, columns=["customer", "date", "amount", "mode"])


# exact -----------------------------------------------------------------------------


def test_a_log_counts_who_buys_again_within_a_year():
    trial = claim("pull-vs-push").trial(seed=1, data={"shop": shop(100, 500)})
    (row,) = trial.to_frame().query("data == 'real'").to_dict("records")
    assert row["value"] == pytest.approx(0.5)  # half of the pulled, none of the pushed in time
    assert pd.isna(row["holds"])
    assert "In shop pulled customers buy again 50 points more often" in str(trial)


# recovery: the findings ----------------------------------------------------------------


def test_the_risk_of_the_pushed_decides_and_selection_does_not(tried):
    assert tried.verdict == "holds under conditions"
    cause = tried.to_frame().query("kind == 'cause'")
    assert (cause["holds"] == (cause["push_risk"] > 1)).all()
    assert cause.groupby("push_risk")["value"].std().max() < 1e-9


def test_records_show_a_gap_where_there_is_no_cause(tried):
    plain = tried.to_frame().query("kind == 'plain'")
    none = plain.query("push_risk <= 1 and selection >= 0.4")
    assert (none["low"] > 0).all()
    strongest = plain.query("push_risk == 1").set_index("selection")["value"]
    assert strongest[0.8] > strongest[0.4] + 0.05
    assert abs(strongest[0.0]) < 0.04


def test_lots_cover_the_truth_where_records_do_not(tried):
    table = tried.to_frame()
    inside = (table["low"] <= table["true_effect"]) & (table["true_effect"] <= table["high"])
    assert inside[table["kind"] == "lot"].sum() >= 11
    assert inside[(table["kind"] == "plain") & (table["selection"] > 0)].sum() == 0


def test_the_market_has_the_cause_and_no_selection(tried):
    market = tried.to_frame().query("kind == 'market'").set_index("push_risk")
    assert market.loc[1.0, "low"] < 0 < market.loc[1.0, "high"]
    assert market.loc[2.0, "value"] > market.loc[1.4, "value"] > 0.05
    assert market["holds"].tolist()[1:] == [True, True]


def test_a_log_that_does_not_say_how_customers_came_is_left_alone():
    trial = claim("pull-vs-push").trial(seed=1, data={"shop": shop(100, 500).drop(columns="mode")})
    assert (trial.to_frame()["data"] == "simulated").all()
    assert "No log was given that says how its customers came." in str(trial)
    assert not np.isnan(trial.to_frame()["value"]).any()


# inputs ----------------------------------------------------------------------------


def test_another_word_for_a_mode_is_told():
    with pytest.raises(CvmError, match=r"'mode' of the log 'shop' holds 'pull' and 'push'.*phone"):
        claim("pull-vs-push").trial(data={"shop": shop(1, 1).assign(mode="phone")})
