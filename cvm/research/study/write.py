"""Writing a report down: a table for LaTeX, a page for Word, a citation."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from cvm.results import number, p_words
from cvm.words import _, language

if TYPE_CHECKING:
    from cvm.research.study.folder import Picture
    from cvm.research.study.plan import Plan

__all__ = ["bibtex", "citation_cff", "document", "latex", "page", "results", "tex"]

#: What LaTeX reads as its own signs.
LATEX = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
    "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "−": "$-$",
    "<": "$<$", ">": "$>$", "∞": r"$\infty$", '"': "''",
}  # fmt: skip
#: A letter of a small table, as a share of the width of a page's text.
LETTER = 0.012
#: Signs that no page, no XML and no LaTeX can hold.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
#: Chinese characters and the signs that go with them.
CJK = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")
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
        A ``table`` with rules of the package booktabs; every column wraps, as wide as its words
        ask for (package array).
    """
    lines = [_row(row) for row in table.astype(str).to_numpy().tolist()]
    return "\n".join([
        r"\begin{table}", r"\centering\footnotesize\setlength{\tabcolsep}{3pt}",
        rf"\caption{{{tex(caption)}}}", rf"\label{{{label}}}",
        rf"\begin{{tabular}}{{{_widths(table)}}}", r"\toprule", _row(table.columns), r"\midrule",
        *lines, r"\bottomrule", r"\end{tabular}", r"\end{table}", "",
    ])  # fmt: skip


def document(title: str, text: str, parts: Sequence[str], pictures: Sequence[Picture]) -> str:
    """Write a LaTeX document that takes the tables and pictures in.

    Parameters
    ----------
    title, text : str
        Heading and opening.
    parts : sequence of str
        Names of the files of tables, without ``.tex``.
    pictures : sequence of Picture
        Taken in as PDF.

    Returns
    -------
    str
        For XeLaTeX or LuaLaTeX, which know Chinese; any font of the system that has Chinese may
        be named in it.
    """
    told = title + text + "".join(one.caption for one in pictures)
    chinese = [r"\usepackage{xeCJK} % needs a font with Chinese: \setCJKmainfont{...}"]
    figures = [
        "\n".join([r"\begin{figure}", r"\centering", rf"\includegraphics[width=\linewidth]{{{one.name}.pdf}}",
                   rf"\caption{{{tex(one.caption)}}}", r"\end{figure}"])
        for one in pictures
    ]  # fmt: skip
    return "\n".join([
        "% Make it with XeLaTeX or LuaLaTeX.", r"\documentclass{article}",
        r"\usepackage{array,booktabs,fontspec,graphicx}",
        *(chinese if any(CJK.match(sign) for sign in told) else []),
        rf"\title{{{tex(title)}}}", r"\author{}", r"\date{}", r"\begin{document}", r"\maketitle",
        tex(text), *(rf"\input{{{name}}}" for name in parts), *figures, r"\end{document}", "",
    ])  # fmt: skip


def page(
    title: str,
    text: str,
    tables: Sequence[tuple[str, pd.DataFrame]],
    record: Mapping[str, Any] | None = None,
    pictures: Sequence[Picture] = (),
) -> str:
    """Write a page of HTML that Word opens with its tables as tables.

    Parameters
    ----------
    title, text : str
        Heading and opening.
    tables : sequence of (str, DataFrame)
        Each with a heading; an empty table is told as none.
    record : mapping, optional
        Versions, seeds and hashes, written at the end.
    pictures : sequence of Picture
        Their PNG files lie beside the page.

    Returns
    -------
    str
        Whole, without anything to fetch; well formed, so that any reader of XML takes it too.
    """
    parts = [f"<h1>{_safe(title)}</h1>"] + ([f"<p>{_safe(text)}</p>"] if text else [])
    for heading, table in tables:
        if heading:
            parts.append(f"<h2>{_safe(heading)}</h2>")
        parts.append(f"<p>{_safe(_('None.'))}</p>" if table.empty else _html(table))
    for one in pictures:
        parts.append(f'<p><img src="{one.name}.png" alt="{_safe(one.caption)}" width="600"/></p>')
        parts.append(f"<p><i>{_safe(one.caption)}</i></p>")
    if record is not None:
        parts.append(f"<h2>{_safe(_('Versions, seeds and hashes'))}</h2>")
        parts.append(f"<pre>{_safe(json.dumps(record, indent=1, ensure_ascii=False))}</pre>")
    head = f'<meta charset="utf-8"/><title>{_safe(title)}</title><style>{STYLE}</style>'
    body = "\n".join(parts)
    return (f'<!DOCTYPE html>\n<html lang="{language()}"><head>{head}</head>'
            f"<body>{body}</body></html>\n")  # fmt: skip


