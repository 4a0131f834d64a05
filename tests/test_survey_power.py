"""Sample size, and the power to see a change."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.power import tt_ind_solve_power, tt_solve_power

from cvm.errors import CvmError
from cvm.survey.power import (
    SurveyDesign,
    margin_of_error,
    power_of_change,
    sample_size,
    simulated_power,
    size_for_change,
)
from cvm.survey.power.change import degrees, standard_error
from cvm.survey.power.design import measure_of
from cvm.survey.power.simulated import _Waves, latent_correlation
from cvm.survey.weighting import design_effect

DEALERS = SurveyDesign(cluster_size=20, icc=0.05)
PANEL = SurveyDesign(overlap=1, correlation=0.5)

# exact -----------------------------------------------------------------------------


def test_the_textbook_sizes():
    # Cochran (1977), section 4.4: margin of 5 points at a share of 0.5, t = 2, gives 400.
    assert sample_size(0.05, share=0.5, level=stats.norm.cdf(2) * 2 - 1).answers == 400
    # The 385, 1,068 and (of 10,000 customers) 370 of every polling table.
    assert sample_size(0.05, share=0.5).answers == 385
    assert sample_size(0.03, share=0.5).answers == 1068
    assert sample_size(0.05, share=0.5, population=10_000).answers == 370


def test_a_small_population_by_cochrans_formula():
    # n = n0 / (1 + (n0 - 1) / N), his equation 4.2.
    n0 = stats.norm.ppf(0.975) ** 2 * 0.25 / 0.05**2
    for population in (50, 400, 3200):
        expected = int(np.ceil(n0 / (1 + (n0 - 1) / population)))
        assert sample_size(0.05, share=0.5, population=population).answers == expected


def test_margins_of_the_story():
    thousand = margin_of_error(1000, share=0.5)
    net = margin_of_error(1000, promoters=0.4, detractors=0.2)
    dealers = margin_of_error(1000, promoters=0.4, detractors=0.2, design=DEALERS)
    assert (thousand, net, dealers) == pytest.approx((0.031, 0.046, 0.065), abs=5e-4)
    assert net == pytest.approx(stats.norm.ppf(0.975) * np.sqrt((0.6 - 0.2**2) / 1000))
    assert dealers == pytest.approx(net * np.sqrt(1 + 19 * 0.05))


@pytest.mark.parametrize(("effect", "n"), [(0.5, 64), (0.2, 100), (0.8, 26), (1.2, 8)])
def test_two_waves_of_strangers_against_statsmodels(effect, n):
    found = power_of_change(effect, n=n, sd=1)
    assert found.power == pytest.approx(tt_ind_solve_power(effect, n, 0.05), abs=1e-9)
    apart = power_of_change(2 * effect, n=n, n_after=3 * n, sd=2)
    assert apart.power == pytest.approx(tt_ind_solve_power(effect, n, 0.05, ratio=3), abs=1e-9)
    least = tt_ind_solve_power(None, n, 0.05, power=0.8)
    assert found.detectable == pytest.approx(least, rel=1e-5)


def test_cohens_table():
    # Cohen (1988), table 2.4.1: 64 a group for d = 0.5, 26 for 0.8, 393 (rounded down from
    # 393.4) for 0.2, power 0.80.
    assert [size_for_change(d, sd=1) for d in (0.5, 0.8, 0.2)] == [64, 26, 394]
    assert power_of_change(0.2, n=393, sd=1).power == pytest.approx(0.80, abs=5e-4)


@pytest.mark.parametrize("n", [10, 34, 200])
def test_a_full_panel_is_the_paired_test(n):
    # With a correlation of 0.5 the differences have the spread of the scores.
    found = power_of_change(0.4, n=n, sd=1, design=PANEL)
    assert found.df == n - 1
    assert found.power == pytest.approx(tt_solve_power(0.4, n, 0.05), abs=1e-9)


def test_variances_of_shares_and_net_scores():
    before, after = measure_of(share=0.6), measure_of(share=0.6).moved(0.1)
    expected = np.sqrt(0.6 * 0.4 / 200 + 0.7 * 0.3 / 300)
    assert standard_error(before, after, SurveyDesign(), 200, 300) == pytest.approx(expected)
    net = measure_of(promoters=0.4, detractors=0.2)
    moved = net.moved(0.1)
    assert moved.chances == pytest.approx((0.15, 0.4, 0.45))
    assert net.sd**2 == pytest.approx(0.6 - 0.2**2)
    assert moved.sd**2 == pytest.approx(0.6 - 0.3**2)


def test_variances_of_clusters_and_panels():
    score = measure_of(sd=2)
    plain = 4 / 100 + 4 / 100
    cases = {
        SurveyDesign(cluster_size=10, icc=0.1): plain * 1.9,
        SurveyDesign(weights_effect=1.5): plain * 1.5,
        SurveyDesign(overlap=0.4, correlation=0.7): plain * (1 - 0.28),
        SurveyDesign(cluster_size=10, icc=0.1, lasting=0.6): plain * (1.9 - 0.6),
        # lasting clusters of which nothing is the person's own: icc * lasting cancels whole
        SurveyDesign(cluster_size=10, icc=0.1, lasting=1, overlap=0.5, correlation=0.1): plain
        * (1.9 - 0.05 - 0.95),
    }
    for design, variance in cases.items():
        assert standard_error(score, score, design, 100, 100) ** 2 == pytest.approx(variance)


def test_degrees_of_freedom():
    assert degrees(SurveyDesign(), 40, 60) == 98
    assert degrees(PANEL, 40, 40) == pytest.approx(39)
    assert degrees(SurveyDesign(cluster_size=10), 100, 100) == 18
    assert degrees(SurveyDesign(cluster_size=10, lasting=0.3), 100, 100) == pytest.approx(9)
    half = degrees(SurveyDesign(overlap=0.5), 40, 40)
    assert half == pytest.approx(19 + (78 - 19) / (40 + 40) * 40)


def test_what_is_significant_is_exaggerated():
    found = power_of_change(0.05, n=400, promoters=0.4, detractors=0.2)
    assert found.power == pytest.approx(0.16, abs=0.005)  # as the story says
    assert 100 * 0.05 * found.exaggeration == pytest.approx(13, abs=0.5)
    z = np.random.default_rng(0).normal(0.05 / found.se, 1, 400_000)
    big = np.abs(z)[np.abs(z) > stats.t.ppf(0.975, found.df)]
    assert found.exaggeration == pytest.approx(big.mean() * found.se / 0.05, rel=0.01)


@pytest.mark.parametrize("share", [0.5, 0.2, 0.05])
def test_what_is_behind_answers_that_correlate(share):
    # Cut at the median the correlation of the answers is (2 / pi) asin(rho).
    rho = latent_correlation(measure_of(share=share), 0.3)
    if share == 0.5:
        assert rho == pytest.approx(np.sin(np.pi / 2 * 0.3), abs=1e-8)
    z = np.random.default_rng(1).multivariate_normal([0, 0], [[1, rho], [rho, 1]], 200_000)
    assert np.corrcoef((z < stats.norm.ppf(share)).T)[0, 1] == pytest.approx(0.3, abs=0.012)
    assert latent_correlation(measure_of(sd=3), 0.3) == 0.3


# invariant -------------------------------------------------------------------------


@given(st.integers(10, 2000), st.floats(0.02, 0.2), st.floats(0.0, 0.9))
@settings(max_examples=40, deadline=None)
def test_more_answers_and_more_panel_see_more(n, change, overlap):
    design = SurveyDesign(overlap=overlap, correlation=0.6)
    few, many = (power_of_change(change, n=size, share=0.5, design=design) for size in (n, 2 * n))
    assert few.power <= many.power + 1e-12
    assert many.detectable < few.detectable
    anew = power_of_change(change, n=2 * n, share=0.5)
    assert anew.se >= many.se - 1e-12


@given(st.floats(0.005, 0.2), st.floats(1, 40), st.floats(0, 0.3))
@settings(max_examples=40, deadline=None)
def test_size_and_margin_are_each_others_inverse(margin, cluster_size, icc):
    design = SurveyDesign(cluster_size=cluster_size, icc=icc)
    found = sample_size(margin, share=0.3, design=design)
    assert margin_of_error(found.answers, share=0.3, design=design) <= margin * (1 + 1e-9)
    assert margin_of_error(found.answers - 1, share=0.3, design=design) > margin * (1 - 1e-9)
    assert found.clusters * cluster_size >= found.answers - 1e-6


@pytest.mark.parametrize("design", [None, DEALERS, SurveyDesign(overlap=0.5, correlation=0.7)])
def test_the_size_for_a_change_is_the_smallest(design):
    n = size_for_change(0.06, share=0.6, design=design)
    assert power_of_change(0.06, n=n, share=0.6, design=design).power >= 0.8
    assert power_of_change(0.06, n=n - 1, share=0.6, design=design).power < 0.8


def test_a_fall_is_seen_as_well_as_a_rise():
    up, down = (power_of_change(d, n=100, sd=1).power for d in (0.3, -0.3))
    assert up == pytest.approx(down)


def test_answers_are_fewer_than_invitations():
    found = sample_size(0.05, sd=2, response=0.3, design=DEALERS)
    assert found.invitations == int(np.ceil(found.answers / 0.3))
    assert found.clusters == int(np.ceil(found.answers / 20))
    assert found.design_effect == pytest.approx(1.95)


# recovery --------------------------------------------------------------------------

DESIGNS = {
    "anew": SurveyDesign(),
    "panel": SurveyDesign(overlap=0.5, correlation=0.6),
    "dealers": SurveyDesign(cluster_size=10, icc=0.1),
    "same dealers": SurveyDesign(cluster_size=10, icc=0.1, lasting=1),
    "all at once": SurveyDesign(
        cluster_size=10, icc=0.1, lasting=0.5, overlap=0.5, correlation=0.6, weights_effect=1.3
    ),
}


@pytest.mark.parametrize("name", DESIGNS)
@pytest.mark.parametrize(
    "measure",
    [{"sd": 2.0}, {"promoters": 0.4, "detractors": 0.2}],
    ids=["score", "net"],
)
def test_simulated_surveys_see_what_the_formula_says(name, measure):
    change = 0.5 if "sd" in measure else 0.16
    found = simulated_power(change, n=200, design=DESIGNS[name], runs=150, seed=2, **measure)
    assert found.power == pytest.approx(found.formula, abs=0.13)
    assert found.coverage == pytest.approx(0.95, abs=0.06)
    assert found.mc_se == pytest.approx(np.sqrt(found.power * (1 - found.power) / 150))


def test_simulated_waves_are_as_the_design_says():
    design = SurveyDesign(
        cluster_size=5, icc=0.4, lasting=0.5, overlap=0.5, correlation=0.45, weights_effect=1.6
    )
    waves, rng = _Waves(measure_of(sd=1), design, 40_000, 0.3), np.random.default_rng(5)
    before, after = waves._latent(rng)

    def correlation(a, b):
        return np.corrcoef(a, b)[0, 1]

    for wave in (before, after):
        assert wave.var() == pytest.approx(1, abs=0.03)
        mates = wave.reshape(-1, 5)
        assert correlation(mates[:, 0], mates[:, 1]) == pytest.approx(0.4, abs=0.04)
    again = len(before) // 2
    assert correlation(before[:again], after[:again]) == pytest.approx(0.45, abs=0.03)
    mates = correlation(before.reshape(-1, 5)[:, 0], after.reshape(-1, 5)[:, 1])
    assert mates == pytest.approx(0.4 * 0.5, abs=0.04)
    first, second = waves._weights(rng)
    assert first[0] == second[0]
    assert design_effect(second).value == pytest.approx(1.6, abs=0.1)


def test_simulated_standard_errors_are_those_of_the_formula():
    design = DESIGNS["all at once"]
    found = simulated_power(0.1, n=300, share=0.6, design=design, runs=250, seed=3)
    formula = power_of_change(0.1, n=300, share=0.6, design=design)
    assert found.estimates["value"].std() == pytest.approx(formula.se, rel=0.15)
    assert found.estimates["value"].mean() == pytest.approx(0.1, abs=4 * formula.se / 250**0.5)


def test_small_power_exaggerates_and_may_point_the_wrong_way():
    found = simulated_power(0.1, n=50, sd=2, runs=400, seed=4)
    formula = power_of_change(0.1, n=50, sd=2)
    assert found.exaggeration == pytest.approx(formula.exaggeration, rel=0.35)
    assert found.exaggeration > 4
    assert found.wrong_sign > 0


# inputs ----------------------------------------------------------------------------


def test_results_are_told_in_sentences():
    assert str(sample_size(0.05, promoters=0.4, detractors=0.2, response=0.3, design=DEALERS)) == (
        "For a margin of 5 points at 95 %: 1,678 answers from 84 clusters (design effect 1.95); "
        "ask 5,594, as 30 % answer."
    )
    assert str(sample_size(0.2, sd=2)) == "For a margin of 0.2 at 95 %: 385 answers."
    assert str(power_of_change(0.05, n=400, promoters=0.4, detractors=0.2)) == (
        "A change of 5 points is seen in 15.9 % of such surveys (n = 400 and 400); with a power "
        "of 80 % one sees a change of 14.8 points or more."
    )
    told = str(simulated_power(0.6, n=60, sd=1, runs=20))
    assert told.startswith("Of 20 simulated surveys")
    assert "(Monte Carlo error" in told


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: sample_size(0.05), "Give exactly one of the three"),
        (lambda: sample_size(0.05, sd=1, share=0.5), "Give exactly one of the three"),
        (lambda: sample_size(0, share=0.5), "A margin of error is above 0"),
        (lambda: sample_size(0.05, share=50), "Write 0.7 for 70 %"),
        (lambda: sample_size(0.05, sd=-1), "A standard deviation is above 0"),
        (lambda: sample_size(0.05, share=0.5, response=0), "A response rate is above 0"),
        (lambda: sample_size(0.05, share=0.5, population=0), "whole number above 0"),
        (lambda: sample_size(0.05, promoters=0.8, detractors=0.4), "add up to no more than 1"),
        (lambda: sample_size(0.05, promoters=1.0), "there is nothing to measure"),
        (lambda: sample_size(0.05, share=0.5, level=95), "Write 0.95 for 95 %"),
        (lambda: margin_of_error(0, sd=1), "A sample has one answer or more"),
        (lambda: power_of_change(0, n=100, sd=1), "a number other than 0"),
        (lambda: power_of_change(0.1, n=1, sd=1), "A wave has two answers or more"),
        (lambda: power_of_change(0.5, n=100, share=0.6), "the shares would leave the scale"),
        (
            lambda: power_of_change(0.5, n=100, promoters=0.4, detractors=0.2),
            "the shares would leave the scale",
        ),
        (lambda: power_of_change(0.1, n=100, sd=1, wanted=80), "Write 0.8 for 80 %"),
        (lambda: simulated_power(0.1, n=100, sd=1, runs=3), "20 runs or more"),
        (
            lambda: simulated_power(0.1, n=105, sd=1, design=DEALERS),
            "n is a multiple of cluster_size",
        ),
        (lambda: SurveyDesign(overlap=2), "overlap"),
    ],
)
def test_bad_input_is_told(call, message):
    with pytest.raises(CvmError) as told:
        call()
    assert message in str(told.value)
