"""What an answer hangs on besides its question: the versions it was made by, the table it is of."""

from __future__ import annotations

import hashlib
import importlib.metadata
import platform

import pandas as pd

__all__ = ["fingerprint", "versions"]

PACKAGES = ("numpy", "pandas", "scipy", "statsmodels")


def versions() -> dict[str, str]:
    """Tell the versions that an answer hangs on.

    Returns
    -------
    dict
        Of Python, this kit, numpy, pandas, scipy and statsmodels.
    """
    import cvm

    found = {name: importlib.metadata.version(name) for name in PACKAGES}
    return {"python": platform.python_version(), "cvm": cvm.__version__, **found}


def fingerprint(table: pd.DataFrame) -> str:
    """Give the SHA-256 of a table: its columns and cells, not its index.

    Parameters
    ----------
    table : DataFrame
        Any.

    Returns
    -------
    str
    """
    plain = table.to_csv(index=False, lineterminator="\n", float_format="%.17g")
    return hashlib.sha256(plain.encode()).hexdigest()
