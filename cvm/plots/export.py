"""Export: a finished figure as an image, for what is not a notebook's own output.

The same figure gives the same bytes in every format: no date, no version and no chance is
written into it. Letters of SVG and PDF are shapes or embedded, Chinese ones too, so that no
reader needs the fonts.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

import matplotlib as mpl
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

if TYPE_CHECKING:
    from cvm.research.study import Picture

__all__ = ["pdf", "picture", "png", "svg"]


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
    with _closing(ax) as figure:
        return _saved(figure, "png", {"Software": None}, dpi=dpi)


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
    with _closing(ax) as figure:
        return _svg(figure)


def pdf(ax: Axes) -> bytes:
    """Give the figure of some axes as PDF, for LaTeX or print, and close it.

    Parameters
    ----------
    ax : Axes
        Any axes of the figure.

    Returns
    -------
    bytes
        One page of the figure's size. The letters it uses are embedded, Chinese ones too.
    """
    with _closing(ax) as figure:
        return _pdf(figure)


def picture(ax: Axes, *, name: str, caption: str) -> Picture:
    """Give the figure of some axes as a picture for a report, and close it.

    Parameters
    ----------
    ax : Axes
        Any axes of the figure.
    name : str
        Name of its files without an ending: letters of English, digits, - and _.
    caption : str
        What it shows, in words; also for those who cannot see it.

    Returns
    -------
    cvm.research.study.Picture
        With SVG, PDF and PNG, for :meth:`cvm.research.study.Report.write`.

    Raises
    ------
    CvmError
        For a name that is no name of a file, or without a caption.
    """
    from cvm.research.study import Picture  # loads every method of a study; only reports need it

    with _closing(ax) as figure:
        return Picture(
            name=name, caption=caption, svg=_svg(figure).encode(), pdf=_pdf(figure),
            png=_saved(figure, "png", {"Software": None}, dpi=200),
        )  # fmt: skip


@contextmanager
def _closing(ax: Axes) -> Iterator[Figure]:
    figure = cast(Figure, ax.figure)
    try:
        yield figure
    finally:
        # Closed, or the notebook would show the figure once more by itself.
        plt.close(figure)


def _saved(figure: Figure, form: str, metadata: dict[str, None], **options: int) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format=form, metadata=metadata, **options)  # type: ignore[arg-type]
    return buffer.getvalue()


def _svg(figure: Figure) -> str:
    with mpl.rc_context({"svg.hashsalt": "cvm"}):
        text = _saved(figure, "svg", {"Date": None, "Creator": None}).decode()
    return text[text.index("<svg") :]


def _pdf(figure: Figure) -> bytes:
    # Type 3 draws each letter's shape, whatever kind of font it comes from.
    with mpl.rc_context({"pdf.fonttype": 3}):
        return _saved(figure, "pdf", {"CreationDate": None, "Creator": None, "Producer": None})
