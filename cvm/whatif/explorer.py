"""One function that joins levers, a simulator and a plot into a what-if."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from cvm.errors import CvmError, near_miss
from cvm.levers import Lever, Levers
from cvm.luck import Luck
from cvm.plots.moving import Picture, Plot
from cvm.whatif.scenario import Compared, Readout, compared, scenario_code
from cvm.words import _

if TYPE_CHECKING:
    from cvm.whatif.panel import Panel

__all__ = ["WhatIf", "explore"]

Simulate = Callable[..., Any]
Readouts = Callable[[Any], Iterable[Readout]]

_log = logging.getLogger("cvm.whatif")

# A notebook may hand two moves to two threads at once, and matplotlib draws one thing at
# a time: who moves, waits until the move before is done.
ONE_AT_A_TIME = threading.RLock()


def explore(
    world: Levers,
    simulate: Simulate,
    plot: Plot | Sequence[Plot],
    readouts: Readouts,
    *,
    n: int = 10_000,
    seed: int = 1,
    levers: Sequence[str] | None = None,
    title: str = "",
) -> WhatIf:
    """Make a what-if: sliders, a picture of the base and the moved case, and numbers.

    Parameters
    ----------
    world : Levers
        The base case. Its declarations make the sliders.
    simulate : callable
        ``simulate(world, n=..., seed=...)`` gives an outcome: any object the plot and
        the readouts understand. It must be a pure function.
    plot : callable or sequence of callable
        ``plot(outcome, ax=..., case=...)``; several are drawn side by side.
    readouts : callable
        ``readouts(outcome)`` gives a list of :class:`cvm.whatif.Readout`.
    n : int
        Customers.
    seed : int
        Luck; both cases meet the same customers with the same luck.
    levers : sequence of str, optional
        Which parameters get a slider, in this order; all of them without it.
    title : str
        Shown above the sliders, already translated.

    Returns
    -------
    WhatIf
        Shows itself as the last line of a notebook's cell.

    Raises
    ------
    CvmError
        For a lever the world does not have, or a world that is not a set of levers.
    """
    if not isinstance(world, Levers):
        wrong = _("A what-if starts from a set of levers.")
        raise CvmError(wrong, given=world, remedy=_("Write for example explore(Rewards(), ...)."))
    plots = (plot,) if callable(plot) else tuple(plot)
    shown = _chosen(world, levers)
    return WhatIf(world, simulate, plots, readouts, n=n, seed=seed, levers=shown, title=title)


class WhatIf:
    """A base case, a moved case, and the difference between them.

    Made by :func:`explore`. In a notebook it shows itself; without one it is driven by
    :meth:`move` and read by :meth:`numbers`, :meth:`code` and :attr:`picture`.
    """

    def __init__(
        self,
        world: Levers,
        simulate: Simulate,
        plots: Sequence[Plot],
        readouts: Readouts,
        *,
        n: int,
        seed: int,
        levers: tuple[Lever, ...],
        title: str,
    ) -> None:
        self.simulate, self.plots, self.readouts = simulate, tuple(plots), readouts
        self.n, self.seed, self.levers, self.title = n, seed, levers, title
        self.start, self.start_seed = world, seed
        self.base = self.world = world
        self.message = ""
        self._unmoved: tuple[list[Compared], bytes] | None = None
        self._panel: Panel | None = None
        with ONE_AT_A_TIME:
            self._set_base(world)

    # ------------------------------------------------------------------ what it shows

    @property
    def picture(self) -> bytes:
        """The picture now, as PNG."""
        return self._png

    def numbers(self) -> pd.DataFrame:
        """Give the readouts: name, base, moved, change and unit, one row each."""
        return pd.DataFrame(self.rows, columns=list(Compared._fields))

    def code(self) -> str:
        """Write the lines that make the moved scenario and its numbers again."""
        return scenario_code(self.world, self.simulate, self.readouts, n=self.n, seed=self.seed)

    # ---------------------------------------------------------------- what one can do

    def move(self, name: str, value: Any) -> None:
        """Move one parameter of the moved case.

        Parameters
        ----------
        name : str
            The parameter.
        value : float, int, bool or str
            Where to; within its declared range.

        Raises
        ------
        CvmError
            For an unknown name or a value out of range. Whatever the simulator raises
            is shown in the panel and raised here too.
        """
        with ONE_AT_A_TIME:
            self.world = self.world.replace(**{name: value})
            self._update()

    def reset(self) -> None:
        """Bring back the scenario and the seed it started from, with the same picture."""
        with ONE_AT_A_TIME:
            self.world = self.start
            if self.base is self.start and self.seed == self.start_seed:
                self._update()
            else:
                self.seed = self.start_seed
                self._set_base(self.start)

    def keep(self) -> None:
        """Make the moved case the base."""
        with ONE_AT_A_TIME:
            self._set_base(self.world)

    def reseed(self, seed: int) -> None:
        """Meet other customers: simulate both cases with another seed."""
        with ONE_AT_A_TIME:
            self.seed = Luck(seed).seed  # checks it
            self._set_base(self.base)

    def close(self) -> None:
        """Free the widgets, where there are any."""
        if self._panel is not None:
            self._panel.close()
            self._panel = None

    # ------------------------------------------------------------------------ inside

    def _set_base(self, base: Levers) -> None:
        outcome = self._simulated(base)
        self._picture = Picture(self.plots, outcome)
        self._base_readouts = list(self.readouts(outcome))
        self.base, self._unmoved = base, None
        self._update(outcome if self.world == base else None)

    def _simulated(self, world: Levers) -> Any:
        return self.simulate(world, n=self.n, seed=self.seed)

    def _update(self, outcome: Any = None) -> None:
        """Simulate and draw the moved case; where that fails, say so and show the base."""
        try:
            self.rows, self._png = self._shown(outcome)
            self.message = ""
        except Exception as error:
            self._fail(error)
            raise
        finally:
            if self._panel is not None:
                self._panel.refresh()

    def _shown(self, outcome: Any) -> tuple[list[Compared], bytes]:
        # A case that did not move is known: a reset need not simulate and draw it again.
        unmoved = self.world == self.base
        if unmoved and self._unmoved is not None:
            return self._unmoved
        outcome = self._simulated(self.world) if outcome is None else outcome
        shown = compared(self._base_readouts, self.readouts(outcome)), self._picture.png(outcome)
        if unmoved:
            self._unmoved = shown
        return shown

    def _fail(self, error: Exception) -> None:
        nothing = [row._replace(value=float("nan")) for row in self._base_readouts]
        self.rows = compared(self._base_readouts, nothing)
        self._png = self._picture.png()
        if isinstance(error, CvmError):
            self.message = str(error)
            _log.info("a scenario that cannot be: %s", error)
        else:
            self.message = _(
                "This scenario could not be computed ({kind}: {words}). "
                "Move the slider back, or press Reset.",
                kind=type(error).__name__,
                words=error,
            )
            _log.exception("a what-if failed at %s", self.world.code())

    # ------------------------------------------------------------------------ display

    @property
    def picture_width(self) -> int:
        """How wide the picture is shown, in pixels of the page."""
        return self._picture.shown_width

    @property
    def widget(self) -> Any:
        """The panel as an ipywidgets box, made when first asked for."""
        if self._panel is None:
            from cvm.whatif.panel import Panel  # ipywidgets is only needed to show it

            self._panel = Panel(self)
        return self._panel.box

    def __repr__(self) -> str:
        names = ", ".join(item.name for item in self.levers)
        return _("What-if with sliders for {names}; run the cell to move them.", names=names)

    def _repr_mimebundle_(self, **_formats: Any) -> dict[str, Any]:
        bundle: dict[str, Any] = self.widget._repr_mimebundle_()
        return {**bundle, "text/plain": repr(self)}


def _chosen(world: Levers, names: Sequence[str] | None) -> tuple[Lever, ...]:
    declared = {item.name: item for item in world.declared()}
    for name in names or ():
        if name not in declared:
            wrong = _("{model} has no lever '{name}'.", model=type(world).__name__, name=name)
            raise CvmError(wrong, remedy=near_miss(name, declared))
    return tuple(declared[name] for name in (names or declared))
