"""Make ``log.csv`` and ``summary.csv`` from the files inside the package ``lifetimes``.

Run once, by whoever keeps the data: ``pip install --no-deps lifetimes==0.11.3`` and
``python datasets/cdnow/convert.py``. Only names and formats change: customer numbers lose
their leading zeros, dates gain their hyphens, the number a customer had in the full data
base is left out. No row is dropped, added or altered.
"""

from importlib.util import find_spec
from pathlib import Path

import pandas as pd

HERE = Path(__file__).parent


def log(source: Path) -> pd.DataFrame:
    """Read the purchase log: fixed columns, no header."""
    names = ["number_in_full_data", "customer", "date", "quantity", "amount"]
    table = pd.read_csv(source / "CDNOW_sample.txt", sep=r"\s+", header=None, names=names)
    table["date"] = pd.to_datetime(table["date"].astype(str), format="%Y%m%d")
    return table[["customer", "date", "quantity", "amount"]]


def summary(source: Path) -> pd.DataFrame:
    """Read the summary of the first 39 weeks, under its usual column names."""
    table = pd.read_csv(source / "cdnow_customers_summary_with_transactions.csv")
    return table.set_axis(["customer", "frequency", "recency", "T", "monetary_value"], axis=1)


def main() -> None:
    """Write both tables beside this script."""
    package = find_spec("lifetimes")
    if package is None or not package.submodule_search_locations:
        raise SystemExit("pip install --no-deps lifetimes==0.11.3 first")
    source = Path(package.submodule_search_locations[0]) / "datasets"
    for name, table in {"log": log(source), "summary": summary(source)}.items():
        # Two decimals are what the sources have: cents, and hundredths of a week.
        table.to_csv(HERE / f"{name}.csv", index=False, float_format="%.2f", lineterminator="\n")


if __name__ == "__main__":
    main()
