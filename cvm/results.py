"""Results: what an estimator hands back.

A result is frozen. ``str()`` of it is a sentence a manager can read, with unit and
interval; ``.to_frame()`` is the tidy row (or rows) a researcher stacks. In a
notebook the sentence is what a cell shows.
"""

from __future__ import annotations

import dataclasses
import html
import math
import numbers
from dataclasses import dataclass

import pandas as pd

from cvm.words import N_, _

__all__ = ["Estimate", "Result", "number", "p_words"]


class Result:
    """Base of all results: a frozen dataclass with a sentence and a table.

    A subclass is decorated with ``@dataclass(frozen=True, kw_only=True, repr=False)``
    and writes :meth:`sentence`; it overrides :meth:`to_frame` if one row of its
    scalar fields does not tell the whole.
    """

    def sentence(self) -> str:
        """Say the result in one or two sentences."""
        raise NotImplementedError

    def to_frame(self) -> pd.DataFrame:
        """Give the scalar fields as one tidy row."""
        scalars = (str, bool, numbers.Number, pd.Timestamp, type(None))
        values = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}  # type: ignore[arg-type]
        return pd.DataFrame([{k: v for k, v in values.items() if isinstance(v, scalars)}])

    def _repr_html_(self) -> str:
        # Plain text is cut anywhere at the edge of a notebook's cell; a paragraph wraps.
        return f"<p>{html.escape(self.sentence())}</p>"

    def __str__(self) -> str:
        return self.sentence()

    def __repr__(self) -> str:
        return self.sentence()


@dataclass(frozen=True, kw_only=True, repr=False)
class Estimate(Result):
    """One number with its interval.

    Parameters
    ----------
    name : str
        What was estimated, as it should read in a sentence, already translated.
    value, low, high : float
        The estimate and the ends of its interval, in ``unit``.
    level : float
        Confidence level of the interval, between 0 and 1.
    unit : str
        As in :func:`number`: ``"share"`` shows as per cent.
    n : int
        Observations behind the estimate.
    method : str
        How the interval was made, already translated.
    """

    name: str
    value: float
    low: float
    high: float
    unit: str = ""
    level: float = 0.95
    n: int = 0
    method: str = ""

    def sentence(self) -> str:
        """Say the estimate, its interval and how the interval was made."""
        text = _(
            "{name}: {value} ({level} interval {low} to {high}",
            name=self.name,
            value=number(self.value, self.unit),
            level=number(self.level, "share", digits=2),
            low=number(self.low, self.unit),
            high=number(self.high, self.unit),
        )
        if self.method:
            text += "; " + self.method
        if self.n:
            text += _("; n = {n}", n=number(self.n))
        return text + ")."


def number(value: float, unit: str = "", *, digits: int = 3) -> str:
    """Write a number the way people read it.

    Parameters
    ----------
    value : float
        The number; not-a-number reads "unknown".
    unit : str
        ``"share"`` turns 0.655 into "65.5 %", ``"points"`` turns 0.05 into "5
        points" (of percentage). Any other unit is written behind the number, in the
        language in use.
    digits : int
        Significant digits; whole numbers above that keep all of theirs, with a
        comma at the thousands.

    Examples
    --------
    >>> number(0.6553, "share"), number(12345.6), number(0.05, "points")
    ('65.5 %', '12,346', '5 points')
    """
    if value is None or math.isnan(value):
        return _("unknown")
    if unit == "share":
        return f"{_significant(value * 100, digits)} %"
    if unit == "points":
        return _("{value} points", value=_significant(value * 100, digits))
    text = _significant(value, digits)
    return f"{text} {_(unit)}" if unit else text


def p_words(p_value: float) -> str:
    """Write a p value: "p = 0.03", and "p < 0.001" below what anybody needs to know.

    Parameters
    ----------
    p_value : float
        Between 0 and 1.

    Examples
    --------
    >>> p_words(0.0312), p_words(1e-9)
    ('p = 0.031', 'p < 0.001')
    """
    if p_value < 0.001:
        return "p < 0.001"
    return f"p = {number(p_value, digits=2)}"


def _significant(value: float, digits: int) -> str:
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    magnitude = math.floor(math.log10(abs(value))) if value else 0
    decimals = max(0, digits - 1 - magnitude)
    text = f"{value:,.{decimals}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text.replace("-", "−")


# Units that results and levers use, named here so that the catalogue holds them.
UNITS = [N_("customers"), N_("months"), N_("days"), N_("weeks"), N_("years"), N_("visits")]
