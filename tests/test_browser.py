"""The course in a real browser: a real JupyterLab, a real Chromium, real key presses.

Every notebook is opened from a copy, run from top to bottom, and each slider of each
what-if must move its picture. A browser is looked for in CVM_BROWSER and on the path;
without one the tests are skipped, unless CVM_REQUIRE_BROWSER=1 makes that a failure.
CVM_SCREENSHOTS names a folder for pictures of what the browser showed.
"""

import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("default::DeprecationWarning")]

ROOT = Path(__file__).parents[1]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome",
            "msedge", "microsoft-edge")  # fmt: skip
# A browser of its own accord asks its maker for updates; --no-sandbox lets root start one.
FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--no-first-run", "--disable-gpu", "--disable-quic",
         "--disable-dev-shm-usage"]  # fmt: skip
SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "notebook-extension/tracker": {"windowingMode": "none", "autoStartDefaultKernel": True},
}
PATIENCE = 600_000  # ms for a whole notebook on a busy machine


# ------------------------------------------------------------------- server and browser


def find_browser():
    """Give the path of a Chromium, or None."""
    named = os.environ.get("CVM_BROWSER")
    found = [named] if named else [shutil.which(name) for name in BROWSERS]
    return next((path for path in found if path), None)


@contextmanager
def lab(folder, private):
    """Run JupyterLab on a folder; settings, workspaces and kernels' files stay private."""
    for name, values in SETTINGS.items():
        file = private / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(values))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    options = {
        "ServerApp.ip": "127.0.0.1", "ServerApp.port": port, "ServerApp.port_retries": 0,
        "IdentityProvider.token": token, "ServerApp.root_dir": folder,
        "ServerApp.open_browser": False, "ServerApp.allow_root": True,
        "LabApp.user_settings_dir": private / "settings",
        "LabApp.workspaces_dir": private / "workspaces",
    }  # fmt: skip
    own = {"JUPYTER_CONFIG_DIR": "config", "JUPYTER_RUNTIME_DIR": "runtime", "IPYTHONDIR": "ipython",
           "JUPYTER_DATA_DIR": "data"}  # fmt: skip
    env = os.environ | {name: str(private / value) for name, value in own.items()}
    command = [sys.executable, "-m", "jupyterlab", *(f"--{k}={v}" for k, v in options.items())]
    with (private / "lab.log").open("w") as log:
        server = subprocess.Popen(command, env=env, stdout=log, stderr=log)
    try:
        _wait_for(f"http://127.0.0.1:{port}/api/status?token={token}", server, private / "lab.log")
        yield f"http://127.0.0.1:{port}", token
    finally:
        server.terminate()  # it ends its kernels before it goes
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()


def _wait_for(url, server, log):
    for _attempt in range(240):
        if server.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.25)
    raise RuntimeError("JupyterLab did not start:\n" + log.read_text()[-2000:])


