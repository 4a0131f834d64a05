"""Levers: a parameter of a model, declared once.

One declaration - default, low, high, unit, meaning, source - gives the check, the
error message, the slider and the reference table. What the firm decides is a
*lever*; what the market is, is an *assumption*. They are declared alike and told
apart, because a manager must know which of the two she is moving.

    class Rewards(Levers):
        threshold: int = lever(10, low=4, high=20, unit=N_("visits"), meaning=N_("..."))
        lift: float = assumption(0.3, low=0, high=1, unit="share", meaning=N_("..."),
                                 source="Kivetz et al. 2006")

Why standard-library dataclasses and not a library made for parameters: ``param``
has bounds and sliders, but its objects can be changed after they are made, and two
scenarios that share one would share the change. ``pydantic`` is frozen and checks
well, but its messages speak to programmers, it brings a compiled core, and unit,
meaning and source would be free-form extras all the same. ``attrs`` would save the
few lines of checking below and write neither the message nor the table. A frozen
dataclass with metadata is what all three come down to here.
"""

from __future__ import annotations

import dataclasses
import functools
import inspect
import math
import typing
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, ParamSpec, Self, TypeVar, dataclass_transform

import numpy as np
import pandas as pd

from cvm.errors import CvmError, bare, near_miss
from cvm.results import number
from cvm.words import N_, _

__all__ = ["Lever", "Levers", "Parts", "assumption", "lever", "needs_world"]

P = ParamSpec("P")
R = TypeVar("R")
Role = Literal["lever", "assumption"]
Value = float | int | bool | str


@dataclass(frozen=True, kw_only=True)
class Lever:
    """The declaration of one parameter.

    Parameters
    ----------
    name : str
        The field it belongs to.
    default : float, int, bool or str
        Where it stands when nobody moved it.
    low, high : float or None
        The ends of its range, both allowed; None for a bool or a choice.
    step : float or None
        How far one press of a key moves its slider.
    unit : str
        "share", or a word such as "visits".
    meaning : str
        One line for the person who moves it.
    source : str
        Where the number comes from; "teaching" where it is only assumed.
    role : {"lever", "assumption"}
        What the firm decides, or what the market is.
    options : tuple of str
        The choices, for a parameter that is a word.
    only : tuple of str and value, optional
        Another parameter and the value of it without which this one does nothing; its slider
        rests meanwhile.
    """

    name: str
    default: Value
    low: float | None
    high: float | None
    step: float | None
    unit: str
    meaning: str
    source: str
    role: Role
    options: tuple[str, ...] = ()
    only: tuple[str, Value] | None = None

    def acts_in(self, world: Levers | Parts) -> bool:
        """Tell whether it does anything in a scenario, or rests."""
        return self.only is None or world.to_dict()[self.only[0]] == self.only[1]

    @property
    def kind(self) -> Literal["bool", "choice", "int", "float"]:
        """The kind of value it takes, told by its default."""
        if isinstance(self.default, bool):
            return "bool"
        if isinstance(self.default, str):
            return "choice"
        return "int" if isinstance(self.default, int) else "float"

    def problem(self, value: object) -> str | None:
        """Say why a value cannot be, or None if it can."""
        if self.kind == "bool":
            return None if isinstance(value, bool | np.bool_) else _("must be True or False")
        if self.kind == "choice":
            if value in self.options:
                return None
            return _("must be one of {options}", options=", ".join(self.options))
        if isinstance(value, bool) or not isinstance(value, int | float | np.number):
            return _("must be a number")
        return self._range_problem(float(value))

    def _range_problem(self, value: float) -> str | None:
        low, high = typing.cast("tuple[float, float]", (self.low, self.high))
        if not low <= value <= high:  # also catches not-a-number
            ends = {"low": number(low, digits=6), "high": number(high, digits=6)}
            return _("must lie between {low} and {high}", **ends) + self._per_cent(value)
        if self.kind == "int" and value != math.floor(value):
            return _("must be a whole number")
        return None

    def plain(self, value: Any) -> Value:
        """Turn a NumPy scalar into the plain Python value of this parameter's kind."""
        kinds: dict[str, type] = {"bool": bool, "choice": str, "int": int, "float": float}
        return typing.cast("Value", kinds[self.kind](value))

    def _per_cent(self, value: float) -> str:
        if self.unit == "share" and 1 < value <= 100:
            share, per_cent = number(value / 100, digits=6), number(value / 100, "share", digits=6)
            return _(" (a share: write {share} for {per_cent})", share=share, per_cent=per_cent)
        return f" {_(self.unit)}" if self.unit and self.unit != "share" else ""


