"""RFM of ten million purchases in a Parquet file, against pandas."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from benchmarks.runner import Benchmark
from cvm.tiering import rfm

ROWS, CUSTOMERS = 10_000_000, 1_000_000


@contextmanager
def log(rows: int = ROWS, customers: int = CUSTOMERS) -> Iterator[Path]:
    """Write a log into a temporary folder; many customers buy little, a few much."""
    import duckdb

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log.parquet"
        with duckdb.connect() as connection:
            connection.execute("SELECT setseed(0.5)")
            connection.execute(
                f"""COPY (SELECT CAST(pow(random(), 2) * {customers} AS INTEGER) AS customer,
                TIMESTAMP '2023-01-01' + INTERVAL 1 SECOND * CAST(random() * 63e6 AS INTEGER)
                AS date, round(random() * 100, 2) AS amount FROM range({rows}))
                TO '{path}' (FORMAT parquet)"""
            )
        yield path


def by_pandas(path: Path) -> pd.DataFrame:
    """Do what a class would write: read the file, group it."""
    table = pd.read_parquet(path)
    last = table["date"].max().normalize()
    grouped = table.groupby("customer")
    summary = grouped.agg(
        recency=("date", "max"), frequency=("date", "size"), monetary=("amount", "sum")
    )
    summary["recency"] = (last - summary["recency"].dt.normalize()).dt.days
    return summary.reset_index()


def same(ours: pd.DataFrame, theirs: pd.DataFrame) -> bool:
    """Compare up to the order of sums."""
    pd.testing.assert_frame_equal(ours, theirs, check_dtype=False, rtol=1e-9)
    return True


RFM = Benchmark(
    name="rfm", peer="pandas read_parquet, groupby", aim=1.4, material=log, ours=rfm,
    theirs=by_pandas, agree=same, rounds=3,
    note="Ours also looks through the log for rows that cannot be used; pandas does not.",
)  # fmt: skip
