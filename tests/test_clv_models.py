"""The likelihoods: published fits, slopes, hard corners, and what cannot be fitted."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import betaln, gammaln, hyp2f1
from statsmodels.tools.numdiff import approx_fprime

from cvm import clv, datasets
from cvm.clv.bgnbd import BetaGeometricNBD
from cvm.clv.fit import histories
from cvm.clv.model import THIN, rising, unique_rows
from cvm.clv.quadrature import mean_over_beta
from cvm.errors import CvmError

CDNOW = datasets.load("cdnow_summary")
#: Gifts to a public broadcaster by 11,104 donors over six years: frequency, the last year with
#: a gift, donors. Fader, Hardie & Shang 2010, table 1.
DONORS = pd.DataFrame(
    [(0, 0, 3464), (1, 1, 1091), (1, 2, 277), (1, 3, 129), (1, 4, 78), (1, 5, 119), (1, 6, 129),
     (2, 2, 613), (2, 3, 255), (2, 4, 155), (2, 5, 173), (2, 6, 234), (3, 3, 322), (3, 4, 181),
     (3, 5, 225), (3, 6, 357), (4, 4, 240), (4, 5, 284), (4, 6, 512), (5, 5, 335), (5, 6, 728),
     (6, 6, 1203)],
    columns=["frequency", "recency", "donors"],
).assign(T=6)  # fmt: skip
#: Customers of 1,000 still there at the start and after 1 to 7 years. Fader & Hardie 2007.
HIGH_END = [1000, 869, 743, 653, 593, 551, 517, 491]
REGULAR = [1000, 631, 468, 382, 326, 289, 262, 241]

PARAMS = {
    "bg_nbd": {"r": 0.5, "alpha": 6.0, "a": 0.9, "b": 2.0},
    "mbg_nbd": {"r": 0.6, "alpha": 6.0, "a": 0.9, "b": 2.0},
    "pareto_nbd": {"r": 0.7, "alpha": 5.0, "s": 0.7, "beta": 10.0},
    "bg_bb": {"alpha": 1.2, "beta": 0.75, "gamma": 0.66, "delta": 2.8},
    "shifted_beta_geometric": {"alpha": 0.7, "beta": 1.2},
}
BUYING = ["bg_nbd", "mbg_nbd", "pareto_nbd"]
CLASSES = {
    "bg_nbd": clv.BetaGeometricNBD, "mbg_nbd": clv.ModifiedBetaGeometricNBD,
    "pareto_nbd": clv.ParetoNBD, "bg_bb": clv.BetaGeometricBetaBinomial,
    "shifted_beta_geometric": clv.ShiftedBetaGeometric, "gamma_gamma": clv.GammaGamma,
}  # fmt: skip


def one(x, recency, T):
    """The history of one customer."""
    return {name: np.array([float(v)]) for name, v in
            {"frequency": x, "recency": recency, "T": T}.items()}  # fmt: skip


def ages(name):
    return 6 if name in ("bg_bb", "shifted_beta_geometric") else 40


# exact -----------------------------------------------------------------------------

PUBLISHED = [
    # Fader, Hardie & Lee 2005; Batislam et al. 2007; Fader & Hardie 2013, on CDNOW
    ("bg_nbd", [0.24259, 4.41353, 0.79289, 2.42575], -9582.43),
    ("mbg_nbd", [0.52484, 6.18299, 0.89136, 1.61401], -9582.13),
    ("pareto_nbd", [0.55328, 10.5776, 0.60621, 11.668], -9594.97),
    ("gamma_gamma", [6.2488, 3.7446, 15.4477], -4055.92),
]


@pytest.mark.parametrize(("name", "params", "loglike"), PUBLISHED)
def test_cdnow_gives_the_published_fit(name, params, loglike):
    found = getattr(clv, name)(CDNOW)
    assert found.converged
    assert found.params.to_numpy() == pytest.approx(params, rel=1e-4)
    assert found.loglike == pytest.approx(loglike, abs=0.006)


def test_exact_days_give_the_published_likelihood():
    found = clv.bg_nbd(clv.summary(datasets.load("cdnow"), as_of="1997-09-30"))
    assert found.loglike == pytest.approx(-9582.4292, abs=1e-3)


def test_the_donors_give_the_published_fit():
    found = clv.bg_bb(DONORS, weights="donors")
    assert found.customers == 11_104
    assert found.params.to_numpy() == pytest.approx([1.20352, 0.74972, 0.65672, 2.78343], rel=1e-4)
    assert found.loglike == pytest.approx(-33225.58, abs=0.006)


@pytest.mark.parametrize(
    ("survivors", "params", "loglike", "later"),
    [(HIGH_END, [0.668, 3.806], -1611.16, None), (REGULAR, [0.704, 1.182], -1680.27, 0.173)],
)
def test_contracts_give_the_published_fit(survivors, params, loglike, later):
    found = clv.shifted_beta_geometric(clv.renewals(survivors), weights="customers")
    assert found.params.to_numpy() == pytest.approx(params, abs=6e-4)
    assert found.loglike == pytest.approx(loglike, abs=0.006)
    curve = clv.retention_curve(found, periods=12)
    if later:  # 17.3 % were there after twelve years, of which the fit saw seven
        assert curve["survival"].iloc[12] == pytest.approx(later, abs=0.005)
    assert curve["retention"].iloc[1:].is_monotonic_increasing
    assert ((curve["low"] <= curve["survival"]) & (curve["survival"] <= curve["high"])).all()


def test_residual_life_is_the_sum_of_survival():
    found = clv.shifted_beta_geometric(clv.renewals(REGULAR), weights="customers")
    a, b, n = *found.params, 3
    k = np.arange(n, 4000)
    survival = np.exp(betaln(a, b + k) - betaln(a, b + n - 1))
    by_sum = (survival * 1.1 ** -(k - n)).sum()
    assert clv.residual_lifetime(found, renewal=n, discount=0.1) == pytest.approx(by_sum)


def test_published_expectations():
    # Fader, Hardie & Lee 2005: x = 2, t_x = 30.43, T = 38.86 buys 1.226 times in 39 weeks;
    # Pareto/NBD: x = 26, t_x = 30.86, T = 31 buys 25.46 times in 52
    bg, pareto = clv.bg_nbd(CDNOW), clv.pareto_nbd(CDNOW)
    assert bg.model.expected(bg.params, one(2, 30.43, 38.86), 39.0) == pytest.approx(
        1.226, abs=5e-4
    )
    assert pareto.model.expected(pareto.params, one(26, 30.86, 31), 52.0) == pytest.approx(
        25.46, abs=5e-3
    )
    assert clv.expected_purchases(bg, CDNOW, horizon=39).sum() == pytest.approx(1653.4, abs=0.05)
    assert clv.expected_purchases(pareto, CDNOW, horizon=39).sum() == pytest.approx(
        1665.5, abs=0.05
    )


def test_the_mean_over_dropping_out_is_the_textbook_form():
    n, rate, a, b, t = 2.24, 43.3, 0.79, 4.43, 39.0
    book = (a + b - 1) / (a - 1) * (
        1 - (rate / (rate + t)) ** n * hyp2f1(n, b, a + b - 1, t / (rate + t))
    )  # fmt: skip
    assert mean_over_beta(n, rate, a, b, t) == pytest.approx(book, rel=1e-9)


@pytest.mark.parametrize(
    ("n", "rate", "a", "b", "t"),
    [
        (0.3, 5, 1.0, 2.5, 40),
        (0.3, 5, 0.05, 0.05, 1e4),
        (900, 10, 3, 1000, 5),
        (5, 1, 400, 400, 50),
    ],
)
def test_the_mean_over_dropping_out_is_the_integral(n, rate, a, b, t):
    def cell(u):  # over the logit, where nothing is singular
        log_p, log_q = -np.logaddexp(0, -u), -np.logaddexp(0, u)
        p = np.exp(log_p)
        gain = -np.expm1(-n * np.log1p(p * t / rate)) / p
        return np.exp(a * log_p + b * log_q - betaln(a, b)) * gain

    middle = np.log(a / b)
    edges = middle + np.array([-600, -60, -20, -6, -2, -0.3, 0, 0.3, 2, 6, 20, 60, 600])
    pieces = pairwise(edges)
    whole = sum(quad(cell, lo, hi, limit=400, epsabs=0, epsrel=1e-10)[0] for lo, hi in pieces)
    assert mean_over_beta(n, rate, a, b, t) == pytest.approx(whole, rel=1e-7)


@pytest.mark.parametrize(
    ("params", "history"),
    [
        ((0.55, 10.6, 0.61, 11.7), (2, 30.43, 38.86)),
        ((0.05, 1000, 5, 0.01), (0, 0, 40)),
        ((50, 1000, 0.05, 0.01), (10, 0, 40)),
        ((0.5, 0.01, 3, 1000), (30, 500, 1000)),
        ((5, 0.01, 5, 1), (1000, 30, 1000)),
        ((0.5, 10, 1.0, 10), (3, 5, 50)),
    ],
)
def test_pareto_nbd_is_its_integral(params, history):
    (r, alpha, s, beta), (x, tx, T) = params, history
    n = r + x

    def cell(z):  # over ln(1 + u/c), relative to being alive at T
        u = c * np.expm1(z)
        logs = -n * (np.log1p(u / (alpha + tx)) - np.log1p((T - tx) / (alpha + tx)))
        logs += -(s + 1) * np.log1p(u / (beta + tx)) + s * np.log1p((T - tx) / (beta + tx))
        return np.exp(logs + z - top)

    c = min((alpha + tx) / n, (beta + tx) / (s + 1))
    end = np.log1p((T - tx) / c)
    top = n * np.log1p((T - tx) / (alpha + tx))
    edges = np.linspace(0, end, 25)
    pieces = pairwise(edges)
    dead = sum(quad(cell, lo, hi, limit=200, epsabs=0, epsrel=1e-12)[0] for lo, hi in pieces)
    odds = np.log(dead * s * c / (beta + tx)) + top
    value = gammaln(n) - gammaln(r) - r * np.log1p(T / alpha) - x * np.log(alpha + T)
    value += -s * np.log1p(T / beta) + np.logaddexp(0, odds)
    names = dict(zip(clv.ParetoNBD.names, params, strict=True))
    found, _slope = clv.ParetoNBD.terms(names, one(*history))
    assert found[0] == pytest.approx(value, rel=1e-9, abs=1e-9)


def test_a_rising_factorial_keeps_its_digits():
    value, slope = rising(1e9, np.array([0.0, 3.0]))
    assert value == pytest.approx([0, 3 * np.log(1e9) + 3e-9], rel=1e-15)
    assert slope == pytest.approx([0, 3e-9], rel=1e-8)
    by_rows, _s = rising(np.array([2.5, 2.5]), np.array([0.0, 3.0]))
    assert by_rows == pytest.approx(rising(2.5, np.array([0.0, 3.0]))[0])


# invariant -------------------------------------------------------------------------


def table_of(name, n=60, seed=3):
    if name == "gamma_gamma":
        return CDNOW[CDNOW["frequency"] > 0].head(n)
    return clv.simulate(name, PARAMS[name], n=n, T=ages(name), seed=seed)


@pytest.mark.parametrize("name", CLASSES)
def test_the_score_is_the_slope(name):
    model = CLASSES[name]
    history = histories(model, table_of(name))
    made = model(history, np.linspace(1, 3, len(history[model.columns[0]])))
    for shift in (-1.0, 0.0, 1.3):
        theta = np.full(len(model.names), shift) + 0.1 * np.arange(len(model.names))
        slope = approx_fprime(theta, made.loglike, centered=True)
        assert made.score(theta) == pytest.approx(slope, rel=1e-5, abs=1e-4)
        assert made.score_obs(theta).sum(axis=0) == pytest.approx(made.score(theta))
        assert made.loglikeobs(theta).sum() == pytest.approx(made.loglike(theta))


@pytest.mark.parametrize("name", BUYING)
def test_the_score_is_the_slope_with_covariates(name):
    model, table = CLASSES[name], table_of(name)
    on, z = tuple(model.signs), np.random.default_rng(1).normal(size=(len(table), 2))
    made = model(histories(model, table), np.ones(len(table)), covariates=z,
                 covariate_names=("z", "w"), on=on)  # fmt: skip
    theta = np.concatenate([[-0.5, 1.5, -0.2, 1.0], np.linspace(-0.3, 0.4, 2 * len(on))])
    slope = approx_fprime(theta, made.loglike, centered=True)
    assert made.score(theta) == pytest.approx(slope, rel=1e-5, abs=1e-5)


#: From next to nothing to beyond anything: parameters, ages, counts.
size = st.floats(-14, 14).map(np.exp)
hard = st.tuples(size, size, size, size, st.sampled_from([0, 1, 2, 30, 5000]), size,
                 st.floats(0, 1), size)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(hard)
@pytest.mark.parametrize("name", BUYING)
def test_everything_is_finite_everywhere(name, case):
    *values, x, T, part, t = case
    model = CLASSES[name]
    params = dict(zip(model.names, values, strict=True))
    history = one(x, 0 if x == 0 else part * T, T)
    value, slopes = model.terms(params, history)
    assert np.isfinite(value).all()
    assert np.isfinite(np.concatenate(list(slopes.values()))).all()
    alive, expected = model.alive(params, history), model.expected(params, history, t)
    assert 0 <= alive[0] <= 1
    most = (params["r"] + x) / (params["alpha"] + T) * t
    assert 0 <= expected[0] <= most * (1 + 1e-6)
    # whoever bought later is more surely alive
    if x:
        assert model.alive(params, one(x, T, T))[0] >= alive[0] - 1e-9


@settings(max_examples=40, deadline=None)
@given(size, size, size, size, st.integers(1, 60), st.data())
def test_occasions_are_finite_everywhere(alpha, beta, gamma, delta, n, data):
    recency = data.draw(st.integers(0, n))
    x = data.draw(st.integers(min(recency, 1), recency))
    params = {"alpha": alpha, "beta": beta, "gamma": gamma, "delta": delta}
    model, history = clv.BetaGeometricBetaBinomial, one(x, recency, n)
    value, slopes = model.terms(params, history)
    assert np.isfinite([value, *slopes.values()]).all()
    assert 0 <= model.alive(params, history)[0] <= 1 + 1e-12
    assert 0 <= model.expected(params, history, 7)[0] <= 7


@pytest.mark.parametrize("name", ["bg_bb", "shifted_beta_geometric"])
def test_chances_of_all_histories_add_to_one(name):
    model, n = CLASSES[name], 5
    if name == "bg_bb":
        from math import comb

        # of x purchases the last falls on recency: the others lie anywhere before
        rows = [(x, k, n, comb(k - 1, x - 1)) for k in range(1, n + 1) for x in range(1, k + 1)]
        rows = np.array([(0, 0, n, 1), *rows], float)
        history = dict(zip(model.columns, rows.T[:3], strict=True))
        ways = rows[:, 3]
    else:
        history = {"T": np.array([1.0, 2, 3, 4, 5, 5]), "left": np.array([1.0, 1, 1, 1, 1, 0])}
        ways = np.ones(6)
    value, _slope = model.terms(PARAMS[name], history)
    assert (ways * np.exp(value)).sum() == pytest.approx(1)


@pytest.mark.parametrize("name", BUYING)
def test_the_unit_of_time_changes_the_scales_alone(name):
    table = table_of(name, n=400)
    days = table.assign(T=7 * table["T"], recency=7 * table["recency"])
    weekly, daily = getattr(clv, name)(table), getattr(clv, name)(days)
    scale = [7 if p in ("alpha", "beta") else 1 for p in weekly.params.index]
    assert (daily.params / scale).to_numpy() == pytest.approx(weekly.params.to_numpy(), rel=1e-4)


def test_weights_are_customers():
    rows = CDNOW.groupby(["frequency", "recency", "T"]).size().rename("many").reset_index()
    assert clv.bg_nbd(rows, weights="many").loglike == pytest.approx(clv.bg_nbd(CDNOW).loglike)
    donors = DONORS.loc[DONORS.index.repeat(DONORS["donors"])]
    assert clv.bg_bb(donors).params.to_numpy() == pytest.approx(
        clv.bg_bb(DONORS, weights="donors").params.to_numpy(), rel=1e-5
    )


def test_a_thinned_start_ends_at_the_same_peak(monkeypatch):
    whole = clv.bg_nbd(CDNOW)
    monkeypatch.setattr("cvm.clv.model.THIN", 100)
    assert clv.bg_nbd(CDNOW).params.to_numpy() == pytest.approx(whole.params.to_numpy(), rel=1e-5)


def test_any_start_ends_at_the_same_peak():
    made = clv.pareto_nbd(CDNOW).results.model
    for start in ([0, 0, 0, 0], [-2, 4, -2, 4], [1, -1, 1, 5]):
        found = made.fit(np.array(start, float))
        assert found.mle_retvals["converged"]
        assert np.exp(found.params) == pytest.approx([0.55328, 10.5776, 0.60621, 11.668], rel=1e-4)


def test_spend_is_drawn_to_the_mean():
    found = clv.gamma_gamma(CDNOW)
    p, q, v = found.params
    spend = clv.expected_spend(found, CDNOW)
    never = CDNOW["frequency"] == 0
    assert spend[never].to_numpy() == pytest.approx(p * v / (q - 1))
    again, mean = CDNOW[~never], p * v / (q - 1)
    own = p * again["frequency"] / (p * again["frequency"] + q - 1)
    weighted = own * again["monetary_value"] + (1 - own) * mean
    assert spend[~never].to_numpy() == pytest.approx(weighted.to_numpy())


@pytest.mark.parametrize("columns", [3, 6])
def test_equal_rows_are_put_together_as_a_grouping_would(columns):
    """Six columns of 2,000 values are too many combinations to number: grouped instead."""
    rng = np.random.default_rng(3)
    values = rng.normal(size=2_000)
    table = pd.DataFrame({f"c{k}": rng.permutation(values) for k in range(columns)})
    table = pd.concat([table, table.iloc[:300], table.iloc[:40]], ignore_index=True)
    rows, many = unique_rows(table)
    counted = table.groupby(list(table.columns), sort=True).size()
    pd.testing.assert_frame_equal(rows, counted.index.to_frame(index=False))
    assert many.tolist() == counted.tolist()
    assert sorted(many)[-41:] == [2.0] + [3.0] * 40


def test_a_fit_over_many_rows_meets_the_slow_climb():
    """The steps of a thinned fit, corrected on the way, end where a plain climb does."""
    ages = np.random.default_rng(2).uniform(20, 60, 6_000)
    made = clv.simulate(
        "bg_nbd", {"r": 0.5, "alpha": 5, "a": 0.7, "b": 2.5}, n=6_000, T=ages, seed=4
    )
    table = made[["frequency", "recency", "T"]]
    rows, many = unique_rows(table)
    assert len(rows) > THIN
    model = BetaGeometricNBD({name: rows[name].to_numpy(float) for name in rows}, many)
    theta, curvature = model._climb(model._start())
    theta, curvature, _promise = model._polished(theta, curvature, model.score(theta))
    found = clv.bg_nbd(table)
    assert found.theta == pytest.approx(theta, abs=1e-5)
    assert found.covariance == pytest.approx(np.linalg.inv(-curvature), rel=1e-3)
    assert found.converged


# inputs ----------------------------------------------------------------------------


def test_a_fit_tells_itself():
    found = clv.bg_nbd(CDNOW)
    assert str(found).startswith("BG/NBD, 2,357 customers: r 0.243 (0.219 to 0.268); alpha 4.41")
    frame = found.to_frame(level=0.9)
    assert list(frame.columns) == ["parameter", "estimate", "se", "low", "high"]
    assert (frame["low"] > found.conf_int()["low"].to_numpy()).all()
    assert found.aic == pytest.approx(8 - 2 * found.loglike)
    assert found.bic == pytest.approx(4 * np.log(2357) - 2 * found.loglike)
    assert "log alpha" in found.summary().as_text()
    # the delta method: the share of the parameter that its logarithm may move
    assert (found.se / found.params).to_numpy() == pytest.approx(np.sqrt(np.diag(found.covariance)))


def test_a_likelihood_without_a_peak_is_told():
    alike = pd.DataFrame({"frequency": [3] * 50, "recency": [28.0] * 50, "T": [30.0] * 50})
    found = clv.bg_nbd(alike)
    assert not found.converged
    assert "has no peak here" in str(found)
    with pytest.raises(CvmError, match="This fit has no peak"):
        clv.predict(found, alike, horizon=3)


ONE = {"frequency": [1.0, 2.0], "recency": [3.0, 4.0], "T": [5.0, 6.0]}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"frequency": [1.5, 2]}, "Frequency counts repeat purchases.*position 0"),
        ({"frequency": [1, -2]}, "Frequency counts repeat purchases.*at fault: 1.*position 1"),
        ({"recency": [3, 7]}, "Recency lies between 0 and T"),
        ({"recency": [-1, 4]}, "Recency lies between 0 and T"),
        ({"frequency": [0, 2]}, "without a repeat purchase has recency 0"),
        ({"T": [5, np.nan]}, "Column 'T' must hold numbers everywhere.*position 1"),
        ({"T": ["x", 6]}, "Column 'T' must hold numbers everywhere"),
        ({"T": [-5.0, 6.0], "recency": [0, 4]}, "T, the age of a customer, is zero or positive"),
    ],
)
def test_what_a_summary_must_be_is_told(changes, message):
    with pytest.raises(CvmError, match=message):
        clv.bg_nbd(pd.DataFrame(ONE | changes))


def test_what_a_fit_cannot_take_is_told():
    table = pd.DataFrame(ONE | {"z": [0, 1], "w": [0, 0]})
    cases = [
        (lambda: clv.bg_nbd([1]), "A summary is a table with one row a customer"),
        (lambda: clv.bg_nbd(table.iloc[:0]), "holds no customer"),
        (lambda: clv.bg_nbd(table.rename(columns={"T": "Tt"})), "no column 'T'.*mean 'Tt'"),
        (lambda: clv.bg_nbd(table, covariates="z"), "are lists of names"),
        (lambda: clv.bg_nbd(table, covariates=["z"], on=["r"]), "cannot shift this parameter"),
        (lambda: clv.bg_nbd(table, covariates=["zz"]), "no column 'zz'.*mean 'z'"),
        (lambda: clv.bg_nbd(table, weights="w"), "how many customers a row stands for"),
        (lambda: clv.bg_nbd(CDNOW).conf_int(95), "A confidence level lies between 0 and 1"),
        (lambda: clv.gamma_gamma(table.assign(monetary_value=-1.0)), "fewer than two repeat"),
        (
            lambda: clv.gamma_gamma(table.assign(monetary_value=[-1.0, 5])),
            "spends more than nothing on average; 1 do not.*-1.0",
        ),
        (lambda: clv.expected_spend(clv.bg_nbd(CDNOW), CDNOW), "Spend comes from a Gamma-Gamma"),
        (lambda: clv.bg_bb(table.assign(T=[5.5, 6])), "BG/BB counts occasions"),
        (lambda: clv.bg_bb(table.assign(frequency=[4, 2])), "BG/BB counts occasions"),
        (lambda: clv.shifted_beta_geometric(table.assign(left=[2, 0])), "T counts decisions"),
        (lambda: clv.renewals([10, 12]), "never rise"),
        (lambda: clv.renewals([10]), "Survivors are two numbers or more"),
        (lambda: clv.retention_curve(clv.bg_nbd(CDNOW), periods=3), "Renewals come from"),
    ]
    for call, message in cases:
        with pytest.raises(CvmError, match=message):
            call()


def test_what_renewals_cannot_take_is_told():
    found = clv.shifted_beta_geometric(clv.renewals(REGULAR), weights="customers")
    with pytest.raises(CvmError, match=r"Renewals count from 1.*above 0"):
        clv.residual_lifetime(found, renewal=1, discount=0)
    with pytest.raises(CvmError, match="A curve needs at least one renewal"):
        clv.retention_curve(found, periods=0)
    with pytest.raises(CvmError, match="not one within the other"):
        clv.likelihood_ratio(found, found)
