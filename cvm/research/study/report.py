"""Running a plan on data of one's own, by the code that was diagnosed, and the report of it.

What the plan said and what was done are set side by side: a column with another name, rows left
out, a sample smaller than planned, an estimator that was changed, a hypothesis that could not
be tried. None of these is forbidden. Each is told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cvm.errors import CvmError, near_miss
from cvm.inputs import need_columns
from cvm.research.record import fingerprint, versions
from cvm.research.study import write
from cvm.research.study.answers import Answer, answer
from cvm.research.study.data import strategy_of
from cvm.research.study.design import Design
from cvm.research.study.door import as_planned, copies
from cvm.research.study.folder import Picture, contents, put
from cvm.research.study.hypothesis import decide
from cvm.research.study.plan import Plan
from cvm.research.study.strategies import Strategy
from cvm.results import Result, number, p_words
from cvm.words import _

__all__ = ["Report", "run"]


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Report(Result):
    """What a frozen plan found in real data.

    Parameters
    ----------
    plan : Plan
        As it was frozen.
    table : DataFrame
        One row a hypothesis that was tried: ``name``, ``hypothesis``, ``method``, ``estimate``,
        ``se``, ``low``, ``high``, ``p_value``, ``p_equivalence``, ``p_adjusted`` (of the claim,
        after the correction), ``decision`` (by ``p_adjusted``), ``n``, ``planned_n``,
        ``unit``, ``assumes``, ``note``.
    deviations : DataFrame
        ``name`` (of the hypothesis), ``what``, ``planned``, ``done``; empty if there are none.
    data : mapping
        ``rows``, ``columns``, ``sha256`` of the table.
    versions : mapping of str to str
        Of Python and the packages, when it was run.
    """

    plan: Plan = field(repr=False)
    table: pd.DataFrame = field(repr=False)
    deviations: pd.DataFrame = field(repr=False)
    data: Mapping[str, Any]
    versions: Mapping[str, str]

    def to_frame(self) -> pd.DataFrame:
        """Give one row a hypothesis."""
        return self.table.copy()

    def sentence(self) -> str:
        """Say what came out, and how many deviations there are."""
        told = []
        for row in self.table.to_dict("records"):
            told.append(_(
                "{hypothesis} {decision}: {estimate} ({low} to {high}), {p} after the correction, n = {n}.",
                hypothesis=row["hypothesis"], decision=_(row["decision"]).capitalize(),
                estimate=number(row["estimate"], row["unit"]), low=number(row["low"], row["unit"]),
                high=number(row["high"], row["unit"]), p=p_words(row["p_adjusted"]), n=number(row["n"]),
            ))  # fmt: skip
        told.append(_("Deviations from the plan: {count}.", count=number(len(self.deviations))))
        return " ".join(told)

    def effects(self) -> pd.DataFrame:
        """Give each answer beside the smallest change that matters, ready to draw.

        Returns
        -------
        DataFrame
            One row a hypothesis: ``name``, ``words`` (what was to change what), ``decision``,
            ``told`` (the answer with its interval and unit), and ``estimate``, ``low``, ``high``
            as multiples of the smallest change that matters.
        """
        rows = []
        for row in self.table.to_dict("records"):
            told = self.plan.designs[row["name"]].hypothesis
            answer = _("{value} ({low} to {high})", value=number(row["estimate"], row["unit"]),
                       low=number(row["low"], row["unit"]), high=number(row["high"], row["unit"]))  # fmt: skip
            rows.append({
                "name": row["name"], "words": f"{told.treatment} → {told.outcome}",
                "decision": _(row["decision"]), "told": answer,
                **{k: row[k] / told.smallest for k in ("estimate", "low", "high")},
            })  # fmt: skip
        return pd.DataFrame(rows)

    def results(self) -> pd.DataFrame:
        """Give the table of results in words and rounded numbers, as a paper prints it."""
        return write.results(self.table, level=next(iter(self.plan.designs.values())).level)

    def to_latex(self) -> str:
        """Give the table of results for LaTeX (packages array, booktabs)."""
        label = "tab:" + self.plan.sha256[:8]
        return write.latex(self.results(), caption=self.plan.title, label=label)

    def deviations_latex(self) -> str:
        """Give the table of deviations for LaTeX; without a row if there are none."""
        label = "tab:deviations-" + self.plan.sha256[:8]
        caption = _("Deviations from the plan")
        return write.latex(self._told_deviations(), caption=caption, label=label)

    def to_html(self, *, pictures: Sequence[Picture] = ()) -> str:
        """Give the whole report as one page that Word and any browser open.

        Parameters
        ----------
        pictures : sequence of Picture
            Shown from the PNG files that lie beside the page.
        """
        parts = [
            ("", self.results()),
            (_("What each answer hangs on"), self._told_assumptions()),
            (_("Deviations from the plan"), self._told_deviations()),
        ]
        return write.page(self.plan.title, str(self), parts, self.record(), pictures)

    def write(
        self,
        folder: str | Path,
        *,
        pictures: Sequence[Picture] = (),
        authors: Sequence[str] = (),
    ) -> list[Path]:
        """Write the whole report into a folder: what lies there is told in :mod:`cvm.research.study.folder`.

        Parameters
        ----------
        folder : str or Path
            Made if it does not exist. The very same report leaves it as it is; another one is
            refused, so that nothing is lost.
        pictures : sequence of Picture
            Figures, from :func:`cvm.plots.export.picture`.
        authors : sequence of str
            Names for the citation; left to be filled in without any.

        Returns
        -------
        list of Path
            The files.

        Raises
        ------
        CvmError
            If another report lies there, or nothing can be written.
        """
        return put(contents(self, pictures=pictures, authors=authors), folder)

    def bibtex(self) -> str:
        """Give the plan and this kit as BibTeX."""
        return write.bibtex(self.plan)

    def citation(self) -> str:
        """Give a ``CITATION.cff`` of the study, its authors' names to be filled in."""
        return write.citation_cff(self.plan)

    def record(self) -> dict[str, Any]:
        """Give what is needed to do it again: hashes, versions, seeds.

        Returns
        -------
        dict
            ``plan_sha256``, ``data`` (rows, columns, sha256), ``versions`` (of the run),
            ``planned_versions``, ``seeds``, ``correction``, ``deviations``; ready for
            ``json.dumps``.
        """
        return {
            "plan_sha256": self.plan.sha256, "data": dict(self.data),
            "versions": dict(self.versions), "planned_versions": dict(self.plan.versions),
            "seeds": {name: int(one.seed) for name, one in self.plan.designs.items()},
            "correction": self.plan.correction,
            "deviations": self.deviations.to_dict("records"),
        }  # fmt: skip

    def _told_assumptions(self) -> pd.DataFrame:
        names = {"name": _("hypothesis"), "method": _("analysis"), "assumes": _("right if"),
                 "note": _("to be known")}  # fmt: skip
        return self.table[list(names)].rename(columns=names)

    def _told_deviations(self) -> pd.DataFrame:
        names = {"name": _("hypothesis"), "what": _("what"), "planned": _("planned"), "done": _("done")}  # fmt: skip
        return self.deviations.rename(columns=names)


