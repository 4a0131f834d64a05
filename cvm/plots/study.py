"""Figures of a study before its data: what it would find, how large it must be, what it hangs on."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from cvm.errors import CvmError
from cvm.plots.style import INK, Case, drawing, dress, ink, key, themed
from cvm.results import number
from cvm.words import N_, _

__all__ = ["designs_tried", "diagnosis", "power_curve", "specification_curve"]

#: Bars of a heap of estimates, and how high the heap stands in its row.
BARS, HEAP = 18, 0.78


@themed("study", "world", "analysis", "truth", "estimate")
def diagnosis(
    table: pd.DataFrame,
    *,
    decisions: pd.DataFrame | None = None,
    x: str = "",
    unit: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw the estimates of many simulated studies, with the truth as a line.

    Parameters
    ----------
    table : DataFrame
        ``studies`` of a diagnosis.
    decisions : DataFrame, optional
        ``decisions()`` of it; then how often each analysis decides rightly stands beside it: that
        the hypothesis is supported where it is true, that it is not where it is false.
    x : str
        What was estimated, in words.
    unit : str
        Of the estimates, as in :func:`cvm.results.number`.
    ax : Axes, optional
        Where to draw; new axes without it.

    Returns
    -------
    Axes
        A heap of estimates a world and analysis, the planned one in blue, the naive in orange.
    """
    assert ax is not None  # themed made it
    told = table[table["estimate"].notna()]
    heaps = [
        (str(studies["world"].iloc[0]), str(studies["analysis"].iloc[0]), studies)
        for _key, studies in told.groupby(["world", "analysis"], sort=False)
    ]
    colours = {"planned": INK["moved"], "naive": INK["naive"]}
    names = []
    for row, (world, analysis, studies) in enumerate(heaps):
        heights, edges = np.histogram(studies["estimate"], bins=BARS)
        ax.stairs(row - HEAP * heights / heights.max(), edges, baseline=row, fill=True,
                  color=colours[analysis], alpha=0.85)  # fmt: skip
        ax.vlines(studies["truth"].iloc[0], row - 0.9, row + 0.05, color=INK["truth"], linewidth=2)
        names.append(fill(_("{analysis}, {world}", analysis=_(analysis), world=_(world)), 22))
        if decisions is not None:
            ax.annotate(_right(decisions, world, analysis), (1.01, row - 0.3), va="center",
                        xycoords=("axes fraction", "data"), annotation_clip=False)  # fmt: skip
    ax.set_yticks([row - 0.3 for row in range(len(heaps))], names)
    ax.set_ylim(len(heaps) - 0.8, -1.0)
    dress(ax, x=x or _("estimate"), x_unit=unit)
    ax.tick_params(axis="y", length=0)
    key(ax, [(_("planned analysis"), colours["planned"]), (_("naive analysis"), colours["naive"]),
             (_("truth"), INK["truth"])])  # fmt: skip
    return ax


def _right(decisions: pd.DataFrame, world: str, analysis: str) -> str:
    rows = decisions.query("world == @world and analysis == @analysis and decision == 'supported'")
    share = float(rows["share"].iloc[0])
    return _("right in {share}", share=number(share if world == "as believed" else 1 - share, "share"))  # fmt: skip


