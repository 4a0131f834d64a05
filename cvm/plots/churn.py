"""The figures of chapter 10, first half: lives, hazards, and scores of who will leave."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from cvm.plots.style import INK, LINES, Case, dress, ink, key, themed
from cvm.results import number
from cvm.words import N_, _

__all__ = [
    "hazard_by_month",
    "hazard_ratios",
    "profit_by_contacts",
    "score_calibration",
    "score_gains",
    "survival",
]

#: Curves that mean the same in every figure.
_CURVES = {
    "the truth": INK["truth"], "Kaplan and Meier": INK["moved"],
    "only those who left": INK["naive"], "as if watched from the first day": LINES[1],
    "all customers": INK["moved"],
}  # fmt: skip


@themed("group", "months", "survival")
def survival(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw who is still here over the months, as steps with their intervals.

    Parameters
    ----------
    table : DataFrame
        The table of :func:`cvm.churn.survival_curve`, or from
        :func:`cvm.churn.life_curves`: one line a group; with ``low`` and ``high``, a band
        for each group but the truth.
    ax : Axes, optional
        Where to draw; new axes without it.

    Returns
    -------
    Axes
    """
    assert ax is not None  # themed made it
    names = []
    free = iter(LINES)
    for group, rows in table.groupby("group", sort=False):
        colour = _CURVES.get(str(group)) or next(free)
        ax.step(rows["months"], rows["survival"], where="post", color=colour,
                linewidth=1.4 if group == "the truth" else 2.2)  # fmt: skip
        if "low" in rows and group != "the truth":
            ax.fill_between(rows["months"], rows["low"], rows["high"], step="post", alpha=0.18,
                            color=colour, linewidth=0)  # fmt: skip
        names.append((_(str(group)), colour))
    dress(ax, x=_("months as a customer"), y=_("customers still here"), y_unit="share")
    ax.set_ylim(0, 1.02)
    ax.set_xlim(0)
    if len(names) > 1:
        legend(ax, names)
    return ax


