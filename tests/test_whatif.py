"""What-ifs: driven without a browser. tests/test_browser.py drives them in one."""

import contextlib
import io
import logging
import threading
import time

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from cvm import plots
from cvm.errors import CvmError
from cvm.levers import Levers, assumption, lever
from cvm.luck import Luck
from cvm.whatif import Readout, explore, numbers
from cvm.whatif import start as start_what_ifs
from cvm.whatif import tiering as tiering_what_ifs
from cvm.whatif.panel import numbers_html
from tests.whatifs import runs_as_code


class Toy(Levers):
    lift: float = lever(1.0, low=0.5, high=3.0, unit="points", meaning="How much service lifts")
    visits: int = lever(10, low=4, high=20, unit="visits", meaning="Visits for a reward.")
    runs: bool = lever(True, meaning="The programme runs")
    channel: str = lever("shop", options=("shop", "web"), meaning="Where it is sold")
    spread: float = assumption(1.0, low=0.2, high=2.0, meaning="How unlike customers are")
    churn: float = assumption(0.1, low=0.0, high=0.5, unit="share", meaning="Monthly churn")


def simulate_toy(world, *, n, seed):
    if world.visits == 20 and not world.runs:
        raise CvmError("Twenty visits need a programme.")
    if world.visits == 19:
        return 1 / 0
    normal = Luck(seed).normal("spend", n)
    steps = (world.lift + world.visits / 9 + world.runs + len(world.channel) + world.churn) / 6
    value = np.sort(np.exp(world.spread * steps * normal))
    share = np.concatenate([[0], value.cumsum() / value.sum()])
    return pd.DataFrame({"customer_share": np.linspace(0, 1, n + 1), "value_share": share})


def simulate_scale(world, *, n, seed):
    """A curve that leaves the frame: its height is the lever."""
    share = np.linspace(0, 1, 50)
    return pd.DataFrame({"customer_share": share, "profit_share": share * world.lift})


def read_toy(table):
    top = 1 - float(np.interp(0.8, table["customer_share"], table["value_share"]))
    return [Readout("share of the best 20 %", top, "share"), Readout("rows", len(table))]


def read_scale(table):
    return [Readout("end", float(table["profit_share"].iloc[-1]))]


@pytest.fixture
def toy():
    made = explore(Toy(), simulate_toy, plots.lorenz, read_toy, n=2_000)
    yield made
    made.close()


@pytest.fixture
def scale():
    return explore(Toy(), simulate_scale, plots.whale, read_scale)


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png))).astype(int)


# ------------------------------------------------------------------------------ exact


def test_numbers_are_those_of_the_simulator(toy):
    toy.move("spread", 1.5)
    row = toy.numbers().iloc[0]
    base = read_toy(simulate_toy(Toy(), n=2_000, seed=1))[0].value
    moved = read_toy(simulate_toy(Toy(spread=1.5), n=2_000, seed=1))[0].value
    assert (row["base"], row["moved"], row["change"]) == (base, moved, moved - base)


def test_code_makes_the_same_numbers(toy):
    toy.move("spread", 1.5)
    names = {"Toy": Toy, "simulate_toy": simulate_toy, "read_toy": read_toy, "numbers": numbers}
    lines = [line for line in toy.code().splitlines() if not line.startswith("from")]
    *most, last = lines
    exec("\n".join(most), names)
    assert eval(last, names)["value"].tolist() == toy.numbers()["moved"].tolist()
    assert "world = Toy(spread=1.5)" in lines
    assert "from cvm.whatif import numbers" in toy.code()


def test_table_of_numbers_reads_like_text():
    rows = [
        ("share <top>", 0.5, 0.525, 0.025, "share"),
        ("visits", 3.0, 2.0, -1.0, "visits"),
    ]
    html = numbers_html(rows).replace("&nbsp;", " ")
    for text in (
        "share &lt;top&gt;",
        ">50 %<",
        ">52.5 %<",
        ">+2.5 points<",
        ">visits (visits)<",
        ">−1<",
    ):
        assert text in html


# -------------------------------------------------------------------------- invariant

MOVES = {
    "lift": 2.0, "visits": 15, "runs": False, "channel": "web",
    "spread": 1.7, "churn": 0.4,
}  # fmt: skip


@pytest.mark.parametrize("name", MOVES)
def test_every_lever_moves_the_picture_and_reset_brings_it_back(toy, name):
    before = toy.picture
    toy.move(name, MOVES[name])
    assert toy.picture != before
    toy.reset()
    assert toy.picture == before


def test_base_stays_where_it_is(toy):
    base = toy._picture.png()
    toy.move("spread", 2.0)
    moved = toy.picture
    changed = (pixels(base) != pixels(moved)).any(axis=2)
    blue = np.abs(pixels(moved) - [0, 0x72, 0xB2]).sum(axis=2) < 250
    assert changed.any()
    assert (changed & ~blue).sum() < 0.25 * changed.sum()  # the soft edges of the line
    assert toy._picture.png() == base


