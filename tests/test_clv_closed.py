"""Closed forms, customer equity and Markov chains: published numbers, sums, slopes."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cvm import clv
from cvm.errors import CvmError

# exact -----------------------------------------------------------------------------


def test_the_published_margin_multiple():
    # Gupta & Lehmann 2003: retention 90 %, discount 12 %
    assert clv.margin_multiple(0.9, 0.12) == pytest.approx(4.09, abs=0.005)


@pytest.mark.parametrize(
    ("first", "value"), [("now", 5.0909), ("end", 4.5455), ("renewal", 4.0909)]
)
def test_when_the_first_payment_falls(first, value):
    found = clv.lifetime_value(margin=1, retention=0.9, discount=0.12, first_payment=first)
    assert found == pytest.approx(value, abs=1e-4)


@pytest.mark.parametrize("periods", [1, 2, 7, 60])
@pytest.mark.parametrize("first", clv.PAYMENTS)
def test_the_closed_form_is_the_sum(first, periods):
    r, d, t = 0.8, 0.1, np.arange(periods)
    by_sum = {
        "now": r**t / (1 + d) ** t, "end": r**t / (1 + d) ** (t + 1),
        "renewal": r ** (t + 1) / (1 + d) ** (t + 1),
    }[first].sum()  # fmt: skip
    found = clv.lifetime_value(margin=50, retention=r, discount=d, first_payment=first,
                               periods=periods, acquisition_cost=20)  # fmt: skip
    assert found == pytest.approx(50 * by_sum - 20)


def test_who_always_stays_undiscounted_pays_every_period():
    found = clv.lifetime_value(margin=[2, 3], retention=1, discount=0, periods=5)
    assert found == pytest.approx([10, 15])


def test_the_published_chain():
    # Pfeifer & Carraway 2000: four periods, without end, and stopping at recency 4
    assert clv.mailing_value(periods=4).to_numpy() == pytest.approx(
        [50.115, 4.220, 0.592, -1.980, 0], abs=5e-4
    )
    assert clv.mailing_value().to_numpy() == pytest.approx(
        [52.320, 5.554, 1.251, -1.820, 0], abs=5e-4
    )
    assert clv.mailing_value(stop_at=4).to_numpy() == pytest.approx(
        [53.149, 6.621, 2.644, 0, 0], abs=5e-4
    )
    policies = clv.mailing_policies()
    assert policies["mailed_up_to"].tolist() == [1, 2, 3, 4]
    assert policies.loc[policies["best"], "mailed_up_to"].tolist() == [3]


def test_the_chain_by_recency():
    chain = clv.recency_chain([0.3, 0.2])
    assert chain.to_numpy().tolist() == [[0.3, 0.7, 0], [0.2, 0, 0.8], [0, 0, 1]]
    assert list(chain.index) == ["1", "2", "former"]


def test_customer_equity_by_hand():
    world = clv.CustomerBase(
        retention=0.8,
        margin=100,
        acquisition_cost=150,
        new_customers=10,
        customers=50,
        discount=0.2,
    )
    found = clv.customer_equity(world)
    # 100 x .8 / .4 = 200 a customer now; a new one 100 x 1.2 / .4 - 150 = 150, each year / .2
    assert (found.each, found.now, found.to_come) == pytest.approx((200, 10_000, 7_500))
    assert found.equity == pytest.approx(17_500)
    assert str(found).startswith(
        "Customers are worth 17,500: 10,000 those here, 7,500 those to come. One per cent of "
        "retention moves it by "
    )


# invariant -------------------------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(
    st.floats(0.05, 0.98), st.floats(1, 9e3), st.floats(1, 9e3), st.floats(1, 1e4), st.floats(1, 1e5),
    st.floats(0.02, 0.9),
)  # fmt: skip
def test_elasticities_are_the_slopes(retention, margin, cost, new, customers, discount):
    world = clv.CustomerBase(
        retention=retention, margin=margin, acquisition_cost=cost, new_customers=new,
        customers=customers, discount=discount,
    )  # fmt: skip
    found = clv.customer_equity(world)
    size = abs(found.now) + abs(found.to_come) + new * cost / discount
    for row in found.elasticities.itertuples():
        step = 1e-5 * row.value
        up, down = (
            clv.customer_equity(world.replace(**{row.parameter: row.value + s})).equity
            for s in (step, -step)
        )
        slope = (up - down) / 2e-5
        assert row.elasticity * found.equity == pytest.approx(slope, rel=1e-4, abs=1e-7 * size)
    order = found.elasticities["elasticity"].abs()
    assert order.is_monotonic_decreasing


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=6), st.floats(0.01, 2), st.integers(0, 9))
def test_a_chain_adds_up(chances, discount, periods):
    chain = clv.recency_chain(chances)
    assert chain.sum(axis=1).to_numpy() == pytest.approx(1)
    rewards = np.arange(len(chain)) - 1.0
    value = clv.markov_value(chain, rewards, discount=discount)
    assert value.to_numpy() == pytest.approx(
        rewards + chain.to_numpy() @ value.to_numpy() / (1 + discount)
    )
    step, total = np.eye(len(chain)), np.zeros(len(chain))
    for _move in range(periods + 1):
        total, step = total + step @ rewards, step @ chain.to_numpy() / (1 + discount)
    found = clv.markov_value(chain, rewards, discount=discount, periods=periods)
    assert found.to_numpy() == pytest.approx(total)


# recovery --------------------------------------------------------------------------


def test_a_chain_walked_by_customers_brings_its_value():
    rng, n = np.random.default_rng(2), 40_000
    state, alive, got = np.zeros(n, int), np.ones(n, bool), np.zeros(n)
    chances = np.array([*clv.MAILING["chances"], 0.0])
    for t in range(40):
        money = np.where(state == 0, 36.0, -4.0) * alive
        got += money / 1.2**t
        bought = rng.random(n) < chances[state]
        state = np.where(bought, 0, state + 1)
        alive &= state < 4
        state = np.minimum(state, 4)
    assert got.mean() == pytest.approx(52.32, abs=4 * got.std() / np.sqrt(n))


# inputs ----------------------------------------------------------------------------

FORM = {"margin": 1, "retention": 0.9, "discount": 0.1}
CHAIN = {"transition": [[0.5, 0.5], [0, 1]], "rewards": [1, 0], "discount": 0.1}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"retention": 90}, "Retention is a probability.*Write 85 per cent as 0.85"),
        ({"discount": -0.1}, "The discount rate is zero or positive"),
        ({"first_payment": "later"}, "The first payment falls now.*now, end, renewal"),
        ({"periods": 0}, "Payments counted are 1 or more"),
        ({"retention": 1, "discount": 0}, "worth without end"),
    ],
)
def test_what_a_closed_form_cannot_take_is_told(changes, message):
    with pytest.raises(CvmError, match=message):
        clv.lifetime_value(**(FORM | changes))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"transition": [[0.5, 0.6], [0, 1]]}, "rows add to 1"),
        ({"transition": [[0.5, 0.5]]}, "rows add to 1"),
        ({"transition": [[1.5, -0.5], [0, 1]]}, "rows add to 1"),
        ({"rewards": [1]}, "one number for each of the 2 states"),
        ({"discount": 0}, "The discount rate is above 0, or 0 with"),
        ({"periods": -1}, "The discount rate is above 0, or 0 with"),
    ],
)
def test_what_a_chain_cannot_take_is_told(changes, message):
    call = CHAIN | changes
    with pytest.raises(CvmError, match=message):
        clv.markov_value(call.pop("transition"), call.pop("rewards"), **call)


def test_what_a_mailing_cannot_be_is_told():
    with pytest.raises(CvmError, match="Mail stops at a recency from 2 to 4"):
        clv.mailing_value(stop_at=6)
    with pytest.raises(CvmError, match="Chances to buy by recency are one probability or more"):
        clv.mailing_value(chances=[1.2])
    with pytest.raises(CvmError, match=r"CustomerBase\.retention"):
        clv.CustomerBase(retention=1.2)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: clv.lifetime_value(margin="a", retention=0.9, discount=0.1), "margin must be a number.*'a'"),
        (lambda: clv.lifetime_value(margin=np.nan, retention=0.9, discount=0.1), "none of them missing"),
        (lambda: clv.lifetime_value(margin=1, retention=0.9, discount=0.1, periods="3"), "Payments counted are 1"),
        (lambda: clv.recency_chain(["a"]), "chances must be a number"),
        (lambda: clv.markov_value(3, [1], discount=0.1), "square table of chances"),
        (lambda: clv.markov_value([[1.0]], [1], discount="x"), "discount rate is above 0"),
        (lambda: clv.mailing_value(cost="x"), "cost is a number"),
        (lambda: clv.mailing_value(stop_at="x"), "stop_at is a whole number, 2 or more"),
        (lambda: clv.mailing_policies(chances=None), "chances must be a number"),
        (lambda: clv.renewals([10, "a"]), "survivors must be a number"),
        (lambda: clv.simulate("bg_nbd", 3, n=3, T=4, seed=1), "Parameters come by name"),
        (lambda: clv.simulate("bg_bb", {"alpha": 1, "beta": 1, "gamma": 1, "delta": 1}, n=3, T=0, seed=1), "Occasions are counted from 1"),
        (lambda: clv.simulate_spend({"p": 6, "q": 4, "v": 15}, None, seed=1), "must be a pandas DataFrame"),
        (lambda: clv.likelihood_ratio(1, 2), "compares two fits"),
        (lambda: clv.bg_nbd(pd.DataFrame(), covariates=3), "are lists of names"),
        (lambda: clv.summary(pd.DataFrame({"customer": [1]}), customer=["customer"]), "given by its name"),
    ],
)  # fmt: skip
def test_what_is_no_number_and_no_name_is_told(call, message):
    with pytest.raises(CvmError, match=message):
        call()


def test_what_is_no_number_is_told_of_a_fit():
    found = clv.shifted_beta_geometric(clv.renewals([1000, 869, 743, 653]), weights="customers")
    for call, message in (
        (lambda: clv.retention_curve(found, periods=1.5), "at least one renewal"),
        (lambda: clv.residual_lifetime(found, discount="x"), "discount is a number"),
        (lambda: clv.residual_lifetime(found, renewal=np.inf, discount=0.1), "renewal must be a number"),
        (lambda: clv.expected_repeats(found, pd.DataFrame(), age=3), "Purchases come from a fit"),
    ):  # fmt: skip
        with pytest.raises(CvmError, match=message):
            call()
