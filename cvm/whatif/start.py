"""The what-if of chapter 00: move the defection rate, see who is left."""

from __future__ import annotations

from typing import Any

from cvm import plots
from cvm.start import Keeping, KeptTables, simulate_keeping
from cvm.whatif.explorer import WhatIf, explore
from cvm.whatif.scenario import Readout
from cvm.words import N_, _

__all__ = ["keeping", "keeping_readouts"]


def keeping(world: Keeping | None = None, *, n: int = 10_000, seed: int = 1) -> WhatIf:
    """Move the share of customers who leave in a year.

    Parameters
    ----------
    world : Keeping, optional
        The base case; the defaults without it.
    n : int
        Customers at the beginning.
    seed : int
        Luck.

    Returns
    -------
    WhatIf
        Customers still there by year; how long they stay and what they bring.
    """
    return explore(
        world or Keeping(),
        simulate_keeping,
        _plot,
        keeping_readouts,
        n=n,
        seed=seed,
        title=_("What if fewer customers left?"),
    )


def keeping_readouts(outcome: KeptTables) -> list[Readout]:
    """Give the numbers beside the picture.

    Parameters
    ----------
    outcome : KeptTables
        From :func:`cvm.start.simulate_keeping`.

    Returns
    -------
    list of Readout
        Customers left after five years, mean years a customer stays, and the margin
        of ten years in million yuan.
    """
    left = float(outcome.years["customers"].iloc[5])
    stay = float(outcome.customers["years"].mean())
    margin = float(outcome.years["margin"].iloc[:-1].sum())
    return [
        Readout(_("still there after five years"), left, "customers"),
        Readout(_("how long a customer stays"), stay, "years"),
        Readout(_("margin of ten years"), margin / 1e6, N_("million yuan")),
    ]


def _plot(outcome: KeptTables, *, ax: Any, case: Any) -> Any:
    return plots.keeping(outcome.years, ax=ax, case=case)
