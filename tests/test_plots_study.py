"""The figures and what-ifs of chapter 13: what stands on the axes, and that they move."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from cvm import plots
from cvm.errors import CvmError
from cvm.plots import INK
from cvm.research.joining import expected_answers
from cvm.research.power import DealerPilot, pilot_power, power_by_size, sampling_law
from cvm.research.truthmap import FifthOfWinning, FivePoints, truth_map
from cvm.whatif import research as what_if
from tests.whatifs import lever_moves, runs_as_code

DRAW = np.random.default_rng(3)
STUDIES = pd.DataFrame(
    {"study": i, "world": world, "analysis": analysis, "truth": truth, "estimate": truth + off + DRAW.normal()}
    for i in range(60)
    for world, truth in (("as believed", 3.0), ("claim false", 0.0))
    for analysis, off in (("planned", 0.0), ("naive", 15.0))
)  # fmt: skip
SHARES = {("as believed", "planned"): 0.9, ("as believed", "naive"): 1.0,
          ("claim false", "planned"): 0.05, ("claim false", "naive"): 1.0}  # fmt: skip
DECISIONS = pd.DataFrame(
    {"world": world, "analysis": analysis, "decision": "supported", "share": share}
    for (world, analysis), share in SHARES.items()
)
CURVE = pd.DataFrame(
    {"over": "n", "value_of": n, "analysis": analysis, "measure": measure, "value": p * scale,
     "low": p * scale - 0.1, "high": p * scale + 0.05}
    for n, p in ((100, 0.3), (200, 0.6), (400, 0.9))
    for analysis, measure, scale in (("planned", "power", 1), ("naive", "power", 0.4), ("planned", "coverage", 0.3))
)  # fmt: skip
CHOICES = pd.DataFrame(
    {
        "place": [1, 2, 3, 4],
        "outcome": ["change", "spend", "change", "spend"],
        "controls": ["none", "none", "age", "age"],
        "estimate": [-1.0, 2.0, 3.0, np.nan],
        "low": [-2.0, 1.0, 1.5, np.nan],
        "high": [0.5, 3.0, 4.5, np.nan],
    }
)
TRIED = pd.DataFrame(
    {"design": name, "sound": name == "lots", "analysis": analysis, "measure": measure, "value": value,
     "low": value - 0.1, "high": value + 0.05}
    for name, value in (("lots", 0.94), ("gap", 0.1))
    for analysis in ("planned", "naive")
    for measure in ("coverage", "bias_in_se")
)  # fmt: skip
MAKERS = [
    what_if.power,
    what_if.selection,
    what_if.region_of_truth,
    lambda: what_if.region_of_truth("keep-vs-win"),
]


def segments(collection):
    return [path.tolist() for path in collection.get_segments()]


# exact: the ink is the table ---------------------------------------------------------


def test_each_heap_holds_every_study_and_stands_by_its_truth():
    ax = plots.diagnosis(STUDIES, decisions=DECISIONS, x="what it adds", unit="yuan")
    heaps = ax.patches
    assert len(heaps) == 4
    colours = [to_hex(heap.get_facecolor()) for heap in heaps]
    assert colours == [INK["moved"].lower(), INK["naive"].lower()] * 2
    for row, heap in enumerate(heaps):
        values, edges, _base = heap.get_data()
        world, analysis = list(SHARES)[row]
        rows = STUDIES[(STUDIES["world"] == world) & (STUDIES["analysis"] == analysis)]["estimate"]
        heights = row - values
        counts = heights / heights[heights > 0].min()  # some bar has one study
        assert counts.sum() * np.diff(edges)[0] > 0
        assert (edges[0], edges[-1]) == pytest.approx((rows.min(), rows.max()))
        assert np.average((edges[1:] + edges[:-1]) / 2, weights=heights) == pytest.approx(rows.mean(), abs=0.15)  # fmt: skip
    assert [segments(lines)[0][0][0] for lines in ax.collections] == [3, 3, 0, 0]
    assert ax.get_yticklabels()[0].get_text() == "planned, as believed"
    assert [text.get_text() for text in ax.texts] == ["right in 90 %", "right in 100 %", "right in 95 %", "right in 0 %"]  # fmt: skip
    assert ax.get_xlabel() == "what it adds (yuan)"


def test_without_decisions_nothing_is_said_of_them():
    assert not plots.diagnosis(STUDIES).texts


def test_power_is_the_planned_analysiss_with_its_band():
    ax = plots.power_curve(CURVE, wanted=0.85, needed=366.7)
    curve, wanted = ax.lines
    assert list(curve.get_xdata()) == [100, 200, 400]
    assert list(curve.get_ydata()) == pytest.approx([0.3, 0.6, 0.9])
    assert list(wanted.get_ydata()) == [0.85, 0.85]
    band, needed = ax.collections
    corners = band.get_paths()[0].vertices
    assert (corners[:, 1].min(), corners[:, 1].max()) == pytest.approx((0.2, 0.95))
    assert segments(needed)[0] == [[366.7, 0], [366.7, 0.85]]
    assert ax.texts[0].get_text() == "367"


def test_a_size_that_nothing_reaches_is_not_marked_and_exact_power_has_no_band():
    assert len(plots.power_curve(CURVE, needed=np.nan).collections) == 1
    table = power_by_size(DealerPilot())
    ax = plots.power_curve(table, here=(2000, 0.75))
    assert not ax.collections
    assert (list(ax.lines[1].get_xdata()), list(ax.lines[1].get_ydata())) == ([2000], [0.75])


def test_the_specification_curve_and_its_board_are_one():
    ax = plots.specification_curve(CHOICES, choices=["outcome", "controls"], chosen=3, truth=1.0, ax=plots.figure(height=6))  # fmt: skip
    below = ax.figure.axes[1]
    clear, unclear = ax.lines[0], ax.lines[1]
    assert list(clear.get_xdata()) == [2, 3]  # the intervals that leave out zero
    assert (list(unclear.get_xdata()), list(unclear.get_ydata())) == ([1], [-1])
    assert [line.get_ydata()[0] for line in ax.lines[2:]] == [0, 1]
    names = [label.get_text() for label in below.get_yticklabels()]
    assert names == ["outcome: spend", "outcome: change", "controls: age", "controls: none"]
    dots = {
        name: part.get_offsets()[:, 0].tolist()
        for name, part in zip(names, below.collections, strict=True)
    }
    assert dots == {
        "outcome: spend": [2],
        "outcome: change": [1, 3],
        "controls: age": [3],
        "controls: none": [1, 2],
    }
    heights = [part.get_offsets()[0, 1] for part in below.collections]
    assert heights == pytest.approx(list(below.get_yticks()))
    for one in (ax, below):
        (mark,) = one.patches
        assert (mark.get_x(), mark.get_x() + mark.get_width()) == (2.5, 3.5)
    assert below.get_shared_x_axes().joined(ax, below)


def test_designs_stand_in_order_beside_where_they_should_be():
    ax = plots.designs_tried(TRIED)
    assert list(ax.lines[0].get_xdata()) == [0.95, 0.95]
    reach, dots = ax.collections
    assert dots.get_offsets().tolist() == [[0.94, 0], [0.1, 1]]
    assert [to_hex(colour) for colour in dots.get_facecolors()] == [
        INK["moved"].lower(),
        INK["naive"].lower(),
    ]
    assert np.array(segments(reach))[:, :, 0] == pytest.approx(
        np.array([[0.84, 0.99], [0.0, 0.15]])
    )
    assert [label.get_text() for label in ax.get_yticklabels()] == ["lots", "gap"]
    assert ax.get_ylim()[0] > ax.get_ylim()[1]
    bare = plots.designs_tried(TRIED.drop(columns="sound"), measure="bias_in_se", names=False)
    assert list(bare.lines[0].get_xdata()) == [0, 0]
    assert [label.get_text() for label in bare.get_yticklabels()] == ["", ""]
    assert bare.get_legend() is None


def test_the_law_of_the_estimates():
    table = sampling_law(DealerPilot())
    ax = plots.sampling_law(table)
    believed, none, _zero = ax.lines
    assert list(believed.get_ydata()) == list(table["density"])
    assert (list(none.get_ydata()), none.get_linestyle()) == (list(table["none"]), ":")
    assert ax.collections[0].get_paths()[0].vertices[:, 1].max() == pytest.approx(
        table["found"].max()
    )


def test_the_map_colours_each_field_by_its_place_and_marks_where_one_stands():
    found = truth_map(FivePoints())
    ax = plots.truth_map(
        found.table, here=found.here, borders=(found.low, found.high), x="retention", x_unit="share"
    )
    (image,) = ax.images
    codes = np.asarray(image.get_array())
    kinds = ["nothing", "less", "holds", "more"]
    first, last = codes[0, 0], codes[-1, 0]
    assert kinds[first] == found.table["place"].iloc[0]
    assert (
        kinds[last] == found.table.query("acquisition == 300 and retention == 0.4")["place"].item()
    )
    assert (codes == 2).mean() == pytest.approx((found.table["place"] == "holds").mean())
    assert (list(ax.lines[0].get_xdata()), list(ax.lines[0].get_ydata())) == ([0.75], [120.0])
    assert (ax.get_xlim(), ax.get_ylim()) == ((0.4, 0.9), (0.0, 300.0))
    assert ax.get_xlabel() == "retention"
    assert ax.get_ylabel() == "acquisition"


def test_a_map_without_a_border_is_drawn_too():
    found = truth_map(FivePoints(points=0))
    ax = plots.truth_map(found.table, here=found.here, borders=(found.low, found.high))
    assert "holds" not in set(found.table["place"])
    assert len(ax.images) == 1


# exact: the numbers beside the pictures ----------------------------------------------


def base(made):
    return made.numbers().set_index("name")["base"]


def test_the_numbers_of_a_pilot():
    row, found = base(what_if.power()), pilot_power(DealerPilot())
    assert row["power"] == pytest.approx(found.power, abs=1e-4)
    assert row["what is found, over the truth"] == pytest.approx(found.type_m, abs=1e-3)
    assert row["customers for a power of 80 %"] == found.needed


def test_the_numbers_of_who_joins_are_how_far_each_answer_is_off():
    made = what_if.selection()
    table = expected_answers(made.base).set_index("method")
    row = base(made)
    assert row["naive gap: off by"] == pytest.approx(table["effect"]["naive gap"] - 3, abs=1e-3)
    assert row["difference in differences: off by"] == 0
    lots = table.loc["drawn by lot"]
    assert row["drawn by lot: give or take"] == pytest.approx(
        (lots["high"] - lots["low"]) / 2, abs=1e-3
    )
    assert row["the truth"] == 3


def test_the_numbers_of_a_map():
    row, found = base(what_if.region_of_truth("keep-vs-win")), truth_map(FifthOfWinning())
    assert row["here: cost of keeping over winning"] == pytest.approx(found.value, abs=1e-3)
    shares = [
        row[f"{name} in"]
        for name in ("the claim holds on the map", "less than claimed", "more than claimed")
    ]
    assert sum(shares) == pytest.approx(1)  # nothing is worth nothing there
    line = found.table[
        np.isclose(
            found.table["win_scale"],
            found.table["win_scale"].iloc[(found.table["win_scale"] - 240).abs().argmin()],
        )
    ]
    holds = line.loc[line["place"] == "holds", "floor"]
    assert (row["at this height it holds from"], row["at this height it holds to"]) == (
        holds.min(),
        holds.max(),
    )


# invariant: what-ifs -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "lever", "to", "name", "falls"),
    [
        (MAKERS[0], "dealers", 80, "standard error", True),
        (MAKERS[0], "effect", 0.5, "what is found, over the truth", False),
        (MAKERS[1], "strength", 0.0, "naive gap: off by", True),
        (MAKERS[1], "rising", 0.5, "difference in differences: off by", False),
        (MAKERS[1], "measured", "nothing", "drawn by lot: give or take", False),
        (MAKERS[2], "discount", 0.5, "here: value of a customer rises by", False),
        (MAKERS[3], "floor", 0.88, "here: cost of keeping over winning", False),
    ],
)
def test_a_lever_moves_numbers_and_picture(make, lever, to, name, falls):
    lever_moves(make(), lever, to, name, falls=falls)


@pytest.mark.parametrize("make", MAKERS)
def test_each_slider_moves_its_picture_by_a_press_and_its_code_makes_its_numbers(make):
    made = make()
    before = made.picture
    for item in made.levers:
        now = getattr(made.base, item.name)
        if item.kind == "choice":
            to = item.options[0] if now != item.options[0] else item.options[1]
        else:
            steps = (now - item.low) / item.step
            assert abs(steps - round(steps)) < 1e-6, item.name
            to = now + item.step if now < item.high else now - item.step
        made.move(item.name, to)
        assert made.picture != before, item.name
        runs_as_code(made, item.name)
        made.reset()
        assert made.picture == before, item.name


@pytest.mark.parametrize("make", MAKERS)
def test_each_slider_can_stand_at_its_ends(make):
    made = make()
    for item in made.levers:
        for end in item.options or (item.low, item.high):
            made.move(item.name, type(getattr(made.base, item.name))(end))
            assert made.message == "", (item.name, end)
        made.reset()


# inputs ------------------------------------------------------------------------------


def test_bad_input_is_told():
    with pytest.raises(CvmError, match=r"'diagnosis' needs a table with the column 'study'"):
        plots.diagnosis(CURVE)
    with pytest.raises(
        CvmError, match=r"choice of a specification curve.*'sample'.*curve\.chosen\(\)"
    ):
        plots.specification_curve(CHOICES, choices=["outcome", "sample"])
    loose = plots.figure().figure.add_axes((0, 0, 1, 1))
    with pytest.raises(CvmError, match=r"cannot be parted.*plots\.figure"):
        plots.specification_curve(CHOICES, choices=["outcome"], ax=loose)
    with pytest.raises(CvmError, match=r"no picture of the measure 'bias'.*bias_in_se"):
        plots.designs_tried(TRIED, measure="bias")
