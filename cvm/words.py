"""Words: every text a person reads goes through a gettext catalogue.

English is the language of the source, so it needs no catalogue. Another language
is a folder ``cvm/locale/<language>/LC_MESSAGES/cvm.mo`` and no change of code.

Write ``_("The share is {share}.", share=text)`` where a text is shown, and
``N_("visits")`` where it is only declared (a lever's meaning, a plot's label in a
table) and shown later. Never an f-string: a catalogue could not hold it.
"""

from __future__ import annotations

import gettext
import os
from pathlib import Path

__all__ = ["N_", "_", "language", "languages", "use_language"]

LOCALE = Path(__file__).parent / "locale"

# The one piece of state in the kit: the language a person reads in. It changes
# words, never numbers.
_spoken: tuple[str, gettext.NullTranslations] = ("en", gettext.NullTranslations())


def N_(text: str) -> str:
    """Mark a text for the catalogue without translating it yet."""
    return text


def _(text: str, /, **values: object) -> str:
    """Translate a text and fill its ``{names}``.

    Parameters
    ----------
    text : str
        The English text, with ``{name}`` where a value goes.
    **values : object
        The values; their formatting is done by the caller.
    """
    translated = _spoken[1].gettext(text) if text else text
    return translated.format(**values) if values else translated


def languages() -> list[str]:
    """List the languages there is a catalogue for; English is always first."""
    found = sorted(path.parts[-3] for path in LOCALE.glob("*/LC_MESSAGES/cvm.mo"))
    return ["en", *(name for name in found if name != "en")]


def language() -> str:
    """Tell the language in use, as its two-letter code."""
    return _spoken[0]


def use_language(name: str) -> None:
    """Choose the language of labels, messages and verdicts.

    Parameters
    ----------
    name : str
        A code from :func:`languages`, such as ``"en"`` or ``"zh"``. The
        environment variable ``CVM_LANGUAGE`` sets it from outside.

    Raises
    ------
    CvmError
        If there is no catalogue for it.
    """
    global _spoken
    if name == "en":
        _spoken = ("en", gettext.NullTranslations())
        return
    if name not in languages():
        from cvm.errors import CvmError, near_miss  # errors speaks through this module

        raise CvmError(
            _("There is no catalogue for this language."),
            given=name,
            remedy=near_miss(name, languages()),
        )
    _spoken = (name, gettext.translation("cvm", LOCALE, [name]))


def _language_from_environment() -> None:
    # A language asked for from outside that is not there yet must not stop the
    # import: the kit then speaks English.
    wanted = os.environ.get("CVM_LANGUAGE", "en")
    if wanted in languages():
        use_language(wanted)


_language_from_environment()
