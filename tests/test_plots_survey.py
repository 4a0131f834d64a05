"""The figures and what-ifs of chapter 08: what stands on the axes, and that they move."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from cvm import plots
from cvm.errors import CvmError
from cvm.plots import INK
from cvm.satisfaction import Satisfaction
from cvm.survey.drivers import DriverSurvey, key_drivers, simulate_drivers
from cvm.survey.needs import KanoSurvey, kano, kano_pairs, simulate_kano
from cvm.survey.priorities import Priorities, priority_cells
from cvm.survey.promise import promise_table
from cvm.survey.value_return import value_return
from cvm.survey.waveplan import WavePlan, detectable_table
from cvm.whatif import survey as what_if
from tests.whatifs import every_slider_acts, lever_moves

WAVES = pd.DataFrame({"wave": [1, 2, 3], "value": [7.5, 7.4, 8.0], "low": [7.3, 7.2, 7.8],
                      "high": [7.7, 7.6, 8.2]})  # fmt: skip
MAP = pd.DataFrame({
    "driver": ["coverage", "bills", "people"], "importance": [0.5, 0.3, 0.2],
    "performance": [60.0, 80.0, 70.0], "importance_low": [0.4, 0.2, 0.1],
    "importance_high": [0.6, 0.4, 0.3], "performance_low": [58.0, 78.0, 68.0],
    "performance_high": [62.0, 82.0, 72.0],
})  # fmt: skip


def words(ax):
    return [text.get_text() for text in ax.texts]


# exact: the ink is the table -------------------------------------------------------


def test_satisfaction_and_what_is_seen_over_the_promise():
    table = promise_table(Satisfaction())
    ax = plots.promise_curve(table, promise=10)
    lines = [line for line in ax.lines if len(line.get_xdata()) == len(table)]
    assert lines[0].get_ydata() == pytest.approx(table["satisfaction"].to_numpy())
    assert lines[1].get_ydata() == pytest.approx(table["seen"].to_numpy())
    assert ax.lines[-1].get_xdata().tolist() == [10]
    assert words(ax) == ["satisfaction", "what they see"]


def test_waves_have_their_numbers_and_whole_ticks():
    ax = plots.survey_waves(WAVES, words="mean answer")
    assert words(ax) == ["7.5", "7.4", "8"]
    assert ax.get_xticks().tolist() == [1, 2, 3]
    assert ax.get_ylabel() == "mean answer"


def test_coverage_beside_what_is_promised():
    table = pd.DataFrame({"method": ["wald", "adjusted"] * 2, "n": [30, 30, 300, 300],
                          "coverage": [0.9, 0.94, 0.95, 0.95], "mc_se": 0.005, "level": 0.95})  # fmt: skip
    ax = plots.interval_coverage(table)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["Wald", "adjusted Wald"]
    assert list(ax.lines[0].get_xdata()) == [0.95, 0.95]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["n = 30", "n = 300"]
    drawn = [line.get_xdata().tolist() for line in ax.lines if line.get_marker() == "o"]
    assert drawn == [[0.9, 0.94], [0.95, 0.95]]


def test_answers_are_bars():
    table = pd.DataFrame({"answer": [1, 2, 3], "share": [0.2, 0.3, 0.5]})
    ax = plots.answer_shares(table)
    assert [bar.get_height() for bar in ax.patches] == [0.2, 0.3, 0.5]


def test_impacts_with_their_names_in_words():
    table = pd.DataFrame({"cause": ["QUAL", "IMAG"], "total": [0.7, 0.3],
                          "total_low": [0.6, 0.2], "total_high": [0.8, 0.4]})  # fmt: skip
    ax = plots.impact_bars(table)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["quality", "image"]
    assert [bar.get_width() for bar in ax.patches] == [0.7, 0.3]


def test_one_method_with_intervals_and_several_with_the_truth():
    survey = simulate_drivers(DriverSurvey(), n=300, seed=1)
    names = ["network", "price", "app"]
    found = key_drivers(survey, "satisfaction", names, resamples=50).to_frame()
    ax = plots.driver_shares(found)
    assert ax.lines[1].get_xdata() == pytest.approx(found["share"].to_numpy())
    long = pd.DataFrame({"driver": ["a", "b"] * 3, "share": [0.7, 0.3, 0.6, 0.4, 0.5, 0.5],
                         "method": ["johnson"] * 2 + ["regression"] * 2 + ["truth"] * 2})  # fmt: skip
    ax = plots.driver_shares(long)
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["Johnson", "regression", "truth"]
    assert ax.lines[-1].get_marker() == "|"
    assert ax.lines[-1].get_xdata().tolist() == [0.5, 0.5]


def test_the_map_shades_what_matters_and_is_not_good():
    ax = plots.importance_map(MAP, importance_cut=0.35, performance_cut=70)
    assert words(ax) == ["coverage", "bills", "people", "work here first"]
    box = ax.collections[-1].get_paths()[0].get_extents()
    assert (box.x1, box.y0) == (70, 0.35)
    points = next(line for line in ax.lines if line.get_marker() == "o")
    assert points.get_xdata().tolist() == [60, 80, 70]


def test_kano_has_four_fields():
    table = kano(*kano_pairs(simulate_kano(KanoSurvey(), n=200, seed=1))).to_frame()
    ax = plots.kano_map(table)
    points = next(line for line in ax.lines if line.get_marker() == "o")
    assert points.get_xdata() == pytest.approx(-table["worse"].to_numpy())
    assert points.get_ydata() == pytest.approx(table["better"].to_numpy())
    assert words(ax)[-4:] == ["attractive", "one-dimensional", "indifferent", "must-be"]


def test_rules_that_lose_money_are_in_the_colour_of_loss():
    found = value_return(priority_cells(Priorities()), budget=100_000.0, shared=0.1)
    table = found.to_frame()
    ax = plots.value_return(table)
    assert [bar.get_width() for bar in ax.patches] == pytest.approx(table["gain"] / 1000)
    loss = [to_hex(bar.get_facecolor()) == INK["loss"].lower() for bar in ax.patches]
    assert loss == (table["gain"] < 0).tolist()
    assert any(loss)
    assert ax.get_xlabel() == "return less spend (thousand yuan)"


def test_what_shows_over_the_size_of_a_wave():
    table = detectable_table(WavePlan())
    ax = plots.detectable_change(table, n=600, wanted=0.2)
    zero, curve, here, wanted = ax.lines
    assert list(zero.get_ydata()) == [0, 0]
    assert curve.get_ydata() == pytest.approx(table["detectable"].to_numpy())
    assert here.get_xdata()[0] == pytest.approx(600, rel=0.03)
    assert list(wanted.get_ydata()) == [0.2, 0.2]
    assert ax.get_xscale() == "log"


# invariant: what-ifs ----------------------------------------------------------------

WHAT_IFS = [what_if.promise_level, what_if.sample_size, what_if.halo, what_if.response_styles]


@pytest.mark.parametrize(
    ("make", "lever", "to", "name", "falls"),
    [
        (what_if.promise_level, "promise", 30.0, "satisfaction", True),
        (what_if.promise_level, "assimilation", 0.9, "a point promised too much brings", False),
        (what_if.sample_size, "n", 3000, "smallest change that shows", True),
        (what_if.sample_size, "overlap", 1.0, "margin of the change, 95 %", True),
        (what_if.halo, "halo", 3.0, "app: Johnson", False),
        (what_if.response_styles, "acquiescence", 1.5, "mean answer, 1 to 10", False),
        (what_if.response_styles, "halo", 0.9, "coverage with satisfaction: correlation", False),
    ],
)
def test_a_lever_moves_numbers_and_picture(make, lever, to, name, falls):
    lever_moves(make(), lever, to, name, falls=falls)


def test_numbers_a_reader_can_check():
    promise = what_if.promise_level(Satisfaction(promise=10)).numbers().set_index("name")["base"]
    assert promise["what they see"] == pytest.approx(72.5)
    assert promise["satisfaction"] == pytest.approx(70 - 5.75)
    assert promise["assimilation from which promising pays"] == pytest.approx(1.1 / 2.1)
    wave = what_if.sample_size(WavePlan(per_dealer=1)).numbers().set_index("name")["base"]
    assert wave["margin of one wave, 95 %"] == pytest.approx(1.96 * 1.8 / np.sqrt(600))


@pytest.mark.parametrize("make", WHAT_IFS)
def test_each_slider_moves_its_picture_and_its_code_makes_its_numbers(make):
    every_slider_acts(make())


def test_true_satisfaction_does_not_depend_on_how_people_answer():
    made = what_if.response_styles()
    for name, to in (("acquiescence", 2.0), ("extreme", 0.5), ("straight", 1.0)):
        made.move(name, to)
    row = made.numbers().set_index("name").loc["true satisfaction of those who answered"]
    assert row["base"] == row["moved"]


# inputs ----------------------------------------------------------------------------


def test_a_table_that_is_not_the_plots():
    with pytest.raises(CvmError, match=r"'kano_map' needs a table with the column 'feature'"):
        plots.kano_map(MAP)
