"""The look of the figures: one theme, fixed colours, words and numbers on the axes.

Importing this changes nothing. A plot puts the theme on for as long as it draws, so
a reader's own figures keep their own look. seaborn gives the look; the fonts come
after it, because its themes set fonts of their own. ``font.family`` is a list of
real names: matplotlib then takes each character from the first font that has it, and
Chinese stands beside Latin without a box. The Chinese font is shipped with the kit.

A colour has one meaning in all figures, and the colours are told apart by
colour-blind readers too (Okabe and Ito 2008): see :data:`INK`.
"""

from __future__ import annotations

import functools
import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, TypeVar, cast

import matplotlib as mpl
import numpy as np
import seaborn as sns
from matplotlib import font_manager
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import NDArray

from cvm.errors import CvmError, near_miss
from cvm.results import number
from cvm.words import _

__all__ = [
    "FAMILY",
    "INK",
    "TIERS",
    "Case",
    "beside",
    "dress",
    "figure",
    "ink",
    "key",
    "theme",
    "themed",
]

Case = Literal["base", "moved"]
Draw = TypeVar("Draw", bound=Callable[..., Axes])

#: What a colour means, everywhere.
INK = {
    "base": "#8A8A8A",  # where things stood
    "moved": "#0072B2",  # where they stand now; also the one thing a figure is about
    "naive": "#D55E00",  # the tempting wrong answer
    "truth": "#111111",  # what the simulator knows
    "chance": "#C9C9C9",  # what luck alone would give
    "loss": "#D55E00",  # money lost
}

#: The tiers from key to small, from dark to light: they have an order.
TIERS = ("#0B3C5D", "#3282B8", "#9CC9E3")

#: Lines that only need telling apart.
LINES = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00")

#: Latin first, then the shipped Chinese characters.
FAMILY = ("DejaVu Sans", "CVM Sans SC")

_CHINESE = Path(__file__).parent / "fonts" / "CVMSansSC.otf"


@functools.cache
def theme() -> dict[str, Any]:
    """Give the settings of matplotlib that make the look.

    Returns
    -------
    dict
        For ``matplotlib.rc_context(theme())``. Sizes suit a notebook 850 pixels wide
        and stay readable on a projector.
    """
    font_manager.fontManager.addfont(str(_CHINESE))
    return {
        **sns.axes_style("ticks"),
        **sns.plotting_context("notebook", font_scale=0.92),
        "font.family": list(FAMILY),
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.linewidth": 0.8,
        "axes.prop_cycle": plt.cycler(color=LINES),
        "axes.unicode_minus": True,
        "xtick.major.width": 0.8,
        "ytick.major.width": 0.8,
        "lines.linewidth": 2.2,
        "legend.frameon": False,
        "figure.dpi": 110,
        "figure.constrained_layout.use": True,
    }


@contextmanager
def drawing() -> Iterator[None]:
    """Put the theme on while the block draws; costs nothing where it is on already."""
    if all(mpl.rcParams[name] == value for name, value in theme().items()):
        yield
        return
    with mpl.rc_context(theme()):
        yield
        interactive = mpl.is_interactive()
    # The first figure of a notebook loads Jupyter's backend, which turns interactive
    # drawing on; leaving the context must not turn it off again, or no later figure shows.
    mpl.interactive(interactive)


def figure(columns: int = 1, *, width: float | None = None, height: float = 3.8) -> Any:
    """Make a figure in the theme, with one or more axes side by side.

    Parameters
    ----------
    columns : int
        How many axes.
    width, height : float
        Inches; the width follows the columns if it is not given.

    Returns
    -------
    Axes, or ndarray of Axes, shape (columns,)
        Ready to be handed to the plots as ``ax``.
    """
    with drawing():
        size = (width or (6.2 if columns == 1 else 4.6 * columns), height)
        return plt.subplots(ncols=columns, figsize=size)[1]


def themed(*columns: str) -> Callable[[Draw], Draw]:
    """Let a drawing function work in the theme, and on axes of its own if given none.

    Parameters
    ----------
    *columns : str
        What the table must have; a missing one is told before anything is drawn.
    """

    def decorate(draw: Draw) -> Draw:
        @functools.wraps(draw)
        def wrapper(table: Any, *, ax: Axes | None = None, **options: Any) -> Axes:
            _check(draw.__name__, table, columns, options.get("case"))
            with drawing():
                return draw(table, ax=figure() if ax is None else ax, **options)

        return cast(Draw, wrapper)

    return decorate


def _check(name: str, table: Any, columns: tuple[str, ...], case: object) -> None:
    if case not in (None, "base", "moved"):
        wrong = _("A case is the base or the moved one.")
        raise CvmError(wrong, given=case, remedy=near_miss(case, ("base", "moved")))
    given = [str(column) for column in getattr(table, "columns", [])]
    missing = [column for column in columns if column not in given]
    if missing:
        raise CvmError(
            _("The plot '{name}' needs a table with the column '{column}'.",
              name=name, column=missing[0]),
            given=given or type(table).__name__,
            remedy=_("Its help names the function that makes the table."),
        )  # fmt: skip


def ink(case: Case | None, otherwise: str = "moved") -> str:
    """Give the colour of a case; without one, that of the figure's subject."""
    return INK[case or otherwise]


def beside(count: int, case: Case | None, *, by: float = 0.2) -> NDArray[np.float64]:
    """Give the places of bars or rows, so that two cases stand beside each other."""
    return np.arange(count, dtype=np.float64) + {"base": -by, "moved": by}.get(case or "", 0.0)


def dress(
    ax: Axes,
    *,
    x: str = "",
    y: str = "",
    x_unit: str = "",
    y_unit: str = "",
    title: str = "",
) -> None:
    """Label the axes in words and write their numbers the way people read them.

    Parameters
    ----------
    ax : Axes
        The axes.
    x, y, title : str
        Already translated. A unit other than a share is put behind the words.
    x_unit, y_unit : str
        As in :func:`cvm.results.number`.
    """
    # Ticks are made when a figure is drawn, which is after the theme is off again.
    ax.tick_params(labelfontfamily=list(FAMILY), labelsize=theme()["xtick.labelsize"])
    for axis, words, unit in ((ax.xaxis, x, x_unit), (ax.yaxis, y, y_unit)):
        if not words:
            continue
        plain = unit in ("", "share", "points")
        words = words if plain else _("{words} ({unit})", words=words, unit=_(unit))
        axis.set_label_text(textwrap.fill(words, 36 if axis is ax.yaxis else 60))
        if axis.get_scale() == "linear":
            axis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 2.5, 5, 10]))
        axis.set_major_formatter(_written(unit if plain else ""))
    if title:
        ax.set_title(title, loc="left")


def key(target: Axes | Figure, names: Sequence[tuple[str, str]]) -> None:
    """Tell what the colours mean, above the figure and never over the data.

    Parameters
    ----------
    target : Axes or Figure
        Where it belongs.
    names : sequence of (str, str)
        Words, already translated, and a colour of matplotlib.
    """
    with drawing():
        marks = [plt.Rectangle((0, 0), 1, 1, color=colour) for _words, colour in names]
        words = [words for words, _colour in names]
        place = (
            {"loc": "outside upper left"}
            if isinstance(target, Figure)
            else {"loc": "lower left", "bbox_to_anchor": (0, 1.0), "borderaxespad": 0.3}
        )
        target.legend(marks, words, ncols=len(names), handlelength=1, handleheight=0.9, **place)


def _written(unit: str) -> FuncFormatter:
    return FuncFormatter(lambda value, _position: number(value, unit))
