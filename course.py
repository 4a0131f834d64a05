#!/usr/bin/env python3
"""Set up the course and run it. Needs only Python 3.11 or newer.

    python course.py lab      set everything up and open JupyterLab
    python course.py test     set everything up and pass the tests
    python course.py lint     check style, format and types
    python course.py build    rebuild the notebooks from their sources
    python course.py verdicts try every claim of the course and write the page of verdicts
    python course.py words    collect the words for translation
    python course.py pins     move every pinned version to the newest that fits
    python course.py setup    only set up

Everything goes into the folder .venv beside this file; delete it to start over.
What follows a command is passed on: python course.py build 06
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
HOME = HERE / ".venv"
BIN = HOME / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
LOCK = HERE / "requirements.lock"
STAMP = HOME / "cvm-stamp"

# What a class sees first. No news pop-up and no look for updates: nothing is asked
# of the outside once the course is set up.
LAB = [
    "-m", "jupyterlab",
    "--ServerApp.root_dir=" + str(HERE),
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    "--LabApp.default_url=/lab/tree/notebooks/00_start.ipynb",
]  # fmt: skip


def main() -> int:
    """Run the command named on the command line."""
    if sys.version_info < (3, 11):  # noqa: UP036 - this file is what tells them
        have = "{}.{}".format(*sys.version_info[:2])
        return _stop(f"The course needs Python 3.11 or newer; this is {have}. Install a newer one"
                     " and run this file with it.")  # fmt: skip
    commands = {
        "lab": lab, "test": test, "lint": lint, "build": build, "words": words,
        "pins": pins, "verdicts": verdicts, "setup": lambda rest: 0,
    }  # fmt: skip
    name, rest = (sys.argv[1] if len(sys.argv) > 1 else "help"), sys.argv[2:]
    if name not in commands:
        print(__doc__)
        return 0 if name in ("help", "-h", "--help") else 2
    try:
        set_up()
    except subprocess.CalledProcessError as error:
        return _stop(f"Setting up failed at: {' '.join(map(str, error.cmd))}\n"
                     "Read the lines above. If the network was cut, run the same command again;"
                     f" to start over, delete {HOME}.")  # fmt: skip
    return commands[name](rest)


def set_up() -> None:
    """Make .venv with exactly the pinned versions, unless it is there already."""
    wanted = _fingerprint()
    if STAMP.exists() and STAMP.read_text() == wanted and PYTHON.exists():
        return
    started = time.perf_counter()
    print("Setting up the course (once, a minute or two) ...", flush=True)
    if not PYTHON.exists():
        _make_environment()
    _install()
    STAMP.write_text(wanted)
    print(f"Set up in {time.perf_counter() - started:.0f} s.", flush=True)


def lab(rest: list[str]) -> int:
    """Open JupyterLab on the first chapter."""
    return _run(*LAB, *rest)


def build(rest: list[str]) -> int:
    """Rebuild notebooks and exercises from their sources."""
    return _run("notebooks/build.py", *rest)


def words(rest: list[str]) -> int:
    """Collect every text a person reads into the catalogue for translators."""
    return _run("cvm/locale/extract.py", *rest)


def verdicts(rest: list[str]) -> int:
    """Try every claim of the course and write the page of all verdicts."""
    return _run("-m", "cvm.verdicts", *rest)


def lint(rest: list[str]) -> int:
    """Check style, format and types."""
    return _steps(
        {
            "style": ["-m", "ruff", "check", "."],
            "format": ["-m", "ruff", "format", "--check", "."],
            "types": ["-m", "mypy"],
        }
    )


def test(rest: list[str]) -> int:
    """Run every test; with arguments, only pytest with those."""
    if rest:
        return _run("-m", "pytest", *rest)
    two_cores = ["-n", "2", "--dist", "loadscope"]
    notebooks = sorted(str(p.relative_to(HERE)) for p in HERE.glob("notebooks/*.ipynb"))
    # The students' copies, untouched. The solved ones are run where they are built anew and
    # compared, in the package's tests.
    exercises = sorted(str(p.relative_to(HERE)) for p in HERE.glob("exercises/*.ipynb"))
    nbval = [
        "-m",
        "pytest",
        *two_cores,
        "-W",
        "default",
        "--nbval-sanitize-with",
        "tests/nbval.cfg",
    ]
    return _steps(
        {
            "package": ["-m", "pytest", *two_cores, "-m", "not browser"],
            "chapters": [*nbval, "--nbval", *notebooks],
            "exercises": [*nbval, "--nbval-lax", *exercises],
            "browser": ["-m", "pytest", "-n", "2", "--dist", "load", "-m", "browser", "-rs"],
        }
    )


def pins(rest: list[str]) -> int:
    """Write requirements.lock anew, with the newest versions pyproject.toml allows."""
    code = subprocess.call(
        [_tool("uv"), "pip", "compile", "pyproject.toml", "--all-extras", "--universal",
         "--generate-hashes", "--upgrade", "--no-emit-index-url", "--quiet",
         "--custom-compile-command", "python course.py pins", "-o", "requirements.lock"],
        cwd=HERE,
    )  # fmt: skip
    if code == 0:
        set_up()
        print("New pins are in requirements.lock. Now: python course.py build, then test.")
    return code


def _fingerprint() -> str:
    parts = [LOCK.read_bytes(), (HERE / "pyproject.toml").read_bytes(), sys.version.encode()]
    # The environment remembers where it lies; a moved folder needs a new one.
    parts.append(str(HERE).encode())
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _make_environment() -> None:
    shutil.rmtree(HOME, ignore_errors=True)
    try:
        venv.create(HOME, with_pip=True)
    except subprocess.CalledProcessError:
        # Some Linux distributions split pip's installer from Python.
        sys.exit(_stop("This Python cannot make an environment with pip. Install Python from"
                       " python.org, or the package python3-venv, and run the command again."))  # fmt: skip


def _install() -> None:
    _say("installing the pinned packages")
    packages = ["--require-hashes", "-r", str(LOCK)]
    if _install_uv():
        pip = [str(_tool("uv")), "pip", "install", "--python", str(PYTHON), "--quiet"]
        # Compiled once, as pip does by itself: a notebook opens in a third of the time.
        packages.append("--compile-bytecode")
    else:
        pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.check_call([*pip, *packages], cwd=HERE)
    _say("installing the course itself")
    # The build tool is pinned too, so nothing unpinned is fetched for this step.
    subprocess.check_call([*pip, "--no-deps", "--no-build-isolation", "-e", "."], cwd=HERE)


def _install_uv() -> bool:
    """Install the pinned uv, an installer ten times as fast; tell if it is there."""
    block = re.search(r"^uv==.*?(?=^\S|\Z)", LOCK.read_text(), re.M | re.S)
    if block is None:
        return False
    with tempfile.TemporaryDirectory() as folder:
        only = Path(folder) / "uv.txt"
        only.write_text(block.group())
        code = subprocess.call(
            [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
             "--require-hashes", "--only-binary", ":all:", "-r", only],
            cwd=HERE,
        )  # fmt: skip
    return code == 0 and _tool("uv").exists()


def _tool(name: str) -> Path:
    return BIN / (name + ".exe" if os.name == "nt" else name)


def _run(*arguments: str) -> int:
    # The environment's own programs come first, as if it had been activated.
    path = os.pathsep.join([str(BIN), os.environ.get("PATH", "")])
    try:
        return subprocess.call([PYTHON, *arguments], cwd=HERE, env={**os.environ, "PATH": path})
    except KeyboardInterrupt:
        return 130


def _steps(steps: dict[str, list[str]]) -> int:
    """Run each step, even after one failed, and say how long each took."""
    told = []
    for name, arguments in steps.items():
        _say(name)
        started = time.perf_counter()
        code = _run(*arguments)
        told.append((name, code, time.perf_counter() - started))
    for name, code, seconds in told:
        _say(f"{name:<10} {'passed' if code == 0 else 'FAILED'} in {seconds:.0f} s")
    return max(code for _, code, _ in told)


def _say(text: str) -> None:
    print(f"--- {text}", flush=True)


def _stop(text: str) -> int:
    print(text, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
