"""Where a claim holds: the map of a trial, what matters in it, and how sure it is."""

import pandas as pd
import pytest

from cvm import plots
from cvm.errors import CvmError
from cvm.research import claim, claims, region, stability
from cvm.research.claims.claim import Claim, Trial


def made(holds, **conditions):
    """Make a trial out of answers and the conditions they were given under."""
    table = pd.DataFrame({"data": "simulated", **conditions, "measure": "gain", "value": 0.0,
                          "low": -1.0, "high": 1.0, "holds": pd.array(holds, dtype="boolean")})  # fmt: skip
    return Trial(claim="toy", verdict="undecided", finding="-", seed=1, table=table)


@pytest.fixture
def toy():
    # It holds where the bond is strong, whatever the price; the last condition is open.
    return made([True, True, False, False, True, None], bond=[2, 2, 0, 0, 2, 0],
                price=[1, 5, 1, 5, 1, 5], luck=["a", "a", "a", "a", "b", "b"],
                strength=["s", "s", "w", "w", "s", "w"])  # fmt: skip


# ---------------------------------------------------------------------------------- exact


def test_the_assumption_that_decides_explains_all_of_it(toy):
    found = region(toy)
    told = found.matters.set_index("assumption")
    assert (found.x, told.loc["bond", "explained"]) == ("bond", 1.0)
    # price: 2 of 3 hold at 1 and 1 of 2 at 5; mean 0.6, spread 0.24.
    between = (3 * (2 / 3 - 0.6) ** 2 + 2 * (0.5 - 0.6) ** 2) / 5
    assert told.loc["price", "explained"] == pytest.approx(between / 0.24)
    assert told["levels"].to_dict() == {"bond": 2, "price": 2, "luck": 2}


def test_what_another_assumption_fixes_is_no_assumption(toy):
    assert "strength" not in set(region(toy).matters["assumption"])


def test_a_field_counts_what_was_tried_decided_and_holds(toy):
    table = region(toy, x="bond", y="price").to_frame().set_index(["bond", "price"])
    assert table.loc[(2, 1)].tolist() == [2, 2, 2, 1.0]
    assert table.loc[(0, 5)].tolist() == [2, 1, 0, 0.0]


def test_a_field_in_which_nothing_decides_has_no_share():
    table = region(made([True, None], bond=[1, 2])).to_frame()
    assert table["decided"].tolist() == [1, 0]
    assert table["share"].isna().tolist() == [False, True]


def test_the_sentence_says_how_many_and_on_what_it_hangs(toy):
    assert str(region(toy)) == (
        "toy holds in 3 of the 5 simulated conditions that decide, of 6 tried. It hangs most on "
        "bond, which explains 100 % of the difference."
    )
    assert str(region(made([True, True], bond=[1, 2]))).endswith("of 2 tried.")


def test_the_measure_that_decides_most_is_mapped_unless_another_is_named(toy):
    other = toy.table.assign(measure="loss", holds=pd.array([None] * 6, dtype="boolean"))
    both = Trial(claim="toy", verdict="undecided", finding="-", seed=1,
                 table=pd.concat([other, toy.table]))  # fmt: skip
    assert region(both).measure == "gain"
    assert region(both, measure="loss").to_frame()["decided"].sum() == 0


def test_real_rows_are_not_on_the_map(toy):
    real = toy.table.assign(data="real")
    both = Trial(claim="toy", verdict="undecided", finding="-", seed=1,
                 table=pd.concat([toy.table, real]))  # fmt: skip
    assert region(both).to_frame()["conditions"].sum() == len(toy.table)


def test_stability_counts_the_verdicts_of_several_lucks():
    def run(seed, _data):
        answers = [True, seed > 1]
        table = made(answers, bond=[1, 2]).table
        other = table.iloc[:1].assign(measure="loss", holds=False)  # not what the map counts
        table = pd.concat([other, table])
        verdict = "holds" if all(answers) else "holds under conditions"
        return Trial(claim="toy", verdict=verdict, finding="-", seed=seed, table=table)

    words = dict.fromkeys(("source", "measured", "folklore", "estimand", "advice"), "-")
    entry = Claim(id="toy", chapter="00", wording="-", seen="seen", run=run, **words)
    found = stability(entry, seeds=[1, 2, 3])
    assert found.to_frame()["share"].tolist() == [0.5, 1.0, 1.0]
    assert str(found) == (
        "toy: 'holds' with 2 of 3 lucks; it holds in 50 % to 100 % of the conditions that decide."
    )


# ------------------------------------------------------------------------------ invariant


@pytest.mark.parametrize("id", ["pareto", "retention-profit", "bonds", "win-back"])
def test_every_simulated_condition_of_a_measure_is_in_one_field(id):
    trial = claim(id).trial(seed=1)
    found = region(trial)
    rows = trial.table[
        (trial.table["data"] == "simulated") & (trial.table["measure"] == found.measure)
    ]
    table = found.to_frame()
    assert table["conditions"].sum() == len(rows)
    assert table["decided"].sum() == rows["holds"].notna().sum()
    assert table["holds"].sum() == rows["holds"].sum()
    assert found.matters["explained"].between(0, 1 + 1e-12).all()


# --------------------------------------------------------------------------------- figure


def test_the_map_is_drawn_field_by_field(toy):
    axes = plots.region(region(toy, x="bond", y="price").to_frame())
    assert sorted(text.get_text() for text in axes.texts) == [
        "0 of 1",
        "0 of 1",
        "1 of 1",
        "2 of 2",
    ]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("bond", "price")


def test_a_field_that_decides_nothing_says_so():
    axes = plots.region(region(made([True, None], bond=[1, 2])).to_frame(), x_label="bonds")
    assert [text.get_text() for text in axes.texts] == ["1 of 1", "open"]
    assert axes.get_xlabel() == "bonds"


# --------------------------------------------------------------------------------- inputs


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"x": "bnod"}, "did not move 'bnod'. Did you mean 'bond'"),
        ({"y": "value"}, "did not move 'value'"),
        ({"measure": "gian"}, "did not measure 'gian'. Did you mean 'gain'"),
    ],
)
def test_what_the_trial_does_not_have_is_told(toy, options, message):
    with pytest.raises(CvmError) as caught:
        region(toy, **options)
    assert message in str(caught.value)


def test_a_trial_that_decides_nothing_and_no_luck_at_all_are_told():
    with pytest.raises(CvmError, match="No simulated condition of toy decides"):
        region(made([None, None], bond=[1, 2]))
    with pytest.raises(CvmError, match="There is no luck to try"):
        stability(claim(claims()["id"].iloc[0]), seeds=[])
