"""The figures of chapter 08: promises, waves, intervals, drivers, needs, the budget."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from cvm.plots.style import INK, LINES, Case, dress, ink, key, themed
from cvm.results import number
from cvm.words import N_, _

__all__ = [
    "answer_shares",
    "detectable_change",
    "driver_shares",
    "impact_bars",
    "importance_map",
    "interval_coverage",
    "kano_map",
    "promise_curve",
    "survey_waves",
    "value_return",
]

_METHODS = {
    "wald": N_("Wald"), "adjusted": N_("adjusted Wald"), "score": N_("score"),
    "bootstrap": N_("bootstrap"), "t": N_("t"), "wilson": N_("Wilson"), "exact": N_("exact"),
}  # fmt: skip
_RULES = {
    "correlation": N_("correlation alone"), "regression": N_("regression"),
    "shapley": N_("Shapley"), "johnson": N_("Johnson"), "truth": N_("truth"),
}  # fmt: skip


@themed("promise", "seen", "satisfaction")
def promise_curve(
    table: pd.DataFrame,
    *,
    ax: Axes | None = None,
    case: Case | None = None,
    promise: float | None = None,
) -> Axes:
    """Draw what customers see and how satisfied they are, over what is promised.

    Parameters
    ----------
    table : DataFrame
        From :func:`cvm.survey.promise_table`.
    ax : Axes, optional
        Where to draw; new axes without it.
    case : {"base", "moved"}, optional
        Grey or coloured.
    promise : float, optional
        Where the firm stands, marked on the curve of satisfaction.

    Returns
    -------
    Axes
        Solid: satisfaction. Dashed: what is seen.
    """
    assert ax is not None  # themed made it
    if case != "moved":
        dress(ax, x=_("promised beyond what is delivered (points)"), y=_("points, 0 to 100"))
        ax.set_ylim(0, 100)
        ax.axvline(0, color=INK["chance"], linewidth=1.2)
    ax.plot(table["promise"], table["satisfaction"], color=ink(case))
    ax.plot(table["promise"], table["seen"], color=ink(case), linestyle="--", linewidth=1.4)
    if promise is not None:
        here = table.iloc[[int((table["promise"] - promise).abs().argmin())]]
        ax.plot(here["promise"], here["satisfaction"], "o", color=ink(case), markersize=9)
    if case is None:
        for column, words, lift in (("satisfaction", _("satisfaction"), -14),
                                    ("seen", _("what they see"), 6)):  # fmt: skip
            end = table.iloc[-1]
            ax.annotate(words, (end["promise"], end[column]), (-4, lift), ha="right",
                        textcoords="offset points", color=ink(case))  # fmt: skip
    return ax


@themed("wave", "value", "low", "high")
def survey_waves(
    table: pd.DataFrame, *, ax: Axes | None = None, unit: str = "", words: str = ""
) -> Axes:
    """Draw a score wave by wave, with intervals.

    Parameters
    ----------
    table : DataFrame
        From :func:`cvm.survey.track`.
    ax : Axes, optional
        Where to draw; new axes without it.
    unit : str
        Of the score, as in :func:`cvm.results.number`.
    words : str
        What the score is, already translated; "score" without it.

    Returns
    -------
    Axes
    """
    assert ax is not None  # themed made it
    reach = [table["value"] - table["low"], table["high"] - table["value"]]
    ax.errorbar(table["wave"], table["value"], yerr=reach, fmt="o-", color=ink(None), capsize=4)
    later = table["value"].shift(-1)  # the number stands where the line does not go
    for wave, value, after in zip(table["wave"], table["value"], later, strict=True):
        ax.annotate(number(value, unit), (wave, value), (8, -14 if after > value else 6),
                    textcoords="offset points")  # fmt: skip
    dress(ax, x=_("wave"), y=words or _("score"), y_unit=unit)
    ax.set_xticks(list(table["wave"]))
    ax.set_xlim(table["wave"].min() - 0.4, table["wave"].max() + 0.6)
    return ax


@themed("method", "n", "coverage", "mc_se", "level")
def interval_coverage(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw how often each kind of interval holds the truth.

    Parameters
    ----------
    table : DataFrame
        From :func:`cvm.survey.interval_coverage`, for one or more sample sizes.
    ax : Axes, optional
        Where to draw; new axes without it.

    Returns
    -------
    Axes
        The dashed line is what is promised; bars are two Monte Carlo standard errors.
    """
    assert ax is not None  # themed made it
    level = float(table["level"].iloc[0])
    ax.axvline(level, color=INK["truth"], linestyle="--", linewidth=1.2)
    sizes = list(dict.fromkeys(table["n"]))
    names = list(dict.fromkeys(table["method"]))
    for place, size in enumerate(sizes):
        rows = table[table["n"] == size]
        at = [names.index(name) + 0.16 * (place - (len(sizes) - 1) / 2) for name in rows["method"]]
        ax.errorbar(rows["coverage"], at, xerr=2 * rows["mc_se"], fmt="o", capsize=3,
                    color=LINES[place % len(LINES)])  # fmt: skip
    ax.set_yticks(range(len(names)), [_(_METHODS.get(name, name)) for name in names])
    ax.set_ylim(len(names) - 0.5, -0.5)
    dress(ax, x=_("intervals that hold the truth (dashed: as promised)"), x_unit="share")
    if len(sizes) > 1:
        words = [_("n = {n}", n=number(size)) for size in sizes]
        key(ax, list(zip(words, LINES, strict=False)))
    return ax


