"""The command line of the builder."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from builder import BuildError
from builder.plan import COMMAND, ROOT, Built, build, difference, orphans, plan, write

__all__ = ["main", "warm_up"]

USAGE = """Build the course's notebooks from their Markdown sources.

python notebooks/build.py              every chapter and exercise
python notebooks/build.py 06           one chapter and its exercise
python notebooks/build.py --check      write nothing; say what is out of step
"""


def main(arguments: Sequence[str] | None = None, *, root: Path = ROOT) -> int:
    """Build or check; give the exit code."""
    asked = _parser().parse_args(arguments)
    try:
        targets = plan(root, chapters=asked.chapters, language=asked.language)
    except BuildError as error:
        print(error, file=sys.stderr)
        return 2
    warm_up()
    done = build(targets, jobs=asked.jobs, report=_report)
    failed = [built for built in done if built.error]
    for built in failed:
        print(f"\n{built.error}", file=sys.stderr)
    good = [built for built in done if not built.error]
    if not asked.check:
        for built in good:
            write(built)
        return 1 if failed else 0
    wrong = [text for text in map(difference, good) if text]
    if not asked.chapters and asked.language == "en":
        wrong += orphans(root, targets)
    if wrong:
        print("\n" + "\n".join(wrong) + f"\nBring them in step with: {COMMAND}", file=sys.stderr)
    return 1 if failed or wrong else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=COMMAND, description=USAGE, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("chapters", nargs="*", metavar="CHAPTER", help="such as 06; none means all")
    parser.add_argument("--check", action="store_true", help="write nothing, exit 1 if out of step")
    jobs = min(4, os.cpu_count() or 1)
    parser.add_argument("--jobs", type=int, default=jobs, help=f"kernels at a time (here {jobs})")
    parser.add_argument("--language", default="en", help="the edition (default en)")
    return parser


def _report(built: Built) -> None:
    print(
        f"{built.seconds:6.1f} s  {built.target.name}{'  FAILED' if built.error else ''}",
        flush=True,
    )


def warm_up() -> None:
    """Let matplotlib build its font cache before any notebook is run."""
    # The first use of matplotlib on a machine builds its font cache and says so on
    # stderr, which would land in the first notebook's output.
    quiet = subprocess.DEVNULL
    command = [sys.executable, "-c", "import matplotlib.font_manager"]
    subprocess.run(command, check=False, stdout=quiet, stderr=quiet)
