"""Loading: all of it or nothing, and every fault of every table in one message."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from cvm.cells import Fault
from cvm.database.store import Database, open_database
from cvm.database.tables import KEYS, RULES, SCHEMAS, Rule, quoted
from cvm.errors import CvmError, near_miss
from cvm.results import Result, number
from cvm.tables import Counting, TableError, examine, problem_table
from cvm.words import _

__all__ = ["Incoming", "LoadError", "Loaded", "load"]


@dataclass(frozen=True, kw_only=True)
class Incoming:
    """A table on its way in, with how the person who made it counts its rows.

    Parameters
    ----------
    table : DataFrame
        The cells.
    name : str
        What messages call it, already translated.
    rows : ndarray of int
        The person's number of each row.
    counting : {"position", "line", "row"}
        What ``rows`` counts; as in :class:`cvm.tables.TableError`.
    problems : list of dict
        What is known to be wrong with it already.
    """

    table: pd.DataFrame
    name: str
    rows: np.ndarray
    counting: Counting = "position"
    problems: list[dict[str, object]] = field(default_factory=list)


class LoadError(CvmError):
    """A load that cannot be, with all that is wrong in all its tables.

    Parameters
    ----------
    faults : sequence of (str, TableError)
        The table of the database, and what is wrong with what was to go into it.
    """

    def __init__(self, faults: Sequence[tuple[str, TableError]]) -> None:
        told = [error.problems.assign(table=name) for name, error in faults]
        self.problems = pd.concat(told, ignore_index=True)
        super().__init__("\n\n".join(str(error) for _name, error in faults))


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Loaded(Result):
    """What a load did.

    Parameters
    ----------
    table : DataFrame
        One row a table: ``table``, ``added``, ``skipped`` (rows that were there already),
        ``left_out`` (columns the database has no place for).
    """

    table: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Give one row a table."""
        return self.table.copy()

    def sentence(self) -> str:
        """Say how many rows were added, skipped, and what found no place."""
        parts = [
            _("{count} {name}", count=number(added), name=_(SCHEMAS[name].name))
            for name, added in zip(self.table["table"], self.table["added"], strict=True)
        ]
        text = _("Added: {parts}.", parts=", ".join(parts))
        skipped = int(self.table["skipped"].sum())
        if skipped:
            text += " " + _("{count} rows were there already.", count=number(skipped))
        spare = [name for names in self.table["left_out"] for name in names]
        if spare:
            text += " " + _("Not stored, for want of a place: {names}.", names=", ".join(spare))
        return text


def load(
    target: Database | str | os.PathLike[str],
    tables: Mapping[str, pd.DataFrame | Incoming],
    *,
    existing: str = "refuse",
) -> Loaded:
    """Load tables in one transaction.

    Parameters
    ----------
    target : Database, str or path
        Where to; a path is opened and closed again.
    tables : mapping of str to DataFrame
        The new rows by table, such as ``{"customers": ..., "orders": ...}``. Files are read
        by :func:`cvm.readers.load_database`.
    existing : {"refuse", "skip"}
        What becomes of rows whose key is in the database. "refuse" tells them as faults;
        "skip" leaves those out that say the same, and tells those that say otherwise.

    Returns
    -------
    Loaded

    Raises
    ------
    LoadError
        If anything is wrong; it tells everything that is, and nothing was loaded.
    CvmError
        If the call itself makes no sense, or the database cannot be opened.
    """
    incoming = {name: _incoming(name, table) for name, table in _named(tables).items()}
    if existing not in ("refuse", "skip"):
        wrong = _("existing= says what becomes of rows that are there already.")
        raise CvmError(wrong, given=existing, remedy=near_miss(existing, ("refuse", "skip")))
    if isinstance(target, Database):
        return _load(target, incoming, existing)
    with open_database(target) as database:
        return _load(database, incoming, existing)


def _named(tables: object) -> Mapping[str, pd.DataFrame | Incoming]:
    if not isinstance(tables, Mapping) or not tables:
        wrong = _("Tables come by name.")
        remedy = _('Write for example {"customers": table, "orders": log}.')
        raise CvmError(wrong, given=type(tables).__name__, remedy=remedy)
    for name in tables:
        if name not in SCHEMAS:
            wrong = _("The database has no such table.")
            raise CvmError(wrong, given=name, remedy=near_miss(name, SCHEMAS))
    return {name: tables[name] for name in SCHEMAS if name in tables}


def _incoming(name: str, table: pd.DataFrame | Incoming) -> Incoming:
    if isinstance(table, Incoming):
        return table
    if not isinstance(table, pd.DataFrame):
        remedy = _("Read files with cvm.readers.load_database.")
        raise CvmError(_("A table must be a pandas DataFrame."), given=table, remedy=remedy)
    words = _("The table '{name}'", name=_(SCHEMAS[name].name))
    return Incoming(table=table, name=words, rows=np.arange(len(table)))


@dataclass(frozen=True, kw_only=True)
class _Checked:
    """An incoming table after the check: its typed columns, as given, and what is wrong."""

    source: Incoming
    found: pd.DataFrame
    given: pd.DataFrame
    problems: list[pd.DataFrame]

    def tell(self, column: str, fault: Fault) -> None:
        if len(fault.at):
            self.problems.append(fault.table(self.given[column], self.source.rows, column))


