"""The figures and what-ifs of chapter 03: what stands on the axes, and that they move."""

import numpy as np
import pytest
from matplotlib.colors import to_hex

from cvm import plots, selection
from cvm.errors import CvmError
from cvm.plots import INK
from cvm.whatif import selection as what_if
from tests.whatifs import every_slider_acts, lever_moves

ACCOUNTS = selection.simulate_accounts(selection.Business(), n=1500, seed=1)
FOUND = selection.risk_adjusted_profit(ACCOUNTS)
GROUPS = selection.size_groups(FOUND.accounts, profit="risk_adjusted")
MARKET = selection.simulate_prospects(selection.Prospects(), n=2500, seed=1)
MODEL = selection.look_alike(MARKET)
YEARS = selection.portfolio_risk(
    selection.portfolio_accounts(selection.Portfolio(), seed=1), correlation=0.2, years=800
)
MAKERS = [what_if.big_accounts, what_if.look_alikes, what_if.few_accounts]

# exact: the ink is the table -------------------------------------------------------


def test_every_account_is_a_dot_and_the_largest_are_ringed():
    ax = plots.size_profit(ACCOUNTS, largest=20)
    earns, loses, ringed = ax.lines[:3]
    assert len(earns.get_xdata()) == (ACCOUNTS["profit"] >= 0).sum()
    assert (np.asarray(loses.get_ydata()) < 0).all()
    assert to_hex(loses.get_color()) == INK["loss"].lower()
    assert len(ringed.get_xdata()) == 20
    assert min(ringed.get_xdata()) == ACCOUNTS["revenue"].nlargest(20).min()


def test_the_largest_accounts_with_books_and_expectation():
    rows = FOUND.accounts.nlargest(12, "revenue")
    ax = plots.largest_accounts(rows.sample(frac=1, random_state=1))
    books = ax.lines[0]
    assert books.get_xdata() == pytest.approx(rows["profit"].to_numpy())
    drawn = [container.lines[0] for container in ax.containers]
    losses = rows["risk_adjusted"] < 0
    assert drawn[0].get_xdata() == pytest.approx(rows.loc[~losses, "risk_adjusted"].to_numpy())
    assert drawn[1].get_xdata() == pytest.approx(rows.loc[losses, "risk_adjusted"].to_numpy())
    assert drawn[1].get_ydata() == pytest.approx(np.flatnonzero(losses))
    assert ax.get_ylim()[0] > ax.get_ylim()[1]  # the largest above


def test_the_margin_by_size():
    ax = plots.size_margin(GROUPS)
    zero, margin, low, high = ax.lines
    assert list(zero.get_ydata()) == [0, 0]
    for line, column in ((margin, "margin"), (low, "margin_low"), (high, "margin_high")):
        assert line.get_ydata() == pytest.approx(GROUPS[column].to_numpy())


def test_a_hundred_of_revenue_is_stacked_up():
    ax = plots.revenue_parts(GROUPS)
    costs = [bars.patches[-1] for bars in ax.containers]
    assert len(costs) == 7
    # What the stack leaves to the line at 100 % is the profit of the books.
    book = selection.size_groups(ACCOUNTS)["margin"].iloc[-1]
    assert costs[-1].get_x() + costs[-1].get_width() == pytest.approx(1 - book)
    words = [text.get_text() for text in ax.get_legend().get_texts()]
    assert words[0] == "product"
    assert words[-1] == "grey trade"


def test_promises_of_two_groups_share_axes():
    pilot = selection.simulate_pilot(MARKET, n=400, seed=1)
    judged = selection.judge_look_alike(pilot["loyal"], MODEL.score(pilot))
    ax = plots.promised_and_seen(MODEL.holdout.calibration, label="kept back")
    plots.promised_and_seen(judged.calibration, ax=ax, label="pilot")
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["kept back", "pilot"]
    dots = ax.containers[1].lines[0]
    assert dots.get_xdata() == pytest.approx(judged.calibration["score"].to_numpy())
    assert dots.get_ydata() == pytest.approx(judged.calibration["loyal"].to_numpy())
    assert sum(list(line.get_ydata()) == [0, 1] for line in ax.lines) == 1  # one line to compare


