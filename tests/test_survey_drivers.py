"""Drivers: ordered regression, importance, penalty and reward, and methods on trial."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.miscmodels.ordinal_model import OrderedModel
from statsmodels.tools.numdiff import approx_fprime

from cvm import datasets
from cvm.errors import CvmError
from cvm.survey.drivers import (
    DRIVERS,
    QUADRANTS,
    DriverSurvey,
    answer_shares,
    compare_driver_methods,
    importance_performance,
    johnson,
    key_drivers,
    linear_drivers,
    marginal_effects,
    ordered_logit,
    ordered_probit,
    penalty_reward,
    resample,
    shapley,
    simulate_drivers,
    true_importance,
)
from cvm.survey.drivers.importance import regression, separate
from cvm.survey.drivers.model import CumulativeModel
from cvm.survey.drivers.ordinal import LINKS

PLAIN = DriverSurvey(halo=0, noise=0)
TRUE = [f"true_{name}" for name in DRIVERS]

# Ratings of bitterness by nine judges of eight bottles (Randall 1989, Biometrical Journal 31):
# bottles 1-4 cold, 5-8 warm; 3, 4, 7, 8 with contact between juice and skins.
RANDALL = """23344455 12132354 23325544 32323253 23433333 32322454 11222323 22233334 12323244"""

# 32 cars of the magazine Motor Trend 1974 (Henderson & Velleman 1981, Biometrics 37).
CARS = pd.DataFrame({
    "mpg": [21, 21, 22.8, 21.4, 18.7, 18.1, 14.3, 24.4, 22.8, 19.2, 17.8, 16.4, 17.3, 15.2, 10.4,
            10.4, 14.7, 32.4, 30.4, 33.9, 21.5, 15.5, 15.2, 13.3, 19.2, 27.3, 26, 30.4, 15.8, 19.7,
            15, 21.4],
    "cyl": [int(c) for c in "66468684466888888444488884448684"],
    "disp": [160, 160, 108, 258, 360, 225, 360, 146.7, 140.8, 167.6, 167.6, 275.8, 275.8, 275.8,
             472, 460, 440, 78.7, 75.7, 71.1, 120.1, 318, 304, 350, 400, 79, 120.3, 95.1, 351, 145,
             301, 121],
    "hp": [110, 110, 93, 110, 175, 105, 245, 62, 95, 123, 123, 180, 180, 180, 205, 215, 230, 66, 52,
           65, 97, 150, 150, 245, 175, 66, 91, 113, 264, 175, 335, 109],
    "gear": [int(c) for c in "44433334444333333444333334555554"],
    "am": [int(c) for c in "11100000000000000111000001111111"],
    "vs": [int(c) for c in "00110101111000000111100001010001"],
})  # fmt: skip


@pytest.fixture(scope="module")
def housing():
    return datasets.load("copenhagen")


@pytest.fixture(scope="module")
def survey():
    return simulate_drivers(DriverSurvey(), n=600, seed=3)


def ordered(table, **options):
    return ordered_logit(table, "satisfaction", ["influence", "dwelling", "contact"], **options)


# -- exact -----------------------------------------------------------------------------


def test_copenhagen_as_in_the_textbook(housing):
    """Venables & Ripley (2002), polr: coefficients and deviance of the housing table."""
    found = ordered(housing, counts="tenants")
    published = [0.56639, 1.28882, -0.57235, -0.36619, -1.09101, 0.36028]
    assert found.coefficients["coefficient"].to_numpy() == pytest.approx(published, abs=6e-6)
    assert found.deviance == pytest.approx(3479.149, abs=5e-4)
    assert found.thresholds["threshold"].to_numpy() == pytest.approx([-0.4961, 0.6907], abs=6e-5)
    assert (found.n, found.points) == (1681, ("low", "medium", "high"))
    assert found.fit.nobs == 1681


def test_wine_as_in_the_textbook():
    """Randall (1989) by the proportional-odds model, as R's ordinal package prints it."""
    ratings = [int(r) for judge in RANDALL.split() for r in judge]
    wine = pd.DataFrame({"rating": ratings, "warm": [0, 0, 0, 0, 1, 1, 1, 1] * 9,
                         "contact": [0, 0, 1, 1, 0, 0, 1, 1] * 9})  # fmt: skip
    found = ordered_logit(wine, "rating", ["warm", "contact"])
    assert found.coefficients["coefficient"].tolist() == pytest.approx(
        [2.503102, 1.527798], abs=2e-6
    )
    assert found.log_likelihood == pytest.approx(-86.49192, abs=1e-4)
    assert found.coefficients["odds_ratio"].iloc[0] == pytest.approx(np.exp(2.503102), abs=1e-4)


