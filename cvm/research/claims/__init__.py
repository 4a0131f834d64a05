"""The claim ledger: what the course says, what the source has, and a trial of each.

A claim is one object. It carries its wording, its source, what that source really
measured and what the retelling made of it, and a trial: a map of the conditions under
which it holds in a market whose truth is known, and what real data has to say.

A chapter adds its claims as a module here, with a tuple ``CLAIMS``, and names the
module in ``MODULES``.
"""

from __future__ import annotations

import pandas as pd

from cvm.errors import CvmError, near_miss
from cvm.research.claims import (
    choosing,
    churn,
    keeping,
    loyalty,
    profit,
    satisfaction,
    tiering,
    warning,
    winning,
    worth,
)
from cvm.research.claims.claim import Claim, Trial
from cvm.words import _

__all__ = ["Claim", "Trial", "claim", "claims"]

#: Tiering first: it is the pattern. Then in the order of the chapters.
MODULES = (
    tiering,
    keeping,
    choosing,
    winning,
    warning,
    satisfaction,
    loyalty,
    profit,
    churn,
    worth,
)


def claims() -> pd.DataFrame:
    """List the claims of the course.

    Returns
    -------
    DataFrame
        One row a claim: ``id``, ``chapter``, ``wording``, ``wording_zh``, ``source``,
        ``measured``, ``folklore``, ``estimand``, ``advice``, ``seen``.
    """
    words = ("wording", "source", "measured", "folklore", "estimand", "advice")
    rows = []
    for item in _all():
        told = {name: _(getattr(item, name)) for name in words}
        told |= {"wording_zh": item.wording_zh, "seen": _(item.seen)}
        rows.append({"id": item.id, "chapter": item.chapter} | told)
    order = ["id", "chapter", "wording", "wording_zh", *words[1:], "seen"]
    return pd.DataFrame(rows)[order]


def claim(id: str) -> Claim:
    """Look a claim up.

    Parameters
    ----------
    id : str
        From the first column of :func:`claims`.

    Returns
    -------
    Claim

    Raises
    ------
    CvmError
        If there is no such claim, with the near miss.
    """
    known = {item.id: item for item in _all()}
    if id not in list(known):  # a list has no hash
        raise CvmError(
            _("There is no claim '{id}' in the ledger.", id=id), remedy=near_miss(id, known)
        )
    return known[id]


def _all() -> tuple[Claim, ...]:
    return tuple(item for module in MODULES for item in module.CLAIMS)