def test_what_is_promised_is_dashed_and_what_is_brought_is_not():
    others = MARKET[~MARKET["customer"]]
    table = selection.approach_table(
        MODEL.score(others), world=selection.Prospects(), outcome=others["true_chance"]
    )
    ax = plots.approach_profit(table, approached=0.3)
    _zero, promised, dot, brought, _dot = ax.lines
    assert (promised.get_linestyle(), brought.get_linestyle()) == ("--", "-")
    assert promised.get_ydata() == pytest.approx(table["promised"].to_numpy())
    assert brought.get_ydata() == pytest.approx(table["brought"].to_numpy())
    assert list(dot.get_xdata()) == [0.3]
    alone = plots.approach_profit(table.drop(columns="brought"))
    assert len(alone.lines) == 2


def test_the_bad_year_is_a_dot_on_the_curve():
    ax = plots.bad_years(YEARS.years, bad=YEARS.bad, label="twenty")
    curve, dot = ax.lines[2:]
    assert curve.get_ydata()[0] == YEARS.years["share"].iloc[0]
    assert (list(dot.get_xdata()), list(dot.get_ydata())) == ([YEARS.bad], [0.05])
    assert dot.get_color() == curve.get_color()


def test_the_five_points_of_each_candidate():
    rows = selection.guidance_scores(
        FOUND.accounts.assign(resemblance=1 - FOUND.accounts["defection"])
    ).head(3)
    ax = plots.guidance_points(rows)
    filled = ax.containers[::2]
    assert [bar.get_width() for bar in filled[1]] == pytest.approx((0.86 * rows["good"]).tolist())
    assert [bar.get_x() for bar in filled[4]] == [4, 4, 4]
    assert [label.get_text() for label in ax.get_yticklabels()] == [
        str(c) for c in rows["customer"]
    ]


# exact: the numbers beside the pictures ----------------------------------------------


def test_the_numbers_of_big_accounts():
    row = what_if.big_accounts(n=1500).numbers().set_index("name")["base"]
    assert row["expected profit of all"] == pytest.approx(ACCOUNTS["true_profit"].sum() / 1000)
    largest = ACCOUNTS.nlargest(20, "revenue")["true_profit"]
    assert row["of the 20 largest lose money"] == (largest < 0).sum()
    peak = selection.whale_curve(ACCOUNTS["true_profit"]).peak
    assert row["peak of the whale curve"] == pytest.approx(peak)


def test_the_numbers_of_look_alikes_are_promise_and_truth():
    made = what_if.look_alikes(n=4000)
    row = made.numbers().set_index("name")["base"]
    assert row["loyal, as promised"] > row["loyal, in truth"] + 0.1
    made.move("kept", 0.0)
    moved = made.numbers().set_index("name")["moved"]
    assert abs(moved["loyal, as promised"] - moved["loyal, in truth"]) < 0.05
    plan = made.simulate(made.base, n=4000, seed=1)
    best = plan.table.loc[plan.table["brought"].idxmax(), "approached"]
    assert row["best share in truth"] == best


def test_the_numbers_of_a_portfolio():
    row = what_if.few_accounts(n=4000).numbers().set_index("name")["base"]
    assert row["expected profit"] == pytest.approx(YEARS.expected)
    assert row["profit at risk"] == pytest.approx(YEARS.at_risk)
    assert row["effective number of accounts"] == pytest.approx(YEARS.effective)


# invariant: what-ifs ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "lever", "to", "name", "falls"),
    [
        (MAKERS[0], "discount_ceiling", 0.05, "of the 20 largest lose money", True),
        (MAKERS[0], "credit_days", 365, "expected profit of all", True),
        (MAKERS[1], "drawn", 2.0, "loyal, as promised", False),
        (MAKERS[1], "approached", 1.0, "loyal, in truth", True),
        (MAKERS[2], "accounts", 100, "profit at risk", True),
        (MAKERS[2], "correlation", 0.8, "the worst year in twenty", True),
    ],
)
def test_a_lever_moves_numbers_and_picture(make, lever, to, name, falls):
    lever_moves(make(n=1500), lever, to, name, falls=falls)


@pytest.mark.parametrize("make", MAKERS)
def test_each_slider_moves_its_picture_and_its_code_makes_its_numbers(make):
    every_slider_acts(make(n=900))


# inputs ----------------------------------------------------------------------------


def test_a_market_that_only_loses_is_told():
    made = what_if.big_accounts(n=400)
    made.move("bargain_half", 200)
    with pytest.raises(CvmError, match="expected to lose money"):
        made.move("kickback_ceiling", 0.25)
    assert "Grant less" in made.message


def test_a_table_that_is_not_the_plots():
    with pytest.raises(CvmError, match=r"'size_margin' needs a table with the column 'group'"):
        plots.size_margin(ACCOUNTS)
