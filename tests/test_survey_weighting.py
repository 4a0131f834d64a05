"""Post-stratification, raking, what weights cost, and what they heal."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cvm.errors import CvmError
from cvm.survey import CLEAN, Survey, simulate_survey
from cvm.survey.measure import mean_score
from cvm.survey.measure.answers import usable
from cvm.survey.weighting import design_effect, nonresponse, poststratify, rake, raked_mean
from cvm.survey.weighting.cells import fit_cells
from cvm.survey.weighting.raked import raked_replicates
from cvm.survey.weighting.raking import sample_of

MARGINS = {"seg": {"a": 0.4, "b": 0.35, "c": 0.25}, "age": {"y": 0.55, "o": 0.45}}


def made():
    """Make 48 respondents by rule, so that other programs can be given the same ones."""
    i = np.arange(48)
    table = pd.DataFrame({
        "seg": ["aabacabbacaa"[k] for k in i % 12],
        "age": ["oyoooyoo"[k] for k in i % 8],
        "dealer": i * 7 % 11,
        "x": (3 * i * i + 5 * i) % 10 + 1.0 + (i % 12 == 4) * 2,
        "w0": 1.0 + i % 3,
    })  # fmt: skip
    table.loc[[4, 7, 20], "age"] = "y"
    return table


def population(rng, n=4000):
    """Make customers: the young are less content and seldom answer."""
    young = rng.random(n) < 0.4
    large = rng.random(n) < np.where(young, 0.1, 0.3)
    return pd.DataFrame({
        "age": np.where(young, "young", "old"), "size": np.where(large, "large", "small"),
        "x": 6 - 2 * young + 1.0 * large + rng.normal(size=n),
        "ready": np.where(young, 0.2, 0.7) * np.where(large, 1, 0.6),
    })  # fmt: skip


KNOWN = {"age": {"young": 0.4, "old": 0.6}, "size": {"large": 0.22, "small": 0.78}}
TRUTH = 6 - 2 * 0.4 + 0.22

# exact -----------------------------------------------------------------------------


def test_raking_against_independent_programs():
    # svy 0.35.0 (MIT; equal to R's survey on apiclus1) and weightipy 0.4.2 (MIT, equal to
    # R's rake) on the same 48 respondents.
    table = made()
    found = rake(table, MARGINS)
    assert np.average(table["x"], weights=found.weights) == pytest.approx(5.165363980038421)
    assert found.largest == pytest.approx(4.097579619195566)
    heavy = rake(table, MARGINS, weights="w0")
    assert np.average(table["x"], weights=heavy.weights) == pytest.approx(5.401970477631714)


@pytest.mark.parametrize(
    ("clusters", "se"), [(None, 0.5783517842561772), ("dealer", 0.36538238323708355)]
)
def test_the_standard_error_of_a_raked_mean_against_svy(clusters, se):
    # svy 0.35.0 (MIT), Taylor linearisation of the raked design.
    found = raked_mean(made(), "x", MARGINS, clusters=clusters)
    assert (found.value, found.se) == pytest.approx((5.165363980038421, se), rel=1e-8)
    assert found.clusters == (0 if clusters is None else 11)


def test_the_standard_error_under_uneven_weights_by_sweeping_margins():
    # Deville & Särndal: residuals by the weights begun with. Here without a regression:
    # subtract the weighted mean of each category, margin after margin, until nothing is left.
    table = made()
    w = rake(table, MARGINS, weights="w0").weights
    left = table["x"].copy()
    for _ in range(60):
        for name in MARGINS:
            by = table[name]
            means = (left * table["w0"]).groupby(by).sum() / table["w0"].groupby(by).sum()
            left = left - by.map(means)
    u = w * left / w.sum()
    for clusters, parts in ((None, u), ("dealer", u.groupby(table["dealer"]).sum())):
        found = raked_mean(table, "x", MARGINS, weights="w0", clusters=clusters)
        assert found.se == pytest.approx(parts.std() * np.sqrt(len(parts)), rel=1e-8)


def test_a_table_of_two_by_two_has_a_closed_form():
    # Raking keeps the odds ratio; with margins 1/2 and 1/2 a cell is sqrt(o) / 2 (1 + sqrt(o)).
    seen = np.array([[30, 10], [20, 40]])
    odds = seen[0, 0] * seen[1, 1] / (seen[0, 1] * seen[1, 0])
    half = np.array([0.5, 0.5])
    codes = [np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])]
    fit = fit_cells(seen.reshape(1, 4).astype(float), codes, [half, half])
    share = fit.factors[0] * seen.ravel()
    corner = np.sqrt(odds) / (2 * (1 + np.sqrt(odds)))
    assert share == pytest.approx(np.array([corner, 0.5 - corner, 0.5 - corner, corner]))
    assert fit.gap[0] < 1e-9


def test_one_margin_is_post_stratification():
    table = made()
    one = rake(table, {"seg": MARGINS["seg"]})
    cells = pd.DataFrame({"seg": list("abc"), "share": [0.4, 0.35, 0.25]})
    post = poststratify(table, cells)
    n = table["seg"].value_counts()
    expected = table["seg"].map({k: MARGINS["seg"][k] / n[k] * 48 for k in "abc"})
    assert one.weights.tolist() == pytest.approx(expected.tolist())
    assert post.weights.tolist() == pytest.approx(expected.tolist())
    assert one.rounds <= 2
    # The variance of a post-stratified mean: the strata's own, by their shares.
    parts = [table.loc[table["seg"] == k, "x"] for k in "abc"]
    inside = sum(
        MARGINS["seg"][k] ** 2 * p.var(ddof=0) / len(p) for k, p in zip("abc", parts, strict=True)
    )
    found = raked_mean(table, "x", {"seg": MARGINS["seg"]})
    assert found.se == pytest.approx(np.sqrt(inside * 48 / 47))


def test_post_stratification_by_cells():
    table = made()
    cells = pd.DataFrame({
        "age": list("yyyooo"), "seg": list("abcabc"), "count": [100, 50, 150, 300, 250, 150],
    })  # fmt: skip
    found = poststratify(table, cells, share="count")
    total = found.weights.groupby([table["age"], table["seg"]]).sum()
    assert total[("y", "c")] == pytest.approx(150)
    assert found.weights.sum() == pytest.approx(1000)
    assert found.margins["margin"].unique().tolist() == ["age x seg"]


def test_the_design_effect_is_one_plus_the_squared_variation():
    w = np.array([1.0, 1, 2, 4])
    found = design_effect(w)
    assert found.value == pytest.approx(1 + w.var() / w.mean() ** 2)
    assert found.effective_n == pytest.approx(w.sum() ** 2 / (w**2).sum())
    assert (found.largest, found.smallest) == pytest.approx((2, 0.5))
    assert str(found) == (
        "Design effect 1.38: 4 respondents know as much as 2.91 of equal weight (weights from "
        "0.5 to 2 times their mean)."
    )
    assert rake(made(), MARGINS).design_effect == pytest.approx(
        design_effect(rake(made(), MARGINS).weights).value
    )


def test_a_cap_holds_and_the_margins_with_it():
    free, capped = rake(made(), MARGINS), rake(made(), MARGINS, cap=2.5)
    assert free.largest > 4
    assert capped.largest == pytest.approx(2.5)
    assert capped.gap < 1e-8
    assert capped.design_effect < free.design_effect
    at = np.isclose(capped.weights, 2.5)
    assert capped.capped == pytest.approx(at.mean())
    assert 0 < at.sum() < 20
    assert f"{100 * at.mean():.3g} % of them are at the cap" in str(capped)


def test_a_cap_that_cannot_hold_is_told():
    found = rake(made(), MARGINS, cap=1.2)
    # c has 8 of 48 and needs a quarter: at most 1.2 * 8/48 = 0.2
    after = found.margins.set_index("category")["after"]
    assert after["c"] == pytest.approx(0.2, abs=1e-6)
    assert found.largest == pytest.approx(1.2, abs=1e-6)
    assert "A category is still off by" in str(found)
    assert "loosen the cap" in str(raked_mean(made(), "x", MARGINS, cap=1.2))


def test_bias_of_nonresponse_is_what_bethlehem_says():
    people = population(np.random.default_rng(0))
    people["true_responds"] = np.random.default_rng(1).random(len(people)) < people["ready"]
    found = nonresponse(people, "x", margins=["age", "size"])
    r = people["true_responds"]
    gap = people.loc[r, "x"].mean() - people.loc[~r, "x"].mean()
    assert found.gap == pytest.approx(gap)
    assert found.bias == pytest.approx((1 - r.mean()) * gap)
    assert found.truth == pytest.approx(people["x"].mean())
    cov = np.cov(r, people["x"], ddof=0)[0, 1] / r.mean()
    assert found.bias == pytest.approx(cov)
    cells = people.groupby(["age", "size"]).agg(y=("x", "mean"), r=("true_responds", "sum"))
    assert found.between == pytest.approx(
        (cells["y"] * cells["r"]).sum() / r.sum() - people["x"].mean()
    )


# invariant -------------------------------------------------------------------------


@given(st.integers(0, 10_000))
@settings(max_examples=40, deadline=None)
def test_raked_margins_are_those_asked_for(seed):
    rng = np.random.default_rng(seed)
    table = pd.DataFrame({"a": rng.integers(0, 3, 60), "b": rng.integers(0, 2, 60)})
    table.loc[:5, "a"], table.loc[:5, "b"] = [0, 1, 2, 0, 1, 2], [0, 0, 0, 1, 1, 1]
    shares = {"a": dict(enumerate(rng.dirichlet([5, 5, 5]))), "b": {0: 0.3, 1: 0.7}}
    found = rake(table, shares)
    assert found.margins["after"].tolist() == pytest.approx(found.margins["target"].tolist())
    assert found.weights.sum() == pytest.approx(60)
    assert found.weights.min() > 0
    assert found.design_effect >= 1
    # what raking may change: rows and columns, never an odds ratio
    w = found.weights.groupby([table["a"], table["b"]]).sum()
    n = table.groupby(["a", "b"]).size()
    odds = [t[0, 0] * t[2, 1] / (t[0, 1] * t[2, 0]) for t in (w, n)]
    assert odds[0] == pytest.approx(odds[1], rel=1e-6)


def test_the_order_of_rows_and_of_margins_does_not_matter():
    table = made()
    turned = table.sample(frac=1, random_state=3)
    one, two = rake(table, MARGINS).weights, rake(turned, dict(reversed(MARGINS.items()))).weights
    assert two.loc[table.index].tolist() == pytest.approx(one.tolist(), rel=1e-6)


def test_weights_that_are_right_already_stay():
    table = made()
    first = rake(table, MARGINS)
    again = rake(table.assign(w=first.weights), MARGINS, weights="w")
    assert again.weights.tolist() == pytest.approx(first.weights.tolist(), rel=1e-6)


def test_counts_are_as_good_as_shares():
    counts = {
        "seg": {"a": 4000, "b": 3500, "c": 2500},
        "age": pd.Series({"y": 5500, "o": 4500}),
    }
    found = rake(made(), counts)
    assert found.weights.sum() == pytest.approx(10_000)
    assert found.largest == pytest.approx(rake(made(), MARGINS).largest)


@pytest.mark.parametrize(("cap", "clusters"), [(None, None), (2.5, None), (None, "dealer")])
def test_replicates_are_what_a_loop_of_rake_would_find(cap, clusters):
    # The batch and the loop draw differently, so they are compared as distributions; that a
    # single replicate is raked rightly is seen where nothing is resampled: one unit a cell.
    table = made()
    fast = raked_mean(table, "x", MARGINS, cap=cap, clusters=clusters, method="bootstrap",
                      level=0.8, resamples=800)  # fmt: skip
    rng, slow = np.random.default_rng(2), []
    units = table.index.to_numpy() if clusters is None else table[clusters].unique()
    for _ in range(60):
        drawn = rng.choice(units, len(units))
        rows = drawn if clusters is None else np.concatenate(
            [table.index[table[clusters] == d] for d in drawn]
        )  # fmt: skip
        part = table.loc[rows].reset_index(drop=True)
        try:
            slow.append(np.average(part["x"], weights=rake(part, MARGINS, cap=cap).weights))
        except CvmError:  # nobody of c
            continue
    width = fast.high - fast.low
    ends = np.quantile(slow, [0.1, 0.9])
    assert (fast.low, fast.high) == pytest.approx(tuple(ends), abs=0.25 * width)


def test_a_replicate_of_the_sample_itself_is_the_sample():
    table = made()
    sample = sample_of(table, MARGINS, weights="w0", cap=None)
    members = np.bincount(sample.cell).astype(float)
    both = sample.fit(np.vstack([members, 3 * members]), None).factors
    alone = rake(table, MARGINS, weights="w0").weights
    for factors, times in zip(both, (1, 3), strict=True):
        weights = (factors * sample.base)[sample.cell] * 48 * times
        assert weights == pytest.approx(alone.to_numpy(), rel=1e-6)


# recovery --------------------------------------------------------------------------


@pytest.mark.parametrize(("method", "runs"), [("linear", 150), ("bootstrap", 80)])
def test_raked_means_cover_where_answering_hangs_on_the_categories(method, runs):
    rng, hits, naive = np.random.default_rng(3), 0, 0
    for _ in range(runs):
        people = population(rng, 500)
        answered = people[rng.random(500) < people["ready"]]
        found = raked_mean(answered, "x", KNOWN, method=method, resamples=200)
        plain = mean_score(answered["x"])
        hits += found.low <= TRUTH <= found.high
        naive += plain.low <= TRUTH <= plain.high
    assert hits / runs == pytest.approx(0.95, abs=0.07)
    assert naive / runs < 0.2


def test_the_residuals_make_the_standard_error_honest():
    rng, values, linear, naive = np.random.default_rng(4), [], [], []
    for _ in range(150):
        people = population(rng, 400)
        answered = people[rng.random(400) < people["ready"]]
        found = raked_mean(answered, "x", KNOWN)
        w = rake(answered, KNOWN).weights
        values.append(found.value)
        linear.append(found.se)
        naive.append(mean_score(answered["x"], weights=w).se)
    assert np.mean(linear) == pytest.approx(np.std(values), rel=0.18)
    assert np.mean(naive) > 1.15 * np.std(values)


def test_weights_heal_what_hangs_on_categories_and_nothing_else():
    healed = population(np.random.default_rng(5), 20_000)
    luck = np.random.default_rng(6).random(20_000)
    found = nonresponse(healed.assign(true_responds=luck < healed["ready"]), "x",
                        margins=["age", "size"])  # fmt: skip
    rows = found.estimates.set_index("method")
    assert found.bias > 0.3
    assert found.between == pytest.approx(found.bias, abs=0.05)
    assert rows["covers"].tolist() == [False, True, True]
    # Satisfied customers of a category answer more readily: nothing to weight by.
    sour = simulate_survey(Survey(), n=6000, seed=7, everyone=True)
    found = nonresponse(sour, "SATI1", margins=["segment", "contact"])
    rows = found.estimates.set_index("method")
    assert found.bias > 0.05
    assert rows.loc["raked", "bias"] == pytest.approx(found.bias, abs=0.03)
    assert not rows.loc["raked", "covers"]


def test_more_answers_do_not_shrink_the_bias():
    biases, widths = [], []
    for n in (1000, 16_000):
        people = simulate_survey(Survey(), n=n, seed=8, everyone=True)
        row = nonresponse(people, "true_SATI", margins=["segment"]).estimates.iloc[0]
        biases.append(row["bias"])
        widths.append(row["high"] - row["low"])
    assert biases[1] == pytest.approx(0.1, abs=0.02)
    assert abs(biases[0]) > 0.04
    assert widths[0] / widths[1] == pytest.approx(4, rel=0.15)


# inputs ----------------------------------------------------------------------------


def test_a_gap_in_a_category_is_left_out_and_counted():
    table = made()
    table.loc[3, "seg"] = None
    table.loc[9, "x"] = np.nan
    found = rake(table, MARGINS)
    assert (found.n, found.dropped) == (47, 1)
    assert np.isnan(found.weights[3])
    assert "1 with a missing category are left out" in str(found)
    assert raked_mean(table, "x", MARGINS).dropped == 2
    cells = pd.DataFrame({"seg": list("abc"), "share": [0.4, 0.35, 0.25]})
    assert poststratify(table, cells).dropped == 1


def test_a_net_score_and_a_share_can_be_raked():
    table = made().assign(r=lambda t: t["x"].clip(0, 10))
    found = raked_mean(table, "r", MARGINS, measure="nps")
    w = rake(table, MARGINS).weights
    net = np.average((table["r"] >= 9).astype(float) - (table["r"] <= 6), weights=w)
    assert found.value == pytest.approx(100 * net)
    assert str(raked_mean(table, "r", MARGINS, measure="csat", top=8)).startswith("Satisfied")
    assert "Without weights" in str(found)


def test_nonresponse_is_told_in_a_sentence():
    people = simulate_survey(Survey(), n=2000, seed=7, everyone=True)
    found = nonresponse(people, "SATI1", margins=["segment"], measure="csat", top=8)
    assert str(found).startswith("Satisfied customers: 49.3 % of 1,967 answered. All: 44 %;")
    assert "respondents as they are" in str(found)
    assert "points)" in str(found)
    assert (found.to_frame()["truth"] == found.truth).all()


def test_too_few_for_a_bootstrap_are_told():
    lone = pd.DataFrame({"x": np.arange(30.0), "seg": ["a"] * 27 + ["b", "c", "d"]})
    shares = {"seg": {"a": 0.7, "b": 0.1, "c": 0.1, "d": 0.1}}
    with pytest.raises(CvmError, match="In most bootstrap replicates some category has nobody"):
        raked_mean(lone, "x", shares, method="bootstrap")


def test_replicates_without_a_category_are_left_out_and_counted():
    table = made()
    table = table[(table["seg"] != "c") | (table.index % 24 == 4)]  # two of c are left
    found = raked_mean(table, "x", {"seg": MARGINS["seg"]}, method="bootstrap", resamples=400)
    assert found.undefined / 400 == pytest.approx((1 - 2 / len(table)) ** len(table), abs=0.1)
    sample = sample_of(table, {"seg": MARGINS["seg"]}, weights=None, cap=None)
    assert len(sample.base) == 3
    answers = usable(table["x"])
    drawn = raked_replicates(answers, sample, None, 400, 0)
    assert np.isnan(drawn).sum() == found.undefined


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: rake(made(), {}), "margins= maps columns to the shares"),
        (lambda: rake(made(), {"sek": {"a": 1.0}}), "Did you mean 'seg'?"),
        (lambda: rake(made(), {"seg": {}}), "The margin of 'seg' maps its categories"),
        (lambda: rake(made(), {"seg": {"a": 0.5, "b": 0.5}}), "that its margin does not have"),
        (
            lambda: rake(made(), {"seg": {"a": 0.4, "b": 0.3, "c": 0.2, "d": 0.1}}),
            "No respondent stands for some categories of 'seg'",
        ),
        (
            lambda: rake(made(), {"seg": {"a": 0.4, "b": 0.6, "c": 0}}),
            "Shares of 'seg' are numbers above 0",
        ),
        (
            lambda: rake(made(), {"seg": MARGINS["seg"], "age": {"y": 10, "o": 20}}),
            "The margins do not add up to the same",
        ),
        (lambda: rake(made(), MARGINS, cap=0.9), "A cap is a number above 1"),
        (lambda: rake(made().assign(w0=0), MARGINS, weights="w0"), "Weights are numbers above 0"),
        (lambda: rake([1], MARGINS), "A table must be a pandas DataFrame"),
        (lambda: design_effect([1, -1]), "Weights are numbers above 0; 1 are not"),
        (
            lambda: poststratify(made(), pd.DataFrame({"share": [1.0]})),
            "a column of categories beside the shares",
        ),
        (
            lambda: poststratify(made(), pd.DataFrame({"seg": ["a", "a"], "share": [0.5, 0.5]})),
            "has each cell once",
        ),
        (lambda: raked_mean(made(), "y", MARGINS), "The table has no column 'y'"),
        (lambda: raked_mean(made(), "x", MARGINS, method="taylor"), "no method= of this kind"),
        (
            lambda: raked_mean(made(), "x", MARGINS, method="bootstrap", resamples=9),
            "100 resamples or more",
        ),
        (
            lambda: nonresponse(made(), "x", margins=["seg"], responds="seg"),
            "must say who answers, as True and False",
        ),
        (
            lambda: nonresponse(
                simulate_survey(CLEAN, n=50, seed=1, everyone=True), "SATI1", margins=["segment"]
            ),
            "some must answer and some must not",
        ),
    ],
)
def test_bad_input_is_told(call, message):
    with pytest.raises(CvmError) as told:
        call()
    assert message in str(told.value)
