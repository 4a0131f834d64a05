"""Tables: declared schemas, and every fault of a table told at once."""

import datetime as dt
import decimal
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cvm import cells, tables
from cvm.dates import dates
from cvm.errors import CvmError
from cvm.tables import CUSTOMERS, SURVEY, TRANSACTIONS, Column, Schema, TableError, check


def log(**changes):
    """Make a good transaction log of three rows, with some columns replaced."""
    good = {
        "customer": ["a", "b", "c"],
        "date": ["2024-01-05", "2024-01-06", "2024-12-31"],
        "amount": ["12.50", "3", "-1.25"],
    }
    return pd.DataFrame(good | changes)


def problems(table, schema=TRANSACTIONS, **options):
    with pytest.raises(TableError) as caught:
        check(table, schema, **options)
    return caught.value


# -- exact -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1234.5", 1234.5), ("1,234.50", 1234.5), ("1.234,50", 1234.5), ("1 234,50", 1234.5),
        ("1'234.50", 1234.5), ("1’234.50", 1234.5), ("1\u202f234,50", 1234.5), ("0.125", 0.125),
        ("1,234,567", 1234567), ("1.234.567", 1234567), ("12345.678", 12345.678), (".5", 0.5),
        ("-3,5", -3.5), ("−3.5", -3.5), ("(3.50)", -3.5), ("3.50-", -3.5), ("+7", 7),
        ("$1,234.50", 1234.5), ("-$5", -5), ("12,50 €", 12.5), ("￥1,234.00", 1234), ("88元", 88),
        ("CNY 88", 88), ("１２３", 123), ("1.5E+03", 1500), ("1.234E5", 123400), ("  4 ", 4),
    ],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(text, value):
    read, faults = cells.numbers(pd.Series([text]))
    assert not faults
    assert read[0] == value


@pytest.mark.parametrize("text", ["nan", "", "  ", "NULL", "n/a", "None"])
def test_an_empty_cell_is_not_a_fault_of_reading(text):
    read, faults = cells.numbers(pd.Series([text]))
    assert not faults
    assert read.isna().all()


@pytest.mark.parametrize(
    "text", ["twelve", "12%", "1,23,456", "1.2.3", "--5", "1e", "#REF!", "-", "12,", "1.2万", "(5"]
)
def test_what_is_no_number_is_told(text):
    _read, faults = cells.numbers(pd.Series([text, "5"]))
    assert [list(fault.at) for fault in faults] == [[0]]
    assert faults[0].expected == "a number"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-12-31", "2024-12-31"), ("2024/12/31", "2024-12-31"), ("2024.1.5", "2024-01-05"),
        ("20241231", "2024-12-31"), ("2024年1月5日", "2024-01-05"), ("2024年12月31号", "2024-12-31"),
        ("31.12.2024", "2024-12-31"), ("12/31/2024", "2024-12-31"), ("31-12-2024", "2024-12-31"),
        ("31 Dec 2024", "2024-12-31"), ("31-Dec-2024", "2024-12-31"), ("Dec 31, 2024", "2024-12-31"),
        ("5 September 2024", "2024-09-05"), ("45657", "2024-12-31"), ("45657.75", "2024-12-31 18:00"),
        ("2024-12-31 18:05", "2024-12-31 18:05"), ("2024-12-31T18:05:09.5", "2024-12-31 18:05:09.5"),
        ("12/31/2024 6:05 PM", "2024-12-31 18:05"), ("12/31/2024 12:05 am", "2024-12-31 00:05"),
        ("2024-12-31T23:30:00+08:00", "2024-12-31 23:30"), ("2024-12-31T23:30:00Z", "2024-12-31 23:30"),
        ("5/5/2024", "2024-05-05"),
    ],
)  # fmt: skip
def test_dates_are_read_as_people_write_them(text, day):
    read, faults = dates(pd.Series([text]))
    assert not faults
    assert read[0] == pd.Timestamp(day)


def test_serial_numbers_count_days_as_spreadsheets_do():
    # 1 January 2000 is 36526 and 1 March 1970 is 25628 in every spreadsheet program.
    read, faults = dates(pd.Series([36526, 25628.5]))
    assert not faults
    assert list(read) == [pd.Timestamp("2000-01-01"), pd.Timestamp("1970-03-01 12:00")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-02-30", "a day that exists"),
        ("29/2/2023", "a day that exists"),
        ("2024-01-05 25:00", "a day that exists"),
        ("31.12.24", "a date whose year has four figures"),
        ("yesterday", "a date"),
        ("12345", "a date"),  # 1933: an order number in the wrong column
        ("1704067200", "a date"),
    ],
)
def test_what_is_no_date_is_told(text, expected):
    _read, faults = dates(pd.Series([text]))
    assert [fault.expected for fault in faults] == [expected]