@contextmanager
def browser_window(executable):
    """Open a browser that cannot reach beyond this machine; ``window.outside`` lists attempts."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        window = browser.new_context(viewport={"width": 1280, "height": 800})
        window.set_default_timeout(30_000)
        window.outside = []

        def refuse(route):
            window.outside.append(route.request.url)
            route.abort()

        window.route(re.compile(r"^(https?|wss?)://(?!127\.0\.0\.1[:/])"), refuse)
        try:
            yield window
        finally:
            browser.close()


def open_notebook(page, server, name):
    """Open a notebook in JupyterLab and wait until its kernel is ready."""
    address, token = server
    page.goto(f"{address}/lab/tree/{name}?token={token}&reset")
    page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)").wait_for(timeout=PATIENCE)
    page.get_by_text("| Idle").wait_for(timeout=PATIENCE)


def run_all(page):
    """Choose Run All Cells and wait until the last cell is done."""
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.wait_for_function(
        """() => {
            const prompts = [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')];
            const full = prompts.filter(p => p.closest('.jp-CodeCell').querySelector('.cm-content')
                .textContent.trim());
            return full.length && full.every(p => /\\d/.test(p.textContent)); }""",
        timeout=PATIENCE,
    )
    page.get_by_text("| Idle").wait_for(timeout=PATIENCE)


# ------------------------------------------------------------------------- the fixtures


@pytest.fixture(scope="session")
def executable():
    path = find_browser()
    if path is None and os.environ.get("CVM_REQUIRE_BROWSER") == "1":
        pytest.fail("CVM_REQUIRE_BROWSER=1, but no browser was found; name one in CVM_BROWSER")
    if path is None:
        pytest.skip("no Chromium, Chrome or Edge was found; name one in CVM_BROWSER")
    pytest.importorskip("playwright")
    pytest.importorskip("jupyterlab")
    return path


@pytest.fixture(scope="session")
def server(executable, tmp_path_factory):
    """A JupyterLab on a copy of the course, so that the course itself stays as it is."""
    copy = tmp_path_factory.mktemp("course")
    for part in ("notebooks", "exercises"):
        (copy / part).mkdir()
        for notebook in (ROOT / part).glob("*.ipynb"):
            shutil.copy(notebook, copy / part)
    with lab(copy, tmp_path_factory.mktemp("private")) as running:
        yield running


@pytest.fixture(scope="session")
def window(executable):
    """One browser for all: what it has loaded once it need not load again."""
    with browser_window(executable) as opened:
        yield opened


@pytest.fixture
def page(window, server):
    page = window.new_page()
    yield page
    page.close()
    assert window.outside == [], "the page tried to reach beyond this machine"


def shoot(page, name):
    folder = os.environ.get("CVM_SCREENSHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(Path(folder) / f"{name}.png"))


# ---------------------------------------------------------------------------- what-ifs

BYTES = """async picture => {
    const bytes = new Uint8Array(await (await fetch(picture.src)).arrayBuffer());
    let sum = 0;
    for (const byte of bytes) { sum = (sum * 31 + byte) % 4294967291; }
    return bytes.length + ':' + sum; }"""


def picture(root):
    return root.locator("img.cvm-picture").evaluate(BYTES)


def wait_for_other(root, before):
    """Wait until the picture is another one; give it."""
    for _attempt in range(100):
        now = picture(root)
        if now != before:
            return now
        time.sleep(0.1)
    return before


def settle(page, root):
    """Wait until every move has been answered: a move on its way would undo a reset."""
    still = picture(root)
    for _attempt in range(100):
        page.get_by_text("| Idle").wait_for(timeout=PATIENCE)
        time.sleep(0.7)
        before, still = still, picture(root)
        if still == before:
            return


def press(control, *, key=None, times=3):
    """Move a slider with the keyboard, or change a box or a list; give the way back, if any."""
    if control.get_attribute("role") == "slider":
        at, end = (float(control.get_attribute(f"aria-value{what}")) for what in ("now", "max"))
        for _press in range(times):
            control.press(key or ("ArrowLeft" if at == end else "ArrowRight"))
        return None
    if control.evaluate("element => element.tagName") == "SELECT":
        was = control.evaluate("element => element.selectedIndex")
        control.select_option(index=0 if was else 1)  # keys work differently on each system
        return lambda: control.select_option(index=was)
    control.press("Space")
    return lambda: control.press("Space")


def rests(control):
    """Tell whether a slider does nothing where the other controls stand now, and shows it."""
    return control.locator("xpath=ancestor-or-self::*[@disabled]").count() > 0


def press_and_see(page, root, place, name):
    """Press one control, demand another picture, and give the way back, if any."""
    before = picture(root)
    lever = root.locator(".cvm-lever").nth(place)
    control = lever.locator(".noUi-handle, select, input[type=checkbox]")
    back = press(control)
    if wait_for_other(root, before) == before and back is None:
        settle(page, root)  # a busy machine may only be slow
        if picture(root) == before:
            # More of what there is enough of already changes nothing; less of it must.
            press(control, key="ArrowLeft", times=8)
    words = lever.inner_text()
    assert wait_for_other(root, before) != before, f"{name}: '{words}' moves nothing"
    return back


def move_everything(page, root, name):
    """Check that each control moves the picture and that Reset brings it back."""
    first = picture(root)
    controls = root.locator(".cvm-lever").locator(".noUi-handle, select, input[type=checkbox]")
    assert controls.count() > 0
    waiting = {place for place in range(controls.count()) if rests(controls.nth(place))}
    for place in sorted(set(range(controls.count())) - waiting):
        back = press_and_see(page, root, place, name)
        if back:  # what is switched off may leave other sliders nothing to move
            settle(page, root)
            for woken in [other for other in waiting if not rests(controls.nth(other))]:
                press_and_see(page, root, woken, name)
                settle(page, root)
                waiting.remove(woken)
            back()
            settle(page, root)
    assert not waiting, f"{name}: no choice wakes the sliders {waiting}"
    root.evaluate("element => element.scrollIntoView({block: 'start'})")
    settle(page, root)
    shoot(page, name)
    root.get_by_role("button", name="Reset").click()
    for _attempt in range(100):
        if picture(root) == first:
            return
        time.sleep(0.1)
    pytest.fail(f"{name}: Reset does not bring the first picture back")


def nothing_is_cut(root):
    """Check that no label and no number is wider than its place."""
    cut = root.evaluate(
        """root => [...root.querySelectorAll('.widget-label, td, th, h4, button, .widget-readout')]
            .filter(e => e.offsetParent && (e.scrollWidth > e.clientWidth + 1
                || e.getBoundingClientRect().right > root.getBoundingClientRect().right + 1))
            .map(e => e.textContent)"""
    )
    assert cut == []


# ------------------------------------------------------------------------------- tests


def what_ifs_in(path):
    """Count the cells that show a what-if: the only ones whose output is not compared."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return sum("nbval-ignore-output" in cell["metadata"].get("tags", []) for cell in cells)


NOTEBOOKS = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))
WHAT_IFS = {name: what_ifs_in(ROOT / "notebooks" / name) for name in NOTEBOOKS}


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_chapter_runs_and_every_slider_moves_its_picture(page, server, name):
    open_notebook(page, server, f"notebooks/{name}")
    run_all(page)
    for kind in ("error", "stderr"):
        shown = page.locator(f'[data-mime-type="application/vnd.jupyter.{kind}"]')
        assert shown.all_inner_texts() == []
    what_ifs = page.locator(".cvm-whatif")
    page.wait_for_timeout(500)
    assert what_ifs.count() == WHAT_IFS[name]
    for place in range(what_ifs.count()):
        root = what_ifs.nth(place)
        root.scroll_into_view_if_needed()
        root.locator("img.cvm-picture").wait_for()
        nothing_is_cut(root)
        move_everything(page, root, f"{Path(name).stem}-{place + 1}")


