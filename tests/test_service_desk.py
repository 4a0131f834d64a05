"""The complaint desk, the repair and the rule of the three dimensions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cvm import service
from cvm.errors import CvmError
from cvm.service import Desk, Recovery, Service

ADDITIVE = Service(rule="additive", fail_human=0.2, fail_business=0.2, fail_hidden=0.2)
SPOILED = ADDITIVE.replace(rule="non-compensatory")

# exact -----------------------------------------------------------------------------


def test_one_person_and_no_patience_by_hand():
    # M/M/1: the time in the system is exponential with rate mu - lambda, both a working day
    world = Desk(complaints=60, staff=1, leave_anyway=0, leave_per_day=0.5)
    slack = 4 - 3
    assert service.leave_probability(1, world) == pytest.approx(1 - slack / (slack + 0.5))


def test_an_overloaded_desk_loses_no_more_than_after_its_longest_wait():
    world = Desk(staff=1, longest=20, leave_per_day=0.05)
    assert service.leave_probability(1, world) == 1
    assert service.desk_leaves(world) == pytest.approx(1 - 0.95 * np.exp(-1))
    enough = world.replace(staff=9)
    assert service.desk_leaves(enough) == float(service.leave_probability(9, enough))


def test_without_impatience_only_those_leave_who_would_anyway():
    assert service.leave_probability([1, 9], Desk(leave_per_day=0)) == pytest.approx([0.05, 0.05])


def test_taken_up_at_once_is_not_having_to_wait():
    world = Desk()
    load = world.complaints / 80
    assert service.within(0, 7, world) == pytest.approx(1 - service.erlang_c(7, load))
    assert service.within(5, 5, world) == 0


def test_the_figures_of_the_story():
    best = service.least_cost_staff(Desk())
    assert str(best).startswith("7 people cost least, 14,653 a month, and answer in 0.377 working")
    assert best.naive_staff == 6
    assert best.naive_response_time == pytest.approx(2.1, abs=0.05)
    assert best.total_cost / best.naive_cost == pytest.approx(0.61, abs=0.005)


def test_the_best_desk_is_found_beyond_the_first_look():
    world = Desk(complaints=5000, wage=1, customer_value=50_000)
    best, first = service.least_cost_staff(world), service.staffing_table(world)
    assert best.staff > first["staff"].max()  # nor is it the last of the second
    wide = service.staffing_table(world, most=2 * best.staff)
    assert best.total_cost == wide["total_cost"].min()


def test_costs_add_up_and_response_time_is_that_of_the_market():
    world = Desk()
    table = service.staffing_table(world)
    assert (table["wages"] + table["lost_value"]).to_numpy() == pytest.approx(
        table["total_cost"].to_numpy()
    )
    again = service.response_time(world.complaints, table["staff"].to_numpy(), world)
    assert table["response_time"].to_numpy() == pytest.approx(again)


def test_the_desk_serves_in_the_order_of_arrival():
    table = service.simulate_desk(Desk(staff=3), n=500, seed=2)
    assert table["begun"].is_monotonic_increasing
    assert (table["wait"] >= 0).all()
    for at in table["begun"].iloc[::50] + 1e-9:  # never more than three at work
        assert ((table["begun"] <= at) & (table["answered"] > at)).sum() <= 3


# invariant -------------------------------------------------------------------------


@given(staff=st.integers(1, 40), complaints=st.floats(1, 3000), rate=st.floats(0.001, 2))
def test_more_people_never_lose_more_customers(staff, complaints, rate):
    world = Desk(complaints=complaints, leave_per_day=rate)
    few, many = service.leave_probability([staff, staff + 1], world)
    assert 0.05 - 1e-12 <= many <= few + 1e-12 <= 1 + 1e-9


@settings(max_examples=30, deadline=None)
@given(complaints=st.floats(1, 5000), wage=st.floats(1, 20_000), value=st.floats(0, 50_000))
def test_one_person_more_or_less_costs_more(complaints, wage, value):
    best = service.least_cost_staff(Desk(complaints=complaints, wage=wage, customer_value=value))
    cost = best.to_frame().set_index("staff")["total_cost"]
    for staff in (best.staff - 1, best.staff + 1):
        assert cost.get(staff, np.inf) >= best.total_cost - 1e-9


def test_more_people_never_answer_anyone_later():
    few, many = (service.simulate_desk(Desk(staff=s), n=3000, seed=4) for s in (6, 7))
    assert (many["answered"] <= few["answered"] + 1e-9).all()


def test_larger_samples_keep_the_first():
    assert service.simulate_desk(Desk(), n=50, seed=1).equals(
        service.simulate_desk(Desk(), n=900, seed=1).head(50)
    )
    assert service.simulate_recovery(Recovery(), n=50, seed=1).equals(
        service.simulate_recovery(Recovery(), n=900, seed=1).head(50)
    )
    assert service.simulate_contacts(Service(), n=50, seed=1).equals(
        service.simulate_contacts(Service(), n=900, seed=1).head(50)
    )


def test_the_four_groups_hold_everybody():
    table = service.simulate_recovery(Recovery(), n=3000, seed=1)
    assert service.recovery_groups(table)["customers"].sum() == 3000
    assert service.recovery_groups(table[table["settled"]])["customers"].tolist()[0] == 0


def test_ratings_by_failures():
    table = service.failure_ratings(service.simulate_contacts(ADDITIVE, n=4000, seed=1))
    assert table["failures"].tolist() == [0, 1, 2, 3]
    assert table["share"].sum() == pytest.approx(1)
    assert table["rating"].is_monotonic_decreasing


# recovery --------------------------------------------------------------------------


def test_the_simulated_desk_is_the_closed_form():
    world = Desk(staff=7)
    runs = [service.simulate_desk(world, n=4000, seed=s).iloc[400:] for s in range(20)]
    expected = {
        "response_time": service.response_time(world.complaints, 7, world),
        "left": service.leave_probability(7, world),
    }
    for column, truth in expected.items():
        means = np.array([run[column].mean() for run in runs])
        error = means.std(ddof=1) / np.sqrt(len(means))
        assert abs(means.mean() - truth) < 4.5 * error


@pytest.mark.parametrize(("world", "truth"), [(SPOILED, 1.0), (ADDITIVE, 0.5)])
def test_the_first_failures_share_is_found_and_covered(world, truth):
    found = [
        service.first_failure(service.simulate_contacts(world, n=300, seed=s)) for s in range(200)
    ]
    covered = np.mean([one.low <= truth <= one.high for one in found])
    assert abs(covered - 0.95) < 4 * np.sqrt(0.95 * 0.05 / 200)
    assert np.mean([one.value for one in found]) == pytest.approx(truth, abs=0.01)


def test_the_paradox_of_the_story():
    table = service.simulate_recovery(Recovery(), n=40_000, seed=1)
    satisfaction = service.paradox(table)
    intention = service.paradox(table, outcome="intention")
    assert satisfaction.naive == pytest.approx(4.3, abs=0.1)
    assert satisfaction.truth == pytest.approx(0.7, abs=0.05)
    assert intention.naive > 0 > intention.high > intention.truth
    assert np.isnan(service.paradox(table, outcome="came_back").truth)


def test_without_selection_the_comparison_is_the_truth():
    world = Recovery(attached_speak=0, voice=0.5)
    error = []
    for seed in range(60):
        found = service.paradox(service.simulate_recovery(world, n=800, seed=seed))
        error.append(found.low <= found.truth <= found.high)
    assert abs(np.mean(error) - 0.95) < 4 * np.sqrt(0.95 * 0.05 / 60)


def test_a_slow_repair_shows_no_paradox():
    table = service.simulate_recovery(Recovery(days=20), n=20_000, seed=1)
    assert service.paradox(table).truth < -5


# inputs ----------------------------------------------------------------------------


def test_too_few_people():
    with pytest.raises(CvmError, match=r"cannot do the work.*6 are needed"):
        service.staffing_table(Desk(), most=5)


@pytest.mark.parametrize(
    ("simulate", "world"),
    [
        (service.simulate_desk, Desk()),
        (service.simulate_recovery, Recovery()),
        (service.simulate_contacts, Service()),
    ],
)
def test_nothing_to_simulate(simulate, world):
    with pytest.raises(CvmError, match=r"n is a whole number.*n=1 or more"):
        simulate(world, n=0, seed=1)


def test_no_contact_with_two_failures():
    table = service.simulate_contacts(Service(), n=500, seed=1)
    with pytest.raises(CvmError, match=r"two failures; there are too few.*at least two"):
        service.first_failure(table[table["failures"] < 2])
    with pytest.raises(CvmError, match=r"no column 'ratings'"):
        service.first_failure(table, rating="ratings")


def test_no_settled_complaint():
    table = service.simulate_recovery(Recovery(voice=0), n=500, seed=1)
    with pytest.raises(CvmError, match=r"Too few customers.*larger n"):
        service.paradox(table)
    with pytest.raises(CvmError, match=r"no column 'satisfactoin'"):
        service.paradox(table, outcome="satisfactoin")


def test_the_verdict_in_words():
    said = [
        str(service.first_failure(service.simulate_contacts(w, n=3000, seed=2)))
        for w in (SPOILED, ADDITIVE)
    ]
    assert said[0].endswith("one failure spoils the moment.")
    assert said[1].endswith("failures add up.")
    few = service.simulate_contacts(ADDITIVE, n=60, seed=1, noise=100)
    assert str(service.first_failure(few)).endswith("the data cannot tell the rules apart.")
    odd = service.simulate_contacts(ADDITIVE, n=100, seed=1)
    odd["rating"] = odd["failures"].map({0: 100, 1: 25, 2: 0, 3: 0}) + odd["contact"] % 2
    assert str(service.first_failure(odd)).endswith("neither rule fits.")
