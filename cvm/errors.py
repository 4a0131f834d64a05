"""The kit's own error: what is wrong, what you gave, what to do.

Every bad input raises :class:`CvmError` (or a subclass that carries more), never
a stray ``KeyError`` from three libraries below. The three parts are kept apart so
that a notebook, a check or a log can show them as it likes.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any

import numpy as np

from cvm.words import _

__all__ = ["CvmError", "MissingExtra", "bare", "near_miss"]


class CvmError(ValueError):
    """A bad input, told in three parts.

    Parameters
    ----------
    wrong : str
        What is wrong, as a full sentence.
    given : object, optional
        What the caller gave; shown with ``repr`` and cut at 200 characters.
    remedy : str, optional
        What to do about it, as a full sentence.
    """

    def __init__(self, wrong: str, *, given: Any = None, remedy: str = "") -> None:
        self.wrong, self.given, self.remedy = wrong, given, remedy
        parts = [wrong]
        if given is not None:
            parts.append(_("You gave {given}.", given=_short(given)))
        if remedy:
            parts.append(remedy)
        super().__init__(" ".join(parts))


class MissingExtra(CvmError, ImportError):
    """A part of the kit needs a package that is not installed."""

    def __init__(self, package: str, *, extra: str, purpose: str) -> None:
        super().__init__(
            _("{purpose} needs the package '{package}'.", purpose=purpose, package=package),
            remedy=_("Install it with: pip install 'cvm[{extra}]'", extra=extra),
        )


def near_miss(word: object, options: Iterable[str]) -> str:
    """Say which of the options the word was probably meant to be.

    Parameters
    ----------
    word : object
        What was given.
    options : iterable of str
        What would have been understood.

    Returns
    -------
    str
        "Did you mean 'lift'?" for a near miss, else the list of options.

    Examples
    --------
    >>> near_miss("lfit", ["lift", "threshold"])
    "Did you mean 'lift'?"
    """
    known = [str(option) for option in options]
    close = difflib.get_close_matches(str(word), known, n=1)
    if close:
        return _("Did you mean '{word}'?", word=close[0])
    return _("Choose one of: {options}.", options=", ".join(known) or _("(none)"))


def bare(value: Any) -> Any:
    """Take numpy's wrapping off a value that a message is to show.

    Parameters
    ----------
    value : object
        What was given.

    Returns
    -------
    object
        A number of Python for one of numpy, also within a list, tuple or dict; else as it is.

    Examples
    --------
    >>> import numpy as np
    >>> bare([np.float64(1.5), "lift"])
    [1.5, 'lift']
    """
    if type(value) in (list, tuple):
        return type(value)(bare(item) for item in value)
    if type(value) is dict:
        return {bare(name): bare(item) for name, item in value.items()}
    wrapped = isinstance(value, np.number | np.bool_ | np.str_)
    return value.item() if wrapped and not isinstance(value, np.timedelta64) else value


def _short(value: Any, limit: int = 200) -> str:
    text = repr(bare(value))
    return text if len(text) <= limit else text[: limit - 1] + "…"
