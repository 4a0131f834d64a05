"""The code of a scenario: what was moved, as lines a student can run and keep."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import pandas as pd

from cvm.errors import CvmError
from cvm.levers import Levers, needs_world
from cvm.words import _

__all__ = ["Readout", "numbers", "scenario_code"]


class Readout(NamedTuple):
    """One number beside the picture.

    Parameters
    ----------
    name : str
        What it is, already translated.
    value : float
        Its value, in ``unit``.
    unit : str
        As in :func:`cvm.results.number`.
    """

    name: str
    value: float
    unit: str = ""


def numbers(readouts: Iterable[Readout]) -> pd.DataFrame:
    """Put readouts in a table.

    Parameters
    ----------
    readouts : iterable of Readout
        What a what-if's ``readouts`` function gives.

    Returns
    -------
    DataFrame
        Columns name, value, unit; one row a readout.
    """
    return pd.DataFrame([Readout(*row) for row in readouts], columns=list(Readout._fields))


class Compared(NamedTuple):
    """One number in both cases; the change is from the base to the moved case."""

    name: str
    base: float
    moved: float
    change: float
    unit: str


def compared(base: Iterable[Readout], moved: Iterable[Readout]) -> list[Compared]:
    """Put the readouts of two cases side by side."""
    return [
        Compared(before.name, before.value, after.value, after.value - before.value, before.unit)
        for before, after in zip(base, moved, strict=True)
    ]


@needs_world
def scenario_code(
    world: Levers,
    simulate: Callable[..., Any],
    readouts: Callable[[Any], Iterable[Readout]],
    *,
    n: int,
    seed: int,
) -> str:
    """Write the lines that make a scenario and its numbers again.

    Parameters
    ----------
    world : Levers
        The scenario.
    simulate, readouts : callable
        Functions with a name; see :func:`cvm.whatif.explore`.
    n, seed : int
        Customers and luck.

    Returns
    -------
    str
        Python. What was defined in the notebook itself is named without an import.

    Raises
    ------
    CvmError
        If a function has no name that code could use (a ``lambda``).
    """
    needed = [type(world), simulate, readouts, numbers]
    homes: dict[str, set[str]] = {}
    for item in needed:
        homes.setdefault(_home(item), set()).add(_name(item))
    lines = [
        f"from {home} import {', '.join(sorted(names))}"
        for home, names in sorted(homes.items())
        if home != "__main__"
    ]
    return "\n".join(
        [
            *lines,
            "",
            f"world = {world.code()}",
            f"outcome = {_name(simulate)}(world, n={n:_}, seed={seed})",
            f"numbers({_name(readouts)}(outcome))",
        ]
    )


def _name(item: Any) -> str:
    name = getattr(item, "__name__", "<lambda>")
    if not name.isidentifier():
        raise CvmError(
            _("A scenario can only be written as code if its functions have names."),
            given=item,
            remedy=_("Define the function with def, then hand it over."),
        )
    return str(name)


def _home(item: Any) -> str:
    """Find the shortest module that has the item under its name: where readers meet it."""
    parts = str(item.__module__).split(".")
    for end in range(1, len(parts)):
        home = ".".join(parts[:end])
        if getattr(sys.modules.get(home), _name(item), None) is item:
            return home
    return str(item.__module__)
