"""What a call calls."""

from __future__ import annotations

import functools
import pickle
from typing import Any

import pytest

from dataflow import step
from dataflow.callee import Function, Instance, awaits, is_async, label_of
from dataflow.options import Options


def plain(x: int) -> int:
    return x


async def later(x: int) -> int:
    return x


@step
def stepped(x: int) -> int:
    return x + 1


class Adder:
    made = 0

    def __init__(self, amount: int, *, sign: int = 1) -> None:
        type(self).made += 1
        self.amount = amount * sign

    def __call__(self, x: int) -> int:
        return x + self.amount


class Later:
    async def __call__(self, x: int) -> int:
        return x


def tenfold(fn: Any) -> Any:
    @functools.wraps(fn)
    def call(*args: int) -> int:
        result: int = 10 * fn(*args)
        return result

    return call


@tenfold
def decorated(x: int) -> int:
    return x


def test_a_function_is_called_as_it_is() -> None:
    assert Function(plain).plain() is plain
    assert Function(plain).name == "plain"
    assert Function(plain, Options(name="other")).name == "other"


def test_an_instance_is_made_anew_each_time_and_not_before() -> None:
    before = Adder.made
    callee = Instance(Adder, (2,), (("sign", -1),))
    assert Adder.made == before
    first, second = callee.construct(), callee.construct()
    assert first is not second
    assert Adder.made == before + 2
    assert first(10) == 8
    assert callee.name == "Adder"
    assert Instance(Adder, (1,), options=Options(name="plus")).name == "plus"


@pytest.mark.parametrize(
    ("thing", "label"),
    [(plain, "plain"), (Adder, "Adder"), (Adder(1), "Adder"), (functools.partial(plain), "partial"), (len, "len")],
)
def test_labels(thing: object, label: str) -> None:
    assert label_of(thing) == label


@pytest.mark.parametrize(
    ("callee", "expected"),
    [
        (Function(plain), False),
        (Function(later), True),
        (Function(Later()), True),
        (Function(functools.partial(later, 1)), True),
        (Instance(Adder, (1,)), False),
        (Instance(Later), True),
        (Function(len), False),
    ],
)
def test_is_async(callee: Any, expected: bool) -> None:
    assert is_async(callee) is expected


def test_awaits_sees_functions_objects_and_neither() -> None:
    not_callable: Any = 3
    assert awaits(later)
    assert awaits(Later())
    assert not awaits(plain)
    assert not awaits(not_callable)


def test_callees_are_compared_by_identity() -> None:
    assert Function(plain) != Function(plain)
    assert Instance(Adder, (1,)) != Instance(Adder, (1,))


def test_a_pickled_function_is_the_same_function_under_its_step() -> None:
    again = pickle.loads(pickle.dumps(Function(stepped.fn, Options(retries=Options(name="r").retries, name="s"))))
    assert again.fn is stepped.fn
    assert again.name == "s"


def test_a_pickled_function_keeps_its_decorator() -> None:
    """`__wrapped__` is also left by `functools.wraps`: what is called must be what was given."""
    again = pickle.loads(pickle.dumps(Function(decorated)))
    assert again.fn(1) == decorated(1) == 10


def test_a_pickled_instance_keeps_class_arguments_and_options() -> None:
    again = pickle.loads(pickle.dumps(Instance(Adder, (2,), (("sign", -1),), Options(replicas=3))))
    assert again.cls is Adder
    assert (again.args, again.kwargs, again.options) == ((2,), (("sign", -1),), Options(replicas=3))


def test_a_callable_object_is_pickled_by_value() -> None:
    assert pickle.loads(pickle.dumps(Function(Adder(5)))).fn(1) == 6
