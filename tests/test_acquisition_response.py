"""A channel's response from weeks of spending."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import curve_fit

from cvm import acquisition
from cvm.acquisition import Weeks
from cvm.errors import CvmError

YEARS = acquisition.simulate_weeks(Weeks(), n=104, seed=1)
REPLICATES = 200
#: Four Monte Carlo errors of a coverage of 95 %.
FAIR = 4 * np.sqrt(0.95 * 0.05 / REPLICATES)


def studies(world, n=104):
    """Many channels of two years, cut from one long simulation."""
    weeks = acquisition.simulate_weeks(world, n=n * REPLICATES, seed=3)
    return [weeks.iloc[n * k : n * (k + 1)] for k in range(REPLICATES)]


# exact -----------------------------------------------------------------------------


def test_weeks_without_noise_give_the_curve_back():
    exact = YEARS.assign(won=YEARS["true_won"])
    fit = acquisition.fit_response(exact, demand="demand", at=24_000)
    assert fit.baseline == pytest.approx(40, rel=1e-4)  # spending is rounded to the yuan
    assert fit.most == pytest.approx(120, rel=1e-4)
    assert fit.scale == pytest.approx(20_000, rel=1e-3)
    assert fit.marginal_cost == pytest.approx(20_000 / 120 * np.exp(24 / 20), rel=1e-3)
    assert fit.average_cost == pytest.approx(exact["spend"].sum() / exact["won"].sum())


def test_the_fit_is_scipys_and_the_interval_the_sandwich():
    def curve(x, b, m, a):
        return b + m * (1 - np.exp(-x / a))

    x, y = YEARS["spend"].to_numpy(), YEARS["won"].to_numpy(float)
    beta, _cov = curve_fit(curve, x, y, p0=[40, 120, 20_000])
    fit = acquisition.fit_response(YEARS)
    assert [fit.baseline, fit.most, fit.scale] == pytest.approx(beta, rel=1e-3)
    # The sandwich in the parameters themselves, then the delta method for the baseline.
    _b, m, a = beta
    e = np.exp(-x / a)
    slopes = np.column_stack([np.ones_like(x), 1 - e, -m * e * x / a**2])
    bread = np.linalg.inv(slopes.T @ slopes)
    left = y - curve(x, *beta)
    leverage = (slopes @ bread * slopes).sum(axis=1)
    cov = bread @ (slopes.T * (left / (1 - leverage)) ** 2) @ slopes @ bread
    row = fit.parameters.set_index("parameter").loc["baseline"]
    assert row["high"] - row["value"] == pytest.approx(1.96 * np.sqrt(cov[0, 0]), rel=1e-3)


def test_the_band_at_no_spending_is_the_baselines_interval():
    fit = acquisition.fit_response(YEARS, demand="demand")
    band = acquisition.fitted_curve(fit, upto=60_000)
    row = fit.parameters.set_index("parameter").loc["baseline"]
    assert band.iloc[0][["won", "low", "high"]].tolist() == pytest.approx(row.tolist())
    assert band["won"].is_monotonic_increasing


# invariant -------------------------------------------------------------------------


@settings(max_examples=20, deadline=None)
@given(st.floats(0, 0.6), st.floats(0, 1.2), st.integers(0, 1000))
def test_larger_n_keeps_the_first_weeks_and_means_stay(season, spread, seed):
    world = Weeks(season=season, spread=spread)
    few, many = (acquisition.simulate_weeks(world, n=n, seed=seed) for n in (10, 30))
    assert few.equals(many.head(10))
    assert (many["won"] >= 0).all()


@settings(max_examples=15, deadline=None)
@given(st.floats(0.1, 10))
def test_another_currency_changes_the_cost_alone(rate):
    base = acquisition.fit_response(YEARS, demand="demand")
    other = acquisition.fit_response(YEARS.assign(spend=YEARS["spend"] * rate), demand="demand")
    assert other.most == pytest.approx(base.most, rel=1e-3)
    assert other.marginal_cost == pytest.approx(base.marginal_cost * rate, rel=1e-3)
    assert other.low == pytest.approx(base.low * rate, rel=1e-2)


# recovery --------------------------------------------------------------------------


def test_the_interval_covers_the_marginal_cost():
    world = Weeks()
    fits = [acquisition.fit_response(w, demand="demand", at=24_000) for w in studies(world)]
    truth = YEARS["true_marginal_cost"].iloc[0]
    assert abs(np.mean([f.low <= truth <= f.high for f in fits]) - 0.95) < FAIR
    for row, value in enumerate((40, 120, 20_000)):
        inside = [f.parameters["low"][row] <= value <= f.parameters["high"][row] for f in fits]
        assert abs(np.mean(inside) - 0.95) < FAIR


def test_spending_that_chases_demand_flatters_the_channel():
    weeks = acquisition.simulate_weeks(Weeks(chasing=1.5), n=520, seed=1)
    truth = weeks["true_marginal_cost"].iloc[0]
    blind = acquisition.fit_response(weeks, at=24_000)
    seeing = acquisition.fit_response(weeks, demand="demand", at=24_000)
    assert blind.high < truth
    assert seeing.low < truth < seeing.high
    assert seeing.average_cost < 0.5 * truth


# inputs ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: acquisition.fit_response(YEARS, spend="cost"), "The table has no column 'cost'"),
        (lambda: acquisition.fit_response(YEARS.head(7)), "needs 8 weeks or more. You gave 7"),
        (lambda: acquisition.fit_response(YEARS.assign(spend=5.0)), "Spending that never moves"),
        (lambda: acquisition.fit_response(YEARS.assign(won=0)), "weeks without customers"),
        (lambda: acquisition.fit_response(YEARS.assign(spend=-YEARS["spend"])), "numbers of 0 or more"),
        (lambda: acquisition.fit_response(YEARS.assign(spend="5")), "'spend' does not hold numbers"),
        (lambda: acquisition.fit_response(YEARS.assign(won=np.nan)), "'won' must hold a number"),
        (lambda: acquisition.fit_response(YEARS, demand="spend"), "are different columns"),
        (lambda: acquisition.fit_response(YEARS, at=np.nan), "at is a number of 0 or more"),
        (lambda: acquisition.fit_response(YEARS, at=1e9), "say nothing of spending so far beyond"),
        (lambda: acquisition.fitted_curve(acquisition.fit_response(YEARS), upto=np.inf), "upto is a number"),
        (lambda: acquisition.fit_response(YEARS, level=0), "A confidence level lies between"),
        (lambda: acquisition.fit_response(YEARS.assign(won=100.0 + YEARS["spend"] / 1000)),
         "No curve that bends"),
        (lambda: acquisition.simulate_weeks(Weeks(), n=0, seed=1), "n is a whole number, 1"),
    ],
)  # fmt: skip
def test_bad_input_is_told(call, words):
    with pytest.raises(CvmError, match=words):
        call()


def test_weeks_that_say_nothing_leave_an_interval_without_end():
    rng = np.random.default_rng(1)
    fit = acquisition.fit_response(YEARS.head(60).assign(won=rng.poisson(50, 60)))
    assert fit.low < 1e-3 * fit.marginal_cost
    assert fit.high > 1e3 * fit.marginal_cost
    assert np.isinf(fit.parameters["high"]).any()


def test_the_sentence_sets_the_next_beside_the_average():
    told = str(acquisition.fit_response(YEARS, demand="demand", at=24_000))
    assert told.startswith("At 24,000 yuan a week the next customer costs ")
    assert "the average one has cost " in told
    assert "n = 104 weeks" in told
