"""The satisfaction laboratory: ask, simulate, measure, explain, prioritise, weight, track.

Everything between "let us ask the customers" and "this is what to improve, for whom, and
how sure we are". A survey is simulated from customers whose true satisfaction is known;
every method is tried on it before it meets real answers.
"""

from __future__ import annotations

__all__: list[str] = []
