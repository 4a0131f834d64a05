"""Tables: declared once, checked at the door.

A schema says of each column what it means, its unit, and what a cell may hold. That one
declaration gives the check (by pandera, which finds every fault in one pass), the
message, and the data dictionary. :func:`check` brings a table to the declared types
where that is safe and raises one :class:`TableError` with *all* that is wrong in it:
where, what stood there, what should have, and what to do. Nothing comes back half right.

    >>> import pandas as pd
    >>> from cvm import tables
    >>> log = pd.DataFrame({"customer": ["a"], "date": ["2024-12-31"], "amount": ["12.50"]})
    >>> tables.check(log, tables.TRANSACTIONS)["amount"].sum()
    np.float64(12.5)

Why pandera and not checks of our own: ranges, uniqueness, missing values and the
collecting of all failures are its trade. Why not pandera alone: its messages speak to
programmers, its coercion reads ``1,5`` as an error and ``03/04/2024`` as the fourth of
March, and importing it takes seconds, so it is imported when a table is checked.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd

from cvm import cells
from cvm.cells import Fault
from cvm.dates import dates
from cvm.errors import CvmError
from cvm.results import number
from cvm.schemas import CUSTOMERS, SURVEY, TRANSACTIONS, Column, Schema, dictionary
from cvm.words import N_, _

__all__ = [
    "CUSTOMERS", "SURVEY", "TRANSACTIONS", "Column", "Schema", "TableError",
    "check", "dictionary", "examine", "observed",
]  # fmt: skip

Counting = Literal["position", "line", "row"]


class TableError(CvmError):
    """A table that is not what its schema says.

    Parameters
    ----------
    problems : DataFrame
        One row for each cell or column at fault: ``row`` (missing where it is the
        whole column), ``column``, ``value``, ``expected``, ``remedy``.
    name : str
        What table it is, already translated.
    counting : {"position", "line", "row"}
        What ``row`` counts: positions in a DataFrame from 0, lines of a file, or rows
        of a sheet, the latter two from 1 and with the header.
    """

    SHOWN = 20

    def __init__(self, problems: pd.DataFrame, *, name: str, counting: Counting) -> None:
        self.problems, self.counting = problems, counting
        groups = _grouped(problems)
        lines = [_line(group, counting) for group in groups[: self.SHOWN]]
        wrong = _("{name}: {count} problems, nothing was loaded.", name=name,
                  count=number(len(problems)))  # fmt: skip
        if len(problems) == 1:
            wrong = _("{name}: 1 problem, nothing was loaded.", name=name)
        if len(groups) > self.SHOWN:
            rest = sum(len(group) for group in groups[self.SHOWN :])
            lines.append(_("… and {rest} more.", rest=number(rest)))
        lines.append(_(_HOW_COUNTED[counting]))
        super().__init__("\n".join([wrong, *lines]))


def check(
    table: pd.DataFrame,
    schema: Schema,
    *,
    columns: Mapping[str, str] | None = None,
    decimal: str | None = None,
    dayfirst: bool | None = None,
) -> pd.DataFrame:
    """Check a table against its schema and bring it to the declared types.

    Parameters
    ----------
    table : DataFrame
        The table; left as it is.
    schema : Schema
        For example :data:`TRANSACTIONS`.
    columns : mapping, optional
        The table's own column names to the schema's, such as ``{"客户": "customer"}``.
    decimal : {".", ","}, optional
        The decimal sign of numbers written as text, where the column cannot tell.
    dayfirst : bool, optional
        Whether 03/04/2024 is the third of April, where the column cannot tell.

    Returns
    -------
    DataFrame
        A new table with the same rows and columns in the same order and a fresh index.
        Numbers are float (whole ones int), dates datetime64[us], ids int or text.

    Raises
    ------
    TableError
        If anything is wrong; it tells everything that is, and carries ``.problems``.
    """
    found, problems = examine(table, schema, columns=columns, decimal=decimal, dayfirst=dayfirst)
    if len(problems):
        name = _("The table '{name}'", name=_(schema.name))
        raise TableError(problems, name=name, counting="position")
    return found


def examine(
    table: pd.DataFrame,
    schema: Schema,
    *,
    columns: Mapping[str, str] | None = None,
    decimal: str | None = None,
    dayfirst: bool | None = None,
    rows: Sequence[int] | np.ndarray | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Check a table like :func:`check`, but hand back what is wrong instead of raising.

    Parameters
    ----------
    table, schema, columns, decimal, dayfirst
        As in :func:`check`.
    rows : sequence of int, optional
        How the person who made the table counts its rows; positions from 0 without it.

    Returns
    -------
    found : DataFrame
        The table in its declared types; only to be used if there are no problems.
    problems : DataFrame
        As in :class:`TableError`, whole columns first, then by row.
    """
    _check_arguments(table, schema, columns, decimal, dayfirst)
    given, problems = _renamed(table, columns or {})
    problems += _missing(given, schema)
    found, faults = _coerced(given, schema, decimal, dayfirst)
    faults += _rule_faults(found, schema, faults)
    counted = np.arange(len(table)) if rows is None else np.asarray(rows)
    tables = [fault.table(given[name], counted, name) for name, fault in faults]
    return found, problem_table(problems, tables)


