"""What to know of customers: the course's lists, and where the database holds them."""

import pytest

from cvm import information
from cvm.database import SCHEMAS
from cvm.errors import CvmError

# exact ------------------------------------------------------------------------------


def test_the_lists_are_those_of_the_course():
    person, company = information.what_to_know("person"), information.what_to_know("company")
    assert person["area"].tolist() == [
        "basic", "consumption", "education", "career", "family", "life", "personality", "social",
    ]  # fmt: skip
    assert company["area"].tolist() == [
        "basic", "traits", "business", "transactions", "the person in charge",
    ]  # fmt: skip
    kinds = information.enterprise_knowledge()["kind"]
    assert len(kinds) == 7
    assert kinds[0] == "customers"  # customer knowledge first


# invariant --------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["person", "company"])
def test_what_is_held_lies_in_a_table_that_is_there(kind):
    table = information.what_to_know(kind)
    assert set(table["held_in"]) <= {*SCHEMAS, ""}
    assert (table[["such_as", "used_for"]] != "").all(axis=None)
    # What a company does is what the warnings need; of a person most stays unasked.
    assert (table["held_in"] != "").all() == (kind == "company")


# inputs -----------------------------------------------------------------------------


def test_another_kind_of_customer_is_told():
    with pytest.raises(CvmError, match="A customer is a person or a company"):
        information.what_to_know("firm")
    with pytest.raises(CvmError, match="A customer is a person or a company"):
        information.what_to_know(["person"])
