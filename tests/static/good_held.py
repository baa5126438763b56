"""Containers of nodes, generic steps and helpers, outputs in place. Each tagged line must be accepted, with this type."""

# ruff: noqa: C406, F403, F405, UP044  # all names of the vocabulary are meant

from __future__ import annotations

import os.path
from collections.abc import Callable, Iterable, Sequence
from typing import ParamSpec, TypeVar, assert_type

from typing_extensions import TypeVarTuple, Unpack
from vocabulary import *

from dataflow import In, Node, Step, const, fan_out, run, step

P = ParamSpec("P")
R = TypeVar("R")
Ts = TypeVarTuple("Ts")


@step
def seen(xs: Sequence[int]) -> int:
    return len(xs)


@step
def all_of(*xs: T) -> tuple[T, ...]:
    return xs


@step
def any_of(xs: Iterable[T]) -> list[T]:
    return list(xs)


@step
def tupled(*args: Unpack[Ts]) -> tuple[Unpack[Ts]]:
    return args


@step
def started(*args: Unpack[tuple[int, str]]) -> int:
    return args[0]


@step
def called(fn: Callable[P, int], *args: P.args, **kwargs: P.kwargs) -> int:
    return fn(*args, **kwargs)


def made(n: int) -> list[Node[int]]:
    return [double(i) for i in range(n)]


class Holder:
    """Gives containers of nodes."""

    def nodes(self) -> list[Node[int]]:
        return made(2)


plain_values = {"a": 1}
nodes = made(3)
by_name = {"a": number}
base_name = step(os.path.basename)

assert_type(merged({**plain_values, "b": 3}), Node[int])  # ok: dict with another spread, of values
assert_type(merged({**plain_values}), Node[int])  # ok: dict with another spread, of values
assert_type(merged({**by_name, "c": number}), Node[int])  # ok: dict with another spread, of nodes
assert_type(merged(dict([("a", number)])), Node[int])  # ok: dict that is called
assert_type(merged(dict(plain_values, c=number.output)), Node[int])  # ok: dict that is called, with an output
assert_type(merged(by_name | by_name), Node[int])  # ok: dicts that are joined
assert_type(added(made(3)), Node[int])  # ok: list that a function gives
assert_type(added(nodes[:2]), Node[int])  # ok: list that is sliced
assert_type(added(nodes + made(1)), Node[int])  # ok: lists that are joined
assert_type(added(list(nodes)), Node[int])  # ok: list that is copied
assert_type(added(nodes * 2), Node[int])  # ok: list that is repeated
assert_type(added(sorted(nodes, key=id)), Node[int])  # ok: list that is sorted
assert_type(added(Holder().nodes()), Node[int])  # ok: list that a method gives
assert_type(added(list(by_name.values())), Node[int])  # ok: list of a dict's values
assert_type(added(nodes if len(nodes) > 1 else made(1)), Node[int])  # ok: one list or another
assert_type(seen(tuple(nodes)), Node[int])  # ok: tuple for a sequence
assert_type(added(upto(added(upto(added(nodes))))), Node[int])  # ok: calls in calls

assert_type(head_of([double(1)]), Node[int])  # ok: generic, a list of nodes
assert_type(head_of(nodes), Node[int])  # ok: generic, a list of nodes
assert_type(head_of(numbers), Node[int])  # ok: generic, a node of a list
assert_type(any_of([number, 1]), Node[list[int]])  # ok: generic, a list of values and nodes
assert_type(alike(number, flag), Node[int])  # ok: generic, one type within the other
assert_type(alike(1, True), Node[int])  # ok: generic, one type within the other
assert_type(alike(2.5, number), Node[float])  # ok: generic, one type within the other
assert_type(all_of(number, 1), Node[tuple[int, ...]])  # ok: generic, variadic
assert_type(started(1, "a"), Node[int])  # ok: a tuple for *args
assert_type(started(number, text), Node[int])  # ok: nodes for a tuple of *args
assert_type(called(len, "abc"), Node[int])  # ok: a ParamSpec
assert_type(tupled(1, "a"), Node[tuple[int, str]])  # ok: a TypeVarTuple
assert_type(base_name(text), Node[str])  # ok: overloaded with type variables
assert_type(base_name("a/b"), Node[str])  # ok: overloaded with type variables


def once(of: Step[Callable[[T], R]], x: In[T]) -> Node[R]:
    return of(x)  # ok: helper, In


def in_list(of: Step[Callable[[list[T]], R]], x: Node[T]) -> Node[R]:
    return of([x])  # ok: helper, a list of a node


assert_type(once(double, number), Node[int])  # ok: helper
assert_type(in_list(added, number), Node[int])  # ok: helper

assert_type(double(number.output), Node[int])  # ok: output
assert_type(added([number.output, 1]), Node[int])  # ok: output in a list
assert_type(double(number.output if len(nodes) > 1 else 2), Node[int])  # ok: one output or another
assert_type(double(point().output.x), Node[int])  # ok: attribute of an output
assert_type(fan_out(double, [number.output, 1]), Node[list[int]])  # ok: output among items

assert run(added(nodes + made(1))) == 6
assert run(once(double, const(4))) == 8
