"""Chapter 06, tiering customers: who makes the profit, who moves, what a privilege does."""

from __future__ import annotations

from cvm.check.question import Chapter
from cvm.check.questions_06.base import draw
from cvm.check.questions_06.effort import MOVES, NEXT_YUAN, PRIVILEGE
from cvm.check.questions_06.guesses import FIVE_PER_CENT, GUESS_STAY, GUESS_TOP
from cvm.check.questions_06.worth import LOG_SUMMARY, PROFIT_BY_TIER, TOP_FIFTH

__all__ = ["CHAPTER"]

CHAPTER = Chapter(
    id="06",
    draw=draw,
    questions=(LOG_SUMMARY, TOP_FIFTH, PROFIT_BY_TIER, MOVES, NEXT_YUAN, PRIVILEGE),
    predictions=(GUESS_TOP, GUESS_STAY),
    open=FIVE_PER_CENT,
)
