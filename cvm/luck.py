"""Luck: named streams of chance, one row per customer.

Two scenarios with one seed must meet the same customers and the same luck, or a
what-if shows noise and calls it an effect. So chance is drawn *before* any lever
acts, from a stream with a name, and a lever only decides what the draw means:

* the same ``(seed, name)`` gives the same numbers whatever else is drawn,
* customer ``i`` gets the same row however many customers there are, and
* any range of customers can be drawn by itself (``start``), so a large market can
  be made in blocks and the blocks in any order.

How: customers come in blocks of :data:`BLOCK`. Each block of each stream has its
own bit generator, keyed by ``(seed, name, block)`` through NumPy's
``SeedSequence``, which was made for this. Within a block, numbers are drawn row by
row, so a shorter block is the beginning of a longer one.

A model that walks through months needs chance by the month: a longer run must keep the
first months as a larger ``n`` keeps the first customers. :meth:`Luck.months` gives such
a stream: each block of :data:`CROWD` customers has one generator that can jump, and each
month of it begins at its own place, so any month of any customers can be drawn by itself,
in any order, at the price of one jump. A few further draws hang on one draw by
:func:`spread`: the second and third purchase of a month, which most months do not have.

The helpers :func:`bernoulli` and :func:`poisson` turn uniforms into events by
inversion. Both are monotone in their lever: a higher rate never loses an event.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import pdtrik

from cvm.errors import CvmError
from cvm.words import _

__all__ = ["BLOCK", "CROWD", "Luck", "Months", "bernoulli", "poisson", "spread"]

#: Customers per block. Large enough that starting a generator costs nothing.
BLOCK = 4096

#: Customers that share a generator in a stream by months.
CROWD = 10_000

#: Where the next month begins in such a generator; normals take a little more than one
#: raw draw each, never six.
STRIDE = 1 << 16

#: Poisson rates above this are inverted directly; exp(-rate) would vanish in the end.
LARGE = 30.0

#: A chance too small to move a sum near 1.
TINY = 1e-18

#: The numbers of SplitMix64: what spaces its starts and its steps, how it mixes, and the bits
#: that a double cannot hold.
FIRST, STEP = np.uint64(0xD1342543DE82EF95), np.uint64(0x9E3779B97F4A7C15)
MIX = (
    (np.uint64(30), np.uint64(0xBF58476D1CE4E5B9)),
    (np.uint64(27), np.uint64(0x94D049BB133111EB)),
)
END, REST, ONE = np.uint64(31), np.uint64(11), np.uint64(1)

#: Draws worked on at a time: a few arrays of them fit a processor's cache.
PIECE = 1 << 14

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Luck:
    """All the chance of one simulated world.

    Parameters
    ----------
    seed : int
        Zero or a positive whole number. The same seed is the same luck.

    Examples
    --------
    >>> few, many = Luck(7).uniform("visits", 3), Luck(7).uniform("visits", 9)
    >>> bool((few == many[:3]).all())
    True
    """

    seed: int

    def __post_init__(self) -> None:
        if isinstance(self.seed, bool) or not isinstance(self.seed, int | np.integer):
            wrong = _("A seed is a whole number.")
            raise CvmError(wrong, given=self.seed, remedy=_("Give for example seed=7."))
        if self.seed < 0:
            wrong = _("A seed is zero or positive.")
            raise CvmError(wrong, given=self.seed, remedy=_("Give for example seed=7."))

    def uniform(self, name: str, n: int, k: int | None = None, *, start: int = 0) -> Floats:
        """Draw uniforms on [0, 1).

        Parameters
        ----------
        name : str
            The stream, named after what it decides ("visits", "spend").
        n : int
            Customers.
        k : int, optional
            Draws per customer; without it the result has one dimension.
        start : int
            The first customer; ``n`` customers from there on.

        Returns
        -------
        ndarray, shape (n,) or (n, k)
        """
        return self._draw(name, n, k, start, lambda rng, size: rng.random(size))

    def normal(self, name: str, n: int, k: int | None = None, *, start: int = 0) -> Floats:
        """Draw standard normals; parameters as in :meth:`uniform`."""
        return self._draw(name, n, k, start, lambda rng, size: rng.standard_normal(size))

    def gamma(
        self, name: str, n: int, k: int | None = None, *, shape: float, start: int = 0
    ) -> Floats:
        """Draw gammas of a fixed shape and scale 1; parameters as in :meth:`uniform`.

        Multiply by a scale that levers may move: the draw stays the same, so the
        spend of a customer moves in proportion and never jumps.
        """
        return self._draw(name, n, k, start, lambda rng, size: rng.standard_gamma(shape, size))

    def months(
        self, name: str, n: int, *, start: int = 0, kind: Literal["uniform", "normal"] = "uniform"
    ) -> Months:
        """Give a stream that draws one month of ``n`` customers at a time.

        Parameters
        ----------
        name : str
            The stream, named after what it decides.
        n, start : int
            Customers, and the first of them.
        kind : {"uniform", "normal"}
            Uniforms on [0, 1) or standard normals.

        Returns
        -------
        Months
            Call it with a month, from 0.
        """
        return Months(self, name, n, start, kind)

    def generator(self, name: str) -> np.random.Generator:
        """Give a generator for chance that is not a customer's (a bootstrap, a sample)."""
        return self._generator(name, -1)

    def _generator(self, name: str, block: int) -> np.random.Generator:
        return np.random.Generator(np.random.SFC64(self._sequence(name, block)))

    def _sequence(self, name: str, block: int) -> np.random.SeedSequence:
        key = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big")
        return np.random.SeedSequence(int(self.seed), spawn_key=(key, block + 1))

    def _draw(
        self,
        name: str,
        n: int,
        k: int | None,
        start: int,
        draw: Callable[[np.random.Generator, tuple[int, int]], Floats],
    ) -> Floats:
        width = 1 if k is None else k
        out = np.empty((n, width))
        done = 0
        while done < n:
            block, skip = divmod(start + done, BLOCK)
            take = min(BLOCK - skip, n - done)
            rows = draw(self._generator(name, block), (skip + take, width))
            out[done : done + take] = rows[skip:]
            done += take
        return out[:, 0] if k is None else out


