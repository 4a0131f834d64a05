"""The simulated survey: its limits in closed form, its luck, and what an analyst finds in it."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit
from scipy.stats import chisquare, norm

from cvm.errors import CvmError
from cvm.survey import (
    CLASSROOM,
    CLEAN,
    YUNHE,
    Anchor,
    Scale,
    Structure,
    Survey,
    Wording,
    simulate_survey,
    simulate_waves,
    store_survey,
    true_means,
)
from cvm.survey import simulate as module
from cvm.survey.answering import item_correlations
from cvm.survey.population import CONSTRUCTS, PATHS, correlations, means, paths_matrix

N = 20_000
ITEMS = [item.code for item in YUNHE.items]
TRUE = [f"true_{code}" for code in CONSTRUCTS]
ASKED = [code for code in ITEMS if code != "EASE"]  # of everybody

ENDS = (
    Anchor(value=0, label=Wording("no", "否")),
    Anchor(value=100_000, label=Wording("yes", "是")),
)
FINE = Scale(name="fine", low=0, high=100_000, anchors=ENDS)
SPREAD = 0.05


def fine(*codes, **kinds):
    """Ask some items on a scale so fine that an answer is its propensity."""
    items = [
        dataclasses.replace(YUNHE.item(c), scale=FINE, level=0.5, spread=SPREAD, **kinds)
        for c in codes
    ]
    return dataclasses.replace(YUNHE.only(codes), items=tuple(items), choices=())


def propensities(table, codes):
    return (table[list(codes)] / 100_000 - 0.5) / SPREAD


def clean(**moves):
    return CLEAN.replace(**{name.replace("__", "."): value for name, value in moves.items()})


def intraclass(values, cluster):
    """Give the share of variance between clusters by one-way analysis of variance."""
    by = values.groupby(cluster)
    size, k, n = by.size(), by.ngroups, len(values)
    between = (size * (by.mean() - values.mean()) ** 2).sum() / (k - 1)
    within = ((values - by.transform("mean")) ** 2).sum() / (n - k)
    usual = (n - (size**2).sum() / n) / (k - 1)
    return (between - within) / (between + (usual - 1) * within)


# -- exact -----------------------------------------------------------------------------


def test_paths_imply_the_correlations_of_the_linear_model():
    structure = Structure()
    paths = paths_matrix(structure)
    implied = correlations(structure).to_numpy()
    assert np.diag(implied) == pytest.approx(np.ones(7))
    # (I - B) R (I - B)' must be the diagonal of what each construct has of its own
    own = (np.eye(7) - paths) @ implied @ (np.eye(7) - paths).T
    assert own - np.diag(np.diag(own)) == pytest.approx(np.zeros((7, 7)), abs=1e-12)
    assert np.diag(own).min() > 0
    assert len(PATHS) == 12


def test_the_numbers_the_story_tells_of_quality_and_satisfaction():
    structure = Structure()
    assert correlations(structure).loc["QUAL", "SATI"] == pytest.approx(0.684, abs=0.0005)
    assert structure.quality_satisfaction == 0.5
    assert structure.quality_value * structure.value_satisfaction == pytest.approx(0.11)


def test_a_move_is_felt_downstream_by_total_effects():
    moved = means(clean(structure__quality=0.5))
    assert moved["QUAL"] == 0.5
    assert moved["SATI"] == pytest.approx(0.5 * (0.5 + 0.55 * 0.2))
    assert moved["LOYA"] == pytest.approx(moved["SATI"] * (0.5 + 0.5 * 0.05))
    assert moved["IMAG"] == moved["EXPE"] == 0
    gap = means(clean(fieldwork__business=0.2, fieldwork__business_gap=1.0))
    assert gap["QUAL"] == pytest.approx(0.2)


def test_without_styles_items_correlate_by_their_loadings():
    codes = ("IMAG1", "QUAL1", "QUAL2", "SATI1", "LOYA3", "RECO")
    questions = fine(*codes)
    table = simulate_survey(CLEAN, n=N, seed=1, questionnaire=questions)
    found = propensities(table, codes).corr().to_numpy()
    wanted = item_correlations(CLEAN, questions.measurement()).loc[list(codes), list(codes)]
    assert wanted.loc["QUAL1", "QUAL2"] == pytest.approx(0.75 * 0.80)
    assert wanted.loc["QUAL1", "SATI1"] == pytest.approx(
        0.75 * 0.85 * correlations(Structure()).loc["QUAL", "SATI"]
    )
    error = (1 - wanted.to_numpy() ** 2) / np.sqrt(N)
    assert (np.abs(found - wanted.to_numpy()) <= 4 * error + 1e-9).all()
    z = propensities(table, codes)
    assert np.abs(z.mean()).max() < 4 / np.sqrt(N)
    assert np.abs(z.std() - 1).max() < 4 / np.sqrt(2 * N)


def test_thresholds_give_the_declared_shares_of_answers():
    table = simulate_survey(CLEAN, n=N, seed=2)
    wanted = YUNHE.measurement().marginals().set_index(["item", "answer"])["share"]
    for code in ASKED:
        seen = table[code].value_counts().reindex(wanted[code].index, fill_value=0)
        big = wanted[code] * N > 5
        test = chisquare(seen[big], wanted[code][big] / wanted[code][big].sum() * seen[big].sum())
        assert test.pvalue > 1e-4
    assert table[ASKED].notna().all(axis=None)


def test_shares_declared_one_by_one_are_the_shares_of_answers():
    shares = (0.5, 0.0, 0.1, 0.1, 0.3)
    items = (dataclasses.replace(CLASSROOM.item("SATI1"), shares=shares),)
    questions = dataclasses.replace(CLASSROOM.only(["SATI1"]), items=items, choices=())
    table = simulate_survey(CLEAN, n=N, seed=3, questionnaire=questions)
    seen = table["SATI1"].value_counts(normalize=True).reindex([1, 2, 3, 4, 5], fill_value=0)
    assert np.abs(seen.to_numpy() - shares).max() < 4 * np.sqrt(0.25 / N)
    assert seen[2] == 0


def test_who_asks_shares_the_declared_part_of_the_variance():
    world = clean(fieldwork__interviewer_share=0.15, fieldwork__dealers=1000)
    questions = fine("QUAL1", "LOYA1")
    table = simulate_survey(world, n=N, seed=4, questionnaire=questions)
    z = propensities(table, ("QUAL1", "LOYA1"))
    for code in z:
        assert intraclass(z[code], table["cluster"]) == pytest.approx(0.15, abs=0.03)
    assert z["QUAL1"].var() == pytest.approx(1, abs=0.05)
    assert intraclass(table["true_QUAL"], table["cluster"]) == pytest.approx(0, abs=0.01)


def test_dealers_differ_in_true_quality_by_their_share():
    world = clean(fieldwork__dealer_share=0.4, fieldwork__dealers=1000)
    table = simulate_survey(world, n=N, seed=5)
    rest = 1 - 0.55**2  # of quality, once expectation is known
    found = intraclass(table["true_QUAL"], table["cluster"])
    assert found == pytest.approx(0.4 * rest, abs=0.03)
    assert table["true_QUAL"].var() == pytest.approx(1, abs=0.05)


def test_halo_raises_correlations_to_their_closed_form():
    h, codes = 0.4, ("IMAG1", "VALU2")
    questions = fine(*codes)
    table = simulate_survey(clean(styles__halo=h), n=N, seed=6, questionnaire=questions)
    loading = np.array([0.80, 0.85])
    between = correlations(Structure())
    near = loading * between.loc[["IMAG", "VALU"], "SATI"].to_numpy()
    plain = loading.prod() * between.loc["IMAG", "VALU"]
    norms = np.sqrt((1 - h) ** 2 + h**2 + 2 * h * (1 - h) * near)
    wanted = ((1 - h) ** 2 * plain + h * (1 - h) * near.sum() + h**2) / norms.prod()
    z = propensities(table, codes)
    assert wanted > plain + 0.2
    assert z.corr().iloc[0, 1] == pytest.approx(wanted, abs=4 / np.sqrt(N))
    assert z.var().to_numpy() == pytest.approx([1, 1], abs=0.05)


def test_acquiescence_pushes_every_mark_up_the_form():
    questions = fine("IMAG1", "IMAG4")  # the second is reverse
    kinds = {"n": 300, "seed": 7, "questionnaire": questions}
    plain = simulate_survey(CLEAN, as_written=True, **kinds)
    leaning = clean(styles__acquiescence=0.5)
    said = simulate_survey(leaning, as_written=True, **kinds)
    step = 0.5 * SPREAD * 100_000
    for code in ("IMAG1", "IMAG4"):
        assert (said[code] - plain[code]).to_numpy() == pytest.approx(step, abs=1)
    fair = simulate_survey(leaning, **kinds)["IMAG4"] - simulate_survey(CLEAN, **kinds)["IMAG4"]
    assert fair.to_numpy() == pytest.approx(-step, abs=1)
    assert (said["true_lean"] == 0.5).all()


def test_extreme_and_midpoint_styles_stretch_about_the_middle():
    questions = fine("SATI1")
    kinds = {"n": 400, "seed": 8, "questionnaire": questions}
    plain = simulate_survey(CLEAN, **kinds)["SATI1"] - 50_000
    styled = simulate_survey(clean(styles__extreme=0.3, styles__midpoint=0.3), **kinds)
    factor = styled["true_stretch"]
    assert set(factor) == {0.5, 1.0, 2.0}
    assert (styled["SATI1"] - 50_000).to_numpy() == pytest.approx((factor * plain), abs=1.01)
    shares = factor.value_counts(normalize=True)
    assert shares[2.0] == pytest.approx(0.3, abs=0.1)
    assert shares[0.5] == pytest.approx(0.3, abs=0.1)


def test_the_middle_of_a_scale_with_declared_shares_is_its_middle_answer():
    shares = (0.1, 0.1, 0.1, 0.2, 0.5)
    items = (dataclasses.replace(CLASSROOM.item("SATI1"), shares=shares),)
    questions = dataclasses.replace(CLASSROOM.only(["SATI1"]), items=items, choices=())
    kinds = {"n": 2000, "seed": 9, "questionnaire": questions}
    plain = simulate_survey(CLEAN, **kinds)["SATI1"]
    styled = simulate_survey(clean(styles__extreme=0.5, styles__midpoint=0.5), **kinds)
    out = styled["true_stretch"] == 2
    assert (np.abs(styled["SATI1"] - 3) >= np.abs(plain - 3))[out].all()
    assert (np.abs(styled["SATI1"] - 3) <= np.abs(plain - 3))[~out].all()


def test_straight_liners_mark_one_point_all_down_a_scale():
    table = simulate_survey(clean(styles__straight=0.2), n=1000, seed=10, as_written=True)
    flat = table["true_straight"]
    assert flat.mean() == pytest.approx(0.2, abs=0.05)
    for kind in ("satisfaction, 10 points", "agreement, 10 points"):
        codes = [i.code for i in YUNHE.items if i.scale.name == kind]
        same = table[codes].max(axis=1) == table[codes].min(axis=1)
        assert same[flat].all()
        assert same[~flat].mean() < 0.01


def test_who_responds_and_what_stays_empty_follow_their_logits():
    world = Survey().replace(**{
        "fieldwork.response": 0.4, "fieldwork.response_slope": 0.5, "fieldwork.response_edge": 0.6,
        "fieldwork.missing": 0.1, "fieldwork.missing_slope": 0.8, "fieldwork.dealer_share": 0,
        "fieldwork.youth_gap": 0, "fieldwork.business_gap": 0,
    })  # fmt: skip
    table = simulate_survey(world, n=N, seed=11, everyone=True)
    eta = np.linspace(-8, 8, 16_001)
    weight = norm.pdf(eta) / norm.pdf(eta).sum()
    odds = logit(0.4) + 0.5 * eta + 0.6 * (np.abs(eta) - np.sqrt(2 / np.pi))
    rate = weight @ expit(odds)
    assert table["true_responds"].mean() == pytest.approx(rate, abs=4 * np.sqrt(0.25 / N))
    told = table["true_SATI"][table["true_responds"]].mean() - table["true_SATI"].mean()
    assert told == pytest.approx(weight @ (eta * expit(odds)) / rate, abs=0.05)
    chance = expit(logit(0.1) - 0.8 * eta)
    for side in (-1, 1):  # the dissatisfied leave more empty
        half = (side * eta > 0) * weight
        seen = table.loc[side * table["true_SATI"] > 0, ASKED].isna().to_numpy().mean()
        assert seen == pytest.approx(half @ chance / half.sum(), abs=0.006)


def test_the_bias_of_non_response_the_story_tells():
    table = simulate_survey(Survey(), n=60_000, seed=12, everyone=True)
    assert table["true_responds"].mean() == pytest.approx(0.50, abs=0.01)
    told = table["true_SATI"][table["true_responds"]].mean() - table["true_SATI"].mean()
    assert told == pytest.approx(0.10, abs=0.015)


def test_a_question_with_a_rule_is_asked_of_those_alone():
    table = simulate_survey(CLEAN, n=2000, seed=13)
    assert (table["EASE"].notna() == (table["contact"] == "yes")).all()
    assert (table["contact"] == "yes").mean() == pytest.approx(0.4, abs=0.05)
    shares = table["segment"].value_counts(normalize=True)
    assert shares[["consumer", "youth", "business"]].tolist() == pytest.approx(
        [0.6, 0.25, 0.15], abs=0.05
    )


def test_satisfaction_that_is_known_is_kept_and_the_rest_drawn_given_it():
    points = 70 + 15 * np.random.default_rng(1).standard_normal(N)
    points = np.clip(points, 0, 100)
    table = simulate_survey(CLEAN, n=N, seed=14, satisfaction=points)
    assert table["true_SATI"].to_numpy() == pytest.approx((points - 70) / 15)
    found = table[TRUE].corr().to_numpy()
    assert np.abs(found - correlations(Structure()).to_numpy()).max() < 0.03
    half = simulate_survey(CLEAN, n=500, seed=14, satisfaction=np.full(500, 85.0))
    assert half["true_SATI"].to_numpy() == pytest.approx(np.ones(500))
    wanted = correlations(Structure())["SATI"]
    assert half[TRUE].mean().to_numpy() == pytest.approx(wanted.to_numpy(), abs=0.2)


def test_waves_rotate_and_correlate_as_declared():
    world = clean(fieldwork__stability=0.6)
    table = simulate_waves([world] * 3, n=4000, seed=15, overlap=0.75)
    ids = [set(g) for _, g in table.groupby("wave")["respondent"]]
    assert [len(i) for i in ids] == [4000] * 3
    assert len(ids[0] & ids[1]) == len(ids[1] & ids[2]) == 3000
    assert len(ids[0] & ids[2]) == 2000
    wide = table.pivot_table(index="respondent", columns="wave", values="true_QUAL")
    assert wide.corr().to_numpy()[np.triu_indices(3, 1)] == pytest.approx([0.6] * 3, abs=0.05)
    assert not simulate_waves([world] * 2, n=50, seed=1, overlap=0)["respondent"].duplicated().any()


def test_the_true_change_is_what_differs_between_the_worlds():
    worlds = [CLEAN, clean(structure__quality=0.4)]
    told = true_means(worlds).set_index(["wave", "construct"])
    assert told.loc[(2, "SATI"), "change"] == pytest.approx(0.4 * 0.61)
    assert told.loc[1, "change"].isna().all()
    panel = simulate_waves(worlds, n=N, seed=16, overlap=1.0)
    seen = panel.groupby("wave")[TRUE].mean().diff().iloc[1]
    assert seen.to_numpy() == pytest.approx(told.loc[2, "change"].to_numpy(), abs=0.04)


def test_a_panel_read_as_strangers_has_the_standard_error_the_story_tells():
    table = simulate_waves([Survey()] * 2, n=12_000, seed=17, overlap=1.0, everyone=True)
    wide = table.pivot_table(index="respondent", columns="wave", values="SATI1").dropna()
    naive = np.sqrt(wide.var().sum())
    assert naive / (wide[2] - wide[1]).std() == pytest.approx(1.5, abs=0.05)


# -- invariant -------------------------------------------------------------------------


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 60), st.integers(0, 60), st.integers(0, 5))
def test_a_larger_n_keeps_the_first_and_any_range_stands_alone(n, more, start):
    whole = simulate_survey(Survey(), n=start + n + more, seed=1, everyone=True)
    part = simulate_survey(Survey(), n=n, seed=1, start=start, everyone=True)
    here = whole.iloc[start : start + n].reset_index(drop=True)
    pd.testing.assert_frame_equal(part, here)


def test_blocks_make_no_difference(monkeypatch):
    satisfaction = np.linspace(20, 100, 700)
    kinds = {"n": 700, "seed": 3, "satisfaction": satisfaction}
    whole = simulate_survey(Survey(), **kinds)
    monkeypatch.setattr(module, "ROWS", 128)
    pd.testing.assert_frame_equal(simulate_survey(Survey(), **kinds), whole)


def test_a_lever_meets_the_same_people_with_the_same_luck():
    before = simulate_survey(CLEAN, n=500, seed=4)
    after = simulate_survey(clean(structure__quality=0.3), n=500, seed=4)
    moved = after[TRUE] - before[TRUE]
    assert moved.to_numpy() == pytest.approx(
        np.tile(means(clean(structure__quality=0.3)), (500, 1)), abs=1e-12
    )
    assert (after[ITEMS].fillna(0) >= before[ITEMS].fillna(0)).all(axis=None)
    assert (after["segment"] == before["segment"]).all()


def test_a_higher_response_keeps_all_who_answered():
    few = simulate_survey(Survey(), n=500, seed=5)
    many = simulate_survey(Survey().replace(**{"fieldwork.response": 0.8}), n=500, seed=5)
    assert set(few["respondent"]) < set(many["respondent"])
    both = many[many["respondent"].isin(few["respondent"])].reset_index(drop=True)
    pd.testing.assert_frame_equal(both, few)


def test_answers_stay_on_their_scales_whatever_the_styles():
    wild = Survey().replace(**{"styles.acquiescence": 2, "styles.extreme": 0.5, "styles.halo": 1,
                               "styles.straight": 0.5})  # fmt: skip
    table = simulate_survey(wild, n=2000, seed=6)
    for item in YUNHE.items:
        said = table[item.code].dropna()
        assert said.between(item.scale.low, item.scale.high).all()
        assert (said == said.round()).all()


def test_as_written_is_turned_back():
    from cvm.survey import turned

    raw = simulate_survey(Survey(), n=300, seed=7, as_written=True)
    pd.testing.assert_frame_equal(turned(raw, YUNHE), simulate_survey(Survey(), n=300, seed=7))


def test_a_wave_of_its_own_is_the_wave_of_many():
    worlds = [Survey(), Survey().replace(**{"structure.quality": 0.2})]
    both = simulate_waves(worlds, n=200, seed=8, overlap=0.5)
    alone = simulate_survey(worlds[1], n=200, seed=8, wave=2, start=100)
    second = both[both["wave"] == 2].drop(columns="wave").reset_index(drop=True)
    pd.testing.assert_frame_equal(second, alone)


def test_on_disk_it_is_what_it_is_in_memory_and_goes_on_where_it_stopped(
    tmp_path, monkeypatch, capsys
):
    pytest.importorskip("pyarrow")
    from cvm.survey import store

    monkeypatch.setattr(store, "ROWS", 256)
    kinds = {"n": 700, "seed": 9, "folder": tmp_path / "s"}
    stored = store_survey(Survey(), **kinds)
    assert "3 of 3 blocks" in capsys.readouterr().err
    whole = simulate_survey(Survey(), n=700, seed=9)
    pd.testing.assert_frame_equal(stored.read(), whole, check_dtype=False)
    assert stored.path().endswith("answers/*.parquet")
    assert list(stored.read(columns=["SATI1"])) == ["SATI1"]
    parts = sorted((tmp_path / "s" / "answers").iterdir())
    parts[1].unlink()
    (tmp_path / "s" / "done" / "00001").unlink()  # as a kill would leave it
    again = store_survey(Survey(), **kinds, progress=False)
    pd.testing.assert_frame_equal(again.read(), whole, check_dtype=False)
    assert capsys.readouterr().err == ""
    with pytest.raises(CvmError, match=r"holds another run.*very same world, n, seed"):
        store_survey(CLEAN, **kinds)


# -- recovery --------------------------------------------------------------------------


def test_least_squares_on_the_truth_finds_the_paths():
    table = simulate_survey(CLEAN, n=N, seed=18)
    structure = Structure()
    for end in CONSTRUCTS:
        starts = [s for s, e in PATHS if e == end]
        if not starts:
            continue
        x, y = table[[f"true_{s}" for s in starts]].to_numpy(), table[f"true_{end}"].to_numpy()
        found, rest = np.linalg.lstsq(x, y, rcond=None)[:2]
        error = np.sqrt(np.diag(np.linalg.inv(x.T @ x)) * rest[0] / N)
        wanted = [getattr(structure, PATHS[s, end]) for s in starts]
        assert (np.abs(found - wanted) < 4 * error).all()


def test_the_interval_of_a_panel_s_change_covers_the_change_put_in():
    worlds = [CLEAN, clean(structure__satisfaction=0.3)]
    questions = YUNHE.only(["SATI1", "QUAL1"])
    loading = YUNHE.item("SATI1").loading
    model = questions.measurement()
    wanted = model.expected(mean=0.3 * loading)["SATI1"] - model.expected()["SATI1"]
    n, runs, hits = 120, 200, 0
    for seed in range(runs):
        table = simulate_waves(worlds, n=n, seed=seed, questionnaire=questions, overlap=1.0)
        first, second = (g["SATI1"].to_numpy() for _, g in table.groupby("wave"))
        change = second - first
        half = 1.96 * change.std(ddof=1) / np.sqrt(n)
        hits += abs(change.mean() - wanted) <= half
    assert hits / runs == pytest.approx(0.95, abs=3.5 * np.sqrt(0.95 * 0.05 / runs))


def test_a_driver_of_the_market_is_found_in_the_answers_about_it():
    points = np.clip(70 + 15 * norm.ppf(np.linspace(0.001, 0.999, 4000)), 0, 100)
    table = simulate_survey(Survey(), n=4000, seed=19, satisfaction=points)
    asked = points[table["respondent"]]
    assert (
        np.corrcoef(table[["SATI1", "SATI2", "SATI3"]].mean(axis=1, skipna=True), asked)[0, 1] > 0.8
    )


# -- inputs ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: simulate_survey("x", n=5, seed=1), r"takes Survey\(\.\.\.\).*'x'.*Write Survey\(\)"),
        (lambda: simulate_survey(CLEAN, n=0, seed=1), r"n is a whole number of 1 or more.*n=1000"),
        (lambda: simulate_survey(CLEAN, n=2.5, seed=1), r"n is a whole number of 1 or more.*2\.5"),
        (lambda: simulate_survey(CLEAN, n=5, seed=1, wave=-1), r"wave is a whole number of 0 or"),
        (lambda: simulate_survey(CLEAN, n=5, seed=1, start=-1), r"start is a whole number of 0 or"),
        (lambda: simulate_survey(CLEAN, n=5, seed=-1), r"seed is zero or positive"),
        (lambda: simulate_survey(CLEAN, n=5, seed=1, questionnaire=3), r"A questionnaire is needed"),
        (lambda: simulate_survey(CLEAN, n=5, seed=1, satisfaction=[1, 2]),
         r"one number for each of the n.*shape \(2,\).*Give n=5 numbers"),
        (lambda: simulate_survey(CLEAN, n=2, seed=1, satisfaction=[50, np.nan]),
         r"points from 0 to 100.*nan in row 1 \(1 such rows\).*Leave those"),
        (lambda: simulate_survey(CLEAN, n=2, seed=1, satisfaction=["a", "b"]), r"one number for each"),
        (lambda: simulate_waves(CLEAN, n=5, seed=1), r"one Survey for each wave.*\[before, after\]"),
        (lambda: simulate_waves([], n=5, seed=1), r"one Survey for each wave"),
        (lambda: simulate_waves([CLEAN], n=5, seed=1, overlap=2), r"overlap= is a share.*1 for a panel"),
        (lambda: Survey().replace(**{"styles.hallo": 1}), r"no lever 'styles.hallo'.*'styles.halo'"),
        (lambda: clean(structure__image=5), r"Structure\.image must lie between −2 and 2"),
        (lambda: store_survey(CLEAN, n=0, seed=1, folder="x"), r"n is a whole number of 1 or more"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told(call, message):
    with pytest.raises(CvmError, match=message):
        call()


def test_paths_that_explain_too_much_are_told():
    world = clean(structure__quality_satisfaction=1.0, structure__value_satisfaction=0.9)
    with pytest.raises(
        CvmError, match=r"explain \S+ % of the variance of SATI.*QUAL -> SATI.*Lower"
    ):
        simulate_survey(world, n=5, seed=1)


def test_a_construct_the_simulator_does_not_know_is_told():
    from cvm.survey import Construct

    construct = Construct(code="TRUST", name=Wording("Trust", "信任"))
    items = (dataclasses.replace(YUNHE.item("SATI1"), construct="TRUST"),)
    questions = dataclasses.replace(YUNHE, constructs=(construct,), items=items)
    with pytest.raises(CvmError, match=r"no construct 'TRUST'.*one of: IMAG, EXPE"):
        simulate_survey(CLEAN, n=5, seed=1, questionnaire=questions)
