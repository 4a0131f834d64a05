"""Defining moments, voice and exit, response time, recovery."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvm import service
from cvm.errors import CvmError
from cvm.luck import Luck
from cvm.service import Service

shares = st.floats(0, 1)
ADDITIVE = Service(rule="additive")

# exact -----------------------------------------------------------------------------


def test_one_failed_dimension_spoils_the_moment():
    assert service.moment([1, 1, 0, 1], [1, 0, 1, 1], [1, 1, 0, 1], Service()).tolist() == [
        1,
        0,
        0,
        1,
    ]


def test_under_the_additive_rule_it_costs_its_weight():
    world = ADDITIVE.replace(weight_human=2, weight_business=1, weight_hidden=1)
    assert service.moment(0, 1, 1, world) == pytest.approx(0.5)
    assert service.moment(1, 1, 0, world) == pytest.approx(0.75)


def test_a_single_failure_fails_by_one_rule_and_passes_by_the_other():
    quality = [service.moment(1, 1, 0, world) for world in (Service(), ADDITIVE)]
    assert [
        bool(service.failed(q, w)) for q, w in zip(quality, (Service(), ADDITIVE), strict=True)
    ] == [
        True,
        False,
    ]


def test_nine_times_in_ten_three_times_over():
    world = Service(fail_human=0.1, fail_business=0.1, fail_hidden=0.1)
    grid = (np.arange(100) + 0.5) / 100
    quality = service.contact_outcome(
        grid[:, None, None], grid[None, :, None], grid[None, None, :], world
    )
    assert service.failed(quality, world).mean() == pytest.approx(1 - 0.9**3)


@pytest.mark.parametrize(("c", "a"), [(1, 0.5), (2, 1.0), (3, 2.9), (10, 8.0), (40, 35.0)])
def test_erlang_c_against_its_sum(c, a):
    tail = a**c / math.factorial(c) * c / (c - a)
    by_sum = tail / (sum(a**k / math.factorial(k) for k in range(c)) + tail)
    assert service.erlang_c(c, a) == pytest.approx(by_sum, rel=1e-12)


def test_one_server_waits_as_long_as_it_is_busy():
    load = np.array([0, 0.2, 0.9, 1.0, 2.0])
    assert service.erlang_c(1, load) == pytest.approx(np.minimum(load, 1))


def test_one_person_answers_like_m_m_1():
    world = Service(handling_hours=2)  # 80 complaints a month
    assert service.response_time(60, 1, world) == pytest.approx(20 / (80 - 60))


def test_without_complaints_the_answer_takes_the_work():
    assert service.response_time(0, 3, Service(handling_hours=2)) == pytest.approx(0.25)


def test_an_overloaded_desk_answers_at_the_limit():
    assert service.response_time([480, 1000], 6, Service()) == pytest.approx([20, 20])


def test_recovery_by_hand():
    world = Service()
    given_back = service.recovery([0, 8, 8], [True, True, False], world)
    assert given_back == pytest.approx([12 * 1.2, 12 * 1.2 / math.e, -6])


# invariant -------------------------------------------------------------------------


@given(
    human=shares, business=shares, hidden=shares, better=shares, rule=st.sampled_from(service.RULES)
)
def test_a_better_dimension_never_lowers_the_moment(human, business, hidden, better, rule):
    world = Service(rule=rule)
    low = service.moment(human, business, hidden, world)
    high = service.moment(human, business, max(hidden, better), world)
    assert 0 <= low <= high + 1e-12 <= 1 + 1e-9


@given(u=st.tuples(shares, shares, shares), fail=shares, better=shares)
def test_a_better_standard_never_spoils_a_moment(u, fail, better):
    worse = service.contact_outcome(*u, Service(fail_hidden=max(fail, better)))
    best = service.contact_outcome(*u, Service(fail_hidden=min(fail, better)))
    assert worse <= best


@given(load=st.floats(0, 1000), more=st.floats(0, 100), staff=st.integers(1, 30))
def test_more_complaints_wait_longer_and_more_people_answer_sooner(load, more, staff):
    world = Service()
    now = service.response_time(load, staff, world)
    assert now <= service.response_time(load + more, staff, world) + 1e-9
    assert now >= service.response_time(load, staff + 1, world) - 1e-9
    assert 0 < now <= world.longest


@given(days=st.floats(0, 60), later=st.floats(0, 60))
def test_a_late_settlement_never_gives_back_more(days, later):
    early, late = service.recovery([days, days + later], True, Service())
    assert late <= early


def test_erlang_c_takes_whole_tables_of_servers_and_loads():
    servers, loads = np.arange(1, 12)[:, None], np.linspace(0, 15, 40)[None, :]
    table = service.erlang_c(servers, loads)
    assert table.shape == (11, 40)
    assert (np.diff(table, axis=0) <= 1e-12).all()
    assert ((table >= 0) & (table <= 1)).all()


# recovery --------------------------------------------------------------------------


def test_voices_and_exits_come_in_their_share():
    luck, n, world = Luck(3), 40_000, Service(voice=0.15, silent_exit=0.05)
    error = 4 * math.sqrt(0.25 / n)
    assert abs(service.voices(luck.uniform("voice", n), world).mean() - 0.15) < error
    assert abs(service.silent_exits(luck.uniform("exit", n), world).mean() - 0.05) < error


# inputs ----------------------------------------------------------------------------


def test_three_zero_weights_make_no_moment():
    world = ADDITIVE.replace(weight_human=0, weight_business=0, weight_hidden=0)
    with pytest.raises(CvmError, match=r"one of the three weights.*weight_human=1"):
        service.moment(1, 1, 1, world)
