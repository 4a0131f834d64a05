"""Readers: real files in, a whole checked table out, or everything that is wrong."""

import contextlib
import datetime as dt
import io

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from cvm import readers, tables
from cvm.errors import CvmError
from cvm.tables import CUSTOMERS, TRANSACTIONS, TableError

CHINESE = {"客户": "customer", "日期": "date", "金额（元）": "amount"}
PLAIN = "customer,date,amount\n007,2024-01-05,1234.50\n008,2024-12-31,3.25\n"


@pytest.fixture
def read(tmp_path):
    """Write bytes, text or a workbook to a file and read it."""

    def read(content, **options):
        file = tmp_path / options.pop("name", "orders.csv")
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return readers.read_table(file, **options)

    return read


@pytest.fixture
def wrong(read):
    """Read a file that is at fault and give the error."""

    def wrong(content, **options):
        with pytest.raises(CvmError) as caught:
            read(content, **options)
        return caught.value

    return wrong


def book(*sheets):
    """Make a workbook of sheets, each a name and its rows."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets:
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    return made


def packed(workbook):
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def is_plain(table):
    """Tell whether a table says what PLAIN says."""
    assert table["customer"].tolist() == ["007", "008"]
    assert table["date"].tolist() == [pd.Timestamp("2024-01-05"), pd.Timestamp("2024-12-31")]
    assert table["amount"].tolist() == [1234.5, 3.25]
    return True


# -- exact -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030", "gbk"],
)
def test_the_encoding_is_found(read, encoding):
    text = "客户,日期,金额（元）,备注\n007,2024年1月5日,￥1234.50,老客户，很满意\n008,2024年12月31日,￥3.25,\n"
    table = read(text.encode(encoding), schema=TRANSACTIONS, columns=CHINESE)
    assert is_plain(table)
    assert table["备注"][0] == "老客户，很满意"
    assert pd.isna(table["备注"][1])


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        PLAIN.replace("\n", "\r\n"),
        PLAIN.replace("\n", "\r"),
        PLAIN.replace(",", ";"),
        PLAIN.replace(",", "\t"),
        PLAIN.replace(",", "|"),
        PLAIN.replace(",", " , "),
        PLAIN.replace(",", ";").replace(".", ","),
        PLAIN.replace("\n", "\n\n , ,\n"),
        PLAIN.replace("\n", ",\n"),
        PLAIN.replace("1234.50", '"1,234.50"'),
        PLAIN.replace("1234.50", '"$1,234.50"').replace("3.25", "$3.25"),
        "sep=,\n" + PLAIN,
        PLAIN.removesuffix("\n"),
        PLAIN + "\x1a",
        "customer;date;amount\n007;05.01.2024;1.234,50 €\n008;31.12.2024;3,25 €\n",
        'customer,date,amount\n"007",01/05/2024,"1,234.50"\n"008",12/31/2024,3.25\n',
        "customer\tdate\tamount\n007\t45296\t1 234.50\n008\t45657\t3.25\n",
        "amount,date,customer\n1234.5,2024-01-05,007\n3.25,2024-12-31,008\n",
    ],
)
def test_the_same_table_in_many_forms(read, text):
    assert is_plain(read(text, schema=TRANSACTIONS))


def test_quoted_cells_may_hold_anything(read):
    table = read('a,note\n1,"one, two"\n2,"say ""hi"""\n3,"two\nlines"\n')
    assert table["note"].tolist() == ["one, two", 'say "hi"', "two\nlines"]


def test_without_a_schema_a_column_is_what_all_its_cells_are(read):
    table = read(
        "id,n,x,day,word,code\n007,1,1.5,2024-01-05,1,1234567890123456\n8,2,2,2024-01-06,b,2\n"
    )
    kinds = [str(kind)[:5] for kind in table.dtypes]
    assert table["id"].tolist() == ["007", "8"]
    assert kinds[1:4] == ["int64", "float", "datet"]
    assert table["word"].tolist() == ["1", "b"]
    assert table["code"].tolist() == ["1234567890123456", "2"]


def test_columns_the_schema_does_not_know_are_kept(read):
    table = read(
        "customer,date,amount,age,when\na,2024-01-05,1,30,01/02/2024\n", schema=TRANSACTIONS
    )
    assert table["age"].tolist() == [30]
    assert table["when"].tolist() == ["01/02/2024"]  # cannot be told, and was not asked for


