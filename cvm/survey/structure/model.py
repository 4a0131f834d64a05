"""The path model: which items measure which construct, and which construct moves which.

A model is declared once and serves both ways of estimating it, by composites
(:func:`~cvm.survey.structure.pls.pls`) and by covariances
(:func:`~cvm.survey.structure.covariance.sem`).

The satisfaction model of the European index (ECSI) is ready made. Seven constructs and
twelve paths::

    image        -> expectations, satisfaction, loyalty
    expectations -> quality, value, satisfaction
    quality      -> value, satisfaction
    value        -> satisfaction
    satisfaction -> complaints, loyalty
    complaints   -> loyalty

The American index (ACSI; Fornell et al. 1996) has no image and is otherwise the same.

References
----------
Fornell, C., Johnson, M. D., Anderson, E. W., Cha, J. & Bryant, B. E. (1996). The American
Customer Satisfaction Index. *Journal of Marketing* 60(4), 7-18.
Tenenhaus, M., Esposito Vinzi, V., Chatelin, Y.-M. & Lauro, C. (2005). PLS path modeling.
*Computational Statistics & Data Analysis* 48(1), 159-205.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from cvm.errors import CvmError, near_miss
from cvm.words import _

__all__ = ["ECSI", "PathModel", "ecsi"]

#: The seven constructs of the European satisfaction index: image, expectations, quality,
#: value, satisfaction, complaints, loyalty.
ECSI = ("IMAG", "EXPE", "QUAL", "VALU", "SATI", "COMP", "LOYA")

#: Which of the seven, by position, moves which.
_ARROWS = {1: (0,), 2: (1,), 3: (1, 2), 4: (0, 1, 2, 3), 5: (4,), 6: (0, 4, 5)}


@dataclass(frozen=True, kw_only=True)
class PathModel:
    """Constructs, their items and the paths between them.

    Parameters
    ----------
    blocks : mapping of str to sequence of str
        The items (column names) of each construct. An item belongs to one construct.
    paths : mapping of str to sequence of str
        For each construct that is explained, the constructs that explain it. The arrows
        may not run in a circle.
    formative : sequence of str
        Constructs whose items make them up rather than mirror them (mode B: weights by
        regression). All others are reflective (mode A).
    target : str, optional
        The construct the manager asks about; without it the one with most predecessors.

    Raises
    ------
    CvmError
        For an item in two blocks, an empty block, an unknown construct, a construct
        without a path, a circle.
    """

    blocks: Mapping[str, Sequence[str]]
    paths: Mapping[str, Sequence[str]]
    formative: Sequence[str] = ()
    target: str = ""
    _order: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # A bare string is a block of one item, not of its letters.
        blocks = {str(name): _names(items) for name, items in self.blocks.items()}
        paths = {str(name): _names(causes) for name, causes in self.paths.items()}
        object.__setattr__(self, "blocks", blocks)
        object.__setattr__(self, "paths", {to: causes for to, causes in paths.items() if causes})
        object.__setattr__(self, "formative", _names(self.formative))
        _check_blocks(self.blocks)
        self._check_names()
        object.__setattr__(self, "_order", self._sorted())
        if not self.target:
            most = max(self.explained, key=lambda name: len(self.paths[name]))
            object.__setattr__(self, "target", most)

    @property
    def constructs(self) -> tuple[str, ...]:
        """The constructs, causes before what they explain."""
        return self._order

    @property
    def items(self) -> tuple[str, ...]:
        """The items, construct by construct."""
        return tuple(item for name in self._order for item in self.blocks[name])

    @property
    def explained(self) -> tuple[str, ...]:
        """The constructs that have predecessors, in the order of :attr:`constructs`."""
        return tuple(name for name in self._order if name in self.paths)

    @property
    def arrows(self) -> tuple[tuple[str, str], ...]:
        """Each path as (cause, effect)."""
        return tuple((cause, to) for to in self.explained for cause in self.paths[to])

    def _check_names(self) -> None:
        if not self.paths:
            wrong = _("A path model needs at least one path.")
            raise CvmError(wrong, remedy=_("Give for example paths={'SATI': ['QUAL']}."))
        named = [*self.paths, *(c for causes in self.paths.values() for c in causes)]
        for name in [*named, *self.formative, *([self.target] if self.target else [])]:
            if name not in self.blocks:
                wrong = _("The model has no construct '{name}'.", name=name)
                raise CvmError(wrong, remedy=near_miss(name, self.blocks))
        for name in self.blocks:
            if name not in named:
                wrong = _("The construct '{name}' has no path to or from it.", name=name)
                raise CvmError(wrong, remedy=_("Give it a path, or leave it out of the blocks."))
        for to, causes in self.paths.items():
            if len(set(causes)) < len(causes):
                wrong = _("A construct explains '{name}' twice.", name=to)
                raise CvmError(wrong, given=list(causes), remedy=_("Name it once."))

    def _sorted(self) -> tuple[str, ...]:
        order: list[str] = []
        left = list(self.blocks)
        while left:
            free = [n for n in left if all(c in order for c in self.paths.get(n, ()))]
            if not free:
                wrong = _("The paths run in a circle.")
                remedy = _("Drop one of them: this kit estimates models without feedback.")
                raise CvmError(wrong, given=left, remedy=remedy)
            # One at a time, so that the given order is kept where the arrows leave a choice.
            order.append(free[0])
            left.remove(free[0])
        return tuple(order)


def _names(given: Iterable[str]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(str(name) for name in given)


def _check_blocks(blocks: Mapping[str, Sequence[str]]) -> None:
    owner: dict[str, str] = {}
    for name, items in blocks.items():
        if not items:
            wrong = _("The construct '{name}' has no items.", name=name)
            raise CvmError(wrong, remedy=_("Give it at least one item."))
        for item in items:
            if item in owner:
                wrong = _("The item '{item}' stands twice in the blocks.", item=item)
                remedy = _("An item measures one construct: name it once.")
                raise CvmError(wrong, given=[owner[item], name], remedy=remedy)
            owner[item] = name


def ecsi(columns: Iterable[str], *, names: Sequence[str] = ECSI) -> PathModel:
    """Make the European satisfaction model from column names such as ``QUAL3``.

    Parameters
    ----------
    columns : iterable of str
        Column names of a table. An item is a construct's name with a number behind it,
        or the bare name; all other columns are passed over.
    names : sequence of 7 str
        How the table calls image, expectations, quality, value, satisfaction, complaints
        and loyalty, in this order. A name without a column in the table is left out of
        the model together with its paths: that is how the American model is made.

    Returns
    -------
    PathModel
        Its target is satisfaction.

    Raises
    ------
    CvmError
        If there are not seven names, or no column for satisfaction.

    Examples
    --------
    >>> model = ecsi(["QUAL1", "QUAL2", "VALU1", "SATI1", "SATI2", "LOYA1", "age"])
    >>> model.arrows
    (('QUAL', 'VALU'), ('QUAL', 'SATI'), ('VALU', 'SATI'), ('SATI', 'LOYA'))
    """
    if len(names) != len(ECSI):
        wrong = _("The model has seven constructs.")
        raise CvmError(wrong, given=list(names), remedy=_("Name them in the order of ECSI."))
    columns = [str(column) for column in columns]
    found = {
        name: [c for c in columns if re.fullmatch(re.escape(name) + r"_?\d*", c)] for name in names
    }
    if not found[names[4]]:
        wrong = _("No column measures satisfaction ('{name}').", name=names[4])
        raise CvmError(wrong, given=columns, remedy=_("Say by names= how the table calls it."))
    blocks = {name: items for name, items in found.items() if items}
    paths = {
        names[to]: [names[cause] for cause in causes if names[cause] in blocks]
        for to, causes in _ARROWS.items()
        if names[to] in blocks
    }
    return PathModel(blocks=blocks, paths=paths, target=names[4])
