"""The figures of tiering: pyramids and the curves of concentration.

Each takes the table of the function of the same name in :mod:`cvm.tiering`.
"""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from cvm.plots.style import INK, TIERS, Case, dress, ink, themed
from cvm.results import number
from cvm.words import _

__all__ = ["lorenz", "pyramid", "whale"]

# Where the middle of the profit pyramid stands; that of the customers stands at 0.
_PROFIT_AT = 1.75
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
        profit_share, both as shares of the whole.
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
    for middle, column in ((0.0, "customer_share"), (_PROFIT_AT, "profit_share")):
        for place, share in enumerate(table[column].tolist()):
            colour = TIERS[place % len(TIERS)] if case is None else ink(case)
            _centred_bar(ax, middle, place + offset, height, share, colour)
    if case != "moved":
        ax.set_yticks(range(len(table)), [_(str(tier)) for tier in table["tier"]])
        ax.set_ylim(len(table) - 0.45, -0.55)
        ax.set_xticks([0, _PROFIT_AT], [_("share of customers"), _("share of profit")])
        ax.set_xlim(-0.6, _PROFIT_AT + 1.05)
        ax.xaxis.tick_top()
        ax.tick_params(length=0)
        ax.spines[:].set_visible(False)
        dress(ax)
    return ax


def _centred_bar(
    ax: Axes, middle: float, y: float, height: float, share: float, colour: str
) -> None:
    width, loss = abs(share), share < 0
    ax.barh(
        y, width, height, left=middle - width / 2, color="none" if loss else colour,
        edgecolor=colour, hatch="////" if loss else None, linewidth=1,
    )  # fmt: skip
    ax.annotate(
        number(share, "share"), (middle + width / 2, y), (5, 0), textcoords="offset points",
        va="center", color=INK["loss"] if loss else INK["truth"],
    )  # fmt: skip


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


def _curve(ax: Axes, x: pd.Series, y: pd.Series, case: Case | None, label: str) -> None:
    # A curve of 10,000 points looks the same with 400 and moves much faster.
    keep = slice(None, None, max(1, len(x) // 400))
    xs, ys = [*x.iloc[keep], x.iloc[-1]], [*y.iloc[keep], y.iloc[-1]]
    # Named curves take one colour after the other.
    colour = ink(case) if case or not label else None
    ax.plot(xs, ys, label=label or "_curve", color=colour)
    if label:
        ax.legend(loc="upper left", bbox_to_anchor=(1.02, 1.0), borderaxespad=0)