def observed(table: pd.DataFrame) -> pd.DataFrame:
    """Hide the truth: drop what nobody outside a simulation could know.

    Parameters
    ----------
    table : DataFrame
        From a simulator, whose latent columns are named ``true_...``.

    Returns
    -------
    DataFrame
        The other columns.
    """
    _check_table(table)
    return table.loc[:, [not str(name).startswith("true_") for name in table.columns]]


def _check_arguments(
    table: object, schema: object, columns: object, decimal: object, dayfirst: object
) -> None:
    _check_table(table)
    if not isinstance(schema, Schema):
        wrong = _("A schema must be a Schema.")
        raise CvmError(wrong, given=schema, remedy=_("Give for example cvm.tables.TRANSACTIONS."))
    check_form(columns, decimal, dayfirst)


def _check_table(table: object) -> None:
    if not isinstance(table, pd.DataFrame):
        wrong = _("A table must be a pandas DataFrame.")
        raise CvmError(wrong, given=table, remedy=_("Read a file with cvm.readers.read_table."))


def check_form(columns: object, decimal: object, dayfirst: object) -> None:
    """Check what a caller says of a table's form; see :func:`check`."""
    if columns is not None and not isinstance(columns, Mapping):
        remedy = _("Write for example columns={'客户': 'customer'}.")
        raise CvmError(
            _("columns= maps the table's names to the kit's."), given=columns, remedy=remedy
        )
    if decimal not in (None, ".", ","):
        raise CvmError(_("decimal= is the decimal sign, '.' or ','."), given=decimal)
    if dayfirst not in (None, True, False):
        raise CvmError(_("dayfirst= is True or False."), given=dayfirst)


# -- names -----------------------------------------------------------------------------

_PROBLEM = ["row", "column", "value", "expected", "remedy"]


def _problem(column: str, expected: str, remedy: str) -> dict[str, Any]:
    return {"row": None, "column": column, "value": None, "expected": expected, "remedy": remedy}


def _renamed(
    table: pd.DataFrame, columns: Mapping[str, str]
) -> tuple[pd.DataFrame, list[dict[str, Any]]]:
    """Apply the mapping; of columns with one name only the first is looked at further."""
    names = [str(name) for name in table.columns]
    problems = [
        _problem(str(name), _("a column of the table, since columns= names it"), _near(name, names))
        for name in columns
        if str(name) not in names
    ]
    named = pd.Index([str(columns.get(name, name)) for name in names])
    twice = named.duplicated()
    for name in dict.fromkeys(named[twice]):
        expected = _("one column of this name, not {count}", count=int((named == name).sum()))
        problems.append(_problem(name, expected, _("Rename or remove one of them.")))
    given = table.loc[:, ~twice].set_axis(named[~twice], axis=1)
    return given.reset_index(drop=True), problems


