"""Plots: what stands on the axes, nothing cut off, Chinese without boxes."""

import io
import warnings
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.legend import Legend
from matplotlib.text import Text

from cvm import plots, tiering
from cvm.errors import CvmError
from cvm.plots.style import theme

TIERS = ["key", "ordinary", "small"]
PYRAMID = pd.DataFrame(
    {
        "tier": TIERS, "customers": [40, 160, 800], "customer_share": [0.04, 0.16, 0.8],
        "profit": [70.0, 60.0, -30.0], "profit_share": [0.7, 0.6, -0.3],
    }
)  # fmt: skip
SHARE = np.linspace(0, 1, 5001)
LORENZ = pd.DataFrame({"customer_share": SHARE, "value_share": SHARE**3})
WHALE = pd.DataFrame({"customer_share": SHARE, "profit_share": 1 - (1 - SHARE) ** 3 + 0.4 * SHARE * (1 - SHARE)})  # fmt: skip
WINDOW = pd.DataFrame({"days": [7, 30, 365], "value": [0.9, 0.7, 0.6], "low": [0.8, 0.65, 0.58],
                       "high": [0.95, 0.72, 0.63]})  # fmt: skip
MOVES = pd.DataFrame(
    [(a, b, 0.8 if a == b else 0.1, 0.6 if a == b else 0.2) for a in TIERS for b in TIERS],
    columns=["from_tier", "to_tier", "share", "chance_share"],
)
BUDGET = pd.DataFrame({"tier": TIERS, "spend_best": [2_000_000.0, 70.0, 0.0],
                       "spend_by_value": [500_000.0, 40.0, 10.0]})  # fmt: skip
JUMP = pd.DataFrame(
    [(8, False, 30, 4.0, 4.1), (9, False, 20, 5.0, 5.0), (10, False, 0, np.nan, 6.0),
     (10, True, 10, 9.0, 9.0), (11, True, 5, 10.0, 9.8)],
    columns=["value", "above", "customers", "mean", "line"],
)  # fmt: skip
PATHS = pd.DataFrame(
    [(p, y, 100.0 * y * s, 0.2 - 0.03 * y * s, 0.9**y) for s, p in enumerate(["hold", "half", "all"], 1)
     for y in range(1, 9)],
    columns=["principle", "year", "cumulative_profit", "margin", "staying"],
)  # fmt: skip

TRIAL = pd.DataFrame(
    [("simulated", "evenness 1", 91, 0.9), ("simulated", "evenness 1", 365, 0.8),
     ("real", "CDNOW", 1095, 0.7)],
    columns=["data", "condition", "days", "value"],
).assign(measure="profit of the top 20 %", low=0.6, high=0.95)  # fmt: skip

DRAWN = {
    "trial": lambda: plots.trial(TRIAL, taught=0.8),
    "pyramid": lambda: plots.pyramid(PYRAMID),
    "three pyramids": lambda: plots.pyramid(PYRAMID.assign(spend_share=[0.2, 0.8, 0.0])),
    "lorenz": lambda: plots.lorenz(LORENZ),
    "named lorenz": lambda: plots.lorenz(LORENZ, label="a rather long name of a data set"),
    "whale": lambda: plots.whale(WHALE),
    "window": lambda: plots.window(WINDOW, label="buyers in the window"),
    "migration": lambda: plots.migration(MOVES),
    "budget": lambda: plots.budget(BUDGET),
    "discontinuity": lambda: plots.discontinuity(JUMP),
    "concessions": lambda: plots.concessions(PATHS),
    "margin": lambda: plots.concessions(PATHS, column="margin"),
    "staying": lambda: plots.concessions(PATHS[PATHS.principle == "all"], column="staying"),
}
CHINESE = (
    "关键 普通 小 客户 满意 忠诚 抓大放小 云河通信 客户让渡价值 挽回 积分压力 金字塔，（％）：“一”"
)


def words(ax):
    """Give every text on the figure that is not empty."""
    ax.figure.canvas.draw()
    return [t.get_text() for t in ax.figure.findobj(Text) if t.get_text() and t.get_visible()]


def colours(ax):
    return {to_hex(line.get_color()).upper() for line in ax.lines}


# ------------------------------------------------------------------------------ exact


