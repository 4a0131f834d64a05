"""Online Retail II: two years of a British online wholesaler, as a user downloads them.

The workbook (UCI Machine Learning Repository, Daqing Chen 2019, CC BY 4.0,
https://doi.org/10.24432/C5CG6D) is in no package, so nothing of it is here; this reads
the file you downloaded, or the CSV that is made of it. It is a real log with a real
log's dirt, and how that is dealt with moves every figure made from it:

- the first days of December 2010 stand in both sheets;
- a cancelled order has an invoice number that begins with C and a negative quantity, so
  adding up the rest overstates what a customer bought;
- a quarter of the rows have no customer;
- some rows correct the stock or write off a bad debt and are no purchases at all.

Each dropped row is counted, with its worth, under the first reason that applies.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cvm.errors import CvmError
from cvm.readers.files import read_raws
from cvm.results import Result, number
from cvm.schemas import Column, Schema
from cvm.tables import TableError, examine, problem_table
from cvm.words import N_, _

__all__ = ["OnlineRetail", "read_online_retail"]


@dataclass(frozen=True, kw_only=True, repr=False)
class OnlineRetail(Result):
    """What was read of the file, and what was not kept.

    Parameters
    ----------
    transactions : DataFrame
        One row an item: ``customer`` (text), ``order`` (text), ``date`` (time stamp),
        ``product`` (text), ``description``, ``quantity`` (pieces), ``price`` (GBP a
        piece), ``amount`` (GBP), ``country``.
    report : DataFrame
        ``outcome`` ("kept" or why not), ``rows``, ``amount`` (GBP), in the order in
        which the reasons were applied.
    """

    transactions: pd.DataFrame
    report: pd.DataFrame

    def sentence(self) -> str:
        """Say how much was kept and what was dropped."""
        kept, dropped = self.report.iloc[0], self.report.iloc[1:]
        reasons = "; ".join(
            _("{rows} {reason}", rows=number(rows), reason=_(reason))
            for reason, rows in zip(dropped["outcome"], dropped["rows"], strict=True)
            if rows
        )
        return _(
            "Kept {kept} of {all} rows, of {customers} customers, worth {amount}. Dropped: {reasons}.",
            kept=number(kept["rows"]),
            all=number(self.report["rows"].sum()),
            customers=number(self.transactions["customer"].nunique()),
            amount=number(kept["amount"], "GBP"),
            reasons=reasons or _("none"),
        )

    def to_frame(self) -> pd.DataFrame:
        """Give the report."""
        return self.report.copy()


def read_online_retail(path: str | os.PathLike[str], *, keep_returns: bool = False) -> OnlineRetail:
    """Read the Online Retail II file into the kit's columns.

    Parameters
    ----------
    path : str or path
        The workbook with its sheets "Year 2009-2010" and "Year 2010-2011", or a CSV file
        of it. A workbook of a million rows takes a minute or two; keep the result as Parquet.
    keep_returns : bool
        Keep cancelled orders, as rows with a negative quantity and amount. A total then
        is net of them; a count of orders must leave them out itself.

    Returns
    -------
    OnlineRetail
        The transactions and the report of what was dropped.

    Raises
    ------
    TableError
        If the file has not the columns or the cells of that data.
    CvmError
        If the file cannot be read.

    Notes
    -----
    Rows that the sheets have in common are found by comparing whole invoices, since one
    invoice can rightly hold the same line twice. Postage, fees and samples are kept, as
    products whose code has no figures.
    """
    table = _read(path)
    table["amount"] = (table["quantity"] * table["price"]).round(6)
    outcome = _outcomes(table, keep_returns)
    kept = table[outcome == "kept"].reset_index(drop=True)
    if kept.empty:
        wrong = _("Of the file's {rows} rows none could be kept.", rows=len(table))
        raise CvmError(wrong, given=outcome.value_counts().to_dict())
    return OnlineRetail(transactions=kept[list(_KEPT)], report=_report(table, outcome))


_KEPT = ("customer", "order", "date", "product", "description", "quantity", "price", "amount",
         "country")  # fmt: skip
_NAMES = {
    "invoice": "order",
    "invoiceno": "order",
    "stockcode": "product",
    "description": "description",
    "quantity": "quantity",
    "invoicedate": "date",
    "price": "price",
    "unitprice": "price",
    "customerid": "customer",
    "country": "country",
}
_SCHEMA = Schema(
    name=N_("Online Retail II"),
    meaning=N_("one line of an invoice"),
    columns=(
        Column(name="order", kind="id", meaning=N_("the order or receipt, where a row is an item of it")),
        Column(name="product", kind="id", meaning=N_("the product")),
        Column(name="description", kind="text", meaning=N_("the product in words"), empty=True),
        Column(name="quantity", kind="whole", unit=N_("pieces"), meaning=N_("how many were bought")),
        Column(name="date", kind="date", meaning=N_("day or time of the purchase")),
        Column(name="price", kind="number", unit="GBP", meaning=N_("price of a piece")),
        Column(name="customer", kind="id", meaning=N_("the customer"), empty=True),
        Column(name="country", kind="text", meaning=N_("the customer's country"), empty=True),
    ),
)  # fmt: skip

REASONS = (
    N_("kept"),
    N_("in both sheets"),
    N_("without a customer"),
    N_("of cancelled orders"),
    N_("that correct stock or accounts"),
)


def _read(path: str | os.PathLike[str]) -> pd.DataFrame:
    raws = read_raws(path)
    tables, problems = [], []
    for sheet, raw in raws.items():
        names = {name: _kit_name(name) for name in map(str, raw.table.columns)}
        found, wrong = examine(raw.table, _SCHEMA, columns=names, rows=raw.rows)
        where = _("{column} of sheet {sheet}", column="{}", sheet=sheet) if len(raws) > 1 else "{}"
        wrong["column"] = [where.format(column) for column in wrong["column"]]
        tables.append(found.assign(sheet=sheet))
        problems += [wrong, pd.DataFrame(raw.problems)]
    listed = problem_table([], problems)
    if len(listed):
        name = _("The file '{name}'", name=os.path.basename(path))
        raise TableError(listed, name=name, counting=next(iter(raws.values())).counting)
    return pd.concat(tables, ignore_index=True)


def _kit_name(name: str) -> str:
    return _NAMES.get(name.lower().replace(" ", "").replace("_", ""), name)


def _outcomes(table: pd.DataFrame, keep_returns: bool) -> pd.Series:
    """Give each row the first reason that applies to it."""
    cancelled = table["order"].astype(str).str.upper().str.startswith("C")
    odd = (table["price"] <= 0) | (~cancelled & (table["quantity"] <= 0))
    outcome = np.select(
        [
            _seen_before(table),
            table["customer"].isna(),
            cancelled & (not keep_returns),
            odd,
        ],
        REASONS[1:],
        default=REASONS[0],
    )
    return pd.Series(outcome, index=table.index)


def _seen_before(table: pd.DataFrame) -> pd.Series:
    """Find lines of an invoice that an earlier block of the same invoice already had.

    The n-th occurrence of a line within a block is told from the others, so that two
    equal lines of one invoice both stay.
    """
    line = [name for name in table.columns if name not in ("amount", "sheet")]
    begins = (table[["order", "sheet"]] != table[["order", "sheet"]].shift()).any(axis=1)
    numbered = table.assign(block=begins.cumsum())
    nth = numbered.groupby([*line, "block"], dropna=False).cumcount()
    return table.assign(nth=nth).duplicated([*line, "nth"])


def _report(table: pd.DataFrame, outcome: pd.Series) -> pd.DataFrame:
    grouped = table["amount"].groupby(outcome).agg(["size", "sum"]).reindex(list(REASONS))
    counted = grouped.fillna(0).set_axis(["rows", "amount"], axis=1).astype({"rows": "int64"})
    return counted.rename_axis("outcome").reset_index().round({"amount": 2})
