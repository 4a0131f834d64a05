"""The figures of who is worth what: pyramids, concentration, movement between tiers.

Each takes the table of the function of the same name in :mod:`cvm.tiering`.
"""

from __future__ import annotations

import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.patches import Polygon, Rectangle

from cvm.plots.style import INK, TIERS, Case, dress, ink, themed
from cvm.results import number
from cvm.words import N_, _

__all__ = ["lorenz", "migration", "pyramid", "whale", "window"]

# The pyramids, from left to right, and how far apart their middles stand.
_PYRAMIDS = {
    "customer_share": N_("share of customers"),
    "profit_share": N_("share of profit"),
    "spend_share": N_("share of service money"),
}
_APART = 1.75
_SHADES = colormaps["Blues"]
# The base bar above, the moved bar below, a single bar in the middle.
_PLACE: dict[Case | None, tuple[float, float]] = {
    None: (0.0, 0.7),
    "base": (-0.2, 0.38),
    "moved": (0.2, 0.38),
}


@themed("tier", "customer_share", "profit_share")
def pyramid(table: pd.DataFrame, *, ax: Axes | None = None, case: Case | None = None) -> Axes:
    """Draw the pyramid of numbers and, beside it, the pyramid of profit.

    Parameters
    ----------
    table : DataFrame
        From :func:`cvm.tiering.pyramid`: tier (best first), customer_share and
        profit_share, both as shares of the whole. With a column spend_share, as in the
        ``tiers`` of :func:`cvm.tiering.plan_service`, a third pyramid shows where the
        service money goes.
    ax : Axes, optional
        Where to draw; new axes without it.
    case : {"base", "moved"}, optional
        Grey above or coloured below; without it, one bar a tier in the tier's colour.

    Returns
    -------
    Axes
        A tier that loses money has a hollow bar as long as its loss.
    """
    assert ax is not None  # themed made it
    offset, height = _PLACE[case]
    shown = [column for column in _PYRAMIDS if column in table]
    colours = [TIERS[row % len(TIERS)] if case is None else ink(case) for row in range(len(table))]
    for place, column in enumerate(shown):
        _centred_bars(ax, place * _APART, offset, height, table[column].tolist(), colours)
    if case != "moved":
        ax.set_yticks(range(len(table)), [_(str(tier)) for tier in table["tier"]], parse_math=False)
        ax.set_ylim(len(table) - 0.45, -0.55)
        middles = [place * _APART for place in range(len(shown))]
        ax.set_xticks(middles, [_(_PYRAMIDS[column]) for column in shown])
        ax.set_xlim(-0.6, middles[-1] + 1.05)
        ax.xaxis.tick_top()
        ax.tick_params(length=0)
        ax.spines[:].set_visible(False)
        dress(ax)
    return ax


def _centred_bars(
    ax: Axes, middle: float, offset: float, height: float, shares: list[float], colours: list[str]
) -> None:
    rows = [row + offset for row in range(len(shares))]
    boxes = [_box(middle, row, abs(share), height) for row, share in zip(rows, shares, strict=True)]
    # One artist for all bars: a what-if draws them anew at every move.
    gains = [share >= 0 for share in shares]
    faces = [colour if gain else "none" for colour, gain in zip(colours, gains, strict=True)]
    bars = PolyCollection(boxes, facecolors=faces, edgecolors=colours, linewidths=1)
    ax.add_collection(bars, autolim=False)  # the limits are set by hand
    for box, gain, colour in zip(boxes, gains, colours, strict=True):
        if not gain:
            ax.add_patch(Polygon(box, facecolor="none", edgecolor=colour, hatch="////"))
    for row, share, gain in zip(rows, shares, gains, strict=True):
        ax.text(middle + abs(share) / 2 + 0.05, row, number(share, "share", digits=2),
                va="center", color=INK["truth" if gain else "loss"], parse_math=False)  # fmt: skip


def _box(middle: float, row: float, width: float, height: float) -> list[tuple[float, float]]:
    left, right, low, high = (
        middle - width / 2,
        middle + width / 2,
        row - height / 2,
        row + height / 2,
    )
    return [(left, low), (left, high), (right, high), (right, low)]


@themed("customer_share", "value_share")
def lorenz(
    table: pd.DataFrame,
    *,
    ax: Axes | None = None,
    case: Case | None = None,
    label: str = "",
) -> Axes:
    """Draw a Lorenz curve under the line on which all customers would be equal.

    Parameters
    ----------
    table : DataFrame
        From :func:`cvm.tiering.lorenz`: customer_share, poorest first, and
        value_share, both cumulated.
    ax : Axes, optional
        Where to draw; the curves of several tables may share axes.
    case : {"base", "moved"}, optional
        Grey or coloured.
    label : str
        Names the curve in a list beside the axes.

    Returns
    -------
    Axes
    """
    assert ax is not None  # themed made it
    if case != "moved" and not ax.lines:
        ax.plot([0, 1], [0, 1], color=INK["chance"], linewidth=1.2, label="_equal")
        ax.annotate(_("all equal"), (0.5, 0.5), (-4, 4), textcoords="offset points", ha="right",
                    color=INK["base"])  # fmt: skip
        dress(ax, x=_("share of customers, smallest first"), y=_("share of value"),
              x_unit="share", y_unit="share")  # fmt: skip
        ax.set_xlim(0, 1)
    _curve(ax, table["customer_share"], table["value_share"], case, label)
    return ax


