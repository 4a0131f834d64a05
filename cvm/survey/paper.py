"""On paper: the form a trainer prints, and the sheet answers are typed into.

Both follow from the questionnaire. The form is one HTML page with nothing to fetch: open it in
a browser and print it. Questions that share a scale stand together, the words of the scale
above its points. The sheet has one row a respondent under two lines of heading, the codes and
the questions, as form tools export it; :func:`cvm.readers.read_answers` reads it back.
"""

from __future__ import annotations

import html
import os
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

import pandas as pd

from cvm.errors import CvmError, MissingExtra
from cvm.survey.questionnaire import Item, Questionnaire, needed
from cvm.survey.wording import Choice, Language, Scale, Wording
from cvm.words import _

__all__ = ["empty_answers", "form", "write_sheet"]

_STYLE = """
@page { size: A4; margin: 14mm 15mm; }
body { font: 10.5pt/1.3 "Noto Sans", "Noto Sans CJK SC", "Noto Sans SC", "Microsoft YaHei",
       "PingFang SC", sans-serif; color: #111; max-width: 180mm; margin: 8mm auto; }
h1 { font-size: 16pt; margin: 0 0 2mm; }
p { margin: 0 0 4mm; }
fieldset { border: 0; padding: 0; margin: 0 0 5mm; }
table { border-collapse: collapse; width: 100%; table-layout: fixed; margin: 0 0 5mm; }
th, td { padding: 1.1mm 0.6mm; vertical-align: middle; font-weight: normal; }
thead th { text-align: center; font-size: 8.5pt; line-height: 1.15; vertical-align: bottom; }
thead th.words { overflow-wrap: break-word; }
thead th:first-child, tbody th { text-align: left; font-size: 10.5pt; }
thead th:first-child { font-weight: bold; }
tbody tr { border-top: 0.2mm solid #bbb; break-inside: avoid; }
tbody td { text-align: center; }
.point { display: inline-block; width: 3.4mm; height: 3.4mm; border: 0.25mm solid #333; border-radius: 50%; }
.option { display: inline-block; margin-right: 7mm; white-space: nowrap; }
.option .point { margin-right: 1.5mm; vertical-align: -0.4mm; }
.note { font-size: 9pt; color: #444; }
"""

_LEADS = {
    "satisfaction": Wording("How satisfied are you with …", "您的满意程度："),
    "agreement": Wording("How far do you agree?", "您的同意程度："),
}
_ONLY = Wording('Only if you answered "{option}" above:', "仅当上题选“{option}”时回答：")


def form(questionnaire: Questionnaire, *, language: Language = "en") -> str:
    """Give the printable form.

    Parameters
    ----------
    questionnaire : Questionnaire
        What is asked.
    language : {"en", "zh"}
        The language respondents read.

    Returns
    -------
    str
        A whole HTML page: save it with the ending .html, open it in a browser, print it.

    Raises
    ------
    CvmError
        For a language the questionnaire is not worded in.
    """
    title = _text(needed(questionnaire).title, language)
    parts = [f"<h1>{title}</h1>", f"<p>{_text(questionnaire.introduction, language)}</p>"]
    plain = [item for item in questionnaire.items if item.asked_if is None]
    for scale, group in groupby(_gathered(plain), key=lambda item: item.scale):
        parts.append(_grid(scale, list(group), language))
    for choice in questionnaire.choices:
        parts.append(_options(choice, language))
        parts += [
            _rule(choice, item, language) + _grid(item.scale, [item], language)
            for item in questionnaire.items
            if item.asked_if and item.asked_if[0] == choice.code
        ]
    tongue = "zh-Hans" if language == "zh" else "en"
    head = f'<meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style>'
    body = "\n".join(parts)
    return f'<!DOCTYPE html>\n<html lang="{tongue}"><head>{head}</head>\n<body>\n{body}\n</body></html>\n'


def empty_answers(questionnaire: Questionnaire) -> pd.DataFrame:
    """Give the answer table without a row, its columns in their types.

    Parameters
    ----------
    questionnaire : Questionnaire
        What is asked.

    Returns
    -------
    DataFrame
        ``respondent`` (int), a text column a choice, a float column an item.
    """
    kinds = {"respondent": "int64", **{c.code: "str" for c in needed(questionnaire).choices}}
    kinds |= {item.code: "float64" for item in questionnaire.items}
    return pd.DataFrame({name: pd.Series([], dtype=kind) for name, kind in kinds.items()})


