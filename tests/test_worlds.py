"""Worlds: every public function that takes one refuses whatever is none, in the kit's words."""

import importlib
import inspect
import pkgutil
import typing

import pytest

import cvm
from cvm.churn import Churn, simulate_churn
from cvm.errors import CvmError
from cvm.levers import Levers, Parts, needs_world
from cvm.start import Keeping, simulate_keeping


def takers():
    """Find the public functions that are annotated with a set of levers."""
    found = {}
    for module in pkgutil.walk_packages(cvm.__path__, "cvm."):
        if "locale" in module.name:
            continue
        home = importlib.import_module(module.name)
        for name in getattr(home, "__all__", []):
            function = inspect.unwrap(getattr(home, name))
            if inspect.isfunction(function) and function.__module__ == home.__name__:
                found |= {getattr(home, name): hints for hints in [worlds_of(function)] if hints}
    return found


def worlds_of(function):
    kinds = {}
    for name, kind in function.__annotations__.items():
        kind = function.__globals__.get(kind, kind) if isinstance(kind, str) else kind
        if name != "return" and isinstance(kind, type) and issubclass(kind, Levers | Parts):
            kinds[name] = kind
    return kinds


def filled(function, wrong, given, kinds):
    """Give arguments that are right but for one."""
    arguments = {}
    for name, parameter in inspect.signature(function).parameters.items():
        if name == wrong:
            arguments[name] = given
        elif name in kinds and kinds[name] not in (Levers, Parts):
            arguments[name] = kinds[name]()
        elif parameter.default is inspect.Parameter.empty:
            arguments[name] = 12
    return arguments


TAKERS = takers()
#: What is said of a world, and of nothing else that a call may have wrong.
TOLD = (
    r"takes \w+\(\.\.\.\) as '\w+'|This is no channel|starts from a set of levers"
    r"|the world of a data strategy|the assumptions of a claim"
)


def test_there_are_as_many_as_the_course_has_models():
    assert len(TAKERS) > 200


@pytest.mark.parametrize("function", TAKERS, ids=lambda f: f"{f.__module__}.{f.__name__}")
def test_what_is_no_world_is_refused(function):
    for name, kind in TAKERS[function].items():
        for given in (None, {"lift": 0.2}, kind):
            with pytest.raises(CvmError, match=TOLD):
                function(**filled(function, name, given, TAKERS[function]))


def test_the_message_names_the_function_the_world_and_the_remedy():
    with pytest.raises(CvmError) as told:
        simulate_churn(Keeping(), n=50, seed=1)
    assert str(told.value).startswith(
        "simulate_churn takes Churn(...) as 'world' and nothing else. You gave Keeping("
    )
    assert told.value.remedy == "Write Churn(), with the levers you move inside the brackets."


def test_the_class_is_told_from_a_scenario():
    with pytest.raises(CvmError, match=r"takes Churn\(\.\.\.\) as 'world', not the class itself"):
        simulate_churn(Churn, n=50, seed=1)


def test_a_function_that_takes_a_world_stays_itself():
    assert simulate_keeping.__name__ == "simulate_keeping"
    assert list(inspect.signature(simulate_keeping).parameters) == ["world", "n", "seed"]
    assert typing.get_type_hints(simulate_keeping)["world"] is Keeping


def test_a_world_may_come_by_place_or_by_name_and_may_be_a_refinement():
    class Stern(Keeping):
        pass

    @needs_world
    def told(n: int, world: Keeping) -> str:
        return type(world).__name__

    told.__wrapped__.__annotations__.update(n=int, world=Keeping)
    assert told(1, Keeping()) == "Keeping"
    assert told(n=1, world=Stern()) == "Stern"
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'world'"):
        told(1)
