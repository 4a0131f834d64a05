"""Choosing customers: accounts and their five risks, risk-adjusted profit, the whale, guidance."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit

from cvm import selection
from cvm.errors import CvmError
from cvm.selection import Business, Guidance
from cvm.tiering import concentration

REPLICATES = 120
FAIR = 4 * np.sqrt(0.95 * 0.05 / REPLICATES)
LINES = ("discount", "kickbacks", "extras", "product_cost", "cost_to_serve", "receivable_cost",
         "grey_loss")  # fmt: skip
PLAIN = Business(
    discount_ceiling=0, kickback_ceiling=0, extras_ceiling=0, credit_days=30, account_cost=0,
    service_spread=0, late_days=0,
)  # fmt: skip


def accounts(world=None, *, n=2000, seed=1):
    return selection.simulate_accounts(world or Business(), n=n, seed=seed)


BASE = accounts()
FOUND = selection.risk_adjusted_profit(BASE)


# exact -----------------------------------------------------------------------------


def test_the_book_adds_up_line_by_line():
    assert BASE["profit"].to_numpy() == pytest.approx(
        (BASE["revenue"] - BASE[list(LINES)].sum(axis=1)).to_numpy()
    )


def test_one_account_by_hand():
    world = Business(toughness=0, service_spread=0, late_days=0, size_spread=0, median_revenue=400)
    one = accounts(world, n=1).iloc[0]
    assert one["power"] == 0.5  # at bargain_half
    assert [one["discount"], one["kickbacks"], one["extras"]] == pytest.approx([50, 16, 16])
    assert one["cost_to_serve"] == pytest.approx(0.16 * 400 + 8)
    assert one["credit"] == 75
    owed = (400 - 50 - 16) * 75 / 365
    assert one["receivables"] == pytest.approx(owed)
    assert one["receivable_cost"] == pytest.approx(0.08 * owed)
    assert one["loss_if_default"] == pytest.approx(0.8 * owed)
    unit = 0.5 - 0.2 * one["premium"]
    assert one["grey_loss"] == pytest.approx(0.3 * (66 / 400) * (1 - unit) * 400)
    odds = logit(0.01) + 0.4 * 45 / 30 - 0.8 * one["rating"]
    assert one["true_default"] == pytest.approx(expit(odds))
    assert one["true_defection"] == pytest.approx(expit(logit(0.1) + 0.8 - one["match"]))
    p, q = one["true_default"], one["true_defection"]
    assert one["true_profit"] == pytest.approx(
        one["profit"] * (1 - p) * (1 - q) - p * one["loss_if_default"] - (1 - p) * q * 40
    )


def test_expected_profit_is_its_formula_in_the_estimated_chances():
    rows = FOUND.accounts
    p, q = rows["default"], rows["defection"]
    by_hand = (1 - p) * (1 - q) * rows["profit"]
    by_hand -= p * rows["loss_if_default"] + (1 - p) * q * rows["loss_if_left"]
    assert rows["risk_adjusted"].to_numpy() == pytest.approx(by_hand.to_numpy())
    assert FOUND.total == pytest.approx(by_hand.sum())
    assert FOUND.books - FOUND.default_loss - FOUND.defection_loss == pytest.approx(FOUND.total)
    by_default = p * (rows["profit"] + rows["loss_if_default"])
    assert FOUND.default_loss == pytest.approx(by_default.sum())
    assert FOUND.losers == (by_hand < 0).mean()
    assert FOUND.surely == (rows["high"] < 0).mean()
    assert FOUND.surely < FOUND.losers
    value = FOUND.coefficients.set_index(["event", "term"])["value"]
    odds = value["default", "constant"] + value["default", "rating"] * rows["rating"]
    odds += value["default", "credit"] * rows["credit"]
    assert p.to_numpy() == pytest.approx(expit(odds.to_numpy()))


def test_intervals_are_the_delta_method_by_small_steps():
    """Move each coefficient a little and see how the expected profits follow."""
    import statsmodels.api as sm

    x = sm.add_constant(BASE[["rating", "credit"]].to_numpy())
    stayed = BASE[~BASE["defaulted"]]
    z = sm.add_constant(stayed[["power", "match"]].to_numpy())
    fits = [
        sm.Logit(BASE["defaulted"].astype(float), x).fit(disp=0),
        sm.Logit((stayed["left"] != "").astype(float).to_numpy(), z).fit(disp=0),
    ]
    allz = sm.add_constant(BASE[["power", "match"]].to_numpy())

    def expected(step):
        p = expit(x @ (fits[0].params.to_numpy() + step[:3]))
        q = expit(allz @ (fits[1].params + step[3:]))
        return (
            (1 - p) * (1 - q) * BASE["profit"]
            - p * BASE["loss_if_default"]
            - (1 - p) * q * BASE["loss_if_left"]
        ).to_numpy()

    steps = 1e-5 * np.eye(6)
    gradient = np.array([(expected(s) - expected(-s)) / 2e-5 for s in steps]).T
    joint = np.zeros((6, 6))
    joint[:3, :3], joint[3:, 3:] = (
        np.asarray(fits[0].cov_params()),
        np.asarray(fits[1].cov_params()),
    )
    se = np.sqrt(np.einsum("ij,jk,ik->i", gradient, joint, gradient))
    half = (FOUND.accounts["high"] - FOUND.accounts["low"]).to_numpy() / 2
    assert half == pytest.approx(1.959963984540054 * se, rel=1e-4)
    slope = gradient.sum(axis=0)
    total = 1.959963984540054 * np.sqrt(slope @ joint @ slope)
    assert (FOUND.high - FOUND.low) / 2 == pytest.approx(total, rel=1e-4)


def test_worth_over_years_by_hand():
    one = pd.DataFrame({
        "profit": [100.0], "default": [0.1], "defection": [0.2], "loss_if_default": [50.0],
        "loss_if_left": [10.0], "growth": [0.05],
    })  # fmt: skip
    first = 0.9 * 0.8 * 100 - 0.1 * 50 - 0.9 * 0.2 * 10
    factor = 1.05 * 0.72 / 1.1
    assert selection.worth_over_years(one, years=1)[0] == pytest.approx(first)
    three = selection.worth_over_years(one, years=3, discount=0.1)[0]
    assert three == pytest.approx(first * (1 + factor + factor**2))


def test_the_whale_by_hand():
    found = selection.whale_curve([50.0, 40.0, 30.0, 0.0, -20.0] * 20)
    assert found.peak == pytest.approx(1.2)
    assert found.destroyed == pytest.approx(0.2)
    assert (found.at, found.losers) == (0.6, 0.2)
    x = FOUND.accounts["risk_adjusted"]
    found = selection.whale_curve(x)
    assert found.peak == pytest.approx(found.table["profit_share"].max())
    assert found.peak == pytest.approx(concentration(x, resamples=100).peak)


def test_wilson_of_the_losers_is_the_published_one():
    """Newcombe (1998, Statistics in Medicine 17), method 3: 15 of 148 gives .0624 to .1605."""
    found = selection.whale_curve([-1.0] * 15 + [9.0] * 133)
    assert (found.losers_low, found.losers_high) == pytest.approx((0.0624, 0.1605), abs=5e-5)
    assert selection.whale_curve([1.0] * 126).losers_low == 0


def test_both_ends_of_size_by_hand():
    size = np.arange(20.0, 0, -1)
    profit = np.r_[100, -100, np.zeros(16) + np.arange(16) / 100, -50, 50]
    found = selection.size_ends(pd.DataFrame({"revenue": size, "profit": profit}), top=0.1)
    assert (found.most, found.least, found.losers, found.largest) == (0.5, 0.5, 0.5, 2)


def test_size_groups_by_hand():
    table = pd.DataFrame({
        "revenue": [1.0, 4.0, 2.0, 3.0], "profit": [1.0, -2.0, 0.0, 1.5],
        "discount": [0.0, 2.0, 0.5, 1.0],
    })  # fmt: skip
    groups = selection.size_groups(table, groups=2)
    assert groups["revenue"].tolist() == [3, 7]
    assert groups["margin"].tolist() == pytest.approx([1 / 3, -0.5 / 7])
    assert groups["losers"].tolist() == [0, 0.5]
    # The middle eight tenths between own margins of 0 and 1, and of -0.5 and 0.5.
    assert groups["margin_low"].tolist() == pytest.approx([0.1, -0.4])
    assert groups["margin_high"].tolist() == pytest.approx([0.9, 0.4])
    assert groups["discount"].tolist() == pytest.approx([0.5 / 3, 3 / 7])


def test_a_match_of_standing_by_hand():
    found = selection.standing_match([50, 75, 25, 100, 0], firm=50, tolerance=50)
    assert found.tolist() == [1, 0.5, 0.5, 0, 0]


def test_guidance_by_hand():
    table = pd.DataFrame({
        "customer": ["a", "b", "c"], "premium": [0.25, 0.5, 0.9], "revenue": [10.0, 10, 10],
        "risk_adjusted": [1.0, 3, 2], "growth": [0.3, 0.1, 0.1], "match": [1.0, 0.5, 0],
        "resemblance": [0.8, 0.9, 0.7],
    })  # fmt: skip
    even = selection.guidance_scores(table).set_index("customer")
    assert even.loc["a", ["position", "good", "potential", "standing"]].tolist() == [0.5, 0, 1, 1]
    assert even.loc["b", ["position", "good", "potential"]].tolist() == [1, 1, 0.25]
    assert even["score"]["a"] == pytest.approx(100 * 3.3 / 5)
    assert even.index.tolist() == ["b", "a", "c"]
    one = Guidance(position=0, good=0, potential=2, standing=0, resemblance=0)
    assert selection.guidance_scores(table, world=one)["score"].tolist() == [100, 25, 25]


# invariant -------------------------------------------------------------------------


def test_a_larger_n_keeps_the_first_accounts():
    pd.testing.assert_frame_equal(accounts(n=300), BASE.head(300))


@settings(deadline=None, max_examples=20)
@given(lever=st.sampled_from(["discount_ceiling", "kickback_ceiling", "extras_ceiling"]),
       seed=st.integers(0, 50))  # fmt: skip
def test_more_concessions_never_raise_a_profit(lever, seed):
    low, high = (accounts(Business(**{lever: value}), n=200, seed=seed) for value in (0.05, 0.25))
    assert (high["profit"] <= low["profit"] + 1e-9).all()
    assert (high["revenue"] == low["revenue"]).all()


def test_more_credit_never_loses_a_default_nor_adds_profit():
    short, long = (accounts(Business(credit_days=days)) for days in (60, 300))
    assert (long["defaulted"] | ~short["defaulted"]).all()
    assert long["defaulted"].sum() > short["defaulted"].sum()
    assert (long["receivable_cost"] > short["receivable_cost"]).all()


def test_an_account_fails_or_leaves_but_not_both():
    assert not (BASE["defaulted"] & (BASE["left"] != "")).any()
    assert set(BASE["left"]) == {"", *selection.CAUSES}


@settings(deadline=None, max_examples=20)
@given(scale=st.floats(0.1, 1000), seed=st.integers(0, 99))
def test_the_unit_of_money_does_not_matter(scale, seed):
    x = accounts(n=200, seed=seed)["profit"].to_numpy()
    if x.sum() <= 0:
        return
    one, other = selection.whale_curve(x), selection.whale_curve(scale * x)
    assert one.peak == pytest.approx(other.peak)
    assert one.high == pytest.approx(other.high, nan_ok=True)
    assert one.peak >= 1


def test_a_match_is_nearest_between_equals():
    standing = np.linspace(0, 100, 41)
    found = selection.standing_match(standing, firm=60, tolerance=30)
    assert standing[found.argmax()] == 60
    assert (np.diff(found[standing <= 60]) >= 0).all()
    assert (np.diff(found[standing >= 60]) <= 0).all()


def test_estimates_do_not_carry_the_truth():
    assert not [c for c in FOUND.accounts if c.startswith("true_")]


# recovery --------------------------------------------------------------------------


def test_chances_happen_as_often_as_they_say():
    many = accounts(n=60_000, seed=3)
    for chance, event in (
        (many["true_default"], many["defaulted"]),
        (many["true_defection"][~many["defaulted"]], (many["left"] != "")[~many["defaulted"]]),
    ):
        error = np.sqrt((chance * (1 - chance)).sum()) / len(chance)
        assert event.mean() == pytest.approx(chance.mean(), abs=4 * error)
    alone = (many["left"] == "on its own") & (many["power"] > 0.6)
    gone = (many["left"] != "") & (many["power"] > 0.6)
    assert alone.sum() / gone.sum() == pytest.approx(0.4 * many["power"][gone].mean(), abs=0.06)


def test_a_95_per_cent_interval_covers():
    """Of the total, and of a typical and of the largest account."""
    hits = []
    for seed in range(REPLICATES):
        table = accounts(n=2500, seed=1000 + seed)
        found = selection.risk_adjusted_profit(table)
        truth, rows = table["true_profit"].to_numpy(), found.accounts
        inside = (rows["low"] <= truth) & (truth <= rows["high"])
        hits.append((found.low <= truth.sum() <= found.high, inside[:100].mean(),
                     inside[table["revenue"].idxmax()]))  # fmt: skip
    assert np.mean(hits, axis=0) == pytest.approx(0.95, abs=FAIR)


def test_the_interval_of_the_peak_covers():
    population = accounts(n=100_000, seed=77)["true_profit"].to_numpy()
    truth = selection.whale_curve(population).peak
    rng = np.random.default_rng(5)
    found = [selection.whale_curve(rng.choice(population, 3000)) for _ in range(REPLICATES)]
    hits = np.mean([one.low <= truth <= one.high for one in found])
    # Heavy tails: a little too narrow, as for the share of the top.
    assert 0.86 <= hits <= 1


def test_without_concessions_the_largest_are_the_best():
    fair = accounts(PLAIN)
    found = selection.size_ends(fair, profit="true_profit")
    assert found.most > 0.9
    assert found.least == 0
    granted = selection.size_ends(BASE, profit="true_profit")
    assert granted.most_low > 0.1
    assert granted.least_low > 0.1  # both ends are theirs


def test_history_may_be_another_table():
    old, new = accounts(n=4000, seed=5), accounts(n=30, seed=6)
    found = selection.risk_adjusted_profit(new.drop(columns=["defaulted", "left"]), history=old)
    assert found.customers == 30
    assert found.low <= new["true_profit"].sum() <= found.high


def test_a_table_read_back_from_a_file_says_the_same(tmp_path):
    """Who did not leave has an empty cell there, and an empty cell is no number and no cause."""
    BASE.to_csv(tmp_path / "book.csv", index=False)
    again = pd.read_csv(tmp_path / "book.csv")
    assert again["left"].isna().any()
    assert selection.risk_adjusted_profit(again).total == pytest.approx(FOUND.total)
    truths = BASE.assign(left=(BASE["left"] != "").astype(int))
    assert selection.risk_adjusted_profit(truths).total == pytest.approx(FOUND.total)


def test_potential_can_make_the_small_the_better_choice():
    """Over the years growth and staying count: the small gain on the large."""
    worth = selection.worth_over_years(FOUND.accounts, years=8)
    rows = FOUND.accounts.assign(worth=worth)
    earn = rows[rows["risk_adjusted"] > 0]
    multiple = (earn["worth"] / earn["risk_adjusted"]).groupby(earn["power"] > 0.5).median()
    assert multiple[False] > 1.2 * multiple[True]


# inputs ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: accounts(n=0), "n is a whole number, 1 or more."),
        (lambda: selection.standing_match([1], firm=5, tolerance=0), "is above 0"),
        (lambda: selection.risk_adjusted_profit(BASE.drop(columns="loss_if_left")),
         "no column 'loss_if_left'"),
        (lambda: selection.risk_adjusted_profit(BASE.head(150)), "Too few accounts failed"),
        (lambda: selection.risk_adjusted_profit(BASE.head(0), history=BASE), "no rows"),
        (lambda: selection.risk_adjusted_profit(BASE.assign(profit=np.nan)),
         "must hold a number in every row"),
        (lambda: selection.risk_adjusted_profit(BASE.assign(loss_if_left=-1.0)),
         "'loss_if_left' holds numbers of 0 or more"),
        (lambda: selection.risk_adjusted_profit(pd.concat([BASE, BASE.tail(1)])),
         "in the table more than once. You gave 2000."),
        (lambda: selection.risk_adjusted_profit(BASE.assign(defaulted="no")),
         "'defaulted' must say True or False"),
        (lambda: selection.risk_adjusted_profit(BASE.assign(left=np.where(BASE["left"] == "", np.nan, 1.0))),
         "'left' must say True or False"),
        (lambda: selection.risk_adjusted_profit(BASE, default_by=["credit", "power"]),
         "cannot be estimated by credit, power"),
        (lambda: selection.risk_adjusted_profit(BASE, level=95), "confidence level"),
        (lambda: selection.worth_over_years(FOUND.accounts, years=0), "years is a whole number"),
        (lambda: selection.worth_over_years(FOUND.accounts, discount=-1), "discount is a number of 0 or more"),
        (lambda: selection.worth_over_years(FOUND.accounts.assign(default=5)),
         "'default' holds numbers from 0 to 1"),
        (lambda: selection.standing_match([1], firm="5", tolerance=9), "firm is a number"),
        (lambda: selection.size_ends(BASE.assign(profit=pd.Timestamp("2025-01-01"))),
         "'profit' does not hold numbers"),
        (lambda: selection.size_groups(BASE.assign(discount=np.nan)), "'discount' must hold a number"),
        (lambda: selection.guidance_scores(FOUND.accounts.assign(resemblance=1, growth=None)),
         "'growth' does not hold numbers"),
        (lambda: selection.guidance_scores(FOUND.accounts.assign(resemblance=1, revenue=0)),
         "a revenue above 0"),
        (lambda: selection.whale_curve([3.0]), "at least two customers"),
        (lambda: selection.whale_curve([3.0, -4.0]), "do not sum to more than nothing"),
        (lambda: selection.size_ends(BASE, top=0.7), "must not overlap"),
        (lambda: selection.size_groups(BASE.head(5), groups=9), "as many as there are groups"),
        (lambda: selection.size_groups(BASE, groups=1), "groups is a whole number"),
        (lambda: selection.guidance_scores(FOUND.accounts), "no column 'resemblance'"),
        (lambda: selection.guidance_scores(
            FOUND.accounts.assign(resemblance=1),
            world=Guidance(position=0, good=0, potential=0, standing=0, resemblance=0)),
         "All five weights are 0"),
    ],
)  # fmt: skip
def test_messages(call, words):
    with pytest.raises(CvmError) as caught:
        call()
    assert words in str(caught.value)


def test_a_total_near_nothing_has_no_interval():
    found = selection.whale_curve([10.0, -9.0, 8.0, -8.5])
    assert np.isnan([found.low, found.high]).all()
    assert "unknown" in str(found)