def run(
    plan: Plan,
    table: pd.DataFrame,
    *,
    columns: Mapping[str, str] | None = None,
    changed: Mapping[str, Strategy] | None = None,
) -> Report:
    """Answer a frozen plan from data of one's own.

    Parameters
    ----------
    plan : Plan
        From :func:`cvm.research.study.read_plan`.
    table : DataFrame
        The data, for example from ``cvm.readers.read_table("mine.csv")``. Columns that begin
        with ``true_`` are not looked at.
    columns : mapping of str to str, optional
        The name in the plan, and the name in the table where it is another.
    changed : mapping of str to Strategy, optional
        By the name of a hypothesis: another analysis than planned. It is told as a deviation.

    Returns
    -------
    Report

    Raises
    ------
    CvmError
        For names that are not in the plan or the table, or if no hypothesis can be tried.
    """
    if not isinstance(plan, Plan):
        wrong = _("What is run is a plan that was frozen.")
        raise CvmError(wrong, given=plan, remedy=_("Read it with read_plan('plan.md')."))
    need_columns(table, [])
    rows = _renamed(plan, table, columns or {})
    _check_names(plan, changed or {})
    notes: list[dict[str, str]] = []
    found: dict[str, Answer] = {}
    for name, design in plan.designs.items():
        strategy = (changed or {}).get(name, design.answer)
        notes += _changes(name, design, strategy, columns or {})
        try:
            notes += [_note(name, *one) for one in as_planned(rows, design, strategy)]
            found[name] = answer(rows, strategy, hypothesis=design.hypothesis, level=design.level)
        except CvmError as problem:
            notes.append(_note(name, _("not tried"), design.answer.method, str(problem)))
            continue
        notes += _sizes(name, design, found[name], rows)
    if not found:
        wrong = _("No hypothesis of the plan can be tried on this table.")
        raise CvmError(wrong, given=notes[-1]["done"],
                       remedy=_("Say which column is which with columns={'planned': 'mine'}."))  # fmt: skip
    now = versions()
    if twice := copies(table):
        notes.append(_note("", _("rows that are a copy of another"), _("none"), number(twice)))
    notes += _versions(plan, now)
    told = pd.DataFrame(notes, columns=["name", "what", "planned", "done"])
    data = {"rows": len(table), "columns": [str(c) for c in table], "sha256": fingerprint(table)}
    return Report(plan=plan, table=_table(plan, found), deviations=told, data=data, versions=now)


