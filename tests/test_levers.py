"""Levers: one declaration gives the check, the message and the table."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvm.errors import CvmError
from cvm.levers import Levers, Parts, assumption, lever


class Club(Levers):
    """A toy model with one parameter of each kind."""

    threshold: int = lever(10, low=4, high=20, unit="visits", meaning="Visits to a reward")
    lift: float = assumption(
        0.3, low=0, high=1, unit="share", meaning="Rise of visits", source="Somebody 2001"
    )
    open: bool = lever(True, meaning="Whether everybody may join")
    style: str = lever("points", options=("points", "stamps"), meaning="What is collected")


# exact -----------------------------------------------------------------------------


def test_a_model_stands_at_its_defaults():
    assert Club().to_dict() == {"threshold": 10, "lift": 0.3, "open": True, "style": "points"}


def test_the_reference_table_tells_what_the_firm_decides_from_what_the_market_is():
    table = Club.reference()
    assert table.loc["threshold", "role"] == "lever"
    assert table.loc["lift", "role"] == "assumption"
    assert table.loc["lift", ["low", "high", "unit", "source"]].tolist() == [
        0,
        1,
        "share",
        "Somebody 2001",
    ]


def test_code_names_only_what_was_moved_and_makes_the_same_scenario():
    moved = Club(threshold=np.int64(12), lift=np.float64(0.5))
    assert moved.code() == "Club(threshold=12, lift=0.5)"
    assert eval(moved.code()) == moved


def test_a_step_is_a_round_number():
    assert [item.step for item in Club.declared()] == [1, 0.02, None, None]


def test_a_scenario_cannot_be_changed_behind_its_back():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Club().lift = 0.9  # type: ignore[misc]


# invariant -------------------------------------------------------------------------


@given(st.floats(0, 1), st.integers(4, 20))
def test_every_value_in_range_is_taken_and_kept(lift, threshold):
    club = Club(lift=lift, threshold=threshold)
    assert (club.lift, club.threshold) == (lift, threshold)
    assert club.replace(lift=0.3, threshold=10) == Club()


@given(st.floats(allow_nan=True).filter(lambda x: not 0 <= x <= 1))
def test_no_value_out_of_range_is_taken(lift):
    with pytest.raises(CvmError, match="must lie between 0 and 1"):
        Club(lift=lift)


# inputs ----------------------------------------------------------------------------


def test_an_unknown_lever_gets_its_near_miss():
    with pytest.raises(CvmError, match=r"Club has no lever 'lfit'\. Did you mean 'lift'\?"):
        Club(lfit=0.4)
    with pytest.raises(CvmError, match="Did you mean 'lift'"):
        Club().replace(lfit=0.4)


def test_all_that_is_wrong_is_told_at_once():
    with pytest.raises(CvmError) as told:
        Club(threshold=np.float64(2.5), lift=20, open="yes", style="stamp")
    message = str(told.value)
    assert "Club.threshold must lie between 4 and 20 visits; you gave 2.5." in message
    assert "(a share: write 0.2 for 20 %)" in message
    assert "Club.open must be True or False; you gave 'yes'." in message
    assert "Club.style must be one of points, stamps; you gave 'stamp'." in message
    assert "Club.reference() lists what each may be." in message


def test_half_a_visit_is_refused():
    with pytest.raises(CvmError, match="threshold must be a whole number"):
        Club(threshold=10.5)


def test_a_word_is_no_number():
    with pytest.raises(CvmError, match="lift must be a number; you gave 'high'"):
        Club(lift="high")


def test_levers_go_by_name():
    with pytest.raises(CvmError, match=r"takes its levers by name.*Club\(threshold=10\)"):
        Club(12)  # type: ignore[misc]


def test_a_declaration_without_a_range_is_refused_when_it_is_written():
    with pytest.raises(TypeError, match="declares low and high"):
        lever(1.0, meaning="no range")
    with pytest.raises(TypeError, match="the default 3"):
        lever(3.0, low=0, high=1, meaning="out of its own range")


def test_a_parameter_that_acts_only_where_another_stands_so_is_told_apart():
    class Door(Levers):
        kind: str = lever("open", options=("open", "code"), meaning="Which door")
        digits: int = lever(4, low=1, high=9, only=("kind", "code"), meaning="Digits of the code")

    class Shop(Parts):
        door: Door = Door()

    kind, digits = Door.declared()
    assert (kind.acts_in(Door()), digits.acts_in(Door())) == (True, False)
    assert digits.acts_in(Door(kind="code"))
    inside = Shop.declared()[1]
    assert (inside.acts_in(Shop()), inside.acts_in(Shop(door=Door(kind="code")))) == (False, True)
    for wrong in (("door", "code"), ("kind", "locked")):
        with pytest.raises(TypeError, match="which cannot be"):

            class Broken(Levers):
                kind: str = lever("open", options=("open", "code"), meaning="Which door")
                digits: int = lever(4, low=1, high=9, only=wrong, meaning="Digits of the code")


# parts held together ---------------------------------------------------------------


class Place(Levers):
    """A second toy model."""

    rent: float = lever(5.0, low=0, high=10, unit="points", meaning="Rent")


class House(Parts):
    """Two models and a second club that stands elsewhere."""

    club: Club = Club()
    rival: Club = Club(threshold=12)
    place: Place = Place()


def test_the_whole_knows_its_parts_by_dotted_names():
    names = [item.name for item in House.declared()]
    assert names[:2] == ["club.threshold", "club.lift"]
    assert House().to_dict()["rival.threshold"] == 12
    assert House.reference().loc["rival.threshold", "default"] == 12
    assert House.reference().loc["place.rent", "role"] == "lever"


def test_moving_a_part_by_its_dotted_name_moves_that_alone():
    moved = House().replace(**{"rival.threshold": 8, "place.rent": 7.0})
    assert moved.moved() == {"rival.threshold": 8, "place.rent": 7.0}
    assert moved.code() == "House(rival=Club(threshold=8), place=Place(rent=7.0))"
    assert eval(moved.code()) == moved
    assert House().code() == "House()"
    assert House().replace(place=Place(rent=7.0)).moved() == {"place.rent": 7.0}


def test_a_default_moved_back_is_not_moved():
    house = House(rival=Club())
    assert house.moved() == {"rival.threshold": 10}
    assert eval(house.code()) == house
    assert house.replace(**{"rival.threshold": 12}) == House()


def test_a_dotted_name_gets_its_near_miss():
    with pytest.raises(CvmError, match=r"no lever 'club\.lfit'\. Did you mean 'club\.lift'"):
        House().replace(**{"club.lfit": 0.4})
    with pytest.raises(CvmError, match=r"House has no part 'plce'\. Did you mean 'place'"):
        House(plce=Place())


def test_a_part_must_be_of_its_kind_and_its_values_in_range():
    with pytest.raises(CvmError, match=r"House\.place must be a Place\..*place=Place"):
        House(place=Club())
    with pytest.raises(CvmError, match=r"Place\.rent must lie between 0 and 10"):
        House().replace(**{"place.rent": 11.0})
