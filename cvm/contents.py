"""Contents: the chapters of the course, and which of them are here."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from cvm.words import N_, _

__all__ = ["CHAPTERS", "Chapter", "course_map"]


class Chapter(NamedTuple):
    """One chapter of the course.

    Parameters
    ----------
    number : str
        Its two digits, with which its files begin.
    title : str
        In English and Chinese.
    question : str
        What it answers.
    """

    number: str
    title: str
    question: str


CHAPTERS = (
    Chapter("00", N_("Start here"), N_("Does everything work, and what is this about?")),
    Chapter("01", N_("Customer relationships (客户关系概论)"),
            N_("Is it better to win customers or to keep them?")),
    Chapter("02", N_("Knowing customers (客户的认识)"),
            N_("What is the firm worth to a customer, and a customer to the firm?")),
    Chapter("03", N_("Choosing customers (客户的选择)"),
            N_("Which customers should we want?")),
    Chapter("04", N_("Winning customers (客户的开发)"),
            N_("Where does the next yuan of acquisition go?")),
    Chapter("05", N_("Customer information (客户的信息)"),
            N_("What must we know of a customer, and who is about to go?")),
    Chapter("06", N_("Tiering customers (客户的分级)"),
            N_("Who are the key customers, and what is done for the others?")),
    Chapter("07", N_("Communication and service (客户的沟通)"),
            N_("Which moment makes or spoils a relationship?")),
    Chapter("08", N_("Satisfaction (客户的满意)"),
            N_("How is satisfaction measured, and what does it return?")),
    Chapter("09", N_("Loyalty (客户的忠诚)"),
            N_("When does a satisfied customer stay?")),
    Chapter("10", N_("Losing and winning back (客户的流失与挽回)"),
            N_("Whom do we try to hold, and whom do we let go?")),
    Chapter("11", N_("The value of customers (客户价值管理)"),
            N_("What is a customer worth over a whole life?")),
    Chapter("12", N_("Running the customer-centred firm"),
            N_("Can you run Yunhe Telecom for eight quarters?")),
    Chapter("13", N_("Research laboratory (忠诚假设检验)"),
            N_("Which claims of the course hold, and when?")),
)  # fmt: skip


def course_map(folder: str | Path = ".") -> str:
    """Write the map of the course as a Markdown table.

    Parameters
    ----------
    folder : str or Path
        Where the chapters lie; a notebook stands beside them.

    Returns
    -------
    str
        One row a chapter: its title, linked if the chapter is here, and its question.
    """
    heads = "| | {chapter} | {question} |\n|---|---|---|"
    rows = [heads.format(chapter=_("chapter"), question=_("it answers"))]
    for chapter in CHAPTERS:
        title, question = _(chapter.title), _(chapter.question)
        name = _file(chapter, Path(folder))
        shown = f"[{title}]({name}.ipynb)" if name else _("{title}, to follow", title=title)
        rows.append(f"| {chapter.number} | {shown} | {question} |")
    return "\n".join(rows)


def _file(chapter: Chapter, folder: Path) -> str:
    """Give the name of a chapter's files, "" if it is not here."""
    # The source counts as well: the first build writes all the chapters at once.
    found = [*folder.glob(f"{chapter.number}_*.ipynb"), *folder.glob(f"src/{chapter.number}_*.md")]
    return found[0].stem if found else ""
