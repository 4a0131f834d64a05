"""The page of all verdicts: every claim of the course on trial, on one page.

``python course.py verdicts`` writes it to ``build/verdicts.html``: a single file with its
pictures inside, to open in a browser, to print, or to send. Each claim is told as the
course tells it, with what its source measured and what the retelling made of it; then the
verdict, how sure it is, the map of where it holds, and what a manager should say instead.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from html import escape
from pathlib import Path

from cvm import plots
from cvm.errors import CvmError
from cvm.plots.export import svg
from cvm.research.claims import claim, claims
from cvm.research.claims.claim import Claim, Data, Trial
from cvm.research.claims.region import region, stability
from cvm.results import number
from cvm.words import N_, _, language

__all__ = ["verdict_page", "write_verdicts"]

_STYLE = """body { font: 16px/1.5 system-ui, "Noto Sans CJK SC", sans-serif; max-width: 54rem;
  margin: 2rem auto; padding: 0 1rem; color: #111; }
h2 { margin-top: 3rem; border-top: 1px solid #ccc; padding-top: 1rem; }
table { border-collapse: collapse; } td, th { text-align: left; padding: .2rem .8rem .2rem 0;
  vertical-align: top; } .verdict { font-weight: bold; } svg { max-width: 100%; height: auto; }
@media print { section { break-inside: avoid; } }"""

_TOLD = (
    ("source", N_("Goes back to")),
    ("measured", N_("What was measured")),
    ("folklore", N_("What the retelling made of it")),
    ("estimand", N_("What a trial must find")),
    ("advice", N_("Say instead")),
)


def verdict_page(
    *, ids: Sequence[str] = (), seeds: Sequence[int] = (1, 2, 3), data: Data | None = None,
    progress: bool = True,
) -> str:  # fmt: skip
    """Try the claims and write the page.

    Parameters
    ----------
    ids : sequence of str, optional
        Which claims; without it all of the ledger, in its order.
    seeds : sequence of int, optional
        Lucks; the first one's trial is shown, all of them say how sure the verdict is.
    data : mapping of str to DataFrame, optional
        Real transaction logs for the trials that take them.
    progress : bool, optional
        Whether to say on the error stream which claim is on trial.

    Returns
    -------
    str
        HTML, complete in itself.

    Raises
    ------
    CvmError
        If there is no seed, or a claim is not in the ledger.
    """
    if not seeds:
        raise CvmError(_("There is no luck to try."), remedy=_("Give for example seeds=[1, 2, 3]."))
    chosen = [claim(id) for id in (ids or claims()["id"])]
    rows, sections = [], []
    for place, entry in enumerate(chosen, start=1):
        if progress:
            print(f"{place}/{len(chosen)} {entry.id}", file=sys.stderr, flush=True)
        trial = entry.trial(seed=seeds[0], data=data)
        rows.append(_row(entry, trial))
        sections.append(_section(entry, trial, seeds, data))
    heads = "".join(
        f"<th>{escape(words)}</th>" for words in (_("chapter"), _("claim"), _("verdict"))
    )
    title = escape(_("The claims of the course on trial"))
    return (
        f'<!doctype html><html lang="{escape(language())}"><meta charset="utf-8">'
        f"<title>{title}</title><style>{_STYLE}</style><h1>{title}</h1><p>{escape(_how())}</p>"
        f"<table><tr>{heads}</tr>{''.join(rows)}</table>{''.join(sections)}</html>"
    )


def write_verdicts(
    path: str | Path = "build/verdicts.html", *, seeds: Sequence[int] = (1, 2, 3),
    data: Data | None = None, progress: bool = True,
) -> Path:  # fmt: skip
    """Write the page of all verdicts to a file.

    Parameters
    ----------
    path : str or Path, optional
        The file; its folder is made, an older page is replaced.
    seeds, data, progress
        As in :func:`verdict_page`.

    Returns
    -------
    Path
        Where it lies.
    """
    text = verdict_page(seeds=seeds, data=data, progress=progress)
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def _how() -> str:
    return _(
        "Each claim was tried in a simulated market whose truth is known, under many "
        "conditions, and on real data where a data set allows it. A map says where it holds: "
        "blue where it does, orange where it does not, hatched where the interval cannot decide. "
        "The conditions are a grid, not a sample of markets: their share is no probability."
    )


def _row(entry: Claim, trial: Trial) -> str:
    link = f'<a href="#{entry.id}">{escape(_(entry.wording))}</a>'
    return f"<tr><td>{entry.chapter}</td><td>{link}</td><td>{escape(_(trial.verdict))}</td></tr>"


def _section(entry: Claim, trial: Trial, seeds: Sequence[int], data: Data | None) -> str:
    found = region(trial)
    picture = svg(plots.region(found.to_frame()))
    heading = " ".join(filter(None, (_(entry.wording), entry.wording_zh)))
    parts = [
        f'<p class="verdict">{escape(trial.sentence())}</p>',
        f"<p>{escape(found.sentence())} {escape(stability(entry, seeds=seeds, data=data).sentence())}</p>",
        f"<p>{escape(_('The map counts: {measure}.', measure=_(found.measure)))}</p>{picture}",
        _real(trial),
        "<table>" + "".join(_told(entry, name, words) for name, words in _TOLD) + "</table>",
    ]
    return f'<section id="{entry.id}"><h2>{escape(heading)}</h2>{"".join(parts)}</section>'


def _told(entry: Claim, name: str, words: str) -> str:
    text = _(getattr(entry, name))
    if name == "source":
        text = _("{source} ({seen})", source=text, seen=_(entry.seen))
    return f"<tr><th>{escape(_(words))}</th><td>{escape(text)}</td></tr>"


def _real(trial: Trial) -> str:
    rows = trial.table[trial.table["data"] == "real"]
    if rows.empty:
        return ""
    lines = [
        _("{measure}: {value} ({low} to {high})", measure=_(row["measure"]), value=number(row["value"]),
          low=number(row["low"]), high=number(row["high"]))
        for row in rows.to_dict("records")
    ]  # fmt: skip
    items = "".join(f"<li>{escape(line)}</li>" for line in lines[:6])
    return f"<p>{escape(_('On real data:'))}</p><ul>{items}</ul>"


if __name__ == "__main__":
    print(write_verdicts())