class Months:
    """One stream of chance by months; made by :meth:`Luck.months`."""

    def __init__(self, luck: Luck, name: str, n: int, start: int, kind: str) -> None:
        self._normal = kind == "normal"
        self._row = np.empty(n)
        self._blocks = []
        done = 0
        while done < n:
            block, skip = divmod(start + done, CROWD)
            take = min(CROWD - skip, n - done)
            bits = np.random.PCG64DXSM(luck._sequence(f"{name} by months", block))
            self._blocks.append((bits, np.random.Generator(bits), bits.state, done, take, skip))
            done += take
            if not self._normal:
                bits.advance(skip + take - STRIDE)  # as if the month before the first were drawn
        self._last = -1  # the month that was drawn last

    def __call__(self, month: int) -> Floats:
        """Draw one month.

        Parameters
        ----------
        month : int
            From 0; the same month is the same luck whenever it is asked for.

        Returns
        -------
        ndarray, shape (n,)
            The stream's own row, good until the next call: copy what must last.
        """
        draw = self._normals if self._normal else self._uniforms
        for bits, rng, first, at, take, skip in self._blocks:
            draw(bits, rng, first, month, self._row[at : at + take], skip)
        self._last = month
        return self._row

    def _uniforms(
        self, bits: Any, rng: np.random.Generator, _first: Any, month: int, row: Floats, _skip: int
    ) -> None:
        # A uniform takes exactly one raw draw, so the next place is a known step away.
        bits.advance((month - self._last) * STRIDE - len(row))
        rng.random(out=row)

    def _normals(
        self, bits: Any, rng: np.random.Generator, first: Any, month: int, row: Floats, skip: int
    ) -> None:
        bits.state = first
        bits.advance(month * STRIDE)
        if skip:
            rng.standard_normal(skip)
        rng.standard_normal(out=row)


