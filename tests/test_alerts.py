"""The four warnings: what they say of a day, and how good they are by the truth."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cvm import alerts, database
from cvm.alerts.accounts import course
from cvm.alerts.judge import evaluate_alerts, judge, work_list
from cvm.errors import CvmError
from cvm.tables import check

DAYS = pd.date_range("2025-04-07", "2025-12-29", freq="7D")
SMALL = alerts.Accounts()


def loaded(**tables):
    """Load a few rows; customers a to e with a line of 100."""
    customers = pd.DataFrame({"customer": list("abcde"), "kind": "company", "credit_line": 100.0})
    made = database.create()
    database.load(made, {"customers": customers, **tables})
    return made


def orders(*rows):
    table = pd.DataFrame(rows, columns=["customer", "date", "amount"])
    return table.assign(order=range(len(table)))


@pytest.fixture(scope="module")
def year():
    return alerts.simulate_accounts_year(SMALL, n=250, seed=3)


@pytest.fixture(scope="module")
def db(year):
    with database.create() as made:
        database.load(made, year.tables())
        yield made


# exact ------------------------------------------------------------------------------


def test_open_invoices_of_a_day_against_the_line():
    invoices = pd.DataFrame(
        [("a", "2025-01-01", "2025-01-31", None, 80.0), ("a", "2025-02-01", "2025-03-03", None, 60.0),
         ("b", "2025-01-01", "2025-01-31", "2025-02-11", 130.0), ("c", "2025-01-01", "2025-01-31", None, 100.0),
         ("d", "2025-01-01", "2025-01-31", "2025-02-10", 999.0), ("e", "2025-02-11", "2025-03-11", None, 500.0)],
        columns=["customer", "issued", "due", "paid", "amount"],
    ).assign(invoice=range(6))  # fmt: skip
    with loaded(receivables=invoices) as db:
        found = alerts.receivables_over_line(db, today="2025-02-10").table.set_index("customer")
        # c owes just the line; d paid today; e's invoice is of tomorrow.
        assert found.index.tolist() == ["a", "b"]
        assert found["owed"].tolist() == [140, 130]
        assert found["overdue"].tolist() == [80, 130]
        assert found["urgency"].tolist() == pytest.approx([1.4, 1.3])
        assert found["severity"].tolist() == ["medium", "medium"]
        early = alerts.receivables_over_line(db, today="2025-02-10", share=0.9).table
        assert early["customer"].tolist() == ["a", "b", "c"]


def test_sales_of_whole_months_against_the_plan():
    plans = pd.DataFrame(
        [(c, f"2025-0{m}-01", 100.0) for c in "abc" for m in (1, 2, 3)] + [("d", "2025-02-01", 100.0)],
        columns=["customer", "month", "sales"],
    )  # fmt: skip
    sold = orders(("a", "2025-01-31", 500), ("a", "2025-02-01", 60), ("a", "2025-03-31", 59),
                  ("a", "2025-04-01", 900), ("b", "2025-02-10", 130), ("b", "2025-03-20", -5))  # fmt: skip
    with loaded(plans=plans, orders=sold) as db:
        found = alerts.sales_behind_plan(db, today="2025-04-15").table.set_index("customer")
        # a reached 119 of 200; b 125; c nothing; of d only one month was planned.
        assert found.index.tolist() == ["c", "a"]
        assert found["sold"].tolist() == [0, 119]
        assert found["urgency"].tolist() == pytest.approx([1 / 0.4, (1 - 119 / 200) / 0.4])
        assert found["severity"].tolist() == ["high", "low"]


def test_costs_of_whole_months_against_the_budget():
    costs = pd.DataFrame(
        [(c, f"2025-0{m}-01", 50.0, spent) for c, spent in zip("abc", (70, 62.5, 50), strict=True) for m in (1, 2)]
        + [("c", "2025-03-01", 50.0, 900.0)],
        columns=["customer", "month", "budget", "spent"],
    )  # fmt: skip
    with loaded(selling_costs=costs) as db:
        found = alerts.cost_over_budget(db, today="2025-03-20").table
        assert found["customer"].tolist() == ["a"]  # b spent just what is tolerated
        assert found["urgency"].tolist() == pytest.approx([(140 - 100) / (0.25 * 100)])


def test_silence_against_the_own_rhythm_and_against_a_fixed_number():
    days = {"a": [0, 10, 20, 30], "b": [0, 5, 25, 30], "c": [0, 30], "d": [0, 10, 10, 20, 30, 62]}
    start = pd.Timestamp("2025-01-01")
    sold = orders(*[(c, start + pd.Timedelta(days=d), 9.0) for c, when in days.items() for d in when])  # fmt: skip
    with loaded(orders=sold) as db:
        today = start + pd.Timedelta(days=45)
        found = alerts.stopped_ordering(db, today=today).table.set_index("customer")
        # a and d: gaps of 10, so patience is 10 + 2 * 10/5. b: gaps of 5, 20, 5.
        assert found["patience"].to_dict() == pytest.approx({"a": 14, "d": 14})
        assert found["silent"].to_dict() == {"a": 15, "d": 15}  # d's later order is not known yet
        spread = np.std([5, 20, 5], ddof=1)
        wait = pd.Timedelta(days=30 + int(10 + 2 * spread) + 1)
        later = alerts.stopped_ordering(db, today=start + wait).table.set_index("customer")
        assert later.loc["b", "patience"] == pytest.approx(10 + 2 * spread)
        fixed = alerts.stopped_ordering(db, today=today, rule="fixed", cutoff=14).table
        assert set(fixed["customer"]) == {"a", "b", "d"}  # c has shown one gap only
        assert alerts.stopped_ordering(db, today=today, rule="fixed", cutoff=15).table.empty


def test_returns_are_no_orders():
    start = pd.Timestamp("2025-01-01")
    rows = [("a", start + pd.Timedelta(days=10 * d), 9.0) for d in range(5)]
    rows.append(("a", start + pd.Timedelta(days=60), -9.0))
    with loaded(orders=orders(*rows)) as db:
        found = alerts.stopped_ordering(db, today=start + pd.Timedelta(days=61)).table
        assert found["silent"].tolist() == [21]


def test_a_list_is_worked_from_the_top_and_each_account_rests():
    urgency = np.array([[3.0, 3.0, 3.0], [2.0, 2.0, 2.0], [1.0, 1.0, 1.0], [1.5, 0.0, 1.5]])
    never = np.full(4, np.inf)
    taken = work_list(urgency, np.array([0, 7, 14]), never, capacity=1, rest=14)
    assert [who.tolist() for _at, who in taken] == [[0], [1], [0]]
    # Account 2 stands at exactly 1: not above its threshold.
    taken = work_list(urgency, np.array([0, 7, 14]), never, capacity=9, rest=7)
    assert [who.tolist() for _at, who in taken] == [[0, 1, 3], [0, 1], [0, 1, 3]]
    # In account 0 there is trouble from day 5: once it was found, it is off the list.
    begun = np.array([5, np.inf, np.inf, np.inf])
    taken = work_list(urgency, np.array([0, 7, 14]), begun, capacity=1, rest=7)
    assert [who.tolist() for _at, who in taken] == [[0], [0], [1]]


def test_verdicts_by_hand():
    urgency = np.array([[2.0, 2.0], [0.0, 2.0], [2.0, 0.0], [0.0, 0.0]])
    onset = np.array([5.0, 1.0, np.inf, 1.0])
    event = np.array([20.0, 9.0, np.inf, 10.0])
    found = judge(urgency, np.array([0, 10]), onset, event, capacity=9, rest=7)
    assert found.account.tolist() == [0, 2, 0, 1]
    assert found.verdict.tolist() == [2, 2, 0, 1]  # too early is as false as for nothing
    assert found.events == 2  # the first account's event comes after the last review
    assert found.lead.tolist() == []
    assert found.precision == 0.25
    assert found.caught == 0
    longer = judge(urgency, np.array([0, 10]), onset, event - 10.0, capacity=9, rest=7)
    assert longer.verdict.tolist() == [2, 2, 1, 1]  # on the day itself it is too late


def test_marks_begin_with_the_first_warning_after_the_onset():
    day = pd.Timestamp
    known = pd.DataFrame(
        {"customer": ["a", "b"], "true_onset": [day("2025-03-01"), pd.NaT],
         "true_event": [day("2025-05-01"), pd.NaT]}
    )  # fmt: skip
    sold = pd.DataFrame({"customer": ["a", "b", "c"], "date": [day("2025-01-09")] * 3})
    told = pd.DataFrame(
        {"customer": ["a", "a", "a", "b"],
         "today": [day("2025-02-01"), day("2025-04-08"), day("2025-04-01"), day("2025-02-01")]}
    )  # fmt: skip
    marks = alerts.account_marks(sold, known, {"warning": told}, customers=["b", "a"])
    assert marks["customer"].tolist() == ["b", "a", "a", "a"]
    assert marks["what"].tolist() == ["order", "order", "warning", "event"]
    assert marks["date"].iloc[2] == day("2025-04-01")


# invariant --------------------------------------------------------------------------


def test_the_tables_are_what_the_database_takes_and_a_larger_crowd_keeps_the_first():
    small = alerts.simulate_accounts_year(SMALL, n=40, seed=5)
    large = alerts.simulate_accounts_year(SMALL, n=70, seed=5)
    for name, table in small.tables().items():
        check(table, database.SCHEMAS[name])
        first = large.tables()[name]
        first = first[first["customer"].isin(small.customers["customer"])].reset_index(drop=True)
        pd.testing.assert_frame_equal(table, first, check_dtype=False)
    pd.testing.assert_frame_equal(small.truth, large.truth.head(40), check_dtype=False)


def test_a_warning_never_looks_past_its_day(year):
    """Cut the year at a day: all that was said until then is said again."""
    until = pd.Timestamp("2025-08-18")
    cut = {
        "customers": year.customers,
        "orders": year.orders[year.orders["date"] <= until],
        "receivables": year.receivables[year.receivables["issued"] <= until].assign(
            paid=lambda t: t["paid"].where(t["paid"] <= until)
        ),
        "plans": year.plans[year.plans["month"] <= until],
        "selling_costs": year.selling_costs[year.selling_costs["month"] <= "2025-07-31"],
    }
    days = DAYS[until >= DAYS]
    with database.create() as whole, database.create() as part:
        database.load(whole, year.tables())
        database.load(part, cut)
        for call in (alerts.receivables_over_line, alerts.sales_behind_plan,
                     alerts.cost_over_budget, alerts.stopped_ordering):  # fmt: skip
            known, then = call(whole, today=days).table, call(part, today=days).table
            assert len(known) > 10
            pd.testing.assert_frame_equal(known, then)


def test_many_days_at_once_say_what_each_day_says(db):
    together = alerts.four_warnings(db, today=DAYS[[3, 20]])
    apart = pd.concat([alerts.four_warnings(db, today=day) for day in DAYS[[3, 20]]])
    pd.testing.assert_frame_equal(together, apart.reset_index(drop=True))
    assert set(together["warning"]) == set(alerts.WARNINGS)
    assert together.groupby("today")["urgency"].is_monotonic_decreasing.all()


@pytest.mark.parametrize("options", [{}, {"factor": 3.5}, {"gaps": 6}, {"rule": "fixed", "cutoff": 30}])  # fmt: skip
def test_the_arrays_say_what_the_sql_says(year, db, options):
    now = course(SMALL, n=250, seed=3)
    account, place = np.nonzero(now.placed)
    at = (DAYS - alerts.START).days.to_numpy()
    seen = alerts.reviews_of(account, now.days[account, place], n=250, days=at)
    urgency = alerts.rhythm_urgency(seen, **options)
    table = alerts.stopped_ordering(db, today=DAYS, **options).table
    told = np.zeros_like(urgency)
    who = pd.Index(year.truth["customer"]).get_indexer(table["customer"])
    told[who, pd.Index(DAYS).get_indexer(table["today"])] = table["urgency"]
    assert np.where(urgency > 1, urgency, 0) == pytest.approx(told)
    assert (told > 1).sum() > 100


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 30)), max_size=25),
    st.lists(st.integers(0, 40), min_size=1, max_size=4, unique=True),
)
@settings(max_examples=60)
def test_rhythms_are_those_of_a_plain_loop(placed, reviews):
    account, day = ([p[i] for p in placed] for i in (0, 1))
    seen = alerts.reviews_of(account, day, n=4, days=sorted(reviews))
    for a in range(4):
        for w, now in enumerate(sorted(reviews)):
            known = sorted({d for who, d in placed if who == a and d <= now})
            gaps = np.diff(known)
            if not known:
                assert np.isnan(seen.silent[a, w])
                continue
            assert seen.silent[a, w] == now - known[-1]
            assert seen.gaps[a, w] == len(gaps)
            if len(gaps) > 1:
                assert seen.usual[a, w] == pytest.approx(gaps.mean())
                assert seen.spread[a, w] == pytest.approx(gaps.std(ddof=1), abs=1e-6)


@given(st.floats(0.5, 6), st.floats(0.1, 4))
@settings(max_examples=20)
def test_more_patience_never_adds_a_warning(factor, more):
    now = course(SMALL, n=60, seed=1)
    account, place = np.nonzero(now.placed)
    seen = alerts.reviews_of(account, now.days[account, place], n=60, days=[100, 200, 300])
    less, most = (alerts.rhythm_urgency(seen, factor=f) > 1 for f in (factor, factor + more))
    assert not (most & ~less).any()


# recovery ---------------------------------------------------------------------------


def test_the_truth_is_in_the_tables(year):
    truth = year.truth.set_index("customer")
    last = year.orders.groupby("customer")["date"].max()
    leavers = truth[truth["true_trouble"] == "leaves"]
    assert (last.reindex(leavers.index) < leavers["true_event"]).all()
    open_ = year.receivables[year.receivables["paid"].isna()]
    old = open_[open_["due"] < "2025-10-01"]["customer"]
    assert set(truth.loc[old.unique(), "true_trouble"]) == {"defaults"}
    assert truth["true_onset"].isna().equals(truth["true_trouble"] == "none")
    shares = year.truth["true_trouble"].value_counts(normalize=True)
    assert shares["none"] == pytest.approx(1 - 0.32, abs=4 * np.sqrt(0.32 * 0.68 / 250))


def test_gaps_have_the_mean_and_the_spread_they_were_given():
    now = course(
        SMALL.replace(regularity=4.0, leaves=0.0, defaults=0.0, pauses=0.0), n=3000, seed=1
    )
    gaps = np.diff(now.days[:, :6], axis=1) / now.gap[:, None]
    assert gaps.mean() == pytest.approx(1, abs=4 * 0.5 / np.sqrt(gaps.size))
    assert gaps.std() == pytest.approx(0.5, rel=0.03)  # one over the root of the regularity


def test_a_clock_that_stops_is_seen_at_once_and_chance_is_not():
    """The threshold of the default rule is 1.4 gaps for a clock, 3 for pure chance."""
    lead, false = {}, {}
    for regularity in (1.0, 30.0):
        world = SMALL.replace(regularity=regularity, pauses=0.0, fading=0.0, defaults=0.0)
        now = course(world, n=1500, seed=2)
        account, place = np.nonzero(now.placed)
        days = np.arange(96, 365, 7)
        seen = alerts.reviews_of(account, now.days[account, place], n=1500, days=days)
        leaves = now.trouble == 0
        onset, event = (np.where(leaves, when, np.inf) for when in (now.onset, now.event))
        found = judge(alerts.rhythm_urgency(seen), days, onset, event, capacity=1500)
        lead[regularity], false[regularity] = np.median(found.lead), (found.verdict == 2).mean()
    assert lead[30.0] > lead[1.0] + 5
    assert false[30.0] + 0.2 < false[1.0]


def test_own_rhythm_catches_more_than_a_fixed_number_at_the_same_capacity(year, db):
    found = {
        "stopped: own rhythm": alerts.stopped_ordering(db, today=DAYS),
        "stopped: 45 days": alerts.stopped_ordering(db, today=DAYS, rule="fixed"),
    }
    report = evaluate_alerts(found, year.truth, days=DAYS, capacity=2)
    caught = report.table.set_index("warning")["caught"]
    assert caught["stopped: own rhythm"] > caught["stopped: 45 days"]
    row = report.table.iloc[0]
    assert row["caught_low"] < row["caught"] < row["caught_high"]
    mine = report.calls[report.calls["warning"] == row["warning"]]
    counted = mine["verdict"].value_counts()
    assert counted.sum() == row["calls"]
    assert (counted["false"], counted["late"]) == (row["false"], row["late"])
    assert mine.groupby("day").size().max() <= 2
    assert mine["lead"].notna().equals(mine["verdict"] == "in time")
    assert "stopped: own rhythm: " in str(report)


# inputs -----------------------------------------------------------------------------


def test_every_warning_has_advice_for_every_severity(db):
    told = alerts.four_warnings(db, today=DAYS)
    kinds = told[["warning", "severity", "advice"]].drop_duplicates()
    assert kinds["advice"].is_unique
    assert not kinds.duplicated(["warning", "severity"]).any()
    assert len(kinds) >= 10
    assert set(told["severity"]) == {"low", "medium", "high"}
    for call in (alerts.receivables_over_line, alerts.stopped_ordering):
        listing = call(db, today=DAYS[5])
        assert "unnest($days)" in listing.sql
        assert "rows." in str(listing)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda db: alerts.stopped_ordering(db, today="soon"), "today is a day"),
        (lambda db: alerts.stopped_ordering(db, today="2025-05-05", rule="rythm"), "Did you mean 'rhythm'"),
        (lambda db: alerts.stopped_ordering(db, today="2025-05-05", factor=0), "factor is a number above 0, 100 at most"),
        (lambda db: alerts.stopped_ordering(db, today="2025-05-05", gaps=1), "gaps is a whole number, 2 or more"),
        (lambda db: alerts.stopped_ordering(db, today="2025-05-05", rule="fixed", cutoff=0), "cutoff is a whole number"),
        (lambda db: alerts.sales_behind_plan(db, today="2025-05-05", least=1), "least is a number above 0"),
        (lambda db: alerts.sales_behind_plan(db, today="2025-05-05", months=0), "months is a whole number"),
        (lambda db: alerts.cost_over_budget(db, today="2025-05-05", tolerance="a"), "tolerance is a number"),
        (lambda db: alerts.receivables_over_line(db, today="2025-05-05", share=-1), "share is a number"),
        (lambda db: evaluate_alerts({"stoped": 1}, truth(), days=DAYS), "Did you mean 'stopped'"),
        (lambda db: evaluate_alerts({}, pd.DataFrame(), days=DAYS), "no column 'customer'"),
        (lambda db: evaluate_alerts({}, truth(), days=DAYS, capacity=0), "capacity is a whole number"),
        (lambda db: evaluate_alerts({}, truth(), days=DAYS), "Warnings come by name, one or more"),
        (lambda db: evaluate_alerts({"stopped": listed()}, truth(), days=[]), "needs reviews"),
        (lambda db: evaluate_alerts({"stopped": listed(today="May")}, truth(), days=DAYS), "The dates in 'today'"),
        (lambda db: evaluate_alerts({"stopped": listed(urgency="high")}, truth(), days=DAYS), "'urgency' must hold a number"),
        (lambda db: evaluate_alerts({"stopped": listed()}, pd.concat([truth()] * 2), days=DAYS), "in the truth more than once"),
        (lambda db: evaluate_alerts({"stopped": listed()}, truth().assign(true_onset="May"), days=DAYS), "The dates in 'true_onset'"),
        (lambda db: alerts.account_marks(orders(("a", DAYS[0], 1)), truth(), {}, customers=["Y0001"]), "Did you mean 'Y00001'"),
        (lambda db: alerts.account_marks(orders(("a", "May", 1)), truth(), {}, customers=["Y00001"]), "The dates in 'date'"),
        (lambda db: alerts.reviews_of([0], [1], n=0, days=[3]), "n is a whole number"),
        (lambda db: alerts.simulate_accounts_year(SMALL, n=0, seed=1), "n is a whole number"),
    ],
)  # fmt: skip
def test_calls_that_make_no_sense_are_told(db, call, message):
    with pytest.raises(CvmError) as error:
        call(db)
    assert message in str(error.value)


def test_a_year_of_credit_warnings_is_that_of_a_plain_loop():
    """From the tables: who owes more than the line on a Monday, who is called, who is not."""
    world = alerts.CreditWatch(share=0.8, capacity=2)
    plain = alerts.Accounts()
    found = alerts.watch_credit(world, n=300, seed=3)
    made = alerts.simulate_accounts_year(plain, n=300, seed=3)
    fate = made.truth.set_index("customer")
    broke = fate[fate["true_trouble"] == "defaults"]
    line = made.customers.set_index("customer")["credit_line"]
    mondays = [alerts.START + pd.Timedelta(days=int(day)) for day in range(96, 365, 7)]
    rest, found_out, listed_, verdicts, leads = {}, set(), 0, [], []
    for now in mondays:
        bills = made.receivables
        bills = bills[(bills["issued"] <= now) & ~(bills["paid"] <= now)]
        owed = bills.groupby("customer")["amount"].sum().reindex(line.index, fill_value=0.0)
        urgency = (owed / (0.8 * line)).sort_values(ascending=False, kind="stable")
        urgency = urgency[urgency > 1]
        listed_ += len(urgency)
        free = [c for c in urgency.index if c not in found_out and rest.get(c, now) <= now]
        for who in free[:2]:
            if who in broke.index and broke["true_onset"][who] <= now:
                found_out.add(who)
                verdicts.append("in time" if now < broke["true_event"][who] else "late")
                if verdicts[-1] == "in time" and broke["true_event"][who] <= mondays[-1]:
                    leads.append((broke["true_event"][who] - now).days)
            else:
                rest[who] = now + pd.Timedelta(days=60)
                verdicts.append("false")
    assert found.weekly == pytest.approx(listed_ / len(mondays))
    assert dict(found.verdicts.to_numpy()) == {
        v: verdicts.count(v) for v in ("in time", "late", "false")
    }
    assert sorted(found.judged.lead) == sorted(leads)
    events = broke["true_event"].between(mondays[0], mondays[-1], inclusive="right")
    assert found.judged.events == events.sum()
    early = found.leads.set_index("days")["caught"]
    assert early[14] == pytest.approx(np.mean(np.array(leads) >= 14) * len(leads) / events.sum())
    assert len(leads) > 3


def test_what_is_lost_is_what_nobody_called_for():
    """With all the time in the world less is lost; with no warning at all, all of it."""
    made = alerts.simulate_accounts_year(alerts.Accounts(), n=300, seed=3)
    never = alerts.watch_credit(alerts.CreditWatch(line_months=6.0, share=2.0), n=300, seed=3)
    broke = made.truth[made.truth["true_trouble"] == "defaults"]
    first, last = (alerts.START + pd.Timedelta(days=day) for day in (96, 362))
    broke = broke[broke["true_event"].between(first, last, inclusive="right")]
    open_ = made.receivables[made.receivables["paid"].isna()]
    whole = open_[open_["customer"].isin(broke["customer"])]["amount"].sum()
    assert (never.judged.verdict == 0).sum() == 0
    assert never.lost == pytest.approx(whole)
    assert 0 < alerts.watch_credit(alerts.CreditWatch(capacity=20), n=300, seed=3).lost < whole


def test_lead_days_are_the_median_and_the_quartiles(year, db):
    found = evaluate_alerts(
        {"stopped": alerts.stopped_ordering(db, today=DAYS)}, year.truth, days=DAYS
    )
    ends = year.truth.set_index("customer")["true_event"]
    calls = found.calls[found.calls["customer"].map(ends) <= DAYS[-1]]
    leads = calls.loc[calls["verdict"] == "in time", "lead"]
    row = found.table.iloc[0]
    told = [row["lead_low"], row["lead_days"], row["lead_high"]]
    assert told == pytest.approx(np.percentile(leads, [25, 50, 75]))
    assert told[0] < told[1] < told[2]


def test_a_day_that_is_given_twice_is_one_review(year, db):
    found = {"stopped": alerts.stopped_ordering(db, today=DAYS[:4])}
    once, twice = (
        evaluate_alerts(found, year.truth, days=days).table
        for days in (DAYS[:4], [*DAYS[:4], DAYS[0]])
    )
    pd.testing.assert_frame_equal(once, twice)


def listed(**columns):
    return pd.DataFrame({"today": DAYS[:1], "customer": "Y00001", "urgency": 2.0}).assign(**columns)


def truth():
    return alerts.simulate_accounts_year(SMALL, n=5, seed=1).truth
