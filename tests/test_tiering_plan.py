"""Service plans and the table behind the picture of a discontinuity."""

import numpy as np
import pandas as pd
import pytest

from cvm import tiering
from cvm.errors import CvmError
from cvm.tiering import Accounts, ServiceResponse, TierPlan, bins, plan_service, threshold_effect

N = 2_000


@pytest.fixture(scope="module")
def points():
    return tiering.simulate_rewards(tiering.Rewards(), n=N, seed=3)


@pytest.fixture(scope="module")
def effect(points):
    return threshold_effect(points, running="points", outcome="visits_after", cutoff=10)


# ------------------------------------------------------------------------------ exact


def test_a_plan_is_its_parts_put_together():
    world = TierPlan(key_share=0.1, ordinary_share=0.3, service_budget=20, months=6)
    plan = plan_service(world, n=N, seed=5)
    customers = tiering.simulate_accounts(Accounts(months=6), n=N, seed=5).customers
    yearly = customers["profit"] * 2
    pyramid = tiering.pyramid(yearly, tiering.assign_tiers(yearly, cuts=(0.1, 0.4)))
    split = tiering.allocate(pyramid, budget=20 * N, response=ServiceResponse())
    pd.testing.assert_frame_equal(plan.to_frame()[pyramid.columns], pyramid)
    assert str(plan) == str(split)
    spend = split.to_frame()["spend_best"]
    assert plan.tiers["spend"].tolist() == spend.tolist()
    assert plan.tiers["spend_share"].tolist() == pytest.approx((spend / spend.sum()).tolist())


def test_the_jump_of_the_lines_is_the_effect(points, effect):
    table = bins(points, effect)
    below, above = table.loc[table["value"] == 10, "line"]
    assert above - below == pytest.approx(effect.effect)


def test_bins_are_the_means_by_value(points, effect):
    table = bins(points, effect)
    seen = table[table["customers"] > 0]
    by_hand = points.groupby("points")["visits_after"].agg(["size", "mean", "sem"])
    by_hand = by_hand.loc[seen["value"].astype(int)]
    assert seen["customers"].tolist() == by_hand["size"].tolist()
    assert seen["mean"].to_numpy() == pytest.approx(by_hand["mean"].to_numpy())
    assert seen["se"].to_numpy() == pytest.approx(by_hand["sem"].to_numpy(), nan_ok=True)
    assert list(table.columns) == ["value", "above", "customers", "mean", "se", "line"]
    assert (np.abs(table["value"] - 10) <= 1.5 * effect.bandwidth).all()


# -------------------------------------------------------------------------- invariant


def test_no_budget_spends_nothing():
    plan = plan_service(TierPlan(service_budget=0), n=N, seed=1)
    assert plan.tiers[["spend", "spend_share", "spend_per_customer"]].to_numpy().sum() == 0


def test_a_larger_budget_never_earns_less():
    gains = [
        plan_service(TierPlan(service_budget=budget), n=N, seed=1).allocation.gain_best
        for budget in (0, 5, 10, 20, 40)
    ]
    assert gains == sorted(gains)


def test_moving_a_cut_meets_the_same_customers():
    narrow, wide = (
        plan_service(TierPlan(key_share=share), n=N, seed=1).tiers["profit"].sum()
        for share in (0.02, 0.2)
    )
    assert narrow == pytest.approx(wide)


# ----------------------------------------------------------------------------- inputs


def test_few_customers_leave_a_tier_empty_and_are_planned_for_all_the_same():
    plan = plan_service(TierPlan(), n=10, seed=1)
    assert plan.tiers["customers"].tolist()[0] == 0
    assert np.isfinite(plan.tiers["spend"]).all()


def test_messages(points, effect):
    with pytest.raises(CvmError, match="effect= is what threshold_effect found"):
        bins(points, 3)
    with pytest.raises(CvmError, match="n is a whole number"):
        plan_service(TierPlan(), n=[9], seed=1)
    with pytest.raises(CvmError, match="no column 'points'"):
        bins(points.drop(columns="points"), effect)
    with pytest.raises(CvmError, match="do not sum to more than nothing"):
        plan_service(TierPlan(product_cost=0.9), n=N, seed=1)
    with pytest.raises(CvmError, match=r"TierPlan\.key_share must lie between"):
        TierPlan(key_share=0.9)
