"""The figures of chapter 07: contact points, moments, the desk, voice and exit, recovery."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from cvm.plots.style import INK, LINES, Case, beside, dress, ink, key, themed
from cvm.results import number
from cvm.words import N_, _

__all__ = [
    "balance",
    "contact_points",
    "failure_ratings",
    "listening_costs",
    "promise_kept",
    "recovery_groups",
    "spoiled_moments",
    "staffing",
    "voice_exit",
]

_POINTS = {
    "shop": N_("shop"), "hotline": N_("hotline"), "app": N_("app"),
    "technician": N_("technician"), "bill": N_("bill"), "all": N_("all"),
}  # fmt: skip
_SIDES = {"human": LINES[1], "business": LINES[4], "hidden": LINES[3]}
_RULES = {"non-compensatory": LINES[0], "additive": LINES[1]}
_FATES = {
    "settled": N_("complaint settled"), "not settled": N_("complaint not settled"),
    "silent": N_("silent"),
}  # fmt: skip
_COSTS = {
    "wages": N_("wages"), "asking": N_("asking"), "tracking": N_("tracking"),
    "lost_value": N_("value lost"),
}  # fmt: skip
_GROUPS = {"no failure": N_("no failure")} | _FATES
_OUTCOMES = {
    "satisfaction": N_("satisfaction, 0 to 100"),
    "intention": N_("intention to come back"),
    "came_back": N_("came back"),
}
#: How far bars of the base and the moved case stand beside each other.


@themed("point", "human", "business", "hidden", "failed")
def contact_points(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw how often each dimension fails at each contact point, and the whole moment.

    Parameters
    ----------
    table : DataFrame
        From :func:`cvm.service.contact_points`.
    ax : Axes, optional
        Where to draw; new axes without it.

    Returns
    -------
    Axes
        Three bars a point; a black mark is the share of moments spoiled.
    """
    assert ax is not None  # themed made it
    places = np.arange(len(table))
    for shift, (side, colour) in zip((-0.26, 0, 0.26), _SIDES.items(), strict=True):
        ax.bar(places + shift, table[side], width=0.26, color=colour)
    ax.plot(places, table["failed"], linestyle="", marker="_", markersize=34,
            markeredgewidth=2.4, color=INK["truth"])  # fmt: skip
    dress(ax, y=_("share of contacts that fail"), y_unit="share")
    ax.set_xticks(places, [_(_POINTS.get(str(name), str(name))) for name in table["point"]])
    ax.set_ylim(0)
    names = [(_(side), colour) for side, colour in _SIDES.items()]
    key(ax, [*names, (_("the moment"), INK["truth"])])
    return ax


@themed("side", "fails")
def spoiled_moments(
    table: pd.DataFrame, *, ax: Axes | None = None, case: Case | None = None
) -> Axes:
    """Draw how often each dimension fails, and how often the moment.

    Parameters
    ----------
    table : DataFrame
        From :func:`cvm.service.spoiled_moments`.
    ax : Axes, optional
        Where to draw; new axes without it.
    case : {"base", "moved"}, optional
        Grey or coloured.

    Returns
    -------
    Axes
    """
    assert ax is not None  # themed made it
    places = beside(len(table), case)
    ax.bar(places, table["fails"], width=0.38 if case else 0.7, color=ink(case))
    if case != "moved":
        dress(ax, y=_("share of contacts that fail"), y_unit="share")
        names = [_("the moment") if side == "moment" else _(side) for side in table["side"]]
        ax.set_xticks(range(len(table)), names)
        ax.set_xlim(-0.6, len(table) - 0.4)
    return ax


@themed("failures", "rating", "low", "high")
def failure_ratings(
    table: pd.DataFrame, *, ax: Axes | None = None, case: Case | None = None
) -> Axes:
    """Draw the rating of a contact by the number of dimensions that failed in it.

    Parameters
    ----------
    table : DataFrame
        From :func:`cvm.service.failure_ratings`; with a column ``rule``, one line a rule.
    ax : Axes, optional
        Where to draw; new axes without it.
    case : {"base", "moved"}, optional
        Grey or coloured; for a table without rules.

    Returns
    -------
    Axes
        Bars are 95 % intervals.
    """
    assert ax is not None  # themed made it
    lines = [("", table)]
    if "rule" in table:
        lines = [(str(rule), rows) for rule, rows in table.groupby("rule", sort=False)]
    for rule, rows in lines:
        reach = [rows["rating"] - rows["low"], rows["high"] - rows["rating"]]
        colour = _RULES.get(rule, ink(case))
        ax.errorbar(rows["failures"], rows["rating"], yerr=reach, marker="o", color=colour,
                    capsize=4)  # fmt: skip
    if "rule" in table:
        key(ax, [(_(rule), _RULES[rule]) for rule, _rows in lines])
    if case != "moved":
        dress(ax, x=_("dimensions that failed"), y=_("rating of the contact, 0 to 100"))
        ax.set_xticks([0, 1, 2, 3])
        ax.set_ylim(-10, 110)
    return ax


