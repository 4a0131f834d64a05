"""Sweeps: the same table whatever computes it, and nothing lost to kill -9."""

import multiprocessing
import os
import signal
import sys
import time
from functools import partial

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cvm.errors import CvmError, MissingExtra
from cvm.inblocks import Bar
from cvm.luck import Luck
from cvm.research.scale import grid, sweep
from cvm.research.study import diagnose, diagnosis_curve, example, size_needed
from cvm.tasks import LOST, work

CELLS = grid({"effect": [0.0, 1.0, 2.0], "kind": ["a", "b"]})


def drawn(cell, seed):
    noise = Luck(seed).normal("sweep", 5)
    return {"mean": cell["effect"] + noise.mean(), "letter": cell["kind"] * 2, "luck": seed}


def fragile(cell, seed):
    if cell["kind"] == "b" and cell["effect"] == 1.0:
        raise RuntimeError("no such market")
    return drawn(cell, seed)


def whole(cell, seed):
    return {"x": 1 if cell["effect"] == 0 else 0.5, "mostly": None if cell["kind"] == "a" else "b"}


def two_rows(cell, seed):
    return pd.DataFrame(
        {"part": ["left", "right"], "value": [cell["effect"], seed % 7]}, index=[9, 9]
    )


def quiet(cells, function, **options):  # tests read tables, not bars
    return sweep(cells, function, progress=False, **options)


# --- exact ------------------------------------------------------------------------------------


def test_a_grid_is_every_combination_the_last_moving_fastest():
    assert CELLS["effect"].tolist() == [0, 0, 1, 1, 2, 2]
    assert CELLS["kind"].tolist() == list("ababab")
    assert CELLS["effect"].dtype == float


def test_every_cell_meets_every_luck_once_and_all_the_same_luck():
    found = quiet(CELLS, drawn, replicates=4)
    assert (found.tasks, found.failed) == (24, 0)
    assert found.table.columns.tolist() == ["cell", "effect", "kind", "replicate", "mean", "letter", "luck"]  # fmt: skip
    assert not found.table.duplicated(["cell", "replicate"]).any()
    lucks = found.table.pivot_table(index="replicate", columns="cell", values="luck")
    assert lucks.eq(lucks[0], axis=0).all(axis=None)
    assert lucks[0].nunique() == 4
    paired = found.table.pivot_table(index="replicate", columns="cell", values="mean")
    np.testing.assert_allclose(paired[2] - paired[0], 1)
    by_hand = drawn({"effect": 2.0, "kind": "a"}, int(lucks.loc[3, 0]))
    row = found.table.query("cell == 4 and replicate == 3").iloc[0]
    assert (row["mean"], row["letter"]) == (by_hand["mean"], "aa")


def test_a_task_may_give_several_rows():
    found = quiet(CELLS, two_rows, replicates=2).table
    assert len(found) == 24
    assert found["part"].tolist() == ["left", "right"] * 12


def test_a_block_is_its_tasks():
    at, told = work(fragile, 7, [(0, {"kind": "a", "effect": 1.0}, 0, 5), (1, {"kind": "b", "effect": 1.0}, 2, 6)])  # fmt: skip
    assert at == 7
    assert told[["cell", "replicate", "luck"]].iloc[0].tolist() == [0, 0, 5]
    failed = told[["cell", "replicate", *LOST]].iloc[1].tolist()
    assert failed == [1, 2, 6, "RuntimeError", "no such market"]


# --- invariant: the same table, whatever computes it --------------------------------------------


@given(block=st.integers(1, 30), replicates=st.integers(1, 4))
@settings(max_examples=15, deadline=None)
def test_the_size_of_blocks_and_more_replicates_do_not_matter(block, replicates):
    all_of_it = quiet(CELLS, fragile, replicates=4)
    some = quiet(CELLS, fragile, replicates=replicates, block=block)
    kept = all_of_it.table.query("replicate < @replicates").reset_index(drop=True)
    pd.testing.assert_frame_equal(some.table, kept, check_exact=True)
    lost = all_of_it.failures.query("replicate < @replicates").reset_index(drop=True)
    pd.testing.assert_frame_equal(some.failures, lost)


@pytest.mark.parametrize("backend", ["threading", "sequential"])
def test_engines_do_not_matter(backend):
    one, other = (
        quiet(CELLS, fragile, replicates=5),
        quiet(CELLS, fragile, replicates=5, backend=backend, workers=3),
    )
    pd.testing.assert_frame_equal(one.table, other.table, check_exact=True)
    pd.testing.assert_frame_equal(one.failures, other.failures, check_exact=True)


def test_processes_do_not_matter(slow):
    _context, module = slow
    cells = grid({"x": range(20)})
    one, other = quiet(cells, module.slow), quiet(cells, module.slow, workers=2)
    pd.testing.assert_frame_equal(one.table, other.table, check_exact=True)
    assert other.failed == 2
    with pytest.raises(CvmError, match=r"(?s)The workers stopped.*Put the function into a module"):
        quiet(cells, module.crash, workers=2)