@themed("value_of", "value", "low", "high")
def power_curve(
    table: pd.DataFrame,
    *,
    wanted: float = 0.8,
    needed: float | None = None,
    here: tuple[float, float] | None = None,
    measure: str = "power",
    x: str = "",
    x_unit: str = "",
    ax: Axes | None = None,
    case: Case | None = None,
) -> Axes:
    """Draw how power moves with size, effect or a nuisance.

    Parameters
    ----------
    table : DataFrame
        From :func:`cvm.research.study.diagnosis_curve`, whose planned analysis is drawn, or a
        table of the columns value_of, value, low, high alone.
    wanted : float
        The power that is wanted, a dashed line.
    needed : float, optional
        Where it is reached, marked on the axis.
    here : tuple of float, optional
        Where one stands: the value and its power.
    measure : str
        Another measure of the diagnosis, such as "coverage".
    x, x_unit : str
        What is along the axis, in words, and its unit; "customers in the study" without it.
    ax : Axes, optional
        Where to draw; new axes without it.
    case : {"base", "moved"}, optional
        Grey or coloured.

    Returns
    -------
    Axes
        The band is the Monte Carlo error, 95 %.
    """
    assert ax is not None  # themed made it
    if "measure" in table:
        table = table[(table["measure"] == measure) & (table["analysis"] == "planned")]
    colour, mark = ink(case), "o-" if len(table) < 20 else "-"
    if (table["high"] > table["low"]).any():
        ax.fill_between(table["value_of"], table["low"], table["high"], color=colour, alpha=0.2, linewidth=0)  # fmt: skip
    ax.plot(table["value_of"], table["value"], mark, color=colour)
    if here is not None:
        ax.plot(*here, "o", color=colour, markersize=9, markeredgecolor="white")
    if needed is not None and np.isfinite(needed):
        ax.vlines(needed, 0, wanted, color=colour, linestyle=":", linewidth=1.6)
        ax.annotate(number(round(needed)), (needed, 0.02), (5, 0), textcoords="offset points",
                    color=colour)  # fmt: skip
    if case != "moved":
        ax.axhline(wanted, color=INK["base"], linestyle="--", linewidth=1.2)
        ax.set_ylim(0, 1.03)
        dress(ax, x=x or _("customers in the study"), x_unit=x_unit, y=_(measure.replace("_", " ")), y_unit="share")  # fmt: skip
    return ax


