"""Clean an executed notebook, so that building it again gives the same bytes.

What differs from run to run is taken out: widget state and model ids, the random
ids of styled tables, the software version inside a picture, the kernel's patch
version, timings. What a reader needs stays: text, tables, pictures.
"""

from __future__ import annotations

import base64
import re
import struct

import nbformat

__all__ = ["WIDGET_TEXT", "clean", "dumps"]

#: Stands where a widget appears once the cell is run, if it has no sentence of its own.
WIDGET_TEXT = "Run this cell to get the sliders."

_WIDGET = "application/vnd.jupyter.widget-view+json"
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+(?=>)")
_STYLER_ID = re.compile(r"\bT_[0-9a-f]{5,}")
_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"file_extension": ".py", "mimetype": "text/x-python", "name": "python"},
}
_CELL_METADATA = ("alt", "tags")
_NOTES = {b"tEXt", b"zTXt", b"iTXt", b"tIME"}


def clean(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Take out what differs from run to run; the notebook is changed in place."""
    notebook.metadata = nbformat.from_dict(_METADATA)
    for cell in notebook.cells:
        kept = {key: cell.metadata[key] for key in _CELL_METADATA if cell.metadata.get(key)}
        cell.metadata = nbformat.from_dict(kept)
        for output in cell.get("outputs", []):
            _clean_output(output, alt=kept.get("alt", ""), count=cell.execution_count)
    return notebook


def dumps(notebook: nbformat.NotebookNode) -> str:
    """Write a notebook as the text of its file, after checking its format."""
    nbformat.validate(notebook)
    return nbformat.writes(notebook, version=4) + "\n"


def plain_png(data: bytes) -> bytes:
    """Take the notes out of a picture (software, version, time) and leave its pixels."""
    kept, at = [data[:8]], 8
    while at < len(data):
        size = struct.unpack(">I", data[at : at + 4])[0] + 12
        if data[at + 4 : at + 8] not in _NOTES:
            kept.append(data[at : at + size])
        at += size
    return b"".join(kept)


def _clean_output(output: nbformat.NotebookNode, *, alt: str, count: int) -> None:
    if output.output_type == "execute_result":
        output.execution_count = count
    data = output.get("data")
    if data is None:
        return
    if _WIDGET in data:
        own = data.get("text/plain", "")
        # What a widget library writes is its constructor; a what-if writes a sentence.
        output.data = nbformat.from_dict({"text/plain": own if own.endswith(".") else WIDGET_TEXT})
        output.metadata = nbformat.from_dict({})
        return
    if "text/html" in data:
        data["text/html"] = _counted(data["text/html"])
        data["text/plain"] = _ADDRESS.sub("", data["text/plain"])
    if "image/png" in data:
        data["image/png"] = base64.b64encode(
            plain_png(base64.b64decode(data["image/png"]))
        ).decode()
        output.metadata = nbformat.from_dict({"image/png": {"alt": alt}} if alt else {})


def _counted(html: str) -> str:
    """Give the random ids of styled tables the numbers 0, 1, 2, ... in order of place."""
    ids = list(dict.fromkeys(_STYLER_ID.findall(html)))
    return _STYLER_ID.sub(lambda found: f"T_{ids.index(found[0])}", html)
