"""Lives that are not over: the survival curve, Cox's regression, the hazard month by month."""

from functools import cache

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from cvm import churn
from cvm.churn import COVARIATES, Churn
from cvm.errors import CvmError

REPLICATES = 200
#: Four Monte Carlo errors of a coverage of 95 %.
FAIR = 4 * np.sqrt(0.95 * 0.05 / REPLICATES)


def leukaemia():
    """Give the 42 patients of Freireich et al. (1963), weeks in remission, log white cells.

    As printed in Kleinbaum & Klein (2012), Survival Analysis, 3rd ed.; a trailing 0 in
    the second place is a patient still in remission.
    """
    treated = [
        (6, 1, 2.31), (6, 1, 4.06), (6, 1, 3.28), (7, 1, 4.43), (10, 1, 2.96), (13, 1, 2.88),
        (16, 1, 3.60), (22, 1, 2.32), (23, 1, 2.57), (6, 0, 3.20), (9, 0, 2.80), (10, 0, 2.70),
        (11, 0, 2.60), (17, 0, 2.16), (19, 0, 2.05), (20, 0, 2.01), (25, 0, 1.78), (32, 0, 2.20),
        (32, 0, 2.53), (34, 0, 1.47), (35, 0, 1.45),
    ]  # fmt: skip
    placebo = [
        (1, 2.80), (1, 5.00), (2, 4.91), (2, 4.48), (3, 4.01), (4, 4.36), (4, 2.42), (5, 3.49),
        (5, 3.97), (8, 3.52), (8, 3.05), (8, 2.32), (8, 3.26), (11, 3.49), (11, 2.12),
        (12, 1.50), (12, 3.06), (15, 2.30), (17, 2.95), (22, 2.73), (23, 1.97),
    ]  # fmt: skip
    rows = [(t, e, 0, w) for t, e, w in treated] + [(t, 1, 1, w) for t, w in placebo]
    return pd.DataFrame(rows, columns=["months", "left", "placebo", "cells"])


PATIENTS = leukaemia()
TABLES = churn.simulate_churn(Churn(), n=800, seed=7)


# exact -----------------------------------------------------------------------------


def test_the_curve_is_the_printed_one():
    """Kleinbaum & Klein (2012), chapter 2: curve and Greenwood's errors of the treated."""
    curve = churn.survival_curve(PATIENTS, by="placebo").table.query("group == 0 and months > 0")
    assert curve["months"].tolist() == [6, 7, 10, 13, 16, 22, 23]
    printed = [0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482]
    assert curve["survival"].to_numpy() == pytest.approx(printed, abs=5e-5)
    errors = [0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346]
    assert curve["se"].to_numpy() == pytest.approx(errors, abs=5e-5)
    assert curve["at_risk"].tolist() == [21, 17, 15, 12, 11, 7, 6]


def test_the_log_rank_test_and_the_medians_are_the_printed_ones():
    """Kleinbaum & Klein (2012): chi-square 16.79; medians 23 and 8 weeks."""
    found = churn.survival_curve(PATIENTS, by="placebo")
    assert found.chi2 == pytest.approx(16.79, abs=0.005)
    assert found.medians["median"].tolist() == [23, 8]


@pytest.mark.parametrize(
    ("covariates", "loglike", "effects", "errors"),
    [
        (["placebo"], -86.380, [1.509], [0.410]),
        (["placebo", "cells"], -72.280, [1.294, 1.604], [0.422, 0.329]),
    ],
)
def test_cox_gives_the_printed_effects(covariates, loglike, effects, errors):
    """Kleinbaum & Klein (2012), chapter 3, models 1 and 2 (ties by Breslow)."""
    found = churn.cox(PATIENTS, covariates=covariates, ties="breslow")
    assert found.loglike == pytest.approx(loglike, abs=0.001)
    assert found.table["effect"].to_numpy() == pytest.approx(effects, abs=0.0006)
    assert found.table["se"].to_numpy() == pytest.approx(errors, abs=0.0006)