def _missing(given: pd.DataFrame, schema: Schema) -> list[dict[str, Any]]:
    declared = {column.name for column in schema.columns}
    spare = [name for name in given.columns if name not in declared]
    return [
        _problem(c.name, _("a column of this name; there is none"), _rename_hint(c.name, spare))
        for c in schema.columns
        if c.required and c.name not in given.columns
    ]


def _rename_hint(name: str, spare: Sequence[str]) -> str:
    close = difflib.get_close_matches(name, [s.lower() for s in spare], n=1)
    if close:
        meant = next(s for s in spare if s.lower() == close[0])
        return _("Did you mean '{meant}'? Then pass columns={{{meant!r}: {name!r}}}.",
                 meant=meant, name=name)  # fmt: skip
    here = ", ".join(spare[:20]) or _("(none)")
    return _("Say which column it is with columns={{'...': {name!r}}}. Not used so far: {here}.",
             name=name, here=here)  # fmt: skip


def _near(name: object, names: Sequence[str]) -> str:
    close = difflib.get_close_matches(str(name), names, n=1)
    if close:
        return _("Did you mean '{word}'?", word=close[0])
    return _("The table has: {names}.", names=", ".join(names[:20]))


# -- cells -----------------------------------------------------------------------------

Faults = list[tuple[str, Fault]]


def _coerced(
    given: pd.DataFrame, schema: Schema, decimal: str | None, dayfirst: bool | None
) -> tuple[pd.DataFrame, Faults]:
    found, faults = {str(name): given[name] for name in given.columns}, []
    for column in schema.columns:
        if column.name not in found:
            continue
        found[column.name], wrong = _read(found[column.name], column, decimal, dayfirst)
        faults += [(column.name, fault) for fault in wrong]
    return pd.DataFrame(found, index=given.index), faults


def _read(
    values: pd.Series, column: Column, decimal: str | None, dayfirst: bool | None
) -> cells.Read:
    if column.kind == "date":
        return dates(values, dayfirst=dayfirst)
    if column.kind == "id":
        return cells.ids(values)
    if column.kind == "text":
        return cells.texts(values)
    read, faults = cells.numbers(values, decimal=decimal)
    return _whole(read, faults) if column.kind == "whole" else (read, faults)


def _whole(read: pd.Series, faults: list[Fault]) -> cells.Read:
    values = read.to_numpy()
    broken = ~np.isnan(values) & (np.floor(values) != values)
    if broken.any():
        expected, remedy = _("a whole number"), _("Round it, or see whether the column is right.")
        faults = [*faults, Fault(np.flatnonzero(broken), expected, remedy)]
    good = np.isfinite(values) & (np.abs(values) < 2**53)
    return (read.astype("int64") if good.all() else read), faults


# -- rules, by pandera -----------------------------------------------------------------


def _rule_faults(found: pd.DataFrame, schema: Schema, known: Faults) -> Faults:
    """Have pandera find empty cells, values out of range and repeated keys."""
    here = [column for column in schema.columns if column.name in found.columns]
    if not here:
        return []
    from pandera.errors import SchemaErrors  # seconds to import

    names = [column.name for column in here]
    try:
        _pandera(here, schema).validate(found[names], lazy=True)
    except SchemaErrors as error:
        cases = error.failure_cases
    else:
        return []
    # A cell that could not be read is empty by now; it has been told of already.
    told = {name: [f.at for n, f in known if n == name] for name in names}
    faults = []
    for (name, rule), group in cases.groupby(["column", "check"], sort=False):
        at = np.sort(group["index"].dropna().astype("int64").unique())
        at = at[~np.isin(at, np.concatenate([*told.get(name, []), np.array([], int)]))]
        column = next(c for c in here if c.name == name)
        if rule == "multiple_fields_uniqueness" and name != schema.key[0]:
            continue  # pandera tells it once for each column of the key
        if len(at):
            faults.append((column.name, Fault(at, *_rule_words(rule, column, schema))))
    return faults


