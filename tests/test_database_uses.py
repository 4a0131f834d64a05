"""What a customer database is used for, what it is worth, and how it keeps its secrets."""

import hashlib
import hmac
import traceback

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cvm import alerts, database
from cvm.database import CASES, PaybackCase, payback
from cvm.errors import CvmError

KEY = b"sixteen bytes or"


@pytest.fixture
def db():
    """Three customers and their orders."""
    customers = pd.DataFrame({"customer": list("abc"), "kind": "person", "credit_line": 0.0})
    bought = [
        ("a", "2025-01-01", "router", 60), ("a", "2025-02-01", "line", 50),
        ("a", "2025-03-01", "line", -20), ("b", "2025-01-15", "router", 99),
        ("b", "2025-05-01", "router", 1), ("c", "2025-06-01", "line", 500),
    ]  # fmt: skip
    orders = pd.DataFrame(bought, columns=["customer", "date", "product", "amount"])
    with database.create() as made:
        database.load(made, {"customers": customers, "orders": orders.assign(order=range(6))})
        yield made


# exact ------------------------------------------------------------------------------


def test_a_reward_fires_on_the_day_the_sum_passes(db):
    found = database.reward_due(db, amount=100, today="2025-05-31")
    assert found.table["customer"].tolist() == ["a", "b"]
    days = [pd.Timestamp("2025-02-01"), pd.Timestamp("2025-05-01")]
    assert found.table["passed"].tolist() == days  # b reaches exactly 100
    assert found.table["bought"].tolist() == [110, 100]
    assert str(found) == "Rewards that fire: 2 rows."
    assert "sum(amount) OVER (PARTITION BY customer ORDER BY date)" in found.sql


def test_a_reward_fires_once(db):
    later = database.reward_due(db, amount=100, today="2025-12-31", since="2025-02-01")
    assert later.table["customer"].tolist() == ["b", "c"]


def test_who_is_due_counts_from_the_last_purchase(db):
    due = database.due_replacement(db, lives={"router": 100}, today="2025-08-01")
    # b bought anew on 1 May, 100 days before 9 August; a's has been due since 11 April.
    assert due.table["customer"].tolist() == ["b"]
    assert due.table["due"].tolist() == [pd.Timestamp("2025-08-09")]
    wide = database.due_replacement(db, lives={"router": 100}, today="2025-08-01", late=200)
    assert wide.table["customer"].tolist() == ["a", "b"]
    none = database.due_replacement(db, lives={"router": 100}, today="2025-08-01", ahead=7)
    assert none.table.empty


def test_rules_by_hand():
    held = {"a": "xy", "b": "xy", "c": "x", "d": "y", "e": "z"}
    orders = pd.DataFrame([(c, p) for c, ps in held.items() for p in ps], columns=["customer", "product"])  # fmt: skip
    rules = database.product_rules(orders, least=1).set_index(["owned", "next"])
    assert rules.loc[("x", "y"), "confidence"] == pytest.approx(2 / 3)
    assert rules.loc[("x", "y"), "lift"] == pytest.approx((2 / 3) / (3 / 5))
    assert len(rules) == 2
    assert database.product_rules(orders, least=3).empty


def test_the_next_product_by_hand():
    held = {"a": "xy", "b": "xy", "c": "xy", "d": "xy", "e": "x", "f": "x",
            "g": "z", "h": "z", "i": "zw", "j": "zw"}  # fmt: skip
    before = [(c, "2025-01-01", p) for c, ps in held.items() for p in ps]
    after = [("e", "2025-03-01", "x"), ("e", "2025-03-02", "y"), ("f", "2025-03-02", "z"),
             ("g", "2025-03-02", "w"), ("f", "2025-03-05", "y")]  # fmt: skip
    orders = pd.DataFrame(before + after, columns=["customer", "date", "product"])
    orders["date"] = pd.to_datetime(orders["date"])
    found = database.next_product(orders, cut="2025-02-01")
    named = found.table.set_index("customer")["named"]
    assert named["g"] == "w"
    assert named["a"] == "z"  # no rule says anything: z has four customers and w two
    assert named["e"] == "y"  # who has x has y in four of six cases
    assert found.n == 3
    # Buying x again is nothing new; e took the named one, f took z first, g took what goes with z.
    assert found.value == pytest.approx(2 / 3)
    assert found.popular == pytest.approx(1 / 3)
    assert "of 3 customers; naming the most popular one, for 33.3 %." in str(found)


def test_a_pseudonym_is_hmac_sha256():
    shared = database.pseudonymise(pd.DataFrame({"customer": ["Y1", None], "x": [1, 2]}), key=KEY)
    made = hmac.new(KEY, b"Y1", hashlib.sha256).hexdigest()
    assert shared["customer"].tolist()[0] == made[:20]
    assert shared["customer"].isna().tolist() == [False, True]
    assert hmac.new(b"Jefe", b"what do ya want for nothing?", hashlib.sha256).hexdigest().startswith(
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"  # RFC 4231, case 2
    )  # fmt: skip