def spread(uniforms: ArrayLike, slot: ArrayLike) -> Floats:
    """Draw further uniforms that hang on one.

    Parameters
    ----------
    uniforms : array_like
        On [0, 1), as drawn (all 53 bits are used).
    slot : array_like of int
        Which of the further draws, from 0; broadcast.

    Returns
    -------
    ndarray
        Uniforms on [0, 1) without visible relation to the draw or between slots: the bits
        of the draw are the start of a SplitMix64 sequence (Steele, Lea & Flood 2014).
    """
    drawn, place = np.atleast_1d(uniforms, slot)
    # Below 2**53 signed and unsigned are one, and processors turn signed into floats faster.
    bits = (drawn * 2.0**53).astype(np.int64).view(np.uint64)
    state = bits * FIRST + (place.astype(np.uint64) + ONE) * STEP  # modulo 2**64, as it should
    part = np.empty_like(state)
    for shift, factor in MIX:
        np.right_shift(state, shift, out=part)
        state ^= part
        state *= factor
    np.right_shift(state, END, out=part)
    state ^= part
    state >>= REST
    further = np.multiply(state.view(np.int64), 2.0**-53, dtype=np.float64)
    return further if np.ndim(uniforms) or np.ndim(slot) else further.reshape(())


def bernoulli(uniforms: ArrayLike, probability: ArrayLike) -> NDArray[np.bool_]:
    """Turn uniforms into events that happen with a probability.

    Parameters
    ----------
    uniforms : array_like
        Draws on [0, 1).
    probability : array_like
        Between 0 and 1, broadcast against the draws.

    Returns
    -------
    ndarray of bool
        True where the draw falls below the probability, so a higher probability
        never loses an event.
    """
    return np.asarray(uniforms) < np.asarray(probability)


def poisson(uniforms: ArrayLike, rate: ArrayLike) -> NDArray[np.int64]:
    """Turn uniforms into Poisson counts by inversion.

    Parameters
    ----------
    uniforms : array_like
        Draws on [0, 1).
    rate : array_like
        Expected count, zero or positive, broadcast against the draws. Small rates
        (visits a month) are counted up; large ones are inverted directly.

    Returns
    -------
    ndarray of int
        The smallest count whose cumulative probability exceeds the draw, so a
        higher rate never loses a visit.

    Raises
    ------
    CvmError
        If a rate is negative or not a number.
    """
    u, lam = np.broadcast_arrays(np.asarray(uniforms, float), np.asarray(rate, float))
    least, most = lam.min(initial=np.inf), lam.max(initial=0)
    if not least >= 0:
        raise CvmError(
            _("A Poisson rate is zero or positive."),
            given=float(least),
            remedy=_("Check the lever that makes the rate."),
        )
    if most <= LARGE:
        return _count_up(u.ravel(), lam.ravel()).reshape(u.shape)
    often = lam > LARGE
    counts = np.zeros(u.shape, dtype=np.int64)
    counts[~often] = _count_up(u[~often], lam[~often])
    counts[often] = np.maximum(np.ceil(pdtrik(u[often], lam[often])), 0)
    return counts


def _count_up(u: Floats, lam: Floats) -> NDArray[np.int64]:
    """Count up to the first cumulative probability above each draw."""
    counts = np.zeros(u.shape, dtype=np.int64)
    # Piece by piece, for what is counted again and again should stay in the cache.
    for at in range(0, len(u), PIECE):
        here = slice(at, at + PIECE)
        _count_piece(u[here], lam[here], counts[here])
    return counts


def _count_piece(u: Floats, lam: Floats, counts: NDArray[np.int64]) -> None:
    term = np.exp(-lam)
    left = np.flatnonzero(u >= term)
    u, lam, term = u.take(left), lam.take(left), term.take(left)
    cumulative = term.copy()
    # Rounding may leave the sum a hair under 1, so it also ends where no chance is left.
    largest = int(LARGE + 12 * np.sqrt(LARGE) + 40)
    for count in range(1, largest + 1):
        counts[left] = count
        term *= lam
        term /= count
        cumulative += term
        above = np.flatnonzero((u >= cumulative) & (term > TINY))
        if not len(above):
            break
        # Only those still below their draw go on: the work is the events, not the largest count.
        left, u, lam = left.take(above), u.take(above), lam.take(above)
        term, cumulative = term.take(above), cumulative.take(above)