def test_an_engine_registered_with_joblib_is_used_also_if_it_hands_results_over_in_rounds():
    import joblib
    from joblib._parallel_backends import ThreadingBackend

    used = []

    class Cluster(ThreadingBackend):
        supports_return_generator = False

        def configure(self, *args, **options):
            used.append("configured")
            return super().configure(*args, **options)

        def effective_n_jobs(self, n_jobs):
            return 2

    joblib.register_parallel_backend("cluster", Cluster)
    found = quiet(CELLS, drawn, replicates=5, backend="cluster", block=1)
    assert len(used) == 4  # 30 blocks in rounds of eight
    pd.testing.assert_frame_equal(found.table, quiet(CELLS, drawn, replicates=5).table)


@pytest.mark.parametrize("function", [drawn, fragile, whole, two_rows])
def test_what_is_stored_is_what_is_held_in_memory(function, tmp_path):
    held = quiet(CELLS, function, replicates=3, block=2)
    kept = quiet(CELLS, function, replicates=3, block=2, store=tmp_path / "sweep")
    pd.testing.assert_frame_equal(held.table, kept.table, check_dtype=False)
    pd.testing.assert_frame_equal(held.failures, kept.failures, check_dtype=False)
    again = quiet(CELLS, function, replicates=3, block=2, store=tmp_path / "sweep")
    pd.testing.assert_frame_equal(kept.table, again.table, check_exact=True)


def test_a_finished_sweep_is_read_and_not_done_again(tmp_path):
    calls = []

    def counted(cell, seed):
        calls.append(cell)
        return drawn(cell, seed)

    quiet(CELLS, counted, store=tmp_path / "s")
    quiet(CELLS, counted, store=tmp_path / "s")
    assert len(calls) == len(CELLS)


# --- recovery: kill -9 loses nothing and doubles nothing ------------------------------------------

SLOW = """
import os, time

def slow(cell, seed):
    time.sleep(0.004)
    if cell["x"] % 17 == 0:
        raise ValueError(f"cell {cell['x']} is out of order")
    return {"value": (cell["x"] * 7919 + seed) % 1009 / 7, "name": f"x{cell['x']}"}

def crash(cell, seed):
    os._exit(3)

def run(folder, workers):
    os.setsid()  # a group of its own, to be killed whole
    from cvm.research.scale import grid, sweep
    sweep(grid({"x": range(102)}), slow, store=folder, replicates=2, workers=workers, block=2, progress=False)
"""


@pytest.fixture(scope="module")
def slow(tmp_path_factory):
    """A module that child processes can import, and a server that starts them quickly."""
    folder = tmp_path_factory.mktemp("slow")
    (folder / "slow_cells.py").write_text(SLOW)
    sys.path.insert(0, str(folder))
    import slow_cells

    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["cvm.research.scale"])
    yield context, slow_cells
    sys.path.remove(str(folder))


def ticks(folder):
    return {path.name for path in (folder / "done").glob("*")} if folder.exists() else set()


def killed(context, module, folder, *, workers, after, rng):
    """Start the sweep, kill it -9 some time after it has gone on; give what was ticked off."""
    before = ticks(folder)
    child = context.Process(target=module.run, args=(folder, workers))
    child.start()
    end = time.monotonic() + 120
    while len(ticks(folder) - before) < after and child.is_alive() and time.monotonic() < end:
        time.sleep(0.002)
    time.sleep(rng.random() * 0.03)
    if child.is_alive():
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except ProcessLookupError:  # not come so far as to have a group of its own
            child.kill()
    child.join()
    assert before <= ticks(folder)
    return ticks(folder)