def _renamed(plan: Plan, table: pd.DataFrame, columns: Mapping[str, str]) -> pd.DataFrame:
    known = {c for one in plan.designs.values() for c in one.answer.needs()}
    for planned, mine in columns.items():
        if planned not in known:
            wrong = _("The plan reads no column '{column}'.", column=planned)
            raise CvmError(wrong, remedy=near_miss(planned, sorted(known)))
        need_columns(table, [mine])
    seen = table.loc[:, [not str(c).startswith("true_") for c in table]]
    for name in {*known, *columns.values()}:
        if list(seen.columns).count(name) > 1:
            wrong = _("The table has the column '{column}' more than once.", column=name)
            raise CvmError(wrong, remedy=_("Rename or drop one of them: the plan reads one."))
    # A column that bears the planned name by chance gives way to the one that was named.
    moved = {mine: planned for planned, mine in columns.items() if mine != planned}
    clash = [planned for planned in moved.values() if planned in seen.columns]
    return seen.drop(columns=clash).rename(columns=moved)


def _check_names(plan: Plan, changed: Mapping[str, Strategy]) -> None:
    for name in changed:
        if name not in plan.designs:
            wrong = _("The plan has no hypothesis '{name}'.", name=name)
            raise CvmError(wrong, remedy=near_miss(name, plan.designs))


def _note(name: str, what: str, planned: str, done: str) -> dict[str, str]:
    return {"name": name, "what": what, "planned": planned, "done": done}


def _changes(
    name: str, design: Design, strategy: Strategy, columns: Mapping[str, str]
) -> list[dict[str, str]]:
    notes = [
        _note(name, _("column by another name"), planned, mine)
        for planned, mine in columns.items()
        if planned in strategy.needs() and planned != mine
    ]
    if strategy != design.answer:
        notes.append(_note(name, _("another analysis"), repr(design.answer), repr(strategy)))
    return notes


def _sizes(name: str, design: Design, found: Answer, rows: pd.DataFrame) -> list[dict[str, str]]:
    notes = []
    size = _units(design, rows, found.n)
    if size < design.n:
        notes.append(_note(name, _("fewer than planned"), number(design.n), number(size)))
    if size > design.n:
        # More than planned is how a study ends that was watched until it pleased.
        notes.append(_note(name, _("more than planned"), number(design.n), number(size)))
    if found.dropped:
        done = _("rows left out: {count}", count=number(found.dropped))
        notes.append(_note(name, _("rows with a gap"), _("none"), done))
    return notes


def _units(design: Design, rows: pd.DataFrame, used: int) -> int:
    """Count what the design's ``n`` counts: customers of a panel, rows, respondents a wave."""
    unit = strategy_of(design.data).unit
    if unit and unit in rows.columns:
        return int(rows[unit].nunique())
    if strategy_of(design.data).name == "waves":
        return used // 2
    return used


def _versions(plan: Plan, now: Mapping[str, str]) -> list[dict[str, str]]:
    return [
        _note("", _("another version of {package}", package=name), then, now.get(name, _("none")))
        for name, then in plan.versions.items()
        if now.get(name) != then
    ]


def _table(plan: Plan, found: Mapping[str, Answer]) -> pd.DataFrame:
    from statsmodels.stats.multitest import multipletests  # takes a second to load

    designs = [plan.designs[name] for name in found]
    claims = np.array([
        one.p_equivalence if design.hypothesis.direction == "does not change" else one.p_value
        for design, one in zip(designs, found.values(), strict=True)
    ])  # fmt: skip
    adjusted = claims
    if plan.correction != "none":
        adjusted = multipletests(claims, method=plan.correction)[1]
    rows = []
    for (name, one), design, p in zip(found.items(), designs, adjusted, strict=True):
        rows.append({
            "name": name, "hypothesis": str(design.hypothesis), "method": one.method,
            "estimate": one.estimate, "se": one.se, "low": one.low, "high": one.high,
            "p_value": one.p_value, "p_equivalence": one.p_equivalence, "p_adjusted": float(p),
            "decision": _decided(one, design, float(p)), "n": one.n, "planned_n": design.n, "unit": one.unit,
            "assumes": one.assumes, "note": one.note,
        })  # fmt: skip
    return pd.DataFrame(rows)


def _decided(found: Answer, design: Design, p: float) -> str:
    """Decide again with the adjusted p value of the claim."""
    none = design.hypothesis.direction == "does not change"
    return decide(
        design.hypothesis, estimate=found.estimate, alpha=1 - design.level,
        p_value=found.p_value if none else p, p_equivalence=p if none else found.p_equivalence,
    )  # fmt: skip