def test_a_good_table_comes_back_typed_and_the_given_one_is_left_alone():
    given = log(note=["x", "", "y"]).set_index("note", drop=False)
    before = given.copy()
    found = check(given, TRANSACTIONS)
    assert list(found.columns) == ["customer", "date", "amount", "note"]
    assert found["amount"].tolist() == [12.5, 3, -1.25]
    assert found["date"].dtype == np.dtype("datetime64[us]")
    assert isinstance(found.index, pd.RangeIndex)
    pd.testing.assert_frame_equal(given, before)


def test_ids_keep_leading_zeros_and_whole_floats_become_whole_again():
    kept = check(log(customer=["007", "08 ", "x"]), TRANSACTIONS)["customer"]
    assert kept.tolist() == ["007", "08", "x"]
    assert check(log(customer=[17850.0, 2.0, 3.0]), TRANSACTIONS)["customer"].dtype == "int64"
    mixed = check(log(customer=["007", 8, 9.0]), TRANSACTIONS)["customer"]
    assert mixed.tolist() == ["007", "8", "9"]
    exported = check(log(customer=["17850.0", "2.0", "3.0"]), TRANSACTIONS)["customer"]
    assert exported.tolist() == ["17850", "2", "3"]


def test_one_cell_settles_its_column():
    amounts = check(log(amount=["1.234", "2.345", "12.50"]), TRANSACTIONS)["amount"]
    assert amounts.tolist() == [1.234, 2.345, 12.5]
    amounts = check(log(amount=["1.234", "2.345", "12,50"]), TRANSACTIONS)["amount"]
    assert amounts.tolist() == [1234, 2345, 12.5]
    days = check(log(date=["03/04/2024", "05/06/2024", "31/12/2024"]), TRANSACTIONS)["date"]
    assert days.dt.month.tolist() == [4, 6, 12]
    days = check(log(date=["03/04/2024", "05/06/2024", "12/31/2024"]), TRANSACTIONS)["date"]
    assert days.dt.month.tolist() == [3, 5, 12]


def test_columns_of_other_types_are_taken_as_what_they_are():
    days = [dt.date(2024, 1, 5), pd.Timestamp("2024-01-06"), np.datetime64("2024-12-31")]
    found = check(log(date=days, amount=[decimal.Decimal("1.5"), 2, np.float32(3)]), TRANSACTIONS)
    assert found["date"].dt.day.tolist() == [5, 6, 31]
    assert found["amount"].tolist() == [1.5, 2, 3]
    zoned = pd.Series(pd.to_datetime(["2024-01-05 23:30"] * 3)).dt.tz_localize("Asia/Shanghai")
    assert check(log(date=zoned), TRANSACTIONS)["date"].dt.hour.tolist() == [23] * 3
    nullable = log(amount=pd.array([1, 2, 3], dtype="Int64"), customer=pd.Categorical(list("abc")))
    assert check(nullable, TRANSACTIONS)["amount"].tolist() == [1, 2, 3]


def test_the_dictionary_says_what_is_declared():
    table = tables.dictionary(CUSTOMERS).set_index("column")
    assert list(table.index) == [column.name for column in CUSTOMERS.columns]
    assert table.loc["revenue", "allowed"] == "a number from 0 to 1,000,000,000,000"
    assert table.loc["revenue", "unit"] == "currency"
    assert table.loc["customer", "unique"]
    assert not table.loc["joined", "required"]
    assert (table["meaning"] != "").all()


def test_every_declared_column_has_a_meaning_and_every_number_a_range():
    for schema in (TRANSACTIONS, CUSTOMERS, SURVEY):
        names = [column.name for column in schema.columns]
        assert len(names) == len(set(names))
        assert set(schema.key) <= set(names)
        for column in schema.columns:
            assert column.meaning
            assert column.kind in ("id", "text") or (
                column.low is not None and column.high is not None
            )


def test_importing_tables_does_not_import_pandera():
    code = "import cvm.tables, sys; sys.exit('pandera' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# -- invariant -------------------------------------------------------------------------


