"""The customer database: keys and rules that hold, loads that are whole or nothing."""

import subprocess
import sys
import textwrap

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cvm import database
from cvm.database import KEYS, SCHEMAS, LoadError
from cvm.errors import CvmError
from cvm.readers import load_database

CUSTOMERS = pd.DataFrame(
    {"customer": ["1", "2", "3"], "kind": "company", "credit_line": [100.0, 200.0, 0.0]}
)
ORDERS = pd.DataFrame(
    {
        "order": ["a", "b"], "customer": [1, 2], "date": ["2025-01-31", "2025-02-01"],
        "product": ["line", None], "amount": [10.0, -2.5],
    }
)  # fmt: skip


@pytest.fixture
def db():
    with database.create() as made:
        yield made


def rows(db):
    return db.counts().set_index("table")["rows"]


def told(db, tables, **options):
    """Try a load that must fail, and give its message; nothing may have come in."""
    before = rows(db)
    with pytest.raises(CvmError) as error:
        database.load(db, tables, **options)
    assert rows(db).equals(before)
    return str(error.value)


# exact ------------------------------------------------------------------------------


def test_what_is_loaded_is_read_back(db):
    loaded = database.load(db, {"orders": ORDERS, "customers": CUSTOMERS})
    assert str(loaded) == "Added: 3 customers, 2 orders."
    kept = db.table("orders").sort_values("order")
    assert kept["customer"].tolist() == ["1", "2"]  # numbers and texts name one customer
    assert kept["date"].tolist() == [pd.Timestamp("2025-01-31"), pd.Timestamp("2025-02-01")]
    assert kept["amount"].tolist() == [10.0, -2.5]
    assert kept["product"].isna().tolist() == [False, True]
    assert db.table("customers")["name"].isna().all()


def test_a_file_keeps_what_it_was_given_when_it_is_opened_again(tmp_path):
    file = tmp_path / "yunhe.duckdb"
    with database.create(file) as made:
        database.load(made, {"customers": CUSTOMERS})
    database.load(file, {"orders": ORDERS})
    with database.open_database(file, read_only=True) as again:
        assert rows(again)["customers"] == 3
        assert rows(again)["orders"] == 2
        assert repr(again) == "Customer database, yunhe.duckdb"
    assert [item.name for item in tmp_path.iterdir()] == ["yunhe.duckdb"]


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("INSERT INTO customers (customer, kind, credit_line) VALUES ('1', 'company', 5)", "Duplicate key"),
        ("INSERT INTO customers (customer, kind, credit_line) VALUES ('9', 'firm', 5)", "CHECK"),
        ("INSERT INTO customers (customer, kind, credit_line) VALUES ('9', 'person', -1)", "CHECK"),
        ("INSERT INTO customers (customer, kind, credit_line) VALUES (NULL, 'person', 1)", "NOT NULL"),
        ("INSERT INTO orders VALUES ('z', '77', DATE '2025-01-01', NULL, 1)", "foreign key"),
        ("INSERT INTO orders VALUES ('z', '1', DATE '0202-01-01', NULL, 1)", "CHECK"),
        ("INSERT INTO plans VALUES ('1', DATE '2025-01-02', 1)", "CHECK"),
        ("INSERT INTO receivables VALUES ('i', '1', '2025-02-01', '2025-01-01', NULL, 1)", "CHECK"),
        ("INSERT INTO complaints VALUES ('b', '1', '2025-02-01', NULL, '2025-01-01')", "CHECK"),
        ("INSERT INTO selling_costs VALUES ('1', '2025-02-01', 1, 'NaN'::DOUBLE)", "CHECK"),
        ("DELETE FROM customers WHERE customer = '1'", "foreign key"),
    ],
)  # fmt: skip
def test_the_database_itself_refuses_what_goes_past_the_check(db, sql, why):
    database.load(db, {"customers": CUSTOMERS, "orders": ORDERS})
    before = rows(db)
    with pytest.raises(CvmError, match=why):
        db.execute(sql)
    assert rows(db).equals(before)


