"""Needs: Kano's pairs of questions, SERVQUAL's gaps and SERVPERF."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from cvm.errors import CvmError
from cvm.survey.needs import (
    ANSWERS,
    CATEGORIES,
    DIMENSIONS,
    EVALUATION,
    FEATURES,
    POULIOT,
    GapSurvey,
    KanoSurvey,
    evaluate_pairs,
    gap_pairs,
    gap_reliability,
    kano,
    kano_pairs,
    kano_segments,
    servperf,
    servqual,
    simulate_gaps,
    simulate_kano,
    true_kano,
)
from cvm.survey.needs.simulate import GAPS

# One pair of answers that gives each letter.
PAIR = {"M": (2, 5), "O": (1, 5), "A": (1, 3), "I": (3, 3), "R": (5, 2), "Q": (1, 1)}
EXACT = KanoSurvey(slip=0, refusal=0)


def answered(counts):
    """Make the two columns of answers that hold so many of each letter."""
    pairs = [PAIR[letter] for letter, count in counts.items() for _ in range(count)]
    there, missing = (pd.Series(side, name="feature") for side in zip(*pairs, strict=True))
    return there, missing


def one(counts, **options):
    return kano(*answered(counts), **options).table.iloc[0]


# -- exact -----------------------------------------------------------------------------


def test_the_evaluation_table_is_kano_s():
    """Kano et al. (1984) in the form of Berger et al. (1993): all 25 pairs."""
    there, missing = np.divmod(np.arange(25), 5)
    found = evaluate_pairs(pd.Series(there + 1, name="f"), pd.Series(missing + 1, name="f"))["f"]
    assert "".join(found) == "QAAAORIIIMRIIIMRIIIMRRRRQ"
    assert found.value_counts().to_dict() == {"I": 9, "R": 7, "A": 3, "M": 3, "Q": 2, "O": 1}
    stricter = evaluate_pairs(pd.Series(there + 1), pd.Series(missing + 1), evaluation=POULIOT)
    changed = (stricter["feature"] != found).to_numpy().nonzero()[0]
    assert changed.tolist() == [6, 18]  # expected both ways, lived with both ways
    assert (stricter["feature"].iloc[changed] == "Q").all()
    assert (len(ANSWERS), len(CATEGORIES), len(EVALUATION)) == (5, 6, 5)


@pytest.mark.parametrize(
    ("shares", "category", "better", "worse"),
    [
        ({"A": 70, "O": 323, "M": 493, "I": 95, "R": 3, "Q": 15}, "M", 0.40, -0.83),
        ({"A": 104, "O": 451, "M": 315, "I": 115, "R": 12, "Q": 3}, "O", 0.56, -0.78),
        ({"A": 638, "O": 216, "M": 29, "I": 85, "R": 7, "Q": 25}, "A", 0.88, -0.25),
    ],
    ids=["edge grip", "ease of turn", "service"],
)
def test_the_skis_of_innsbruck(shares, category, better, worse):
    """Sauerwein, Bailom, Matzler & Hinterhuber (1996), shares in per mille (at second hand)."""
    row = one(shares)
    assert row["category"] == category
    assert (row["better"], row["worse"]) == pytest.approx((better, worse), abs=0.006)


def test_coefficients_intervals_and_strengths_by_hand():
    row = one({"M": 40, "O": 25, "A": 15, "I": 10, "R": 6, "Q": 4})
    assert (row["M"], row["Q"], row["n"]) == (0.40, 0.04, 100)
    assert (row["better"], row["worse"]) == pytest.approx((40 / 90, -65 / 90))
    wilson = stats.binomtest(40, 90).proportion_ci(method="wilson")
    assert (row["better_low"], row["better_high"]) == pytest.approx((wilson.low, wilson.high))
    wilson = stats.binomtest(65, 90).proportion_ci(method="wilson")
    assert (row["worse_low"], row["worse_high"]) == pytest.approx((-wilson.high, -wilson.low))
    assert (row["strength"], row["total_strength"]) == pytest.approx((0.15, 0.80))
    assert row["p_value"] == pytest.approx(stats.binomtest(40, 65).pvalue)


@pytest.mark.parametrize(("a", "b", "called"), [(50, 40, False), (51, 39, True), (60, 30, True)])
def test_fong_s_rule_at_its_edge(a, b, called):
    """|a - b| against 1.65 sqrt((a + b)(2N - a - b) / (2N)): 11.6 for 90 of 100... 11.61."""
    edge = 1.65 * np.sqrt((a + b) * (200 - a - b) / 200)
    assert edge == pytest.approx(11.608, abs=0.001)
    row = one({"M": a, "O": b, "I": 10})
    assert row["fong"] == called == (a - b >= edge)


def test_ties_go_to_what_hurts_most():
    assert one({"M": 5, "O": 5, "A": 5})["category"] == "M"
    assert one({"O": 5, "A": 5, "I": 5})["category"] == "O"
    assert one({"A": 5, "I": 5, "M": 1})["category"] == "A"
    assert not one({"M": 5, "O": 5})["clear"]


def test_gaps_by_hand():
    expected = pd.DataFrame({"a": [6, 7, 5], "b": [6, 6, 6], "c": [7, 7, 7]})
    met = pd.DataFrame({"a": [5, 7, 3], "b": [5, 6, 4], "c": [7, 5, 6]})
    blocks = {"promise": ["a", "b"], "care": ["c"]}
    found = servqual(expected, met, dimensions=blocks, importance={"care": 25, "promise": 75})
    assert found.scores["promise"].tolist() == [-1, 0, -2]
    assert found.scores["care"].tolist() == [0, -2, -1]
    assert found.scores["overall"].tolist() == pytest.approx([-0.75, -0.5, -1.75])
    whole = found.table.set_index("dimension")
    assert whole["score"].tolist() == pytest.approx([-1, -1, -1])
    assert whole["weight"].tolist() == [0.75, 0.25, 1]
    paired = stats.ttest_1samp([-1, 0, -2], 0)
    assert whole.loc["promise", "p_value"] == pytest.approx(paired.pvalue)
    ends = paired.confidence_interval(0.95)
    assert (whole.loc["promise", "low"], whole.loc["promise", "high"]) == pytest.approx(
        (ends.low, ends.high)
    )
    assert found.items.set_index("item")["score"].to_dict() == pytest.approx(
        {"a": -1, "b": -1, "c": -1}
    )
    points = pd.DataFrame({"promise": [100, 0, 50], "care": [0, 100, 50]})
    own = servqual(expected, met, dimensions=blocks, importance=points)
    assert own.scores["overall"].tolist() == [-1, -2, -1.5]
    plain = servperf(met, dimensions=blocks).table.set_index("dimension")
    assert plain["score"].tolist() == pytest.approx([5, 6, 5.5])
    assert plain["p_value"].isna().all()


def test_reliability_of_a_difference():
    """Peter, Churchill & Brown (1993): (mean reliability - correlation) / (1 - correlation)."""
    assert gap_reliability(0.8, 0.8, 0.6) == pytest.approx((0.8 - 0.6) / (1 - 0.6))
    assert gap_reliability(0.9, 0.7, 0) == pytest.approx(0.8)
    assert gap_reliability(0.9, 0.5, 0.3, ratio=2) == pytest.approx((0.9 + 2 - 1.2) / (5 - 1.2))


# -- invariant -------------------------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=2, max_size=60))
def test_shares_add_up_and_coefficients_keep_their_range(pairs):
    there, missing = (pd.Series(side) for side in zip(*pairs, strict=True))
    row = kano(there, missing).table.iloc[0]
    assert row[list(CATEGORIES)].sum() == pytest.approx(1)
    if not np.isnan(row["better"]):
        assert (
            0 <= row["better_low"] <= row["better"] + 1e-12 <= row["better_high"] + 1e-9 <= 1 + 1e-8
        )
        assert -1 - 1e-8 <= row["worse_low"] <= row["worse"] + 1e-12 <= row["worse_high"] + 1e-9
    assert 0 <= row["p_value"] <= 1
    doubled = kano(pd.concat([there, there]), pd.concat([missing, missing])).table.iloc[0]
    assert doubled["p_value"] <= row["p_value"] + 1e-12
    assert doubled["category"] == row["category"]


def test_weights_are_respondents_and_their_scale_does_not_matter():
    table = simulate_kano(KanoSurvey(), n=300, seed=1)
    pair = kano_pairs(table)
    w = np.random.default_rng(0).uniform(0.3, 3, 300)
    one_scale, other = (kano(*pair, weights=w * k).table for k in (1, 100))
    pd.testing.assert_frame_equal(one_scale, other)
    even, plain = kano(*pair, weights=np.ones(300)).table, kano(*pair).table
    columns = [*CATEGORIES, "better_low", "worse_high", "strength"]
    pd.testing.assert_frame_equal(even[columns], plain[columns])
    assert even["p_value"].tolist() == pytest.approx(plain["p_value"].tolist(), abs=0.03)
    wide = one_scale["better_high"] - one_scale["better_low"]
    assert (wide > plain["better_high"] - plain["better_low"]).all()  # uneven weights cost
    e, p = gap_pairs(simulate_gaps(GapSurvey(), n=80, seed=1))
    pd.testing.assert_frame_equal(
        servqual(e, p, weights=np.full(80, 7.0)).table, servqual(e, p).table
    )


def test_empty_answers_cost_their_feature_only():
    table = simulate_kano(EXACT, n=50, seed=2)
    there, missing = kano_pairs(table)
    there.loc[:9, "club"] = np.nan
    missing.loc[5:14, "club"] = np.nan
    rows = kano(there, missing).table.set_index("feature")
    assert (rows.loc["club", "n"], rows.loc["club", "dropped"]) == (35, 15)
    assert (rows.drop(index="club")["n"] == 50).all()
    letters = evaluate_pairs(there, missing)
    assert letters["club"].isna().sum() == 15
    e, p = gap_pairs(simulate_gaps(GapSurvey(), n=40, seed=1))
    found = servqual(e.astype(float).mask(e.index.to_series() < 3), p)
    assert (found.n, found.dropped, len(found.scores)) == (37, 3, 37)


@settings(max_examples=8, deadline=None)
@given(n=st.integers(1, 200), more=st.integers(0, 100), slip=st.floats(0, 0.5))
def test_a_larger_survey_keeps_the_first_respondents(n, more, slip):
    for simulate, world in ((simulate_kano, KanoSurvey(slip=slip)), (simulate_gaps, GapSurvey())):
        few, many = (simulate(world, n=size, seed=3) for size in (n, n + more))
        pd.testing.assert_frame_equal(few, many.head(n))
    true = [c for c in few if c.startswith("true_")]
    assert len(true) == 10


def test_without_slips_the_letters_are_the_truth():
    table = simulate_kano(EXACT, n=400, seed=4)
    letters = evaluate_pairs(*kano_pairs(table))
    for feature in FEATURES:
        assert (letters[feature] == table[f"true_{feature}"]).all()
    agreed = simulate_kano(EXACT.replace(agreement=1, business=0), n=50, seed=4)
    assert agreed[[f"true_{f}" for f in FEATURES]].nunique().max() == 1


# -- recovery --------------------------------------------------------------------------


def test_kinds_and_coefficients_are_found_and_covered():
    truth = true_kano(EXACT).set_index("feature")
    many = kano(*kano_pairs(simulate_kano(EXACT, n=40_000, seed=5))).table.set_index("feature")
    assert many["category"].equals(truth["category"])
    for column in ("better", "worse", "M", "O", "A", "I", "R"):
        assert many[column].to_numpy() == pytest.approx(truth[column].to_numpy(), abs=0.01)
    covered, samples, n = [], 40, 120
    there, missing = kano_pairs(simulate_kano(EXACT, n=samples * n, seed=6))
    for start in range(0, samples * n, n):
        part = slice(start, start + n)
        rows = kano(there.iloc[part], missing.iloc[part]).table
        for name in ("better", "worse"):
            value = truth[name].to_numpy()
            covered.append((rows[f"{name}_low"] <= value) & (value <= rows[f"{name}_high"]))
    assert np.mean(covered) == pytest.approx(0.95, abs=0.03)  # 480 intervals


def test_fong_s_rule_errs_twice_as_often_as_it_says():
    """Two kinds with 40 % each: 10 % promised, 20 % made; the binomial test keeps its word."""
    counts = np.random.default_rng(0).multinomial(200, [0.4, 0.4, 0.1, 0.1], 250)
    rows = [one(dict(zip("MOAI", map(int, row), strict=True)), level=0.9) for row in counts]
    first = np.array([{row["category"], row["second"]} == {"M", "O"} for row in rows])
    assert first.all()
    assert np.mean([row["fong"] for row in rows]) == pytest.approx(0.20, abs=0.05)
    assert np.mean([row["clear"] for row in rows]) <= 0.13


def test_a_segment_hidden_in_the_crowd_is_found():
    table = simulate_kano(KanoSurvey(), n=1500, seed=7)
    pair = kano_pairs(table)
    assert kano(*pair).table.set_index("feature").loc["paper contract", "category"] == "I"
    rows = kano_segments(*pair, table["segment"]).set_index(["feature", "segment"])
    assert rows.loc[("paper contract", "business"), "category"] == "M"
    assert rows.loc[("paper contract", "consumer"), "category"] == "I"
    assert rows.loc["paper contract", "differ_p"].max() < 1e-6
    # A split by chance finds about one difference in twenty: 6 features x 15 splits.
    splits = np.random.default_rng(1).random((15, 1500)) < 0.5
    p = [kano_segments(*pair, split).drop_duplicates("feature")["differ_p"] for split in splits]
    assert np.mean(np.array(p) < 0.05) == pytest.approx(0.05, abs=0.05)
    w = np.random.default_rng(2).uniform(0.1, 3, 1500)
    weighted = [
        kano_segments(*pair, split, weights=w).drop_duplicates("feature")["differ_p"]
        for split in splits
    ]
    assert np.mean(np.array(weighted) < 0.05) == pytest.approx(0.05, abs=0.06)


def test_gaps_are_found_and_covered():
    world = GapSurvey(expectation=4.3, spread=0.4, noise=0.5)  # far from the ends of the scale
    truth = np.array(list(GAPS.values()))
    covered, samples, n = [], 80, 60
    e, p = gap_pairs(simulate_gaps(world, n=samples * n, seed=8))
    for start in range(0, samples * n, n):
        part = slice(start, start + n)
        rows = servqual(e.iloc[part], p.iloc[part]).table.iloc[:5]
        covered.append((rows["low"] <= truth) & (truth <= rows["high"]))
    assert np.mean(covered) == pytest.approx(0.95, abs=0.035)  # 400 intervals
    whole = servqual(e, p).table["score"].to_numpy()
    assert whole[:5] == pytest.approx(truth, abs=0.02)
    assert whole[5] == pytest.approx(truth.mean(), abs=0.02)


def test_perceptions_explain_better_unless_quality_is_the_gap():
    def explained(gap_weight):
        table = simulate_gaps(GapSurvey(gap_weight=gap_weight), n=4000, seed=9)
        e, p = gap_pairs(table)
        scores = (servqual(e, p).scores["overall"], servperf(p).scores["overall"])
        return [np.corrcoef(score, table["quality"])[0, 1] for score in scores]

    gap, performance = explained(0.3)
    assert performance > gap + 0.05
    gap, performance = explained(1.0)
    assert gap > performance + 0.05


# -- inputs ----------------------------------------------------------------------------


def test_answers_off_the_scale_are_told():
    there, missing = answered({"M": 3, "O": 3})
    with pytest.raises(
        CvmError,
        match=r"are 1 to 5; 'feature' has others.*6 in row 2 \(1 such\).*5 is 'I dislike it'",
    ):
        kano(there.replace({2: 2}).where(there.index != 2, 6), missing)
    with pytest.raises(CvmError, match=r"are 1 to 5.*like in row 0 \(6 such\)"):
        kano(there.map(lambda _: "like"), missing)
    with pytest.raises(CvmError, match=r"two tables, one row a respondent"):
        kano([1, 2], [3, 4])
    with pytest.raises(CvmError, match="same respondents and features"):
        kano(there, missing.head(2))
    with pytest.raises(
        CvmError, match=r"different orders.*\['b', 'a'\].*dysfunctional\[functional.columns\]"
    ):
        kano(pd.DataFrame({"a": [1], "b": [1]}), pd.DataFrame({"b": [1], "a": [1]}))
    with pytest.raises(CvmError, match="Nobody answered both questions on 'feature'"):
        kano(there * np.nan, missing)
    with pytest.raises(CvmError, match="There are no answers"):
        kano(there.head(0), missing.head(0))
    with pytest.raises(CvmError, match=r"five rows of five letters of MOAIRQ.*Start from"):
        kano(there, missing, evaluation=["QAAAO"])
    with pytest.raises(CvmError, match="one weight for each row"):
        kano(there, missing, weights=[1.0])
    with pytest.raises(CvmError, match=r"level lies between 0 and 1"):
        kano(there, missing, level=0)


def test_segments_that_cannot_be_are_told():
    pair = answered({"M": 3, "O": 3})
    for segments, said in (
        (["a"] * 6, "6 segments for 6 respondents, 0 empty, 1 different"),
        (["a", "b"], "2 segments for 6"),
        (["a", "b", None, "a", "a", "a"], "1 empty"),
    ):
        with pytest.raises(CvmError, match=f"a segment for each respondent.*{said}"):
            kano_segments(*pair, segments)


def test_gap_tables_that_cannot_be_are_told():
    e, p = gap_pairs(simulate_gaps(GapSurvey(), n=30, seed=1))
    with pytest.raises(CvmError, match="same respondents and items"):
        servqual(e, p.rename(columns={"1": "one"}))
    with pytest.raises(CvmError, match=r"Only the 22 items.*21 items"):
        servperf(p.drop(columns="22"))
    with pytest.raises(CvmError, match=r"no item 'Q1'"):
        servperf(p[["1", "2"]], dimensions={"all": ["Q1", "1", "2"]})
    with pytest.raises(CvmError, match=r"Every item belongs to one dimension.*\['2'\]"):
        servperf(p[["1", "2"]], dimensions={"all": ["1"]})
    with pytest.raises(
        CvmError, match=r"Points are given to each dimension.*dimensions are: tangibles"
    ):
        servperf(p, importance={"tangibles": 100})
    with pytest.raises(CvmError, match="zero or above"):
        servperf(p, importance=dict.fromkeys(DIMENSIONS, 0))
    with pytest.raises(CvmError, match=r"29 rows for 30 respondents"):
        servperf(p, importance=pd.DataFrame(dict.fromkeys(DIMENSIONS, np.ones(29))))
    with pytest.raises(CvmError, match=r"item '3' must hold numbers.*'good'"):
        servperf(p.assign(**{"3": "good"}))
    with pytest.raises(CvmError, match="one row a respondent and one column an item"):
        servperf(p["1"])
    with pytest.raises(CvmError, match=r"Fewer than two respondents.*0"):
        servperf(p * np.nan)
    with pytest.raises(CvmError, match="Reliabilities lie between 0 and 1"):
        gap_reliability(80, 0.8, 0.6)


def test_simulators_and_their_pairs_say_what_they_need():
    for simulate, world in ((simulate_kano, KanoSurvey()), (simulate_gaps, GapSurvey())):
        with pytest.raises(CvmError, match="at least one respondent"):
            simulate(world, n=0, seed=1)
    table = simulate_kano(KanoSurvey(), n=3, seed=1)
    with pytest.raises(CvmError, match=r"needs its two columns.*\['club'\]"):
        kano_pairs(table.drop(columns="club, not there"))
    with pytest.raises(CvmError, match=r"lacks items.*'P7'"):
        gap_pairs(simulate_gaps(GapSurvey(), n=3, seed=1).drop(columns="P7"))


def test_sentences_say_what_was_found():
    text = str(kano(*answered({"M": 60, "O": 20, "I": 20})))
    assert text == "feature: must-be (n = 100)."
    assert "must-be or one-dimensional, not clear (p = " in str(kano(*answered({"M": 6, "O": 5})))
    e, p = gap_pairs(simulate_gaps(GapSurvey(), n=300, seed=1))
    assert "widest in reliability: −0." in str(servqual(e, p))
    assert "weakest in reliability: 4." in str(servperf(p))
    assert servqual(e, p).to_frame()["dimension"].tolist() == [*DIMENSIONS, "overall"]