@pytest.mark.parametrize(("link", "fit"), [("logit", ordered_logit), ("probit", ordered_probit)])
def test_the_same_as_statsmodels_ordered_model(survey, link, fit):
    survey = survey.head(250)
    found = fit(survey, "satisfaction", list(DRIVERS))
    peer = OrderedModel(survey["satisfaction"], survey[list(DRIVERS)], distr=link)
    theirs = peer.fit(method="bfgs", disp=0, gtol=1e-7)
    ours = found.coefficients
    assert ours["coefficient"].to_numpy() == pytest.approx(theirs.params[:6].to_numpy(), abs=1e-4)
    assert ours["se"].to_numpy() == pytest.approx(theirs.bse[:6].to_numpy(), abs=1e-4)
    assert found.log_likelihood == pytest.approx(theirs.llf, abs=1e-5)
    assert found.null_log_likelihood == pytest.approx(theirs.llnull, abs=1e-5)
    cuts = peer.transform_threshold_params(theirs.params.to_numpy())[1:-1]
    assert found.thresholds["threshold"].to_numpy() == pytest.approx(cuts, abs=1e-3)


@pytest.mark.parametrize("link", LINKS.values(), ids=LINKS)
def test_score_and_hessian_are_the_derivatives(survey, link):
    codes = np.unique(survey["satisfaction"], return_inverse=True)[1]
    weights = np.random.default_rng(0).uniform(0.2, 3, len(survey))
    model = CumulativeModel(codes, survey[list(DRIVERS)], link=link, weights=weights)
    at = np.asarray(model.fit().params) + 0.03
    assert model.score(at) == pytest.approx(
        approx_fprime(at, model.loglike, centered=True), abs=1e-3
    )
    assert model.score_obs(at).sum(axis=0) == pytest.approx(model.score(at))
    slope = approx_fprime(at, model.score, centered=True)
    assert model.hessian(at) == pytest.approx(slope, abs=1e-2)
    elsewhere = model.fit(start_params=at)
    assert np.asarray(elsewhere.params) == pytest.approx(at - 0.03, abs=1e-4)


def test_far_tails_keep_their_likelihood():
    codes = np.array([0, 2, 1, 2, 0, 1])
    for link in LINKS.values():
        model = CumulativeModel(codes, np.array([[-1.0], [1], [0], [2], [-2], [0.5]]), link=link)
        for shift in (-30.0, 30.0):
            value = model.loglikeobs([0.0, shift - 1, shift + 1])
            assert np.isfinite(value).all()
            # Both tails mirror each other: answer 0 far right is answer 2 far left.
            mirror = model.loglikeobs([0.0, -shift - 1, -shift + 1])
            assert value[0] == pytest.approx(mirror[1], rel=1e-9)


def test_weights_give_the_sandwich_of_the_two_answer_model(survey):
    """With two answers the model is a logit; statsmodels has its weighted sandwich."""
    table = survey.assign(good=(survey["satisfaction"] >= 7).astype(int),
                          w=np.random.default_rng(1).uniform(0.2, 3, len(survey)))  # fmt: skip
    found = ordered_logit(table, "good", ["network", "price"], weights="w")
    x = sm.add_constant(table[["network", "price"]])
    glm = sm.GLM(table["good"], x, family=sm.families.Binomial(), var_weights=table["w"])
    peer = glm.fit(cov_type="HC0")
    assert found.coefficients["coefficient"].tolist() == pytest.approx(peer.params[1:].tolist())
    assert found.coefficients["se"].tolist() == pytest.approx(peer.bse[1:].tolist(), rel=1e-6)
    assert found.thresholds["threshold"].iloc[0] == pytest.approx(-peer.params.iloc[0])


def test_summary_and_tests_of_statsmodels_come_along(housing):
    found = ordered(housing, counts="tenants")
    text = str(found.fit.summary())
    for part in ("satisfaction", "influence[high]", "low|medium", "No. Observations:", "1681"):
        assert part in text
    wald = found.fit.wald_test(np.eye(8)[:2], scalar=True)
    assert float(wald.statistic) > 100


def test_marginal_effects_are_the_differences_they_say(survey):
    table = survey.assign(segment=np.where(survey["respondent"] % 3 == 0, "business", "consumer"))
    found = ordered_logit(table, "satisfaction", ["network", "segment"])
    rows = marginal_effects(found)
    step = 1e-5
    up, down = (
        answer_shares(found, table.assign(network=table["network"] + s)) for s in (step, -step)
    )
    numeric = (up - down).mean() / (2 * step)
    assert rows["effect"].iloc[:10].to_numpy() == pytest.approx(numeric.to_numpy(), abs=1e-8)
    both = [answer_shares(found, table.assign(segment=s)).mean() for s in ("consumer", "business")]
    assert rows["effect"].iloc[10:].to_numpy() == pytest.approx((both[0] - both[1]).to_numpy())


