"""Results and errors: what people read."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvm.errors import CvmError, MissingExtra, near_miss
from cvm.results import Estimate, Result, number

# exact -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.6553, "share", "65.5 %"),
        (1.0, "share", "100 %"),
        (0.05, "points", "5 points"),
        (12345.6, "", "12,346"),
        (-0.00321, "", "−0.00321"),
        (0.0, "visits", "0 visits"),
        (2.5, "months", "2.5 months"),
        (float("inf"), "", "∞"),
        (float("nan"), "share", "unknown"),
        (999.96, "", "1,000"),
    ],
)
def test_numbers_read_the_way_people_write_them(value, unit, text):
    assert number(value, unit) == text


def test_an_estimate_is_a_sentence_and_a_row():
    share = Estimate(
        name="Share of the top 20 %", value=0.655, low=0.621, high=0.688, unit="share", n=500,
        method="bootstrap",
    )  # fmt: skip
    assert str(share) == (
        "Share of the top 20 %: 65.5 % (95 % interval 62.1 % to 68.8 %; bootstrap; n = 500)."
    )
    row = share.to_frame()
    assert row.loc[0, ["value", "low", "high"]].tolist() == [0.655, 0.621, 0.688]
    assert repr(share) == str(share)
    assert share._repr_html_() == f"<p>{share}</p>"


def test_a_table_inside_a_result_stays_out_of_its_row():
    @dataclass(frozen=True, kw_only=True, repr=False)
    class Toy(Result):
        n: int
        table: list[int]

        def sentence(self) -> str:
            return "toy"

    assert list(Toy(n=3, table=[1]).to_frame().columns) == ["n"]


# invariant -------------------------------------------------------------------------


@given(st.floats(-1e9, 1e9).filter(lambda x: abs(x) > 1e-9))
def test_a_written_number_is_right_to_its_digits(value):
    read = float(number(value, digits=4).replace(",", "").replace("−", "-"))
    assert read == pytest.approx(value, rel=1e-3)


# inputs ----------------------------------------------------------------------------


def test_an_error_says_what_is_wrong_what_you_gave_and_what_to_do():
    error = CvmError("A share lies between 0 and 1.", given=20, remedy="Write 0.2.")
    assert str(error) == "A share lies between 0 and 1. You gave 20. Write 0.2."
    assert (error.wrong, error.given, error.remedy) == (
        "A share lies between 0 and 1.",
        20,
        "Write 0.2.",
    )


def test_a_long_value_is_cut():
    assert len(str(CvmError("Wrong.", given="x" * 5000))) < 300


def test_a_missing_package_names_the_command():
    error = MissingExtra("duckdb", extra="files", purpose="Reading Parquet")
    assert (
        str(error)
        == "Reading Parquet needs the package 'duckdb'. Install it with: pip install 'cvm[files]'"
    )
    assert isinstance(error, ImportError)


def test_near_miss_offers_the_word_or_the_list():
    assert near_miss("lfit", ["lift", "threshold"]) == "Did you mean 'lift'?"
    assert near_miss("zzz", ["lift", "threshold"]) == "Choose one of: lift, threshold."
    assert near_miss("zzz", []) == "Choose one of: (none)."