def _pandera(here: Sequence[Column], schema: Schema) -> Any:
    import pandera.pandas as pa

    def rules(column: Column) -> list[Any]:
        low, high = column.ends()
        # Where both ends are declared they tell what is infinite, once and not twice.
        bounded = column.kind != "number" or None not in (low, high)
        made = [] if bounded else [pa.Check(np.isfinite, name="finite")]
        made += [] if low is None else [pa.Check.ge(low, name="low")]
        made += [] if high is None else [pa.Check.le(high, name="high")]
        return made + ([pa.Check.isin(column.options, name="options")] if column.options else [])

    columns = {
        c.name: pa.Column(
            None, rules(c), nullable=c.empty, unique=c.unique, report_duplicates="exclude_first"
        )
        for c in here
    }
    key = [name for name in schema.key if name in columns]
    return pa.DataFrameSchema(columns, unique=key or None, report_duplicates="exclude_first")


def _rule_words(rule: str, column: Column, schema: Schema) -> tuple[str, str]:
    if rule == "not_nullable":
        return _("a value"), _("Fill it in, or leave the row out.")
    if rule == "field_uniqueness":
        return _("a value that no earlier row has"), _("Keep one row for each.")
    if rule == "multiple_fields_uniqueness":
        together = ", ".join(schema.key)
        return _("different from earlier rows in {names} together", names=together), _(
            "Keep one row for each."
        )
    return column.allowed(), _("Correct it, or leave the row out.")


# -- problems --------------------------------------------------------------------------


def problem_table(
    problems: Sequence[Mapping[str, object]], tables: Sequence[pd.DataFrame] = ()
) -> pd.DataFrame:
    """Put problems together: whole columns first, then by row."""
    filled = [t.astype(object) for t in (pd.DataFrame(list(problems)), *tables) if len(t)]
    if not filled:
        return pd.DataFrame(columns=_PROBLEM).astype({"row": "Int64"})
    joined = pd.concat(filled, ignore_index=True).astype({"row": "Int64"})
    return joined.sort_values("row", kind="stable", na_position="first", ignore_index=True)


def _grouped(problems: pd.DataFrame) -> list[pd.DataFrame]:
    """Put cells of one column with one fault together; a thousand of them are one line."""
    groups = problems.groupby(["column", "expected", "remedy"], sort=False, dropna=False)
    return [group for _name, group in groups]


def _line(group: pd.DataFrame, counting: Counting) -> str:
    first = group.iloc[0]
    if pd.isna(first["row"]):
        return _("- column '{column}': expected {expected}. {remedy}", column=first["column"],
                 expected=first["expected"], remedy=first["remedy"])  # fmt: skip
    place = _(_PLACE[counting], row=int(first["row"]))
    if first["column"].startswith("("):  # the line as a whole
        line = _("- {place}: expected {expected}. {remedy}", place=place,
                 expected=first["expected"], remedy=first["remedy"])  # fmt: skip
    else:
        value = _("empty") if _is_missing(first["value"]) else repr(str(first["value"])[:60])
        line = _("- {place}, column '{column}', {value}: expected {expected}. {remedy}",
                 place=place, column=first["column"], value=value, expected=first["expected"],
                 remedy=first["remedy"])  # fmt: skip
    if len(group) == 1:
        return line
    others = ", ".join(str(row) for row in group["row"].iloc[1:6]) + ("…" if len(group) > 6 else "")
    return line + _(" ({count} more: {rows})", count=number(len(group) - 1), rows=others)


def _is_missing(value: Any) -> bool:
    if isinstance(value, str):
        return not value.strip()
    return pd.api.types.is_scalar(value) and bool(pd.isna(value))


_HOW_COUNTED = {
    "position": N_("Rows are counted from 0, as in table.iloc[row]."),
    "line": N_("Lines are those of the file; the header counts."),
    "row": N_("Rows are those of the sheet; the header counts."),
}
_PLACE = {"position": N_("row {row}"), "line": N_("line {row}"), "row": N_("row {row}")}
