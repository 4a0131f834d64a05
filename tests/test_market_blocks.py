"""A market on disk: the same as in memory, and none the worse for being killed."""

import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest

from cvm.errors import CvmError
from cvm.market import DESK, Market, simulate, store

pytest.importorskip("pyarrow")

N, MONTHS, KEPT = 3 * DESK + 500, 2, ("transactions", "customers", "ledger")

# exact -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole")
    return store(Market(), n=N, months=MONTHS, seed=1, folder=folder, tables=KEPT, progress=False)


def test_on_disk_it_is_what_it_is_in_memory(stored):
    run = simulate(Market(), n=N, months=MONTHS, seed=1)
    for name in ("transactions", "customers"):
        order = ["customer", "date", "order"] if name == "transactions" else ["customer"]
        table = getattr(run, name)
        here = table.sort_values(order, ignore_index=True)
        there = stored.read(name).sort_values(order, ignore_index=True)
        pd.testing.assert_frame_equal(here, there, check_categorical=False)


def test_the_ledgers_of_the_blocks_add_up_to_the_cent(stored):
    whole = stored.ledger()
    assert whole["month"].tolist() == list(range(MONTHS))
    paid = np.rint(100 * stored.read("transactions", columns=["amount"])["amount"]).sum()
    assert paid == np.rint(100 * whole["revenue"]).sum()
    run = simulate(Market(), n=N, months=MONTHS, seed=1)
    assert whole["customers"].tolist() == run.ledger["customers"].tolist()


# invariant ---------------------------------------------------------------------------

RUN = """
from cvm.market import Market, store
store(Market(), n={n}, months={months}, seed=1, folder={folder!r}, tables={kept!r}, progress=False)
"""


def killed_after(blocks, folder):
    """Start the run in a process of its own and kill it, hard, once some blocks are done."""
    code = RUN.format(n=N, months=MONTHS, folder=str(folder), kept=KEPT)
    process = subprocess.Popen([sys.executable, "-c", code])
    try:
        for _wait in range(2400):
            done = len(list((folder / "done").glob("*"))) if (folder / "done").exists() else 0
            if done >= blocks or process.poll() is not None:
                break
            time.sleep(0.005)
        process.kill()
    finally:
        process.wait()
    return len(list((folder / "done").glob("*")))


def test_a_run_that_was_killed_goes_on_without_loss_or_duplicate(stored, tmp_path):
    folder = tmp_path / "killed"
    done = killed_after(1, folder)
    assert 1 <= done <= 4
    # what a kill can leave behind at its worst: half a file under a temporary name, and a
    # block whose tables are there but which was never ticked off
    (folder / "transactions" / "part-00003.part").write_bytes(b"half")
    (folder / "done" / "00000").unlink()
    again = store(Market(), n=N, months=MONTHS, seed=1, folder=folder, tables=KEPT, progress=False)
    for name in KEPT:
        pd.testing.assert_frame_equal(again.read(name), stored.read(name))
    assert again.read("transactions")["order"].is_unique
    assert not list(folder.rglob("*.part"))


def test_what_is_done_is_not_done_again(stored):
    before = {path: path.stat().st_mtime_ns for path in stored.folder.rglob("*.parquet")}
    store(Market(), n=N, months=MONTHS, seed=1, folder=stored.folder, tables=KEPT, progress=False)
    assert before == {path: path.stat().st_mtime_ns for path in stored.folder.rglob("*.parquet")}


def test_the_bar_tells_how_far_it_is(tmp_path, capsys):
    store(Market(), n=50, months=1, seed=1, folder=tmp_path / "bar", tables=())
    assert "1 of 1 blocks, 0 s left" in capsys.readouterr().err


# inputs ------------------------------------------------------------------------------


def test_a_folder_of_another_run_is_refused(stored):
    with pytest.raises(CvmError, match=r"another run.*very same market"):
        store(Market(), n=N, months=MONTHS, seed=2, folder=stored.folder, tables=KEPT)


def test_a_folder_of_something_else_is_refused(tmp_path):
    (tmp_path / "thesis.docx").write_text("mine")
    with pytest.raises(CvmError, match=r"something else.*empty folder"):
        store(Market(), n=50, months=1, seed=1, folder=tmp_path)


def test_an_unknown_table_gets_its_near_miss(tmp_path):
    with pytest.raises(CvmError, match=r"no table 'transaction'\. Did you mean 'transactions'"):
        store(Market(), n=50, months=1, seed=1, folder=tmp_path, tables=("transaction",))


def test_a_table_that_was_not_stored_is_missed_by_name(stored):
    with pytest.raises(CvmError, match=r"'states' was not stored"):
        stored.read("states")


def test_people_are_counted_in_whole_numbers(tmp_path):
    with pytest.raises(CvmError, match="n is a whole number above zero"):
        store(Market(), n=0, months=1, seed=1, folder=tmp_path)
