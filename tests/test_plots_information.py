"""The figures and what-ifs of chapter 05: what stands on the axes, and that they move."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from cvm import alerts, database, plots
from cvm.alerts.accounts import amounts, course, credit_lines, payments
from cvm.alerts.watch import REVIEWS, owed_at
from cvm.errors import CvmError
from cvm.plots import INK
from cvm.whatif import information as what_if
from tests.whatifs import every_slider_acts, lever_moves

MAKERS = [what_if.silence, what_if.credit_line, what_if.break_even]
DAYS = alerts.START + pd.to_timedelta(REVIEWS, unit="D")


@pytest.fixture(scope="module")
def year():
    return alerts.simulate_accounts_year(alerts.CreditWatch(), n=200, seed=2)


# exact: the arrays are the SQL, the ink is the table -----------------------------------


def test_what_is_owed_is_what_the_sql_adds_up(year):
    world = alerts.CreditWatch()
    now = course(world, n=200, seed=2)
    due, paid = amounts(world, now, seed=2), payments(world, now, seed=2)
    urgency = owed_at(now, due, paid, REVIEWS) / credit_lines(world, now)[:, None]
    with database.create() as db:
        database.load(db, {"customers": year.customers, "receivables": year.receivables})
        table = alerts.receivables_over_line(db, today=DAYS).table
        report = alerts.evaluate_alerts({"receivables": table}, year.truth, days=DAYS, capacity=5)
    told = np.zeros_like(urgency)
    who = pd.Index(year.truth["customer"]).get_indexer(table["customer"])
    told[who, pd.Index(DAYS).get_indexer(table["today"])] = table["urgency"]
    assert np.where(urgency > 1, urgency, 0) == pytest.approx(told)
    assert (told > 0).sum() > 50
    watched = alerts.watch_credit(world, n=200, seed=2)
    row = report.table.iloc[0]
    assert watched.judged.caught == row["caught"]
    assert watched.verdicts["calls"].tolist()[1:] == [row["late"], row["false"]]
    assert watched.weekly == pytest.approx(len(table) / len(DAYS))


def test_watched_silence_is_the_report_of_the_database():
    world = alerts.SilenceWatch(capacity=3)
    made = alerts.simulate_accounts_year(world, n=200, seed=2)
    with database.create() as db:
        database.load(db, {"customers": made.customers, "orders": made.orders})
        found = {"stopped": alerts.stopped_ordering(db, today=DAYS)}
        row = alerts.evaluate_alerts(found, made.truth, days=DAYS, capacity=3).table.iloc[0]
    watched = alerts.watch_silence(world, n=200, seed=2)
    assert watched.judged.precision == row["precision"]
    assert watched.judged.caught == row["caught"]
    assert np.median(watched.judged.lead) == row["lead_days"]
    leads = watched.leads.set_index("days")["caught"]
    assert leads[1] == pytest.approx(row["caught"])  # a call in time comes a day before, or more
    assert leads.is_monotonic_decreasing


def test_money_is_lost_with_defaults_nobody_called_upon():
    world = alerts.CreditWatch(capacity=20)
    lost = [
        alerts.watch_credit(world.replace(share=share), n=1000, seed=1).lost
        for share in (0.4, 1.0, 2.0)
    ]
    assert 0 < lost[0] < 0.7 * lost[1] < 0.7 * lost[2]


def test_a_line_an_account_with_its_marks():
    table = pd.DataFrame(
        [("Y1", "2025-01-05", "order"), ("Y2", "2025-02-05", "order"), ("Y2", "2025-03-05", "warning"),
         ("Y1", "2025-04-01", "event")],
        columns=["customer", "date", "what"],
    ).assign(date=lambda t: pd.to_datetime(t["date"]))  # fmt: skip
    ax = plots.account_rhythms(table)
    marks = [list(line.get_ydata()) for line in ax.lines]
    assert marks == [[0, 1], [1], [], [0]]
    assert [t.get_text() for t in ax.get_yticklabels()] == ["Y1", "Y2"]
    ax.figure.canvas.draw()
    assert "2025-03" in [t.get_text() for t in ax.get_xticklabels()]


def test_each_warning_has_two_bars_and_their_intervals():
    row = {"caught": 0.5, "caught_low": 0.4, "caught_high": 0.6, "precision": 0.2,
           "precision_low": 0.1, "precision_high": 0.3}  # fmt: skip
    table = pd.DataFrame([{"warning": "plan", **row}, {"warning": "stopped: fixed", **row}])
    ax = plots.warnings_judged(table)
    widths = [[bar.get_width() for bar in bars] for bars in ax.containers]
    assert widths == [[0.5, 0.5], [0.2, 0.2]]
    ends = [segment[:, 0].tolist() for segment in ax.collections[1].get_segments()]
    assert ends == [[0.1, 0.3]] * 2
    assert [t.get_text() for t in ax.get_yticklabels()] == ["sales behind plan", "stopped ordering\n(fixed)"]  # fmt: skip


def test_calls_and_leads():
    watched = alerts.watch_silence(alerts.SilenceWatch(), n=200, seed=1)
    ax = plots.call_verdicts(watched.verdicts)
    assert [bar.get_height() for bar in ax.patches] == watched.verdicts["calls"].tolist()
    assert [t.get_text() for t in ax.get_xticklabels()] == ["in time", "too late", "for nothing"]
    both = pd.concat([watched.leads.assign(rule=rule) for rule in alerts.RULES])
    ax = plots.call_leads(both)
    assert len(ax.lines) == 2
    assert ax.lines[0].get_ydata() == pytest.approx(watched.leads["caught"].to_numpy())
    assert to_hex(ax.lines[1].get_color()) == INK["naive"].lower()


def test_years_of_a_database():
    table = database.payback_table(database.PaybackCase())
    ax = plots.payback_years(table, naive=True)
    assert ax.lines[1].get_ydata() == pytest.approx(table["value"].to_numpy() / 1000)
    assert ax.lines[2].get_ydata() == pytest.approx(table["naive"].to_numpy() / 1000)
    cases = pd.concat([database.payback_table(w).assign(case=n) for n, w in database.CASES.items()])
    ax = plots.payback_years(cases)
    assert [t.get_text() for t in ax.get_legend().get_texts()] == list(database.CASES)


def test_what_coarsening_helps():
    table = pd.DataFrame({"column": ["size", "district"], "exposed": [3, 9], "smallest": [1, 2]})
    ax = plots.rare_groups(table, now=12)
    assert [bar.get_width() for bar in ax.patches] == [3, 9]
    assert list(ax.lines[0].get_xdata()) == [12, 12]


# exact: the numbers beside the pictures ----------------------------------------------


def test_the_numbers_of_a_year_of_calls():
    made = what_if.silence(n=200)
    row = made.numbers().set_index("name")["base"]
    watched = alerts.watch_silence(alerts.SilenceWatch(), n=200, seed=7)
    assert row["calls in the year"] == watched.verdicts["calls"].sum()
    assert row["events called upon in time"] == watched.judged.caught
    paid = what_if.break_even().numbers().set_index("name")["base"]
    assert paid["left after all years"] == pytest.approx(
        database.payback(database.PaybackCase()).value / 1000
    )


# invariant ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "lever", "to", "name", "falls"),
    [
        (MAKERS[0], "factor", 5.0, "accounts on the list in a week", True),
        (MAKERS[0], "regularity", 16.0, "calls that were right", False),
        (MAKERS[0], "notice", 20.0, "events called upon in time", True),
        (MAKERS[1], "share", 0.6, "accounts on the list in a week", False),
        (MAKERS[1], "line_months", 5.0, "accounts on the list in a week", True),
        (MAKERS[2], "loyalty", 0.2, "left after all years", True),
        (MAKERS[2], "setup", 500_000.0, "customers from which it pays", False),
    ],
)
def test_a_lever_moves_numbers_and_picture(make, lever, to, name, falls):
    lever_moves(make(n=300), lever, to, name, falls=falls)


@pytest.mark.parametrize("make", MAKERS)
def test_each_slider_moves_its_picture_and_its_code_makes_its_numbers(make):
    every_slider_acts(make(n=150), to={"capacity": 1})


# inputs ------------------------------------------------------------------------------


def test_a_table_that_is_not_the_plots():
    with pytest.raises(CvmError, match="'call_leads' needs a table with the column 'days'"):
        plots.call_leads(pd.DataFrame({"caught": [1]}))
