"""Chapter 04, winning: cost so far, the next customer, referral, worth, a budget, pull or push."""

from cvm.check.question import Chapter
from cvm.check.questions_04.base import draw
from cvm.check.questions_04.costs import NEXT, SO_FAR
from cvm.check.questions_04.guesses import GUESS_CAUSE, GUESS_NEXT, MEMO
from cvm.check.questions_04.way import BUDGET, WAY
from cvm.check.questions_04.worth import FAMILY, WORTH

__all__ = ["CHAPTER", "draw"]

CHAPTER = Chapter(
    id="04",
    draw=draw,
    questions=(SO_FAR, NEXT, FAMILY, WORTH, BUDGET, WAY),
    predictions=(GUESS_NEXT, GUESS_CAUSE),
    open=MEMO,
)