def test_cox_with_ties_by_efron():
    """R's survival::coxph on the same data: 1.5721 (0.4124)."""
    row = churn.cox(PATIENTS, covariates=["placebo"]).table.iloc[0]
    assert (row["effect"], row["se"]) == (
        pytest.approx(1.5721, abs=5e-5),
        pytest.approx(0.4124, abs=5e-5),
    )


@pytest.mark.parametrize("late", [False, True], ids=["from-the-start", "entered-late"])
def test_cox_begins_where_statsmodels_ends(late):
    from statsmodels.duration.hazard_regression import PHReg

    from cvm.churn.hazards import _near

    table = TABLES.customers
    x, time, event = (table[c].to_numpy(float) for c in (list(COVARIATES), "months", "left"))
    start = 0.3 * time if late else None
    fit = PHReg(time, x, status=event, entry=start, ties="breslow").fit()
    assert _near(time, event, x, start) == pytest.approx(fit.params, abs=1e-8)


def test_cox_looks_for_no_beginning_where_the_likelihood_has_no_top():
    from cvm.churn.hazards import _near

    event = np.repeat([1.0, 0.0], 4)  # who has the covariate leaves, and nobody else
    assert _near(np.arange(1.0, 9), event, event[:, None], None).tolist() == [0]


def test_the_residuals_of_proportionality_are_statsmodels_own():
    from statsmodels.duration.hazard_regression import PHReg

    from cvm.churn.hazards import _schoenfeld

    table = TABLES.customers
    x, time, event = (table[c].to_numpy(float) for c in (list(COVARIATES), "months", "left"))
    fit = PHReg(time, x, status=event, ties="breslow").fit()
    theirs = fit.schoenfeld_residuals[event == 1]
    ours, at = _schoenfeld(time, event, x, None, np.asarray(fit.params))
    assert ours == pytest.approx(theirs, abs=1e-8)
    assert (at == time[event == 1]).all()
    assert ours.sum(axis=0) == pytest.approx(np.zeros(3), abs=1e-6)  # the score is zero


def test_the_area_under_the_curve_by_hand():
    """Five customers: steps to 0.8, 0.6 (at 2, 4), then 0.3 (at 8, two left)."""
    table = pd.DataFrame({"months": [2, 4, 6, 8, 10], "left": [1, 1, 0, 1, 0]})
    found = churn.average_life(table, horizon=10)
    assert found.value == pytest.approx(2 + 2 * 0.8 + 4 * 0.6 + 2 * 0.3)
    ahead = np.array([1.6 + 2.4 + 0.6, 2.4 + 0.6, 0.6])
    variance = (ahead**2 * np.array([1 / 20, 1 / 12, 1 / 2])).sum()
    half = 1.959963984540054 * np.sqrt(variance)
    assert found.high - found.value == pytest.approx(half)
    assert found.of_those_who_left == pytest.approx(14 / 3)
    assert found.so_far == 6


def test_customer_months_by_hand():
    table = pd.DataFrame({"months": [2.3, 1.0, 2.9, 0.4], "left": [1, 1, 0, 0]})
    rows = churn.customer_months(table)
    assert rows.to_numpy().tolist() == [
        [0, 1, False], [0, 2, False], [0, 3, True], [1, 1, True], [2, 1, False], [2, 2, False],
    ]  # fmt: skip
    late = churn.customer_months(table.assign(entry=[1.2, 0.0, 2.0, 0.2]), entry="entry")
    assert late.to_numpy().tolist() == [[0, 3, True], [1, 1, True]]