def test_a_copied_scenario_is_code_that_names_what_was_moved(page, server):
    name = next(name for name in NOTEBOOKS if WHAT_IFS[name])
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_notebook(page, server, f"notebooks/{name}")
    run_all(page)
    root = page.locator(".cvm-whatif").first
    before = picture(root)
    press(root.locator(".noUi-handle").first)
    wait_for_other(root, before)
    page.get_by_text("| Idle").wait_for()
    root.get_by_role("button", name="Copy this scenario as code").click()
    root.get_by_role("button", name="Copied").wait_for()
    code = page.evaluate("navigator.clipboard.readText()")
    assert code == root.locator(".cvm-code textarea").input_value()
    assert re.search(r"world = \w+\(\w+=", code)
    shoot(page, "copied")


def answer(page, question, code):
    """Write into the cell of a question, run it, and give the verdict."""
    cell = page.locator(".jp-CodeCell").filter(has_text=f'check("{question}"').first
    cell.locator(".cm-content").click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(code)
    page.keyboard.press("Shift+Enter")
    page.wait_for_timeout(300)
    page.get_by_text("| Idle").wait_for()
    return cell.locator(".jp-OutputArea").inner_text().lower()


def test_an_exercise_answers_a_student(page, server):
    open_notebook(page, server, "exercises/00_start.ipynb")
    run_all(page)
    cell = page.locator(".jp-CodeCell").filter(has_text='check("00.1"').first
    assert "not attempted" in cell.locator(".jp-OutputArea").inner_text().lower()
    wrong = answer(page, "00.1", 'average = 1\ncheck("00.1", average)')
    assert "not quite" in wrong
    right = 'average = data.customers["spend_last_year"].mean()\ncheck("00.1", average)'
    verdict = answer(page, "00.1", right)
    assert "right" in verdict
    assert "not quite" not in verdict
    shoot(page, "exercise")
