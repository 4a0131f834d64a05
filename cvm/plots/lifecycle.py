"""The figures of relationships in chapter 02: the ladder, the phases, the types."""

from __future__ import annotations

import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from cvm.plots.style import INK, LINES, Case, dress, ink, key, themed
from cvm.results import number
from cvm.words import N_, _

__all__ = [
    "account_life",
    "decline_told",
    "ladder_months",
    "ladder_rungs",
    "phase_confusion",
    "relationship_types",
    "state_value",
]

# The rungs of the ladder from low to high, then lost.
_RUNGS = {
    "prospect": "#D6E6F0", "first-time": "#9CC9E3", "repeat": "#5A9EC9", "client": "#2A6F97",
    "advocate": "#0B3C5D", "lost": INK["chance"],
}  # fmt: skip
_PHASES = {
    "exploration": LINES[4], "formation": LINES[1], "stability": LINES[2], "decline": LINES[5],
}  # fmt: skip
_PLACE: dict[Case | None, tuple[float, float]] = {
    None: (0.0, 0.62),
    "base": (-0.2, 0.36),
    "moved": (0.2, 0.36),
}
_SHADES = colormaps["Blues"]


@themed("month", "state", "share")
def ladder_months(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw where a group of customers stands on the ladder, month by month, stacked.

    Parameters
    ----------
    table : DataFrame
        From :func:`cvm.lifecycle.ladder_population`.
    ax : Axes, optional
        Where to draw; new axes without it.

    Returns
    -------
    Axes
        Advocates at the bottom, lost customers on top.
    """
    assert ax is not None  # themed made it
    wide = table.pivot_table(index="month", columns="state", values="share", sort=False)
    order = ["advocate", "client", "repeat", "first-time", "prospect", "lost"]
    layers = [wide[state] for state in order]
    colours = [_RUNGS[state] for state in order]
    areas = ax.stackplot(wide.index, layers, colors=colours, linewidth=0)
    dress(ax, x=_("months since they were all prospects"), y=_("share of the group"),
          y_unit="share")  # fmt: skip
    ax.set(xlim=(0, wide.index.max()), ylim=(0, 1))
    ax.legend(areas[::-1], [_(state) for state in order[::-1]], loc="center left",
              bbox_to_anchor=(1.0, 0.5), fontsize="small")  # fmt: skip
    return ax


@themed("month", "state", "share")
def ladder_rungs(table: pd.DataFrame, *, ax: Axes | None = None, case: Case | None = None) -> Axes:
    """Draw the population of each rung in the last month of a table.

    Parameters
    ----------
    table : DataFrame
        From :func:`cvm.lifecycle.ladder_population`; its last month is drawn.
    ax : Axes, optional
        Where to draw; new axes without it.
    case : {"base", "moved"}, optional
        Grey above or coloured below in each pair.

    Returns
    -------
    Axes
        Advocates on top, as on a ladder.
    """
    assert ax is not None  # themed made it
    last = table[table["month"] == table["month"].max()]
    words = _("share after {months} months", months=number(table["month"].max()))
    return _rungs(ax, case, last["state"].tolist(), last["share"].tolist(), words, "share")


@themed("state", "value")
def state_value(
    table: pd.DataFrame, *, ax: Axes | None = None, case: Case | None = None, unit: str = "yuan"
) -> Axes:
    """Draw what a customer is worth by rung, with intervals and the truth where known.

    Parameters
    ----------
    table : DataFrame
        ``to_frame()`` of :func:`cvm.lifecycle.estimate_chain` with ``value_low`` and
        ``value_high``, or :func:`cvm.lifecycle.ladder_table`. A column ``true_value`` is
        drawn as a black mark.
    ax : Axes, optional
        Where to draw; new axes without it.
    case : {"base", "moved"}, optional
        Grey above or coloured below in each pair.
    unit : str
        The money of the table.

    Returns
    -------
    Axes
        Advocates on top, as on a ladder.
    """
    assert ax is not None  # themed made it
    _rungs(ax, case, table["state"].tolist(), table["value"].tolist(),
           _("value from now on"), unit, figures="value_low" not in table)  # fmt: skip
    places = [row + _PLACE[case][0] for row in range(len(table))]
    if "value_low" in table:
        ax.hlines(places, table["value_low"], table["value_high"], color=INK["truth"], linewidth=1)
    if "true_value" in table:
        ax.plot(table["true_value"], places, "|", color=INK["truth"], markersize=18,
                markeredgewidth=2)  # fmt: skip
    return ax


def _rungs(
    ax: Axes, case: Case | None, states: list[str], lengths: list[float], words: str, unit: str,
    *, figures: bool = True, end: float | None = None,
) -> Axes:  # fmt: skip
    offset, height = _PLACE[case]
    places = [row - offset for row in range(len(states))]
    ax.barh(places, lengths, height=height, color=ink(case), linewidth=0)
    for place, length in zip(places, lengths, strict=True):
        if figures:
            ax.annotate(number(length, unit if unit == "share" else "", digits=2), (length, place),
                        (3, 0), textcoords="offset points", va="center",
                        fontsize="small", annotation_clip=False)  # fmt: skip
    ax.update_datalim([(1.15 * max(lengths), 0.0)])  # the longest bar has a number behind it
    if case != "moved":
        dress(ax, x=words, x_unit=unit)
        ax.set_yticks(range(len(states)), [_(state) for state in states])
        ax.set_ylim(-0.6, len(states) - 0.4)
        # Room for a moved case, so that the frame is seldom drawn anew.
        room = (1.18 if case is None else 1.6) * max(lengths)
        ax.set_xlim(min(0, 1.15 * min(lengths)), end or room)
        ax.set_autoscalex_on(True)
    return ax


@themed("month", "volume", "phase", "true_phase")
def account_life(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw one account's purchases, its true phases, and the phases told from the purchases.

    Parameters
    ----------
    table : DataFrame
        The rows of one account from :func:`cvm.lifecycle.detect_phases`.
    ax : Axes, optional
        Where to draw; new axes without it.

    Returns
    -------
    Axes
        The shading is the truth; the band at the bottom is what was told each month.
    """
    assert ax is not None  # themed made it
    top = 1.08 * table["volume"].max()
    for month, true, told in zip(table["month"], table["true_phase"], table["phase"], strict=True):
        span = (month - 0.5, month + 0.5)
        ax.axvspan(*span, color=_PHASES[true], alpha=0.25, linewidth=0)
        ax.add_patch(
            Rectangle((span[0], -0.1 * top), 1, 0.08 * top, color=_PHASES[told], linewidth=0)
        )
    ax.plot(table["month"], table["volume"], color=INK["truth"], linewidth=1.6)
    ax.set(xlim=(table["month"].min() - 0.5, table["month"].max() + 0.5), ylim=(-0.12 * top, top))
    dress(ax, x=_("month (shading: the true phase; band: the phase told that month)"),
          y=_("purchases in the month"), y_unit=N_("yuan"))  # fmt: skip
    key(ax, [(_(phase), colour) for phase, colour in _PHASES.items()])
    return ax


@themed("true_phase", "told", "share")
def phase_confusion(
    table: pd.DataFrame, *, ax: Axes | None = None, beside: pd.DataFrame | None = None
) -> Axes:
    """Draw which phase was told in months of each true phase.

    Parameters
    ----------
    table : DataFrame
        From :func:`cvm.lifecycle.phase_confusion`.
    ax : Axes, optional
        Where to draw; new axes without it.
    beside : DataFrame, optional
        The same for the naive rule, drawn at the right.

    Returns
    -------
    Axes
        A row adds up to 100 %; right answers stand on the diagonal.
    """
    assert ax is not None  # themed made it
    phases, n = list(_PHASES), len(_PHASES)
    maps = [(0.0, table, _("the rule"))]
    if beside is not None:
        maps.append((n + 0.4, beside, _("by last month's change")))
    for start, cells, words in maps:
        for true, told, share in zip(
            cells["true_phase"], cells["told"], cells["share"], strict=True
        ):
            _cell(ax, (start + phases.index(told), phases.index(true)), share)
        ax.annotate(words, (start, 0), (0, 5), textcoords="offset points")
    ax.set(xlim=(0, maps[-1][0] + n), ylim=(n, 0))
    names = [_(phase) for phase in phases]
    dress(ax)
    ax.set_xticks([start + i + 0.5 for start, _c, _w in maps for i in range(n)],
                  names * len(maps), rotation=40, ha="right", rotation_mode="anchor")  # fmt: skip
    ax.set_yticks([i + 0.5 for i in range(n)], names)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.set_ylabel(_("true phase"))
    ax.set_xlabel(_("phase told"))
    return ax


@themed("true_phase", "told", "share")
def decline_told(table: pd.DataFrame, *, ax: Axes | None = None, case: Case | None = None) -> Axes:
    """Draw in how many months of each true phase a decline was told.

    Parameters
    ----------
    table : DataFrame
        From :func:`cvm.lifecycle.phase_confusion`.
    ax : Axes, optional
        Where to draw; new axes without it.
    case : {"base", "moved"}, optional
        Grey above or coloured below in each pair.

    Returns
    -------
    Axes
        The bar of decline is what is seen; the others are false alarms.
    """
    assert ax is not None  # themed made it
    rows = table[table["told"] == "decline"]
    words = _("share of the months of this phase that were told as decline")
    return _rungs(ax, case, rows["true_phase"].tolist()[::-1], rows["share"].tolist()[::-1],
                  words, "share", end=1.1)  # fmt: skip


def _cell(ax: Axes, at: tuple[float, float], share: float) -> None:
    ax.add_patch(Rectangle(at, 1, 1, facecolor=_SHADES(share), edgecolor="white", linewidth=2))
    words, middle = number(share, "share", digits=2), (at[0] + 0.5, at[1] + 0.5)
    ax.annotate(words, middle, ha="center", va="center", fontsize="small",
                color="white" if share > 0.5 else "black")  # fmt: skip


@themed("type", "share", "value_share")
def relationship_types(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw the four relationship types on value x loyalty.

    Parameters
    ----------
    table : DataFrame
        From :func:`cvm.lifecycle.types_table`.
    ax : Axes, optional
        Where to draw; new axes without it.

    Returns
    -------
    Axes
        Value rises to the right, loyalty upwards; the shade is the share of customers.
    """
    assert ax is not None  # themed made it
    rows = zip(table["type"], table["share"], table["value_share"], strict=True)
    for place, (name, share, value) in enumerate(rows):
        at = (place % 2, place // 2)
        ax.add_patch(Rectangle(at, 1, 1, facecolor=_SHADES(share), edgecolor="white", linewidth=3))
        words = _("{type}\n{share} of customers\n{value} of value", type=_(str(name)),
                  share=number(share, "share", digits=2),
                  value=number(value, "share", digits=2))  # fmt: skip
        ax.annotate(words, (at[0] + 0.5, at[1] + 0.5), ha="center", va="center",
                    color="white" if share > 0.5 else "black")  # fmt: skip
    ax.set(xlim=(0, 2), ylim=(0, 2))
    dress(ax)
    ax.set_xticks([0.5, 1.5], [_("low"), _("high")])
    ax.set_yticks([0.5, 1.5], [_("low"), _("high")])
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.set_xlabel(_("value to the firm"))
    ax.set_ylabel(_("loyalty"))
    return ax
