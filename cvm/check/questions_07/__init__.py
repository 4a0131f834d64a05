"""Chapter 07, service: a customer's year, the hidden side, the rule, the desk, exit, repair."""

from cvm.check.question import Chapter
from cvm.check.questions_07.base import draw
from cvm.check.questions_07.desk import DESK, EXIT, REPAIR
from cvm.check.questions_07.guesses import BONUS, GUESS_EXIT, GUESS_HIDDEN
from cvm.check.questions_07.moments import HIDDEN, RULE, YEAR

__all__ = ["CHAPTER", "draw"]

CHAPTER = Chapter(
    id="07",
    draw=draw,
    questions=(YEAR, HIDDEN, RULE, DESK, EXIT, REPAIR),
    predictions=(GUESS_HIDDEN, GUESS_EXIT),
    open=BONUS,
)
