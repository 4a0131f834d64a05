"""The checks at every door: each message is read."""

import numpy as np
import pandas as pd
import pytest

from cvm.errors import CvmError
from cvm.inputs import (
    check_level,
    need_columns,
    numbers_in,
    real_number,
    truths_in,
    whole_number,
)


def told(call, *arguments, **named):
    with pytest.raises(CvmError) as caught:
        call(*arguments, **named)
    return str(caught.value)


def test_a_table_with_its_columns_and_a_level_that_is_one_pass():
    need_columns(pd.DataFrame({"profit": [1.0], "tier": ["key"]}), ["tier", "profit"])
    check_level(0.9)
    check_level(np.float64(0.5))
    assert whole_number(np.int64(3), name="months") == 3


def test_the_first_missing_column_is_named_with_its_near_miss():
    table = pd.DataFrame({"profit": [1.0], "tier": ["key"]})
    message = told(need_columns, table, ["tier", "proft", "months"])
    assert message == "The table has no column 'proft'. Did you mean 'profit'?"
    message = told(need_columns, table, ["months"], remedy="Count them first.")
    assert message == (
        "The table has no column 'months'. You gave ['profit', 'tier']. Count them first."
    )


def test_a_message_shows_numbers_as_people_write_them():
    assert "You gave 1.5." in told(whole_number, np.float64(1.5), name="months")
    assert "You gave True." in told(whole_number, np.bool_(True), name="months")
    mixed = {"a": [np.int64(3), np.str_("x")], "b": (np.float32(0.5),)}
    assert str(CvmError("No.", given=mixed)) == "No. You gave {'a': [3, 'x'], 'b': (0.5,)}."
    day, span = np.datetime64("2025-01-31"), np.timedelta64(3, "D")  # no numbers of Python
    assert str(CvmError("No.", given=day)) == f"No. You gave {day!r}."
    assert str(CvmError("No.", given=span)) == f"No. You gave {span!r}."


def test_what_is_no_table_is_told_how_to_become_one():
    assert told(need_columns, {"profit": [1.0]}, ["profit"]).endswith("cvm.readers.read_table.")


@pytest.mark.parametrize("level", [0, 1, 95, -0.1, True, "0.95", float("nan"), None])
def test_a_level_lies_between_nought_and_one(level):
    assert told(check_level, level).endswith("Write 0.95 for 95 %.")


@pytest.mark.parametrize("value", [0, -1, 2.0, True, "3", None])
def test_a_whole_number_is_whole_and_large_enough(value):
    message = told(whole_number, value, name="months")
    assert message.startswith("months is a whole number, 1 or more.")
    assert message.endswith("Write months=1 or more.")
    assert whole_number(0, name="months", least=0) == 0


def test_a_column_that_is_there_twice_is_told():
    table = pd.DataFrame([[1.0, 2.0]], columns=["profit", "profit"])
    assert told(need_columns, table, ["profit"]).startswith(
        "The table has the column 'profit' more than once. You gave ['profit', 'profit']."
    )
    need_columns(table.assign(tier="key"), ["tier"])  # nobody asks for the other two


def test_columns_of_numbers_come_as_numbers():
    table = pd.DataFrame({"a": pd.array([1, 2], dtype="Int64"), "b": [0.5, -1.0]})
    assert numbers_in(table, ["b", "a"]).tolist() == [[0.5, 1.0], [-1.0, 2.0]]
    assert numbers_in(table, ["a"], least=1, most=2).tolist() == [[1.0], [2.0]]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([], "The table has no rows."),
        (["1", "2"], "The column 'a' does not hold numbers. You gave '1'. Convert it"),
        ([pd.Timestamp("2025-01-01")], "The column 'a' does not hold numbers."),  # no nanoseconds
        ([1.0, np.nan], "must hold a number in every row. You gave {'missing or infinite': 1}."),
        (
            [np.inf, -np.inf],
            "must hold a number in every row. You gave {'missing or infinite': 2}.",
        ),
        (pd.array([1, None], dtype="Int64"), "must hold a number in every row."),
        ([0.5, -0.1], "The column 'a' holds numbers from 0 to 1. You gave -0.1. Look for a sign"),
        ([1.5], "The column 'a' holds numbers from 0 to 1. You gave 1.5."),
    ],
)
def test_a_column_that_holds_no_numbers_is_told(values, words):
    assert words in told(numbers_in, pd.DataFrame({"a": values}), ["a"], least=0, most=1)


def test_a_number_below_its_least_is_told():
    message = told(numbers_in, pd.DataFrame({"a": [-3.0]}), ["a"], least=0)
    assert message.startswith("The column 'a' holds numbers of 0 or more. You gave -3.0.")


def test_truths_come_as_truths():
    for values in ([True, False], [1, 0], [1.0, 0.0], pd.array([True, False], dtype="boolean")):
        assert truths_in(pd.DataFrame({"a": values}), "a").tolist() == [True, False]


@pytest.mark.parametrize("cell", ["no", "False", "1", 2, 0.5, np.nan, None, pd.NA])
def test_what_is_neither_true_nor_false_is_told(cell):
    """NumPy would take all of these for True, but None."""
    table = pd.DataFrame({"a": pd.Series([True, cell], dtype=object)})
    message = told(truths_in, table, "a")
    assert message.startswith("The column 'a' must say True or False (or 1 and 0) in every row.")
    assert message.endswith("table['left'] == 'yes'.")


@pytest.mark.parametrize("value", [-0.1, 1.1, np.nan, np.inf, True, "0.5", None, [0.5]])
def test_a_real_number_is_finite_and_in_its_range(value):
    message = told(real_number, value, name="share", least=0, most=1, example=0.5)
    assert message.startswith("share is a number from 0 to 1.")
    assert message.endswith("Write for example share=0.5.")
    assert real_number(np.float32(0.5), name="share", least=0, most=1) == 0.5


def test_a_real_number_says_what_it_must_be():
    assert told(real_number, "a", name="firm").startswith("firm is a number. You gave 'a'.")
    assert told(real_number, 10**400, name="firm").startswith("firm is a number.")
    assert told(real_number, -1, name="cost", least=0).startswith("cost is a number of 0 or more.")