def test_the_hazard_of_a_month_without_covariates_that_matter_is_a_share():
    table = TABLES.customers.assign(odd=TABLES.customers["customer"] % 2)
    rows = churn.customer_months(table)
    found = churn.discrete_hazard(table, covariates=["odd"])
    design = np.column_stack(
        [np.ones(len(rows)), np.log(rows["month"] - 0.5), table["odd"].to_numpy()[rows["row"]]]
    )
    theirs = sm.Logit(rows["left"].astype(float).to_numpy(), design).fit(disp=0)
    assert found.table["effect"].to_numpy() == pytest.approx(theirs.params, abs=1e-6)
    assert found.loglike == pytest.approx(theirs.llf)
    ahead = found.risk(table.head(3), ahead=2)
    months = np.floor(table["months"].head(3).to_numpy())
    each = [
        theirs.predict(np.column_stack([np.ones(3), np.log(months + k - 0.5), table["odd"][:3]]))
        for k in (1, 2)
    ]
    assert ahead == pytest.approx(1 - (1 - each[0]) * (1 - each[1]), abs=1e-6)


def test_a_life_has_the_hazard_it_was_drawn_from():
    """At its own life a customer's cumulative hazard is a standard exponential."""
    from cvm.churn.customers import _cumulative, _log_hazard

    world = Churn(fading=0.6, shape=1.4)
    people = churn.simulate_churn(world, n=4000, seed=3).customers
    log_hazard = _log_hazard(world, people, people["true_frailty"].to_numpy())
    spent = _cumulative(
        world, log_hazard, people["monthly"].to_numpy(), people["true_life"].to_numpy()
    )
    ranks = np.sort(1 - np.exp(-spent))
    assert np.abs(ranks - (np.arange(4000) + 0.5) / 4000).max() < 1.95 / np.sqrt(4000)  # p < 0.001


# invariant -------------------------------------------------------------------------


@settings(deadline=None, max_examples=15)
@given(seed=st.integers(0, 99), fading=st.floats(0, 1), shape=st.floats(0.5, 2))
def test_a_higher_hazard_never_lengthens_a_life(seed, fading, shape):
    calm, angry = (
        churn.simulate_churn(
            Churn(calls_effect=e, fading=fading, shape=shape), n=60, seed=seed
        ).customers
        for e in (0.1, 0.4)
    )
    assert (angry["true_life"] <= calm["true_life"]).all()


@pytest.mark.parametrize("assignment", churn.ASSIGNMENTS)
def test_a_larger_n_keeps_the_first_customers(assignment):
    few, many = (
        churn.simulate_churn(Churn(assignment=assignment), n=n, seed=3) for n in (30, 5000)
    )
    assert few.customers.equals(many.customers.head(30))
    assert few.campaign.equals(many.campaign.head(len(few.campaign)))


@settings(deadline=None, max_examples=25)
@given(
    st.lists(st.tuples(st.integers(1, 9), st.booleans()), min_size=2, max_size=30).filter(
        lambda lives: len({left for _, left in lives}) == 2
    )
)
def test_a_curve_falls_and_its_interval_holds_it(lives):
    curve = churn.survival_curve(pd.DataFrame(lives, columns=["months", "left"])).table
    assert (curve["survival"].diff().dropna() < 0).all()
    assert (curve["low"] <= curve["survival"]).all()
    assert (curve["survival"] <= curve["high"]).all()
    assert (curve["low"].min() >= 0) & (curve["high"].max() <= 1)


def test_with_the_log_log_link_the_month_by_month_effects_are_those_of_cox():
    one = churn.cox(TABLES.customers).table["effect"].to_numpy()
    other = churn.discrete_hazard(TABLES.customers, link="cloglog").table["effect"].to_numpy()[2:]
    assert other == pytest.approx(one, abs=0.01)


# recovery --------------------------------------------------------------------------


@cache
def lives(world, n=120):
    return [churn.simulate_churn(world, n=n, seed=seed).customers for seed in range(REPLICATES)]


ALIKE = Churn(heterogeneity=0, window=24)


def test_cox_covers_the_true_effect_and_its_alarm_is_rarely_false():
    found = [churn.cox(table).table for table in lives(ALIKE)]
    truth = [ALIKE.monthly_effect, ALIKE.calls_effect, ALIKE.usage_effect]
    for at, true in enumerate(truth):
        rows = pd.DataFrame([table.iloc[at] for table in found])
        assert abs(((rows["low"] <= true) & (true <= rows["high"])).mean() - 0.95) < FAIR
        assert abs((rows["drift_p"] < 0.05).mean() - 0.05) < FAIR


