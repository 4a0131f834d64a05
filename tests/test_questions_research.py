"""Chapter 13's exercise: what its verdicts say holds for every student, and its mistakes apart."""

import functools

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.power import TTestIndPower

from cvm.check.data import Data, seed_of
from cvm.check.desk import chapter
from cvm.check.marking import Marker
from cvm.check.questions_13 import base
from cvm.check.questions_13.guesses import coached, launched
from cvm.check.questions_13.planning import moved

CONTENT = chapter("13")
ASKED = {question.id: question for question in CONTENT.questions}
CLASS = ["Lin Mei", "王伟", "CVM-2026-A", *(f"student {i}" for i in range(5))]


@functools.cache
def person(student):
    return Marker(Data("13", student, CONTENT.draw(seed_of("13", student))))


def expected(student, question):
    values = person(student).expected(ASKED[question])
    return values[("",)] if ("",) in values else {label[0]: v for label, v in values.items()}


# exact -----------------------------------------------------------------------------


def small(**tables):
    """Give a student's data with some of its tables replaced."""
    data = person("Lin Mei").seen.observed()
    data.__dict__.update(tables)
    return data


def test_the_answers_by_hand():
    pilot = pd.DataFrame({"pilot": [True, True, False, False], "satisfaction": [7.0, 8, 6, 5],
                          "loyalty": [6.0, 8, 5, 4]})  # fmt: skip
    assert ASKED["13.2"].reference(small(pilot=pilot)) == 2.5
    watched = pd.DataFrame({"test": [1, 1, 2, 2, 3, 3, 4, 4], "week": [1, 2] * 4,
                            "p_value": [0.01, 0.3, 0.2, 0.04, 0.6, 0.5, 0.3, 0.2]})  # fmt: skip
    data = small(watched=watched)
    assert ASKED["13.4"].reference(data) == 0.5
    wrong = {m.name: m.wrong(data) for m in ASKED["13.4"].mistakes}
    assert wrong == {"only-the-last-week": 0.25, "looks-independent": pytest.approx(0.0975),
                     "looks-added-up": 0.1, "counted": 2}  # fmt: skip
    curve = pd.DataFrame({
        "place": [1, 2, 3, 4], "estimate": [-1.0, 1, 2, 6], "past spend": ["in", "in", "out", "out"],
        "satisfaction": ["in", "out", "in", "out"], "measure": "m", "customers": "all",
    })  # fmt: skip
    read = ASKED["13.6"].reference(small(curve=curve, reported=4))
    assert read == {"above zero": 0.75, "median": 1.5, "moved by": "past spend", "below": 0.75}


def test_the_error_by_shop_is_that_of_the_shops_means():
    """With shops of one size, errors by cluster are those of a comparison of shop means."""
    data = person("Lin Mei").seen
    means = data.renovation.groupby(["shop", "renovated"], as_index=False)["satisfaction"].mean()
    on, off = (means.loc[means["renovated"] == v, "satisfaction"] for v in (1, 0))
    by_means = np.sqrt(on.var() / len(on) + off.var() / len(off))
    rows = data.renovation
    spread = rows["satisfaction"] - rows.groupby("renovated")["satisfaction"].transform("mean")
    alone = np.sqrt((spread**2).sum() / (len(rows) - 2) * 4 / len(rows))
    assert expected("Lin Mei", "13.3") == pytest.approx(by_means / alone, rel=0.05)


def test_the_size_is_that_of_statsmodels():
    data = person("王伟").seen
    group = TTestIndPower().solve_power(data.smallest / data.spread, power=0.8, alpha=0.05)
    whole = 2 * group * (1 + (data.per_shop - 1) * data.alike) / data.answering
    assert expected("王伟", "13.5") == pytest.approx(whole, rel=0.01)


def test_every_design_has_its_flaw_and_two_flaws_are_left_over():
    used = {flaw for flaw, _told in base.DESIGNS.values()}
    assert used < set(base.FLAWS)
    assert len(set(base.FLAWS) - used) == 2
    for student in CLASS:
        told = person(student).seen.designs
        assert told["design"].tolist() == list("ABCDE")
        assert set(told["data"]) == set(base.DESIGNS)
        assert expected(student, "13.1") == {
            letter.lower(): base.DESIGNS[name][0]
            for letter, name in zip(told["design"], told["data"], strict=True)
        }


