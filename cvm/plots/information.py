"""The figures of chapter 05: silences, warnings and calls, small groups, and what a database is worth."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from cvm.plots.style import INK, LINES, Case, beside, dress, ink, key, themed
from cvm.results import number
from cvm.words import N_, _

__all__ = ["account_rhythms", "call_leads", "call_verdicts", "payback_years", "rare_groups", "warnings_judged"]  # fmt: skip

_VERDICTS = {"in time": N_("in time"), "late": N_("too late"), "false": N_("for nothing")}
_RULES = {"rhythm": N_("own rhythm"), "fixed": N_("fixed number of days")}
_WARNINGS = {
    "receivables": N_("receivables over the line"),
    "plan": N_("sales behind plan"),
    "cost": N_("cost over budget"),
    "stopped": N_("stopped ordering"),
}


@themed("customer", "date", "what")
def account_rhythms(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw when accounts ordered, when a rule warned of them, and when they were gone.

    Parameters
    ----------
    table : DataFrame
        One row a mark: ``customer``, ``date``, ``what`` ("order", "warning", "fixed",
        "event").
    ax : Axes, optional
        Where to draw; new axes without it.

    Returns
    -------
    Axes
        A line an account, in the order of the table.
    """
    assert ax is not None  # themed made it
    names = list(dict.fromkeys(table["customer"]))
    place = table["customer"].map({name: row for row, name in enumerate(names)})
    styles: dict[str, dict[str, Any]] = {
        "order": {"marker": "|", "markersize": 12, "color": INK["base"]},
        "warning": {"marker": "o", "markersize": 10, "color": INK["moved"], "fillstyle": "none",
                    "markeredgewidth": 2},
        "fixed": {"marker": "s", "markersize": 9, "color": INK["naive"], "fillstyle": "none",
                  "markeredgewidth": 2},
        "event": {"marker": "X", "markersize": 9, "color": INK["truth"]},
    }  # fmt: skip
    for what, style in styles.items():
        mine = table["what"] == what
        ax.plot(table.loc[mine, "date"], place[mine], linestyle="", **style)
    key(ax, [(_("order"), INK["base"]), (_("own rhythm warns"), INK["moved"]),
             (_("fixed number warns"), INK["naive"]), (_("gone"), INK["truth"])])  # fmt: skip
    dress(ax)
    ax.set_yticks(range(len(names)), names)
    ax.set_ylim(len(names) - 0.5, -0.5)
    ax.xaxis.set_major_locator(_quarters())
    ax.xaxis.set_major_formatter(_month_words())
    return ax


