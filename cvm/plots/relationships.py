"""The figures of chapter 01: two firms, keep or win, levels, shares of wallet, bonds."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from cvm.plots.style import INK, LINES, Case, dress, ink, key, themed
from cvm.results import number
from cvm.words import N_, _

__all__ = [
    "bonds",
    "firm_lead",
    "identification",
    "keep_or_win",
    "lead_parts",
    "two_firms",
    "wallets",
]

_MONEY = N_("thousand yuan")
#: The firm in grey and dashed is the one the chapter compares with.
_FIRMS = {N_("transaction"): "--", N_("relationship"): "-"}


@themed("firm", "year", "cumulative_profit")
def two_firms(table: pd.DataFrame, *, ax: Axes | None = None, case: Case | None = None) -> Axes:
    """Draw the cumulative profit of both firms over the years.

    Parameters
    ----------
    table : DataFrame
        From :func:`cvm.economics.two_firms`.
    ax : Axes, optional
        Where to draw; new axes without it.
    case : {"base", "moved"}, optional
        Grey or coloured; the transaction firm is dashed in both.

    Returns
    -------
    Axes
    """
    assert ax is not None  # themed made it
    for firm, style in _FIRMS.items():
        rows = table[table["firm"] == firm]
        colour = ink(case, "base" if firm == "transaction" else "moved")
        ax.plot(rows["year"], rows["cumulative_profit"], color=colour, linestyle=style)
    if case is None:
        lines = [(_("{firm} firm", firm=_(firm)), line) for firm, line in zip(_FIRMS, ax.lines,
                                                                              strict=True)]  # fmt: skip
        ax.legend([line for _name, line in lines], [name for name, _line in lines])
    if case != "moved":
        words = _("profit so far") if case is None else _("profit so far (dashed: transaction)")
        dress(ax, x=_("year"), y=words, y_unit=_MONEY)
    return ax


@themed("firm", "year", "cumulative_profit")
def firm_lead(
    table: pd.DataFrame,
    *,
    ax: Axes | None = None,
    case: Case | None = None,
    year: int | None = None,
) -> Axes:
    """Draw how far the relationship firm is ahead, and since when for good.

    Parameters
    ----------
    table : DataFrame
        From :func:`cvm.economics.two_firms`.
    ax : Axes, optional
        Where to draw; new axes without it.
    case : {"base", "moved"}, optional
        Grey or coloured.
    year : int, optional
        The break-even year, marked by a dot.

    Returns
    -------
    Axes
    """
    assert ax is not None  # themed made it
    profit = table.set_index("year").groupby("firm")["cumulative_profit"]
    lead = profit.get_group("relationship") - profit.get_group("transaction")
    if case != "moved":
        dress(ax, x=_("year"), y=_("lead of the relationship firm"), y_unit=_MONEY)
        ax.axhline(0, color=INK["chance"], linewidth=1.2)
    ax.plot(lead.index, lead, color=ink(case))
    if year is not None:
        ax.plot([year], [lead[year]], "o", color=ink(case), markersize=9)
        if case is None:
            words = _("ahead for good: year {year}", year=number(year))
            ax.annotate(words, (year, lead[year]), (12, -12), textcoords="offset points",
                        color=ink(case), va="top")  # fmt: skip
    return ax


@themed("keep_share", "cumulative_profit", "best")
def keep_or_win(
    table: pd.DataFrame,
    *,
    ax: Axes | None = None,
    case: Case | None = None,
    own: float | None = None,
) -> Axes:
    """Draw profit over every split of the budget between keeping and winning.

    Parameters
    ----------
    table : DataFrame
        From :func:`cvm.economics.best_share`; or several, one below the other, with their
        name in a column ``world``: one line each.
    ax : Axes, optional
        Where to draw; new axes without it.
    case : {"base", "moved"}, optional
        Grey or coloured; for a single table.
    own : float, optional
        The split the firm has, marked by a ring; for a single table.

    Returns
    -------
    Axes
        A dot is the best split.
    """
    assert ax is not None  # themed made it
    several = "world" in table
    parts = list(table.groupby("world", sort=False)) if several else [("", table)]
    for colour, (_name, rows) in zip(LINES if several else (ink(case),), parts, strict=False):
        ax.plot(rows["keep_share"], rows["cumulative_profit"], color=colour)
        best = rows[rows["best"]]
        ax.plot(best["keep_share"], best["cumulative_profit"], "o", color=colour, markersize=9)
        if own is not None and not several:
            near = rows.iloc[int((rows["keep_share"] - own).abs().to_numpy().argmin())]
            ax.plot([near["keep_share"]], [near["cumulative_profit"]], "o", color=colour,
                    markersize=11, markerfacecolor="none", markeredgewidth=2)  # fmt: skip
    if several:
        key(ax, [(_(str(name)), c) for (name, _rows), c in zip(parts, LINES, strict=False)])
    if case != "moved":
        words = _("share of the budget spent on keeping")
        if own is not None:
            words = _("share spent on keeping (dot: best, ring: today)")
        dress(ax, x=words, x_unit="share", y=_("profit in all"), y_unit=_MONEY)
    return ax


@themed("reason", "amount")
def lead_parts(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw where a lead comes from, one bar after the other.

    Parameters
    ----------
    table : DataFrame
        From :func:`cvm.relationships.lead_by_reason`.
    ax : Axes, optional
        Where to draw; new axes without it.

    Returns
    -------
    Axes
        The last bar is what all of them come to.
    """
    assert ax is not None  # themed made it
    ends = table["amount"].cumsum()
    starts = ends - table["amount"]
    colours = [INK["moved"] if amount >= 0 else INK["loss"] for amount in table["amount"]]
    rows = range(len(table))
    ax.barh(rows, table["amount"], left=starts, color=colours, height=0.7)
    ax.barh([len(table)], [ends.iloc[-1]], color=INK["truth"], height=0.7)
    words = [*(_(reason) for reason in table["reason"]), _("lead in all")]
    ax.set_yticks(range(len(words)), words)
    ax.invert_yaxis()
    ax.axvline(0, color=INK["chance"], linewidth=1.2)
    dress(ax, x=_("adds to the relationship firm's lead"), x_unit=_MONEY)
    tops = [*zip(starts, ends, table["amount"], strict=True), (0, ends.iloc[-1], ends.iloc[-1])]
    for row, (start, end, amount) in enumerate(tops):
        ax.annotate(number(amount, digits=2), (max(start, end), row), (5, 0), va="center",
                    textcoords="offset points")  # fmt: skip
    ax.margins(x=0.12)
    return ax


