"""Contact points, voice against exit, promises, and the balance of the business dimension."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cvm import service
from cvm.errors import CvmError
from cvm.service import Balance, Journey, Listening, Service, Standard

CLEAN = Journey(policy=0, resources=0, authority=0, relations=0, burdened=0)

# exact -----------------------------------------------------------------------------


def test_a_point_by_hand():
    world = Journey(burdened=0.2, burden=0.5)
    shop = service.contact_points(world).set_index("point").loc["shop"]
    hidden = 1 - (1 - 0.012) * (1 - 0.01) * (1 - 2.5 * 0.012) * (1 - 0.5 * 0.01) * (1 - 0.1)
    assert shop["hidden"] == pytest.approx(hidden)
    assert shop["failed"] == pytest.approx(1 - 0.97 * 0.96 * (1 - hidden))


def test_the_points_make_up_the_whole():
    table = service.contact_points(Journey())
    points, total = table.iloc[:-1], table.iloc[-1]
    assert points["of_all"].sum() == pytest.approx(1)
    assert total["contacts"] == pytest.approx(6.3)
    assert total["failed"] == pytest.approx(
        (points["contacts"] * points["failed"]).sum() / points["contacts"].sum()
    )


def test_a_year_without_burdens_is_a_poisson_count_of_spoiled_moments():
    total = service.contact_points(CLEAN).iloc[-1]
    expected = np.exp(-total["contacts"] * total["failed"])
    assert service.spotless(CLEAN) == pytest.approx(expected)
    assert service.spotless(CLEAN.replace(fail_human=0, fail_business=0)) == 1


def test_the_figures_of_the_journey():
    assert service.contact_points(Journey())["failed"].iloc[-1] == pytest.approx(0.109, abs=5e-4)
    assert service.spotless(Journey()) == pytest.approx(0.522, abs=5e-4)
    table = service.simulate_journeys(Journey(), n=5000, seed=1)
    spoiled = table[table["true_failed"]]
    assert (spoiled["human"] & spoiled["business"]).mean() == pytest.approx(0.48, abs=0.02)


def test_the_share_of_moments_spoiled_by_hand():
    tenth = {"fail_human": 0.1, "fail_business": 0.1, "fail_hidden": 0.1}
    assert service.spoiled_share(Service(**tenth)) == pytest.approx(1 - 0.9**3)
    # under the additive rule two failures of three are needed to fall below 0.6
    assert service.spoiled_share(Service(rule="additive", **tenth)) == pytest.approx(
        3 * 0.01 * 0.9 + 0.001
    )


def test_voice_repeats_and_exits_by_hand():
    world = Listening(asked=0.5, speaks_if_asked=0.4, voice=0.2, repeats=0.3, tracked=0.5)
    month = service.listen(world)
    voice = 0.2 + 0.8 * 0.5 * 0.4
    first = world.contacts * (1 - 0.96 * 0.94 * 0.95)
    assert month.voice == pytest.approx(voice)
    assert month.failures == pytest.approx(first / (1 - 0.3 * (1 - voice * 0.5)))
    assert month.complaints == pytest.approx(voice * month.failures)
    silent = (1 - voice) * month.failures * world.silent_exit
    assert month.unheard == pytest.approx(silent / month.leaving)
    assert month.asking == pytest.approx(0.5 * world.contacts * world.ask_cost)
    assert month.total_cost == pytest.approx(
        month.wages + month.asking + month.tracking + month.lost_value
    )


def test_a_settled_complaint_leaves_with_the_desk_and_an_unsettled_one_more():
    world = Listening()
    table = service.voice_or_exit(world).set_index("group")
    desk = world.replace(complaints=service.listen(world).complaints)
    waited = float(service.leave_probability(world.staff, desk))
    assert table.loc["settled", "leaves"] == pytest.approx(waited)
    assert table.loc["not settled", "leaves"] == pytest.approx(1 - (1 - waited) * 0.8)


def test_nobody_leaves_and_nobody_is_unheard():
    world = Listening(silent_exit=0, leave_anyway=0, leave_per_day=0, leave_unsettled=0)
    month = service.listen(world)
    assert month.leaving == 0
    assert "471 are spoken of; nobody leaves over them; in all" in str(month)


def test_the_figures_of_listening():
    base = service.listen(Listening())
    deaf = service.listen(Listening(voice=0.1))
    everybody = service.listen(Listening(asked=1, staff=21))
    assert deaf.complaints / base.complaints == pytest.approx(0.67, abs=0.005)
    assert deaf.leaving / base.leaving == pytest.approx(1.025, abs=0.001)
    assert everybody.complaints > 3 * base.complaints
    assert everybody.leaving / base.leaving == pytest.approx(0.80, abs=0.005)
    half = service.listening_table(Listening(resolution=0.5), asked=[0, 1])["total_cost"]
    assert half[1] / half[0] == pytest.approx(1, abs=0.005)


def test_each_row_of_asking_has_its_cheapest_desk():
    table = service.listening_table(Listening(), asked=[0.0, 1.0])
    assert table["staff"].tolist() == [7, 21]
    month = service.listen(Listening(asked=1, staff=21))
    assert table["total_cost"].iloc[1] == pytest.approx(month.total_cost)


def test_a_promise_is_kept_by_the_fewest_who_can():
    world = Standard(promise_days=0.25, promise_share=0.95)
    found = service.keep_promise(world)
    assert (found.staff, found.least_staff) == (8, 7)
    kept = service.within(0.25, [7, 8], world)
    assert kept[0] < 0.95 <= kept[1]
    assert found.kept == pytest.approx(kept[1])
    assert str(found).startswith("The promise takes 8 people, who take up 96.1 % in time")


def test_the_hardest_promise_of_the_busiest_desk_is_found():
    world = Standard(
        complaints=2000, handling_hours=8, promise_days=0.05, promise_share=0.995, wage=4000
    )
    found = service.keep_promise(world)
    kept = service.within(0.05, [found.staff - 1, found.staff], world)
    assert kept[0] < 0.995 <= kept[1]


@pytest.mark.parametrize("rule", service.RULES)
def test_the_balance_is_where_the_table_is_lowest(rule):
    world = Balance(rule=rule, weight_business=2)
    table = service.balance_table(world, steps=2001)
    lowest = table["given"][table["total_cost"].idxmin()]
    assert service.best_given(world) == pytest.approx(lowest, abs=0.005)


def test_the_figures_of_the_balance():
    cost = service.balance_table(Balance())["total_cost"]
    assert cost.iloc[0] / cost.min() == pytest.approx(1.48, abs=0.005)
    assert cost.iloc[-1] / cost.min() == pytest.approx(1.59, abs=0.005)
    assert service.best_given(Balance(spoiled_cost=1)) == 0


# invariant -------------------------------------------------------------------------


@given(shares=st.tuples(*[st.floats(0, 0.2)] * 4), worse=st.sampled_from(service.CAUSES))
def test_a_worse_cause_spoils_more_moments_and_more_years(shares, worse):
    world = Journey(**dict(zip(service.CAUSES, shares, strict=True)))
    worst = world.replace(**{worse: 0.2})
    before, after = service.contact_points(world), service.contact_points(worst)
    assert (after["failed"] >= before["failed"] - 1e-12).all()
    assert service.spotless(worst) <= service.spotless(world) + 1e-12


@given(asked=st.floats(0, 1), more=st.floats(0, 1), tracked=st.floats(0, 1))
def test_asking_more_never_makes_more_failures_and_never_fewer_complaints_a_failure(
    asked, more, tracked
):
    few, many = (
        service.listen(Listening(asked=a, tracked=tracked))
        for a in sorted((asked, max(asked, more)))
    )
    assert many.failures <= few.failures + 1e-9
    assert many.voice >= few.voice


@settings(max_examples=25, deadline=None)
@given(days=st.floats(0.05, 10), share=st.floats(0.5, 0.995), complaints=st.floats(10, 2000))
def test_a_promise_never_costs_less_than_the_least(days, share, complaints):
    world = Standard(promise_days=days, promise_share=share, complaints=complaints)
    found = service.keep_promise(world)
    assert found.kept >= share
    assert found.cost >= found.least_cost - 1e-9


@given(human=st.floats(0, 1), hidden=st.floats(0, 1))
def test_where_other_dimensions_fail_less_is_given_for_the_matter(human, hidden):
    world = Balance(fail_human=human, fail_hidden=hidden)
    assert service.best_given(world) <= service.best_given(
        world.replace(fail_human=0, fail_hidden=0)
    )
    added = world.replace(rule="additive")
    whatever = service.best_given(added.replace(fail_human=0))
    assert service.best_given(added) == pytest.approx(whatever)


def test_larger_samples_keep_the_first():
    few = service.simulate_journeys(Journey(), n=40, seed=3)
    many = service.simulate_journeys(Journey(), n=500, seed=3)
    assert few.equals(many[many["customer"] <= 40])
    few = service.simulate_failures(Listening(), n=40, seed=3)
    many = service.simulate_failures(Listening(), n=500, seed=3)
    assert few.equals(many[many["cause"] <= 40])


def test_the_same_customers_make_the_same_contacts_under_any_standard():
    base = service.simulate_journeys(Journey(), n=500, seed=3)
    worse = service.simulate_journeys(Journey(authority=0.2, fail_human=0.3), n=500, seed=3)
    assert base[["customer", "point"]].equals(worse[["customer", "point"]])
    assert (worse["human"] <= base["human"]).all()
    assert (worse["true_hidden"] <= base["true_hidden"]).all()


def test_a_repeat_follows_a_failure_whose_cause_still_stands():
    table = service.simulate_failures(Listening(repeats=0.6, tracked=0.8, voice=0.5), n=800, seed=2)
    later = table[table["nth"] > 1].merge(
        table.assign(nth=table["nth"] + 1), on=["cause", "nth"], suffixes=("", "_before")
    )
    assert len(later) == (table["nth"] > 1).sum() > 200
    assert not later["traced_before"].any()


# recovery --------------------------------------------------------------------------


def test_simulated_journeys_are_the_closed_form():
    n = 20_000
    table = service.simulate_journeys(Journey(), n=n, seed=5)
    exact = service.contact_points(Journey()).set_index("point")
    share = table.groupby("point")["true_failed"].agg(["mean", "size"])
    error = np.sqrt(exact["failed"] * (1 - exact["failed"]) / share["size"]).dropna()
    assert ((share["mean"] - exact["failed"]).dropna().abs() < 4.5 * error).all()
    good = 1 - table.groupby("customer")["true_failed"].any().sum() / n
    assert good == pytest.approx(service.spotless(Journey()), abs=4.5 * np.sqrt(0.25 / n))


def test_hidden_failures_are_found_though_nobody_sees_them():
    world = Journey(burdened=0)  # a burden makes contacts of one customer alike
    truth = service.contact_points(world)["hidden"].iloc[-1]
    hits = []
    for seed in range(200):
        table = service.simulate_journeys(world, n=150, seed=seed)
        found = service.hidden_failures(table).set_index("point").loc["all"]
        hits.append(found["low"] <= truth <= found["high"])
    assert abs(np.mean(hits) - 0.95) < 4 * np.sqrt(0.95 * 0.05 / 200)


def test_simulated_failures_are_the_closed_form():
    world = Listening(repeats=0.5, tracked=0.6, voice=0.4, asked=0.3)
    table = service.simulate_failures(world, n=20_000, seed=5)
    month = service.listen(world)
    first = world.contacts * service.spoiled_share(world)
    length = table.groupby("cause").size()
    assert length.mean() == pytest.approx(
        month.failures / first, abs=4.5 * length.std() / np.sqrt(len(length))
    )
    error = 4.5 * np.sqrt(0.25 / len(table))
    assert table["complained"].mean() == pytest.approx(month.voice, abs=error)
    assert table["left"].mean() == pytest.approx(month.leaving / month.failures, abs=error)


# inputs ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("simulate", "world"),
    [(service.simulate_journeys, Journey()), (service.simulate_failures, Listening())],
)
def test_nothing_to_simulate(simulate, world):
    with pytest.raises(CvmError, match=r"n is a whole number.*n=1 or more"):
        simulate(world, n=0, seed=1)


def test_what_hidden_failures_needs():
    table = service.simulate_journeys(Journey(), n=50, seed=1)
    with pytest.raises(CvmError, match=r"no column 'rating'"):
        service.hidden_failures(table.drop(columns="rating"))
    with pytest.raises(CvmError, match=r"nothing is known of the hidden one.*more contacts"):
        service.hidden_failures(table.assign(human=False))


def test_points_of_your_own_follow_the_known_ones():
    table = pd.DataFrame({
        "point": ["fair", "shop", "fair", "shop"], "human": True, "business": True,
        "rating": [10, 90, 95, 92],
    })  # fmt: skip
    found = service.hidden_failures(table)
    assert found["point"].tolist() == ["shop", "fair", "all"]
    assert found["hidden"].tolist() == [0, 0.5, 0.25]
    assert "true_hidden" not in found