def test_a_workbook_is_read_like_the_file_it_could_be(read):
    rows = [
        ["客户", "日期", "金额（元）", None],
        ["007", dt.datetime(2024, 1, 5), 1234.5],
        [None, None, "  "],
        ["008", dt.datetime(2024, 12, 31), 3.25],
    ]
    content = packed(book(("数据", rows), ("Sheet2", [])))
    assert is_plain(read(content, name="a.xlsx", schema=TRANSACTIONS, columns=CHINESE))
    assert is_plain(read(content, name="a.csv", schema=TRANSACTIONS, columns=CHINESE))
    two = packed(book(("数据", rows), ("notes", [["x"], ["y"]])))
    assert is_plain(read(two, schema=TRANSACTIONS, columns=CHINESE, sheet="数据"))


def test_a_workbook_keeps_the_zeros_a_person_sees(read):
    made = book(("a", [["customer", "date", "amount"], [7, dt.date(2024, 1, 5), 1], [8, 45297, 2]]))
    made["a"]["A2"].number_format = made["a"]["A3"].number_format = "000"
    made["a"]["B2"] = 45296
    made["a"]["B2"].number_format = "General"
    table = read(packed(made), schema=TRANSACTIONS)
    assert table["customer"].tolist() == ["007", "008"]
    assert table["date"].dt.day.tolist() == [5, 6]


def test_a_parquet_file_is_read_and_its_index_is_a_column(read):
    table = pd.DataFrame(
        {"customer": ["007", "008"], "date": ["2024-01-05", "2024-12-31"], "amount": [1234.5, 3.25]}
    )
    assert is_plain(read(table.to_parquet(), schema=TRANSACTIONS))
    assert is_plain(read(table.set_index("customer").to_parquet(), schema=TRANSACTIONS))


# -- invariant -------------------------------------------------------------------------


@given(data=st.binary(max_size=300))
@example(data=b"PAR1" + bytes(range(256)) + b"PAR1")
@example(data=b"PK\x03\x04" + bytes(range(256)))
@example(data=b"\xff\xfe\x00")
@example(data=b'a,b\n"')
@example(data=b"a" * 200_000 + b",b\n1,2\n")
@example(data=b"(" * 70_000 + b"\n1\n")
@example(data=b"a,b\n" + b" " * 100_000 + b"5,1\n")
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_bytes_give_a_table_or_the_kit_s_own_error(read, data):
    for schema in (None, TRANSACTIONS):
        with contextlib.suppress(CvmError):
            assert isinstance(read(data, schema=schema), pd.DataFrame)


_CELL = st.sampled_from(
    ["", " ", '"', "a", "7", "007", "1.5", "1,5", "1.234", "2024-01-05", "1/2/2024", "31.12.2024",
     "45296", "€5", "$5", "nan", "1E+10", "客户", "#N/A", "2024年1月5日"]
)  # fmt: skip


@given(
    rows=st.lists(st.lists(_CELL, min_size=1, max_size=5), max_size=6),
    sign=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]),
    schema=st.sampled_from([None, TRANSACTIONS]),
)
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_cells_give_a_table_or_the_kit_s_own_error(read, rows, sign, encoding, schema):
    text = sign.join(["customer", "date", "amount"]) + "\n" + "\n".join(map(sign.join, rows))
    with contextlib.suppress(CvmError):
        assert len(read(text.encode(encoding), schema=schema)) <= len(rows)


@given(place=st.integers(0, 5000), value=st.integers(0, 255))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_damaged_workbook_gives_a_table_or_the_kit_s_own_error(read, place, value):
    data = bytearray(packed(book(("a", [["customer", "x"], ["1", 2], ["3", 4]]))))
    data[place % len(data)] = value
    with contextlib.suppress(CvmError):
        assert isinstance(read(bytes(data)), pd.DataFrame)