def test_every_table_has_its_key_and_all_but_one_a_customer_to_point_to():
    assert KEYS["plans"] == ("customer", "month")
    assert {name: key[0] for name, key in KEYS.items()}["orders"] == "order"
    for name in SCHEMAS:
        made = database.definition(name)
        assert "PRIMARY KEY" in made
        assert ("REFERENCES customers" in made) == (name != "customers")


def test_a_second_load_adds_tells_or_skips(db):
    database.load(db, {"customers": CUSTOMERS})
    more = CUSTOMERS.assign(customer=["3", "4", "5"], colour="red")
    refused = told(db, {"customers": more})
    assert (
        "row 0, column 'customer', '3': expected a key that is not in the database yet" in refused
    )
    assert "existing='skip'" in refused
    # The third has another credit line here than there: that is no repeat.
    changed = told(db, {"customers": more}, existing="skip")
    assert "'3': expected what the database says of this key already" in changed
    done = database.load(db, {"customers": more.assign(credit_line=[0, 1, 2])}, existing="skip")
    assert str(done) == (
        "Added: 2 customers. 1 rows were there already. Not stored, for want of a place: colour."
    )
    assert rows(db)["customers"] == 5


def test_a_skipped_row_need_not_say_all_that_is_known(db):
    database.load(db, {"customers": CUSTOMERS.assign(district="North")})
    again = database.load(db, {"customers": CUSTOMERS}, existing="skip")
    assert again.table["skipped"].tolist() == [3]
    assert db.table("customers")["district"].tolist() == ["North"] * 3


# invariant --------------------------------------------------------------------------

