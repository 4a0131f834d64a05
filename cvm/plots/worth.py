"""The figures of chapter 11: forecasts beside what came, outlook, contracts, the developer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from cvm.plots.style import FAMILY, INK, LINES, Case, beside, dress, ink, key, themed
from cvm.results import number
from cvm.words import N_, _

__all__ = [
    "best_caught",
    "developer_futures",
    "elasticities",
    "lifetime_curve",
    "outlook",
    "renewal_curve",
    "repeat_counts",
    "repeats_ahead",
    "strategy_gains",
    "tornado",
    "tracking",
]

_PARAMETERS = {
    "retention": N_("retention"), "margin": N_("margin"), "discount": N_("discount rate"),
    "acquisition_cost": N_("cost to win"), "new_customers": N_("new customers"),
    "customers": N_("customers now"),
}  # fmt: skip
_LOOKS = {
    "alive": N_("probability to be alive"),
    "expected": N_("purchases expected"),
}
_MILLION = 1e6


@themed("period", "holdout", "actual", "expected", "actual_new", "expected_new")
def tracking(table: pd.DataFrame, *, ax: Axes | None = None, cumulative: bool = True) -> Axes:
    """Draw repeat purchases by period, forecast and actual, with the cut between them.

    Parameters
    ----------
    table : DataFrame
        ``tracking`` of :func:`cvm.clv.validate`.
    ax : Axes, optional
        Where to draw; new axes without it.
    cumulative : bool
        All so far, or those of each period.

    Returns
    -------
    Axes
    """
    assert ax is not None  # themed made it
    end = "" if cumulative else "_new"
    ax.plot(table["period"], table[f"actual{end}"], color=INK["truth"], linewidth=1.6)
    ax.plot(table["period"], table[f"expected{end}"], color=INK["moved"])
    known = table.loc[~table["holdout"], "period"].max()
    ax.axvline(known, color=INK["base"], linewidth=1, linestyle="--")
    words = _("repeat purchases so far") if cumulative else _("repeat purchases of the week")
    dress(ax, x=_("week (dashed: what the model knew ends)"), y=words)
    ax.set_ylim(0)
    key(ax, [(_("actual"), INK["truth"]), (_("model"), INK["moved"])])
    return ax


@themed("frequency", "actual", "expected")
def repeat_counts(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw how many customers made 0, 1, 2, ... repeat purchases, actual and by the model.

    Parameters
    ----------
    table : DataFrame
        ``frequencies`` of :func:`cvm.clv.validate`; its last row holds all above too.
    ax : Axes, optional
        Where to draw; new axes without it.

    Returns
    -------
    Axes
    """
    assert ax is not None  # themed made it
    places = np.arange(len(table))
    ax.bar(places - 0.2, table["actual"], width=0.38, color=INK["base"])
    ax.bar(places + 0.2, table["expected"], width=0.38, color=INK["moved"])
    dress(ax, x=_("repeat purchases before the cut"), y=_("customers"))
    ax.set_xticks(places, _and_more(table["frequency"]))
    key(ax, [(_("actual"), INK["base"]), (_("model"), INK["moved"])])
    return ax


