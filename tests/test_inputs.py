"""The checks at every door: each message is read."""

import numpy as np
import pandas as pd
import pytest

from cvm.errors import CvmError
from cvm.inputs import check_level, need_columns, whole_number


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