def test_one_customer_has_one_pseudonym_whatever_the_type_of_the_column():
    kept = [["7"], [7], [7.0], pd.array([7], dtype="Int64"), pd.Categorical([7])]
    made = {
        database.pseudonymise(pd.DataFrame({"customer": ids}), key=KEY)["customer"].iloc[0]
        for ids in kept
    }
    assert len(made) == 1


def test_columns_given_once_over_or_twice_are_replaced_once():
    table = pd.DataFrame({"customer": ["a"], "name": ["Lin"]})
    once = database.pseudonymise(table, key=KEY, drop=["name"])
    spent = database.pseudonymise(
        table, key=KEY, columns=(c for c in ["customer"]), drop=(c for c in ["name"])
    )
    pd.testing.assert_frame_equal(spent, once)
    twice = database.pseudonymise(table, key=KEY, columns=["customer", "customer"], drop=["name"])
    pd.testing.assert_frame_equal(twice, once)
    gone = database.pseudonymise(table, key=KEY, drop=["customer"])
    assert gone.columns.tolist() == ["name"]


def test_the_day_of_the_cut_is_before_it_at_any_hour():
    held = [(c, "2025-01-01 09:00", p) for c in "abc" for p in "xy"]
    held += [("d", "2025-01-01 09:00", "x"), ("d", "2025-02-01 17:00", "y")]
    orders = pd.DataFrame(held, columns=["customer", "date", "product"])
    orders["date"] = pd.to_datetime(orders["date"])
    orders["owned"] = 1  # a column of its own, which is no trouble
    assert database.next_product(orders, cut="2025-01-31").n == 1
    with pytest.raises(CvmError, match="Nobody bought a new product after the cut"):
        database.next_product(orders, cut="2025-02-01")


def test_small_groups_by_hand():
    table = pd.DataFrame({"d": [*list("nnnnsss"), None], "i": list("aaabaaaa")})
    found = database.k_anonymity(table, columns=["d", "i"], k=3)
    assert (found.rows, found.smallest, found.exposed, found.holds) == (8, 1, 2, False)
    assert found.groups["rows"].tolist() == [1, 1]  # the (n, b), and the one without district
    without = found.without.set_index("column")["exposed"]
    assert without.to_dict() == {"d": 1, "i": 1}
    # Rows are counted and not groups: without d the five a and the three b, without i four and three.
    five = database.k_anonymity(table.assign(i=list("aaaaabbb")), columns=["d", "i"], k=5)
    counted = five.without.set_index("column")
    assert counted["exposed"].to_dict() == {"d": 3, "i": 8}
    assert counted["smallest"].to_dict() == {"d": 3, "i": 1}
    assert five.without["column"].tolist() == ["d", "i"]  # the greatest help first
    assert database.k_anonymity(table, columns=["i"], k=2).exposed == 1
    assert str(found).startswith("2 of 8 rows stand in groups of fewer than 3; the smallest has 1.")
    whole = database.k_anonymity(table[table["d"] == "s"], columns=["d", "i"], k=3)
    assert str(whole) == "Every row shares its looks with 3 or more."


def test_a_column_named_twice_or_like_the_counts_is_no_trouble():
    table = pd.DataFrame({"rows": list("aaab"), "i": list("xxxx")})
    twice = database.k_anonymity(table, columns=["rows", "rows"], k=2)
    assert (twice.exposed, twice.groups.columns.tolist()) == (1, ["rows", "rows"])
    assert twice.without.empty


def test_the_books_of_a_database_by_hand():
    world = PaybackCase(
        customers=1000, setup=10_000.0, record_cost=2.0, years=2, purchases=4.0, margin=50.0,
        loyalty=0.5, lift=0.1, discount=0.1,
    )  # fmt: skip
    found = payback(world)
    annuity = 1 / 1.1 + 1 / 1.21
    assert found.earned == pytest.approx(10)
    assert found.value == pytest.approx(1000 * 8 * annuity - 10_000)
    assert found.least_customers == pytest.approx(10_000 / (8 * annuity))
    assert found.naive_value == pytest.approx(1000 * 198 * annuity - 10_000)
    table = database.payback_table(world)
    # 8000 a year at 10 %: a a_y = 1.25 where 1.1 ** -y = 0.875.
    assert found.payback_years == pytest.approx(-np.log(0.875) / np.log(1.1))
    assert payback(world.replace(discount=0.0)).payback_years == pytest.approx(1.25)
    assert payback(world.replace(setup=0.0, lift=0.0)).payback_years == 0
    assert payback(world.replace(lift=0.0)).payback_years == np.inf
    assert table["value"].tolist() == pytest.approx([-10_000, 8000 / 1.1 - 10_000, found.value])