def _load(database: Database, incoming: Mapping[str, Incoming], existing: str) -> Loaded:
    checked = {name: _check(name, source) for name, source in incoming.items()}
    # One transaction around looking and writing: nobody can come in between.
    with database.changing(), ExitStack() as shown:
        for name, item in checked.items():
            shown.enter_context(database.showing(f"new_{name}", item.found))
        skip = {}
        for name, item in checked.items():
            _tell_rules(database, name, item)
            _tell_orphans(database, name, item, checked)
            skip[name] = _tell_known(database, name, item, existing)
        faults = list(_faults(checked))
        if faults:
            raise LoadError(faults)
        for name, item in checked.items():
            _insert(database, name, item, skip[name])
    rows = [
        {"table": name, "added": len(item.found) - len(skip[name]), "skipped": len(skip[name]),
         "left_out": _spare(name, item.source)}
        for name, item in checked.items()
    ]  # fmt: skip
    return Loaded(table=pd.DataFrame(rows))


def _check(name: str, source: Incoming) -> _Checked:
    """Bring a table to the types of the database; what cannot be read is empty and told."""
    schema = SCHEMAS[name]
    found, problems = examine(source.table, schema, rows=source.rows)
    told = [problem_table(source.problems), problems]
    stored: dict[str, pd.Series] = {}
    given: dict[str, pd.Series] = {}
    for column in schema.columns:
        there = column.name in found
        empty = pd.Series([None] * len(found), dtype=object)
        values = found[column.name] if there else empty
        stored[column.name] = _stored(values, column.kind)
        given[column.name] = _as_given(source.table, column.name) if there else empty
    # "position" joins what SQL finds back to the row a person can look at.
    frame = pd.DataFrame(stored).assign(position=np.arange(len(found)))
    return _Checked(source=source, found=frame, given=pd.DataFrame(given), problems=told)


def _stored(values: pd.Series, kind: str) -> pd.Series:
    if kind in ("id", "text"):  # 7 in one file and "7" in another are one customer
        written = values.astype(object).where(values.notna(), None)
        return written.map(str, na_action="ignore").astype(object)
    if kind == "date":
        return pd.to_datetime(values).astype("datetime64[us]").dt.normalize()
    return pd.to_numeric(values, errors="coerce").astype("float64")


def _as_given(table: pd.DataFrame, name: str) -> pd.Series:
    at = [str(column) for column in table.columns].index(name)
    return table.iloc[:, at].reset_index(drop=True)


# -- what only SQL can tell ------------------------------------------------------------


def _tell_rules(database: Database, name: str, item: _Checked) -> None:
    for rule in RULES:
        if rule.table == name:
            item.tell(rule.column, _fault(database, f"NOT ({rule.sql})", rule))


def _fault(database: Database, condition: str, rule: Rule) -> Fault:
    found = database.query(f"SELECT position FROM new_{rule.table} WHERE {condition}")
    return Fault(np.sort(found["position"].to_numpy()), _(rule.expected), _(rule.remedy))


def _tell_orphans(
    database: Database, name: str, item: _Checked, checked: Mapping[str, _Checked]
) -> None:
    if name == "customers":
        return
    also = "UNION SELECT customer FROM new_customers" if "customers" in checked else ""
    sql = f"""SELECT position FROM new_{name}
              WHERE customer IS NOT NULL AND customer NOT IN (
                SELECT customer FROM (SELECT customer FROM customers {also})
                WHERE customer IS NOT NULL)"""
    at = np.sort(database.query(sql)["position"].to_numpy())
    expected = _("a customer that is in the table 'customers'")
    item.tell("customer", Fault(at, expected, _("Load the customer too, or correct the id.")))


def _tell_known(database: Database, name: str, item: _Checked, existing: str) -> np.ndarray:
    """Tell rows whose key the database has; give the positions of those to be skipped."""
    key, own = KEYS[name], [column.name for column in SCHEMAS[name].columns]
    same = " AND ".join(f"old.{quoted(c)} = new.{quoted(c)}" for c in key)
    rest = [c for c in own if c not in key and c in item.source.table.columns]
    differs = " OR ".join(f"old.{quoted(c)} IS DISTINCT FROM new.{quoted(c)}" for c in rest)
    differs = differs or "FALSE"
    sql = f"SELECT position, ({differs}) AS differs FROM new_{name} new JOIN {name} old ON {same}"
    found = database.query(sql).sort_values("position")
    if existing == "refuse":
        remedy = _("Leave the row out, or say existing='skip' to load only what is new.")
        expected = _("a key that is not in the database yet")
        item.tell(key[0], Fault(found["position"].to_numpy(), expected, remedy))
        return np.array([], int)
    changed = found.loc[found["differs"].astype(bool), "position"].to_numpy()
    expected = _("what the database says of this key already")
    item.tell(key[0], Fault(changed, expected, _("Give the row a key of its own, or leave it out.")))  # fmt: skip
    return found["position"].to_numpy()


def _faults(checked: Mapping[str, _Checked]) -> Iterator[tuple[str, TableError]]:
    for name, item in checked.items():
        problems = problem_table([], item.problems)
        if len(problems):
            yield name, TableError(problems, name=item.source.name, counting=item.source.counting)


def _insert(database: Database, name: str, item: _Checked, skip: np.ndarray) -> None:
    columns = ", ".join(quoted(column.name) for column in SCHEMAS[name].columns)
    kept = item.found[~item.found["position"].isin(skip)]
    with database.showing(f"kept_{name}", kept):
        database.execute(f"INSERT INTO {name} ({columns}) SELECT {columns} FROM kept_{name}")


def _spare(name: str, source: Incoming) -> list[str]:
    known = {column.name for column in SCHEMAS[name].columns}
    return [str(column) for column in source.table.columns if str(column) not in known]
