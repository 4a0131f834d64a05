"""The figures of chapter 10, second half: campaigns, and whom to win back."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from cvm.plots.churn import legend, truth_mark
from cvm.plots.style import INK, LINES, Case, beside, dress, ink, key, themed
from cvm.results import number
from cvm.words import N_, _

__all__ = [
    "campaign_effects",
    "cost_regained",
    "customer_types",
    "targeting",
    "type_shares",
    "uplift_gain",
    "win_back",
]

_TYPES = {
    "persuadable": LINES[2], "sure": INK["chance"], "lost cause": LINES[1],
    "do not disturb": INK["loss"],
}  # fmt: skip
_WAYS = {
    "risk": N_("by risk"), "true_risk": N_("by the true risk"), "uplift": N_("by uplift"),
    "true_uplift": N_("by the true uplift"),
}  # fmt: skip
_ADVICE = {"win back": LINES[2], "let go": INK["loss"], "cannot tell": INK["base"]}
#: How far bars of the base and the moved case stand beside each other.


@themed("contacted", "saved", "at_random")
def uplift_gain(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw the customers a campaign saves as it contacts more and more of them.

    Parameters
    ----------
    table : DataFrame
        The table of :func:`cvm.churn.uplift_curve`; with a column ``score``, one line a
        score. A band where there is one score; dotted, by the truth, where known.
    ax : Axes, optional
        Where to draw; new axes without it.

    Returns
    -------
    Axes
        The grey line is drawing lots.
    """
    assert ax is not None  # themed made it
    groups = [("", table)]
    if "score" in table:
        groups = [(str(name), rows) for name, rows in table.groupby("score", sort=False)]
    first = groups[0][1]
    ax.plot(first["contacted"], 100 * first["at_random"], color=INK["base"], linewidth=1.4)
    for colour, (_name, rows) in zip(LINES, groups, strict=False):
        ax.plot(rows["contacted"], 100 * rows["saved"], color=colour)
        if len(groups) == 1:
            ax.fill_between(rows["contacted"], 100 * rows["low"], 100 * rows["high"],
                            color=colour, alpha=0.18, linewidth=0)  # fmt: skip
        if "true_saved" in rows:
            ax.plot(rows["contacted"], 100 * rows["true_saved"], color=colour, linestyle=":")
    dress(ax, x=_("customers contacted, from the highest score down"),
          y=_("customers saved, of 100 in the campaign"), x_unit="share")  # fmt: skip
    names = [(_(_WAYS.get(name, name)), colour) for colour, (name, _r) in zip(LINES, groups, strict=False) if name]  # fmt: skip
    legend(ax, [*names, (_("by lot"), INK["base"])])
    return ax


@themed("chosen", "saved")
def targeting(table: pd.DataFrame, *, ax: Axes | None = None, case: Case | None = None) -> Axes:
    """Draw the customers saved by each way of choosing whom to contact.

    Parameters
    ----------
    table : DataFrame
        From :func:`cvm.churn.compare_targeting`; ``saved`` is per contact. With ``low`` and
        ``high``, points with intervals, and black marks where ``true_saved`` is known;
        else bars.
    ax : Axes, optional
        Where to draw; new axes without it.
    case : {"base", "moved"}, optional
        Grey or coloured.

    Returns
    -------
    Axes
    """
    assert ax is not None  # themed made it
    # Horizontal, the moved case below the base.
    places = beside(len(table), case)
    saved = 100 * table["saved"]
    if "low" in table:
        reach = [saved - 100 * table["low"], 100 * table["high"] - saved]
        ax.errorbar(saved, places, xerr=reach, fmt="o", color=ink(case), capsize=4)
        if "true_saved" in table and case != "base":
            truth_mark(ax, 100 * table["true_saved"], places)
    else:
        ax.barh(places, saved, height=0.38 if case else 0.6, color=ink(case))
    if case != "moved":
        names = [_(_WAYS.get(str(name), str(name))) for name in table["chosen"]]
        ax.set_yticks(range(len(table)), names)
        ax.set_ylim(len(table) - 0.5, -0.5)
        ax.axvline(0, color=INK["chance"], linewidth=1.2)
        dress(ax, x=_("customers saved, of 100 contacted"))
    return ax