def lever(
    default: Any,
    *,
    meaning: str,
    low: float | None = None,
    high: float | None = None,
    step: float | None = None,
    unit: str = "",
    source: str = N_("teaching"),
    options: tuple[str, ...] = (),
    only: tuple[str, Value] | None = None,
) -> Any:
    """Declare what the firm decides; parameters as in :class:`Lever`."""
    return _declare("lever", default, low, high, step, unit, meaning, source, options, only)


def assumption(
    default: Any,
    *,
    meaning: str,
    low: float | None = None,
    high: float | None = None,
    step: float | None = None,
    unit: str = "",
    source: str = N_("teaching"),
    options: tuple[str, ...] = (),
    only: tuple[str, Value] | None = None,
) -> Any:
    """Declare what the market is; parameters as in :class:`Lever`."""
    return _declare("assumption", default, low, high, step, unit, meaning, source, options, only)


# No field_specifiers: then a type checker sees `= lever(...)` as a default and lets Model() be.
@dataclass_transform(frozen_default=True, kw_only_default=True)
class Levers:
    """Base of a model's parameters: subclass it and declare each with :func:`lever`.

    A subclass becomes a frozen, keyword-only dataclass. Making one checks every
    value and reports all that is wrong in one message.

    Raises
    ------
    CvmError
        For a value out of range or a name that is not a lever, with the near miss.
    """

    _declared: ClassVar[tuple[Lever, ...]] = ()

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        # Postponed annotations are strings; that is all dataclass needs here.
        made = dataclass(frozen=True, kw_only=True)(cls)
        cls.__init__ = _checked(made.__init__, cls)  # type: ignore[method-assign]
        # Made once: every new scenario reads it several times, and a slider's move waits.
        cls._declared = tuple(
            dataclasses.replace(field.metadata["lever"], name=field.name)
            for field in dataclasses.fields(made)  # type: ignore[arg-type]
            if "lever" in field.metadata
        )
        known = {item.name: item for item in cls._declared}
        for item in cls._declared:
            if item.only and (
                item.only[0] not in known or known[item.only[0]].problem(item.only[1])
            ):
                raise TypeError(f"{item.name} acts only where {item.only}, which cannot be")

    def __post_init__(self) -> None:
        declared = self.declared()
        problems = [
            _("{model}.{lever} {problem}; you gave {value!r}.", model=type(self).__name__,
              lever=item.name, problem=problem, value=bare(getattr(self, item.name)))
            for item in declared
            if (problem := item.problem(getattr(self, item.name)))
        ]  # fmt: skip
        if problems:
            remedy = _("{model}.reference() lists what each may be.", model=type(self).__name__)
            raise CvmError("\n".join(problems), remedy="\n" + remedy)
        for item in declared:  # frozen, so set it the way dataclasses themselves do
            object.__setattr__(self, item.name, item.plain(getattr(self, item.name)))

    @classmethod
    def declared(cls) -> tuple[Lever, ...]:
        """List the declarations, in the order they were written."""
        return cls._declared

    @classmethod
    def reference(cls) -> pd.DataFrame:
        """Give the reference table: one row a parameter, in words."""
        rows = [
            {
                "name": item.name, "role": _(item.role), "default": item.default,
                "low": item.low, "high": item.high, "unit": _(item.unit),
                "meaning": _(item.meaning), "source": _(item.source),
            }
            for item in cls.declared()
        ]  # fmt: skip
        return pd.DataFrame(rows).set_index("name")

    def replace(self, **changes: Value) -> Self:
        """Give a copy with some parameters moved; checked like a new one."""
        return type(self)(**(self.to_dict() | changes))

    def to_dict(self) -> dict[str, Any]:
        """Give the values by name."""
        return {item.name: getattr(self, item.name) for item in self.declared()}

    def moved(self) -> dict[str, Any]:
        """Give the values that differ from their defaults, by name."""
        defaults = {item.name: item.default for item in self.declared()}
        return {k: v for k, v in self.to_dict().items() if v != defaults[k]}

    def code(self) -> str:
        """Write the call that makes this scenario, naming only what was moved."""
        moved = ", ".join(f"{name}={value!r}" for name, value in self.moved().items())
        return f"{type(self).__name__}({moved})"