def test_picture_depends_on_the_scenario_not_on_the_way(scale):
    scale.move("lift", 1.2)
    direct = scale.picture
    for step in (3.0, 0.5, 2.0, 1.2):
        scale.move("lift", step)
    assert scale.picture == direct


def test_a_curve_that_leaves_the_frame_widens_it(scale):
    def reach():
        """How far right the moved curve is seen: past the top it would end early."""
        blue = np.abs(pixels(scale.picture) - [0, 0x72, 0xB2]).sum(axis=2) < 12
        blue[:60] = False  # the key above the axes
        return np.flatnonzero(blue.any(axis=0)).max()

    inside = reach()
    scale.move("lift", 3.0)
    assert reach() == pytest.approx(inside, abs=30)
    panel = scale._picture._panels[0]
    assert max(panel._home[1]) < 3  # the frame was too low, and is home again
    assert max(panel.ax.get_ylim()) == max(panel._home[1])


def test_same_seed_same_picture_other_seed_another(toy):
    before = toy.picture
    toy.reseed(2)
    assert toy.picture != before
    toy.reseed(1)
    assert toy.picture == before


def test_keep_makes_the_moved_case_the_base(toy):
    toy.move("spread", 1.6)
    moved = toy.numbers()["moved"].tolist()
    toy.keep()
    assert toy.numbers()["base"].tolist() == moved
    assert toy.numbers()["change"].abs().max() == 0
    toy.reset()
    assert toy.world == toy.base == Toy()


def test_panel_has_a_slider_for_each_lever_with_its_declared_range(toy):
    _ = toy.widget
    sliders = toy._panel._sliders
    assert list(sliders) == [item.name for item in Toy.declared()]
    for item in Toy.declared():
        if item.low is not None:
            assert (sliders[item.name].min, sliders[item.name].max) == (item.low, item.high)
    assert sliders["visits"].description == "Visits for a reward (visits)"
    assert sliders["churn"].readout_format == ".0%"


def test_slider_moves_the_model_and_the_model_the_slider(toy):
    _ = toy.widget
    panel = toy._panel
    panel._sliders["spread"].value = 1.5
    assert toy.world.spread == 1.5
    assert panel._image.value == toy.picture
    assert "spread=1.5" in panel._code.value
    toy.move("visits", 12)
    assert panel._sliders["visits"].value == 12
    panel._seed.value = 5
    assert toy.seed == 5


def test_a_slider_rests_where_it_would_do_nothing():
    class Gated(Toy):
        price: float = lever(1.0, low=0.5, high=2.0, only=("channel", "web"), meaning="Its price")

    made = explore(Gated(), simulate_toy, plots.lorenz, read_toy, n=200)
    _ = made.widget
    slider = made._panel._sliders["price"]
    assert slider.disabled
    made.move("channel", "web")
    assert not slider.disabled
    made.reset()
    assert slider.disabled
    made.close()


def test_a_slider_is_not_pushed_back_by_the_answer_to_its_own_move(toy):
    _ = toy.widget
    slider = toy._panel._sliders["churn"]
    told = []
    slider.value = 0.30000000000000004  # what adding up steps in the page gives
    slider.observe(told.append, "value")
    toy.move("lift", 2.0)
    assert toy.world.churn == 0.3
    assert told == []


class Odd(Levers):
    rare: float = lever(0.1, low=0.001, high=1.0, step=0.02, unit="share", meaning="Off the grid")
    even: float = lever(0.12, low=0.01, high=0.8, step=0.02, meaning="Off the grid by a half")
    plain: float = assumption(0.5, low=0.0, high=1.0, step=0.02, meaning="On the grid")


def simulate_odd(world, *, n, seed):
    return simulate_scale(Toy(lift=1 + world.rare), n=n, seed=seed)


def test_a_slider_can_stand_where_it_starts_and_at_its_end():
    made = explore(Odd(), simulate_odd, plots.whale, read_scale)
    _ = made.widget
    steps = {name: slider.step for name, slider in made._panel._sliders.items()}
    assert steps == {"rare": 0.001, "even": 0.01, "plain": 0.02}
    assert made._panel._sliders["rare"].readout_format == ".1%"
    made.close()


