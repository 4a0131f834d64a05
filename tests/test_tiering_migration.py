"""Movement between tiers, and what of it is chance."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cvm import datasets
from cvm.errors import CvmError
from cvm.tiering import Accounts, assign_tiers, migration, regression_to_mean, simulate_accounts
from cvm.tiering.migration import _codes
from cvm.tiering.periods import split_in_two

CUTS = (0.1, 0.4)
START = pd.Timestamp("2025-01-01")


def steady(customers, seed, *, days=360, mean=4.0, shape=1.0):
    """Customers with constant gamma rates, one yuan a purchase; at most one a day."""
    rng = np.random.default_rng(seed)
    count = rng.poisson(rng.gamma(shape, mean / shape, customers))
    who = np.repeat(np.arange(customers), count)
    log = pd.DataFrame({"customer": who, "day": rng.integers(0, days, len(who))})
    log = log.drop_duplicates()
    date = START + pd.to_timedelta(log["day"], unit="D")
    ends = pd.DataFrame(
        {"customer": [-1, -1], "date": [START, START + pd.Timedelta(days - 1, "D")]}
    )
    return pd.concat([log.assign(date=date)[["customer", "date"]], ends]).assign(amount=1.0)


def tiny():
    """Two customers, five purchases over four days; the split is half-way."""
    days = pd.to_datetime(["2025-01-01", "2025-01-02", "2025-01-04", "2025-01-03", "2025-01-04"])
    return pd.DataFrame(
        {"customer": list("aaabb"), "date": days, "amount": [8.0, 2.0, 1.0, 4.0, 16.0]}
    )


# exact -----------------------------------------------------------------------------


def test_a_matrix_by_hand():
    seen = migration(tiny(), split="2025-01-03", cuts=(0.5,), names=("top", "rest"), resamples=50)
    assert seen.n == 2
    assert seen.moved == 1.0
    assert seen.matrix("customers").to_numpy().tolist() == [[0, 1], [1, 0]]
    assert seen.to_frame()["share"].tolist() == [0, 1, 1, 0]
    assert seen.to_frame()["se"].tolist() == [0, 0, 0, 0]


def five_purchases():
    """a buys on days 1, 2 and 5, b on days 3 and 5; the split is day 4."""
    return pd.DataFrame(
        {
            "customer": list("aaabb"),
            "date": START + pd.to_timedelta([0, 1, 4, 2, 4], unit="D"),
            "amount": [8.0, 2.0, 1.0, 4.0, 16.0],
        }
    )


def six_purchases():
    """The same, and b again long after: half of six purchases fall before day 4."""
    late = five_purchases().iloc[[3]].assign(date=START + pd.Timedelta(days=20))
    return pd.concat([five_purchases(), late])


@pytest.mark.parametrize(
    ("exposure", "log", "chance"),
    [
        ("time", five_purchases(), [3 / 5] * 5),
        # a has days 2 to 5 ahead, two of them before the split; b days 4 and 5, none of them.
        ("first", five_purchases(), [1, 2 / 4, 2 / 4, 1, 0]),
        ("pooled", six_purchases(), [3 / 6] * 6),
    ],
)
def test_chance_equals_the_count_of_every_possible_deal(exposure, log, chance):
    owner, worth = (log["customer"] == "b").to_numpy(int), log["amount"].to_numpy()
    leads, stays, deals = 0.0, 0.0, 20_000
    for early in itertools.product([False, True], repeat=len(log)):
        side = np.array(early)
        spent = [np.bincount(owner, worth * part, minlength=2) for part in (side, ~side)]
        tiers = [assign_tiers(x, cuts=(0.5,), names="ab").iloc[0] for x in spent]
        weight = np.prod(np.where(side, chance, 1 - np.array(chance)))
        leads += weight * (tiers[0] == "a")
        stays += weight * (tiers[0] == tiers[1])
    error = 4 * 0.5 / deals**0.5
    assert _customer_a(log, exposure, deals) == pytest.approx((leads, stays), abs=error)


def test_the_p_value_is_how_often_a_deal_moves_as_many():
    log, moved = five_purchases(), []
    periods = split_in_two(log, ["customer", "date", "amount"], "2025-01-04", "time")
    for before, after in periods.deals(400, 0):
        moved += (_codes(before, (0.5,)) != _codes(after, (0.5,))).mean(axis=1).tolist()
    seen = migration(log, split="2025-01-04", cuts=(0.5,), names="ab", resamples=400)
    assert seen.by_chance == pytest.approx(np.mean(moved))
    assert seen.p_value == pytest.approx((1 + np.sum(np.array(moved) >= seen.moved)) / 401)


def _customer_a(log, exposure, deals):
    """How often customer a is in the top tier before, and how often she stays in her tier."""
    periods = split_in_two(log, ["customer", "date", "amount"], "2025-01-04", exposure)
    before, after = (
        np.concatenate([_codes(spent, (0.5,))[:, 0] for spent in side])
        for side in zip(*periods.deals(deals, 0), strict=True)
    )
    return (before == 0).mean(), (before == after).mean()


@given(values=st.lists(st.integers(0, 4), min_size=2, max_size=24))
@settings(deadline=None, max_examples=60)
def test_tiers_of_a_deal_are_those_of_assign_tiers(values):
    cuts = (0.125, 0.25, 0.5, 0.7)
    seen = _codes(np.array([values, values[::-1]], float), cuts)
    wanted = assign_tiers(values, cuts=cuts, names="abcde").cat.codes
    assert seen[0].tolist() == wanted.tolist() == seen[1].tolist()[::-1]


def test_regression_to_the_mean_is_the_shrinkage_of_the_gamma_poisson():
    """E[purchases after | x before] = t2 (r + x) / (alpha + t1): Ehrenberg's conditional trend."""
    log = steady(4000, seed=3, shape=1.0, mean=4.0)
    seen = regression_to_mean(log, split="2025-06-30", cuts=CUTS, resamples=60).set_index("tier")
    r, alpha = 1.0, 1.0 / 4.0  # a rate a year, of which each period is a half
    before = seen["before"] / 30 * 180
    wanted = 0.5 * (r + before) / (alpha + 0.5) - before
    found = seen["chance_change"] / 30 * 180
    # The small ones are not compared: those who never bought are not in a log.
    assert found["key"] == pytest.approx(wanted["key"], abs=0.15)
    assert found["ordinary"] == pytest.approx(wanted["ordinary"], abs=0.1)
    assert found["key"] < -1 < 0 < found["small"]


