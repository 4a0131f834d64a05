"""What the trials of chapter 10 find."""

import functools

import numpy as np
import pandas as pd
import pytest

from cvm.churn import WinBack, win_back_expected
from cvm.research import claim

CHEAPER = "cost of one regained less cost of a new one"
LEAVES = "what one regained leaves less what a new one leaves"


@functools.cache  # when first asked for: each worker reads this file, one runs it
def risk():
    return claim("risk-targeting").trial(seed=1)


@functools.cache
def back():
    return claim("win-back").trial(seed=1)


# exact -----------------------------------------------------------------------------


def test_intervals_of_win_back_cover_the_closed_form():
    """Conditions share one luck, so they miss together: three of five causes at least."""
    table = back().to_frame()
    hits, sides = [], []
    for row in table.itertuples():
        world = WinBack(acquisition=row.acquisition, within=row.within, readiness=row.readiness)
        true = win_back_expected(world).set_index("cause").loc[row.cause]
        truth = true["cost_regained"] - true["cost_new"]
        if row.measure == LEAVES:
            truth = true["profit_regained"] - true["profit_new"]
        hits.append(row.low <= truth <= row.high)
        sides.append((row.holds, (truth < 0) == (row.measure == CHEAPER)))
    assert np.mean(hits) > 0.8
    decided = [said == true for said, true in sides if said is not pd.NA]
    assert len(decided) > 80
    assert np.mean(decided) > 0.97


# recovery: the findings ----------------------------------------------------------------


@pytest.mark.parametrize("trial", [risk, back])
def test_the_verdicts(trial):
    assert trial().verdict == "holds under conditions"


def test_risk_is_right_where_contact_works_alike_on_all_and_harms_nobody():
    table = risk().to_frame().query("stubborn == 0 and disturb == 0")
    assert table["holds"].all()
    assert len(table) == 4


def test_risk_is_worse_than_lots_where_those_at_risk_are_stubborn():
    table = risk().to_frame()
    assert not table.query("stubborn == 2")["holds"].any()
    lot = table.query("against == 'lot'")
    gain = lot.pivot_table(index="stubborn", columns="disturb", values="value")
    assert (gain.diff().dropna() < 0).all().all()
    assert (gain[0.05] < gain[0.0]).all()
    assert "fewer than lots do" in str(risk())


def test_what_is_cheap_to_regain_is_not_always_worth_it():
    table = back().to_frame()
    dismissed = table[table["cause"] == "dismissed"]
    cheap = dismissed[dismissed["measure"] == CHEAPER]
    assert cheap.query("acquisition >= 60")["holds"].dropna().all()
    assert not dismissed.loc[dismissed["measure"] == LEAVES, "holds"].any()


def test_where_winning_is_cheap_nobody_is_cheaper_to_regain():
    table = back().to_frame().query("acquisition == 30")
    assert not table.loc[table["measure"] == CHEAPER, "holds"].any()


def test_those_lost_by_a_failure_are_the_ones_to_regain():
    table = back().to_frame()
    worth = table[(table["measure"] == LEAVES) & (table["holds"] == True)]  # noqa: E712
    assert set(worth["cause"]) == {"service"}
    assert len(worth) >= 3
    assert "(service)." in str(back())
