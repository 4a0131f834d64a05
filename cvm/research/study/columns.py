"""Columns: which a formula names, and how they become numbers without gaps."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.extensions import ExtensionDtype

from cvm.errors import CvmError
from cvm.words import _

__all__ = ["arrays", "binary", "named_in", "prepared"]

Floats = NDArray[np.float64]


def named_in(formula: str) -> tuple[str, ...]:
    """List the columns a formula names, in the order they come.

    Parameters
    ----------
    formula : str
        ``"y ~ x * z + C(region) + np.log(spend)"``; a name with a blank in it is written
        ``Q("monthly spend")``.

    Returns
    -------
    tuple of str

    Raises
    ------
    CvmError
        If it cannot be read.

    Examples
    --------
    >>> named_in("np.log(spend) ~ member:tier + C(region)")
    ('spend', 'member', 'tier', 'region')
    """
    remedy = _("Write for example 'spend ~ member + spend_before'.")
    if not isinstance(formula, str) or formula.count("~") != 1:
        raise CvmError(_("A formula has an outcome, ~ and terms."), given=formula, remedy=remedy)
    found: list[str] = []
    for side in formula.split("~"):
        try:
            tree = ast.parse(side.strip().replace(":", "+"), mode="eval")
        except SyntaxError as problem:
            raise CvmError(_("The formula cannot be read."), given=formula, remedy=remedy) from problem  # fmt: skip
        found += _names(tree.body)
    return tuple(dict.fromkeys(found))


def _names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Name):
        return [node.id]
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Name) and node.func.id == "Q":
            return [arg.value for arg in node.args if isinstance(arg, ast.Constant)]  # type: ignore[misc]
        return [name for arg in node.args for name in _names(arg)]
    return [name for child in ast.iter_child_nodes(node) for name in _names(child)]


def prepared(table: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Take these columns, without rows that have a gap in them, True and False as 1 and 0.

    Parameters
    ----------
    table : DataFrame
        With the columns.
    columns : sequence of str
        What is needed.

    Returns
    -------
    DataFrame
        A new table; its rows are counted from 0.

    Raises
    ------
    CvmError
        If no row is left, or a column is there twice.
    """
    rows = table[list(dict.fromkeys(columns))]
    if rows.shape[1] > len(set(columns)):
        twice = next(name for name in columns if list(table.columns).count(name) > 1)
        wrong = _("The table has the column '{column}' more than once.", column=twice)
        raise CvmError(wrong, remedy=_("Rename or drop one of them: the plan reads one."))
    if rows.isna().to_numpy().any():
        rows = rows.dropna()
    if any(pd.api.types.is_object_dtype(one) for one in rows.dtypes):
        # Without its gaps a column is what it was meant to be: True and False, whole numbers.
        rows = rows.infer_objects()
    rows = rows.reset_index(drop=True)
    if rows.empty:
        wrong = _("No row has a value in every column that is needed.")
        raise CvmError(wrong, given=list(columns), remedy=_("See which column is empty."))
    plain: dict[Any, type] = {name: int for name in rows if pd.api.types.is_bool_dtype(rows[name])}
    # pandas' own numbers, which may be missing, are not known to what fits the models.
    plain |= {name: float for name in rows if isinstance(rows[name].dtype, ExtensionDtype)
              and pd.api.types.is_numeric_dtype(rows[name]) and name not in plain}  # fmt: skip
    return rows.astype(plain) if plain else rows


def binary(table: pd.DataFrame, column: str) -> None:
    """See that a treatment is 1 or 0, and that there are both.

    Parameters
    ----------
    table : DataFrame
        From :func:`prepared`.
    column : str
        The treatment.

    Raises
    ------
    CvmError
        If there is anything else.
    """
    kinds: set[Any] = set(pd.unique(table[column]))
    if kinds != {0, 1}:
        raise CvmError(
            _("The column '{column}' must be True or False (or 1 and 0), and hold both.", column=column),
            given=sorted(map(str, kinds))[:9],
            remedy=_("Say who was treated as 1 and who was not as 0."),
        )  # fmt: skip


def arrays(
    table: pd.DataFrame, outcome: str, treatment: str, covariates: Sequence[str]
) -> tuple[Floats, Floats, Floats]:
    """Give outcome, treatment and covariates as numbers.

    Parameters
    ----------
    table : DataFrame
        From :func:`prepared`.
    outcome, treatment : str
        Columns.
    covariates : sequence of str
        Columns; none will do.

    Returns
    -------
    tuple of ndarray
        Shapes (n,), (n,) and (n, number of covariates).

    Raises
    ------
    CvmError
        For a column of words.
    """
    for column in (outcome, treatment, *covariates):
        if not pd.api.types.is_numeric_dtype(table[column]):
            wrong = _("The column '{column}' does not hold numbers.", column=column)
            remedy = _("Turn each of its options into a column of 0 and 1: pandas.get_dummies.")
            raise CvmError(wrong, given=table[column].iloc[0], remedy=remedy)
    x = table[list(covariates)].to_numpy(dtype=float)
    return table[outcome].to_numpy(dtype=float), table[treatment].to_numpy(dtype=float), x