@pytest.mark.parametrize("at_least", [None, 8])
def test_standard_errors_of_marginal_effects_are_the_delta_method(survey, at_least):
    table = survey.assign(segment=np.where(survey["respondent"] % 3 == 0, "business", "consumer"))
    found = ordered_logit(table, "satisfaction", ["network", "segment"])
    params = np.asarray(found.fit.params)

    def effects(moved):
        found.fit.params = moved
        return marginal_effects(found, at_least=at_least)["effect"].to_numpy()

    slope = approx_fprime(params, effects, centered=True)
    found.fit.params = params
    expected = np.sqrt(np.diag(slope @ found.fit.cov_params() @ slope.T))
    assert marginal_effects(found, at_least=at_least)["se"].to_numpy() == pytest.approx(
        expected, rel=1e-5
    )


def test_relative_weights_and_dominance_as_published():
    """R packages rwa and domir on the cars of Motor Trend."""
    weights = johnson(np.cov(CARS[["cyl", "disp", "hp", "gear", "mpg"]].T))
    assert weights == pytest.approx([0.2284797, 0.2221469, 0.2321744, 0.0963886], abs=6e-8)
    shares = shapley(np.cov(CARS[["am", "vs", "cyl", "mpg"]].T))
    assert shares == pytest.approx([0.1774892, 0.2027032, 0.3817849], abs=6e-8)
    found = key_drivers(CARS, "mpg", ["am", "vs", "cyl"], method="shapley", resamples=50)
    assert found.table["driver"].tolist() == ["cyl", "vs", "am"]
    assert found.table["importance"].to_numpy() == pytest.approx(np.sort(shares)[::-1])


def test_shapley_is_the_mean_over_all_orders():
    covariance = np.cov(CARS[["cyl", "disp", "hp", "gear", "mpg"]].T)

    def r2(drivers):
        if not drivers:
            return 0.0
        some, y = list(drivers), 4
        beta = np.linalg.solve(covariance[np.ix_(some, some)], covariance[some, y])
        return beta @ covariance[some, y] / covariance[y, y]

    gains = np.zeros(4)
    for order in permutations(range(4)):
        for place, driver in enumerate(order):
            gains[driver] += (r2(order[: place + 1]) - r2(order[:place])) / 24
    assert shapley(covariance) == pytest.approx(gains)


def test_the_linear_regression_is_statsmodels_own(survey):
    found = linear_drivers(survey, "satisfaction", ["network", "price"], level=0.9)
    x = sm.add_constant(survey[["network", "price"]])
    peer = sm.OLS(survey["satisfaction"], x).fit(cov_type="HC1")
    assert found.coefficients["se"].tolist() == pytest.approx(peer.bse[1:].tolist())
    assert found.coefficients["low"].tolist() == pytest.approx(peer.conf_int(0.1)[0][1:].tolist())
    z = (survey - survey.mean(numeric_only=True)) / survey.std(numeric_only=True)
    standard = sm.OLS(z["satisfaction"], z[["network", "price"]]).fit().params
    assert found.coefficients["standardised"].tolist() == pytest.approx(standard.tolist())


def test_penalty_and_reward_of_a_table_without_noise():
    x = np.tile([1, 2, 3, 4, 5], 8).astype(float)
    other = np.repeat([1, 2, 3, 4, 5], 8)
    noise = np.where(np.arange(40) % 2, 0.01, -0.01)
    y = 6 - 2 * np.maximum(3 - x, 0) + 0.5 * np.maximum(x - 3, 0) + noise
    table = pd.DataFrame({"y": y, "x": x, "other": other})
    row = penalty_reward(table, "y", ["x", "other"]).table.iloc[0]
    assert (row["penalty"], row["reward"]) == pytest.approx((-2, 0.5), abs=0.01)
    assert (row["kind"], row["bad"], row["good"]) == ("basic", 3, 3)
    row = penalty_reward(table, "y", ["x", "other"], method="groups", bad=1, good=5).table.iloc[0]
    # Bad lies at 2 and good at 7; the middle holds 2, 3, 4 at 4, 6, 6.5.
    assert (row["penalty"], row["reward"]) == pytest.approx((2 - 5.5, 7 - 5.5), abs=0.03)


