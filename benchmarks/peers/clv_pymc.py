"""BG/NBD fitted by ``pymc-marketing``: the mode under flat priors, which is the maximum likelihood.

Run by ``benchmarks/clv.py`` with the interpreter of an environment that has it:
``python clv_pymc.py SUMMARY.npz bg_nbd``. Prints one JSON object: the CPU seconds of building
the model and finding the mode, compilation included, and the parameters. Its default priors
are not flat and give another answer. Imports nothing of ``cvm``.
"""

import json
import logging
import os
import sys
import time
import warnings

os.environ.setdefault("OMP_NUM_THREADS", "1")  # CPU seconds, not seconds times cores

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import numpy as np
    import pandas as pd
    from pymc_extras.prior import Prior
    from pymc_marketing.clv import BetaGeoModel

NAMES = ("r", "alpha", "a", "b")


def main(file, model):
    assert model == "bg_nbd"
    table = pd.DataFrame(dict(np.load(file)))
    table.insert(0, "customer_id", np.arange(len(table)))
    priors = {name: Prior("HalfFlat") for name in NAMES}
    start = time.process_time()
    fitted = BetaGeoModel(model_config=priors)
    found = fitted.fit(table, method="map", progressbar=False)
    seconds = time.process_time() - start
    found = fitted.fit_result if found is None else found
    found = getattr(found, "posterior", found)
    params = [float(np.ravel(found[name])[0]) for name in NAMES]
    print(json.dumps({"seconds": seconds, "params": params}))


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    main(*sys.argv[1:])
