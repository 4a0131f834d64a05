"""The figures of chapter 09: the curve, the life of a customer, the firm, the programme."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from cvm.plots.style import INK, LINES, Case, dress, ink, key, themed
from cvm.words import N_, _

__all__ = ["comparison", "customer_life", "firm_profit", "loyalty_curve", "programme_months"]

_HEIGHTS = {
    "attitude": N_("attitude"),
    "intention": N_("intention to stay"),
    "behaviour": N_("chance of buying again within a year"),
}
_PARTS = {
    "acquisition": N_("winning the customer"),
    "base": N_("base profit"),
    "growth": N_("buys more"),
    "savings": N_("cheaper to serve"),
    "referrals": N_("sends others"),
    "premium": N_("pays a better price"),
}
_GROUPS = {"members": N_("members"), "others": N_("others")}


@themed("satisfaction", "zone")
def loyalty_curve(
    table: pd.DataFrame,
    *,
    ax: Axes | None = None,
    case: Case | None = None,
    column: str = "intention",
) -> Axes:
    """Draw loyalty over satisfaction, with the zone of indifference shaded.

    Parameters
    ----------
    table : DataFrame
        From :func:`cvm.loyalty.curve_table`, or from :func:`cvm.loyalty.industry_table`
        with one line an industry.
    ax : Axes, optional
        Where to draw; new axes without it.
    case : {"base", "moved"}, optional
        Grey or coloured; for a table without industries.
    column : {"attitude", "intention", "behaviour"}
        What to draw.

    Returns
    -------
    Axes
    """
    assert ax is not None  # themed made it
    if case != "moved":
        dress(ax, x=_("satisfaction, 0 to 100"), y=_(_HEIGHTS[column]), y_unit="share")
        ax.set_ylim(0, 1.02)
    if "industry" in table:
        names = []
        for colour, (industry, rows) in zip(
            LINES, table.groupby("industry", sort=False), strict=False
        ):
            ax.plot(rows["satisfaction"], rows[column], color=colour)
            names.append((_(str(industry)), colour))
        ax.legend(ax.lines[-len(names) :], [words for words, _colour in names],
                  loc="center left", bbox_to_anchor=(1.0, 0.5), fontsize="small")  # fmt: skip
        return ax
    flat = table.loc[table["zone"] == "indifference", "satisfaction"]
    if case != "base" and len(flat):
        ax.axvspan(flat.min(), flat.max(), color=INK["chance"], alpha=0.3, linewidth=0)
    ax.plot(table["satisfaction"], table[column], color=ink(case))
    return ax


@themed("year", "acquisition", "profit")
def customer_life(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw what a customer who stays earns in each year, part by part.

    Parameters
    ----------
    table : DataFrame
        From :func:`cvm.loyalty.profit_by_year`.
    ax : Axes, optional
        Where to draw; new axes without it.

    Returns
    -------
    Axes
    """
    assert ax is not None  # themed made it
    floor = pd.Series(0.0, index=table.index)
    colours = (INK["loss"], INK["base"], *LINES[1:5])
    for colour, column in zip(colours, _PARTS, strict=True):
        ax.bar(table["year"], table[column], bottom=floor, width=0.8, color=colour)
        floor = floor + table[column]
    ax.axhline(0, color=INK["truth"], linewidth=0.8)
    dress(ax, x=_("year as a customer (0: won)"), y=_("profit of the year"), y_unit=N_("yuan"))
    marks = list(ax.containers)
    ax.legend(marks, [_(words) for words in _PARTS.values()], loc="lower right", fontsize="small")
    return ax