def test_the_courses_three_cases_do_not_pay():
    paid = {name: payback(world).value > 0 for name, world in CASES.items()}
    assert list(paid.values()) == [True, False, False, False]
    assert "no number of customers makes it pay" in str(payback(CASES["salt: no brand loyalty"]))


# invariant --------------------------------------------------------------------------


def test_at_the_least_number_of_customers_the_value_is_nothing():
    world = PaybackCase(setup=123_400.0, discount=0.07)
    least = payback(world).least_customers
    near = [payback(world.replace(customers=int(least) + more)).value for more in (0, 1)]
    assert near[0] <= 0 <= near[1]
    years = payback(world).payback_years
    table = database.payback_table(world.replace(years=15))
    assert table["value"][int(years)] <= 0 <= table["value"][int(years) + 1]


@given(st.sampled_from(["purchases", "margin", "loyalty", "lift", "customers"]), st.floats(0, 1))
def test_more_benefit_never_lowers_the_value(name, share):
    world = PaybackCase(record_cost=0.0)
    item = next(i for i in PaybackCase.declared() if i.name == name)
    moved = world.to_dict()[name] + share * (item.high - world.to_dict()[name])
    moved = int(moved) if item.kind == "int" else moved
    assert payback(world.replace(**{name: moved})).value >= payback(world).value


def test_one_key_gives_one_name_everywhere_and_another_key_another():
    ids = pd.DataFrame({"customer": [f"Y{i}" for i in range(500)]})
    first, again = (database.pseudonymise(ids, key=KEY)["customer"] for _ in range(2))
    assert first.equals(again)
    assert first.is_unique
    assert not set(first) & set(database.pseudonymise(ids, key=KEY + b"!")["customer"])
    assert not set(first) & set(ids["customer"])


def test_a_key_is_drawn_anew_each_time():
    assert len(database.new_key()) == 32
    assert database.new_key() != database.new_key()


DANGER = st.text(alphabet=st.sampled_from("=+-@\t\r\n＝＋－＠a1 "), max_size=5)


