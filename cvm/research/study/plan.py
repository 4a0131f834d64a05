r"""A plan, frozen: what will be done with data that nobody has seen yet, in a file with a hash.

A plan is a Markdown file. People read its words; the machine reads the block of JSON in it, which
holds everything: hypotheses, worlds, estimands, answer strategies, sizes, decision rule,
correction for several tests, seeds, versions. The last line is the SHA-256 of all that stands
above it, with line ends written as one sign, so that a file sent through any mail stays the
same plan and a file in which one letter was changed is refused.

A hash does not prove *when*. Send it to somebody, or register the file where a date is kept
(a registry of studies, a commit that others hold).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from cvm.errors import CvmError, near_miss
from cvm.research.record import versions
from cvm.research.study.data import strategy_of
from cvm.research.study.design import Design
from cvm.research.study.hypothesis import Hypothesis
from cvm.research.study.strategies import Strategy
from cvm.results import number
from cvm.words import N_, _

__all__ = ["CORRECTIONS", "Plan", "freeze", "read_plan"]

#: Corrections for several tests; the words are for the plan.
CORRECTIONS = {
    "holm": N_("Holm's step-down (the chance of one false finding or more stays at the level)"),
    "bonferroni": N_("Bonferroni's (the chance of one false finding or more stays at the level)"),
    "fdr_bh": N_("Benjamini and Hochberg's (the expected share of false findings stays at the level)"),
    "none": N_("none"),
}  # fmt: skip
#: What the last line of a plan begins with, in every language.
SEAL = "SHA-256: "
OPEN, CLOSE = "```json\n", "\n```"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A frozen plan.

    Parameters
    ----------
    title : str
        What the study is called.
    designs : mapping of str to Design
        One or more, by name; the first is the main question.
    correction : str
        A key of :data:`CORRECTIONS`.
    versions : mapping of str to str
        Of Python and the packages, when it was frozen.
    sha256 : str
        The hash of the file.
    text : str
        The whole file, its hash included, for the copy that goes with the report.
    """

    title: str
    designs: Mapping[str, Design]
    correction: str
    versions: Mapping[str, str] = field(repr=False)
    sha256: str
    text: str = field(repr=False, compare=False)

    def __str__(self) -> str:
        names = ", ".join(self.designs)
        return _("Plan '{title}' ({names}), SHA-256 {hash}.", title=self.title, names=names,
                 hash=self.sha256)  # fmt: skip


def freeze(
    design: Design | Mapping[str, Design],
    path: str | Path,
    *,
    title: str = "",
    correction: str = "holm",
) -> Plan:
    """Write a pre-analysis plan.

    Parameters
    ----------
    design : Design, or mapping of str to Design
        What will be done; several designs by name, the main one first.
    path : str or Path
        The file, for example ``"plan.md"``. What stands there already is never overwritten;
        freezing the very same plan again leaves it as it is, with the versions it was made by.
        A folder that does not exist is made.
    title : str
        What the study is called; the first hypothesis without it.
    correction : {"holm", "bonferroni", "fdr_bh", "none"}
        For several tests.

    Returns
    -------
    Plan

    Raises
    ------
    CvmError
        For what is no design, an unknown correction, or a path where something else stands.
    """
    designs = {"main": design} if isinstance(design, Design) else design
    _check(designs, correction)
    first = next(iter(designs.values()))
    told = {
        "title": title or str(first.hypothesis),
        "correction": correction,
        "designs": {name: _told(one) for name, one in designs.items()},
        "versions": versions(),
    }
    where = Path(path)
    if where.exists():
        there = _plan_at(where)
        if there and (there.title, there.designs, there.correction) == (told["title"], designs, correction):  # fmt: skip
            return there
        wrong = _("There is a file already, and it is not this plan.")
        raise CvmError(wrong, given=str(path), remedy=_("Give the new plan a new name: an old plan is kept."))  # fmt: skip
    body = _words(told, designs)
    if where.parent.exists() and not where.parent.is_dir():
        wrong = _("A plan cannot lie inside a file.")
        raise CvmError(
            wrong, given=str(path), remedy=_("Give a folder's name before the last '/'.")
        )
    where.parent.mkdir(parents=True, exist_ok=True)
    where.write_bytes((body + SEAL + _hash(body) + "\n").encode())
    return read_plan(where)