@themed("frequency", "actual", "expected")
def repeats_ahead(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw purchases in the holdout by those before it, actual and by the model.

    Parameters
    ----------
    table : DataFrame
        ``by_frequency`` of :func:`cvm.clv.validate`; its last row holds all above too.
    ax : Axes, optional
        Where to draw; new axes without it.

    Returns
    -------
    Axes
    """
    assert ax is not None  # themed made it
    places = np.arange(len(table))
    ax.plot(places, table["actual"], color=INK["truth"], marker="o", linewidth=1.6)
    ax.plot(places, table["expected"], color=INK["moved"], marker="o")
    dress(ax, x=_("repeat purchases before the cut"), y=_("purchases after it, a customer"))
    ax.set_xticks(places, _and_more(table["frequency"]))
    ax.set_ylim(0)
    key(ax, [(_("actual"), INK["truth"]), (_("model"), INK["moved"])])
    return ax


@themed("frequency", "recency", "alive", "expected")
def outlook(table: pd.DataFrame, *, ax: Axes | None = None, column: str = "alive") -> Axes:
    """Draw what a history says of the future, for each frequency and recency.

    Parameters
    ----------
    table : DataFrame
        From :func:`cvm.clv.outlook_matrix`.
    ax : Axes, optional
        Where to draw; new axes without it.
    column : {"alive", "expected"}
        What to draw.

    Returns
    -------
    Axes
        Dark is much; empty where no history can be.
    """
    assert ax is not None  # themed made it
    wide = table.pivot_table(index="recency", columns="frequency", values=column)
    grid = np.ma.masked_invalid(wide.to_numpy(float))
    mesh = ax.pcolormesh(wide.columns, wide.index, grid, cmap="Blues", vmin=0, shading="nearest")
    bar = ax.figure.colorbar(mesh, ax=ax, pad=0.02)
    bar.outline.set_visible(False)
    dress(bar.ax, y=_(_LOOKS[column]), y_unit="share" if column == "alive" else "")
    dress(ax, x=_("repeat purchases"), y=_("week of the last one"))
    ax.set_xticks(range(0, int(wide.columns.max()) + 1, 2))
    return ax


@themed("period", "survival", "low", "high")
def renewal_curve(
    table: pd.DataFrame, *, ax: Axes | None = None, actual: Sequence[float] | None = None,
    naive: float | None = None, known: int | None = None,
) -> Axes:  # fmt: skip
    """Draw how many of a cohort still have their contract, by the model and in fact.

    Parameters
    ----------
    table : DataFrame
        From :func:`cvm.clv.retention_curve`.
    ax : Axes, optional
        Where to draw; new axes without it.
    actual : sequence of float, optional
        Share still there, by renewal from 0.
    naive : float, optional
        A constant retention, drawn on.
    known : int, optional
        The last renewal that the model knew.

    Returns
    -------
    Axes
    """
    assert ax is not None  # themed made it
    ax.fill_between(table["period"], table["low"], table["high"], color=INK["moved"], alpha=0.2,
                    linewidth=0)  # fmt: skip
    ax.plot(table["period"], table["survival"], color=INK["moved"])
    names = [(_("model"), INK["moved"])]
    if naive is not None:
        ax.plot(table["period"], naive ** table["period"], color=INK["naive"], linestyle="--")
        names.append((_("constant retention"), INK["naive"]))
    if actual is not None:
        ax.plot(np.arange(len(actual)), actual, color=INK["truth"], marker="o", linestyle="")
        names.append((_("actual"), INK["truth"]))
    if known is not None:
        ax.axvline(known, color=INK["base"], linewidth=1, linestyle="--")
    words = _("renewal") if known is None else _("renewal (dashed: what the model knew ends)")
    dress(ax, x=words, y=_("still customers"), y_unit="share")
    ax.set_xticks(range(0, int(table["period"].max()) + 1, 2))
    ax.set_ylim(0, 1.02)
    key(ax, names)
    return ax


@themed("meaning", "low", "high", "unit", "value_low", "value_high", "at_likely")
def tornado(
    table: pd.DataFrame,
    *,
    ax: Axes | None = None,
    case: Case | None = None,
    order: pd.Series | None = None,
) -> Axes:
    """Draw how far each uncertain quantity moves the value between its low and its high.

    Parameters
    ----------
    table : DataFrame
        From :func:`cvm.clv.developer_tornado`.
    ax : Axes, optional
        Where to draw; new axes without it.
    case : {"base", "moved"}, optional
        Grey or coloured, beside each other.
    order : Series, optional
        Quantities from the top; by size without it.

    Returns
    -------
    Axes
        Without a case, the end of the low number is orange, the end of the high one blue.
    """
    assert ax is not None  # themed made it
    if order is not None:
        table = table.set_index("quantity").loc[list(order)].reset_index()
    places = beside(len(table), case)
    low, high = table["value_low"] / _MILLION, table["value_high"] / _MILLION
    if case:
        left = np.minimum(low, high)
        ax.barh(places, (high - low).abs(), left=left, height=0.38, color=ink(case))
    else:
        _two_ends(ax, table, places, low, high)
    if case != "moved":
        dress(ax, x=_("his worth, all others likely"),
              x_unit=N_("million"))  # fmt: skip
        ax.set_yticks(range(len(table)), list(table["meaning"]))
        ax.set_ylim(len(table) - 0.4, -0.6)
    return ax


def _two_ends(
    ax: Axes, table: pd.DataFrame, places: np.ndarray, low: pd.Series, high: pd.Series
) -> None:
    middle = float(table["at_likely"].iloc[0]) / _MILLION
    for values, colour in ((low, INK["naive"]), (high, INK["moved"])):
        ax.barh(places, values - middle, left=middle, height=0.7, color=colour)
    for ends, values in ((table["low"], low), (table["high"], high)):
        told = zip(ends, values, table["unit"], places, strict=True)
        for end, value, unit, place in told:
            left = value < middle
            ax.annotate(_shown(end, unit), (value, place), (-4 if left else 4, 0),
                        textcoords="offset points", ha="right" if left else "left",
                        va="center", fontsize="small", family=list(FAMILY))  # fmt: skip
    reach = float(max(low.max(), high.max()) - min(low.min(), high.min()))
    ax.set_xlim(
        min(low.min(), high.min()) - 0.24 * reach, max(low.max(), high.max()) + 0.24 * reach
    )
    key(ax, [(_("at its low number"), INK["naive"]), (_("at its high number"), INK["moved"])])


def _shown(value: float, unit: str) -> str:
    """Write the end of a range in short: money in millions from a tenth of one on."""
    if value >= 1e5:
        return _("{value} m", value=number(value / _MILLION, digits=2))
    return number(value, "share" if unit == "share" else "", digits=2)


@themed("value")
def developer_futures(
    table: pd.DataFrame,
    *,
    ax: Axes | None = None,
    case: Case | None = None,
    marks: tuple[float, float, float] | None = None,
    most: float = 20.0,
) -> Axes:
    """Draw how often the developer turns out to be worth how much.

    Parameters
    ----------
    table : DataFrame
        From :func:`cvm.clv.simulate_developer`.
    ax : Axes, optional
        Where to draw; new axes without it.
    case : {"base", "moved"}, optional
        Grey or coloured.
    marks : tuple of float, optional
        Low end, mean and high end, in yuan, drawn below as a bar with a diamond.
    most : float
        The right end of the axis, in millions; futures beyond are in the last bar.

    Returns
    -------
    Axes
        Share of futures in steps of one million.
    """
    assert ax is not None  # themed made it
    edges = np.arange(-1, most + 1)
    values = np.clip(table["value"].to_numpy(float) / _MILLION, edges[0], edges[-1])
    shares = np.histogram(values, edges)[0] / len(values)
    ax.stairs(shares, edges, color=ink(case), fill=case is None, alpha=0.7 if case is None else 1,
              linewidth=2)  # fmt: skip
    if marks is not None:
        low, mean, high = (mark / _MILLION for mark in marks)
        place = -0.006 if case != "base" else -0.016
        ax.plot([low, high], [place, place], color=ink(case), linewidth=3)
        ax.plot([mean], [place], color=ink(case), marker="D", markersize=7)
    if case != "moved":
        dress(ax, x=_("his worth (bar: eight in ten)"),
              x_unit=N_("million"), y=_("share of futures"), y_unit="share")  # fmt: skip
        ax.set_xlim(edges[0], edges[-1])
        ax.set_ylim(-0.025, 0.2)
    return ax


@themed("parameter", "elasticity")
def elasticities(table: pd.DataFrame, *, ax: Axes | None = None, case: Case | None = None) -> Axes:
    """Draw by how many per cent customer equity moves for one per cent of each parameter.

    Parameters
    ----------
    table : DataFrame
        ``elasticities`` of :func:`cvm.clv.customer_equity`.
    ax : Axes, optional
        Where to draw; new axes without it.
    case : {"base", "moved"}, optional
        Grey or coloured.

    Returns
    -------
    Axes
    """
    assert ax is not None  # themed made it
    by = table.set_index("parameter")["elasticity"].reindex(list(_PARAMETERS))
    places = beside(len(by), case)
    ax.barh(places, by, height=0.38 if case else 0.7, color=ink(case))
    if case != "moved":
        ax.axvline(0, color=INK["truth"], linewidth=0.8)
        dress(ax, x=_("per cent of equity for one per cent of it"))
        ax.set_yticks(range(len(by)), [_(words) for words in _PARAMETERS.values()])
        ax.set_ylim(len(by) - 0.4, -0.6)
    return ax


@themed("score", "caught", "low", "high", "best")
def best_caught(
    table: pd.DataFrame, *, ax: Axes | None = None, names: dict[str, str] | None = None
) -> Axes:
    """Draw what share of the later outcome each list of best customers caught.

    Parameters
    ----------
    table : DataFrame
        From :func:`cvm.clv.best_customers`.
    ax : Axes, optional
        Where to draw; new axes without it.
    names : dict, optional
        What to call the scores.

    Returns
    -------
    Axes
        A black line is what hindsight would have caught.
    """
    assert ax is not None  # themed made it
    places = np.arange(len(table))
    reach = [table["caught"] - table["low"], table["high"] - table["caught"]]
    ax.barh(places, table["caught"], height=0.6, color=INK["moved"])
    ax.errorbar(table["caught"], places, xerr=reach, fmt="none", color=INK["truth"], capsize=4,
                linewidth=1.4)  # fmt: skip
    ax.axvline(table["best"].iloc[0], color=INK["truth"], linewidth=1.4)
    dress(ax, x=_("share of the later outcome that the list caught (line: hindsight)"),
          x_unit="share")  # fmt: skip
    ax.set_yticks(places, [(names or {}).get(score, score) for score in table["score"]])
    ax.set_ylim(len(table) - 0.5, -0.5)
    ax.set_xlim(0, 1)
    return ax


@themed("retention", "value", "naive")
def lifetime_curve(
    table: pd.DataFrame,
    *,
    ax: Axes | None = None,
    case: Case | None = None,
    at: tuple[float, float] | None = None,
) -> Axes:
    """Draw the worth of a customer over retention, and the naive one.

    Parameters
    ----------
    table : DataFrame
        From :func:`cvm.worth.value_by_retention`.
    ax : Axes, optional
        Where to draw; new axes without it.
    case : {"base", "moved"}, optional
        Grey or coloured.
    at : tuple of float, optional
        Retention and value of the customer, drawn as a dot.

    Returns
    -------
    Axes
    """
    assert ax is not None  # themed made it
    ax.plot(table["retention"], table["value"], color=ink(case))
    colour = INK["naive"] if case is None else ink(case)
    ax.plot(table["retention"], table["naive"], color=colour, linestyle="--", linewidth=1.4)
    if at is not None:
        ax.plot(*at, color=ink(case), marker="o", markersize=9)
    if case != "moved":
        ax.axhline(0, color=INK["truth"], linewidth=0.8)
        dress(ax, x=_("retention, a year"), y=_("worth of a customer"), x_unit="share",
              y_unit=N_("yuan"))  # fmt: skip
        ax.set_ylim(-1500, 9000)
        ax.set_xlim(0.3, 1)
        if case is None:
            key(ax, [(_("discounted"), INK["moved"]), (_("margin times life"), INK["naive"])])
    return ax


@themed("customer_class", "strategy", "gain")
def strategy_gains(
    table: pd.DataFrame, *, ax: Axes | None = None, case: Case | None = None
) -> Axes:
    """Draw what each strategy adds in each class.

    Parameters
    ----------
    table : DataFrame
        From :func:`cvm.worth.strategy_table`.
    ax : Axes, optional
        Where to draw; new axes without it.
    case : {"base", "moved"}, optional
        Grey or coloured, a row for each; bars by class without it.

    Returns
    -------
    Axes
    """
    assert ax is not None  # themed made it
    classes, strategies = (list(dict.fromkeys(table[c])) for c in ("customer_class", "strategy"))
    if case:
        _gain_rows(ax, table, case)
        return ax
    for k, (strategy, colour) in enumerate(zip(strategies, LINES, strict=False)):
        gain = table.loc[table["strategy"] == strategy, "gain"] / _MILLION
        ax.bar(np.arange(len(classes)) + (k - 1.5) * 0.2, gain, width=0.18, color=colour)
    ax.axhline(0, color=INK["truth"], linewidth=0.8)
    dress(ax, y=_("worth added, cost taken off"), y_unit=N_("million"))
    ax.set_xticks(range(len(classes)), [_(name) for name in classes])
    key(ax, [(_(name), colour) for name, colour in zip(strategies, LINES, strict=False)])
    return ax


def _gain_rows(ax: Axes, table: pd.DataFrame, case: Case) -> None:
    """Draw a row for each class and strategy, so that two cases stand beside each other."""
    places = beside(len(table), case)
    ax.barh(places, table["gain"] / _MILLION, height=0.38, color=ink(case))
    if case == "moved":
        return
    pairs = zip(table["customer_class"], table["strategy"], strict=True)
    words = [
        _("{customers}: {strategy}", customers=_(str(who)), strategy=_(str(how)))
        for who, how in pairs
    ]
    ax.axvline(0, color=INK["truth"], linewidth=0.8)
    dress(ax, x=_("worth added, cost taken off"), x_unit=N_("million"))
    ax.set_yticks(range(len(table)), words, fontsize=7.5)
    ax.set_ylim(len(table) - 0.4, -0.6)


def _and_more(frequencies: pd.Series) -> list[str]:
    """Write frequencies, the last with a plus: it holds all above."""
    told = [number(float(value)) for value in frequencies]
    return [*told[:-1], f"{told[-1]}+"]


# Units used above, named so that the catalogue holds them.
UNITS = [N_("yuan"), N_("million")]