@themed("chosen", "type", "share")
def customer_types(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw who is contacted by each way of choosing: the four types.

    Parameters
    ----------
    table : DataFrame
        From :func:`cvm.churn.type_table`.
    ax : Axes, optional
        Where to draw; new axes without it.

    Returns
    -------
    Axes
        One bar a way, its parts adding to all who are contacted.
    """
    assert ax is not None  # themed made it
    ways = table["chosen"].drop_duplicates().tolist()
    floor = np.zeros(len(ways))
    for kind, colour in _TYPES.items():
        rows = table[table["type"] == kind].set_index("chosen").loc[ways, "share"].to_numpy()
        ax.barh(range(len(ways)), rows, left=floor, height=0.6, color=colour)
        floor += rows
    ax.set_yticks(range(len(ways)), [_(_WAYS.get(str(way), str(way))) for way in ways])
    ax.set_ylim(len(ways) - 0.5, -0.5)
    dress(ax, x=_("share of those contacted"), x_unit="share")
    ax.set_xlim(0, 1)
    key(ax, [(_(kind), colour) for kind, colour in _TYPES.items()])
    return ax


@themed("type", "share")
def type_shares(table: pd.DataFrame, *, ax: Axes | None = None, case: Case | None = None) -> Axes:
    """Draw the types among those contacted in one way.

    Parameters
    ----------
    table : DataFrame
        Rows of :func:`cvm.churn.type_table` for one way of choosing.
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
    ax.bar(places, table["share"], width=0.38 if case else 0.6, color=ink(case))
    if case != "moved":
        dress(ax, y=_("share of those contacted by risk"), y_unit="share")
        ax.set_xticks(range(len(table)), [_(str(kind)) for kind in table["type"]])
        ax.set_xlim(-0.6, len(table) - 0.4)
    return ax


@themed("method", "effect", "low", "high")
def campaign_effects(
    table: pd.DataFrame, *, ax: Axes | None = None, case: Case | None = None
) -> Axes:
    """Draw what each reading of a campaign says a contact does, and the truth.

    Parameters
    ----------
    table : DataFrame
        From :func:`cvm.churn.compare_effects`; with a column ``campaign``, told before the
        method.
    ax : Axes, optional
        Where to draw; new axes without it.
    case : {"base", "moved"}, optional
        Grey or coloured.

    Returns
    -------
    Axes
        A black mark is the truth, where the table has it.
    """
    assert ax is not None  # themed made it
    places = beside(len(table), case, by=0.1)
    effect = 100 * table["effect"]
    reach = [effect - 100 * table["low"], 100 * table["high"] - effect]
    ax.errorbar(effect, places, xerr=reach, fmt="o", color=ink(case), capsize=4)
    if "true_effect" in table and case != "base":
        truth_mark(ax, 100 * table["true_effect"], places)
    if case != "moved":
        names = [_(str(method)) for method in table["method"]]
        if "campaign" in table:
            names = [f"{_(str(which))}: {name}" for which, name in zip(table["campaign"], names, strict=True)]  # fmt: skip
        ax.set_yticks(range(len(table)), names)
        ax.set_ylim(len(table) - 0.5, -0.5)
        ax.axvline(0, color=INK["chance"], linewidth=1.2)
        dress(ax, x=_("customers a contact holds, of 100 (bar: the truth)"))
    return ax


@themed("group", "profit_tried")
def win_back(
    table: pd.DataFrame, *, ax: Axes | None = None, case: Case | None = None, unit: str = "yuan"
) -> Axes:
    """Draw what winning back earns for each lost customer tried.

    Parameters
    ----------
    table : DataFrame
        The table of :func:`cvm.churn.win_back`: with ``profit_low`` and ``profit_high``,
        points with intervals in the colour of the ``advice``; else bars.
    ax : Axes, optional
        Where to draw; new axes without it.
    case : {"base", "moved"}, optional
        Grey or coloured.
    unit : str
        The money of the table.

    Returns
    -------
    Axes
    """
    assert ax is not None  # themed made it
    places = beside(len(table), case)
    if "profit_low" in table:
        for place, row in zip(places, table.to_dict("records"), strict=True):
            colour = _ADVICE[row["advice"]]
            reach = [
                [row["profit_tried"] - row["profit_low"]],
                [row["profit_high"] - row["profit_tried"]],
            ]
            ax.errorbar(row["profit_tried"], place, xerr=reach, fmt="o", color=colour, capsize=4)
        key(ax, [(_(words), colour) for words, colour in _ADVICE.items()
                 if words in set(table["advice"])])  # fmt: skip
    else:
        ax.barh(places, table["profit_tried"], height=0.38 if case else 0.6, color=ink(case))
    if case != "moved":
        ax.axvline(0, color=INK["base"], linewidth=1.2)
        _causes(ax, table)
        dress(ax, x=_("profit for each lost customer tried"), x_unit=unit)
    return ax


@themed("group", "cost_regained")
def cost_regained(
    table: pd.DataFrame,
    *,
    ax: Axes | None = None,
    case: Case | None = None,
    cost_new: float = 0.0,
    unit: str = "yuan",
) -> Axes:
    """Draw what it costs to regain a customer, beside what a new one costs.

    Parameters
    ----------
    table : DataFrame
        The table of :func:`cvm.churn.win_back`, with intervals where it has them. Groups of
        whom nobody returns are left out.
    ax : Axes, optional
        Where to draw; new axes without it.
    case : {"base", "moved"}, optional
        Grey or coloured.
    cost_new : float
        Cost of winning a new customer, a dashed line; none where it is 0.
    unit : str
        The money of the table.

    Returns
    -------
    Axes
        On a logarithmic scale.
    """
    assert ax is not None  # themed made it
    if case != "moved":
        ax.set_xscale("log")
    some = np.isfinite(table["cost_regained"].to_numpy(dtype=float))
    rows = table[some]
    places = beside(len(table), case, by=0.1)[some]
    ax.plot(rows["cost_regained"], places, "o", color=ink(case))
    if "cost_low" in rows:
        reach = [
            rows["cost_regained"] - rows["cost_low"],
            rows["cost_high"] - rows["cost_regained"],
        ]
        ax.errorbar(
            rows["cost_regained"], places, xerr=reach, fmt="none", color=ink(case), capsize=4
        )
    if cost_new:
        ax.axvline(cost_new, color=ink(case), linestyle="--", linewidth=1.4)
    if case != "moved":
        _causes(ax, table)
        dress(ax, x=_("cost of one regained (dashed: new)"), x_unit=unit)
        spots = [10, 20, 50, 100, 200, 500, 1000, 2000]
        low, high = ax.get_xlim()
        ax.set_xticks(spots, [number(spot) for spot in spots])
        ax.set_xticks([], minor=True)
        ax.set_xlim(min(low, 30), max(high, 1000))
    return ax


def _causes(ax: Axes, table: pd.DataFrame) -> None:
    ax.set_yticks(range(len(table)), [_(str(name)) for name in table["group"]])
    ax.set_ylim(len(table) - 0.5, -0.5)


# The unit used above, named so that the catalogue holds it.
UNITS = [N_("yuan")]