def test_an_effect_that_fades_is_told():
    world = Churn(heterogeneity=0, fading=1.0, monthly_effect=1.2)
    found = churn.cox(churn.simulate_churn(world, n=3000, seed=1).customers)
    row = found.table.set_index("covariate").loc["monthly"]
    assert row["drift_p"] < 0.01
    assert row["drift"] < 0  # the effect falls with time
    assert "Not the same at any time: monthly" in str(found)


def test_month_by_month_covers_the_true_effect():
    truth, hits = ALIKE.monthly_effect, []
    for table in lives(ALIKE)[:100]:
        row = churn.discrete_hazard(table, link="cloglog").table.iloc[2]
        hits.append(row["low"] <= truth <= row["high"])
    assert abs(np.mean(hits) - 0.95) < FAIR * np.sqrt(REPLICATES / 100)


def test_what_is_unseen_makes_effects_look_smaller():
    world = Churn(heterogeneity=1.2)
    effects = [
        churn.cox(churn.simulate_churn(world, n=900, seed=seed).customers).table["effect"].iloc[0]
        for seed in range(6)
    ]
    assert np.mean(effects) < world.monthly_effect - 0.1


def test_the_area_covers_the_true_months_and_the_naive_average_never_does():
    truth = churn.average_life(
        churn.simulate_churn(ALIKE, n=200_000, seed=999).customers, horizon=20
    ).truth
    found = [churn.average_life(table, horizon=20) for table in lives(ALIKE)]
    hits = [one.low <= truth <= one.high for one in found]
    assert abs(np.mean(hits) - 0.95) < FAIR
    assert max(one.of_those_who_left for one in found) < truth - 3


def test_the_numbers_of_the_story():
    told = churn.average_life(churn.simulate_churn(Churn(), n=20_000, seed=1).customers, horizon=36)
    assert told.of_those_who_left == pytest.approx(9.2, abs=0.15)
    assert told.value == pytest.approx(22.4, abs=0.3)
    assert told.truth == pytest.approx(22.4, abs=0.3)


def test_records_that_begin_late_are_told_by_entry():
    """Those who left before the records begin are missing: the rest look like survivors."""
    world = Churn(heterogeneity=0)
    everybody = churn.simulate_churn(world, n=6000, seed=5).customers
    begins = 3 + 6 * np.random.default_rng(5).random(6000)
    kept = everybody.assign(entry=begins)[everybody["months"] > begins]
    truth = (everybody["true_life"] > 12).mean() / (everybody["true_life"] > 3).mean()

    def from_three(entry):
        curve = churn.survival_curve(kept, entry=entry)
        return (curve.at(12)["survival"] / curve.at(3)["survival"]).iloc[0]

    assert from_three("entry") == pytest.approx(truth, abs=0.03)
    assert from_three(None) > truth + 0.05
    effect = churn.cox(kept, entry="entry").table.iloc[0]
    assert effect["low"] < world.monthly_effect < effect["high"]


# inputs ----------------------------------------------------------------------------


def test_sentences():
    assert str(churn.survival_curve(PATIENTS, by="placebo")).startswith(
        "placebo 0: half have left after 23 months (95 % interval 13 to unknown); placebo 1: half"
    )
    few = pd.DataFrame({"months": [2, 4, 6, 8, 10], "left": [1, 0, 0, 0, 0]})
    assert str(churn.survival_curve(few)) == (
        "all customers: 1 of 5 have left, fewer than half by the curve."
    )
    assert str(churn.average_life(few, horizon=10)) == (
        "Of the first 10 months a customer lives 8.4 on average (95 % interval 5.6 to 11.2). "
        "The 1 who left had stayed 2 months: only the quick are counted there."
    )
    said = str(churn.cox(PATIENTS, covariates=["placebo"]))
    assert "Of 42 customers 30 left: each unit of placebo multiplies the hazard by 4.82" in said
    assert said.endswith("No sign that an effect changes with time.")
    months = str(churn.discrete_hazard(PATIENTS, covariates=["placebo"]))
    assert "customer-months 30 left: each unit of log tenure multiplies the odds by" in months


