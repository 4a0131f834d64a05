"""The figures of chapter 04: the funnel, the next customer's cost, the budget, pull and push."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from cvm.plots.style import INK, LINES, Case, dress, ink, key, themed
from cvm.results import number
from cvm.words import N_, _

__all__ = [
    "acquisition_cost",
    "budget_rules",
    "channel_budget",
    "channel_funnel",
    "channel_worth",
    "referral_rounds",
    "stay_gaps",
    "weekly_response",
]

_STAGES = {
    "reached": N_("reached"),
    "interested": N_("interested"),
    "offered": N_("got an offer"),
    "won": N_("won"),
}
_RULES = {
    "best": N_("equal marginal value"),
    "average": N_("by average cost"),
    "touch": N_("by last touch"),
    "equal": N_("equal split"),
    "today": N_("as today"),
}


@themed("channel", *_STAGES)
def channel_funnel(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw how many people of each channel come how far.

    Parameters
    ----------
    table : DataFrame
        From :func:`cvm.acquisition.funnel`; channels without anybody reached are left out.
    ax : Axes, optional
        Where to draw; new axes without it.

    Returns
    -------
    Axes
        One row a channel, on a scale of powers of ten; what is equally far apart, loses the
        same share.
    """
    assert ax is not None  # themed made it
    rows = table[table["won"] > 0]
    places = range(len(rows))
    ax.set_xscale("log")
    ax.hlines(places, rows["won"], rows["reached"], color=INK["chance"], linewidth=2)
    colours = (INK["chance"], INK["base"], LINES[4], INK["moved"])
    for column, colour in zip(_STAGES, colours, strict=True):
        ax.plot(rows[column], places, "o", color=colour, markersize=8)
    _rows(ax, rows["channel"])
    dress(ax, x=_("people a month"))
    ax.minorticks_off()
    key(ax, [(_(words), c) for words, c in zip(_STAGES.values(), colours, strict=True)])
    return ax


@themed("spend", "average_cost", "marginal_cost", "value")
def acquisition_cost(
    table: pd.DataFrame,
    *,
    ax: Axes | None = None,
    case: Case | None = None,
    spend: float | None = None,
) -> Axes:
    """Draw what a customer has cost and what the next one costs, over spending.

    Parameters
    ----------
    table : DataFrame
        From :func:`cvm.acquisition.cost_curve`.
    ax : Axes, optional
        Where to draw; new axes without it.
    case : {"base", "moved"}, optional
        Grey or coloured.
    spend : float, optional
        Where the channel stands, marked by dots on both curves.

    Returns
    -------
    Axes
        Solid is the next customer, dashed the average one, dotted what a customer is worth.
    """
    assert ax is not None  # themed made it
    colour = ink(case)
    x = table["spend"] / 1000
    ax.plot(x, table["marginal_cost"], color=colour)
    ax.plot(x, table["average_cost"], color=colour if case else INK["naive"], linestyle="--")
    ax.plot(x, table["value"], color=colour if case else INK["truth"], linestyle=":")
    if spend is not None:
        near = int((table["spend"] - spend).abs().to_numpy().argmin())
        for column in ("marginal_cost", "average_cost"):
            ax.plot([x.iloc[near]], [table[column].iloc[near]], "o", color=colour, markersize=8)
    if case != "moved":
        dress(ax, x=_("spending a month"), x_unit=N_("thousand yuan"),
              y=_("cost of a customer"), y_unit=N_("yuan"))  # fmt: skip
        ax.set_ylim(bottom=0, auto=None)  # a moved case may still widen it
    if case is None:
        names = (_("the next one"), _("average so far"), _("what one is worth"))
        key(ax, list(zip(names, (colour, INK["naive"], INK["truth"]), strict=True)))
    elif case == "base":
        words = _("solid: the next one; dashed: average so far; dotted: what one is worth")
        ax.set_title(words, loc="left", fontsize="small")
    return ax


