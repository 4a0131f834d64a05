"""The figures of value in chapter 02: what an offer delivers, who is chosen, what a customer is worth."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from cvm.plots.style import INK, LINES, Case, dress, ink, themed
from cvm.results import number
from cvm.words import N_, _

__all__ = ["choice_shares", "delivered_value", "five_values", "point_gains", "value_map"]

# Benefits from dark to light blue, costs from dark to light orange.
_PARTS = {
    "product": "#0B3C5D", "service": "#2A6F97", "personnel": "#61A5C2", "image": "#A9D6E5",
    "money": "#9A3B00", "time": "#D55E00", "energy": "#F08E4B", "psychic": "#F8C49B",
}  # fmt: skip
_VALUES = (INK["base"], LINES[0], LINES[2], LINES[1], LINES[3])
# The base bar left or above, the moved one right or below, a single one in the middle.
_PLACE: dict[Case | None, tuple[float, float]] = {
    None: (0.0, 0.62),
    "base": (-0.2, 0.36),
    "moved": (0.2, 0.36),
}
_BOX = {"facecolor": "white", "edgecolor": "none", "pad": 1.0}


@themed("firm", "part", "side", "points")
def delivered_value(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw what each firm delivers: benefits stacked up, costs stacked down, and what is left.

    Parameters
    ----------
    table : DataFrame
        From :func:`cvm.knowing.value_parts`.
    ax : Axes, optional
        Where to draw; new axes without it.

    Returns
    -------
    Axes
        The black bar is delivered value.
    """
    assert ax is not None  # themed made it
    points = table.pivot_table(index="firm", columns="part", values="points", sort=False)
    places = range(len(points))
    tops, bottoms = pd.Series(0.0, index=points.index), pd.Series(0.0, index=points.index)
    for part, colour in _PARTS.items():
        height = points[part]
        floor = tops.where(height >= 0, bottoms)
        ax.bar(places, height, bottom=floor, width=0.6, color=colour)
        tops, bottoms = tops + height.clip(lower=0), bottoms + height.clip(upper=0)
    for place, left in zip(places, tops + bottoms, strict=True):
        ax.plot([place - 0.34, place + 0.34], [left, left], color=INK["truth"], linewidth=2.5)
        ax.annotate(number(left), (place + 0.36, left), (2, 0), textcoords="offset points",
                    va="center")  # fmt: skip
    ax.axhline(0, color=INK["truth"], linewidth=0.8)
    ax.set_xlim(-0.6, len(points) - 0.25)
    dress(ax, y=_("points: benefits up, costs down; black: delivered value"))
    ax.set_xticks(list(places), [_(str(firm)) for firm in points.index])
    ax.legend(list(ax.containers), [_(part) for part in _PARTS], loc="center left",
              bbox_to_anchor=(1.0, 0.5), fontsize="small")  # fmt: skip
    return ax


@themed("firm", "share")
def choice_shares(table: pd.DataFrame, *, ax: Axes | None = None, case: Case | None = None) -> Axes:
    """Draw the share of choice of each firm.

    Parameters
    ----------
    table : DataFrame
        ``to_frame()`` of :func:`cvm.knowing.choice_shares`.
    ax : Axes, optional
        Where to draw; new axes without it.
    case : {"base", "moved"}, optional
        Grey at the left or coloured at the right of each pair.

    Returns
    -------
    Axes
    """
    assert ax is not None  # themed made it
    offset, width = _PLACE[case]
    places = [row + offset for row in range(len(table))]
    ax.bar(places, table["share"], width=width, color=ink(case))
    for place, share in zip(places, table["share"], strict=True):
        ax.annotate(number(share, "share"), (place, share), (0, 3), textcoords="offset points",
                    ha="center", fontsize="small")  # fmt: skip
    if case != "moved":
        dress(ax, y=_("share of choice"), y_unit="share")
        ax.set_ylim(0, max(0.6, 1.25 * table["share"].max()))
        ax.set_xticks(range(len(table)), [_(str(firm)) for firm in table["firm"]])
        ax.set_autoscaley_on(True)
    return ax


