r"""Confidentiality: tables that may leave the house, and how much they still tell.

**Pseudonyms.** An id is replaced by :math:`\operatorname{HMAC-SHA256}(\text{key}, \text{id})`
(RFC 2104, FIPS 180-4; Python's standard library). One key gives one customer one name in
every table, so shared tables still join. Without the key nobody can compute the name of an
id. **What the naive answer gets wrong:** a plain hash has no secret. Customer numbers are
few; whoever hashes all of them reads the table (:func:`guess_ids` finds every one). The key
is never written, printed or put into a message: keep it where the customers are kept.

**k-anonymity.** A row without a name may still be the only hospital with 500 staff in
East District. Columns by which an outsider can recognise somebody are *quasi-identifiers*;
a table is k-anonymous if every combination of their values is shared by k rows or more
(Sweeney 2002). :func:`k_anonymity` says which groups are too small, and what is gained by
leaving a column out. It is a floor and no proof: where all k rows of a group say the same,
they tell it of each of them.

**Formulas.** A cell that begins with ``=``, ``+``, ``-``, ``@``, a tab or a carriage return
is a command to a spreadsheet, and a customer may have typed it. :func:`write_csv` puts an
apostrophe before such texts, numbers it leaves alone.

References
----------
Krawczyk, H., Bellare, M. & Canetti, R. (1997). HMAC: keyed-hashing for message
authentication. RFC 2104.
Sweeney, L. (2002). k-anonymity: a model for protecting privacy. *International Journal of
Uncertainty, Fuzziness and Knowledge-Based Systems* 10(5), 557-570. At second hand.
"""

from __future__ import annotations

import csv
import hashlib
import hmac
import os
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cvm.errors import CvmError
from cvm.inputs import need_columns, whole_number
from cvm.results import Result, number
from cvm.words import _

__all__ = ["Anonymity", "guess_ids", "k_anonymity", "new_key", "pseudonymise", "write_csv"]

#: Bytes of a key below which guessing the key itself comes into reach.
KEY = 16
#: Hexadecimal figures of a pseudonym: 80 bits, so that two customers hardly ever share one.
LENGTH = 20
# Full-width signs count too: spreadsheets of East Asia take them for the plain ones.
COMMANDS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def new_key() -> bytes:
    """Draw a key of 32 random bytes from the machine's own source of secrets."""
    return secrets.token_bytes(32)


def pseudonymise(
    table: pd.DataFrame,
    *,
    key: bytes,
    columns: Sequence[str] = ("customer",),
    drop: Sequence[str] = (),
) -> pd.DataFrame:
    """Replace ids by pseudonyms that only the key can make again.

    Parameters
    ----------
    table : DataFrame
        To be shared; left as it is.
    key : bytes
        16 bytes or more; from :func:`new_key`, or kept from an earlier export so that the
        same customer gets the same name. It is not stored anywhere.
    columns : sequence of str
        Columns with ids. Empty cells stay empty.
    drop : sequence of str
        Columns that name somebody and must not leave, such as ``("name",)``.

    Returns
    -------
    DataFrame
        With a fresh index.

    Raises
    ------
    CvmError
        If the key is too short, or a column is not there. The key is not shown.
    """
    # Gone through more than once: a generator, used up, would let the ids out as they are.
    columns, drop = _several(columns, "columns"), _several(drop, "drop")
    need_columns(table, (*columns, *drop))
    if not isinstance(key, bytes) or len(key) < KEY:
        # The key itself stays out of the message: messages end up in logs.
        wrong = _("A key is {n} bytes or more.", n=KEY)
        raise CvmError(wrong, remedy=_("Draw one with cvm.database.new_key() and keep it safe."))
    shared = table.drop(columns=drop).reset_index(drop=True)
    for column in dict.fromkeys(name for name in columns if name not in drop):
        shared[column] = shared[column].map(lambda value: _name(value, key), na_action="ignore")
    return shared


def _several(names: Any, argument: str) -> list[Any]:
    if isinstance(names, str | bytes) or not isinstance(names, Iterable):
        wrong = _("{name} lists columns of the table.", name=f"{argument}=")
        raise CvmError(wrong, given=names, remedy=_('Write for example {name}["customer"].', name=f"{argument}="))  # fmt: skip
    return list(names)


def _name(value: object, key: bytes) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # a column of whole numbers with a gap: 7.0 is customer 7
    return hmac.new(key, str(value).encode("utf-8"), hashlib.sha256).hexdigest()[:LENGTH]


