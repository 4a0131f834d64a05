"""The door: what every function of this topic asks of its input.

One place, so that the same fault gets the same message whichever function met it.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from cvm.errors import CvmError
from cvm.inputs import need_columns
from cvm.luck import Luck
from cvm.results import number
from cvm.words import _

__all__ = [
    "answering", "check_answered", "check_between", "check_columns", "check_lives", "check_money",
    "check_size", "events_of", "floats_of", "from_the_top", "numbers_of",
]  # fmt: skip

Floats = NDArray[np.float64]

#: Numbers beyond this overflow as soon as they are multiplied with one another.
VAST = 1e100
#: Standard errors beyond this, for a covariate moved by its own spread, are those of an effect
#: that has no end: the odds of 1 to e to the 100 are not learnt from customers.
ENDLESS = 100.0


def check_size(n: Any) -> None:
    """Insist on at least one customer to simulate."""
    if isinstance(n, bool) or not isinstance(n, int | np.integer) or n < 1:
        wrong = _("A simulation needs a whole number of customers, at least one.")
        raise CvmError(wrong, given=n, remedy=_("Give for example n=1000."))


def check_between(name: str, value: Any, *, low: float = 0.0, high: float = 1.0) -> None:
    """Insist on a number strictly between two ends."""
    fine = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    if not (fine and low < value < high):
        wrong = _("{name} lies between {low} and {high}, the ends left out.", name=name,
                  low=number(low), high=number(high))  # fmt: skip
        example = number((low + high) / 2) if np.isfinite(high) else number(low + 1)
        raise CvmError(
            wrong, given=value, remedy=_("Write for example {example}.", example=example)
        )


def check_money(name: str, value: Any, *, least: float = -np.inf) -> None:
    """Insist on a finite amount of money, of at least so much."""
    fine = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    if not (fine and np.isfinite(value) and value >= least):
        wrong = _("{name} is an amount of money.", name=name)
        if least == 0:
            wrong = _("{name} is an amount of money, zero or more.", name=name)
        raise CvmError(wrong, given=value, remedy=_("Write for example {example}.", example="10.0"))


def check_columns(table: Any, columns: Sequence[str]) -> None:
    """Refuse what is no table, lacks a column, has no rows, or has gaps in these columns."""
    if not isinstance(table, pd.DataFrame):
        wrong = _("A table must be a pandas DataFrame.")
        raise CvmError(wrong, given=table, remedy=_("Give one row a customer."))
    if isinstance(columns, str) or not isinstance(columns, Sequence | np.ndarray | pd.Index):
        remedy = _("Write for example covariates=['calls'].")
        raise CvmError(_("Columns come as a list of names."), given=columns, remedy=remedy)
    need_columns(table, columns)
    if not len(table):
        raise CvmError(_("The table has no rows."), remedy=_("Give one row a customer."))
    gaps = table[list(columns)].isna().sum()
    if gaps.any():
        raise CvmError(
            _("Every customer needs a value in these columns; some are missing."),
            given={str(name): int(count) for name, count in gaps.items() if count},
            remedy=_("Find out why, then drop those customers and say how many."),
        )


def numbers_of(table: pd.DataFrame, columns: Sequence[str]) -> Floats:
    """Give columns of numbers as an array, one column each."""
    check_columns(table, columns)
    for column in columns:
        if not pd.api.types.is_numeric_dtype(table[column]):
            wrong = _("The column '{column}' does not hold numbers.", column=column)
            remedy = _("Turn each of its options into a column of 0 and 1: pandas.get_dummies.")
            raise CvmError(wrong, given=table[column].iloc[0], remedy=remedy)
        _no_vast(table[column].to_numpy(), column)
    return table[list(columns)].to_numpy(dtype=float)


def _no_vast(values: NDArray[Any], column: str) -> None:
    """Refuse what no calculation can hold, and numbers with an imaginary part."""
    if np.iscomplexobj(values) or not (np.abs(values.astype(float)) < VAST).all():
        wrong = _("The column '{column}' holds a number that cannot be: infinite, or nearly.",
                  column=column)  # fmt: skip
        remedy = _("Look for a division by zero where the column was made.")
        raise CvmError(wrong, remedy=remedy)


def floats_of(name: str, values: ArrayLike) -> Floats:
    """Give one finite number a customer, or say why they cannot be used."""
    try:
        x = np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        x = np.empty(0)
    if x.ndim != 1 or x.size == 0 or not np.isfinite(x).all():
        wrong = _("{name} must hold one number a customer, none missing.", name=name)
        remedy = _("Give a single column of numbers, such as table['score'].")
        raise CvmError(wrong, given=values, remedy=remedy)
    return x


def events_of(name: str, values: ArrayLike) -> Floats:
    """Give one 0 or 1 a customer, both of them at least once."""
    x = np.asarray(values)
    kinds = list(pd.unique(x)) if x.ndim == 1 else []
    if pd.isna(x).any() or len(kinds) != 2 or not set(kinds) <= {0, 1}:
        wrong = _("{name} must be True or False (or 1 and 0) a customer, and hold both.", name=name)
        remedy = _("Say who left as 1 and who stayed as 0; without both there is nothing to learn.")
        raise CvmError(wrong, given=sorted(map(str, kinds))[:9], remedy=remedy)
    return x.astype(float)


def check_lives(
    table: pd.DataFrame, months: str, left: str, entry: str | None
) -> tuple[Floats, Floats, Floats | None]:
    """Give time, event and entry of each customer, checked against each other."""
    names = [months, left] + ([entry] if entry else [])
    check_columns(table, names)
    time = numbers_of(table, [n for n in names if n != left])
    event = events_of(_("The column '{column}'", column=left), table[left])
    start = time[:, 1] if entry else np.zeros(len(time))
    bad = ~((time[:, 0] > start) & (start >= 0) & np.isfinite(time[:, 0]))
    if bad.any():
        at = int(np.flatnonzero(bad)[0])
        wrong = _("{count} customers were watched for no time at all.", count=number(bad.sum()))
        raise CvmError(
            wrong,
            given={"row": at, months: float(time[at, 0]), "from": float(start[at])},
            remedy=_("The end of the watch must come after its beginning; drop the others."),
        )
    return time[:, 0], event, start if entry else None


def from_the_top(score: Floats) -> NDArray[np.int_]:
    """Order customers from the highest score down, by lot among those with the same.

    The order of the table will not do for them: a table that is sorted by what happened would
    make a score that says nothing look like a good one.
    """
    return np.lexsort((Luck(0).uniform("same score", len(score)), -score))


@contextmanager
def answering() -> Iterator[None]:
    """Fit without the warnings of the libraries below: :func:`check_answered` looks at the end."""
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except (np.linalg.LinAlgError, ZeroDivisionError, FloatingPointError) as problem:
        raise _unanswered([]) from problem


def check_answered(x: Floats, effects: ArrayLike, errors: ArrayLike, names: Sequence[str]) -> None:
    """Refuse effects without an end: a covariate that foretells perfectly, or repeats others.

    Parameters
    ----------
    x : ndarray, shape (rows, covariates)
        What the effects belong to.
    effects, errors : array_like, shape (covariates,)
        Estimates and their standard errors, per unit.
    names : sequence of str
        Of the covariates.
    """
    moved = np.asarray(errors, float) * x.std(axis=0)
    lost = ~np.isfinite(np.asarray(effects, float)) | ~(moved < ENDLESS)
    if lost.any():
        raise _unanswered([name for name, gone in zip(names, lost, strict=True) if gone])


def _unanswered(names: Sequence[str]) -> CvmError:
    wrong = _("The effects have no end here: some covariates foretell the outcome perfectly, or "
              "nearly repeat one another.")  # fmt: skip
    remedy = _("Take more customers or fewer covariates, and none that was known only afterwards.")
    return CvmError(wrong, given=list(names) or None, remedy=remedy)