@themed("place", "estimate", "low", "high")
def specification_curve(
    table: pd.DataFrame,
    *,
    choices: Sequence[str],
    chosen: int | None = None,
    truth: float | None = None,
    unit: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw the answer under every choice, and below it which choices made it.

    Parameters
    ----------
    table : DataFrame
        ``to_frame()`` of a specification curve.
    choices : sequence of str
        ``chosen()`` of it: the columns that are choices.
    chosen : int, optional
        The place of the specification that was planned; it is marked.
    truth : float, optional
        The true answer, where it is known.
    unit : str
        Of the estimates, as in :func:`cvm.results.number`.
    ax : Axes, optional
        Where to draw; a tall figure of its own without it. The axes are parted in two.

    Returns
    -------
    Axes
        The upper axes: estimates with intervals, those that leave out 0 in blue. The lower axes
        has a dot for each option a specification takes.

    Raises
    ------
    CvmError
        For a choice that is no column, or axes that cannot be parted.
    """
    assert ax is not None  # themed made it
    missing = [name for name in choices if name not in table]
    if missing or not len(choices):
        wrong = _("A choice of a specification curve is a column of its table.")
        raise CvmError(wrong, given=missing, remedy=_("Give choices=curve.chosen()."))
    rows = table[table["estimate"].notna()]
    below = _parted(ax, sum(rows[name].nunique() + 0.6 for name in choices))
    clear = (rows["low"] > 0) | (rows["high"] < 0)
    for mask, colour in ((clear, INK["moved"]), (~clear, INK["base"])):
        part = rows[mask]
        ax.vlines(part["place"], part["low"], part["high"], color=colour, linewidth=1.4)
        ax.plot(part["place"], part["estimate"], "o", color=colour, markersize=5)
    ax.axhline(0, color=INK["chance"], linewidth=1.2)
    if truth is not None:
        ax.axhline(truth, color=INK["truth"], linewidth=1.2, linestyle="--")
    for one in (ax, below):
        if chosen is not None:
            one.axvspan(chosen - 0.5, chosen + 0.5, color=INK["naive"], alpha=0.18, linewidth=0)
    ax.set_xlim(0.3, len(table) + 0.7)
    dress(ax, y=_("estimate"), y_unit=unit)
    ax.tick_params(labelbottom=False, length=0, axis="x")
    _dashboard(below, rows, choices, clear)
    return ax


def _parted(ax: Axes, lines: float) -> Axes:
    """Part the axes: the lower one has a line for each option."""
    place = ax.get_subplotspec()
    if place is None:
        wrong = _("These axes cannot be parted into a curve and its choices.")
        raise CvmError(wrong, remedy=_("Give ax=plots.figure(width=8, height=6), or none."))
    with drawing():
        parts = place.subgridspec(2, 1, height_ratios=[9.0, max(3.0, 0.95 * lines)])
        ax.set_subplotspec(parts[0])
        return ax.figure.add_subplot(parts[1], sharex=ax)


def _dashboard(ax: Axes, rows: pd.DataFrame, choices: Sequence[str], clear: pd.Series) -> None:
    line, ticks, names = 0.0, [], []
    colours = np.where(clear, INK["moved"], INK["base"])
    for choice in choices:
        for option in sorted(rows[choice].unique(), key=lambda word: (len(str(word)), str(word))):
            takes = (rows[choice] == option).to_numpy()
            ax.scatter(rows["place"][takes], np.full(takes.sum(), line), s=26, marker="s",
                       c=colours[takes], linewidths=0)  # fmt: skip
            ticks.append(line)
            names.append(_("{choice}: {option}", choice=_(choice), option=option))
            line += 1
        line += 0.6
    ax.set_yticks(ticks, names, fontsize="small")
    ax.set_ylim(line - 0.9, -0.7)
    dress(ax, x=_("specifications, from the smallest estimate to the largest"))
    ax.tick_params(axis="both", length=0)
    ax.spines[:].set_visible(False)


_MEASURES = {
    "bias_in_se": (N_("bias (in standard errors)"), 0.0, ""),
    "coverage": (N_("intervals that hold the truth"), 0.95, "share"),
    "power": (N_("power"), 0.8, "share"),
    "false_positives": (N_("finds what is not there"), 0.05, "share"),
}


@themed("design", "analysis", "measure", "value", "low", "high")
def designs_tried(
    table: pd.DataFrame,
    *,
    measure: str = "coverage",
    names: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """Draw one measure of several designs beside where it should be.

    Parameters
    ----------
    table : DataFrame
        From :func:`cvm.research.study.compare_designs`; with a column ``sound`` (True or False)
        the flawed ones are orange.
    measure : {"bias_in_se", "coverage", "power", "false_positives"}
        Which.
    names : bool
        Whether the designs are named; not needed beside another such axes.
    ax : Axes, optional
        Where to draw; new axes without it.

    Returns
    -------
    Axes
        One line a design, the first above, with 95 % Monte Carlo intervals.

    Raises
    ------
    CvmError
        For another measure.
    """
    assert ax is not None  # themed made it
    if measure not in _MEASURES:
        wrong = _("There is no picture of the measure '{name}'.", name=measure)
        raise CvmError(wrong, remedy=_("Measures: {names}.", names=", ".join(_MEASURES)))
    words, wanted, unit = _MEASURES[measure]
    rows = table[(table["measure"] == measure) & (table["analysis"] == "planned")]
    sound = rows["sound"] if "sound" in rows else pd.Series(True, index=rows.index)
    colours = np.where(sound, INK["moved"], INK["naive"])
    ax.axvline(wanted, color=INK["truth"], linewidth=1.2, linestyle="--")
    places = np.arange(len(rows))
    ax.hlines(places, rows["low"], rows["high"], colors=colours, linewidth=2)
    ax.scatter(rows["value"], places, c=colours, s=44, zorder=3)
    ax.set_yticks(places, list(rows["design"]) if names else [""] * len(rows))
    ax.set_ylim(len(rows) - 0.5, -0.5)
    dress(ax, x=_(words), x_unit=unit)
    ax.tick_params(axis="y", length=0)
    if names and not sound.all():
        key(ax, [(_("sound"), INK["moved"]), (_("flawed"), INK["naive"])])
    return ax