@themed("staff", "total_cost", "wages", "lost_value")
def staffing(
    table: pd.DataFrame,
    *,
    ax: Axes | None = None,
    case: Case | None = None,
    chosen: int | None = None,
    promised: int | None = None,
) -> Axes:
    """Draw what a complaint desk costs a month over the number of people.

    Parameters
    ----------
    table : DataFrame
        From :func:`cvm.service.staffing_table`.
    ax : Axes, optional
        Where to draw; new axes without it.
    case : {"base", "moved"}, optional
        Grey or coloured; without it, wages and lost value are drawn too.
    chosen : int, optional
        People at the desk, marked on the curve.
    promised : int, optional
        People it takes to keep a promise, a dashed line.

    Returns
    -------
    Axes
        A ring marks the least total cost.
    """
    assert ax is not None  # themed made it
    ax.plot(table["staff"], table["total_cost"], color=ink(case))
    best = table.nsmallest(1, "total_cost")
    ax.plot(best["staff"], best["total_cost"], marker="o", markersize=11, linestyle="",
            markerfacecolor="none", markeredgewidth=2, color=ink(case))  # fmt: skip
    if chosen is not None:
        at = table[table["staff"] == chosen]
        ax.plot(at["staff"], at["total_cost"], marker="o", linestyle="", color=ink(case))
    if promised is not None:
        ax.axvline(promised, color=ink(case), linestyle="--", linewidth=1.4)
    if case != "moved":
        words = _("people (dot: now; ring: least cost; dashed: promise)")
        dress(
            ax,
            x=_("people at the desk") if promised is None else words,
            y=_("cost a month"),
            y_unit=N_("yuan"),
        )
    if case is None:
        parts = {"wages": (_("wages"), LINES[1]), "lost_value": (_("value lost"), INK["loss"])}
        for column, (_words, colour) in parts.items():
            ax.plot(table["staff"], table[column], color=colour, linewidth=1.6)
        key(ax, [(_("in all"), INK["moved"]), *parts.values()])
        ax.set_ylim(0)
    return ax


@themed("staff", "in_time")
def promise_kept(
    table: pd.DataFrame,
    *,
    ax: Axes | None = None,
    case: Case | None = None,
    promised: float | None = None,
) -> Axes:
    """Draw how many complaints are taken up in time over the number of people.

    Parameters
    ----------
    table : DataFrame
        ``staff`` and ``in_time`` (share), as :func:`cvm.whatif.service.desk_plan` has it.
    ax : Axes, optional
        Where to draw; new axes without it.
    case : {"base", "moved"}, optional
        Grey or coloured.
    promised : float, optional
        The share that was promised, a dashed line.

    Returns
    -------
    Axes
    """
    assert ax is not None  # themed made it
    ax.plot(table["staff"], table["in_time"], color=ink(case))
    if promised is not None:
        ax.axhline(promised, color=ink(case), linestyle="--", linewidth=1.4)
    if case != "moved":
        dress(ax, x=_("people at the desk"), y=_("taken up in time (dashed: promised)"),
              y_unit="share")  # fmt: skip
        ax.set_ylim(0, 1.03)
    return ax