def test_the_map_puts_a_driver_where_the_numbers_say():
    found = importance_performance(CARS, "mpg", ["cyl", "gear"], resamples=50)
    assert found.importance_cut == 0.5
    assert found.performance_cut == pytest.approx(CARS[["cyl", "gear"]].mean().mean())
    assert found.table["quadrant"].tolist() == ["keep up the good work", "low priority"]
    assert found.table["performance"].tolist() == pytest.approx(
        CARS[["cyl", "gear"]].mean().tolist()
    )
    scaled = importance_performance(CARS, "mpg", ["cyl", "gear"], scale=(3, 8), resamples=0,
                                    performance_cut=65)  # fmt: skip
    assert scaled.table["performance"].iloc[0] == pytest.approx((6.1875 - 3) / 5 * 100)
    assert scaled.table["quadrant"].iloc[0] == "concentrate here"
    assert np.isnan(scaled.table["certainty"]).all()


# -- invariant -------------------------------------------------------------------------


def covariances(seed, p):
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(p + 1, p + 3))
    return root @ root.T


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), p=st.integers(1, 7))
def test_shares_add_to_r2_and_do_not_mind_order_or_units(seed, p):
    covariance = covariances(seed, p)
    beta = np.linalg.solve(covariance[:-1, :-1], covariance[:-1, -1])
    r2 = beta @ covariance[:-1, -1] / covariance[-1, -1]
    turn, units = np.r_[np.arange(p)[::-1], p], np.linspace(0.5, 40, p + 1)
    for share_out in (shapley, johnson):
        parts = share_out(covariance)
        assert parts.sum() == pytest.approx(r2)
        assert (parts > -1e-12).all()
        assert share_out(covariance[np.ix_(turn, turn)]) == pytest.approx(parts[::-1])
        assert share_out(covariance * np.outer(units, units)) == pytest.approx(parts)
    stacked = shapley(np.stack([covariance, covariance]))
    assert stacked.shape == (2, p)


def test_without_correlation_all_rules_agree():
    covariance = np.eye(5)
    covariance[:4, 4] = covariance[4, :4] = [0.6, 0.4, -0.3, 0.0]
    for share_out in (shapley, johnson, regression, separate):
        assert share_out(covariance) == pytest.approx([0.36, 0.16, 0.09, 0.0], abs=1e-9)


def test_two_drivers_that_are_one_share_alike():
    same = np.array([[1, 1, 0.8], [1, 1, 0.8], [0.8, 0.8, 1]])
    assert shapley(same) == pytest.approx([0.32, 0.32])
    assert johnson(same) == pytest.approx([0.32, 0.32], abs=1e-5)


def test_counts_are_rows_repeated(housing):
    few, many = (
        ordered(housing, counts="tenants"),
        ordered(housing.loc[housing.index.repeat(housing["tenants"])]),
    )
    pd.testing.assert_frame_equal(few.coefficients, many.coefficients, rtol=1e-9)
    weight = np.random.default_rng(0).uniform(0.5, 2, len(housing))
    wide = housing.assign(w=weight)
    few = ordered(wide, counts="tenants", weights="w")
    many = ordered(wide.loc[wide.index.repeat(wide["tenants"])], weights="w")
    pd.testing.assert_frame_equal(few.coefficients, many.coefficients, rtol=1e-8)
    assert few.null_log_likelihood == pytest.approx(many.null_log_likelihood)


def test_the_scale_of_weights_does_not_matter_and_counts_would(survey):
    w = np.random.default_rng(2).uniform(0.2, 3, len(survey))
    for estimate in (ordered_logit, linear_drivers):
        one, ten = (
            estimate(survey, "satisfaction", ["network", "price"], weights=w * k) for k in (1, 10)
        )
        pd.testing.assert_frame_equal(one.to_frame(), ten.to_frame())
    plain = ordered_logit(survey, "satisfaction", ["network", "price"]).coefficients
    tenfold = survey.assign(c=10)
    wrong = ordered_logit(tenfold, "satisfaction", ["network", "price"], counts="c").coefficients
    assert (plain["se"] / wrong["se"]).tolist() == pytest.approx([np.sqrt(10)] * 2)  # the 3.2 told
    shares = [
        key_drivers(survey, "satisfaction", DRIVERS, weights=w * k, resamples=20) for k in (1, 9)
    ]
    pd.testing.assert_frame_equal(shares[0].table, shares[1].table)


def test_effects_of_one_driver_add_to_nothing_and_split_at_a_point(housing):
    found = ordered(housing, counts="tenants")
    rows = marginal_effects(found)
    sums = rows.groupby(["driver", "category"])["effect"].sum()
    assert np.abs(sums).max() < 1e-12
    top = marginal_effects(found, at_least="high")
    assert top["effect"].tolist() == pytest.approx(
        rows.loc[rows["answer"] == "high", "effect"].tolist()
    )
    assert answer_shares(found, housing).sum(axis=1).to_numpy() == pytest.approx(np.ones(72))


