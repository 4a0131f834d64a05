"""The file: made in one call, opened with care, read by few and never unseen."""

from __future__ import annotations

import datetime
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import pandas as pd

from cvm.database.tables import SCHEMAS, definition
from cvm.errors import CvmError, MissingExtra, near_miss
from cvm.results import Result, number
from cvm.words import _

__all__ = ["Database", "Listing", "create", "need_database", "open_database"]

# Who may read what, and who did. Both live in the same file as what they guard.
_GUARDS = (
    "CREATE TABLE readers (reader VARCHAR, table_name VARCHAR, PRIMARY KEY (reader, table_name))",
    "CREATE TABLE reads (moment TIMESTAMP NOT NULL, reader VARCHAR NOT NULL, "
    "table_name VARCHAR NOT NULL, reason VARCHAR NOT NULL, allowed BOOLEAN NOT NULL, "
    "row_count BIGINT NOT NULL)",
)


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Listing(Result):
    """What a query found, with the query itself.

    Parameters
    ----------
    title : str
        What is listed, already translated.
    table : DataFrame
        The rows.
    sql : str
        The query, to be read; ``print(listing.sql)``.
    """

    title: str
    table: pd.DataFrame
    sql: str

    def to_frame(self) -> pd.DataFrame:
        """Give the rows."""
        return self.table.copy()

    def sentence(self) -> str:
        """Say what is listed and how many rows there are."""
        return _("{title}: {count} rows.", title=self.title, count=number(len(self.table)))


def create(path: str | os.PathLike[str] | None = None) -> Database:
    """Make an empty customer database.

    Parameters
    ----------
    path : str or path, optional
        The file. Without one the database is kept in memory and is gone when closed.

    Returns
    -------
    Database
        Open; use it in a ``with`` block, or close it.

    Raises
    ------
    CvmError
        If there is a file already, or none can be made there.
    MissingExtra
        If DuckDB is not installed.
    """
    if path is None:
        return Database(_tables(_connect(":memory:")), path=None)
    file = _path(path)
    if file.exists():
        wrong = _("There is a file of this name already.")
        raise CvmError(wrong, given=str(file), remedy=_("Open it with open_database, or give another name."))  # fmt: skip
    # Made beside its place and then moved: a database that is half made is never found there.
    half = file.with_name(file.name + ".new")
    half.unlink(missing_ok=True)
    _tables(_connect(str(half))).close()
    os.replace(half, file)
    return open_database(file)


def open_database(path: str | os.PathLike[str], *, read_only: bool = False) -> Database:
    """Open a customer database.

    Parameters
    ----------
    path : str or path
        A file made by :func:`create`.
    read_only : bool
        Whether nothing may be changed. Many programs can read a file at a time, but only
        one can write, and then nobody else reads.

    Returns
    -------
    Database

    Raises
    ------
    CvmError
        If there is no such file, another program has it, or it is no customer database.
    MissingExtra
        If DuckDB is not installed.
    """
    file = _path(path)
    if not file.is_file():
        wrong = _("There is no database here.")
        raise CvmError(wrong, given=str(file), remedy=_("Make one with cvm.database.create(path)."))
    connection = _connect(str(file), read_only=read_only)
    there = {name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}  # fmt: skip
    missing = [name for name in (*SCHEMAS, "readers", "reads") if name not in there]
    if missing:
        connection.close()
        wrong = _("This is not a customer database of the kit: it has no table '{name}'.",
                  name=missing[0])  # fmt: skip
        raise CvmError(wrong, given=str(file), remedy=_("Make one with cvm.database.create(path)."))
    return Database(connection, path=file)


def need_database(value: Any) -> Database:
    """See that a question is put to an open database.

    Parameters
    ----------
    value : Database
        What was handed in.

    Returns
    -------
    Database

    Raises
    ------
    CvmError
        If it is anything else, such as the path of the file.
    """
    if not isinstance(value, Database):
        wrong = _("A question is put to an open customer database.")
        raise CvmError(wrong, given=value, remedy=_("Open it with cvm.database.open_database(path)."))  # fmt: skip
    return value


