"""Customer information in one place: a database that keeps what a firm knows of its customers.

Seven tables in one DuckDB file (:data:`SCHEMAS`): customers, contacts, orders, receivables,
plans, selling costs, complaints. Each with a primary key; every row points to a customer
that is there; every cell is within its range. DuckDB keeps these promises itself, and keeps
them through a power cut: a load is one transaction.

    from cvm import database
    with database.create("yunhe.duckdb") as db:
        database.load(db, {"customers": customers, "orders": orders})
        db.query("SELECT count(*) FROM orders")

Files are read by :func:`cvm.readers.load_database`.

- :func:`load` takes all of it or nothing, and tells every fault of every table at once.
- :func:`reward_due`, :func:`due_replacement`, :func:`next_product`: one-to-one marketing.
- :func:`payback`: when a database pays, and when not.
- :func:`pseudonymise`, :func:`k_anonymity`, :func:`write_csv`, :meth:`Database.read`:
  few, trusted, logged readers, and no leaks.

What to know of a customer is in :mod:`cvm.information`, the four early warnings are in
:mod:`cvm.alerts`.

**What it is not.** A file has no users: whoever can open it can read all of it. Readers and
the read log hold honest people to the rules; the file itself must lie where only few can
reach it.
"""

from cvm.database.loading import Incoming, Loaded, LoadError, load
from cvm.database.onetoone import (
    NextProduct,
    due_replacement,
    next_product,
    product_rules,
    reward_due,
)
from cvm.database.payback import CASES, Payback, PaybackCase, payback, payback_table
from cvm.database.privacy import (
    Anonymity,
    guess_ids,
    k_anonymity,
    new_key,
    pseudonymise,
    write_csv,
)
from cvm.database.store import Database, Listing, create, open_database
from cvm.database.tables import KEYS, SCHEMAS, definition

__all__ = [
    "CASES",
    "KEYS",
    "SCHEMAS",
    "Anonymity",
    "Database",
    "Incoming",
    "Listing",
    "LoadError",
    "Loaded",
    "NextProduct",
    "Payback",
    "PaybackCase",
    "create",
    "definition",
    "due_replacement",
    "guess_ids",
    "k_anonymity",
    "load",
    "new_key",
    "next_product",
    "open_database",
    "payback",
    "payback_table",
    "product_rules",
    "pseudonymise",
    "reward_due",
    "write_csv",
]
