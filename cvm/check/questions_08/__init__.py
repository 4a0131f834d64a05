"""Chapter 08, satisfaction: a score, a change, a scale, a promise, the first yuan."""

from __future__ import annotations

from cvm.check.question import Chapter
from cvm.check.questions_08.asking import ALPHA, MARGIN, SCORE
from cvm.check.questions_08.base import draw
from cvm.check.questions_08.deciding import FIRST, PROMISE
from cvm.check.questions_08.guesses import GUESS_FIRST, GUESS_WIDTH, SLIDE

__all__ = ["CHAPTER", "draw"]

CHAPTER = Chapter(
    id="08",
    draw=draw,
    questions=(SCORE, MARGIN, ALPHA, PROMISE, FIRST),
    predictions=(GUESS_WIDTH, GUESS_FIRST),
    open=SLIDE,
)
