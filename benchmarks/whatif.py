"""A slider moved in a real browser: our moving picture against a figure rebuilt each time.

Measured inside the page, from the key press to the decoded picture, through JupyterLab
and its kernel, at 10,000 customers. Both sides simulate the same scenario and draw it with
the same plot; the peer makes a new figure at every move, as a notebook's author would.
Wall time, because that is what a reader waits: on a busy machine the ratio still tells,
the milliseconds do not.

``python -m benchmarks.whatif`` prints the milliseconds of every what-if.
"""

from __future__ import annotations

import io
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ipywidgets as widgets
import nbformat
from matplotlib import pyplot as plt

from benchmarks.runner import Benchmark
from cvm import plots
from cvm.tiering import TierPlan, plan_service
from tests.test_browser import browser_window, find_browser, lab, open_notebook, run_all

__all__ = ["WHATIF", "measure", "rebuilt"]

#: Milliseconds from the key to the picture that a what-if should stay under.
AIM = 100
MOVES = 24
WHAT_IFS = ("tier_cuts", "concession", "reward_threshold")

# Puts the milliseconds from the next key press to the next decoded picture in the page.
WATCH = """image => {
    let pressed = 0;
    window.answer = null;
    document.addEventListener('keydown', () => { pressed = performance.now(); },
        {capture: true, once: true});
    new MutationObserver(async (_, watcher) => {
        watcher.disconnect();
        await image.decode().catch(() => image.decode());
        window.answer = performance.now() - pressed;
    }).observe(image, {attributes: true, attributeFilter: ['src']}); }"""


def rebuilt(n: int = 10_000, seed: int = 1) -> widgets.VBox:
    """Make the peer: a slider whose every move makes a new figure."""
    base = plan_service(TierPlan(), n=n, seed=seed).tiers
    slider = widgets.FloatSlider(value=0.04, min=0.01, max=0.3, step=0.01)
    image = widgets.Image(format="png").add_class("peer-picture")

    def redraw(change: dict[str, Any]) -> None:
        moved = plan_service(TierPlan(key_share=change["new"]), n=n, seed=seed).tiers
        ax = plots.pyramid(base, case="base")
        plots.pyramid(moved, ax=ax, case="moved")
        file = io.BytesIO()
        ax.figure.savefig(file, format="png")
        plt.close(ax.figure)
        image.value = file.getvalue()

    slider.observe(redraw, "value")
    redraw({"new": 0.04})
    return widgets.VBox([slider, image]).add_class("peer")


@contextmanager
def opened(cells: list[str]) -> Iterator[Any]:
    """Run the cells in a JupyterLab in a browser; give the page."""
    root = Path(__file__).parents[1]
    start = f"import sys; sys.path.insert(0, {str(root)!r})"
    made = [nbformat.v4.new_code_cell(code) for code in (start, *cells)]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = nbformat.v4.new_notebook(cells=made, metadata={"kernelspec": kernel})
    with tempfile.TemporaryDirectory() as folder:
        shown, private = Path(folder, "shown"), Path(folder, "private")
        shown.mkdir()
        private.mkdir()
        nbformat.write(notebook, shown / "moves.ipynb")
        with lab(shown, private) as server, browser_window(find_browser()) as window:
            page = window.new_page()
            open_notebook(page, server, "moves.ipynb")
            run_all(page)
            page.locator("img").first.wait_for()
            yield page


def move(page: Any, panel: str, key: str, *, place: int = 0, slider: int = 0) -> float:
    """Press a key on a slider; give the seconds until the new picture is there."""
    root = page.locator(panel).nth(place)
    root.locator("img").evaluate(WATCH)
    root.locator(".noUi-handle").nth(slider).press(key)
    page.wait_for_function("() => window.answer !== null")
    return float(page.evaluate("window.answer")) / 1000


def seconds(work: Any, page: Any) -> float:
    """Take the time the page measured itself."""
    return float(work(page))


def measure() -> list[str]:
    """Measure each what-if: the moves of its first slider, in ms: 10 %, median and 90 %."""
    lines = []
    cells = ["from cvm.whatif import tiering", *(f"tiering.{name}()" for name in WHAT_IFS)]
    with opened(cells) as page:
        for place, name in enumerate(WHAT_IFS):
            keys = ["ArrowRight", "ArrowRight", "ArrowLeft", "ArrowLeft"] * (MOVES // 4)
            times = sorted(1000 * move(page, ".cvm-whatif", k, place=place) for k in keys)
            middle = statistics.median(times)
            fast, slow = times[len(times) // 10], times[9 * len(times) // 10]
            holds = "yes" if middle < AIM else "NO"
            lines.append(f"{name:<20}{fast:>6.0f}{middle:>8.0f}{slow:>6.0f}{AIM:>6}  {holds}")
    return lines


WHATIF = Benchmark(
    name="whatif", peer="a new figure a move", aim=2,
    material=lambda: opened(
        ["from cvm.whatif import tiering; from benchmarks.whatif import rebuilt",
         "tiering.tier_cuts()", "rebuilt()"]),
    ours=lambda page: move(page, ".cvm-whatif", "ArrowRight") and move(page, ".cvm-whatif", "ArrowLeft"),
    theirs=lambda page: move(page, ".peer", "ArrowRight") and move(page, ".peer", "ArrowLeft"),
    agree=lambda a, b: a > 0 and b > 0, rounds=12, seconds=seconds,
    note="both simulate and draw the same; the front end and the server are the same too",
)  # fmt: skip


if __name__ == "__main__":
    print(f"{'what-if':<20}{'10 %':>6}{'median':>8}{'90 %':>6}{'aim':>6}  holds")
    print("\n".join(measure()))
