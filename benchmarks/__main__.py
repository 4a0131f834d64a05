"""The command line: ``python -m benchmarks [NAME ...] [--json]``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from benchmarks.clv import CLV
from benchmarks.concentration import CONCENTRATION
from benchmarks.market import MARKET
from benchmarks.rfm import RFM
from benchmarks.runner import Benchmark, as_json, as_table, measure
from benchmarks.survey_ordinal import SURVEY_ORDINAL
from benchmarks.survey_pls import SURVEY_PLS
from benchmarks.survey_replicates import SURVEY_REPLICATES
from benchmarks.sweep import SWEEP
from benchmarks.whatif import WHATIF

#: In the order they are run.
BENCHMARKS: tuple[Benchmark, ...] = (
    RFM,
    CONCENTRATION,
    *MARKET,
    WHATIF,
    *CLV,
    SURVEY_PLS,
    *SURVEY_ORDINAL,
    *SURVEY_REPLICATES,
    *SWEEP,
)


def main(arguments: Sequence[str], benchmarks: Sequence[Benchmark] = BENCHMARKS) -> int:
    """Run the named benchmarks and print a row each as it is done.

    Returns
    -------
    int
        0 if every aim holds, else 1.
    """
    known = {benchmark.name: benchmark for benchmark in benchmarks}
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of: {', '.join(known)}")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    asked = parser.parse_args(arguments)
    # "market" asks for all whose names begin with "market:".
    groups = {
        name: [k for k in known if k == name or k.startswith(f"{name}:")] for name in asked.names
    }
    unknown = [name for name, found in groups.items() if not found]
    if unknown:
        parser.error(f"no benchmark {unknown[0]!r}; there are: {', '.join(known)}")
    held = []

    def rows():
        for name in [k for found in groups.values() for k in found] or known:
            row = measure(known[name])
            held.append(row.holds)
            yield row

    for line in (as_json if asked.json else as_table)(rows()):
        print(line, flush=True)
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
