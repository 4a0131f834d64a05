"""Check: exercises that answer back.

    from cvm.check import check, exercise, hint

    data = exercise("06", student="Lin Mei")   # your own data, from your own name
    check("06.2", 0.8)                         # a verdict, never an exception
    hint("06.2")                               # the next hint on the ladder

A verdict is *right* (with what the answer shows), *not quite* (with the reason) or
*not attempted*, so a notebook nobody has touched runs from top to bottom. The
expected answer is computed from the student's own data when it is needed; it is
stored nowhere, and a public solution gives the method and not the number.

``predict`` commits a guess before ``reveal`` shows the truth; ``rubric`` tells how
the open question is marked; ``marks`` gives the trainer's table.

A chapter adds exercises by adding one file, ``questions_NN.py``, that declares a
``CHAPTER`` (:mod:`cvm.check.question`).
"""

from __future__ import annotations

from cvm.check.ask import check, exercise, hint, marks, predict, reveal, rubric, solution
from cvm.check.cards import Card, Note, Reveal, Rubric, Verdict
from cvm.check.data import Data

__all__ = [
    "check", "exercise", "hint", "marks", "predict", "reveal", "rubric", "solution",
    "Card", "Data", "Note", "Reveal", "Rubric", "Verdict",
]  # fmt: skip
