"""The map of a claim: in which conditions it holds, does not, or stays open."""

from __future__ import annotations

from textwrap import fill

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import Rectangle

from cvm.plots.style import INK, dress, themed
from cvm.results import number
from cvm.words import _

__all__ = ["region"]

# From "does not hold" through even to "holds"; both ends pale enough for dark words.
_SHADES = LinearSegmentedColormap.from_list("holds", ["#F4B183", "#F7F7F7", "#8FBFE0"])


@themed("conditions", "decided", "holds", "share")
def region(
    table: pd.DataFrame, *, x_label: str = "", y_label: str = "", ax: Axes | None = None
) -> Axes:
    """Draw where a claim holds over two of its assumptions.

    Parameters
    ----------
    table : DataFrame
        ``to_frame()`` of :func:`cvm.research.region`: the columns of the one or two
        assumptions first, then conditions, decided, holds, share.
    x_label, y_label : str
        What the assumptions are, in words; their names without them.
    ax : Axes, optional
        Where to draw; new axes without it.

    Returns
    -------
    Axes
        One field a pair of levels: "holds / decided", blue where the claim holds, orange
        where it does not, hatched where no condition decides.
    """
    assert ax is not None  # themed made it
    names = list(table.columns[: table.columns.get_loc("conditions")])
    levels = [_levels(table[name]) for name in names] + ([[""]] if len(names) == 1 else [])
    for row in table.itertuples(index=False):
        place = [levels[i].index(row[i]) for i in range(len(names))] + [0]
        _field(ax, place[0], place[1], row)
    ax.set_xlim(-0.5, len(levels[0]) - 0.5)
    ax.set_ylim(-0.5, len(levels[1]) - 0.5)
    ax.set_xticks(range(len(levels[0])), [fill(_written(level), 13) for level in levels[0]])
    ax.set_yticks(range(len(levels[1])), [_written(level) for level in levels[1]])
    dress(ax)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.set_xlabel(x_label or names[0].replace("_", " "))
    ax.set_ylabel(y_label or (names[1].replace("_", " ") if len(names) > 1 else ""))
    return ax


def _field(ax: Axes, x: int, y: int, row: tuple) -> None:
    decided, holds, share = row[-3:]
    colour = _SHADES(float(share)) if decided else "white"
    ax.add_patch(Rectangle((x - 0.48, y - 0.46), 0.96, 0.92, facecolor=colour,
                           edgecolor=INK["chance"], hatch="" if decided else "///", linewidth=0.6))  # fmt: skip
    words = _("{holds} of {decided}", holds=number(holds), decided=number(decided))
    ax.text(x, y, words if decided else _("open"), ha="center", va="center", fontsize="small",
            color=INK["truth"])  # fmt: skip


def _levels(values: pd.Series) -> list:
    found = list(values.unique())
    return sorted(found) if pd.api.types.is_numeric_dtype(values) else found


def _written(level: object) -> str:
    if isinstance(level, bool):
        return _("yes") if level else _("no")
    return number(level) if isinstance(level, int | float) else _(str(level))
