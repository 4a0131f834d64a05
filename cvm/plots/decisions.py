"""The figures of what the firm decides: budget, reward threshold, concessions."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from cvm.errors import CvmError, near_miss
from cvm.plots.style import INK, LINES, Case, dress, ink, key, themed
from cvm.results import number
from cvm.words import N_, _

__all__ = ["budget", "concessions", "discontinuity"]

_PATHS = {
    "cumulative_profit": (N_("profit so far of an account"), N_("thousand yuan")),
    "margin": (N_("margin left on the accounts served"), "share"),
    "staying": (N_("accounts still served"), "share"),
}
_PRINCIPLES = {
    "hold": N_("concede nothing"),
    "half": N_("concede half"),
    "all": N_("concede all"),
}


@themed("tier", "spend_best", "spend_by_value")
def budget(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw what each tier gets at the best split and by "spend where the value is".

    Parameters
    ----------
    table : DataFrame
        ``to_frame()`` of :func:`cvm.tiering.allocate`: tier, spend_best and
        spend_by_value, in currency.
    ax : Axes, optional
        Where to draw; new axes without it.

    Returns
    -------
    Axes
    """
    assert ax is not None  # themed made it
    names = ((_("best split"), "spend_best", "moved"), (_("by value"), "spend_by_value", "naive"))
    for offset, (_words, column, colour) in zip((-0.2, 0.2), names, strict=True):
        places = [row + offset for row in range(len(table))]
        bars = ax.barh(places, table[column], height=0.38, color=INK[colour])
        ax.bar_label(bars, [number(spend) for spend in table[column]], padding=4)
    ax.set_yticks(range(len(table)), [_(str(tier)) for tier in table["tier"]], parse_math=False)
    ax.tick_params(axis="y", length=0)
    ax.invert_yaxis()
    ax.margins(x=0.18)  # room for the numbers
    dress(ax, x=_("spend on the tier's service, a year"))
    key(ax, [(words, INK[colour]) for words, _column, colour in names])
    return ax


@themed("value", "above", "customers", "mean", "line")
def discontinuity(table: pd.DataFrame, *, ax: Axes | None = None, case: Case | None = None) -> Axes:
    """Draw the jump of an outcome at a threshold.

    Parameters
    ----------
    table : DataFrame
        From :func:`cvm.tiering.bins`: value, above, customers, mean and line.
    ax : Axes, optional
        Where to draw; new axes without it.
    case : {"base", "moved"}, optional
        Grey or coloured.

    Returns
    -------
    Axes
        A dot is the mean of the customers with one value, larger where they are many;
        the lines are those the effect is read from, the dashed one is the threshold.
    """
    assert ax is not None  # themed made it
    value, line, customers = (table[name].to_numpy() for name in ("value", "line", "customers"))
    above, seen = table["above"].to_numpy(), customers > 0
    size = 8 + 120 * customers[seen] / customers.max()
    mean = table["mean"].to_numpy()[seen]
    ax.scatter(value[seen], mean, s=size, color=ink(case), alpha=0.45, linewidth=0)
    for side in (~above, above):
        ax.plot(value[side], line[side], color=ink(case))
    cutoff = value[above].min()
    ax.axvline(cutoff, color=ink(case, "base"), linewidth=1, linestyle="--")
    if case != "moved":
        dress(ax, x=_("points in the year before"), y=_("visits in the year after, on average"))
    return ax


@themed("year")
def concessions(
    table: pd.DataFrame,
    *,
    ax: Axes | None = None,
    case: Case | None = None,
    column: str = "cumulative_profit",
) -> Axes:
    """Draw what becomes of key accounts, year by year.

    Parameters
    ----------
    table : DataFrame
        From :func:`cvm.tiering.simulate_concessions`, or from
        :func:`cvm.tiering.compare_principles` with one line a principle.
    ax : Axes, optional
        Where to draw; new axes without it.
    case : {"base", "moved"}, optional
        Grey or coloured; for a table without principles.
    column : {"cumulative_profit", "margin", "staying"}
        What to draw.

    Returns
    -------
    Axes
    """
    assert ax is not None  # themed made it
    if not isinstance(column, str) or column not in _PATHS:
        wrong = _("There is no path '{column}' to draw.", column=column)
        raise CvmError(wrong, remedy=near_miss(column, _PATHS))
    if case != "moved":
        words, unit = _PATHS[column]
        dress(ax, x=_("year"), y=_(words), y_unit=unit)
        if column == "margin":
            ax.axhline(0, color=INK["chance"], linewidth=1.2)
    if "principle" not in table:
        ax.plot(table["year"], table[column], marker="o", markersize=5, color=ink(case))
        return ax
    for colour, (principle, rows) in zip(
        LINES, table.groupby("principle", sort=False), strict=False
    ):
        ax.plot(rows["year"], rows[column], color=colour)
        words = _(_PRINCIPLES.get(str(principle), str(principle)))
        ax.annotate(words, (rows["year"].iloc[-1], rows[column].iloc[-1]), (6, 0),
                    textcoords="offset points", va="center", color=colour)  # fmt: skip
    return ax
