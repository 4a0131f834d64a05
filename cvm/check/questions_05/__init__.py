"""Chapter 05, information: what is owed, a rhythm, calls, leavers, rare rows, a database's worth."""

from cvm.check.question import Chapter
from cvm.check.questions_05.base import draw
from cvm.check.questions_05.calls import CALLS, CAUGHT
from cvm.check.questions_05.guesses import EVERYTHING, GUESS_CALLS, GUESS_RARE
from cvm.check.questions_05.tables import OWED, RHYTHM
from cvm.check.questions_05.worth import PAYS, RARE

__all__ = ["CHAPTER", "draw"]

CHAPTER = Chapter(
    id="05",
    draw=draw,
    questions=(OWED, RHYTHM, CALLS, CAUGHT, RARE, PAYS),
    predictions=(GUESS_CALLS, GUESS_RARE),
    open=EVERYTHING,
)
