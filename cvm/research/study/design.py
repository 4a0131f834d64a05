"""A design: a hypothesis, a way to come by data, a way to answer, and a size."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from cvm.errors import CvmError, near_miss
from cvm.inputs import check_level, whole_number
from cvm.levers import Levers
from cvm.luck import Luck
from cvm.research.study.answers import Answer, answer
from cvm.research.study.data import (
    effect_lever,
    estimand_words,
    simulate_data,
    true_effect,
    with_effect,
)
from cvm.research.study.hypothesis import Hypothesis
from cvm.research.study.strategies import Strategy
from cvm.results import number
from cvm.words import _

__all__ = ["Design"]


@dataclass(frozen=True, kw_only=True)
class Design:
    """A study before its data.

    Parameters
    ----------
    hypothesis : Hypothesis
        What is to be found out.
    data : Levers
        The world the data is thought to come from, of one of the classes that
        :func:`cvm.research.study.data_strategies` names: what is believed of the market,
        and how the data is collected.
    answer : Strategy
        The planned analysis.
    naive : Strategy, optional
        What a hurried analyst would have done, diagnosed in the same run.
    n : int
        Customers (regions, respondents a wave) planned.
    estimand : str
        Which question of that data strategy; its first without it.
    level : float
        Confidence level, between 0 and 1.
    seed : int
        The luck of everything simulated for it.
    """

    hypothesis: Hypothesis
    data: Levers
    answer: Strategy
    naive: Strategy | None = None
    n: int = 1000
    estimand: str = ""
    level: float = 0.95
    seed: int = 1

    def __post_init__(self) -> None:
        for name, kind in (("hypothesis", Hypothesis), ("answer", Strategy)):
            if not isinstance(getattr(self, name), kind):
                wrong = _("{part}= of a design is a {kind}.", part=name, kind=kind.__name__)
                remedy = _("help(cvm.research.study) lists what there is.")
                raise CvmError(wrong, given=getattr(self, name), remedy=remedy)
        if self.naive is not None and not isinstance(self.naive, Strategy):
            raise CvmError(_("naive= of a design is an answer strategy, or nothing."), given=self.naive)  # fmt: skip
        estimand_words(self.data, self.estimand)
        whole_number(self.n, name="n")
        check_level(self.level)
        Luck(self.seed)
        for strategy in (self.answer, self.naive):
            seen = [c for c in strategy.needs() if c.startswith("true_")] if strategy else []
            if seen:
                wrong = _("A study cannot use the truth: nobody will see '{column}'.", column=seen[0])  # fmt: skip
                raise CvmError(wrong, remedy=_("Use a column that real data will have."))

    @property
    def truth(self) -> float:
        """The true answer in the world the design believes in."""
        return true_effect(self.data, estimand=self.estimand)

    @property
    def asks(self) -> str:
        """The estimand in words."""
        return estimand_words(self.data, self.estimand)

    def draw(self, *, seed: int | None = None) -> pd.DataFrame:
        """Simulate one table of the design's size.

        Parameters
        ----------
        seed : int, optional
            The luck; the design's own without it.
        """
        return simulate_data(self.data, n=self.n, seed=self.seed if seed is None else seed)

    def read(self, table: pd.DataFrame) -> Answer:
        """Answer from a table as planned.

        Parameters
        ----------
        table : DataFrame
            With the columns that the planned analysis needs.
        """
        return answer(table, self.answer, hypothesis=self.hypothesis, level=self.level)

    def moved(self, *, over: str, to: Any) -> Design:
        """Give the design with one thing moved.

        Parameters
        ----------
        over : str
            "n", "effect" (the true answer itself), or a lever of the world.
        to : object
            Its value.

        Raises
        ------
        CvmError
            For a name that is none of these.
        """
        if over == "n":
            return replace(self, n=whole_number(to, name="n"))
        if over == "effect" and over != effect_lever(self.data, self.estimand):
            return replace(self, data=with_effect(self.data, estimand=self.estimand, truth=to))
        levers = [item.name for item in self.data.declared()]
        if over not in levers:
            wrong = _("A design cannot be moved over '{name}'.", name=over)
            raise CvmError(wrong, remedy=near_miss(over, ["n", "effect", *levers]))
        return replace(self, data=self.data.replace(**{over: to}))

    def without_effect(self) -> Design:
        """Give the design in the world where its claim is false.

        There the true answer is 0; or, for the claim of no effect, the smallest that matters.
        """
        none = self.hypothesis.direction == "does not change"
        truth = self.hypothesis.smallest if none else 0.0
        return replace(self, data=with_effect(self.data, estimand=self.estimand, truth=truth))

    def __str__(self) -> str:
        told = [str(self.hypothesis)]
        told.append(_("Asked: {asks}.", asks=self.asks))
        told.append(_("Answered by {method} with n = {n}, which is right if {assumes}.",
                      method=self.answer.method, n=number(self.n), assumes=self.answer.assumes))  # fmt: skip
        return " ".join(told)
