"""The figures of chapter 03: size and profit, the largest accounts, look-alikes, bad years."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from cvm.plots.style import INK, LINES, Case, dress, ink, key, themed
from cvm.results import number
from cvm.words import N_, _

__all__ = [
    "approach_profit",
    "bad_years",
    "guidance_points",
    "largest_accounts",
    "promised_and_seen",
    "revenue_parts",
    "size_margin",
    "size_profit",
]

#: Where a hundred of list revenue goes, and the colour of it.
_PARTS = {
    "product_cost": (N_("product"), INK["chance"]),
    "discount": (N_("discount"), "#0072B2"),
    "kickbacks": (N_("kickbacks"), "#56B4E9"),
    "extras": (N_("extras"), "#9CD3F0"),
    "cost_to_serve": (N_("service"), "#E69F00"),
    "receivable_cost": (N_("credit"), "#CC79A7"),
    "grey_loss": (N_("grey trade"), "#009E73"),
}
_POINTS = {
    "position": N_("fits our position"),
    "good": N_("good customer"),
    "potential": N_("potential"),
    "standing": N_("match of standing"),
    "resemblance": N_("like our loyal ones"),
}


@themed("revenue", "profit")
def size_profit(table: pd.DataFrame, *, ax: Axes | None = None, largest: int = 20) -> Axes:
    """Draw the profit of each account over its size.

    Parameters
    ----------
    table : DataFrame
        One row an account: ``revenue`` and ``profit``, in thousand yuan.
    ax : Axes, optional
        Where to draw; new axes without it.
    largest : int
        How many of the largest are ringed.

    Returns
    -------
    Axes
        A dot an account, red where it loses money; revenue on a logarithmic axis.
    """
    assert ax is not None  # themed made it
    loses = table["profit"] < 0
    for rows, colour in ((table[~loses], INK["moved"]), (table[loses], INK["loss"])):
        ax.plot(rows["revenue"], rows["profit"], linestyle="", marker=".", markersize=4,
                color=colour, alpha=0.6)  # fmt: skip
    top = table.nlargest(largest, "revenue")
    ax.plot(top["revenue"], top["profit"], linestyle="", marker="o", markersize=8,
            markerfacecolor="none", color=INK["truth"], markeredgewidth=1)  # fmt: skip
    ax.axhline(0, color=INK["chance"], linewidth=1.2, zorder=0)
    ax.set_xscale("log")
    dress(ax, x=_("revenue at list price"), y=_("profit of the account"),
          x_unit="thousand yuan a year", y_unit="thousand yuan")  # fmt: skip
    ring = _("the {n} largest", n=number(largest))
    names = [(_("earns"), INK["moved"]), (_("loses"), INK["loss"]), (ring, INK["truth"])]
    key(ax, names if largest else names[:2])
    return ax


@themed("revenue", "profit", "risk_adjusted", "low", "high")
def largest_accounts(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw what accounts earn by the books, and what is to be expected of them.

    Parameters
    ----------
    table : DataFrame
        Some rows of the ``accounts`` of :func:`cvm.selection.risk_adjusted_profit`.
    ax : Axes, optional
        Where to draw; new axes without it.

    Returns
    -------
    Axes
        One row an account, the largest above: a grey ring for the books, a dot with its
        interval for the expected profit, red where that is a loss.
    """
    assert ax is not None  # themed made it
    rows = table.sort_values("revenue", ascending=False, ignore_index=True)
    loses = rows["risk_adjusted"] < 0
    ax.plot(rows["profit"], rows.index, linestyle="", marker="o", markerfacecolor="none",
            color=INK["base"])  # fmt: skip
    for part, colour in ((~loses, INK["moved"]), (loses, INK["loss"])):
        some = rows[part]
        reach = [some["risk_adjusted"] - some["low"], some["high"] - some["risk_adjusted"]]
        ax.errorbar(some["risk_adjusted"], some.index, xerr=reach, marker="o", linestyle="",
                    color=colour, capsize=2, linewidth=1.5)  # fmt: skip
    ax.axvline(0, color=INK["chance"], linewidth=1.2, zorder=0)
    dress(ax, x=_("profit of the year to come"), x_unit="thousand yuan")
    ax.set_yticks([])
    ax.set_ylabel(_("accounts, the largest above"))
    ax.set_ylim(len(rows) - 0.4, -0.6)
    key(ax, [(_("by the books"), INK["base"]), (_("expected"), INK["moved"]),
             (_("expected loss"), INK["loss"])])  # fmt: skip
    return ax


