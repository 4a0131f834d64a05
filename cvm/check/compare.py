"""Compare: is it the same answer; and if not, what kind of wrong is it.

Both answers come as values by label (:mod:`cvm.check.answers`). A value is the same
as the expected one if it differs by no more than ``tolerance`` times the expected
value; a hair is allowed beside zero, in proportion to the largest value asked for.

:func:`diagnose` speaks when no named mistake of the question fits. It looks at the
whole answer before it looks at single values: a share given as per cent makes every
value wrong, and the student should be told once, and the reason.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from itertools import islice

from cvm.check.answers import Label, Values
from cvm.errors import near_miss
from cvm.results import number
from cvm.words import _

__all__ = ["diagnose", "distance", "same"]


def same(given: Values, expected: Values, *, tolerance: float) -> bool:
    """Tell whether every expected value is there and right.

    Parameters
    ----------
    given, expected : dict
        Values by label; further given labels do not matter.
    tolerance : float
        Largest difference allowed, as a share of the expected value.
    """
    if not expected.keys() <= given.keys():
        return False
    near = _nearness(expected, tolerance)
    return all(near(given[label], value) for label, value in expected.items())


def distance(given: Values, other: Values) -> float:
    """Sum how far the given values lie from others, as shares of them.

    Labels that are missing count as infinitely far.
    """
    total = 0.0
    for label, value in other.items():
        mine = given.get(label, math.inf)
        if isinstance(value, str) or isinstance(mine, str):
            total += mine != value
        elif mine != value:
            total += abs(mine - value) / max(abs(value), 1e-12)
    return total


def diagnose(given: Values, expected: Values, *, tolerance: float, unit: str = "") -> str:
    """Say what is wrong with an answer that no named mistake explains.

    Parameters
    ----------
    given, expected, tolerance
        As in :func:`same`.
    unit : str
        The unit of the values; ``"share"`` and ``"points"`` bring their own advice on per cent.

    Returns
    -------
    str
        One or two sentences that do not give the expected number away.
    """
    return (
        _names(given, expected, tolerance)
        or _unknown(given, expected)
        or _types(given, expected)
        or _scaled(given, expected, tolerance, unit)
        or _rounded(given, expected, tolerance)
        or _shuffled(given, expected, tolerance)
        or _column(given, expected, tolerance, unit)
        or _single(given, expected, tolerance)
    )


def _nearness(expected: Values, tolerance: float) -> Callable[[float | str, float | str], bool]:
    numbers = [abs(v) for v in expected.values() if not isinstance(v, str) and math.isfinite(v)]
    hair = max(1e-12, 1e-3 * tolerance * max(numbers, default=0.0))

    def near(mine: float | str, value: float | str) -> bool:
        if isinstance(mine, str) or isinstance(value, str):
            return mine == value
        if math.isnan(value) or math.isnan(mine):
            return math.isnan(value) and math.isnan(mine)
        return mine == value or abs(mine - value) <= tolerance * abs(value) + hair

    return near


def _names(given: Values, expected: Values, tolerance: float) -> str:
    missing = [label for label in expected if label not in given]
    if not missing:
        return ""
    extra = [label for label in given if label not in expected]
    columns = {label[0] for label in missing} - {label[0] for label in given}
    whole = [c for c in columns if len(next(iter(expected))) > 1]
    if whole:
        names = ", ".join(f"`{c}`" for c in whole)
        return _("Your table has no column {names}.", names=names)
    values = {label: given[g] for label, g in zip(missing, extra, strict=False)}
    if len(extra) == len(missing) == len(expected) and same(values, expected, tolerance=tolerance):
        hint = ", ".join(_said(label) for label in islice(expected, 5))
        return _("The values are right, the names are not. Asked for are: {names}.", names=hint)
    text = _("{n} of {total} are missing, for example {name}.", n=number(len(missing)),
             total=number(len(expected)), name=_said(missing[0]))  # fmt: skip
    if extra:
        options = [_said(label) for label in islice(expected, 20)]
        text += " " + _("You have {name}, which is not asked for.", name=_said(extra[0]))
        text += " " + near_miss(_said(extra[0]), options)
    return text


def _unknown(given: Values, expected: Values) -> str:
    unknown = [k for k, v in expected.items() if _nan(given[k]) and not _nan(v)]
    if unknown:
        where = "" if len(expected) == 1 else _(" at {name}", name=_said(unknown[0]))
        return _("Your answer is not a number (NaN){where}: look for a division by zero or a "
                 "missing value on the way.", where=where)  # fmt: skip
    infinite = [k for k, v in expected.items() if given[k] in (math.inf, -math.inf) != v]
    if infinite and any(math.isinf(v) for k in infinite if isinstance(v := given[k], float)):
        return _("Your answer is infinite: look for a division by zero on the way.")
    return ""


def _types(given: Values, expected: Values) -> str:
    for label, value in expected.items():
        if isinstance(value, str) and not isinstance(given[label], str):
            return _("{name} should be a word; you have a number.", name=_said(label))
        if isinstance(given[label], str) and not isinstance(value, str):
            words = {"name": _said(label), "text": given[label]}
            return _("{name} should be a number; you have the text '{text}'.", **words)
    return ""


def _scaled(given: Values, expected: Values, tolerance: float, unit: str) -> str:
    if any(isinstance(v, str) for v in expected.values()):
        return ""
    if not any(expected.values()):
        return ""
    for times, message in _scales(unit):
        # From the given answer back to the expected one, so that the tolerance is its own.
        back = {k: _back(given[k], times) for k in expected}
        if same(back, expected, tolerance=tolerance):
            return message
    if unit == "share" and same(
        {k: 1 - float(given[k]) for k in expected}, expected, tolerance=tolerance
    ):
        return _("That is the share of the others: one minus the share asked for.")
    return ""


def _scales(unit: str) -> Iterable[tuple[float, str]]:
    share = _("Give a share, not per cent: 0.2 for 20 %.")
    points = _("Give points as a difference of shares: 0.02 for 2 points.")
    advice = {"share": share, "points": points}
    yield 100, advice.get(unit, _("Your answer is a hundred times too large."))
    yield 0.01, _("Your answer is a hundred times too small: per cent or share?")
    yield 1000, _("Your answer is a thousand times too large: look at the units.")
    yield 0.001, _("Your answer is a thousand times too small: look at the units.")
    yield -1, _("The size is right, the sign is not.")


def _back(value: float | str, times: float) -> float:
    return float(value) / times


def _rounded(given: Values, expected: Values, tolerance: float) -> str:
    if any(isinstance(v, str) or not math.isfinite(v) for v in expected.values()):
        return ""
    for digits in range(-6, 8):
        exact = {k: round(float(v), digits) for k, v in expected.items()}
        # Rounding that leaves nothing of a value is another mistake.
        near = same(exact, expected, tolerance=0.3)
        if near and same(given, exact, tolerance=1e-9):
            return _("Close: you rounded too far. Give the number as it was computed.")
    return ""


def _shuffled(given: Values, expected: Values, tolerance: float) -> str:
    if len(expected) < 2:
        return ""
    mine = dict(enumerate(sorted((given[k] for k in expected), key=_order)))
    theirs = dict(enumerate(sorted(expected.values(), key=_order)))
    near = _nearness(expected, tolerance)
    if all(near(mine[i], theirs[i]) for i in mine):
        return _("The values are right, but not in their places: the order, or the names, are "
                 "mixed up. {name} is one of them.", name=_said(_first(given, expected, tolerance)))  # fmt: skip
    return ""


def _column(given: Values, expected: Values, tolerance: float, unit: str) -> str:
    """In a table, judge the first wrong column by itself."""
    columns = list(dict.fromkeys(label[0] for label in expected if len(label) > 1))
    if len(columns) < 2 or len(columns) == len(expected):
        return ""
    for column in columns:
        part = {k: v for k, v in expected.items() if k[0] == column}
        if not same(given, part, tolerance=tolerance):
            mine = {k: given[k] for k in part}
            why = diagnose(mine, part, tolerance=tolerance, unit=unit)
            return _("Look at `{column}`. {why}", column=column, why=why)
    return ""


def _single(given: Values, expected: Values, tolerance: float) -> str:
    near = _nearness(expected, tolerance)
    wrong = [k for k, v in expected.items() if not near(given[k], v)]
    label = wrong[0]
    mine, value = given[label], expected[label]
    if isinstance(mine, str) or isinstance(value, str):
        how = _("it should not be '{text}'", text=mine)
    else:
        how = _("it is too high") if mine > value else _("it is too low")
        if abs(mine - value) <= 0.05 * abs(value):
            how += _(", though not by much")
    if len(expected) == 1 and label == ("",):
        return _("Not this number: {how}.", how=how)
    right = {"right": number(len(expected) - len(wrong)), "total": number(len(expected))}
    return _("{right} of {total} are right. Look at {name}: {how}.", name=_said(label), how=how,
             **right)  # fmt: skip


def _first(given: Values, expected: Values, tolerance: float) -> Label:
    near = _nearness(expected, tolerance)
    return next(k for k, v in expected.items() if not near(given[k], v))


def _said(label: Label) -> str:
    return ", ".join(part for part in label if part) or _("the answer")


def _nan(value: float | str) -> bool:
    return not isinstance(value, str) and math.isnan(value)


def _order(value: float | str) -> tuple[bool, float, str]:
    return (True, 0.0, value) if isinstance(value, str) else (False, value, "")
