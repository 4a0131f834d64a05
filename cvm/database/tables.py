"""What the seven tables hold: declared once, for the check at the door and for the database.

Each table is a :class:`cvm.schemas.Schema`. From it :func:`cvm.tables.examine` words every
fault of a file, and :func:`definition` writes the SQL with its keys and CHECK constraints:
what the check lets through, the database takes, and what anybody writes past the check, it
refuses.
"""

from __future__ import annotations

from typing import NamedTuple

from cvm.errors import CvmError, near_miss
from cvm.schemas import Column, Schema
from cvm.words import N_, _

__all__ = ["KEYS", "RULES", "SCHEMAS", "Rule", "definition"]

_MOST = 1e12
_DAYS = {"low": "1950-01-01", "high": "2100-12-31"}
_YUAN = N_("yuan")
_CUSTOMER = Column(name="customer", kind="id", meaning=N_("the customer"))


def _id(name: str, meaning: str) -> Column:
    return Column(name=name, kind="id", meaning=meaning, unique=True)


def _day(name: str, meaning: str, *, empty: bool = False) -> Column:
    return Column(name=name, kind="date", meaning=meaning, required=not empty, empty=empty, **_DAYS)  # type: ignore[arg-type]


def _money(name: str, meaning: str, *, low: float = 0) -> Column:
    return Column(name=name, kind="number", unit=_YUAN, low=low, high=_MOST, meaning=meaning)


def _note(name: str, meaning: str) -> Column:
    return Column(name=name, kind="text", meaning=meaning, required=False, empty=True)


CUSTOMERS = Schema(
    name=N_("customers"),
    meaning=N_("one customer, person or company"),
    columns=(
        _id("customer", N_("the customer")),
        Column(name="kind", kind="text", options=("person", "company"), meaning=N_("what it is")),
        _note("name", N_("its name")),
        _note("industry", N_("what it does")),
        _note("district", N_("where it sits")),
        _note("size", N_("how large it is, in classes")),
        _note("manager", N_("who looks after it")),
        _day("joined", N_("first day as a customer"), empty=True),
        _money("credit_line", N_("how much it may owe")),
    ),
)

CONTACTS = Schema(
    name=N_("contacts"),
    meaning=N_("one contact with a customer"),
    columns=(
        _id("contact", N_("the contact")), _CUSTOMER, _day("date", N_("the day")),
        Column(
            name="channel", kind="text", options=("visit", "telephone", "mail", "web"),
            meaning=N_("the way"),
        ),
        _note("person", N_("whom one spoke with")),
    ),
)  # fmt: skip

ORDERS = Schema(
    name=N_("orders"),
    meaning=N_("one order of one product; a return has a negative amount"),
    columns=(
        _id("order", N_("the order")), _CUSTOMER, _day("date", N_("the day")),
        _note("product", N_("what was ordered")),
        _money("amount", N_("what it comes to"), low=-_MOST),
    ),
)  # fmt: skip

RECEIVABLES = Schema(
    name=N_("receivables"),
    meaning=N_("one invoice"),
    columns=(
        _id("invoice", N_("the invoice")), _CUSTOMER,
        _day("issued", N_("day it was written")), _day("due", N_("day it is to be paid")),
        _day("paid", N_("day it was paid; empty if it was not"), empty=True),
        _money("amount", N_("what is to be paid")),
    ),
)  # fmt: skip

_MONTH = _day("month", N_("first day of the month"))

PLANS = Schema(
    name=N_("plans"),
    meaning=N_("what is to be sold to one customer in one month"),
    columns=(_CUSTOMER, _MONTH, _money("sales", N_("sales planned"))),
    key=("customer", "month"),
)

SELLING_COSTS = Schema(
    name=N_("selling costs"),
    meaning=N_("what selling to one customer in one month may cost, and cost"),
    columns=(
        _CUSTOMER, _MONTH, _money("budget", N_("what it may cost")),
        _money("spent", N_("what it cost")),
    ),
    key=("customer", "month"),
)  # fmt: skip

COMPLAINTS = Schema(
    name=N_("complaints"),
    meaning=N_("one complaint"),
    columns=(
        _id("complaint", N_("the complaint")), _CUSTOMER, _day("date", N_("the day it came")),
        _note("subject", N_("what about")),
        _day("settled", N_("the day it was settled; empty if it was not"), empty=True),
    ),
)  # fmt: skip