def read_plan(path: str | Path) -> Plan:
    """Read a plan, and refuse one that was changed.

    Parameters
    ----------
    path : str or Path
        A file from :func:`freeze`.

    Returns
    -------
    Plan

    Raises
    ------
    CvmError
        If there is no such file, it is no plan, or it is not as it was frozen.
    """
    if not isinstance(path, str | Path):
        wrong = _("A plan is read from the path of a file.")
        raise CvmError(wrong, given=path, remedy=_("Write for example read_plan('plan.md')."))
    where = Path(path)
    if not where.is_file():
        near = [str(one) for one in where.parent.glob("*.md")] if where.parent.is_dir() else []
        raise CvmError(_("There is no such plan."), given=str(path), remedy=near_miss(where, near))
    # A file in another encoding is no plan, or one that something has saved anew.
    text = _one_end(where.read_bytes().decode("utf-8", errors="replace"))
    body, seal, given = text.rpartition(SEAL)
    if not seal or OPEN not in body:
        wrong = _("The file is no plan.")
        raise CvmError(wrong, given=str(path), remedy=_("Make one with freeze(design, 'plan.md')."))
    if _hash(body) != given.strip():
        raise CvmError(
            _("The plan was changed after it was frozen: its SHA-256 is not the one it carries."),
            given={"carries": given.strip(), "is": _hash(body)},
            remedy=_("Take the file as it was frozen; a new idea is a new plan."),
        )
    told = json.loads(body.split(OPEN)[1].split(CLOSE)[0])
    try:
        designs = {name: _design(one) for name, one in told["designs"].items()}
    except (CvmError, KeyError, TypeError) as problem:
        wrong = _("The plan was made by another version of this kit, and this one cannot read it.")
        made = told.get("versions", {}).get("cvm", "")
        raise CvmError(wrong, given={"cvm": made, "why": str(problem)},
                       remedy=_("Install that version to run it.")) from problem  # fmt: skip
    return Plan(title=told["title"], designs=designs, correction=told["correction"],
                versions=told["versions"], sha256=given.strip(), text=text)  # fmt: skip


def _plan_at(where: Path) -> Plan | None:
    try:
        return read_plan(where)
    except CvmError:
        return None


def _check(designs: object, correction: str) -> None:
    fine = isinstance(designs, Mapping) and designs
    if not fine or not all(isinstance(one, Design) for one in designs.values()):  # type: ignore[attr-defined]
        wrong = _("A plan holds a design, or several by name.")
        raise CvmError(wrong, given=designs, remedy=_("Write freeze({'main': design}, 'plan.md')."))
    if correction not in CORRECTIONS:
        wrong = _("There is no such correction for several tests.")
        raise CvmError(wrong, given=correction, remedy=near_miss(correction, CORRECTIONS))


def _told(design: Design) -> dict[str, Any]:
    """Write a design as plain values, all of them, moved or not."""
    return {
        "hypothesis": asdict(design.hypothesis),
        "data": {"world": type(design.data).__name__, "levers": design.data.to_dict()},
        "estimand": {"name": design.estimand, "asks": design.asks, "true_value": design.truth},
        "answer": _strategy_told(design.answer),
        "naive": None if design.naive is None else _strategy_told(design.naive),
        "n": int(design.n), "level": float(design.level), "seed": int(design.seed),
        "decision_rule": _("p below {alpha} counts, after the correction for several tests",
                           alpha=number(1 - design.level, digits=2)),
    }  # fmt: skip


def _strategy_told(strategy: Strategy) -> dict[str, Any]:
    return {"strategy": type(strategy).__name__, **asdict(strategy)}


def _design(told: dict[str, Any]) -> Design:
    world = strategy_of(told["data"]["world"]).world(**told["data"]["levers"])
    return Design(
        hypothesis=Hypothesis(**told["hypothesis"]),
        data=world,
        estimand=told["estimand"]["name"],
        answer=_strategy(told["answer"]),
        naive=_strategy(told["naive"]) if told["naive"] else None,
        n=told["n"],
        level=told["level"],
        seed=told["seed"],
    )


def _strategy(told: dict[str, Any]) -> Strategy:
    name = told["strategy"]
    kinds = {kind.__name__: kind for kind in Strategy.__subclasses__()}
    if name not in kinds:
        wrong = _("The plan names an answer strategy that this version does not have.")
        raise CvmError(wrong, given=name, remedy=near_miss(name, kinds))  # fmt: skip
    return kinds[name](**{key: value for key, value in told.items() if key != "strategy"})


def _words(told: dict[str, Any], designs: Mapping[str, Design]) -> str:
    """Write the file up to its seal."""
    parts = ["# " + told["title"], _("A plan made before the data was seen.")]
    for name, design in designs.items():
        parts.append("## " + name)
        parts.append("\n".join(f"- {line}" for line in _lines(design)))
    rule = _(CORRECTIONS[told["correction"]])
    parts.append(_("Correction for several tests: {rule}.", rule=rule))
    parts.append(_("Everything, for the machine:"))
    block = json.dumps(told, indent=1, ensure_ascii=False, default=float)
    return "\n\n".join(parts) + "\n\n" + OPEN + block + CLOSE + "\n\n"


def _lines(design: Design) -> list[str]:
    told = design.hypothesis
    return [
        _("Hypothesis: {words}", words=str(told)),
        _("Estimand: {asks}.", asks=design.asks),
        _("Answer: {method}, reading {columns}; right if {assumes}.", method=design.answer.method,
          columns=", ".join(design.answer.needs()), assumes=design.answer.assumes),
        _("Size: {n}. Level of confidence: {level}. Seed: {seed}.", n=number(design.n),
          level=number(design.level, "share", digits=4), seed=design.seed),
        _("Decision: supported if p is below {alpha} and the change goes the way stated; too small "
          "to matter if two one-sided tests place it within {smallest}.",
          alpha=number(1 - design.level, digits=2), smallest=number(told.smallest, told.unit)),
    ]  # fmt: skip


def _hash(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()


def _one_end(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