@themed("level", "people_share", "spend_share")
def identification(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw who is on each level of identification and who brings the sales.

    Parameters
    ----------
    table : DataFrame
        From :func:`cvm.relationships.level_table`.
    ax : Axes, optional
        Where to draw; new axes without it.

    Returns
    -------
    Axes
    """
    assert ax is not None  # themed made it
    columns = (
        ("people_share", _("people"), "base", -0.2),
        ("spend_share", _("sales"), "moved", 0.2),
    )
    for column, _words, colour, shift in columns:
        rows = [row + shift for row in range(len(table))]
        ax.barh(rows, table[column], height=0.38, color=INK[colour])
    ax.set_yticks(range(len(table)), [_(word) for word in table["level"]])
    ax.set_ylim(-0.6, len(table) - 0.4)
    dress(ax, x=_("share of all people, and of the firm's sales"), x_unit="share")
    key(ax, [(words, INK[colour]) for _column, words, colour, _shift in columns])
    return ax


@themed("firm", "penetration", "share_of_wallet")
def wallets(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw market shares as areas: so many people, so much of each wallet.

    Parameters
    ----------
    table : DataFrame
        Rows of :meth:`cvm.relationships.CustomerShare.to_frame`, one a firm, with the
        firm's name in a column ``firm``.
    ax : Axes, optional
        Where to draw; new axes without it.

    Returns
    -------
    Axes
        One rectangle a firm; its area is the market share where customers' wallets are
        like those of others.
    """
    assert ax is not None  # themed made it
    sizes = zip(table["penetration"], table["share_of_wallet"], strict=True)
    for colour, (people, part) in zip((INK["base"], INK["moved"]), sizes, strict=False):
        ax.add_patch(Rectangle((0, 0), float(people), float(part), facecolor=colour, alpha=0.45,
                               edgecolor=colour, linewidth=2))  # fmt: skip
    ax.set_xlim(0, 1)
    ax.set_ylim(0, 1)
    dress(ax, x=_("people who buy from the firm"), x_unit="share",
          y=_("share of their wallets"), y_unit="share")  # fmt: skip
    words = [_("{firm} firm", firm=_(str(firm))) for firm in table["firm"]]
    key(ax, list(zip(words, (INK["base"], INK["moved"]), strict=False)))
    return ax


@themed("bond", "year", "retention")
def bonds(table: pd.DataFrame, *, ax: Axes | None = None, column: str = "retention") -> Axes:
    """Draw what each bond does year by year, while rivals copy it.

    Parameters
    ----------
    table : DataFrame
        From :func:`cvm.relationships.bond_years`.
    ax : Axes, optional
        Where to draw; new axes without it.
    column : {"retention", "staying"}
        Retention of the year, or the share of the first customers still there.

    Returns
    -------
    Axes
        Grey is a firm without any bond.
    """
    assert ax is not None  # themed made it
    names = []
    for colour, (bond, rows) in zip(
        (INK["base"], *LINES), table.groupby("bond", sort=False), strict=False
    ):
        ax.plot(rows["year"], rows[column], color=colour)
        names.append((_(str(bond)), colour))
    words = {
        "retention": _("customers who stay the year"),
        "staying": _("of the first customers, still there"),
    }
    dress(ax, x=_("year"), y=words[column], y_unit="share")
    key(ax, names)
    return ax
