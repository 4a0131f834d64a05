r"""The questionnaire (问卷): declared once, and everything else follows from it.

A construct (satisfaction, image, loyalty) cannot be asked for; it shows in items. An item has
a wording in two languages, a scale with its anchors, perhaps a rule who is asked, and a
direction: of a *reverse* item a high answer is a bad one, so that somebody who says yes to
everything is found out. From that one declaration come

- the printed form and the sheet answers are typed into (:mod:`cvm.survey.paper`),
- the check of answers, every fault in one message (:func:`check_answers`),
- turning reverse items round (:func:`turned`): :math:`y' = \text{low} + \text{high} - y`,
- the measurement model by which answers are simulated (:meth:`Questionnaire.measurement`).

**The measurement model.** Construct :math:`\eta` has mean 0 and variance 1. An item's
propensity, in the favourable direction, is

.. math:: z = \lambda\,\eta + \sqrt{1-\lambda^2}\,\varepsilon, \qquad \varepsilon \sim N(0, 1),

and thresholds :math:`\tau_k` cut it into answers: point :math:`k` where :math:`\tau_{k-1} < z
\le \tau_k`. They come either from declared ``shares`` of answers,
:math:`\tau_k = \Phi^{-1}(p_1 + \dots + p_k)`, or from ``level`` and ``spread`` in shares of
the scale's length :math:`L`: the answer is :math:`\text{low} + L(\text{level} +
\text{spread}\,z)`, rounded and cut off at the ends. This is the graded-response model of
Samejima (1969) with a normal curve; known to us at second hand.

**What the naive answer gets wrong.** The mean of ten-point answers is not the mean of the
construct: rounding and the ends of the scale pull it in. An item at level 0.75 and spread 0.25
of ten points has an expected answer of 7.57, where the mean of the uncut scale would be 7.75.

References
----------
Samejima, F. (1969). Estimation of latent ability using a response pattern of graded scores.
*Psychometrika Monograph* 17.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from cvm.errors import CvmError, near_miss
from cvm.results import number
from cvm.survey.wording import Choice, Construct, Scale, Wording
from cvm.words import _

__all__ = ["Item", "Measurement", "Questionnaire", "needed", "turned"]

Floats = NDArray[np.float64]

#: Columns an answer table has beside its questions; no question may take their names.
TAKEN = ("respondent", "wave", "cluster", "weight", "time")


@dataclass(frozen=True, kw_only=True)
class Item:
    """One question that is answered on a scale.

    Parameters
    ----------
    code : str
        The column in the answer table.
    wording : Wording
        The question.
    scale : Scale
        Where it is answered.
    construct : str
        Code of the construct it reflects.
    indicator : bool
        Whether it is one of the items the construct is measured by; False for a question
        that stands for itself, such as the recommendation.
    reverse : bool
        Whether a high answer is a bad one.
    asked_if : tuple of str, optional
        ``(choice, value)``: only those are asked who chose that value.
    loading : float
        Correlation of the item's propensity with its construct, 0 to 1.
    level, spread : float
        Where on the scale (0 low, 1 high end, turned to the favourable direction) the average
        customer stands, and the standard deviation, in shares of the scale's length.
    shares : tuple of float
        Shares of the answers by point, favourable direction, instead of level and spread.
    """

    code: str
    wording: Wording
    scale: Scale
    construct: str
    indicator: bool = True
    reverse: bool = False
    asked_if: tuple[str, str] | None = None
    loading: float = 0.8
    level: float = 0.7
    spread: float = 0.2
    shares: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        problem = self._problem()
        if problem:
            raise CvmError(_("Item {code}: {problem}", code=self.code, problem=problem))

    def _problem(self) -> str:
        if not (0 <= self.loading <= 1):
            return _("a loading lies between 0 and 1, not at {value}.", value=self.loading)
        if not (0 <= self.level <= 1 and 0 < self.spread <= 2):
            return _("level lies between 0 and 1 and spread between 0 and 2, both in lengths "
                     "of the scale; you gave {level} and {spread}.", level=self.level,
                     spread=self.spread)  # fmt: skip
        if not self.shares:
            return ""
        wanted = self.scale.length + 1
        if len(self.shares) != wanted or min(self.shares) < 0 or abs(sum(self.shares) - 1) > 1e-9:
            return _("shares are {wanted} numbers that add up to 1; you gave {count} that add up "
                     "to {total}.", wanted=wanted, count=len(self.shares),
                     total=number(sum(self.shares)))  # fmt: skip
        return ""

    def thresholds(self) -> Floats:
        """Give the cuts between neighbouring points in units of the propensity, rising."""
        if self.shares:
            below = np.minimum(np.cumsum(self.shares)[:-1], 1.0)
            return np.asarray(ndtri(below))
        cuts = (np.arange(self.scale.length) + 0.5) / self.scale.length
        return (cuts - self.level) / self.spread


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """How items reflect constructs: what the simulator needs of a questionnaire.

    Parameters
    ----------
    items : tuple of Item
        In the order of the form.
    constructs : tuple of str
        Codes of the constructs the items reflect.
    construct : ndarray of int, shape (items,)
        Position in ``constructs`` of each item's construct.
    loadings : ndarray, shape (items,)
        Correlation of propensity and construct.
    """

    items: tuple[Item, ...]
    constructs: tuple[str, ...]
    construct: NDArray[np.intp]
    loadings: Floats

    def marginals(self, *, mean: float = 0.0) -> pd.DataFrame:
        """Give the chance of each answer, in closed form.

        Parameters
        ----------
        mean : float
            Mean of every item's propensity, in its standard deviations.

        Returns
        -------
        DataFrame
            ``item``, ``answer`` (turned to the favourable direction), ``share``.
        """
        rows = []
        for item in self.items:
            cumulative = np.concatenate([[0.0], ndtr(item.thresholds() - mean), [1.0]])
            shares = np.diff(cumulative)
            rows.append(pd.DataFrame(
                {"item": item.code, "answer": item.scale.points, "share": shares}
            ))  # fmt: skip
        return pd.concat(rows, ignore_index=True)

    def expected(self, *, mean: float = 0.0) -> pd.Series:
        """Give the expected answer of each item by its code; parameters as in :meth:`marginals`."""
        table = self.marginals(mean=mean)
        weighted = table["answer"] * table["share"]
        return weighted.groupby(table["item"], sort=False).sum().rename("expected")


@dataclass(frozen=True, kw_only=True)
class Questionnaire:
    """A questionnaire: constructs, items and choices in the order of the form.

    Parameters
    ----------
    name : str
        A short name without blanks.
    title, introduction : Wording
        What stands at the head of the form.
    constructs : tuple of Construct
        What is measured.
    items : tuple of Item
        The questions on scales.
    choices : tuple of Choice
        The questions with options, asked last; a choice that decides whether an item is asked
        stands before that item.

    Raises
    ------
    CvmError
        For a code used twice, an item of an unknown construct, or a rule about an unknown choice.
    """

    name: str
    title: Wording
    introduction: Wording
    constructs: tuple[Construct, ...]
    items: tuple[Item, ...]
    choices: tuple[Choice, ...] = field(default=())

    def __post_init__(self) -> None:
        codes = [i.code for i in self.items] + [c.code for c in self.choices]
        twice = next((c for c in codes if codes.count(c) > 1 or c in TAKEN), None)
        if twice is not None:
            wrong = _("Two columns of the answers would be called '{code}'.", code=twice)
            raise CvmError(wrong, remedy=_("Give every question a code of its own."))
        if not self.items:
            wrong = _("A questionnaire needs at least one item.")
            raise CvmError(wrong, remedy=_("Give items=(Item(...), ...)."))
        known = [construct.code for construct in self.constructs]
        for item in self.items:
            if item.construct not in known:
                wrong = _("Item {code} reflects a construct that is not declared.", code=item.code)
                remedy = near_miss(item.construct, known)
                raise CvmError(wrong, given=item.construct, remedy=remedy)
            self._check_rule(item)

    def _check_rule(self, item: Item) -> None:
        if item.asked_if is None:
            return
        name, value = item.asked_if
        rules = {choice.code: choice.texts for choice in self.choices}
        if value not in rules.get(name, ()):
            wrong = _("Item {code} is asked by a rule that cannot be met.", code=item.code)
            options = [f"{code}={v}" for code, values in rules.items() for v in values]
            raise CvmError(wrong, given=item.asked_if, remedy=near_miss(f"{name}={value}", options))

    @property
    def blocks(self) -> dict[str, list[str]]:
        """The indicators of each construct, by code: what a measurement method takes."""
        found = {
            c.code: [i.code for i in self.items if i.construct == c.code and i.indicator]
            for c in self.constructs
        }
        return {code: items for code, items in found.items() if items}

    @property
    def indicators(self) -> list[str]:
        """The codes of all indicators, in the order of the form."""
        return [item.code for item in self.items if item.indicator]

    def item(self, code: str) -> Item:
        """Give the item of a code, or say which there are."""
        for item in self.items:
            if item.code == code:
                return item
        wrong = _("The questionnaire has no item '{code}'.", code=code)
        raise CvmError(wrong, remedy=near_miss(code, [i.code for i in self.items]))

    def on(self, scales: Mapping[str, Scale], *, name: str = "") -> Self:
        """Ask the same questions on other scales.

        Parameters
        ----------
        scales : mapping
            From the name of a scale in use to the scale instead of it.
        name : str
            Name of the new questionnaire; the old one's without it.

        Returns
        -------
        Questionnaire
            With the same codes, so that an analysis written for one runs on the other.
        """
        used = {item.scale.name for item in self.items}
        unknown = next((s for s in scales if s not in used), None)
        if unknown is not None:
            wrong = _("No item is answered on a scale of this name.")
            raise CvmError(wrong, given=unknown, remedy=near_miss(unknown, sorted(used)))
        items = tuple(replace(i, scale=scales.get(i.scale.name, i.scale)) for i in self.items)
        return replace(self, items=items, name=name or self.name)

    def only(self, codes: Sequence[str]) -> Self:
        """Keep some of the questions.

        Parameters
        ----------
        codes : sequence of str
            Of items and choices, in any order; the form keeps its own.

        Returns
        -------
        Questionnaire
        """
        known = [i.code for i in self.items] + [c.code for c in self.choices]
        unknown = next((code for code in codes if code not in known), None)
        if unknown is not None:
            wrong = _("The questionnaire has no question '{code}'.", code=unknown)
            raise CvmError(wrong, remedy=near_miss(unknown, known))
        return replace(
            self,
            items=tuple(item for item in self.items if item.code in codes),
            choices=tuple(choice for choice in self.choices if choice.code in codes),
        )

    def measurement(self) -> Measurement:
        """Give the measurement model: equations in the module's docstring."""
        codes = tuple(dict.fromkeys(item.construct for item in self.items))
        return Measurement(
            items=self.items,
            constructs=codes,
            construct=np.array([codes.index(item.construct) for item in self.items]),
            loadings=np.array([item.loading for item in self.items]),
        )

    def to_frame(self) -> pd.DataFrame:
        """Give the codebook: one row an item.

        Returns
        -------
        DataFrame
            ``item``, ``construct``, ``indicator``, ``reverse``, ``low``, ``high``, ``scale``,
            ``english``, ``chinese``.
        """
        rows = [
            {"item": i.code, "construct": i.construct, "indicator": i.indicator,
             "reverse": i.reverse, "low": i.scale.low, "high": i.scale.high,
             "scale": i.scale.name, "english": i.wording.en, "chinese": i.wording.zh}
            for i in self.items
        ]  # fmt: skip
        return pd.DataFrame(rows)


def turned(table: pd.DataFrame, questionnaire: Questionnaire) -> pd.DataFrame:
    r"""Turn reverse items round, so that of every item a high answer is a good one.

    Parameters
    ----------
    table : DataFrame
        Answers as they were written on the form. Done twice, it is undone.
    questionnaire : Questionnaire
        Says which items are reverse, and their scales.

    Returns
    -------
    DataFrame
        A copy; :math:`y' = \text{low} + \text{high} - y` in the reverse items that are there.
    """
    asked = needed(questionnaire)
    turns = {
        item.code: item.scale.low + item.scale.high - table[item.code]
        for item in asked.items
        if item.reverse and item.code in table.columns
    }
    return table.assign(**turns)


def needed(questionnaire: object) -> Questionnaire:
    """Give the questionnaire back, or refuse what is none.

    Parameters
    ----------
    questionnaire : object
        What a caller gave.
    """
    if not isinstance(questionnaire, Questionnaire):
        wrong = _("A questionnaire is needed.")
        raise CvmError(wrong, given=questionnaire, remedy=_("Give for example cvm.survey.YUNHE."))
    return questionnaire
