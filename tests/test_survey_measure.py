"""Scores of a wave, their intervals, what changed between waves, who differs."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from cvm.errors import CvmError
from cvm.survey.measure import (
    change,
    compare_segments,
    csat,
    effort,
    interval_coverage,
    mean_score,
    nps,
    score,
    track,
)
from cvm.survey.measure.intervals import net_interval, share_interval
from cvm.survey.measure.replicates import resampled_sums

Z = stats.norm.ppf(0.975)
WAVE = [10] * 15 + [8] * 9 + [3] * 6  # 30 answers: 15 promoters, 6 detractors


def clustered(rng, *, groups=30, each=10, icc=0.2, mean=5.0):
    """Draw answers of people who share a dealer."""
    shared = rng.normal(0, np.sqrt(icc), groups).repeat(each)
    return mean + shared + rng.normal(0, np.sqrt(1 - icc), groups * each), np.arange(groups).repeat(
        each
    )


def panel(rng, *, n=120, overlap=60, correlation=0.7, change=0.0):
    """Draw two waves that share the last people of the first."""
    before = rng.normal(size=n)
    noise = np.sqrt(1 - correlation**2) * rng.normal(size=overlap)
    again = correlation * before[-overlap:] + noise
    after = np.concatenate([again, rng.normal(size=n - overlap)]) + change
    return before, after, (np.arange(n), np.arange(n - overlap, 2 * n - overlap))


# exact -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "n", "wilson", "exact"),
    [
        (81, 263, (0.2553, 0.3662), (0.2527, 0.3676)),
        (15, 148, (0.0624, 0.1605), (0.0578, 0.1617)),
        (0, 20, (0.0, 0.1611), (0.0, 0.1684)),
        (1, 29, (0.0061, 0.1718), (0.0009, 0.1776)),
    ],
)
def test_shares_against_newcombe(count, n, wilson, exact):
    # Newcombe (1998), Statistics in Medicine 17, 857-872, Table I, methods 3 and 5.
    scores = np.repeat([5, 2], [count, n - count])
    for method, ends in (("wilson", wilson), ("clopper-pearson", exact)):
        found = csat(scores, top=5, method=method)
        assert (found.low, found.high) == pytest.approx(ends, abs=6e-5)


def test_the_score_interval_against_tango():
    # Fagerland, Lydersen & Laake (2014), Statistics in Medicine 33, 2850-2875: 1 and 7
    # discordant pairs of 21, Tango's asymptotic score interval.
    low, high = net_interval(1 / 21, 7 / 21, 21, critical=Z, method="score")
    assert (low, high) == pytest.approx((-0.517, -0.026), abs=6e-4)


@pytest.mark.parametrize(("up", "down", "n"), [(15, 6, 30), (3, 0, 12), (0, 4, 9), (20, 20, 50)])
def test_the_score_interval_inverts_the_test_it_says(up, down, n):
    def most_likely(theta):
        """Find the variance at the hypothesis by plain search."""

        def loss(q):
            parts = np.array([q + theta, q, 1 - 2 * q - theta])
            return -np.sum(np.array([up, down, n - up - down]) * np.log(np.clip(parts, 1e-300, 1)))

        bounds = max(0, -theta) + 1e-12, (1 - theta) / 2 - 1e-12
        q = optimize.minimize_scalar(
            loss, bounds=bounds, method="bounded", options={"xatol": 1e-12}
        )
        return 2 * q.x + theta * (1 - theta)

    for end in net_interval(up / n, down / n, n, critical=Z, method="score"):
        if abs(end) < 1 - 1e-9:
            distance = abs((up - down) / n - end) / np.sqrt(most_likely(float(end)) / n)
            assert distance == pytest.approx(Z, rel=1e-4)


def test_the_variance_of_a_net_score():
    p, d, n = 0.5, 0.2, 30
    reach = 100 * Z * np.sqrt((p + d - (p - d) ** 2) / n)
    found = nps(WAVE, method="wald")
    assert (found.value, found.low, found.high) == pytest.approx((30, 30 - reach, 30 + reach))
    assert (found.promoters, found.passives, found.detractors) == pytest.approx((0.5, 0.3, 0.2))


def test_the_adjusted_wald_adds_three_and_three_quarters():
    p, d, n = 15.75 / 33, 6.75 / 33, 33
    reach = Z * np.sqrt((p + d - (p - d) ** 2) / n)
    found = nps(WAVE)
    assert (found.low, found.high) == pytest.approx((100 * (p - d - reach), 100 * (p - d + reach)))
    assert found.value == pytest.approx(30)
    assert (round(found.low), round(found.high)) == (1, 54)  # as the story says


def test_a_mean_has_the_t_interval():
    x = np.array([3.0, 7, 8, 9, 4, 10])
    found = mean_score(x)
    ends = stats.t.interval(0.95, 5, x.mean(), stats.sem(x))
    assert (found.low, found.high) == pytest.approx(ends)
    assert found.sd == pytest.approx(x.std(ddof=1))
    assert found.effective_n == pytest.approx(6)


@pytest.mark.parametrize("groups", [None, 12])
def test_weights_and_clusters_against_statsmodels(groups):
    rng = np.random.default_rng(3)
    y, w = rng.integers(1, 11, 90).astype(float), rng.gamma(2, 1, 90)
    clusters = None if groups is None else rng.integers(0, groups, 90)
    fit = sm.WLS(y, np.ones(90), weights=w).fit(
        cov_type="HC1" if groups is None else "cluster",
        cov_kwds={} if groups is None else {"groups": clusters},
    )
    found = mean_score(y, weights=w, clusters=clusters)
    assert (found.value, found.se) == pytest.approx((fit.params[0], fit.bse[0]))
    df = (90 if groups is None else len(set(clusters))) - 1
    assert (found.high - found.value) / found.se == pytest.approx(stats.t.ppf(0.975, df))


def test_alike_answers_within_clusters_are_worth_their_clusters():
    y = np.repeat([1.0, 4.0, 9.0, 2.0, 6.0], 8)
    found = mean_score(y, clusters=np.arange(5).repeat(8))
    assert found.se == pytest.approx(stats.sem([1, 4, 9, 2, 6]))
    # 40 answers know what 5 do; the variance between people is that of 40 with n - 1 below
    assert found.effective_n == pytest.approx(5 * (40 / 39) * (4 / 5), rel=1e-9)
    assert "worth 4.1 independent answers" in str(found)


def test_where_all_are_alike_kish_and_clusters_stand_in():
    w = np.array([1.0, 1, 1, 5])
    sure = csat([9, 9, 9, 9], top=9, weights=w)
    assert sure.effective_n == pytest.approx(64 / 28)
    assert sure.low < 0.6
    assert csat([9] * 40, top=9, clusters=np.arange(4).repeat(10)).effective_n == 4


def test_effort_is_a_mean_or_a_share():
    scores = [7, 6, 5, 4, 2, 5]
    assert effort(scores).value == pytest.approx(np.mean(scores))
    easy = effort(scores, easy=5)
    assert (easy.value, easy.unit) == (pytest.approx(4 / 6), "share")
    assert str(easy).startswith("Customers who found it easy: 66.7 % (95 %")


def test_independent_waves_are_welch_and_a_panel_is_the_paired_test():
    rng = np.random.default_rng(4)
    a, b = rng.integers(0, 11, 40), rng.integers(2, 11, 55)
    apart = change(a, b)
    welch = stats.ttest_ind(b, a, equal_var=False)
    assert (apart.p_value, apart.df) == pytest.approx((welch.pvalue, welch.df))
    later, ids = np.clip(a + rng.integers(-2, 4, 40), 0, 10), np.arange(40)
    same = change(a, later[::-1], respondents=(ids, ids[::-1]))
    paired = stats.ttest_rel(later, a)
    assert (same.p_value, same.df, same.overlap) == (
        pytest.approx(paired.pvalue), pytest.approx(39), 40,
    )  # fmt: skip
    ends = paired.confidence_interval()
    assert (same.low, same.high) == pytest.approx((ends.low, ends.high))


def test_clusters_in_both_waves_against_statsmodels():
    rng = np.random.default_rng(5)
    y, dealer = clustered(rng, groups=25, each=8, icc=0.4)
    wave = np.tile([0, 1], 100)
    fit = sm.OLS(y, sm.add_constant(wave)).fit(
        cov_type="cluster", cov_kwds={"groups": dealer, "use_correction": False}
    )
    found = change(y[wave == 0], y[wave == 1], clusters=(dealer[wave == 0], dealer[wave == 1]))
    assert found.value == pytest.approx(fit.params[1])
    assert found.se == pytest.approx(fit.bse[1] * np.sqrt(25 / 24))
    assert found.df == pytest.approx(24)


def test_degrees_of_freedom_of_a_part_overlap():
    # Derrick et al. (2017): between the paired and Welch's.
    before, after, ids = panel(np.random.default_rng(6), n=20, overlap=8)
    found, welch = change(before, after, respondents=ids), change(before, after)
    assert found.df == pytest.approx(7 + (welch.df - 7) / (24 + 16) * 24)


def test_segments_against_analysis_of_variance_and_holm():
    table = pd.DataFrame({"x": [1.0, 2, 3, 2, 3, 4, 6, 7, 9], "segment": list("aaabbbccc")})
    found = compare_segments(table, "x")
    by = [part["x"] for _, part in table.groupby("segment")]
    for row in found.pairs.itertuples():
        one, two = by["abc".index(row.segment)], by["abc".index(row.other)]
        assert row.p_value == pytest.approx(stats.ttest_ind(one, two, equal_var=False).pvalue)
    p = found.pairs["p_value"].sort_values()
    stepped = np.maximum.accumulate(np.minimum(p * [3, 2, 1], 1))
    assert found.pairs.loc[p.index, "p_holm"].tolist() == pytest.approx(stepped.tolist())
    variances = np.array([part.var() / 3 for part in by])
    weights, means = 1 / variances, np.array([part.mean() for part in by])
    wald = weights @ (means - weights @ means / weights.sum()) ** 2 / 2
    assert found.p_value == pytest.approx(stats.f.sf(wald, 2, 6))
    assert "from 2 (a) to 7.33 (c)" in str(found)


def test_segments_of_the_same_dealers_share_what_the_dealers_bring():
    rng = np.random.default_rng(7)
    y, dealer = clustered(rng, groups=30, each=8, icc=0.6)
    table = pd.DataFrame({"x": y, "segment": np.tile(["a", "b"], 120), "dealer": dealer})
    found = compare_segments(table, "x", clusters="dealer").pairs.iloc[0]
    plain = compare_segments(table, "x").pairs.iloc[0]
    assert found["high"] - found["low"] < 0.8 * (plain["high"] - plain["low"])
    side = [part for _, part in table.groupby("segment")]
    same = change(side[0]["x"], side[1]["x"], clusters=(side[0]["dealer"], side[1]["dealer"]))
    assert (found["difference"], found["low"]) == pytest.approx((same.value, same.low))
    # two groups: the test of all is the test of the pair
    assert compare_segments(table, "x", clusters="dealer").p_value == pytest.approx(same.p_value)


def test_replicates_of_a_known_multinomial():
    # One unit of ten is drawn Binomial(10, 1/10) times.
    rows, counts = np.array([[1.0], [0.0]]), np.array([100, 900])
    drawn = resampled_sums(rows, counts, resamples=4000, rng=np.random.default_rng(8))[:, 0]
    assert drawn.mean() == pytest.approx(100, abs=4 * np.sqrt(90 / 4000))
    assert drawn.var() == pytest.approx(90, rel=0.1)
    one_by_one = resampled_sums(
        np.arange(5.0)[:, None], np.ones(5, int), resamples=4000, rng=np.random.default_rng(8)
    )[:, 0]
    assert one_by_one.mean() == pytest.approx(10, abs=4 * np.sqrt(10 / 4000))
    assert one_by_one.var() == pytest.approx(10, rel=0.1)


def test_bootstrap_intervals_agree_with_the_formulas_in_large_samples():
    rng = np.random.default_rng(9)
    y, dealer = clustered(rng, groups=80, each=6)
    w = rng.choice([1.0, 2.0, 3.0], len(y))
    for options in ({}, {"weights": w}, {"clusters": dealer}, {"weights": w, "clusters": dealer}):
        plain = mean_score(y, **options)
        drawn = mean_score(y, method="bootstrap", resamples=2000, **options)
        assert (drawn.low, drawn.high) == pytest.approx((plain.low, plain.high), abs=0.03)
        assert drawn.method == "percentile bootstrap"


def test_bootstrap_of_a_change_knows_who_was_asked_twice():
    before, after, ids = panel(np.random.default_rng(10), n=300, overlap=200, correlation=0.9)
    for options in ({"respondents": ids}, {}, {"clusters": (ids[0] % 60, ids[1] % 60)}):
        plain = change(before, after, **options)
        drawn = change(before, after, method="bootstrap", resamples=2000, **options)
        width = plain.high - plain.low
        assert (drawn.low, drawn.high) == pytest.approx((plain.low, plain.high), abs=0.1 * width)


def test_a_score_is_followed_from_wave_to_wave():
    before, after, ids = panel(np.random.default_rng(11), n=40, overlap=30)
    table = pd.DataFrame({
        "x": [*before, *after], "wave": [1] * 40 + [2] * 40, "who": [*ids[0], *ids[1]],
        "w": np.linspace(1, 2, 80), "dealer": [*(ids[0] % 9), *(ids[1] % 9)],
    })  # fmt: skip
    rows = track(table, "x", respondent="who", weights="w")
    first, second = table[table["wave"] == 1], table[table["wave"] == 2]
    found = change(first["x"], second["x"], respondents=ids, weights=(first["w"], second["w"]))
    assert rows["wave"].tolist() == [1, 2]
    assert rows["change"].isna().tolist() == [True, False]
    assert rows.loc[1, ["change", "change_low", "p_value", "overlap"]].tolist() == pytest.approx(
        [found.value, found.low, found.p_value, 30]
    )
    assert rows.loc[0, "low"] == pytest.approx(mean_score(first["x"], weights=first["w"]).low)
    by_dealer = track(table, "x", clusters="dealer")
    pair = (first["dealer"], second["dealer"])
    assert by_dealer.loc[1, "p_value"] == pytest.approx(
        change(first["x"], second["x"], clusters=pair).p_value
    )


@pytest.mark.parametrize("method", ["wilson", "wald", "clopper-pearson"])
def test_coverage_at_thirty_against_the_binomial(method):
    count = np.arange(31)
    low, high = share_interval(count / 30, 30, critical=Z, method=method)
    exact = stats.binom.pmf(count, 30, 0.9)[(low <= 0.9) & (high >= 0.9)].sum()
    rows = interval_coverage(
        pd.Series({5: 0.9, 1: 0.1}), measure="csat", top=5, methods=[method], samples=4000
    )
    (row,) = rows.itertuples()
    assert row.coverage == pytest.approx(exact, abs=4 * row.mc_se)
    assert row.mc_se == pytest.approx(np.sqrt(row.coverage * (1 - row.coverage) / 4000))
    if method == "wald":  # as the story says
        assert exact == pytest.approx(0.81, abs=0.005)
        assert row.missed_high + row.missed_low == pytest.approx(1 - row.coverage)
        assert row.missed_high > 3 * row.missed_low


def test_a_mean_covers_as_its_interval_promises():
    shares = pd.Series({1: 0.1, 3: 0.2, 4: 0.4, 5: 0.3})
    rows = interval_coverage(
        shares, measure="mean", n=[8, 200], methods=["t", "normal"], samples=6000
    ).set_index(["method", "n"])
    assert rows["truth"].tolist() == pytest.approx([3.8] * 4)
    wider = stats.t.ppf(0.975, 7) / stats.norm.ppf(0.975)
    width = rows["width"]
    assert width["t", 8] / width["normal", 8] == pytest.approx(wider, rel=0.02)
    spread = np.sqrt(1.36 / 200)
    assert width["normal", 200] == pytest.approx(2 * stats.norm.ppf(0.975) * spread, rel=0.02)
    for method in ("t", "normal"):
        found = rows.loc[(method, 200)]
        assert found["coverage"] == pytest.approx(0.95, abs=4 * found["mc_se"] + 0.004)
    assert rows.loc[("normal", 8), "coverage"] < 0.93


# invariant -------------------------------------------------------------------------

recommendations = st.lists(st.integers(0, 10), min_size=2, max_size=40)


@given(recommendations, st.sampled_from(["adjusted", "wald", "score"]))
@settings(max_examples=60, deadline=None)
def test_a_net_score_lies_on_its_scale_and_is_mirrored(scores, method):
    found = nps(scores, method=method)
    assert -100 <= found.low <= found.high <= 100
    swap = {1: 0, 0: 8, -1: 10}
    kinds = np.subtract(np.asarray(scores) >= 9, np.asarray(scores) <= 6, dtype=int)
    mirrored = nps([swap[k] for k in kinds], method=method)
    assert (mirrored.low, mirrored.high) == pytest.approx((-found.high, -found.low), abs=1e-6)


@given(recommendations, st.floats(0.1, 50))
@settings(max_examples=40, deadline=None)
def test_weights_count_only_against_each_other(scores, factor):
    w = 1 + np.arange(len(scores)) % 3
    one, other = (nps(scores, weights=w * f) for f in (1, factor))
    assert (one.value, one.low, one.high) == pytest.approx((other.value, other.low, other.high))
    plain, even = mean_score(scores), mean_score(scores, weights=np.full(len(scores), factor))
    assert (plain.value, plain.se) == pytest.approx((even.value, even.se))


@given(st.lists(st.integers(1, 10), min_size=3, max_size=30), st.randoms())
@settings(max_examples=40, deadline=None)
def test_the_order_of_the_answers_does_not_matter(scores, chance):
    shuffled = list(scores)
    chance.shuffle(shuffled)
    for method in ("t", "bootstrap"):
        one, two = (mean_score(x, method=method, resamples=100) for x in (scores, shuffled))
        assert (one.low, one.high) == pytest.approx((two.low, two.high))


@given(st.sampled_from(["wilson", "jeffreys", "agresti-coull"]), st.integers(0, 20))
@settings(max_examples=60, deadline=None)
def test_more_confidence_is_a_wider_interval(method, count):
    scores = [5] * count + [1] * (20 - count)
    narrow, wide = (csat(scores, top=5, method=method, level=x) for x in (0.8, 0.95))
    assert wide.low <= narrow.low <= narrow.high <= wide.high + 1e-12


def test_changes_turn_round_with_the_waves():
    before, after, ids = panel(np.random.default_rng(12))
    there = change(before, after, respondents=ids)
    back = change(after, before, respondents=ids[::-1])
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low))


# recovery --------------------------------------------------------------------------


def test_intervals_of_a_net_score_cover():
    shares = pd.Series({10: 0.3, 9: 0.12, 8: 0.2, 7: 0.13, 5: 0.15, 2: 0.1})
    rows = interval_coverage(shares, n=[30, 100], samples=3000).set_index(["method", "n"])
    for method in ("adjusted", "score"):
        for n in (30, 100):
            found = rows.loc[(method, n)]
            assert found["truth"] == pytest.approx(17)
            assert found["coverage"] > 0.95 - 4 * found["mc_se"] - 0.01
    assert rows.loc[("wald", 30), "coverage"] < rows.loc[("score", 30), "coverage"]
    assert rows["width"].xs(30, level="n").min() > 1.6 * rows["width"].xs(100, level="n").max()


@pytest.mark.parametrize("method", ["t", "bootstrap"])
def test_clustered_means_cover_and_the_naive_ones_do_not(method):
    rng = np.random.default_rng(13)
    hits, naive, runs = 0, 0, 300
    for _ in range(runs):
        y, dealer = clustered(rng, groups=40)
        found = mean_score(y, clusters=dealer, method=method, resamples=200)
        plain = mean_score(y)
        hits += found.low <= 5 <= found.high
        naive += plain.low <= 5 <= plain.high
    assert hits / runs == pytest.approx(0.95, abs=0.04)
    assert naive / runs < 0.85


def test_a_weighted_share_of_an_uneven_sample_covers():
    rng = np.random.default_rng(14)
    hits, runs = 0, 400
    for _ in range(runs):
        young = rng.random(150) < 0.7  # 30 % of the population
        satisfied = rng.random(150) < np.where(young, 0.5, 0.8)
        found = csat(satisfied.astype(int), top=1, weights=np.where(young, 3 / 7, 7 / 3))
        hits += found.low <= 0.71 <= found.high
    assert hits / runs == pytest.approx(0.95, abs=0.035)


@pytest.mark.parametrize("overlap", [2, 60, 120])
def test_the_change_of_a_panel_covers(overlap):
    rng = np.random.default_rng(15)
    hits, runs = 0, 300
    for _ in range(runs):
        before, after, ids = panel(rng, overlap=overlap, change=0.3)
        found = change(before, after, respondents=ids)
        hits += found.low <= 0.3 <= found.high
    assert hits / runs == pytest.approx(0.95, abs=0.04)


def test_alike_segments_are_rarely_called_different():
    rng = np.random.default_rng(16)
    alone, held, together, runs = 0, 0, 0, 150
    for _ in range(runs):
        table = pd.DataFrame({"x": rng.normal(size=150), "segment": np.arange(150) % 10})
        found = compare_segments(table, "x")
        alone += (found.pairs["p_value"] < 0.05).any()
        held += (found.pairs["p_holm"] < 0.05).any()
        together += found.p_value < 0.05
    assert alone / runs == pytest.approx(0.62, abs=0.12)  # as the story says
    assert held / runs < 0.1
    assert together / runs < 0.14


# inputs ----------------------------------------------------------------------------


def test_a_score_is_told_in_a_sentence():
    assert str(nps([*WAVE, None, float("nan")])) == (
        "Net promoter score: 30 (95 % interval 0.681 to 53.9; adjusted Wald interval; n = 30). "
        "2 without an answer are left out."
    )
    row = nps(WAVE).to_frame()
    assert {"value", "low", "high", "promoters", "n", "effective_n"} <= set(row)


def test_a_change_is_told_in_a_sentence():
    ids = np.arange(6)
    found = change([5, 5, 1, 1, 1, 1], [5, 5, 5, 5, 1, 1], measure="csat", top=4,
                   respondents=(ids, ids))  # fmt: skip
    assert str(found) == (
        "Satisfied customers: from 33.3 % to 66.7 %, a change of +33.3 points (95 % interval "
        "−20.9 points to +87.5 points; p = 0.17; n = 6 and 6; 6 asked both times)."
    )
    still = change([3, 4], [3, 4], respondents=([1, 2], [1, 2]))
    assert (still.p_value, still.se) == (1.0, 0.0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: nps([10, 11, 3]), "whole numbers from 0 to 10; 1 answers are not"),
        (lambda: nps([10, 7.5, 3]), "another scale cannot be rescaled into promoters"),
        (lambda: nps(["9", "very good", "3"]), "Scores must be numbers; 1 are not"),
        (lambda: nps([[1, 2], [3, 4]]), "must be one column"),
        (lambda: nps("12"), "must be one column"),
        (lambda: mean_score([np.inf, 2]), "Scores must be finite"),
        (lambda: mean_score([3, None]), "at least two answers"),
        (lambda: mean_score([3, 4, 5], clusters=[1, 1, 1]), "from two clusters if there are any"),
        (lambda: mean_score([3, 4], clusters=[1, None]), "rows without a cluster"),
        (lambda: mean_score([3, 4], clusters=[1]), "clusters= has another length"),
        (lambda: mean_score([3, 4], weights=[1, 0]), "Weights are numbers above 0; 1 are not"),
        (lambda: mean_score([3, 4], weights=[1, None]), "Weights are numbers above 0"),
        (lambda: mean_score([3, 4], weights=[1, 2, 3]), "weights= has another length"),
        (lambda: mean_score([3, 4], method="tt"), "Did you mean 't'?"),
        (lambda: mean_score([3, 4], level=95), "Write 0.95 for 95 %"),
        (
            lambda: mean_score([3, 4], method="bootstrap", resamples=5),
            "needs 100 resamples or more",
        ),
        (lambda: csat([3, 4], top=None), "needs top=, the lowest score that counts"),
        (lambda: score([3, 4], measure="npss"), "Did you mean 'nps'?"),
        (lambda: effort([3, 9]), "The scale of effort runs from 1 to 7"),
        (lambda: change([1, 2], [3, 4], respondents=[1, 2, 3]), "respondents= is a pair"),
        (lambda: change([1, 2], [3, 4], weights=1), "weights= is a pair"),
        (
            lambda: change([1, 2], [3, 4], respondents=([1, 1], [1, 2])),
            "A wave has each respondent once",
        ),
        (
            lambda: change([1, 2], [3, 4], respondents=([1], [1, 2])),
            "respondents= has another length",
        ),
        (lambda: change([1, 2], [3, 4], method="z"), "There is no method= of this kind"),
        (lambda: track(pd.DataFrame({"x": [1, 2], "wave": 1}), "x"), "two waves or more"),
        (lambda: track(pd.DataFrame({"x": [1, 2]}), "x"), "The table has no column 'wave'"),
        (
            lambda: compare_segments(pd.DataFrame({"x": [1, 2], "segment": "a"}), "x"),
            "two segments or more in 'segment'",
        ),
        (lambda: compare_segments([1, 2], "x"), "A table must be a pandas DataFrame"),
        (lambda: interval_coverage(pd.Series({10: -1.0})), "Shares of answers are 0 or more"),
        (lambda: interval_coverage(pd.Series({10: 1.0}), n=1), "two answers or more"),
        (
            lambda: interval_coverage(pd.Series({10: 1.0}), methods=["wilson"]),
            "There is no methods= of this kind",
        ),
    ],
)
def test_bad_input_is_told(call, message):
    with pytest.raises(CvmError) as told:
        call()
    assert message in str(told.value)
