"""Judging a score: ranking, calibration, profit, and what accuracy hides."""

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit
from scipy.stats import beta

from cvm import churn
from cvm.churn import COVARIATES, Churn, Offer
from cvm.errors import CvmError

REPLICATES = 200
FAIR = 4 * np.sqrt(0.95 * 0.05 / REPLICATES)

LEFT = [0, 1, 0, 1, 0, 1, 0, 1]
SCORE = [0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 0.8, 0.9]


def _drawn(n, seed, *, bold=1.0, shift=0.0):
    """Draw leavers with known chances, and scores that are too bold by a factor."""
    rng = np.random.default_rng(seed)
    drive = rng.normal(-1.2, 1, n)
    left = rng.random(n) < expit(drive)
    return left, expit(bold * drive + shift)


def _by_integration(left, score, offer, steps=4000):
    """Average the best profit over every threshold on a grid of acceptances."""
    left, score = np.asarray(left, float), np.asarray(score)
    gammas = (np.arange(steps) + 0.5) / steps
    a, b = offer.accept * offer.sure, (1 - offer.accept) * offer.sure
    mass = np.diff(beta.cdf(np.linspace(0, 1, steps + 1), a, b))
    best = np.zeros(steps)
    for threshold in np.unique(score):
        picked = score >= threshold
        gain = gammas * (offer.clv - offer.offer) - offer.contact
        waste = offer.offer + offer.contact
        best = np.maximum(
            best, (gain * (left * picked).mean() - waste * ((1 - left) * picked).mean())
        )
    return float(best @ mass)


# exact -----------------------------------------------------------------------------


def test_the_expected_maximum_profit_is_the_published_one():
    """The example of the Python package empulse, for the defaults of the R package EMP."""
    found = churn.expected_maximum_profit(LEFT, SCORE)
    assert found.value == pytest.approx(23.875593418348124, abs=1e-9)


@pytest.mark.parametrize(
    "offer",
    [Offer(), Offer(clv=60, contact=2), Offer(offer=40, accept=0.6), Offer(accept=0.15, sure=200)],
)
def test_the_expected_maximum_profit_is_the_integral(offer):
    left, score = _drawn(400, 3)
    found = churn.expected_maximum_profit(left, score, offer=offer)
    assert found.value == pytest.approx(_by_integration(left, score, offer), rel=1e-4, abs=1e-4)
    assert found.perfect == pytest.approx(_by_integration(left, left, offer), rel=1e-4)


def test_the_hull_by_hand():
    """The steps at (.25, .5) and (.5, .75) lie on the line from (0, .25) to (.75, 1)."""
    false, true = churn.roc_hull(np.array(LEFT, float), np.array(SCORE))
    assert false.tolist() == [0, 0, 0.75, 1]
    assert true.tolist() == [0, 0.25, 1, 1]


def test_ranking_by_hand():
    """Of sixteen pairs the leaver is ahead in ten."""
    assert churn.judge_scores(LEFT, SCORE, groups=2).auc == 10 / 16
    tied = churn.judge_scores([0, 1, 1, 0], [0.2, 0.2, 0.4, 0.3], groups=2)
    assert tied.auc == (0.5 + 1 + 1 + 0) / 4


def test_the_error_of_the_area_by_hand():
    """DeLong: each leaver's wins and each stayer's losses, and their variances."""
    left, score = (np.asarray(part, float) for part in (LEFT, SCORE))
    pairs = score[left == 1][:, None] > score[left == 0]
    variance = pairs.mean(axis=1).var(ddof=1) / 4 + pairs.mean(axis=0).var(ddof=1) / 4
    found = churn.judge_scores(LEFT, SCORE, groups=2)
    half = (logit(found.auc_high) - logit(found.auc_low)) / 2
    area = 10 / 16
    assert half == pytest.approx(1.959963984540054 * np.sqrt(variance) / (area * (1 - area)))


def test_calibration_is_a_logit():
    left, score = _drawn(500, 1, bold=2)
    fit = sm.Logit(left.astype(float), sm.add_constant(logit(score))).fit(disp=0)
    found = churn.judge_scores(left, score)
    assert found.slope == pytest.approx(fit.params[1], abs=1e-6)
    assert (found.slope_low, found.slope_high) == pytest.approx(fit.conf_int()[1], abs=1e-5)
    by_hand = np.log(left.mean() / (1 - left.mean()))
    flat = churn.judge_scores(left, np.full(500, 0.5))
    assert flat.intercept == pytest.approx(by_hand)
    assert np.isnan(flat.slope)


def test_gains_and_accuracy_by_hand():
    found = churn.judge_scores(LEFT, SCORE, groups=4)
    assert found.gains["contacted"].tolist() == [0, 0.25, 0.5, 0.75, 1]
    assert found.gains["found"].tolist() == [0, 0.25, 0.5, 0.75, 1]
    assert found.lift == 1
    assert found.accuracy == 5 / 8
    assert found.found == 0.5
    assert found.accuracy_of_nobody == 0.5
    assert found.brier == pytest.approx(((np.array(SCORE) - LEFT) ** 2).mean())