@themed("part", "side", "gain")
def point_gains(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw the share won by a point of each part.

    Parameters
    ----------
    table : DataFrame
        From :func:`cvm.knowing.point_gains`.
    ax : Axes, optional
        Where to draw; new axes without it.

    Returns
    -------
    Axes
        Benefits in blue, costs in orange; largest on top.
    """
    assert ax is not None  # themed made it
    colours = [INK["moved"] if side == "benefit" else INK["loss"] for side in table["side"]]
    rows = range(len(table))
    ax.barh(rows, table["gain"], color=colours)
    names = [
        _("{part} a point up", part=_(str(part)))
        if side == "benefit"
        else _("{part} a point down", part=_(str(part)))
        for part, side in zip(table["part"], table["side"], strict=True)
    ]
    dress(ax, x=_("share of choice won, in points"), x_unit="points")
    ax.set_yticks(rows, names)
    ax.set_ylim(len(table) - 0.4, -0.6)
    for row, gain in zip(rows, table["gain"], strict=True):
        ax.annotate(number(gain, "points", digits=2), (gain, row), (4, 0), va="center",
                    textcoords="offset points", fontsize="small")  # fmt: skip
    ax.set_xlim(0, 1.25 * table["gain"].max())
    return ax


@themed("firm", "quality_ratio", "price_ratio", "region")
def value_map(
    table: pd.DataFrame, *, ax: Axes | None = None, line: pd.DataFrame | None = None
) -> Axes:
    """Draw the customer value map: price over quality, each as a ratio to the rivals.

    Parameters
    ----------
    table : DataFrame
        From :func:`cvm.value.value_map`.
    ax : Axes, optional
        Where to draw; new axes without it.
    line : DataFrame, optional
        From :func:`cvm.knowing.fair_value_line`.

    Returns
    -------
    Axes
        Below the line a customer gets more for the money, above it less.
    """
    assert ax is not None  # themed made it
    if line is not None:
        ax.plot(line["quality_ratio"], line["price_ratio"], color=INK["base"], linewidth=1.4)
        ends = line.iloc[[0, -1]]
        ax.annotate(_("fair value"), tuple(ends.iloc[-1][["quality_ratio", "price_ratio"]]),
                    (-6, 4), textcoords="offset points", ha="right", color=INK["base"])  # fmt: skip
    ax.plot(table["quality_ratio"], table["price_ratio"], "o", markersize=9, color=INK["moved"])
    for row in table.itertuples():
        words = _("{firm}: {region}", firm=_(str(row.firm)), region=_(str(row.region)))
        ax.annotate(words, (row.quality_ratio, row.price_ratio), (0, -9), ha="center", va="top",
                    textcoords="offset points", fontsize="small", bbox=_BOX)  # fmt: skip
    ax.margins(0.2, 0.18)
    dress(ax, x=_("quality, times the rivals'"), y=_("price, times the rivals'"))
    return ax


@themed("customer", "kind", "value")
def five_values(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw what customers are worth in five parts, stacked.

    Parameters
    ----------
    table : DataFrame
        From :func:`cvm.knowing.five_values`.
    ax : Axes, optional
        Where to draw; new axes without it.

    Returns
    -------
    Axes
        Profit, the economic value, is grey; the strategic ones are coloured.
    """
    assert ax is not None  # themed made it
    wide = table.pivot_table(index="customer", columns="kind", values="value", sort=False)
    rows, floor = range(len(wide)), pd.Series(0.0, index=wide.index)
    for colour, kind in zip(_VALUES, wide, strict=False):
        ax.barh(rows, wide[kind], left=floor, height=0.6, color=colour)
        floor = floor + wide[kind]
    for row, total in zip(rows, floor, strict=True):
        ax.annotate(number(total), (total, row), (4, 0), textcoords="offset points", va="center")
    dress(ax, x=_("value to the firm"), x_unit=N_("yuan"))
    ax.set_yticks(rows, [_(str(name)) for name in wide.index])
    ax.set_ylim(len(wide) - 0.4, -0.6)
    ax.set_xlim(min(0, 1.1 * wide.min().min()), 1.15 * floor.max())
    ax.legend(list(ax.containers), [_(str(kind)) for kind in wide], loc="lower left",
              bbox_to_anchor=(0, 1.0), ncols=3, fontsize="small", handlelength=1)  # fmt: skip
    return ax
