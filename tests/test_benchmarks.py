"""The benchmark runner, on toys; nothing here is timed."""

import json
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.__main__ import BENCHMARKS, main
from benchmarks.concentration import batched, loop, values
from benchmarks.rfm import by_pandas, log, same
from benchmarks.runner import Benchmark, measure
from cvm.tiering import rfm

CALLS = []


@contextmanager
def material():
    CALLS.append("made")
    yield 3
    CALLS.append("cleaned")


def ours(x):
    CALLS.append("ours")
    return 2 * x


def theirs(x):
    CALLS.append("theirs")
    return x + x


def clock(work, x):
    """Ours takes a second; the peer takes three, then five, then four."""
    work(x)
    return 1 if work is ours else [3, 5, 4][CALLS.count("theirs") - 2]


TOY = Benchmark(
    name="toy", peer="adding", aim=2, material=material, ours=ours, theirs=theirs,
    agree=lambda a, b: a == b, rounds=3, seconds=clock,
)  # fmt: skip


@pytest.fixture(autouse=True)
def _forget():
    CALLS.clear()


def test_sides_run_by_turns_on_one_material():
    row = measure(TOY)
    assert ["made", "ours", "theirs", *["theirs", "ours"] * 3, "cleaned"] == CALLS
    assert (row.ratio, row.low, row.high, row.holds) == (4, 3, 5, True)


def test_an_aim_that_is_missed_says_so():
    assert not measure(replace(TOY, aim=4.1)).holds


def test_two_answers_are_no_benchmark():
    with pytest.raises(AssertionError, match="toy: ours and adding give two answers"):
        measure(replace(TOY, theirs=lambda x: x))


def test_real_time_is_positive():
    assert measure(replace(TOY, seconds=None)).ratio > 0


def test_rows_as_json(capsys):
    assert main(["toy", "--json"], [TOY]) == 0
    row = json.loads(capsys.readouterr().out)
    assert row == {"name": "toy", "peer": "adding", "ratio": 4, "low": 3, "high": 5, "aim": 2,
                   "holds": True}  # fmt: skip


def test_rows_for_people_and_the_exit_code(capsys):
    assert main([], [replace(TOY, aim=9)]) == 1
    heading, row = capsys.readouterr().out.splitlines()
    assert heading.split() == ["name", "peer", "ratio", "low", "high", "aim", "holds"]
    assert row.split() == ["toy", "adding", "4.00", "3.00", "5.00", "9.00", "NO"]


def test_an_unknown_name_is_told(capsys):
    with pytest.raises(SystemExit):
        main(["rmf"])
    assert "no benchmark 'rmf'; there are: rfm, concentration" in capsys.readouterr().err
    names = [benchmark.name for benchmark in BENCHMARKS]
    assert names[:2] == ["rfm", "concentration"]
    assert "market" in {name.partition(":")[0] for name in names[2:]}


def test_the_first_part_of_a_name_asks_for_all_that_begin_with_it(capsys):
    parts = [
        TOY,
        replace(TOY, name="toys: a", seconds=None),
        replace(TOY, name="toys: b", seconds=None),
    ]
    main(["toys", "--json"], benchmarks=parts)
    told = [json.loads(line)["name"] for line in capsys.readouterr().out.splitlines()]
    assert told == ["toys: a", "toys: b"]


def test_the_real_ones_agree_on_a_small_scale():
    pytest.importorskip("duckdb")
    with log(rows=3000, customers=100) as path:
        assert same(rfm(path), by_pandas(path))
    with values(500) as x:
        assert np.allclose(batched(x), loop(x), atol=0.02)
