"""The figures and what-ifs of chapter 10: what stands on the axes, and that they move."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from cvm import churn, plots
from cvm.churn import Churn, Offer, WinBack
from cvm.errors import CvmError
from cvm.plots import INK
from cvm.whatif import churn as what_if
from tests.whatifs import every_slider_acts, lever_moves

TABLES = churn.simulate_churn(Churn(), n=900, seed=1)
PEOPLE, CAMPAIGN = TABLES.customers, TABLES.campaign
LOST = churn.win_back(churn.simulate_lost(WinBack(), n=1500, seed=1))
MAKERS = (
    what_if.whom_to_contact, what_if.cut_off, what_if.reading_a_campaign, what_if.whom_to_win_back,
)  # fmt: skip


def marks(ax):
    """Give the places of the black bars: what the simulator knows."""
    [line] = [line for line in ax.lines if line.get_marker() == "|" and line.get_markersize() == 16]
    assert to_hex(line.get_color()) == INK["truth"].lower()
    return line.get_xdata()


# exact: the ink is the table -------------------------------------------------------


def test_lives_are_steps_with_a_band_and_the_truth_a_line_without():
    table = churn.life_curves(PEOPLE)
    ax = plots.survival(table)
    groups = list(table.groupby("group", sort=False))
    assert len(ax.lines) == len(groups) == 3
    for line, (_name, rows) in zip(ax.lines, groups, strict=True):
        assert line.get_drawstyle() == "steps-post"
        assert np.array_equal(line.get_ydata(), rows["survival"])
    assert len(ax.collections) == 2
    assert [to_hex(line.get_color()) for line in ax.lines] == [
        INK[name].lower() for name in ("naive", "moved", "truth")
    ]
    words = [text.get_text() for text in ax.get_legend().get_texts()]
    assert words == ["only those who left", "Kaplan and Meier", "the truth"]


def test_one_curve_needs_no_key():
    ax = plots.survival(churn.survival_curve(PEOPLE).table)
    assert ax.get_legend() is None
    assert ax.get_ylabel() == "customers still here"


def test_hazards_stand_in_the_middle_of_their_months():
    table = churn.hazard_by_month(PEOPLE, width=6)
    ax = plots.hazard_by_month(table)
    assert list(ax.lines[0].get_xdata()) == [*range(3, 6 * len(table), 6)]
    assert ax.lines[0].get_ydata() == pytest.approx(table["hazard"])
    two = plots.hazard_by_month(churn.hazard_by_month(PEOPLE, by="monthly", width=6))
    assert [text.get_text() for text in two.get_legend().get_texts()] == ["0", "1"]


def test_hazard_ratios_on_a_scale_of_ratios_with_the_truth():
    table = churn.cox(PEOPLE).table.assign(true_ratio=np.exp([0.9, 0.25, -0.06]))
    ax = plots.hazard_ratios(table)
    assert ax.get_xscale() == "log"
    assert marks(ax) == pytest.approx(np.exp([0.9, 0.25, -0.06]))
    assert [label.get_text() for label in ax.get_yticklabels()] == ["monthly", "calls", "usage"]


def test_calibration_gains_and_profit():
    judged = churn.judge_scores(CAMPAIGN["left"], CAMPAIGN["true_risk"])
    ax = plots.score_calibration(judged.calibration, title="new customers")
    assert ax.lines[1].get_ydata() == pytest.approx(judged.calibration["left"])
    assert list(ax.lines[0].get_xdata()) == list(ax.lines[0].get_ydata())  # as said, as seen
    assert ax.get_title("left") == "new customers"
    ax = plots.score_gains(judged.gains.assign(score="risk"))
    assert ax.lines[1].get_ydata() == pytest.approx(judged.gains["found"])
    curve = churn.profit_curve(CAMPAIGN["left"], CAMPAIGN["true_risk"], offer=Offer())
    ring = plots.profit_by_contacts(curve).lines[1]
    assert ring.get_ydata() == [curve["profit"].max()]


def test_money_is_the_case_s_or_the_one_named():
    curve = churn.profit_curve(CAMPAIGN["left"], CAMPAIGN["true_risk"], offer=Offer())
    assert plots.profit_by_contacts(curve).get_ylabel().endswith("(yuan)")
    assert plots.profit_by_contacts(curve, unit="euros").get_ylabel().endswith("(euros)")
    for plot in (plots.win_back, plots.cost_regained):
        assert plot(LOST.table).get_xlabel().endswith("(yuan)")
        assert plot(LOST.table, unit="euros").get_xlabel().endswith("(euros)")


def test_the_uplift_curve_beside_drawing_lots_and_the_truth():
    table = churn.uplift_curve(CAMPAIGN, score="true_risk", resamples=20).table
    ax = plots.uplift_gain(table)
    lots, found, truth = ax.lines
    assert lots.get_ydata() == pytest.approx(100 * table["at_random"])
    assert found.get_ydata() == pytest.approx(100 * table["saved"])
    assert truth.get_linestyle() == ":"
    assert len(ax.collections) == 1
    two = pd.concat([table.assign(score="risk"), table.assign(score="uplift")])
    both = plots.uplift_gain(two)
    assert len(both.collections) == 0  # bands over one another tell nothing
    words = [text.get_text() for text in both.get_legend().get_texts()]
    assert words == ["by risk", "by uplift", "by lot"]


def test_ways_of_choosing_with_intervals_or_as_bars():
    table = churn.compare_targeting(CAMPAIGN, scores=["true_risk"], budget=0.3).table
    ax = plots.targeting(table)
    assert marks(ax) == pytest.approx(100 * table["true_saved"])
    words = [label.get_text() for label in ax.get_yticklabels()]
    assert words == ["by the true risk", "by lot", "by the true uplift"]
    bars = plots.targeting(table[["chosen", "saved"]])
    assert [bar.get_width() for bar in bars.patches] == pytest.approx(list(100 * table["saved"]))


def test_the_types_fill_a_bar_in_their_own_colours():
    table = churn.type_table(CAMPAIGN, scores=["true_risk", "true_uplift"])
    ax = plots.customer_types(table)
    ends = [max(bar.get_x() + bar.get_width() for bar in ax.patches if round(bar.get_y() + 0.3) == row)
            for row in range(3)]  # fmt: skip
    assert ends == pytest.approx([1, 1, 1])
    lost = table.query("type == 'lost cause'")["share"].tolist()
    assert [bar.get_width() for bar in ax.containers[2]] == pytest.approx(lost)
    assert len({to_hex(bars[0].get_facecolor()) for bars in ax.containers}) == 4


def test_readings_of_campaigns_name_the_campaign():
    table = churn.compare_effects(CAMPAIGN).assign(campaign="by lot")
    ax = plots.campaign_effects(table)
    assert marks(ax) == pytest.approx(100 * table["true_effect"])
    words = [label.get_text() for label in ax.get_yticklabels()]
    assert words == ["by lot: as they are", "by lot: weighted to be alike"]


def test_winning_back_in_the_colours_of_the_advice():
    ax = plots.win_back(LOST.table)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [
        advice for advice in ("win back", "let go", "cannot tell") if advice in set(LOST.table["advice"])
    ]  # fmt: skip
    places = {
        line.get_xdata()[0]: to_hex(line.get_color())
        for line in ax.lines
        if line.get_marker() == "o"
    }
    dismissed = LOST.table.set_index("group").loc["dismissed"]
    assert places[dismissed["profit_tried"]] == INK["loss"].lower()


def test_what_costs_without_end_is_left_out():
    table = LOST.table.assign(cost_regained=[20, np.inf, 60, 70, np.nan]).drop(columns="cost_low")
    ax = plots.cost_regained(table, cost_new=60)
    assert list(ax.lines[0].get_xdata()) == [20, 60, 70]
    assert list(ax.lines[0].get_ydata()) == [0, 2, 3]
    assert list(ax.lines[1].get_xdata()) == [60, 60]
    assert len(ax.get_yticklabels()) == 5


# invariant: what-ifs ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "lever", "to", "name", "falls"),
    [
        (what_if.whom_to_contact, "stubborn", 2.5, "saved of 100 contacted, by risk", True),
        (what_if.cut_off, "offer", 20.0, "contact", True),
        (what_if.reading_a_campaign, "assignment", "judgement", "error when weighted", True),
        (what_if.whom_to_win_back, "margin", 20.0, "lost for the price", False),
        (what_if.whom_to_win_back, "margin", 20.0, "dismissed", True),
    ],
)
def test_a_lever_moves_numbers_and_picture(make, lever, to, name, falls):
    lever_moves(make(n=3000), lever, to, name, falls=falls)


@pytest.mark.parametrize("make", MAKERS)
def test_each_slider_moves_its_picture_and_its_code_makes_its_numbers(make):
    every_slider_acts(make(n=600))


def test_where_the_stubborn_leave_and_sleepers_wake_risk_is_worse_than_lots():
    world = Churn(contacted=0.2, stubborn=2.5, disturb=0.05)
    plan = what_if.contact_plan(world, n=4000, seed=2)
    saved = plan.ways.set_index("chosen")["saved"]
    assert saved["risk"] < saved["by lot"] < saved["uplift"]
    people = churn.simulate_churn(world, n=4000, seed=2).campaign
    assert saved["by lot"] == pytest.approx(people["true_uplift"].mean())
    assert plan.ways["leavers"].iloc[0] > 2 * people["true_risk"].mean() * 0.9


def test_the_cut_off_is_learnt_from_others():
    """The profit of a what-if is out of sample: another seed learns, this one is judged."""
    plan = what_if.cut_off_plan(Offer(), n=3000, seed=3)
    new = churn.simulate_churn(Churn(contacted=0.05), n=3000, seed=3).campaign.query(
        "not contacted"
    )
    learnt = churn.simulate_churn(Churn(), n=3000, seed=4).campaign
    score = churn.risk_model(learnt).score(new)
    assert plan.best.value == churn.expected_maximum_profit(new["left"], score).value
    assert plan.curve["profit"].iloc[-1] == pytest.approx(
        0.3 * 190 * new["left"].mean() - 10 * (1 - new["left"].mean()) - 1
    )


# inputs ----------------------------------------------------------------------------


def test_a_table_that_is_not_the_plots():
    with pytest.raises(CvmError, match=r"'survival' needs a table with the column 'months'"):
        plots.survival(LOST.table)
    with pytest.raises(CvmError, match=r"'win_back' needs a table with the column 'profit_tried'"):
        plots.win_back(LOST.table.drop(columns="profit_tried"))