def test_units_and_offsets_of_drivers_do_not_matter(survey):
    moved = survey.assign(network=1e6 + 1e3 * survey["network"])
    one, other = (ordered_logit(t, "satisfaction", ["network", "price"]) for t in (survey, moved))
    ratio = one.coefficients["coefficient"] / other.coefficients["coefficient"]
    assert ratio.tolist() == pytest.approx([1e3, 1], rel=1e-6)
    assert one.coefficients["z"].tolist() == pytest.approx(
        other.coefficients["z"].tolist(), rel=1e-6
    )


def test_missing_answers_are_dropped_and_counted(survey):
    holes = survey.astype({"network": float, "satisfaction": float})
    holes.loc[:9, "network"] = np.nan
    holes.loc[5:14, "satisfaction"] = np.nan
    rest = survey.iloc[15:]
    for estimate in (ordered_logit, linear_drivers, key_drivers, penalty_reward):
        found = estimate(holes, "satisfaction", ["network", "price"])
        assert (found.n, found.dropped) == (585, 15)
        assert found.to_frame().equals(
            estimate(rest, "satisfaction", ["network", "price"]).to_frame()
        )


def test_the_same_seed_is_the_same_bootstrap_and_ranks_are_ranks(survey):
    one, two, other = (
        key_drivers(survey, "satisfaction", DRIVERS, seed=s, resamples=80) for s in (1, 1, 2)
    )
    assert one.table.equals(two.table)
    assert not one.table.equals(other.table)
    assert sorted(one.table["rank"]) == [1, 2, 3, 4, 5, 6]
    assert one.table["first"].sum() == pytest.approx(1)
    assert one.table["share"].sum() == pytest.approx(1)
    assert one.table["importance"].sum() == pytest.approx(one.r2)
    assert (one.table["low"] < one.table["high"]).all()


def test_the_bootstrap_of_many_is_that_of_few(survey, monkeypatch):
    exact = key_drivers(survey, "satisfaction", ["network", "price", "shop"], resamples=3000).table
    monkeypatch.setattr(resample, "LARGE", 100)
    limit = key_drivers(survey, "satisfaction", ["network", "price", "shop"], resamples=3000).table
    for column in ("low", "high", "share_low", "share_high", "first"):
        assert limit[column].tolist() == pytest.approx(exact[column].tolist(), abs=0.012)
    monkeypatch.setattr(resample, "BLOCK", 5000)
    blocks = resample.resampled_moments(survey[["network", "price"]].to_numpy(float), np.ones(600),
                                        resamples=25, seed=0)  # fmt: skip
    assert blocks.mean.shape == (26, 2)


@settings(max_examples=10, deadline=None)
@given(n=st.integers(1, 300), more=st.integers(0, 200), halo=st.floats(0, 3))
def test_a_larger_survey_keeps_the_first_and_the_truth_ignores_halo(n, more, halo):
    world = DriverSurvey(halo=halo)
    few, many = (simulate_drivers(world, n=size, seed=5) for size in (n, n + more))
    pd.testing.assert_frame_equal(few, many.head(n))
    calm = simulate_drivers(DriverSurvey(halo=0), n=n, seed=5)
    assert few[[*TRUE, "true_satisfaction"]].equals(calm[[*TRUE, "true_satisfaction"]])
    assert few[list(DRIVERS)].isin(range(1, 11)).all(axis=None)


# -- recovery --------------------------------------------------------------------------


def test_the_ordered_probit_finds_the_effects_and_covers_them():
    """Ratings without halo and noise: the effects over the unexplained are the coefficients."""
    truth = true_importance(PLAIN)["effect"].to_numpy() / PLAIN.unexplained
    covered, estimates, samples, n = [], [], 70, 250
    table = simulate_drivers(PLAIN, n=samples * n, seed=11)
    for start in range(0, samples * n, n):
        rows = ordered_probit(table.iloc[start : start + n], "satisfaction", TRUE).coefficients
        covered.append((rows["low"] <= truth) & (truth <= rows["high"]))
        estimates.append(rows["coefficient"])
    assert np.mean(covered) == pytest.approx(0.95, abs=0.03)  # 420 intervals: 0.011 a deviation
    assert np.mean(estimates, axis=0) == pytest.approx(truth, abs=0.05)