def test_standard_errors_are_those_of_a_multinomial_share():
    table = migration(steady(500, 1), split="2025-06-30", cuts=CUTS, resamples=20).to_frame()
    size = table.groupby("from_tier", observed=True)["customers"].transform("sum")
    assert np.allclose(table["se"] ** 2 * size, table["share"] * (1 - table["share"]))


def test_cdnow_moves_more_than_chance_since_the_first_purchase():
    """Customers of CDNOW drop out (Fader, Hardie & Lee 2005), so their rates do change."""
    log = datasets.load("cdnow")
    seen = migration(log, split="1997-10-01", cuts=(0.04, 0.2), exposure="first", resamples=200)
    assert seen.n == 2357
    assert seen.p_value < 0.01
    assert seen.low <= seen.by_chance <= seen.high < seen.moved
    stayed = seen.to_frame().set_index(["from_tier", "to_tier"]).loc[("key", "key")]
    assert stayed["share"] < stayed["chance_share"] < 0.6


def test_regression_to_the_mean_on_cdnow():
    seen = regression_to_mean(
        datasets.load("cdnow"), split="1997-10-01", cuts=(0.04, 0.2), resamples=100
    )
    assert seen["customers"].sum() == 2357
    # Chance alone makes the key customers fall and the small ones rise ...
    assert seen["chance_change"].iloc[0] < -10
    assert seen["chance_change"].iloc[-1] > 1
    # ... and still those of CDNOW fell further.
    assert (seen["change"] < seen["low"]).all()
    assert seen["p_value"].iloc[0] < 0.05


