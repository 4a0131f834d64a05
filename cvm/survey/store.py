"""A survey too large for memory: block by block to Parquet, and safe to kill."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from cvm.inblocks import read_blocks, write_blocks
from cvm.levers import needs_world
from cvm.survey.population import Survey
from cvm.survey.questionnaire import Questionnaire
from cvm.survey.simulate import ROWS, check_sizes, simulate_survey
from cvm.survey.yunhe import YUNHE

__all__ = ["StoredSurvey", "store_survey"]


@dataclass(frozen=True, kw_only=True)
class StoredSurvey:
    """A survey on disk.

    Parameters
    ----------
    folder : Path
        Where it lies.
    n, seed : int
        As it was run.
    """

    folder: Path
    n: int
    seed: int

    def path(self) -> str:
        """Give the pattern of the files, as DuckDB and others take it."""
        return str(self.folder / "answers" / "*.parquet")

    def read(self, *, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Read the answers whole; of a large survey only columns that fit memory."""
        return read_blocks(self.folder, "answers", columns=columns)


@needs_world
def store_survey(
    world: Survey,
    *,
    n: int,
    seed: int,
    folder: str | Path,
    questionnaire: Questionnaire = YUNHE,
    everyone: bool = False,
    progress: bool = True,
) -> StoredSurvey:
    """Simulate a survey of any size and write it to Parquet, or go on where that stopped.

    Parameters
    ----------
    world : Survey
        Levers and assumptions.
    n, seed : int
        As in :func:`cvm.survey.simulate_survey`; memory does not grow with ``n``.
    folder : str or Path
        Where to; a folder that holds a part of the very same run is completed.
    questionnaire : Questionnaire
        What is asked.
    everyone : bool
        Whether to keep those who do not answer.
    progress : bool
        Whether to show a bar on the standard error stream.

    Returns
    -------
    StoredSurvey

    Raises
    ------
    CvmError
        For sizes that are none, or a folder that holds another run or something else.
    MissingExtra
        Without pyarrow.
    """
    check_sizes(n, 0, 0, questionnaire)

    def make(block: int) -> dict[str, pd.DataFrame]:
        start = block * ROWS
        table = simulate_survey(
            world, n=min(ROWS, n - start), seed=seed, questionnaire=questionnaire, start=start,
            everyone=everyone,
        )  # fmt: skip
        return {"answers": table}

    # The wording of a questionnaire is long; a digest tells one from another as well.
    digest = hashlib.blake2b(repr(questionnaire).encode(), digest_size=8).hexdigest()
    label = {"world": world.to_dict(), "n": int(n), "seed": int(seed), "everyone": everyone,
             "questionnaire": f"{questionnaire.name} {digest}"}  # fmt: skip
    where = write_blocks(folder, label=label, tables=["answers"], blocks=-(-n // ROWS),
                         make=make, progress=progress)  # fmt: skip
    return StoredSurvey(folder=where, n=n, seed=seed)
