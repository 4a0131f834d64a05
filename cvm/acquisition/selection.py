r"""Pulled or pushed: customers who choose how they come, and then stay or leave.

Person :math:`i` is loyal by nature to a degree :math:`z_i` (standard normal), of which the firm
sees a part, :math:`z = \text{seen}\cdot x + \sqrt{1-\text{seen}^2}\,u`, in two things asked at
the start: years with the provider before, and how hard one bargains. The loyal by nature like
to come by themselves; the others wait for a salesman. Pulled, :math:`D_i = 1`, are those with

.. math:: \text{selection}\cdot z_i + \sqrt{1-\text{selection}^2}\;v_i + \text{nudge}\cdot I_i
   > \Phi^{-1}(\text{pushed}),

:math:`I_i` an invitation to order on the web, sent by lot. Then they leave at a monthly hazard

.. math:: h_i = \text{hazard}\cdot e^{-\text{nature}\cdot z_i}\cdot \text{push\_risk}^{\,1-D_i},
   \qquad P(\text{stayed 12 months}) = e^{-12 h_i}.

**The estimand.** By how many points more of the *same* customers would stay a year if they had
been pulled instead of pushed. ``true_effect`` has it for each of them; it is not the same for
all, so which customers are averaged matters: all of them, or those whom an invitation moves.

**What the naive answer gets wrong.** It compares those who came with those who were fetched.
The gap is the sum of two (:func:`cvm.acquisition.decompose`),

.. math:: \underbrace{\bar Y_{D=1} - \bar Y_{D=0}}_{\text{gap}} =
   \underbrace{E[Y^1 - Y^0 \mid D=1]}_{\text{cause}} +
   \underbrace{E[Y^0 \mid D=1] - E[Y^0 \mid D=0]}_{\text{selection}}.

At the defaults it is about 24 points, of which the way of winning causes 8.

**Does it matter?** For "what does the next yuan on this channel bring?" it does not: the
channel brings the customers it brings, whatever made them so. For "shall we move our
telephone customers to the web?" it is everything: their nature moves with them.

**Simplified for teaching.** Everybody is won, and only the way is open; an invitation changes
nothing but the way, and puts nobody off; hazards are constant.

**Where it comes from.** That retention differs by channel of acquisition: Verhoef & Donkers
(2005). Selection in comparisons of channels; monotone instruments and the effect for those who
are moved: Angrist, Imbens & Rubin (1996). At second hand; sizes are for teaching.

References
----------
Angrist, J. D., Imbens, G. W. & Rubin, D. B. (1996). Identification of causal effects using
instrumental variables. *Journal of the American Statistical Association* 91, 444-455.
Verhoef, P. C. & Donkers, B. (2005). The effect of acquisition channels on customer loyalty and
cross-buying. *Journal of Interactive Marketing* 19(2), 31-43.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri

from cvm.inputs import whole_number
from cvm.levers import Levers, assumption, lever, needs_world
from cvm.luck import Luck, bernoulli
from cvm.words import N_

__all__ = ["COVARIATES", "Newcomers", "simulate_acquisition"]

Floats = NDArray[np.float64]

#: What the firm asks at the start.
COVARIATES = ("years_before", "bargains")
#: The month by which one must have stayed, and the last one that is seen.
YEAR, SEEN = 12.0, 24.0


class Newcomers(Levers):
    """People who are won, the way they come, and how long they stay."""

    invited: float = lever(
        0.5, low=0.05, high=0.95, step=0.05, unit="share",
        meaning=N_("People who are invited to the web, drawn by lot"),
    )  # fmt: skip
    nudge: float = lever(
        1.0, low=0.2, high=3, step=0.2,
        meaning=N_("How strongly an invitation moves people to come by themselves"),
    )  # fmt: skip
    push_risk: float = assumption(
        1.4, low=0.5, high=3, step=0.1,
        meaning=N_("Risk of leaving of who was pushed, relative to the same customer pulled"),
        source=N_("direction: Verhoef & Donkers 2005; number: teaching"),
    )  # fmt: skip
    selection: float = assumption(
        0.5, low=0, high=0.95, step=0.05,
        meaning=N_("How far nature, and not chance, makes people come (a correlation)"),
    )  # fmt: skip
    nature: float = assumption(
        0.8, low=0, high=1.5, step=0.1, unit=N_("log of the hazard"),
        meaning=N_("How much less readily those leave who are loyal by nature"),
    )  # fmt: skip
    seen: float = assumption(
        0.7, low=0, high=1, step=0.05,
        meaning=N_("How much of that nature the firm can see (a correlation)"),
    )  # fmt: skip
    pushed: float = assumption(
        0.6,
        low=0.1,
        high=0.9,
        step=0.05,
        unit="share",
        meaning=N_("Uninvited people who wait for a salesman"),
    )
    hazard: float = assumption(
        0.03, low=0.005, high=0.1, step=0.005, unit="share",
        meaning=N_("Chance in a month that the average pulled customer leaves"),
    )  # fmt: skip


@needs_world
def simulate_acquisition(world: Newcomers, *, n: int, seed: int) -> pd.DataFrame:
    """Simulate how people were won, and how long they stayed.

    Parameters
    ----------
    world : Newcomers
        Levers and assumptions.
    n : int
        Customers won, 1 or more; a larger ``n`` keeps the first ones.
    seed : int
        The luck; the same people under any levers.

    Returns
    -------
    DataFrame
        One row a customer: ``customer``, ``years_before`` (with the provider before),
        ``bargains`` (0-10), ``invited``, ``pulled``, ``mode`` ("pull", "push"), ``months``
        (as a customer, seen up to 24), ``left`` (False: still here), ``stayed`` (12 months),
        and the truth: ``true_nature``, ``true_stay_pull`` and ``true_stay_push`` (chance to
        stay 12 months either way), ``true_effect`` (their difference), ``true_moved``
        (whether an invitation decides the way).
    """
    n = whole_number(n, name="n")
    luck = Luck(seed)
    x = luck.normal("asked", n, 2)
    hidden = luck.normal("hidden", n)
    nature = world.seen * (x[:, 0] - x[:, 1]) / np.sqrt(2) + np.sqrt(1 - world.seen**2) * hidden
    invited = bernoulli(luck.uniform("invited", n), world.invited)
    wish = world.selection * nature + np.sqrt(1 - world.selection**2) * luck.normal("way", n)
    least = float(ndtri(world.pushed))
    pulled = wish + world.nudge * invited > least
    hazard = world.hazard * np.exp(-world.nature * nature)
    months = -np.log1p(-luck.uniform("life", n)) / (hazard * np.where(pulled, 1, world.push_risk))
    stay, stay_push = np.exp(-YEAR * hazard), np.exp(-YEAR * hazard * world.push_risk)
    return pd.DataFrame({
        "customer": np.arange(1, n + 1),
        "years_before": np.round(np.exp(1 + 0.6 * x[:, 0]), 1),
        "bargains": np.round(np.clip(5 + 2 * x[:, 1], 0, 10), 1),
        "invited": invited, "pulled": pulled, "mode": np.where(pulled, "pull", "push"),
        "months": np.minimum(months, SEEN), "left": months <= SEEN, "stayed": months > YEAR,
        "true_nature": nature, "true_stay_pull": stay, "true_stay_push": stay_push,
        "true_effect": stay - stay_push,
        "true_moved": (wish <= least) & (wish + world.nudge > least),
    })  # fmt: skip
