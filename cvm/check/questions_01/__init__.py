"""Chapter 01, relationships: share of wallet, what keeping costs, break-even, a bond."""

from cvm.check.question import Chapter
from cvm.check.questions_01.base import draw
from cvm.check.questions_01.costs import COST, NEXT, WALLET
from cvm.check.questions_01.guesses import BUDGET, GUESS_COST, GUESS_YEARS
from cvm.check.questions_01.years import BOND, BREAK_EVEN

__all__ = ["CHAPTER"]

CHAPTER = Chapter(
    id="01",
    draw=draw,
    questions=(WALLET, COST, NEXT, BREAK_EVEN, BOND),
    predictions=(GUESS_COST, GUESS_YEARS),
    open=BUDGET,
)
