"""Chapter 13, the research laboratory: flaws found and measured, a study sized, a curve read."""

from cvm.check.question import Chapter
from cvm.check.questions_13.base import draw
from cvm.check.questions_13.flaws import EFFECT, ERROR, FLAWS, LOOKS
from cvm.check.questions_13.guesses import GUESS_COACHED, GUESS_LAUNCH, PLAN
from cvm.check.questions_13.planning import CURVE, SIZE

__all__ = ["CHAPTER", "draw"]

CHAPTER = Chapter(
    id="13",
    draw=draw,
    questions=(FLAWS, EFFECT, ERROR, LOOKS, SIZE, CURVE),
    predictions=(GUESS_LAUNCH, GUESS_COACHED),
    open=PLAN,
)