CHILD = """
    import os, shutil, signal, sys, time
    import numpy as np, pandas as pd
    import duckdb, pandera.pandas  # so that the moments fall into the load, not into its imports
    from cvm import database

    folder, count = sys.argv[1], 4_000
    days = pd.Timestamp("2025-01-01") + pd.to_timedelta(np.arange(count) % 300, unit="D")
    customers = pd.DataFrame({"customer": np.arange(500), "kind": "person", "credit_line": 1.0})
    orders = pd.DataFrame({"order": np.arange(count), "customer": np.arange(count) % 500,
                           "date": days, "amount": 1.0})
    plain = database.Database.execute
    from cvm import tables
    tables.check(customers, database.SCHEMAS["customers"])  # the first check of all is slow

    def child(number):
        told, tell = os.pipe()
        pid = os.fork()
        if pid == 0:
            def telling(self, sql, parameters=None):
                os.write(tell, b".")  # one dot before each statement: begin, 2 inserts, commit
                plain(self, sql, parameters)
            database.Database.execute = telling
            database.load(f"{folder}/{number}.duckdb", {"customers": customers, "orders": orders})
            os._exit(0)
        os.close(tell)
        return pid, told

    # How many statements are begun, and how many seconds after that the kill comes.
    moments = [(0, 0.05), (1, 0), (2, 0), (2, 0.002), (3, 0), (3, 0.005), (3, 0.02), (4, 0),
               (4, 0.001), (4, 0.003), (4, 5)]
    pid = os.fork()
    if pid == 0:  # DuckDB's threads must not be there when the next child is made
        database.create(f"{folder}/0.duckdb").close()
        os._exit(0)
    os.waitpid(pid, 0)
    for number in range(1, len(moments)):
        shutil.copy(f"{folder}/0.duckdb", f"{folder}/{number}.duckdb")
    for number, (statements, seconds) in enumerate(moments):
        pid, told = child(number)
        for _ in range(statements):
            os.read(told, 1)
        if seconds < 1:
            time.sleep(seconds)
            os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no kill -9")
def test_a_load_killed_at_any_moment_leaves_all_of_it_or_nothing(tmp_path):
    code = textwrap.dedent(CHILD)
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, timeout=120)
    held = []
    for number in range(11):
        with database.open_database(tmp_path / f"{number}.duckdb") as left:
            found = rows(left)
            assert (found["customers"], found["orders"]) in ((0, 0), (500, 4_000)), number
            held.append(int(found["orders"]))
    assert held[10] == 4_000  # the one that nobody killed
    assert held[:4] == [0] * 4  # these were killed before the orders were there
    with database.open_database(tmp_path / "3.duckdb") as left:  # the file is as good as new
        database.load(left, {"customers": CUSTOMERS, "orders": ORDERS})
        assert rows(left)["orders"] == 2


def test_a_half_made_file_is_never_found(tmp_path):
    (tmp_path / "a.duckdb.new").write_bytes(b"left by a kill")
    database.create(tmp_path / "a.duckdb").close()
    assert [item.name for item in tmp_path.iterdir()] == ["a.duckdb"]


CELLS = st.one_of(
    st.sampled_from(["1", "2", "", "company", "person", "2025-01-31", "31/01/2025", "01/02/2025",
                     "1,5", "1.234", "1e999", "nan", "-", "=1+1", "客户", "\x00", '"', "2025-01-01"]),
    st.text(max_size=6),
    st.integers(-(10**20), 10**20).map(str),
)  # fmt: skip
HEADS = st.sampled_from(
    [
        "customer",
        "kind",
        "credit_line",
        "order",
        "date",
        "amount",
        "month",
        "sales",
        "客户",
        "",
        "x",
    ]
)


@st.composite
def files(draw):
    """Give the bytes of a file: a table of random cells, or something broken."""
    if draw(st.integers(0, 5)) == 0:
        return draw(st.binary(max_size=80))
    width = draw(st.integers(1, 5))
    lines = [draw(st.lists(HEADS, min_size=width, max_size=width))]
    lines += draw(st.lists(st.lists(CELLS, min_size=width, max_size=width + 1), max_size=4))
    sign = draw(st.sampled_from([",", ";", "\t"]))
    text = "\n".join(sign.join(line) for line in lines)
    code = draw(st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16", "cp1252"]))
    data = text.encode(code, errors="replace")
    return data[: draw(st.integers(1, len(data) + 1))]


@st.composite
def harmed(draw, name):
    """Give the bytes of a file that is sound, but for a cell or two that may have changed."""
    lines = [line.split(",") for line in SOUND[name].split()]
    for _ in range(draw(st.integers(0, 2))):
        line = draw(st.sampled_from(lines[1:]))
        line[draw(st.integers(0, len(line) - 1))] = draw(CELLS)
    return "\n".join(",".join(line) for line in lines).encode()


#: Files that a database with customers 1 to 3 takes.
SOUND = {
    "customers": "customer,kind,credit_line 7,person,10 8,company,0",
    "orders": "order,customer,date,amount a,1,2025-01-31,12.5 b,3,2025-02-01,-2",
    "plans": "customer,month,sales 2,2025-01-01,40 2,2025-02-01,50",
}


@pytest.fixture(scope="module")
def fuzzed():
    """One database for all examples: what one leaves behind, the next would stumble over."""
    with database.create() as made:
        database.load(made, {"customers": CUSTOMERS})
        yield made


@given(data=st.data())
@settings(
    max_examples=40, deadline=20_000, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_files_are_loaded_whole_or_refused_in_the_kits_own_words(fuzzed, tmp_path, data):
    names = data.draw(st.lists(st.sampled_from(["customers", "orders", "plans"]), min_size=1, unique=True))  # fmt: skip
    paths = {name: tmp_path / f"{name}.csv" for name in names}
    for name, path in paths.items():
        path.write_bytes(data.draw(st.one_of(files(), *[harmed(name)] * 4)))
    before = rows(fuzzed)
    try:
        done = load_database(fuzzed, paths)
    except CvmError:
        assert rows(fuzzed).equals(before)
    else:
        added = done.table.set_index("table")["added"]
        assert (rows(fuzzed) - before).reindex(added.index).equals(added)
        assert len(added) == len(names)
        fuzzed.execute("DELETE FROM orders; DELETE FROM plans")
        fuzzed.execute("DELETE FROM customers WHERE customer NOT IN ('1', '2', '3')")


@given(
    cells=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3)), max_size=6),
    lines=st.lists(st.floats(allow_nan=True, allow_infinity=True), min_size=6, max_size=6),
)
@settings(max_examples=25, deadline=None)
def test_any_frames_are_loaded_whole_or_not_at_all(fuzzed, cells, lines):
    orders = pd.DataFrame(
        {"order": [f"f{a}" for a, _b in cells], "customer": [str(b) for _a, b in cells],
         "date": pd.Timestamp("2025-01-01"), "amount": lines[: len(cells)]}
    )  # fmt: skip
    good = (
        orders["order"].is_unique
        and orders["customer"].isin(["1", "2", "3"]).all()
        and np.abs(orders["amount"]).le(1e12).all()
    )
    before = rows(fuzzed)
    try:
        database.load(fuzzed, {"orders": orders})
    except LoadError:
        assert not good
        assert rows(fuzzed).equals(before)
    else:
        assert good
        assert rows(fuzzed)["orders"] - before["orders"] == len(orders)
        fuzzed.execute("DELETE FROM orders")


# recovery: files as people have them ---------------------------------------------------


def test_csv_excel_and_parquet_in_one_load(db, tmp_path):
    CUSTOMERS.rename(columns={"customer": "客户"}).to_csv(tmp_path / "c.csv", index=False, encoding="gb18030")  # fmt: skip
    ORDERS.assign(customer=["1", "2"]).to_parquet(tmp_path / "o.parquet")
    plans = pd.DataFrame({"customer": [1], "month": [pd.Timestamp("2025-03-01")], "sales": [9.5]})
    with pd.ExcelWriter(tmp_path / "p.xlsx") as book:
        plans.to_excel(book, sheet_name="plans", index=False)
        plans.to_excel(book, sheet_name="notes", index=False)
    done = load_database(
        db,
        {
            "plans": tmp_path / "p.xlsx",
            "orders": tmp_path / "o.parquet",
            "customers": tmp_path / "c.csv",
        },
        columns={"客户": "customer"},
    )
    assert str(done) == "Added: 3 customers, 2 orders, 1 plans."
    assert db.table("plans")["sales"].tolist() == [9.5]
    assert db.table("customers")["customer"].tolist() == ["1", "2", "3"]


# inputs -----------------------------------------------------------------------------


def test_all_faults_of_all_tables_come_in_one_message(db):
    message = told(
        db,
        {
            "customers": CUSTOMERS.assign(kind=["company", "person", "firm"]),
            "orders": pd.DataFrame(
                {"order": ["a", "b", "a"], "customer": ["1", "2", "77"],
                 "date": ["2025-01-31", "2025-13-01", "2025-01-05"], "amount": ["1", "x", "2"]}
            ),
            "receivables": pd.DataFrame(
                {"invoice": ["i"], "customer": ["1"], "issued": ["2025-02-01"],
                 "due": ["2025-01-01"], "amount": [-3.0]}
            ),
            "plans": pd.DataFrame({"customer": ["1"], "month": ["2025-03-31"], "sales": [1]}),
        },
    )  # fmt: skip
    for words in (
        "The table 'customers': 1 problem, nothing was loaded.",
        "- row 2, column 'kind', 'firm': expected one of: person, company.",
        "The table 'orders': 4 problems",
        "- row 1, column 'date', '2025-13-01': expected a day that exists.",
        "- row 1, column 'amount', 'x': expected a number.",
        "- row 2, column 'order', 'a': expected a value that no earlier row has. Keep one row",
        "- row 2, column 'customer', '77': expected a customer that is in the table 'customers'. "
        "Load the customer too, or correct the id.",
        "- row 0, column 'due', '2025-01-01': expected no day before the invoice was written.",
        "- row 0, column 'amount', '-3.0': expected a number from 0",
        "- row 0, column 'month', '2025-03-31': expected the first day of a month. Write 2025-03-01",
    ):
        assert words in message


def test_the_faults_are_a_table_too(db):
    with pytest.raises(LoadError) as error:
        database.load(db, {"customers": CUSTOMERS.assign(credit_line=[1, None, -1])})
    problems = error.value.problems
    assert problems["row"].tolist() == [1, 2]
    assert problems["table"].tolist() == ["customers"] * 2


def test_faults_of_files_carry_their_lines_and_a_broken_file_does_not_hide_them(db, tmp_path):
    (tmp_path / "c.csv").write_text("customer,kind,credit_line\n1,company,5\n\n2,firm,5\n")
    (tmp_path / "o.csv").write_bytes(b"PAR1 and then nothing")
    files_ = {"customers": tmp_path / "c.csv", "orders": tmp_path / "o.csv",
              "plans": tmp_path / "plan.csv"}  # fmt: skip
    with pytest.raises(LoadError) as error:
        load_database(db, files_)
    message = str(error.value)
    assert "The file 'c.csv' for 'customers': 1 problem, nothing was loaded." in message
    assert "- line 4, column 'kind', 'firm'" in message
    assert "The Parquet file cannot be read; it is damaged." in message
    assert "There is no such file." in message
    assert rows(db).sum() == 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda db: database.load(db, {"order": ORDERS}), "Did you mean 'orders'"),
        (lambda db: database.load(db, {}), "Tables come by name"),
        (lambda db: database.load(db, {"orders": [1]}), "cvm.readers.load_database"),
        (lambda db: database.load(db, {"orders": ORDERS}, existing="skp"), "Did you mean 'skip'"),
        (lambda db: load_database(db, [1]), "Files come by name"),
        (lambda db: load_database(db, {"ordres": "a.csv"}), "Did you mean 'orders'"),
        (lambda db: load_database(db, {"orders": "a.csv"}, columns=3), "columns= maps"),
        (lambda db: db.query("DROP TABLE orders"), "query() takes one SELECT and changes nothing"),
        (lambda db: db.query("SELECT 1; SELECT 2"), "query() takes one SELECT"),
        (lambda db: db.query("SELEC 1"), "The database refused: Parser Error"),
        (
            lambda db: db.query(f"SELECT * FROM read_csv('{__file__}')"),
            "The database refused: Permission Error",
        ),
        (lambda db: db.table("order"), "Did you mean 'orders'"),
        (lambda db: database.open_database("nowhere.duckdb"), "There is no database here"),
        (lambda db: database.open_database(3), "path is the name of a file"),
    ],
)
def test_calls_that_make_no_sense_are_told(db, call, message):
    with pytest.raises(CvmError) as error:
        call(db)
    assert message in str(error.value)


def test_a_load_that_fails_inside_its_transaction_is_told_too(tmp_path):
    """The refusal comes from the database itself, when the new rows are shown to it already."""
    database.create(tmp_path / "a.duckdb").close()
    with database.open_database(tmp_path / "a.duckdb", read_only=True) as closed_to_us:
        message = told(closed_to_us, {"customers": CUSTOMERS})
        assert message.startswith("The database refused: ")
        assert "read-only" in message
        assert message.endswith("Nothing was changed.")
        assert closed_to_us.query("SELECT 1 AS one")["one"].tolist() == [1]  # and it goes on


@pytest.mark.parametrize("name", ["a\0b", "x" * 300, 7, None])
def test_a_name_no_file_can_have_is_told(name):
    with pytest.raises(CvmError, match="path is the name of a file"):
        database.open_database(name)


def test_files_that_are_no_database_of_the_kit_are_told(tmp_path):
    import duckdb

    (tmp_path / "text").write_text("not a database, and long enough to be read as one" * 500)
    with pytest.raises(CvmError, match="The file is not a database"):
        database.open_database(tmp_path / "text")
    with pytest.raises(CvmError, match="There is a file of this name already"):
        database.create(tmp_path / "text")
    duckdb.connect(str(tmp_path / "other")).close()
    with pytest.raises(CvmError, match="has no table 'customers'"):
        database.open_database(tmp_path / "other")
    with pytest.raises(CvmError, match="The database cannot be opened"):
        database.create(tmp_path / "no" / "folder")


def test_a_file_another_program_has_open_is_told_with_its_number(tmp_path):
    with database.create(tmp_path / "a.duckdb"):
        code = (
            "from cvm import database\n"
            "try: database.open_database('a.duckdb')\n"
            "except database.store.CvmError as error: print(error)"
        )
        made = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)  # fmt: skip
    assert "Another program has the database open (process " in made.stdout
    assert "Close it there: a file is written by one program at a time." in made.stdout


def test_without_duckdb_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(
        CvmError, match=r"A customer database needs the package 'duckdb'.*cvm\[files\]"
    ):
        database.create()
