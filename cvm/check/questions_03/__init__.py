"""Chapter 03, choosing: the largest, the whale, expected profit, the order, look-alikes, risk."""

from cvm.check.question import Chapter
from cvm.check.questions_03.base import draw
from cvm.check.questions_03.guesses import GUESS_LARGEST, GUESS_PILOT, TWENTY
from cvm.check.questions_03.money import EXPECTED, LARGEST, ORDER, WHALE
from cvm.check.questions_03.risk import PROMISE, RISK

__all__ = ["CHAPTER", "draw"]

CHAPTER = Chapter(
    id="03",
    draw=draw,
    questions=(LARGEST, WHALE, EXPECTED, ORDER, PROMISE, RISK),
    predictions=(GUESS_LARGEST, GUESS_PILOT),
    open=TWENTY,
)