def test_weights_undo_a_sample_that_prefers_the_satisfied():
    """Respondents take part by what they answer; weights are one over their chance."""
    truth = true_importance(PLAIN)["effect"].to_numpy()[:2] / PLAIN.unexplained
    table = simulate_drivers(PLAIN, n=100_000, seed=4)
    # Those whose satisfaction is out of line with the network come in more often.
    odd = np.abs(table["true_satisfaction"] - table["true_network"]) > 1
    chance = np.where(odd, 0.9, 0.15)
    came = np.random.default_rng(0).random(len(table)) < chance
    sample, weight = table[came].reset_index(drop=True), 1 / chance[came]
    covered, size = [], 400
    for start in range(0, 50 * size, size):
        part = slice(start, start + size)
        rows = ordered_probit(
            sample.iloc[part], "satisfaction", TRUE, weights=weight[part]
        ).coefficients
        covered.append(((rows["low"][:2] <= truth) & (truth <= rows["high"][:2])).to_numpy())
    assert np.mean(covered) > 0.89
    whole = [
        ordered_probit(sample, "satisfaction", TRUE, weights=w).coefficients for w in (None, weight)
    ]
    off = [np.abs(rows["coefficient"].to_numpy()[:2] - truth).max() for rows in whole]
    assert off[1] < 0.05 < off[0]


@pytest.mark.parametrize("method", ["johnson", "shapley"])
def test_shares_of_importance_are_covered(method):
    world, drivers = DriverSurvey(), list(DRIVERS)
    many = simulate_drivers(world, n=200_000, seed=99)
    limit = key_drivers(many, "satisfaction", drivers, method=method, resamples=0)
    truth = limit.table.set_index("driver")["share"]
    covered, samples, n = [], 45, 300
    table = simulate_drivers(world, n=samples * n, seed=12)
    for start in range(0, samples * n, n):
        part = table.iloc[start : start + n]
        rows = key_drivers(part, "satisfaction", drivers, method=method, resamples=150).table
        rows = rows.set_index("driver").loc[truth.index]
        covered.append((rows["share_low"] <= truth) & (truth <= rows["share_high"]))
    assert np.mean(covered) == pytest.approx(0.945, abs=0.04)  # 270 intervals


def test_asymmetric_drivers_are_found_and_straight_ones_left_alone():
    bent = simulate_drivers(DriverSurvey(asymmetry=0.9, halo=0.2), n=3000, seed=1)
    for method in ("slopes", "ordered"):
        kinds = penalty_reward(bent, "satisfaction", DRIVERS, method=method).table.set_index(
            "driver"
        )["kind"]
        assert (kinds["billing"], kinds["shop"], kinds["app"]) == ("basic", "exciting", "not shown")
    straight = simulate_drivers(DriverSurvey(), n=60 * 400, seed=2)
    p = [penalty_reward(straight.iloc[i : i + 400], "satisfaction", DRIVERS).table["asymmetry_p"]
         for i in range(0, 60 * 400, 400)]  # fmt: skip
    assert np.mean(np.array(p) < 0.05) == pytest.approx(0.05, abs=0.035)  # 360 tests


def test_a_ceiling_looks_like_a_basic_driver_until_the_answer_is_ordered():
    crowded = simulate_drivers(DriverSurvey(leniency=1), n=12 * 2000, seed=3)
    assert crowded["satisfaction"].mean() == pytest.approx(7.3, abs=0.1)
    false = {}
    for method in ("slopes", "ordered"):
        rows = [penalty_reward(crowded.iloc[i : i + 2000], "satisfaction", DRIVERS, method=method).table.iloc[0]
                for i in range(0, 12 * 2000, 2000)]  # fmt: skip
        false[method] = np.mean([row["asymmetry_p"] < 0.05 for row in rows])
    assert false["slopes"] > 0.2
    assert false["ordered"] < 0.15


def test_what_correlation_and_halo_do_to_each_method():
    """The numbers told in the story of cvm.survey.drivers.compare."""

    def app(world):
        rows = compare_driver_methods(world, n=500, replicates=100, seed=0)
        return rows[rows["driver"] == "app"].set_index("method")["mean"]

    usual, coloured = app(DriverSurvey()), app(DriverSurvey(halo=1.5))
    order = ["correlation", "shapley", "johnson", "regression"]
    assert usual[order].tolist() == pytest.approx([0.10, 0.067, 0.064, 0.004], abs=0.006)
    assert coloured[order].tolist() == pytest.approx([0.14, 0.12, 0.12, 0.012], abs=0.006)
    clean = compare_driver_methods(
        DriverSurvey(halo=0, noise=0, correlation=0), n=500, replicates=100
    )
    assert clean.groupby("method")["bias"].apply(lambda b: b.abs().max()).max() < 0.02
    table = simulate_drivers(DriverSurvey(halo=1.5), n=20_000, seed=2)
    row = linear_drivers(table, "satisfaction", DRIVERS).coefficients.iloc[-1]
    assert row["coefficient"] == pytest.approx(-0.05, abs=0.01)
    assert row["p_value"] < 0.001
    rows = compare_driver_methods(DriverSurvey(), n=100, replicates=20)
    assert rows.groupby("method")["first"].sum().tolist() == pytest.approx([1] * 4)
    assert rows["rmse"].to_numpy() == pytest.approx(np.hypot(rows["bias"], rows["spread"]))


