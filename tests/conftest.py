"""What holds for every test."""

import sys

import pytest

pytest.register_assert_rewrite("tests.whatifs")  # so that a failure there shows its values


@pytest.fixture(autouse=True)
def no_figure_outlives_its_test():
    """Close what a test drew: tests share a process, and one looks for figures left over."""
    yield
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close("all")
