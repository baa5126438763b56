"""Inputs and settings of flows, and what is made of them. Each tagged line must be accepted, with just this type."""

# ruff: noqa: F403, F405  # all names of the vocabulary are meant

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, assert_type

from vocabulary import *

from dataflow import Flow, In, Node, Step, bind, cond, const, expand, flow, gather, recover, run, step, switch, unpack


class Splitter:
    """A class step that returns a pair."""

    def __call__(self, x: int) -> tuple[int, str]:
        return x, str(x)


@step
def no_pair(error: Exception) -> tuple[int, str]:
    return 0, ""


@flow
def by_input(p: In[tuple[int, str]]) -> Node[str]:
    first, second = unpack(const(p))
    assert_type(first, Node[int])  # ok: unpack a parameter
    return second


@flow
def by_its_node(p: Node[tuple[int, str]]) -> Node[str]:
    first, second = unpack(p)
    assert_type(second, Node[str])  # ok: unpack a parameter
    return second


@flow
def from_const(x: In[int], y: In[list[int]]) -> Node[tuple[int, int, int]]:
    assert_type(const(x), Node[int])  # ok: const of an input
    assert_type(const(y)[0], Node[int])  # ok: item of an input
    assert_type(const(y).map(len), Node[int])  # ok: map of an input
    assert_type(gather([const(x), const(x)]), Node[list[int]])  # ok: gather of inputs
    assert_type(expand(const(x), one_more), Node[int])  # ok: expand of an input
    assert_type(recover(const(x), lambda error: const(0)), Node[int])  # ok: recover of an input
    return gather(const(x), const(y)[0], const(y).map(len))  # ok: gather of inputs


def one_more(x: int) -> Node[int]:
    return double(x)


@flow
def same_input(x: In[int]) -> Node[int]:
    return const(x)  # ok: an input is the result


def described(of: Flow[Callable[[In[int], In[str]], Node[float]]]) -> Node[float]:
    assert_type(of.run(1, "a"), float)  # ok: a flow as a parameter
    return of(1, "a")


def settings() -> None:
    """A pipeline has no values for these: what stands for them has none to loop over or to call."""

    @flow
    def repeated(x: In[int], config: dict[str, Any]) -> Node[int]:
        node = const(x)
        for _ in range(config["times"]):
            node = double(node)
        return node

    @flow
    def through(of: Callable[[In[int]], Node[int]], x: In[int]) -> Node[int]:
        return of(of(x))

    @flow
    def through_step(of: Step[Callable[[int], int]], x: In[int]) -> Node[int]:
        return of(of(x))

    @flow
    def through_flow(of: Flow[Callable[[In[int]], Node[int]]], x: In[int]) -> Node[int]:
        return of(of(x))

    @flow
    def each_of(nodes: list[Node[int]]) -> Node[list[int]]:
        return gather([double(node) for node in nodes])

    assert_type(repeated.run(1, {"times": 2}), int)  # ok: a setting
    assert_type(repeated(number, {"times": 2}), Node[int])  # ok: a setting
    assert_type(repeated.run(1, config={"times": 2}), int)  # ok: a setting by name
    assert_type(through.run(twice, 1), int)  # ok: a flow as a setting
    assert_type(through.run(lambda x: double(x), 1), int)  # ok: a function as a setting
    assert_type(through_step.run(double, 1), int)  # ok: a step as a setting
    assert_type(through_flow.run(twice, 1), int)  # ok: a flow as a setting
    assert_type(each_of.run([double(1), double(2)]), list[int])  # ok: nodes as a setting
    assert repeated.run(1, {"times": 2}) == 4
    assert through.run(twice, 1) == 16
    assert through.run(lambda x: double(x), 1) == through_step.run(double, 1) == 4
    assert through_flow.run(twice, 1) == 16
    assert each_of.run([double(1), double(2)]) == [4, 8]


settings()
assert_type(described(ensemble), Node[float])  # ok: a flow as an argument
assert_type(same_input.stream([1, 2]), Iterator[int])  # ok: stream

assert_type(unpack(bind(Splitter)(1)), tuple[Node[int], Node[str]])  # ok: unpack a class step
assert_type(unpack(cond(flag, split(1), split(2))), tuple[Node[int], Node[str]])  # ok: unpack a choice
assert_type(unpack(switch(number, {1: split(1), 4: split(2)})), tuple[Node[int], Node[str]])  # ok: unpack a choice
assert_type(unpack(recover(split(1), no_pair)), tuple[Node[int], Node[str]])  # ok: unpack what is guarded

assert by_input.run((1, "a")) == by_its_node.run((1, "a")) == run(by_input(split(1))).replace("1", "a") == "a"
assert from_const.run(1, [5, 6]) == (1, 5, 2)
assert run(*unpack(recover(split(1), no_pair))) == (1, "1")


@flow
def of_two(x: In[int | str], y: In[int] | In[str]) -> Node[int | str]:
    assert_type(const(x), Node[int | str])  # ok: const of an In of two types
    assert_type(const(y), Node[int | str])  # ok: const of one In or another
    return cond(flag, const(x), const(y))  # ok: const of an In of two types


assert of_two.run(1, "a") == 1
