"""The notebook builder: from readable Markdown to executed notebooks.

One source a chapter, ``notebooks/src/NN_name.md``, and one an exercise,
``exercises/src/NN_name.md``. ``python notebooks/build.py`` makes of them

* ``notebooks/NN_name.ipynb``: executed, what a reader opens,
* ``exercises/NN_name.ipynb``: the student's copy, answers blanked, not executed,
* ``exercises/solved/NN_name.ipynb``: the trainer's copy, executed.

A rebuild on the same versions gives the same bytes, so a test can say "out of
step". The rules for a source stand in :mod:`builder.source`.
"""

__all__ = ["BuildError"]


class BuildError(Exception):
    """A source that cannot be built; the message names the chapter and the cell."""