def stored(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*.parquet")}


def test_ten_kills_at_random_moments_lose_nothing(slow, tmp_path):
    context, module = slow
    rng = np.random.default_rng()  # truly random moments; the table must not care
    for _kill in range(9):
        done = killed(context, module, tmp_path / "a", workers=None, after=rng.integers(0, 7), rng=rng)  # fmt: skip
    assert 0 < len(done) < 102
    done = killed(context, module, tmp_path / "a", workers=2, after=3, rng=rng)
    cells = grid({"x": range(102)})
    after = sweep(cells, module.slow, store=tmp_path / "a", replicates=2, block=2, progress=False)
    straight = sweep(
        cells, module.slow, store=tmp_path / "b", replicates=2, block=2, progress=False
    )
    pd.testing.assert_frame_equal(after.table, straight.table, check_exact=True)
    pd.testing.assert_frame_equal(after.failures, straight.failures, check_exact=True)
    assert not after.table.duplicated(["cell", "replicate"]).any()
    assert len(after.table) + len(after.failures) == 204
    assert after.failed == 12  # every 17th cell, twice
    assert stored(tmp_path / "a") == stored(tmp_path / "b")


def test_a_failing_cell_is_recorded_and_stops_nothing():
    found = quiet(CELLS, fragile, replicates=2)
    assert (found.tasks, found.failed, len(found.table)) == (12, 2, 10)
    row = found.failures.iloc[0]
    assert (row["effect"], row["kind"], row["error"]) == (1.0, "b", "RuntimeError")
    with pytest.raises(RuntimeError, match=row["message"]):
        fragile({"effect": row["effect"], "kind": row["kind"]}, int(row["seed"]))
    assert str(found) == ("10 of 12 tasks gave a result. The first that did not: cell 3, replicate "
                          "0: no such market")  # fmt: skip
    assert found.to_frame().equals(found.table)


# --- recovery: curves of a design -----------------------------------------------------------------


def test_a_curve_is_the_diagnoses_along_it_and_power_grows():
    design = example("mediation-lots")
    curve = diagnosis_curve(design, over="n", values=[40, 160], replicates=20)
    power = curve[(curve["measure"] == "power") & (curve["analysis"] == "planned")]
    assert power["value"].is_monotonic_increasing
    assert power["value"].iloc[1] > 0.8 > power["value"].iloc[0]
    alone = diagnose(design.moved(over="n", to=160), replicates=20)
    assert power["value"].iloc[1] == alone.value("power")
    assert 40 < size_needed(curve) < 160
    assert size_needed(curve, power=0.01) == 40
    assert np.isnan(size_needed(curve[curve["value_of"] == 40], power=0.99))


def test_a_curve_over_the_effect_and_over_a_nuisance():
    design = example("mediation-lots").moved(over="n", to=100)
    effect = diagnosis_curve(design, over="effect", values=[0.0, 0.4], replicates=10)
    assert effect.groupby("value_of")["truth"].first().tolist() == pytest.approx([0.0, 0.4])
    mood = diagnosis_curve(design, over="confounding", values=[0.0, 1.5], replicates=10)
    bias = mood[(mood["measure"] == "bias") & (mood["analysis"] == "planned")]["value"].tolist()
    assert bias[1] > 0.2 > abs(bias[0])


# --- inputs -----------------------------------------------------------------------------------


def test_bad_sweeps_are_told(monkeypatch):
    with pytest.raises(CvmError, match="cells of a sweep are a table"):
        quiet([{"x": 1}], drawn)
    with pytest.raises(CvmError, match="cannot have a parameter named 'replicate'"):
        quiet(pd.DataFrame({"replicate": [1]}), drawn)
    with pytest.raises(CvmError, match="Two parameters are named 'x'"):
        quiet(pd.DataFrame([[1, 2]], columns=["x", "x"]), drawn)
    with pytest.raises(CvmError, match="needs a function of a cell and a seed"):
        quiet(CELLS, "drawn")
    with pytest.raises(CvmError, match="replicates is a whole number"):
        quiet(CELLS, drawn, replicates=0)
    with pytest.raises(CvmError, match="no such backend ready"):
        quiet(CELLS, drawn, backend="lokki")
    told = quiet(CELLS, lambda cell, seed: {"kind": 1}).failures["message"].iloc[0]
    assert "gives back a column that the sweep has already: 'kind'" in told
    monkeypatch.setitem(sys.modules, "joblib", None)
    with pytest.raises(MissingExtra, match=r"pip install 'cvm\[research\]'"):
        quiet(CELLS, drawn, workers=2)


def test_a_folder_of_another_sweep_is_refused(tmp_path):
    quiet(CELLS, drawn, store=tmp_path / "s")
    others = [
        (CELLS.head(3), drawn, {}), (CELLS, fragile, {}), (CELLS, drawn, {"seed": 2}),
        (CELLS, drawn, {"replicates": 2}), (CELLS, partial(drawn), {}),
    ]  # fmt: skip
    for cells, function, options in others:
        with pytest.raises(CvmError, match="The folder holds another run"):
            quiet(cells, function, store=tmp_path / "s", **options)


def test_bad_curves_are_told():
    design = example("mediation-lots")
    with pytest.raises(CvmError, match="cannot be moved over 'confusing'"):
        diagnosis_curve(design, over="confusing", values=[1])
    with pytest.raises(CvmError, match="confounding must lie between"):
        diagnosis_curve(design, over="confounding", values=[0.5, 9.0])
    curve = diagnosis_curve(design.moved(over="n", to=50), over="confounding", values=[0.5], replicates=2)  # fmt: skip
    with pytest.raises(CvmError, match="read off a curve over n"):
        size_needed(curve)


def test_the_bar_counts_what_was_done_before(capsys):
    bar = Bar(4, done=2, out=sys.stderr)
    bar.step()
    bar.step()
    told = capsys.readouterr().err
    assert "3 of 4 blocks" in told
    assert told.rstrip(" ").endswith("0 s left   \n")
    sweep(CELLS, drawn)
    assert "6 of 6 blocks" in capsys.readouterr().err
