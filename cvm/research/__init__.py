"""Research: the claims of the course, tried where the truth is known.

``cvm.research.claims()`` lists them, ``cvm.research.claim("pareto").trial()`` tries one.
"""

# The folder of the ledger has the name of the function that lists it. Importing the
# folder first and the function after it leaves the function under this name.
from cvm.research.claims import Claim, Trial, claim, claims
from cvm.research.claims.region import Region, Stability, region, stability

__all__ = ["Claim", "Region", "Stability", "Trial", "claim", "claims", "region", "stability"]