@given(
    amounts=st.lists(st.integers(-(10**8), 10**8), min_size=1, max_size=8),
    days=st.lists(st.dates(dt.date(1990, 1, 1), dt.date(2090, 1, 1)), min_size=8, max_size=8),
    form=st.sampled_from(["us", "german", "chinese", "iso"]),
)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_what_is_written_is_read_back(read, amounts, days, form):
    sign, day, options = {
        "us": (",", "%m/%d/%Y", {"dayfirst": False}), "german": (";", "%d.%m.%Y", {"dayfirst": True}),
        "chinese": ("\t", "%Y年%m月%d日", {}), "iso": (",", "%Y-%m-%d", {}),
    }[form]  # fmt: skip
    rows = []
    for i, (cents, when) in enumerate(zip(amounts, days, strict=False)):
        amount = f"{cents / 100:,.2f}"
        if form == "german":
            amount = amount.translate(str.maketrans(",.", ".,"))
        rows.append(f'0{i}{sign}{when.strftime(day)}{sign}"{amount}"')
    text = sign.join(["customer", "date", "amount"]) + "\n" + "\n".join(rows)
    table = read(text, schema=TRANSACTIONS, **options)
    assert table["customer"].tolist() == [f"0{i}" for i in range(len(amounts))]
    assert table["amount"].tolist() == [cents / 100 for cents in amounts]
    assert [d.date() for d in table["date"]] == days[: len(amounts)]


# -- recovery: a file of the shape of Online Retail II -----------------------------------


HEADER = [
    "Invoice",
    "StockCode",
    "Description",
    "Quantity",
    "InvoiceDate",
    "Price",
    "Customer ID",
    "Country",
]
DECEMBER = dt.datetime(2010, 12, 1, 8, 26)
NEW_YEAR = dt.datetime(2011, 1, 4, 10, 0)
OVERLAP = [  # in both sheets, with one line twice on the invoice, which is no fault
    [536365, "85123A", "HOLDER", 6, DECEMBER, 2.55, 17850, "United Kingdom"],
    [536365, 71053, "LANTERN", 6, DECEMBER, 3.39, 17850, "United Kingdom"],
    [536365, 71053, "LANTERN", 6, DECEMBER, 3.39, 17850, "United Kingdom"],
    [536366, 22633, "HAND WARMER", 6, DECEMBER, 1.85, 17850, "United Kingdom"],
]
FIRST = [
    [489434, 85048, "15CM GLASS BALL", 12, dt.datetime(2009, 12, 1, 7, 45), 6.95, 13085, "United Kingdom"],
    ["C489449", 22087, "PAPER BUNTING", -12, dt.datetime(2009, 12, 1, 10, 33), 2.95, 16321, "Australia"],
    [489464, 21733, "85123a mixed", -96, dt.datetime(2009, 12, 1, 10, 52), 0, None, "United Kingdom"],
    [489525, "85226C", "BLUE PULL BACK RACER", 1, dt.datetime(2009, 12, 1, 11, 34), 0.55, None, "United Kingdom"],
    *OVERLAP,
]  # fmt: skip
SECOND = [
    *OVERLAP,
    ["A563185", "B", "Adjust bad debt", 1, NEW_YEAR, 11062.06, None, "United Kingdom"],
    [536414, 22139, None, 56, NEW_YEAR, 0, 12000, "United Kingdom"],
    [541431, 23166, "STORAGE JAR", 100, NEW_YEAR, 1.04, 12346, "United Kingdom"],
    ["C541433", 23166, "STORAGE JAR", -100, NEW_YEAR, 1.04, 12346, "United Kingdom"],
]


@pytest.fixture
def retail(tmp_path):
    file = tmp_path / "online_retail_II.xlsx"
    rows = ("Year 2009-2010", [HEADER, *FIRST]), ("Year 2010-2011", [HEADER, *SECOND])
    file.write_bytes(packed(book(*rows)))
    return file


def test_online_retail_is_kept_dropped_and_accounted_for(retail):
    result = readers.read_online_retail(retail)
    kept = result.transactions
    assert kept["order"].tolist() == ["489434", *["536365"] * 3, "536366", "541431"]
    assert kept["product"].tolist() == ["85048", "85123A", "71053", "71053", "22633", "23166"]
    assert kept["customer"].tolist() == ["13085", *["17850"] * 4, "12346"]
    assert kept["amount"].tolist() == [83.4, 15.3, 20.34, 20.34, 11.1, 104.0]
    assert kept["date"].iloc[1] == pd.Timestamp(DECEMBER)
    report = result.to_frame().set_index("outcome")["rows"].to_dict()
    assert report == {
        "kept": 6,
        "in both sheets": 4,
        "without a customer": 3,
        "of cancelled orders": 2,
        "that correct stock or accounts": 1,
    }
    assert sum(report.values()) == len(FIRST) + len(SECOND)
    assert str(result) == (
        "Kept 6 of 16 rows, of 3 customers, worth 254 GBP. Dropped: 4 in both sheets; 3 without a"
        " customer; 2 of cancelled orders; 1 that correct stock or accounts."
    )
    tables.check(kept, TRANSACTIONS)


