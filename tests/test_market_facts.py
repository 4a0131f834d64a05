"""What is known of real markets holds in the simulated one, at its defaults."""

import numpy as np
import pytest

from cvm.market import Market, facts, simulate, stylised_facts


@pytest.fixture(scope="module")
def run():
    return simulate(Market(), n=DISTRICT, months=48, seed=11)


DISTRICT = 12_000


@pytest.mark.parametrize("fact", facts.FACTS, ids=[fact[0].__name__ for fact in facts.FACTS])
def test_the_fact_holds(run, fact):
    measure, _text, low, high, _source = fact
    assert low <= measure(run) <= high


def test_the_table_of_facts_says_so_in_sentences(run):
    table = stylised_facts(run)
    assert table["holds"].all()
    assert len(table) == len(facts.FACTS)
    assert table["fact"].str.len().min() > 20


def test_the_firms_share_out_the_market(run):
    firms = facts.firm_table(run)
    assert firms["share"].sum() == pytest.approx(1)
    assert firms["retention"].between(0.95, 1).all()


def test_a_fact_can_fail():
    # Without differences between customers nobody's share of profit stands out.
    flat = {"behaviour.rate_spread": 0.0, "behaviour.spend_spread": 0.0, "people.business": 0.0,
            "people.youth": 0.0}  # fmt: skip
    run = simulate(Market().replace(**flat), n=4000, months=24, seed=1)
    assert facts.top_share(run) < 0.55
    assert not stylised_facts(run)["holds"].all()


def test_satisfaction_of_customers_lies_high(run):
    assert np.median(run.history.joined("satisfaction")) > 65
