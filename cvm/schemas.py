"""Schemas: what the kit's tables look like, declared once.

A column is declared with its kind, unit, meaning and what a cell may hold. From that one
declaration :mod:`cvm.tables` checks a table and words its messages, and
:func:`dictionary` writes the data dictionary. A table of your own is one more
:class:`Schema`:

    CONTACTS = Schema(name="contacts", meaning="one contact of a customer with the firm",
                      columns=(Column(name="customer", kind="id", meaning="the customer"),
                               Column(name="minutes", kind="number", low=0, unit="minutes",
                                      meaning="how long it took")))
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from cvm.errors import CvmError
from cvm.results import number
from cvm.words import N_, _

__all__ = ["CUSTOMERS", "SURVEY", "TRANSACTIONS", "Column", "Schema", "dictionary"]

Kind = Literal["id", "number", "whole", "date", "text"]


@dataclass(frozen=True, kw_only=True)
class Column:
    """The declaration of one column.

    Parameters
    ----------
    name : str
        Its name.
    kind : {"id", "number", "whole", "date", "text"}
        What a cell holds; "whole" is a whole number.
    meaning : str
        One line for the reader of the data dictionary.
    unit : str
        The unit of a number.
    required : bool
        Whether the table must have it.
    empty : bool
        Whether a cell may be empty.
    unique : bool
        Whether a value may appear once only.
    low, high : float or str, optional
        The ends of the range, both allowed; for a date as "2024-12-31".
    options : tuple of str
        The only texts allowed; any if there are none.
    """

    name: str
    kind: Kind
    meaning: str
    unit: str = ""
    required: bool = True
    empty: bool = False
    unique: bool = False
    low: float | str | None = None
    high: float | str | None = None
    options: tuple[str, ...] = ()

    def ends(self) -> tuple[Any, Any]:
        """Give the range in the type of the column."""
        if self.kind != "date":
            return self.low, self.high
        low, high = (None if e is None else pd.Timestamp(e) for e in (self.low, self.high))
        return low, high

    def allowed(self) -> str:
        """Say what a cell may hold, in words."""
        if self.options:
            return _("one of: {options}", options=", ".join(self.options))
        low, high = (_end(end) for end in (self.low, self.high))
        if low and high:
            return _("{kind} from {low} to {high}", kind=_(KINDS[self.kind]), low=low, high=high)
        if low:
            return _("{kind} of {low} or more", kind=_(KINDS[self.kind]), low=low)
        if high:
            return _("{kind} of {high} or less", kind=_(KINDS[self.kind]), high=high)
        return _(KINDS[self.kind])


@dataclass(frozen=True, kw_only=True)
class Schema:
    """The declaration of one table.

    Parameters
    ----------
    name : str
        Its name, as messages should use it.
    meaning : str
        What one row is.
    columns : tuple of Column
        The columns it must or may have. Others are left alone.
    key : tuple of str
        Columns that together may not repeat; those that are there are used.
    """

    name: str
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()


def dictionary(schema: Schema) -> pd.DataFrame:
    """Give the data dictionary of a schema: one row a column, in words.

    Parameters
    ----------
    schema : Schema
        For example :data:`TRANSACTIONS`.

    Returns
    -------
    DataFrame
        ``column``, ``kind``, ``unit``, ``meaning``, ``required``, ``empty`` (whether a
        cell may be), ``unique`` (whether a value may appear once only), ``allowed``.

    Raises
    ------
    CvmError
        If it is no schema.
    """
    if not isinstance(schema, Schema):
        wrong = _("A schema must be a Schema.")
        raise CvmError(wrong, given=schema, remedy=_("Give for example cvm.tables.TRANSACTIONS."))
    rows = [
        {
            "column": c.name, "kind": _(KINDS[c.kind]), "unit": _(c.unit), "meaning": _(c.meaning),
            "required": c.required, "empty": c.empty, "unique": c.unique, "allowed": c.allowed(),
        }
        for c in schema.columns
    ]  # fmt: skip
    return pd.DataFrame(rows)


def _end(end: float | str | None) -> str:
    return "" if end is None else end if isinstance(end, str) else number(end, digits=6)


KINDS = {
    "id": N_("an id"),
    "number": N_("a number"),
    "whole": N_("a whole number"),
    "date": N_("a date"),
    "text": N_("a text"),
}

# -- the kit's tables ------------------------------------------------------------------

_CUSTOMER = Column(name="customer", kind="id", meaning=N_("the customer"))
# A date outside this range is a slip of the hand: 0024, 20224, 1900-01-00.
_DAYS = {"low": "1950-01-01", "high": "2100-12-31"}
_MOST = 1e12  # beyond any purchase in any currency

TRANSACTIONS = Schema(
    name=N_("transactions"),
    meaning=N_("one purchase, or one item of a purchase; a return has a negative amount"),
    columns=(
        _CUSTOMER,
        Column(name="date", kind="date", meaning=N_("day or time of the purchase"), **_DAYS),  # type: ignore[arg-type]
        Column(
            name="amount", kind="number", unit=N_("currency"), low=-_MOST, high=_MOST,
            meaning=N_("what was paid"),
        ),
        Column(
            name="order", kind="id", required=False,
            meaning=N_("the order or receipt, where a row is an item of it"),
        ),
        Column(name="product", kind="id", required=False, meaning=N_("the product"), empty=True),
        Column(
            name="quantity", kind="number", unit=N_("pieces"), required=False,
            low=-1e9, high=1e9, meaning=N_("how many were bought"),
        ),
    ),
)  # fmt: skip

_money = {"kind": "number", "unit": N_("currency"), "required": False, "empty": True}

CUSTOMERS = Schema(
    name=N_("customers"),
    meaning=N_("one customer"),
    columns=(
        Column(name="customer", kind="id", meaning=N_("the customer"), unique=True),
        Column(
            name="joined", kind="date", required=False, empty=True,
            meaning=N_("day of the first purchase or contract"), **_DAYS,  # type: ignore[arg-type]
        ),
        Column(
            name="segment", kind="text", required=False, empty=True,
            meaning=N_("the group the customer belongs to"),
        ),
        Column(name="revenue", low=0, high=_MOST, meaning=N_("what the customer paid in the period"), **_money),  # type: ignore[arg-type]
        Column(name="discount", low=0, high=_MOST, meaning=N_("what was taken off the list price"), **_money),  # type: ignore[arg-type]
        Column(name="cost_to_serve", low=0, high=_MOST, meaning=N_("what serving the customer cost"), **_money),  # type: ignore[arg-type]
        Column(name="profit", low=-_MOST, high=_MOST, meaning=N_("what the customer left the firm; may be a loss"), **_money),  # type: ignore[arg-type]
    ),
)  # fmt: skip

SURVEY = Schema(
    name=N_("survey answers"),
    meaning=N_("one answer of one customer to one question"),
    columns=(
        _CUSTOMER,
        Column(name="question", kind="text", meaning=N_("the question, by its short name")),
        Column(
            name="answer", kind="number", unit=N_("scale points"), empty=True, low=0, high=10,
            meaning=N_("the answer; empty if it was refused"),
        ),
        Column(
            name="wave", kind="id", required=False,
            meaning=N_("which round of the survey it was"),
        ),
        Column(
            name="date", kind="date", required=False, empty=True,
            meaning=N_("day of the answer"), **_DAYS,  # type: ignore[arg-type]
        ),
        Column(
            name="weight", kind="number", required=False, low=0, high=1e6,
            meaning=N_("how many customers of the population this one stands for"),
        ),
    ),
    key=("customer", "question", "wave"),
)  # fmt: skip