def test_the_numbers_of_the_other_stories_hold():
    table = simulate_drivers(DriverSurvey(), n=20_000, seed=2)
    found = ordered_logit(table, "satisfaction", DRIVERS)
    assert found.coefficients["coefficient"].iloc[0] == pytest.approx(0.6, abs=0.02)
    assert marginal_effects(found, at_least=10)["effect"].iloc[0] == pytest.approx(0.025, abs=0.001)
    samples = simulate_drivers(DriverSurvey(), n=200 * 200, seed=1)
    order = [johnson(np.cov(part[[*DRIVERS, "satisfaction"]].to_numpy(float).T)).argsort()[-2]
             for part in (samples.iloc[i : i + 200] for i in range(0, 40_000, 200))]  # fmt: skip
    assert 0.45 < np.mean(np.array(order) == 1) < 0.65


def test_real_patients_rate_by_communication():
    table = datasets.load("patients_groups")
    found = key_drivers(table, "rating", ["timely", "communication", "promotion", "stewardship"])
    assert (found.n, found.dropped) == (65, 30)
    assert found.table["driver"].iloc[0] == "communication"
    assert "rating: communication holds" in str(found)


# -- inputs ----------------------------------------------------------------------------

BAD = [
    ({"outcome": "satisfction"}, r"no column 'satisfction'\. Did you mean 'satisfaction'\?"),
    ({"drivers": ["netwrk", "price"]}, r"no column 'netwrk'\. Did you mean 'network'"),
    ({"drivers": "network"}, r"drivers are a list of column names\. You gave 'network'"),
    ({"drivers": []}, "There is no driver"),
    ({"drivers": ["network", "network"]}, "'network' is named twice"),
    ({"drivers": ["network", "satisfaction"]}, "What is explained cannot explain itself"),
    ({"drivers": ["network", "flat"]}, "'flat' has one value only"),
    ({"drivers": ["network", "price", "both"]}, "'both' repeats what the others say together"),
    ({"drivers": ["network", "endless"]}, "'endless' holds a number that is not finite"),
    ({"weights": "wight"}, r"no column 'wight'\. Did you mean 'weight'"),
    ({"weights": [1, 2]}, r"one weight for each row.*2 weights for 600 rows.*by position"),
    ({"weights": np.r_[np.ones(599), 0]}, r"a number above zero; 1 are not\. You gave 0\.0"),
    ({"weights": ["a"] * 600}, "Weights are numbers"),
    ({"level": 95}, r"level lies between 0 and 1\. You gave 95\. Write 0\.95 for 95 %"),
    ({"level": True}, "level lies between 0 and 1"),
    ({"table": "file.csv"}, "must be a pandas DataFrame"),
]  # fmt: skip


@pytest.mark.parametrize("estimate", [linear_drivers, key_drivers, penalty_reward])
@pytest.mark.parametrize(("change", "message"), BAD)
def test_what_cannot_be_used_is_told(survey, estimate, change, message):
    table = survey.assign(flat=3, both=survey["network"] + survey["price"], weight=1.0,
                          endless=np.r_[np.inf, np.ones(598), 2])  # fmt: skip
    call = {"table": table, "outcome": "satisfaction", "drivers": ["network", "price"]} | change
    table, outcome, drivers = (call.pop(k) for k in ("table", "outcome", "drivers"))
    with pytest.raises(CvmError, match=message):
        estimate(table, outcome, drivers, **call)


def test_too_few_answers_and_words_are_told(survey):
    with pytest.raises(
        CvmError, match=r"Too few complete answers.*4 complete rows of 4, 2 drivers"
    ):
        key_drivers(survey.head(4), "satisfaction", ["network", "price"])
    words = survey.assign(network=survey["network"].map(lambda v: f"{v} points"))
    with pytest.raises(
        CvmError, match=r"'network' must hold numbers.*' ?\d+ points'.*scale points"
    ):
        key_drivers(words, "satisfaction", ["network", "price"])