def test_online_retail_with_returns_is_net_of_them(retail):
    kept = readers.read_online_retail(retail, keep_returns=True).transactions
    assert kept["amount"].groupby(kept["customer"]).sum().round(2).to_dict() == {
        "12346": 0.0, "13085": 83.4, "16321": -35.4, "17850": 67.08,
    }  # fmt: skip


def test_online_retail_as_csv_is_the_same(retail, tmp_path):
    file = tmp_path / "online_retail_II.csv"
    pd.DataFrame(FIRST + SECOND, columns=HEADER).to_csv(file, index=False)  # ids become 17850.0
    from_csv, from_book = readers.read_online_retail(file), readers.read_online_retail(retail)
    pd.testing.assert_frame_equal(from_csv.transactions, from_book.transactions)
    pd.testing.assert_frame_equal(from_csv.report, from_book.report)


# -- inputs ----------------------------------------------------------------------------

TEN_FAULTS = """\
customer,date,ammount,quantity,note,note
a1,2024-01-05,12.50,1,x,y
,2024-01-06,8.00,2,x,y
1.2E+10,2024-01-07,9.00,1,x,y
a2,2024-02-30,7.00,1,x,y
a3,31.12.2024,7.00,1,x,y
a4,2204-01-05,7.00,1,x,y
a5,2024-01-08,7.00,two,x,y
a6,2024-01-09,7,50,1,x,y
a7,2024-01-10,7.00,"1,5",x,y
a8,2024-01-11,7.00,1.5,x,y
"""


def test_a_trainer_s_csv_with_ten_faults_gets_ten_faults_at_once_and_nothing_half_loaded(wrong):
    error = wrong(TEN_FAULTS, schema=TRANSACTIONS)
    assert isinstance(error, TableError)
    assert len(error.problems) == 10
    for line in (
        "The file 'orders.csv': 10 problems, nothing was loaded.",
        "- column 'note': expected one column of this name, not 2. Rename or remove one of them.",
        "- column 'amount': expected a column of this name; there is none. Did you mean 'ammount'? Then pass columns={'ammount': 'amount'}.",
        "- line 3, column 'customer', empty: expected a value. Fill it in, or leave the row out.",
        "- line 4, column 'customer', '1.2E+10': expected an id as it was given, not a rounded number or a mark of an error.",
        "- line 5, column 'date', '2024-02-30': expected a day that exists. Write the day as year-month-day",
        "- line 6, column 'date', '31.12.2024': expected a date in the same form as the rest.",
        "- line 7, column 'date', '2204-01-05': expected a date from 1950-01-01 to 2100-12-31.",
        "- line 8, column 'quantity', 'two': expected a number.",
        "- line 9: expected 6 cells like the header, not 7. Put cells that hold the delimiter in quotation marks",
        "Lines are those of the file; the header counts.",
    ):
        assert line in str(error)
    assert error.problems["row"].dropna().tolist() == [3, 4, 5, 6, 7, 8, 9, 10]


def test_lines_are_counted_as_an_editor_counts_them(wrong):
    text = 'a,customer,date,amount\n\n"two\nlines",x,2024-01-05,1\n\ny,,2024-01-05,1\n'
    assert "line 6, column 'customer', empty" in str(wrong(text, schema=TRANSACTIONS))
    assert "line 7, column 'customer'" in str(wrong("sep=,\n" + text, schema=TRANSACTIONS))
    sheet = packed(book(("a", [["customer", "revenue"], [None, None], ["a", -1]])))
    error = wrong(sheet, schema=CUSTOMERS)
    assert "- row 3, column 'revenue', '-1': expected a number from 0" in str(error)
    assert "Rows are those of the sheet; the header counts." in str(error)


