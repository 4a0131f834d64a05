"""The figure of chapter 00: customers still there, year by year."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from cvm.plots.style import Case, dress, ink, themed
from cvm.results import number
from cvm.words import _

__all__ = ["keeping"]


@themed("year", "customers")
def keeping(table: pd.DataFrame, *, ax: Axes | None = None, case: Case | None = None) -> Axes:
    """Draw how many of the first customers are still there.

    Parameters
    ----------
    table : DataFrame
        ``years`` of :func:`cvm.start.simulate_keeping`: year and customers.
    ax : Axes, optional
        Where to draw; new axes without it.
    case : {"base", "moved"}, optional
        Grey or coloured; then the margin of the year beyond the last, if the table has
        it, stands beside the line.

    Returns
    -------
    Axes
    """
    assert ax is not None  # themed made it
    ax.plot(table["year"], table["customers"], marker="o", markersize=5, color=ink(case))
    if case != "moved":
        dress(ax, x=_("years after the launch"), y=_("customers still there"))
        ax.set_ylim(0, 1.05 * table["customers"].max())
    if case and "margin" in table:
        last = table.iloc[-1]
        words = _("{margin}\nyuan a year", margin=number(last["margin"]))
        above = case == "base"  # where both lines end together, neither hides the other
        ax.annotate(words, (last["year"], last["customers"]), (10, 3 if above else -3),
                    textcoords="offset points", va="bottom" if above else "top", color=ink(case))  # fmt: skip
    return ax
