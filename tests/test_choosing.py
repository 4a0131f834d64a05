"""The marks of a good customer and the five risks of a big one, counted in the book."""

import numpy as np
import pandas as pd
import pytest

from cvm import choosing, selection
from cvm.errors import CvmError

ACCOUNTS = selection.simulate_accounts(selection.Business(), n=2000, seed=7)
BOOK = selection.risk_adjusted_profit(ACCOUNTS).accounts


def small_book():
    """Three accounts with round numbers."""
    return pd.DataFrame({
        "customer": ["a", "b", "c"], "revenue": [100.0, 50, 20], "profit": [10.0, -5, 4],
        "discount": [20.0, 5, 0], "kickbacks": [10.0, 0, 0], "extras": [10.0, 5, 0],
        "grey_loss": [6.0, 1, 0], "receivable_cost": [2.0, 1, 0.4], "cost_to_serve": [10.0, 10, 1],
        "loss_if_default": [20.0, 10, 5], "loss_if_left": [10.0, 5, 2], "default": [0.1, 0.0, 0.2],
        "defection": [0.5, 0.2, 0.0], "premium": [0.1, 0.3, 0.2], "days": [90.0, 40, 30],
        "credit": [60.0, 40, 30], "rating": [0.0, 1, -1], "growth": [0.0, 0.1, 0.2],
        "match": [0.2, 0.9, 0.5], "left": ["on its own", "rival", ""],
    })  # fmt: skip


# exact -----------------------------------------------------------------------------


def test_the_five_risks_by_hand():
    risks = choosing.five_risks(small_book(), largest=1)
    assert risks["risk"].tolist() == list(choosing.RISKS)
    # a: 2 + .1 x 20; 40; 6; .9 x .5 x (10 + 10), all of it on its own.
    assert risks["largest"].tolist() == pytest.approx([4, 40, 6, 0, 9])
    # b and c: 1 + .4 + .2 x 5; 10; 1; .2 x (0 + 5), all of it to a rival; of 70.
    others = [2.4, 10, 1, 1, 0]
    assert risks["others"].tolist() == pytest.approx([100 * x / 70 for x in others])


def test_the_marks_by_hand():
    marks = choosing.good_marks(small_book()).set_index("customer")
    assert marks["buys high-margin goods"].tolist() == [False, True, True]
    assert marks["does not fight over the price"].tolist() == [False, True, True]
    assert marks["pays on time"].tolist() == [False, True, True]
    assert marks["has good credit"].tolist() == [True, True, False]
    assert marks["is cheap to serve"].tolist() == [True, False, True]
    assert marks["is a low risk"].tolist() == [False, True, True]
    assert marks["has prospects"].tolist() == [False, True, True]
    assert marks["wants to grow with you"].tolist() == [False, True, True]
    assert marks["marks"].tolist() == [2, 7, 7]


def test_every_mark_names_columns_of_the_book():
    named = {column for columns in choosing.MARKS.values() for column in columns.split(", ")}
    assert named <= set(BOOK.columns)
    assert len(choosing.MARKS) == 8
    assert len(choosing.RISKS) == 5


# invariant -------------------------------------------------------------------------


def test_the_risks_of_both_groups_are_those_of_the_whole():
    """Weighted by revenue, largest and others give what the whole book says."""
    risks = choosing.five_risks(BOOK, largest=20)
    share = BOOK["revenue"].nlargest(20).sum() / BOOK["revenue"].sum()
    whole = share * risks["largest"] + (1 - share) * risks["others"]
    taken = BOOK[["discount", "kickbacks", "extras"]].sum().sum() / BOOK["revenue"].sum()
    assert whole[1] == pytest.approx(100 * taken)
    assert whole[2] == pytest.approx(100 * BOOK["grey_loss"].sum() / BOOK["revenue"].sum())


def test_a_book_read_back_from_a_file_says_the_same():
    """There an empty text has become a missing one; it is still no cause."""
    again = BOOK.assign(left=BOOK["left"].replace({"": None}))
    pd.testing.assert_frame_equal(choosing.five_risks(again), choosing.five_risks(BOOK))


def test_the_order_of_the_rows_does_not_matter():
    mixed = BOOK.sample(frac=1, random_state=3)
    pd.testing.assert_frame_equal(choosing.five_risks(mixed), choosing.five_risks(BOOK))
    marks = choosing.good_marks(mixed).sort_values("customer", ignore_index=True)
    pd.testing.assert_frame_equal(marks, choosing.good_marks(BOOK))


# recovery --------------------------------------------------------------------------


def test_the_largest_carry_more_of_each_risk():
    risks = choosing.five_risks(BOOK, largest=20)
    assert (risks["largest"] > risks["others"]).all()
    assert risks["largest"][1] == pytest.approx(33, abs=0.5)  # as the story says
    assert risks["largest"].drop(1).sum() == pytest.approx(12, abs=0.5)


def test_more_marks_leave_more_in_truth():
    truth = ACCOUNTS[["customer", "true_profit", "revenue"]]
    joined = choosing.good_marks(BOOK).merge(truth, on="customer")
    large = joined[joined["revenue"] > 100]
    sums = large.groupby(np.clip(large["marks"], 1, 6))[["true_profit", "revenue"]].sum()
    margin = sums["true_profit"] / sums["revenue"]
    assert margin.corr(pd.Series(margin.index, margin.index)) > 0.9


# inputs ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: choosing.good_marks(ACCOUNTS), "no column 'default'"),
        (lambda: choosing.five_risks(BOOK.drop(columns="left")), "no column 'left'"),
        (lambda: choosing.five_risks(BOOK.assign(revenue=0)), "a revenue above 0"),
        (lambda: choosing.good_marks(BOOK.head(0)), "no rows"),
        (lambda: choosing.good_marks(BOOK.assign(rating=np.nan)), "'rating' must hold a number"),
        (lambda: choosing.five_risks(BOOK.assign(left=True)), "holds the cause"),
        (lambda: choosing.five_risks(BOOK.head(9), largest=9), "leave others to compare with"),
        (lambda: choosing.five_risks(BOOK, largest=0), "largest is a whole number"),
    ],
)
def test_messages(call, words):
    with pytest.raises(CvmError) as caught:
        call()
    assert words in str(caught.value)