# invariant -------------------------------------------------------------------------


@pytest.mark.parametrize("student", CLASS)
def test_what_the_verdicts_claim_holds_for_everybody(student):
    data = person(student).seen
    through = {m.name: m.wrong(data) for m in ASKED["13.2"].mistakes}["only-through-satisfaction"]
    assert through > 0.5 * expected(student, "13.2")  # "most of it comes through satisfaction"
    assert expected(student, "13.3") > 1.5  # "would hardly help"
    assert expected(student, "13.4") > 3 * 0.05  # "where one in twenty was promised"
    assert expected(student, "13.5") > 2 * 4 * 7.85 * (data.spread / data.smallest) ** 2
    read, truth = expected(student, "13.6"), person(student).full.launch["true_effect"].mean()
    assert read["above zero"] == 1  # "all agree"
    assert read["moved by"] == "past spend"
    assert read["below"] >= 0.8  # "picked from the top"
    assert data.curve["estimate"].min() > truth  # "even the smallest stands above the truth"
    assert sorted(moved(data))[-1] > 3 * sorted(moved(data))[-2]  # "one choice decides"
    spend = data.launch.groupby("member")["spend_after"].mean()
    assert 1.2 < spend[True] / spend[False] < 1.6  # "a third more"


@pytest.mark.parametrize("student", CLASS)
def test_what_the_meeting_was_told_is_true_of_its_table(student):
    data = person(student).seen
    shops = data.coaching.groupby("coached")[["spring", "autumn"]].mean()
    assert shops.loc[True, "autumn"] - shops.loc[True, "spring"] > 3  # "far higher"
    assert data.coaching["coached"].sum() == pytest.approx(20, abs=1)  # "the tenth"
    controlled = {m.name: m.wrong(data) for m in ASKED["13.2"].mistakes}["satisfaction-held-fixed"]
    assert controlled < 0.5 * expected(student, "13.2")  # "adds little"


@pytest.mark.parametrize("student", CLASS)
def test_the_rise_of_the_worst_is_mostly_luck_and_the_gap_mostly_choice(student):
    full = person(student).full
    assert 0 < coached(full) < 0.65  # "the rest would have come by itself"
    assert 0 < launched(full) < 0.35


# recovery --------------------------------------------------------------------------


def test_the_tests_watched_have_no_effect_and_keep_their_promise_once():
    data = person("Lin Mei").seen
    last = data.watched[data.watched["week"] == data.watched["week"].max()]["p_value"]
    assert (last < 0.05).mean() == pytest.approx(0.05, abs=0.02)
    assert stats.kstest(last, "uniform").pvalue > 0.001


def test_the_worst_of_spring_come_back_by_regression_to_the_mean():
    """Without coaching, the rise of the worst is (1 - r) times their distance from the mean."""
    from cvm.luck import Luck

    found = []
    for seed in range(40):
        shops = base._coaching(Luck(seed), lift=0.0)
        worst = shops[shops["coached"]]
        found.append((worst["autumn"] - worst["spring"]).mean()
                     / (shops["spring"].mean() - worst["spring"].mean()))  # fmt: skip
    # r is the share of lasting differences in the spring's score: 36 / (36 + 25).
    assert np.mean(found) == pytest.approx(25 / 61, abs=3 * np.std(found) / np.sqrt(40))


# inputs ----------------------------------------------------------------------------


def test_flaws_may_be_spelt_in_capitals_and_a_wrong_one_is_named():
    marker = person("Lin Mei")
    right = ASKED["13.1"].reference(marker.seen)
    assert marker.mark(ASKED["13.1"], right.str.upper()).right
    wrong = right.copy()
    wrong.iloc[0] = "bad luck"
    said = marker.mark(ASKED["13.1"], wrong).message
    assert said.startswith("4 of 5 are right. Look at a")


def test_an_answer_in_thousands_or_rounded_up_is_taken_as_it_is_meant():
    marker = person("Lin Mei")
    asked = expected("Lin Mei", "13.5")
    assert marker.mark(ASKED["13.5"], int(np.ceil(asked))).right
    assert not marker.mark(ASKED["13.5"], asked / 1000).right