@given(value=st.floats(-1e9, 1e9).map(lambda x: round(x, 2)), form=st.sampled_from("abcde"))
@settings(max_examples=200, deadline=None)
def test_a_number_written_in_any_form_reads_the_same(value, form):
    english = f"{value:,.2f}"
    swap = str.maketrans(",.", ".,")
    written = {
        "a": f"{value:.2f}", "b": english, "c": english.translate(swap),
        "d": english.replace(",", " "), "e": f"€ {english.translate(swap)}",
    }[form]  # fmt: skip
    read, faults = cells.numbers(pd.Series([written]))
    assert not faults
    assert read[0] == value


@given(day=st.dates(dt.date(1970, 1, 1), dt.date(2100, 12, 31)), form=st.sampled_from("abcdef"))
@settings(max_examples=200, deadline=None)
def test_a_day_written_in_any_form_reads_the_same(day, form):
    written = {
        "a": day.isoformat(), "b": day.strftime("%d.%m.%Y"), "c": day.strftime("%m/%d/%Y"),
        "d": f"{day.year}年{day.month}月{day.day}日", "e": day.strftime("%Y%m%d"),
        "f": str((day - dt.date(1899, 12, 30)).days),
    }[form]  # fmt: skip
    read, faults = dates(pd.Series([written]), dayfirst={"b": True, "c": False}.get(form))
    assert not faults
    assert read[0] == pd.Timestamp(day)


@given(
    cell=st.one_of(
        st.text(max_size=12), st.integers(), st.floats(), st.booleans(), st.none(), st.binary(max_size=3),
        st.datetimes(), st.dates(), st.times(), st.decimals(allow_nan=False), st.complex_numbers(), st.lists(st.integers(), max_size=2),
    ),
    column=st.sampled_from(["customer", "date", "amount", "order", "product", "quantity"]),
)  # fmt: skip
@settings(max_examples=100, deadline=None)
def test_whatever_stands_in_a_cell_only_that_cell_is_told(cell, column):
    table = log(order=["1", "2", "3"], product=["p", "q", "r"], quantity=["1", "2", "3"]).astype(
        object
    )
    table[column] = pd.Series([cell, *table[column][1:]], dtype=object)
    found, wrong = tables.examine(table, TRANSACTIONS)
    assert set(wrong["column"]) <= {column}
    assert len(found) == 3


@given(rows=st.permutations(range(6)))
@settings(max_examples=25, deadline=None)
def test_the_order_of_rows_does_not_change_what_is_wrong(rows):
    table = pd.DataFrame(
        {
            "customer": ["a", None, "c", "d", "e", "f"],
            "date": [
                "2024-01-05",
                "2024-01-06",
                "31.12.2024",
                "2024-01-05",
                "2024-01-05",
                "1/2/24",
            ],
            "amount": ["1.5", "2.5", "3.5", "x", "4,5", "1"],
        }
    )
    wrong = problems(table.iloc[list(rows)]).problems
    places = {
        (rows[row], column) for row, column in zip(wrong["row"], wrong["column"], strict=True)
    }
    expected = {(1, "customer"), (2, "date"), (5, "date"), (3, "amount"), (4, "amount")}
    assert places == expected


# -- recovery --------------------------------------------------------------------------


def test_the_message_leads_back_to_every_planted_fault():
    rng = np.random.default_rng(1)
    n = 5_000
    table = pd.DataFrame(
        {
            "customer": rng.integers(1, 500, n).astype(str),
            "date": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 360, n), unit="D"),
            "amount": rng.gamma(2, 20, n).round(2).astype(str),
        }
    )
    planted = np.sort(rng.choice(n, 300, replace=False))
    table.loc[planted, "amount"] = "oops"
    error = problems(table)
    assert error.problems["row"].tolist() == planted.tolist()
    assert set(error.problems["value"]) == {"oops"}
    assert "(299 more:" in str(error)
    assert len(str(error).splitlines()) == 3


# -- inputs ----------------------------------------------------------------------------


