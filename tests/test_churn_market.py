"""Lives out of an operator's books, curves beside the truth, and doubts about the censored."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cvm import churn, datasets
from cvm.churn import Churn, Offer
from cvm.errors import CvmError
from cvm.market import Market, simulate

REPLICATES = 200
#: Four Monte Carlo errors of a coverage of 95 %.
FAIR = 4 * np.sqrt(0.95 * 0.05 / REPLICATES)
#: A market in which everybody leaves with the same chance every month.
ALIKE = {
    "loyalty.conversion": 0.0, "loyalty.base": 0.6, "loyalty.habit_weight": 0.0,
    "people.pull": 0.0, "people.push_risk": 1.0, "firm.programme": False,
}  # fmt: skip
HAZARD = 1 - 0.6 ** (1 / 12)
STATES = datasets.load("yunhe_states")


def books(*rows):
    """Make a table of states: customer, month, tenure of each month as a customer."""
    told = pd.DataFrame(rows, columns=["customer", "month", "tenure"]).assign(state="actual")
    return pd.concat(
        [told, pd.DataFrame([{"customer": 99, "month": 5, "tenure": 0, "state": "potential"}])]
    )


# exact -----------------------------------------------------------------------------


def test_lives_by_hand():
    """One there before the books began, one who came back, one who joined in the last month."""
    states = books(
        (1, 0, 7), (1, 1, 8), (1, 2, 9),  # left at the end of its tenth month
        (2, 1, 0), (2, 2, 1), (2, 4, 0), (2, 5, 1),  # two months, and another still going on
        (3, 5, 0),
    )  # fmt: skip
    found = churn.market_lives(states)
    assert found.to_dict("list") == {
        "customer": [1, 2, 2], "life": [1, 1, 2], "began": [0, 1, 4], "entry": [7, 0, 0],
        "months": [10, 2, 1], "left": [True, True, False],
    }  # fmt: skip


def test_behaviour_is_read_before_the_watch_begins():
    states = books((1, 0, 3), (1, 1, 4), (1, 2, 5), (2, 2, 0), (2, 3, 1)).assign(
        purchases=[1, 2, 9, 4, 0, 0], revenue=[10.0, 20, 900, 40, 0, 0]
    )
    contacts = pd.DataFrame(
        {
            "customer": [1, 1, 1, 2],
            "date": ["2021-02-03", "2021-02-20", "2021-03-01", "2021-03-15"],
            "complained": [True, False, True, False],
        }
    )
    found = churn.market_lives(states, contacts=contacts, reading=2)
    row = found.iloc[0]
    assert len(found) == 1  # the other left within the months of reading
    assert (row["entry"], row["began"], row["months"]) == (5, 2, 6)
    assert (row["purchases"], row["revenue"]) == (1.5, 15)
    assert (row["contacts"], row["complaints"]) == (1, 0.5)  # not those of the third month


def test_the_hazard_by_hand():
    table = pd.DataFrame(
        {"months": [2, 3, 5, 6], "left": [1, 0, 1, 0], "entry": [0, 0, 2, 4], "who": list("aabb")}
    )
    found = churn.hazard_by_month(table, entry="entry", width=2)
    assert found["watched"].tolist() == [4, 3, 3]
    assert found["left"].tolist() == [1, 0, 1]
    assert found[["month", "to"]].to_numpy().tolist() == [[1, 2], [3, 4], [5, 6]]
    # Wilson's interval for 1 of 4, as in Agresti & Coull (1998).
    assert found[["low", "high"]].iloc[0].tolist() == pytest.approx([0.0456, 0.6994], abs=5e-5)
    by = churn.hazard_by_month(table, by="who", width=6, entry="entry")
    assert by[["group", "watched", "left"]].to_numpy().tolist() == [["a", 5, 1], ["b", 5, 1]]


def test_the_censored_by_hand():
    """Ten customers, one gone at 2, two censored at 3, one of the seven left gone at 4."""
    table = pd.DataFrame({"months": [2, 3, 3, 4, *[6] * 6], "left": [1, 0, 0, 1] + [0] * 6})
    found = churn.censoring_sensitivity(table, ratios=(0, 1, 3)).set_index("ratio")["survival"]
    assert found[0].tolist() == pytest.approx([1, 0.9, 0.8])
    assert found[1].tolist() == pytest.approx([1, 0.9, 0.9 * 6 / 7])
    assert found[3].tolist() == pytest.approx([1, 0.9, (6 + 2 * (1 - 3 / 7)) / 10])


def test_the_profit_of_a_cut_off_by_hand():
    """Four customers, two of whom leave; one of them stands first, one third."""
    offer = Offer(contact=1, offer=10, clv=200, accept=0.5)
    found = churn.profit_curve([1, 0, 1, 0], [0.9, 0.8, 0.7, 0.1], offer=offer, steps=4)
    assert found["found"].tolist() == [0, 0.5, 0.5, 1, 1]
    kept, wasted = 0.5 * 190 - 1, -11
    told = np.cumsum([0, kept, wasted, kept, wasted]) / 4
    assert found["profit"].to_numpy() == pytest.approx(told)


def test_no_cut_off_beats_the_profit_of_one_who_knows_the_acceptance():
    """Where the firm is sure of the acceptance, the expected maximum is the curve's top."""
    new = churn.simulate_churn(Churn(), n=1500, seed=3).campaign
    offer = Offer(sure=1000, clv=300)
    curve = churn.profit_curve(new["left"], new["true_risk"], offer=offer, steps=len(new))
    best = churn.expected_maximum_profit(new["left"], new["true_risk"], offer=offer)
    assert best.value == pytest.approx(curve["profit"].max(), rel=0.01)
    top = curve.loc[curve["profit"].idxmax(), "contacted"]
    assert best.contact_share == pytest.approx(top, abs=0.05)


