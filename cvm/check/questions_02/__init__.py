"""Chapter 02, knowing customers: what we are worth to them, and they to us."""

from __future__ import annotations

from cvm.check.question import Chapter
from cvm.check.questions_02.base import draw
from cvm.check.questions_02.guesses import GUESS_CLIENTS, GUESS_SHARE, TWO_QUESTIONS
from cvm.check.questions_02.offer import DELIVERED, SHARE, VALUE_INDEX
from cvm.check.questions_02.standing import FUNCTIONAL, MONTHS, WORTH

__all__ = ["CHAPTER"]

CHAPTER = Chapter(
    id="02",
    draw=draw,
    questions=(DELIVERED, SHARE, VALUE_INDEX, MONTHS, WORTH, FUNCTIONAL),
    predictions=(GUESS_SHARE, GUESS_CLIENTS),
    open=TWO_QUESTIONS,
)
