"""Objects cross process borders by importable names."""

from __future__ import annotations

import functools
import os.path
import sys
import types
from collections.abc import Callable
from typing import Any

import pytest

from dataflow import step
from dataflow.errors import GraphError
from dataflow.names import find, name_of, unwrapped

HERE = __name__


def plain(x: int) -> int:
    return x


@step
def stepped(x: int) -> int:
    return x


class Outer:
    class Inner:
        def method(self) -> None: ...


def doubled(fn: Callable[[int], int]) -> Callable[[int], int]:
    @functools.wraps(fn)
    def call(x: int) -> int:
        return 2 * fn(x)

    return call


def hidden(x: int) -> int:
    return x


under_another_name = hidden
del hidden


@pytest.fixture(autouse=True)
def _imported() -> None:
    """pytest may import this file without registering it; names are looked up among the registered modules."""
    assert HERE in sys.modules


@pytest.mark.parametrize("thing", [len, os.path.join, plain, Outer, Outer.Inner, Outer.Inner.method, dict, stepped])
def test_find_gives_back_what_name_of_named(thing: Any) -> None:
    name = name_of(thing)
    assert name is not None
    assert find(name) is thing


def test_the_function_under_a_step_has_the_name_of_the_step() -> None:
    assert name_of(stepped.fn) == name_of(stepped)
    name = name_of(stepped.fn)
    assert name is not None
    assert unwrapped(find(name)) is stepped.fn


def local() -> Any:
    def inner() -> None: ...

    return inner


@pytest.mark.parametrize(
    "thing",
    [lambda: 0, local(), under_another_name, 3, None, types.SimpleNamespace(__module__=3), functools.partial(len)],
)
def test_what_cannot_be_imported_has_no_name(thing: object) -> None:
    assert name_of(thing) is None


def test_a_name_of_a_module_that_is_gone_is_no_name() -> None:
    module = types.ModuleType("here_and_gone")
    exec("def f(): ...", module.__dict__)
    assert name_of(module.f) is None


@pytest.mark.parametrize(
    "name", ["no_such_module_at_all:f", "builtins:no_such_thing", "builtins:len.nothing", "builtins:"]
)
def test_find_refuses_what_is_not_there_and_names_it(name: str) -> None:
    with pytest.raises(GraphError, match=repr(name).strip("'")):
        find(name)


def test_unwrapped_is_the_thing_itself_if_nothing_wraps_it() -> None:
    assert unwrapped(plain) is plain
    assert unwrapped(3) == 3
