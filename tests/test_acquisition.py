"""Channels, funnel, referral and budget: what the next customer costs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from cvm import acquisition
from cvm.acquisition import CHANNELS, WAYS, Channel, Launch, Referral
from cvm.errors import CvmError

WEB = CHANNELS["web"]
TODAY = acquisition.funnel()

# exact -----------------------------------------------------------------------------


def test_fourteen_ways_and_four_attractions_in_the_trainers_words():
    table = acquisition.channel_table()
    assert len(WAYS) == 14
    assert len(table) == 18
    words = dict(zip(table["channel"], table["chinese"], strict=True))
    assert (words["door to door"], words["central influencers"]) == ("上门", "中心开花")
    assert (words["a rival's customers"], words["more shops"]) == ("抢夺对手", "分销")
    assert set(table["mode"][14:]) == {"pull"}


def test_the_funnel_by_hand():
    row = TODAY.set_index("channel").loc["web"]
    reached = 20_000 * (1 - np.exp(-1 / 3))
    assert row["reached"] == pytest.approx(reached)
    assert row["interested"] == pytest.approx(reached * 0.06)
    assert row["offered"] == pytest.approx(reached * 0.06 * 0.5)
    assert row["won"] == pytest.approx(reached * 0.06 * 0.5 * 0.4)
    assert row["average_cost"] == pytest.approx(30_000 / row["won"])
    assert row["marginal_cost"] == pytest.approx(90_000 / 240 * np.exp(1 / 3))
    # Margin 300 at once, then with retention 0.74 at 10 %, and 1/0.9 by referral.
    assert row["value"] == pytest.approx(300 * 1.1 / (1.1 - 0.74) / 0.9)
    assert row["next_value_per_yuan"] == pytest.approx(row["value"] / row["marginal_cost"])


def test_the_marginal_cost_is_one_over_the_slope():
    step = 1e-3
    slope = (acquisition.customers_won(50_000 + step, WEB) - acquisition.customers_won(50_000, WEB)) / step  # fmt: skip
    assert acquisition.marginal_cost(50_000, WEB) == pytest.approx(1 / slope, rel=1e-4)


def test_at_the_first_yuan_both_costs_are_one():
    assert acquisition.average_cost(0, WEB) == acquisition.marginal_cost(0, WEB) == 375
    assert acquisition.average_cost(1e-6, WEB) == pytest.approx(375)


def test_the_best_spend_is_where_the_next_customer_costs_what_one_is_worth():
    best = acquisition.best_spend(WEB)
    worth = acquisition.customer_value(WEB)
    assert acquisition.marginal_cost(best, WEB) == pytest.approx(worth)
    assert acquisition.best_spend(CHANNELS["letter"]) == 0  # its first customer costs more


def test_the_last_touch_moves_credit_and_no_customer():
    two = {"poster": Channel(handed=0.6), "shop": Channel(handed=0)}
    table = acquisition.funnel(two)
    won = table["won"].iloc[0]
    # 0.4 and 1 sign up where they were won; the 0.6 handed on go 0.4 : 1.
    assert table["credited"].tolist() == pytest.approx([won * (0.4 + 0.6 * 0.4 / 1.4),
                                                        won * (1 + 0.6 / 1.4)])  # fmt: skip


def test_the_multiplier_and_its_generations():
    multiplier = acquisition.referral_multiplier
    assert multiplier([0, 0.1, 0.5, 0.9]) == pytest.approx([1, 1 / 0.9, 2, 10])
    assert multiplier(0.5, rounds=2) == 1 + 0.5 + 0.25
    assert multiplier(1, rounds=4) == 5
    assert multiplier(2, rounds=3) == 1 + 2 + 4 + 8


def test_two_channels_split_by_hand():
    # Same scale: the split differs by scale * ln of the ratio of first returns, halved.
    two = {"good": Channel(retention=0.74), "poor": Channel(retention=0.6)}
    plan = acquisition.allocate(two, budget=100_000)
    first = [acquisition.customer_value(c) / 375 for c in two.values()]
    apart = 90_000 * np.log(first[0] / first[1])
    assert plan.channels["best"].tolist() == pytest.approx([50_000 + apart / 2, 50_000 - apart / 2])
    assert plan.shadow_price == pytest.approx(first[0] * np.exp(-(50_000 + apart / 2) / 90_000) - 1)


def test_the_usual_rules_by_hand():
    two = {"a": Channel(spend=90_000, handed=0.5), "b": Channel(spend=0, retention=0.6)}
    plan = acquisition.allocate(two, budget=60_000)
    per_yuan = [240 * (1 - np.exp(-1)) / 90_000, 240 / 90_000]
    share = per_yuan[0] / sum(per_yuan)
    assert plan.channels["average"].tolist() == pytest.approx([60_000 * share, 60_000 * (1 - share)])  # fmt: skip
    assert plan.channels["equal"].tolist() == [30_000, 30_000]
    assert plan.channels["today"].tolist() == [90_000, 0]
    today = plan.rules.set_index("rule").loc["today"]
    assert today["average_cost"] == pytest.approx(90_000 / (240 * (1 - np.exp(-1))))
    assert today["gain"] == pytest.approx(today["value"] - 90_000)
    # All of today's customers were won by a, so a keeps all the credit.
    assert plan.channels["touch"].tolist() == pytest.approx(plan.channels["average"].tolist())


# invariant -------------------------------------------------------------------------

channel = st.builds(
    Channel, spend=st.just(0) | st.floats(1, 400_000), reach=st.floats(100, 60_000),
    scale=st.floats(1_000, 400_000), interest=st.floats(0.002, 0.8),
    retention=st.floats(0.2, 0.97), refer=st.floats(0, 0.8), handed=st.floats(0, 0.95),
)  # fmt: skip


@given(channel, st.floats(0, 400_000), st.floats(1, 50_000))
def test_the_next_costs_more_than_the_average_and_than_the_one_before(item, spend, more):
    average, marginal = acquisition.average_cost, acquisition.marginal_cost
    assert marginal(spend, item) >= average(spend, item) * (1 - 1e-12)
    assert marginal(spend + more, item) > marginal(spend, item)
    assert acquisition.customers_won(spend + more, item) >= acquisition.customers_won(spend, item)


@settings(max_examples=40, deadline=None)
@given(st.lists(channel, min_size=1, max_size=5), st.floats(0, 1_500_000))
def test_no_rule_beats_the_best_and_the_next_yuan_is_worth_the_same_everywhere(items, budget):
    plan = acquisition.allocate({f"c{k}": item for k, item in enumerate(items)}, budget=budget)
    gain = plan.rules.set_index("rule")["gain"]
    assert gain["best"] >= gain[["average", "touch", "equal"]].max() - 1e-6 * (1 + abs(gain["best"]))  # fmt: skip
    lost = plan.rules.set_index("rule")["lost"]
    assert lost.to_numpy() == pytest.approx((gain["best"] - gain).to_numpy())
    assert plan.spent <= budget * (1 + 1e-6) + 1e-6  # to a ten-thousandth of a fen
    funded = plan.channels["best"] > 1e-6
    assert np.allclose(plan.channels["next_value_per_yuan"][funded], 1 + plan.shadow_price)
    assert (plan.channels["next_value_per_yuan"][~funded] <= 1 + plan.shadow_price + 1e-6).all()
    spent = plan.rules.set_index("rule")["spent"]
    assert np.allclose(spent[["average", "touch", "equal"]], budget)


@given(st.lists(channel, min_size=1, max_size=5))
def test_credits_add_up_to_customers(items):
    table = acquisition.funnel({f"c{k}": item for k, item in enumerate(items)})
    assert table["credited"].sum() == pytest.approx(table["won"].sum())
    assert (table["credited"] >= 0).all()


@settings(max_examples=25, deadline=None)
@given(st.floats(0, 4), st.floats(0, 0.5), st.integers(0, 1000))
def test_families_never_outgrow_the_market_and_grow_with_the_look(invites, joins, seed):
    world = Referral(invites=invites, joins=joins, market=1_000)
    short = acquisition.simulate_referrals(world.replace(rounds=3), n=200, seed=seed)
    long = acquisition.simulate_referrals(world, n=200, seed=seed)
    assert long["family"].sum() <= 1_000
    assert (long["family"] >= short["family"]).all()
    assert long["family"].tolist() == (1 + long.filter(like="generation").sum(axis=1)).tolist()


def test_a_larger_n_keeps_the_first_families_where_the_market_is_wide():
    world = Referral(market=1_000_000)
    few, many = (acquisition.simulate_referrals(world, n=n, seed=4) for n in (50, 100))
    assert few["family"].tolist() == many["family"][:50].tolist()


def test_what_is_assumed_otherwise_reaches_the_channels():
    base = acquisition.launch_channels(Launch())
    assert base == CHANNELS
    crowded = acquisition.launch_channels(Launch(crowding=2))["web"]
    assert crowded.scale == 45_000
    assert acquisition.average_cost(0, crowded) == acquisition.average_cost(0, WEB)
    pushed = acquisition.launch_channels(Launch(push_risk=1.5))
    assert pushed["telephone"].retention == pytest.approx(0.6**1.5)
    assert pushed["web"] == WEB
    assert acquisition.launch_channels(Launch(referrals=2))["web"].refer == 0.2


# recovery --------------------------------------------------------------------------


def test_the_split_is_what_a_general_optimiser_finds():
    some = {name: CHANNELS[name] for name in ("web", "introductions", "telephone", "more shops")}
    worth = [acquisition.customer_value(item) for item in some.values()]

    def loss(x):
        won = [acquisition.customers_won(s, c) for s, c in zip(1e5 * x, some.values(), strict=True)]
        return -(np.array(won) @ worth) / 1e5

    bounds, whole = [(0, 2)] * 4, {"type": "eq", "fun": lambda x: x.sum() - 2}
    found = minimize(loss, [0.5] * 4, bounds=bounds, constraints=whole, method="SLSQP",
                     options={"ftol": 1e-12, "maxiter": 500})  # fmt: skip
    plan = acquisition.allocate(some, budget=200_000)
    assert plan.channels["best"].to_numpy() == pytest.approx(1e5 * found.x, abs=300)
    assert plan.channels["best"].iloc[2] == 0


def test_the_shadow_price_is_what_the_next_yuan_earns():
    now, more = (acquisition.allocate(budget=b) for b in (400_000, 401_000))
    gain = more.rules["gain"].iloc[0] - now.rules["gain"].iloc[0]
    assert gain / 1_000 == pytest.approx(now.shadow_price, rel=0.01)


def test_what_the_story_says_of_today():
    plan = acquisition.allocate(budget=float(TODAY["spend"].sum()))
    rules = plan.rules.set_index("rule")
    assert rules.loc["today", "gain"] < 0.3 * rules.loc["best", "gain"]
    assert rules.loc["equal", "won"] > rules.loc["best", "won"]  # more customers, worth less
    assert plan.channels.set_index("channel").loc["telephone", "best"] == 0


def test_luck_agrees_with_the_closed_form():
    world = Referral(invites=2.5, joins=0.2, market=1_000_000, rounds=60)  # r = 0.5
    family = acquisition.simulate_referrals(world, n=2_000, seed=3)["family"]
    # Borel: mean 1/(1-r) = 2, variance r/(1-r)^3 = 4; the market of a million takes 0.2 %.
    assert family.mean() == pytest.approx(2, abs=4 * np.sqrt(4 / 2_000))
    assert family.var() == pytest.approx(4, rel=0.35)
    # Borel's law of the size itself: P(1) = exp(-r), P(2) = r exp(-2r).
    assert (family == 1).mean() == pytest.approx(np.exp(-0.5), abs=0.045)
    assert (family == 2).mean() == pytest.approx(0.5 * np.exp(-1), abs=0.035)


def test_above_one_it_ends_where_the_market_ends():
    world = Referral(invites=4, joins=0.5, market=10_000, rounds=60)  # r = 2
    family = acquisition.simulate_referrals(world, n=100, seed=1)["family"]
    # Who is left fulfils share = 1 - exp(-2 share), about 0.797: the final size of an epidemic.
    assert family.sum() / 10_000 == pytest.approx(0.797, abs=0.03)


def test_generations_beside_the_promise():
    families = acquisition.simulate_referrals(Referral(), n=3_000, seed=2)
    table = acquisition.generations(families, refer=0.4)
    assert table["customers"].iloc[-1] == pytest.approx(families["family"].mean())
    assert table["promised"].iloc[2] == pytest.approx(1 + 0.4 + 0.16)
    assert table["new"].iloc[0] == 3_000
    assert (abs(table["customers"] - table["promised"]) < 0.12).all()


# inputs ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: acquisition.funnel({}), r"Channels come by name, one or more.*\{'web': Channel"),
        (lambda: acquisition.funnel({"web": 3}), r"'web' is not a channel. You gave 3"),
        (lambda: acquisition.allocate(budget=-1), r"budget is a number of 0 or more. You gave -1"),
        (lambda: acquisition.allocate(budget=np.inf), "budget is a number of 0 or more"),
        (lambda: acquisition.allocate(budget="all"), "budget is a number of 0 or more"),
        (lambda: acquisition.average_cost(-5, WEB), "Spending is a number of 0 or more. You gave -5"),
        (lambda: acquisition.average_cost([1, np.nan], WEB), "Spending is a number of 0 or more"),
        (lambda: acquisition.marginal_cost("much", WEB), "Spending is a number of 0 or more"),
        (lambda: acquisition.customers_won(5, "web"), r"This is no channel. You gave 'web'.*CHANNELS"),
        (lambda: acquisition.best_spend("web"), "This is no channel"),
        (lambda: acquisition.customer_value(WEB, discount="a"), "discount is a number of 0 or more"),
        (lambda: acquisition.cost_curve(WEB, upto=np.inf), "upto is a number of 0 or more"),
        (lambda: acquisition.cost_curve(WEB, points=1), "points is a whole number, 2 or more"),
        (lambda: acquisition.launch_channels("now"), "launch_channels takes Launch"),
        (lambda: acquisition.referral_multiplier("many"), "zero or more"),
        (lambda: acquisition.referral_multiplier([0.1, np.nan]), "zero or more"),
        (lambda: acquisition.generations(families().assign(generation_1="3"), refer=0.1),
         "'generation_1' does not hold numbers"),
        (lambda: acquisition.generations(families().head(0), refer=0.1), "no rows"),
        (lambda: acquisition.referral_multiplier(1.0), r"the sum has no end.*rounds=4"),
        (lambda: acquisition.referral_multiplier(-0.1), "zero or more.*ten customers bring three"),
        (lambda: acquisition.simulate_referrals(Referral(market=1_000), n=1_001, seed=1),
         "The market has fewer people"),
        (lambda: acquisition.simulate_referrals(Referral(), n=0, seed=1), "n is a whole number, 1"),
        (lambda: acquisition.generations(TODAY, refer=0.1), "The table has no generations"),
        (lambda: Channel(reach=5), "Channel.reach must lie between 100 and 60,000"),
    ],
)  # fmt: skip
def test_bad_input_is_told(call, words):
    with pytest.raises(CvmError, match=words):
        call()


def families():
    return acquisition.simulate_referrals(Referral(rounds=2), n=20, seed=1)


def test_what_no_number_can_say_is_infinite():
    assert acquisition.marginal_cost(1e9, WEB) == np.inf
    assert acquisition.referral_multiplier(2.0, rounds=1e6) == np.inf


def test_the_sentence_says_gain_losses_and_what_comes_next():
    rich, poor = (acquisition.allocate(budget=b) for b in (1_200_000, 400_000))
    assert "is best left unspent: the next yuan would not come back" in str(rich)
    assert rich.spent == pytest.approx(sum(map(acquisition.best_spend, CHANNELS.values())))
    assert "The next yuan would earn 0.876 beyond itself." in str(poor)
    assert len(poor.to_frame()) == 18
