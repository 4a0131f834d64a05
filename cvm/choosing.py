r"""Choosing customers (客户的选择): the course's lists, read from a firm's own book.

The course names eight marks of a good customer and five risks of a big one. A list is easily
agreed to and seldom looked up. Here each point is tied to the columns of the book of accounts
(:mod:`cvm.selection.accounts`), so that it can be counted.

**The marks.** An account bears a mark if it is on the good side of the middle account of the same
table: buys at least as high a share of high-margin goods, gives away no more of its price, and so on.
The number of marks, 0 to 8, is a description; each mark counts alike, which is a decision.

**The risks**, in yuan of each hundred of list revenue, for the largest accounts and for all others:

.. math::

   \text{financial} &= \textstyle\sum_i (\text{receivable cost}_i + p_i D_i) \\
   \text{profit} &= \textstyle\sum_i (\text{discount}_i + \text{kickbacks}_i + \text{extras}_i) \\
   \text{management} &= \textstyle\sum_i \text{grey loss}_i \\
   \text{leaving} &= \textstyle\sum_i (1-p_i)\,q_i\,(\max(\pi_i, 0) + L_i)

each over the revenue of the group; leaving is parted into *defection* and *sets up on its own* by the
causes given by those of the group who left last year.

**What the naive answer gets wrong.** The account manager knows the discount, for he granted it. At the
defaults (2,000 accounts, seed 7) the twenty largest give away 33 yuan of a hundred in discounts,
kickbacks and extras; the other four risks take 12 more, and stand on nobody's list.

**Where it comes from.** Both lists: the course. Which column tells which point is this kit's choice.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from cvm.errors import CvmError
from cvm.inputs import need_columns, numbers_in, whole_number
from cvm.selection.accounts import CAUSES
from cvm.words import N_, _

__all__ = ["MARKS", "RISKS", "five_risks", "good_marks"]

#: Marks of a good customer, and the columns each is read from.
MARKS = {
    N_("buys high-margin goods"): "premium",
    N_("does not fight over the price"): "discount, kickbacks, extras",
    N_("pays on time"): "days, credit",
    N_("has good credit"): "rating",
    N_("is cheap to serve"): "cost_to_serve",
    N_("is a low risk"): "default, defection",
    N_("has prospects"): "growth",
    N_("wants to grow with you"): "match",
}
#: Risks of a big customer, in the order of the course.
RISKS = (
    N_("financial: long credit"),
    N_("profit: discounts, kickbacks, extras"),
    N_("management: grey trade"),
    N_("defection to a rival"),
    N_("sets up on its own"),
)
_TAKEN = ("discount", "kickbacks", "extras")
_RISK_COLUMNS = (
    "revenue", "profit", "receivable_cost", *_TAKEN, "grey_loss", "default", "defection",
    "loss_if_default", "loss_if_left", "left",
)  # fmt: skip


def good_marks(accounts: pd.DataFrame) -> pd.DataFrame:
    """Mark each account with the signs of a good customer it bears.

    Parameters
    ----------
    accounts : DataFrame
        The ``accounts`` of :func:`cvm.selection.risk_adjusted_profit`: the columns that
        :data:`MARKS` names, ``customer`` and ``revenue``.

    Returns
    -------
    DataFrame
        One row an account, in the order given: ``customer``, a column of True and False for
        each of :data:`MARKS`, and ``marks``, their number (0 to 8).

    Raises
    ------
    CvmError
        For a missing column or value, or an account without revenue.
    """
    read = [name for columns in MARKS.values() for name in columns.split(", ")]
    need_columns(accounts, ["customer", "revenue", *read])
    _check_revenue(accounts)
    numbers_in(accounts, read)
    revenue = accounts["revenue"]
    # Higher is better in every one of these.
    signs = [
        accounts["premium"],
        -accounts[list(_TAKEN)].sum(axis=1) / revenue,
        accounts["credit"] - accounts["days"],
        accounts["rating"],
        -accounts["cost_to_serve"] / revenue,
        -(1 - (1 - accounts["default"]) * (1 - accounts["defection"])),
        accounts["growth"],
        accounts["match"],
    ]
    marked = {
        name: (sign >= sign.median()).to_numpy() for name, sign in zip(MARKS, signs, strict=True)
    }
    table = pd.DataFrame({"customer": accounts["customer"].to_numpy()} | marked)
    return table.assign(marks=np.sum(list(marked.values()), axis=0))


def five_risks(accounts: pd.DataFrame, *, largest: int = 20) -> pd.DataFrame:
    """Put the five risks of big customers beside those of all others.

    Parameters
    ----------
    accounts : DataFrame
        The ``accounts`` of :func:`cvm.selection.risk_adjusted_profit`, with last year's ``left``.
    largest : int
        How many of the largest by revenue, 1 or more and fewer than all.

    Returns
    -------
    DataFrame
        One row a risk (:data:`RISKS`): ``risk``, ``largest`` and ``others``: what it takes of each
        hundred of list revenue.

    Raises
    ------
    CvmError
        For a missing column or value, an account without revenue, a cause that is none, or
        nobody left to compare with.
    """
    need_columns(accounts, _RISK_COLUMNS)
    _check_revenue(accounts)
    numbers_in(accounts, _RISK_COLUMNS[:-1])
    if accounts["left"].notna().any() and not set(accounts["left"].dropna()) <= {"", *CAUSES}:
        wrong = _("The column 'left' holds the cause an account left for, or nothing.")
        given = next(cause for cause in accounts["left"].dropna() if cause not in ("", *CAUSES))
        raise CvmError(wrong, given=given, remedy=_("Write one of: {causes}.", causes=", ".join(CAUSES)))  # fmt: skip
    if whole_number(largest, name="largest") >= len(accounts):
        wrong = _("The largest must leave others to compare with.")
        given = {"largest": largest, "accounts": len(accounts)}
        raise CvmError(wrong, given=given, remedy=_("Write for example largest=20."))
    order = np.argsort(-accounts["revenue"].to_numpy(float), kind="stable")
    groups = {"largest": order[:largest], "others": order[largest:]}
    columns = {name: _taken(accounts.iloc[rows]) for name, rows in groups.items()}
    return pd.DataFrame({"risk": list(RISKS)} | columns)


def _taken(rows: pd.DataFrame) -> list[float]:
    """Give what each risk takes of a hundred of these accounts' revenue."""
    p, q = rows["default"], rows["defection"]
    leaving = ((1 - p) * q * (rows["profit"].clip(lower=0) + rows["loss_if_left"])).sum()
    # A file that was written and read again has nothing where the text was empty.
    gone = rows["left"][rows["left"].notna() & (rows["left"] != "")]
    own = float((gone == CAUSES[1]).mean()) if len(gone) else 0.0
    sums = [
        (rows["receivable_cost"] + p * rows["loss_if_default"]).sum(),
        rows[list(_TAKEN)].sum().sum(),
        rows["grey_loss"].sum(),
        (1 - own) * leaving,
        own * leaving,
    ]
    return [float(100 * amount / rows["revenue"].sum()) for amount in sums]


def _check_revenue(accounts: pd.DataFrame) -> None:
    if not len(accounts):
        raise CvmError(_("The table has no rows."), remedy=_("Give one row an account."))
    least = numbers_in(accounts, ["revenue"]).min()
    if least <= 0:
        wrong = _("Every account needs a revenue above 0.")
        raise CvmError(wrong, given=float(least), remedy=_("Leave out those who bought nothing."))