def test_bars_of_the_pyramid_are_as_wide_as_their_shares():
    ax = plots.pyramid(PYRAMID)
    for bars, column in zip(ax.collections, ("customer_share", "profit_share"), strict=True):
        widths = [np.ptp(path.vertices[:, 0]) for path in bars.get_paths()]
        assert widths == pytest.approx(PYRAMID[column].abs().tolist())
    assert [label.get_text() for label in ax.get_yticklabels()] == TIERS
    assert {"4 %", "80 %", "70 %", "−30 %", "share of customers", "share of profit"} <= set(
        words(ax)
    )
    assert [patch.get_hatch() for patch in ax.patches] == ["////"]  # the tier that loses


def test_curves_pass_through_their_table():
    for ax, table, column in (
        (plots.lorenz(LORENZ), LORENZ, "value_share"),
        (plots.whale(WHALE), WHALE, "profit_share"),
    ):
        x, y = ax.lines[-1].get_data()
        assert (x[0], x[-1], y[0], y[-1]) == pytest.approx((0, 1, 0, 1))
        assert y == pytest.approx(np.interp(x, table["customer_share"], table[column]), abs=1e-6)
        assert len(x) < 500


def test_window_shows_its_intervals():
    ax = plots.window(WINDOW)
    (bars,) = ax.containers
    segments = bars.lines[2][0].get_segments()
    ends = np.array([segment[:, 1] for segment in segments])
    assert ends == pytest.approx(WINDOW[["low", "high"]].to_numpy())
    assert [label.get_text() for label in ax.get_xticklabels()] == ["7", "30", "365"]


def test_migration_shows_what_happened_and_what_chance_would_do():
    ax = plots.migration(MOVES)
    assert len(ax.patches) == 18
    shown = words(ax)
    assert [shown.count(text) for text in ("80 %", "10 %", "60 %", "20 %")] == [3, 6, 3, 6]
    assert {"what happened", "what chance alone would do", "tier before"} <= set(shown)
    left, right = ax.patches[0], ax.patches[9]  # the same share has the same colour in both
    assert left.get_facecolor() != right.get_facecolor()


def test_budget_bars_and_numbers():
    ax = plots.budget(BUDGET)
    assert [bar.get_width() for bar in ax.patches] == [2_000_000, 70, 0, 500_000, 40, 10]
    assert {"2,000,000", "70", "best split", "by value"} <= set(words(ax))


def test_discontinuity_marks_the_threshold():
    ax = plots.discontinuity(JUMP)
    below, above, threshold = ax.lines
    assert below.get_ydata().tolist() == [4.1, 5.0, 6.0]
    assert above.get_ydata().tolist() == [9.0, 9.8]
    assert list(threshold.get_xdata()) == [10, 10]
    assert len(ax.collections[0].get_offsets()) == 4  # nobody stands on the row of the limit


def test_concessions_name_each_principle():
    ax = plots.concessions(PATHS)
    assert {"concede nothing", "concede half", "concede all"} <= set(words(ax))
    assert ax.lines[1].get_ydata().tolist() == [200.0 * y for y in range(1, 9)]


def test_a_trial_shows_each_condition_beside_what_is_taught():
    ax = plots.trial(TRIAL, taught=0.8)
    taught, *lines = ax.lines
    assert list(taught.get_ydata()) == [0.8, 0.8]
    assert [line.get_ydata().tolist() for line in lines] == [[0.9, 0.8], [0.7]]
    assert {"taught: 80 %", "evenness 1", "CDNOW", "91", "1,095"} <= set(words(ax))
    assert lines[1].get_color() == "#0072B2"  # real data has colour, simulated data greys


def test_numbers_are_written_the_way_people_read_them():
    ax = plots.whale(WHALE)
    assert {"0 %", "100 %", "20 %"} <= set(words(ax))
    assert ax.get_xlabel() == "share of customers, most profitable first"
    assert plots.concessions(PATHS).get_ylabel() == "profit so far of an account\n(thousand yuan)"


# -------------------------------------------------------------------------- invariant


@pytest.mark.parametrize("name", DRAWN)
def test_nothing_is_cut_off(name):
    ax = DRAWN[name]()
    figure = ax.figure
    figure.canvas.draw()
    renderer = figure.canvas.get_renderer()
    for text in figure.findobj(Text):
        if text.get_text() and text.get_visible() and text.get_figure() is not None:
            box = text.get_window_extent(renderer)
            if text in ax.get_xticklabels() + ax.get_yticklabels() and not _within(text, ax):
                continue  # a tick beyond the limits is not drawn
            assert box.x0 >= -1, text
            assert box.y0 >= -1, text
            assert box.x1 <= figure.bbox.x1 + 1, text
            assert box.y1 <= figure.bbox.y1 + 1, text