def test_the_sentence():
    text = str(migration(tiny(), split="2025-01-03", cuts=(0.5,), names=("a", "b"), resamples=99))
    assert text.startswith("100 % of 2 customers changed tier at 2025-01-03; if every customer's")
    assert "(95 % of deals: 0 % to 100 %; p = 0." in text


# invariant -------------------------------------------------------------------------


@given(seed=st.integers(0, 1000), exposure=st.sampled_from(["time", "first", "pooled"]))
@settings(deadline=None, max_examples=8)
def test_shares_of_a_tier_add_to_one_and_nothing_depends_on_the_rows(seed, exposure):
    log = steady(60, seed)
    options = {"split": "2025-06-30", "cuts": CUTS, "exposure": exposure, "resamples": 20}
    seen = migration(log, **options)
    table = seen.to_frame()
    sums = table.groupby("from_tier", observed=True)[["share", "chance_share"]].sum()
    assert np.allclose(sums, 1)
    assert table["customers"].sum() == seen.n
    again = migration(log.sample(frac=1, random_state=seed), **options)
    pd.testing.assert_frame_equal(again.to_frame(), table)


def test_the_unit_of_money_does_not_matter():
    log = steady(100, 4)
    seen, other = (
        migration(log.assign(amount=unit), split="2025-06-30", cuts=CUTS, resamples=50)
        for unit in (1.0, 1024.0)
    )
    pd.testing.assert_frame_equal(seen.to_frame(), other.to_frame())


def test_rows_of_one_day_are_one_purchase():
    log = steady(80, 5)
    halves = pd.concat([log.assign(amount=0.5), log.assign(amount=0.5)])
    options = {"split": "2025-06-30", "cuts": CUTS, "resamples": 50}
    assert migration(halves, **options).by_chance == migration(log, **options).by_chance


def test_a_parquet_file_gives_the_same(tmp_path):
    log = steady(80, 6)
    log.to_parquet(tmp_path / "log.parquet")
    options = {"split": "2025-06-30", "cuts": CUTS, "resamples": 50}
    seen = migration(tmp_path / "log.parquet", **options).to_frame()
    pd.testing.assert_frame_equal(seen, migration(log, **options).to_frame())


# recovery --------------------------------------------------------------------------


def rejected(trials, make, **options):
    p = [
        migration(make(seed), split="2025-06-30", cuts=CUTS, resamples=99, seed=seed, **options)
        for seed in range(trials)
    ]
    return np.array([result.p_value for result in p])


def test_steady_customers_are_rejected_as_often_as_the_level_says():
    p, trials = rejected(150, lambda seed: steady(120, seed)), 150
    for level in (0.05, 0.2, 0.5):
        error = 4 * np.sqrt(level * (1 - level) / trials)
        # Ties between deals make the test a little cautious, never too eager.
        assert level - error - 0.08 < (p <= level).mean() < level + error


def test_a_common_season_is_not_movement_when_pooled():
    def lopsided(seed):
        log = steady(120, seed)
        late = log["date"] >= "2025-06-30"
        rng = np.random.default_rng(seed)
        return log[late | (rng.random(len(log)) < 0.4) | (log["customer"] < 0)]

    p = rejected(60, lopsided, exposure="pooled")
    assert (p <= 0.05).mean() < 0.05 + 4 * np.sqrt(0.05 * 0.95 / 60)
    assert (p <= 0.5).mean() > 0.2