@themed("group", "failures", "leaving")
def voice_exit(table: pd.DataFrame, *, ax: Axes | None = None, case: Case | None = None) -> Axes:
    """Draw what becomes of failed moments: spoken of or not, and who leaves.

    Parameters
    ----------
    table : DataFrame
        From :func:`cvm.service.voice_or_exit`.
    ax : Axes, optional
        Where to draw; new axes without it.
    case : {"base", "moved"}, optional
        Grey or coloured.

    Returns
    -------
    Axes
        A bar a group; its dark part are the customers who leave.
    """
    assert ax is not None  # themed made it
    places = beside(len(table), case)
    height = 0.38 if case else 0.7
    ax.barh(places, table["failures"], height=height, color=ink(case), alpha=0.35, linewidth=0)
    ax.barh(places, table["leaving"], height=height, color=ink(case))
    if case != "moved":
        dress(ax, x=_("failed moments a month (dark: the customer leaves)"))
        ax.set_yticks(range(len(table)), [_(_FATES[str(name)]) for name in table["group"]])
        ax.set_ylim(len(table) - 0.4, -0.6)
    if case is None:
        shares = table["leaving"] / table["failures"]
        for place, (end, leaves) in enumerate(zip(table["failures"], shares, strict=True)):
            words = _("{share} leave", share=number(leaves, "share", digits=2))
            ax.annotate(words, (end, place), (5, 0), textcoords="offset points", va="center")
        ax.margins(x=0.2)
    return ax


@themed("wages", "asking", "tracking", "lost_value")
def listening_costs(
    table: pd.DataFrame, *, ax: Axes | None = None, case: Case | None = None
) -> Axes:
    """Draw what a month of failed moments costs, part by part.

    Parameters
    ----------
    table : DataFrame
        The row of a :class:`cvm.service.Listened`.
    ax : Axes, optional
        Where to draw; new axes without it.
    case : {"base", "moved"}, optional
        Grey or coloured.

    Returns
    -------
    Axes
    """
    assert ax is not None  # themed made it
    places = beside(len(_COSTS), case)
    ax.bar(places, table[list(_COSTS)].iloc[0], width=0.38 if case else 0.7, color=ink(case))
    if case != "moved":
        dress(ax, y=_("cost a month"), y_unit=N_("yuan"))
        ax.set_xticks(range(len(_COSTS)), [_(words) for words in _COSTS.values()])
        ax.set_xlim(-0.6, len(_COSTS) - 0.4)
    return ax


@themed("given", "total_cost", "lost")
def balance(table: pd.DataFrame, *, ax: Axes | None = None, best: float | None = None) -> Axes:
    """Draw what a contact costs over what is given for the customer's matter.

    Parameters
    ----------
    table : DataFrame
        From :func:`cvm.service.balance_table`; with a column ``rule``, one line a rule.
    ax : Axes, optional
        Where to draw; new axes without it.
    best : float, optional
        Where the cost is least, a dashed line.

    Returns
    -------
    Axes
    """
    assert ax is not None  # themed made it
    ax.plot(table["given"], table["total_cost"], color=INK["moved"])
    ax.plot(table["given"], table["lost"], color=INK["loss"], linewidth=1.6)
    ax.plot(table["given"], table["given"], color=LINES[1], linewidth=1.6)
    if best is not None:
        ax.axvline(best, color=INK["base"], linestyle="--", linewidth=1.4)
    dress(ax, x=_("given for the matter of a contact"), x_unit=N_("yuan"),
          y=_("cost of a contact"), y_unit=N_("yuan"))  # fmt: skip
    key(ax, [(_("in all"), INK["moved"]), (_("lost with spoiled moments"), INK["loss"]),
             (_("given"), LINES[1])])  # fmt: skip
    ax.set_ylim(0)
    return ax


@themed("group")
def recovery_groups(
    table: pd.DataFrame,
    *,
    ax: Axes | None = None,
    case: Case | None = None,
    column: str = "satisfaction",
) -> Axes:
    """Draw customers without a failure beside those with one, by what became of it.

    Parameters
    ----------
    table : DataFrame
        From :func:`cvm.service.recovery_groups`.
    ax : Axes, optional
        Where to draw; new axes without it.
    case : {"base", "moved"}, optional
        Grey or coloured.
    column : {"satisfaction", "intention", "came_back"}
        What to draw.

    Returns
    -------
    Axes
        The dashed line is the level of those without a failure.
    """
    assert ax is not None  # themed made it
    places = beside(len(table), case, by=0.125)
    ax.axhline(table[column].iloc[0], color=ink(case), linestyle="--", linewidth=1.2)
    ax.plot(places, table[column], marker="o", markersize=9, linestyle="", color=ink(case))
    if case != "moved":
        dress(ax, y=_(_OUTCOMES[column]), y_unit="" if column == "satisfaction" else "share")
        words = [_(_GROUPS[str(name)]).replace(" ", "\n") for name in table["group"]]
        ax.set_xticks(range(len(table)), words)
        ax.set_xlim(-0.5, len(table) - 0.5)
    return ax


# The unit used above, named so that the catalogue holds it.
UNITS = [N_("yuan")]