# invariant -------------------------------------------------------------------------


@given(seed=st.integers(0, 2**20), n=st.integers(20, 120))
@settings(max_examples=15, deadline=None)
def test_censored_like_the_others_gives_kaplan_and_meier(seed, n):
    table = churn.simulate_churn(Churn(), n=n, seed=seed).customers
    table["months"] = np.ceil(table["months"])  # ties of leavers and censored, the hard case
    if table["left"].nunique() < 2:
        return
    told = churn.censoring_sensitivity(table, ratios=(0.0, 0.5, 1.0, 4.0))
    wide = told.pivot_table(index="months", columns="ratio", values="survival")
    km = churn.survival_curve(table).table.set_index("months")["survival"]
    assert wide[1.0].to_numpy() == pytest.approx(km.to_numpy())
    assert (np.diff(wide.to_numpy(), axis=1) <= 1e-12).all()  # more hazard, fewer here


def test_the_books_agree_with_themselves():
    """Every customer-month watched is one of the states, every leaver one of the ledger."""
    lives = churn.market_lives(STATES)
    active = STATES[STATES["state"] == "actual"]
    last = active["month"].max()
    watched = (lives["months"] - lives["entry"]).sum()
    assert watched == (active["month"] < last).sum()
    ledger = datasets.load("yunhe_ledger")
    assert lives["left"].sum() == ledger["left"].iloc[:last].sum()
    assert lives.groupby("customer")["life"].max().gt(1).sum() > 50  # came back
    assert (lives.loc[lives["began"] == 0, "entry"] > 0).sum() == (lives["entry"] > 0).sum()


def test_no_member_is_taken_over_and_a_longer_reading_keeps_fewer():
    customers = datasets.load("yunhe_customers")
    short, long = (
        churn.market_lives(STATES, customers=customers, reading=months) for months in (1, 6)
    )
    assert "member" not in short
    assert set(short["segment"]) == {"youth", "household", "business"}
    keys = ["customer", "life"]
    assert len(long) < len(short)
    assert len(long.merge(short, on=keys)) == len(long)


def test_each_curve_has_its_rows_and_the_quick_are_lowest():
    table = churn.simulate_churn(Churn(), n=600, seed=4).customers
    found = churn.life_curves(table)
    assert found["group"].drop_duplicates().tolist() == [
        "only those who left", "Kaplan and Meier", "the truth"
    ]  # fmt: skip
    at = found[found["months"] <= 18].groupby("group")["survival"].last()
    assert at["only those who left"] < at["Kaplan and Meier"] - 0.3
    assert at["the truth"] == pytest.approx((table["true_life"] > 18).mean())
    assert found["months"].max() <= table["months"].max()


