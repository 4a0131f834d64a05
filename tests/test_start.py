"""Chapter 00: the leaking bucket, and the look at what is installed."""

from importlib import metadata

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvm import contents, doctor, plots, whatif
from cvm.errors import CvmError
from cvm.results import number
from cvm.start import YEARS, Keeping, simulate_keeping
from cvm.whatif.start import keeping_readouts

rates = st.floats(0.02, 0.5)


# --- exact ---------------------------------------------------------------------


def test_the_table_by_year_counts_the_customers():
    kept = simulate_keeping(Keeping(margin=10), n=1000, seed=3)
    assert kept.years["year"].tolist() == list(range(YEARS + 1))
    for row in kept.years.itertuples():
        assert row.customers == (kept.customers["years"] > row.year).sum()
        assert row.share == row.customers / 1000
        assert row.margin == row.customers * 10
    assert kept.years["customers"].iloc[0] == 1000


def test_readouts_are_what_the_tables_hold():
    kept = simulate_keeping(Keeping(), n=1000, seed=3)
    left, stay, margin = keeping_readouts(kept)
    assert left.value == (kept.customers["years"] > 5).sum()
    assert stay.value == kept.customers["years"].mean()
    # A stay of y years pays y margins, of which ten years see ten at most.
    paid = np.minimum(kept.customers["years"], YEARS).sum() * 300 / 1e6
    assert margin.value == pytest.approx(paid)


def test_the_plot_draws_the_table_and_says_what_it_is():
    table = simulate_keeping(Keeping(), n=100, seed=3).years
    axes = plots.keeping(table)
    assert axes.lines[0].get_ydata().tolist() == table["customers"].tolist()
    assert axes.get_xlabel() == "years after the launch"
    assert axes.get_ylabel() == "customers still there"
    plots.keeping(table, ax=axes, case="moved")
    assert len(axes.lines) == 2
    (told,) = axes.texts
    assert told.get_text() == f"those left bring {number(table['margin'].iloc[-1])} yuan a year"


# --- invariant -----------------------------------------------------------------


@given(st.tuples(rates, rates).map(sorted), st.integers(0, 50))
def test_a_higher_defection_rate_never_lengthens_a_stay(two, seed):
    low, high = (simulate_keeping(Keeping(defection=d), n=50, seed=seed).customers for d in two)
    assert (high["years"] <= low["years"]).all()
    assert (high["years"] >= 1).all()


@given(st.integers(1, 60), st.integers(0, 50))
def test_more_customers_keep_the_first(n, seed):
    few = simulate_keeping(Keeping(), n=n, seed=seed).customers
    many = simulate_keeping(Keeping(), n=60, seed=seed).customers
    pd.testing.assert_frame_equal(few, many.head(n))


def test_the_what_if_moves_its_picture_and_its_numbers():
    shown = whatif.keeping(n=500)
    before = shown.picture
    shown.move("defection", 0.1)
    assert shown.picture != before
    table = shown.numbers().set_index("name")
    assert (table["change"] > 0).all()
    shown.close()


# --- recovery ------------------------------------------------------------------


@pytest.mark.parametrize("defection", [0.05, 0.2, 0.5])
def test_customers_stay_as_long_as_the_formula_says(defection):
    n = 40_000
    kept = simulate_keeping(Keeping(defection=defection), n=n, seed=1)
    mean, spread = 1 / defection, np.sqrt(1 - defection) / defection
    assert abs(kept.customers["years"].mean() - mean) < 4 * spread / np.sqrt(n)
    share = (1 - defection) ** kept.years["year"]
    error = np.sqrt(share * (1 - share) / n)
    assert (abs(kept.years["share"] - share) <= 4 * error).all()


def test_halving_the_rate_doubles_the_stay():
    stays = [
        simulate_keeping(Keeping(defection=d), n=40_000, seed=1).customers["years"].mean()
        for d in (0.1, 0.05)
    ]
    assert stays[1] / stays[0] == pytest.approx(2, rel=0.03)


# --- the doctor ----------------------------------------------------------------


def fake(monkeypatch, needs, versions):
    def version(name):
        if name not in versions:
            raise metadata.PackageNotFoundError(name)
        return versions[name]

    monkeypatch.setattr(doctor.metadata, "requires", lambda name: needs)
    monkeypatch.setattr(doctor.metadata, "version", version)


def test_what_this_machine_has_is_found():
    report = doctor.setup_report()
    table = report.to_frame().set_index("package")
    assert report.ok
    assert str(report).startswith("Everything the course needs is here.")
    assert table.loc["pandas", "found"] == pd.__version__
    assert table.loc["pandas", "part"] == ""
    assert table.loc["duckdb", "part"] == "files"
    assert "pytest" not in table.index  # a developer's matter


def test_what_is_missing_or_too_old_is_told_with_the_remedy(monkeypatch):
    needs = ["numpy>=2", "pandas>=2.2", 'duckdb>=1.2; extra == "files"', 'tk; extra == "dev"']
    fake(monkeypatch, needs, {"numpy": "1.9"})
    report = doctor.setup_report()
    assert not report.ok
    assert str(report).splitlines() == [
        "Not all is here yet.",
        "- numpy is version 1.9; the course needs >=2. "
        'Install it with: python -m pip install "numpy>=2"',
        "- pandas is not installed; the course needs >=2.2. "
        'Install it with: python -m pip install "pandas>=2.2"',
        "- duckdb is not installed; the optional part 'files' needs >=1.2. "
        'Install it with: python -m pip install "duckdb>=1.2"',
    ]


def test_a_missing_option_does_not_stop_the_course(monkeypatch):
    fake(monkeypatch, ["numpy>=2", 'duckdb; extra == "files"'], {"numpy": "2.1"})
    report = doctor.setup_report()
    assert report.ok
    assert "the optional part 'files' needs any version" in str(report)


# --- the contents --------------------------------------------------------------


def test_the_map_links_the_chapters_that_are_here(tmp_path):
    (tmp_path / "src").mkdir()
    (tmp_path / "00_start.ipynb").touch()
    (tmp_path / "src" / "06_tiering.md").touch()
    lines = contents.course_map(tmp_path).splitlines()
    assert len(lines) == 2 + 14
    assert lines[2].startswith("| 00 | [Start here](00_start.ipynb) |")
    assert "[Tiering customers (客户的分级)](06_tiering.ipynb)" in lines[8]
    assert "Customer relationships (客户关系概论), to follow" in lines[3]
    assert [line[2:4] for line in lines[2:]] == [f"{n:02d}" for n in range(14)]


# --- inputs --------------------------------------------------------------------


def test_a_bucket_without_customers_is_told():
    with pytest.raises(
        CvmError, match=r"n is a whole number, 1 or more\. You gave 0\. Write n=1 or more"
    ):
        simulate_keeping(Keeping(), n=0, seed=1)
