"""The panel of a what-if: sliders made from declarations, picture, numbers, buttons.

Every widget is a plain ipywidget, and nothing is printed: an error is shown in the
panel, in words. The button that copies a scenario works inside the browser, which
lets a page write to the clipboard only while its user presses a key or a button.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from cvm.levers import Lever
from cvm.results import number
from cvm.whatif.explorer import ONE_AT_A_TIME
from cvm.whatif.scenario import Compared
from cvm.words import N_, _

if TYPE_CHECKING:
    from cvm.whatif.explorer import WhatIf

__all__ = ["Panel"]

_GROUPS = (("lever", N_("What the firm decides")), ("assumption", N_("What the market is")))

# Words wrap instead of being cut; the rest keeps the look of the notebook.
_STYLE = """<style>
.cvm-whatif { max-width: 1100px; overflow: hidden; }
.cvm-whatif .widget-label, .cvm-whatif .widget-label-basic {
  white-space: normal; line-height: 1.25; overflow: visible; text-align: left; height: auto; }
.cvm-whatif .cvm-lever { height: auto; min-height: 32px; align-items: center; margin: 1px 0; }
.cvm-whatif .cvm-group { flex: 1 1 360px; max-width: 460px; margin: 0 20px 4px 0; }
.cvm-whatif h4 { margin: 2px 0; font-size: 14px; font-weight: 600; }
.cvm-whatif .widget-readout { min-width: 74px; }
.cvm-whatif .cvm-lever:has([disabled]) { opacity: .45; }
.cvm-whatif .cvm-picture { flex: 1 1 480px; min-width: 0; height: auto; background: white; }
.cvm-whatif .cvm-numbers { flex: 0 0 300px; max-width: 100%; margin: 12px 0 0 12px; }
.cvm-whatif .cvm-numbers .widget-html-content { width: 100%; }
.cvm-whatif .cvm-numbers table { width: 100%; table-layout: fixed; border-collapse: collapse;
  font-size: 14px; line-height: 1.35; }