def test_where_the_watch_began_late_the_truth_of_those_seen_is_nobodys():
    table = churn.simulate_churn(Churn(), n=900, seed=4).customers
    late = table.assign(entry=np.arange(900) % 13)
    seen = late[late["months"] > late["entry"]]
    found = churn.life_curves(seen, entry="entry")
    first = "as if watched from the first day"
    assert found["group"].drop_duplicates().tolist() == [
        "only those who left", first, "Kaplan and Meier"
    ]  # fmt: skip
    at = found[found["months"] <= 18].groupby("group")["survival"].last()
    assert at["Kaplan and Meier"] < at[first] - 0.05
    assert np.isnan(churn.average_life(seen, horizon=24, entry="entry").truth)
    assert churn.average_life(table, horizon=24).truth > 10


def test_without_a_campaign_risk_is_a_plain_logit():
    import statsmodels.api as sm

    telco = datasets.load("telco")
    model = churn.risk_model(telco, covariates=["senior", "monthly_charge"], contacted=None)
    fit = sm.Logit(telco["left"], sm.add_constant(telco[["senior", "monthly_charge"]])).fit(disp=0)
    assert model.table["effect"].to_numpy() == pytest.approx(fit.params.to_numpy(), abs=1e-6)
    assert model.score(telco) == pytest.approx(fit.predict().astype(float), abs=1e-6)
    assert (model.contacted, model.customers) == (0, 7043)


# recovery --------------------------------------------------------------------------


def test_a_constant_hazard_comes_back_out_of_the_books():
    tables = simulate(Market().replace(**ALIKE), n=6000, months=30, seed=5)
    lives = churn.market_lives(tables.states)
    found = churn.hazard_by_month(lives, entry="entry", width=6, level=0.999)
    early = found[found["watched"] > 300]
    assert (early["low"] < HAZARD).all()
    assert (early["high"] > HAZARD).all()
    curve = churn.survival_curve(lives, entry="entry", level=0.999).at(12).iloc[0]
    assert curve["low"] < 0.6 < curve["high"]
    survivors = churn.survival_curve(lives, level=0.999).at(12).iloc[0]
    assert survivors["low"] > 0.6


def test_the_leavers_are_as_many_as_the_true_hazards_say():
    tables = simulate(Market(), n=3000, months=24, seed=6)
    active = tables.states.query("state == 'actual' and month < 23")
    hazard = active["true_hazard"].to_numpy(dtype=float)
    expected, spread = hazard.sum(), np.sqrt((hazard * (1 - hazard)).sum())
    assert churn.market_lives(tables.states)["left"].sum() == pytest.approx(
        expected, abs=4 * spread
    )


def test_the_interval_covers_where_the_watch_began_late_and_the_naive_one_does_not():
    world = Churn(hazard=0.03, heterogeneity=0, monthly_effect=0, calls_effect=0, usage_effect=0)
    truth, hits, naive = np.exp(-0.03 * 18), 0, 0
    for seed in range(REPLICATES):
        table = churn.simulate_churn(world, n=250, seed=seed).customers
        late = table.assign(entry=np.arange(250) % 13)
        seen = late[late["months"] > late["entry"]]
        for_now = churn.survival_curve(seen, entry="entry").at(18).iloc[0]
        hits += for_now["low"] < truth < for_now["high"]
        if seed < 50:
            naive += churn.survival_curve(seen).at(18)["low"].iloc[0] > truth
    assert hits / REPLICATES == pytest.approx(0.95, abs=FAIR)
    assert naive > 33


def test_the_truth_lies_where_the_censored_are_put():
    """The firm strikes off customers of twice the hazard: only that ratio finds the curve."""
    rng = np.random.default_rng(7)
    n = 8000
    risky = rng.random(n) < 0.5
    life = rng.exponential(1 / np.where(risky, 0.08, 0.02))
    struck = np.where(risky, rng.exponential(12, n), np.inf)
    months = np.minimum(np.minimum(life, struck), 30)
    table = pd.DataFrame({"months": months, "left": life <= np.minimum(struck, 30)})
    truth = (life > 24).mean()
    told = churn.censoring_sensitivity(table, ratios=(1, 3))
    at = told[told["months"] <= 24].groupby("ratio")["survival"].last()
    assert at[1] > truth + 0.04
    assert abs(at[3] - truth) < 0.03
    km = churn.survival_curve(table).at(24).iloc[0]
    assert km["low"] > truth