@themed("group", "month", "to", "hazard", "low", "high")
def hazard_by_month(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw the share leaving in a month, over the months of life.

    Parameters
    ----------
    table : DataFrame
        From :func:`cvm.churn.hazard_by_month`.
    ax : Axes, optional
        Where to draw; new axes without it.

    Returns
    -------
    Axes
        Each point stands in the middle of its months; bars are intervals.
    """
    assert ax is not None  # themed made it
    names = []
    groups = list(table.groupby("group", sort=False))
    for place, (colour, (group, rows)) in enumerate(zip(LINES, groups, strict=False)):
        # Groups stand a little apart, so that their intervals can be told.
        middle = (rows["month"] + rows["to"] - 1) / 2 + 0.3 * (place - (len(groups) - 1) / 2)
        reach = [rows["hazard"] - rows["low"], rows["high"] - rows["hazard"]]
        ax.errorbar(middle, rows["hazard"], yerr=reach, fmt="o-", color=colour, capsize=3,
                    linewidth=1.4)  # fmt: skip
        names.append((_(str(group)), colour))
    dress(ax, x=_("month of life"), y=_("customers who leave in a month"), y_unit="share")
    ax.set_ylim(0)
    if len(names) > 1:
        legend(ax, names)
    return ax


@themed("covariate", "ratio", "ratio_low", "ratio_high")
def hazard_ratios(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw by what each covariate multiplies the hazard, with intervals.

    Parameters
    ----------
    table : DataFrame
        The table of :func:`cvm.churn.cox`; with a column ``true_ratio``, a black mark each.
    ax : Axes, optional
        Where to draw; new axes without it.

    Returns
    -------
    Axes
        On a logarithmic scale: twice and half are equally far from one.
    """
    assert ax is not None  # themed made it
    ax.set_xscale("log")
    places = np.arange(len(table))
    reach = [table["ratio"] - table["ratio_low"], table["ratio_high"] - table["ratio"]]
    ax.axvline(1, color=INK["chance"], linewidth=1.2)
    ax.errorbar(table["ratio"], places, xerr=reach, fmt="o", color=INK["moved"], capsize=4)
    if "true_ratio" in table:
        truth_mark(ax, table["true_ratio"], places)
    names = [_(str(name)).replace("_", " ") for name in table["covariate"]]
    ax.set_yticks(places, names)
    ax.set_ylim(len(table) - 0.5, -0.5)
    dress(ax, x=_("times the hazard of leaving, for each unit"))
    spots = [x for x in (0.05, 0.1, 0.2, 0.5, 0.7, 0.9, 1, 1.2, 1.5, 2, 3, 5, 10)
             if table["ratio_low"].min() / 1.3 < x < table["ratio_high"].max() * 1.3]  # fmt: skip
    ax.set_xticks(spots, [number(x) for x in spots])
    ax.set_xticks([], minor=True)
    return ax


@themed("score", "left", "low", "high")
def score_calibration(table: pd.DataFrame, *, ax: Axes | None = None, title: str = "") -> Axes:
    """Draw who left against what the score had said, group by group.

    Parameters
    ----------
    table : DataFrame
        The ``calibration`` of :func:`cvm.churn.judge_scores`.
    ax : Axes, optional
        Where to draw; new axes without it.
    title : str
        Above the figure, already translated.

    Returns
    -------
    Axes
        On the line, as many left as the score had said.
    """
    assert ax is not None  # themed made it
    top = 1.05 * float(max(table["score"].max(), table["high"].max()))
    ax.plot([0, top], [0, top], color=INK["chance"], linewidth=1.4)
    reach = [table["left"] - table["low"], table["high"] - table["left"]]
    ax.errorbar(table["score"], table["left"], yerr=reach, fmt="o", color=INK["moved"], capsize=3)
    dress(ax, x=_("chance of leaving, by the score"), y=_("customers who left"), x_unit="share",
          y_unit="share", title=title)  # fmt: skip
    ax.set_xlim(0, top)
    ax.set_ylim(0, top)
    return ax


@themed("contacted", "found")
def score_gains(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw what share of the leavers stands in the top of a score.

    Parameters
    ----------
    table : DataFrame
        The ``gains`` of :func:`cvm.churn.judge_scores`; with a column ``score``, one line
        a score.
    ax : Axes, optional
        Where to draw; new axes without it.

    Returns
    -------
    Axes
        The grey line is drawing lots.
    """
    assert ax is not None  # themed made it
    ax.plot([0, 1], [0, 1], color=INK["chance"], linewidth=1.4)
    groups = [("", table)]
    if "score" in table:
        groups = [(str(name), rows) for name, rows in table.groupby("score", sort=False)]
    for colour, (_name, rows) in zip(LINES, groups, strict=False):
        ax.plot(rows["contacted"], rows["found"], color=colour, marker="o", markersize=4)
    dress(ax, x=_("customers contacted, from the highest score down"),
          y=_("leavers among them, of all leavers"), x_unit="share", y_unit="share")  # fmt: skip
    if "score" in table:
        legend(
            ax, [(_(name), colour) for colour, (name, _rows) in zip(LINES, groups, strict=False)]
        )
    return ax


@themed("contacted", "profit")
def profit_by_contacts(
    table: pd.DataFrame, *, ax: Axes | None = None, case: Case | None = None, unit: str = "yuan"
) -> Axes:
    """Draw the profit of a campaign over the share of customers it contacts.

    Parameters
    ----------
    table : DataFrame
        From :func:`cvm.churn.profit_curve`.
    ax : Axes, optional
        Where to draw; new axes without it.
    case : {"base", "moved"}, optional
        Grey or coloured.
    unit : str
        The money of the table.

    Returns
    -------
    Axes
        A ring marks the highest profit.
    """
    assert ax is not None  # themed made it
    ax.plot(table["contacted"], table["profit"], color=ink(case))
    best = table.nlargest(1, "profit")
    ax.plot(best["contacted"], best["profit"], marker="o", markersize=11, linestyle="",
            markerfacecolor="none", markeredgewidth=2, color=ink(case))  # fmt: skip
    if case != "moved":
        ax.axhline(0, color=INK["chance"], linewidth=1.2)
        dress(ax, x=_("customers contacted (ring: most profit)"), y=_("profit per customer scored"),
              x_unit="share", y_unit=unit)  # fmt: skip
    return ax


def truth_mark(ax: Axes, values: pd.Series, places: np.ndarray) -> None:
    """Mark what the simulator knows, by a black bar in each row."""
    ax.plot(values, places, "|", color=INK["truth"], markersize=16, markeredgewidth=2)


def legend(ax: Axes, names: list[tuple[str, str]]) -> None:
    """Tell what the colours mean: in one line above the figure, or in several."""
    if sum(len(words) for words, _colour in names) + 4 * len(names) <= 62:
        key(ax, names)
        return
    from matplotlib.patches import Rectangle

    marks = [Rectangle((0, 0), 1, 1, color=colour) for _words, colour in names]
    ax.legend(marks, [words for words, _colour in names], loc="lower left", ncols=2,
              bbox_to_anchor=(0, 1.0), handlelength=1, handleheight=0.9, borderaxespad=0.3)  # fmt: skip


# The unit used above, named so that the catalogue holds it.
UNITS = [N_("yuan")]
