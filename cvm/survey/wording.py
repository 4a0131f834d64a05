"""The words of a questionnaire: texts in two languages, scales with their anchors, choices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cvm.errors import CvmError, near_miss
from cvm.words import _

__all__ = ["Anchor", "Choice", "Construct", "Language", "Scale", "Wording"]

Language = Literal["en", "zh"]


@dataclass(frozen=True)
class Wording:
    """A text that respondents read, in both languages of the course.

    Parameters
    ----------
    en, zh : str
        English and Chinese. A form is printed in either, whatever language the kit speaks.
    """

    en: str
    zh: str

    def __post_init__(self) -> None:
        if not (isinstance(self.en, str) and isinstance(self.zh, str) and self.en and self.zh):
            wrong = _("A wording needs its English and its Chinese text.")
            remedy = _("Write for example Wording('Value', '感知价值').")
            raise CvmError(wrong, given=(self.en, self.zh), remedy=remedy)

    def said(self, language: Language) -> str:
        """Give the text in a language, "en" or "zh"."""
        if language not in ("en", "zh"):
            wrong = _("A questionnaire is worded in English and Chinese.")
            raise CvmError(wrong, given=language, remedy=near_miss(language, ("en", "zh")))
        return self.en if language == "en" else self.zh


@dataclass(frozen=True, kw_only=True)
class Anchor:
    """The words at one point of a scale, or one option of a choice.

    Parameters
    ----------
    value : int or str
        The point; for an option the text the answer table holds.
    label : Wording
        The words on the form.
    also : tuple of str
        Other words for the same, which an answer file may hold.
    """

    value: int | str
    label: Wording
    also: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Scale:
    """The points an answer may take, and the words at them.

    Parameters
    ----------
    name : str
        Its name, such as "satisfaction, 10 points".
    low, high : int
        The ends; every whole number between them is a point.
    anchors : tuple of Anchor
        The words at some or all points; at both ends at least.
    """

    name: str
    low: int
    high: int
    anchors: tuple[Anchor, ...]

    def __post_init__(self) -> None:
        values = [anchor.value for anchor in self.anchors]
        within = all(isinstance(v, int) and self.low <= v <= self.high for v in values)
        if self.high <= self.low or not within or len(set(values)) < len(values):
            wrong = _("The anchors of the scale '{name}' do not fit its points.", name=self.name)
            given = {"low": self.low, "high": self.high, "anchors": values}
            remedy = _("Give low below high and at most one anchor for a point.")
            raise CvmError(wrong, given=given, remedy=remedy)
        if self.low not in values or self.high not in values:
            wrong = _("The scale '{name}' has an end without words.", name=self.name)
            raise CvmError(wrong, given=values, remedy=_("Give an anchor at low and at high."))

    @property
    def points(self) -> list[int]:
        """List the points from low to high."""
        return list(range(self.low, self.high + 1))

    @property
    def length(self) -> int:
        """The distance between the ends, in points."""
        return self.high - self.low


@dataclass(frozen=True, kw_only=True)
class Construct:
    """Something that shows in answers but cannot be asked for.

    Parameters
    ----------
    code : str
        Its short name, such as "SATI".
    name : Wording
        What it is called.
    """

    code: str
    name: Wording


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One question answered by choosing a text: who the respondent is, or what happened.

    Parameters
    ----------
    code : str
        The column in the answer table.
    wording : Wording
        The question.
    options : tuple of Anchor
        The options; their ``value`` is the text the answer table holds.
    """

    code: str
    wording: Wording
    options: tuple[Anchor, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """List the texts the answer table may hold."""
        return tuple(str(option.value) for option in self.options)
