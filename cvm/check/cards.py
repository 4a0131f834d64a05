"""Cards: what a student reads back.

Every card is a frozen result: ``str()`` for plain text, and for a notebook a box
whose verdict is told by a symbol and a word; its colour only repeats them. What the
student wrote is escaped before it becomes HTML.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from cvm.results import Result, number
from cvm.words import N_, _

__all__ = ["Card", "Note", "Reveal", "Rubric", "Verdict"]

Status = Literal["right", "not quite", "not attempted"]

# Blue and orange can be told apart by every kind of colour vision, on light and dark.
_LOOK = {
    "right": ("✓", N_("Right"), "#0072B2"),
    "not quite": ("✗", N_("Not quite"), "#D55E00"),
    "not attempted": ("○", N_("Not attempted"), "#767676"),
}


@dataclass(frozen=True, kw_only=True, repr=False)
class Card(Result):
    """A short text about one question, prediction or open question.

    Parameters
    ----------
    question : str
        Its number, such as "06.2".
    message : str
        The text, already translated; lines that begin with four spaces are code.
    """

    question: str
    message: str

    @property
    def head(self) -> str:
        """The first words, before the message."""
        return self.question

    @property
    def colour(self) -> str:
        """The colour of the box's edge."""
        return "#767676"

    def sentence(self) -> str:
        """Say head and message."""
        return f"{self.head}: {self.message}"

    def _repr_html_(self) -> str:
        return _box(self.head, self.message, self.colour)


@dataclass(frozen=True, kw_only=True, repr=False)
class Verdict(Card):
    """What became of an answer.

    Parameters
    ----------
    status : {"right", "not quite", "not attempted"}
        The verdict.
    mistake : str
        The name of the mistake that was recognised; empty if none was.
    """

    status: Status
    mistake: str = ""

    @property
    def right(self) -> bool:
        """Whether the answer is right."""
        return self.status == "right"

    @property
    def head(self) -> str:
        """Symbol, question and verdict."""
        symbol, word, _colour = _LOOK[self.status]
        return f"{symbol} {self.question} {_(word)}"

    @property
    def colour(self) -> str:
        """The colour that goes with the verdict."""
        return _LOOK[self.status][2]


@dataclass(frozen=True, kw_only=True, repr=False)
class Note(Card):
    """A hint, a worked solution, or the receipt for a prediction.

    Parameters
    ----------
    title : str
        What it is, such as "Hint 1 of 3".
    """

    title: str

    @property
    def head(self) -> str:
        """Question and title."""
        return f"{self.question} {self.title}"


@dataclass(frozen=True, kw_only=True, repr=False)
class Reveal(Card):
    """The truth beside a prediction.

    Parameters
    ----------
    predicted, truth : float or None
        In ``unit``; None if nothing was predicted, and then nothing is shown.
    unit : str
        As in :func:`cvm.results.number`.
    picture : str
        A PNG image in base64, or empty.
    alt : str
        What the picture shows, in words.
    """

    predicted: float | None = None
    truth: float | None = None
    unit: str = ""
    picture: str = ""
    alt: str = ""

    def _repr_html_(self) -> str:
        box = _box(self.head, self.message, self.colour)
        if not self.picture:
            return box
        source, alt = f"data:image/png;base64,{self.picture}", html.escape(self.alt)
        return f'{box}<img src="{source}" alt="{alt}" style="max-width:100%">'


@dataclass(frozen=True, kw_only=True, repr=False)
class Rubric(Card):
    """How an open question is marked.

    Parameters
    ----------
    points : DataFrame
        One row a point: ``point``, ``marks``, ``full`` (what earns them all) and
        ``none`` (what earns nothing).
    """

    points: pd.DataFrame

    def sentence(self) -> str:
        """Say the question, each point with its marks, and the sum."""
        lines = [f"{self.question}: {self.message}"]
        for row in self.points.to_dict("records"):
            lines.append(f"[{number(row['marks'])}] {row['point']}")
            lines.append(_("    all: {full}", full=row["full"]))
            lines.append(_("    none: {none}", none=row["none"]))
        lines.append(_("Together {marks} marks.", marks=number(self.points["marks"].sum())))
        return "\n".join(lines)

    def to_frame(self) -> pd.DataFrame:
        """Give the points, one row each."""
        return self.points.copy()

    def _repr_html_(self) -> str:
        heads = [_("Point"), _("Marks"), _("All the marks"), _("No marks")]
        frame = self.points.assign(marks=self.points["marks"].map(number))
        rows = [[str(cell) for cell in row] for row in frame.to_numpy()]
        rows.append([_("Together"), number(self.points["marks"].sum()), "", ""])
        top = "".join(f'<th style="text-align:left">{html.escape(h)}</th>' for h in heads)
        body = "".join(
            "<tr>" + "".join(f'<td style="text-align:left">{_marked(c)}</td>' for c in row)
            + "</tr>"
            for row in rows
        )  # fmt: skip
        box = _box(self.head, self.message, self.colour)
        return f"{box}<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def _box(head: str, message: str, colour: str) -> str:
    style = f"border-left:5px solid {colour};padding:.3em .8em;margin:.4em 0"
    return f'<div style="{style}"><strong>{html.escape(head)}</strong><br>{_body(message)}</div>'


def _body(message: str) -> str:
    """Turn text into HTML: indented lines into code, other lines into prose."""
    parts: list[str] = []
    for is_code, block in _blocks(message):
        if is_code:
            code = html.escape("\n".join(line[4:] for line in block))
            parts.append(f'<pre style="white-space:pre-wrap">{code}</pre>')
        else:
            parts.append("<br>".join(_marked(line) for line in block))
    return "".join(parts)


def _blocks(message: str) -> list[tuple[bool, list[str]]]:
    blocks: list[tuple[bool, list[str]]] = []
    for line in message.splitlines():
        is_code = line.startswith("    ")
        if not blocks or blocks[-1][0] != is_code:
            blocks.append((is_code, []))
        blocks[-1][1].append(line)
    return blocks


def _marked(text: str) -> str:
    """Escape a line and set what stands in backticks as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text))
