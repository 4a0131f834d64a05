"""The folder of a report: everything a reader, a journal and a later self need, written at once.

=================  ==============================================================
file               for whom
=================  ==============================================================
report.html        a reader: any browser, or Word (File, Open), tables as tables
results.html       the table of results alone, for Word (Insert, Text from file)
report.tex         LaTeX: a document that takes in the two tables and the figures
results.tex        the table of results alone (packages array, booktabs)
deviations.tex     the table of deviations alone
results.csv        the unrounded numbers, one row a hypothesis
plan.md            a copy of the frozen plan, with its hash
record.json        versions, seeds, hashes: what it takes to do it again
CITATION.cff       how to cite the study
study.bib          the same for BibTeX
NAME.svg .pdf .png each figure, for the web, for print, for the page
=================  ==============================================================

No date is written into any of them, so a report made twice is the same to the byte, and a
folder in which another report lies is not overwritten.
"""

from __future__ import annotations

import atexit
import json
import os
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from cvm.errors import CvmError
from cvm.research.study import write
from cvm.words import _

if TYPE_CHECKING:
    from cvm.research.study.report import Report

__all__ = ["Picture", "contents", "put", "workplace"]

#: Files whose line ends a mail or a version control may change.
TEXT = (".html", ".tex", ".csv", ".md", ".json", ".cff", ".bib", ".svg")


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A figure for a report; :func:`cvm.plots.export.picture` makes one.

    Parameters
    ----------
    name : str
        Name of its files without an ending: letters of English, digits, - and _.
    caption : str
        What it shows, in words; also for those who cannot see it.
    svg, pdf, png : bytes
        The figure.
    """

    name: str
    caption: str
    svg: bytes = field(repr=False)
    pdf: bytes = field(repr=False)
    png: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not re.fullmatch(r"[A-Za-z0-9_-]+", self.name):
            wrong = _("A picture's name is the name of a file without an ending.")
            remedy = _("Use letters of English, digits, - and _: name='effect'.")
            raise CvmError(wrong, given=self.name, remedy=remedy)
        if not isinstance(self.caption, str) or not self.caption.strip():
            wrong = _("A picture needs a caption.")
            raise CvmError(wrong, given=self.caption, remedy=_("Say in a sentence what it shows."))


def workplace(folder: str | Path | None = None, *, data: object = None) -> Path:
    """Give the folder a study lives in.

    Parameters
    ----------
    folder : str or Path, optional
        Made if it does not exist; what lies there is kept. Without it a folder to practise in,
        which is thrown away when Python ends.
    data : object, optional
        The file of one's own data, if there is one.

    Returns
    -------
    Path

    Raises
    ------
    CvmError
        For data of one's own without a folder of one's own, or a folder that cannot be made.
    """
    if folder is None and data is not None:
        wrong = _(
            "Data of your own needs a folder of your own: what practice writes is thrown away."
        )
        raise CvmError(wrong, given={"folder": None, "data": str(data)},
                       remedy=_("Write folder='my_study'."))  # fmt: skip
    if folder is None:
        place = Path(tempfile.mkdtemp(prefix="cvm_practice_"))
        atexit.register(shutil.rmtree, place, ignore_errors=True)
        return place
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        wrong = _("The folder of the study cannot be made: {why}.", why=problem.strerror or problem)
        raise CvmError(wrong, given=str(folder), remedy=_("Give it another name.")) from problem
    return Path(folder)


def contents(
    report: Report, *, pictures: Sequence[Picture] = (), authors: Sequence[str] = ()
) -> dict[str, bytes]:
    """Make the files of a report.

    Parameters
    ----------
    report : Report
        From :func:`cvm.research.study.run`.
    pictures : sequence of Picture
        Each with a name of its own.
    authors : sequence of str
        Of the study.

    Returns
    -------
    dict
        Bytes by the name of the file.

    Raises
    ------
    CvmError
        For pictures that share a name, what is no picture, or authors that are no list of names.
    """
    _check(pictures, authors)
    title, told = report.plan.title, str(report)
    parts = ["results", *([] if report.deviations.empty else ["deviations"])]
    results = report.results()
    texts = {
        "report.html": report.to_html(pictures=pictures),
        "results.html": write.page(title, "", [("", results)]),
        "report.tex": write.document(title, told, parts, pictures),
        "results.tex": report.to_latex(),
        "deviations.tex": report.deviations_latex(),
        "results.csv": "\ufeff" + report.table.to_csv(index=False, lineterminator="\n"),
        "plan.md": report.plan.text,
        "record.json": json.dumps(report.record(), indent=1, ensure_ascii=False) + "\n",
        "CITATION.cff": write.citation_cff(report.plan, authors=authors),
        "study.bib": write.bibtex(report.plan, authors=authors),
    }
    made = {name: text.encode() for name, text in texts.items()}
    for one in pictures:
        made |= {f"{one.name}.{form}": getattr(one, form) for form in ("svg", "pdf", "png")}
    return made


def put(files: Mapping[str, bytes], folder: str | Path) -> list[Path]:
    """Write files into a folder, all of them or none, and overwrite nothing.

    Parameters
    ----------
    files : mapping of str to bytes
        By name.
    folder : str or Path
        Made if it does not exist. A file that is there already and the same is left alone.

    Returns
    -------
    list of Path
        All the files, in order.

    Raises
    ------
    CvmError
        If another file lies where one is to be written, or the folder cannot be made or
        written to. Nothing has been written then.
    """
    where = Path(folder)
    if where.exists() and not where.is_dir():
        wrong = _("A report needs a folder, and there is a file of that name.")
        raise CvmError(wrong, given=str(folder), remedy=_("Give the folder another name."))
    other = [name for name, made in files.items()
             if (where / name).exists() and not _same(where / name, made)]  # fmt: skip
    if other:
        wrong = _("There is another report in this folder; it is not overwritten.")
        remedy = _("Give the new report a new folder, or delete the old one yourself.")
        raise CvmError(wrong, given={"folder": str(folder), "other": other}, remedy=remedy)
    try:
        where.mkdir(parents=True, exist_ok=True)
        for name, made in files.items():
            if not (where / name).exists():
                _whole(where / name, made)
    except OSError as problem:
        wrong = _("The report cannot be written: {why}.", why=problem.strerror or problem)
        remedy = _("See whether the folder may be written to and the disk has room.")
        raise CvmError(wrong, given=str(folder), remedy=remedy) from problem
    return [where / name for name in files]


def _whole(path: Path, made: bytes) -> None:
    """Write a file in one step, so that none is ever half there."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(made)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _same(path: Path, made: bytes) -> bool:
    if not path.is_file():
        return False
    there = path.read_bytes()
    if path.suffix in TEXT:
        return there.replace(b"\r\n", b"\n") == made.replace(b"\r\n", b"\n")
    return there == made


def _check(pictures: Sequence[Picture], authors: Sequence[str]) -> None:
    if isinstance(authors, str) or not all(isinstance(a, str) and a.strip() for a in authors):
        wrong = _("Authors come as a list of names.")
        raise CvmError(wrong, given=authors, remedy=_("Write authors=['Lin Mei', '王伟']."))
    for one in pictures:
        if not isinstance(one, Picture):
            wrong = _("A report takes pictures.")
            remedy = _("Make one with cvm.plots.export.picture(ax, name='effect', caption='...').")
            raise CvmError(wrong, given=one, remedy=remedy)
    names = [one.name for one in pictures]
    taken = [
        n for n in names if names.count(n) > 1 or n in ("report", "results", "deviations", "plan")
    ]
    if taken:
        wrong = _("Two files of the report would have one name.")
        raise CvmError(wrong, given=taken[0], remedy=_("Give each picture a name of its own."))
