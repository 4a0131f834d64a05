"""The data of the exercise: a town, a trial of keeping, the next step, the books, a bond."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cvm.economics import TwoFirms, retention_rate, two_firms, won
from cvm.luck import Luck, bernoulli
from cvm.relationships import Bonds, Town, bond_years, simulate_town

__all__ = ["YEARS", "draw", "lead_of"]

#: People of the town, customers in the trial of keeping, customers a year of the books.
PEOPLE, TRIAL, YEARS = 2000, 4000, 8


def draw(seed: int) -> dict[str, Any]:
    """Draw a town, a trial of keeping, what more money did, two firms' books and a bond.

    Parameters
    ----------
    seed : int
        From the student's name.

    Returns
    -------
    dict
        ``people`` (a town); ``trial`` (customers, half of them by lot in the keeping
        programme), ``keep_cost`` (a customer in it, yuan) and ``win_cost`` (a customer
        won, yuan); ``steps`` (money on keeping and on winning, and what it brought);
        ``books`` (profit of two firms by year); ``bond`` (retention by year).
    """
    a, b, c, d, e = Luck(seed).uniform("choices", 1, 5)[0]
    town = Town(reach=round(0.2 + 0.2 * a, 2), cross=round(0.2 + 0.4 * b, 2), shown=0.25)
    stay, kept = 0.72 + 0.08 * c, 0.08 + 0.05 * d
    world = TwoFirms(floor=0.72, keep_scale=round(9 + 6 * b, 1), win_scale=70 + 5 * round(8 * e))
    return {
        "people": simulate_town(town, n=PEOPLE, seed=seed).round(2),
        "trial": _trial(seed, stay, stay + kept),
        "keep_cost": 10.0 + int(6 * a),
        "win_cost": 90.0 + 5 * int(9 * b),
        "steps": _steps(world),
        "books": _books(seed, d),
        "bond": _bond(c),
    }


def _trial(seed: int, stay: float, helped: float) -> pd.DataFrame:
    luck = Luck(seed)
    programme = np.arange(TRIAL) % 2 == 0  # customers are in no order, so this is by lot
    chance = np.where(programme, helped, stay)
    return pd.DataFrame({
        "customer": np.arange(TRIAL), "programme": programme,
        "stayed": bernoulli(luck.uniform("stay", TRIAL), chance),
    })  # fmt: skip


def _steps(world: TwoFirms) -> pd.DataFrame:
    """Tabulate what more and more money kept and won."""
    money = np.arange(0, 26, 5) * 1000.0
    stay = retention_rate(money / world.customers, world)
    return pd.DataFrame({
        "money": money,
        "kept": (world.customers * (stay - world.floor)).round(2),
        "won": won(money, world.market - world.customers, world).round(2),
    })  # fmt: skip


def _books(seed: int, luck: float) -> pd.DataFrame:
    """Two firms' books: a lead that comes, is lost in one bad year, and comes for good."""
    world = TwoFirms(years=YEARS, setup=5.0, win_scale=90 + 10 * round(4 * luck))
    table = two_firms(world)[["firm", "year", "profit"]]
    lead = lead_of(table)
    bad = int(lead.index[lead > 0][0]) + 1 + seed % 2
    hit = (table["firm"] == "relationship") & (table["year"] == bad)
    # Deep enough to lose the lead, and made good within the next years.
    return table.assign(profit=(table["profit"] - (float(lead[bad]) + 1.5) * hit).round(2))


def _bond(luck: float) -> pd.DataFrame:
    world = Bonds(copied_financial=round(0.4 + 0.3 * luck, 2))
    table = bond_years(world, years=5).query("bond == 'financial'")
    return table[["year", "retention"]].round(3).reset_index(drop=True)


def lead_of(books: pd.DataFrame) -> pd.Series[float]:
    """Give the relationship firm's lead in cumulative profit, by year."""
    profit = books.set_index("year").groupby("firm")["profit"]
    yearly = profit.get_group("relationship") - profit.get_group("transaction")
    return yearly.cumsum()