def test_customers_who_join_are_fairly_treated_from_their_first_purchase():
    def joining(seed):
        log = steady(150, seed, mean=8.0)
        rng = np.random.default_rng(seed + 10_000)
        joined = START + pd.to_timedelta(rng.integers(0, 300, 151), unit="D")
        return log[(log["date"] >= joined[log["customer"]]) | (log["customer"] < 0)]

    p = rejected(60, joining, exposure="first")
    assert (p <= 0.05).mean() < 0.05 + 4 * np.sqrt(0.05 * 0.95 / 60)
    assert (p <= 0.5).mean() > 0.2


def test_true_drift_is_found():
    def drifting(seed):
        world = Accounts(drift=1.0, large_business_share=0, small_business_share=0)
        return simulate_accounts(world, n=400, seed=seed).transactions

    p = rejected(10, drifting)
    assert (p <= 0.05).all()


def test_the_standard_error_is_how_far_shares_scatter():
    tables = [
        migration(steady(300, seed), split="2025-06-30", cuts=CUTS, resamples=20).to_frame()
        for seed in range(40)
    ]
    shares = np.array([table["share"] for table in tables])
    claimed = np.array([table["se"] for table in tables]).mean(axis=0)
    stays = [0, 4, 8]  # key, ordinary, small: ranks hold the tiers' sizes, so a little less
    assert (shares.std(axis=0)[stays] < claimed[stays] * 1.35).all()
    assert (shares.std(axis=0)[stays] > claimed[stays] * 0.5).all()


def test_a_tier_nobody_is_in_has_no_change_and_no_p_value():
    alike = pd.DataFrame(
        [(c, START + pd.Timedelta(d, "D"), 5.0) for c in range(10) for d in (0, 19, 50, 60)],
        columns=["customer", "date", "amount"],
    )
    tiers = regression_to_mean(alike, split="2025-01-15", cuts=(0.04, 0.2), resamples=20)
    assert tiers["customers"].tolist() == [0, 0, 10]
    assert tiers["p_value"].isna().tolist() == [True, True, False]
    assert tiers["low"].isna().tolist()[0]  # no deal puts anybody there: 4 % of ten are none


def test_a_cut_that_rounding_missed_holds_those_it_holds_in_assign_tiers():
    cut, spent = 0.1 + 0.2, np.array([5.0, 4.0, 3.0, 2.0, 1.0])
    assert assign_tiers(spent, cuts=(cut,), names=("a", "b")).cat.codes.tolist() == [0, 1, 1, 1, 1]
    assert _codes(spent[None, :], (cut,))[0].tolist() == [0, 1, 1, 1, 1]


# inputs ----------------------------------------------------------------------------

BAD = [
    ({"split": "2025-01-01"}, "The split leaves one period empty: the log runs from 2025-01-01 to"),
    ({"split": "2026-01-01"}, "You gave '2026-01-01'. Choose a day between the two."),
    ({"split": "half-way"}, "split is not a date. You gave 'half-way'."),
    ({"cuts": (0.4, 0.1)}, "each larger than the one before"),
    ({"names": ("a", "b")}, "2 cuts make 3 tiers"),
    ({"cuts": 0.2}, "Cuts are numbers, one for each tier but the last. You gave 0.2."),
    ({"exposure": "frist"}, "There is no exposure 'frist'. Did you mean 'first'?"),
    ({"resamples": 5}, "resamples is a whole number from 20"),
    ({"customer": "custmer"}, "Did you mean 'customer'?"),
]


@pytest.mark.parametrize("function", [migration, regression_to_mean])
@pytest.mark.parametrize(("change", "message"), BAD)
def test_what_is_wrong_is_said(function, change, message):
    options = {"split": "2025-06-30", "cuts": CUTS, "resamples": 20} | change
    with pytest.raises(CvmError) as caught:
        function(steady(30, 1), **options)
    assert message in str(caught.value)


def test_a_column_the_matrix_does_not_have():
    seen = migration(tiny(), split="2025-01-03", cuts=(0.5,), names=("a", "b"), resamples=20)
    with pytest.raises(CvmError, match="Did you mean 'share'"):
        seen.matrix("shares")