def test_all_faults_are_told_in_one_message():
    table = pd.DataFrame(
        {
            "customer": ["a", None, "1.2E+10", "d", "e", "f"],
            "date": ["2024-01-05", "2024-02-30", "31.12.2024", "1024-01-05", "", "2024-01-05"],
            "amount": ["1.50", "twelve", "1,5", "1e30", "", "inf"],
        }
    )
    error = problems(table)
    assert isinstance(error, CvmError)
    assert (
        str(error).splitlines()[0] == "The table 'transactions': 11 problems, nothing was loaded."
    )
    for line in (
        "- row 1, column 'customer', empty: expected a value. Fill it in, or leave the row out.",
        "- row 1, column 'date', '2024-02-30': expected a day that exists.",
        "- row 1, column 'amount', 'twelve': expected a number. Write the number alone, such as 1234.5.",
        "- row 2, column 'customer', '1.2E+10': expected an id as it was given, not a rounded number",
        "- row 2, column 'date', '31.12.2024': expected a date in the same form as the rest.",
        "- row 2, column 'amount', '1,5': expected a number with the decimal sign '.', like the rest.",
        "- row 3, column 'date', '1024-01-05': expected a date from 1950-01-01 to 2100-12-31.",
        "- row 3, column 'amount', '1e30': expected a number from −1,000,000,000,000 to",
        "- row 4, column 'date', empty: expected a value.",
        "Rows are counted from 0, as in table.iloc[row].",
    ):
        assert line in str(error)
    assert list(error.problems.columns) == ["row", "column", "value", "expected", "remedy"]
    assert len(error.problems) == 11


def test_a_missing_column_comes_with_its_near_miss():
    error = problems(log().rename(columns={"amount": "ammount"}))
    assert "column 'amount': expected a column of this name; there is none." in str(error)
    assert "Did you mean 'ammount'? Then pass columns={'ammount': 'amount'}." in str(error)
    fixed = check(
        log().rename(columns={"amount": "ammount"}), TRANSACTIONS, columns={"ammount": "amount"}
    )
    assert "amount" in fixed
    error = problems(log().rename(columns={"amount": "金额"}))
    assert "Say which column it is with columns={'...': 'amount'}. Not used so far: 金额." in str(
        error
    )


def test_a_mapping_that_names_no_column_and_a_name_twice_are_told():
    error = problems(log(), columns={"kunde": "customer", "amont": "amount"})
    assert "column 'kunde': expected a column of the table, since columns= names it." in str(error)
    assert "column 'amont': expected a column of the table, since columns= names it. Did you mean 'amount'?" in str(error)  # fmt: skip
    error = problems(log(sum=["1", "2", "3"]), columns={"sum": "amount"})
    assert "column 'amount': expected one column of this name, not 2." in str(error)


def test_an_infinite_number_is_told_once():
    error = problems(log(amount=[np.inf, 1.0, 10**400]))
    assert error.problems["row"].tolist() == [0, 2]
    assert "2 problems" in str(error)


def test_the_truth_is_hidden_by_place_and_asked_of_a_table():
    twice = pd.DataFrame([[1, 2, 3]], columns=["a", "a", "true_a"])
    assert tables.observed(twice).columns.tolist() == ["a", "a"]
    with pytest.raises(CvmError, match="A table must be a pandas DataFrame"):
        tables.observed([1])
    with pytest.raises(CvmError, match="A schema must be a Schema"):
        tables.dictionary("transactions")


def test_what_two_readers_could_take_differently_is_refused_with_the_way_out():
    table = log(date=["03/04/2024", "05/06/2024", "01/02/2024"], amount=["1.234", "2.345", "9.999"])
    error = problems(table)
    assert (
        "(3 cells here can be read both ways). Say dayfirst=True if 03/04/2024 is 3 April"
        in str(error)
    )
    assert (
        "(3 cells here can be read both ways). Say decimal='.' if the sign marks decimals"
        in str(error)
    )
    assert len(error.problems) == 2
    found = check(table, TRANSACTIONS, decimal=",", dayfirst=False)
    assert found["amount"].tolist() == [1234, 2345, 9999]
    assert found["date"].dt.month.tolist() == [3, 5, 1]


def test_mixed_columns_are_refused():
    two = problems(log(date=["31/12/2024", "12/31/2024", "30/11/2024"]))
    assert (
        "row 1, column 'date', '12/31/2024': expected a date with the day first, like the rest"
        in str(two)
    )
    two = problems(log(date=["12/30/2024", "12/31/2024", "30/11/2024"]))
    assert "row 2, column 'date', '30/11/2024': expected a date with the month first" in str(two)
    mixed = problems(
        log(date=[pd.Timestamp("2024-04-03"), pd.Timestamp("2024-04-04"), "31/12/2024"])
    )
    assert (
        "row 2, column 'date', '31/12/2024': expected a date of the same type as the rest"
        in str(mixed)
    )
    zones = problems(log(date=["2024-01-05T10:00Z", "2024-01-05T10:00Z", "2024-01-05T10:00+08:00"]))
    assert (
        "row 2, column 'date', '2024-01-05T10:00+08:00': expected a time in the same time zone"
        in str(zones)
    )
    money = problems(log(amount=["€5", "$5", "€6"]))
    assert "row 1, column 'amount', '$5': expected an amount in €, like the rest." in str(money)
    yuan = check(log(amount=["¥5", "5元", "CNY 6"]), TRANSACTIONS)
    assert yuan["amount"].tolist() == [5, 5, 6]


