"""Chapter 11, worth: one customer, contracts, a shop's customers, the best fifth, the developer."""

from cvm.check.question import Chapter
from cvm.check.questions_11.ahead import BEST, CONTRACT, PURCHASES
from cvm.check.questions_11.base import draw
from cvm.check.questions_11.guesses import GUESS_ALIVE, GUESS_CONTRACT, WHOM
from cvm.check.questions_11.single import DEVELOPER, ONE

__all__ = ["CHAPTER", "draw"]

CHAPTER = Chapter(
    id="11",
    draw=draw,
    questions=(ONE, CONTRACT, PURCHASES, BEST, DEVELOPER),
    predictions=(GUESS_CONTRACT, GUESS_ALIVE),
    open=WHOM,
)