@themed("group", "margin", "margin_low", "margin_high")
def size_margin(table: pd.DataFrame, *, ax: Axes | None = None, case: Case | None = None) -> Axes:
    """Draw the margin of customers by size, and how far those of one size differ.

    Parameters
    ----------
    table : DataFrame
        From :func:`cvm.selection.size_groups`.
    ax : Axes, optional
        Where to draw; new axes without it.
    case : {"base", "moved"}, optional
        Grey or coloured.

    Returns
    -------
    Axes
        The thick line is the group's margin; the thin ones hold the middle eight tenths of
        its customers.
    """
    assert ax is not None  # themed made it
    colour, x = ink(case), table["group"]
    if case != "moved":
        ax.axhline(0, color=INK["chance"], linewidth=1.2, zorder=0)
        dress(ax, x=_("size group, from the smallest to the largest"),
              y=_("profit, of the list price"), y_unit="share")  # fmt: skip
    ax.plot(x, table["margin"], color=colour, marker="o", markersize=5)
    for side in ("margin_low", "margin_high"):
        ax.plot(x, table[side], color=colour, linewidth=1, linestyle=":")
    if case != "moved":
        # A group of very small customers lies far below and would press the rest together.
        ax.set_ylim(-1.0, 0.75)
    return ax


@themed("group", *_PARTS)
def revenue_parts(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw where a hundred yuan of list revenue goes, by size of the customer.

    Parameters
    ----------
    table : DataFrame
        From :func:`cvm.selection.size_groups`, of accounts with all the lines.
    ax : Axes, optional
        Where to draw; new axes without it.

    Returns
    -------
    Axes
        A bar a group; what lies beyond the line at 100 % is loss.
    """
    assert ax is not None  # themed made it
    left = np.zeros(len(table))
    for name, (_words, colour) in _PARTS.items():
        ax.barh(table["group"], table[name], left=left, color=colour, height=0.75)
        left = left + table[name].to_numpy()
    ax.axvline(1, color=INK["truth"], linewidth=1.5)
    dress(ax, x=_("of the list price"), x_unit="share")
    ax.set_yticks(table["group"].tolist())
    ax.set_ylabel(_("size group"))
    marks = [Rectangle((0, 0), 1, 1, color=colour) for _words, colour in _PARTS.values()]
    ax.legend(marks, [_(words) for words, _colour in _PARTS.values()], ncols=4, handlelength=1,
              handleheight=0.9, loc="lower left", bbox_to_anchor=(0, 1.0), borderaxespad=0.3)  # fmt: skip
    return ax


@themed("score", "loyal", "low", "high")
def promised_and_seen(
    table: pd.DataFrame, *, ax: Axes | None = None, case: Case | None = None, label: str = ""
) -> Axes:
    """Draw how many were loyal of those to whom a score promised so much.

    Parameters
    ----------
    table : DataFrame
        The ``calibration`` of :class:`cvm.selection.Judged`.
    ax : Axes, optional
        Where to draw; several tables may share axes.
    case : {"base", "moved"}, optional
        Grey or coloured.
    label : str
        Names the dots in a list beside the axes.

    Returns
    -------
    Axes
        On the line the promise is kept; below it the score promises too much.
    """
    assert ax is not None  # themed made it
    if case != "moved" and not ax.lines:
        ax.plot([0, 1], [0, 1], color=INK["chance"], linewidth=1.2, label="_kept", zorder=0)
        dress(ax, x=_("promised by the score"), y=_("loyal"), x_unit="share", y_unit="share")
        ax.set(xlim=(0, 1), ylim=(0, 1))
    colour = ink(case) if case or not label else None
    reach = [table["loyal"] - table["low"], table["high"] - table["loyal"]]
    ax.errorbar(table["score"], table["loyal"], yerr=reach, marker="o", color=colour, capsize=2,
                linewidth=1.5, label=label or "_seen")  # fmt: skip
    if label:
        ax.legend(loc="upper left", bbox_to_anchor=(1.02, 1.0), borderaxespad=0)
    return ax


@themed("approached", "promised")
def approach_profit(
    table: pd.DataFrame, *, ax: Axes | None = None, case: Case | None = None,
    approached: float | None = None,
) -> Axes:  # fmt: skip
    """Draw what approaching the best scores promises and what it brings.

    Parameters
    ----------
    table : DataFrame
        From :func:`cvm.selection.approach_table`.
    ax : Axes, optional
        Where to draw; new axes without it.
    case : {"base", "moved"}, optional
        Grey or coloured.
    approached : float, optional
        The share chosen; a dot on each line.

    Returns
    -------
    Axes
        Dashed what the score promises, solid what it brings, where the table has it.
    """
    assert ax is not None  # themed made it
    sides = {"promised": "--", "brought": "-"}
    colours = dict.fromkeys(sides, ink(case))
    if case is None:
        colours["promised"] = INK["naive"]
    if case != "moved":
        ax.axhline(0, color=INK["chance"], linewidth=1.2, zorder=0)
        dress(ax, x=_("prospects approached, the best scores first"),
              y=_("profit per hundred prospects"), x_unit="share", y_unit="thousand yuan")  # fmt: skip
        ax.set_xlim(0, 1)
    for name, style in sides.items():
        if name in table:
            ax.plot(table["approached"], table[name], style, color=colours[name])
            if approached is not None:
                at = float(np.interp(approached, table["approached"], table[name]))
                ax.plot([approached], [at], marker="o", linestyle="", color=colours[name])
    if case is None:
        key(ax, [(_("promised"), INK["naive"]), (_("brought"), INK["moved"])])
    return ax


@themed("profit", "share")
def bad_years(
    table: pd.DataFrame, *, ax: Axes | None = None, case: Case | None = None, label: str = "",
    bad: float | None = None,
) -> Axes:  # fmt: skip
    """Draw how good the years of a portfolio are, from the worst to the best.

    Parameters
    ----------
    table : DataFrame
        The ``years`` of :class:`cvm.selection.PortfolioRisk`.
    ax : Axes, optional
        Where to draw; several tables may share axes.
    case : {"base", "moved"}, optional
        Grey or coloured.
    label : str
        Names the curve in a list beside the axes.
    bad : float, optional
        Profit of the bad year; a dot.

    Returns
    -------
    Axes
        Height: the share of years with no more profit than that.
    """
    assert ax is not None  # themed made it
    if case != "moved" and not ax.lines:
        ax.axhline(0.05, color=INK["chance"], linewidth=1.2, label="_bad", zorder=0)
        ax.axvline(0, color=INK["chance"], linewidth=1.2, label="_nothing", zorder=0)
        dress(ax, x=_("profit of the year"), y=_("share of years with no more"),
              x_unit="thousand yuan", y_unit="share")  # fmt: skip
        ax.set_ylim(0, 1)
    keep = slice(None, None, max(1, len(table) // 400))  # 400 points look the same
    colour = ink(case) if case or not label else None
    (line,) = ax.plot(table["profit"].iloc[keep], table["share"].iloc[keep], color=colour,
                      label=label or "_years")  # fmt: skip
    if bad is not None:
        ax.plot([bad], [0.05], marker="o", linestyle="", color=line.get_color(), label="_dot")
    if label:
        ax.legend(loc="upper left", bbox_to_anchor=(1.02, 1.0), borderaxespad=0)
    return ax


@themed("customer", "score", *_POINTS)
def guidance_points(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw what the score of each candidate is made of.

    Parameters
    ----------
    table : DataFrame
        A few rows of :func:`cvm.selection.guidance_scores`.
    ax : Axes, optional
        Where to draw; new axes without it.

    Returns
    -------
    Axes
        One row a candidate; a full bar in each column would be 1. The number behind is the score.
    """
    assert ax is not None  # themed made it
    rows = table.reset_index(drop=True)
    for place, (name, colour) in enumerate(zip(_POINTS, LINES, strict=False)):
        ax.barh(rows.index, 0.86 * rows[name], left=place, height=0.6, color=colour)
        ax.barh(rows.index, [0.86] * len(rows), left=place, height=0.6, facecolor="none",
                edgecolor=INK["chance"])  # fmt: skip
    for row, score in enumerate(rows["score"]):
        ax.text(len(_POINTS), row, number(score, digits=2), va="center", parse_math=False)
    dress(ax)
    ax.set_yticks(rows.index.tolist(), [str(name) for name in rows["customer"]])
    ax.set_xticks([place + 0.43 for place in range(len(_POINTS))],
                  [_(words).replace(" ", "\n", 1) for words in _POINTS.values()])  # fmt: skip
    ax.set_xlim(-0.05, len(_POINTS) + 0.35)
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.xaxis.tick_top()
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    return ax


# Units the axes above are written in.
UNITS = [N_("thousand yuan"), N_("thousand yuan a year")]