def test_what_cannot_be_told_names_the_argument_that_tells(wrong, read):
    text = "customer,date,amount\na,03/04/2024,1.234\nb,05/06/2024,2.345\n"
    error = str(wrong(text, schema=TRANSACTIONS))
    assert (
        "line 2, column 'date', '03/04/2024': expected a date whose day and month can be told"
        in error
    )
    assert "Say dayfirst=True if 03/04/2024 is 3 April, dayfirst=False if it is 4 March." in error
    assert (
        "Say decimal='.' if the sign marks decimals as in 1.5, decimal=',' if as in 1,5." in error
    )
    assert len(wrong(text).problems) == 2  # also without a schema
    table = read(text, schema=TRANSACTIONS, dayfirst=True, decimal=",")
    assert table["date"].dt.month.tolist() == [4, 6]
    assert table["amount"].tolist() == [1234, 2345]


def test_an_encoding_that_cannot_be_told_is_asked_for_with_a_look_at_each(wrong, read):
    data = "customer,date,amount\nMüller,2024-01-05,1\n".encode("cp1252")
    error = str(wrong(data, schema=TRANSACTIONS))
    assert "The encoding of the file cannot be told." in error
    assert "encoding='cp1252' reads 'Müller'" in error
    assert read(data, schema=TRANSACTIONS, encoding="cp1252")["customer"][0] == "Müller"


@pytest.mark.parametrize(
    ("text", "true", "said", "message"),
    [
        (
            "Müller",
            "utf-8",
            "cp1252",
            "its encoding is another one.*encoding='utf-8' reads 'Müller'",
        ),
        ("Müller", "cp1252", "gb18030", "characters nobody uses.*encoding='cp1252' reads 'Müller'"),
        (
            "云河通信客户",
            "utf-8",
            "gbk",
            "characters nobody uses.*encoding='utf-8' reads '云河通信客户'",
        ),
        (
            "云河通信客户",
            "gb18030",
            "latin-1",
            "its encoding is another one.*encoding='gb18030' reads",
        ),
        (
            "云河通信客户",
            "gb18030",
            "utf-8",
            "not in this encoding.*'utf-8'.*encoding='gb18030' reads",
        ),
        (
            "Müller",
            "utf-8",
            "utf-9",
            "There is no text encoding of this name.*Did you mean 'utf-8'",
        ),
        ("Müller", "utf-8", "hex", "There is no text encoding of this name"),
        ("Müller", "utf-8", 8, "There is no text encoding of this name"),
        ("a\x00b", "utf-8", "utf-8", "The file is no text"),
        ("a�b", "utf-8", None, "The file is no text, or its encoding is another one"),
        ("MÃ¼ller", "utf-8", None, "The file is no text, or its encoding is another one"),
    ],
)
def test_an_encoding_that_gives_nonsense_is_refused(wrong, text, true, said, message):
    data = f"customer,date,amount\n{text},2024-01-05,1\n".encode(true)
    error = wrong(data, schema=TRANSACTIONS, encoding=said)
    assert pytest.raises(CvmError, match=f"(?s){message}").matches(error)


def test_a_rare_character_is_no_nonsense_when_the_encoding_is_said(read):
    data = "customer,date,amount\n陶喆,2024-01-05,1\n".encode("gb18030")
    assert read(data, schema=TRANSACTIONS, encoding="gb18030")["customer"][0] == "陶喆"


def test_the_delimiter_is_asked_for_where_two_would_do(wrong, read):
    text = "a;b,c\n1;2,3\n"
    error = wrong(text)
    assert "Two signs could stand between the cells" in str(error)
    assert "Say which: delimiter=',' delimiter=';'" in str(error)
    assert list(read(text, delimiter=";").columns) == ["a", "b,c"]
    assert "delimiter= is the one sign between cells. You gave '::'." in str(
        wrong(text, delimiter="::")
    )


def test_shape_faults_are_told_with_their_line(wrong):
    error = str(wrong("a,b\n1,2\n3\n4,5,6\n7,8\n"))
    assert "line 3: expected 2 cells like the header, not 1." in error
    assert "line 4: expected 2 cells like the header, not 3." in error
    error = str(wrong('a,b\n1,2\n"3,4\n5,6\n'))
    assert "line 3: expected quotation marks in pairs around a cell; nothing after" in error
    assert "column '(column 2)': expected a name in the header." in str(wrong("a,,c\n1,2,3\n"))
    assert "column '(whole table)': expected at least one row." in str(wrong("a,b\n"))


def test_columns_are_told(wrong):
    error = str(wrong(PLAIN, schema=TRANSACTIONS, columns={"kunde": "customer"}))
    assert "column 'kunde': expected a column of the table, since columns= names it." in error
    error = str(wrong(PLAIN.replace("amount", "customer")))
    assert "column 'customer': expected one column of this name, not 2." in error


