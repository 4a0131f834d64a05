"""Look-alikes judged where they were not learnt, and the bad year of a few big accounts."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit, ndtr, ndtri

from cvm import selection
from cvm.churn import judge_scores
from cvm.errors import CvmError
from cvm.results import number
from cvm.selection import TRAITS, Portfolio, Prospects

REPLICATES = 120
FAIR = 4 * np.sqrt(0.95 * 0.05 / REPLICATES)
BLIND = Prospects(drawn=0.0)
MARKET = selection.simulate_prospects(Prospects(), n=6000, seed=1)
MODEL = selection.look_alike(MARKET)
FEW = selection.portfolio_accounts(Portfolio(), seed=1)


def equals(n, *, default=0.1, defection=0.0, profit=1.0):
    return pd.DataFrame({
        "revenue": np.ones(n), "profit": profit, "default": default, "defection": defection,
        "loss_if_default": 0.0, "loss_if_left": 0.0,
    })  # fmt: skip


# exact -----------------------------------------------------------------------------


def test_the_score_is_the_logit_of_statsmodels():
    import statsmodels.api as sm

    from cvm.luck import Luck

    known = MARKET[MARKET["customer"]].reset_index(drop=True)
    learn = known[Luck(1).uniform("holdout", len(known)) >= 0.5]
    fit = sm.Logit(learn["loyal"].astype(float), sm.add_constant(learn[list(TRAITS)])).fit(disp=0)
    assert MODEL.coefficients["value"].to_numpy() == pytest.approx(fit.params.to_numpy(), rel=1e-6)
    assert MODEL.customers + MODEL.holdout.customers == len(known)
    assert MODEL.score(known) == pytest.approx(
        np.asarray(fit.predict(sm.add_constant(known[list(TRAITS)])))
    )


def test_judged_as_a_score_of_leaving_is():
    pilot = selection.simulate_pilot(MARKET, n=500, seed=2)
    score = MODEL.score(pilot)
    found = selection.judge_look_alike(pilot["loyal"], score)
    known = judge_scores(pilot["loyal"].astype(float), score)
    assert (found.auc, found.lift, found.slope) == (known.auc, known.lift, known.slope)
    assert found.gap == pytest.approx(score.mean() - pilot["loyal"].mean())
    assert found.calibration["loyal"].tolist() == known.calibration["left"].tolist()


def test_approaching_by_hand():
    world = Prospects(cost=4, loyal_value=10, fickle_value=0)
    table = selection.approach_table(
        [0.9, 0.5, 0.3, 0.1], world=world, outcome=[1, 0, 1, 0], steps=4
    )
    assert table["promised"].tolist() == pytest.approx([125, 150, 125, 50])
    assert table["brought"].tolist() == pytest.approx([150, 50, 200, 100])
    assert table["score"].tolist() == [0.9, 0.5, 0.3, 0.1]


def test_effective_number_by_hand():
    assert selection.effective_number([5, 5, 5, 5]) == 4
    assert selection.effective_number([1, 0, 0]) == 1
    assert selection.effective_number([50, 30, 20]) == pytest.approx(1 / 0.38)


def test_expected_profit_of_a_portfolio_is_exact():
    found = selection.portfolio_risk(FEW, correlation=0.4, years=200)
    p, q = FEW["default"], FEW["defection"]
    exact = (1 - p) * (1 - q) * FEW["profit"]
    exact -= p * FEW["loss_if_default"] + (1 - p) * q * FEW["loss_if_left"]
    assert found.expected == pytest.approx(exact.sum())
    assert f"are expected to earn {number(exact.sum())}. In the worst year of" in str(found)


def test_independent_equals_are_binomial():
    """Twenty accounts that each fail with a tenth: P(at most 15 stay) is .0432, at most 16 .1330."""
    found = selection.portfolio_risk(equals(20), years=40_000)
    assert found.bad == 16
    few = (found.years["profit"] <= 15).mean()
    assert few == pytest.approx(0.0432, abs=4 * np.sqrt(0.0432 / 40_000))
    assert found.effective == pytest.approx(20)


def test_a_year_that_is_sure_by_hand():
    """One fails for sure, and does not leave as well; one leaves for sure; one stays."""
    sure = pd.DataFrame({
        "revenue": [50.0, 30.0, 20.0], "profit": [9.0, 8.0, 7.0], "default": [1.0, 0.0, 0.0],
        "defection": [1.0, 1.0, 0.0], "loss_if_default": [40.0, 1.0, 1.0],
        "loss_if_left": [5.0, 3.0, 1.0],
    })  # fmt: skip
    found = selection.portfolio_risk(sure, years=100, correlation=0.5)
    assert (found.expected, found.bad, found.at_risk) == (-36, -36, 0)
    assert set(found.years["profit"]) == {-36}
    assert (found.loss_years, found.largest, found.accounts) == (1, 0.5, 3)


def test_what_is_at_risk_lies_between_the_average_and_the_bad_year():
    found = selection.portfolio_risk(equals(20), years=2000)
    assert found.at_risk == pytest.approx(20 * 0.9 - 16)
    assert found.loss_years == 0
    even = selection.portfolio_risk(equals(1, default=0.3).assign(loss_if_default=2.0), years=2000)
    assert even.loss_years == pytest.approx(0.3, abs=4 * np.sqrt(0.21 / 2000))


def test_many_equals_have_the_distribution_of_vasicek():
    """Vasicek (2002): P(share that fails <= x) in closed form."""
    p, rho = 0.05, 0.3
    found = selection.portfolio_risk(equals(1500, default=p), correlation=rho, years=3000)
    failed = 1 - found.years["profit"].to_numpy() / 1500
    for x in (0.01, 0.05, 0.15):
        exact = ndtr((np.sqrt(1 - rho) * ndtri(x) - ndtri(p)) / np.sqrt(rho))
        error = 4 * np.sqrt(exact * (1 - exact) / 3000) + 0.01
        assert (failed <= x).mean() == pytest.approx(exact, abs=error)


def test_a_portfolio_is_taken_until_the_revenue_is_there():
    table = pd.DataFrame({"revenue": [5.0, 1.0, 3.0, 2.0], "rank": [4, 1, 3, 2]})
    assert selection.pick_portfolio(table, by="rank", revenue=8)["revenue"].tolist() == [5, 3]
    assert len(selection.pick_portfolio(table, by="rank", revenue=8.5)) == 3
    assert len(selection.pick_portfolio(table, by="rank", revenue=11)) == 4


def test_a_declared_portfolio_by_hand():
    world = Portfolio(accounts=2, size_spread=0, revenue=1000, credit_days=73)
    rows = selection.portfolio_accounts(world, seed=1)
    assert rows["revenue"].tolist() == [500, 500]
    owed = 500 * 0.75 * 0.2
    assert rows["loss_if_default"].tolist() == pytest.approx([0.8 * owed] * 2)
    assert rows["profit"].tolist() == pytest.approx([500 * 0.15 - 0.08 * owed] * 2)


# invariant -------------------------------------------------------------------------


def test_a_larger_market_keeps_the_first_firms():
    small = selection.simulate_prospects(Prospects(), n=200, seed=1)
    pd.testing.assert_frame_equal(small, MARKET.head(200))


def test_only_customers_show_whether_they_are_loyal():
    assert (MARKET["loyal"].notna() == MARKET["customer"]).all()
    seen = MARKET[MARKET["customer"]]
    assert (seen["loyal"].astype(bool) == seen["true_loyal"]).all()


def test_a_pilot_is_of_prospects_alone_and_nested():
    small, large = (selection.simulate_pilot(MARKET, n=n, seed=4) for n in (50, 400))
    assert not large["customer"].any()
    assert set(small["firm"]) <= set(large["firm"])
    assert len(selection.simulate_pilot(MARKET, n=10**6, seed=4)) == (~MARKET["customer"]).sum()


@settings(deadline=None, max_examples=30)
@given(values=st.lists(st.floats(0.01, 1e6), min_size=1, max_size=30))
def test_the_effective_number_lies_between_one_and_all(values):
    found = selection.effective_number(values)
    assert 1 - 1e-9 <= found <= len(values) + 1e-9
    assert selection.effective_number([3 * v for v in values]) == pytest.approx(found)


def test_correlation_moves_the_bad_year_and_not_the_average():
    apart, together = (
        selection.portfolio_risk(FEW, correlation=rho, years=8000) for rho in (0.0, 0.6)
    )
    assert together.expected == apart.expected
    assert together.bad < apart.bad
    for found in (apart, together):
        error = found.years["profit"].std() / np.sqrt(8000)
        assert found.years["profit"].mean() == pytest.approx(found.expected, abs=4 * error)


def test_an_account_keeps_its_luck_when_others_come():
    """Beside accounts that earn nothing the years are the same, past a block of accounts too."""
    one = selection.portfolio_risk(equals(70, default=0.3), years=300)
    idle = equals(70, default=0.3, profit=0.0)
    both = selection.portfolio_risk(pd.concat([equals(70, default=0.3), idle]), years=300)
    assert both.years["profit"].tolist() == one.years["profit"].tolist()


# recovery --------------------------------------------------------------------------


def test_without_an_unseen_trait_the_model_is_found_and_holds_among_prospects():
    world = Prospects(drawn=0, kept=0)
    market = selection.simulate_prospects(world, n=40_000, seed=3)
    found = selection.look_alike(market)
    rows = found.coefficients.set_index("term")
    truth = dict(zip(("constant", *TRAITS), (logit(0.4), -0.1, 0.7, 0.5, -0.4), strict=True))
    for term, value in truth.items():
        width = (rows["high"] - rows["low"])[term]
        assert rows["value"][term] == pytest.approx(value, abs=width)
    others = market[~market["customer"]]
    gap = found.score(others).mean() - others["true_chance"].mean()
    assert abs(gap) < 0.02


def test_coefficients_cover():
    hits = []
    for seed in range(REPLICATES):
        market = selection.simulate_prospects(Prospects(kept=0), n=3000, seed=500 + seed)
        rows = selection.look_alike(market, seed=seed).coefficients.set_index("term")
        hits.append(rows["low"]["digital"] <= 0.7 <= rows["high"]["digital"])
    assert np.mean(hits) == pytest.approx(0.95, abs=FAIR)


def test_the_gap_of_the_holdout_covers_nothing_and_that_of_prospects_does_not():
    """Among customers the score keeps its promise; among prospects it promises too much."""
    held, seen = [], []
    for seed in range(40):
        market = selection.simulate_prospects(Prospects(), n=4000, seed=seed)
        model = selection.look_alike(market, seed=seed)
        held.append(abs(model.holdout.gap) < 0.08)
        pilot = selection.simulate_pilot(market, n=400, seed=seed)
        found = selection.judge_look_alike(pilot["loyal"], model.score(pilot))
        seen.append(found.gap_low > 0)
    assert np.mean(held) > 0.9
    assert np.mean(seen) > 0.9


def test_the_gap_of_the_pilot_covers_the_gap_of_all_prospects():
    others = MARKET[~MARKET["customer"]]
    truth = (MODEL.score(others) - others["true_loyal"]).mean()
    hits = []
    for seed in range(REPLICATES):
        pilot = selection.simulate_pilot(MARKET, n=300, seed=seed)
        each = MODEL.score(pilot) - pilot["true_loyal"].to_numpy(float)
        half = 1.96 * each.std(ddof=1) / np.sqrt(300)
        hits.append(abs(each.mean() - truth) <= half)
    assert np.mean(hits) > 0.95 - FAIR


def test_the_unseen_trait_is_what_opens_the_gap():
    gaps = []
    for drawn, kept in ((0, 1), (1, 0), (1, 1), (2, 2)):
        market = selection.simulate_prospects(Prospects(drawn=drawn, kept=kept), n=16_000, seed=2)
        others = market[~market["customer"]]
        model = selection.look_alike(market)
        gaps.append(model.score(others).mean() - others["true_chance"].mean())
    assert np.abs(gaps[:2]).max() < 0.04
    assert 0.1 < gaps[2] < gaps[3]


def test_the_interval_of_the_bad_year_covers():
    truth = selection.portfolio_risk(FEW, correlation=0.3, years=200_000, seed=99).bad
    hits = []
    for seed in range(REPLICATES):
        found = selection.portfolio_risk(FEW, correlation=0.3, years=1000, seed=seed)
        hits.append(found.bad_low <= truth <= found.bad_high)
    assert np.mean(hits) == pytest.approx(0.95, abs=FAIR)


def test_few_accounts_have_the_worse_year_at_the_same_average():
    bad = []
    for many in (5, 20, 200):
        rows = selection.portfolio_accounts(Portfolio(accounts=many, size_spread=0), seed=1)
        bad.append(selection.portfolio_risk(rows, years=4000))
    assert bad[0].expected == pytest.approx(bad[2].expected)
    assert bad[0].bad < bad[1].bad < bad[2].bad


# inputs ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: selection.simulate_prospects(Prospects(), n=-1, seed=1), "n is a whole number"),
        (lambda: selection.simulate_pilot(MARKET[MARKET["customer"]], n=5, seed=1),
         "nobody left to approach"),
        (lambda: selection.look_alike(MARKET.head(80)), "Too few customers to learn from"),
        (lambda: selection.look_alike(MARKET, holdout=0.01), "Too few customers to judge by"),
        (lambda: selection.look_alike(MARKET, columns=["age"]), "no column 'age'"),
        (lambda: selection.look_alike(MARKET.assign(twin=MARKET["size"]), columns=["size", "twin"]),
         "cannot be estimated by size, twin"),
        (lambda: selection.look_alike(MARKET, holdout=1), "The share kept back"),
        (lambda: selection.look_alike(MARKET, columns=["size", "loyal"]), "tell the outcome itself"),
        (lambda: selection.look_alike(MARKET, columns=[]), "tell the outcome itself"),
        (lambda: selection.look_alike(MARKET.assign(loyal="no")), "'loyal' must say True or False"),
        (lambda: selection.look_alike(MARKET.assign(size=np.inf)), "'size' must hold a number"),
        (lambda: selection.simulate_pilot(MARKET.assign(customer="no"), n=5, seed=1),
         "'customer' must say True or False"),
        (lambda: selection.judge_look_alike([True, True], [0.2, 0.4]), "hold both"),
        (lambda: selection.judge_look_alike(["yes", "no"], [0.2, 0.4]), "must be True or False"),
        (lambda: selection.judge_look_alike([True, None], [0.2, 0.4]), "must be True or False"),
        (lambda: selection.approach_table([0.2, 40], world=Prospects()), "holds chances"),
        (lambda: selection.approach_table([0.2, 0.4], world=Prospects(), outcome=[1.0]),
         "the same prospects"),
        (lambda: selection.effective_number([1, -1, 5]), "values of 0 or more"),
        (lambda: selection.pick_portfolio(FEW, by="revenue", revenue=1e9), "at most that of all"),
        (lambda: selection.pick_portfolio(FEW.head(0), by="revenue", revenue=1.0), "no rows"),
        (lambda: selection.pick_portfolio(FEW, by="revenue", revenue=None), "revenue is a number"),
        (lambda: selection.portfolio_risk(FEW.assign(revenue=0)), "do not sum to more than nothing"),
        (lambda: selection.portfolio_risk(FEW, correlation="0.2"), "correlation is a number"),
        (lambda: selection.portfolio_risk(FEW, correlation=1), "from 0 to below 1"),
        (lambda: selection.portfolio_risk(FEW, years=10), "years is a whole number, 100 or more"),
        (lambda: selection.portfolio_risk(FEW.assign(default=5)), "The chances in 'default'"),
        (lambda: selection.portfolio_risk(FEW.drop(columns="profit")), "no column 'profit'"),
    ],
)  # fmt: skip
def test_messages(call, words):
    with pytest.raises(CvmError) as caught:
        call()
    assert words in str(caught.value)


def test_a_look_alike_says_what_it_cannot_see():
    told = str(MODEL)
    assert "It has seen only those who came" in told
    assert "pilot" in told
    assert "size, digital, growing, distance" in told


def test_the_chance_of_a_firm_is_its_formula():
    row = MARKET.iloc[3]
    odds = logit(0.4) + row["true_wish"]
    odds += -0.1 * row["size"] + 0.7 * row["digital"] + 0.5 * row["growing"] - 0.4 * row["distance"]
    assert row["true_chance"] == pytest.approx(expit(odds))
