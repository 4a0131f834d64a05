"""Purchases without end, the matrix of histories, and how good a list of the best is."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import hyperu

from cvm import clv, datasets
from cvm.errors import CvmError

CDNOW = datasets.load("cdnow_summary")
BG, PARETO = clv.bg_nbd(CDNOW), clv.pareto_nbd(CDNOW)
YEARLY = 1.15 ** (7 / 365.25) - 1

# exact -----------------------------------------------------------------------------


@pytest.mark.parametrize("discount", [1e-5, YEARLY, 0.1, 3.0])
def test_pareto_without_end_is_the_closed_form(discount):
    # Fader, Hardie & Lee 2005, with Tricomi's function
    p, delta = PARETO.params, np.log1p(discount)
    rate = (p["r"] + CDNOW["frequency"]) / (p["alpha"] + CDNOW["T"])
    scale = p["beta"] + CDNOW["T"]
    tricomi = hyperu(p["s"], p["s"], delta * scale)
    exact = clv.probability_alive(PARETO, CDNOW) * rate * scale ** p["s"] * delta ** (p["s"] - 1)
    found = clv.discounted_purchases(PARETO, CDNOW, discount=discount)
    assert found.to_numpy() == pytest.approx((exact * tricomi).to_numpy(), rel=1e-9)


def test_bg_nbd_without_end_is_the_sum_of_many_periods():
    some = CDNOW.drop_duplicates("frequency").head(3)
    ends = np.concatenate([np.linspace(0, 60, 601), 60 * 1.02 ** np.arange(1, 250)])
    up_to = np.column_stack([clv.expected_purchases(BG, some, horizon=t) for t in ends])
    middle = (1 + YEARLY) ** -((ends[1:] + ends[:-1]) / 2)
    found = clv.discounted_purchases(BG, some, discount=YEARLY)
    assert found.to_numpy() == pytest.approx(np.diff(up_to) @ middle, rel=5e-4)


def test_the_best_by_hand():
    table = pd.DataFrame(
        {"later": [10.0, 0, 30, 60, 0], "a": [5, 4, 3, 2, 1], "b": [1, 1, 3, 9, 0]}
    )
    found = clv.best_customers(table, outcome="later", scores=["a", "b"], top=0.4)
    assert found["caught"].tolist() == pytest.approx([0.1, 0.9])
    assert found["beyond"].tolist() == pytest.approx([0, 0.8])
    assert found["best"].tolist() == pytest.approx([0.9, 0.9])
    assert found["rank_correlation"][1] > found["rank_correlation"][0]


def test_ties_at_the_edge_belong_in_part():
    assert clv.top_share(pd.Series([1, 7, 1, 1, 1]), top=0.4).tolist() == [
        0.25,
        1,
        0.25,
        0.25,
        0.25,
    ]
    assert clv.top_share(pd.Series([0.0] * 4), top=0.5).tolist() == [0.5] * 4


def test_the_story_of_the_module():
    whole = clv.discounted_purchases(BG, CDNOW, discount=YEARLY).sum()
    ends = np.arange(0, 53, 4)
    up_to = [clv.expected_purchases(BG, CDNOW, horizon=float(t)).sum() for t in ends]
    first = np.diff(up_to) @ (1 + YEARLY) ** -(ends[1:] - 2.0)
    assert first / whole == pytest.approx(0.29, abs=0.005)


# invariant -------------------------------------------------------------------------


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 4), min_size=2, max_size=40), st.floats(0.05, 0.95))
def test_memberships_add_to_the_share_wanted(scores, top):
    members = clv.top_share(pd.Series(scores), top=top)
    assert members.sum() == pytest.approx(top * len(scores))
    assert ((members >= 0) & (members <= 1 + 1e-12)).all()
    order = np.argsort(scores)
    assert (np.diff(members[order]) >= -1e-12).all()


def test_the_matrix_reads_as_the_story_says():
    table = clv.outlook_matrix(BG, age=39, horizon=39)
    wide = table.pivot_table(index="recency", columns="frequency", values="alive")
    late, early = wide.loc[39.0], wide.loc[13.0]
    assert (wide[[2, 5, 12]].diff().iloc[1:] > 0).all().all()  # later is livelier
    assert (early.drop([0, 1]).diff().dropna() < 0).all()  # the frequent one is missed sooner
    ahead = table.pivot_table(index="recency", columns="frequency", values="expected")
    assert (ahead.loc[39.0].dropna().diff().dropna() > 0).all()
    assert late.notna().sum() == 12
    assert (table["frequency"] == 0).sum() == 1


def test_without_end_is_more_than_any_horizon_and_less_the_dearer_money_is():
    some = CDNOW.head(200)
    dear, cheap = (clv.discounted_purchases(BG, some, discount=d) for d in (0.01, 0.001))
    assert (cheap > dear).all()
    year = clv.expected_purchases(BG, some, horizon=52)
    assert (cheap > 0.95 * year).all()


def test_rows_keep_their_order_and_index():
    mixed = CDNOW.sample(50, random_state=1)
    found = clv.discounted_purchases(BG, mixed, discount=YEARLY)
    whole = clv.discounted_purchases(BG, CDNOW, discount=YEARLY)
    assert list(found.index) == list(mixed.index)
    assert found.to_numpy() == pytest.approx(whole.loc[mixed.index].to_numpy(), rel=1e-9)


# recovery --------------------------------------------------------------------------


def test_the_paired_interval_covers_the_gap_of_two_scores():
    rng = np.random.default_rng(1)
    n, hits = 400, 0
    for _replicate in range(120):
        good = rng.gamma(1.0, 1.0, n)
        table = pd.DataFrame(
            {"noise": rng.random(n), "known": good, "later": rng.poisson(5 * good)}
        )
        row = clv.best_customers(table, outcome="later", scores=["noise", "known"]).iloc[1]
        # top fifth of exponentials: 20 % x (1 + ln 5) of the sum, against 20 % by lot
        hits += row["beyond_low"] <= 0.2 * np.log(5) <= row["beyond_high"]
    assert 0.9 <= hits / 120 <= 0.99


def test_in_a_known_market_weeks_add_to_the_total():
    log = datasets.load("cdnow")
    found = clv.validate(log, as_of="1997-09-30", draws=20)
    table = found.tracking
    assert table["actual_new"].sum() == table["actual"].iloc[-1]
    assert table["expected_new"].cumsum().to_numpy() == pytest.approx(table["expected"].to_numpy())
    assert (table["expected_new"] >= 0).all()


# inputs ----------------------------------------------------------------------------

DONORS = pd.DataFrame({"frequency": [0, 1, 3, 6], "recency": [0, 1, 5, 6], "T": 6, "customers": 9})
FAULTS = [
    (lambda: clv.discounted_purchases(BG, CDNOW, discount=0), "The discount rate lies above 0"),
    (lambda: clv.discounted_purchases(clv.bg_bb(DONORS, weights="customers"), DONORS, discount=0.1),
     "needs a model in continuous time"),
    (lambda: clv.outlook_matrix(BG, age=0, horizon=39), "an age above 0 and 2 steps"),
    (lambda: clv.outlook_matrix(BG, age=39, horizon=-1), "zero or positive, in the unit of T"),
    (lambda: clv.best_customers(CDNOW, outcome="T", scores=["frequenzy"]), "no column 'frequenzy'"),
    (lambda: clv.best_customers(CDNOW.assign(y=0), outcome="y", scores=["T"]), "more for one at least"),
    (lambda: clv.best_customers(CDNOW, outcome="T", scores=["T"], top=20), "a share of the customers between"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "message"), FAULTS)
def test_what_cannot_be_is_told(call, message):
    with pytest.raises(CvmError, match=message):
        call()