@themed("customer_share", "profit_share")
def whale(
    table: pd.DataFrame,
    *,
    ax: Axes | None = None,
    case: Case | None = None,
    label: str = "",
) -> Axes:
    """Draw the whale curve: profit cumulated from the best customer to the worst.

    Parameters
    ----------
    table : DataFrame
        From :func:`cvm.tiering.whale`: customer_share, best first, and profit_share,
        both cumulated. Above 1 the best pay for the losers.
    ax : Axes, optional
        Where to draw; the curves of several tables may share axes.
    case : {"base", "moved"}, optional
        Grey or coloured.
    label : str
        Names the curve in a list beside the axes.

    Returns
    -------
    Axes
    """
    assert ax is not None  # themed made it
    if case != "moved" and not ax.lines:
        ax.axhline(1, color=INK["chance"], linewidth=1.2, label="_all")
        dress(ax, x=_("share of customers, most profitable first"),
              y=_("cumulative share of profit"), x_unit="share", y_unit="share")  # fmt: skip
        ax.set_xlim(0, 1)
    _curve(ax, table["customer_share"], table["profit_share"], case, label)
    return ax


@themed("days", "value", "low", "high")
def window(
    table: pd.DataFrame,
    *,
    ax: Axes | None = None,
    case: Case | None = None,
    label: str = "",
) -> Axes:
    """Draw how the share of the best customers depends on how long one looks.

    Parameters
    ----------
    table : DataFrame
        From :func:`cvm.tiering.concentration_by_window`: days, value, low and high.
    ax : Axes, optional
        Where to draw; several tables may share axes.
    case : {"base", "moved"}, optional
        Grey or coloured.
    label : str
        Names the line in a list beside the axes.

    Returns
    -------
    Axes
        Days on a logarithmic axis, marked where something was measured; the bars are
        the intervals.
    """
    assert ax is not None  # themed made it
    if case != "moved" and not ax.containers:
        ax.set_xscale("log")
        ax.set_xticks(table["days"].tolist(), [number(days) for days in table["days"]])
        ax.minorticks_off()
        dress(ax, y=_("share of the best customers"), y_unit="share")
        ax.set_xlabel(_("length of the window (days)"))
    reach = [table["value"] - table["low"], table["high"] - table["value"]]
    colour = ink(case) if case or not label else None
    ax.errorbar(table["days"], table["value"], yerr=reach, marker="o", color=colour, capsize=3,
                label=label or "_window")  # fmt: skip
    _list_beside(ax, label)
    return ax


@themed("from_tier", "to_tier", "share", "chance_share")
def migration(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw the moves between tiers and, beside them, those of chance alone.

    Parameters
    ----------
    table : DataFrame
        ``to_frame()`` of :func:`cvm.tiering.migration`: from_tier, to_tier, share and
        chance_share, one row a pair.
    ax : Axes, optional
        Where to draw; new axes without it.

    Returns
    -------
    Axes
        Two maps with the same colours. A row adds up to 100 %.
    """
    assert ax is not None  # themed made it
    tiers = list(dict.fromkeys(table["from_tier"].astype(str)))
    n = len(tiers)
    for start, column in ((0, "share"), (n + 0.6, "chance_share")):
        for row in table.itertuples():
            at = (start + tiers.index(str(row.to_tier)), tiers.index(str(row.from_tier)))
            _cell(ax, at, getattr(row, column))
    names = [_(tier) for tier in tiers]
    middles = [start + place + 0.5 for start in (0, n + 0.6) for place in range(n)]
    ax.set_xticks(middles, names * 2, parse_math=False)
    ax.set_yticks([place + 0.5 for place in range(n)], names, parse_math=False)
    ax.set(xlim=(0, 2 * n + 0.6), ylim=(n, 0))
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    dress(ax)
    ax.set_ylabel(_("tier before"))
    ax.set_xlabel(_("tier after"))
    for start, words in ((0, _("what happened")), (n + 0.6, _("what chance alone would do"))):
        ax.annotate(words, (start, 0), (0, 6), textcoords="offset points")
    return ax


def _cell(ax: Axes, at: tuple[float, float], share: float) -> None:
    ax.add_patch(Rectangle(at, 1, 1, facecolor=_SHADES(share), edgecolor="white", linewidth=2))
    words = number(share, "share", digits=2)
    middle = (at[0] + 0.5, at[1] + 0.5)
    ax.annotate(words, middle, ha="center", va="center", color="white" if share > 0.5 else "black")


def _curve(ax: Axes, x: pd.Series, y: pd.Series, case: Case | None, label: str) -> None:
    # A curve of 10,000 points looks the same with 400 and moves much faster.
    keep = slice(None, None, max(1, len(x) // 400))
    xs, ys = [*x.iloc[keep], x.iloc[-1]], [*y.iloc[keep], y.iloc[-1]]
    # Named curves take one colour after the other.
    colour = ink(case) if case or not label else None
    ax.plot(xs, ys, label=label or "_curve", color=colour)
    _list_beside(ax, label)


def _list_beside(ax: Axes, label: str) -> None:
    if label:
        ax.legend(loc="upper left", bbox_to_anchor=(1.02, 1.0), borderaxespad=0)