@themed("warning", "caught", "caught_low", "caught_high", "precision", "precision_low", "precision_high")  # fmt: skip
def warnings_judged(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw how many events each warning caught in time, and how many calls were right.

    Parameters
    ----------
    table : DataFrame
        ``to_frame()`` of :func:`cvm.alerts.evaluate_alerts`.
    ax : Axes, optional
        Where to draw; new axes without it.

    Returns
    -------
    Axes
        Lines are intervals of 95 %.
    """
    assert ax is not None  # themed made it
    rows = np.arange(len(table))
    for column, colour, lift in (("caught", INK["moved"], -0.18), ("precision", LINES[1], 0.18)):
        ax.barh(rows + lift, table[column], height=0.34, color=colour)
        ends = table[f"{column}_low"], table[f"{column}_high"]
        ax.hlines(rows + lift, *ends, color=INK["truth"], linewidth=1.2)
    key(ax, [(_("events called upon in time"), INK["moved"]), (_("calls that were right"), LINES[1])])  # fmt: skip
    dress(ax, x=_("share"), x_unit="share")
    ax.set_yticks(rows, [_named(str(name)) for name in table["warning"]])
    ax.set_ylim(len(table) - 0.4, -0.6)
    ax.set_xlim(0, 1)
    return ax


def _named(warning: str) -> str:
    kind, _sign, remark = warning.partition(":")
    return f"{_(_WARNINGS[kind])}\n({remark.strip()})" if remark else _(_WARNINGS[kind])


@themed("verdict", "calls")
def call_verdicts(table: pd.DataFrame, *, ax: Axes | None = None, case: Case | None = None) -> Axes:
    """Draw what a year of calls was worth.

    Parameters
    ----------
    table : DataFrame
        ``verdicts`` of :func:`cvm.alerts.watch_silence`.
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
    ax.bar(places, table["calls"], width=0.38 if case else 0.65, color=ink(case))
    if case is None:
        for place, calls in zip(places, table["calls"], strict=True):
            ax.annotate(number(calls), (place, calls), (0, 3), textcoords="offset points", ha="center")  # fmt: skip
    if case != "moved":
        dress(ax, y=_("calls in the year"))
        ax.set_xticks(range(len(table)), [_(_VERDICTS[str(v)]) for v in table["verdict"]])
        ax.set_xlim(-0.6, len(table) - 0.4)
    return ax


@themed("days", "caught")
def call_leads(table: pd.DataFrame, *, ax: Axes | None = None, case: Case | None = None) -> Axes:
    """Draw how many events were called upon how many days ahead.

    Parameters
    ----------
    table : DataFrame
        ``leads`` of :func:`cvm.alerts.watch_silence`; with a column ``rule``, a line each.
    ax : Axes, optional
        Where to draw; new axes without it.
    case : {"base", "moved"}, optional
        Grey or coloured.

    Returns
    -------
    Axes
    """
    assert ax is not None  # themed made it
    if "rule" in table:
        groups = list(table.groupby("rule", sort=False))
        colours = (INK["moved"], INK["naive"], *LINES[1:])
        for (_rule, rows), colour in zip(groups, colours, strict=False):
            ax.plot(rows["days"], rows["caught"], color=colour)
        names = [_(_RULES.get(str(rule), str(rule))) for rule, _rows in groups]
        key(ax, list(zip(names, colours, strict=False)))
    else:
        ax.plot(table["days"], table["caught"], color=ink(case))
    if case != "moved":
        dress(ax, x=_("days before the event, at least"), x_unit="", y=_("events called upon"),
              y_unit="share")  # fmt: skip
        ax.set_ylim(0, 1)
        ax.set_xlim(0, table["days"].max())
    return ax


@themed("year", "value")
def payback_years(
    table: pd.DataFrame, *, ax: Axes | None = None, case: Case | None = None, naive: bool = False
) -> Axes:
    """Draw what a database has left so far, year by year.

    Parameters
    ----------
    table : DataFrame
        From :func:`cvm.database.payback_table`; with a column ``case``, a line each.
    ax : Axes, optional
        Where to draw; new axes without it.
    case : {"base", "moved"}, optional
        Grey or coloured.
    naive : bool
        Draw the naive account as well.

    Returns
    -------
    Axes
    """
    assert ax is not None  # themed made it
    if case != "moved":
        ax.axhline(0, color=INK["truth"], linewidth=0.8)
    if "case" in table:
        groups = list(table.groupby("case", sort=False))
        for (_name, rows), colour in zip(groups, LINES, strict=False):
            ax.plot(rows["year"], rows["value"] / 1000, marker="o", markersize=4, color=colour)
        ax.legend(ax.lines[1:], [_(str(name)) for name, _rows in groups], loc="lower left",
                  bbox_to_anchor=(0, 1.0), ncols=2, fontsize="small")  # fmt: skip
    else:
        ax.plot(table["year"], table["value"] / 1000, marker="o", markersize=4, color=ink(case))
    if naive:
        ax.plot(table["year"], table["naive"] / 1000, linestyle="--", color=INK["naive"])
    if case != "moved":
        dress(ax, x=_("year"), y=_("left so far"), y_unit=N_("thousand yuan"))
    return ax


@themed("column", "exposed")
def rare_groups(table: pd.DataFrame, *, ax: Axes | None = None, now: int | None = None) -> Axes:
    """Draw how many rows still stand out if one column is left out.

    Parameters
    ----------
    table : DataFrame
        ``without`` of :func:`cvm.database.k_anonymity`.
    ax : Axes, optional
        Where to draw; new axes without it.
    now : int, optional
        Rows that stand out with all columns, a dashed line.

    Returns
    -------
    Axes
    """
    assert ax is not None  # themed made it
    rows = np.arange(len(table))
    ax.barh(rows, table["exposed"], height=0.6, color=INK["moved"])
    for row, count in zip(rows, table["exposed"], strict=True):
        ax.annotate(number(count), (count, row), (5, 0), textcoords="offset points", va="center")
    if now is not None:
        ax.axvline(now, color=INK["base"], linestyle="--", linewidth=1.4)
    dress(ax, x=_("customers in groups that are too small (dashed: with all columns)"))
    ax.set_yticks(rows, [_("without {column}", column=_(str(c))) for c in table["column"]])
    ax.set_ylim(len(table) - 0.4, -0.6)
    ax.set_xlim(0, 1.12 * max(now or 0, table["exposed"].max(), 1))
    return ax


def _quarters():  # type: ignore[no-untyped-def]
    from matplotlib.dates import MonthLocator

    return MonthLocator(bymonth=(1, 3, 5, 7, 9, 11))


def _month_words():  # type: ignore[no-untyped-def]
    from matplotlib.dates import num2date
    from matplotlib.ticker import FuncFormatter

    # Year and month in figures read alike in every language.
    return FuncFormatter(lambda value, _place: f"{num2date(value):%Y-%m}")


# The unit used above, and columns a table may be shared with, named for the catalogue.
UNITS = [N_("thousand yuan"), N_("district"), N_("industry"), N_("size"), N_("manager")]