def guess_ids(
    pseudonyms: pd.Series, candidates: Iterable[object], *, key: bytes = b""
) -> pd.DataFrame:
    """Attack a shared table: hash every possible id and look for it.

    Parameters
    ----------
    pseudonyms : Series
        From the table.
    candidates : iterable
        The ids an attacker can think of, such as all customer numbers.
    key : bytes, optional
        What the attacker takes for the key; none, as in a plain hash, without it.

    Returns
    -------
    DataFrame
        ``pseudonym`` and ``customer``, one row for each that was found out. It finds
        those made by SHA-256 without a key, cut at any length.

    Raises
    ------
    CvmError
        If the key is not bytes. It is not shown.
    """
    if not isinstance(key, bytes):
        raise CvmError(_("A key is bytes."), remedy=_("Write b'...', or leave it out."))
    seen = set(pd.Series(pseudonyms).dropna().astype(str))
    widths = {len(name) for name in seen}
    rows = []
    if not isinstance(candidates, Iterable):
        wrong = _("Candidates are the ids that an attacker can think of.")
        raise CvmError(wrong, given=candidates, remedy=_("Write for example range(1, 10_000)."))
    for candidate in candidates:
        text = str(candidate).encode("utf-8")
        made = hmac.new(key, text, hashlib.sha256) if key else hashlib.sha256(text)
        whole = made.hexdigest()
        rows += [(whole[:w], str(candidate)) for w in widths if whole[:w] in seen]
    return pd.DataFrame(rows, columns=["pseudonym", "customer"])


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Anonymity(Result):
    """How many share the looks of the rarest row.

    Parameters
    ----------
    k : int
        What was asked for.
    smallest : int
        Rows in the smallest group; 0 for an empty table.
    rows, exposed : int
        Rows in all, and those in groups smaller than ``k``.
    groups : DataFrame
        The groups that are too small: the columns and ``rows``, smallest first.
    without : DataFrame
        For each column, what is left if it is left out: ``column``, ``exposed``,
        ``smallest``; the greatest help first.
    """

    k: int
    smallest: int
    rows: int
    exposed: int
    groups: pd.DataFrame
    without: pd.DataFrame

    @property
    def holds(self) -> bool:
        """Whether every group has k rows or more."""
        return self.exposed == 0

    def sentence(self) -> str:
        """Say whether the table may go out, and what to coarsen if not."""
        if self.holds:
            return _("Every row shares its looks with {k} or more.", k=number(self.k))
        text = _(
            "{exposed} of {rows} rows stand in groups of fewer than {k}; the smallest has {least}.",
            exposed=number(self.exposed), rows=number(self.rows), k=number(self.k),
            least=number(self.smallest),
        )  # fmt: skip
        if self.without.empty:
            return text
        best = self.without.iloc[0]
        return text + " " + _(
            "Coarsen '{column}' first: without it {left} would remain.",
            column=best["column"], left=number(best["exposed"]),
        )  # fmt: skip


def k_anonymity(table: pd.DataFrame, *, columns: Sequence[str], k: int = 5) -> Anonymity:
    """See whether anybody stands out in a table that is to be shared.

    Parameters
    ----------
    table : DataFrame
        One row a customer.
    columns : sequence of str
        Those by which an outsider might recognise somebody. An empty cell counts as a
        value of its own.
    k : int
        How many must share each combination.

    Returns
    -------
    Anonymity

    Raises
    ------
    CvmError
        If a column is not there, none is named, or ``k`` is below 2.
    """
    if not isinstance(columns, Sequence) or not columns or isinstance(columns, str):
        wrong = _("columns= lists what an outsider might know.")
        raise CvmError(wrong, given=columns, remedy=_('Write for example columns=["district"].'))
    need_columns(table, columns)
    whole_number(k, name="k", least=2)
    columns = list(dict.fromkeys(columns))  # a name given twice is one column
    sizes = _sizes(table, columns)
    small = sizes[sizes < k].sort_values(kind="stable").rename("rows")
    rows = [
        {"column": column, "exposed": int(left[left < k].sum()), "smallest": int(left.min())}
        for column in columns
        if len(columns) > 1 and len(table)
        for left in [_sizes(table, [c for c in columns if c != column])]
    ]
    without = pd.DataFrame(rows, columns=["column", "exposed", "smallest"])
    return Anonymity(
        k=k, smallest=int(sizes.min()) if len(sizes) else 0, rows=len(table),
        exposed=int(small.sum()), groups=small.reset_index(allow_duplicates=True),
        without=without.sort_values("exposed", kind="stable", ignore_index=True),
    )  # fmt: skip


def _sizes(table: pd.DataFrame, columns: Sequence[str]) -> pd.Series:
    return table.groupby(list(columns), dropna=False, observed=True).size()


def write_csv(table: pd.DataFrame, path: str | os.PathLike[str]) -> Path:
    """Write a table to a CSV file that no spreadsheet takes for a program.

    Parameters
    ----------
    table : DataFrame
        To be shared. Texts and headings that begin like a formula get an apostrophe.
    path : str or path
        The file; in UTF-8 with a mark, so that spreadsheets show Chinese.

    Returns
    -------
    Path

    Raises
    ------
    CvmError
        If it cannot be written there.
    """
    need_columns(table, ())
    safe = table.rename(columns=lambda name: _harmless(str(name)))
    try:
        for at in range(safe.shape[1]):
            column = safe.iloc[:, at]
            if not (pd.api.types.is_numeric_dtype(column) or pd.api.types.is_datetime64_any_dtype(column)):  # fmt: skip
                safe.isetitem(at, np.array(column.astype(object).map(_harmless, na_action="ignore")))  # fmt: skip
        file = Path(path)
        # Texts in quotes: a bare line end inside one would begin a new cell with what follows.
        safe.to_csv(file, index=False, encoding="utf-8-sig", quoting=csv.QUOTE_NONNUMERIC)
    except (OSError, TypeError, UnicodeError) as error:
        raise CvmError(_("The file cannot be written."), given=path, remedy=str(error)) from error
    return file


def _harmless(value: object) -> object:
    text = value if isinstance(value, str) else None
    # A blank in front does not disarm a formula: some programs trim it away.
    return "'" + text if text and text.lstrip(" ").startswith(COMMANDS) else value