def bibtex(plan: Plan, *, authors: Sequence[str] = ()) -> str:
    """Cite a plan and this kit.

    Parameters
    ----------
    plan : Plan
        A frozen plan.
    authors : sequence of str
        Of the study; left to be filled in without any.

    Returns
    -------
    str
        Two entries that BibTeX and biber read.
    """
    version = plan.versions.get("cvm", "")
    return "\n".join([
        f"@misc{{plan{plan.sha256[:8]},",
        f"  author = {{{' and '.join(map(tex, authors))}}},",
        f"  title = {{{tex(plan.title)}}},",
        f"  note = {{Pre-analysis plan, SHA-256 {plan.sha256}}}",
        "}",
        "@misc{cvm,",
        "  author = {{The cvm maintainers}},",
        "  title = {cvm: customer value management, a course that runs},",
        f"  note = {{Computer software, version {version}}}",
        "}",
        "",
    ])  # fmt: skip


def citation_cff(plan: Plan, *, authors: Sequence[str] = ()) -> str:
    """Write a ``CITATION.cff`` for a study.

    Parameters
    ----------
    plan : Plan
        A frozen plan.
    authors : sequence of str
        Of the study; left to be filled in without any.

    Returns
    -------
    str
        In version 1.2.0 of that format.
    """
    kit = json.dumps("cvm: customer value management, a course that runs")
    names = list(authors) or [_("(your name)")]
    return "\n".join([
        "cff-version: 1.2.0",
        "message: " + _yaml(_("If you use this study, please cite it as below.")),
        "title: " + _yaml(plan.title),
        "authors:",
        *("  - name: " + _yaml(name) for name in names),
        "identifiers:",
        "  - type: other",
        f"    value: sha256:{plan.sha256}",
        "    description: " + _yaml(_("the pre-analysis plan")),
        "references:",
        "  - type: software",
        f"    title: {kit}",
        "    authors:",
        "      - name: The cvm maintainers",
        f"    version: {_yaml(plan.versions.get('cvm', ''))}",
        "",
    ])  # fmt: skip


def tex(text: object) -> str:
    """Write a text so that LaTeX prints it as it is, in one paragraph.

    Parameters
    ----------
    text : object
        Written by ``str``.
    """
    return "".join(LATEX.get(sign, sign) for sign in " ".join(CONTROL.sub("", str(text)).split()))


def _row(cells: Iterable[object]) -> str:
    # Braces about each cell: LaTeX reads a [ after the end of a row as part of that end.
    return " & ".join(f"{{{tex(cell)}}}" for cell in cells) + r" \\"


def _widths(table: pd.DataFrame) -> str:
    """Give each column its longest word, and share what is left among those with more to say."""
    words, more = [], []
    for place in range(table.shape[1]):
        cells = [str(table.columns[place]), *map(str, table.iloc[:, place])]
        longest = max((len(word) for cell in cells for word in cell.split()), default=1)
        words.append(LETTER * (longest + 0.5))
        more.append(max(0, min(40, max(map(len, cells), default=1)) - longest) + 1e-9)
    room = 0.98 - 0.018 * len(words)  # what lies between the columns
    left = room - sum(words)
    if left > 0:
        words = [one + left * extra / sum(more) for one, extra in zip(words, more, strict=True)]
    scale = min(1.0, room / sum(words))
    ragged = r">{\raggedright\arraybackslash}"
    return "".join(rf"{ragged}p{{{scale * one:.3f}\linewidth}}" for one in words)


def _yaml(text: str) -> str:
    # A string of JSON is one of YAML too, but for signs that YAML wants written as numbers.
    return json.dumps(CONTROL.sub("", text), ensure_ascii=False)


def _safe(text: object) -> str:
    return html.escape(CONTROL.sub("", str(text)))


def _html(table: pd.DataFrame) -> str:
    def row(cells: Iterable[object], tag: str) -> str:
        return "<tr>" + "".join(f"<{tag}>{_safe(c)}</{tag}>" for c in cells) + "</tr>"

    lines = [row(list(table.columns), "th"), *(row(r, "td") for r in table.to_numpy().tolist())]
    return "<table>" + "\n".join(lines) + "</table>"
