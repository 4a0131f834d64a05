"""Lifetime-value models: maximum likelihood against peers in environments of their own."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.market import Measured, reported
from benchmarks.runner import Benchmark
from cvm import clv

N, MANY = 100_000, 1_000_000
PEERS = Path("build/peers")
SCRIPTS = Path(__file__).parent / "peers"
#: What each peer needs: a Python, and the packages it was written for.
NEEDS = {
    "lifetimes": ("3.11", ["lifetimes", "pandas<2.2", "numpy<2", "scipy<1.14"]),
    "pymc": ("3.12", ["pymc-marketing==1.3.*"]),
}
#: CDNOW's fit; customers come over twelve weeks, days are whole, as in a shop's log.
TRUTH = {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}


def python_of(peer: str) -> Path:
    """Give the interpreter of a peer's own environment, made when first asked for."""
    home = PEERS / peer
    if not (home / "bin/python").exists():
        version, packages = NEEDS[peer]
        interpreter = shutil.which(f"python{version}") or version
        make = [["uv", "venv", str(home), "--python", interpreter],
                ["uv", "pip", "install", "--python", str(home), *packages]]  # fmt: skip
        for command in make:
            subprocess.run(command, check=True, capture_output=True)
    return home / "bin/python"


def customers(n: int = N, peer: str = "lifetimes") -> Callable[[], AbstractContextManager[Path]]:
    """Simulate a summary once, for both sides; the peer's environment is made before."""

    @contextmanager
    def made() -> Iterator[Path]:
        python_of(peer)
        ages = np.random.default_rng(1).integers(27 * 7, 39 * 7, n) / 7
        table = clv.simulate("bg_nbd", TRUTH, n=n, T=ages, seed=1)
        recency = np.minimum(np.ceil(table["recency"] * 7) / 7, table["T"])
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "summary.npz"
            np.savez(file, frequency=table["frequency"], recency=recency, T=table["T"])
            yield file

    return made


def ours(model: Callable[[pd.DataFrame], clv.Fit]) -> Callable[[Path], Measured]:
    """Fit with the kit; as with the peers, the fit alone is timed, not the reading."""

    def work(file: Path) -> Measured:
        table = pd.DataFrame(dict(np.load(file)))
        start = time.process_time()
        fitted = model(table)
        return Measured(time.process_time() - start, {"params": fitted.params.tolist()})

    return work


def theirs(model: str, peer: str = "lifetimes") -> Callable[[Path], Measured]:
    """Fit with the peer, which times its fit alone."""

    def work(file: Path) -> Measured:
        command = [str(python_of(peer)), str(SCRIPTS / f"clv_{peer}.py"), str(file), model]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        answer = json.loads(done.stdout.splitlines()[-1])
        return Measured(answer["seconds"], answer)

    return work


def alike(mine: Measured, other: Measured) -> bool:
    """Compare parameters: the peers stop a little short of the peak."""
    return bool(np.allclose(mine.answer["params"], other.answer["params"], rtol=0.01))


CLV = (
    Benchmark(
        name="clv: bg_nbd", peer="lifetimes", aim=30, material=customers(), ours=ours(clv.bg_nbd),
        theirs=theirs("bg_nbd"), agree=alike, rounds=5, seconds=reported,
        note="100,000 customers, standard errors on both sides.",
    ),
    Benchmark(
        name="clv: bg_nbd, flat priors", peer="pymc-marketing", aim=30,
        material=customers(peer="pymc"), ours=ours(clv.bg_nbd), theirs=theirs("bg_nbd", "pymc"),
        agree=alike, rounds=3, seconds=reported,
        note="100,000 customers; the peer's mode under flat priors is the maximum likelihood. Its "
        "time holds building the model and compiling it, from its cache after the first run; it "
        "gives no standard errors here.",
    ),
    Benchmark(
        name="clv: bg_nbd, a million", peer="lifetimes", aim=30, material=customers(MANY),
        ours=ours(clv.bg_nbd), theirs=theirs("bg_nbd"), agree=alike, rounds=1, seconds=reported,
        note="1,000,000 customers.",
    ),
    Benchmark(
        name="clv: pareto_nbd", peer="lifetimes", aim=30, material=customers(),
        ours=ours(clv.pareto_nbd), theirs=theirs("pareto_nbd"), agree=alike, rounds=1,
        seconds=reported,
        note="100,000 customers. The peer starts at random: its seed is fixed.",
    ),
)  # fmt: skip