@dataclass_transform(frozen_default=True, kw_only_default=True)
class Parts:
    """Several models' levers held together: the parameters of a whole.

    Subclass it and give each part its standing values. Everything a single
    :class:`Levers` does, the whole does under dotted names.

    Raises
    ------
    CvmError
        For a part of the wrong kind or a name that is not there, with the near miss.

    Examples
    --------
    ``class Market(Parts): offer: Offer = Offer()`` gives
    ``Market().replace(**{"offer.service": 8.0}).code()`` as
    ``"Market(offer=Offer(service=8.0))"``.
    """

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        dataclass(frozen=True, kw_only=True)(cls)
        cls.__init__ = _known_parts(cls.__init__, cls)  # type: ignore[method-assign]

    def __post_init__(self) -> None:
        for name, standing in self.standing().items():
            given, kind = getattr(self, name), type(standing)
            if not isinstance(given, kind):
                wrong = _("{model}.{part} must be a {kind}.", model=type(self).__name__,
                          part=name, kind=kind.__name__)  # fmt: skip
                remedy = _("Write {part}={kind}(...).", part=name, kind=kind.__name__)
                raise CvmError(wrong, given=given, remedy=remedy)

    @classmethod
    def standing(cls) -> dict[str, Levers]:
        """Give the parts as they stand when nobody moved anything, by name."""
        fields = dataclasses.fields(cls)  # type: ignore[arg-type]
        return {f.name: typing.cast("Levers", f.default) for f in fields}

    def parts(self) -> dict[str, Levers]:
        """Give the parts by name."""
        return {name: getattr(self, name) for name in self.standing()}

    @classmethod
    def declared(cls) -> tuple[Lever, ...]:
        """List the declarations under dotted names, part by part."""
        return tuple(
            dataclasses.replace(
                item,
                name=f"{name}.{item.name}",
                default=getattr(part, item.name),
                only=item.only and (f"{name}.{item.only[0]}", item.only[1]),
            )
            for name, part in cls.standing().items()
            for item in part.declared()
        )

    @classmethod
    def reference(cls) -> pd.DataFrame:
        """Give the reference table of all parts: one row a parameter, in words."""
        tables = []
        for name, part in cls.standing().items():
            table = part.reference().assign(default=list(part.to_dict().values()))
            tables.append(table.rename(index=f"{name}.{{}}".format))
        return pd.concat(tables).rename_axis("name")

    def replace(self, **changes: Any) -> Self:
        """Give a copy with some parameters (by dotted name) or whole parts moved."""
        parts = {name: changes.pop(name, part) for name, part in self.parts().items()}
        inside: dict[str, dict[str, Any]] = {}
        for dotted, value in changes.items():
            name, _dot, item = dotted.partition(".")
            if dotted not in self.to_dict():
                wrong = _("{model} has no lever '{name}'.", model=type(self).__name__, name=dotted)
                raise CvmError(wrong, remedy=near_miss(dotted, self.to_dict()))
            inside.setdefault(name, {})[item] = value
        parts |= {name: parts[name].replace(**moved) for name, moved in inside.items()}
        return type(self)(**parts)

    def to_dict(self) -> dict[str, Any]:
        """Give the values by dotted name."""
        return {
            f"{name}.{item}": value
            for name, part in self.parts().items()
            for item, value in part.to_dict().items()
        }

    def moved(self) -> dict[str, Any]:
        """Give the values that differ from where they stand, by dotted name."""
        standing = {item.name: item.default for item in self.declared()}
        return {k: v for k, v in self.to_dict().items() if v != standing[k]}

    def code(self) -> str:
        """Write the call that makes this scenario, naming only the parts that were moved."""
        standing = self.standing()
        moved = [f"{k}={part.code()}" for k, part in self.parts().items() if part != standing[k]]
        return f"{type(self).__name__}({', '.join(moved)})"


