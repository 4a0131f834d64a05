"""Writing a report down: a table for LaTeX, a page for Word, a citation."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from cvm.results import number, p_words
from cvm.words import _

if TYPE_CHECKING:
    from cvm.research.study.plan import Plan

__all__ = ["bibtex", "citation_cff", "latex", "page", "results"]

#: What LaTeX reads as its own signs.
LATEX = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
    "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "−": "$-$",
    "<": "$<$", ">": "$>$", "∞": r"$\infty$",
}  # fmt: skip
#: Word knows these few rules; no style sheet from elsewhere.
STYLE = (
    "body{font-family:Calibri,Arial,sans-serif;font-size:11pt;max-width:46em}"
    "table{border-collapse:collapse;border-top:1.5pt solid #000;border-bottom:1.5pt solid #000}"
    "th{border-bottom:.75pt solid #000;text-align:left}td,th{padding:3pt 8pt;vertical-align:top}"
)


def results(table: pd.DataFrame, *, level: float) -> pd.DataFrame:
    """Round a report's table to what a reader needs.

    Parameters
    ----------
    table : DataFrame
        Of a :class:`cvm.research.study.Report`.
    level : float
        Confidence level of its intervals.

    Returns
    -------
    DataFrame
        Words only, one row a hypothesis.
    """
    interval = _("{level} interval", level=number(level, "share", digits=4))
    rows = [
        {
            _("hypothesis"): row["hypothesis"], _("analysis"): row["method"],
            _("change"): number(row["estimate"], row["unit"]),
            interval: _("{low} to {high}", low=number(row["low"], row["unit"]),
                        high=number(row["high"], row["unit"])),
            _("p, corrected"): p_words(row["p_adjusted"]), "n": number(row["n"]),
            _("decision"): _(row["decision"]),
        }
        for row in table.to_dict("records")
    ]  # fmt: skip
    return pd.DataFrame(rows)


def latex(table: pd.DataFrame, *, caption: str, label: str) -> str:
    """Write a table for LaTeX.

    Parameters
    ----------
    table : DataFrame
        Words.
    caption, label : str
        Of the table.

    Returns
    -------
    str
        A ``table`` with rules of the package booktabs; the first column wraps.
    """
    form = r"p{0.32\textwidth}" + "l" * (table.shape[1] - 1)
    lines = [" & ".join(map(_tex, row)) + r" \\" for row in table.to_numpy().tolist()]
    head = " & ".join(map(_tex, table.columns)) + r" \\"
    return "\n".join([
        r"\begin{table}", r"\centering", rf"\caption{{{_tex(caption)}}}", rf"\label{{{label}}}",
        rf"\begin{{tabular}}{{{form}}}", r"\toprule", head, r"\midrule", *lines, r"\bottomrule",
        r"\end{tabular}", r"\end{table}", "",
    ])  # fmt: skip


def page(
    title: str, text: str, tables: Sequence[tuple[str, pd.DataFrame]], record: Mapping[str, Any]
) -> str:
    """Write a page of HTML that Word opens with its tables as tables.

    Parameters
    ----------
    title, text : str
        Heading and opening.
    tables : sequence of (str, DataFrame)
        Each with a heading; an empty table is told as none.
    record : mapping
        Versions, seeds and hashes, written at the end.

    Returns
    -------
    str
        Whole, without anything to fetch.
    """
    parts = [f"<h1>{html.escape(title)}</h1>", f"<p>{html.escape(text)}</p>"]
    for heading, table in tables:
        if heading:
            parts.append(f"<h2>{html.escape(heading)}</h2>")
        none = f"<p>{html.escape(_('None.'))}</p>"
        parts.append(none if table.empty else _html(table))
    parts.append(f"<h2>{html.escape(_('Versions, seeds and hashes'))}</h2>")
    told = html.escape(json.dumps(record, indent=1, ensure_ascii=False))
    parts.append(f"<pre>{told}</pre>")
    head = f'<meta charset="utf-8"><title>{html.escape(title)}</title><style>{STYLE}</style>'
    return f"<!DOCTYPE html><html><head>{head}</head><body>" + "\n".join(parts) + "</body></html>\n"


def bibtex(plan: Plan) -> str:
    """Cite a plan and this kit.

    Parameters
    ----------
    plan : Plan
        A frozen plan.

    Returns
    -------
    str
        Two entries; the author of the plan is left for its author to fill in.
    """
    version = plan.versions.get("cvm", "")
    return "\n".join([
        f"@misc{{plan{plan.sha256[:8]},",
        "  author = {},",
        f"  title = {{{_tex(plan.title)}}},",
        f"  note = {{Pre-analysis plan, SHA-256 {plan.sha256}}}",
        "}",
        "@software{cvm,",
        "  author = {{The cvm maintainers}},",
        "  title = {cvm: customer value management, a course that runs},",
        f"  version = {{{version}}}",
        "}",
        "",
    ])  # fmt: skip


def citation_cff(plan: Plan) -> str:
    """Write a ``CITATION.cff`` for a study.

    Parameters
    ----------
    plan : Plan
        A frozen plan.

    Returns
    -------
    str
        The names are left for the authors to fill in.
    """
    kit = json.dumps("cvm: customer value management, a course that runs")
    return "\n".join([
        "cff-version: 1.2.0",
        "message: " + json.dumps(_("If you use this study, please cite it as below.")),
        "title: " + json.dumps(plan.title, ensure_ascii=False),
        "authors:",
        "  - name: " + json.dumps(_("(your name)"), ensure_ascii=False),
        "identifiers:",
        "  - type: other",
        f"    value: sha256:{plan.sha256}",
        "references:",
        "  - type: software",
        f"    title: {kit}",
        "    authors:",
        "      - name: The cvm maintainers",
        f"    version: {json.dumps(plan.versions.get('cvm', ''))}",
        "",
    ])  # fmt: skip


def _tex(text: object) -> str:
    return "".join(LATEX.get(sign, sign) for sign in str(text))


def _html(table: pd.DataFrame) -> str:
    def row(cells: Sequence[object], tag: str) -> str:
        return "<tr>" + "".join(f"<{tag}>{html.escape(str(c))}</{tag}>" for c in cells) + "</tr>"

    lines = [row(list(table.columns), "th"), *(row(r, "td") for r in table.to_numpy().tolist())]
    return "<table>" + "\n".join(lines) + "</table>"
