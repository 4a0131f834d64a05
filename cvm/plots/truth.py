"""Figures to walk in: the law of a study's estimates, and the map of where a claim is true."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from numpy.typing import NDArray

from cvm.plots.style import INK, Case, dress, ink, key, themed
from cvm.words import N_, _

__all__ = ["sampling_law", "truth_map"]

#: What a field of the map is: its colour, and its words.
PLACES = {
    "nothing": ("#FFFFFF", ""),
    "less": ("#F9DCC4", N_("less")),
    "holds": ("#4F9BCB", N_("holds")),
    "more": ("#E58B3C", N_("more than claimed")),
}
_SHADES = ListedColormap([shade for shade, _words in PLACES.values()])


@themed("estimate", "density", "found", "none")
def sampling_law(table: pd.DataFrame, *, ax: Axes | None = None, case: Case | None = None) -> Axes:
    """Draw which estimates a study would give, and which of them would count.

    Parameters
    ----------
    table : DataFrame
        From :func:`cvm.research.power.sampling_law`.
    ax : Axes, optional
        Where to draw; new axes without it.
    case : {"base", "moved"}, optional
        Grey or coloured.

    Returns
    -------
    Axes
        Solid: the estimates if the effect is as assumed; filled, those in which something is
        found. Dotted: the estimates without an effect.
    """
    assert ax is not None  # themed made it
    colour = ink(case)
    ax.fill_between(table["estimate"], table["found"], color=colour, alpha=0.3, linewidth=0)
    ax.plot(table["estimate"], table["density"], color=colour)
    ax.plot(table["estimate"], table["none"], color=colour, linestyle=":", linewidth=1.6)
    if case != "moved":
        ax.axvline(0, color=INK["chance"], linewidth=1.2)
        dress(
            ax, x=_("estimate (filled: something is found; dotted: no effect)"), x_unit=N_("yuan")
        )
        ax.set_yticks([])
        ax.spines["left"].set_visible(False)
        ax.set_ylim(bottom=0)
        ax.set_autoscaley_on(True)  # a sharper study stands higher
    return ax


@themed("value", "place")
def truth_map(
    table: pd.DataFrame,
    *,
    here: tuple[float, float],
    borders: tuple[float, float],
    x: str = "",
    y: str = "",
    x_unit: str = "",
    y_unit: str = "",
    ax: Axes | None = None,
    case: Case | None = None,
) -> Axes:
    """Draw where a claim is true, and where one stands.

    Parameters
    ----------
    table : DataFrame
        Of :func:`cvm.research.truthmap.truth_map`: the two assumptions first, then value, place.
    here : tuple of float
        Where one stands.
    borders : tuple of float
        Between these values the claim holds.
    x, y, x_unit, y_unit : str
        What the assumptions are, in words, and their units; their names without them.
    ax : Axes, optional
        Where to draw; new axes without it.
    case : {"base", "moved"}, optional
        The base is drawn as its borders alone.

    Returns
    -------
    Axes
    """
    assert ax is not None  # themed made it
    names = [str(name) for name in table.columns[:2]]
    across, up = (np.unique(table[name]) for name in names)
    rows = table.sort_values(names[::-1])
    value = rows["value"].to_numpy().reshape(len(up), len(across))
    colour = ink(case)
    if case != "base":
        codes = pd.Categorical(rows["place"], categories=list(PLACES)).codes.reshape(value.shape)
        ax.imshow(codes, cmap=_SHADES, vmin=-0.5, vmax=3.5, alpha=0.6, aspect="auto", origin="lower",
                  interpolation="nearest", extent=_edges(across) + _edges(up))  # fmt: skip
    if np.nanmin(value) < borders[1] and np.nanmax(value) > borders[0]:
        ax.contour(across, up, value, levels=list(borders), colors=colour, linewidths=1.4,
                   linestyles="-")  # fmt: skip
    ax.plot(*here, "o", color=colour, markersize=11, markeredgecolor="white", markeredgewidth=1.5)
    if case != "moved":
        dress(ax, x=x or names[0].replace("_", " "), y=y or names[1].replace("_", " "),
              x_unit=x_unit, y_unit=y_unit)  # fmt: skip
        ax.set_xlim(across[0], across[-1])
        ax.set_ylim(up[0], up[-1])
        key(ax, [(_(words), shade) for shade, words in PLACES.values() if words])
    return ax


def _edges(middles: NDArray[np.float64]) -> tuple[float, float]:
    """Give the outer edges of the fields whose middles these are."""
    half = (middles[1] - middles[0]) / 2
    return float(middles[0] - half), float(middles[-1] + half)
