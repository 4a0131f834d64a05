"""The fits find what was simulated, and their intervals cover it."""

import numpy as np
import pandas as pd
import pytest

from cvm import clv
from cvm.clv.fit import parameters
from cvm.errors import CvmError

PARAMS = {
    "bg_nbd": {"r": 0.5, "alpha": 6.0, "a": 0.9, "b": 2.0},
    "mbg_nbd": {"r": 0.6, "alpha": 6.0, "a": 0.9, "b": 2.0},
    "pareto_nbd": {"r": 0.7, "alpha": 5.0, "s": 0.7, "beta": 10.0},
    "bg_bb": {"alpha": 1.2, "beta": 0.75, "gamma": 0.66, "delta": 2.8},
    "shifted_beta_geometric": {"alpha": 0.7, "beta": 1.2},
}


def ages(name):
    return 6 if name in ("bg_bb", "shifted_beta_geometric") else 40


# exact -----------------------------------------------------------------------------


def test_a_history_by_hand():
    # with so many purchases the rate itself is seen, and nobody ever leaves
    params = {"r": 50.0, "alpha": 1.0, "a": 1e-6, "b": 50.0}
    table = clv.simulate("bg_nbd", params, n=200, T=40, seed=1)
    assert table["true_alive"].all()
    assert (table["frequency"] / 40).to_numpy() == pytest.approx(table["true_rate"], rel=0.15)
    assert (table["T"] - table["recency"]).mean() == pytest.approx(1 / 50, rel=0.3)


# invariant -------------------------------------------------------------------------


@pytest.mark.parametrize("name", PARAMS)
def test_more_customers_keep_the_first(name):
    few = clv.simulate(name, PARAMS[name], n=30, T=ages(name), seed=4)
    many = clv.simulate(name, PARAMS[name], n=90, T=ages(name), seed=4)
    pd.testing.assert_frame_equal(many.head(30), few)
    other = clv.simulate(name, PARAMS[name], n=30, T=ages(name), seed=5)
    assert not other.equals(few)


@pytest.mark.parametrize("name", ["bg_nbd", "mbg_nbd", "pareto_nbd"])
def test_buying_more_often_never_loses_a_purchase_while_nobody_leaves(name):
    leaving = {"a": 1e-6, "b": 5.0} if name != "pareto_nbd" else {"s": 1e-3, "beta": 1e6}
    slow, fast = (
        clv.simulate(name, {"r": 1.0, "alpha": alpha, **leaving}, n=300, T=40, seed=2)
        for alpha in (8.0, 4.0)
    )
    assert (fast["frequency"] >= slow["frequency"]).all()
    assert (fast["recency"] <= fast["T"]).all()
    assert ((fast["frequency"] == 0) == (fast["recency"] == 0)).all()


# recovery --------------------------------------------------------------------------


@pytest.mark.parametrize("name", PARAMS)
def test_a_fit_finds_what_was_simulated_and_intervals_cover(name):
    truth, fits = np.array(list(PARAMS[name].values())), []
    for seed in range(24):
        table = clv.simulate(name, PARAMS[name], n=600, T=ages(name), seed=seed)
        fits.append(getattr(clv, name)(table))
    fits = [f for f in fits if f.converged]
    assert len(fits) >= 22
    inside = np.array([(f.conf_int()["low"] <= truth) & (truth <= f.conf_int()["high"])
                       for f in fits])  # fmt: skip
    # 2.6 errors of 24 fits; the parameters of a fit move together
    assert inside.mean() > 0.95 - 2.6 * np.sqrt(0.95 * 0.05 / len(fits))
    off = np.array([np.log(f.params.to_numpy(float) / truth) for f in fits])
    assert np.abs(np.median(off, axis=0)).max() < 4 * (off.std(axis=0) / np.sqrt(len(fits))).max()


def test_spend_finds_what_was_simulated_and_intervals_cover():
    truth = {"p": 6.0, "q": 4.0, "v": 15.0}
    base = clv.simulate("bg_nbd", PARAMS["bg_nbd"], n=800, T=60, seed=1)
    fits = [clv.gamma_gamma(clv.simulate_spend(truth, base, seed=s)) for s in range(24)]
    ends = [f.conf_int() for f in fits]
    inside = np.array([(e["low"] <= list(truth.values())) & (e["high"] >= list(truth.values()))
                       for e in ends])  # fmt: skip
    assert inside.mean() > 0.95 - 2.6 * np.sqrt(0.95 * 0.05 / len(fits))
    assert np.median([f.params for f in fits], axis=0) == pytest.approx([6, 4, 15], rel=0.15)


def test_covariates_are_found_and_tested():
    z = np.random.default_rng(5).integers(0, 2, 4000)
    parts = [
        clv.simulate("bg_nbd", PARAMS["bg_nbd"] | {"alpha": 6.0 * np.exp(-0.8 * k)},
                     n=int((z == k).sum()), T=40, seed=k).assign(young=k)
        for k in (0, 1)
    ]  # fmt: skip
    table = pd.concat(parts, ignore_index=True)
    large = clv.bg_nbd(table, covariates=["young"], on=["alpha"])
    low, high = large.conf_int().loc["alpha[young]"]
    assert low < 0.8 < high
    assert low > 0.5
    test = clv.likelihood_ratio(clv.bg_nbd(table), large)
    assert test.df == 1
    assert test.p_value < 1e-6
    assert "Likelihood-ratio test of r, alpha, a, b within r, alpha, a, b, alpha[young]" in str(
        test
    )
    full = clv.bg_nbd(table, covariates=["young"])
    assert list(full.params.index[4:]) == ["alpha[young]", "a[young]", "b[young]"]
    assert clv.likelihood_ratio(large, full).p_value > 0.001
    by_row = parameters(large, table)["alpha"]
    assert by_row[table["young"] == 1] == pytest.approx(
        large.params["alpha"] * np.exp(-large.params["alpha[young]"])
    )


# inputs ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"model": "bgnbd"}, "There is no such model to simulate.*mean 'bg_nbd'"),
        ({"n": 0}, "at least one customer"),
        ({"T": -1}, "T is an age of zero or more"),
        ({"T": [1, 2]}, "T is an age of zero or more"),
        ({"params": {"r": 1}}, "The parameters are r, alpha, a, b, each above 0"),
        ({"params": {"r": 1, "alpha": 1, "a": 1, "b": 0}}, "each above 0"),
    ],
)
def test_what_cannot_be_simulated_is_told(changes, message):
    call = {"model": "bg_nbd", "params": PARAMS["bg_nbd"], "n": 3, "T": 40, "seed": 1} | changes
    with pytest.raises(CvmError, match=message):
        clv.simulate(call.pop("model"), call.pop("params"), **call)


def test_a_fit_with_covariates_is_not_simulated():
    table = clv.simulate("bg_nbd", PARAMS["bg_nbd"], n=300, T=40, seed=1)
    found = clv.bg_nbd(table.assign(z=np.arange(300) % 2), covariates=["z"], on=["alpha"])
    with pytest.raises(CvmError, match="no customers of its own to simulate"):
        clv.simulate(found, n=3, T=4, seed=1)
