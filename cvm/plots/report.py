"""Figures of a study's report."""

from __future__ import annotations

from textwrap import fill

import pandas as pd
from matplotlib.axes import Axes

from cvm.plots.style import INK, dress, themed
from cvm.words import _

__all__ = ["effects"]


@themed("words", "decision", "told", "estimate", "low", "high")
def effects(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw the answers of a study beside the smallest change that matters.

    Parameters
    ----------
    table : DataFrame
        ``effects()`` of a report.
    ax : Axes, optional
        Where to draw; new axes without it.

    Returns
    -------
    Axes
        A line a hypothesis, with its interval. The grey band is what does not matter: from minus
        to plus the smallest change that does.
    """
    assert ax is not None  # themed made it
    ax.axvspan(-1, 1, color=INK["chance"], alpha=0.45, linewidth=0)
    ax.axvline(0, color=INK["base"], linewidth=1.2)
    for place, row in enumerate(table.to_dict("records")):
        ax.plot([row["low"], row["high"]], [place, place], color=INK["moved"])
        ax.plot(row["estimate"], place, "o", color=INK["moved"], markersize=7)
        words = _("{decision}: {told}", decision=row["decision"].capitalize(), told=row["told"])
        ax.annotate(words, (row["estimate"], place), (0, 10), textcoords="offset points",
                    ha="center", fontsize="small")  # fmt: skip
    ends = [*table["low"], *table["high"], -1.5, 1.5]
    room = 0.35 * (max(ends) - min(ends))  # for the words above a line
    ax.set_xlim(min(ends) - room, max(ends) + room)
    ax.set_yticks(range(len(table)), [fill(words, 24) for words in table["words"]])
    ax.set_ylim(len(table) - 0.4, -0.7)
    dress(ax, x=_("change, in smallest changes that matter"))
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    return ax
