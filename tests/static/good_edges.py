"""Right lines that few write, or that some checker does not see. Each tagged line must be accepted."""

# ruff: noqa: F403, F405  # all names of the vocabulary are meant

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import assert_type

from typing_extensions import override
from vocabulary import *

from dataflow import In, Node, Step, const, fan_out, flow, gather, iterate, recover, step, switch, unpack


@step
def grown(x: int, by: float, *, offset: int = 0) -> int:
    return int(x + by) + offset


@step
def counted(xs: Sequence[float]) -> int:
    return len(xs)


@step
async def texted(n: int) -> str:
    return str(n)


class Base:
    """Has a step as a method."""

    @step
    def rated(self, x: int) -> str:
        return "base"


class Derived(Base):
    """Overrides it."""

    @override
    @step
    def rated(self, x: int) -> str:  # ok: a step that overrides one
        return "derived"


class Static:
    """Has steps that are static methods."""

    @step
    @staticmethod
    def inner(x: int) -> int:
        return x

    @staticmethod  # ok: a static step
    @step
    def outer(x: int) -> int:
        return x


declared: Step[Callable[[int], int]] = step(lambda x: x + 1)  # ok: a lambda as a step, declared
pair_of = split(1)

assert_type(numbers.map(sorted), Node[list[int]])  # ok: a generic function in map
assert_type(numbers.map(max), Node[int])  # ok: a generic function in map
assert_type(numbers.map(len), Node[int])  # ok: a function in map
assert_type(fan_out(grown, numbers, ratio, offset=3), Node[list[int]])  # ok: shared, by place and by name
assert_type(grown.map(numbers, ratio, offset=3), Node[list[int]])  # ok: shared, by place and by name
assert_type(double(iterate(lambda x: double(x), number, limit=2)), Node[int])  # ok: iterate from a node
assert_type(iterate(lambda p: gather(double(p[0]), p[1]), pair_of, limit=2), Node[tuple[int, str]])  # ok: a pair
assert_type(counted([number, 1.5]), Node[int])  # ok: nodes of a narrower type in a list
assert_type(declared(3), Node[int])  # ok: a lambda as a step, declared
assert_type(Derived().rated(number), Node[str])  # ok: a step that overrides one
assert_type(Static().inner(number), Node[int])  # ok: a static step
assert_type(Static().outer(number), Node[int])  # ok: a static step
assert_type(Static.outer(number), Node[int])  # ok: a static step
assert_type(texted(number), Node[str])  # ok: an async step
assert_type(texted(number).map(len), Node[int])  # ok: an async step
assert_type(recover(number, lambda error: const(0)), Node[int])  # ok: recover by a lambda
assert_type(recover(number, lambda error: const(str(error)), on=ValueError), Node[int | str])  # ok: recover by a lambda

assert_type(switch(number, {1: text}, default=number), Node[str | int])  # ok: switch


@flow
def const_of_inputs(x: In[int], y: In[str], p: In[tuple[int, str]]) -> Node[tuple[int, str]]:
    assert_type(const(x), Node[int])  # ok: const of a parameter
    assert_type(unpack(const(p), 2), tuple[Node[int], Node[str]])  # ok: const of a parameter
    assert_type(const(x).map(str), Node[str])  # ok: const of a parameter
    assert_type(score(x, y, flag=const(flag).output), Node[float])  # ok: const of a parameter
    return gather(const(x), const(y))  # ok: const of a parameter


assert_type(const(number), Node[int])  # ok: const of a node
assert_type(double(const(const(3))), Node[int])  # ok: const of a node


@step
def text_or_none(x: int) -> str | None:
    return None


@step
def number_or_text(x: int) -> int | str:
    return x


@step
def size_or_none(x: int) -> Size | None:
    return None


assert_type(switch(text_or_none(1), {None: number}, default=number), Node[int])  # ok: switch, a part of the keys
assert_type(switch(text_or_none(1), {"a": number}, default=number), Node[int])  # ok: switch, a part of the keys
assert_type(switch(size_or_none(1), {Size.SMALL: number}, default=number), Node[int])  # ok: switch, a part of the keys
assert_type(switch(size_or_none(1), {None: number, Size.SMALL: number}, default=number), Node[int])  # ok: switch
assert_type(switch(number_or_text(1), {1: number}, default=number), Node[int])  # ok: switch, a part of the keys
assert_type(switch(number_or_text(1), {1: number, "a": number}), Node[int])  # ok: switch, keys of several types
assert_type(switch(ratio, {1: number}, default=number), Node[int])  # ok: switch, an int for a float
