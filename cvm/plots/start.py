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
        Grey or coloured; what those left after the last year bring, if the table has
        it, stands in the upper right.

    Returns
    -------
    Axes
    """
    assert ax is not None  # themed made it
    ax.plot(table["year"], table["customers"], marker="o", markersize=5, color=ink(case))
    if case != "moved":
        dress(ax, x=_("years after the launch"), y=_("customers still there"))
        # In a what-if the numbers stand above the curves.
        ax.set_ylim(0, (1.25 if case else 1.05) * table["customers"].max())
    if case and "margin" in table:
        words = _("those left bring {margin} yuan a year", margin=number(table["margin"].iloc[-1]))
        # The upper right is free: every curve falls away from it.
        height = 0.98 if case == "base" else 0.91
        ax.text(0.99, height, words, transform=ax.transAxes, ha="right", va="top", color=ink(case))
    return ax
