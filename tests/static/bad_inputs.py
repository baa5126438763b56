"""Inputs and settings of flows used wrongly. Each tagged line must be an error."""

# ruff: noqa: F403, F405  # all names of the vocabulary are meant

from __future__ import annotations

from collections.abc import Callable

from vocabulary import *

from dataflow import Flow, In, Node, Step, bind, cond, const, flow, gather, recover, switch, unpack


class Splitter:
    """A class step that returns a pair."""

    def __call__(self, x: int) -> tuple[int, str]:
        return x, str(x)


@flow
def from_inputs(x: In[int], p: In[tuple[int, str]]) -> Node[tuple[int, int]]:
    show(gather(const(x)))  # err: gather of an input, type
    unpack(x, 2)  # err: unpack an input
    unpack(const(x))  # err: unpack what has no items
    shown(const(x))  # err: const of an input, type
    three_of, too, many = unpack(const(p))  # err: unpack a parameter into another number
    score(x, const(p)[0])  # err: item of an input
    double(const(p))  # err: const of an input, type
    return gather(const(x), const(p))  # err: result


@flow
def wrong_result(x: In[int]) -> Node[str]:
    return const(x)  # err: an input is the result


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
def repeated(x: In[int], times: int) -> Node[int]:
    return twice(x)


def described(of: Flow[Callable[[In[int], In[str]], Node[float]]]) -> Node[float]:
    of.run("a", "a")  # err: a flow as a parameter
    return of(1, 2)  # err: a flow as a parameter


repeated.run(1, number)  # err: a node for a setting
repeated(1, "two")  # err: a setting, type
repeated.run(1, time=2)  # err: a setting by name
through.run(ensemble, 1)  # err: a flow as a setting, result
through.run(double(1), 1)  # err: a node for a function
through_step.run(show, 1)  # err: a step as a setting
through_step.run(twice, 1)  # err: a flow for a step
through_flow.run(keyed, 1)  # err: a flow as a setting
through_flow.run(double, 1)  # err: a step for a flow
described(by_node)  # err: a flow as an argument
described(twice)  # err: a flow as an argument

one_of, two_of, three_of = unpack(bind(Splitter)(1))  # err: unpack a class step into another number
four, five, six_of = unpack(cond(flag, split(1), split(2)))  # err: unpack a choice into another number
seven, eight, nine = unpack(switch(number, {1: split(1)}))  # err: unpack a choice into another number
show(unpack(recover(split(1), lambda error: split(2)))[1])  # err: unpack what is guarded, type
twice.stream(3)  # err: stream of no iterable
twice.stream(number)  # err: stream of a node
twice.stream(["a"])  # err: stream of another type
number.keys()  # err: a method of the value


@flow
def of_two(z: In[int | str]) -> Node[int]:
    loud(const(z))  # err: const of an In of two types
    return const(z)  # err: const of an In of two types