@given(st.lists(DANGER, min_size=1, max_size=5), DANGER)
@settings(max_examples=60)
def test_no_cell_of_an_export_begins_like_a_formula(tmp_path_factory, cells, heading):
    file = tmp_path_factory.mktemp("export") / "a.csv"
    database.write_csv(pd.DataFrame({heading or "x": cells, "n": -1.5}), file)
    read = pd.read_csv(file, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    for text in [*read.columns, *read.iloc[:, 0]]:
        assert not text.lstrip(" ").startswith(
            ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
        )
    assert read["n"].eq("-1.5").all()  # a number is no command
    kept = [text.removeprefix("'") for text in read.iloc[:, 0]]
    # A line's end inside a cell may be written in another way; nothing else may change.
    assert [k.split() for k in kept] == [c.split() for c in cells]


# recovery ---------------------------------------------------------------------------


def test_a_plain_hash_is_read_by_whoever_can_count_and_a_keyed_one_is_not():
    ids = pd.DataFrame({"customer": [f"Y{i:05d}" for i in range(300)]})
    plain = ids["customer"].map(lambda name: hashlib.sha256(name.encode()).hexdigest()[:20])
    every = [f"Y{i:05d}" for i in range(1000)]
    assert set(database.guess_ids(plain, every)["customer"]) == set(ids["customer"])
    keyed = database.pseudonymise(ids, key=KEY)["customer"]
    assert database.guess_ids(keyed, every).empty
    assert len(database.guess_ids(keyed, every, key=KEY)) == 300  # who has the key, has it all


@pytest.mark.parametrize(("affinity", "better"), [(3.0, True), (0.0, False)])
def test_rules_beat_the_most_popular_product_only_where_products_go_together(affinity, better):
    gains = []
    for seed in range(3):
        year = alerts.simulate_accounts_year(alerts.Accounts(affinity=affinity), n=600, seed=seed)
        found = database.next_product(year.orders, cut="2025-06-30")
        gains.append(found.value - found.popular)
        assert found.low < found.value < found.high
    assert (np.mean(gains) > 0.05) == better


def test_rules_judged_on_their_own_orders_look_better_than_they_are():
    few = alerts.simulate_accounts_year(alerts.Accounts(affinity=0.0), n=60, seed=1)
    found = database.next_product(few.orders, cut="2025-06-30")
    assert found.inside > found.value


# inputs -----------------------------------------------------------------------------


def test_readers_are_few_and_every_read_is_in_the_log(db):
    db.admit("Lin", ["orders"])
    moment = pd.Timestamp("2025-06-30 09:00")
    assert len(db.read("orders", reader="Lin", reason="June list", moment=moment)) == 6
    with pytest.raises(CvmError, match="Wang may not read 'orders'; the attempt is in the log"):
        db.read("orders", reader="Wang", reason="curious", moment=moment + pd.Timedelta(hours=1))
    with pytest.raises(CvmError, match="may not read 'customers'"):
        db.read("customers", reader="Lin", reason="June list")
    log = db.read_log()
    assert log["reader"].tolist() == ["Lin", "Wang", "Lin"]
    assert log["allowed"].tolist() == [True, False, False]
    assert log["row_count"].tolist() == [6, 0, 0]
    assert log["moment"].iloc[0] == moment
    with pytest.raises(CvmError, match="reason= says in words who reads, or why"):
        db.read("orders", reader="Lin", reason=" ")


def test_the_key_is_never_shown():
    table = pd.DataFrame({"customer": ["a"]})
    for key in (b"short", "a text of sixteen letters"):
        with pytest.raises(CvmError, match="A key is 16 bytes or more") as error:
            database.pseudonymise(table, key=key)
        told = str(error.value)
        assert str(key) not in told
        assert "short" not in told
    assert "sixteen" not in "".join(traceback.format_exception_only(error.value))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda db: database.reward_due(db, amount=0, today="2025-01-01"), "The amount to be passed is above zero"),
        (lambda db: database.reward_due(db, amount=5, today="soon"), "today is a day"),
        (lambda db: database.reward_due(db, amount=5, today=20250101), "today is a day"),
        (lambda db: database.due_replacement(db, lives={"rooter": 9}, today="2025-01-01"), "Did you mean 'router'"),
        (lambda db: database.due_replacement(db, lives={"router": 0}, today="2025-01-01"), "the life of 'router' in days"),
        (lambda db: database.next_product(db.table("orders"), cut="2026-01-01"), "Nobody bought a new product after the cut"),
        (lambda db: database.k_anonymity(db.table("orders"), columns=[]), "what an outsider might know"),
        (lambda db: database.k_anonymity(db.table("orders"), columns=["x"]), "no column 'x'"),
        (lambda db: database.k_anonymity(db.table("orders"), columns=["product"], k=1), "k is a whole number"),
        (lambda db: database.pseudonymise(db.table("orders"), key=KEY, drop=["name"]), "no column 'name'"),
        (lambda db: database.write_csv(db.table("orders"), "/no/such/folder/a.csv"), "The file cannot be written"),
        (lambda db: db.admit("Lin", "ordres"), "Did you mean 'orders'"),
        (lambda db: db.admit("Lin", None), "no such table"),
        (lambda db: db.table(["orders"]), "no such table"),
        (lambda db: database.definition("ordres"), "Did you mean 'orders'"),
        (lambda db: db.query(None), "one SELECT"),
        (lambda db: db.read("orders", reader="Lin", reason="June", moment="soon"), "moment= is the time"),
        (lambda db: database.due_replacement(db, lives="router", today="2025-01-01"), "lives= says how many days"),
        (lambda db: database.product_rules(db.table("orders"), least="5"), "least is a whole number"),
        (lambda db: database.next_product(db.table("orders"), cut="2020-01-01"), "no orders until the cut"),
        (lambda db: database.next_product(db.table("orders").assign(date="May"), cut="2025-01-01"), "The dates in 'date' are not dates"),
        (lambda db: database.guess_ids(pd.Series(["a"]), ["a"], key="a text"), "A key is bytes"),
        (lambda db: database.k_anonymity(db.table("orders"), columns="product"), "what an outsider might know"),
        (lambda db: database.reward_due("yunhe.duckdb", amount=5, today="2025-01-01"), "open customer database"),
        (lambda db: database.due_replacement(None, lives={"router": 9}, today="2025-01-01"), "open customer database"),
        (lambda db: alerts.four_warnings(db.table("orders"), today="2025-01-01"), "open customer database"),
        (lambda db: db.query("SELECT $a", parameters="June"), "parameters= gives the values"),
        (lambda db: database.pseudonymise(db.table("orders"), key=KEY, columns="customer"), "columns= lists columns of the table"),
        (lambda db: database.pseudonymise(db.table("orders"), key=KEY, drop=None), "drop= lists columns of the table"),
        (lambda db: database.guess_ids(pd.Series(["a"]), 5), "Candidates are the ids"),
        (lambda db: database.write_csv(pd.DataFrame({"a": pd.Series(["\ud800"], dtype=object)}), "a.csv"), "The file cannot be written"),
    ],
)  # fmt: skip
def test_calls_that_make_no_sense_are_told(db, call, message):
    with pytest.raises(CvmError) as error:
        call(db)
    assert message in str(error.value)