def write_sheet(
    questionnaire: Questionnaire,
    path: str | os.PathLike[str],
    *,
    language: Language = "en",
    rows: int = 40,
) -> Path:
    """Write the sheet that answers on paper are typed into.

    Parameters
    ----------
    questionnaire : Questionnaire
        What was asked.
    path : str or path
        Where to; the ending says what: .csv or .xlsx.
    language : {"en", "zh"}
        The language of the questions in the second line of the heading.
    rows : int
        Numbered rows to fill in, 0 or more.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    CvmError
        For another ending, or a number of rows that is none.
    MissingExtra
        Without openpyxl, for a workbook.
    """
    file = Path(path)
    if isinstance(rows, bool) or not isinstance(rows, int) or rows < 0:
        raise CvmError(_("rows= is a whole number of 0 or more."), given=rows,
                       remedy=_("Give for example rows=40."))  # fmt: skip
    if file.suffix not in (".csv", ".xlsx"):
        wrong = _("A sheet is written as .csv or .xlsx.")
        raise CvmError(wrong, given=str(path), remedy=_("Give for example 'answers.csv'."))
    lines = _sheet(needed(questionnaire), language, rows)
    if file.suffix == ".csv":
        # With the mark at the start, a spreadsheet program reads the Chinese right.
        lines.to_csv(file, index=False, header=False, encoding="utf-8-sig", lineterminator="\n")
        return file
    try:
        lines.to_excel(file, index=False, header=False)
    except ImportError:
        what = _("Writing Excel workbooks")
        raise MissingExtra("openpyxl", extra="files", purpose=what) from None
    return file


def _sheet(questionnaire: Questionnaire, language: Language, rows: int) -> pd.DataFrame:
    asked: list[Choice | Item] = [*questionnaire.choices, *questionnaire.items]
    heads = [
        ["respondent", *(q.code for q in asked)],
        [{"en": "number", "zh": "编号"}[language], *(_asked(q, language) for q in asked)],
    ]
    filled: list[list[object]] = [[row, *[None] * len(asked)] for row in range(1, rows + 1)]
    return pd.DataFrame([*heads, *filled], dtype=object)


def _asked(question: Choice | Item, language: Language) -> str:
    """Give a question with the values that may be typed in."""
    text = question.wording.said(language)
    if isinstance(question, Item):
        return f"{text} [{question.scale.low}-{question.scale.high}]"
    return f"{text} [{' / '.join(option.label.said(language) for option in question.options)}]"


# -- pieces of the page ------------------------------------------------------------------


def _text(wording: Wording, language: Language) -> str:
    return html.escape(wording.said(language))


def _gathered(items: Sequence[Item]) -> list[Item]:
    """Put items on one scale together, scales in the order in which they first come."""
    order = list(dict.fromkeys(item.scale.name for item in items))
    return sorted(items, key=lambda item: order.index(item.scale.name))


def _lead(scale: Scale, language: Language) -> str:
    kind = scale.name.split(",")[0]
    return _text(_LEADS[kind], language) if kind in _LEADS else ""


def _grid(scale: Scale, items: Sequence[Item], language: Language) -> str:
    points = scale.points
    share = 52 if len(points) > 5 else 45
    width = (100 - share) / len(points)
    columns = f'<col style="width:{share}%">' + f'<col style="width:{width:.2f}%">' * len(points)
    numbers = "".join(f"<th>{point}</th>" for point in points)
    rows = "".join(
        f"<tr><th>{_text(item.wording, language)}</th>"
        + '<td><span class="point"></span></td>' * len(points) + "</tr>\n"
        for item in items
    )  # fmt: skip
    head = f"<tr><th>{_lead(scale, language)}</th>{_words(scale, language)}</tr>"
    return (f"<table><colgroup>{columns}</colgroup>\n<thead>{head}<tr><th></th>{numbers}</tr></thead>\n"
            f"<tbody>{rows}</tbody></table>")  # fmt: skip


def _words(scale: Scale, language: Language) -> str:
    """Write the words over the points they belong to; the ends' words may spread inwards."""
    words = {anchor.value: _text(anchor.label, language) for anchor in scale.anchors}
    if len(words) == len(scale.points):
        return "".join(f'<th class="words">{words[point]}</th>' for point in scale.points)
    half = len(scale.points) // 2
    rest = len(scale.points) - half
    return (f'<th colspan="{half}" style="text-align:left">{words[scale.low]}</th>'
            f'<th colspan="{rest}" style="text-align:right">{words[scale.high]}</th>')  # fmt: skip


def _options(choice: Choice, language: Language) -> str:
    options = "".join(
        f'<span class="option"><span class="point"></span>{_text(option.label, language)}</span>'
        for option in choice.options
    )
    return f"<fieldset><p>{_text(choice.wording, language)}</p>{options}</fieldset>"


def _rule(choice: Choice, item: Item, language: Language) -> str:
    value = item.asked_if[1] if item.asked_if else ""
    label = next(option.label for option in choice.options if option.value == value)
    said = _ONLY.said(language).format(option=label.said(language))
    return f'<p class="note">{html.escape(said)}</p>'