def test_a_column_that_is_not_there():
    with pytest.raises(CvmError, match=r"no column 'call'. Did you mean 'calls'"):
        churn.cox(TABLES.customers, covariates=["call"])


def test_one_name_instead_of_a_list():
    with pytest.raises(CvmError, match=r"list of names.*'calls'.*covariates=\['calls'\]"):
        churn.cox(TABLES.customers, covariates="calls")


def test_words_instead_of_numbers():
    table = TABLES.customers.assign(contract="by the month")
    with pytest.raises(CvmError, match=r"'contract' does not hold numbers.*get_dummies"):
        churn.cox(table, covariates=["contract"])


def test_a_covariate_that_says_nothing():
    table = TABLES.customers.assign(one=1, double=TABLES.customers["calls"] * 2)
    with pytest.raises(CvmError, match=r"'one' is the same for all customers"):
        churn.cox(table, covariates=["calls", "one"])
    with pytest.raises(CvmError, match=r"repeat one another.*Leave one of them out"):
        churn.discrete_hazard(table, covariates=["calls", "double"])
    with pytest.raises(CvmError, match=r"at least one covariate"):
        churn.cox(table, covariates=[])


def test_nobody_left():
    stayed = TABLES.customers.assign(left=False)
    with pytest.raises(
        CvmError, match=r"'left' must be True or False.*hold both.*\['False'\].*nothing to"
    ):
        churn.survival_curve(stayed)


def test_no_time_at_all():
    table = PATIENTS.assign(months=PATIENTS["months"].where(PATIENTS.index != 4, 0))
    with pytest.raises(CvmError, match=r"watched for no time at all.*'row': 4.*after its begin"):
        churn.survival_curve(table)


def test_gaps_are_counted():
    table = PATIENTS.assign(cells=PATIENTS["cells"].where(PATIENTS["cells"] < 4))
    with pytest.raises(CvmError, match=r"some are missing.*\{'cells': 7\}.*say how many"):
        churn.cox(table, covariates=["placebo", "cells"])


def test_one_group():
    with pytest.raises(CvmError, match=r"'left_by' holds one group only.*Leave out by="):
        churn.survival_curve(PATIENTS.assign(left_by="phone"), by="left_by")


def test_a_level_in_per_cent():
    with pytest.raises(CvmError, match=r"A confidence level lies between 0 and 1.*95.*0.5"):
        churn.survival_curve(PATIENTS, level=95)


def test_a_horizon_nobody_was_watched_for():
    with pytest.raises(CvmError, match=r"within the time watched. You gave 90.*35 months"):
        churn.average_life(PATIENTS, horizon=90)


def test_a_link_or_a_tie_that_is_not_known():
    with pytest.raises(CvmError, match=r"two links.*'cloglg'. Did you mean 'cloglog'"):
        churn.discrete_hazard(PATIENTS, covariates=["placebo"], link="cloglg")
    with pytest.raises(CvmError, match=r"two ways.*Did you mean 'efron'"):
        churn.cox(PATIENTS, covariates=["placebo"], ties="effron")


def test_a_forecast_of_no_month():
    found = churn.discrete_hazard(PATIENTS, covariates=["placebo"])
    with pytest.raises(CvmError, match=r"one whole month ahead.*You gave 0.*ahead=6"):
        found.risk(PATIENTS, ahead=0)


def test_nobody_to_simulate():
    with pytest.raises(CvmError, match=r"whole number of customers.*You gave 0.*n=1000"):
        churn.simulate_churn(Churn(), n=0, seed=1)


