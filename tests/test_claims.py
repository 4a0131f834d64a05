"""The claim ledger: its entries, and the trials of the three claims about tiers."""

import importlib
import re

import numpy as np
import pandas as pd
import pytest

import cvm.research
from cvm.errors import CvmError
from cvm.loyalty import Programme, industry
from cvm.research import Claim, Trial, claim, claims, study
from cvm.research.claims.claim import COLUMNS, VERDICTS, verdict_of
from cvm.research.truthmap import world_of
from cvm.tiering.options import SmallCustomer, migration_shares, option_value
from cvm.tiering.rewards import Rewards, expected_rate
from cvm.trail import trail

IDS = claims()["id"].tolist()


def small_log():
    """Make a year's log: 60 customers, one day of purchases a fortnight for some."""
    rng = np.random.default_rng(5)
    who = np.repeat(np.arange(60), rng.integers(1, 20, 60))
    days = pd.to_timedelta(rng.integers(0, 365, len(who)), unit="D")
    amount = rng.gamma(2, 20, len(who)) * (1 + who % 7)
    return pd.DataFrame(
        {"customer": who, "date": pd.Timestamp("2024-01-01") + days, "amount": amount}
    )


@pytest.fixture(scope="module")
def trials():
    return {id: claim(id).trial(seed=1, data={"shop": small_log()}) for id in IDS}


# ---------------------------------------------------------------------------------- exact


def test_the_ledger_stays_a_function_beside_the_folder_of_its_name():
    importlib.import_module("cvm.research.claims.tiering")
    importlib.import_module("cvm.research.claims.claim")
    assert callable(cvm.research.claims)
    assert cvm.research.claims()["id"].tolist()[:3] == ["pareto", "drop-small", "climb"]


@pytest.mark.parametrize(
    ("holds", "verdict"),
    [
        ([True, True, None], "holds"),
        ([True, False], "holds under conditions"),
        ([False, None], "does not hold"),
        ([None, None], "undecided"),
    ],
)
def test_rows_that_cannot_decide_do_not(holds, verdict):
    assert verdict_of(pd.Series(holds, dtype="boolean")) == verdict


def test_drop_small_agrees_with_the_known_matrix(trials):
    table = trials["drop-small"].to_frame()
    misses = 0
    for row in table[table["data"] == "simulated"].itertuples():
        world = SmallCustomer(climb=row.climb, cost_to_serve=row.cost_to_serve)
        moves = migration_shares(world).assign(customers=lambda t: np.round(t["share"] * 1e9))
        truth = option_value(moves, profit=world.profit(), discount=world.discount, resamples=2)
        misses += not row.low <= truth.value <= row.high
        if not pd.isna(row.holds):
            assert bool(row.holds) == (truth.value <= 0)
    # Five climbs times four costs on one luck: rows of a climb miss together.
    assert misses <= 8


def test_climb_finds_the_known_effect_where_nobody_can_aim(trials):
    table = trials["climb"].to_frame()
    jump = table[table["measure"].str.startswith("jump") & table["holds"].notna()]
    assert len(jump) >= 4
    for row in jump.itertuples():
        world = Rewards(lift=row.lift, pressure=0)
        assert row.low <= world.lift * expected_rate(world.threshold, world=world) <= row.high
        assert bool(row.holds) == (row.lift > 0)


# ------------------------------------------------------------------------------ invariant


@pytest.mark.parametrize("id", IDS)
def test_every_claim_tells_its_whole_story(id):
    entry = claim(id)
    assert isinstance(entry, Claim)
    for part in ("wording", "source", "measured", "folklore", "estimand", "advice"):
        assert len(getattr(entry, part)) > 20, part
    assert re.fullmatch(r"\d\d", entry.chapter)
    assert entry.seen in ("seen", "second hand")
    assert str(entry) == f"{id}: {entry.wording}"


def test_ids_are_unique_and_the_table_is_complete():
    table = claims()
    assert table["id"].is_unique
    assert list(table.columns) == [
        "id", "chapter", "wording", "wording_zh", "source", "measured", "folklore",
        "estimand", "advice", "seen",
    ]  # fmt: skip
    assert table.notna().all().all()
    assert table.set_index("id").loc["drop-small", "wording_zh"] == "抓大放小"


