"""What the trial of chapter 05's claim finds."""

import numpy as np
import pytest

from cvm import datasets
from cvm.research import claim


@pytest.fixture(scope="module")
def tried():
    return claim("early-warning").trial(seed=1, data={"cdnow": datasets.load("cdnow")})


def part(trial, measure):
    table = trial.to_frame()
    return table[(table["measure"] == measure) & (table["data"] == "simulated")]


# exact -------------------------------------------------------------------------------


def test_a_condition_is_what_the_watch_says(tried):
    from cvm.alerts import SilenceWatch, watch_silence

    world = SilenceWatch(regularity=16.0, notice=60.0, capacity=8, rule="rhythm")
    watched = watch_silence(world, n=800, seed=1)
    rows = tried.to_frame().query("regularity == 16 and notice == 60 and rule == 'rhythm'")
    caught, right, lead = rows["value"]
    assert caught == watched.judged.caught
    assert right == watched.judged.precision
    assert lead == np.median(watched.judged.lead)


# recovery: the findings ----------------------------------------------------------------


def test_warnings_come_in_time_where_trouble_lasts(tried):
    assert tried.verdict == "holds under conditions"
    time = part(tried, "events called upon in time")
    assert len(time) == 27
    assert not time.loc[time["notice"] == 20, "holds"].fillna(True).any()
    assert time.loc[time["notice"] == 120, "value"].min() > 0.5
    by_notice = time.groupby("notice")["value"].mean()
    assert by_notice.is_monotonic_increasing


def test_regular_accounts_are_warned_of_sooner_and_by_their_own_rhythm(tried):
    time = part(tried, "events called upon in time").query("warning == 'stopped'")
    own = time[time["rule"] == "rhythm"].set_index(["regularity", "notice"])["value"]
    fixed = time[time["rule"] == "fixed"].set_index(["regularity", "notice"])["value"]
    assert own[(16.0, 60.0)] > own[(1.0, 60.0)] + 0.2
    assert own[(16.0, 60.0)] > fixed[(16.0, 60.0)] + 0.1
    assert own.mean() > fixed.mean()


def test_most_calls_are_for_nothing_and_no_verdict_hangs_on_that(tried):
    right = part(tried, "calls that were right")
    assert right["value"].max() < 0.5
    assert right["holds"].isna().all()


def test_real_customers_who_are_warned_of_stay_away_more_often(tried):
    real = tried.to_frame().query("data == 'real'")
    assert real["rule"].tolist() == ["rhythm", "fixed"]
    assert (real["low"] > 0).all()
    assert real["holds"].isna().all()  # nobody knows when they went
    assert "In cdnow customers warned of by their own rhythm stay away" in str(tried)


# inputs ------------------------------------------------------------------------------


def test_a_log_too_short_to_look_back_on_says_nothing():
    log = datasets.load("cdnow")
    short = log[log["date"] < log["date"].min() + np.timedelta64(100, "D")]
    table = claim("early-warning").trial(seed=1, data={"short": short}).to_frame()
    assert (table["data"] == "simulated").all()
