"""The moving picture: words kept as stamps, and the PNG."""

import io

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.path import Path
from matplotlib.transforms import Bbox, IdentityTransform
from PIL import Image

from cvm.plots.moving import _KEPT_STAMPS, Picture, _encode, _Stamper
from cvm.plots.style import FAMILY, theme

theme()  # makes the Chinese font known
FONT = FontProperties(family=list(FAMILY), size=11)


def pen(renderer, colour=(0.0, 0.45, 0.7, 1.0)):
    gc = renderer.new_gc()
    gc.set_foreground(colour, isRGBA=True)
    return gc


def words(renderer, at, text="4.2 %", **look):
    renderer.draw_text(pen(renderer, **look), *at, text, FONT, 0)
    return np.asarray(renderer.buffer_rgba()).astype(int).copy()


def on_white(width=200, height=60, kind=_Stamper, on=True):
    renderer = kind(width, height, 100)
    renderer.on = on
    edgeless = renderer.new_gc()
    edgeless.set_linewidth(0)
    sheet = Path([[0, 0], [0, height], [width, height], [width, 0], [0, 0]])
    renderer.draw_path(edgeless, sheet, IdentityTransform(), (1.0, 1.0, 1.0, 1.0))
    return renderer


# ------------------------------------------------------------------------------ exact


@pytest.mark.parametrize("text", ["4.2 %", "−17 %", "关键 gy"])
def test_a_stamp_is_what_the_font_draws_on_whole_pixels(text):
    plain = words(on_white(kind=RendererAgg), (20, 40), text)
    stamped = words(on_white(), (20, 40), text)
    assert (plain < 255).any()
    assert np.abs(plain - stamped).max() <= 2  # soft edges are mixed once more


def test_words_between_pixels_are_set_on_the_nearest():
    assert (words(on_white(), (20.4, 39.6)) == words(on_white(), (20, 40))).all()
    assert (words(on_white(), (20.6, 40)) == words(on_white(), (21, 40))).all()


def test_the_second_stamp_is_the_first_again_and_rasters_nothing(monkeypatch):
    renderer = on_white()
    first = words(renderer, (20, 40))
    monkeypatch.setattr(RendererAgg, "draw_text", None)
    again = words(renderer, (120, 40))
    assert (again[:, 115:200] == first[:, 15:100]).all()


def test_png_has_the_pixels_of_the_canvas():
    figure = Figure(figsize=(1.5, 1), dpi=100)
    canvas = FigureCanvasAgg(figure)
    figure.text(0.2, 0.5, "g", color="#0072B2")
    canvas.draw()
    read = np.asarray(Image.open(io.BytesIO(_encode(canvas))))
    assert (read == np.asarray(canvas.buffer_rgba())[:, :, :3]).all()


# -------------------------------------------------------------------------- invariant


def test_words_in_another_colour_size_or_font_are_another_stamp():
    renderer = on_white()
    blue = words(renderer, (20, 40))
    red = words(renderer, (20, 40), colour=(0.8, 0.4, 0.0, 1.0))
    assert (red[..., 0] > blue[..., 0] + 50).any()
    larger = FontProperties(family=list(FAMILY), size=14)
    renderer.draw_text(pen(renderer), 20, 40, "4.2 %", larger, 0)
    assert len(renderer._stamps) == 3


def test_what_is_no_plain_text_is_drawn_as_ever():
    def drawn(kind, angle, opacity):
        renderer = on_white(kind=kind)
        gc = pen(renderer)
        gc.set_alpha(opacity)
        renderer.draw_text(gc, 40.3, 40.3, "4.2 %", FONT, angle)
        return np.asarray(renderer.buffer_rgba()).astype(int)

    for angle, opacity in ((90, 1.0), (0, 0.5)):
        assert (drawn(_Stamper, angle, opacity) == drawn(RendererAgg, angle, opacity)).all()


def test_a_stamp_is_cut_where_its_axes_end():
    renderer = on_white()
    gc = pen(renderer)
    gc.set_clip_rectangle(Bbox.from_bounds(0, 0, 30, 60))
    renderer.draw_text(gc, 20, 40, "4.2 %", FONT, 0)
    dark = (np.asarray(renderer.buffer_rgba())[..., :3] < 250).any(axis=2)
    assert dark[:, :30].any()
    assert not dark[:, 31:].any()
    whole = words(renderer, (20, 40))  # and the stamp itself was kept whole
    assert (whole[:, 31:, :3] < 250).any()


def test_only_so_many_stamps_are_kept():
    renderer = on_white()
    renderer._stamps = dict.fromkeys(range(_KEPT_STAMPS))
    words(renderer, (20, 40))
    assert len(renderer._stamps) == _KEPT_STAMPS
    assert 0 not in renderer._stamps


def label(value, *, ax, case):
    ax.plot([0, 1], [0, 1])
    ax.text(0.3, 0.3 + value, f"{value} %")
    return ax


def test_stamps_are_for_the_moved_case_only():
    picture = Picture([label], 0.1)
    assert not picture._canvas.stamper._stamps
    picture.png(0.2)
    assert [look[0] for look in picture._canvas.stamper._stamps] == ["0.2 %"]
    assert not picture._canvas.stamper.on


def test_a_plot_that_fails_leaves_the_stamper_off():
    picture = Picture([label], 0.1)
    with pytest.raises(TypeError):
        picture.png("much")
    assert not picture._canvas.stamper.on
