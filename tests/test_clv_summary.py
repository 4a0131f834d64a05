"""Summaries for lifetime-value models: against CDNOW's own, by hand, and on odd logs."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cvm import clv, datasets
from cvm.errors import CvmError

LOG = pd.DataFrame(
    {
        "customer": [2, 1, 1, 1, 2, 3],
        "date": [
            "2025-01-08",
            "2025-01-01",
            "2025-01-15",
            "2025-01-15",
            "2025-02-05",
            "2025-02-10",
        ],
        "amount": [5.0, 10.0, 20.0, 4.0, 7.0, 9.0],
    }
)

# exact -----------------------------------------------------------------------------


def test_the_summary_of_cdnow_is_the_published_one():
    found = clv.summary(datasets.load("cdnow"), as_of="1997-09-30", holdout_until="1998-06-30")
    known = datasets.load("cdnow_summary")
    assert (found["customer"] == known["customer"]).all()
    assert (found["frequency"] == known["frequency"]).all()
    for name in ("recency", "T", "monetary_value"):
        assert np.abs(found[name] - known[name]).max() < 0.0051  # the file is rounded to 0.01
    # Fader, Hardie & Lee 2005: 1,882 purchases in the holdout of 39 weeks
    assert found["frequency_holdout"].sum() == 1882
    assert found["T_holdout"].unique() == pytest.approx([39.0])


def test_a_summary_by_hand():
    found = clv.summary(LOG, as_of="2025-01-29", holdout_until="2025-02-12")
    assert found.to_dict("list") == {
        "customer": [1, 2], "frequency": [1, 0], "recency": [2.0, 0.0], "T": [4.0, 3.0],
        "monetary_value": [24.0, 0.0], "frequency_holdout": [0, 1],
        "monetary_value_holdout": [0.0, 7.0], "T_holdout": [2.0, 2.0],
    }  # fmt: skip


def test_without_a_day_the_last_of_the_log_is_today():
    assert clv.summary(LOG, unit="days")["T"].tolist() == [40, 33, 0]


def test_occasions_by_hand():
    log = pd.DataFrame(
        {
            "customer": ["a", "a", "a", "b", "c", "c"],
            "date": ["2019-05-01", "2020-02-01", "2022-03-01", "2019-07-01", "2020-01-05", "2021-01-05"],
        }
    )  # fmt: skip
    found = clv.occasions(log, periods=3, start="2020-01-01")
    assert found.to_dict("list") == {
        "customer": ["a", "b"], "frequency": [2, 0], "recency": [3, 0], "T": [3, 3],
    }  # fmt: skip


def test_time_may_be_counted_in_other_units():
    weeks, days = clv.summary(LOG), clv.summary(LOG, unit="days")
    assert (weeks["recency"] * 7).to_numpy() == pytest.approx(days["recency"].to_numpy())
    years = clv.summary(LOG, unit="years")["T"] * 365.25
    assert years.to_numpy() == pytest.approx(days["T"].to_numpy())


def test_columns_may_have_other_names_and_money_be_missing():
    log = LOG.rename(columns={"customer": "who", "date": "when"}).drop(columns="amount")
    found = clv.summary(log, customer="who", date="when", amount=None)
    assert list(found.columns) == ["who", "frequency", "recency", "T"]
    assert found["frequency"].tolist() == [1, 1, 0]


# invariant -------------------------------------------------------------------------

logs = st.lists(
    st.tuples(st.integers(1, 5), st.integers(0, 60), st.floats(-50, 500)), min_size=1, max_size=40
).map(
    lambda rows: pd.DataFrame(
        {
            "customer": [r[0] for r in rows],
            "date": [pd.Timestamp("2025-01-01") + pd.Timedelta(days=r[1]) for r in rows],
            "amount": [r[2] for r in rows],
        }
    )
)


@settings(max_examples=8, deadline=None)
@given(logs, st.randoms(use_true_random=False))
def test_a_summary_holds_together(log, chance):
    found = clv.summary(log, unit="days")
    assert ((found["recency"] >= 0) & (found["recency"] <= found["T"])).all()
    assert (found["frequency"] <= found["recency"]).all()  # a repeat takes a day at least
    assert ((found["recency"] == 0) == (found["frequency"] == 0)).all()
    order = list(range(len(log)))
    chance.shuffle(order)
    pd.testing.assert_frame_equal(clv.summary(log.iloc[order], unit="days"), found)


# inputs ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"unit": "week"}, "Time is counted in days, weeks, months or years.*mean 'weeks'"),
        ({"as_of": "2024-01-01"}, "as_of lies before the first purchase, on 2025-01-01"),
        ({"as_of": "soon"}, "as_of is a day.*'soon'.*for example '1997-09-30'"),
        ({"as_of": 20250101}, "as_of is a day"),
        ({"as_of": pd.NaT}, "as_of is a day"),
        (
            {"as_of": "2025-02-01", "holdout_until": "2025-02-01"},
            "The holdout ends after as_of, on 2025-02-01",
        ),
        ({"date": "day"}, "column 'day'"),
    ],
)
def test_what_a_summary_cannot_read_is_told(options, message):
    with pytest.raises(CvmError, match=message):
        clv.summary(LOG, **options)


def test_an_unusable_log_is_told():
    with pytest.raises(CvmError, match="A table must be a pandas DataFrame"):
        clv.summary([1, 2])
    with pytest.raises(CvmError, match="The log holds no purchase"):
        clv.summary(LOG.iloc[:0])
    with pytest.raises(CvmError, match="column 'amount'"):
        clv.summary(LOG.assign(amount=["x", 1, 2, 3, 4, 5]))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"periods": 0, "start": "2025-01-10"}, "The number of periods is a whole number of 1"),
        ({"periods": 3, "start": "2024-01-01"}, "Nobody bought before the first period"),
        ({"periods": 3, "start": "2025-01-10", "unit": "eon"}, "Time is counted in days"),
    ],
)
def test_what_occasions_cannot_read_is_told(options, message):
    with pytest.raises(CvmError, match=message):
        clv.occasions(LOG, **options)
