"""What every what-if promises, asked in one place by the tests of all chapters."""

import pytest


def far(item, now):
    """Give another place for a parameter: the other end, the other choice."""
    if item.kind == "bool":
        return not now
    if item.kind == "choice":
        return next(choice for choice in reversed(item.options) if choice != now)
    return item.low if now == item.high else item.high


def runs_as_code(made, name):
    """The copied lines make the numbers that are shown, to the last digit."""
    names = {}
    *most, last = made.code().splitlines()
    exec("\n".join(most), names)
    assert eval(last, names)["value"].equals(made.numbers()["moved"]), name


def lever_moves(made, lever, to, name, *, falls):
    """A lever moves a number the way it should, and the picture with it."""
    before = made.picture
    made.move(lever, to)
    row = made.numbers().set_index("name").loc[name]
    assert row["moved"] != row["base"]
    assert (row["moved"] < row["base"]) == falls
    assert made.picture != before


def every_slider_acts(made, *, to=None):
    """Each slider moves the picture, its code makes its numbers, and Reset brings all back."""
    first = made.picture
    for item in made.levers:
        if item.only:
            made.move(*item.only)
        before = made.picture
        made.move(item.name, (to or {}).get(item.name, far(item, getattr(made.base, item.name))))
        assert made.picture != before, item.name
        runs_as_code(made, item.name)
        made.reset()
        assert made.picture == first, item.name


def stands_on_steps(made):
    """A slider moves in steps; off its steps it would start a little moved."""
    for item in made.levers:
        if item.step:
            steps = (getattr(made.base, item.name) - item.low) / item.step
            assert steps == pytest.approx(round(steps), abs=1e-6), item.name
