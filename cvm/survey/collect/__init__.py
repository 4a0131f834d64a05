"""Collected answers: what a class, or anybody, has filled in, made into an answer table.

The lines of a file come from :func:`cvm.readers.read_answers`; here they are understood.
"""

from cvm.survey.collect.answers import Collected, collect

__all__ = ["Collected", "collect"]