def test_ids_a_spreadsheet_has_rounded_are_refused(wrong):
    rows = [["customer", "date", "amount"], [6222021234567890123, "2024-01-05", 1]]
    error = str(wrong(packed(book(("a", rows))), schema=TRANSACTIONS))
    assert "column 'customer', '6.22202123456789E+18': expected an id as it was given" in error
    error = str(
        wrong(
            "customer,date,amount\n17850.0,2024-01-05,1\n17851,2024-01-05,1\n", schema=TRANSACTIONS
        )
    )
    assert "line 2, column 'customer', '17850.0'" in error


def test_a_sheet_with_dates_and_texts_is_refused(wrong):
    rows = [["customer", "date", "amount"], ["a", dt.datetime(2024, 4, 3), 1], ["b", "31/12/2024", 1],
            ["c", dt.datetime(2024, 4, 4), 1]]  # fmt: skip
    error = str(wrong(packed(book(("a", rows))), schema=TRANSACTIONS))
    assert (
        "row 3, column 'date', '31/12/2024': expected a date of the same type as the rest." in error
    )


def test_sheets_formulas_and_damage_are_told(wrong, tmp_path):
    two = packed(book(("Q1", [["a"], [1]]), ("Q2", [["a"], [2]])))
    assert "The workbook has several sheets. Say which with sheet=; it has: 'Q1', 'Q2'." in str(
        wrong(two)
    )
    assert "has no sheet of this name. You gave 'Q3'. Choose one of: Q1, Q2." in str(
        wrong(two, sheet="Q3")
    )
    assert "sheet= is the name of a sheet. You gave 0." in str(wrong(two, sheet=0))
    assert "The workbook holds no cells." in str(wrong(packed(book(("a", [])))))
    formula = packed(book(("a", [["x"], ["=1+1"]])))
    assert "formulas without their results." in str(wrong(formula))
    assert "Open it in a spreadsheet program and save it again." in str(wrong(formula))
    assert "The workbook cannot be read; it is damaged" in str(wrong(two[:200]))
    assert "The Parquet file cannot be read; it is damaged." in str(wrong(b"PAR1xxxxPAR1"))
    assert "workbook of the old kind (.xls)" in str(wrong(b"\xd0\xcf\x11\xe0" + bytes(100)))


def test_a_path_that_leads_nowhere_is_told(tmp_path, wrong):
    (tmp_path / "orders.csv").write_text("a\n1\n")
    with pytest.raises(
        CvmError, match=r"There is no such file.*order\.csv.*Did you mean 'orders\.csv'"
    ):
        readers.read_table(tmp_path / "order.csv")
    with pytest.raises(CvmError, match=r"There is no such file.*Its folder is not there either"):
        readers.read_table(tmp_path / "nowhere" / "order.csv")
    with pytest.raises(CvmError, match="The file cannot be opened"):
        readers.read_table(tmp_path)
    with pytest.raises(CvmError, match="path is the name of a file"):
        readers.read_table(None)
    for empty in (b"", b"\n \n", b"\xef\xbb\xbf"):
        assert "The file is empty." in str(wrong(empty))


def test_wrong_arguments_are_told(wrong):
    assert "A schema must be a Schema." in str(wrong(PLAIN, schema="transactions"))
    assert "decimal= is the decimal sign" in str(wrong(PLAIN, decimal="x"))
    assert "dayfirst= is True or False." in str(wrong(PLAIN, dayfirst="x"))


def test_online_retail_of_another_file_is_told(tmp_path):
    file = tmp_path / "orders.csv"
    file.write_text(PLAIN)
    with pytest.raises(TableError, match="column 'order': expected a column of this name"):
        readers.read_online_retail(file)
    file.write_bytes(
        packed(
            book(("A", [HEADER, FIRST[0]]), ("B", [HEADER, [*FIRST[0][:3], "x", *FIRST[0][4:]]]))
        )
    )
    with pytest.raises(TableError, match=r"row 2, column 'quantity of sheet B'"):
        readers.read_online_retail(file)
    file.write_bytes(packed(book(("A", [HEADER, FIRST[1]]))))
    with pytest.raises(
        CvmError, match=r"Of the file's 1 rows none could be kept.*of cancelled orders"
    ):
        readers.read_online_retail(file)
