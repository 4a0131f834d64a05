"""The moving picture: a frame drawn once, and only what moved drawn again.

A new figure costs a quarter of a second. So the frame - axes, words, and the base
case in grey - is drawn once and its pixels are kept. For each move the pixels are
put back, the plot adds the moved case to the same axes, only the artists it added
are drawn, the pixels become a PNG, and the artists are taken away again. Words are the
slow ones among them, for a font shapes and rasters each character anew. So the words of
a moved case are kept as stamps: "4.2 %" is rastered once, then stamped wherever it stands.

The limits of the axes stay where the base case put them, so that a curve that moves
is seen to move. Where the moved case would leave them, they widen in fixed steps and
the frame is drawn once more in full; each such frame is kept too. The picture
depends on the scenario alone, never on the way there.
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure

from cvm.plots.style import INK, drawing, key
from cvm.words import _

__all__ = ["Picture", "Plot"]

Plot = Callable[..., Axes]
Ends = tuple[float, float]
Limits = tuple[Ends, Ends]

#: Dots for each inch of the figure; it is shown at 100, so screens with fine dots gain.
DPI = 100
SHOWN_DPI = 100
_KEPT_FRAMES = 8
_KEPT_STAMPS = 512
#: Pixels around the words of a stamp, for edges that lean out.
_MARGIN = 3


class Picture:
    """The base case in grey, drawn once, and any moved case over it.

    Parameters
    ----------
    plots : sequence of callable
        Each ``plot(outcome, ax=..., case=...)``; one axes for each, side by side.
    base : object
        The outcome that stays.
    """

    def __init__(self, plots: Sequence[Plot], base: Any) -> None:
        width = 6.0 if len(plots) == 1 else 4.5 * len(plots)
        with drawing():
            self._figure = Figure(figsize=(width, 3.9), dpi=DPI, layout="constrained")
            self._canvas = _Canvas(self._figure)
            axes = self._figure.subplots(ncols=len(plots), squeeze=False)[0]
            self._panels = [_Panel(plot, ax) for plot, ax in zip(plots, axes, strict=True)]
            for panel in self._panels:
                panel.start(base)
            key(self._figure, [(_("base"), INK["base"]), (_("moved"), INK["moved"])])
            self._canvas.draw()
        self._frames: dict[tuple[Limits, ...], Any] = {}
        self._home = tuple(panel.hold() for panel in self._panels)
        self.shown_width = round(width * SHOWN_DPI)

    def png(self, moved: Any = None) -> bytes:
        """Draw a moved case over the base, or the base alone.

        Parameters
        ----------
        moved : object, optional
            An outcome of the same kind as the base.

        Returns
        -------
        bytes
            A PNG.
        """
        with drawing():
            added: list[list[Artist]] = []
            try:
                if moved is not None:
                    added = [panel.add(moved) for panel in self._panels]
                limits = tuple(panel.needed() for panel in self._panels) if added else self._home
                self._put_frame(limits, added)
                self._canvas.stamper.on = True  # the base, drawn once, has its words as they come
                for artists in added:
                    for artist in sorted(artists, key=lambda item: item.get_zorder()):
                        artist.draw(self._canvas.stamper)
            finally:
                self._canvas.stamper.on = False
                for panel in self._panels:
                    panel.clear()
            return _encode(self._canvas)

    def _put_frame(self, limits: tuple[Limits, ...], added: list[list[Artist]]) -> None:
        for panel, ends in zip(self._panels, limits, strict=True):
            panel.set_limits(ends)
        if limits not in self._frames:
            if len(self._frames) == _KEPT_FRAMES:
                del self._frames[next(iter(self._frames))]
            self._frames[limits] = self._draw_frame([a for group in added for a in group])
        pixels, places = self._frames[limits]
        for panel, place in zip(self._panels, places, strict=True):
            panel.ax.set_position(place)
            panel.ax.set_in_layout(True)  # set_position takes it out
        self._canvas.restore_region(pixels)

    def _draw_frame(self, hidden: list[Artist]) -> tuple[Any, list[Any]]:
        """Draw the base alone; other limits may need more room for their numbers."""
        for artist in hidden:
            artist.set_visible(False)
        self._figure.set_layout_engine("constrained")
        self._canvas.draw()
        self._figure.set_layout_engine("none")
        for artist in hidden:
            artist.set_visible(True)
        places = [panel.ax.get_position() for panel in self._panels]
        return self._canvas.copy_from_bbox(self._figure.bbox), places


class _Stamper(RendererAgg):
    """A renderer that, while it is on, keeps words as stamps and sets them on whole pixels."""

    on = False

    def __init__(self, width: float, height: float, dpi: float) -> None:
        super().__init__(width, height, dpi)
        self._stamps: dict[Any, tuple[Any, int]] = {}

    def draw_text(
        self, gc: Any, x: float, y: float, s: str, prop: Any, angle: float,
        ismath: Any = False, mtext: Any = None,
    ) -> None:  # fmt: skip
        """Draw words; ``y`` is where they stand, from the top."""
        if not self.on or ismath or angle or gc.get_alpha() != 1:
            super().draw_text(gc, x, y, s, prop, angle, ismath, mtext)
            return
        look = (s, hash(prop), tuple(gc.get_rgb()), gc.get_antialiased())
        if look not in self._stamps:
            if len(self._stamps) == _KEPT_STAMPS:
                del self._stamps[next(iter(self._stamps))]
            self._stamps[look] = self._cut(gc, s, prop, mtext)
        pixels, below = self._stamps[look]
        self.draw_image(gc, round(x) - _MARGIN, self.height - round(y) - below, pixels)

    def _cut(self, gc: Any, s: str, prop: Any, mtext: Any) -> tuple[Any, int]:
        """Raster words by themselves; give the pixels and how many rows lie below the line."""
        width, height, descent = self.get_text_width_height_descent(s, prop, False)
        above, below = (math.ceil(part) + _MARGIN for part in (height - descent, descent))
        alone = RendererAgg(math.ceil(width) + 2 * _MARGIN, above + below, self.dpi)
        free = alone.new_gc()
        free.copy_properties(gc)
        free.set_clip_rectangle(None)
        free.set_clip_path(None)
        alone.draw_text(free, _MARGIN, above, s, prop, 0, mtext=mtext)
        # Images are handed over with the lowest row first.
        return np.asarray(alone.buffer_rgba())[::-1].copy(), below


class _Canvas(FigureCanvasAgg):
    """A canvas that draws with a stamper, always the same."""

    def __init__(self, figure: Figure) -> None:
        super().__init__(figure)
        self.stamper = _Stamper(*figure.bbox.size, figure.dpi)

    def get_renderer(self) -> _Stamper:
        """Give the one renderer: a figure of a picture never changes its size."""
        return self.stamper


class _Panel:
    """One axes of the picture: remembers how the base case left it."""

    def __init__(self, plot: Plot, ax: Axes) -> None:
        self.plot, self.ax = plot, ax

    def start(self, base: Any) -> None:
        self.plot(base, ax=self.ax, case="base")

    def hold(self) -> Limits:
        """Freeze the axes as they are and give their limits."""
        ax = self.ax
        self._children = {id(child) for child in ax.get_children()}
        self._auto = (ax.get_autoscalex_on(), ax.get_autoscaley_on())
        self._extent = ax.dataLim.frozen()
        self._home = (ax.get_xlim(), ax.get_ylim())
        return self._home

    def add(self, moved: Any) -> list[Artist]:
        """Let the plot add the moved case; give what it added."""
        self.ax.set_autoscalex_on(self._auto[0])
        self.ax.set_autoscaley_on(self._auto[1])
        self.plot(moved, ax=self.ax, case="moved")
        return self._added()

    def needed(self) -> Limits:
        """Give the limits the moved case asks for: home, or wider by fixed steps."""
        axes = (self.ax.xaxis, self.ax.yaxis)
        reached = (self.ax.dataLim.intervalx, self.ax.dataLim.intervaly)
        x, y = (
            _widened(home, ends, axis.get_transform()) if auto else home
            for home, ends, axis, auto in zip(self._home, reached, axes, self._auto, strict=True)
        )
        return x, y

    def set_limits(self, limits: Limits) -> None:
        self.ax.set_xlim(limits[0], auto=False)
        self.ax.set_ylim(limits[1], auto=False)

    def clear(self) -> None:
        """Take the moved case away again."""
        for artist in self._added():
            artist.remove()
        self.ax.dataLim = self._extent.frozen()
        self.set_limits(self._home)

    def _added(self) -> list[Artist]:
        return [child for child in self.ax.get_children() if id(child) not in self._children]


def _widened(home: Ends, reached: Any, scale: Any) -> Ends:
    """Widen limits by a tenth, a fifth, two fifths ... of their span until all fits."""
    (low, high), (least, most) = scale.transform(sorted(home)), scale.transform(sorted(reached))
    span = high - low
    wider = (span * _step((low - least) / span), span * _step((most - high) / span))
    if not any(wider):
        return home
    room = 0.03 * (span + sum(wider))  # what touched the edge before is not cut by a new one
    ends = scale.inverted().transform([low - wider[0] - room, high + wider[1] + room])
    pair = (float(ends[0]), float(ends[1]))
    return pair if home[0] <= home[1] else pair[::-1]


def _step(beyond: float) -> float:
    if beyond <= 1e-9:
        return 0.0
    return 0.1 * 2.0 ** max(0.0, float(np.ceil(np.log2(beyond / 0.1 + 0.25))))


def _encode(canvas: FigureCanvasAgg) -> bytes:
    """Write the pixels as a PNG, as fast as that goes.

    Image libraries try five filters on every row to save bytes. A figure is mostly
    white, so that no filter and the quickest compression make a file hardly larger, in
    a third of the time: the bytes travel a short way, the reader's eyes wait.
    """
    pixels = np.asarray(canvas.buffer_rgba())
    height, width = pixels.shape[:2]
    rows = np.zeros((height, 1 + 3 * width), np.uint8)  # a leading 0 says "no filter"
    for colour in range(3):  # one by one: copied in threes they take three times as long
        rows[:, 1 + colour :: 3] = pixels[:, :, colour]
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows.data, 1)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))