#: The tables by name, those first that others point to.
SCHEMAS = {
    "customers": CUSTOMERS,
    "contacts": CONTACTS,
    "orders": ORDERS,
    "receivables": RECEIVABLES,
    "plans": PLANS,
    "selling_costs": SELLING_COSTS,
    "complaints": COMPLAINTS,
}

#: The primary key of each table. Every other table's ``customer`` points to ``customers``.
KEYS = {
    name: schema.key or (next(c.name for c in schema.columns if c.unique),)
    for name, schema in SCHEMAS.items()
}


class Rule(NamedTuple):
    """Something about a row that no single column says.

    Parameters
    ----------
    table, column : str
        Where it is told.
    sql : str
        The condition a row must keep; true or unknown passes.
    expected, remedy : str
        As in :class:`cvm.cells.Fault`.
    """

    table: str
    column: str
    sql: str
    expected: str
    remedy: str


_SLIP = N_("See whether two dates were exchanged.")
_FIRST = N_("the first day of a month")
_WRITE = N_("Write 2025-03-01 for March 2025.")
RULES = (
    Rule("receivables", "due", "due >= issued", N_("no day before the invoice was written"), _SLIP),
    Rule("receivables", "paid", "paid >= issued", N_("no day before the invoice was written"),
         _SLIP),
    Rule("complaints", "settled", "settled >= date", N_("no day before the complaint came"), _SLIP),
    Rule("plans", "month", "day(month) = 1", _FIRST, _WRITE),
    Rule("selling_costs", "month", "day(month) = 1", _FIRST, _WRITE),
)  # fmt: skip

_TYPES = {
    "id": "VARCHAR",
    "text": "VARCHAR",
    "number": "DOUBLE",
    "whole": "BIGINT",
    "date": "DATE",
}


def definition(table: str) -> str:
    """Write the SQL that makes a table.

    Parameters
    ----------
    table : str
        A name from :data:`SCHEMAS`.

    Returns
    -------
    str
        ``CREATE TABLE`` with its types, primary key, foreign key and CHECK constraints.

    Raises
    ------
    CvmError
        If there is no such table.

    Examples
    --------
    >>> print(definition("plans"))
    CREATE TABLE plans (
      customer VARCHAR NOT NULL,
      month DATE NOT NULL CHECK (month BETWEEN '1950-01-01' AND '2100-12-31'),
      sales DOUBLE NOT NULL CHECK (sales BETWEEN 0 AND 1000000000000),
      PRIMARY KEY (customer, month),
      FOREIGN KEY (customer) REFERENCES customers (customer),
      CHECK (day(month) = 1)
    )
    """
    if not isinstance(table, str) or table not in SCHEMAS:
        wrong = _("The database has no such table.")
        raise CvmError(wrong, given=table, remedy=near_miss(table, SCHEMAS))
    schema = SCHEMAS[table]
    lines = [_column(column) for column in schema.columns]
    lines.append(f"PRIMARY KEY ({', '.join(quoted(name) for name in KEYS[table])})")
    if table != "customers":
        lines.append("FOREIGN KEY (customer) REFERENCES customers (customer)")
    lines += [f"CHECK ({rule.sql})" for rule in RULES if rule.table == table]
    return f"CREATE TABLE {table} (\n  " + ",\n  ".join(lines) + "\n)"


def quoted(name: str) -> str:
    """Write a column's name for SQL: ``order`` is a word of the language itself."""
    return f'"{name}"' if name == "order" else name


def _column(column: Column) -> str:
    words = [quoted(column.name), _TYPES[column.kind]]
    if not column.empty:
        words.append("NOT NULL")
    if column.options:
        options = ", ".join(f"'{option}'" for option in column.options)
        words.append(f"CHECK ({column.name} IN ({options}))")
    elif column.low is not None:
        words.append(f"CHECK ({column.name} BETWEEN {_end(column.low)} AND {_end(column.high)})")
    return " ".join(words)


def _end(end: float | str | None) -> str:
    return f"'{end}'" if isinstance(end, str) else f"{end:.0f}"