@themed("channel", "average_cost", "marginal_cost", "value")
def channel_worth(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw each channel's costs beside what its customers are worth.

    Parameters
    ----------
    table : DataFrame
        From :func:`cvm.acquisition.funnel`.
    ax : Axes, optional
        Where to draw; new axes without it.

    Returns
    -------
    Axes
        One row a channel, the best next yuan on top. The bar runs from the cost of the next
        customer to what one is worth: blue where it pays, orange where it does not.
    """
    assert ax is not None  # themed made it
    order = (table["value"] / table["marginal_cost"]).sort_values(ascending=False).index
    rows = table.loc[order].reset_index(drop=True)
    pays = (rows["value"] >= rows["marginal_cost"]).tolist()
    colours = [INK["moved"] if good else INK["loss"] for good in pays]
    ax.hlines(rows.index, rows["marginal_cost"], rows["value"], color=colours, linewidth=5,
              alpha=0.35)  # fmt: skip
    ax.plot(rows["average_cost"], rows.index, "|", color=INK["base"], markersize=11,
            markeredgewidth=2)  # fmt: skip
    ax.plot(rows["marginal_cost"], rows.index, "o", color=INK["naive"], markersize=7)
    ax.plot(rows["value"], rows.index, "o", color=INK["moved"], markersize=7)
    _rows(ax, rows["channel"])
    dress(ax, x=_("a customer"), x_unit=N_("yuan"))
    names = (_("cost so far"), _("cost of the next"), _("worth"))
    key(ax, list(zip(names, (INK["base"], INK["naive"], INK["moved"]), strict=True)))
    return ax


@themed("channel", "best")
def channel_budget(
    table: pd.DataFrame,
    *,
    ax: Axes | None = None,
    case: Case | None = None,
    against: str | None = None,
) -> Axes:
    """Draw what each channel gets.

    Parameters
    ----------
    table : DataFrame
        ``to_frame()`` of :func:`cvm.acquisition.allocate`.
    ax : Axes, optional
        Where to draw; new axes without it.
    case : {"base", "moved"}, optional
        Grey or coloured.
    against : {"today", "average", "touch", "equal"}, optional
        Another rule's split, drawn beside the best one.

    Returns
    -------
    Axes
        One row a channel.
    """
    assert ax is not None  # themed made it
    both = against is not None
    shift = {"base": -0.2, "moved": 0.2}.get(case or "", -0.2 if both else 0.0)
    # Thick lines are one artist for all rows, and quick to move.
    wide = 6.0 if both or case else 10.0
    places = [row + shift for row in range(len(table))]
    ax.hlines(places, 0, table["best"] / 1000, color=ink(case), linewidth=wide)
    if against is not None:
        other = [row + 0.2 for row in range(len(table))]
        ax.hlines(other, 0, table[against] / 1000, color=INK["base"], linewidth=wide)
        key(ax, [(_(_RULES["best"]), ink(case)), (_(_RULES[against]), INK["base"])])
    if case != "moved":
        _rows(ax, table["channel"])
        dress(ax, x=_("spending a month"), x_unit=N_("thousand yuan"))
        ax.set_xlim(left=0, auto=None)  # a moved case may still widen it
    return ax


@themed("rule", "gain")
def budget_rules(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw what a budget earns beyond itself, by the rule that splits it.

    Parameters
    ----------
    table : DataFrame
        ``rules`` of :func:`cvm.acquisition.allocate`.
    ax : Axes, optional
        Where to draw; new axes without it.

    Returns
    -------
    Axes
        One bar a rule, the best in blue.
    """
    assert ax is not None  # themed made it
    colours = [INK["moved"] if rule == "best" else INK["base"] for rule in table["rule"]]
    bars = ax.barh(range(len(table)), table["gain"] / 1000, height=0.65, color=colours)
    ax.bar_label(bars, [number(gain / 1000) for gain in table["gain"]], padding=4)
    _rows(ax, [_RULES.get(str(rule), str(rule)) for rule in table["rule"]])
    ax.margins(x=0.14)  # room for the numbers
    dress(ax, x=_("value beyond spending, a month"), x_unit=N_("thousand yuan"))
    return ax


@themed("generation", "customers", "promised")
def referral_rounds(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw how many customers one becomes, generation by generation.

    Parameters
    ----------
    table : DataFrame
        From :func:`cvm.acquisition.generations`; or several, one below the other, with their
        name in a column ``world``: one line each.
    ax : Axes, optional
        Where to draw; new axes without it.

    Returns
    -------
    Axes
        Dots are what happened, dashed lines what the formula promises.
    """
    assert ax is not None  # themed made it
    parts = list(table.groupby("world", sort=False)) if "world" in table else [("", table)]
    for colour, (_name, rows) in zip(LINES, parts, strict=False):
        ax.plot(rows["generation"], rows["promised"], color=colour, linestyle="--", linewidth=1.4)
        ax.plot(rows["generation"], rows["customers"], "o-", color=colour, markersize=5)
    dress(ax, x=_("generation (dashed: the formula)"), y=_("customers for each one paid for"))
    ax.set_xticks(range(0, int(table["generation"].max()) + 1, 2))
    # A promise without end would press all the others flat.
    ax.set_ylim(0, 1.25 * float(table["customers"].max()))
    if "world" in table:
        key(ax, [(_(str(name)), c) for (name, _rows), c in zip(parts, LINES, strict=False)])
    return ax


@themed("spend", "won")
def weekly_response(
    table: pd.DataFrame, *, ax: Axes | None = None, curve: pd.DataFrame | None = None
) -> Axes:
    """Draw customers won over spending, one dot a week, with a fitted curve.

    Parameters
    ----------
    table : DataFrame
        From :func:`cvm.acquisition.simulate_weeks`, or your own weeks; with ``demand`` the
        customers are divided by it.
    ax : Axes, optional
        Where to draw; new axes without it.
    curve : DataFrame, optional
        From :func:`cvm.acquisition.fitted_curve`, with its band.

    Returns
    -------
    Axes
    """
    assert ax is not None  # themed made it
    seen = table["won"] / table["demand"] if "demand" in table else table["won"]
    ax.scatter(table["spend"] / 1000, seen, s=22, color=INK["base"], alpha=0.6, linewidth=0)
    if curve is not None:
        x = curve["spend"] / 1000
        ax.fill_between(x, curve["low"], curve["high"], color=INK["moved"], alpha=0.2, linewidth=0)
        ax.plot(x, curve["won"], color=INK["moved"])
    words = _("customers won, at average demand") if "demand" in table else _("customers won")
    dress(ax, x=_("spending in the week"), x_unit=N_("thousand yuan"), y=words)
    ax.set_ylim(bottom=0)
    return ax


@themed("method", "effect", "low", "high")
def stay_gaps(table: pd.DataFrame, *, ax: Axes | None = None, case: Case | None = None) -> Axes:
    """Draw what each method says pulling adds to staying, with intervals and the truth.

    Parameters
    ----------
    table : DataFrame
        From :func:`cvm.acquisition.compare_gaps`.
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
    shift = {"base": 0.12, "moved": -0.12}.get(case or "", 0.0)
    places = [row + shift for row in range(len(table))]
    reach = [table["effect"] - table["low"], table["high"] - table["effect"]]
    ax.errorbar(table["effect"], places, xerr=reach, fmt="o", color=ink(case), capsize=4)
    if "true_effect" in table and case != "base":
        ax.plot(table["true_effect"], places, "|", color=INK["truth"], markersize=16,
                markeredgewidth=2)  # fmt: skip
    if case != "moved":
        _rows(ax, table["method"])
        ax.set_ylim(len(table) - 0.5, -0.5)
        ax.axvline(0, color=INK["chance"], linewidth=1.2)
        dress(ax, x=_("pulled customers stay more often by (bar: the truth)"), x_unit="points")
    return ax


def _rows(ax: Axes, names: pd.Series | list[str]) -> None:
    """Write a name at each row, the first on top."""
    ax.set_yticks(range(len(names)), [_(str(name)) for name in names])
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(len(names) - 0.4, -0.6)


# Units and words used above, named so that the catalogue holds them.
UNITS = [N_("thousand yuan"), N_("yuan")]