.cvm-whatif .cvm-numbers th, .cvm-whatif .cvm-numbers td { padding: 0 0 4px; text-align: right; }
.cvm-whatif .cvm-numbers th:nth-child(3) { width: 42%; }
.cvm-whatif .cvm-numbers th[scope=row] { padding: 3px 0 0; text-align: left; font-weight: normal;
  border-top: 1px solid var(--jp-border-color2, #ccc); }
.cvm-whatif .cvm-moved { color: #0072B2; font-weight: 600; }
.cvm-whatif .cvm-message { line-height: 1.4; white-space: pre-line; padding: 6px 10px; margin: 4px 0;
  border-left: 4px solid #D55E00; background: rgba(213, 94, 0, .1); font-size: 14px; }
.cvm-whatif .cvm-code { display: none; }
.cvm-whatif.cvm-code-shown .cvm-code { display: flex; }
.cvm-whatif .cvm-code textarea { font-family: var(--jp-code-font-family, monospace); }
</style>"""

# Runs in the page: show the code, select it, and put it on the clipboard where the
# browser allows that; where it does not, the selected text waits for Ctrl+C.
_COPY = """const root = this.closest('.cvm-whatif');
root.classList.add('cvm-code-shown');
const text = root.querySelector('.cvm-code textarea');
text.focus(); text.select();
const copied = () => { this.textContent = this.dataset.copied; };
if (navigator.clipboard) { navigator.clipboard.writeText(text.value).then(copied, () => {}); }
else if (document.execCommand('copy')) { copied(); }"""


class Panel:
    """The widgets of one what-if.

    Parameters
    ----------
    whatif : WhatIf
        What it shows and moves.
    """

    def __init__(self, whatif: WhatIf) -> None:
        self._whatif = whatif
        self._quiet = False  # while the panel itself sets its widgets
        self._sliders = {item.name: _slider(item, whatif) for item in whatif.levers}
        for name, slider in self._sliders.items():
            slider.observe(lambda change, name=name: self._moved(name, change["new"]), "value")
        self._image = widgets.Image(format="png").add_class("cvm-picture")
        self._image.layout.max_width = f"{whatif.picture_width}px"
        self._numbers, self._message = widgets.HTML(), widgets.HTML()
        self._numbers.add_class("cvm-numbers")
        self._code = widgets.Textarea(
            rows=8, layout=widgets.Layout(width="99%", height="auto")
        ).add_class("cvm-code")
        self._seed = _seed_box(whatif.seed)
        self._seed.observe(lambda change: self._do(whatif.reseed, change["new"]), "value")
        self.box = self._laid_out()
        self.refresh()

    def refresh(self) -> None:
        """Show the what-if as it is now."""
        whatif = self._whatif
        self._quiet = True
        try:
            self._image.value = whatif.picture
            self._numbers.value = numbers_html(whatif.rows)
            self._message.value = _message_html(whatif.message)
            self._code.value = whatif.code()
            self._seed.value = whatif.seed
            for item in whatif.levers:
                slider = self._sliders[item.name]
                _set(slider, getattr(whatif.world, item.name))
                slider.disabled = not item.acts_in(whatif.world)
        finally:
            self._quiet = False

    def close(self) -> None:
        """Close every widget, here and in the page."""
        _close(self.box)

    def _moved(self, name: str, value: Any) -> None:
        # A slider adds up steps; 0.35000000000000003 would be an ugly line of code.
        plain = float(f"{value:.10g}") if isinstance(value, float) else value
        self._do(self._whatif.move, name, plain)

    def _do(self, action: Any, *given: Any) -> None:
        with ONE_AT_A_TIME:  # or a move would be lost while another thread keeps quiet
            if self._quiet:
                return
            try:
                action(*given)
            except Exception as error:
                # Already logged where it happened; here it only has to reach the reader.
                self._message.value = _message_html(self._whatif.message or str(error))

    def _laid_out(self) -> widgets.VBox:
        words = self._whatif.title
        title = [widgets.HTML(f"<h4>{escape(words)}</h4>")] if words else []
        groups = [self._group(role, words) for role, words in _GROUPS]
        shown = [group for group in groups if group.children]
        picture = widgets.HBox([self._image, self._numbers], layout=_row())
        return widgets.VBox(
            [
                widgets.HTML(_STYLE, layout=widgets.Layout(display="none")),
                *title,
                widgets.HBox(shown, layout=_row()),
                self._buttons(),
                self._message,
                picture,
                self._code,
            ]
        ).add_class("cvm-whatif")

    def _group(self, role: str, words: str) -> widgets.VBox:
        mine = [self._sliders[item.name] for item in self._whatif.levers if item.role == role]
        heading = [widgets.HTML(f"<h4>{escape(_(words))}</h4>")] if mine else []
        return widgets.VBox([*heading, *mine]).add_class("cvm-group")

    def _buttons(self) -> widgets.HBox:
        reset = widgets.Button(description=_("Reset"), icon="", layout=_auto())
        reset.on_click(lambda _button: self._do(self._whatif.reset))
        keep = widgets.Button(description=_("Make this the base"), layout=_auto())
        keep.on_click(lambda _button: self._do(self._whatif.keep))
        copy = widgets.HTML(
            '<button class="jupyter-button widget-button lm-Widget" style="width:auto" '
            f'data-copied="{escape(_("Copied"))}" onclick="{escape(_COPY)}">'
            f"{escape(_('Copy this scenario as code'))}</button>"
        )
        return widgets.HBox([reset, keep, copy, self._seed], layout=_row("center"))


def _row(align: str = "flex-start") -> widgets.Layout:
    return widgets.Layout(flex_flow="row wrap", align_items=align)


def _auto() -> widgets.Layout:
    return widgets.Layout(width="auto")


def numbers_html(rows: Iterable[Compared]) -> str:
    """Write the numbers of a what-if as a table of HTML.

    Parameters
    ----------
    rows : iterable of Compared
        Name, base, moved, change and unit.
    """
    cells = "".join(f"<th>{escape(words)}</th>" for words in (_("base"), _("moved"), _("change")))
    body = "".join(_row_html(*row) for row in rows)
    return f'<table aria-live="polite"><tbody><tr>{cells}</tr>{body}</tbody></table>'


def _row_html(name: str, base: float, moved: float, change: float, unit: str) -> str:
    # The words have a line of their own: so neither they nor large numbers are cut.
    return (
        f'<tr><th scope="row" colspan="3">{escape(_with_unit(name, unit))}</th></tr>'
        f"<tr><td>{_cell(base, unit)}</td>"
        f'<td class="cvm-moved">{_cell(moved, unit)}</td><td>{_change(change, unit)}</td></tr>'
    )


def _cell(value: float, unit: str) -> str:
    if math.isnan(value):  # what never comes, such as a year that is not reached
        return "–"
    text = number(value, unit if unit in ("share", "points") else "")
    return escape(text).replace(" ", "&nbsp;")


def _change(value: float, unit: str) -> str:
    if unit in ("share", "points"):
        value, unit = round(value, 4), "points"  # a hundredth of a point is plenty, and fits
    text = _cell(value, unit)
    return "+" + text if value > 0 else text


def _with_unit(words: str, unit: str) -> str:
    if unit in ("", "share", "points"):
        return words
    return _("{words} ({unit})", words=words, unit=_(unit))


def _message_html(message: str) -> str:
    return f'<div class="cvm-message" role="alert">{escape(message)}</div>' if message else ""


def _slider(item: Lever, whatif: WhatIf) -> Any:
    options: dict[str, Any] = {
        "value": getattr(whatif.world, item.name),
        "description": _label(item),
        "style": {"description_width": "54%"},
        "layout": widgets.Layout(width="100%"),
    }
    if item.kind == "bool":
        return widgets.Checkbox(indent=False, **options).add_class("cvm-lever")
    if item.kind == "choice":
        choices = [(_(option), option) for option in item.options]
        return widgets.Dropdown(options=choices, **options).add_class("cvm-lever")
    ends = {"min": item.low, "max": item.high, "step": item.step}
    if item.kind == "int":
        ends = {name: int(end or 0) for name, end in ends.items()}
        return widgets.IntSlider(**ends, **options).add_class("cvm-lever")
    ends["step"] = step = _step(item, options["value"])
    written = _readout_format(step, share=item.unit in ("share", "points"))
    return widgets.FloatSlider(**ends, readout_format=written, **options).add_class("cvm-lever")


def _step(item: Lever, value: float) -> float:
    """Give the widest step, up to the declared one, on which the slider can stand at its value.

    A slider stands only at whole steps from its low end. One that starts between two steps
    is pushed to the nearest by the page, and the moved case has moved before anybody did.
    """
    low, high, step = float(item.low or 0), float(item.high or 1), item.step or 1.0
    for finer in (1, 2, 5, 10, 20, 50):
        steps = [(end - low) * finer / step for end in (value, high)]
        if all(abs(count - round(count)) < 1e-6 for count in steps):
            return float(f"{step / finer:.12g}")
    return float(f"{step / 100:.12g}")


def _readout_format(step: float, *, share: bool) -> str:
    """Choose as many decimals as one step of the slider shows."""
    step = step * (100 if share else 1)
    decimals = next((d for d in range(6) if abs(step * 10**d - round(step * 10**d)) < 1e-9), 6)
    return f".{decimals}%" if share else f",.{decimals}f"


def _label(item: Lever) -> str:
    meaning = _(item.meaning).rstrip(".")
    return _with_unit(meaning[:1].upper() + meaning[1:], item.unit)


def _set(slider: Any, value: Any) -> None:
    # A slider that already stands there must not be told again: the answer to one move
    # would overtake the next one and push the slider back under the reader's hand.
    same = slider.value == value
    if isinstance(value, float):
        same = math.isclose(slider.value, value, rel_tol=1e-9, abs_tol=1e-12)
    if not same:
        slider.value = value


def _seed_box(seed: int) -> widgets.BoundedIntText:
    return widgets.BoundedIntText(
        value=seed, min=0, max=2**31 - 1, description=_("Luck (seed)"),
        style={"description_width": "initial"}, layout=widgets.Layout(width="190px"),
    )  # fmt: skip


def _close(widget: Any) -> None:
    parts = [*getattr(widget, "children", ()), widget.layout, getattr(widget, "style", None)]
    for part in parts:
        if isinstance(part, widgets.DOMWidget):
            _close(part)
        elif part is not None:
            part.close()
    widget.close()