# invariant -------------------------------------------------------------------------


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 99), power=st.floats(0.2, 5))
def test_a_ranking_does_not_hang_on_the_scale(seed, power):
    left, score = _drawn(80, seed)
    if len(set(left)) < 2:
        return
    one, other = (churn.expected_maximum_profit(left, points) for points in (score, score**power))
    assert one.value == pytest.approx(other.value)
    assert max(one.everybody, 0) - 1e-9 <= one.value <= one.perfect + 1e-9


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 99), groups=st.integers(2, 12))
def test_groups_hold_everybody_once(seed, groups):
    left, score = _drawn(150, seed)
    found = churn.judge_scores(left, np.round(score, 2) * 0.98 + 0.01, groups=groups)
    assert found.calibration["customers"].sum() == 150
    assert found.calibration["score"].is_monotonic_increasing
    assert found.gains.iloc[-1].tolist() == [1, 1, 1]


# recovery --------------------------------------------------------------------------


def test_the_intervals_cover():
    truth = churn.judge_scores(*_drawn(400_000, 999, bold=1.5)).auc
    found = [churn.judge_scores(*_drawn(200, seed, bold=1.5)) for seed in range(REPLICATES)]
    for low, high, true in (("auc_low", "auc_high", truth), ("slope_low", "slope_high", 1 / 1.5)):
        hits = [getattr(one, low) <= true <= getattr(one, high) for one in found]
        assert abs(np.mean(hits) - 0.95) < FAIR


def test_a_score_that_is_too_high_throughout_is_told():
    found = churn.judge_scores(*_drawn(5000, 4, shift=0.7))
    assert found.intercept_low < -0.7 < found.intercept_high
    assert found.slope_low < 1 < found.slope_high


def test_accuracy_praises_nobody_leaves():
    """The numbers of the story, out of sample."""
    table = churn.simulate_churn(Churn(contacted=0.05), n=40_000, seed=1).campaign
    table = table[~table["contacted"]]
    train, test = table.iloc[: len(table) // 2], table.iloc[len(table) // 2 :]
    fit = sm.GLM(
        train["left"].astype(float), sm.add_constant(train[list(COVARIATES)].astype(float)),
        family=sm.families.Binomial(),
    ).fit()  # fmt: skip
    found = churn.judge_scores(
        test["left"], fit.predict(sm.add_constant(test[list(COVARIATES)].astype(float)))
    )
    assert found.auc == pytest.approx(0.65, abs=0.02)
    assert found.lift == pytest.approx(2.0, abs=0.15)
    assert found.accuracy == pytest.approx(found.accuracy_of_nobody, abs=0.002)
    assert found.found < 0.02
    assert found.slope_low < 1 < found.slope_high


def test_a_score_judged_on_its_own_customers_flatters_itself():
    rng = np.random.default_rng(2)
    left, x = rng.random(200) < 0.4, rng.normal(size=(200, 12))  # nothing to be found
    fit = sm.GLM(left[:100], sm.add_constant(x[:100]), family=sm.families.Binomial()).fit()
    own, new = (
        churn.judge_scores(left[part], fit.predict(sm.add_constant(x[part])))
        for part in (slice(0, 100), slice(100, 200))
    )
    assert own.auc > 0.65 > new.auc
    assert own.slope == pytest.approx(1)
    assert new.slope_high < 1


# inputs ----------------------------------------------------------------------------


def test_sentences():
    assert str(churn.judge_scores(LEFT, SCORE, groups=2)).startswith(
        "A leaver has the higher score in 62.5 % of pairs (95 % interval 19.8 % to 91.8 %)"
    )
    assert str(churn.expected_maximum_profit(LEFT, SCORE)).startswith(
        "The best campaign by this score contacts 87.4 % of the customers and earns 23.9 per"
    )


@pytest.mark.parametrize(
    ("left", "score", "message"),
    [
        ([0, 1], [0.2, 1.0], r"a probability between 0 and 1.*'highest': 1.0"),
        ([0, 1], [0.2, 0.3, 0.4], r"same customers.*'outcome': 2, 'score': 3.*one table"),
        ([0, 0], [0.2, 0.3], r"The outcome must be True or False.*hold both.*\['0'\]"),
        ([0, 2], [0.2, 0.3], r"The outcome must be True or False.*\['0', '2'\]"),
        ([0, 1], [0.2, np.nan], r"The score must hold one number a customer, none missing"),
        ([0, 1], ["low", "high"], r"The score must hold one number a customer"),
    ],
)
def test_what_cannot_be_judged(left, score, message):
    with pytest.raises(CvmError, match=message):
        churn.judge_scores(left, score)


def test_one_group_is_none():
    with pytest.raises(CvmError, match=r"two groups or more. You gave 1.*groups=10"):
        churn.judge_scores(LEFT, SCORE, groups=1)


def test_an_offer_dearer_than_the_customer():
    with pytest.raises(
        CvmError, match=r"no less than the customer is worth.*'offer': 30.*cheaper offer"
    ):
        churn.expected_maximum_profit(LEFT, SCORE, offer=Offer(clv=20, offer=30))


def test_a_score_that_parts_them_wholly_has_no_slope():
    left = np.arange(60) < 12
    found = churn.judge_scores(left, np.where(left, 0.6, 0.1) + np.linspace(0, 0.2, 60))
    assert np.isnan([found.slope, found.slope_low, found.slope_high]).all()
    assert "Calibration slope unknown" in str(found)
    far = churn.judge_scores(left, np.where(np.arange(60) % 2, 1 - 1e-12, 1e-12))
    assert 0 <= far.auc_low <= far.auc <= far.auc_high <= 1


def test_an_offer_that_is_none_is_told():
    with pytest.raises(CvmError, match=r"An offer is declared with its costs.*Offer\(contact"):
        churn.profit_curve([0, 1], [0.1, 0.2], offer=3)
