"""Export: a finished figure as an image, for what is not a notebook's own output."""

from __future__ import annotations

import io
from typing import cast

import matplotlib as mpl
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

__all__ = ["png", "svg"]


def png(ax: Axes, *, dpi: int = 110) -> bytes:
    """Give the figure of some axes as a PNG image, and close it.

    Parameters
    ----------
    ax : Axes
        Any axes of the figure.
    dpi : int
        Dots per inch.

    Returns
    -------
    bytes
        The same bytes for the same figure: no date and no version is written into it.
    """
    figure = cast(Figure, ax.figure)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=dpi, metadata={"Software": None})
    # Closed, or the notebook would show the figure once more by itself.
    plt.close(figure)
    return buffer.getvalue()


def svg(ax: Axes) -> str:
    """Give the figure of some axes as SVG, to stand inside a page, and close it.

    Parameters
    ----------
    ax : Axes
        Any axes of the figure.

    Returns
    -------
    str
        One ``<svg>`` element. Letters are drawn as paths, so that no font is needed, and
        the same figure gives the same text: no date and no chance is written into it.
    """
    figure = cast(Figure, ax.figure)
    buffer = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": "cvm"}):
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    plt.close(figure)
    text = buffer.getvalue()
    return text[text.index("<svg") :]