@pytest.mark.parametrize("id", IDS)
def test_a_trial_is_a_map_with_intervals(id, trials):
    trial = trials[id]
    table = trial.to_frame()
    assert isinstance(trial, Trial)
    assert trial.verdict in VERDICTS
    assert trial.verdict == verdict_of(table["holds"])
    assert set(COLUMNS) <= set(table.columns)
    assert set(table["data"]) <= {"simulated", "real"}
    assert ((table["low"] <= table["value"]) & (table["value"] <= table["high"])).all()
    assert (table["data"] == "simulated").sum() >= 12  # a region, not a yes or no
    assert str(trial).startswith(trial.verdict.capitalize())


@pytest.mark.parametrize("id", IDS)
def test_the_same_seed_gives_the_same_trial(id, trials):
    again = claim(id).trial(seed=1, data={"shop": small_log()})
    pd.testing.assert_frame_equal(again.to_frame(), trials[id].to_frame())
    other = claim(id).trial(seed=2)
    assert not other.to_frame()["value"].equals(again.to_frame()["value"])
    assert (other.to_frame()["data"] == "simulated").all()


# ------------------------------------------------------------------- recovery: the findings


def test_pareto_is_no_law(trials):
    trial = trials["pareto"]
    made = trial.to_frame().query("data == 'simulated'")
    assert trial.verdict == "holds under conditions"
    by_shape = made.groupby("evenness")["value"].mean()
    assert by_shape.is_monotonic_decreasing  # the more alike customers are, the flatter
    by_window = made.groupby("days")["value"].mean()
    assert by_window.is_monotonic_decreasing  # a short window adds chance to concentration
    assert "In shop they make between" in str(trial)


def test_releasing_is_free_only_where_small_customers_hardly_climb(trials):
    trial = trials["drop-small"]
    made = trial.to_frame().query("data == 'simulated'")
    assert trial.verdict == "holds under conditions"
    assert made.loc[made["holds"] == True, "climb"].max() <= 0.02  # noqa: E712
    # There are losers by today's profit that it would be wrong to release.
    assert ((made["profit_now"] < 0) & (made["holds"] == False)).any()  # noqa: E712
    real = trial.to_frame().query("data == 'real'")
    assert real["holds"].isna().all()
    assert (real["low"] >= 1 - 1e-9).all()  # the chance to climb never counts against a customer


def test_the_naive_difference_sees_a_climb_where_there_is_none(trials):
    trial = trials["climb"]
    table = trial.to_frame()
    naive = table[table["measure"].str.startswith("naive")]
    assert naive.loc[naive["lift"] == 0, "low"].min() > 8
    aimed = table[table["measure"].str.startswith("jump") & table["announced"]]
    assert aimed.loc[aimed["pressure"] > 0, "holds"].isna().all()
    assert "no programme with a known threshold" in str(trial)
    assert "no programme" not in str(claim("climb").trial(seed=1))


# --------------------------------------------------------------------------------- inputs


def test_an_unknown_claim_is_told_with_its_near_miss():
    with pytest.raises(
        CvmError, match=r"no claim 'paretto' in the ledger.* Did you mean 'pareto'\?"
    ):
        claim("paretto")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (small_log(), "Real data comes as logs by name. You gave 'DataFrame'."),
        ({"shop": small_log().drop(columns="date")}, "The log 'shop' has no column 'date'."),
    ],
)
def test_real_data_of_the_wrong_shape_is_told(data, says):
    with pytest.raises(CvmError, match=re.escape(says)):
        claim("pareto").trial(data=data)


def test_the_advice_on_real_data_can_be_copied_as_it_stands():
    with pytest.raises(CvmError, match=re.escape("data={'cdnow': cvm.datasets.load('cdnow')}")):
        claim("pareto").trial(data=small_log())


def test_a_trial_without_its_columns_is_a_mistake_of_ours():
    with pytest.raises(TypeError, match="low"):
        Trial(claim="x", verdict="holds", finding="", seed=1, table=pd.DataFrame({"data": []}))


@pytest.mark.parametrize(
    "look_up",
    [claim, industry, trail, world_of, study.example,
     lambda name: study.true_effect(Programme(), estimand=name)],
)  # fmt: skip
def test_what_is_looked_up_by_name_is_not_found_by_a_list(look_up):
    with pytest.raises(CvmError):
        look_up(["pareto"])