@themed("answer", "share")
def answer_shares(table: pd.DataFrame, *, ax: Axes | None = None, case: Case | None = None) -> Axes:
    """Draw which answers were given how often.

    Parameters
    ----------
    table : DataFrame
        ``answer`` (points of the scale) and ``share``, as
        :func:`cvm.whatif.survey.answers_given` makes it.
    ax : Axes, optional
        Where to draw; new axes without it.
    case : {"base", "moved"}, optional
        Grey or coloured.

    Returns
    -------
    Axes
    """
    assert ax is not None  # themed made it
    if case != "moved":
        dress(ax, x=_("answer"), y=_("share of answers"), y_unit="share")
        ax.set_xticks(list(table["answer"]))
    shift, width = {"base": (-0.2, 0.4), "moved": (0.2, 0.4)}.get(case or "", (0.0, 0.8))
    ax.bar(table["answer"] + shift, table["share"], width=width, color=ink(case))
    return ax


@themed("cause", "total", "total_low", "total_high")
def impact_bars(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw what one point more of each cause brings, with intervals.

    Parameters
    ----------
    table : DataFrame
        ``to_frame()`` of :func:`cvm.survey.impacts`.
    ax : Axes, optional
        Where to draw; new axes without it.

    Returns
    -------
    Axes
    """
    assert ax is not None  # themed made it
    reach = [table["total"] - table["total_low"], table["total_high"] - table["total"]]
    ax.barh(range(len(table)), table["total"], color=INK["chance"])
    ax.errorbar(table["total"], range(len(table)), xerr=reach, fmt="o", color=ink(None), capsize=4)
    ax.set_yticks(range(len(table)), [_named(str(name)) for name in table["cause"]])
    ax.set_ylim(len(table) - 0.5, -0.5)
    ax.axvline(0, color=INK["truth"], linewidth=0.8)
    dress(ax, x=_("points of satisfaction for one point more (0 to 100)"))
    return ax


@themed("driver", "share")
def driver_shares(table: pd.DataFrame, *, ax: Axes | None = None, case: Case | None = None) -> Axes:
    """Draw the share of importance of each driver, by one method or several.

    Parameters
    ----------
    table : DataFrame
        ``to_frame()`` of :func:`cvm.survey.key_drivers` (``driver``, ``share``,
        ``share_low``, ``share_high``), or a long table with ``method`` beside them. A method
        named "truth" is drawn as a black mark.
    ax : Axes, optional
        Where to draw; new axes without it.
    case : {"base", "moved"}, optional
        Grey or coloured, for a table of one method and the truth.

    Returns
    -------
    Axes
    """
    assert ax is not None  # themed made it
    drivers = list(dict.fromkeys(table["driver"]))
    if case != "moved":
        ax.set_yticks(range(len(drivers)), [_named(str(name)) for name in drivers])
        ax.set_ylim(len(drivers) - 0.5, -0.5)
        ax.axvline(0, color=INK["chance"], linewidth=1.2)
        dress(ax, x=_("share of what the drivers explain"), x_unit="share")
    groups = list(table.groupby("method", sort=False)) if "method" in table else [("", table)]
    methods = [name for name, _rows in groups if name != "truth"]
    names = []
    for name, rows in groups:
        if name == "truth":
            at = [drivers.index(driver) for driver in rows["driver"]]
            ax.plot(rows["share"], at, "|", color=INK["truth"], markersize=18, markeredgewidth=2)
            names.append((_("truth"), INK["truth"]))
            continue
        place = methods.index(name)
        colour = ink(case) if len(methods) == 1 else LINES[place % len(LINES)]
        shift = {"base": -0.13, "moved": 0.13}.get(
            case or "", 0.16 * (place - (len(methods) - 1) / 2)
        )
        _dots(ax, rows, [drivers.index(driver) + shift for driver in rows["driver"]], colour)
        names.append((_(_RULES.get(str(name), str(name))), colour))
    if case is None and len(names) > 1:
        key(ax, names)
    return ax


@themed("driver", "importance", "performance")
def importance_map(
    table: pd.DataFrame,
    *,
    ax: Axes | None = None,
    importance_cut: float | None = None,
    performance_cut: float | None = None,
) -> Axes:
    """Draw importance over performance, with the field that calls for work shaded.

    Parameters
    ----------
    table : DataFrame
        ``to_frame()`` of :func:`cvm.survey.importance_performance`.
    ax : Axes, optional
        Where to draw; new axes without it.
    importance_cut, performance_cut : float, optional
        Where the fields meet, from the same result; the middle of the table without them.

    Returns
    -------
    Axes
        Crosses are intervals, where the table has them.
    """
    assert ax is not None  # themed made it
    across = table["performance"].mean() if performance_cut is None else performance_cut
    up = table["importance"].mean() if importance_cut is None else importance_cut
    if {"importance_low", "performance_low"} <= set(table.columns):
        ax.hlines(table["importance"], table["performance_low"], table["performance_high"],
                  color=INK["chance"], linewidth=1.2)  # fmt: skip
        ax.vlines(table["performance"], table["importance_low"], table["importance_high"],
                  color=INK["chance"], linewidth=1.2)  # fmt: skip
    ax.plot(table["performance"], table["importance"], "o", color=ink(None))
    for row in table.itertuples():
        ax.annotate(_named(str(row.driver)), (row.performance, row.importance), (6, 5),
                    textcoords="offset points")  # fmt: skip
    dress(ax, x=_("performance (mean score, 0 to 100)"), y=_("importance"), y_unit="share")
    left, top = ax.get_xlim()[0], ax.get_ylim()[1]
    ax.axvline(across, color=INK["base"], linewidth=1)
    ax.axhline(up, color=INK["base"], linewidth=1)
    ax.fill_between([left, across], up, top, color=INK["naive"], alpha=0.08, linewidth=0)
    ax.set_xlim(left=left)
    ax.set_ylim(top=top)
    ax.annotate(_("work here first"), (0.02, 0.97), xycoords="axes fraction", va="top",
                color=INK["naive"])  # fmt: skip
    return ax


@themed("feature", "better", "worse", "category")
def kano_map(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw what each feature adds where it is there, over what its lack costs.

    Parameters
    ----------
    table : DataFrame
        ``to_frame()`` of :func:`cvm.survey.kano`.
    ax : Axes, optional
        Where to draw; new axes without it.

    Returns
    -------
    Axes
        Crosses are intervals. Lines at a half part must-be (lower right), one-dimensional
        (upper right), attractive (upper left) and indifferent (lower left).
    """
    assert ax is not None  # themed made it
    lack = -table["worse"]
    ax.axvline(0.5, color=INK["chance"], linewidth=1.2)
    ax.axhline(0.5, color=INK["chance"], linewidth=1.2)
    if {"better_low", "worse_low"} <= set(table.columns):
        ax.hlines(table["better"], -table["worse_high"], -table["worse_low"],
                  color=INK["chance"])  # fmt: skip
        ax.vlines(lack, table["better_low"], table["better_high"], color=INK["chance"])
    ax.plot(lack, table["better"], "o", color=ink(None))
    for x, row in zip(lack, table.itertuples(), strict=True):
        left = x > 0.75
        ax.annotate(_(str(row.feature)), (x, row.better), (-7 if left else 7, 6),
                    textcoords="offset points", ha="right" if left else "left")  # fmt: skip
    for at, words in (((0.02, 0.98), _("attractive")), ((0.98, 0.98), _("one-dimensional")),
                      ((0.02, 0.02), _("indifferent")), ((0.98, 0.02), _("must-be"))):  # fmt: skip
        ax.annotate(words, at, xycoords="axes fraction", color=INK["base"],
                    ha="left" if at[0] < 0.5 else "right",
                    va="bottom" if at[1] < 0.5 else "top")  # fmt: skip
    dress(ax, x=_("displeased by its lack (share)"), y=_("pleased by its presence (share)"))
    ax.set_xlim(0, 1)
    ax.set_ylim(0, 1)
    return ax


@themed("rule", "gain")
def value_return(table: pd.DataFrame, *, ax: Axes | None = None, case: Case | None = None) -> Axes:
    """Draw what each rule for spending on satisfaction earns beyond its cost.

    Parameters
    ----------
    table : DataFrame
        ``to_frame()`` of :func:`cvm.survey.value_return`.
    ax : Axes, optional
        Where to draw; new axes without it.
    case : {"base", "moved"}, optional
        Grey or coloured.

    Returns
    -------
    Axes
        Bars to the left of zero lose money.
    """
    assert ax is not None  # themed made it
    shift, height = {"base": (-0.2, 0.36), "moved": (0.2, 0.36)}.get(case or "", (0.0, 0.7))
    colours = [ink(case) if case or gain >= 0 else INK["loss"] for gain in table["gain"]]
    at = [place + shift for place in range(len(table))]
    ax.barh(at, table["gain"] / 1000, height=height, color=colours)
    if case != "moved":
        ax.set_yticks(range(len(table)), list(table["rule"]))
        ax.set_ylim(len(table) - 0.5, -0.5)
        ax.axvline(0, color=INK["truth"], linewidth=0.8)
        dress(ax, x=_("return less spend"), x_unit=N_("thousand yuan"))
    return ax


@themed("n", "detectable")
def detectable_change(
    table: pd.DataFrame,
    *,
    ax: Axes | None = None,
    case: Case | None = None,
    n: float | None = None,
    wanted: float | None = None,
) -> Axes:
    """Draw the smallest change between waves that a sample can be counted on to show.

    Parameters
    ----------
    table : DataFrame
        ``n`` (respondents a wave) and ``detectable`` (points of the score), as
        :func:`cvm.whatif.survey.wave_plan` makes it.
    ax : Axes, optional
        Where to draw; new axes without it.
    case : {"base", "moved"}, optional
        Grey or coloured.
    n, wanted : float, optional
        The firm's sample, marked on the curve, and the change it hopes to see.

    Returns
    -------
    Axes
    """
    assert ax is not None  # themed made it
    if case != "moved":
        ax.set_xscale("log")
        dress(ax, x=_("respondents in each wave"), y=_("smallest change that shows (points)"))
        ax.axhline(0, color=INK["chance"], linewidth=0.8)  # keeps zero in the frame
        ticks = [50, 100, 200, 500, 1000, 2000, 5000]
        ax.set_xticks(ticks, [number(tick) for tick in ticks])
        ax.minorticks_off()
    ax.plot(table["n"], table["detectable"], color=ink(case))
    if n is not None:
        here = table.iloc[[int((table["n"] - n).abs().argmin())]]
        ax.plot(here["n"], here["detectable"], "o", color=ink(case), markersize=9)
    if wanted is not None:
        ax.axhline(wanted, color=ink(case), linestyle="--", linewidth=1.2)
    return ax


def _dots(ax: Axes, rows: pd.DataFrame, at: list[float], colour: str) -> None:
    """Draw shares as dots, with intervals where there are any."""
    if "share_low" not in rows:
        ax.plot(rows["share"], at, "o", color=colour)
        return
    reach = [rows["share"] - rows["share_low"], rows["share_high"] - rows["share"]]
    ax.errorbar(rows["share"], at, xerr=reach, fmt="o", color=colour, capsize=3)


_NAMES = {
    "IMAG": N_("image"), "EXPE": N_("expectation"), "QUAL": N_("quality"), "VALU": N_("value"),
    "SATI": N_("satisfaction"), "COMP": N_("complaints"), "LOYA": N_("loyalty"),
    "QUAL1": N_("coverage"), "QUAL2": N_("data"), "QUAL3": N_("people"),
    "QUAL4": N_("tariffs"), "QUAL5": N_("bills"), "QUAL6": N_("information"),
}  # fmt: skip


def _named(name: str) -> str:
    return _(_NAMES.get(name, name))


# The unit used above, named so that the catalogue holds it.
UNITS = [N_("thousand yuan")]