def test_not_a_table():
    with pytest.raises(CvmError, match=r"must be a pandas DataFrame"):
        churn.survival_curve([1, 2])
    with pytest.raises(CvmError, match=r"has no rows"):
        churn.survival_curve(PATIENTS.head(0))


def test_a_covariate_that_foretells_perfectly_has_no_effect_to_tell():
    """statsmodels warns of these and gives numbers; in a study they would be decided on."""
    told = TABLES.customers.assign(calls=TABLES.customers["left"].astype(int))
    nearly = TABLES.customers.assign(calls=TABLES.customers["left"] * TABLES.customers["monthly"])
    for fit in (churn.cox, churn.discrete_hazard):
        for table in (told, nearly, TABLES.customers.head(5)):
            with pytest.raises(CvmError, match=r"effects have no end here.*(calls|monthly|usage)"):
                fit(table)
    with pytest.raises(CvmError, match="effects have no end here"):
        churn.cox(TABLES.customers, covariates=["months"])


def test_a_column_far_from_zero_keeps_its_effect_and_its_error():
    far = TABLES.customers.assign(calls=TABLES.customers["calls"] + 1e9)
    one, other = (churn.cox(table).table[["effect", "se"]] for table in (TABLES.customers, far))
    assert other.to_numpy() == pytest.approx(one.to_numpy(), rel=1e-4)


def test_what_is_no_number_of_a_life_is_told():
    table = TABLES.customers
    with pytest.raises(CvmError, match="has no column 'left'"):
        churn.cox(table.drop(columns="left"))
    with pytest.raises(CvmError, match=r"'calls' holds a number that cannot be.*by zero"):
        churn.cox(table.assign(calls=np.where(table.index == 3, np.inf, table["calls"])))
    with pytest.raises(CvmError, match=r"more customer-months than there is room.*in months"):
        churn.discrete_hazard(table.assign(months=1e6 * table["months"]))
    with pytest.raises(CvmError, match="too few to tell how leaving moves with time"):
        churn.discrete_hazard(table.assign(months=1.0))
    with pytest.raises(CvmError, match="here for less than no time"):
        churn.discrete_hazard(table).risk(table.assign(months=-5.0))
    with pytest.raises(CvmError, match=r"given by its name.*\['monthly'\]"):
        churn.survival_curve(table, by=["monthly"])
    with pytest.raises(CvmError, match=r"read at a time of zero months or more.*nan"):
        churn.survival_curve(table).at(float("nan"))
    with pytest.raises(CvmError, match="ratio of hazards is zero or more"):
        churn.censoring_sensitivity(table, ratios=("a",))


def test_where_the_last_left_nobody_knows_how_many_could_have_stayed():
    """A curve at nothing has no error of its own, and its interval would be nothing wide."""
    two = pd.DataFrame({"months": [4.0, 9.0], "left": [0, 1]})
    found = churn.survival_curve(two)
    assert found.at(9)[["survival", "low", "high"]].iloc[0].tolist() == [0, 0, 1]
    assert "half have left after 9 months (95 % interval 9 to unknown)" in str(found)
    apart = pd.DataFrame({"months": [4.0, 9.0, 2.0], "left": [0, 1, 0], "g": [1, 1, 2]})
    assert np.isnan(churn.survival_curve(apart, by="g").p_value)
    with pytest.raises(CvmError, match="Nobody left within the horizon"):
        churn.average_life(two, horizon=5)


def test_a_curve_that_is_emptied_before_others_come_is_refused():
    late = pd.DataFrame({"months": [1.0, 8, 9, 9], "left": [1, 1, 0, 0], "entry": [0.0, 2, 2, 2]})
    for call in (
        churn.survival_curve,
        lambda t, entry: churn.average_life(t, horizon=8, entry=entry),
    ):
        with pytest.raises(
            CvmError, match=r"At 1 months? the last of those then watched left.*later"
        ):
            call(late, entry="entry")
    assert (
        churn.survival_curve(late.assign(entry=0.0), entry="entry").at(1)["survival"].iloc[0]
        == 0.75
    )
