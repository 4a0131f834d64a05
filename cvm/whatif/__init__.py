"""What-ifs: move a lever, see the base and the moved case together.

:func:`explore` joins levers, a simulator, a plot and readouts::

    from cvm import plots, whatif
    whatif.explore(Rewards(), simulate_rewards, plot, readouts)

The sliders come from the declarations: their ends, steps, units and words. What the
firm decides stands apart from what the market is. The base case stays in grey, the
moved one is drawn over it in colour; both meet the same customers with the same luck,
so the difference is the lever's alone.
"""

from cvm.whatif.explorer import WhatIf, explore
from cvm.whatif.scenario import Readout, numbers
from cvm.whatif.start import keeping

__all__ = ["explore", "WhatIf", "Readout", "numbers", "keeping"]