def needs_world(function: Callable[P, R]) -> Callable[P, R]:
    """Have a function refuse anything else where it is annotated with a set of levers.

    Parameters
    ----------
    function : callable
        With at least one parameter annotated as a subclass of :class:`Levers` or
        :class:`Parts`.

    Returns
    -------
    callable
        The same, raising :class:`CvmError` for another world, None, or the class instead of
        one of its scenarios (whose defaults it would quietly use).
    """
    # Settled at the first call: an annotation may name what is defined further down.
    worlds: list[tuple[int, str, type]] = []

    @functools.wraps(function)
    def checked(*args: P.args, **kwargs: P.kwargs) -> R:
        if not worlds:
            worlds.extend(_worlds(function))
        for place, name, kind in worlds:
            given = args[place] if place < len(args) else kwargs.get(name, worlds)
            if not isinstance(given, kind) and given is not worlds:
                raise _no_world(function.__name__, name, kind, given)
        return function(*args, **kwargs)

    return checked


def _worlds(function: Callable[..., Any]) -> list[tuple[int, str, type]]:
    """Find the parameters that take levers: place, name and kind."""
    hints = typing.get_type_hints(function)
    names = list(inspect.signature(function).parameters)
    found = [(place, name, hints.get(name)) for place, name in enumerate(names)]
    return [
        (place, name, kind)
        for place, name, kind in found
        if isinstance(kind, type) and issubclass(kind, Levers | Parts)
    ]


def _no_world(function: str, name: str, kind: type, given: object) -> CvmError:
    told = {"function": function, "kind": kind.__name__, "name": name}
    wrong = _("{function} takes {kind}(...) as '{name}' and nothing else.", **told)
    if given is kind:
        wrong = _("{function} takes {kind}(...) as '{name}', not the class itself.", **told)
    remedy = _("Write {kind}(), with the levers you move inside the brackets.", kind=kind.__name__)
    return CvmError(wrong, given=given, remedy=remedy)


def _known_parts(init: Callable[..., None], cls: type[Parts]) -> Callable[..., None]:
    def __init__(self: Parts, **parts: Any) -> None:  # noqa: N807
        unknown = [name for name in parts if name not in cls.standing()]
        if unknown:
            wrong = _("{model} has no part '{name}'.", model=cls.__name__, name=unknown[0])
            raise CvmError(wrong, remedy=near_miss(unknown[0], cls.standing()))
        init(self, **parts)

    return typing.cast("Callable[..., None]", __init__)


def _checked(init: Callable[..., None], cls: type[Levers]) -> Callable[..., None]:
    def __init__(self: Levers, *args: Any, **values: Any) -> None:  # noqa: N807
        if args:
            wrong = _("{model} takes its levers by name.", model=cls.__name__)
            example = cls.declared()[0]
            remedy = _("Write for example {model}({lever}={value!r}).", model=cls.__name__,
                       lever=example.name, value=example.default)  # fmt: skip
            raise CvmError(wrong, given=args, remedy=remedy)
        names = [f.name for f in dataclasses.fields(cls)]  # type: ignore[arg-type]
        unknown = [name for name in values if name not in names]
        if unknown:
            wrong = _("{model} has no lever '{name}'.", model=cls.__name__, name=unknown[0])
            raise CvmError(wrong, remedy=near_miss(unknown[0], names))
        init(self, **values)

    return typing.cast("Callable[..., None]", __init__)


def _declare(
    role: Role,
    default: Value,
    low: float | None,
    high: float | None,
    step: float | None,
    unit: str,
    meaning: str,
    source: str,
    options: tuple[str, ...],
    only: tuple[str, Value] | None,
) -> Any:
    ranged = not isinstance(default, bool | str)
    if ranged and (low is None or high is None):
        raise TypeError(f"a numeric {role} declares low and high: {meaning}")
    if low is not None and high is not None and step is None:
        step = 1 if isinstance(default, int) else _round_step((high - low) / 50)
    declared = Lever(
        name="", default=default, low=low, high=high, step=step, unit=unit,
        meaning=meaning, source=source, role=role, options=tuple(options), only=only,
    )  # fmt: skip
    problem = declared.problem(default)
    if problem:
        raise TypeError(f"the default {default!r} of a {role} {problem}: {meaning}")
    return dataclasses.field(default=default, metadata={"lever": declared})


def _round_step(step: float) -> float:
    """Bring a step to 1, 2 or 5 times a power of ten, so sliders show round numbers."""
    power = 10.0 ** math.floor(math.log10(step))
    leading = min((1, 2, 5, 10), key=lambda digit: abs(digit - step / power))
    return float(f"{leading * power:.12g}")


# Roles are shown in the reference table.
ROLES = [N_("lever"), N_("assumption")]
