"""Pulled and pushed customers: cause and selection, and the four answers that separate them."""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cvm import acquisition
from cvm.acquisition import Newcomers
from cvm.errors import CvmError

PEOPLE = acquisition.simulate_acquisition(Newcomers(), n=4_000, seed=1)
REPLICATES = 300
#: Four Monte Carlo errors of a coverage of 95 %.
FAIR = 4 * np.sqrt(0.95 * 0.05 / REPLICATES)


@cache
def samples(world):
    """Many studies of 400 customers, cut from one long simulation."""
    people = acquisition.simulate_acquisition(world, n=400 * REPLICATES, seed=5)
    return [people.iloc[400 * k : 400 * (k + 1)] for k in range(REPLICATES)], people


def coverage(world, method, truth, replicates=REPLICATES):
    found = [method(table) for table in samples(world)[0][:replicates]]
    return np.mean([one.low <= truth <= one.high for one in found])


# exact -----------------------------------------------------------------------------


def test_the_plain_gap_is_a_difference_of_shares():
    shares = PEOPLE.groupby("pulled")["stayed"].mean()
    found = acquisition.plain_gap(PEOPLE)
    assert found.effect == pytest.approx(shares[True] - shares[False])
    n = PEOPLE["pulled"].value_counts()
    spread = sum(shares[g] * (1 - shares[g]) / n[g] for g in (True, False))
    assert found.se == pytest.approx(np.sqrt(spread), rel=0.002)  # HC1 but for n / (n - 2)


def test_the_invitation_is_a_ratio_of_two_differences():
    means = PEOPLE.groupby("invited")[["stayed", "pulled"]].mean()
    step = means.loc[True] - means.loc[False]
    found = acquisition.invitation_effect(PEOPLE)
    assert found.effect == pytest.approx(step["stayed"] / step["pulled"])
    # The delta method on the ratio, written another way than the sandwich.
    left = PEOPLE["stayed"] - found.effect * PEOPLE["pulled"]
    parts = left.groupby(PEOPLE["invited"]).agg(["var", "size"])
    se = np.sqrt((parts["var"] / parts["size"]).sum()) / step["pulled"]
    assert found.se == pytest.approx(se, rel=0.002)


def test_regression_with_one_binary_covariate_is_an_average_over_strata():
    table = PEOPLE.assign(old=(PEOPLE["years_before"] > 3).astype(float))
    gaps = [acquisition.plain_gap(part).effect for _old, part in table.groupby("old")]
    share = table["old"].mean()
    found = acquisition.adjusted_gap(table, covariates=["old"])
    assert found.effect == pytest.approx((1 - share) * gaps[0] + share * gaps[1])


def test_the_gap_is_cause_and_selection():
    parts = acquisition.decompose(PEOPLE)
    chance = np.where(PEOPLE["pulled"], PEOPLE["true_stay_pull"], PEOPLE["true_stay_push"])
    means = pd.Series(chance).groupby(PEOPLE["pulled"]).mean()
    assert parts.gap == pytest.approx(means[True] - means[False])
    assert parts.gap == pytest.approx(parts.cause + parts.selection)
    assert parts.cause == pytest.approx(PEOPLE["true_effect"][PEOPLE["pulled"]].mean())


def test_the_chance_to_stay_by_hand():
    flat = acquisition.simulate_acquisition(Newcomers(nature=0), n=5, seed=1)
    assert flat["true_stay_pull"].tolist() == pytest.approx([np.exp(-12 * 0.03)] * 5)
    assert flat["true_stay_push"].tolist() == pytest.approx([np.exp(-12 * 0.03 * 1.4)] * 5)


# invariant -------------------------------------------------------------------------

world = st.builds(
    Newcomers, selection=st.floats(0, 0.95), push_risk=st.floats(0.5, 3), nature=st.floats(0, 1.5),
    seen=st.floats(0, 1), nudge=st.floats(0.2, 3), pushed=st.floats(0.1, 0.9),
)  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(world, st.integers(0, 10_000))
def test_larger_n_keeps_the_first_and_what_is_told_hangs_together(world, seed):
    few, many = (acquisition.simulate_acquisition(world, n=n, seed=seed) for n in (20, 60))
    pd.testing.assert_frame_equal(few, many.head(20))
    assert (many["stayed"] == (many["months"] > 12)).all()
    assert (many["left"] == (many["months"] < 24)).all()
    assert (np.sign(many["true_effect"]) == np.sign(world.push_risk - 1)).all() or (
        world.push_risk == 1
    )


@settings(max_examples=25, deadline=None)
@given(st.floats(1, 2.5), st.integers(0, 10_000))
def test_more_risk_for_the_pushed_never_holds_one_longer(risk, seed):
    base, worse = (
        acquisition.simulate_acquisition(Newcomers(push_risk=r), n=80, seed=seed)
        for r in (risk, risk + 0.5)
    )
    assert (worse["months"] <= base["months"]).all()
    assert worse["pulled"].equals(base["pulled"])


def test_an_invitation_pulls_and_never_pushes():
    nobody, more = (
        acquisition.simulate_acquisition(Newcomers(invited=s), n=2_000, seed=3) for s in (0.05, 0.9)
    )
    assert (more["pulled"] >= nobody["pulled"]).all()
    changed = more["pulled"] & ~nobody["pulled"]
    assert more.loc[changed, "true_moved"].all()
    assert changed.any()


# recovery --------------------------------------------------------------------------


def test_by_lot_the_plain_gap_is_the_cause():
    fair = Newcomers(selection=0)
    truth = samples(fair)[1]["true_effect"].mean()
    assert abs(coverage(fair, acquisition.plain_gap, truth) - 0.95) < FAIR
    assert abs(acquisition.decompose(samples(fair)[1]).selection) < 0.01