@themed("year", "rise")
def firm_profit(
    table: pd.DataFrame,
    *,
    ax: Axes | None = None,
    case: Case | None = None,
    value_rise: float | None = None,
) -> Axes:
    """Draw how a firm's profit changes, year by year, after retention has risen.

    Parameters
    ----------
    table : DataFrame
        From :func:`cvm.loyalty.firm_years` or :func:`cvm.loyalty.simulate_firm`.
    ax : Axes, optional
        Where to draw; new axes without it.
    case : {"base", "moved"}, optional
        Grey or coloured.
    value_rise : float, optional
        The rise in a customer's value, drawn as the promise.

    Returns
    -------
    Axes
    """
    assert ax is not None  # themed made it
    if case != "moved":
        dress(ax, x=_("year of the programme"), y=_("change in the firm's profit"), y_unit="share")
        ax.axhline(0, color=INK["chance"], linewidth=1.2)
    after = table[table["year"] > 0]
    ax.plot(after["year"], after["rise"], color=ink(case))
    if value_rise is not None:
        colour = INK["naive"] if case is None else ink(case)
        ax.axhline(value_rise, color=colour, linestyle="--", linewidth=1.4)
        if case != "moved":
            ax.annotate(_("rise in a customer's value"), (after["year"].max(), value_rise), (0, 5),
                        textcoords="offset points", color=colour, ha="right")  # fmt: skip
    return ax


@themed("month", "group", "spend", "low", "high")
def programme_months(table: pd.DataFrame, *, ax: Axes | None = None, unit: str = "yuan") -> Axes:
    """Draw the spend of members and others, before and after the programme began.

    Parameters
    ----------
    table : DataFrame
        From :func:`cvm.loyalty.spend_by_month`.
    ax : Axes, optional
        Where to draw; new axes without it.
    unit : str
        The money of the table.

    Returns
    -------
    Axes
    """
    assert ax is not None  # themed made it
    colours = {"members": INK["moved"], "others": INK["base"]}
    for group, rows in table.groupby("group"):
        colour = colours[str(group)]
        ax.fill_between(
            rows["month"], rows["low"], rows["high"], color=colour, alpha=0.2, linewidth=0
        )
        ax.plot(rows["month"], rows["spend"], color=colour)
    ax.axvline(0, color=INK["base"], linewidth=1, linestyle="--")
    dress(ax, x=_("months since the programme began"), y=_("spend in the month"),
          y_unit=unit)  # fmt: skip
    key(ax, [(_(_GROUPS[name]), colour) for name, colour in colours.items()])
    return ax


@themed("method", "effect", "low", "high")
def comparison(
    table: pd.DataFrame,
    *,
    ax: Axes | None = None,
    case: Case | None = None,
    needed: float | None = None,
    unit: str = "yuan",
) -> Axes:
    """Draw what each method says a programme adds, with intervals and the truth.

    Parameters
    ----------
    table : DataFrame
        From :func:`cvm.loyalty.compare_methods`.
    ax : Axes, optional
        Where to draw; new axes without it.
    case : {"base", "moved"}, optional
        Grey or coloured.
    needed : float, optional
        The effect at which the programme pays its rewards, drawn as a dashed line.
    unit : str
        The money of the table.

    Returns
    -------
    Axes
        A black mark is the truth, where the table has it.
    """
    assert ax is not None  # themed made it
    shift = {"base": 0.12, "moved": -0.12}.get(case or "", 0.0)
    places = [shift + row for row in range(len(table))]
    reach = [table["effect"] - table["low"], table["high"] - table["effect"]]
    ax.errorbar(table["effect"], places, xerr=reach, fmt="o", color=ink(case), capsize=4)
    if "true_effect" in table and case != "base":
        ax.plot(
            table["true_effect"], places, "|", color=INK["truth"], markersize=16, markeredgewidth=2
        )
    if needed is not None:
        ax.axvline(needed, color=ink(case), linewidth=1.2, linestyle="--")
    if case != "moved":
        ax.set_yticks(range(len(table)), list(table["method"]))
        ax.set_ylim(len(table) - 0.5, -0.5)
        ax.axvline(0, color=INK["chance"], linewidth=1.2)
        words = _("a member's extra spend a month (bar: the truth; dashed: what pays the rewards)")
        dress(ax, x=words if needed is not None else _("a member's extra spend a month"),
              x_unit=unit)  # fmt: skip
    return ax


# The unit used above, named so that the catalogue holds it.
UNITS = [N_("yuan")]