def test_effects_of_a_campaign_beside_the_truth():
    by_risk = churn.simulate_churn(Churn(assignment="observed risk"), n=20_000, seed=8).campaign
    found = churn.compare_effects(by_risk).set_index("method")
    plain, fair = found.loc["as they are"], found.loc["weighted to be alike"]
    assert plain["high"] < plain["true_effect"]
    assert fair["low"] < fair["true_effect"] < fair["high"]
    judged = churn.simulate_churn(Churn(assignment="judgement"), n=20_000, seed=8).campaign
    told = churn.compare_effects(judged).set_index("method").loc["weighted to be alike"]
    assert told["high"] < told["true_effect"]  # what nobody wrote down cannot be weighed
    assert "true_effect" not in churn.compare_effects(by_risk.drop(columns="true_uplift"))


# inputs ----------------------------------------------------------------------------


def test_states_without_a_column():
    with pytest.raises(CvmError, match="The table has no column 'tenure'"):
        churn.market_lives(STATES.drop(columns="tenure"))


def test_a_reading_of_half_a_month():
    with pytest.raises(CvmError, match="reading is a whole number, 0 or more"):
        churn.market_lives(STATES, reading=0.5)


def test_nobody_for_so_long():
    with pytest.raises(CvmError, match="Nobody was a customer for long enough") as told:
        churn.market_lives(STATES, reading=36)
    assert "a shorter reading" in str(told.value)


@pytest.mark.parametrize("ratios", [(-1,), (), "double", (np.nan,)])
def test_a_ratio_of_hazards(ratios):
    table = pd.DataFrame({"months": [1, 2], "left": [1, 0]})
    with pytest.raises(CvmError, match="A ratio of hazards is zero or more, and one is needed"):
        churn.censoring_sensitivity(table, ratios=ratios)


def test_a_width_of_nothing():
    table = pd.DataFrame({"months": [1, 2], "left": [1, 0]})
    with pytest.raises(CvmError, match="width is a whole number, 1 or more"):
        churn.hazard_by_month(table, width=0)
    with pytest.raises(CvmError, match="steps is a whole number, 2 or more"):
        churn.profit_curve([1, 0], [0.2, 0.1], steps=1)


def test_names_of_customers_may_be_words():
    states = pd.DataFrame({
        "customer": list("aaabb"), "month": [0, 1, 2, 0, 1], "state": "actual",
        "tenure": [0, 1, 2, 3, 4],
    })  # fmt: skip
    found = churn.market_lives(states)
    assert found["customer"].tolist() == ["a", "b"]
    assert found["months"].tolist() == [2, 5]
    assert found["left"].tolist() == [False, True]


def test_books_that_cannot_be_read_are_told():
    states = pd.DataFrame({"customer": [1, 1], "month": [0, 1], "state": "actual", "tenure": [0, 1],
                           "purchases": 1, "revenue": 2.0})  # fmt: skip
    contacts = pd.DataFrame({"customer": [1], "date": ["soon"], "complained": [True]})
    who = pd.DataFrame({"customer": [1, 1], "segment": 1, "tier": 1, "channel": 1})
    with pytest.raises(CvmError, match=r"stands twice in one month.*'month': 0"):
        churn.market_lives(pd.concat([states, states]))
    with pytest.raises(CvmError, match="'tenure' does not hold numbers"):
        churn.market_lives(states.assign(tenure="a"))
    with pytest.raises(CvmError, match="more than one row in the table of who they are"):
        churn.market_lives(states, customers=who)
    with pytest.raises(CvmError, match=r"date of a contact.*cannot be read.*'2024-12-31'"):
        churn.market_lives(states, contacts=contacts, reading=1)
    with pytest.raises(CvmError, match="'revenue' does not hold numbers"):
        churn.market_lives(states.assign(revenue="a"), reading=1)