def test_where_nature_is_seen_adjustment_and_weighting_find_the_cause():
    seen = Newcomers(seen=1.0, selection=0.6, nature=0.4)
    truth = samples(seen)[1]["true_effect"].mean()
    assert coverage(seen, acquisition.plain_gap, truth) < 0.6
    for method in (acquisition.adjusted_gap, acquisition.weighted_gap):
        assert abs(coverage(seen, method, truth) - 0.95) < FAIR


def test_where_nature_is_hidden_only_the_invitation_finds_it():
    hidden = Newcomers(seen=0.3, nudge=1.6)
    people = samples(hidden)[1]
    everybody = people["true_effect"].mean()
    moved = people["true_effect"][people["true_moved"]].mean()
    for method in (acquisition.plain_gap, acquisition.adjusted_gap, acquisition.weighted_gap):
        assert coverage(hidden, method, everybody, replicates=40) < 0.5
    assert abs(coverage(hidden, acquisition.invitation_effect, moved) - 0.95) < FAIR


def test_what_the_story_says_of_the_defaults():
    people = acquisition.simulate_acquisition(Newcomers(), n=20_000, seed=1)
    parts = acquisition.decompose(people)
    assert (round(100 * parts.gap), round(100 * parts.cause)) == (24, 8)
    rows = acquisition.compare_gaps(people).set_index("method")
    truth = rows["true_effect"]
    assert rows.loc["Regression", "low"] > truth["Regression"] + 0.03  # better, and still wrong
    assert rows.loc["Regression", "high"] < rows.loc["Plain gap", "low"]
    invited = rows.loc["Invitation by lot"]
    assert invited["low"] < invited["true_effect"] < invited["high"]
    assert invited["strength"] > 1_000


def test_the_truth_stays_behind_when_it_is_not_there():
    seen = PEOPLE.drop(columns=[c for c in PEOPLE if c.startswith("true_")])
    rows = acquisition.compare_gaps(seen)
    assert "true_effect" not in rows
    assert len(rows) == 4


def test_a_weak_invitation_says_so():
    weak = acquisition.simulate_acquisition(Newcomers(nudge=0.2), n=300, seed=2)
    found = acquisition.invitation_effect(weak)
    assert found.strength < 30
    assert found.high - found.low > 0.5


# inputs ----------------------------------------------------------------------------

ALL_PULLED = PEOPLE.assign(pulled=True)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: acquisition.plain_gap(PEOPLE.drop(columns="stayed")), "no column 'stayed'"),
        (lambda: acquisition.plain_gap(ALL_PULLED), "'pulled' must hold both True and False"),
        (lambda: acquisition.plain_gap(PEOPLE, level=95), "A confidence level lies between 0 and 1"),
        (lambda: acquisition.adjusted_gap(PEOPLE, covariates=[]), "needs columns to adjust for"),
        (lambda: acquisition.adjusted_gap(PEOPLE, covariates="bargains"), r"covariates=\['years"),
        (lambda: acquisition.weighted_gap(PEOPLE.assign(bargains=np.nan)), "some are missing.*4000"),
        (lambda: acquisition.invitation_effect(PEOPLE.assign(invited=False)), "'invited' must hold"),
        (lambda: acquisition.invitation_effect(
            pd.DataFrame({"stayed": [1, 0, 1, 0], "pulled": [1, 0, 1, 0], "invited": [1, 1, 0, 0]})),
         "The invitation moved nobody.*another instrument"),
        (lambda: acquisition.plain_gap(PEOPLE, outcome="months"), "'months' must say True or False"),
        (lambda: acquisition.plain_gap(PEOPLE.assign(pulled="no")), "'pulled' must say True or False"),
        (lambda: acquisition.adjusted_gap(PEOPLE.assign(bargains="hard")), "does not hold numbers"),
        (lambda: acquisition.adjusted_gap(PEOPLE.assign(bargains=np.inf)), "must hold a number"),
        (lambda: acquisition.adjusted_gap(PEOPLE, covariates=["stayed"]), "columns of their own"),
        (lambda: acquisition.adjusted_gap(PEOPLE.assign(web=PEOPLE["pulled"] * 1.0), covariates=["web"]),
         "tell exactly who was pulled"),
        (lambda: acquisition.adjusted_gap(PEOPLE, covariates=None), "needs columns to adjust for"),
        (lambda: acquisition.plain_gap(PEOPLE.sort_values("pulled").iloc[[0, -1]]),
         "more customers than numbers it estimates. You gave {'customers': 2, 'numbers': 2}"),
        (lambda: acquisition.compare_gaps(PEOPLE.drop(columns="true_moved")), "no column 'true_moved'"),
        (lambda: acquisition.decompose(PEOPLE.assign(true_stay_pull=np.nan)), "must hold a number"),
        (lambda: acquisition.decompose(PEOPLE.assign(pulled="yes")), "'pulled' must say"),
        (lambda: acquisition.decompose(PEOPLE.drop(columns="true_stay_push")),
         "no column 'true_stay_push'.*Only a simulated table knows the truth"),
        (lambda: acquisition.simulate_acquisition(Newcomers(), n=0, seed=1), "n is a whole number"),
    ],
)  # fmt: skip
def test_bad_input_is_told(call, words):
    with pytest.raises(CvmError, match=words):
        call()


def test_the_sentences():
    assert "Plain gap: pulled customers stay 23.5 points more often" in str(
        acquisition.plain_gap(PEOPLE)
    )
    assert "customers alike in years before, bargains would" in str(
        acquisition.adjusted_gap(PEOPLE)
    )
    assert "because of who they are (n = 4,000)" in str(acquisition.decompose(PEOPLE))
