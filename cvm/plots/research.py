"""Figures of the claim ledger: where a claim holds, and where it does not."""

from __future__ import annotations

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes

from cvm.plots.style import INK, LINES, dress, themed
from cvm.results import number
from cvm.words import _

__all__ = ["trial"]


@themed("data", "condition", "measure", "value", "low", "high")
def trial(
    table: pd.DataFrame,
    *,
    x: str = "days",
    x_label: str = "",
    taught: float | None = None,
    unit: str = "share",
    ax: Axes | None = None,
) -> Axes:
    """Draw what a trial found under each condition, beside what the course says.

    Parameters
    ----------
    table : DataFrame
        ``to_frame()`` of a claim's trial: data ("simulated" or "real"), condition,
        measure, value, low, high and the column ``x``.
    x : str
        The assumption along the axis; drawn on a logarithmic scale.
    x_label : str
        What it is, in words; the length of a window in days without it.
    taught : float, optional
        What the claim says, drawn as a line across.
    unit : str
        Of the values, as in :func:`cvm.results.number`.
    ax : Axes, optional
        Where to draw; new axes without it.

    Returns
    -------
    Axes
        One line a condition, listed beside the axes: simulated ones in greys, from the
        most unlike customers (dark) on, real ones in colour. The bars are intervals.
    """
    assert ax is not None  # themed made it
    made = table.loc[table["data"] == "simulated", "condition"].unique()
    real = table.loc[table["data"] == "real", "condition"].unique()
    greys = sns.color_palette("Greys_r", len(made) + 2)[: len(made)]
    colours = dict(zip(made, greys, strict=True))
    colours |= {name: LINES[i % len(LINES)] for i, name in enumerate(real)}
    if taught is not None:
        words = _("taught: {value}", value=number(taught, unit))
        ax.axhline(taught, color=INK["naive"], linestyle="--", linewidth=1.4, label=words)
    for name, rows in table.groupby("condition", sort=False):
        colour = colours[name]
        ax.vlines(rows[x], rows["low"], rows["high"], color=colour, linewidth=1.2)
        ax.plot(rows[x], rows["value"], "o-", markersize=4, linewidth=1.6, color=colour, label=name)
    ax.set_xscale("log")
    ticks = _apart(table[x])
    ax.set_xticks(ticks, [number(tick) for tick in ticks])
    ax.minorticks_off()
    dress(ax, y=" / ".join(table["measure"].unique()), y_unit=unit)
    ax.set_xlabel(x_label or _("length of the window (days)"))
    ax.legend(loc="upper left", bbox_to_anchor=(1.02, 1.0), borderaxespad=0, fontsize="small")
    return ax


def _apart(values: pd.Series) -> list[float]:
    """Pick values far enough apart on a logarithmic axis for their labels not to touch."""
    kept: list[float] = []
    for value in sorted(values.unique()):
        if not kept or value > 1.25 * kept[-1]:
            kept.append(float(value))
    return kept