def test_ids_that_were_rounded_are_refused():
    assert "'17850.0'" in str(problems(log(customer=["17850.0", "17851", "x"])))
    assert "'1.5'" in str(problems(log(customer=[1.5, 2.0, 3.0])))
    assert "'1e+16'" in str(problems(log(customer=[1e16, 2.0, 3.0])))
    error = problems(log(customer=["#N/A", "#REF!", "ok"]))
    assert "not a rounded number or a mark of an error" in str(error)
    assert len(error.problems) == 2
    assert "column 'customer', empty" in str(problems(log(customer=[1.0, np.nan, 3.0])))


def test_ranges_uniqueness_and_keys():
    table = pd.DataFrame(
        {"customer": ["a", "b", "a"], "revenue": [1, -2, None], "joined": ["2024-01-05"] * 3}
    )
    text = str(problems(table, CUSTOMERS))
    assert "row 1, column 'revenue', '-2.0': expected a number from 0 to" in text
    assert (
        "row 2, column 'customer', 'a': expected a value that no earlier row has. Keep one row for each."
        in text
    )
    survey = pd.DataFrame(
        {"customer": [1, 1, 1], "question": ["q1", "q1", "q2"], "answer": [11, 3, None]}
    )
    error = problems(survey, SURVEY)
    assert "row 0, column 'answer', '11.0': expected a number from 0 to 10." in str(error)
    assert "expected different from earlier rows in customer, question, wave together" in str(error)
    assert len(error.problems) == 2
    assert len(check(survey.assign(answer=[1, 3, None], wave=[1, 2, 1]), SURVEY)) == 3


def test_a_schema_of_ones_own():
    contacts = Schema(
        name="contacts", meaning="one contact",
        columns=(
            Column(name="customer", kind="id", meaning="the customer"),
            Column(name="calls", kind="whole", low=0, meaning="how many"),
            Column(name="minutes", kind="number", high=600, required=False, meaning="how long"),
            Column(name="channel", kind="text", options=("shop", "phone"), meaning="where"),
        ),
    )  # fmt: skip
    good = pd.DataFrame({"customer": [1], "calls": ["3"], "channel": [" shop "], "minutes": [5]})
    found = check(good, contacts)
    assert found["channel"][0] == "shop"
    assert found["calls"].dtype == "int64"
    bad = pd.DataFrame(
        {"customer": [1, 2], "calls": [1.5, -1], "channel": ["shop", "fax"], "minutes": [601, 1]}
    )
    text = str(problems(bad, contacts))
    assert "column 'calls', '1.5': expected a whole number. Round it" in text
    assert "column 'calls', '-1.0': expected a whole number of 0 or more." in text
    assert "column 'channel', 'fax': expected one of: shop, phone." in text
    assert "column 'minutes', '601': expected a number of 600 or less." in text


def test_the_listing_is_limited_and_the_table_of_problems_is_not():
    many = Schema(
        name="wide", meaning="",
        columns=tuple(Column(name=f"c{i}", kind="number", meaning="") for i in range(30)),
    )  # fmt: skip
    error = problems(pd.DataFrame({f"c{i}": ["x"] for i in range(30)}), many)
    assert str(error).count("expected a number") == TableError.SHOWN
    assert "… and 10 more." in str(error)
    assert len(error.problems) == 30
    one = problems(log(amount=["x", "1", "2"]))
    assert str(one).startswith("The table 'transactions': 1 problem, nothing was loaded.")


def test_wrong_arguments_are_told():
    with pytest.raises(
        CvmError, match=r"A table must be a pandas DataFrame.*cvm.readers.read_table"
    ):
        check("orders.csv", TRANSACTIONS)
    with pytest.raises(
        CvmError, match=r"A schema must be a Schema.*'transactions'.*tables.TRANSACTIONS"
    ):
        check(log(), "transactions")
    with pytest.raises(
        CvmError, match=r"columns= maps the table's names.*columns=\{'客户': 'customer'\}"
    ):
        check(log(), TRANSACTIONS, columns=["customer"])
    with pytest.raises(CvmError, match=r"decimal= is the decimal sign, '.' or ','.*';'"):
        check(log(), TRANSACTIONS, decimal=";")
    with pytest.raises(CvmError, match=r"dayfirst= is True or False.*'yes'"):
        check(log(), TRANSACTIONS, dayfirst="yes")
