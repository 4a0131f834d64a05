"""cvm: a course on customer value management that runs.

A simulated market whose truth is known, the methods of the course, and the course
itself. Start with ``notebooks/00_start.ipynb``; ``help(cvm.tiering)`` and its
neighbours tell each topic's story. Topics load when they are first named, so that
``import cvm`` is quick.
"""

import importlib
from types import ModuleType

__version__ = "0.1.0"

_PARTS = (
    "acquisition",
    "alerts",
    "behaviour",
    "check",
    "choosing",
    "churn",
    "clv",
    "contents",
    "database",
    "datasets",
    "doctor",
    "economics",
    "information",
    "knowing",
    "levers",
    "lifecycle",
    "loyalty",
    "luck",
    "market",
    "plots",
    "readers",
    "relationships",
    "research",
    "results",
    "satisfaction",
    "selection",
    "service",
    "start",
    "survey",
    "tables",
    "tiering",
    "trail",
    "value",
    "verdicts",
    "whatif",
    "winning",
    "words",
    "worth",
)


def __getattr__(name: str) -> ModuleType:
    if name in _PARTS:
        return importlib.import_module(f"cvm.{name}")
    raise AttributeError(f"module 'cvm' has no part '{name}'; it has {', '.join(_PARTS)}")


def __dir__() -> list[str]:
    return [*_PARTS, "__version__"]