class Database:
    """An open customer database; made by :func:`create` or :func:`open_database`.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        To the file.
    path : Path or None
        The file; None for one in memory.
    """

    def __init__(self, connection: Any, *, path: Path | None) -> None:
        self._connection, self.path = connection, path

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; a second time does nothing."""
        self._connection.close()

    def __repr__(self) -> str:
        where = self.path.name if self.path else _("in memory")
        return _("Customer database, {where}", where=where)

    def query(self, sql: str, *, parameters: Mapping[str, Any] | None = None) -> pd.DataFrame:
        """Ask a question in SQL.

        Parameters
        ----------
        sql : str
            One ``SELECT``; ``$name`` stands for a parameter.
        parameters : mapping, optional
            The parameters by name.

        Returns
        -------
        DataFrame

        Raises
        ------
        CvmError
            If it is no question, or the database does not understand it.
        """
        if parameters is not None and not isinstance(parameters, Mapping):
            wrong = _("parameters= gives the values of $name by name.")
            raise CvmError(wrong, given=parameters, remedy=_('Write for example {"today": "2025-06-30"}.'))  # fmt: skip
        with self._told():
            parts = self._connection.extract_statements(sql) if isinstance(sql, str) else []
            if len(parts) != 1 or parts[0].type.name != "SELECT":
                wrong = _("query() takes one SELECT and changes nothing.")
                raise CvmError(wrong, given=sql, remedy=_("Load tables with cvm.database.load."))
            found: pd.DataFrame = self._connection.execute(
                sql, dict(parameters) if parameters else None
            ).df()
            return found

    def table(self, name: str) -> pd.DataFrame:
        """Give a whole table, for the kit's own work; people read with :meth:`read`.

        Parameters
        ----------
        name : str
            One of the seven.
        """
        return self.query(f"SELECT * FROM {_known(name)}")

    def counts(self) -> pd.DataFrame:
        """Count the rows: ``table`` and ``rows``."""
        asked = " UNION ALL ".join(
            f"SELECT '{name}' AS \"table\", count(*) AS rows FROM {name}" for name in SCHEMAS
        )
        return self.query(asked)

    # ----------------------------------------------------------- few, trusted, logged

    def admit(self, reader: str, tables: Iterable[str]) -> None:
        """Let somebody read some tables.

        Parameters
        ----------
        reader : str
            Who.
        tables : iterable of str
            Which of the seven.
        """
        names: list[Any] = [tables]
        if isinstance(tables, Iterable) and not isinstance(tables, str):
            names = list(tables)
        rows = [(_filled(reader, "reader"), _known(name)) for name in names]
        with self.changing():
            for row in rows:
                self.execute("INSERT OR IGNORE INTO readers VALUES ($1, $2)", row)

    def read(
        self, name: str, *, reader: str, reason: str, moment: pd.Timestamp | None = None
    ) -> pd.DataFrame:
        """Read a table as a person, and be written down for it.

        Parameters
        ----------
        name : str
            One of the seven.
        reader, reason : str
            Who reads, and what for. Both are kept in the log.
        moment : Timestamp, optional
            When; now without it.

        Returns
        -------
        DataFrame

        Raises
        ------
        CvmError
            If the reader was not admitted to the table; that is logged too.
        """
        asked = [_filled(reader, "reader"), _known(name)]
        words = [_moment(moment).to_pydatetime(warn=False), *asked]
        words.append(_filled(reason, "reason"))
        with self._told():
            sql = "SELECT count(*) FROM readers WHERE reader = $1 AND table_name = $2"
            allowed = bool(self._connection.execute(sql, asked).fetchone()[0])
        found = self.table(name) if allowed else pd.DataFrame()
        # Written before anything is handed out: who has seen rows, stands in the log.
        self.execute("INSERT INTO reads VALUES ($1, $2, $3, $4, $5, $6)", [*words, allowed, len(found)])  # fmt: skip
        if not allowed:
            wrong = _("{reader} may not read '{table}'; the attempt is in the log.",
                      reader=reader, table=name)  # fmt: skip
            raise CvmError(wrong, remedy=_("Ask whoever keeps the database to admit(...) you."))
        return found

    def read_log(self) -> pd.DataFrame:
        """Give who read which table when, and why: ``moment``, ``reader``, ``table_name``, ``reason``, ``allowed``, ``row_count``."""
        return self.query("SELECT * FROM reads ORDER BY moment")

    # ------------------------------------------------------------------------- inside

    def execute(self, sql: str, parameters: Any = None) -> None:
        """Run one statement that changes something; for the kit's own parts."""
        with self._told():
            self._connection.execute(sql, parameters)

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Make all that happens inside one transaction: all of it stands, or nothing."""
        self.execute("BEGIN TRANSACTION")
        try:
            yield
            self.execute("COMMIT")
        except BaseException:
            self._rollback()
            raise

    def _rollback(self) -> None:
        import duckdb

        with suppress(duckdb.Error):  # where the commit itself failed, it has rolled back
            self._connection.execute("ROLLBACK")

    @contextmanager
    def showing(self, name: str, frame: pd.DataFrame) -> Iterator[None]:
        """Let SQL see a frame under a name for a while."""
        import duckdb

        with self._told():
            self._connection.register(name, frame)
        try:
            yield
        finally:
            with suppress(duckdb.Error):  # where a transaction failed, it goes with its rollback
                self._connection.unregister(name)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what DuckDB says into the kit's own error."""
        import duckdb

        try:
            yield
        except duckdb.Error as error:
            words = str(error).splitlines()[0]
            wrong = _("The database refused: {words}", words=words)
            raise CvmError(wrong, remedy=_("Nothing was changed.")) from error


