"""RFM, tiers, shares and windows."""

import datetime
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from cvm import datasets
from cvm.errors import CvmError, MissingExtra
from cvm.tiering import (
    SEGMENTS,
    Segment,
    assign_tiers,
    concentration,
    concentration_by_window,
    gini,
    lorenz,
    pyramid,
    rfm,
    rfm_scores,
    rfm_segments,
    whale,
)

LOG = pd.DataFrame(
    {
        "who": ["b", "a", "a", "a", "c", "a"],
        "day": pd.to_datetime(
            ["2024-02-28 23:59", "2024-02-01", "2024-02-29 08:00", "2024-02-29 08:01",
             "2024-03-02", "2024-03-01 12:00"],
            format="ISO8601",
        ),
        "paid": [5.0, 10.0, 20.0, -4.0, 7.0, 1.0],
        "bill": [1, 2, 3, 3, 4, 5],
    }
)  # fmt: skip
NAMES = {"customer": "who", "date": "day", "amount": "paid"}


#: A loaded machine must not fail a test for being slow.
QUICK = settings(deadline=None, max_examples=30)


def random_log(rows=5000, customers=300, seed=0):
    rng = np.random.default_rng(seed)
    seconds = pd.to_timedelta(rng.integers(0, 800 * 86_400, rows), unit="s")
    return pd.DataFrame(
        {
            "customer": rng.integers(0, customers, rows),
            "date": (pd.Timestamp("2023-01-01") + seconds).astype("datetime64[us]"),
            "amount": rng.gamma(2, 10, rows).round(2),
            "order": rng.integers(0, rows // 2, rows),
        }
    )


def population(quantile, n=200_000):
    """A population without chance: its quantiles at the middles of n equal steps."""
    return quantile((np.arange(n) + 0.5) / n)


# exact: RFM ------------------------------------------------------------------------


def test_a_log_by_hand():
    seen = rfm(LOG, **NAMES, as_of="2024-03-01")
    wanted = pd.DataFrame(
        {"who": ["a", "b"], "recency": [0, 2], "frequency": [4, 1], "monetary": [27.0, 5.0]}
    )
    pd.testing.assert_frame_equal(seen, wanted, check_dtype=False)


def test_rows_of_one_order_are_one_purchase():
    assert rfm(LOG, **NAMES, order="bill")["frequency"].tolist() == [3, 1, 1]


def test_without_as_of_the_last_day_of_the_log_is_the_end():
    assert rfm(LOG, **NAMES)["recency"].tolist() == [1, 3, 0]


@pytest.mark.parametrize("form", [str, pd.Timestamp, datetime.date.fromisoformat, np.datetime64])
def test_as_of_is_a_day_in_any_form(form):
    assert rfm(LOG, **NAMES, as_of=form("2024-02-29"))["recency"].tolist() == [0, 1]


@given(
    early=st.dates(datetime.date(1890, 1, 1), datetime.date(2110, 1, 1)), gap=st.integers(0, 90_000)
)
@QUICK
def test_recency_counts_days_through_every_leap_year(early, gap):
    late = early + datetime.timedelta(days=gap)
    days = pd.Series([early, late]).astype("datetime64[s]")
    log = pd.DataFrame({"customer": [1, 2], "date": days, "amount": [1, 1]})
    assert rfm(log)["recency"].tolist() == [gap, 0]


def test_cdnow_has_the_published_counts():
    """Fader, Hardie & Lee (2005): 946 repeat buyers in 39 weeks, 1,882 purchases after."""
    log = datasets.load("cdnow").groupby(["customer", "date"], as_index=False)["amount"].sum()
    seen = rfm(log, as_of="1997-09-30")
    assert len(seen) == 2357
    assert (seen["frequency"] > 1).sum() == 946
    assert len(log) - seen["frequency"].sum() == 1882


# exact: one expression, every engine -------------------------------------------------

ENGINES = ["polars", "polars lazy", "arrow dates", "path", "relation", "ibis"]


def by_engine(engine, log, folder, **options):
    path = folder / "log.parquet"
    log.to_parquet(path)
    if engine == "path":
        return rfm(path, **options)
    if engine == "relation":
        duckdb = pytest.importorskip("duckdb")
        connection = duckdb.connect(config={"memory_limit": "200MB"})
        return rfm(connection.read_parquet(str(path)), **options)
    if engine == "arrow dates":
        return rfm(log.convert_dtypes(dtype_backend="pyarrow"), **options)
    if engine == "ibis":
        ibis = pytest.importorskip("ibis")
        with warnings.catch_warnings():  # Ibis' own, about DuckDB's newer names
            warnings.simplefilter("ignore")
            lazy = rfm(ibis.duckdb.connect().read_parquet(path), **options)
            assert isinstance(lazy, ibis.Table)
            return lazy.to_pandas()
    polars = pytest.importorskip("polars")
    if engine == "polars":
        return rfm(polars.from_pandas(log), **options).to_pandas()
    return rfm(polars.from_pandas(log).lazy(), **options).collect().to_pandas()


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("options", [{}, {"as_of": "2024-06-30"}, {"order": "order"}])
def test_every_engine_gives_the_same_table(engine, options, tmp_path):
    log = random_log()
    seen, wanted = by_engine(engine, log, tmp_path, **options), rfm(log, **options)
    assert len(wanted) == 300
    pd.testing.assert_frame_equal(seen, wanted, check_dtype=False, rtol=1e-12)


@pytest.mark.parametrize("engine", ["path", "ibis", "polars"])
def test_every_engine_takes_plain_dates(engine, tmp_path):
    log = random_log()
    log["date"] = log["date"].dt.date.astype("date32[pyarrow]")
    seen = by_engine(engine, log, tmp_path, as_of="2024-06-30")
    wanted = rfm(random_log(), as_of="2024-06-30")
    pd.testing.assert_frame_equal(seen, wanted, check_dtype=False, rtol=1e-12)


# exact: scores, segments, tiers ------------------------------------------------------


def test_without_ties_scores_are_equal_parts():
    order = np.random.default_rng(1).permutation(20)
    summary = pd.DataFrame({"recency": order, "frequency": order, "monetary": order})
    scores = rfm_scores(summary)
    assert (scores["f_score"] == order // 4 + 1).all()
    assert (scores["r_score"] == 5 - order // 4).all()  # the lowest recency is the best


def test_tied_customers_share_a_score_and_a_level_may_be_empty():
    summary = pd.DataFrame({"recency": 9, "frequency": [1, 1, 1, 2, 7], "monetary": 3.0})
    scores = rfm_scores(summary)
    assert scores["f_score"].tolist() == [1, 1, 1, 4, 5]
    assert set(scores["r_score"]) == set(scores["m_score"]) == {1}


def test_cdnow_scores_for_every_number_of_levels():
    summary = rfm(datasets.load("cdnow"))
    for parts in range(2, 11):
        scores = rfm_scores(summary, parts=parts)
        assert scores[["r_score", "f_score", "m_score"]].isin(range(1, parts + 1)).all(axis=None)
        assert rfm_segments(scores, parts=parts)["segment"].notna().all()


@pytest.mark.parametrize(
    ("r", "f", "m", "name"),
    [(5, 5, 5, "champions"), (3, 4, 1, "loyal"), (4, 3, 5, "big spenders"), (5, 1, 3, "newcomers"),
     (2, 4, 5, "slipping away"), (1, 1, 4, "lapsed big spenders"), (1, 3, 3, "lapsed"),
     (3, 3, 3, "occasional")],
)  # fmt: skip
def test_segments_by_hand(r, f, m, name):
    scores = pd.DataFrame({"r_score": [r], "f_score": [f], "m_score": [m]})
    assert rfm_segments(scores)["segment"].tolist() == [name]


def test_the_table_of_segments_can_be_another():
    scores = pd.DataFrame({"r_score": [1, 3], "f_score": [3, 1], "m_score": [1, 1]})
    own = [Segment("regulars", "come often", frequency="high"), Segment("others", "the rest")]
    seen = rfm_segments(scores, parts=3, segments=own)["segment"]
    assert seen.tolist() == ["regulars", "others"]


def test_tiers_by_hand():
    values = pd.Series([40, 10, 30, 20, 0], index=list("vwxyz"))
    assert assign_tiers(values, cuts=(0.2, 0.6)).to_dict() == {
        "v": "key", "w": "small", "x": "ordinary", "y": "ordinary", "z": "small",
    }  # fmt: skip
    by_value = assign_tiers(values, by="cumulative", cuts=(0.5, 0.8))
    assert by_value.tolist() == ["key", "small", "ordinary", "small", "small"]
    at = assign_tiers(values, by="threshold", cuts=(30, 10), names=("gold", "silver", "none"))
    assert at.tolist() == ["gold", "silver", "gold", "silver", "none"]
    assert list(at.cat.categories) == ["gold", "silver", "none"]
    assert at.cat.ordered


@pytest.mark.parametrize("n", [10, 100, 137, 2357])
@pytest.mark.parametrize("cut", [0.07, 0.2, 0.29, 0.57])
def test_a_rank_tier_without_ties_has_its_share_rounded(n, cut):
    tiers = assign_tiers(np.arange(n), cuts=(cut,), names=("in", "out"))
    assert abs((tiers == "in").sum() - cut * n) <= 0.5 + 1e-9


def test_a_tied_group_goes_where_its_middle_lies():
    values = [9, 5, 5, 5, 1, 1, 1, 1, 1, 1]  # the fives stand from 10 % to 40 %: middle 25 %
    assert (assign_tiers(values, cuts=(0.26,), names=("in", "out")) == "in").sum() == 4
    assert (assign_tiers(values, cuts=(0.25,), names=("in", "out")) == "in").sum() == 1


def test_the_unit_moves_nobody_who_stands_right_at_a_cut():
    values = np.array([8.0, 4.0, 3.0, 1.0])  # the first stands at exactly a quarter
    for unit in (1, 0.1, 0.01):
        tiers = assign_tiers(values * unit, by="cumulative", cuts=(0.25, 0.7))
        assert tiers.tolist() == ["ordinary", "ordinary", "small", "small"]


def test_customers_without_value_or_with_losses_are_never_key():
    values = [50, 30, 20, 0, 0, -10]
    tiers = assign_tiers(values, by="cumulative", cuts=(0.5, 0.99))
    assert tiers.tolist()[3:] == ["small"] * 3


def test_a_pyramid_by_hand():
    values = [40, 10, 30, 20, -20]
    seen = pyramid(values, assign_tiers(values, cuts=(0.2, 0.21)))
    assert seen["tier"].tolist() == ["key", "ordinary", "small"]
    assert seen["customers"].tolist() == [1, 0, 4]
    assert seen["profit"].tolist() == [40, 0, 40]
    assert seen["profit_share"].tolist() == [0.5, 0, 0.5]
    assert seen["customer_share"].tolist() == [0.2, 0, 0.8]
    assert seen["profit_per_customer"].fillna(-1).tolist() == [40, -1, 10]


# exact: shares -----------------------------------------------------------------------


def test_gini_and_top_share_of_an_exponential():
    x = population(stats.expon.ppf)
    assert gini(x) == pytest.approx(1 / 2, abs=1e-4)
    # Lorenz curve p + (1 - p) log(1 - p): Gastwirth (1971), Econometrica 39(6).
    seen = concentration(x, top=0.2, resamples=100).value
    assert seen == pytest.approx(0.2 - 0.2 * np.log(0.2), abs=1e-4)


@pytest.mark.parametrize("exponent", [2.5, 3.0, 5.0])
def test_gini_and_top_share_of_a_pareto(exponent):
    x = population(lambda u: (1 - u) ** (-1 / exponent))
    assert gini(x) == pytest.approx(1 / (2 * exponent - 1), abs=2e-3)
    seen = concentration(x, top=0.1, resamples=100).value
    assert seen == pytest.approx(0.1 ** (1 - 1 / exponent), abs=2e-3)


@pytest.mark.parametrize("sigma", [0.5, 1.0, 1.5])
def test_gini_and_top_share_of_a_lognormal(sigma):
    x = population(lambda u: np.exp(sigma * stats.norm.ppf(u)))
    assert gini(x) == pytest.approx(2 * stats.norm.cdf(sigma / np.sqrt(2)) - 1, abs=1e-3)
    seen = concentration(x, top=0.2, resamples=100).value
    assert seen == pytest.approx(stats.norm.cdf(sigma - stats.norm.ppf(0.8)), abs=1e-3)


def test_one_customer_has_it_all():
    assert gini([0, 0, 0, 8]) == 3 / 4
    assert gini([2, 2, 2]) == 0


def test_the_whale_rises_above_one_by_the_losses():
    curve = whale([-1, 3, 2])
    assert curve["customer_share"].tolist() == pytest.approx([0, 1 / 3, 2 / 3, 1])
    assert curve["profit_share"].tolist() == pytest.approx([0, 3 / 4, 5 / 4, 1])
    seen = concentration([-1, 3, 2, 0], resamples=100)
    assert (seen.peak, seen.losers) == (5 / 4, 1 / 4)


def test_a_part_of_a_customer_counts_in_part():
    assert concentration([6, 3, 1], top=0.5, resamples=100).value == pytest.approx(0.75)


def test_the_bootstrap_of_two_customers_is_known():
    """Resamples of {1, 3}: half of them equal (top half has 1/2), half mixed (3/4)."""
    seen = concentration([1, 3], top=0.5, resamples=2000, seed=4)
    assert (seen.value, seen.low, seen.high) == (0.75, 0.5, 0.75)
    middle = concentration([1, 3], top=0.5, level=0.1, resamples=2000, seed=4)
    assert {middle.low, middle.high} <= {0.5, 0.75}


def test_the_bootstrap_equals_resampling_and_sorting_each_time():
    x = np.random.default_rng(3).lognormal(0, 1, 150)
    rng, shares = np.random.default_rng(8), []
    for _ in range(4000):
        drawn = np.sort(rng.choice(x, 150))[::-1]
        shares.append(drawn[:30].sum() / drawn.sum())
    seen = concentration(x, resamples=4000)
    assert [seen.low, seen.high] == pytest.approx(np.quantile(shares, [0.025, 0.975]), abs=0.006)


def test_the_sentence_and_the_row():
    seen = concentration([6, 3, 1, -1], top=0.5, resamples=100)
    assert str(seen).startswith("The top 50 % of 4 customers bring 100 % of the value (95 % inter")
    assert "25 % of them lose money: without their losses it would be 111 % of today's" in str(seen)
    assert "lose money" not in str(concentration([6, 3, 1], resamples=100))
    assert seen.to_frame().loc[0, ["value", "n", "losers"]].tolist() == [1.0, 4, 0.25]


def test_a_share_without_bound_says_so():
    seen = concentration([5, -4, 1], top=0.5, resamples=100)
    assert np.isnan(seen.low)
    assert "unknown" in str(seen)


def test_a_score_does_not_hang_on_how_the_numbers_are_kept():
    days = {"recency": [0, 1, 2, 3, 130], "frequency": 1, "monetary": 1.0}
    assert rfm_scores(pd.DataFrame(days))["r_score"].tolist() == [5, 4, 3, 2, 1]
    small = pd.DataFrame(days).astype({"recency": "uint8"})  # its negative would run over
    assert rfm_scores(small)["r_score"].tolist() == [5, 4, 3, 2, 1]


def test_two_rules_may_name_one_segment():
    scores = rfm_scores(pd.DataFrame({"recency": [1, 9, 5], "frequency": [1, 9, 5], "monetary": 1}))
    rules = (Segment("hot", "", "high"), Segment("hot", "", frequency="high"), Segment("cold", ""))
    named = rfm_segments(scores, segments=rules)["segment"]
    assert named.cat.categories.tolist() == ["hot", "cold"]
    assert named.tolist() == ["hot", "hot", "cold"]


def test_windows_by_hand():
    log = pd.DataFrame(
        {
            "customer": [1, 2, 3, 4, 1, 1],
            "date": pd.to_datetime(["2025-01-01"] * 4 + ["2025-01-09", "2025-01-10"]),
            "amount": [10.0, 10.0, 10.0, 10.0, 30.0, 10.0],
        }
    )
    seen = concentration_by_window(log, days=[1, 2, 10], top=0.25, resamples=100)
    assert seen["customers"].tolist() == [4, 4, 4]
    assert seen["value"].tolist() == pytest.approx([1, 1, 50 / 80])
    buyers = concentration_by_window(
        log, days=[2], top=0.25, base="buyers", as_of="2025-01-02", resamples=100
    )
    assert buyers["customers"].tolist() == [4]
    assert buyers["value"].tolist() == pytest.approx([0.25])


# invariant ---------------------------------------------------------------------------

MONEY = st.lists(st.integers(0, 50), min_size=2, max_size=40).filter(lambda x: sum(x) > 0)
PROFITS = st.lists(st.integers(-20, 50), min_size=2, max_size=40).filter(lambda x: sum(x) > 0)


@given(seed=st.integers(0, 10_000))
@QUICK
def test_neither_the_order_of_rows_nor_the_future_matters(seed):
    log = random_log(200, 20, seed)
    shuffled = log.sample(frac=1, random_state=seed)
    wanted = rfm(log, as_of="2024-01-01")
    pd.testing.assert_frame_equal(rfm(shuffled, as_of="2024-01-01"), wanted)
    past = log[log["date"] < "2024-01-02"]
    pd.testing.assert_frame_equal(rfm(past, as_of="2024-01-01"), wanted)
    assert wanted["monetary"].sum() == pytest.approx(past["amount"].sum())


@given(values=PROFITS, parts=st.integers(2, 12))
@QUICK
def test_scores_never_put_the_worse_above_the_better(values, parts):
    summary = pd.DataFrame({"recency": 1, "frequency": 1, "monetary": values})
    score = rfm_scores(summary, parts=parts)["m_score"].to_numpy()
    order = np.argsort(values, kind="stable")
    assert (np.diff(score[order]) >= 0).all()
    assert (np.diff(score[order])[np.diff(np.array(values)[order]) == 0] == 0).all()
    assert score.min() == 1
    assert score.max() <= parts


@given(values=PROFITS, by=st.sampled_from(["rank", "cumulative", "threshold"]))
@QUICK
def test_tiers_never_put_the_worse_above_the_better(values, by):
    cuts = (20, 5) if by == "threshold" else (0.3, 0.7)
    code = assign_tiers(values, by=by, cuts=cuts).cat.codes.to_numpy()
    order = np.argsort(values, kind="stable")
    assert (np.diff(code[order]) <= 0).all()
    assert (np.diff(code[order])[np.diff(np.array(values)[order]) == 0] == 0).all()


@given(values=PROFITS)
@QUICK
def test_a_pyramid_shares_out_everything(values):
    seen = pyramid(values, assign_tiers(values, cuts=(0.1, 0.4)))
    assert seen["customers"].sum() == len(values)
    assert seen["customer_share"].sum() == pytest.approx(1)
    assert seen["profit_share"].sum() == pytest.approx(1)


@given(values=PROFITS)
@QUICK
def test_whale_and_lorenz_are_one_curve_from_two_ends(values):
    back = 1 - whale(values)["profit_share"].to_numpy()[::-1]
    assert np.allclose(lorenz(values)["value_share"], back)
    area = integrate.trapezoid(lorenz(values)["value_share"], lorenz(values)["customer_share"])
    assert gini(values) == pytest.approx(1 - 2 * area)


@given(values=MONEY, scale=st.sampled_from([0.01, 7, 1000]))
@QUICK
def test_shares_do_not_depend_on_the_unit(values, scale):
    assert gini(np.array(values) * scale) == pytest.approx(gini(values))
    slope = np.diff(lorenz(values)["value_share"])
    assert (np.diff(slope) >= -1e-12).all()
    assert 0 <= gini(values) < 1


@given(values=PROFITS, top=st.floats(0.05, 0.9))
@QUICK
def test_the_top_share_is_a_point_of_the_whale_curve(values, top):
    seen = concentration(values, top=top, resamples=100)
    curve = whale(values)
    at = np.interp(top, curve["customer_share"], curve["profit_share"])
    assert seen.value == pytest.approx(at)
    assert seen.peak == pytest.approx(max(1, curve["profit_share"].max()))


# recovery ----------------------------------------------------------------------------


def covered(draw, truth, *, customers, trials):
    rng, hits = np.random.default_rng(5), 0
    for seed in range(trials):
        seen = concentration(draw(rng, customers), resamples=300, seed=seed)
        hits += seen.low <= truth <= seen.high
    return hits / trials


def test_the_interval_covers_a_gamma_population_about_as_often_as_it_says():
    edge = stats.gamma.ppf(0.8, 0.5)
    truth = stats.gamma.sf(edge, 1.5)  # share of the top 20 % of a gamma of shape 1/2
    share = covered(lambda rng, n: rng.gamma(0.5, size=n), truth, customers=300, trials=500)
    assert 0.95 - 4 * np.sqrt(0.95 * 0.05 / 500) < share <= 1


def test_the_interval_covers_a_heavy_tail_too_seldom_as_documented():
    truth = 0.2 ** (1 - 1 / 1.5)
    share = covered(lambda rng, n: 1 + rng.pareto(1.5, n), truth, customers=300, trials=300)
    assert share == pytest.approx(0.68, abs=4 * np.sqrt(0.68 * 0.32 / 300))


def constant_rates(customers=4000, days=720, seed=6):
    """Customers who buy at constant gamma rates (mean once a month), one yuan a time."""
    rng = np.random.default_rng(seed)
    rate = rng.gamma(2, 1 / 2, customers) / 30
    who = np.repeat(np.arange(customers), rng.poisson(rate * days))
    day = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, days, len(who)), unit="D")
    return pd.DataFrame({"customer": who, "date": day, "amount": 1.0}), rate


def test_a_longer_window_comes_down_to_the_concentration_of_the_rates():
    log, rate = constant_rates()
    seen = concentration_by_window(log, days=[15, 60, 240, 700], resamples=100)
    truth = concentration(rate, resamples=100).value
    assert (np.diff(seen["value"]) < -0.01).all()
    assert seen["value"].iloc[0] > truth + 0.2
    assert seen["value"].iloc[-1] == pytest.approx(truth, abs=0.02)


def test_among_buyers_alone_the_same_log_shows_the_opposite():
    log, _rate = constant_rates()
    seen = concentration_by_window(log, days=[2, 15, 60, 240], base="buyers", resamples=100)
    assert (np.diff(seen["value"]) > 0.01).all()
    assert (np.diff(seen["customers"]) > 0).all()


def test_on_cdnow_the_share_falls_as_the_window_grows():
    log = datasets.load("cdnow")
    seen = concentration_by_window(log, days=[182, 365, 546], resamples=100)
    assert (np.diff(seen["value"]) < -0.05).all()


# inputs ------------------------------------------------------------------------------


def without(column, rows=2):
    log = random_log(50, 5)
    log.loc[: rows - 1, column] = None
    return log


BAD_LOGS = [
    (lambda: rfm(LOG, customer="whom", date="day", amount="paid"),
     "The log has no column 'whom'. Did you mean 'who'?"),
    (lambda: rfm(LOG, customer="who", date="day", amount="paid", order="bil"),
     "The log has no column 'bil'. Did you mean 'bill'?"),
    (lambda: rfm(LOG, customer="who", date="day", amount="who"), "are different columns"),
    (lambda: rfm(without("customer")), "2 of 50 rows have no usable 'customer'. Find out why"),
    (lambda: rfm(without("date", 7)), "7 of 50 rows have no usable 'date'"),
    (lambda: rfm(without("amount", 1)), "1 of 50 rows have no usable 'amount'"),
    (lambda: rfm(without("order"), order="order"), "2 of 50 rows have no usable 'order'"),
    (lambda: rfm(random_log(9).assign(amount=np.inf)), "9 of 9 rows have no usable 'amount'"),
    (lambda: rfm(LOG, **NAMES, as_of="2024-01-31"),
     "as_of lies before the first purchase, on 2024-02-01. You gave '2024-01-31'. "
     "Choose a day up to the last purchase, on 2024-03-02."),
    (lambda: rfm(LOG, **NAMES, as_of="yesterday"), "as_of is not a date. You gave 'yesterday'"),
    (lambda: rfm(LOG, **NAMES, as_of=19970930), 'Write it like "1997-09-30".'),
    (lambda: rfm(LOG, **NAMES, as_of=pd.NaT), "as_of is not a date"),
    (lambda: rfm(LOG.assign(day="2024-01-01"), **NAMES), "The dates in 'day' are not dates"),
    (lambda: rfm(LOG.assign(paid="9"), **NAMES), "The amounts in 'paid' are not numbers"),
    (lambda: rfm(LOG.assign(day=LOG["day"].dt.tz_localize("Asia/Shanghai")), **NAMES),
     "The dates in 'day' carry a time zone."),
    (lambda: rfm(LOG[:0], **NAMES), "The log has no rows."),
    (lambda: rfm(3), "This is not a transaction log. You gave 3."),
    (lambda: rfm("nowhere.parquet"), "There is no Parquet file here that can be read."),
    (lambda: rfm_scores(LOG), "The table has no column 'recency'"),
    (lambda: rfm_scores([1]), "This is not a pandas DataFrame. You gave 'list'."),
    (lambda: rfm_scores(pd.DataFrame({"recency": [1, None], "frequency": 1, "monetary": 1})),
     "1 of 2 rows have no usable 'recency'"),
    (lambda: rfm_scores(rfm(LOG, **NAMES), parts=1), "parts is a whole number from 2 to 100"),
    (lambda: rfm_segments(rfm_scores(rfm(LOG, **NAMES), parts=9)), "Give the same parts to"),
    (lambda: rfm_segments(rfm_scores(rfm(LOG, **NAMES)), segments=SEGMENTS[:1]),
     "The table of segments leaves"),
    (lambda: rfm_segments(rfm_scores(rfm(LOG, **NAMES)), parts="5"), "parts is a whole number"),
    (lambda: rfm_segments(rfm_scores(rfm(LOG, **NAMES)), segments=["champions"]),
     "The table of segments holds rules and nothing else. You gave 'champions'."),
    (lambda: rfm_segments(rfm_scores(rfm(LOG, **NAMES)), segments=[Segment("a", "", "hihg")]),
     "The rule 'a' has a level that no score has. You gave 'hihg'. Did you mean 'high'?"),
    (lambda: rfm_scores(rfm(LOG, **NAMES).astype({"frequency": str})),
     "The column 'frequency' does not hold numbers."),
    (lambda: rfm(pd.concat([LOG, LOG[["paid"]]], axis=1), **NAMES),
     "The log has two columns of one name."),
    (lambda: rfm(LOG.assign(who=[7, *"abcdefghij"][: len(LOG)]), **NAMES),
     "The customers in 'who' are named in several kinds at once. You gave ['int', 'str']."),
    (lambda: rfm(random_log(9).assign(amount=[np.inf, -np.inf, *[1.0] * 7])),
     "2 of 9 rows have no usable 'amount'"),
    (lambda: rfm(LOG, customer=["who"], date="day", amount="paid"), "no column '['who']'"),
]  # fmt: skip
BAD_VALUES = [
    (lambda: gini([1, np.nan, np.inf]), "2 of 3 values are missing or infinite"),
    (lambda: gini([[1, 2]]), "not one number for each customer. You gave (1, 2)."),
    (lambda: gini([]), "not one number for each customer"),
    (lambda: gini(["a"]), "The values are not numbers."),
    (lambda: lorenz([1, -1]), "do not sum to more than nothing"),
    (lambda: whale([0, 0]), "do not sum to more than nothing"),
    (lambda: concentration([1, 2], top=20), "top is a share between 0 and 1. You gave 20."),
    (lambda: concentration([1, 2], level=95), "Write 0.2 for 20 %."),
    (lambda: concentration([1]), "needs at least two customers"),
    (lambda: concentration([1, 2], resamples=9), "resamples is a whole number from 100 to"),
    (lambda: concentration([1, 2], seed=-1), "A seed is zero or positive."),
    (lambda: assign_tiers([1, 2], by="ranks", cuts=(0.5,)), "Did you mean 'rank'?"),
    (lambda: assign_tiers([1, 2], cuts=(0.5, 0.2)), "each larger than the one before"),
    (lambda: assign_tiers([1, 2], cuts=(4, 20)), "Write (0.04, 0.20) for the top 4 %"),
    (lambda: assign_tiers([1, 2], by="threshold", cuts=(1, 2)), "from the best tier down"),
    (lambda: assign_tiers([1, 2], cuts=(0.5,)), "1 cuts make 2 tiers"),
    (lambda: assign_tiers([0, 0], by="cumulative", cuts=(0.5, 0.8)), "more than nothing"),
    (lambda: pyramid([1, 2, 3], ["key", "small"]), "You gave '3 values, 2 tiers'."),
    (lambda: pyramid([1, 2], ["key", None]), "1 customers have no tier."),
    (lambda: concentration_by_window(random_log(), days=[0]), "days is a whole number from 1 to"),
    (lambda: concentration_by_window(random_log(), days=[900]), "days is a whole number from 1"),
    (lambda: concentration_by_window(random_log(), days=[9], base="al"), "Did you mean 'all'?"),
    (lambda: concentration_by_window(random_log(), days=9), "days lists how long the windows are"),
    (lambda: concentration_by_window(random_log(), days=[]), "days lists how long the windows are"),
    (lambda: gini(pd.to_datetime(["2024-01-01", "2025-01-01"])), "The values are not numbers."),
    (lambda: gini(pd.Series(pd.to_datetime(["2024-01-01"], utc=True))), "are not numbers."),
    (lambda: gini([1j, 2]), "The values are not numbers."),
    (lambda: gini([10**400, 1]), "The values are not numbers."),
    (lambda: assign_tiers([1, 2], cuts=0.5), "Cuts are numbers, one for each tier but the last."),
    (lambda: assign_tiers([1, 2], cuts=("a", "b")), "Cuts are numbers"),
    (lambda: assign_tiers([1, 2], cuts=[0.1, [0.2]]), "Cuts are numbers"),
    (lambda: assign_tiers([1, 2], by="threshold", cuts=(5, np.nan)), "Cuts are numbers"),
    (lambda: assign_tiers([1, 2], cuts=(0.2, 0.5), names=None), "2 cuts make 3 tiers"),
    (lambda: assign_tiers([1, 2], cuts=(0.2, 0.5), names=("a", None, "b")), "2 cuts make 3"),
    (lambda: pyramid([1, 2, 3], None), "You gave '3 values, 0 tiers'."),
    (lambda: pyramid([1, 2], [[1], [2]]), "The tiers are not one name for each customer."),
]  # fmt: skip


@pytest.mark.parametrize(("call", "message"), BAD_LOGS + BAD_VALUES)
def test_what_is_wrong_is_said(call, message):
    with pytest.raises(CvmError) as caught:
        call()
    assert message in str(caught.value)


def test_duckdb_finds_what_cannot_be_used_too(tmp_path):
    path = tmp_path / "log.parquet"
    without("amount", 3).to_parquet(path)
    with pytest.raises(CvmError, match="3 of 50 rows have no usable 'amount'"):
        rfm(path)


def test_without_duckdb_the_message_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "duckdb", None)
    with pytest.raises(MissingExtra, match=r"pip install 'cvm\[files\]'"):
        rfm("log.parquet")
