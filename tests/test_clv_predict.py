"""Predictions, values and holdouts: published totals, sums that agree, intervals that cover."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from scipy.special import hyperu

from cvm import clv, datasets
from cvm.errors import CvmError

CDNOW = datasets.load("cdnow_summary")
BG, PARETO, SPEND = clv.bg_nbd(CDNOW), clv.pareto_nbd(CDNOW), clv.gamma_gamma(CDNOW)
SMALL = CDNOW.iloc[::8].reset_index(drop=True)

# exact -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def cdnow():
    return clv.validate(
        datasets.load("cdnow"), as_of="1997-09-30", holdout_until="1998-06-30", draws=60
    )


def test_the_holdout_of_cdnow_is_the_published_one(cdnow):
    # Fader, Hardie & Lee 2005: 1,882 purchases came, BG/NBD says 1,653
    assert cdnow.actual == 1882
    assert cdnow.expected == pytest.approx(1653.4, abs=0.3)  # on exact days
    assert cdnow.horizon == pytest.approx(39)
    assert cdnow.low < cdnow.expected < cdnow.high < cdnow.actual
    assert cdnow.naive == pytest.approx(2930, abs=3)
    assert cdnow.error < cdnow.naive_error
    assert str(cdnow).startswith("BG/NBD forecast 1,653 purchases in 39 weeks (95 % interval 1,4")


def test_the_tables_of_a_holdout_agree(cdnow):
    by = cdnow.by_frequency
    assert by["customers"].sum() == cdnow.customers == 2357
    assert (by["customers"] * by["actual"]).sum() == pytest.approx(1882)
    assert (by["customers"] * by["expected"]).sum() == pytest.approx(cdnow.expected)
    track = cdnow.tracking
    # repeats before the cut, and those up to the last whole week
    log = clv.days_of(datasets.load("cdnow"), amount=None)
    again = log[log["customer"].duplicated()]
    week = (again["day"] - log["day"].min()).dt.days / 7
    assert track["actual"].tolist() == [float((week <= t).sum()) for t in track["period"]]
    assert track["expected"].is_monotonic_increasing
    assert track.loc[~track["holdout"], "period"].max() == 38
    gap = track["expected"].iloc[38] / track["actual"].iloc[38] - 1
    assert abs(gap) < 0.03
    counts = cdnow.frequencies
    assert counts["actual"].tolist() == [1411, 439, 214, 100, 62, 38, 29, 64]
    assert counts["expected"].sum() == pytest.approx(2357)
    assert np.abs(counts["expected"] - counts["actual"]).max() < 30


def test_expected_repeats_are_the_textbook_ones():
    # BG/NBD for a new customer, Fader, Hardie & Lee 2005, equation 9, by simulation
    drawn = clv.simulate(BG, n=40_000, T=39, seed=3)["frequency"]
    mean = clv.expected_repeats(BG, CDNOW, age=39.0)
    assert (mean == mean[0]).all()
    assert mean[0] == pytest.approx(drawn.mean(), abs=4 * drawn.std() / 200)


def test_the_value_of_pareto_customers_is_the_published_form():
    # Fader, Hardie & Lee 2005 (RFM and CLV), DERT by Tricomi's function, continuous discounting
    r, alpha, s, beta = PARETO.params
    rate, x, tx, T = 0.01, 3.0, 20.0, 30.0
    row = pd.DataFrame({"customer": [1], "frequency": [x], "recency": [tx], "T": [T]})
    alive = float(clv.probability_alive(PARETO, row).iloc[0])
    z = rate * (beta + T)
    book = alive * (r + x) / (alpha + T) * rate ** (s - 1) * (beta + T) ** s * hyperu(s, s, z)
    far, each = 1200, float(clv.expected_spend(SPEND, row.assign(monetary_value=30.0)).iloc[0])
    found = clv.residual_value(PARETO, SPEND, row.assign(monetary_value=30.0), horizon=far,
                               periods=1500, discount=np.exp(rate) - 1, draws=20)  # fmt: skip
    assert found.value / each == pytest.approx(book, rel=1e-4)


def test_value_adds_up():
    found = clv.residual_value(BG, SPEND, SMALL, horizon=39, periods=3, discount=0.002,
                               margin=0.3, draws=40)  # fmt: skip
    table, periods = found.customers, found.periods
    assert (
        found.value
        == pytest.approx(table["value"].sum())
        == pytest.approx(periods["present_value"].sum())
    )
    assert periods["purchases"].sum() == pytest.approx(table["purchases"].sum())
    assert table["purchases"].to_numpy() == pytest.approx(
        clv.expected_purchases(BG, SMALL, horizon=39).to_numpy()
    )
    assert periods["end"].tolist() == [13, 26, 39]
    discounted = periods["value"] * 1.002 ** -(periods["end"] - 6.5)
    assert periods["present_value"].to_numpy() == pytest.approx(discounted.to_numpy())
    plain = clv.residual_value(BG, SPEND, SMALL, horizon=39, periods=3, draws=20)
    worth = (plain.customers["purchases"] * plain.customers["spend"]).sum()
    assert plain.value == pytest.approx(worth)
    assert found.low < found.value < found.high
    assert (periods["low"] < periods["present_value"]).all()
    assert "of present value (95 % prediction interval" in str(found)


# invariant -------------------------------------------------------------------------


@pytest.mark.parametrize("fitted", [BG, PARETO], ids=["bg", "pareto"])
def test_a_longer_time_ahead_never_loses_a_purchase(fitted):
    ahead = [clv.expected_purchases(fitted, SMALL, horizon=t) for t in (0, 1, 10, 100)]
    assert ahead[0].to_numpy() == pytest.approx(0)
    assert all((b >= a).all() for a, b in pairwise(ahead))


def test_a_prediction_is_made_of_its_customers(monkeypatch):
    found = clv.predict(BG, SMALL, horizon=39, draws=60)
    table = found.customers
    assert (table["customer"] == SMALL["customer"]).all()
    assert found.expected == pytest.approx(table["expected"].sum())
    assert ((table["low"] >= 0) & (table["low"] <= table["high"])).all()
    assert table[["low", "high"]].to_numpy() == pytest.approx(table[["low", "high"]].round())
    wide = clv.predict(BG, SMALL, horizon=39, draws=60, level=0.99)
    assert wide.low <= found.low < found.high <= wide.high
    assert found.low == clv.predict(BG, SMALL, horizon=39, draws=60).low
    monkeypatch.setattr("cvm.clv.prediction.BLOCK", 100)  # the same total, but for luck
    blocks = clv.predict(BG, SMALL, horizon=39, draws=60)
    assert blocks.expected == pytest.approx(found.expected)
    assert blocks.high == pytest.approx(found.high, rel=0.15)


def test_unknown_parameters_widen_the_total_and_hardly_a_customer():
    sure = clv.bg_nbd(pd.concat([CDNOW] * 100), weights=None)
    unsure, known = (clv.predict(f, CDNOW, horizon=39, draws=200) for f in (BG, sure))
    assert unsure.high - unsure.low > 1.1 * (known.high - known.low)
    gap = (unsure.customers["high"] - known.customers["high"]).mean()
    assert gap < 0.5


# recovery --------------------------------------------------------------------------

TRUE = {
    "bg_nbd": {"r": 0.6, "alpha": 6.0, "a": 0.9, "b": 2.5},
    "mbg_nbd": {"r": 0.6, "alpha": 6.0, "a": 0.9, "b": 2.5},
    "pareto_nbd": {"r": 0.7, "alpha": 5.0, "s": 0.7, "beta": 10.0},
    "bg_bb": {"alpha": 1.2, "beta": 0.75, "gamma": 0.66, "delta": 2.8},
}


def both_halves(name, n, seed):
    """The same customers seen for one part of their life, and their purchases in the rest."""
    first, whole = (6, 12) if name == "bg_bb" else (40, 80)
    early = clv.simulate(name, TRUE[name], n=n, T=first, seed=seed)
    if name == "bg_bb":
        late = clv.simulate(name, TRUE[name], n=n, T=whole, seed=seed)
        return early, (late["frequency"] - early["frequency"]).to_numpy()
    rng = np.random.default_rng(seed)
    rate = early["true_rate"].to_numpy()
    if name == "pareto_nbd":  # memoryless: the life left is as new
        life = rng.exponential(1 / early["true_hazard"].to_numpy())
        more = rng.poisson(rate * np.minimum(life, first))
    else:
        more = np.minimum(rng.poisson(rate * first), rng.geometric(early["true_drop"].to_numpy()))
    return early, np.where(early["true_alive"], more, 0)


@pytest.mark.parametrize("name", TRUE)
def test_the_chance_to_be_alive_and_the_purchases_ahead_are_calibrated(name):
    early, later = both_halves(name, 6000, 5)
    fitted = getattr(clv, name)(early)
    horizon = 6 if name == "bg_bb" else 40
    alive = clv.probability_alive(fitted, early)
    expected = clv.expected_purchases(fitted, early, horizon=horizon)
    for values, truth in ((alive, early["true_alive"]), (expected, pd.Series(later))):
        groups = values.rank(method="first").floordiv(1500).clip(upper=3)
        gap = (values - truth).groupby(groups).agg(["mean", "std", "size"])
        error = gap["std"] / np.sqrt(gap["size"]) + 0.015 * values.groupby(groups).mean()
        assert (gap["mean"].abs() < 4 * error).all()


@pytest.mark.parametrize("name", ["bg_nbd", "pareto_nbd", "bg_bb"])
def test_intervals_of_customers_and_of_the_total_cover(name):
    inside, of_customers, horizon = [], [], 6 if name == "bg_bb" else 40
    for seed in range(16):
        early, later = both_halves(name, 300, seed)
        fitted = getattr(clv, name)(early)
        if not fitted.converged:
            continue
        found = clv.predict(fitted, early, horizon=horizon, draws=60, level=0.9)
        assert "purchases in the next" in str(found)
        inside.append(found.low <= later.sum() <= found.high)
        table = found.customers
        of_customers.append(np.mean((table["low"] <= later) & (later <= table["high"])))
    assert np.mean(inside) > 0.9 - 2.6 * np.sqrt(0.09 / len(inside))
    assert 0.88 < np.mean(of_customers) < 0.995  # whole numbers: at least the level


# inputs ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: clv.predict(SPEND, CDNOW, horizon=3), "Purchases come from a fit of bg_nbd"),
        (lambda: clv.predict(BG, CDNOW, horizon=-1), "The time ahead is zero or positive"),
        (lambda: clv.predict(BG, CDNOW, horizon=3, draws=3), "An interval needs 20 draws"),
        (lambda: clv.predict(BG, CDNOW, horizon=3, level=95), "A confidence level lies between"),
        (lambda: clv.probability_alive(BG, CDNOW.drop(columns="T")), "no column 'T'"),
        (lambda: clv.residual_value(BG, BG, CDNOW, horizon=3), "Spend comes from a Gamma-Gamma"),
        (lambda: clv.residual_value(BG, SPEND, CDNOW, horizon=0), "a time ahead above 0"),
        (lambda: clv.residual_value(BG, SPEND, CDNOW, horizon=3, periods=0), "1 period or more"),
        (
            lambda: clv.validate(datasets.load("cdnow"), as_of="1998-06-30"),
            "The holdout ends after as_of, on 1998-06-30",
        ),
    ],
)
def test_what_cannot_be_predicted_is_told(call, message):
    with pytest.raises(CvmError, match=message):
        call()


def test_spend_without_a_mean_is_told():
    base = clv.simulate("bg_nbd", TRUE["bg_nbd"], n=800, T=60, seed=1)
    table = clv.simulate_spend({"p": 6.0, "q": 0.6, "v": 15.0}, base, seed=2)
    heavy, buying = clv.gamma_gamma(table), clv.bg_nbd(table)
    with pytest.raises(CvmError, match="Spend has no mean here: q is 1 or less"):
        clv.residual_value(buying, heavy, table, horizon=3)


def test_a_fit_without_a_peak_tells_no_error():
    """The inverse of a surface that is none gave intervals of no width at all."""
    table = pd.DataFrame({"frequency": [0] * 50, "recency": [0.0] * 50, "T": [40.0] * 50})
    found = clv.bg_nbd(table)
    assert not found.converged
    assert found.se.isna().all()
    assert found.conf_int().isna().all(axis=None)
    assert "(unknown to unknown)" in str(found)
    assert "no peak here" in str(found)


def test_occasions_are_whole_wherever_they_are_read():
    truth = {"alpha": 1.2, "beta": 0.75, "gamma": 0.66, "delta": 2.8}
    table = clv.simulate("bg_bb", truth, n=300, T=6, seed=1)
    found = clv.bg_bb(table)
    with pytest.raises(CvmError, match="BG/BB counts occasions"):
        clv.probability_alive(found, table.assign(T=6.5))
    with pytest.raises(CvmError, match=r"looks a whole number of occasions ahead.*2.5"):
        clv.expected_purchases(found, table, horizon=2.5)
    with pytest.raises(CvmError, match=r"no occasions any more but time.*clv.bg_nbd"):
        clv.bg_bb(table.assign(T=1e6))


def test_what_is_no_argument_of_a_forecast_is_told():
    table = clv.simulate(
        "bg_nbd", {"r": 0.5, "alpha": 5.0, "a": 0.8, "b": 2.5}, n=200, T=40, seed=1
    )
    found = clv.bg_nbd(table)
    with pytest.raises(CvmError, match=r"time ahead is zero or positive.*'soon'"):
        clv.predict(found, table, horizon="soon")
    with pytest.raises(CvmError, match=r"20 draws or more.*'many'"):
        clv.predict(found, table, horizon=3, draws="many")


def test_spend_below_nothing_is_told_and_numbers_written_as_text_are_read():
    table = pd.DataFrame({"frequency": [1, 2, 3, 4] * 9, "monetary_value": np.arange(36) % 7 + 5.0})
    found = clv.gamma_gamma(table)
    same = clv.gamma_gamma(table.assign(frequency=table["frequency"].astype(str)))
    assert same.loglike == pytest.approx(found.loglike)
    with pytest.raises(CvmError, match=r"Nobody spends less than nothing on average; 36 do"):
        clv.expected_spend(found, table.assign(monetary_value=-5.0))


def test_a_list_of_the_best_needs_numbers():
    table = pd.DataFrame({"y": [1.0, 2, 3, 4], "s": [1.0, 1, 1, 1], "t": list("abcd")})
    assert clv.best_customers(table, outcome="y", scores=["s"])["rank_correlation"].isna().all()
    for wrong, told in ((["t"], "'t' does not hold numbers"), ("s", "Scores come as a list")):
        with pytest.raises(CvmError, match=told):
            clv.best_customers(table, outcome="y", scores=wrong)
    with pytest.raises(CvmError, match="0 or more for each customer"):
        clv.best_customers(table.head(1), outcome="y", scores=["s"])
    with pytest.raises(CvmError, match="by a number for each"):
        clv.top_share(table["t"], top=0.2)
