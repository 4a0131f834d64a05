"""The same question under every choice."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cvm.errors import CvmError
from cvm.loyalty import Programme, simulate_programme
from cvm.research.study import (
    Changes,
    LeastSquares,
    Weighting,
    answer,
    every_choice,
    specification_curve,
)

TABLE = simulate_programme(Programme(selection="past spend"), n=500, seed=2).customers
CHOICES = every_choice(
    treatment="member", outcomes=["spend_after"], controls=["spend_before", "satisfaction"]
)


# --- exact ------------------------------------------------------------------------------------


def test_every_combination_is_tried_once_and_is_the_answer_of_its_formula():
    found = specification_curve(TABLE, CHOICES, samples={"all": "", "big": "spend_before > 60"})
    assert (found.specifications, found.failed) == (8, 0)
    rows = found.to_frame()
    assert rows["place"].tolist() == list(range(1, 9))
    assert rows["estimate"].is_monotonic_increasing
    assert not rows.duplicated(["outcome", "controls", "sample"]).any()
    one = rows[(rows["controls"] == "spend_before + satisfaction") & (rows["sample"] == "big")]
    by_hand = answer(TABLE[TABLE["spend_before"] > 60],
                     LeastSquares(formula="spend_after ~ member + spend_before + satisfaction", term="member"))  # fmt: skip
    assert one["estimate"].iloc[0] == pytest.approx(by_hand.estimate)
    assert one["n"].iloc[0] == by_hand.n


def test_the_summary_by_hand():
    found = specification_curve(TABLE, CHOICES)
    rows = found.table
    assert found.median == pytest.approx(np.median(rows["estimate"]))
    assert (found.smallest, found.largest) == (rows["estimate"].min(), rows["estimate"].max())
    assert found.positive == (rows["estimate"] > 0).mean()
    assert found.significant == (rows["p_value"] < 0.05).mean()
    by = found.choices().set_index(["choice", "option"])
    without = rows[rows["controls"] == "none"]["estimate"].iloc[0]
    assert by.loc[("controls", "none"), "median"] == pytest.approx(without)
    assert by.loc[("sample", "all"), "specifications"] == 4


def test_an_outcome_can_be_transformed():
    made = every_choice(treatment="member", outcomes=["np.log(spend_after)"])
    found = specification_curve(TABLE, made).table["estimate"].iloc[0]
    logs = TABLE.assign(y=np.log(TABLE["spend_after"])).groupby("member")["y"].mean()
    assert found == pytest.approx(logs[True] - logs[False])


def test_any_strategies_can_stand_in_a_curve():
    mine = {
        ("changes",): Changes(before="spend_before", after="spend_after", treatment="member"),
        ("weighting",): Weighting(outcome="spend_after", treatment="member", covariates=("spend_before",)),
    }  # fmt: skip
    found = specification_curve(TABLE, mine, names=["method"])
    assert found.chosen() == ["method", "sample"]
    assert set(found.table["method"]) == {"changes", "weighting"}


# --- invariant --------------------------------------------------------------------------------


@given(count=st.integers(0, 6), outcomes=st.integers(1, 3))
@settings(max_examples=15, deadline=None)
def test_every_subset_of_controls_is_there_once(count, outcomes):
    made = every_choice(
        treatment="t", outcomes=[f"y{i}" for i in range(outcomes)], controls=[f"x{i}" for i in range(count)]
    )  # fmt: skip
    assert len(made) == outcomes * 2**count
    assert len({s.formula for s in made.values()}) == len(made)
    assert all(s.needs()[1] == "t" for s in made.values())


# --- recovery ---------------------------------------------------------------------------------


def test_the_control_that_decided_who_joined_moves_the_answer_to_the_truth():
    by = specification_curve(TABLE, CHOICES).choices().set_index("option")["median"]
    assert by["none"] > 10
    assert by["spend_before"] == pytest.approx(3, abs=2.5)


def test_a_specification_without_an_answer_keeps_its_row_and_comes_last():
    table = TABLE.assign(empty=np.nan)
    found = specification_curve(
        table, every_choice(treatment="member", outcomes=["spend_after", "empty"])
    )
    assert found.failed == 1
    last = found.table.iloc[-1]
    assert last["outcome"] == "empty"
    assert "No row has a value" in last["error"]
    assert "Over 1 specifications the estimate runs from" in str(found)


# --- inputs -----------------------------------------------------------------------------------


def test_bad_input_is_told():
    with pytest.raises(CvmError, match="come as lists of names"):
        every_choice(treatment="member", outcomes="spend")
    with pytest.raises(CvmError, match="Every subset of 13 controls is too many"):
        every_choice(treatment="t", outcomes=["y"], controls=[f"x{i}" for i in range(13)])
    with pytest.raises(CvmError, match="under a word for every choice"):
        specification_curve(TABLE, CHOICES, names=["method"])
    with pytest.raises(CvmError, match="under a word for every choice"):
        specification_curve(TABLE, {})
    with pytest.raises(CvmError, match="The sample 'big' cannot be taken"):
        specification_curve(TABLE, CHOICES, samples={"big": "spend_befre > 3"})
    with pytest.raises(CvmError, match="No specification has an answer"):
        specification_curve(TABLE, every_choice(treatment="nobody", outcomes=["spend_after"]))
    with pytest.raises(CvmError, match="must be a pandas DataFrame"):
        specification_curve(pd.Series([1]), CHOICES)