def _within(label, ax):
    x, y = label.get_position()
    inside_x = min(ax.get_xlim()) <= x <= max(ax.get_xlim())
    return (
        inside_x if label in ax.get_xticklabels() else min(ax.get_ylim()) <= y <= max(ax.get_ylim())
    )


@pytest.mark.parametrize("name", DRAWN)
def test_no_list_stands_over_the_data(name):
    ax = DRAWN[name]()
    ax.figure.canvas.draw()
    inside = ax.get_window_extent()
    for legend in ax.figure.findobj(Legend):
        box = legend.get_window_extent()
        overlap = (
            min(box.x1, inside.x1) - max(box.x0, inside.x0),
            min(box.y1, inside.y1) - max(box.y0, inside.y0),
        )
        assert min(overlap) < 2


@pytest.mark.parametrize(
    ("draw", "table"),
    [
        (plots.lorenz, LORENZ),
        (plots.whale, WHALE),
        (plots.window, WINDOW),
        (plots.discontinuity, JUMP),
        (plots.concessions, PATHS[PATHS.principle == "all"].drop(columns="principle")),
    ],
)
def test_base_is_grey_and_moved_is_blue(draw, table):
    ax = draw(table, case="base")
    assert plots.INK["moved"] not in colours(ax)
    assert plots.INK["base"] in colours(ax)
    draw(table, ax=ax, case="moved")
    assert plots.INK["moved"] in colours(ax)


def test_a_plot_leaves_the_settings_of_others_alone():
    before = dict(mpl.rcParams)
    for draw in DRAWN.values():
        draw().figure.canvas.draw()
    assert dict(mpl.rcParams) == before


def test_a_tier_named_by_its_dollars_is_no_formula():
    names = ("$50 and more", "$10 to $50", "less")
    tiers = tiering.assign_tiers([9, 60, 20], by="threshold", cuts=(50, 10), names=names)
    ax = plots.pyramid(tiering.pyramid([9, 60, 20], tiers))
    assert [text.get_text() for text in ax.get_yticklabels()] == list(names)
    assert not any(text.get_parse_math() for text in ax.get_yticklabels())


def test_a_plot_draws_where_it_is_told():
    left, right = plots.figure(2)
    assert plots.whale(WHALE, ax=right) is right
    assert not left.lines


# ---------------------------------------------------------------------------- Chinese


def test_chinese_has_no_boxes(monkeypatch):
    """matplotlib warns of a character no font has, and here warnings are errors."""
    monkeypatch.setattr("cvm.plots.tiering._", lambda text: "关键客户（％）")
    for draw in (lambda: plots.pyramid(PYRAMID), lambda: plots.whale(WHALE)):
        ax = draw()
        assert "关键客户（％）" in words(ax)
        ax.figure.savefig(io.BytesIO(), format="svg")
    with mpl.rc_context(theme()):
        ax.set_title(CHINESE)
    ax.figure.canvas.draw()


def test_a_missing_character_would_be_noticed():
    ax = plots.whale(WHALE)
    with mpl.rc_context(theme()):
        ax.set_title("龘")  # beyond the common characters
    with pytest.warns(UserWarning, match="missing from font"):
        ax.figure.canvas.draw()


def test_the_shipped_font_is_taken_also_where_a_full_one_is_installed():
    from matplotlib import font_manager

    theme()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = font_manager.findfont(plots.FAMILY[1], fallback_to_default=False)
    assert Path(found).name == "CVMSansSC.otf"
    assert (Path(found).parent / "OFL.txt").read_text().count("SIL OPEN FONT LICENSE") == 1


# ----------------------------------------------------------------------------- inputs


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (
            lambda: plots.whale(LORENZ),
            "The plot 'whale' needs a table with the column 'profit_share'. You gave .*value_share",
        ),
        (lambda: plots.pyramid([1, 2]), "needs a table with the column 'tier'. You gave 'list'"),
        (lambda: plots.whale(WHALE, case="bse"), "You gave 'bse'. Did you mean 'base'"),
        (lambda: plots.concessions(PATHS, column="margn"), "no path 'margn'.* mean 'margin'"),
    ],
)
def test_messages(action, message):
    with pytest.raises(CvmError, match=message):
        action()
