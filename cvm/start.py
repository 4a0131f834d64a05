"""Start: a firm's customers as water in a leaking bucket (漏桶).

Model
-----
Of the customers a firm has won, a share d (the defection rate) leaves every year::

    still there after t years   S(t) = (1 - d)^t
    years a customer stays      1 + floor(log(1 - U) / log(1 - d)),   U ~ Uniform(0, 1)
    on average                  1 / d
    margin of T years           m * sum of S(t), t = 0 ... T - 1, a customer

A customer who leaves in a year has paid the margin m for that year.

What the naive answer gets wrong
--------------------------------
Twice. Taking the same *number* off every year empties the bucket too soon: only those
still there can leave. And a defection rate that falls from 10 to 5 per cent looks like
five points of a hundred; it doubles the years a customer stays.

Assumptions, for teaching
-------------------------
Everybody is equally likely to leave, in every year. Chapter 09 gives customers a
reason to stay, and chapter 11 lets them differ: then those who remain are the loyal
ones, and a bucket leaks less the longer it stands.

Source
------
Customer life as the inverse of the defection rate: Reichheld and Sasser (1990), "Zero
Defections: Quality Comes to Services", *Harvard Business Review* 68(5).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cvm.inputs import whole_number
from cvm.levers import Levers, assumption, lever, needs_world
from cvm.luck import Luck
from cvm.words import N_

__all__ = ["YEARS", "Keeping", "KeptTables", "simulate_keeping"]

#: Years looked at.
YEARS = 10


class Keeping(Levers):
    """How many customers leave in a year, and what one of them brings."""

    defection: float = lever(
        0.2, low=0.02, high=0.5, step=0.01, unit="share",
        meaning=N_("Customers who leave in a year"),
    )  # fmt: skip
    margin: float = assumption(
        300.0, low=0, high=1000, step=10, unit=N_("yuan"),
        meaning=N_("What a customer brings in a year, after its costs"),
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class KeptTables:
    """What became of the customers a firm began with.

    Parameters
    ----------
    customers : DataFrame
        customer and years: how many years the customer stays, 1 or more.
    years : DataFrame
        year (0 to :data:`YEARS`), customers still there at its end, share of those it
        began with, and margin of the coming year in yuan.
    """

    customers: pd.DataFrame
    years: pd.DataFrame


@needs_world
def simulate_keeping(world: Keeping, *, n: int, seed: int) -> KeptTables:
    """Simulate how long customers stay.

    Parameters
    ----------
    world : Keeping
        Levers and assumptions.
    n : int
        Customers at the beginning, 1 or more.
    seed : int
        Luck: the same seed gives the same customers, whatever the levers.

    Returns
    -------
    KeptTables
        A higher defection rate never lengthens anybody's stay.

    Raises
    ------
    CvmError
        If there is no customer.
    """
    n = whole_number(n, name="n")
    uniforms = Luck(seed).uniform("stay", n)
    stay = 1 + np.floor(np.log1p(-uniforms) / np.log1p(-world.defection)).astype(np.int64)
    customers = pd.DataFrame({"customer": np.arange(n), "years": stay})
    return KeptTables(customers=customers, years=_by_year(stay, world.margin))


def _by_year(stay: np.ndarray, margin: float) -> pd.DataFrame:
    year = np.arange(YEARS + 1)
    left = np.array([(stay > y).sum() for y in year])
    table = {"year": year, "customers": left, "share": left / len(stay), "margin": left * margin}
    return pd.DataFrame(table)
