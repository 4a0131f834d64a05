"""Make the renewals and their truth: ``python datasets/renewals/make.py``.

Customers are simulated by the kit's own campaign, with lots; then the table is dressed as a
firm's system would export it, under names of its own, with gaps. The same seed gives the same
bytes on the pinned versions; a test makes the files anew and compares.
"""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

from cvm.luck import Luck
from cvm.research.study import Campaign, simulate_data, true_effect

HERE = Path(__file__).parent
SEED, CUSTOMERS, LOST = 1309, 1600, 9

#: What the firm did, and what its market is like.
WORLD = Campaign(assignment="randomised", contacted=0.5, save=0.4, hazard=0.03, disturb=0.02)


def made(folder: Path) -> None:
    """Write the table, and apart from it what only the simulator knows."""
    rows = simulate_data(WORLD, n=CUSTOMERS, seed=SEED)
    told = {True: "yes", False: "no"}
    table = pd.DataFrame({
        "account": [f"R{number:05d}" for number in rows["customer"]],
        "courtesy_call": rows["contacted"].astype(bool).map(told),
        "contract": rows["monthly"].astype(bool).map({True: "by the month", False: "by the year"}),
        "calls_to_desk": rows["calls"].astype(int),
        "gigabytes": rows["usage"].round(2),
        "renewed": rows["stayed"].astype(bool).map(told),
    })  # fmt: skip
    gaps = Luck(SEED).generator("gaps").choice(CUSTOMERS, size=LOST, replace=False)
    table.loc[gaps, "renewed"] = ""
    table.to_csv(folder / "renewals.csv", index=False, lineterminator="\n")
    truth = {"effect": round(true_effect(WORLD), 4),
             "effect_in_these_customers": round(float(rows["true_effect"].mean()), 4),
             "world": WORLD.to_dict(), "seed": SEED}  # fmt: skip
    text = json.dumps(truth, indent=1, ensure_ascii=False) + "\n"
    (folder / "truth" / "effect.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    made(HERE)