def _tables(connection: Any) -> Any:
    for statement in (*(definition(name) for name in SCHEMAS), *_GUARDS):
        connection.execute(statement)
    return connection


def _path(path: Any) -> Path:
    try:
        file = Path(path)
        with suppress(FileNotFoundError, NotADirectoryError, PermissionError):
            os.stat(file)  # a name that no file can have is told here
    except (OSError, TypeError, ValueError):
        raise CvmError(_("path is the name of a file."), given=path) from None
    return file


def _connect(path: str, *, read_only: bool = False) -> Any:
    try:
        import duckdb
    except ImportError:
        what = _("A customer database")
        raise MissingExtra("duckdb", extra="files", purpose=what) from None
    try:
        # A question is about this file: it reads no other file of the machine, nor the network.
        return duckdb.connect(path, read_only=read_only, config={"enable_external_access": "false"})
    except duckdb.Error as error:
        raise _not_opened(path, str(error)) from error


def _not_opened(path: str, words: str) -> CvmError:
    if "lock" in words:
        held = re.search(r"PID (\d+)", words)
        who = _(" (process {pid})", pid=held[1]) if held else ""
        wrong = _("Another program has the database open{who}.", who=who)
        remedy = _("Close it there: a file is written by one program at a time.")
        return CvmError(wrong, given=path, remedy=remedy)
    if "not a valid DuckDB" in words:
        wrong = _("The file is not a database.")
        return CvmError(wrong, given=path, remedy=_("Make one with cvm.database.create(path)."))
    return CvmError(_("The database cannot be opened."), given=path, remedy=words.splitlines()[0])


def _known(name: str) -> str:
    if not isinstance(name, str) or name not in SCHEMAS:
        wrong = _("The database has no such table.")
        raise CvmError(wrong, given=name, remedy=near_miss(name, SCHEMAS))
    return name


def _moment(value: Any) -> pd.Timestamp:
    if value is None:
        return pd.Timestamp.now()
    if not isinstance(value, datetime.datetime) or pd.isna(value):
        wrong = _("moment= is the time of the reading.")
        raise CvmError(wrong, given=value, remedy=_("Leave it out for now, or give a pandas.Timestamp."))  # fmt: skip
    return pd.Timestamp(value)


def _filled(text: object, name: str) -> str:
    if not isinstance(text, str) or not text.strip():
        wrong = _("{name}= says in words who reads, or why.", name=name)
        raise CvmError(wrong, given=text, remedy=_("Write it down; that is what the log is for."))
    return text