def test_what_an_ordered_model_cannot_use_is_told(survey, housing):
    words = housing.assign(satisfaction=housing["satisfaction"].astype(str))
    with pytest.raises(
        CvmError, match=r"order of the answers in 'satisfaction' is not known.*'high'.*ordered=True"
    ):
        ordered(words, counts="tenants")
    with pytest.raises(CvmError, match=r"'true_network' is not an ordered scale.*600 different"):
        ordered_logit(survey, "true_network", ["price", "shop"])
    with pytest.raises(CvmError, match=r"must hold counts: 0, 1, 2.*-1.*go to weights="):
        ordered(housing.assign(tenants=-1), counts="tenants")
    with pytest.raises(CvmError, match=r"no column 'tenant'\. Did you mean 'tenants'"):
        ordered(housing, counts="tenant")
    apart = pd.DataFrame({"y": [1] * 20 + [2] * 20, "x": np.arange(40.0)})
    with pytest.raises(CvmError, match=r"so well that the coefficients have no end.*x.*Join rare"):
        ordered_logit(apart, "y", ["x"])
    codes = np.tile([0, 1, 2], 20)
    x = np.random.default_rng(0).normal(size=60)
    with pytest.raises(CvmError, match="Some drivers repeat"):
        CumulativeModel(codes, np.column_stack([x, x])).fit()


def test_what_a_marginal_effect_cannot_be_of_is_told(housing):
    found = ordered(housing, counts="tenants")
    with pytest.raises(CvmError, match=r"above the lowest.*'low'.*Choose one of: medium, high"):
        marginal_effects(found, at_least="low")
    with pytest.raises(CvmError, match="need the result of ordered_logit"):
        marginal_effects(housing)
    with pytest.raises(CvmError, match=r"no column 'contact'.*every driver"):
        answer_shares(found, housing.drop(columns="contact"))
    with pytest.raises(CvmError, match="'contact' has empty cells"):
        answer_shares(found, housing.assign(contact=None))


def test_other_bad_calls_are_told(survey):
    with pytest.raises(
        CvmError, match=r"no such way to share out.*'jonson'.*Did you mean 'johnson'"
    ):
        key_drivers(survey, "satisfaction", DRIVERS, method="jonson")
    with pytest.raises(CvmError, match="One driver has nobody to share with"):
        key_drivers(survey, "satisfaction", ["network"])
    with pytest.raises(CvmError, match=r"number of resamples.*-1"):
        key_drivers(survey, "satisfaction", DRIVERS, resamples=-1)
    with pytest.raises(
        CvmError, match=r"scale must hold all ratings.*scale 1 to 5, ratings 1.* to 10"
    ):
        importance_performance(survey, "satisfaction", DRIVERS, scale=(1, 5))
    with pytest.raises(CvmError, match=r"no such contrast.*Did you mean 'slopes'"):
        penalty_reward(survey, "satisfaction", DRIVERS, method="slope")
    with pytest.raises(CvmError, match=r"one bend.*\(2, 5\).*method='groups'"):
        penalty_reward(survey, "satisfaction", DRIVERS, bad=2, good=5)
    with pytest.raises(CvmError, match=r"'network' lacks bad, middle or good answers.*bad up to 0"):
        penalty_reward(survey, "satisfaction", DRIVERS, method="groups", bad=0, good=9)
    with pytest.raises(CvmError, match=r"exact for up to 14 drivers\. You gave 15.*johnson"):
        shapley(np.eye(16))
    with pytest.raises(CvmError, match=r"at least one respondent.*0"):
        simulate_drivers(DriverSurvey(), n=0, seed=1)
    with pytest.raises(CvmError, match=r"samples of 20 or more.*\(10, 200\)"):
        compare_driver_methods(DriverSurvey(), n=10)


def test_sentences_say_what_was_found(survey, housing):
    assert str(ordered(housing, counts="tenants")) == (
        "satisfaction: the clearest driver is influence (high), 1.29 log-odds (95 % interval 1.04 to "
        "1.54, p < 0.001); pseudo R² 0.0465; n = 1,681."
    )
    assert "a point of network goes with 0." in str(linear_drivers(survey, "satisfaction", DRIVERS))
    sure = key_drivers(survey, "satisfaction", DRIVERS, resamples=100)
    assert "network holds" in str(sure)
    assert "comes first in 100 % of the resamples" in str(sure)
    assert str(key_drivers(survey, "satisfaction", DRIVERS, resamples=0)).endswith("n = 600).")
    drawn = importance_performance(survey, "satisfaction", DRIVERS, scale=(1, 10), resamples=100)
    assert set(drawn.table["quadrant"]) <= set(QUADRANTS)
    assert "concentrate on price (in " in str(drawn)
    calm = importance_performance(survey, "satisfaction", DRIVERS, performance_cut=1, resamples=0)
    assert "no driver is both important and below" in str(calm)
    assert str(penalty_reward(survey, "satisfaction", DRIVERS)).startswith("satisfaction: ")
    assert "log-odds" not in str(ordered_probit(survey, "satisfaction", DRIVERS))