def test_two_threads_that_move_at_once_wait_for_each_other():
    inside, most = [], []

    def simulate(world, *, n, seed):
        inside.append(world)
        most.append(len(inside))
        time.sleep(0.02)  # long enough for the other thread to come in, if it may
        inside.pop()
        return simulate_scale(world, n=n, seed=seed)

    def moves(name, ends):
        for end in ends:
            made._panel._sliders[name].value = end

    made = explore(Toy(), simulate, plots.whale, read_scale)
    made.code = str  # a function within a test has no name that code could use
    _ = made.widget
    ways = {"churn": [0.1, 0.2, 0.3, 0.4], "lift": [1.2, 1.4, 1.6, 2.5]}
    threads = [threading.Thread(target=moves, args=way) for way in ways.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(most) == 1
    assert (made.world.churn, made.world.lift, made.message) == (0.4, 2.5, "")
    made.close()


def test_only_the_chosen_levers_are_shown():
    few = explore(
        Toy(), simulate_toy, plots.lorenz, read_toy, n=50, levers=["churn", "lift"], title="T"
    )
    assert [item.name for item in few.levers] == ["churn", "lift"]
    _ = few.widget
    assert list(few._panel._sliders) == ["churn", "lift"]
    few.close()


def test_shows_itself_in_a_notebook_and_frees_what_it_made(toy):
    from ipywidgets.widgets import widget

    before = set(widget._instances)
    bundle = toy._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert bundle["text/plain"].startswith("What-if with sliders for lift, visits")
    assert len(set(widget._instances) - before) > 20
    toy.close()
    assert set(widget._instances) - before == set()


def test_no_figure_is_left_with_pyplot(toy):
    from matplotlib import pyplot as plt

    assert plt.get_fignums() == []


# ----------------------------------------------------------------------------- inputs


def test_a_scenario_that_cannot_be_is_told_in_the_panel(toy):
    _ = toy.widget
    before = toy.picture
    toy.move("runs", False)
    with pytest.raises(CvmError, match="Twenty visits need a programme"):
        toy.move("visits", 20)
    assert "Twenty visits need a programme" in toy._panel._message.value
    assert toy.numbers()["moved"].isna().all()
    assert ">–<" in toy._panel._numbers.value
    toy.reset()
    assert toy._panel._message.value == ""
    assert toy.picture == before


def test_a_fault_in_the_simulator_is_shown_in_words_and_logged(toy, caplog):
    _ = toy.widget
    with caplog.at_level(logging.ERROR, logger="cvm.whatif"):
        toy._panel._sliders["visits"].value = 19  # as the page would: nothing is raised
    assert "could not be computed (ZeroDivisionError" in toy._panel._message.value
    assert "Toy(visits=19)" in caplog.text
    with pytest.raises(ZeroDivisionError):
        toy.move("visits", 19)


@pytest.mark.parametrize(
    ("action", "words"),
    [
        (lambda toy: toy.move("spraed", 1), "did you mean|Did you mean 'spread'"),
        (lambda toy: toy.move("churn", 30), "must lie between 0 and 0.5"),
        (lambda toy: toy.reseed(-1), "zero or positive"),
        (
            lambda _: explore(Toy, simulate_toy, plots.lorenz, read_toy),
            "starts from a set of levers",
        ),
        (
            lambda _: explore(Toy(), simulate_toy, plots.lorenz, read_toy, levers=["lfit"]),
            "Toy has no lever 'lfit'. Did you mean 'lift'",
        ),
        (
            lambda _: explore(Toy(), simulate_toy, plots.lorenz, lambda t: read_toy(t), n=9).code(),
            "if its functions have names",
        ),
    ],
)
def test_messages(toy, action, words):
    with pytest.raises(CvmError, match=words):
        action(toy)


# ------------------------------------------------------------- the what-ifs of the chapters

TOPICS = {
    "keeping": start_what_ifs.keeping,
    "tier_cuts": tiering_what_ifs.tier_cuts,
    "concession": tiering_what_ifs.concession,
    "reward_threshold": tiering_what_ifs.reward_threshold,
}


@pytest.fixture(scope="module", params=TOPICS)
def topic(request):
    made = TOPICS[request.param](n=1_500)
    yield made
    made.close()


def edge(png):
    """Give the outermost pixels of a picture."""
    drawn = pixels(png)
    return np.concatenate([drawn[0], drawn[-1], drawn[:, 0], drawn[:, -1]])


def elsewhere(item, now):
    if item.kind == "bool":
        return not now
    middle = (item.low + item.high) / 2
    wanted = middle if abs(middle - now) > 0.1 * (item.high - item.low) else (now + item.high) / 2
    return round(wanted) if item.kind == "int" else wanted


def test_each_slider_moves_its_picture_and_its_code_makes_its_numbers(topic):
    before = topic.picture
    for item in topic.levers:
        topic.move(item.name, elsewhere(item, getattr(topic.base, item.name)))
        assert topic.picture != before, item.name
        runs_as_code(topic, item.name)
        topic.reset()
        assert topic.picture == before


def test_both_roles_have_sliders(topic):
    assert {item.role for item in topic.levers} == {"lever", "assumption"}


def test_the_ends_of_every_slider_can_be_reached(topic):
    for item in topic.levers:
        if item.kind == "bool":
            continue
        for end in (item.low, item.high):
            with contextlib.suppress(CvmError):  # told in the panel, where it cannot be
                topic.move(item.name, end)
            assert topic.numbers()["moved"].isna().all() == bool(topic.message)
            assert edge(topic.picture).min() == 255, f"{item.name}: something is cut off"
    topic.reset()
    assert topic.message == ""
