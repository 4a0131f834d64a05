"""Execute a notebook cell by cell and compute the numbers in its prose.

As Jupyter would: a fresh kernel, in the notebook's folder. Beyond Jupyter: a fixed
hash seed, one thread for linear algebra, no personal IPython configuration, and
the language of the edition, so that every machine with the same versions gets the
same outputs.
"""

from __future__ import annotations

import ast
import asyncio
import os
import re
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import nbformat
import zmq
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from builder import BuildError
from builder.source import EXPRESSION, HOLDS, unmarked

__all__ = ["environment", "execute"]

_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_SECONDS_A_CELL = 600


def environment(language: str = "en", *, home: str | None = None) -> dict[str, str]:
    """Give the environment a kernel is started in.

    Parameters
    ----------
    language : str
        The edition's language.
    home : str, optional
        An empty folder for IPython's configuration; without it the user's is read.
    """
    ours = {
        "CVM_LANGUAGE": language,
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "PYTHONHASHSEED": "0",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }
    if home:
        ours["IPYTHONDIR"] = home
    return {**os.environ, **ours}


async def execute(
    notebook: nbformat.NotebookNode, *, folder: Path, name: str, language: str = "en"
) -> nbformat.NotebookNode:
    """Execute every cell and fill in the prose; the notebook is changed in place.

    Parameters
    ----------
    notebook : NotebookNode
        As :func:`builder.source.read` gives it.
    folder : Path
        Where the built notebook will lie; the kernel works there.
    name : str
        What messages call the notebook.
    language : str
        The edition's language.

    Raises
    ------
    BuildError
        If a cell fails, an expression cannot be computed, or a claim does not hold.
    """
    client = NotebookClient(
        notebook,
        timeout=_SECONDS_A_CELL,
        kernel_name="python3",
        coalesce_streams=True,
        record_timing=False,
        extra_arguments=["--log-level=50"],  # the kernel's own advice is not the course's
        resources={"metadata": {"path": str(folder)}},
    )
    count = 0
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        async with client.async_setup_kernel(env=environment(language, home=home)), _awake(client):
            for index, cell in enumerate(notebook.cells):
                where = f"{name}, cell {index + 1}"
                if cell.cell_type == "code":
                    count += 1
                    await _run(client, cell, index, count, where)
                else:
                    cell.source = await _filled(client, cell.source, where)
    return notebook


@asynccontextmanager
async def _awake(client: NotebookClient) -> AsyncIterator[None]:
    """Keep a message from being overlooked for ever.

    When a widget's answer is sent while the kernel's reply comes in, pyzmq may miss the
    reply, and the wait for it never ends. Asking a socket for its events wakes it.
    """

    async def look() -> None:
        while True:
            await asyncio.sleep(0.5)
            for channel in (client.kc.shell_channel, client.kc.iopub_channel):
                channel.socket.get(zmq.EVENTS)

    looking = asyncio.create_task(look())
    try:
        yield
    finally:
        looking.cancel()


async def _run(
    client: NotebookClient, cell: nbformat.NotebookNode, index: int, count: int, where: str
) -> None:
    try:
        await client.async_execute_cell(cell, index)
    except CellExecutionError as error:
        trace = _ANSI.sub("", error.traceback).strip()
        raise BuildError(f"{where} fails:\n\n{_indented(cell.source)}\n\n{trace}") from None
    cell.execution_count = count
    if alt := cell.metadata.get("alt"):
        cell.metadata["alt"] = await _filled(client, alt, where)


async def _filled(client: NotebookClient, text: str, where: str) -> str:
    """Check the claims of a text, take the markers out, and compute its expressions."""
    for claim in HOLDS.findall(text):
        if await _value(client, f"bool({claim})", claim, where) != "True":
            raise BuildError(f"{where}: this does not hold any more: {claim}\n\n{_indented(text)}")
    text = unmarked(text)
    parts = EXPRESSION.split(text)
    for place in range(1, len(parts), 2):
        parts[place] = await _value(client, f"str({parts[place]})", parts[place], where)
    return "".join(parts)


async def _value(client: NotebookClient, code: str, written: str, where: str) -> str:
    """Compute one expression beside the cells: no count, no history, no output."""
    kernel = client.kc
    assert kernel is not None
    code = " ".join(code.split("\n"))
    sent = kernel.execute(
        "", silent=True, store_history=False, user_expressions={"it": f"str({code})"}
    )
    while True:
        reply = await kernel.get_shell_msg(timeout=_SECONDS_A_CELL)
        if reply["parent_header"].get("msg_id") == sent:
            break
    found = reply["content"]["user_expressions"]["it"]
    if found["status"] != "ok":
        reason = f"{found['ename']}: {found['evalue']}"
        raise BuildError(f"{where}: {{{{ {written} }}}} cannot be computed: {reason}")
    return ast.literal_eval(found["data"]["text/plain"])


def _indented(text: str) -> str:
    return "\n".join("    " + line for line in text.splitlines())
