"""What-ifs: move a lever, see the base and the moved case together.

:func:`explore` joins levers, a simulator, a plot and readouts::

    from cvm import plots, whatif
    whatif.explore(Rewards(), simulate_rewards, plot, readouts)

The sliders come from the declarations: their ends, steps, units and words. What the
firm decides stands apart from what the market is. The base case stays in grey, the
moved one is drawn over it in colour; both meet the same customers with the same luck,
so the difference is the lever's alone.

**Within a blink.** From the key to the decoded picture in a real browser, through
JupyterLab, at 10,000 customers: about a tenth of a second. Medians of 24 moves on two cores,
in four runs: 77 to 88 ms for concessions, 88 to 101 for the reward threshold, 83 to 124 for
the tiers' cut-offs (``python -m benchmarks.whatif`` measures it again). Four things
make it so. The figure is not rebuilt: its frame and the base case are kept as pixels, and
only the moved artists are drawn (:mod:`cvm.plots.moving`). The PNG is written without row
filters at the quickest compression. Luck that no lever moves is drawn once. And there is
no queue: the notebook holds a slider's next value back until the kernel has answered the
last one, then sends the newest, so a fast hand skips pictures instead of waiting for them.
"""

from cvm.whatif.explorer import WhatIf, explore
from cvm.whatif.scenario import Readout, numbers
from cvm.whatif.start import keeping

__all__ = ["explore", "WhatIf", "Readout", "numbers", "keeping"]
