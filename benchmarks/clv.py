"""Lifetime-value models: maximum likelihood against ``lifetimes`` in its own environment."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.market import Measured, reported
from benchmarks.runner import Benchmark
from cvm import clv

N = 100_000
PEER = Path("build/peers/lifetimes/bin/python")
SCRIPT = Path(__file__).parent / "peers" / "clv_lifetimes.py"
#: CDNOW's fit; customers come over twelve weeks, days are whole, as in a shop's log.
TRUTH = {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}


@contextmanager
def customers() -> Iterator[Path]:
    """Simulate a summary once, for both sides."""
    if not PEER.exists():
        home = str(PEER.parents[1])
        old = ["pandas<2.2", "numpy<2", "scipy<1.14"]  # what the peer was written for
        make = [["uv", "venv", home, "--python", "3.11"],
                ["uv", "pip", "install", "--python", home, "lifetimes", *old]]  # fmt: skip
        for command in make:
            subprocess.run(command, check=True, capture_output=True)
    ages = np.random.default_rng(1).integers(27 * 7, 39 * 7, N) / 7
    table = clv.simulate("bg_nbd", TRUTH, n=N, T=ages, seed=1)
    recency = np.minimum(np.ceil(table["recency"] * 7) / 7, table["T"])
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "summary.npz"
        np.savez(file, frequency=table["frequency"], recency=recency, T=table["T"])
        yield file


def ours(model: Callable[[pd.DataFrame], clv.Fit]) -> Callable[[Path], list[float]]:
    """Fit with the kit; reading the file is a small part of it and is counted."""

    def work(file: Path) -> list[float]:
        return model(pd.DataFrame(dict(np.load(file)))).params.tolist()

    return work


def theirs(model: str) -> Callable[[Path], Measured]:
    """Fit with the peer, which times its fit alone."""

    def work(file: Path) -> Measured:
        command = [str(PEER), str(SCRIPT), str(file), model]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        answer = json.loads(done.stdout)
        return Measured(answer["seconds"], answer)

    return work


def alike(mine: list[float], other: Any) -> bool:
    """Compare parameters: the peer stops a little short of the peak."""
    return bool(np.allclose(mine, other.answer["params"], rtol=0.01))


CLV = (
    Benchmark(
        name="clv: bg_nbd", peer="lifetimes", aim=30, material=customers, ours=ours(clv.bg_nbd),
        theirs=theirs("bg_nbd"), agree=alike, rounds=5, seconds=reported,
        note="100,000 customers, standard errors on both sides.",
    ),
    Benchmark(
        name="clv: pareto_nbd", peer="lifetimes", aim=30, material=customers,
        ours=ours(clv.pareto_nbd), theirs=theirs("pareto_nbd"), agree=alike, rounds=1,
        seconds=reported,
        note="100,000 customers. The peer starts at random, so its time varies.",
    ),
)  # fmt: skip
