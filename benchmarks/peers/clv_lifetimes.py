"""BG/NBD or Pareto/NBD fitted by ``lifetimes``.

Run by ``benchmarks/clv.py`` with the interpreter of an environment that has ``lifetimes``:
``python clv_lifetimes.py SUMMARY.npz MODEL``. Prints one JSON object: the CPU seconds of the
fit and the parameters. Imports nothing of ``cvm``.
"""

import json
import sys
import time
import warnings

import numpy as np

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from lifetimes import BetaGeoFitter, ParetoNBDFitter


def main(file, model):
    table = np.load(file)
    fitter = {"bg_nbd": BetaGeoFitter, "pareto_nbd": ParetoNBDFitter}[model]()
    np.random.seed(1)  # noqa: NPY002 - what the peer draws its start from; a few miss the peak
    start = time.process_time()
    fitter.fit(table["frequency"], table["recency"], table["T"])
    seconds = time.process_time() - start
    print(json.dumps({"seconds": seconds, "params": [float(v) for v in fitter.params_]}))


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main(*sys.argv[1:])
