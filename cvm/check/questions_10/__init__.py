"""Chapter 10, losing and winning back: lives, causes, a score, a call, a second life."""

from cvm.check.question import Chapter
from cvm.check.questions_10.base import draw
from cvm.check.questions_10.campaigns import CALL, CHANGED, SECOND
from cvm.check.questions_10.guesses import GUESS_SAVED, GUESS_STAYED, PLAN
from cvm.check.questions_10.lives import CONTRACT, LIFT, STAYED

__all__ = ["CHAPTER", "draw"]

CHAPTER = Chapter(
    id="10",
    draw=draw,
    questions=(STAYED, CONTRACT, LIFT, CALL, CHANGED, SECOND),
    predictions=(GUESS_STAYED, GUESS_SAVED),
    open=PLAN,
)
