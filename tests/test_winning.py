"""Two leads, and the order in which channels come in."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cvm import acquisition, winning
from cvm.acquisition import CHANNELS, Channel
from cvm.errors import CvmError

ORDER = winning.order_of_entry()

# exact -----------------------------------------------------------------------------


def test_the_order_of_entry_by_hand():
    two = {"poor": Channel(margin=200), "good": Channel(margin=600)}
    table = winning.order_of_entry(two)
    worth = acquisition.customer_value(two["good"])
    assert table["channel"].tolist() == ["good", "poor"]
    assert table["first_yuan"].tolist() == pytest.approx([worth / 375, worth / 375 / 3])
    assert table["enters_at"].tolist() == pytest.approx([0, 90_000 * np.log(3)])


def test_who_never_comes_in_has_no_budget():
    told = ORDER.set_index("channel")
    assert np.isnan(told.loc["letter", "enters_at"])
    assert told.loc["letter", "first_yuan"] < 1
    assert ORDER["enters_at"].notna().sum() == 17
    assert ORDER["channel"].iloc[0] == "introductions"


def test_a_lead_alone_is_its_own_budget():
    table = winning.compare_leads(budget=400_000).set_index("lead")
    alone = acquisition.allocate(acquisition.WAYS, budget=400_000)
    assert table.loc["selling-led", "gain"] == pytest.approx(alone.rules["gain"][0])
    assert table.loc["selling-led", "next_yuan"] == pytest.approx(1 + alone.shadow_price)
    assert table.index.tolist() == ["marketing-led", "selling-led", "both"]


# invariant -------------------------------------------------------------------------


@settings(max_examples=20, deadline=None)
@given(st.floats(0, 2_000_000))
def test_both_leads_never_earn_less_than_one(budget):
    gain = winning.compare_leads(budget=budget).set_index("lead")["gain"]
    assert gain["both"] >= gain[["marketing-led", "selling-led"]].max() - 1e-3


def test_what_is_spent_today_does_not_change_the_order():
    spent = {name: item.replace(spend=150_000) for name, item in CHANNELS.items()}
    again = winning.order_of_entry(spent)
    assert again["channel"].tolist() == ORDER["channel"].tolist()
    assert again["enters_at"].to_numpy() == pytest.approx(ORDER["enters_at"], nan_ok=True)


# recovery --------------------------------------------------------------------------


@pytest.mark.parametrize("place", [1, 4, 8, 13])
def test_a_channel_gets_its_first_yuan_at_its_budget(place):
    row = ORDER.iloc[place]
    before, after = (
        acquisition.allocate(budget=float(row["enters_at"]) * k).channels.set_index("channel")
        for k in (0.99, 1.01)
    )
    assert before.loc[row["channel"], "best"] == 0
    assert after.loc[row["channel"], "best"] > 0


def test_what_the_docstring_says_of_the_leads():
    gain = winning.compare_leads(budget=400_000).set_index("lead")["gain"]
    assert (gain / 10_000).round().tolist() == [40, 74, 94]


# inputs ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: winning.compare_leads({}, budget=1), "Leads come by name.*selling-led"),
        (lambda: winning.compare_leads({"web": {"web": 3}}, budget=1), "'web' is not a channel"),
        (lambda: winning.compare_leads(budget=-1), "budget is a number of 0 or more"),
        (lambda: winning.order_of_entry({}), "Channels come by name"),
    ],
)
def test_bad_input_is_told(call, words):
    with pytest.raises(CvmError, match=words):
        call()
