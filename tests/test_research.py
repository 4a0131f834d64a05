"""What chapter 13 promises: power, selection and maps in closed form are those of the simulated market."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special, stats

from cvm.economics import TwoFirms, retention_rate, won
from cvm.errors import CvmError
from cvm.loyalty import LoyaltyEffect, Programme, loyalty_effect, simulate_programme
from cvm.research import claim
from cvm.research.joining import METHODS, Joining, expected_answers
from cvm.research.power import DealerPilot, pilot_power, power_by_size, sampling_law, standard_error
from cvm.research.study import compare_designs, example
from cvm.research.truthmap import FifthOfWinning, FivePoints, truth_map, world_of

# exact: the power of a pilot ------------------------------------------------------------


def test_the_standard_error_by_hand():
    world = DealerPilot(size=800, dealers=20, treated=0.25, months=2, noise=20, own=6, alike=0.1)
    each = (36 + 400) * (1 + 39 * 0.1) / 40
    assert float(standard_error(world)) == pytest.approx(np.sqrt(each * (1 / 5 + 1 / 15)))


@pytest.mark.parametrize(
    ("dealers", "level", "effect"), [(40, 0.95, 3), (10, 0.8, 8), (100, 0.99, 1)]
)
def test_the_power_is_that_of_the_noncentral_t(dealers, level, effect):
    world = DealerPilot(dealers=dealers, level=level, effect=effect)
    found = pilot_power(world)
    critical = special.stdtrit(dealers - 2, 0.5 + level / 2)
    law = stats.nct(dealers - 2, effect / found.se)
    wrong, right = law.cdf(-critical), law.sf(critical)
    assert found.power == pytest.approx(wrong + right, rel=1e-6)
    assert found.type_s == pytest.approx(wrong / (wrong + right), rel=1e-3, abs=1e-9)
    again = pilot_power(world.replace(effect=min(20.0, found.detectable)))
    assert again.power == pytest.approx(0.8, abs=1e-4) or found.detectable > 20


def test_what_the_naive_answer_gets_wrong_is_the_docstrings():
    world = DealerPilot()
    inflated = 1 + (world.size / world.dealers - 1) * world.alike
    assert inflated == pytest.approx(1.98)
    assert 1 / np.sqrt(inflated) == pytest.approx(0.71, abs=0.005)
    assert 2 * stats.norm.sf(1.96 / np.sqrt(inflated)) == pytest.approx(0.16, abs=0.005)


def test_the_size_that_is_needed_is_the_first_that_reaches_it():
    found, table = pilot_power(DealerPilot()), power_by_size(DealerPilot())
    row = table["value_of"] == found.needed
    assert table.loc[row, "value"].item() >= 0.8 > table["value"][table.index[row] - 1].item()
    assert np.isnan(pilot_power(DealerPilot(alike=0.3)).needed)
    assert f"{found.power:.1%}".replace("%", " %") in str(found)


def test_without_an_effect_there_is_no_wrong_sign():
    found = pilot_power(DealerPilot(effect=0))
    assert found.power == pytest.approx(0.05, abs=1e-4)
    assert np.isnan(found.type_s)
    assert "wrong sign" not in str(found)


def test_the_filled_part_of_the_law_is_the_power():
    law = sampling_law(DealerPilot())
    step = np.diff(law["estimate"])[0]
    assert (law["density"].sum() * step, law["found"].sum() * step) == pytest.approx(
        (1, pilot_power(DealerPilot()).power), abs=2e-3
    )
    assert law.loc[law["none"].idxmax(), "estimate"] == pytest.approx(0, abs=step)


# exact: who joins ---------------------------------------------------------------------------


def answers(world):
    return expected_answers(world).set_index("method")


def test_what_members_gain_without_a_programme_is_the_docstrings():
    table = answers(Joining())
    assert table["effect"]["naive gap"] == pytest.approx(19.9, abs=0.05)
    assert table["effect"]["before and after"] == pytest.approx(3 + 12 * 0.2)
    assert list(table.index) == list(METHODS)


def test_where_chance_decides_only_the_drift_misleads():
    table = answers(Joining(strength=0, drift=0.5))
    off = table["effect"] - table["true_effect"]
    assert off.to_numpy() == pytest.approx([0, 6, 0, 0, 0], abs=1e-12)


def test_nothing_measured_is_nothing_adjusted():
    table = answers(Joining(measured="nothing"))
    assert table["effect"]["adjusted for what is measured"] == pytest.approx(
        table["effect"]["naive gap"]
    )
    pairs = [answers(Joining(measured=known))["effect"].iloc[2] for known in ("survey", "both")]
    assert table["effect"].iloc[2] > pairs[0] > pairs[1] > 3


# exact: the maps ------------------------------------------------------------------------------


def test_a_point_of_the_map_is_the_chapters_own_number():
    world = FivePoints(retention=0.8, acquisition=100, discount=0.05)
    plain = LoyaltyEffect(**world.to_dict())
    assert truth_map(world).value == pytest.approx(loyalty_effect(plain).value_rise)
    fifth = FifthOfWinning(floor=0.6, win_scale=300)
    firm = TwoFirms(**fifth.to_dict())
    keep, win = 150_000 * 0.4, 150_000 * 0.6
    kept = firm.customers * (float(retention_rate(keep / firm.customers, firm)) - 0.6)
    joined = float(won(win, firm.market - firm.customers, firm))
    assert truth_map(fifth).value == pytest.approx((keep / kept) / (win / joined))


def test_places_are_told_by_the_value():
    found = truth_map(FivePoints())
    for place, (low, high) in {
        "less": (-1, 0.25),
        "holds": (0.25, 0.85),
        "more": (0.85, np.inf),
    }.items():
        rows = found.table[found.table["place"] == place]
        assert len(rows)
        assert rows["value"].between(low, high).all()
    nothing = found.table[found.table["place"] == "nothing"]
    assert nothing["value"].isna().all()
    assert (nothing["acquisition"] > 100).all()  # winning costs more than such a customer brings


# invariant ---------------------------------------------------------------------------------------


@settings(max_examples=15, deadline=None)
@given(dealers=st.integers(10, 100), effect=st.floats(0.5, 20), alike=st.floats(0, 0.3))
def test_more_customers_and_larger_effects_never_lose_power(dealers, effect, alike):
    world = DealerPilot(dealers=dealers, effect=effect, alike=alike)
    assert (power_by_size(world)["value"].diff().dropna() > -1e-9).all()
    assert pilot_power(world).power >= pilot_power(world.replace(effect=effect / 2)).power - 1e-9
    assert pilot_power(world).type_m >= 1 - 1e-6  # what is found is never smaller than the truth


@settings(max_examples=15, deadline=None)
@given(strength=st.floats(0, 1), rising=st.floats(0, 1), effect=st.floats(-10, 20))
def test_the_truth_moves_every_answer_alike(strength, rising, effect):
    world = Joining(strength=strength, rising=rising)
    none, some = answers(world.replace(effect=0.0)), answers(world.replace(effect=effect))
    for column in ("effect", "low", "high"):
        assert (some[column] - none[column]).to_numpy() == pytest.approx(
            np.full(5, effect), abs=1e-9
        )
    assert some["effect"]["drawn by lot"] == pytest.approx(effect)


# recovery: the simulated market says the same ------------------------------------------------------


def test_simulated_pilots_find_what_the_closed_form_says():
    world = DealerPilot(size=400, dealers=16, treated=0.25, effect=4, alike=0.1)
    draw = np.random.default_rng(7)
    spread = world.own**2 + 2 * world.noise**2 / world.months
    dealers = draw.normal(0, np.sqrt(0.1 * spread), (8000, 16))
    dealers += draw.normal(0, np.sqrt(0.9 * spread), (8000, 16, 25)).mean(axis=2)
    dealers[:, :4] += 4
    estimate = dealers[:, :4].mean(axis=1) - dealers[:, 4:].mean(axis=1)
    test = stats.ttest_ind(dealers[:, :4], dealers[:, 4:], axis=1)
    hit = test.pvalue < 0.05
    found = pilot_power(world)
    error = np.sqrt(found.power * (1 - found.power) / 8000)
    assert hit.mean() == pytest.approx(found.power, abs=4 * error)
    assert estimate.std() == pytest.approx(found.se, rel=0.04)
    assert (estimate[hit] < 0).mean() == pytest.approx(found.type_s, abs=0.012)
    sizes = np.abs(estimate[hit]) / 4
    assert sizes.mean() == pytest.approx(found.type_m, abs=4 * sizes.std() / np.sqrt(hit.sum()))


@pytest.mark.parametrize("joining", [0.2, 0.6])
def test_a_very_large_programme_gives_the_expected_answers(joining):
    world = Joining(joining=joining, size=10_000)
    rows = simulate_programme(Programme(joining=joining), n=60_000, seed=5).customers
    change, member = rows["spend_after"] - rows["spend_before"], rows["member"]
    x = np.column_stack([np.ones(len(rows)), member, rows["spend_before"]]).astype(float)
    adjusted = np.linalg.lstsq(x, rows["spend_after"].to_numpy(), rcond=None)[0][1]
    seen = [
        rows["spend_after"][member].mean() - rows["spend_after"][~member].mean(),
        change[member].mean(), adjusted, change[member].mean() - change[~member].mean(),
    ]  # fmt: skip
    table = expected_answers(world).head(4)
    se = ((table["high"] - table["effect"]) / 1.96 / np.sqrt(6)).to_numpy()
    assert np.abs((np.array(seen) - table["effect"].to_numpy()) / se).max() < 3.5
    sides = [rows["spend_after"][one] for one in (member, ~member)]
    own = np.sqrt(sum(side.var() / len(side) for side in sides))
    assert own == pytest.approx(se[0], rel=0.01)


def test_the_expected_intervals_hold_the_expected_answer():
    world = Joining(size=400)
    estimates = []
    for seed in range(250):
        rows = simulate_programme(Programme(), n=400, seed=seed).customers
        estimates.append(rows.groupby("member")["spend_after"].mean().diff().iloc[-1])
    table = answers(world)
    half = (table["high"] - table["effect"])["naive gap"]
    held = np.abs(np.array(estimates) - table["effect"]["naive gap"]) < half
    assert held.mean() == pytest.approx(0.95, abs=0.045)


@pytest.mark.parametrize("seed", [1, 2])
def test_wherever_a_trial_decides_its_map_says_the_same(seed):
    told = {"retention-profit": (FivePoints, ["retention", "acquisition", "discount"]),
            "keep-vs-win": (FifthOfWinning, ["floor", "win_scale", "keep_share", "market"])}  # fmt: skip
    for id, (world, names) in told.items():
        rows = claim(id).trial(seed=seed).table
        rows = rows[rows["holds"].notna() & ~rows["measure"].str.contains("year")]
        assert len(rows) > 10
        for row in rows.to_dict("records"):
            found = truth_map(world(**{name: row[name] for name in names}))
            assert (found.place == "holds") == row["holds"], (id, row)


def test_designs_beside_each_other_on_one_scale():
    two = {"fair": example("launch-changes"), "rising": example("launch-trend")}
    table = compare_designs(two, replicates=12)
    planned = table[table["analysis"] == "planned"].set_index(["design", "measure"])
    value = planned["value"]
    for name in two:
        ratio = value[name, "bias"] / value[name, "spread"]
        assert value[name, "bias_in_se"] == pytest.approx(ratio)
        assert planned["mcse"][name, "bias_in_se"] == pytest.approx(1 / np.sqrt(12))
    assert planned["low"]["rising", "bias_in_se"] > 5 > planned["high"]["fair", "bias_in_se"] + 3
    assert value["rising", "coverage"] < 0.2 < 0.6 < value["fair", "coverage"]


# inputs ----------------------------------------------------------------------------------------


def test_bad_input_is_told():
    with pytest.raises(
        CvmError, match=r"no map to walk on for the claim 'pareto'.*retention-profit"
    ):
        world_of("pareto")
    with pytest.raises(CvmError, match=r"assumptions of a claim.*truth_map\(FivePoints\(\)\)"):
        truth_map(Joining())
    for wrong in ({}, {"a": 1}, pd.DataFrame()):
        with pytest.raises(CvmError, match=r"(?s)come by name.*compare_designs\(\{"):
            compare_designs(wrong)


def test_those_on_their_way_up_rise_by_themselves():
    """Members' own change is the drift and the trend that brought them in, by simulated normals."""
    world = Joining(strength=0.0, rising=0.6, joining=0.4)
    luck = np.random.default_rng(4).standard_normal((2, 400_000))
    wish = 0.6 * luck[0] + 0.8 * luck[1]
    rise = 12 * Programme().trend_spread * luck[0][wish > np.quantile(wish, 0.6)].mean()
    off = (answers(world)["effect"] - world.effect)["before and after"]
    assert rise > 1
    assert off == pytest.approx(12 * world.drift + rise, rel=0.01)
